//! What the paper says, as values. Amounts are plain decimals ("1312.40", "-5.00"); the paper
//! groups the thousands. Dates are `YYYY-MM-DD`. Other times are printed as they are given.

use crate::{PaperSize, WhoWhen};

/// Everything that stands on the batch's paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchDocument {
    /// A4 or Letter.
    pub paper: PaperSize,
    /// When this paper is made: UTC, `YYYY-MM-DDTHH:MM:SSZ`. Also the file's creation date.
    pub generated_at: String,
    /// The ledger's name.
    pub ledger_name: String,
    /// The ledger's id.
    pub ledger_id: String,
    /// The batch's id.
    pub batch_id: String,
    /// The payout date, `YYYY-MM-DD`.
    pub payout_date: String,
    /// The batch's status, as domain.md §7 writes it: "APPROVED".
    pub status: String,
    /// The batch's digest, in hex.
    pub digest: String,
    /// Why it is off the schedule, if it is.
    pub off_cycle_reason: Option<String>,
    /// More sentences for the first page, each a paragraph.
    pub notes: Vec<String>,
    /// Who prepared it.
    pub prepared: WhoWhen,
    /// Who submitted it, once that is done.
    pub submitted: Option<WhoWhen>,
    /// Who approved it, once that is done.
    pub approved: Option<Approval>,
    /// Who rejected it, if somebody did.
    pub rejected: Option<Rejection>,
    /// Per currency what the counted payouts come to. Checked against them.
    pub totals: Vec<BatchTotal>,
    /// The payment file, once it is written.
    pub payment_file: Option<PaymentFileNote>,
    /// Every payout, in the order of the paper.
    pub payouts: Vec<BatchPayout>,
    /// Hosts with something due that this batch doesn't pay.
    pub carried: Vec<CarriedHost>,
}

/// An approval as a printed fact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approval {
    /// The user's name.
    pub who: String,
    /// The time with its zone.
    pub when: String,
    /// Fingerprint of the public key that verifies the signature.
    pub key_fingerprint: String,
    /// Digest of the signature.
    pub signature_digest: String,
}

/// A rejection with its comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rejection {
    /// The user's name.
    pub who: String,
    /// The time with its zone.
    pub when: String,
    /// What the approver wrote.
    pub comment: String,
}

/// A batch's total in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchTotal {
    /// ISO 4217 code.
    pub currency: String,
    /// The sum of the counted payouts.
    pub amount: String,
    /// How many they are.
    pub payouts: usize,
}

/// The payment file that was written for the batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentFileNote {
    /// The file's name, without its folder.
    pub name: String,
    /// When it was written, with its zone.
    pub written_at: String,
    /// Its totals, per currency. Printed as given: what went stale after the approval is in the
    /// batch and not in the file.
    pub totals: Vec<FileTotal>,
}

/// The payment file's total in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTotal {
    /// ISO 4217 code.
    pub currency: String,
    /// The sum of its rows.
    pub amount: String,
    /// Number of rows.
    pub rows: usize,
}

/// One payout with its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchPayout {
    /// The payout's id.
    pub payout_id: String,
    /// The platform's id of the host.
    pub host_id: String,
    /// The host's name.
    pub host_name: String,
    /// Where the money goes.
    pub destination: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The sum that is paid; must be the sum of the lines.
    pub amount: String,
    /// The payout's status, as domain.md §7 writes it.
    pub status: String,
    /// A sentence beside the status: why it failed, that it is stale and what changed, why it is
    /// flagged. Empty: nothing.
    pub remark: String,
    /// Whether it is part of the batch's total. `false` for one that was excluded: it is printed
    /// in grey and not added.
    pub counted: bool,
    /// Its lines, in the order of the paper.
    pub lines: Vec<BatchLine>,
}

/// One line of a payout: a booking's commission or an adjustment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchLine {
    /// What it is in words: "Clawback", "Reserve released". Empty for a booking's commission.
    pub label: String,
    /// The booking's id, or the adjustment's.
    pub reference: String,
    /// The business date of the session, `YYYY-MM-DD`; none for an adjustment without one.
    pub session_date: Option<String>,
    /// The price paid.
    pub price: Option<String>,
    /// The effective refund.
    pub refunded: Option<String>,
    /// The host's rate in percent: "70.00".
    pub rate: Option<String>,
    /// The platform fee.
    pub platform_fee: Option<String>,
    /// The processing fee.
    pub processing_fee: Option<String>,
    /// What the host gets; negative for a deduction.
    pub host_amount: String,
}

/// A host and currency that this batch carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CarriedHost {
    /// The platform's id of the host.
    pub host_id: String,
    /// The host's name.
    pub host_name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// What stays on the balance; may be negative.
    pub amount: String,
    /// The reasons as sentences: "Below the 25.00 USD minimum: paid when the balance reaches it."
    pub reasons: Vec<String>,
}
