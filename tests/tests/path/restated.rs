//! C3: one booking's story told row by row: refunds before and after payment, fees that turn out
//! otherwise, a host who is known only later, a person's void, a failed payout.

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::{balances, text};

pub(crate) const MONDAY: &str = "2026-03-16";

/// A ledger with one host and a seat of 100.00 USD at 70 %: fee 3.20, platform 30.00, host 66.80.
pub(crate) struct Story {
    pub(crate) ledger: TestLedger,
    row: Row,
    /// Each row is a day newer than the one before.
    day: u32,
}

impl Story {
    pub(crate) fn new() -> Self {
        let ledger = TestLedger::new();
        ledger.import("hosts", to_csv(&[host("h-1", &[])]));
        let mut story = Self {
            ledger,
            row: booking("b-1", "h-1", &[("price", "100.00")]),
            day: 10,
        };
        story.tell(&[]);
        story
    }

    /// The next export's row of the booking.
    pub(crate) fn tell(&mut self, changes: &[(&str, &str)]) {
        self.row = with(&self.row, changes);
        self.row.insert(
            "updated_at".into(),
            format!("2026-03-{}T08:00:00Z", self.day),
        );
        self.day += 1;
        self.ledger
            .import("bookings", to_csv(std::slice::from_ref(&self.row)));
        self.ledger.check();
    }

    /// Prepares, approves and sends the Monday's batch; its id and only payout.
    pub(crate) fn send(&self, monday: &str) -> (String, Value) {
        self.ledger.process(monday);
        let batch = self.ledger.prepare(monday);
        assert_eq!(batch["payouts"].as_array().unwrap().len(), 1, "{batch}");
        let id = text(&batch, "batch_id");
        self.ledger.approve(&id);
        self.ledger.send(&id);
        self.ledger.check();
        (id, batch["payouts"][0].clone())
    }

    pub(crate) fn pay(&self, monday: &str) -> String {
        let (id, payout) = self.send(monday);
        self.ledger.ok(&["payouts", "settle", &id]);
        self.ledger.check();
        text(&payout, "amount")
    }

    pub(crate) fn commission(&self) -> [String; 3] {
        let c = self.ledger.ok(&["commissions", "list", "--booking", "b-1"]);
        ["status", "refunded", "host_amount"].map(|key| text(&c[0], key))
    }

    pub(crate) fn balance(&self, account: &str) -> Decimal {
        let key = (account.to_owned(), "USD".to_owned());
        balances(&self.ledger)
            .get(&key)
            .copied()
            .unwrap_or_default()
    }

    /// What the host is owed.
    pub(crate) fn owed(&self) -> Decimal {
        -self.balance("liabilities:hosts:h-1")
    }
}

pub(crate) fn is(words: [&str; 3]) -> [String; 3] {
    words.map(str::to_owned)
}

#[test]
fn c3_refunds_before_payment_make_the_payout_smaller_or_void() {
    let mut s = Story::new();
    assert_eq!(s.commission(), is(["PENDING", "0.00", "66.80"]));
    s.tell(&[
        ("refunded_amount", "10.00"),
        ("refunded_at", "2026-03-11T07:00:00Z"),
    ]);
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["PENDING", "10.00", "59.80"]), decimal("59.80"))
    );
    s.ledger.process(MONDAY);
    s.tell(&[("refunded_amount", "20.00")]);
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["PROCESSED", "20.00", "52.80"]), decimal("52.80"))
    );
    s.tell(&[("refunded_amount", "100.00"), ("status", "REFUNDED")]);
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["VOID", "100.00", "0.00"]), decimal("0"))
    );
    assert_eq!(
        s.balance("expenses:processing fees"),
        decimal("3.20"),
        "card networks keep the fee"
    );
    // An import's void may reopen by a newer row.
    s.tell(&[("refunded_amount", "20.00"), ("status", "COMPLETED")]);
    assert_eq!(s.owed(), decimal("52.80"));
    assert_eq!(s.pay("2026-03-23"), "52.80");
}

