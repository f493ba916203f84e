//! Sending an approved batch through Stripe: one transfer per payout, never two
//! (docs/stripe.md).
//!
//! What goes out is stored first, with its key and its bytes. Whatever isn't a clear answer leaves
//! a payout *unknown*: its lines stay locked until Stripe's own list, or the same request under the
//! same key, says what became of it.

mod outcome;
mod preflight;
mod prepared;
mod reconcile;
mod sending;
mod unknown;
mod witness;

use std::collections::BTreeMap;

use hostledger_core::transfer::{Listed, TransferState};
use hostledger_store::payouts::{self, Batch, Payout};
use hostledger_store::stripe::{self, Transfer};
use hostledger_stripe::TransferShown;

pub use preflight::{Preflight, PreflightCheck, preflight};
pub use reconcile::{Reconciled, reconcile};
pub(super) use sending::resume_batch;
pub use sending::send_stripe;
pub use unknown::release;
pub use witness::witness;

use super::find_batch;
use crate::{Result, Session};

/// A batch's payouts that still hold their lines and whose transfer is in one of some states.
fn of_state(
    s: &Session,
    batch: &Batch,
    any_of: &[TransferState],
) -> Result<Vec<(Payout, Transfer)>> {
    s.ledger.read(|conn| -> Result<Vec<(Payout, Transfer)>> {
        let mut all: BTreeMap<i64, Transfer> = stripe::of_batch(conn, batch.batch_key)?
            .into_iter()
            .filter(|t| any_of.contains(&t.state))
            .map(|t| (t.payout_key, t))
            .collect();
        Ok(payouts::of_batch(conn, batch.batch_key)?
            .into_iter()
            .filter(|p| p.status.is_live())
            .filter_map(|p| all.remove(&p.payout_key).map(|t| (p, t)))
            .collect())
    })
}

/// What a payout's transfer must be in Stripe's list.
fn wanted(p: &Payout) -> Listed {
    Listed {
        transfer_id: String::new(),
        amount_minor: p.amount_minor,
        currency: p.currency.code().to_owned(),
        destination: p.destination.clone(),
        reversed_minor: 0,
    }
}

/// Stripe's list by the payout that each transfer names.
fn by_payout(shown: Vec<TransferShown>) -> BTreeMap<String, Vec<Listed>> {
    let mut out: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for t in shown {
        if let Some(id) = t.payout_id {
            out.entry(id).or_default().push(t.listed);
        }
    }
    out
}

/// A payout's transfer as it is shown.
#[derive(Debug, Clone)]
pub struct TransferView {
    /// The payout.
    pub payout: Payout,
    /// What is known of its transfer.
    pub transfer: Transfer,
}

/// The transfers of a batch, in the order of the payouts' ids.
///
/// # Errors
/// [`Code::NotFound`].
pub fn transfers(s: &Session, batch_id: &str) -> Result<Vec<TransferView>> {
    s.ledger.read(|conn| {
        let batch = find_batch(conn, batch_id)?;
        let mut of_payout: BTreeMap<i64, Transfer> = stripe::of_batch(conn, batch.batch_key)?
            .into_iter()
            .map(|t| (t.payout_key, t))
            .collect();
        Ok(payouts::of_batch(conn, batch.batch_key)?
            .into_iter()
            .filter_map(|payout| {
                let transfer = of_payout.remove(&payout.payout_key)?;
                Some(TransferView { payout, transfer })
            })
            .collect())
    })
}
