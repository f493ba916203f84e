//! Disputes: taking them in, working on them, deciding them (docs/domain.md §8).

mod evidence;
mod exposure;
mod files;
pub(crate) mod intake;
mod letters;
mod outcomes;
mod papers;
pub(crate) mod record;
pub(crate) mod reserves;
mod view;

pub use evidence::{
    EvidenceView, Field, evidence, evidence_handed_in, review_evidence, save_evidence,
    submit_evidence,
};
pub use exposure::{Exposure, HostExposure, exposure, set_reserve};
pub use files::{attach, attachments, detach, save_attachment};
pub use hostledger_store::dispute_files::{Attachment, Evidence};
pub use hostledger_store::disputes::{Dispute, HostHistory, Listed};
pub use letters::{balance_letter_pdf, letter_pdf};
pub use outcomes::{Effect, Outcome, Outcomes, Posting, outcomes};
pub use papers::evidence_pdf;
pub use record::DISPUTE_FEE_CENTS;
pub use view::{DisputeView, StoryEvent, currency_of, show};

use hostledger_core::dispute::{DisputeKind, DisputeRow, DisputeStatus};
use hostledger_core::import::RowProblem;
use hostledger_core::{Code, Error, Money};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::disputes::{self, Ending};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit, users};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::restate::Terms;
use crate::{Result, Session, clock};
use intake::{describe, held_against};
use record::{How, record};

/// All disputes, oldest first.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<Listed>> {
    s.ledger.read(|conn| Ok(disputes::listed(conn)?))
}

/// A dispute by id.
pub(crate) fn find(conn: &Conn, dispute_id: &str) -> Result<Dispute> {
    disputes::find(conn, dispute_id)?
        .filter(|d| !d.undone)
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no dispute {dispute_id}.")))
}

/// A row that a person entered can't be: the same sentence, as a refusal.
fn refused(p: RowProblem) -> Error {
    let details = json!({ "code": p.code.as_str() });
    Error::new(Code::WrongState, p.message).with_details(details)
}

/// A dispute that a person enters.
#[derive(Debug, Clone)]
pub struct NewDispute {
    /// The booking's id.
    pub booking_id: String,
    /// Who disputes.
    pub kind: DisputeKind,
    /// What it is about; `None`: all that wasn't given back yet.
    pub amount: Option<Money>,
    /// Why, in the participant's or the bank's words.
    pub reason: String,
    /// The platform's or Stripe's id; `None`: one is made.
    pub dispute_id: Option<String>,
    /// The day on which it came; `None`: now.
    pub opened_on: Option<Date>,
    /// Until when evidence can be handed in.
    pub evidence_due_on: Option<Date>,
    /// Where it stands; `None`: `needs_response`.
    pub status: Option<DisputeStatus>,
}

/// The instant that a business day stands for: now for today, its end otherwise.
fn instant(terms: &Terms, on: Date, stamp: &Stamp<'_>) -> Timestamp {
    let zone = &terms.settings.zone;
    if zone.date_of(stamp.at) == on {
        return stamp.at;
    }
    let next = zone.start_of(hostledger_core::calendar::days_after(on, 1));
    next - jiff::SignedDuration::from_secs(1)
}

