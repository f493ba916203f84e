//! The list of commissions: filtered, sorted, paged by key, with the sums of what is shown.

use hostledger_core::Currency;
use hostledger_core::booking::BookingStatus;
use hostledger_core::calendar::to_days;
use hostledger_core::commission::CommissionStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use rusqlite::types::Value;

use super::{Sum, Where, anywhere, sums};
use crate::Conn;
use crate::commissions::{Block, blocks};
use crate::error::Result;
use crate::sql::{At, Cur, Day, number_of, of_number, one, rows};

/// Which commissions to show; `None` lets everything through.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields say what they restrict")]
pub struct ListFilter {
    /// Whether a block is open.
    pub blocked: Option<bool>,
    /// An open block of this kind or rule, e.g. `HOLD`, `PRICE_OUTLIER`.
    pub cause: Option<String>,
    pub status: Option<CommissionStatus>,
    pub host_id: Option<String>,
    pub institution_id: Option<String>,
    pub currency: Option<Currency>,
    /// The newest row of the booking came with this import.
    pub import_id: Option<String>,
    pub payout_id: Option<String>,
    pub payable_from: Option<Date>,
    pub payable_to: Option<Date>,
    /// The id of a booking, conversation or host, or part of a host's name.
    pub text: Option<String>,
    pub booking_id: Option<String>,
}

/// What the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the columns")]
pub enum SortColumn {
    /// The order in which the bookings were first taken in.
    Taken,
    PayableOn,
    BookedOn,
    HostName,
    Price,
    HostAmount,
    BookingId,
}

impl SortColumn {
    fn sql(self) -> &'static str {
        match self {
            Self::Taken => "c.booking_key",
            Self::PayableOn => "c.payable_on",
            Self::BookedOn => "b.booked_at",
            Self::HostName => "h.name",
            Self::Price => "b.price_minor",
            Self::HostAmount => "c.host_amount_minor",
            Self::BookingId => "b.booking_id",
        }
    }
}

/// Where a page ended: the sorted value as JSON, and the key that breaks ties.
pub type After = (serde_json::Value, i64);

/// One commission as the window lists it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the list")]
pub struct ListedCommission {
    pub booking_key: i64,
    pub booking_id: String,
    pub conversation_id: String,
    pub conversation_title: String,
    pub host_id: String,
    pub host_name: String,
    pub currency: Currency,
    pub price_minor: i64,
    pub refunded_minor: i64,
    pub rate_bp: i64,
    pub platform_fee_minor: i64,
    pub processing_fee_minor: i64,
    pub fee_is_estimate: bool,
    pub borne_by_platform_minor: i64,
    pub host_amount_minor: i64,
    pub status: CommissionStatus,
    pub booking_status: BookingStatus,
    pub booked_at: Timestamp,
    pub ends_at: Timestamp,
    pub payable_on: Date,
    pub payout_id: Option<String>,
    pub batch_id: Option<String>,
    /// Open blocks.
    pub blocks: Vec<Block>,
}

const OPEN: &str = "SELECT booking_key FROM commission_blocks WHERE released_at IS NULL";

fn text(s: &str) -> Value {
    Value::Text(s.to_owned())
}

fn conditions(conn: &Conn, f: &ListFilter) -> Result<Where> {
    let mut w = Where::default();
    w.and("c.status <> 0", []);
    match f.blocked {
        Some(true) => w.and(&format!("c.booking_key IN ({OPEN})"), []),
        Some(false) => w.and(&format!("c.booking_key NOT IN ({OPEN})"), []),
        None => {}
    }
    if let Some(cause) = &f.cause {
        w.and(
            &format!("c.booking_key IN ({OPEN} AND ? IN (kind, rule))"),
            [text(cause)],
        );
    }
    if let Some(s) = f.status {
        w.and(
            "c.status = ?",
            [Value::Integer(number_of(&CommissionStatus::ALL, &s, 0))],
        );
    }
    if let Some(c) = f.currency {
        w.and("c.currency = ?", [text(c.code())]);
    }
    for (given, clause) in [
        (
            &f.booking_id,
            "c.booking_key = (SELECT booking_key FROM bookings WHERE booking_id = ?)",
        ),
        (
            &f.host_id,
            "c.host_key = (SELECT host_key FROM hosts WHERE host_id = ?)",
        ),
        (
            &f.institution_id,
            "c.host_key IN (SELECT host_key FROM hosts JOIN institutions USING (institution_key) WHERE institution_id = ?)",
        ),
        (
            &f.import_id,
            "c.booking_key IN (SELECT booking_key FROM bookings WHERE import_key = (SELECT import_key FROM imports WHERE import_id = ?))",
        ),
        (
            &f.payout_id,
            "c.booking_key IN (SELECT l.booking_key FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE p.payout_id = ?)",
        ),
    ] {
        if let Some(value) = given {
            w.and(clause, [text(value)]);
        }
    }
    for (given, clause) in [
        (f.payable_from, "c.payable_on >= ?"),
        (f.payable_to, "c.payable_on <= ?"),
    ] {
        if let Some(day) = given {
            w.and(clause, [Value::Integer(to_days(day))]);
        }
    }
    if let Some(words) = f.text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        find_text(conn, words, &mut w)?;
    }
    Ok(w)
}

