//! Taking in opening balances: what was owed to hosts, or by them, beyond bookings when the ledger
//! began (docs/domain.md §7, cutover). A second person approves them, as any adjustment.

use std::collections::HashSet;

use csv::ByteRecord;
use hostledger_core::booking::Header;
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::journal::EntryKind;
use hostledger_core::opening_balance::{self, OpeningBalanceRow};
use hostledger_core::{Code, Error, Money};
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::hosts::{self, Source};
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats};
use hostledger_store::{Conn, cutover, journal};
use serde_json::json;

use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::import_hosts::unknown_host;
use crate::imports::{ImportKind, Tally, Took};
use crate::jobs::Job;
use crate::source_file::SourceFile;
use crate::waiting::RawRow;
use crate::{Result, clock};

/// The kind of their adjustments.
pub(crate) const KIND: &str = "OPENING";

enum Taken {
    Inserted,
    /// It says again what stands: that adjustment; `None`: what a person rejected, or nothing.
    Unchanged(Option<i64>),
}

/// Reads an opening balances file and proposes what it says.
///
/// # Errors
/// [`Code::WrongState`] in a ledger without a paid-through date, [`Code::WrongFile`],
/// [`Code::Cancelled`]; file and database errors.
pub(crate) fn take_in(
    conn: &Conn,
    source: &SourceFile,
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
    let mut file = CsvFile::open(source, &opening_balance::COLUMNS, "opening balances")?;
    let mut tally = Tally::begin(conn, ImportKind::OpeningBalances)?;
    let mut repeats = Repeats::default();
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Writing opening balances", &mut raw)? {
        tally.counts.rows += 1;
        let source = Source { import_key, line };
        let json = || row_as_json(&file.names, raw.iter());
        let taken = match parse(&file.header, &raw) {
            Err(problem) => Err(problem),
            Ok(row) => {
                let subject = subject(&row.host_id, row.currency.code(), &row.reason);
                if tally.waiting.was_dismissed(conn, &subject, json)? {
                    tally.counts.unchanged += 1;
                    continue;
                }
                tally.add(row.currency, row.amount_minor)?;
                let taken = take(conn, &row, import_key, stamp)?;
                if let Ok(Taken::Inserted) = &taken {
                    let waiting = &mut tally.waiting;
                    waiting.taken_in(conn, &subject, None, import_key, stamp)?;
                }
                taken
            }
        };
        match taken {
            Ok(Taken::Inserted) => tally.counts.inserted += 1,
            Ok(Taken::Unchanged(known)) => {
                tally.counts.unchanged += 1;
                if let Some(key) = known {
                    repeats.push(key, line);
                }
            }
            Err(problem) => {
                tally.exception(conn, source, problem, &RawRow::of(&json()), stamp)?;
            }
        }
    }
    repeats::keep(conn, import_key, stamp.step, &repeats)?;
    Ok(tally)
}

/// What a row is about: each balance stands once per host, currency and reason.
pub(crate) fn subject(host_id: &str, currency: &str, reason: &str) -> String {
    format!("{host_id} {currency} {reason}")
}

pub(crate) fn parse(
    header: &Header,
    raw: &ByteRecord,
) -> std::result::Result<OpeningBalanceRow, RowProblem> {
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
) -> Result<std::result::Result<Took, RowProblem>> {
    let taken = take(conn, row, source.import_key, stamp)?;
    Ok(taken.map(|taken| match taken {
        Taken::Inserted => Took::In,
        Taken::Unchanged(_) => Took::Unchanged,
    }))
}

fn take(
    conn: &Conn,
    row: &OpeningBalanceRow,
    import_key: i64,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Taken, RowProblem>> {
    let Some(host) = hosts::find(conn, &row.host_id)? else {
        return Ok(Err(unknown_host(&row.host_id)));
    };
    let known = cutover::opening_balance(conn, host.host_key, row.currency, &row.reason)?;
    if let Some(k) = known {
        if k.amount_minor == row.amount_minor {
            let own = k.import_key == Some(import_key);
            return Ok(Ok(Taken::Unchanged((!own).then_some(k.adjustment_key))));
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
    let was_rejected = || {
        let of = (host.host_key, row.currency, row.amount_minor);
        cutover::was_rejected(conn, of, &row.reason)
    };
    if row.amount_minor == 0 || was_rejected()? {
        return Ok(Ok(Taken::Unchanged(None)));
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

/// Takes an import of opening balances back; what another file says as well stands as that file's.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] where one is in a payout.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    let mut in_the_way = Vec::new();
    let kinds = [ImportKind::OpeningBalances.as_str()];
    let all = cutover::opening_balances_of(conn, import_key)?;
    let asked: HashSet<i64> = all.iter().map(|o| o.adjustment_key).collect();
    let said = repeats::standing(conn, &kinds, import_key, |k| asked.contains(&k))?;
    for o in all {
        if let Some(other) = said.get(&o.adjustment_key).and_then(|s| s.first()) {
            let heir = other.source.import_key;
            adjustments::set_import(conn, o.adjustment_key, heir)?;
            continue;
        }
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
