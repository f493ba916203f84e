//! A2 and B3: a row that waits among the exceptions holds the booking that it is about, and whoever
//! prepares, submits, approves or files a batch is told what waits.

use std::process::Command;

use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::{APPROVER, TestLedger};
use serde_json::{Value, json};

use crate::close::text;

const MONDAY: &str = "2026-03-16";
const NEXT: &str = "2026-03-23";

/// A seat of 179.25 USD at 70 %: 119.97 for the host.
fn seat(id: &str, changes: &[(&str, &str)]) -> Row {
    with(&booking(id, "h-1", &[("price", "179.25")]), changes)
}

/// The platform's word that a cent more than the price was refunded.
fn refund_over(id: &str) -> Row {
    let changes = [
        ("status", "REFUNDED"),
        ("refunded_amount", "179.26"),
        ("refunded_at", "2026-03-12T00:00:00Z"),
        ("updated_at", "2026-03-12T00:00:00Z"),
    ];
    seat(id, &changes)
}

const DISPUTES: &str = "dispute_id,booking_id,kind,reason,amount,currency,status,opened_at,evidence_due_by,closed_at\n";

fn dispute(id: &str, of: &str, kind: &str, amount: &str, opened: &str) -> String {
    format!("{DISPUTES}{id},{of},{kind},general,{amount},needs_response,{opened}T10:00:00Z,,\n")
}

fn ledger() -> TestLedger {
    let ledger = TestLedger::new();
    let other = [("stripe_account_id", "acct_1Other")];
    ledger.import("hosts", to_csv(&[host("h-1", &[]), host("h-2", &other)]));
    ledger
}

fn held(ledger: &TestLedger, id: &str) -> Vec<String> {
    let c = ledger.ok(&["commissions", "list", "--booking", id]);
    let blocks = c[0]["blocks"].as_array().unwrap();
    blocks.iter().map(|b| text(b, "kind")).collect()
}

fn open(ledger: &TestLedger) -> Vec<Value> {
    let all = ledger.ok(&["exceptions", "list"]);
    all.as_array().unwrap().clone()
}

fn payouts(batch: &Value) -> Vec<String> {
    let all = batch["payouts"].as_array().unwrap();
    all.iter().map(|p| text(p, "amount")).collect()
}

fn waits(rows: i64, held: &[(&str, &str)]) -> Value {
    let held: Vec<Value> = held
        .iter()
        .map(|(currency, amount)| json!({ "currency": currency, "amount": amount }))
        .collect();
    json!({ "rows": rows, "held": held, "paid_already": [] })
}

#[test]
fn a2_a_refund_that_waits_holds_its_booking_until_it_is_resolved() {
    let l = ledger();
    l.import("bookings", to_csv(&[seat("b2", &[]), seat("b3", &[])]));
    l.import("bookings", to_csv(&[refund_over("b2")]));
    assert_eq!(open(&l)[0]["code"], "REFUND_EXCEEDS_PRICE");
    assert_eq!(held(&l, "b2"), ["WAITING_ROW"]);
    let refused = l.refused(&["commissions", "release", "b2", "--reason", "never mind"]);
    assert_eq!(refused.code, "WRONG_STATE");
    assert!(
        refused.message.contains("exceptions"),
        "{}",
        refused.message
    );
    // Told at every step, and on paper.
    let batch = l.prepare(MONDAY);
    let want = waits(1, &[("USD", "119.97")]);
    assert_eq!(
        (payouts(&batch), &batch["waiting"]),
        (vec!["119.97".to_owned()], &want)
    );
    let id = text(&batch, "batch_id");
    assert_eq!(l.ok(&["payouts", "show", &id])["waiting"], want);
    let submitted = l.run(&["payouts", "submit", &id]);
    assert_eq!(submitted.json["waiting"], want);
    assert!(
        submitted.stderr.contains("119.97 USD"),
        "{}",
        submitted.stderr
    );
    assert_eq!(
        l.ok_as(APPROVER, &["payouts", "approve", &id])["waiting"],
        want
    );
    let pdf = l.arg("batch.pdf");
    l.ok(&["payouts", "pdf", &id, "--out", &pdf]);
    let paper = Command::new("pdftotext")
        .args(["-layout", &pdf, "-"])
        .output()
        .unwrap();
    let paper = String::from_utf8_lossy(&paper.stdout).into_owned();
    assert!(paper.contains("1 row of the files waits"), "{paper}");
    l.ok(&["payouts", "cancel", &id]);
    // Put right, the booking is what the platform says: refunded.
    let exception = text(&open(&l)[0], "exception_id");
    l.ok(&[
        "exceptions",
        "retry",
        &exception,
        "--set",
        "refunded_amount=179.25",
    ]);
    l.check();
    assert_eq!(held(&l, "b2"), [""; 0]);
    let batch = l.prepare(MONDAY);
    assert_eq!(
        (payouts(&batch), &batch["waiting"]),
        (vec!["119.97".to_owned()], &waits(0, &[]))
    );
}