/// An id that exists means that one thing; anything else is looked for in hosts' names.
fn find_text(conn: &Conn, words: &str, w: &mut Where) -> Result<()> {
    let booking: Option<i64> = one(
        conn,
        "SELECT booking_key FROM bookings WHERE booking_id = ?",
        [words],
        |r| r.get(0),
    )?;
    if let Some(key) = booking {
        w.and("c.booking_key = ?", [Value::Integer(key)]);
        return Ok(());
    }
    let conversation: Option<i64> = one(
        conn,
        "SELECT conversation_key FROM conversations WHERE conversation_id = ?",
        [words],
        |r| r.get(0),
    )?;
    if let Some(key) = conversation {
        w.and(
            "c.booking_key IN (SELECT booking_key FROM bookings WHERE conversation_key = ?)",
            [Value::Integer(key)],
        );
        return Ok(());
    }
    w.and(
        "c.host_key IN (SELECT host_key FROM hosts WHERE host_id = ? OR name LIKE ? ESCAPE '\\')",
        [text(words), Value::Text(anywhere(words))],
    );
    Ok(())
}

const LIST: &str = "SELECT c.booking_key, b.booking_id, v.conversation_id, v.title, h.host_id, h.name, c.currency, b.price_minor, c.refunded_minor, c.rate_bp, c.platform_fee_minor, coalesce(c.frozen_fee_minor, c.processing_fee_minor), c.fee_is_estimate, c.borne_by_platform_minor, c.host_amount_minor, c.status, b.status, b.booked_at, b.ends_at, c.payable_on,
      (SELECT p.payout_id FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE l.booking_key = c.booking_key AND l.live = 1),
      (SELECT t.batch_id FROM host_payout_lines l JOIN host_payouts p USING (payout_key) JOIN payout_batches t USING (batch_key) WHERE l.booking_key = c.booking_key AND l.live = 1),
      EXISTS (SELECT 1 FROM commission_blocks k WHERE k.booking_key = c.booking_key AND k.released_at IS NULL)";

const FROM: &str = "FROM host_commissions c JOIN bookings b ON b.booking_key = c.booking_key
    JOIN conversations v ON v.conversation_key = b.conversation_key JOIN hosts h ON h.host_key = c.host_key";

fn read(r: &Row<'_>) -> rusqlite::Result<(ListedCommission, bool, Value)> {
    let status = of_number(&CommissionStatus::ALL, r.get(15)?, 0)?;
    let fee: i64 = r.get(11)?;
    let row = ListedCommission {
        booking_key: r.get(0)?,
        booking_id: r.get(1)?,
        conversation_id: r.get(2)?,
        conversation_title: r.get(3)?,
        host_id: r.get(4)?,
        host_name: r.get(5)?,
        currency: r.get::<_, Cur>(6)?.0,
        price_minor: r.get(7)?,
        refunded_minor: r.get(8)?,
        rate_bp: r.get(9)?,
        platform_fee_minor: r.get(10)?,
        processing_fee_minor: if status == CommissionStatus::Void {
            0
        } else {
            fee
        },
        fee_is_estimate: r.get(12)?,
        borne_by_platform_minor: r.get(13)?,
        host_amount_minor: r.get(14)?,
        status,
        booking_status: of_number(&BookingStatus::ALL, r.get(16)?, 1)?,
        booked_at: r.get::<_, At>(17)?.0,
        ends_at: r.get::<_, At>(18)?.0,
        payable_on: r.get::<_, Day>(19)?.0,
        payout_id: r.get(20)?,
        batch_id: r.get(21)?,
        blocks: Vec::new(),
    };
    Ok((row, r.get(22)?, r.get(23)?))
}

