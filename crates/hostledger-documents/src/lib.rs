//! Values into bytes: the batch PDF, the evidence for a dispute, letters to hosts, the payment
//! file, the journal exports, and what the season of form 1099-K needs.
//!
//! This crate knows no rule of the money. It takes amounts that are already decided ("13.12"
//! beside "USD", or a `Money`), adds them up exactly where a paper carries a total, and refuses
//! to write a document whose own figures disagree.

pub mod csv_safe;
pub mod dispute_evidence;
mod error;
mod figure;
pub mod form_1099k;
pub mod host_letter;
pub mod iris_csv;
pub mod journal_export;
mod latin;
mod paper;
pub mod payment_file;
pub mod payout_batch;
#[cfg(test)]
mod reading;
pub mod sealed_archive;
pub mod tax_workbook;
pub mod tin_matching;

pub use csv_safe::csv_safe;
pub use error::Error;
pub use figure::amount_on_paper;
pub use paper::{Align, PaperSize, WhoWhen};
