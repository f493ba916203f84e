//! C8: small things that were found on the money's path, each with its siblings.

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::{balances, hledger_agrees, text};
use crate::restated::Story;

#[test]
fn c8_a_retry_of_a_stale_row_says_that_nothing_was_taken_in() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let old = booking(
        "b-1",
        "h-1",
        &[("price", "twenty"), ("updated_at", "2026-03-02T11:05:00Z")],
    );
    let same = with(
        &old,
        &[("price", "22"), ("updated_at", "2026-03-03T11:05:00Z")],
    );
    ledger.import("bookings", to_csv(std::slice::from_ref(&same)));
    ledger.import(
        "bookings",
        to_csv(&[old, booking("b-2", "h-9", &[("price", "x")])]),
    );
    let waiting = |at: usize| text(&ledger.ok(&["exceptions", "list"])[at], "exception_id");
    let (first, second) = (waiting(0), waiting(1));

    let retried = ledger.ok(&["exceptions", "retry", &first, "--set", "price=20.00"]);
    assert_eq!(retried["outcome"], "STALE");
    assert_eq!(text(&ledger.commissions()[0], "price"), "22.00");
    // What is known already, and what still can't be, say so too.
    let known = with(&same, &[("price", "n/a")]);
    ledger.import(
        "bookings",
        to_csv(&[with(&known, &[("charge_id", "ch_b-1")])]),
    );
    let third = waiting(1);
    let retried = ledger.ok(&["exceptions", "retry", &third, "--set", "price=22.00"]);
    assert_eq!(retried["outcome"], "UNCHANGED");
    let waits = ledger.run(&["exceptions", "retry", &second]);
    assert_eq!((waits.status, &waits.json["outcome"]), (3, &"WAITS".into()));
    let retried = ledger.ok(&["exceptions", "retry", &second, "--set", "price=20"]);
    assert_eq!(retried["outcome"], "TAKEN_IN");
    // For people in words, not as a success.
    let file = ledger.write(
        "old.csv",
        to_csv(&[with(
            &same,
            &[("price", "?"), ("updated_at", "2026-03-01T00:00:00Z")],
        )]),
    );
    assert_eq!(ledger.run(&["import", "bookings", &file]).status, 3);
    let mut words = std::process::Command::new(hostledger_tests::program());
    ledger.sign(&mut words, "ana");
    let said = words
        .args(["exceptions", "retry", &waiting(0), "--set", "price=1.00"])
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("older than what is known"), "{said}");
    assert!(!said.contains("is taken in"), "{said}");
    ledger.check();
}

/// One account's balance in USD as of a day.
fn as_of(ledger: &TestLedger, day: &str, account: &str) -> Decimal {
    let all = ledger.ok(&["--as-of", day, "balances"]);
    let found = all
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["account"] == account);
    found.map_or_else(Decimal::default, |b| decimal(&text(b, "balance")))
}

/// *Session completed* of b-1 in the journal's order: its day, and whether it is a reversal.
fn completions(ledger: &TestLedger) -> Vec<(String, bool)> {
    let why = ledger.ok(&["commissions", "explain", "b-1"]);
    let entries = why["entries"].as_array().unwrap().iter();
    entries
        .filter(|e| text(e, "kind").contains("session completed"))
        .map(|e| (text(e, "effective_date"), !e["reverses"].is_null()))
        .collect()
}

fn days(list: &[(&str, bool)]) -> Vec<(String, bool)> {
    list.iter()
        .map(|(day, r)| ((*day).to_owned(), *r))
        .collect()
}

const FEES: &str = "income:platform fees";
const DEFERRED: &str = "liabilities:deferred bookings";

