//! What a person changes about an open dispute, for every booking that it is about.

use hostledger_core::dispute::{DisputeRow, DisputeStatus};
use hostledger_core::dispute_charge::shares;
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::disputes::{self, Dispute};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit, bookings, users};
use jiff::civil::Date;
use serde_json::json;

use super::about;
use super::fees::settle_fee;
use super::intake::{describe, held_against};
use super::record::{How, record};
use super::{by_hand, find_all, instant, lead, name_of, only_open, refused};
use crate::identity::Role;
use crate::restate::Terms;
use crate::{Result, Session};

/// What a person changes about an open dispute; `None` leaves as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Where it stands.
    pub status: Option<DisputeStatus>,
    /// What it is about.
    pub amount: Option<Money>,
    /// Why.
    pub reason: Option<String>,
    /// Until when evidence can be handed in.
    pub evidence_due_on: Option<Date>,
    /// Who works on it; empty: nobody.
    pub owner: Option<String>,
    /// A note for the story.
    pub note: Option<String>,
}

/// Changes an open dispute, gives it to somebody, or notes something.
///
/// # Errors
/// [`Code::WrongState`] where it is decided (owner and notes can still change),
/// [`Code::NotFound`], [`Code::BadInput`].
pub fn update(s: &Session, dispute_id: &str, change: &Change) -> Result<()> {
    s.require(&[Role::Preparer], "work on disputes")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let d = lead(conn, dispute_id)?;
        if let Some(owner) = &change.owner {
            assign(conn, &d, owner, &stamp)?;
        }
        if let Some(note) = &change.note {
            let note = note.trim();
            if note.is_empty() {
                return Err(Error::new(Code::BadInput, "An empty note says nothing."));
            }
            disputes::insert_note(conn, d.dispute_key, note, &stamp)?;
        }
        change_rows(conn, dispute_id, change, &stamp)
    })
}

fn assign(conn: &Conn, d: &Dispute, owner: &str, stamp: &Stamp<'_>) -> Result<()> {
    let owner = match owner.trim() {
        "" => None,
        name => Some(
            users::all(conn)?
                .into_iter()
                .find(|u| u.removed_at.is_none() && u.name.eq_ignore_ascii_case(name))
                .map(|u| u.name)
                .ok_or_else(|| Error::new(Code::NotFound, format!("There is no user {name}.")))?,
        ),
    };
    for row in disputes::standing(conn, &d.row.dispute_id)? {
        disputes::set_owner(conn, row.dispute_key, owner.as_deref())?;
    }
    let facts = json!({ "owner": owner });
    audit::record(conn, stamp, "disputes.assign", &d.row.dispute_id, &facts)?;
    Ok(())
}

/// Changes every booking's row of a dispute; an amount is that of all, or of the one named.
pub(super) fn change_rows(
    conn: &Conn,
    dispute_id: &str,
    change: &Change,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let mut terms = Terms::load(conn)?;
    let all = find_all(conn, dispute_id)?;
    let amounts = match change.amount {
        None => all
            .iter()
            .map(|d| (d.row.currency, d.row.amount_minor))
            .collect(),
        Some(amount) => new_amounts(conn, dispute_id, &all, amount)?,
    };
    let mut moved = false;
    for (d, (currency, amount_minor)) in all.iter().zip(amounts) {
        let row = DisputeRow {
            currency,
            amount_minor,
            ..changed(&terms, &d.row, change, stamp)?
        };
        if row != d.row {
            change_row(conn, &mut terms, d, &row, stamp)?;
            moved = true;
        }
    }
    if let Some(d) = all.first().filter(|_| moved) {
        settle_fee(conn, &terms, &d.row.dispute_id, stamp)?;
    }
    Ok(())
}

fn changed(
    terms: &Terms,
    row: &DisputeRow,
    change: &Change,
    stamp: &Stamp<'_>,
) -> Result<DisputeRow> {
    let mut row = row.clone();
    if let Some(status) = change.status {
        only_open(row.kind, status)?;
        row.status = status;
    }
    if let Some(reason) = &change.reason {
        reason.trim().clone_into(&mut row.reason);
    }
    if let Some(on) = change.evidence_due_on {
        row.evidence_due_by = Some(instant(terms, on, stamp));
    }
    Ok(row)
}

/// What each booking's row is about where a person says another amount.
fn new_amounts(
    conn: &Conn,
    dispute_id: &str,
    all: &[Dispute],
    amount: Money,
) -> Result<Vec<(Currency, i64)>> {
    let of_one = all.iter().position(|d| name_of(d, all) == dispute_id);
    if all.len() == 1 || of_one.is_some() {
        return Ok(all
            .iter()
            .enumerate()
            .map(|(i, d)| match of_one.unwrap_or(0) == i {
                true => (amount.currency, amount.amount_minor),
                false => (d.row.currency, d.row.amount_minor),
            })
            .collect());
    }
    let mut seats = Vec::new();
    for d in all {
        seats.push(about::seat(&bookings::get(conn, d.booking_key)?));
    }
    let parts = shares(amount.amount_minor, &seats).ok_or_else(|| {
        let names: Vec<String> = all.iter().map(|d| name_of(d, all)).collect();
        Error::new(
            Code::WrongState,
            format!(
                "{dispute_id} is about {} bookings, and {amount} is less than all of them. Say the amount of each: {}.",
                all.len(),
                names.join(", ")
            ),
        )
    })?;
    Ok(parts.into_iter().map(|p| (amount.currency, p)).collect())
}

fn change_row(
    conn: &Conn,
    terms: &mut Terms,
    d: &Dispute,
    row: &DisputeRow,
    stamp: &Stamp<'_>,
) -> Result<()> {
    if d.row.status.is_decided() {
        return Err(decided(d));
    }
    if row.amount_minor <= 0 {
        return Err(Error::new(
            Code::BadInput,
            "A dispute is about an amount above zero.",
        ));
    }
    let b = bookings::get(conn, d.booking_key)?;
    held_against(conn, terms, &b, row)?.map_err(refused)?;
    let what = format!("{}: {}.", stamp.by, describe(d, row));
    let how = How {
        ending: d.ending_while(row.status),
        ..by_hand(&what)
    };
    record(conn, terms, Some(d), &b, row, &how, stamp)?;
    audit::record(
        conn,
        stamp,
        "disputes.update",
        &d.row.dispute_id,
        &json!({ "what": describe(d, row) }),
    )?;
    Ok(())
}

fn decided(d: &Dispute) -> Error {
    Error::new(
        Code::WrongState,
        format!(
            "The {} {} is {}; a decided dispute is not reopened. Close it the other way if the decision was changed.",
            d.row.kind.noun(),
            d.row.dispute_id,
            d.row.status.as_str()
        ),
    )
}
