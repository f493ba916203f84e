//! A ledger connected with a stand-in for Stripe, with a batch that is approved.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use hostledger_store::keys::{Cost, KeyFile};
use hostledger_stripe_fake::{AccountSetup, FakeStripe};
use serde_json::Value;

use crate::export::{booking, host, to_csv};
use crate::test_ledger::answer;
use crate::{APPROVER, Answer, PREPARER, TestLedger};

/// The key that these tests connect with.
pub const KEY: &str = "rk_test_51HostledgerTestKey";
/// The payout date of [`approved_batch`].
pub const MONDAY: &str = "2026-03-16";

/// The account of the nth host.
#[must_use]
pub fn account(n: usize) -> String {
    format!("acct_1Host{n:05}")
}

/// Hosts 1 to n, each with an account and two seats of 20.00 USD, so that each is paid 26.24.
#[must_use]
pub fn exports(hosts: usize) -> (String, String) {
    let each = |n: usize| {
        let id = format!("host-{n:05}");
        host(
            &id,
            &[
                ("stripe_account_id", &account(n)),
                ("name", &format!("Host {n}")),
                ("email", &format!("host{n}@example.org")),
            ],
        )
    };
    let seat =
        |n: usize, seat: usize| booking(&format!("bk-{n:05}-{seat}"), &format!("host-{n:05}"), &[]);
    let all: Vec<_> = (1..=hosts).map(each).collect();
    let seats: Vec<_> = (1..=hosts).flat_map(|n| [seat(n, 1), seat(n, 2)]).collect();
    (to_csv(&all), to_csv(&seats))
}

/// Gives a stand-in the accounts of hosts 1 to n, and money enough.
pub fn fill(stripe: &FakeStripe, hosts: usize) {
    for n in 1..=hosts {
        stripe.add_account(&account(n), AccountSetup::default());
    }
    stripe.set_balance("usd", 100_000_000);
}

/// Connects a ledger with a stand-in; the key is kept in a sealed file.
pub fn connect(ledger: &TestLedger, stripe: &FakeStripe, timeout_ms: u32) -> Value {
    let connected = try_connect(ledger, KEY, &stripe.url(), timeout_ms);
    assert_eq!(connected.status, 0, "{connected:?}");
    connected.json
}

/// Connects a ledger with a key at an address, whatever comes of it.
pub fn try_connect(ledger: &TestLedger, key: &str, url: &str, timeout_ms: u32) -> Answer {
    let timeout = timeout_ms.to_string();
    let mut command = ledger.command(
        PREPARER,
        &[
            "stripe",
            "connect",
            "--key-store",
            "file",
            "--base-url",
            url,
            "--timeout-ms",
            &timeout,
        ],
    );
    answer(command.env("HOSTLEDGER_STRIPE_KEY", key))
}

/// A ledger whose passphrases cost next to nothing, so that thousands of commands can be run.
pub fn cheapen(ledger: &TestLedger) {
    let folder = ledger.folder();
    let mut slots = KeyFile::read(&folder).expect("key slots");
    for name in [PREPARER, APPROVER] {
        let passphrase = TestLedger::passphrase(name);
        let (data, user) = slots.open(name, &passphrase).expect("a slot");
        slots
            .seal_at(Cost::LEAST, name, &passphrase, &data, &user)
            .expect("a new slot");
    }
    slots.write(&folder).expect("the slots");
}

/// A connected ledger with what `hosts` hosts earned processed and due.
#[must_use]
pub fn due_ledger(stripe: &FakeStripe, hosts: usize, timeout_ms: u32) -> TestLedger {
    let ledger = TestLedger::new();
    cheapen(&ledger);
    fill(stripe, hosts);
    connect(&ledger, stripe, timeout_ms);
    let (host_rows, bookings) = exports(hosts);
    ledger.import("hosts", host_rows);
    ledger.import("bookings", bookings);
    ledger.process(MONDAY);
    ledger
}

/// A connected ledger with an approved batch of one payout per host. The ledger and the batch's id.
#[must_use]
pub fn approved_batch(stripe: &FakeStripe, hosts: usize, timeout_ms: u32) -> (TestLedger, String) {
    let ledger = due_ledger(stripe, hosts, timeout_ms);
    let batch = next_approved(&ledger, MONDAY);
    (ledger, batch)
}

/// Prepares a batch and has it approved. Its id.
///
/// # Panics
/// Where the batch has no id.
#[must_use]
pub fn next_approved(ledger: &TestLedger, day: &str) -> String {
    let batch = ledger.prepare(day);
    let id = batch["batch_id"].as_str().expect("a batch").to_owned();
    ledger.approve(&id);
    id
}

