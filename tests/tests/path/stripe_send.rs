//! Issue 3, sending: an approved batch leaves through Stripe, each payout once.

use hostledger_stripe_fake::{AccountSetup, FakeStripe, Fault, FaultKind};
use hostledger_tests::export::{booking, to_csv};
use hostledger_tests::stripe::{
    MONDAY, account, approved_batch, assert_books, assert_same, due_ledger, next_approved,
    prepare_again, send, states,
};
use hostledger_tests::{APPROVER, PREPARER};

#[test]
fn sent_once_each_and_the_books_follow() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    let sent = send(&ledger, &batch);
    assert_eq!(sent.status, 0, "{sent:?}");
    assert_eq!(sent.json["status"], "COMPLETED");
    assert_eq!(
        (
            &sent.json["sent"],
            &sent.json["failed"],
            &sent.json["unknown"]
        ),
        (&3.into(), &0.into(), &0.into())
    );
    assert_same(&ledger, &batch, &stripe, "plain");

    let transfers = stripe.transfers();
    assert_eq!(transfers.len(), 3);
    let shown = ledger.ok(&["payouts", "show", &batch]);
    for t in &transfers {
        assert_eq!(t.amount, 2_624);
        assert_eq!(t.transfer_group.as_deref(), Some(batch.as_str()));
        assert_eq!(t.metadata["batch_id"], batch);
        assert_eq!(t.metadata["digest"], shown["digest"].as_str().unwrap());
        assert!(!t.livemode);
    }
    // What left is neither in transit nor owed any more.
    let balances = ledger.ok(&["balances"]);
    let of = |name: &str| {
        let all = balances.as_array().unwrap();
        let found = all.iter().find(|b| b["account"] == name);
        found.map_or("0.00".to_owned(), |b| {
            b["balance"].as_str().unwrap().to_owned()
        })
    };
    assert_eq!(of("liabilities:payouts in transit"), "0.00");
    assert_eq!(of("liabilities:hosts:host-00001"), "0.00");
    // 6 seats paid 19.12 each into Stripe, 3 payouts of 26.24 out of it.
    assert_eq!(of("assets:stripe"), "36.00");

    // Nothing more happens, whoever asks again.
    assert_eq!(ledger.ok(&["payouts", "resume", &batch])["sent"], 3);
    assert_eq!(send(&ledger, &batch).refusal("again").code, "WRONG_STATE");
    assert_eq!(stripe.transfers().len(), 3);
    // Stripe's list bears witness of this batch and this audit chain.
    let checked = ledger.ok(&["check", "--witness"]);
    assert_eq!(checked["ok"], true, "{checked}");
}

#[test]
fn one_refusal_never_stops_the_others_and_says_what_to_do() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 4, 10_000);
    stripe.push_fault(
        Fault::next_transfer(FaultKind::Refuse {
            status: 400,
            code: "account_closed".into(),
            message: "The account was closed".into(),
        })
        .nth(2),
    );
    let sent = send(&ledger, &batch);
    assert_eq!(sent.status, 0, "{sent:?}");
    assert_eq!(sent.json["status"], "PARTIALLY_FAILED");
    assert_eq!(
        (&sent.json["sent"], &sent.json["failed"]),
        (&3.into(), &1.into())
    );
    assert_same(&ledger, &batch, &stripe, "one refused");
    let all = states(&ledger, &batch);
    let (failed, why) = all
        .iter()
        .find(|(_, s)| s.status == "FAILED")
        .map(|(id, s)| (id.clone(), s.why.clone()))
        .unwrap();
    assert_eq!(
        why,
        "The account was closed. Send the host an onboarding link; once Stripe enables the account, retry the payout."
    );
    // A retry is a new payout in a new batch, approved again.
    let retried = ledger.ok(&["payouts", "retry", &failed]);
    let again = retried["batch_id"].as_str().unwrap().to_owned();
    ledger.approve(&again);
    assert_eq!(send(&ledger, &again).json["status"], "COMPLETED");
    assert_eq!(stripe.transfers().len(), 4);
    assert_books(&ledger, "retried");
}

