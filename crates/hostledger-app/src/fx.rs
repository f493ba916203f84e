//! Dated exchange rates: taken in from a file, and used where a report converts (docs/domain.md §2).

use std::collections::BTreeMap;
use std::path::Path;

use csv::ByteRecord;
use hostledger_core::import::RowProblem;
use hostledger_core::{Code, Currency, Error};
use hostledger_store::audit;
use hostledger_store::fx::{self, FxRate};
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::json;

use crate::csv_file::{CsvFile, line_of, text_fields};
use crate::identity::Role;
use crate::jobs::Job;
use crate::source_file::{SourceFile, name_of};
use crate::templates::Template;
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

/// What a person says of rates that look wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Says {
    /// Rates far from the one before them are right.
    pub jumps_are_right: bool,
    /// Rates of the file take the place of other rates of the same day.
    pub replace: bool,
}

/// Takes in a file of [`COLUMNS`]; all of it, or nothing. How many rates are new or take the place
/// of another.
///
/// # Errors
/// [`Code::WrongFile`] with the line; [`Code::RateKnown`] and [`Code::RateJump`] where nobody said
/// that it is right so; [`Code::BrokenFile`], [`Code::FileProblem`], [`Code::NotAllowed`].
pub fn import(s: &Session, path: &Path, says: Says) -> Result<usize> {
    s.require(&[Role::Preparer], "import exchange rates")?;
    let rates = read(path).map_err(|e| Template::ExchangeRates.pointed_to(e))?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let mut known = Known::default();
        for rate in fx::all(conn)? {
            known.put(&rate);
        }
        let mut new = Vec::with_capacity(rates.len());
        for (line, rate) in &rates {
            match known.on(rate) {
                Some(same) if same == rate.rate => continue,
                Some(other) if !says.replace => return Err(other_known(*line, rate, other)),
                _ => new.push((*line, rate)),
            }
        }
        for (_, rate) in &new {
            known.put(rate);
        }
        if !says.jumps_are_right {
            let jump = new
                .iter()
                .find_map(|(line, rate)| known.jump(rate).map(|before| jumps(*line, rate, before)));
            if let Some(refused) = jump {
                return Err(refused);
            }
        }
        for (_, rate) in &new {
            fx::put(conn, rate, &stamp)?;
        }
        let facts = json!({
            "file": name_of(path), "rates": new.len(),
            "jumps_are_right": says.jumps_are_right, "replace": says.replace,
        });
        audit::record(conn, &stamp, "fx.import", "", &facts)?;
        Ok(new.len())
    })
}

/// Rates by pair and day.
#[derive(Debug, Default)]
struct Known(BTreeMap<(Currency, Currency), BTreeMap<Date, Decimal>>);

impl Known {
    fn put(&mut self, r: &FxRate) {
        let days = self.0.entry((r.from, r.to)).or_default();
        days.insert(r.on, r.rate);
    }

    fn on(&self, r: &FxRate) -> Option<Decimal> {
        self.0.get(&(r.from, r.to))?.get(&r.on).copied()
    }

    /// The nearest rate before this one, if this one is off from it by more than a tenth.
    fn jump(&self, r: &FxRate) -> Option<(Date, Decimal)> {
        let days = self.0.get(&(r.from, r.to))?;
        let (day, before) = days.range(..r.on).next_back()?;
        let off = (r.rate - before).abs();
        (off > before / Decimal::TEN).then_some((*day, *before))
    }
}

fn other_known(line: i64, r: &FxRate, known: Decimal) -> Error {
    Error::new(
        Code::RateKnown,
        format!(
            "Line {line}: {} to {} is {} on {}, but {known} is known for that day. Nothing was imported. Look which is right; `hostledger fx import FILE --replace` puts the file's rates in place of those known.",
            r.from, r.to, r.rate, r.on
        ),
    )
    .with_details(json!({ "line": line, "known": known.to_string(), "rate": r.rate.to_string() }))
}

