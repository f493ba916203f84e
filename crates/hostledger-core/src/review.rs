//! The fraud flags of docs/domain.md §5: which commissions a person must look at.

use std::collections::HashMap;

use crate::booking::BookingStatus;
use crate::money::Currency;
use crate::own_seat::OwnSeat;

/// A rule that raises a fraud flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rule {
    /// The price is more than five times the host's usual.
    PriceOutlier,
    /// Host and participant are the same person ([`crate::own_seat`]).
    SelfBooking,
    /// More than five bookings by one participant with one host within 24 hours.
    Velocity,
    /// The session ends before it starts or lasts over 12 hours.
    ImpossibleSession,
    /// Over a fifth of the host's sessions of the last 30 days were refunded.
    RefundRate,
    /// Another booking names the same card payment.
    SharedCharge,
}

impl Rule {
    /// The rule's name in the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PriceOutlier => "PRICE_OUTLIER",
            Self::SelfBooking => "SELF_BOOKING",
            Self::Velocity => "VELOCITY",
            Self::ImpossibleSession => "IMPOSSIBLE_SESSION",
            Self::RefundRate => "REFUND_RATE",
            Self::SharedCharge => "SHARED_CHARGE",
        }
    }

    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PriceOutlier,
        Self::SelfBooking,
        Self::Velocity,
        Self::ImpossibleSession,
        Self::RefundRate,
        Self::SharedCharge,
    ];

    /// What a person is told.
    #[must_use]
    pub fn reason(self, t: &Thresholds) -> String {
        match self {
            Self::PriceOutlier => format!(
                "The price is more than {} times the median of this host's bookings of the {OUTLIER_DAYS} days before.",
                t.price_times
            ),
            Self::SelfBooking => {
                "The participant is the host, or another host with the same e-mail address, payout account or TIN.".to_owned()
            }
            Self::Velocity => format!(
                "The same participant booked this host more than {} times within 24 hours.",
                t.velocity_bookings
            ),
            Self::ImpossibleSession => format!(
                "The session ends before it starts or lasts over {} hours.",
                t.session_hours
            ),
            Self::RefundRate => format!(
                "More than {} % of this host's sessions of the last {REFUND_RATE_DAYS} days were refunded.",
                t.refund_percent
            ),
            Self::SharedCharge => {
                "Another booking names the same card payment: seats bought together, or one payment under two ids."
                    .to_owned()
            }
        }
    }
}

/// From where on the rules raise a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// A price over this many times the median is an outlier.
    pub price_times: i64,
    /// With how many other bookings at least.
    pub price_others: usize,
    /// More bookings than this by one participant with one host within 24 hours.
    pub velocity_bookings: usize,
    /// A session that lasts over this many hours can't be.
    pub session_hours: i64,
    /// More refunded sessions than this share, in percent.
    pub refund_percent: i64,
    /// With how many sessions at least.
    pub refund_sessions: usize,
}

impl Default for Thresholds {
    /// As shipped (docs/domain.md §5).
    fn default() -> Self {
        Self {
            price_times: 5,
            price_others: 5,
            velocity_bookings: 5,
            session_hours: 12,
            refund_percent: 20,
            refund_sessions: 10,
        }
    }
}

/// One booking as the rules see it. Instants are microseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct ReviewFact {
    /// The booking.
    pub booking_key: i64,
    /// Its host.
    pub host_key: i64,
    /// A number that is equal for equal participants; 0: none given.
    pub participant: u64,
    /// When it was booked.
    pub booked_at_us: i64,
    /// When its session starts.
    pub starts_at_us: i64,
    /// When its session ends.
    pub ends_at_us: i64,
    /// P0 in minor units.
    pub price_minor: i64,
    /// The currency of the price.
    pub currency: Currency,
    /// The effective status.
    pub status: BookingStatus,
    /// Why the participant is taken for the host; `None`: isn't.
    pub own_seat: Option<OwnSeat>,
    /// Its commission is unpaid and not void, so that a flag can stop it.
    pub stoppable: bool,
    /// This run would process it.
    pub due: bool,
}

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// Days of bookings that the price is compared with.
const OUTLIER_DAYS: i64 = 90;
const OUTLIER_WINDOW_US: i64 = OUTLIER_DAYS * DAY_US;
/// Days before the run of which sessions count for the refund rate.
pub const REFUND_RATE_DAYS: i64 = 30;

