//! Which bookings a dispute is about: the one that it names, or all that its charge paid
//! (docs/domain.md §8).

use hostledger_core::dispute_charge::Seat;
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::{Code, Error};
use hostledger_store::Conn;
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::charges::{self, PaymentIds};

use crate::Result;
use crate::restate::Terms;

/// The bookings that a charge or payment intent paid, oldest first; empty ids are none. One that was
/// moved and one that was never captured don't count, unless there is no other.
pub(crate) fn paid(
    conn: &Conn,
    terms: &Terms,
    charge_id: &str,
    payment_intent_id: &str,
) -> Result<Vec<StoredBooking>> {
    let ids = PaymentIds {
        charge: charge_id,
        intent: payment_intent_id,
    };
    let mut all = Vec::new();
    for key in charges::carriers(conn, &ids)? {
        all.push(bookings::get(conn, key)?);
    }
    let counts = |b: &StoredBooking| {
        !terms.is_moved(b.booking_key) && terms.facts(None, &b.row).was_captured()
    };
    if all.iter().any(counts) {
        all.retain(counts);
    }
    Ok(all)
}

/// What a booking has of the charge that paid it.
pub(crate) fn seat(b: &StoredBooking) -> Seat {
    Seat {
        booking_id: b.row.booking_id.clone(),
        price_minor: b.row.price_minor,
        refunded_minor: b.row.refunded_minor,
    }
}

/// All that the charge of a booking paid, in minor units of its currency.
pub(crate) fn paid_with(conn: &Conn, terms: &Terms, b: &StoredBooking) -> Result<i64> {
    let (charge, intent) = (&b.row.charge_id, &b.row.payment_intent_id);
    let together = paid(conn, terms, charge, intent)?
        .iter()
        .filter(|o| o.row.currency == b.row.currency)
        .map(|o| o.row.price_minor)
        .sum();
    Ok(b.row.price_minor.max(together))
}

/// The one booking that a row names, or that a person says.
pub(crate) fn named(
    conn: &Conn,
    booking_id: &str,
) -> Result<std::result::Result<Vec<StoredBooking>, RowProblem>> {
    Ok(
        match bookings::find(conn, booking_id)?.filter(|b| !b.withdrawn) {
            Some(b) => Ok(vec![b]),
            None => Err(unknown(&format!("There is no booking {booking_id}."))),
        },
    )
}

/// A dispute about a booking that isn't in the ledger.
pub(crate) fn unknown(what: &str) -> RowProblem {
    RowProblem::new(
        ExceptionCode::UnknownBooking,
        format!("{what} Import the platform's newest bookings, then retry."),
    )
}

/// The booking that a person says a charge's dispute is about: one that the charge paid.
///
/// # Errors
/// [`Code::BadInput`] with those that it paid.
pub(crate) fn chosen(paid: Vec<StoredBooking>, booking_id: &str) -> Result<Vec<StoredBooking>> {
    let names: Vec<String> = paid.iter().map(|b| b.row.booking_id.clone()).collect();
    let one: Vec<StoredBooking> = paid
        .into_iter()
        .filter(|b| b.row.booking_id == booking_id)
        .collect();
    if one.is_empty() {
        return Err(Error::new(
            Code::BadInput,
            format!(
                "The charge didn't pay {booking_id}. It paid {}.",
                match names.as_slice() {
                    [] => "no booking that is in the ledger".to_owned(),
                    some => some.join(", "),
                }
            ),
        ));
    }
    Ok(one)
}
