//! The books: balances, journal, audit trail, checks, files.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::shared::{Money, Subject, SubjectKind};

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct TrialBalanceRequest {
    pub(crate) as_of: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TrialBalanceRow {
    pub(crate) account: String,
    pub(crate) currency: String,
    pub(crate) accounts: u32,
    pub(crate) debit: String,
    pub(crate) credit: String,
    pub(crate) balance: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TrialBalance {
    pub(crate) as_of: String,
    pub(crate) rows: Vec<TrialBalanceRow>,
    pub(crate) totals: Vec<Money>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListAccountsRequest {
    pub(crate) prefix: String,
    pub(crate) as_of: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct AccountRow {
    pub(crate) account: String,
    pub(crate) label: String,
    pub(crate) currency: String,
    pub(crate) balance: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Type)]
pub(crate) struct JournalFilter {
    pub(crate) account: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) subject_kind: Option<SubjectKind>,
    pub(crate) subject_id: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListJournalRequest {
    pub(crate) filter: JournalFilter,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Posting {
    pub(crate) account: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct JournalEntry {
    pub(crate) entry_id: String,
    pub(crate) kind: String,
    pub(crate) effective_date: String,
    pub(crate) recorded_at: String,
    pub(crate) subject: Subject,
    pub(crate) host_id: Option<String>,
    pub(crate) reverses_id: Option<String>,
    pub(crate) reversed_by_id: Option<String>,
    pub(crate) postings: Vec<Posting>,
    pub(crate) amount: Money,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct EntryIdRequest {
    pub(crate) entry_id: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct AuditFilter {
    pub(crate) by: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) subject_kind: Option<SubjectKind>,
    pub(crate) subject_id: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListAuditRequest {
    pub(crate) filter: AuditFilter,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct AuditEvent {
    pub(crate) sequence: u32,
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) action: String,
    pub(crate) subject: Subject,
    pub(crate) summary: String,
    pub(crate) reason: Option<String>,
    pub(crate) digest: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CheckLine {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) ok: bool,
    pub(crate) detail: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct CheckResult {
    pub(crate) ok: bool,
    pub(crate) checked_at: String,
    pub(crate) checks: Vec<CheckLine>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ExportFormat {
    Hledger,
    Csv,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ExportJournalRequest {
    pub(crate) format: ExportFormat,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) path: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ExportResult {
    pub(crate) path: String,
    pub(crate) entries: u32,
    pub(crate) bytes: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct BackupRequest {
    pub(crate) path: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BackupResult {
    pub(crate) path: String,
    pub(crate) bytes: u32,
    pub(crate) verified_at: String,
}
