//! When a form 1099-K is due and when tax is withheld: rules by tax year and state, which are data
//! with a source (docs/tax.md). Amounts are US cents.

use crate::money::share;

/// The jurisdiction of the federal rule.
pub const FEDERAL: &str = "US";

/// Since when backup withholding applies within a year (26 USC 3406).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WithholdingStart {
    /// Never by this rule.
    Never,
    /// On transactions after as many as make a form due.
    AfterCount,
    /// On every transaction.
    FirstDollar,
    /// On the transaction that exceeds both, and all later ones; on every one where the year
    /// before had a reportable payment.
    WhenCrossed,
}

impl WithholdingStart {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Never,
        Self::AfterCount,
        Self::FirstDollar,
        Self::WhenCrossed,
    ];

    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "NEVER",
            Self::AfterCount => "AFTER_COUNT",
            Self::FirstDollar => "FIRST_DOLLAR",
            Self::WhenCrossed => "WHEN_CROSSED",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// One rule: who must be reported on, in a jurisdiction, for a span of tax years.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaxRule {
    /// `US`, or a state's two letters.
    pub jurisdiction: String,
    /// The first tax year.
    pub from_year: i16,
    /// The last tax year; `None`: until another rule.
    pub to_year: Option<i16>,
    /// Gross in US cents.
    pub amount_minor: i64,
    /// Whether the amount itself is enough; otherwise more than it is needed.
    pub inclusive: bool,
    /// How many transactions are needed at least, beside the amount.
    pub min_transactions: i64,
    /// Since when tax is withheld in such a year.
    pub withholding: WithholdingStart,
    /// The rate of that in basis points.
    pub withholding_rate_bp: i64,
    /// Whether it counts; unsure rules come switched off.
    pub is_on: bool,
    /// Whether the source settles it.
    pub is_sure: bool,
    /// Law, notice or page.
    pub source: String,
    /// When somebody last looked at the source.
    pub verified_on: jiff::civil::Date,
}

impl TaxRule {
    /// Whether it is for a tax year.
    #[must_use]
    pub fn covers(&self, year: i16) -> bool {
        self.from_year <= year && self.to_year.is_none_or(|last| year <= last)
    }

    /// Whether a payee's year reaches it.
    #[must_use]
    pub fn is_reached(&self, gross_minor: i64, transactions: i64) -> bool {
        let amount = match self.inclusive {
            true => gross_minor >= self.amount_minor,
            false => gross_minor > self.amount_minor,
        };
        amount && gross_minor > 0 && transactions >= self.min_transactions
    }

    /// "more than 20,000.00 USD in more than 200 transactions"; `amount` is [`Self::amount_minor`] as
    /// it is shown.
    #[must_use]
    pub fn in_words(&self, amount: &str) -> String {
        let gross = match self.inclusive {
            true => format!("{amount} or more"),
            false => format!("more than {amount}"),
        };
        match self.min_transactions {
            ..=1 => gross,
            n => format!("{gross} in more than {} transactions", n - 1),
        }
    }

    /// Which of a year's transactions, in order, is the first that tax is withheld from;
    /// their number where it is none of them. `gross` in US cents.
    #[must_use]
    pub fn withheld_from(&self, year_before_reportable: bool, gross: &[i64]) -> usize {
        match self.withholding {
            WithholdingStart::Never => gross.len(),
            WithholdingStart::FirstDollar => 0,
            WithholdingStart::WhenCrossed if year_before_reportable => 0,
            WithholdingStart::AfterCount => usize::try_from(self.min_transactions - 1)
                .unwrap_or(0)
                .min(gross.len()),
            WithholdingStart::WhenCrossed => {
                let mut sum = 0;
                let crosses = gross.iter().zip(1_i64..).position(|(g, count)| {
                    sum += g;
                    self.is_reached(sum, count)
                });
                crosses.unwrap_or(gross.len())
            }
        }
    }

    /// What is withheld of a booking's price, in the price's minor units.
    #[must_use]
    pub fn withheld(&self, price_minor: i64) -> i64 {
        share(price_minor, self.withholding_rate_bp)
    }
}

