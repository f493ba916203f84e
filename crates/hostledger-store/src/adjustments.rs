//! Adjustments of hosts' balances.

use hostledger_core::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Cur, Day, one, rows, run};

/// A signed amount on a host's balance that is not a booking's first split.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of adjustments, explained in the migration"
)]
pub struct Adjustment {
    pub adjustment_key: i64,
    pub adjustment_id: String,
    pub host_key: i64,
    pub host_id: String,
    pub currency: Currency,
    pub amount_minor: i64,
    pub kind: String,
    pub booking_id: Option<String>,
    pub reason: String,
    pub status: String,
    pub created_at: Timestamp,
    pub created_on: Date,
    pub created_by: String,
    pub decided_by: Option<String>,
    /// The live payout that it is part of.
    pub payout_id: Option<String>,
    /// The reserve that a release ends.
    pub releases: Option<i64>,
}

const SELECT: &str = "SELECT a.adjustment_key, a.adjustment_id, a.host_key, h.host_id, a.currency, a.amount_minor, a.kind, b.booking_id, a.reason, a.status, a.created_at, a.created_on, a.created_by, a.decided_by,
      (SELECT p.payout_id FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE l.adjustment_key = a.adjustment_key AND l.live = 1), a.releases
    FROM adjustments a JOIN hosts h USING (host_key) LEFT JOIN bookings b ON b.booking_key = a.booking_key";

fn read(r: &Row<'_>) -> rusqlite::Result<Adjustment> {
    Ok(Adjustment {
        adjustment_key: r.get(0)?,
        adjustment_id: r.get(1)?,
        host_key: r.get(2)?,
        host_id: r.get(3)?,
        currency: r.get::<_, Cur>(4)?.0,
        amount_minor: r.get(5)?,
        kind: r.get(6)?,
        booking_id: r.get(7)?,
        reason: r.get(8)?,
        status: r.get(9)?,
        created_at: r.get::<_, At>(10)?.0,
        created_on: r.get::<_, Day>(11)?.0,
        created_by: r.get(12)?,
        decided_by: r.get(13)?,
        payout_id: r.get(14)?,
        releases: r.get(15)?,
    })
}

/// All adjustments, newest first.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<Adjustment>> {
    rows(
        conn,
        &format!("{SELECT} ORDER BY a.adjustment_key DESC"),
        [],
        read,
    )
}

/// An adjustment by id.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, adjustment_id: &str) -> Result<Option<Adjustment>> {
    one(
        conn,
        &format!("{SELECT} WHERE a.adjustment_id = ?"),
        [adjustment_id],
        read,
    )
}

/// An adjustment by key.
///
/// # Errors
/// The database's own.
pub fn get(conn: &Conn, adjustment_key: i64) -> Result<Adjustment> {
    one(
        conn,
        &format!("{SELECT} WHERE a.adjustment_key = ?"),
        [adjustment_key],
        read,
    )?
    .ok_or_else(|| crate::error::Error::stored("adjustment"))
}

/// Says on which day a reserve ends by itself.
///
/// # Errors
/// The database's own.
pub fn set_release_on(conn: &Conn, adjustment_key: i64, on: Date) -> Result<()> {
    run(
        conn,
        "UPDATE adjustments SET release_on = ? WHERE adjustment_key = ?",
        params![Day(on), adjustment_key],
    )?;
    Ok(())
}

/// Adjustments that a booking's restatements made, oldest first.
///
/// # Errors
/// The database's own.
pub fn of_booking(conn: &Conn, booking_key: i64) -> Result<Vec<Adjustment>> {
    rows(
        conn,
        &format!("{SELECT} WHERE a.booking_key = ? ORDER BY a.adjustment_key"),
        [booking_key],
        read,
    )
}

