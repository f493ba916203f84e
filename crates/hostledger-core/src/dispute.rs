//! Disputes: participants' complaints and card chargebacks against one booking
//! (docs/domain.md §8; the native format).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::booking::{Absent, Fields, is_null_word, optional_time, parse_amount, parse_time};
use crate::calendar::to_days;
use crate::import::{ExceptionCode, RowProblem, named};
use crate::journal::{Entry, EntryKind};
use crate::money::{Currency, Money};

/// The columns of the native disputes export; those with `true` must be there.
pub const COLUMNS: [(&str, bool); 14] = [
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
    ("charge_id", false),
    ("payment_intent_id", false),
    ("fee", false),
    ("fee_currency", false),
];

/// Until how many days after the session's end a participant can complain.
pub const COMPLAINT_DAYS: i64 = 30;

/// A dispute about more than so many times the price smells of minor units and is asked about.
pub const TIMES_PRICE: i64 = 10;

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
    /// What the outside says, where that is in another currency than the booking's: the amount is
    /// a person's then ([`crate::dispute_match::amount_in`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Money>,
}

/// What a row of the disputes export says beside the dispute itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// The disputed charge, where the row names it; empty: it doesn't.
    pub charge_id: String,
    /// Its payment intent; empty: it doesn't.
    pub payment_intent_id: String,
    /// The bank's fee, where the outside says it.
    pub fee: Option<Money>,
    /// Columns that its file doesn't have.
    pub absent: Absent,
}

impl DisputeRow {
    /// The row with what is known of the dispute in columns that its file doesn't have.
    #[must_use]
    pub fn keeping(mut self, known: &Self, absent: Absent) -> Self {
        if absent.has(3) {
            self.reason.clone_from(&known.reason);
        }
        if absent.has(8) {
            self.evidence_due_by = known.evidence_due_by;
        }
        if absent.has(9) {
            self.closed_at = known.closed_at;
        }
        self
    }

    /// The same row with ids as they are read now: rows kept by earlier versions may have marks.
    #[must_use]
    pub fn with_clean_ids(mut self) -> Self {
        for id in [&mut self.dispute_id, &mut self.booking_id] {
            *id = crate::ids::clean(id).into_owned();
        }
        self
    }

    /// What the dispute is about.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
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

/// What one row of a disputes export says beside the dispute: the charge and the bank's fee.
///
/// # Errors
/// The fee's currency or amount.
pub fn read_beside(f: &Fields<'_>) -> Result<Beside, RowProblem> {
    let fee = match f.text(12) {
        "" => None,
        text => {
            let code = match f.text(13) {
                "" => f.text(5),
                own => own,
            };
            let currency =
                Currency::parse(code).ok_or_else(|| no_currency("fee_currency", code))?;
            Some(Money::new(parse_amount("fee", text, currency)?, currency))
        }
    };
    Ok(Beside {
        charge_id: f.payment_id(&COLUMNS, 10)?,
        payment_intent_id: f.payment_id(&COLUMNS, 11)?,
        fee,
        absent: f.absent(),
    })
}

fn no_currency(column: &str, text: &str) -> RowProblem {
    RowProblem::new(
        ExceptionCode::UnknownCurrency,
        format!("{column} is \"{text}\", which is no ISO 4217 code such as USD."),
    )
    .of_column(column)
}

/// Reads and checks one row of a disputes export. A row that names the charge may leave the booking
/// out: it is about all that the charge paid.
///
/// # Errors
/// The first problem found: empty needed field, kind, currency, amount, status, time.
pub fn read_row(f: &Fields<'_>) -> Result<DisputeRow, RowProblem> {
    let by_charge = !f.text(10).is_empty() || !f.text(11).is_empty();
    let needed =
        COLUMNS.map(|(name, needed)| (name, needed && !(by_charge && name == "booking_id")));
    f.need(&needed)?;
    let unknown = |what: &str, text: &str, known: &str| {
        RowProblem::new(
            ExceptionCode::UnknownStatus,
            format!("{what} is \"{text}\". Known are {known}."),
        )
        .of_column(what)
    };
    let kind = DisputeKind::parse(f.text(2))
        .ok_or_else(|| unknown("kind", f.text(2), "COMPLAINT and CHARGEBACK"))?;
    let currency = Currency::parse(f.text(5)).ok_or_else(|| no_currency("currency", f.text(5)))?;
    let amount_minor = parse_amount("amount", f.text(4), currency)?;
    if amount_minor == 0 {
        return Err(RowProblem::new(
            ExceptionCode::BadNumber,
            "amount is zero; a dispute is about money.",
        )
        .of_column("amount"));
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
        dispute_id: f.key(&COLUMNS, 0)?,
        booking_id: Some(f.key(&COLUMNS, 1)?)
            .filter(|id| !is_null_word(id))
            .unwrap_or_default(),
        kind,
        reason: f.text(3).to_owned(),
        amount_minor,
        currency,
        status,
        opened_at: parse_time("opened_at", f.text(7))?,
        evidence_due_by: optional_time("evidence_due_by", f.text(8))?,
        closed_at: optional_time("closed_at", f.text(9))?,
        said: None,
    })
}

