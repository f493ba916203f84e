//! Taking money back from a host's Stripe account after a paid booking was lost, where the host's
//! balance allows it. Otherwise the loss is set against later earnings (docs/domain.md §8).

use hostledger_core::payout_batch::PayoutStatus;
use hostledger_core::transfer::KEY_SURELY_ALIVE;
use hostledger_core::{Code, Error, Money};
use hostledger_store::disputes::Dispute;
use hostledger_store::payouts::Payout;
use hostledger_store::stripe::{self, Recovery};
use hostledger_store::{Conn, audit, commissions, payouts};
use hostledger_stripe::{Problem, Reversal};
use jiff::Timestamp;
use serde_json::json;

use super::{client, refused, runtime};
use crate::disputes::{find, names};
use crate::identity::Role;
use crate::payouts::{post_reversal, take_lease};
use crate::{Result, Session, clock, kill_point};

/// What of a lost dispute could be taken back at Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recoverable {
    /// What would be taken back; for an attempt without an answer, what that asked for.
    pub amount: Money,
    /// An attempt went out and its answer was lost: trying again makes sure, and takes it once.
    pub unanswered: bool,
}

/// Takes back what a lost dispute claws back, by a reversal of the transfer that paid the booking.
/// What was taken back.
///
/// An attempt whose answer was lost is the same call again while Stripe surely knows its key, and
/// is looked up in Stripe's list of reversals after that (docs/stripe.md).
///
/// # Errors
/// [`Code::WrongState`] where nothing can be taken back so, [`Code::StripeProblem`]: then nothing
/// moved, or it isn't known; the same call again makes sure.
pub fn recover(s: &Session, dispute_id: &str) -> Result<Money> {
    s.require(&[Role::Preparer], "take money back from a host's account")?;
    let all = s.ledger.read(|conn| names(conn, dispute_id))?;
    let mut sum: Option<Money> = None;
    let mut nothing = None;
    for one in &all {
        match recover_one(s, one) {
            Ok(back) => match &mut sum {
                Some(sum) => sum.amount_minor += back.amount_minor,
                None => sum = Some(back),
            },
            // Of several bookings some may not be paid, or not through Stripe.
            Err(e) if e.code == Code::WrongState && all.len() > 1 => nothing = Some(e),
            Err(e) => return Err(e),
        }
    }
    match (sum, nothing) {
        (Some(sum), _) => Ok(sum),
        (None, Some(e)) => Err(e),
        (None, None) => Err(Error::new(
            Code::NotFound,
            format!("There is no dispute {dispute_id}."),
        )),
    }
}

