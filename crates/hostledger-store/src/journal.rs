//! Posting, reversing and reading the journal.

use std::collections::BTreeSet;

use hostledger_core::journal::{Account, Entry, EntryKind, MAX_LEGS};
use hostledger_core::{Currency, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, ToSql, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::sql::{At, Cur, Day, one, rows, run};

/// What an entry is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject {
    /// The host, for entries on a host's account.
    pub host_key: Option<i64>,
    /// The booking.
    pub booking_key: Option<i64>,
    /// The payout.
    pub payout_key: Option<i64>,
    /// The adjustment.
    pub adjustment_key: Option<i64>,
}

/// Posts an entry.
///
/// # Errors
/// The database's own; it refuses an entry whose legs don't sum to zero.
pub fn post(
    conn: &Conn,
    e: &Entry,
    s: Subject,
    currency: Currency,
    effective: Date,
    recorded_at: Timestamp,
) -> Result<()> {
    post_all(conn, &[(*e, effective)], s, currency, recorded_at)
}

/// Posts entries about one subject, in their order, in one statement: each statement with
/// triggers costs a savepoint.
///
/// # Errors
/// The database's own; it refuses an entry whose legs don't sum to zero.
pub fn post_all(
    conn: &Conn,
    entries: &[(Entry, Date)],
    s: Subject,
    currency: Currency,
    recorded_at: Timestamp,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let marks = vec!["(?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; entries.len()].join(", ");
    let mut insert = conn.prepare_cached(&format!(
        "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, host_key, booking_key, payout_key, adjustment_key, dispute_key, leg1, leg2, leg3, leg4) VALUES {marks}"
    ))?;
    let mut at = 0;
    let mut bind = |value: &dyn ToSql| {
        at += 1;
        insert.raw_bind_parameter(at, value)
    };
    for (e, effective) in entries {
        bind(&e.kind.number())?;
        bind(&Day(*effective))?;
        bind(&At(recorded_at))?;
        bind(&Cur(currency))?;
        bind(&s.host_key)?;
        bind(&s.booking_key)?;
        bind(&s.payout_key)?;
        bind(&s.adjustment_key)?;
        bind(&e.dispute_key)?;
        for leg in &e.legs {
            bind(leg)?;
        }
    }
    insert.raw_execute()?;
    Ok(())
}

const REVERSE: &str = "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, host_key, booking_key, payout_key, adjustment_key, dispute_key, leg1, leg2, leg3, leg4, reverses)
    SELECT e.kind, -1, ?3, ?4, e.currency, e.host_key, e.booking_key, e.payout_key, e.adjustment_key, e.dispute_key, e.leg1, e.leg2, e.leg3, e.leg4, e.entry_key
    FROM journal_entries e
    WHERE e.sign = 1 AND e.kind = ?2 AND NOT EXISTS (SELECT 1 FROM journal_entries r WHERE r.reverses = e.entry_key)";

/// Reverses every live entry of a kind of a booking. How many there were.
///
/// # Errors
/// The database's own.
pub fn reverse_of_booking(
    conn: &Conn,
    booking_key: i64,
    kind: EntryKind,
    effective: Date,
    recorded_at: Timestamp,
) -> Result<usize> {
    run(
        conn,
        &format!("{REVERSE} AND e.booking_key = ?1"),
        params![booking_key, kind.number(), Day(effective), At(recorded_at)],
    )
}

/// The day on which the live entry of a kind of a booking stands; `None`: there is none.
///
/// # Errors
/// The database's own.
pub fn stands_on(conn: &Conn, booking_key: i64, kind: EntryKind) -> Result<Option<Date>> {
    one(
        conn,
        "SELECT e.effective_date FROM journal_entries e
         WHERE e.booking_key = ?1 AND e.kind = ?2 AND e.sign = 1
           AND NOT EXISTS (SELECT 1 FROM journal_entries r WHERE r.reverses = e.entry_key)
         ORDER BY e.entry_key DESC LIMIT 1",
        params![booking_key, kind.number()],
        |r| Ok(r.get::<_, Day>(0)?.0),
    )
}

/// Reverses every live entry of a kind of a payout. How many there were.
///
/// # Errors
/// The database's own.
pub fn reverse_of_payout(
    conn: &Conn,
    payout_key: i64,
    kind: EntryKind,
    effective: Date,
    recorded_at: Timestamp,
) -> Result<usize> {
    run(
        conn,
        &format!("{REVERSE} AND e.payout_key = ?1"),
        params![payout_key, kind.number(), Day(effective), At(recorded_at)],
    )
}

/// Reverses the live entry of a kind by which a part of a payout, or all of it (no adjustment), came
/// back. How many there were.
///
/// # Errors
/// The database's own.
pub fn reverse_of_part(
    conn: &Conn,
    payout_key: i64,
    adjustment_key: Option<i64>,
    kind: EntryKind,
    effective: Date,
    recorded_at: Timestamp,
) -> Result<usize> {
    run(
        conn,
        &format!("{REVERSE} AND e.payout_key = ?1 AND e.adjustment_key IS ?5"),
        params![
            payout_key,
            kind.number(),
            Day(effective),
            At(recorded_at),
            adjustment_key
        ],
    )
}

/// Reverses every live entry of a kind of a dispute. How many there were.
///
/// # Errors
/// The database's own.
pub fn reverse_of_dispute(
    conn: &Conn,
    dispute_key: i64,
    kind: EntryKind,
    effective: Date,
    recorded_at: Timestamp,
) -> Result<usize> {
    run(
        conn,
        &format!("{REVERSE} AND e.dispute_key = ?1"),
        params![dispute_key, kind.number(), Day(effective), At(recorded_at)],
    )
}

/// Reverses every live entry of a kind of an adjustment. How many there were.
///
/// # Errors
/// The database's own.
pub fn reverse_of_adjustment(
    conn: &Conn,
    adjustment_key: i64,
    kind: EntryKind,
    effective: Date,
    recorded_at: Timestamp,
) -> Result<usize> {
    run(
        conn,
        &format!("{REVERSE} AND e.kind > 3 AND e.adjustment_key = ?1"),
        params![
            adjustment_key,
            kind.number(),
            Day(effective),
            At(recorded_at)
        ],
    )
}

/// One account's balance in one currency, in minor units.
#[derive(Debug, Clone)]
pub struct Balance {
    /// The account's full name.
    pub account: String,
    /// The host, for a host's account.
    pub host_id: Option<String>,
    /// The currency.
    pub currency: Currency,
    /// Debits positive.
    pub balance_minor: i64,
}

/// Balances of all accounts, by name: up to a date, of one host or of everything.
///
/// # Errors
/// The database's own.
pub fn balances(conn: &Conn, as_of: Option<Date>, host_key: Option<i64>) -> Result<Vec<Balance>> {
    // One host's entries are found through the bookings and the index of rare kinds.
    let entries = match host_key {
        None => "journal_entries",
        Some(_) => {
            "(SELECT e.* FROM host_commissions c JOIN journal_entries e USING (booking_key) WHERE c.host_key = ?2 AND e.kind <= 3
              UNION ALL SELECT e.* FROM journal_entries e WHERE e.kind > 3 AND e.host_key = ?2)"
        }
    };
    let sums = rows(
        conn,
        &format!(
            "SELECT e.kind, e.host_key, e.currency, sum(e.sign * e.leg1), sum(e.sign * e.leg2), sum(e.sign * e.leg3), sum(e.sign * e.leg4)
             FROM {entries} e
             WHERE (?1 IS NULL OR e.effective_date <= ?1) AND (?2 IS NULL OR e.host_key = ?2)
             GROUP BY e.kind, e.host_key, e.currency"
        ),
        params![as_of.map(Day), host_key],
        |r| {
            let legs: [i64; MAX_LEGS] = [r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?];
            Ok((r.get::<_, i64>(0)?, r.get::<_, Option<i64>>(1)?, r.get::<_, Cur>(2)?.0, legs))
        },
    )?;
    let mut by_account = std::collections::BTreeMap::<(Account, Option<i64>, Currency), i64>::new();
    for (kind, host, currency, legs) in sums {
        let kind = EntryKind::of_number(kind).ok_or_else(|| Error::stored("entry kind"))?;
        for (account, amount) in kind.legs().iter().zip(legs) {
            let host = host.filter(|_| account.is_per_host());
            *by_account.entry((*account, host, currency)).or_default() += amount;
        }
    }
    let mut names = conn.prepare_cached("SELECT host_id FROM hosts WHERE host_key = ?")?;
    let mut out = Vec::with_capacity(by_account.len());
    for ((account, host, currency), balance_minor) in by_account {
        if host_key.is_some() && !account.is_per_host() {
            continue;
        }
        let host_id: Option<String> = host
            .map(|h| names.query_row([h], |r| r.get(0)))
            .transpose()?;
        out.push(Balance {
            account: account.full_name(host_id.as_deref().unwrap_or("")),
            host_id,
            currency,
            balance_minor,
        });
    }
    out.sort_by(|a, b| (&a.account, a.currency).cmp(&(&b.account, b.currency)));
    Ok(out)
}

