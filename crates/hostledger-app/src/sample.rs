//! A made-up platform's exports in the native format, for the sample ledger and for tests.
//!
//! One seed is one history, and an instant cuts it: a later cut adds the bookings made since and
//! restates those that moved on (completed, refunded, cancelled) with a newer `updated_at`, as a
//! real platform's export does. Everything is drawn from the seed and from the place a thing has in
//! the history (week, host, conversation, seat), never from the cut, so the same arguments give the
//! same bytes and two cuts agree on what both show.
//!
//! Each host plays a part (`sample/cast.rs`); in the days that fall due on the practice date some of them make the
//! review worth doing (`docs/domain.md` §5 and §7).

mod cast;
mod disputes;
mod draw;
mod history;
mod tax;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use cast::{CAST, HOST_COLUMNS};
use history::BOOKING_COLUMNS;

/// What decides a sample's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSpec {
    /// Draws everything that isn't fixed in the cast.
    pub seed: u64,
    /// The Monday of the first week with sessions.
    pub first_monday: Date,
    /// The Monday whose batch waits to be closed.
    pub practice_date: Date,
}

impl Default for SampleSpec {
    fn default() -> Self {
        Self {
            seed: 7,
            first_monday: date(2026, 1, 5),
            practice_date: date(2026, 3, 16),
        }
    }
}

impl SampleSpec {
    /// The instant this week's export was made: six in the morning (UTC) of the practice date.
    pub fn newest_cut(&self) -> Timestamp {
        midnight(self.practice_date) + hours(6)
    }

    /// The same hour `weeks` Mondays earlier, for the exports of the weeks before.
    pub fn cut_weeks_before(&self, weeks: i64) -> Timestamp {
        self.newest_cut() - days(7 * weeks)
    }

    fn first_session_day(&self) -> Timestamp {
        midnight(self.first_monday)
    }

    fn days_before_practice(&self, count: i64) -> Timestamp {
        midnight(self.practice_date) - days(count)
    }

    /// The Monday that begins the week due on the practice date. A session that ends on day E is
    /// payable on E + 7, so the batch of Monday D pays what ended from D − 13 to D − 7: the week of
    /// D − 14 without its Monday, which the batch before paid.
    fn due_from(&self) -> Timestamp {
        self.days_before_practice(14)
    }

    /// That week, counted from the sample's first.
    fn due_week(&self) -> i64 {
        self.due_from()
            .duration_since(self.first_session_day())
            .as_hours()
            / (7 * 24)
    }
}

/// The platform's host export as made at `as_of`.
pub fn hosts_csv_at(spec: &SampleSpec, as_of: Timestamp) -> String {
    let mut text = line(&HOST_COLUMNS);
    for (host, number) in CAST.iter().zip(1..) {
        if let Some(fields) = host.fields(spec, number, as_of) {
            text.push_str(&line(&fields));
        }
    }
    text
}

/// The platform's host export as made at the newest cut.
pub fn hosts_csv(spec: &SampleSpec) -> String {
    hosts_csv_at(spec, spec.newest_cut())
}

/// The platform's booking export as made at `as_of`, in the order of booking.
pub fn bookings_csv(spec: &SampleSpec, as_of: Timestamp) -> String {
    let mut rows = history::bookings(spec, as_of);
    rows.sort_by(|a, b| (a.booked_at, &a.number).cmp(&(b.booked_at, &b.number)));
    let mut text = line(&BOOKING_COLUMNS);
    for (booking, shown) in rows.iter().filter_map(|b| Some((b, b.shown(as_of)?))) {
        text.push_str(&line(&booking.fields(&shown)));
    }
    text
}

/// The platform's tax profiles export as made at `as_of`.
pub fn tax_profiles_csv(spec: &SampleSpec, as_of: Timestamp) -> String {
    let mut text = line(&tax::PROFILE_COLUMNS);
    for fields in tax::profiles(spec, as_of) {
        text.push_str(&line(&fields));
    }
    text
}

/// The platform's disputes export as made at `as_of`.
pub fn disputes_csv(spec: &SampleSpec, as_of: Timestamp) -> String {
    let mut rows = history::bookings(spec, as_of);
    rows.sort_by(|a, b| (a.booked_at, &a.number).cmp(&(b.booked_at, &b.number)));
    let shown = rows.iter().filter_map(|b| {
        let fields = b.fields(&b.shown(as_of)?);
        Some(fields.iter().map(ToString::to_string).collect())
    });
    disputes::export(shown, as_of)
}

