//! The one Stripe account of a ledger.

use hostledger_core::approval::StripeRail;
use jiff::Timestamp;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, run};

/// The one Stripe account of a ledger.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of stripe_connection, explained in the migration"
)]
pub struct Connection {
    pub account_id: String,
    pub livemode: bool,
    pub base_url: String,
    pub timeout_ms: u32,
    pub key_store: String,
    pub key_hint: String,
    pub listed_through: Option<i64>,
    pub synced_through: Option<i64>,
    pub synced_at: Option<Timestamp>,
}

impl Connection {
    /// The account and mode, as an approval is bound to them.
    #[must_use]
    pub fn rail(&self) -> StripeRail {
        StripeRail {
            account_id: self.account_id.clone(),
            livemode: self.livemode,
        }
    }
}

/// The connection, if the ledger has one.
///
/// # Errors
/// The database's own.
pub fn connection(conn: &Conn) -> Result<Option<Connection>> {
    one(
        conn,
        "SELECT account_id, livemode, base_url, timeout_ms, key_store, key_hint, listed_through, synced_through, synced_at FROM stripe_connection",
        [],
        |r| {
            Ok(Connection {
                account_id: r.get(0)?,
                livemode: r.get(1)?,
                base_url: r.get(2)?,
                timeout_ms: r.get(3)?,
                key_store: r.get(4)?,
                key_hint: r.get(5)?,
                listed_through: r.get(6)?,
                synced_through: r.get(7)?,
                synced_at: r.get::<_, Option<At>>(8)?.map(|a| a.0),
            })
        },
    )
}

/// Records the connection; the database refuses another account or mode than the ledger has.
///
/// # Errors
/// The database's own.
pub fn connect(conn: &Conn, c: &Connection, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT INTO stripe_connection (only_one, account_id, livemode, base_url, timeout_ms, key_store, key_hint, connected_at, connected_by)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (only_one) DO UPDATE SET account_id = ?1, livemode = ?2, base_url = ?3, timeout_ms = ?4, key_store = ?5, key_hint = ?6, connected_at = ?7, connected_by = ?8",
        params![
            c.account_id,
            c.livemode,
            c.base_url,
            c.timeout_ms,
            c.key_store,
            c.key_hint,
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(())
}

/// Remembers up to which transfer Stripe's list was compared with the ledger.
///
/// # Errors
/// The database's own.
pub fn set_listed_through(conn: &Conn, created: i64) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_connection SET listed_through = max(coalesce(listed_through, 0), ?)",
        [created],
    )?;
    Ok(())
}

/// Remembers up to which reversal Stripe's list was taken over, and when it was looked at.
///
/// # Errors
/// The database's own.
pub fn set_synced(conn: &Conn, through: Option<i64>, at: Timestamp) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_connection SET synced_through = max(coalesce(synced_through, 0), coalesce(?1, 0)), synced_at = ?2",
        params![through, At(at)],
    )?;
    Ok(())
}
