//! Whom a batch carried.

use hostledger_core::Currency;
use hostledger_core::payout_batch::CarriedReason;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{Cur, rows, run};

/// A host whose money a batch didn't pay.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of batch_carried")]
pub struct Carried {
    pub host_key: i64,
    pub host_id: String,
    pub host_name: String,
    pub currency: Currency,
    pub amount_minor: i64,
    pub minimum_minor: Option<i64>,
    pub reasons: Vec<CarriedReason>,
    pub note: Option<String>,
}

/// Whom a batch carried, by host id.
///
/// # Errors
/// The database's own.
pub fn carried(conn: &Conn, batch_key: i64) -> Result<Vec<Carried>> {
    rows(
        conn,
        "SELECT c.host_key, h.host_id, h.name, c.currency, c.amount_minor, c.minimum_minor, c.reasons, c.note
         FROM batch_carried c JOIN hosts h USING (host_key) WHERE c.batch_key = ? ORDER BY h.host_id, c.currency",
        [batch_key],
        |r| {
            let reasons: String = r.get(6)?;
            Ok(Carried {
                host_key: r.get(0)?,
                host_id: r.get(1)?,
                host_name: r.get(2)?,
                currency: r.get::<_, Cur>(3)?.0,
                amount_minor: r.get(4)?,
                minimum_minor: r.get(5)?,
                reasons: reasons.split(' ').filter_map(CarriedReason::parse).collect(),
                note: r.get(7)?,
            })
        },
    )
}

/// Records that a batch carries a host's money.
///
/// # Errors
/// The database's own.
#[allow(clippy::too_many_arguments, reason = "one column each")]
pub fn put_carried(
    conn: &Conn,
    batch_key: i64,
    host_key: i64,
    currency: Currency,
    amount_minor: i64,
    minimum_minor: Option<i64>,
    reasons: &[CarriedReason],
    note: Option<&str>,
) -> Result<()> {
    let words: Vec<&str> = reasons.iter().map(|r| r.as_str()).collect();
    run(
        conn,
        "INSERT INTO batch_carried VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET amount_minor = ?4, minimum_minor = ?5, reasons = ?6, note = ?7",
        params![
            batch_key,
            host_key,
            Cur(currency),
            amount_minor,
            minimum_minor,
            words.join(" "),
            note
        ],
    )?;
    Ok(())
}
