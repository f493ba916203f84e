//! Issue 3, payouts of unknown outcome: asked again under the same key, read from Stripe's list,
//! released by two people, frozen where Stripe shows what can't be.

use std::time::Duration;

use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind, Match};
use hostledger_tests::stripe::{
    approved_batch, assert_books, assert_same, at_another_time, send, states,
};
use hostledger_tests::{APPROVER, Answer, PREPARER, TestLedger};
use serde_json::Value;

/// Stripe's list can't be read for now.
fn hide_list(stripe: &FakeStripe) {
    stripe.push_fault(Fault {
        on: Match {
            method: Some("GET".into()),
            path_prefix: "/v1/transfers".into(),
            payout_id: None,
            nth: Some(2), // the first is the comparison before sending
        },
        what: FaultKind::Unavailable503,
        times: u32::MAX,
    });
}

fn later(ledger: &TestLedger, user: &str, args: &[&str], shift: &str) -> Answer {
    let mut command = ledger.command(user, args);
    at_another_time(&mut command, shift);
    let done = command.output().unwrap();
    Answer {
        status: done.status.code().unwrap_or(-1),
        json: serde_json::from_slice(&done.stdout).unwrap_or(Value::Null),
        stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

fn unknown_one(stripe: &FakeStripe, what: FaultKind) -> (TestLedger, String, String) {
    let (ledger, batch) = approved_batch(stripe, 2, 10_000);
    stripe.push_fault(Fault::next_transfer(what));
    hide_list(stripe);
    let sent = send(&ledger, &batch);
    assert_ne!(sent.status, 0, "the list can't be read: {sent:?}");
    let open: Vec<String> = states(&ledger, &batch)
        .into_iter()
        .filter(|(_, s)| s.state == "UNKNOWN")
        .map(|(id, _)| id)
        .collect();
    assert_eq!(open.len(), 1, "{open:?}");
    let locked = ledger.ok(&["payouts", "show", &batch]);
    assert_eq!(locked["status"], "SENDING");
    assert_books(&ledger, "unknown");
    (ledger, batch, open[0].clone())
}

#[test]
fn an_answer_that_was_lost_is_found_in_the_list() {
    let stripe = FakeStripe::start();
    for what in [
        FaultKind::DropAfter,
        FaultKind::GarbledOk,
        FaultKind::ResetMidBody,
    ] {
        stripe.reset();
        let (ledger, batch, _) = unknown_one(&stripe, what.clone());
        stripe.script(Vec::new());
        let before = stripe.transfers().len();
        let done = ledger.ok(&["payouts", "resume", &batch]);
        assert_eq!(done["status"], "COMPLETED", "{what:?}");
        assert_eq!(stripe.transfers().len(), before, "{what:?}");
        assert_same(&ledger, &batch, &stripe, &format!("{what:?}"));
    }
}

#[test]
fn a_request_that_never_arrived_goes_out_again_as_it_was() {
    let stripe = FakeStripe::start();
    let (ledger, batch, payout) = unknown_one(&stripe, FaultKind::DropBefore);
    stripe.script(Vec::new());
    ledger.ok(&["payouts", "resume", &batch]);
    assert_same(&ledger, &batch, &stripe, "replayed");
    let calls: Vec<_> = stripe
        .requests()
        .into_iter()
        .filter(|r| r.form.iter().any(|(_, v)| *v == payout))
        .collect();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].body, calls[1].body);
    assert_eq!(calls[0].idempotency_key, calls[1].idempotency_key);
    assert!(calls[0].idempotency_key.is_some());
    assert_eq!(calls[0].stripe_version, calls[1].stripe_version);
}

#[test]
fn after_a_day_two_people_release_what_stripe_does_not_show() {
    let stripe = FakeStripe::start();
    let (ledger, batch, payout) = unknown_one(&stripe, FaultKind::Saved500 { done: false });
    stripe.script(Vec::new());
    let release = [
        "payouts",
        "release",
        payout.as_str(),
        "--reason",
        "the list shows none",
    ];
    // While the key lives, it alone protects: nobody may go around it.
    let early = ledger.refused(&release);
    assert_eq!(early.code, "WRONG_STATE");
    assert_eq!(ledger.ok(&["payouts", "resume", &batch])["unknown"], 1);

    stripe.advance_clock(Duration::from_secs(25 * 3600));
    let resumed = later(&ledger, PREPARER, &["payouts", "resume", &batch], "+25h");
    assert_eq!(resumed.json["unknown"], 1, "{resumed:?}");
    let posts = |stripe: &FakeStripe| {
        let all = stripe.requests().into_iter();
        all.filter(|r| r.method == "POST" && r.form.iter().any(|(_, v)| *v == payout))
            .count()
    };
    let before = posts(&stripe);
    let first = later(&ledger, PREPARER, &release, "+25h");
    assert_eq!(
        (first.status, &first.json["released"]),
        (0, &false.into()),
        "{first:?}"
    );
    let same = later(&ledger, PREPARER, &release, "+25h");
    assert_eq!(same.refusal("same person").code, "SAME_PERSON");
    // One person's word isn't enough.
    later(&ledger, PREPARER, &["payouts", "resume", &batch], "+25h");
    assert_eq!(posts(&stripe), before);
    let second = later(&ledger, APPROVER, &release, "+25h");
    assert_eq!(second.json["released"], true, "{second:?}");
    let done = later(&ledger, PREPARER, &["payouts", "resume", &batch], "+25h");
    assert_eq!(done.json["status"], "COMPLETED", "{done:?}");
    assert_same(&ledger, &batch, &stripe, "released");
    assert_eq!(posts(&stripe), before + 1);
}

