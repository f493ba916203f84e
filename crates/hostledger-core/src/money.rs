//! Amounts in integer minor units, currencies with their digits, and the one rounding there is
//! (docs/domain.md §2).

use jiff::civil::{Date, date};
use std::fmt;

use rust_decimal::Decimal;

use crate::error::{Code, Error};

/// Basis points in one whole: 100.00 %.
pub const WHOLE_BP: i64 = 10_000;

/// No single amount may exceed this many minor units (docs/domain.md §2).
pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

/// The prices of a file, and those of all bookings of a ledger, may not sum to more than this in
/// one currency: so the journal, which holds each several times over, never overflows 64 bits.
pub const MAX_SUM_MINOR: i64 = 1_000_000_000_000_000_000;

/// The most that one amount of a currency can be.
#[must_use]
pub fn limit(currency: Currency) -> Money {
    Money::new(MAX_MINOR, currency)
}

/// Adds to a sum of a currency.
///
/// # Errors
/// [`Code::TooLarge`] with the most that a sum can be.
pub fn add(sum_minor: i64, amount_minor: i64, currency: Currency) -> Result<i64, Error> {
    sum_minor
        .checked_add(amount_minor)
        .filter(|sum| sum.abs() <= MAX_SUM_MINOR)
        .ok_or_else(|| too_large(currency))
}

/// The refusal of a sum beyond [`MAX_SUM_MINOR`].
#[must_use]
pub fn too_large(currency: Currency) -> Error {
    let most = Money::new(MAX_SUM_MINOR, currency);
    Error::new(
        Code::TooLarge,
        format!(
            "The amounts in {currency} sum to more than {most}, the most that a ledger can hold. Some of them can't be right: check them with the sender."
        ),
    )
    .with_details(serde_json::json!({ "currency": currency.code(), "limit": most.digits() }))
}

/// An ISO 4217 currency with its number of minor digits (JPY 0, USD 2, KWD 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

impl Currency {
    /// US dollar; the currency of dispute fees and of form 1099-K.
    pub const USD: Self = Self {
        code: *b"USD",
        digits: 2,
    };

    /// The currency of an ISO 4217 code, letters in any case. `None` for what is no currency with
    /// a minor unit (`XAU`, `DOLLARS`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 3] = text.as_bytes().try_into().ok()?;
        let code = bytes.map(|b| b.to_ascii_uppercase());
        if code == *b"USD" {
            return Some(Self::USD);
        }
        let known = iso_currency::Currency::from_code(std::str::from_utf8(&code).ok()?)?;
        let digits = u8::try_from(known.exponent()?).ok()?;
        Some(Self { code, digits })
    }

    /// The code, e.g. `USD`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// Digits after the decimal point.
    #[must_use]
    pub fn digits(&self) -> u8 {
        self.digits
    }

    /// The last day on which a currency that is no more could be paid in; `None`: it still can.
    #[must_use]
    pub fn ended_on(&self) -> Option<Date> {
        match &self.code {
            b"CUC" => Some(date(2021, 6, 30)),
            b"HRK" => Some(date(2022, 12, 31)),
            b"SLL" => Some(date(2023, 12, 31)),
            b"ZWL" => Some(date(2024, 8, 31)),
            b"BGN" => Some(date(2025, 12, 31)),
            _ => None,
        }
    }

    /// Whether payouts must be whole hundreds of minor units (docs/domain.md §7: HUF and TWD).
    #[must_use]
    pub fn pays_whole_hundreds(&self) -> bool {
        matches!(&self.code, b"HUF" | b"TWD")
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = String::deserialize(d)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("no such currency"))
    }
}

/// An amount of one currency.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Money {
    /// In minor units: cents for USD, yen for JPY, fils for KWD.
    pub amount_minor: i64,
    /// Whose minor units.
    pub currency: Currency,
}

impl Money {
    /// An amount in minor units of a currency.
    #[must_use]
    pub fn new(amount_minor: i64, currency: Currency) -> Self {
        Self {
            amount_minor,
            currency,
        }
    }

    /// The number alone with the currency's digits, e.g. `13.12`.
    #[must_use]
    pub fn digits(&self) -> String {
        format_minor(self.amount_minor, self.currency)
    }
}

impl fmt::Display for Money {
    /// Number and currency, e.g. `13.12 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            format_minor(self.amount_minor, self.currency),
            self.currency
        )
    }
}