#[test]
fn c3_refunds_after_payment_are_clawed_back_step_by_step_and_given_back() {
    let mut s = Story::new();
    assert_eq!(s.pay(MONDAY), "66.80");
    for (refunded, status, owed) in [
        ("10.00", "COMPLETED", "-7.00"),
        ("25.00", "COMPLETED", "-17.50"),
        ("100.00", "REFUNDED", "-66.80"),
        ("25.00", "COMPLETED", "-17.50"),
        ("0.00", "COMPLETED", "0"),
        ("40.00", "COMPLETED", "-28.00"),
    ] {
        s.tell(&[
            ("refunded_amount", refunded),
            ("status", status),
            ("refunded_at", "2026-03-18T07:00:00Z"),
        ]);
        assert_eq!(s.owed(), decimal(owed), "after a refund of {refunded}");
        assert_eq!(s.commission(), is(["PAID", refunded, "66.80"]));
    }
    // The next week's money is set against it, and nobody is asked for a negative payout.
    let before = s.ledger.prepare("2026-03-23");
    let carried = &before["carried"][0];
    assert_eq!(
        (&carried["amount"], &carried["reason"]),
        (&"-28.00".into(), &"NEGATIVE_BALANCE".into())
    );
    s.ledger
        .ok(&["payouts", "cancel", &text(&before, "batch_id")]);
    s.ledger.import(
        "bookings",
        to_csv(&[booking("b-2", "h-1", &[("price", "100.00")])]),
    );
    assert_eq!(s.pay("2026-03-23"), "38.80");
    assert_eq!(s.owed(), Decimal::ZERO);
}

#[test]
fn c3_the_actual_fee_replaces_the_estimate_until_the_commission_is_processed() {
    let mut s = Story::new();
    s.tell(&[("processing_fee", "4.20")]);
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["PENDING", "0.00", "65.80"]), decimal("65.80"))
    );
    assert_eq!(s.balance("assets:stripe"), decimal("95.80"));
    s.ledger.process(MONDAY);
    s.tell(&[("processing_fee", "5.20")]);
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["PROCESSED", "0.00", "65.80"]), decimal("65.80"))
    );
    assert_eq!(s.balance("assets:stripe"), decimal("94.80"));
    assert_eq!(s.balance("expenses:processing fees"), decimal("1.00"));
    assert_eq!(s.pay(MONDAY), "65.80");
    s.tell(&[("processing_fee", "3.20")]);
    assert_eq!(
        (s.owed(), s.balance("expenses:processing fees")),
        (Decimal::ZERO, decimal("-1.00"))
    );
}

#[test]
fn c3_a_host_known_only_later_sets_the_rate_while_the_commission_is_pending() {
    let ledger = TestLedger::new();
    ledger.import(
        "bookings",
        to_csv(&[booking("b-1", "h-new", &[("price", "100.00")])]),
    );
    let rate = || text(&ledger.ok(&["commissions", "list"])[0], "rate");
    assert_eq!(rate(), "70.00");
    ledger.process(MONDAY);
    let carried = ledger.prepare(MONDAY);
    assert_eq!(carried["carried"][0]["reason"], "NOT_VERIFIED");
    ledger.ok(&["payouts", "cancel", &text(&carried, "batch_id")]);
    let second = booking(
        "b-2",
        "h-new",
        &[("price", "100.00"), ("status", "CONFIRMED")],
    );
    ledger.import("bookings", to_csv(&[second]));
    ledger.import(
        "hosts",
        to_csv(&[host("h-new", &[("teaching_experience_years", "1")])]),
    );
    let rates: Vec<String> = ledger
        .commissions()
        .iter()
        .map(|c| text(c, "rate"))
        .collect();
    assert_eq!(
        rates,
        ["70.00", "60.00"],
        "from PROCESSED on the rate stays"
    );
    ledger.check();
    assert_eq!(ledger.prepare(MONDAY)["payouts"][0]["amount"], "66.80");
}

