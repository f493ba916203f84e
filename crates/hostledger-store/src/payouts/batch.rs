//! Payout batches and who made them.

use hostledger_core::approval::{Rail, StripeRail};
use hostledger_core::payout_batch::BatchStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::ledger::Stamp;
use crate::sql::{At, Day, number_of, of_number, one, rows, run};

/// A batch.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of payout_batches, explained in the migration"
)]
pub struct Batch {
    pub batch_key: i64,
    pub batch_id: String,
    pub date: Date,
    pub off_cycle_reason: Option<String>,
    pub status: BatchStatus,
    pub digest: String,
    pub prepared_at: Timestamp,
    pub prepared_by: String,
    pub submitted_at: Option<Timestamp>,
    pub submitted_by: Option<String>,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
    pub close_reason: Option<String>,
    pub file_path: Option<String>,
    pub file_sha256: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub sent_by: Option<String>,
    pub rail: Option<String>,
    pub alarm: Option<String>,
    pub approvals_needed: u32,
    pub restore_key: Option<i64>,
    pub file_written_at: Option<Timestamp>,
    pub file_copies: i64,
    pub submission: i64,
    pub submit_rail: Option<Rail>,
}

const BATCH: &str = "SELECT batch_key, batch_id, payout_date, off_cycle_reason, status, digest, prepared_at, prepared_by, submitted_at, submitted_by, closed_at, closed_by, close_reason, file_path, file_sha256, sent_at, sent_by, rail, alarm, approvals_needed, restore_key, file_written_at, file_copies, submission, submit_rail, submit_account, submit_livemode FROM payout_batches";

fn read_batch(r: &Row<'_>) -> rusqlite::Result<Batch> {
    let at = |i| r.get::<_, Option<At>>(i).map(|a| a.map(|a| a.0));
    Ok(Batch {
        batch_key: r.get(0)?,
        batch_id: r.get(1)?,
        date: r.get::<_, Day>(2)?.0,
        off_cycle_reason: r.get(3)?,
        status: of_number(&BatchStatus::ALL, r.get(4)?, 1)?,
        digest: r.get(5)?,
        prepared_at: r.get::<_, At>(6)?.0,
        prepared_by: r.get(7)?,
        submitted_at: at(8)?,
        submitted_by: r.get(9)?,
        closed_at: at(10)?,
        closed_by: r.get(11)?,
        close_reason: r.get(12)?,
        file_path: r.get(13)?,
        file_sha256: r.get(14)?,
        sent_at: at(15)?,
        sent_by: r.get(16)?,
        rail: r.get(17)?,
        alarm: r.get(18)?,
        approvals_needed: r.get(19)?,
        restore_key: r.get(20)?,
        file_written_at: at(21)?,
        file_copies: r.get(22)?,
        submission: r.get(23)?,
        submit_rail: match (
            r.get::<_, Option<String>>(24)?,
            r.get::<_, Option<String>>(25)?,
        ) {
            (None, _) => None,
            (Some(_), None) => Some(Rail::File),
            (Some(_), Some(account_id)) => Some(Rail::Stripe(StripeRail {
                account_id,
                livemode: r.get(26)?,
            })),
        },
    })
}

/// All batches, newest first.
///
/// # Errors
/// The database's own.
pub fn batches(conn: &Conn) -> Result<Vec<Batch>> {
    rows(
        conn,
        &format!("{BATCH} ORDER BY batch_key DESC"),
        [],
        read_batch,
    )
}

/// A batch by id.
///
/// # Errors
/// The database's own.
pub fn find_batch(conn: &Conn, batch_id: &str) -> Result<Option<Batch>> {
    one(
        conn,
        &format!("{BATCH} WHERE batch_id = ?"),
        [batch_id],
        read_batch,
    )
}

/// A batch by key.
///
/// # Errors
/// The database's own; a key that isn't there.
pub fn get_batch(conn: &Conn, batch_key: i64) -> Result<Batch> {
    one(
        conn,
        &format!("{BATCH} WHERE batch_key = ?"),
        [batch_key],
        read_batch,
    )?
    .ok_or_else(|| Error::stored("batch"))
}

/// Begins a DRAFT batch. Its key.
///
/// # Errors
/// The database's own.
pub fn insert_batch(
    conn: &Conn,
    batch_id: &str,
    date: Date,
    off_cycle: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    run(
        conn,
        "INSERT INTO payout_batches (batch_id, payout_date, off_cycle_reason, status, digest, prepared_at, prepared_by) VALUES (?, ?, ?, 1, '', ?, ?)",
        params![batch_id, Day(date), off_cycle, At(stamp.at), stamp.by],
    )?;
    let key = conn.last_insert_rowid();
    add_maker(conn, key, stamp.by)?;
    Ok(key)
}

/// Remembers somebody as a maker of a batch.
///
/// # Errors
/// The database's own.
pub fn add_maker(conn: &Conn, batch_key: i64, name: &str) -> Result<()> {
    run(
        conn,
        "INSERT INTO batch_makers VALUES (?, ?) ON CONFLICT DO NOTHING",
        params![batch_key, name],
    )?;
    Ok(())
}

/// Who prepared, changed or submitted a batch.
///
/// # Errors
/// The database's own.
pub fn makers(conn: &Conn, batch_key: i64) -> Result<Vec<String>> {
    rows(
        conn,
        "SELECT name FROM batch_makers WHERE batch_key = ? ORDER BY name",
        [batch_key],
        |r| r.get(0),
    )
}

/// Sets a batch's digest.
///
/// # Errors
/// The database's own.
pub fn set_digest(conn: &Conn, batch_key: i64, digest: &str) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET digest = ? WHERE batch_key = ?",
        params![digest, batch_key],
    )?;
    Ok(())
}

