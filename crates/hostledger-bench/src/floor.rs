//! The floor: rows of a finished ledger, inserted into an empty one with the same tables, keys,
//! triggers and pragmas by nothing but prepared statements in one transaction.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use hostledger_store::keys::{DataKey, KeyFile};
use hostledger_store::{Conn, Ledger};
use rusqlite::types::Value;

const ROWS_AT_ONCE: i64 = 20_000;

/// Inserts and prints the seconds that the inserts and their commit took.
pub(crate) fn insert(finished: &Path, into: &Path, user: &str, passphrase: &str) -> Result<()> {
    let (key, _) = KeyFile::read(finished)?.open(user, passphrase)?;
    let source = Ledger::open(finished, &key)?;
    std::fs::create_dir_all(into)?;
    let target = Ledger::create(into, &DataKey::random()?)?;
    let mut spent = Duration::ZERO;
    let started_commit = target.with_large_cache(|| {
        target.write(|out| -> Result<Instant, hostledger_store::Error> {
            for table in ["imports", "hosts"] {
                copy_whole(&source, out, table, &mut spent)?;
            }
            copy_rows(&source, out, &mut spent)?;
            Ok(Instant::now())
        })
    })?;
    spent += started_commit.elapsed();
    println!("{:.3}", spent.as_secs_f64());
    Ok(())
}

type Rows = Vec<Vec<Value>>;

fn read(
    conn: &Conn,
    sql: &str,
    range: (i64, i64),
) -> Result<(usize, Rows), hostledger_store::Error> {
    let mut statement = conn.prepare_cached(sql)?;
    let width = statement.column_count();
    let rows = statement.query_map([range.0, range.1], |r| {
        (0..width).map(|i| r.get(i)).collect()
    })?;
    Ok((width, rows.collect::<rusqlite::Result<_>>()?))
}

fn write(
    out: &Conn,
    table: &str,
    width: usize,
    rows: &Rows,
) -> Result<(), hostledger_store::Error> {
    let marks = vec!["?"; width].join(", ");
    let mut statement = out.prepare_cached(&format!("INSERT INTO {table} VALUES ({marks})"))?;
    for row in rows {
        statement.execute(rusqlite::params_from_iter(row))?;
    }
    Ok(())
}

fn copy_whole(
    source: &Ledger,
    out: &Conn,
    table: &str,
    spent: &mut Duration,
) -> Result<(), hostledger_store::Error> {
    let sql = format!("SELECT * FROM {table} WHERE rowid BETWEEN ? AND ?");
    let (width, rows) = source.read(|conn| read(conn, &sql, (0, i64::MAX)))?;
    let started = Instant::now();
    write(out, table, width, &rows)?;
    *spent += started.elapsed();
    Ok(())
}

/// Bookings in their order, each chunk with the conversations, commissions and entries that came
/// with it, as an import writes them.
fn copy_rows(
    source: &Ledger,
    out: &Conn,
    spent: &mut Duration,
) -> Result<(), hostledger_store::Error> {
    let parts = [
        (
            "conversations",
            "SELECT * FROM conversations WHERE conversation_key BETWEEN ? AND ?",
        ),
        (
            "bookings",
            "SELECT * FROM bookings WHERE booking_key BETWEEN ? AND ?",
        ),
        (
            "host_commissions",
            "SELECT * FROM host_commissions WHERE booking_key BETWEEN ? AND ?",
        ),
        (
            "journal_entries",
            "SELECT * FROM journal_entries WHERE booking_key BETWEEN ? AND ? ORDER BY entry_key",
        ),
    ];
    let last: i64 = source.read(|conn| -> Result<i64, hostledger_store::Error> {
        Ok(conn.query_row(
            "SELECT coalesce(max(booking_key), 0) FROM bookings",
            [],
            |r| r.get(0),
        )?)
    })?;
    let mut known_conversations = 0;
    let mut from = 1;
    while from <= last {
        let range = (from, from + ROWS_AT_ONCE - 1);
        for (table, sql) in parts {
            let (width, rows) = source.read(|conn| {
                if table == "conversations" {
                    let upto: i64 = conn.query_row(
                        "SELECT max(conversation_key) FROM bookings WHERE booking_key BETWEEN ? AND ?",
                        [range.0, range.1],
                        |r| r.get(0),
                    )?;
                    let found = read(conn, sql, (known_conversations + 1, upto))?;
                    known_conversations = known_conversations.max(upto);
                    return Ok(found);
                }
                read(conn, sql, range)
            })?;
            let started = Instant::now();
            write(out, table, width, &rows)?;
            *spent += started.elapsed();
        }
        from = range.1 + 1;
    }
    Ok(())
}
