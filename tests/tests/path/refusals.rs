//! C11: what is wrong with a sign-in, a ledger or a file is said in plain words with what to do,
//! and nothing is lost by it.

use std::fs;

use hostledger_tests::export::{booking, host, to_csv};
use hostledger_tests::{APPROVER, PREPARER, Refusal, TestLedger};

use crate::close::{balances, text};

fn lived_in() -> TestLedger {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let seats: Vec<_> = (0..2_000)
        .map(|n| booking(&format!("bk-{n:04}"), "h-1", &[]))
        .collect();
    ledger.import("bookings", to_csv(&seats));
    ledger
}

/// A refusal has its code and says each of these things.
fn says(refused: &Refusal, code: &str, words: &[&str]) {
    assert_eq!(refused.code, code, "{refused:?}");
    for word in words {
        assert!(
            refused.message.contains(word),
            "\"{word}\" is not in: {}",
            refused.message
        );
    }
}

#[test]
fn c11_a_wrong_passphrase_or_name_opens_nothing() {
    let ledger = TestLedger::new();
    let mut wrong = ledger.command(PREPARER, &["balances"]);
    let done = wrong
        .env("HOSTLEDGER_PASSPHRASE", "correct horse anna")
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    let error: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let told = text(&error["error"], "message");
    assert_eq!(error["error"]["code"], "SIGN_IN_FAILED");
    assert!(
        told.contains("passphrase") && told.contains("admin"),
        "{told}"
    );
    // The same words for a name that isn't there: who has a slot isn't told.
    let unknown = ledger.refused_as("nobody", &["balances"]);
    assert_eq!(unknown.message.replace("nobody", PREPARER), told);
    // And a passphrase that belongs to somebody else.
    let mut other = ledger.command(PREPARER, &["balances"]);
    let done = other
        .env("HOSTLEDGER_PASSPHRASE", TestLedger::passphrase(APPROVER))
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    ledger.check();
}

#[test]
fn c11_a_removed_user_stays_out_even_with_the_old_key_slots() {
    let ledger = TestLedger::new();
    let slots = ledger.folder().join("keys.json");
    let old = fs::read(&slots).unwrap();
    says(
        &ledger.refused(&["users", "remove", PREPARER]),
        "WRONG_STATE",
        &["only admin"],
    );
    ledger.ok(&["users", "remove", APPROVER]);
    says(
        &ledger.refused_as(APPROVER, &["balances"]),
        "SIGN_IN_FAILED",
        &["passphrase"],
    );
    fs::write(&slots, &old).unwrap();
    says(
        &ledger.refused_as(APPROVER, &["balances"]),
        "SIGN_IN_FAILED",
        &["no user", "admin can add"],
    );
    // Added again, the person has a new key: the old slot still opens nothing.
    ledger.add_user(APPROVER, "viewer");
    ledger.ok_as(APPROVER, &["balances"]);
    fs::write(&slots, &old).unwrap();
    says(
        &ledger.refused_as(APPROVER, &["balances"]),
        "SIGN_IN_FAILED",
        &["no user"],
    );
    ledger.check();
}

#[test]
fn c11_roles_hold() {
    let ledger = TestLedger::new();
    ledger.add_user("dora", "viewer");
    ledger.add_user("cleo", "preparer");
    let file = ledger.write("hosts.csv", to_csv(&[host("h-1", &[])]));
    for (user, args) in [
        ("dora", vec!["import", "hosts", &file]),
        (APPROVER, vec!["import", "hosts", &file]),
        ("dora", vec!["commissions", "process"]),
        ("dora", vec!["payouts", "prepare", "--date", "2026-03-16"]),
        (APPROVER, vec!["payouts", "prepare", "--date", "2026-03-16"]),
        ("cleo", vec!["users", "remove", "dora"]),
        (
            "cleo",
            vec!["settings", "set", "hold_days", "0", "--reason", "quicker"],
        ),
        ("cleo", vec!["institutions", "set", "mine", "--rate", "99"]),
        ("cleo", vec!["imports", "undo", "some"]),
    ] {
        let refused = ledger.refused_as(user, &args);
        assert_eq!(refused.code, "NOT_ALLOWED", "{user} {args:?}: {refused:?}");
    }
    ledger.ok_as("dora", &["balances"]);
}

