//! Money that came back from transfers, and hosts' banks that refused theirs.

use jiff::Timestamp;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{At, one, rows, run};

/// Money that came back from a payout's transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the columns of stripe_reversals, explained in the migration"
)]
pub struct Reversal {
    pub reversal_id: String,
    pub payout_key: i64,
    pub amount_minor: i64,
    pub reversed_at: Timestamp,
    pub adjustment_key: Option<i64>,
}

/// Records a reversal.
///
/// # Errors
/// The database's own; it refuses the same one twice.
pub fn insert_reversal(conn: &Conn, r: &Reversal, at: Timestamp) -> Result<()> {
    run(
        conn,
        "INSERT INTO stripe_reversals (reversal_id, payout_key, amount_minor, reversed_at, adjustment_key, recorded_at) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            r.reversal_id,
            r.payout_key,
            r.amount_minor,
            At(r.reversed_at),
            r.adjustment_key,
            At(at)
        ],
    )?;
    Ok(())
}

/// Whether a reversal is recorded.
///
/// # Errors
/// The database's own.
pub fn is_reversal_known(conn: &Conn, reversal_id: &str) -> Result<bool> {
    let found: Option<i64> = one(
        conn,
        "SELECT payout_key FROM stripe_reversals WHERE reversal_id = ?",
        [reversal_id],
        |r| r.get(0),
    )?;
    Ok(found.is_some())
}

/// The adjustments of parts of a payout that came back, if none of them was paid out again.
///
/// # Errors
/// The database's own.
pub fn open_parts(conn: &Conn, payout_key: i64) -> Result<Option<Vec<i64>>> {
    let parts: Vec<(i64, bool)> = rows(
        conn,
        "SELECT r.adjustment_key, a.status <> 'APPROVED' OR EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.adjustment_key = r.adjustment_key AND l.live = 1)
         FROM stripe_reversals r JOIN adjustments a USING (adjustment_key) WHERE r.payout_key = ?",
        [payout_key],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    if parts.iter().any(|(_, spent)| *spent) {
        return Ok(None);
    }
    Ok(Some(parts.into_iter().map(|(key, _)| key).collect()))
}

/// A host's bank refused Stripe's own payout.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the columns of stripe_bank_failures, explained in the migration"
)]
pub struct BankFailure {
    pub bank_payout_id: String,
    pub account_id: String,
    pub currency: String,
    pub amount_minor: i64,
    pub code: String,
    pub message: String,
    pub failed_at: Timestamp,
}

/// Records a bank's refusal. False: it was recorded before.
///
/// # Errors
/// The database's own.
pub fn insert_bank_failure(conn: &Conn, f: &BankFailure, at: Timestamp) -> Result<bool> {
    let changed = run(
        conn,
        "INSERT OR IGNORE INTO stripe_bank_failures (bank_payout_id, account_id, currency, amount_minor, code, message, failed_at, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            f.bank_payout_id,
            f.account_id,
            f.currency,
            f.amount_minor,
            f.code,
            f.message,
            At(f.failed_at),
            At(at)
        ],
    )?;
    Ok(changed == 1)
}

/// What an account's bank refused, newest first.
///
/// # Errors
/// The database's own.
pub fn bank_failures(conn: &Conn, account_id: &str) -> Result<Vec<BankFailure>> {
    rows(
        conn,
        "SELECT bank_payout_id, account_id, currency, amount_minor, code, message, failed_at FROM stripe_bank_failures WHERE account_id = ? ORDER BY failed_at DESC",
        [account_id],
        |r| {
            Ok(BankFailure {
                bank_payout_id: r.get(0)?,
                account_id: r.get(1)?,
                currency: r.get(2)?,
                amount_minor: r.get(3)?,
                code: r.get(4)?,
                message: r.get(5)?,
                failed_at: r.get::<_, At>(6)?.0,
            })
        },
    )
}

/// Accounts to which a transfer went at an instant or later.
///
/// # Errors
/// The database's own.
pub fn recently_paid_accounts(conn: &Conn, since: Timestamp) -> Result<Vec<String>> {
    rows(
        conn,
        "SELECT DISTINCT p.destination FROM stripe_transfers t JOIN host_payouts p USING (payout_key) WHERE t.state = 3 AND t.last_call_at >= ? ORDER BY p.destination",
        [At(since)],
        |r| r.get(0),
    )
}
