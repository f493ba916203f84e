//! What hosts' sessions brought in a year: the transactions that form 1099-K reports, and the sums
//! that its bridge leads through.

use std::collections::BTreeMap;

use hostledger_core::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{At, Cur, Day, one, rows};

/// What counts, and when (docs/tax.md, box 1a).
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first instant of the first day, and the first instant after the last one.
    pub instants: (Timestamp, Timestamp),
    /// The first and the last day, for the date of the payout.
    pub days: (Date, Date),
    /// Amounts are by the date of the payout; otherwise of the payment.
    pub by_payout: bool,
    /// Bookings that were paid and then cancelled count.
    pub cancelled: bool,
}

/// One booking that counts.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// The host.
    pub host_key: i64,
    /// The booking.
    pub booking_key: i64,
    /// When it was paid.
    pub booked_at: Timestamp,
    /// The date of its payout, where amounts are by that.
    pub paid_on: Option<Date>,
    /// In minor units of its currency, not reduced by anything.
    pub price_minor: i64,
    /// Its currency.
    pub currency: Currency,
}

/// Statuses whose session took place (COMPLETED, NO_SHOW, REFUNDED), in the numbers of
/// `BookingStatus::ALL`; CANCELLED and HOST_CANCELLED beside them.
fn counted(cancelled: bool) -> &'static str {
    if cancelled {
        "(b.status IN (3, 4, 7) OR (b.status IN (5, 6) AND (b.charge_id <> '' OR b.refunded_minor > 0)))"
    } else {
        "b.status IN (3, 4, 7)"
    }
}

/// Goes through the transactions of a span, host by host and within a host in the order of their
/// payment. One host only where one is named.
///
/// # Errors
/// The database's own, and what `each` says.
pub fn each<E: From<crate::Error>>(
    conn: &Conn,
    span: &Span,
    host_key: Option<i64>,
    mut each: impl FnMut(Transaction) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let counted = counted(span.cancelled);
    let one = host_key.map_or("", |_| "AND c.host_key = ?5");
    let sql = if span.by_payout {
        format!(
            "SELECT c.host_key, b.booking_key, b.booked_at, bt.payout_date, b.price_minor, b.currency
             FROM host_commissions c JOIN bookings b USING (booking_key) JOIN host_payout_lines l ON l.booking_key = b.booking_key AND l.live = 1
             JOIN host_payouts p ON p.payout_key = l.payout_key AND p.status IN (2, 3) JOIN payout_batches bt USING (batch_key)
             WHERE {counted} AND b.price_minor > 0 AND b.withdrawn = 0 AND bt.payout_date BETWEEN ?3 AND ?4 AND ?1 <= ?2 {one}
             ORDER BY c.host_key, bt.payout_date, b.booked_at, b.booking_id"
        )
    } else {
        format!(
            "SELECT c.host_key, b.booking_key, b.booked_at, NULL, b.price_minor, b.currency
             FROM host_commissions c JOIN bookings b USING (booking_key)
             WHERE {counted} AND b.price_minor > 0 AND b.withdrawn = 0 AND b.booked_at >= ?1 AND b.booked_at < ?2 AND ?3 <= ?4 {one}
             ORDER BY c.host_key, b.booked_at, b.booking_id"
        )
    };
    let run = || -> Result<_> { Ok(conn.prepare_cached(&sql)?) };
    let mut statement = run()?;
    let (from, to) = span.instants;
    let (first, last) = span.days;
    let mut found = match host_key {
        Some(host) => statement.query(params![At(from), At(to), Day(first), Day(last), host]),
        None => statement.query(params![At(from), At(to), Day(first), Day(last)]),
    }
    .map_err(crate::Error::from)?;
    while let Some(r) = found.next().map_err(crate::Error::from)? {
        let read = || -> rusqlite::Result<Transaction> {
            Ok(Transaction {
                host_key: r.get(0)?,
                booking_key: r.get(1)?,
                booked_at: r.get::<_, At>(2)?.0,
                paid_on: r.get::<_, Option<Day>>(3)?.map(|d| d.0),
                price_minor: r.get(4)?,
                currency: r.get::<_, Cur>(5)?.0,
            })
        };
        each(read().map_err(crate::Error::from)?)?;
    }
    Ok(())
}

/// When a booking was paid, and its price in minor units.
///
/// # Errors
/// The database's own.
pub fn price(conn: &Conn, booking_key: i64) -> Result<(Timestamp, i64)> {
    one(
        conn,
        "SELECT booked_at, price_minor FROM bookings WHERE booking_key = ?",
        [booking_key],
        |r| Ok((r.get::<_, At>(0)?.0, r.get(1)?)),
    )?
    .ok_or_else(|| crate::Error::stored("booking"))
}

/// How many commissions a host has.
///
/// # Errors
/// The database's own.
pub fn commissions_of(conn: &Conn, host_key: i64) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT count(*) FROM host_commissions WHERE host_key = ?",
        [host_key],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// Bookings that were paid in a span and whose session is still ahead: host, number, and the sum by
