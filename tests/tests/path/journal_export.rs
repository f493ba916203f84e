//! The journal as bookkeepers take it: strict, whole or of a period.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use hostledger_app::sample::{SampleSpec, bookings_csv, hosts_csv};
use hostledger_tests::TestLedger;
use hostledger_tests::export::rows;
use hostledger_tests::reckon::decimal;
use rust_decimal::Decimal;

/// A ledger with ten weeks of sessions and a batch on its way.
fn lived_in() -> TestLedger {
    let spec = SampleSpec::default();
    let ledger = TestLedger::new();
    ledger.import("hosts", hosts_csv(&spec));
    ledger.import("bookings", bookings_csv(&spec, spec.newest_cut()));
    let batch = ledger.prepare("2026-03-16");
    let batch = batch["batch_id"].as_str().unwrap();
    ledger.approve(batch);
    ledger.send(batch);
    ledger
}

/// Exports with options; the file's text and how many entries it has.
fn export(ledger: &TestLedger, format: &str, options: &[&str]) -> (String, usize) {
    let out = ledger.arg("out.journal");
    drop(std::fs::remove_file(&out));
    let command = ["journal", "export", "--format", format, "--out", &out];
    ledger.ok(&[&command, options].concat());
    let text = std::fs::read_to_string(&out).unwrap();
    let entries = match format {
        "csv" => {
            let ids = rows(&text).into_iter().map(|r| r["entry_id"].clone());
            ids.collect::<BTreeSet<_>>().len()
        }
        _ => text.matches(" * (").count(),
    };
    (text, entries)
}

/// What hledger says of a journal that it must accept.
fn hledger(ledger: &TestLedger, text: &str, args: &[&str]) -> String {
    let file = ledger.write("checked.journal", text);
    let done = Command::new("hledger")
        .env("LC_ALL", "C.UTF-8")
        .args(["-f", &file])
        .args(args)
        .output()
        .expect("hledger is installed");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "hledger {args:?}: {said}");
    String::from_utf8(done.stdout).unwrap()
}

type Balances = BTreeMap<(String, String), Decimal>;

fn hledger_balances(ledger: &TestLedger, text: &str) -> Balances {
    let options = ["--flat", "--no-total", "--layout=bare", "-O", "csv"];
    let listed = hledger(ledger, text, &[&["balance"], &options[..]].concat());
    rows(&listed)
        .iter()
        .map(|r| {
            let account = (r["account"].clone(), r["commodity"].clone());
            (account, decimal(&r["balance"]))
        })
        .filter(|(_, balance)| !balance.is_zero())
        .collect()
}

fn own_balances(ledger: &TestLedger, day: &str) -> Balances {
    let listed = ledger.ok(&["--as-of", day, "balances"]);
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    listed
        .as_array()
        .unwrap()
        .iter()
        .map(|b| {
            let account = (text(b, "account"), text(b, "currency"));
            (account, decimal(&text(b, "balance")))
        })
        .filter(|(_, balance)| !balance.is_zero())
        .collect()
}

#[test]
fn c6_hledger_takes_the_export_strictly_and_every_name_is_declared() {
    let ledger = lived_in();
    let (whole, _) = export(&ledger, "hledger", &[]);
    hledger(&ledger, &whole, &["check", "--strict"]);
    assert!(whole.contains("\naccount assets:stripe\n"), "{whole:.400}");
    assert!(whole.contains("\ncommodity 1000.00 USD\n"), "{whole:.400}");
    // A ledger in which nothing happened is a journal, too.
    let empty = TestLedger::new();
    let (text, entries) = export(&empty, "hledger", &[]);
    assert_eq!(entries, 0);
    hledger(&empty, &text, &["check", "--strict"]);
}

#[test]
fn c6_exports_of_periods_that_follow_each_other_add_up_to_the_whole_journal() {
    let ledger = lived_in();
    let periods: [&[&str]; 4] = [
        &["--to", "2026-01-31"],
        &["--from", "2026-02-01", "--to", "2026-02-28"],
        &["--from", "2026-03-01", "--to", "2026-03-10"],
        &["--from", "2026-03-11"],
    ];
    let (whole, all) = export(&ledger, "csv", &[]);
    let mut parts = Vec::new();
    let mut entries = 0;
    for period in periods {
        let (part, n) = export(&ledger, "csv", period);
        let found = rows(&part);
        assert!(!found.is_empty() && n > 0, "{period:?}");
        for row in &found {
            let day = row["effective_date"].as_str();
            let at = |option: &str| {
                let place = period.iter().position(|p| *p == option);
                place.map(|p| period[p + 1])
            };
            assert!(at("--from").is_none_or(|from| from <= day), "{row:?}");
            assert!(at("--to").is_none_or(|to| day <= to), "{row:?}");
        }
        parts.extend(found);
        entries += n;

        let (text, same) = export(&ledger, "hledger", period);
        assert_eq!(same, n);
        hledger(&ledger, &text, &["check", "--strict"]);
        let begins = period.contains(&"--from");
        assert_eq!(
            text.contains("balances of the days before are not in it"),
            begins,
            "{text:.300}"
        );
    }
    assert_eq!(entries, all);
    let in_order = |mut all: Vec<hostledger_tests::export::Row>| {
        all.sort_by_key(|r| {
            let entry: i64 = r["entry_id"].parse().unwrap();
            (entry, r["account"].clone())
        });
        all
    };
    assert_eq!(in_order(parts), in_order(rows(&whole)));
}

#[test]
fn c6_an_export_as_of_a_day_holds_the_balances_of_that_day() {
    let ledger = lived_in();
    for day in ["2026-02-10", "2026-03-09"] {
        for options in [["--as-of", day], ["--to", day]] {
            let (text, _) = export(&ledger, "hledger", &options);
            let theirs = hledger_balances(&ledger, &text);
            assert!(theirs.len() > 5, "{day}: {theirs:?}");
            assert_eq!(theirs, own_balances(&ledger, day), "{options:?}");
        }
    }
    // The earlier of the two days ends it.
    let both = ["--as-of", "2026-02-10", "--to", "2026-03-09"];
    let (_, n) = export(&ledger, "csv", &both);
    let (_, until) = export(&ledger, "csv", &["--to", "2026-02-10"]);
    assert_eq!(n, until);
    let out = ledger.arg("never.journal");
    let refused = ledger.refused(&[
        "journal",
        "export",
        "--format",
        "csv",
        "--out",
        &out,
        "--from",
        "2026-03-02",
        "--to",
        "2026-03-01",
    ]);
    assert_eq!(refused.code, "BAD_INPUT");
    assert!(!ledger.file("never.journal").exists());
}
