//! The journal: accounts, kinds of entries and their postings, and what must be posted when a
//! booking's position changes (docs/domain.md §9).
//!
//! There are no free-form entries. Each kind has a fixed list of accounts, its *legs*; an entry
//! holds one amount per leg and the legs sum to zero. What a kind posts never changes: a new rule
//! is a new kind.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::refunds::{self, Refunds};
use crate::split::Split;

/// An account of the ledger. Debits are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names of docs/domain.md §9")]
pub enum Account {
    Stripe,
    Bank,
    DeferredBookings,
    /// One per host.
    Hosts,
    PayoutsInTransit,
    OpeningEquity,
    PlatformFees,
    Cancellations,
    VoidedCommissions,
    ProcessingFees,
    Adjustments,
    BadDebts,
    /// One per host: the part of the balance that may not be paid out for now.
    Reserved,
    /// What banks hold back while a chargeback is open.
    Disputed,
    /// What lost complaints made due to participants and wasn't refunded yet.
    RefundsDue,
    DisputeFees,
    LostDisputes,
    /// Tax withheld of hosts' payouts and due to the tax authority.
    BackupWithholding,
}

impl Account {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 18] = [
        Self::Stripe,
        Self::Bank,
        Self::DeferredBookings,
        Self::Hosts,
        Self::PayoutsInTransit,
        Self::OpeningEquity,
        Self::PlatformFees,
        Self::Cancellations,
        Self::VoidedCommissions,
        Self::ProcessingFees,
        Self::Adjustments,
        Self::BadDebts,
        Self::Reserved,
        Self::Disputed,
        Self::RefundsDue,
        Self::DisputeFees,
        Self::LostDisputes,
        Self::BackupWithholding,
    ];

    /// The account's name; a host's account without the host's id.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stripe => "assets:stripe",
            Self::Bank => "assets:bank",
            Self::DeferredBookings => "liabilities:deferred bookings",
            Self::Hosts => "liabilities:hosts",
            Self::PayoutsInTransit => "liabilities:payouts in transit",
            Self::OpeningEquity => "equity:opening",
            Self::PlatformFees => "income:platform fees",
            Self::Cancellations => "income:cancellations",
            Self::VoidedCommissions => "income:voided commissions",
            Self::ProcessingFees => "expenses:processing fees",
            Self::Adjustments => "expenses:adjustments",
            Self::BadDebts => "expenses:bad debts",
            Self::Reserved => "liabilities:hosts reserved",
            Self::Disputed => "assets:disputed",
            Self::RefundsDue => "liabilities:refunds due",
            Self::DisputeFees => "expenses:dispute fees",
            Self::LostDisputes => "expenses:lost disputes",
            Self::BackupWithholding => "liabilities:backup withholding",
        }
    }

    /// The account's full name, e.g. `liabilities:hosts:host-000001`. The colon parts a name's
    /// levels, so in an id it is written `%3A`, and `%` as `%25`: no two accounts share a name.
    #[must_use]
    pub fn full_name(self, host_id: &str) -> String {
        match self {
            Self::Hosts => format!("{}:{}", self.name(), escaped(host_id)),
            Self::Reserved => {
                format!("{}:{}{RESERVED}", Self::Hosts.name(), escaped(host_id))
            }
            other => other.name().to_owned(),
        }
    }

    /// The account and the host's id that a full name means; no id for an account that isn't a
    /// host's. `None`: no account has this name.
    #[must_use]
    pub fn named(name: &str) -> Option<(Self, Option<String>)> {
        let plain = |a: &&Self| !a.is_per_host() && a.name() == name;
        if let Some(account) = Self::ALL.iter().find(plain) {
            return Some((*account, None));
        }
        let host = name
            .strip_prefix(Self::Hosts.name())
            .and_then(|rest| rest.strip_prefix(':'))?;
        let (account, id) = match host.strip_suffix(RESERVED) {
            Some(id) => (Self::Reserved, id),
            None => (Self::Hosts, host),
        };
        (!id.is_empty() && !id.contains(':')).then(|| (account, Some(unescaped(id))))
    }

    /// Whether there is one per host.
    #[must_use]
    pub fn is_per_host(self) -> bool {
        matches!(self, Self::Hosts | Self::Reserved)
    }

    /// The number under which the account is stored.
    #[must_use]
    pub fn number(self) -> i64 {
        number_in(&Self::ALL, self)
    }

    /// The account of a stored number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number - 1).ok()?).copied()
    }
}

