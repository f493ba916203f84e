//! Taking money back from a host's Stripe account after a paid booking was lost, where the host's
//! balance allows it. Otherwise the loss is set against later earnings (docs/domain.md §8).

use hostledger_core::payout_batch::PayoutStatus;
use hostledger_core::transfer::KEY_SURELY_ALIVE;
use hostledger_core::{Code, Error, Money};
use hostledger_store::disputes::Dispute;
use hostledger_store::payouts::Payout;
use hostledger_store::stripe::{self, Recovery};
use hostledger_store::{Conn, audit, commissions, payouts};
use hostledger_stripe::Problem;
use jiff::Timestamp;
use serde_json::json;

use super::{client, refused, runtime};
use crate::disputes::find;
use crate::identity::Role;
use crate::payouts::{post_reversal, take_lease};
use crate::{Result, Session, clock, kill_point};

/// Takes back what a lost dispute claws back, by a reversal of the transfer that paid the booking.
/// What was taken back.
///
/// # Errors
/// [`Code::WrongState`] where nothing can be taken back so, [`Code::StripeProblem`]: then nothing
/// moved, or it isn't known; the same call again makes sure, under the same key.
pub fn recover(s: &Session, dispute_id: &str) -> Result<Money> {
    s.require(&[Role::Preparer], "take money back from a host's account")?;
    let _lease = take_lease(s, "take money back")?;
    let (_, client) = client(s)?;
    let (d, transfer_id, r) = s.ledger.write(|conn| intend(s, conn, dispute_id))?;
    let amount = Money::new(r.amount_minor, d.row.currency);
    kill_point::reached("recovery intended");
    let done = runtime()?.block_on(client.reverse(
        &transfer_id,
        r.amount_minor,
        d.row.currency.code(),
        &r.idempotency_key,
    ));
    kill_point::reached("recovery answered");
    match done {
        Ok(reversal) => s.ledger.write(|conn| {
            let stamp = s.stamp(conn)?;
            let p = payouts::get(conn, r.payout_key)?;
            let at = Timestamp::from_second(reversal.created).unwrap_or(stamp.at);
            let id = &reversal.reversal_id;
            post_reversal(conn, &p, id, reversal.amount_minor, at, &stamp)?;
            stripe::end_recovery(conn, r.recovery_key, Some(id), None)?;
            Ok(amount)
        }),
        Err(p @ (Problem::Refused { .. } | Problem::NotAllowed { .. })) => {
            let why = p.sentence();
            s.ledger.write(|conn| {
                Ok::<_, Error>(stripe::end_recovery(
                    conn,
                    r.recovery_key,
                    None,
                    Some(&why),
                )?)
            })?;
            Err(Error::new(
                Code::StripeProblem,
                format!(
                    "{why} Nothing was taken back; {amount} stays to be set against the host's later earnings."
                ),
            ))
        }
        Err(p) => Err(refused(&p)),
    }
}

/// What could be taken back of a lost dispute now; `None`: nothing.
///
/// # Errors
/// [`Code::NotFound`].
pub fn recoverable(s: &Session, dispute_id: &str) -> Result<Option<Money>> {
    s.ledger.read(|conn| {
        if stripe::connection(conn)?.is_none() {
            return Ok(None);
        }
        let d = find(conn, dispute_id)?;
        match paid_by(conn, &d).and_then(|(p, transfer_id)| {
            let amount = left_to_take(conn, &d, &p)?;
            Ok((transfer_id, amount))
        }) {
            Ok((_, amount)) if amount > 0 => Ok(Some(Money::new(amount, d.row.currency))),
            Ok(_) => Ok(None),
            Err(e) if e.code == Code::WrongState => Ok(None),
            Err(e) => Err(e),
        }
    })
}

/// The COMPLETED payout of the booking, and the transfer that it left by.
fn paid_by(conn: &Conn, d: &Dispute) -> Result<(Payout, String)> {
    let no = |why: &str| Error::new(Code::WrongState, why.to_owned());
    let payout_id = commissions::sent_payout(conn, d.booking_key)?
        .ok_or_else(|| no("The booking was not paid, so there is nothing to take back."))?;
    let p = payouts::find(conn, &payout_id)?
        .filter(|p| p.status == PayoutStatus::Completed)
        .ok_or_else(|| no("The booking's payout is on its way. Settle it first."))?;
    let transfer_id = stripe::of_payout(conn, p.payout_key)?
        .and_then(|t| t.transfer_id)
        .ok_or_else(|| {
            no("The booking was not paid through Stripe, so it can't be taken back there. The loss is set against later earnings.")
        })?;
    Ok((p, transfer_id))
}

/// What the booking's lost disputes claw back and nothing took yet, up to what is left of the
/// transfer.
fn left_to_take(conn: &Conn, d: &Dispute, p: &Payout) -> Result<i64> {
    if d.loss_no.is_none() {
        return Ok(0);
    }
    let lost = -stripe::open_clawback(conn, d.booking_key)?;
    let left = p.amount_minor - stripe::came_back(conn, p.payout_key)?;
    Ok((lost - stripe::taken_back(conn, d.booking_key)?).min(left))
}

/// The intent, recorded before the call; an open one is taken up again.
fn intend(s: &Session, conn: &Conn, dispute_id: &str) -> Result<(Dispute, String, Recovery)> {
    let stamp = s.stamp(conn)?;
    let d = find(conn, dispute_id)?;
    let no = |why: &str| Error::new(Code::WrongState, why.to_owned());
    let (p, transfer_id) = paid_by(conn, &d)?;
    if let Some(open) = stripe::open_recovery(conn, d.dispute_key)? {
        if stamp.at.duration_since(open.asked_at) > KEY_SURELY_ALIVE {
            return Err(no(
                "It isn't known whether an earlier attempt took the money back, and its key may be forgotten. Sync with Stripe, and look at the transfer in Stripe's dashboard.",
            ));
        }
        return Ok((d, transfer_id, open));
    }
    let amount = left_to_take(conn, &d, &p)?;
    if amount <= 0 {
        return Err(no(
            "Nothing of this dispute waits to be taken back: it isn't lost, or it was set against later earnings already.",
        ));
    }
    let key = format!("recovery-{}", clock::new_id());
    stripe::insert_recovery(conn, d.dispute_key, p.payout_key, amount, &key, &stamp)?;
    let facts = json!({ "payout_id": p.payout_id, "transfer_id": transfer_id, "amount": Money::new(amount, d.row.currency).to_string() });
    audit::record(conn, &stamp, "disputes.recover", dispute_id, &facts)?;
    let open = stripe::open_recovery(conn, d.dispute_key)?
        .ok_or_else(|| Error::new(Code::Internal, "An intent that isn't there."))?;
    Ok((d, transfer_id, open))
}