/// A jurisdiction's rule for a tax year: the youngest that covers it, if that one is on.
#[must_use]
pub fn rule_for<'r>(rules: &'r [TaxRule], jurisdiction: &str, year: i16) -> Option<&'r TaxRule> {
    rules
        .iter()
        .filter(|r| r.jurisdiction == jurisdiction && r.covers(year))
        .max_by_key(|r| r.from_year)
        .filter(|r| r.is_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(amount_minor: i64, inclusive: bool, min_transactions: i64) -> TaxRule {
        TaxRule {
            jurisdiction: FEDERAL.into(),
            from_year: 2025,
            to_year: None,
            amount_minor,
            inclusive,
            min_transactions,
            withholding: WithholdingStart::WhenCrossed,
            withholding_rate_bp: 2400,
            is_on: true,
            is_sure: true,
            source: String::new(),
            verified_on: jiff::civil::date(2026, 11, 1),
        }
    }

    #[test]
    fn both_must_be_exceeded() {
        let r = rule(2_000_000, false, 201);
        assert!(!r.is_reached(2_000_000, 201), "exactly 20,000.00");
        assert!(!r.is_reached(2_000_001, 200), "exactly 200");
        assert!(r.is_reached(2_000_001, 201));
        assert_eq!(
            r.in_words("20,000.00 USD"),
            "more than 20,000.00 USD in more than 200 transactions"
        );
        let vermont = rule(60_000, true, 0);
        assert!(vermont.is_reached(60_000, 1), "exactly 600.00");
        assert!(!vermont.is_reached(59_999, 50));
        assert!(
            !rule(0, true, 0).is_reached(0, 0),
            "nothing is never reported"
        );
    }

    #[test]
    fn withholding_starts_with_the_crossing_transaction() {
        let r = rule(1000, false, 3);
        assert_eq!(
            r.withheld_from(false, &[600, 600, 1, 5]),
            2,
            "the third crosses the count"
        );
        assert_eq!(
            r.withheld_from(false, &[1, 1, 1, 2000, 1]),
            3,
            "the fourth crosses the sum"
        );
        assert_eq!(
            r.withheld_from(false, &[600, 400, 0]),
            3,
            "exactly is not more"
        );
        assert_eq!(r.withheld_from(true, &[1, 2]), 0);
        let after = TaxRule {
            withholding: WithholdingStart::AfterCount,
            min_transactions: 201,
            ..r.clone()
        };
        assert_eq!(after.withheld_from(false, &[1; 250]), 200);
        let first = TaxRule {
            withholding: WithholdingStart::FirstDollar,
            ..r
        };
        assert_eq!(first.withheld_from(false, &[1]), 0);
        assert_eq!(
            (
                first.withheld(2000),
                first.withheld(1),
                first.withheld(1999)
            ),
            (480, 0, 480)
        );
    }

    #[test]
    fn of_two_rules_the_younger_counts() {
        let old = TaxRule {
            from_year: 2011,
            ..rule(1, false, 0)
        };
        let new = rule(2, false, 0);
        let off = TaxRule {
            from_year: 2026,
            is_on: false,
            ..rule(3, false, 0)
        };
        let all = [new, old, off];
        assert_eq!(
            rule_for(&all, FEDERAL, 2026),
            None,
            "switched off from 2026 on"
        );
        assert_eq!(rule_for(&all, FEDERAL, 2025).unwrap().amount_minor, 2);
        assert_eq!(rule_for(&all, FEDERAL, 2024).unwrap().amount_minor, 1);
        assert_eq!(rule_for(&all, "VT", 2026), None);
    }

    proptest! {
        #[test]
        fn before_the_crossing_one_no_form_is_due(gross in prop::collection::vec(0_i64..400, 0..30)) {
            let r = rule(1000, false, 4);
            let from = r.withheld_from(false, &gross);
            let before: i64 = gross[..from].iter().sum();
            prop_assert!(!r.is_reached(before, from as i64));
            if from < gross.len() {
                prop_assert!(r.is_reached(before + gross[from], from as i64 + 1));
            }
        }
    }
}
