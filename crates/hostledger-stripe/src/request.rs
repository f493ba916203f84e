//! The request of one transfer, as bytes that are stored before they are sent.

use std::collections::HashMap;

use stripe_client_core::StripeRequest;
use stripe_connect::transfer::CreateTransfer;

use crate::amount::to_stripe;

/// The version of Stripe's API that every request names.
#[must_use]
pub fn api_version() -> String {
    stripe_client_core::VERSION.as_str().to_owned()
}

/// One transfer to be made (<https://docs.stripe.com/api/transfers/create>).
#[derive(Debug, Clone)]
pub struct TransferRequest<'a> {
    /// Minor units; positive.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// The host's connected account.
    pub destination: &'a str,
    /// The batch: transfers can be listed by it.
    pub transfer_group: &'a str,
    /// What the host's statement at Stripe shows.
    pub description: &'a str,
    /// payout_id, batch_id, digest of the approved batch, head of the audit chain.
    pub metadata: &'a [(&'a str, &'a str)],
}

impl TransferRequest<'_> {
    /// The form-encoded body.
    ///
    /// # Errors
    /// A sentence where Stripe's API knows no such currency, or counts it in a way that isn't clear.
    pub fn body(&self) -> Result<String, String> {
        let currency: stripe_types::Currency = self
            .currency
            .to_ascii_lowercase()
            .parse()
            .map_err(|_| format!("Stripe pays nothing out in {}.", self.currency))?;
        let metadata: HashMap<String, String> = self
            .metadata
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        let request = CreateTransfer::new(currency, self.destination)
            .amount(to_stripe(self.amount_minor, self.currency)?)
            .transfer_group(self.transfer_group)
            .description(self.description)
            .metadata(metadata);
        request
            .build()
            .body
            .ok_or_else(|| "The request has no body.".to_owned())
    }
}