/// How the name of a host's reserve ends.
const RESERVED: &str = ":reserved";

fn escaped(id: &str) -> Cow<'_, str> {
    if id.contains([':', '%']) {
        Cow::Owned(id.replace('%', "%25").replace(':', "%3A"))
    } else {
        Cow::Borrowed(id)
    }
}

fn unescaped(id: &str) -> String {
    id.replace("%3A", ":").replace("%25", "%")
}

fn number_in<T: PartialEq + Copy>(all: &[T], one: T) -> i64 {
    all.iter()
        .position(|x| *x == one)
        .and_then(|i| i64::try_from(i + 1).ok())
        .unwrap_or(0)
}

/// What happened, and so which accounts an entry touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the events of docs/domain.md §9")]
pub enum EntryKind {
    Paid,
    Completed,
    Refund,
    Void,
    VoidedByPerson,
    /// The actual fee differs from the estimate while the commission is PENDING.
    FeeDifferencePending,
    /// The same from PROCESSED on: the host's amount stays.
    FeeDifference,
    PayoutSent,
    /// Over Stripe Connect.
    PayoutCompletedStripe,
    /// Over a payment or bank file.
    PayoutCompletedBank,
    PayoutReversed,
    Correction,
    WriteOff,
    Cutover,
    /// A bank took the disputed amount until it decides.
    ChargebackOpened,
    /// The bank's fee, in the currency of the fee.
    DisputeFee,
    ChargebackWon,
    ChargebackLost,
    ComplaintLost,
    /// An export shows the refund that a lost complaint made due.
    ComplaintRefunded,
    /// An export shows more given back than the price after what banks took.
    RefundBeyondPrice,
    /// Of a host's balance; the release is the same with the signs turned.
    Reserve,
    /// Of a payout, posted when it leaves.
    BackupWithholding,
    /// A bank sent back what had left over a payment or bank file.
    PayoutReturned,
}

