//! Payouts and their states.

use hostledger_core::Currency;
use hostledger_core::payout_batch::PayoutStatus;
use jiff::Timestamp;
use rusqlite::{Row, ToSql, params};

use super::{Batch, DueLine, get_batch};

use crate::Conn;
use crate::error::{Error, Result};
use crate::sql::{At, Cur, number_of, of_number, one, rows, run};

/// A payout with its host's names.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of host_payouts, explained in the migration"
)]
pub struct Payout {
    pub payout_key: i64,
    pub payout_id: String,
    pub batch_key: i64,
    pub host_key: i64,
    pub host_id: String,
    pub host_name: String,
    pub currency: Currency,
    pub amount_minor: i64,
    pub destination: String,
    pub status: PayoutStatus,
    pub digest: String,
    /// 2: the digest covers the host's name.
    pub digest_form: i64,
    pub line_count: i64,
    pub failure_code: Option<String>,
    pub failure_reason: Option<String>,
}

const PAYOUT: &str = "SELECT p.payout_key, p.payout_id, p.batch_key, p.host_key, h.host_id, p.host_name, p.currency, p.amount_minor, p.destination, p.status, p.digest, p.line_count, p.failure_code, p.failure_reason, p.digest_form
    FROM host_payouts p JOIN hosts h USING (host_key)";

fn read_payout(r: &Row<'_>) -> rusqlite::Result<Payout> {
    Ok(Payout {
        payout_key: r.get(0)?,
        payout_id: r.get(1)?,
        batch_key: r.get(2)?,
        host_key: r.get(3)?,
        host_id: r.get(4)?,
        host_name: r.get(5)?,
        currency: r.get::<_, Cur>(6)?.0,
        amount_minor: r.get(7)?,
        destination: r.get(8)?,
        status: of_number(&PayoutStatus::ALL, r.get(9)?, 1)?,
        digest: r.get(10)?,
        line_count: r.get(11)?,
        failure_code: r.get(12)?,
        failure_reason: r.get(13)?,
        digest_form: r.get(14)?,
    })
}

/// A batch's payouts in the order of their ids.
///
/// # Errors
/// The database's own.
pub fn of_batch(conn: &Conn, batch_key: i64) -> Result<Vec<Payout>> {
    rows(
        conn,
        &format!("{PAYOUT} WHERE p.batch_key = ? ORDER BY p.payout_id"),
        [batch_key],
        read_payout,
    )
}

/// A payout by id, or by the id under which it left before a restore where the one of that id was
/// cancelled since.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, payout_id: &str) -> Result<Option<Payout>> {
    let own = one(
        conn,
        &format!("{PAYOUT} WHERE p.payout_id = ?"),
        [payout_id],
        read_payout,
    )?;
    if !own
        .as_ref()
        .is_some_and(|p| p.status == PayoutStatus::Cancelled)
    {
        return Ok(own);
    }
    let left = one(
        conn,
        &format!("{PAYOUT} WHERE p.left_as = ?"),
        [payout_id],
        read_payout,
    )?;
    Ok(left.or(own))
}

/// Records the id under which a payout left.
///
/// # Errors
/// The database's own.
pub fn set_left_as(conn: &Conn, payout_key: i64, payout_id: &str) -> Result<()> {
    run(
        conn,
        "UPDATE host_payouts SET left_as = ? WHERE payout_key = ?",
        params![payout_id, payout_key],
    )?;
    Ok(())
}

/// A payout by key.
///
/// # Errors
/// The database's own; a key that isn't there.
pub fn get(conn: &Conn, payout_key: i64) -> Result<Payout> {
    one(
        conn,
        &format!("{PAYOUT} WHERE p.payout_key = ?"),
        [payout_key],
        read_payout,
    )?
    .ok_or_else(|| Error::stored("payout"))
}

/// A host's payouts, newest first.
///
/// # Errors
/// The database's own.
pub fn of_host(conn: &Conn, host_key: i64) -> Result<Vec<Payout>> {
    rows(
        conn,
        &format!("{PAYOUT} WHERE p.host_key = ? ORDER BY p.payout_key DESC"),
        [host_key],
        read_payout,
    )
}

/// Every payout that a commission was ever a line of, oldest first, with its batch.
///
/// # Errors
/// The database's own.
pub fn of_booking(conn: &Conn, booking_key: i64) -> Result<Vec<(Payout, Batch)>> {
    // The index on live lines doesn't hold dead ones; the host's payouts are few.
    let found = rows(
        conn,
        &format!(
            "{PAYOUT} WHERE p.host_key = (SELECT host_key FROM host_commissions WHERE booking_key = ?1)
               AND EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.payout_key = p.payout_key AND l.booking_key = ?1)
             ORDER BY p.payout_key"
        ),
        [booking_key],
        read_payout,
    )?;
    found
        .into_iter()
        .map(|p| {
            let batch = get_batch(conn, p.batch_key)?;
            Ok((p, batch))
        })
        .collect()
}

/// A new payout.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of host_payouts")]
pub struct NewPayout<'a> {
    pub payout_id: &'a str,
    pub batch_key: i64,
    pub host_key: i64,
    pub host_name: &'a str,
    pub currency: Currency,
    pub amount_minor: i64,
    pub destination: &'a str,
    pub digest: &'a str,
}

