//! Whether a word from outside is about a dispute that is known without the outside's id, and what
//! a word in another currency comes to (docs/domain.md §8).

use jiff::civil::Date;

use crate::calendar::to_days;
use crate::dispute::other_currency;
use crate::import::RowProblem;
use crate::money::{Currency, Money};

/// One dispute is told from another by the day on which it was opened, give or take so many days:
/// a person writes down the day on which the letter came.
pub const SAME_WITHIN_DAYS: i64 = 3;

/// How a dispute came to be known without the outside's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nameless {
    /// A person entered it.
    ByHand,
    /// Stripe's payments file told of it, which names the charge only.
    ByCharge,
}

/// What tells one dispute about a booking from another of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// What it is about, all of it.
    pub amount: Money,
    /// The business date on which it was opened, where that is said.
    pub opened: Option<Date>,
    /// Won or lost.
    pub decided: bool,
}

/// Whether a word with an id of its own is about a nameless dispute of its kind and booking.
///
/// What a person entered is the same only where amount and day agree and it is still open;
/// otherwise they are two. What a file told of a charge is the same charge's, so either agrees.
#[must_use]
pub fn is_same(nameless: Nameless, known: &Marks, word: &Marks) -> bool {
    let near = match (known.opened, word.opened) {
        (Some(k), Some(w)) => (to_days(k) - to_days(w)).abs() <= SAME_WITHIN_DAYS,
        // A day that isn't said speaks against nothing.
        _ => true,
    };
    let alike = known.amount == word.amount;
    match nameless {
        Nameless::ByHand => alike && near && !known.decided,
        Nameless::ByCharge => alike || near,
    }
}

/// What is known of the dispute that a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAmount {
    /// What it is about in the booking's currency, all of it, in minor units.
    pub amount_minor: i64,
    /// What the outside said in another currency.
    pub said: Option<Money>,
    /// No file brought it: a person gave the amount, or Stripe.
    pub by_person: bool,
}

/// What a word's amount is in the booking's currency, in minor units, and what the outside said in
/// its own, to be known by next time.
///
/// A person gives the amount once; while the outside says the same of its own currency, that stands.
///
/// # Errors
/// `CURRENCY_CHANGED`: nobody said yet what it is in the booking's currency, or the outside says
/// another amount now.
pub fn amount_in(
    known: Option<&KnownAmount>,
    word: Money,
    said: Option<Money>,
    booking_id: &str,
    currency: Currency,
) -> Result<(i64, Option<Money>), RowProblem> {
    let before = known.and_then(|k| k.said);
    if word.currency == currency {
        return Ok((word.amount_minor, said.or(before)));
    }
    match known {
        Some(k) if k.said == Some(word) || (k.said.is_none() && k.by_person) => {
            Ok((k.amount_minor, Some(word)))
        }
        _ => Err(other_currency(word, booking_id, currency)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::ExceptionCode;
    use jiff::civil::date;

    fn marks(amount_minor: i64, day: i8, decided: bool) -> Marks {
        Marks {
            amount: Money::new(amount_minor, Currency::USD),
            opened: Some(date(2026, 3, day)),
            decided,
        }
    }

    #[test]
    fn c7_what_was_entered_by_hand_is_the_same_by_amount_and_day_while_it_is_open() {
        let hand = |known, word| is_same(Nameless::ByHand, &known, &word);
        assert!(hand(marks(500, 10, false), marks(500, 13, false)));
        assert!(
            hand(marks(500, 13, false), marks(500, 10, true)),
            "either way, and decided outside"
        );
        assert!(
            !hand(marks(500, 10, false), marks(500, 14, false)),
            "four days"
        );
        assert!(
            !hand(marks(500, 14, false), marks(500, 10, false)),
            "four days before"
        );
        assert!(
            !hand(marks(500, 10, false), marks(501, 10, false)),
            "another amount"
        );
        assert!(
            !hand(marks(500, 10, true), marks(500, 10, false)),
            "decided already"
        );
        let undated = Marks {
            opened: None,
            ..marks(500, 1, false)
        };
        assert!(hand(marks(500, 10, false), undated));
        let charge = |known, word| is_same(Nameless::ByCharge, &known, &word);
        assert!(charge(marks(500, 1, true), marks(500, 20, true)));
        assert!(charge(marks(500, 10, true), marks(700, 12, true)));
        assert!(!charge(marks(500, 1, true), marks(700, 20, true)));
    }

    #[test]
    fn another_currency_waits_for_a_person_once_and_then_follows_the_outside() {
        let eur = |minor| Money::new(minor, Currency::parse("EUR").unwrap());
        let of =
            |known: Option<&KnownAmount>, word| amount_in(known, word, None, "b-1", Currency::USD);
        let refused = of(None, eur(7310)).unwrap_err();
        assert_eq!(refused.code, ExceptionCode::CurrencyChanged);
        let usd = Money::new(8000, Currency::USD);
        let settled = amount_in(None, usd, Some(eur(7310)), "b-1", Currency::USD);
        assert_eq!(settled, Ok((8000, Some(eur(7310)))));
        let known = KnownAmount {
            amount_minor: 8000,
            said: Some(eur(7310)),
            by_person: false,
        };
        assert_eq!(
            of(Some(&known), eur(7310)),
            Ok((8000, Some(eur(7310)))),
            "the same word again"
        );
        assert!(
            of(Some(&known), eur(7311)).is_err(),
            "another amount is asked about"
        );
        assert_eq!(
            of(Some(&known), Money::new(8100, Currency::USD)),
            Ok((8100, Some(eur(7310))))
        );
        let by_hand = KnownAmount {
            said: None,
            by_person: true,
            ..known
        };
        assert_eq!(of(Some(&by_hand), eur(7310)), Ok((8000, Some(eur(7310)))));
        let by_file = KnownAmount {
            said: None,
            ..known
        };
        assert!(of(Some(&by_file), eur(7310)).is_err());
    }
}