/// Prepares a batch on [`MONDAY`] once more, off its schedule.
pub fn prepare_again(ledger: &TestLedger, why: &str) -> Value {
    ledger.ok(&[
        "--as-of",
        MONDAY,
        "payouts",
        "prepare",
        "--date",
        MONDAY,
        "--off-cycle",
        why,
    ])
}

/// Sends a batch through Stripe, whatever comes of it.
#[must_use]
pub fn send(ledger: &TestLedger, batch: &str) -> Answer {
    ledger.run(&["payouts", "send", batch, "--rail", "stripe"])
}

/// Puts a command under another clock, e.g. `+30h`; the monotonic clock stays, since time-outs use
/// it.
pub fn at_another_time(command: &mut Command, shift: &str) {
    // Preloaded, not through its program: that one would be killed in place of ours.
    command
        .env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1")
        .env("FAKETIME", shift)
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

/// The payouts of a batch by id: state, amount in minor units, and the transfer that the ledger has.
#[must_use]
pub fn states(ledger: &TestLedger, batch: &str) -> BTreeMap<String, Sent> {
    let transfers = ledger.ok(&["payouts", "transfers", batch]);
    let shown = ledger.ok(&["payouts", "show", batch]);
    let of = |id: &str| {
        let all = transfers.as_array()?;
        all.iter().find(|t| t["payout_id"] == id).cloned()
    };
    let payouts = shown["payouts"].as_array().expect("payouts");
    payouts
        .iter()
        .map(|p| {
            let id = p["payout_id"].as_str().expect("an id");
            let transfer = of(id).unwrap_or_default();
            let digits: String = p["amount"].as_str().unwrap_or_default().replace('.', "");
            let sent = Sent {
                status: text(&p["status"]),
                amount_minor: digits.parse().expect("an amount"),
                state: text(&transfer["state"]),
                transfer_id: transfer["transfer_id"].as_str().map(str::to_owned),
                why: text(&transfer["why"]),
            };
            (id.to_owned(), sent)
        })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A payout as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The payout's state.
    pub status: String,
    /// Minor units.
    pub amount_minor: i64,
    /// The transfer's state; empty: none was prepared.
    pub state: String,
    /// Stripe's id of it.
    pub transfer_id: Option<String>,
    /// Why it failed or is unknown.
    pub why: String,
}

/// Asserts that a stand-in and a ledger tell the same of a batch: at most one transfer that stands
/// per payout, one exactly where the payout is COMPLETED, of its amount; every check holds and the
/// trial balance is zero.
///
/// # Panics
/// Where they don't; `what` says in which run.
pub fn assert_same(ledger: &TestLedger, batch: &str, stripe: &FakeStripe, what: &str) {
    let states = states(ledger, batch);
    let mut named = BTreeSet::new();
    for t in stripe.transfers() {
        let id = t.metadata.get("payout_id").cloned().unwrap_or_default();
        let payout = states
            .get(&id)
            .unwrap_or_else(|| panic!("{what}: transfer {} for an unknown payout", t.id));
        assert!(
            named.insert(id.clone()),
            "{what}: payout {id} was paid twice"
        );
        assert_eq!(
            payout.status, "COMPLETED",
            "{what}: {id} is at Stripe: {payout:?}"
        );
        assert_eq!(
            payout.transfer_id.as_deref(),
            Some(t.id.as_str()),
            "{what}: {id}"
        );
        assert_eq!(payout.amount_minor, t.amount, "{what}: {id}");
    }
    for (id, payout) in &states {
        assert_ne!(
            payout.status, "PROCESSING",
            "{what}: {id} is open: {payout:?}"
        );
        assert_ne!(payout.status, "PENDING", "{what}: {id} is open: {payout:?}");
        let at_stripe = named.contains(id);
        assert_eq!(
            payout.status == "COMPLETED",
            at_stripe,
            "{what}: {id}: {payout:?}"
        );
    }
    assert_books(ledger, what);
}

/// Asserts that every check holds and that the trial balance is zero.
///
/// # Panics
/// Where they don't.
pub fn assert_books(ledger: &TestLedger, what: &str) {
    let checked = ledger.run(&["check"]);
    assert_eq!(checked.status, 0, "{what}: {}", checked.json);
    let balances = ledger.ok(&["balances"]);
    let mut sums: BTreeMap<String, rust_decimal::Decimal> = BTreeMap::new();
    for b in balances.as_array().expect("balances") {
        let amount: rust_decimal::Decimal = text(&b["balance"]).parse().expect("an amount");
        *sums.entry(text(&b["currency"])).or_default() += amount;
    }
    assert!(sums.values().all(|s| s.is_zero()), "{what}: {sums:?}");
}
