//! Chargebacks as Stripe lists them.

use std::collections::HashSet;

use hostledger_core::Currency;
use hostledger_core::dispute::{DisputeKind, DisputeRow, DisputeStatus};
use hostledger_store::{Conn, disputes};
use hostledger_stripe::DisputeShown;
use jiff::{SignedDuration, Timestamp};

use super::sync::Synced;
use crate::disputes::intake::{Taken, take};
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
    let mut payments = HashSet::new();
    for d in all {
        if disputes::find(conn, &d.dispute_id)?.is_none() {
            payments.insert(d.charge_id.clone());
            payments.extend(d.payment_intent_id.clone());
        }
    }
    let bookings = disputes::bookings_of_payments(conn, &payments)?;
    let stamp = s.stamp(conn)?;
    let mut terms = Terms::load(conn)?;
    for d in all.iter().rev() {
        let known = disputes::find(conn, &d.dispute_id)?;
        let booking = match &known {
            Some(k) => Some(k.row.booking_id.clone()),
            None => bookings
                .get(&d.charge_id)
                .or_else(|| bookings.get(d.payment_intent_id.as_deref()?))
                .cloned(),
        };
        let Some(booking) = booking else {
            done.notices.push(format!(
                "Stripe has a dispute {} about the charge {}, and no booking has that charge. Import the platform's newest bookings, then sync again.",
                d.dispute_id, d.charge_id
            ));
            continue;
        };
        let Some(row) = row(d, known.as_ref().map(|k| &k.row), &booking, stamp.at) else {
            done.notices.push(format!(
                "Stripe shows the dispute {} as \"{}\" in {}, which this version doesn't know. Look at it in Stripe's dashboard.",
                d.dispute_id, d.status, d.currency
            ));
            continue;
        };
        match take(conn, &mut terms, &row, None, &stamp)? {
            Ok(Taken::Inserted) => {
                done.disputes += 1;
                done.notices.push(format!(
                    "A bank disputes the payment of {booking} ({}).",
                    d.dispute_id
                ));
            }
            Ok(Taken::Changed(how)) => {
                done.disputes += 1;
                done.notices
                    .push(format!("The dispute {} moved on: {how}.", d.dispute_id));
            }
            Ok(Taken::Unchanged(_) | Taken::Stale) => {}
            Err(problem) => done.notices.push(format!(
                "The dispute {} at Stripe can't be taken in: {}",
                d.dispute_id, problem.message
            )),
        }
    }
    Ok(())
}

/// One dispute as Stripe's answer to a call shows it.
pub(crate) fn take_dispute(s: &Session, conn: &Conn, d: &DisputeShown) -> Result<()> {
    take_disputes(s, conn, std::slice::from_ref(d), &mut Synced::default())
}

/// What Stripe says, as a row. What it doesn't say stays as it is known; the day of a decision is
/// the day on which it was first seen.
fn row(
    d: &DisputeShown,
    known: Option<&DisputeRow>,
    booking: &str,
    now: Timestamp,
) -> Option<DisputeRow> {
    let status = DisputeStatus::parse(&d.status)?;
    let at = |seconds| Timestamp::from_second(seconds).ok();
    let closed_at = match known {
        Some(k) if k.status == status => k.closed_at,
        _ => status.is_decided().then_some(now),
    };
    Some(DisputeRow {
        dispute_id: d.dispute_id.clone(),
        booking_id: booking.to_owned(),
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
    })
}
