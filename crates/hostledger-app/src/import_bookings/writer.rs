//! Writing rows of bookings: new ones, newer versions, repeats, and those that must wait.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use csv::ByteRecord;
use hostledger_core::booking::{self, BookingRow, Header, column};
use hostledger_core::commission::{CommissionStatus, Decision};
use hostledger_core::dispute::stays_paid;
use hostledger_core::import::{ExceptionCode, RowProblem, Supersedes, VersionStamp, supersedes};
use hostledger_core::{Code, Error, plausible};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::commissions::CommissionOf;
use hostledger_store::hosts::{self, Source};
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats};
use hostledger_store::{Conn, charges, disputes, imports};
use jiff::Timestamp;

use super::ReadRow;
use crate::Result;
use crate::csv_file::{row_as_json, row_from_json};
use crate::imports::{ImportKind, Tally};
use crate::look_alikes::{self, HostIds, Looks};
use crate::restate::{self, Before, Cause, Terms};
use crate::shared_charges::{self, SameAgain};
use crate::waiting::{self, RawRow};

/// Writes the rows of one file, or one that is retried.
pub(super) struct Writer<'c> {
    conn: &'c Conn,
    import_key: i64,
    stamp: &'c Stamp<'c>,
    terms: Terms,
    /// No session that took place can end long after this.
    read_until: Timestamp,
    hosts: HashMap<String, i64>,
    host_ids: HostIds,
    /// Some booking's id isn't what it folds to, so that another may look like it.
    any_odd: bool,
    conversations: HashMap<String, i64>,
    /// Bookings of which this file brought the known content again without `updated_at`: another
    /// row of this file can't be ordered after it.
    seen_again: HashSet<i64>,
    /// There were bookings before this file, so a row may be of a known one.
    any_known: bool,
    /// Bookings of earlier files name payments.
    any_payments: bool,
    /// Rows that said again what is known.
    repeats: Repeats,
    /// Which payments were named anew, or by a booking that changed: number and booking.
    named: Vec<(i64, i64)>,
    /// Cancelled rows that may be of moved bookings: they wait for the end of the file, when all
    /// that could carry their charge is known.
    deferred: HashMap<String, Deferred>,
    pub(super) tally: Tally,
}

struct Deferred {
    read: ReadRow,
    line: i64,
    raw: ByteRecord,
}

/// Conversations kept in mind; rows of one stand close together in an export.
const CONVERSATIONS_KEPT: usize = 4096;

/// What the ids of a row mean.
enum Meant {
    AsWritten,
    /// Known ones, as a person said.
    Other(Box<BookingRow>),
    /// The row waits, or was dismissed.
    Settled(Outcome),
}

type Outcome = std::result::Result<(), RowProblem>;

impl<'c> Writer<'c> {
    pub(super) fn new(conn: &'c Conn, import_key: i64, stamp: &'c Stamp<'c>) -> Result<Self> {
        let hosts: HashMap<String, i64> = hosts::all(conn)?
            .into_iter()
            .map(|h| (h.host_id, h.host_key))
            .collect();
        let terms = Terms::load(conn)?;
        let host_ids = HostIds::of(hosts::spoken_of(conn)?.iter().map(|h| h.host_id.as_str()));
        Ok(Self {
            host_ids,
            any_odd: bookings::any_odd_id(conn)?,
            conn,
            import_key,
            stamp,
            read_until: stamp.at.max(terms.settings.zone.end_of(stamp.on)),
            terms,
            hosts,
            conversations: HashMap::new(),
            seen_again: HashSet::new(),
            any_known: bookings::any(conn)?,
            any_payments: charges::any(conn)?,
            repeats: Repeats::default(),
            named: Vec::new(),
            deferred: HashMap::new(),
            tally: Tally::begin(conn, ImportKind::Bookings)?,
        })
    }

    /// Lets a row wait among the exceptions.
    pub(super) fn refuse(&mut self, line: i64, problem: RowProblem, json: &str) -> Result<()> {
        let source = self.source(line);
        self.tally
            .exception(self.conn, source, problem, &RawRow::of(json), self.stamp)
    }

