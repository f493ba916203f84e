//! Money that came back of payouts, and what people recorded of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Day, one, rows, run};

/// Money that came back of a payout: recorded by a person, or shown by Stripe's list beyond that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyBack {
    /// The payout.
    pub payout_key: i64,
    /// In minor units, above zero.
    pub amount_minor: i64,
    /// The day that a person gave; `None` for what Stripe's list showed.
    pub on: Option<Date>,
    /// Stripe's time of it, else when it was recorded.
    pub at: Timestamp,
    /// The open adjustment of a part; `None`: all of the payout came back.
    pub adjustment_key: Option<i64>,
    /// A person's record of it.
    pub return_id: Option<String>,
    /// Stripe's id of it.
    pub reversal_id: Option<String>,
    /// What the person wrote.
    pub reason: Option<String>,
    /// The person.
    pub by: Option<String>,
}

const BACK: &str = "SELECT payout_key, amount_minor, returned_on, coalesce(reversed_at, recorded_at), adjustment_key, return_id, reversal_id, reason, recorded_by FROM money_back m";

fn read(r: &Row<'_>) -> rusqlite::Result<MoneyBack> {
    Ok(MoneyBack {
        payout_key: r.get(0)?,
        amount_minor: r.get(1)?,
        on: r.get::<_, Option<Day>>(2)?.map(|d| d.0),
        at: r.get::<_, At>(3)?.0,
        adjustment_key: r.get(4)?,
        return_id: r.get(5)?,
        reversal_id: r.get(6)?,
        reason: r.get(7)?,
        by: r.get(8)?,
    })
}

/// All that came back of a payout, oldest first.
///
/// # Errors
/// The database's own.
pub fn money_back(conn: &Conn, payout_key: i64) -> Result<Vec<MoneyBack>> {
    rows(
        conn,
        &format!("{BACK} WHERE m.payout_key = ? ORDER BY m.recorded_at, 4"),
        [payout_key],
        read,
    )
}

/// What came back of a batch's payouts, by payout, oldest first.
///
/// # Errors
/// The database's own.
pub fn money_back_of_batch(conn: &Conn, batch_key: i64) -> Result<BTreeMap<i64, Vec<MoneyBack>>> {
    Ok(by_payout(rows(
        conn,
        &format!(
            "{BACK} WHERE m.payout_key IN (SELECT payout_key FROM host_payouts WHERE batch_key = ?) ORDER BY m.recorded_at, 4"
        ),
        [batch_key],
        read,
    )?))
}

/// What came back of a host's payouts, by payout, oldest first.
///
/// # Errors
/// The database's own.
pub fn money_back_of_host(conn: &Conn, host_key: i64) -> Result<BTreeMap<i64, Vec<MoneyBack>>> {
    Ok(by_payout(rows(
        conn,
        &format!(
            "{BACK} WHERE m.payout_key IN (SELECT payout_key FROM host_payouts WHERE host_key = ?) ORDER BY m.recorded_at, 4"
        ),
        [host_key],
        read,
    )?))
}

fn by_payout(found: Vec<MoneyBack>) -> BTreeMap<i64, Vec<MoneyBack>> {
    let mut out: BTreeMap<i64, Vec<MoneyBack>> = BTreeMap::new();
    for m in found {
        out.entry(m.payout_key).or_default().push(m);
    }
    out
}

/// What came back of a payout so far, in minor units.
///
/// # Errors
/// The database's own.
pub fn came_back(conn: &Conn, payout_key: i64) -> Result<i64> {
    sum(
        conn,
        "SELECT coalesce(sum(amount_minor), 0) FROM money_back WHERE payout_key = ?",
        payout_key,
    )
}

/// What people recorded of a payout and Stripe's list didn't show yet, in minor units.
///
/// # Errors
/// The database's own.
pub fn not_shown_by_stripe(conn: &Conn, payout_key: i64) -> Result<i64> {
    sum(
        conn,
        "SELECT (SELECT coalesce(sum(amount_minor), 0) FROM payout_returns WHERE payout_key = ?1 AND undone_at IS NULL)
              - (SELECT coalesce(sum(amount_minor), 0) FROM returns_at_stripe WHERE payout_key = ?1)",
        payout_key,
    )
}

fn sum(conn: &Conn, sql: &str, payout_key: i64) -> Result<i64> {
    Ok(one(conn, sql, [payout_key], |r| r.get(0))?.unwrap_or(0))
}

/// Says how much of a reversal that Stripe's list shows a person had recorded before.
///
/// # Errors
/// The database's own.
pub fn match_with_stripe(
    conn: &Conn,
    reversal_id: &str,
    payout_key: i64,
    amount_minor: i64,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO returns_at_stripe (reversal_id, payout_key, amount_minor) VALUES (?, ?, ?)",
        params![reversal_id, payout_key, amount_minor],
    )?;
    Ok(())
}

/// A return as a person records it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of payout_returns")]
pub struct NewReturn<'a> {
    pub return_id: &'a str,
    pub payout_key: i64,
    pub amount_minor: i64,
    pub on: Date,
    pub reason: &'a str,
    pub adjustment_key: Option<i64>,
}

/// Records a return.
///
/// # Errors
/// The database's own; it refuses more than the payout was, and the very same one twice.
pub fn insert_return(conn: &Conn, n: &NewReturn<'_>, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT INTO payout_returns (return_id, payout_key, amount_minor, returned_on, reason, adjustment_key, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            n.return_id,
            n.payout_key,
            n.amount_minor,
            Day(n.on),
            n.reason,
            n.adjustment_key,
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(())
}

/// Says that a person recorded a return in error.
///
/// # Errors
/// The database's own.
pub fn undo_return(conn: &Conn, return_id: &str, why: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE payout_returns SET undone_at = ?, undone_by = ?, undone_why = ? WHERE return_id = ?",
        params![At(stamp.at), stamp.by, why, return_id],
    )?;
    Ok(())
}

/// Whether a payout could hold its lines again: none is in another live payout, none was withdrawn
/// since, and every commission still waits to be paid.
///
/// # Errors
/// The database's own.
pub fn lines_are_as_they_were(conn: &Conn, payout_key: i64) -> Result<bool> {
    let changed: Option<bool> = one(
        conn,
        "SELECT EXISTS (
           SELECT 1 FROM host_payout_lines l LEFT JOIN host_commissions c USING (booking_key) LEFT JOIN adjustments a ON a.adjustment_key = l.adjustment_key
           WHERE l.payout_key = ?1 AND (c.status <> 2 OR a.status <> 'APPROVED'
             OR EXISTS (SELECT 1 FROM host_payout_lines o WHERE o.live = 1 AND (o.booking_key = l.booking_key OR o.adjustment_key = l.adjustment_key))))",
        [payout_key],
        |r| r.get(0),
    )?;
    Ok(changed == Some(false))
}
