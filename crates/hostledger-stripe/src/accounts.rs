//! Hosts' connected accounts: making one, sending the host to onboarding, and their standing.

use std::collections::HashMap;

use stripe_client_core::{IdempotencyKey, RequestStrategy, StripeRequest};
use stripe_connect::account::{
    CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers,
    CreateAccountType, ListAccount, RetrieveAccount,
};
use stripe_connect::account_link::{CreateAccountLink, CreateAccountLinkType};
use stripe_shared::{Account, AccountCapabilitiesStatus};

use crate::answer::Problem;
use crate::client::{Client, PAGE};

/// A connected account's standing (<https://docs.stripe.com/api/accounts/object>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// `acct_…`.
    pub account_id: String,
    /// Whether Stripe pays it out to its bank.
    pub payouts_enabled: bool,
    /// Whether transfers to it are possible.
    pub transfers_active: bool,
    /// Why Stripe restricts it.
    pub disabled_reason: Option<String>,
    /// What Stripe asks the host for, now or already late, in Stripe's words.
    pub due: Vec<String>,
    /// Until when it is asked for, in seconds since 1970.
    pub due_by: Option<i64>,
    /// The ledger and host that its metadata names, where it was made here.
    pub made_for: Option<(String, String)>,
}

/// An Express account to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// ISO 3166 country code; empty: the platform's own.
    pub country: &'a str,
    /// The host's e-mail; empty: none.
    pub email: &'a str,
    /// The ledger, for its metadata.
    pub ledger_id: &'a str,
    /// The host, for its metadata.
    pub host_id: &'a str,
}

impl NewAccount<'_> {
    fn request(&self) -> CreateAccount {
        let mut capabilities = CreateAccountCapabilities::new();
        let mut transfers = CreateAccountCapabilitiesTransfers::new();
        transfers.requested = Some(true);
        capabilities.transfers = Some(transfers);
        let mut request = CreateAccount::new()
            .type_(CreateAccountType::Express)
            .capabilities(capabilities)
            .metadata(HashMap::from([
                ("ledger_id".to_owned(), self.ledger_id.to_owned()),
                ("host_id".to_owned(), self.host_id.to_owned()),
            ]));
        if !self.country.is_empty() {
            request = request.country(self.country);
        }
        if !self.email.is_empty() {
            request = request.email(self.email);
        }
        request
    }
}

impl Client {
    /// Makes an Express account under a key of the caller's.
    ///
    /// # Errors
    /// [`Problem`]; anything but a clear answer is [`Problem::Unclear`].
    pub async fn create_account(
        &self,
        new: &NewAccount<'_>,
        key: &str,
    ) -> Result<AccountState, Problem> {
        let key = IdempotencyKey::new(key).map_err(|e| Problem::NotAllowed {
            message: e.to_string(),
        })?;
        self.turn().await;
        let made = new
            .request()
            .customize()
            .request_strategy(RequestStrategy::Idempotent(key))
            .send(&self.inner)
            .await?;
        Ok(standing(made))
    }

    /// A link under which the host completes the account. It is used once and expires in minutes
    /// (<https://docs.stripe.com/api/account_links>). The address and when it expires, in seconds
    /// since 1970.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn onboarding_link(
        &self,
        account_id: &str,
        back_to: &str,
    ) -> Result<(String, i64), Problem> {
        self.turn().await;
        let link = CreateAccountLink::new(account_id, CreateAccountLinkType::AccountOnboarding)
            .refresh_url(back_to)
            .return_url(back_to)
            .send(&self.inner)
            .await?;
        Ok((link.url, link.expires_at))
    }

    /// One connected account.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn account(&self, account_id: &str) -> Result<AccountState, Problem> {
        self.turn().await;
        let found = RetrieveAccount::new(account_id).send(&self.inner).await?;
        Ok(standing(found))
    }

    /// Every connected account.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn accounts(&self) -> Result<Vec<AccountState>, Problem> {
        let all = self
            .every(
                async |after| {
                    let mut page = ListAccount::new().limit(PAGE);
                    if let Some(after) = after {
                        page = page.starting_after(after);
                    }
                    page.send(&self.inner).await
                },
                |a: &Account| a.id.as_str(),
            )
            .await?;
        Ok(all.into_iter().map(standing).collect())
    }
}

fn standing(a: Account) -> AccountState {
    let (mut due, mut disabled_reason, mut due_by) = (Vec::new(), None, None);
    if let Some(r) = a.requirements {
        due.extend(r.past_due.unwrap_or_default());
        due.extend(r.currently_due.unwrap_or_default());
        due.sort();
        due.dedup();
        disabled_reason = r.disabled_reason.map(|d| d.to_string());
        due_by = r.current_deadline;
    }
    let meta = |key: &str| a.metadata.as_ref().and_then(|m| m.get(key)).cloned();
    AccountState {
        account_id: a.id.as_str().to_owned(),
        payouts_enabled: a.payouts_enabled == Some(true),
        transfers_active: a
            .capabilities
            .and_then(|c| c.transfers)
            .is_some_and(|t| t == AccountCapabilitiesStatus::Active),
        disabled_reason,
        due,
        due_by,
        made_for: meta("ledger_id").zip(meta("host_id")),
    }
}
