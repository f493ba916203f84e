//! The chain of audit events.

use hostledger_core::audit::{AuditFacts, GENESIS, chain};
use jiff::Timestamp;
use rusqlite::params;
use serde_json::Value;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, rows, run};

/// One event as it is listed.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who; empty for the program itself.
    pub user: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The facts, as JSON text.
    pub details: String,
    /// The chain's hash up to here.
    pub hash: String,
}

/// Records an event at the end of the chain, in the transaction of what it records.
///
/// # Errors
/// The database's own.
pub fn record(
    conn: &Conn,
    stamp: &Stamp<'_>,
    action: &str,
    subject: &str,
    details: &Value,
) -> Result<()> {
    let last: Option<(i64, String)> = one(
        conn,
        "SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    let (seq, previous) = last.map_or((1, GENESIS.to_owned()), |(seq, hash)| (seq + 1, hash));
    let details = details.to_string();
    let facts = AuditFacts {
        seq,
        at_us: stamp.at.as_microsecond(),
        user: stamp.by,
        action,
        subject,
        details: &details,
    };
    run(
        conn,
        "INSERT INTO audit_events (seq, at, user, action, subject, details, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            seq,
            facts.at_us,
            stamp.by,
            action,
            subject,
            details,
            chain(&previous, &facts)
        ],
    )?;
    Ok(())
}

/// The hash of the newest event, a witness of all before it.
///
/// # Errors
/// The database's own.
pub fn head(conn: &Conn) -> Result<String> {
    let hash = one(
        conn,
        "SELECT hash FROM audit_events ORDER BY seq DESC LIMIT 1",
        [],
        |r| r.get(0),
    )?;
    Ok(hash.unwrap_or_else(|| GENESIS.to_owned()))
}

/// The hash of an event by its number.
///
/// # Errors
/// The database's own.
pub fn hash_of(conn: &Conn, seq: i64) -> Result<Option<String>> {
    one(
        conn,
        "SELECT hash FROM audit_events WHERE seq = ?",
        [seq],
        |r| r.get(0),
    )
}

/// The hash of the first event: by it a ledger is told from another of the same id.
///
/// # Errors
/// The database's own.
pub fn root(conn: &Conn) -> Result<String> {
    Ok(hash_of(conn, 1)?.unwrap_or_else(|| GENESIS.to_owned()))
}

/// Whether some event ends the chain with this hash.
///
/// # Errors
/// The database's own.
pub fn has_hash(conn: &Conn, hash: &str) -> Result<bool> {
    let found: Option<i64> = one(
        conn,
        "SELECT seq FROM audit_events WHERE hash = ?",
        [hash],
        |r| r.get(0),
    )?;
    Ok(found.is_some())
}

/// Events before a number (newest first), at most `limit`; `None`: from the end.
///
/// # Errors
/// The database's own.
pub fn page(conn: &Conn, before: Option<i64>, limit: i64) -> Result<Vec<AuditEvent>> {
    rows(
        conn,
        "SELECT seq, at, user, action, subject, details, hash FROM audit_events WHERE seq < ? ORDER BY seq DESC LIMIT ?",
        params![before.unwrap_or(i64::MAX), limit],
        |r| {
            Ok(AuditEvent {
                seq: r.get(0)?,
                at: r.get::<_, At>(1)?.0,
                user: r.get(2)?,
                action: r.get(3)?,
                subject: r.get(4)?,
                details: r.get(5)?,
                hash: r.get(6)?,
            })
        },
    )
}

/// How many events there are.
///
/// # Errors
/// The database's own.
pub fn count(conn: &Conn) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT coalesce(max(seq), 0) FROM audit_events",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// Events that are more than some minutes older than the one before them: a computer's clock ran back.
/// Their numbers and times, at most 20.
///
/// # Errors
/// The database's own.
pub fn clock_ran_back(conn: &Conn) -> Result<Vec<(i64, Timestamp)>> {
    rows(
        conn,
        "SELECT e.seq, e.at FROM audit_events e JOIN audit_events p ON p.seq = e.seq - 1 WHERE e.at < p.at - 300000000 ORDER BY e.seq LIMIT 20",
        [],
        |r| Ok((r.get(0)?, r.get::<_, At>(1)?.0)),
    )
}

/// The number of the first event whose hash doesn't follow from what is before it, or that is
/// missing.
///
/// # Errors
/// The database's own.
pub fn first_break(conn: &Conn) -> Result<Option<i64>> {
    let mut statement = conn.prepare(
        "SELECT seq, at, user, action, subject, details, hash FROM audit_events ORDER BY seq",
    )?;
    let mut events = statement.query([])?;
    let (mut want, mut previous) = (1, GENESIS.to_owned());
    while let Some(r) = events.next()? {
        let seq: i64 = r.get(0)?;
        let at_us: i64 = r.get(1)?;
        let text = |i| r.get::<_, String>(i);
        let (user, action, subject, details) = (text(2)?, text(3)?, text(4)?, text(5)?);
        let facts = AuditFacts {
            seq,
            at_us,
            user: &user,
            action: &action,
            subject: &subject,
            details: &details,
        };
        let hash = chain(&previous, &facts);
        if seq != want || hash != text(6)? {
            return Ok(Some(want));
        }
        (want, previous) = (seq + 1, hash);
    }
    Ok(None)
}
