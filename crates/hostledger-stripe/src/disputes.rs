//! Disputes: what banks say of charges, and handing evidence in
//! (<https://docs.stripe.com/api/disputes>).

use stripe_client_core::{IdempotencyKey, RequestStrategy, StripeRequest};
use stripe_core::dispute::{ListDispute, UpdateDispute, UpdateDisputeEvidence};
use stripe_shared::Dispute;
use stripe_types::RangeQueryTs;

use crate::amount::from_stripe;
use crate::answer::Problem;
use crate::client::{Client, PAGE, code};

/// A dispute as Stripe shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeShown {
    /// `dp_…` or `du_…`.
    pub dispute_id: String,
    /// The disputed charge, `ch_…`.
    pub charge_id: String,
    /// The payment it belongs to, `pi_…`.
    pub payment_intent_id: Option<String>,
    /// Stripe's word for the reason, e.g. `product_not_received`.
    pub reason: String,
    /// Minor units.
    pub amount_minor: i64,
    /// Currency code in capitals.
    pub currency: String,
    /// Stripe's status, e.g. `needs_response`.
    pub status: String,
    /// Stripe's time, in seconds since 1970.
    pub created: i64,
    /// Until when evidence can be handed in; `None`: it can't.
    pub due_by: Option<i64>,
    /// How often evidence was handed in.
    pub submissions: u64,
    /// What Stripe charges for it, what came back deducted: minor units and currency code in
    /// capitals; `None`: no money moved yet.
    pub fee: Option<(i64, String)>,
}

/// The fees of the transactions that took the money and gave it back.
fn fee(d: &Dispute) -> Option<(i64, String)> {
    let first = d.balance_transactions.first()?;
    let currency = code(&first.currency);
    let sum: i64 = d
        .balance_transactions
        .iter()
        .filter(|t| t.currency == first.currency)
        .map(|t| t.fee)
        .sum();
    Some((from_stripe(sum.max(0), &currency), currency))
}

fn shown(d: &Dispute) -> DisputeShown {
    let currency = code(&d.currency);
    DisputeShown {
        dispute_id: d.id.as_str().to_owned(),
        charge_id: d.charge.id().as_str().to_owned(),
        payment_intent_id: d
            .payment_intent
            .as_ref()
            .map(|p| p.id().as_str().to_owned()),
        reason: d.reason.clone(),
        amount_minor: from_stripe(d.amount, &currency),
        currency,
        status: d.status.as_str().to_owned(),
        created: d.created,
        due_by: d.evidence_details.due_by.filter(|at| *at > 0),
        submissions: d.evidence_details.submission_count,
        fee: fee(d),
    }
}

/// One text of the evidence: Stripe's name of the field and what it says.
pub type EvidenceField<'a> = (&'a str, &'a str);

/// The fields of the evidence that are texts.
pub const EVIDENCE_FIELDS: [&str; 12] = [
    "product_description",
    "customer_name",
    "customer_email_address",
    "service_date",
    "access_activity_log",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "uncategorized_text",
];

fn evidence(fields: &[EvidenceField<'_>]) -> UpdateDisputeEvidence {
    let mut e = UpdateDisputeEvidence::new();
    for (name, text) in fields {
        let text = Some((*text).to_owned());
        match *name {
            "product_description" => e.product_description = text,
            "customer_name" => e.customer_name = text,
            "customer_email_address" => e.customer_email_address = text,
            "service_date" => e.service_date = text,
            "access_activity_log" => e.access_activity_log = text,
            "refund_policy_disclosure" => e.refund_policy_disclosure = text,
            "refund_refusal_explanation" => e.refund_refusal_explanation = text,
            "cancellation_policy_disclosure" => e.cancellation_policy_disclosure = text,
            "cancellation_rebuttal" => e.cancellation_rebuttal = text,
            "duplicate_charge_explanation" => e.duplicate_charge_explanation = text,
            "duplicate_charge_id" => e.duplicate_charge_id = text,
            _ => e.uncategorized_text = text,
        }
    }
    e
}

impl Client {
    /// Every dispute that was opened at a time or later, in seconds since 1970; newest first.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn disputes_since(&self, created: i64) -> Result<Vec<DisputeShown>, Problem> {
        let filter = ListDispute::new().created(RangeQueryTs::gte(created));
        let all = self
            .every(
                async |after| {
                    let mut page = filter.clone().limit(PAGE);
                    if let Some(after) = after {
                        page = page.starting_after(after);
                    }
                    page.send(&self.inner).await
                },
                |d: &Dispute| d.id.as_str(),
            )
            .await?;
        Ok(all.iter().map(shown).collect())
    }

    /// Hands the evidence of a dispute in to the bank, once under the caller's key.
    ///
    /// # Errors
    /// [`Problem`]; anything but a clear answer is [`Problem::Unclear`].
    pub async fn submit_evidence(
        &self,
        dispute_id: &str,
        fields: &[EvidenceField<'_>],
        key: &str,
    ) -> Result<DisputeShown, Problem> {
        let key = IdempotencyKey::new(key).map_err(|e| Problem::NotAllowed {
            message: e.to_string(),
        })?;
        self.turn().await;
        let updated = UpdateDispute::new(dispute_id)
            .evidence(evidence(fields))
            .submit(true)
            .customize()
            .request_strategy(RequestStrategy::Idempotent(key))
            .send(&self.inner)
            .await?;
        Ok(shown(&updated))
    }
}
