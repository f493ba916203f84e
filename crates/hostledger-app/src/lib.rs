//! The use cases of Hostledger.
//!
//! Each loads facts from the store, asks core what must happen, and stores it, all in one
//! transaction. Roles and the four-eyes rule are enforced here, never in a screen. The desktop
//! shell and the command line only translate to and from these functions.

pub mod adjustments;
pub mod books;
pub mod clock;
pub mod commissions;
pub mod cutover;
pub mod disputes;
pub mod encodings;
pub mod exceptions;
pub mod explain;
pub mod file_columns;
pub mod files;
pub mod final_payouts;
pub mod fx;
pub mod hosts;
pub mod identity;
pub mod imports;
pub mod jobs;
pub mod payouts;
pub mod sample;
pub mod sample_ledger;
pub mod screens;
pub mod session;
pub mod settings;
pub mod stripe;
pub mod tax;
pub mod templates;

mod csv_file;
mod csv_rows;
#[cfg(test)]
mod file_variants;
mod foreign_files;
mod import_bookings;
mod import_disputes;
mod import_hosts;
mod import_opening;
mod import_payments;
mod import_tax_profiles;
mod kill_point;
mod look_alikes;
mod own_seats;
mod restate;
pub mod restores;
mod same_ids;
mod shared_charges;
mod source_file;
pub mod waiting;

pub use hostledger_core::{Code, Error};
pub use session::Session;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What the store keeps, as it is handed to screens and scripts.
pub mod stored {
    pub use hostledger_store::adjustments::Adjustment;
    pub use hostledger_store::audit::AuditEvent;
    pub use hostledger_store::check::Check;
    pub use hostledger_store::commissions::{Block, CommissionRow, Filter};
    pub use hostledger_store::cutover::History;
    pub use hostledger_store::final_payouts::{FinalPayout, FinalStatus};
    pub use hostledger_store::hosts::{Host, HostTier};
    pub use hostledger_store::imports::{Exception, Import};
    pub use hostledger_store::institutions::Institution;
    pub use hostledger_store::journal::{Balance, JournalEntry};
    pub use hostledger_store::payouts::{Approval, Batch, Carried, Line, Payout};
    pub use hostledger_store::stripe::{
        BankFailure, Connection as StripeConnection, HostAccount, Transfer,
    };
    pub use hostledger_store::users::User;
}
