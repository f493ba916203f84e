//! Taking in the platform's bookings: one thread reads and checks rows, this one writes them.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use csv::ByteRecord;
use hostledger_core::booking::{self, BookingRow, Header};
use hostledger_core::dispute::stays_paid;
use hostledger_core::import::{ExceptionCode, RowProblem, Supersedes, VersionStamp, supersedes};
use hostledger_core::{Code, Error};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::commissions::{self, CommissionOf};
use hostledger_store::hosts::{self, Source};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, disputes, payouts};
use serde_json::json;

use crate::Result;
use crate::csv_file::{CsvFile, line_of, row_as_json, text_fields};
use crate::imports::Tally;
use crate::jobs::Job;
use crate::restate::{self, Before, Cause, Terms};

/// One row on its way from the reader to the writer.
struct Parsed {
    line: i64,
    bytes_read: u64,
    row: std::result::Result<(BookingRow, [u8; 16]), (RowProblem, String)>,
    /// The fields as they stood, for rows that turn out to be exceptions later.
    raw: ByteRecord,
}

const ROWS_AT_ONCE: usize = 256;
const BATCHES_AHEAD: usize = 8;

/// Reads a bookings file and writes what it says.
///
/// # Errors
/// [`Code::WrongFile`], [`Code::Cancelled`]; file and database errors.
pub(crate) fn take_in(
    conn: &Conn,
    path: &Path,
    bytes: u64,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let file = CsvFile::open(path, &booking::COLUMNS, "bookings")?;
    let names = file.names.clone();
    let mut writer = Writer::new(conn, import_key, stamp)?;
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(BATCHES_AHEAD);
        let reader = scope.spawn(move || read_rows(file, &send));
        let written = write_rows(&mut writer, &receive, &names, bytes, job);
        drop(receive); // lets the reader stop when writing failed
        let read = reader.join().map_err(|_| {
            Error::new(
                Code::Internal,
                "Reading the file failed inside the program.",
            )
        })?;
        written.and(read)
    })?;
    Ok(writer.tally)
}

fn read_rows(mut file: CsvFile, send: &SyncSender<Vec<Parsed>>) -> Result<()> {
    let mut batch = Vec::with_capacity(ROWS_AT_ONCE);
    loop {
        let mut raw = ByteRecord::new();
        if !file.next(&mut raw)? {
            break;
        }
        let line = line_of(&raw);
        let row = parse(&file.header, &raw)
            .map(|row| {
                let hash = row.content_hash();
                (row, hash)
            })
            .map_err(|problem| (problem, row_as_json(&file.names, raw.iter())));
        batch.push(Parsed {
            line,
            bytes_read: file.bytes_read(),
            row,
            raw,
        });
        if batch.len() == ROWS_AT_ONCE {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(ROWS_AT_ONCE));
            if send.send(full).is_err() {
                return Ok(()); // the writer stopped and says why
            }
        }
    }
    drop(send.send(batch));
    Ok(())
}

pub(crate) fn parse(
    header: &Header,
    raw: &ByteRecord,
) -> std::result::Result<BookingRow, RowProblem> {
    let fields = text_fields(raw)?;
    booking::read_row(&header.fields(&fields)?)
}

fn write_rows(
    w: &mut Writer<'_>,
    receive: &Receiver<Vec<Parsed>>,
    names: &[String],
    bytes: u64,
    job: &Job,
) -> Result<()> {
    for batch in receive {
        job.check()?;
        let reached = batch.last().map_or(0, |p| p.bytes_read);
        for p in batch {
            w.tally.counts.rows += 1;
            match p.row {
                Err((problem, raw)) => {
                    w.tally
                        .exception(w.conn, w.import_key, p.line, problem, &raw)?;
                }
                Ok((row, hash)) => {
                    if let Err(problem) = w.take(&row, &hash, p.line)? {
                        let raw = row_as_json(names, p.raw.iter());
                        w.tally
                            .exception(w.conn, w.import_key, p.line, problem, &raw)?;
                    }
                }
            }
        }
        job.progress("Writing rows", reached, Some(bytes));
    }
    Ok(())
}

/// Takes one row in again after a person looked at its exception.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    row: &BookingRow,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<(), RowProblem>> {
    let mut w = Writer::new(conn, source.import_key, stamp)?;
    w.take(row, &row.content_hash(), source.line)
}

struct Writer<'c> {
    conn: &'c Conn,
    import_key: i64,
    stamp: &'c Stamp<'c>,
    terms: Terms,
    hosts: HashMap<String, i64>,
    conversations: HashMap<String, i64>,
    /// Bookings of which this file brought the known content again without `updated_at`: another
    /// row of this file can't be ordered after it.
    seen_again: HashSet<i64>,
    tally: Tally,
}

