//! The journal as text: for hledger and as CSV (`journal export`, cli.md).
//!
//! Both writers take one entry after the other, so a journal of any length needs no memory.

mod csv;
mod hledger;

pub use self::csv::{COLUMNS, JournalCsv, write_csv};
pub use self::hledger::{HledgerHead, HledgerJournal, hledger_account, write_hledger};

/// One journal entry with its postings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalEntry {
    /// The entry's id.
    pub entry_id: String,
    /// The date it counts for, `YYYY-MM-DD` (domain.md §2).
    pub effective_date: String,
    /// The instant it was recorded, as text.
    pub recorded_at: String,
    /// What happened, a row of domain.md §9: "paid", "session completed".
    pub kind: String,
    /// What it happened to: the id of a booking, payout, host or dispute.
    pub subject: String,
    /// A line of plain words. Empty: hledger gets kind and subject instead. Not in the CSV.
    pub description: String,
    /// More hledger tags, name and value. Not in the CSV.
    pub tags: Vec<(String, String)>,
    /// The postings; per currency they sum to zero.
    pub postings: Vec<JournalPosting>,
}

/// One posting: debits positive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalPosting {
    /// The account, `liabilities:hosts:ID`.
    pub account: String,
    /// The amount with the currency's decimals: "-13.12", "2000".
    pub amount: String,
    /// ISO 4217 code.
    pub currency: String,
}
