//! What participants got back of a booking, from whatever source: R, and how the journal says it
//! (docs/domain.md §3, §8 and §9).

use jiff::civil::Date;

use crate::dispute::DisputeKind;
use crate::journal::{Entry, EntryKind, Step};

/// One lost dispute's part in what a participant got back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// The dispute it comes from, as the ledger numbers them.
    pub dispute_key: i64,
    /// A complaint costs what the platform then refunds; a chargeback was taken by the bank.
    pub kind: DisputeKind,
    /// What the dispute was about, in minor units.
    pub amount_minor: i64,
}

/// All that was given back of a booking's price.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refunds {
    /// P0 in minor units, the most that can be deducted.
    pub price_minor: i64,
    /// The export's `refunded_amount` in minor units.
    pub exported_minor: i64,
    /// Lost disputes in the order in which they were lost.
    pub losses: Vec<Loss>,
}

impl Refunds {
    /// Without any dispute lost.
    #[must_use]
    pub fn exported(price_minor: i64, exported_minor: i64) -> Self {
        Self {
            price_minor,
            exported_minor,
            losses: Vec::new(),
        }
    }

    /// R: the export's refund, or what lost complaints cost if that is more, plus lost
    /// chargebacks, never above P0 (docs/domain.md §3).
    #[must_use]
    pub fn total(&self) -> i64 {
        let (complaints, chargebacks) = self.lost();
        (self.exported_minor.max(complaints) + chargebacks).min(self.price_minor)
    }

    fn lost(&self) -> (i64, i64) {
        self.losses.iter().fold((0, 0), |(c, b), l| match l.kind {
            DisputeKind::Complaint => (c + l.amount_minor, b),
            DisputeKind::Chargeback => (c, b + l.amount_minor),
        })
    }

    /// What lost complaints made due to participants and no export has shown as refunded yet.
    #[must_use]
    pub fn due(&self) -> i64 {
        let mut so_far = Self::exported(self.price_minor, 0);
        let mut deducted = 0;
        for loss in &self.losses {
            let growth = so_far.lose(*loss);
            if loss.kind == DisputeKind::Complaint {
                deducted += growth;
            }
        }
        (deducted - self.exported_minor).max(0)
    }

    /// Takes a loss in; by how much R grew.
    fn lose(&mut self, loss: Loss) -> i64 {
        let before = self.total();
        self.losses.push(loss);
        self.total() - before
    }

    fn is_nothing(&self) -> bool {
        self.exported_minor == 0 && self.losses.is_empty()
    }

    /// Whether this only adds to what was: then nothing posted before has to be taken back.
    fn extends(&self, old: &Self) -> bool {
        self.exported_minor >= old.exported_minor
            && self.losses.starts_with(&old.losses)
            && (self.price_minor == old.price_minor || self.losses.is_empty())
    }
}

/// The kinds of entry that say what was given back of a booking.
const KINDS: [EntryKind; 5] = [
    EntryKind::Refund,
    EntryKind::ComplaintLost,
    EntryKind::ComplaintRefunded,
    EntryKind::ChargebackLost,
    EntryKind::RefundBeyondPrice,
];

/// What must be posted to get from one state of refunds to another. Growth is posted as such;
/// whatever else changes takes back what was posted and says it anew.
///
/// `refunded` is the date of the export's refund, `cause` that of whatever else moves them.
pub(crate) fn steps(
    old: &Refunds,
    new: &Refunds,
    refunded: Date,
    cause: Date,
    out: &mut Vec<Step>,
) {
    if old == new {
        return;
    }
    if new.extends(old) {
        let mut at = Refunds {
            price_minor: new.price_minor,
            ..old.clone()
        };
        grow(&mut at, new, refunded, cause, out);
        return;
    }
    if !old.is_nothing() {
        let live = if old.losses.is_empty() {
            &KINDS[..1]
        } else {
            &KINDS[..]
        };
        out.extend(live.iter().map(|kind| Step::Reverse(*kind, cause)));
    }
    let mut at = Refunds::exported(new.price_minor, 0);
    grow(&mut at, new, cause, cause, out);
}

