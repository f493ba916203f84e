//! The last payout of a host who leaves: approved by a second person, it goes whatever the minimum
//! and though the account is closed, once (docs/domain.md §7). Finding: no end for a leaving host.

use hostledger_stripe_fake::{AccountSetup, FakeStripe};
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::stripe::{MONDAY, assert_books, cheapen, connect, prepare_again, send};
use hostledger_tests::{APPROVER, PREPARER, TestLedger};
use serde_json::Value;

fn text(v: &Value) -> &str {
    v.as_str().unwrap_or_default()
}

/// A host with an account of its own and a status.
fn leaver(id: &str, status: &str) -> Row {
    host(
        id,
        &[
            ("status", status),
            ("stripe_account_id", &format!("acct_{id}")),
        ],
    )
}

/// A ledger with hosts and a seat of 13.12 for each id in `seats`, processed and due.
fn due(hosts: &[Row], seats: &[&str]) -> TestLedger {
    let ledger = TestLedger::new();
    cheapen(&ledger);
    ledger.import("hosts", to_csv(hosts));
    let all: Vec<Row> = seats
        .iter()
        .enumerate()
        .map(|(n, host)| booking(&format!("b{n}"), host, &[]))
        .collect();
    ledger.import("bookings", to_csv(&all));
    ledger.process(MONDAY);
    ledger
}

fn propose(ledger: &TestLedger, host: &str) -> String {
    let args = ["hosts", "final-payout", host, "--reason", "left in March"];
    text(&ledger.ok(&args)["adjustment_id"]).to_owned()
}

fn approved(ledger: &TestLedger, host: &str) -> String {
    let id = propose(ledger, host);
    ledger.ok_as(APPROVER, &["adjustments", "approve", &id]);
    id
}

/// A host and an amount or a reason.
type Pairs = Vec<(String, String)>;

/// Who is paid how much, and who is carried why, of a batch.
fn outcome(batch: &Value) -> (Pairs, Pairs) {
    let of = |list: &str, key: &str| {
        let all = batch[list].as_array().unwrap().iter();
        let mut out: Pairs = all
            .filter(|r| r["status"] != "CANCELLED")
            .map(|r| (text(&r["host_id"]).to_owned(), text(&r[key]).to_owned()))
            .collect();
        out.sort();
        out
    };
    (of("payouts", "amount"), of("carried", "reason"))
}

fn pairs(all: &[(&str, &str)]) -> Pairs {
    all.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

fn listed(ledger: &TestLedger, id: &str) -> Value {
    let all = ledger.ok(&["adjustments", "list"]);
    let found = all
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["adjustment_id"] == id);
    found.unwrap().clone()
}

fn pay(ledger: &TestLedger, batch: &Value) {
    let id = text(&batch["batch_id"]);
    ledger.approve(id);
    ledger.send(id);
    ledger.ok(&["payouts", "settle", id]);
}

