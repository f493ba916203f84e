//! What a payout's way means in the books, whichever rail it takes (docs/domain.md §7 and §9).

use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_store::Conn;
use hostledger_store::journal::{self, Subject};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Batch, Payout};
use hostledger_store::{audit, final_payouts};
use serde_json::json;

use super::prepare::drop_own_lines;
use crate::Result;
use crate::disputes::reserves;
use crate::tax::withholding;

/// What an entry about a payout is about.
pub(super) fn subject(p: &Payout) -> Subject {
    Subject {
        host_key: Some(p.host_key),
        payout_key: Some(p.payout_key),
        ..Subject::default()
    }
}

/// The payout is on its way: *payout sent*, its commissions are frozen, and the final payout that let
/// it go is used up.
pub(crate) fn leave(conn: &Conn, batch: &Batch, p: &Payout, stamp: &Stamp<'_>) -> Result<()> {
    payouts::set_status(conn, p.payout_key, PayoutStatus::Processing, None, stamp.at)?;
    payouts::freeze_commissions(conn, p.payout_key)?;
    if final_payouts::use_up(conn, p.payout_key, batch.batch_key, stamp)? {
        let facts = json!({ "payout_id": p.payout_id, "batch_id": batch.batch_id });
        audit::record(conn, stamp, "hosts.final_payout_used", &p.host_id, &facts)?;
    }
    let entry = Entry::two(EntryKind::PayoutSent, p.amount_minor);
    journal::post(conn, &entry, subject(p), p.currency, batch.date, stamp.at)?;
    withholding::post(conn, p.payout_key, batch.date, stamp)
}

/// The payout arrived: its commissions are PAID; `kind` is the rail's *payout completed*.
pub(crate) fn complete(
    conn: &Conn,
    batch: &Batch,
    p: &Payout,
    kind: EntryKind,
    stamp: &Stamp<'_>,
) -> Result<()> {
    payouts::set_status(conn, p.payout_key, PayoutStatus::Completed, None, stamp.at)?;
    payouts::set_commissions_paid(conn, p.payout_key, true)?;
    let entry = Entry::two(kind, p.amount_minor);
    journal::post(conn, &entry, subject(p), p.currency, batch.date, stamp.at)?;
    Ok(())
}

/// A payout that left didn't arrive: *payout sent* is reversed, the lines are free.
pub(super) fn fail_sent(
    conn: &Conn,
    batch: &Batch,
    p: &Payout,
    failure: (&str, &str),
    stamp: &Stamp<'_>,
) -> Result<()> {
    withholding::drop(conn, p.payout_key, batch.date, stamp)?;
    fail_unsent(conn, p.payout_key, failure, stamp)?;
    journal::reverse_of_payout(
        conn,
        p.payout_key,
        EntryKind::PayoutSent,
        batch.date,
        stamp.at,
    )?;
    Ok(())
}

/// A payout that never left fails: nothing is posted, the lines are free. `failure` is its code and
/// the reason in words.
pub(crate) fn fail_unsent(
    conn: &Conn,
    payout_key: i64,
    failure: (&str, &str),
    stamp: &Stamp<'_>,
) -> Result<()> {
    let status = PayoutStatus::Failed;
    payouts::set_status(conn, payout_key, status, Some(failure), stamp.at)?;
    reserves::after_payout(conn, payout_key, stamp)?;
    drop_own_lines(conn, payout_key, stamp)
}

/// A batch is done once no payout of it is on its way.
pub(crate) fn finish_if_settled(conn: &Conn, batch: &Batch) -> Result<()> {
    if payouts::has_open(conn, batch.batch_key)? {
        return Ok(());
    }
    let status = if payouts::has_failed(conn, batch.batch_key)? {
        BatchStatus::PartiallyFailed
    } else {
        BatchStatus::Completed
    };
    Ok(payouts::set_batch_status(conn, batch.batch_key, status)?)
}
