//! What a booking's facts make of its commission, its journal entries and its host's balance:
//! the one path for imports, retries, undo, changed terms and a person's void.

use std::collections::{HashMap, HashSet};

use hostledger_core::booking::{BookingRow, BookingStatus};
use hostledger_core::calendar::days_after;
use hostledger_core::commission::{self, BookingFacts, Commission, Decision, Outside};
use hostledger_core::import::RowProblem;
use hostledger_core::journal::{EffectiveDates, Position, Step};
use hostledger_core::refunds::{Loss, Refunds};
use hostledger_core::settings::Settings;
use hostledger_core::split::SplitTerms;
use hostledger_core::tier::RateTerms;
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::bookings::StoredBooking;
use hostledger_store::commissions::{self, CommissionOf, StoredCommission};
use hostledger_store::journal::{self, Subject};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, bookings, charges, cutover, disputes, hosts, institutions, meta};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::disputes::reserves;
use crate::{Result, clock};

/// What today's knowledge says about terms: settings and hosts' rates; and which disputes were lost.
pub(crate) struct Terms {
    pub(crate) settings: Settings,
    rates: HashMap<i64, RateTerms>,
    losses: HashMap<i64, Vec<Loss>>,
    /// Bookings with money at stake in an open dispute.
    disputed: HashSet<i64>,
    /// Bookings whose charge another booking carries now.
    moved: HashSet<i64>,
    opening: Option<Opening>,
}

/// What a ledger that began in mid-life knows of the time before it (docs/domain.md §7, cutover).
struct Opening {
    paid_through: Date,
    /// The first instant after that date.
    after: Timestamp,
    /// Money left this ledger: what was paid outside keeps its terms.
    closed: bool,
    /// Bookings that lost a dispute after the paid-through date.
    lost_since: HashSet<i64>,
}

impl Opening {
    fn load(conn: &Conn, settings: &Settings) -> Result<Option<Self>> {
        let Some(paid_through) = cutover::paid_through(conn)? else {
            return Ok(None);
        };
        let after = settings.zone.start_of(days_after(paid_through, 1));
        Ok(Some(Self {
            paid_through,
            after,
            closed: cutover::is_closed(conn)?,
            lost_since: disputes::lost_from(conn, after, None)?
                .into_iter()
                .collect(),
        }))
    }
}

impl Terms {
    pub(crate) fn load(conn: &Conn) -> Result<Self> {
        let institutions = institutions::all(conn)?;
        let settings = meta::settings(conn)?;
        Ok(Self {
            opening: Opening::load(conn, &settings)?,
            settings,
            rates: hosts::rate_terms(conn, &institutions)?,
            losses: disputes::losses(conn)?,
            disputed: disputes::bookings_open(conn)?,
            moved: charges::moved(conn)?,
        })
    }

    /// Takes in a host that wasn't there when the terms were loaded.
    pub(crate) fn add_unknown_host(&mut self, conn: &Conn, host_key: i64) -> Result<()> {
        let institution = institutions::all(conn)?
            .into_iter()
            .find(|i| i.institution_key == 1);
        if let Some(i) = institution {
            let terms = RateTerms {
                uses_tiers: i.uses_tiers,
                institution_rate_bp: i.rate_bp,
                tiers: Vec::new(),
            };
            self.rates.insert(host_key, terms);
        }
        Ok(())
    }

    /// Takes in that a booking was moved, or is captured again.
    pub(crate) fn set_moved(&mut self, booking_key: i64, moved: bool) {
        if moved {
            self.moved.insert(booking_key);
        } else {
            self.moved.remove(&booking_key);
        }
    }

    pub(crate) fn is_moved(&self, booking_key: i64) -> bool {
        self.moved.contains(&booking_key)
    }

