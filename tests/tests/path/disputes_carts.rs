//! A charge that paid several bookings is disputed: all of it, or a part that a person must name.

use hostledger_stripe_fake::{AccountSetup, DisputeSetup, FakeStripe};
use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, to_csv, with};
use hostledger_tests::stripe::{account, send};
use serde_json::Value;

use crate::close::text;
use crate::disputes_banks::{
    LOST, MONDAY, balance, by_hand, close, connected, dispute, fees, held, listed, payments,
    refused, retry, takes, usd, waiting, with_bookings, with_hosts,
};

/// Three bookings of three hosts, 40.00 each, paid by one charge: each fee 1.46, host 26.54.
fn cart() -> TestLedger {
    let l = with_hosts();
    sells_carts(&l);
    l.import("bookings", to_csv(&cart_rows()));
    l
}

/// Where carts are sold, a charge of several bookings isn't flagged.
fn sells_carts(l: &TestLedger) {
    let why = ["--reason", "carts are sold", "--as-of", "2026-01-01"];
    l.ok(&[&["settings", "set", "carts", "on"][..], &why].concat());
}

fn cart_rows() -> Vec<Row> {
    (1..=3)
        .map(|n| {
            let (b, h) = (format!("b-{n}"), format!("h-{n}"));
            booking(&b, &h, &[("price", "40.00"), ("charge_id", "ch_cart")])
        })
        .collect()
}

#[test]
fn a3_a_whole_cart_is_disputed_booking_by_booking_and_moves_together() {
    let l = cart();
    let whole = |status| payments("ch_cart", "120.00", "usd", status);
    let first = l.import("stripe-payments", whole("needs_response"));
    assert_eq!(
        (&first["inserted"], &first["exceptions"]),
        (&1.into(), &0.into()),
        "{first}"
    );
    l.check();
    let all = listed(&l);
    let of = |n: usize, status: &str| {
        ["chargeback-of-ch_cart", &format!("b-{n}"), status, "40.00"].map(str::to_owned)
    };
    assert_eq!(
        all,
        [
            of(1, "needs_response"),
            of(2, "needs_response"),
            of(3, "needs_response")
        ]
    );
    assert_eq!(held(&l), ["b-1", "b-2", "b-3"]);
    assert_eq!(
        (balance(&l, "assets:disputed", "USD"), fees(&l).0),
        (usd("120"), usd("15"))
    );
    // Stripe's id takes its place for all; the platform's file says each booking under it.
    let rows: Vec<Row> = (1..=3)
        .map(|n| {
            dispute(&[
                ("booking_id", &format!("b-{n}")),
                ("amount", "40.00"),
                ("status", "under_review"),
            ])
        })
        .collect();
    let named = l.import("disputes", to_csv(&rows));
    l.check();
    assert_eq!(
        (&named["inserted"], &named["exceptions"]),
        (&0.into(), &0.into()),
        "{named}"
    );
    let ids: Vec<String> = listed(&l).into_iter().map(|d| d[0].clone()).collect();
    assert_eq!(ids, ["dp_1", "dp_1", "dp_1"]);
    assert_eq!(fees(&l).0, usd("15"), "one fee");
    // Lost: each host loses the own booking, nobody another's.
    assert_eq!(takes(&l, "stripe-payments", &whole("lost")), [0, 1, 0, 0]);
    for c in l.commissions() {
        assert_eq!(
            (&c["status"], &c["refunded"]),
            (&"VOID".into(), &"40.00".into()),
            "{c}"
        );
    }
    assert_eq!(balance(&l, "assets:disputed", "USD"), usd("0"));
    // 120.00 less three fees of 1.46, the 120.00 and the bank's 15.00.
    assert_eq!(balance(&l, "assets:stripe", "USD"), usd("-19.38"));
    // The other way round, by a person, for all of them.
    close(&l, "dp_1", "won", "2026-04-20");
    assert!(listed(&l).iter().all(|d| d[2] == "won"));
    assert_eq!(balance(&l, "assets:stripe", "USD"), usd("100.62"));
    assert_eq!((held(&l).len(), fees(&l).0), (0, usd("15")));
}

