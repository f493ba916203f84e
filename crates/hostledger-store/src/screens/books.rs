//! The journal and the audit trail as lists, and the trial balance.

use std::collections::BTreeMap;

use hostledger_core::Currency;
use hostledger_core::calendar::to_days;
use hostledger_core::journal::{Account, EntryKind, MAX_LEGS};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;
use rusqlite::types::Value;

use super::Where;
use crate::Conn;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::journal::{JournalEntry, SELECT, read};
use crate::sql::{At, Cur, Day, one, rows};

/// Which entries to show; `None` lets everything through.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields say what they restrict")]
pub struct EntryFilter {
    /// Those that touch one of these accounts.
    pub accounts: Option<Vec<Account>>,
    pub kind: Option<EntryKind>,
    pub host_id: Option<String>,
    pub booking_id: Option<String>,
    pub payout_id: Option<String>,
    pub batch_id: Option<String>,
    pub adjustment_id: Option<String>,
    /// Of bookings whose newest row came with this import.
    pub import_id: Option<String>,
    pub currency: Option<Currency>,
    pub from: Option<Date>,
    pub to: Option<Date>,
}

const OF_HOST: &str = "e.entry_key IN (
    SELECT x.entry_key FROM host_commissions c JOIN journal_entries x ON x.booking_key = c.booking_key
     WHERE c.host_key = (SELECT host_key FROM hosts WHERE host_id = ?)
    UNION ALL SELECT x.entry_key FROM journal_entries x
     WHERE x.kind > 3 AND x.booking_key IS NULL AND x.host_key = (SELECT host_key FROM hosts WHERE host_id = ?))";

fn conditions(f: &EntryFilter) -> Where {
    let text = |s: &str| Value::Text(s.to_owned());
    let mut w = Where::default();
    if f.accounts.is_some() || f.kind.is_some() {
        let touches = |k: &EntryKind| {
            f.accounts
                .as_ref()
                .is_none_or(|all| all.iter().any(|a| k.legs().contains(a)))
        };
        let kinds: Vec<String> = EntryKind::ALL
            .iter()
            .filter(|k| touches(k) && f.kind.is_none_or(|only| only == **k))
            .map(|k| k.number().to_string())
            .collect();
        w.and(&format!("e.kind IN ({})", kinds.join(", ")), []);
    }
    if let Some(id) = &f.host_id {
        w.and(OF_HOST, [text(id), text(id)]);
    }
    for (given, clause) in [
        (
            &f.booking_id,
            "e.booking_key = (SELECT booking_key FROM bookings WHERE booking_id = ?)",
        ),
        (
            &f.payout_id,
            "e.payout_key = (SELECT payout_key FROM host_payouts WHERE payout_id = ?)",
        ),
        (
            &f.batch_id,
            "e.payout_key IN (SELECT payout_key FROM host_payouts JOIN payout_batches USING (batch_key) WHERE batch_id = ?)",
        ),
        (
            &f.adjustment_id,
            "e.kind > 3 AND e.adjustment_key = (SELECT adjustment_key FROM adjustments WHERE adjustment_id = ?)",
        ),
        (
            &f.import_id,
            "e.booking_key IN (SELECT booking_key FROM bookings WHERE import_key = (SELECT import_key FROM imports WHERE import_id = ?))",
        ),
    ] {
        if let Some(value) = given {
            w.and(clause, [text(value)]);
        }
    }
    if let Some(c) = f.currency {
        w.and("e.currency = ?", [text(c.code())]);
    }
    for (given, clause) in [
        (f.from, "e.effective_date >= ?"),
        (f.to, "e.effective_date <= ?"),
    ] {
        if let Some(day) = given {
            w.and(clause, [Value::Integer(to_days(day))]);
        }
    }
    w
}

/// An entry with the one that reversed it.
#[derive(Debug, Clone)]
pub struct ListedEntry {
    /// The entry.
    pub entry: JournalEntry,
    /// The key of the entry that reversed it.
    pub reversed_by: Option<i64>,
}

fn with_reversal(conn: &Conn, entry: JournalEntry) -> Result<ListedEntry> {
    let reversed_by = one(
        conn,
        "SELECT entry_key FROM journal_entries WHERE reverses = ?",
        [entry.entry_key],
        |r| r.get(0),
    )?;
    Ok(ListedEntry { entry, reversed_by })
}

