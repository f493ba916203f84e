//! Imports and their exceptions.

use hostledger_core::import::{RowCounts, RowProblem};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Day, one, rows, run};

/// One file taken in.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of imports, explained in the migration"
)]
pub struct Import {
    pub import_key: i64,
    pub import_id: String,
    pub kind: String,
    pub file_name: String,
    pub file_sha256: String,
    pub file_bytes: i64,
    pub imported_at: Timestamp,
    pub imported_by: String,
    pub counts: RowCounts,
    /// JSON: `[{"currency","amount"}]`.
    pub totals: String,
    pub first_booked_on: Option<Date>,
    pub last_booked_on: Option<Date>,
    pub undone_at: Option<Timestamp>,
    pub undone_by: Option<String>,
    pub open_exceptions: i64,
}

const COLUMNS: &str = "import_key, import_id, kind, file_name, file_sha256, file_bytes, imported_at, imported_by, row_count, inserted, updated, unchanged, stale, exceptions, totals, first_booked_on, last_booked_on, undone_at, undone_by,
    (SELECT count(*) FROM exceptions e WHERE e.import_key = imports.import_key AND e.status = 'OPEN')";

fn read(r: &Row<'_>) -> rusqlite::Result<Import> {
    Ok(Import {
        import_key: r.get(0)?,
        import_id: r.get(1)?,
        kind: r.get(2)?,
        file_name: r.get(3)?,
        file_sha256: r.get(4)?,
        file_bytes: r.get(5)?,
        imported_at: r.get::<_, At>(6)?.0,
        imported_by: r.get(7)?,
        counts: RowCounts {
            rows: r.get(8)?,
            inserted: r.get(9)?,
            updated: r.get(10)?,
            unchanged: r.get(11)?,
            stale: r.get(12)?,
            exceptions: r.get(13)?,
        },
        totals: r.get(14)?,
        first_booked_on: r.get::<_, Option<Day>>(15)?.map(|d| d.0),
        last_booked_on: r.get::<_, Option<Day>>(16)?.map(|d| d.0),
        undone_at: r.get::<_, Option<At>>(17)?.map(|a| a.0),
        undone_by: r.get(18)?,
        open_exceptions: r.get(19)?,
    })
}

/// All imports, newest first.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<Import>> {
    rows(
        conn,
        &format!("SELECT {COLUMNS} FROM imports ORDER BY import_key DESC"),
        [],
        read,
    )
}

/// An import by id.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, import_id: &str) -> Result<Option<Import>> {
    one(
        conn,
        &format!("SELECT {COLUMNS} FROM imports WHERE import_id = ?"),
        [import_id],
        read,
    )
}

/// An import by key.
///
/// # Errors
/// The database's own.
pub fn get(conn: &Conn, import_key: i64) -> Result<Option<Import>> {
    one(
        conn,
        &format!("SELECT {COLUMNS} FROM imports WHERE import_key = ?"),
        [import_key],
        read,
    )
}

/// The import that took in this content, unless it was undone.
///
/// # Errors
/// The database's own.
pub fn of_content(conn: &Conn, kind: &str, sha256: &str) -> Result<Option<Import>> {
    one(
        conn,
        &format!(
            "SELECT {COLUMNS} FROM imports WHERE kind = ? AND file_sha256 = ? AND undone_at IS NULL"
        ),
        [kind, sha256],
        read,
    )
}

/// What is known of a file before its rows are read.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of imports")]
pub struct NewImport<'a> {
    pub import_id: &'a str,
    pub kind: &'a str,
    pub file_name: &'a str,
    pub file_sha256: &'a str,
    pub file_bytes: i64,
}

