//! What is filed with a dispute: attachments, and the evidence that is handed in.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, rows, run};

/// A file kept with a dispute, without its bytes.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of dispute_attachments")]
pub struct Attachment {
    pub attachment_id: String,
    pub name: String,
    pub media_type: String,
    pub sha256: String,
    pub size: i64,
    pub added_at: Timestamp,
    pub added_by: String,
}

/// A file to keep.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the columns of dispute_attachments")]
pub struct NewAttachment<'a> {
    pub attachment_id: &'a str,
    pub dispute_key: i64,
    pub name: &'a str,
    pub media_type: &'a str,
    pub sha256: &'a str,
    pub bytes: &'a [u8],
}

/// Keeps a file.
///
/// # Errors
/// The database's own.
pub fn attach(conn: &Conn, n: &NewAttachment<'_>, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT INTO dispute_attachments (attachment_id, dispute_key, name, media_type, sha256, bytes, size, added_at, added_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            n.attachment_id, n.dispute_key, n.name, n.media_type, n.sha256, n.bytes,
            i64::try_from(n.bytes.len()).unwrap_or(i64::MAX), At(stamp.at), stamp.by
        ],
    )?;
    Ok(())
}

/// A dispute's files, oldest first, without those that were taken off.
///
/// # Errors
/// The database's own.
pub fn attachments(conn: &Conn, dispute_key: i64) -> Result<Vec<Attachment>> {
    rows(
        conn,
        "SELECT attachment_id, name, media_type, sha256, size, added_at, added_by FROM dispute_attachments
         WHERE dispute_key = ? AND removed_at IS NULL ORDER BY attachment_key",
        [dispute_key],
        |r| {
            Ok(Attachment {
                attachment_id: r.get(0)?,
                name: r.get(1)?,
                media_type: r.get(2)?,
                sha256: r.get(3)?,
                size: r.get(4)?,
                added_at: r.get::<_, At>(5)?.0,
                added_by: r.get(6)?,
            })
        },
    )
}

/// The dispute, name and bytes of a file.
///
/// # Errors
/// The database's own.
pub fn attachment(conn: &Conn, attachment_id: &str) -> Result<Option<(i64, String, Vec<u8>)>> {
    one(
        conn,
        "SELECT dispute_key, name, bytes FROM dispute_attachments WHERE attachment_id = ? AND removed_at IS NULL",
        [attachment_id],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )
}

/// Takes a file off: its bytes are gone, that it was there is kept.
///
/// # Errors
/// The database's own.
pub fn detach(conn: &Conn, attachment_id: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE dispute_attachments SET bytes = NULL, removed_at = ?, removed_by = ? WHERE attachment_id = ?",
        params![At(stamp.at), stamp.by, attachment_id],
    )?;
    Ok(())
}

/// Evidence as it was put together.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of dispute_evidence")]
pub struct Evidence {
    pub evidence_key: i64,
    /// JSON: Stripe's evidence fields by name.
    pub fields: String,
    pub made_at: Timestamp,
    pub made_by: String,
    pub reviewed: Option<(Timestamp, String)>,
    pub submitted: Option<(Timestamp, String)>,
    /// `stripe` or `elsewhere`.
    pub through: Option<String>,
    pub confirmed_at: Option<Timestamp>,
}

fn read(r: &Row<'_>) -> rusqlite::Result<Evidence> {
    let at = |i: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(r.get::<_, Option<At>>(i)?.map(|a| a.0))
    };
    let who = |i: usize, j: usize| -> rusqlite::Result<Option<(Timestamp, String)>> {
        Ok(match (at(i)?, r.get(j)?) {
            (Some(at), Some(who)) => Some((at, who)),
            _ => None,
        })
    };
    Ok(Evidence {
        evidence_key: r.get(0)?,
        fields: r.get(1)?,
        made_at: r.get::<_, At>(2)?.0,
        made_by: r.get(3)?,
        reviewed: who(4, 5)?,
        submitted: who(6, 7)?,
        through: r.get(8)?,
        confirmed_at: at(9)?,
    })
}

/// The newest evidence of a dispute.
///
/// # Errors
/// The database's own.
pub fn evidence(conn: &Conn, dispute_key: i64) -> Result<Option<Evidence>> {
    one(
        conn,
        "SELECT evidence_key, fields, made_at, made_by, reviewed_at, reviewed_by, submitted_at, submitted_by, through, confirmed_at
         FROM dispute_evidence WHERE dispute_key = ? ORDER BY evidence_key DESC LIMIT 1",
        [dispute_key],
        read,
    )
}

/// Keeps evidence as a new version, to be reviewed. Its key.
///
/// # Errors
/// The database's own.
pub fn put_evidence(conn: &Conn, dispute_key: i64, fields: &str, stamp: &Stamp<'_>) -> Result<i64> {
    run(
        conn,
        "INSERT INTO dispute_evidence (dispute_key, fields, made_at, made_by) VALUES (?, ?, ?, ?)",
        params![dispute_key, fields, At(stamp.at), stamp.by],
    )?;
    Ok(conn.last_insert_rowid())
}

/// Records that a person looked evidence through.
///
/// # Errors
/// The database's own.
pub fn set_reviewed(conn: &Conn, evidence_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE dispute_evidence SET reviewed_at = ?, reviewed_by = ? WHERE evidence_key = ?",
        params![At(stamp.at), stamp.by, evidence_key],
    )?;
    Ok(())
}

/// Records the intent to hand evidence in, which the database allows once per dispute.
///
/// # Errors
/// The database's own.
pub fn set_submitted(
    conn: &Conn,
    evidence_key: i64,
    through: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE dispute_evidence SET submitted_at = ?, submitted_by = ?, through = ? WHERE evidence_key = ?",
        params![At(stamp.at), stamp.by, through, evidence_key],
    )?;
    Ok(())
}

/// Records that it arrived.
///
/// # Errors
/// The database's own.
pub fn set_confirmed(conn: &Conn, evidence_key: i64, at: Timestamp) -> Result<()> {
    run(
        conn,
        "UPDATE dispute_evidence SET confirmed_at = ? WHERE evidence_key = ?",
        params![At(at), evidence_key],
    )?;
    Ok(())
}

/// Takes an intent back that Stripe refused clearly.
///
/// # Errors
/// The database's own.
pub fn clear_submitted(conn: &Conn, evidence_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE dispute_evidence SET submitted_at = NULL, submitted_by = NULL, through = NULL WHERE evidence_key = ? AND confirmed_at IS NULL",
        [evidence_key],
    )?;
    Ok(())
}
