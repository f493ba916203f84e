//! C2 and C6 in currencies of no, two and three digits, with tiny and free prices, both bearers
//! of the processing fee, institutions of their own and every reason to carry.

use std::collections::BTreeMap;

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, rows, to_csv};
use hostledger_tests::reckon::{Purse, Reckoning, Rules, decimal, purse, shown};
use jiff::civil::date;
use rust_decimal::Decimal;

use crate::close::{balances, close, hledger_agrees, text};

/// Prices in the currency's digits, from free to more than usual, and their actual fees.
const PRICES: [(&str, [&str; 9]); 5] = [
    (
        "USD",
        [
            "0.00", "0.01", "0.30", "0.33", "0.44", "19.99", "20.00", "33.33", "1250.05",
        ],
    ),
    (
        "EUR",
        [
            "0.00", "0.01", "0.25", "0.26", "1.15", "48.95", "34.50", "63.35", "999.99",
        ],
    ),
    (
        "JPY",
        ["0", "1", "2", "31", "450", "999", "2000", "2505", "120000"],
    ),
    (
        "KWD",
        [
            "0.000", "0.001", "0.005", "0.300", "0.345", "6.125", "7.005", "10.000", "250.555",
        ],
    ),
    (
        "HUF",
        [
            "0.00", "0.01", "1.00", "99.99", "120.45", "7999.00", "8000.55", "4321.09", "12345.67",
        ],
    ),
];
#[rustfmt::skip]
const STATUSES: [&str; 11] = [
    "COMPLETED", "CONFIRMED", "COMPLETED", "CANCELLED", "COMPLETED", "REFUNDED", "NO_SHOW", "COMPLETED",
    "HOST_CANCELLED", "COMPLETED", "NO_SHOW",
];

#[test]
fn c2_c6_five_currencies_both_bearers_and_every_reason_are_the_independent_sum() {
    let ledger = TestLedger::new();
    let set = |key: &str, value: &str, since: &str| {
        ledger.ok(&[
            "--as-of",
            since,
            "settings",
            "set",
            key,
            value,
            "--reason",
            "as agreed",
        ]);
    };
    set("fee_rate.EUR", "1.50", "2026-01-01");
    set("fee_fixed.EUR", "0.25", "2026-01-01");
    set("minimum.JPY", "700", "2026-01-01");
    set("fee_borne_by", "PLATFORM", "2026-02-20");
    ledger.ok(&[
        "institutions",
        "set",
        "lyceum",
        "--rate",
        "75.55",
        "--schedule",
        "MONTHLY",
        "--tiers",
        "off",
    ]);

    let hosts = hosts();
    let bookings = bookings();
    ledger.import("hosts", to_csv(&hosts));
    let imported = ledger.import("bookings", to_csv(&bookings));
    assert_eq!(
        (&imported["inserted"], &imported["exceptions"]),
        (&bookings.len().into(), &0.into())
    );
    ledger.ok(&[
        "hosts",
        "pause",
        "h-paused",
        "--reason",
        "asked for by the host",
    ]);

    let mut rules = Rules::shipped();
    rules
        .fees
        .insert("EUR".into(), (decimal("0.015"), decimal("0.25")));
    rules.minimums.insert("JPY".into(), Decimal::from(700));
    rules.platform_bears_from = Some(date(2026, 2, 20));
    rules.untiered.insert("lyceum".into(), decimal("0.7555"));
    let r = Reckoning::new(&hosts, &bookings, rules);
    let also = [
        ("h-paused".to_owned(), "PAUSED"),
        ("h-lyceum".to_owned(), "NOT_SCHEDULED"),
    ]
    .into();
    let due = close(&ledger, &r, "2026-03-16", &also);
    let paid_in: std::collections::BTreeSet<&str> =
        due.payouts.keys().map(|p| p.1.as_str()).collect();
    assert_eq!(paid_in.len(), 5, "{:?}", due.payouts);
    let reasons: std::collections::BTreeSet<&str> = due
        .carried
        .values()
        .flat_map(|c| c.1.iter().copied())
        .collect();
    assert_eq!(reasons.len(), 7, "{reasons:?}");
    hledger_agrees(&ledger);
    totals_are_stated(&imported, &bookings);
    the_rest_below_a_hundred_comes_with_the_next_batch(
        &ledger,
        &r,
        due.payouts[&("h-low".into(), "HUF".into())].0,
    );
}

fn hosts() -> Vec<Row> {
    vec![
        host("h-high", &[]),
        host(
            "h-low",
            &[
                ("teaching_experience_years", "1"),
                ("stripe_account_id", "acct_low"),
            ],
        ),
        host(
            "h-new",
            &[
                ("approved_at", "2026-02-20T00:00:00Z"),
                ("teaching_experience_years", "0"),
            ],
        ),
        host("h-lyceum", &[("institution_id", "lyceum")]),
        host("h-paused", &[]),
        host(
            "h-applied",
            &[
                ("status", "APPLIED"),
                ("approved_at", ""),
                ("stripe_account_id", ""),
            ],
        ),
        host(
            "h-closed",
            &[("status", "CLOSED"), ("payouts_enabled", "false")],
        ),
        host("h-suspended", &[("status", "SUSPENDED")]),
        host("h-no-account", &[("payouts_enabled", "")]),
    ]
}

