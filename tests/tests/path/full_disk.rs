//! C7: a full disk. What can't be written is refused in plain words, and nothing is half done.
//! A file size limit stands for it everywhere; a small file system of its own where these tests may
//! mount one.

use std::path::{Path, PathBuf};
use std::process::Command;

use hostledger_tests::export::{Row, booking, host, rows, to_csv};
use hostledger_tests::{TestLedger, program};

use crate::close::text;

const MONDAY: &str = "2026-03-16";

fn bookings(count: usize) -> String {
    let plain = |n: usize| booking(&format!("bk-{n:06}"), "h-1", &[]);
    to_csv(&(0..count).map(plain).collect::<Vec<Row>>())
}

/// Runs a command under a limit on the size of every file that it writes.
fn with_file_limit(ledger: &TestLedger, kib: u32, args: &[&str]) -> (i32, serde_json::Value) {
    let mut command = Command::new("bash");
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\"");
    command
        .args(["-c", &script, "limited"])
        .arg(program())
        .arg("--json")
        .args(args);
    ledger.sign(&mut command, "ana");
    let done = command.output().expect("bash");
    let json = serde_json::from_slice(&done.stdout).unwrap_or_default();
    (done.status.code().unwrap_or(-1), json)
}

#[test]
fn c7_no_room_for_an_import_leaves_the_ledger_as_it_was() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let file = ledger.write("bookings.csv", bookings(10_000));
    let (status, answer) = with_file_limit(&ledger, 2_048, &["import", "bookings", &file]);
    assert_eq!(status, 1, "{answer}");
    no_room(&answer["error"]);
    assert_eq!(ledger.ok(&["imports", "list"]).as_array().unwrap().len(), 1);
    assert!(ledger.commissions().is_empty());
    ledger.check();
    assert_eq!(
        ledger.ok(&["import", "bookings", &file])["inserted"],
        10_000
    );
    ledger.check();
}

#[test]
fn c7_no_room_for_a_backup_or_an_export_leaves_no_part_of_a_file() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    ledger.import("bookings", bookings(2_000));
    let outputs = [
        vec!["backup", "week.hlbackup"],
        vec![
            "journal",
            "export",
            "--format",
            "hledger",
            "--out",
            "week.journal",
        ],
        vec!["journal", "export", "--format", "csv", "--out", "week.csv"],
    ];
    let files = || -> Vec<PathBuf> { all_files(ledger.file("").as_path()) };
    let before = files();
    for args in outputs {
        let (status, answer) = with_file_limit(&ledger, 64, &args);
        assert_eq!(status, 1, "{args:?}: {answer}");
        no_room(&answer["error"]);
        assert_eq!(files(), before, "{args:?}");
        ledger.ok(&args);
        std::fs::remove_file(ledger.file(args.last().unwrap())).expect("the whole file");
    }
    ledger.check();
}

/// A refusal for want of room says so, or that a file can't be written, and what to do.
fn no_room(error: &serde_json::Value) {
    let (code, message) = (text(error, "code"), text(error, "message"));
    assert!(
        ["DISK_FULL", "FILE_PROBLEM"].contains(&code.as_str()),
        "{error}"
    );
    assert!(
        message.contains("disk") || message.contains("written"),
        "{message}"
    );
}

/// Every file under a folder, without the log files of the database.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.push(path.clone());
            found.extend(all_files(&path));
        } else if !path.to_string_lossy().contains("ledger.db-") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A file system of its own, as long as this lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where these tests may not mount.
    fn mount(at: &Path, kib: u32) -> Option<Self> {
        std::fs::create_dir_all(at).ok()?;
        let size = format!("size={kib}k");
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "none"])
            .arg(at)
            .output();
        done.is_ok_and(|d| d.status.success())
            .then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).output());
    }
}

