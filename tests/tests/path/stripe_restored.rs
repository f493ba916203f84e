//! S3: a restored old backup can't send until it is reconciled with Stripe's list of transfers.

use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind};
use hostledger_tests::export::{booking, to_csv};
use hostledger_tests::stripe::{
    MONDAY, approved_batch, assert_books, assert_same, due_ledger, next_approved, prepare_again,
    send, states,
};
use hostledger_tests::{APPROVER, TestLedger};

fn restore(backup: &str, key_of: &TestLedger) -> TestLedger {
    let old = TestLedger::nowhere();
    old.ok(&["restore", backup]);
    // The key isn't part of a backup; here it is the same one.
    std::fs::copy(
        key_of.folder().join("stripe.key"),
        old.folder().join("stripe.key"),
    )
    .unwrap();
    old
}

/// Nothing left by file, and Stripe's list was compared: two people say so.
fn settle_restore(old: &TestLedger) {
    old.ok(&["restores", "sent", "--none"]);
    old.ok_as(APPROVER, &["restores", "confirm"]);
}

#[test]
fn s3_a_backup_from_before_the_send_takes_over_what_was_sent() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    let backup = ledger.arg("before.hlbackup");
    ledger.ok(&["backup", &backup]);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");

    let old = restore(&backup, &ledger);
    let refused = send(&old, &batch).refusal("old copy");
    assert_eq!(refused.code, "RECONCILE_FIRST");
    assert!(refused.message.contains("stripe reconcile"), "{refused:?}");
    assert_eq!(stripe.transfers().len(), 3);
    // What left by file is for people to say; what left through Stripe is for Stripe.
    old.ok(&["restores", "sent", "--none"]);
    let refused = old.refused_as(APPROVER, &["restores", "confirm"]);
    assert_eq!(refused.code, "RECONCILE_FIRST", "{refused:?}");

    let done = old.ok(&["stripe", "reconcile"]);
    assert_eq!(
        (&done["taken_over"], &done["found"]),
        (&3.into(), &0.into()),
        "{done}"
    );
    assert_same(&old, &batch, &stripe, "taken over");
    assert_eq!(old.ok(&["stripe", "reconcile"])["taken_over"], 0);
    old.ok_as(APPROVER, &["restores", "confirm"]);
    assert_eq!(old.ok(&["restores", "status"])["sends"], true);
    assert_eq!(old.ok(&["payouts", "show", &batch])["status"], "COMPLETED");
}

#[test]
fn s3_a_backup_from_the_middle_of_a_send_goes_on_where_stripe_is() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 12, 10_000);
    // Two are sent, then Stripe is gone: the batch is SENDING when the backup is made.
    stripe.push_fault(
        Fault::next_transfer(FaultKind::Unavailable503)
            .nth(3)
            .times(u32::MAX),
    );
    assert_ne!(send(&ledger, &batch).status, 0);
    let backup = ledger.arg("middle.hlbackup");
    ledger.ok(&["backup", &backup]);
    let before = stripe.transfers().len();
    assert_eq!(before, 2);
    stripe.script(Vec::new());
    ledger.ok(&["payouts", "resume", &batch]);
    assert_eq!(stripe.transfers().len(), 12);

    let old = restore(&backup, &ledger);
    let resumed = old.run(&["payouts", "resume", &batch]);
    // What it had as untouched was sent meanwhile: it stops rather than send it again.
    assert_eq!(resumed.refusal("old copy").code, "RECONCILE_FIRST");
    old.ok(&["stripe", "reconcile"]);
    settle_restore(&old);
    old.ok(&["payouts", "resume"]);
    assert_same(&old, &batch, &stripe, "middle");
    assert_eq!(stripe.transfers().len(), 12);
}

#[test]
fn s3_payouts_that_the_copy_never_had_are_set_against_their_hosts() {
    let stripe = FakeStripe::start();
    let ledger = due_ledger(&stripe, 3, 10_000);
    let backup = ledger.arg("early.hlbackup");
    ledger.ok(&["backup", &backup]);
    let batch = next_approved(&ledger, MONDAY);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");

    // The copy knows nothing of the batch; a new one would pay the same money again.
    let old = restore(&backup, &ledger);
    let anew = old.ok(&["--as-of", MONDAY, "payouts", "prepare", "--date", MONDAY]);
    assert_eq!(anew["payouts"], serde_json::json!([]), "{anew}");
    assert_eq!(anew["carried"][0]["reason"], "RECONCILE_FIRST", "{anew}");
    let refused = old.refused(&["stripe", "reconcile"]);
    assert_eq!(refused.code, "RECONCILE_FIRST");
    assert!(refused.message.contains("Cancel it"), "{refused:?}");
    old.ok(&["payouts", "cancel", anew["batch_id"].as_str().unwrap()]);
    let done = old.ok(&["stripe", "reconcile"]);
    assert_eq!(
        (&done["taken_over"], &done["found"]),
        (&0.into(), &3.into()),
        "{done}"
    );
    assert_books(&old, "found");
    settle_restore(&old);

    // Nobody is due now; later earnings are paid as ever.
    let prepare = ["--as-of", MONDAY, "payouts", "prepare", "--date", MONDAY];
    let empty = old.ok(&prepare);
    assert_eq!(empty["payouts"].as_array().unwrap().len(), 0, "{empty}");
    let seats: Vec<_> = (1..=2)
        .map(|n| booking(&format!("bk-late-{n}"), "host-00001", &[]))
        .collect();
    old.import("bookings", to_csv(&seats));
    old.process(MONDAY);
    let next = prepare_again(&old, "late seats");
    assert_eq!(next["totals"][0]["amount"], "26.24", "{next}");
    let id = next["batch_id"].as_str().unwrap();
    old.approve(id);
    assert_eq!(send(&old, id).json["status"], "COMPLETED");
    assert_eq!(stripe.transfers().len(), 4);
    assert!(states(&old, id).values().all(|s| s.status == "COMPLETED"));
    assert_books(&old, "paid on");
}
