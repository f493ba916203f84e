//! What a row says of a dispute, whoever brings it: is it new, known, older, or can't it be?
//! (docs/domain.md §8). One dispute never counts twice, whatever its sources.

use hostledger_core::dispute::{DisputeRow, DisputedBooking, Progress, admit, progress};
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::disputes::{self, Dispute};
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, commissions};

use super::record::{How, record};
use crate::Result;
use crate::imports::Took;
use crate::restate::Terms;

/// What became of a row.
pub(crate) enum Taken {
    Inserted,
    /// With how, e.g. `needs_response to lost`.
    Changed(String),
    /// It says again what is known of this dispute.
    Unchanged(i64),
    Stale,
}

impl Taken {
    /// As a row that was tried again.
    pub(crate) fn took(&self) -> Took {
        match self {
            Self::Inserted | Self::Changed(_) => Took::In,
            Self::Unchanged(_) => Took::Unchanged,
            Self::Stale => Took::Stale,
        }
    }
}

/// Takes in what a file or Stripe says of a dispute. In the inner result a problem for the
/// exceptions.
pub(crate) fn take(
    conn: &Conn,
    terms: &mut Terms,
    row: &DisputeRow,
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Taken, RowProblem>> {
    let Some(b) = bookings::find(conn, &row.booking_id)?.filter(|b| !b.withdrawn) else {
        return Ok(Err(RowProblem::new(
            ExceptionCode::UnknownBooking,
            format!(
                "There is no booking {}. Import the platform's newest bookings, then retry.",
                row.booking_id
            ),
        )));
    };
    let known = match disputes::find(conn, &row.dispute_id)? {
        Some(d) => Some(d),
        None => entered_by_hand(conn, &b, row)?,
    };
    let mut row = row.clone();
    if let Some(k) = &known {
        // A row that still names it as it was entered here doesn't rename it.
        if k.entered_as.as_deref() == Some(&row.dispute_id) {
            row.dispute_id.clone_from(&k.row.dispute_id);
        }
    }
    let standing = known.as_ref().filter(|k| !k.undone);
    if let Some(k) = standing
        && let Some(done) = against(k, &row, source)
    {
        return Ok(done);
    }
    if let Err(problem) = held_against(conn, terms, &b, &row)? {
        return Ok(Err(problem));
    }
    let change = standing.map(|k| describe(k, &row));
    let how = How {
        what: &change.clone().unwrap_or_else(|| {
            format!("The {} came in, {}.", row.kind.noun(), row.status.as_str())
        }),
        ending: standing
            .map(|k| k.ending_while(row.status))
            .unwrap_or_default(),
        // A payments file names the charge only: Stripe's id may take the place of ours.
        made_here: row.dispute_id.starts_with("chargeback-of-"),
        source,
        undone: false,
        restores: false,
    };
    record(conn, terms, known.as_ref(), &b, &row, &how, stamp)?;
    Ok(Ok(change.map_or(Taken::Inserted, Taken::Changed)))
}

/// A dispute of the same kind that a person entered without the outside's id: this is it.
fn entered_by_hand(conn: &Conn, b: &StoredBooking, row: &DisputeRow) -> Result<Option<Dispute>> {
    let mut same = disputes::of_booking(conn, b.booking_key)?
        .into_iter()
        .filter(|d| d.made_here && d.row.kind == row.kind);
    Ok(match (same.next(), same.next()) {
        (Some(d), None) => Some(d),
        _ => None,
    })
}

/// What a row is against the standing version; `None`: newer.
fn against(
    k: &Dispute,
    row: &DisputeRow,
    source: Option<Source>,
) -> Option<std::result::Result<Taken, RowProblem>> {
    let hash = row.content_hash();
    if k.content_hash == hash {
        return Some(Ok(Taken::Unchanged(k.dispute_key)));
    }
    if let (Some(was), Some(is)) = (k.source, source)
        && was.import_key == is.import_key
    {
        return Some(Err(RowProblem::new(
            ExceptionCode::ConflictingRows,
            format!(
                "Another row of the dispute {} with other content stands in the same file, on line {}. The earlier row stands; ask the sender which is right.",
                row.dispute_id, was.line
            ),
        )));
    }
    match progress(&k.row, row) {
        Progress::Newer => None,
        Progress::Stale => Some(Ok(Taken::Stale)),
        Progress::Refused(problem) => Some(Err(problem)),
    }
}

/// Whether a dispute about this booking can be at all.
pub(crate) fn held_against(
    conn: &Conn,
    terms: &Terms,
    b: &StoredBooking,
    row: &DisputeRow,
) -> Result<std::result::Result<(), RowProblem>> {
    let has_commission = commissions::find(conn, b.booking_key)?.is_some();
    // Whether money came in is what the export says, whatever disputes cost since.
    let facts = terms.facts(None, &b.row);
    let zone = &terms.settings.zone;
    Ok(admit(
        row.kind,
        row.amount_minor,
        row.currency,
        &DisputedBooking {
            booking_id: &b.row.booking_id,
            currency: b.row.currency,
            price_minor: b.row.price_minor,
            captured: has_commission && facts.was_captured(),
            ended: zone.date_of(b.row.ends_at),
            opened: zone.date_of(row.opened_at),
        },
    ))
}

/// How a dispute changes, in words.
pub(crate) fn describe(k: &Dispute, row: &DisputeRow) -> String {
    if k.row.status != row.status {
        format!("{} to {}", k.row.status.as_str(), row.status.as_str())
    } else if k.row.amount_minor != row.amount_minor {
        "amount changed".to_owned()
    } else if k.row.evidence_due_by != row.evidence_due_by {
        "evidence date changed".to_owned()
    } else {
        "details changed".to_owned()
    }
}
