//! What happens to money after a transfer: it is reversed, or the host's bank refuses it.

use stripe_client_core::{IdempotencyKey, RequestStrategy, StripeRequest};
use stripe_connect::transfer_reversal::CreateIdTransferReversal;
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_core::payout::ListPayout;
use stripe_shared::{AccountId, BalanceTransaction, BalanceTransactionSource, Payout};
use stripe_types::{Expandable, RangeQueryTs};

use crate::amount::{from_stripe, to_stripe};
use crate::answer::Problem;
use crate::client::{Client, PAGE, code};

/// Money that came back from a transfer (<https://docs.stripe.com/api/transfer_reversals>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// `trr_…`.
    pub reversal_id: String,
    /// The transfer it came back from.
    pub transfer_id: String,
    /// Minor units; positive.
    pub amount_minor: i64,
    /// Stripe's time, in seconds since 1970.
    pub created: i64,
}

/// A payout of a host's balance that the host's bank refused
/// (<https://docs.stripe.com/payouts#payout-failures>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankFailure {
    /// `po_…`.
    pub bank_payout_id: String,
    /// Currency code in capitals.
    pub currency: String,
    /// Minor units.
    pub amount_minor: i64,
    /// Stripe's code, e.g. `account_closed`.
    pub code: String,
    /// Stripe's words.
    pub message: String,
    /// Stripe's time of the payout, in seconds since 1970.
    pub created: i64,
}

impl Client {
    /// Every reversal that moved the platform's balance at a time or later.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn reversals_since(&self, created: i64) -> Result<Vec<Reversal>, Problem> {
        let filter = ListBalanceTransaction::new()
            .type_("transfer_refund")
            .created(RangeQueryTs::gte(created))
            .expand(vec!["data.source".to_owned()]);
        let all = self
            .every(
                async |after| {
                    let mut page = filter.clone().limit(PAGE);
                    if let Some(after) = after {
                        page = page.starting_after(after);
                    }
                    page.send(&self.inner).await
                },
                |t: &BalanceTransaction| t.id.as_str(),
            )
            .await?;
        let reversals = all.into_iter().filter_map(|t| match t.source {
            Some(Expandable::Object(source)) => match *source {
                BalanceTransactionSource::TransferReversal(r) => Some(Reversal {
                    reversal_id: r.id.as_str().to_owned(),
                    transfer_id: r.transfer.id().as_str().to_owned(),
                    amount_minor: from_stripe(r.amount, &code(&r.currency)),
                    created: r.created,
                }),
                _ => None,
            },
            _ => None,
        });
        Ok(reversals.collect())
    }

    /// Takes a part of a transfer back, once under the caller's key
    /// (<https://docs.stripe.com/api/transfer_reversals/create>).
    ///
    /// # Errors
    /// [`Problem`]; `insufficient_funds` or the like where the host's balance doesn't allow it.
    pub async fn reverse(
        &self,
        transfer_id: &str,
        amount_minor: i64,
        currency: &str,
        key: &str,
    ) -> Result<Reversal, Problem> {
        let not_sent = |message: String| Problem::NotAllowed { message };
        let key = IdempotencyKey::new(key).map_err(|e| not_sent(e.to_string()))?;
        let amount = to_stripe(amount_minor, currency).map_err(not_sent)?;
        self.turn().await;
        let r = CreateIdTransferReversal::new(transfer_id)
            .amount(amount)
            .customize()
            .request_strategy(RequestStrategy::Idempotent(key))
            .send(&self.inner)
            .await?;
        Ok(Reversal {
            reversal_id: r.id.as_str().to_owned(),
            transfer_id: r.transfer.id().as_str().to_owned(),
            amount_minor: from_stripe(r.amount, &code(&r.currency)),
            created: r.created,
        })
    }

    /// Payouts of a connected account's balance since a time that its bank refused.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn bank_failures(
        &self,
        account_id: &str,
        created: i64,
    ) -> Result<Vec<BankFailure>, Problem> {
        let filter = ListPayout::new()
            .status("failed")
            .created(RangeQueryTs::gte(created));
        let account = AccountId::from(account_id);
        let all = self
            .every(
                async |after| {
                    let mut page = filter.clone().limit(PAGE);
                    if let Some(after) = after {
                        page = page.starting_after(after);
                    }
                    page.customize()
                        .account_id(account.clone())
                        .send(&self.inner)
                        .await
                },
                |p: &Payout| p.id.as_str(),
            )
            .await?;
        Ok(all
            .into_iter()
            .map(|p| BankFailure {
                bank_payout_id: p.id.as_str().to_owned(),
                amount_minor: from_stripe(p.amount, &code(&p.currency)),
                currency: code(&p.currency),
                code: p.failure_code.unwrap_or_else(|| "failed".to_owned()),
                message: p.failure_message.unwrap_or_default(),
                created: p.created,
            })
            .collect())
    }
}
