//! Taking in the platform's disputes.

use std::collections::{BTreeSet, HashSet};

use csv::ByteRecord;
use hostledger_core::Money;
use hostledger_core::booking::Header;
use hostledger_core::dispute::{self, Beside, DisputeRow};
use hostledger_core::import::RowProblem;
use hostledger_core::{Code, Error, ids};
use hostledger_store::bookings::StoredBooking;
use hostledger_store::disputes::{Dispute, Version};
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats, Saying};
use hostledger_store::{Conn, bookings, commissions, dispute_fees, disputes, payouts};
use serde_json::json;

use crate::Result;
use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::disputes::about;
use crate::disputes::fees::settle_fee;
use crate::disputes::intake::{Taken, Word, take};
use crate::disputes::record::{How, record};
use crate::imports::{ImportKind, Tally, Took};
use crate::jobs::Job;
use crate::restate::{self, Terms};
use crate::source_file::SourceFile;
use crate::waiting::RawRow;

/// Reads a disputes file and writes what it says.
///
/// # Errors
/// [`Code::WrongFile`], [`Code::Cancelled`]; file and database errors.
pub(crate) fn take_in(
    conn: &Conn,
    source: &SourceFile,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut file = CsvFile::open(source, &dispute::COLUMNS, "disputes")?;
    let mut terms = Terms::load(conn)?;
    let mut tally = Tally::begin(conn, ImportKind::Disputes)?;
    let mut repeats = Repeats::default();
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Writing disputes", &mut raw)? {
        tally.counts.rows += 1;
        let source = Source { import_key, line };
        let json = || row_as_json(&file.names, raw.iter());
        let taken = match parse(&file.header, &raw) {
            Err(problem) => Err(problem),
            Ok((row, _)) if tally.waiting.was_dismissed(conn, &row.dispute_id, json)? => {
                tally.counts.unchanged += 1;
                continue;
            }
            Ok((row, beside)) => {
                tally.add(row.currency, row.amount_minor)?;
                tally.booked_on(terms.settings.zone.date_of(row.opened_at));
                let id = row.dispute_id.clone();
                let taken = take_one(conn, &mut terms, row, &beside, None, Some(source), stamp)?;
                taken.map(|taken| (id, taken))
            }
        };
        match taken {
            Ok((id, taken)) => {
                count(conn, &mut tally, &mut repeats, &id, taken, source, stamp)?;
            }
            Err(problem) => {
                tally.exception(conn, source, problem, &RawRow::of(&json()), stamp)?;
            }
        }
    }
    repeats::keep(conn, import_key, stamp.step, &repeats)?;
    Ok(tally)
}

/// Counts what became of a row, and lets what waited about its subject end where it went in.
pub(crate) fn count(
    conn: &Conn,
    tally: &mut Tally,
    repeats: &mut Repeats,
    subject: &str,
    taken: Taken,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<()> {
    if matches!(taken, Taken::Inserted | Taken::Changed(_)) {
        let by = source.import_key;
        tally.waiting.taken_in(conn, subject, None, by, stamp)?;
    }
    match taken {
        Taken::Inserted => tally.counts.inserted += 1,
        Taken::Changed(how) => {
            tally.counts.updated += 1;
            *tally.changes.entry(how).or_default() += 1;
        }
        Taken::Unchanged(known) => {
            tally.counts.unchanged += 1;
            for key in known {
                repeats.push(key, source.line);
            }
        }
        Taken::Stale => tally.counts.stale += 1,
    }
    Ok(())
}

fn parse(
    header: &Header,
    raw: &ByteRecord,
) -> std::result::Result<(DisputeRow, Beside), RowProblem> {
    let fields = text_fields(raw)?;
    let fields = header.fields(&fields)?;
    Ok((dispute::read_row(&fields)?, dispute::read_beside(&fields)?))
}

/// Takes one row in; `chosen`: a person said which booking of the charge it is about.
fn take_one(
    conn: &Conn,
    terms: &mut Terms,
    row: DisputeRow,
    beside: &Beside,
    chosen: Option<&str>,
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Taken, RowProblem>> {
    let (charge, intent) = (beside.charge_id.as_str(), beside.payment_intent_id.as_str());
    let by_charge = !charge.is_empty() || !intent.is_empty();
    let bookings = match chosen.or(Some(&row.booking_id)).filter(|id| !id.is_empty()) {
        Some(id) => {
            if chosen.is_some() && by_charge {
                about::chosen(about::paid(conn, terms, charge, intent)?, id)?;
            }
            about::named(conn, id)?
        }
        None => match about::paid(conn, terms, charge, intent)? {
            none if none.is_empty() => Err(about::unknown(&format!(
                "No booking has the charge {}.",
                if charge.is_empty() { intent } else { charge }
            ))),
            some => Ok(some),
        },
    };
    let bookings = match bookings {
        Ok(found) => found,
        Err(problem) => return Ok(Err(problem)),
    };
    let row = as_known(conn, row, &bookings)?;
    let known = disputes::standing(conn, &row.dispute_id)?;
    let word = Word {
        row: match known.first() {
            Some(known) => row.keeping(&known.row, beside.absent),
            None => row,
        },
        bookings,
        only: chosen.is_some(),
        fee: beside.fee,
    };
    take(conn, terms, &word, source, stamp)
}

/// The row with the id of a dispute of the same bookings, where its own isn't known and differs from
/// that only in capitals or the kind of hyphen.
fn as_known(conn: &Conn, row: DisputeRow, bookings: &[StoredBooking]) -> Result<DisputeRow> {
    if disputes::find(conn, &row.dispute_id)?.is_some() {
        return Ok(row);
    }
    for b in bookings {
        let like = disputes::of_booking(conn, b.booking_key)?
            .into_iter()
            .find(|d| ids::fold(&d.row.dispute_id) == ids::fold(&row.dispute_id));
        if let Some(known) = like {
            let dispute_id = known.row.dispute_id;
            return Ok(DisputeRow { dispute_id, ..row });
        }
    }
    Ok(row)
}

/// Takes one row in again after a person looked at its exception; `said` is what stood in the file
/// where the person gave the amount in the booking's currency, `chosen` the booking of the charge
/// that the person says it is about.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    (row, beside): (DisputeRow, Beside),
    said: Option<Money>,
    chosen: Option<&str>,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    let mut terms = Terms::load(conn)?;
    let row = DisputeRow { said, ..row };
    let taken = take_one(conn, &mut terms, row, &beside, chosen, Some(source), stamp)?;
    Ok(taken.map(|taken| taken.took()))
}

/// Takes an import of disputes back: each is again what it was before, or as if it had never been.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] with the bookings that were sent since.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>, job: &Job) -> Result<()> {
    let mut terms = Terms::load(conn)?;
    let mut in_the_way = Vec::new();
    let keys = disputes::keys_of_import(conn, import_key)?;
    let kinds = [
        ImportKind::Disputes.as_str(),
        ImportKind::StripePayments.as_str(),
    ];
    let asked: HashSet<i64> = keys.iter().copied().collect();
    let said = repeats::standing(conn, &kinds, import_key, |k| asked.contains(&k))?;
    let mut touched = BTreeSet::new();
    for key in keys {
        job.check()?;
        touched.insert(disputes::get(conn, key)?.row.dispute_id);
        let repeated = said.get(&key).map_or(&[][..], Vec::as_slice);
        if !undo_one(conn, &mut terms, key, import_key, repeated, stamp)? {
            in_the_way.push(disputes::get(conn, key)?.row.booking_id);
        }
        touched.insert(disputes::get(conn, key)?.row.dispute_id);
    }
    touched.extend(dispute_fees::take_back(conn, import_key)?);
    for id in touched {
        settle_fee(conn, &terms, &id, stamp)?;
    }
    if in_the_way.is_empty() {
        return Ok(());
    }
    let n = in_the_way.len();
    in_the_way.truncate(20);
    Err(Error::new(
        Code::PaidDependsOnIt,
        format!(
            "{n} bookings whose disputes this import changed are in payouts since, so it can't be undone: {}. Cancel batches that weren't sent; what was sent is corrected by a newer file or by closing the dispute.",
            in_the_way.join(", ")
        ),
    )
    .with_details(json!({ "bookings": in_the_way })))
}

