//! What banks really do: they take more than the price, in their own currency, and a fee that is
//! theirs to say; and what a person entered before their word came.

use hostledger_stripe_fake::{DisputeSetup, FakeStripe};
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use hostledger_tests::stripe::{account, connect};
use hostledger_tests::{Refusal, TestLedger};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::text;

pub(crate) const MONDAY: &str = "2026-03-16";
const TEN_MILLION: i64 = 1_000_000_000;

/// A ledger with three hosts, and these bookings.
pub(crate) fn with_bookings(rows: &[Row]) -> TestLedger {
    let ledger = with_hosts();
    ledger.import("bookings", to_csv(rows));
    ledger
}

pub(crate) fn with_hosts() -> TestLedger {
    let ledger = TestLedger::new();
    let hosts: Vec<Row> = (1..=3)
        .map(|n| host(&format!("h-{n}"), &[("stripe_account_id", &account(n))]))
        .collect();
    ledger.import("hosts", to_csv(&hosts));
    ledger
}

/// A booking of `h-1` for 80.00: fee 2.62, platform 24.00, host 53.38.
pub(crate) fn one_of_80() -> TestLedger {
    with_bookings(&[booking("b-1", "h-1", &[("price", "80.00")])])
}

pub(crate) fn dispute(changes: &[(&str, &str)]) -> Row {
    let plain = [
        ("dispute_id", "dp_1"),
        ("booking_id", "b-1"),
        ("kind", "CHARGEBACK"),
        ("reason", "fraudulent"),
        ("amount", "80.00"),
        ("currency", "USD"),
        ("status", "needs_response"),
        ("opened_at", "2026-03-10T10:00:00Z"),
        ("evidence_due_by", "2026-03-20T23:59:00Z"),
        ("closed_at", ""),
    ];
    let row: Row = plain
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    with(&row, changes)
}

pub(crate) const LOST: [(&str, &str); 2] =
    [("status", "lost"), ("closed_at", "2026-03-25T09:00:00Z")];
pub(crate) const WON: [(&str, &str); 2] =
    [("status", "won"), ("closed_at", "2026-03-25T09:00:00Z")];

/// Stripe's payments file with one row about a charge.
pub(crate) fn payments(charge: &str, amount: &str, currency: &str, status: &str) -> String {
    format!(
        "id,Currency,Disputed Amount,Dispute Status,Dispute Reason,Dispute Date (UTC),Dispute Evidence Due (UTC),PaymentIntent ID\n\
         {charge},{currency},{amount},{status},fraudulent,2026-03-10 10:00,2026-03-20 23:59,\n"
    )
}

/// Takes one file in and proves the books; its counts: inserted, updated, unchanged, exceptions.
pub(crate) fn takes(ledger: &TestLedger, kind: &str, text: &str) -> [i64; 4] {
    let done = ledger.import(kind, text);
    ledger.check();
    ["inserted", "updated", "unchanged", "exceptions"].map(|k| done[k].as_i64().unwrap())
}

pub(crate) fn balance(ledger: &TestLedger, account: &str, currency: &str) -> Decimal {
    ledger
        .ok(&["balances"])
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["account"] == account && b["currency"] == currency)
        .map_or(Decimal::ZERO, |b| decimal(&text(b, "balance")))
}

pub(crate) fn fees(ledger: &TestLedger) -> (Decimal, Decimal) {
    let of = |currency| balance(ledger, "expenses:dispute fees", currency);
    (of("USD"), of("EUR"))
}

pub(crate) fn usd(text: &str) -> Decimal {
    decimal(text)
}

/// Every dispute: its id, booking, status and amount.
pub(crate) fn listed(ledger: &TestLedger) -> Vec<[String; 4]> {
    let all = ledger.ok(&["disputes", "list"]);
    let row = |d: &Value| ["dispute_id", "booking_id", "status", "amount"].map(|k| text(d, k));
    all.as_array().unwrap().iter().map(row).collect()
}

