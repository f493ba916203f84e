//! A plain bookkeeping beside the program's own: what hosts are owed by the trial balance is what a
//! batch pays, carries, and what holds back. It knows nothing of how lines are found, so a line that
//! is forgotten or counted twice shows, which `check`'s sums over the same rows might not.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::TestLedger;
use crate::reckon::{Purse, decimal};

/// Lines that are not posted before a payout leaves: tax to withhold, and what stays behind where
/// only whole hundreds are paid.
const NOT_POSTED: [&str; 2] = ["BACKUP_WITHHOLDING", "CARRIED_REMAINDER"];

/// Asserts that a batch just prepared takes all that is due.
///
/// # Panics
/// Where it doesn't, naming host and currency.
pub(crate) fn assert_all_is_due(ledger: &TestLedger, batch: &Value) {
    let mut left = owed(ledger);
    for c in list(&batch["carried"]) {
        take(&mut left, c, decimal(text(c, "amount")));
    }
    for other in list(&ledger.ok(&["payouts", "list"])) {
        if list(&other["payouts"])
            .iter()
            .any(|p| p["status"] == "PENDING")
        {
            take_pending(ledger, text(other, "batch_id"), &mut left);
        }
    }
    for c in ledger.commissions() {
        let earned = c["session_done"] == true && c["status"] != "VOID" && c["status"] != "PAID";
        if earned && c["payout_id"].is_null() {
            let waits = c["status"] == "PENDING" || !list(&c["blocks"]).is_empty();
            if waits {
                take(&mut left, &c, decimal(text(&c, "host_amount")));
            }
        }
    }
    left.retain(|_, amount| !amount.is_zero());
    assert!(
        left.is_empty(),
        "owed, and neither paid nor carried nor held: {left:?} in {batch}"
    );
}

/// What hosts are owed by the trial balance, less what is reserved.
fn owed(ledger: &TestLedger) -> BTreeMap<Purse, Decimal> {
    let mut out = BTreeMap::new();
    for b in list(&ledger.ok(&["balances"])) {
        let account = text(b, "account");
        let Some(host) = account.strip_prefix("liabilities:hosts:") else {
            continue;
        };
        if host.contains(':') {
            continue; // reserved
        }
        let host = host.replace("%3A", ":").replace("%25", "%");
        let purse = (host, text(b, "currency").to_owned());
        *out.entry(purse).or_default() -= decimal(text(b, "balance"));
    }
    out
}

/// What payouts hold that didn't leave yet.
fn take_pending(ledger: &TestLedger, batch_id: &str, left: &mut BTreeMap<Purse, Decimal>) {
    let shown = ledger.ok(&["payouts", "show", batch_id, "--lines"]);
    for p in list(&shown["payouts"]) {
        if p["status"] != "PENDING" {
            continue;
        }
        for line in list(&p["line_items"]) {
            let kind = line["kind"].as_str().unwrap_or_default();
            // The counterpart of what stayed behind is owed once the payout left.
            if !NOT_POSTED.contains(&kind) || decimal(text(line, "amount")) > Decimal::ZERO {
                take(left, p, decimal(text(line, "amount")));
            }
        }
    }
}

fn take(left: &mut BTreeMap<Purse, Decimal>, of: &Value, amount: Decimal) {
    let purse = (
        text(of, "host_id").to_owned(),
        text(of, "currency").to_owned(),
    );
    *left.entry(purse).or_default() -= amount;
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