/// Begins an import; its key.
///
/// # Errors
/// The database's own.
pub fn begin(conn: &Conn, n: &NewImport<'_>, stamp: &Stamp<'_>) -> Result<i64> {
    run(
        conn,
        "INSERT INTO imports (import_id, kind, file_name, file_sha256, file_bytes, imported_at, imported_by, as_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            n.import_id,
            n.kind,
            n.file_name,
            n.file_sha256,
            n.file_bytes,
            At(stamp.at),
            stamp.by,
            Day(stamp.on)
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

/// Records what became of the rows.
///
/// # Errors
/// The database's own.
pub fn finish(
    conn: &Conn,
    import_key: i64,
    c: &RowCounts,
    totals: &str,
    booked: Option<(Date, Date)>,
) -> Result<()> {
    run(
        conn,
        "UPDATE imports SET row_count = ?, inserted = ?, updated = ?, unchanged = ?, stale = ?, exceptions = ?, totals = ?, first_booked_on = ?, last_booked_on = ? WHERE import_key = ?",
        params![
            c.rows,
            c.inserted,
            c.updated,
            c.unchanged,
            c.stale,
            c.exceptions,
            totals,
            booked.map(|b| Day(b.0)),
            booked.map(|b| Day(b.1)),
            import_key
        ],
    )?;
    Ok(())
}

/// Marks an import as undone.
///
/// # Errors
/// The database's own.
pub fn set_undone(conn: &Conn, import_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE imports SET undone_at = ?, undone_by = ? WHERE import_key = ?",
        params![At(stamp.at), stamp.by, import_key],
    )?;
    run(
        conn,
        "UPDATE exceptions SET status = 'UNDONE', resolved_at = ?, resolved_by = ? WHERE import_key = ? AND status = 'OPEN'",
        params![At(stamp.at), stamp.by, import_key],
    )?;
    Ok(())
}

/// A row that could not be taken in.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of exceptions, explained in the migration"
)]
pub struct Exception {
    pub exception_key: i64,
    pub exception_id: String,
    pub import_key: i64,
    pub import_id: String,
    pub kind: String,
    pub file_name: String,
    pub line: i64,
    pub code: String,
    pub message: String,
    /// JSON object: the fields by column.
    pub row: String,
    pub status: String,
    pub reason: Option<String>,
}

const EXCEPTION_COLUMNS: &str = "e.exception_key, e.exception_id, e.import_key, i.import_id, i.kind, i.file_name, e.line, e.code, e.message, e.row, e.status, e.reason";

fn read_exception(r: &Row<'_>) -> rusqlite::Result<Exception> {
    Ok(Exception {
        exception_key: r.get(0)?,
        exception_id: r.get(1)?,
        import_key: r.get(2)?,
        import_id: r.get(3)?,
        kind: r.get(4)?,
        file_name: r.get(5)?,
        line: r.get(6)?,
        code: r.get(7)?,
        message: r.get(8)?,
        row: r.get(9)?,
        status: r.get(10)?,
        reason: r.get(11)?,
    })
}

/// Keeps a row with the reason why it was not taken in.
///
/// # Errors
/// The database's own.
pub fn insert_exception(
    conn: &Conn,
    exception_id: &str,
    import_key: i64,
    line: i64,
    problem: &RowProblem,
    row: &str,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO exceptions (exception_id, import_key, line, code, message, row) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            exception_id,
            import_key,
            line,
            problem.code.as_str(),
            problem.message,
            row
        ],
    )?;
    Ok(())
}

/// Open exceptions of one import or of all, in the order of files and lines.
///
/// # Errors
/// The database's own.
pub fn open_exceptions(conn: &Conn, import_key: Option<i64>) -> Result<Vec<Exception>> {
    rows(
        conn,
        &format!(
            "SELECT {EXCEPTION_COLUMNS} FROM exceptions e JOIN imports i USING (import_key)
             WHERE e.status = 'OPEN' AND (?1 IS NULL OR e.import_key = ?1) ORDER BY e.exception_key"
        ),
        [import_key],
        read_exception,
    )
}

/// An exception by id.
///
/// # Errors
/// The database's own.
pub fn find_exception(conn: &Conn, exception_id: &str) -> Result<Option<Exception>> {
    one(
        conn,
        &format!(
            "SELECT {EXCEPTION_COLUMNS} FROM exceptions e JOIN imports i USING (import_key) WHERE e.exception_id = ?"
        ),
        [exception_id],
        read_exception,
    )
}

/// How many exceptions are open.
///
/// # Errors
/// The database's own.
pub fn count_open(conn: &Conn) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT count(*) FROM exceptions WHERE status = 'OPEN'",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// Closes an exception as RETRIED or DISMISSED.
///
/// # Errors
/// The database's own.
pub fn resolve(
    conn: &Conn,
    exception_key: i64,
    status: &str,
    reason: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE exceptions SET status = ?, resolved_at = ?, resolved_by = ?, reason = ? WHERE exception_key = ?",
        params![status, At(stamp.at), stamp.by, reason, exception_key],
    )?;
    Ok(())
}

/// Gives an exception another problem, after a retry that failed otherwise.
///
/// # Errors
/// The database's own.
pub fn restate(conn: &Conn, exception_key: i64, problem: &RowProblem, row: &str) -> Result<()> {
    run(
        conn,
        "UPDATE exceptions SET code = ?, message = ?, row = ? WHERE exception_key = ?",
        params![problem.code.as_str(), problem.message, row, exception_key],
    )?;
    Ok(())
}
