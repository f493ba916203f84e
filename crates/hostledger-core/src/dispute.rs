//! Disputes: participants' complaints and card chargebacks against one booking
//! (docs/domain.md §8; the native format).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::booking::{Fields, optional_time, parse_amount, parse_time};
use crate::calendar::to_days;
use crate::import::{ExceptionCode, RowProblem, named};
use crate::journal::{Entry, EntryKind};
use crate::money::Currency;

/// The columns of the native disputes export; those with `true` must be there.
pub const COLUMNS: [(&str, bool); 10] = [
    ("dispute_id", true),
    ("booking_id", true),
    ("kind", true),
    ("reason", false),
    ("amount", true),
    ("currency", true),
    ("status", true),
    ("opened_at", true),
    ("evidence_due_by", false),
    ("closed_at", false),
];

/// Until how many days after the session's end a participant can complain.
pub const COMPLAINT_DAYS: i64 = 30;

/// Who disputes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DisputeKind {
    /// The participant, with the platform.
    Complaint,
    /// The participant's bank.
    Chargeback,
}

impl DisputeKind {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 2] = [Self::Complaint, Self::Chargeback];

    /// The word of the export.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complaint => "COMPLAINT",
            Self::Chargeback => "CHARGEBACK",
        }
    }

    /// Reads the export's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        named(&Self::ALL, Self::as_str, text)
    }

    /// As it stands in a sentence.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Chargeback => "chargeback",
        }
    }
}

/// Where a dispute stands, in Stripe's words; a complaint uses only those without `warning`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "Stripe's statuses")]
pub enum DisputeStatus {
    /// A bank asks before it charges back; no money moved.
    WarningNeedsResponse,
    WarningUnderReview,
    /// The bank asked and let it be.
    WarningClosed,
    NeedsResponse,
    UnderReview,
    /// The host keeps the money.
    Won,
    /// The participant gets it back.
    Lost,
    /// Stripe settled it with the bank before it became a dispute.
    Prevented,
}

impl DisputeStatus {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 8] = [
        Self::WarningNeedsResponse,
        Self::WarningUnderReview,
        Self::WarningClosed,
        Self::NeedsResponse,
        Self::UnderReview,
        Self::Won,
        Self::Lost,
        Self::Prevented,
    ];

    /// Stripe's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WarningNeedsResponse => "warning_needs_response",
            Self::WarningUnderReview => "warning_under_review",
            Self::WarningClosed => "warning_closed",
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Prevented => "prevented",
        }
    }

    /// Reads Stripe's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        named(&Self::ALL, Self::as_str, text)
    }

    /// Decided: won or lost.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Won | Self::Lost)
    }

    /// Whether it keeps the commission from being paid: all but what is decided.
    #[must_use]
    pub fn blocks(self) -> bool {
        !self.is_decided()
    }

    /// Whether money is at stake while it is so: `warning_*` and `prevented` only block.
    #[must_use]
    pub fn puts_at_stake(self) -> bool {
        matches!(self, Self::NeedsResponse | Self::UnderReview)
    }

    /// Whether the next word is a person's here: the bank or the participant waits for an answer, or
    /// only a person can let it go.
    #[must_use]
    pub fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::NeedsResponse
                | Self::WarningNeedsResponse
                | Self::WarningClosed
                | Self::Prevented
        )
    }

    /// Whether evidence can still be handed in.
    #[must_use]
    pub fn takes_evidence(self) -> bool {
        matches!(self, Self::WarningNeedsResponse | Self::NeedsResponse)
    }
}

/// One row of the disputes export, read and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the export's columns")]
pub struct DisputeRow {
    pub dispute_id: String,
    pub booking_id: String,
    pub kind: DisputeKind,
    pub reason: String,
    pub amount_minor: i64,
    pub currency: Currency,
    pub status: DisputeStatus,
    pub opened_at: Timestamp,
    pub evidence_due_by: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

impl DisputeRow {
    /// The same row with ids as they are read now: rows kept by earlier versions may have marks.
    #[must_use]
    pub fn with_clean_ids(mut self) -> Self {
        for id in [&mut self.dispute_id, &mut self.booking_id] {
            *id = crate::ids::clean(id).into_owned();
        }
        self
    }

