//! Reading the payment files that left before a restore, and recording what they paid.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::ByteRecord;
use hostledger_core::import::RowProblem;
use hostledger_core::journal::EntryKind;
use hostledger_core::payout_batch::{BatchStatus, PayoutDigest, PayoutStatus};
use hostledger_core::{Code, Currency, Error, Money, ids};
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Batch, DueLine, NewPayout};
use hostledger_store::restores::{self, LeftPayout, Restore, Word};
use hostledger_store::{Conn, hosts};
use jiff::civil::Date;

use crate::csv_file::{CsvFile, line_of, text_fields};
use crate::jobs::Job;
use crate::payouts::{
    close_in, complete, fail_stale, fail_unsent, find_batch, finish_if_settled, leave, set_digest,
};
use crate::source_file::SourceFile;
use crate::{Result, clock};

/// The columns of a payment file that are read; `batch_digest` came later.
const COLUMNS: [(&str, bool); 9] = [
    ("payout_id", true),
    ("batch_id", true),
    ("host_id", true),
    ("host_name", true),
    ("destination", true),
    ("currency", true),
    ("amount_minor", true),
    ("scheduled_date", true),
    ("batch_digest", false),
];

/// A payment file as it was read.
pub(super) struct PaymentFile {
    pub(super) sha256: String,
    pub(super) rows: Vec<Row>,
}

/// A row of it.
pub(super) struct Row {
    line: i64,
    payout_id: String,
    batch_id: String,
    host_id: String,
    host_name: String,
    destination: String,
    money: Money,
    date: Date,
    batch_digest: String,
}

fn wrong(line: i64, what: &str) -> Error {
    Error::new(
        Code::WrongFile,
        format!(
            "Line {line}: {what} Nothing was recorded. Give the payment file as this program wrote it."
        ),
    )
}

/// Reads a payment file.
pub(super) fn read(path: &Path) -> Result<PaymentFile> {
    let source = SourceFile::open(path, None, &Job::unwatched())?;
    let mut file = CsvFile::open(&source, &COLUMNS, "payment file")?;
    let mut rows = Vec::new();
    let mut raw = ByteRecord::new();
    while file.next(&mut raw)? {
        let line = line_of(&raw);
        let refuse = |p: RowProblem| wrong(line, &p.message);
        let fields = text_fields(&raw).map_err(refuse)?;
        let row = file.header.fields(&fields).map_err(refuse)?;
        // What was guarded against spreadsheets is itself again.
        let text = |column: usize| {
            let cell = row.text(column);
            cell.strip_prefix('\'')
                .filter(|rest| rest.starts_with(['=', '+', '-', '@']))
                .unwrap_or(cell)
                .to_owned()
        };
        let currency = Currency::parse(&text(5))
            .ok_or_else(|| wrong(line, &format!("\"{}\" is no currency.", text(5))))?;
        let minor: i64 = text(6).parse().ok().filter(|m| *m > 0).ok_or_else(|| {
            wrong(
                line,
                &format!("\"{}\" is no amount in minor units.", text(6)),
            )
        })?;
        let date: Date = text(7).parse().map_err(|_| {
            wrong(
                line,
                &format!("\"{}\" is no date such as 2026-03-09.", text(7)),
            )
        })?;
        if text(0).is_empty() || text(1).is_empty() {
            return Err(wrong(
                line,
                "the ids of the payout and its batch are missing.",
            ));
        }
        rows.push(Row {
            line,
            payout_id: text(0),
            batch_id: text(1),
            host_id: ids::clean(&text(2)).into_owned(),
            host_name: text(3),
            destination: text(4),
            money: Money::new(minor, currency),
            date,
            batch_digest: text(8),
        });
    }
    if rows.is_empty() {
        return Err(wrong(1, "the file has no payouts."));
    }
    Ok(PaymentFile {
        sha256: hex::encode(source.sha256),
        rows,
    })
}

