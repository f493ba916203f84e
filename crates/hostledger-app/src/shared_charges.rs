//! Card payments that several bookings name: which of them were moved, and which a person must see
//! (docs/domain.md §3). The rule itself is in `hostledger_core::charge`.

use std::collections::{BTreeMap, BTreeSet};

use hostledger_core::booking::BookingRow;
use hostledger_core::charge::{Carrier, Seat, is_same_again};
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::review::Rule;
use hostledger_store::charges::{self, CarrierRow, PaymentIds};
use hostledger_store::ledger::Stamp;
use hostledger_store::settled::{self, How};
use hostledger_store::{Conn, bookings, commissions, disputes};

use crate::restate::{self, Before, Cause, Terms};
use crate::{Result, clock};

/// The payment that a row names.
pub(crate) fn payment(row: &BookingRow) -> PaymentIds<'_> {
    PaymentIds {
        charge: &row.charge_id,
        intent: &row.payment_intent_id,
    }
}

/// What a row says of carrying its payment.
fn of_new(row: &BookingRow) -> Carrier {
    Carrier {
        status: row.status,
        refunded_minor: row.refunded_minor,
        disputed: false,
    }
}

fn seat(row: &BookingRow) -> Seat<'_> {
    Seat {
        conversation_id: &row.conversation_id,
        participant_id: &row.participant_id,
    }
}

/// Whether a change of a booking can change who carries its payment.
pub(crate) fn matters(was: &BookingRow, is: &BookingRow) -> bool {
    let class = |r: &BookingRow| {
        let c = of_new(r);
        (c.leaves_its_money(), c.is_live())
    };
    class(was) != class(is) || payment(was) != payment(is)
}

/// Whether a row could be of a booking that was moved.
pub(crate) fn may_be_moved(row: &BookingRow) -> bool {
    of_new(row).leaves_its_money()
}

/// What a person has to decide about a row that names the payment of another booking's very seat.
pub(crate) enum SameAgain {
    /// Nothing: no other booking of that seat, or a person took it in as a second one.
    No,
    /// It waits.
    Asks(RowProblem),
    /// A person dismissed it before.
    Dismissed,
}

/// Whether a row of a later file is a known booking's seat and payment under another id. `own`: the
/// row's booking where it is known.
pub(crate) fn same_again(conn: &Conn, row: &BookingRow, own: Option<i64>) -> Result<SameAgain> {
    for key in charges::carriers(conn, &payment(row))? {
        if own == Some(key) {
            continue;
        }
        let known = bookings::get(conn, key)?;
        let disputed = disputes::any_of(conn, key)?;
        let carrier = Carrier {
            disputed,
            ..of_new(&known.row)
        };
        if !is_same_again((&of_new(row), seat(row)), (&carrier, seat(&known.row))) {
            continue;
        }
        match settled::of(conn, "booking", &row.booking_id, &known.row.booking_id)? {
            Some(How::Dismissed) => return Ok(SameAgain::Dismissed),
            Some(_) => {}
            None => return Ok(SameAgain::Asks(problem(row, &known.row))),
        }
    }
    Ok(SameAgain::No)
}

fn problem(row: &BookingRow, known: &BookingRow) -> RowProblem {
    let payment = match (row.charge_id == known.charge_id, row.charge_id.as_str()) {
        (true, charge) if !charge.is_empty() => charge,
        _ => row.payment_intent_id.as_str(),
    };
    RowProblem::new(
        ExceptionCode::SameCharge,
        format!(
            "{payment} already pays the booking {}, of the same conversation and participant. If {} is that booking under another id, dismiss this row; if it is a second seat, take it in as one.",
            known.booking_id, row.booking_id
        ),
    )
    .about(&known.booking_id)
}

