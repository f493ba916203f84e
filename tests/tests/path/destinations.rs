//! Where the money goes: what is marked on a batch before it is approved, accounts that are none,
//! and hosts who book their own sessions under another of their names.

use std::process::Command;

use hostledger_app::Session;
use hostledger_app::screens::review::queue;
use hostledger_stripe_fake::{AccountSetup, FakeStripe};
use hostledger_tests::export::{Row, booking, host, rows, to_csv, with};
use hostledger_tests::stripe::{
    account, approved_batch, assert_books, cheapen, exports, prepare_again, send,
};
use hostledger_tests::{APPROVER, PREPARER, TestLedger, program};
use serde_json::Value;

use crate::close::text;
use crate::tax::w9;

const MONDAY: &str = "2026-03-16";
const NEXT: &str = "2026-03-23";

fn ledger(hosts: &[Row]) -> TestLedger {
    let ledger = TestLedger::new();
    cheapen(&ledger);
    ledger.import("hosts", to_csv(hosts));
    ledger
}

fn at(account: &str) -> [(&str, &str); 1] {
    [("stripe_account_id", account)]
}

/// A seat in a session that is payable on a day: a week after it took place.
fn seat(id: &str, host: &str, payable_on: &str, price: &str, fee: &str) -> Row {
    let day: jiff::civil::Date = payable_on.parse().unwrap();
    let held = day - jiff::Span::new().days(7);
    let booked = held - jiff::Span::new().days(3);
    booking(
        id,
        host,
        &[
            ("booked_at", &format!("{booked}T10:00:00Z")),
            ("starts_at", &format!("{held}T10:00:00Z")),
            ("ends_at", &format!("{held}T11:00:00Z")),
            ("updated_at", &format!("{held}T11:05:00Z")),
            ("price", price),
            ("processing_fee", fee),
        ],
    )
}

/// Prepares the batch of a Monday from these seats.
fn week(ledger: &TestLedger, monday: &str, seats: &[Row]) -> Value {
    ledger.import("bookings", to_csv(seats));
    ledger.process(monday);
    ledger.prepare(monday)
}

/// Approves a batch and writes its payment file; its id.
fn sent(ledger: &TestLedger, batch: &Value) -> String {
    let id = text(batch, "batch_id");
    ledger.approve(&id);
    ledger.send(&id);
    id
}

fn paid(ledger: &TestLedger, batch: &Value) -> String {
    let id = sent(ledger, batch);
    ledger.ok(&["payouts", "settle", &id]);
    id
}

fn payout<'b>(batch: &'b Value, host: &str) -> &'b Value {
    let all = batch["payouts"].as_array().unwrap();
    let found = all.iter().find(|p| p["host_id"] == host);
    found.unwrap_or_else(|| panic!("no payout to {host} in {batch}"))
}

/// A payout's flags, each with its sentence.
fn flags<'b>(batch: &'b Value, host: &str) -> Vec<&'b str> {
    let p = payout(batch, host);
    let words: Vec<&str> = p["flags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f.as_str().unwrap())
        .collect();
    let marks = p["marks"].as_array().unwrap();
    let said: Vec<&str> = marks.iter().map(|m| m["flag"].as_str().unwrap()).collect();
    assert_eq!(words, said, "{p}");
    words
}

fn sentence(batch: &Value, host: &str, flag: &str) -> String {
    let marks = payout(batch, host)["marks"].as_array().unwrap();
    let mark = marks.iter().find(|m| m["flag"] == flag);
    text(
        mark.unwrap_or_else(|| panic!("no {flag} in {marks:?}")),
        "text",
    )
}