/// The bookings that a dispute holds.
pub(crate) fn held(ledger: &TestLedger) -> Vec<String> {
    ledger
        .commissions()
        .iter()
        .filter(|c| {
            c["blocks"]
                .as_array()
                .unwrap()
                .iter()
                .any(|b| b["kind"] == "DISPUTE")
        })
        .map(|c| text(c, "booking_id"))
        .collect()
}

pub(crate) fn waiting(ledger: &TestLedger) -> Vec<Value> {
    ledger
        .ok(&["exceptions", "list"])
        .as_array()
        .unwrap()
        .clone()
}

pub(crate) fn retry(ledger: &TestLedger, exception: &Value, more: &[&str]) {
    let id = text(exception, "exception_id");
    ledger.ok(&[&["exceptions", "retry", &id][..], more].concat());
    ledger.check();
}

pub(crate) fn by_hand(
    ledger: &TestLedger,
    booking: &str,
    kind: &str,
    amount: &str,
    opened: &str,
) -> String {
    let entered = ledger.ok(&[
        "disputes", "open", booking, "--kind", kind, "--amount", amount, "--opened", opened,
    ]);
    ledger.check();
    text(&entered, "dispute_id")
}

pub(crate) fn close(ledger: &TestLedger, id: &str, outcome: &str, on: &str) {
    ledger.ok(&[
        "--as-of",
        on,
        "disputes",
        "close",
        id,
        "--outcome",
        outcome,
        "--reason",
        "decided",
    ]);
    ledger.check();
}

pub(crate) fn refused(ledger: &TestLedger, args: &[&str]) -> Refusal {
    let refusal = ledger.refused(args);
    ledger.check();
    refusal
}

#[test]
fn c7_a_dispute_by_hand_is_the_files_only_by_amount_day_and_while_open() {
    let rows: Vec<Row> = (1..=5)
        .map(|n| booking(&format!("b-{n}"), "h-1", &[("price", "100.00")]))
        .collect();
    let l = with_bookings(&rows);
    // Decided, another amount and weeks before: the file's is another one, and holds the booking.
    let won = by_hand(&l, "b-1", "complaint", "5.00", "2026-03-03");
    close(&l, &won, "won", "2026-03-05");
    let complaint = dispute(&[
        ("dispute_id", "cmp-77"),
        ("kind", "COMPLAINT"),
        ("amount", "20.00"),
        ("opened_at", "2026-03-20T09:00:00Z"),
    ]);
    assert_eq!(takes(&l, "disputes", &to_csv(&[complaint])), [1, 0, 0, 0]);
    assert_eq!(held(&l), ["b-1"]);
    // Two losses cost both.
    let lost = by_hand(&l, "b-2", "chargeback", "5.00", "2026-03-10");
    close(&l, &lost, "lost", "2026-03-12");
    let other = with(
        &dispute(&[
            ("dispute_id", "dp_2"),
            ("booking_id", "b-2"),
            ("amount", "15.00"),
        ]),
        &LOST,
    );
    assert_eq!(takes(&l, "disputes", &to_csv(&[other])), [1, 0, 0, 0]);
    let b2 = l.ok(&["commissions", "list", "--booking", "b-2"]);
    assert_eq!(b2[0]["refunded"], "20.00");
    assert_eq!(fees(&l).0, usd("30"), "two banks' fees");
    // Three days apart it is the same, four days apart it isn't; nor is another amount.
    for (b, opened, amount, one) in [
        ("b-3", "2026-03-13T00:00:00Z", "5.00", true),
        ("b-4", "2026-03-14T00:00:00Z", "5.00", false),
        ("b-5", "2026-03-10T10:00:00Z", "5.01", false),
    ] {
        by_hand(&l, b, "chargeback", "5.00", "2026-03-10");
        let row = dispute(&[
            ("dispute_id", &format!("dp_{b}")),
            ("booking_id", b),
            ("amount", amount),
            ("opened_at", opened),
        ]);
        let want = if one { [0, 1, 0, 0] } else { [1, 0, 0, 0] };
        assert_eq!(takes(&l, "disputes", &to_csv(&[row])), want, "{b}");
    }
    assert_eq!(listed(&l).len(), 9);
}