/// What to flag: booking and rule, ordered by booking.
///
/// `facts` are all bookings of the hosts in question, in any order. `window` is the half-open
/// span of instants in which sessions count for the refund rate: the 30 days before the run.
#[must_use]
pub fn flags(mut facts: Vec<ReviewFact>, window: (i64, i64), t: &Thresholds) -> Vec<(i64, Rule)> {
    let longest_us = t.session_hours * HOUR_US;
    let mut out = Vec::new();
    facts.sort_unstable_by_key(|f| (f.host_key, f.booked_at_us, f.booking_key));
    for host in facts.chunk_by(|a, b| a.host_key == b.host_key) {
        for f in host.iter().filter(|f| f.stoppable) {
            if f.own_seat.is_some() {
                out.push((f.booking_key, Rule::SelfBooking));
            }
            if !(0..=longest_us).contains(&(f.ends_at_us - f.starts_at_us)) {
                out.push((f.booking_key, Rule::ImpossibleSession));
            }
        }
        price_outliers(host, t, &mut out);
        velocity(host, t, &mut out);
        refund_rate(host, window, t, &mut out);
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn price_outliers(host: &[ReviewFact], t: &Thresholds, out: &mut Vec<(i64, Rule)>) {
    let mut currencies: Vec<Currency> = host.iter().map(|f| f.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    for currency in currencies {
        let own: Vec<&ReviewFact> = host.iter().filter(|f| f.currency == currency).collect();
        if own.len() <= t.price_others {
            continue;
        }
        let mut window = PriceWindow::new(own.iter().map(|f| f.price_minor).collect());
        let (mut enter, mut leave) = (0, 0);
        for f in &own {
            // Others are those booked strictly before, so bookings of one instant see none of
            // each other.
            while own[enter].booked_at_us < f.booked_at_us {
                window.add(own[enter].price_minor);
                enter += 1;
            }
            while own[leave].booked_at_us < f.booked_at_us - OUTLIER_WINDOW_US {
                window.remove(own[leave].price_minor);
                leave += 1;
            }
            if f.stoppable
                && window.len() >= t.price_others
                && 2 * f.price_minor > t.price_times * window.twice_median()
            {
                out.push((f.booking_key, Rule::PriceOutlier));
            }
        }
    }
}

/// Prices in a moving window with their median, in logarithmic time per step (a Fenwick tree of
/// counts over the ranks of all prices that occur).
struct PriceWindow {
    prices: Vec<i64>,
    counts: Vec<usize>,
    len: usize,
}

impl PriceWindow {
    fn new(mut prices: Vec<i64>) -> Self {
        prices.sort_unstable();
        prices.dedup();
        let counts = vec![0; prices.len() + 1];
        Self {
            prices,
            counts,
            len: 0,
        }
    }

    fn len(&self) -> usize {
        self.len
    }

    fn ranks(&self, price: i64) -> impl Iterator<Item = usize> + use<> {
        let size = self.counts.len();
        let first = self.prices.partition_point(|p| *p < price) + 1;
        std::iter::successors(Some(first), move |i| {
            let next = i + (i & i.wrapping_neg());
            (next < size).then_some(next)
        })
    }

    fn add(&mut self, price: i64) {
        self.ranks(price).for_each(|i| self.counts[i] += 1);
        self.len += 1;
    }

    fn remove(&mut self, price: i64) {
        self.ranks(price).for_each(|i| self.counts[i] -= 1);
        self.len -= 1;
    }

    /// The price at a place of the sorted window, from 0.
    fn nth(&self, place: usize) -> i64 {
        let (mut at, mut left) = (0, place + 1);
        let mut step = self.counts.len().next_power_of_two();
        while step > 0 {
            if at + step < self.counts.len() && self.counts[at + step] < left {
                at += step;
                left -= self.counts[at];
            }
            step /= 2;
        }
        self.prices[at]
    }

    fn twice_median(&self) -> i64 {
        self.nth((self.len - 1) / 2) + self.nth(self.len / 2)
    }
}

fn velocity(host: &[ReviewFact], t: &Thresholds, out: &mut Vec<(i64, Rule)>) {
    let most = t.velocity_bookings;
    if host.len() <= most {
        return;
    }
    let mut by_participant: HashMap<u64, Vec<&ReviewFact>> = HashMap::new();
    for f in host.iter().filter(|f| f.participant != 0) {
        by_participant.entry(f.participant).or_default().push(f);
    }
    for bookings in by_participant.values().filter(|b| b.len() > most) {
        // Sorted by booked_at, so a window of more than five is a first and a sixth within a day.
        for first in 0..bookings.len() - most {
            let start = bookings[first].booked_at_us;
            if bookings[first + most].booked_at_us - start > DAY_US {
                continue;
            }
            let within = bookings[first..]
                .iter()
                .take_while(|b| b.booked_at_us - start <= DAY_US);
            out.extend(
                within
                    .filter(|b| b.stoppable)
                    .map(|b| (b.booking_key, Rule::Velocity)),
            );
        }
    }
}

fn refund_rate(
    host: &[ReviewFact],
    (from, to): (i64, i64),
    t: &Thresholds,
    out: &mut Vec<(i64, Rule)>,
) {
    let sessions = host.iter().filter(|f| {
        let took_place = matches!(
            f.status,
            BookingStatus::Completed | BookingStatus::NoShow | BookingStatus::Refunded
        );
        took_place && (from..to).contains(&f.ends_at_us)
    });
    let (mut all, mut refunded) = (0_usize, 0_i64);
    for f in sessions {
        all += 1;
        refunded += i64::from(f.status == BookingStatus::Refunded);
    }
    let share = i64::try_from(all).unwrap_or(i64::MAX) * t.refund_percent;
    if all >= t.refund_sessions && refunded * 100 > share {
        out.extend(
            host.iter()
                .filter(|f| f.due)
                .map(|f| (f.booking_key, Rule::RefundRate)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fact(key: i64, booked_hours: i64, price: i64) -> ReviewFact {
        ReviewFact {
            booking_key: key,
            host_key: 1,
            participant: key.unsigned_abs() + 100,
            booked_at_us: booked_hours * HOUR_US,
            starts_at_us: (booked_hours + 48) * HOUR_US,
            ends_at_us: (booked_hours + 49) * HOUR_US,
            price_minor: price,
            currency: Currency::USD,
            status: BookingStatus::Completed,
            own_seat: None,
            stoppable: true,
            due: true,
        }
    }

    const NO_WINDOW: (i64, i64) = (0, 0);

    fn rules(facts: Vec<ReviewFact>, window: (i64, i64)) -> Vec<(i64, Rule)> {
        flags(facts, window, &Thresholds::default())
    }

    #[test]
    fn an_outlier_needs_five_others_and_more_than_five_times_their_median() {
        let mut f: Vec<_> = (1..=5).map(|i| fact(i, i, 1000)).collect();
        f.push(fact(6, 6, 5000));
        assert_eq!(rules(f.clone(), NO_WINDOW), []);
        f[5].price_minor = 5001;
        assert_eq!(rules(f.clone(), NO_WINDOW), [(6, Rule::PriceOutlier)]);
        f[0].currency = Currency::parse("EUR").unwrap();
        assert_eq!(
            rules(f.clone(), NO_WINDOW),
            [],
            "four others in the currency are too few"
        );
        f[0].currency = Currency::USD;
        f[5].booked_at_us = 90 * DAY_US + HOUR_US;
        assert_eq!(rules(f.clone(), NO_WINDOW), [(6, Rule::PriceOutlier)]);
        f[5].booked_at_us += 1;
        assert_eq!(rules(f, NO_WINDOW), [], "the first is out of the window");
    }

    #[test]
    fn an_even_number_of_others_has_the_mean_of_its_middle_two() {
        let mut f: Vec<_> = [1000, 1000, 1000, 1001, 1001, 1001]
            .into_iter()
            .zip(1..)
            .map(|(p, i)| fact(i, i, p))
            .collect();
        f.push(fact(7, 7, 5002)); // the median is 1000.5, five times it 5002.5
        assert_eq!(rules(f.clone(), NO_WINDOW), []);
        f[6].price_minor = 5003;
        assert_eq!(rules(f, NO_WINDOW), [(7, Rule::PriceOutlier)]);
    }

    #[test]
    fn six_bookings_by_one_participant_within_a_day_are_all_flagged() {
        let mut f: Vec<_> = (0..6)
            .map(|i| ReviewFact {
                participant: 7,
                ..fact(i + 1, i, 1000)
            })
            .collect();
        f[5].booked_at_us = DAY_US;
        let all: Vec<_> = (1..=6).map(|k| (k, Rule::Velocity)).collect();
        assert_eq!(rules(f.clone(), NO_WINDOW), all);
        f[5].booked_at_us = DAY_US + 1;
        assert_eq!(rules(f.clone(), NO_WINDOW), []);
        f.iter_mut().for_each(|x| x.participant = 0);
        f[5].booked_at_us = 0;
        assert_eq!(rules(f, NO_WINDOW), [], "no participant matches nobody");
    }

    #[test]
    fn impossible_sessions_and_self_bookings() {
        let mut f = vec![
            fact(1, 1, 1000),
            fact(2, 2, 1000),
            fact(3, 3, 1000),
            fact(4, 4, 1000),
        ];
        f[0].ends_at_us = f[0].starts_at_us - 1;
        f[1].ends_at_us = f[1].starts_at_us + 12 * HOUR_US;
        f[2].ends_at_us = f[2].starts_at_us + 12 * HOUR_US + 1;
        f[3].own_seat = Some(OwnSeat::SameId);
        assert_eq!(
            rules(f, NO_WINDOW),
            [
                (1, Rule::ImpossibleSession),
                (3, Rule::ImpossibleSession),
                (4, Rule::SelfBooking)
            ]
        );
    }

    #[test]
    fn a_refund_rate_over_a_fifth_of_ten_sessions_stops_what_is_due() {
        let mut f: Vec<_> = (1..=10).map(|i| fact(i, i, 1000)).collect();
        let window = (0, 100 * DAY_US);
        for x in &mut f[..2] {
            x.status = BookingStatus::Refunded;
            x.due = false;
            x.stoppable = false;
        }
        assert_eq!(
            rules(f.clone(), window),
            [],
            "exactly a fifth is not over it"
        );
        f[2].status = BookingStatus::Refunded;
        f[2].due = false;
        let due: Vec<_> = (4..=10).map(|k| (k, Rule::RefundRate)).collect();
        assert_eq!(rules(f.clone(), window), due);
        f.pop();
        assert_eq!(rules(f, window), [], "nine sessions are too few");
    }

    proptest! {
        /// The moving window has the median of a plainly sorted list.
        #[test]
        fn the_window_median_is_the_sorted_median(prices in prop::collection::vec(1..50_i64, 1..60), drop in 0..30_usize) {
            let mut w = PriceWindow::new(prices.clone());
            prices.iter().for_each(|p| w.add(*p));
            let drop = drop.min(prices.len() - 1);
            prices[..drop].iter().for_each(|p| w.remove(*p));
            let mut rest = prices[drop..].to_vec();
            rest.sort_unstable();
            prop_assert_eq!(w.twice_median(), rest[(rest.len() - 1) / 2] + rest[rest.len() / 2]);
        }
    }
}
