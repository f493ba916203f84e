//! Issue 3, after sending: reversals are posted, banks' refusals and restrictions are shown; hosts'
//! accounts are made and followed.

use hostledger_stripe_fake::{AccountSetup, FakeStripe, Fault, FaultKind, Match};
use hostledger_tests::export::{booking, host, to_csv};
use hostledger_tests::stripe::{
    MONDAY, account, approved_batch, assert_books, cheapen, connect, prepare_again, send, states,
};
use hostledger_tests::{TestLedger, stripe};

fn transfer_to(stripe: &FakeStripe, destination: &str) -> String {
    let all = stripe.transfers();
    let found = all.iter().find(|t| t.destination == destination);
    found.unwrap().id.clone()
}

#[test]
fn a_reversal_of_all_frees_the_money_and_of_a_part_is_owed_again() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let whole = transfer_to(&stripe, &account(1));
    let part = transfer_to(&stripe, &account(2));
    stripe.reverse_transfer(&whole, 2_624).unwrap();
    stripe.reverse_transfer(&part, 1_000).unwrap();
    let synced = ledger.ok(&["stripe", "sync"]);
    assert_eq!(synced["reversals"], 2, "{synced}");
    assert_books(&ledger, "reversed");
    let by_transfer = |id: &str| {
        let all = states(&ledger, &batch).into_values();
        all.into_iter()
            .find(|s| s.transfer_id.as_deref() == Some(id))
            .unwrap()
    };
    assert_eq!(by_transfer(&whole).status, "REVERSED");
    assert_eq!(by_transfer(&part).status, "COMPLETED");
    let balance = |host: &str| {
        let all = ledger.ok(&["balances", "--host", host]);
        all[0]["balance"].as_str().unwrap_or("0.00").to_owned()
    };
    assert_eq!(balance("host-00001"), "-26.24");
    assert_eq!(balance("host-00002"), "-10.00");
    // A second look changes nothing.
    assert_eq!(ledger.ok(&["stripe", "sync"])["reversals"], 0);

    // The rest of the part comes back too: all of it did, so the lines are free.
    stripe.reverse_transfer(&part, 1_624).unwrap();
    assert_eq!(ledger.ok(&["stripe", "sync"])["reversals"], 1);
    assert_eq!(by_transfer(&part).status, "REVERSED");
    assert_eq!(balance("host-00002"), "-26.24");
    assert_books(&ledger, "reversed in parts");

    // What came back is due again and goes out once.
    let next = prepare_again(&ledger, "again");
    assert_eq!(next["totals"][0]["amount"], "52.48", "{next}");
    let id = next["batch_id"].as_str().unwrap();
    ledger.approve(id);
    assert_eq!(send(&ledger, id).json["status"], "COMPLETED");
    assert_eq!(balance("host-00001"), "0.00");
    assert_books(&ledger, "sent again");
}

#[test]
fn a_part_that_was_paid_out_again_stays_an_adjustment() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 1, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let transfer = transfer_to(&stripe, &account(1));
    stripe.reverse_transfer(&transfer, 2_600).unwrap();
    ledger.ok(&["stripe", "sync"]);
    let next = prepare_again(&ledger, "the part");
    assert_eq!(next["totals"][0]["amount"], "26.00", "{next}");
    let id = next["batch_id"].as_str().unwrap();
    ledger.approve(id);
    assert_eq!(send(&ledger, id).json["status"], "COMPLETED");
    // Now the rest comes back: the first payout can't be REVERSED any more without paying twice.
    stripe.reverse_transfer(&transfer, 24).unwrap();
    assert_eq!(ledger.ok(&["stripe", "sync"])["reversals"], 1);
    let all = ledger.ok(&["balances", "--host", "host-00001"]);
    assert_eq!(all[0]["balance"], "-0.24", "{all}");
    assert_books(&ledger, "rest");
    let first = states(&ledger, &batch).into_values().next().unwrap();
    assert_eq!(first.status, "COMPLETED");
}

