//! What is due: commissions and adjustments in no live payout.

use hostledger_core::Currency;
use jiff::civil::Date;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{Cur, Day, one, rows};

/// One thing due to a host: a commission or an adjustment.
#[derive(Debug, Clone)]
pub struct DueLine {
    /// Whose.
    pub host_key: i64,
    /// In which currency.
    pub currency: Currency,
    /// The commission's booking, or `None` for an adjustment.
    pub booking_key: Option<i64>,
    /// The adjustment, or `None` for a commission.
    pub adjustment_key: Option<i64>,
    /// The booking's or adjustment's id.
    pub id: String,
    /// In minor units.
    pub amount_minor: i64,
}

/// Which commissions are due, in the numbers of `CommissionStatus::ALL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// Those that the daily job made PROCESSED.
    Processed,
    /// Those that it would make so by the date, too: for an estimate, which changes nothing.
    ByThen,
}

impl Ready {
    fn condition(self) -> &'static str {
        match self {
            Self::Processed => "+c.status = 2",
            Self::ByThen => "(+c.status = 2 OR (+c.status = 1 AND c.session_done = 1))",
        }
    }
}

/// Everything due by a date and in no live payout, ordered by host, currency, commissions before
/// adjustments: commissions whose hold is over and that nothing blocks, and every open adjustment,
/// whatever became of the commission that it is about (docs/domain.md §7). With a payout's key also
/// what is in that payout now, for a refresh.
///
/// # Errors
/// The database's own.
pub fn due(
    conn: &Conn,
    by: Date,
    ready: Ready,
    only: Option<(i64, Currency)>,
    also_payout: Option<i64>,
) -> Result<Vec<DueLine>> {
    let (host, currency) = (only.map(|o| o.0), only.map(|o| Cur(o.1)));
    // For one host the index on the host is best, for all of them the table in its own order.
    let by_host = if host.is_some() {
        "c.host_key = ?2"
    } else {
        "?2 IS NULL"
    };
    let mut out = rows(
        conn,
        &format!(
            "SELECT c.host_key, c.currency, c.booking_key, c.host_amount_minor
             FROM host_commissions c
             WHERE {} AND c.payable_on <= ?1 AND {by_host} AND (?3 IS NULL OR c.currency = ?3)
               AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.booking_key = c.booking_key AND l.live = 1 AND l.payout_key IS NOT ?4)
               AND c.booking_key NOT IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL)
             ORDER BY c.booking_key",
            ready.condition()
        ),
        params![Day(by), host, currency, also_payout],
        |r| {
            Ok(DueLine {
                host_key: r.get(0)?,
                currency: r.get::<_, Cur>(1)?.0,
                booking_key: r.get(2)?,
                adjustment_key: None,
                id: String::new(),
                amount_minor: r.get(3)?,
            })
        },
    )?;
    name_bookings(conn, &mut out)?;
    out.extend(rows(
        conn,
        "SELECT a.host_key, a.currency, a.adjustment_key, a.adjustment_id, a.amount_minor FROM adjustments a
         WHERE a.status = 'APPROVED' AND (?1 IS NULL OR a.host_key = ?1) AND (?2 IS NULL OR a.currency = ?2)
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.adjustment_key = a.adjustment_key AND l.live = 1 AND l.payout_key IS NOT ?3)",
        params![host, currency, also_payout],
        |r| {
            Ok(DueLine {
                host_key: r.get(0)?,
                currency: r.get::<_, Cur>(1)?.0,
                booking_key: None,
                adjustment_key: r.get(2)?,
                id: r.get(3)?,
                amount_minor: r.get(4)?,
            })
        },
    )?);
    out.sort_unstable_by_key(|l| {
        (
            l.host_key,
            l.currency,
            l.booking_key.unwrap_or(i64::MAX),
            l.adjustment_key,
        )
    });
    Ok(out)
}

/// Gives lines of commissions, ordered by key, their bookings' ids. For a large part of all
/// bookings the index on the ids is read once, which is a tenth of the table.
fn name_bookings(conn: &Conn, lines: &mut [DueLine]) -> Result<()> {
    let all: i64 = one(
        conn,
        "SELECT coalesce(max(booking_key), 0) FROM bookings",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0);
    if i64::try_from(lines.len()).unwrap_or(0) * 20 < all {
        let mut id =
            conn.prepare_cached("SELECT booking_id FROM bookings WHERE booking_key = ?")?;
        for l in lines {
            l.id = id.query_row([l.booking_key], |r| r.get(0))?;
        }
        return Ok(());
    }
    let mut ids =
        conn.prepare("SELECT booking_id, booking_key FROM bookings ORDER BY booking_id")?;
    let mut found = ids.query([])?;
    while let Some(r) = found.next()? {
        let key: Option<i64> = Some(r.get(1)?);
        if let Ok(i) = lines.binary_search_by_key(&key, |l| l.booking_key) {
            lines[i].id = r.get(0)?;
        }
    }
    Ok(())
}
