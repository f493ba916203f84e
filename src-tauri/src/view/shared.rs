//! Shapes and conversions that every topic uses.

use hostledger_app::screens::Sum;
use hostledger_core::money::{format_minor, parse_minor};
use hostledger_core::{Code, Currency, Error};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use specta::Type;

/// An amount and its currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub(crate) struct Money {
    pub(crate) amount: String,
    pub(crate) currency: String,
}

impl From<hostledger_core::Money> for Money {
    fn from(m: hostledger_core::Money) -> Self {
        Self {
            amount: m.digits(),
            currency: m.currency.code().to_owned(),
        }
    }
}

impl Money {
    /// Reads an amount that a person typed.
    pub(crate) fn read(&self) -> Result<hostledger_core::Money, Error> {
        let currency = currency(&self.currency)?;
        let minor = parse_minor(self.amount.trim(), currency)
            .map_err(|e| Error::new(Code::BadInput, e.sentence(&self.amount, currency)))?;
        Ok(hostledger_core::Money::new(minor, currency))
    }
}

/// Amounts as the window shows them.
pub(crate) fn moneys(all: &[hostledger_core::Money]) -> Vec<Money> {
    all.iter().map(|m| Money::from(*m)).collect()
}

/// The amounts of sums by currency.
pub(crate) fn moneys_of(sums: &[Sum]) -> Vec<Money> {
    sums.iter()
        .map(|s| money(s.amount_minor, s.currency))
        .collect()
}

/// How many there are in all currencies.
pub(crate) fn count_of(sums: &[Sum]) -> u32 {
    count(sums.iter().map(|s| s.count).sum())
}

/// An amount in minor units as the window shows it.
pub(crate) fn money(minor: i64, currency: Currency) -> Money {
    hostledger_core::Money::new(minor, currency).into()
}

/// The digits of an amount in minor units.
pub(crate) fn digits(minor: i64, currency: Currency) -> String {
    format_minor(minor, currency)
}

/// A count, at most 2³² − 1.
pub(crate) fn count(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}

/// A length, at most 2³² − 1.
pub(crate) fn length(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A size or count of work, at most 2³² − 1.
pub(crate) fn large(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// An instant as RFC 3339 in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.to_string()
}

/// A date that the window gives.
pub(crate) fn date(text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| {
        Error::new(
            Code::BadInput,
            format!("\"{text}\" is no date. Dates look like 2026-03-16."),
        )
    })
}

/// A date that the window may give.
pub(crate) fn date_or_none(text: Option<&str>) -> Result<Option<Date>, Error> {
    text.map(date).transpose()
}

/// A currency that the window gives.
pub(crate) fn currency(code: &str) -> Result<Currency, Error> {
    Currency::parse(code).ok_or_else(|| {
        Error::new(
            Code::BadInput,
            format!("\"{code}\" is no ISO 4217 currency."),
        )
    })
}

/// Why a command was refused.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CommandError {
    pub(crate) code: String,
    pub(crate) message: String,
    #[specta(type = specta_typescript::Unknown)]
    pub(crate) details: Box<serde_json::Value>,
    pub(crate) remedy: Option<String>,
}

impl From<Error> for CommandError {
    fn from(e: Error) -> Self {
        // The engine's sentences say what to do where there is something to do.
        Self {
            code: e.code.as_str().to_owned(),
            message: e.message,
            details: Box::new(e.details),
            remedy: None,
        }
    }
}

/// What every command answers.
pub(crate) type Answer<T> = Result<T, CommandError>;

/// A part of a list.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Page<Row> {
    pub(crate) rows: Vec<Row>,
    pub(crate) next: Option<String>,
    pub(crate) total_rows: u32,
    pub(crate) totals: Vec<Money>,
}

impl<Row> Page<Row> {
    /// A part of rows that are all at hand; the cursor is where it begins.
    pub(crate) fn of_all(
        all: Vec<Row>,
        cursor: Option<&str>,
        limit: u32,
        totals: Vec<Money>,
    ) -> Self {
        let total_rows = length(all.len());
        let start: usize = cursor.and_then(|c| c.parse().ok()).unwrap_or(0);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let end = start.saturating_add(limit);
        let next = (end < all.len()).then(|| end.to_string());
        Self {
            rows: all.into_iter().skip(start).take(limit).collect(),
            next,
            total_rows,
            totals,
        }
    }
}

/// How a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Type)]
pub(crate) struct Sort {
    pub(crate) column: String,
    pub(crate) descending: bool,
}

/// How far a long command is.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Progress {
    pub(crate) job_id: String,
    pub(crate) label: String,
    pub(crate) done: u32,
    pub(crate) total: Option<u32>,
}

/// What something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SubjectKind {
    Booking,
    Host,
    Batch,
    Payout,
    Import,
    Adjustment,
    Dispute,
    Account,
    User,
    Setting,
    Institution,
    Ledger,
}

/// What something is about, with its name.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Subject {
    pub(crate) kind: SubjectKind,
    pub(crate) id: String,
    pub(crate) label: String,
}

impl Subject {
    /// A subject that is called by its id.
    pub(crate) fn of(kind: SubjectKind, id: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            kind,
            label: id.clone(),
            id,
        }
    }
}

/// What a bulk action did.
#[derive(Debug, Clone, Default, Serialize, Type)]
pub(crate) struct BulkResult {
    pub(crate) done: u32,
    pub(crate) totals: Vec<Money>,
    pub(crate) refused: Vec<Refused>,
}

/// What a bulk action was refused for.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Refused {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl BulkResult {
    /// Notes what became of one.
    pub(crate) fn note(&mut self, id: &str, done: Result<(), Error>) {
        match done {
            Ok(()) => self.done += 1,
            Err(e) => self.refused.push(Refused {
                id: id.to_owned(),
                code: e.code.as_str().to_owned(),
                message: e.message,
            }),
        }
    }
}

/// Whether an action is open to this user now.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Allowed<Action> {
    pub(crate) action: Action,
    pub(crate) allowed: bool,
    pub(crate) why_not: Option<String>,
}

impl<Action> Allowed<Action> {
    /// Open, or closed for a reason.
    pub(crate) fn unless(action: Action, why_not: Option<String>) -> Self {
        Self {
            action,
            allowed: why_not.is_none(),
            why_not,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_at_hand_is_paged_to_its_end_and_not_beyond() {
        let page = |cursor: Option<&str>| Page::of_all(vec![1, 2, 3, 4, 5], cursor, 2, Vec::new());
        let first = page(None);
        assert_eq!(
            (first.rows, first.next.as_deref(), first.total_rows),
            (vec![1, 2], Some("2"), 5)
        );
        let last = page(Some("4"));
        assert_eq!((last.rows, last.next), (vec![5], None));
        assert_eq!(page(Some("9")).rows, Vec::<i32>::new());
    }

    #[test]
    fn what_doesnt_fit_the_wire_is_the_largest_that_does() {
        assert_eq!((count(-1), count(7), count(i64::MAX)), (0, 7, u32::MAX));
        assert_eq!(large(u64::MAX), u32::MAX);
    }

    #[test]
    fn an_amount_is_read_with_the_digits_of_its_currency() {
        let read = |amount: &str, currency: &str| {
            Money {
                amount: amount.into(),
                currency: currency.into(),
            }
            .read()
            .map(|m| m.amount_minor)
        };
        assert_eq!(read("12.50", "USD").ok(), Some(1250));
        assert_eq!(read("2000", "JPY").ok(), Some(2000));
        assert!(read("2000.50", "JPY").is_err());
        assert!(read("1", "ZZZ").is_err());
    }
}
