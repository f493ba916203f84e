//! D2 and D4: complaints and chargebacks against one booking, told row by row: what is held back,
//! what is taken back, what never counts twice, and what is refused.

use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use hostledger_tests::{APPROVER, TestLedger};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::text;
use crate::restated::{MONDAY, Story, is};

/// A chargeback about all of `b-1`, opened on 10 March.
fn chargeback(changes: &[(&str, &str)]) -> Row {
    let plain = [
        ("dispute_id", "dp_1"),
        ("booking_id", "b-1"),
        ("kind", "CHARGEBACK"),
        ("reason", "product_not_received"),
        ("amount", "100.00"),
        ("currency", "USD"),
        ("status", "needs_response"),
        ("opened_at", "2026-03-17T09:00:00Z"),
        ("evidence_due_by", "2026-03-31T09:00:00Z"),
        ("closed_at", ""),
    ];
    let row: Row = plain
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    with(&row, changes)
}

fn closed(status: &'static str, at: &'static str) -> [(&'static str, &'static str); 2] {
    [("status", status), ("closed_at", at)]
}

impl Story {
    fn dispute(&self, row: &Row) -> Value {
        let done = self
            .ledger
            .import("disputes", to_csv(std::slice::from_ref(row)));
        self.ledger.check();
        done
    }

    fn reserved(&self) -> Decimal {
        -self.balance("liabilities:hosts:h-1:reserved")
    }

    /// How many disputes hold the booking.
    fn blocks(&self) -> usize {
        let c = self.ledger.ok(&["commissions", "list", "--booking", "b-1"]);
        let blocks = c[0]["blocks"].as_array().unwrap();
        blocks.iter().filter(|b| b["kind"] == "DISPUTE").count()
    }

    /// The host's payout or what is carried, on a later Monday.
    fn batch_of(&self, monday: &str) -> Value {
        self.ledger.process(monday);
        let batch = self.ledger.prepare(monday);
        self.ledger.check();
        batch
    }
}

fn usd(text: &str) -> Decimal {
    decimal(text)
}

#[test]
fn d2_a_chargeback_before_payment_holds_the_booking_and_posts_the_banks_money() {
    let s = Story::new();
    s.dispute(&chargeback(&[]));
    assert_eq!((s.blocks(), s.reserved()), (1, usd("0")));
    assert_eq!(s.balance("assets:disputed"), usd("100"));
    assert_eq!(s.balance("expenses:dispute fees"), usd("15"));
    // 100 less the network's 3.20, what the bank took and its fee.
    assert_eq!(s.balance("assets:stripe"), usd("-18.20"));
    let batch = s.batch_of(MONDAY);
    assert_eq!(batch["payouts"].as_array().unwrap().len(), 0, "{batch}");
    s.dispute(&chargeback(&closed("won", "2026-03-20T09:00:00Z")));
    assert_eq!(s.balance("assets:disputed"), usd("0"));
    assert_eq!(s.pay("2026-03-23"), "66.80");
}

#[test]
fn d2_a_dispute_opened_under_a_batch_stops_its_payout() {
    let s = Story::new();
    s.ledger.process(MONDAY);
    let batch = s.ledger.prepare(MONDAY);
    let id = text(&batch, "batch_id");
    s.ledger.approve(&id);
    s.dispute(&chargeback(&[]));
    let sent = s.ledger.send(&id);
    assert_eq!((&sent["sent"], &sent["failed"]), (&0.into(), &1.into()));
    assert_eq!(
        s.reserved(),
        usd("0"),
        "nothing left, so nothing is reserved"
    );
}

