//! Starting in mid-life: hosts were paid elsewhere through a day. What was payable by then is paid
//! outside, against equity:opening, at once and whatever the order of the files; the ledger's first
//! batch pays what is payable after it.

use std::collections::BTreeMap;

use hostledger_app::sample::{SampleSpec, bookings_csv, hosts_csv, hosts_csv_at};
use hostledger_tests::export::{Row, booking, host, rows, to_csv, with};
use hostledger_tests::reckon::{Reckoning, Rules, Split, date, decimal};
use hostledger_tests::{APPROVER, TestLedger};
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::{balances, close, hledger_agrees, text};

#[test]
fn cutover_of_seed_7_a_week_before_the_first_batch_is_the_independent_sum() {
    starts_in_mid_life(7, "2026-03-09", "2026-03-16");
}

#[test]
fn cutover_of_seed_20_on_the_day_before_the_batch_is_the_independent_sum() {
    starts_in_mid_life(20, "2026-03-15", "2026-03-16");
}

#[test]
fn cutover_of_seed_31_in_the_middle_of_a_week_is_the_independent_sum() {
    starts_in_mid_life(31, "2026-02-11", "2026-03-16");
}

fn rules(paid_through: &str) -> Rules {
    Rules {
        paid_through: Some(paid_through.parse().unwrap()),
        ..Rules::shipped()
    }
}

/// All history in one export, then the first batch: it pays what became payable after the day.
fn starts_in_mid_life(seed: u64, paid_through: &str, day: &str) {
    let spec = SampleSpec {
        seed,
        ..SampleSpec::default()
    };
    let (hosts, bookings) = (hosts_csv(&spec), bookings_csv(&spec, spec.newest_cut()));
    let ledger = TestLedger::paid_through(paid_through);
    ledger.import("hosts", &hosts);
    let imported = ledger.import("bookings", &bookings);
    assert_eq!(imported["warnings"], Value::Array(Vec::new()), "{imported}");
    let (hosts, bookings) = (rows(&hosts), rows(&bookings));
    let r = Reckoning::new(&hosts, &bookings, rules(paid_through));
    // At once, before any daily job: nothing of it is ever due.
    assert_eq!(balances(&ledger), r.trial_balance(&BTreeMap::new()));
    ledger.check();
    let outside = r.paid_outside();
    assert!(outside.len() > 100, "only {} paid outside", outside.len());
    for c in ledger.commissions() {
        let want = outside.contains(&text(&c, "booking_id"));
        assert_eq!(c["paid_outside"], want, "{c}");
        assert_eq!(c["status"] == "PAID", want, "{c}");
    }
    let due = close(&ledger, &r, day, &BTreeMap::new());
    assert!(!due.bookings.is_empty() && due.bookings.is_disjoint(&outside));
    hledger_agrees(&ledger);
}

/// What the outside paid for a booking, followed export by export: as it was when first seen
/// completed, and less what turns out to have been given back by the day.
#[derive(Default)]
struct PaidOutside(BTreeMap<String, Decimal>);

impl PaidOutside {
    fn see(&mut self, b: &Row, split: Option<Split>, paid_through: Date) {
        let id = &b["booking_id"];
        let Some(s) = split else { return };
        let moved = [&b["refunded_at"], &b["cancelled_at"]]
            .into_iter()
            .find(|t| !t.is_empty());
        let by_then = moved.is_some_and(|t| date(t) <= paid_through);
        let known = self.0.contains_key(id);
        if s.paid_outside && (!known || by_then) {
            self.0.insert(id.clone(), s.host_amount);
        } else if s.void && by_then {
            self.0.remove(id);
        }
    }
}

#[test]
fn cutover_weekly_exports_in_order_or_only_the_last_seed_7() {
    weekly_or_last(7, "2026-03-04");
}

#[test]
fn cutover_weekly_exports_in_order_or_only_the_last_seed_42() {
    weekly_or_last(42, "2026-02-28");
}