    fn source(&self, line: i64) -> Source {
        Source {
            import_key: self.import_key,
            line,
        }
    }

    /// Takes a row in, or keeps it for the end of the file.
    pub(super) fn take_or_defer(
        &mut self,
        read: ReadRow,
        line: i64,
        raw: ByteRecord,
        names: &[String],
    ) -> Result<()> {
        let row = &read.row;
        // Rows of one booking are taken in their order.
        if !self.deferred.is_empty()
            && let Some(first) = self.deferred.remove(&row.booking_id)
        {
            self.take_or_refuse(&first.read, first.line, &first.raw, names)?;
        }
        if read.payment.iter().any(Option::is_some) && shared_charges::may_be_moved(row) {
            let deferred = Deferred { line, raw, read };
            self.deferred
                .insert(deferred.read.row.booking_id.clone(), deferred);
            return Ok(());
        }
        self.take_or_refuse(&read, line, &raw, names)
    }

    fn take_or_refuse(
        &mut self,
        read: &ReadRow,
        line: i64,
        raw: &ByteRecord,
        names: &[String],
    ) -> Result<()> {
        let json = || row_as_json(names, raw.iter());
        let dismissed = self
            .tally
            .waiting
            .was_dismissed(self.conn, &read.row.booking_id, json)?;
        if dismissed {
            self.tally.counts.unchanged += 1;
            return Ok(());
        }
        match self.take(read, line)? {
            Ok(()) => Ok(()),
            Err(problem) => self.refuse(line, problem, &json()),
        }
    }

    /// Takes one row in. In the inner result a problem for the exceptions.
    pub(super) fn take(&mut self, read: &ReadRow, line: i64) -> Result<Outcome> {
        let row = &read.row;
        self.tally.add(row.currency, row.price_minor)?;
        let settings = &self.terms.settings;
        let booked = settings.zone.date_of(row.booked_at);
        self.tally.booked_on(booked);
        self.tally.ratings_aside += i64::from(row.rating_put_aside());
        let estimate = settings.fee_estimate_on(row.currency, booked);
        if let Err(problem) = plausible::check(row, booked, self.read_until, estimate) {
            return Ok(Err(problem));
        }
        let source = self.source(line);
        let is_odd = read.folded.is_some();
        if self.any_known || is_odd || self.any_odd || !self.host_ids.has(&row.host_id) {
            let found = bookings::find(self.conn, &row.booking_id)?;
            let stands = |b: &&StoredBooking| !b.withdrawn;
            if let Some(known) = found.as_ref().filter(stands) {
                return self.known(known, read, source);
            }
            match self.as_known_ids(row)? {
                Meant::AsWritten => {}
                Meant::Other(row) => return self.taken_as(&read.with(*row), source),
                Meant::Settled(done) => return Ok(done),
            }
            if let Some(undone) = found {
                return self.known(&undone, read, source);
            }
            if let Some(done) = self.is_known_seat(row, None)? {
                return Ok(done);
            }
        }
        self.insert(read, source)
    }

    /// A row whose ids a person said to be known ones.
    fn taken_as(&mut self, read: &ReadRow, source: Source) -> Result<Outcome> {
        match bookings::find(self.conn, &read.row.booking_id)? {
            Some(known) => self.known(&known, read, source),
            None => match self.is_known_seat(&read.row, None)? {
                Some(done) => Ok(done),
                None => self.insert(read, source),
            },
        }
    }