    /// Takes in a dispute that was lost, or no longer is.
    pub(crate) fn reload_disputes(&mut self, conn: &Conn, booking_key: i64) -> Result<()> {
        let losses = disputes::losses_of(conn, booking_key)?;
        if losses.is_empty() {
            self.losses.remove(&booking_key);
        } else {
            self.losses.insert(booking_key, losses);
        }
        if let Some(o) = &mut self.opening {
            o.lost_since.remove(&booking_key);
            o.lost_since
                .extend(disputes::lost_from(conn, o.after, Some(booking_key))?);
        }
        if disputes::is_open(conn, booking_key)? {
            self.disputed.insert(booking_key);
        } else {
            self.disputed.remove(&booking_key);
        }
        Ok(())
    }

    /// What a row and the disputes lost about it say about money.
    pub(crate) fn facts(&self, booking_key: Option<i64>, row: &BookingRow) -> BookingFacts {
        let losses = booking_key.and_then(|key| self.losses.get(&key)).cloned();
        BookingFacts {
            status: row.status,
            refunds: Refunds {
                price_minor: row.price_minor,
                exported_minor: row.refunded_minor,
                losses: losses.unwrap_or_default(),
            },
            actual_fee_minor: row.processing_fee_minor,
            has_charge: !row.charge_id.is_empty()
                && booking_key.is_none_or(|key| !self.moved.contains(&key)),
            currency: row.currency,
            outside: self
                .opening
                .as_ref()
                .map_or_else(Outside::default, |o| self.outside(o, booking_key, row)),
        }
    }

    /// How a booking's money stands to the time before this ledger.
    fn outside(&self, o: &Opening, booking_key: Option<i64>, row: &BookingRow) -> Outside {
        let zone = &self.settings.zone;
        let hold_days = self.settings.hold_days_on(zone.date_of(row.booked_at));
        let payable_on = days_after(zone.date_of(row.ends_at), hold_days);
        let given_back = row.refunded_at.or(row.cancelled_at).or(row.updated_at);
        let called_off = matches!(
            row.status,
            BookingStatus::Cancelled | BookingStatus::HostCancelled | BookingStatus::Refunded
        );
        let refund_by_then = row.refunded_minor == 0 && !called_off
            || given_back.is_some_and(|t| zone.date_of(t) <= o.paid_through);
        Outside {
            was_due: payable_on <= o.paid_through,
            given_back_by_then: refund_by_then
                && !booking_key.is_some_and(|key| self.lost_since(key)),
        }
    }

    fn lost_since(&self, booking_key: i64) -> bool {
        let opening = self.opening.as_ref();
        opening.is_some_and(|o| o.lost_since.contains(&booking_key))
    }

    fn of(&self, host_key: i64, row: &BookingRow) -> SplitTerms {
        let day = self.settings.zone.date_of(row.booked_at);
        SplitTerms {
            rate_bp: self.rates.get(&host_key).map_or(7000, |r| r.rate_on(day)),
            fee_borne_by: self.settings.fee_borne_by_on(day),
            fee_estimate: self.settings.fee_estimate_on(row.currency, day),
            hold_days: self.settings.hold_days_on(day),
        }
    }
}

/// R of today of a row of a known booking, in minor units (docs/domain.md §3).
pub(crate) fn refunded(conn: &Conn, booking_key: i64, row: &BookingRow) -> Result<i64> {
    let refunds = Refunds {
        price_minor: row.price_minor,
        exported_minor: row.refunded_minor,
        losses: disputes::losses_of(conn, booking_key)?,
    };
    Ok(refunds.total())
}

/// What was known of a booking before.
#[derive(Clone)]
pub(crate) struct Before {
    facts: BookingFacts,
    stored: Option<StoredCommission>,
    /// What decides instead of `stored` where something is undone: what was paid outside is then
    /// as if that had never been.
    replayed: Option<Commission>,
    /// It was paid outside, whatever decides.
    was_outside: bool,
}

impl Before {
    pub(crate) fn load(conn: &Conn, terms: &Terms, b: &StoredBooking) -> Result<Self> {
        let mut stored = commissions::find(conn, b.booking_key)?;
        if let (Some(s), Some(o)) = (&mut stored, &terms.opening)
            && s.commission.paid_outside.is_some()
        {
            s.commission.terms_fixed |= o.closed;
        }
        Ok(Self {
            facts: terms.facts(Some(b.booking_key), &b.row),
            stored,
            replayed: None,
            was_outside: false,
        })
    }

