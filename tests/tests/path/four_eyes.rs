//! C5: two people, and nothing between them moves unseen. The preparer can't approve; what changed
//! makes a batch refuse and is named; no money is in two payouts.

use hostledger_app::{Code, Session, hosts as hosts_of_app};
use hostledger_tests::export::{Row, booking, host, rows, to_csv, with};
use hostledger_tests::{APPROVER, PREPARER, TestLedger};
use serde_json::Value;

use crate::close::text;

const MONDAY: &str = "2026-03-16";

/// Four hosts with two seats each that are due on the Monday.
fn hosts() -> Vec<Row> {
    ["h-1", "h-2", "h-3", "h-4"]
        .map(|id| host(id, &[("stripe_account_id", &format!("acct_{id}"))]))
        .into()
}

fn bookings() -> Vec<Row> {
    let seats = |h: &Row| {
        ["a", "b"].map(|seat| booking(&format!("{}{seat}", h["host_id"]), &h["host_id"], &[]))
    };
    hosts().iter().flat_map(seats).collect()
}

fn prepared() -> (TestLedger, Value) {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&hosts()));
    ledger.import("bookings", to_csv(&bookings()));
    ledger.process(MONDAY);
    let batch = ledger.prepare(MONDAY);
    assert_eq!(batch["payouts"].as_array().unwrap().len(), 4, "{batch}");
    (ledger, batch)
}

fn payout_of<'a>(batch: &'a Value, host_id: &str) -> &'a Value {
    batch["payouts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["host_id"] == host_id)
        .unwrap()
}

#[test]
fn c5_whoever_prepared_or_submitted_never_approves() {
    let (ledger, batch) = prepared();
    let id = text(&batch, "batch_id");
    ledger.add_user("cleo", "preparer");
    ledger.add_user("dora", "viewer");
    assert_eq!(
        ledger
            .refused_as(APPROVER, &["payouts", "submit", &id])
            .code,
        "NOT_ALLOWED"
    );
    assert_eq!(
        ledger.refused_as("dora", &["payouts", "submit", &id]).code,
        "NOT_ALLOWED"
    );
    ledger.ok_as("cleo", &["payouts", "submit", &id]);
    let refused = ledger.refused(&["payouts", "approve", &id]);
    assert_eq!(refused.code, "SAME_PERSON");
    assert!(refused.message.contains(PREPARER), "{}", refused.message);
    assert_eq!(
        ledger.refused_as("cleo", &["payouts", "approve", &id]).code,
        "NOT_ALLOWED"
    );
    let send = [
        "payouts",
        "send",
        &id,
        "--rail",
        "file",
        "--out",
        "unapproved.csv",
    ];
    assert_eq!(ledger.refused(&send).code, "WRONG_STATE");
    assert!(!ledger.file("unapproved.csv").exists());
    assert_eq!(ledger.ok(&["payouts", "show", &id])["status"], "SUBMITTED");
    ledger.ok_as(APPROVER, &["payouts", "approve", &id]);
    assert_eq!(
        ledger.ok(&["payouts", "show", &id])["approved_by"],
        serde_json::json!([APPROVER])
    );
    assert_eq!(
        ledger
            .refused_as(APPROVER, &["payouts", "approve", &id])
            .code,
        "WRONG_STATE"
    );
    ledger.check();
}

