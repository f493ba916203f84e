//! Carrying out a command: options in, a use case, its answer out.

use std::path::Path;

use clap::CommandFactory;
use hostledger_app::identity::Role;
use hostledger_app::imports::{ImportKind, ImportOptions, import_file};
use hostledger_app::jobs::Job;
use hostledger_app::payouts::{self, Settlement};
use hostledger_app::session::{NewLedger, Session};
use hostledger_app::settings::InstitutionChange;
use hostledger_app::stored::Filter;
use hostledger_app::{
    adjustments, books, commissions, exceptions, explain, hosts, imports, settings,
};
use hostledger_core::calendar::Schedule;
use hostledger_core::commission::CommissionStatus;
use hostledger_core::money::{Money, parse_minor, parse_percent};
use hostledger_core::payout_batch::BatchStatus;
use hostledger_core::{Code, Currency, Error};
use serde_json::{Value, json};

use crate::args::{self, Cli, Command};
use crate::people::{folder, name, new_passphrase, secret, sign_in};
use crate::{Done, json, text};

type Answer = Result<Done, Error>;

fn done(json: Value, text: impl Into<String>) -> Answer {
    Ok(Done {
        json,
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
    match &cli.command {
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "hostledger", &mut out);
            return silent(String::from_utf8_lossy(&out));
        }
        Command::Sample { folder } => return sample(folder),
        Command::Init { time_zone, name } => {
            return init(cli, time_zone.as_deref(), name.as_deref());
        }
        Command::Restore { file } => return restore(cli, file),
        Command::Users(args::Users::Recover { name }) => return recover(cli, name),
        _ => {}
    }
    let s = sign_in(cli, &folder(cli)?)?;
    match &cli.command {
        Command::Users(c) => users(&s, c),
        Command::Settings(c) => change_settings(&s, c),
        Command::Institutions(c) => change_institutions(&s, c),
        Command::Import(args::Import::Hosts(f)) => import(&s, ImportKind::Hosts, f),
        Command::Import(args::Import::Bookings(f)) => import(&s, ImportKind::Bookings, f),
        Command::Imports(c) => list_imports(&s, c),
        Command::Exceptions(c) => resolve_exceptions(&s, c),
        Command::Commissions(c) => review(&s, c),
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
        Command::Payouts(c) => pay(&s, c),
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
        Command::Journal(args::Journal::Export { format, out }) => {
            let format = match format {
                args::Format::Hledger => books::JournalFormat::Hledger,
                args::Format::Csv => books::JournalFormat::Csv,
            };
            let n = books::export_journal(&s, format, out, &watched())?;
            silent(format!("{n} entries written to {}.", out.display()))
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
        Command::Check => check(&s),
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

fn init(cli: &Cli, time_zone: Option<&str>, ledger_name: Option<&str>) -> Answer {
    let folder = folder(cli)?;
    let user = name(cli)?;
    let passphrase = secret(
        "HOSTLEDGER_PASSPHRASE",
        &format!("New passphrase of {user}"),
    )?;
    let new = NewLedger {
        name: ledger_name.unwrap_or(""),
        user: &user,
        passphrase: &passphrase,
        time_zone,
        practice_date: None,
    };
    Session::create(&folder, &new)?;
    done(
        json!({ "ledger": folder.to_string_lossy() }),
        format!(
            "The ledger is in {}. {user} has all roles.\n\
             A forgotten passphrase can't be recovered: make a recovery key with `hostledger users recovery-key` and keep it offline.\n\
             Nothing can be approved by one person alone: add a second with `hostledger users add NAME --role approver`.",
            folder.display()
        ),
    )
}

fn sample(folder: &Path) -> Answer {
    use hostledger_app::sample_ledger::{PRACTICE_USERS, create};
    let sample = create(folder, &watched())?;
    let users: Vec<Value> = PRACTICE_USERS
        .iter()
        .map(|u| {
            let roles: Vec<&str> = u.roles.iter().map(|r| r.as_str()).collect();
            json!({ "name": u.name, "passphrase": u.passphrase, "roles": roles })
        })
        .collect();
    let inbox: Vec<String> = sample
        .inbox
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect();
    let text = format!(
        "The sample is in {}; there it is always {}.\n{}\nThis week's exports: {}",
        sample.ledger.display(),
        sample.practice_date,
        PRACTICE_USERS
            .map(|u| format!("  {} signs in with \"{}\"", u.name, u.passphrase))
            .join("\n"),
        inbox.join(", ")
    );
    done(
        json!({ "ledger": sample.ledger.to_string_lossy(), "practice_date": sample.practice_date.to_string(), "users": users, "inbox": inbox }),
        text,
    )
}

fn restore(cli: &Cli, file: &Path) -> Answer {
    let folder = folder(cli)?;
    let user = name(cli)?;
    let passphrase = secret("HOSTLEDGER_PASSPHRASE", &format!("Passphrase of {user}"))?;
    books::restore_backup(file, &folder, &user, &passphrase)?;
    silent(format!(
        "The backup is restored in {} and verified.",
        folder.display()
    ))
}

fn recover(cli: &Cli, user: &str) -> Answer {
    let key = secret("HOSTLEDGER_RECOVERY_KEY", "Recovery key")?;
    let passphrase = new_passphrase(user)?;
    Session::recover(&folder(cli)?, &key, user, &passphrase)?;
    silent(format!("{user} has a new passphrase and signing key."))
}

fn users(s: &Session, c: &args::Users) -> Answer {
    match c {
        args::Users::Add { name, roles } => {
            let roles = roles
                .iter()
                .map(|r| {
                    Role::parse(r).ok_or_else(|| {
                        Error::new(Code::BadInput, format!("\"{r}\" is no role. Roles are preparer, approver, viewer and admin."))
                    })
                })
                .collect::<Result<Vec<_>, _>>()?;
            s.identity().require(&[Role::Admin], "add users")?;
            s.add_user(name, &roles, &new_passphrase(name)?)?;
            silent(format!("{name} can sign in."))
        }
        args::Users::List => {
            let json = json::users(&s.users()?);
            let text = text::table(&json, &[("name", "name"), ("roles", "roles")], "");
            done(json, text)
        }
        args::Users::Remove { name } => {
            s.remove_user(name)?;
            silent(format!(
                "{name} can't sign in any more. A copy of the ledger from before still opens for them."
            ))
        }
        args::Users::Passphrase => {
            s.change_passphrase(&new_passphrase(&s.identity().name)?)?;
            silent("The passphrase is changed.")
        }
        args::Users::RecoveryKey => {
            let key = s.new_recovery_key()?;
            done(
                json!({ "recovery_key": key.as_str() }),
                format!(
                    "{}\nIt is shown this once and kept nowhere. Print it and keep it offline; an earlier one no longer works.",
                    key.as_str()
                ),
            )
        }
        args::Users::Recover { .. } => Err(Error::new(
            Code::Internal,
            "This command was carried out before.",
        )),
    }
}

fn change_settings(s: &Session, c: &args::Settings) -> Answer {
    match c {
        args::Settings::List => {
            let json = json::settings(&settings::list(s)?);
            let text = text::table(
                &json,
                &[
                    ("key", "key"),
                    ("value", "value"),
                    ("since", "since"),
                    ("by", "by"),
                ],
                "",
            );
            done(json, text)
        }
        args::Settings::Set { key, value, reason } => {
            settings::set(s, key, value, reason)?;
            silent(format!("{key} holds from {} on.", s.today()?))
        }
    }
}

fn on_off(option: &str, text: Option<&str>) -> Result<Option<bool>, Error> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("on" | "yes" | "true") => Ok(Some(true)),
        Some("off" | "no" | "false") => Ok(Some(false)),
        Some(other) => Err(Error::new(
            Code::BadInput,
            format!("--{option} is on or off, not \"{other}\"."),
        )),
    }
}

fn change_institutions(s: &Session, c: &args::Institutions) -> Answer {
    match c {
        args::Institutions::List => {
            let json = json::institutions(&settings::institutions(s)?, s.today()?);
            let columns = [
                ("id", "institution_id"),
                ("name", "name"),
                ("rate", "rate"),
                ("schedule", "schedule"),
                ("tiers", "tiers"),
                ("active", "active"),
            ];
            let text = text::table(&json, &columns, "");
            done(json, text)
        }
        args::Institutions::Set {
            id,
            name,
            rate,
            schedule,
            tiers,
            active,
        } => {
            let change = InstitutionChange {
                name: name.clone(),
                schedule: schedule
                    .as_deref()
                    .map(|t| {
                        Schedule::parse(t).ok_or_else(|| {
                            Error::new(Code::BadInput, format!("\"{t}\" is no schedule. Schedules are WEEKLY, BIWEEKLY and MONTHLY."))
                        })
                    })
                    .transpose()?,
                uses_tiers: on_off("tiers", tiers.as_deref())?,
                active: on_off("active", active.as_deref())?,
                rate_bp: rate.as_deref().map(parse_percent).transpose()?,
            };
            settings::set_institution(s, id, &change)?;
            silent(format!("{id} is changed."))
        }
    }
}

fn parse_money(amount: &str, currency: &str) -> Result<Money, Error> {
    let currency = Currency::parse(currency).ok_or_else(|| {
        Error::new(
            Code::BadInput,
            format!("\"{currency}\" is no ISO 4217 currency."),
        )
    })?;
    parse_minor(amount, currency)
        .map(|m| Money::new(m, currency))
        .map_err(|_| {
            Error::new(
                Code::BadInput,
                format!(
                    "\"{amount}\" is no amount of {currency} such as {}.",
                    Money::new(1250, currency).digits()
                ),
            )
        })
}

fn pair<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), Error> {
    text.split_once('=').ok_or_else(|| {
        Error::new(
            Code::BadInput,
            format!("\"{text}\" is not of the form {form}."),
        )
    })
}

