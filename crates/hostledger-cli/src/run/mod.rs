//! Carrying out a command: options in, a use case, its answer out.

mod disputes;
mod files;
mod ledger;
mod pay;
mod restores;
mod review;
mod stripe;
mod tax;

use clap::CommandFactory;
use files::{import, list_imports, resolve_exceptions};
use hostledger_app::jobs::Job;
use hostledger_app::templates::Template;
use hostledger_app::{books, hosts};
use hostledger_core::{Code, Error};
use ledger::{change_institutions, change_settings, check, init, recover, restore, sample, users};
use pay::pay;
use review::{about_hosts, adjust, review};
use serde_json::{Value, json};
use stripe::connect_stripe;

use crate::args::{self, Cli, Command};
use crate::people::{folder, sign_in};
use crate::{Done, json, text};

type Answer = Result<Done, Error>;

fn done(json: Value, text: impl Into<String>) -> Answer {
    Ok(Done {
        json: Some(json),
        text: text.into(),
        status: 0,
    })
}

/// A command without an answer: `{}`.
fn silent(text: impl Into<String>) -> Answer {
    done(json!({}), text)
}

/// Carries a command out.
///
/// # Errors
/// Whatever the use case refuses.
pub(crate) fn run(cli: &Cli) -> Answer {
    if let Some(folder) = &cli.state_dir {
        hostledger_app::restores::keep_in(folder.clone());
    }
    match &cli.command {
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "hostledger", &mut out);
            return silent(String::from_utf8_lossy(&out));
        }
        Command::Import(c) => {
            if let (
                kind,
                args::ImportFile {
                    template: Some(out),
                    ..
                },
            ) = files::kind_and_file(c)
            {
                return files::template(Template::Import(kind), out);
            }
        }
        Command::Fx(args::Fx::Import {
            template: Some(out),
            ..
        }) => {
            return files::template(Template::ExchangeRates, out);
        }
        Command::Sample { folder } => return sample(folder),
        Command::Init {
            time_zone,
            name,
            paid_through,
        } => {
            return init(cli, time_zone.as_deref(), name.as_deref(), *paid_through);
        }
        Command::Restore { file } => return restore(cli, file),
        Command::Users(args::Users::Recover { name }) => return recover(cli, name),
        _ => {}
    }
    let s = sign_in(cli, &folder(cli)?)?;
    if !matches!(cli.command, Command::Restores(_))
        && let Some(why) = hostledger_app::restores::stopped(&s)?
    {
        eprintln!("hostledger: {why}");
    }
    match &cli.command {
        Command::Users(c) => users(&s, c),
        Command::Settings(c) => change_settings(&s, c),
        Command::Institutions(c) => change_institutions(&s, c),
        Command::Import(c) => {
            let (kind, file) = files::kind_and_file(c);
            import(&s, kind, file)
        }
        Command::Disputes(c) => disputes::dispute(&s, c),
        Command::Tax(c) => tax::tax(&s, c),
        Command::Fx(c) => tax::rates(&s, c),
        Command::Imports(c) => list_imports(&s, c),
        Command::Exceptions(c) => resolve_exceptions(&s, c),
        Command::Commissions(c) => review(&s, c, cli.json),
        Command::Adjustments(c) => adjust(&s, c),
        Command::Tiers(args::Tiers::List { host }) => {
            let json = json::tiers(&hosts::tiers(&s, host.as_deref())?);
            let columns = [
                ("host", "host_id"),
                ("tier", "tier"),
                ("rate", "rate"),
                ("from", "effective_from"),
                ("to", "effective_to"),
                ("because", "because"),
            ];
            let text = text::table(
                &json,
                &columns,
                "No tiers yet: they come with hosts that were approved.",
            );
            done(json, text)
        }
        Command::Payouts(c) => pay(&s, c, cli.json),
        Command::Hosts(c) => about_hosts(&s, c),
        Command::Balances { host } => {
            let json = json::balances(&books::balances(&s, cli.as_of, host.as_deref())?);
            let columns = [
                ("account", "account"),
                ("balance", "balance"),
                ("", "currency"),
            ];
            let text = text::table(&json, &columns, "Nothing is posted yet.");
            done(json, text)
        }
        Command::Journal(args::Journal::Export {
            format,
            out,
            from,
            to,
        }) => {
            let format = match format {
                args::Format::Hledger => books::JournalFormat::Hledger,
                args::Format::Csv => books::JournalFormat::Csv,
            };
            let period = books::Period {
                from: *from,
                to: [*to, cli.as_of].into_iter().flatten().min(),
            };
            let n = books::export_journal(&s, format, period, out, &watched())?;
            let entries = if n == 1 { "entry" } else { "entries" };
            silent(format!(
                "{n} {entries} written to {}. {}",
                out.display(),
                books::period_in_words(period)
            ))
        }
        Command::Audit { limit } => {
            let json = json::audit(&books::audit_trail(&s, None, *limit)?);
            let columns = [
                ("no", "seq"),
                ("at", "at"),
                ("who", "user"),
                ("what", "action"),
                ("to what", "subject"),
            ];
            let text = text::table(&json, &columns, "Nothing happened yet.");
            done(json, text)
        }
        Command::Stripe(c) => connect_stripe(&s, c),
        Command::Restores(c) => restores::restores(&s, c),
        Command::Check { witness } => check(&s, *witness),
        Command::Backup { file } => {
            books::write_backup(&s, file)?;
            silent(format!(
                "Backup written to {} and verified.",
                file.display()
            ))
        }
        Command::Completions { .. }
        | Command::Sample { .. }
        | Command::Init { .. }
        | Command::Restore { .. } => Err(Error::new(
            Code::Internal,
            "This command was carried out before.",
        )),
    }
}

/// A job that shows its progress on a terminal.
fn watched() -> Job {
    use std::io::{IsTerminal, Write};
    if !std::io::stderr().is_terminal() {
        return Job::unwatched();
    }
    Job::new(std::sync::Arc::default(), |p| {
        let share = match p.total {
            Some(total) if total > 0 => format!(" {} %", p.done.min(total) * 100 / total),
            _ => String::new(),
        };
        drop(write!(
            std::io::stderr().lock(),
            "\r{}{share}          \r",
            p.label
        ));
    })
}
