//! The figures of form 1099-K: from transactions to boxes, who gets a form and why, and what a later
//! change of the ledger makes of it (docs/tax.md). Amounts are US cents.

use jiff::civil::Date;

use crate::tax_rules::{FEDERAL, TaxRule, rule_for};

/// What one account's year was, by month.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct YearGross {
    /// Boxes 5a to 5l.
    pub months_minor: [i64; 12],
    /// Box 3.
    pub transactions: i64,
}

impl YearGross {
    /// Adds one transaction on its date.
    pub fn add(&mut self, on: Date, gross_minor: i64) {
        let month = usize::try_from(on.month() - 1).unwrap_or(0);
        self.months_minor[month] += gross_minor;
        self.transactions += 1;
    }

    /// Box 1a: the months' sum.
    #[must_use]
    pub fn total_minor(&self) -> i64 {
        self.months_minor.iter().sum()
    }
}

/// What makes a form due.
pub const WITHHELD: &str = "WITHHELD";

/// Which rules make a payee's form due: `US`, the state's letters, `WITHHELD` where tax was withheld
/// and no rule is reached. Empty: none. `gross` and `transactions` are the payee's over all accounts
/// with the same TIN.
#[must_use]
pub fn due_because(
    rules: &[TaxRule],
    year: i16,
    state: &str,
    gross_minor: i64,
    transactions: i64,
    withheld_minor: i64,
) -> Vec<String> {
    let mut because: Vec<String> = [FEDERAL, state]
        .into_iter()
        .filter(|j| !j.is_empty())
        .filter(|j| {
            rule_for(rules, j, year).is_some_and(|r| r.is_reached(gross_minor, transactions))
        })
        .map(str::to_owned)
        .collect();
    if because.is_empty() && withheld_minor > 0 {
        because.push(WITHHELD.to_owned());
    }
    because
}

/// What a form says of money, that a correction would put right.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Boxes {
    /// 1a, 3 and 5a to 5l.
    pub gross: YearGross,
    /// Box 4.
    pub withheld_minor: i64,
}

impl Boxes {
    /// A form that reports nothing: the first of a two-form correction.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

/// Who a form is about, as far as a correction depends on it. The TIN is a fingerprint or the
/// digits, whatever the caller compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee<'a> {
    /// What tells one TIN from another.
    pub tin: &'a [u8],
    /// The legal name.
    pub name: &'a str,
    /// Everything else that is printed: business name and address.
    pub rest: &'a [String],
}

/// What puts a form right that the payee has already (IRS General Instructions, *Corrected
/// returns*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Correction {
    /// One form, marked CORRECTED, with the right money, code or address.
    OneForm,
    /// A zeroed CORRECTED form of the wrong TIN or name, then a new original.
    TwoForms,
    /// One form, marked CORRECTED, with zeros: none was due.
    Zeroed,
}

impl Correction {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OneForm => "ONE_FORM",
            Self::TwoForms => "TWO_FORMS",
            Self::Zeroed => "ZEROED",
        }
    }
}

/// What a furnished form needs, now that the ledger says otherwise; `None`: it still stands. `now`
/// is what the form would say today; `None` where none is due any more.
#[must_use]
pub fn correction(
    was: (&Boxes, &Payee<'_>),
    now: Option<(&Boxes, &Payee<'_>)>,
) -> Option<Correction> {
    let Some(now) = now else {
        return (!was.0.is_zero()).then_some(Correction::Zeroed);
    };
    if was.1.tin != now.1.tin || was.1.name != now.1.name {
        Some(Correction::TwoForms)
    } else if was != now {
        Some(Correction::OneForm)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tax_rules::WithholdingStart;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn rule(jurisdiction: &str, amount_minor: i64, min_transactions: i64) -> TaxRule {
        TaxRule {
            jurisdiction: jurisdiction.into(),
            from_year: 2011,
            to_year: None,
            amount_minor,
            inclusive: jurisdiction != FEDERAL,
            min_transactions,
            withholding: WithholdingStart::Never,
            withholding_rate_bp: 0,
            is_on: true,
            is_sure: true,
            source: String::new(),
            verified_on: date(2026, 11, 1),
        }
    }

    #[test]
    fn each_rule_that_is_reached_is_named() {
        let rules = [rule(FEDERAL, 2_000_000, 201), rule("VT", 60_000, 0)];
        let due = |state, gross, count, withheld| {
            due_because(&rules, 2026, state, gross, count, withheld)
        };
        assert_eq!(due("VT", 2_000_001, 201, 0), ["US", "VT"]);
        assert_eq!(due("VT", 60_000, 3, 0), ["VT"]);
        assert!(due("CA", 60_000, 3, 0).is_empty());
        assert_eq!(due("CA", 60_000, 3, 1), [WITHHELD]);
        assert!(due("", 1, 1, 0).is_empty());
    }

    #[test]
    fn a_wrong_tin_or_name_takes_two_forms() {
        let boxes = |minor| {
            let mut gross = YearGross::default();
            gross.add(date(2026, 2, 28), minor);
            Boxes {
                gross,
                withheld_minor: 0,
            }
        };
        let rest = ["1 Main St".to_owned()];
        let moved = ["2 Main St".to_owned()];
        let payee = Payee {
            tin: b"1",
            name: "Ana",
            rest: &rest,
        };
        let (was, more) = (boxes(5), boxes(6));
        let of = |b: &Boxes, p: &Payee<'_>| correction((&was, &payee), Some((b, p)));
        assert_eq!(of(&was, &payee), None);
        assert_eq!(of(&more, &payee), Some(Correction::OneForm));
        assert_eq!(
            of(
                &was,
                &Payee {
                    rest: &moved,
                    ..payee.clone()
                }
            ),
            Some(Correction::OneForm)
        );
        assert_eq!(
            of(
                &more,
                &Payee {
                    tin: b"2",
                    ..payee.clone()
                }
            ),
            Some(Correction::TwoForms)
        );
        assert_eq!(
            of(
                &was,
                &Payee {
                    name: "Anna",
                    ..payee.clone()
                }
            ),
            Some(Correction::TwoForms)
        );
        assert_eq!(correction((&was, &payee), None), Some(Correction::Zeroed));
        assert_eq!(correction((&Boxes::default(), &payee), None), None);
    }

    proptest! {
        #[test]
        fn months_always_sum(days in prop::collection::vec((1_i16..=366, 0_i64..1_000_000_000), 0..200)) {
            let mut year = YearGross::default();
            for (day, minor) in &days {
                let on = date(2028, 1, 1).saturating_add(jiff::ToSpan::days(i64::from(day - 1)));
                year.add(on, *minor);
            }
            prop_assert_eq!(year.total_minor(), days.iter().map(|d| d.1).sum::<i64>());
            prop_assert_eq!(year.transactions, days.len() as i64);
        }
    }
}
