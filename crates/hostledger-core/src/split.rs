//! How one booking's money is split (docs/domain.md §4).

use crate::money::{self, WHOLE_BP};

/// Who bears the card processing fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FeeBorneBy {
    /// It is taken from the host's share, as far as the share can carry it.
    Host,
    /// The host gets the full share.
    Platform,
}

impl FeeBorneBy {
    /// Reads `HOST` or `PLATFORM`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_uppercase().as_str() {
            "HOST" => Some(Self::Host),
            "PLATFORM" => Some(Self::Platform),
            _ => None,
        }
    }

    /// The word used in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "HOST",
            Self::Platform => "PLATFORM",
        }
    }
}

/// How a missing processing fee is estimated: a share of the price and a fixed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeEstimate {
    /// Share of the full price, in basis points.
    pub rate_bp: i64,
    /// Fixed part in minor units.
    pub fixed_minor: i64,
}

impl FeeEstimate {
    /// The estimated fee on a full price, in minor units.
    #[must_use]
    pub fn fee(self, price_minor: i64) -> i64 {
        money::share(price_minor, self.rate_bp) + self.fixed_minor
    }
}

/// The terms of one booking's split, kept with its commission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitTerms {
    /// The host's rate in basis points.
    pub rate_bp: i64,
    /// Who bears the processing fee.
    pub fee_borne_by: FeeBorneBy,
    /// The estimate's rule; `None` where the currency has none.
    pub fee_estimate: Option<FeeEstimate>,
    /// Days of hold after the session's end.
    pub hold_days: i64,
}

/// One booking's split; all in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// P: the price less what was refunded.
    pub net_minor: i64,
    /// F: the platform's share.
    pub platform_fee_minor: i64,
    /// f: what the card networks keep.
    pub processing_fee_minor: i64,
    /// H: the host's amount.
    pub host_amount_minor: i64,
    /// B: the part the host's share can't or needn't carry.
    pub borne_by_platform_minor: i64,
}

/// Splits a price of which a part was refunded.
///
/// `platform fee = round(P × (1 − r))`, `host amount = max(0, P − platform fee − processing fee)`
/// or, with the fee borne by the platform, `P − platform fee`; what doesn't fit is borne by the
/// platform, never below zero.
#[must_use]
pub fn split(
    price_minor: i64,
    refunded_minor: i64,
    processing_fee_minor: i64,
    rate_bp: i64,
    fee_borne_by: FeeBorneBy,
) -> Split {
    let net = price_minor - refunded_minor;
    let platform_fee = money::share(net, WHOLE_BP - rate_bp);
    let host_amount = match fee_borne_by {
        FeeBorneBy::Host => (net - platform_fee - processing_fee_minor).max(0),
        FeeBorneBy::Platform => net - platform_fee,
    };
    Split {
        net_minor: net,
        platform_fee_minor: platform_fee,
        processing_fee_minor,
        host_amount_minor: host_amount,
        borne_by_platform_minor: host_amount + platform_fee + processing_fee_minor - net,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_reference_of_section_4() {
        let fee = FeeEstimate {
            rate_bp: 290,
            fixed_minor: 30,
        }
        .fee(2000);
        let s = split(2000, 0, fee, 7000, FeeBorneBy::Host);
        assert_eq!(
            s,
            Split {
                net_minor: 2000,
                platform_fee_minor: 600,
                processing_fee_minor: 88,
                host_amount_minor: 1312,
                borne_by_platform_minor: 0
            }
        );
        let s = split(2000, 500, fee, 7000, FeeBorneBy::Host);
        assert_eq!(
            (s.net_minor, s.platform_fee_minor, s.host_amount_minor),
            (1500, 450, 962)
        );
        let s = split(2000, 0, fee, 7000, FeeBorneBy::Platform);
        assert_eq!((s.host_amount_minor, s.borne_by_platform_minor), (1400, 88));
    }

    #[test]
    fn a_share_too_small_for_the_fee_is_never_negative() {
        let s = split(10, 0, 30, 7000, FeeBorneBy::Host);
        assert_eq!(
            (
                s.host_amount_minor,
                s.platform_fee_minor,
                s.borne_by_platform_minor
            ),
            (0, 3, 23)
        );
        let s = split(2000, 2000, 88, 7000, FeeBorneBy::Host);
        assert_eq!(
            (
                s.host_amount_minor,
                s.platform_fee_minor,
                s.borne_by_platform_minor
            ),
            (0, 0, 88)
        );
    }

    proptest! {
        #[test]
        fn nothing_appears_and_nothing_is_lost(
            price in 0_i64..10_000_000, refunded in 0_i64..10_000_000, fee in 0_i64..100_000,
            rate in 0_i64..=10_000, host_bears in any::<bool>(),
        ) {
            let refunded = refunded.min(price);
            let by = if host_bears { FeeBorneBy::Host } else { FeeBorneBy::Platform };
            let s = split(price, refunded, fee, rate, by);
            prop_assert!(s.host_amount_minor >= 0 && s.borne_by_platform_minor >= 0);
            prop_assert_eq!(
                s.host_amount_minor + s.platform_fee_minor + s.processing_fee_minor,
                price - refunded + s.borne_by_platform_minor
            );
            // A larger refund never raises the host's amount.
            let less = split(price, (refunded + 1).min(price), fee, rate, by);
            prop_assert!(less.host_amount_minor <= s.host_amount_minor);
        }
    }
}