/// Four weekly exports, made before and after the day, against the last one alone. They differ by
/// exactly what was given back after it: the outside had paid that, so it is clawed back.
fn weekly_or_last(seed: u64, paid_through: &str) {
    let spec = SampleSpec {
        seed,
        ..SampleSpec::default()
    };
    let day: Date = paid_through.parse().unwrap();
    let weekly = TestLedger::paid_through(paid_through);
    let mut outside = PaidOutside::default();
    let mut latest = (Vec::new(), Vec::new());
    for before in (0..4).rev() {
        let cut = spec.cut_weeks_before(before);
        let on = spec
            .practice_date
            .saturating_sub((7 * before).days())
            .to_string();
        let texts = (hosts_csv_at(&spec, cut), bookings_csv(&spec, cut));
        for (kind, text) in [("hosts", &texts.0), ("bookings", &texts.1)] {
            let file = weekly.write(&format!("{kind}.csv"), text);
            let done = weekly.run(&["--as-of", &on, "import", kind, &file]);
            assert!(matches!(done.status, 0 | 3), "{done:?}");
        }
        weekly.check();
        latest = (rows(&texts.0), rows(&texts.1));
        let r = Reckoning::new(&latest.0, &latest.1, rules(paid_through));
        for b in r.bookings() {
            outside.see(b, r.split(b), day);
        }
    }
    let r = Reckoning::new(&latest.0, &latest.1, rules(paid_through));
    let opening: Decimal = outside.0.values().sum();
    let have = balances(&weekly);
    assert_eq!(
        have[&("equity:opening".to_owned(), "USD".to_owned())],
        -opening
    );
    // Every host: what was earned as it stands today, less what the outside paid.
    let mut owed: BTreeMap<String, Decimal> = BTreeMap::new();
    for b in r.bookings() {
        let earned = r
            .split(b)
            .filter(|s| s.done)
            .map_or(Decimal::ZERO, |s| s.host_amount);
        let paid = outside.0.get(&b["booking_id"]).copied().unwrap_or_default();
        *owed.entry(b["host_id"].clone()).or_default() += earned - paid;
    }
    owed.retain(|_, amount| !amount.is_zero());
    let prefix = "liabilities:hosts:";
    let theirs: BTreeMap<String, Decimal> = have
        .iter()
        .filter_map(|((account, _), m)| Some((account.strip_prefix(prefix)?.to_owned(), -m)))
        .collect();
    assert_eq!(theirs, owed);

    let last = TestLedger::paid_through(paid_through);
    last.import("hosts", hosts_csv(&spec));
    last.import("bookings", bookings_csv(&spec, spec.newest_cut()));
    last.check();
    assert_eq!(balances(&last), r.trial_balance(&BTreeMap::new()));
    let clawed: Decimal = weekly
        .ok(&["adjustments", "list"])
        .as_array()
        .unwrap()
        .iter()
        .map(|a| decimal(&text(a, "amount")))
        .sum();
    let opening_of_last = balances(&last)[&("equity:opening".to_owned(), "USD".to_owned())];
    assert_eq!(
        -opening - opening_of_last,
        clawed,
        "what was refunded since"
    );
    assert!(
        clawed < Decimal::ZERO,
        "nothing was refunded after {paid_through}"
    );
}

/// A ledger of hosts paid through 2026-03-09 with a seat of 100.00 USD at 70 % that was payable on
/// that very day: fee 3.20, platform 30.00, host 66.80.
struct Story {
    ledger: TestLedger,
    row: Row,
    day: u32,
}

const PAID_THROUGH: &str = "2026-03-09";

impl Story {
    fn new() -> Self {
        let ledger = TestLedger::paid_through(PAID_THROUGH);
        ledger.import("hosts", to_csv(&[host("h-1", &[])]));
        let mut story = Self {
            ledger,
            row: booking("b-1", "h-1", &[("price", "100.00")]),
            day: 10,
        };
        story.tell(&[]);
        story
    }

