//! C4: broken and repeated rows. Every row is accounted for, what can't be taken in is kept whole
//! with its line, code and a sentence, and a person resolves it; imports are undone and repeated.

use std::collections::BTreeMap;

use hostledger_app::sample::{SampleSpec, bookings_csv, hosts_csv};
use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, rows, to_csv, with};
use serde_json::Value;

use crate::close::{balances, text};

/// How rows break, and what each is told.
const BREAKS: [(&[(&str, &str)], &str); 9] = [
    (&[("host_id", "")], "MISSING_FIELD"),
    (&[("ends_at", "")], "MISSING_FIELD"),
    (&[("price", "12,50 $")], "BAD_NUMBER"),
    (&[("price", "-20.00")], "BAD_NUMBER"),
    (&[("price", "20.005")], "TOO_MANY_DECIMALS"),
    (&[("starts_at", "03/04/2026 18:30")], "BAD_TIME"),
    (&[("status", "DONE")], "UNKNOWN_STATUS"),
    (&[("currency", "DOLLARS")], "UNKNOWN_CURRENCY"),
    (&[("refunded_amount", "9999.00")], "REFUND_EXCEEDS_PRICE"),
];

#[test]
fn c4_every_row_of_a_broken_export_with_repeats_is_accounted_for() {
    let spec = SampleSpec {
        seed: 4,
        ..SampleSpec::default()
    };
    let ledger = TestLedger::new();
    ledger.import("hosts", hosts_csv(&spec));
    let good = rows(&bookings_csv(&spec, spec.newest_cut()));
    let (mut file, mut repeats) = (Vec::new(), 0);
    let mut broken: BTreeMap<i64, &str> = BTreeMap::new();
    for (n, row) in good.iter().enumerate() {
        file.push(row.clone());
        let line = |file: &Vec<Row>| i64::try_from(file.len()).unwrap() + 1;
        match row["status"].as_str() {
            _ if row["price"] == "n/a" => drop(broken.insert(line(&file), "BAD_NUMBER")),
            "RESCHEDULED" => drop(broken.insert(line(&file), "UNKNOWN_STATUS")),
            _ if n % 19 == 7 => {
                file.push(row.clone());
                repeats += 1;
            }
            _ if n % 47 == 3 => {
                let (changes, code) = BREAKS[n % BREAKS.len()];
                let own_id = format!("broken-{n}");
                file.push(with(&with(row, &[("booking_id", &own_id)]), changes));
                broken.insert(line(&file), code);
            }
            _ => {}
        }
    }
    assert!(repeats > 50 && broken.len() > 20);
    let csv = to_csv(&file);
    let imported = ledger.import("bookings", &csv);
    let counted = |key: &str| usize::try_from(imported[key].as_u64().unwrap()).unwrap();
    assert_eq!(
        [
            "rows",
            "inserted",
            "updated",
            "unchanged",
            "stale",
            "exceptions"
        ]
        .map(counted),
        [file.len(), good.len() - 2, 0, repeats, 0, broken.len()]
    );
    assert_eq!(imported["first_exceptions"].as_array().unwrap().len(), 10);

    let listed = ledger.ok(&[
        "exceptions",
        "list",
        "--import",
        &text(&imported, "import_id"),
    ]);
    let found: BTreeMap<i64, &str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["line"].as_i64().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    assert_eq!(found, broken);
    for e in listed.as_array().unwrap() {
        let row = &file[usize::try_from(e["line"].as_u64().unwrap()).unwrap() - 2];
        kept_whole(e, row);
    }
    ledger.check();

    let again = ledger.import("bookings", &csv);
    assert_eq!(
        (&again["already"], &again["import_id"]),
        (&true.into(), &imported["import_id"])
    );
    assert_eq!(
        (&again["inserted"], &again["updated"]),
        (&0.into(), &0.into())
    );
    assert_eq!(again["unchanged"], again["rows"]);
    assert_eq!(ledger.ok(&["exceptions", "list"]), listed);
    ledger.check();
}

/// The exception holds the whole row, and a sentence that says what is wrong with which value.
fn kept_whole(e: &Value, row: &Row) {
    let kept: Row = serde_json::from_value(e["row"].clone()).expect("the row by column");
    assert_eq!(kept, *row);
    let message = text(e, "message");
    assert!(
        message.ends_with('.') && message.split(' ').count() >= 4,
        "{message}"
    );
    let (value, code) = (|column: &str| row[column].as_str(), text(e, "code"));
    let names = match code.as_str() {
        "MISSING_FIELD" => ["host_id", "ends_at"]
            .into_iter()
            .find(|c| row[*c].is_empty())
            .unwrap(),
        "BAD_TIME" => value("starts_at"),
        "UNKNOWN_STATUS" => value("status"),
        "UNKNOWN_CURRENCY" => value("currency"),
        "REFUND_EXCEEDS_PRICE" => value("refunded_amount"),
        _ => value("price"),
    };
    assert!(
        message.contains(names),
        "{code} doesn't name \"{names}\": {message}"
    );
}

