//! C11 in the window: each a clear message with what to do, nothing lost.

use std::fs;

use hostledger_app::sample_ledger::PRACTICE_USERS;

use crate::close::sign_in;
use crate::machine::Machine;

#[test]
fn c11_a_wrong_passphrase_says_so_and_the_right_one_works() {
    let machine = Machine::new();
    let sample = machine.sample();
    let window = machine.window("passphrase", Some(&sample.ledger));
    window.see_page("Sample marketplace");
    window.click_field("Name");
    window.click(PRACTICE_USERS[0].name);
    window.fill("Passphrase", "practice makes nothing");
    window.click("Sign in");
    window.see_alert("passphrase");
    window.shoot("wrong");
    assert!(!window.shows("Find or do"), "somebody is signed in");
    sign_in(&window, 0);
    window.see_page("This week's close");
}

#[test]
fn c11_a_ledger_that_is_not_there() {
    let machine = Machine::new();
    let sample = machine.sample();
    let window = machine.window("gone", Some(&sample.ledger));
    window.see_page("Sample marketplace");
    window.click("Open another ledger");
    window.see_page("Open a ledger");

    // A folder that never held a ledger.
    let empty = machine.path("empty");
    fs::create_dir(&empty).expect("an empty folder");
    window.click("Open a folder");
    window.fill("Folder", &empty.to_string_lossy());
    window.click("Open");
    window.see_alert("no ledger");
    window.shoot("no-ledger");
    window.click("Back");

    // One that was moved away since it was opened, and comes back.
    let away = machine.path("away");
    fs::rename(&sample.ledger, &away).expect("moved away");
    window.click("Open Sample marketplace");
    window.see_alert("no ledger");
    window.shoot("moved-away");
    fs::rename(&away, &sample.ledger).expect("moved back");
    window.click("Open Sample marketplace");
    window.see_page("Sample marketplace");
    sign_in(&window, 0);
    window.see_page("This week's close");
}
