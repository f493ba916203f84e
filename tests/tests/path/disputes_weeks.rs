//! D3: four Mondays with disputes. Exports of one seed, cut at four dates, and the disputes of their
//! bookings; blocks, reserves, clawbacks and payouts are held against an independent sum.

use std::collections::{BTreeMap, BTreeSet};

use hostledger_app::sample::{SampleSpec, bookings_csv, hosts_csv_at};
use hostledger_tests::TestLedger;
use hostledger_tests::draw::Draw;
use hostledger_tests::export::{Row, rows, to_csv, with};
use hostledger_tests::reckon::{Purse, Reckoning, Rules, at, date, decimal, purse, shown};
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;

use crate::close::{balances, hledger_agrees, purse_of, text};

#[test]
fn d3_four_mondays_with_disputes_of_seed_7() {
    mondays(7);
}

#[test]
fn d3_four_mondays_with_disputes_of_seed_23() {
    mondays(23);
}

#[test]
#[ignore = "long: many seeds"]
fn d3_four_mondays_with_disputes_of_many_seeds() {
    for seed in 100..140 {
        println!("seed {seed}");
        mondays(seed);
    }
}

/// What will become of a booking's dispute, drawn from its id: the same at every cut.
fn dispute_of(seed: u64, b: &Row, now: Timestamp) -> Option<Row> {
    let number = b["booking_id"].bytes().fold(seed, |h, c| {
        h.wrapping_mul(1_099_511_628_211) ^ u64::from(c)
    });
    let mut d = Draw(number);
    let took_place = matches!(b["status"].as_str(), "COMPLETED" | "NO_SHOW" | "REFUNDED");
    if !took_place || decimal(&b["price"]).is_zero() || !d.one_in(12) {
        return None;
    }
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    let opened = at(&b["ends_at"]) + days([1, 2, 4, 8, 15, 34][d.below(6)]);
    let closed = opened + days([2, 5, 9, 30][d.below(4)]);
    let kind = ["COMPLAINT", "CHARGEBACK"][d.below(2)];
    let outcome = ["won", "lost", "lost"][d.below(3)];
    let price = decimal(&b["price"]);
    let amount = match d.below(3) {
        0 => (price / Decimal::TWO).round_dp(2),
        _ => price,
    };
    if opened > now {
        return None;
    }
    let is_closed = closed <= now;
    let columns = [
        ("dispute_id", format!("dp_{}", b["booking_id"])),
        ("booking_id", b["booking_id"].clone()),
        ("kind", kind.to_owned()),
        ("reason", "general".to_owned()),
        ("amount", shown(amount, &b["currency"])),
        ("currency", b["currency"].clone()),
        (
            "status",
            if is_closed { outcome } else { "needs_response" }.to_owned(),
        ),
        ("opened_at", opened.to_string()),
        ("evidence_due_by", (opened + days(14)).to_string()),
        (
            "closed_at",
            if is_closed {
                closed.to_string()
            } else {
                String::new()
            },
        ),
    ];
    Some(
        columns
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect(),
    )
}

/// The disputes that can be: complaints within 30 days of the session.
fn accepted<'a>(disputes: &'a [Row], bookings: &BTreeMap<String, &Row>) -> Vec<&'a Row> {
    disputes
        .iter()
        .filter(|d| {
            let ended = date(&bookings[&d["booking_id"]]["ends_at"]);
            d["kind"] == "CHARGEBACK" || date(&d["opened_at"]) <= ended + 30.days()
        })
        .collect()
}

/// A booking's row with what its disputes cost taken as refunded: what lost complaints cost, if
/// more than the export's refund, plus lost chargebacks, never above the price.
fn restated(b: &Row, lost: &[&Row]) -> Row {
    let sum = |kind: &str| -> Decimal {
        lost.iter()
            .filter(|d| d["kind"] == kind)
            .map(|d| decimal(&d["amount"]))
            .sum()
    };
    let refunded = decimal(&b["refunded_amount"]).max(sum("COMPLAINT")) + sum("CHARGEBACK");
    let refunded = refunded.min(decimal(&b["price"]));
    with(b, &[("refunded_amount", &shown(refunded, &b["currency"]))])
}

struct Weeks {
    ledger: TestLedger,
    paid: BTreeMap<Purse, Decimal>,
    /// Bookings that are part of a payout that arrived.
    paid_bookings: BTreeSet<String>,
}