#[test]
fn c4_every_code_a_row_can_get_with_its_line() {
    let ledger = TestLedger::new();
    let hosts = [
        host("h-1", &[]),
        host("h-2", &[("institution_id", "nobody-knows")]),
        host("h-3", &[("status", "HAPPY")]),
        host("h-4", &[("approved_at", "soon")]),
        host("", &[]),
    ];
    let imported = ledger.import("hosts", to_csv(&hosts));
    assert_eq!(
        (&imported["inserted"], &imported["exceptions"]),
        (&1.into(), &4.into())
    );
    let codes = |imported: &Value| -> Vec<(i64, String)> {
        let first = imported["first_exceptions"].as_array().unwrap().iter();
        first
            .map(|e| (e["line"].as_i64().unwrap(), text(e, "code")))
            .collect()
    };
    let at = |line: i64, code: &str| (line, code.to_owned());
    assert_eq!(
        codes(&imported),
        [
            at(3, "UNKNOWN_INSTITUTION"),
            at(4, "UNKNOWN_STATUS"),
            at(5, "BAD_TIME"),
            at(6, "MISSING_FIELD")
        ]
    );

    let known = booking("b-known", "h-1", &[]);
    let first = [
        known.clone(),
        booking(
            "b-title",
            "h-1",
            &[("conversation_title", "two\nlines, \"quoted\"")],
        ),
        booking("b-fee", "h-1", &[("currency", "EUR")]),
        booking(
            "b-part",
            "h-1",
            &[("status", "REFUNDED"), ("refunded_amount", "5.00")],
        ),
        booking("b-more", "h-1", &[("refunded_amount", "20.01")]),
        booking("b-yen", "h-1", &[("currency", "JPY"), ("price", "2000.50")]),
        booking("b-known", "h-1", &[("price", "21.00")]),
        booking(
            "b-round",
            "h-1",
            &[
                ("currency", "JPY"),
                ("price", "2000.00"),
                ("processing_fee", "88.00"),
            ],
        ),
    ];
    let mut csv = to_csv(&first);
    csv.push_str("b-cut,too,short\n");
    csv.push_str("\"b-nul\0\"");
    csv.push_str(&",".repeat(known.len() - 1));
    csv.push('\n');
    let imported = ledger.import("bookings", csv);
    assert_eq!(
        codes(&imported),
        [
            at(5, "NO_FEE_RULE"), // the title before it takes two lines
            at(6, "REFUND_INCOMPLETE"),
            at(7, "REFUND_EXCEEDS_PRICE"),
            at(8, "TOO_MANY_DECIMALS"),
            at(9, "CONFLICTING_ROWS"),
            at(11, "MALFORMED_ROW"),
            at(12, "MALFORMED_ROW"),
        ]
    );
    assert_eq!(
        (&imported["rows"], &imported["inserted"]),
        (&10.into(), &3.into())
    );

    let newer = ("updated_at", "2026-03-03T00:00:00Z");
    let second = [
        with(&first[7], &[newer, ("host_id", "h-other")]),
        with(
            &known,
            &[newer, ("currency", "EUR"), ("processing_fee", "1.00")],
        ),
        with(
            &known,
            &[("updated_at", "2026-03-02T00:00:00Z"), ("price", "1.00")],
        ),
        with(&known, &[newer, ("refunded_amount", "5.00")]),
        booking("b-loose", "h-1", &[("updated_at", "")]),
        booking("b-loose", "h-1", &[("updated_at", ""), ("price", "22.00")]),
    ];
    let imported = ledger.import("bookings", to_csv(&second));
    assert_eq!(
        codes(&imported),
        [
            at(2, "HOST_CHANGED"),
            at(3, "CURRENCY_CHANGED"),
            at(7, "CONFLICTING_ROWS")
        ]
    );
    let counts =
        ["inserted", "updated", "unchanged", "stale"].map(|key| imported[key].as_i64().unwrap());
    assert_eq!(counts, [1, 1, 0, 1], "{imported}");
    let third = [booking(
        "b-loose",
        "h-1",
        &[("updated_at", ""), ("price", "22.00")],
    )];
    assert_eq!(
        ledger.import("bookings", to_csv(&third))["updated"],
        1,
        "without a time the later file wins"
    );
    // Three of the fourteen closed by themselves: a row of the same booking took their place.
    assert_eq!(
        ledger.ok(&["exceptions", "list"]).as_array().unwrap().len(),
        11
    );
    ledger.check();
}

