//! What the fake tells a test about what it saw and made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which kind of key a request came with. The key itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorization {
    /// No key.
    None,
    /// `rk_test_…`
    RestrictedTest,
    /// `rk_live_…`
    RestrictedLive,
    /// `sk_test_…`
    SecretTest,
    /// `sk_live_…`
    SecretLive,
    /// Something else.
    Other,
}

impl Authorization {
    /// From the `Authorization` header: `Bearer` and the key.
    pub(crate) fn of(header: Option<&str>) -> Self {
        let Some(header) = header else {
            return Self::None;
        };
        let key = header.strip_prefix("Bearer ").unwrap_or_default();
        let kinds = [
            ("rk_test_", Self::RestrictedTest),
            ("rk_live_", Self::RestrictedLive),
            ("sk_test_", Self::SecretTest),
            ("sk_live_", Self::SecretLive),
        ];
        let kind = kinds.iter().find(|(prefix, _)| key.starts_with(prefix));
        kind.map_or(Self::Other, |(_, kind)| *kind)
    }

    /// The mode of the key, or nothing where it is none.
    pub(crate) fn livemode(self) -> Option<bool> {
        match self {
            Self::RestrictedTest | Self::SecretTest => Some(false),
            Self::RestrictedLive | Self::SecretLive => Some(true),
            Self::None | Self::Other => None,
        }
    }
}

/// A request as it came, with what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestRecord {
    /// `GET`, `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query's fields, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The body's fields, decoded, in order.
    pub form: Vec<(String, String)>,
    /// The body as it came.
    pub body: String,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
    /// The `Stripe-Version` header.
    pub stripe_version: Option<String>,
    /// The `Stripe-Account` header.
    pub stripe_account: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The kind of key.
    pub authorization: Authorization,
    /// The time by the fake's clock, in seconds since 1970.
    pub at: i64,
    /// The status that was sent, or nothing where no answer went out (yet).
    pub status: Option<u16>,
    /// Whether the answer was a replay of a saved one.
    pub replayed: bool,
    /// The body of the answer as it was made, also where a fault kept it from the client.
    pub answer: Option<String>,
}

/// A transfer that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransferRecord {
    /// `tr_…`
    pub id: String,
    /// Minor units as Stripe counts them.
    pub amount: i64,
    /// Minor units taken back by reversals.
    pub amount_reversed: i64,
    /// The amount of each reversal, oldest first.
    pub reversals: Vec<i64>,
    /// ISO 4217, in small letters as Stripe writes it.
    pub currency: String,
    /// `acct_…`
    pub destination: String,
    /// `transfer_group`.
    pub transfer_group: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `metadata`.
    pub metadata: BTreeMap<String, String>,
    /// Seconds since 1970 by the fake's clock.
    pub created: i64,
    /// The key of the request that made it.
    pub idempotency_key: Option<String>,
    /// Whether a live key made it.
    pub livemode: bool,
}

/// How a connected account stands. The default is one that can be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountSetup {
    /// ISO 3166, two capitals.
    pub country: String,
    /// Whether Stripe pays out to its bank.
    pub payouts_enabled: bool,
    /// Whether the `transfers` capability is active.
    pub transfers_active: bool,
    /// `requirements.currently_due`.
    pub currently_due: Vec<String>,
    /// `requirements.past_due`.
    pub past_due: Vec<String>,
    /// `requirements.disabled_reason`.
    pub disabled_reason: Option<String>,
    /// `requirements.current_deadline`, seconds since 1970.
    pub current_deadline: Option<i64>,
}

impl Default for AccountSetup {
    fn default() -> Self {
        Self {
            country: "US".to_owned(),
            payouts_enabled: true,
            transfers_active: true,
            currently_due: Vec::new(),
            past_due: Vec::new(),
            disabled_reason: None,
            current_deadline: None,
        }
    }
}

/// A dispute to be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DisputeSetup {
    /// `ch_…` of the guest's payment; made up where empty.
    pub charge: String,
    /// Disputed minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// Stripe's fee in minor units of the same currency.
    pub fee: i64,
    /// `fraudulent`, `product_not_received`…
    pub reason: String,
    /// `needs_response`, `warning_needs_response`…; with a warning nothing is debited.
    pub status: String,
    /// `metadata`.
    pub metadata: BTreeMap<String, String>,
}

impl Default for DisputeSetup {
    fn default() -> Self {
        Self {
            charge: String::new(),
            amount: 0,
            currency: "usd".to_owned(),
            fee: 1500,
            reason: "general".to_owned(),
            status: "needs_response".to_owned(),
            metadata: BTreeMap::new(),
        }
    }
}