    fn tell(&mut self, changes: &[(&str, &str)]) -> String {
        self.row = with(&self.row, changes);
        self.row.insert(
            "updated_at".into(),
            format!("2026-03-{}T08:00:00Z", self.day),
        );
        self.day += 1;
        let done = self
            .ledger
            .import("bookings", to_csv(std::slice::from_ref(&self.row)));
        self.ledger.check();
        text(&done, "import_id")
    }

    fn commission(&self) -> Value {
        self.ledger.ok(&["commissions", "list", "--booking", "b-1"])[0].clone()
    }

    fn shows(&self, status: &str, host_amount: &str) {
        let c = self.commission();
        assert_eq!(
            (text(&c, "status"), text(&c, "host_amount")),
            (status.to_owned(), host_amount.to_owned()),
            "{c}"
        );
    }

    fn balance(&self, account: &str) -> Decimal {
        let key = (account.to_owned(), "USD".to_owned());
        balances(&self.ledger)
            .get(&key)
            .copied()
            .unwrap_or_default()
    }

    /// What the host is owed, and what stands against equity:opening.
    fn stands(&self, owed: &str, opening: &str) {
        assert_eq!(
            (
                -self.balance("liabilities:hosts:h-1"),
                self.balance("equity:opening")
            ),
            (decimal(owed), decimal(opening))
        );
    }
}

#[test]
fn cutover_a_refund_after_it_is_clawed_back_from_the_first_batch() {
    let mut s = Story::new();
    s.shows("PAID", "66.80");
    s.stands("0", "-66.80");
    s.tell(&[
        ("refunded_amount", "10.00"),
        ("refunded_at", "2026-03-11T07:00:00Z"),
    ]);
    s.shows("PAID", "66.80");
    s.stands("-7.00", "-66.80");
    let c = s.commission();
    assert_eq!(
        (&c["refunded"], &c["payout_id"]),
        (&"10.00".into(), &Value::Null)
    );
    // The next session's money is netted with it, and is all that the first batch pays.
    let later = booking(
        "b-2",
        "h-1",
        &[
            ("price", "100.00"),
            ("starts_at", "2026-03-03T10:00:00Z"),
            ("ends_at", "2026-03-03T11:00:00Z"),
        ],
    );
    s.ledger.import("bookings", to_csv(&[later]));
    s.ledger.process("2026-03-16");
    let batch = s.ledger.prepare("2026-03-16");
    assert_eq!(batch["payouts"][0]["amount"], "59.80", "{batch}");
    assert_eq!(batch["payouts"][0]["lines"], 2);
    let id = text(&batch, "batch_id");
    s.ledger.approve(&id);
    s.ledger.send(&id);
    s.ledger.ok(&["payouts", "settle", &id]);
    s.stands("0", "-66.80");
    s.ledger.check();
    // And in full: the rest of what the outside paid is owed back.
    s.tell(&[("refunded_amount", "100.00"), ("status", "REFUNDED")]);
    s.shows("PAID", "66.80");
    s.stands("-59.80", "-66.80");
}

#[test]
fn cutover_says_so_in_the_story_and_the_books() {
    let s = Story::new();
    let why = s.ledger.ok(&["commissions", "explain", "b-1"]);
    let outside = "before the start of this ledger";
    assert!(text(&why, "sentence").contains(outside), "{why}");
    let told = |step: &&Value| step["kind"] == "payout" && text(step, "text").contains(outside);
    let step = why["steps"].as_array().unwrap().iter().find(told).unwrap();
    assert_eq!(step["on"], PAID_THROUGH);
    let entry = why["entries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&entry["kind"], &entry["effective_date"]),
        (&"cutover".into(), &PAID_THROUGH.into())
    );
    // It stands on the day itself, not before.
    let as_of = |day: &str| s.ledger.ok(&["--as-of", day, "balances"]);
    let opening = |all: &Value| {
        let found = all.as_array().unwrap().iter();
        found.filter(|b| b["account"] == "equity:opening").count()
    };
    assert_eq!(
        (opening(&as_of("2026-03-08")), opening(&as_of(PAID_THROUGH))),
        (0, 1)
    );
    let checks = s.ledger.ok(&["check"]);
    let mut of_opening = checks["checks"].as_array().unwrap().iter();
    let of_opening = of_opening.find(|c| c["name"] == "opening").unwrap();
    assert!(
        text(of_opening, "detail").contains("-66.80 USD"),
        "{of_opening}"
    );
    // Nothing is there to hold or void, and nothing to prepare.
    for act in ["hold", "void"] {
        let refused = s
            .ledger
            .refused(&["commissions", act, "b-1", "--reason", "too late"]);
        assert_eq!(refused.code, "WRONG_STATE");
    }
    assert_eq!(s.ledger.process("2026-03-16")["flagged"], 0);
    assert_eq!(
        s.ledger.prepare("2026-03-16")["payouts"],
        Value::Array(Vec::new())
    );
}

