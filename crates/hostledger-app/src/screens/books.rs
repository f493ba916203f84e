//! The books as the window lists them.

use std::collections::BTreeMap;

use hostledger_core::calendar::days_after;
use hostledger_core::journal::Account;
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::audit::AuditEvent;
use hostledger_store::meta;
use hostledger_store::screens::books as stored;
use jiff::civil::Date;

use crate::{Result, Session};

pub use stored::{AuditFilter, EntryFilter, ListedEntry};

/// One line of the trial balance.
#[derive(Debug, Clone)]
pub struct TrialLine {
    /// The account; the hosts' accounts are one line.
    pub account: &'static str,
    /// Its balance, debits positive.
    pub balance: Money,
    /// How many accounts the line sums up.
    pub accounts: i64,
}

/// The trial balance up to a date.
#[derive(Debug, Clone)]
pub struct TrialBalance {
    /// The date.
    pub as_of: Date,
    /// Its lines in the order of the accounts.
    pub lines: Vec<TrialLine>,
    /// The sum of all lines by currency: zero.
    pub totals: Vec<Money>,
}

/// The trial balance up to a date, or up to the newest entry: entries may lie ahead of today.
///
/// # Errors
/// The ledger's own.
pub fn trial_balance(s: &Session, as_of: Option<Date>) -> Result<TrialBalance> {
    s.ledger.read(|conn| {
        let filter = EntryFilter {
            to: as_of,
            ..EntryFilter::default()
        };
        let (_, sums) = stored::turnover(conn, &filter)?;
        let hosts: BTreeMap<Currency, i64> =
            stored::hosts_with_entries(conn, as_of.unwrap_or(Date::MAX))?
                .into_iter()
                .collect();
        let mut totals = BTreeMap::<Currency, i64>::new();
        let mut lines = Vec::with_capacity(sums.len());
        for ((account, currency), minor) in sums {
            *totals.entry(currency).or_default() += minor;
            let of_hosts = account == Account::Hosts;
            lines.push(TrialLine {
                account: account.name(),
                balance: Money::new(minor, currency),
                accounts: if of_hosts {
                    hosts.get(&currency).copied().unwrap_or(0)
                } else {
                    1
                },
            });
        }
        Ok(TrialBalance {
            as_of: as_of.map_or_else(|| s.stamp(conn).map(|stamp| stamp.on), Ok)?,
            lines,
            totals: totals.into_iter().map(|(c, m)| Money::new(m, c)).collect(),
        })
    })
}

/// The accounts that a name means: the account itself or everything below it, and the host of a
/// host's account.
///
/// # Errors
/// [`Code::NotFound`].
pub fn accounts_named(name: &str) -> Result<(Vec<Account>, Option<String>)> {
    let below: Vec<Account> = Account::ALL
        .into_iter()
        .filter(|a| a.name() == name || a.name().starts_with(&format!("{name}:")))
        .collect();
    if !below.is_empty() {
        return Ok((below, None));
    }
    match Account::named(name) {
        Some((account, host)) => Ok((vec![account], host)),
        None => Err(Error::new(
            Code::NotFound,
            format!("There is no account {name}."),
        )),
    }
}

/// A page of entries, newest first; `before` is the key of the last one shown.
///
/// # Errors
/// The ledger's own.
pub fn entries(
    s: &Session,
    f: &EntryFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ListedEntry>> {
    s.ledger
        .read(|conn| Ok(stored::entries(conn, f, before, limit)?))
}

/// How many entries a filter lets through, and what they post on its accounts, by currency.
///
/// # Errors
/// The ledger's own.
pub fn turnover(s: &Session, f: &EntryFilter) -> Result<(i64, Vec<Money>)> {
    s.ledger.read(|conn| {
        let (count, sums) = stored::turnover(conn, f)?;
        let Some(accounts) = &f.accounts else {
            return Ok((count, Vec::new()));
        };
        let mut totals = BTreeMap::<Currency, i64>::new();
        for ((account, currency), minor) in sums {
            if accounts.contains(&account) {
                *totals.entry(currency).or_default() += minor;
            }
        }
        Ok((
            count,
            totals.into_iter().map(|(c, m)| Money::new(m, c)).collect(),
        ))
    })
}

/// One entry.
///
/// # Errors
/// [`Code::NotFound`].
pub fn entry(s: &Session, entry_key: i64) -> Result<ListedEntry> {
    s.ledger.read(|conn| {
        stored::entry(conn, entry_key)?.ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("There is no journal entry {entry_key}."),
            )
        })
    })
}

/// The entries of a booking, oldest first.
///
/// # Errors
/// The ledger's own.
pub fn entries_of_booking(s: &Session, booking_id: &str) -> Result<Vec<ListedEntry>> {
    s.ledger
        .read(|conn| Ok(stored::entries_of_booking(conn, booking_id)?))
}

/// A page of audit events, newest first, and how many the filter lets through. The dates are
/// business dates, both inclusive.
///
/// # Errors
/// The ledger's own.
pub fn audit(
    s: &Session,
    filter: &AuditFilter,
    dates: (Option<Date>, Option<Date>),
    before: Option<i64>,
    limit: i64,
) -> Result<(Vec<AuditEvent>, i64)> {
    s.ledger.read(|conn| {
        let zone = meta::settings(conn)?.zone;
        let mut f = filter.clone();
        f.from = dates.0.map(|d| zone.start_of(d));
        f.until = dates.1.map(|d| zone.start_of(days_after(d, 1)));
        Ok((
            stored::audit_page(conn, &f, before, limit)?,
            stored::audit_count(conn, &f)?,
        ))
    })
}

/// The names of hosts by id.
///
/// # Errors
/// The ledger's own.
pub fn host_names(s: &Session) -> Result<BTreeMap<String, String>> {
    s.ledger.read(|conn| {
        let all = hostledger_store::hosts::all(conn)?;
        Ok(all.into_iter().map(|h| (h.host_id, h.name)).collect())
    })
}
