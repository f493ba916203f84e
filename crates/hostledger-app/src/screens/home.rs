//! The week at a glance.

use std::collections::BTreeSet;

use hostledger_core::calendar::days_after;
use hostledger_store::imports::{self, Import};
use hostledger_store::screens::home as stored;
use hostledger_store::{commissions, meta};
use jiff::civil::Date;

use super::Sum;
use super::commissions::{Overview, overview_in};
use crate::{Result, Session};

/// What the first screen tells of the ledger.
#[derive(Debug, Clone)]
pub struct Home {
    /// The business date.
    pub today: Date,
    /// The newest business date of `booked_at`; `None`: nothing imported yet.
    pub bookings_until: Option<Date>,
    /// Days that look as if a file were missing.
    pub days_that_look_missing: Vec<Date>,
    /// The newest import that was not undone.
    pub last_import: Option<Import>,
    /// Hosts that a hosts file named.
    pub hosts_known: i64,
    /// Open exceptions.
    pub exceptions_open: i64,
    /// What is clear and what needs a person.
    pub overview: Overview,
    /// PENDING commissions that nothing stops.
    pub pending: Vec<Sum>,
    /// What the daily job would process today, flags it may raise aside.
    pub would_process: i64,
    /// The business date of its newest run.
    pub last_processed_on: Option<String>,
    /// Holds that end within a week, by day.
    pub holds_ending: Vec<(Date, Sum)>,
    /// Adjustments that wait and that somebody else proposed; all that wait.
    pub proposed_adjustments: (i64, i64),
}

/// The first screen's figures.
///
/// # Errors
/// The ledger's own.
pub fn home(s: &Session) -> Result<Home> {
    s.ledger.read(|conn| {
        let today = s.stamp(conn)?.on;
        let zone = meta::settings(conn)?.zone;
        let until = stored::bookings_until(conn)?;
        let mut days_that_look_missing = Vec::new();
        if let Some(until) = until {
            let mut days = BTreeSet::<Date>::new();
            for at in stored::booked_since(conn, zone.start_of(days_after(until, -MONTH_OF_WEEKS)))?
            {
                days.insert(zone.date_of(at));
            }
            days_that_look_missing = missing_days(&days, until);
        }
        let due = stored::holds_ending(conn, Date::MIN, today)?;
        Ok(Home {
            today,
            bookings_until: until,
            days_that_look_missing,
            last_import: imports::all(conn)?
                .into_iter()
                .find(|i| i.undone_at.is_none()),
            hosts_known: stored::hosts_known(conn)?,
            exceptions_open: imports::count_open(conn)?,
            overview: overview_in(conn)?,
            pending: stored::pending(conn)?,
            would_process: due.iter().map(|(_, sum)| sum.count).sum(),
            last_processed_on: stored::last_processed_on(conn)?,
            holds_ending: stored::holds_ending(conn, days_after(today, 1), days_after(today, 7))?,
            proposed_adjustments: stored::proposed_adjustments(conn, &s.identity().name)?,
        })
    })
}

/// The counts beside the places of the window.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// Open exceptions.
    pub exceptions: i64,
    /// Commissions with an open block.
    pub commissions: i64,
    /// Adjustments that wait for approval.
    pub adjustments: i64,
}

/// What waits for anybody.
///
/// # Errors
/// The ledger's own.
pub fn waiting(s: &Session) -> Result<Waiting> {
    s.ledger.read(|conn| {
        let mut blocked: Vec<i64> = commissions::open_blocks(conn)?
            .into_iter()
            .map(|b| b.booking_key)
            .collect();
        blocked.dedup();
        Ok(Waiting {
            exceptions: imports::count_open(conn)?,
            commissions: i64::try_from(blocked.len()).unwrap_or(i64::MAX),
            adjustments: stored::proposed_adjustments(conn, "")?.1,
        })
    })
}

/// Days that are looked back on for a pattern.
const MONTH_OF_WEEKS: i64 = 42;
/// Days of which it is said that they look missing.
const LOOKED_AT: i64 = 14;

/// Days of the last two weeks up to `until` without a booking, where each of the four same
/// weekdays before had some, those that look missing themselves aside.
fn missing_days(with_bookings: &BTreeSet<Date>, until: Date) -> Vec<Date> {
    let some = |day: Date| with_bookings.contains(&day);
    (0..LOOKED_AT)
        .rev()
        .map(|back| days_after(until, -back))
        .filter(|day| {
            !some(*day)
                && (1..=4)
                    .filter(|week| some(days_after(*day, -7 * week)))
                    .count()
                    >= 3
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_without_bookings_looks_missing_where_its_weekday_usually_has_some() {
        let until = date(2026, 3, 15);
        let mut days: BTreeSet<Date> = (0..42).map(|back| days_after(until, -back)).collect();
        assert_eq!(missing_days(&days, until), []);
        days.remove(&date(2026, 3, 11));
        days.remove(&date(2026, 2, 10));
        assert_eq!(missing_days(&days, until), [date(2026, 3, 11)]);
        // Nobody books on Sundays: that is the pattern, not a hole.
        for week in 0..6 {
            days.remove(&days_after(until, -7 * week));
        }
        assert_eq!(missing_days(&days, until), [date(2026, 3, 11)]);
    }
}
