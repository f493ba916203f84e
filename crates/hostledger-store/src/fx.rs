//! Dated exchange rates.

use hostledger_core::Currency;
use jiff::civil::Date;
use rusqlite::params;
use rust_decimal::Decimal;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Cur, Day, rows, run};

/// What one unit of a currency is worth in another on a day.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of fx_rates")]
pub struct FxRate {
    pub on: Date,
    pub from: Currency,
    pub to: Currency,
    pub rate: Decimal,
    pub source: String,
}

/// All rates, newest first.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<FxRate>> {
    let found = rows(
        conn,
        "SELECT rate_date, from_currency, to_currency, rate, source FROM fx_rates ORDER BY rate_date DESC, from_currency, to_currency",
        [],
        |r| {
            Ok((
                r.get::<_, Day>(0)?.0,
                r.get::<_, Cur>(1)?.0,
                r.get::<_, Cur>(2)?.0,
                r.get::<_, String>(3)?,
                r.get(4)?,
            ))
        },
    )?;
    found
        .into_iter()
        .map(|(on, from, to, rate, source)| {
            let rate = rate
                .parse()
                .map_err(|_| crate::Error::stored("exchange rate"))?;
            Ok(FxRate {
                on,
                from,
                to,
                rate,
                source,
            })
        })
        .collect()
}

/// Keeps a rate in the place of an earlier one of that day.
///
/// # Errors
/// The database's own.
pub fn put(conn: &Conn, r: &FxRate, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT OR REPLACE INTO fx_rates (rate_date, from_currency, to_currency, rate, source, imported_at) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            Day(r.on),
            Cur(r.from),
            Cur(r.to),
            r.rate.to_string(),
            r.source,
            At(stamp.at)
        ],
    )?;
    Ok(())
}