#[test]
fn preflight_stops_before_the_first_byte() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    stripe.set_balance("usd", 7_871);
    let refused = send(&ledger, &batch).refusal("no money");
    assert_eq!(refused.code, "BALANCE_TOO_LOW");
    assert!(
        refused
            .message
            .contains("78.72 USD are to be sent and 78.71 USD"),
        "{refused:?}"
    );
    let looked = ledger.ok(&["payouts", "preflight", &batch]);
    assert_eq!(looked["may_send"], false);
    assert_eq!(looked["mode"], "test");
    let bad: Vec<&str> = looked["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["ok"] == false)
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    assert_eq!(bad, ["balance"]);
    assert!(stripe.transfers().is_empty());
    let posts = stripe.requests().into_iter().filter(|r| r.method == "POST");
    assert_eq!(posts.count(), 0);
    // Exactly enough is enough.
    stripe.set_balance("usd", 7_872);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
}

#[test]
fn an_account_that_cannot_receive_fails_alone() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 4, 10_000);
    stripe.restrict_account(
        &account(1),
        "requirements.past_due",
        &["individual.id_number"],
    );
    stripe.remove_account(&account(2));
    let looked = ledger.ok(&["payouts", "preflight", &batch]);
    assert_eq!(looked["may_send"], true, "{looked}");
    let sent = send(&ledger, &batch);
    assert_eq!(
        (&sent.json["sent"], &sent.json["failed"]),
        (&2.into(), &2.into()),
        "{sent:?}"
    );
    assert_same(&ledger, &batch, &stripe, "two not ready");
    let why: Vec<String> = states(&ledger, &batch)
        .into_values()
        .filter(|s| s.status == "FAILED")
        .map(|s| s.why)
        .collect();
    let all = ledger.ok(&["payouts", "show", &batch]);
    let reasons = all.to_string() + &why.join(" ");
    assert!(
        reasons.contains("a tax or identity number is missing"),
        "{reasons}"
    );
    assert!(
        reasons.contains("Stripe knows no connected account"),
        "{reasons}"
    );
    // Nothing was posted for them: they are due again, and carried with Stripe's words.
    ledger.ok(&["stripe", "sync"]);
    let next = prepare_again(&ledger, "again");
    let carried = next["carried"].as_array().unwrap();
    let first = carried
        .iter()
        .find(|c| c["host_id"] == "host-00001")
        .unwrap();
    assert_eq!(first["reason"], "NO_PAYOUT_ACCOUNT");
}

#[test]
fn what_changed_since_the_approval_is_not_sent() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    ledger.ok(&[
        "commissions",
        "hold",
        "bk-00002-1",
        "--reason",
        "a question",
    ]);
    let sent = send(&ledger, &batch);
    assert_eq!(
        (&sent.json["sent"], &sent.json["failed"]),
        (&2.into(), &1.into()),
        "{sent:?}"
    );
    assert_same(&ledger, &batch, &stripe, "held");
    assert!(
        stripe
            .transfers()
            .iter()
            .all(|t| t.destination != account(2))
    );
}

#[test]
fn an_approval_is_bound_to_account_and_mode() {
    let stripe = FakeStripe::start();
    let ledger = due_ledger(&stripe, 2, 10_000);
    let batch = next_approved(&ledger, MONDAY);
    // The same key leads to another account: another Stripe than the one that was approved.
    stripe.set_platform_account("acct_1Another");
    let refused = send(&ledger, &batch).refusal("another account");
    assert_eq!(refused.code, "STRIPE_PROBLEM");
    assert!(refused.message.contains("acct_1Another"), "{refused:?}");
    assert!(stripe.transfers().is_empty());
}