/// Stripe's payments file names the charge only; what a person entered tells itself apart there, too,
/// and every later file finds the right one.
#[test]
fn c7_a_payments_file_tells_its_chargeback_from_one_by_hand() {
    let l = one_of_80();
    let won = by_hand(&l, "b-1", "chargeback", "5.00", "2026-03-03");
    close(&l, &won, "won", "2026-03-05");
    let file = |status| payments("ch_b-1", "20.00", "usd", status);
    assert_eq!(
        takes(&l, "stripe-payments", &file("needs_response")),
        [1, 0, 0, 0]
    );
    assert_eq!(
        takes(&l, "stripe-payments", &file("under_review")),
        [0, 1, 0, 0]
    );
    // Stripe's own id for it, weeks later.
    let named = dispute(&[
        ("dispute_id", "dp_9"),
        ("amount", "20.00"),
        ("status", "under_review"),
    ]);
    assert_eq!(takes(&l, "disputes", &to_csv(&[named])), [0, 1, 0, 0]);
    assert_eq!(takes(&l, "stripe-payments", &file("lost")), [0, 1, 0, 0]);
    let all = listed(&l);
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(all[1], ["dp_9", "b-1", "lost", "20.00"]);
    assert_eq!(fees(&l).0, usd("30"));
    // One that a person entered as the file says it is the file's.
    let l = one_of_80();
    by_hand(&l, "b-1", "chargeback", "20.00", "2026-03-12");
    assert_eq!(
        takes(&l, "stripe-payments", &file("needs_response")),
        [0, 1, 0, 0]
    );
    assert_eq!(
        takes(&l, "disputes", &to_csv(&[dispute(&[("amount", "20.00")])])),
        [0, 1, 0, 0]
    );
    assert_eq!(
        listed(&l),
        [["dp_1", "b-1", "needs_response", "20.00"].map(str::to_owned)]
    );
    assert_eq!(fees(&l).0, usd("15"));
}

#[test]
fn c6_a_row_that_says_that_nothing_was_paid_waits_while_a_dispute_stands() {
    for outcome in [&LOST[..], &WON[..], &[]] {
        let l = one_of_80();
        l.import("disputes", to_csv(&[with(&dispute(&[]), outcome)]));
        let before = l.ok(&["balances"]);
        let row = booking(
            "b-1",
            "h-1",
            &[("price", "80.00"), ("updated_at", "2026-03-30T08:00:00Z")],
        );
        for change in [&[("price", "0.00")][..], &[("status", "PENDING")]] {
            let done = l.import("bookings", to_csv(&[with(&row, change)]));
            assert_eq!(
                done["first_exceptions"][0]["code"], "CONFLICTING_ROWS",
                "{change:?} {done}"
            );
            l.check();
            assert_eq!(l.ok(&["balances"]), before, "{change:?}");
        }
    }
    // Withdrawn, it stands in nothing's way; and then nothing of it can be lost any more.
    let l = one_of_80();
    l.import("disputes", to_csv(&[dispute(&[])]));
    let pending = booking(
        "b-1",
        "h-1",
        &[
            ("price", "80.00"),
            ("status", "PENDING"),
            ("updated_at", "2026-03-30T08:00:00Z"),
        ],
    );
    l.import("bookings", to_csv(&[pending]));
    let exception = waiting(&l).remove(0);
    assert!(text(&exception, "message").contains("dp_1"), "{exception}");
    close(&l, "dp_1", "withdrawn", "2026-03-30");
    retry(&l, &exception, &[]);
    let lost = [
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "lost",
        "--reason",
        "after all",
    ];
    assert_eq!(refused(&l, &lost).details["code"], "CONFLICTING_ROWS");
    let again = l.import(
        "disputes",
        to_csv(&[with(
            &dispute(&[]),
            &[("status", "lost"), ("closed_at", "2026-04-25T09:00:00Z")],
        )]),
    );
    assert_eq!(
        again["first_exceptions"][0]["code"], "NOTHING_TO_DISPUTE",
        "{again}"
    );
    l.check();
}

