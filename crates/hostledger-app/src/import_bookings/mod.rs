//! Taking in the platform's bookings: one thread reads and checks rows, this one writes them.

mod undo;
mod writer;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use csv::ByteRecord;
use hostledger_core::booking::{self, Absent, BookingRow, Header, column};
use hostledger_core::ids::folded;
use hostledger_core::import::RowProblem;
use hostledger_core::{Code, Currency, Error};
use hostledger_store::Conn;
use hostledger_store::hosts::Source;
use hostledger_store::ledger::Stamp;

use crate::Result;
use crate::csv_file::{CsvFile, line_of, row_as_json, text_fields};
use crate::imports::{FEW_ROWS, Tally, Took};
use crate::jobs::Job;
use crate::same_ids::SameIds;
use crate::shared_charges::payment;
use crate::source_file::SourceFile;

pub(crate) use undo::undo;
use writer::Writer;

/// A row that could be read, with what is reckoned of it beside the writer.
pub(crate) struct ReadRow {
    row: BookingRow,
    content_hash: [u8; 16],
    /// The numbers of the payment that it names.
    payment: [Option<i64>; 2],
    /// What its id folds to, where that is another.
    folded: Option<String>,
    /// Columns that its file doesn't have.
    absent: Absent,
}

impl ReadRow {
    fn of(row: BookingRow, absent: Absent) -> Self {
        Self {
            content_hash: row.content_hash(),
            payment: payment(&row).numbers(),
            folded: folded(&row.booking_id),
            row,
            absent,
        }
    }

    /// The same row with other words.
    fn with(&self, row: BookingRow) -> Self {
        Self::of(row, self.absent)
    }
}

/// One row on its way from the reader to the writer.
struct Parsed {
    line: i64,
    bytes_read: u64,
    row: std::result::Result<ReadRow, RowProblem>,
    /// The fields as they stood, for rows that turn out to be exceptions.
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
    source: &SourceFile,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let file = CsvFile::open(source, &booking::COLUMNS, "bookings")?;
    let names = file.names.clone();
    let mut writer = Writer::new(conn, import_key, stamp)?;
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(BATCHES_AHEAD);
        let reader = scope.spawn(move || read_rows(file, source, &send));
        let written = write_rows(&mut writer, &receive, &names, source.bytes, job);
        drop(receive); // lets the reader stop when writing failed
        let read = reader.join().map_err(|_| {
            Error::new(
                Code::Internal,
                "Reading the file failed inside the program.",
            )
        })?;
        written?;
        writer.tally.whole_prices = read?.whole();
        Ok::<_, Error>(())
    })?;
    writer.finish(&names)
}

/// How prices are written, by currency: in how many rows, and whether any has a decimal sign.
#[derive(Debug, Default)]
struct Prices(BTreeMap<Currency, (i64, bool)>);

impl Prices {
    fn saw(&mut self, header: &Header, raw: &ByteRecord, currency: Currency) {
        let text = header.place(column::PRICE).and_then(|i| raw.get(i));
        let has_sign = text.is_some_and(|t| t.iter().any(|b| matches!(b, b'.' | b',')));
        let seen = self.0.entry(currency).or_default();
        *seen = (seen.0 + 1, seen.1 || has_sign);
    }

    /// Currencies with decimals of which many prices are written and none has a decimal sign.
    fn whole(self) -> Vec<Currency> {
        let all = self.0.into_iter();
        all.filter(|(c, (rows, signed))| c.digits() > 0 && *rows >= FEW_ROWS && !signed)
            .map(|(c, _)| c)
            .collect()
    }
}

fn read_rows(
    mut file: CsvFile,
    source: &SourceFile,
    send: &SyncSender<Vec<Parsed>>,
) -> Result<Prices> {
    let mut prices = Prices::default();
    let mut batch = Vec::with_capacity(ROWS_AT_ONCE);
    let mut same = SameIds::default();
    let absent = file.header.absent();
    loop {
        let mut raw = ByteRecord::new();
        if !file.next(&mut raw)? {
            break;
        }
        same.saw(&file.header, &raw);
        let row = parse(&file.header, &raw).map(|row| ReadRow::of(row, absent));
        if let Ok(read) = &row {
            prices.saw(&file.header, &raw, read.row.currency);
        }
        batch.push(Parsed {
            line: line_of(&raw),
            bytes_read: file.bytes_read(),
            row,
            raw,
        });
        if batch.len() == ROWS_AT_ONCE {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(ROWS_AT_ONCE));
            if send.send(full).is_err() {
                return Ok(prices); // the writer stopped and says why
            }
        }
    }
    drop(send.send(batch));
    same.judge(source)?;
    Ok(prices)
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
                Err(problem) => w.refuse(p.line, problem, &row_as_json(names, p.raw.iter()))?,
                Ok(read) => w.take_or_defer(read, p.line, p.raw, names)?,
            }
        }
        job.progress("Writing rows", reached, Some(bytes));
    }
    Ok(())
}

/// Takes one row in again after a person looked at its exception. `absent`: the columns that it
/// doesn't have.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    row: BookingRow,
    absent: Absent,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    let mut w = Writer::new(conn, source.import_key, stamp)?;
    let taken = w.take(&ReadRow::of(row, absent), source.line)?;
    let tally = w.finish(&[])?;
    Ok(taken.map(|()| Took::of(&tally.counts)))
}