/// Records a PENDING payout with its lines. Its key.
///
/// # Errors
/// The database's own; it refuses a line that is in another live payout.
pub fn insert(conn: &Conn, n: &NewPayout<'_>, lines: &[DueLine]) -> Result<i64> {
    run(
        conn,
        "INSERT INTO host_payouts (payout_id, batch_key, host_key, host_name, currency, amount_minor, destination, status, digest, digest_form, line_count) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, 2, ?)",
        params![
            n.payout_id,
            n.batch_key,
            n.host_key,
            n.host_name,
            Cur(n.currency),
            n.amount_minor,
            n.destination,
            n.digest,
            i64::try_from(lines.len()).unwrap_or(0)
        ],
    )?;
    let key = conn.last_insert_rowid();
    insert_lines(conn, key, lines)?;
    Ok(key)
}

/// Lines that one statement inserts: each statement with triggers costs a savepoint.
const LINES_AT_ONCE: usize = 100;

fn insert_lines(conn: &Conn, payout_key: i64, lines: &[DueLine]) -> Result<()> {
    let mut line_no = 0_i64;
    for chunk in lines.chunks(LINES_AT_ONCE) {
        let marks = vec!["(?, ?, ?, ?, ?, 1)"; chunk.len()].join(", ");
        let mut insert =
            conn.prepare_cached(&format!("INSERT INTO host_payout_lines VALUES {marks}"))?;
        let mut at = 0;
        let mut bind = |value: &dyn ToSql| {
            at += 1;
            insert.raw_bind_parameter(at, value)
        };
        for l in chunk {
            line_no += 1;
            bind(&payout_key)?;
            bind(&line_no)?;
            bind(&l.booking_key)?;
            bind(&l.adjustment_key)?;
            bind(&l.amount_minor)?;
        }
        insert.raw_execute()?;
    }
    Ok(())
}

/// Gives a PENDING payout other lines, amount, destination and digest.
///
/// # Errors
/// The database's own.
pub fn replace(conn: &Conn, payout_key: i64, n: &NewPayout<'_>, lines: &[DueLine]) -> Result<()> {
    run(
        conn,
        "DELETE FROM host_payout_lines WHERE payout_key = ?",
        [payout_key],
    )?;
    insert_lines(conn, payout_key, lines)?;
    run(
        conn,
        "UPDATE host_payouts SET host_name = ?, amount_minor = ?, destination = ?, digest = ?, digest_form = 2, line_count = ? WHERE payout_key = ?",
        params![
            n.host_name,
            n.amount_minor,
            n.destination,
            n.digest,
            i64::try_from(lines.len()).unwrap_or(0),
            payout_key
        ],
    )?;
    Ok(())
}

/// Moves a payout to another state, with the reason where it failed or was taken out. When it leaves
/// is kept, whatever becomes of it.
///
/// # Errors
/// The database's own.
pub fn set_status(
    conn: &Conn,
    payout_key: i64,
    status: PayoutStatus,
    failure: Option<(&str, &str)>,
    at: Timestamp,
) -> Result<()> {
    run(
        conn,
        "UPDATE host_payouts SET status = ?, failure_code = ?, failure_reason = ?, settled_at = ?, sent_at = coalesce(sent_at, ?) WHERE payout_key = ?",
        params![
            number_of(&PayoutStatus::ALL, &status, 1),
            failure.map(|f| f.0),
            failure.map(|f| f.1),
            matches!(
                status,
                PayoutStatus::Completed | PayoutStatus::Failed | PayoutStatus::Reversed
            )
            .then_some(At(at)),
            (status == PayoutStatus::Processing).then_some(At(at)),
            payout_key
        ],
    )?;
    Ok(())
}

/// The bookings of a payout's lines.
///
/// # Errors
/// The database's own.
pub fn booking_keys(conn: &Conn, payout_key: i64) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT booking_key FROM host_payout_lines WHERE payout_key = ? AND booking_key IS NOT NULL ORDER BY booking_key",
        [payout_key],
        |r| r.get(0),
    )
}

/// Freezes the commissions of a payout that is about to leave.
///
/// # Errors
/// The database's own.
pub fn freeze_commissions(conn: &Conn, payout_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE host_commissions SET frozen = 1, frozen_fee_minor = coalesce(frozen_fee_minor, processing_fee_minor) WHERE booking_key IN (SELECT booking_key FROM host_payout_lines WHERE payout_key = ?)",
        [payout_key],
    )?;
    Ok(())
}

/// Marks the commissions of a completed payout as PAID, or of a reversed one as PROCESSED again.
///
/// # Errors
/// The database's own.
pub fn set_commissions_paid(conn: &Conn, payout_key: i64, paid: bool) -> Result<()> {
    run(
        conn,
        "UPDATE host_commissions SET status = iif(?2, 3, 2) WHERE booking_key IN (SELECT booking_key FROM host_payout_lines WHERE payout_key = ?1)",
        params![payout_key, paid],
    )?;
    Ok(())
}

/// Whether a booking's money left in a payout after an import had been taken in, so that it left
/// on the strength of it.
///
/// # Errors
/// The database's own.
pub fn sent_after_import(conn: &Conn, booking_key: i64, import_key: i64) -> Result<bool> {
    let imported_at: Option<At> = one(
        conn,
        "SELECT imported_at FROM imports WHERE import_key = ?",
        [import_key],
        |r| r.get(0),
    )?;
    let sent = of_booking(conn, booking_key)?
        .into_iter()
        .filter(|(p, _)| matches!(p.status, PayoutStatus::Processing | PayoutStatus::Completed))
        .filter_map(|(_, b)| b.sent_at);
    Ok(imported_at.is_some_and(|at| sent.into_iter().any(|s| s >= at.0)))
}