#[test]
fn cutover_what_was_refunded_or_cancelled_at_first_sight_has_nothing_to_cut_over() {
    let ledger = TestLedger::paid_through(PAID_THROUGH);
    let refunded = [
        ("status", "REFUNDED"),
        ("refunded_amount", "20.00"),
        ("refunded_at", "2026-03-04T07:00:00Z"),
    ];
    let cancelled = [
        ("status", "CANCELLED"),
        ("refunded_amount", "20.00"),
        ("cancelled_at", "2026-03-01T07:00:00Z"),
    ];
    let free = [("price", "0.00")];
    let pending = [("status", "PENDING")];
    let ahead = [("status", "CONFIRMED")];
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    ledger.import(
        "bookings",
        to_csv(&[
            booking("b-1", "h-1", &refunded),
            booking("b-2", "h-1", &cancelled),
            booking("b-3", "h-1", &free),
            booking("b-4", "h-1", &pending),
            booking("b-5", "h-1", &ahead),
            booking(
                "b-6",
                "h-1",
                &[
                    ("status", "NO_SHOW"),
                    ("refunded_amount", "5.00"),
                    ("refunded_at", "2026-03-04T07:00:00Z"),
                ],
            ),
        ]),
    );
    ledger.check();
    let paid: Vec<(String, String)> = ledger
        .ok(&["commissions", "list", "--status", "PAID"])
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (text(c, "booking_id"), text(c, "host_amount")))
        .collect();
    // 20.00 less 5.00 at 70 %, less the fee of 0.88: as it was known when it was paid.
    assert_eq!(paid, [("b-6".to_owned(), "9.62".to_owned())]);
    let opening = &balances(&ledger)[&("equity:opening".to_owned(), "USD".to_owned())];
    assert_eq!(*opening, decimal("-9.62"));
}

#[test]
fn cutover_what_was_given_back_by_the_day_and_is_learned_later_is_no_clawback() {
    let mut s = Story::new();
    s.tell(&[
        ("refunded_amount", "10.00"),
        ("refunded_at", "2026-03-05T07:00:00Z"),
    ]);
    s.shows("PAID", "59.80");
    s.stands("0", "-59.80");
    s.tell(&[("refunded_amount", "100.00"), ("status", "REFUNDED")]);
    s.shows("VOID", "0.00");
    s.stands("0", "0");
    assert_eq!(
        s.ledger.ok(&["adjustments", "list"]),
        Value::Array(Vec::new())
    );
    // A newer row takes it back again: it is what the outside paid.
    s.tell(&[
        ("refunded_amount", "0.00"),
        ("status", "COMPLETED"),
        ("refunded_at", ""),
    ]);
    s.shows("PAID", "66.80");
    s.stands("0", "-66.80");
}

#[test]
fn cutover_undoing_what_was_learned_later_brings_back_what_was_paid_outside() {
    let mut s = Story::new();
    // Given back by the day, then more of it after the day.
    let by_then = s.tell(&[
        ("refunded_amount", "10.00"),
        ("refunded_at", "2026-03-05T07:00:00Z"),
    ]);
    s.stands("0", "-59.80");
    let since = s.tell(&[
        ("refunded_amount", "30.00"),
        ("refunded_at", "2026-03-12T07:00:00Z"),
    ]);
    s.stands("-14.00", "-59.80");
    s.ledger.ok(&["imports", "undo", &since]);
    s.ledger.check();
    s.stands("0", "-59.80");
    s.ledger.ok(&["imports", "undo", &by_then]);
    s.ledger.check();
    s.shows("PAID", "66.80");
    s.stands("0", "-66.80");
}

