//! What an answer of Stripe's means in the books.

use hostledger_core::journal::EntryKind;
use hostledger_core::payout_batch::PayoutStatus;
use hostledger_core::transfer::TransferState;
use hostledger_store::audit;
use hostledger_store::payouts::{self, Batch, Payout};
use hostledger_store::stripe;
use serde_json::json;

use super::super::find_payout;
use super::super::posting::{complete, fail_sent, finish_if_settled, leave};
use crate::{Result, Session, kill_point};

/// Stripe made the transfer: the money is in the host's balance there.
pub(super) fn record_sent(s: &Session, batch: &Batch, p: &Payout, transfer_id: &str) -> Result<()> {
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let now = find_payout(conn, &p.payout_id)?;
        match now.status {
            PayoutStatus::Processing => {}
            // Stripe made it although this copy of the ledger never began: an older copy.
            PayoutStatus::Pending => leave(conn, batch, p, &stamp)?,
            _ => return Ok(()),
        }
        stripe::set_called(conn, p.payout_key, stamp.at)?;
        stripe::set_state(
            conn,
            p.payout_key,
            TransferState::Sent,
            Some(transfer_id),
            None,
        )?;
        complete(conn, batch, p, EntryKind::PayoutCompletedStripe, &stamp)?;
        finish_if_settled(conn, batch)?;
        kill_point::reached("record");
        Ok(())
    })?;
    kill_point::reached("recorded");
    Ok(())
}

/// Stripe refused the transfer: no money moved, the lines are due again.
pub(super) fn refuse(
    s: &Session,
    batch: &Batch,
    p: &Payout,
    code: &str,
    message: &str,
) -> Result<()> {
    let why = format!("{} {}", sentence(message), remedy(code));
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        stripe::set_state(conn, p.payout_key, TransferState::Failed, None, None)?;
        fail_sent(conn, batch, p, (code, &why), &stamp)?;
        finish_if_settled(conn, batch)
    })
}

/// Stripe's words, ended as a sentence.
fn sentence(message: &str) -> String {
    let message = message.trim();
    match message.chars().last() {
        None => "Stripe refused the transfer.".to_owned(),
        Some('.' | '!' | '?') => message.to_owned(),
        Some(_) => format!("{message}."),
    }
}

/// What a person does about one of Stripe's refusals (<https://docs.stripe.com/error-codes>).
fn remedy(code: &str) -> &'static str {
    match code {
        "balance_insufficient" => {
            "Add money to the platform's balance at Stripe, then retry the payout."
        }
        "insufficient_capabilities_for_transfer" | "account_invalid" | "account_closed" => {
            "Send the host an onboarding link; once Stripe enables the account, retry the payout."
        }
        "resource_missing" => "Correct the host's payout account, then prepare the money again.",
        "amount_too_small" | "amount_too_large" | "parameter_invalid_integer" => {
            "Stripe doesn't send this sum; look at its limits for the currency."
        }
        _ => "Mend what it names, then retry the payout.",
    }
}

/// Stripe shows something that can't be: nothing more of the batch is sent until people looked.
pub(super) fn freeze(s: &Session, batch: &Batch, why: &str) -> Result<()> {
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        payouts::set_alarm(conn, batch.batch_key, Some(why))?;
        audit::record(
            conn,
            &stamp,
            "payouts.alarm",
            &batch.batch_id,
            &json!({ "why": why }),
        )?;
        Ok(())
    })
}
