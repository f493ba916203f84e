//! Disputes (<https://docs.stripe.com/api/disputes>). With separate charges and transfers the
//! platform is debited the amount and the fee.

use serde_json::{Map, Value, json};

use super::list::{self, PAGING};
use super::{Call, Context, money};
use crate::error::Refusal;
use crate::record::DisputeSetup;
use crate::world::{Dispute, Transaction, World};

/// Statuses in which evidence can still be sent.
const OPEN: [&str; 2] = ["needs_response", "warning_needs_response"];

const ALL: [&str; 8] = [
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "won",
    "lost",
    "prevented",
];

/// Fields of the evidence, all of them texts or ids of files.
const EVIDENCE: [&str; 27] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
];

fn object(world: &World, dispute: &Dispute) -> Value {
    let mut evidence = Map::new();
    for field in EVIDENCE {
        evidence.insert(field.to_owned(), json!(dispute.evidence.get(field)));
    }
    evidence.insert("enhanced_evidence".to_owned(), json!({}));
    let booked = world.money.transactions.iter();
    let booked = booked.filter(|it| dispute.transactions.contains(&it.id));
    let booked: Vec<Value> = booked.map(money::transaction_object).collect();
    json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": booked,
        "charge": dispute.charge,
        "created": dispute.created,
        "currency": dispute.currency,
        "enhanced_eligibility_types": [],
        "evidence": evidence,
        "evidence_details": {
            "due_by": dispute.created + 7 * 24 * 60 * 60,
            "enhanced_eligibility": {},
            "has_evidence": !dispute.evidence.is_empty(),
            "past_due": false,
            "submission_count": dispute.submissions,
        },
        "is_charge_refundable": dispute.status.starts_with("warning_"),
        "livemode": world.livemode,
        "metadata": dispute.metadata,
        "payment_intent": null,
        "reason": dispute.reason,
        "status": dispute.status,
    })
}

/// Opens a dispute, as a guest's bank does; says its id.
pub(crate) fn open(context: &mut Context, setup: &DisputeSetup) -> Result<String, Refusal> {
    known(&setup.status)?;
    let id = context.ids.next("dp");
    let charge = if setup.charge.is_empty() {
        context.ids.next("ch")
    } else {
        setup.charge.clone()
    };
    let mut dispute = Dispute {
        id: id.clone(),
        charge,
        amount: setup.amount,
        currency: setup.currency.to_ascii_lowercase(),
        fee: setup.fee,
        reason: setup.reason.clone(),
        status: setup.status.clone(),
        evidence: Default::default(),
        submissions: 0,
        metadata: setup.metadata.clone(),
        created: context.now,
        transactions: Vec::new(),
    };
    // An early warning debits nothing.
    if !dispute.status.starts_with("warning_") && dispute.status != "prevented" {
        let (amount, fee) = (-dispute.amount, dispute.fee);
        let booked = book(context, &dispute, amount, fee, "dispute");
        dispute.transactions.push(booked);
    }
    context.world.disputes.push(dispute);
    if setup.status == "won" {
        settle(context, &id, "won")?;
    }
    Ok(id)
}

/// Moves a dispute to another status; when it is won the amount and the fee come back.
pub(crate) fn settle(context: &mut Context, id: &str, status: &str) -> Result<(), Refusal> {
    known(status)?;
    let all = &mut context.world.disputes;
    let found = all.iter().position(|it| it.id == id);
    let index = found.ok_or_else(|| Refusal::missing("dispute", id))?;
    let mut dispute = all.remove(index);
    dispute.status = status.to_owned();
    if status == "won" && dispute.transactions.len() == 1 {
        let (amount, fee) = (dispute.amount, -dispute.fee);
        let booked = book(context, &dispute, amount, fee, "dispute_reversal");
        dispute.transactions.push(booked);
    }
    context.world.disputes.insert(index, dispute);
    Ok(())
}

fn known(status: &str) -> Result<(), Refusal> {
    if ALL.contains(&status) {
        return Ok(());
    }
    let message = format!("A dispute's status is one of {}.", ALL.join(", "));
    Err(Refusal::invalid("", message).param("status"))
}

fn book(
    context: &mut Context,
    dispute: &Dispute,
    amount: i64,
    fee: i64,
    category: &'static str,
) -> String {
    let transaction = Transaction {
        id: context.ids.next("txn"),
        amount,
        fee,
        currency: dispute.currency.clone(),
        created: context.now,
        kind: "adjustment",
        category,
        source: dispute.id.clone(),
    };
    context.world.money.book(transaction)
}

fn shown(context: &Context, id: &str) -> Result<Value, Refusal> {
    let world = &*context.world;
    let found = world.disputes.iter().find(|it| it.id == id);
    found
        .map(|dispute| object(world, dispute))
        .ok_or_else(|| Refusal::missing("dispute", id))
}

fn find<'a>(context: &'a mut Context, id: &str) -> Result<&'a mut Dispute, Refusal> {
    let mut all = context.world.disputes.iter_mut();
    all.find(|it| it.id == id)
        .ok_or_else(|| Refusal::missing("dispute", id))
}

pub(super) fn retrieve(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    shown(context, id)
}

pub(super) fn list(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let filters = ["charge", "created", "payment_intent"];
    form.only(&[&PAGING[..], &filters].concat())?;
    let created = form.range("created")?;
    let charge = form.text("charge")?;
    let none_has_one = form.text("payment_intent")?.is_none();
    let world = &*context.world;
    let all = world.disputes.iter().rev().filter(|it| {
        none_has_one
            && created.has(it.created)
            && charge.as_ref().is_none_or(|wanted| *wanted == it.charge)
    });
    let all = all.map(|it| (it.id.clone(), object(world, it)));
    list::page(form, "/v1/disputes", "dispute", all.collect())
}

pub(super) fn update(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    let form = &call.form;
    form.only(&["evidence", "expand", "metadata", "submit"])?;
    let submit = form.boolean("submit")?.unwrap_or(true);
    let evidence = form.map("evidence")?;
    if let Some(unknown) = evidence.keys().find(|it| !EVIDENCE.contains(&it.as_str())) {
        return Err(crate::form::unknown(&format!("evidence[{unknown}]")));
    }
    let dispute = find(context, id)?;
    if !evidence.is_empty() && !OPEN.contains(&dispute.status.as_str()) {
        let message = "This dispute takes no more evidence.";
        return Err(Refusal::executed("", message));
    }
    form.metadata(&mut dispute.metadata)?;
    if !evidence.is_empty() {
        dispute.evidence.extend(evidence);
        if submit {
            dispute.submissions += 1;
            let warning = dispute.status.starts_with("warning_");
            let next = ["under_review", "warning_under_review"][usize::from(warning)];
            next.clone_into(&mut dispute.status);
        }
    }
    shown(context, id)
}

/// Closing accepts the dispute: it is lost.
pub(super) fn close(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    let dispute = find(context, id)?;
    if !OPEN.contains(&dispute.status.as_str()) {
        let message = "This dispute is already closed.";
        return Err(Refusal::executed("", message));
    }
    "lost".clone_into(&mut dispute.status);
    shown(context, id)
}