/// Whether a row is of a booking that was moved: another booking carries its payment.
pub(crate) fn moved_to(conn: &Conn, row: &BookingRow, own: Option<i64>) -> Result<Option<i64>> {
    let mut new = of_new(row);
    if !new.leaves_its_money() {
        return Ok(None);
    }
    if let Some(key) = own {
        new.disputed = disputes::any_of(conn, key)?;
        new.refunded_minor = restate::refunded(conn, key, row)?;
    }
    for key in charges::carriers(conn, &payment(row))? {
        if own != Some(key)
            && new.is_moved(std::iter::once(&of_new(&bookings::get(conn, key)?.row)))
        {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// After bookings came, changed or went that name payments which others name too, by number: those
/// that were moved by it are as never captured, or captured again, and the rest is flagged.
pub(crate) fn settle(
    conn: &Conn,
    terms: &mut Terms,
    shared: &[i64],
    import_key: Option<i64>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    move_or_return(conn, terms, shared, import_key, stamp)?;
    raise_flags(conn, shared, terms.settings.carts_on(stamp.on), stamp)?;
    Ok(())
}

/// Lets the bookings that were moved be as never captured, and those that no longer are captured.
fn move_or_return(
    conn: &Conn,
    terms: &mut Terms,
    shared: &[i64],
    import_key: Option<i64>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let mut concerned = BTreeMap::new();
    for hash in shared {
        for c in charges::group(conn, *hash)? {
            if c.moved || c.carrier().leaves_its_money() {
                concerned.insert(c.booking_key, c.moved);
            }
        }
    }
    for (booking_key, was_moved) in concerned {
        let b = bookings::get(conn, booking_key)?;
        let to = moved_to(conn, &b.row, Some(booking_key))?;
        if to.is_some() != was_moved {
            let before = Before::load(conn, terms, &b)?;
            charges::set_moved(conn, booking_key, to)?;
            terms.set_moved(booking_key, to.is_some());
            let cause = Cause {
                on: None,
                import_key,
                reason: "Another booking carries the charge.",
            };
            restate::split_again(conn, terms, &b, &before, &cause, stamp)?;
        }
    }
    Ok(())
}

/// Looks at every payment that several bookings name: a ledger from before may hold bookings that
/// were moved, and a dispute of one that ended lets it be moved.
pub(crate) fn settle_moved(conn: &Conn, stamp: &Stamp<'_>) -> Result<()> {
    let shared = charges::shared(conn)?;
    if shared.is_empty() {
        return Ok(());
    }
    move_or_return(conn, &mut Terms::load(conn)?, &shared, None, stamp)
}

/// Raises a flag on every commission that shares its payment with another booking, unless a person
/// settled the two, or carts are sold. The bookings that were flagged.
pub(crate) fn raise_flags(
    conn: &Conn,
    shared: &[i64],
    carts: bool,
    stamp: &Stamp<'_>,
) -> Result<BTreeSet<i64>> {
    let mut flagged = BTreeSet::new();
    if carts {
        return Ok(flagged);
    }
    let job = Stamp { by: "", ..*stamp };
    let thresholds = hostledger_core::review::Thresholds::default();
    for hash in shared {
        let group: Vec<CarrierRow> = charges::group(conn, *hash)?
            .into_iter()
            .filter(|c| !c.moved && c.payment().hashes().any(|h| h == *hash))
            .collect();
        if group.len() < 2 {
            continue;
        }
        for c in &group {
            if !commissions::can_be_stopped(conn, c.booking_key)?
                || settled::with_all(
                    conn,
                    &c.booking_id,
                    group.iter().map(|o| o.booking_id.as_str()),
                )?
            {
                continue;
            }
            let id = clock::new_id();
            let rule = Rule::SharedCharge;
            if commissions::open_block(
                conn,
                &id,
                c.booking_key,
                "FRAUD_FLAG",
                Some(rule.as_str()),
                &rule.reason(&thresholds),
                &job,
            )? {
                flagged.insert(c.booking_key);
            }
        }
    }
    Ok(flagged)
}
