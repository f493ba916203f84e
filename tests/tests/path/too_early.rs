//! Money of a payout date leaves on it at the earliest, by the machine's date and never by
//! `--as-of`; a payment file some business days before, where a setting allows it
//! (docs/domain.md §7).

use hostledger_stripe_fake::FakeStripe;
use hostledger_tests::export::rows;
use hostledger_tests::stripe::{
    MONDAY, assert_books, at_another_time, cheapen, due_ledger, exports,
};
use hostledger_tests::{Answer, PREPARER, TestLedger, program};
use serde_json::Value;

/// A payout date, a Monday, and days before it.
const DATE: &str = "2030-12-02";
const FRIDAY: &str = "2030-11-29";
const THURSDAY: &str = "2030-11-28";

fn text(v: &Value) -> &str {
    v.as_str().unwrap_or_default()
}

/// Runs a command on a machine whose clock shows noon of a day in UTC, or another time of it.
fn on(ledger: &TestLedger, day: &str, args: &[&str], kill_at: Option<&str>) -> Answer {
    let mut command = ledger.command(PREPARER, args);
    let time = match day.contains(' ') {
        true => format!("@{day}"),
        false => format!("@{day} 12:00:00"),
    };
    at_another_time(&mut command, &time);
    command.env("TZ", "UTC");
    if let Some(point) = kill_at {
        command.env("HOSTLEDGER_KILL_AT", point);
    }
    let done = command.output().unwrap();
    Answer {
        status: done.status.code().unwrap_or(-1),
        json: serde_json::from_slice(&done.stdout).unwrap_or(Value::Null),
        stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// The approved batch of [`DATE`], prepared on that business date. Its id.
fn batch_of(ledger: &TestLedger) -> String {
    let batch = ledger.prepare(DATE);
    let id = text(&batch["batch_id"]).to_owned();
    ledger.approve(&id);
    id
}

fn with_due(time_zone: &str) -> TestLedger {
    let ledger = TestLedger::nowhere();
    ledger.ok(&["init", "--time-zone", time_zone]);
    ledger.add_user(hostledger_tests::APPROVER, "approver");
    cheapen(&ledger);
    let (host_rows, bookings) = exports(2);
    ledger.import("hosts", host_rows);
    ledger.import("bookings", bookings);
    ledger.process(MONDAY);
    ledger
}

fn status(ledger: &TestLedger, batch: &str) -> String {
    text(&ledger.ok(&["payouts", "show", batch])["status"]).to_owned()
}

#[test]
fn a_payment_file_is_not_written_before_its_day_whatever_the_business_date() {
    let ledger = with_due("UTC");
    let batch = batch_of(&ledger);
    let out = ledger.arg("pay.csv");
    let send = ["payouts", "send", &batch, "--rail", "file", "--out", &out];
    let as_of = [&["--as-of", DATE][..], &send[..]].concat();
    for args in [&send[..], &as_of[..]] {
        let refused = on(&ledger, FRIDAY, args, None).refusal("on Friday");
        assert_eq!(refused.code, "TOO_EARLY");
        assert!(
            refused.message.contains("from Monday 2030-12-02"),
            "{refused:?}"
        );
        assert_eq!(refused.details["from"], DATE);
        assert_eq!(refused.details["today"], FRIDAY);
    }
    assert!(!ledger.file("pay.csv").exists());
    assert_eq!(status(&ledger, &batch), "APPROVED");
    // A business date before it doesn't hold back what the day allows.
    let past = [&["--as-of", MONDAY][..], &send[..]].concat();
    let sent = on(&ledger, DATE, &past, None);
    assert_eq!(
        (sent.status, &sent.json["sent"]),
        (0, &2.into()),
        "{sent:?}"
    );
    ledger.ok(&["payouts", "settle", &batch]);
    ledger.check();
}

#[test]
fn a_payment_file_may_be_written_business_days_ahead_and_carries_its_date() {
    let ledger = with_due("UTC");
    let batch = batch_of(&ledger);
    let set = |value: &str| {
        ledger.run(&[
            "--as-of",
            MONDAY,
            "settings",
            "set",
            "file_lead_days",
            value,
            "--reason",
            "the bank asks",
        ])
    };
    assert_eq!(set("11").refusal("too many").code, "BAD_INPUT");
    assert_eq!(set("1").status, 0);
    let out = ledger.arg("pay.csv");
    let send = ["payouts", "send", &batch, "--rail", "file", "--out", &out];
    let refused = on(&ledger, THURSDAY, &send, None).refusal("two business days before");
    assert_eq!(refused.code, "TOO_EARLY");
    assert!(refused.message.contains("Friday 2030-11-29"), "{refused:?}");
    let sent = on(&ledger, FRIDAY, &send, None);
    assert_eq!(
        (sent.status, &sent.json["sent"]),
        (0, &2.into()),
        "{sent:?}"
    );
    let file = std::fs::read_to_string(ledger.file("pay.csv")).unwrap();
    for row in rows(&file) {
        assert_eq!(row["scheduled_date"], DATE);
    }
    // The journal keeps to the payout's date as well.
    let transit = |day: &str| {
        let all = ledger.ok(&["--as-of", day, "balances"]);
        let of = |b: &&Value| b["account"] == "liabilities:payouts in transit";
        let found = all.as_array().unwrap().iter().find(of).cloned();
        found.map_or("0.00".into(), |b| text(&b["balance"]).to_owned())
    };
    assert_eq!(
        (transit(FRIDAY), transit(DATE)),
        ("0.00".into(), "-52.48".into())
    );
    ledger.ok(&["payouts", "settle", &batch]);
    assert_books(&ledger, "ahead");
}

#[test]
fn the_day_is_that_of_the_business_time_zone() {
    // Noon of the Sunday in UTC is the Monday on Kiritimati, and not yet in Honolulu.
    let sunday = "2030-12-01 12:00:00";
    for (zone, goes) in [("Pacific/Kiritimati", true), ("Pacific/Honolulu", false)] {
        let ledger = with_due(zone);
        let batch = batch_of(&ledger);
        let out = ledger.arg("pay.csv");
        let send = ["payouts", "send", &batch, "--rail", "file", "--out", &out];
        let sent = on(&ledger, sunday, &send, None);
        if goes {
            assert_eq!(sent.status, 0, "{zone}: {sent:?}");
        } else {
            assert_eq!(sent.refusal(zone).code, "TOO_EARLY");
        }
        ledger.check();
    }
}

#[test]
fn nothing_goes_through_stripe_before_its_day_and_no_resume_begins_it() {
    let stripe = FakeStripe::start();
    let ledger = due_ledger(&stripe, 2, 10_000);
    let batch = batch_of(&ledger);
    let send = ["payouts", "send", &batch, "--rail", "stripe"];
    // A lead for files is none for Stripe.
    ledger.ok(&[
        "--as-of",
        MONDAY,
        "settings",
        "set",
        "file_lead_days",
        "5",
        "--reason",
        "the bank asks",
    ]);
    let refused = on(&ledger, FRIDAY, &send, None).refusal("on Friday");
    assert_eq!(refused.code, "TOO_EARLY");
    assert!(
        refused.message.contains("from Monday 2030-12-02"),
        "{refused:?}"
    );
    assert_eq!(status(&ledger, &batch), "APPROVED");
    let look = on(&ledger, FRIDAY, &["payouts", "preflight", &batch], None);
    assert_eq!(look.json["may_send"], false, "{look:?}");
    let date = look.json["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["name"] == "date");
    assert_eq!(date.unwrap()["ok"], false);
    // Interrupted before the first call, and the machine's clock is set right since.
    let killed = on(&ledger, DATE, &send, Some("prepared"));
    assert_eq!(killed.status, -1, "{killed:?}");
    let resume = ["payouts", "resume", &batch];
    assert_eq!(
        on(&ledger, FRIDAY, &resume, None).refusal("resume").code,
        "TOO_EARLY"
    );
    assert!(stripe.transfers().is_empty());
    let done = on(&ledger, DATE, &resume, None);
    assert_eq!(
        (done.status, &done.json["sent"]),
        (0, &2.into()),
        "{done:?}"
    );
    assert_eq!(stripe.transfers().len(), 2);
    assert_books(&ledger, "on its day");
}

#[test]
fn an_interrupted_payment_file_is_not_made_before_its_day() {
    let ledger = with_due("UTC");
    let batch = batch_of(&ledger);
    let out = ledger.arg("pay.csv");
    let send = ["payouts", "send", &batch, "--rail", "file", "--out", &out];
    assert_eq!(on(&ledger, DATE, &send, None).status, 0);
    // The file was lost before anybody took it to the bank.
    ledger.unwrite_payment_file("pay.csv");
    let resume = ["payouts", "resume", &batch];
    assert_eq!(
        on(&ledger, FRIDAY, &resume, None).refusal("resume").code,
        "TOO_EARLY"
    );
    assert!(!ledger.file("pay.csv").exists());
    assert_eq!(on(&ledger, DATE, &resume, None).status, 0);
    assert!(ledger.file("pay.csv").exists());
    ledger.ok(&["payouts", "settle", &batch]);
    ledger.check();
}

#[test]
fn a_practice_ledger_goes_by_its_practice_date() {
    let ledger = TestLedger::nowhere();
    let place = ledger.arg("practice");
    let made = ledger.ok(&["sample", &place]);
    let users = made["users"].as_array().unwrap();
    let as_user = |user: &Value, args: &[&str]| {
        let mut command = std::process::Command::new(program());
        command
            .env("HOSTLEDGER_LEDGER", text(&made["ledger"]))
            .env("HOSTLEDGER_USER", text(&user["name"]))
            .env("HOSTLEDGER_PASSPHRASE", text(&user["passphrase"]))
            .arg("--json")
            .args(args);
        let done = command.output().unwrap();
        Answer {
            status: done.status.code().unwrap_or(-1),
            json: serde_json::from_slice(&done.stdout).unwrap_or(Value::Null),
            stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    };
    let has = |role: &str| {
        let is = |u: &&Value| u["roles"].as_array().unwrap().iter().any(|r| r == role);
        users.iter().find(is).unwrap()
    };
    let preparer = has("preparer");
    let approver = users
        .iter()
        .find(|u| u["name"] != preparer["name"])
        .unwrap();
    for kind in ["hosts", "bookings"] {
        let is = |f: &&Value| text(f).contains(&format!("{kind}-"));
        let file = made["inbox"].as_array().unwrap().iter().find(is).unwrap();
        let taken = as_user(preparer, &["import", kind, text(file)]);
        assert!([0, 3].contains(&taken.status), "{taken:?}");
    }
    assert_eq!(as_user(preparer, &["commissions", "process"]).status, 0);
    let today: jiff::civil::Date = text(&made["practice_date"]).parse().unwrap();
    for (day, code) in [
        (today.tomorrow().unwrap(), Some("TOO_EARLY")),
        (today, None),
    ] {
        let day = day.to_string();
        let args = [
            "payouts",
            "prepare",
            "--date",
            &day,
            "--off-cycle",
            "practice",
        ];
        let batch = as_user(preparer, &args);
        let id = text(&batch.json["batch_id"]).to_owned();
        assert_eq!(
            as_user(preparer, &["payouts", "submit", &id]).status,
            0,
            "{batch:?}"
        );
        assert_eq!(as_user(approver, &["payouts", "approve", &id]).status, 0);
        let out = ledger.arg(&format!("{day}.csv"));
        let send = ["payouts", "send", &id, "--rail", "file", "--out", &out];
        let sent = as_user(preparer, &send);
        match code {
            Some(code) => {
                assert_eq!(sent.refusal(&day).code, code);
                let cancel = ["payouts", "cancel", &id, "--reason", "too early"];
                assert_eq!(as_user(preparer, &cancel).status, 0);
            }
            None => assert_eq!(sent.status, 0, "{sent:?}"),
        }
    }
    let checked = as_user(preparer, &["check"]);
    assert_eq!(checked.json["ok"], true, "{checked:?}");
}
