//! Submitting, approving, rejecting and cancelling a batch: maker and checker.

use std::collections::BTreeMap;

use hostledger_core::approval::{ApprovalStatement, check_second_person};
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Approval, Batch};
use hostledger_store::{Conn, audit, meta};
use serde_json::json;

use super::prepare::{drop_own_lines, set_digest, stale_payouts};
use super::send::holding_approvals;
use super::{find_batch, require_status};
use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session};

/// Hands a DRAFT batch over for approval.
///
/// # Errors
/// [`Code::WrongState`], also for a batch without payouts; [`Code::StalePayouts`].
pub fn submit(s: &Session, batch_id: &str) -> Result<BatchStatus> {
    s.require(&[Role::Preparer], "submit batches")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        require_status(&batch, &[BatchStatus::Draft], "submitting")?;
        refuse_empty(conn, &batch)?;
        refuse_stale(conn, &batch, "submitted")?;
        payouts::set_submitted(conn, batch.batch_key, &stamp)?;
        let needed = approvals_needed(s, conn, &batch)?;
        payouts::set_approvals_needed(conn, batch.batch_key, needed)?;
        audit::record(
            conn,
            &stamp,
            "payouts.submit",
            batch_id,
            &json!({ "digest": batch.digest }),
        )?;
        Ok(BatchStatus::Submitted)
    })
}

/// How many people must approve a batch, by its totals and the settings of the machine's day or the
/// batch's own, whichever is later: another business date never lowers it.
fn approvals_needed(s: &Session, conn: &Conn, batch: &Batch) -> Result<u32> {
    let mut totals: BTreeMap<Currency, i64> = BTreeMap::new();
    for p in payouts::of_batch(conn, batch.batch_key)? {
        if p.status == PayoutStatus::Pending {
            *totals.entry(p.currency).or_default() += p.amount_minor;
        }
    }
    let totals: Vec<Money> = totals
        .into_iter()
        .map(|(c, minor)| Money::new(minor, c))
        .collect();
    let on = s.machine_date(conn)?.max(batch.date);
    Ok(meta::settings(conn)?.approvals_needed_on(&totals, on))
}

/// Refuses a batch in which nothing is left to pay.
fn refuse_empty(conn: &Conn, batch: &Batch) -> Result<()> {
    let pending = |p: &payouts::Payout| p.status == PayoutStatus::Pending;
    if payouts::of_batch(conn, batch.batch_key)?
        .iter()
        .any(pending)
    {
        return Ok(());
    }
    Err(Error::new(
        Code::WrongState,
        "The batch holds no payout, so there is nothing to approve. Cancel it.",
    ))
}

/// Refuses a batch with stale payouts, naming them with what changed.
fn refuse_stale(conn: &Conn, batch: &Batch, what: &str) -> Result<()> {
    let stale = stale_payouts(conn, batch)?;
    if stale.is_empty() {
        return Ok(());
    }
    let mut named = Vec::new();
    for p in payouts::of_batch(conn, batch.batch_key)? {
        if let Some(changes) = stale.get(&p.payout_key) {
            named.push(json!({
                "payout_id": p.payout_id, "host_id": p.host_id, "currency": p.currency.code(),
                "amount": Money::new(p.amount_minor, p.currency).digits(), "changed": changes,
            }));
        }
    }
    let first = named.first().map(|n| {
        format!(
            "{} of {}: {}",
            n["payout_id"].as_str().unwrap_or(""),
            n["host_id"].as_str().unwrap_or(""),
            n["changed"][0].as_str().unwrap_or("")
        )
    });
    Err(Error::new(
        Code::StalePayouts,
        format!(
            "{} of the batch's payouts changed since they were prepared, so it can't be {what}. The first is {}. Refresh the batch or exclude them.",
            named.len(),
            first.unwrap_or_default()
        ),
    )
    .with_details(json!({ "payouts": named })))
}

/// Approves a SUBMITTED batch: the signed-in user's key signs its digest. It is APPROVED once as
/// many people did as its sum asks for; until then it stays SUBMITTED.
///
/// # Errors
/// [`Code::SamePerson`] for whoever made it, [`Code::StalePayouts`] naming them with what
/// changed, [`Code::WrongState`], [`Code::NotAllowed`].
pub fn approve(s: &Session, batch_id: &str) -> Result<BatchStatus> {
    sign_batch(s, batch_id, None)
}

/// As [`approve`], by a person whose session is open already, so that the passphrase is asked for
/// again; for a batch that they saw with this digest: another one is refused.
///
/// # Errors
/// As [`approve`]; [`Code::SignInFailed`] for another passphrase; [`Code::StalePayouts`] where the
/// digest is another by now.
pub fn approve_seen(
    s: &Session,
    batch_id: &str,
    seen: &str,
    passphrase: &str,
) -> Result<BatchStatus> {
    s.require(&[Role::Approver], "approve batches")?;
    s.confirm_passphrase(passphrase)?;
    sign_batch(s, batch_id, Some(seen))
}