#[test]
fn c8_a_session_that_moves_to_another_day_takes_its_revenue_along_and_undo_brings_it_back() {
    let mut s = Story::new();
    let was = [("2026-03-02", false)];
    assert_eq!(completions(&s.ledger), days(&was));
    s.tell(&[
        ("starts_at", "2026-04-02T10:00:00Z"),
        ("ends_at", "2026-04-02T11:00:00Z"),
    ]);
    let moved = [
        ("2026-03-02", false),
        ("2026-03-02", true),
        ("2026-04-02", false),
    ];
    assert_eq!(completions(&s.ledger), days(&moved));
    for (day, fees, deferred) in [
        ("2026-03-01", "0", "-96.80"),
        ("2026-03-31", "0", "-96.80"),
        ("2026-04-02", "-30.00", "0"),
    ] {
        assert_eq!(as_of(&s.ledger, day, FEES), decimal(fees), "{day}");
        assert_eq!(as_of(&s.ledger, day, DEFERRED), decimal(deferred), "{day}");
    }
    assert_eq!(s.owed(), decimal("66.80"));
    // Undone: again on its first day, on their own days.
    let last = s.ledger.ok(&["imports", "list"]);
    let newest = last
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["updated"] == 1)
        .unwrap();
    s.ledger
        .ok(&["imports", "undo", &text(newest, "import_id")]);
    let back = [&moved[..], &[("2026-04-02", true), ("2026-03-02", false)]].concat();
    assert_eq!(completions(&s.ledger), days(&back));
    assert_eq!(as_of(&s.ledger, "2026-03-02", FEES), decimal("-30.00"));
    assert_eq!(as_of(&s.ledger, "2026-04-02", FEES), decimal("-30.00"));
    s.ledger.check();
}

#[test]
fn c8_a_moved_session_with_a_refund_a_void_or_a_new_date_ahead_keeps_every_day_right() {
    // Moved and part refunded in one row: completed on the new day, the refund on its own.
    let mut s = Story::new();
    s.tell(&[
        ("ends_at", "2026-03-05T11:00:00Z"),
        ("refunded_amount", "10.00"),
        ("refunded_at", "2026-03-09T07:00:00Z"),
    ]);
    for (day, fees) in [
        ("2026-03-04", "0"),
        ("2026-03-05", "-30.00"),
        ("2026-03-09", "-27.00"),
    ] {
        assert_eq!(as_of(&s.ledger, day, FEES), decimal(fees), "{day}");
    }
    assert_eq!(s.owed(), decimal("59.80"));
    // Moved once more, before the refund: what the refund made of it stays from its day on.
    s.tell(&[("ends_at", "2026-03-07T11:00:00Z")]);
    assert_eq!(as_of(&s.ledger, "2026-03-09", FEES), decimal("-27.00"));
    assert_eq!(s.owed(), decimal("59.80"));

    // It turns out to be ahead: nothing of it stands in the month.
    let mut s = Story::new();
    s.tell(&[("ends_at", "2099-04-02T11:00:00Z"), ("status", "CONFIRMED")]);
    assert_eq!(
        completions(&s.ledger),
        days(&[("2026-03-02", false), ("2026-03-02", true)])
    );
    assert_eq!(
        (s.owed(), s.balance(DEFERRED)),
        (decimal("0"), decimal("-96.80"))
    );

    // Voided by a person: that has its own day, and the row moves nothing before it.
    let mut s = Story::new();
    s.ledger.ok(&[
        "--as-of",
        "2026-03-04",
        "commissions",
        "void",
        "b-1",
        "--reason",
        "test",
    ]);
    s.tell(&[("ends_at", "2026-03-03T11:00:00Z")]);
    assert_eq!(
        as_of(&s.ledger, "2026-03-03", "income:voided commissions"),
        decimal("0")
    );
    s.tell(&[("ends_at", "2026-03-06T11:00:00Z")]);
    assert_eq!(
        as_of(&s.ledger, "2026-03-05", "income:voided commissions"),
        decimal("0")
    );
    assert_eq!(
        as_of(&s.ledger, "2026-03-06", "income:voided commissions"),
        decimal("-66.80")
    );

    // Paid: only the day moves, no money.
    let mut s = Story::new();
    s.pay("2026-03-16");
    s.tell(&[("ends_at", "2026-03-01T11:00:00Z")]);
    assert_eq!(as_of(&s.ledger, "2026-03-01", FEES), decimal("-30.00"));
    assert_eq!(s.owed(), decimal("0"));
    // Another hour of the same day moves nothing.
    let before = completions(&s.ledger);
    s.tell(&[("ends_at", "2026-03-01T18:00:00Z")]);
    assert_eq!(completions(&s.ledger), before);
}

