//! What banks send back after payouts were settled: against the account it left from, once, and due
//! again (docs/domain.md §7 and §9). Findings: a bank's return after settling couldn't be recorded.

use hostledger_stripe_fake::FakeStripe;
use hostledger_tests::export::{booking, host, to_csv};
use hostledger_tests::stripe::{
    MONDAY, account, approved_batch, assert_books, cheapen, exports, prepare_again, send,
};
use hostledger_tests::{APPROVER, TestLedger};
use serde_json::Value;

/// The business date on which these returns are recorded.
const TODAY: &str = "2026-03-25";
/// The day on the bank's statement.
const DAY: &str = "2026-03-20";

fn text(v: &Value) -> &str {
    v.as_str().unwrap_or_default()
}

/// Sends a batch to a payment file and settles it.
fn pay(ledger: &TestLedger, batch: &str) {
    ledger.approve(batch);
    ledger.send(batch);
    let settled = ledger.ok(&["payouts", "settle", batch]);
    assert_eq!(settled["status"], "COMPLETED");
}

/// Hosts 1 to n, each paid 26.24 USD by a payment file that was settled. The ledger and the batch.
fn paid(hosts: usize) -> (TestLedger, String) {
    let ledger = TestLedger::new();
    cheapen(&ledger);
    let (host_rows, bookings) = exports(hosts);
    ledger.import("hosts", host_rows);
    ledger.import("bookings", bookings);
    ledger.process(MONDAY);
    let batch = ledger.prepare(MONDAY)["batch_id"].clone();
    pay(&ledger, text(&batch));
    (ledger, text(&batch).to_owned())
}

fn payout_of(ledger: &TestLedger, batch: &str, host: &str) -> Value {
    let shown = ledger.ok(&["payouts", "show", batch]);
    let all = shown["payouts"].as_array().unwrap();
    all.iter().find(|p| p["host_id"] == host).unwrap().clone()
}

fn id_of(ledger: &TestLedger, batch: &str, host: &str) -> String {
    text(&payout_of(ledger, batch, host)["payout_id"]).to_owned()
}

/// An account's balance, debits positive; `until` a day.
fn balance(ledger: &TestLedger, account: &str, until: &str) -> String {
    let all = ledger.ok(&["--as-of", until, "balances"]);
    let of = |b: &&Value| b["account"] == account && b["currency"] == "USD";
    let found = all.as_array().unwrap().iter().find(of).cloned();
    found.map_or("0.00".into(), |b| text(&b["balance"]).to_owned())
}

fn host_account(host: &str) -> String {
    format!("liabilities:hosts:{host}")
}

fn returned(ledger: &TestLedger, payout: &str, more: &[&str]) -> Value {
    let mut args = vec!["--as-of", TODAY, "payouts", "returned", payout];
    args.extend(more);
    ledger.ok(&args)
}

fn status_of(ledger: &TestLedger, booking: &str) -> String {
    let all = ledger.ok(&["commissions", "list", "--booking", booking]);
    text(&all[0]["status"]).to_owned()
}