/// A page of commissions and, for each, where a page that ends with it would end. The column
/// [`SortColumn::Taken`] is the fastest at any depth; the others sort what the filter lets through.
///
/// # Errors
/// The database's own.
pub fn page(
    conn: &Conn,
    f: &ListFilter,
    sort: SortColumn,
    descending: bool,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<(ListedCommission, After)>> {
    let mut w = conditions(conn, f)?;
    let column = sort.sql();
    let (compare, order) = if descending {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    if let Some((value, key)) = after {
        let value = value.as_i64().map_or_else(
            || Value::Text(value.as_str().unwrap_or_default().to_owned()),
            Value::Integer,
        );
        w.and(
            &format!("({column}, c.booking_key) {compare} (?, ?)"),
            [value, Value::Integer(*key)],
        );
    }
    w.values.push(Value::Integer(limit));
    let ties = if sort == SortColumn::Taken {
        String::new()
    } else {
        format!(", c.booking_key {order}")
    };
    let sql = format!(
        "{LIST}, {column} {FROM} WHERE {} ORDER BY {column} {order}{ties} LIMIT ?",
        w.sql()
    );
    let found = rows(conn, &sql, w.params(), read)?;
    found
        .into_iter()
        .map(|(mut row, blocked, value)| {
            if blocked {
                row.blocks = blocks(conn, row.booking_key)?;
                row.blocks.retain(|b| b.released_at.is_none());
            }
            let value = match value {
                Value::Integer(n) => n.into(),
                Value::Text(t) => t.into(),
                _ => serde_json::Value::Null,
            };
            let key = row.booking_key;
            Ok((row, (value, key)))
        })
        .collect()
}

/// Count and host amounts of everything a filter lets through.
///
/// # Errors
/// The database's own.
pub fn totals(conn: &Conn, f: &ListFilter) -> Result<Vec<Sum>> {
    let w = conditions(conn, f)?;
    let sql = format!(
        "SELECT c.currency, count(*), sum(c.host_amount_minor) FROM host_commissions c WHERE {} GROUP BY c.currency ORDER BY c.currency",
        w.sql()
    );
    sums(conn, &sql, w.params())
}

/// What stops one commission.
#[derive(Debug, Clone)]
pub struct OpenCause {
    /// The rule of a fraud flag, otherwise the kind of block.
    pub cause: String,
    /// The commission.
    pub booking_key: i64,
    /// Its host.
    pub host_key: i64,
    /// Its currency.
    pub currency: Currency,
    /// What the host would get, in minor units.
    pub host_amount_minor: i64,
}

/// Every open block with its commission, by cause.
///
/// # Errors
/// The database's own.
pub fn open_causes(conn: &Conn) -> Result<Vec<OpenCause>> {
    rows(
        conn,
        "SELECT coalesce(k.rule, k.kind), c.booking_key, c.host_key, c.currency, c.host_amount_minor
         FROM commission_blocks k JOIN host_commissions c USING (booking_key)
         WHERE k.released_at IS NULL AND c.status IN (1, 2) ORDER BY 1, 2",
        [],
        |r| {
            Ok(OpenCause {
                cause: r.get(0)?,
                booking_key: r.get(1)?,
                host_key: r.get(2)?,
                currency: r.get::<_, Cur>(3)?.0,
                host_amount_minor: r.get(4)?,
            })
        },
    )
}

/// PROCESSED commissions that nothing stops and no live payout holds.
///
/// # Errors
/// The database's own.
pub fn clear(conn: &Conn) -> Result<Vec<Sum>> {
    sums(
        conn,
        &format!(
            "SELECT c.currency, count(*), sum(c.host_amount_minor) FROM host_commissions c
             WHERE c.status = 2 AND c.booking_key NOT IN ({OPEN})
               AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.booking_key = c.booking_key AND l.live = 1)
             GROUP BY c.currency ORDER BY c.currency"
        ),
        [],
    )
}

/// PROCESSED commissions, by currency.
///
/// # Errors
/// The database's own.
pub fn processed(conn: &Conn) -> Result<Vec<Sum>> {
    sums(
        conn,
        "SELECT currency, count(*), sum(host_amount_minor) FROM host_commissions WHERE status = 2 GROUP BY currency ORDER BY currency",
        [],
    )
}
