//! The IRS's notices about hosts.

use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Day, one, rows, run};

/// A notice.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of tax_notices")]
pub struct TaxNotice {
    pub notice_key: i64,
    pub notice_id: String,
    pub host_key: i64,
    pub host_id: String,
    /// `B`: name and TIN don't match; `C`: underreported income.
    pub kind: String,
    pub received_on: Date,
    pub withhold_from: Date,
    pub note: String,
    pub recorded_by: String,
    pub ended_on: Option<Date>,
    pub ended_by: Option<String>,
    pub end_reason: Option<String>,
}

impl TaxNotice {
    /// Whether tax is withheld because of it on a day.
    #[must_use]
    pub fn applies_on(&self, on: Date) -> bool {
        self.withhold_from <= on && self.ended_on.is_none_or(|end| on < end)
    }
}

const SELECT: &str = "SELECT n.notice_key, n.notice_id, n.host_key, h.host_id, n.kind, n.received_on, n.withhold_from, n.note, n.recorded_by,
      n.ended_on, n.ended_by, n.end_reason FROM tax_notices n JOIN hosts h USING (host_key)";

fn read(r: &Row<'_>) -> rusqlite::Result<TaxNotice> {
    Ok(TaxNotice {
        notice_key: r.get(0)?,
        notice_id: r.get(1)?,
        host_key: r.get(2)?,
        host_id: r.get(3)?,
        kind: r.get(4)?,
        received_on: r.get::<_, Day>(5)?.0,
        withhold_from: r.get::<_, Day>(6)?.0,
        note: r.get(7)?,
        recorded_by: r.get(8)?,
        ended_on: r.get::<_, Option<Day>>(9)?.map(|d| d.0),
        ended_by: r.get(10)?,
        end_reason: r.get(11)?,
    })
}

/// All notices, newest first.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<TaxNotice>> {
    rows(
        conn,
        &format!("{SELECT} ORDER BY n.received_on DESC, n.notice_key DESC"),
        [],
        read,
    )
}

/// A notice by id.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, notice_id: &str) -> Result<Option<TaxNotice>> {
    one(
        conn,
        &format!("{SELECT} WHERE n.notice_id = ?"),
        [notice_id],
        read,
    )
}

/// A notice to record.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of tax_notices")]
pub struct NewTaxNotice<'a> {
    pub notice_id: &'a str,
    pub host_key: i64,
    pub kind: &'a str,
    pub received_on: Date,
    pub withhold_from: Date,
    pub note: &'a str,
}

/// Records a notice.
///
/// # Errors
/// The database's own.
pub fn insert(conn: &Conn, n: &NewTaxNotice<'_>, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT INTO tax_notices (notice_id, host_key, kind, received_on, withhold_from, note, recorded_at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            n.notice_id,
            n.host_key,
            n.kind,
            Day(n.received_on),
            Day(n.withhold_from),
            n.note,
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(())
}

/// Ends what a notice asks for.
///
/// # Errors
/// The database's own.
pub fn end(conn: &Conn, notice_key: i64, reason: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE tax_notices SET ended_on = ?, ended_by = ?, end_reason = ? WHERE notice_key = ?",
        params![Day(stamp.on), stamp.by, reason, notice_key],
    )?;
    Ok(())
}