#[test]
fn a4_a_payout_that_a_bank_returned_whole_is_reversed_and_due_again() {
    let (ledger, batch) = paid(2);
    assert_eq!(balance(&ledger, "assets:bank", TODAY), "-52.48");
    let id = id_of(&ledger, &batch, "host-00001");
    let why = "R03, no account";
    let done = returned(&ledger, &id, &["--on", DAY, "--reason", why]);
    assert_eq!(
        done,
        serde_json::json!({ "payout_id": id, "status": "REVERSED" })
    );
    // Against the bank, on the bank's day; no expense of anybody.
    assert_eq!(balance(&ledger, "assets:bank", "2026-03-19"), "-52.48");
    assert_eq!(balance(&ledger, "assets:bank", DAY), "-26.24");
    let owed = host_account("host-00001");
    assert_eq!(balance(&ledger, &owed, DAY), "-26.24");
    assert_eq!(balance(&ledger, "expenses:adjustments", TODAY), "0.00");
    assert_eq!(status_of(&ledger, "bk-00001-1"), "PROCESSED");
    assert_eq!(status_of(&ledger, "bk-00002-1"), "PAID");
    ledger.check();
    // The batch, the host and the booking's story say it.
    let shown = payout_of(&ledger, &batch, "host-00001");
    assert_eq!(shown["came_back"][0]["amount"], "26.24");
    assert_eq!(shown["came_back"][0]["on"], DAY);
    assert_eq!(shown["came_back"][0]["by"], "ana");
    assert!(text(&shown["failure_reason"]).contains(why), "{shown}");
    let batch_now = ledger.ok(&["payouts", "show", &batch]);
    assert_eq!(batch_now["status"], "COMPLETED");
    let host = ledger.ok(&["hosts", "show", "host-00001"]);
    assert_eq!(host["payouts"][0]["came_back"], "26.24");
    let story = ledger.ok(&["commissions", "explain", "bk-00001-1"]);
    let told = story["steps"].to_string();
    assert!(
        told.contains(&format!("came back on {DAY}: {why}")),
        "{told}"
    );
    // Nothing can be recorded twice, and nothing has to be retried.
    let again = [
        "--as-of", TODAY, "payouts", "returned", &id, "--on", DAY, "--reason", "again",
    ];
    let refused = ledger.refused(&again);
    assert_eq!(refused.code, "WRONG_STATE");
    assert!(refused.message.contains("26.24 USD"), "{}", refused.message);
    let retry = ledger.refused(&["payouts", "retry", &id]);
    assert_eq!(retry.code, "WRONG_STATE");
    assert!(retry.message.contains("next batch"), "{}", retry.message);
    // It is paid once more, and the bank shows what it shows.
    let next = prepare_again(&ledger, "came back");
    assert_eq!(next["totals"][0]["amount"], "26.24", "{next}");
    assert_eq!(next["payouts"][0]["lines"], 2);
    pay(&ledger, text(&next["batch_id"]));
    assert_eq!(balance(&ledger, "assets:bank", TODAY), "-52.48");
    assert_eq!(balance(&ledger, &owed, TODAY), "0.00");
    assert_eq!(status_of(&ledger, "bk-00001-1"), "PAID");
    assert_books(&ledger, "paid again");
}

#[test]
fn a4_parts_that_came_back_stay_parts_and_never_exceed_the_payout() {
    let (ledger, batch) = paid(1);
    let id = id_of(&ledger, &batch, "host-00001");
    let part = [
        "--amount",
        "10.00",
        "--on",
        DAY,
        "--reason",
        "R01 less a fee",
    ];
    assert_eq!(returned(&ledger, &id, &part)["status"], "COMPLETED");
    assert_eq!(balance(&ledger, "assets:bank", TODAY), "-16.24");
    assert_eq!(
        balance(&ledger, &host_account("host-00001"), TODAY),
        "-10.00"
    );
    assert_eq!(status_of(&ledger, "bk-00001-1"), "PAID");
    let all = ledger.ok(&["adjustments", "list"]);
    assert_eq!(
        (&all[0]["kind"], &all[0]["amount"], &all[0]["status"]),
        (
            &"PARTIAL_REVERSAL".into(),
            &"10.00".into(),
            &"APPROVED".into()
        )
    );
    // The very same one again is an accident.
    let mut again = vec!["--as-of", TODAY, "payouts", "returned", &id];
    again.extend(part);
    assert_eq!(ledger.refused(&again).code, "WRONG_STATE");
    // More than is left, by an amount or by naming none, is refused with the figures.
    for more in [&["--amount", "16.25"][..], &[]] {
        let mut args = vec!["--as-of", TODAY, "payouts", "returned", &id];
        args.extend(more);
        args.extend(["--on", DAY, "--reason", "the rest"]);
        let refused = ledger.refused(&args);
        assert_eq!(refused.code, "BAD_INPUT");
        assert_eq!(refused.details["payout"], "26.24", "{refused:?}");
        assert_eq!(refused.details["came_back"], "10.00");
        assert_eq!(refused.details["left"], "16.24");
        assert!(refused.message.contains("16.24 USD"), "{refused:?}");
    }
    // The rest comes back too: the parts stay parts, so the commissions stay paid.
    let rest = [
        "--amount",
        "16.24",
        "--on",
        "2026-03-23",
        "--reason",
        "the rest",
    ];
    assert_eq!(returned(&ledger, &id, &rest)["status"], "COMPLETED");
    assert_eq!(balance(&ledger, "assets:bank", TODAY), "0.00");
    assert_eq!(status_of(&ledger, "bk-00001-1"), "PAID");
    ledger.check();
    let last = [
        "--as-of", TODAY, "payouts", "returned", &id, "--amount", "0.01", "--on", DAY, "--reason",
        "more",
    ];
    assert_eq!(ledger.refused(&last).code, "BAD_INPUT");
    let next = prepare_again(&ledger, "came back in parts");
    assert_eq!(next["totals"][0]["amount"], "26.24", "{next}");
    assert_eq!(next["payouts"][0]["lines"], 2);
    pay(&ledger, text(&next["batch_id"]));
    assert_eq!(balance(&ledger, "assets:bank", TODAY), "-26.24");
    assert_eq!(balance(&ledger, &host_account("host-00001"), TODAY), "0.00");
    assert_books(&ledger, "both parts paid once");
    // The paper of the batch says both.
    let out = ledger.arg("batch.pdf");
    ledger.ok(&["payouts", "pdf", &batch, "--out", &out]);
    let paper = pdf_text(&out);
    for words in [
        "10.00 USD came back on 2026-03-20",
        "16.24 USD came back on 2026-03-23",
    ] {
        assert!(paper.contains(words), "{paper}");
    }
}

