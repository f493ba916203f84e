//! Opening balances: what was owed to hosts, or by them, beyond bookings when the ledger began.

use hostledger_tests::export::{booking, host, to_csv};
use hostledger_tests::reckon::decimal;
use hostledger_tests::{APPROVER, TestLedger};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::{balances, hledger_agrees, text};
use crate::tax::{filer, w9};

const PAID_THROUGH: &str = "2026-03-09";
const FILE: &str = "host_id,currency,amount,reason\n\
                    h-1,USD,12.50,bonus of February\n\
                    h-1,USD,-2.50,overpaid in January\n\
                    h-2,USD,-40.00,advance of December\n\
                    h-2,JPY,300,workshop\n\
                    h-2,EUR,0.00,nothing\n";

/// Two hosts, each with 66.80 that is payable after the day; h-1 has 13.12 paid outside, too.
fn ledger() -> TestLedger {
    let ledger = TestLedger::paid_through(PAID_THROUGH);
    ledger.import("hosts", to_csv(&[host("h-1", &[]), host("h-2", &[])]));
    let later = [
        ("price", "100.00"),
        ("starts_at", "2026-03-03T10:00:00Z"),
        ("ends_at", "2026-03-03T11:00:00Z"),
    ];
    ledger.import(
        "bookings",
        to_csv(&[
            booking("b-0", "h-1", &[]),
            booking("b-1", "h-1", &later),
            booking("b-2", "h-2", &later),
        ]),
    );
    ledger
}

fn balance(ledger: &TestLedger, account: &str, currency: &str) -> Decimal {
    let key = (account.to_owned(), currency.to_owned());
    balances(ledger).get(&key).copied().unwrap_or_default()
}

#[test]
fn cutover_opening_balances_are_netted_in_the_first_payout_after_a_second_person_approved() {
    let ledger = ledger();
    let file = ledger.write("opening.csv", FILE);
    let args = [
        "import",
        "opening-balances",
        &file,
        "--expect-total",
        "USD=-30.00",
    ];
    let done = ledger.ok(&args);
    let counts = ["rows", "inserted", "unchanged", "exceptions"].map(|k| done[k].as_i64().unwrap());
    assert_eq!(counts, [5, 4, 1, 0], "{done}");
    ledger.check();
    // Nothing counts before a second person said so.
    assert_eq!(balance(&ledger, "equity:opening", "USD"), decimal("-13.12"));
    let import = text(&done, "import_id");
    let all = ["adjustments", "approve", "--import", &import];
    assert_eq!(ledger.refused(&all).code, "SAME_PERSON");
    ledger.ok_as(APPROVER, &all);
    ledger.check();
    assert_eq!(ledger.refused_as(APPROVER, &all).code, "WRONG_STATE");
    for a in ledger.ok(&["adjustments", "list"]).as_array().unwrap() {
        assert_eq!(
            (&a["kind"], &a["status"]),
            (&"OPENING".into(), &"APPROVED".into()),
            "{a}"
        );
    }
    // equity:opening: −13.12 paid outside, +12.50 −2.50 −40.00 owed beyond bookings; on the day itself.
    assert_eq!(balance(&ledger, "equity:opening", "USD"), decimal("-43.12"));
    assert_eq!(balance(&ledger, "equity:opening", "JPY"), decimal("300"));
    assert_eq!(
        balance(&ledger, "liabilities:hosts:h-2", "USD"),
        decimal("-26.80")
    );
    let on_the_day = ledger.ok(&["--as-of", PAID_THROUGH, "balances"]);
    let mut on_the_day = on_the_day.as_array().unwrap().iter();
    let of_the_day =
        on_the_day.find(|b| b["account"] == "equity:opening" && b["currency"] == "USD");
    assert_eq!(of_the_day.unwrap()["balance"], "-43.12");
    hledger_agrees(&ledger);

    ledger.process("2026-03-16");
    let batch = ledger.prepare("2026-03-16");
    let mut amounts: Vec<(String, String)> = batch["payouts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            (
                text(p, "host_id"),
                text(p, "currency") + " " + &text(p, "amount"),
            )
        })
        .collect();
    amounts.sort();
    let want = [
        ("h-1", "USD 76.80"),
        ("h-2", "JPY 300"),
        ("h-2", "USD 26.80"),
    ];
    assert_eq!(amounts, want.map(|(h, m)| (h.to_owned(), m.to_owned())));
    // In a batch it stays; afterwards it can be taken back again.
    assert_eq!(
        ledger.refused(&["imports", "undo", &import]).code,
        "PAID_DEPENDS_ON_IT"
    );
    let id = text(&batch, "batch_id");
    ledger.approve(&id);
    ledger.send(&id);
    ledger.ok(&["payouts", "settle", &id]);
    ledger.check();
    assert_eq!(
        balance(&ledger, "liabilities:hosts:h-1", "USD"),
        Decimal::ZERO
    );
    assert_eq!(
        ledger.refused(&["imports", "undo", &import]).code,
        "PAID_DEPENDS_ON_IT"
    );
}

