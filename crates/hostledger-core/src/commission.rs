//! What a booking makes of its commission: state, terms, amounts shown, and the journal's position
//! (docs/domain.md §3 to §5).

use jiff::civil::Date;

use crate::booking::{BookingStatus, effective_status};
use crate::import::{ExceptionCode, RowProblem};
use crate::journal::{Closing, EffectiveDates, EntryKind, PaidIn, Position, Step, steps};
use crate::money::Currency;
use crate::refunds::{Loss, Refunds};
use crate::split::{Split, SplitTerms, split};

/// The state of a commission (docs/domain.md §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CommissionStatus {
    /// The booking has none now: payment pending, free, or taken back by an undo.
    None,
    /// Waiting for the session, the hold, or a person.
    Pending,
    /// Ready to be paid.
    Processed,
    /// Its payout is completed.
    Paid,
    /// No money for the host.
    Void,
}

impl CommissionStatus {
    /// All of them, in the order of their stored numbers from 0.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Pending,
        Self::Processed,
        Self::Paid,
        Self::Void,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Pending => "PENDING",
            Self::Processed => "PROCESSED",
            Self::Paid => "PAID",
            Self::Void => "VOID",
        }
    }

    /// Reads a word of the contract; NONE is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL[1..]
            .iter()
            .copied()
            .find(|s| s.as_str().eq_ignore_ascii_case(text))
    }
}

/// How a booking's money stands to the day up to which hosts were paid before this ledger began
/// (docs/domain.md §7, cutover). Neither in a ledger without such a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outside {
    /// It was payable on or before that day.
    pub was_due: bool,
    /// Whatever was given back of it was given back on or before that day.
    pub given_back_by_then: bool,
}

/// The facts of a booking that decide its money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingFacts {
    /// The export's status.
    pub status: BookingStatus,
    /// P0, and all that was given back of it.
    pub refunds: Refunds,
    /// The actual processing fee, where the export has one.
    pub actual_fee_minor: Option<i64>,
    /// Whether the export names a charge.
    pub has_charge: bool,
    /// Its currency.
    pub currency: Currency,
    /// Whether whoever paid before this ledger began paid it.
    pub outside: Outside,
}

impl BookingFacts {
    /// R in minor units (docs/domain.md §3).
    #[must_use]
    pub fn refunded_minor(&self) -> i64 {
        self.refunds.total()
    }

    fn price_minor(&self) -> i64 {
        self.refunds.price_minor
    }

    fn effective_status(&self) -> BookingStatus {
        effective_status(self.status, self.price_minor(), self.refunded_minor())
    }

    /// Whether there is a commission at all: captured payment and a price (docs/domain.md §3).
    #[must_use]
    pub fn has_commission(&self) -> bool {
        self.status != BookingStatus::Pending && self.price_minor() > 0
    }

    /// Whether money came in: a cancellation without a charge and a refund was never captured.
    #[must_use]
    pub fn was_captured(&self) -> bool {
        let never = self.status == BookingStatus::Cancelled
            && !self.has_charge
            && self.refunded_minor() == 0;
        self.has_commission() && !never
    }

    /// Whether the session took place and its commission earns the host something.
    #[must_use]
    pub fn session_done(&self) -> bool {
        self.has_commission()
            && matches!(
                self.effective_status(),
                BookingStatus::Completed | BookingStatus::NoShow
            )
    }

    /// Whether what was given back, or its cancellation, was known to whoever paid outside: then
    /// it is part of what they paid and nothing to claw back.
    fn was_settled_outside(&self) -> bool {
        let void = matches!(
            self.effective_status(),
            BookingStatus::Cancelled | BookingStatus::HostCancelled | BookingStatus::Refunded
        );
        let reduced = self.session_done() && self.refunded_minor() > 0;
        self.outside.was_due && self.outside.given_back_by_then && (void || reduced)
    }
}

/// A commission as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commission {
    /// Its state.
    pub status: CommissionStatus,
    /// The terms of its split.
    pub terms: SplitTerms,
    /// f of the split: actual, or estimated by the terms.
    pub processing_fee_minor: i64,
    /// Whether that fee is an estimate.
    pub fee_is_estimate: bool,
    /// Terms and fee stay: it was processed once.
    pub terms_fixed: bool,
    /// The host amount as it was sent, once its payout left; it stays so.
    pub frozen_host_amount_minor: Option<i64>,
    /// A person voided it, and that sticks.
    pub voided_by_person: bool,
    /// The split by which it was paid before this ledger began: PAID by cutover, and frozen at
    /// that split's host amount.
    pub paid_outside: Option<Split>,
}