/// One entry with the names of what it is about.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of journal_entries and the ids they point to"
)]
pub struct JournalEntry {
    pub entry_key: i64,
    pub kind: EntryKind,
    pub sign: i64,
    pub effective_date: Date,
    pub recorded_at: Timestamp,
    pub currency: Currency,
    pub host_id: Option<String>,
    pub booking_id: Option<String>,
    pub payout_id: Option<String>,
    pub adjustment_id: Option<String>,
    pub dispute_id: Option<String>,
    pub legs: [i64; MAX_LEGS],
    pub reverses: Option<i64>,
}

impl JournalEntry {
    /// Its postings: account name and amount in minor units, without legs of zero where others
    /// are not.
    #[must_use]
    pub fn postings(&self) -> Vec<(String, i64)> {
        let host = self.host_id.as_deref().unwrap_or("");
        self.kind
            .legs()
            .iter()
            .zip(self.legs)
            .map(|(account, amount)| (account.full_name(host), self.sign * amount))
            .collect()
    }
}

pub(crate) const SELECT: &str = "SELECT e.entry_key, e.kind, e.sign, e.effective_date, e.recorded_at, e.currency, h.host_id, b.booking_id, p.payout_id, a.adjustment_id, e.leg1, e.leg2, e.leg3, e.leg4, e.reverses, d.dispute_id
    FROM journal_entries e LEFT JOIN hosts h ON h.host_key = e.host_key LEFT JOIN bookings b ON b.booking_key = e.booking_key
    LEFT JOIN host_payouts p ON p.payout_key = e.payout_key LEFT JOIN adjustments a ON a.adjustment_key = e.adjustment_key
    LEFT JOIN disputes d ON d.dispute_key = e.dispute_key";

