//! The ledger's Stripe account: the connection and its key, hosts' accounts, and what happens after
//! sending.

mod accounts;
mod connection;
mod disputes;
mod recover;
mod sync;
mod waiting;

use hostledger_core::{Code, Error};
use hostledger_stripe::Problem;

pub(crate) use accounts::trouble;
pub use accounts::{AccountView, Onboarding, account_of, onboard, pull_account};
pub(crate) use connection::client;
pub use connection::{KeyStore, NewConnection, STRIPE_URL, TIMEOUT_MS, connect, status};
pub(crate) use disputes::take_dispute;
pub use recover::{Recoverable, recover, recoverable};
pub use sync::{Synced, sync};

use crate::Result;

/// A runtime for the calls of one use case.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::new(Code::Internal, format!("No runtime for calls: {e}.")))
}

/// A call that only asked something didn't succeed.
pub(crate) fn refused(p: &Problem) -> Error {
    let what = match p {
        Problem::NotAllowed { .. } => {
            "Give the key that permission in Stripe's dashboard (Developers, API keys), or connect another with `hostledger stripe connect`, then go on."
        }
        Problem::Throttled | Problem::InProgress | Problem::Unclear { .. } => {
            "Check the connection and try again."
        }
        Problem::Refused { .. } | Problem::KeyMismatch { .. } => "Nothing was sent.",
    };
    Error::new(Code::StripeProblem, format!("{} {what}", p.sentence()))
}
