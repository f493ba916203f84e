//! Disputes: taking them in, working on them, deciding them (docs/domain.md §8).

pub(crate) mod about;
mod changes;
mod evidence;
mod exposure;
pub(crate) mod fees;
mod files;
pub(crate) mod intake;
mod letters;
mod outcomes;
mod papers;
mod plan;
pub(crate) mod record;
pub(crate) mod reserves;
mod view;

pub use changes::{Change, update};
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
pub use view::{DisputeView, StoryEvent, currency_of, show};

use hostledger_core::dispute::{DisputeKind, DisputeRow, DisputeStatus, stays_paid};
use hostledger_core::import::RowProblem;
use hostledger_core::{Code, Error, Money};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::disputes::{self, Ending};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::restate::Terms;
use crate::{Result, Session, clock};
use changes::change_rows;
use fees::settle_fee;
use intake::held_against;
use record::{How, record};

/// All disputes, oldest first.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<Listed>> {
    s.ledger.read(|conn| Ok(disputes::listed(conn)?))
}

/// A dispute by id. Where it is about several bookings, the first of them; another by
/// `DISPUTE/BOOKING`.
pub(crate) fn find(conn: &Conn, dispute_id: &str) -> Result<Dispute> {
    let found = match disputes::find(conn, dispute_id)?.filter(|d| !d.undone) {
        Some(d) => Some(d),
        None => disputes::find_part(conn, dispute_id)?,
    };
    found.ok_or_else(|| Error::new(Code::NotFound, format!("There is no dispute {dispute_id}.")))
}

/// Every booking's row of a dispute, by the id of all or of one.
pub(crate) fn find_all(conn: &Conn, dispute_id: &str) -> Result<Vec<Dispute>> {
    let one = find(conn, dispute_id)?;
    Ok(disputes::standing(conn, &one.row.dispute_id)?)
}

/// The row with which a dispute's evidence, files and notes are kept, whichever booking is asked
/// for.
pub(crate) fn lead(conn: &Conn, dispute_id: &str) -> Result<Dispute> {
    let one = find(conn, dispute_id)?;
    let all = disputes::standing(conn, &one.row.dispute_id)?;
    Ok(all.into_iter().next().unwrap_or(one))
}

/// What one booking's row of a dispute is called.
fn name_of(d: &Dispute, all: &[Dispute]) -> String {
    if all.len() > 1 {
        format!("{}/{}", d.row.dispute_id, d.row.booking_id)
    } else {
        d.row.dispute_id.clone()
    }
}

/// What the rows of a dispute are called: of the one named, or of all where the id is that of all.
pub(crate) fn names(conn: &Conn, dispute_id: &str) -> Result<Vec<String>> {
    let one = find(conn, dispute_id)?;
    let all = disputes::standing(conn, &one.row.dispute_id)?;
    if name_of(&one, &all) == dispute_id {
        return Ok(vec![dispute_id.to_owned()]);
    }
    Ok(all.iter().map(|d| name_of(d, &all)).collect())
}

/// One booking's row of a dispute, for what can't be about several.
///
/// # Errors
/// [`Code::WrongState`] with their names where the id is that of several.
pub(crate) fn find_one(conn: &Conn, dispute_id: &str, what: &str) -> Result<Dispute> {
    let one = find(conn, dispute_id)?;
    let all = disputes::standing(conn, &one.row.dispute_id)?;
    let name = name_of(&one, &all);
    if all.len() > 1 && name != dispute_id {
        let names: Vec<String> = all.iter().map(|d| name_of(d, &all)).collect();
        return Err(Error::new(
            Code::WrongState,
            format!(
                "{dispute_id} is about {} bookings, and {what} is about one. Name it: {}.",
                all.len(),
                names.join(", ")
            ),
        )
        .with_details(json!({ "disputes": names })));
    }
    Ok(one)
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
            said: None,
        };
        held_against(conn, &terms, &b, &row)?.map_err(refused)?;
        let what = format!("{} entered the {}.", stamp.by, row.kind.noun());
        let how = How {
            made_here: new.dispute_id.is_none(),
            ..by_hand(&what)
        };
        let known = disputes::rows_of(conn, &row.dispute_id)?
            .into_iter()
            .find(|d| d.booking_key == b.booking_key);
        record(conn, &mut terms, known.as_ref(), &b, &row, &how, &stamp)?;
        settle_fee(conn, &terms, &row.dispute_id, &stamp)?;
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
        let id = close_in(conn, dispute_id, outcome, on, reason, &stamp)?;
        audit::record(
            conn,
            &stamp,
            "disputes.close",
            &id,
            &json!({ "outcome": outcome.as_str(), "reason": reason }),
        )?;
        Ok(())
    })
}

/// Decides every booking's row of a dispute; its id.
fn close_in(
    conn: &Conn,
    dispute_id: &str,
    outcome: Outcome,
    on: Option<Date>,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<String> {
    let mut terms = Terms::load(conn)?;
    let all = find_all(conn, dispute_id)?;
    for d in &all {
        close_row(conn, &mut terms, d, outcome, on, reason, stamp)?;
    }
    let id = all
        .into_iter()
        .next()
        .map_or_else(|| dispute_id.to_owned(), |d| d.row.dispute_id);
    settle_fee(conn, &terms, &id, stamp)?;
    Ok(id)
}

fn close_row(
    conn: &Conn,
    terms: &mut Terms,
    d: &Dispute,
    outcome: Outcome,
    on: Option<Date>,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
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
        closed_at: Some(instant(terms, on, stamp)),
        ..d.row.clone()
    };
    let b = bookings::get(conn, d.booking_key)?;
    if !ending.withdrawn && !ending.let_go {
        // The booking may have come back unpaid since the dispute was withdrawn.
        let captured = terms.facts(None, &b.row).was_captured();
        stays_paid(&b.row.booking_id, captured, &[&d.row.dispute_id]).map_err(refused)?;
    }
    let what = format!("{} closed it as {}: {reason}", stamp.by, outcome.as_str());
    let how = How {
        ending,
        ..by_hand(&what)
    };
    record(conn, terms, Some(d), &b, &row, &how, stamp)?;
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
    change_rows(conn, &d.row.dispute_id, &change, stamp)
}
