//! Taking in opening balances: what was owed to hosts, or by them, beyond bookings when the ledger
//! began (docs/domain.md §7, cutover). A second person approves them, as any adjustment.

use std::path::Path;

use csv::ByteRecord;
use hostledger_core::booking::Header;
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::journal::EntryKind;
use hostledger_core::opening_balance::{self, OpeningBalanceRow};
use hostledger_core::{Code, Error, Money};
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::hosts::{self, Source};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, cutover, journal};
use serde_json::json;

use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::imports::Tally;
use crate::jobs::Job;
use crate::{Result, clock};

/// The kind of their adjustments.
pub(crate) const KIND: &str = "OPENING";

enum Taken {
    Inserted,
    Unchanged,
}

/// Reads an opening balances file and proposes what it says.
///
/// # Errors
/// [`Code::WrongState`] in a ledger without a paid-through date, [`Code::WrongFile`],
/// [`Code::Cancelled`]; file and database errors.
pub(crate) fn take_in(
    conn: &Conn,
    path: &Path,
    bytes: u64,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    if cutover::paid_through(conn)?.is_none() {
        return Err(Error::new(
            Code::WrongState,
            "Opening balances stand as of the day through which hosts were paid outside, and this ledger has no such day. Set the paid-through date (paid_through in the settings) first. Nothing was imported.",
        ));
    }
    let mut file = CsvFile::open(path, &opening_balance::COLUMNS, "opening balances")?;
    let mut tally = Tally::default();
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Writing opening balances", bytes, &mut raw)? {
        tally.counts.rows += 1;
        let taken = match parse(&file.header, &raw) {
            Ok(row) => {
                *tally.totals.entry(row.currency).or_default() += row.amount_minor;
                take(conn, &row, import_key, stamp)?
            }
            Err(problem) => Err(problem),
        };
        match taken {
            Ok(Taken::Inserted) => tally.counts.inserted += 1,
            Ok(Taken::Unchanged) => tally.counts.unchanged += 1,
            Err(problem) => {
                let kept = row_as_json(&file.names, raw.iter());
                tally.exception(conn, import_key, line, problem, &kept)?;
            }
        }
    }
    Ok(tally)
}

fn parse(header: &Header, raw: &ByteRecord) -> std::result::Result<OpeningBalanceRow, RowProblem> {
    let fields = text_fields(raw)?;
    opening_balance::read_row(&header.fields(&fields)?)
}

/// Takes one row in again after a person looked at its exception.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    row: &OpeningBalanceRow,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<(), RowProblem>> {
    Ok(take(conn, row, source.import_key, stamp)?.map(|_| ()))
}

fn take(
    conn: &Conn,
    row: &OpeningBalanceRow,
    import_key: i64,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Taken, RowProblem>> {
    let Some(host) = hosts::find(conn, &row.host_id)? else {
        return Ok(Err(RowProblem::new(
            ExceptionCode::UnknownHost,
            format!(
                "There is no host {} in this ledger. Import the hosts file, then retry.",
                row.host_id
            ),
        )));
    };
    let known = cutover::opening_balance(conn, host.host_key, row.currency, &row.reason)?;
    if let Some(k) = known {
        if k.amount_minor == row.amount_minor {
            return Ok(Ok(Taken::Unchanged));
        }
        return Ok(Err(RowProblem::new(
            ExceptionCode::ConflictingRows,
            format!(
                "{} has an opening balance of {} for \"{}\" already, and the row says {}. The earlier one stands; undo its import or have it rejected if it is wrong.",
                row.host_id,
                Money::new(k.amount_minor, k.currency),
                row.reason,
                Money::new(row.amount_minor, row.currency)
            ),
        )));
    }
    if row.amount_minor == 0 {
        return Ok(Ok(Taken::Unchanged));
    }
    adjustments::insert(
        conn,
        &NewAdjustment {
            adjustment_id: &clock::new_id(),
            host_key: host.host_key,
            currency: row.currency,
            amount_minor: row.amount_minor,
            kind: KIND,
            booking_key: None,
            reason: &row.reason,
            status: "PROPOSED",
            import_key: Some(import_key),
            dispute_key: None,
            releases: None,
        },
        stamp,
    )?;
    Ok(Ok(Taken::Inserted))
}

/// Takes an import of opening balances back.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] where one is in a payout.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    let mut in_the_way = Vec::new();
    for o in cutover::opening_balances_of(conn, import_key)? {
        if adjustments::in_live_payout(conn, o.adjustment_key)? {
            in_the_way.push(o.host_id);
            continue;
        }
        if o.status == "APPROVED" {
            let kind = EntryKind::Cutover;
            journal::reverse_of_adjustment(conn, o.adjustment_key, kind, stamp.on, stamp.at)?;
        }
        adjustments::decide(conn, o.adjustment_key, "WITHDRAWN", stamp)?;
    }
    if in_the_way.is_empty() {
        return Ok(());
    }
    let n = in_the_way.len();
    in_the_way.truncate(20);
    Err(Error::new(
        Code::PaidDependsOnIt,
        format!(
            "{n} opening balances of this import are in payouts, so it can't be undone: {}. Cancel batches that weren't sent; what was sent is corrected by an adjustment.",
            in_the_way.join(", ")
        ),
    )
    .with_details(json!({ "hosts": in_the_way })))
}
