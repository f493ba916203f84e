//! What is sent for each payout, byte for byte, and what is known of it.

use hostledger_core::transfer::TransferState;
use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, number_of, of_number, one, rows, run};

/// A payout's transfer.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of stripe_transfers, explained in the migration"
)]
pub struct Transfer {
    pub payout_key: i64,
    pub attempt: i64,
    pub idempotency_key: String,
    pub body: String,
    pub api_version: String,
    pub account_id: String,
    pub livemode: bool,
    pub state: TransferState,
    pub first_call_at: Option<Timestamp>,
    pub last_call_at: Option<Timestamp>,
    pub calls: i64,
    pub transfer_id: Option<String>,
    pub unclear: Option<String>,
    pub released_by: Option<String>,
}

const TRANSFER: &str = "SELECT t.payout_key, t.attempt, t.idempotency_key, t.body, t.api_version, t.account_id, t.livemode, t.state, t.first_call_at, t.last_call_at, t.calls, t.transfer_id, t.unclear, t.released_by FROM stripe_transfers t";

fn read(r: &Row<'_>) -> rusqlite::Result<Transfer> {
    let at = |i| r.get::<_, Option<At>>(i).map(|a| a.map(|a| a.0));
    Ok(Transfer {
        payout_key: r.get(0)?,
        attempt: r.get(1)?,
        idempotency_key: r.get(2)?,
        body: r.get(3)?,
        api_version: r.get(4)?,
        account_id: r.get(5)?,
        livemode: r.get(6)?,
        state: of_number(&TransferState::ALL, r.get(7)?, 1)?,
        first_call_at: at(8)?,
        last_call_at: at(9)?,
        calls: r.get(10)?,
        transfer_id: r.get(11)?,
        unclear: r.get(12)?,
        released_by: r.get(13)?,
    })
}

/// The transfers of a batch's payouts, in the order of the payouts' ids.
///
/// # Errors
/// The database's own.
pub fn of_batch(conn: &Conn, batch_key: i64) -> Result<Vec<Transfer>> {
    rows(
        conn,
        &format!(
            "{TRANSFER} JOIN host_payouts p USING (payout_key) WHERE p.batch_key = ? ORDER BY p.payout_id"
        ),
        [batch_key],
        read,
    )
}

/// A payout's transfer.
///
/// # Errors
/// The database's own.
pub fn of_payout(conn: &Conn, payout_key: i64) -> Result<Option<Transfer>> {
    one(
        conn,
        &format!("{TRANSFER} WHERE t.payout_key = ?"),
        [payout_key],
        read,
    )
}

/// Stores what will be sent, before anything is.
///
/// # Errors
/// The database's own.
pub fn prepare(conn: &Conn, t: &Transfer, at: Timestamp) -> Result<()> {
    run(
        conn,
        "INSERT INTO stripe_transfers (payout_key, attempt, idempotency_key, body, api_version, account_id, livemode, state, prepared_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)",
        params![
            t.payout_key,
            t.attempt,
            t.idempotency_key,
            t.body,
            t.api_version,
            t.account_id,
            t.livemode,
            At(at)
        ],
    )?;
    Ok(())
}

/// Records that a call begins; durable before its first byte goes out.
///
/// # Errors
/// The database's own.
pub fn begin_call(conn: &Conn, payout_key: i64, at: Timestamp) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_transfers SET state = 2, first_call_at = coalesce(first_call_at, ?2), last_call_at = ?2, calls = calls + 1, unclear = NULL WHERE payout_key = ?1",
        params![payout_key, At(at)],
    )?;
    Ok(())
}

/// Records what is known after a call, or from Stripe's list.
///
/// # Errors
/// The database's own.
pub fn set_state(
    conn: &Conn,
    payout_key: i64,
    state: TransferState,
    transfer_id: Option<&str>,
    unclear: Option<&str>,
) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_transfers SET state = ?2, transfer_id = ?3, unclear = ?4 WHERE payout_key = ?1",
        params![
            payout_key,
            number_of(&TransferState::ALL, &state, 1),
            transfer_id,
            unclear
        ],
    )?;
    Ok(())
}

/// Takes back what was prepared for a payout that isn't sent after all; for one of which Stripe
/// shows a transfer, what was prepared is taken as called.
///
/// # Errors
/// The database's own.
pub fn set_called(conn: &Conn, payout_key: i64, at: Timestamp) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_transfers SET state = 5, first_call_at = ?2, last_call_at = ?2 WHERE payout_key = ?1 AND state = 1",
        params![payout_key, At(at)],
    )?;
    Ok(())
}

/// The first of two people lets a payout of unknown outcome be tried anew.
///
/// # Errors
/// The database's own.
pub fn release(conn: &Conn, payout_key: i64, by: &str, why: &str) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_transfers SET released_by = ?2, released_why = ?3 WHERE payout_key = ?1",
        params![payout_key, by, why],
    )?;
    Ok(())
}

/// A new attempt under a new key, after two people released it; the body stays.
///
/// # Errors
/// The database's own; it refuses one that nobody released.
pub fn new_attempt(conn: &Conn, payout_key: i64, idempotency_key: &str) -> Result<()> {
    run(
        conn,
        "UPDATE stripe_transfers SET state = 1, attempt = attempt + 1, idempotency_key = ?2, first_call_at = NULL, last_call_at = NULL, unclear = NULL, released_by = NULL, released_why = NULL WHERE payout_key = ?1",
        params![payout_key, idempotency_key],
    )?;
    Ok(())
}

/// The payout that a transfer was made for, if this ledger knows.
///
/// # Errors
/// The database's own.
pub fn payout_of_transfer(conn: &Conn, transfer_id: &str) -> Result<Option<i64>> {
    one(
        conn,
        "SELECT payout_key FROM stripe_transfers WHERE transfer_id = ?",
        [transfer_id],
        |r| r.get(0),
    )
}

/// Takes over a transfer that this ledger made and has no payout for.
///
/// # Errors
/// The database's own; it refuses the same transfer twice.
pub fn insert_found(
    conn: &Conn,
    transfer_id: &str,
    payout_id: Option<&str>,
    adjustment_key: i64,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO stripe_transfers_found (transfer_id, payout_id, adjustment_key, found_at, found_by) VALUES (?, ?, ?, ?, ?)",
        params![
            transfer_id,
            payout_id,
            adjustment_key,
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(())
}

/// Whether a transfer was taken over by [`insert_found`].
///
/// # Errors
/// The database's own.
pub fn is_found(conn: &Conn, transfer_id: &str) -> Result<bool> {
    let found: Option<i64> = one(
        conn,
        "SELECT adjustment_key FROM stripe_transfers_found WHERE transfer_id = ?",
        [transfer_id],
        |r| r.get(0),
    )?;
    Ok(found.is_some())
}

/// The newest instant that the audit chain recorded: no honest clock stands before it.
///
/// # Errors
/// The database's own.
pub fn newest_record(conn: &Conn) -> Result<Option<Timestamp>> {
    one(
        conn,
        "SELECT at FROM audit_events ORDER BY seq DESC LIMIT 1",
        [],
        |r| Ok(r.get::<_, At>(0)?.0),
    )
}