/// What becomes of a commission, and what else must be posted for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The commission from now on.
    pub commission: Commission,
    /// The split of today; what is shown is [`shown`].
    pub split: Split,
    /// R of today in minor units.
    pub refunded_minor: i64,
    /// What the host's balance must still move by, because the amount sent is another
    /// (docs/domain.md §5).
    pub clawback_minor: i64,
}

/// Decides a commission from its booking's facts.
///
/// `terms_now` are the terms that today's knowledge gives; a commission that was processed once
/// keeps its own. `earlier_clawbacks_minor` is the sum of the adjustments made for it before.
///
/// What was paid outside is frozen as what was sent is: the price, refunds and the actual fee that
/// come later don't change it. Its terms follow what is known while `terms_fixed` is false, so that
/// a hosts file may come after the bookings.
///
/// # Errors
/// `NO_FEE_RULE`: no actual fee, and none can be estimated.
pub fn decide(
    facts: &BookingFacts,
    known: Option<&Commission>,
    terms_now: SplitTerms,
    earlier_clawbacks_minor: i64,
) -> Result<Decision, RowProblem> {
    let was_outside = known.and_then(|k| k.paid_outside);
    let stands = was_outside.filter(|_| !facts.was_settled_outside());
    let fixed = known.filter(|k| k.terms_fixed);
    let terms = fixed.map_or(terms_now, |k| k.terms);
    let fee_stays = known.filter(|k| k.terms_fixed || stands.is_some());
    let (fee, is_estimate) = processing_fee(facts, fee_stays, terms)?;
    let voided_by_person = known.is_some_and(|k| k.voided_by_person);
    let split = split(
        facts.price_minor(),
        facts.refunded_minor(),
        fee,
        terms.rate_bp,
        terms.fee_borne_by,
    );
    let sent = known
        .filter(|_| was_outside.is_none())
        .and_then(|k| k.frozen_host_amount_minor);
    let paid_outside = match (stands, known) {
        (Some(then), Some(k)) => Some(split_then(&then, k, (fee, is_estimate), terms)),
        _ if sent.is_some() || voided_by_person => None,
        _ => (facts.outside.was_due && facts.session_done()).then_some(split),
    };
    let frozen = paid_outside.map(|s| s.host_amount_minor).or(sent);
    let status = match known {
        _ if paid_outside.is_some() => CommissionStatus::Paid,
        Some(k) if frozen.is_some() => k.status,
        _ if !facts.has_commission() => CommissionStatus::None,
        _ if voided_by_person => CommissionStatus::Void,
        _ => match facts.effective_status() {
            BookingStatus::Cancelled | BookingStatus::HostCancelled | BookingStatus::Refunded => {
                CommissionStatus::Void
            }
            BookingStatus::Completed | BookingStatus::NoShow
                if known.is_some_and(|k| k.status == CommissionStatus::Processed) =>
            {
                CommissionStatus::Processed
            }
            _ => CommissionStatus::Pending,
        },
    };
    let commission = Commission {
        status,
        terms,
        processing_fee_minor: fee,
        fee_is_estimate: is_estimate,
        terms_fixed: fixed.is_some(),
        frozen_host_amount_minor: frozen,
        voided_by_person,
        paid_outside,
    };
    // Where nothing was paid after all, nothing is left to claw back from.
    let off_by = frozen.map_or(0, |paid| host_amount(facts, &commission) - paid);
    let clawback_minor = off_by - earlier_clawbacks_minor;
    Ok(Decision {
        commission,
        split,
        refunded_minor: facts.refunded_minor(),
        clawback_minor,
    })
}

/// The split as paid outside, by the terms known now; the price and what was given back by then stay.
fn split_then(
    then: &Split,
    known: &Commission,
    (fee, is_estimate): (i64, bool),
    terms: SplitTerms,
) -> Split {
    let other_rule = is_estimate && known.terms.fee_estimate != terms.fee_estimate;
    let fee = if other_rule {
        fee
    } else {
        then.processing_fee_minor
    };
    split(then.net_minor, 0, fee, terms.rate_bp, terms.fee_borne_by)
}

fn processing_fee(
    facts: &BookingFacts,
    fixed: Option<&Commission>,
    terms: SplitTerms,
) -> Result<(i64, bool), RowProblem> {
    let estimate = || {
        terms
            .fee_estimate
            .map(|e| (e.fee(facts.price_minor()), true))
    };
    if let Some(k) = fixed {
        let again = if k.fee_is_estimate { estimate() } else { None };
        return Ok(again.unwrap_or((k.processing_fee_minor, k.fee_is_estimate)));
    }
    if let Some(actual) = facts.actual_fee_minor {
        return Ok((actual, false));
    }
    if !facts.was_captured() {
        return Ok(estimate().unwrap_or((0, true)));
    }
    estimate().ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::NoFeeRule,
            format!(
                "The row has no processing fee, and there is no rule to estimate one in {c}. \
                 Set fee_rate.{c} and fee_fixed.{c}, both with --as-of a day not after the day of booking, then retry; or ask the platform for the actual fee.",
                c = facts.currency
            ),
        )
    })
}