#[test]
fn a6_a_destination_that_is_another_hosts_too_is_marked_and_the_other_named() {
    let suspended = [
        ("stripe_account_id", "acct_1TestA"),
        ("name", "Ann Host"),
        ("status", "SUSPENDED"),
    ];
    let closed = [("stripe_account_id", "acct_1TestB"), ("status", "CLOSED")];
    let hosts = [
        host("h1", &suspended),
        host("h2", &at("acct_1TestA")),
        host("h3", &closed),
        host("h4", &at("acct_1TestB")),
        host("h5", &at("acct_1TestB")),
        host("h6", &at("acct_1testa")),
        host("h7", &at("")),
        host("h8", &at("")),
    ];
    let ledger = ledger(&hosts);
    let paid_hosts = ["h2", "h4", "h5", "h6", "h7", "h8"];
    let seats: Vec<Row> = paid_hosts
        .map(|h| seat(&format!("b-{h}"), h, MONDAY, "50.00", ""))
        .into();
    let batch = week(&ledger, MONDAY, &seats);
    let carried = batch["carried"].as_array().unwrap();
    assert_eq!(carried.len(), 2, "no account is nobody's: {batch}");

    let both = ["SHARED_DESTINATION", "FIRST_PAYOUT"];
    assert_eq!(flags(&batch, "h2"), both);
    assert_eq!(flags(&batch, "h4"), both);
    assert_eq!(flags(&batch, "h5"), both);
    assert_eq!(flags(&batch, "h6"), ["FIRST_PAYOUT"], "case matters");
    assert_eq!(
        sentence(&batch, "h2", "SHARED_DESTINATION"),
        "acct_1TestA is the payout account of another host too: h1 (Ann Host, suspended)."
    );
    let of_h4 = sentence(&batch, "h4", "SHARED_DESTINATION");
    for other in ["h3 (Amara Okafor, closed)", "h5 (Amara Okafor, active)"] {
        assert!(of_h4.contains(other), "{of_h4}");
    }
    assert!(!of_h4.contains("h4"), "{of_h4}");

    // A person reads it without JSON, too.
    let id = text(&batch, "batch_id");
    let mut plain = Command::new(program());
    ledger.sign(&mut plain, PREPARER);
    let shown = plain.args(["payouts", "show", &id]).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("h2: acct_1TestA is the payout account of another host too: h1"),
        "{shown}"
    );

    // And so does whoever reads the paper.
    let paper = ledger.file("batch.pdf");
    ledger.ok(&["payouts", "pdf", &id, "--out", &ledger.arg("batch.pdf")]);
    let read = Command::new("pdftotext").arg(&paper).arg("-").output();
    let read = String::from_utf8(read.unwrap().stdout).unwrap();
    let words: Vec<&str> = read.split_whitespace().collect();
    assert!(words.join(" ").contains("another host too: h1"), "{read}");

    // It is a mark, not a stop; and it goes once the other host has another account.
    ledger.import("hosts", to_csv(&[with(&hosts[0], &at("acct_1Own"))]));
    let shown = ledger.ok(&["payouts", "show", &id]);
    assert_eq!(flags(&shown, "h2"), ["FIRST_PAYOUT"]);
    assert_eq!(flags(&shown, "h5"), both);
    paid(&ledger, &batch);
    ledger.check();
}

