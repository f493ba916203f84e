//! A restored ledger, or an older copy put in a ledger's place, pays nobody again: it sends nothing
//! until a person told what left since and a second one confirmed it.

use std::path::PathBuf;

use hostledger_app::{Code, Session, hosts as hosts_of_app, payouts};
use hostledger_tests::export::{Row, booking, host, to_csv};
use hostledger_tests::{APPROVER, PREPARER, TestLedger};
use serde_json::Value;

use crate::close::text;

const MONDAY: &str = "2026-03-16";
/// Two seats of each host, of 13.12 each.
const DUE: &str = "26.24";

fn hosts() -> Vec<Row> {
    ["h-1", "h-2", "h-3"]
        .map(|id| host(id, &[("stripe_account_id", &format!("acct_{id}"))]))
        .into()
}

fn seats(name: &str) -> Vec<Row> {
    let of = |h: &Row| {
        ["a", "b"].map(|seat| booking(&format!("{}{seat}{name}", h["host_id"]), &h["host_id"], &[]))
    };
    hosts().iter().flat_map(of).collect()
}

fn due() -> TestLedger {
    let l = TestLedger::new();
    l.import("hosts", to_csv(&hosts()));
    l.import("bookings", to_csv(&seats("")));
    l.process(MONDAY);
    l
}

fn approved(l: &TestLedger) -> String {
    let batch = l.prepare(MONDAY);
    assert_eq!(batch["totals"][0]["amount"], "78.72", "{batch}");
    let id = text(&batch, "batch_id");
    l.approve(&id);
    id
}

/// The newest automatic backup with this in its name.
fn automatic(l: &TestLedger, name: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir(l.folder().join("backups"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.to_string_lossy().ends_with(name))
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| panic!("no backup {name}"))
}

/// A backup restored on a computer that never saw the ledger.
fn restored(backup: &std::path::Path) -> TestLedger {
    let l = TestLedger::nowhere();
    l.ok(&["restore", &backup.to_string_lossy()]);
    l
}

fn send(l: &TestLedger, batch: &str, out: &str) -> hostledger_tests::Answer {
    l.run(&["payouts", "send", batch, "--rail", "file", "--out", out])
}

/// Nothing is sent and nothing is prepared.
fn is_stopped(l: &TestLedger, batch: &str) {
    let refused = send(l, batch, "again.csv").refusal("stopped");
    assert_eq!(refused.code, "RECONCILE_FIRST", "{refused:?}");
    assert!(refused.message.contains("restores sent"), "{refused:?}");
    assert!(!l.file("again.csv").exists());
    let status = l.ok(&["restores", "status"]);
    assert_eq!(status["sends"], false, "{status}");
}

fn prepared_anew(l: &TestLedger) -> Value {
    l.ok(&["--as-of", MONDAY, "payouts", "prepare", "--date", MONDAY])
}

/// Once settled, no money of before is due; what is earned later is paid in full.
fn pays_what_comes_later_alone(l: &TestLedger) {
    let status = l.ok(&["restores", "status"]);
    assert_eq!(status["sends"], true, "{status}");
    l.check();
    let anew = prepared_anew(l);
    assert_eq!(anew["payouts"], serde_json::json!([]), "{anew}");
    l.ok(&["payouts", "cancel", &text(&anew, "batch_id")]);
    l.import("bookings", to_csv(&seats("-late")));
    let next = l.prepare(MONDAY);
    assert_eq!(next["totals"][0]["amount"], "78.72", "{next}");
    for p in next["payouts"].as_array().unwrap() {
        assert_eq!(p["amount"], DUE, "{p}");
    }
    l.check();
}