#[test]
fn c6_an_undo_does_not_bring_back_that_nothing_was_paid() {
    let pending = [
        ("price", "80.00"),
        ("status", "PENDING"),
        ("updated_at", "2026-02-20T10:00:00Z"),
    ];
    let l = with_bookings(&[booking("b-1", "h-1", &pending)]);
    let paid = l.import(
        "bookings",
        to_csv(&[booking("b-1", "h-1", &[("price", "80.00")])]),
    );
    let file = l.import("disputes", to_csv(&[dispute(&[])]));
    let undo = |import: &Value| l.run(&["imports", "undo", &text(import, "import_id")]);
    let refusal = undo(&paid).refusal("undo");
    assert_eq!(refusal.code, "PAID_DEPENDS_ON_IT");
    l.check();
    assert_eq!(undo(&file).status, 0);
    assert_eq!(undo(&paid).status, 0);
    l.check();
    assert_eq!(balance(&l, "assets:stripe", "USD"), usd("0"));
}

#[test]
fn b15_the_banks_fee_is_the_setting_of_the_day_on_which_it_was_opened() {
    let rows: Vec<Row> = (1..=3)
        .map(|n| booking(&format!("b-{n}"), "h-1", &[("price", "80.00")]))
        .collect();
    let l = with_bookings(&rows);
    let set = |on: &str, key: &str, value: &str| {
        l.ok(&[
            "--as-of",
            on,
            "settings",
            "set",
            key,
            value,
            "--reason",
            "the bank's letter",
        ]);
    };
    set("2026-03-12", "dispute_fee", "20.00");
    set("2026-03-12", "dispute_fee_currency", "EUR");
    set("2026-03-15", "dispute_fee_returned", "on");
    let of = |n: i64, opened: &str| {
        dispute(&[
            ("dispute_id", &format!("dp_{n}")),
            ("booking_id", &format!("b-{n}")),
            ("opened_at", opened),
        ])
    };
    let (before, since, returned) = (
        of(1, "2026-03-11T23:59:59Z"),
        of(2, "2026-03-12T00:00:00Z"),
        of(3, "2026-03-16T10:00:00Z"),
    );
    takes(&l, "disputes", &to_csv(std::slice::from_ref(&before)));
    assert_eq!(fees(&l), (usd("15"), usd("0")));
    takes(&l, "disputes", &to_csv(std::slice::from_ref(&since)));
    assert_eq!(fees(&l), (usd("15"), usd("20")));
    l.import("disputes", to_csv(std::slice::from_ref(&returned)));
    assert_eq!(fees(&l), (usd("15"), usd("40")));
    // Only where the setting of that day says so does a win give it back, on the day of the win.
    takes(
        &l,
        "disputes",
        &to_csv(&[with(&before, &WON), with(&since, &WON)]),
    );
    assert_eq!(fees(&l), (usd("15"), usd("40")));
    takes(&l, "disputes", &to_csv(&[with(&returned, &WON)]));
    assert_eq!(fees(&l), (usd("15"), usd("20")));
    let day_before = l.ok(&["--as-of", "2026-03-24", "balances"]);
    let eur = |b: &Value| b["account"] == "expenses:dispute fees" && b["currency"] == "EUR";
    let then = day_before
        .as_array()
        .unwrap()
        .iter()
        .find(|b| eur(b))
        .unwrap();
    assert_eq!(then["balance"], "40.00", "the win was on the 25th");
    // Lost after all it is due again, once; undone, nothing of it remains.
    let lost = [("status", "lost"), ("closed_at", "2026-04-02T09:00:00Z")];
    let after_all = l.import("disputes", to_csv(&[with(&returned, &lost)]));
    assert_eq!(fees(&l), (usd("15"), usd("40")));
    l.ok(&["imports", "undo", &text(&after_all, "import_id")]);
    l.check();
    assert_eq!(fees(&l), (usd("15"), usd("20")));
    // What a setting becomes later changes nothing of what was decided.
    set("2026-03-01", "dispute_fee", "99.00");
    takes(
        &l,
        "disputes",
        &to_csv(&[with(
            &before,
            &[
                ("reason", "general"),
                LOST[0],
                ("closed_at", "2026-04-25T09:00:00Z"),
            ],
        )]),
    );
    assert_eq!(fees(&l), (usd("15"), usd("20")));
    let odd = [
        "settings",
        "set",
        "dispute_fee_currency",
        "JPY",
        "--reason",
        "moved",
    ];
    l.ok(&odd);
    let odd = [
        "settings",
        "set",
        "dispute_fee",
        "15.50",
        "--reason",
        "moved",
    ];
    assert_eq!(refused(&l, &odd).code, "BAD_INPUT");
}