/// The words of a PDF, as `pdftotext` reads them.
fn pdf_text(path: &str) -> String {
    let done = std::process::Command::new("pdftotext")
        .args(["-layout", path, "-"])
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&done.stdout).into_owned();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a4_what_cannot_have_come_back_is_refused() {
    let ledger = TestLedger::new();
    cheapen(&ledger);
    let (host_rows, bookings) = exports(1);
    ledger.import("hosts", host_rows);
    ledger.import("bookings", bookings);
    ledger.process(MONDAY);
    let prepared = ledger.prepare(MONDAY);
    let batch = text(&prepared["batch_id"]).to_owned();
    let id = text(&prepared["payouts"][0]["payout_id"]).to_owned();
    let refused = |more: &[&str]| {
        let mut args = vec!["--as-of", TODAY, "payouts", "returned", &id];
        args.extend(more);
        ledger.refused(&args)
    };
    let plain = ["--on", DAY, "--reason", "R03"];
    assert_eq!(refused(&plain).code, "WRONG_STATE", "not sent");
    ledger.approve(&batch);
    ledger.send(&batch);
    let settle = refused(&plain);
    assert_eq!(settle.code, "WRONG_STATE", "not settled");
    assert!(
        settle.message.contains("payouts settle"),
        "{}",
        settle.message
    );
    ledger.ok(&["payouts", "settle", &batch]);
    for (more, why) in [
        (
            &["--on", "2026-03-15", "--reason", "R03"][..],
            "before it left",
        ),
        (&["--on", "2026-03-26", "--reason", "R03"], "ahead"),
        (&["--on", DAY, "--reason", " "], "without a reason"),
        (
            &["--amount", "0.00", "--on", DAY, "--reason", "R03"],
            "nothing",
        ),
        (
            &["--amount=-1.00", "--on", DAY, "--reason", "R03"],
            "below zero",
        ),
        (
            &["--amount", "1.005", "--on", DAY, "--reason", "R03"],
            "finer than cents",
        ),
        (
            &["--amount", "26.25", "--on", DAY, "--reason", "R03"],
            "more than it was",
        ),
    ] {
        assert_eq!(refused(more).code, "BAD_INPUT", "{why}");
    }
    ledger.add_user("vera", "viewer");
    let args = ["--as-of", TODAY, "payouts", "returned", &id];
    let full = [&args[..], &plain[..]].concat();
    assert_eq!(ledger.refused_as("vera", &full).code, "NOT_ALLOWED");
    assert_eq!(
        ledger
            .refused(&[
                "payouts", "returned", "no-such", "--on", DAY, "--reason", "R03"
            ])
            .code,
        "NOT_FOUND"
    );
    assert_eq!(balance(&ledger, "assets:bank", TODAY), "-26.24");
    // On the very day it left, by an approver: that can be.
    let same_day = [&args[..], &["--on", MONDAY, "--reason", "R03"]].concat();
    assert_eq!(ledger.ok_as(APPROVER, &same_day)["status"], "REVERSED");
    // A payout that failed never left for good.
    let next = prepare_again(&ledger, "again");
    let second = text(&next["payouts"][0]["payout_id"]).to_owned();
    let again = text(&next["batch_id"]).to_owned();
    ledger.approve(&again);
    ledger.send(&again);
    let failed = format!("{second}=closed");
    ledger.ok(&["payouts", "settle", &again, "--failed", &failed]);
    let args = [
        "payouts", "returned", &second, "--on", DAY, "--reason", "R03",
    ];
    assert_eq!(ledger.refused(&args).code, "WRONG_STATE");
    ledger.check();
}