impl EntryKind {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 24] = [
        Self::Paid,
        Self::Completed,
        Self::Refund,
        Self::Void,
        Self::VoidedByPerson,
        Self::FeeDifferencePending,
        Self::FeeDifference,
        Self::PayoutSent,
        Self::PayoutCompletedStripe,
        Self::PayoutCompletedBank,
        Self::PayoutReversed,
        Self::Correction,
        Self::WriteOff,
        Self::Cutover,
        Self::ChargebackOpened,
        Self::DisputeFee,
        Self::ChargebackWon,
        Self::ChargebackLost,
        Self::ComplaintLost,
        Self::ComplaintRefunded,
        Self::RefundBeyondPrice,
        Self::Reserve,
        Self::BackupWithholding,
        Self::PayoutReturned,
    ];

    /// The accounts of its legs, in order.
    #[must_use]
    pub fn legs(self) -> &'static [Account] {
        use Account as A;
        match self {
            Self::Paid | Self::FeeDifferencePending => &[A::Stripe, A::DeferredBookings],
            Self::Completed => &[
                A::DeferredBookings,
                A::Hosts,
                A::PlatformFees,
                A::ProcessingFees,
            ],
            Self::Refund => &[A::DeferredBookings, A::Stripe],
            Self::Void => &[A::DeferredBookings, A::Cancellations, A::ProcessingFees],
            Self::VoidedByPerson => &[
                A::DeferredBookings,
                A::VoidedCommissions,
                A::PlatformFees,
                A::ProcessingFees,
            ],
            Self::FeeDifference => &[A::Stripe, A::ProcessingFees],
            Self::PayoutSent => &[A::Hosts, A::PayoutsInTransit],
            Self::PayoutCompletedStripe => &[A::PayoutsInTransit, A::Stripe],
            Self::PayoutCompletedBank => &[A::PayoutsInTransit, A::Bank],
            Self::PayoutReversed => &[A::Stripe, A::Hosts],
            Self::Correction => &[A::Hosts, A::Adjustments],
            Self::WriteOff => &[A::Hosts, A::BadDebts],
            Self::Cutover => &[A::Hosts, A::OpeningEquity],
            Self::ChargebackOpened => &[A::Disputed, A::Stripe],
            Self::DisputeFee => &[A::DisputeFees, A::Stripe],
            Self::ChargebackWon => &[A::Stripe, A::Disputed],
            Self::ChargebackLost => &[A::Disputed, A::DeferredBookings, A::LostDisputes],
            Self::ComplaintLost => &[A::RefundsDue, A::DeferredBookings],
            Self::ComplaintRefunded => &[A::RefundsDue, A::Stripe],
            Self::RefundBeyondPrice => &[A::LostDisputes, A::Stripe],
            Self::Reserve => &[A::Hosts, A::Reserved],
            Self::BackupWithholding => &[A::Hosts, A::BackupWithholding],
            Self::PayoutReturned => &[A::Bank, A::Hosts],
        }
    }

    /// The word in exports and screens, e.g. `session completed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Completed => "session completed",
            Self::Refund => "refund",
            Self::Void => "void",
            Self::VoidedByPerson => "voided by a person",
            Self::FeeDifferencePending | Self::FeeDifference => "actual fee differs",
            Self::PayoutSent => "payout sent",
            Self::PayoutCompletedStripe | Self::PayoutCompletedBank => "payout completed",
            Self::PayoutReversed => "payout reversed",
            Self::Correction => "correction",
            Self::WriteOff => "write-off",
            Self::Cutover => "cutover",
            Self::ChargebackOpened => "chargeback opened",
            Self::DisputeFee => "dispute fee",
            Self::ChargebackWon => "chargeback won",
            Self::ChargebackLost => "chargeback lost",
            Self::ComplaintLost => "complaint lost",
            Self::ComplaintRefunded => "complaint refunded",
            Self::RefundBeyondPrice => "refund beyond the price",
            Self::Reserve => "reserve",
            Self::BackupWithholding => "backup withholding",
            Self::PayoutReturned => "payout returned",
        }
    }

    /// The number under which the kind is stored.
    #[must_use]
    pub fn number(self) -> i64 {
        number_in(&Self::ALL, self)
    }

    /// The kind of a stored number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number - 1).ok()?).copied()
    }
}

/// The most legs a kind has.
pub const MAX_LEGS: usize = 4;

/// One entry to post: its kind and one amount per leg in minor units, summing to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub kind: EntryKind,
    /// Amounts by leg; unused legs are zero.
    pub legs: [i64; MAX_LEGS],
    /// The dispute that it is about, as the ledger numbers them.
    pub dispute_key: Option<i64>,
}

impl Entry {
    /// An entry of two legs: `+amount` on the first, `−amount` on the second.
    #[must_use]
    pub fn two(kind: EntryKind, amount_minor: i64) -> Self {
        Self::of(kind, [amount_minor, -amount_minor, 0, 0])
    }

    /// An entry of any kind.
    #[must_use]
    pub fn of(kind: EntryKind, legs: [i64; MAX_LEGS]) -> Self {
        Self {
            kind,
            legs,
            dispute_key: None,
        }
    }

    /// The same, about a dispute.
    #[must_use]
    pub fn about(self, dispute_key: i64) -> Self {
        Self {
            dispute_key: Some(dispute_key),
            ..self
        }
    }
}

