//! Transfers to connected accounts: making one, and listing what was made.

use hostledger_core::transfer::Listed;
use stripe_client_core::{IdempotencyKey, RequestBuilder, RequestStrategy, StripeMethod};
use stripe_connect::transfer::ListTransfer;
use stripe_shared::Transfer;
use stripe_types::RangeQueryTs;

use crate::amount::from_stripe;
use crate::answer::Problem;
use crate::client::{Client, PAGE, code};

/// A transfer as Stripe shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferShown {
    /// What it is.
    pub listed: Listed,
    /// Stripe's time, in seconds since 1970.
    pub created: i64,
    /// The payout that its metadata names.
    pub payout_id: Option<String>,
    /// The ledger that its metadata names.
    pub ledger_id: Option<String>,
    /// The digest of the approved batch that its metadata names.
    pub digest: Option<String>,
    /// The head of the audit chain that its metadata names.
    pub audit_head: Option<String>,
}

impl Client {
    /// Sends a stored body under its stored key, once.
    ///
    /// # Errors
    /// [`Problem`]; anything but a clear answer is [`Problem::Unclear`].
    pub async fn transfer(&self, body: &str, key: &str) -> Result<TransferShown, Problem> {
        let key = IdempotencyKey::new(key).map_err(|e| Problem::NotAllowed {
            message: e.to_string(),
        })?;
        let mut request = RequestBuilder::new(StripeMethod::Post, "/transfers");
        request.body = Some(body.to_owned());
        let made = request
            .customize::<Transfer>()
            .request_strategy(RequestStrategy::Idempotent(key))
            .send(&self.inner)
            .await?;
        Ok(shown(&made))
    }

    /// Every transfer of a batch.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn transfers_of_group(&self, group: &str) -> Result<Vec<TransferShown>, Problem> {
        self.transfers(&ListTransfer::new().transfer_group(group))
            .await
    }

    /// Every transfer that Stripe made at a time or later, in seconds since 1970; newest first.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn transfers_since(&self, created: i64) -> Result<Vec<TransferShown>, Problem> {
        self.transfers(&ListTransfer::new().created(RangeQueryTs::gte(created)))
            .await
    }

    async fn transfers(&self, filter: &ListTransfer) -> Result<Vec<TransferShown>, Problem> {
        let all = self
            .every(
                async |after| {
                    let mut page = filter.clone().limit(PAGE);
                    if let Some(after) = after {
                        page = page.starting_after(after);
                    }
                    page.send(&self.inner).await
                },
                |t: &Transfer| t.id.as_str(),
            )
            .await?;
        Ok(all.iter().map(shown).collect())
    }
}

fn shown(t: &Transfer) -> TransferShown {
    let currency = code(&t.currency);
    let meta = |key: &str| t.metadata.get(key).cloned();
    TransferShown {
        created: t.created,
        payout_id: meta("payout_id"),
        ledger_id: meta("ledger_id"),
        digest: meta("digest"),
        audit_head: meta("audit_head"),
        listed: Listed {
            transfer_id: t.id.as_str().to_owned(),
            amount_minor: from_stripe(t.amount, &currency),
            destination: t
                .destination
                .as_ref()
                .map(|d| d.id().as_str().to_owned())
                .unwrap_or_default(),
            reversed_minor: from_stripe(t.amount_reversed, &currency),
            currency,
        },
    }
}
