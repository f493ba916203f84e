//! One dispute with all that tells its story.

use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::adjustments::{self, Adjustment};
use hostledger_store::bookings;
use hostledger_store::commissions::{self, CommissionRow};
use hostledger_store::disputes::{self, HostHistory};
use hostledger_store::stripe;
use jiff::Timestamp;

use super::{Listed, find, lead};
use crate::{Result, Session};

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct StoryEvent {
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom; empty: by itself.
    pub who: String,
    /// What, as a sentence.
    pub what: String,
    /// Whether a person wrote it as a note.
    pub is_note: bool,
    /// Whether it is about the host's balance.
    pub moved_money: bool,
}

/// A dispute, what it is about, and what happened.
#[derive(Debug, Clone)]
pub struct DisputeView {
    /// The dispute.
    pub listed: Listed,
    /// The booking's row.
    pub booking: hostledger_core::booking::BookingRow,
    /// What the host earns of it.
    pub commission: Option<CommissionRow>,
    /// What moved the host's balance because of the booking.
    pub adjustments: Vec<Adjustment>,
    /// The booking's other disputes.
    pub others: Vec<disputes::Dispute>,
    /// Its rows, one for each booking that it is about; this one too.
    pub parts: Vec<disputes::Dispute>,
    /// What is known of the host beside this dispute.
    pub host: HostHistory,
    /// What is known of the participant beside this dispute.
    pub participant: HostHistory,
    /// What happened, oldest first.
    pub story: Vec<StoryEvent>,
}

/// One dispute.
///
/// # Errors
/// [`Code::NotFound`].
pub fn show(s: &Session, dispute_id: &str) -> Result<DisputeView> {
    s.ledger.read(|conn| {
        let dispute = find(conn, dispute_id)?;
        let b = bookings::get(conn, dispute.booking_key)?;
        let filter = commissions::Filter {
            booking_id: Some(b.row.booking_id.clone()),
            ..commissions::Filter::default()
        };
        let adjustments = adjustments::of_booking(conn, dispute.booking_key)?;
        let kept_with = lead(conn, dispute_id)?;
        let mut story = story(conn, &dispute, kept_with.dispute_key)?;
        story.extend(adjustments.iter().map(|a| StoryEvent {
            at: a.created_at,
            who: a.created_by.clone(),
            what: a.reason.clone(),
            is_note: false,
            moved_money: true,
        }));
        story.sort_by_key(|e| e.at);
        Ok(DisputeView {
            commission: commissions::page(conn, &filter, true, None, 1)?.pop(),
            others: disputes::of_booking(conn, dispute.booking_key)?
                .into_iter()
                .filter(|d| d.dispute_key != dispute.dispute_key)
                .collect(),
            parts: disputes::standing(conn, &dispute.row.dispute_id)?,
            host: disputes::history_of_host(conn, dispute.host_key)?,
            participant: disputes::history_of_participant(conn, &b.row.participant_id)?,
            booking: b.row,
            adjustments,
            story,
            listed: disputes::listed_one(conn, dispute.dispute_key)?,
        })
    })
}

fn story(
    conn: &hostledger_store::Conn,
    d: &disputes::Dispute,
    notes_of: i64,
) -> Result<Vec<StoryEvent>> {
    let versions = disputes::versions(conn, d.dispute_key)?
        .into_iter()
        .map(|v| StoryEvent {
            at: v.recorded_at,
            who: v.recorded_by,
            what: if v.undone {
                format!("{} (taken back with its file)", v.what)
            } else {
                v.what
            },
            is_note: false,
            moved_money: false,
        });
    let notes = disputes::notes(conn, notes_of)?
        .into_iter()
        .map(|n| StoryEvent {
            at: n.written_at,
            who: n.written_by,
            what: n.text,
            is_note: true,
            moved_money: false,
        });
    let attempts = stripe::attempts(conn, d.dispute_key)?
        .into_iter()
        .map(|a| taken_back(&a, d.row.currency));
    Ok(versions.chain(notes).chain(attempts).collect())
}

/// An attempt to take the loss back at Stripe, and what came of it.
fn taken_back(a: &stripe::Attempt, currency: Currency) -> StoryEvent {
    let sum = Money::new(a.amount_minor, currency);
    StoryEvent {
        at: a.asked_at,
        who: a.asked_by.clone(),
        what: match (&a.reversal_id, &a.refused) {
            (Some(id), _) => format!("Took {sum} back from the host's balance at Stripe ({id})."),
            (None, Some(why)) => format!("Asked Stripe to take {sum} back. {why}"),
            (None, None) => format!("Asked Stripe to take {sum} back, and got no answer."),
        },
        is_note: false,
        moved_money: true,
    }
}

/// The currency of a booking.
///
/// # Errors
/// [`Code::NotFound`].
pub fn currency_of(s: &Session, booking_id: &str) -> Result<Currency> {
    s.ledger.read(|conn| {
        bookings::find(conn, booking_id)?
            .map(|b| b.row.currency)
            .ok_or_else(|| Error::new(Code::NotFound, format!("There is no booking {booking_id}.")))
    })
}
