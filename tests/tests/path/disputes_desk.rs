//! Issue 4 beyond the money: disputes from Stripe's files and API, evidence handed in once, papers
//! read back, attachments, parts of payouts held back, exposure, transfers taken back.

use std::process::Command;

use hostledger_stripe_fake::{DisputeSetup, FakeStripe, Fault, FaultKind, Match};
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::stripe::{
    account, approved_batch, assert_books, at_another_time, due_ledger, send,
};
use hostledger_tests::{PREPARER, TestLedger};
use serde_json::Value;

use crate::close::text;
use crate::restated::{MONDAY, Story};

/// A host's own account and what of it is reserved.
fn owed(ledger: &TestLedger, host: &str) -> (String, String) {
    let all = ledger.ok(&["balances", "--host", host]);
    let of = |reserved: bool| {
        all.as_array()
            .unwrap()
            .iter()
            .find(|b| text(b, "account").ends_with(":reserved") == reserved)
            .map_or("0.00".to_owned(), |b| text(b, "balance"))
    };
    (of(false), of(true))
}

fn pdf_text(bytes_at: &std::path::Path) -> String {
    let out = Command::new("pdftotext")
        .args(["-layout"])
        .arg(bytes_at)
        .arg("-")
        .output()
        .expect("pdftotext");
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap()
}

fn disputed(charge: &str) -> DisputeSetup {
    DisputeSetup {
        charge: charge.to_owned(),
        amount: 2000,
        reason: "product_not_received".to_owned(),
        ..DisputeSetup::default()
    }
}

#[test]
fn a_chargeback_at_stripe_is_taken_over_answered_once_and_decided() {
    let stripe = FakeStripe::start();
    let ledger = due_ledger(&stripe, 2, 10_000);
    let id = stripe
        .open_dispute(false, disputed("ch_bk-00001-1"))
        .unwrap();
    stripe.open_dispute(false, disputed("ch_unknown")).unwrap();
    let synced = ledger.ok(&["stripe", "sync"]);
    assert_eq!(synced["disputes"], 1, "{synced}");
    let notices = synced["notices"].to_string();
    assert!(notices.contains("ch_unknown"), "{notices}");
    let found = ledger.ok(&["disputes", "list"]);
    assert_eq!(
        (&found[0]["dispute_id"], &found[0]["booking_id"]),
        (&id.clone().into(), &"bk-00001-1".into())
    );
    assert_books(&ledger, "taken over");
    let again = ledger.ok(&["stripe", "sync"]);
    assert_eq!(again["disputes"], 0, "once: {again}");

    // Nothing is handed in that nobody looked through.
    let evidence = ["disputes", "evidence", &id];
    let shown = ledger.ok(&evidence);
    let field = |v: &Value, name: &str| {
        let all = v["fields"].as_array().unwrap();
        text(all.iter().find(|f| f["field"] == name).unwrap(), "text")
    };
    assert!(field(&shown, "product_description").contains("bk-00001-1"));
    assert!(field(&shown, "access_activity_log").contains("COMPLETED"));
    let submit = ["disputes", "evidence", &id, "--submit"];
    assert_eq!(ledger.refused(&submit).code, "WRONG_STATE");
    ledger.ok(&[
        &evidence[..],
        &["--set", "uncategorized_text=She was there."],
    ]
    .concat());
    assert_eq!(ledger.refused(&submit).code, "WRONG_STATE");
    ledger.ok(&[&evidence[..], &["--reviewed"]].concat());
    // The answer is lost on its way; the second call is the same one.
    stripe.push_fault(Fault {
        on: Match {
            method: Some("POST".into()),
            path_prefix: "/v1/disputes".into(),
            payout_id: None,
            nth: None,
        },
        what: FaultKind::DropAfter,
        times: 1,
    });
    assert_eq!(ledger.refused(&submit).code, "STRIPE_PROBLEM");
    let sent = ledger.ok(&submit);
    assert!(sent["confirmed_at"].is_string(), "{sent}");
    let calls = stripe
        .requests()
        .into_iter()
        .filter(|r| r.method == "POST" && r.path.starts_with("/v1/disputes"))
        .collect::<Vec<_>>();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].idempotency_key, calls[1].idempotency_key);
    assert_eq!(calls[0].body, calls[1].body);
    assert!(
        calls[0].body.contains("uncategorized_text"),
        "{}",
        calls[0].body
    );
    assert_eq!(
        ledger.refused(&submit).code,
        "WRONG_STATE",
        "a bank takes it once"
    );
    let again = ledger.refused(&[&evidence[..], &["--set", "service_date=2026-03-02"]].concat());
    assert_eq!(again.code, "WRONG_STATE");
    assert_eq!(
        ledger.ok(&["disputes", "list"])[0]["status"],
        "under_review"
    );

    stripe.settle_dispute(&id, "won").unwrap();
    assert_eq!(ledger.ok(&["stripe", "sync"])["disputes"], 1);
    let won = ledger.ok(&["disputes", "list"]);
    assert_eq!(won[0]["status"], "won");
    assert!(won[0]["closed_at"].is_string());
    assert_books(&ledger, "won");
    assert_eq!(ledger.ok(&["stripe", "sync"])["disputes"], 0);
}