fn import(s: &Session, kind: ImportKind, f: &args::ImportFile) -> Answer {
    let expect_totals = f
        .expect_total
        .iter()
        .map(|t| pair(t, "CUR=AMOUNT").and_then(|(c, a)| parse_money(a, c)))
        .collect::<Result<_, _>>()?;
    let options = ImportOptions {
        dry_run: f.dry_run,
        expect_rows: f.expect_rows,
        expect_totals,
    };
    let outcome = import_file(s, kind, &f.file, &options, &watched())?;
    let json = json::import(&outcome);
    Ok(Done {
        text: text::import(&json, f.dry_run),
        json,
        status: if outcome.counts.exceptions > 0 { 3 } else { 0 },
    })
}

fn list_imports(s: &Session, c: &args::Imports) -> Answer {
    match c {
        args::Imports::List => {
            let json = json::imports(&imports::list(s)?);
            let columns = [
                ("import", "import_id"),
                ("kind", "kind"),
                ("file", "file"),
                ("rows", "rows"),
                ("inserted", "inserted"),
                ("updated", "updated"),
                ("exceptions", "exceptions"),
                ("by", "imported_by"),
                ("undone", "undone_at"),
            ];
            let text = text::table(&json, &columns, "No file was taken in yet.");
            done(json, text)
        }
        args::Imports::Undo { id } => {
            imports::undo(s, id, &watched())?;
            silent("The import is undone by reversal. Its file can be taken in again.")
        }
    }
}

