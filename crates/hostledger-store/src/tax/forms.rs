//! Forms 1099-K and what was written for the tax authorities.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, rows, run};

/// A form.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of tax_forms")]
pub struct TaxForm {
    pub form_key: i64,
    pub form_id: String,
    pub tax_year: i16,
    pub host_key: i64,
    pub host_id: String,
    /// Which of the host's payees it is for, from 1.
    pub payee_no: i64,
    /// `ORIGINAL`, `CORRECTED`, `ZEROED` or `REPLACEMENT`.
    pub kind: String,
    pub corrects: Option<i64>,
    /// `DRAFT`, `REVIEWED`, `FURNISHED`, `FILED` or `VOID`.
    pub status: String,
    pub snapshot: String,
    pub sha256: String,
    pub made_at: Timestamp,
    pub made_by: String,
    pub reviewed: Option<(Timestamp, String)>,
    pub furnished: Option<(Timestamp, String)>,
    pub filed: Option<(Timestamp, String)>,
    pub void_reason: Option<String>,
}

impl TaxForm {
    /// Whether the payee has it.
    #[must_use]
    pub fn is_furnished(&self) -> bool {
        matches!(self.status.as_str(), "FURNISHED" | "FILED")
    }
}

const SELECT: &str = "SELECT f.form_key, f.form_id, f.tax_year, f.host_key, h.host_id, f.kind, f.corrects, f.status, f.snapshot, f.sha256,
      f.made_at, f.made_by, f.reviewed_at, f.reviewed_by, f.furnished_at, f.furnished_by, f.filed_at, f.filed_by, f.void_reason, f.payee_no
    FROM tax_forms f JOIN hosts h USING (host_key)";

fn read(r: &Row<'_>) -> rusqlite::Result<TaxForm> {
    let step = |at: usize| -> rusqlite::Result<Option<(Timestamp, String)>> {
        let when = r.get::<_, Option<At>>(at)?;
        let who: Option<String> = r.get(at + 1)?;
        Ok(when.zip(who).map(|(a, w)| (a.0, w)))
    };
    Ok(TaxForm {
        form_key: r.get(0)?,
        form_id: r.get(1)?,
        tax_year: r.get(2)?,
        host_key: r.get(3)?,
        host_id: r.get(4)?,
        kind: r.get(5)?,
        corrects: r.get(6)?,
        status: r.get(7)?,
        snapshot: r.get(8)?,
        sha256: r.get(9)?,
        made_at: r.get::<_, At>(10)?.0,
        made_by: r.get(11)?,
        reviewed: step(12)?,
        furnished: step(14)?,
        filed: step(16)?,
        void_reason: r.get(18)?,
        payee_no: r.get(19)?,
    })
}

/// The forms of a year, by host and in the order they were made.
///
/// # Errors
/// The database's own.
pub fn of_year(conn: &Conn, year: i16) -> Result<Vec<TaxForm>> {
    rows(
        conn,
        &format!("{SELECT} WHERE f.tax_year = ? ORDER BY h.host_id, f.payee_no, f.form_key"),
        [year],
        read,
    )
}

/// A form by id.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, form_id: &str) -> Result<Option<TaxForm>> {
    one(
        conn,
        &format!("{SELECT} WHERE f.form_id = ?"),
        [form_id],
        read,
    )
}

/// Years that have forms.
///
/// # Errors
/// The database's own.
pub fn years(conn: &Conn) -> Result<Vec<i16>> {
    rows(
        conn,
        "SELECT DISTINCT tax_year FROM tax_forms ORDER BY 1 DESC",
        [],
        |r| r.get(0),
    )
}

/// How many drafts there are.
///
/// # Errors
/// The database's own.
pub fn drafts(conn: &Conn) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT count(*) FROM tax_forms WHERE status = 'DRAFT'",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// What a form is and says.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of tax_forms")]
pub struct NewForm<'a> {
    pub form_id: &'a str,
    pub tax_year: i16,
    pub host_key: i64,
    pub payee_no: i64,
    pub kind: &'a str,
    pub corrects: Option<i64>,
    pub snapshot: &'a str,
    pub sha256: &'a str,
    pub gross_minor: i64,
}

/// Makes a DRAFT.
///
/// # Errors
/// The database's own.
pub fn insert(conn: &Conn, n: &NewForm<'_>, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT INTO tax_forms (form_id, tax_year, host_key, payee_no, kind, corrects, status, snapshot, sha256, gross_minor, made_at, made_by)
         VALUES (?, ?, ?, ?, ?, ?, 'DRAFT', ?, ?, ?, ?, ?)",
        params![
            n.form_id, n.tax_year, n.host_key, n.payee_no, n.kind, n.corrects, n.snapshot, n.sha256, n.gross_minor, At(stamp.at), stamp.by
        ],
    )?;
    Ok(())
}