/// Every host in every currency at every price, with states, fees and refunds by turn.
fn bookings() -> Vec<Row> {
    let mut all = Vec::new();
    let mut hosts: Vec<String> = hosts().iter().map(|h| h["host_id"].clone()).collect();
    hosts.push("h-never-heard-of".into());
    for host_id in hosts {
        for (currency, prices) in PRICES {
            for price in prices {
                let n = all.len();
                all.push(one(n, &host_id, currency, price));
            }
        }
    }
    all.push(booking(
        "bk-later",
        "h-low",
        &[
            ("price", "4000.75"),
            ("currency", "HUF"),
            ("processing_fee", "116.02"),
            // Before all others, so that it is no outlier.
            ("booked_at", "2026-02-10T10:00:00Z"),
            ("starts_at", "2026-03-10T09:00:00Z"),
            ("ends_at", "2026-03-10T10:00:00Z"),
        ],
    ));
    all
}

fn one(n: usize, host_id: &str, currency: &str, price: &str) -> Row {
    let worth = decimal(price);
    let part = |of: i64| shown(worth / Decimal::from(of), currency);
    // 45 rows a host and 11 states: every host has every price in another state.
    let status = STATUSES[n % STATUSES.len()];
    let refunded = match status {
        "REFUNDED" | "HOST_CANCELLED" => part(1),
        "CANCELLED" => part([1, 2, 4][n % 3]),
        "COMPLETED" if n.is_multiple_of(7) => part([1, 2, 3][n % 3]),
        _ => String::new(),
    };
    let needs_fee = !matches!(currency, "USD" | "EUR");
    let fee = if needs_fee || n.is_multiple_of(3) {
        part(29)
    } else {
        String::new()
    };
    let booked = [
        "2026-02-19T23:59:59Z",
        "2026-02-20T00:00:00Z",
        "2026-02-25T12:00:00Z",
    ][n % 3];
    // Payable on the batch's day, on the day after, and long before.
    let ends = [
        "2026-03-09T23:59:59Z",
        "2026-03-10T00:00:00Z",
        "2026-03-01T11:00:00Z",
    ][n % 4 % 3];
    let starts = ends
        .replace("T23:59", "T22:59")
        .replace("-10T00:00", "-09T23:00")
        .replace("T11", "T10");
    let refunded_at = if refunded.is_empty() {
        ""
    } else {
        "2026-03-11T12:00:00Z"
    };
    booking(
        &format!("bk-{n:04}"),
        host_id,
        &[
            ("price", price),
            ("currency", currency),
            ("status", status),
            ("processing_fee", &fee),
            ("refunded_amount", &refunded),
            ("refunded_at", refunded_at),
            ("booked_at", booked),
            ("starts_at", &starts),
            ("ends_at", ends),
        ],
    )
}

fn totals_are_stated(imported: &serde_json::Value, bookings: &[Row]) {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for b in bookings {
        *sums.entry(b["currency"].clone()).or_default() += decimal(&b["price"]);
    }
    let stated = imported["totals"].as_array().unwrap().iter();
    let stated: BTreeMap<_, _> = stated
        .map(|t| (text(t, "currency"), decimal(&text(t, "amount"))))
        .collect();
    assert_eq!(stated, sums);
}

/// What the first payout left of `h-low`'s forints is paid with the week after, again in whole
/// forints, and nothing is posted for it.
fn the_rest_below_a_hundred_comes_with_the_next_batch(
    ledger: &TestLedger,
    r: &Reckoning<'_>,
    first: Decimal,
) {
    let low = ("h-low".to_owned(), "HUF".to_owned());
    let earned = r.earned()[&low];
    ledger.process("2026-03-23");
    let batch = ledger.prepare("2026-03-23");
    let id = text(&batch, "batch_id");
    ledger.approve(&id);
    ledger.send(&id);
    ledger.ok(&["payouts", "settle", &id]);
    let file = std::fs::read_to_string(ledger.file(&format!("pay-{id}.csv"))).unwrap();
    let second = rows(&file)
        .into_iter()
        .find(|p| p["host_id"] == low.0 && p["currency"] == low.1);
    let second = decimal(&second.expect("a second payout in HUF")["amount"]);
    let flagged = held(ledger, r, &low);
    let due = earned - first - flagged;
    assert!(!due.fract().is_zero(), "{due} leaves no rest a second time");
    assert_eq!(
        second,
        due.trunc(),
        "of {earned} earned, {first} paid and {flagged} held"
    );
    let account = (format!("liabilities:hosts:{}", low.0), low.1);
    assert_eq!(
        balances(ledger).get(&account).copied().unwrap_or_default(),
        second + first - earned
    );
    ledger.check();
}

/// Host amounts of completed sessions that a flag keeps back.
fn held(ledger: &TestLedger, r: &Reckoning<'_>, low: &Purse) -> Decimal {
    let commissions = ledger.commissions();
    let blocked = |b: &Row| {
        let c = commissions
            .iter()
            .find(|c| c["booking_id"] == b["booking_id"]);
        c.is_some_and(|c| !c["blocks"].as_array().unwrap().is_empty())
    };
    let own = r
        .bookings()
        .iter()
        .filter(|b| purse(b) == *low && blocked(b));
    own.filter_map(|b| r.split(b))
        .filter(|s| s.done)
        .map(|s| s.host_amount)
        .sum()
}