    /// The same, as if its payout, which didn't arrive, had never left.
    pub(crate) fn unsent(&self) -> Self {
        let mut free = self.clone();
        if let Some(s) = &mut free.stored {
            s.commission.frozen_host_amount_minor = None;
        }
        free
    }

    /// The same, free to follow what is known again: it is taken back to before it was processed,
    /// and to before it was paid outside, because no money left here for that.
    pub(crate) fn unfixed(&self) -> Self {
        let mut free = self.clone();
        if let Some(s) = &mut free.stored {
            if s.commission.paid_outside.take().is_some() {
                s.commission.frozen_host_amount_minor = None;
                free.was_outside = true;
            }
            if s.commission.frozen_host_amount_minor.is_none() {
                s.commission.terms_fixed = false;
            }
        }
        free
    }

    /// The same, with what was paid outside as the versions that stand say, oldest first, the row
    /// that stands from now on last: what an undone import or dispute made of it goes with it.
    /// `undoing` is the import of bookings that is undone right now.
    pub(crate) fn without_the_undone(
        mut self,
        conn: &Conn,
        terms: &Terms,
        b: &StoredBooking,
        undoing: Option<i64>,
        row: &BookingRow,
    ) -> Result<Self> {
        let Some(known) = self.stored.as_ref().map(|s| s.commission) else {
            return Ok(self);
        };
        if known.paid_outside.is_none() {
            return Ok(self);
        }
        let mut rows: Vec<BookingRow> =
            bookings::versions_standing(conn, b.booking_key, undoing.unwrap_or(0))?
                .into_iter()
                .map(|v| v.row)
                .collect();
        rows.push(row.clone());
        let mut replayed: Option<Commission> = None;
        for row in &rows {
            let mut facts = terms.facts(Some(b.booking_key), row);
            // A dispute lost since came after the first word on the booking.
            if terms.lost_since(b.booking_key) {
                facts.refunds.losses.clear();
            }
            let now = match known.terms_fixed {
                true => known.terms,
                false => terms.of(b.host_key, row),
            };
            if let Ok(d) = commission::decide(&facts, replayed.as_ref(), now, 0) {
                replayed = Some(Commission {
                    terms_fixed: known.terms_fixed,
                    ..d.commission
                });
            }
        }
        self.replayed = replayed;
        self.was_outside = true;
        Ok(self)
    }

    fn position(&self, withdrawn: bool) -> Position {
        match &self.stored {
            Some(s) if !withdrawn => commission::position(&self.facts, &s.commission),
            _ => Position::NOTHING,
        }
    }
}

/// Decides a booking's commission before anything is written.
///
/// # Errors
/// In the inner result: a row that can't be taken in.
pub(crate) fn decide(
    conn: &Conn,
    terms: &Terms,
    host_key: i64,
    row: &BookingRow,
    before: Option<(&StoredBooking, &Before)>,
) -> Result<std::result::Result<Decision, RowProblem>> {
    let known = before.and_then(|(_, b)| {
        let stored = b.stored.as_ref().map(|s| s.commission);
        b.replayed.or(stored)
    });
    let earlier = match (before, known) {
        (Some((b, before)), Some(k))
            if k.frozen_host_amount_minor.is_some() || before.was_outside =>
        {
            adjustments::clawbacks(conn, b.booking_key)?
        }
        _ => 0,
    };
    let booking_key = before.map(|(b, _)| b.booking_key);
    decide_of(terms, host_key, booking_key, row, known.as_ref(), earlier)
}

/// Decides the commission of a booking that was moved and has no commission yet: nothing came in
/// for it.
pub(crate) fn decide_moved(
    terms: &Terms,
    host_key: i64,
    booking_key: i64,
    row: &BookingRow,
) -> Result<std::result::Result<Decision, RowProblem>> {
    decide_of(terms, host_key, Some(booking_key), row, None, 0)
}

