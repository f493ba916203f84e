//! Exceptions in every state, and what a file changes.

use hostledger_core::Currency;
use jiff::Timestamp;
use rusqlite::types::Value;

use super::Where;
use crate::Conn;
use crate::error::Result;
use crate::sql::{At, Cur, one, rows};

/// Which exceptions to show.
#[derive(Debug, Clone, Default)]
pub struct ExceptionFilter {
    /// Of one import.
    pub import_id: Option<String>,
    /// With one code.
    pub code: Option<String>,
    /// In one of these states: `OPEN`, `RETRIED`, `DISMISSED`, `UNDONE`.
    pub states: Vec<&'static str>,
}

/// A row that could not be taken in, with what became of it.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of exceptions, explained in the migration"
)]
pub struct ListedException {
    pub exception_key: i64,
    pub exception_id: String,
    pub import_id: String,
    pub kind: String,
    pub file_name: String,
    pub line: i64,
    pub code: String,
    pub message: String,
    /// JSON object: the fields by column.
    pub row: String,
    pub status: String,
    pub resolved_at: Option<Timestamp>,
    pub resolved_by: Option<String>,
    pub reason: Option<String>,
    /// The known id that the row shares a charge with or is mistaken for; mostly empty.
    pub about: String,
}

fn conditions(f: &ExceptionFilter) -> Where {
    let mut w = Where::default();
    let marks = vec!["?"; f.states.len()].join(", ");
    w.and(
        &format!("e.status IN ({marks})"),
        f.states.iter().map(|s| Value::Text((*s).to_owned())),
    );
    if let Some(id) = &f.import_id {
        w.and("i.import_id = ?", [Value::Text(id.clone())]);
    }
    if let Some(code) = &f.code {
        w.and("e.code = ?", [Value::Text(code.clone())]);
    }
    w
}

/// A page of exceptions in the order of files and lines; `after` is the last key of the page
/// before.
///
/// # Errors
/// The database's own.
pub fn exceptions(
    conn: &Conn,
    f: &ExceptionFilter,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<ListedException>> {
    let mut w = conditions(f);
    w.and("e.exception_key > ?", [Value::Integer(after.unwrap_or(0))]);
    w.values.push(Value::Integer(limit));
    let sql = format!(
        "SELECT e.exception_key, e.exception_id, i.import_id, i.kind, i.file_name, e.line, e.code, e.message, e.row, e.status, e.resolved_at, e.resolved_by, e.reason, e.about
         FROM exceptions e JOIN imports i USING (import_key) WHERE {} ORDER BY e.exception_key LIMIT ?",
        w.sql()
    );
    rows(conn, &sql, w.params(), |r| {
        Ok(ListedException {
            exception_key: r.get(0)?,
            exception_id: r.get(1)?,
            import_id: r.get(2)?,
            kind: r.get(3)?,
            file_name: r.get(4)?,
            line: r.get(5)?,
            code: r.get(6)?,
            message: r.get(7)?,
            row: r.get(8)?,
            status: r.get(9)?,
            resolved_at: r.get::<_, Option<At>>(10)?.map(|a| a.0),
            resolved_by: r.get(11)?,
            reason: r.get(12)?,
            about: r.get(13)?,
        })
    })
}

/// How many exceptions a filter lets through.
///
/// # Errors
/// The database's own.
pub fn count_exceptions(conn: &Conn, f: &ExceptionFilter) -> Result<i64> {
    let w = conditions(f);
    let sql = format!(
        "SELECT count(*) FROM exceptions e JOIN imports i USING (import_key) WHERE {}",
        w.sql()
    );
    Ok(one(conn, &sql, w.params(), |r| r.get(0))?.unwrap_or(0))
}

/// How many exceptions are open, by code.
///
/// # Errors
/// The database's own.
pub fn open_codes(conn: &Conn) -> Result<Vec<(String, i64)>> {
    rows(
        conn,
        "SELECT code, count(*) FROM exceptions WHERE status = 'OPEN' GROUP BY code ORDER BY 2 DESC, 1",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

/// Rows, prices and refunds of one currency of a file.
#[derive(Debug, Clone)]
pub struct FileSum {
    /// The currency.
    pub currency: Currency,
    /// Bookings whose newest row came with the file.
    pub rows: i64,
    /// Sum of their prices in minor units.
    pub price_minor: i64,
    /// Sum of their refunds in minor units.
    pub refunded_minor: i64,
}

/// What stands in the ledger from an import, by currency.
///
/// # Errors
/// The database's own.
pub fn file_sums(conn: &Conn, import_key: i64) -> Result<Vec<FileSum>> {
    rows(
        conn,
        "SELECT currency, count(*), sum(price_minor), sum(refunded_minor) FROM bookings WHERE import_key = ? GROUP BY currency ORDER BY currency",
        [import_key],
        |r| {
            Ok(FileSum {
                currency: r.get::<_, Cur>(0)?.0,
                rows: r.get(1)?,
                price_minor: r.get(2)?,
                refunded_minor: r.get(3)?,
            })
        },
    )
}

/// Keys of bookings of which an import superseded a version, at most `limit`.
///
/// # Errors
/// The database's own.
pub fn superseded_bookings(conn: &Conn, import_key: i64, limit: i64) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT DISTINCT booking_key FROM booking_versions WHERE superseded_by = ? ORDER BY booking_key LIMIT ?",
        [import_key, limit],
        |r| r.get(0),
    )
}

/// A host's earlier row and its newest: the id, the line of the newest, and both as JSON.
#[derive(Debug, Clone)]
pub struct HostChange {
    /// The host's platform id.
    pub host_id: String,
    /// The line of the newest row.
    pub line: i64,
    /// The earlier row; `None`: known only from bookings.
    pub before: Option<String>,
    /// The newest row.
    pub after: Option<String>,
}

/// Hosts of which an import superseded a version, at most `limit`.
///
/// # Errors
/// The database's own.
pub fn superseded_hosts(conn: &Conn, import_key: i64, limit: i64) -> Result<Vec<HostChange>> {
    rows(
        conn,
        "SELECT h.host_id, h.line, v.content, h.content FROM host_versions v JOIN hosts h USING (host_key)
         WHERE v.superseded_by = ?1 AND h.import_key = ?1 ORDER BY h.line LIMIT ?2",
        [import_key, limit],
        |r| Ok(HostChange { host_id: r.get(0)?, line: r.get(1)?, before: r.get(2)?, after: r.get(3)? }),
    )
}

/// The newest key of the journal, to count what a rehearsal would post.
///
/// # Errors
/// The database's own.
pub fn newest_entry(conn: &Conn) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT coalesce(max(entry_key), 0) FROM journal_entries",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// How many commissions there are of bookings whose newest row came with an import.
///
/// # Errors
/// The database's own.
pub fn commissions_of(conn: &Conn, import_key: i64) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT count(*) FROM bookings b JOIN host_commissions c USING (booking_key) WHERE b.import_key = ? AND c.status <> 0",
        [import_key],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}