#[test]
fn a2_disputes_that_wait_hold_what_they_name() {
    for (row, code) in [
        (
            dispute("dp_1", "b2", "CHARGEBACK", "73.10,EUR", "2026-03-10"),
            "CURRENCY_CHANGED",
        ),
        (
            dispute("dp_1", "b2", "CHARGEBACK", "many,USD", "2026-03-10"),
            "BAD_NUMBER",
        ),
    ] {
        let l = ledger();
        l.import("bookings", to_csv(&[seat("b2", &[])]));
        l.import("disputes", &row);
        assert_eq!(open(&l)[0]["code"], code);
        assert_eq!(held(&l, "b2"), ["WAITING_ROW"], "{code}");
        assert_eq!(payouts(&l.prepare(MONDAY)), [""; 0]);
        l.check();
        let exception = text(&open(&l)[0], "exception_id");
        l.ok(&[
            "exceptions",
            "dismiss",
            &exception,
            "--reason",
            "the bank was asked",
        ]);
        assert_eq!(held(&l, "b2"), [""; 0]);
        l.check();
    }
}

#[test]
fn a2_what_can_not_cost_anything_holds_nothing() {
    let l = ledger();
    l.import("bookings", to_csv(&[seat("b2", &[])]));
    l.import(
        "disputes",
        dispute("c-1", "b2", "COMPLAINT", "10.00,USD", "2026-04-20"),
    );
    assert_eq!(open(&l)[0]["code"], "COMPLAINT_TOO_LATE");
    assert_eq!(held(&l, "b2"), [""; 0]);
    l.check();
}

#[test]
fn a2_a_payments_row_that_waits_holds_every_booking_of_its_charge() {
    let l = ledger();
    let of = |id: &str, host: &str| {
        let row = seat(id, &[("charge_id", "ch_cart"), ("participant_id", "p-1")]);
        with(&row, &[("host_id", host)])
    };
    l.ok(&[
        "--as-of",
        "2026-01-01",
        "settings",
        "set",
        "carts",
        "on",
        "--reason",
        "carts",
    ]);
    l.import(
        "bookings",
        to_csv(&[of("b1", "h-1"), of("b2", "h-2"), seat("b3", &[])]),
    );
    let payments = "id,Currency,Disputed Amount,Dispute Status,Dispute Reason,Dispute Date (UTC),Dispute Evidence Due (UTC),PaymentIntent ID\n\
                    ch_cart,usd,many,needs_response,fraudulent,2026-03-10 10:00,2026-03-20 23:59,\n";
    l.import("stripe-payments", payments);
    assert_eq!(open(&l).len(), 1);
    assert_eq!(
        (held(&l, "b1"), held(&l, "b2")),
        (
            vec!["WAITING_ROW".to_owned()],
            vec!["WAITING_ROW".to_owned()]
        )
    );
    assert_eq!(held(&l, "b3"), [""; 0]);
    assert_eq!(l.prepare(MONDAY)["waiting"], waits(1, &[("USD", "239.94")]));
    l.check();
}

#[test]
fn a2_a_row_holds_a_booking_that_becomes_known_later() {
    let l = ledger();
    l.import(
        "disputes",
        dispute("dp_1", "b2", "CHARGEBACK", "10.00,USD", "2026-03-10"),
    );
    assert_eq!(open(&l)[0]["code"], "UNKNOWN_BOOKING");
    let bad = seat(
        "b3",
        &[("price", "much"), ("updated_at", "2026-03-09T00:00:00Z")],
    );
    l.import("bookings", to_csv(&[bad, seat("b2", &[]), seat("b3", &[])]));
    assert_eq!(held(&l, "b2"), ["WAITING_ROW"]);
    assert_eq!(
        held(&l, "b3"),
        ["WAITING_ROW"],
        "the broken row is the newer one"
    );
    assert_eq!(payouts(&l.prepare(MONDAY)), [""; 0]);
    l.check();
}

#[test]
fn a2_a_row_that_comes_after_approval_stops_its_payout() {
    let l = ledger();
    l.import("bookings", to_csv(&[seat("b2", &[])]));
    let batch = l.prepare(MONDAY);
    let id = text(&batch, "batch_id");
    l.approve(&id);
    l.import("bookings", to_csv(&[refund_over("b2")]));
    let sent = l.send(&id);
    assert_eq!((&sent["sent"], &sent["failed"]), (&0.into(), &1.into()));
    let shown = l.ok(&["payouts", "show", &id]);
    assert_eq!(
        shown["payouts"][0]["failure_code"],
        "CHANGED_SINCE_APPROVAL"
    );
    l.check();
}

