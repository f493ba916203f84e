//! Balances, balance transactions and Stripe's own payouts
//! (<https://docs.stripe.com/api/balance>, <https://docs.stripe.com/api/payouts>).

use serde_json::{Value, json};

use super::list::{self, PAGING};
use super::{Call, Context};
use crate::error::Refusal;
use crate::world::{Failure, Money, Payout, Transaction};

fn of<'a>(context: &'a mut Context, connected: Option<&str>) -> Result<&'a mut Money, Refusal> {
    match connected {
        None => Ok(&mut context.world.money),
        Some(id) => {
            let account = context.world.account(id);
            let account = account.ok_or_else(|| Refusal::no_access(id))?;
            Ok(&mut account.money)
        }
    }
}

pub(super) fn balance(
    context: &mut Context,
    call: &Call,
    connected: Option<&str>,
) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    let livemode = context.world.livemode;
    let money = of(context, connected)?;
    let mut available = money.available.clone();
    if available.is_empty() {
        available.insert("usd".to_owned(), 0);
    }
    let amounts = |of: &dyn Fn(i64) -> i64| -> Vec<Value> {
        let each = available.iter().map(|(currency, amount)| {
            let amount = of(*amount);
            json!({ "amount": amount, "currency": currency, "source_types": { "card": amount } })
        });
        each.collect()
    };
    Ok(json!({
        "object": "balance",
        "available": amounts(&|amount| amount),
        "connect_reserved": [],
        "livemode": livemode,
        "pending": amounts(&|_| 0),
    }))
}

pub(super) fn transaction_object(transaction: &Transaction) -> Value {
    let fees: Vec<Value> = (transaction.fee != 0)
        .then(|| {
            json!({
                "amount": transaction.fee,
                "application": null,
                "currency": transaction.currency,
                "description": "Dispute fee",
                "type": "stripe_fee",
            })
        })
        .into_iter()
        .collect();
    json!({
        "id": transaction.id,
        "object": "balance_transaction",
        "amount": transaction.amount,
        "available_on": transaction.created,
        "balance_type": "payments",
        "created": transaction.created,
        "currency": transaction.currency,
        "description": null,
        "exchange_rate": null,
        "fee": transaction.fee,
        "fee_details": fees,
        "net": transaction.amount - transaction.fee,
        "reporting_category": transaction.category,
        "source": transaction.source,
        "status": "available",
        "type": transaction.kind,
    })
}

pub(super) fn transactions(
    context: &mut Context,
    call: &Call,
    connected: Option<&str>,
) -> Result<Value, Refusal> {
    let form = &call.form;
    let filters = ["created", "currency", "payout", "source", "type"];
    form.only(&[&PAGING[..], &filters].concat())?;
    let created = form.range("created")?;
    let currency = form.text("currency")?;
    let kind = form.text("type")?;
    // A payout's transaction is the one whose source it is.
    let source = form.text("source")?.or(form.text("payout")?);
    let money = of(context, connected)?;
    let same = |wanted: &Option<String>, it: &str| wanted.as_ref().is_none_or(|w| w == it);
    let all = money.transactions.iter().rev().filter(|it| {
        created.has(it.created)
            && same(&currency, &it.currency)
            && same(&kind, it.kind)
            && same(&source, &it.source)
    });
    let all = all.map(|it| (it.id.clone(), transaction_object(it)));
    let url = "/v1/balance_transactions";
    list::page(form, url, "balance transaction", all.collect())
}

pub(super) fn transaction(
    context: &mut Context,
    call: &Call,
    connected: Option<&str>,
    id: &str,
) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    let money = of(context, connected)?;
    let mut all = money.transactions.iter();
    all.find(|it| it.id == id)
        .map(transaction_object)
        .ok_or_else(|| Refusal::missing("balance transaction", id))
}