/// Pains 8 and 26: what was paid and is lost is netted by the next payouts, and a host is never
/// asked to send money back.
#[test]
fn d2_a_loss_after_payment_is_netted_by_later_payouts() {
    let s = Story::new();
    assert_eq!(s.pay(MONDAY), "66.80");
    s.dispute(&chargeback(&[]));
    assert_eq!((s.owed(), s.reserved()), (usd("-66.80"), usd("66.80")));
    let carried = s.batch_of("2026-03-23");
    assert_eq!(carried["carried"][0]["reason"], "NEGATIVE_BALANCE");
    s.ledger
        .ok(&["payouts", "cancel", &text(&carried, "batch_id")]);
    s.dispute(&chargeback(&closed("lost", "2026-03-25T09:00:00Z")));
    assert_eq!((s.owed(), s.reserved()), (usd("-66.80"), usd("0")));
    assert_eq!(s.balance("assets:disputed"), usd("0"));
    assert_eq!(s.commission(), is(["PAID", "100.00", "66.80"]));
    // The next session earns 66.80: exactly what is owed; the one after it is paid in full.
    for (id, ends) in [("b-2", "2026-03-18"), ("b-3", "2026-03-19")] {
        let times = [format!("{ends}T10:00:00Z"), format!("{ends}T11:00:00Z")];
        let row = booking(
            id,
            "h-1",
            &[
                ("price", "100.00"),
                ("starts_at", &times[0]),
                ("ends_at", &times[1]),
                ("updated_at", &times[1]),
            ],
        );
        s.ledger.import("bookings", to_csv(&[row]));
    }
    assert_eq!(s.pay("2026-03-30"), "66.80");
    assert_eq!(s.owed(), usd("0"));
}

/// Pain 10.
#[test]
fn d2_a_refund_while_a_dispute_is_open_deducts_once() {
    let mut s = Story::new();
    s.pay(MONDAY);
    s.dispute(&chargeback(&[]));
    s.tell(&[
        ("status", "REFUNDED"),
        ("refunded_amount", "100.00"),
        ("refunded_at", "2026-03-18T09:00:00Z"),
    ]);
    assert_eq!(
        (s.owed(), s.reserved()),
        (usd("-66.80"), usd("0")),
        "what the refund took can't be at stake any more"
    );
    s.dispute(&chargeback(&closed("lost", "2026-03-25T09:00:00Z")));
    assert_eq!((s.owed(), s.reserved()), (usd("-66.80"), usd("0")));
    // The platform gave the price back twice; the second time is its own loss.
    assert_eq!(s.balance("expenses:lost disputes"), usd("100"));
    assert_eq!(s.balance("assets:stripe"), usd("-118.20"));
}

/// Pain 10, the other way round: the bank took it first, then the platform refunds.
#[test]
fn d2_a_refund_after_a_lost_chargeback_deducts_once() {
    let mut s = Story::new();
    s.pay(MONDAY);
    s.dispute(&chargeback(&closed("lost", "2026-03-25T09:00:00Z")));
    s.tell(&[
        ("status", "REFUNDED"),
        ("refunded_amount", "100.00"),
        ("refunded_at", "2026-03-26T09:00:00Z"),
    ]);
    assert_eq!(s.owed(), usd("-66.80"));
    assert_eq!(s.balance("expenses:lost disputes"), usd("100"));
}

#[test]
fn d2_a_lost_complaint_is_due_to_the_participant_until_an_export_shows_it() {
    let mut s = Story::new();
    let complaint = |status, at| {
        let mut changes = vec![
            ("dispute_id", "c-1"),
            ("kind", "COMPLAINT"),
            ("amount", "40.00"),
        ];
        changes.extend(closed(status, at));
        chargeback(&changes)
    };
    s.pay(MONDAY);
    s.dispute(&complaint("lost", "2026-03-20T09:00:00Z"));
    // 60 at 70 %: platform 18, fee 3.20, host 38.80.
    assert_eq!(s.owed(), usd("-28.00"));
    assert_eq!(s.balance("liabilities:refunds due"), usd("-40"));
    s.tell(&[
        ("refunded_amount", "40.00"),
        ("refunded_at", "2026-03-22T09:00:00Z"),
    ]);
    assert_eq!(s.balance("liabilities:refunds due"), usd("0"));
    assert_eq!(s.owed(), usd("-28.00"), "not deducted again");
    // Decided the other way after all: the refund alone remains.
    s.dispute(&complaint("won", "2026-03-24T09:00:00Z"));
    assert_eq!(s.owed(), usd("-28.00"));
    assert_eq!(s.balance("liabilities:refunds due"), usd("0"));
}

