//! Which bookings a dispute is about: the one that it names, or all that its charge paid
//! (docs/domain.md §8).

use std::collections::{HashMap, HashSet};

use hostledger_core::booking::{BookingRow, BookingStatus};
use hostledger_core::dispute_charge::Seat;
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::{Code, Error};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::{Conn, disputes};

use crate::Result;
use crate::restate::Terms;

/// Bookings by charge and payment intent.
#[derive(Default)]
pub(crate) struct Charges(HashMap<String, Vec<i64>>);

impl Charges {
    /// Looks charges and payment intents up, all in one pass; empty ids are none.
    pub(crate) fn of<'a>(conn: &Conn, ids: impl Iterator<Item = &'a str>) -> Result<Self> {
        let wanted: HashSet<String> = ids.filter(|id| !id.is_empty()).map(str::to_owned).collect();
        Ok(Self(disputes::bookings_of_payments(conn, &wanted)?))
    }

    /// The bookings that a charge paid, oldest first. One whose place another took (cancelled
    /// without a refund under the same charge) and one that was never captured don't count, unless
    /// there is no other.
    pub(crate) fn paid(
        &self,
        conn: &Conn,
        terms: &Terms,
        charge_id: &str,
        payment_intent_id: &str,
    ) -> Result<Vec<StoredBooking>> {
        let mut keys: Vec<i64> = [charge_id, payment_intent_id]
            .into_iter()
            .filter(|id| !id.is_empty())
            .filter_map(|id| self.0.get(id))
            .flatten()
            .copied()
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let mut all = Vec::with_capacity(keys.len());
        for key in keys {
            all.push(bookings::get(conn, key)?);
        }
        let called_off = |r: &BookingRow| {
            matches!(
                r.status,
                BookingStatus::Cancelled | BookingStatus::HostCancelled
            )
        };
        let replaced = all.iter().any(|b| !called_off(&b.row));
        let counts = |b: &StoredBooking| {
            let moved =
                replaced && b.row.status == BookingStatus::Cancelled && b.row.refunded_minor == 0;
            !moved && terms.facts(None, &b.row).was_captured()
        };
        if all.iter().any(counts) {
            all.retain(counts);
        }
        Ok(all)
    }
}

/// Whether one charge paid both bookings.
pub(crate) fn share_a_charge(a: &BookingRow, b: &BookingRow) -> bool {
    let same = |x: &str, y: &str| !x.is_empty() && x == y;
    same(&a.charge_id, &b.charge_id) || same(&a.payment_intent_id, &b.payment_intent_id)
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
    let charges = Charges::of(conn, [charge.as_str(), intent.as_str()].into_iter())?;
    let together = charges
        .paid(conn, terms, charge, intent)?
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