fn grow(at: &mut Refunds, to: &Refunds, refunded: Date, lost: Date, out: &mut Vec<Step>) {
    refund(at, to.exported_minor, refunded, out);
    for loss in &to.losses[at.losses.len()..] {
        let growth = at.lose(*loss);
        match loss.kind {
            DisputeKind::Complaint if growth == 0 => {}
            DisputeKind::Complaint => {
                let entry = Entry::two(EntryKind::ComplaintLost, -growth);
                out.push(Step::Post(entry.about(loss.dispute_key), lost));
            }
            DisputeKind::Chargeback => {
                let entry = Entry {
                    legs: [-loss.amount_minor, growth, loss.amount_minor - growth, 0],
                    ..Entry::two(EntryKind::ChargebackLost, 0)
                };
                out.push(Step::Post(entry.about(loss.dispute_key), lost));
            }
        }
    }
}

/// A refund that an export shows: first what lost complaints made due, which isn't deducted again,
/// then what R grows by; the rest was given back beyond the price and is the platform's loss.
fn refund(at: &mut Refunds, exported_minor: i64, on: Date, out: &mut Vec<Step>) {
    let growth = exported_minor - at.exported_minor;
    if growth == 0 {
        return;
    }
    let awaited = growth.min(at.due());
    let before = at.total();
    at.exported_minor = exported_minor;
    let deducted = at.total() - before;
    for (kind, amount) in [
        (EntryKind::ComplaintRefunded, awaited),
        (EntryKind::Refund, deducted),
        (EntryKind::RefundBeyondPrice, growth - awaited - deducted),
    ] {
        if amount != 0 {
            out.push(Step::Post(Entry::two(kind, amount), on));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Account;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn complaint(key: i64, amount_minor: i64) -> Loss {
        Loss {
            dispute_key: key,
            kind: DisputeKind::Complaint,
            amount_minor,
        }
    }

    fn chargeback(key: i64, amount_minor: i64) -> Loss {
        Loss {
            dispute_key: key,
            kind: DisputeKind::Chargeback,
            amount_minor,
        }
    }

    fn state(exported: i64, losses: &[Loss]) -> Refunds {
        Refunds {
            price_minor: 2000,
            exported_minor: exported,
            losses: losses.to_vec(),
        }
    }

    #[test]
    fn r_is_the_larger_of_refund_and_complaints_plus_chargebacks_and_never_above_the_price() {
        assert_eq!(state(500, &[]).total(), 500);
        assert_eq!(state(500, &[complaint(1, 800)]).total(), 800);
        assert_eq!(state(900, &[complaint(1, 800)]).total(), 900);
        assert_eq!(
            state(500, &[complaint(1, 800), chargeback(2, 700)]).total(),
            1500
        );
        assert_eq!(state(2000, &[chargeback(1, 2000)]).total(), 2000);
    }

    #[test]
    fn a_refund_that_a_lost_complaint_awaits_is_not_deducted_again() {
        let on = date(2026, 3, 9);
        let lost = state(0, &[complaint(7, 800)]);
        assert_eq!(lost.due(), 800);
        let mut out = Vec::new();
        steps(&lost, &state(1000, &[complaint(7, 800)]), on, on, &mut out);
        assert_eq!(
            out,
            [
                Step::Post(Entry::two(EntryKind::ComplaintRefunded, 800), on),
                Step::Post(Entry::two(EntryKind::Refund, 200), on)
            ]
        );
    }

    #[test]
    fn the_example_of_a_chargeback_lost_and_of_one_on_a_refunded_booking() {
        let on = date(2026, 3, 9);
        let mut out = Vec::new();
        steps(
            &state(0, &[]),
            &state(0, &[chargeback(3, 2000)]),
            on,
            on,
            &mut out,
        );
        let entry = |legs| {
            let kind = EntryKind::ChargebackLost;
            Step::Post(
                Entry {
                    legs,
                    ..Entry::two(kind, 0)
                }
                .about(3),
                on,
            )
        };
        assert_eq!(out, [entry([-2000, 2000, 0, 0])]);
        out.clear();
        steps(
            &state(2000, &[]),
            &state(2000, &[chargeback(3, 2000)]),
            on,
            on,
            &mut out,
        );
        assert_eq!(out, [entry([-2000, 0, 2000, 0])]);
    }

    /// Balances of the accounts that refunds touch, by an independent reading of docs/domain.md
    /// §9: event by event, each by its own row of the table.
    #[derive(Default, Debug, PartialEq, Eq)]
    struct ByTheTable {
        stripe: i64,
        deferred: i64,
        refunds_due: i64,
        disputed: i64,
        lost: i64,
    }

    fn play(live: &mut Vec<Entry>, all: &[Step]) {
        for step in all {
            match step {
                Step::Reverse(kind, _) => live.retain(|e| e.kind != *kind),
                Step::Post(e, _) => {
                    assert_eq!(e.legs.iter().sum::<i64>(), 0, "{e:?}");
                    live.push(*e);
                }
            }
        }
    }

    fn balances(live: &[Entry]) -> ByTheTable {
        let of = |account| {
            live.iter()
                .flat_map(|e| e.kind.legs().iter().zip(e.legs))
                .filter(|(a, _)| **a == account)
                .map(|(_, m)| m)
                .sum()
        };
        ByTheTable {
            stripe: of(Account::Stripe),
            deferred: of(Account::DeferredBookings),
            refunds_due: of(Account::RefundsDue),
            disputed: of(Account::Disputed),
            lost: of(Account::LostDisputes),
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Event {
        RefundGrows(i64),
        Lose(bool, i64),
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let one = prop_oneof![
            (1..1500_i64).prop_map(Event::RefundGrows),
            (any::<bool>(), 1..4000_i64).prop_map(|(c, a)| Event::Lose(c, a)),
        ];
        prop::collection::vec(one, 1..7)
    }

    proptest! {
        /// Refunds and losses in any order post what the table says of each, event by event.
        #[test]
        fn growth_posts_what_each_event_posts_by_the_table(events in events()) {
            let on = date(2026, 3, 9);
            let (mut at, mut live, mut table) = (state(0, &[]), Vec::new(), ByTheTable::default());
            for (i, event) in events.iter().enumerate() {
                let mut next = at.clone();
                let r = at.total();
                match *event {
                    Event::RefundGrows(by) => {
                        next.exported_minor = (at.exported_minor + by).min(2000);
                        let grown = next.exported_minor - at.exported_minor;
                        let awaited = grown.min(-table.refunds_due);
                        let deducted = next.total() - r;
                        table.stripe -= grown;
                        table.refunds_due += awaited;
                        table.deferred += deducted;
                        table.lost += grown - awaited - deducted;
                    }
                    Event::Lose(is_complaint, amount) => {
                        let key = i64::try_from(i).unwrap();
                        next.losses.push(if is_complaint { complaint(key, amount) } else { chargeback(key, amount) });
                        let growth = next.total() - r;
                        table.deferred += growth;
                        if is_complaint {
                            table.refunds_due -= growth;
                        } else {
                            table.disputed -= amount;
                            table.lost += amount - growth;
                        }
                    }
                }
                let mut out = Vec::new();
                steps(&at, &next, on, on, &mut out);
                play(&mut live, &out);
                prop_assert_eq!(&balances(&live), &table, "after {:?}", event);
                prop_assert_eq!(-table.refunds_due, next.due());
                at = next;
            }
        }

        /// Whatever is taken back, the journal says what it would say had it never been.
        #[test]
        fn what_is_taken_back_leaves_nothing(events in events(), dropped in 0..6_usize, price in 1000..3000_i64) {
            let on = date(2026, 3, 9);
            let mut at = state(0, &[]);
            for (i, event) in events.iter().enumerate() {
                match *event {
                    Event::RefundGrows(by) => at.exported_minor = (at.exported_minor + by).min(2000),
                    Event::Lose(c, amount) => {
                        let key = i64::try_from(i).unwrap();
                        at.losses.push(if c { complaint(key, amount) } else { chargeback(key, amount) });
                    }
                }
            }
            let mut live = Vec::new();
            let mut out = Vec::new();
            steps(&state(0, &[]), &at, on, on, &mut out);
            let mut less = at.clone();
            if less.losses.is_empty() { less.exported_minor /= 2 } else { less.losses.remove(dropped % less.losses.len()); }
            less.price_minor = price;
            less.exported_minor = less.exported_minor.min(price);
            steps(&at, &less, on, on, &mut out);
            play(&mut live, &out);
            let mut afresh = Vec::new();
            let mut out = Vec::new();
            steps(&Refunds::exported(price, 0), &less, on, on, &mut out);
            play(&mut afresh, &out);
            prop_assert_eq!(balances(&live), balances(&afresh));
            prop_assert_eq!(balances(&live).deferred, less.total());
        }
    }
}
