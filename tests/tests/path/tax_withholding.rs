//! Backup withholding: taken of payouts, in the books, on the forms (docs/tax.md §4).

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, host, to_csv};
use hostledger_tests::reckon::decimal;
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::{balances, text};
use crate::tax::{paid_at, w9};

const MONDAY: &str = "2026-06-01";

/// `count` sessions of 100.00, of which the host earns 69.90 each, from a day on.
fn sessions(host: &str, from: &str, count: i64) -> Vec<Row> {
    let first: Timestamp = format!("{from}T08:00:00Z").parse().unwrap();
    (0..count)
        .map(|i| {
            paid_at(
                &format!("{host}-{from}-{i:03}"),
                host,
                first + i.minutes(),
                "100.00",
            )
        })
        .collect()
}

fn ledger(hosts: &[Row], bookings: &[Row]) -> TestLedger {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(hosts));
    ledger.import("bookings", to_csv(bookings));
    ledger.process(MONDAY);
    ledger
}

fn owed(ledger: &TestLedger) -> Decimal {
    -balances(ledger)
        .get(&(
            "liabilities:backup withholding".to_owned(),
            "USD".to_owned(),
        ))
        .copied()
        .unwrap_or_default()
}

fn payout_of<'b>(batch: &'b Value, host: &str) -> &'b Value {
    let all = batch["payouts"].as_array().unwrap();
    all.iter().find(|p| p["host_id"] == host).unwrap()
}

fn approved(ledger: &TestLedger, batch: &Value) -> String {
    let id = text(batch, "batch_id");
    ledger.approve(&id);
    id
}

#[test]
fn from_the_crossing_transaction_on_and_in_the_books_once_it_left() {
    let hosts = [
        host("h-us", &[]),
        host("h-fr", &[("country", "FR")]),
        host("h-ok", &[]),
    ];
    let mut bookings = sessions("h-us", "2026-03-02", 205);
    bookings.extend(sessions("h-fr", "2026-03-02", 205));
    bookings.extend(sessions("h-ok", "2026-03-02", 205));
    let ledger = ledger(&hosts, &bookings);
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-ok", "123-45-6789", "TX", &[])]),
    );
    let batch = ledger.prepare(MONDAY);
    // The 201st crosses both: five are withheld from, 24.00 of each.
    assert_eq!(payout_of(&batch, "h-us")["amount"], "14209.50");
    assert_eq!(
        payout_of(&batch, "h-fr")["amount"],
        "14329.50",
        "abroad, and no W-8 yet"
    );
    assert_eq!(payout_of(&batch, "h-ok")["amount"], "14329.50");
    assert_eq!(
        owed(&ledger),
        Decimal::ZERO,
        "nothing is posted before it leaves"
    );
    ledger.check();
    let lines = ledger.ok(&["payouts", "show", &text(&batch, "batch_id"), "--lines"]);
    assert!(
        lines
            .to_string()
            .contains("Federal backup withholding on 5 bookings")
    );

    let id = approved(&ledger, &batch);
    ledger.send(&id);
    assert_eq!(owed(&ledger), decimal("120.00"));
    ledger.check();
    // One payout fails: nothing was withheld of it, and the retry withholds again.
    let failed = text(payout_of(&batch, "h-us"), "payout_id");
    ledger.ok(&[
        "payouts",
        "settle",
        &id,
        "--failed",
        &format!("{failed}=account closed"),
    ]);
    assert_eq!(owed(&ledger), Decimal::ZERO);
    ledger.check();
    let again = ledger.ok(&["--as-of", MONDAY, "payouts", "retry", &failed]);
    assert_eq!(payout_of(&again, "h-us")["amount"], "14209.50");
    let id = approved(&ledger, &again);
    ledger.send(&id);
    ledger.ok(&["payouts", "settle", &id]);
    assert_eq!(owed(&ledger), decimal("120.00"));
    ledger.check();

    let season = ledger.ok(&["tax", "season", "--year", "2026"]);
    assert_eq!(season["form_945_withheld"], "120.00");
    let blocked: Vec<String> = season["blocked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| text(b, "host_id"))
        .collect();
    assert_eq!(blocked, ["h-us"]);
    // The W-9 comes: box 4 is what was withheld, and nothing more is withheld.
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-us", "123-45-6780", "TX", &[])]),
    );
    let out = ledger.arg("forms");
    let made = ledger.ok(&["tax", "1099k", "--year", "2026", "--out", &out, "--bridge"]);
    let form = made["forms"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["host_id"] == "h-us")
        .unwrap();
    assert_eq!(
        (text(form, "withheld"), text(form, "gross")),
        ("120.00".into(), "20500.00".into())
    );
    let paper = crate::tax::pdf_text(std::path::Path::new(&text(form, "pdf")));
    assert!(
        paper.contains("120.00") && paper.contains("14,209.50"),
        "{paper}"
    );
    ledger.import("bookings", to_csv(&sessions("h-us", "2026-06-02", 3)));
    ledger.process("2026-06-15");
    assert_eq!(
        ledger.prepare("2026-06-15")["payouts"][0]["amount"],
        "209.70"
    );
}