#[test]
fn what_a_lost_dispute_claws_back_is_taken_back_where_the_hosts_balance_allows() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 2, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let id = stripe
        .open_dispute(false, disputed("ch_bk-00001-1"))
        .unwrap();
    ledger.ok(&["stripe", "sync"]);
    assert_eq!(
        owed(&ledger, "host-00001"),
        ("13.12".into(), "-13.12".into())
    );
    let recover = ["disputes", "recover", &id];
    assert_eq!(ledger.refused(&recover).code, "WRONG_STATE", "not lost yet");
    stripe.settle_dispute(&id, "lost").unwrap();
    ledger.ok(&["stripe", "sync"]);
    assert_eq!(owed(&ledger, "host-00001").0, "13.12");
    assert_books(&ledger, "lost");

    // The host's balance at Stripe is too low: it stays a receivable.
    stripe.push_fault(Fault {
        on: Match {
            method: Some("POST".into()),
            path_prefix: "/v1/transfers/".into(),
            payout_id: None,
            nth: None,
        },
        what: FaultKind::Refuse {
            status: 400,
            code: "balance_insufficient".into(),
            message: "The account's balance is too low.".into(),
        },
        times: 1,
    });
    assert_eq!(ledger.refused(&recover).code, "STRIPE_PROBLEM");
    assert_eq!(owed(&ledger, "host-00001").0, "13.12");
    // Later there is enough; the answer is lost, and the second call is the same one.
    stripe.push_fault(Fault {
        on: Match {
            method: Some("POST".into()),
            path_prefix: "/v1/transfers/".into(),
            payout_id: None,
            nth: None,
        },
        what: FaultKind::DropAfter,
        times: 1,
    });
    assert_eq!(ledger.refused(&recover).code, "STRIPE_PROBLEM");
    assert_eq!(ledger.ok(&recover)["amount"], "13.12");
    assert_eq!(owed(&ledger, "host-00001").0, "0.00");
    assert_books(&ledger, "taken back");
    let reversed: i64 = stripe
        .transfers()
        .iter()
        .filter(|t| t.destination == account(1))
        .map(|t| t.amount_reversed)
        .sum();
    assert_eq!(reversed, 1312);
    assert_eq!(
        ledger.ok(&["stripe", "sync"])["reversals"],
        0,
        "known already"
    );
    assert_eq!(ledger.refused(&recover).code, "WRONG_STATE");
    assert_books(&ledger, "in the end");
}

