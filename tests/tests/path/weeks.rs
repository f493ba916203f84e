//! C3: Monday after Monday. Exports of one seed, cut at four dates, are taken in by turn with a
//! batch each week; what moved on after it was paid comes back as a clawback.

use std::collections::{BTreeMap, BTreeSet};

use hostledger_app::sample::{SampleSpec, bookings_csv, hosts_csv_at};
use hostledger_tests::export::{Row, rows};
use hostledger_tests::reckon::{Purse, Reckoning, Rules, decimal, purse, shown};
use hostledger_tests::{APPROVER, TestLedger};
use jiff::ToSpan;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::close::{balances, hledger_agrees, purse_of, text};

#[test]
fn c3_monday_after_monday_of_seed_7() {
    mondays(7);
}

#[test]
fn c3_monday_after_monday_of_seed_42() {
    mondays(42);
}

fn mondays(seed: u64) {
    let spec = SampleSpec {
        seed,
        ..SampleSpec::default()
    };
    let mut weeks = Weeks {
        ledger: TestLedger::new(),
        known: BTreeMap::new(),
        paid: BTreeMap::new(),
    };
    let mut latest = (Vec::new(), Vec::new());
    for before in (0..4).rev() {
        let cut = spec.cut_weeks_before(before);
        let monday = spec
            .practice_date
            .saturating_sub((7 * before).days())
            .to_string();
        latest = weeks.import(&hosts_csv_at(&spec, cut), &bookings_csv(&spec, cut));
        weeks.ledger.process(&monday);
        weeks.ledger.check();
        // The second week a payout comes back from the bank.
        weeks.pay(&monday, before == 2);
    }
    let r = Reckoning::new(&latest.0, &latest.1, Rules::shipped());
    weeks.clawbacks_are_what_paid_bookings_lost(&r);
    weeks.what_was_earned_is_paid_or_owed(&r);
    hledger_agrees(&weeks.ledger);
}

struct Weeks {
    ledger: TestLedger,
    /// Every readable row as last taken in, by booking.
    known: BTreeMap<String, Row>,
    /// What arrived, per purse, by the payment files.
    paid: BTreeMap<Purse, Decimal>,
}

impl Weeks {
    /// Takes one Monday's exports in, and compares the counts with the rows of the week before.
    fn import(&mut self, hosts_csv: &str, bookings_csv: &str) -> (Vec<Row>, Vec<Row>) {
        self.ledger.import("hosts", hosts_csv);
        let imported = self.ledger.import("bookings", bookings_csv);
        let (hosts, bookings) = (rows(hosts_csv), rows(bookings_csv));
        let (mut inserted, mut updated, mut unchanged) = (0, 0, 0);
        for b in Reckoning::new(&hosts, &bookings, Rules::shipped()).bookings() {
            match self.known.insert(b["booking_id"].clone(), (*b).clone()) {
                None => inserted += 1,
                Some(before) if before == **b => unchanged += 1,
                Some(_) => updated += 1,
            }
        }
        let counted = |key: &str| imported[key].as_i64().unwrap();
        assert_eq!(counted("rows"), i64::try_from(bookings.len()).unwrap());
        assert_eq!(
            ["inserted", "updated", "unchanged", "stale"].map(counted),
            [inserted, updated, unchanged, 0],
            "{imported}"
        );
        assert!(
            updated > 50 || unchanged == 0,
            "only {updated} rows moved on"
        );
        self.ledger.check();
        (hosts, bookings)
    }

    /// Prepares, approves, sends and settles the Monday's batch, with `check` after every step.
    fn pay(&mut self, monday: &str, with_a_failure: bool) {
        let l = &self.ledger;
        let batch = l.prepare(monday);
        l.check();
        let id = text(&batch, "batch_id");
        l.approve(&id);
        l.check();
        l.send(&id);
        l.check();
        if !with_a_failure {
            assert_eq!(l.ok(&["payouts", "settle", &id])["status"], "COMPLETED");
            self.arrived(&id, None);
            return;
        }
        let failing = batch["payouts"][1].clone();
        let payout = text(&failing, "payout_id");
        let failed = format!("{payout}=account closed");
        let settled = l.ok(&["payouts", "settle", &id, "--failed", &failed]);
        assert_eq!(
            (&settled["status"], &settled["failed"]),
            (&"PARTIALLY_FAILED".into(), &1.into())
        );
        l.check();
        self.arrived(&id, Some(&payout));
        self.retry(monday, &failing);
    }