#[test]
fn a3_an_undone_file_takes_every_booking_of_the_cart_back() {
    let l = cart();
    let before = l.ok(&["balances"]);
    let file = l.import(
        "stripe-payments",
        payments("ch_cart", "121.37", "usd", "needs_response"),
    );
    l.check();
    let amounts: Vec<String> = listed(&l).into_iter().map(|d| d[3].clone()).collect();
    assert_eq!(
        amounts,
        ["41.37", "40.00", "40.00"],
        "what is beyond all prices stands with the first"
    );
    let undo = |import: &Value| {
        l.ok(&["imports", "undo", &text(import, "import_id")]);
        l.check();
    };
    let lost = l.import(
        "stripe-payments",
        payments("ch_cart", "121.37", "usd", "lost"),
    );
    assert_eq!(balance(&l, "expenses:lost disputes", "USD"), usd("1.37"));
    undo(&lost);
    assert_eq!(held(&l).len(), 3);
    undo(&file);
    assert_eq!((held(&l).len(), listed(&l).len()), (0, 0));
    let after = l.ok(&["balances"]);
    let moved = |b: &&Value| b["balance"] != "0.00";
    let list = |v: &Value| {
        v.as_array()
            .unwrap()
            .iter()
            .filter(moved)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&after), list(&before));
}

#[test]
fn a3_a_part_of_a_cart_waits_until_a_person_says_which() {
    let l = cart();
    let part = |status| payments("ch_cart", "40.00", "usd", status);
    assert_eq!(
        takes(&l, "stripe-payments", &part("needs_response")),
        [0, 0, 0, 1]
    );
    let exception = waiting(&l).remove(0);
    let (id, message) = (
        text(&exception, "exception_id"),
        text(&exception, "message"),
    );
    assert_eq!(exception["code"], "AMBIGUOUS_BOOKING");
    assert!(
        message.contains("b-1 (40.00 USD), b-2 (40.00 USD), b-3 (40.00 USD)"),
        "{message}"
    );
    let again = l.run(&["exceptions", "retry", &id]);
    assert_eq!(again.status, 3);
    let other = ["exceptions", "retry", &id, "--booking", "b-9"];
    assert_eq!(refused(&l, &other).code, "BAD_INPUT");
    retry(&l, &exception, &["--booking", "b-2"]);
    assert_eq!(held(&l), ["b-2"]);
    // Later files need nobody.
    assert_eq!(
        takes(&l, "stripe-payments", &part("under_review")),
        [0, 1, 0, 0]
    );
    assert_eq!(takes(&l, "stripe-payments", &part("lost")), [0, 1, 0, 0]);
    let refunds: Vec<String> = l
        .commissions()
        .iter()
        .map(|c| text(c, "refunded"))
        .collect();
    assert_eq!(refunds, ["0.00", "40.00", "0.00"]);
    // What a person entered before says it as well.
    let l = cart();
    by_hand(&l, "b-3", "chargeback", "40.00", "2026-03-11");
    assert_eq!(
        takes(&l, "stripe-payments", &part("needs_response")),
        [0, 1, 0, 0]
    );
    assert_eq!(held(&l), ["b-3"]);
}

#[test]
fn a3_less_than_the_cart_after_all_is_asked_about_and_lets_the_others_go() {
    let l = cart();
    takes(
        &l,
        "stripe-payments",
        &payments("ch_cart", "120.00", "usd", "needs_response"),
    );
    assert_eq!(
        takes(
            &l,
            "stripe-payments",
            &payments("ch_cart", "40.00", "usd", "needs_response")
        ),
        [0, 0, 0, 1]
    );
    assert_eq!(held(&l).len(), 3);
    retry(&l, &waiting(&l)[0], &["--booking", "b-2"]);
    assert_eq!(held(&l), ["b-2"]);
    assert_eq!(
        (balance(&l, "assets:disputed", "USD"), fees(&l).0),
        (usd("40"), usd("15"))
    );
}

#[test]
fn a3_refunds_before_make_the_whole_smaller() {
    let mut rows = cart_rows();
    rows[0] = with(
        &rows[0],
        &[
            ("refunded_amount", "10.00"),
            ("refunded_at", "2026-03-04T10:00:00Z"),
        ],
    );
    let l = with_bookings(&rows);
    assert_eq!(
        takes(
            &l,
            "stripe-payments",
            &payments("ch_cart", "109.99", "usd", "lost")
        ),
        [0, 0, 0, 1]
    );
    assert_eq!(
        takes(
            &l,
            "stripe-payments",
            &payments("ch_cart", "110.00", "usd", "lost")
        ),
        [1, 0, 0, 0]
    );
    let amounts: Vec<String> = listed(&l).into_iter().map(|d| d[3].clone()).collect();
    assert_eq!(amounts, ["30.00", "40.00", "40.00"]);
    assert!(l.commissions().iter().all(|c| c["status"] == "VOID"));
    assert_eq!(balance(&l, "expenses:lost disputes", "USD"), usd("0"));
}