/// Pain 9.
#[test]
fn d2_what_was_given_back_is_never_paid() {
    let s = Story::new();
    s.ledger.process(MONDAY);
    let batch = s.ledger.prepare(MONDAY);
    let id = text(&batch, "batch_id");
    s.dispute(&chargeback(&closed("lost", "2026-03-25T09:00:00Z")));
    assert_eq!(s.commission(), is(["VOID", "100.00", "0.00"]));
    let refusal = s.ledger.refused(&["payouts", "submit", &id]);
    assert_eq!(refusal.code, "STALE_PAYOUTS");
    let left = s.ledger.ok(&["payouts", "refresh", &id]);
    assert!(
        left["payouts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|p| p["status"] == "CANCELLED"),
        "{left}"
    );
}

/// Pain 11: a loss re-splits a booking at its own rate, not at the host's rate of today.
#[test]
fn d2_a_loss_is_split_at_the_bookings_own_rate() {
    let ledger = TestLedger::new();
    let beginner = host("h-1", &[("teaching_experience_years", "0")]);
    ledger.import("hosts", to_csv(std::slice::from_ref(&beginner)));
    let seats = [
        booking("b-1", "h-1", &[("price", "100.00")]),
        booking("b-2", "h-1", &[("price", "100.00")]),
    ];
    ledger.import("bookings", to_csv(&seats));
    ledger.process(MONDAY);
    let batch = ledger.prepare(MONDAY);
    // Twice 60 less the fee of 3.20.
    assert_eq!(batch["payouts"][0]["amount"], "113.60");
    let id = text(&batch, "batch_id");
    ledger.approve(&id);
    ledger.send(&id);
    ledger.ok(&["payouts", "settle", &id]);
    let lost = with(
        &chargeback(&closed("lost", "2026-03-25T09:00:00Z")),
        &[("amount", "50.00")],
    );
    ledger.import("disputes", to_csv(&[lost]));
    ledger.check();
    let all = ledger.ok(&["adjustments", "list"]);
    assert_eq!(all[0]["amount"], "-30.00", "50 at 60 %: {all}");
}

/// Pain 12: whatever part is lost, the shares add up to what is left.
#[test]
fn d2_shares_add_up_whatever_part_is_lost() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let mut seats = Vec::new();
    let mut claims = Vec::new();
    for i in 1..=60 {
        let (id, claim) = (format!("b-{i}"), format!("dp_{i}"));
        let price = format!("{}.{:02}", 6 + i % 7, (i * 37 + 8) % 100);
        let amount = format!("{}.{:02}", i % 6, (i * 53 + 1) % 100);
        seats.push(booking(&id, "h-1", &[("price", &price)]));
        claims.push(chargeback(&[
            ("dispute_id", &claim),
            ("booking_id", &id),
            ("amount", &amount),
            ("status", "lost"),
            ("closed_at", "2026-03-25T09:00:00Z"),
        ]));
    }
    ledger.import("bookings", to_csv(&seats));
    let done = ledger.import("disputes", to_csv(&claims));
    assert_eq!(done["inserted"], 60, "{done}");
    for c in ledger.commissions() {
        let of = |key| decimal(&text(&c, key));
        assert_eq!(
            of("host_amount") + of("platform_fee") + of("processing_fee") - of("borne_by_platform"),
            of("price") - of("refunded"),
            "{c}"
        );
        assert!(of("refunded") > Decimal::ZERO, "{c}");
    }
    ledger.check();
}