#[test]
fn h1_the_newest_backup_before_a_send_pays_nobody_again() {
    let l = due();
    let batch = approved(&l);
    assert_eq!(l.send(&batch)["sent"], 3);
    l.ok(&["payouts", "settle", &batch]);
    let old = restored(&automatic(&l, "before-sending.hlbackup"));
    assert_eq!(old.ok(&["payouts", "show", &batch])["status"], "APPROVED");
    is_stopped(&old, &batch);
    // Cancelling and preparing anew is no way round it.
    let around = restored(&automatic(&l, "before-sending.hlbackup"));
    around.ok(&["payouts", "cancel", &batch]);
    let anew = prepared_anew(&around);
    assert_eq!(anew["payouts"], serde_json::json!([]), "{anew}");
    for c in anew["carried"].as_array().unwrap() {
        assert_eq!(c["reason"], "RECONCILE_FIRST", "{c}");
        assert_eq!(c["amount"], DUE, "{c}");
    }
    // One person alone settles nothing.
    let refused = old.refused_as(APPROVER, &["restores", "confirm"]);
    assert_eq!(refused.code, "WRONG_STATE");
    let said = old.ok(&["restores", "sent", "--batch", &batch]);
    assert_eq!(said["said"][0]["payouts"], 3, "{said}");
    assert_eq!(said["said"][0]["totals"][0]["amount"], "78.72", "{said}");
    assert_eq!(old.refused(&["restores", "confirm"]).code, "SAME_PERSON");
    is_stopped_by_confirmation(&old, &batch);
    old.ok_as(APPROVER, &["restores", "confirm"]);
    assert_eq!(old.ok(&["payouts", "show", &batch])["status"], "SENDING");
    // It left already: no file of it is made.
    let resumed = old.ok(&["payouts", "resume", &batch]);
    assert!(
        text(&resumed, "warning").contains("isn't written again"),
        "{resumed}"
    );
    old.ok(&["payouts", "settle", &batch]);
    pays_what_comes_later_alone(&old);
}

fn is_stopped_by_confirmation(l: &TestLedger, batch: &str) {
    let refused = send(l, batch, "again.csv").refusal("unconfirmed");
    assert_eq!(refused.code, "RECONCILE_FIRST");
    assert!(refused.message.contains("restores confirm"), "{refused:?}");
}

#[test]
fn h1_payouts_that_the_backup_never_saw_are_recorded_from_their_file() {
    let l = due();
    let backup = l.arg("early.hlbackup");
    l.ok(&["backup", &backup]);
    let batch = approved(&l);
    let payouts = l.ok(&["payouts", "show", &batch])["payouts"].clone();
    l.send(&batch);
    let file = l.arg(&format!("pay-{batch}.csv"));
    let old = restored(backup.as_ref());
    // A batch that was prepared in the copy before anybody thought of it can't leave either.
    old.ok(&["restores", "sent", "--file", &file]);
    // The same file again says nothing new; nor does a copy with another name.
    old.ok(&["restores", "sent", "--file", &file]);
    let refused = old.refused(&["restores", "sent", "--none"]);
    assert_eq!(refused.code, "WRONG_STATE");
    old.ok_as(APPROVER, &["restores", "confirm"]);
    let shown = old.ok(&["payouts", "show", &batch]);
    assert_eq!(shown["status"], "COMPLETED", "{shown}");
    for p in payouts.as_array().unwrap() {
        let there = shown["payouts"].as_array().unwrap();
        let same = there
            .iter()
            .find(|t| t["payout_id"] == p["payout_id"])
            .unwrap();
        assert_eq!(
            (&same["amount"], &same["status"]),
            (&p["amount"], &Value::from("COMPLETED"))
        );
        assert_eq!(same["host_id"], p["host_id"]);
    }
    pays_what_comes_later_alone(&old);
    // One of them comes back: it is due again.
    let first = text(&payouts[0], "payout_id");
    old.ok(&[
        "payouts",
        "returned",
        &first,
        "--on",
        "2026-03-18",
        "--reason",
        "closed",
    ]);
    old.check();
}