#[test]
fn b12_after_a_reversed_transfer_a_new_account_is_flagged_as_changed() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 2, 10_000);
    let first = ledger.ok(&["payouts", "show", &batch]);
    assert_eq!(flags(&first, "host-00001"), ["FIRST_PAYOUT"]);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let transfers = stripe.transfers();
    let transfer = transfers.iter().find(|t| t.destination == account(1));
    stripe
        .reverse_transfer(&transfer.unwrap().id, 2_624)
        .unwrap();
    assert_eq!(ledger.ok(&["stripe", "sync"])["reversals"], 1);

    // "It bounced, use my new account."
    stripe.add_account("acct_1Another", AccountSetup::default());
    let moved = with(&rows(&exports(2).0)[0], &at("acct_1Another"));
    ledger.import("hosts", to_csv(&[moved]));
    let again = prepare_again(&ledger, "it bounced");
    assert_eq!(flags(&again, "host-00001"), ["DESTINATION_CHANGED"]);
    assert_eq!(
        sentence(&again, "host-00001", "DESTINATION_CHANGED"),
        format!(
            "The payout account was {} at the last payout sent, of {MONDAY}, which came back; it is acct_1Another now (hosts.csv, line 2).",
            account(1)
        )
    );

    // Once money went there it is the account that the next payout is compared with.
    let id = text(&again, "batch_id");
    ledger.approve(&id);
    assert_eq!(send(&ledger, &id).json["status"], "COMPLETED");
    let later = week(
        &ledger,
        NEXT,
        &[seat("bk-later", "host-00001", NEXT, "50.00", "")],
    );
    assert_eq!(flags(&later, "host-00001"), [""; 0]);
    // What was looked at then is shown as it was.
    let shown = ledger.ok(&["payouts", "show", &batch]);
    assert_eq!(flags(&shown, "host-00001"), ["FIRST_PAYOUT"]);
    let shown = ledger.ok(&["payouts", "show", &id]);
    assert_eq!(flags(&shown, "host-00001"), ["DESTINATION_CHANGED"]);
    assert_books(&ledger, "another account");
}

#[test]
fn b12_whatever_became_of_the_last_payout_sent_it_is_what_counts() {
    let hosts = ["h-1", "h-2", "h-3"].map(|h| host(h, &at(&format!("acct_{h}"))));
    let ledger = ledger(&hosts);
    let seats = |week: &str, day: &str| {
        ["h-1", "h-2", "h-3"].map(|h| seat(&format!("{h}-{week}"), h, day, "50.00", ""))
    };
    let batch = week(&ledger, MONDAY, &seats("1", MONDAY));
    let id = sent(&ledger, &batch);
    // One bounced, one arrived, of one nobody knows yet.
    let failed = format!(
        "{}=R03 no account",
        text(payout(&batch, "h-1"), "payout_id")
    );
    let arrived = text(payout(&batch, "h-2"), "payout_id");
    let all: Vec<Row> = hosts
        .iter()
        .map(|h| with(h, &at(&format!("acct_new_{}", h["host_id"]))))
        .collect();
    ledger.import("hosts", to_csv(&all));
    let next = week(&ledger, NEXT, &seats("2", NEXT));
    for h in ["h-1", "h-2", "h-3"] {
        assert_eq!(flags(&next, h), ["DESTINATION_CHANGED"], "{h}");
        let said = sentence(&next, h, "DESTINATION_CHANGED");
        for part in [
            format!("acct_{h} at"),
            "on its way".into(),
            format!("acct_new_{h} now"),
        ] {
            assert!(said.contains(&part), "{said}");
        }
    }
    ledger.ok(&["payouts", "settle", &id, "--failed", &failed]);
    let next_id = text(&next, "batch_id");
    let shown = ledger.ok(&["payouts", "show", &next_id]);
    assert!(sentence(&shown, "h-1", "DESTINATION_CHANGED").contains("which failed"));
    assert!(!arrived.is_empty() && flags(&shown, "h-2") == ["DESTINATION_CHANGED"]);
    // The bounced one tried anew on its own carries the mark as well.
    ledger.ok(&["payouts", "cancel", &next_id, "--reason", "looking into it"]);
    let retried = ledger.ok(&[
        "payouts",
        "retry",
        &text(payout(&batch, "h-1"), "payout_id"),
    ]);
    assert_eq!(flags(&retried, "h-1"), ["DESTINATION_CHANGED"]);
    ledger.check();
}

