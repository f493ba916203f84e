//! Which rows of a dispute a word is about, and what it makes of each: of the booking that it names,
//! or of all that the charge paid (docs/domain.md §8).

use hostledger_core::Money;
use hostledger_core::dispute::{DisputeRow, other_currency};
use hostledger_core::dispute_charge::{Seat, shares, which_one};
use hostledger_core::dispute_match::{KnownAmount, Marks, Nameless, amount_in, is_same};
use hostledger_store::Conn;
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::disputes::{self, Dispute};
use hostledger_store::hosts::Source;

use super::about::seat;
use super::intake::{BY_CHARGE, Problem, Word};
use crate::Result;
use crate::restate::Terms;
use crate::shared_charges::payment;

/// What a word makes of one booking's row.
pub(super) struct Part {
    pub(super) known: Option<Dispute>,
    pub(super) b: StoredBooking,
    pub(super) row: DisputeRow,
    /// The word isn't about this booking: it only moves with the one that it is about.
    pub(super) along: bool,
}

impl Part {
    /// The row that stands before the word.
    pub(super) fn standing(&self) -> Option<&Dispute> {
        self.known.as_ref().filter(|k| !k.undone)
    }

    pub(super) fn is_changed(&self) -> bool {
        self.standing()
            .is_none_or(|k| k.content_hash != self.row.content_hash())
    }
}

fn nameless(d: &Dispute) -> Option<Nameless> {
    if d.row.dispute_id.starts_with(BY_CHARGE) {
        Some(Nameless::ByCharge)
    } else {
        d.made_here.then_some(Nameless::ByHand)
    }
}

/// What tells a row's dispute from others, with all that it is about.
fn marks(terms: &Terms, row: &DisputeRow, amount_minor: i64) -> Marks {
    Marks {
        amount: Money::new(amount_minor, row.currency),
        opened: Some(terms.settings.zone.date_of(row.opened_at)),
        decided: row.status.is_decided(),
    }
}

fn sum(rows: &[Dispute]) -> i64 {
    rows.iter().map(|d| d.row.amount_minor).sum()
}

/// The rows of the dispute that a word is about, as they stand: by its id, or a nameless one that is
/// the same.
pub(super) fn known_rows(conn: &Conn, terms: &Terms, w: &Word) -> Result<Vec<Dispute>> {
    let by_id = disputes::standing(conn, &w.row.dispute_id)?;
    if !by_id.is_empty() {
        return Ok(by_id);
    }
    for b in &w.bookings {
        for d in disputes::of_booking(conn, b.booking_key)? {
            let Some(how) = nameless(&d).filter(|_| d.row.kind == w.row.kind) else {
                continue;
            };
            let rows = disputes::standing(conn, &d.row.dispute_id)?;
            let known = marks(terms, &d.row, sum(&rows));
            if is_same(how, &known, &marks(terms, &w.row, w.row.amount_minor)) {
                return Ok(rows);
            }
        }
    }
    Ok(Vec::new())
}

/// A nameless dispute about one booking of a charge that is the word's part of it.
fn nameless_part(
    conn: &Conn,
    terms: &Terms,
    b: &StoredBooking,
    row: &DisputeRow,
) -> Result<Option<Dispute>> {
    Ok(disputes::of_booking(conn, b.booking_key)?
        .into_iter()
        .filter(|d| d.row.kind == row.kind)
        .find(|d| {
            let known = marks(terms, &d.row, d.row.amount_minor);
            nameless(d)
                .is_some_and(|how| is_same(how, &known, &marks(terms, row, row.amount_minor)))
        }))
}

/// What a word makes of each row that it is about. In the inner result a problem for the
/// exceptions.
pub(super) fn plan(
    conn: &Conn,
    terms: &Terms,
    w: &Word,
    group: &[Dispute],
    source: Option<Source>,
) -> Result<Problem<Vec<Part>>> {
    let amounts = match w.bookings.as_slice() {
        [b] => of_one(conn, w, b, group, source)?,
        _ => of_charge(conn, w, group)?,
    };
    let (amounts, said) = match amounts {
        Ok(found) => found,
        Err(problem) => return Ok(Err(problem)),
    };
    // A row that still names it as it was entered here doesn't rename it.
    let id = group
        .iter()
        .find(|d| d.entered_as.as_deref() == Some(&w.row.dispute_id))
        .map_or(&w.row.dispute_id, |d| &d.row.dispute_id);
    let mut parts = Vec::new();
    for (b, amount_minor) in amounts {
        let row = DisputeRow {
            dispute_id: id.clone(),
            booking_id: b.row.booking_id.clone(),
            amount_minor,
            currency: b.row.currency,
            said,
            ..w.row.clone()
        };
        let of_group = group.iter().find(|d| d.booking_key == b.booking_key);
        let known = match of_group {
            Some(d) => Some(d.clone()),
            None if w.bookings.len() == 1 && !group.is_empty() && !w.only => {
                further_or_moved(conn, group, &b, source)?
            }
            None => match nameless_part(conn, terms, &b, &row)? {
                Some(d) => Some(d),
                None => undone_row(conn, id, b.booking_key)?,
            },
        };
        parts.push(Part {
            known,
            b,
            row,
            along: false,
        });
    }
    if !w.only {
        move_together(conn, w, group, id, &mut parts)?;
    }
    Ok(Ok(parts))
}

