//! W3: the disk fails under every command, through the real system calls: what is said is what
//! happened. "Nothing was changed" only where nothing was; done only where it was.

use std::path::Path;
use std::process::Command;

use hostledger_tests::export::{booking, host, to_csv};
use hostledger_tests::stripe::cheapen;
use hostledger_tests::{APPROVER, PREPARER, TestLedger, answer, program};

use crate::close::text;

const MONDAY: &str = "2026-03-16";

/// A way in which the disk fails.
#[derive(Debug, Clone, Copy)]
struct FaultKind {
    name: &'static str,
    /// Which system calls of strace, and what becomes of them.
    calls: &'static str,
    becomes: &'static str,
    /// The file that it befalls, in the ledger's folder.
    file: &'static str,
}

const FAULTS: [FaultKind; 6] = [
    FaultKind {
        name: "the file can't be written to, only its log",
        calls: "pwrite64",
        becomes: "error=EIO",
        file: "ledger.db",
    },
    FaultKind {
        name: "the file can't be made durable, only its log",
        calls: "fsync,fdatasync",
        becomes: "error=EIO",
        file: "ledger.db",
    },
    FaultKind {
        name: "the log can't be written to",
        calls: "pwrite64",
        becomes: "error=EIO",
        file: "ledger.db-wal",
    },
    FaultKind {
        name: "the disk is full after some pages of the log",
        calls: "pwrite64",
        becomes: "error=ENOSPC:when=9+",
        file: "ledger.db-wal",
    },
    FaultKind {
        name: "the log can't be made durable",
        calls: "fsync,fdatasync",
        becomes: "error=EIO",
        file: "ledger.db-wal",
    },
    FaultKind {
        name: "the log can't be made durable later on",
        calls: "fsync,fdatasync",
        becomes: "error=EIO:when=3+",
        file: "ledger.db-wal",
    },
];

/// Runs a command while the disk fails in this way.
fn under(l: &TestLedger, fault: FaultKind, user: &str, args: &[&str]) -> hostledger_tests::Answer {
    let file = l.folder().join(fault.file);
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-o", "/dev/null"])
        .args(["-e", &format!("trace={}", fault.calls)])
        .arg("-P")
        .arg(&file)
        .args(["-e", &format!("inject={}:{}", fault.calls, fault.becomes)])
        .arg(program())
        .arg("--json")
        .args(args);
    l.sign(&mut command, user);
    command.env("HOSTLEDGER_NEW_PASSPHRASE", TestLedger::passphrase("cleo"));
    answer(&mut command)
}

/// What can be seen of a ledger.
fn seen(l: &TestLedger) -> String {
    let asked: [&[&str]; 6] = [
        &["audit", "--limit", "1"],
        &["imports", "list"],
        &["commissions", "list"],
        &["payouts", "list"],
        &["users", "list"],
        &["balances"],
    ];
    asked
        .iter()
        .map(|args| l.ok(args).to_string() + "\n")
        .collect()
}

/// A ledger before a step of the close, and the step.
fn stages() -> Vec<(TestLedger, &'static str, Vec<String>)> {
    let l = TestLedger::new();
    cheapen(&l);
    let own = |args: &[&str]| args.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>();
    let mut out = Vec::new();
    let mut before = |l: &TestLedger, user: &'static str, args: Vec<String>| {
        let copy = TestLedger::copy_of(&l.folder());
        for file in ["hosts.csv", "bookings.csv"] {
            if l.file(file).exists() {
                std::fs::copy(l.file(file), copy.file(file)).unwrap();
            }
        }
        out.push((copy, user, args));
    };
    let seats: Vec<_> = (0..1500)
        .map(|n| booking(&format!("b-{n}"), &format!("h-{}", n % 5), &[]))
        .collect();
    let hosts: Vec<_> = (0..5)
        .map(|n| {
            host(
                &format!("h-{n}"),
                &[("stripe_account_id", &format!("acct_h-{n}"))],
            )
        })
        .collect();
    drop(l.write("hosts.csv", to_csv(&hosts)));
    drop(l.write("bookings.csv", to_csv(&seats)));
    before(
        &l,
        PREPARER,
        own(&["users", "add", "cleo", "--role", "viewer"]),
    );
    before(
        &l,
        PREPARER,
        own(&["settings", "set", "hold_days", "8", "--reason", "slower"]),
    );
    before(&l, PREPARER, own(&["import", "hosts", "hosts.csv"]));
    l.ok(&["import", "hosts", "hosts.csv"]);
    before(&l, PREPARER, own(&["import", "bookings", "bookings.csv"]));
    let taken = l.ok(&["import", "bookings", "bookings.csv"]);
    for args in [
        &["hosts", "pause", "h-1", "--reason", "looking"][..],
        &["commissions", "hold", "b-1", "--reason", "looking"],
        &[
            "adjustments",
            "add",
            "h-1",
            "--amount",
            "5.00",
            "--currency",
            "USD",
            "--reason",
            "a gift",
        ],
        &[
            "--as-of",
            MONDAY,
            "disputes",
            "open",
            "b-2",
            "--kind",
            "COMPLAINT",
            "--reason",
            "cut short",
        ],
        &["users", "remove", APPROVER],
        &[
            "journal",
            "export",
            "--format",
            "csv",
            "--out",
            "journal.csv",
        ],
    ] {
        before(&l, PREPARER, own(args));
    }
    before(
        &l,
        PREPARER,
        own(&["imports", "undo", &text(&taken, "import_id")]),
    );
    before(
        &l,
        PREPARER,
        own(&["--as-of", MONDAY, "commissions", "process"]),
    );
    l.process(MONDAY);
    let prepare = ["--as-of", MONDAY, "payouts", "prepare", "--date", MONDAY];
    before(&l, PREPARER, own(&prepare));
    let id = text(&l.ok(&prepare), "batch_id");
    let one = text(&l.ok(&["payouts", "show", &id])["payouts"][0], "payout_id");
    before(
        &l,
        PREPARER,
        own(&["payouts", "exclude", &id, &one, "--reason", "not today"]),
    );
    before(&l, PREPARER, own(&["payouts", "refresh", &id]));
    before(
        &l,
        PREPARER,
        own(&["payouts", "pdf", &id, "--out", "batch.pdf"]),
    );
    before(&l, PREPARER, own(&["payouts", "submit", &id]));
    l.ok(&["payouts", "submit", &id]);
    before(&l, APPROVER, own(&["payouts", "approve", &id]));
    l.ok_as(APPROVER, &["payouts", "approve", &id]);
    before(
        &l,
        PREPARER,
        own(&["payouts", "send", &id, "--rail", "file", "--out", "pay.csv"]),
    );
    before(&l, PREPARER, own(&["payouts", "cancel", &id]));
    before(&l, PREPARER, own(&["check"]));
    before(&l, PREPARER, own(&["backup", "b.hlbackup"]));
    l.ok(&["payouts", "send", &id, "--rail", "file", "--out", "pay.csv"]);
    before(&l, PREPARER, own(&["payouts", "settle", &id]));
    out
}