/// The amounts that a commission shows: zeros while VOID, the split as sent once frozen.
#[must_use]
pub fn shown(status: CommissionStatus, split: &Split) -> Split {
    if status == CommissionStatus::Void || status == CommissionStatus::None {
        Split {
            net_minor: split.net_minor,
            platform_fee_minor: 0,
            processing_fee_minor: 0,
            host_amount_minor: 0,
            borne_by_platform_minor: 0,
        }
    } else {
        *split
    }
}

/// What the journal must say of a booking (docs/domain.md §9).
#[must_use]
pub fn position(facts: &BookingFacts, c: &Commission) -> Position {
    let paid_outside_minor = c.paid_outside.map_or(0, |s| s.host_amount_minor);
    if !facts.was_captured() {
        return Position {
            paid_outside_minor,
            ..Position::NOTHING
        };
    }
    let fee = c.processing_fee_minor;
    let s = split(
        facts.price_minor(),
        facts.refunded_minor(),
        fee,
        c.terms.rate_bp,
        c.terms.fee_borne_by,
    );
    let closing = match facts.effective_status() {
        BookingStatus::Pending | BookingStatus::Confirmed => Closing::Open,
        BookingStatus::Completed | BookingStatus::NoShow if c.voided_by_person => {
            Closing::VoidedByPerson(s)
        }
        BookingStatus::Completed | BookingStatus::NoShow => Closing::Completed(s),
        BookingStatus::Cancelled | BookingStatus::HostCancelled | BookingStatus::Refunded => {
            Closing::Void {
                net_minor: s.net_minor,
                processing_fee_minor: fee,
            }
        }
    };
    let excess = match facts.actual_fee_minor {
        Some(actual) if c.terms_fixed || c.paid_outside.is_some() => actual - fee,
        _ => 0,
    };
    Position {
        paid: Some(PaidIn {
            price_minor: facts.price_minor(),
            processing_fee_minor: fee,
        }),
        refunds: facts.refunds.clone(),
        closing,
        fee_excess_minor: excess,
        paid_outside_minor,
    }
}

/// What the host earns by today's facts, in minor units, whatever was sent.
#[must_use]
pub fn host_amount(facts: &BookingFacts, c: &Commission) -> i64 {
    match position(facts, c).closing {
        Closing::Completed(s) => s.host_amount_minor,
        _ => 0,
    }
}

/// What each open dispute puts at stake of a host amount that was sent, in minor units: the host
/// amount now less the host amount were it lost (docs/domain.md §8). Where several are open, a
/// later one can only take what the earlier ones leave, so that nothing is held back twice.
#[must_use]
pub fn stakes(facts: &BookingFacts, c: &Commission, open: &[Loss]) -> Vec<i64> {
    let mut facts = facts.clone();
    let mut now = host_amount(&facts, c);
    open.iter()
        .map(|loss| {
            facts.refunds.losses.push(*loss);
            let then = host_amount(&facts, c);
            let stake = now - then;
            now = then;
            stake
        })
        .collect()
}

/// The steps of posting from what was known of a booking to what is known now.
///
/// A session whose end moved to another day is taken out of the day on which it stands and posted
/// as though it had not been seen yet, so revenue is in the month of the session
/// (docs/domain.md §2); a cancellation moves nothing, it has its own date.
///
/// A session that took place before its refund is posted as completed first, so that the journal
/// says the same whether the platform's exports were taken in one by one or only the last.
#[must_use]
pub fn posting_steps(
    old: &Position,
    facts: &BookingFacts,
    c: &Commission,
    dates: &EffectiveDates,
) -> Vec<Step> {
    let new = position(facts, c);
    let stands = old.closing.took_place();
    let called_off = matches!(
        facts.effective_status(),
        BookingStatus::Cancelled | BookingStatus::HostCancelled
    );
    if let Some(on) = dates
        .moved_from
        .filter(|_| stands && !called_off && new.paid.is_some())
    {
        let kind = old.closing.kind().unwrap_or(EntryKind::Completed);
        let opened = Position {
            closing: Closing::Open,
            ..old.clone()
        };
        let dates = EffectiveDates {
            moved_from: None,
            ..*dates
        };
        let mut out = vec![Step::Reverse(kind, on)];
        out.extend(posting_steps(&opened, facts, c, &dates));
        return out;
    }
    let took_place = matches!(
        facts.effective_status(),
        BookingStatus::Completed | BookingStatus::NoShow | BookingStatus::Refunded
    );
    let unseen_completion = old.closing == Closing::Open
        && new.refunds.total() > old.refunds.total()
        && took_place
        && !c.voided_by_person
        && dates.refunded > dates.ended;
    if !unseen_completion {
        return steps(old, &new, dates);
    }
    let before = BookingFacts {
        status: BookingStatus::Completed,
        refunds: Refunds {
            price_minor: facts.price_minor(),
            ..old.refunds.clone()
        },
        ..facts.clone()
    };
    let between = position(&before, c);
    let mut out = steps(old, &between, dates);
    out.extend(steps(&between, &new, dates));
    out
}