#[test]
fn b4_a_final_payout_pays_below_the_minimum_and_a_closed_host_once() {
    let hosts = [
        leaver("h1", "ACTIVE"),
        leaver("h2", "CLOSED"),
        leaver("h3", "ACTIVE"),
    ];
    let ledger = due(&hosts, &["h1", "h2", "h3", "h3"]);
    let before = prepare_again(&ledger, "before");
    assert_eq!(
        outcome(&before),
        (
            pairs(&[("h3", "26.24")]),
            pairs(&[("h1", "BELOW_MINIMUM"), ("h2", "CLOSED")])
        )
    );
    ledger.ok(&[
        "payouts",
        "cancel",
        text(&before["batch_id"]),
        "--reason",
        "wait",
    ]);

    // Two people: whoever proposed it never approves it, whatever their roles.
    let one = propose(&ledger, "h1");
    assert_eq!(listed(&ledger, &one)["status"], "PROPOSED");
    let same = ledger.refused_as(PREPARER, &["adjustments", "approve", &one]);
    assert_eq!(same.code, "SAME_PERSON");
    let waits = prepare_again(&ledger, "still waits");
    assert_eq!(outcome(&waits).1.len(), 2, "a proposal alone pays nobody");
    ledger.ok(&[
        "payouts",
        "cancel",
        text(&waits["batch_id"]),
        "--reason",
        "wait",
    ]);
    let twice = ledger.refused(&["hosts", "final-payout", "h1", "--reason", "again"]);
    assert_eq!(twice.code, "WRONG_STATE");
    ledger.ok_as(APPROVER, &["adjustments", "approve", &one]);
    let two = approved(&ledger, "h2");
    let shown = listed(&ledger, &two);
    assert_eq!(
        (&shown["kind"], &shown["amount"], &shown["status"]),
        (&"FINAL_PAYOUT".into(), &"0.00".into(), &"APPROVED".into())
    );

    // It is no line of anything; the batch says who let whom go.
    let last = prepare_again(&ledger, "last");
    assert_eq!(
        outcome(&last).0,
        pairs(&[("h1", "13.12"), ("h2", "13.12"), ("h3", "26.24")])
    );
    let of = |batch: &Value, host: &str| {
        let all = batch["payouts"].as_array().unwrap();
        all.iter().find(|p| p["host_id"] == host).unwrap().clone()
    };
    for h in ["h1", "h2"] {
        let p = of(&last, h);
        assert_eq!(
            (&p["lines"], &p["stale"]),
            (&1.into(), &false.into()),
            "{p}"
        );
        assert_eq!(p["final_payout"]["decided_by"], APPROVER, "{p}");
    }
    assert!(of(&last, "h3")["final_payout"].is_null());
    pay(&ledger, &last);
    for id in [&one, &two] {
        assert_eq!(listed(&ledger, id)["status"], "USED");
    }
    ledger.check();

    // Used up: what comes in later is carried as before, and takes two people again.
    let late = [booking("late-1", "h1", &[]), booking("late-2", "h2", &[])];
    ledger.import("bookings", to_csv(&late));
    ledger.process(MONDAY);
    let after = prepare_again(&ledger, "after");
    assert_eq!(
        outcome(&after),
        (vec![], pairs(&[("h1", "BELOW_MINIMUM"), ("h2", "CLOSED")]))
    );
    ledger.ok(&[
        "payouts",
        "cancel",
        text(&after["batch_id"]),
        "--reason",
        "nobody",
    ]);
    approved(&ledger, "h2");
    let again = prepare_again(&ledger, "after all");
    assert_eq!(outcome(&again).0, pairs(&[("h2", "13.12")]));
    let out = ledger.arg("batch.pdf");
    ledger.ok(&["payouts", "pdf", text(&again["batch_id"]), "--out", &out]);
    let paper = std::process::Command::new("pdftotext")
        .args([&out, "-"])
        .output()
        .unwrap();
    let paper = String::from_utf8_lossy(&paper.stdout).replace('\n', " ");
    assert!(
        paper.contains("Final payout, approved by ben: left in March"),
        "{paper}"
    );
    pay(&ledger, &again);
    assert_books(&ledger, "left");
}

#[test]
fn b4_a_final_payout_waives_nothing_else() {
    let hosts = [
        leaver("applied", "APPLIED"),
        with(
            &leaver("no-account", "CLOSED"),
            &[("payouts_enabled", "false")],
        ),
        leaver("owes", "CLOSED"),
        leaver("paused", "CLOSED"),
        leaver("suspended", "SUSPENDED"),
        leaver("zero", "CLOSED"),
    ];
    let seats = [
        "applied",
        "no-account",
        "owes",
        "paused",
        "suspended",
        "zero",
        "unknown",
    ];
    let ledger = due(&hosts, &seats);
    for (host, amount) in [("owes", "-20.00"), ("zero", "-13.12")] {
        let sum = format!("--amount={amount}");
        let args = [
            "adjustments",
            "add",
            host,
            &sum,
            "--currency",
            "USD",
            "--reason",
            "lent",
        ];
        let id = ledger.ok(&args)["adjustment_id"].clone();
        ledger.ok_as(APPROVER, &["adjustments", "approve", text(&id)]);
    }
    ledger.ok(&["hosts", "pause", "paused", "--reason", "asked for"]);
    for host in seats {
        approved(&ledger, host);
    }
    let batch = prepare_again(&ledger, "all of them");
    let (paid, mut carried) = outcome(&batch);
    assert_eq!(paid, vec![], "{batch}");
    carried.retain(|(host, _)| host != "zero");
    assert_eq!(
        carried,
        pairs(&[
            ("applied", "NOT_VERIFIED"),
            ("no-account", "NO_PAYOUT_ACCOUNT"),
            ("owes", "NEGATIVE_BALANCE"),
            ("paused", "PAUSED"),
            ("suspended", "SUSPENDED"),
            ("unknown", "NOT_VERIFIED"),
        ])
    );
    ledger.check();
}

