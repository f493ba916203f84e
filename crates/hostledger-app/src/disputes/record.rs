//! What a newer word on a dispute does to the books: the one path for files, Stripe and people.

use hostledger_core::dispute::{
    ChargebackPosition, ChargebackStep, DisputeKind, DisputeRow, chargeback_steps,
};
use hostledger_core::journal::Entry;
use hostledger_store::bookings::StoredBooking;
use hostledger_store::disputes::{self, Dispute, Ending};
use hostledger_store::hosts::Source;
use hostledger_store::journal::{self, Subject};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, commissions};
use jiff::civil::Date;

use super::reserves;
use crate::restate::{self, Before, Cause, Terms};
use crate::{Result, clock};

/// How a version of a dispute came about.
pub(crate) struct How<'a> {
    /// In words, for the dispute's story.
    pub(crate) what: &'a str,
    /// How a person ended it.
    pub(crate) ending: Ending,
    /// Its id was made here.
    pub(crate) made_here: bool,
    /// The line of the import that says it.
    pub(crate) source: Option<Source>,
    /// The import that brought the dispute is undone: nothing of it remains.
    pub(crate) undone: bool,
    /// The version stood before: it isn't kept as a new one.
    pub(crate) restores: bool,
}

/// Lets a version of one booking's row of a dispute stand and does all that follows: blocks, journal,
/// split, clawback, reserve. Its key. The bank's fee is the whole dispute's: the caller settles it
/// once all rows stand ([`super::fees::settle_fee`]).
pub(crate) fn record(
    conn: &Conn,
    terms: &mut Terms,
    known: Option<&Dispute>,
    b: &StoredBooking,
    row: &DisputeRow,
    how: &How<'_>,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    let mut before = Before::load(conn, terms, b)?;
    let key = match known {
        Some(k) => {
            disputes::supersede(
                conn,
                k,
                b.booking_key,
                row,
                how.ending,
                how.undone,
                how.source,
            )?;
            k.dispute_key
        }
        None => {
            let id = clock::new_id();
            disputes::insert(conn, &id, row, b.booking_key, how.made_here, how.source)?
        }
    };
    if !how.undone && !how.restores {
        disputes::insert_version(conn, key, row, how.what, how.ending, how.source, stamp)?;
    }
    let d = disputes::get(conn, key)?;
    let on = dates(terms, &d, stamp);
    post_chargeback(conn, known, &d, on, stamp)?;
    set_block(conn, &d, how.what, stamp)?;
    terms.reload_disputes(conn, b.booking_key)?;
    let since = if d.row.status.is_decided() || d.undone {
        on.1
    } else {
        on.0
    };
    if known.is_some_and(|k| k.loss_no.is_some()) || d.loss_no.is_some() {
        let reason = format!(
            "The {} {} about {} is {}.",
            d.row.kind.noun(),
            d.row.dispute_id,
            d.row.booking_id,
            if d.undone {
                "taken back"
            } else {
                d.row.status.as_str()
            }
        );
        if how.restores {
            before = before.without_the_undone(conn, terms, b, None, &b.row)?;
        }
        let cause = Cause {
            on: Some(since),
            import_key: how.source.map(|s| s.import_key),
            reason: &reason,
        };
        restate::split_again(conn, terms, b, &before, &cause, stamp)?;
    }
    reserves::settle(conn, terms, b.booking_key, since, stamp)?;
    Ok(key)
}

/// The business dates on which a dispute was opened and on which it was decided.
fn dates(terms: &Terms, d: &Dispute, stamp: &Stamp<'_>) -> (Date, Date) {
    let zone = &terms.settings.zone;
    let opened = zone.date_of(d.row.opened_at);
    let closed = match d.row.closed_at {
        Some(at) if !d.undone => zone.date_of(at),
        _ => stamp.on,
    };
    (opened, closed)
}

fn post_chargeback(
    conn: &Conn,
    known: Option<&Dispute>,
    d: &Dispute,
    (opened, closed): (Date, Date),
    stamp: &Stamp<'_>,
) -> Result<()> {
    let position = |d: &Dispute| {
        ChargebackPosition::of(d.row.kind, d.row.status, d.row.amount_minor, d.undone)
    };
    let (old, new) = (known.map(position).unwrap_or_default(), position(d));
    let subject = Subject {
        host_key: Some(d.host_key),
        booking_key: Some(d.booking_key),
        ..Subject::default()
    };
    let post = |entry: Entry, currency, on| {
        journal::post(
            conn,
            &entry.about(d.dispute_key),
            subject,
            currency,
            on,
            stamp.at,
        )
    };
    for step in chargeback_steps(old, new) {
        match step {
            ChargebackStep::Reverse(kind) => {
                journal::reverse_of_dispute(conn, d.dispute_key, kind, closed, stamp.at)?;
            }
            ChargebackStep::OnOpening(entry) => post(entry, d.row.currency, opened)?,
            ChargebackStep::OnClosing(entry) => post(entry, d.row.currency, closed)?,
        }
    }
    Ok(())
}

/// While it isn't decided a dispute blocks the commission; the block ends with it.
fn set_block(conn: &Conn, d: &Dispute, what: &str, stamp: &Stamp<'_>) -> Result<()> {
    let blocks = d.row.status.blocks() && !d.let_go && !d.undone;
    match (blocks, d.block_key) {
        (true, None) => {
            let who = match d.row.kind {
                DisputeKind::Complaint => "The participant complained",
                DisputeKind::Chargeback => "The participant's bank disputes the payment",
            };
            let reason = match d.row.reason.as_str() {
                "" => format!("{who} ({}).", d.row.dispute_id),
                why => format!("{who} ({}): {}.", d.row.dispute_id, why.replace('_', " ")),
            };
            let id = clock::new_id();
            commissions::open_block(conn, &id, d.booking_key, "DISPUTE", None, &reason, stamp)?;
            let key = commissions::block_key(conn, &id)?;
            disputes::set_block(conn, d.dispute_key, Some(key))?;
        }
        (false, Some(key)) => {
            commissions::release_block(conn, key, what, stamp)?;
            disputes::set_block(conn, d.dispute_key, None)?;
        }
        _ => {}
    }
    Ok(())
}
