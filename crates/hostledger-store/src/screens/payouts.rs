//! The list of batches, and the lines that a batch would have.

use std::collections::BTreeMap;

use hostledger_core::Currency;
use jiff::Timestamp;

use super::Sum;
use crate::Conn;
use crate::error::Result;
use crate::sql::{At, Cur, one, rows};

/// What is counted of one batch.
#[derive(Debug, Clone, Default)]
pub struct BatchFigures {
    /// Count and sum of the payouts that count, by currency.
    pub totals: Vec<Sum>,
    /// Failed payouts.
    pub failed: i64,
    /// Carried sums.
    pub carried: i64,
    /// Who approved it, and when.
    pub approved: Option<(String, Timestamp)>,
}

/// The figures of a batch. A payout counts unless it was taken out; those of a rejected or
/// cancelled batch count as they stood.
///
/// # Errors
/// The database's own.
pub fn figures(conn: &Conn, batch_key: i64) -> Result<BatchFigures> {
    let totals = super::sums(
        conn,
        "SELECT p.currency, count(*), sum(p.amount_minor) FROM host_payouts p JOIN payout_batches t USING (batch_key)
         WHERE p.batch_key = ? AND (p.status <> 6 OR (t.status IN (7, 8) AND p.failure_code IS NULL)) GROUP BY p.currency ORDER BY p.currency",
        [batch_key],
    )?;
    let count = |sql: &str| one(conn, sql, [batch_key], |r| r.get(0)).map(|n| n.unwrap_or(0));
    Ok(BatchFigures {
        totals,
        failed: count("SELECT count(*) FROM host_payouts WHERE batch_key = ? AND status = 4")?,
        carried: count("SELECT count(*) FROM batch_carried WHERE batch_key = ?")?,
        approved: one(
            conn,
            "SELECT approver, approved_at FROM approvals WHERE batch_key = ? ORDER BY approval_key DESC LIMIT 1",
            [batch_key],
            |r| Ok((r.get(0)?, r.get::<_, At>(1)?.0)),
        )?,
    })
}

/// The key of the newest batch before another that was not rejected or cancelled, nor made to
/// retry one payout; `None` for `before`: the newest of all.
///
/// # Errors
/// The database's own.
pub fn batch_before(conn: &Conn, before: Option<i64>) -> Result<Option<i64>> {
    one(
        conn,
        "SELECT batch_key FROM payout_batches WHERE batch_key < ? AND status NOT IN (7, 8) AND off_cycle_reason IS NULL ORDER BY batch_key DESC LIMIT 1",
        [before.unwrap_or(i64::MAX)],
        |r| r.get(0),
    )
}

/// What each host got of a batch, by host id and currency.
///
/// # Errors
/// The database's own.
pub fn amounts(conn: &Conn, batch_key: i64) -> Result<BTreeMap<(String, Currency), i64>> {
    let found = rows(
        conn,
        "SELECT h.host_id, p.currency, sum(p.amount_minor) FROM host_payouts p JOIN hosts h USING (host_key)
         WHERE p.batch_key = ? AND p.status <> 6 GROUP BY h.host_id, p.currency",
        [batch_key],
        |r| Ok(((r.get(0)?, r.get::<_, Cur>(1)?.0), r.get(2)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// What a line is about, for a list.
#[derive(Debug, Clone, Default)]
pub struct LineSubject {
    /// When the booking's session ended, or the adjustment was made.
    pub at: Option<Timestamp>,
    /// The conversation's title, or the adjustment's reason.
    pub text: String,
}

/// What a booking's line is about.
///
/// # Errors
/// The database's own.
pub fn of_booking(conn: &Conn, booking_key: i64) -> Result<LineSubject> {
    let found = one(
        conn,
        "SELECT b.ends_at, v.title FROM bookings b JOIN conversations v USING (conversation_key) WHERE b.booking_key = ?",
        [booking_key],
        |r| {
            Ok(LineSubject {
                at: Some(r.get::<_, At>(0)?.0),
                text: r.get(1)?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// What an adjustment's line is about.
///
/// # Errors
/// The database's own.
pub fn of_adjustment(conn: &Conn, adjustment_id: &str) -> Result<LineSubject> {
    let found = one(
        conn,
        // Noon of its business date, which is that date in every zone.
        "SELECT (created_on * 86400 + 43200) * 1000000, reason FROM adjustments WHERE adjustment_id = ?",
        [adjustment_id],
        |r| {
            Ok(LineSubject {
                at: Some(r.get::<_, At>(0)?.0),
                text: r.get(1)?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// When each adjustment was decided.
///
/// # Errors
/// The database's own.
pub fn decided_at(conn: &Conn) -> Result<BTreeMap<i64, Timestamp>> {
    let found = rows(
        conn,
        "SELECT adjustment_key, decided_at FROM adjustments WHERE decided_at IS NOT NULL",
        [],
        |r| Ok((r.get(0)?, r.get::<_, At>(1)?.0)),
    )?;
    Ok(found.into_iter().collect())
}
