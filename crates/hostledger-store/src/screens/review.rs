//! Fraud flags with what raised them, and how often each rule was right.

use hostledger_core::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{At, Cur, Day, rows};

/// An open flag with the booking it stops.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of what is joined")]
pub struct Flagged {
    pub block_id: String,
    pub rule: String,
    pub reason: String,
    pub opened_at: Timestamp,
    pub opened_on: Date,
    pub booking_key: i64,
    pub booking_id: String,
    pub host_key: i64,
    pub host_id: String,
    pub host_name: String,
    pub host_email: String,
    pub participant_id: String,
    pub participant_email: String,
    pub booked_at: Timestamp,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub currency: Currency,
    pub price_minor: i64,
    pub host_amount_minor: i64,
    pub payable_on: Date,
}

/// Every open flag, oldest first.
///
/// # Errors
/// The database's own.
pub fn open_flags(conn: &Conn) -> Result<Vec<Flagged>> {
    rows(
        conn,
        "SELECT k.block_id, k.rule, k.reason, k.opened_at, k.opened_on, b.booking_key, b.booking_id, h.host_key, h.host_id, h.name, h.email,
                b.participant_id, b.participant_email, b.booked_at, b.starts_at, b.ends_at, b.currency, b.price_minor, c.host_amount_minor, c.payable_on
         FROM commission_blocks k JOIN bookings b USING (booking_key) JOIN host_commissions c USING (booking_key) JOIN hosts h ON h.host_key = b.host_key
         WHERE k.kind = 'FRAUD_FLAG' AND k.released_at IS NULL ORDER BY k.block_key",
        [],
        |r| {
            Ok(Flagged {
                block_id: r.get(0)?,
                rule: r.get(1)?,
                reason: r.get(2)?,
                opened_at: r.get::<_, At>(3)?.0,
                opened_on: r.get::<_, Day>(4)?.0,
                booking_key: r.get(5)?,
                booking_id: r.get(6)?,
                host_key: r.get(7)?,
                host_id: r.get(8)?,
                host_name: r.get(9)?,
                host_email: r.get(10)?,
                participant_id: r.get(11)?,
                participant_email: r.get(12)?,
                booked_at: r.get::<_, At>(13)?.0,
                starts_at: r.get::<_, At>(14)?.0,
                ends_at: r.get::<_, At>(15)?.0,
                currency: r.get::<_, Cur>(16)?.0,
                price_minor: r.get(17)?,
                host_amount_minor: r.get(18)?,
                payable_on: r.get::<_, Day>(19)?.0,
            })
        },
    )
}

/// The prices of a host's other bookings in a currency, booked in a half-open span of instants.
///
/// # Errors
/// The database's own.
pub fn prices_between(
    conn: &Conn,
    host_key: i64,
    currency: Currency,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT b.price_minor FROM host_commissions c JOIN bookings b USING (booking_key)
         WHERE c.host_key = ? AND b.withdrawn = 0 AND b.currency = ? AND b.booked_at >= ? AND b.booked_at < ? ORDER BY 1",
        params![host_key, Cur(currency), At(from), At(to)],
        |r| r.get(0),
    )
}

/// A participant's bookings with a host that were booked in a closed span of instants.
///
/// # Errors
/// The database's own.
pub fn bookings_of_pair(
    conn: &Conn,
    host_key: i64,
    participant_id: &str,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(String, Timestamp)>> {
    rows(
        conn,
        "SELECT b.booking_id, b.booked_at FROM host_commissions c JOIN bookings b USING (booking_key)
         WHERE c.host_key = ? AND b.withdrawn = 0 AND b.participant_id = ? AND b.booked_at BETWEEN ? AND ? ORDER BY b.booked_at",
        params![host_key, participant_id, At(from), At(to)],
        |r| Ok((r.get(0)?, r.get::<_, At>(1)?.0)),
    )
}

/// A host's sessions that ended in a half-open span of instants, and how many were refunded in
/// full.
///
/// # Errors
/// The database's own.
pub fn sessions_refunded(
    conn: &Conn,
    host_key: i64,
    from: Timestamp,
    to: Timestamp,
) -> Result<(i64, i64)> {
    Ok(rows(
        conn,
        "SELECT count(*), coalesce(sum(b.status = 7 OR (b.price_minor > 0 AND c.refunded_minor = b.price_minor)), 0)
         FROM host_commissions c JOIN bookings b USING (booking_key)
         WHERE c.host_key = ? AND b.withdrawn = 0 AND b.status IN (3, 4, 7) AND b.ends_at >= ? AND b.ends_at < ?",
        params![host_key, At(from), At(to)],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?
    .pop()
    .unwrap_or((0, 0)))
}

/// What people decided on one rule's flags of one month.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The rule's name.
    pub rule: String,
    /// The first day of the month in which they were raised.
    pub month: Date,
    /// How many were raised.
    pub raised: i64,
    /// Released: the rule was wrong.
    pub released: i64,
    /// Voided: the rule was right.
    pub voided: i64,
}

/// What people decided, by rule and month, the newest month first.
///
/// # Errors
/// The database's own.
pub fn decided(conn: &Conn) -> Result<Vec<Decided>> {
    let found = rows(
        conn,
        "SELECT rule, date(opened_on * 86400, 'unixepoch', 'start of month'), sum(released_by IS NOT ''),
                sum(released_at IS NOT NULL AND released_by <> '' AND release_reason NOT LIKE 'voided: %'),
                sum(released_at IS NOT NULL AND release_reason LIKE 'voided: %')
         FROM commission_blocks WHERE kind = 'FRAUD_FLAG' GROUP BY 1, 2 ORDER BY 2 DESC, 1",
        [],
        |r| {
            Ok((
                r.get::<_, String>(0)?,
                r.get::<_, String>(1)?,
                r.get(2)?,
                r.get(3)?,
                r.get(4)?,
            ))
        },
    )?;
    Ok(found
        .into_iter()
        .filter_map(|(rule, month, raised, released, voided)| {
            Some(Decided {
                rule,
                month: month.parse().ok()?,
                raised,
                released,
                voided,
            })
        })
        .collect())
}
