//! Host tiers and the rate in force on a day (docs/domain.md §1, §4, §6).

use jiff::civil::Date;

use crate::settings::Dated;

/// A host's tier.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Tier {
    /// 60 %.
    Beginner,
    /// 70 %.
    Intermediate,
    /// 80 %.
    Expert,
}

impl Tier {
    /// The host's rate in basis points.
    #[must_use]
    pub fn rate_bp(self) -> i64 {
        match self {
            Self::Beginner => 6000,
            Self::Intermediate => 7000,
            Self::Expert => 8000,
        }
    }

    /// The word used in files and commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Beginner => "BEGINNER",
            Self::Intermediate => "INTERMEDIATE",
            Self::Expert => "EXPERT",
        }
    }

    /// Reads `BEGINNER`, `INTERMEDIATE` or `EXPERT`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Beginner, Self::Intermediate, Self::Expert]
            .into_iter()
            .find(|t| t.as_str().eq_ignore_ascii_case(text))
    }
}

/// The tier on approval: two years of teaching experience make INTERMEDIATE (docs/domain.md §6).
#[must_use]
pub fn initial_tier(teaching_experience_years: i64) -> Tier {
    if teaching_experience_years >= 2 {
        Tier::Intermediate
    } else {
        Tier::Beginner
    }
}

/// A tier in force from a day on, to the day before `to` where that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierPeriod {
    /// The tier.
    pub tier: Tier,
    /// First day, inclusive.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Option<Date>,
}

/// The one of a host's tiers that covers a day: of those that began by then and have not ended,
/// the one that began last. Every answer to "which tier on that day" comes from here.
pub fn covering<T>(tiers: impl IntoIterator<Item = T>, day: Date) -> Option<T>
where
    T: AsRef<TierPeriod>,
{
    tiers
        .into_iter()
        .filter(|t| {
            let t = t.as_ref();
            t.from <= day && t.to.is_none_or(|to| day < to)
        })
        .max_by_key(|t| t.as_ref().from)
}

impl AsRef<Self> for TierPeriod {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// What decides a host's rate: tiers, and the institution's dated rate where no tier covers a day.
#[derive(Debug, Clone)]
pub struct RateTerms {
    /// Whether the institution uses tiers at all.
    pub uses_tiers: bool,
    /// The institution's rate in basis points.
    pub institution_rate_bp: Dated<i64>,
    /// The host's tiers, in no particular order.
    pub tiers: Vec<TierPeriod>,
}

impl RateTerms {
    /// The tier that covers a day, if tiers are used and one does.
    #[must_use]
    pub fn tier_on(&self, day: Date) -> Option<Tier> {
        if !self.uses_tiers {
            return None;
        }
        covering(&self.tiers, day).map(|t| t.tier)
    }

    /// The host's rate in basis points for a booking made on a day.
    #[must_use]
    pub fn rate_on(&self, day: Date) -> i64 {
        match self.tier_on(day) {
            Some(tier) => tier.rate_bp(),
            None => self.institution_rate_bp.on(day).copied().unwrap_or(7000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_tier_holds_from_its_day_inclusive_and_the_institution_before() {
        let mut terms = RateTerms {
            uses_tiers: true,
            institution_rate_bp: Dated::shipped(Some(7000)),
            tiers: vec![TierPeriod {
                tier: initial_tier(1),
                from: date(2026, 1, 10),
                to: None,
            }],
        };
        assert_eq!(terms.rate_on(date(2026, 1, 9)), 7000);
        assert_eq!(terms.rate_on(date(2026, 1, 10)), 6000);
        terms.tiers[0].to = Some(date(2026, 2, 1));
        terms.tiers.push(TierPeriod {
            tier: Tier::Expert,
            from: date(2026, 2, 1),
            to: None,
        });
        assert_eq!(terms.rate_on(date(2026, 1, 31)), 6000);
        assert_eq!(terms.rate_on(date(2026, 2, 1)), 8000);
        terms.uses_tiers = false;
        assert_eq!(terms.rate_on(date(2026, 2, 1)), 7000);
    }

    #[test]
    fn two_years_of_teaching_start_higher() {
        assert_eq!(
            (initial_tier(1), initial_tier(2)),
            (Tier::Beginner, Tier::Intermediate)
        );
    }
}
