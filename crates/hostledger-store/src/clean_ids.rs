//! Ids that were stored with marks, by versions that read `="bk-1"` as another id than `bk-1`:
//! cleaned once where nothing stands in the way, and what they were (docs/domain.md §2).

use std::collections::BTreeSet;

use hostledger_core::host::HostRow;
use hostledger_core::ids::clean;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::sql::{one, rows, run};
use crate::{bookings, disputes, meta};

/// In `meta` once the ids are clean.
const DONE: &str = "ids_clean";

/// A table whose rows are known by the platform's ids.
struct Known {
    kind: &'static str,
    table: &'static str,
    key: &'static str,
    id: &'static str,
    /// Whether a row still counts for something, as an SQL condition over `t`.
    stands: &'static str,
}

const KNOWN: [Known; 4] = [
    Known {
        kind: "host",
        table: "hosts",
        key: "host_key",
        id: "host_id",
        stands: "(t.content IS NOT NULL OR EXISTS (SELECT 1 FROM bookings b WHERE b.host_key = t.host_key AND b.withdrawn = 0))",
    },
    Known {
        kind: "conversation",
        table: "conversations",
        key: "conversation_key",
        id: "conversation_id",
        stands: "EXISTS (SELECT 1 FROM bookings b WHERE b.conversation_key = t.conversation_key AND b.withdrawn = 0)",
    },
    Known {
        kind: "booking",
        table: "bookings",
        key: "booking_key",
        id: "booking_id",
        stands: "t.withdrawn = 0",
    },
    Known {
        kind: "dispute",
        table: "disputes",
        key: "dispute_key",
        id: "dispute_id",
        stands: "t.undone = 0",
    },
];

/// Ids that may have marks: those that begin with one, and those with characters other than
/// visible ASCII.
fn perhaps_marked(column: &str) -> String {
    format!("({column} GLOB '*[^!-~]*' OR {column} GLOB '[='']*')")
}

