//! What only the window asks: pages by key with their sums, and what a step would do before it is
//! done. Nothing here changes the ledger.

pub mod books;
pub mod commissions;
pub mod disputes;
pub mod home;
pub mod hosts;
pub mod imports;
pub mod people;
pub mod review;

use crate::{Result, Session};

pub use hostledger_store::screens::Sum;
pub use hostledger_store::screens::search::Hit;

/// Looks for a text in ids and names; at most `limit` of each kind.
///
/// # Errors
/// The ledger's own.
pub fn search(s: &Session, text: &str, limit: i64) -> Result<Vec<Hit>> {
    s.ledger
        .read(|conn| Ok(hostledger_store::screens::search::find(conn, text, limit)?))
}