fn resolve_exceptions(s: &Session, c: &args::Exceptions) -> Answer {
    match c {
        args::Exceptions::List { import } => {
            let json = json::exceptions(&exceptions::list(s, import.as_deref())?);
            let columns = [
                ("exception", "exception_id"),
                ("file", "file"),
                ("line", "line"),
                ("code", "code"),
                ("what to do", "message"),
            ];
            let text = text::table(&json, &columns, "No row waits for a person.");
            done(json, text)
        }
        args::Exceptions::Retry { id, set } => {
            let fixed = set
                .iter()
                .map(|p| pair(p, "COLUMN=VALUE").map(|(k, v)| (k.to_owned(), v.to_owned())))
                .collect::<Result<Vec<_>, _>>()?;
            let taken = exceptions::retry(s, id, (!fixed.is_empty()).then_some(&fixed))?;
            Ok(Done {
                json: json!({}),
                text: if taken {
                    "The row is taken in."
                } else {
                    "The row still can't be taken in; see `hostledger exceptions list`."
                }
                .to_owned(),
                status: if taken { 0 } else { 3 },
            })
        }
        args::Exceptions::Dismiss { id, reason } => {
            exceptions::dismiss(s, id, reason)?;
            silent("The exception is dismissed; the row stays on record.")
        }
    }
}

