//! What the ledger knows of Stripe: its account, its payouts' transfers, hosts' accounts, and money
//! that came back.

mod accounts;
mod connection;
mod money_back;
mod recoveries;
mod transfers;

pub use accounts::{
    AccountRequest, HostAccount, account_request, begin_account, host_account, put_account,
    set_account,
};
pub use connection::{Connection, connect, connection, set_listed_through, set_synced};
pub use money_back::{
    BankFailure, Reversal, bank_failures, insert_bank_failure, insert_reversal, is_reversal_known,
    open_parts, recently_paid_accounts,
};
pub use recoveries::{
    Attempt, Recovery, attempts, end_recovery, insert_recovery, is_recovery, open_clawback,
    open_recovery, taken_back,
};
pub use transfers::{
    Transfer, begin_call, insert_found, is_found, new_attempt, newest_record, of_batch, of_payout,
    payout_of_transfer, prepare, release, set_called, set_state,
};