/// What was paid for a booking and what the card networks keep of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidIn {
    /// P0 in minor units.
    pub price_minor: i64,
    /// f in minor units.
    pub processing_fee_minor: i64,
}

/// How a booking's deferred money was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// Not yet: the session is ahead.
    Open,
    /// The session took place.
    Completed(Split),
    /// Cancelled or fully refunded: what is kept of the price, and the fee.
    Void {
        /// P in minor units.
        net_minor: i64,
        /// f in minor units.
        processing_fee_minor: i64,
    },
    /// The session took place and a person voided the commission.
    VoidedByPerson(Split),
}

impl Closing {
    /// The kind of the entry that posts it; `None` while the session is ahead.
    #[must_use]
    pub fn kind(self) -> Option<EntryKind> {
        self.entry().map(|e| e.kind)
    }

    /// Whether it is on the day of the session: the session took place.
    #[must_use]
    pub fn took_place(self) -> bool {
        matches!(self, Self::Completed(_) | Self::VoidedByPerson(_))
    }

    fn entry(self) -> Option<Entry> {
        let released = |s: Split| s.net_minor - s.processing_fee_minor;
        let by_split = |kind, s: Split| {
            let (host, platform) = (-s.host_amount_minor, -s.platform_fee_minor);
            Entry::of(
                kind,
                [released(s), host, platform, s.borne_by_platform_minor],
            )
        };
        match self {
            Self::Open => None,
            Self::Completed(s) => Some(by_split(EntryKind::Completed, s)),
            Self::VoidedByPerson(s) => Some(by_split(EntryKind::VoidedByPerson, s)),
            Self::Void {
                net_minor,
                processing_fee_minor: fee,
            } => Some(Entry::of(
                EntryKind::Void,
                [net_minor - fee, -net_minor, fee, 0],
            )),
        }
    }
}

/// All that the journal says of one booking, as amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// `None` where nothing was captured.
    pub paid: Option<PaidIn>,
    /// What participants got back.
    pub refunds: Refunds,
    /// Where the deferred money went.
    pub closing: Closing,
    /// What the actual fee exceeds the fee of the split by, from PROCESSED on.
    pub fee_excess_minor: i64,
    /// What the host got for it before the start of this ledger.
    pub paid_outside_minor: i64,
}

impl Position {
    /// Nothing posted.
    pub const NOTHING: Self = Self {
        paid: None,
        refunds: Refunds {
            price_minor: 0,
            exported_minor: 0,
            losses: Vec::new(),
        },
        closing: Closing::Open,
        fee_excess_minor: 0,
        paid_outside_minor: 0,
    };
}

/// The dates of what moves a position.
#[derive(Debug, Clone, Copy)]
pub struct EffectiveDates {
    /// Business date of `booked_at`.
    pub booked: Date,
    /// Business date of `ends_at`.
    pub ended: Date,
    /// Business date of `refunded_at`, else `cancelled_at`, else `updated_at`.
    pub refunded: Date,
    /// The date of whatever else causes the change.
    pub cause: Date,
    /// The day on which *session completed* stands in the journal, where the session's end moved
    /// to another day: it is reversed on its own day and posted on the new one.
    pub moved_from: Option<Date>,
    /// The ledger's paid-through date; where it has none, anything: nothing was paid outside.
    pub paid_through: Date,
}

/// One step of posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reverse every live entry of this kind of the booking.
    Reverse(EntryKind, Date),
    /// Post an entry.
    Post(Entry, Date),
}