/// Cleans what was stored before, unless that was done.
///
/// # Errors
/// The database's own; then nothing was changed.
pub(crate) fn once(conn: &mut Connection) -> Result<()> {
    if meta::get(conn, DONE)?.is_some() {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if meta::get(&tx, DONE)?.is_none() {
        clean_all(&tx)?;
        meta::set(&tx, DONE, "1")?;
    }
    tx.commit()?;
    Ok(())
}

fn clean_all(conn: &Conn) -> Result<()> {
    let mut changed = Vec::new();
    for known in &KNOWN {
        changed.push(clean_known(conn, known)?);
    }
    let [hosts, conversations, mut rebooked, mut disputed] =
        <[BTreeSet<i64>; 4]>::try_from(changed).map_err(|_| Error::stored("kinds of ids"))?;
    for host in &hosts {
        clean_host(conn, *host)?;
        rebooked.extend(keys(
            conn,
            "SELECT booking_key FROM bookings WHERE host_key = ?",
            *host,
        )?);
    }
    for c in &conversations {
        let of = "SELECT booking_key FROM bookings WHERE conversation_key = ?";
        rebooked.extend(keys(conn, of, *c)?);
    }
    for column in ["participant_id", "payment_intent_id", "charge_id"] {
        rebooked.extend(clean_column(conn, column)?);
    }
    for booking in &rebooked {
        let hash = bookings::get(conn, *booking)?.row.content_hash();
        run(
            conn,
            "UPDATE bookings SET content_hash = ? WHERE booking_key = ?",
            params![hash, booking],
        )?;
        let of = "SELECT dispute_key FROM disputes WHERE booking_key = ?";
        disputed.extend(keys(conn, of, *booking)?);
    }
    for dispute in &disputed {
        let hash = disputes::get(conn, *dispute)?.row.content_hash();
        run(
            conn,
            "UPDATE disputes SET content_hash = ? WHERE dispute_key = ?",
            params![hash, dispute],
        )?;
    }
    Ok(())
}

fn keys(conn: &Conn, sql: &str, of: i64) -> Result<Vec<i64>> {
    rows(conn, sql, [of], |r| r.get(0))
}

/// Cleans the ids of one table; the keys of the rows that have another id now.
fn clean_known(conn: &Conn, k: &Known) -> Result<BTreeSet<i64>> {
    let (table, key, id) = (k.table, k.key, k.id);
    let mut done = BTreeSet::new();
    for (row_key, before) in marked(conn, k, "1")? {
        let now = clean(&before);
        if one(
            conn,
            &format!("SELECT 1 FROM {table} WHERE {id} = ?"),
            [&now],
            |_| Ok(()),
        )?
        .is_some()
        {
            continue; // `check` names the two
        }
        run(
            conn,
            &format!("UPDATE {table} SET {id} = ? WHERE {key} = ?"),
            params![now, row_key],
        )?;
        run(
            conn,
            "INSERT INTO ids_before (kind, row_key, id_before) VALUES (?, ?, ?)",
            params![k.kind, row_key, before],
        )?;
        done.insert(row_key);
    }
    Ok(done)
}

/// Rows of a table whose ids have marks, where a condition holds.
fn marked(conn: &Conn, k: &Known, condition: &str) -> Result<Vec<(i64, String)>> {
    let mut found: Vec<(i64, String)> = rows(
        conn,
        &format!(
            "SELECT t.{key}, t.{id} FROM {table} t WHERE {perhaps} AND {condition} ORDER BY t.{key}",
            key = k.key,
            id = k.id,
            table = k.table,
            perhaps = perhaps_marked(&format!("t.{}", k.id)),
        ),
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    found.retain(|(_, id)| {
        let now = clean(id);
        !now.is_empty() && now != id.as_str()
    });
    Ok(found)
}

/// Cleans an id that many bookings may share; their keys.
fn clean_column(conn: &Conn, column: &str) -> Result<Vec<i64>> {
    let found: Vec<(i64, String)> = rows(
        conn,
        &format!(
            "SELECT booking_key, {column} FROM bookings WHERE {}",
            perhaps_marked(column)
        ),
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    let mut done = Vec::new();
    for (booking_key, before) in found {
        let now = clean(&before);
        if now != before.as_str() {
            run(
                conn,
                &format!("UPDATE bookings SET {column} = ? WHERE booking_key = ?"),
                params![now, booking_key],
            )?;
            done.push(booking_key);
        }
    }
    Ok(done)
}

/// Brings the kept row of a host in line with its id.
fn clean_host(conn: &Conn, host_key: i64) -> Result<()> {
    let content: Option<String> = one(
        conn,
        "SELECT content FROM hosts WHERE host_key = ?",
        [host_key],
        |r| r.get(0),
    )?
    .flatten();
    let Some(content) = content else {
        return Ok(());
    };
    let row: HostRow = serde_json::from_str(&content).map_err(|_| Error::stored("host"))?;
    let row = row.with_clean_id();
    let content = serde_json::to_string(&row).map_err(std::io::Error::other)?;
    run(
        conn,
        "UPDATE hosts SET content = ?, content_hash = ? WHERE host_key = ?",
        params![content, row.content_hash(), host_key],
    )?;
    Ok(())
}

/// What a host's id was before it was cleaned, where it was.
///
/// # Errors
/// The database's own.
pub fn host_id_before(conn: &Conn, host_key: i64) -> Result<Option<String>> {
    one(
        conn,
        "SELECT id_before FROM ids_before WHERE kind = 'host' AND row_key = ?",
        [host_key],
        |r| r.get(0),
    )
}

/// Rows that couldn't be cleaned, because another row has the clean id, and that still count: what
/// both are called, in words.
///
/// # Errors
/// The database's own.
pub(crate) fn clashes(conn: &Conn) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for k in &KNOWN {
        for (_, id) in marked(conn, k, k.stands)? {
            out.push(format!(
                "the {} {id:?} is {:?} written with marks, and both are here: undo the import that brought one of them, or void what it counts twice",
                k.kind,
                clean(&id)
            ));
        }
    }
    Ok(out)
}
