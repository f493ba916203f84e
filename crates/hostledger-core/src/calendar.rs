//! Business dates, payout schedules, and how instants become dates (docs/domain.md §2, §7).

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::error::{Code, Error};

/// The time zone in which the ledger's business dates are read.
#[derive(Debug, Clone)]
pub struct BusinessZone(TimeZone);

impl BusinessZone {
    /// The zone of an IANA name such as `Europe/Madrid`, or `UTC`.
    ///
    /// # Errors
    /// [`Code::BadInput`] where no such zone is known.
    pub fn named(name: &str) -> Result<Self, Error> {
        if name == "UTC" {
            return Ok(Self(TimeZone::UTC));
        }
        TimeZone::get(name).map(Self).map_err(|_| {
            Error::new(
                Code::BadInput,
                format!("\"{name}\" is no time zone. Use a name such as UTC, Europe/Madrid or America/New_York."),
            )
        })
    }

    /// The business date on which an instant falls.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.0.to_datetime(at).date()
    }

    /// The first instant after a business date.
    #[must_use]
    pub fn end_of(&self, day: Date) -> Timestamp {
        if day == Date::MAX {
            return Timestamp::MAX;
        }
        self.start_of(days_after(day, 1))
    }

    /// The first instant of a business date.
    #[must_use]
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.0
            .to_ambiguous_timestamp(day.to_datetime(jiff::civil::Time::midnight()))
            .compatible()
            .unwrap_or(Timestamp::MIN)
    }
}

/// Whole days after a date; saturates at the calendar's ends.
#[must_use]
pub fn days_after(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// The business day (Monday to Friday) that lies so many of them before a date; none: the date
/// itself, whatever day of the week it is. Holidays differ by bank and country and aren't known here.
#[must_use]
pub fn business_days_before(day: Date, days: i64) -> Date {
    let mut at = day;
    for _ in 0..days.max(0) {
        at = days_after(at, -1);
        while matches!(at.weekday(), Weekday::Saturday | Weekday::Sunday) {
            at = days_after(at, -1);
        }
    }
    at
}

/// Days since 1970-01-01, the form in which dates are kept.
#[must_use]
pub fn to_days(day: Date) -> i64 {
    i64::from((day - date(1970, 1, 1)).get_days())
}

/// The date of a number of days since 1970-01-01.
#[must_use]
pub fn from_days(days: i64) -> Date {
    days_after(date(1970, 1, 1), days)
}

/// When an institution's hosts are paid (docs/domain.md §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Schedule {
    /// Every Monday.
    Weekly,
    /// Every 14 days from 2026-01-05.
    Biweekly,
    /// The first Monday of each month.
    Monthly,
}

impl Schedule {
    /// Reads `WEEKLY`, `BIWEEKLY` or `MONTHLY`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_uppercase().as_str() {
            "WEEKLY" => Some(Self::Weekly),
            "BIWEEKLY" => Some(Self::Biweekly),
            "MONTHLY" => Some(Self::Monthly),
            _ => None,
        }
    }

    /// The word used in files and screens.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "WEEKLY",
            Self::Biweekly => "BIWEEKLY",
            Self::Monthly => "MONTHLY",
        }
    }

    /// Whether a date is a payout day of this schedule.
    #[must_use]
    pub fn includes(self, day: Date) -> bool {
        match self {
            Self::Weekly => day.weekday() == Weekday::Monday,
            Self::Biweekly => (to_days(day) - to_days(date(2026, 1, 5))).rem_euclid(14) == 0,
            Self::Monthly => day.weekday() == Weekday::Monday && day.day() <= 7,
        }
    }
}

/// The first Monday on or after a date: the next weekly payout day.
#[must_use]
pub fn monday_on_or_after(day: Date) -> Date {
    let ahead = (7 - i64::from(day.weekday().to_monday_zero_offset())) % 7;
    days_after(day, ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        assert!(Schedule::Weekly.includes(date(2026, 3, 16)));
        assert!(!Schedule::Weekly.includes(date(2026, 3, 17)));
        assert!(Schedule::Biweekly.includes(date(2026, 1, 19)));
        assert!(!Schedule::Biweekly.includes(date(2026, 1, 12)));
        assert!(Schedule::Biweekly.includes(date(2025, 12, 22)));
        assert!(Schedule::Monthly.includes(date(2026, 3, 2)));
        assert!(!Schedule::Monthly.includes(date(2026, 3, 9)));
    }

    #[test]
    fn business_dates_follow_the_zone() {
        let late: Timestamp = "2026-03-09T23:30:00Z".parse().unwrap();
        assert_eq!(
            BusinessZone::named("UTC").unwrap().date_of(late),
            date(2026, 3, 9)
        );
        assert_eq!(
            BusinessZone::named("Asia/Tokyo").unwrap().date_of(late),
            date(2026, 3, 10)
        );
        assert!(BusinessZone::named("Mars/Olympus").is_err());
        let madrid = BusinessZone::named("Europe/Madrid").unwrap();
        assert_eq!(
            madrid.start_of(date(2026, 3, 10)).to_string(),
            "2026-03-09T23:00:00Z"
        );
    }

    #[test]
    fn dates_and_days_are_inverse() {
        for d in [
            date(1970, 1, 1),
            date(2026, 3, 16),
            date(1969, 12, 31),
            date(2028, 2, 29),
        ] {
            assert_eq!(from_days(to_days(d)), d);
        }
        assert_eq!(monday_on_or_after(date(2026, 3, 16)), date(2026, 3, 16));
        assert_eq!(monday_on_or_after(date(2026, 3, 17)), date(2026, 3, 23));
    }
}