#[test]
fn after_a_reportable_year_from_the_first_dollar() {
    let mut bookings = sessions("h-us", "2025-03-03", 201);
    bookings.extend(sessions("h-us", "2026-03-02", 2));
    let ledger = ledger(&[host("h-us", &[])], &bookings);
    let batch = ledger.prepare(MONDAY);
    // One of 2025 crosses, both of 2026 are withheld from: 203 × 69.90 − 3 × 24.00.
    assert_eq!(batch["payouts"][0]["amount"], "14117.70");
}

#[test]
fn in_2024_from_the_first_dollar_and_before_2024_after_the_200th() {
    let mut bookings = sessions("h-a", "2024-03-04", 2);
    bookings.extend(sessions("h-b", "2023-03-06", 202));
    let ledger = ledger(&[host("h-a", &[]), host("h-b", &[])], &bookings);
    let batch = ledger.ok(&[
        "--as-of",
        "2024-04-01",
        "payouts",
        "prepare",
        "--date",
        "2024-04-01",
    ]);
    assert_eq!(
        payout_of(&batch, "h-a")["amount"],
        "91.80",
        "2 × 69.90 − 48.00"
    );
    assert_eq!(
        payout_of(&batch, "h-b")["amount"],
        "14071.80",
        "202 × 69.90 − 2 × 24.00"
    );
}

#[test]
fn a_payout_that_comes_years_later_withholds_by_the_year_of_the_booking() {
    let ledger = ledger(&[host("h-a", &[])], &sessions("h-a", "2024-03-04", 2));
    // 2024 is from the first dollar, whenever it is paid out.
    assert_eq!(ledger.prepare(MONDAY)["payouts"][0]["amount"], "91.80");
}

#[test]
fn a_notice_withholds_of_everything_until_it_ends() {
    let ledger = ledger(&[host("h-us", &[])], &sessions("h-us", "2026-03-02", 4));
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-us", "123-45-6789", "TX", &[])]),
    );
    let record = [
        "--as-of",
        "2026-05-01",
        "tax",
        "notices",
        "--host",
        "h-us",
        "--kind",
        "B",
        "--note",
        "CP2100A",
    ];
    let notice = text(&ledger.ok(&record), "notice_id");
    assert_eq!(
        ledger.ok(&["tax", "notices"])[0]["withhold_from"],
        "2026-05-31"
    );
    let batch = ledger.prepare(MONDAY);
    assert_eq!(
        batch["payouts"][0]["amount"], "183.60",
        "4 × (69.90 − 24.00)"
    );
    let id = text(&batch, "batch_id");
    // It ends before the batch is approved: the payout is stale, and refreshed it is whole.
    ledger.ok(&["payouts", "submit", &id]);
    ledger.ok(&[
        "--as-of",
        MONDAY,
        "tax",
        "notices",
        "--end",
        &notice,
        "--reason",
        "The host sent a new W-9",
    ]);
    let refused = ledger.refused_as("ben", &["payouts", "approve", &id]);
    assert_eq!(refused.code, "STALE_PAYOUTS");
    assert!(
        refused.details.to_string().contains("96.00"),
        "{}",
        refused.details
    );
    let fresh = ledger.ok(&["payouts", "refresh", &id]);
    assert_eq!(fresh["payouts"][0]["amount"], "279.60");
    ledger.check();
    let cancelled = ["payouts", "cancel", &id, "--reason", "Not today"];
    ledger.ok(&cancelled);
    ledger.check();
}