#[test]
fn b12_a_payout_that_never_left_is_compared_with_nothing() {
    let hosts = [host("h-1", &at("acct_old")), host("h-2", &at("acct_2"))];
    let ledger = ledger(&hosts);
    let seats = ["h-1", "h-2"].map(|h| seat(&format!("{h}-1"), h, MONDAY, "50.00", ""));
    // Cancelled.
    let cancelled = text(&week(&ledger, MONDAY, &seats), "batch_id");
    ledger.ok(&["payouts", "cancel", &cancelled, "--reason", "too early"]);
    // Approved, then stale: it isn't sent.
    let batch = ledger.prepare(MONDAY);
    let id = text(&batch, "batch_id");
    ledger.approve(&id);
    ledger.import("hosts", to_csv(&[with(&hosts[0], &at("acct_new"))]));
    ledger.send(&id);
    let shown = ledger.ok(&["payouts", "show", &id]);
    assert_eq!(
        payout(&shown, "h-1")["failure_code"],
        "CHANGED_SINCE_APPROVAL"
    );
    ledger.ok(&["payouts", "settle", &id]);
    let next = week(&ledger, NEXT, &[seat("h-2-2", "h-2", NEXT, "50.00", "")]);
    assert_eq!(flags(&next, "h-1"), ["FIRST_PAYOUT"]);
    assert_eq!(flags(&next, "h-2"), [""; 0]);
    ledger.check();
}

#[test]
fn d5_far_above_usual_is_more_than_twice_the_median_of_what_was_sent_lately() {
    // At 70 % and with no fee: 70.00 of a price of 100.00.
    let ledger = ledger(&[host("h-1", &at("acct_1")), host("h-2", &at("acct_2"))]);
    let weeks = [
        // A catch-up at the start, which was the largest payout for ever after.
        ("2026-03-16", "1000.00", &["FIRST_PAYOUT"][..]),
        ("2026-03-23", "100.00", &[]),
        ("2026-03-30", "100.00", &[]),
        // The median of 700, 70 and 70 is 70, and 140 isn't more than twice that.
        ("2026-04-06", "200.00", &[]),
        // That of 700, 70, 70 and 140 is 105, and 210.01 is more than 210.
        ("2026-04-13", "300.01", &["FAR_ABOVE_USUAL"]),
    ];
    for (n, (monday, price, expected)) in weeks.into_iter().enumerate() {
        let mut seats = vec![seat(&format!("h-1-{n}"), "h-1", monday, price, "0.00")];
        // The other host is paid twice before a payout ten times as large: two make no usual.
        let of_h2 = ["100.00", "100.00", "1000.00"];
        if let Some(price) = of_h2.get(n) {
            seats.push(seat(&format!("h-2-{n}"), "h-2", monday, price, "0.00"));
        }
        let batch = week(&ledger, monday, &seats);
        assert_eq!(flags(&batch, "h-1"), expected, "{monday}");
        if n == 2 {
            assert_eq!(flags(&batch, "h-2"), [""; 0], "two payouts make no usual");
        }
        if n == 4 {
            assert_eq!(payout(&batch, "h-1")["amount"], "210.01");
            assert_eq!(
                sentence(&batch, "h-1", "FAR_ABOVE_USUAL"),
                "210.01 USD is more than twice the usual: the median of the last 4 payouts sent to this host is 105.00 USD."
            );
        }
        paid(&ledger, &batch);
    }
    ledger.check();
}

#[test]
fn an_adjustment_is_marked_with_its_amount() {
    let ledger = ledger(&[host("h-1", &at("acct_1"))]);
    ledger.import(
        "bookings",
        to_csv(&[seat("b-1", "h-1", MONDAY, "100.00", "0.00")]),
    );
    for amount in ["--amount=-7.00", "--amount=2.50"] {
        let made = ["adjustments", "add", "h-1", amount, "--currency", "USD"];
        let made = ledger.ok(&[&made[..], &["--reason", "a broken lamp"]].concat());
        let id = text(&made, "adjustment_id");
        ledger.ok_as(APPROVER, &["adjustments", "approve", &id]);
    }
    ledger.process(MONDAY);
    let batch = ledger.prepare(MONDAY);
    assert_eq!(flags(&batch, "h-1"), ["FIRST_PAYOUT", "ADJUSTMENT"]);
    assert_eq!(
        sentence(&batch, "h-1", "ADJUSTMENT"),
        "2 adjustments, -4.50 USD in all, are in it."
    );
    assert_eq!(payout(&batch, "h-1")["amount"], "65.50");
    ledger.check();
}

