//! What a row says of a dispute, whoever brings it: is it new, known, older, or can't it be?
//! (docs/domain.md §8). One dispute never counts twice, whatever its sources.

use std::collections::BTreeSet;

use hostledger_core::Money;
use hostledger_core::dispute::{
    DisputeRow, DisputedBooking, Progress, TIMES_PRICE, admit, progress,
};
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::disputes::{self, Dispute};
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, commissions};

use super::about::paid_with;
use super::fees::{hear_fee, settle_fee};
use super::plan::{Part, known_rows, plan};
use super::record::{How, record};
use crate::Result;
use crate::imports::Took;
use crate::restate::Terms;

/// How the id of a dispute begins that Stripe's payments file told of: it names the charge only.
pub(crate) const BY_CHARGE: &str = "chargeback-of-";

/// The line of what a file moves together with another line of it.
const NO_LINE: i64 = 0;

/// What became of a row.
pub(crate) enum Taken {
    Inserted,
    /// With how, e.g. `needs_response to lost`.
    Changed(String),
    /// It says again what these rows of a dispute are.
    Unchanged(Vec<i64>),
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

/// What a file or Stripe says of a dispute.
pub(crate) struct Word {
    /// As it was said: the amount is all that is disputed.
    pub(crate) row: DisputeRow,
    /// The bookings that it is about, at least one: the named one, or all that the charge paid.
    pub(crate) bookings: Vec<StoredBooking>,
    /// A person said that it is about this booking and no other.
    pub(crate) only: bool,
    /// The bank's fee as the outside says it.
    pub(crate) fee: Option<Money>,
}

pub(super) type Problem<T> = std::result::Result<T, RowProblem>;

/// Takes in what a file or Stripe says of a dispute. In the inner result a problem for the
/// exceptions.
pub(crate) fn take(
    conn: &Conn,
    terms: &mut Terms,
    w: &Word,
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<Problem<Taken>> {
    let group = known_rows(conn, terms, w)?;
    let parts = match plan(conn, terms, w, &group, source)? {
        Ok(parts) => parts,
        Err(problem) => return Ok(Err(problem)),
    };
    let gone: Vec<&Dispute> = group
        .iter()
        .filter(|d| w.only && parts.iter().all(|p| p.b.booking_key != d.booking_key))
        .collect();
    if gone.is_empty()
        && let Some(done) = against(&parts, source)
    {
        let id = parts
            .first()
            .map_or(&w.row.dispute_id, |p| &p.row.dispute_id);
        if let (Ok(Taken::Unchanged(_)), Some(fee)) = (&done, w.fee) {
            hear_fee(conn, id, fee, source, stamp)?;
            if settle_fee(conn, terms, id, stamp)? {
                return Ok(Ok(Taken::Changed("the bank's fee changed".to_owned())));
            }
        }
        return Ok(done);
    }
    for p in parts.iter().filter(|p| p.is_changed()) {
        if let Err(problem) = held_against(conn, terms, &p.b, &p.row)? {
            return Ok(Err(problem));
        }
    }
    Ok(Ok(write(conn, terms, w, &parts, &gone, source, stamp)?))
}

fn write(
    conn: &Conn,
    terms: &mut Terms,
    w: &Word,
    parts: &[Part],
    gone: &[&Dispute],
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<Taken> {
    let mut ids: BTreeSet<String> = gone.iter().map(|d| d.row.dispute_id.clone()).collect();
    let mut changed = None;
    for d in gone {
        let b = bookings::get(conn, d.booking_key)?;
        let how = How {
            what: "It is about another booking of the charge.",
            ending: disputes::Ending::default(),
            made_here: false,
            source,
            undone: true,
            restores: false,
        };
        record(conn, terms, Some(d), &b, &d.row, &how, stamp)?;
        changed = Some("about one booking only".to_owned());
    }
    for p in parts {
        ids.insert(p.row.dispute_id.clone());
        if !p.is_changed() {
            continue;
        }
        let standing = p.standing();
        let change = standing.map(|k| describe(k, &p.row));
        let how = How {
            what: &change.clone().unwrap_or_else(|| {
                format!(
                    "The {} came in, {}.",
                    p.row.kind.noun(),
                    p.row.status.as_str()
                )
            }),
            ending: standing
                .map(|k| k.ending_while(p.row.status))
                .unwrap_or_default(),
            // A payments file names the charge only: Stripe's id may take the place of ours.
            made_here: p.row.dispute_id.starts_with(BY_CHARGE),
            // A line of its own may come for it later in the same file.
            source: source.map(|s| Source {
                line: if p.along { NO_LINE } else { s.line },
                ..s
            }),
            undone: false,
            restores: false,
        };
        record(conn, terms, p.known.as_ref(), &p.b, &p.row, &how, stamp)?;
        if let Some(k) = standing {
            ids.insert(k.row.dispute_id.clone());
            changed = changed.or(change);
        }
    }
    for id in ids {
        if let Some(fee) = w.fee
            && parts.iter().any(|p| p.row.dispute_id == id)
        {
            hear_fee(conn, &id, fee, source, stamp)?;
        }
        settle_fee(conn, terms, &id, stamp)?;
    }
    let further = parts.iter().any(|p| p.standing().is_none());
    Ok(match changed {
        Some(change) => Taken::Changed(change),
        None if further || parts.is_empty() => Taken::Inserted,
        None => unchanged(parts),
    })
}

/// It says again what the rows of these parts are.
fn unchanged(parts: &[Part]) -> Taken {
    let known = parts.iter().filter_map(Part::standing);
    Taken::Unchanged(known.map(|d| d.dispute_key).collect())
}

/// What a word is against the standing version; `None`: newer.
fn against(parts: &[Part], source: Option<Source>) -> Option<Problem<Taken>> {
    let mut changed = parts.iter().filter(|p| p.is_changed()).peekable();
    if changed.peek().is_none() {
        return Some(Ok(unchanged(parts)));
    }
    let mut stale = false;
    let mut newer = false;
    for p in changed {
        let Some(k) = p.standing() else {
            newer = true;
            continue;
        };
        if let (Some(was), Some(is)) = (k.source, source)
            && was.import_key == is.import_key
            && was.line != NO_LINE
        {
            return Some(Err(RowProblem::new(
                ExceptionCode::ConflictingRows,
                format!(
                    "Another row of the dispute {} with other content stands in the same file, on line {}. The earlier row stands; ask the sender which is right.",
                    p.row.dispute_id, was.line
                ),
            )));
        }
        match progress(&k.row, &p.row) {
            Progress::Newer => newer = true,
            Progress::Stale => stale = true,
            Progress::Refused(problem) => return Some(Err(problem)),
        }
    }
    (stale && !newer).then_some(Ok(Taken::Stale))
}

/// Whether a dispute about this booking can be at all.
pub(crate) fn held_against(
    conn: &Conn,
    terms: &Terms,
    b: &StoredBooking,
    row: &DisputeRow,
) -> Result<Problem<()>> {
    let has_commission = commissions::find(conn, b.booking_key)?.is_some();
    // Whether money came in is what the export says, whatever disputes cost since.
    let facts = terms.facts(None, &b.row);
    let zone = &terms.settings.zone;
    let price = b.row.price_minor;
    let paid_minor = if row.amount_minor > price.saturating_mul(TIMES_PRICE) {
        paid_with(conn, terms, b)?
    } else {
        price
    };
    Ok(admit(
        row.kind,
        row.amount_minor,
        row.currency,
        &DisputedBooking {
            booking_id: &b.row.booking_id,
            currency: b.row.currency,
            paid_minor,
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