#[test]
fn c4_an_exception_is_put_right_retried_or_dismissed() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let file = [
        booking("b-price", "h-1", &[("price", "n/a")]),
        booking("b-fee", "h-1", &[("currency", "EUR")]),
        booking("b-gone", "h-1", &[("status", "DONE")]),
    ];
    ledger.import("bookings", to_csv(&file));
    let open = ledger.ok(&["exceptions", "list"]);
    let id = |n: usize| text(&open[n], "exception_id");

    assert_eq!(
        ledger.run(&["exceptions", "retry", &id(0)]).status,
        3,
        "as it stood it still can't go in"
    );
    assert_eq!(
        ledger.ok(&["exceptions", "list"]).as_array().unwrap().len(),
        3
    );
    ledger.ok(&["exceptions", "retry", &id(0), "--set", "price=20.00"]);
    let c = ledger.ok(&["commissions", "list", "--booking", "b-price"])[0].clone();
    let amounts = ["platform_fee", "processing_fee", "host_amount"].map(|key| text(&c, key));
    assert_eq!(amounts, ["6.00", "0.88", "13.12"]);

    for (key, value) in [("fee_rate.EUR", "1.50"), ("fee_fixed.EUR", "0.25")] {
        ledger.ok(&[
            "--as-of",
            "2026-02-01",
            "settings",
            "set",
            key,
            value,
            "--reason",
            "new contract",
        ]);
    }
    ledger.ok(&["exceptions", "retry", &id(1)]);
    let c = ledger.ok(&["commissions", "list", "--booking", "b-fee"])[0].clone();
    assert_eq!(text(&c, "processing_fee"), "0.55");

    assert_eq!(
        ledger
            .refused(&["exceptions", "dismiss", &id(2), "--reason", " "])
            .code,
        "BAD_INPUT"
    );
    ledger.ok(&[
        "exceptions",
        "dismiss",
        &id(2),
        "--reason",
        "a test row of the platform",
    ]);
    assert_eq!(ledger.ok(&["exceptions", "list"]), Value::Array(Vec::new()));
    assert_eq!(
        ledger.refused(&["exceptions", "retry", &id(2)]).code,
        "WRONG_STATE"
    );
    ledger.check();
}

#[test]
fn c4_all_rows_of_one_file_are_dismissed_at_once_and_no_others() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let bad = |id: &str| booking(id, "h-1", &[("price", "n/a")]);
    let first = ledger.import("bookings", to_csv(&[bad("b-1"), bad("b-2"), bad("b-3")]));
    let second = ledger.import("bookings", to_csv(&[bad("b-9")]));
    let first = text(&first, "import_id");
    let dismiss = |reason| {
        [
            "exceptions",
            "dismiss",
            "--import",
            &first,
            "--reason",
            reason,
        ]
    };
    assert_eq!(ledger.refused(&dismiss(" ")).code, "BAD_INPUT");
    let viewer = "vic";
    ledger.add_user(viewer, "viewer");
    let refused = ledger.refused_as(viewer, &dismiss("mine"));
    assert_eq!(refused.code, "NOT_ALLOWED");

    assert_eq!(
        ledger.ok(&dismiss("the corrected file went in"))["dismissed"],
        3
    );
    let left = ledger.ok(&["exceptions", "list"]);
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    assert_eq!(left[0]["import_id"], second["import_id"]);
    assert_eq!(ledger.ok(&dismiss("again"))["dismissed"], 0);
    let audit = ledger.ok(&["audit", "--limit", "20"]);
    let dismissed = audit.as_array().unwrap().iter();
    let dismissed = dismissed.filter(|e| e["action"] == "exceptions.dismiss");
    assert_eq!(dismissed.count(), 3);
    let unknown = [
        "exceptions",
        "dismiss",
        "--import",
        "none",
        "--reason",
        "a test row",
    ];
    assert_eq!(ledger.refused(&unknown).code, "NOT_FOUND");
    ledger.check();
}

#[test]
fn c4_a_retry_of_a_whole_file_says_what_was_taken_in_and_what_still_waits() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let file = [
        booking("b-1", "h-1", &[("currency", "EUR")]),
        booking("b-2", "h-1", &[("currency", "EUR")]),
        booking("b-3", "h-1", &[("price", "n/a")]),
    ];
    let imported = ledger.import("bookings", to_csv(&file));
    let import = text(&imported, "import_id");
    let retry = ["exceptions", "retry", "--import", &import];
    let waits = ledger.run(&retry);
    let counts = |json: &Value| ["taken", "closed", "waiting"].map(|k| json[k].as_i64().unwrap());
    assert_eq!((waits.status, counts(&waits.json)), (3, [0, 0, 3]));
    for (key, value) in [("fee_rate.EUR", "1.50"), ("fee_fixed.EUR", "0.25")] {
        let set = ["--as-of", "2026-01-01", "settings", "set", key, value];
        ledger.ok(&[&set[..], &["--reason", "new contract"]].concat());
    }
    let said = ledger.command("ana", &retry).output().unwrap();
    let json: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((said.status.code(), counts(&json)), (Some(3), [2, 0, 1]));
    ledger.ok(&[
        "exceptions",
        "dismiss",
        "--import",
        &import,
        "--reason",
        "a test row",
    ]);
    assert_eq!(counts(&ledger.ok(&retry)), [0, 0, 0]);
    ledger.check();
}

