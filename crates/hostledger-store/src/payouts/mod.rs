//! Payout batches, payouts, their lines, approvals.

mod approval;
mod batch;
mod carried;
mod due;
mod lines;
mod marks;
mod payout;
mod returned;

pub use approval::{Approval, approvals, counting_approvals, insert_approval, is_genuine};
pub use batch::{
    Batch, add_file_copy, add_maker, batches, find_batch, get_batch, has_failed, has_open,
    insert_batch, makers, set_alarm, set_approvals_needed, set_batch_status, set_closed,
    set_digest, set_file_path, set_file_written, set_left_before_restore, set_sending_file,
    set_sending_stripe, set_submit_rail, set_submitted,
};
pub use carried::{Carried, carried, put_carried};
pub use due::{DueLine, Ready, due};
pub use lines::{Line, StaleLine, digest_of_lines, lines, remainder_pair, stale_lines};
pub use marks::{account_named_by, accounts, adjustments_of_batch, last_sent, sent_before};
pub use payout::{
    NewPayout, Payout, booking_keys, find, freeze_commissions, get, insert, of_batch, of_booking,
    of_host, replace, sent_after_import, set_commissions_paid, set_left_as, set_status,
};
pub use returned::{
    MoneyBack, NewReturn, came_back, insert_return, lines_are_as_they_were, match_with_stripe,
    money_back, money_back_of_batch, money_back_of_host, not_shown_by_stripe, undo_return,
};