    /// A hash over the content, the same for the same values however they were written. Instants
    /// count to the microsecond, as they are stored.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 16] {
        let us = |t: Timestamp| Timestamp::from_microsecond(t.as_microsecond()).unwrap_or(t);
        let stored = Self {
            opened_at: us(self.opened_at),
            evidence_due_by: self.evidence_due_by.map(us),
            closed_at: self.closed_at.map(us),
            ..self.clone()
        };
        let text = serde_json::to_vec(&stored).unwrap_or_default();
        let mut out = [0; 16];
        out.copy_from_slice(&Sha256::digest(&text)[..16]);
        out
    }
}

/// Reads and checks one row of a disputes export.
///
/// # Errors
/// The first problem found: empty needed field, kind, currency, amount, status, time.
pub fn read_row(f: &Fields<'_>) -> Result<DisputeRow, RowProblem> {
    f.need(&COLUMNS)?;
    let unknown = |what: &str, text: &str, known: &str| {
        RowProblem::new(
            ExceptionCode::UnknownStatus,
            format!("{what} is \"{text}\". Known are {known}."),
        )
    };
    let kind = DisputeKind::parse(f.text(2))
        .ok_or_else(|| unknown("kind", f.text(2), "COMPLAINT and CHARGEBACK"))?;
    let currency = Currency::parse(f.text(5)).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::UnknownCurrency,
            format!(
                "currency is \"{}\", which is no ISO 4217 code such as USD.",
                f.text(5)
            ),
        )
    })?;
    let amount_minor = parse_amount("amount", f.text(4), currency)?;
    if amount_minor == 0 {
        return Err(RowProblem::new(
            ExceptionCode::BadNumber,
            "amount is zero; a dispute is about money.",
        ));
    }
    let status = DisputeStatus::parse(f.text(6)).ok_or_else(|| {
        let all: Vec<&str> = DisputeStatus::ALL.iter().map(|s| s.as_str()).collect();
        unknown("status", f.text(6), &all.join(", "))
    })?;
    let only_for_banks = !status.puts_at_stake() && !status.is_decided();
    if kind == DisputeKind::Complaint && only_for_banks {
        return Err(unknown(
            "a complaint's status",
            f.text(6),
            "needs_response, under_review, won and lost",
        ));
    }
    Ok(DisputeRow {
        dispute_id: f.id(&COLUMNS, 0)?,
        booking_id: f.key(&COLUMNS, 1)?,
        kind,
        reason: f.text(3).to_owned(),
        amount_minor,
        currency,
        status,
        opened_at: parse_time("opened_at", f.text(7))?,
        evidence_due_by: optional_time("evidence_due_by", f.text(8))?,
        closed_at: optional_time("closed_at", f.text(9))?,
    })
}

/// What a dispute is held against before it is taken in.
#[derive(Debug, Clone, Copy)]
pub struct DisputedBooking<'a> {
    /// The booking's id.
    pub booking_id: &'a str,
    /// Its currency.
    pub currency: Currency,
    /// P0 in minor units.
    pub price_minor: i64,
    /// Whether money came in for it.
    pub captured: bool,
    /// Business date of the session's end.
    pub ended: Date,
    /// Business date on which the dispute was opened.
    pub opened: Date,
}

/// Whether a dispute can be taken in at all (docs/domain.md §8).
///
/// # Errors
/// `CURRENCY_CHANGED`, `NOTHING_TO_DISPUTE`, `DISPUTE_EXCEEDS_PRICE`, `COMPLAINT_TOO_LATE`.
pub fn admit(
    kind: DisputeKind,
    amount_minor: i64,
    currency: Currency,
    b: &DisputedBooking<'_>,
) -> Result<(), RowProblem> {
    let money = |minor| crate::money::Money::new(minor, b.currency);
    if currency != b.currency {
        return Err(RowProblem::new(
            ExceptionCode::CurrencyChanged,
            format!(
                "The dispute is in {currency}, but {} is in {}. A dispute is about the booking's own money.",
                b.booking_id, b.currency
            ),
        ));
    }
    if !b.captured {
        return Err(RowProblem::new(
            ExceptionCode::NothingToDispute,
            format!(
                "Nothing was paid for {}: it is free, or its payment was never captured. Import the platform's newest bookings, then retry.",
                b.booking_id
            ),
        ));
    }
    if amount_minor > b.price_minor {
        return Err(RowProblem::new(
            ExceptionCode::DisputeExceedsPrice,
            format!(
                "{} is disputed of a price of {}; a dispute can't exceed the price. Check the amount with the bank or the participant.",
                money(amount_minor),
                money(b.price_minor)
            ),
        ));
    }
    let days = to_days(b.opened) - to_days(b.ended);
    if kind == DisputeKind::Complaint && days > COMPLAINT_DAYS {
        return Err(RowProblem::new(
            ExceptionCode::ComplaintTooLate,
            format!(
                "The complaint came on {}, {days} days after the session of {} ended on {}. Complaints are accepted for {COMPLAINT_DAYS} days.",
                b.opened, b.booking_id, b.ended
            ),
        ));
    }
    Ok(())
}

