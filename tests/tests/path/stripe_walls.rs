//! Issue 3: what must not happen to a transfer is refused by the database itself, and what gets past
//! it is found by `check`.

use hostledger_store::Error;
use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind};
use hostledger_tests::stripe::{approved_batch, send};

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
