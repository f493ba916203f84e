//! Rows of one file that share a booking's id and can't be one booking: a spreadsheet rounded long
//! ids, and taken one after the other the rows would replace each other (docs/domain.md §2).

use std::hash::{DefaultHasher, Hash, Hasher};

use csv::ByteRecord;
use hostledger_core::booking::{self, Header, column};
use hostledger_core::{Code, Error, ids};
use serde_json::json;

use crate::Result;
use crate::csv_file::{CsvFile, line_of};
use crate::source_file::SourceFile;

/// What is kept of a row until the file is read: 24 bytes. Hashes only point to rows worth a
/// second look, which is at the file itself.
struct Seen {
    id: u64,
    line: u32,
    /// Of conversation and host.
    who: u32,
    /// Of the charge and of the payment intent; 0: none.
    charge: u32,
    intent: u32,
}

/// Watches the rows of one bookings file.
#[derive(Default)]
pub(crate) struct SameIds {
    seen: Vec<Seen>,
}

impl SameIds {
    /// Notes a row, whether it can be taken in or not.
    pub(crate) fn saw(&mut self, header: &Header, raw: &ByteRecord) {
        let id = text(header, raw, column::BOOKING_ID);
        if id.is_empty() || raw.len() != header.width() {
            return;
        }
        let some = |place| match text(header, raw, place) {
            id if id.is_empty() => 0,
            id => short(hash(&id)).max(1),
        };
        let who = (
            text(header, raw, column::CONVERSATION_ID),
            text(header, raw, column::HOST_ID),
        );
        self.seen.push(Seen {
            id: hash(&id),
            line: u32::try_from(line_of(raw)).unwrap_or(u32::MAX),
            who: short(hash(&who)),
            charge: some(column::CHARGE_ID),
            intent: some(column::PAYMENT_INTENT_ID),
        });
    }

    /// Refuses the file where two rows of one id differ in conversation, host or charge.
    ///
    /// # Errors
    /// [`Code::MangledId`] with both lines and what differs; file errors.
    pub(crate) fn judge(mut self, source: &SourceFile) -> Result<()> {
        self.seen.sort_unstable_by_key(|s| (s.id, s.line));
        let mut suspects: Vec<(u32, u32)> = self
            .seen
            .chunk_by(|a, b| a.id == b.id)
            .filter_map(first_clash)
            .collect();
        suspects.sort_unstable();
        for lines in suspects {
            if let Some(refusal) = look_at(source, lines)? {
                return Err(refusal);
            }
        }
        Ok(())
    }
}

/// The lines of the first two rows of one id that differ.
fn first_clash(rows: &[Seen]) -> Option<(u32, u32)> {
    for (i, later) in rows.iter().enumerate().skip(1) {
        // Only the first of many: a file of nothing but one id is found at once.
        for earlier in &rows[..i.min(64)] {
            if earlier.who != later.who
                || other_charge(
                    &(earlier.charge, earlier.intent),
                    &(later.charge, later.intent),
                    |id| *id == 0,
                )
            {
                return Some((earlier.line, later.line));
            }
        }
    }
    None
}

/// Whether two rows name different payments: by charge, or by intent where one has no charge. A
/// payment that one of them doesn't name yet is no difference.
fn other_charge<T: PartialEq>(a: &(T, T), b: &(T, T), none: impl Fn(&T) -> bool) -> bool {
    if !none(&a.0) && !none(&b.0) {
        return a.0 != b.0;
    }
    !none(&a.1) && !none(&b.1) && a.1 != b.1
}

/// Reads the two rows again and says what they are; `None` where the hashes were wrong.
fn look_at(source: &SourceFile, lines: (u32, u32)) -> Result<Option<Error>> {
    let mut file = CsvFile::open(source, &booking::COLUMNS, "bookings")?;
    let mut raw = ByteRecord::new();
    let mut rows = Vec::new();
    while rows.len() < 2 && file.next(&mut raw)? {
        if [i64::from(lines.0), i64::from(lines.1)].contains(&line_of(&raw)) {
            rows.push(raw.clone());
        }
    }
    let [a, b] = &rows[..] else {
        return Ok(None);
    };
    let of = |row: &ByteRecord, place| text(&file.header, row, place);
    let id = of(a, column::BOOKING_ID);
    if id != of(b, column::BOOKING_ID) {
        return Ok(None);
    }
    let mut differs = Vec::new();
    for (place, what) in [
        (column::CONVERSATION_ID, "conversations"),
        (column::HOST_ID, "hosts"),
    ] {
        if of(a, place) != of(b, place) {
            differs.push((place, what));
        }
    }
    let payment = |row| {
        (
            of(row, column::CHARGE_ID),
            of(row, column::PAYMENT_INTENT_ID),
        )
    };
    if other_charge(&payment(a), &payment(b), String::is_empty) {
        let by_charge =
            !of(a, column::CHARGE_ID).is_empty() && !of(b, column::CHARGE_ID).is_empty();
        let place = if by_charge {
            column::CHARGE_ID
        } else {
            column::PAYMENT_INTENT_ID
        };
        differs.push((place, "payments"));
    }
    if differs.is_empty() {
        return Ok(None);
    }
    let words: Vec<String> = differs
        .iter()
        .map(|(place, what)| format!("different {what} ({} and {})", of(a, *place), of(b, *place)))
        .collect();
    let columns: Vec<&str> = differs
        .iter()
        .map(|(p, _)| booking::COLUMNS[*p].0)
        .collect();
    let (first, second) = lines;
    Ok(Some(
        Error::new(
            Code::MangledId,
            format!(
                "Lines {first} and {second} have the same booking_id {id}, but {}. A spreadsheet that rounds long numbers makes one id of several: export the file again and import it without opening it in a spreadsheet. Nothing was imported.",
                words.join(" and ")
            ),
        )
        .with_details(json!({ "lines": [first, second], "booking_id": id, "differs": columns })),
    ))
}