/// A row for another booking than the known one: a further booking of its charge where the same
/// file says both, else a row that would move the dispute.
fn further_or_moved(
    conn: &Conn,
    group: &[Dispute],
    b: &StoredBooking,
    source: Option<Source>,
) -> Result<Option<Dispute>> {
    let Some(first) = group.first() else {
        return Ok(None);
    };
    let same_file = match (first.source, source) {
        (Some(was), Some(is)) => was.import_key == is.import_key,
        _ => false,
    };
    let known = bookings::get(conn, first.booking_key)?;
    if same_file && payment(&known.row).share(&payment(&b.row)) {
        undone_row(conn, &first.row.dispute_id, b.booking_key)
    } else {
        Ok(Some(first.clone()))
    }
}

fn undone_row(conn: &Conn, dispute_id: &str, booking_key: i64) -> Result<Option<Dispute>> {
    Ok(disputes::rows_of(conn, dispute_id)?
        .into_iter()
        .find(|d| d.booking_key == booking_key))
}

/// The other rows of the dispute go where the word says it stands.
fn move_together(
    conn: &Conn,
    w: &Word,
    group: &[Dispute],
    id: &str,
    parts: &mut Vec<Part>,
) -> Result<()> {
    for d in group {
        if parts.iter().any(|p| {
            p.known
                .as_ref()
                .is_some_and(|k| k.dispute_key == d.dispute_key)
        }) {
            continue;
        }
        let stands = d.row.status == w.row.status;
        let row = DisputeRow {
            dispute_id: id.to_owned(),
            status: w.row.status,
            closed_at: if stands {
                d.row.closed_at
            } else {
                w.row.closed_at
            },
            ..d.row.clone()
        };
        let b = bookings::get(conn, d.booking_key)?;
        parts.push(Part {
            known: Some(d.clone()),
            b,
            row,
            along: true,
        });
    }
    Ok(())
}

type Amounts = (Vec<(StoredBooking, i64)>, Option<Money>);

fn known_amount(d: &Dispute, amount_minor: i64) -> KnownAmount {
    KnownAmount {
        amount_minor,
        said: d.row.said,
        by_person: d.source.is_none(),
    }
}

/// What a word about one booking makes of it; of a dispute about several, a word about all of it
/// names the whole amount.
fn of_one(
    conn: &Conn,
    w: &Word,
    b: &StoredBooking,
    group: &[Dispute],
    source: Option<Source>,
) -> Result<Problem<Amounts>> {
    let own = group.iter().find(|d| d.booking_key == b.booking_key);
    let whole = sum(group);
    if let Some(own) = own
        && group.len() > 1
        && !w.only
        && w.row.amount() == Money::new(whole, own.row.currency)
    {
        let mut all = Vec::new();
        for d in group {
            all.push((bookings::get(conn, d.booking_key)?, d.row.amount_minor));
        }
        return Ok(Ok((all, w.row.said.or(own.row.said))));
    }
    let known = match (own, group.first()) {
        (Some(d), _) => Some(known_amount(d, d.row.amount_minor)),
        // A further booking's row has its own amount.
        (None, Some(d)) if source.is_none() || w.only => Some(known_amount(d, whole)),
        _ => None,
    };
    let (word, said) = (w.row.amount(), w.row.said);
    Ok(amount_in(
        known.as_ref(),
        word,
        said,
        &b.row.booking_id,
        b.row.currency,
    )
    .map(|(minor, said)| (vec![(b.clone(), minor)], said)))
}

/// What a word about a charge that paid several bookings makes of them.
fn of_charge(conn: &Conn, w: &Word, group: &[Dispute]) -> Result<Problem<Amounts>> {
    let mut all = w.bookings.clone();
    for d in group {
        if all.iter().all(|b| b.booking_key != d.booking_key) {
            all.push(bookings::get(conn, d.booking_key)?);
        }
    }
    let Some(first) = all.first() else {
        return Ok(Ok((Vec::new(), None)));
    };
    let currency = first.row.currency;
    let names: Vec<&str> = all.iter().map(|b| b.row.booking_id.as_str()).collect();
    if let Some(other) = all.iter().find(|b| b.row.currency != currency) {
        let money = Money::new(w.row.amount_minor, w.row.currency);
        return Ok(Err(other_currency(
            money,
            &other.row.booking_id,
            other.row.currency,
        )));
    }
    let whole = sum(group);
    let known = group.first().map(|d| known_amount(d, whole));
    let named = names.join(", ");
    let (minor, said) =
        match amount_in(known.as_ref(), w.row.amount(), w.row.said, &named, currency) {
            Ok(found) => found,
            Err(problem) => return Ok(Err(problem)),
        };
    let by_person = |d: &Dispute| nameless(d) == Some(Nameless::ByHand);
    if !group.is_empty() && minor == whole && !group.iter().any(by_person) {
        let stays = |b: StoredBooking| {
            let of = group.iter().find(|d| d.booking_key == b.booking_key)?;
            let amount = of.row.amount_minor;
            Some((b, amount))
        };
        return Ok(Ok((all.into_iter().filter_map(stays).collect(), said)));
    }
    let seats: Vec<Seat> = all.iter().map(seat).collect();
    match (shares(minor, &seats), group) {
        (Some(amounts), _) => {
            let taken = all.into_iter().zip(amounts).filter(|(_, a)| *a > 0);
            Ok(Ok((taken.collect(), said)))
        }
        // It is known which one.
        (None, [d]) => {
            let one = all.into_iter().filter(|b| b.booking_key == d.booking_key);
            Ok(Ok((one.map(|b| (b, minor)).collect(), said)))
        }
        (None, _) => Ok(Err(which_one(Money::new(minor, currency), &seats))),
    }
}
