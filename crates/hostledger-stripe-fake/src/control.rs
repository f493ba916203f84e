//! What a test does to the stand-in, and asks of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{self, Bank, Context};
use crate::error::Refusal;
use crate::fault::{Armed, Fault};
use crate::hub::{Denial, Hub, Shared, lock};
use crate::record::{AccountSetup, DisputeSetup, RequestRecord, TransferRecord};
use crate::world::{Account, Transfer, World};

/// The control of a stand-in. Its methods can be called from any thread, and take effect at once.
/// What exists in both modes (accounts, balance) is changed in both.
#[derive(Clone, Default)]
pub struct Control {
    shared: Shared,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Control")
    }
}

impl Control {
    pub(crate) fn shared(&self) -> Shared {
        self.shared.clone()
    }

    pub(crate) fn of(shared: &Shared) -> Self {
        Self {
            shared: shared.clone(),
        }
    }

    /// Forgets everything: accounts, money, transfers, requests, faults, the clock's offset. Ids
    /// made afterwards are still new ones.
    pub fn reset(&self) {
        lock(&self.shared).reset();
    }

    /// Waits until no call that arrived is still to be executed, and none arrived for a while.
    pub fn settle(&self, quiet: std::time::Duration) {
        let seen = || {
            let hub = lock(&self.shared);
            (hub.at_work, hub.records.len())
        };
        loop {
            let before = seen();
            std::thread::sleep(quiet);
            if before.0 == 0 && seen() == before {
                return;
            }
        }
    }

    /// Names the platform's own account, `acct_…`.
    pub fn set_platform_account(&self, id: &str) {
        id.clone_into(&mut lock(&self.shared).platform);
    }

    /// The platform's own account.
    #[must_use]
    pub fn platform_account(&self) -> String {
        lock(&self.shared).platform.clone()
    }

    /// Adds a connected account, or sets one's standing anew; its money stays.
    #[expect(clippy::needless_pass_by_value, reason = "written in place by tests")]
    pub fn add_account(&self, id: &str, setup: AccountSetup) {
        let mut hub = lock(&self.shared);
        let now = hub.clock.now();
        hub.both(|world| {
            if let Some(account) = world.account(id) {
                account.setup = setup.clone();
                return;
            }
            let kind = "express".to_owned();
            world.accounts.push(Account {
                id: id.to_owned(),
                kind,
                setup: setup.clone(),
                transfers_requested: true,
                details_submitted: true,
                created: now,
                ..Account::default()
            });
        });
    }

    /// Disconnects an account: the platform has no access to it any more.
    pub fn remove_account(&self, id: &str) {
        lock(&self.shared).both(|world| world.accounts.retain(|account| account.id != id));
    }

    /// Restricts an account: no transfers to it, no payouts to its bank, `due` is past due. False
    /// where there is no such account.
    pub fn restrict_account(&self, id: &str, disabled_reason: &str, due: &[&str]) -> bool {
        let due: Vec<String> = due.iter().map(|&it| it.to_owned()).collect();
        self.change_account(id, |account| {
            account.setup = AccountSetup {
                country: account.setup.country.clone(),
                payouts_enabled: false,
                transfers_active: false,
                currently_due: due.clone(),
                past_due: due.clone(),
                disabled_reason: Some(disabled_reason.to_owned()),
                current_deadline: None,
            };
        })
    }

    /// Lets an account be paid: everything due is in. False where there is no such account.
    pub fn enable_account(&self, id: &str) -> bool {
        self.change_account(id, |account| {
            account.transfers_requested = true;
            account.details_submitted = true;
            account.setup = AccountSetup {
                country: account.setup.country.clone(),
                ..AccountSetup::default()
            };
        })
    }

    fn change_account(&self, id: &str, change: impl Fn(&mut Account)) -> bool {
        let mut known = false;
        lock(&self.shared).both(|world| {
            if let Some(account) = world.account(id) {
                change(account);
                known = true;
            }
        });
        known
    }

    /// Sets what the platform may transfer, in minor units.
    pub fn set_balance(&self, currency: &str, minor: i64) {
        let currency = currency.to_ascii_lowercase();
        lock(&self.shared).both(|world| {
            world.money.available.insert(currency.clone(), minor);
        });
    }