/// A page of entries, newest first; `before` is the last key of the page before.
///
/// # Errors
/// The database's own.
pub fn entries(
    conn: &Conn,
    f: &EntryFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ListedEntry>> {
    let mut w = conditions(f);
    w.and(
        "e.entry_key < ?",
        [Value::Integer(before.unwrap_or(i64::MAX))],
    );
    w.values.push(Value::Integer(limit));
    let sql = format!(
        "{SELECT} WHERE {} ORDER BY e.entry_key DESC LIMIT ?",
        w.sql()
    );
    let found = rows(conn, &sql, w.params(), read)?;
    found.into_iter().map(|e| with_reversal(conn, e)).collect()
}

/// An entry by key.
///
/// # Errors
/// The database's own.
pub fn entry(conn: &Conn, entry_key: i64) -> Result<Option<ListedEntry>> {
    let found = one(
        conn,
        &format!("{SELECT} WHERE e.entry_key = ?"),
        [entry_key],
        read,
    )?;
    found.map(|e| with_reversal(conn, e)).transpose()
}

/// The entries of a booking, oldest first.
///
/// # Errors
/// The database's own.
pub fn entries_of_booking(conn: &Conn, booking_id: &str) -> Result<Vec<ListedEntry>> {
    let f = EntryFilter {
        booking_id: Some(booking_id.to_owned()),
        ..EntryFilter::default()
    };
    let mut all = entries(conn, &f, None, i64::MAX)?;
    all.reverse();
    Ok(all)
}

/// How many entries, and what they post in minor units, by account and currency.
pub type Turnover = (i64, BTreeMap<(Account, Currency), i64>);

/// What all entries of a filter post, by account and currency, and how many entries there are.
///
/// # Errors
/// The database's own.
pub fn turnover(conn: &Conn, f: &EntryFilter) -> Result<Turnover> {
    let w = conditions(f);
    let sql = format!(
        "SELECT e.kind, e.currency, count(*), sum(e.sign * e.leg1), sum(e.sign * e.leg2), sum(e.sign * e.leg3), sum(e.sign * e.leg4)
         FROM journal_entries e WHERE {} GROUP BY e.kind, e.currency",
        w.sql()
    );
    let found = rows(conn, &sql, w.params(), |r| {
        let legs: [i64; MAX_LEGS] = [r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?];
        Ok((
            r.get::<_, i64>(0)?,
            r.get::<_, Cur>(1)?.0,
            r.get::<_, i64>(2)?,
            legs,
        ))
    })?;
    let mut count = 0;
    let mut out = BTreeMap::new();
    for (kind, currency, entries, legs) in found {
        let kind = EntryKind::of_number(kind).ok_or_else(|| Error::stored("entry kind"))?;
        count += entries;
        for (account, amount) in kind.legs().iter().zip(legs) {
            *out.entry((*account, currency)).or_default() += amount;
        }
    }
    Ok((count, out))
}

/// How many hosts have entries, by currency, up to a date.
///
/// # Errors
/// The database's own.
pub fn hosts_with_entries(conn: &Conn, as_of: Date) -> Result<Vec<(Currency, i64)>> {
    rows(
        conn,
        "SELECT currency, count(DISTINCT host_key) FROM journal_entries WHERE host_key IS NOT NULL AND effective_date <= ? GROUP BY currency",
        params![Day(as_of)],
        |r| Ok((r.get::<_, Cur>(0)?.0, r.get(1)?)),
    )
}

/// Which events to show; `None` lets everything through.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields say what they restrict")]
pub struct AuditFilter {
    pub by: Option<String>,
    /// An action, or all that start with it, e.g. `payouts`.
    pub action: Option<String>,
    pub subject: Option<String>,
    /// Actions that start with one of these.
    pub families: Vec<&'static str>,
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

fn audit_conditions(f: &AuditFilter) -> Where {
    let mut w = Where::default();
    if let Some(by) = &f.by {
        w.and("user = ?", [Value::Text(by.clone())]);
    }
    if let Some(action) = &f.action {
        w.and(
            "(action = ? OR substr(action, 1, length(?) + 1) = ? || '.')",
            [
                Value::Text(action.clone()),
                Value::Text(action.clone()),
                Value::Text(action.clone()),
            ],
        );
    }
    if let Some(subject) = &f.subject {
        w.and("subject = ?", [Value::Text(subject.clone())]);
    }
    if !f.families.is_empty() {
        let one = vec!["action LIKE ? || '%'"; f.families.len()].join(" OR ");
        w.and(
            &format!("({one})"),
            f.families.iter().map(|x| Value::Text((*x).to_owned())),
        );
    }
    for (given, clause) in [(f.from, "at >= ?"), (f.until, "at < ?")] {
        if let Some(at) = given {
            w.and(clause, [Value::Integer(at.as_microsecond())]);
        }
    }
    w
}

/// A page of events, newest first; `before` is the last number of the page before.
///
/// # Errors
/// The database's own.
pub fn audit_page(
    conn: &Conn,
    f: &AuditFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditEvent>> {
    let mut w = audit_conditions(f);
    w.and("seq < ?", [Value::Integer(before.unwrap_or(i64::MAX))]);
    w.values.push(Value::Integer(limit));
    let sql = format!(
        "SELECT seq, at, user, action, subject, details, hash FROM audit_events WHERE {} ORDER BY seq DESC LIMIT ?",
        w.sql()
    );
    rows(conn, &sql, w.params(), |r| {
        Ok(AuditEvent {
            seq: r.get(0)?,
            at: r.get::<_, At>(1)?.0,
            user: r.get(2)?,
            action: r.get(3)?,
            subject: r.get(4)?,
            details: r.get(5)?,
            hash: r.get(6)?,
        })
    })
}

/// How many events a filter lets through.
///
/// # Errors
/// The database's own.
pub fn audit_count(conn: &Conn, f: &AuditFilter) -> Result<i64> {
    let w = audit_conditions(f);
    let sql = format!("SELECT count(*) FROM audit_events WHERE {}", w.sql());
    Ok(one(conn, &sql, w.params(), |r| r.get(0))?.unwrap_or(0))
}
