//! Refusals as values: a stable code, a sentence for a person, and the facts behind it.

use serde_json::Value;

/// Why something was refused, stable across versions; screens and scripts match on it, never on
/// the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// A value given by a person can't be read (amount, date, rate, name).
    BadInput,
    /// The thing named doesn't exist in this ledger.
    NotFound,
    /// The person's roles don't cover this.
    NotAllowed,
    /// Maker and checker must be two people.
    SamePerson,
    /// The thing is in a state in which this can't be done.
    WrongState,
    /// Payouts of the batch changed since they were prepared.
    StalePayouts,
    /// Money of a payout date would leave before that date.
    TooEarly,
    /// The payout date is on no institution's schedule and no off-cycle reason was given.
    OffSchedule,
    /// The name and passphrase open no key slot, or the user was removed.
    SignInFailed,
    /// There is no ledger at this place.
    NoLedger,
    /// There is a ledger or another file where a new one should go.
    AlreadyThere,
    /// The ledger was written by a newer program.
    NewerLedger,
    /// The ledger's file is damaged or was changed from outside.
    DamagedLedger,
    /// Another process or person is doing a long job on this ledger.
    LeaseHeld,
    /// Another process is writing; try again.
    Busy,
    /// The disk is full.
    DiskFull,
    /// A file can't be read or written.
    FileProblem,
    /// The file is not what it should be (columns missing, no header).
    WrongFile,
    /// The file is cut short, or its quotes don't say where its cells end.
    BrokenFile,
    /// A spreadsheet changed the file's ids, so that different rows share one.
    MangledId,
    /// A sum of amounts is more than the ledger can hold.
    TooLarge,
    /// A control total given with the file isn't met.
    ControlTotal,
    /// Paid or sent money depends on it, so it can't be undone.
    PaidDependsOnIt,
    /// Stripe couldn't be reached, or doesn't let this key do what is needed.
    StripeProblem,
    /// The platform's balance at Stripe doesn't cover the batch.
    BalanceTooLow,
    /// An exchange rate is far from the one before it.
    RateJump,
    /// Another exchange rate is known for that day.
    RateKnown,
    /// Stripe has transfers of this ledger that the ledger doesn't know: compare first.
    ReconcileFirst,
    /// A person cancelled the job; nothing was changed.
    Cancelled,
    /// A rule of this program was broken: a defect.
    Internal,
}

impl Code {
    /// The code as it crosses to scripts, e.g. `STALE_PAYOUTS`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadInput => "BAD_INPUT",
            Self::NotFound => "NOT_FOUND",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::SamePerson => "SAME_PERSON",
            Self::WrongState => "WRONG_STATE",
            Self::StalePayouts => "STALE_PAYOUTS",
            Self::TooEarly => "TOO_EARLY",
            Self::OffSchedule => "OFF_SCHEDULE",
            Self::SignInFailed => "SIGN_IN_FAILED",
            Self::NoLedger => "NO_LEDGER",
            Self::AlreadyThere => "ALREADY_THERE",
            Self::NewerLedger => "NEWER_LEDGER",
            Self::DamagedLedger => "DAMAGED_LEDGER",
            Self::LeaseHeld => "LEASE_HELD",
            Self::Busy => "BUSY",
            Self::DiskFull => "DISK_FULL",
            Self::FileProblem => "FILE_PROBLEM",
            Self::WrongFile => "WRONG_FILE",
            Self::BrokenFile => "BROKEN_FILE",
            Self::MangledId => "MANGLED_ID",
            Self::TooLarge => "TOO_LARGE",
            Self::ControlTotal => "CONTROL_TOTAL",
            Self::PaidDependsOnIt => "PAID_DEPENDS_ON_IT",
            Self::StripeProblem => "STRIPE_PROBLEM",
            Self::BalanceTooLow => "BALANCE_TOO_LOW",
            Self::RateJump => "RATE_JUMP",
            Self::RateKnown => "RATE_KNOWN",
            Self::ReconcileFirst => "RECONCILE_FIRST",
            Self::Cancelled => "CANCELLED",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A refusal: nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The stable code.
    pub code: Code,
    /// What happened, what it means, what to do; plain sentences.
    pub message: String,
    /// The facts, as JSON; `null` where the message says it all.
    pub details: Value,
}

impl Error {
    /// A refusal without further facts.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Value::Null,
        }
    }

    /// The same refusal with facts for the screen or script.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}