/// Another file that stands says the dispute as this import did last: the version becomes that
/// file's, and nothing else changes. `false`: none does.
fn hand_over(
    conn: &Conn,
    d: &Dispute,
    import_key: i64,
    repeated: &[Saying],
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let versions = disputes::versions(conn, d.dispute_key)?;
    let at_step = |step| versions.iter().rfind(|v| v.stood_at(step));
    let of = |v: &Version| v.source.is_some_and(|s| s.import_key == import_key);
    let Some(newest) = versions.iter().rfind(|v| !v.undone) else {
        return Ok(false);
    };
    // The last word on it that stands: a version of another source, or one that was repeated.
    let own = versions
        .iter()
        .filter(|v| !v.undone && !of(v))
        .map(|v| (v.since_step, v.version));
    let said = repeated
        .iter()
        .filter_map(|s| at_step(s.step).map(|v| (s.step, v.version)));
    let Some((step, version)) = own.chain(said).max() else {
        return Ok(false);
    };
    let by = repeated
        .iter()
        .find(|s| s.step == step && at_step(s.step).is_some_and(|v| v.version == version));
    let Some(by) = by else { return Ok(false) };
    let Some(v) = versions.iter().find(|v| v.version == version) else {
        return Ok(false);
    };
    if newest.version != version {
        return Ok(false);
    }
    disputes::undo_versions(conn, d.dispute_key, import_key, stamp.step)?;
    disputes::insert_version(
        conn,
        d.dispute_key,
        &v.row,
        "It stands in another file too.",
        v.ending,
        Some(by.source),
        stamp,
    )?;
    disputes::set_source(conn, d.dispute_key, by.source)?;
    Ok(true)
}

/// `false` where paid money depends on what the import said.
fn undo_one(
    conn: &Conn,
    terms: &mut Terms,
    dispute_key: i64,
    import_key: i64,
    repeated: &[Saying],
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let d = disputes::get(conn, dispute_key)?;
    if hand_over(conn, &d, import_key, repeated, stamp)? {
        return Ok(true);
    }
    if commissions::was_sent(conn, d.booking_key)?
        && payouts::sent_after_import(conn, d.booking_key, import_key)?
    {
        return Ok(false);
    }
    if !restate::withdraw_clawbacks(conn, d.booking_key, import_key, stamp)? {
        return Ok(false);
    }
    disputes::undo_versions(conn, dispute_key, import_key, stamp.step)?;
    let earlier = disputes::versions(conn, dispute_key)?
        .into_iter()
        .rfind(|v| !v.undone);
    let b = bookings::get(conn, d.booking_key)?;
    let how = How {
        what: "An import was undone.",
        ending: earlier.as_ref().map(|v| v.ending).unwrap_or_default(),
        made_here: false,
        source: earlier.as_ref().and_then(|v| v.source),
        undone: earlier.is_none(),
        restores: true,
    };
    let row = earlier.map_or_else(|| d.row.clone(), |v| v.row);
    record(conn, terms, Some(&d), &b, &row, &how, stamp)?;
    Ok(true)
}
