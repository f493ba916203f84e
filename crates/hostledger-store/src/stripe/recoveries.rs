//! Money taken back from hosts' Stripe accounts after a lost dispute.

use jiff::Timestamp;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, rows, run};

/// An intent to take money back.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of stripe_recoveries")]
pub struct Recovery {
    pub recovery_key: i64,
    pub payout_key: i64,
    pub amount_minor: i64,
    pub idempotency_key: String,
    pub asked_at: Timestamp,
}

/// The intent of a dispute of which it isn't known whether Stripe did it.
///
/// # Errors
/// The database's own.
pub fn open_recovery(conn: &Conn, dispute_key: i64) -> Result<Option<Recovery>> {
    one(
        conn,
        "SELECT recovery_key, payout_key, amount_minor, idempotency_key, asked_at FROM stripe_recoveries
         WHERE dispute_key = ? AND reversal_id IS NULL AND refused IS NULL",
        [dispute_key],
        |r| {
            Ok(Recovery {
                recovery_key: r.get(0)?,
                payout_key: r.get(1)?,
                amount_minor: r.get(2)?,
                idempotency_key: r.get(3)?,
                asked_at: r.get::<_, At>(4)?.0,
            })
        },
    )
}

/// An attempt to take money back, and what came of it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of stripe_recoveries")]
pub struct Attempt {
    pub amount_minor: i64,
    pub asked_at: Timestamp,
    pub asked_by: String,
    pub reversal_id: Option<String>,
    pub refused: Option<String>,
}

/// The attempts of a dispute, oldest first.
///
/// # Errors
/// The database's own.
pub fn attempts(conn: &Conn, dispute_key: i64) -> Result<Vec<Attempt>> {
    rows(
        conn,
        "SELECT amount_minor, asked_at, asked_by, reversal_id, refused FROM stripe_recoveries
         WHERE dispute_key = ? ORDER BY recovery_key",
        [dispute_key],
        |r| {
            Ok(Attempt {
                amount_minor: r.get(0)?,
                asked_at: r.get::<_, At>(1)?.0,
                asked_by: r.get(2)?,
                reversal_id: r.get(3)?,
                refused: r.get(4)?,
            })
        },
    )
}

/// Records the intent; the database allows one that is open per dispute.
///
/// # Errors
/// The database's own.
pub fn insert_recovery(
    conn: &Conn,
    dispute_key: i64,
    payout_key: i64,
    amount_minor: i64,
    idempotency_key: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO stripe_recoveries (dispute_key, payout_key, amount_minor, idempotency_key, asked_at, asked_by) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            dispute_key,
            payout_key,
            amount_minor,
            idempotency_key,
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(())
}

/// Records what came of it: the reversal, or why Stripe refused.
///
/// # Errors
/// The database's own.
pub fn end_recovery(
    conn: &Conn,
    recovery_key: i64,
    reversal_id: Option<&str>,
    refused: Option<&str>,
) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_recoveries SET reversal_id = ?, refused = ? WHERE recovery_key = ?",
        params![reversal_id, refused, recovery_key],
    )?;
    Ok(())
}

/// Whether a reversal was made for an attempt to take money back.
///
/// # Errors
/// The database's own.
pub fn is_recovery(conn: &Conn, reversal_id: &str) -> Result<bool> {
    let found = one(
        conn,
        "SELECT 1 FROM stripe_recoveries WHERE reversal_id = ?",
        [reversal_id],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// What of a booking's clawbacks waits to be set against later earnings, below zero, in minor
/// units: those in no live payout.
///
/// # Errors
/// The database's own.
pub fn open_clawback(conn: &Conn, booking_key: i64) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT coalesce(sum(a.amount_minor), 0) FROM adjustments a WHERE a.booking_key = ? AND a.kind = 'CLAWBACK' AND a.status = 'APPROVED'
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.adjustment_key = a.adjustment_key AND l.live = 1)",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// What was taken back for any dispute about a booking, or may have been, and isn't set against
/// [`open_clawback`] by a payout yet, in minor units.
///
/// # Errors
/// The database's own.
pub fn taken_back(conn: &Conn, booking_key: i64) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT coalesce(sum(r.amount_minor), 0) FROM stripe_recoveries r JOIN disputes d USING (dispute_key)
         LEFT JOIN stripe_reversals v ON v.reversal_id = r.reversal_id
         WHERE d.booking_key = ? AND r.refused IS NULL
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.adjustment_key = v.adjustment_key AND l.live = 1)",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}