fn mondays(seed: u64) {
    let spec = SampleSpec {
        seed,
        ..SampleSpec::default()
    };
    let mut w = Weeks {
        ledger: TestLedger::new(),
        paid: BTreeMap::new(),
        paid_bookings: BTreeSet::new(),
    };
    let mut seen = Seen::default();
    for before in (0..4).rev() {
        let cut = spec.cut_weeks_before(before);
        let monday = spec
            .practice_date
            .saturating_sub((7 * before).days())
            .to_string();
        let (hosts_csv, bookings) = (hosts_csv_at(&spec, cut), bookings_csv(&spec, cut));
        w.ledger.import("hosts", &hosts_csv);
        w.ledger.import("bookings", &bookings);
        let (hosts, bookings) = (rows(&hosts_csv), rows(&bookings));
        let disputes: Vec<Row> = Reckoning::new(&hosts, &bookings, Rules::shipped())
            .bookings()
            .iter()
            .filter_map(|b| dispute_of(seed, b, cut))
            .collect();
        w.week(&hosts, &bookings, &disputes, &monday, &mut seen);
    }
    assert!(
        seen.blocked > 5 && seen.reserved > 0 && seen.clawed_back > 0 && seen.refused > 0,
        "too little happened: {seen:?}"
    );
    hledger_agrees(&w.ledger);
}

/// How much of what is tested took place.
#[derive(Debug, Default)]
struct Seen {
    blocked: usize,
    reserved: usize,
    clawed_back: usize,
    refused: usize,
}

impl Weeks {
    fn week(
        &mut self,
        hosts: &[Row],
        bookings: &[Row],
        disputes: &[Row],
        monday: &str,
        seen: &mut Seen,
    ) {
        if !disputes.is_empty() {
            let done = self.ledger.import("disputes", to_csv(disputes));
            let by_id: BTreeMap<String, &Row> = bookings
                .iter()
                .map(|b| (b["booking_id"].clone(), b))
                .collect();
            let refused = disputes.len() - accepted(disputes, &by_id).len();
            assert_eq!(done["exceptions"], refused, "{done}");
            seen.refused += refused;
        }
        self.ledger.check();
        self.ledger.process(monday);
        let by_id: BTreeMap<String, &Row> = bookings
            .iter()
            .map(|b| (b["booking_id"].clone(), b))
            .collect();
        let accepted = accepted(disputes, &by_id);
        let of = |id: &str, open: bool| -> Vec<&Row> {
            accepted
                .iter()
                .copied()
                .filter(|d| d["booking_id"] == id)
                .filter(|d| (d["status"] == "needs_response") == open)
                .collect()
        };
        let lost = |id: &str| -> Vec<&Row> {
            of(id, false)
                .into_iter()
                .filter(|d| d["status"] == "lost")
                .collect()
        };
        let today: Vec<Row> = Reckoning::new(hosts, bookings, Rules::shipped())
            .bookings()
            .iter()
            .map(|b| restated(b, &lost(&b["booking_id"])))
            .collect();
        let r = Reckoning::new(hosts, &today, Rules::shipped());

        // Blocks: every open dispute's booking, and no other.
        let mut flagged = BTreeSet::new();
        let mut disputed = BTreeSet::new();
        for c in self
            .ledger
            .ok(&["commissions", "list", "--blocked"])
            .as_array()
            .unwrap()
        {
            for block in c["blocks"].as_array().unwrap() {
                let of_kind = match block["kind"].as_str() {
                    Some("DISPUTE") => &mut disputed,
                    _ => &mut flagged,
                };
                of_kind.insert(text(c, "booking_id"));
            }
        }
        let want: BTreeSet<String> = accepted
            .iter()
            .filter(|d| d["status"] == "needs_response")
            .map(|d| d["booking_id"].clone())
            .collect();
        assert_eq!(disputed, want);
        seen.blocked += want.len();

        // Reserves: what open disputes put at stake of what was paid.
        let mut reserves: BTreeMap<Purse, Decimal> = BTreeMap::new();
        let mut due: BTreeMap<Purse, Decimal> = BTreeMap::new();
        let host_amount = |row: &Row| -> Decimal {
            let b = [row.clone()];
            let one = Reckoning::new(hosts, &b, Rules::shipped());
            one.split(row)
                .filter(|s| s.done)
                .map_or(Decimal::ZERO, |s| s.host_amount)
        };
        let day = date(&format!("{monday}T00:00:00Z"));
        let mut lines = BTreeSet::new();
        for b in r.bookings() {
            let id = &b["booking_id"];
            let now = host_amount(b);
            let was_paid = self.paid_bookings.contains(id);
            let open = of(id, true);
            if was_paid {
                let mut all = lost(id);
                all.extend(open);
                let stake = now - host_amount(&restated(by_id[id], &all));
                if !stake.is_zero() {
                    *reserves.entry(purse(b)).or_default() += stake;
                    seen.reserved += 1;
                }
                *due.entry(purse(b)).or_default() += now - stake;
            } else if r.due_on(b, day) && open.is_empty() && !flagged.contains(id) {
                *due.entry(purse(b)).or_default() += now;
                lines.insert(id.clone());
            }
        }
        let sums = balances(&self.ledger);
        let held: BTreeMap<Purse, Decimal> = sums
            .iter()
            .filter_map(|((account, currency), amount)| {
                let host = account
                    .strip_prefix("liabilities:hosts:")?
                    .strip_suffix(":reserved")?;
                Some(((host.to_owned(), currency.clone()), -amount))
            })
            .filter(|(_, amount)| !amount.is_zero())
            .collect();
        assert_eq!(held, reserves);

        // Clawbacks: what paid bookings earn less today than when they were paid.
        let mut clawed: BTreeMap<String, Decimal> = BTreeMap::new();
        for a in self.ledger.ok(&["adjustments", "list"]).as_array().unwrap() {
            if a["kind"] == "CLAWBACK" {
                *clawed.entry(text(a, "booking_id")).or_default() += decimal(&text(a, "amount"));
            }
        }
        clawed.retain(|_, a| !a.is_zero());
        let mut want = BTreeMap::new();
        for c in self.ledger.commissions() {
            let id = text(&c, "booking_id");
            if self.paid_bookings.contains(&id) {
                let row = today.iter().find(|b| b["booking_id"] == id).unwrap();
                let off = host_amount(row) - decimal(&text(&c, "host_amount"));
                if !off.is_zero() {
                    want.insert(id, off);
                }
            }
        }
        assert_eq!(clawed, want);
        seen.clawed_back += want.len();

        self.pay(monday, &due, &lines);
    }

