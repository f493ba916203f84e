//! Commissions and why they are what they are.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::books::JournalEntry;
use super::imports::FieldChange;
use super::shared::{Money, Sort, Subject};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CommissionStatus {
    Pending,
    Processed,
    Paid,
    Void,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum BookingStatus {
    Pending,
    Confirmed,
    Completed,
    NoShow,
    Cancelled,
    HostCancelled,
    Refunded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum BlockKind {
    Dispute,
    ManualHold,
    FraudFlag,
    WaitingRow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum FraudRule {
    PriceOutlier,
    SelfBooking,
    Velocity,
    ImpossibleSession,
    RefundRate,
    SharedCharge,
}

/// Why a commission needs a person: the fraud rule, or the kind of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Cause {
    PriceOutlier,
    SelfBooking,
    Velocity,
    ImpossibleSession,
    RefundRate,
    SharedCharge,
    Dispute,
    WaitingRow,
    ManualHold,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Block {
    pub(crate) block_id: String,
    pub(crate) kind: BlockKind,
    pub(crate) rule: Option<FraudRule>,
    pub(crate) reason: String,
    pub(crate) opened_at: String,
    pub(crate) opened_by: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CommissionRow {
    pub(crate) booking_id: String,
    pub(crate) conversation_id: String,
    pub(crate) conversation_title: String,
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) booking_status: BookingStatus,
    pub(crate) booked_on: String,
    pub(crate) ended_on: String,
    pub(crate) currency: String,
    pub(crate) price: String,
    pub(crate) refunded: String,
    pub(crate) rate: String,
    pub(crate) platform_fee: String,
    pub(crate) processing_fee: String,
    pub(crate) processing_fee_is_estimate: bool,
    pub(crate) borne_by_platform: String,
    pub(crate) host_amount: String,
    pub(crate) status: CommissionStatus,
    pub(crate) payable_on: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) payout_id: Option<String>,
    pub(crate) batch_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Type)]
pub(crate) struct CommissionFilter {
    pub(crate) blocked: Option<bool>,
    pub(crate) cause: Option<Cause>,
    pub(crate) status: Option<CommissionStatus>,
    pub(crate) host_id: Option<String>,
    pub(crate) institution_id: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) import_id: Option<String>,
    pub(crate) payout_id: Option<String>,
    pub(crate) payable_from: Option<String>,
    pub(crate) payable_to: Option<String>,
    pub(crate) text: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListCommissionsRequest {
    pub(crate) filter: CommissionFilter,
    pub(crate) sort: Option<Sort>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CauseGroup {
    pub(crate) cause: Cause,
    pub(crate) count: u32,
    pub(crate) hosts: u32,
    pub(crate) totals: Vec<Money>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CommissionOverview {
    pub(crate) clear: u32,
    pub(crate) clear_totals: Vec<Money>,
    pub(crate) need_a_person: u32,
    pub(crate) need_a_person_totals: Vec<Money>,
    pub(crate) causes: Vec<CauseGroup>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct BookingIdRequest {
    pub(crate) booking_id: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct HoldRequest {
    pub(crate) booking_ids: Vec<String>,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ReleaseRequest {
    pub(crate) booking_ids: Vec<String>,
    pub(crate) cause: Option<Cause>,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct VoidRequest {
    pub(crate) booking_ids: Vec<String>,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Explanation {
    pub(crate) commission: CommissionRow,
    pub(crate) sentence: String,
    pub(crate) steps: Vec<ExplanationStep>,
    pub(crate) versions: Vec<BookingVersion>,
    pub(crate) entries: Vec<JournalEntry>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ExplanationStep {
    pub(crate) on: Option<String>,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) amount: Option<Money>,
    pub(crate) source: Option<Subject>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BookingVersion {
    pub(crate) import_id: String,
    pub(crate) file_name: String,
    pub(crate) line: u32,
    pub(crate) taken_in_at: String,
    pub(crate) is_current: bool,
    pub(crate) changed: Vec<FieldChange>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ProcessRequest {
    pub(crate) as_of: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ProcessResult {
    pub(crate) as_of: String,
    pub(crate) processed: u32,
    pub(crate) processed_totals: Vec<Money>,
    pub(crate) still_pending: u32,
    pub(crate) flagged: u32,
}
