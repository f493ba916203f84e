//! One card payment pays once (docs/domain.md §3).

use super::{Check, check};
use crate::Conn;
use crate::charges::{self, CarrierRow};
use crate::error::Result;

/// A booking that was moved is as never captured, and only such a one is: where a cancelled booking
/// left its money and a live one names the same payment, the money counts with the live one alone.
pub(super) fn charges_once(conn: &Conn) -> Result<Check> {
    let mut problems = Vec::new();
    for hash in charges::shared(conn)? {
        let all = charges::group(conn, hash)?;
        for c in &all {
            let others = all
                .iter()
                .filter(|o| o.booking_key != c.booking_key && o.payment().share(&c.payment()))
                .map(CarrierRow::carrier)
                .collect::<Vec<_>>();
            let is_moved = c.carrier().is_moved(others.iter());
            if is_moved && !c.moved {
                problems.push(format!(
                    "the payment of {} counts with it and with the booking that took its place; processing commissions mends that",
                    c.booking_id
                ));
            }
        }
    }
    for booking_id in charges::moved_without_place(conn)? {
        problems.push(format!(
            "{booking_id} counts as moved, and no booking carries its payment"
        ));
    }
    problems.dedup();
    problems.truncate(20);
    Ok(check(
        "charges_once",
        &problems,
        "the payment of every booking that was moved counts where it was moved to",
    ))
}