    /// What the ids of a booking that isn't known mean, where they look like known ones.
    fn as_known_ids(&mut self, row: &BookingRow) -> Result<Meant> {
        let mut meant = row.clone();
        let host = self.host_ids.looks(self.conn, &row.host_id)?;
        match self.settled(host) {
            Ok(id) => meant.host_id = id.unwrap_or(meant.host_id),
            Err(done) => return Ok(Meant::Settled(done)),
        }
        let booking = look_alikes::booking(self.conn, &meant)?;
        match self.settled(booking) {
            Ok(id) => meant.booking_id = id.unwrap_or(meant.booking_id),
            Err(done) => return Ok(Meant::Settled(done)),
        }
        let conversation = look_alikes::conversation(self.conn, &meant)?;
        match self.settled(conversation) {
            Ok(id) => meant.conversation_id = id.unwrap_or(meant.conversation_id),
            Err(done) => return Ok(Meant::Settled(done)),
        }
        Ok(match meant == *row {
            true => Meant::AsWritten,
            false => Meant::Other(Box::new(meant)),
        })
    }

    /// The known id that an id means, if any; else what becomes of its row, which waits for a person's
    /// word or was dismissed.
    fn settled(&mut self, looks: Looks) -> std::result::Result<Option<String>, Outcome> {
        match looks {
            Looks::Apart => Ok(None),
            Looks::Known(id) => Ok(Some(id)),
            Looks::Like(problem) => Err(Err(problem)),
            Looks::Dismissed => {
                self.tally.counts.unchanged += 1;
                Err(Ok(()))
            }
        }
    }

    /// What a row is that names the payment of another booking's very seat; `None`: a booking of
    /// its own.
    fn is_known_seat(&mut self, row: &BookingRow, own: Option<i64>) -> Result<Option<Outcome>> {
        if !self.any_payments {
            return Ok(None);
        }
        Ok(match shared_charges::same_again(self.conn, row, own)? {
            SameAgain::No => None,
            SameAgain::Asks(problem) => Some(Err(problem)),
            SameAgain::Dismissed => {
                self.tally.counts.unchanged += 1;
                Some(Ok(()))
            }
        })
    }

    /// A row of a booking that wasn't known when the file came.
    fn insert(&mut self, read: &ReadRow, source: Source) -> Result<Outcome> {
        let row = &read.row;
        if let Err(problem) = row.check_refund() {
            return Ok(Err(problem));
        }
        let host_key = match self.hosts.get(&row.host_id) {
            Some(key) => {
                if !self.host_ids.has(&row.host_id) {
                    self.host_ids.insert(&row.host_id);
                }
                *key
            }
            None => match restate::decide(self.conn, &self.terms, 0, row, None)? {
                Err(problem) => return Ok(Err(problem)),
                Ok(_) => self.unknown_host(&row.host_id, source.line)?,
            },
        };
        let decision = restate::decide(self.conn, &self.terms, host_key, row, None)?;
        if let Ok(d) = &decision {
            let moved = shared_charges::moved_to(self.conn, row, None)?;
            let conversation = self.conversation(row)?;
            let inserted = bookings::insert(
                self.conn,
                row,
                &read.content_hash,
                host_key,
                conversation,
                source,
                self.stamp.step,
            )?;
            if let Some(booking_key) = inserted {
                let of = CommissionOf {
                    booking_key,
                    host_key,
                    currency: row.currency,
                };
                match moved {
                    None => self.begin(of, row, d)?,
                    Some(to) => self.begin_moved(of, row, to)?,
                }
                self.name(read.payment, booking_key);
                if let Some(folded) = &read.folded {
                    self.any_odd = true;
                    bookings::put_odd_id(self.conn, folded, booking_key)?;
                }
                self.tally.counts.inserted += 1;
                self.close_waiting(row)?;
                return Ok(Ok(()));
            }
        }
        match (bookings::find(self.conn, &row.booking_id)?, decision) {
            (Some(known), _) => self.known(&known, read, source),
            (None, Err(problem)) => Ok(Err(problem)),
            (None, Ok(_)) => Err(Error::new(
                Code::Internal,
                "A booking was neither new nor known.",
            )),
        }
    }

    fn begin(&self, of: CommissionOf, row: &BookingRow, d: &Decision) -> Result<()> {
        if d.commission.status == CommissionStatus::None {
            return Ok(());
        }
        self.apply(of, row, d, None)
    }

