//! The ledger's Stripe account, and hosts' accounts there.

use serde::{Deserialize, Serialize};
use specta::Type;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum KeyStore {
    Keyring,
    SealedFile,
}

/// The account and mode that an approval is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct StripeRail {
    pub(crate) account_id: String,
    pub(crate) live: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct StripeConnection {
    pub(crate) rail: StripeRail,
    pub(crate) key_hint: String,
    pub(crate) key_store: KeyStore,
    /// Where it is asked, if that isn't Stripe's own address.
    pub(crate) other_url: Option<String>,
    pub(crate) synced_at: Option<String>,
}

/// What a sync brought that a person should look at.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct StripeNotice {
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) unread: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Stripe {
    pub(crate) connection: Option<StripeConnection>,
    /// Stripe's own address.
    pub(crate) stripe_url: String,
    /// Newest first.
    pub(crate) notices: Vec<StripeNotice>,
}

/// The key goes this way only, and is never shown again.
#[derive(Deserialize, Type)]
pub(crate) struct ConnectStripeRequest {
    pub(crate) key: String,
    pub(crate) key_store: KeyStore,
    /// Stripe's own where it is none.
    pub(crate) url: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct StripeSync {
    pub(crate) accounts: u32,
    pub(crate) restricted: u32,
    pub(crate) reversals: u32,
    pub(crate) bank_failures: u32,
    pub(crate) disputes: u32,
    pub(crate) notices: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct StripeReconciled {
    pub(crate) taken_over: u32,
    pub(crate) found: u32,
    pub(crate) unfrozen: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum HostStanding {
    /// The host has no account yet.
    NoAccount,
    /// Stripe wasn't asked yet.
    NotAsked,
    /// Money reaches it.
    CanBePaid,
    /// Money can't reach it now.
    CantBePaid,
}

/// A host's bank refused Stripe's own payout.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct BankFailure {
    pub(crate) bank_payout_id: String,
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) message: String,
    pub(crate) failed_at: String,
}

/// A host's payout account, as Stripe last described it.
#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct HostAccount {
    pub(crate) account_id: Option<String>,
    pub(crate) standing: HostStanding,
    /// Why money can't reach it.
    pub(crate) trouble: Option<String>,
    /// What Stripe asks the host for, in words.
    pub(crate) missing: Vec<String>,
    pub(crate) missing_by: Option<String>,
    pub(crate) pulled_at: Option<String>,
    pub(crate) bank_failures: Vec<BankFailure>,
    /// The ledger's own account; without one Stripe can't be asked.
    pub(crate) rail: Option<StripeRail>,
}

/// A link under which a host completes the account. It is shown once and never kept.
#[derive(Serialize, Type)]
pub(crate) struct Onboarding {
    pub(crate) account_id: String,
    pub(crate) url: String,
    pub(crate) expires_at: String,
}
