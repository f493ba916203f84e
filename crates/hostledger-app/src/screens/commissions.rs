//! Commissions as the window lists them.

use std::collections::{BTreeMap, BTreeSet};

use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::screens::commissions as stored;
use hostledger_store::{bookings, imports, meta};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Sum;
use crate::{Result, Session};

pub use stored::{After, ListFilter, ListedCommission, SortColumn};

/// The business dates of a row that stand as instants in the ledger.
#[derive(Debug, Clone, Copy)]
pub struct RowDates {
    /// When it was booked.
    pub booked_on: Date,
    /// When the session ended.
    pub ended_on: Date,
}

/// A page of commissions, and where the next begins.
#[derive(Debug, Clone)]
pub struct CommissionPage {
    /// The rows with their dates.
    pub rows: Vec<(ListedCommission, RowDates)>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<After>,
}

/// A page of commissions.
///
/// # Errors
/// The ledger's own.
pub fn page(
    s: &Session,
    filter: &ListFilter,
    (sort, descending): (SortColumn, bool),
    after: Option<&After>,
    limit: usize,
) -> Result<CommissionPage> {
    s.ledger.read(|conn| {
        let zone = meta::settings(conn)?.zone;
        let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut found = stored::page(conn, filter, sort, descending, after, wanted)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found
            .last()
            .filter(|_| more)
            .map(|(_, after)| after.clone());
        let rows = found
            .into_iter()
            .map(|(row, _)| {
                let dates = RowDates {
                    booked_on: zone.date_of(row.booked_at),
                    ended_on: zone.date_of(row.ends_at),
                };
                (row, dates)
            })
            .collect();
        Ok(CommissionPage { rows, next })
    })
}

/// Count and host amounts of everything a filter lets through, by currency.
///
/// # Errors
/// The ledger's own.
pub fn totals(s: &Session, filter: &ListFilter) -> Result<Vec<Sum>> {
    s.ledger.read(|conn| Ok(stored::totals(conn, filter)?))
}

/// One commission.
///
/// # Errors
/// [`Code::NotFound`].
pub fn one(s: &Session, booking_id: &str) -> Result<(ListedCommission, RowDates)> {
    let filter = ListFilter {
        booking_id: Some(booking_id.to_owned()),
        ..ListFilter::default()
    };
    let mut found = page(s, &filter, (SortColumn::Taken, false), None, 1)?.rows;
    found.pop().ok_or_else(|| {
        Error::new(
            Code::NotFound,
            format!("There is no commission for {booking_id}."),
        )
    })
}

/// PROCESSED commissions by currency.
///
/// # Errors
/// The ledger's own.
pub fn processed(s: &Session) -> Result<Vec<Sum>> {
    s.ledger.read(|conn| Ok(stored::processed(conn)?))
}

/// What stops commissions for one reason.
#[derive(Debug, Clone)]
pub struct CauseGroup {
    /// The rule of a fraud flag, otherwise the kind of block.
    pub cause: String,
    /// Commissions.
    pub count: i64,
    /// Their hosts.
    pub hosts: i64,
    /// Their host amounts by currency.
    pub totals: Vec<Money>,
}

/// What is clear, and what needs a person.
#[derive(Debug, Clone)]
pub struct Overview {
    /// PROCESSED, nothing in the way, in no batch.
    pub clear: Vec<Sum>,
    /// Commissions with an open block.
    pub need_a_person: i64,
    /// Their host amounts by currency.
    pub need_a_person_totals: Vec<Money>,
    /// By cause, the most first.
    pub causes: Vec<CauseGroup>,
}

/// What is clear, and what needs a person, by cause.
///
/// # Errors
/// The ledger's own.
pub fn overview(s: &Session) -> Result<Overview> {
    s.ledger.read(overview_in)
}

pub(super) fn overview_in(conn: &hostledger_store::Conn) -> Result<Overview> {
    let all = stored::open_causes(conn)?;
    let mut seen = BTreeSet::new();
    let mut whole = BTreeMap::<Currency, i64>::new();
    let mut groups = BTreeMap::<&str, (i64, BTreeSet<i64>, BTreeMap<Currency, i64>)>::new();
    for o in &all {
        if seen.insert(o.booking_key) {
            *whole.entry(o.currency).or_default() += o.host_amount_minor;
        }
        let group = groups.entry(&o.cause).or_default();
        group.0 += 1;
        group.1.insert(o.host_key);
        *group.2.entry(o.currency).or_default() += o.host_amount_minor;
    }
    let money = |sums: BTreeMap<Currency, i64>| -> Vec<Money> {
        sums.into_iter().map(|(c, m)| Money::new(m, c)).collect()
    };
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let mut causes: Vec<CauseGroup> = groups
        .into_iter()
        .map(|(cause, (count, hosts, sums))| CauseGroup {
            cause: cause.to_owned(),
            count,
            hosts: number(hosts.len()),
            totals: money(sums),
        })
        .collect();
    causes.sort_by_key(|g| std::cmp::Reverse(g.count));
    Ok(Overview {
        clear: stored::clear(conn)?,
        need_a_person: number(seen.len()),
        need_a_person_totals: money(whole),
        causes,
    })
}

/// One field that differs between two versions of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The export's column.
    pub name: String,
    /// What it was; empty: nothing.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// One version of a booking as it came in.
#[derive(Debug, Clone)]
pub struct Version {
    /// The import.
    pub import_id: String,
    /// Its file.
    pub file_name: String,
    /// The line of the file.
    pub line: i64,
    /// When it was taken in.
    pub taken_in_at: Timestamp,
    /// It is the newest.
    pub is_current: bool,
    /// What it changed of the version before.
    pub changed: Vec<FieldChange>,
}

/// Every version of a booking, newest first.
///
/// # Errors
/// [`Code::NotFound`].
pub fn versions(s: &Session, booking_id: &str) -> Result<Vec<Version>> {
    s.ledger.read(|conn| {
        let b = bookings::find(conn, booking_id)?.ok_or_else(|| {
            Error::new(Code::NotFound, format!("There is no booking {booking_id}."))
        })?;
        let mut all: Vec<_> = bookings::versions(conn, b.booking_key)?
            .into_iter()
            .map(|v| (v.row, v.source))
            .collect();
        all.push((b.row, b.source));
        let mut out = Vec::with_capacity(all.len());
        for (i, (row, source)) in all.iter().enumerate() {
            let Some(import) = imports::get(conn, source.import_key)? else {
                continue;
            };
            let before = i.checked_sub(1).and_then(|i| all.get(i));
            out.push(Version {
                import_id: import.import_id,
                file_name: import.file_name,
                line: source.line,
                taken_in_at: import.imported_at,
                is_current: i + 1 == all.len(),
                changed: before.map_or_else(Vec::new, |(old, _)| {
                    super::imports::booking_changes(old, row)
                }),
            });
        }
        out.reverse();
        Ok(out)
    })
}
