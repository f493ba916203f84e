//! A dispute of a charge that paid several bookings, and what a bank takes for a dispute
//! (docs/domain.md §8).

use crate::import::{ExceptionCode, RowProblem};
use crate::money::Money;

/// One booking that a charge paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its id.
    pub booking_id: String,
    /// P0 in minor units.
    pub price_minor: i64,
    /// What the export says was refunded, in minor units.
    pub refunded_minor: i64,
}

impl Seat {
    fn left(&self) -> i64 {
        (self.price_minor - self.refunded_minor).max(0)
    }
}

/// What each booking of a charge takes of a dispute of all of it, in minor units: its price, less
/// what was refunded where the dispute is no larger than that. What is beyond all prices (exchange,
/// rounding) stands with the first, so that the parts are what the bank took. `None`: it is about a
/// part of the charge, and nobody said which.
#[must_use]
pub fn shares(disputed_minor: i64, seats: &[Seat]) -> Option<Vec<i64>> {
    let mut parts: Vec<i64> = seats.iter().map(Seat::left).collect();
    let mut rest = disputed_minor - parts.iter().sum::<i64>();
    if rest < 0 {
        return None;
    }
    for (part, seat) in parts.iter_mut().zip(seats) {
        let more = rest.min(seat.price_minor - *part).max(0);
        *part += more;
        rest -= more;
    }
    if let Some(first) = parts.first_mut() {
        *first += rest;
    }
    Some(parts)
}

/// The exception of a dispute about a part of a charge that paid several bookings.
#[must_use]
pub fn which_one(disputed: Money, seats: &[Seat]) -> RowProblem {
    let named: Vec<String> = seats
        .iter()
        .map(|s| {
            let left = Money::new(s.left(), disputed.currency);
            format!("{} ({left})", s.booking_id)
        })
        .collect();
    RowProblem::new(
        ExceptionCode::AmbiguousBooking,
        format!(
            "{disputed} is disputed of a charge that paid {} bookings: {}. That is less than all of them, and nothing says which one it is about. Ask the bank or the participant, then retry and say it (on the command line: exceptions retry ID --booking {}).",
            seats.len(),
            named.join(", "),
            seats.first().map_or("BOOKING", |s| s.booking_id.as_str())
        ),
    )
}

/// What decides a bank's fee for one dispute, of one booking or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeFacts {
    /// The bank took the disputed money, whatever became of it since.
    pub taken: bool,
    /// It gave it back.
    pub won: bool,
    /// The fee as the outside says it, what came back of it deducted.
    pub said: Option<Money>,
    /// The fee as it was decided when it was first due.
    pub kept: Option<Money>,
    /// The setting of the day on which the dispute was opened.
    pub setting: Money,
    /// The setting, of that day too, whether a won dispute's fee comes back.
    pub returned_on_win: bool,
}

/// The fee that stands; `None`: none. It is decided once: what a setting becomes later changes
/// nothing of it, only the outside's own figure does.
#[must_use]
pub fn fee_due(f: &FeeFacts) -> Option<Money> {
    let comes_back = f.said.is_none() && f.won && f.returned_on_win;
    let fee = f.said.or(f.kept).unwrap_or(f.setting);
    (f.taken && !comes_back && fee.amount_minor != 0).then_some(fee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn seat(price_minor: i64, refunded_minor: i64) -> Seat {
        Seat {
            booking_id: "b".into(),
            price_minor,
            refunded_minor,
        }
    }

    #[test]
    fn a_whole_charge_is_each_bookings_price_and_a_part_is_nobodys() {
        let three = [seat(4000, 0), seat(4000, 0), seat(4000, 0)];
        assert_eq!(shares(12000, &three), Some(vec![4000, 4000, 4000]));
        assert_eq!(shares(4000, &three), None);
        assert_eq!(shares(11999, &three), None);
        assert_eq!(shares(12137, &three), Some(vec![4137, 4000, 4000]));
        let refunded = [seat(4000, 1000), seat(4000, 4000), seat(4000, 0)];
        assert_eq!(shares(7000, &refunded), Some(vec![3000, 0, 4000]));
        assert_eq!(shares(12000, &refunded), Some(vec![4000, 4000, 4000]));
        assert_eq!(shares(7500, &refunded), Some(vec![3500, 0, 4000]));
        assert_eq!(shares(6999, &refunded), None);
        let p = which_one(Money::new(4000, Currency::USD), &three);
        assert_eq!(p.code, ExceptionCode::AmbiguousBooking);
    }

    #[test]
    fn the_fee_is_decided_once_and_only_the_outside_changes_it() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let taken = FeeFacts {
            taken: true,
            won: false,
            said: None,
            kept: None,
            setting: usd(1500),
            returned_on_win: false,
        };
        assert_eq!(fee_due(&taken), Some(usd(1500)));
        assert_eq!(
            fee_due(&FeeFacts {
                taken: false,
                ..taken
            }),
            None
        );
        assert_eq!(
            fee_due(&FeeFacts {
                setting: usd(0),
                ..taken
            }),
            None
        );
        assert_eq!(
            fee_due(&FeeFacts {
                kept: Some(usd(1500)),
                setting: usd(2000),
                ..taken
            }),
            Some(usd(1500))
        );
        assert_eq!(
            fee_due(&FeeFacts {
                said: Some(usd(1700)),
                kept: Some(usd(1500)),
                ..taken
            }),
            Some(usd(1700))
        );
        let won = FeeFacts {
            won: true,
            returned_on_win: true,
            ..taken
        };
        assert_eq!(fee_due(&won), None);
        assert_eq!(
            fee_due(&FeeFacts {
                returned_on_win: false,
                ..won
            }),
            Some(usd(1500))
        );
        assert_eq!(
            fee_due(&FeeFacts {
                said: Some(usd(1500)),
                ..won
            }),
            Some(usd(1500)),
            "the outside kept it"
        );
        assert_eq!(
            fee_due(&FeeFacts {
                said: Some(usd(0)),
                ..won
            }),
            None
        );
    }

    proptest! {
        /// The parts are what the bank took, none below what is left of its booking, and none above
        /// its price but the first.
        #[test]
        fn parts_are_what_the_bank_took(
            seats in prop::collection::vec((1..9000_i64, 0..9000_i64), 1..6), disputed in 1..60_000_i64,
        ) {
            let seats: Vec<Seat> = seats.into_iter().map(|(p, r)| seat(p, r.min(p))).collect();
            let left: i64 = seats.iter().map(|s| s.price_minor - s.refunded_minor).sum();
            let Some(parts) = shares(disputed, &seats) else {
                prop_assert!(disputed < left);
                return Ok(());
            };
            prop_assert!(disputed >= left);
            prop_assert_eq!(parts.iter().sum::<i64>(), disputed);
            for (i, (part, s)) in parts.iter().zip(&seats).enumerate() {
                prop_assert!(*part >= s.price_minor - s.refunded_minor);
                prop_assert!(i == 0 || *part <= s.price_minor);
            }
        }
    }
}
