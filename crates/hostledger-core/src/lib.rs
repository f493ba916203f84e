//! The pure rules of Hostledger.
//!
//! Nothing here reads a clock, a file or a database: facts go in, decisions come out, so every
//! rule of the money has a plain test. The rules themselves are written down in `docs/domain.md`;
//! doc comments cite its sections.

pub mod approval;
pub mod audit;
pub mod booking;
pub mod calendar;
pub mod charge;
pub mod commission;
pub mod dispute;
pub mod dispute_charge;
pub mod dispute_match;
pub mod error;
pub mod file_trouble;
pub mod form_1099k;
pub mod host;
pub mod ids;
pub mod import;
pub mod journal;
pub mod money;
pub mod opening_balance;
pub mod own_seat;
pub mod payments_file;
pub mod payout_batch;
pub mod payout_marks;
pub mod plausible;
pub mod postal_code;
pub mod refunds;
pub mod review;
pub mod settings;
pub mod split;
pub mod statement;
pub mod tax_profile;
pub mod tax_rules;
pub mod tier;
pub mod times;
pub mod tin;
pub mod transfer;
pub mod us_states;

pub use error::{Code, Error};
pub use money::{Currency, Money};
