//! Corrections of hosts' balances.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::shared::{Allowed, Money};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AdjustmentKind {
    Clawback,
    Correction,
    Reserve,
    Release,
    CarriedRemainder,
    WriteOff,
    PartialReversal,
    FoundAtStripe,
    SentBeforeRestore,
    BackupWithholding,
    FinalPayout,
    Opening,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AdjustmentStatus {
    Waiting,
    Approved,
    Rejected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DecideAction {
    Approve,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct AdjustmentRow {
    pub(crate) adjustment_id: String,
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) kind: AdjustmentKind,
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) reason: String,
    pub(crate) status: AdjustmentStatus,
    pub(crate) booking_id: Option<String>,
    pub(crate) payout_id: Option<String>,
    /// The file that brought an opening balance.
    pub(crate) import_id: Option<String>,
    pub(crate) added_at: String,
    pub(crate) added_by: String,
    pub(crate) decided_at: Option<String>,
    pub(crate) decided_by: Option<String>,
    pub(crate) decide: Allowed<DecideAction>,
    /// A final payout that is in force and that the signed-in user may take back.
    pub(crate) may_withdraw: bool,
}

#[derive(Deserialize, Type)]
pub(crate) struct ListAdjustmentsRequest {
    pub(crate) status: Option<AdjustmentStatus>,
    pub(crate) host_id: Option<String>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

/// What a person may propose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ProposedKind {
    Correction,
}

#[derive(Deserialize, Type)]
pub(crate) struct AddAdjustmentRequest {
    pub(crate) host_id: String,
    pub(crate) kind: ProposedKind,
    pub(crate) amount: Money,
    pub(crate) reason: String,
}

/// All of what a host owes in a currency, for a second person to approve.
#[derive(Deserialize, Type)]
pub(crate) struct WriteOffRequest {
    pub(crate) host_id: String,
    pub(crate) currency: String,
    pub(crate) reason: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct AdjustmentIdRequest {
    pub(crate) adjustment_id: String,
}

/// All opening balances of one file.
#[derive(Deserialize, Type)]
pub(crate) struct ApproveOpeningRequest {
    pub(crate) import_id: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct RejectAdjustmentRequest {
    pub(crate) adjustment_id: String,
    pub(crate) reason: String,
}