    /// What the platform may transfer in a mode, in minor units.
    #[must_use]
    pub fn balance(&self, currency: &str, livemode: bool) -> i64 {
        let mut hub = lock(&self.shared);
        let context = hub.context(livemode);
        context.world.money.of(&currency.to_ascii_lowercase())
    }

    /// A connected account's balance in a mode, in minor units.
    #[must_use]
    pub fn account_balance(&self, id: &str, currency: &str, livemode: bool) -> i64 {
        let mut hub = lock(&self.shared);
        let context = hub.context(livemode);
        let account = context.world.account(id);
        account.map_or(0, |it| it.money.of(&currency.to_ascii_lowercase()))
    }

    /// Every transfer made, oldest first; those of test mode before those of live mode.
    #[must_use]
    pub fn transfers(&self) -> Vec<TransferRecord> {
        let hub = lock(&self.shared);
        let worlds = [&hub.test, &hub.live];
        let all = worlds.iter().flat_map(|world| {
            let livemode = world.livemode;
            world.transfers.iter().map(move |it| shown(it, livemode))
        });
        all.collect()
    }

    /// Every request to the API, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        lock(&self.shared).records.clone()
    }

    /// Replaces the script of faults.
    pub fn script(&self, faults: Vec<Fault>) {
        lock(&self.shared).script = faults.into_iter().map(Armed::new).collect();
    }

    /// Adds a fault at the end of the script.
    pub fn push_fault(&self, fault: Fault) {
        lock(&self.shared).script.push(Armed::new(fault));
    }

    /// Every execution takes this long; the idempotency key is in flight meanwhile.
    pub fn set_latency(&self, latency: Duration) {
        lock(&self.shared).latency = latency;
    }

    /// Limits the requests a second at one endpoint, by real time.
    pub fn set_rate_limit(&self, per_second: Option<u32>) {
        lock(&self.shared).rate_limit = per_second;
    }

    /// Moves the clock on.
    pub fn advance_clock(&self, by: Duration) {
        lock(&self.shared).clock.advance(by);
    }

    /// Stops the clock at an instant, in seconds since 1970; `None` lets it follow the real one.
    /// What it was advanced by is forgotten.
    pub fn freeze_clock(&self, at: Option<i64>) {
        lock(&self.shared).clock.freeze(at);
    }

    /// The time, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        lock(&self.shared).clock.now()
    }

    /// Takes a permission from every key: calls of this method under this path are answered 403.
    pub fn deny(&self, method: &str, path_prefix: &str) {
        lock(&self.shared).denials.push(Denial {
            method: method.to_owned(),
            path_prefix: path_prefix.to_owned(),
        });
    }

    /// Gives all permissions back.
    pub fn allow_all(&self) {
        lock(&self.shared).denials.clear();
    }

    /// Reverses part of a transfer, as if someone did it in the dashboard; says the reversal's id.
    ///
    /// # Errors
    /// Stripe's message, as where the account's balance doesn't cover it.
    pub fn reverse_transfer(&self, id: &str, amount: i64) -> Result<String, String> {
        self.where_known(
            |world| world.transfers.iter().any(|it| it.id == id),
            |context| api::reverse(context, id, Some(amount), BTreeMap::new()),
        )
    }

    /// Pays an account's balance out to its bank; says the payout's id.
    ///
    /// # Errors
    /// Stripe's message, as where the balance doesn't cover it in either mode.
    pub fn bank_payout(&self, id: &str, amount: i64, currency: &str) -> Result<String, String> {
        let covered = |world: &World| {
            let mut all = world.accounts.iter();
            let account = all.find(|account| account.id == id);
            account.is_some_and(|it| it.money.of(&currency.to_ascii_lowercase()) >= amount)
        };
        let bank = Bank {
            account: id,
            amount,
            currency,
            failure: None,
        };
        self.where_known(covered, |context| api::pay_out(context, &bank))
    }

    /// Pays out to an account's bank, which sends it back: the balance is as before, and the
    /// account has a payout that failed, in both modes. Says the payout's id in test mode.
    ///
    /// # Errors
    /// Stripe's message, where there is no such account.
    pub fn fail_bank_payout(
        &self,
        id: &str,
        amount: i64,
        currency: &str,
        failure_code: &str,
        failure_message: &str,
    ) -> Result<String, String> {
        let bank = Bank {
            account: id,
            amount,
            currency,
            failure: Some((failure_code, failure_message)),
        };
        let mut hub = lock(&self.shared);
        let live = api::pay_out(&mut hub.context(true), &bank);
        let test = api::pay_out(&mut hub.context(false), &bank);
        test.or(live)
            .map_err(|refusal| refusal.message().to_owned())
    }

    /// Opens a dispute in a mode; says its id.
    ///
    /// # Errors
    /// Where the status is none of Stripe's.
    #[expect(clippy::needless_pass_by_value, reason = "written in place by tests")]
    pub fn open_dispute(&self, livemode: bool, setup: DisputeSetup) -> Result<String, String> {
        let mut hub = lock(&self.shared);
        api::open_dispute(&mut hub.context(livemode), &setup)
            .map_err(|refusal| refusal.message().to_owned())
    }

    /// Moves a dispute to another status; `won` gives amount and fee back.
    ///
    /// # Errors
    /// Where there is no such dispute or status.
    pub fn settle_dispute(&self, id: &str, status: &str) -> Result<(), String> {
        self.where_known(
            |world| world.disputes.iter().any(|it| it.id == id),
            |context| api::settle_dispute(context, id, status),
        )
    }

    /// Everything that is kept, as JSON.
    #[must_use]
    pub fn state(&self) -> Value {
        let transfers = self.transfers();
        let hub = lock(&self.shared);
        let world = |world: &World| {
            let accounts = world.accounts.iter().map(|account| {
                json!({
                    "id": account.id,
                    "setup": account.setup,
                    "available": account.money.available,
                    "metadata": account.metadata,
                    "payouts": account.payouts.iter()
                        .map(|it| json!({ "id": it.id, "amount": it.amount,
                            "currency": it.currency, "status": it.status }))
                        .collect::<Vec<_>>(),
                })
            });
            let disputes = world.disputes.iter();
            let disputes = disputes.map(|it| json!({ "id": it.id, "status": it.status }));
            json!({
                "available": world.money.available,
                "accounts": accounts.collect::<Vec<_>>(),
                "disputes": disputes.collect::<Vec<_>>(),
            })
        };
        json!({
            "now": hub.clock.now(),
            "platform": hub.platform,
            "test": world(&hub.test),
            "live": world(&hub.live),
            "transfers": transfers,
            "faults": hub.script,
            "denials": hub.denials,
            "keys": hub.keys.shown(),
            "latency_ms": u64::try_from(hub.latency.as_millis()).unwrap_or(u64::MAX),
            "rate_limit": hub.rate_limit,
            "requests": hub.records.len(),
        })
    }

    /// Does something in live mode where a condition holds there, else in test mode.
    fn where_known<T>(
        &self,
        live: impl Fn(&World) -> bool,
        act: impl FnOnce(&mut Context) -> Result<T, Refusal>,
    ) -> Result<T, String> {
        let mut hub = lock(&self.shared);
        let livemode = !live(&hub.test) && live(&hub.live);
        act(&mut hub.context(livemode)).map_err(|refusal| refusal.message().to_owned())
    }
}

impl Hub {
    fn both(&mut self, mut change: impl FnMut(&mut World)) {
        change(&mut self.test);
        change(&mut self.live);
    }
}

fn shown(transfer: &Transfer, livemode: bool) -> TransferRecord {
    let reversals = transfer.reversals.iter();
    TransferRecord {
        id: transfer.id.clone(),
        amount: transfer.amount,
        amount_reversed: transfer.reversed(),
        reversals: reversals.map(|reversal| reversal.amount).collect(),
        currency: transfer.currency.clone(),
        destination: transfer.destination.clone(),
        transfer_group: transfer.group.clone(),
        description: transfer.description.clone(),
        metadata: transfer.metadata.clone(),
        created: transfer.created,
        idempotency_key: transfer.idempotency_key.clone(),
        livemode,
    }
}