#[test]
fn cutover_opening_balances_are_undone_and_come_back() {
    let ledger = ledger();
    let before = balances(&ledger);
    let import = text(&ledger.import("opening-balances", FILE), "import_id");
    ledger.ok(&["imports", "undo", &import]);
    ledger.check();
    let again = text(&ledger.import("opening-balances", FILE), "import_id");
    ledger.ok_as(APPROVER, &["adjustments", "approve", "--import", &again]);
    let with = balances(&ledger);
    assert_ne!(with, before);
    ledger.ok(&["imports", "undo", &again]);
    ledger.check();
    assert_eq!(balances(&ledger), before);
    let third = text(&ledger.import("opening-balances", FILE), "import_id");
    ledger.ok_as(APPROVER, &["adjustments", "approve", "--import", &third]);
    ledger.check();
    assert_eq!(balances(&ledger), with);
    // The day can't move while they stand.
    let set = [
        "settings",
        "set",
        "paid_through",
        "2026-03-02",
        "--reason",
        "a week earlier",
    ];
    assert_eq!(ledger.refused(&set).code, "WRONG_STATE");
}

#[test]
fn cutover_opening_balances_once_per_host_currency_and_reason() {
    let ledger = ledger();
    ledger.import("opening-balances", FILE);
    let header = "host_id,currency,amount,reason\n";
    let file = ledger.write(
        "more.csv",
        format!(
            "{header}h-1,USD,12.50,bonus of February\nh-1,USD,99.00,bonus of February\nh-9,USD,5.00,bonus\n\
             h-1,USD,5.005,bonus of March\nh-1,USD,,bonus of March\nh-1,USD,5.00,bonus of March\n"
        ),
    );
    let done = ledger.run(&["import", "opening-balances", &file]);
    assert_eq!(done.status, 3, "{done:?}");
    let counts =
        ["rows", "inserted", "unchanged", "exceptions"].map(|k| done.json[k].as_i64().unwrap());
    assert_eq!(counts, [6, 1, 1, 4], "{done:?}");
    let codes: Vec<String> = done.json["first_exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| text(e, "code"))
        .collect();
    assert_eq!(
        codes,
        [
            "CONFLICTING_ROWS",
            "UNKNOWN_HOST",
            "TOO_MANY_DECIMALS",
            "MISSING_FIELD"
        ]
    );
    ledger.import("hosts", to_csv(&[host("h-9", &[])]));
    let waiting = ledger.ok(&["exceptions", "list"]);
    let unknown = waiting
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["code"] == "UNKNOWN_HOST")
        .unwrap();
    ledger.ok(&["exceptions", "retry", &text(unknown, "exception_id")]);
    ledger.check();
    let import = text(&done.json, "import_id");
    ledger.ok_as(APPROVER, &["adjustments", "approve", "--import", &import]);
    ledger.check();
    assert_eq!(
        balance(&ledger, "liabilities:hosts:h-9", "USD"),
        decimal("-5.00")
    );
    // One can be rejected alone.
    let all = ledger.ok(&["adjustments", "list"]);
    let waits = |a: &&Value| a["status"] == "PROPOSED";
    let one = text(
        all.as_array().unwrap().iter().find(waits).unwrap(),
        "adjustment_id",
    );
    ledger.ok_as(APPROVER, &["adjustments", "reject", &one]);
    ledger.check();
}

