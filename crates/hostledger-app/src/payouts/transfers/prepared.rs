//! What goes out, stored before anything does.

use hostledger_core::approval::Rail;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::transfer::TransferState;
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Batch, Payout};
use hostledger_store::stripe::{self, Connection, Transfer};
use hostledger_store::{Conn, audit, meta};
use hostledger_stripe::request::{TransferRequest, api_version};
use serde_json::json;

use super::super::posting::{fail_unsent, finish_if_settled};
use super::super::send::{check_approval, fail_stale};
use super::super::{find_batch, require_status};
use super::preflight::{Before, require_clear, why_not_ready};
use crate::{Result, Session};

/// Stores, in one transaction, the request of every payout of a batch. Those that changed since
/// the approval, or whose account can't receive, fail here. Without `before`, what Stripe did
/// already is taken over from its list and nothing is judged.
pub(super) fn prepare_transfers(
    s: &Session,
    conn: &Conn,
    batch_id: &str,
    c: &Connection,
    before: Option<&Before>,
) -> Result<()> {
    let stamp = s.stamp(conn)?;
    let batch = find_batch(conn, batch_id)?;
    require_status(&batch, &[BatchStatus::Approved], "sending")?;
    check_approval(conn, &batch, &Rail::Stripe(c.rail()), &stamp)?;
    if let Some(before) = before {
        require_clear(s, conn, &batch, c, before)?;
        fail_stale(conn, &batch, &stamp)?;
        fail_not_ready(conn, &batch, before, &stamp)?;
    }
    let pending: Vec<Payout> = payouts::of_batch(conn, batch.batch_key)?
        .into_iter()
        .filter(|p| p.status == PayoutStatus::Pending)
        .collect();
    payouts::set_sending_stripe(conn, batch.batch_key, &stamp)?;
    audit::record(
        conn,
        &stamp,
        "payouts.send",
        batch_id,
        &json!({ "rail": "stripe", "account": c.account_id, "mode": c.rail().mode(), "payouts": pending.len(), "digest": batch.digest }),
    )?;
    let witness = Witness {
        head: audit::head(conn)?,
        ledger_id: meta::get(conn, "ledger_id")?.unwrap_or_default(),
    };
    for p in &pending {
        match prepared(&batch, p, c, &witness) {
            Ok(transfer) => stripe::prepare(conn, &transfer, stamp.at)?,
            Err(why) => fail_unsent(conn, p.payout_key, ("CURRENCY_NOT_SENT", &why), &stamp)?,
        }
    }
    finish_if_settled(conn, &batch)
}

/// What a transfer's metadata bears witness of.
struct Witness {
    head: String,
    ledger_id: String,
}

fn prepared(
    batch: &Batch,
    p: &Payout,
    c: &Connection,
    w: &Witness,
) -> std::result::Result<Transfer, String> {
    let metadata = [
        ("payout_id", p.payout_id.as_str()),
        ("batch_id", &batch.batch_id),
        ("digest", &batch.digest),
        ("audit_head", &w.head),
        ("ledger_id", &w.ledger_id),
    ];
    let request = TransferRequest {
        amount_minor: p.amount_minor,
        currency: p.currency.code(),
        destination: &p.destination,
        transfer_group: &batch.batch_id,
        description: &format!("Payout of {}", batch.date),
        metadata: &metadata,
    };
    let body = request.body()?;
    Ok(Transfer {
        payout_key: p.payout_key,
        attempt: 1,
        idempotency_key: format!("{}-1", p.payout_id),
        body,
        api_version: api_version(),
        account_id: c.account_id.clone(),
        livemode: c.livemode,
        state: TransferState::Prepared,
        first_call_at: None,
        last_call_at: None,
        calls: 0,
        transfer_id: None,
        unclear: None,
        released_by: None,
    })
}

fn fail_not_ready(conn: &Conn, batch: &Batch, before: &Before, stamp: &Stamp<'_>) -> Result<()> {
    for p in payouts::of_batch(conn, batch.batch_key)? {
        if p.status != PayoutStatus::Pending {
            continue;
        }
        if let Some(why) = why_not_ready(before, &p) {
            fail_unsent(conn, p.payout_key, ("DESTINATION_NOT_READY", &why), stamp)?;
        }
    }
    Ok(())
}
