//! A batch through Stripe in the real window, against the stand-in: approved with the passphrase,
//! sent with a refusal and an outcome that stays unknown, paused, killed in the middle, resumed to
//! the end; and a batch that is stopped because Stripe shows two transfers for one payout.
//!
//! Every screen is photographed at the smallest size in both themes and looked at by axe.

use std::collections::BTreeSet;
use std::time::Duration;

use hostledger_app::sample_ledger::{PRACTICE_USERS, Sample};
use hostledger_stripe_fake::{AccountSetup, FakeStripe, Fault, FaultKind};
use serde_json::{Value, json};

use crate::axe::{bring, look};
use crate::close::sign_in;
use crate::machine::Machine;
use crate::processes::end_all_with;
use crate::window::Window;

pub(crate) const KEY: &str = "rk_test_51HostledgerTestKey";
const BATCH: &str = "Batch of Mon 16 Mar 2026";
/// Long enough for pictures of payouts on their way.
const ON_THE_WAY: Duration = Duration::from_secs(12);

#[test]
fn stripe_a_batch_is_sent_killed_and_resumed() {
    let machine = Machine::new();
    let sample = machine.sample();
    let stripe = FakeStripe::start();
    let batch = submitted_batch(&machine, &sample);
    let payouts = fill(&stripe, &batch);
    let [refused, unknown] = [&payouts[3], &payouts[5]];
    let mut findings = Vec::new();

    let window = machine.window("stripe", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    connect(&window, &stripe, &mut findings);
    window.go("Home", "This week's close");
    window.see("Through Stripe in test mode, or to a payment file.");
    approve(&window, &mut findings);
    lock_and_sign_in(&window);

    // Every answer takes its time, so that there is something to watch, to pause and to kill.
    let slow = Fault::next_transfer(FaultKind::Delay(ON_THE_WAY)).times(100);
    stripe.script(vec![refusal(refused), unavailable(unknown), slow.clone()]);
    send(&window, &mut findings);
    pause(&window, &mut findings);

    stripe.script(vec![unavailable(unknown), slow]);
    window.click("Resume sending *");
    window.see("on the way");
    // The process ends in the middle of its calls; nothing is tidied up.
    end_all_with(&machine.mark());
    drop(window);
    stripe.script(vec![unavailable(unknown)]);

    let window = machine.window("stripe", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    window.see_page("This week's close");
    window.see("of unknown outcome: ask Stripe again");
    look(&window, "21-home-after-the-kill", &mut findings);
    open_batch(&window);
    window.see("of unknown outcome");
    look(&window, "22-after-the-kill", &mut findings);
    window.click("Ask Stripe again");
    window.see("1 of unknown outcome");
    window.see("19 sent");
    window.see("1 failed");
    window.see_button("Ask Stripe again");
    look(&window, "23-one-unknown", &mut findings);
    window.click_cell("Outcome unknown");
    window.see("Its key protects");
    look(&window, "24-unknown-details", &mut findings);
    window.click("Close details");

    stripe.script(Vec::new());
    window.click("Ask Stripe again");
    window.see("20 sent");
    window.see("Partially failed");
    look(&window, "25-ended", &mut findings);
    window.go("Home", "This week's close");
    window.see("1 failed payout to look into");
    look(&window, "26-home-ended", &mut findings);
    none_paid_twice(&stripe, 20);

    retried_and_stopped(&window, &stripe, &machine, &sample, &mut findings);
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// The batch of the sample's week, submitted by the first practice user.
pub(crate) fn submitted_batch(machine: &Machine, sample: &Sample) -> Value {
    for (what, file) in ["hosts", "bookings"].into_iter().zip(&sample.inbox) {
        machine.ask(
            &sample.ledger,
            0,
            &["import", what, &file.to_string_lossy()],
        );
    }
    machine.ask(&sample.ledger, 0, &["commissions", "process"]);
    let prepare = ["payouts", "prepare", "--date", "2026-03-16"];
    let batch = machine.ask(&sample.ledger, 0, &prepare);
    let id = batch["batch_id"].as_str().expect("a batch");
    machine.ask(&sample.ledger, 0, &["payouts", "submit", id]);
    batch
}

/// Gives the stand-in the accounts of a batch, and money enough. The payouts' ids.
pub(crate) fn fill(stripe: &FakeStripe, batch: &Value) -> Vec<String> {
    stripe.set_balance("usd", 1_000_000);
    let payouts = batch["payouts"].as_array().expect("payouts");
    let text = |p: &Value, name: &str| p[name].as_str().unwrap_or_default().to_owned();
    for p in payouts {
        stripe.add_account(&text(p, "destination"), AccountSetup::default());
    }
    payouts.iter().map(|p| text(p, "payout_id")).collect()
}

fn refusal(payout: &str) -> Fault {
    let what = FaultKind::Refuse {
        status: 400,
        code: "account_closed".into(),
        message: "This account is closed and can't receive transfers.".into(),
    };
    Fault::next_transfer(what).payout(payout)
}

/// No answer for as long as this stands.
fn unavailable(payout: &str) -> Fault {
    let fault = Fault::next_transfer(FaultKind::Unavailable503);
    fault.payout(payout).times(1_000)
}

/// Connects the ledger in Settings, with a wrong key first.
pub(crate) fn connect(window: &Window, stripe: &FakeStripe, findings: &mut Vec<String>) {
    window.go("Settings", "Settings");
    window.click("Stripe");
    window.see_page("Stripe");
    window.see("A restricted key is one that can do only what you tick");
    look(window, "01-not-connected", findings);
    window.fill("Restricted key", "sk_live_abcdefgh1234");
    window.see("That is a full secret key of the live account");
    assert!(!window.has("button", "Connect"), "a full live key is taken");
    window.fill("Restricted key", "rk_live_51RestrictedLive");
    window.see("it moves real money");
    window.click("Connect");
    window.see_alert("practice ledger");
    window.fill("Restricted key", KEY);
    window.see("A key of test mode");
    window.click("In a sealed file of the ledger");
    window.click("Advanced");
    window.fill("Address of the API", &stripe.url());
    look(window, "02-connect", findings);
    window.click("Connect");
    window.see("No real money moves.");
    assert!(!window.text().contains(KEY), "the key is shown");
    look(window, "03-connected", findings);
}

/// Handed over, and signed with the passphrase.
fn approve(window: &Window, findings: &mut Vec<String>) {
    let ben = PRACTICE_USERS[1];
    open_batch(window);
    // It was submitted for a payment file, before the ledger was connected: another way is a new
    // submission.
    window.see("Submitted for a payment file");
    window.click("More");
    window.click("Submit anew");
    window.click("Stripe, test mode");
    window.see("The approval is for this way alone.");
    look(window, "03b-another-way", findings);
    window.click("Submit 21 payouts*");
    window.see("Submitted for Stripe");
    window.click("Hand over for approval");
    window.see_page("Sign in to approve");
    window.fill("Passphrase", ben.passphrase);
    window.click("Sign in");
    window.see_page(BATCH);
    window.click("Approve*");
    window.see("and the way by which it may leave");
    window.fill("Your passphrase", "four eyes see nothing");
    window.click("Approve*");
    window.see_alert("passphrase");
    look(window, "04-wrong-passphrase", findings);
    window.fill("Your passphrase", ben.passphrase);
    look(window, "05-approve", findings);
    window.click("Approve*");
    window.see("Approved by ben");
    // The sample made ben's key with ana's session, who prepared the batch.
    window.see("key was made on");
    look(window, "05b-approved-with-a-remark", findings);
}

fn lock_and_sign_in(window: &Window) {
    window.click("Lock");
    window.see_page("Sample marketplace");
    sign_in(window, 0);
}

fn open_batch(window: &Window) {
    window.go("Payouts", "Payouts");
    window.click_cell("2026-03-16");
    window.see_page(BATCH);
}

/// What is looked at before, and payouts on their way.
fn send(window: &Window, findings: &mut Vec<String>) {
    open_batch(window);
    window.click("Send 21 payouts*");
    window.see("Covers the batch");
    look(window, "06-before-sending", findings);
    window.click("Send 21 payouts, 3,288.27 USD, test mode");
    window.see("on the way");
    look(window, "08-sending", findings);
}

fn pause(window: &Window, findings: &mut Vec<String>) {
    window.click("Pause");
    window.see("Pausing: what is on its way ends first");
    window.see_button("Resume sending *");
    look(window, "09-paused", findings);
    window.click_cell("Failed");
    window.see("This account is closed and can't receive transfers.");
    look(window, "10-refused-details", findings);
    window.click("Close details");
}

fn none_paid_twice(stripe: &FakeStripe, sent: usize) {
    let transfers = stripe.transfers();
    let paid: BTreeSet<_> = transfers.iter().map(|t| &t.metadata["payout_id"]).collect();
    assert_eq!((transfers.len(), paid.len()), (sent, sent));
}

/// The refused payout in a batch of its own, for which Stripe comes to show two transfers.
fn retried_and_stopped(
    window: &Window,
    stripe: &FakeStripe,
    machine: &Machine,
    sample: &Sample,
    findings: &mut Vec<String>,
) {
    open_batch(window);
    window.click_cell("Failed");
    window.click("Retry in a new batch");
    window.see_page("Batch of *");
    window.click("Submit*");
    window.see("How it may leave");
    look(window, "30-which-way", findings);
    window.click("Submit 1 payout*");
    window.see("It waits for a second person.");
    window.click("Hand over for approval");
    window.see_page("Sign in to approve");
    window.fill("Passphrase", PRACTICE_USERS[1].passphrase);
    window.click("Sign in");
    window.click("Approve*");
    window.fill("Your passphrase", PRACTICE_USERS[1].passphrase);
    window.click("Approve*");
    window.see("It can be sent now.");

    let batches = machine.ask(&sample.ledger, 0, &["payouts", "list"]);
    let newest = batches[0]["batch_id"].as_str().expect("a batch").to_owned();
    let batch = machine.ask(&sample.ledger, 0, &["payouts", "show", &newest]);
    let payout = batch["payouts"][0].clone();
    let id = payout["payout_id"].as_str().expect("a payout");
    stripe.script(vec![unavailable(id)]);
    window.click("Send 1 payout*");
    window.see("Covers the batch");
    window.click("Send 1 payout*");
    window.see("of unknown outcome");
    window.see_button("Ask Stripe again");
    stripe.script(Vec::new());
    let twice = [(); 2].map(|()| transfer_by_hand(stripe, &newest, &payout));
    window.click("Ask Stripe again");
    window.see("This batch is stopped.");
    look(window, "31-stopped", findings);
    window.click("Reconcile");
    window.see("Compared. The batch is still stopped.");
    let minor = stripe.transfers().last().map_or(0, |t| t.amount);
    stripe.reverse_transfer(&twice[1], minor).expect("reversed");
    window.click("Reconcile");
    window.see_no_more("This batch is stopped.");
    window.see("1 sent");
    look(window, "32-mended", findings);
}

/// A transfer that somebody made beside the ledger, as if it were the ledger's.
fn transfer_by_hand(stripe: &FakeStripe, batch: &str, payout: &Value) -> String {
    let text = |name: &str| payout[name].as_str().unwrap_or_default().to_owned();
    let minor = text("amount").replace('.', "");
    let form = [
        ("amount", minor),
        ("currency", "usd".into()),
        ("destination", text("destination")),
        ("transfer_group", batch.to_owned()),
        ("metadata[payout_id]", text("payout_id")),
        ("metadata[batch_id]", batch.to_owned()),
    ];
    let made = ureq::post(format!("{}v1/transfers", stripe.url()))
        .header("Authorization", format!("Bearer {KEY}"))
        .send_form(form);
    let made: Value = made
        .expect("a transfer")
        .body_mut()
        .read_json()
        .expect("its description");
    let id = made["id"].as_str();
    id.unwrap_or_else(|| panic!("no transfer: {}", json!(made)))
        .to_owned()
}
