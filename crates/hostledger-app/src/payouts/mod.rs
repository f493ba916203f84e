//! Payout batches: prepare, change, submit, approve, send, settle.

mod approve;
mod departure;
mod listing;
mod marks;
mod paper;
mod posting;
mod prepare;
mod returned;
mod reversal;
mod send;
mod transfers;
mod view;

pub use approve::{Moved, NamedRail, approve, approve_seen, cancel, own_remark, reject, submit};
pub use departure::{TooEarly, too_early};
pub use listing::{
    BatchSummary, Estimate, ListedLine, ListedLines, Neighbours, PreviewLine, batch_of_payout,
    estimate, failed_and_not_retried, history, listed_lines, neighbours, next_date, next_dates,
    open_batches, preview_lines, summaries,
};
pub use paper::batch_pdf;
pub use prepare::{DAYS_AHEAD, exclude, prepare, preview, refresh, retry};
pub use returned::{CameBack, returned, take_back_return};
pub(crate) use reversal::post_reversal;
pub(crate) use send::take_lease;
pub use send::{SendOutcome, Settlement, resume, send_file, settle};
pub use transfers::{
    Preflight, PreflightCheck, Reconciled, TransferView, preflight, reconcile, release,
    send_stripe, transfers, witness,
};
pub use view::{ApprovalView, BatchView, CurrencyTotal, PayoutView, batches, lines, show, waiting};

pub use hostledger_core::payout_marks::{Mark, PayoutFlag};

use hostledger_core::payout_batch::BatchStatus;
use hostledger_core::{Code, Error};
use hostledger_store::Conn;
use hostledger_store::payouts::{self, Batch, Payout};

use crate::Result;

pub(crate) use approve::close_in;
pub(crate) use posting::{complete, fail_unsent, finish_if_settled, leave};
pub(crate) use prepare::set_digest;
pub(crate) use send::fail_stale;

/// A batch by id.
pub(crate) fn find_batch(conn: &Conn, batch_id: &str) -> Result<Batch> {
    payouts::find_batch(conn, batch_id)?
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no batch {batch_id}.")))
}

/// A payout of a batch by id.
fn find_payout(conn: &Conn, payout_id: &str) -> Result<Payout> {
    payouts::find(conn, payout_id)?
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no payout {payout_id}.")))
}

/// Refuses what a batch's state doesn't allow.
fn require_status(b: &Batch, any_of: &[BatchStatus], what: &str) -> Result<()> {
    if any_of.contains(&b.status) {
        return Ok(());
    }
    let words: Vec<&str> = any_of.iter().map(|s| s.as_str()).collect();
    Err(Error::new(
        Code::WrongState,
        format!(
            "The batch is {}; {what} takes one that is {}.",
            b.status.as_str(),
            words.join(" or ")
        ),
    )
    .with_details(serde_json::json!({ "status": b.status.as_str() })))
}
