//! Dated exchange rates: taken in from a file, and used where a report converts (docs/domain.md §2).

use std::collections::BTreeMap;
use std::path::Path;

use hostledger_core::{Code, Currency, Error};
use hostledger_store::audit;
use hostledger_store::fx::{self, FxRate};
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::json;

use crate::identity::Role;
use crate::{Result, Session};

pub use hostledger_store::fx::FxRate as Rate;

/// The columns of a file of rates; all must be there.
pub const COLUMNS: [(&str, bool); 5] = [
    ("date", true),
    ("from", true),
    ("to", true),
    ("rate", true),
    ("source", true),
];

/// No currency is worth so many of another.
const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// A rate of an earlier day stands in for one that is missing, as over a weekend, for so long.
const OLDEST_DAYS: i64 = 7;

/// All rates, newest first.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<FxRate>> {
    s.ledger.read(|conn| Ok(fx::all(conn)?))
}

/// Takes in a file with the columns date, from, to, rate and source; all of it, or nothing. How
/// many rates.
///
/// # Errors
/// [`Code::WrongFile`] with the line; [`Code::FileProblem`], [`Code::NotAllowed`].
pub fn import(s: &Session, path: &Path) -> Result<usize> {
    s.require(&[Role::Preparer], "import exchange rates")?;
    let rates = read(path)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        for rate in &rates {
            fx::put(conn, rate, &stamp)?;
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        let facts = json!({ "file": name, "rates": rates.len() });
        audit::record(conn, &stamp, "fx.import", "", &facts)?;
        Ok(rates.len())
    })
}

fn read(path: &Path) -> Result<Vec<FxRate>> {
    let wrong = |line: usize, what: String| {
        Error::new(
            Code::WrongFile,
            format!("Line {line}: {what} Nothing was imported."),
        )
    };
    let mut file = csv::Reader::from_path(path).map_err(|e| {
        Error::new(
            Code::FileProblem,
            format!("{} can't be read: {e}.", path.display()),
        )
    })?;
    let header = file
        .headers()
        .map_err(|e| wrong(1, format!("{e}.")))?
        .clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|h| h.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                Error::new(
                    Code::WrongFile,
                    format!("The file has no column {name}. Exchange rates have the columns date, from, to, rate and source. Nothing was imported."),
                )
            })
    };
    let places = [
        column("date")?,
        column("from")?,
        column("to")?,
        column("rate")?,
        column("source")?,
    ];
    let mut out = Vec::new();
    for (i, row) in file.records().enumerate() {
        let line = i + 2;
        let row = row.map_err(|e| wrong(line, format!("{e}.")))?;
        let [on, from, to, rate, source] = places.map(|p| row.get(p).unwrap_or_default().trim());
        let currency = |text: &str| {
            Currency::parse(text)
                .ok_or_else(|| wrong(line, format!("\"{text}\" is no ISO 4217 currency.")))
        };
        let value: Decimal = rate
            .parse()
            .ok()
            .filter(|r: &Decimal| r.is_sign_positive() && !r.is_zero() && *r < MOST)
            .ok_or_else(|| wrong(line, format!("\"{rate}\" is no rate such as 1.0842.")))?;
        if source.is_empty() {
            return Err(wrong(line, "The rate has no source.".to_owned()));
        }
        out.push(FxRate {
            on: on
                .parse()
                .map_err(|_| wrong(line, format!("\"{on}\" is no date such as 2026-03-09.")))?,
            from: currency(from)?,
            to: currency(to)?,
            rate: value,
            source: source.to_owned(),
        });
    }
    Ok(out)
}

/// Rates into one currency, by day.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    to: Option<Currency>,
    by_currency: BTreeMap<Currency, BTreeMap<Date, Decimal>>,
}

impl Rates {
    pub(crate) fn into_currency(conn: &hostledger_store::Conn, to: Currency) -> Result<Self> {
        let mut by_currency: BTreeMap<Currency, BTreeMap<Date, Decimal>> = BTreeMap::new();
        for r in fx::all(conn)? {
            let (currency, rate) = match (r.from == to, r.to == to) {
                (false, true) => (r.from, r.rate),
                (true, false) => (r.to, Decimal::ONE / r.rate),
                _ => continue,
            };
            let days = by_currency.entry(currency).or_default();
            // A rate that was given in this direction goes before one that is turned round.
            if r.to == to || !days.contains_key(&r.on) {
                days.insert(r.on, rate);
            }
        }
        Ok(Self {
            to: Some(to),
            by_currency,
        })
    }

    /// An amount at the rate of a day, rounded half away from zero; `None` where there is no rate of
    /// that day or the week before it.
    pub(crate) fn convert(&self, amount_minor: i64, from: Currency, on: Date) -> Option<i64> {
        let to = self.to?;
        if from == to {
            return Some(amount_minor);
        }
        let (day, rate) = self.by_currency.get(&from)?.range(..=on).next_back()?;
        if (on - *day).get_days() > i32::try_from(OLDEST_DAYS).ok()? {
            return None;
        }
        let digits = i64::from(from.digits()) - i64::from(to.digits());
        let mut value = Decimal::from(amount_minor).checked_mul(*rate)?;
        for _ in 0..digits.unsigned_abs() {
            value = match digits > 0 {
                true => value.checked_div(Decimal::TEN)?,
                false => value.checked_mul(Decimal::TEN)?,
            };
        }
        value
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_without_a_rate_takes_the_one_before_for_a_week() {
        let (usd, jpy) = (Currency::USD, Currency::parse("JPY").unwrap());
        let kwd = Currency::parse("KWD").unwrap();
        let rates = Rates {
            to: Some(usd),
            by_currency: BTreeMap::from([
                (
                    jpy,
                    BTreeMap::from([(date(2026, 3, 6), "0.00675".parse().unwrap())]),
                ),
                (
                    kwd,
                    BTreeMap::from([(date(2026, 3, 6), "3.25".parse().unwrap())]),
                ),
            ]),
        };
        assert_eq!(rates.convert(2000, jpy, date(2026, 3, 6)), Some(1350));
        assert_eq!(rates.convert(2000, jpy, date(2026, 3, 13)), Some(1350));
        assert_eq!(rates.convert(2000, jpy, date(2026, 3, 14)), None);
        assert_eq!(rates.convert(2000, jpy, date(2026, 3, 5)), None);
        // 1.234 KWD at 3.25 is 4.0105 USD.
        assert_eq!(rates.convert(1234, kwd, date(2026, 3, 6)), Some(401));
        assert_eq!(rates.convert(7, usd, date(1999, 1, 1)), Some(7));
    }
}