/// A ledger connected with a stand-in for Stripe.
pub(crate) fn connected(stripe: &FakeStripe, ledger: &TestLedger) {
    stripe.set_balance("usd", TEN_MILLION);
    connect(ledger, stripe, 10_000);
}

/// A ledger with a dispute that Stripe opened and charged 20.00 for; the stand-in and its id.
fn charged_20_by_stripe() -> (TestLedger, FakeStripe, String) {
    let stripe = FakeStripe::start();
    let l = one_of_80();
    connected(&stripe, &l);
    let setup = DisputeSetup {
        charge: "ch_b-1".to_owned(),
        amount: 8000,
        fee: 2000,
        ..DisputeSetup::default()
    };
    let id = stripe.open_dispute(false, setup).unwrap();
    (l, stripe, id)
}

#[test]
fn b15_stripes_own_figure_comes_before_the_setting() {
    let (l, stripe, id) = charged_20_by_stripe();
    assert_eq!(l.ok(&["stripe", "sync"])["disputes"], 1);
    l.check();
    assert_eq!(fees(&l).0, usd("20"));
    // The platform's file knows nothing of fees and changes nothing of it.
    let file = dispute(&[("dispute_id", &id), ("status", "under_review")]);
    takes(&l, "disputes", &to_csv(&[file]));
    assert_eq!(fees(&l).0, usd("20"));
    // Stripe gives amount and fee back.
    stripe.settle_dispute(&id, "won").unwrap();
    l.ok(&["stripe", "sync"]);
    l.check();
    assert_eq!(fees(&l).0, usd("0"));
    assert_eq!(
        balance(&l, "assets:stripe", "USD"),
        usd("77.38"),
        "80.00 less 2.62"
    );
    // A file that has the figure says it, too.
    let l = one_of_80();
    let figure = with(&dispute(&[]), &[("fee", "25.00"), ("fee_currency", "EUR")]);
    takes(&l, "disputes", &to_csv(&[dispute(&[])]));
    assert_eq!(fees(&l), (usd("15"), usd("0")));
    assert_eq!(takes(&l, "disputes", &to_csv(&[figure])), [0, 1, 0, 0]);
    assert_eq!(fees(&l), (usd("0"), usd("25")));
}