fn decide_of(
    terms: &Terms,
    host_key: i64,
    booking_key: Option<i64>,
    row: &BookingRow,
    known: Option<&Commission>,
    earlier: i64,
) -> Result<std::result::Result<Decision, RowProblem>> {
    Ok(commission::decide(
        &terms.facts(booking_key, row),
        known,
        terms.of(host_key, row),
        earlier,
    ))
}

/// Why a restatement happens.
pub(crate) struct Cause<'a> {
    /// The date of all that it posts; `None`: the dates of the row's own events.
    pub(crate) on: Option<Date>,
    /// The import behind it.
    pub(crate) import_key: Option<i64>,
    /// In words, for a clawback.
    pub(crate) reason: &'a str,
}

/// Where *session completed* stands and where it goes, as the session's end moved.
struct Moved {
    from: Date,
    to: Date,
}

/// Whether what the journal says of a session must move to another day with the session's end. An
/// entry that was posted anew later, by a refund for instance, isn't moved before that day: what
/// it replaced stands until then.
fn moved(
    conn: &Conn,
    known: &StoredBooking,
    before: &Before,
    was: Date,
    ended: Date,
) -> Result<Option<Moved>> {
    if was == ended {
        return Ok(None);
    }
    let closing = before.position(false).closing;
    let Some(kind) = closing.kind().filter(|_| closing.took_place()) else {
        return Ok(None);
    };
    let stands = journal::stands_on(conn, known.booking_key, kind)?;
    Ok(stands
        .map(|from| Moved {
            from,
            to: if from == was { ended } else { ended.max(from) },
        })
        .filter(|m| m.from != m.to))
}

/// Writes a decided commission, posts what the journal lacks, and claws back or gives what a sent
/// amount is off by. The booking's own row is written already.
#[allow(
    clippy::too_many_arguments,
    reason = "each is one circumstance of the booking"
)]
pub(crate) fn apply(
    conn: &Conn,
    terms: &Terms,
    of: CommissionOf,
    row: &BookingRow,
    d: &Decision,
    before: Option<(&StoredBooking, &Before)>,
    cause: &Cause<'_>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let zone = &terms.settings.zone;
    let updated = row.updated_at.map(|t| zone.date_of(t));
    let refunded = row
        .refunded_at
        .or(row.cancelled_at)
        .map(|t| zone.date_of(t));
    let ended = zone.date_of(row.ends_at);
    let paid_through = terms.opening.as_ref().map_or(stamp.on, |o| o.paid_through);
    let mut dates = match cause.on {
        Some(on) => EffectiveDates {
            booked: on,
            ended: on,
            refunded: on,
            cause: on,
            moved_from: None,
            paid_through,
        },
        None => EffectiveDates {
            booked: zone.date_of(row.booked_at),
            ended,
            refunded: refunded.or(updated).unwrap_or(stamp.on),
            cause: updated.unwrap_or(stamp.on),
            moved_from: None,
            paid_through,
        },
    };
    if let Some((known, before)) = before.filter(|(b, _)| !b.withdrawn) {
        let was = zone.date_of(known.row.ends_at);
        if let Some(moved) = moved(conn, known, before, was, ended)? {
            (dates.moved_from, dates.ended) = (Some(moved.from), moved.to);
        }
    }
    let f = terms.facts(Some(of.booking_key), row);
    let old = before.map_or(Position::NOTHING, |(b, k)| k.position(b.withdrawn));
    let known = before.is_some_and(|(_, k)| k.stored.is_some());
    // What was paid outside was payable when it was, wherever its session moves to.
    let stands = before
        .and_then(|(_, k)| k.stored.as_ref())
        .filter(|s| s.commission.paid_outside.is_some() && d.commission.paid_outside.is_some());
    let payable_on = stands.map_or_else(
        || commission::payable_on(ended, &d.commission.terms),
        |s| s.payable_on,
    );
    commissions::put(conn, of, d, f.session_done(), payable_on, known)?;
    let subject = Subject {
        host_key: Some(of.host_key),
        booking_key: Some(of.booking_key),
        ..Subject::default()
    };
    let mut to_post = Vec::with_capacity(2);
    for step in commission::posting_steps(&old, &f, &d.commission, &dates) {
        match step {
            Step::Post(entry, on) => to_post.push((entry, on)),
            Step::Reverse(kind, on) => {
                journal::post_all(conn, &to_post, subject, of.currency, stamp.at)?;
                to_post.clear();
                journal::reverse_of_booking(conn, of.booking_key, kind, on, stamp.at)?;
            }
        }
    }
    journal::post_all(conn, &to_post, subject, of.currency, stamp.at)?;
    if d.clawback_minor != 0 {
        adjustments::insert(
            conn,
            &NewAdjustment {
                adjustment_id: &clock::new_id(),
                host_key: of.host_key,
                currency: of.currency,
                amount_minor: d.clawback_minor,
                kind: "CLAWBACK",
                booking_key: Some(of.booking_key),
                reason: cause.reason,
                status: "APPROVED",
                import_key: cause.import_key,
                dispute_key: None,
                releases: None,
            },
            stamp,
        )?;
    }
    if terms.disputed.contains(&of.booking_key) {
        reserves::settle(
            conn,
            terms,
            of.booking_key,
            cause.on.unwrap_or(stamp.on),
            stamp,
        )?;
    }
    Ok(())
}

