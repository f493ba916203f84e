//! Imports and their exceptions.

use std::collections::{HashMap, HashSet};

use hostledger_core::import::{RowCounts, RowProblem};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};
use sha2::{Digest, Sha256};

use crate::Conn;
use crate::error::Result;
use crate::hosts::Source;
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

/// Keeps the columns that an import's file had, as a JSON array.
///
/// # Errors
/// The database's own.
pub fn put_columns(conn: &Conn, import_key: i64, columns: &str) -> Result<()> {
    run(
        conn,
        "UPDATE imports SET columns = ? WHERE import_key = ?",
        params![columns, import_key],
    )?;
    Ok(())
}

/// The columns of the last file of a kind that stands, as a JSON array; `None`: none is known.
///
/// # Errors
/// The database's own.
pub fn last_columns(conn: &Conn, kind: &str) -> Result<Option<String>> {
    one(
        conn,
        "SELECT columns FROM imports WHERE kind = ? AND undone_at IS NULL AND columns IS NOT NULL
         ORDER BY import_key DESC LIMIT 1",
        [kind],
        |r| r.get(0),
    )
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
    pub subject: String,
    pub about: String,
}

const EXCEPTION_COLUMNS: &str = "e.exception_key, e.exception_id, e.import_key, i.import_id, i.kind, i.file_name, e.line, e.code, e.message, e.row, e.status, e.reason, e.subject, e.about";

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
        subject: r.get(12)?,
        about: r.get(13)?,
    })
}

/// A row on its way to the exceptions.
#[derive(Debug, Clone)]
pub struct NewException<'a> {
    /// A new id.
    pub exception_id: &'a str,
    /// The import and line it stands on.
    pub source: Source,
    /// Why.
    pub problem: &'a RowProblem,
    /// JSON: the fields as they stood, secrets sealed.
    pub row: &'a str,
    /// The row's booking, dispute, payment or host id; empty where it has none.
    pub subject: &'a str,
    /// The row's own `updated_at`.
    pub updated_at: Option<Timestamp>,
    /// Of the row as it was read; see [`row_print`].
    pub print: [u8; 16],
}

/// By what a row that comes again byte for byte is known: half of the SHA-256 of its JSON. Rows
/// with secrets are known by a keyed print instead.
#[must_use]
pub fn row_print(row: &str) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&Sha256::digest(row)[..16]);
    out
}

/// Keeps a row that could not be taken in. Its key.
///
/// # Errors
/// The database's own.
pub fn insert_exception(conn: &Conn, n: &NewException<'_>) -> Result<i64> {
    run(
        conn,
        "INSERT INTO exceptions (exception_id, import_key, line, code, message, row, subject, about, row_updated_at, row_print) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            n.exception_id,
            n.source.import_key,
            n.source.line,
            n.problem.code.as_str(),
            n.problem.message,
            n.row,
            n.subject,
            n.problem.about.as_deref().unwrap_or_default(),
            n.updated_at.map(At),
            n.print
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

/// An exception by which a row that comes again is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownException {
    /// Its key.
    pub exception_key: i64,
    /// It is settled: a person dismissed it, or what the file asked about was answered since;
    /// otherwise it is open.
    pub settled: bool,
}

/// The exception of a row of this kind with this print that is open or dismissed or, where the row
/// is read in this very file again, was closed since.
///
/// # Errors
/// The database's own.
pub fn exception_of_row(
    conn: &Conn,
    kind: &str,
    print: &[u8; 16],
    again_in: Option<i64>,
) -> Result<Option<KnownException>> {
    one(
        conn,
        "SELECT e.exception_key, e.status <> 'OPEN' FROM exceptions e JOIN imports i USING (import_key)
         WHERE e.row_print = ?1 AND i.kind = ?2 AND (e.status IN ('OPEN', 'DISMISSED') OR e.status <> 'UNDONE'
           AND (e.import_key = ?3 OR e.exception_key IN (SELECT exception_key FROM exception_repeats WHERE import_key = ?3)))
         ORDER BY e.status = 'OPEN' DESC, e.exception_key DESC LIMIT 1",
        params![print, kind, again_in],
        |r| {
            Ok(KnownException {
                exception_key: r.get(0)?,
                settled: r.get(1)?,
            })
        },
    )
}

/// Counts a row of a file to an exception that waits already.
///
/// # Errors
/// The database's own.
pub fn insert_repeat(conn: &Conn, source: Source, exception_key: i64) -> Result<()> {
    run(
        conn,
        "INSERT OR IGNORE INTO exception_repeats (import_key, line, exception_key) VALUES (?, ?, ?)",
        params![source.import_key, source.line, exception_key],
    )?;
    Ok(())
}

/// What orders an open exception against rows that are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Its key.
    pub exception_key: i64,
    /// The import it came with.
    pub import_key: i64,
    /// The row's own `updated_at`.
    pub updated_at: Option<Timestamp>,
}

