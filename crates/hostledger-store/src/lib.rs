//! The encrypted ledger: one folder with a `SQLCipher` database and a file of key slots.
//!
//! This is the only crate with SQL. Its functions load and store; which rows to write is decided
//! in `hostledger-core`, who may ask for it in `hostledger-app`. Everything that changes the
//! ledger takes a [`Conn`] inside a transaction that [`Ledger::write`] opened.

pub mod adjustments;
pub mod audit;
pub mod backup;
pub mod bookings;
pub mod charges;
pub mod check;
pub mod clean_ids;
pub mod commissions;
pub mod cutover;
pub mod dispute_fees;
pub mod dispute_files;
pub mod disputes;
pub mod error;
pub mod exposure;
pub mod final_payouts;
pub mod fx;
pub mod hosts;
pub mod imports;
pub mod institutions;
pub mod journal;
pub mod keys;
pub mod lease;
pub mod ledger;
pub mod meta;
pub mod payouts;
pub mod repeats;
pub mod restores;
pub mod screens;
pub mod settled;
pub mod sql;
pub mod stripe;
pub mod tax;
pub mod users;

pub use error::{Error, Result};
pub use ledger::{Conn, Ledger};
