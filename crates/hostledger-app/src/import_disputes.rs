//! Taking in the platform's disputes.

use std::path::Path;

use csv::ByteRecord;
use hostledger_core::booking::Header;
use hostledger_core::dispute::{self, DisputeRow};
use hostledger_core::import::RowProblem;
use hostledger_core::{Code, Error};
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, bookings, commissions, disputes, payouts};
use serde_json::json;

use crate::Result;
use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::disputes::intake::{Taken, take};
use crate::disputes::record::{How, record};
use crate::imports::{Tally, Took};
use crate::jobs::Job;
use crate::restate::{self, Terms};

/// Reads a disputes file and writes what it says.
///
/// # Errors
/// [`Code::WrongFile`], [`Code::Cancelled`]; file and database errors.
pub(crate) fn take_in(
    conn: &Conn,
    path: &Path,
    bytes: u64,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut file = CsvFile::open(path, &dispute::COLUMNS, "disputes")?;
    let mut terms = Terms::load(conn)?;
    let mut tally = Tally::default();
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Writing disputes", bytes, &mut raw)? {
        tally.counts.rows += 1;
        let source = Some(Source { import_key, line });
        let taken = match parse(&file.header, &raw) {
            Err(problem) => Err(problem),
            Ok(row) => {
                tally.add(row.currency, row.amount_minor)?;
                tally.booked_on(terms.settings.zone.date_of(row.opened_at));
                let taken = take(conn, &mut terms, &row, source, stamp)?;
                if let Ok(Taken::Changed(change)) = &taken {
                    *tally.changes.entry(change.clone()).or_default() += 1;
                }
                taken
            }
        };
        match taken {
            Ok(Taken::Inserted) => tally.counts.inserted += 1,
            Ok(Taken::Changed(_)) => tally.counts.updated += 1,
            Ok(Taken::Unchanged) => tally.counts.unchanged += 1,
            Ok(Taken::Stale) => tally.counts.stale += 1,
            Err(problem) => {
                let kept = row_as_json(&file.names, raw.iter());
                tally.exception(conn, import_key, line, problem, &kept)?;
            }
        }
    }
    Ok(tally)
}

fn parse(header: &Header, raw: &ByteRecord) -> std::result::Result<DisputeRow, RowProblem> {
    let fields = text_fields(raw)?;
    dispute::read_row(&header.fields(&fields)?)
}

/// Takes one row in again after a person looked at its exception.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    row: &DisputeRow,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    let mut terms = Terms::load(conn)?;
    Ok(take(conn, &mut terms, row, Some(source), stamp)?.map(|taken| taken.took()))
}

/// Takes an import of disputes back: each is again what it was before, or as if it had never been.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] with the bookings that were sent since.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>, job: &Job) -> Result<()> {
    let mut terms = Terms::load(conn)?;
    let mut in_the_way = Vec::new();
    for key in disputes::keys_of_import(conn, import_key)? {
        job.check()?;
        if !undo_one(conn, &mut terms, key, import_key, stamp)? {
            in_the_way.push(disputes::get(conn, key)?.row.booking_id);
        }
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

/// `false` where paid money depends on what the import said.
fn undo_one(
    conn: &Conn,
    terms: &mut Terms,
    dispute_key: i64,
    import_key: i64,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let d = disputes::get(conn, dispute_key)?;
    if commissions::was_sent(conn, d.booking_key)?
        && payouts::sent_after_import(conn, d.booking_key, import_key)?
    {
        return Ok(false);
    }
    if !restate::withdraw_clawbacks(conn, d.booking_key, import_key, stamp)? {
        return Ok(false);
    }
    disputes::undo_versions(conn, dispute_key, import_key)?;
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