#[test]
fn the_minimum_is_tested_on_what_is_left_and_missing_details_can_stop_payouts() {
    let ledger = ledger(&[host("h-us", &[])], &sessions("h-us", "2026-03-02", 1));
    let record = [
        "--as-of",
        "2026-05-01",
        "tax",
        "notices",
        "--host",
        "h-us",
        "--kind",
        "C",
    ];
    ledger.ok(&record);
    let set = |day: &str, key: &str, value: &str| {
        let why = ["--reason", "a try"];
        ledger.ok(&[&["--as-of", day, "settings", "set", key, value][..], &why].concat());
    };
    let tried = || {
        let batch = ledger.prepare(MONDAY);
        let cancel = ["payouts", "cancel", &text(&batch, "batch_id")];
        ledger.ok(&[&cancel[..], &["--reason", "a try"]].concat());
        batch
    };
    // 69.90 − 24.00 = 45.90.
    set("2026-05-01", "minimum.USD", "45.91");
    assert_eq!(tried()["carried"][0]["reason"], "BELOW_MINIMUM");
    set("2026-05-01", "minimum.USD", "45.90");
    assert_eq!(tried()["payouts"][0]["amount"], "45.90");
    set("2026-05-02", "tax_details_required", "on");
    assert_eq!(tried()["carried"][0]["reason"], "TAX_DETAILS_MISSING");
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-us", "123-45-6789", "TX", &[])]),
    );
    assert_eq!(ledger.prepare(MONDAY)["payouts"][0]["amount"], "45.90");
    ledger.check();
}

#[test]
fn a_transfer_that_comes_back_takes_its_withholding_with_it() {
    use hostledger_stripe_fake::FakeStripe;
    use hostledger_tests::stripe::{assert_books, due_ledger, next_approved, prepare_again, send};

    let stripe = FakeStripe::start();
    let ledger = due_ledger(&stripe, 1, 10_000);
    let notice = ["tax", "notices", "--host", "host-00001", "--kind", "C"];
    ledger.ok(&[&["--as-of", "2026-03-01"][..], &notice].concat());
    let minimum = [
        "settings",
        "set",
        "minimum.USD",
        "1.00",
        "--reason",
        "a small one",
    ];
    ledger.ok(&[&["--as-of", "2026-03-01"][..], &minimum].concat());
    let batch = next_approved(&ledger, hostledger_tests::stripe::MONDAY);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    // 26.24 less 24 % of two times 20.00.
    let sent = stripe.transfers().remove(0);
    assert_eq!((sent.amount, owed(&ledger)), (1_664, decimal("9.60")));
    assert_books(&ledger, "sent");
    stripe.reverse_transfer(&sent.id, 1_664).unwrap();
    assert_eq!(ledger.ok(&["stripe", "sync"])["reversals"], 1);
    assert_eq!(owed(&ledger), Decimal::ZERO);
    assert_books(&ledger, "came back");
    let again = prepare_again(&ledger, "again");
    assert_eq!(again["totals"][0]["amount"], "16.64", "withheld anew");
    assert_books(&ledger, "prepared again");
}