#[test]
fn a4_a_return_recorded_by_hand_is_not_counted_again_when_stripe_shows_it() {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 3, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let transfer = |n: usize| {
        let all = stripe.transfers();
        let found = all.iter().find(|t| t.destination == account(n));
        found.unwrap().id.clone()
    };
    let far = "2030-01-01";
    // 1: all of it by hand. 2: a part by hand, then Stripe shows all of it. 3: Stripe shows it first.
    let (one, two, three) = (
        id_of(&ledger, &batch, "host-00001"),
        id_of(&ledger, &batch, "host-00002"),
        id_of(&ledger, &batch, "host-00003"),
    );
    let whole = returned(&ledger, &one, &["--on", DAY, "--reason", "sent back"]);
    assert_eq!(whole["status"], "REVERSED");
    let part = ["--amount", "10.00", "--on", DAY, "--reason", "sent back"];
    assert_eq!(returned(&ledger, &two, &part)["status"], "COMPLETED");
    // 78.72 left Stripe, 36.24 came back to it, and nothing touched a bank.
    let paid_in = 6 * 1912 - 7872;
    let stripe_minor =
        |back: i64| format!("{}.{:02}", (paid_in + back) / 100, (paid_in + back) % 100);
    assert_eq!(balance(&ledger, "assets:stripe", far), stripe_minor(3624));
    assert_eq!(balance(&ledger, "assets:bank", far), "0.00");
    ledger.check();

    stripe.reverse_transfer(&transfer(1), 2_624).unwrap();
    stripe.reverse_transfer(&transfer(2), 2_624).unwrap();
    stripe.reverse_transfer(&transfer(3), 500).unwrap();
    let synced = ledger.ok(&["stripe", "sync"]);
    // New are 16.24 of the second and 5.00 of the third.
    assert_eq!(synced["reversals"], 2, "{synced}");
    assert!(
        synced["notices"].to_string().contains("16.24 USD"),
        "{synced}"
    );
    assert_eq!(
        balance(&ledger, "assets:stripe", far),
        stripe_minor(2624 + 2624 + 500)
    );
    let owed = |n: usize| balance(&ledger, &host_account(&format!("host-0000{n}")), far);
    assert_eq!(
        (owed(1), owed(2), owed(3)),
        ("-26.24".into(), "-26.24".into(), "-5.00".into())
    );
    let second = payout_of(&ledger, &batch, "host-00002");
    assert_eq!(second["status"], "COMPLETED", "parts stay parts");
    assert_eq!(second["came_back"].as_array().unwrap().len(), 2, "{second}");
    assert_eq!(ledger.ok(&["stripe", "sync"])["reversals"], 0);
    ledger.check();
    // What Stripe showed can't be recorded by hand as if it were news.
    let late = [
        "payouts",
        "returned",
        &three,
        "--amount",
        "5.00",
        "--on",
        DAY,
        "--reason",
        "sent back",
    ];
    let refused = ledger.refused(&late);
    assert_eq!(refused.code, "WRONG_STATE");
    assert!(refused.message.contains("stripe sync"), "{refused:?}");
    // And what Stripe shows too is no mistake that could be taken back.
    let back = [
        "payouts",
        "returned",
        &one,
        "--take-back",
        "--reason",
        "an error",
    ];
    assert_eq!(ledger.refused(&back).code, "WRONG_STATE");
    // All of it is paid once more and never again.
    let next = prepare_again(&ledger, "came back");
    assert_eq!(next["totals"][0]["amount"], "52.48", "{next}");
    let id = text(&next["batch_id"]).to_owned();
    ledger.approve(&id);
    assert_eq!(send(&ledger, &id).json["status"], "COMPLETED");
    assert_eq!(
        (owed(1), owed(2), owed(3)),
        ("0.00".into(), "0.00".into(), "-5.00".into())
    );
    assert_books(&ledger, "paid once more");
}