/// How a newer word on a known dispute relates to what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It takes the place of what is known.
    Newer,
    /// Older than what is known: ignored.
    Stale,
    /// It can't be, with the reason.
    Refused(RowProblem),
}

/// Orders a row against a known dispute: a decided dispute is never reopened, and of two
/// decisions the later one stands.
#[must_use]
pub fn progress(known: &DisputeRow, row: &DisputeRow) -> Progress {
    let refuse = |code, message: String| Progress::Refused(RowProblem::new(code, message));
    let id = &known.dispute_id;
    if (&known.booking_id, known.kind) != (&row.booking_id, row.kind) {
        return refuse(
            ExceptionCode::DisputeMoved,
            format!(
                "{id} is a {} about {}; the row makes it a {} about {}. A row never moves a dispute.",
                known.kind.noun(),
                known.booking_id,
                row.kind.noun(),
                row.booking_id
            ),
        );
    }
    if !known.status.is_decided() {
        return Progress::Newer;
    }
    if !row.status.is_decided() {
        return refuse(
            ExceptionCode::DisputeClosed,
            format!(
                "{id} is {} already, and the row says {}: an older file, most likely. A file never reopens a closed dispute.",
                known.status.as_str(),
                row.status.as_str()
            ),
        );
    }
    match (known.closed_at, row.closed_at) {
        (Some(k), Some(r)) if r < k => Progress::Stale,
        (Some(k), Some(r)) if r == k && row.status != known.status => refuse(
            ExceptionCode::ConflictingRows,
            format!(
                "{id} was {} on {k}; the row says {} at the same instant. Ask the bank which is right.",
                known.status.as_str(),
                row.status.as_str()
            ),
        ),
        _ => Progress::Newer,
    }
}

/// What the journal says of a chargeback itself, apart from what a loss deducts
/// ([`crate::refunds`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChargebackPosition {
    /// D in minor units, while the bank took it; 0: it took nothing.
    pub taken_minor: i64,
    /// The bank gave it back.
    pub won: bool,
}

impl ChargebackPosition {
    /// What a dispute's state means. `undone`: the file that brought it was taken back.
    #[must_use]
    pub fn of(kind: DisputeKind, status: DisputeStatus, amount_minor: i64, undone: bool) -> Self {
        let taken = kind == DisputeKind::Chargeback
            && !undone
            && (status.puts_at_stake() || status.is_decided());
        Self {
            taken_minor: if taken { amount_minor } else { 0 },
            won: taken && status == DisputeStatus::Won,
        }
    }
}

/// One step of posting what becomes of a chargeback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargebackStep {
    /// Reverse the dispute's live entries of this kind.
    Reverse(EntryKind),
    /// Post an entry on the day on which the dispute was opened.
    OnOpening(Entry),
    /// Post an entry on the day on which it was decided.
    OnClosing(Entry),
}

