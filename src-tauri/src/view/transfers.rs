//! Payouts on their way through Stripe.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::payouts::PayoutStatus;
use super::shared::Allowed;
use super::stripe::StripeRail;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TransferState {
    Prepared,
    Sending,
    Sent,
    Failed,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ReleaseAction {
    TryAnew,
}

/// What is known of a payout's transfer.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Transfer {
    pub(crate) state: TransferState,
    pub(crate) transfer_id: Option<String>,
    pub(crate) attempt: u32,
    pub(crate) tries: u32,
    pub(crate) first_try_at: Option<String>,
    pub(crate) last_try_at: Option<String>,
    /// What came instead of an answer.
    pub(crate) unclear: Option<String>,
    /// Until when its key surely keeps it from being paid twice.
    pub(crate) protected_until: Option<String>,
    /// The first of the two people who let it be tried anew.
    pub(crate) released_by: Option<String>,
    pub(crate) release: Allowed<ReleaseAction>,
}

/// A payout of a batch that is being sent.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TransferRow {
    pub(crate) payout_id: String,
    pub(crate) status: PayoutStatus,
    pub(crate) failed_reason: Option<String>,
    pub(crate) transfer: Transfer,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PreflightCheck {
    pub(crate) name: String,
    pub(crate) ok: bool,
    /// Nothing is sent while it isn't.
    pub(crate) stops: bool,
    pub(crate) detail: String,
    /// The payouts that fail by it while the others go.
    pub(crate) payouts: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Preflight {
    pub(crate) rail: StripeRail,
    pub(crate) may_send: bool,
    pub(crate) checks: Vec<PreflightCheck>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ReleasePayoutRequest {
    pub(crate) payout_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Released {
    /// The second person did: the next resume sends it.
    pub(crate) may_go_out: bool,
}
