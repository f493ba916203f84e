//! C7: the real process is killed in the midst of its work, at many points. Afterwards the ledger is
//! as before the command or as after it, never between; every invariant holds; and the same command
//! brings it to where it would have been.
//!
//! A kill lands inside the work because its delay counts from the moment at which the ledger's
//! write-ahead log comes into being, past the passphrase, and is drawn from the measured length of
//! what follows: one from each of as many equal parts of it as there are kills. The seed of every
//! draw is printed when something fails.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use hostledger_store::keys::DataKey;
use hostledger_store::{Error, check};
use hostledger_tests::draw::Draw;
use hostledger_tests::export::{Row, booking, host, to_csv};
use hostledger_tests::{APPROVER, PREPARER, TestLedger};

use crate::close::text;

/// Bookings in the file: enough for an import of half a second or more.
const SEATS: usize = 10_000;
const HOSTS: usize = 40;
const MONDAY: &str = "2026-03-16";
const KILLS: usize = 5;
const MANY_KILLS: usize = 34;

/// The commands of a close, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Import,
    Process,
    Prepare,
    Approve,
    Send,
    Settle,
}

#[test]
fn c7_killed_while_importing() {
    killed(Stage::Import, KILLS, 1);
}

#[test]
fn c7_killed_while_processing() {
    killed(Stage::Process, KILLS, 2);
}

#[test]
fn c7_killed_while_preparing() {
    killed(Stage::Prepare, KILLS, 3);
}

#[test]
fn c7_killed_while_approving() {
    killed(Stage::Approve, KILLS, 4);
}

#[test]
fn c7_killed_while_sending() {
    killed(Stage::Send, KILLS, 5);
}

#[test]
fn c7_killed_while_settling() {
    killed(Stage::Settle, KILLS, 6);
}

#[test]
#[ignore = "minutes: 204 kills; part of `cargo xtask test --long`"]
fn c7_killed_at_two_hundred_points() {
    let all = [
        Stage::Import,
        Stage::Process,
        Stage::Prepare,
        Stage::Approve,
        Stage::Send,
        Stage::Settle,
    ];
    for (stage, seed) in all.into_iter().zip(100..) {
        killed(stage, MANY_KILLS, seed);
    }
}

#[test]
fn c7_a_ledger_whose_making_was_killed_is_made_again() {
    made_again(&["init"], 7);
}

#[test]
fn c7_a_restore_that_was_killed_is_done_again() {
    let ledger = TestLedger::new();
    ledger.import("hosts", hosts());
    let backup = ledger.arg("week.hlbackup");
    ledger.ok(&["backup", &backup]);
    made_again(&["restore", &backup], 8);
}

/// Kills a command that makes a ledger where there is none, at points from the moment at which the
/// database's file is there, and repeats it.
fn made_again(args: &[&str], seed: u64) {
    let start = |place: &TestLedger| {
        let mut command = place.command(PREPARER, args);
        let mut child = command
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let begun = when_there(&place.folder().join("ledger.db"), &mut child);
        (child, begun)
    };
    let undisturbed = TestLedger::nowhere();
    let (mut child, begun) = start(&undisturbed);
    assert!(child.wait().expect("an end").success());
    let work = begun.elapsed();
    let mut draw = Draw(seed);
    for kill in 0..KILLS {
        let delay = moment(&mut draw, &work, kill, KILLS);
        let place = TestLedger::nowhere();
        let (mut child, begun) = start(&place);
        kill_after(&mut child, begun, delay);
        let what =
            format!("{args:?}, seed {seed}, killed {delay:?} of {work:?} after the file was there");
        let again = place.run(args);
        if again.status != 0 {
            assert_eq!(again.refusal(&what).code, "ALREADY_THERE", "{what}");
        }
        let opens = place.run(&["balances"]);
        assert_eq!(opens.status, 0, "{what}: {} {}", again.json, opens.json);
        place.check();
    }
}