#[test]
fn c3_a_persons_void_sticks_and_a_later_refund_reverses_it() {
    let mut s = Story::new();
    assert_eq!(
        s.ledger
            .refused(&["commissions", "void", "b-1", "--reason", " "])
            .code,
        "BAD_INPUT"
    );
    s.ledger.ok(&[
        "commissions",
        "void",
        "b-1",
        "--reason",
        "the host taught somebody else",
    ]);
    s.ledger.check();
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["VOID", "0.00", "0.00"]), decimal("0"))
    );
    assert_eq!(s.balance("income:voided commissions"), decimal("-66.80"));
    s.tell(&[("rating", "5")]);
    assert_eq!(
        s.commission(),
        is(["VOID", "0.00", "0.00"]),
        "a newer row doesn't reopen it"
    );
    s.tell(&[("refunded_amount", "100.00"), ("status", "REFUNDED")]);
    assert_eq!(s.balance("income:voided commissions"), Decimal::ZERO);
    assert_eq!(s.balance("expenses:processing fees"), decimal("3.20"));
}

#[test]
fn c3_a_failed_payout_stays_frozen_and_its_retry_nets_what_came_since() {
    let mut s = Story::new();
    let (batch, payout) = s.send(MONDAY);
    // On its way: the restatement is an adjustment at once, not a change of what was sent.
    s.tell(&[
        ("refunded_amount", "10.00"),
        ("refunded_at", "2026-03-15T07:00:00Z"),
    ]);
    assert_eq!(s.owed(), decimal("-7.00"));
    let id = text(&payout, "payout_id");
    s.ledger.ok(&[
        "payouts",
        "settle",
        &batch,
        "--failed",
        &format!("{id}=account closed"),
    ]);
    s.ledger.check();
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["PROCESSED", "10.00", "66.80"]), decimal("59.80"))
    );
    let again = s.ledger.ok(&["--as-of", MONDAY, "payouts", "retry", &id]);
    assert_eq!(
        (
            &again["payouts"][0]["amount"],
            &again["payouts"][0]["lines"]
        ),
        (&"59.80".into(), &2.into())
    );
    s.ledger.check();
}

#[test]
fn c3_undoing_a_restatement_takes_its_clawback_back() {
    let mut s = Story::new();
    s.pay(MONDAY);
    s.tell(&[
        ("refunded_amount", "40.00"),
        ("refunded_at", "2026-03-18T07:00:00Z"),
    ]);
    assert_eq!(s.owed(), decimal("-28.00"));
    let newest = text(&s.ledger.ok(&["imports", "list"])[0], "import_id");
    s.ledger.ok(&["imports", "undo", &newest]);
    s.ledger.check();
    assert_eq!(
        (s.commission(), s.owed()),
        (is(["PAID", "0.00", "66.80"]), Decimal::ZERO)
    );
    let first = s.ledger.ok(&["imports", "list"]);
    let first = text(&first[1], "import_id");
    assert_eq!(
        s.ledger.refused(&["imports", "undo", &first]).code,
        "PAID_DEPENDS_ON_IT"
    );
    // The same row comes again with the next export.
    s.tell(&[]);
    assert_eq!(s.owed(), decimal("-28.00"));
}

#[test]
fn c3_business_dates_follow_the_ledgers_zone() {
    let ledger = TestLedger::nowhere();
    ledger.ok(&["init", "--time-zone", "America/New_York"]);
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    // Ends on the 9th in New York and on the 10th in UTC.
    let late = [
        ("starts_at", "2026-03-10T02:00:00Z"),
        ("ends_at", "2026-03-10T03:30:00Z"),
    ];
    ledger.import("bookings", to_csv(&[booking("b-1", "h-1", &late)]));
    assert_eq!(text(&ledger.commissions()[0], "payable_on"), MONDAY);
    assert_eq!(ledger.process("2026-03-15")["processed"], 0);
    assert_eq!(ledger.process(MONDAY)["processed"], 1);
    let sums = ledger.ok(&["balances", "--as-of", "2026-03-08"]);
    let owed = |sums: &Value| {
        sums.as_array()
            .unwrap()
            .iter()
            .any(|b| b["account"] == "liabilities:hosts:h-1")
    };
    assert!(!owed(&sums), "completed on the 9th: {sums}");
    assert!(owed(&ledger.ok(&["balances", "--as-of", "2026-03-09"])));
    ledger.check();
}