#[test]
fn d4_what_cannot_be_is_an_exception_with_its_reason() {
    let s = Story::new();
    let rows = [
        chargeback(&[("dispute_id", "dp_2"), ("booking_id", "b-9")]),
        chargeback(&[("dispute_id", "dp_3"), ("amount", "1000.01")]),
        // The session ended on 2 March: the 30th day is 1 April.
        chargeback(&[
            ("dispute_id", "c-1"),
            ("kind", "COMPLAINT"),
            ("opened_at", "2026-04-02T00:00:00Z"),
        ]),
        chargeback(&[("dispute_id", "dp_4"), ("currency", "EUR")]),
        chargeback(&[("dispute_id", "dp_5"), ("status", "settled")]),
        chargeback(&[
            ("dispute_id", "c-2"),
            ("kind", "COMPLAINT"),
            ("opened_at", "2026-04-01T23:59:59Z"),
        ]),
    ];
    let done = s.ledger.import("disputes", to_csv(&rows));
    let codes: Vec<String> = done["first_exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| text(e, "code"))
        .collect();
    assert_eq!(
        codes,
        [
            "UNKNOWN_BOOKING",
            "DISPUTE_EXCEEDS_PRICE",
            "COMPLAINT_TOO_LATE",
            "CURRENCY_CHANGED",
            "UNKNOWN_STATUS"
        ]
    );
    assert_eq!((&done["inserted"], s.blocks()), (&1.into(), 1));
    s.ledger.check();
    // The booking comes; the row goes in on a second try.
    s.ledger.import(
        "bookings",
        to_csv(&[booking("b-9", "h-1", &[("price", "100.00")])]),
    );
    let open = s.ledger.ok(&["exceptions", "list"]);
    s.ledger
        .ok(&["exceptions", "retry", &text(&open[0], "exception_id")]);
    let found = s.ledger.ok(&["disputes", "list", "--booking", "b-9"]);
    assert_eq!(found[0]["dispute_id"], "dp_2");
    s.ledger.check();
}

#[test]
fn d4_an_old_file_reopens_nothing_and_a_later_decision_stands() {
    let s = Story::new();
    s.dispute(&chargeback(&[]));
    s.dispute(&chargeback(&closed("lost", "2026-03-25T09:00:00Z")));
    let old = s.dispute(&chargeback(&[("status", "under_review")]));
    assert_eq!(old["first_exceptions"][0]["code"], "DISPUTE_CLOSED");
    let won = s.dispute(&chargeback(&closed("won", "2026-04-25T09:00:00Z")));
    assert_eq!(won["updated"], 1);
    assert_eq!(s.commission(), is(["PENDING", "0.00", "66.80"]));
    let stale = s.dispute(&chargeback(&[
        ("status", "lost"),
        ("closed_at", "2026-03-25T09:00:00Z"),
        ("reason", "general"),
    ]));
    assert_eq!(stale["stale"], 1, "{stale}");
    assert_eq!(s.balance("expenses:dispute fees"), usd("15"), "one fee");
}

#[test]
fn d4_one_dispute_never_counts_twice_whatever_brings_it() {
    let s = Story::new();
    let l = &s.ledger;
    let on = ["--as-of", "2026-03-18"];
    let entered = l.ok(&[
        &on[..],
        &[
            "disputes",
            "open",
            "b-1",
            "--kind",
            "chargeback",
            "--reason",
            "fraudulent",
        ],
    ]
    .concat());
    assert_eq!(
        (&entered["amount"], &entered["status"]),
        (&"100.00".into(), &"needs_response".into())
    );
    let again = l.refused(
        &[
            &on[..],
            &["disputes", "open", "b-1", "--kind", "chargeback"],
        ]
        .concat(),
    );
    assert_eq!(again.code, "WRONG_STATE");
    let complaint = [
        "--as-of",
        "2026-04-02",
        "disputes",
        "open",
        "b-1",
        "--kind",
        "complaint",
        "--reason",
        "late",
    ];
    let late = l.refused(&complaint);
    assert_eq!(late.details["code"], "COMPLAINT_TOO_LATE");
    // The bank's file names it otherwise; it is the same one.
    let done = s.dispute(&chargeback(&[]));
    assert_eq!(
        (&done["inserted"], &done["updated"]),
        (&0.into(), &1.into())
    );
    let all = l.ok(&["disputes", "list"]);
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["dispute_id"], "dp_1");
    assert_eq!(s.balance("assets:disputed"), usd("100"));
    // Both names find it.
    let was = text(&entered, "dispute_id");
    assert_eq!(l.ok(&["disputes", "show", &was])["dispute_id"], "dp_1");
    let unchanged = s.dispute(&chargeback(&[("reason", "product_not_received ")]));
    assert_eq!(unchanged["unchanged"], 1);
}