/// What a dispute is held against before it is taken in.
#[derive(Debug, Clone, Copy)]
pub struct DisputedBooking<'a> {
    /// The booking's id.
    pub booking_id: &'a str,
    /// Its currency.
    pub currency: Currency,
    /// All that was paid by the charge in minor units: P0, in a cart of all its bookings.
    pub paid_minor: i64,
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
    let money = |minor| Money::new(minor, b.currency);
    if currency != b.currency {
        return Err(other_currency(
            Money::new(amount_minor, currency),
            b.booking_id,
            b.currency,
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
    if amount_minor > b.paid_minor.saturating_mul(TIMES_PRICE) {
        return Err(RowProblem::new(
            ExceptionCode::DisputeExceedsPrice,
            format!(
                "{} is disputed, and {} was paid. Somewhat more than the price can be disputed, but not over {TIMES_PRICE} times as much: most likely the amount is in cents. Correct it and try again.",
                money(amount_minor),
                money(b.paid_minor)
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

/// A dispute in another currency than the booking's: a person says what it is in the booking's.
#[must_use]
pub fn other_currency(amount: Money, booking_id: &str, currency: Currency) -> RowProblem {
    RowProblem::new(
        ExceptionCode::CurrencyChanged,
        format!(
            "{amount} is disputed, but {booking_id} is in {currency}. Ask the bank or look in Stripe's dashboard what was taken in {currency}, and retry with that amount and currency {currency} in the row (on the command line: exceptions retry ID --set amount=… --set currency={currency}). Later words in {} then move the dispute with your amount.",
            amount.currency
        ),
    )
}

/// What the newest row of a booking may not say while a dispute about it isn't withdrawn: that
/// nothing was paid for it (docs/domain.md §8). `standing`: the disputes that aren't.
///
/// # Errors
/// `CONFLICTING_ROWS`.
pub fn stays_paid(booking_id: &str, captured: bool, standing: &[&str]) -> Result<(), RowProblem> {
    let [first, ..] = standing else {
        return Ok(());
    };
    if captured {
        return Ok(());
    }
    Err(RowProblem::new(
        ExceptionCode::ConflictingRows,
        format!(
            "The row says that nothing was paid for {booking_id}: a pending payment, a price of zero, or one that was never captured. But the dispute {first} is about that payment. Ask the platform which is right: a newer row with the payment goes in, or close the dispute as withdrawn, then retry.",
        ),
    ))
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
            said: None,
        }
    }

    fn booking(opened: Date) -> DisputedBooking<'static> {
        DisputedBooking {
            booking_id: "bk-1",
            currency: Currency::USD,
            paid_minor: 2000,
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
            code(20_001, Currency::USD, booking(at)),
            ExceptionCode::DisputeExceedsPrice
        );
        for kind in DisputeKind::ALL {
            for amount in [2001, 20_000] {
                assert_eq!(admit(kind, amount, Currency::USD, &booking(at)), Ok(()));
            }
        }
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
    fn c6_a_disputed_booking_stays_one_that_was_paid() {
        let code = |captured, standing: &[&str]| {
            stays_paid("bk-1", captured, standing).err().map(|p| p.code)
        };
        assert_eq!(code(true, &["dp_1"]), None);
        assert_eq!(code(false, &[]), None);
        assert_eq!(code(false, &["dp_1"]), Some(ExceptionCode::ConflictingRows));
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