#[test]
fn c8_a_time_zone_never_holds_before_its_day() {
    let ledger = TestLedger::new();
    let set = [
        "settings",
        "set",
        "time_zone",
        "Asia/Tokyo",
        "--reason",
        "office",
    ];
    let refused = ledger.refused(&[&["--as-of", "2099-01-01"], &set[..]].concat());
    assert_eq!(refused.code, "BAD_INPUT");
    assert!(refused.message.contains("--as-of"), "{}", refused.message);
    let zone = || {
        let all = ledger.ok(&["settings", "list"]);
        let zone = all
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["key"] == "time_zone")
            .cloned();
        text(&zone.unwrap(), "value")
    };
    assert_eq!(zone(), "UTC");
    ledger.ok(&set);
    assert_eq!(zone(), "Asia/Tokyo");
    // Nor one that an older day would give it, under the newer one.
    let older = [
        "settings",
        "set",
        "time_zone",
        "Europe/Madrid",
        "--reason",
        "office",
    ];
    assert_eq!(
        ledger
            .refused(&[&["--as-of", "2026-01-01"], &older[..]].concat())
            .code,
        "BAD_INPUT"
    );
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    assert_eq!(ledger.refused(&older).code, "WRONG_STATE");
    ledger.check();
}

#[test]
fn c8_no_file_of_a_user_is_touched_by_what_is_written_beside_it() {
    let s = Story::new();
    let (batch, _) = s.send("2026-03-16");
    let l = &s.ledger;
    let mine = [
        "books.part",
        "books.csv.part",
        ".books.csv.part",
        "paper.part",
        ".paper.pdf.part",
        "copy.part",
        ".copy.hlb.part",
        "pay.part",
    ];
    for name in mine {
        drop(l.write(name, "mine"));
    }
    let before = std::fs::read_dir(l.file("")).unwrap().count();
    l.ok(&[
        "journal",
        "export",
        "--format",
        "csv",
        "--out",
        &l.arg("books.csv"),
    ]);
    l.ok(&["payouts", "pdf", &batch, "--out", &l.arg("paper.pdf")]);
    l.ok(&["payouts", "pdf", &batch, "--out", &l.arg("paper.pdf")]);
    l.ok(&["backup", &l.arg("copy.hlb")]);
    for name in mine {
        assert_eq!(
            std::fs::read_to_string(l.file(name)).unwrap(),
            "mine",
            "{name}"
        );
    }
    assert_eq!(
        std::fs::read_dir(l.file("")).unwrap().count(),
        before + 3,
        "nothing is left"
    );
    let again = l.refused(&[
        "journal",
        "export",
        "--format",
        "csv",
        "--out",
        &l.arg("books.csv"),
    ]);
    assert_eq!(again.code, "ALREADY_THERE");
    l.check();
}

#[test]
fn c8_a_tier_that_begins_later_is_nobodys_tier_today() {
    let ledger = TestLedger::new();
    ledger.import(
        "hosts",
        to_csv(
            &[host("h-1", &[]), host("h-2", &[("institution_id", "uni")])].map(|h| {
                with(
                    &h,
                    &[
                        ("approved_at", "2026-05-01T09:00:00Z"),
                        ("institution_id", ""),
                    ],
                )
            }),
        ),
    );
    let tiers = |day: &str| {
        let list = ledger.ok(&["--as-of", day, "hosts", "list"]);
        let show = ledger.ok(&["--as-of", day, "hosts", "show", "h-1"]);
        [list[0]["tier"].clone(), show["tier"].clone()]
    };
    assert_eq!(tiers("2026-04-30"), [Value::Null, Value::Null]);
    assert_eq!(
        tiers("2026-05-01"),
        ["INTERMEDIATE", "INTERMEDIATE"].map(Value::from)
    );
    // An institution without tiers has none to show, whatever the host's own say.
    ledger.ok(&["institutions", "set", "platform-creators", "--tiers", "off"]);
    assert_eq!(tiers("2026-05-01"), [Value::Null, Value::Null]);
    ledger.check();
}

