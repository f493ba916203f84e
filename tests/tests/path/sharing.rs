//! C8: two processes on one ledger. Reading goes on while an import runs, writing waits its turn,
//! and a second long job is told who is busy.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use hostledger_tests::export::{Row, booking, host, to_csv};
use hostledger_tests::{PREPARER, TestLedger};

use crate::close::text;

/// An import held still in the midst of its transaction.
struct Held<'a> {
    child: Child,
    ledger: &'a TestLedger,
}

impl<'a> Held<'a> {
    /// Starts an import, and stops the process once it holds the lease and the right to write.
    fn import(ledger: &'a TestLedger, file: &str) -> Self {
        let key = ledger.data_key();
        let probe = ledger.bare_connection(&key);
        let mut command = ledger.command(PREPARER, &["import", "bookings", file]);
        let child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut held = Self { child, ledger };
        let note = ledger.folder().join("lease.json");
        loop {
            assert_eq!(
                held.child.try_wait().expect("a state"),
                None,
                "the import ended too soon"
            );
            let writes = probe.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_err();
            if note.exists() && writes {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        held.signal("-STOP");
        assert!(
            probe.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_err(),
            "stopped after its transaction"
        );
        held
    }

    fn signal(&mut self, signal: &str) {
        let done = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(done.is_ok_and(|s| s.success()), "kill {signal}");
    }

    /// Lets it go on to its end.
    fn finish(mut self) -> serde_json::Value {
        self.signal("-CONT");
        let done = self.child.wait_with_output().expect("an end");
        assert!(done.status.success());
        serde_json::from_slice(&done.stdout).expect("one JSON document")
    }

    /// Ends it without a chance to clear up.
    fn kill(mut self) {
        self.child.kill().expect("a process to end");
        self.child.wait().expect("an end");
        assert!(
            self.ledger.folder().join("lease.json").exists(),
            "the note stays behind"
        );
    }
}

fn seats(count: usize) -> String {
    let plain = |n: usize| booking(&format!("bk-{n:06}"), "h-1", &[]);
    to_csv(&(0..count).map(plain).collect::<Vec<Row>>())
}

fn with_a_first_import() -> TestLedger {
    let ledger = TestLedger::new();
    ledger.add_user("cleo", "preparer");
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    ledger.import(
        "bookings",
        to_csv(&[booking("first", "h-1", &[("price", "60.00")])]),
    );
    ledger
}

#[test]
fn c8_while_one_imports_others_read_and_a_second_import_is_told_who() {
    let ledger = with_a_first_import();
    let file = ledger.write("many.csv", seats(20_000));
    let other = ledger.write("other.csv", to_csv(&[booking("other", "h-1", &[])]));
    let held = Held::import(&ledger, &file);
    let process = held.child.id();

    let before = ledger.ok_as("cleo", &["commissions", "list"]);
    assert_eq!(
        before.as_array().unwrap().len(),
        1,
        "nothing of an unfinished import is seen"
    );
    ledger.check();
    assert_eq!(
        ledger
            .ok_as("cleo", &["imports", "list"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let export = ledger.arg("meanwhile.journal");
    ledger.ok_as(
        "cleo",
        &["journal", "export", "--format", "hledger", "--out", &export],
    );
    assert!(Path::new(&export).exists());

    for args in [
        vec!["import", "bookings", &other],
        vec!["import", "bookings", &other, "--dry-run"],
        vec!["import", "hosts", &other],
        vec!["imports", "undo", "some-import"],
    ] {
        if args[0] == "imports" {
            assert_eq!(ledger.refused(&args).code, "LEASE_HELD", "{args:?}");
            continue;
        }
        let told = ledger.refused_as("cleo", &args);
        assert_eq!(told.code, "LEASE_HELD", "{args:?}");
        assert!(
            told.message.contains(PREPARER) && told.message.contains("many.csv"),
            "{}",
            told.message
        );
        assert_eq!(
            (
                &told.details["user"],
                &told.details["what"],
                &told.details["process"]
            ),
            (
                &PREPARER.into(),
                &"import bookings many.csv".into(),
                &process.into()
            )
        );
    }
    assert_eq!(held.finish()["inserted"], 20_000);
    assert_eq!(
        ledger.ok_as("cleo", &["import", "bookings", &other])["inserted"],
        1
    );
    assert_eq!(ledger.commissions().len(), 20_002);
    ledger.check();
}

#[test]
fn c8_a_short_change_waits_for_the_import_and_then_happens() {
    let ledger = with_a_first_import();
    let file = ledger.write("many.csv", seats(3_000));
    let held = Held::import(&ledger, &file);
    let mut hold = ledger.command(
        "cleo",
        &["commissions", "hold", "first", "--reason", "asked for"],
    );
    let hold = hold
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    held.finish();
    let done = hold.wait_with_output().expect("an end");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
    let first = ledger.ok(&["commissions", "list", "--booking", "first"]);
    assert_eq!(text(&first[0]["blocks"][0], "kind"), "HOLD");
    ledger.check();
}

#[test]
fn c8_a_change_that_waits_in_vain_is_told_and_changes_nothing() {
    let ledger = with_a_first_import();
    let file = ledger.write("many.csv", seats(3_000));
    let held = Held::import(&ledger, &file);
    let refused = ledger.refused_as(
        "cleo",
        &["commissions", "hold", "first", "--reason", "asked for"],
    );
    assert_eq!(refused.code, "BUSY");
    assert!(refused.message.contains("Try again"), "{}", refused.message);
    held.finish();
    let first = ledger.ok(&["commissions", "list", "--booking", "first"]);
    assert_eq!(first[0]["blocks"].as_array().unwrap().len(), 0);
    ledger.check();
}

#[test]
fn c8_the_lease_of_a_process_that_died_holds_nobody() {
    let ledger = with_a_first_import();
    let file = ledger.write("many.csv", seats(3_000));
    Held::import(&ledger, &file).kill();
    let again = ledger.ok_as("cleo", &["import", "bookings", &file]);
    assert_eq!(
        (&again["already"], &again["inserted"]),
        (&false.into(), &3_000.into())
    );
    ledger.check();
}

#[test]
fn c8_two_who_prepare_at_once_never_share_a_commission() {
    let ledger = with_a_first_import();
    ledger.process("2026-03-16");
    let prepare = |user: &str| {
        let mut command = ledger.command(
            user,
            &[
                "--as-of",
                "2026-03-16",
                "payouts",
                "prepare",
                "--date",
                "2026-03-16",
            ],
        );
        command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts")
    };
    let both = [prepare(PREPARER), prepare("cleo")];
    let lines: u64 = both
        .map(|child| {
            let done = child.wait_with_output().expect("an end");
            assert!(done.status.success());
            let batch: serde_json::Value = serde_json::from_slice(&done.stdout).expect("a batch");
            batch["payouts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|p| p["lines"].as_u64().unwrap())
                .sum::<u64>()
        })
        .iter()
        .sum();
    assert_eq!(lines, 1);
    ledger.check();
}
