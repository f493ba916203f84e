//! What hosts read on their bank statements: settings, held to what banks take.

use hostledger_tests::TestLedger;
use hostledger_tests::export::{booking, host, rows, to_csv};

fn set(ledger: &TestLedger, key: &str, value: &str) {
    let reason = ["--reason", "hosts asked who pays"];
    ledger.ok(&[
        &["--as-of", "2026-03-01", "settings", "set", key, value][..],
        &reason,
    ]
    .concat());
}

fn refused(ledger: &TestLedger, key: &str, value: &str) -> String {
    let command = [
        "settings",
        "set",
        key,
        value,
        "--reason",
        "hosts asked who pays",
    ];
    let refused = ledger.refused(&command);
    assert_eq!(refused.code, "BAD_INPUT", "{key} {value}");
    refused.message
}

/// An approved batch of one host.
fn approved(ledger: &TestLedger) -> String {
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    ledger.import(
        "bookings",
        to_csv(&[booking("b-1", "h-1", &[("price", "60.00")])]),
    );
    let batch = ledger.prepare("2026-03-16")["batch_id"]
        .as_str()
        .unwrap()
        .to_owned();
    ledger.approve(&batch);
    batch
}

fn references(ledger: &TestLedger, file: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(ledger.file(file)).unwrap();
    rows(&text)
        .iter()
        .map(|r| (r["payout_id"].clone(), r["reference"].clone()))
        .collect()
}

#[test]
fn b4_the_reference_of_a_payout_names_the_platform_as_the_settings_say() {
    let ledger = TestLedger::new();
    set(&ledger, "statement_reference", "{payout} {name}");
    set(&ledger, "statement_name", "Lyceum Talks");
    let batch = approved(&ledger);
    ledger.send(&batch);
    let file = format!("pay-{batch}.csv");
    let [(payout, reference)] = references(&ledger, &file).try_into().unwrap();
    assert_eq!(
        reference,
        format!("{} Lyceum Talks", &payout[payout.len() - 8..])
    );

    // Made again after the settings changed, the file is the one that was sent.
    let sent = std::fs::read(ledger.file(&file)).unwrap();
    ledger.unwrite_payment_file(&file);
    set(&ledger, "statement_name", "Other");
    ledger.ok(&["payouts", "resume", &batch]);
    assert_eq!(std::fs::read(ledger.file(&file)).unwrap(), sent);
    ledger.check();
}

#[test]
fn b4_without_settings_the_reference_is_the_shipped_one() {
    let ledger = TestLedger::new();
    let batch = approved(&ledger);
    ledger.send(&batch);
    let [(payout, reference)] = references(&ledger, &format!("pay-{batch}.csv"))
        .try_into()
        .unwrap();
    assert_eq!(
        reference,
        format!("HL 2026-03-16 {}", &payout[payout.len() - 8..])
    );
}

#[test]
fn b4_a_reference_that_banks_would_cut_or_refuse_is_refused_when_it_is_set() {
    let ledger = TestLedger::new();
    let said = refused(&ledger, "statement_name", "Lyceum");
    assert!(
        said.contains("26 characters") && said.contains("takes 22"),
        "{said}"
    );
    assert!(refused(&ledger, "statement_name", "Café").contains("A to Z"));
    assert!(refused(&ledger, "statement_reference", "{name} {date}").contains("{payout}"));
    refused(&ledger, "statement_limit", "3");
    refused(&ledger, "statement_limit", "21");
    set(&ledger, "statement_limit", "26");
    set(&ledger, "statement_name", "Lyceum");
    refused(&ledger, "statement_limit", "22");
    let listed = ledger.ok(&["settings", "list"]);
    let value = |key: &str| {
        let mut all = listed.as_array().unwrap().iter();
        all.find(|s| s["key"] == key).unwrap()["value"].clone()
    };
    assert_eq!(value("statement_name"), "Lyceum");
    assert_eq!(value("statement_reference"), "{name} {date} {payout}");
}
