//! Queries that only screens ask: pages by key, counts and sums. Nothing here changes the ledger.

use hostledger_core::Currency;
use rusqlite::Params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{Cur, rows};

pub mod books;
pub mod commissions;
pub mod disputes;
pub mod home;
pub mod hosts;
pub mod imports;
pub mod payouts;
pub mod review;
pub mod search;

/// How many, and their sum in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// The currency.
    pub currency: Currency,
    /// How many.
    pub count: i64,
    /// Their sum in minor units.
    pub amount_minor: i64,
}

/// The sums of a query that gives currency, count and sum.
fn sums<P: Params>(conn: &Conn, sql: &str, params: P) -> Result<Vec<Sum>> {
    rows(conn, sql, params, |r| {
        Ok(Sum {
            currency: r.get::<_, Cur>(0)?.0,
            count: r.get(1)?,
            amount_minor: r.get(2)?,
        })
    })
}

/// The pattern that finds a text anywhere, for `LIKE … ESCAPE '\'`.
fn anywhere(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

/// Conditions that are joined by AND, with their values.
#[derive(Default)]
struct Where {
    sql: String,
    values: Vec<rusqlite::types::Value>,
}

impl Where {
    fn and(&mut self, clause: &str, values: impl IntoIterator<Item = rusqlite::types::Value>) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(clause);
        self.values.extend(values);
    }

    /// The conditions, or one that lets everything through.
    fn sql(&self) -> &str {
        if self.sql.is_empty() { "1" } else { &self.sql }
    }

    fn params(&self) -> impl Params + '_ {
        rusqlite::params_from_iter(self.values.iter())
    }
}