#[test]
fn c11_a_tampered_page_is_found_and_the_backup_brings_the_ledger_back() {
    let ledger = lived_in();
    let backup = ledger.arg("week.hlbackup");
    ledger.ok(&["backup", &backup]);
    let before = balances(&ledger);
    let database = ledger.folder().join("ledger.db");
    let whole = fs::read(&database).unwrap();
    let page = 16 * 1024;
    assert!(whole.len() > 40 * page, "{} bytes", whole.len());
    for place in [100, 5 * page + 77, whole.len() / 2, whole.len() - page / 2] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&database, changed).unwrap();
        let checked = ledger.run(&["check"]);
        assert_eq!(checked.status, 1, "one bit at {place} went unseen");
        if checked.json["error"].is_null() {
            let integrity = &checked.json["checks"][0];
            assert_eq!(integrity["ok"], false, "{}", checked.json);
        } else {
            says(
                &checked.refusal("check"),
                "DAMAGED_LEDGER",
                &["restore", "backup"],
            );
        }
        let read = ledger.run(&["commissions", "list"]);
        if read.status != 0 {
            says(
                &read.refusal("reading"),
                "DAMAGED_LEDGER",
                &["restore", "backup"],
            );
        }
    }
    let restored = TestLedger::nowhere();
    restored.ok(&["restore", &backup]);
    assert_eq!(balances(&restored), before);
    restored.check();
    fs::write(&database, whole).unwrap();
    ledger.check();
}

#[test]
fn c11_a_newer_ledger_is_left_alone() {
    let ledger = TestLedger::new();
    let key = ledger.data_key();
    let form = |conn: &hostledger_store::Conn, sql: &str| -> Result<(), hostledger_store::Error> {
        conn.execute(sql, [])?;
        Ok(())
    };
    let newer = "INSERT INTO refinery_schema_history SELECT 999, 'from the future', applied_on, checksum FROM refinery_schema_history LIMIT 1";
    ledger.open(&key).write(|conn| form(conn, newer)).unwrap();
    let before = fs::read(ledger.folder().join("ledger.db")).unwrap();
    for args in [
        vec!["balances"],
        vec!["check"],
        vec!["commissions", "process"],
    ] {
        says(
            &ledger.refused(&args),
            "NEWER_LEDGER",
            &["newer", "999", "Update"],
        );
    }
    assert_eq!(fs::read(ledger.folder().join("ledger.db")).unwrap(), before);
    let conn = ledger.bare_connection(&key);
    conn.execute(
        "DELETE FROM refinery_schema_history WHERE version = 999",
        [],
    )
    .unwrap();
    drop(conn);
    ledger.check();
    let slots = ledger.folder().join("keys.json");
    let text = fs::read_to_string(&slots).unwrap();
    fs::write(&slots, text.replacen("\"version\": 1", "\"version\": 2", 1)).unwrap();
    says(
        &ledger.refused(&["balances"]),
        "NEWER_LEDGER",
        &["newer", "Update"],
    );
}

#[test]
fn c11_no_ledger_and_half_a_ledger_are_told_apart() {
    let nowhere = TestLedger::nowhere();
    says(
        &nowhere.refused(&["balances"]),
        "NO_LEDGER",
        &["hostledger init"],
    );
    assert!(!nowhere.folder().exists(), "asking makes no folder");
    let ledger = TestLedger::new();
    says(&ledger.refused(&["init"]), "ALREADY_THERE", &["folder"]);
    let slots = ledger.folder().join("keys.json");
    let old = fs::read(&slots).unwrap();
    fs::write(&slots, "{ \"version\": 1, ").unwrap();
    says(
        &ledger.refused(&["balances"]),
        "DAMAGED_LEDGER",
        &["keys.json", "restore"],
    );
    fs::write(&slots, old).unwrap();
    let database = ledger.folder().join("ledger.db");
    fs::rename(&database, ledger.file("elsewhere.db")).unwrap();
    says(
        &ledger.refused(&["balances"]),
        "NO_LEDGER",
        &["ledger.db", "restore"],
    );
    assert!(!database.exists(), "no empty database in its place");
    fs::rename(ledger.file("elsewhere.db"), &database).unwrap();
    ledger.check();
}

