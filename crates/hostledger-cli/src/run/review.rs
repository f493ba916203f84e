//! Commissions, adjustments and hosts.

use std::io::Write;

use hostledger_app::stored::Filter;
use hostledger_app::{Session, adjustments, commissions, explain, hosts};
use hostledger_core::commission::CommissionStatus;
use hostledger_core::money::{AmountError, Money, parse_minor, parse_percent};
use hostledger_core::{Code, Currency, Error, file_trouble};
use serde_json::{Value, json};

use super::{Answer, done, silent, watched};
use crate::{Done, args, json, text};

pub(super) fn parse_money(amount: &str, currency: &str) -> Result<Money, Error> {
    parse_by(parse_minor, amount, currency)
}

/// A sum of amounts, which may be larger than a single one.
pub(super) fn parse_sum(amount: &str, currency: &str) -> Result<Money, Error> {
    parse_by(hostledger_core::money::parse_sum, amount, currency)
}

fn parse_by(
    read: fn(&str, Currency) -> Result<i64, AmountError>,
    amount: &str,
    currency: &str,
) -> Result<Money, Error> {
    let currency = Currency::parse(currency).ok_or_else(|| {
        Error::new(
            Code::BadInput,
            format!("\"{currency}\" is no ISO 4217 currency."),
        )
    })?;
    read(amount, currency)
        .map(|m| Money::new(m, currency))
        .map_err(|e| Error::new(Code::BadInput, e.sentence(amount, currency)))
}

pub(super) fn review(s: &Session, c: &args::Commissions, as_json: bool) -> Answer {
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
            };
            if as_json {
                return print_commissions(s, &filter);
            }
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

/// Prints the list as one document, page by page, so that a million rows need no memory.
fn print_commissions(s: &Session, filter: &Filter) -> Answer {
    const ROWS: i64 = 5_000;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut print = |text: &str| {
        out.write_all(text.as_bytes()).map_err(|e| {
            Error::new(
                Code::FileProblem,
                format!("The list can't be printed: {}", file_trouble::in_words(&e)),
            )
        })
    };
    let mut after = None;
    let mut between = "[";
    loop {
        let page = commissions::page(s, filter, false, after, ROWS)?;
        for row in &page {
            print(between)?;
            print(&json::commission(row).to_string())?;
            between = ",";
            after = Some(row.booking_key);
        }
        if page.is_empty() {
            break;
        }
    }
    print(if after.is_none() { "[]\n" } else { "]\n" })?;
    Ok(Done {
        json: None,
        text: String::new(),
        status: 0,
    })
}

pub(super) fn adjust(s: &Session, c: &args::Adjustments) -> Answer {
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
        args::Adjustments::WriteOff {
            host,
            currency,
            reason,
        } => {
            let none = parse_money("0", currency)?;
            let id = adjustments::write_off(s, host, none.currency, reason)?;
            done(
                json!({ "adjustment_id": id }),
                format!("Write-off {id} waits for a second person."),
            )
        }
        args::Adjustments::Approve {
            import: Some(import),
            ..
        } => {
            let n = adjustments::approve_of_import(s, import)?;
            silent(format!(
                "{n} opening balances are approved; their hosts' next payouts take them in."
            ))
        }
        args::Adjustments::Approve { id, import: None } => {
            adjustments::approve(s, id.as_deref().unwrap_or_default())?;
            silent("Approved; the host's next payout takes it in.")
        }
        args::Adjustments::Reject { id } => {
            adjustments::reject(s, id)?;
            silent("Rejected, or taken back where it was in force.")
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

pub(super) fn about_hosts(s: &Session, c: &args::Hosts) -> Answer {
    match c {
        args::Hosts::List => {
            let json: Value = hosts::list(s)?
                .iter()
                .map(|(h, t)| json::host(h, *t))
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
        args::Hosts::Onboard { id } => {
            let o = hostledger_app::stripe::onboard(s, id)?;
            done(
                json!({ "host_id": id, "account": o.account_id, "url": o.url, "expires_at": o.expires_at.to_string() }),
                format!(
                    "Send this link to the host. It works once, until {}:\n{}",
                    o.expires_at, o.url
                ),
            )
        }
        args::Hosts::Account { id, pull } => {
            let v = if *pull {
                hostledger_app::stripe::pull_account(s, id)?
            } else {
                hostledger_app::stripe::account_of(s, id)?
            };
            let text = match (&v.account, &v.trouble) {
                _ if v.account_id.is_empty() => {
                    "The host has no payout account. Make one with `hostledger hosts onboard`."
                        .to_owned()
                }
                (None, _) => format!("{}. Stripe wasn't asked about it yet.", v.account_id),
                (Some(a), None) => format!("{} can be paid, as of {}.", v.account_id, a.pulled_at),
                (Some(a), Some(t)) => format!("{}: {t} As of {}.", v.account_id, a.pulled_at),
            };
            done(json::account(id, &v), text)
        }
        args::Hosts::Reserve {
            id,
            percent,
            days,
            end,
            reason,
        } => {
            let percent = percent.as_deref().map(parse_percent).transpose()?;
            hostledger_app::disputes::set_reserve(s, id, percent, *days, reason)?;
            silent(if *end {
                format!("Nothing more of {id}'s payouts is held back.")
            } else {
                format!("A part of {id}'s payouts is held back from now on.")
            })
        }
        args::Hosts::Letter { id, currency, out } => {
            let currency = parse_money("0", currency)?.currency;
            let bytes = hostledger_app::disputes::balance_letter_pdf(s, id, currency)?;
            super::disputes::write(out, &bytes)?;
            silent(format!("The letter is in {}.", out.display()))
        }
        args::Hosts::FinalPayout { id, reason } => {
            let adjustment_id = hostledger_app::final_payouts::propose(s, id, reason)?;
            done(
                json!({ "adjustment_id": adjustment_id }),
                format!("The final payout of {id}, {adjustment_id}, waits for a second person."),
            )
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
