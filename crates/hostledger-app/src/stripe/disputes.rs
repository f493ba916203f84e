//! Chargebacks as Stripe lists them.

use hostledger_core::dispute::{DisputeKind, DisputeRow, DisputeStatus};
use hostledger_core::import::ExceptionCode;
use hostledger_core::{Currency, Money};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, disputes};
use hostledger_stripe::DisputeShown;
use jiff::{SignedDuration, Timestamp};

use super::sync::Synced;
use super::waiting;
use crate::disputes::about;
use crate::disputes::intake::{Taken, Word, take};
use crate::restate::Terms;
use crate::{Result, Session};

/// Disputes are read again for this long: a decision may come late, and change later still.
const READ_FOR: SignedDuration = SignedDuration::from_hours(540 * 24);

/// From when on Stripe's disputes are read, in seconds since 1970.
pub(super) fn read_from(now: Timestamp) -> i64 {
    (now - READ_FOR).as_second()
}

/// Takes over what Stripe says of disputes: the oldest first.
pub(super) fn take_disputes(
    s: &Session,
    conn: &Conn,
    all: &[DisputeShown],
    done: &mut Synced,
) -> Result<()> {
    let stamp = s.stamp(conn)?;
    let mut terms = Terms::load(conn)?;
    for d in all.iter().rev() {
        take_one(conn, &mut terms, d, done, &stamp)?;
    }
    Ok(())
}

fn take_one(
    conn: &Conn,
    terms: &mut Terms,
    d: &DisputeShown,
    done: &mut Synced,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let known = disputes::standing(conn, &d.dispute_id)?;
    let intent = d.payment_intent_id.as_deref().unwrap_or_default();
    let mut bookings = Vec::new();
    for k in &known {
        bookings.push(hostledger_store::bookings::get(conn, k.booking_key)?);
    }
    if bookings.is_empty() {
        bookings = about::paid(conn, terms, &d.charge_id, intent)?;
    }
    let names: Vec<&str> = bookings.iter().map(|b| b.row.booking_id.as_str()).collect();
    let names = names.join(", ");
    if bookings.is_empty() {
        done.notices.push(format!(
            "Stripe has a dispute {} about the charge {}, and no booking has that charge. Import the platform's newest bookings, then sync again.",
            d.dispute_id, d.charge_id
        ));
        return Ok(());
    }
    let Some(row) = row(d, known.first().map(|k| &k.row), stamp.at) else {
        done.notices.push(format!(
            "Stripe shows the dispute {} as \"{}\" in {}, which this version doesn't know. Look at it in Stripe's dashboard.",
            d.dispute_id, d.status, d.currency
        ));
        return Ok(());
    };
    let fee = d.fee.as_ref();
    let word = Word {
        row,
        bookings,
        only: false,
        fee: fee.and_then(|(minor, code)| Some(Money::new(*minor, Currency::parse(code)?))),
    };
    match take(conn, terms, &word, None, stamp)? {
        Ok(taken) => {
            waiting::settled(conn, &d.dispute_id, stamp)?;
            match taken {
                Taken::Inserted => {
                    done.disputes += 1;
                    done.notices.push(format!(
                        "A bank disputes the payment of {names} ({}).",
                        d.dispute_id
                    ));
                }
                Taken::Changed(how) => {
                    done.disputes += 1;
                    done.notices
                        .push(format!("The dispute {} moved on: {how}.", d.dispute_id));
                }
                Taken::Unchanged(_) | Taken::Stale => {}
            }
        }
        Err(problem) => {
            let mut where_ = "";
            if waits_for_a_person(problem.code) {
                waiting::keep(conn, d, &problem, stamp)?;
                where_ = ", and waits among the exceptions";
            }
            done.notices.push(format!(
                "The dispute {} at Stripe can't be taken in{where_}: {}",
                d.dispute_id, problem.message
            ));
        }
    }
    Ok(())
}

/// Whether a person can say what Stripe's word means; the rest follows from other files.
fn waits_for_a_person(code: ExceptionCode) -> bool {
    matches!(
        code,
        ExceptionCode::CurrencyChanged
            | ExceptionCode::AmbiguousBooking
            | ExceptionCode::DisputeExceedsPrice
    )
}

/// One dispute as Stripe's answer to a call shows it.
pub(crate) fn take_dispute(s: &Session, conn: &Conn, d: &DisputeShown) -> Result<()> {
    take_disputes(s, conn, std::slice::from_ref(d), &mut Synced::default())
}

/// What Stripe says, as a row. What it doesn't say stays as it is known; the day of a decision is
/// the day on which it was first seen.
fn row(d: &DisputeShown, known: Option<&DisputeRow>, now: Timestamp) -> Option<DisputeRow> {
    let status = DisputeStatus::parse(&d.status)?;
    let at = |seconds| Timestamp::from_second(seconds).ok();
    let closed_at = match known {
        Some(k) if k.status == status => k.closed_at,
        _ => status.is_decided().then_some(now),
    };
    Some(DisputeRow {
        dispute_id: d.dispute_id.clone(),
        booking_id: String::new(),
        kind: DisputeKind::Chargeback,
        reason: d.reason.clone(),
        amount_minor: d.amount_minor,
        currency: Currency::parse(&d.currency)?,
        status,
        opened_at: match known {
            Some(k) => k.opened_at,
            None => at(d.created)?,
        },
        evidence_due_by: d
            .due_by
            .and_then(at)
            .or_else(|| known.and_then(|k| k.evidence_due_by)),
        closed_at,
        said: None,
    })
}
