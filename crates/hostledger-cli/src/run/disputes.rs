//! Disputes.

use hostledger_app::Session;
use hostledger_app::disputes::{self, Change, Listed, NewDispute, Outcome};
use hostledger_core::dispute::{DisputeKind, DisputeStatus};
use hostledger_core::money::Money;
use hostledger_core::{Code, Error, file_trouble};
use serde_json::{Value, json};
use std::path::Path;

use super::review::parse_money;
use super::{Answer, done, silent};
use crate::{args, json, text};

pub(super) fn dispute(s: &Session, c: &args::Disputes) -> Answer {
    match c {
        args::Disputes::List {
            open,
            booking,
            host,
        } => list(s, *open, booking.as_deref(), host.as_deref()),
        args::Disputes::Show { id } => {
            let json = json::dispute_detail(&disputes::show(s, id)?);
            let text = text::dispute(&json);
            done(json, text)
        }
        args::Disputes::Open {
            booking,
            kind,
            amount,
            currency,
            reason,
            id,
            opened,
            evidence_due,
            status,
        } => {
            let amount = amount
                .as_deref()
                .map(|a| money(s, booking, a, currency.as_deref()))
                .transpose()?;
            let id = disputes::open(
                s,
                &NewDispute {
                    booking_id: booking.clone(),
                    kind: parse_kind(kind)?,
                    amount,
                    reason: reason.clone(),
                    dispute_id: id.clone(),
                    opened_on: *opened,
                    evidence_due_on: *evidence_due,
                    status: status.as_deref().map(parse_status).transpose()?,
                },
            )?;
            answer(s, &id, format!("{id} is open, and {booking} is held."))
        }
        args::Disputes::Update {
            id,
            status,
            amount,
            reason,
            evidence_due,
            owner,
            note,
        } => {
            let amount = match amount.as_deref() {
                None => None,
                Some(a) => {
                    let d = disputes::show(s, id)?.listed.dispute;
                    Some(parse_money(a, d.row.currency.code())?)
                }
            };
            let change = Change {
                status: status.as_deref().map(parse_status).transpose()?,
                amount,
                reason: reason.clone(),
                evidence_due_on: *evidence_due,
                owner: owner.clone(),
                note: note.clone(),
            };
            disputes::update(s, id, &change)?;
            answer(s, id, format!("{id} is changed."))
        }
        args::Disputes::Close {
            id,
            outcome,
            on,
            reason,
        } => {
            let outcome = Outcome::parse(outcome)
                .ok_or_else(|| bad(outcome, "outcome", "won, lost and withdrawn"))?;
            disputes::close(s, id, outcome, *on, reason)?;
            answer(s, id, format!("{id} is closed as {}.", outcome.as_str()))
        }
        args::Disputes::Attach { id, file } => {
            let attachment = disputes::attach(s, id, file)?;
            done(
                json!({ "attachment_id": attachment }),
                format!("A copy of {} is kept with {id}.", file.display()),
            )
        }
        args::Disputes::Evidence { .. } => evidence(s, c),
        args::Disputes::Letter { id, out } => {
            write(out, &disputes::letter_pdf(s, id)?)?;
            silent(format!("The letter is in {}.", out.display()))
        }
        args::Disputes::Recover { id } => {
            let back = hostledger_app::stripe::recover(s, id)?;
            done(
                json!({ "currency": back.currency.code(), "amount": back.digits() }),
                format!("{back} came back from the host's balance at Stripe."),
            )
        }
        args::Disputes::Exposure => exposure(s),
        args::Disputes::Outcomes { id } => {
            let json = json::outcomes(&disputes::outcomes(s, id)?);
            let columns = [
                ("if", "outcome"),
                ("refunded", "refunded"),
                ("host amount", "host_amount"),
                ("set free", "released"),
                ("clawed back", "clawback"),
                ("host's balance moves by", "host_moves"),
            ];
            let text = text::table(
                &json["effects"],
                &columns,
                "Nothing can be decided about it.",
            );
            done(json, text)
        }
    }
}

pub(super) fn write(out: &Path, bytes: &[u8]) -> Result<(), Error> {
    hostledger_app::files::write(out, bytes)
}

