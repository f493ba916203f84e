//! What left after the backup that a ledger was restored from.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::payouts::BatchTotal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum LeftKind {
    File,
    Batch,
    None,
    Stripe,
}

/// What a person said of it.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct LeftWord {
    pub(crate) what: LeftKind,
    pub(crate) file_name: Option<String>,
    pub(crate) batch_id: Option<String>,
    pub(crate) totals: Vec<BatchTotal>,
    pub(crate) by: String,
    pub(crate) at: String,
}

/// A batch that may have left: approved in this copy.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct MayHaveLeft {
    pub(crate) batch_id: String,
    pub(crate) date: String,
    pub(crate) totals: Vec<BatchTotal>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PastRestore {
    pub(crate) older: bool,
    pub(crate) noticed_at: String,
    pub(crate) noticed_by: String,
    /// When what was restored ended.
    pub(crate) last_at: String,
    /// Until when this computer had seen a newer one.
    pub(crate) known_at: Option<String>,
    pub(crate) confirmed_at: Option<String>,
    pub(crate) confirmed_by: Option<String>,
}

/// Where the ledger stands.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RestoreStatus {
    /// Nothing is sent.
    pub(crate) stopped: bool,
    /// It is older than what this computer knows, and nothing can be changed in it.
    pub(crate) read_only: bool,
    /// When the copy that is open ended, where it is stopped.
    pub(crate) last_at: Option<String>,
    pub(crate) known_at: Option<String>,
    pub(crate) needs_stripe: bool,
    pub(crate) said: Vec<LeftWord>,
    pub(crate) may_have_left: Vec<MayHaveLeft>,
    pub(crate) restores: Vec<PastRestore>,
    /// Why this person can't say what left; none: they can.
    pub(crate) why_not_say: Option<String>,
    /// Why this person can't confirm it; none: they can.
    pub(crate) why_not_confirm: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SayLeftRequest {
    pub(crate) what: LeftKind,
    pub(crate) path: Option<String>,
    pub(crate) batch_id: Option<String>,
}