#[test]
fn c1_opening_balances_stay_where_another_file_says_them_and_a_rejected_one_is_not_proposed_again()
{
    let ledger = ledger();
    let first = text(&ledger.import("opening-balances", FILE), "import_id");
    ledger.ok_as(APPROVER, &["adjustments", "approve", "--import", &first]);
    let with = balances(&ledger);
    let longer = format!("{FILE}h-1,USD,5.00,travel\n");
    let done = ledger.import("opening-balances", &longer);
    let counts = ["inserted", "unchanged"].map(|k| done[k].as_i64().unwrap());
    assert_eq!(counts, [1, 5], "{done}");
    ledger.ok(&["imports", "undo", &first]);
    ledger.check();
    assert_eq!(
        balances(&ledger),
        with,
        "the longer file says all of it, too"
    );
    // A person turned the new one down: the next file that says it changes nothing.
    let all = ledger.ok(&["adjustments", "list"]);
    let waits = |a: &&Value| a["status"] == "PROPOSED";
    let one = text(
        all.as_array().unwrap().iter().find(waits).unwrap(),
        "adjustment_id",
    );
    ledger.ok_as(APPROVER, &["adjustments", "reject", &one]);
    let third = ledger.import("opening-balances", format!("{longer}\n"));
    let counts = ["inserted", "unchanged"].map(|k| third[k].as_i64().unwrap());
    assert_eq!(counts, [0, 6], "{third}");
    // Nobody says them any more once both are undone.
    ledger.ok(&["imports", "undo", &text(&done, "import_id")]);
    assert_eq!(balances(&ledger), with);
    ledger.ok(&["imports", "undo", &text(&third, "import_id")]);
    ledger.check();
    assert_eq!(balance(&ledger, "equity:opening", "USD"), decimal("-13.12"));
}

#[test]
fn cutover_opening_balances_need_a_ledger_that_starts_in_mid_life() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[]), host("h-2", &[])]));
    let file = ledger.write("opening.csv", FILE);
    let refused = ledger.refused(&["import", "opening-balances", &file]);
    assert_eq!(refused.code, "WRONG_STATE");
    assert!(
        refused.message.contains("paid_through"),
        "{}",
        refused.message
    );
    assert_eq!(ledger.ok(&["imports", "list"]).as_array().unwrap().len(), 1);
    ledger.check();
}

#[test]
fn cutover_the_bridge_from_a_form_to_what_was_paid_knows_what_was_paid_before() {
    let ledger = TestLedger::paid_through(PAID_THROUGH);
    filer(&ledger);
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "219-09-4410", "VT", &[])]),
    );
    let price = [("price", "3000.00")];
    ledger.import(
        "bookings",
        to_csv(&[booking("b-1", "h-1", &price), booking("b-2", "h-1", &price)]),
    );
    let refunded = [
        ("price", "3000.00"),
        ("refunded_amount", "1000.00"),
        ("refunded_at", "2026-03-12T07:00:00Z"),
        ("updated_at", "2026-03-12T07:00:00Z"),
    ];
    ledger.import("bookings", to_csv(&[booking("b-2", "h-1", &refunded)]));
    let import = text(
        &ledger.import("opening-balances", FILE.replace("h-2", "h-1")),
        "import_id",
    );
    ledger.ok_as(APPROVER, &["adjustments", "approve", "--import", &import]);
    // A bridge that doesn't tie to the journal is refused.
    let out = ledger.arg("forms");
    let made = ledger.ok(&[
        "--as-of",
        "2027-01-05",
        "tax",
        "1099k",
        "--year",
        "2026",
        "--out",
        &out,
        "--bridge",
    ]);
    assert_eq!(made["forms"][0]["gross"], "6000.00", "{made}");
    ledger.check();
}