    /// The batch: all that a host's bookings earn, less what arrived before, less reserves.
    fn pay(&mut self, monday: &str, due: &BTreeMap<Purse, Decimal>, lines: &BTreeSet<String>) {
        let batch = self.ledger.prepare(monday);
        self.ledger.check();
        let mut listed: BTreeMap<Purse, Decimal> = BTreeMap::new();
        for p in batch["payouts"].as_array().unwrap() {
            listed.insert(purse_of(p), decimal(&text(p, "amount")));
        }
        for c in batch["carried"].as_array().unwrap() {
            listed.insert(purse_of(c), decimal(&text(c, "amount")));
            let short = decimal(&text(c, "amount")) < Decimal::ZERO;
            let says = c["reasons"].as_array().unwrap();
            assert_eq!(says.contains(&"NEGATIVE_BALANCE".into()), short, "{c}");
        }
        let mut want: BTreeMap<Purse, Decimal> = BTreeMap::new();
        for (purse, amount) in due {
            let before = self.paid.get(purse).copied().unwrap_or_default();
            want.insert(purse.clone(), *amount - before);
        }
        for (purse, amount) in &listed {
            assert_eq!(Some(amount), want.get(purse), "{purse:?} on {monday}");
        }
        // Who isn't listed has nothing due.
        for (purse, amount) in &want {
            assert!(
                listed.contains_key(purse) || amount.is_zero(),
                "{purse:?}: {amount} on {monday}"
            );
        }
        let id = text(&batch, "batch_id");
        self.ledger.approve(&id);
        self.ledger.send(&id);
        self.ledger.ok(&["payouts", "settle", &id]);
        self.ledger.check();
        let shown = self.ledger.ok(&["payouts", "show", &id, "--lines"]);
        for p in shown["payouts"].as_array().unwrap() {
            *self.paid.entry(purse_of(p)).or_default() += decimal(&text(p, "amount"));
            for line in p["line_items"].as_array().unwrap() {
                if let Some(booking) = line["booking_id"].as_str()
                    && line["adjustment_id"].is_null()
                {
                    assert!(lines.contains(booking), "{booking} was not due");
                    self.paid_bookings.insert(booking.to_owned());
                }
            }
        }
    }
}