#[test]
fn c8_no_two_accounts_share_a_name() {
    let ledger = TestLedger::new();
    let ids = ["h1", "h1:reserved", "50%", "50%25"];
    let hosts: Vec<Row> = ids.iter().map(|id| host(id, &[])).collect();
    ledger.import("hosts", to_csv(&hosts));
    let prices = ["100.00", "50.00", "40.00", "60.00"];
    let mut rows = Vec::new();
    for (n, (id, price)) in ids.iter().zip(prices).enumerate() {
        rows.push(booking(&format!("b-{n}"), id, &[("price", price)]));
    }
    ledger.import("bookings", to_csv(&rows));
    ledger.process("2026-03-16");
    let batch = text(&ledger.prepare("2026-03-16"), "batch_id");
    ledger.approve(&batch);
    ledger.send(&batch);
    ledger.ok(&["payouts", "settle", &batch]);
    // Later seats stay owed; the disputed one of h1 is reserved: 70 % of 10.00.
    let later: Vec<Row> = rows
        .iter()
        .map(|r| {
            with(
                r,
                &[
                    ("booking_id", &format!("{}-later", r["booking_id"])),
                    ("charge_id", ""),
                ],
            )
        })
        .collect();
    ledger.import("bookings", to_csv(&later));
    ledger.import("disputes", "dispute_id,booking_id,kind,amount,currency,status,opened_at\nd1,b-0,COMPLAINT,10.00,USD,needs_response,2026-03-17T09:00:00Z\n");
    let all = balances(&ledger);
    let owed = |name: &str| -all[&(format!("liabilities:hosts:{name}"), "USD".to_owned())];
    // 100.00: 100 − 30.00 − 3.20; 50.00: 50 − 15.00 − 1.75; 40.00: 40 − 12.00 − 1.46; 60.00: 60 − 18.00 − 2.04.
    assert_eq!(owed("h1"), decimal("59.80"));
    assert_eq!(owed("h1:reserved"), decimal("7.00"));
    assert_eq!(owed("h1%3Areserved"), decimal("33.25"));
    assert_eq!(owed("50%25"), decimal("26.54"));
    assert_eq!(owed("50%2525"), decimal("39.96"));
    let one = ledger.ok(&["balances", "--host", "h1:reserved"]);
    assert_eq!(one[0]["account"], "liabilities:hosts:h1%3Areserved");
    hledger_agrees(&ledger);
    ledger.check();
}

#[test]
fn c8_amounts_and_sums_beyond_the_limit_are_refused_with_the_limit_named() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let most = "10000000000000.00";
    let row = |n: usize, price: &str| {
        let id = format!("b-{n}");
        booking(&id, "h-1", &[("price", price), ("processing_fee", "1.00")])
    };
    let over = [
        "10000000000000.01",
        "92233720368547758.07",
        "92233720368547758.08",
        "99999999999999999999999",
    ];
    let rows: Vec<Row> = over.iter().enumerate().map(|(n, p)| row(n, p)).collect();
    let taken = ledger.import("bookings", to_csv(&rows));
    assert_eq!(taken["exceptions"], 4);
    for e in taken["first_exceptions"].as_array().unwrap() {
        assert_eq!(e["code"], "BAD_NUMBER");
        assert!(text(e, "message").contains("10000000000000.00 USD"), "{e}");
    }
    let many =
        |from: usize, n: usize| to_csv(&(from..from + n).map(|n| row(n, most)).collect::<Vec<_>>());
    // One file, then two together: a refusal that names the limit, and nothing of it is stored.
    let file = ledger.write("bookings.csv", many(1000, 1001));
    for dry in [&["--dry-run"][..], &[]] {
        let refused = ledger.refused(&[&["import", "bookings", &file], dry].concat());
        assert_eq!(refused.code, "TOO_LARGE");
        assert!(
            refused.message.contains("10000000000000000.00 USD"),
            "{}",
            refused.message
        );
    }
    let first = ledger.import("bookings", many(1000, 600));
    assert_eq!(first["inserted"], 600);
    let file = ledger.write("bookings.csv", many(3000, 600));
    assert_eq!(
        ledger.refused(&["import", "bookings", &file]).code,
        "TOO_LARGE"
    );
    let stripe = balances(&ledger)[&("assets:stripe".to_owned(), "USD".to_owned())];
    assert_eq!(stripe, decimal("5999999999999400.00"));
    ledger.check();
    // The same rows again are no more money.
    let again = ledger.import("bookings", format!("{}\n", many(1000, 600)));
    assert_eq!(again["unchanged"], 600);
    let refused = ledger.refused(&[
        "adjustments",
        "add",
        "h-1",
        "--amount",
        "10000000000000.01",
        "--currency",
        "USD",
        "--reason",
        "x",
    ]);
    assert!(
        refused.message.contains("10000000000000.00 USD"),
        "{}",
        refused.message
    );
    // A stated total may be larger than one amount.
    let file = ledger.write("bookings.csv", format!("{}\n\n", many(1000, 600)));
    ledger.ok(&[
        "import",
        "bookings",
        &file,
        "--expect-total",
        "USD=6000000000000000.00",
    ]);
    ledger.check();
}
