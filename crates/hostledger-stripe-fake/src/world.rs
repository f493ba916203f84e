//! What the fake keeps: one world for test mode, one for live mode.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::record::AccountSetup;

/// Everything of one mode.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) livemode: bool,
    /// The platform's own money.
    pub(crate) money: Money,
    /// In the order they were made; lists show them the other way round.
    pub(crate) accounts: Vec<Account>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) disputes: Vec<Dispute>,
}

/// A balance and what changed it.
#[derive(Debug, Default)]
pub(crate) struct Money {
    /// Minor units by currency in small letters.
    pub(crate) available: BTreeMap<String, i64>,
    pub(crate) transactions: Vec<Transaction>,
}

/// A balance transaction.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) kind: &'static str,
    pub(crate) category: &'static str,
    pub(crate) source: String,
}

/// A connected account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) setup: AccountSetup,
    pub(crate) transfers_requested: bool,
    pub(crate) details_submitted: bool,
    pub(crate) email: Option<String>,
    pub(crate) business_type: Option<String>,
    pub(crate) business_profile: Map<String, Value>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created: i64,
    pub(crate) money: Money,
    pub(crate) payouts: Vec<Payout>,
}

/// A transfer from the platform to a connected account.
#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) destination: String,
    pub(crate) destination_payment: String,
    pub(crate) transaction: String,
    pub(crate) description: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created: i64,
    pub(crate) reversals: Vec<Reversal>,
    pub(crate) idempotency_key: Option<String>,
}

impl Transfer {
    /// Minor units already taken back.
    pub(crate) fn reversed(&self) -> i64 {
        self.reversals.iter().map(|reversal| reversal.amount).sum()
    }
}

/// Part of a transfer taken back.
#[derive(Debug)]
pub(crate) struct Reversal {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) transaction: String,
    pub(crate) refund: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created: i64,
}

/// Stripe's own payout, from a connected account's balance to its bank.
#[derive(Debug)]
pub(crate) struct Payout {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) created: i64,
    pub(crate) status: &'static str,
    pub(crate) transaction: String,
    pub(crate) failure: Option<Failure>,
}

/// Why a bank sent a payout back.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) transaction: String,
}

/// A guest's dispute of a payment.
#[derive(Debug)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) charge: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) fee: i64,
    pub(crate) reason: String,
    pub(crate) status: String,
    pub(crate) evidence: BTreeMap<String, String>,
    pub(crate) submissions: u32,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created: i64,
    pub(crate) transactions: Vec<String>,
}

/// Ids as Stripe forms them: a prefix, then letters and digits.
#[derive(Debug, Default)]
pub(crate) struct Ids(u64);

impl Ids {
    pub(crate) fn next(&mut self, prefix: &str) -> String {
        self.0 += 1;
        if prefix == "acct" {
            return format!("acct_1Fake{:011}", self.0);
        }
        format!("{prefix}_1Fake{:019}", self.0)
    }
}

impl World {
    pub(crate) fn account(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }
}

impl Money {
    /// What is there of a currency, in minor units.
    pub(crate) fn of(&self, currency: &str) -> i64 {
        self.available.get(currency).copied().unwrap_or_default()
    }

    /// Books a change and says the transaction's id.
    pub(crate) fn book(&mut self, transaction: Transaction) -> String {
        let id = transaction.id.clone();
        *self
            .available
            .entry(transaction.currency.clone())
            .or_default() += transaction.amount - transaction.fee;
        self.transactions.push(transaction);
        id
    }
}