#[test]
fn larger_batches_take_two_approvers() {
    let stripe = FakeStripe::start();
    let ledger = due_ledger(&stripe, 3, 10_000);
    ledger.add_user("cleo", "approver");
    let since = ["--as-of", "2026-03-01", "settings", "set", "approvers.USD"];
    let bad = [&since[..], &["2 from nothing", "--reason", "policy"]].concat();
    assert_eq!(ledger.refused(&bad).code, "BAD_INPUT");
    ledger.ok(&[&since[..], &["2 from 78.72", "--reason", "policy"]].concat());
    let prepared = ledger.prepare(MONDAY);
    let batch = prepared["batch_id"].as_str().unwrap();
    let submit = ["--as-of", MONDAY, "payouts", "submit", batch];
    let approve = ["--as-of", MONDAY, "payouts", "approve", batch];
    ledger.ok(&submit);
    let first = ledger.ok_as(APPROVER, &approve);
    assert_eq!(first["status"], "SUBMITTED");
    assert_eq!(ledger.refused_as(APPROVER, &approve).code, "SAME_PERSON");
    assert_eq!(ledger.refused_as(PREPARER, &approve).code, "SAME_PERSON");
    assert_eq!(
        send(&ledger, batch).refusal("one of two").code,
        "WRONG_STATE"
    );
    let second = ledger.ok_as("cleo", &approve);
    assert_eq!(second["status"], "APPROVED");
    assert_eq!(send(&ledger, batch).json["status"], "COMPLETED");
    assert_same(&ledger, batch, &stripe, "two approvers");
}

#[test]
fn a_forbidden_call_is_explained_and_nothing_is_lost() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    stripe.deny("POST", "/v1/transfers");
    let refused = send(&ledger, &batch).refusal("403");
    assert_eq!(refused.code, "STRIPE_PROBLEM");
    assert!(refused.message.contains("permission"), "{refused:?}");
    assert!(refused.message.contains("payouts resume"), "{refused:?}");
    assert!(stripe.transfers().is_empty());
    assert_books(&ledger, "403");
    stripe.allow_all();
    let resumed = ledger.ok(&["payouts", "resume", &batch]);
    assert_eq!(resumed["status"], "COMPLETED", "{resumed}");
    assert_same(&ledger, &batch, &stripe, "allowed again");
    // Reading is explained too.
    stripe.deny("GET", "/v1/accounts");
    let refused = ledger.refused(&["stripe", "sync"]);
    assert_eq!(refused.code, "STRIPE_PROBLEM");
    assert!(refused.message.contains("API keys"), "{refused:?}");
}

#[test]
fn a_batch_over_stripe_is_not_settled_by_hand() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 2, 10_000);
    stripe.push_fault(Fault::next_transfer(FaultKind::Saved500 { done: false }));
    let sent = send(&ledger, &batch);
    assert_eq!(sent.json["unknown"], 1, "{sent:?}");
    let refused = ledger.refused(&["payouts", "settle", &batch]);
    assert_eq!(refused.code, "WRONG_STATE");
    assert!(refused.message.contains("payouts resume"), "{refused:?}");
    stripe.add_account("acct_unused", AccountSetup::default());
}

#[test]
fn amounts_are_counted_as_stripe_counts_them() {
    let stripe = FakeStripe::start();
    let ledger = due_ledger(&stripe, 3, 10_000);
    for code in ["isk", "jpy", "ugx"] {
        stripe.set_balance(code, 100_000_000);
    }
    let seat = |n: usize, currency: &str| {
        let money = [
            ("currency", currency),
            ("price", "5000"),
            ("processing_fee", "100"),
        ];
        booking(&format!("bk-{currency}"), &format!("host-{n:05}"), &money)
    };
    let seats = [seat(1, "ISK"), seat(2, "JPY"), seat(3, "UGX")];
    ledger.import("bookings", to_csv(&seats));
    ledger.process(MONDAY);
    let batch = next_approved(&ledger, MONDAY);
    let sent = send(&ledger, &batch);
    assert_eq!(
        (&sent.json["sent"], &sent.json["failed"]),
        (&5.into(), &1.into()),
        "{sent:?}"
    );
    // 5000 at 70 %, 100 of it for the card: 3400 of each; Stripe counts a króna as a hundred.
    let at = |currency: &str| {
        let all = stripe.transfers();
        all.iter()
            .find(|t| t.currency == currency)
            .map(|t| t.amount)
    };
    assert_eq!(
        (at("isk"), at("jpy"), at("ugx")),
        (Some(340_000), Some(3_400), None)
    );
    let shown = ledger.ok(&["payouts", "show", &batch]);
    let failed: Vec<&str> = shown["payouts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["status"] == "FAILED")
        .map(|p| p["currency"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["UGX"]);
    assert_books(&ledger, "currencies");
    assert_eq!(ledger.ok(&["check", "--witness"])["ok"], true);
}