    /// A new booking whose charge another booking carries: nothing is posted for it.
    fn begin_moved(&mut self, of: CommissionOf, row: &BookingRow, to: i64) -> Result<()> {
        charges::set_moved(self.conn, of.booking_key, Some(to))?;
        self.terms.set_moved(of.booking_key, true);
        match restate::decide_moved(&self.terms, of.host_key, of.booking_key, row)? {
            Ok(d) => self.begin(of, row, &d),
            Err(p) => Err(Error::new(Code::WrongState, p.message)),
        }
    }

    /// Another row took a booking's place: what waited about it ends.
    fn close_waiting(&mut self, row: &BookingRow) -> Result<()> {
        self.tally.waiting.taken_in(
            self.conn,
            &row.booking_id,
            row.updated_at,
            self.import_key,
            self.stamp,
        )
    }

    fn name(&mut self, payment: [Option<i64>; 2], booking_key: i64) {
        let numbers = payment.into_iter().flatten();
        self.named.extend(numbers.map(|n| (n, booking_key)));
    }

    fn apply(
        &self,
        of: CommissionOf,
        row: &BookingRow,
        d: &Decision,
        before: Option<(&StoredBooking, &Before)>,
    ) -> Result<()> {
        let cause = Cause {
            on: None,
            import_key: Some(self.import_key),
            reason: "The booking was restated after its payout was sent.",
        };
        restate::apply(
            self.conn,
            &self.terms,
            of,
            row,
            d,
            before,
            &cause,
            self.stamp,
        )
    }

    /// A row for a known booking. What its file can't say, and its payment, stays known.
    fn known(&mut self, known: &StoredBooking, read: &ReadRow, source: Source) -> Result<Outcome> {
        let row = &read.row;
        let conversation = look_alikes::conversation_of(self.conn, row, known)?;
        match self.settled(conversation) {
            Ok(None) => {}
            Ok(Some(id)) => {
                let mut meant = row.clone();
                meant.conversation_id = id;
                return self.known(known, &read.with(meant), source);
            }
            Err(done) => return Ok(done),
        }
        if known.withdrawn {
            return self.restate(known, read, source);
        }
        match row.keeping(&known.row, read.absent) {
            Cow::Borrowed(_) => self.restate(known, read, source),
            Cow::Owned(kept) => match kept.check_refund() {
                Ok(()) => self.restate(known, &says_as_much(known, read.with(kept)), source),
                Err(problem) => Ok(Err(problem)),
            },
        }
    }

    fn restate(
        &mut self,
        known: &StoredBooking,
        read: &ReadRow,
        source: Source,
    ) -> Result<Outcome> {
        let row = &read.row;
        if known.withdrawn {
            if let Some(done) = self.is_known_seat(row, Some(known.booking_key))? {
                return Ok(done);
            }
            return self.write(known, read, source);
        }
        match supersedes(
            VersionStamp::of(
                &known.content_hash,
                known.row.updated_at,
                known.source.import_key,
            ),
            VersionStamp::of(&read.content_hash, row.updated_at, source.import_key),
        ) {
            Supersedes::Unchanged => {
                self.tally.counts.unchanged += 1;
                if row.updated_at.is_none() {
                    self.seen_again.insert(known.booking_key);
                }
                if known.source.import_key != source.import_key {
                    self.repeats.push(known.booking_key, source.line);
                }
                return Ok(Ok(()));
            }
            Supersedes::Stale => {
                self.tally.counts.stale += 1;
                let content = serde_json::to_string(row).unwrap_or_default();
                repeats::keep_stale(self.conn, source, known.booking_key, &content)?;
                return Ok(Ok(()));
            }
            Supersedes::Conflict => return Ok(Err(conflict(known))),
            Supersedes::Newer
                if row.updated_at.is_none() && self.seen_again.contains(&known.booking_key) =>
            {
                return Ok(Err(conflict(known)));
            }
            Supersedes::Newer => {}
        }
        if let Some(problem) = elsewhere(known, row) {
            return Ok(Err(problem));
        }
        if let Some(problem) = contradicts_dispute(self.conn, &self.terms, known, row)? {
            return Ok(Err(problem));
        }
        let gains_payment = shared_charges::payment(row) != shared_charges::payment(&known.row);
        if gains_payment && let Some(done) = self.is_known_seat(row, Some(known.booking_key))? {
            return Ok(done);
        }
        self.write(known, read, source)
    }