/// Splits a booking again as today's knowledge says, where its row stays the same.
pub(crate) fn again(
    conn: &Conn,
    terms: &Terms,
    booking_key: i64,
    cause: &Cause<'_>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let b = bookings::get(conn, booking_key)?;
    let before = Before::load(conn, terms, &b)?;
    split_again(conn, terms, &b, &before, cause, stamp)
}

/// As [`again`], from what was known before something else than the row changed.
pub(crate) fn split_again(
    conn: &Conn,
    terms: &Terms,
    b: &StoredBooking,
    before: &Before,
    cause: &Cause<'_>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let booking_key = b.booking_key;
    let known = Some((b, before));
    // Without a fee rule any more the split stays as it is: nothing is guessed.
    if let Ok(d) = decide(conn, terms, b.host_key, &b.row, known)? {
        let of = CommissionOf {
            booking_key,
            host_key: b.host_key,
            currency: b.row.currency,
        };
        apply(conn, terms, of, &b.row, &d, known, cause, stamp)?;
    }
    Ok(())
}

/// Withdraws the clawbacks of a booking that an import caused, before the import is undone; `false`
/// where one is in a live payout.
pub(crate) fn withdraw_clawbacks(
    conn: &Conn,
    booking_key: i64,
    import_key: i64,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    for a in adjustments::of_booking(conn, booking_key)? {
        let caused = a.kind == "CLAWBACK" && a.status == "APPROVED";
        if caused && adjustments::caused_by(conn, a.adjustment_key, import_key)? {
            if adjustments::in_live_payout(conn, a.adjustment_key)? {
                return Ok(false);
            }
            adjustments::decide(conn, a.adjustment_key, "WITHDRAWN", stamp)?;
        }
    }
    Ok(true)
}

/// Voids a booking's commission for a person: what the host would have got becomes the platform's.
pub(crate) fn void(
    conn: &Conn,
    terms: &Terms,
    b: &StoredBooking,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let before = Before::load(conn, terms, b)?;
    // Clawbacks of an amount that never arrived have nothing left to claw back from.
    let earlier = adjustments::clawbacks(conn, b.booking_key)?;
    commissions::set_voided(conn, b.booking_key, reason, stamp)?;
    let now = commissions::find(conn, b.booking_key)?;
    let after = Before {
        facts: before.facts.clone(),
        stored: now,
        replayed: None,
        was_outside: false,
    };
    let of = CommissionOf {
        booking_key: b.booking_key,
        host_key: b.host_key,
        currency: b.row.currency,
    };
    let cause = Cause {
        on: Some(stamp.on),
        import_key: None,
        reason,
    };
    if let Ok(mut d) = decide(conn, terms, b.host_key, &b.row, Some((b, &after)))? {
        d.clawback_minor = -earlier;
        apply(
            conn,
            terms,
            of,
            &b.row,
            &d,
            Some((b, &before)),
            &cause,
            stamp,
        )?;
    }
    Ok(())
}
