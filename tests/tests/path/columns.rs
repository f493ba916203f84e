//! A column that a file doesn't have keeps what is known; an empty cell empties it; words for
//! nothing are nothing; what the file lacks and what of it isn't used is said (docs/domain.md §3).

use std::process::Command;

use hostledger_tests::export::{self, Row, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use hostledger_tests::{PREPARER, TestLedger, program};
use serde_json::{Value, json};

use crate::close::{balances, text};

fn ledger() -> TestLedger {
    let l = TestLedger::new();
    l.import(
        "hosts",
        to_csv(&[host("h-1", &[("email", "amara@x.example")])]),
    );
    l
}

/// A booking of 20.00 with every column there is.
fn booking(id: &str, host: &str, changes: &[(&str, &str)]) -> Row {
    let all = [("rating", ""), ("payment_intent_id", "")];
    with(&export::booking(id, host, &all), changes)
}

fn without(row: &Row, columns: &[&str]) -> Row {
    let mut row = row.clone();
    for c in columns {
        row.remove(*c);
    }
    row
}

fn counts(answer: &Value) -> [i64; 4] {
    ["inserted", "updated", "unchanged", "exceptions"].map(|k| answer[k].as_i64().unwrap())
}

fn shown(l: &TestLedger, id: &str) -> Value {
    let all = l.commissions();
    all.into_iter().find(|c| c["booking_id"] == id).unwrap()
}

/// 20.00 with 5.00 refunded: the host has 9.62 of it.
fn refunded() -> Row {
    booking(
        "b1",
        "h-1",
        &[
            ("refunded_amount", "5.00"),
            ("refunded_at", "2026-03-03T10:00:00Z"),
            ("rating", "5"),
        ],
    )
}

#[test]
fn a4_a_booking_keeps_what_a_file_has_no_column_for() {
    let l = ledger();
    let optional = [
        "conversation_title",
        "participant_id",
        "participant_email",
        "processing_fee",
        "refunded_amount",
        "refunded_at",
        "payment_intent_id",
        "charge_id",
        "rating",
        "cancelled_at",
        "updated_at",
    ];
    l.import("bookings", to_csv(&[refunded()]));
    let before = shown(&l, "b1");
    assert_eq!(text(&before, "refunded"), "5.00");
    // The required columns alone say nothing new, whatever else is left out.
    let bare = without(&refunded(), &optional);
    let more = without(&booking("b2", "h-1", &[]), &optional);
    let done = l.import("bookings", to_csv(&[bare.clone(), more]));
    assert_eq!(counts(&done), [1, 0, 1, 0], "{done}");
    assert_eq!(shown(&l, "b1"), before);
    for column in optional {
        let file = to_csv(&[
            without(&refunded(), &[column]),
            booking("b3", "h-1", &[("rating", "4")]),
        ]);
        l.import("bookings", file);
        assert_eq!(shown(&l, "b1"), before, "without {column}");
    }
    // A file that does say something changes that alone.
    let shorter = with(&bare, &[("ends_at", "2026-03-02T10:30:00Z")]);
    let done = l.import("bookings", to_csv(&[shorter]));
    assert_eq!(counts(&done), [0, 1, 0, 0], "{done}");
    assert_eq!(text(&shown(&l, "b1"), "refunded"), "5.00");
    l.check();
}

#[test]
fn a4_an_empty_cell_empties_except_a_payments_ids() {
    let l = ledger();
    l.import("bookings", to_csv(&[refunded()]));
    let emptied = with(
        &refunded(),
        &[
            ("refunded_amount", ""),
            ("refunded_at", ""),
            ("charge_id", ""),
            ("updated_at", "2026-03-05T00:00:00Z"),
        ],
    );
    l.import("bookings", to_csv(&[emptied]));
    let now = shown(&l, "b1");
    assert_eq!(text(&now, "refunded"), "0.00");
    // The charge stays: a dispute that names it alone finds the booking.
    let disputed = "dispute_id,booking_id,kind,amount,currency,status,opened_at,charge_id\n\
                    dp_1,,CHARGEBACK,20.00,USD,needs_response,2026-03-10T09:00:00Z,ch_b1\n";
    assert_eq!(counts(&l.import("disputes", disputed)), [1, 0, 0, 0]);
    l.check();
}

#[test]
fn a4_a_refund_that_the_file_cant_say_is_the_known_one() {
    let l = ledger();
    let whole = with(&refunded(), &[("refunded_amount", "20.00")]);
    l.import("bookings", to_csv(std::slice::from_ref(&whole)));
    // REFUNDED without the column: all of it was, as is known.
    let status = [
        ("status", "REFUNDED"),
        ("updated_at", "2026-03-05T00:00:00Z"),
    ];
    let row = without(&with(&whole, &status), &["refunded_amount"]);
    let new = without(
        &booking("b2", "h-1", &[("status", "REFUNDED")]),
        &["refunded_amount"],
    );
    let done = l.import("bookings", to_csv(&[row, new]));
    assert_eq!(counts(&done), [0, 1, 0, 1], "{done}");
    assert_eq!(done["first_exceptions"][0]["code"], "REFUND_INCOMPLETE");
    // A price below the known refund can't be.
    let less = without(
        &with(
            &whole,
            &[("price", "15.00"), ("updated_at", "2026-03-06T00:00:00Z")],
        ),
        &["refunded_amount"],
    );
    let done = l.import("bookings", to_csv(&[less]));
    assert_eq!(
        done["first_exceptions"][0]["code"], "REFUND_EXCEEDS_PRICE",
        "{done}"
    );
    l.check();
}

#[test]
fn a4_hosts_and_disputes_keep_what_a_file_has_no_column_for() {
    let l = ledger();
    let known = l.ok(&["hosts", "show", "h-1"]);
    let bare = without(
        &host("h-1", &[]),
        &[
            "email",
            "country",
            "institution_id",
            "approved_at",
            "teaching_experience_years",
            "stripe_account_id",
            "payouts_enabled",
        ],
    );
    let done = l.import("hosts", to_csv(std::slice::from_ref(&bare)));
    assert_eq!(counts(&done), [0, 0, 1, 0], "{done}");
    let renamed = with(&bare, &[("name", "Amara B. Okafor")]);
    l.import("hosts", to_csv(&[renamed]));
    let mut want = known;
    want["name"] = json!("Amara B. Okafor");
    assert_eq!(l.ok(&["hosts", "show", "h-1"]), want);

    l.import("bookings", to_csv(&[booking("b1", "h-1", &[])]));
    let file = |head: &str, more: &str, status: &str| {
        format!(
            "dispute_id,booking_id,kind,amount,currency,status,opened_at{head}\ndp_1,b1,CHARGEBACK,20.00,USD,{status},2026-03-10T09:00:00Z{more}\n"
        )
    };
    let due = ",2026-03-20T00:00:00Z,fraudulent";
    l.import(
        "disputes",
        file(",evidence_due_by,reason", due, "needs_response"),
    );
    l.import("disputes", file("", "", "under_review"));
    let now = l.ok(&["disputes", "show", "dp_1"]);
    assert!(now.to_string().contains("2026-03-20"), "{now}");
    assert!(now.to_string().contains("fraudulent"), "{now}");
    l.check();
}

#[test]
fn a6_words_for_nothing_are_nothing() {
    for word in ["NULL", "null", "N/A", "n/a", "-", "--", "\\N", "None"] {
        let l = ledger();
        let file = to_csv(&[
            // Never captured: without a charge nothing is posted.
            booking(
                "b1",
                "h-1",
                &[
                    ("status", "CANCELLED"),
                    ("charge_id", word),
                    ("payment_intent_id", word),
                ],
            ),
            booking(
                "b2",
                "h-1",
                &[
                    ("refunded_amount", word),
                    ("refunded_at", word),
                    ("processing_fee", word),
                    ("rating", word),
                    ("cancelled_at", word),
                ],
            ),
        ]);
        let done = l.import("bookings", file);
        assert_eq!(counts(&done), [2, 0, 0, 0], "{word}: {done}");
        assert!(
            !done["warnings"].to_string().contains("RATING"),
            "{word}: {done}"
        );
        let kept = balances(&l);
        assert!(
            !kept
                .keys()
                .any(|(account, _)| account == "income:cancellations"),
            "{word}: {kept:?}"
        );
        l.check();
    }
    let l = ledger();
    let zero = booking(
        "b1",
        "h-1",
        &[
            ("status", "CANCELLED"),
            ("charge_id", "0"),
            ("payment_intent_id", "0"),
        ],
    );
    l.import("bookings", to_csv(&[zero]));
    assert!(balances(&l).values().all(|b| *b == decimal("0")));
}

#[test]
fn a8_yes_and_no_however_they_are_written() {
    let l = TestLedger::new();
    let row = |id: &str, word: &str| {
        host(
            id,
            &[
                ("payouts_enabled", word),
                ("stripe_account_id", &format!("acct_{id}")),
            ],
        )
    };
    let yes = ["true", "TRUE", "yes", "Y", "t", "1", "on"];
    let no = ["false", "No", "n", "F", "0", "off", "", "NULL"];
    let all = yes.iter().chain(&no).enumerate();
    let rows: Vec<Row> = all.map(|(i, word)| row(&format!("h{i}"), word)).collect();
    l.import("hosts", to_csv(&rows));
    for (i, row) in rows.iter().enumerate() {
        let shown = l.ok(&["hosts", "show", &row["host_id"]]);
        assert_eq!(
            shown["payouts_enabled"],
            json!(i < yes.len()),
            "{}",
            row["payouts_enabled"]
        );
    }
    let done = l.import("hosts", to_csv(&[row("h-x", "maybe")]));
    assert_eq!(done["first_exceptions"][0]["code"], "BAD_BOOLEAN", "{done}");
}

#[test]
fn b16_what_a_file_lacks_and_what_of_it_is_not_used_is_said() {
    let l = ledger();
    let row = with(
        &without(&booking("b1", "h-1", &[]), &["rating"]),
        &[("tip", "5.00"), ("tax_amount", "3.80")],
    );
    let file = l.write("tips.csv", to_csv(std::slice::from_ref(&row)));
    let mut command = Command::new(program());
    l.sign(&mut command, PREPARER);
    let done = command
        .args(["import", "bookings", &file])
        .output()
        .unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains("tax_amount, tip"), "{said}");
    assert!(said.contains("rating"), "{said}");
    let next = with(
        &without(&row, &["tip"]),
        &[("booking_id", "b2"), ("charge_id", "ch_2"), ("rating", "4")],
    );
    let done = l.import("bookings", to_csv(&[next]));
    let columns = &done["columns"];
    assert_eq!(columns["unused"], json!(["tax_amount"]));
    assert_eq!(columns["new"], json!(["rating"]), "{columns}");
    assert_eq!(columns["gone"], json!(["tip"]), "{columns}");
}

#[test]
fn a7_payments_of_test_mode_are_refused_whole() {
    let l = ledger();
    l.import("bookings", to_csv(&[booking("b1", "h-1", &[])]));
    let file = |mode: &str| {
        l.write(
            "payments.csv",
            format!(
                "id,Currency,Disputed Amount,Dispute Status,Mode\nch_0,usd,,,Live\nch_b1,usd,20.00,needs_response,{mode}\n"
            ),
        )
    };
    let refused = l.refused(&["import", "stripe-payments", &file("Test")]);
    assert_eq!(refused.code, "WRONG_FILE");
    assert!(refused.message.contains("test mode"), "{}", refused.message);
    assert!(refused.message.contains("line 3"), "{}", refused.message);
    assert_eq!(l.ok(&["disputes", "list"]), json!([]));
    l.ok(&["import", "stripe-payments", &file("Live")]);
    l.check();
}
