//! C2: a week closed by two people, compared with an independent sum; C6: hledger agrees.

use std::collections::{BTreeMap, BTreeSet};

use hostledger_app::sample::{SampleSpec, bookings_csv, hosts_csv};
use hostledger_tests::TestLedger;
use hostledger_tests::export::rows;
use hostledger_tests::reckon::{Due, Purse, Reckoning, Rules, decimal, percent, shown};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

#[test]
fn c2_the_close_of_seed_7_is_the_independent_sum() {
    a_week_is_closed(7, "2026-03-16");
}

#[test]
fn c2_the_close_of_seed_20_is_the_independent_sum() {
    a_week_is_closed(20, "2026-03-16");
}

#[test]
fn c2_the_close_of_seed_31_a_week_earlier_is_the_independent_sum() {
    a_week_is_closed(31, "2026-03-09");
}

fn a_week_is_closed(seed: u64, day: &str) {
    let spec = SampleSpec {
        seed,
        ..SampleSpec::default()
    };
    let (hosts, bookings) = (hosts_csv(&spec), bookings_csv(&spec, spec.newest_cut()));
    let ledger = TestLedger::new();
    ledger.import("hosts", &hosts);
    let imported = ledger.import("bookings", &bookings);
    let (hosts, bookings) = (rows(&hosts), rows(&bookings));
    let r = Reckoning::new(&hosts, &bookings, Rules::shipped());
    assert_eq!(imported["rows"], bookings.len());
    assert_eq!(imported["inserted"], r.bookings().len());
    assert_eq!(imported["exceptions"], bookings.len() - r.bookings().len());
    assert_eq!(imported["exceptions"], 2, "the sample's two broken rows");

    let due = close(&ledger, &r, day, &BTreeMap::new());
    assert!(
        due.payouts.len() > 10 && due.carried.len() >= 2,
        "{:?}",
        due.carried
    );
    hledger_agrees(&ledger);
}

/// Processes, pays and settles, and compares every figure on the way.
pub(crate) fn close(
    ledger: &TestLedger,
    r: &Reckoning<'_>,
    day: &str,
    also: &BTreeMap<String, &'static str>,
) -> Due {
    let date: Date = day.parse().unwrap();
    ledger.process(day);
    splits_agree(&ledger.commissions(), r, date);

    let due = r.first_batch(date, also);
    let batch = ledger.prepare(day);
    batch_agrees(&batch, &due);
    let id = batch["batch_id"].as_str().unwrap();
    ledger.approve(id);
    let sent = ledger.send(id);
    assert_eq!(
        (&sent["status"], &sent["sent"]),
        (&"SENDING".into(), &due.payouts.len().into())
    );
    file_agrees(ledger, &batch, &due);
    assert_eq!(ledger.ok(&["payouts", "settle", id])["status"], "COMPLETED");

    let paid = ledger.ok(&["commissions", "list", "--status", "PAID"]);
    let paid = paid
        .as_array()
        .unwrap()
        .iter()
        .map(|c| text(c, "booking_id"));
    let mut want = r.paid_outside();
    want.extend(due.bookings.iter().cloned());
    assert_eq!(paid.collect::<BTreeSet<_>>(), want);
    let sums = due
        .payouts
        .iter()
        .map(|(purse, (amount, _))| (purse.clone(), *amount))
        .collect();
    assert_eq!(balances(ledger), r.trial_balance(&sums));
    ledger.check();
    due
}

