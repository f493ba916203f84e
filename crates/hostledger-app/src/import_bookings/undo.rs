//! Taking an import of bookings back: each is what the files say that still stand.

use std::collections::HashSet;

use hostledger_core::booking::{BookingRow, BookingStatus};
use hostledger_core::commission::Decision;
use hostledger_core::{Code, Error};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::commissions::{self, CommissionOf};
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Saying};
use hostledger_store::{Conn, adjustments, charges, disputes, payouts};
use serde_json::json;

use super::writer::contradicts_dispute;
use crate::Result;
use crate::jobs::Job;
use crate::restate::{self, Before, Cause, Terms};
use crate::shared_charges::{self, payment};

/// Takes an import of bookings back.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] with the bookings that were sent since.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>, job: &Job) -> Result<()> {
    let mut u = Undo {
        conn,
        import_key,
        stamp,
        terms: Terms::load(conn)?,
        undone: repeats::undone(conn)?,
        named: Vec::new(),
    };
    let keys = bookings::keys_of_import(conn, import_key)?;
    let asked: HashSet<i64> = keys.iter().copied().collect();
    let said = repeats::standing(conn, &["bookings"], import_key, |k| asked.contains(&k))?;
    let total = keys.len() as u64;
    let mut in_the_way = Vec::new();
    for (i, booking_key) in keys.into_iter().enumerate() {
        job.check()?;
        if i % 512 == 0 {
            job.progress("Reversing rows", i as u64, Some(total));
        }
        let known = bookings::get(conn, booking_key)?;
        let repeated = said.get(&booking_key).map_or(&[][..], Vec::as_slice);
        if !u.take_back(&known, repeated)? {
            in_the_way.push(known.row.booking_id);
        }
    }
    if in_the_way.is_empty() {
        let shared = charges::put(conn, &mut u.named)?;
        shared_charges::settle(conn, &mut u.terms, &shared, None, stamp)?;
        let reason = "A file was undone, and nothing is left to look at.";
        commissions::release_groundless_flags(conn, reason, stamp)?;
        return Ok(());
    }
    let n = in_the_way.len();
    in_the_way.truncate(20);
    Err(Error::new(
        Code::PaidDependsOnIt,
        format!(
            "{n} bookings of this import are in payouts, were sent or are disputed, so it can't be undone: {}{}. Cancel batches that weren't sent; what was sent is corrected by a newer export or an adjustment.",
            in_the_way.join(", "),
            if n > 20 { " and more" } else { "" }
        ),
    )
    .with_details(json!({ "bookings": in_the_way })))
}

struct Undo<'c> {
    conn: &'c Conn,
    import_key: i64,
    stamp: &'c Stamp<'c>,
    terms: Terms,
    /// Imports that were undone before.
    undone: HashSet<i64>,
    /// The payments of bookings that changed: number and booking.
    named: Vec<(i64, i64)>,
}

impl Undo<'_> {
    /// Takes one booking back to what the other files say; `false` where paid money depends on it.
    fn take_back(&mut self, known: &StoredBooking, repeated: &[Saying]) -> Result<bool> {
        let stands =
            bookings::standing_without(self.conn, known, self.import_key, &self.undone, repeated)?;
        match stands {
            Some((row, source)) if row.content_hash()[..] == known.content_hash => {
                bookings::set_source(self.conn, known, source, self.stamp.step)?;
                Ok(true)
            }
            Some((row, source)) => self.restore(known, &row, source),
            None => self.withdraw(known),
        }
    }

    /// Whether a payout left on the strength of the import and its money stayed away.
    fn is_paid_since(&self, known: &StoredBooking) -> Result<bool> {
        Ok(commissions::was_sent(self.conn, known.booking_key)?
            && payouts::sent_after_import(self.conn, known.booking_key, self.import_key)?)
    }

    fn withdraw_clawbacks(&self, known: &StoredBooking) -> Result<bool> {
        restate::withdraw_clawbacks(self.conn, known.booking_key, self.import_key, self.stamp)
    }

    /// The version of another file stands again.
    fn restore(&mut self, known: &StoredBooking, row: &BookingRow, source: Source) -> Result<bool> {
        if self.is_paid_since(known)?
            || contradicts_dispute(self.conn, &self.terms, known, row)?.is_some()
            || !self.withdraw_clawbacks(known)?
        {
            return Ok(false);
        }
        let before = Before::load(self.conn, &self.terms, known)?;
        let facts = self.terms.facts(Some(known.booking_key), row);
        let for_decision = if facts.session_done() {
            let of = Some(self.import_key);
            before
                .clone()
                .without_the_undone(self.conn, &self.terms, known, of, row)?
        } else {
            commissions::clear_processed(self.conn, known.booking_key)?;
            before.unfixed()
        };
        let earlier = Some((known, &for_decision));
        let d = restate::decide(self.conn, &self.terms, known.host_key, row, earlier)?
            .map_err(|p| Error::new(Code::WrongState, p.message))?;
        bookings::supersede(self.conn, known, row, source, None, self.stamp.step)?;
        self.apply(known, row, &d, &before)?;
        Ok(true)
    }

    /// No other file says the booking: it is as if it had never come.
    fn withdraw(&mut self, known: &StoredBooking) -> Result<bool> {
        let key = known.booking_key;
        if disputes::any_of(self.conn, key)?
            || commissions::live_payout(self.conn, key)?.is_some()
            || !self.withdraw_clawbacks(known)?
        {
            return Ok(false);
        }
        let mut row = known.row.clone();
        row.status = BookingStatus::Pending; // which posts nothing
        let before = Before::load(self.conn, &self.terms, known)?;
        // What was sent came back or never arrived: nothing of it is left to claw back from.
        let clawed = adjustments::clawbacks(self.conn, key)?;
        commissions::unfreeze(self.conn, key)?;
        commissions::clear_processed(self.conn, key)?;
        let free = before.unsent().unfixed();
        let mut d = restate::decide(
            self.conn,
            &self.terms,
            known.host_key,
            &row,
            Some((known, &free)),
        )?
        .map_err(|p| Error::new(Code::WrongState, p.message))?;
        d.clawback_minor = -clawed;
        bookings::withdraw(self.conn, known)?;
        charges::set_moved(self.conn, key, None)?;
        self.apply(known, &row, &d, &before)?;
        self.terms.set_moved(key, false);
        Ok(true)
    }

    fn apply(
        &mut self,
        known: &StoredBooking,
        row: &BookingRow,
        d: &Decision,
        before: &Before,
    ) -> Result<()> {
        let of = CommissionOf {
            booking_key: known.booking_key,
            host_key: known.host_key,
            currency: known.row.currency,
        };
        let cause = Cause {
            on: Some(self.stamp.on),
            import_key: None,
            reason: "An import was undone.",
        };
        let numbers = [payment(&known.row), payment(row)];
        let numbers = numbers.iter().flat_map(|p| p.numbers()).flatten();
        self.named.extend(numbers.map(|n| (n, known.booking_key)));
        restate::apply(
            self.conn,
            &self.terms,
            of,
            row,
            d,
            Some((known, before)),
            &cause,
            self.stamp,
        )
    }
}