#[test]
fn c4_an_import_is_undone_by_reversal_and_taken_in_again() {
    let spec = SampleSpec {
        seed: 9,
        ..SampleSpec::default()
    };
    let ledger = TestLedger::new();
    ledger.import("hosts", hosts_csv(&spec));
    let first = bookings_csv(&spec, spec.cut_weeks_before(1));
    let second = bookings_csv(&spec, spec.newest_cut());
    let original = ledger.import("bookings", &first);
    let after_first = (balances(&ledger), splits(&ledger));
    let restated = ledger.import("bookings", &second);
    let after_second = (balances(&ledger), splits(&ledger));
    assert_ne!(after_first, after_second);

    ledger.ok(&["imports", "undo", &text(&restated, "import_id")]);
    ledger.check();
    assert_eq!(balances(&ledger), after_first.0);
    assert_eq!(splits(&ledger), after_first.1);
    assert_eq!(ledger.ok(&["exceptions", "list"]), Value::Array(Vec::new()));

    let again = ledger.import("bookings", &second);
    assert_eq!(again["already"], false);
    assert_ne!(again["import_id"], restated["import_id"]);
    for key in ["rows", "inserted", "updated", "unchanged", "exceptions"] {
        assert_eq!(again[key], restated[key], "{key}");
    }
    assert_eq!((balances(&ledger), splits(&ledger)), after_second);
    let listed = ledger.ok(&["imports", "list"]);
    let undone = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| !i["undone_at"].is_null())
        .count();
    assert_eq!((listed.as_array().unwrap().len(), undone), (4, 1));

    ledger.ok(&["imports", "undo", &text(&again, "import_id")]);

    // While a payout depends on it, it stays.
    ledger.process("2026-03-09");
    let batch = text(&ledger.prepare("2026-03-09"), "batch_id");
    let undo = ["imports", "undo", &text(&original, "import_id")];
    let refused = ledger.refused(&undo);
    assert_eq!(refused.code, "PAID_DEPENDS_ON_IT");
    assert!(
        refused.details["bookings"]
            .as_array()
            .is_some_and(|b| !b.is_empty()),
        "{refused:?}"
    );
    assert_eq!(balances(&ledger), after_first.0);
    ledger.ok(&["payouts", "cancel", &batch]);
    ledger.ok(&undo);
    assert_eq!(balances(&ledger), BTreeMap::new());
    ledger.check();
}

/// Status and host amount of every commission.
fn splits(ledger: &TestLedger) -> BTreeMap<String, (String, String)> {
    let one = |c: &Value| {
        (
            text(c, "booking_id"),
            (text(c, "status"), text(c, "host_amount")),
        )
    };
    ledger.commissions().iter().map(one).collect()
}

#[test]
fn c4_a_dry_run_and_an_unmet_control_total_change_nothing() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let file = [
        booking("b-1", "h-1", &[]),
        booking("b-2", "h-1", &[("price", "x")]),
    ];
    let path = ledger.write("bookings.csv", to_csv(&file));
    let dry = ledger.run(&["import", "bookings", &path, "--dry-run"]);
    assert_eq!(
        (
            &dry.json["rows"],
            &dry.json["inserted"],
            &dry.json["exceptions"]
        ),
        (&2.into(), &1.into(), &1.into())
    );
    for unmet in [
        ["--expect-rows", "3"],
        ["--expect-total", "USD=20.01"],
        ["--expect-total", "EUR=1.00"],
    ] {
        let refused = ledger.refused(&["import", "bookings", &path, unmet[0], unmet[1]]);
        assert_eq!(refused.code, "CONTROL_TOTAL", "{unmet:?}");
    }
    assert_eq!(ledger.commissions(), Vec::<Value>::new());
    assert_eq!(ledger.ok(&["exceptions", "list"]), Value::Array(Vec::new()));
    let met = [
        "import",
        "bookings",
        &path,
        "--expect-rows",
        "2",
        "--expect-total",
        "USD=20.00",
    ];
    assert_eq!(ledger.run(&met).json["inserted"], 1);
    ledger.check();
}