#[test]
fn h1_a_batch_of_the_copy_can_not_pay_what_another_batch_paid() {
    let l = due();
    let first = approved(&l);
    let backup = l.arg("approved.hlbackup");
    l.ok(&["backup", &backup]);
    // After the backup the batch is dropped, another takes its money and leaves.
    l.ok(&["payouts", "cancel", &first]);
    let second = approved(&l);
    l.send(&second);
    let old = restored(backup.as_ref());
    old.ok(&[
        "restores",
        "sent",
        "--file",
        &l.arg(&format!("pay-{second}.csv")),
    ]);
    old.ok_as(APPROVER, &["restores", "confirm"]);
    assert_eq!(old.ok(&["payouts", "show", &first])["status"], "CANCELLED");
    assert_eq!(old.ok(&["payouts", "show", &second])["status"], "COMPLETED");
    pays_what_comes_later_alone(&old);
}

#[test]
fn h1_a_batch_changed_after_the_backup_left_as_its_file_says() {
    let l = due();
    let batch = l.prepare(MONDAY);
    let id = text(&batch, "batch_id");
    let backup = l.arg("draft.hlbackup");
    l.ok(&["backup", &backup]);
    let out = text(&batch["payouts"][0], "payout_id");
    l.ok(&["payouts", "exclude", &id, &out, "--reason", "not today"]);
    l.approve(&id);
    assert_eq!(l.send(&id)["sent"], 2);
    let old = restored(backup.as_ref());
    old.ok(&[
        "restores",
        "sent",
        "--file",
        &l.arg(&format!("pay-{id}.csv")),
    ]);
    old.ok_as(APPROVER, &["restores", "confirm"]);
    old.check();
    // Only the host who was left out is due.
    let anew = old.ok(&["--as-of", MONDAY, "payouts", "prepare", "--date", MONDAY]);
    assert_eq!(anew["payouts"].as_array().unwrap().len(), 1, "{anew}");
    assert_eq!(
        anew["payouts"][0]["host_id"],
        batch["payouts"][0]["host_id"]
    );
    assert_eq!(anew["payouts"][0]["amount"], DUE);
}

#[test]
fn h1_where_nothing_left_the_batch_goes_on() {
    let l = due();
    let batch = approved(&l);
    let backup = l.arg("whole.hlbackup");
    l.ok(&["backup", &backup]);
    let old = restored(backup.as_ref());
    is_stopped(&old, &batch);
    old.ok_as(APPROVER, &["restores", "sent", "--none"]);
    // Whoever may confirm is another person with a right to: here the preparer, who is admin too.
    old.ok(&["restores", "confirm"]);
    assert_eq!(send(&old, &batch, "pay.csv").json["sent"], 3);
    old.check();
    // The backup after the send knows of it.
    let after = restored(&automatic(&old, "after-sending.hlbackup"));
    assert_eq!(after.ok(&["payouts", "show", &batch])["status"], "SENDING");
}

#[test]
fn h1_an_older_database_put_in_place_is_read_only_until_it_is_settled() {
    let l = due();
    let batch = approved(&l);
    let database = l.folder().join("ledger.db");
    let kept = l.file("kept.db");
    // As a file copy of a ledger at rest.
    std::fs::copy(&database, &kept).unwrap();
    l.send(&batch);
    l.ok(&["payouts", "settle", &batch]);
    let newest = l.file("newest.db");
    std::fs::copy(&database, &newest).unwrap();
    std::fs::copy(&kept, &database).unwrap();
    let refused = send(&l, &batch, "again.csv").refusal("older");
    assert_eq!(refused.code, "RECONCILE_FIRST", "{refused:?}");
    assert!(
        refused
            .message
            .contains("older than what this computer knows"),
        "{refused:?}"
    );
    assert!(!l.file("again.csv").exists());
    // It is read, and not written to.
    assert_eq!(l.ok(&["payouts", "show", &batch])["status"], "APPROVED");
    let changed = l.refused(&["hosts", "pause", "h-1", "--reason", "now"]);
    assert_eq!(changed.code, "RECONCILE_FIRST", "{changed:?}");
    let status = l.ok(&["restores", "status"]);
    assert!(status["older"]["known_at"].is_string(), "{status}");
    // The newer one put back is the ledger again.
    std::fs::copy(&newest, &database).unwrap();
    assert_eq!(l.ok(&["restores", "status"])["sends"], true);
    l.check();
    // If it is lost, the older one is settled by two people.
    std::fs::copy(&kept, &database).unwrap();
    l.ok(&[
        "restores",
        "sent",
        "--file",
        &l.arg(&format!("pay-{batch}.csv")),
    ]);
    let refused = send(&l, &batch, "again.csv").refusal("unconfirmed");
    assert_eq!(refused.code, "RECONCILE_FIRST");
    l.ok_as(APPROVER, &["restores", "confirm"]);
    assert_eq!(l.ok(&["payouts", "show", &batch])["status"], "SENDING");
    l.ok(&["payouts", "settle", &batch]);
    pays_what_comes_later_alone(&l);
}

