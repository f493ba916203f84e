//! C9: a whole weekly close by two people in the real window, every screen photographed, and what
//! the real command line says of the same ledger afterwards.

use std::path::Path;

use hostledger_app::sample_ledger::PRACTICE_USERS;
use serde_json::json;

use crate::machine::Machine;
use crate::window::Window;

/// What the sample brings along, made by the same program from fixed figures.
const HOSTS: &str = "hosts-2026-03-16.csv";
const BOOKINGS: &str = "bookings-2026-03-16.csv";
const BATCH: &str = "Batch of Mon 16 Mar 2026";

#[test]
fn c9_a_whole_close_by_two_users() {
    let machine = Machine::new();
    let window = machine.window("close", None);
    first_run(&window);
    sign_in(&window, 0);
    window.see_page("This week's close");
    window.shoot("03-home");
    import(&window, &machine);
    exceptions(&window);
    review(&window);
    prepare(&window);
    approve(&window);
    pay(&window, &machine);
    books(&window, &machine);
    hosts_and_settings(&window);

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

/// The screens before a ledger is open, and the sample.
fn first_run(window: &Window) {
    window.see_page("Pay your hosts, and know why each amount");
    window.shoot("01-welcome");
    for (button, heading, picture) in [
        ("Create a ledger", "Create a ledger", "01-create"),
        ("Open a folder", "Open a ledger", "01-open"),
        (
            "Restore a backup into a new folder",
            "Restore a backup",
            "01-restore",
        ),
    ] {
        window.click(button);
        window.see_page(heading);
        window.shoot(picture);
        window.click("Back");
        window.see_page("Pay your hosts*");
    }
    window.click("Try the sample");
    window.see_page("Sample marketplace");
    for user in PRACTICE_USERS {
        assert!(
            window.shows(user.passphrase),
            "{} can't sign in without knowing how",
            user.name
        );
    }
    window.shoot("02-sign-in");
}

/// Signs a practice user in with name and passphrase, as in a ledger that is no sample.
pub(crate) fn sign_in(window: &Window, user: usize) {
    let user = PRACTICE_USERS[user];
    window.click_field("Name");
    window.click(user.name);
    window.fill("Passphrase", user.passphrase);
    window.click("Sign in");
    window.see("Find or do");
}

fn import(window: &Window, machine: &Machine) {
    window.go("Imports", "Imports");
    window.shoot("04-imports");
    let inbox = machine.sample_folder().join("inbox");
    preview(window, &inbox.join(HOSTS), "05-preview-hosts");
    window.click("Take in*");
    window.see("hosts-2026-03-16.csv is taken in.");
    window.see("Undo this import");
    window.shoot_all("06-import");
    window.click("Close details");
    preview(window, &inbox.join(BOOKINGS), "07-preview-bookings");
    window.see("price is \"n/a\"");
    window.click("Take in*");
    window.see_page("Exceptions");
    window.see("2 rows could not be taken in");
    window.shoot("08-exceptions");
}

fn preview(window: &Window, file: &Path, picture: &str) {
    window.fill("Path of a file to import", &file.to_string_lossy());
    window.click("Preview");
    window.see("Nothing is stored yet");
    window.see("Control totals");
    window.shoot(picture);
}

/// One row is corrected, the other dismissed.
fn exceptions(window: &Window) {
    window.click_cell("price is \"n/a\"*");
    window.fill("price", "24.00");
    window.fill(
        "Reason to correct or dismiss it",
        "The platform's support named the price",
    );
    window.shoot("09-exception");
    window.click("Take in as corrected");
    window.see_no_more("Take in as corrected");
    window.see("1 row could not be taken in");

    window.tick("RESCHEDULED");
    window.see("1 exception selected");
    window.shoot("10-exception-selected");
    window.click("Dismiss");
    window.fill("Reason", "Moved to a new booking, which came in");
    window.shoot("11-dismiss");
    window.click("Dismiss 1 exception");
    window.see("No row waits for a person.");
    window.shoot("12-no-exceptions");
}

/// The daily job, what needs a person, and why an amount is what it is.
fn review(window: &Window) {
    window.go("Home", "This week's close");
    window.click("Run the daily job");
    window.see("Daily job for Mon 16 Mar 2026");
    window.shoot("13-home-daily-job");

    window.go("Commissions", "Commissions");
    window.see("3 need a person");
    window.shoot("14-commissions");
    window.click_cell("bk-008003900");
    window.see("The split");
    window.see("Price far above the host's usual");
    window.shoot("15-why-this-amount");
    window.click("Full page");
    window.see_page("Booking bk-008003900");
    window.shoot("16-why-this-amount-page");
    window.click("Release");
    window.fill("Reason", "A workshop; the host confirmed the price");
    window.shoot("17-release");
    window.click("Release 1 commission, 160.74 USD");
    window.see_no_more("Why it waits");

    window.go("Commissions", "Commissions");
    window.see("2 need a person");
    window.tick("bk-008009900");
    window.see("1 commission selected, 11.12 USD");
    window.shoot("18-commission-selected");
    window.click("Void");
    window.fill("Reason", "The host booked the own session");
    window.shoot("19-void");
    window.click("Void 1 commission, 11.12 USD");
    window.see("1 needs a person");
    window.click("All commissions");
    window.see("What needs a person");
    window.shoot("20-all-commissions");

    window.go("Home", "This week's close");
    window.click("Run the daily job");
    window.see("1 commission processed");
    window.shoot("21-home-reviewed");
}

/// Preview, draft, submit.
fn prepare(window: &Window) {
    window.go("Payouts", "Payouts");
    window.shoot("22-payouts");
    window.click("Prepare a batch");
    window.see_page("Prepare a batch");
    window.see("Nothing is stored yet");
    flagged_stand_first(window);
    window.shoot("23-prepare");
    window.click("Carried*");
    window.see("below the 25.00 USD minimum");
    window.shoot("24-prepare-carried");
    window.click("Paid out*");
    window.click("Prepare *");
    window.see_page(BATCH);
    flagged_stand_first(window);
    window.shoot("25-draft");
    window.click_first_row();
    window.see_button("Close details");
    window.shoot("26-payout");
    window.click("Close details");
    window.click("Submit*");
    window.see("Waits for approval");
    window.shoot("27-submitted");
}

/// What has to be looked at stands above all that hasn't.
fn flagged_stand_first(window: &Window) {
    window.settle();
    let script = "
        return [...document.querySelectorAll('[role=row][data-index]')]
            .sort((a, b) => a.dataset.index - b.dataset.index)
            .map((row) => row.querySelector('[class*=badge]') !== null);";
    let flagged = window.ask(script, &[]);
    let flagged: Vec<_> = flagged
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| *f == json!(true))
        .collect();
    assert!(
        flagged.first() == Some(&true),
        "nothing is flagged, or not first: {flagged:?}"
    );
    assert!(
        flagged.is_sorted_by(|a, b| a >= b),
        "a flagged payout stands below: {flagged:?}"
    );
}