#[test]
fn cutover_stays_paid_when_the_session_moves_and_takes_in_what_appears_later() {
    let mut s = Story::new();
    // Moved beyond the day: it was paid all the same.
    s.tell(&[
        ("starts_at", "2026-03-20T10:00:00Z"),
        ("ends_at", "2026-03-20T11:00:00Z"),
    ]);
    s.shows("PAID", "66.80");
    s.stands("0", "-66.80");
    // Ahead again: what the outside paid for it is owed back until it took place.
    s.tell(&[("status", "CONFIRMED")]);
    s.shows("PAID", "66.80");
    s.stands("-66.80", "-66.80");
    s.tell(&[("status", "COMPLETED")]);
    s.stands("0", "-66.80");
    // A session that appears late, or is completed late, is paid outside as well.
    s.ledger.import(
        "bookings",
        to_csv(&[
            booking("b-2", "h-1", &[]),
            booking("b-3", "h-1", &[("status", "CONFIRMED")]),
            booking(
                "b-4",
                "h-1",
                &[
                    ("starts_at", "2026-03-03T10:00:00Z"),
                    ("ends_at", "2026-03-03T11:00:00Z"),
                ],
            ),
        ]),
    );
    s.stands("13.12", "-79.92");
    s.ledger.import(
        "bookings",
        to_csv(&[booking(
            "b-3",
            "h-1",
            &[("updated_at", "2026-03-12T08:00:00Z")],
        )]),
    );
    s.stands("13.12", "-93.04");
    s.ledger.check();
    s.ledger.process("2026-03-16");
    let batch = s.ledger.prepare("2026-03-16");
    assert_eq!(batch["carried"][0]["amount"], "13.12", "only b-4: {batch}");
}

#[test]
fn cutover_a_dispute_reserves_what_is_at_stake_and_a_loss_by_the_day_was_the_outsides() {
    let s = Story::new();
    let open = |id: &str, kind: &str, on: &str| {
        s.ledger.ok(&[
            "--as-of", on, "disputes", "open", "b-1", "--kind", kind, "--id", id, "--opened", on,
        ])
    };
    let close = |id: &str, outcome: &str, on: &str| {
        let why = ["--reason", "as the bank said"];
        let args = ["--as-of", on, "disputes", "close", id, "--outcome", outcome];
        s.ledger.ok(&[&args[..], &why].concat());
        s.ledger.check();
    };
    let opened = open("dp-1", "chargeback", "2026-03-12");
    assert_eq!(opened["reserved"], "66.80", "{opened}");
    assert_eq!(
        s.balance("liabilities:hosts:h-1:reserved"),
        decimal("-66.80")
    );
    let sent = s.ledger.ok(&["disputes", "outcomes", "dp-1"]);
    assert_eq!(sent["sent"], true, "{sent}");
    close("dp-1", "lost", "2026-03-14");
    s.shows("PAID", "66.80");
    s.stands("-66.80", "-66.80");
    close("dp-1", "won", "2026-03-15");
    s.stands("0", "-66.80");
    // One that was lost by the day comes with the history of disputes: the outside dealt with it.
    let history = "dispute_id,booking_id,kind,reason,amount,currency,status,opened_at,evidence_due_by,closed_at\n\
                   dp-0,b-1,CHARGEBACK,fraudulent,40.00,USD,lost,2026-03-04T08:00:00Z,,2026-03-08T08:00:00Z\n";
    let taken = s.ledger.import("disputes", history);
    s.ledger.check();
    // 60.00 at 70 % less 3.20.
    s.shows("PAID", "38.80");
    s.stands("0", "-38.80");
    s.ledger
        .ok(&["imports", "undo", &text(&taken, "import_id")]);
    s.ledger.check();
    s.shows("PAID", "66.80");
    s.stands("0", "-66.80");
}

