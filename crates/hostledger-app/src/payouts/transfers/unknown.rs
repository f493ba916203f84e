//! Payouts of which it isn't known whether Stripe made their transfer.

use std::collections::BTreeMap;

use hostledger_core::transfer::{Found, Listed, TransferState, Unlisted, find, unlisted};
use hostledger_core::{Code, Error};
use hostledger_store::audit;
use hostledger_store::payouts::{self, Batch, Payout};
use hostledger_store::stripe::{self, Transfer};
use hostledger_stripe::request::api_version;
use serde_json::json;

use super::super::find_payout;
use super::outcome::record_sent;
use super::sending::{Sending, send_one};
use super::{by_payout, of_state, wanted};
use crate::commissions::need_reason;
use crate::identity::Role;
use crate::jobs::Job;
use crate::{Result, Session, clock};

/// Payouts of a batch whose outcome isn't known.
pub(super) fn unclear(s: &Session, batch: &Batch) -> Result<Vec<(Payout, Transfer)>> {
    of_state(s, batch, &[TransferState::Sending, TransferState::Unknown])
}

async fn listed(on: &Sending<'_>) -> Option<BTreeMap<String, Vec<Listed>>> {
    match on.client.transfers_of_group(&on.batch.batch_id).await {
        Ok(listed) => Some(by_payout(listed)),
        Err(p) => {
            on.stop(p.sentence());
            None
        }
    }
}

/// Clears up payouts of unknown outcome: first by Stripe's list, which answers whatever happened
/// to the key; what it doesn't show goes out again under the same key while that surely lives.
pub(super) async fn clear_up(on: &Sending<'_>, job: &Job) -> Result<()> {
    let open = unclear(on.s, on.batch)?;
    if open.is_empty() {
        return Ok(());
    }
    let total = Some(open.len() as u64);
    job.progress("Asking Stripe what became of them", 0, total);
    let Some(listed) = listed(on).await else {
        return Ok(());
    };
    for (done, (p, t)) in (0..).zip(open) {
        if job.is_cancelled() || on.halted() {
            return Ok(());
        }
        job.progress("Asking Stripe what became of them", done, total);
        let shown = listed.get(&p.payout_id).map_or(&[][..], Vec::as_slice);
        match find(&p.payout_id, &wanted(&p), shown) {
            Found::Ours(id) => record_sent(on.s, on.batch, &p, &id)?,
            Found::Alarm(why) => return on.alarm(&why),
            Found::Nothing => match may_replay(on.s, &t)? {
                Unlisted::Replay => send_one(on, &p, &t, job).await?,
                Unlisted::AskPeople => on.s.ledger.write(|conn| {
                    let why = "Stripe's list doesn't show it, and its key may be forgotten. Two people let it be tried anew with `hostledger payouts release`.";
                    stripe::set_state(conn, p.payout_key, TransferState::Unknown, None, Some(why))
                })?,
            },
        }
    }
    Ok(())
}

/// After a send: what Stripe lists for the batch is what the ledger has as sent, one for one.
pub(super) async fn tie_out(on: &Sending<'_>, job: &Job) -> Result<()> {
    job.progress("Comparing with Stripe's list", 0, None);
    let Some(listed) = listed(on).await else {
        return Ok(());
    };
    let sent = of_state(on.s, on.batch, &[TransferState::Sent])?;
    for (p, t) in sent {
        let shown = listed.get(&p.payout_id).map_or(&[][..], Vec::as_slice);
        let found = find(&p.payout_id, &wanted(&p), shown);
        let ours = matches!(&found, Found::Ours(id) if Some(id) == t.transfer_id.as_ref());
        if !ours {
            let why = match found {
                Found::Alarm(why) => why,
                _ => format!(
                    "Stripe's list doesn't show transfer {} of payout {}",
                    t.transfer_id.unwrap_or_default(),
                    p.payout_id
                ),
            };
            return on.alarm(&why);
        }
    }
    Ok(())
}

/// Whether the same request may go out again. Another version of Stripe's API than the program
/// speaks by now would make it another request.
fn may_replay(s: &Session, t: &Transfer) -> Result<Unlisted> {
    let newest = s
        .ledger
        .read(|conn| -> Result<_> { Ok(stripe::newest_record(conn)?) })?;
    let now = clock::now();
    Ok(match t.first_call_at {
        Some(first) if t.api_version == api_version() => {
            unlisted(first, newest.unwrap_or(first), now)
        }
        _ => Unlisted::AskPeople,
    })
}

/// Lets a payout of unknown outcome be tried anew: the first call proposes it, a second person's
/// makes it so, after Stripe's list was read again. True once it may go out; `resume` sends it.
///
/// # Errors
/// [`Code::WrongState`] where its outcome is known or its key still lives; [`Code::SamePerson`];
/// [`Code::StripeProblem`].
pub fn release(s: &Session, payout_id: &str, reason: &str) -> Result<bool> {
    s.require(&[Role::Preparer, Role::Approver], "release payouts")?;
    let reason = need_reason(reason)?;
    let (p, t, batch) = s.ledger.read(|conn| -> Result<_> {
        let p = find_payout(conn, payout_id)?;
        let t = stripe::of_payout(conn, p.payout_key)?;
        let batch = payouts::get_batch(conn, p.batch_key)?;
        Ok((p, t, batch))
    })?;
    let Some(t) = t.filter(|t| t.state == TransferState::Unknown) else {
        return Err(Error::new(
            Code::WrongState,
            "Only a payout whose outcome is unknown can be released.",
        ));
    };
    if may_replay(s, &t)? == Unlisted::Replay {
        return Err(Error::new(
            Code::WrongState,
            "Its key still protects it from being paid twice: run `hostledger payouts resume`, which asks again under the same key. It can be released once the key is a day old.",
        ));
    }
    let (_, client) = crate::stripe::client(s)?;
    let listed = crate::stripe::runtime()?
        .block_on(client.transfers_of_group(&batch.batch_id))
        .map_err(|p| crate::stripe::refused(&p))?;
    if by_payout(listed).contains_key(payout_id) {
        return Err(Error::new(
            Code::WrongState,
            "Stripe's list shows a transfer for it. Run `hostledger payouts resume`, which records it.",
        ));
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let second = match &t.released_by {
            Some(first) if first == stamp.by => {
                return Err(Error::new(
                    Code::SamePerson,
                    format!("{first} released it already. A second person must confirm that it is tried anew."),
                ));
            }
            first => first.is_some(),
        };
        let (action, key) = if second {
            let key = format!("{payout_id}-{}", t.attempt + 1);
            stripe::new_attempt(conn, p.payout_key, &key)?;
            ("payouts.release_confirm", key)
        } else {
            stripe::release(conn, p.payout_key, stamp.by, reason)?;
            ("payouts.release", t.idempotency_key.clone())
        };
        let details = json!({ "reason": reason, "batch_id": batch.batch_id, "key": key });
        audit::record(conn, &stamp, action, payout_id, &details)?;
        Ok(second)
    })
}
