//! C9: the weekly close by someone without a mouse, in two people's names.

use hostledger_app::sample_ledger::PRACTICE_USERS;

use crate::keyboard::{ENTER, ESCAPE, Keyboard};
use crate::machine::Machine;
use crate::window::Window;

const BATCH: &str = "Batch of Mon 16 Mar 2026";

#[test]
fn c9_the_close_by_keyboard_alone() {
    let machine = Machine::new();
    let window = machine.window("keyboard", None);
    let keyboard = Keyboard(&window);
    keyboard.push("Try the sample");
    window.see_page("Sample marketplace");
    sign_in(&keyboard, 0);
    window.see_page("This week's close");
    import(&keyboard, &machine);
    exceptions(&keyboard);
    review(&keyboard);
    prepare_and_approve(&keyboard);
    pay(&keyboard, &machine);

    let ledger = machine.sample_folder().join("ledger");
    let batches = machine.ask(&ledger, 0, &["payouts", "list"]);
    let closed = batches
        .as_array()
        .and_then(|all| all.iter().find(|b| b["date"] == "2026-03-16"));
    assert_eq!(
        closed.expect("the batch of the week")["status"],
        "COMPLETED"
    );
    assert_eq!(machine.ask(&ledger, 0, &["check"])["ok"], true);
}

fn sign_in(keyboard: &Keyboard, user: usize) {
    let user = PRACTICE_USERS[user];
    keyboard.choose("Name", user.name);
    keyboard.fill("Passphrase", user.passphrase);
    keyboard.key(ENTER);
    keyboard.0.see("Find or do");
}

fn import(keyboard: &Keyboard, machine: &Machine) {
    let window: &Window = keyboard.0;
    keyboard.go("gi", "Imports");
    let inbox = machine.sample_folder().join("inbox");
    for file in ["hosts-2026-03-16.csv", "bookings-2026-03-16.csv"] {
        keyboard.fill(
            "Path of a file to import",
            &inbox.join(file).to_string_lossy(),
        );
        keyboard.key(ENTER);
        window.see("Nothing is stored yet");
        keyboard.push("Take in*");
        window.see("is taken in.");
        if file.starts_with("hosts") {
            // Its details are open; Esc gives the list back.
            window.see("Undo this import");
            keyboard.key(ESCAPE);
            window.see_no_more("Undo this import");
        }
    }
    window.see_page("Exceptions");
}

fn exceptions(keyboard: &Keyboard) {
    let window = keyboard.0;
    keyboard.row_of("price is \"n/a\"");
    keyboard.key(ENTER);
    keyboard.fill("price", "24.00");
    keyboard.fill(
        "Reason to correct or dismiss it",
        "The platform's support named the price",
    );
    keyboard.push("Take in as corrected");
    window.see("1 row could not be taken in");
    keyboard.row_of("RESCHEDULED");
    keyboard.key(' ');
    window.see("1 exception selected");
    keyboard.push("Dismiss");
    keyboard.fill("Reason", "Moved to a new booking, which came in");
    keyboard.push("Dismiss 1 exception");
    window.see("No row waits for a person.");
}

fn review(keyboard: &Keyboard) {
    let window = keyboard.0;
    keyboard.go("gh", "This week's close");
    keyboard.push("Run the daily job");
    window.see("Daily job for Mon 16 Mar 2026");
    keyboard.go("gc", "Commissions");
    keyboard.row_of("bk-008003900");
    keyboard.key(ENTER);
    window.see("The split");
    keyboard.push("Release");
    keyboard.fill("Reason", "A workshop; the host confirmed the price");
    keyboard.push("Release 1 commission*");
    window.see("2 need a person");
    // The question must be gone: Esc would close it, not the drawer under it.
    window.see_no_more("Release 1 commission");
    keyboard.key(ESCAPE);
    window.see_no_more("The split");
    keyboard.row_of("bk-008009900");
    keyboard.key(' ');
    window.see("1 commission selected");
    keyboard.push("Void");
    keyboard.fill("Reason", "The host booked the own session");
    keyboard.push("Void 1 commission*");
    window.see("1 needs a person");
    keyboard.go("gh", "This week's close");
    keyboard.push("Run the daily job");
    window.see("1 commission processed");
}

fn prepare_and_approve(keyboard: &Keyboard) {
    let window = keyboard.0;
    keyboard.go("gp", "Payouts");
    keyboard.key('n');
    window.see_page("Prepare a batch");
    keyboard.push("Prepare *");
    window.see_page(BATCH);
    keyboard.push("Submit*");
    keyboard.push("Hand over for approval");
    window.see_page("Sign in to approve");
    keyboard.fill("Passphrase", PRACTICE_USERS[1].passphrase);
    keyboard.key(ENTER);
    window.see_page(BATCH);
    keyboard.push("Approve*");
    window.see("You, ben, sign");
    keyboard.fill("Your passphrase", PRACTICE_USERS[1].passphrase);
    keyboard.push("Approve*");
    window.see("Approved by ben");
}

fn pay(keyboard: &Keyboard, machine: &Machine) {
    let window = keyboard.0;
    keyboard.control('l');
    window.see_page("Sample marketplace");
    sign_in(keyboard, 0);
    keyboard.go("gp", "Payouts");
    keyboard.row_of("2026-03-16");
    keyboard.key(ENTER);
    window.see_page(BATCH);
    keyboard.push("Send*");
    keyboard.fill(
        "Payment file",
        &machine.path("payouts.csv").to_string_lossy(),
    );
    keyboard.push("Send*");
    window.see("In transit");
    keyboard.push("Record as paid*");
    window.see("Record what the bank did");
    keyboard.push("Record *");
    window.see_no_more("In transit");
    keyboard.go("gb", "Books");
    keyboard.push("Check and export");
    window.see_page("Check and export");
    keyboard.key('n');
    window.see("Everything holds");
}