/// The number of an amount with its currency's digits: `1312` USD is `13.12`.
#[must_use]
pub fn format_minor(amount_minor: i64, currency: Currency) -> String {
    let digits = usize::from(currency.digits());
    let sign = if amount_minor < 0 { "-" } else { "" };
    let plain = amount_minor.unsigned_abs().to_string();
    if digits == 0 {
        return format!("{sign}{plain}");
    }
    let padded = format!("{plain:0>width$}", width = digits + 1);
    let (whole, fraction) = padded.split_at(padded.len() - digits);
    format!("{sign}{whole}.{fraction}")
}

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountError {
    /// Not digits with at most one decimal point.
    BadNumber,
    /// More than [`MAX_MINOR`].
    TooLarge,
    /// More decimals than the currency has, and not all of them zero.
    TooManyDecimals,
}

impl AmountError {
    /// What is wrong, for a person who typed the amount.
    #[must_use]
    pub fn sentence(self, text: &str, currency: Currency) -> String {
        match self {
            Self::TooLarge => format!(
                "{text} is more than {}, the most that an amount can be.",
                limit(currency)
            ),
            Self::BadNumber | Self::TooManyDecimals => format!(
                "\"{text}\" is no amount of {currency} such as {}.",
                format_minor(1250, currency)
            ),
        }
    }
}

/// Reads `20`, `20.5`, `20.00` or `-3.10` as minor units. Superfluous decimals must be zeros:
/// `2000.00` is fine for JPY, `2000.50` is not (docs/domain.md §2).
///
/// # Errors
/// [`AmountError`]; thousands separators, currency signs and exponents are no plain number.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, AmountError> {
    parse_up_to(text, currency, MAX_MINOR)
}

/// Reads a sum of amounts, which may be larger than a single one.
///
/// # Errors
/// As [`parse_minor`].
pub fn parse_sum(text: &str, currency: Currency) -> Result<i64, AmountError> {
    parse_up_to(text, currency, MAX_SUM_MINOR)
}

fn parse_up_to(text: &str, currency: Currency, most: i64) -> Result<i64, AmountError> {
    let (negative, plain) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(AmountError::BadNumber);
    }
    let digit = |b: u8| i64::from(b - b'0');
    let mut minor: i64 = 0;
    let mut push = |d: i64| {
        minor = minor
            .checked_mul(10)
            .and_then(|m| m.checked_add(d))
            .filter(|m| *m <= most)
            .ok_or(AmountError::TooLarge)?;
        Ok(())
    };
    for b in whole.bytes() {
        push(digit(b))?;
    }
    let digits = usize::from(currency.digits());
    let mut superfluous = false;
    for (place, b) in fraction.bytes().enumerate() {
        let d = digit(b);
        if place < digits {
            push(d)?;
        } else {
            superfluous |= d != 0;
        }
    }
    if superfluous {
        return Err(AmountError::TooManyDecimals);
    }
    for _ in fraction.len()..digits {
        push(0)?;
    }
    Ok(if negative { -minor } else { minor })
}

/// A share of an amount: `amount × rate`, rounded once, half away from zero, to the minor unit
/// (docs/domain.md §2).
#[must_use]
pub fn share(amount_minor: i64, rate_bp: i64) -> i64 {
    let product = i128::from(amount_minor) * i128::from(rate_bp);
    let whole = i128::from(WHOLE_BP);
    let rounded = (product.abs() + whole / 2) / whole;
    let rounded = i64::try_from(rounded).unwrap_or(i64::MAX);
    if product < 0 { -rounded } else { rounded }
}

/// A rate in percent as text, e.g. `7000` is `70.00`.
#[must_use]
pub fn format_percent(rate_bp: i64) -> String {
    format!("{}.{:02}", rate_bp / 100, rate_bp % 100)
}