#[test]
fn a10_what_is_no_account_id_never_becomes_a_destination() {
    let known = host("h-known", &at("acct_1Good"));
    let ledger = ledger(std::slice::from_ref(&known));
    let bad = [
        "acct 1Test",
        "ba_123",
        "acct_1;acct_2",
        "ACCT_1",
        "acct_1 acct_2",
        "not yet",
    ];
    let mut hosts: Vec<Row> = bad
        .iter()
        .enumerate()
        .map(|(i, account)| host(&format!("h-{i}"), &at(account)))
        .collect();
    hosts.push(with(&known, &at("acct 1Bad")));
    hosts.push(host("h-blank", &at("  acct_1Blank ")));
    let imported = ledger.import("hosts", to_csv(&hosts));
    assert_eq!(imported["exceptions"], 7, "{imported}");
    assert_eq!(imported["inserted"], 1, "{imported}");

    let exceptions = ledger.ok(&["exceptions", "list"]);
    for (e, account) in exceptions.as_array().unwrap().iter().zip(bad) {
        assert_eq!(e["code"], "BAD_ACCOUNT", "{e}");
        let said = text(e, "message");
        assert!(said.contains(account) && said.contains("acct_"), "{said}");
    }
    // One is put right; whoever was known keeps what was known.
    let fixed = text(&exceptions[0], "exception_id");
    ledger.ok(&[
        "exceptions",
        "retry",
        &fixed,
        "--set",
        "stripe_account_id=acct_1Right",
    ]);
    let seats: Vec<Row> = ["h-0", "h-1", "h-known", "h-blank"]
        .map(|h| seat(&format!("b-{h}"), h, MONDAY, "50.00", ""))
        .into();
    let batch = week(&ledger, MONDAY, &seats);
    let to = |h: &str| text(payout(&batch, h), "destination");
    assert_eq!(to("h-0"), "acct_1Right");
    assert_eq!(to("h-known"), "acct_1Good");
    assert_eq!(to("h-blank"), "acct_1Blank");
    assert_eq!(batch["payouts"].as_array().unwrap().len(), 3, "{batch}");
    assert_eq!(batch["carried"][0]["host_id"], "h-1", "{batch}");
    paid(&ledger, &batch);
    ledger.check();
}