#[test]
fn a4_what_a_returned_payout_held_back_and_carried_on_comes_back_with_it() {
    let ledger = TestLedger::new();
    cheapen(&ledger);
    ledger.import(
        "hosts",
        to_csv(&[
            host("h1", &[]),
            host("h2", &[("stripe_account_id", "acct_2")]),
        ]),
    );
    let forint = [
        ("price", "7999.00"),
        ("currency", "HUF"),
        ("processing_fee", "100.00"),
    ];
    ledger.import(
        "bookings",
        to_csv(&[
            booking("b1", "h1", &[]),
            booking("b2", "h1", &[]),
            booking("b3", "h2", &forint),
        ]),
    );
    ledger.ok(&[
        "hosts",
        "reserve",
        "h1",
        "--percent",
        "10",
        "--days",
        "30",
        "--reason",
        "chargebacks",
    ]);
    ledger.ok(&[
        "--as-of",
        MONDAY,
        "settings",
        "set",
        "minimum.USD",
        "20.00",
        "--reason",
        "smaller",
    ]);
    ledger.process(MONDAY);
    let first = ledger.prepare(MONDAY);
    let amounts = |batch: &Value| {
        let of = |host: &str| {
            let all = batch["payouts"].as_array().unwrap();
            let p = all.iter().find(|p| p["host_id"] == host);
            p.map(|p| text(&p["amount"]).to_owned()).unwrap_or_default()
        };
        (of("h1"), of("h2"))
    };
    // 26.24 less a tenth; 7999.00 − 2399.70 − 100.00 = 5499.30, and whole hundreds of it.
    let wanted = ("23.62".to_owned(), "5499.00".to_owned());
    assert_eq!(amounts(&first), wanted, "{first}");
    let batch = text(&first["batch_id"]).to_owned();
    pay(&ledger, &batch);
    assert_eq!(
        balance(&ledger, "liabilities:hosts:h1:reserved", TODAY),
        "-2.62"
    );
    for h in ["h1", "h2"] {
        let id = id_of(&ledger, &batch, h);
        let done = returned(&ledger, &id, &["--on", DAY, "--reason", "R02"]);
        assert_eq!(done["status"], "REVERSED");
    }
    assert_eq!(
        balance(&ledger, "liabilities:hosts:h1:reserved", TODAY),
        "0.00"
    );
    assert_eq!(balance(&ledger, &host_account("h1"), TODAY), "-26.24");
    ledger.check();
    let again = prepare_again(&ledger, "again");
    assert_eq!(amounts(&again), wanted, "{again}");
    pay(&ledger, text(&again["batch_id"]));
    // A month later what was held back is set free, and then this payout comes back, too.
    let late = "2026-05-01";
    ledger.process(late);
    let id = id_of(&ledger, text(&again["batch_id"]), "h1");
    let args = [
        "--as-of", late, "payouts", "returned", &id, "--on", late, "--reason", "R02",
    ];
    assert_eq!(ledger.ok(&args)["status"], "REVERSED");
    ledger.check();
    // The whole 26.24 is owed: 23.62 that came back and 2.62 that was set free.
    assert_eq!(balance(&ledger, &host_account("h1"), late), "-26.24");
    assert_books(&ledger, "late");
}

#[test]
fn a4_a_disputed_payout_that_comes_back_frees_its_reserve_and_keeps_the_block() {
    let (ledger, batch) = paid(1);
    ledger.ok(&[
        "--as-of",
        TODAY,
        "disputes",
        "open",
        "bk-00001-1",
        "--kind",
        "chargeback",
        "--amount",
        "20.00",
        "--id",
        "dp_1",
        "--opened",
        TODAY,
    ]);
    let reserved = || balance(&ledger, "liabilities:hosts:host-00001:reserved", TODAY);
    assert_eq!(reserved(), "-13.12");
    let id = id_of(&ledger, &batch, "host-00001");
    let done = returned(&ledger, &id, &["--on", TODAY, "--reason", "R16 frozen"]);
    assert_eq!(done["status"], "REVERSED");
    assert_eq!(reserved(), "0.00", "the block holds it now");
    ledger.check();
    // Only the other seat can be paid.
    let next = prepare_again(&ledger, "again");
    assert_eq!(next["carried"][0]["amount"], "13.12", "{next}");
    assert_eq!(next["carried"][0]["reason"], "BELOW_MINIMUM");
    ledger.check();
}

