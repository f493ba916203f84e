//! Tax: a season of forms 1099-K, who hosts are to the tax authority, rules, notices, rates.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::shared::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TaxFormStatus {
    Draft,
    Reviewed,
    Furnished,
    Filed,
    Void,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TaxFormKind {
    Original,
    Corrected,
    /// The first of a two-form correction.
    Zeroed,
    /// The new original of a two-form correction.
    Replacement,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum WhoFiles {
    Ledger,
    Stripe,
    Nobody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum CorrectionKind {
    OneForm,
    TwoForms,
    Zeroed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TaxCopy {
    Payee,
    Filer,
    State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TaxStanding {
    UsPerson,
    Foreign,
    NoProfile,
    NoTin,
    ImpossibleTin,
    W8Expired,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct TaxYearRequest {
    pub(crate) year: u16,
}

/// How many forms are in each state.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxFormCounts {
    pub(crate) draft: u32,
    pub(crate) reviewed: u32,
    pub(crate) furnished: u32,
    pub(crate) filed: u32,
    pub(crate) void: u32,
}

/// Forms that a rule or a state makes due.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxGroup {
    /// `US`, a state's letters, or `WITHHELD`; of states only the letters, empty where none is known.
    pub(crate) name: String,
    pub(crate) forms: u32,
    pub(crate) gross: Money,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxBlocked {
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) reason: String,
    pub(crate) sentence: String,
    pub(crate) because: Vec<String>,
    pub(crate) gross: Money,
    pub(crate) transactions: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxWarning {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) hosts: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxCorrection {
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) form_id: String,
    pub(crate) correction: CorrectionKind,
    /// What differs, a sentence each.
    pub(crate) what: Vec<String>,
    /// The correction's forms are made and not furnished yet.
    pub(crate) made: bool,
    pub(crate) gross_was: Money,
    pub(crate) gross_now: Option<Money>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxFiling {
    pub(crate) filing_id: String,
    pub(crate) forms: u32,
    pub(crate) files: Vec<String>,
    pub(crate) written_at: String,
    pub(crate) written_by: String,
    pub(crate) receipt: Option<String>,
    pub(crate) filed_at: Option<String>,
    pub(crate) filed_by: Option<String>,
}

/// Where a season stands.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxSeason {
    pub(crate) year: u16,
    pub(crate) who_files: WhoFiles,
    pub(crate) furnish_by: String,
    pub(crate) file_by: String,
    /// Hosts with transactions, and what they come to.
    pub(crate) hosts: u32,
    pub(crate) gross: Money,
    /// All backup withholding of the year: form 945.
    pub(crate) withheld: Money,
    /// Forms that the ledger makes due today.
    pub(crate) due: u32,
    pub(crate) counts: TaxFormCounts,
    /// Drafts that the one who is signed in didn't make and may review.
    pub(crate) to_review: u32,
    /// Hosts whose form isn't made, or says something else than the ledger by now.
    pub(crate) to_make: Vec<String>,
    pub(crate) by_rule: Vec<TaxGroup>,
    pub(crate) by_state: Vec<TaxGroup>,
    pub(crate) blocked: Vec<TaxBlocked>,
    pub(crate) warnings: Vec<TaxWarning>,
    pub(crate) corrections: Vec<TaxCorrection>,
    pub(crate) filings: Vec<TaxFiling>,
    /// What of the filer's details isn't set: name, address, telephone number, TIN.
    pub(crate) filer_missing: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxFormRow {
    pub(crate) form_id: String,
    pub(crate) host_id: String,
    pub(crate) name: String,
    /// The last four digits only.
    pub(crate) tin: String,
    pub(crate) state: String,
    pub(crate) kind: TaxFormKind,
    pub(crate) status: TaxFormStatus,
    pub(crate) currency: String,
    pub(crate) gross: String,
    pub(crate) transactions: u32,
    pub(crate) withheld: String,
    pub(crate) because: Vec<String>,
    pub(crate) made_by: String,
    /// The ledger says something else by now; made again before it is reviewed.
    pub(crate) outdated: bool,
    /// Another form that the payee has took its place.
    pub(crate) corrected: bool,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListTaxFormsRequest {
    pub(crate) year: u16,
    pub(crate) status: Option<TaxFormStatus>,
    pub(crate) rule: Option<String>,
    pub(crate) state: Option<String>,
    /// Corrections only, or originals only.
    pub(crate) corrections: Option<bool>,
    pub(crate) text: Option<String>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct TaxFormIdRequest {
    pub(crate) form_id: String,
}

/// Who did something to a form, and when.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxStep {
    pub(crate) at: String,
    pub(crate) by: String,
}

/// A month of the bridge; deductions above zero.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxBridgeRow {
    pub(crate) carried_in: String,
    pub(crate) gross: String,
    pub(crate) refunds: String,
    pub(crate) platform_fees: String,
    pub(crate) processing_fees: String,
    pub(crate) adjustments: String,
    pub(crate) withheld: String,
    pub(crate) paid: String,
    pub(crate) carried_out: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxBridge {
    pub(crate) currency: String,
    /// January to December.
    pub(crate) months: Vec<TaxBridgeRow>,
    pub(crate) year: TaxBridgeRow,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxFormDetail {
    pub(crate) year: u16,
    pub(crate) form: TaxFormRow,
    /// Boxes 5a to 5l.
    pub(crate) months: Vec<String>,
    pub(crate) payee_address: Vec<String>,
    pub(crate) business_name: String,
    pub(crate) filer_name: String,
    pub(crate) filer_address: Vec<String>,
    pub(crate) filer_phone: String,
    pub(crate) filer_tin: String,
    pub(crate) filer_is_pse: bool,
    pub(crate) second_tin_notice: bool,
    /// The rules that made it due, with their sources.
    pub(crate) because_in_words: Vec<String>,
    pub(crate) date_basis: String,
    pub(crate) sha256: String,
    pub(crate) void_reason: Option<String>,
    pub(crate) made: TaxStep,
    pub(crate) reviewed: Option<TaxStep>,
    pub(crate) furnished: Option<TaxStep>,
    pub(crate) filed: Option<TaxStep>,
    pub(crate) bridges: Vec<TaxBridge>,
    /// The other forms of the host in that year.
    pub(crate) others: Vec<TaxFormRow>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ReviewTaxFormsRequest {
    pub(crate) year: u16,
    /// Null: all drafts of the year.
    pub(crate) form_ids: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxFormsDone {
    pub(crate) forms: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct VoidTaxFormRequest {
    pub(crate) form_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct FurnishTaxFormsRequest {
    pub(crate) year: u16,
    pub(crate) folder: String,
    pub(crate) bridge: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxFilesWritten {
    pub(crate) forms: u32,
    pub(crate) still_drafts: u32,
    pub(crate) files: u32,
    pub(crate) folder: String,
    /// Columns of the portal's template that stay empty.
    pub(crate) unused_columns: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct WriteTaxFormRequest {
    pub(crate) form_id: String,
    pub(crate) copy: TaxCopy,
    pub(crate) bridge: bool,
    pub(crate) path: String,
}

/// Which column of the portal's template holds a value.
#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct PortalColumn {
    /// The template's name; empty: the value is left out.
    pub(crate) theirs: String,
    /// The built-in header's name.
    pub(crate) ours: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct FileTaxFormsRequest {
    pub(crate) year: u16,
    pub(crate) folder: String,
    /// The portal's own header row.
    pub(crate) template: Option<String>,
    /// Columns of it that a person named; kept for the year.
    pub(crate) columns: Vec<PortalColumn>,
    /// All files in an encrypted archive too, and its passphrase.
    pub(crate) archive: Option<String>,
    pub(crate) passphrase: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct RecordTaxFiledRequest {
    pub(crate) year: u16,
    pub(crate) receipt: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ListTaxProfilesRequest {
    pub(crate) year: u16,
    /// Only hosts that lack something.
    pub(crate) missing: bool,
    pub(crate) standing: Option<TaxStanding>,
    pub(crate) text: Option<String>,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxProfileRow {
    pub(crate) host_id: String,
    pub(crate) host_name: String,
    pub(crate) country: String,
    pub(crate) standing: TaxStanding,
    pub(crate) lacks: bool,
    /// What is missing, and what to do.
    pub(crate) sentence: String,
    pub(crate) form: Option<String>,
    /// The last four digits only.
    pub(crate) tin: Option<String>,
    pub(crate) state: String,
    pub(crate) currency: String,
    pub(crate) gross: String,
    pub(crate) transactions: u32,
    pub(crate) withheld: String,
    /// Rules that are reached.
    pub(crate) reached: Vec<String>,
    /// When the federal line is crossed at the present pace.
    pub(crate) crosses_on: Option<String>,
    /// Notices that make tax withheld today.
    pub(crate) notices: u32,
    /// What the IRS answered about name and TIN.
    pub(crate) matched: Option<String>,
    pub(crate) match_ok: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxProfileVersion {
    pub(crate) form: String,
    pub(crate) legal_name: String,
    pub(crate) business_name: String,
    pub(crate) tin_type: Option<String>,
    pub(crate) tin: Option<String>,
    pub(crate) tin_problem: Option<String>,
    pub(crate) address_line1: String,
    pub(crate) address_line2: String,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) postal_code: String,
    pub(crate) country: String,
    pub(crate) signed_on: Option<String>,
    pub(crate) expires_on: Option<String>,
    pub(crate) recorded_at: String,
    pub(crate) recorded_by: String,
    /// It came with a file; otherwise a person entered it.
    pub(crate) from_file: bool,
}

/// Something that only a person can say of a tax profile.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxQuestion {
    pub(crate) kind: TaxQuestionKind,
    pub(crate) sentence: String,
    /// The name with its parts the other way round, where that is asked.
    pub(crate) swapped: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TaxQuestionKind {
    NameOrder,
    PayeeChanged,
}

#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TaxSaying {
    SwapName,
    KeepName,
    OnePayee,
    NewPayee,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct AnswerTaxQuestionRequest {
    pub(crate) host_id: String,
    pub(crate) year: u16,
    pub(crate) says: TaxSaying,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxProfileDetail {
    pub(crate) row: Option<TaxProfileRow>,
    /// The present one first.
    pub(crate) versions: Vec<TaxProfileVersion>,
    pub(crate) notices: Vec<TaxNotice>,
    pub(crate) questions: Vec<TaxQuestion>,
    pub(crate) may_reveal: bool,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct TaxHostRequest {
    pub(crate) host_id: String,
    pub(crate) year: u16,
}

#[derive(Serialize, Type)]
pub(crate) struct RevealedTin {
    pub(crate) tin: String,
}

#[derive(Deserialize, Type)]
pub(crate) struct EnterTaxProfileRequest {
    pub(crate) host_id: String,
    pub(crate) form: String,
    pub(crate) legal_name: String,
    pub(crate) business_name: String,
    pub(crate) tin_type: String,
    /// Empty: as `keeps_tin` says.
    pub(crate) tin: String,
    pub(crate) keeps_tin: bool,
    pub(crate) address_line1: String,
    pub(crate) address_line2: String,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) postal_code: String,
    pub(crate) country: String,
    pub(crate) signed_on: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct TaxFileRequest {
    pub(crate) path: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TinMismatch {
    pub(crate) host_id: String,
    pub(crate) answer: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TinAnswers {
    pub(crate) matched: u32,
    pub(crate) mismatched: Vec<TinMismatch>,
    pub(crate) unknown: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub(crate) enum TaxNoticeKind {
    /// Name and TIN don't match.
    B,
    /// Underreported income.
    C,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxNotice {
    pub(crate) notice_id: String,
    pub(crate) host_id: String,
    pub(crate) kind: TaxNoticeKind,
    pub(crate) received_on: String,
    pub(crate) withhold_from: String,
    pub(crate) note: String,
    pub(crate) recorded_by: String,
    pub(crate) ended_on: Option<String>,
    pub(crate) ended_by: Option<String>,
    pub(crate) end_reason: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct RecordTaxNoticeRequest {
    pub(crate) host_id: String,
    pub(crate) kind: TaxNoticeKind,
    pub(crate) received_on: String,
    pub(crate) withhold_from: Option<String>,
    pub(crate) note: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct EndTaxNoticeRequest {
    pub(crate) notice_id: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct TaxRule {
    /// `US`, or a state's two letters.
    pub(crate) jurisdiction: String,
    pub(crate) from_year: u16,
    pub(crate) to_year: Option<u16>,
    pub(crate) amount: Money,
    pub(crate) inclusive: bool,
    pub(crate) min_transactions: u32,
    /// When backup withholding begins, in words; null: never.
    pub(crate) withholding: Option<String>,
    pub(crate) is_on: bool,
    pub(crate) is_sure: bool,
    pub(crate) source: String,
    pub(crate) verified_on: String,
    /// Null: shipped.
    pub(crate) set_by: Option<String>,
    pub(crate) set_at: Option<String>,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct SetTaxRuleRequest {
    pub(crate) jurisdiction: String,
    pub(crate) from_year: u16,
    pub(crate) to_year: Option<u16>,
    pub(crate) amount: String,
    pub(crate) inclusive: bool,
    pub(crate) min_transactions: u32,
    pub(crate) is_on: bool,
    pub(crate) is_sure: bool,
    pub(crate) source: String,
    pub(crate) verified_on: String,
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct FxRate {
    pub(crate) on: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) rate: String,
    pub(crate) source: String,
}

#[derive(Debug, Clone, Deserialize, Type)]
pub(crate) struct ImportFxRequest {
    pub(crate) path: String,
    pub(crate) jumps_are_right: bool,
    pub(crate) replace: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct FxImported {
    pub(crate) rates: u32,
}
