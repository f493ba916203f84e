//! C2, C3, C4, D1, B5: what is due is decided once, for preparing, estimating and retrying: every
//! open adjustment counts whatever became of the commission it is about, and a batch holds what is
//! payable on its own date.

use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use hostledger_tests::{APPROVER, TestLedger};
use serde_json::Value;

use crate::close::{balances, text};

const FIRST: &str = "2026-03-16";
const SECOND: &str = "2026-03-23";
const THIRD: &str = "2026-03-30";

/// A session of host `h-1`, payable before a Monday. At 70 %: 50.00 earns 33.25, 60.00 earns 39.96.
fn seat(id: &str, price: &str, ended: &str) -> Row {
    let at = |hour: &str| format!("{ended}T{hour}:00:00Z");
    booking(
        id,
        "h-1",
        &[
            ("price", price),
            ("starts_at", &at("10")),
            ("ends_at", &at("11")),
            ("updated_at", &at("12")),
        ],
    )
}

fn chargeback(id: &str, of: &str, amount: &str, status: &str) -> String {
    let closed = match status {
        "needs_response" => "",
        _ => "2026-03-20T09:00:00Z",
    };
    format!(
        "dispute_id,booking_id,kind,reason,amount,currency,status,opened_at,evidence_due_by,closed_at\n\
         {id},{of},CHARGEBACK,fraudulent,{amount},USD,{status},2026-03-17T09:00:00Z,,{closed}\n"
    )
}

struct Ledger(TestLedger);

impl Ledger {
    fn new() -> Self {
        let ledger = TestLedger::new();
        ledger.import("hosts", to_csv(&[host("h-1", &[])]));
        Self(ledger)
    }

    fn book(&self, rows: &[Row]) {
        self.0.import("bookings", to_csv(rows));
    }

    fn dispute(&self, id: &str, of: &str, amount: &str, status: &str) {
        self.0
            .import("disputes", chargeback(id, of, amount, status));
        self.0.check();
    }

    /// Prepares a batch and lets it be dropped again: amounts paid, and carried with the reason.
    fn would_pay(&self, day: &str) -> (Vec<String>, Vec<(String, String)>) {
        let batch = self.0.prepare(day);
        self.0.ok(&["payouts", "cancel", &text(&batch, "batch_id")]);
        of_batch(&batch)
    }

    /// Sends the batch of a day; its id and its only payout's.
    fn send(&self, day: &str) -> (String, String) {
        let batch = self.0.prepare(day);
        let id = text(&batch, "batch_id");
        self.0.approve(&id);
        self.0.send(&id);
        self.0.check();
        (id, text(&batch["payouts"][0], "payout_id"))
    }

    fn settle(&self, batch: &str, failed: Option<&str>) {
        let failure = failed.map(|p| format!("{p}=R03 no account"));
        let mut args = vec!["payouts", "settle", batch];
        if let Some(f) = &failure {
            args.extend(["--failed", f]);
        }
        self.0.ok(&args);
        self.0.check();
    }

    fn owed(&self) -> String {
        let key = ("liabilities:hosts:h-1".to_owned(), "USD".to_owned());
        (-balances(&self.0).get(&key).copied().unwrap_or_default()).to_string()
    }
}

fn of_batch(batch: &Value) -> (Vec<String>, Vec<(String, String)>) {
    let all = |list: &str| batch[list].as_array().unwrap().clone();
    (
        all("payouts").iter().map(|p| text(p, "amount")).collect(),
        all("carried")
            .iter()
            .map(|c| (text(c, "amount"), text(c, "reason")))
            .collect(),
    )
}

#[test]
fn c2_a_reserve_is_deducted_while_the_disputed_payout_is_on_its_way() {
    let l = Ledger::new();
    l.book(&[seat("a", "50.00", "2026-03-02")]);
    let (first, _) = l.send(FIRST);
    l.dispute("dp_1", "a", "50.00", "needs_response");
    l.book(&[seat("b", "60.00", "2026-03-10")]);
    let below = (
        vec![],
        vec![("6.71".to_owned(), "BELOW_MINIMUM".to_owned())],
    );
    assert_eq!(l.would_pay(SECOND), below, "39.96 less 33.25 held back");
    // The same once it is settled, and once it is lost.
    l.settle(&first, None);
    assert_eq!(l.would_pay(SECOND), below);
    l.dispute("dp_1", "a", "50.00", "lost");
    assert_eq!(l.would_pay(SECOND), below);
    assert_eq!(decimal(&l.owed()), decimal("6.71"));
}