/// What must be posted to get from one position to another (docs/domain.md §9).
///
/// A closing that no longer holds is reversed first; then payment, fee and refund move; then the
/// new closing is posted. Reversal and what replaces it carry the date of what caused them.
#[must_use]
pub fn steps(old: &Position, new: &Position, dates: &EffectiveDates) -> Vec<Step> {
    let mut out = Vec::with_capacity(3);
    let refund_moved = new.refunds.exported_minor != old.refunds.exported_minor;
    let became_void =
        matches!(new.closing, Closing::Void { .. }) && !matches!(old.closing, Closing::Void { .. });
    let cause = if refund_moved || became_void {
        dates.refunded
    } else {
        dates.cause
    };
    let closing_changes = old.closing != new.closing;
    if closing_changes && let Some(was) = old.closing.entry() {
        out.push(Step::Reverse(was.kind, cause));
    }
    post_payment(old, new, dates, cause, &mut out);
    refunds::steps(&old.refunds, &new.refunds, dates.refunded, cause, &mut out);
    if closing_changes && let Some(entry) = new.closing.entry() {
        let on = match (old.closing, new.closing) {
            (_, Closing::Void { .. }) => dates.refunded,
            (Closing::Open, _) => dates.ended,
            _ => cause,
        };
        out.push(Step::Post(entry, on));
    }
    let excess = new.fee_excess_minor - old.fee_excess_minor;
    if excess != 0 {
        out.push(Step::Post(
            Entry::two(EntryKind::FeeDifference, -excess),
            dates.cause,
        ));
    }
    post_paid_outside(old, new, dates, cause, &mut out);
    out
}

/// What was paid outside stands on the paid-through date; what replaces it, on the date of what
/// caused that.
fn post_paid_outside(
    old: &Position,
    new: &Position,
    dates: &EffectiveDates,
    cause: Date,
    out: &mut Vec<Step>,
) {
    let (was, is) = (old.paid_outside_minor, new.paid_outside_minor);
    if was == is {
        return;
    }
    if was != 0 {
        out.push(Step::Reverse(EntryKind::Cutover, cause));
    }
    if is != 0 {
        let on = if was == 0 { dates.paid_through } else { cause };
        out.push(Step::Post(Entry::two(EntryKind::Cutover, is), on));
    }
}

