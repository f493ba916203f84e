//! What files and Stripe say of the bank's fee of a dispute: each source's last word. Undoing a file
//! takes its word back (docs/domain.md §3, §8).

use hostledger_core::Money;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{Cur, one, rows, run};

/// Keeps what a source says of the fee of a dispute (`import_key` `None`: Stripe itself); its earlier
/// word goes.
///
/// # Errors
/// The database's own.
pub fn said(
    conn: &Conn,
    dispute_key: i64,
    import_key: Option<i64>,
    fee: Money,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO dispute_fees (dispute_key, import_key, step, fee_minor, fee_currency) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (dispute_key, coalesce(import_key, 0)) DO UPDATE SET step = excluded.step, fee_minor = excluded.fee_minor, fee_currency = excluded.fee_currency",
        params![
            dispute_key,
            import_key,
            stamp.step,
            fee.amount_minor,
            Cur(fee.currency)
        ],
    )?;
    Ok(())
}

/// The newest word that stands about the rows of the dispute with this id.
///
/// # Errors
/// The database's own.
pub fn newest(conn: &Conn, dispute_id: &str) -> Result<Option<Money>> {
    one(
        conn,
        "SELECT f.fee_minor, f.fee_currency FROM dispute_fees f JOIN disputes d USING (dispute_key) WHERE d.dispute_id = ? ORDER BY f.step DESC, f.fee_key DESC LIMIT 1",
        [dispute_id],
        |r| {
            let currency: Cur = r.get(1)?;
            Ok(Money::new(r.get(0)?, currency.0))
        },
    )
}

/// Takes back what an import said. The ids of the disputes that it said it of.
///
/// # Errors
/// The database's own.
pub fn take_back(conn: &Conn, import_key: i64) -> Result<Vec<String>> {
    let ids = rows(
        conn,
        "SELECT DISTINCT d.dispute_id FROM dispute_fees f JOIN disputes d USING (dispute_key) WHERE f.import_key = ? ORDER BY 1",
        [import_key],
        |r| r.get(0),
    )?;
    run(
        conn,
        "DELETE FROM dispute_fees WHERE import_key = ?",
        [import_key],
    )?;
    Ok(ids)
}