/// Conversations kept in mind; rows of one stand close together in an export.
const CONVERSATIONS_KEPT: usize = 4096;

impl<'c> Writer<'c> {
    fn new(conn: &'c Conn, import_key: i64, stamp: &'c Stamp<'c>) -> Result<Self> {
        let hosts = hosts::all(conn)?
            .into_iter()
            .map(|h| (h.host_id, h.host_key))
            .collect();
        Ok(Self {
            conn,
            import_key,
            stamp,
            terms: Terms::load(conn)?,
            hosts,
            conversations: HashMap::new(),
            seen_again: HashSet::new(),
            tally: Tally::default(),
        })
    }

    /// Takes one row in. In the inner result a problem for the exceptions.
    fn take(
        &mut self,
        row: &BookingRow,
        hash: &[u8],
        line: i64,
    ) -> Result<std::result::Result<(), RowProblem>> {
        *self.tally.totals.entry(row.currency).or_default() += row.price_minor;
        let zone = &self.terms.settings.zone;
        self.tally.booked_on(zone.date_of(row.booked_at));
        let source = Source {
            import_key: self.import_key,
            line,
        };
        if !self.hosts.contains_key(&row.host_id)
            && let Some(known) = bookings::find(self.conn, &row.booking_id)?
        {
            return self.restate(&known, row, hash, source);
        }
        let host_key = match self.hosts.get(&row.host_id) {
            Some(key) => *key,
            None => match restate::decide(self.conn, &self.terms, 0, row, None)? {
                Err(problem) => return Ok(Err(problem)),
                Ok(_) => self.unknown_host(&row.host_id, line)?,
            },
        };
        let decision = restate::decide(self.conn, &self.terms, host_key, row, None)?;
        if let Ok(d) = &decision {
            let conversation = self.conversation(row)?;
            let inserted = bookings::insert(self.conn, row, hash, host_key, conversation, source)?;
            if let Some(booking_key) = inserted {
                if d.commission.status != hostledger_core::commission::CommissionStatus::None {
                    let of = CommissionOf {
                        booking_key,
                        host_key,
                        currency: row.currency,
                    };
                    self.apply(of, row, d, None)?;
                }
                self.tally.counts.inserted += 1;
                return Ok(Ok(()));
            }
        }
        match (bookings::find(self.conn, &row.booking_id)?, decision) {
            (Some(known), _) => self.restate(&known, row, hash, source),
            (None, Err(problem)) => Ok(Err(problem)),
            (None, Ok(_)) => Err(Error::new(
                Code::Internal,
                "A booking was neither new nor known.",
            )),
        }
    }