/// The preparer hands over and is locked out; the approver sees the batch and signs.
fn approve(window: &Window) {
    let [ana, ben] = PRACTICE_USERS;
    window.click("Hand over for approval");
    window.see_page("Sign in to approve");
    assert!(
        !window.has("button", &format!("Sign in as {}", ana.name)),
        "the preparer may sign in"
    );
    assert!(!window.shows(ana.passphrase));
    window.shoot("28-handed-over");
    window.fill("Passphrase", ben.passphrase);
    window.click("Sign in");
    window.see_page(BATCH);
    window.shoot("29-to-approve");
    window.click("Approve*");
    window.see("You, ben, sign");
    window.fill("Your passphrase", "four eyes see nothing");
    window.click("Approve*");
    window.see_alert("passphrase");
    window.fill("Your passphrase", ben.passphrase);
    window.shoot("30-approve");
    window.click("Approve*");
    window.see("Approved by ben");
    window.settle();
    window.shoot("31-approved");
    window.go("Home", "This week's close");
    window.shoot("32-home-of-the-approver");
    window.click("Lock");
    window.see_page("Sample marketplace");
    sign_in(window, 0);
}

/// The payment file, the bank's answer, and the batch on paper.
fn pay(window: &Window, machine: &Machine) {
    window.go("Home", "This week's close");
    window.shoot("33-home-to-send");
    window.go("Payouts", "Payouts");
    window.click_cell("2026-03-16");
    window.see_page(BATCH);
    window.click("Send*");
    let file = machine.path("payouts.csv");
    window.fill("Payment file", &file.to_string_lossy());
    window.shoot("34-send");
    window.click("Send*");
    window.see("In transit");
    window.settle();
    assert!(std::fs::read_to_string(&file).is_ok_and(|text| text.lines().count() > 1));
    window.shoot("35-sent");
    window.click("Record as paid*");
    window.see("Record what the bank did");
    window.shoot("36-settle");
    window.click("Record *");
    window.see_no_more("In transit");
    window.settle();
    window.shoot("37-paid");
    window.click("More");
    window.click("Batch as PDF");
    let file = machine.path("batch.pdf");
    window.fill("File", &file.to_string_lossy());
    window.shoot("38-pdf");
    window.click("Write the PDF");
    window.see_no_more("Write the PDF");
    assert!(std::fs::read(&file).is_ok_and(|pdf| pdf.starts_with(b"%PDF")));
    window.go("Payouts", "Payouts");
    window.shoot("39-payouts-after");
    window.go("Home", "This week's close");
    window.shoot("40-home-closed");
}

