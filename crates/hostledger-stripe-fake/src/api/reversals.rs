//! Transfer reversals (<https://docs.stripe.com/api/transfer_reversals>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::list::{self, PAGING};
use super::{Call, Context, transfers};
use crate::error::Refusal;
use crate::world::{Reversal, Transaction, Transfer};

pub(super) fn object(transfer: &Transfer, reversal: &Reversal) -> Value {
    json!({
        "id": reversal.id,
        "object": "transfer_reversal",
        "amount": reversal.amount,
        "balance_transaction": reversal.transaction,
        "created": reversal.created,
        "currency": transfer.currency,
        "destination_payment_refund": reversal.refund,
        "metadata": reversal.metadata,
        "source_refund": null,
        "transfer": transfer.id,
    })
}

pub(super) fn create(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    let form = &call.form;
    form.only(&[
        "amount",
        "description",
        "expand",
        "metadata",
        "refund_application_fee",
    ])?;
    let amount = form.positive("amount")?;
    form.boolean("refund_application_fee")?;
    let mut metadata = BTreeMap::new();
    form.metadata(&mut metadata)?;
    let reversal = reverse(context, id, amount, metadata)?;
    retrieve_made(context, id, &reversal)
}

/// Takes part of a transfer back, or all that is left of it; says the reversal's id.
pub(crate) fn reverse(
    context: &mut Context,
    id: &str,
    amount: Option<i64>,
    metadata: BTreeMap<String, String>,
) -> Result<String, Refusal> {
    let transfer = transfers::find(context, id)?;
    let left = transfer.amount - transfer.reversed();
    let amount = amount.unwrap_or(left);
    if left == 0 {
        let message = format!("Transfer {id} is already fully reversed.");
        return Err(Refusal::executed("", message));
    }
    if amount > left || amount < 1 {
        let message = format!(
            "Transfer reversal amount ({amount}) is greater than unreversed amount on transfer \
             ({left})"
        );
        return Err(Refusal::executed("", message).param("amount"));
    }
    let (currency, destination) = (transfer.currency.clone(), transfer.destination.clone());
    let Context { world, ids, now } = context;
    let reversal = ids.next("trr");
    let refund = ids.next("pyr");
    let mut book = |amount, kind, category, source: &str| Transaction {
        id: ids.next("txn"),
        amount,
        fee: 0,
        currency: currency.clone(),
        created: *now,
        kind,
        category,
        source: source.to_owned(),
    };
    let account = world
        .account(&destination)
        .filter(|account| account.money.of(&currency) >= amount);
    let Some(account) = account else {
        return Err(Refusal::executed(
            "balance_insufficient",
            "The connected account's available balance doesn't cover this transfer reversal.",
        ));
    };
    let back = book(-amount, "payment_refund", "refund", &refund);
    account.money.book(back);
    let into = book(amount, "transfer_refund", "transfer_reversal", &reversal);
    let transaction = world.money.book(into);
    let made = Reversal {
        id: reversal.clone(),
        amount,
        transaction,
        refund,
        metadata,
        created: *now,
    };
    transfers::find(context, id)?.reversals.push(made);
    Ok(reversal)
}

fn retrieve_made(context: &mut Context, id: &str, reversal: &str) -> Result<Value, Refusal> {
    let transfer = transfers::find(context, id)?;
    let mut all = transfer.reversals.iter();
    all.find(|known| known.id == reversal)
        .map(|known| object(transfer, known))
        .ok_or_else(|| Refusal::missing("transfer reversal", reversal))
}

pub(super) fn retrieve(
    context: &mut Context,
    call: &Call,
    id: &str,
    reversal: &str,
) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    retrieve_made(context, id, reversal)
}

pub(super) fn list(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    call.form.only(&PAGING)?;
    let transfer = transfers::find(context, id)?;
    let all = transfer.reversals.iter().rev();
    let all = all.map(|reversal| (reversal.id.clone(), object(transfer, reversal)));
    let url = format!("/v1/transfers/{id}/reversals");
    list::page(&call.form, &url, "transfer reversal", all.collect())
}