/// What must be posted to get from one state of a chargeback to another. The bank's fee is an entry
/// of its own, in USD, posted once by the caller.
#[must_use]
pub fn chargeback_steps(old: ChargebackPosition, new: ChargebackPosition) -> Vec<ChargebackStep> {
    use ChargebackStep as S;
    let mut out = Vec::new();
    let retaken = old.taken_minor != new.taken_minor;
    if old.won && (!new.won || retaken) {
        out.push(S::Reverse(EntryKind::ChargebackWon));
    }
    if retaken {
        if old.taken_minor != 0 {
            out.push(S::Reverse(EntryKind::ChargebackOpened));
        }
        if new.taken_minor != 0 {
            out.push(S::OnOpening(Entry::two(
                EntryKind::ChargebackOpened,
                new.taken_minor,
            )));
        }
    }
    if new.won && (!old.won || retaken) {
        out.push(S::OnClosing(Entry::two(
            EntryKind::ChargebackWon,
            new.taken_minor,
        )));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn row(status: DisputeStatus, closed_at: Option<&str>) -> DisputeRow {
        DisputeRow {
            dispute_id: "dp_1".into(),
            booking_id: "bk-1".into(),
            kind: DisputeKind::Chargeback,
            reason: "fraudulent".into(),
            amount_minor: 2000,
            currency: Currency::USD,
            status,
            opened_at: "2026-03-01T00:00:00Z".parse().unwrap(),
            evidence_due_by: None,
            closed_at: closed_at.map(|t| t.parse().unwrap()),
        }
    }

    fn booking(opened: Date) -> DisputedBooking<'static> {
        DisputedBooking {
            booking_id: "bk-1",
            currency: Currency::USD,
            price_minor: 2000,
            captured: true,
            ended: date(2026, 3, 1),
            opened,
        }
    }

    #[test]
    fn a_complaint_is_accepted_for_thirty_days_and_a_chargeback_for_ever() {
        let code = |kind, day| {
            admit(kind, 2000, Currency::USD, &booking(day))
                .err()
                .map(|p| p.code)
        };
        let (c, b) = (DisputeKind::Complaint, DisputeKind::Chargeback);
        assert_eq!(code(c, date(2026, 3, 31)), None);
        assert_eq!(
            code(c, date(2026, 4, 1)),
            Some(ExceptionCode::ComplaintTooLate)
        );
        assert_eq!(code(b, date(2027, 4, 1)), None);
    }

    #[test]
    fn what_can_be_disputed_is_what_was_paid() {
        let at = date(2026, 3, 2);
        let code = |amount, currency, b: DisputedBooking<'_>| {
            admit(DisputeKind::Complaint, amount, currency, &b)
                .unwrap_err()
                .code
        };
        assert_eq!(
            code(2001, Currency::USD, booking(at)),
            ExceptionCode::DisputeExceedsPrice
        );
        assert_eq!(
            code(2000, Currency::parse("EUR").unwrap(), booking(at)),
            ExceptionCode::CurrencyChanged
        );
        let free = DisputedBooking {
            captured: false,
            ..booking(at)
        };
        assert_eq!(
            code(2000, Currency::USD, free),
            ExceptionCode::NothingToDispute
        );
    }

    #[test]
    fn a_file_never_reopens_and_the_later_decision_stands() {
        use DisputeStatus as S;
        let open = row(S::NeedsResponse, None);
        let lost = row(S::Lost, Some("2026-04-01T00:00:00Z"));
        assert_eq!(progress(&open, &lost), Progress::Newer);
        let Progress::Refused(p) = progress(&lost, &open) else {
            panic!("reopened")
        };
        assert_eq!(p.code, ExceptionCode::DisputeClosed);
        let won = row(S::Won, Some("2026-05-01T00:00:00Z"));
        assert_eq!(progress(&lost, &won), Progress::Newer);
        assert_eq!(progress(&won, &lost), Progress::Stale);
        let same = row(S::Won, Some("2026-04-01T00:00:00Z"));
        let Progress::Refused(p) = progress(&lost, &same) else {
            panic!("taken")
        };
        assert_eq!(p.code, ExceptionCode::ConflictingRows);
    }

    #[test]
    fn warnings_and_what_was_prevented_block_and_post_nothing() {
        use DisputeStatus as S;
        for s in [
            S::WarningNeedsResponse,
            S::WarningUnderReview,
            S::WarningClosed,
            S::Prevented,
        ] {
            assert!(s.blocks() && !s.puts_at_stake());
            let p = ChargebackPosition::of(DisputeKind::Chargeback, s, 2000, false);
            assert_eq!(p, ChargebackPosition::default());
        }
    }

    #[test]
    fn a_chargeback_is_taken_when_opened_and_given_back_when_won() {
        use ChargebackStep as C;
        let at = |status| ChargebackPosition::of(DisputeKind::Chargeback, status, 2000, false);
        let (none, open) = (
            ChargebackPosition::default(),
            at(DisputeStatus::NeedsResponse),
        );
        let opened = C::OnOpening(Entry::two(EntryKind::ChargebackOpened, 2000));
        let won = C::OnClosing(Entry::two(EntryKind::ChargebackWon, 2000));
        assert_eq!(chargeback_steps(none, open), [opened]);
        assert_eq!(
            chargeback_steps(none, at(DisputeStatus::Won)),
            [opened, won]
        );
        assert_eq!(chargeback_steps(open, at(DisputeStatus::Won)), [won]);
        assert_eq!(
            chargeback_steps(at(DisputeStatus::Won), at(DisputeStatus::Lost)),
            [C::Reverse(EntryKind::ChargebackWon)]
        );
        assert_eq!(
            chargeback_steps(open, none),
            [C::Reverse(EntryKind::ChargebackOpened)]
        );
    }
}
