//! `expand[]`: an id is replaced by its object (<https://docs.stripe.com/api/expanding_objects>).

use serde_json::Value;

use super::{Call, Context, accounts, money, reversals, transfers};
use crate::error::Refusal;

/// How deep Stripe expands.
const DEEPEST: usize = 4;

/// What can be expanded here.
const EXPANDABLE: [&str; 5] = [
    "balance_transaction",
    "destination",
    "failure_balance_transaction",
    "source",
    "transfer",
];

/// Refuses, before anything is executed, what can't be expanded anywhere.
pub(super) fn check(call: &Call) -> Result<(), Refusal> {
    for wanted in call.form.list("expand") {
        let last = wanted.rsplit('.').next().unwrap_or_default();
        if wanted.split('.').count() > DEEPEST || !EXPANDABLE.contains(&last) {
            return Err(refusal(wanted));
        }
    }
    Ok(())
}

fn refusal(wanted: &str) -> Refusal {
    let message = format!("This property cannot be expanded ({wanted}).");
    Refusal::invalid("", message).param("expand")
}

/// Expands what was asked for. By now the call has been executed, so a refusal is saved.
pub(super) fn expand(context: &mut Context, call: &Call, value: &mut Value) -> Result<(), Refusal> {
    for wanted in call.form.list("expand") {
        let parts: Vec<&str> = wanted.split('.').collect();
        if !at(context, value, &parts) {
            return Err(refusal(wanted).saved());
        }
    }
    Ok(())
}

/// Expands what lies at a path; false where nothing there can be.
fn at(context: &mut Context, value: &mut Value, path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        if let Value::String(id) = value {
            let Some(object) = find(context, id) else {
                return false;
            };
            *value = object;
        }
        return true;
    };
    match value.get_mut(*first) {
        Some(Value::Array(items)) => {
            let mut each = items.iter_mut();
            each.all(|item| at(context, item, rest))
        }
        Some(inner) => at(context, inner, rest),
        None => false,
    }
}

fn find(context: &Context, id: &str) -> Option<Value> {
    let world = &*context.world;
    match id.split_once('_')?.0 {
        "acct" => {
            let account = world.accounts.iter().find(|account| account.id == id)?;
            Some(accounts::object(account))
        }
        "tr" => {
            let transfer = world.transfers.iter().find(|transfer| transfer.id == id)?;
            Some(transfers::object(transfer, world.livemode))
        }
        "trr" => {
            let mut all = world.transfers.iter();
            all.find_map(|transfer| {
                let reversal = transfer.reversals.iter().find(|it| it.id == id)?;
                Some(reversals::object(transfer, reversal))
            })
        }
        "txn" => {
            let of_accounts = world.accounts.iter().map(|account| &account.money);
            let mut all = std::iter::once(&world.money)
                .chain(of_accounts)
                .flat_map(|money| &money.transactions);
            all.find(|transaction| transaction.id == id)
                .map(money::transaction_object)
        }
        _ => None,
    }
}
