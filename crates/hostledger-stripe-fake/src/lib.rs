//! A stateful stand-in for Stripe's API v1 on loopback, with scripted faults; for tests only.
//!
//! ```
//! use hostledger_stripe_fake::{AccountSetup, FakeStripe, Fault, FaultKind};
//!
//! let stripe = FakeStripe::start();
//! stripe.add_account("acct_host", AccountSetup::default());
//! stripe.set_balance("usd", 1_000_00);
//! stripe.push_fault(Fault::next_transfer(FaultKind::DropAfter));
//! // Point a client at stripe.url(): its first transfer is made and never answered.
//! assert!(stripe.transfers().is_empty());
//! ```
//!
//! # Over HTTP
//!
//! The program `hostledger-stripe-fake [--port N]` prints its address as its first line. The
//! control is there as JSON: `GET /_fake/state`, `GET /_fake/requests`, and as `POST /_fake/…`
//!
//! | path | body |
//! | --- | --- |
//! | `reset`, `allow_all` | none |
//! | `script` | a list of [`Fault`], in place of the script |
//! | `faults` | one [`Fault`], such as `{"on": {"method": "POST", "path_prefix": "/v1/transfers", "payout_id": "…", "nth": 2}, "what": "drop_after", "times": 1}`; `what` is also `{"delay": ms}`, `{"delay_before": ms}`, `{"saved_500": {"done": true}}`, `{"hang": {"done": true}}`, `{"refuse": {"status": 400, "code": "…", "message": "…"}}`, `"garbled_ok"`, `"reset_mid_body"`, `"conflict_409"`, `"too_many_429"`, `"unavailable_503"`, `"drop_before"`, `"prune_key"` |
//! | `clock` | `{"advance_seconds": n}`, `{"freeze_at": seconds or null}` |
//! | `latency` | `{"ms": n}` |
//! | `rate_limit` | `{"per_second": n or null}` |
//! | `accounts` | `{"id": "acct_…", "setup": `[`AccountSetup`]`}` |
//! | `remove_account`, `enable`, `platform` | `{"id": "acct_…"}` |
//! | `restrict` | `{"id": "acct_…", "disabled_reason": "…", "due": ["…"]}` |
//! | `deny` | `{"method": "POST", "path_prefix": "/v1/transfers"}` |
//! | `balance` | `{"currency": "usd", "minor": n}` |
//! | `reverse` | `{"id": "tr_…", "amount": n}`; the reversal's `{"id"}` comes back |
//! | `bank_payout` | `{"id": "acct_…", "amount": n, "currency": "usd"}`, with `failure_code` and `failure_message` where the bank sends it back |
//! | `dispute` | `{"livemode": false, "setup": `[`DisputeSetup`]`}` |
//! | `settle_dispute` | `{"id": "dp_…", "status": "won"}` |
//!
//! # What it keeps
//!
//! Connected accounts, the platform's and their balances, transfers, reversals, balance
//! transactions, Stripe's payouts to banks, and disputes, for test and live mode apart: the key's
//! prefix says which. Idempotency keys as the documentation of API v1 has them: the first result
//! of an execution, errors included, is replayed; other parameters or another path are refused;
//! the same key in flight is a conflict; a key is forgotten 24 hours later by the stand-in's own
//! clock. An execution that began goes on when the client disconnects. Unknown parameters are
//! refused. Every request is written down with its answer, never with its key.
//!
//! # What it doesn't
//!
//! Charges and payment intents, events and webhooks, files, application fees,
//! `source_transaction`, pending balances, exchange of currencies, payouts made by hand, versions
//! of the API (the header is echoed, objects are always the same), permissions of restricted keys
//! unless a test denies one, and checking of an account's own details (taken, not looked at).
//! Transfers on behalf of a connected account are refused. Fields that nothing here needs have
//! fixed values.
//!
//! # What it is judged by
//!
//! `conformance/`: the official Python SDK must work against it, and every parameter and object
//! must satisfy Stripe's published `OpenAPI` description.

pub mod conformance;

mod api;
mod clock;
mod control;
mod control_http;
mod error;
mod fault;
mod form;
mod handle;
mod hub;
mod keys;
mod record;
mod server;
mod wire;
mod world;

pub use control::Control;
pub use fault::{Fault, FaultKind, Match};
pub use record::{AccountSetup, Authorization, DisputeSetup, RequestRecord, TransferRecord};
pub use server::FakeStripe;