    fn apply(
        &self,
        of: CommissionOf,
        row: &BookingRow,
        d: &hostledger_core::commission::Decision,
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

    /// A row for a known booking.
    fn restate(
        &mut self,
        known: &StoredBooking,
        row: &BookingRow,
        hash: &[u8],
        source: Source,
    ) -> Result<std::result::Result<(), RowProblem>> {
        if known.withdrawn {
            return self.come_back(known, row, source);
        }
        let version = |content_hash, row: &BookingRow, source: Source| VersionStamp {
            content_hash,
            updated_at_us: row.updated_at.map(|t| t.as_microsecond()),
            import_key: source.import_key,
        };
        match supersedes(
            version(&known.content_hash, &known.row, known.source),
            version(hash, row, source),
        ) {
            Supersedes::Unchanged => {
                self.tally.counts.unchanged += 1;
                if row.updated_at.is_none() {
                    self.seen_again.insert(known.booking_key);
                }
                return Ok(Ok(()));
            }
            Supersedes::Stale => {
                self.tally.counts.stale += 1;
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
        if let Some(problem) = moved(known, row) {
            return Ok(Err(problem));
        }
        if let Some(problem) = contradicts_dispute(self.conn, &self.terms, known, row)? {
            return Ok(Err(problem));
        }
        let before = Before::load(self.conn, &self.terms, known)?;
        let decided = restate::decide(
            self.conn,
            &self.terms,
            known.host_key,
            row,
            Some((known, &before)),
        )?;
        let d = match decided {
            Ok(d) => d,
            Err(problem) => return Ok(Err(problem)),
        };
        let by = Some(self.import_key);
        bookings::supersede(self.conn, known, row, source, by)?;
        let of = CommissionOf {
            booking_key: known.booking_key,
            host_key: known.host_key,
            currency: row.currency,
        };
        self.apply(of, row, &d, Some((known, &before)))?;
        self.tally.counts.updated += 1;
        *self
            .tally
            .changes
            .entry(describe_change(&known.row, row))
            .or_default() += 1;
        Ok(Ok(()))
    }

    /// A row for a booking whose import was undone: as if it were new.
    fn come_back(
        &mut self,
        known: &StoredBooking,
        row: &BookingRow,
        source: Source,
    ) -> Result<std::result::Result<(), RowProblem>> {
        let host_key = match self.hosts.get(&row.host_id) {
            Some(key) => *key,
            None => self.unknown_host(&row.host_id, source.line)?,
        };
        let before = Before::load(self.conn, &self.terms, known)?;
        let d = match restate::decide(
            self.conn,
            &self.terms,
            host_key,
            row,
            Some((known, &before)),
        )? {
            Ok(d) => d,
            Err(problem) => return Ok(Err(problem)),
        };
        bookings::set_host_and_currency(self.conn, known.booking_key, host_key, row)?;
        bookings::supersede(self.conn, known, row, source, Some(self.import_key))?;
        let of = CommissionOf {
            booking_key: known.booking_key,
            host_key,
            currency: row.currency,
        };
        self.apply(of, row, &d, Some((known, &before)))?;
        self.tally.counts.inserted += 1;
        Ok(Ok(()))
    }

    fn unknown_host(&mut self, host_id: &str, line: i64) -> Result<i64> {
        let key = hosts::insert_unknown(self.conn, host_id, self.import_key, line)?;
        self.terms.add_unknown_host(self.conn, key)?;
        self.hosts.insert(host_id.to_owned(), key);
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

/// A row that says that nothing was paid for what is disputed (docs/domain.md §8).
fn contradicts_dispute(
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

fn moved(known: &StoredBooking, row: &BookingRow) -> Option<RowProblem> {
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

/// Takes an import of bookings back.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] with the bookings that were sent since.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>, job: &Job) -> Result<()> {
    let terms = Terms::load(conn)?;
    let keys = bookings::keys_of_import(conn, import_key)?;
    let total = keys.len() as u64;
    let mut in_the_way = Vec::new();
    for (i, booking_key) in keys.into_iter().enumerate() {
        job.check()?;
        if i % 512 == 0 {
            job.progress("Reversing rows", i as u64, Some(total));
        }
        let known = bookings::get(conn, booking_key)?;
        if !undo_one(conn, &terms, &known, import_key, stamp)? {
            in_the_way.push(known.row.booking_id);
        }
    }
    if in_the_way.is_empty() {
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

/// Takes one booking back to before an import; `false` where paid money depends on it.
fn undo_one(
    conn: &Conn,
    terms: &Terms,
    known: &StoredBooking,
    import_key: i64,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let earlier = bookings::last_version_standing(conn, known.booking_key, import_key)?;
    let of = CommissionOf {
        booking_key: known.booking_key,
        host_key: known.host_key,
        currency: known.row.currency,
    };
    let cause = Cause {
        on: Some(stamp.on),
        import_key: None,
        reason: "An import was undone.",
    };
    let was_sent = commissions::was_sent(conn, known.booking_key)?;
    if was_sent && payouts::sent_after_import(conn, known.booking_key, import_key)? {
        return Ok(false);
    }
    if !restate::withdraw_clawbacks(conn, known.booking_key, import_key, stamp)? {
        return Ok(false);
    }
    if earlier.is_none() && disputes::any_of(conn, known.booking_key)? {
        return Ok(false);
    }
    if earlier.is_none()
        && (was_sent || commissions::live_payout(conn, known.booking_key)?.is_some())
    {
        return Ok(false);
    }
    let mut row = earlier
        .as_ref()
        .map_or_else(|| known.row.clone(), |v| v.row.clone());
    if earlier.is_none() {
        row.status = hostledger_core::booking::BookingStatus::Pending; // which posts nothing
    }
    if contradicts_dispute(conn, terms, known, &row)?.is_some() {
        return Ok(false);
    }
    let before = Before::load(conn, terms, known)?;
    let taken_back = !terms.facts(Some(known.booking_key), &row).session_done();
    let for_decision = if taken_back {
        before.unfixed()
    } else {
        before.clone()
    };
    if taken_back {
        commissions::clear_processed(conn, known.booking_key)?;
    }
    let decided = restate::decide(
        conn,
        terms,
        known.host_key,
        &row,
        Some((known, &for_decision)),
    )?;
    match &earlier {
        Some(v) => bookings::supersede(conn, known, &v.row, v.source, None)?,
        None => bookings::withdraw(conn, known)?,
    }
    let d = decided.map_err(|p| Error::new(Code::WrongState, p.message))?;
    restate::apply(
        conn,
        terms,
        of,
        &row,
        &d,
        Some((known, &before)),
        &cause,
        stamp,
    )?;
    Ok(true)
}