#[test]
fn a6_a_host_who_books_their_own_session_under_another_name_is_flagged() {
    let nothing = [("stripe_account_id", ""), ("payouts_enabled", "")];
    let hosts = [
        host(
            "h1",
            &[
                ("stripe_account_id", "acct_A"),
                ("status", "SUSPENDED"),
                ("name", "Ann Host"),
                ("email", "ann@hosts.example"),
            ],
        ),
        host("h2", &at("acct_A")),
        host("h3", &at("acct_3")),
        host(
            "h4",
            &[
                ("stripe_account_id", "acct_4"),
                ("email", "Ann@Hosts.example"),
            ],
        ),
        host("h5", &nothing),
        host("h6", &nothing),
        host("h7", &at("acct_7")),
        host("h8", &at("acct_8")),
    ];
    let ledger = ledger(&hosts);
    // Two of them gave one TIN, two others what people type where they have none.
    let nobodys = "000-00-0000";
    ledger.import(
        "tax-profiles",
        to_csv(&[
            w9("h2", "123-45-6780", "CA", &[]),
            w9("h3", "123456780", "NY", &[]),
            w9("h7", nobodys, "CA", &[]),
            w9("h8", nobodys, "CA", &[]),
        ]),
    );
    let by = |id: &str, host: &str, participant: &str, email: &str| {
        let seat = seat(id, host, MONDAY, "100.00", "");
        with(
            &seat,
            &[
                ("participant_id", participant),
                ("participant_email", email),
            ],
        )
    };
    let seats = [
        by("account-id", "h2", "h1", ""),
        by("account-email", "h2", "learner", "ANN@hosts.example"),
        by("tin", "h3", "h2", ""),
        by("email", "h4", "h1", ""),
        by("empty-accounts", "h5", "h6", ""),
        by("no-tie", "h3", "h1", ""),
        by("placeholder", "h8", "h7", ""),
        by("nobody", "h2", "", ""),
        by("stranger", "h7", "learner", "zoe@mail.example"),
    ];
    ledger.import("bookings", to_csv(&seats));
    let processed = ledger.process(MONDAY);
    assert_eq!(processed["flagged"], 4, "{processed}");
    let blocked = ledger.ok(&["commissions", "list", "--blocked"]);
    let reason = |id: &str| {
        let all = blocked.as_array().unwrap();
        let found = all.iter().find(|c| c["booking_id"] == id);
        let block = &found.unwrap_or_else(|| panic!("{id} isn't blocked"))["blocks"][0];
        assert_eq!(block["rule"], "SELF_BOOKING", "{block}");
        text(block, "reason")
    };
    let same_account =
        "The participant is the host h1 (Ann Host), who has this host's payout account, acct_A.";
    assert_eq!(reason("account-id"), same_account);
    assert_eq!(reason("account-email"), same_account);
    assert_eq!(
        reason("tin"),
        "The participant is the host h2 (Amara Okafor), who has this host's TIN."
    );
    assert!(reason("email").contains("e-mail address"));
    assert_eq!(blocked.as_array().unwrap().len(), 4, "{blocked}");
    let explained = ledger.ok(&["commissions", "explain", "account-id"]);
    assert!(explained.to_string().contains(same_account), "{explained}");

    // The review has the evidence beside each.
    let evidence = |id: &str| {
        let s = Session::open(
            &ledger.folder(),
            PREPARER,
            &TestLedger::passphrase(PREPARER),
        );
        let cases = queue(&s.unwrap()).unwrap();
        let case = cases.into_iter().find(|c| c.flagged.booking_id == id);
        case.unwrap().facts
    };
    let fact = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    let of_account = evidence("account-id");
    assert!(
        of_account.contains(&fact("The participant is the host", "h1 (Ann Host)"))
            && of_account.contains(&fact("Payout account of both", "acct_A")),
        "{of_account:?}"
    );
    let of_tin = evidence("tin");
    assert!(
        of_tin.contains(&fact("TIN", "the same for both")),
        "{of_tin:?}"
    );

    // 100.00 at 70 % with a fee of 3.20 is 66.80: h3, h8, h2 and h7 have one free seat each.
    let batch = ledger.prepare(MONDAY);
    assert_eq!(batch["totals"][0]["amount"], "267.20", "{batch}");
    assert_eq!(batch["totals"][0]["payouts"], 4, "{batch}");
    // Settled once: what was released isn't raised again.
    let release = ["commissions", "release", "tin", "--reason"];
    ledger.ok(&[&release[..], &["a gift, checked with both"]].concat());
    assert_eq!(ledger.process(MONDAY)["flagged"], 0);
    ledger.check();
}

#[test]
fn a6_an_account_that_becomes_anothers_later_stops_what_wasnt_paid_yet() {
    let ledger = ledger(&[host("h1", &at("acct_1")), host("h2", &at("acct_2"))]);
    let seat = with(
        &seat("b-1", "h2", MONDAY, "100.00", ""),
        &[("participant_id", "h1")],
    );
    ledger.import("bookings", to_csv(&[seat]));
    let first = ledger.process(MONDAY);
    assert_eq!(
        (&first["flagged"], &first["processed"]),
        (&0.into(), &1.into())
    );
    ledger.import("hosts", to_csv(&[host("h2", &at("acct_1"))]));
    assert_eq!(ledger.process(MONDAY)["flagged"], 1);
    let batch = ledger.prepare(MONDAY);
    assert_eq!(batch["payouts"].as_array().unwrap().len(), 0, "{batch}");
    ledger.check();
}