/// Reads a percentage between 0 and 100 with at most two decimals as basis points.
///
/// # Errors
/// [`Code::BadInput`] with what was expected.
pub fn parse_percent(text: &str) -> Result<i64, Error> {
    let bad = || {
        Error::new(
            Code::BadInput,
            format!(
                "\"{text}\" is no percentage. Give a number from 0 to 100 with at most two decimals, such as 2.90."
            ),
        )
    };
    let percent: Decimal = text
        .trim()
        .trim_end_matches('%')
        .trim()
        .parse()
        .map_err(|_| bad())?;
    let bp = percent * Decimal::ONE_HUNDRED;
    if !bp.fract().is_zero() || bp.is_sign_negative() || bp > Decimal::from(WHOLE_BP) {
        return Err(bad());
    }
    bp.trunc().try_into().map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn amounts_follow_the_currency_digits() {
        assert_eq!(parse_minor("13.12", Currency::USD), Ok(1312));
        assert_eq!(parse_minor("13", Currency::USD), Ok(1300));
        assert_eq!(parse_minor("13.1", Currency::USD), Ok(1310));
        assert_eq!(parse_minor("13.120", Currency::USD), Ok(1312));
        assert_eq!(parse_minor("2000.00", currency("JPY")), Ok(2000));
        assert_eq!(
            parse_minor("2000.50", currency("JPY")),
            Err(AmountError::TooManyDecimals)
        );
        assert_eq!(parse_minor("1.234", currency("KWD")), Ok(1234));
        assert_eq!(parse_minor("-0.05", Currency::USD), Ok(-5));
        for bad in [
            "", ".", "-", "1,254.54", "1.254,54", "1e3", "twenty", "$5", "1.2.3", "+5", "９",
        ] {
            assert_eq!(
                parse_minor(bad, Currency::USD),
                Err(AmountError::BadNumber),
                "{bad}"
            );
        }
        for beyond in [
            "10000000000000.01",
            "99999999999999999999",
            "92233720368547758.08",
        ] {
            assert_eq!(
                parse_minor(beyond, Currency::USD),
                Err(AmountError::TooLarge),
                "{beyond}"
            );
        }
        assert_eq!(
            parse_minor("99999999999999999999x", Currency::USD),
            Err(AmountError::BadNumber)
        );
        assert_eq!(
            parse_minor("10000000000000.00", Currency::USD),
            Ok(MAX_MINOR)
        );
        assert_eq!(
            parse_sum("10000000000000000", Currency::USD),
            Ok(MAX_SUM_MINOR)
        );
        assert_eq!(
            parse_sum("10000000000000000.01", Currency::USD),
            Err(AmountError::TooLarge)
        );
    }

    #[test]
    fn sums_have_a_limit_and_name_it() {
        assert_eq!(
            add(MAX_SUM_MINOR - 1, 1, Currency::USD).unwrap(),
            MAX_SUM_MINOR
        );
        for (sum, more) in [(MAX_SUM_MINOR, 1), (i64::MAX, 1), (-MAX_SUM_MINOR, -1)] {
            let e = add(sum, more, Currency::USD).unwrap_err();
            assert_eq!(e.code, Code::TooLarge);
            assert!(
                e.message.contains("10000000000000000.00 USD"),
                "{}",
                e.message
            );
        }
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        assert_eq!(share(1999, 2900), 580); // 5.7971
        assert_eq!(share(5, 1000), 1); // 0.5 cents
        assert_eq!(share(-5, 1000), -1);
        assert_eq!(share(4, 1000), 0);
        assert_eq!(share(2000, 290), 58);
    }

    #[test]
    fn currencies_are_iso_4217() {
        assert!(Currency::parse("DOLLARS").is_none());
        assert!(Currency::parse("ZZZ").is_none());
        assert!(Currency::parse("XAU").is_none());
        assert_eq!(currency("usd"), Currency::USD);
        assert_eq!((currency("JPY").digits(), currency("KWD").digits()), (0, 3));
    }

    #[test]
    fn percentages_are_basis_points() {
        assert_eq!(parse_percent("2.90").unwrap(), 290);
        assert_eq!(parse_percent("70 %").unwrap(), 7000);
        for bad in ["-1", "100.01", "2.905", "two"] {
            assert!(parse_percent(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(minor in -MAX_MINOR..=MAX_MINOR, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            let c = currency(code);
            prop_assert_eq!(parse_minor(&format_minor(minor, c), c), Ok(minor));
        }

        #[test]
        fn shares_of_a_rate_and_its_rest_differ_by_at_most_one_unit(amount in 0..MAX_MINOR, rate in 0..=WHOLE_BP) {
            let both = share(amount, rate) + share(amount, WHOLE_BP - rate);
            prop_assert!((both - amount).abs() <= 1);
        }
    }
}
