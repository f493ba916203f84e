//! Exchange rates that can't be right, and bookings in currencies that are no more.

use hostledger_tests::TestLedger;
use hostledger_tests::export::{booking, host, to_csv};

fn rates(ledger: &TestLedger) -> Vec<(String, String)> {
    let listed = ledger.ok(&["fx", "list"]);
    let text = |r: &serde_json::Value, key: &str| r[key].as_str().unwrap().to_owned();
    let listed = listed.as_array().unwrap().iter();
    listed.map(|r| (text(r, "date"), text(r, "rate"))).collect()
}

#[test]
fn a10_a_rate_far_from_the_one_before_goes_in_only_where_a_person_says_so() {
    let ledger = TestLedger::new();
    let first = ledger.write(
        "fx.csv",
        "date,from,to,rate,source\n2026-03-09,EUR,USD,1.0842,ECB\n",
    );
    assert_eq!(ledger.ok(&["fx", "import", &first])["rates"], 1);
    let slipped = ledger.write(
        "fx2.csv",
        "date,from,to,rate,source\n2026-03-10,EUR,USD,1.0850,ECB\n2026-03-11,EUR,USD,108.42,ECB\n",
    );
    let refused = ledger.refused(&["fx", "import", &slipped]);
    assert_eq!(refused.code, "RATE_JUMP");
    assert_eq!(refused.details["line"], 3);
    assert!(
        refused.message.contains("1.0850 on 2026-03-10"),
        "{}",
        refused.message
    );
    assert_eq!(rates(&ledger).len(), 1, "all lines or none");
    // A tenth is no jump, more than that is one.
    let tenth = ledger.write(
        "fx3.csv",
        "date,from,to,rate,source\n2026-03-10,EUR,USD,1.19262,ECB\n",
    );
    assert_eq!(ledger.ok(&["fx", "import", &tenth])["rates"], 1);
    let more = ledger.write(
        "fx4.csv",
        "date,from,to,rate,source\n2026-03-11,EUR,USD,1.0733,ECB\n",
    );
    assert_eq!(ledger.refused(&["fx", "import", &more]).code, "RATE_JUMP");
    assert_eq!(
        ledger.ok(&["fx", "import", "--accept-jumps", &more])["rates"],
        1
    );
}

#[test]
fn a10_a_second_rate_for_a_day_replaces_the_first_only_where_a_person_says_so() {
    let ledger = TestLedger::new();
    let first = ledger.write(
        "fx.csv",
        "date,from,to,rate,source\n2026-03-09,EUR,USD,1.0842,ECB\n",
    );
    ledger.ok(&["fx", "import", &first]);
    assert_eq!(
        ledger.ok(&["fx", "import", &first])["rates"],
        0,
        "the same again"
    );
    let other = ledger.write(
        "fx2.csv",
        "date,from,to,rate,source\n2026-03-09,EUR,USD,1.0900,bank\n",
    );
    let refused = ledger.refused(&["fx", "import", &other]);
    assert_eq!(refused.code, "RATE_KNOWN");
    assert_eq!(refused.details["known"], "1.0842");
    assert_eq!(
        rates(&ledger),
        [("2026-03-09".to_owned(), "1.0842".to_owned())]
    );
    ledger.ok(&["fx", "import", "--replace", &other]);
    assert_eq!(
        rates(&ledger),
        [("2026-03-09".to_owned(), "1.0900".to_owned())]
    );
    let twice = ledger.write(
        "fx3.csv",
        "date,from,to,rate,source\n2026-03-10,EUR,USD,1.09,a\n2026-03-10,EUR,USD,1.10,b\n",
    );
    let refused = ledger.refused(&["fx", "import", "--replace", &twice]);
    assert_eq!(refused.code, "WRONG_FILE");
    assert!(
        refused.message.starts_with("Line 3:"),
        "{}",
        refused.message
    );
}

#[test]
fn b8_rates_with_semicolons_and_a_decimal_comma_are_read_where_they_are_clear() {
    let ledger = TestLedger::new();
    let clear = "\u{feff}Date;From;To;Rate;Source\r\n2026-03-09;EUR;USD;1,084;ECB\r\n2026-03-10;EUR;USD;1,0842;ECB\r\n2026-03-10;GBP;USD;0,975;ECB\r\n";
    let clear = ledger.write("fx.csv", clear);
    assert_eq!(ledger.ok(&["fx", "import", &clear])["rates"], 3);
    assert!(rates(&ledger).contains(&("2026-03-09".to_owned(), "1.084".to_owned())));

    let says = |name: &str, text: &str, words: &str| {
        let file = ledger.write(name, text);
        let refused = ledger.refused(&["fx", "import", &file]);
        assert_eq!(refused.code, "WRONG_FILE", "{}", refused.message);
        assert!(refused.message.contains(words), "{}", refused.message);
    };
    let head = "date;from;to;rate;source\n";
    says(
        "a.csv",
        &format!("{head}2026-03-11;EUR;USD;1,084;ECB\n"),
        "in two ways",
    );
    says(
        "b.csv",
        &format!("{head}2026-03-11;EUR;USD;1.0842;ECB\n2026-03-12;EUR;USD;1,0842;ECB\n"),
        "Write all of them with a decimal point",
    );
    says(
        "c.csv",
        &format!("{head}2026-03-11;EUR;USD;-1;ECB\n"),
        "no rate such as",
    );
    says(
        "d.csv",
        &format!("{head}2026-03-11;EUR;USD;1.08;\n"),
        "source",
    );
    says(
        "e.csv",
        "date,from,to\n2026-03-11,EUR,USD\n",
        "it has no column rate, source",
    );
    let one = ledger.write("f.csv", format!("{head}2026-03-11;EUR;USD;1.0842;ECB\n"));
    let said = ledger
        .command("ana", &["fx", "import", &one])
        .output()
        .map(|done| String::from_utf8(done.stdout).unwrap())
        .unwrap();
    assert!(said.contains("\"rates\""), "{said}");
    ledger.check();
}

#[test]
fn b7_a_booking_in_a_currency_that_had_ended_waits() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let bgn = |id: &str, at: &str| {
        booking(
            id,
            "h-1",
            &[
                ("currency", "BGN"),
                ("processing_fee", "0.88"),
                ("booked_at", at),
            ],
        )
    };
    let file = [
        bgn("b-before", "2025-12-31T23:59:59Z"),
        bgn("b-after", "2026-01-01T00:00:00Z"),
    ];
    let imported = ledger.import("bookings", to_csv(&file));
    assert_eq!(imported["inserted"], 1, "{imported}");
    let waits = &imported["first_exceptions"][0];
    assert_eq!(
        (&waits["code"], &waits["line"]),
        (&"CURRENCY_ENDED".into(), &3.into())
    );
    assert!(
        waits["message"].as_str().unwrap().contains("2025-12-31"),
        "{waits}"
    );
    // Put right, it goes in.
    let open = ledger.ok(&["exceptions", "list"]);
    let id = open[0]["exception_id"].as_str().unwrap();
    ledger.ok(&["exceptions", "retry", id, "--set", "currency=USD"]);
    ledger.check();
}