fn post_payment(
    old: &Position,
    new: &Position,
    dates: &EffectiveDates,
    cause: Date,
    out: &mut Vec<Step>,
) {
    let entry = |p: PaidIn| Entry::two(EntryKind::Paid, p.price_minor - p.processing_fee_minor);
    match (old.paid, new.paid) {
        (None, None) => {}
        (None, Some(paid)) => out.push(Step::Post(entry(paid), dates.booked)),
        (Some(was), Some(is)) if was.price_minor == is.price_minor => {
            let excess = is.processing_fee_minor - was.processing_fee_minor;
            if excess != 0 {
                let e = Entry::two(EntryKind::FeeDifferencePending, -excess);
                out.push(Step::Post(e, cause));
            }
        }
        (Some(_), is) => {
            out.push(Step::Reverse(EntryKind::Paid, cause));
            out.push(Step::Reverse(EntryKind::FeeDifferencePending, cause));
            if let Some(paid) = is {
                out.push(Step::Post(entry(paid), cause));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::{FeeBorneBy, split};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn dates() -> EffectiveDates {
        EffectiveDates {
            booked: date(2026, 3, 1),
            ended: date(2026, 3, 5),
            refunded: date(2026, 3, 9),
            cause: date(2026, 3, 12),
            moved_from: None,
            paid_through: date(2026, 3, 20),
        }
    }

    fn confirmed() -> Position {
        Position {
            paid: Some(PaidIn {
                price_minor: 2000,
                processing_fee_minor: 88,
            }),
            refunds: Refunds::exported(2000, 0),
            ..Position::NOTHING
        }
    }

    fn completed(refunded: i64) -> Position {
        Position {
            refunds: Refunds::exported(2000, refunded),
            closing: Closing::Completed(split(2000, refunded, 88, 7000, FeeBorneBy::Host)),
            ..confirmed()
        }
    }

    /// The numeric examples of docs/domain.md §9.
    #[test]
    fn the_examples_of_section_9() {
        let d = dates();
        let paid = Entry::of(EntryKind::Paid, [1912, -1912, 0, 0]);
        assert_eq!(
            steps(&Position::NOTHING, &confirmed(), &d),
            [Step::Post(paid, d.booked)]
        );

        let done = Entry::of(EntryKind::Completed, [1912, -1312, -600, 0]);
        assert_eq!(
            steps(&confirmed(), &completed(0), &d),
            [Step::Post(done, d.ended)]
        );

        let refund = Entry::of(EntryKind::Refund, [500, -500, 0, 0]);
        let anew = Entry::of(EntryKind::Completed, [1412, -962, -450, 0]);
        assert_eq!(
            steps(&completed(0), &completed(500), &d),
            [
                Step::Reverse(EntryKind::Completed, d.refunded),
                Step::Post(refund, d.refunded),
                Step::Post(anew, d.refunded)
            ]
        );

        let void = Position {
            refunds: Refunds::exported(2000, 2000),
            closing: Closing::Void {
                net_minor: 0,
                processing_fee_minor: 88,
            },
            ..confirmed()
        };
        assert_eq!(
            steps(&confirmed(), &void, &d),
            [
                Step::Post(
                    Entry::of(EntryKind::Refund, [2000, -2000, 0, 0]),
                    d.refunded
                ),
                Step::Post(Entry::of(EntryKind::Void, [-88, 0, 88, 0]), d.refunded)
            ]
        );

        let voided = Position {
            closing: Closing::VoidedByPerson(split(2000, 0, 88, 7000, FeeBorneBy::Host)),
            ..confirmed()
        };
        let posted = Entry::of(EntryKind::VoidedByPerson, [1912, -1312, -600, 0]);
        assert_eq!(
            steps(&completed(0), &voided, &d),
            [
                Step::Reverse(EntryKind::Completed, d.cause),
                Step::Post(posted, d.cause)
            ]
        );
    }

    #[test]
    fn a_fee_that_differs_moves_the_deferred_money_while_pending_and_costs_the_platform_later() {
        let d = dates();
        let dearer = Position {
            paid: Some(PaidIn {
                price_minor: 2000,
                processing_fee_minor: 118,
            }),
            ..Position::NOTHING
        };
        assert_eq!(
            steps(&confirmed(), &dearer, &d),
            [Step::Post(
                Entry::two(EntryKind::FeeDifferencePending, -30),
                d.cause
            )]
        );
        let later = Position {
            fee_excess_minor: 30,
            ..completed(0)
        };
        assert_eq!(
            steps(&completed(0), &later, &d),
            [Step::Post(
                Entry::two(EntryKind::FeeDifference, -30),
                d.cause
            )]
        );
    }

    #[test]
    fn what_was_paid_outside_stands_on_the_paid_through_date() {
        let d = dates();
        let outside = Position {
            paid_outside_minor: 1312,
            ..completed(0)
        };
        let posted = Entry::of(EntryKind::Cutover, [1312, -1312, 0, 0]);
        assert_eq!(
            steps(&Position::NOTHING, &outside, &d).last(),
            Some(&Step::Post(posted, d.paid_through))
        );
        let at_another_rate = Position {
            paid_outside_minor: 1112,
            ..completed(0)
        };
        assert_eq!(
            steps(&outside, &at_another_rate, &d),
            [
                Step::Reverse(EntryKind::Cutover, d.cause),
                Step::Post(Entry::two(EntryKind::Cutover, 1112), d.cause)
            ]
        );
        assert_eq!(
            steps(&outside, &completed(0), &d),
            [Step::Reverse(EntryKind::Cutover, d.cause)]
        );
    }

    fn positions() -> impl Strategy<Value = Position> {
        (
            any::<bool>(),
            1..5000_i64,
            0..5000_i64,
            0..400_i64,
            0..4_u8,
            -50..50_i64,
            prop::sample::select(vec![0, 700, 1312]),
        )
            .prop_map(|(paid, price, refund, fee, closing, excess, outside)| {
                if !paid {
                    return Position {
                        paid_outside_minor: outside,
                        ..Position::NOTHING
                    };
                }
                let refund = refund.min(price);
                let s = split(price, refund, fee, 7000, FeeBorneBy::Host);
                Position {
                    paid: Some(PaidIn {
                        price_minor: price,
                        processing_fee_minor: fee,
                    }),
                    refunds: Refunds::exported(price, refund),
                    closing: match closing {
                        0 => Closing::Open,
                        1 => Closing::Completed(s),
                        2 => Closing::VoidedByPerson(s),
                        _ => Closing::Void {
                            net_minor: price - refund,
                            processing_fee_minor: fee,
                        },
                    },
                    fee_excess_minor: excess,
                    paid_outside_minor: outside,
                }
            })
    }

    /// Posts steps the way the ledger does, keeping live entries.
    fn play(live: &mut Vec<Entry>, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Reverse(kind, _) => live.retain(|e| e.kind != *kind),
                Step::Post(e, _) => {
                    assert_eq!(e.legs.iter().sum::<i64>(), 0, "{e:?}");
                    live.push(*e);
                }
            }
        }
    }

    fn balance(live: &[Entry], account: Account) -> i64 {
        live.iter()
            .flat_map(|e| e.kind.legs().iter().zip(e.legs))
            .filter(|(a, _)| **a == account)
            .map(|(_, amount)| amount)
            .sum()
    }

    #[test]
    fn no_two_accounts_share_a_name() {
        let reserve = Account::Reserved.full_name("h1");
        assert_eq!(reserve, "liabilities:hosts:h1:reserved");
        let other = Account::Hosts.full_name("h1:reserved");
        assert_eq!(other, "liabilities:hosts:h1%3Areserved");
        assert_eq!(
            Account::Hosts.full_name("a%3Ab"),
            "liabilities:hosts:a%253Ab"
        );
        assert_eq!(
            Account::named("assets:stripe"),
            Some((Account::Stripe, None))
        );
        for nothing in [
            "liabilities:hosts",
            "liabilities:hosts:",
            "liabilities:hosts:a:b",
            "assets",
        ] {
            assert_eq!(Account::named(nothing), None, "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn an_accounts_name_leads_back_to_its_host(id in "[ -~é]{1,12}", other in "[:%a3A25]{1,6}") {
            for account in [Account::Hosts, Account::Reserved] {
                for id in [&id, &other] {
                    let name = account.full_name(id);
                    prop_assert_eq!(Account::named(&name), Some((account, Some(id.clone()))));
                }
            }
            prop_assert_eq!(
                Account::Hosts.full_name(&id) == Account::Hosts.full_name(&other),
                id == other
            );
        }

        /// However a booking got to where it is, the journal says the same.
        #[test]
        fn any_path_of_positions_ends_in_the_same_balances(path in prop::collection::vec(positions(), 1..6)) {
            let mut live = Vec::new();
            let mut at = Position::NOTHING;
            for next in path {
                play(&mut live, &steps(&at, &next, &dates()));
                at = next;
                let (p, f) = at.paid.map_or((0, 0), |p| (p.price_minor, p.processing_fee_minor));
                prop_assert_eq!(
                    balance(&live, Account::Stripe),
                    p - f - at.refunds.total() - at.fee_excess_minor
                );
                let open = matches!(at.closing, Closing::Open);
                let deferred = if open { -(p - f - at.refunds.total()) } else { 0 };
                prop_assert_eq!(balance(&live, Account::DeferredBookings), deferred);
                let host = match at.closing { Closing::Completed(s) => -s.host_amount_minor, _ => 0 };
                prop_assert_eq!(balance(&live, Account::Hosts), host + at.paid_outside_minor);
                prop_assert_eq!(balance(&live, Account::OpeningEquity), -at.paid_outside_minor);
            }
        }
    }
}
