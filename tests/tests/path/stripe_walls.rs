//! Issue 3: what must not happen to a transfer is refused by the database itself, and what gets past
//! it is found by `check`.

use hostledger_store::Error;
use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind};
use hostledger_tests::stripe::{MONDAY, approved_batch, due_ledger, send};
use hostledger_tests::{APPROVER, TestLedger};

#[test]
fn the_database_keeps_what_was_prepared_and_what_was_sent() {
    let stripe = FakeStripe::start();
    let (test, batch) = approved_batch(&stripe, 2, 10_000);
    stripe.push_fault(Fault::next_transfer(FaultKind::Saved500 { done: false }));
    assert_eq!(send(&test, &batch).json["unknown"], 1);
    let key = test.data_key();
    let ledger = test.open(&key);
    for (says, sql) in [
        (
            "sent as it was prepared",
            "UPDATE stripe_transfers SET body = 'amount=1' WHERE state = 5",
        ),
        (
            "sent as it was prepared",
            "UPDATE stripe_transfers SET idempotency_key = 'another' WHERE state = 3",
        ),
        (
            "sent as it was prepared",
            "UPDATE stripe_transfers SET state = 1, attempt = 2, idempotency_key = 'x', first_call_at = NULL WHERE state = 5",
        ),
        (
            "a transfer that was sent stays sent",
            "UPDATE stripe_transfers SET state = 5, transfer_id = NULL WHERE state = 3",
        ),
        ("never deleted", "DELETE FROM stripe_transfers"),
        (
            "keeps its Stripe account and mode",
            "UPDATE stripe_connection SET livemode = 1",
        ),
        (
            "keeps its Stripe account and mode",
            "UPDATE stripe_connection SET account_id = 'acct_mine'",
        ),
        (
            "keeps its Stripe account and mode",
            "DELETE FROM stripe_connection",
        ),
    ] {
        let done: Result<(), Error> = ledger.rehearse(|conn| Ok(conn.execute_batch(sql)?));
        let refused = done.expect_err(sql).to_string();
        assert!(refused.contains(says), "{sql}: {refused}");
    }
    for sql in [
        "DROP TRIGGER stripe_transfers_sent_stays; UPDATE stripe_transfers SET state = 5, transfer_id = NULL WHERE state = 3",
        "UPDATE stripe_transfers SET state = 4 WHERE state = 5",
        "DROP TRIGGER stripe_transfers_no_delete; DELETE FROM stripe_transfers WHERE state = 3",
        "INSERT INTO stripe_reversals SELECT 'trr_1', payout_key, 9999999, 0, NULL, 0 FROM stripe_transfers WHERE state = 3",
    ] {
        let found: Result<Vec<String>, Error> = ledger.rehearse(|conn| {
            conn.execute_batch(sql)?;
            let all = hostledger_store::check::run_all(conn, |_, _| {})?;
            let failed = all.into_iter().filter(|c| !c.ok);
            Ok(failed.map(|c| c.name.to_owned()).collect())
        });
        let found = found.expect(sql);
        assert!(
            found.iter().any(|n| n == "stripe_transfers"),
            "{sql}: {found:?}"
        );
    }
    drop(ledger);
    test.check();
}

fn to_a_file(l: &TestLedger, batch: &str) -> hostledger_tests::Answer {
    let out = l.arg("pay.csv");
    l.run(&["payouts", "send", batch, "--rail", "file", "--out", &out])
}

#[test]
fn h1_an_approval_for_stripe_is_none_for_a_file_and_the_reverse() {
    let stripe = FakeStripe::start();
    let (l, batch) = approved_batch(&stripe, 2, 10_000);
    assert_eq!(l.ok(&["payouts", "show", &batch])["rail"], "stripe");
    let refused = to_a_file(&l, &batch).refusal("approved for Stripe");
    assert_eq!(refused.code, "WRONG_STATE", "{refused:?}");
    assert!(refused.message.contains("--rail file"), "{refused:?}");
    assert!(!l.file("pay.csv").exists());
    // The same rail again is nothing new; another one is a new submission, to be approved anew.
    assert_eq!(
        l.refused(&["payouts", "submit", &batch]).code,
        "WRONG_STATE"
    );
    let submitted = l.ok(&["payouts", "submit", &batch, "--rail", "file"]);
    assert_eq!(
        (&submitted["status"], &submitted["rail"]),
        (&"SUBMITTED".into(), &"file".into())
    );
    assert_eq!(
        to_a_file(&l, &batch).refusal("not approved").code,
        "WRONG_STATE"
    );
    l.ok_as(APPROVER, &["payouts", "approve", &batch]);
    let refused = send(&l, &batch).refusal("approved for a file");
    assert_eq!(refused.code, "WRONG_STATE", "{refused:?}");
    assert!(stripe.transfers().is_empty());
    assert_eq!(to_a_file(&l, &batch).json["sent"], 2);
    l.check();
}

/// One that was submitted by a version that fixed no rail is approved for the one that is shipped.
#[test]
fn h1_a_batch_submitted_before_rails_were_fixed_gets_one_when_it_is_approved() {
    let stripe = FakeStripe::start();
    let l = due_ledger(&stripe, 2, 10_000);
    let batch = l.prepare(MONDAY)["batch_id"].as_str().unwrap().to_owned();
    l.ok(&["payouts", "submit", &batch]);
    l.bare_connection(&l.data_key())
        .execute_batch("UPDATE payout_batches SET submission = 0, submit_rail = NULL, submit_account = NULL, submit_livemode = NULL")
        .unwrap();
    assert_eq!(
        l.ok_as(APPROVER, &["payouts", "approve", &batch])["rail"],
        "stripe"
    );
    assert_eq!(
        to_a_file(&l, &batch).refusal("approved for Stripe").code,
        "WRONG_STATE"
    );
    assert!(!l.file("pay.csv").exists());
    assert_eq!(send(&l, &batch).json["status"], "COMPLETED");
    l.check();
}
