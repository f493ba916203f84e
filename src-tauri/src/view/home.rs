//! The first screen.

use serde::Serialize;
use specta::Type;

use super::payouts::{BatchSummary, BatchTotal};
use super::shared::{Money, Subject};
use super::stripe::StripeRail;

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Week {
    pub(crate) business_date: String,
    pub(crate) imports: WeekImports,
    pub(crate) commissions: WeekCommissions,
    pub(crate) next_batch: NextBatch,
    pub(crate) current_batch: Option<BatchSummary>,
    pub(crate) daily_job: DailyJob,
    pub(crate) waiting_for_me: Vec<WaitingItem>,
    pub(crate) due_soon: Vec<DueItem>,
    /// The account that batches can be sent through.
    pub(crate) stripe: Option<StripeRail>,
    pub(crate) last_backup: Option<LastBackup>,
    pub(crate) last_copy_outside_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct WeekImports {
    pub(crate) bookings_until: Option<String>,
    pub(crate) days_that_look_missing: Vec<String>,
    pub(crate) last_import_id: Option<String>,
    pub(crate) last_import_file: Option<String>,
    pub(crate) last_import_at: Option<String>,
    pub(crate) hosts_known: u32,
    pub(crate) exceptions_open: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct WeekCommissions {
    pub(crate) clear: u32,
    pub(crate) clear_totals: Vec<Money>,
    pub(crate) need_a_person: u32,
    pub(crate) need_a_person_totals: Vec<Money>,
    pub(crate) pending: u32,
    pub(crate) pending_totals: Vec<Money>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct NextBatch {
    pub(crate) date: String,
    pub(crate) payouts: u32,
    pub(crate) totals: Vec<BatchTotal>,
    pub(crate) carried: u32,
    pub(crate) carried_totals: Vec<Money>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DailyJob {
    pub(crate) due: bool,
    pub(crate) would_process: u32,
    pub(crate) last_run_on: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum WaitingKind {
    Exceptions,
    Commissions,
    Disputes,
    ApproveBatch,
    SubmitBatch,
    SendBatch,
    SettleBatch,
    ResumeBatch,
    UnknownPayouts,
    FrozenBatch,
    FailedPayouts,
    StripeNotices,
    ApproveAdjustment,
    AddSecondUser,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct WaitingItem {
    pub(crate) kind: WaitingKind,
    pub(crate) count: u32,
    pub(crate) totals: Vec<Money>,
    pub(crate) batch_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct DueItem {
    pub(crate) on: String,
    pub(crate) what: String,
    pub(crate) subject: Option<Subject>,
    pub(crate) totals: Vec<Money>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct LastBackup {
    pub(crate) at: String,
    pub(crate) path: String,
    pub(crate) outside_this_machine: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RailCounts {
    pub(crate) exceptions: u32,
    pub(crate) commissions: u32,
    pub(crate) batches: u32,
    pub(crate) adjustments: u32,
    pub(crate) disputes: u32,
    /// Drafts of tax forms that wait for a second person.
    pub(crate) tax_forms: u32,
    pub(crate) stripe_notices: u32,
}
