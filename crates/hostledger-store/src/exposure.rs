//! Money that was paid and can still be disputed, and what people hold back for it.

use hostledger_core::Currency;
use jiff::Timestamp;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Cur, one, rows, run};

/// Paid bookings of one host, currency and day on which the session ended (UTC).
#[derive(Debug, Clone)]
pub struct Exposed {
    /// The host.
    pub host_key: i64,
    /// The currency.
    pub currency: Currency,
    /// The day, counted from 1970-01-01, on which the sessions ended.
    pub ended_day: i64,
    /// How many bookings.
    pub bookings: i64,
    /// What the hosts got for them and could be asked back, in minor units.
    pub amount_minor: i64,
}

/// Paid and not given back, of sessions that ended at an instant or later, by host and day.
///
/// # Errors
/// The database's own.
pub fn by_host_and_day(conn: &Conn, ended_from: Timestamp) -> Result<Vec<Exposed>> {
    rows(
        conn,
        "SELECT c.host_key, c.currency, b.ends_at / 86400000000, count(*), sum(c.host_amount_minor)
         FROM host_commissions c JOIN bookings b USING (booking_key)
         WHERE c.status = 3 AND b.ends_at >= ? AND c.refunded_minor < b.price_minor
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [At(ended_from)],
        |r| {
            Ok(Exposed {
                host_key: r.get(0)?,
                currency: r.get::<_, Cur>(1)?.0,
                ended_day: r.get(2)?,
                bookings: r.get(3)?,
                amount_minor: r.get(4)?,
            })
        },
    )
}

/// What a host earned and what lost disputes took of it.
#[derive(Debug, Clone)]
pub struct LossRate {
    /// The host.
    pub host_key: i64,
    /// The currency.
    pub currency: Currency,
    /// Prices of bookings whose session took place, in minor units.
    pub price_minor: i64,
    /// Of which lost disputes cost this much.
    pub lost_minor: i64,
}

/// What hosts' sessions that ended at an instant or later brought, and what lost disputes cost.
///
/// # Errors
/// The database's own.
pub fn loss_rates(conn: &Conn, ended_from: Timestamp) -> Result<Vec<LossRate>> {
    rows(
        conn,
        "SELECT b.host_key, b.currency, sum(b.price_minor), coalesce(sum(d.lost), 0)
         FROM bookings b LEFT JOIN (SELECT booking_key, sum(amount_minor) AS lost FROM disputes WHERE loss_no IS NOT NULL GROUP BY booking_key) d USING (booking_key)
         WHERE b.withdrawn = 0 AND b.status IN (3, 4, 7) AND b.ends_at >= ? GROUP BY 1, 2",
        [At(ended_from)],
        |r| {
            Ok(LossRate {
                host_key: r.get(0)?,
                currency: r.get::<_, Cur>(1)?.0,
                price_minor: r.get(2)?,
                lost_minor: r.get(3)?,
            })
        },
    )
}

/// What is held back of a host's payouts.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of host_reserves")]
pub struct ReservePolicy {
    pub host_key: i64,
    pub percent_bp: i64,
    pub days: i64,
    pub reason: String,
    pub set_at: Timestamp,
    pub set_by: String,
}

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<ReservePolicy> {
    Ok(ReservePolicy {
        host_key: r.get(0)?,
        percent_bp: r.get(1)?,
        days: r.get(2)?,
        reason: r.get(3)?,
        set_at: r.get::<_, At>(4)?.0,
        set_by: r.get(5)?,
    })
}

/// Every host of whose payouts a part is held back.
///
/// # Errors
/// The database's own.
pub fn policies(conn: &Conn) -> Result<Vec<ReservePolicy>> {
    rows(
        conn,
        "SELECT host_key, percent_bp, days, reason, set_at, set_by FROM host_reserves ORDER BY host_key",
        [],
        read,
    )
}

/// What is held back of one host's payouts.
///
/// # Errors
/// The database's own.
pub fn policy(conn: &Conn, host_key: i64) -> Result<Option<ReservePolicy>> {
    one(
        conn,
        "SELECT host_key, percent_bp, days, reason, set_at, set_by FROM host_reserves WHERE host_key = ?",
        [host_key],
        read,
    )
}

/// Holds a part of a host's payouts back from now on.
///
/// # Errors
/// The database's own.
pub fn set_policy(
    conn: &Conn,
    host_key: i64,
    percent_bp: i64,
    days: i64,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO host_reserves (host_key, percent_bp, days, reason, set_at, set_by) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (host_key) DO UPDATE SET percent_bp = excluded.percent_bp, days = excluded.days, reason = excluded.reason,
            set_at = excluded.set_at, set_by = excluded.set_by",
        params![host_key, percent_bp, days, reason, At(stamp.at), stamp.by],
    )?;
    Ok(())
}

/// Holds nothing back any more; what is held stays until its day.
///
/// # Errors
/// The database's own.
pub fn end_policy(conn: &Conn, host_key: i64) -> Result<()> {
    run(
        conn,
        "DELETE FROM host_reserves WHERE host_key = ?",
        [host_key],
    )?;
    Ok(())
}

/// A part of a payout that is held back until a day.
#[derive(Debug, Clone)]
pub struct HeldBack {
    /// The reserving adjustment.
    pub adjustment_key: i64,
    /// Whose.
    pub host_key: i64,
    /// What is held, above zero, in minor units.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
}

/// Parts of payouts whose day to be released has come.
///
/// # Errors
/// The database's own.
pub fn due_for_release(conn: &Conn, on: jiff::civil::Date) -> Result<Vec<HeldBack>> {
    rows(
        conn,
        "SELECT a.adjustment_key, a.host_key, a.amount_minor, a.currency FROM open_reserves a
         WHERE a.release_on <= ?
           AND EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                       WHERE l.adjustment_key = a.adjustment_key AND l.live = 1 AND p.status = 3)
         ORDER BY a.adjustment_key",
        [crate::sql::Day(on)],
        |r| {
            Ok(HeldBack {
                adjustment_key: r.get(0)?,
                host_key: r.get(1)?,
                amount_minor: r.get(2)?,
                currency: r.get::<_, Cur>(3)?.0,
            })
        },
    )
}

/// The part of a payout that is held back by its own line, if there is one.
///
/// # Errors
/// The database's own.
pub fn held_back_of_payout(conn: &Conn, payout_key: i64) -> Result<Option<i64>> {
    one(
        conn,
        "SELECT a.adjustment_key FROM host_payout_lines l JOIN open_reserves a USING (adjustment_key)
         WHERE l.payout_key = ? AND a.release_on IS NOT NULL",
        [payout_key],
        |r| r.get(0),
    )
}