#[test]
fn two_lost_disputes_about_a_booking_take_back_what_each_cost_once() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 1, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let reversed = || -> i64 { stripe.transfers().iter().map(|t| t.amount_reversed).sum() };
    // 5.00 of 20.00 each, at 70 %: 3.50 each.
    let ids = [1, 2].map(|_| {
        let part = DisputeSetup {
            amount: 500,
            ..disputed("ch_bk-00001-1")
        };
        stripe.open_dispute(false, part).unwrap()
    });
    ledger.ok(&["stripe", "sync"]);
    stripe.settle_dispute(&ids[0], "lost").unwrap();
    ledger.ok(&["stripe", "sync"]);
    assert_eq!(
        ledger.ok(&["disputes", "recover", &ids[0]])["amount"],
        "3.50"
    );
    stripe.settle_dispute(&ids[1], "lost").unwrap();
    ledger.ok(&["stripe", "sync"]);
    assert_eq!(
        ledger.ok(&["disputes", "recover", &ids[1]])["amount"],
        "3.50"
    );
    assert_eq!(reversed(), 700);
    assert_eq!(owed(&ledger, "host-00001"), ("0.00".into(), "0.00".into()));
    for id in &ids {
        assert_eq!(
            ledger.refused(&["disputes", "recover", id]).code,
            "WRONG_STATE"
        );
    }
    assert_books(&ledger, "both taken back");
}

/// Killed after the intent or after Stripe's answer: the next call is the same one, and it happens
/// once.
#[test]
fn a_kill_in_the_middle_hands_in_once_and_takes_back_once() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 1, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let id = stripe
        .open_dispute(false, disputed("ch_bk-00001-1"))
        .unwrap();
    ledger.ok(&["stripe", "sync"]);
    let killed_at = |point: &str, args: &[&str]| {
        let mut command = ledger.command(PREPARER, args);
        let done = command
            .env("HOSTLEDGER_KILL_AT", point)
            .output()
            .expect("the program");
        assert_eq!(done.status.code(), None, "{point}: it was not killed");
        assert_books(&ledger, point);
    };
    ledger.ok(&["disputes", "evidence", &id, "--keep", "--reviewed"]);
    let submit = ["disputes", "evidence", &id, "--submit"];
    killed_at("evidence intended", &submit);
    killed_at("evidence answered", &submit);
    assert!(ledger.ok(&submit)["confirmed_at"].is_string());
    stripe.settle_dispute(&id, "lost").unwrap();
    ledger.ok(&["stripe", "sync"]);
    let recover = ["disputes", "recover", &id];
    killed_at("recovery intended", &recover);
    killed_at("recovery answered", &recover);
    // A sync may find the reversal first; it counts once.
    assert_eq!(ledger.ok(&["stripe", "sync"])["reversals"], 1);
    assert_eq!(ledger.ok(&recover)["amount"], "13.12");
    assert_books(&ledger, "in the end");
    assert_eq!(owed(&ledger, "host-00001"), ("0.00".into(), "0.00".into()));
    let of = |path: &str| -> Vec<_> {
        let all = stripe.requests().into_iter();
        all.filter(|r| r.method == "POST" && r.path.starts_with(path))
            .map(|r| (r.idempotency_key, r.body))
            .collect()
    };
    for path in ["/v1/disputes/", "/v1/transfers/"] {
        let mut calls = of(path);
        assert_eq!(calls.len(), 2, "{path}");
        calls.dedup();
        assert_eq!(calls.len(), 1, "{path}: the same call twice");
    }
    let reversed: i64 = stripe.transfers().iter().map(|t| t.amount_reversed).sum();
    assert_eq!(reversed, 1312);
}

