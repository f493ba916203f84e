//! Reviewing commissions: listing, the daily job, holding, releasing, voiding.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use hostledger_core::calendar::{days_after, to_days};
use hostledger_core::commission::CommissionStatus;
use hostledger_core::own_seat::OwnSeat;
use hostledger_core::review::{REFUND_RATE_DAYS, Rule, flags};
use hostledger_core::{Code, Error};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::commissions::{self, Block, CommissionRow, Filter};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit, charges, hosts};
use jiff::civil::Date;
use serde_json::json;

use crate::disputes::reserves;
use crate::identity::Role;
use crate::jobs::Job;
use crate::restate::{self, Terms};
use crate::{Result, Session, clock, own_seats, shared_charges, waiting};

/// A page of commissions, and where the next begins.
///
/// # Errors
/// The ledger's own.
pub fn page(
    s: &Session,
    filter: &Filter,
    newest_first: bool,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<CommissionRow>> {
    s.ledger
        .read(|conn| Ok(commissions::page(conn, filter, newest_first, after, limit)?))
}

/// The key of a host that a filter names.
///
/// # Errors
/// [`Code::NotFound`].
pub fn host_key(s: &Session, host_id: &str) -> Result<i64> {
    s.ledger.read(|conn| {
        hosts::find(conn, host_id)?
            .map(|h| h.host_key)
            .ok_or_else(|| Error::new(Code::NotFound, format!("There is no host {host_id}.")))
    })
}

/// What the daily job did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processed {
    /// Commissions that became PROCESSED.
    pub processed: i64,
    /// Commissions that are still PENDING.
    pub still_pending: i64,
    /// Commissions on which a fraud flag was raised.
    pub flagged: i64,
}

/// The daily job: raises fraud flags, then turns what is due and unblocked into PROCESSED
/// (docs/domain.md §5).
///
/// # Errors
/// [`Code::NotAllowed`], [`Code::Cancelled`].
pub fn process(s: &Session, job: &Job) -> Result<Processed> {
    s.require(&[Role::Preparer], "process commissions")?;
    s.ledger.with_large_cache(|| {
        s.ledger.write(|conn| {
            let stamp = s.stamp(conn)?;
            daily_job(s, conn, stamp.on, &stamp, job)
        })
    })
}

/// The daily job for all that is payable by a date, which may lie ahead where a batch is prepared
/// for it.
///
/// # Errors
/// [`Code::Cancelled`]; the database's own.
pub(crate) fn daily_job(
    s: &Session,
    conn: &Conn,
    by: Date,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Processed> {
    job.progress("Looking for what a person must see", 0, None);
    waiting::hold_newly_known(conn, stamp)?;
    shared_charges::settle_moved(conn, stamp)?;
    let flagged = raise_flags(conn, s, by, stamp)?;
    job.check()?;
    job.progress("Processing what is due", 0, None);
    let processed = commissions::process_due(conn, by, stamp.on)?;
    let released = reserves::release_due(conn, by, stamp)?;
    let done = Processed {
        processed: i64::try_from(processed).unwrap_or(0),
        still_pending: commissions::count(conn, CommissionStatus::Pending)?,
        flagged,
    };
    audit::record(
        conn,
        stamp,
        "commissions.process",
        &stamp.on.to_string(),
        &json!({ "payable_by": by.to_string(), "processed": done.processed, "still_pending": done.still_pending, "flagged": done.flagged, "released": released }),
    )?;
    Ok(done)
}

fn raise_flags(conn: &Conn, s: &Session, by: Date, stamp: &Stamp<'_>) -> Result<i64> {
    let settings = s.settings(conn)?;
    let seats = own_seats::load(conn, s)?;
    let own_seat = |host: i64, id: &str, email: &str| seats.why(host, id, email);
    // 64 bits tell the participants of one host apart; the chance of two falling together is
    // below one in 10^12 for a million bookings.
    let participant_number = |id: &str| {
        if id.is_empty() {
            return 0;
        }
        let mut h = DefaultHasher::new();
        id.hash(&mut h);
        h.finish().max(1)
    };
    let facts = bookings::review_facts(conn, to_days(by), own_seat, participant_number)?;
    let whose: HashMap<i64, (i64, OwnSeat)> = facts
        .iter()
        .filter_map(|f| Some((f.booking_key, (f.host_key, f.own_seat?))))
        .collect();
    let window = (
        settings
            .zone
            .start_of(days_after(by, -REFUND_RATE_DAYS))
            .as_microsecond(),
        settings.zone.start_of(by).as_microsecond(),
    );
    let job = Stamp { by: "", ..*stamp };
    let mut flagged = BTreeSet::new();
    let thresholds = settings.thresholds_on(by);
    for (booking_key, rule) in flags(facts, window, &thresholds) {
        let id = clock::new_id();
        let name = rule.as_str();
        let reason = match whose.get(&booking_key) {
            Some((host, why)) if rule == Rule::SelfBooking => {
                own_seats::sentence(conn, &seats, *host, *why)?
            }
            _ => rule.reason(&thresholds),
        };
        if commissions::open_block(
            conn,
            &id,
            booking_key,
            "FRAUD_FLAG",
            Some(name),
            &reason,
            &job,
        )? {
            flagged.insert(booking_key);
        }
    }
    let shared = charges::shared(conn)?;
    flagged.extend(shared_charges::raise_flags(
        conn,
        &shared,
        settings.carts_on(stamp.on),
        stamp,
    )?);
    Ok(i64::try_from(flagged.len()).unwrap_or(0))
}

/// A reason that says something.
///
/// # Errors
/// [`Code::BadInput`].
pub(crate) fn need_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.chars().count() < 3 {
        return Err(Error::new(
            Code::BadInput,
            "Give a reason: it is kept with the decision.",
        ));
    }
    Ok(reason)
}