fn payout_object(payout: &Payout, livemode: bool) -> Value {
    let failure = payout.failure.as_ref();
    json!({
        "id": payout.id,
        "object": "payout",
        "amount": payout.amount,
        "application_fee": null,
        "application_fee_amount": null,
        "arrival_date": payout.created,
        "automatic": true,
        "balance_transaction": payout.transaction,
        "created": payout.created,
        "currency": payout.currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_1Fake0000000000000000000",
        "failure_balance_transaction": failure.map(|it| &it.transaction),
        "failure_code": failure.map(|it| &it.code),
        "failure_message": failure.map(|it| &it.message),
        "livemode": livemode,
        "metadata": {},
        "method": "standard",
        "original_payout": null,
        "payout_method": null,
        "reconciliation_status": "completed",
        "reversed_by": null,
        "source_type": "card",
        "statement_descriptor": null,
        "status": payout.status,
        "trace_id": null,
        "type": "bank_account",
    })
}

pub(super) fn payouts(
    context: &mut Context,
    call: &Call,
    connected: Option<&str>,
) -> Result<Value, Refusal> {
    let form = &call.form;
    let filters = ["arrival_date", "created", "destination", "status"];
    form.only(&[&PAGING[..], &filters].concat())?;
    let created = form.range("created")?;
    let arrival = form.range("arrival_date")?;
    let words = ["pending", "paid", "failed", "canceled", "in_transit"];
    let status = form.one_of("status", &words)?;
    let livemode = context.world.livemode;
    let account = connected.and_then(|id| context.world.account(id));
    let all = account
        .iter()
        .flat_map(|account| account.payouts.iter().rev());
    let all = all.filter(|it| {
        created.has(it.created)
            && arrival.has(it.created)
            && status.as_ref().is_none_or(|wanted| wanted == it.status)
    });
    let all = all.map(|it| (it.id.clone(), payout_object(it, livemode)));
    list::page(form, "/v1/payouts", "payout", all.collect())
}

pub(super) fn payout(
    context: &mut Context,
    call: &Call,
    connected: Option<&str>,
    id: &str,
) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    let livemode = context.world.livemode;
    let account = connected.and_then(|account| context.world.account(account));
    let payout = account.and_then(|account| account.payouts.iter().find(|it| it.id == id));
    payout
        .map(|payout| payout_object(payout, livemode))
        .ok_or_else(|| Refusal::missing("payout", id))
}

/// A payout to a connected account's bank.
pub(crate) struct Bank<'a> {
    pub(crate) account: &'a str,
    pub(crate) amount: i64,
    pub(crate) currency: &'a str,
    /// Code and message, where the bank sends it back.
    pub(crate) failure: Option<(&'a str, &'a str)>,
}

/// Pays an account's balance out to its bank; a bank that sends it back leaves the balance as it
/// was. Says the payout's id.
pub(crate) fn pay_out(context: &mut Context, bank: &Bank) -> Result<String, Refusal> {
    let Context { world, ids, now } = context;
    let account = world.account(bank.account);
    let account = account.ok_or_else(|| Refusal::no_access(bank.account))?;
    let currency = bank.currency.to_ascii_lowercase();
    if bank.failure.is_none() && account.money.of(&currency) < bank.amount {
        let message = "The account's available balance doesn't cover this payout.";
        return Err(Refusal::executed("balance_insufficient", message));
    }
    let id = ids.next("po");
    let mut book = |amount, kind, category| Transaction {
        id: ids.next("txn"),
        amount,
        fee: 0,
        currency: currency.clone(),
        created: *now,
        kind,
        category,
        source: id.clone(),
    };
    let transaction = account.money.book(book(-bank.amount, "payout", "payout"));
    let failure = bank.failure.map(|(code, message)| Failure {
        code: code.to_owned(),
        message: message.to_owned(),
        transaction: account
            .money
            .book(book(bank.amount, "payout_failure", "payout_reversal")),
    });
    account.payouts.push(Payout {
        id: id.clone(),
        amount: bank.amount,
        currency: currency.clone(),
        created: *now,
        status: if failure.is_some() { "failed" } else { "paid" },
        transaction,
        failure,
    });
    Ok(id)
}
