//! A Stripe account, reached with a key: one call at a time under Stripe's rate limit.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use stripe::StripeError;
use stripe_client_core::RequestStrategy;
use stripe_connect::account::RetrieveForMyAccountAccount;
use stripe_core::balance::RetrieveForMyAccountBalance;
use stripe_types::List;

use crate::amount::from_stripe;
use crate::answer::Problem;
use crate::key::SecretKey;

/// Stripe takes 25 requests a second at one endpoint (<https://docs.stripe.com/rate-limits>).
pub const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(25).unwrap();

/// The most that Stripe gives in one page of a list.
pub(crate) const PAGE: i64 = 100;

/// A Stripe account, reached with a key.
pub struct Client {
    pub(crate) inner: stripe::Client,
    limit: DefaultDirectRateLimiter,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// A client for a key. `base_url` ends with a slash, without `v1`.
    ///
    /// # Errors
    /// [`Problem::NotAllowed`] for an address that is none.
    pub fn new(key: &SecretKey, base_url: &str, timeout: Duration) -> Result<Self, Problem> {
        let inner = stripe::ClientBuilder::new(key.reveal())
            .url(base_url)
            .timeout(timeout)
            .request_strategy(RequestStrategy::Once)
            .app_info(
                "Hostledger",
                Some(env!("CARGO_PKG_VERSION").to_owned()),
                None,
            )
            .build()?;
        Ok(Self {
            inner,
            limit: RateLimiter::direct(
                Quota::per_second(REQUESTS_PER_SECOND).allow_burst(NonZeroU32::MIN),
            ),
        })
    }

    /// Waits until another request may go out.
    pub async fn turn(&self) {
        self.limit.until_ready().await;
    }

    /// The id of the platform's own account.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn own_account(&self) -> Result<String, Problem> {
        self.turn().await;
        let account = RetrieveForMyAccountAccount::new().send(&self.inner).await?;
        Ok(account.id.as_str().to_owned())
    }

    /// What the platform may transfer now: currency code in capitals, minor units.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn available(&self) -> Result<Vec<(String, i64)>, Problem> {
        self.turn().await;
        let balance = RetrieveForMyAccountBalance::new().send(&self.inner).await?;
        Ok(balance
            .available
            .into_iter()
            .map(|a| {
                let currency = code(&a.currency);
                let minor = from_stripe(a.amount, &currency);
                (currency, minor)
            })
            .collect())
    }

    /// Every entry of a list, page by page; `fetch` gets the id after which its page starts.
    pub(crate) async fn every<T>(
        &self,
        fetch: impl AsyncFn(Option<String>) -> Result<List<T>, StripeError>,
        id: impl Fn(&T) -> &str,
    ) -> Result<Vec<T>, Problem> {
        let mut all: Vec<T> = Vec::new();
        loop {
            self.turn().await;
            let page = fetch(all.last().map(|last| id(last).to_owned())).await?;
            let more = page.has_more && !page.data.is_empty();
            all.extend(page.data);
            if !more {
                return Ok(all);
            }
        }
    }
}

/// A currency's code in capitals.
pub(crate) fn code(currency: &stripe_types::Currency) -> String {
    currency.to_string().to_ascii_uppercase()
}