/// Enters a dispute by hand. Its id.
///
/// # Errors
/// [`Code::WrongState`] where the booking can't be disputed so, with the exception's code in the
/// details; [`Code::NotFound`], [`Code::NotAllowed`].
pub fn open(s: &Session, new: &NewDispute) -> Result<String> {
    s.require(&[Role::Preparer], "enter disputes")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let mut terms = Terms::load(conn)?;
        let b = booking(conn, &new.booking_id)?;
        refuse_twice(conn, &b, new)?;
        let refunded = terms.facts(Some(b.booking_key), &b.row).refunded_minor();
        let left = Money::new(b.row.price_minor - refunded, b.row.currency);
        let amount = new.amount.unwrap_or(left);
        if amount.amount_minor <= 0 {
            return Err(Error::new(
                Code::BadInput,
                "A dispute is about an amount above zero; nothing is left of this booking's price, or none was given.",
            ));
        }
        let status = new.status.unwrap_or(DisputeStatus::NeedsResponse);
        only_open(new.kind, status)?;
        let row = DisputeRow {
            dispute_id: new.dispute_id.clone().unwrap_or_else(clock::new_id),
            booking_id: b.row.booking_id.clone(),
            kind: new.kind,
            reason: new.reason.trim().to_owned(),
            amount_minor: amount.amount_minor,
            currency: amount.currency,
            status,
            opened_at: instant(&terms, new.opened_on.unwrap_or(stamp.on), &stamp),
            evidence_due_by: new.evidence_due_on.map(|on| instant(&terms, on, &stamp)),
            closed_at: None,
        };
        held_against(conn, &terms, &b, &row)?.map_err(refused)?;
        let what = format!("{} entered the {}.", stamp.by, row.kind.noun());
        let how = How {
            made_here: new.dispute_id.is_none(),
            ..by_hand(&what)
        };
        let known = disputes::find(conn, &row.dispute_id)?;
        record(conn, &mut terms, known.as_ref(), &b, &row, &how, &stamp)?;
        audit::record(
            conn,
            &stamp,
            "disputes.open",
            &row.dispute_id,
            &json!({ "booking_id": row.booking_id, "kind": row.kind.as_str(), "amount": amount.to_string(), "reason": row.reason }),
        )?;
        Ok(row.dispute_id)
    })
}

fn by_hand(what: &str) -> How<'_> {
    How {
        what,
        ending: Ending::default(),
        made_here: false,
        source: None,
        undone: false,
        restores: false,
    }
}

fn booking(conn: &Conn, booking_id: &str) -> Result<StoredBooking> {
    bookings::find(conn, booking_id)?
        .filter(|b| !b.withdrawn)
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no booking {booking_id}.")))
}

/// One dispute never counts twice: the same kind again needs an id that tells the two apart.
fn refuse_twice(conn: &Conn, b: &StoredBooking, new: &NewDispute) -> Result<()> {
    if let Some(id) = &new.dispute_id
        && disputes::find(conn, id)?.is_some_and(|d| !d.undone)
    {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "The dispute {id} is in the ledger already. Change it with an update, or close it."
            ),
        ));
    }
    let same = disputes::of_booking(conn, b.booking_key)?
        .into_iter()
        .find(|d| d.row.kind == new.kind && !d.row.status.is_decided());
    match same {
        Some(d) if new.dispute_id.is_none() || d.made_here => Err(Error::new(
            Code::WrongState,
            format!(
                "{} has an open {} already: {}. One dispute never counts twice. If this is another one, enter both with the ids that the platform or Stripe gave them.",
                b.row.booking_id,
                d.row.kind.noun(),
                d.row.dispute_id
            ),
        )
        .with_details(json!({ "dispute_id": d.row.dispute_id }))),
        _ => Ok(()),
    }
}

fn only_open(kind: DisputeKind, status: DisputeStatus) -> Result<()> {
    let right = match kind {
        DisputeKind::Complaint => status.puts_at_stake(),
        DisputeKind::Chargeback => !status.is_decided(),
    };
    if right {
        return Ok(());
    }
    Err(Error::new(
        Code::BadInput,
        match kind {
            DisputeKind::Complaint => {
                "An open complaint is needs_response or under_review. To decide it, close it."
            }
            DisputeKind::Chargeback => "To record what the bank decided, close the dispute.",
        },
    ))
}

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
        let d = find(conn, dispute_id)?;
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
        change_row(conn, &d, change, &stamp)
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
    disputes::set_owner(conn, d.dispute_key, owner.as_deref())?;
    let facts = json!({ "owner": owner });
    audit::record(conn, stamp, "disputes.assign", &d.row.dispute_id, &facts)?;
    Ok(())
}