/// One CSV record; fields with a comma, a quote or a line break are quoted.
fn line<S: AsRef<str>>(fields: &[S]) -> String {
    let quoted = fields.iter().map(|field| {
        let field = field.as_ref();
        if field.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.to_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

/// US cents as the export writes them.
fn dollars(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC)
        .expect("every day of the sample exists in UTC")
        .timestamp()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// One seed's bookings as a cut shows them: number → (what never changes, the whole row).
    fn cut(spec: &SampleSpec, as_of: Timestamp) -> HashMap<String, (Vec<String>, Vec<String>)> {
        let rows = history::bookings(spec, as_of);
        rows.iter()
            .filter_map(|booking| {
                let all = booking.fields(&booking.shown(as_of)?).to_vec();
                let fixed = [&all[..11], &all[12..14], &all[17..18]].concat();
                Some((booking.number.clone(), (fixed, all)))
            })
            .collect()
    }

    fn column(name: &str) -> usize {
        BOOKING_COLUMNS
            .iter()
            .position(|c| *c == name)
            .expect("a column of the export")
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        let spec = SampleSpec::default();
        let cut = spec.newest_cut();
        assert_eq!(bookings_csv(&spec, cut), bookings_csv(&spec, cut));
        assert_eq!(hosts_csv(&spec), hosts_csv(&spec));
        let other = SampleSpec {
            seed: spec.seed + 1,
            ..spec
        };
        assert_ne!(bookings_csv(&spec, cut), bookings_csv(&other, cut));
    }

    #[test]
    fn later_cuts_agree_on_what_earlier_ones_showed() {
        let spec = SampleSpec::default();
        let newest = cut(&spec, spec.newest_cut());
        let mut restated = 0;
        for weeks in 1..=8 {
            for (number, (fixed, row)) in cut(&spec, spec.cut_weeks_before(weeks)) {
                let (later_fixed, later_row) = &newest[&number];
                assert_eq!(&fixed, later_fixed, "booking {number}");
                if &row != later_row {
                    let updated = column("updated_at");
                    assert!(
                        row[updated] < later_row[updated],
                        "booking {number} restated unseen"
                    );
                    restated += 1;
                }
            }
        }
        assert!(restated > 100, "only {restated} rows moved on");
    }

    #[test]
    fn no_refund_exceeds_its_price() {
        for seed in 0..20 {
            let spec = SampleSpec {
                seed,
                ..SampleSpec::default()
            };
            for weeks in 0..4 {
                let as_of = spec.cut_weeks_before(weeks);
                for booking in history::bookings(&spec, as_of) {
                    let Some(shown) = booking.shown(as_of) else {
                        continue;
                    };
                    let refunded = shown.refunded_minor;
                    assert!((0..=booking.price_minor).contains(&refunded), "{booking:?}");
                    assert!(shown.status != "REFUNDED" || refunded == booking.price_minor);
                    assert!(shown.updated_at <= as_of, "{booking:?} knows the future");
                }
            }
        }
    }

    #[test]
    fn every_special_case_is_in_the_newest_file_and_due() {
        let spec = SampleSpec::default();
        let rows: Vec<_> = cut(&spec, spec.newest_cut())
            .into_values()
            .map(|(_, row)| row)
            .collect();
        let with = |name: &str, wanted: &str| {
            let index = column(name);
            rows.iter()
                .filter(|row| row[index] == wanted)
                .cloned()
                .collect::<Vec<_>>()
        };
        let due = |row: &[String]| {
            let ends: Timestamp = row[column("ends_at")].parse().expect("a time");
            ends >= spec.due_from() + days(1) && ends < spec.days_before_practice(6)
        };

        let outlier = with("price", "240.00");
        let own_seat = with("participant_email", "INES.QUISPE@HOSTS.EXAMPLE");
        let below_minimum = with("host_id", "host-0023");
        assert_eq!((outlier.len(), own_seat.len()), (1, 1));
        assert!(due(&outlier[0]) && due(&own_seat[0]));
        assert_eq!(below_minimum.iter().filter(|row| due(row)).count(), 1);
        assert_eq!(
            (
                with("price", "n/a").len(),
                with("status", "RESCHEDULED").len()
            ),
            (1, 1)
        );
        let long = |row: &&Vec<String>| {
            let time = |name| row[column(name)].parse::<Timestamp>().expect("a time");
            time("ends_at").duration_since(time("starts_at")) > hours(12)
        };
        assert_eq!(rows.iter().filter(long).count(), 1);

        let earlier = bookings_csv(&spec, spec.cut_weeks_before(1));
        assert!(!earlier.contains("n/a") && !earlier.contains("RESCHEDULED"));
    }

    #[test]
    fn hosts_change_between_the_last_two_files() {
        let spec = SampleSpec::default();
        let (before, now) = (
            hosts_csv_at(&spec, spec.cut_weeks_before(1)),
            hosts_csv(&spec),
        );
        let of = |text: &str, name: &str| {
            text.lines()
                .find(|row| row.contains(name))
                .expect("a host of the cast")
                .to_owned()
        };
        assert!(
            of(&before, "Noor").contains(",ACTIVE,") && of(&now, "Noor").contains(",SUSPENDED,")
        );
        assert!(of(&before, "Farah").contains("acct_1Sample000000000006"));
        assert!(of(&now, "Farah").contains("acct_1Sample000000000106"));
        assert!(of(&now, "Pawe").ends_with(",,false"));
        assert!(now.contains("\"Daniel Whitmore, Jr.\""));
    }
}
