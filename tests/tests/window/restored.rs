//! A ledger that was restored, one that is older than what its computer knew, and somebody who was
//! removed while their window was open: each says so, and is settled or stays shut.

use hostledger_app::sample_ledger::PRACTICE_USERS;

use crate::axe::{bring, look};
use crate::close::sign_in;
use crate::disputes::{go_to, text};
use crate::machine::Machine;
use crate::stripe::submitted_batch;

#[test]
fn w4_a_restored_ledger_an_older_one_and_a_removed_user() {
    let machine = Machine::new();
    let sample = machine.sample();
    let batch = text(&submitted_batch(&machine, &sample), "batch_id");
    let say = |user: usize, words: &[&str]| machine.ask(&sample.ledger, user, words);
    say(1, &["payouts", "approve", &batch]);
    let path = |name: &str| machine.path(name).to_string_lossy().into_owned();
    let backup = path("approved.hlbackup");
    say(0, &["backup", &backup]);
    let kept = machine.path("kept.db");
    let database = sample.ledger.join("ledger.db");
    std::fs::copy(&database, &kept).expect("a copy of a ledger at rest");
    let file = path("payments.csv");
    say(
        0,
        &["payouts", "send", &batch, "--rail", "file", "--out", &file],
    );
    let mut findings = Vec::new();

    // Restored into a folder of its own, on the same computer.
    let restored = machine.path("restored");
    let folder = restored.to_string_lossy().into_owned();
    let done = machine
        .command(&hostledger_tests::program())
        .args([
            "--ledger",
            &folder,
            "--user",
            PRACTICE_USERS[0].name,
            "restore",
            &backup,
        ])
        .env("HOSTLEDGER_PASSPHRASE", PRACTICE_USERS[0].passphrase)
        .output()
        .expect("hostledger starts");
    assert!(done.status.success(), "{done:?}");
    let window = machine.window("restored", Some(&restored));
    bring(&window);
    sign_in(&window, 0);
    window.see("Nothing is sent until two people settled it.");
    look(&window, "01-home", &mut findings);
    go_to(&window, &format!("/payouts/{batch}"));
    window.click("Send 21 payouts*");
    window.fill("Payment file", &path("again.csv"));
    window.click("Send 21 payouts, *");
    window.see_alert("was restored from a backup");
    look(&window, "02-not-sent", &mut findings);
    assert!(!machine.path("again.csv").exists());
    window.click("Back");
    window.click("Settle it");
    window.see_page("Restores");
    window.see("Look at the bank's list");
    look(&window, "03-nothing-said", &mut findings);
    window.click("Say what left");
    window.fill("Payment file", &file);
    look(&window, "04-say", &mut findings);
    window.click("Say so");
    window.see("payments.csv left");
    window.see("You said what left, so another person confirms it.");
    look(&window, "05-said", &mut findings);
    window.click("Lock");
    window.see("Sign in");
    sign_in(&window, 1);
    go_to(&window, "/restores");
    window.see("payments.csv left");
    window.click("Confirm");
    window.see("Settled by ben");
    look(&window, "06-settled", &mut findings);
    go_to(&window, &format!("/payouts/{batch}"));
    window.see("In transit");
    drop(window);

    // An older database put in the place of the newer one.
    let older = machine.path("older");
    copy_files(&restored, &older);
    std::fs::copy(&kept, older.join("ledger.db")).expect("an older database");
    let window = machine.window("older", Some(&older));
    bring(&window);
    sign_in(&window, 0);
    window.see("older than what this computer knows");
    look(&window, "11-home", &mut findings);
    window.click("Settle it");
    window.see("It ends at");
    look(&window, "12-read-only", &mut findings);
    drop(window);

    // Somebody is removed while their window is open.
    let window = machine.window("removed", Some(&restored));
    bring(&window);
    sign_in(&window, 1);
    window.see_page("This week's close");
    machine.ask(&restored, 0, &["users", "remove", PRACTICE_USERS[1].name]);
    window.see("This window locked itself");
    look(&window, "21-locked", &mut findings);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn copy_files(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a ledger").flatten() {
        let log = entry
            .file_name()
            .to_string_lossy()
            .starts_with("ledger.db-");
        if entry.path().is_file() && !log {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
        }
    }
}
