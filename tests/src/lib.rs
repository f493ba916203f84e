//! What the tests of the whole path share: a ledger worked on through the real command line
//! ([`TestLedger`]), exports as tables ([`export`]), and an independent reading of the rules of
//! `docs/domain.md` ([`reckon`]) that the program's figures are compared with.
//!
//! The tests themselves are in `tests/path`; their names carry the exit list's ids (C2, C3, …).

pub mod draw;
pub mod export;
mod outside;
pub mod reckon;
mod review;
pub mod stripe;
mod test_ledger;

pub use test_ledger::{APPROVER, Answer, PREPARER, Refusal, TestLedger, answer, program};
