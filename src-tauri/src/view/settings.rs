//! Settings with their history.

use serde::{Deserialize, Serialize};
use specta::Type;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SettingKind {
    Amount,
    Percent,
    Days,
    Minutes,
    Hours,
    Count,
    Times,
    Choice,
    YesNo,
    Text,
    LongText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SettingGroup {
    Payouts,
    Fees,
    Disputes,
    Flags,
    Tax,
    Ledger,
    Window,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) title: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) group: SettingGroup,
    pub(crate) title: String,
    pub(crate) explanation: String,
    pub(crate) kind: SettingKind,
    pub(crate) currency: Option<String>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) value: String,
    pub(crate) since: Option<String>,
    pub(crate) by: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SettingKeyRequest {
    pub(crate) key: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct SettingChange {
    pub(crate) value: String,
    pub(crate) since: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) at: Option<String>,
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SetSettingRequest {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) reason: String,
}
