//! The whole path of the money on the real command line, from exports to settled payouts, and what
//! it must survive. Test names carry the exit list's ids.
//!
//! The long crash run is ignored here; `cargo xtask test --long` includes it.

#![allow(
    clippy::unwrap_used,
    reason = "in these tests a helper that panics is a test that fails"
)]

mod charges;
mod close;
mod columns;
mod contract;
mod crash;
mod currencies;
mod cutover;
mod cutover_opening;
mod destinations;
mod disputes;
mod disputes_banks;
mod disputes_carts;
mod disputes_desk;
mod disputes_weeks;
mod due;
mod exceptions;
mod exchange_rates;
mod file_trouble;
mod final_payout;
mod four_eyes;
mod full_disk;
mod io_faults;
mod journal_export;
mod reading;
mod refusals;
mod restated;
mod restore_drill;
mod restores;
mod returns;
mod sharing;
mod small_things;
mod standing;
mod statement;
mod stripe_after;
mod stripe_conformance;
mod stripe_connection;
mod stripe_faults;
mod stripe_restored;
mod stripe_send;
mod stripe_unknown;
mod stripe_walls;
mod tax;
mod tax_files;
mod tax_season;
mod tax_withholding;
mod templates;
mod too_early;
mod waiting;
mod walls;
mod weeks;
mod whole_files;