#[test]
fn c2_a_clawback_is_deducted_while_its_payout_is_on_its_way_and_disputed() {
    let l = Ledger::new();
    l.book(&[seat("a", "50.00", "2026-03-02")]);
    let (_, _) = l.send(FIRST);
    l.dispute("dp_1", "a", "10.00", "needs_response");
    // 20.00 of a are refunded: 33.25 sent, 19.25 earned.
    let mut refunded = seat("a", "50.00", "2026-03-02");
    refunded.insert("refunded_amount".into(), "20.00".into());
    refunded.insert("refunded_at".into(), "2026-03-18T09:00:00Z".into());
    refunded.insert("updated_at".into(), "2026-03-18T09:00:00Z".into());
    l.book(&[refunded, seat("b", "100.00", "2026-03-10")]);
    // b earns 66.80; less 14.00 taken back, less 7.00 at stake in the dispute.
    assert_eq!(l.would_pay(SECOND).0, ["45.80"]);
}

#[test]
fn c3_a_released_reserve_counts_after_the_payout_came_back() {
    let l = Ledger::new();
    l.book(&[seat("a", "50.00", "2026-03-02")]);
    let (first, payout) = l.send(FIRST);
    l.dispute("dp_1", "a", "10.00", "needs_response");
    l.book(&[seat("b", "60.00", "2026-03-10")]);
    // 39.96 less the reserve of 7.00.
    let (second, _) = l.send(SECOND);
    assert_eq!(
        of_batch(&l.0.ok(&["payouts", "show", &second])).0,
        ["32.96"]
    );
    l.settle(&second, None);
    // The first comes back: its block holds a again, the reserve is released.
    l.settle(&first, Some(&payout));
    l.book(&[seat("c", "60.00", "2026-03-17")]);
    assert_eq!(l.would_pay(THIRD).0, ["46.96"]);
    assert_eq!(
        decimal(&l.owed()),
        decimal("80.21"),
        "33.25 held, 39.96 and 7.00 due"
    );
}

#[test]
fn c4_a_retry_nets_adjustments_for_the_host_too() {
    let l = Ledger::new();
    l.book(&[seat("a", "50.00", "2026-03-02")]);
    let (first, _) = l.send(FIRST);
    l.settle(&first, None);
    l.book(&[seat("b", "60.00", "2026-03-10")]);
    let (second, payout) = l.send(SECOND);
    l.dispute("dp_1", "a", "50.00", "needs_response");
    l.dispute("dp_1", "a", "50.00", "won");
    l.settle(&second, Some(&payout));
    // Another commission of the host isn't added.
    l.book(&[seat("c", "60.00", "2026-03-11")]);
    l.0.process(SECOND);
    let again = l.0.ok(&["--as-of", SECOND, "payouts", "retry", &payout]);
    assert_eq!(of_batch(&again).0, ["39.96"], "reserve and release cancel");
    l.0.check();
}

#[test]
fn c4_a_retry_pays_a_correction_that_was_approved_since() {
    let l = Ledger::new();
    l.book(&[seat("b", "60.00", "2026-03-02")]);
    let (first, payout) = l.send(FIRST);
    l.settle(&first, Some(&payout));
    let added = l.0.ok(&[
        "adjustments",
        "add",
        "h-1",
        "--amount",
        "10.00",
        "--currency",
        "USD",
        "--reason",
        "a missed seat",
    ]);
    let id = text(&added, "adjustment_id");
    l.0.ok_as(APPROVER, &["adjustments", "approve", &id]);
    let again = l.0.ok(&["--as-of", SECOND, "payouts", "retry", &payout]);
    assert_eq!(of_batch(&again).0, ["49.96"]);
}