fn booking(conn: &Conn, booking_id: &str) -> Result<StoredBooking> {
    bookings::find(conn, booking_id)?
        .filter(|b| !b.withdrawn)
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no booking {booking_id}.")))
}

fn status(conn: &Conn, b: &StoredBooking) -> Result<(CommissionStatus, bool)> {
    commissions::find(conn, b.booking_key)?
        .filter(|c| c.commission.status != CommissionStatus::None)
        .map(|c| (c.commission.status, c.voided.is_some()))
        .ok_or_else(|| {
            Error::new(
                Code::WrongState,
                format!(
                    "{} has no commission: it is free, or its payment is pending.",
                    b.row.booking_id
                ),
            )
        })
}

/// Holds a commission until somebody releases it.
///
/// # Errors
/// [`Code::WrongState`] where it was paid or is void, [`Code::BadInput`] without a reason.
pub fn hold(s: &Session, booking_ids: &[String], reason: &str) -> Result<()> {
    s.require(&[Role::Preparer], "hold commissions")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        for id in booking_ids {
            let b = booking(conn, id)?;
            let (status, _) = status(conn, &b)?;
            if !matches!(
                status,
                CommissionStatus::Pending | CommissionStatus::Processed
            ) {
                return Err(Error::new(
                    Code::WrongState,
                    format!(
                        "The commission of {id} is {}, so there is nothing to hold.",
                        status.as_str()
                    ),
                ));
            }
            if let Some(payout) = commissions::sent_payout(conn, b.booking_key)? {
                return Err(Error::new(
                    Code::WrongState,
                    format!("{id} is in the payout {payout} that was sent, so holding it would stop nothing. Settle the payout first."),
                ));
            }
            let block_id = clock::new_id();
            commissions::open_block(conn, &block_id, b.booking_key, "HOLD", None, reason, &stamp)?;
            audit::record(
                conn,
                &stamp,
                "commissions.hold",
                id,
                &json!({ "block_id": block_id, "reason": reason }),
            )?;
        }
        Ok(())
    })
}

/// Releases a hold or settles a fraud flag: the named one, or the only one. A dispute's block is
/// never released here.
///
/// # Errors
/// [`Code::NotFound`], [`Code::WrongState`] where several could be meant, with their ids.
pub fn release(
    s: &Session,
    booking_ids: &[String],
    block_id: Option<&str>,
    reason: &str,
) -> Result<()> {
    s.require(&[Role::Preparer], "release commissions")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        for id in booking_ids {
            let b = booking(conn, id)?;
            let block = which_block(&commissions::blocks(conn, b.booking_key)?, id, block_id)?;
            commissions::release_block(conn, block.block_key, reason, &stamp)?;
            audit::record(
                conn,
                &stamp,
                "commissions.release",
                id,
                &json!({ "block_id": block.block_id, "kind": block.kind, "rule": block.rule, "reason": reason }),
            )?;
        }
        Ok(())
    })
}

