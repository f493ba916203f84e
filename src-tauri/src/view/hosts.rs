//! Hosts and institutions.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::disputes::HostReserve;
use super::payouts::{CarriedReason, PayoutStatus};
use super::shared::{Money, Sort};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum HostStatus {
    Applied,
    Interview,
    Active,
    Suspended,
    Rejected,
    Closed,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Tier {
    Beginner,
    Intermediate,
    Expert,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostRow {
    pub(crate) host_id: String,
    pub(crate) name: String,
    pub(crate) status: HostStatus,
    pub(crate) institution_id: String,
    pub(crate) institution_name: String,
    pub(crate) tier: Option<Tier>,
    pub(crate) rate: String,
    pub(crate) country: Option<String>,
    pub(crate) paused: bool,
    pub(crate) payable: bool,
    pub(crate) not_payable_because: Vec<CarriedReason>,
    pub(crate) balances: Vec<Money>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct HostFilter {
    pub(crate) status: Option<HostStatus>,
    pub(crate) payable: Option<bool>,
    pub(crate) institution_id: Option<String>,
    pub(crate) text: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListHostsRequest {
    pub(crate) filter: HostFilter,
    pub(crate) sort: Option<Sort>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct HostIdRequest {
    pub(crate) host_id: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct HostReasonRequest {
    pub(crate) host_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostPause {
    pub(crate) reason: String,
    pub(crate) at: String,
    pub(crate) by: String,
}

/// The host's next payout goes whatever the minimum and though the account is closed.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostFinalPayout {
    pub(crate) reason: String,
    pub(crate) proposed_by: String,
    /// The second person; none: it waits for one.
    pub(crate) approved_by: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostTierPeriod {
    pub(crate) tier: Tier,
    pub(crate) rate: String,
    pub(crate) effective_from: String,
    pub(crate) effective_to: Option<String>,
    pub(crate) because: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostSource {
    pub(crate) import_id: String,
    pub(crate) file_name: String,
    pub(crate) line: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostDetail {
    pub(crate) host: HostRow,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) applied_at: Option<String>,
    pub(crate) approved_at: Option<String>,
    pub(crate) destination: Option<String>,
    pub(crate) payouts_enabled: bool,
    pub(crate) pause: Option<HostPause>,
    pub(crate) reserve: Option<HostReserve>,
    pub(crate) final_payout: Option<HostFinalPayout>,
    pub(crate) tiers: Vec<HostTierPeriod>,
    pub(crate) money: Vec<HostMoney>,
    pub(crate) payouts: Vec<HostPayout>,
    pub(crate) source: Option<HostSource>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostMoney {
    pub(crate) currency: String,
    pub(crate) pending: String,
    pub(crate) payable: String,
    pub(crate) on_hold: String,
    pub(crate) reserved: String,
    pub(crate) in_payout: String,
    pub(crate) paid: String,
    pub(crate) paid_outside: String,
    pub(crate) balance: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostPayout {
    pub(crate) payout_id: String,
    pub(crate) batch_id: String,
    pub(crate) date: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) status: PayoutStatus,
    /// What came back of it.
    pub(crate) came_back: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Schedule {
    Weekly,
    Biweekly,
    Monthly,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Institution {
    pub(crate) institution_id: String,
    pub(crate) name: String,
    pub(crate) rate: String,
    pub(crate) schedule: Schedule,
    pub(crate) uses_tiers: bool,
    pub(crate) active: bool,
    pub(crate) hosts: u32,
    pub(crate) next_payout_date: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SetInstitutionRequest {
    pub(crate) institution_id: String,
    pub(crate) name: String,
    pub(crate) rate: String,
    pub(crate) schedule: Schedule,
    pub(crate) uses_tiers: bool,
    pub(crate) active: bool,
    pub(crate) reason: String,
}
