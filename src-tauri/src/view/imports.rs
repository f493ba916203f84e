//! Imports and their exceptions.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::shared::{Allowed, Money, Subject};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ImportKind {
    Hosts,
    Bookings,
    Disputes,
    StripePayments,
    TaxProfiles,
    OpeningBalances,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct PreviewImportRequest {
    pub(crate) path: String,
    pub(crate) kind: Option<ImportKind>,
    /// The encoding of its text, where the person chose one.
    pub(crate) encoding: Option<String>,
    pub(crate) expect_rows: Option<u32>,
    pub(crate) expect_totals: Vec<Money>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct WriteTemplateRequest {
    pub(crate) kind: ImportKind,
    pub(crate) path: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ImportCounts {
    pub(crate) rows: u32,
    pub(crate) inserted: u32,
    pub(crate) updated: u32,
    pub(crate) unchanged: u32,
    pub(crate) stale: u32,
    pub(crate) exceptions: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ImportTotal {
    pub(crate) currency: String,
    pub(crate) rows: Option<u32>,
    pub(crate) price: String,
    pub(crate) refunded: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ControlKind {
    Rows,
    Total,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ControlTotal {
    pub(crate) what: ControlKind,
    pub(crate) currency: Option<String>,
    pub(crate) expected: String,
    pub(crate) found: String,
    pub(crate) ok: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct EarlierImport {
    pub(crate) import_id: String,
    pub(crate) file_name: String,
    pub(crate) imported_at: String,
    pub(crate) by: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ImportPreview {
    pub(crate) path: String,
    pub(crate) file_name: String,
    pub(crate) file_bytes: u32,
    pub(crate) kind: ImportKind,
    /// The encoding that its text was read in.
    pub(crate) encoding: String,
    pub(crate) digest: String,
    pub(crate) already: Option<EarlierImport>,
    pub(crate) counts: ImportCounts,
    pub(crate) totals: Vec<ImportTotal>,
    pub(crate) control: Vec<ControlTotal>,
    pub(crate) booked_from: Option<String>,
    pub(crate) booked_to: Option<String>,
    /// What is to be said of the file's columns, a sentence each.
    pub(crate) columns: Vec<String>,
    pub(crate) first_exceptions: Vec<RowProblem>,
    pub(crate) changes: Vec<RowChange>,
    pub(crate) changes_total: u32,
    pub(crate) warnings: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RowProblem {
    pub(crate) line: u32,
    pub(crate) code: String,
    pub(crate) message: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct FieldChange {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct RowChange {
    pub(crate) line: u32,
    pub(crate) subject: Subject,
    pub(crate) fields: Vec<FieldChange>,
    pub(crate) effect: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct CommitImportRequest {
    pub(crate) path: String,
    pub(crate) kind: ImportKind,
    pub(crate) digest: String,
    /// The encoding of its text, where the person chose one.
    pub(crate) encoding: Option<String>,
    pub(crate) expect_rows: Option<u32>,
    pub(crate) expect_totals: Vec<Money>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ImportResult {
    pub(crate) import_id: String,
    pub(crate) already: bool,
    pub(crate) counts: ImportCounts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ImportStatus {
    Committed,
    Undone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UndoAction {
    Undo,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ImportRow {
    pub(crate) import_id: String,
    pub(crate) kind: ImportKind,
    pub(crate) file_name: String,
    pub(crate) status: ImportStatus,
    pub(crate) counts: ImportCounts,
    pub(crate) totals: Vec<ImportTotal>,
    pub(crate) exceptions_open: u32,
    pub(crate) imported_at: String,
    pub(crate) by: String,
    pub(crate) undone_at: Option<String>,
    pub(crate) undone_by: Option<String>,
    pub(crate) undo: Allowed<UndoAction>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListImportsRequest {
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ImportIdRequest {
    pub(crate) import_id: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct UndoImportRequest {
    pub(crate) import_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct UndoPreview {
    pub(crate) import_id: String,
    pub(crate) allowed: bool,
    pub(crate) why_not: Option<String>,
    pub(crate) bookings: u32,
    pub(crate) commissions: u32,
    pub(crate) entries: u32,
    pub(crate) totals: Vec<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ExceptionState {
    Open,
    Resolved,
    Dismissed,
}

/// A column of a row as it came, or as a person put it right.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub(crate) struct RowField {
    pub(crate) column: String,
    pub(crate) value: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ExceptionRow {
    pub(crate) exception_id: String,
    pub(crate) import_id: String,
    pub(crate) import_kind: ImportKind,
    pub(crate) file_name: String,
    pub(crate) line: u32,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) state: ExceptionState,
    pub(crate) row: Vec<RowField>,
    pub(crate) resolved_at: Option<String>,
    pub(crate) resolved_by: Option<String>,
    pub(crate) reason: Option<String>,
    /// The known id that it shares a charge with or is mistaken for.
    pub(crate) about: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListExceptionsRequest {
    pub(crate) import_id: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) state: ExceptionState,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct ExceptionCodeCount {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) count: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct RetryExceptionsRequest {
    pub(crate) exception_ids: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct FixExceptionRequest {
    pub(crate) exception_id: String,
    pub(crate) row: Vec<RowField>,
    /// Which of the bookings that a charge paid a dispute is about.
    pub(crate) booking_id: Option<String>,
    pub(crate) reason: String,
}

/// What a row is that looks like something known.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RowAnswer {
    SecondSeat,
    New,
    Known,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct AnswerExceptionRequest {
    pub(crate) exception_id: String,
    pub(crate) answer: RowAnswer,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct DismissImportRequest {
    pub(crate) import_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct DismissExceptionsRequest {
    pub(crate) exception_ids: Vec<String>,
    pub(crate) reason: String,
}