/// Open exceptions of a kind of file by the id that their rows are about.
///
/// # Errors
/// The database's own.
pub fn waiting(conn: &Conn, kind: &str) -> Result<HashMap<String, Vec<Waiting>>> {
    let mut out: HashMap<String, Vec<Waiting>> = HashMap::new();
    for (subject, w) in rows(
        conn,
        "SELECT e.subject, e.exception_key, e.import_key, e.row_updated_at FROM exceptions e JOIN imports i USING (import_key)
         WHERE e.status = 'OPEN' AND e.subject <> '' AND i.kind = ? ORDER BY e.exception_key",
        [kind],
        |r| {
            let w = Waiting {
                exception_key: r.get(1)?,
                import_key: r.get(2)?,
                updated_at: r.get::<_, Option<At>>(3)?.map(|a| a.0),
            };
            Ok((r.get::<_, String>(0)?, w))
        },
    )? {
        out.entry(subject).or_default().push(w);
    }
    Ok(out)
}

/// The ids that dismissed rows of a kind of file are about.
///
/// # Errors
/// The database's own.
pub fn dismissed(conn: &Conn, kind: &str) -> Result<HashSet<String>> {
    Ok(rows(
        conn,
        "SELECT DISTINCT e.subject FROM exceptions e JOIN imports i USING (import_key)
         WHERE e.status = 'DISMISSED' AND e.row_print IS NOT NULL AND i.kind = ?",
        [kind],
        |r| r.get(0),
    )?
    .into_iter()
    .collect())
}

/// Closes an exception because another row took its place; `by`: that row's import.
///
/// # Errors
/// The database's own.
pub fn supersede_exception(
    conn: &Conn,
    exception_key: i64,
    by: i64,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE exceptions SET status = 'SUPERSEDED', resolved_at = ?, resolved_by = ?, closed_by = ? WHERE exception_key = ? AND status = 'OPEN'",
        params![At(stamp.at), stamp.by, by, exception_key],
    )?;
    Ok(())
}

/// Opens again what rows of an import had closed, as the import is undone.
///
/// # Errors
/// The database's own.
pub fn reopen_closed_by(conn: &Conn, import_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE exceptions SET status = 'OPEN', resolved_at = NULL, resolved_by = NULL, closed_by = NULL
         WHERE closed_by = ?1 AND status = 'SUPERSEDED' AND import_key IN (SELECT import_key FROM imports WHERE undone_at IS NULL)",
        [import_key],
    )?;
    Ok(())
}

/// Open exceptions that hold nothing now, of files whose rows can hold bookings.
///
/// # Errors
/// The database's own.
pub fn open_without_block(conn: &Conn) -> Result<Vec<Exception>> {
    rows(
        conn,
        &format!(
            "SELECT {EXCEPTION_COLUMNS} FROM exceptions e JOIN imports i USING (import_key)
             WHERE e.status = 'OPEN' AND i.kind IN ('bookings', 'disputes', 'stripe-payments')
               AND NOT EXISTS (SELECT 1 FROM commission_blocks k WHERE k.exception_key = e.exception_key AND k.released_at IS NULL)
             ORDER BY e.exception_key"
        ),
        [],
        read_exception,
    )
}

/// Open exceptions of an import whose rows a later file that stands repeated: with that file's
/// newest line.
///
/// # Errors
/// The database's own.
pub fn repeated_elsewhere(conn: &Conn, import_key: i64) -> Result<Vec<(Exception, Source)>> {
    rows(
        conn,
        &format!(
            "SELECT {EXCEPTION_COLUMNS}, r.import_key, r.line FROM exceptions e JOIN imports i USING (import_key)
             JOIN exception_repeats r ON r.exception_key = e.exception_key JOIN imports o ON o.import_key = r.import_key
             WHERE e.import_key = ? AND e.status = 'OPEN' AND o.undone_at IS NULL
             ORDER BY e.exception_key, r.import_key"
        ),
        [import_key],
        |r| {
            let source = Source {
                import_key: r.get(14)?,
                line: r.get(15)?,
            };
            Ok((read_exception(r)?, source))
        },
    )
}

/// Open exceptions of an import that name the payment of a booking which is CANCELLED now without
/// a refund, in the numbers of `BookingStatus::ALL`.
///
/// # Errors
/// The database's own.
pub fn same_charge_now_cancelled(conn: &Conn, import_key: i64) -> Result<Vec<Exception>> {
    rows(
        conn,
        &format!(
            "SELECT {EXCEPTION_COLUMNS} FROM exceptions e JOIN imports i USING (import_key) JOIN bookings b ON b.booking_id = e.about
             WHERE e.import_key = ? AND e.status = 'OPEN' AND e.code = 'SAME_CHARGE' AND b.status = 5 AND b.refunded_minor = 0
             ORDER BY e.exception_key"
        ),
        [import_key],
        read_exception,
    )
}