#[test]
fn c11_a_file_that_is_no_export_is_refused_whole() {
    let ledger = TestLedger::new();
    let seat = to_csv(&[booking("b-1", "h-1", &[])]);
    for (name, content, says_what) in [
        ("empty.csv", Vec::new(), "empty"),
        (
            "hosts.csv",
            to_csv(&[host("h-1", &[])]).into_bytes(),
            "Import it as hosts",
        ),
        (
            "no-price.csv",
            seat.replace("price", "prize").into_bytes(),
            "price",
        ),
        (
            "twice.csv",
            seat.replacen("charge_id", "booking_id", 1).into_bytes(),
            "booking_id",
        ),
        (
            "book.xlsx",
            b"PK\x03\x04rest of a spreadsheet".to_vec(),
            "spreadsheet",
        ),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), "picture"),
    ] {
        let file = ledger.write(name, content);
        let refused = ledger.refused(&["import", "bookings", &file]);
        says(
            &refused,
            "WRONG_FILE",
            &[name, says_what, "Nothing was imported"],
        );
    }
    let refused = ledger.refused(&["import", "bookings", &ledger.arg("not-there.csv")]);
    says(&refused, "FILE_PROBLEM", &["not-there.csv"]);
    let folder = ledger.folder().to_string_lossy().into_owned();
    says(
        &ledger.refused(&["import", "bookings", &folder]),
        "FILE_PROBLEM",
        &[&folder],
    );
    assert_eq!(ledger.ok(&["imports", "list"]).as_array().unwrap().len(), 0);
    // What real exports look like is taken: a byte-order mark, CRLF, semicolons, other case.
    let odd = format!(
        "\u{feff}{}",
        seat.replace(',', ";")
            .replace('\n', "\r\n")
            .replace("booking_id", "Booking_ID")
    );
    assert_eq!(ledger.import("bookings", odd)["inserted"], 1);
    ledger.check();
}

#[test]
fn c11_a_backup_makes_the_ledger_again_and_a_tampered_one_makes_none() {
    let ledger = lived_in();
    let backup = ledger.arg("week.hlbackup");
    ledger.ok(&["backup", &backup]);
    says(
        &ledger.refused(&["backup", &backup]),
        "ALREADY_THERE",
        &["another name"],
    );
    says(
        &ledger.refused(&["restore", &backup]),
        "ALREADY_THERE",
        &["empty folder"],
    );

    let restored = TestLedger::nowhere();
    restored.ok(&["restore", &backup]);
    restored.check();
    assert_eq!(balances(&restored), balances(&ledger));
    assert_eq!(restored.commissions(), ledger.commissions());
    restored.ok_as(APPROVER, &["balances"]);

    let whole = fs::read(&backup).unwrap();
    let flipped = |place: usize| {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        changed
    };
    let n = whole.len();
    for (what, bytes) in [
        ("its first line", flipped(3)),
        ("a length", flipped(24)),
        ("the key slots", flipped(60)),
        ("the database", flipped(n / 2)),
        ("its hash", flipped(n - 5)),
        ("cut short", whole[..n - 100].to_vec()),
        ("cut to the head", whole[..30].to_vec()),
        ("nothing", Vec::new()),
    ] {
        let file = ledger.write("bad.hlbackup", bytes);
        let place = TestLedger::nowhere();
        let refused = place.refused(&["restore", &file]);
        assert_eq!(refused.code, "DAMAGED_LEDGER", "{what}: {refused:?}");
        assert!(
            refused.message.contains("another backup"),
            "{what}: {}",
            refused.message
        );
        says(&place.refused(&["balances"]), "NO_LEDGER", &[]);
    }
    let place = TestLedger::nowhere();
    let mut wrong = place.command(PREPARER, &["restore", &backup]);
    let done = wrong
        .env("HOSTLEDGER_PASSPHRASE", "something else")
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    says(&place.refused(&["balances"]), "NO_LEDGER", &[]);
    ledger.check();
}