/// Kills a process once the delay has passed since a moment, if it hasn't ended.
fn kill_after(child: &mut Child, since: Instant, delay: Duration) {
    while since.elapsed() < delay && child.try_wait().expect("a state").is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    drop(child.kill()); // it may have ended just now
    child.wait().expect("an end");
}

fn killed(stage: Stage, kills: usize, seed: u64) {
    let case = Case::new(stage);
    let mut draw = Draw(seed);
    let (mut untouched, mut done) = (0, 0);
    for kill in 0..kills {
        let delay = moment(&mut draw, &case.work, kill, kills);
        eprintln!(
            "{stage:?}, seed {seed}, kill {kill}: {delay:?} of {:?} after the ledger opened",
            case.work
        );
        if case.one_kill(delay) {
            done += 1;
        } else {
            untouched += 1;
        }
    }
    eprintln!("{stage:?}: {untouched} kills left it as before, {done} as after");
    assert!(
        untouched > 0,
        "no kill of {kills} came before the end of the work"
    );
}

/// A ledger just before a stage, and what the stage makes of it undisturbed.
struct Case {
    stage: Stage,
    before: TestLedger,
    key: DataKey,
    batch: String,
    state_before: String,
    state_after: String,
    /// How long the command works once it has opened the ledger.
    work: Duration,
}

impl Case {
    fn new(stage: Stage) -> Self {
        let before = TestLedger::new();
        before.import("hosts", hosts());
        let _file = before.write("bookings.csv", bookings());
        let mut batch = String::new();
        for earlier in [
            Stage::Import,
            Stage::Process,
            Stage::Prepare,
            Stage::Approve,
            Stage::Send,
        ] {
            if earlier == stage {
                break;
            }
            let (user, args) = command(earlier, &before, &batch);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let answer = before.ok_as(user, &args);
            if earlier == Stage::Prepare {
                batch = text(&answer, "batch_id");
                before.ok(&["payouts", "submit", &batch]);
            }
        }
        let key = before.data_key();
        let state_before = state(&before, &key);
        let mut case = Self {
            stage,
            before,
            key,
            batch,
            state_before,
            state_after: String::new(),
            work: Duration::ZERO,
        };
        let ledger = case.copy();
        let mut child = case.start(&ledger);
        let opened = when_opened(&ledger, &mut child);
        assert!(
            child.wait().expect("an end").success(),
            "{stage:?} undisturbed"
        );
        case.work = opened.elapsed();
        case.state_after = state(&ledger, &case.key);
        assert_ne!(case.state_before, case.state_after);
        case
    }

    /// A copy of the ledger before the stage, with the file to import beside it.
    fn copy(&self) -> TestLedger {
        let ledger = TestLedger::copy_of(&self.before.folder());
        if self.stage == Stage::Import {
            std::fs::copy(
                self.before.file("bookings.csv"),
                ledger.file("bookings.csv"),
            )
            .expect("a copy");
        }
        ledger
    }

