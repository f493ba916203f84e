//! Columns of the portal's template that a person named, by tax year.

use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, rows, run};

/// What was named: the template's column (empty: the value is left out) and the built-in header's.
///
/// # Errors
/// The database's own.
pub fn of_year(conn: &Conn, year: i16) -> Result<Vec<(String, String)>> {
    rows(
        conn,
        "SELECT theirs, ours FROM iris_columns WHERE tax_year = ? ORDER BY ours",
        [year],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

/// Keeps which column of the template holds a value, in place of what was said of either.
///
/// # Errors
/// The database's own.
pub fn put(conn: &Conn, year: i16, theirs: &str, ours: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "DELETE FROM iris_columns WHERE tax_year = ?1
           AND (ours = ?3 COLLATE NOCASE OR (theirs = ?2 COLLATE NOCASE AND theirs <> ''))",
        params![year, theirs, ours],
    )?;
    run(
        conn,
        "INSERT INTO iris_columns (tax_year, ours, theirs, set_at, set_by) VALUES (?, ?, ?, ?, ?)",
        params![year, ours, theirs, At(stamp.at), stamp.by],
    )?;
    Ok(())
}
