//! Hosts' accounts at Stripe, what a sync brings, and a batch that two people must approve.

use std::path::Path;

use hostledger_app::sample_ledger::PRACTICE_USERS;
use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind, Match};

use crate::axe::{bring, look};
use crate::close::sign_in;
use crate::machine::Machine;
use crate::processes::built;
use crate::stripe::{connect, fill, submitted_batch};
use crate::window::Window;

const CARA: (&str, &str) = ("cara", "six eyes see most");

#[test]
fn stripe_hosts_are_onboarded_and_two_people_approve() {
    let machine = Machine::new();
    let sample = machine.sample();
    let stripe = FakeStripe::start();
    let step = "2 from 1000.00";
    let because = ["--reason", "Large batches"];
    let set = [&["settings", "set", "approvers.USD", step][..], &because].concat();
    machine.ask(&sample.ledger, 0, &set);
    add_cara(&machine, &sample.ledger);
    let batch = submitted_batch(&machine, &sample);
    fill(&stripe, &batch);
    let account = |n: usize| {
        batch["payouts"][n]["destination"]
            .as_str()
            .unwrap_or_default()
    };
    let mut findings = Vec::new();

    let window = machine.window("stripe-hosts", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    connect(&window, &stripe, &mut findings);
    onboard(&window, &mut findings);

    stripe.restrict_account(account(0), "requirements.past_due", &["external_account"]);
    let refused = stripe.fail_bank_payout(
        account(1),
        1200,
        "usd",
        "account_closed",
        "The bank account has been closed.",
    );
    refused.expect("a bank's refusal");
    sync(&window, &mut findings);
    standing(&window, &mut findings);
    two_people(&window, &mut findings);
    some_would_fail(&window, &mut findings);
    out_of_reach(&window, &stripe, &mut findings);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn add_cara(machine: &Machine, ledger: &Path) {
    let ana = PRACTICE_USERS[0];
    let added = machine
        .command(&built("hostledger"))
        .env("HOSTLEDGER_LEDGER", ledger)
        .env("HOSTLEDGER_USER", ana.name)
        .env("HOSTLEDGER_PASSPHRASE", ana.passphrase)
        .env("HOSTLEDGER_NEW_PASSPHRASE", CARA.1)
        .args(["users", "add", CARA.0, "--role", "approver"])
        .output()
        .expect("hostledger starts");
    assert!(added.status.success(), "{added:?}");
}

/// A host without an account gets one, and a link that is shown once.
fn onboard(window: &Window, findings: &mut Vec<String>) {
    window.ask("location.hash = '/hosts/host-0016';", &[]);
    window.see("The host has nowhere to be paid to.");
    look(window, "10-no-account", findings);
    window.click("Make an account");
    window.see("Onboarding link for");
    window.see("It works once");
    look(window, "11-link", findings);
    window.click("Close");
    window.see_no_more("It works once");
    window.see_button("New onboarding link");
    window.click("Ask Stripe now");
    window.see("Can't be paid");
    window.ask(
        "document.querySelector('main [class*=section] + p')?.scrollIntoView();",
        &[],
    );
    look(window, "12-made", findings);
}

fn sync(window: &Window, findings: &mut Vec<String>) {
    window.go("Settings", "Settings");
    window.click("Stripe");
    window.see_page("Stripe");
    window.click("Sync now");
    window.see("can't be paid:");
    window.see_button("Mark *");
    look(window, "20-synced", findings);
    window.go("Home", "This week's close");
    window.see("that Stripe did, to look at");
    look(window, "21-home", findings);
    window.go("Settings", "Settings");
    window.click("Stripe");
    window.click("Compare with Stripe's list");
    window.see("The ledger agrees with Stripe's list of transfers.");
    window.click("Mark *");
    window.see_no_more("· new");
    look(window, "22-read", findings);
}

fn standing(window: &Window, findings: &mut Vec<String>) {
    window.ask("location.hash = '/hosts/host-0001';", &[]);
    window.see("a bank account");
    show_account(window);
    look(window, "23-restricted", findings);
    window.go("Hosts", "Hosts");
    window.click_cell("Active");
    window.see_button("Close details");
    window.see("Payout account");
    show_account(window);
    look(window, "24-in-the-drawer", findings);
    window.click("Close details");
}

fn show_account(window: &Window) {
    window.wait_for("the payout account", || {
        let script = "
            const heading = [...document.querySelectorAll('h2')]
                .find((h) => h.textContent === 'Payout account');
            heading?.scrollIntoView();
            return heading !== undefined && heading.parentElement.querySelector('dl') !== null;";
        window.ask(script, &[]).as_bool().filter(|there| *there)
    });
}

/// The first signature leaves the batch waiting, and is handed over again.
fn two_people(window: &Window, findings: &mut Vec<String>) {
    let ben = PRACTICE_USERS[1];
    open_batch(window);
    window.see("0 of 2 approvals");
    window.click("Hand over for approval");
    window.see_page("Sign in to approve");
    window.click_field("Name");
    window.click(ben.name);
    window.fill("Passphrase", ben.passphrase);
    window.click("Sign in");
    window.click("Approve*");
    window.see("yours is number 1");
    window.fill("Your passphrase", ben.passphrase);
    look(window, "30-first-of-two", findings);
    window.click("Approve*");
    window.see("1 of 2 approvals: ben");
    look(window, "31-one-of-two", findings);
    window.click("Hand over for approval");
    window.see_page("Sign in to approve");
    window.fill("Passphrase", CARA.1);
    window.click("Sign in");
    window.click("Approve*");
    window.see("yours is number 2");
    window.fill("Your passphrase", CARA.1);
    window.click("Approve*");
    window.see("2 of 2 approvals: ben, cara");
    look(window, "32-two-of-two", findings);
}

fn some_would_fail(window: &Window, findings: &mut Vec<String>) {
    window.click("Send 21 payouts*");
    window.see("to accounts that can't receive now");
    window.see_button("Send 20 payouts*");
    look(window, "40-one-would-fail", findings);
    window.click("Back");
}

/// A balance that is too low, and a Stripe that doesn't answer.
fn out_of_reach(window: &Window, stripe: &FakeStripe, findings: &mut Vec<String>) {
    stripe.set_balance("usd", 1_000);
    window.click("Send 21 payouts*");
    window.see("Nothing can be sent while a check says stop.");
    look(window, "41-balance-too-low", findings);
    window.click("Back");
    stripe.push_fault(Fault {
        on: Match {
            path_prefix: "/v1/".into(),
            ..Match::default()
        },
        what: FaultKind::Unavailable503,
        times: 1_000,
    });
    window.click("Send 21 payouts*");
    window.see_alert("stripe");
    look(window, "42-no-answer", findings);
    window.click("Back");
}

fn open_batch(window: &Window) {
    window.go("Payouts", "Payouts");
    window.click_cell("2026-03-16");
    window.see_page("Batch of Mon 16 Mar 2026");
}
