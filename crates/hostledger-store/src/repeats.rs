//! What files say again of what is known: rows that repeat it unchanged, kept compactly, and rows
//! that were older. Undoing a file takes back only what no other file that stands says
//! (docs/domain.md §3).

use std::collections::{HashMap, HashSet};

use hostledger_core::import::{Supersedes, VersionStamp, supersedes};
use jiff::Timestamp;
use rusqlite::params;

use crate::Conn;
use crate::error::{Error, Result};
use crate::hosts::Source;
use crate::sql::{rows, run};

/// Rows of one file that repeated what was known: keys and lines, in the file's order.
#[derive(Debug, Clone, Default)]
pub struct Repeats {
    runs: Vec<Run>,
    rows: i64,
}

/// Rows that follow each other with keys that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    key: i64,
    line: i64,
    len: i64,
}

/// With lines, or with keys alone where lines would take more than two bytes a row.
const WITH_LINES: u8 = 1;
const KEYS_ALONE: u8 = 2;

impl Repeats {
    /// The next row.
    pub fn push(&mut self, key: i64, line: i64) {
        self.rows += 1;
        match self.runs.last_mut() {
            Some(r) if r.key + r.len == key && r.line + r.len == line => r.len += 1,
            _ => self.runs.push(Run { key, line, len: 1 }),
        }
    }

    /// At most about two bytes a row: where lines in the file's order would take more, they aren't
    /// kept.
    fn pack(&self) -> Vec<u8> {
        let mut out = vec![WITH_LINES];
        let (mut key, mut line) = (0, 0);
        for r in &self.runs {
            let jump = r.line - line;
            let flags = i64::from(jump != 0) << 1 | i64::from(r.len > 1);
            put(&mut out, zigzag(r.key - key) << 2 | flags.unsigned_abs());
            if jump != 0 {
                put(&mut out, zigzag(jump));
            }
            if r.len > 1 {
                put(&mut out, r.len.unsigned_abs());
            }
            (key, line) = (r.key + r.len, r.line + r.len);
        }
        if i64::try_from(out.len()).unwrap_or(i64::MAX) <= 2 * self.rows.max(8) {
            return out;
        }
        self.pack_keys()
    }

    fn pack_keys(&self) -> Vec<u8> {
        let mut runs: Vec<(i64, i64)> = self.runs.iter().map(|r| (r.key, r.key + r.len)).collect();
        runs.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::new();
        for (from, to) in runs {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        let mut out = vec![KEYS_ALONE];
        let mut at = 0;
        for (from, to) in merged {
            let long = u64::from(to - from > 1);
            put(&mut out, (from - at).unsigned_abs() << 1 | long);
            if long == 1 {
                put(&mut out, (to - from).unsigned_abs());
            }
            at = to;
        }
        out
    }
}

/// Calls `each` with every key and its line; 0: the line wasn't kept.
fn unpack(packed: &[u8], mut each: impl FnMut(i64, i64)) -> Option<()> {
    let (form, mut rest) = packed.split_first()?;
    let (mut key, mut line) = (0_i64, 0_i64);
    while !rest.is_empty() {
        let head = take(&mut rest)?;
        let len = if *form == WITH_LINES {
            key += unzigzag(head >> 2);
            if head & 2 != 0 {
                line += unzigzag(take(&mut rest)?);
            }
            if head & 1 != 0 { take(&mut rest)? } else { 1 }
        } else {
            key += i64::try_from(head >> 1).ok()?;
            if head & 1 != 0 { take(&mut rest)? } else { 1 }
        };
        let len = i64::try_from(len).ok()?;
        for n in 0..len {
            each(key + n, if *form == WITH_LINES { line + n } else { 0 });
        }
        (key, line) = (key + len, line + len);
    }
    Some(())
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)).cast_unsigned()
}

fn unzigzag(n: u64) -> i64 {
    (n >> 1).cast_signed() ^ -(n & 1).cast_signed()
}

fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push((n & 0x7f) as u8);
}

fn take(from: &mut &[u8]) -> Option<u64> {
    let mut n = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        n |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(n);
        }
    }
    None
}

/// Keeps what a file repeated, said at a step.
///
/// # Errors
/// The database's own.
pub fn keep(conn: &Conn, import_key: i64, step: i64, said: &Repeats) -> Result<()> {
    if said.rows == 0 {
        return Ok(());
    }
    run(
        conn,
        "INSERT INTO import_repeats (import_key, step, row_count, packed) VALUES (?, ?, ?, ?)",
        params![import_key, step, said.rows, said.pack()],
    )?;
    Ok(())
}

/// Keeps a row that was older than what is known of a booking, host or dispute.
///
/// # Errors
/// The database's own.
pub fn keep_stale(conn: &Conn, source: Source, subject_key: i64, content: &str) -> Result<()> {
    run(
        conn,
        "INSERT OR REPLACE INTO stale_rows (import_key, line, subject_key, content) VALUES (?, ?, ?, ?)",
        params![source.import_key, source.line, subject_key, content],
    )?;
    Ok(())
}

/// A file's word that what was known at a step is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saying {
    /// The file and its line; line 0: it wasn't kept.
    pub source: Source,
    /// When it said so.
    pub step: i64,
}