fn recover_one(s: &Session, dispute_id: &str) -> Result<Money> {
    let _lease = take_lease(s, "take money back")?;
    let (_, client) = client(s)?;
    let runtime = runtime()?;
    let mut i = s.ledger.write(|conn| intend(s, conn, dispute_id))?;
    if clock::now().duration_since(i.recovery.asked_at) > KEY_SURELY_ALIVE {
        let since = i.recovery.asked_at.as_second();
        let listed = runtime
            .block_on(client.reversals_since(since))
            .map_err(|p| refused(&p))?;
        if let Some(found) = s.ledger.read(|conn| ours(conn, &i, &listed))? {
            return record(s, &i, &found);
        }
        let why = "Stripe's list doesn't show it, so it was never made.";
        s.ledger.write(|conn| -> Result<()> {
            Ok(stripe::end_recovery(
                conn,
                i.recovery.recovery_key,
                None,
                Some(why),
            )?)
        })?;
        i = s.ledger.write(|conn| intend(s, conn, dispute_id))?;
    }
    let amount = i.amount();
    kill_point::reached("recovery intended");
    let done = runtime.block_on(client.reverse(
        &i.transfer_id,
        i.recovery.amount_minor,
        amount.currency.code(),
        &i.recovery.idempotency_key,
    ));
    kill_point::reached("recovery answered");
    match done {
        Ok(reversal) => record(s, &i, &reversal),
        Err(p @ (Problem::Refused { .. } | Problem::NotAllowed { .. })) => {
            let why = p.sentence();
            s.ledger.write(|conn| -> Result<()> {
                Ok(stripe::end_recovery(
                    conn,
                    i.recovery.recovery_key,
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
pub fn recoverable(s: &Session, dispute_id: &str) -> Result<Option<Recoverable>> {
    s.ledger.read(|conn| {
        if stripe::connection(conn)?.is_none() {
            return Ok(None);
        }
        let d = find(conn, dispute_id)?;
        let of = |minor, unanswered| Recoverable {
            amount: Money::new(minor, d.row.currency),
            unanswered,
        };
        if let Some(open) = stripe::open_recovery(conn, d.dispute_key)? {
            return Ok(Some(of(open.amount_minor, true)));
        }
        match paid_by(conn, &d).and_then(|(p, _)| left_to_take(conn, &d, &p)) {
            Ok(amount) if amount > 0 => Ok(Some(of(amount, false))),
            Ok(_) => Ok(None),
            Err(e) if e.code == Code::WrongState => Ok(None),
            Err(e) => Err(e),
        }
    })
}

/// The reversal of an attempt among those that Stripe lists: of its transfer, of its amount, and of
/// no other attempt.
fn ours(conn: &Conn, i: &Intent, listed: &[Reversal]) -> Result<Option<Reversal>> {
    for r in listed {
        if r.transfer_id == i.transfer_id
            && r.amount_minor == i.recovery.amount_minor
            && !stripe::is_recovery(conn, &r.reversal_id)?
        {
            return Ok(Some(r.clone()));
        }
    }
    Ok(None)
}

/// Posts a reversal that was made for an attempt, and ends the attempt.
fn record(s: &Session, i: &Intent, r: &Reversal) -> Result<Money> {
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let p = payouts::get(conn, i.recovery.payout_key)?;
        let at = Timestamp::from_second(r.created).unwrap_or(stamp.at);
        post_reversal(conn, &p, &r.reversal_id, r.amount_minor, at, true, &stamp)?;
        stripe::end_recovery(conn, i.recovery.recovery_key, Some(&r.reversal_id), None)?;
        Ok(i.amount())
    })
}

/// An attempt that is recorded and has no answer yet.
struct Intent {
    dispute: Dispute,
    transfer_id: String,
    recovery: Recovery,
}

impl Intent {
    fn amount(&self) -> Money {
        Money::new(self.recovery.amount_minor, self.dispute.row.currency)
    }
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
    let left = p.amount_minor - payouts::came_back(conn, p.payout_key)?;
    Ok((lost - stripe::taken_back(conn, d.booking_key)?).min(left))
}

/// The intent, recorded before the call; an open one is taken up again.
fn intend(s: &Session, conn: &Conn, dispute_id: &str) -> Result<Intent> {
    let stamp = s.stamp(conn)?;
    let d = find(conn, dispute_id)?;
    let (p, transfer_id) = paid_by(conn, &d)?;
    if stripe::open_recovery(conn, d.dispute_key)?.is_none() {
        let amount = left_to_take(conn, &d, &p)?;
        if amount <= 0 {
            return Err(Error::new(
                Code::WrongState,
                "Nothing of this dispute waits to be taken back: it isn't lost, or it was set against later earnings already.",
            ));
        }
        let key = format!("recovery-{}", clock::new_id());
        stripe::insert_recovery(conn, d.dispute_key, p.payout_key, amount, &key, &stamp)?;
        let facts = json!({ "payout_id": p.payout_id, "transfer_id": transfer_id, "amount": Money::new(amount, d.row.currency).to_string() });
        audit::record(conn, &stamp, "disputes.recover", dispute_id, &facts)?;
    }
    let recovery = stripe::open_recovery(conn, d.dispute_key)?
        .ok_or_else(|| Error::new(Code::Internal, "An intent that isn't there."))?;
    Ok(Intent {
        dispute: d,
        transfer_id,
        recovery,
    })
}