#[test]
fn an_undone_file_takes_its_word_on_the_fee_back() {
    let figure = |fee: &str| {
        to_csv(&[with(
            &dispute(&[]),
            &[("fee", fee), ("fee_currency", "USD")],
        )])
    };
    let take = |l: &TestLedger, file: &str| text(&l.import("disputes", file), "import_id");
    let undo = |l: &TestLedger, id: &str| {
        l.ok(&["imports", "undo", id]);
        l.check();
    };
    // The rows are the same; only what they say of the fee differs.
    let l = one_of_80();
    take(&l, &to_csv(&[dispute(&[])]));
    let earlier = take(&l, &figure("15.07"));
    let later = take(&l, &figure("18.00"));
    assert_eq!(fees(&l).0, usd("18"));
    undo(&l, &earlier);
    assert_eq!(fees(&l).0, usd("18"), "the later file still says it");
    undo(&l, &later);
    assert_eq!(fees(&l).0, usd("15"), "nobody says it: the setting's");
    // The other order, and the file that brought the dispute last.
    let l = one_of_80();
    let first = take(&l, &figure("16.00"));
    let second = take(&l, &figure("17.00"));
    undo(&l, &second);
    assert_eq!(fees(&l).0, usd("16"));
    undo(&l, &first);
    assert_eq!(fees(&l).0, usd("0"));
    // What Stripe said stands under a file's word.
    let (l, _stripe, id) = charged_20_by_stripe();
    l.ok(&["stripe", "sync"]);
    let row = dispute(&[("dispute_id", &id)]);
    let file = take(
        &l,
        &to_csv(&[with(&row, &[("fee", "21.00"), ("fee_currency", "USD")])]),
    );
    assert_eq!(fees(&l).0, usd("21"));
    undo(&l, &file);
    assert_eq!(fees(&l).0, usd("20"));
}

#[test]
fn a2b_a_bank_may_take_more_than_the_price_and_the_host_loses_the_price_at_most() {
    // Before payment, from a file; lost.
    let l = one_of_80();
    let row = dispute(&[("amount", "81.37")]);
    assert_eq!(
        takes(&l, "disputes", &to_csv(std::slice::from_ref(&row))),
        [1, 0, 0, 0]
    );
    assert_eq!(held(&l), ["b-1"]);
    assert_eq!(balance(&l, "assets:disputed", "USD"), usd("81.37"));
    l.process(MONDAY);
    assert_eq!(l.prepare(MONDAY)["payouts"].as_array().unwrap().len(), 0);
    takes(&l, "disputes", &to_csv(&[with(&row, &LOST)]));
    let c = l.commissions();
    assert_eq!(
        (&c[0]["status"], &c[0]["refunded"]),
        (&"VOID".into(), &"80.00".into())
    );
    assert_eq!(balance(&l, "expenses:lost disputes", "USD"), usd("1.37"));
    assert_eq!(balance(&l, "assets:disputed", "USD"), usd("0"));
    // 80.00 less 2.62, the 81.37 and the fee of 15.00.
    assert_eq!(balance(&l, "assets:stripe", "USD"), usd("-18.99"));
    // After payment, by hand: reserved is what the host got, not more.
    let l = one_of_80();
    l.process(MONDAY);
    let batch = text(&l.prepare(MONDAY), "batch_id");
    l.approve(&batch);
    l.send(&batch);
    l.ok(&["payouts", "settle", &batch]);
    let id = by_hand(&l, "b-1", "chargeback", "95.00", "2026-03-17");
    let shown = l.ok(&["disputes", "show", &id]);
    assert_eq!(
        (&shown["amount"], &shown["reserved"]),
        (&"95.00".into(), &"53.38".into())
    );
    close(&l, &id, "lost", "2026-03-20");
    assert_eq!(
        l.ok(&["adjustments", "list"])
            .as_array()
            .unwrap()
            .iter()
            .filter(|a| a["kind"] == "CLAWBACK")
            .map(|a| text(a, "amount"))
            .collect::<Vec<_>>(),
        ["-53.38"]
    );
    assert_eq!(balance(&l, "expenses:lost disputes", "USD"), usd("15"));
    // A complaint costs no more than was paid.
    let l = one_of_80();
    let id = by_hand(&l, "b-1", "complaint", "90.00", "2026-03-17");
    close(&l, &id, "lost", "2026-03-20");
    assert_eq!(balance(&l, "liabilities:refunds due", "USD"), usd("-80"));
    assert_eq!(balance(&l, "expenses:lost disputes", "USD"), usd("0"));
    // Cents for dollars are asked about, whoever brings them.
    let l = one_of_80();
    let cents = l.import("disputes", to_csv(&[dispute(&[("amount", "8000.00")])]));
    assert_eq!(
        cents["first_exceptions"][0]["code"],
        "DISPUTE_EXCEEDS_PRICE"
    );
    let args = [
        "disputes",
        "open",
        "b-1",
        "--kind",
        "chargeback",
        "--amount",
        "800.01",
    ];
    assert_eq!(refused(&l, &args).details["code"], "DISPUTE_EXCEEDS_PRICE");
    retry(&l, &waiting(&l)[0], &["--set", "amount=80.00"]);
    assert_eq!(held(&l), ["b-1"]);
}