#[test]
fn a_copy_restored_to_look_at_it_stops_nothing() {
    let l = due();
    let batch = approved(&l);
    let backup = l.arg("look.hlbackup");
    l.ok(&["backup", &backup]);
    let state = l.state_dir().to_string_lossy().into_owned();
    let look = TestLedger::nowhere();
    look.ok(&["--state-dir", &state, "restore", &backup]);
    assert_eq!(
        look.ok(&["--state-dir", &state, "restores", "status"])["sends"],
        false
    );
    look.ok(&["--state-dir", &state, "check"]);
    assert_eq!(l.send(&batch)["sent"], 3);
    // Once it is settled it is the ledger, and the one it was made of is the older.
    look.ok(&["--state-dir", &state, "restores", "sent", "--batch", &batch]);
    look.ok_as(APPROVER, &["--state-dir", &state, "restores", "confirm"]);
    let refused = l.refused(&["payouts", "settle", &batch]);
    assert_eq!(refused.code, "RECONCILE_FIRST", "{refused:?}");
}

#[test]
fn without_a_place_to_remember_nothing_is_sent() {
    let l = due();
    let batch = approved(&l);
    let nowhere = l.write("nowhere", "a file where a folder should be");
    let refused = l
        .run(&[
            "--state-dir",
            &nowhere,
            "payouts",
            "send",
            &batch,
            "--rail",
            "file",
            "--out",
            "pay.csv",
        ])
        .refusal("nowhere to remember");
    assert_eq!(refused.code, "FILE_PROBLEM", "{refused:?}");
    assert!(refused.message.contains("--state-dir"), "{refused:?}");
    assert_eq!(l.ok(&["payouts", "show", &batch])["status"], "APPROVED");
    assert_eq!(l.send(&batch)["sent"], 3);
}

#[test]
fn what_is_no_payment_file_of_this_ledger_is_refused() {
    let l = due();
    let batch = approved(&l);
    let backup = l.arg("b.hlbackup");
    l.ok(&["backup", &backup]);
    l.send(&batch);
    let old = restored(backup.as_ref());
    let file = std::fs::read_to_string(l.file(&format!("pay-{batch}.csv"))).unwrap();
    for (name, text, code) in [
        ("bookings", to_csv(&seats("")), "WRONG_FILE"),
        ("another host", file.replace(",h-1,", ",h-9,"), "WRONG_FILE"),
        ("another amount", file.replace("2624", "2625"), "WRONG_FILE"),
        ("nothing", String::new(), "WRONG_FILE"),
        (
            "a head alone",
            file.lines().next().unwrap().to_owned() + "\n",
            "WRONG_FILE",
        ),
    ] {
        let path = old.write("left.csv", text);
        let refused = old.refused(&["restores", "sent", "--file", &path]);
        assert_eq!(refused.code, code, "{name}: {refused:?}");
    }
    assert_eq!(
        old.ok(&["restores", "status"])["said"],
        serde_json::json!([])
    );
}