#[test]
fn a2_where_the_money_left_the_row_is_named_with_the_host_and_on_the_next_batch() {
    let l = ledger();
    l.import("bookings", to_csv(&[seat("b2", &[])]));
    let batch = l.prepare(MONDAY);
    let id = text(&batch, "batch_id");
    l.approve(&id);
    l.send(&id);
    l.ok(&["payouts", "settle", &id]);
    l.import("bookings", to_csv(&[refund_over("b2")]));
    let later = seat(
        "b3",
        &[
            ("starts_at", "2026-03-10T10:00:00Z"),
            ("ends_at", "2026-03-10T11:00:00Z"),
            ("updated_at", "2026-03-10T12:00:00Z"),
        ],
    );
    l.import("bookings", to_csv(&[later]));
    let batch = l.prepare(NEXT);
    let gone = &batch["waiting"]["paid_already"][0];
    assert_eq!(
        (text(gone, "booking_id"), text(gone, "host_id")),
        ("b2".into(), "h-1".into())
    );
    assert_eq!(batch["waiting"]["held"], json!([]));
    let flags = batch["payouts"][0]["flags"].as_array().unwrap();
    assert!(flags.contains(&json!("WAITING_ROWS")), "{batch}");
    l.check();
}

#[test]
fn a2_an_undone_file_holds_nothing_any_more() {
    let l = ledger();
    l.import("bookings", to_csv(&[seat("b2", &[])]));
    let bad = l.import("bookings", to_csv(&[refund_over("b2")]));
    assert_eq!(held(&l, "b2"), ["WAITING_ROW"]);
    l.ok(&["imports", "undo", &text(&bad, "import_id")]);
    assert_eq!(held(&l, "b2"), [""; 0]);
    l.check();
}

#[test]
fn b3_preparing_says_that_rows_wait_whatever_they_are_about() {
    let l = ledger();
    let broken: Vec<Row> = (0..3)
        .map(|n| seat(&format!("x{n}"), &[("price", "much")]))
        .collect();
    l.import(
        "bookings",
        to_csv(&[vec![seat("b2", &[])], broken].concat()),
    );
    let a = l.run(&["--as-of", MONDAY, "payouts", "prepare", "--date", MONDAY]);
    assert_eq!(a.json["waiting"], waits(3, &[]));
    assert!(
        a.stderr.contains("3 rows of the files wait"),
        "{}",
        a.stderr
    );
}

#[test]
fn all_rows_of_a_file_are_tried_again_at_once() {
    let l = ledger();
    let francs: Vec<Row> = (0..3)
        .map(|n| seat(&format!("f{n}"), &[("currency", "CHF")]))
        .collect();
    let import = text(&l.import("bookings", to_csv(&francs)), "import_id");
    let again = l.run(&["exceptions", "retry", "--import", &import]);
    assert_eq!((again.status, &again.json["waiting"]), (3, &3.into()));
    for (key, value) in [("fee_rate.CHF", "2.90"), ("fee_fixed.CHF", "0.30")] {
        l.ok(&[
            "--as-of",
            "2026-01-01",
            "settings",
            "set",
            key,
            value,
            "--reason",
            "a rule",
        ]);
    }
    let again = l.ok(&["exceptions", "retry", "--import", &import]);
    assert_eq!((&again["taken"], &again["waiting"]), (&3.into(), &0.into()));
    assert_eq!(open(&l).len(), 0);
    l.check();
}

#[test]
fn b8_the_same_file_again_takes_in_what_waited_and_can_go_in_now() {
    let l = ledger();
    let francs: Vec<Row> = (0..2)
        .map(|n| seat(&format!("f{n}"), &[("currency", "CHF")]))
        .collect();
    let rows = to_csv(&francs);
    let first = l.import("bookings", &rows);
    let again = l.import("bookings", &rows);
    assert_eq!(
        (&again["already"], &again["unchanged"]),
        (&true.into(), &2.into())
    );
    for (key, value) in [("fee_rate.CHF", "2.90"), ("fee_fixed.CHF", "0.30")] {
        l.ok(&[
            "--as-of",
            "2026-01-01",
            "settings",
            "set",
            key,
            value,
            "--reason",
            "a rule",
        ]);
    }
    let third = l.import("bookings", &rows);
    assert_eq!(third["import_id"], first["import_id"]);
    assert_eq!(
        (&third["inserted"], &third["unchanged"]),
        (&2.into(), &0.into()),
        "{third}"
    );
    assert_eq!(open(&l).len(), 0);
    l.check();
}
