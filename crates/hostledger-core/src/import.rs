//! What happens to the rows of a file: accepted, ignored, or kept as exceptions
//! (docs/domain.md §3, docs/cli.md).

use jiff::Timestamp;

use crate::ids::hyphen;

/// Why a row went to the exceptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names are the contract's and say it")]
pub enum ExceptionCode {
    MissingField,
    BadNumber,
    TooManyDecimals,
    BadTime,
    UnknownStatus,
    UnknownCurrency,
    UnknownInstitution,
    RefundExceedsPrice,
    RefundIncomplete,
    HostChanged,
    CurrencyChanged,
    NoFeeRule,
    MalformedRow,
    UnknownBooking,
    ConflictingRows,
    SameCharge,
    ChargeChanged,
    LooksLikeKnown,
    NothingToDispute,
    DisputeExceedsPrice,
    ComplaintTooLate,
    DisputeClosed,
    DisputeMoved,
    AmbiguousBooking,
    UnknownHost,
    UnknownForm,
    WorseTin,
    BadPostalCode,
    FutureSignature,
    BadAccount,
    MangledId,
    FutureSession,
    FeeExceedsPrice,
    BadBoolean,
    CurrencyEnded,
}

impl ExceptionCode {
    /// The code of the contract, e.g. `BAD_NUMBER`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingField => "MISSING_FIELD",
            Self::BadNumber => "BAD_NUMBER",
            Self::TooManyDecimals => "TOO_MANY_DECIMALS",
            Self::BadTime => "BAD_TIME",
            Self::UnknownStatus => "UNKNOWN_STATUS",
            Self::UnknownCurrency => "UNKNOWN_CURRENCY",
            Self::UnknownInstitution => "UNKNOWN_INSTITUTION",
            Self::RefundExceedsPrice => "REFUND_EXCEEDS_PRICE",
            Self::RefundIncomplete => "REFUND_INCOMPLETE",
            Self::HostChanged => "HOST_CHANGED",
            Self::CurrencyChanged => "CURRENCY_CHANGED",
            Self::NoFeeRule => "NO_FEE_RULE",
            Self::MalformedRow => "MALFORMED_ROW",
            Self::UnknownBooking => "UNKNOWN_BOOKING",
            Self::ConflictingRows => "CONFLICTING_ROWS",
            Self::SameCharge => "SAME_CHARGE",
            Self::ChargeChanged => "CHARGE_CHANGED",
            Self::LooksLikeKnown => "LOOKS_LIKE_KNOWN",
            Self::NothingToDispute => "NOTHING_TO_DISPUTE",
            Self::DisputeExceedsPrice => "DISPUTE_EXCEEDS_PRICE",
            Self::ComplaintTooLate => "COMPLAINT_TOO_LATE",
            Self::DisputeClosed => "DISPUTE_CLOSED",
            Self::DisputeMoved => "DISPUTE_MOVED",
            Self::AmbiguousBooking => "AMBIGUOUS_BOOKING",
            Self::UnknownHost => "UNKNOWN_HOST",
            Self::UnknownForm => "UNKNOWN_FORM",
            Self::WorseTin => "WORSE_TIN",
            Self::BadPostalCode => "BAD_POSTAL_CODE",
            Self::FutureSignature => "FUTURE_SIGNATURE",
            Self::BadAccount => "BAD_ACCOUNT",
            Self::MangledId => "MANGLED_ID",
            Self::FutureSession => "FUTURE_SESSION",
            Self::FeeExceedsPrice => "FEE_EXCEEDS_PRICE",
            Self::BadBoolean => "BAD_BOOLEAN",
            Self::CurrencyEnded => "CURRENCY_ENDED",
        }
    }
}

/// Whether a row that waits with this code holds nothing: it isn't about money that could still be
/// owed (docs/domain.md §3).
#[must_use]
pub fn holds_nothing(code: &str) -> bool {
    [
        ExceptionCode::ComplaintTooLate,
        ExceptionCode::DisputeClosed,
        ExceptionCode::NothingToDispute,
    ]
    .iter()
    .any(|c| c.as_str() == code)
}

/// Whether a row that is taken in takes the place of one that waits about the same booking or
/// dispute: it is as new by `updated_at`, or, where one has none, of a later import
/// (docs/domain.md §3). Each is given by its `updated_at` and its import.
#[must_use]
pub fn takes_the_place_of(
    row: (Option<Timestamp>, i64),
    waiting: (Option<Timestamp>, i64),
) -> bool {
    match (row.0, waiting.0) {
        (Some(r), Some(w)) => r >= w,
        _ => row.1 > waiting.1,
    }
}

/// A row that can't be taken in, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The stable code.
    pub code: ExceptionCode,
    /// A sentence that a person understands, with what to do.
    pub message: String,
    /// The known id that the row shares a charge with or is mistaken for; mostly none.
    pub about: Option<String>,
    /// The column whose text can't be read; `None`: it is about more than one.
    pub column: Option<String>,
}