/// A booking whose place another took, and one that was never captured, are not of the charge.
#[test]
fn a3_what_was_moved_or_never_captured_is_not_of_the_charge() {
    let rows = cart_rows();
    let moved = with(&rows[0], &[("status", "CANCELLED")]);
    let pending = with(&rows[2], &[("status", "PENDING")]);
    let l = with_bookings(&[moved, rows[1].clone(), pending]);
    assert_eq!(
        takes(
            &l,
            "stripe-payments",
            &payments("ch_cart", "40.00", "usd", "needs_response")
        ),
        [1, 0, 0, 0]
    );
    assert_eq!(held(&l), ["b-2"]);
}

/// A row of the platform's file names its booking, whatever the amount.
#[test]
fn a3_a_row_that_names_its_booking_is_taken_as_said() {
    let l = cart();
    assert_eq!(
        takes(&l, "disputes", &to_csv(&[dispute(&[("amount", "120.00")])])),
        [1, 0, 0, 0]
    );
    assert_eq!(held(&l), ["b-1"]);
    assert_eq!(balance(&l, "assets:disputed", "USD"), usd("120"));
    // Another file never moves it to another booking; rows of one file are its parts.
    let moved = l.import(
        "disputes",
        to_csv(&[dispute(&[("booking_id", "b-2"), ("amount", "40.00")])]),
    );
    assert_eq!(
        moved["first_exceptions"][0]["code"], "DISPUTE_MOVED",
        "{moved}"
    );
    l.check();
    let l = cart();
    let rows: Vec<Row> = (1..=2)
        .map(|n| dispute(&[("booking_id", &format!("b-{n}")), ("amount", "40.00")]))
        .collect();
    assert_eq!(takes(&l, "disputes", &to_csv(&rows)), [2, 0, 0, 0]);
    assert_eq!((held(&l).len(), fees(&l).0), (2, usd("15")));
    // One row's newer word moves both; a row that names the charge is about all that it paid.
    assert_eq!(
        takes(&l, "disputes", &to_csv(&[with(&rows[1], &LOST)])),
        [0, 1, 0, 0]
    );
    assert!(listed(&l).iter().all(|d| d[2] == "lost"));
    let l = cart();
    let by_charge = dispute(&[
        ("booking_id", ""),
        ("charge_id", "ch_cart"),
        ("amount", "120.00"),
    ]);
    assert_eq!(takes(&l, "disputes", &to_csv(&[by_charge])), [1, 0, 0, 0]);
    assert_eq!(held(&l), ["b-1", "b-2", "b-3"]);
}

#[test]
fn a3_a_cart_at_stripe_is_taken_over_answered_once_and_decided_together() {
    let stripe = FakeStripe::start();
    let l = cart();
    connected(&stripe, &l);
    let of = |amount| DisputeSetup {
        charge: "ch_cart".to_owned(),
        amount,
        ..DisputeSetup::default()
    };
    let id = stripe.open_dispute(false, of(12_000)).unwrap();
    assert_eq!(l.ok(&["stripe", "sync"])["disputes"], 1);
    l.check();
    assert_eq!(held(&l), ["b-1", "b-2", "b-3"]);
    assert_eq!(
        (balance(&l, "assets:disputed", "USD"), fees(&l).0),
        (usd("120"), usd("15"))
    );
    // Evidence is handed in once, whichever booking it is asked for.
    let part = format!("{id}/b-2");
    let evidence = l.ok(&["disputes", "evidence", &part, "--keep"]);
    assert!(
        evidence.to_string().contains("b-1") && evidence.to_string().contains("b-3"),
        "{evidence}"
    );
    l.ok(&["disputes", "evidence", &id, "--reviewed"]);
    l.ok(&["disputes", "evidence", &id, "--submit"]);
    assert_eq!(
        l.refused(&["disputes", "evidence", &part, "--submit"]).code,
        "WRONG_STATE"
    );
    assert!(listed(&l).iter().all(|d| d[2] == "under_review"));
    // A letter is to one host.
    let letter = |id: &str| l.run(&["disputes", "letter", id, "--out", &l.arg("letter.pdf")]);
    let refusal = letter(&id).refusal("a letter about three bookings");
    assert!(refusal.message.contains(&part), "{}", refusal.message);
    assert_eq!(letter(&part).status, 0);
    let outcomes = l.ok(&["disputes", "outcomes", &id]);
    let lost = outcomes["effects"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["outcome"] == "lost")
        .unwrap();
    assert_eq!(
        (&lost["refunded"], &lost["host_amount"]),
        (&"120.00".into(), &"0.00".into())
    );
    l.ok(&[
        "disputes",
        "update",
        &id,
        "--owner",
        "ana",
        "--note",
        "asked all three",
    ]);
    assert!(
        l.ok(&["disputes", "list"])
            .as_array()
            .unwrap()
            .iter()
            .all(|d| d["owner"] == "ana")
    );
    assert!(
        l.ok(&["disputes", "show", &part])["story"]
            .to_string()
            .contains("asked all three")
    );
    stripe.settle_dispute(&id, "won").unwrap();
    assert_eq!(l.ok(&["stripe", "sync"])["disputes"], 1);
    l.check();
    assert!(listed(&l).iter().all(|d| d[2] == "won"));
    assert_eq!(
        (held(&l).len(), balance(&l, "assets:disputed", "USD")),
        (0, usd("0"))
    );
    // A part of it waits, once, until a person says which.
    stripe.open_dispute(false, of(4000)).unwrap();
    l.ok(&["stripe", "sync"]);
    l.ok(&["stripe", "sync"]);
    let all = waiting(&l);
    assert_eq!(
        (all.len(), &all[0]["code"]),
        (1, &"AMBIGUOUS_BOOKING".into())
    );
    retry(&l, &all[0], &["--booking", "b-3"]);
    assert_eq!(held(&l), ["b-3"]);
    assert_eq!(l.ok(&["stripe", "sync"])["disputes"], 0);
}