fn change_row(conn: &Conn, d: &Dispute, change: &Change, stamp: &Stamp<'_>) -> Result<()> {
    let mut terms = Terms::load(conn)?;
    let mut row = d.row.clone();
    if let Some(status) = change.status {
        only_open(row.kind, status)?;
        row.status = status;
    }
    if let Some(amount) = change.amount {
        row.amount_minor = amount.amount_minor;
        row.currency = amount.currency;
    }
    if let Some(reason) = &change.reason {
        reason.trim().clone_into(&mut row.reason);
    }
    if let Some(on) = change.evidence_due_on {
        row.evidence_due_by = Some(instant(&terms, on, stamp));
    }
    if row == d.row {
        return Ok(());
    }
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
    held_against(conn, &terms, &b, &row)?.map_err(refused)?;
    let what = format!("{}: {}.", stamp.by, describe(d, &row));
    let how = How {
        ending: d.ending_while(row.status),
        ..by_hand(&what)
    };
    record(conn, &mut terms, Some(d), &b, &row, &how, stamp)?;
    audit::record(
        conn,
        stamp,
        "disputes.update",
        &d.row.dispute_id,
        &json!({ "what": describe(d, &row) }),
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

/// Decides a dispute as of a day, or records what the bank decided.
///
/// # Errors
/// [`Code::WrongState`] where it is so decided already, [`Code::BadInput`] without a reason or for
/// a day before it was opened, [`Code::NotFound`].
pub fn close(
    s: &Session,
    dispute_id: &str,
    outcome: Outcome,
    on: Option<Date>,
    reason: &str,
) -> Result<()> {
    s.require(&[Role::Preparer], "decide disputes")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let d = find(conn, dispute_id)?;
        close_in(conn, &d, outcome, on, reason, &stamp)?;
        audit::record(
            conn,
            &stamp,
            "disputes.close",
            &d.row.dispute_id,
            &json!({ "outcome": outcome.as_str(), "reason": reason }),
        )?;
        Ok(())
    })
}

fn close_in(
    conn: &Conn,
    d: &Dispute,
    outcome: Outcome,
    on: Option<Date>,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let mut terms = Terms::load(conn)?;
    let on = on.unwrap_or(stamp.on);
    let opened = terms.settings.zone.date_of(d.row.opened_at);
    if on < opened {
        return Err(Error::new(
            Code::BadInput,
            format!("It was opened on {opened}, so it can't be closed on {on}."),
        ));
    }
    let only_blocks = !d.row.status.puts_at_stake() && !d.row.status.is_decided();
    let (status, ending) = outcome.ending(only_blocks, d.row.status)?;
    let again = status == d.row.status
        && ending.withdrawn == d.withdrawn
        && (ending.let_go == d.let_go || d.row.status.is_decided());
    if again {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "The {} {} is closed so already.",
                d.row.kind.noun(),
                d.row.dispute_id
            ),
        ));
    }
    let row = DisputeRow {
        status,
        closed_at: Some(instant(&terms, on, stamp)),
        ..d.row.clone()
    };
    let b = bookings::get(conn, d.booking_key)?;
    let what = format!("{} closed it as {}: {reason}", stamp.by, outcome.as_str());
    let how = How {
        ending,
        ..by_hand(&what)
    };
    record(conn, &mut terms, Some(d), &b, &row, &how, stamp)?;
    Ok(())
}

/// Evidence was handed in: the bank looks at it now.
fn under_review(conn: &Conn, d: &Dispute, stamp: &Stamp<'_>) -> Result<()> {
    let status = match d.row.status {
        DisputeStatus::NeedsResponse => DisputeStatus::UnderReview,
        DisputeStatus::WarningNeedsResponse => DisputeStatus::WarningUnderReview,
        _ => return Ok(()),
    };
    let change = Change {
        status: Some(status),
        ..Change::default()
    };
    change_row(conn, d, &change, stamp)
}