#[test]
fn c7_a_full_disk_under_the_ledger_is_named_and_survived() {
    let ledger = TestLedger::nowhere();
    let Some(_disk) = SmallDisk::mount(&ledger.folder(), 8_192) else {
        eprintln!("not run: this user may not mount a file system");
        return;
    };
    ledger.ok(&["init"]);
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let file = ledger.write("bookings.csv", bookings(20_000));
    let refused = ledger.refused(&["import", "bookings", &file]);
    assert_eq!(refused.code, "DISK_FULL");
    assert!(refused.message.contains("Make room"), "{}", refused.message);
    assert!(ledger.commissions().is_empty());
    ledger.check();
    let small = ledger.write("few.csv", bookings(100));
    assert_eq!(ledger.ok(&["import", "bookings", &small])["inserted"], 100);
    ledger.check();
}

/// However little room is left after it, an import went in whole or not at all, and says which.
#[test]
fn c7_what_a_full_disk_refused_is_not_there_and_what_it_took_is() {
    let (mut taken, mut refused) = (0, 0);
    for kib in (6_144..=16_384).step_by(1_024) {
        let ledger = TestLedger::nowhere();
        let Some(_disk) = SmallDisk::mount(&ledger.folder(), kib) else {
            eprintln!("not run: this user may not mount a file system");
            return;
        };
        ledger.ok(&["init"]);
        ledger.import("hosts", to_csv(&[host("h-1", &[])]));
        let file = ledger.write("bookings.csv", bookings(10_000));
        let done = ledger.run(&["import", "bookings", &file]);
        if done.status == 0 {
            taken += 1;
            assert_eq!(ledger.commissions().len(), 10_000, "{kib} KiB");
        } else {
            refused += 1;
            assert_eq!(done.refusal("no room").code, "DISK_FULL", "{kib} KiB");
            assert!(ledger.commissions().is_empty(), "{kib} KiB");
            ledger.check();
        }
    }
    assert!(taken > 0 && refused > 0, "{taken} taken, {refused} refused");
}

#[test]
fn c7_no_room_for_the_payment_file_is_resumed_once_there_is() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    ledger.import("bookings", bookings(10));
    ledger.process(MONDAY);
    let batch = text(&ledger.prepare(MONDAY), "batch_id");
    ledger.approve(&batch);
    let folder = ledger.file("bank");
    let disk = SmallDisk::mount(&folder, 4);
    let out = folder.join("pay.csv");
    let filler = folder.join("filler");
    if disk.is_some() {
        drop(std::fs::write(&filler, vec![0; 1 << 20])); // as much as goes in
    } else {
        std::fs::remove_dir_all(&folder).expect("no folder to write to");
    }
    let send = [
        "payouts",
        "send",
        &batch,
        "--rail",
        "file",
        "--out",
        &out.to_string_lossy(),
    ];
    let refused = ledger.refused(&send);
    assert!(
        ["DISK_FULL", "FILE_PROBLEM"].contains(&refused.code.as_str()),
        "{refused:?}"
    );
    assert!(refused.message.contains("resume"), "{}", refused.message);
    assert!(!out.exists());
    assert_eq!(ledger.ok(&["payouts", "show", &batch])["status"], "SENDING");
    ledger.check();
    assert!(
        ledger
            .refused(&["payouts", "resume", &batch])
            .message
            .contains("pay.csv")
    );
    if disk.is_some() {
        std::fs::remove_file(&filler).expect("room");
    } else {
        std::fs::create_dir_all(&folder).expect("a folder");
    }
    let resumed = ledger.ok(&["payouts", "resume", &batch]);
    assert_eq!(
        (&resumed["status"], &resumed["sent"]),
        (&"SENDING".into(), &1.into())
    );
    let paid = rows(&std::fs::read_to_string(&out).expect("the payment file"));
    assert_eq!((paid.len(), paid[0]["amount"].as_str()), (1, "131.20"));
    assert_eq!(
        ledger.ok(&["payouts", "settle", &batch])["status"],
        "COMPLETED"
    );
    ledger.check();
    drop(disk);
}
