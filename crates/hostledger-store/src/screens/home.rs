//! The figures of the first screen.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;

use super::{Sum, sums};
use crate::Conn;
use crate::error::Result;
use crate::sql::{At, Cur, Day, one, rows};

/// Until when bookings are taken in: the newest business date of `booked_at`.
///
/// # Errors
/// The database's own.
pub fn bookings_until(conn: &Conn) -> Result<Option<Date>> {
    let day: Option<Option<Day>> = one(
        conn,
        "SELECT max(last_booked_on) FROM imports WHERE undone_at IS NULL",
        [],
        |r| r.get(0),
    )?;
    Ok(day.flatten().map(|d| d.0))
}

/// The quarters of an hour since an instant in which somebody booked: every zone's days begin with
/// one of them.
///
/// # Errors
/// The database's own.
pub fn booked_since(conn: &Conn, since: Timestamp) -> Result<Vec<Timestamp>> {
    rows(
        conn,
        "SELECT DISTINCT booked_at / 900000000 * 900000000 FROM bookings WHERE booked_at >= ? AND withdrawn = 0",
        [At(since)],
        |r| Ok(r.get::<_, At>(0)?.0),
    )
}

/// Hosts that a hosts file named.
///
/// # Errors
/// The database's own.
pub fn hosts_known(conn: &Conn) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT count(*) FROM hosts WHERE status <> 7",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// PENDING commissions that nothing stops.
///
/// # Errors
/// The database's own.
pub fn pending(conn: &Conn) -> Result<Vec<Sum>> {
    sums(
        conn,
        "SELECT currency, count(*), sum(host_amount_minor) FROM host_commissions
         WHERE status = 1 AND booking_key NOT IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL)
         GROUP BY currency ORDER BY currency",
        [],
    )
}

/// PENDING commissions whose session took place, by the day on which the hold ends, from one day
/// to another.
///
/// # Errors
/// The database's own.
pub fn holds_ending(conn: &Conn, from: Date, to: Date) -> Result<Vec<(Date, Sum)>> {
    rows(
        conn,
        "SELECT payable_on, currency, count(*), sum(host_amount_minor) FROM host_commissions
         WHERE status = 1 AND session_done = 1 AND payable_on BETWEEN ? AND ?
           AND booking_key NOT IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL)
         GROUP BY payable_on, currency ORDER BY payable_on, currency",
        params![Day(from), Day(to)],
        |r| {
            let sum = Sum { currency: r.get::<_, Cur>(1)?.0, count: r.get(2)?, amount_minor: r.get(3)? };
            Ok((r.get::<_, Day>(0)?.0, sum))
        },
    )
}

/// How many adjustments wait for approval that somebody else than `name` proposed, and how many
/// wait in all.
///
/// # Errors
/// The database's own.
pub fn proposed_adjustments(conn: &Conn, name: &str) -> Result<(i64, i64)> {
    Ok(one(
        conn,
        "SELECT coalesce(sum(created_by <> ?), 0), count(*)
         FROM (SELECT created_by FROM adjustments WHERE status = 'PROPOSED' UNION ALL SELECT created_by FROM final_payouts WHERE status = 'PROPOSED')",
        [name],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?
    .unwrap_or((0, 0)))
}

/// The business date of the newest run of the daily job.
///
/// # Errors
/// The database's own.
pub fn last_processed_on(conn: &Conn) -> Result<Option<String>> {
    one(
        conn,
        "SELECT subject FROM audit_events WHERE action = 'commissions.process' ORDER BY seq DESC LIMIT 1",
        [],
        |r| r.get(0),
    )
}