/// Takes away an exception that this very transaction made, whose row went in after all.
///
/// # Errors
/// The database's own.
pub fn delete_exception(conn: &Conn, exception_key: i64) -> Result<()> {
    run(
        conn,
        "DELETE FROM commission_blocks WHERE exception_key = ?",
        [exception_key],
    )?;
    run(
        conn,
        "DELETE FROM exceptions WHERE exception_key = ?",
        [exception_key],
    )?;
    Ok(())
}

/// Whether rows of a file that stands may lack: some of it wait, or files of its kind were undone
/// since.
///
/// # Errors
/// The database's own.
pub fn may_lack_rows(conn: &Conn, import_key: i64) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT EXISTS (SELECT 1 FROM exceptions WHERE import_key = i.import_key AND status = 'OPEN')
             OR EXISTS (SELECT 1 FROM imports o WHERE o.kind = i.kind AND o.undone_at >= i.imported_at)
         FROM imports i WHERE i.import_key = ?",
        [import_key],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// Which rows of a file wait as exceptions of earlier files: by line and exception.
///
/// # Errors
/// The database's own.
pub fn repeats_of(conn: &Conn, import_key: i64) -> Result<Vec<(i64, i64)>> {
    rows(
        conn,
        "SELECT line, exception_key FROM exception_repeats WHERE import_key = ? ORDER BY line",
        [import_key],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

/// Restores what [`repeats_of`] said, in place of what a second reading counted.
///
/// # Errors
/// The database's own.
pub fn keep_repeats(conn: &Conn, import_key: i64, kept: &[(i64, i64)]) -> Result<()> {
    run(
        conn,
        "DELETE FROM exception_repeats WHERE import_key = ?",
        [import_key],
    )?;
    for (line, exception_key) in kept {
        let source = Source {
            import_key,
            line: *line,
        };
        insert_repeat(conn, source, *exception_key)?;
    }
    Ok(())
}

/// Counts rows of a file, which were taken in once, among its exceptions: read again they wait.
///
/// # Errors
/// The database's own.
pub fn count_as_exceptions(conn: &Conn, import_key: i64, more: i64) -> Result<()> {
    run(
        conn,
        "UPDATE imports SET exceptions = exceptions + ?2, unchanged = unchanged - min(?2, unchanged), inserted = inserted - (?2 - min(?2, unchanged))
         WHERE import_key = ?1 AND ?2 > 0",
        [import_key, more],
    )?;
    Ok(())
}

/// Keys of an import's open exceptions.
///
/// # Errors
/// The database's own.
pub fn open_of_import(conn: &Conn, import_key: i64) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT exception_key FROM exceptions WHERE import_key = ? AND status = 'OPEN'",
        [import_key],
        |r| r.get(0),
    )
}

/// Lets an exception be another import's, which repeated its row.
///
/// # Errors
/// The database's own.
pub fn hand_over(conn: &Conn, exception_key: i64, to: Source) -> Result<()> {
    run(
        conn,
        "DELETE FROM exception_repeats WHERE import_key = ? AND line = ?",
        params![to.import_key, to.line],
    )?;
    run(
        conn,
        "UPDATE exceptions SET import_key = ?, line = ? WHERE exception_key = ?",
        params![to.import_key, to.line, exception_key],
    )?;
    Ok(())
}

/// Gives exceptions of a ledger from before the prints by which their rows are known.
///
/// # Errors
/// The database's own.
pub(crate) fn print_open(conn: &Conn) -> Result<()> {
    let found: Vec<(i64, String)> = rows(
        conn,
        "SELECT e.exception_key, e.row FROM exceptions e JOIN imports i USING (import_key)
         WHERE e.status IN ('OPEN', 'DISMISSED') AND e.row_print IS NULL AND i.kind <> 'tax-profiles'",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    for (key, row) in found {
        run(
            conn,
            "UPDATE exceptions SET row_print = ? WHERE exception_key = ?",
            params![row_print(&row), key],
        )?;
    }
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

/// Open exceptions about one booking, dispute, host or charge, oldest first.
///
/// # Errors
/// The database's own.
pub fn open_exceptions_about(conn: &Conn, subject: &str) -> Result<Vec<Exception>> {
    rows(
        conn,
        &format!(
            "SELECT {EXCEPTION_COLUMNS} FROM exceptions e JOIN imports i USING (import_key)
             WHERE e.status = 'OPEN' AND e.subject <> '' AND e.subject = ? ORDER BY e.exception_key"
        ),
        [subject],
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
        "UPDATE exceptions SET code = ?, message = ?, row = ?, about = ? WHERE exception_key = ?",
        params![
            problem.code.as_str(),
            problem.message,
            row,
            problem.about.as_deref().unwrap_or_default(),
            exception_key
        ],
    )?;
    Ok(())
}
