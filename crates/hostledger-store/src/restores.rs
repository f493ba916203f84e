//! Restores: that a ledger is an older copy, what people say left since, and who confirmed it
//! (docs/domain.md §7).

use hostledger_core::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Cur, Day, one, rows, run};

/// That a ledger was restored from a backup, or was found older than what its computer knew.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of restores, explained in the migration"
)]
pub struct Restore {
    pub restore_key: i64,
    pub restore_id: String,
    /// `RESTORED` or `OLDER`.
    pub kind: String,
    pub noticed_at: Timestamp,
    pub noticed_by: String,
    pub events: i64,
    pub last_at: Timestamp,
    pub known_events: Option<i64>,
    pub known_at: Option<Timestamp>,
    pub confirmed_at: Option<Timestamp>,
    pub confirmed_by: Option<String>,
}

const RESTORE: &str = "SELECT restore_key, restore_id, kind, noticed_at, noticed_by, events, last_at, known_events, known_at, confirmed_at, confirmed_by FROM restores";

fn read(r: &Row<'_>) -> rusqlite::Result<Restore> {
    let at = |i| r.get::<_, Option<At>>(i).map(|a| a.map(|a| a.0));
    Ok(Restore {
        restore_key: r.get(0)?,
        restore_id: r.get(1)?,
        kind: r.get(2)?,
        noticed_at: r.get::<_, At>(3)?.0,
        noticed_by: r.get(4)?,
        events: r.get(5)?,
        last_at: r.get::<_, At>(6)?.0,
        known_events: r.get(7)?,
        known_at: at(8)?,
        confirmed_at: at(9)?,
        confirmed_by: r.get(10)?,
    })
}

/// The newest restore that nobody confirmed yet.
///
/// # Errors
/// The database's own.
pub fn open(conn: &Conn) -> Result<Option<Restore>> {
    one(
        conn,
        &format!("{RESTORE} WHERE confirmed_at IS NULL ORDER BY restore_key DESC LIMIT 1"),
        [],
        read,
    )
}

/// All of them, newest first.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<Restore>> {
    rows(
        conn,
        &format!("{RESTORE} ORDER BY restore_key DESC"),
        [],
        read,
    )
}

/// A restore that was noticed; the same one again changes nothing. Whether it is new.
///
/// # Errors
/// The database's own.
pub fn insert(conn: &Conn, r: &Restore) -> Result<bool> {
    run(
        conn,
        "INSERT INTO restores (restore_id, kind, noticed_at, noticed_by, events, last_at, known_events, known_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (restore_id) DO NOTHING",
        params![
            r.restore_id,
            r.kind,
            At(r.noticed_at),
            r.noticed_by,
            r.events,
            At(r.last_at),
            r.known_events,
            r.known_at.map(At)
        ],
    )?;
    Ok(conn.changes() > 0)
}

/// Confirms every open restore.
///
/// # Errors
/// The database's own.
pub fn confirm(conn: &Conn, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE restores SET confirmed_at = ?, confirmed_by = ? WHERE confirmed_at IS NULL",
        params![At(stamp.at), stamp.by],
    )?;
    Ok(())
}

/// What a person says of what left since.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of restore_words")]
pub struct Word {
    pub word_key: i64,
    /// `FILE`, `BATCH`, `NONE` or `STRIPE`.
    pub what: String,
    pub file_name: Option<String>,
    pub file_sha256: Option<String>,
    pub batch_id: Option<String>,
    pub said_at: Timestamp,
    pub said_by: String,
}

/// What was said of open restores, oldest first.
///
/// # Errors
/// The database's own.
pub fn words(conn: &Conn) -> Result<Vec<Word>> {
    rows(
        conn,
        "SELECT w.word_key, w.what, w.file_name, w.file_sha256, w.batch_id, w.said_at, w.said_by
         FROM restore_words w JOIN restores r USING (restore_key) WHERE r.confirmed_at IS NULL ORDER BY w.word_key",
        [],
        |r| {
            Ok(Word {
                word_key: r.get(0)?,
                what: r.get(1)?,
                file_name: r.get(2)?,
                file_sha256: r.get(3)?,
                batch_id: r.get(4)?,
                said_at: r.get::<_, At>(5)?.0,
                said_by: r.get(6)?,
            })
        },
    )
}

/// Keeps a word. Its key.
///
/// # Errors
/// The database's own.
pub fn say(
    conn: &Conn,
    restore_key: i64,
    what: &str,
    file: Option<(&str, &str)>,
    batch_id: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    run(
        conn,
        "INSERT INTO restore_words (restore_key, what, file_name, file_sha256, batch_id, said_at, said_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            restore_key,
            what,
            file.map(|f| f.0),
            file.map(|f| f.1),
            batch_id,
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

/// Takes back all that people said of open restores; that Stripe's list was compared stays.
///
/// # Errors
/// The database's own.
pub fn take_back(conn: &Conn) -> Result<()> {
    run(
        conn,
        "DELETE FROM restore_words WHERE what <> 'STRIPE' AND restore_key IN (SELECT restore_key FROM restores WHERE confirmed_at IS NULL)",
        [],
    )?;
    Ok(())
}

/// A payout of a payment file that left since.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of restore_payouts")]
pub struct LeftPayout {
    pub payout_id: String,
    pub word_key: i64,
    pub batch_id: String,
    pub batch_digest: String,
    pub host_key: i64,
    pub host_name: String,
    pub destination: String,
    pub currency: Currency,
    pub amount_minor: i64,
    pub payout_date: Date,
}

/// Keeps a payout of a file; one that another file named already is kept once. Whether it is new.
///
/// # Errors
/// The database's own.
pub fn insert_left(conn: &Conn, p: &LeftPayout) -> Result<bool> {
    run(
        conn,
        "INSERT INTO restore_payouts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        params![
            p.payout_id,
            p.word_key,
            p.batch_id,
            p.batch_digest,
            p.host_key,
            p.host_name,
            p.destination,
            Cur(p.currency),
            p.amount_minor,
            Day(p.payout_date)
        ],
    )?;
    Ok(conn.changes() > 0)
}

/// The payouts of the files that were named for open restores, by batch and id.
///
/// # Errors
/// The database's own.
pub fn left(conn: &Conn) -> Result<Vec<LeftPayout>> {
    rows(
        conn,
        "SELECT p.payout_id, p.word_key, p.batch_id, p.batch_digest, p.host_key, p.host_name, p.destination, p.currency, p.amount_minor, p.payout_date
         FROM restore_payouts p JOIN restore_words w USING (word_key) JOIN restores r USING (restore_key)
         WHERE r.confirmed_at IS NULL ORDER BY p.batch_id, p.payout_id",
        [],
        |r| {
            Ok(LeftPayout {
                payout_id: r.get(0)?,
                word_key: r.get(1)?,
                batch_id: r.get(2)?,
                batch_digest: r.get(3)?,
                host_key: r.get(4)?,
                host_name: r.get(5)?,
                destination: r.get(6)?,
                currency: r.get::<_, Cur>(7)?.0,
                amount_minor: r.get(8)?,
                payout_date: r.get::<_, Day>(9)?.0,
            })
        },
    )
}