#[test]
fn w3_what_is_said_of_a_failing_disk_is_true() {
    let stages = stages();
    let mut wrong = Vec::new();
    let (mut done, mut refused) = (0, 0);
    for fault in FAULTS {
        for (before, user, args) in &stages {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let l = TestLedger::copy_of(&before.folder());
            for file in ["hosts.csv", "bookings.csv"] {
                std::fs::copy(before.file(file), l.file(file)).unwrap_or_default();
            }
            let was = seen(&l);
            let a = under(&l, fault, user, &args);
            let is = seen(&l);
            let what = format!("{} under \"{}\"", args.join(" "), fault.name);
            let message = a.json["error"]["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let reads = matches!(args[0], "check" | "backup" | "journal")
                || matches!(args.get(1), Some(&("pdf" | "refresh")));
            match a.status {
                0 | 3 => {
                    done += 1;
                    if was == is && !reads {
                        wrong.push(format!("{what}: done, and nothing changed"));
                    }
                    if args.get(1) == Some(&"send") && !l.file("pay.csv").exists() {
                        wrong.push(format!("{what}: sent without a file"));
                    }
                    if args[0] == "check" && a.json["ok"] != true {
                        wrong.push(format!("{what}: damaged? {}", a.json));
                    }
                }
                1 => {
                    refused += 1;
                    let untrue = was != is && message.contains("othing was");
                    if untrue
                        || ["INTERNAL", "DAMAGED_LEDGER"]
                            .contains(&text(&a.json["error"], "code").as_str())
                    {
                        wrong.push(format!("{what}: {}", a.json["error"]));
                    }
                    if args.get(1) == Some(&"send")
                        && l.file("pay.csv").exists()
                        && message.contains("othing was sent")
                    {
                        wrong.push(format!("{what}: a file, and {message}"));
                    }
                }
                status => wrong.push(format!("{what}: exit {status}, {}", a.stderr)),
            }
            l.check();
            // The same again, on a disk that works, brings it to its end.
            let mut command = l.command(user, &args);
            command.env("HOSTLEDGER_NEW_PASSPHRASE", TestLedger::passphrase("cleo"));
            let again = answer(&mut command);
            if a.status == 1 && again.status != 0 && was == is && !reads {
                wrong.push(format!("{what}: and then {}", again.json));
            }
        }
    }
    println!(
        "W3: {done} done, {refused} refused, of {}",
        FAULTS.len() * stages.len()
    );
    assert!(refused > 20 && done > 20, "{done} done, {refused} refused");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Backups beside a process that writes without end: each is whole, none fails.
#[test]
fn m9_a_backup_beside_a_writer_succeeds() {
    let l = TestLedger::new();
    let hosts: Vec<_> = (0..3).map(|n| host(&format!("h-{n}"), &[])).collect();
    l.import("hosts", to_csv(&hosts));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let mut n = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let rows: Vec<_> = (0..400)
                    .map(|i| booking(&format!("b-{n}-{i}"), &format!("h-{}", i % 3), &[]))
                    .collect();
                l.import("bookings", to_csv(&rows));
                n += 1;
            }
            n
        });
        for n in 0..12 {
            let backup = l.arg(&format!("{n}.hlbackup"));
            l.ok(&["backup", &backup]);
            if n % 4 == 0 {
                let there = TestLedger::nowhere();
                there.ok(&["restore", &backup]);
                there.check();
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(writer.join().unwrap() > 2, "somebody wrote meanwhile");
    });
    assert!(Path::new(&l.arg("0.hlbackup")).exists());
    l.check();
}