    /// The failed payout's lines go into a new batch, which a second person approves again.
    fn retry(&mut self, monday: &str, failed: &Value) {
        let l = &self.ledger;
        let before = l.ok(&["payouts", "show", &self.batch_of(failed)]);
        let shown = before["payouts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["payout_id"] == failed["payout_id"]);
        assert_eq!(shown.unwrap()["failure_reason"], "account closed");
        let again = l.ok(&[
            "--as-of",
            monday,
            "payouts",
            "retry",
            &text(failed, "payout_id"),
        ]);
        let payouts = again["payouts"].as_array().unwrap();
        assert_eq!(payouts.len(), 1, "{again}");
        for key in ["host_id", "currency", "amount", "lines"] {
            assert_eq!(payouts[0][key], failed[key], "{again}");
        }
        assert_ne!(payouts[0]["payout_id"], failed["payout_id"]);
        let id = text(&again, "batch_id");
        l.ok(&["payouts", "submit", &id]);
        assert_eq!(l.refused(&["payouts", "approve", &id]).code, "SAME_PERSON");
        l.ok_as(APPROVER, &["payouts", "approve", &id]);
        l.send(&id);
        l.ok(&["payouts", "settle", &id]);
        l.check();
        // A payout that was sent anew can't be retried a second time.
        assert_eq!(
            l.refused(&["payouts", "retry", &text(failed, "payout_id")])
                .code,
            "WRONG_STATE"
        );
        self.arrived(&id, None);
    }

    fn batch_of(&self, payout: &Value) -> String {
        let all = self.ledger.ok(&["payouts", "list"]);
        let holds = |id: &&Value| {
            let batch = self
                .ledger
                .ok(&["payouts", "show", id["batch_id"].as_str().unwrap()]);
            batch["payouts"]
                .as_array()
                .unwrap()
                .iter()
                .any(|p| p["payout_id"] == payout["payout_id"])
        };
        text(
            all.as_array().unwrap().iter().find(holds).unwrap(),
            "batch_id",
        )
    }

    /// Adds up a batch's payment file, without the payout that came back.
    fn arrived(&mut self, batch: &str, without: Option<&str>) {
        let file = std::fs::read_to_string(self.ledger.file(&format!("pay-{batch}.csv"))).unwrap();
        for row in rows(&file)
            .iter()
            .filter(|row| without != Some(&row["payout_id"]))
        {
            *self
                .paid
                .entry((row["host_id"].clone(), row["currency"].clone()))
                .or_default() += decimal(&row["amount"]);
        }
        self.ledger.check();
    }

    /// The lines of every completed payout: per booking what was paid for it, and the adjustments.
    fn lines_paid(&self) -> (BTreeMap<String, Decimal>, BTreeSet<String>) {
        let (mut bookings, mut adjustments) = (BTreeMap::new(), BTreeSet::new());
        for batch in self.ledger.ok(&["payouts", "list"]).as_array().unwrap() {
            let batch = self
                .ledger
                .ok(&["payouts", "show", &text(batch, "batch_id"), "--lines"]);
            for p in batch["payouts"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|p| p["status"] == "COMPLETED")
            {
                for line in p["line_items"].as_array().unwrap() {
                    let fresh = match line["booking_id"].as_str() {
                        Some(b) => bookings
                            .insert(b.to_owned(), decimal(&text(line, "amount")))
                            .is_none(),
                        None => adjustments.insert(text(line, "adjustment_id")),
                    };
                    assert!(fresh, "{line} was paid twice");
                }
            }
        }
        (bookings, adjustments)
    }

    /// For each booking paid and restated since: new host amount − paid host amount is on the
    /// host's balance as adjustments; for all others there is none.
    fn clawbacks_are_what_paid_bookings_lost(&self, r: &Reckoning<'_>) {
        let (paid, _) = self.lines_paid();
        let mut want = BTreeMap::new();
        for b in r.bookings() {
            let Some(was) = paid.get(&b["booking_id"]) else {
                continue;
            };
            let s = r.split(b).expect("a paid booking has a split");
            let is = if s.done { s.host_amount } else { Decimal::ZERO };
            if is != *was {
                want.insert(b["booking_id"].clone(), is - was);
            }
        }
        assert!(
            want.len() >= 5,
            "only {} paid bookings were restated",
            want.len()
        );
        let mut have: BTreeMap<String, Decimal> = BTreeMap::new();
        for a in self.ledger.ok(&["adjustments", "list"]).as_array().unwrap() {
            assert_eq!(
                (&a["kind"], &a["status"]),
                (&"CLAWBACK".into(), &"APPROVED".into()),
                "{a}"
            );
            *have.entry(text(a, "booking_id")).or_default() += decimal(&text(a, "amount"));
        }
        assert_eq!(have, want);
        // A frozen commission shows the split as sent beside today's refund.
        for c in self
            .ledger
            .commissions()
            .iter()
            .filter(|c| c["status"] == "PAID")
        {
            let id = text(c, "booking_id");
            assert_eq!(text(c, "host_amount"), shown(paid[&id], "USD"), "{c}");
            let today = &self.known[&id]["refunded_amount"];
            assert_eq!(decimal(&text(c, "refunded")), decimal(today), "{c}");
        }
    }

    /// Σ host amounts as the bookings stand today = Σ paid + balance owed, host by host.
    fn what_was_earned_is_paid_or_owed(&self, r: &Reckoning<'_>) {
        let sums = balances(&self.ledger);
        for (purse, earned) in r.earned() {
            let account = (format!("liabilities:hosts:{}", purse.0), purse.1.clone());
            let owed = -sums.get(&account).copied().unwrap_or_default();
            let paid = self.paid.get(&purse).copied().unwrap_or_default();
            assert_eq!(earned, paid + owed, "{purse:?}: {paid} paid, {owed} owed");
        }
        let transit = sums
            .iter()
            .find(|s| s.0.0 == "liabilities:payouts in transit");
        assert_eq!(transit, None);
        let bank: Decimal = self.paid.values().sum();
        assert_eq!(sums[&("assets:bank".to_owned(), "USD".to_owned())], -bank);
        let due: BTreeSet<Purse> = r.bookings().iter().map(|b| purse(b)).collect();
        let newest = self.ledger.ok(&["payouts", "list"])[0].clone();
        let newest = self
            .ledger
            .ok(&["payouts", "show", &text(&newest, "batch_id")]);
        assert!(
            newest["payouts"]
                .as_array()
                .unwrap()
                .iter()
                .all(|p| due.contains(&purse_of(p)))
        );
    }
}