impl RowProblem {
    /// A problem with its sentence.
    pub fn new(code: ExceptionCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            about: None,
            column: None,
        }
    }

    /// The same, of one column whose text can't be read.
    #[must_use]
    pub fn of_column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// The same, naming the known booking or host in question.
    #[must_use]
    pub fn about(mut self, id: impl Into<String>) -> Self {
        self.about = Some(id.into());
        self
    }
}

/// The one of `all` whose word a file means: letters in any case, and blanks, hyphens and
/// underlines don't count (`No Show`, `no-show`).
pub fn named<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, text: &str) -> Option<T> {
    let exact = all.iter().find(|one| word(**one) == text);
    let letters = |t: &str| -> String {
        let seen = t.chars().filter(|c| !c.is_whitespace() && *c != '_');
        seen.filter(|c| hyphen(*c) != '-')
            .flat_map(char::to_uppercase)
            .collect()
    };
    exact
        .or_else(|| {
            let meant = letters(text);
            all.iter().find(|one| letters(word(**one)) == meant)
        })
        .copied()
}

/// How a row for a known id relates to what is known (docs/domain.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supersedes {
    /// The same content: nothing changes.
    Unchanged,
    /// Newer: it takes the place of what is known.
    Newer,
    /// Older than what is known: ignored.
    Stale,
    /// Other content, and no way to order the two.
    Conflict,
}

/// What identifies and orders one version of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionStamp<'a> {
    /// Hash over the row's content.
    pub content_hash: &'a [u8],
    /// `updated_at` in microseconds since 1970, where the row has one.
    pub updated_at_us: Option<i64>,
    /// The import that brought it.
    pub import_key: i64,
}

impl<'a> VersionStamp<'a> {
    /// Of content with its hash, its `updated_at`, and the import that brought it.
    #[must_use]
    pub fn of(content_hash: &'a [u8], updated_at: Option<Timestamp>, import_key: i64) -> Self {
        Self {
            content_hash,
            updated_at_us: updated_at.map(Timestamp::as_microsecond),
            import_key,
        }
    }
}

/// Orders a row against the known version of the same id: a newer `updated_at` wins, an older one
/// is stale, an equal one with other content conflicts; without it a later import wins, and two
/// different rows of one file conflict.
#[must_use]
pub fn supersedes(known: VersionStamp<'_>, row: VersionStamp<'_>) -> Supersedes {
    if known.content_hash == row.content_hash {
        return Supersedes::Unchanged;
    }
    match (known.updated_at_us, row.updated_at_us) {
        (Some(k), Some(r)) if r > k => Supersedes::Newer,
        (Some(k), Some(r)) if r < k => Supersedes::Stale,
        (Some(_), Some(_)) => Supersedes::Conflict,
        _ if known.import_key == row.import_key => Supersedes::Conflict,
        // An exception of an earlier import that is retried later.
        _ if row.import_key < known.import_key => Supersedes::Stale,
        _ => Supersedes::Newer,
    }
}

/// What an import did with its rows; they add up to `rows`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's and say it")]
pub struct RowCounts {
    pub rows: i64,
    pub inserted: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub stale: i64,
    pub exceptions: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(hash: &[u8], at: Option<i64>, import: i64) -> VersionStamp<'_> {
        VersionStamp {
            content_hash: hash,
            updated_at_us: at,
            import_key: import,
        }
    }

    #[test]
    fn rows_of_one_id_are_ordered_by_time_then_by_import() {
        let known = stamp(b"a", Some(10), 1);
        assert_eq!(
            supersedes(known, stamp(b"a", Some(10), 1)),
            Supersedes::Unchanged
        );
        assert_eq!(
            supersedes(known, stamp(b"b", Some(11), 1)),
            Supersedes::Newer
        );
        assert_eq!(
            supersedes(known, stamp(b"b", Some(9), 2)),
            Supersedes::Stale
        );
        assert_eq!(
            supersedes(known, stamp(b"b", Some(10), 2)),
            Supersedes::Conflict
        );
        let untimed = stamp(b"a", None, 1);
        assert_eq!(
            supersedes(untimed, stamp(b"b", None, 1)),
            Supersedes::Conflict
        );
        assert_eq!(supersedes(untimed, stamp(b"b", None, 2)), Supersedes::Newer);
        assert_eq!(
            supersedes(stamp(b"a", None, 3), stamp(b"b", None, 2)),
            Supersedes::Stale
        );
        assert_eq!(supersedes(known, stamp(b"b", None, 2)), Supersedes::Newer);
        assert_eq!(
            supersedes(known, stamp(b"b", None, 1)),
            Supersedes::Conflict
        );
    }
}