/// From a figure of the trial balance down to a booking; the audit trail; the ways out.
fn books(window: &Window, machine: &Machine) {
    window.go("Books", "Books");
    window.see("debits and credits are equal in every currency");
    window.shoot("41-trial-balance");
    window.click("liabilities:hosts");
    window.see_page("liabilities:hosts");
    window.shoot("42-accounts");
    window.click_first_row();
    window.see_page("Journal");
    window.shoot("43-journal");
    window.click_first_row();
    window.see_button("Close details");
    window.shoot("44-entry");
    window.click("Close details");
    window.click_cell("bk-*");
    window.see("Where it comes from");
    window.click("bk-*");
    window.see_page("Booking bk-*");
    window.see("The split");
    window.go("Books", "Books");

    window.click("Audit trail");
    window.see_page("Audit trail");
    window.shoot("45-audit");
    window.click_first_row();
    window.shoot("46-audit-event");
    window.click("Close details");

    window.click("Check and export");
    window.see_page("Check and export");
    window.shoot("47-check-before");
    window.click("Run the check");
    window.see("Everything holds");
    window.shoot("48-check");
    for (button, confirm, name, picture) in [
        ("Export for hledger", "Export", "books.journal", "49-export"),
        ("Export as CSV", "Export", "books.csv", "49-export-csv"),
        (
            "Make a backup",
            "Make the backup",
            "books.hlbackup",
            "50-backup",
        ),
    ] {
        window.click(button);
        let file = machine.path(name);
        window.fill("File", &file.to_string_lossy());
        window.shoot(picture);
        window.click(confirm);
        window.see(&format!("{}", file.display()));
        window.wait_for("the file", || file.metadata().ok().filter(|m| m.len() > 0));
    }
}

fn hosts_and_settings(window: &Window) {
    window.go("Hosts", "Hosts");
    window.shoot("51-hosts");
    window.click_first_row();
    window.shoot("52-host");
    window.click("Full page");
    window.shoot("53-host-page");
    window.go("Settings", "Settings");
    window.shoot("54-settings");
    window.click("Change*");
    window.see_button("Close details");
    window.shoot("55-setting");
    window.click("Close details");
    for (tab, picture) in [
        ("Institutions", "56-institutions"),
        ("Users", "57-users"),
        ("Stripe", "57-stripe"),
        ("This window", "58-window"),
    ] {
        window.click(tab);
        window.see_page(tab);
        window.shoot(picture);
    }
}