/// A day and more later the key protects nothing: Stripe's list says whether it was taken back.
#[test]
fn an_attempt_without_an_answer_is_looked_up_once_its_key_is_old() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 2, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let faults = [FaultKind::DropAfter, FaultKind::DropBefore];
    for (what, host) in faults.into_iter().zip([1, 2]) {
        let charge = format!("ch_bk-0000{host}-1");
        let id = stripe.open_dispute(false, disputed(&charge)).unwrap();
        ledger.ok(&["stripe", "sync"]);
        stripe.settle_dispute(&id, "lost").unwrap();
        ledger.ok(&["stripe", "sync"]);
        stripe.push_fault(Fault {
            on: Match {
                method: Some("POST".into()),
                path_prefix: "/v1/transfers/".into(),
                payout_id: None,
                nth: None,
            },
            what: what.clone(),
            times: 1,
        });
        let recover = ["disputes", "recover", &id];
        let mut yesterday = ledger.command(PREPARER, &recover);
        at_another_time(&mut yesterday, "-30h");
        assert_eq!(yesterday.output().unwrap().status.code(), Some(1));
        let host_id = format!("host-0000{host}");
        assert_eq!(owed(&ledger, &host_id).0, "13.12", "not known yet");
        assert_eq!(ledger.ok(&recover)["amount"], "13.12", "{what:?}");
        assert_eq!(owed(&ledger, &host_id).0, "0.00");
        assert_eq!(ledger.refused(&recover).code, "WRONG_STATE");
        assert_books(&ledger, "looked up");
    }
    let reversed: i64 = stripe.transfers().iter().map(|t| t.amount_reversed).sum();
    assert_eq!(reversed, 2 * 1312);
}

#[test]
fn stripes_payments_file_tells_of_chargebacks() {
    let s = Story::new();
    let l = &s.ledger;
    let file = |status: &str, amount: &str| {
        format!(
            "id,Description,Amount,Amount Refunded,Currency,Status,Disputed Amount,Dispute Status,Dispute Reason,Dispute Date (UTC),Dispute Evidence Due (UTC),PaymentIntent ID\n\
             ch_quiet,,50.00,0.00,usd,Paid,,,,,,pi_quiet\n\
             ch_b-1,,100.00,0.00,usd,Paid,{amount},{status},fraudulent,2026-03-12 08:30,2026-03-26 23:59,pi_b-1\n\
             ch_else,,20.00,0.00,usd,Paid,20.00,lost,general,2026-03-12 08:30,,\n"
        )
    };
    let done = l.import("stripe-payments", file("needs_response", "100.00"));
    assert_eq!(
        (
            &done["rows"],
            &done["inserted"],
            &done["unchanged"],
            &done["exceptions"]
        ),
        (&3.into(), &1.into(), &1.into(), &1.into()),
        "{done}"
    );
    assert_eq!(done["first_exceptions"][0]["code"], "UNKNOWN_BOOKING");
    l.check();
    let d = l.ok(&["disputes", "list"]);
    assert_eq!(
        (&d[0]["opened_at"], &d[0]["amount"]),
        (&"2026-03-12T08:30:00Z".into(), &"100.00".into())
    );
    // The platform's file knows the same one under Stripe's id.
    let columns = [
        ("dispute_id", "dp_9"),
        ("booking_id", "b-1"),
        ("kind", "CHARGEBACK"),
        ("reason", "fraudulent"),
        ("amount", "100.00"),
        ("currency", "USD"),
        ("status", "under_review"),
        ("opened_at", "2026-03-12T08:30:00Z"),
        ("evidence_due_by", ""),
        ("closed_at", ""),
    ];
    let row: Row = columns
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    assert_eq!(l.import("disputes", to_csv(&[row]))["updated"], 1);
    let lost = l.import("stripe-payments", file("lost", "100.00"));
    assert_eq!(lost["updated"], 1, "{lost}");
    let d = l.ok(&["disputes", "list"]);
    assert_eq!(d.as_array().unwrap().len(), 1);
    assert_eq!(
        (&d[0]["dispute_id"], &d[0]["status"]),
        (&"dp_9".into(), &"lost".into())
    );
    l.check();
}

