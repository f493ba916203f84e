//! Amounts as Stripe counts them, which is nearly always in ISO 4217's minor units
//! (<https://docs.stripe.com/currencies#special-cases>).

/// ISO gives the króna no decimals and Stripe's API two: 100 is one króna.
const TWO_DECIMALS_AT_STRIPE: &str = "ISK";

/// Minor units of the ledger as Stripe counts them.
///
/// # Errors
/// A sentence where Stripe's documents leave the unit open: then nothing is guessed.
pub(crate) fn to_stripe(minor: i64, currency: &str) -> Result<i64, String> {
    match currency {
        "UGX" => Err("Stripe's documents disagree on how amounts in UGX are counted, so none is sent. Pay it by a payment file.".to_owned()),
        TWO_DECIMALS_AT_STRIPE => minor
            .checked_mul(100)
            .ok_or_else(|| "The amount is too large for Stripe.".to_owned()),
        _ => Ok(minor),
    }
}

/// Stripe's amount in minor units of the ledger. A króna that was divided is cut off: it can't be
/// ours, so it never matches.
pub(crate) fn from_stripe(amount: i64, currency: &str) -> i64 {
    if currency == TWO_DECIMALS_AT_STRIPE {
        amount / 100
    } else {
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_krona_is_a_hundred_at_stripe_and_a_yen_is_one() {
        assert_eq!(to_stripe(2_500, "ISK").unwrap(), 250_000);
        assert_eq!(from_stripe(250_000, "ISK"), 2_500);
        assert_eq!(to_stripe(2_500, "JPY").unwrap(), 2_500);
        assert_eq!(to_stripe(2_500, "USD").unwrap(), 2_500);
        assert_eq!(to_stripe(2_500, "KWD").unwrap(), 2_500);
        assert!(to_stripe(2_500, "UGX").is_err());
    }
}
