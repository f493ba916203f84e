//! Stripe's list as a witness of this ledger: each transfer carries the digest of its batch and the
//! head of the audit chain of then.

use hostledger_store::check::Check;
use hostledger_store::payouts;
use hostledger_store::{Conn, audit, meta, stripe};
use hostledger_stripe::TransferShown;

use crate::{Result, Session};

/// Compares the digests and audit heads that Stripe's list carries with the ledger.
///
/// # Errors
/// [`Code::StripeProblem`].
pub fn witness(s: &Session) -> Result<Check> {
    let (_, client) = crate::stripe::client(s)?;
    let shown = crate::stripe::runtime()?
        .block_on(client.transfers_since(0))
        .map_err(|p| crate::stripe::refused(&p))?;
    s.ledger.read(|conn| {
        let ledger_id = meta::get(conn, "ledger_id")?;
        let (mut count, mut problems) = (0, Vec::new());
        for t in shown.iter().filter(|t| t.ledger_id == ledger_id) {
            count += 1;
            if let Some(problem) = disagrees(conn, t)? {
                problems.push(format!("transfer {}: {problem}", t.listed.transfer_id));
            }
        }
        Ok(Check {
            name: "witness",
            ok: problems.is_empty(),
            detail: if problems.is_empty() {
                format!(
                    "{count} transfers at Stripe bear witness of the same batches and audit chain"
                )
            } else {
                problems.join("; ")
            },
        })
    })
}

fn disagrees(conn: &Conn, t: &TransferShown) -> Result<Option<String>> {
    let found = match &t.payout_id {
        Some(id) => payouts::find(conn, id)?,
        None => None,
    };
    let Some(p) = found else {
        return Ok(Some("this ledger has no such payout".to_owned()));
    };
    let batch = payouts::get_batch(conn, p.batch_key)?;
    let known = stripe::of_payout(conn, p.payout_key)?.and_then(|k| k.transfer_id);
    let heads = t.audit_head.as_deref().unwrap_or_default();
    Ok(if known.as_deref() != Some(t.listed.transfer_id.as_str()) {
        Some(format!(
            "the ledger doesn't have it as the transfer of payout {}",
            p.payout_id
        ))
    } else if t.digest.as_deref() != Some(batch.digest.as_str()) {
        Some(format!(
            "batch {} has another digest here than when it was sent",
            batch.batch_id
        ))
    } else if !audit::has_hash(conn, heads)? {
        Some("the audit chain here doesn't hold the event it was sent after".to_owned())
    } else if t.listed.amount_minor != p.amount_minor || t.listed.destination != p.destination {
        Some(format!(
            "payout {} has another sum or receiver here",
            p.payout_id
        ))
    } else {
        None
    })
}
