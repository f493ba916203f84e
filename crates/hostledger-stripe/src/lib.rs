//! Stripe's API, as far as payouts need it.
//!
//! This is the only crate with HTTP. A call is sent once, under the caller's own idempotency key
//! where it moves money; whatever isn't a clear answer is *unclear*, never a failure. Which call to
//! make, and what follows from its answer, is decided elsewhere (docs/stripe.md).

pub mod accounts;
mod amount;
pub mod answer;
pub mod client;
pub mod disputes;
pub mod key;
pub mod money_back;
pub mod request;
pub mod transfers;

pub use accounts::{AccountState, NewAccount};
pub use answer::Problem;
pub use client::Client;
pub use disputes::DisputeShown;
pub use key::SecretKey;
pub use money_back::{BankFailure, Reversal};
pub use transfers::TransferShown;