/// currency.
///
/// # Errors
/// The database's own.
pub fn still_confirmed(conn: &Conn, span: &Span) -> Result<BTreeMap<i64, i64>> {
    let (from, to) = span.instants;
    Ok(rows(
        conn,
        "SELECT c.host_key, count(*) FROM host_commissions c JOIN bookings b USING (booking_key)
         WHERE b.status = 2 AND b.price_minor > 0 AND b.withdrawn = 0 AND b.booked_at >= ? AND b.booked_at < ? GROUP BY c.host_key",
        params![At(from), At(to)],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?
    .into_iter()
    .collect())
}

/// A booking's money as the bridge needs it: price, platform fee, the host's part of the processing
/// fee, and the host amount, as shown (docs/domain.md §4 and §5).
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "said above")]
pub struct Earned {
    pub booked_at: Timestamp,
    pub paid_on: Option<Date>,
    pub currency: Currency,
    pub price_minor: i64,
    pub platform_fee_minor: i64,
    pub processing_fee_minor: i64,
    pub host_amount_minor: i64,
}

/// Every booking of a host that counts, by the time of its payment; with the date of its payout
/// where amounts are by that.
///
/// # Errors
/// The database's own.
pub fn earned(conn: &Conn, host_key: i64, cancelled: bool, by_payout: bool) -> Result<Vec<Earned>> {
    let counted = counted(cancelled);
    let paid_on = if by_payout {
        "(SELECT bt.payout_date FROM host_payout_lines l JOIN host_payouts p USING (payout_key) JOIN payout_batches bt USING (batch_key)
          WHERE l.booking_key = b.booking_key AND l.live = 1 AND p.status IN (2, 3))"
    } else {
        "NULL"
    };
    rows(
        conn,
        &format!(
            "SELECT b.booked_at, b.currency, b.price_minor, c.platform_fee_minor, c.processing_fee_minor, c.frozen_fee_minor, c.host_amount_minor,
                c.borne_by_platform_minor, c.status, {paid_on}
             FROM host_commissions c JOIN bookings b USING (booking_key)
             WHERE c.host_key = ? AND {counted} AND b.price_minor > 0 AND b.withdrawn = 0 ORDER BY b.booked_at, b.booking_id"
        ),
        [host_key],
        |r| {
            let fee: i64 = r.get::<_, Option<i64>>(5)?.map_or_else(|| r.get(4), Ok)?;
            let (borne, void) = (r.get::<_, i64>(7)?, r.get::<_, i64>(8)? == 4);
            Ok(Earned {
                booked_at: r.get::<_, At>(0)?.0,
                paid_on: r.get::<_, Option<Day>>(9)?.map(|d| d.0),
                currency: r.get::<_, Cur>(1)?.0,
                price_minor: r.get(2)?,
                platform_fee_minor: r.get(3)?,
                processing_fee_minor: if void { 0 } else { fee - borne },
                host_amount_minor: r.get(6)?,
            })
        },
    )
}

/// What moved a host's balance beside bookings: date, currency, kind and minor units.
///
/// # Errors
/// The database's own.
pub fn adjusted(conn: &Conn, host_key: i64) -> Result<Vec<(Date, Currency, String, i64)>> {
    rows(
        conn,
        "SELECT a.created_on, a.currency, a.kind, a.amount_minor FROM adjustments a
         WHERE a.host_key = ? AND a.status = 'APPROVED' AND a.kind NOT IN ('CARRIED_REMAINDER', 'BACKUP_WITHHOLDING', 'RESERVE', 'RELEASE') ORDER BY a.created_on",
        [host_key],
        |r| Ok((r.get::<_, Day>(0)?.0, r.get::<_, Cur>(1)?.0, r.get(2)?, r.get(3)?)),
    )
}

/// What was sent to a host: the payout's date, currency and minor units, parts that came back
/// taken off.
///
/// # Errors
/// The database's own.
pub fn paid(conn: &Conn, host_key: i64) -> Result<Vec<(Date, Currency, i64)>> {
    rows(
        conn,
        "SELECT b.payout_date, p.currency, p.amount_minor FROM host_payouts p JOIN payout_batches b USING (batch_key)
         WHERE p.host_key = ? AND p.status IN (2, 3) ORDER BY b.payout_date",
        [host_key],
        |r| Ok((r.get::<_, Day>(0)?.0, r.get::<_, Cur>(1)?.0, r.get(2)?)),
    )
}

/// What a host was paid before this ledger for the bookings in it, by currency, in minor units.
///
/// # Errors
/// The database's own.
pub fn paid_outside(conn: &Conn, host_key: i64) -> Result<Vec<(Currency, i64)>> {
    rows(
        conn,
        "SELECT currency, sum(host_amount_minor) FROM host_commissions WHERE host_key = ? AND paid_outside = 1 GROUP BY currency",
        [host_key],
        |r| Ok((r.get::<_, Cur>(0)?.0, r.get(1)?)),
    )
}