#[test]
fn a_part_of_a_hosts_payouts_is_held_back_until_its_day() {
    let s = Story::new();
    let l = &s.ledger;
    l.ok(&[
        "hosts",
        "reserve",
        "h-1",
        "--percent",
        "10",
        "--days",
        "14",
        "--reason",
        "two chargebacks in a week",
    ]);
    l.process(MONDAY);
    let draft = l.prepare(MONDAY);
    // 66.80 less 6.68.
    assert_eq!(draft["payouts"][0]["amount"], "60.12", "{draft}");
    l.check();
    // A batch that is dropped holds nothing back.
    l.ok(&["payouts", "cancel", &text(&draft, "batch_id")]);
    assert_eq!(owed(l, "h-1"), ("-66.80".into(), "0.00".into()));
    l.check();
    // One that doesn't arrive holds nothing back either.
    let (failing, payout) = s.send(MONDAY);
    assert_eq!(owed(l, "h-1"), ("0.00".into(), "-6.68".into()));
    let failed = format!("{}=account closed", text(&payout, "payout_id"));
    l.ok(&["payouts", "settle", &failing, "--failed", &failed]);
    assert_eq!(owed(l, "h-1"), ("-66.80".into(), "0.00".into()));
    l.check();
    assert_eq!(s.pay(MONDAY), "60.12");
    assert_eq!(owed(l, "h-1"), ("0.00".into(), "-6.68".into()));
    // Until its day nothing is due.
    l.process("2026-03-29");
    assert_eq!(owed(l, "h-1").1, "-6.68");
    l.ok(&[
        "hosts",
        "reserve",
        "h-1",
        "--end",
        "--reason",
        "quiet since",
    ]);
    l.process("2026-03-30");
    assert_eq!(owed(l, "h-1"), ("-6.68".into(), "0.00".into()));
    l.check();
    let below = l.prepare("2026-03-30");
    assert_eq!(below["carried"][0]["reason"], "BELOW_MINIMUM");
}

#[test]
fn the_minimum_is_tested_on_what_is_sent_after_a_part_is_held_back() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    // 26.24, of which 10 % are held back: 23.62 would be sent.
    let seats = [booking("b-1", "h-1", &[]), booking("b-2", "h-1", &[])];
    ledger.import("bookings", to_csv(&seats));
    ledger.ok(&[
        "hosts",
        "reserve",
        "h-1",
        "--percent",
        "10",
        "--reason",
        "a new host",
    ]);
    ledger.process(MONDAY);
    let batch = ledger.prepare(MONDAY);
    assert_eq!(batch["carried"][0]["reason"], "BELOW_MINIMUM", "{batch}");
    let note = text(&batch["carried"][0], "note");
    assert!(
        note.contains("10.00 %") && note.contains("a new host"),
        "{note}"
    );
    ledger.check();
}

#[test]
fn exposure_is_what_was_paid_and_can_still_be_disputed() {
    let s = Story::new();
    let l = &s.ledger;
    let at = |day: &str| l.ok(&["--as-of", day, "disputes", "exposure"]);
    assert_eq!(at(MONDAY)["hosts"].as_array().unwrap().len(), 0);
    s.pay(MONDAY);
    let e = at(MONDAY);
    assert_eq!(
        (&e["totals"][0]["amount"], &e["hosts"][0]["bookings"]),
        (&"66.80".into(), &1.into())
    );
    // The session of 2 March can be charged back for 120 days.
    assert_eq!(e["ends"][0]["last_day"], "2026-06-30");
    assert_eq!(at("2026-07-01")["hosts"].as_array().unwrap().len(), 0);
}

