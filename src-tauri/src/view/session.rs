//! Who works in which ledger.

use hostledger_app::identity;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::payouts::BatchTotal;
use super::shared::Subject;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Role {
    Viewer,
    Preparer,
    Approver,
    Admin,
}

impl From<identity::Role> for Role {
    fn from(r: identity::Role) -> Self {
        match r {
            identity::Role::Viewer => Self::Viewer,
            identity::Role::Preparer => Self::Preparer,
            identity::Role::Approver => Self::Approver,
            identity::Role::Admin => Self::Admin,
        }
    }
}

impl From<Role> for identity::Role {
    fn from(r: Role) -> Self {
        match r {
            Role::Viewer => Self::Viewer,
            Role::Preparer => Self::Preparer,
            Role::Approver => Self::Approver,
            Role::Admin => Self::Admin,
        }
    }
}

/// Roles as the ledger stores them.
pub(crate) fn roles(words: &[String]) -> Vec<Role> {
    words
        .iter()
        .filter_map(|w| identity::Role::parse(w))
        .map(Role::from)
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Permission {
    Import,
    Review,
    Prepare,
    Approve,
    Send,
    Adjust,
    ApproveAdjustment,
    Onboard,
    Admin,
}

/// What somebody's roles cover, for the window to hide or explain; the use cases enforce it.
pub(crate) fn permissions(who: &identity::Identity) -> Vec<Permission> {
    use identity::Role as R;
    [
        (Permission::Import, &[R::Preparer][..]),
        (Permission::Review, &[R::Preparer]),
        (Permission::Prepare, &[R::Preparer]),
        (Permission::Approve, &[R::Approver]),
        (Permission::Send, &[R::Preparer, R::Approver]),
        (Permission::Adjust, &[R::Preparer]),
        (Permission::ApproveAdjustment, &[R::Approver]),
        (Permission::Onboard, &[R::Preparer, R::Admin]),
        (Permission::Admin, &[R::Admin]),
    ]
    .into_iter()
    .filter(|(_, any_of)| any_of.iter().any(|r| who.has(*r)))
    .map(|(permission, _)| permission)
    .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Phase {
    Closed,
    Locked,
    SignedIn,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Session {
    pub(crate) phase: Phase,
    pub(crate) app_version: String,
    pub(crate) ledger: Option<LedgerInfo>,
    pub(crate) user: Option<SignedInUser>,
    pub(crate) hand_over: Option<HandOver>,
    /// Why whoever was signed in isn't any more.
    pub(crate) locked_because: Option<String>,
    pub(crate) recent_ledgers: Vec<RecentLedger>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct LedgerInfo {
    pub(crate) ledger_id: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) time_zone: String,
    pub(crate) business_date: String,
    pub(crate) practice_date: Option<String>,
    pub(crate) is_sample: bool,
    pub(crate) user_names: Vec<String>,
    pub(crate) approvers: u32,
    pub(crate) idle_lock_minutes: u32,
    pub(crate) practice_users: Vec<PracticeUser>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct SignedInUser {
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) may: Vec<Permission>,
    pub(crate) since: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct PracticeUser {
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) passphrase: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RecentLedger {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) last_opened_at: String,
    pub(crate) is_sample: bool,
    pub(crate) available: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HandOver {
    pub(crate) batch_id: String,
    pub(crate) batch_date: String,
    pub(crate) totals: Vec<BatchTotal>,
    pub(crate) handed_over_by: String,
    pub(crate) approvers: Vec<String>,
}

#[derive(Deserialize, Type)]
pub(crate) struct CreateLedgerRequest {
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    pub(crate) user_name: String,
    pub(crate) passphrase: String,
    pub(crate) paid_through: Option<String>,
}

#[derive(Serialize, Type)]
pub(crate) struct CreatedLedger {
    pub(crate) session: Session,
    pub(crate) recovery_key: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct OpenLedgerRequest {
    pub(crate) folder: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct SignInRequest {
    pub(crate) name: String,
    pub(crate) passphrase: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct RecoverRequest {
    pub(crate) recovery_key: String,
    pub(crate) name: String,
    pub(crate) new_passphrase: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct RestoreRequest {
    pub(crate) backup_path: String,
    pub(crate) folder: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct HandOverRequest {
    pub(crate) batch_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum FilePurpose {
    Import,
    LedgerFolder,
    NewLedgerFolder,
    BackupFile,
    PaymentFile,
    BatchPdf,
    JournalExport,
    ImportTemplate,
    Attachment,
    AttachmentCopy,
    Letter,
    TaxFolder,
    TaxFile,
    TaxArchive,
}

#[derive(Deserialize, Type)]
pub(crate) struct ChooseFileRequest {
    pub(crate) purpose: FilePurpose,
}

#[derive(Deserialize, Type)]
pub(crate) struct ChooseSavePathRequest {
    pub(crate) purpose: FilePurpose,
    pub(crate) suggested_name: String,
}

#[derive(Serialize, Type)]
pub(crate) struct ChosenPath {
    pub(crate) path: Option<String>,
}

#[derive(Deserialize, Type)]
pub(crate) struct ShowInFolderRequest {
    pub(crate) path: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct SearchRequest {
    pub(crate) text: String,
    pub(crate) limit: u32,
}

#[derive(Serialize, Type)]
pub(crate) struct SearchHit {
    pub(crate) subject: Subject,
    pub(crate) detail: String,
}

#[derive(Serialize, Type)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) added_at: String,
    pub(crate) added_by: Option<String>,
    pub(crate) last_signed_in_at: Option<String>,
    pub(crate) removed_at: Option<String>,
}

#[derive(Deserialize, Type)]
pub(crate) struct AddUserRequest {
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) passphrase: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct RemoveUserRequest {
    pub(crate) name: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct ChangePassphraseRequest {
    pub(crate) current: String,
    pub(crate) new_passphrase: String,
}
