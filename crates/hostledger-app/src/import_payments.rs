//! Taking in what Stripe's payments export says of chargebacks. It names charges, not disputes: the
//! one chargeback of what the charge paid is meant, under whatever id it is known.

use csv::ByteRecord;
use hostledger_core::dispute::{DisputeKind, DisputeRow};
use hostledger_core::dispute_match::{Marks, Nameless, is_same};
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::payments_file::{self, DisputedPayment};
use hostledger_core::{Code, Error, Money};
use hostledger_store::Conn;
use hostledger_store::bookings::StoredBooking;
use hostledger_store::disputes::{self, Dispute};
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats};
use hostledger_store::{meta, stripe};

use crate::Result;
use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::disputes::about;
use crate::disputes::intake::{BY_CHARGE, Taken, Word, take};
use crate::import_disputes::count;
use crate::imports::{ImportKind, Tally, Took};
use crate::jobs::Job;
use crate::restate::Terms;
use crate::source_file::SourceFile;
use crate::waiting::RawRow;

/// Reads a payments file and writes what it says of chargebacks.
///
/// # Errors
/// [`hostledger_core::Code::WrongFile`], [`hostledger_core::Code::Cancelled`]; file and database
/// errors.
pub(crate) fn take_in(
    conn: &Conn,
    source: &SourceFile,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut file = CsvFile::open(source, &payments_file::COLUMNS, "Stripe payments")?;
    let mut tally = Tally::begin(conn, ImportKind::StripePayments)?;
    let mut repeats = Repeats::default();
    let mut found = Vec::new();
    let mut raw = ByteRecord::new();
    let wanted = mode_of_ledger(conn)?;
    while let Some(line) = file.next_in(job, "Reading payments", &mut raw)? {
        tally.counts.rows += 1;
        refuse_other_mode(&file, &raw, wanted, &source.name, line)?;
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
                tally.exception(conn, source, problem, &RawRow::of(&kept()), stamp)?;
            }
        }
    }
    let mut terms = Terms::load(conn)?;
    for (line, p, kept) in found {
        tally.add(p.currency, p.amount_minor)?;
        let source = Source { import_key, line };
        let said = Said::default();
        let taken = take_one(conn, &mut terms, &p, &said, source, stamp)?;
        match taken {
            Ok(taken) => {
                let id = &p.charge_id;
                count(conn, &mut tally, &mut repeats, id, taken, source, stamp)?;
            }
            Err(problem) => {
                tally.exception(conn, source, problem, &RawRow::of(&kept), stamp)?;
            }
        }
    }
    repeats::keep(conn, import_key, stamp.step, &repeats)?;
    Ok(tally)
}

/// Whether the ledger's money is Stripe's live mode; `None`: a practice ledger that isn't connected
/// takes either.
fn mode_of_ledger(conn: &Conn) -> Result<Option<bool>> {
    if let Some(c) = stripe::connection(conn)? {
        return Ok(Some(c.livemode));
    }
    Ok(meta::get(conn, "practice_date")?.is_none().then_some(true))
}

/// Test and live mode never mix in one ledger.
fn refuse_other_mode(
    file: &CsvFile,
    raw: &ByteRecord,
    wanted: Option<bool>,
    name: &str,
    line: i64,
) -> Result<()> {
    let said = text_fields(raw).ok().and_then(|fields| {
        let fields = file.header.fields(&fields).ok()?;
        payments_file::is_live(&fields)
    });
    let mode = |live| if live { "live" } else { "test" };
    match (said, wanted) {
        (Some(said), Some(wanted)) if said != wanted => Err(Error::new(
            Code::WrongFile,
            format!(
                "{} holds payments of Stripe's {} mode, such as on line {line}, and this ledger is of {} mode. Switch the dashboard to {} mode and export the payments again. Nothing was imported.",
                name,
                mode(said),
                mode(wanted),
                mode(wanted)
            ),
        )),
        _ => Ok(()),
    }
}

/// What a person said of a row that waited.
#[derive(Debug, Default)]
pub(crate) struct Said<'a> {
    /// What stood in the file, where the person gave the amount in the booking's currency.
    pub(crate) before: Option<Money>,
    /// The booking of the charge that it is about.
    pub(crate) booking: Option<&'a str>,
}

/// Takes one row in again after a person looked at its exception.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    row: Option<DisputedPayment>,
    said: &Said<'_>,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    // A payment that isn't disputed says nothing.
    let Some(p) = row else {
        return Ok(Ok(Took::Unchanged));
    };
    let mut terms = Terms::load(conn)?;
    let taken = take_one(conn, &mut terms, &p, said, source, stamp)?;
    Ok(taken.map(|taken| taken.took()))
}