    /// Lets a row be a known booking's version, or, of one whose import was undone, its first.
    fn write(&mut self, known: &StoredBooking, read: &ReadRow, source: Source) -> Result<Outcome> {
        let (row, booking_key) = (&read.row, known.booking_key);
        let host_key = match self.hosts.get(&row.host_id) {
            Some(key) => *key,
            None => self.unknown_host(&row.host_id, source.line)?,
        };
        let before = Before::load(self.conn, &self.terms, known)?;
        let to = shared_charges::moved_to(self.conn, row, Some(booking_key))?;
        let was_moved = self.terms.is_moved(booking_key);
        self.terms.set_moved(booking_key, to.is_some());
        let earlier = Some((known, &before));
        let d = match restate::decide(self.conn, &self.terms, host_key, row, earlier)? {
            Ok(d) => d,
            Err(problem) => {
                self.terms.set_moved(booking_key, was_moved);
                return Ok(Err(problem));
            }
        };
        if to.is_some() != was_moved {
            charges::set_moved(self.conn, booking_key, to)?;
        }
        if known.withdrawn {
            bookings::set_host_and_currency(self.conn, booking_key, host_key, row)?;
        }
        let by = Some(self.import_key);
        bookings::supersede(self.conn, known, row, source, by, self.stamp.step)?;
        let of = CommissionOf {
            booking_key,
            host_key,
            currency: row.currency,
        };
        self.apply(of, row, &d, earlier)?;
        if known.withdrawn || shared_charges::matters(&known.row, row) {
            self.name(read.payment, booking_key);
        }
        self.close_waiting(row)?;
        if known.withdrawn {
            self.tally.counts.inserted += 1;
        } else {
            self.tally.counts.updated += 1;
            let how = describe_change(&known.row, row);
            *self.tally.changes.entry(how).or_default() += 1;
        }
        Ok(Ok(()))
    }

    fn unknown_host(&mut self, host_id: &str, line: i64) -> Result<i64> {
        let key = hosts::insert_unknown(self.conn, host_id, self.import_key, line)?;
        self.terms.add_unknown_host(self.conn, key)?;
        self.hosts.insert(host_id.to_owned(), key);
        self.host_ids.insert(host_id);
        self.tally.new_unknown_hosts += 1;
        Ok(key)
    }

    fn conversation(&mut self, row: &BookingRow) -> Result<i64> {
        if let Some(key) = self.conversations.get(&row.conversation_id) {
            return Ok(*key);
        }
        if self.conversations.len() >= CONVERSATIONS_KEPT {
            self.conversations.clear();
        }
        let key = bookings::conversation_key(self.conn, row)?;
        self.conversations.insert(row.conversation_id.clone(), key);
        Ok(key)
    }

    /// The end of the file: what was deferred, who carries which payment, what waits and holds.
    pub(super) fn finish(mut self, names: &[String]) -> Result<Tally> {
        let mut shared = charges::put(self.conn, &mut self.named)?;
        self.named.clear();
        let mut deferred: Vec<Deferred> = self.deferred.drain().map(|(_, d)| d).collect();
        deferred.sort_unstable_by_key(|d| d.line);
        for d in deferred {
            self.take_or_refuse(&d.read, d.line, &d.raw, names)?;
        }
        self.take_what_moved(names)?;
        shared.extend(charges::put(self.conn, &mut self.named)?);
        let by = Some(self.import_key);
        shared_charges::settle(self.conn, &mut self.terms, &shared, by, self.stamp)?;
        repeats::keep(self.conn, self.import_key, self.stamp.step, &self.repeats)?;
        waiting::hold_newly_known(self.conn, self.stamp)?;
        Ok(self.tally)
    }