/// Gives a form that wasn't furnished other words: it is a DRAFT again.
///
/// # Errors
/// The database's own.
pub fn restate(
    conn: &Conn,
    form_key: i64,
    snapshot: &str,
    sha256: &str,
    gross_minor: i64,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE tax_forms SET status = 'DRAFT', snapshot = ?, sha256 = ?, gross_minor = ?, made_at = ?, made_by = ?, reviewed_at = NULL, reviewed_by = NULL
         WHERE form_key = ?",
        params![snapshot, sha256, gross_minor, At(stamp.at), stamp.by, form_key],
    )?;
    Ok(())
}

/// Drops a DRAFT of a form that isn't due any more.
///
/// # Errors
/// The database's own.
pub fn drop_draft(conn: &Conn, form_key: i64) -> Result<()> {
    run(
        conn,
        "DELETE FROM tax_forms WHERE form_key = ? AND status = 'DRAFT'",
        [form_key],
    )?;
    Ok(())
}

/// A person's look at a form, by somebody else than its maker.
///
/// # Errors
/// The database's own; it refuses the maker.
pub fn set_reviewed(conn: &Conn, form_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE tax_forms SET status = 'REVIEWED', reviewed_at = ?, reviewed_by = ? WHERE form_key = ? AND status = 'DRAFT'",
        params![At(stamp.at), stamp.by, form_key],
    )?;
    Ok(())
}

/// The payee has it from now on.
///
/// # Errors
/// The database's own.
pub fn set_furnished(conn: &Conn, form_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE tax_forms SET status = 'FURNISHED', furnished_at = ?, furnished_by = ? WHERE form_key = ? AND status = 'REVIEWED'",
        params![At(stamp.at), stamp.by, form_key],
    )?;
    Ok(())
}

/// Takes a form that wasn't furnished out of the season, or puts it back as a DRAFT.
///
/// # Errors
/// The database's own.
pub fn set_void(conn: &Conn, form_key: i64, reason: Option<&str>) -> Result<()> {
    let status = if reason.is_some() { "VOID" } else { "DRAFT" };
    run(
        conn,
        "UPDATE tax_forms SET status = ?, void_reason = ?, reviewed_at = NULL, reviewed_by = NULL WHERE form_key = ?",
        params![status, reason, form_key],
    )?;
    Ok(())
}

/// What was written for the tax authorities.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of tax_filings")]
pub struct Filing {
    pub filing_key: i64,
    pub filing_id: String,
    pub tax_year: i16,
    pub files: String,
    pub forms: i64,
    pub written_at: Timestamp,
    pub written_by: String,
    pub receipt: Option<String>,
    pub filed: Option<(Timestamp, String)>,
}

/// Filings of a year, newest first, without those that were written anew before they were recorded.
///
/// # Errors
/// The database's own.
pub fn filings(conn: &Conn, year: i16) -> Result<Vec<Filing>> {
    rows(
        conn,
        "SELECT filing_key, filing_id, tax_year, files, forms, written_at, written_by, receipt, filed_at, filed_by FROM tax_filings
         WHERE tax_year = ? AND superseded = 0 ORDER BY filing_key DESC",
        [year],
        |r| {
            let at = r.get::<_, Option<At>>(8)?;
            let by: Option<String> = r.get(9)?;
            Ok(Filing {
                filing_key: r.get(0)?,
                filing_id: r.get(1)?,
                tax_year: r.get(2)?,
                files: r.get(3)?,
                forms: r.get(4)?,
                written_at: r.get::<_, At>(5)?.0,
                written_by: r.get(6)?,
                receipt: r.get(7)?,
                filed: at.zip(by).map(|(a, b)| (a.0, b)),
            })
        },
    )
}

/// Records what was written, and which forms are in it; an earlier one that wasn't recorded is
/// superseded.
///
/// # Errors
/// The database's own.
pub fn insert_filing(
    conn: &Conn,
    filing_id: &str,
    year: i16,
    files: &str,
    form_keys: &[i64],
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE tax_filings SET superseded = 1 WHERE tax_year = ? AND filed_at IS NULL",
        [year],
    )?;
    run(
        conn,
        "INSERT INTO tax_filings (filing_id, tax_year, files, forms, written_at, written_by) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            filing_id,
            year,
            files,
            i64::try_from(form_keys.len()).unwrap_or(0),
            At(stamp.at),
            stamp.by
        ],
    )?;
    let filing_key = conn.last_insert_rowid();
    for key in form_keys {
        run(
            conn,
            "UPDATE tax_forms SET filing_key = ? WHERE form_key = ?",
            [filing_key, *key],
        )?;
    }
    Ok(())
}

/// The portal took a filing: its forms are FILED. How many.
///
/// # Errors
/// The database's own.
pub fn set_filed(conn: &Conn, filing_key: i64, receipt: &str, stamp: &Stamp<'_>) -> Result<usize> {
    run(
        conn,
        "UPDATE tax_filings SET receipt = ?, filed_at = ?, filed_by = ? WHERE filing_key = ?",
        params![receipt, At(stamp.at), stamp.by, filing_key],
    )?;
    run(
        conn,
        "UPDATE tax_forms SET status = 'FILED', filed_at = ?, filed_by = ? WHERE filing_key = ? AND status = 'FURNISHED'",
        params![At(stamp.at), stamp.by, filing_key],
    )
}