fn take_one(
    conn: &Conn,
    terms: &mut Terms,
    p: &DisputedPayment,
    said: &Said<'_>,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Taken, RowProblem>> {
    let paid = about::paid(conn, terms, &p.charge_id, &p.payment_intent_id)?;
    let bookings = match said.booking {
        Some(id) => Ok(about::chosen(paid, id)?),
        None if !paid.is_empty() => Ok(paid),
        None if !p.booking_id.is_empty() => about::named(conn, &p.booking_id)?,
        None => Err(about::unknown(&format!(
            "No booking has the charge {}.",
            p.charge_id
        ))),
    };
    let bookings = match bookings {
        Ok(found) => found,
        Err(problem) => return Ok(Err(problem)),
    };
    let known = match known(conn, terms, p, &bookings)? {
        Ok(known) => known,
        Err(problem) => return Ok(Err(problem)),
    };
    let known = known.as_ref().map(|d| &d.row);
    let row = DisputeRow {
        dispute_id: known.map_or_else(|| by_charge(p), |k| k.dispute_id.clone()),
        booking_id: String::new(),
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
        said: said.before,
    };
    let word = Word {
        row,
        bookings,
        only: said.booking.is_some(),
        fee: None,
    };
    take(conn, terms, &word, Some(source), stamp)
}

fn by_charge(p: &DisputedPayment) -> String {
    format!("{BY_CHARGE}{}", p.charge_id)
}

/// The chargeback that a payment's row is about: the one that an earlier row of that charge told
/// of, else the bookings' only one with an id of its own, else the one of that amount and day, else
/// one entered by hand that is the same. In the inner result the exception where several may be
/// meant.
fn known(
    conn: &Conn,
    terms: &Terms,
    p: &DisputedPayment,
    bookings: &[StoredBooking],
) -> Result<std::result::Result<Option<Dispute>, RowProblem>> {
    if let Some(d) = disputes::standing(conn, &by_charge(p))?.into_iter().next() {
        return Ok(Ok(Some(d)));
    }
    let mut all: Vec<(Dispute, i64)> = Vec::new();
    for b in bookings {
        for d in disputes::of_booking(conn, b.booking_key)? {
            let again = all
                .iter()
                .any(|(o, _)| o.row.dispute_id == d.row.dispute_id);
            if d.row.kind == DisputeKind::Chargeback && !again {
                let rows = disputes::standing(conn, &d.row.dispute_id)?;
                let whole = rows.iter().map(|r| r.row.amount_minor).sum();
                all.push((d, whole));
            }
        }
    }
    let day = |at| terms.settings.zone.date_of(at);
    let word = Marks {
        amount: Money::new(p.amount_minor, p.currency),
        opened: p.opened_at.map(day),
        decided: p.status.is_decided(),
    };
    let marks = |d: &Dispute, whole: i64| Marks {
        amount: Money::new(whole, d.row.currency),
        opened: Some(day(d.row.opened_at)),
        decided: d.row.status.is_decided(),
    };
    let (by_hand, named): (Vec<_>, Vec<_>) = all.into_iter().partition(|(d, _)| d.made_here);
    if named.len() > 1 {
        let mut like: Vec<Dispute> = named
            .iter()
            .filter(|(d, whole)| {
                let known = marks(d, *whole);
                known.amount == word.amount && is_same(Nameless::ByCharge, &known, &word)
            })
            .map(|(d, _)| d.clone())
            .collect();
        if like.len() == 1 {
            return Ok(Ok(like.pop()));
        }
        let ids: Vec<&str> = named
            .iter()
            .map(|(d, _)| d.row.dispute_id.as_str())
            .collect();
        return Ok(Err(RowProblem::new(
            ExceptionCode::ConflictingRows,
            format!(
                "The charge {} has {} chargebacks ({}), and the file names the charge only. Bring this one up to date under its own id.",
                p.charge_id,
                named.len(),
                ids.join(", ")
            ),
        )));
    }
    if let Some((d, _)) = named.into_iter().next() {
        return Ok(Ok(Some(d)));
    }
    let same = |(d, whole): &(Dispute, i64)| is_same(Nameless::ByHand, &marks(d, *whole), &word);
    // Under its own id: it takes on the charge's when the row is taken in.
    Ok(Ok(by_hand.into_iter().find(same).map(|(d, _)| Dispute {
        row: DisputeRow {
            dispute_id: by_charge(p),
            ..d.row.clone()
        },
        ..d
    })))
}