/// A column's id without marks; empty where there is none, or no text.
fn text(header: &Header, raw: &ByteRecord, place: usize) -> String {
    let field = header.place(place).and_then(|i| raw.get(i)).unwrap_or(b"");
    let text = std::str::from_utf8(field).unwrap_or_default();
    ids::clean(text.trim()).into_owned()
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[allow(clippy::cast_possible_truncation, reason = "half of a hash is meant")]
fn short(hash: u64) -> u32 {
    hash as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "booking_id,conversation_id,host_id,booked_at,starts_at,ends_at,status,price,currency,charge_id,payment_intent_id";

    fn judged(rows: &[&str]) -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.csv");
        let rows: Vec<String> = rows
            .iter()
            .map(|r| {
                let f: Vec<&str> = r.split(',').collect();
                format!(
                    "{},{},{},t,t,t,COMPLETED,1,USD,{},{}",
                    f[0], f[1], f[2], f[3], f[4]
                )
            })
            .collect();
        std::fs::write(&path, format!("{HEADER}\n{}\n", rows.join("\n"))).unwrap();
        let source = SourceFile::open(&path, None, &crate::jobs::Job::unwatched()).unwrap();
        let mut file = CsvFile::open(&source, &booking::COLUMNS, "bookings").unwrap();
        let mut same = SameIds::default();
        let mut raw = ByteRecord::new();
        while file.next(&mut raw).unwrap() {
            same.saw(&file.header, &raw);
        }
        same.judge(&source)
    }

    #[test]
    fn rows_of_one_id_that_are_different_bookings_refuse_the_file() {
        for (rows, lines, differs) in [
            (
                ["b1,c1,h1,ch1,pi1", "b2,c2,h1,ch2,pi2", "b1,c3,h1,ch1,pi1"],
                json!([2, 4]),
                json!(["conversation_id"]),
            ),
            (
                ["b1,c1,h1,ch1,pi1", "b1,c1,h2,ch1,pi1", "b2,c2,h1,ch2,pi2"],
                json!([2, 3]),
                json!(["host_id"]),
            ),
            (
                ["b2,c2,h1,,", "b1,c1,h1,ch1,pi1", "b1,c1,h1,ch2,pi1"],
                json!([3, 4]),
                json!(["charge_id"]),
            ),
            (
                ["b1,c1,h1,,pi1", "b1,c1,h1,ch1,", "b1,c1,h1,,pi2"],
                json!([2, 4]),
                json!(["payment_intent_id"]),
            ),
            (
                [
                    "1.2E+17,c1,h1,ch1,",
                    "='1.2E+17,c2,h2,ch2,",
                    "=\"1.2E+17\",c2,h2,ch2,",
                ],
                json!([2, 4]),
                json!(["conversation_id", "host_id", "charge_id"]),
            ),
        ] {
            let e = judged(&rows).unwrap_err();
            assert_eq!(e.code, Code::MangledId, "{rows:?}");
            assert_eq!(
                (&e.details["lines"], &e.details["differs"]),
                (&lines, &differs),
                "{rows:?}"
            );
        }
    }

    #[test]
    fn versions_of_one_booking_are_no_clash() {
        judged(&[
            "b1,c1,h1,,",
            "b1,c1,h1,ch1,",
            "b1,c1,h1,ch1,pi1",
            "'b1,c1,h1,,",
        ])
        .unwrap();
        judged(&[
            "b1,c1,h1,ch1,pi1",
            "'b1,'c1,=\"h1\",ch1,pi1",
            "b2,c1,h1,ch1,pi1",
        ])
        .unwrap();
        judged(&[]).unwrap();
    }
}
