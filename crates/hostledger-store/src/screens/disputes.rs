//! What is reserved of one host's balance.

use std::collections::BTreeMap;

use hostledger_core::Currency;

use crate::Conn;
use crate::error::Result;
use crate::sql::{Cur, rows};

/// What is reserved of a host's balance and not released, by currency, in minor units.
///
/// # Errors
/// The database's own.
pub fn reserved_of_host(conn: &Conn, host_key: i64) -> Result<BTreeMap<Currency, i64>> {
    Ok(rows(
        conn,
        "SELECT a.currency, -sum(a.amount_minor) FROM adjustments a
         WHERE a.host_key = ? AND a.kind = 'RESERVE' AND a.status = 'APPROVED'
           AND NOT EXISTS (SELECT 1 FROM adjustments r WHERE r.releases = a.adjustment_key AND r.status = 'APPROVED')
         GROUP BY a.currency",
        [host_key],
        |r| Ok((r.get::<_, Cur>(0)?.0, r.get(1)?)),
    )?
    .into_iter()
    .collect())
}