#[test]
fn a_return_recorded_in_error_is_taken_back_while_nothing_came_of_it() {
    let (ledger, batch) = paid(2);
    let before = ledger.ok(&["balances"]);
    let (one, two) = (
        id_of(&ledger, &batch, "host-00001"),
        id_of(&ledger, &batch, "host-00002"),
    );
    returned(&ledger, &one, &["--on", DAY, "--reason", "R03"]);
    let part = ["--amount", "10.00", "--on", DAY, "--reason", "R03"];
    returned(&ledger, &two, &part);
    let other = ["--amount", "1.00", "--on", DAY, "--reason", "R03"];
    returned(&ledger, &two, &other);
    let take_back = |id: &str| {
        ledger.run(&[
            "--as-of",
            TODAY,
            "payouts",
            "returned",
            id,
            "--take-back",
            "--reason",
            "another host's",
        ])
    };
    // In a batch already: first out of it.
    let next = prepare_again(&ledger, "too soon");
    assert_eq!(next["payouts"].as_array().unwrap().len(), 1, "{next}");
    let refused = take_back(&one).refusal("in a batch");
    assert_eq!(refused.code, "WRONG_STATE");
    assert!(refused.message.contains("cancel it"), "{refused:?}");
    ledger.ok(&[
        "payouts",
        "cancel",
        text(&next["batch_id"]),
        "--reason",
        "error",
    ]);
    assert_eq!(take_back(&one).json["status"], "COMPLETED");
    assert_eq!(status_of(&ledger, "bk-00001-1"), "PAID");
    ledger.check();
    // The newest part first, then the one before.
    assert_eq!(take_back(&two).json["status"], "COMPLETED");
    assert_eq!(
        balance(&ledger, &host_account("host-00002"), TODAY),
        "-10.00"
    );
    assert_eq!(take_back(&two).json["status"], "COMPLETED");
    assert_eq!(ledger.ok(&["balances"]), before);
    assert_eq!(take_back(&two).refusal("nothing left").code, "NOT_FOUND");
    // It can be recorded again, rightly this time, and is due then.
    assert_eq!(returned(&ledger, &two, &part)["status"], "COMPLETED");
    returned(&ledger, &one, &["--on", DAY, "--reason", "R03"]);
    assert_eq!(status_of(&ledger, "bk-00001-1"), "PROCESSED");
    assert_books(&ledger, "recorded again");
}

/// The database itself keeps returns and final payouts as they are, whatever code is before it.
#[test]
fn a4_the_database_refuses_returns_that_cannot_be_and_check_sees_them() {
    let (test, batch) = paid(1);
    let id = id_of(&test, &batch, "host-00001");
    let part = ["--amount", "10.00", "--on", DAY, "--reason", "R03"];
    returned(&test, &id, &part);
    test.ok(&["hosts", "final-payout", "host-00001", "--reason", "leaves"]);
    let ledger = test.open(&test.data_key());
    let another = |minor: i64| {
        format!(
            "INSERT INTO payout_returns (return_id, payout_key, amount_minor, returned_on, reason, recorded_at, recorded_by) SELECT 'r{minor}', payout_key, {minor}, 20532, 'more', 0, 'ana' FROM payout_returns"
        )
    };
    let too_much = another(1_625);
    for (says, sql) in [
        ("no more comes back than left", too_much.as_str()),
        (
            "never changed",
            "UPDATE payout_returns SET amount_minor = 1",
        ),
        ("never deleted", "DELETE FROM payout_returns"),
        (
            "UNIQUE",
            "INSERT INTO payout_returns (return_id, payout_key, amount_minor, returned_on, reason, recorded_at, recorded_by) SELECT 'twice', payout_key, amount_minor, returned_on, reason, 0, 'ana' FROM payout_returns",
        ),
        (
            "CHECK",
            "UPDATE final_payouts SET status = 'APPROVED', decided_at = 0, decided_by = created_by",
        ),
        (
            "UNIQUE",
            "INSERT INTO final_payouts (adjustment_id, host_key, reason, status, created_at, created_on, created_by) SELECT 'second', host_key, reason, status, 0, 0, 'ana' FROM final_payouts",
        ),
        ("never deleted", "DELETE FROM final_payouts"),
    ] {
        let done: Result<(), hostledger_store::Error> =
            ledger.rehearse(|conn| Ok(conn.execute_batch(sql)?));
        let refused = done.expect_err(sql).to_string();
        assert!(refused.contains(says), "{sql}: {refused}");
    }
    // A row without its entry, and an entry that no row explains.
    let gone = "DROP TRIGGER payout_returns_no_delete; DELETE FROM payout_returns";
    for sql in [another(24).as_str(), gone] {
        let found: Result<Vec<&str>, hostledger_store::Error> = ledger.rehearse(|conn| {
            conn.execute_batch(sql)?;
            let all = hostledger_store::check::run_all(conn, |_, _| {})?;
            Ok(all.into_iter().filter(|c| !c.ok).map(|c| c.name).collect())
        });
        assert!(found.expect(sql).contains(&"money_back"), "{sql}");
    }
    drop(ledger);
    test.check();
}
