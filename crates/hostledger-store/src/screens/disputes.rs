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
        "SELECT currency, sum(amount_minor) FROM open_reserves WHERE host_key = ? GROUP BY currency",
        [host_key],
        |r| Ok((r.get::<_, Cur>(0)?.0, r.get(1)?)),
    )?
    .into_iter()
    .collect())
}