/// The first day on which a commission's money can be paid (docs/domain.md §5).
#[must_use]
pub fn payable_on(ended: Date, terms: &SplitTerms) -> Date {
    crate::calendar::days_after(ended, terms.hold_days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Account, Entry};
    use crate::split::{FeeBorneBy, FeeEstimate};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn terms() -> SplitTerms {
        SplitTerms {
            rate_bp: 7000,
            fee_borne_by: FeeBorneBy::Host,
            fee_estimate: Some(FeeEstimate {
                rate_bp: 290,
                fixed_minor: 30,
            }),
            hold_days: 7,
        }
    }

    fn booking(status: BookingStatus, refunded_minor: i64) -> BookingFacts {
        BookingFacts {
            status,
            refunds: Refunds::exported(2000, refunded_minor),
            actual_fee_minor: None,
            has_charge: true,
            currency: Currency::USD,
            outside: Outside::default(),
        }
    }

    /// Of a ledger that began after it was payable.
    fn before_the_start(b: BookingFacts, given_back_by_then: bool) -> BookingFacts {
        BookingFacts {
            outside: Outside {
                was_due: true,
                given_back_by_then,
            },
            ..b
        }
    }

    fn processed(b: &BookingFacts) -> Commission {
        let mut c = decide(b, None, terms(), 0).unwrap().commission;
        c.status = CommissionStatus::Processed;
        c.terms_fixed = true;
        c
    }

    fn paid(b: &BookingFacts, host_amount: i64) -> Commission {
        Commission {
            status: CommissionStatus::Paid,
            frozen_host_amount_minor: Some(host_amount),
            ..processed(b)
        }
    }

    #[test]
    fn each_status_has_its_commission() {
        use BookingStatus as B;
        use CommissionStatus as C;
        for (status, refunded, want) in [
            (B::Pending, 0, C::None),
            (B::Confirmed, 0, C::Pending),
            (B::Completed, 0, C::Pending),
            (B::Completed, 2000, C::Void),
            (B::NoShow, 0, C::Pending),
            (B::NoShow, 2000, C::Void),
            (B::Cancelled, 2000, C::Void),
            (B::Cancelled, 0, C::Void),
            (B::HostCancelled, 2000, C::Void),
            (B::Refunded, 2000, C::Void),
        ] {
            let d = decide(&booking(status, refunded), None, terms(), 0).unwrap();
            assert_eq!(d.commission.status, want, "{status:?} {refunded}");
        }
    }

    #[test]
    fn a_free_booking_and_a_pending_payment_post_nothing() {
        let free = BookingFacts {
            refunds: Refunds::exported(0, 0),
            ..booking(BookingStatus::Completed, 0)
        };
        let d = decide(&free, None, terms(), 0).unwrap();
        assert_eq!(d.commission.status, CommissionStatus::None);
        assert_eq!(position(&free, &d.commission), Position::NOTHING);
        let never = BookingFacts {
            has_charge: false,
            ..booking(BookingStatus::Cancelled, 0)
        };
        let d = decide(&never, None, terms(), 0).unwrap();
        assert_eq!(d.commission.status, CommissionStatus::Void);
        assert_eq!(position(&never, &d.commission), Position::NOTHING);
    }

    #[test]
    fn what_a_cancellation_keeps_is_the_platforms() {
        let b = booking(BookingStatus::Cancelled, 1500);
        let d = decide(&b, None, terms(), 0).unwrap();
        let dates = EffectiveDates {
            booked: date(2026, 3, 1),
            ended: date(2026, 3, 5),
            refunded: date(2026, 3, 4),
            cause: date(2026, 3, 9),
            moved_from: None,
            paid_through: date(2026, 3, 8),
        };
        let steps = posting_steps(&Position::NOTHING, &b, &d.commission, &dates);
        assert_eq!(
            steps.last(),
            Some(&Step::Post(
                Entry::of(EntryKind::Void, [412, -500, 88, 0]),
                date(2026, 3, 4)
            ))
        );
    }

    #[test]
    fn without_fee_and_rule_nothing_is_guessed() {
        let no_rule = SplitTerms {
            fee_estimate: None,
            ..terms()
        };
        let b = booking(BookingStatus::Confirmed, 0);
        assert_eq!(
            decide(&b, None, no_rule, 0).unwrap_err().code,
            ExceptionCode::NoFeeRule
        );
        let known = BookingFacts {
            actual_fee_minor: Some(90),
            ..b
        };
        assert_eq!(
            decide(&known, None, no_rule, 0)
                .unwrap()
                .commission
                .processing_fee_minor,
            90
        );
        assert!(decide(&booking(BookingStatus::Pending, 0), None, no_rule, 0).is_ok());
    }

    #[test]
    fn pending_follows_what_is_known_and_processed_keeps_its_terms() {
        let b = booking(BookingStatus::Completed, 0);
        let pending = decide(&b, None, terms(), 0).unwrap().commission;
        let better = SplitTerms {
            rate_bp: 8000,
            ..terms()
        };
        let fee = BookingFacts {
            actual_fee_minor: Some(118),
            ..b.clone()
        };
        let d = decide(&fee, Some(&pending), better, 0).unwrap();
        assert_eq!(
            (d.split.platform_fee_minor, d.split.host_amount_minor),
            (400, 1482)
        );

        let kept = decide(&fee, Some(&processed(&b)), better, 0).unwrap();
        assert_eq!(
            (kept.split.platform_fee_minor, kept.split.host_amount_minor),
            (600, 1312)
        );
        assert_eq!(position(&fee, &kept.commission).fee_excess_minor, 30);
    }

    #[test]
    fn refunds_after_payment_become_clawbacks_of_the_growth_only() {
        let b = booking(BookingStatus::Completed, 0);
        let sent = paid(&b, 1312);
        let partial = booking(BookingStatus::Completed, 500);
        let d = decide(&partial, Some(&sent), terms(), 0).unwrap();
        assert_eq!(
            (d.commission.status, d.clawback_minor),
            (CommissionStatus::Paid, 962 - 1312)
        );
        let full = booking(BookingStatus::Refunded, 2000);
        let d = decide(&full, Some(&sent), terms(), -350).unwrap();
        assert_eq!(
            (d.commission.status, d.clawback_minor),
            (CommissionStatus::Paid, -962)
        );
        // The refund taken back again gives the host the difference.
        let d = decide(&b, Some(&sent), terms(), -1312).unwrap();
        assert_eq!(d.clawback_minor, 1312);
    }

    #[test]
    fn what_was_payable_before_the_start_is_paid_outside_once_the_session_took_place() {
        use BookingStatus as B;
        use CommissionStatus as C;
        for (status, refunded, want, frozen) in [
            (B::Pending, 0, C::None, None),
            (B::Confirmed, 0, C::Pending, None),
            (B::Completed, 0, C::Paid, Some(1312)),
            (B::NoShow, 0, C::Paid, Some(1312)),
            (B::Completed, 500, C::Paid, Some(962)),
            (B::Completed, 2000, C::Void, None),
            (B::Cancelled, 2000, C::Void, None),
            (B::HostCancelled, 2000, C::Void, None),
            (B::Refunded, 2000, C::Void, None),
        ] {
            for by_then in [false, true] {
                let b = before_the_start(booking(status, refunded), by_then);
                let d = decide(&b, None, terms(), 0).unwrap();
                let c = d.commission;
                assert_eq!(
                    (c.status, d.clawback_minor),
                    (want, 0),
                    "{status:?} {refunded}"
                );
                assert_eq!(c.frozen_host_amount_minor, frozen, "{status:?} {refunded}");
                let outside = position(&b, &c).paid_outside_minor;
                assert_eq!(outside, frozen.unwrap_or(0), "{status:?} {refunded}");
            }
        }
    }

    #[test]
    fn money_paid_outside_is_frozen_as_money_sent_is() {
        let done = before_the_start(booking(BookingStatus::Completed, 0), false);
        let paid = decide(&done, None, terms(), 0).unwrap().commission;
        for (status, refunded, clawback) in [
            (BookingStatus::Completed, 500, 962 - 1312),
            (BookingStatus::Refunded, 2000, -1312),
            (BookingStatus::Confirmed, 0, -1312),
            (BookingStatus::Pending, 0, -1312),
        ] {
            // Moved to a later day meanwhile: that it was due outside is no longer so.
            for was_due in [true, false] {
                let mut later = before_the_start(booking(status, refunded), false);
                later.outside.was_due = was_due;
                let d = decide(&later, Some(&paid), terms(), 0).unwrap();
                assert_eq!(
                    (d.commission.status, d.clawback_minor),
                    (CommissionStatus::Paid, clawback),
                    "{status:?} {refunded}"
                );
                assert_eq!(position(&later, &d.commission).paid_outside_minor, 1312);
            }
        }
        // The actual fee comes later: the platform bears what it differs by.
        let fee = BookingFacts {
            actual_fee_minor: Some(118),
            ..done
        };
        let d = decide(&fee, Some(&paid), terms(), 0).unwrap();
        assert_eq!(d.commission.frozen_host_amount_minor, Some(1312));
        assert_eq!(position(&fee, &d.commission).fee_excess_minor, 30);
    }

    #[test]
    fn what_was_given_back_by_the_paid_through_date_is_part_of_what_was_paid_outside() {
        let done = before_the_start(booking(BookingStatus::Completed, 0), true);
        let paid = decide(&done, None, terms(), 0).unwrap().commission;
        let part = before_the_start(booking(BookingStatus::Completed, 500), true);
        // An earlier row made a clawback of it: it is taken back.
        let d = decide(&part, Some(&paid), terms(), -100).unwrap();
        assert_eq!(d.commission.frozen_host_amount_minor, Some(962));
        assert_eq!(d.clawback_minor, 100);
        let whole = before_the_start(booking(BookingStatus::Refunded, 2000), true);
        let d = decide(&whole, Some(&paid), terms(), -350).unwrap();
        assert_eq!(
            (d.commission.status, d.clawback_minor),
            (CommissionStatus::Void, 350)
        );
        assert_eq!(position(&whole, &d.commission).paid_outside_minor, 0);
    }

    #[test]
    fn terms_of_what_was_paid_outside_follow_what_is_known_until_they_are_fixed() {
        let done = before_the_start(booking(BookingStatus::Completed, 0), false);
        let part = before_the_start(booking(BookingStatus::Completed, 500), false);
        let beginner = SplitTerms {
            rate_bp: 6000,
            ..terms()
        };
        let paid = decide(&done, None, terms(), 0).unwrap().commission;
        let d = decide(&done, Some(&paid), beginner, 0).unwrap();
        assert_eq!(
            (d.commission.frozen_host_amount_minor, d.clawback_minor),
            (Some(1112), 0)
        );
        // Refunded after the start, at 70 %: 3.50 were clawed back; at 60 % it is 3.00.
        let refunded = decide(&part, Some(&paid), terms(), 0).unwrap().commission;
        let d = decide(&part, Some(&refunded), beginner, -350).unwrap();
        assert_eq!(
            (d.commission.frozen_host_amount_minor, d.clawback_minor),
            (Some(1112), 50)
        );
        let fixed = Commission {
            terms_fixed: true,
            ..refunded
        };
        let d = decide(&part, Some(&fixed), beginner, -350).unwrap();
        assert_eq!(
            (d.commission.frozen_host_amount_minor, d.clawback_minor),
            (Some(1312), 0)
        );
    }

    #[test]
    fn what_a_person_voided_or_this_ledger_sent_is_not_paid_outside() {
        let b = booking(BookingStatus::Completed, 0);
        let voided = Commission {
            voided_by_person: true,
            ..processed(&b)
        };
        let due = before_the_start(b.clone(), false);
        let d = decide(&due, Some(&voided), terms(), 0).unwrap();
        assert_eq!(d.commission.status, CommissionStatus::Void);
        assert_eq!(d.commission.paid_outside, None);
        let sent = decide(&due, Some(&paid(&b, 1312)), terms(), 0).unwrap();
        assert_eq!(sent.commission.status, CommissionStatus::Paid);
        assert_eq!(sent.commission.paid_outside, None);
    }

    #[test]
    fn a_persons_void_sticks_and_an_imports_void_reopens() {
        let b = booking(BookingStatus::Completed, 0);
        let voided = Commission {
            voided_by_person: true,
            ..processed(&b)
        };
        let d = decide(&b, Some(&voided), terms(), 0).unwrap();
        assert_eq!(d.commission.status, CommissionStatus::Void);
        let refunded = booking(BookingStatus::Refunded, 2000);
        let void = decide(&refunded, Some(&processed(&b)), terms(), 0)
            .unwrap()
            .commission;
        assert_eq!(void.status, CommissionStatus::Void);
        let d = decide(&b, Some(&void), terms(), 0).unwrap();
        assert_eq!(d.commission.status, CommissionStatus::Pending);
        assert!(
            d.commission.terms_fixed,
            "what was processed once keeps its terms"
        );
    }

    #[test]
    fn one_late_export_posts_what_weekly_exports_would() {
        let dates = EffectiveDates {
            booked: date(2026, 3, 1),
            ended: date(2026, 3, 5),
            refunded: date(2026, 3, 9),
            cause: date(2026, 3, 9),
            moved_from: None,
            paid_through: date(2026, 3, 8),
        };
        let done = booking(BookingStatus::Completed, 0);
        let refunded = booking(BookingStatus::Completed, 500);
        let c = decide(&done, None, terms(), 0).unwrap().commission;
        let mut weekly = posting_steps(&Position::NOTHING, &done, &c, &dates);
        weekly.extend(posting_steps(&position(&done, &c), &refunded, &c, &dates));
        assert_eq!(
            posting_steps(&Position::NOTHING, &refunded, &c, &dates),
            weekly
        );
    }

    #[test]
    fn a_session_that_moves_to_another_day_takes_its_completion_along() {
        let done = booking(BookingStatus::Completed, 0);
        let c = decide(&done, None, terms(), 0).unwrap().commission;
        let was = position(&done, &c);
        let dates = EffectiveDates {
            booked: date(2026, 2, 1),
            ended: date(2026, 3, 5),
            refunded: date(2026, 3, 7),
            cause: date(2026, 3, 6),
            moved_from: Some(date(2026, 2, 27)),
            paid_through: date(2026, 3, 8),
        };
        let completed = |legs| Step::Post(Entry::of(EntryKind::Completed, legs), dates.ended);
        let reversed = Step::Reverse(EntryKind::Completed, date(2026, 2, 27));
        assert_eq!(
            posting_steps(&was, &done, &c, &dates),
            [reversed, completed([1912, -1312, -600, 0])]
        );
        // With a refund after the session: its own steps follow, on their own day.
        let part = booking(BookingStatus::Completed, 500);
        let on = dates.refunded;
        assert_eq!(
            posting_steps(&was, &part, &c, &dates),
            [
                reversed,
                completed([1912, -1312, -600, 0]),
                Step::Reverse(EntryKind::Completed, on),
                Step::Post(Entry::of(EntryKind::Refund, [500, -500, 0, 0]), on),
                Step::Post(Entry::of(EntryKind::Completed, [1412, -962, -450, 0]), on),
            ]
        );
        // It is ahead again: nothing stands in its place.
        let ahead = booking(BookingStatus::Confirmed, 0);
        assert_eq!(posting_steps(&was, &ahead, &c, &dates), [reversed]);
        // Called off: that has a date of its own.
        let off = booking(BookingStatus::Cancelled, 2000);
        assert_eq!(
            posting_steps(&was, &off, &c, &dates).first(),
            Some(&Step::Reverse(EntryKind::Completed, dates.refunded))
        );
        let nothing = posting_steps(&Position::NOTHING, &done, &c, &dates);
        assert_eq!(nothing.len(), 2, "what isn't posted yet can't be moved");
    }

    fn any_facts() -> impl Strategy<Value = BookingFacts> {
        (
            prop::sample::select(BookingStatus::ALL.to_vec()),
            0..4000_i64,
            0..4000_i64,
            prop::option::of(0..300_i64),
            any::<bool>(),
            prop::sample::select(vec!["USD", "JPY", "KWD"]),
        )
            .prop_map(
                |(status, price, refund, fee, has_charge, code)| BookingFacts {
                    status,
                    refunds: Refunds::exported(
                        price,
                        if status == BookingStatus::Refunded {
                            price
                        } else {
                            refund.min(price)
                        },
                    ),
                    actual_fee_minor: fee,
                    has_charge,
                    currency: Currency::parse(code).unwrap(),
                    outside: Outside::default(),
                },
            )
    }

    proptest! {
        /// Whatever exports say of a booking that was paid outside, or wasn't after all: the host
        /// is owed what is earned today less what was paid outside, and that is in clawbacks.
        #[test]
        fn any_sequence_of_rows_ties_what_was_paid_outside_to_the_clawbacks(
            rows in prop::collection::vec((any_facts(), any::<bool>(), any::<bool>()), 1..8),
            fixed_at in 0..8_usize, rates in prop::collection::vec(prop::sample::select(vec![6000, 7000]), 8),
        ) {
            let dates = EffectiveDates {
                booked: date(2026, 3, 1), ended: date(2026, 3, 5),
                refunded: date(2026, 3, 9), cause: date(2026, 3, 9), moved_from: None, paid_through: date(2026, 3, 8),
            };
            let mut known: Option<Commission> = None;
            let mut at = Position::NOTHING;
            let (mut clawbacks, mut live) = (0, Vec::<Entry>::new());
            for (i, (facts, was_due, given_back_by_then)) in rows.iter().enumerate() {
                let facts = BookingFacts {
                    outside: Outside { was_due: *was_due, given_back_by_then: *given_back_by_then },
                    ..facts.clone()
                };
                let now = SplitTerms { rate_bp: rates[i], ..terms() };
                let d = decide(&facts, known.as_ref(), now, clawbacks).unwrap();
                clawbacks += d.clawback_minor;
                for step in posting_steps(&at, &facts, &d.commission, &dates) {
                    match step {
                        Step::Reverse(kind, _) => live.retain(|e: &Entry| e.kind != kind),
                        Step::Post(e, _) => live.push(e),
                    }
                }
                at = position(&facts, &d.commission);
                let sum = |account: Account| -> i64 {
                    live.iter().flat_map(|e| e.kind.legs().iter().zip(e.legs))
                        .filter(|(a, _)| **a == account).map(|(_, m)| m).sum()
                };
                let c = d.commission;
                let outside = c.paid_outside.map_or(0, |s| s.host_amount_minor);
                let earned = host_amount(&facts, &c);
                prop_assert_eq!(-sum(Account::Hosts), earned - outside, "after {} rows", i + 1);
                prop_assert_eq!(-sum(Account::OpeningEquity), outside);
                let owed_for_it = match c.paid_outside { Some(_) => 0, None => earned };
                prop_assert_eq!(earned - outside, owed_for_it + clawbacks, "after {} rows", i + 1);
                known = Some(Commission { terms_fixed: c.terms_fixed || i >= fixed_at, ..c });
            }
        }

        /// Whatever an export says of a booking, one row after the other, before and after
        /// payment, host liability = amount sent or owed + clawbacks.
        #[test]
        fn any_sequence_of_rows_ties_the_journal_to_the_commission(
            rows in prop::collection::vec(any_facts(), 1..8), processed_at in 0..8_usize,
            sent_at in 0..8_usize, platform_bears in any::<bool>(),
        ) {
            let terms = SplitTerms {
                fee_borne_by: if platform_bears { FeeBorneBy::Platform } else { FeeBorneBy::Host },
                ..terms()
            };
            let dates = EffectiveDates {
                booked: date(2026, 3, 1), ended: date(2026, 3, 5),
                refunded: date(2026, 3, 9), cause: date(2026, 3, 9), paid_through: date(2026, 3, 8),
                moved_from: None,
            };
            let mut known: Option<Commission> = None;
            let mut at = Position::NOTHING;
            let (mut clawbacks, mut live) = (0, Vec::<Entry>::new());
            for (i, facts) in rows.iter().enumerate() {
                let d = decide(facts, known.as_ref(), terms, clawbacks).unwrap();
                clawbacks += d.clawback_minor;
                // Now and then the session's end moves.
                let dates = EffectiveDates {
                    moved_from: (i % 3 == 2).then_some(dates.ended),
                    ..dates
                };
                for step in posting_steps(&at, facts, &d.commission, &dates) {
                    match step {
                        Step::Reverse(kind, _) => live.retain(|e: &Entry| e.kind != kind),
                        Step::Post(e, _) => live.push(e),
                    }
                }
                at = position(facts, &d.commission);
                let mut c = d.commission;
                let host: i64 = live.iter().flat_map(|e| e.kind.legs().iter().zip(e.legs))
                    .filter(|(a, _)| **a == Account::Hosts).map(|(_, m)| m).sum();
                let owed = match c.frozen_host_amount_minor {
                    Some(sent) => sent + clawbacks,
                    None if facts.session_done() && c.status != CommissionStatus::Void => d.split.host_amount_minor,
                    None => 0,
                };
                prop_assert_eq!(-host, owed, "after {} rows", i + 1);
                if i >= processed_at && c.status == CommissionStatus::Pending && facts.session_done() {
                    c.status = CommissionStatus::Processed;
                    c.terms_fixed = true;
                }
                if i >= sent_at && c.status == CommissionStatus::Processed && c.frozen_host_amount_minor.is_none() {
                    c.frozen_host_amount_minor = Some(d.split.host_amount_minor);
                    c.status = CommissionStatus::Paid;
                }
                known = Some(c);
            }
        }
    }
}