#[test]
fn h6_a_mark_that_is_left_lets_nobody_delete_a_ledger() {
    let l = due();
    let backup = l.arg("old.hlbackup");
    l.ok(&["backup", &backup]);
    let mark = l.folder().join(".unfinished");
    let leave_the_mark =
        || std::fs::write(&mark, "a ledger is being made or restored here\n").unwrap();
    leave_the_mark();
    assert_eq!(l.refused(&["restore", &backup]).code, "ALREADY_THERE");
    leave_the_mark();
    assert_eq!(l.refused(&["init"]).code, "ALREADY_THERE");
    leave_the_mark();
    l.check();
    assert!(
        !mark.exists(),
        "whoever opens the ledger takes the mark away"
    );
    // What a killed restore left without slots is made anew.
    let half = TestLedger::nowhere();
    std::fs::create_dir_all(half.folder()).unwrap();
    std::fs::write(half.folder().join("ledger.db"), "half of it").unwrap();
    assert_eq!(half.refused(&["restore", &backup]).code, "ALREADY_THERE");
    std::fs::write(half.folder().join(".unfinished"), "").unwrap();
    half.ok(&["restore", &backup]);
    half.check();
}

#[test]
fn m15_a_payment_file_is_written_once_and_what_comes_after_is_a_copy() {
    let l = due();
    let batch = approved(&l);
    l.send(&batch);
    let first = l.file(&format!("pay-{batch}.csv"));
    let bank = l.file("bank.csv");
    std::fs::rename(&first, &bank).unwrap();
    for args in [vec!["payouts", "resume"], vec!["payouts", "resume", &batch]] {
        let resumed = l.ok(&args);
        assert!(
            resumed.to_string().contains("isn't there any more"),
            "{resumed}"
        );
        assert!(!first.exists(), "it isn't made again");
    }
    let copied = l.ok(&["payouts", "resume", &batch, "--out", &l.arg("pay2.csv")]);
    assert!(
        text(&copied, "warning").contains("is a copy of"),
        "{copied}"
    );
    assert!(!l.file("pay2.csv").exists());
    let copy = std::fs::read_to_string(l.file("pay2-copy-1.csv")).unwrap();
    let name = first.file_name().unwrap().to_string_lossy().into_owned();
    let mut lines = copy.lines();
    assert!(
        lines.next().unwrap().ends_with(",batch_digest,copy_of"),
        "{copy}"
    );
    assert!(
        lines.all(|row| row.ends_with(&format!(",{name}"))),
        "{copy}"
    );
    let trail = l.ok(&["audit"]).to_string();
    for action in ["payouts.write_file", "payouts.copy_file"] {
        assert!(trail.contains(action), "{action}: {trail}");
    }
    l.check();
}

#[test]
fn a_window_that_stayed_open_on_the_older_one_sends_nothing_once_the_restored_one_is_settled() {
    let l = due();
    let batch = approved(&l);
    let backup = l.arg("taken_over.hlbackup");
    l.ok(&["backup", &backup]);
    hostledger_app::restores::keep_in(l.state_dir());
    let window = Session::open(&l.folder(), PREPARER, &TestLedger::passphrase(PREPARER)).unwrap();
    let state = l.state_dir().to_string_lossy().into_owned();
    let look = TestLedger::nowhere();
    let state = ["--state-dir", state.as_str()];
    look.ok(&[&state[..], &["restore", &backup]].concat());
    look.ok(&[&state[..], &["restores", "sent", "--none"]].concat());
    look.ok_as(APPROVER, &[&state[..], &["restores", "confirm"]].concat());
    let out = l.file("stale.csv");
    let refused = payouts::send_file(&window, &batch, &out).unwrap_err();
    assert_eq!(refused.code, Code::ReconcileFirst, "{refused}");
    assert!(!out.exists());
    let refused = hosts_of_app::pause(&window, "h-1", "still here").unwrap_err();
    assert_eq!(refused.code, Code::ReconcileFirst, "{refused}");
    // Nor does its end make the other one the older.
    drop(window);
    let out = look.arg("pay.csv");
    let send = ["payouts", "send", &batch, "--rail", "file", "--out", &out];
    assert_eq!(look.ok(&[&state[..], &send].concat())["sent"], 3);
}
