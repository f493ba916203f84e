//! What crosses to the window and back: the shapes of `ui/src/ipc/contract.ts`, and how values of
//! the ledger become them. Amounts are decimal strings, counts fit 32 bits, instants are RFC 3339.

pub(crate) mod adjustments;
pub(crate) mod books;
pub(crate) mod commissions;
pub(crate) mod disputes;
pub(crate) mod home;
pub(crate) mod hosts;
pub(crate) mod imports;
pub(crate) mod jobs;
pub(crate) mod payouts;
pub(crate) mod restores;
pub(crate) mod review;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod shared;
pub(crate) mod stripe;
pub(crate) mod tax;
pub(crate) mod transfers;