#[test]
fn d4_a_warning_only_blocks_and_is_let_go_by_a_person() {
    let s = Story::new();
    s.pay(MONDAY);
    s.dispute(&chargeback(&[("status", "warning_needs_response")]));
    assert_eq!((s.blocks(), s.reserved()), (1, usd("0")));
    assert_eq!(s.balance("expenses:dispute fees"), usd("0"));
    let lost = [
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "lost",
        "--reason",
        "no answer",
    ];
    assert_eq!(s.ledger.refused(&lost).code, "WRONG_STATE");
    let won = [
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "won",
        "--reason",
        "the bank let it be",
    ];
    s.ledger.ok(&won);
    assert_eq!(s.blocks(), 0);
    s.ledger.check();
    // It becomes a chargeback after all.
    s.dispute(&chargeback(&[]));
    assert_eq!((s.blocks(), s.reserved()), (1, usd("66.80")));
}

#[test]
fn d2_each_outcome_is_shown_before_it_is_chosen() {
    let s = Story::new();
    s.pay(MONDAY);
    s.dispute(&chargeback(&[]));
    let shown = s.ledger.ok(&["disputes", "outcomes", "dp_1"]);
    assert_eq!(
        (&shown["reserved"], &shown["sent"]),
        (&"66.80".into(), &true.into())
    );
    let effect = |word: &str| {
        shown["effects"]
            .as_array()
            .unwrap()
            .iter()
            .find(|e| e["outcome"] == word)
            .unwrap()
            .clone()
    };
    assert_eq!(effect("won")["host_moves"], "66.80");
    let lost = effect("lost");
    assert_eq!(
        (&lost["clawback"], &lost["released"]),
        (&"-66.80".into(), &"66.80".into())
    );
    assert_eq!(lost["host_moves"], "0.00", "already held back");
    assert_eq!(s.owed(), usd("-66.80"), "nothing was changed");
    let close = [
        "--as-of",
        "2026-03-25",
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "lost",
        "--reason",
        "no evidence",
    ];
    let before: Vec<Value> = s.ledger.ok(&["balances"]).as_array().unwrap().clone();
    s.ledger.ok(&close);
    let after = s.ledger.ok(&["balances"]);
    for p in lost["postings"].as_array().unwrap() {
        let of = |all: &Value| {
            all.as_array()
                .unwrap()
                .iter()
                .find(|b| b["account"] == p["account"] && b["currency"] == p["currency"])
                .map_or(Decimal::ZERO, |b| decimal(&text(b, "balance")))
        };
        let moved = of(&after) - of(&Value::Array(before.clone()));
        assert_eq!(moved, decimal(&text(p, "amount")), "{p}");
    }
    s.ledger.check();
}

#[test]
fn d2_what_a_host_owes_is_written_off_by_two_people() {
    let s = Story::new();
    s.pay(MONDAY);
    s.dispute(&chargeback(&closed("lost", "2026-03-25T09:00:00Z")));
    let write_off = [
        "adjustments",
        "write-off",
        "h-1",
        "--currency",
        "USD",
        "--reason",
        "left for good",
    ];
    let id = text(&s.ledger.ok(&write_off), "adjustment_id");
    assert_eq!(
        s.ledger.refused(&["adjustments", "approve", &id]).code,
        "SAME_PERSON"
    );
    s.ledger.ok_as(APPROVER, &["adjustments", "approve", &id]);
    assert_eq!(
        (s.owed(), s.balance("expenses:bad debts")),
        (usd("0"), usd("66.80"))
    );
    assert_eq!(s.ledger.refused(&write_off).code, "WRONG_STATE");
    s.ledger.check();
}

