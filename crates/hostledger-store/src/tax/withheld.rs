//! Tax withheld of payouts, booking by booking.

use hostledger_core::Currency;
use jiff::civil::Date;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{Cur, Day, one, rows, run};

/// The adjustment that a payout withholds tax by.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the columns of adjustments")]
pub struct Withheld {
    pub adjustment_key: i64,
    pub host_key: i64,
    pub currency: Currency,
    /// Above zero.
    pub amount_minor: i64,
}

/// What a payout withholds.
///
/// # Errors
/// The database's own.
pub fn of_payout(conn: &Conn, payout_key: i64) -> Result<Option<Withheld>> {
    one(
        conn,
        "SELECT a.adjustment_key, a.host_key, a.currency, -a.amount_minor FROM host_payout_lines l JOIN adjustments a USING (adjustment_key)
         WHERE l.payout_key = ? AND a.kind = 'BACKUP_WITHHOLDING' AND a.status = 'APPROVED'",
        [payout_key],
        |r| {
            Ok(Withheld {
                adjustment_key: r.get(0)?,
                host_key: r.get(1)?,
                currency: r.get::<_, Cur>(2)?.0,
                amount_minor: r.get(3)?,
            })
        },
    )
}

/// Says which booking a part of a withheld amount is for.
///
/// # Errors
/// The database's own.
pub fn allot(conn: &Conn, adjustment_key: i64, booking_key: i64, amount_minor: i64) -> Result<()> {
    run(
        conn,
        "INSERT INTO tax_withholdings (adjustment_key, booking_key, amount_minor) VALUES (?, ?, ?)",
        [adjustment_key, booking_key, amount_minor],
    )?;
    Ok(())
}

/// Tax withheld of payouts that left, between two dates of theirs: host, date, currency and minor
/// units. One host's only where one is named.
///
/// # Errors
/// The database's own.
pub fn between(
    conn: &Conn,
    first: Date,
    last: Date,
    host_key: Option<i64>,
) -> Result<Vec<(i64, Date, Currency, i64)>> {
    let one = host_key.map_or("?3 IS NULL", |_| "a.host_key = ?3");
    rows(
        conn,
        &format!(
            "SELECT a.host_key, b.payout_date, a.currency, sum(-a.amount_minor)
         FROM adjustments a JOIN host_payout_lines l USING (adjustment_key) JOIN host_payouts p USING (payout_key) JOIN payout_batches b USING (batch_key)
         WHERE a.kind = 'BACKUP_WITHHOLDING' AND a.status = 'APPROVED' AND l.live = 1 AND p.status IN (2, 3) AND b.payout_date BETWEEN ?1 AND ?2 AND {one}
         GROUP BY a.host_key, b.payout_date, a.currency ORDER BY a.host_key, b.payout_date"
        ),
        params![Day(first), Day(last), host_key],
        |r| Ok((r.get(0)?, r.get::<_, Day>(1)?.0, r.get::<_, Cur>(2)?.0, r.get(3)?)),
    )
}
