//! Taking in what Stripe's payments export says of chargebacks. It names charges, not disputes: a
//! booking's one chargeback is meant, under whatever id it is known.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use csv::ByteRecord;
use hostledger_core::dispute::{DisputeKind, DisputeRow};
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::payments_file::{self, DisputedPayment};
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats};
use hostledger_store::{Conn, bookings, disputes};

use crate::Result;
use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::disputes::intake::{Taken, take};
use crate::imports::{ImportKind, Tally, Took};
use crate::jobs::Job;
use crate::restate::Terms;
use crate::waiting::RawRow;

/// Reads a payments file and writes what it says of chargebacks.
///
/// # Errors
/// [`hostledger_core::Code::WrongFile`], [`hostledger_core::Code::Cancelled`]; file and database
/// errors.
pub(crate) fn take_in(
    conn: &Conn,
    path: &Path,
    bytes: u64,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut file = CsvFile::open(path, &payments_file::COLUMNS, "Stripe payments")?;
    let mut tally = Tally::begin(conn, ImportKind::StripePayments)?;
    let mut repeats = Repeats::default();
    let mut found = Vec::new();
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Reading payments", bytes, &mut raw)? {
        tally.counts.rows += 1;
        let kept = || row_as_json(&file.names, raw.iter());
        let read = text_fields(&raw)
            .and_then(|fields| payments_file::read_row(&file.header.fields(&fields)?));
        match read {
            Ok(None) => tally.counts.unchanged += 1,
            Ok(Some(p)) if tally.waiting.was_dismissed(conn, &p.charge_id, kept)? => {
                tally.counts.unchanged += 1;
            }
            Ok(Some(p)) => found.push((line, p, kept())),
            Err(problem) => {
                let source = Source { import_key, line };
                let raw = RawRow {
                    json: &kept(),
                    print: None,
                };
                tally.exception(conn, source, problem, &raw, stamp)?;
            }
        }
    }
    let mut terms = Terms::load(conn)?;
    let bookings = Bookings::of(conn, found.iter().map(|(_, p, _)| p))?;
    for (line, p, kept) in found {
        tally.add(p.currency, p.amount_minor)?;
        let source = Source { import_key, line };
        let taken = take_one(conn, &mut terms, &bookings, &p, source, stamp)?;
        if let Ok(Taken::Inserted | Taken::Changed(_)) = &taken {
            let id = &p.charge_id;
            tally.waiting.taken_in(conn, id, None, import_key, stamp)?;
        }
        match taken {
            Ok(Taken::Inserted) => tally.counts.inserted += 1,
            Ok(Taken::Changed(how)) => {
                *tally.changes.entry(how).or_default() += 1;
                tally.counts.updated += 1;
            }
            Ok(Taken::Unchanged(key)) => {
                tally.counts.unchanged += 1;
                repeats.push(key, line);
            }
            Ok(Taken::Stale) => tally.counts.stale += 1,
            Err(problem) => {
                let raw = RawRow {
                    json: &kept,
                    print: None,
                };
                tally.exception(conn, source, problem, &raw, stamp)?;
            }
        }
    }
    repeats::keep(conn, import_key, stamp.step, &repeats)?;
    Ok(tally)
}

/// Takes one row in again after a person looked at its exception.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    row: Option<DisputedPayment>,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    // A payment that isn't disputed says nothing.
    let Some(p) = row else {
        return Ok(Ok(Took::Unchanged));
    };
    let mut terms = Terms::load(conn)?;
    let bookings = Bookings::of(conn, std::iter::once(&p))?;
    let taken = take_one(conn, &mut terms, &bookings, &p, source, stamp)?;
    Ok(taken.map(|taken| taken.took()))
}

/// Bookings by charge and payment intent.
struct Bookings(HashMap<String, String>);

impl Bookings {
    fn of<'a>(conn: &Conn, all: impl Iterator<Item = &'a DisputedPayment>) -> Result<Self> {
        let mut payments = HashSet::new();
        for p in all {
            payments.insert(p.charge_id.clone());
            if !p.payment_intent_id.is_empty() {
                payments.insert(p.payment_intent_id.clone());
            }
        }
        Ok(Self(disputes::bookings_of_payments(conn, &payments)?))
    }

    fn id(&self, p: &DisputedPayment) -> Option<String> {
        let by_payment = self
            .0
            .get(&p.charge_id)
            .or_else(|| self.0.get(&p.payment_intent_id));
        match by_payment {
            Some(id) => Some(id.clone()),
            None => (!p.booking_id.is_empty()).then(|| p.booking_id.clone()),
        }
    }
}

fn take_one(
    conn: &Conn,
    terms: &mut Terms,
    all: &Bookings,
    p: &DisputedPayment,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Taken, RowProblem>> {
    let unknown = |what: &str| {
        Ok(Err(RowProblem::new(
            ExceptionCode::UnknownBooking,
            format!("{what} Import the platform's newest bookings, then retry."),
        )))
    };
    let Some(booking_id) = all.id(p) else {
        return unknown(&format!("No booking has the charge {}.", p.charge_id));
    };
    let Some(b) = bookings::find(conn, &booking_id)? else {
        return unknown(&format!("There is no booking {booking_id}."));
    };
    let known: Vec<_> = disputes::of_booking(conn, b.booking_key)?
        .into_iter()
        .filter(|d| d.row.kind == DisputeKind::Chargeback)
        .collect();
    if known.len() > 1 {
        return Ok(Err(RowProblem::new(
            ExceptionCode::ConflictingRows,
            format!(
                "{booking_id} has {} chargebacks, and the file names the charge only. Bring this one up to date under its own id.",
                known.len()
            ),
        )));
    }
    let known = known.first().map(|d| &d.row);
    let row = DisputeRow {
        dispute_id: known.map_or_else(
            || format!("chargeback-of-{}", p.charge_id),
            |k| k.dispute_id.clone(),
        ),
        booking_id,
        kind: DisputeKind::Chargeback,
        reason: match known {
            Some(k) if p.reason.is_empty() => k.reason.clone(),
            _ => p.reason.clone(),
        },
        amount_minor: p.amount_minor,
        currency: p.currency,
        status: p.status,
        opened_at: known
            .map(|k| k.opened_at)
            .or(p.opened_at)
            .unwrap_or(stamp.at),
        evidence_due_by: p
            .evidence_due_by
            .or_else(|| known.and_then(|k| k.evidence_due_by)),
        closed_at: match known {
            Some(k) if k.status == p.status => k.closed_at,
            _ => p.status.is_decided().then_some(stamp.at),
        },
    };
    take(conn, terms, &row, Some(source), stamp)
}