fn evidence(s: &Session, c: &args::Disputes) -> Answer {
    let args::Disputes::Evidence {
        id,
        set,
        keep,
        reviewed,
        submit,
        handed_in,
        pdf,
    } = c
    else {
        return Err(Error::new(Code::Internal, "Another command."));
    };
    if *keep || !set.is_empty() {
        let fields = set
            .iter()
            .map(|f| field(f))
            .collect::<Result<Vec<_>, _>>()?;
        disputes::save_evidence(s, id, &fields)?;
    }
    if *reviewed {
        disputes::review_evidence(s, id)?;
    }
    if *submit {
        disputes::submit_evidence(s, id)?;
    }
    if *handed_in {
        disputes::evidence_handed_in(s, id)?;
    }
    if let Some(out) = pdf {
        write(out, &disputes::evidence_pdf(s, id)?)?;
    }
    let json = json::evidence(&disputes::evidence(s, id)?);
    let text = text::table(&json["fields"], &[("field", "field"), ("text", "text")], "");
    done(json, text)
}

fn field(text: &str) -> Result<(String, String), Error> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        Error::new(
            Code::BadInput,
            format!("\"{text}\" is no FIELD=TEXT such as service_date=2026-03-02."),
        )
    })?;
    let value = match value.strip_prefix('@') {
        None => value.to_owned(),
        Some(file) => std::fs::read_to_string(file)
            .map_err(|e| file_trouble::cannot_read(Path::new(file), &e))?,
    };
    Ok((name.to_owned(), value))
}

fn exposure(s: &Session) -> Answer {
    let json = json::exposure(&disputes::exposure(s)?);
    let columns = [
        ("host", "host_id"),
        ("bookings", "bookings"),
        ("exposed", "amount"),
        ("", "currency"),
        ("lost so far %", "loss_rate"),
        ("suggested reserve", "suggested_reserve"),
        ("held back %", "reserve_percent"),
    ];
    let text = text::table(
        &json["hosts"],
        &columns,
        "Nothing that was paid can be disputed.",
    );
    done(json, text)
}

fn list(s: &Session, open: bool, booking: Option<&str>, host: Option<&str>) -> Answer {
    let found: Vec<Listed> = disputes::list(s)?
        .into_iter()
        .filter(|l| !open || !l.dispute.row.status.is_decided())
        .filter(|l| booking.is_none_or(|b| l.dispute.row.booking_id == b))
        .filter(|l| host.is_none_or(|h| l.host_id == h))
        .collect();
    let json: Value = found.iter().map(json::dispute).collect();
    let columns = [
        ("dispute", "dispute_id"),
        ("booking", "booking_id"),
        ("host", "host_id"),
        ("kind", "kind"),
        ("status", "status"),
        ("amount", "amount"),
        ("reserved", "reserved"),
        ("", "currency"),
        ("opened", "opened_at"),
        ("evidence due", "evidence_due_by"),
        ("with", "owner"),
    ];
    let text = text::table(&json, &columns, "No disputes.");
    done(json, text)
}

/// The dispute as it is now.
fn answer(s: &Session, id: &str, text: String) -> Answer {
    done(json::dispute(&disputes::show(s, id)?.listed), text)
}

/// An amount in the booking's currency, unless another is named.
fn money(s: &Session, booking: &str, amount: &str, currency: Option<&str>) -> Result<Money, Error> {
    match currency {
        Some(c) => parse_money(amount, c),
        None => parse_money(amount, disputes::currency_of(s, booking)?.code()),
    }
}

fn bad(text: &str, what: &str, known: &str) -> Error {
    Error::new(
        Code::BadInput,
        format!("\"{text}\" is no {what}. There are {known}."),
    )
}

fn parse_kind(text: &str) -> Result<DisputeKind, Error> {
    DisputeKind::parse(text).ok_or_else(|| bad(text, "kind of dispute", "complaint and chargeback"))
}

fn parse_status(text: &str) -> Result<DisputeStatus, Error> {
    let all: Vec<&str> = DisputeStatus::ALL.iter().map(|s| s.as_str()).collect();
    DisputeStatus::parse(text).ok_or_else(|| bad(text, "status", &all.join(", ")))
}