    /// Rows of this file that seemed to be a known seat once more, where this very file cancels
    /// that one: the seat was moved.
    fn take_what_moved(&mut self, names: &[String]) -> Result<()> {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let Ok(header) = Header::find(&booking::COLUMNS, &known) else {
            return Ok(()); // one row that is retried
        };
        for e in imports::same_charge_now_cancelled(self.conn, self.import_key)? {
            let (_, fields) = row_from_json(&e.row);
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let Ok(row) = header.fields(&fields).and_then(|f| booking::read_row(&f)) else {
                continue;
            };
            let (currency, price) = (row.currency, row.price_minor);
            if self
                .take(&ReadRow::of(row, header.absent()), e.line)?
                .is_ok()
            {
                self.tally.add(currency, -price)?; // it was counted when it came
                imports::delete_exception(self.conn, e.exception_key)?;
                self.tally.no_exception(e.line);
            }
        }
        Ok(())
    }
}

/// A row of a file without `updated_at`. Where it says nothing else than what is known, it is the
/// known content.
fn says_as_much(known: &StoredBooking, mut read: ReadRow) -> ReadRow {
    if read.absent.has(column::UPDATED_AT) {
        let mut dated = read.row.clone();
        dated.updated_at = known.row.updated_at;
        let hash = dated.content_hash();
        if hash[..] == known.content_hash {
            read.content_hash = hash;
        }
    }
    read
}

/// A row that says that nothing was paid for what is disputed (docs/domain.md §8).
pub(super) fn contradicts_dispute(
    conn: &Conn,
    terms: &Terms,
    known: &StoredBooking,
    row: &BookingRow,
) -> Result<Option<RowProblem>> {
    let captured = terms.facts(None, row).was_captured();
    if captured {
        return Ok(None);
    }
    let standing = disputes::holding(conn, known.booking_key)?;
    let ids: Vec<&str> = standing.iter().map(String::as_str).collect();
    Ok(stays_paid(&row.booking_id, captured, &ids).err())
}

fn conflict(known: &StoredBooking) -> RowProblem {
    RowProblem::new(
        ExceptionCode::ConflictingRows,
        format!(
            "Another row of the booking {} with other content stands already, and neither is newer by updated_at. The earlier row stands; ask the platform which is right.",
            known.row.booking_id
        ),
    )
}

/// Whether a row would give a known booking to another host, currency or payment.
fn elsewhere(known: &StoredBooking, row: &BookingRow) -> Option<RowProblem> {
    if known.row.host_id != row.host_id {
        return Some(RowProblem::new(
            ExceptionCode::HostChanged,
            format!(
                "The row gives the booking to host {}, but it belongs to {}. A row never moves a booking to another host.",
                row.host_id, known.row.host_id
            ),
        ));
    }
    if known.row.currency != row.currency {
        return Some(RowProblem::new(
            ExceptionCode::CurrencyChanged,
            format!(
                "The row is in {}, but the booking is in {}. A row never changes a booking's currency.",
                row.currency, known.row.currency
            ),
        ));
    }
    for (what, was, is) in [
        ("charge", &known.row.charge_id, &row.charge_id),
        (
            "payment intent",
            &known.row.payment_intent_id,
            &row.payment_intent_id,
        ),
    ] {
        if !was.is_empty() && !is.is_empty() && was != is {
            return Some(RowProblem::new(
                ExceptionCode::ChargeChanged,
                format!(
                    "The row names the {what} {is}, but the booking was paid by {was}. A row never moves a booking to another card payment; ask the platform which booking {is} paid."
                ),
            ));
        }
    }
    None
}

fn describe_change(was: &BookingRow, is: &BookingRow) -> String {
    if was.status != is.status {
        format!("{} to {}", was.status.as_str(), is.status.as_str())
    } else if was.refunded_minor != is.refunded_minor {
        "refund changed".to_owned()
    } else if was.price_minor != is.price_minor {
        "price changed".to_owned()
    } else if was.processing_fee_minor != is.processing_fee_minor {
        "processing fee changed".to_owned()
    } else {
        "details changed".to_owned()
    }
}