fn jumps(line: i64, r: &FxRate, (day, before): (Date, Decimal)) -> Error {
    Error::new(
        Code::RateJump,
        format!(
            "Line {line}: {} to {} is {} on {}, more than a tenth away from {before} on {day}. Nothing was imported. Look whether a decimal mark slipped; if the rate is right, `hostledger fx import FILE --accept-jumps` takes it in.",
            r.from, r.to, r.rate, r.on
        ),
    )
    .with_details(json!({ "line": line, "before": before.to_string(), "rate": r.rate.to_string() }))
}

fn wrong(line: i64, what: &str) -> Error {
    Error::new(
        Code::WrongFile,
        format!("Line {line}: {what} Nothing was imported."),
    )
    .with_details(json!({ "line": line }))
}

/// A row as it stands in the file.
struct RawRate {
    line: i64,
    cells: [String; COLUMNS.len()],
}

fn read(path: &Path) -> Result<Vec<(i64, FxRate)>> {
    let source = SourceFile::open(path, None, &Job::unwatched())?;
    let mut file = CsvFile::open(&source, &COLUMNS, "exchange rates")?;
    let mut rows = Vec::new();
    let mut raw = ByteRecord::new();
    while file.next(&mut raw)? {
        let line = line_of(&raw);
        let refuse = |p: RowProblem| wrong(line, &p.message);
        let fields = text_fields(&raw).map_err(refuse)?;
        let row = file.header.fields(&fields).map_err(refuse)?;
        row.need(&COLUMNS).map_err(refuse)?;
        let cells = std::array::from_fn(|column| row.text(column).to_owned());
        rows.push(RawRate { line, cells });
    }
    let comma = decimal_comma(&rows)?;
    let mut days: BTreeMap<(Currency, Currency, Date), Decimal> = BTreeMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for RawRate { line, cells } in rows {
        let [on, from, to, rate, source] = cells;
        let currency = |text: &str| {
            Currency::parse(text)
                .ok_or_else(|| wrong(line, &format!("\"{text}\" is no ISO 4217 currency.")))
        };
        let point = if comma {
            rate.replace(',', ".")
        } else {
            rate.clone()
        };
        let value: Decimal = point
            .parse()
            .ok()
            .filter(|r: &Decimal| r.is_sign_positive() && !r.is_zero() && *r < MOST)
            .ok_or_else(|| wrong(line, &format!("\"{rate}\" is no rate such as 1.0842.")))?;
        let on: Date = on
            .parse()
            .map_err(|_| wrong(line, &format!("\"{on}\" is no date such as 2026-03-09.")))?;
        let (from, to) = (currency(&from)?, currency(&to)?);
        if from == to {
            return Err(wrong(line, &format!("the rate is from {from} to itself.")));
        }
        match days.insert((from, to, on), value) {
            None => out.push((
                line,
                FxRate {
                    on,
                    from,
                    to,
                    rate: value,
                    source,
                },
            )),
            Some(same) if same == value => {}
            Some(other) => {
                return Err(wrong(
                    line,
                    &format!("{from} to {to} is {value} on {on}, but {other} further up."),
                ));
            }
        }
    }
    Ok(out)
}

/// Whether the rates of a file have a decimal comma.
fn decimal_comma(rows: &[RawRate]) -> Result<bool> {
    let rate = |row: &RawRate| row.cells[3].clone();
    let Some(first) = rows.iter().find(|r| rate(r).contains(',')) else {
        return Ok(false);
    };
    if let Some(point) = rows.iter().find(|r| rate(r).contains('.')) {
        return Err(wrong(
            first.line,
            &format!(
                "\"{}\" has a comma, and the rate on line {} a point. Write all of them with a decimal point.",
                rate(first),
                point.line
            ),
        ));
    }
    // "1,084" alone can be a little more than one, or a thousand and eighty-four.
    let clear = |text: &str| {
        text.split_once(',').is_some_and(|(whole, rest)| {
            !rest.contains(',') && (rest.len() != 3 || whole.len() > 3 || whole.starts_with('0'))
        })
    };
    if rows.iter().any(|r| clear(&rate(r))) {
        return Ok(true);
    }
    Err(wrong(
        first.line,
        &format!(
            "\"{}\" can be read in two ways. Write it with a decimal point, without separators of thousands.",
            rate(first)
        ),
    ))
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
