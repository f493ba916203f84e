//! A ledger that starts in mid-life: the day up to which hosts were paid before it
//! (docs/domain.md §7, cutover), and what a ledger without one would pay of the past.

use hostledger_core::Currency;
use hostledger_core::journal::EntryKind;
use jiff::civil::Date;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::meta;
use crate::sql::{Cur, Day, one, rows};

const KEY: &str = "paid_through";

/// The last day whose payable money was paid outside; `None`: this ledger pays everything.
///
/// # Errors
/// The database's own.
pub fn paid_through(conn: &Conn) -> Result<Option<Date>> {
    Ok(meta::get(conn, KEY)?.and_then(|d| d.parse().ok()))
}

/// Sets that day, or takes it away.
///
/// # Errors
/// The database's own.
pub fn set_paid_through(conn: &Conn, date: Option<Date>) -> Result<()> {
    meta::set(conn, KEY, &date.map(|d| d.to_string()).unwrap_or_default())
}

/// Whether the opening is closed: money left this ledger (*payout sent*), so what was paid outside
/// keeps its terms from now on.
///
/// # Errors
/// The database's own.
pub fn is_closed(conn: &Conn) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT EXISTS (SELECT 1 FROM journal_entries WHERE kind = ? AND kind > 3)",
        [EntryKind::PayoutSent.number()],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// Bookings that some import which stands holds.
///
/// # Errors
/// The database's own.
pub fn any_booking(conn: &Conn) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT EXISTS (SELECT 1 FROM bookings WHERE withdrawn = 0)",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// What is payable of the past in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// The currency.
    pub currency: Currency,
    /// How many bookings.
    pub bookings: i64,
    /// Their host amounts in minor units.
    pub amount_minor: i64,
    /// The first day on which one of them was payable.
    pub oldest: Date,
}

/// What is payable by a day and was never in a payout that left, by currency.
///
/// # Errors
/// The database's own.
pub fn payable_by(conn: &Conn, by: Date) -> Result<Vec<History>> {
    rows(
        conn,
        "SELECT currency, count(*), sum(host_amount_minor), min(payable_on) FROM host_commissions
         WHERE +status IN (1, 2) AND session_done = 1 AND frozen = 0 AND payable_on <= ? GROUP BY currency ORDER BY currency",
        [Day(by)],
        |r| {
            Ok(History {
                currency: r.get::<_, Cur>(0)?.0,
                bookings: r.get(1)?,
                amount_minor: r.get(2)?,
                oldest: r.get::<_, Day>(3)?.0,
            })
        },
    )
}

/// An opening balance that stands or waits for a second person.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of adjustments")]
pub struct OpeningBalance {
    pub adjustment_key: i64,
    pub adjustment_id: String,
    pub host_key: i64,
    pub host_id: String,
    pub currency: Currency,
    pub amount_minor: i64,
    pub status: String,
    pub import_key: Option<i64>,
}

const SELECT: &str = "SELECT a.adjustment_key, a.adjustment_id, a.host_key, h.host_id, a.currency, a.amount_minor, a.status, a.import_key
    FROM adjustments a JOIN hosts h USING (host_key) WHERE a.kind = 'OPENING' AND a.status IN ('PROPOSED', 'APPROVED')";

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<OpeningBalance> {
    Ok(OpeningBalance {
        adjustment_key: r.get(0)?,
        adjustment_id: r.get(1)?,
        host_key: r.get(2)?,
        host_id: r.get(3)?,
        currency: r.get::<_, Cur>(4)?.0,
        amount_minor: r.get(5)?,
        status: r.get(6)?,
        import_key: r.get(7)?,
    })
}

/// A host's opening balance for a reason in a currency.
///
/// # Errors
/// The database's own.
pub fn opening_balance(
    conn: &Conn,
    host_key: i64,
    currency: Currency,
    reason: &str,
) -> Result<Option<OpeningBalance>> {
    one(
        conn,
        &format!("{SELECT} AND a.host_key = ? AND a.currency = ? AND a.reason = ?"),
        params![host_key, Cur(currency), reason],
        read,
    )
}

/// Whether a person rejected this very balance: a host's, in a currency, of an amount in minor units.
///
/// # Errors
/// The database's own.
pub fn was_rejected(
    conn: &Conn,
    (host_key, currency, amount_minor): (i64, Currency, i64),
    reason: &str,
) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT EXISTS (SELECT 1 FROM adjustments WHERE kind = 'OPENING' AND status = 'REJECTED'
           AND host_key = ? AND currency = ? AND amount_minor = ? AND reason = ?)",
        params![host_key, Cur(currency), amount_minor, reason],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// The opening balances that an import brought and nobody rejected, oldest first.
///
/// # Errors
/// The database's own.
pub fn opening_balances_of(conn: &Conn, import_key: i64) -> Result<Vec<OpeningBalance>> {
    rows(
        conn,
        &format!("{SELECT} AND a.import_key = ? ORDER BY a.adjustment_key"),
        [import_key],
        read,
    )
}

/// Whether any opening balance stands or waits.
///
/// # Errors
/// The database's own.
pub fn any_opening_balance(conn: &Conn) -> Result<bool> {
    Ok(one(conn, &format!("SELECT EXISTS ({SELECT})"), [], |r| r.get(0))?.unwrap_or(false))
}

/// Every opening balance with the import that brought it.
///
/// # Errors
/// The database's own.
pub fn imports_of_opening_balances(conn: &Conn) -> Result<Vec<(i64, String)>> {
    rows(
        conn,
        "SELECT a.adjustment_key, i.import_id FROM adjustments a JOIN imports i USING (import_key) WHERE a.kind = 'OPENING'",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}
