//! One CSV row per posting.

use std::borrow::Borrow;
use std::io::Write;

use super::JournalEntry;
use crate::{Error, csv_safe, figure::Figure};

/// The columns, in their order in the file.
pub const COLUMNS: [&str; 8] = [
    "entry_id",
    "effective_date",
    "recorded_at",
    "kind",
    "subject",
    "account",
    "amount",
    "currency",
];

/// Writes a journal as CSV, entry by entry: UTF-8, line feeds, text cells formula-safe.
pub struct JournalCsv<W: Write> {
    csv: ::csv::Writer<W>,
}

impl<W: Write> JournalCsv<W> {
    /// Writes the heading.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn new(out: W) -> Result<Self, Error> {
        let mut csv = ::csv::WriterBuilder::new()
            .terminator(::csv::Terminator::Any(b'\n'))
            .from_writer(out);
        csv.write_record(COLUMNS)?;
        Ok(Self { csv })
    }

    /// Writes one row for each posting of `entry`.
    ///
    /// # Errors
    /// [`Error::BadAmount`] for an amount that is no plain decimal; otherwise when the output
    /// fails.
    pub fn entry(&mut self, entry: &JournalEntry) -> Result<(), Error> {
        for posting in &entry.postings {
            Figure::parse(&posting.amount, || format!("entry {}", entry.entry_id))?;
            self.csv.write_record([
                csv_safe(&entry.entry_id).as_bytes(),
                entry.effective_date.as_bytes(),
                entry.recorded_at.as_bytes(),
                csv_safe(&entry.kind).as_bytes(),
                csv_safe(&entry.subject).as_bytes(),
                csv_safe(&posting.account).as_bytes(),
                posting.amount.as_bytes(),
                csv_safe(&posting.currency).as_bytes(),
            ])?;
        }
        Ok(())
    }

    /// Flushes what is buffered. Without it an output error at the very end goes unseen.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(mut self) -> Result<(), Error> {
        self.csv.flush()?;
        Ok(())
    }
}

/// Writes every entry of `entries` as CSV: [`JournalCsv`] for those who have an iterator.
///
/// # Errors
/// As [`JournalCsv::entry`].
pub fn write_csv<W, I>(out: W, entries: I) -> Result<(), Error>
where
    W: Write,
    I: IntoIterator,
    I::Item: Borrow<JournalEntry>,
{
    let mut journal = JournalCsv::new(out)?;
    for entry in entries {
        journal.entry(entry.borrow())?;
    }
    journal.finish()
}

#[cfg(test)]
mod tests {
    use super::super::{JournalEntry, JournalPosting};
    use super::write_csv;

    #[test]
    fn one_row_per_posting_amounts_untouched() {
        let posting = |account: &str, amount: &str| JournalPosting {
            account: account.into(),
            amount: amount.into(),
            currency: "USD".into(),
        };
        let entry = JournalEntry {
            entry_id: "7".into(),
            effective_date: "2026-03-03".into(),
            recorded_at: "2026-03-04T08:00:00Z".into(),
            kind: "paid".into(),
            subject: "=b1".into(),
            postings: vec![
                posting("assets:stripe", "19.12"),
                posting("-x, y", "-19.12"),
            ],
            ..JournalEntry::default()
        };
        let mut out = Vec::new();
        write_csv(&mut out, [&entry]).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "entry_id,effective_date,recorded_at,kind,subject,account,amount,currency\n\
             7,2026-03-03,2026-03-04T08:00:00Z,paid,'=b1,assets:stripe,19.12,USD\n\
             7,2026-03-03,2026-03-04T08:00:00Z,paid,'=b1,\"'-x, y\",-19.12,USD\n"
        );
    }
}