fn sign_batch(s: &Session, batch_id: &str, seen: Option<&str>) -> Result<BatchStatus> {
    s.require(&[Role::Approver], "approve batches")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        let makers = payouts::makers(conn, batch.batch_key)?;
        let makers: Vec<&str> = makers.iter().map(String::as_str).collect();
        check_second_person(&makers, stamp.by)?;
        require_status(&batch, &[BatchStatus::Submitted], "approving")?;
        if seen.is_some_and(|seen| seen != batch.digest) {
            return Err(Error::new(
                Code::StalePayouts,
                "The batch changed since it was shown to you. Nothing was approved. Look at it again, then approve what you see.",
            ));
        }
        refuse_empty(conn, &batch)?;
        refuse_stale(conn, &batch, "approved")?;
        let digest = set_digest(conn, batch.batch_key)?;
        if digest != batch.digest {
            return Err(Error::new(
                Code::DamagedLedger,
                "The batch is not what its digest says: something changed it from outside. Nothing was approved. Run `hostledger check`.",
            ));
        }
        if holding_approvals(conn, &batch)?.iter().any(|a| a.approver == stamp.by) {
            return Err(Error::new(
                Code::SamePerson,
                "You approved this batch already. Another person must approve it too.",
            ));
        }
        // What was fixed when it was submitted only grows.
        let needed = approvals_needed(s, conn, &batch)?.max(batch.approvals_needed);
        payouts::set_approvals_needed(conn, batch.batch_key, needed)?;
        sign(s, conn, &batch, &stamp)?;
        let have = holding_approvals(conn, &batch)?.len();
        let status = if have >= needed as usize {
            payouts::set_batch_status(conn, batch.batch_key, BatchStatus::Approved)?;
            BatchStatus::Approved
        } else {
            BatchStatus::Submitted
        };
        let details = json!({ "digest": digest, "approval": have, "of": needed });
        audit::record(conn, &stamp, "payouts.approve", batch_id, &details)?;
        Ok(status)
    })
}

fn sign(s: &Session, conn: &Conn, batch: &Batch, stamp: &Stamp<'_>) -> Result<()> {
    let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
    // As stored, so that it reads back the same.
    let at = jiff::Timestamp::from_microsecond(stamp.at.as_microsecond()).unwrap_or(stamp.at);
    let stripe = hostledger_store::stripe::connection(conn)?.map(|c| c.rail());
    let statement = ApprovalStatement {
        ledger_id: &ledger_id,
        batch_id: &batch.batch_id,
        digest: &batch.digest,
        approver: stamp.by,
        approved_at: at,
        stripe: stripe.as_ref(),
    };
    let approval = Approval {
        batch_id: batch.batch_id.clone(),
        approver: stamp.by.to_owned(),
        approved_at: at,
        digest: batch.digest.clone(),
        public_key: s.key.public(),
        signature: s.key.sign(&statement.bytes()),
        stripe,
    };
    Ok(payouts::insert_approval(conn, batch.batch_key, &approval)?)
}

/// Sends a SUBMITTED batch back with a comment; its money is due again.
///
/// # Errors
/// [`Code::BadInput`] without a comment, [`Code::WrongState`], [`Code::NotAllowed`].
pub fn reject(s: &Session, batch_id: &str, reason: &str) -> Result<BatchStatus> {
    s.require(&[Role::Approver], "reject batches")?;
    let reason = need_reason(reason)?;
    close(
        s,
        batch_id,
        &[BatchStatus::Submitted],
        BatchStatus::Rejected,
        Some(reason),
    )
}

/// Drops a batch that wasn't sent; its money is due again.
///
/// # Errors
/// [`Code::WrongState`], [`Code::NotAllowed`].
pub fn cancel(s: &Session, batch_id: &str, reason: Option<&str>) -> Result<BatchStatus> {
    s.require(&[Role::Preparer], "cancel batches")?;
    let open = [
        BatchStatus::Draft,
        BatchStatus::Submitted,
        BatchStatus::Approved,
    ];
    close(s, batch_id, &open, BatchStatus::Cancelled, reason)
}

fn close(
    s: &Session,
    batch_id: &str,
    from: &[BatchStatus],
    to: BatchStatus,
    reason: Option<&str>,
) -> Result<BatchStatus> {
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        let (what, action) = match to {
            BatchStatus::Rejected => ("rejecting", "payouts.reject"),
            _ => ("cancelling", "payouts.cancel"),
        };
        require_status(&batch, from, what)?;
        for p in payouts::of_batch(conn, batch.batch_key)? {
            if p.status == PayoutStatus::Pending {
                payouts::set_status(conn, p.payout_key, PayoutStatus::Cancelled, None, stamp.at)?;
                drop_own_lines(conn, p.payout_key, &stamp)?;
            }
        }
        payouts::set_closed(conn, batch.batch_key, to, reason, &stamp)?;
        audit::record(conn, &stamp, action, batch_id, &json!({ "reason": reason }))?;
        Ok(to)
    })
}