#[test]
fn b4_a_final_payout_stays_until_a_payout_was_sent_and_can_be_taken_back() {
    let ledger = due(&[leaver("h2", "CLOSED")], &["h2", "h2"]);
    let id = approved(&ledger, "h2");
    let second = ledger.refused(&["hosts", "final-payout", "h2", "--reason", "again"]);
    assert_eq!(second.code, "WRONG_STATE");
    assert!(second.message.contains("in force"), "{}", second.message);
    // Excluded, cancelled, rejected: still in force.
    let batch = prepare_again(&ledger, "excluded");
    let (batch_id, payout) = (
        text(&batch["batch_id"]),
        text(&batch["payouts"][0]["payout_id"]),
    );
    ledger.ok(&["payouts", "exclude", batch_id, payout, "--reason", "wait"]);
    ledger.ok(&["payouts", "cancel", batch_id, "--reason", "empty"]);
    let batch = prepare_again(&ledger, "rejected");
    ledger.ok(&["payouts", "submit", text(&batch["batch_id"])]);
    ledger.ok_as(
        APPROVER,
        &[
            "payouts",
            "reject",
            text(&batch["batch_id"]),
            "--reason",
            "not yet",
        ],
    );
    assert_eq!(listed(&ledger, &id)["status"], "APPROVED");
    // Changed after the approval, so it failed before it was sent: still in force.
    let batch = prepare_again(&ledger, "changes");
    let batch_id = text(&batch["batch_id"]).to_owned();
    ledger.approve(&batch_id);
    ledger.import(
        "hosts",
        to_csv(&[with(
            &leaver("h2", "CLOSED"),
            &[("stripe_account_id", "acct_new")],
        )]),
    );
    assert_eq!(ledger.send(&batch_id)["failed"], 1);
    assert_eq!(listed(&ledger, &id)["status"], "APPROVED");
    ledger.check();

    // Taken back: the batch that was prepared by it is stale, says so, and pays nobody.
    let batch = prepare_again(&ledger, "taken back");
    let batch_id = text(&batch["batch_id"]).to_owned();
    assert_eq!(outcome(&batch).0.len(), 1);
    ledger.ok(&["payouts", "submit", &batch_id]);
    ledger.ok_as(APPROVER, &["adjustments", "reject", &id]);
    assert_eq!(listed(&ledger, &id)["status"], "WITHDRAWN");
    let stale = ledger.refused_as(APPROVER, &["payouts", "approve", &batch_id]);
    assert_eq!(stale.code, "STALE_PAYOUTS");
    assert!(stale.message.contains("final payout"), "{}", stale.message);
    let refreshed = ledger.ok(&["payouts", "refresh", &batch_id]);
    assert_eq!(outcome(&refreshed), (vec![], pairs(&[("h2", "CLOSED")])));
    ledger.ok(&["payouts", "cancel", &batch_id, "--reason", "nobody left"]);
    assert_eq!(
        ledger
            .refused_as(APPROVER, &["adjustments", "approve", &id])
            .code,
        "WRONG_STATE"
    );

    // Proposed anew, two batches prepared by it: the first that is sent uses it up.
    approved(&ledger, "h2");
    let first = prepare_again(&ledger, "first");
    ledger.import("bookings", to_csv(&[booking("late", "h2", &[])]));
    ledger.process(MONDAY);
    let other = prepare_again(&ledger, "other");
    assert_eq!(outcome(&other).0, pairs(&[("h2", "13.12")]));
    pay(&ledger, &first);
    let other_id = text(&other["batch_id"]);
    let refused = ledger.refused(&["payouts", "submit", other_id]);
    assert_eq!(refused.code, "STALE_PAYOUTS");
    ledger.ok(&["payouts", "cancel", other_id, "--reason", "used up"]);
    assert_books(&ledger, "used once");
}

#[test]
fn b4_a_final_payout_covers_every_currency_of_its_batch_on_either_rail() {
    for through_stripe in [false, true] {
        let stripe = FakeStripe::start();
        let ledger = TestLedger::new();
        cheapen(&ledger);
        stripe.add_account("acct_h2", AccountSetup::default());
        stripe.set_balance("usd", 100_000);
        stripe.set_balance("eur", 100_000);
        if through_stripe {
            connect(&ledger, &stripe, 10_000);
        }
        ledger.import("hosts", to_csv(&[leaver("h2", "CLOSED")]));
        let euro = [("currency", "EUR"), ("processing_fee", "0.50")];
        let seats = [booking("b1", "h2", &[]), booking("b2", "h2", &euro)];
        ledger.import("bookings", to_csv(&seats));
        ledger.process(MONDAY);
        approved(&ledger, "h2");
        let batch = prepare_again(&ledger, "last");
        // 20.00 at 70 %: 13.12 USD; 14.00 less 0.50: 13.50 EUR.
        assert_eq!(
            outcome(&batch).0,
            pairs(&[("h2", "13.12"), ("h2", "13.50")])
        );
        let id = text(&batch["batch_id"]).to_owned();
        if through_stripe {
            ledger.approve(&id);
            let sent = send(&ledger, &id);
            assert_eq!(
                (&sent.json["sent"], &sent.json["failed"]),
                (&2.into(), &0.into()),
                "{sent:?}"
            );
        } else {
            pay(&ledger, &batch);
        }
        let shown = ledger.ok(&["payouts", "show", &id]);
        assert_eq!(shown["status"], "COMPLETED", "{shown}");
        assert_books(&ledger, "both currencies");
    }
}
