//! Hosts' accounts at Stripe, what a sync brings, and a batch that two people must approve.

use std::path::Path;

use hostledger_app::sample_ledger::PRACTICE_USERS;
use hostledger_store::keys::KeyFile;
use hostledger_store::{Error, Ledger};
use hostledger_stripe_fake::{AccountSetup, FakeStripe, Fault, FaultKind, Match};
use hostledger_tests::stripe::at_another_time;
use serde_json::Value;

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
    let id = batch["batch_id"].as_str().expect("a batch");
    machine.ask(
        &sample.ledger,
        0,
        &["payouts", "submit", id, "--rail", "stripe"],
    );
    onboard(&window, &mut findings);

    // A host of another batch, or what changed would have to be taken out of this one.
    let other = account_of(&machine, &sample.ledger, "host-0023");
    stripe.add_account(&other, AccountSetup::default());
    stripe.restrict_account(&other, "requirements.past_due", &["external_account"]);
    sync(&window, &mut findings);
    standing(&window, &mut findings);
    two_people(&window, &mut findings);
    stripe.restrict_account(account(0), "requirements.past_due", &["external_account"]);
    some_would_fail(&window, &mut findings);
    stripe.enable_account(account(0));
    out_of_reach(&window, &stripe, &mut findings);
    stripe.script(Vec::new());
    stripe.set_balance("usd", 1_000_000);

    let unknown = batch["payouts"][2]["payout_id"]
        .as_str()
        .unwrap_or_default();
    sent_yesterday(&machine, &sample.ledger, &stripe, &batch, unknown);
    tried_anew(&window, &stripe, &mut findings);
    let (code, message) = ("account_closed", "The bank account has been closed.");
    let refused = stripe.fail_bank_payout(account(0), 1200, "usd", code, message);
    refused.expect("a bank's refusal");
    refused_by_a_bank(&window, &mut findings);
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn account_of(machine: &Machine, ledger: &Path, host: &str) -> String {
    let hosts = machine.ask(ledger, 0, &["hosts", "list"]);
    let mut hosts = hosts.as_array().into_iter().flatten();
    let found = hosts.find(|h| h["host_id"] == host).expect("the host");
    let account = found["stripe_account_id"].as_str();
    account.expect("an account").to_owned()
}

/// The batch was sent by the command line more than a day ago, and one payout's outcome is unknown.
fn sent_yesterday(
    machine: &Machine,
    ledger: &Path,
    stripe: &FakeStripe,
    batch: &Value,
    unknown: &str,
) {
    let never = Fault::next_transfer(FaultKind::DropBefore).payout(unknown);
    stripe.script(vec![never.times(1_000)]);
    let ana = PRACTICE_USERS[0];
    submitted_long_ago(ledger);
    let id = batch["batch_id"].as_str().unwrap_or_default();
    let mut send = machine.command(&built("hostledger"));
    at_another_time(&mut send, "-25h");
    let sent = send
        .env("HOSTLEDGER_LEDGER", ledger)
        .env("HOSTLEDGER_USER", ana.name)
        .env("HOSTLEDGER_PASSPHRASE", ana.passphrase)
        .args(["payouts", "send", id, "--rail", "stripe", "--json"])
        .output()
        .expect("hostledger starts");
    let said = String::from_utf8_lossy(&sent.stdout).into_owned();
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
    assert_eq!(said["unknown"], 1, "{said}");
    stripe.script(Vec::new());
}

/// What happens under a clock of yesterday was submitted before: nothing is sent before that.
fn submitted_long_ago(ledger: &Path) {
    let ana = PRACTICE_USERS[0];
    let slots = KeyFile::read(ledger).expect("key slots");
    let (key, _) = slots.open(ana.name, ana.passphrase).expect("a slot");
    let done: Result<(), Error> = Ledger::open(ledger, &key)
        .expect("the ledger")
        .write(|conn| {
            Ok(conn.execute_batch("UPDATE payout_batches SET submitted_at = submitted_at - 172800000000 WHERE submitted_at IS NOT NULL")?)
        });
    done.expect("an older batch");
}

/// Its key is too old to protect it: two people let it be tried anew.
fn tried_anew(window: &Window, stripe: &FakeStripe, findings: &mut Vec<String>) {
    let sent = stripe.transfers().len();
    window.see("1 of unknown outcome");
    window.click("Ask Stripe again");
    window.see_button("Ask Stripe again");
    window.click_cell("Outcome unknown");
    window.see("two people let it be tried anew");
    look(window, "50-too-old", findings);
    window.click("Try anew…");
    window.see("It takes two people");
    window.fill("What was looked at", "The dashboard shows no such transfer");
    look(window, "51-release", findings);
    window.click("Release *");
    window.see("A second person must confirm it");
    look(window, "52-released-once", findings);
    assert!(!window.has("button", "Try anew…"), "one person is two");
    window.click("Close details");
    window.click("Lock");
    window.see_page("Sample marketplace");
    sign_in(window, 0);
    open_batch(window);
    window.click_cell("Outcome unknown");
    window.see("cara released it");
    window.click("Try anew…");
    window.see("cara released it first.");
    window.fill("What was looked at", "Looked there too");
    look(window, "53-confirm", findings);
    window.click("Confirm*");
    window.see("may go out");
    assert_eq!(stripe.transfers().len(), sent, "it went out by itself");
    window.click("Close details");
    window.click("Resume sending 1 payout*");
    window.see("21 sent");
    window.see("Paid");
    assert_eq!(stripe.transfers().len(), sent + 1);
    look(window, "54-all-sent", findings);
}

fn refused_by_a_bank(window: &Window, findings: &mut Vec<String>) {
    window.go("Settings", "Settings");
    window.click("Stripe");
    window.see_page("Stripe");
    window.click("Sync now");
    window.see("refused 12.00 USD");
    look(window, "60-bank-refused", findings);
    window.ask("location.hash = '/hosts/host-0001';", &[]);
    window.see("Nothing is posted for it");
    show_account(window);
    look(window, "61-host-of-the-bank", findings);
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
    window.click("Copy the link");
    window.see("Copied");
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
    window.ask("location.hash = '/hosts/host-0023';", &[]);
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
    window.see("goes to an account that can't receive now");
    window.see_button("Send 20 payouts*");
    look(window, "40-one-would-fail", findings);
    window.click("Back");
}

/// A balance that is too low, and a Stripe that doesn't answer.
fn out_of_reach(window: &Window, stripe: &FakeStripe, findings: &mut Vec<String>) {
    stripe.set_balance("usd", 1_000);
    window.click("Send 21 payouts*");
    window.see("Nothing can be sent before what is marked");
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