const WAITING_ROW: &str = "WAITING_ROW";

/// Whether a person can release a block of this kind: it doesn't end with something else.
#[must_use]
pub fn can_be_released(kind: &str) -> bool {
    ends_by_itself(kind).is_none()
}

/// Why a person can't release a block of this kind by itself.
fn ends_by_itself(kind: &str) -> Option<&'static str> {
    match kind {
        "DISPUTE" => Some("A dispute's block ends with the dispute; it can't be released by hand."),
        WAITING_ROW => Some(
            "A row about this booking waits among the exceptions. Resolve that row: take it in, correct it or dismiss it.",
        ),
        _ => None,
    }
}

fn which_block(blocks: &[Block], booking_id: &str, block_id: Option<&str>) -> Result<Block> {
    let open: Vec<&Block> = blocks.iter().filter(|b| b.released_at.is_none()).collect();
    if let Some(id) = block_id {
        let block = open.iter().find(|b| b.block_id == id).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("{booking_id} has no open block {id}."),
            )
        })?;
        if let Some(why) = ends_by_itself(&block.kind) {
            return Err(Error::new(Code::WrongState, why));
        }
        return Ok((*block).clone());
    }
    let releasable: Vec<&&Block> = open
        .iter()
        .filter(|b| ends_by_itself(&b.kind).is_none())
        .collect();
    match releasable.as_slice() {
        [] if open.iter().any(|b| b.kind == WAITING_ROW) => Err(Error::new(
            Code::WrongState,
            ends_by_itself(WAITING_ROW).unwrap_or_default(),
        )),
        [] => Err(Error::new(
            Code::WrongState,
            format!("Nothing that can be released holds {booking_id}."),
        )),
        [one] => Ok((**one).clone()),
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|b| json!({ "block_id": b.block_id, "kind": b.kind, "rule": b.rule, "reason": b.reason }))
                .collect();
            Err(Error::new(
                Code::WrongState,
                format!(
                    "{} things hold {booking_id}. Name the one to release with --block.",
                    several.len()
                ),
            )
            .with_details(json!({ "blocks": ids })))
        }
    }
}

/// Voids commissions: the hosts get nothing for these bookings, and that sticks.
///
/// # Errors
/// [`Code::WrongState`] where one was paid, is being paid or is void already.
pub fn void(s: &Session, booking_ids: &[String], reason: &str) -> Result<()> {
    s.require(&[Role::Preparer], "void commissions")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let terms = Terms::load(conn)?;
        for id in booking_ids {
            let b = booking(conn, id)?;
            let refuse = |why: String| Err(Error::new(Code::WrongState, why));
            match status(conn, &b)? {
                (CommissionStatus::Paid, _) => {
                    return refuse(format!("{id} was paid, so it can't be voided. Correct the host's balance with an adjustment."));
                }
                (_, true) => return refuse(format!("{id} was voided by a person already.")),
                (CommissionStatus::Void, _) => {
                    return refuse(format!("{id} is void already: it was cancelled or refunded."));
                }
                _ => {}
            }
            if let Some(payout) = commissions::sent_payout(conn, b.booking_key)? {
                return refuse(format!("{id} is in the payout {payout} that was sent. Settle it first."));
            }
            settle_flags(conn, &b, reason, &stamp)?;
            restate::void(conn, &terms, &b, reason, &stamp)?;
            audit::record(conn, &stamp, "commissions.void", id, &json!({ "reason": reason }))?;
        }
        Ok(())
    })
}

/// A void settles the holds and flags on the commission; a dispute goes on.
fn settle_flags(conn: &Conn, b: &StoredBooking, reason: &str, stamp: &Stamp<'_>) -> Result<()> {
    for block in commissions::blocks(conn, b.booking_key)? {
        if block.released_at.is_none() && ends_by_itself(&block.kind).is_none() {
            commissions::release_block(conn, block.block_key, &format!("voided: {reason}"), stamp)?;
        }
    }
    Ok(())
}