#[test]
fn a2c_a_dispute_in_another_currency_is_settled_once_by_a_person() {
    let l = one_of_80();
    let row = dispute(&[("amount", "73.10"), ("currency", "EUR")]);
    assert_eq!(
        takes(&l, "disputes", &to_csv(std::slice::from_ref(&row))),
        [0, 0, 0, 1]
    );
    let exception = waiting(&l).remove(0);
    assert_eq!(exception["code"], "CURRENCY_CHANGED");
    assert!(text(&exception, "message").contains("--set"), "{exception}");
    // Half of it doesn't help, and loses nothing of what the bank said.
    let half = l.run(&[
        "exceptions",
        "retry",
        &text(&exception, "exception_id"),
        "--set",
        "amount=80.00",
    ]);
    assert_eq!(half.status, 3, "{half:?}");
    assert_eq!(waiting(&l)[0]["row"]["amount"], "73.10");
    retry(
        &l,
        &exception,
        &["--set", "amount=80.00", "--set", "currency=USD"],
    );
    assert_eq!(held(&l), ["b-1"]);
    let d = l.ok(&["disputes", "list"]);
    assert_eq!(
        (&d[0]["amount"], &d[0]["currency"]),
        (&"80.00".into(), &"USD".into())
    );
    assert_eq!(
        (&d[0]["said"]["amount"], &d[0]["said"]["currency"]),
        (&"73.10".into(), &"EUR".into())
    );
    // Next week's files say the same in their own currency.
    let other_line = dispute(&[("dispute_id", "dp_x"), ("booking_id", "b-9")]);
    assert_eq!(
        takes(&l, "disputes", &to_csv(&[row.clone(), other_line])),
        [0, 0, 1, 1]
    );
    let review = with(&row, &[("status", "under_review")]);
    assert_eq!(takes(&l, "disputes", &to_csv(&[review])), [0, 1, 0, 0]);
    assert_eq!(
        takes(&l, "disputes", &to_csv(&[with(&row, &LOST)])),
        [0, 1, 0, 0]
    );
    assert_eq!(
        listed(&l),
        [["dp_1", "b-1", "lost", "80.00"].map(str::to_owned)]
    );
    assert_eq!(balance(&l, "assets:disputed", "USD"), usd("0"));
    assert_eq!(balance(&l, "assets:disputed", "EUR"), usd("0"));
    // Another amount of theirs is asked about.
    let more = with(
        &row,
        &[
            ("amount", "75.00"),
            LOST[0],
            ("closed_at", "2026-04-02T09:00:00Z"),
        ],
    );
    let asked = l.import("disputes", to_csv(&[more]));
    assert_eq!(asked["first_exceptions"][0]["code"], "CURRENCY_CHANGED");
    // The same for Stripe's payments file.
    let l = one_of_80();
    let file = |status| payments("ch_b-1", "73.10", "eur", status);
    assert_eq!(
        takes(&l, "stripe-payments", &file("needs_response")),
        [0, 0, 0, 1]
    );
    retry(
        &l,
        &waiting(&l)[0],
        &["--set", "amount=80.00", "--set", "currency=USD"],
    );
    assert_eq!(takes(&l, "stripe-payments", &file("lost")), [0, 1, 0, 0]);
    assert_eq!(listed(&l)[0][2..], ["lost".to_owned(), "80.00".to_owned()]);
}