#[test]
fn a_retry_counts_a_booking_that_was_taken_back_and_came_again() {
    let l = Ledger::new();
    let file = to_csv(&[seat("b", "60.00", "2026-03-02")]);
    let import = text(&l.0.import("bookings", &file), "import_id");
    let (first, payout) = l.send(FIRST);
    l.settle(&first, Some(&payout));
    l.0.ok(&["imports", "undo", &import]);
    l.book(&[
        seat("b", "60.00", "2026-03-02"),
        seat("c", "60.00", "2026-03-03"),
    ]);
    // No daily job ran since it came again.
    let again = l.0.ok(&["--as-of", SECOND, "payouts", "retry", &payout]);
    assert_eq!(of_batch(&again).0, ["39.96"]);
    l.0.check();
}

#[test]
fn a_refresh_counts_what_was_taken_back_and_came_again() {
    let l = Ledger::new();
    l.book(&[
        seat("a", "50.00", "2026-03-02"),
        seat("b", "60.00", "2026-03-03"),
    ]);
    let batch =
        l.0.ok(&["--as-of", FIRST, "payouts", "prepare", "--date", FIRST]);
    assert_eq!(of_batch(&batch).0, ["73.21"]);
    // Cancelled by mistake and put right: neither time did the daily job run.
    for (status, hour) in [("CANCELLED", "14"), ("COMPLETED", "15")] {
        let at = format!("2026-03-12T{hour}:00:00Z");
        let row = with(
            &seat("b", "60.00", "2026-03-03"),
            &[("status", status), ("updated_at", &at)],
        );
        l.book(&[row]);
    }
    let id = text(&batch, "batch_id");
    let refreshed = l.0.ok(&["--as-of", FIRST, "payouts", "refresh", &id]);
    assert_eq!(of_batch(&refreshed).0, ["73.21"]);
    l.0.check();
}

#[test]
fn d1_a_batch_made_on_friday_holds_what_is_payable_on_its_monday() {
    let l = Ledger::new();
    // Payable on Friday 13, Sunday 15, Monday 16 and Tuesday 17 March.
    l.book(&[
        seat("a", "50.00", "2026-03-06"),
        seat("b", "50.00", "2026-03-08"),
        seat("c", "50.00", "2026-03-09"),
        seat("d", "50.00", "2026-03-10"),
    ]);
    l.0.process("2026-03-13");
    let on_friday = |date| {
        [
            "--as-of",
            "2026-03-13",
            "payouts",
            "prepare",
            "--date",
            date,
        ]
    };
    let batch = l.0.ok(&on_friday(FIRST));
    assert_eq!(of_batch(&batch).0, ["99.75"]);
    assert_eq!(batch["payouts"][0]["lines"], 3);
    let early = l.0.refused(&on_friday("2026-03-23"));
    assert_eq!(early.code, "TOO_EARLY", "ten days ahead: {}", early.message);
    assert!(early.message.contains("2026-03-16"), "{}", early.message);
    // What must be seen by a person by then is held, not paid.
    l.book(&[booking(
        "e",
        "h-1",
        &[
            ("starts_at", "2026-03-12T01:00:00Z"),
            ("ends_at", "2026-03-12T23:00:00Z"),
            ("updated_at", "2026-03-12T23:00:00Z"),
        ],
    )]);
    let next = [
        "--as-of",
        "2026-03-16",
        "payouts",
        "prepare",
        "--date",
        SECOND,
    ];
    let batch = l.0.ok(&next);
    assert_eq!(
        of_batch(&batch).0,
        ["33.25"],
        "d alone: a session of 22 hours is looked at first"
    );
    l.0.check();
}

#[test]
fn b5_hosts_with_nothing_due_are_not_listed() {
    let l = Ledger::new();
    // 0.40 at 70 %: the fee takes it all.
    l.book(&[seat("z", "0.40", "2026-03-02")]);
    assert_eq!(l.would_pay(FIRST), (vec![], vec![]));
    // A reserve and its release.
    l.book(&[seat("a", "50.00", "2026-03-03")]);
    let (first, _) = l.send(FIRST);
    l.settle(&first, None);
    l.dispute("dp_1", "a", "50.00", "needs_response");
    l.dispute("dp_1", "a", "50.00", "won");
    assert_eq!(l.would_pay(SECOND), (vec![], vec![]));
    // They ride along with the next payout.
    l.book(&[seat("b", "60.00", "2026-03-16")]);
    let batch = l.0.prepare(SECOND);
    assert_eq!(of_batch(&batch).0, ["39.96"]);
    assert_eq!(batch["payouts"][0]["lines"], 3, "{batch}");
}