#[test]
fn a_banks_refusal_and_a_restriction_are_shown_and_nothing_is_posted() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 2, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    ledger.ok(&["stripe", "sync"]);
    let before = ledger.ok(&["balances"]);
    let failed = stripe
        .fail_bank_payout(
            &account(1),
            2_624,
            "usd",
            "account_closed",
            "The bank account is closed.",
        )
        .unwrap();
    stripe.restrict_account(&account(2), "requirements.past_due", &["external_account"]);
    let synced = ledger.ok(&["stripe", "sync"]);
    assert_eq!(
        (&synced["bank_failures"], &synced["restricted"]),
        (&1.into(), &1.into()),
        "{synced}"
    );
    let notices = synced["notices"].to_string();
    assert!(
        notices.contains("The bank of Host 1 refused 26.24 USD"),
        "{notices}"
    );
    assert!(notices.contains("Host 2 can't be paid"), "{notices}");
    assert_eq!(ledger.ok(&["balances"]), before);
    let shown = ledger.ok(&["hosts", "account", "host-00001"]);
    assert_eq!(shown["bank_failures"][0]["bank_payout_id"], failed);
    assert_eq!(shown["bank_failures"][0]["amount"], "26.24");
    let other = ledger.ok(&["hosts", "account", "host-00002"]);
    assert!(
        other["trouble"]
            .as_str()
            .unwrap()
            .contains("a bank account is missing"),
        "{other}"
    );
    // Told once.
    let again = ledger.ok(&["stripe", "sync"]);
    assert_eq!(again["notices"].as_array().unwrap().len(), 0, "{again}");
    // Once it is mended there, asking for the one account is enough.
    stripe.enable_account(&account(2));
    let mended = ledger.ok(&["hosts", "account", "host-00002", "--pull"]);
    assert!(mended["trouble"].is_null(), "{mended}");
    assert_books(&ledger, "refused by a bank");
}

/// A ledger with a host who has earned and has no account.
fn without_account(stripe: &FakeStripe) -> TestLedger {
    let ledger = TestLedger::new();
    cheapen(&ledger);
    stripe::fill(stripe, 0);
    connect(&ledger, stripe, 10_000);
    let bare = [
        ("stripe_account_id", ""),
        ("payouts_enabled", ""),
        ("email", "amara@example.org"),
    ];
    ledger.import("hosts", to_csv(&[host("host-00001", &bare)]));
    let seats = [
        booking("bk-1", "host-00001", &[]),
        booking("bk-2", "host-00001", &[]),
    ];
    ledger.import("bookings", to_csv(&seats));
    ledger.process(MONDAY);
    ledger
}

#[test]
fn a_host_is_onboarded_and_paid_once_stripe_enables_the_account() {
    let stripe = FakeStripe::start();
    let ledger = without_account(&stripe);
    let onboarded = ledger.ok(&["hosts", "onboard", "host-00001"]);
    let made = onboarded["account"].as_str().unwrap().to_owned();
    assert!(
        onboarded["url"].as_str().unwrap().starts_with("https://"),
        "{onboarded}"
    );
    // A second link is for the same account.
    assert_eq!(
        ledger.ok(&["hosts", "onboard", "host-00001"])["account"],
        made.as_str()
    );
    let asked = stripe
        .requests()
        .into_iter()
        .find(|r| r.path == "/v1/accounts")
        .unwrap();
    let has = |name: &str, value: &str| asked.form.iter().any(|(n, v)| n == name && v == value);
    assert!(
        has("type", "express") && has("country", "US"),
        "{:?}",
        asked.form
    );
    assert!(has("email", "amara@example.org") && has("capabilities[transfers][requested]", "true"));

    let prepare = |why: &str| prepare_again(&ledger, why);
    let carried = prepare("not yet");
    assert_eq!(carried["carried"][0]["reason"], "NO_PAYOUT_ACCOUNT");
    let why = ledger.ok(&["hosts", "account", "host-00001"]);
    assert!(
        why["trouble"].as_str().is_some_and(|t| !t.is_empty()),
        "{why}"
    );

    stripe.enable_account(&made);
    ledger.ok(&["stripe", "sync"]);
    let paid = prepare("now");
    assert_eq!(paid["totals"][0]["amount"], "26.24", "{paid}");
    let id = paid["batch_id"].as_str().unwrap();
    ledger.approve(id);
    assert_eq!(send(&ledger, id).json["status"], "COMPLETED");
    // The next hosts file still names no account: the one made here stays.
    let bare = [
        ("stripe_account_id", ""),
        ("payouts_enabled", ""),
        ("name", "Amara O."),
    ];
    ledger.import("hosts", to_csv(&[host("host-00001", &bare)]));
    assert_eq!(
        ledger.ok(&["hosts", "account", "host-00001"])["account"],
        made.as_str()
    );
    assert_books(&ledger, "onboarded");
}

#[test]
fn an_interrupted_onboarding_makes_one_account() {
    let stripe = FakeStripe::start();
    let ledger = without_account(&stripe);
    stripe.push_fault(Fault {
        on: Match {
            method: Some("POST".into()),
            path_prefix: "/v1/accounts".into(),
            ..Match::default()
        },
        what: FaultKind::DropAfter,
        times: 1,
    });
    assert_eq!(
        ledger.refused(&["hosts", "onboard", "host-00001"]).code,
        "STRIPE_PROBLEM"
    );
    let made = ledger.ok(&["hosts", "onboard", "host-00001"]);
    let accounts = stripe.state()["test"]["accounts"].as_array().unwrap().len();
    assert_eq!(accounts, 1, "{made}");
    stripe.add_account("acct_other", AccountSetup::default());
}