#[test]
fn a2c_a_foreign_dispute_at_stripe_waits_among_the_exceptions_and_then_follows() {
    let stripe = FakeStripe::start();
    let l = one_of_80();
    connected(&stripe, &l);
    let setup = DisputeSetup {
        charge: "ch_b-1".to_owned(),
        amount: 7310,
        currency: "eur".to_owned(),
        ..DisputeSetup::default()
    };
    let id = stripe.open_dispute(false, setup).unwrap();
    for _ in 0..2 {
        let synced = l.ok(&["stripe", "sync"]);
        assert_eq!(synced["disputes"], 0, "{synced}");
        let all = waiting(&l);
        assert_eq!(all.len(), 1, "once: {all:?}");
        assert_eq!(all[0]["code"], "CURRENCY_CHANGED");
    }
    l.check();
    retry(
        &l,
        &waiting(&l)[0],
        &["--set", "amount=80.00", "--set", "currency=USD"],
    );
    assert_eq!(
        listed(&l),
        [[&id[..], "b-1", "needs_response", "80.00"].map(str::to_owned)]
    );
    assert_eq!(l.ok(&["stripe", "sync"])["disputes"], 0);
    stripe.settle_dispute(&id, "lost").unwrap();
    assert_eq!(l.ok(&["stripe", "sync"])["disputes"], 1);
    l.check();
    assert_eq!(listed(&l)[0][2], "lost");
    assert_eq!(waiting(&l).len(), 0);
    // Entered by hand under Stripe's id it is settled as well.
    let l = one_of_80();
    connect(&l, &stripe, 10_000);
    l.ok(&[
        "disputes",
        "open",
        "b-1",
        "--kind",
        "chargeback",
        "--id",
        &id,
        "--amount",
        "80.00",
    ]);
    assert_eq!(l.ok(&["stripe", "sync"])["disputes"], 1, "it is lost there");
    l.check();
    assert_eq!(
        listed(&l),
        [[&id[..], "b-1", "lost", "80.00"].map(str::to_owned)]
    );
}

/// Stripe's list is held against what a person entered as a file is.
#[test]
fn c7_stripes_list_tells_its_dispute_from_one_by_hand() {
    let stripe = FakeStripe::start();
    let l = one_of_80();
    connected(&stripe, &l);
    let of = |amount| DisputeSetup {
        charge: "ch_b-1".to_owned(),
        amount,
        ..DisputeSetup::default()
    };
    // The stand-in opens it today.
    let entered = l.ok(&[
        "disputes",
        "open",
        "b-1",
        "--kind",
        "chargeback",
        "--amount",
        "50.00",
    ]);
    let same = stripe.open_dispute(false, of(5000)).unwrap();
    let other = stripe.open_dispute(false, of(1000)).unwrap();
    l.ok(&["stripe", "sync"]);
    l.check();
    let ids: Vec<String> = listed(&l).into_iter().map(|d| d[0].clone()).collect();
    assert_eq!(ids, [same.clone(), other]);
    let by_old_name = l.ok(&["disputes", "show", &text(&entered, "dispute_id")]);
    assert_eq!(by_old_name["dispute_id"], same);
    assert_eq!(fees(&l).0, usd("30"));
}
