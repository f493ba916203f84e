//! F1 in the real window: a payout that a bank sends back, a host who leaves, and a ledger that
//! begins in mid-life, where opening balances stand for what came before.

use std::path::Path;

use hostledger_app::sample_ledger::PRACTICE_USERS;
use serde_json::Value;

use crate::axe::bring;
use crate::close::sign_in;
use crate::disputes::{go_to, look, text, week_taken_in};
use crate::machine::Machine;
use crate::processes::built;
use crate::window::Window;

#[test]
fn a4_b4_a_payout_that_came_back_and_a_host_who_leaves() {
    let machine = Machine::new();
    let sample = machine.sample();
    week_taken_in(&machine, &sample);
    let payout = paid_last_week(&machine, &sample.ledger);
    let mut findings = Vec::new();

    let window = machine.window("money-back", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    came_back(&window, &payout, &mut findings);
    leaves(&window, &text(&payout, "host_id"), &mut findings);
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn paid_last_week(machine: &Machine, ledger: &Path) -> Value {
    let batches = machine.ask(ledger, 0, &["payouts", "list"]);
    let last = batches
        .as_array()
        .and_then(|all| all.iter().find(|b| b["status"] == "COMPLETED"))
        .expect("a week that was closed");
    let batch = machine.ask(ledger, 0, &["payouts", "show", &text(last, "batch_id")]);
    let paid = batch["payouts"].as_array().expect("payouts");
    paid[0].clone()
}

/// A part first, then what is left, which is taken back: it was another payout's.
fn came_back(window: &Window, payout: &Value, findings: &mut Vec<String>) {
    go_to(
        window,
        &format!("/payouts/payout/{}", text(payout, "payout_id")),
    );
    window.see_page("Payout to *");
    window.click("Record a return");
    window.see("The day on the bank's statement");
    window.fill("Amount in USD", "90000.00");
    window.see("Only ");
    look(window, "01-too-much", findings);
    window.fill("Amount in USD", "5.00");
    window.fill("Reason", "R03, no account; ref 8812");
    window.see("A part came back");
    look(window, "02-a-part", findings);
    window.click("Record 5.00 USD as returned");
    window.see_no_more("The day on the bank's statement");
    window.see("R03, no account; ref 8812");
    look(window, "03-part-returned", findings);
    window.click("Record a return");
    window.fill("Reason", "R03, no account; ref 8813");
    window.see("Record 71.15 USD as returned");
    window.click("Record 71.15*");
    window.see_no_more("The day on the bank's statement");
    look(window, "04-returned", findings);
    window.click("Take the last return back");
    window.fill("Reason", "It was another payout's");
    look(window, "05-take-back", findings);
    window.click("It didn't come back");
    window.see("Taken back. The payout stands as paid.");
}

fn leaves(window: &Window, host: &str, findings: &mut Vec<String>) {
    go_to(window, &format!("/hosts/{host}"));
    window.see("Balance in the books");
    window.click("Final payout");
    window.fill("Reason", "Leaves the platform at the end of March");
    look(window, "06-final-payout", findings);
    window.click("Propose*");
    window.see("A final payout waits for a second person.");
    look(window, "07-proposed", findings);
    let [_, ben] = PRACTICE_USERS;
    window.click("Lock");
    window.see_page("Sample marketplace");
    sign_in(window, 1);
    go_to(window, "/payouts/adjustments");
    window.click_cell("Leaves the platform*");
    window.see_button("Approve the final payout");
    look(window, "08-to-approve", findings);
    window.click("Approve the final payout");
    window.see("whatever the minimum");
    window.click("Approve the final payout");
    window.see_no_more("whatever the minimum");
    go_to(window, &format!("/hosts/{host}"));
    window.see(&format!("Final payout, approved by {}", ben.name));
    look(window, "09-approved", findings);
}

#[test]
fn cutover_a_ledger_begun_in_mid_life_with_its_opening_balances() {
    let machine = Machine::new();
    let ledger = machine.path("acme");
    let mut findings = Vec::new();
    let window = machine.window("mid-life", None);
    bring(&window);
    begun(&window, &ledger, &mut findings);
    second_person(&machine, &ledger);
    opening_balances(&window, &machine, &mut findings);
    assert_eq!(machine.ask(&ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn begun(window: &Window, ledger: &Path, findings: &mut Vec<String>) {
    let [ana, _] = PRACTICE_USERS;
    window.see_page("Pay your hosts*");
    window.click("Create a ledger");
    window.click("This marketplace already paid*");
    for (field, text) in [
        ("Name of the ledger", "Acme Live"),
        ("Folder", &*ledger.to_string_lossy()),
        ("Paid until", "2026-03-09"),
        ("Your name", ana.name),
        ("Passphrase", ana.passphrase),
        ("Passphrase again", ana.passphrase),
    ] {
        window.fill(field, text);
    }
    window.click_field("Name of the ledger");
    look(window, "01-create", findings);
    window.click("Create the ledger");
    window.see_page("Your recovery key");
    window.click("I have written it down");
    window.click("Go on");
    window.see_page("Add the second person");
    window.click("Later, in Settings");
    window.see_page("This week's close");
}

fn second_person(machine: &Machine, ledger: &Path) {
    let [ana, ben] = PRACTICE_USERS;
    let added = machine
        .command(&built("hostledger"))
        .env("HOSTLEDGER_LEDGER", ledger)
        .env("HOSTLEDGER_USER", ana.name)
        .env("HOSTLEDGER_PASSPHRASE", ana.passphrase)
        .env("HOSTLEDGER_NEW_PASSPHRASE", ben.passphrase)
        .args(["users", "add", ben.name, "--role", "approver"])
        .output()
        .expect("hostledger starts");
    let said = String::from_utf8_lossy(&added.stderr);
    assert!(added.status.success(), "{said}");
}

fn opening_balances(window: &Window, machine: &Machine, findings: &mut Vec<String>) {
    let files = [
        (
            "hosts.csv",
            "host_id,name,status,approved_at,teaching_experience_years,stripe_account_id,payouts_enabled\n\
             h-1,Amara Okafor,ACTIVE,2025-06-01T09:00:00Z,5,acct_1One,true\n\
             h-2,Noor Haddad,ACTIVE,2025-06-01T09:00:00Z,2,acct_1Two,true\n",
        ),
        (
            "opening.csv",
            "host_id,currency,amount,reason\n\
             h-1,USD,112.50,Bonus of February\n\
             h-1,USD,-2.50,Overpaid in January\n\
             h-2,USD,-40.00,Advance of December\n",
        ),
    ];
    for (name, content) in files {
        let file = machine.path(name);
        std::fs::write(&file, content).expect("a file");
        window.go("Imports", "Imports");
        window.fill("Path of a file to import", &file.to_string_lossy());
        window.click("Preview");
        window.see("Control totals");
        look(window, &format!("02-preview-{name}"), findings);
        window.click("Take in*");
        window.see(&format!("{name} is taken in."));
    }
    go_to(window, "/payouts/adjustments");
    window.see("3 adjustments wait for a second person");
    look(window, "03-waiting", findings);
    window.click("Lock");
    window.see_page("Acme Live");
    sign_in(window, 1);
    go_to(window, "/payouts/adjustments");
    window.click_cell("Bonus of February");
    window.see_button("Approve all of this file");
    look(window, "04-drawer", findings);
    window.click("Approve all of this file");
    window.see("Every opening balance");
    look(window, "05-approve-all", findings);
    window.click("Approve all");
    window.see("3 opening balances approved.");
    go_to(window, "/hosts/h-1");
    window.see("110.00 USD");
    look(window, "06-host", findings);
}