#[test]
fn a_clock_that_went_back_proves_nothing() {
    let stripe = FakeStripe::start();
    let (ledger, batch, _) = unknown_one(&stripe, FaultKind::DropBefore);
    stripe.script(Vec::new());
    let before = stripe.transfers().len();
    let back = later(&ledger, PREPARER, &["payouts", "resume", &batch], "-3h");
    assert_eq!(back.json["unknown"], 1, "{back:?}");
    assert_eq!(stripe.transfers().len(), before);
    ledger.ok(&["payouts", "resume", &batch]);
    assert_same(&ledger, &batch, &stripe, "clock right again");
}

#[test]
fn two_transfers_for_one_payout_freeze_the_batch_until_one_is_taken_back() {
    let stripe = FakeStripe::start();
    let (ledger, batch, payout) = unknown_one(&stripe, FaultKind::DropAfter);
    stripe.script(Vec::new());
    // Somebody paid it by hand as well, with the same marks.
    let made = stripe
        .transfers()
        .into_iter()
        .find(|t| t.metadata.get("payout_id") == Some(&payout))
        .unwrap();
    let body = stripe
        .requests()
        .into_iter()
        .find(|r| r.method == "POST" && r.form.iter().any(|(_, v)| *v == payout))
        .unwrap()
        .body;
    let second = by_hand(&stripe, &body);
    let frozen = ledger.refused(&["payouts", "resume", &batch]);
    assert!(frozen.message.contains(&second), "{frozen:?}");
    assert!(frozen.message.contains(&made.id), "{frozen:?}");
    let still = ledger.refused(&["payouts", "resume", &batch]);
    assert_eq!(still.code, "WRONG_STATE");
    ledger.ok(&["stripe", "reconcile"]);
    assert_eq!(
        ledger.refused(&["payouts", "resume", &batch]).code,
        "WRONG_STATE"
    );

    stripe.reverse_transfer(&second, 2_624).unwrap();
    let mended = ledger.ok(&["stripe", "reconcile"]);
    assert_eq!(mended["unfrozen"], 1, "{mended}");
    ledger.ok(&["payouts", "resume", &batch]);
    let states = states(&ledger, &batch);
    assert_eq!(
        states[&payout].transfer_id.as_deref(),
        Some(made.id.as_str())
    );
    assert!(
        states.values().all(|s| s.status == "COMPLETED"),
        "{states:?}"
    );
    assert_books(&ledger, "mended");
    // The reversal of the second one is not one of the payout.
    let synced = ledger.ok(&["stripe", "sync"]);
    assert_eq!(synced["reversals"], 0, "{synced}");
    assert_books(&ledger, "synced");
}

/// Makes a transfer as a person with another program would; its id.
fn by_hand(stripe: &FakeStripe, body: &str) -> String {
    let url = format!("{}v1/transfers", stripe.url());
    let mut answer = ureq::post(&url)
        .header("Authorization", "Bearer rk_test_51SomebodyElse")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .send(body)
        .unwrap();
    let made: Value = answer.body_mut().read_json().unwrap();
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_double_found_after_sending_stops_the_next_send() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 2, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let body = stripe
        .requests()
        .into_iter()
        .find(|r| r.method == "POST")
        .unwrap()
        .body;
    let second = by_hand(&stripe, &body);
    let witness = ledger.run(&["check", "--witness"]);
    assert_eq!(witness.status, 1, "{witness:?}");
    let refused = ledger.refused(&["stripe", "reconcile"]);
    assert_eq!(refused.code, "RECONCILE_FIRST");
    assert!(refused.details.to_string().contains(&second), "{refused:?}");
    assert!(refused.message.contains("too many"), "{refused:?}");
    stripe.reverse_transfer(&second, 2_624).unwrap();
    ledger.ok(&["stripe", "reconcile"]);
}

#[test]
fn a_connection_that_is_gone_leaves_the_rest_untouched() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 20, 10_000);
    stripe.push_fault(Fault::next_transfer(FaultKind::DropBefore).times(u32::MAX));
    let refused = send(&ledger, &batch).refusal("no connection");
    assert_eq!(refused.code, "STRIPE_PROBLEM");
    let states = states(&ledger, &batch);
    let waiting = states.values().filter(|s| s.state == "PREPARED").count();
    assert!(waiting >= 10, "{waiting} of 20 wait");
    assert_books(&ledger, "gone");
    stripe.script(Vec::new());
    ledger.ok(&["payouts", "resume", &batch]);
    assert_same(&ledger, &batch, &stripe, "back");
}