/// Each host's paid booking of a lost cart is taken back from the own balance at Stripe.
#[test]
fn a3_what_a_lost_cart_claws_back_is_reserved_and_taken_from_each_host() {
    let l = cart();
    l.ok(&[
        "settings",
        "set",
        "minimum.USD",
        "0.00",
        "--reason",
        "every cent in this test",
        "--as-of",
        "2026-01-01",
    ]);
    l.process(MONDAY);
    let batch = text(&l.prepare(MONDAY), "batch_id");
    l.approve(&batch);
    l.send(&batch);
    l.ok(&["payouts", "settle", &batch]);
    let whole = |status| payments("ch_cart", "120.00", "usd", status);
    takes(&l, "stripe-payments", &whole("needs_response"));
    let reserved: Vec<String> = l
        .ok(&["disputes", "list"])
        .as_array()
        .unwrap()
        .iter()
        .map(|d| text(d, "reserved"))
        .collect();
    assert_eq!(reserved, ["26.54", "26.54", "26.54"]);
    takes(&l, "stripe-payments", &whole("lost"));
    for n in 1..=3 {
        assert_eq!(
            balance(&l, &format!("liabilities:hosts:h-{n}"), "USD"),
            usd("26.54")
        );
        assert_eq!(
            balance(&l, &format!("liabilities:hosts:h-{n}:reserved"), "USD"),
            usd("0")
        );
    }
}

/// Each host's part of a lost cart is taken back from that host's balance at Stripe, by one command.
#[test]
fn a3_a_lost_cart_is_taken_back_at_stripe_from_every_host_that_was_paid() {
    let stripe = FakeStripe::start();
    let l = cart();
    for n in 1..=3 {
        stripe.add_account(&account(n), AccountSetup::default());
    }
    connected(&stripe, &l);
    l.process(MONDAY);
    let batch = text(&l.prepare(MONDAY), "batch_id");
    l.approve(&batch);
    assert_eq!(send(&l, &batch).json["sent"], 3);
    let setup = DisputeSetup {
        charge: "ch_cart".to_owned(),
        amount: 12_000,
        ..DisputeSetup::default()
    };
    let id = stripe.open_dispute(false, setup).unwrap();
    stripe.settle_dispute(&id, "lost").unwrap();
    l.ok(&["stripe", "sync"]);
    let one = l.ok(&["disputes", "recover", &format!("{id}/b-2")]);
    assert_eq!(one["amount"], "26.54");
    let rest = l.ok(&["disputes", "recover", &id]);
    assert_eq!(rest["amount"], "53.08", "the other two");
    l.check();
    assert_eq!(l.refused(&["disputes", "recover", &id]).code, "WRONG_STATE");
    for n in 1..=3 {
        assert_eq!(
            balance(&l, &format!("liabilities:hosts:h-{n}"), "USD"),
            usd("0")
        );
    }
}

/// A cart that a bank disputes in its own currency: the person gives the amount of all of it.
#[test]
fn a2c_a_cart_in_another_currency_is_settled_for_all_its_bookings() {
    let l = cart();
    let file = |status| payments("ch_cart", "110.00", "eur", status);
    assert_eq!(
        takes(&l, "stripe-payments", &file("needs_response")),
        [0, 0, 0, 1]
    );
    let sets = ["--set", "disputed amount=120.00", "--set", "currency=USD"];
    retry(&l, &waiting(&l)[0], &sets);
    assert_eq!(held(&l), ["b-1", "b-2", "b-3"]);
    assert_eq!(takes(&l, "stripe-payments", &file("lost")), [0, 1, 0, 0]);
    assert!(l.commissions().iter().all(|c| c["status"] == "VOID"));
    assert_eq!(balance(&l, "expenses:lost disputes", "USD"), usd("0"));
}
