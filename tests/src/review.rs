//! The fraud flags of `docs/domain.md` §5, read independently: every pair is looked at, slowly.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::export::Row;
use crate::reckon::{Reckoning, at, decimal};

/// Booking and rule, for every commission that isn't void and wasn't paid before the ledger began.
pub(crate) fn flags(r: &Reckoning<'_>, day: Date) -> BTreeSet<(String, &'static str)> {
    let mut out = BTreeSet::new();
    for b in r.bookings() {
        if r.split(b).is_none_or(|s| s.void || s.paid_outside) {
            continue;
        }
        let own: Vec<&Row> = r
            .bookings()
            .iter()
            .copied()
            .filter(|o| o["host_id"] == b["host_id"])
            .collect();
        let mut flag = |rule: &'static str, raised: bool| {
            if raised {
                out.insert((b["booking_id"].clone(), rule));
            }
        };
        flag("PRICE_OUTLIER", is_outlier(b, &own));
        flag("SELF_BOOKING", is_own_seat(b, r));
        flag("VELOCITY", is_one_of_many(b, &own));
        let lasted = at(&b["ends_at"]).duration_since(at(&b["starts_at"]));
        flag(
            "IMPOSSIBLE_SESSION",
            lasted.is_negative() || lasted > hours(12),
        );
        flag(
            "REFUND_RATE",
            r.due_on(b, day) && are_often_refunded(&own, day),
        );
    }
    out
}

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

fn is_outlier(b: &Row, own: &[&Row]) -> bool {
    let booked = at(&b["booked_at"]);
    let earliest = booked - hours(90 * 24);
    let mut prices: Vec<Decimal> = own
        .iter()
        .filter(|o| o["currency"] == b["currency"])
        .filter(|o| (earliest..booked).contains(&at(&o["booked_at"])))
        .map(|o| decimal(&o["price"]))
        .collect();
    if prices.len() < 5 {
        return false;
    }
    prices.sort_unstable();
    let middle = prices.len() / 2;
    let median = if prices.len() % 2 == 1 {
        prices[middle]
    } else {
        (prices[middle - 1] + prices[middle]) / Decimal::TWO
    };
    decimal(&b["price"]) > Decimal::from(5) * median
}

/// Who the participant can be: the host by id, or any host by id or e-mail address who has the
/// host's e-mail address or payout account. (Exports hold no TINs.)
fn is_own_seat(b: &Row, r: &Reckoning<'_>) -> bool {
    let mail = |text: &str| text.to_lowercase();
    let (id, address) = (&b["participant_id"], mail(&b["participant_email"]));
    let Some(host) = r.host(&b["host_id"]) else {
        return !id.is_empty() && *id == b["host_id"];
    };
    let same = |one: &str, other: &str| !one.is_empty() && one == other;
    same(id, &host["host_id"])
        || same(&address, &mail(&host["email"]))
        || r.hosts().any(|h| {
            let is_participant = same(id, &h["host_id"]) || same(&address, &mail(&h["email"]));
            let is_host = same(&h["stripe_account_id"], &host["stripe_account_id"])
                || same(&mail(&h["email"]), &mail(&host["email"]));
            is_participant && is_host
        })
}

/// Some span of 24 hours holds this booking and five more of the participant with the host.
fn is_one_of_many(b: &Row, own: &[&Row]) -> bool {
    if b["participant_id"].is_empty() {
        return false;
    }
    let times: Vec<Timestamp> = own
        .iter()
        .filter(|o| o["participant_id"] == b["participant_id"])
        .map(|o| at(&o["booked_at"]))
        .collect();
    let booked = at(&b["booked_at"]);
    times.iter().any(|from| {
        let span = *from..=*from + hours(24);
        span.contains(&booked) && times.iter().filter(|t| span.contains(t)).count() > 5
    })
}

fn are_often_refunded(own: &[&Row], day: Date) -> bool {
    let until = day
        .to_zoned(TimeZone::UTC)
        .expect("a day in UTC")
        .timestamp();
    let from = until - hours(30 * 24);
    let held: Vec<&&Row> = own
        .iter()
        .filter(|o| matches!(o["status"].as_str(), "COMPLETED" | "NO_SHOW" | "REFUNDED"))
        .filter(|o| (from..until).contains(&at(&o["ends_at"])))
        .collect();
    let all_back = |o: &&&&Row| {
        let price = decimal(&o["price"]);
        o["status"] == "REFUNDED" || !price.is_zero() && decimal(&o["refunded_amount"]) == price
    };
    let refunded = held.iter().filter(all_back).count();
    held.len() >= 10 && refunded * 5 > held.len()
}