/// Every commission has the independent split, and the state of a first run as of the day.
fn splits_agree(commissions: &[Value], r: &Reckoning<'_>, day: Date) {
    let mut have: BTreeMap<String, &Value> = commissions
        .iter()
        .map(|c| (text(c, "booking_id"), c))
        .collect();
    let flags = r.flags(day);
    for b in r.bookings() {
        let id = &b["booking_id"];
        let found = have.remove(id);
        let Some(want) = r.split(b) else {
            assert!(found.is_none(), "{id} has a commission: {found:?}");
            continue;
        };
        let c = found.unwrap_or_else(|| panic!("{id} has no commission"));
        let flagged: BTreeSet<&str> = flags.iter().filter(|f| f.0 == *id).map(|f| f.1).collect();
        let raised: BTreeSet<&str> = c["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|b| b["rule"].as_str().unwrap())
            .collect();
        assert_eq!(raised, flagged, "flags of {id}: {b:?}");
        let state = match () {
            () if want.void => "VOID",
            () if want.paid_outside => "PAID",
            () if want.done && want.payable_on <= day && flagged.is_empty() => "PROCESSED",
            () => "PENDING",
        };
        let zero_if_void = if want.void {
            Decimal::ZERO
        } else {
            want.processing_fee
        };
        let amounts = [
            ("platform_fee", want.platform_fee),
            ("processing_fee", zero_if_void),
            ("host_amount", want.host_amount),
            ("borne_by_platform", want.borne_by_platform),
        ];
        for (key, amount) in amounts {
            assert_eq!(
                text(c, key),
                shown(amount, &b["currency"]),
                "{key} of {b:?}"
            );
        }
        assert_eq!(
            (text(c, "status"), text(c, "rate")),
            (state.into(), percent(want.rate)),
            "{b:?}"
        );
        assert_eq!(text(c, "payable_on"), want.payable_on.to_string(), "{b:?}");
    }
    assert!(have.is_empty(), "commissions of no row: {have:?}");
}

fn batch_agrees(batch: &Value, due: &Due) {
    let list = |key: &str| batch[key].as_array().unwrap().iter();
    let payouts: BTreeMap<Purse, (String, usize)> = list("payouts")
        .map(|p| {
            (
                purse_of(p),
                (
                    text(p, "amount"),
                    usize::try_from(p["lines"].as_u64().unwrap()).unwrap(),
                ),
            )
        })
        .collect();
    let with_rest = |(purse, (amount, lines)): (&Purse, &(Decimal, usize))| {
        (purse.clone(), (shown(*amount, &purse.1), *lines))
    };
    let mut want: BTreeMap<Purse, (String, usize)> = due.payouts.iter().map(with_rest).collect();
    for (purse, (_, lines)) in &mut want {
        // A rest below a whole hundred is a line of its own.
        *lines += usize::from(purse.1 == "HUF");
    }
    assert_eq!(payouts, want);
    let carried: BTreeMap<Purse, (String, Vec<&str>)> = list("carried")
        .map(|c| {
            let reasons: Vec<&str> = c["reasons"]
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r.as_str().unwrap())
                .collect();
            assert_eq!(c["reason"], *reasons.first().unwrap());
            (purse_of(c), (text(c, "amount"), reasons))
        })
        .collect();
    let want = due.carried.iter().map(|(purse, (amount, reasons))| {
        (purse.clone(), (shown(*amount, &purse.1), reasons.clone()))
    });
    assert_eq!(carried, want.collect());
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    for ((_, currency), (amount, _)) in &due.payouts {
        *totals.entry(currency.clone()).or_default() += amount;
    }
    let stated = list("totals").map(|t| (text(t, "currency"), decimal(&text(t, "amount"))));
    assert_eq!(stated.collect::<BTreeMap<_, _>>(), totals);
}

fn file_agrees(ledger: &TestLedger, batch: &Value, due: &Due) {
    let file = ledger.file(&format!("pay-{}.csv", text(batch, "batch_id")));
    let paid: BTreeMap<Purse, String> = rows(&std::fs::read_to_string(file).unwrap())
        .iter()
        .map(|row| {
            assert_eq!(row["batch_id"], text(batch, "batch_id"));
            assert_eq!(
                decimal(&row["amount_minor"]).to_string(),
                row["amount"].replace('.', "").trim_start_matches('0')
            );
            (
                (row["host_id"].clone(), row["currency"].clone()),
                row["amount"].clone(),
            )
        })
        .collect();
    let want = due
        .payouts
        .iter()
        .map(|(p, (amount, _))| (p.clone(), shown(*amount, &p.1)));
    assert_eq!(paid, want.collect());
}

/// The program's trial balance by account and currency, without accounts at zero.
pub(crate) fn balances(ledger: &TestLedger) -> BTreeMap<(String, String), Decimal> {
    let mut all = BTreeMap::new();
    for b in ledger.ok(&["balances"]).as_array().unwrap() {
        let balance = decimal(&text(b, "balance"));
        let earlier = all.insert((text(b, "account"), text(b, "currency")), balance);
        assert!(earlier.is_none(), "{b} twice");
    }
    all.retain(|_, balance| !balance.is_zero());
    all
}

/// hledger accepts the exported journal, and its balances are the program's.
pub(crate) fn hledger_agrees(ledger: &TestLedger) {
    let journal = ledger.arg("ledger.journal");
    drop(std::fs::remove_file(&journal));
    ledger.ok(&[
        "journal", "export", "--format", "hledger", "--out", &journal,
    ]);
    let hledger = |args: &[&str]| {
        let done = std::process::Command::new("hledger")
            .args(["-f", &journal])
            .args(args)
            .output();
        let done = done.expect("hledger is installed");
        assert!(
            done.status.success(),
            "hledger {args:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap()
    };
    hledger(&["check", "--strict"]);
    let listed = hledger(&[
        "balance",
        "--flat",
        "--no-total",
        "--layout=bare",
        "--output-format=csv",
    ]);
    let mut theirs = BTreeMap::new();
    for row in rows(&listed) {
        theirs.insert(
            (row["account"].clone(), row["commodity"].clone()),
            decimal(&row["balance"]),
        );
    }
    theirs.retain(|_, balance| !balance.is_zero());
    let ours = balances(ledger);
    assert!(!ours.is_empty());
    assert_eq!(theirs, ours);
}

/// A field of an answer that must be text.
pub(crate) fn text(json: &Value, key: &str) -> String {
    json[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} of {json} is no text"))
        .to_owned()
}

/// The purse of a payout or of what is carried.
pub(crate) fn purse_of(json: &Value) -> Purse {
    (text(json, "host_id"), text(json, "currency"))
}