/// Moves a batch to another state.
///
/// # Errors
/// The database's own.
pub fn set_batch_status(conn: &Conn, batch_key: i64, status: BatchStatus) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = ? WHERE batch_key = ?",
        params![number_of(&BatchStatus::ALL, &status, 1), batch_key],
    )?;
    Ok(())
}

/// Records who submitted a batch, for which rail; earlier approvals don't count any more.
///
/// # Errors
/// The database's own.
pub fn set_submitted(conn: &Conn, batch_key: i64, rail: &Rail, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = 2, submitted_at = ?, submitted_by = ?, submission = submission + 1 WHERE batch_key = ?",
        params![At(stamp.at), stamp.by, batch_key],
    )?;
    set_submit_rail(conn, batch_key, rail)?;
    add_maker(conn, batch_key, stamp.by)
}

/// Fixes the rail by which a batch may leave.
///
/// # Errors
/// The database's own.
pub fn set_submit_rail(conn: &Conn, batch_key: i64, rail: &Rail) -> Result<()> {
    let stripe = rail.stripe();
    run(
        conn,
        "UPDATE payout_batches SET submit_rail = ?, submit_account = ?, submit_livemode = ? WHERE batch_key = ?",
        params![
            rail.as_str(),
            stripe.map(|s| &s.account_id),
            stripe.map(|s| s.livemode),
            batch_key
        ],
    )?;
    Ok(())
}

/// Records why a batch was rejected or cancelled.
///
/// # Errors
/// The database's own.
pub fn set_closed(
    conn: &Conn,
    batch_key: i64,
    status: BatchStatus,
    reason: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = ?, closed_at = ?, closed_by = ?, close_reason = ? WHERE batch_key = ?",
        params![
            number_of(&BatchStatus::ALL, &status, 1),
            At(stamp.at),
            stamp.by,
            reason,
            batch_key
        ],
    )?;
    Ok(())
}

/// Lets an interrupted send write its payment file elsewhere.
///
/// # Errors
/// The database's own.
pub fn set_file_path(conn: &Conn, batch_key: i64, path: &str) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET file_path = ? WHERE batch_key = ?",
        params![path, batch_key],
    )?;
    Ok(())
}

/// Records that a batch's payment file is written.
///
/// # Errors
/// The database's own.
pub fn set_file_written(conn: &Conn, batch_key: i64, at: Timestamp) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET file_written_at = coalesce(file_written_at, ?) WHERE batch_key = ?",
        params![At(at), batch_key],
    )?;
    Ok(())
}

/// Counts a copy of a batch's payment file.
///
/// # Errors
/// The database's own.
pub fn add_file_copy(conn: &Conn, batch_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET file_copies = file_copies + 1 WHERE batch_key = ?",
        [batch_key],
    )?;
    Ok(())
}

/// Records where a batch's payment file goes and the hash of what it will hold.
///
/// # Errors
/// The database's own.
pub fn set_sending_file(
    conn: &Conn,
    batch_key: i64,
    path: &str,
    sha256: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = 4, rail = 'file', file_path = ?, file_sha256 = ?, sent_at = ?, sent_by = ? WHERE batch_key = ?",
        params![path, sha256, At(stamp.at), stamp.by, batch_key],
    )?;
    Ok(())
}

/// Records that a batch left by a payment file before the ledger was restored; `file` is its name and
/// hash where they are known.
///
/// # Errors
/// The database's own.
pub fn set_left_before_restore(
    conn: &Conn,
    batch_key: i64,
    restore_key: i64,
    file: Option<(&str, &str)>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = 4, rail = 'file', file_path = ?, file_sha256 = ?, sent_at = ?, sent_by = ?, restore_key = ? WHERE batch_key = ?",
        params![
            file.map(|f| f.0),
            file.map(|f| f.1),
            At(stamp.at),
            stamp.by,
            restore_key,
            batch_key
        ],
    )?;
    Ok(())
}

/// Records that a batch begins to leave through Stripe.
///
/// # Errors
/// The database's own.
pub fn set_sending_stripe(conn: &Conn, batch_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = 4, rail = 'stripe', sent_at = ?, sent_by = ? WHERE batch_key = ?",
        params![At(stamp.at), stamp.by, batch_key],
    )?;
    Ok(())
}

/// Records how many people must approve a batch.
///
/// # Errors
/// The database's own.
pub fn set_approvals_needed(conn: &Conn, batch_key: i64, needed: u32) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET approvals_needed = ? WHERE batch_key = ?",
        params![needed, batch_key],
    )?;
    Ok(())
}

/// Records why nothing more of a batch is sent until people looked; `None`: they did.
///
/// # Errors
/// The database's own.
pub fn set_alarm(conn: &Conn, batch_key: i64, alarm: Option<&str>) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET alarm = ? WHERE batch_key = ?",
        params![alarm, batch_key],
    )?;
    Ok(())
}

/// Whether some payout of a batch is not sent yet, or on its way.
///
/// # Errors
/// The database's own.
pub fn has_open(conn: &Conn, batch_key: i64) -> Result<bool> {
    exists(
        conn,
        "SELECT 1 FROM host_payouts WHERE batch_key = ? AND status IN (1, 2) LIMIT 1",
        batch_key,
    )
}

/// Whether some payout of a batch failed.
///
/// # Errors
/// The database's own.
pub fn has_failed(conn: &Conn, batch_key: i64) -> Result<bool> {
    exists(
        conn,
        "SELECT 1 FROM host_payouts WHERE batch_key = ? AND status = 4 LIMIT 1",
        batch_key,
    )
}

fn exists(conn: &Conn, sql: &str, batch_key: i64) -> Result<bool> {
    let found: Option<i64> = one(conn, sql, [batch_key], |r| r.get(0))?;
    Ok(found.is_some())
}