/// Keeps a file's payouts; how many are new.
pub(super) fn keep(conn: &Conn, word_key: i64, rows: &[Row]) -> Result<usize> {
    let mut new = 0;
    for r in rows {
        let host = hosts::find(conn, &r.host_id)?.ok_or_else(|| {
            wrong(
                r.line,
                &format!(
                    "this ledger has no host {}. Import the newest hosts file first.",
                    r.host_id
                ),
            )
        })?;
        if let Some(p) = payouts::find(conn, &r.payout_id)?
            && (p.host_key, p.currency, p.amount_minor)
                != (host.host_key, r.money.currency, r.money.amount_minor)
        {
            return Err(wrong(
                r.line,
                &format!(
                    "the payout {} is one of {} for {} in this ledger.",
                    r.payout_id,
                    Money::new(p.amount_minor, p.currency),
                    p.host_id
                ),
            ));
        }
        let left = LeftPayout {
            payout_id: r.payout_id.clone(),
            word_key,
            batch_id: r.batch_id.clone(),
            batch_digest: r.batch_digest.clone(),
            host_key: host.host_key,
            host_name: r.host_name.clone(),
            destination: r.destination.clone(),
            currency: r.money.currency,
            amount_minor: r.money.amount_minor,
            payout_date: r.date,
        };
        new += usize::from(restores::insert_left(conn, &left)?);
    }
    Ok(new)
}

/// What confirming did.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// Batches of this copy that are on their way now.
    pub(super) left: usize,
    /// Payouts that this copy never saw.
    pub(super) recorded: usize,
    /// Batches that could have paid their money again.
    pub(super) cancelled: usize,
}

/// Records what left: batches of this copy that left as they stand are on their way; payouts that
/// it never saw are COMPLETED and set against what their hosts are owed; every other open batch is
/// cancelled, since it may hold the same money.
pub(super) fn record(
    conn: &Conn,
    open: &Restore,
    said: &[Word],
    stamp: &Stamp<'_>,
) -> Result<Recorded> {
    let mut done = Recorded::default();
    let left = restores::left(conn)?;
    let named = |what: &str| said.iter().any(|w| w.what == what);
    if !named("FILE") && !named("BATCH") {
        return Ok(done);
    }
    let mut of_batches: BTreeMap<&str, Vec<&LeftPayout>> = BTreeMap::new();
    for p in &left {
        of_batches.entry(&p.batch_id).or_default().push(p);
    }
    let mut unseen: Vec<Vec<&LeftPayout>> = Vec::new();
    for (batch_id, rows) in of_batches {
        let known = payouts::find_batch(conn, batch_id)?;
        match known {
            Some(b) if is_open(&b) && as_it_stands(&b, &rows) => {
                let ids: BTreeSet<&str> = rows.iter().map(|p| p.payout_id.as_str()).collect();
                let file = said.iter().find(|w| w.word_key == rows[0].word_key);
                depart(conn, open, &b, Some(&ids), file, stamp)?;
                done.left += 1;
            }
            // It left before the backup: the ledger knows it.
            Some(b) if !is_open(&b) && !is_closed(&b) => {}
            _ => unseen.push(rows),
        }
    }
    for word in said.iter().filter(|w| w.what == "BATCH") {
        let batch = find_batch(conn, word.batch_id.as_deref().unwrap_or_default())?;
        if batch.status == BatchStatus::Approved {
            depart(conn, open, &batch, None, None, stamp)?;
            done.left += 1;
        }
    }
    for batch in payouts::batches(conn)?.iter().filter(|b| is_open(b)) {
        let why = "It was prepared in a copy of the ledger that was restored since, so its money may have left already.";
        close_in(conn, batch, BatchStatus::Cancelled, Some(why), stamp)?;
        done.cancelled += 1;
    }
    for rows in unseen {
        done.recorded += rows.len();
        record_unseen(conn, open, &rows, stamp)?;
    }
    Ok(done)
}

fn is_open(b: &Batch) -> bool {
    matches!(
        b.status,
        BatchStatus::Draft | BatchStatus::Submitted | BatchStatus::Approved
    )
}

fn is_closed(b: &Batch) -> bool {
    matches!(b.status, BatchStatus::Rejected | BatchStatus::Cancelled)
}

/// Whether the file was written of the batch as this copy has it.
fn as_it_stands(b: &Batch, rows: &[&LeftPayout]) -> bool {
    rows.iter().all(|p| match p.batch_digest.as_str() {
        // Written before files carried one.
        "" => b.status == BatchStatus::Approved,
        digest => digest == b.digest,
    })
}