pub(crate) fn read(r: &Row<'_>) -> rusqlite::Result<JournalEntry> {
    let kind: i64 = r.get(1)?;
    Ok(JournalEntry {
        entry_key: r.get(0)?,
        kind: EntryKind::of_number(kind)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(1, kind))?,
        sign: r.get(2)?,
        effective_date: r.get::<_, Day>(3)?.0,
        recorded_at: r.get::<_, At>(4)?.0,
        currency: r.get::<_, Cur>(5)?.0,
        host_id: r.get(6)?,
        booking_id: r.get(7)?,
        payout_id: r.get(8)?,
        adjustment_id: r.get(9)?,
        dispute_id: r.get(15)?,
        legs: [r.get(10)?, r.get(11)?, r.get(12)?, r.get(13)?],
        reverses: r.get(14)?,
    })
}

/// Effective dates from one day to another, both included; without a day, no end on that side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the days")]
pub struct Period {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl Period {
    const HOLDS: &str =
        "(?1 IS NULL OR e.effective_date >= ?1) AND (?2 IS NULL OR e.effective_date <= ?2)";

    fn days(self) -> [Option<Day>; 2] {
        [self.from.map(Day), self.to.map(Day)]
    }
}

/// Every entry of a period in the order of recording, handed to `each` one by one.
///
/// # Errors
/// The database's own, and whatever `each` returns.
pub fn for_each<E: From<Error>>(
    conn: &Conn,
    period: Period,
    mut each: impl FnMut(JournalEntry) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let sqlite = |e: rusqlite::Error| E::from(e.into());
    let mut statement = conn
        .prepare(&format!(
            "{SELECT} WHERE {} ORDER BY e.entry_key",
            Period::HOLDS
        ))
        .map_err(sqlite)?;
    let mut found = statement.query(period.days()).map_err(sqlite)?;
    while let Some(r) = found.next().map_err(sqlite)? {
        each(read(r).map_err(sqlite)?)?;
    }
    Ok(())
}

/// The entries of a booking, oldest first.
///
/// # Errors
/// The database's own.
pub fn of_booking(conn: &Conn, booking_key: i64) -> Result<Vec<JournalEntry>> {
    rows(
        conn,
        &format!("{SELECT} WHERE e.booking_key = ? ORDER BY e.entry_key"),
        [booking_key],
        read,
    )
}

/// A page of the entries that touch an account and currency, newest first; `before` is the last
/// key of the page before.
///
/// # Errors
/// The database's own.
pub fn of_account(
    conn: &Conn,
    account: Option<Account>,
    host_key: Option<i64>,
    currency: Option<Currency>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<JournalEntry>> {
    let kinds: Vec<String> = EntryKind::ALL
        .iter()
        .filter(|k| account.is_none_or(|a| k.legs().contains(&a)))
        .map(|k| k.number().to_string())
        .collect();
    rows(
        conn,
        &format!(
            "{SELECT} WHERE e.entry_key < ?1 AND e.kind IN ({}) AND (?2 IS NULL OR e.host_key = ?2) AND (?3 IS NULL OR e.currency = ?3) ORDER BY e.entry_key DESC LIMIT ?4",
            kinds.join(", ")
        ),
        params![
            before.unwrap_or(i64::MAX),
            host_key,
            currency.map(Cur),
            limit
        ],
        read,
    )
}

/// The key of the newest entry; 0: there is none.
///
/// # Errors
/// The database's own.
pub fn last_key(conn: &Conn) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT coalesce(max(entry_key), 0) FROM journal_entries",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// What a host is owed in a currency, reserves not among it, in minor units.
///
/// # Errors
/// The database's own.
pub fn host_balance(conn: &Conn, host_key: i64, currency: Currency) -> Result<i64> {
    let own = |b: &&Balance| {
        let host = b.host_id.as_deref().unwrap_or_default();
        b.currency == currency && b.account == Account::Hosts.full_name(host)
    };
    let all = balances(conn, None, Some(host_key))?;
    Ok(all.iter().filter(own).map(|b| -b.balance_minor).sum())
}

/// What a host is owed by currency, reserved parts with it, in minor units; without zeros.
///
/// # Errors
/// The database's own.
pub fn owed_to_host(conn: &Conn, host_key: i64) -> Result<Vec<(Currency, i64)>> {
    let mut sums = std::collections::BTreeMap::<Currency, i64>::new();
    for b in balances(conn, None, Some(host_key))? {
        *sums.entry(b.currency).or_default() -= b.balance_minor;
    }
    Ok(sums.into_iter().filter(|(_, m)| *m != 0).collect())
}

/// What all entries after one post, by account and currency, without sums of zero.
///
/// # Errors
/// The database's own.
pub fn sums_since(conn: &Conn, entry_key: i64) -> Result<Vec<(String, Money)>> {
    let found = rows(
        conn,
        &format!("{SELECT} WHERE e.entry_key > ? ORDER BY e.entry_key"),
        [entry_key],
        read,
    )?;
    let mut sums = std::collections::BTreeMap::<(String, Currency), i64>::new();
    for e in found {
        for (account, amount) in e.postings() {
            *sums.entry((account, e.currency)).or_default() += amount;
        }
    }
    Ok(sums
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|((account, currency), amount)| (account, Money::new(amount, currency)))
        .collect())
}

/// What the entries of a period are about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// How many entries there are.
    pub entries: i64,
    /// The full names of their accounts.
    pub accounts: BTreeSet<String>,
    /// Their currencies.
    pub currencies: BTreeSet<Currency>,
}