fn review(s: &Session, c: &args::Commissions) -> Answer {
    let ids = |b: &String| vec![b.clone()];
    match c {
        args::Commissions::List {
            status,
            host,
            booking,
            blocked,
        } => {
            let status = status
                .as_deref()
                .map(|t| {
                    CommissionStatus::parse(t).ok_or_else(|| {
                        Error::new(
                            Code::BadInput,
                            format!(
                                "\"{t}\" is no state. States are PENDING, PROCESSED, PAID and VOID."
                            ),
                        )
                    })
                })
                .transpose()?;
            let filter = Filter {
                status,
                host_key: host
                    .as_deref()
                    .map(|h| commissions::host_key(s, h))
                    .transpose()?,
                booking_id: booking.clone(),
                blocked: *blocked,
                ..Filter::default()
            };
            let json: Value = commissions::page(s, &filter, false, None, i64::MAX)?
                .iter()
                .map(json::commission)
                .collect();
            let columns = [
                ("booking", "booking_id"),
                ("host", "host_id"),
                ("price", "price"),
                ("refunded", "refunded"),
                ("rate", "rate"),
                ("platform", "platform_fee"),
                ("fee", "processing_fee"),
                ("host amount", "host_amount"),
                ("", "currency"),
                ("status", "status"),
                ("payable on", "payable_on"),
                ("held by", "blocks"),
            ];
            let text = text::table(&json, &columns, "No commission matches.");
            done(json, text)
        }
        args::Commissions::Explain { booking } => {
            let json = json::explanation(&explain::explain(s, booking)?);
            let text = text::explanation(&json);
            done(json, text)
        }
        args::Commissions::Process => {
            let p = commissions::process(s, &watched())?;
            done(
                json!({ "processed": p.processed, "still_pending": p.still_pending, "flagged": p.flagged }),
                format!(
                    "{} processed, {} still pending, {} flagged for a person.",
                    p.processed, p.still_pending, p.flagged
                ),
            )
        }
        args::Commissions::Hold { booking, reason } => {
            commissions::hold(s, &ids(booking), reason)?;
            silent(format!("{booking} is held."))
        }
        args::Commissions::Release {
            booking,
            block,
            reason,
        } => {
            commissions::release(s, &ids(booking), block.as_deref(), reason)?;
            silent(format!("{booking} is released."))
        }
        args::Commissions::Void { booking, reason } => {
            commissions::void(s, &ids(booking), reason)?;
            silent(format!("{booking} is void."))
        }
    }
}

fn adjust(s: &Session, c: &args::Adjustments) -> Answer {
    match c {
        args::Adjustments::Add {
            host,
            amount,
            currency,
            reason,
        } => {
            let id = adjustments::add(s, host, parse_money(amount, currency)?, reason)?;
            done(
                json!({ "adjustment_id": id }),
                format!("Adjustment {id} waits for a second person."),
            )
        }
        args::Adjustments::Approve { id } => {
            adjustments::approve(s, id)?;
            silent("The adjustment is approved and part of the host's next payout.")
        }
        args::Adjustments::Reject { id } => {
            adjustments::reject(s, id)?;
            silent("The adjustment is rejected.")
        }
        args::Adjustments::List => {
            let json = json::adjustments(&adjustments::list(s)?);
            let columns = [
                ("adjustment", "adjustment_id"),
                ("host", "host_id"),
                ("amount", "amount"),
                ("", "currency"),
                ("kind", "kind"),
                ("status", "status"),
                ("by", "created_by"),
                ("reason", "reason"),
            ];
            let text = text::table(&json, &columns, "No adjustments.");
            done(json, text)
        }
    }
}

fn moved(batch: &str, status: BatchStatus) -> Answer {
    done(
        json!({ "batch_id": batch, "status": status.as_str() }),
        format!("Batch {batch} is {}.", status.as_str()),
    )
}