/// A batch of this copy left as it stands: with these payouts, or as sending it would have.
fn depart(
    conn: &Conn,
    open: &Restore,
    batch: &Batch,
    ids: Option<&BTreeSet<&str>>,
    file: Option<&Word>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    if ids.is_none() {
        fail_stale(conn, batch, stamp)?;
    }
    for p in payouts::of_batch(conn, batch.batch_key)? {
        if p.status != PayoutStatus::Pending {
            continue;
        }
        if ids.is_none_or(|ids| ids.contains(p.payout_id.as_str())) {
            leave(conn, batch, &p, stamp)?;
        } else {
            let why = "It isn't in the payment file that left.";
            fail_unsent(conn, p.payout_key, ("CHANGED_SINCE_APPROVAL", why), stamp)?;
        }
    }
    let file = file.and_then(|w| Some((w.file_name.as_deref()?, w.file_sha256.as_deref()?)));
    payouts::set_left_before_restore(conn, batch.batch_key, open.restore_key, file, stamp)?;
    finish_if_settled(conn, batch)
}

/// Payouts of a batch that this copy never saw, or not as it left: each is COMPLETED with one line,
/// and the same amount is set against what its host is owed.
fn record_unseen(
    conn: &Conn,
    open: &Restore,
    rows: &[&LeftPayout],
    stamp: &Stamp<'_>,
) -> Result<()> {
    let first = rows[0];
    let batch_id = match payouts::find_batch(conn, &first.batch_id)? {
        None => first.batch_id.clone(),
        Some(_) => clock::new_id(),
    };
    let off_cycle = "It left before this copy of the ledger was restored.";
    let batch_key =
        payouts::insert_batch(conn, &batch_id, first.payout_date, Some(off_cycle), stamp)?;
    for p in rows {
        let payout_id = match payouts::find(conn, &p.payout_id)? {
            None => p.payout_id.clone(),
            Some(_) => clock::new_id(),
        };
        let reason = format!(
            "Sent on {} as payout {} of batch {}, which this copy of the ledger didn't have when it was restored.",
            p.payout_date, p.payout_id, p.batch_id
        );
        let adjustment = |amount_minor: i64| -> Result<(i64, String)> {
            let id = clock::new_id();
            let key = adjustments::insert(
                conn,
                &NewAdjustment {
                    adjustment_id: &id,
                    host_key: p.host_key,
                    currency: p.currency,
                    amount_minor,
                    kind: "SENT_BEFORE_RESTORE",
                    booking_key: None,
                    reason: &reason,
                    status: "APPROVED",
                    import_key: None,
                    dispute_key: None,
                    releases: None,
                },
                stamp,
            )?;
            Ok((key, id))
        };
        let (line, line_id) = adjustment(p.amount_minor)?;
        adjustment(-p.amount_minor)?;
        let money = Money::new(p.amount_minor, p.currency);
        let host = hosts::get(conn, p.host_key)?;
        let mut digest = PayoutDigest::named(
            &payout_id,
            (&host.host_id, &p.host_name),
            &p.destination,
            money,
        );
        digest.adjustment(&line_id, p.amount_minor);
        let payout = NewPayout {
            payout_id: &payout_id,
            batch_key,
            host_key: p.host_key,
            host_name: &p.host_name,
            currency: p.currency,
            amount_minor: p.amount_minor,
            destination: &p.destination,
            digest: &digest.finish(),
        };
        let due = DueLine {
            host_key: p.host_key,
            currency: p.currency,
            booking_key: None,
            adjustment_key: Some(line),
            id: line_id,
            amount_minor: p.amount_minor,
        };
        let key = payouts::insert(conn, &payout, &[due])?;
        if payout_id != p.payout_id {
            payouts::set_left_as(conn, key, &p.payout_id)?;
        }
    }
    set_digest(conn, batch_key)?;
    let batch = payouts::get_batch(conn, batch_key)?;
    payouts::set_left_before_restore(conn, batch_key, open.restore_key, None, stamp)?;
    for p in payouts::of_batch(conn, batch_key)? {
        leave(conn, &batch, &p, stamp)?;
        complete(conn, &batch, &p, EntryKind::PayoutCompletedBank, stamp)?;
    }
    finish_if_settled(conn, &batch)
}