#[test]
fn cutover_undone_leaves_nothing_and_comes_back_with_the_file() {
    let ledger = TestLedger::paid_through(PAID_THROUGH);
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let first = to_csv(&[
        booking(
            "b-1",
            "h-1",
            &[("price", "100.00"), ("status", "CONFIRMED")],
        ),
        booking("b-2", "h-1", &[]),
    ]);
    let second = to_csv(&[booking(
        "b-1",
        "h-1",
        &[("price", "100.00"), ("updated_at", "2026-03-03T08:00:00Z")],
    )]);
    let opening = || {
        let key = ("equity:opening".to_owned(), "USD".to_owned());
        balances(&ledger).get(&key).copied().unwrap_or_default()
    };
    let one = text(&ledger.import("bookings", &first), "import_id");
    assert_eq!(opening(), decimal("-13.12"));
    let two = text(&ledger.import("bookings", &second), "import_id");
    assert_eq!(opening(), decimal("-79.92"));
    // Back to ahead: nothing was paid for it after all.
    ledger.ok(&["imports", "undo", &two]);
    ledger.check();
    assert_eq!(opening(), decimal("-13.12"));
    let c = ledger.ok(&["commissions", "list", "--booking", "b-1"]);
    assert_eq!(
        (&c[0]["status"], &c[0]["paid_outside"]),
        (&"PENDING".into(), &false.into())
    );
    ledger.ok(&["imports", "undo", &one]);
    ledger.check();
    assert_eq!(balances(&ledger), BTreeMap::new());
    ledger.import("bookings", &first);
    ledger.import("bookings", &second);
    ledger.check();
    assert_eq!(opening(), decimal("-79.92"));
    assert_eq!(
        balances(&ledger).get(&("liabilities:hosts:h-1".into(), "USD".into())),
        None
    );
}

#[test]
fn cutover_an_import_with_a_clawback_of_it_is_undone_until_that_was_netted() {
    let mut s = Story::new();
    let refund = s.tell(&[
        ("refunded_amount", "10.00"),
        ("refunded_at", "2026-03-11T07:00:00Z"),
    ]);
    s.ledger.ok(&["imports", "undo", &refund]);
    s.ledger.check();
    s.stands("0", "-66.80");
    let refund = s.tell(&[("refunded_amount", "20.00")]);
    s.ledger.import(
        "bookings",
        to_csv(&[booking(
            "b-2",
            "h-1",
            &[
                ("price", "100.00"),
                ("starts_at", "2026-03-03T10:00:00Z"),
                ("ends_at", "2026-03-03T11:00:00Z"),
            ],
        )]),
    );
    s.ledger.process("2026-03-16");
    let batch = text(&s.ledger.prepare("2026-03-16"), "batch_id");
    let refused = s.ledger.refused(&["imports", "undo", &refund]);
    assert_eq!(refused.code, "PAID_DEPENDS_ON_IT");
    s.ledger.ok(&["payouts", "cancel", &batch]);
    s.ledger.ok(&["imports", "undo", &refund]);
    s.ledger.check();
    s.stands("66.80", "-66.80");
}