/// A host's approved adjustments in a currency that are in no payout that left, oldest first. What
/// was held back and set free again since is left out: together they are nothing. So is tax of a
/// payout that is only prepared.
///
/// # Errors
/// The database's own.
pub fn open_of_host(conn: &Conn, host_key: i64, currency: Currency) -> Result<Vec<Adjustment>> {
    let all = rows(
        conn,
        &format!(
            "{SELECT} WHERE a.host_key = ? AND a.currency = ? AND a.status = 'APPROVED' AND a.kind <> 'BACKUP_WITHHOLDING'
               AND NOT EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                               WHERE l.adjustment_key = a.adjustment_key AND l.live = 1 AND p.status IN (2, 3))
             ORDER BY a.adjustment_key"
        ),
        params![host_key, Cur(currency)],
        read,
    )?;
    let pairs: Vec<i64> = all
        .iter()
        .filter_map(|a| a.releases)
        .filter(|r| all.iter().any(|a| a.adjustment_key == *r))
        .collect();
    let alone = |a: &Adjustment| {
        !pairs.contains(&a.adjustment_key) && !a.releases.is_some_and(|r| pairs.contains(&r))
    };
    Ok(all.iter().filter(|a| alone(a)).cloned().collect())
}

/// The sum of clawbacks made for a booking so far, in minor units.
///
/// # Errors
/// The database's own.
pub fn clawbacks(conn: &Conn, booking_key: i64) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT coalesce(sum(amount_minor), 0) FROM adjustments WHERE booking_key = ? AND kind = 'CLAWBACK' AND status = 'APPROVED'",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// A new adjustment.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of adjustments")]
pub struct NewAdjustment<'a> {
    pub adjustment_id: &'a str,
    pub host_key: i64,
    pub currency: Currency,
    pub amount_minor: i64,
    pub kind: &'a str,
    pub booking_key: Option<i64>,
    pub reason: &'a str,
    pub status: &'a str,
    pub import_key: Option<i64>,
    /// What a reserve or its release is for.
    pub dispute_key: Option<i64>,
    /// The reserve that a release ends.
    pub releases: Option<i64>,
}

/// Records an adjustment. Its key.
///
/// # Errors
/// The database's own.
pub fn insert(conn: &Conn, n: &NewAdjustment<'_>, stamp: &Stamp<'_>) -> Result<i64> {
    run(
        conn,
        "INSERT INTO adjustments (adjustment_id, host_key, currency, amount_minor, kind, booking_key, reason, status, created_at, created_on, created_by, import_key, dispute_key, releases)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            n.adjustment_id, n.host_key, Cur(n.currency), n.amount_minor, n.kind, n.booking_key, n.reason,
            n.status, At(stamp.at), Day(stamp.on), stamp.by, n.import_key, n.dispute_key, n.releases
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

/// Moves an adjustment to another state.
///
/// # Errors
/// The database's own.
pub fn decide(conn: &Conn, adjustment_key: i64, status: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE adjustments SET status = ?, decided_at = ?, decided_by = ? WHERE adjustment_key = ?",
        params![status, At(stamp.at), stamp.by, adjustment_key],
    )?;
    Ok(())
}

/// Whether an adjustment is part of a payout that was sent or may have been.
///
/// # Errors
/// The database's own.
pub fn in_live_payout(conn: &Conn, adjustment_key: i64) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT EXISTS (SELECT 1 FROM host_payout_lines WHERE adjustment_key = ? AND live = 1)",
        [adjustment_key],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// Lets another import stand for an adjustment: it says the same.
///
/// # Errors
/// The database's own.
pub fn set_import(conn: &Conn, adjustment_key: i64, import_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE adjustments SET import_key = ?2 WHERE adjustment_key = ?1",
        [adjustment_key, import_key],
    )?;
    Ok(())
}

/// Clawbacks that an import caused.
///
/// # Errors
/// The database's own.
pub fn of_import(conn: &Conn, import_key: i64) -> Result<Vec<Adjustment>> {
    rows(
        conn,
        &format!("{SELECT} WHERE a.import_key = ? AND a.status = 'APPROVED'"),
        [import_key],
        read,
    )
}

/// Whether an import caused an adjustment.
///
/// # Errors
/// The database's own.
pub fn caused_by(conn: &Conn, adjustment_key: i64, import_key: i64) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT import_key IS ?2 FROM adjustments WHERE adjustment_key = ?1",
        [adjustment_key, import_key],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}