fn pay(s: &Session, c: &args::Payouts) -> Answer {
    use args::Payouts as P;
    let shown = |json: Value| {
        let text = text::batch(&json);
        done(json, text)
    };
    match c {
        P::Prepare { date, off_cycle } => {
            let view = payouts::prepare(s, *date, off_cycle.as_deref(), &watched())?;
            for c in &view.without_minimum {
                eprintln!("hostledger: no minimum is set for {c}: any positive sum is paid");
            }
            shown(json::batch(&view, None))
        }
        P::List => {
            let all = payouts::batches(s)?;
            let views = all.iter().map(|(b, _)| payouts::show(s, &b.batch_id));
            let json = views
                .map(|v| v.map(|v| json::batch(&v, None)))
                .collect::<Result<Value, _>>()?;
            let text = text::table(
                &json,
                &[
                    ("batch", "batch_id"),
                    ("date", "date"),
                    ("status", "status"),
                    ("prepared by", "prepared_by"),
                ],
                "No batch was prepared yet.",
            );
            done(json, text)
        }
        P::Show { batch, lines } => {
            let view = payouts::show(s, batch)?;
            let items = if *lines {
                let all = view
                    .payouts
                    .iter()
                    .map(|p| payouts::lines(s, &p.payout.payout_id, 0, i64::MAX));
                Some(all.collect::<Result<Vec<_>, _>>()?)
            } else {
                None
            };
            shown(json::batch(&view, items.as_deref()))
        }
        P::Pdf { batch, out } => {
            let bytes = payouts::batch_pdf(s, batch)?;
            std::fs::write(out, bytes).map_err(|e| {
                Error::new(
                    Code::FileProblem,
                    format!("{} can't be written: {e}.", out.display()),
                )
            })?;
            silent(format!("The batch's paper is in {}.", out.display()))
        }
        P::Refresh { batch } => shown(json::batch(&payouts::refresh(s, batch)?, None)),
        P::Exclude {
            batch,
            payout,
            reason,
        } => shown(json::batch(
            &payouts::exclude(s, batch, payout, reason)?,
            None,
        )),
        P::Submit { batch, .. } => moved(batch, payouts::submit(s, batch)?),
        P::Approve { batch, .. } => moved(batch, payouts::approve(s, batch)?),
        P::Reject { batch, reason } => moved(
            batch,
            payouts::reject(s, batch, reason.as_deref().unwrap_or(""))?,
        ),
        P::Cancel { batch, reason } => moved(batch, payouts::cancel(s, batch, reason.as_deref())?),
        P::Send {
            batch,
            rail: args::Rail::File,
            out,
        } => {
            let o = payouts::send_file(s, batch, out)?;
            let text = format!(
                "{} payouts are in {}. Batch {} is {}; settle it when the outside is done.",
                o.sent,
                out.display(),
                o.batch_id,
                o.status.as_str()
            );
            done(json::sent(&o), text)
        }
        P::Settle {
            batch,
            failed,
            completed,
        } => {
            let failed = failed
                .iter()
                .map(|f| pair(f, "PAYOUT=REASON").map(|(p, r)| (p.to_owned(), r.to_owned())))
                .collect::<Result<Vec<_>, _>>()?;
            let completed = (!completed.is_empty()).then(|| completed.clone());
            let o = payouts::settle(s, batch, &Settlement { failed, completed })?;
            let text = format!(
                "{} payouts arrived, {} failed. Batch {} is {}.",
                o.sent,
                o.failed,
                o.batch_id,
                o.status.as_str()
            );
            done(json::sent(&o), text)
        }
        P::Resume { batch, out } => {
            let all = payouts::resume(s, batch.as_deref(), out.as_deref())?;
            let text = if all.is_empty() {
                "No send was interrupted.".to_owned()
            } else {
                format!("{} batches are as they should be.", all.len())
            };
            match (batch, all.first()) {
                (Some(_), Some(one)) => done(json::sent(one), text),
                _ => done(
                    json!({ "batches": all.iter().map(json::sent).collect::<Vec<_>>() }),
                    text,
                ),
            }
        }
        P::Retry { payout } => shown(json::batch(&payouts::retry(s, payout)?, None)),
    }
}

fn about_hosts(s: &Session, c: &args::Hosts) -> Answer {
    match c {
        args::Hosts::List => {
            let json: Value = hosts::list(s)?
                .iter()
                .map(|(h, t)| json::host(h, t.as_ref()))
                .collect();
            let columns = [
                ("host", "host_id"),
                ("name", "name"),
                ("status", "status"),
                ("tier", "tier"),
                ("account", "stripe_account_id"),
                ("payouts", "payouts_enabled"),
                ("paused", "paused_reason"),
            ];
            let text = text::table(&json, &columns, "No hosts yet: import a hosts file.");
            done(json, text)
        }
        args::Hosts::Show { id } => {
            let json = json::host_detail(&hosts::show(s, id)?);
            let rows = json!([json]);
            let mut text = text::table(
                &rows,
                &[
                    ("host", "host_id"),
                    ("name", "name"),
                    ("status", "status"),
                    ("institution", "institution_id"),
                    ("account", "stripe_account_id"),
                    ("paused", "paused_reason"),
                ],
                "",
            );
            text.push('\n');
            text.push_str(&text::table(
                &json["balances"],
                &[
                    ("account", "account"),
                    ("balance", "balance"),
                    ("", "currency"),
                ],
                "Nothing is owed.\n",
            ));
            text.push('\n');
            text.push_str(&text::table(
                &json["payouts"],
                &[
                    ("payout", "payout_id"),
                    ("amount", "amount"),
                    ("", "currency"),
                    ("status", "status"),
                ],
                "Not paid yet.\n",
            ));
            done(json, text)
        }
        args::Hosts::Pause { id, reason } => {
            hosts::pause(s, id, reason)?;
            silent(format!("The payouts of {id} are paused."))
        }
        args::Hosts::Resume { id, reason } => {
            hosts::resume(s, id, reason)?;
            silent(format!("The payouts of {id} go on."))
        }
    }
}

fn check(s: &Session) -> Answer {
    let checks = books::check(s, &watched())?;
    let json = json::checks(&checks);
    let text = text::table(
        &json["checks"],
        &[
            ("check", "name"),
            ("holds", "ok"),
            ("what was found", "detail"),
        ],
        "",
    );
    let status = u8::from(!checks.iter().all(|c| c.ok));
    Ok(Done { json, text, status })
}