    fn start(&self, ledger: &TestLedger) -> Child {
        let (user, args) = command(self.stage, ledger, &self.batch);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut command = ledger.command(user, &args);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    /// Kills the stage once; whether it was done already.
    fn one_kill(&self, delay: Duration) -> bool {
        let ledger = self.copy();
        let mut child = self.start(&ledger);
        let opened = when_opened(&ledger, &mut child);
        kill_after(&mut child, opened, delay);

        let found = self.compared(&ledger);
        let done = found == self.after();
        assert!(
            done || found == self.without_events(self.state_before.clone()),
            "between: {found}\nbefore: {}\nafter: {}",
            self.state_before,
            self.after()
        );
        if self.stage == Stage::Send {
            payment_file(&ledger, &self.batch, done);
        }
        self.repeat(&ledger, done);
        assert_eq!(self.compared(&ledger), self.after(), "repeated");
        done
    }

    /// The state that is compared. That a payment file is written is recorded once it is, in a step of
    /// its own, so its event is left out.
    fn compared(&self, ledger: &TestLedger) -> String {
        self.without_events(state(ledger, &self.key))
    }

    fn after(&self) -> String {
        self.without_events(self.state_after.clone())
    }

    fn without_events(&self, state: String) -> String {
        match (self.stage, state.split_once("events ")) {
            (Stage::Send, Some((before, _))) => before.to_owned(),
            _ => state,
        }
    }

    /// The same command again: it completes, or says that it was done.
    fn repeat(&self, ledger: &TestLedger, done: bool) {
        let (user, args) = command(self.stage, ledger, &self.batch);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let again = ledger.run_as(user, &args);
        match self.stage {
            Stage::Import => {
                assert_eq!(
                    (again.status, &again.json["already"]),
                    (0, &done.into()),
                    "{again:?}"
                );
            }
            // As often as one likes; the second time finds nothing to do. Its events are the
            // difference: preparing runs the daily job first.
            Stage::Process if done => forget_what_is_new(ledger, &self.key, 1),
            Stage::Prepare if done => forget_what_is_new(ledger, &self.key, 2),
            Stage::Approve | Stage::Settle if done => {
                assert_eq!(again.refusal("done already").code, "WRONG_STATE");
            }
            Stage::Send if done => {
                assert!(
                    ["WRONG_STATE", "ALREADY_THERE"]
                        .contains(&again.refusal("sent already").code.as_str())
                );
            }
            _ => assert_eq!(again.status, 0, "{again:?}"),
        }
    }
}

/// Takes the second run's audit events and empty batch out again, to compare with a single run.
fn forget_what_is_new(ledger: &TestLedger, key: &DataKey, events: u8) {
    let conn = ledger.open(key);
    let done: Result<(), Error> = conn.write(|c| {
        c.execute_batch(&format!(
            "DROP TRIGGER audit_events_no_delete;
             DELETE FROM audit_events WHERE seq > (SELECT max(seq) FROM audit_events) - {events};
             DELETE FROM batch_makers WHERE batch_key NOT IN (SELECT batch_key FROM host_payouts);
             DELETE FROM payout_batches WHERE batch_key NOT IN (SELECT batch_key FROM host_payouts);"
        ))?;
        Ok(())
    });
    done.expect("a ledger to compare");
}

/// After a kill the payment file isn't there, or it is whole; resuming makes the very same. Once it is
/// there it isn't made again: what is written after it says that it is a copy.
fn payment_file(ledger: &TestLedger, batch: &str, sent: bool) {
    let file = ledger.file("pay.csv");
    if !sent {
        assert!(!file.exists(), "a payment file without a record of it");
        return;
    }
    let left = std::fs::read(&file).ok();
    ledger.ok(&["payouts", "resume", batch]);
    let whole = std::fs::read(&file).expect("the payment file after resuming");
    assert!(
        left.is_none_or(|left| left == whole),
        "a payment file that isn't whole"
    );
    std::fs::remove_file(&file).expect("the payment file moved away");
    ledger.ok(&["payouts", "resume", batch]);
    assert!(!file.exists(), "a payment file that was written twice");
    let copy = ledger.arg("copy.csv");
    ledger.ok(&["payouts", "resume", batch, "--out", &copy]);
    let copy = std::fs::read_to_string(copy).expect("a copy of the payment file");
    let rows = copy
        .lines()
        .map(|row| row.rsplit_once(',').expect("columns"));
    let of_first: Vec<&str> = rows.map(|(row, _)| row).collect();
    let first = String::from_utf8(whole.clone()).expect("text");
    assert_eq!(of_first, first.lines().collect::<Vec<_>>());
    std::fs::remove_file(ledger.file("copy.csv")).expect("the copy moved away");
    assert_eq!(whole.iter().filter(|b| **b == b'\n').count(), HOSTS + 1);
}

/// Waits until the command has opened the ledger.
fn when_opened(ledger: &TestLedger, child: &mut Child) -> Instant {
    when_there(&ledger.folder().join("ledger.db-wal"), child)
}

/// Waits until a process has made a file.
fn when_there(file: &Path, child: &mut Child) -> Instant {
    while !file.exists() && child.try_wait().expect("a state").is_none() {
        std::thread::sleep(Duration::from_micros(100));
    }
    Instant::now()
}

fn command(stage: Stage, ledger: &TestLedger, batch: &str) -> (&'static str, Vec<String>) {
    let (user, args): (_, Vec<&str>) = match stage {
        Stage::Import => (PREPARER, vec!["import", "bookings", "bookings.csv"]),
        Stage::Process => (PREPARER, vec!["--as-of", MONDAY, "commissions", "process"]),
        Stage::Prepare => (
            PREPARER,
            vec!["--as-of", MONDAY, "payouts", "prepare", "--date", MONDAY],
        ),
        Stage::Approve => (APPROVER, vec!["payouts", "approve", batch]),
        Stage::Send => {
            let out = ledger.arg("pay.csv");
            let send = ["payouts", "send", batch, "--rail", "file", "--out", &out];
            return (PREPARER, send.map(str::to_owned).into());
        }
        Stage::Settle => (PREPARER, vec!["payouts", "settle", batch]),
    };
    (user, args.into_iter().map(str::to_owned).collect())
}

/// Everything countable of a ledger in one line, after proving every invariant of it.
fn state(ledger: &TestLedger, key: &DataKey) -> String {
    let open = ledger.open(key);
    let found: Result<String, Error> = open.read(|conn| {
        let failed: Vec<String> = check::run_all(conn, |_, _| {})?
            .into_iter()
            .filter(|c| !c.ok)
            .map(|c| format!("{}: {}", c.name, c.detail))
            .collect();
        assert!(failed.is_empty(), "check: {failed:?}");
        let mut line = String::new();
        for (what, sql) in STATE {
            let value: String =
                conn.query_row(&format!("SELECT coalesce({sql}, '')"), [], |r| r.get(0))?;
            line.push_str(&format!("{what} {value}; "));
        }
        Ok(line)
    });
    found.expect("a ledger that can be read")
}

const STATE: [(&str, &str); 9] = [
    (
        "imports",
        "(SELECT group_concat(kind || row_count) FROM imports)",
    ),
    (
        "bookings",
        "(SELECT count(*) || '/' || total(price_minor) FROM bookings)",
    ),
    (
        "commissions",
        "(SELECT group_concat(n) FROM (SELECT status || '×' || count(*) || '×' || sum(frozen) AS n FROM host_commissions GROUP BY status ORDER BY status))",
    ),
    ("blocks", "(SELECT '' || count(*) FROM commission_blocks)"),
    (
        "batches",
        "(SELECT group_concat(status) FROM payout_batches)",
    ),
    (
        "payouts",
        "(SELECT group_concat(n) FROM (SELECT status || '×' || count(*) || '×' || sum(amount_minor) AS n FROM host_payouts GROUP BY status ORDER BY status))",
    ),
    (
        "lines",
        "(SELECT count(*) || '/' || total(live) FROM host_payout_lines)",
    ),
    (
        "entries",
        "(SELECT group_concat(n) FROM (SELECT kind || '×' || count(*) || '×' || sum(sign * leg1) AS n FROM journal_entries GROUP BY kind ORDER BY kind))",
    ),
    (
        "events",
        "(SELECT count(*) || '/' || (SELECT count(*) FROM approvals) FROM audit_events)",
    ),
];

fn host_id(n: usize) -> String {
    format!("host-{:03}", n % HOSTS)
}

fn hosts() -> String {
    to_csv(
        &(0..HOSTS)
            .map(|n| host(&host_id(n), &[]))
            .collect::<Vec<Row>>(),
    )
}

fn bookings() -> String {
    let plain = |n: usize| booking(&format!("bk-{n:06}"), &host_id(n), &[]);
    to_csv(&(0..SEATS).map(plain).collect::<Vec<Row>>())
}

/// A moment in the part `n` of `parts` of a work, which may take a tenth longer than it did.
fn moment(draw: &mut Draw, work: &Duration, n: usize, parts: usize) -> Duration {
    let part = u64::try_from(work.as_micros()).expect("a work shorter than an age") * 11
        / 10
        / parts as u64;
    Duration::from_micros(part * n as u64 + draw.next() % part.max(1))
}
