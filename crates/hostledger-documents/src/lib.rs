//! Values into bytes: the batch PDF, the payment file, the journal exports.
//!
//! This crate knows no rule of the money. It takes amounts that are already formatted
//! ("13.12" beside "USD"), adds them up exactly where a paper carries a total forward, and
//! refuses to write a document whose own figures disagree.

pub mod csv_safe;
mod error;
mod figure;
pub mod journal_export;
mod paper;
pub mod payment_file;
pub mod payout_batch;

pub use csv_safe::csv_safe;
pub use error::Error;
pub use paper::PaperSize;