#[test]
fn d6_evidence_and_letters_read_back() {
    let ledger = TestLedger::new();
    let names = [
        "Ελένη Παπαδοπούλου",
        "Nguyễn Thị Hồng Ánh",
        "Siobhán O'Brien-Müller",
    ];
    let hosts: Vec<Row> = names
        .iter()
        .enumerate()
        .map(|(i, name)| host(&format!("h-{i}"), &[("name", name)]))
        .collect();
    ledger.import("hosts", to_csv(&hosts));
    let seats: Vec<Row> = (0..3)
        .flat_map(|i| {
            let seat = |n: usize| {
                with(
                    &booking(
                        &format!("b-{i}-{n}"),
                        &format!("h-{i}"),
                        &[("price", "100.00")],
                    ),
                    &[
                        ("participant_id", "user-7"),
                        ("participant_email", "pat@mail.example"),
                    ],
                )
            };
            [seat(1), seat(2)]
        })
        .collect();
    ledger.import("bookings", to_csv(&seats));
    ledger.ok(&[
        "--as-of",
        "2026-02-01",
        "settings",
        "set",
        "refund_policy",
        "Seats can be cancelled up to 24 hours before the session. After that nothing is refunded.",
        "--reason",
        "as published",
    ]);
    ledger.process(MONDAY);
    let batch = ledger.prepare(MONDAY);
    let id = text(&batch, "batch_id");
    ledger.approve(&id);
    ledger.send(&id);
    ledger.ok(&["payouts", "settle", &id]);
    for (i, kind) in [(0, "chargeback"), (1, "chargeback"), (2, "complaint")] {
        let (booking, dispute) = (format!("b-{i}-1"), format!("dp_{i}"));
        ledger.ok(&[
            "--as-of",
            "2026-03-18",
            "disputes",
            "open",
            &booking,
            "--kind",
            kind,
            "--id",
            &dispute,
            "--reason",
            "product_not_received",
            "--evidence-due",
            "2026-04-01",
        ]);
    }
    let scan = ledger.write("chat.txt", "Thanks, see you on Monday.");
    ledger.ok(&["disputes", "attach", "dp_0", &scan]);
    ledger.ok(&["disputes", "evidence", "dp_0", "--keep", "--reviewed"]);
    let shots = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/shots");
    std::fs::create_dir_all(&shots).unwrap();
    let out = |name: &str| shots.join(name);
    let write = |args: &[&str], name: &str| {
        let path = out(name);
        let file = path.to_string_lossy().into_owned();
        ledger.ok(&[args, &[&file]].concat());
        pdf_text(&path)
    };
    let paper = write(&["disputes", "evidence", "dp_0", "--pdf"], "evidence.pdf");
    for want in [
        "Evidence for chargeback dp_0",
        "product not received",
        "100.00 USD",
        "ch_b-0-1",
        "up to 24 hours before",
        "b-0-1",
        "chat.txt",
        "COMPLETED",
    ] {
        assert!(paper.contains(want), "{want}\n{paper}");
    }
    let reserved = write(
        &["disputes", "letter", "dp_0", "--out"],
        "letter_reserved.pdf",
    );
    for want in [
        "Ελένη Παπαδοπούλου",
        "66.80 USD",
        "held back for now",
        "dp_0",
    ] {
        assert!(reserved.contains(want), "{want}\n{reserved}");
    }
    ledger.ok(&[
        "--as-of",
        "2026-03-20",
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "lost",
        "--reason",
        "no evidence",
    ]);
    let clawed = write(
        &["disputes", "letter", "dp_1", "--out"],
        "letter_clawback.pdf",
    );
    for want in [
        "Nguyễn Thị Hồng Ánh",
        "66.80 USD",
        "Set against your next earnings",
    ] {
        assert!(clawed.contains(want), "{want}\n{clawed}");
    }
    let balance = write(
        &["hosts", "letter", "h-1", "--currency", "USD", "--out"],
        "letter_balance.pdf",
    );
    for want in [
        "Why your balance is below zero",
        "−66.80 USD",
        "Carried to your next earnings",
    ] {
        assert!(balance.contains(want), "{want}\n{balance}");
    }
    ledger.ok(&[
        "--as-of",
        "2026-03-20",
        "disputes",
        "close",
        "dp_2",
        "--outcome",
        "withdrawn",
        "--reason",
        "found the link",
    ]);
    let freed = write(
        &["disputes", "letter", "dp_2", "--out"],
        "letter_withdrawn.pdf",
    );
    for want in ["Siobhán O'Brien-Müller", "was withdrawn", "66.80 USD"] {
        assert!(freed.contains(want), "{want}\n{freed}");
    }
    ledger.check();
    assert!(
        !std::fs::read(ledger.folder().join("ledger.db"))
            .unwrap()
            .windows(18)
            .any(|w| w == b"see you on Monday."),
        "attachments are encrypted with the ledger"
    );
}
