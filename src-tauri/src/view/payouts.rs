//! Payout batches and their payouts.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::shared::{Allowed, Money};
use super::stripe::StripeRail;
use super::transfers::Transfer;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum BatchStatus {
    Draft,
    Submitted,
    Approved,
    Sending,
    Completed,
    PartiallyFailed,
    Rejected,
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PayoutStatus {
    Pending,
    Processing,
    Completed,
    Failed,
    Reversed,
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CarriedReason {
    ReconcileFirst,
    NotVerified,
    Closed,
    Suspended,
    Paused,
    NoPayoutAccount,
    TaxDetailsMissing,
    NotScheduled,
    Excluded,
    NegativeBalance,
    BelowMinimum,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PayoutFlag {
    DestinationChanged,
    SharedDestination,
    FirstPayout,
    FarAboveUsual,
    WaitingRows,
    HasAdjustment,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BatchTotal {
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) payouts: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct FlagText {
    pub(crate) flag: PayoutFlag,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PayoutRow {
    pub(crate) payout_id: Option<String>,
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) institution_id: String,
    pub(crate) destination: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) last_amount: Option<String>,
    pub(crate) lines: u32,
    pub(crate) status: PayoutStatus,
    pub(crate) stale: bool,
    pub(crate) stale_because: Vec<String>,
    pub(crate) flags: Vec<FlagText>,
    pub(crate) failed_reason: Option<String>,
    /// Its transfer at Stripe, once there is one.
    pub(crate) transfer: Option<Transfer>,
    /// What is to be known of it: the final payout that lets it go, what came back of it.
    pub(crate) notes: Vec<String>,
    /// What of it could still come back; none: it isn't settled, or all of it came back.
    pub(crate) left_to_return: Option<String>,
    /// Somebody recorded that some of it came back; the newest such record may be taken back.
    pub(crate) recorded_return: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CarriedRow {
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) reason: CarriedReason,
    pub(crate) reasons: Vec<CarriedReason>,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct BatchPreviewRequest {
    pub(crate) date: String,
    pub(crate) off_cycle: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BatchPreview {
    pub(crate) date: String,
    pub(crate) on_schedule: bool,
    pub(crate) payouts: Vec<PayoutRow>,
    pub(crate) carried: Vec<CarriedRow>,
    pub(crate) totals: Vec<BatchTotal>,
    pub(crate) last_batch_totals: Vec<BatchTotal>,
    pub(crate) warnings: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PayoutDate {
    pub(crate) date: String,
    pub(crate) institutions: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PayoutDates {
    pub(crate) dates: Vec<PayoutDate>,
    pub(crate) suggested: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BatchSummary {
    pub(crate) batch_id: String,
    pub(crate) date: String,
    pub(crate) status: BatchStatus,
    pub(crate) off_cycle: Option<String>,
    pub(crate) totals: Vec<BatchTotal>,
    pub(crate) carried: u32,
    pub(crate) stale: u32,
    pub(crate) failed: u32,
    pub(crate) prepared_by: String,
    pub(crate) prepared_at: String,
    pub(crate) approved_by: Option<String>,
    pub(crate) approved_at: Option<String>,
    /// How it was sent.
    pub(crate) rail: Option<Rail>,
    /// The account it was sent through.
    pub(crate) stripe: Option<StripeRail>,
    /// Stopped until people looked at it.
    pub(crate) frozen: bool,
    /// A job sends it now.
    pub(crate) running: bool,
    /// Not sent yet although sending began.
    pub(crate) waiting: u32,
    /// Payouts of unknown outcome.
    pub(crate) unknown: u32,
    pub(crate) unknown_totals: Vec<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum BatchAction {
    Refresh,
    Exclude,
    Submit,
    HandOver,
    Approve,
    Reject,
    Cancel,
    Send,
    Resume,
    Settle,
    Retry,
    Reconcile,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct LastBatch {
    pub(crate) batch_id: String,
    pub(crate) date: String,
    pub(crate) totals: Vec<BatchTotal>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PaymentFile {
    pub(crate) path: String,
    pub(crate) written_at: String,
    pub(crate) by: String,
}

/// Somebody's signature under a batch as it is.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Approval {
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) stripe: Option<StripeRail>,
    /// Since when the key is theirs, and who made it.
    pub(crate) key_since: Option<String>,
    pub(crate) key_made_by: Option<String>,
    /// What is to be said of the key.
    pub(crate) remarks: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Batch {
    pub(crate) batch_id: String,
    pub(crate) date: String,
    pub(crate) status: BatchStatus,
    pub(crate) off_cycle: Option<String>,
    pub(crate) digest: String,
    pub(crate) payouts: Vec<PayoutRow>,
    pub(crate) carried: Vec<CarriedRow>,
    pub(crate) totals: Vec<BatchTotal>,
    pub(crate) last_batch: Option<LastBatch>,
    pub(crate) history: Vec<BatchEvent>,
    /// What waits among the exceptions while the batch is open, a sentence each.
    pub(crate) waiting: Vec<String>,
    pub(crate) payment_file: Option<PaymentFile>,
    /// How it was sent.
    pub(crate) rail: Option<Rail>,
    /// The account it was sent through; before, the ledger's.
    pub(crate) stripe: Option<StripeRail>,
    /// The rail that it was handed over for.
    pub(crate) submit_rail: Option<Rail>,
    /// Enough people signed it for that account and mode.
    pub(crate) approved_for_stripe: bool,
    /// Why nothing more of it is sent until people looked.
    pub(crate) frozen_because: Option<String>,
    pub(crate) approvals: Vec<Approval>,
    pub(crate) approvals_needed: u32,
    /// What would stand beside this person's approval.
    pub(crate) own_remark: Option<String>,
    /// Why it can't leave by a payment file today; none: its day has come.
    pub(crate) too_early_by_file: Option<String>,
    /// Why it can't leave through Stripe today; none: its day has come.
    pub(crate) too_early_through_stripe: Option<String>,
    pub(crate) actions: Vec<Allowed<BatchAction>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum BatchEventKind {
    Prepared,
    Refreshed,
    Excluded,
    Submitted,
    Approved,
    Rejected,
    Cancelled,
    Sent,
    Settled,
    Retried,
    Stopped,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BatchEvent {
    pub(crate) what: BatchEventKind,
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) comment: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct PrepareBatchRequest {
    pub(crate) date: String,
    pub(crate) off_cycle: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListBatchesRequest {
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct BatchIdRequest {
    pub(crate) batch_id: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SubmitBatchRequest {
    pub(crate) batch_id: String,
    /// The rail that the person chose; `None`: the one that is shipped.
    pub(crate) rail: Option<Rail>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct BatchReasonRequest {
    pub(crate) batch_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ExcludePayoutRequest {
    pub(crate) batch_id: String,
    pub(crate) payout_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ApproveBatchRequest {
    pub(crate) batch_id: String,
    pub(crate) digest: String,
    pub(crate) passphrase: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Rail {
    File,
    Stripe,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SendBatchRequest {
    pub(crate) batch_id: String,
    pub(crate) rail: Rail,
    /// The payment file.
    pub(crate) path: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct SendResult {
    pub(crate) batch_id: String,
    pub(crate) status: BatchStatus,
    pub(crate) sent: u32,
    pub(crate) failed: u32,
    pub(crate) unknown: u32,
    pub(crate) path: Option<String>,
    /// What is to be said beside it.
    pub(crate) warning: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct FailedPayout {
    pub(crate) payout_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SettleBatchRequest {
    pub(crate) batch_id: String,
    pub(crate) completed: Option<Vec<String>>,
    pub(crate) failed: Vec<FailedPayout>,
}

/// What a bank sent back of a settled payout.
#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ReturnPayoutRequest {
    pub(crate) payout_id: String,
    pub(crate) amount: String,
    pub(crate) on: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct TakeBackReturnRequest {
    pub(crate) payout_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct BatchPdfRequest {
    pub(crate) batch_id: String,
    pub(crate) path: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct WrittenFile {
    pub(crate) path: String,
    pub(crate) bytes: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct PayoutIdRequest {
    pub(crate) payout_id: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PayoutDetail {
    pub(crate) payout: PayoutRow,
    pub(crate) batch: BatchSummary,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListPayoutLinesRequest {
    pub(crate) payout_id: String,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListPreviewLinesRequest {
    pub(crate) date: String,
    pub(crate) host_id: String,
    pub(crate) currency: String,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum LineKind {
    Commission,
    Adjustment,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PayoutLine {
    pub(crate) kind: LineKind,
    pub(crate) booking_id: Option<String>,
    pub(crate) adjustment_id: Option<String>,
    pub(crate) on: String,
    pub(crate) text: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
}
