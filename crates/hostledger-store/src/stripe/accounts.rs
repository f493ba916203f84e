//! Hosts' accounts at Stripe.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, run};

/// A host's account as Stripe last described it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the columns of stripe_accounts, explained in the migration"
)]
pub struct HostAccount {
    pub account_id: String,
    pub payouts_enabled: bool,
    pub transfers_active: bool,
    pub disabled_reason: Option<String>,
    pub due: Vec<String>,
    pub due_by: Option<Timestamp>,
    pub pulled_at: Timestamp,
}

fn read(r: &Row<'_>) -> rusqlite::Result<HostAccount> {
    let due: String = r.get(4)?;
    Ok(HostAccount {
        account_id: r.get(0)?,
        payouts_enabled: r.get(1)?,
        transfers_active: r.get(2)?,
        disabled_reason: r.get(3)?,
        due: serde_json::from_str(&due).unwrap_or_default(),
        due_by: r.get::<_, Option<At>>(5)?.map(|a| a.0),
        pulled_at: r.get::<_, At>(6)?.0,
    })
}

/// Records what Stripe says of an account now.
///
/// # Errors
/// The database's own.
pub fn put_account(conn: &Conn, a: &HostAccount) -> Result<()> {
    let due = serde_json::to_string(&a.due).map_err(std::io::Error::other)?;
    run(
        conn,
        "INSERT OR REPLACE INTO stripe_accounts (account_id, payouts_enabled, transfers_active, disabled_reason, due, due_by, pulled_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            a.account_id,
            a.payouts_enabled,
            a.transfers_active,
            a.disabled_reason,
            due,
            a.due_by.map(At),
            At(a.pulled_at)
        ],
    )?;
    Ok(())
}

/// What Stripe last said of an account; `None`: never asked.
///
/// # Errors
/// The database's own.
pub fn host_account(conn: &Conn, account_id: &str) -> Result<Option<HostAccount>> {
    one(
        conn,
        "SELECT account_id, payouts_enabled, transfers_active, disabled_reason, due, due_by, pulled_at FROM stripe_accounts WHERE account_id = ?",
        [account_id],
        read,
    )
}

/// An account asked for from here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of stripe_account_requests")]
pub struct AccountRequest {
    pub idempotency_key: String,
    pub first_call_at: Timestamp,
    pub account_id: Option<String>,
}

/// The account that was asked for from here for a host.
///
/// # Errors
/// The database's own.
pub fn account_request(conn: &Conn, host_key: i64) -> Result<Option<AccountRequest>> {
    one(
        conn,
        "SELECT idempotency_key, first_call_at, account_id FROM stripe_account_requests WHERE host_key = ?",
        [host_key],
        |r| {
            Ok(AccountRequest {
                idempotency_key: r.get(0)?,
                first_call_at: r.get::<_, At>(1)?.0,
                account_id: r.get(2)?,
            })
        },
    )
}

/// Records, before the call, that an account is asked for.
///
/// # Errors
/// The database's own.
pub fn begin_account(conn: &Conn, host_key: i64, key: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT OR REPLACE INTO stripe_account_requests (host_key, idempotency_key, first_call_at, requested_by) VALUES (?, ?, ?, ?)",
        params![host_key, key, At(stamp.at), stamp.by],
    )?;
    Ok(())
}

/// Records the account that Stripe made for a host.
///
/// # Errors
/// The database's own.
pub fn set_account(conn: &Conn, host_key: i64, account_id: &str) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_account_requests SET account_id = ? WHERE host_key = ?",
        params![account_id, host_key],
    )?;
    Ok(())
}