#[test]
fn d4_a_disputes_file_is_undone_while_nothing_paid_depends_on_it() {
    let s = Story::new();
    s.pay(MONDAY);
    s.dispute(&chargeback(&[]));
    let lost = s.dispute(&chargeback(&closed("lost", "2026-03-25T09:00:00Z")));
    s.ledger.ok(&["imports", "undo", &text(&lost, "import_id")]);
    s.ledger.check();
    assert_eq!(
        (s.owed(), s.reserved(), s.blocks()),
        (usd("-66.80"), usd("66.80"), 1)
    );
    let opened = text(&s.ledger.ok(&["imports", "list"])[1], "import_id");
    s.ledger.ok(&["imports", "undo", &opened]);
    s.ledger.check();
    assert_eq!(
        (s.owed(), s.reserved(), s.blocks()),
        (usd("0"), usd("0"), 0)
    );
    assert_eq!(s.balance("expenses:dispute fees"), usd("0"));
    assert_eq!(s.ledger.ok(&["disputes", "list"]), Value::Array(Vec::new()));
    // It may be taken in again.
    let again = s.dispute(&chargeback(&[]));
    assert_eq!(
        (&again["inserted"], s.reserved()),
        (&1.into(), usd("66.80"))
    );
}

/// What a person entered takes on the file's id, gives it back when the file is undone, and takes
/// it on again: one dispute all the way.
#[test]
fn d4_an_undone_file_gives_the_entered_dispute_its_own_id_back() {
    let s = Story::new();
    let open = [
        "disputes",
        "open",
        "b-1",
        "--kind",
        "chargeback",
        "--opened",
        "2026-03-18",
    ];
    let entered = s.ledger.ok(&open);
    let file = s.dispute(&chargeback(&[]));
    assert_eq!(file["updated"], 1);
    s.ledger.ok(&["imports", "undo", &text(&file, "import_id")]);
    s.ledger.check();
    let all = s.ledger.ok(&["disputes", "list"]);
    assert_eq!(all[0]["dispute_id"], entered["dispute_id"], "{all}");
    let again = s.dispute(&chargeback(&[]));
    assert_eq!(
        (&again["inserted"], &again["updated"]),
        (&0.into(), &1.into())
    );
    let all = s.ledger.ok(&["disputes", "list"]);
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
    assert_eq!(s.balance("assets:disputed"), usd("100"));
    assert_eq!(s.balance("expenses:dispute fees"), usd("15"));
}

/// A file that named the wrong booking is undone; the right one is held then, and only that.
#[test]
fn d4_after_an_undo_the_same_id_may_be_about_another_booking() {
    let s = Story::new();
    s.ledger.import(
        "bookings",
        to_csv(&[booking("b-9", "h-1", &[("price", "100.00")])]),
    );
    let wrong = s.dispute(&chargeback(&[]));
    s.ledger
        .ok(&["imports", "undo", &text(&wrong, "import_id")]);
    let right = s.dispute(&chargeback(&[("booking_id", "b-9")]));
    assert_eq!(right["inserted"], 1, "{right}");
    let all = s.ledger.ok(&["disputes", "list"]);
    assert_eq!(all[0]["booking_id"], "b-9");
    assert_eq!(s.blocks(), 0);
    let held = s.ledger.ok(&["commissions", "list", "--booking", "b-9"]);
    assert_eq!(held[0]["blocks"].as_array().unwrap().len(), 1);
    assert_eq!(s.balance("assets:disputed"), usd("100"));
}

/// What a person ended stays ended while the bank's word stays the same.
#[test]
fn d4_another_detail_does_not_undo_what_a_person_ended() {
    let s = Story::new();
    let warning = [("status", "warning_closed")];
    s.dispute(&chargeback(&warning));
    s.ledger.ok(&[
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "won",
        "--reason",
        "the bank let it be",
    ]);
    assert_eq!(s.blocks(), 0);
    let detail = s.dispute(&chargeback(&[warning[0], ("reason", "general")]));
    assert_eq!((&detail["updated"], s.blocks()), (&1.into(), 0));
    // The bank charges back after all: that is another word.
    s.dispute(&chargeback(&[]));
    assert_eq!(s.blocks(), 1);
    s.ledger.ok(&[
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "withdrawn",
        "--reason",
        "found the link",
    ]);
    s.dispute(&chargeback(&closed("won", "2027-01-20T09:00:00Z")));
    let all = s.ledger.ok(&["disputes", "list"]);
    assert_eq!(
        (&all[0]["status"], &all[0]["withdrawn"]),
        (&"won".into(), &true.into())
    );
}
