//! Transfers (<https://docs.stripe.com/api/transfers>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::list::{self, PAGING};
use super::{Call, Context, currency, reversals};
use crate::error::Refusal;
use crate::form::{Form, missing};
use crate::world::{Transaction, Transfer};

pub(super) fn object(transfer: &Transfer, livemode: bool) -> Value {
    let url = format!("/v1/transfers/{}/reversals", transfer.id);
    let reversed = transfer.reversed();
    // Like Stripe, the ten newest reversals are shown.
    let newest = transfer.reversals.iter().rev().take(10);
    let shown: Vec<Value> = newest
        .map(|reversal| reversals::object(transfer, reversal))
        .collect();
    let more = transfer.reversals.len() > shown.len();
    let mut reversal_list = list::list(&url, shown, more);
    reversal_list["total_count"] = json!(transfer.reversals.len());
    json!({
        "id": transfer.id,
        "object": "transfer",
        "amount": transfer.amount,
        "amount_reversed": reversed,
        "balance_transaction": transfer.transaction,
        "created": transfer.created,
        "currency": transfer.currency,
        "description": transfer.description,
        "destination": transfer.destination,
        "destination_payment": transfer.destination_payment,
        "livemode": livemode,
        "metadata": transfer.metadata,
        "reversals": reversal_list,
        "reversed": reversed == transfer.amount,
        "source_transaction": null,
        "source_type": "card",
        "transfer_group": transfer.group,
    })
}

/// What a transfer is asked to be, once its parameters are valid.
struct Wanted {
    amount: i64,
    currency: String,
    destination: String,
    description: Option<String>,
    group: Option<String>,
    metadata: BTreeMap<String, String>,
}

fn read(form: &Form) -> Result<Wanted, Refusal> {
    form.only(&[
        "amount",
        "currency",
        "destination",
        "description",
        "expand",
        "metadata",
        "source_type",
        "transfer_group",
    ])?;
    form.one_of("source_type", &["card", "bank_account", "fpx"])?;
    let mut metadata = BTreeMap::new();
    form.metadata(&mut metadata)?;
    Ok(Wanted {
        amount: form.positive("amount")?.ok_or_else(|| missing("amount"))?,
        currency: currency::read(form)?,
        destination: form.required("destination")?,
        description: form.text("description")?,
        group: form.text("transfer_group")?,
        metadata,
    })
}

pub(super) fn create(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    let wanted = read(&call.form)?;
    let Context { world, ids, now } = context;
    let Some(account) = world.account(&wanted.destination) else {
        let destination = &wanted.destination;
        return Err(Refusal::missing_param(
            "destination",
            destination,
            "destination",
        ));
    };
    if !account.setup.transfers_active {
        return Err(Refusal::executed(
            "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities \
             enabled: transfers, crypto_transfers, legacy_payments",
        ));
    }
    if world.money.of(&wanted.currency) < wanted.amount {
        return Err(insufficient());
    }
    let id = ids.next("tr");
    let destination_payment = ids.next("py");
    let mut book = |amount, kind, category, source: &str| Transaction {
        id: ids.next("txn"),
        amount,
        fee: 0,
        currency: wanted.currency.clone(),
        created: *now,
        kind,
        category,
        source: source.to_owned(),
    };
    let out = book(-wanted.amount, "transfer", "transfer", &id);
    let into = book(wanted.amount, "payment", "charge", &destination_payment);
    let transaction = world.money.book(out);
    if let Some(account) = world.account(&wanted.destination) {
        account.money.book(into);
    }
    let transfer = Transfer {
        id,
        amount: wanted.amount,
        currency: wanted.currency,
        destination: wanted.destination,
        destination_payment,
        transaction,
        description: wanted.description,
        group: wanted.group,
        metadata: wanted.metadata,
        created: *now,
        reversals: Vec::new(),
        idempotency_key: call.idempotency_key.map(str::to_owned),
    };
    let shown = object(&transfer, world.livemode);
    world.transfers.push(transfer);
    Ok(shown)
}

fn insufficient() -> Refusal {
    Refusal::executed(
        "balance_insufficient",
        "You have insufficient available funds in your Stripe account. Try adding funds directly \
         to your available balance by creating Charges using the 4000000000000077 test card. See: \
         https://stripe.com/docs/testing#available-balance",
    )
}

pub(super) fn list(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let filters = ["created", "destination", "transfer_group"];
    form.only(&[&PAGING[..], &filters].concat())?;
    let created = form.range("created")?;
    let destination = form.text("destination")?;
    let group = form.text("transfer_group")?;
    let world = &*context.world;
    let wanted = |transfer: &&Transfer| {
        created.has(transfer.created)
            && destination
                .as_ref()
                .is_none_or(|wanted| *wanted == transfer.destination)
            && group
                .as_ref()
                .is_none_or(|wanted| Some(wanted) == transfer.group.as_ref())
    };
    let all = world.transfers.iter().rev().filter(wanted);
    let all = all.map(|transfer| (transfer.id.clone(), object(transfer, world.livemode)));
    list::page(form, "/v1/transfers", "transfer", all.collect())
}

pub(super) fn find<'a>(context: &'a mut Context, id: &str) -> Result<&'a mut Transfer, Refusal> {
    let mut all = context.world.transfers.iter_mut();
    all.find(|transfer| transfer.id == id)
        .ok_or_else(|| Refusal::missing("transfer", id))
}

pub(super) fn retrieve(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    let livemode = context.world.livemode;
    Ok(object(find(context, id)?, livemode))
}

pub(super) fn update(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    call.form.only(&["description", "expand", "metadata"])?;
    let description = call.form.text("description")?;
    let livemode = context.world.livemode;
    let transfer = find(context, id)?;
    call.form.metadata(&mut transfer.metadata)?;
    if description.is_some() {
        transfer.description = description;
    }
    Ok(object(transfer, livemode))
}