#[test]
fn cutover_follows_the_hosts_file_until_money_left_the_ledger() {
    // An institution's rate of 70 %, until the hosts file says that the host began in June: 60 %.
    let ledger = TestLedger::paid_through(PAID_THROUGH);
    let refunded = [
        ("refunded_amount", "5.00"),
        ("refunded_at", "2026-03-12T07:00:00Z"),
        ("updated_at", "2026-03-12T07:00:00Z"),
    ];
    ledger.import(
        "bookings",
        to_csv(&[booking("b-1", "h-1", &[]), booking("b-2", "h-1", &[])]),
    );
    ledger.import("bookings", to_csv(&[booking("b-2", "h-1", &refunded)]));
    let opening = |ledger: &TestLedger| {
        let key = ("equity:opening".to_owned(), "USD".to_owned());
        balances(ledger)[&key]
    };
    assert_eq!(opening(&ledger), decimal("-26.24"));
    let hosts = |years: &str, updated: &str| {
        let row = host("h-1", &[("teaching_experience_years", years)]);
        to_csv(&[with(&row, &[("updated_at", updated)])])
    };
    ledger.import("hosts", hosts("1", "2026-03-01T00:00:00Z"));
    ledger.check();
    // 20.00 at 60 % less 0.88, twice; of the refund 3.00 are owed back, not 3.50.
    assert_eq!(opening(&ledger), decimal("-22.24"));
    let owed = balances(&ledger)[&("liabilities:hosts:h-1".to_owned(), "USD".to_owned())];
    assert_eq!(owed, decimal("3.00"));
    // The same the other way round.
    let other = TestLedger::paid_through(PAID_THROUGH);
    other.import("hosts", hosts("1", "2026-03-01T00:00:00Z"));
    other.import(
        "bookings",
        to_csv(&[booking("b-1", "h-1", &[]), booking("b-2", "h-1", &[])]),
    );
    other.import("bookings", to_csv(&[booking("b-2", "h-1", &refunded)]));
    assert_eq!(balances(&other), balances(&ledger));

    // Once the first payout left, the opening is closed.
    ledger.import(
        "bookings",
        to_csv(&[booking(
            "b-3",
            "h-1",
            &[
                ("price", "100.00"),
                ("starts_at", "2026-03-03T10:00:00Z"),
                ("ends_at", "2026-03-03T11:00:00Z"),
            ],
        )]),
    );
    ledger.process("2026-03-16");
    let batch = text(&ledger.prepare("2026-03-16"), "batch_id");
    ledger.approve(&batch);
    ledger.send(&batch);
    ledger.import("hosts", hosts("5", "2026-03-17T00:00:00Z"));
    ledger.check();
    assert_eq!(opening(&ledger), decimal("-22.24"));
    let c = ledger.ok(&["commissions", "list", "--booking", "b-1"]);
    assert_eq!(
        (&c[0]["rate"], &c[0]["host_amount"]),
        (&"60.00".into(), &"11.12".into())
    );
}

#[test]
fn cutover_a_first_import_without_the_day_warns_that_all_history_is_payable() {
    let spec = SampleSpec::default();
    let (hosts, bookings) = (hosts_csv(&spec), bookings_csv(&spec, spec.newest_cut()));
    let ledger = TestLedger::new();
    ledger.import("hosts", &hosts);
    let file = ledger.write("bookings.csv", &bookings);
    let (hosts, bookings) = (rows(&hosts), rows(&bookings));
    let r = Reckoning::new(&hosts, &bookings, Rules::shipped());
    let day: Date = "2026-03-16".parse().unwrap();
    let (mut n, mut sum) = (0, Decimal::ZERO);
    for b in r.bookings().iter().filter(|b| r.due_on(b, day)) {
        n += 1;
        sum += r.split(b).unwrap().host_amount;
    }
    let warned = |json: &Value| {
        let all = json["warnings"].as_array().unwrap();
        assert_eq!(all.len(), 1, "{json}");
        assert_eq!(all[0]["code"], "ALL_HISTORY_PAYABLE");
        assert_eq!(all[0]["bookings"], n);
        assert_eq!(all[0]["totals"][0]["currency"], "USD");
        assert_eq!(decimal(&text(&all[0]["totals"][0], "amount")), sum);
        for said in [n.to_string(), sum.to_string(), "paid-through".to_owned()] {
            assert!(
                text(&all[0], "message").contains(&said),
                "{said}: {}",
                all[0]
            );
        }
    };
    let as_of = ["--as-of", "2026-03-16"];
    let dry = ledger.run(&[&as_of[..], &["import", "bookings", &file, "--dry-run"]].concat());
    warned(&dry.json);
    assert!(
        dry.stderr.contains("all history becomes payable"),
        "{}",
        dry.stderr
    );
    warned(
        &ledger
            .run(&[&as_of[..], &["import", "bookings", &file]].concat())
            .json,
    );
    ledger.process("2026-03-16");
    let prepared =
        ledger.run(&[&as_of[..], &["payouts", "prepare", "--date", "2026-03-16"]].concat());
    warned(&prepared.json);
    assert!(
        prepared.stderr.contains("all history becomes payable"),
        "{}",
        prepared.stderr
    );
    let batch = text(&prepared.json, "batch_id");
    warned(&ledger.ok(&["payouts", "show", &batch]));
    // Once something was paid from here, what is old is simply late.
    ledger.approve(&batch);
    let sent = ledger.send(&batch);
    assert_eq!(sent["status"], "SENDING");
    let late = booking(
        "b-1",
        "host-000001",
        &[
            ("ends_at", "2026-01-05T11:00:00Z"),
            ("starts_at", "2026-01-05T10:00:00Z"),
            ("booked_at", "2026-01-02T10:00:00Z"),
        ],
    );
    assert_eq!(
        ledger.import("bookings", to_csv(&[late]))["warnings"],
        Value::Array(Vec::new())
    );
}