/// What the entries of a period are about.
///
/// # Errors
/// The database's own.
pub fn used(conn: &Conn, period: Period) -> Result<Used> {
    let groups = rows(
        conn,
        &format!(
            "SELECT e.kind, e.currency, h.host_id, e.entries
             FROM (SELECT e.kind, e.currency, e.host_key, count(*) AS entries FROM journal_entries e
                   WHERE {} GROUP BY e.kind, e.currency, e.host_key) e
             LEFT JOIN hosts h USING (host_key)",
            Period::HOLDS
        ),
        period.days(),
        |r| {
            Ok((
                r.get::<_, i64>(0)?,
                r.get::<_, Cur>(1)?.0,
                r.get::<_, Option<String>>(2)?,
                r.get::<_, i64>(3)?,
            ))
        },
    )?;
    let mut out = Used::default();
    for (kind, currency, host_id, entries) in groups {
        let kind = EntryKind::of_number(kind).ok_or_else(|| Error::stored("entry kind"))?;
        let host_id = host_id.unwrap_or_default();
        out.entries += entries;
        out.currencies.insert(currency);
        out.accounts
            .extend(kind.legs().iter().map(|a| a.full_name(&host_id)));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The accounts and postings in the database are those of the code.
    #[test]
    fn the_posting_rules_of_the_database_are_those_of_the_code() {
        let dir = tempfile::tempdir().unwrap();
        let key = crate::keys::DataKey::random().unwrap();
        let ledger = crate::Ledger::create(dir.path(), &key).unwrap();
        ledger
            .read(|conn| -> Result<()> {
                let accounts = rows(
                    conn,
                    "SELECT account, name FROM accounts ORDER BY account",
                    [],
                    |r| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?)),
                )?;
                let ours: Vec<_> = Account::ALL
                    .iter()
                    .map(|a| (a.number(), a.name().to_owned()))
                    .collect();
                assert_eq!(accounts, ours);
                let rules = rows(
                    conn,
                    "SELECT kind, leg, account FROM posting_rules ORDER BY kind, leg",
                    [],
                    |r| {
                        Ok((
                            r.get::<_, i64>(0)?,
                            r.get::<_, i64>(1)?,
                            r.get::<_, i64>(2)?,
                        ))
                    },
                )?;
                let ours: Vec<_> = EntryKind::ALL
                    .iter()
                    .flat_map(|k| {
                        k.legs()
                            .iter()
                            .zip(1..)
                            .map(|(a, leg)| (k.number(), leg, a.number()))
                    })
                    .collect();
                assert_eq!(rules, ours);
                Ok(())
            })
            .unwrap();
    }
}
