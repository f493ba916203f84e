//! Amounts as text: read exactly, added exactly, set for paper.

use hostledger_core::Money;

use crate::Error;

/// An amount as the papers print it, thousands grouped and with a true minus: "−1,312.40 USD".
/// For callers that word a sentence about an amount which also stands in a table.
#[must_use]
pub fn amount_on_paper(money: Money) -> String {
    format!("{} {}", Figure::of(money).for_paper(), money.currency)
}

/// A decimal amount as an integer and the number of its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Figure {
    units: i128,
    decimals: u32,
}

impl Figure {
    /// Reads a plain decimal: an optional sign (`-`, `+` or a true minus), digits, and
    /// optionally a point with more digits. `place` names it in the error.
    pub(crate) fn parse(text: &str, place: impl Fn() -> String) -> Result<Self, Error> {
        read(text).ok_or_else(|| Error::BadAmount {
            place: place(),
            text: text.to_owned(),
        })
    }

    /// An amount of money, with its currency's decimals.
    pub(crate) fn of(money: Money) -> Self {
        Self {
            units: i128::from(money.amount_minor),
            decimals: u32::from(money.currency.digits()),
        }
    }

    /// The integer, without the decimal point.
    pub(crate) fn units(self) -> i128 {
        self.units
    }

    /// How many decimals the text had.
    pub(crate) fn decimals(self) -> u32 {
        self.decimals
    }

    /// The exact sum, with the decimals of the finer of the two.
    pub(crate) fn plus(self, other: Self) -> Self {
        let decimals = self.decimals.max(other.decimals);
        Self {
            units: self.scaled(decimals) + other.scaled(decimals),
            decimals,
        }
    }

    /// With the other sign.
    pub(crate) fn negated(self) -> Self {
        Self {
            units: -self.units,
            ..self
        }
    }

    /// Equal as numbers: "5" and "5.00" are.
    pub(crate) fn same(self, other: Self) -> bool {
        let decimals = self.decimals.max(other.decimals);
        self.scaled(decimals) == other.scaled(decimals)
    }

    fn scaled(self, decimals: u32) -> i128 {
        self.units * 10_i128.pow(decimals - self.decimals)
    }

    /// For a person's eyes: thousands grouped, a true minus: "−1,312.40".
    pub(crate) fn for_paper(self) -> String {
        let digits = self.units.unsigned_abs().to_string();
        let decimals = usize::try_from(self.decimals).unwrap_or(0);
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, part) = padded.split_at(padded.len() - decimals);
        let mut out = String::with_capacity(padded.len() + 8);
        if self.units < 0 {
            out.push('\u{2212}');
        }
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                out.push(',');
            }
            out.push(digit);
        }
        if decimals > 0 {
            out.push('.');
            out.push_str(part);
        }
        out
    }
}

fn read(text: &str) -> Option<Figure> {
    let (negative, body) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    // 12 decimals and 24 digits leave room to add any number of them in an i128.
    let fits = !whole.is_empty() && whole.len() <= 24 && part.len() <= 12;
    if !fits || !all_digits(whole) || !all_digits(part) || body.ends_with('.') {
        return None;
    }
    let units: i128 = format!("{whole}{part}").parse().ok()?;
    let decimals = u32::try_from(part.len()).ok()?;
    Some(Figure {
        units: if negative { -units } else { units },
        decimals,
    })
}

#[cfg(test)]
mod tests {
    use hostledger_core::Currency;

    use super::{Figure, Money, amount_on_paper, read};

    fn figure(text: &str) -> Figure {
        read(text).unwrap()
    }

    #[test]
    fn set_for_paper_with_groups_and_a_true_minus() {
        for (text, paper) in [
            ("0.00", "0.00"),
            ("13.12", "13.12"),
            ("-13.12", "\u{2212}13.12"),
            ("1312.4", "1,312.4"),
            ("123456789.001", "123,456,789.001"),
            ("-0.05", "\u{2212}0.05"),
            ("2000", "2,000"),
            ("+7", "7"),
        ] {
            assert_eq!(figure(text).for_paper(), paper);
        }
    }

    #[test]
    fn money_has_the_decimals_of_its_currency() {
        for (amount_minor, currency, paper) in [
            (-131_240, "USD", "\u{2212}1,312.40 USD"),
            (5, "KWD", "0.005 KWD"),
            (2000, "JPY", "2,000 JPY"),
            (i64::MIN, "USD", "\u{2212}92,233,720,368,547,758.08 USD"),
        ] {
            let money = Money::new(amount_minor, Currency::parse(currency).unwrap());
            assert_eq!(amount_on_paper(money), paper);
        }
    }

    #[test]
    fn adds_exactly_whatever_the_decimals() {
        assert_eq!(figure("0.1").plus(figure("0.20")).for_paper(), "0.30");
        assert_eq!(
            figure("5").plus(figure("-5.001")).for_paper(),
            "\u{2212}0.001"
        );
        assert!(figure("5").same(figure("5.00")));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "", "-", ".5", "5.", "1,000", "1e3", "NaN", "1.2.3", " 1", "٣", "--1",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