#[test]
fn c5_what_changed_makes_approval_refuse_by_name_until_refreshed() {
    let (ledger, batch) = prepared();
    let id = text(&batch, "batch_id");
    ledger.ok(&["payouts", "submit", &id]);
    // A restated row, a hold, another account, a pause: one per host.
    let restated = with(
        &bookings()[0],
        &[
            ("refunded_amount", "5.00"),
            ("updated_at", "2026-03-15T08:00:00Z"),
        ],
    );
    ledger.import("bookings", to_csv(&[restated]));
    ledger.ok(&[
        "commissions",
        "hold",
        "h-2a",
        "--reason",
        "the participant wrote in",
    ]);
    let mut moved = hosts();
    moved[2].insert("stripe_account_id".into(), "acct_new".into());
    ledger.import("hosts", to_csv(&moved));
    ledger.ok(&["hosts", "pause", "h-4", "--reason", "asked for by the host"]);

    let refused = ledger.refused_as(APPROVER, &["payouts", "approve", &id]);
    assert_eq!(refused.code, "STALE_PAYOUTS");
    let named = refused.details["payouts"].as_array().unwrap();
    let what = |host_id: &str| -> (String, String) {
        let p = named
            .iter()
            .find(|p| p["host_id"] == host_id)
            .unwrap_or_else(|| panic!("{host_id}: {named:?}"));
        let changed = p["changed"].as_array().unwrap();
        assert_eq!(changed.len(), 1, "{p}");
        (
            text(p, "payout_id"),
            changed[0].as_str().unwrap().to_owned(),
        )
    };
    let words = [
        ("h-1", ["h-1a", "13.12", "9.62"]),
        ("h-2", ["h-2a", "held", "block"]),
        ("h-3", ["account", "acct_h-3", "acct_new"]),
        ("h-4", ["paused", "payouts", "lifted"]),
    ];
    for (host_id, said) in words {
        let (payout, changed) = what(host_id);
        assert_eq!(payout, text(payout_of(&batch, host_id), "payout_id"));
        assert!(
            said.iter().all(|word| changed.contains(word)),
            "{host_id}: {changed}"
        );
    }
    let shown = ledger.ok(&["payouts", "show", &id]);
    assert!(
        shown["payouts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|p| p["stale"] == true),
        "{shown}"
    );
    assert_eq!(shown["status"], "SUBMITTED");

    let fresh = ledger.ok(&["payouts", "refresh", &id]);
    assert_ne!(fresh["digest"], batch["digest"]);
    let pending = fresh["payouts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["status"] == "PENDING");
    let pending: Vec<&Value> = pending.collect();
    assert!(pending.iter().all(|p| p["stale"] == false), "{fresh}");
    // 22.74 and 13.12 are below the minimum now, h-4 is paused; h-3 goes to the new account.
    assert_eq!(pending.len(), 1, "{fresh}");
    assert_eq!(
        (&pending[0]["host_id"], &pending[0]["destination"]),
        (&"h-3".into(), &"acct_new".into())
    );
    let carried = fresh["carried"].as_array().unwrap().iter();
    let carried: Vec<[String; 3]> = carried
        .map(|c| ["host_id", "amount", "reason"].map(|key| text(c, key)))
        .collect();
    let is =
        |host_id: &str, amount: &str, reason: &str| [host_id, amount, reason].map(str::to_owned);
    assert_eq!(
        carried,
        [
            is("h-1", "22.74", "BELOW_MINIMUM"),
            is("h-2", "13.12", "BELOW_MINIMUM"),
            is("h-4", "26.24", "PAUSED")
        ]
    );
    ledger.ok_as(APPROVER, &["payouts", "approve", &id]);
    ledger.check();
}

#[test]
fn c5_a_payout_stale_after_approval_is_not_sent_and_the_others_are() {
    let (ledger, batch) = prepared();
    let id = text(&batch, "batch_id");
    ledger.approve(&id);
    ledger.ok(&[
        "commissions",
        "hold",
        "h-2a",
        "--reason",
        "the participant wrote in",
    ]);
    ledger.ok(&["hosts", "pause", "h-4", "--reason", "asked for by the host"]);
    let sent = ledger.send(&id);
    assert_eq!(
        (&sent["sent"], &sent["failed"], &sent["unknown"]),
        (&2.into(), &2.into(), &0.into())
    );
    let after = ledger.ok(&["payouts", "show", &id]);
    for (host_id, status, code) in [
        ("h-1", "PROCESSING", Value::Null),
        ("h-2", "FAILED", "CHANGED_SINCE_APPROVAL".into()),
        ("h-3", "PROCESSING", Value::Null),
        ("h-4", "FAILED", "CHANGED_SINCE_APPROVAL".into()),
    ] {
        let p = payout_of(&after, host_id);
        assert_eq!(
            (&p["status"], &p["failure_code"]),
            (&status.into(), &code),
            "{p}"
        );
    }
    let file = std::fs::read_to_string(ledger.file(&format!("pay-{id}.csv"))).unwrap();
    let paid: Vec<String> = rows(&file)
        .iter()
        .map(|row| row["host_id"].clone())
        .collect();
    assert_eq!(paid, ["h-1", "h-3"]);
    ledger.check();
    assert_eq!(
        ledger.ok(&["payouts", "settle", &id])["status"],
        "PARTIALLY_FAILED"
    );
    ledger.check();
    // What wasn't sent is due again; what was is not.
    ledger.ok(&[
        "commissions",
        "release",
        "h-2a",
        "--reason",
        "settled with the participant",
    ]);
    ledger.ok(&[
        "hosts",
        "resume",
        "h-4",
        "--reason",
        "asked for by the host",
    ]);
    let next = ledger.prepare("2026-03-23");
    let hosts: Vec<&Value> = next["payouts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["host_id"])
        .collect();
    assert_eq!(hosts, ["h-2", "h-4"]);
    ledger.check();
}

#[test]
fn c5_a_second_prepare_never_takes_the_same_money() {
    let (ledger, batch) = prepared();
    let id = text(&batch, "batch_id");
    let nothing = |when: &str| {
        let again = ledger.prepare(MONDAY);
        assert_eq!(again["payouts"], Value::Array(Vec::new()), "{when}");
        ledger.ok(&["payouts", "cancel", &text(&again, "batch_id")]);
    };
    nothing("beside a DRAFT");
    ledger.approve(&id);
    nothing("beside an APPROVED one");
    ledger.send(&id);
    nothing("beside one that is SENDING");
    ledger.ok(&["payouts", "settle", &id]);
    nothing("after it was paid");
    ledger.check();
}

#[test]
fn c5_rejected_cancelled_and_excluded_money_is_due_again() {
    let (ledger, batch) = prepared();
    let id = text(&batch, "batch_id");
    let h1 = text(payout_of(&batch, "h-1"), "payout_id");
    let left = ledger.ok(&[
        "payouts",
        "exclude",
        &id,
        &h1,
        "--reason",
        "the host asked to wait",
    ]);
    let carried = &left["carried"][0];
    assert_eq!(
        (&carried["host_id"], &carried["reason"]),
        (&"h-1".into(), &"EXCLUDED".into())
    );
    ledger.ok(&["payouts", "submit", &id]);
    assert_eq!(
        ledger
            .refused_as(APPROVER, &["payouts", "reject", &id])
            .code,
        "BAD_INPUT"
    );
    ledger.ok_as(
        APPROVER,
        &["payouts", "reject", &id, "--reason", "h-3 has moved"],
    );
    ledger.check();
    let second = ledger.prepare(MONDAY);
    assert_eq!(second["payouts"].as_array().unwrap().len(), 4);
    let id = text(&second, "batch_id");
    ledger.approve(&id);
    ledger.ok(&["payouts", "cancel", &id, "--reason", "the bank is closed"]);
    assert_eq!(
        ledger.prepare(MONDAY)["payouts"].as_array().unwrap().len(),
        4
    );
    ledger.check();
}

#[test]
fn c5_a_correction_takes_a_second_person_and_joins_the_payout() {
    let (ledger, batch) = prepared();
    ledger.ok(&["payouts", "cancel", &text(&batch, "batch_id")]);
    let add = [
        "adjustments",
        "add",
        "h-1",
        "--amount",
        "-1.24",
        "--currency",
        "USD",
        "--reason",
        "paid twice in May",
    ];
    let added = ledger.ok(&add);
    let adjustment = text(&added, "adjustment_id");
    assert_eq!(
        ledger
            .refused(&["adjustments", "approve", &adjustment])
            .code,
        "SAME_PERSON"
    );
    assert_eq!(payout_of(&ledger.prepare(MONDAY), "h-1")["amount"], "26.24");
    ledger.ok(&[
        "payouts",
        "cancel",
        &text(&ledger.ok(&["payouts", "list"])[0], "batch_id"),
    ]);
    ledger.ok_as(APPROVER, &["adjustments", "approve", &adjustment]);
    let batch = ledger.prepare(MONDAY);
    let paid = payout_of(&batch, "h-1");
    assert_eq!(
        (&paid["amount"], &paid["lines"]),
        (&"25.00".into(), &3.into())
    );
    ledger.check();
}

#[test]
fn h3_another_business_date_never_lowers_how_many_must_approve() {
    let (ledger, batch) = prepared();
    let id = text(&batch, "batch_id");
    ledger.add_user("cleo", "approver");
    let two = ["settings", "set", "approvers.USD", "2 from 50.00"];
    let since = ["--as-of", "2026-03-01"];
    ledger.ok(&[&since[..], &two, &["--reason", "policy"]].concat());
    // The day before the setting, for whoever submits and whoever approves.
    let before = ["--as-of", "2026-02-28", "payouts"];
    ledger.ok(&[&before[..], &["submit", &id]].concat());
    let approve = [&before[..], &["approve", &id]].concat();
    assert_eq!(ledger.ok_as(APPROVER, &approve)["status"], "SUBMITTED");
    let out = ledger.arg("pay.csv");
    let send = ["payouts", "send", &id, "--rail", "file", "--out", &out];
    assert_eq!(
        ledger
            .refused(&[&["--as-of", MONDAY][..], &send].concat())
            .code,
        "WRONG_STATE"
    );
    assert_eq!(ledger.ok_as("cleo", &approve)["status"], "APPROVED");
    ledger.check();
}

#[test]
fn h3_what_was_fixed_when_a_batch_was_submitted_only_grows() {
    let (ledger, batch) = prepared();
    let id = text(&batch, "batch_id");
    let set = |value: &str, day: &str| {
        let words = ["--as-of", day, "settings", "set", "approvers.USD", value];
        ledger.ok(&[&words[..], &["--reason", "policy"]].concat());
    };
    set("2 from 50.00", "2026-03-01");
    ledger.ok(&["--as-of", MONDAY, "payouts", "submit", &id]);
    set("2 from 5000.00", "2026-03-02");
    let approve = ["--as-of", MONDAY, "payouts", "approve", &id];
    assert_eq!(ledger.ok_as(APPROVER, &approve)["status"], "SUBMITTED");
}

/// A session as a window holds it open, while others work at the command line.
fn window(ledger: &TestLedger, user: &str) -> Session {
    Session::open(&ledger.folder(), user, &TestLedger::passphrase(user)).unwrap()
}

#[test]
fn h2_whoever_was_removed_or_has_other_roles_acts_no_more_in_an_open_window() {
    let (ledger, _) = prepared();
    ledger.add_user("petra", "preparer");
    let petra = window(&ledger, "petra");
    hosts_of_app::pause(&petra, "h-1", "looking").unwrap();
    ledger.ok(&["users", "remove", "petra"]);
    for refused in [
        hosts_of_app::pause(&petra, "h-2", "still here").unwrap_err(),
        hosts_of_app::resume(&petra, "h-1", "still here").unwrap_err(),
        petra.today().unwrap_err(),
    ] {
        assert_eq!(refused.code, Code::SignInFailed, "{refused}");
        assert!(
            refused.to_string().contains("petra is no user"),
            "{refused}"
        );
    }
    // Somebody who came back with another key is another one.
    ledger.add_user("petra", "preparer");
    let refused = hosts_of_app::pause(&petra, "h-2", "still here").unwrap_err();
    assert!(refused.to_string().contains("another key"), "{refused}");
    ledger.check();
}

#[test]
fn h5_a_viewer_gets_no_copy_with_a_whole_tin() {
    use hostledger_app::tax::{self, FormPaper};
    let ledger = crate::tax_files::new_england();
    crate::tax::filer(&ledger);
    let made = ledger.arg("forms");
    ledger.ok(&[
        "--as-of",
        "2027-01-10",
        "tax",
        "1099k",
        "--year",
        "2026",
        "--out",
        &made,
    ]);
    ledger.add_user("vic", "viewer");
    let vic = window(&ledger, "vic");
    let season = ledger.ok(&["tax", "season", "--year", "2026"]);
    let form = tax::form(&vic, &text(&season["forms"][0], "form_id")).unwrap();
    for copy in [FormPaper::Filer, FormPaper::State] {
        let out = ledger.file("copy.pdf");
        let refused = tax::form_paper(&vic, &form, copy, false, &out).unwrap_err();
        assert_eq!(refused.code, Code::NotAllowed, "{copy:?}");
        assert!(!out.exists(), "{copy:?}");
    }
    let out = ledger.file("payee.pdf");
    tax::form_paper(&vic, &form, FormPaper::Payee, false, &out).unwrap();
    assert!(out.exists());
}

fn submitted(ledger: &TestLedger, batch: &Value) -> String {
    let id = text(batch, "batch_id");
    ledger.ok(&["payouts", "submit", &id]);
    id
}

fn send(ledger: &TestLedger, batch: &str, out: &str) -> hostledger_tests::Answer {
    ledger.run(&["payouts", "send", batch, "--rail", "file", "--out", out])
}

/// A key that its owner made with somebody who made no batch: an admin who only adds people.
fn add_by(ledger: &TestLedger, admin: &str, name: &str, role: &str) {
    let mut command = ledger.command(admin, &["users", "add", name, "--role", role]);
    command.env("HOSTLEDGER_NEW_PASSPHRASE", TestLedger::passphrase(name));
    assert!(command.output().unwrap().status.success(), "{name}");
}

#[test]
fn h7_a_key_that_a_maker_made_is_said_beside_its_approval() {
    let (ledger, batch) = prepared();
    let id = submitted(&ledger, &batch);
    let approved = ledger.ok_as(APPROVER, &["payouts", "approve", &id]);
    let remark = text(&approved, "remark");
    assert!(
        remark.contains("was made on") && remark.contains(PREPARER),
        "{approved}"
    );
    let shown = ledger.ok(&["payouts", "show", &id]);
    let approval = &shown["approvals"][0];
    assert_eq!(approval["by"], APPROVER);
    assert_eq!(approval["key_made_by"], PREPARER);
    assert!(approval["key_since"].is_string(), "{approval}");
    assert_eq!(approval["remark"].as_str(), Some(remark.as_str()));
    let paper = ledger.arg("batch.pdf");
    ledger.ok(&["payouts", "pdf", &id, "--out", &paper]);
    let read = std::process::Command::new("pdftotext")
        .args([&paper, "-"])
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&read.stdout).replace('\n', " ");
    assert!(words.contains("key was made on"), "{words}");

    // Recovered by a maker, with the recovery key that they made.
    let (ledger, batch) = prepared();
    let id = submitted(&ledger, &batch);
    let made = ledger.ok(&["users", "recovery-key"]);
    let mut recover = ledger.command(PREPARER, &["users", "recover", APPROVER]);
    recover
        .env("HOSTLEDGER_RECOVERY_KEY", text(&made, "recovery_key"))
        .env(
            "HOSTLEDGER_NEW_PASSPHRASE",
            TestLedger::passphrase(APPROVER),
        );
    assert!(recover.output().unwrap().status.success());
    let approved = ledger.ok_as(APPROVER, &["payouts", "approve", &id]);
    assert!(
        text(&approved, "remark").contains("was recovered on"),
        "{approved}"
    );

    // Nobody who made the batch had a hand in it: there is nothing to say.
    let (ledger, batch) = prepared();
    ledger.add_user("dora", "admin");
    add_by(&ledger, "dora", "eve", "approver");
    let id = submitted(&ledger, &batch);
    let approved = ledger.ok_as("eve", &["payouts", "approve", &id]);
    assert_eq!(approved["remark"], Value::Null, "{approved}");
    ledger.check();
}

#[test]
fn h7_a_key_that_a_maker_made_waits_as_long_as_the_setting_says() {
    let (ledger, batch) = prepared();
    ledger.add_user("dora", "admin");
    add_by(&ledger, "dora", "eve", "approver");
    ledger.ok(&[
        "settings",
        "set",
        "approver_wait_days",
        "3",
        "--reason",
        "as the auditor asked",
    ]);
    let id = submitted(&ledger, &batch);
    let refused = ledger.refused_as(APPROVER, &["payouts", "approve", &id]);
    assert_eq!(refused.code, "TOO_EARLY", "{refused:?}");
    // Another business date is no way round it.
    let ahead = ["--as-of", "2030-01-01", "payouts", "approve", &id];
    assert_eq!(ledger.refused_as(APPROVER, &ahead).code, "TOO_EARLY");
    assert_eq!(
        ledger.ok_as("eve", &["payouts", "approve", &id])["status"],
        "APPROVED"
    );
}

#[test]
fn h7_an_approver_who_was_removed_before_sending_does_not_count() {
    for comes_back in [false, true] {
        let (ledger, batch) = prepared();
        let id = submitted(&ledger, &batch);
        ledger.add_user("cleo", "approver");
        ledger.ok_as(APPROVER, &["payouts", "approve", &id]);
        ledger.ok(&["users", "remove", APPROVER]);
        if comes_back {
            ledger.add_user(APPROVER, "approver");
        }
        let refused = send(&ledger, &id, "pay.csv").refusal("removed");
        assert_eq!(refused.code, "WRONG_STATE", "{refused:?}");
        assert!(refused.message.contains("was removed"), "{refused:?}");
        assert!(!ledger.file("pay.csv").exists());
        ledger.check();
        let shown = ledger.ok(&["payouts", "show", &id]);
        assert_eq!(shown["approvals"][0]["void"], true, "{shown}");
        ledger.ok(&["payouts", "submit", &id]);
        ledger.ok_as("cleo", &["payouts", "approve", &id]);
        assert_eq!(send(&ledger, &id, "pay.csv").json["sent"], 4);
        ledger.ok(&["users", "remove", "cleo"]);
        // Once it is sent, it was approved.
        ledger.check();
    }
}

#[test]
fn m12_an_approval_is_of_what_was_seen() {
    let (ledger, batch) = prepared();
    let id = submitted(&ledger, &batch);
    let seen = text(&ledger.ok(&["payouts", "show", &id]), "digest");
    let first = text(payout_of(&batch, "h-1"), "payout_id");
    ledger.ok(&["payouts", "exclude", &id, &first, "--reason", "not today"]);
    let approve = ["payouts", "approve", &id, "--digest", &seen];
    let refused = ledger.refused_as(APPROVER, &approve);
    assert_eq!(refused.code, "STALE_PAYOUTS", "{refused:?}");
    let now = text(&ledger.ok(&["payouts", "show", &id]), "digest");
    let approved = ledger.ok_as(
        APPROVER,
        &["payouts", "approve", &id, "--digest", &now, "--yes"],
    );
    assert_eq!(approved["digest"], now.as_str(), "{approved}");
    assert_eq!(approved["status"], "APPROVED");
    assert_eq!(approved["rail"], "file");
}

#[test]
fn a_batch_that_changed_between_two_approvals_is_approved_anew_by_both() {
    let (ledger, batch) = prepared();
    ledger.add_user("cleo", "approver");
    ledger.ok(&[
        "settings",
        "set",
        "approvers.USD",
        "2 from 0.01",
        "--reason",
        "two pairs of eyes",
    ]);
    let id = submitted(&ledger, &batch);
    let first = ledger.ok_as(APPROVER, &["payouts", "approve", &id]);
    assert_eq!(first["status"], "SUBMITTED", "{first}");
    let out = text(payout_of(&batch, "h-1"), "payout_id");
    ledger.ok(&["payouts", "exclude", &id, &out, "--reason", "not today"]);
    assert_eq!(
        ledger.ok_as("cleo", &["payouts", "approve", &id])["status"],
        "SUBMITTED"
    );
    assert_eq!(
        ledger.ok_as(APPROVER, &["payouts", "approve", &id])["status"],
        "APPROVED"
    );
    ledger.check();
}

#[test]
fn the_name_on_the_payment_file_is_the_one_that_was_approved() {
    let (ledger, batch) = prepared();
    let id = submitted(&ledger, &batch);
    ledger.ok_as(APPROVER, &["payouts", "approve", &id]);
    let mut renamed = hosts();
    let before = renamed[0]["name"].clone();
    renamed[0].insert("name".into(), "Somebody Else".into());
    ledger.import("hosts", to_csv(&renamed));
    assert_eq!(
        send(&ledger, &id, "pay.csv").json["sent"],
        4,
        "a rename makes nothing stale"
    );
    let file = std::fs::read_to_string(ledger.file("pay.csv")).unwrap();
    assert!(
        file.contains(&before) && !file.contains("Somebody Else"),
        "{file}"
    );
    ledger.check();
}

#[test]
fn no_clock_is_set_back_to_before_the_submission() {
    let (ledger, batch) = prepared();
    let id = submitted(&ledger, &batch);
    let at = |user: &str, args: &[&str], when: &str| {
        let mut command = ledger.command(user, args);
        command
            .env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1")
            .env("FAKETIME", when);
        hostledger_tests::answer(&mut command)
    };
    let approve = ["payouts", "approve", &id];
    let refused = at(APPROVER, &approve, "2020-01-01 12:00:00").refusal("clock of 2020");
    assert_eq!(refused.code, "WRONG_STATE", "{refused:?}");
    assert!(refused.message.contains("clock"), "{refused:?}");
    ledger.ok_as(APPROVER, &approve);
    let out = ledger.arg("pay.csv");
    let sending = ["payouts", "send", &id, "--rail", "file", "--out", &out];
    let refused = at(PREPARER, &sending, "2020-01-01 12:00:00").refusal("clock of 2020");
    assert!(
        ["WRONG_STATE", "TOO_EARLY"].contains(&refused.code.as_str()),
        "{refused:?}"
    );
    // What a clock that ran back left in the trail is said, and damages nothing.
    let paused = at(
        PREPARER,
        &["hosts", "pause", "h-1", "--reason", "now"],
        "2020-01-01 12:00:00",
    );
    assert_eq!(paused.status, 0, "{paused:?}");
    let check = ledger.ok(&["check"]);
    let trail = check["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["name"] == "audit_chain");
    let detail = trail.unwrap()["detail"].as_str().unwrap();
    assert!(detail.contains("clock"), "{detail}");
}