/// What files of these kinds that stand, other than `without`, repeated of some subjects, by
/// subject.
///
/// # Errors
/// The database's own.
pub fn standing(
    conn: &Conn,
    kinds: &[&str],
    without: i64,
    is_asked: impl Fn(i64) -> bool,
) -> Result<HashMap<i64, Vec<Saying>>> {
    let mut out: HashMap<i64, Vec<Saying>> = HashMap::new();
    let found: Vec<(i64, i64, Vec<u8>)> = rows(
        conn,
        &format!(
            "SELECT r.import_key, r.step, r.packed FROM import_repeats r JOIN imports i USING (import_key)
             WHERE i.undone_at IS NULL AND i.import_key <> ? AND i.kind IN ({}) ORDER BY r.repeat_key",
            words(kinds)
        ),
        [without],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )?;
    for (import_key, step, packed) in found {
        unpack(&packed, |key, line| {
            if is_asked(key) {
                out.entry(key).or_default().push(Saying {
                    source: Source { import_key, line },
                    step,
                });
            }
        })
        .ok_or_else(|| Error::stored("repeated rows"))?;
    }
    Ok(out)
}

/// Older rows of a subject in files of these kinds that stand, other than `without`, as JSON.
///
/// # Errors
/// The database's own.
pub fn stale_of(
    conn: &Conn,
    kinds: &[&str],
    without: i64,
    subject_key: i64,
) -> Result<Vec<(Source, String)>> {
    rows(
        conn,
        &format!(
            "SELECT s.import_key, s.line, s.content FROM stale_rows s JOIN imports i USING (import_key)
             WHERE s.subject_key = ?1 AND i.import_key <> ?2 AND i.undone_at IS NULL AND i.kind IN ({}) ORDER BY 1, 2",
            words(kinds)
        ),
        [subject_key, without],
        |r| {
            let source = Source {
                import_key: r.get(0)?,
                line: r.get(1)?,
            };
            Ok((source, r.get(2)?))
        },
    )
}

fn words(kinds: &[&str]) -> String {
    kinds
        .iter()
        .map(|k| format!("'{k}'"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The row that stands of all that files say of one subject, ordered as rows are on their way in
/// (docs/domain.md §3).
#[must_use]
pub fn newest<R>(
    mut said: Vec<(Source, R)>,
    stamp: impl Fn(&R) -> ([u8; 16], Option<Timestamp>),
) -> Option<(R, Source)> {
    said.sort_by_key(|(s, _)| (s.import_key, s.line));
    let mut stands: Option<(R, Source, [u8; 16], Option<Timestamp>)> = None;
    for (source, row) in said {
        let (hash, updated) = stamp(&row);
        let newer = stands.as_ref().is_none_or(|(_, of, known, at)| {
            supersedes(
                VersionStamp::of(known, *at, of.import_key),
                VersionStamp::of(&hash, updated, source.import_key),
            ) == Supersedes::Newer
        });
        if newer {
            stands = Some((row, source, hash, updated));
        }
    }
    stands.map(|(row, source, ..)| (row, source))
}

/// Imports that were undone.
///
/// # Errors
/// The database's own.
pub fn undone(conn: &Conn) -> Result<HashSet<i64>> {
    Ok(rows(
        conn,
        "SELECT import_key FROM imports WHERE undone_at IS NOT NULL",
        [],
        |r| r.get(0),
    )?
    .into_iter()
    .collect())
}

/// The place of the version that stood at a step among versions with the steps since which they
/// stood, oldest first.
#[must_use]
pub fn at_step(since: &[i64], step: i64) -> Option<usize> {
    since.iter().rposition(|s| *s <= step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(rows: &[(i64, i64)]) -> Repeats {
        let mut r = Repeats::default();
        for (key, line) in rows {
            r.push(*key, *line);
        }
        r
    }

    fn back(packed: &[u8]) -> Vec<(i64, i64)> {
        let mut out = Vec::new();
        unpack(packed, |k, l| out.push((k, l))).unwrap();
        out
    }

    #[test]
    fn a_full_export_in_the_same_order_takes_next_to_nothing() {
        let rows: Vec<(i64, i64)> = (1..=100_000).map(|n| (n, n + 1)).collect();
        let packed = said(&rows).pack();
        assert!(packed.len() < 16, "{} bytes", packed.len());
        assert_eq!(back(&packed), rows);
    }

    #[test]
    fn rows_in_any_order_take_at_most_two_bytes_each() {
        // A permutation without runs: multiplication by a unit modulo a prime.
        let rows: Vec<(i64, i64)> = (1..100_003_i64)
            .map(|n| (n * 48_271 % 100_003, n + 1))
            .collect();
        let packed = said(&rows).pack();
        assert!(packed.len() <= 2 * rows.len(), "{} bytes", packed.len());
        let mut keys: Vec<i64> = rows.iter().map(|r| r.0).collect();
        keys.sort_unstable();
        assert_eq!(
            back(&packed),
            keys.into_iter().map(|k| (k, 0)).collect::<Vec<_>>()
        );
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_back(keys in prop::collection::vec((1..5000_i64, 1..4_i64), 0..200)) {
            let mut line = 1;
            let rows: Vec<(i64, i64)> = keys.iter().map(|(k, gap)| { line += gap; (*k, line) }).collect();
            let got = back(&said(&rows).pack());
            if got.iter().all(|(_, l)| *l == 0) && !rows.is_empty() {
                let mut distinct: Vec<i64> = rows.iter().map(|r| r.0).collect();
                distinct.sort_unstable();
                distinct.dedup();
                prop_assert_eq!(got.iter().map(|r| r.0).collect::<Vec<_>>(), distinct);
            } else {
                prop_assert_eq!(got, rows);
            }
        }

        #[test]
        fn any_number_comes_back(n in any::<i64>()) {
            let mut out = Vec::new();
            put(&mut out, zigzag(n));
            prop_assert_eq!(take(&mut &out[..]).map(unzigzag), Some(n));
        }
    }

    #[test]
    fn the_version_of_a_step_is_the_last_that_stood_by_then() {
        assert_eq!(at_step(&[0, 4, 9], 4), Some(1));
        assert_eq!(at_step(&[0, 4, 9], 8), Some(1));
        assert_eq!(at_step(&[3], 2), None);
    }
}
