//! Disputes, their story, evidence and files, and what can still be disputed.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::adjustments::{AdjustmentKind, AdjustmentStatus};
use super::commissions::{BookingStatus, CommissionRow};
use super::shared::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DisputeKind {
    Complaint,
    Chargeback,
}

/// Where a dispute stands, in Stripe's words; `LET_GO`: a person ended what only blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DisputeStatus {
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Withdrawn,
    Lost,
    Prevented,
    LetGo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum DisputeOutcome {
    Won,
    Lost,
    Withdrawn,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputeRow {
    pub(crate) dispute_id: String,
    /// The id made here, where the platform's or Stripe's took its place.
    pub(crate) entered_as: Option<String>,
    pub(crate) made_here: bool,
    pub(crate) booking_id: String,
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) kind: DisputeKind,
    pub(crate) status: DisputeStatus,
    /// Neither decided nor let go.
    pub(crate) open: bool,
    pub(crate) needs_a_person: bool,
    /// Evidence can still be handed in.
    pub(crate) takes_evidence: bool,
    pub(crate) reason: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) reserved: String,
    pub(crate) opened_on: String,
    pub(crate) due_on: Option<String>,
    pub(crate) closed_on: Option<String>,
    pub(crate) owner: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct DisputeFilter {
    pub(crate) open: Option<bool>,
    pub(crate) kind: Option<DisputeKind>,
    /// A user; empty: nobody.
    pub(crate) owner: Option<String>,
    pub(crate) due_soon: bool,
    pub(crate) host_id: Option<String>,
    pub(crate) booking_id: Option<String>,
    pub(crate) text: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListDisputesRequest {
    pub(crate) filter: DisputeFilter,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputeOverview {
    pub(crate) open: u32,
    pub(crate) need_a_person: u32,
    pub(crate) overdue: u32,
    pub(crate) due_soon: u32,
    pub(crate) disputed: Vec<Money>,
    pub(crate) reserved: Vec<Money>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct DisputeIdRequest {
    pub(crate) dispute_id: String,
}

/// The booking that is disputed.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputedBooking {
    pub(crate) booking_id: String,
    pub(crate) conversation_title: String,
    pub(crate) conversation_id: String,
    pub(crate) status: BookingStatus,
    pub(crate) booked_at: String,
    pub(crate) starts_at: String,
    pub(crate) ends_at: String,
    pub(crate) price: Money,
    pub(crate) rating: Option<u32>,
    pub(crate) participant_id: String,
    pub(crate) participant_email: String,
    pub(crate) charge_id: Option<String>,
}

/// What moved the host's balance because of the booking.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputeAdjustment {
    pub(crate) adjustment_id: String,
    pub(crate) kind: AdjustmentKind,
    pub(crate) status: AdjustmentStatus,
    pub(crate) amount: Money,
    pub(crate) reason: String,
    pub(crate) on: String,
    pub(crate) payout_id: Option<String>,
}

/// Somebody's bookings and disputes in figures, this one too.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PartyHistory {
    pub(crate) bookings: u32,
    pub(crate) completed: u32,
    pub(crate) refunded: u32,
    pub(crate) disputes: u32,
    pub(crate) won: u32,
    pub(crate) lost: u32,
    pub(crate) first_booked_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputeEvent {
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) what: String,
    pub(crate) is_note: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputeFile {
    pub(crate) attachment_id: String,
    pub(crate) name: String,
    pub(crate) bytes: u32,
    pub(crate) sha256: String,
    pub(crate) added_at: String,
    pub(crate) added_by: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputeDetail {
    pub(crate) dispute: DisputeRow,
    pub(crate) booking: DisputedBooking,
    pub(crate) commission: Option<CommissionRow>,
    pub(crate) adjustments: Vec<DisputeAdjustment>,
    pub(crate) others: Vec<DisputeRow>,
    pub(crate) host: PartyHistory,
    pub(crate) participant: PartyHistory,
    pub(crate) files: Vec<DisputeFile>,
    /// Oldest first.
    pub(crate) story: Vec<DisputeEvent>,
    pub(crate) recoverable: Option<Recoverable>,
}

/// What a lost dispute claws back and Stripe could take back from the host's balance there.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Recoverable {
    pub(crate) amount: Money,
    /// An attempt went out and its answer was lost; trying again makes sure.
    pub(crate) unanswered: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct OutcomePosting {
    pub(crate) account: String,
    pub(crate) amount: Money,
}

/// What one outcome would do.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct OutcomeEffect {
    pub(crate) outcome: DisputeOutcome,
    pub(crate) refunded: Money,
    pub(crate) host_amount: Money,
    pub(crate) released: Money,
    pub(crate) clawback: Money,
    pub(crate) host_moves: Money,
    pub(crate) postings: Vec<OutcomePosting>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DisputeOutcomes {
    pub(crate) refunded: Money,
    pub(crate) host_amount: Money,
    pub(crate) reserved: Money,
    /// Whether the booking's money was sent to the host.
    pub(crate) sent: bool,
    pub(crate) effects: Vec<OutcomeEffect>,
}

/// What a new dispute about a booking starts from.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Disputable {
    pub(crate) booking_id: String,
    pub(crate) host_name: String,
    pub(crate) ended_on: String,
    pub(crate) price: Money,
    /// What wasn't given back yet.
    pub(crate) left: Money,
    pub(crate) complaint_until: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct OpenDisputeRequest {
    pub(crate) booking_id: String,
    pub(crate) kind: DisputeKind,
    pub(crate) amount: Money,
    pub(crate) reason: String,
    pub(crate) dispute_id: Option<String>,
    pub(crate) opened_on: Option<String>,
    pub(crate) evidence_due_on: Option<String>,
    /// A bank only asks; nothing was taken yet.
    pub(crate) only_a_warning: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct OpenedDispute {
    pub(crate) dispute_id: String,
}

/// What changes; what is null stays.
#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct UpdateDisputeRequest {
    pub(crate) dispute_id: String,
    pub(crate) status: Option<DisputeStatus>,
    pub(crate) amount: Option<Money>,
    pub(crate) reason: Option<String>,
    pub(crate) evidence_due_on: Option<String>,
    /// A user; empty: nobody.
    pub(crate) owner: Option<String>,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct CloseDisputeRequest {
    pub(crate) dispute_id: String,
    pub(crate) outcome: DisputeOutcome,
    pub(crate) on: Option<String>,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct AttachFileRequest {
    pub(crate) dispute_id: String,
    pub(crate) path: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SaveAttachmentRequest {
    pub(crate) attachment_id: String,
    pub(crate) path: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct DetachFileRequest {
    pub(crate) attachment_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct EvidenceField {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) text: String,
}

/// Who did something to evidence, and when.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct EvidenceStep {
    pub(crate) at: String,
    pub(crate) by: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Evidence {
    pub(crate) fields: Vec<EvidenceField>,
    pub(crate) saved: Option<EvidenceStep>,
    pub(crate) reviewed: Option<EvidenceStep>,
    pub(crate) submitted: Option<EvidenceStep>,
    /// It went through Stripe, not elsewhere.
    pub(crate) submitted_through_stripe: bool,
    /// Stripe confirmed that it arrived.
    pub(crate) confirmed_at: Option<String>,
    pub(crate) open: bool,
    pub(crate) through_stripe: bool,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct EvidenceText {
    pub(crate) name: String,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SaveEvidenceRequest {
    pub(crate) dispute_id: String,
    pub(crate) fields: Vec<EvidenceText>,
}

/// Money that stops being disputable after a day.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ExposureEnd {
    pub(crate) on: String,
    pub(crate) amount: Money,
}

/// A part of a host's payouts that is held back from now on.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostReserve {
    pub(crate) percent: String,
    pub(crate) days: u32,
    pub(crate) reason: String,
    pub(crate) at: String,
    pub(crate) by: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostExposure {
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) bookings: u32,
    pub(crate) loss_rate: String,
    pub(crate) suggested: String,
    pub(crate) last_on: Option<String>,
    pub(crate) reserve: Option<HostReserve>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CurrencyRate {
    pub(crate) currency: String,
    pub(crate) rate: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Exposure {
    pub(crate) as_of: String,
    pub(crate) days: u32,
    pub(crate) totals: Vec<Money>,
    pub(crate) ends: Vec<ExposureEnd>,
    pub(crate) loss_rates: Vec<CurrencyRate>,
    pub(crate) hosts: Vec<HostExposure>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SetHostReserveRequest {
    pub(crate) host_id: String,
    /// In percent; null ends it.
    pub(crate) percent: Option<String>,
    pub(crate) days: Option<u32>,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct WriteDisputeFileRequest {
    pub(crate) dispute_id: String,
    pub(crate) path: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct WriteBalanceLetterRequest {
    pub(crate) host_id: String,
    pub(crate) currency: String,
    pub(crate) path: String,
}