#[test]
fn cutover_young_money_is_no_history() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let file = ledger.write("bookings.csv", to_csv(&[booking("b-1", "h-1", &[])]));
    // Payable since 2026-03-09.
    let warnings = |day: &str| {
        let args = ["--as-of", day, "import", "bookings", &file, "--dry-run"];
        ledger.ok(&args)["warnings"].as_array().unwrap().len()
    };
    assert_eq!((warnings("2026-04-08"), warnings("2026-04-09")), (0, 1));
}

#[test]
fn cutover_the_day_changes_only_while_no_booking_is_in_the_ledger() {
    let ledger = TestLedger::new();
    let set = |value: &'static str| {
        [
            "settings",
            "set",
            "paid_through",
            value,
            "--reason",
            "we start here",
        ]
    };
    let shown = || {
        let all = ledger.ok(&["settings", "list"]);
        let of = all
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["key"] == "paid_through");
        text(of.unwrap(), "value")
    };
    assert_eq!(shown(), "");
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let import = text(
        &ledger.import("bookings", to_csv(&[booking("b-1", "h-1", &[])])),
        "import_id",
    );
    let refused = ledger.refused(&set("2026-03-09"));
    assert_eq!(refused.code, "WRONG_STATE");
    assert!(refused.message.contains("Undo"), "{}", refused.message);
    // The way out that the warning names: undo, set the day, take the file in again.
    ledger.ok(&["imports", "undo", &import]);
    ledger.ok(&set("2026-03-09"));
    assert_eq!(shown(), "2026-03-09");
    ledger.import("bookings", to_csv(&[booking("b-1", "h-1", &[])]));
    ledger.check();
    assert_eq!(ledger.commissions()[0]["status"], "PAID");
    assert_eq!(ledger.refused(&set("none")).code, "WRONG_STATE");
    let audit = ledger.ok(&["audit"]);
    let event = audit
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["subject"] == "paid_through")
        .unwrap();
    assert_eq!(event["details"]["value"], "2026-03-09");
    assert_eq!(event["details"]["reason"], "we start here");

    let other = TestLedger::new();
    assert_eq!(other.refused(&set("soon")).code, "BAD_INPUT");
    assert_eq!(
        other
            .refused(&[&["--as-of", "2026-03-08"][..], &set("2026-03-09")].concat())
            .code,
        "BAD_INPUT"
    );
    assert_eq!(
        other.refused_as(APPROVER, &set("2026-03-09")).code,
        "NOT_ALLOWED"
    );
    other.ok(&set("2026-03-09"));
    other.ok(&set("none"));
    other.check();
    let ahead = TestLedger::nowhere();
    assert_eq!(
        ahead
            .refused(&["init", "--paid-through", "9999-12-31"])
            .code,
        "BAD_INPUT"
    );
    assert!(
        !ahead.folder().join("ledger.db").exists(),
        "nothing was made"
    );
}
