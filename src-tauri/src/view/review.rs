//! The fraud review: open flags with their evidence, and how often each rule was right.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::commissions::FraudRule;

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct FlagFact {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// An open flag with what raised it.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct FlagRow {
    pub(crate) block_id: String,
    pub(crate) rule: FraudRule,
    pub(crate) reason: String,
    pub(crate) raised_on: String,
    pub(crate) booking_id: String,
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) participant_id: String,
    pub(crate) booked_at: String,
    pub(crate) currency: String,
    pub(crate) price: String,
    pub(crate) host_amount: String,
    pub(crate) payable_on: String,
    pub(crate) facts: Vec<FlagFact>,
    /// Other bookings that belong to it.
    pub(crate) others: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListFlagsRequest {
    pub(crate) rule: Option<FraudRule>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

/// What people decided on one rule's flags of one month.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RulePrecision {
    pub(crate) rule: FraudRule,
    pub(crate) month: String,
    pub(crate) raised: u32,
    pub(crate) released: u32,
    pub(crate) voided: u32,
    /// Of those decided, the share that was voided, in percent; none decided yet: null.
    pub(crate) right: Option<String>,
}
