//! Reading a CSV file row by row: its separator and its header.

use csv::{ByteRecord, ReaderBuilder};
use hostledger_core::booking::{Header, HeaderProblem};
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::{Code, Error, file_trouble, ids};
use serde_json::{Map, Value, json};

use crate::Result;
use crate::csv_rows::{Broken, RowReader};
use crate::foreign_files;
use crate::imports::ImportKind;
use crate::jobs::Job;
use crate::source_file::{SourceFile, SourceText};

/// An open CSV file with its header found.
pub(crate) struct CsvFile {
    pub(crate) header: Header,
    pub(crate) names: Vec<String>,
    reader: RowReader<SourceText>,
    source: SourceFile,
    rows: u64,
}

/// The most columns that a file can have.
const MOST_COLUMNS: usize = 1000;

/// How often a job that goes through a file says how far it is and asks whether to stop, in rows.
const ROWS_BETWEEN_REPORTS: u64 = 256;

impl CsvFile {
    /// Opens a file whose header must hold a format's columns.
    ///
    /// # Errors
    /// [`Code::WrongFile`], [`Code::BrokenFile`]; file errors.
    pub(crate) fn open(source: &SourceFile, columns: &[(&str, bool)], what: &str) -> Result<Self> {
        let name = &source.name;
        let refuse = |why: &str| {
            Error::new(
                Code::WrongFile,
                format!("{name} is no {what} export: {why} Nothing was imported."),
            )
        };
        if source.bytes == 0 {
            return Err(refuse("it is empty."));
        }
        let (hint, head) = separator_hint(&source.head);
        let mut best: Option<(u8, Vec<String>)> = None;
        let separators: &[u8] = match &hint {
            Some(separator) => &[*separator],
            None => b",;\t|",
        };
        for separator in separators {
            let names = header_names(head, *separator);
            let found = |names: &[String]| {
                let is = |n: &String, c: &str| column_name(n) == c;
                let known = columns
                    .iter()
                    .filter(|(c, _)| names.iter().any(|n| is(n, c)));
                (known.count(), names.len())
            };
            if best.as_ref().is_none_or(|(_, b)| found(&names) > found(b)) {
                best = Some((*separator, names));
            }
        }
        let (separator, names) = best.unwrap_or((b',', Vec::new()));
        if names.len() > MOST_COLUMNS {
            return Err(refuse(&format!(
                "it has {} columns, more than the {MOST_COLUMNS} that a file can have.",
                names.len()
            )));
        }
        let borrowed: Vec<&str> = names.iter().map(String::as_str).collect();
        let header = Header::find(columns, &borrowed)
            .map_err(|p| not_this(&p, name, what, columns, &names))?;
        let broken = |b| refusal(b, name, names.len());
        let mut reader = RowReader::new(source.text()?, separator).map_err(broken)?;
        if hint.is_some() {
            reader.skip_line().map_err(broken)?;
        }
        reader.next(&mut ByteRecord::new()).map_err(broken)?;
        let names = names.iter().map(|n| column_name(n)).collect();
        Ok(Self {
            header,
            names,
            reader,
            source: source.clone(),
            rows: 0,
        })
    }

    /// The next row, for a job that says how far it is and stops where somebody wants
    /// that: the physical line it begins on; `None` at the end.
    ///
    /// # Errors
    /// [`Code::BrokenFile`], [`Code::Cancelled`]; file errors.
    pub(crate) fn next_in(
        &mut self,
        job: &Job,
        label: &'static str,
        row: &mut ByteRecord,
    ) -> Result<Option<i64>> {
        if !self.next(row)? {
            return Ok(None);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(ROWS_BETWEEN_REPORTS) {
            job.check()?;
            job.progress(label, self.bytes_read(), Some(self.source.bytes));
        }
        Ok(Some(line_of(row)))
    }

    /// The next row; `false` at the end. Rows of separators alone are as blank lines, and empty
    /// cells behind the last column, which some programs write, are none. At the end the file must be
    /// what it was when it was opened.
    ///
    /// # Errors
    /// [`Code::BrokenFile`]; file errors.
    pub(crate) fn next(&mut self, row: &mut ByteRecord) -> Result<bool> {
        let is_blank = |f: &[u8]| f.iter().all(u8::is_ascii_whitespace);
        loop {
            let there = self
                .reader
                .next(row)
                .map_err(|b| refusal(b, &self.source.name, self.names.len()))?;
            if !there {
                self.source.is_what_was_read(self.reader.input())?;
            }
            if !there || !row.iter().all(is_blank) {
                break;
            }
        }
        let width = self.names.len();
        if row.len() > width && row.iter().skip(width).all(is_blank) {
            row.truncate(width);
        }
        if row.len() < width && self.names[row.len()..].iter().all(String::is_empty) {
            while row.len() < width {
                row.push_field(b"");
            }
        }
        Ok(!row.is_empty())
    }

    /// The byte up to which the file was read.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.reader.input().bytes_read()
    }
}

/// A broken file as a refusal of the whole, with the line to look at and the remedy.
fn refusal(broken: Broken, name: &str, width: usize) -> Error {
    let (line, what) = match broken {
        Broken::Io(e) => {
            return Error::new(
                Code::FileProblem,
                format!(
                    "The file can't be read to its end: {} Nothing was imported.",
                    file_trouble::in_words(&e)
                ),
            );
        }
        Broken::CutInRow { line, fields } => (
            line,
            format!(
                "it ends inside the row on line {line}, which has {fields} of {width} fields and no line end. It was cut short on its way: download or export it again."
            ),
        ),
        Broken::OpenQuote { line } => (
            line,
            format!(
                "a quote opens on line {line} and never closes. Either the file was cut short on its way, or a cell with a quote in it was written without doubling the quote. Download or export it again; if it stays so, ask the sender for a CSV export with quoted cells."
            ),
        ),
        Broken::TextAfterQuote { line, closed_on } => (
            line,
            format!(
                "a quote that opens on line {line} closes {} in the middle of a text, so nobody can tell where the cell ends. The quotes in it weren't doubled: ask the sender for a CSV export with quoted cells, or take the quote out of that text at its source and export again.",
                on_line(line, closed_on)
            ),
        ),
        Broken::SwallowsRows { line, closed_on } => (
            line,
            format!(
                "a quote that opens on line {line} and closes {} would swallow the rows between. A quote in a text wasn't doubled: ask the sender for a CSV export with quoted cells, or take the quote out of that text at its source and export again.",
                on_line(line, closed_on)
            ),
        ),
        Broken::TooLong { line } => (
            line,
            format!(
                "the row that begins on line {line} is longer than a row can be. Check that it is the right file, and export it again."
            ),
        ),
    };
    Error::new(
        Code::BrokenFile,
        format!("{name} is broken: {what} Nothing was imported."),
    )
    .with_details(json!({ "line": line }))
}

fn on_line(opened: u64, closed: u64) -> String {
    if opened == closed {
        "there".to_owned()
    } else {
        format!("on line {closed}")
    }
}

/// The physical line of the file that a row begins on.
pub(crate) fn line_of(row: &ByteRecord) -> i64 {
    row.position()
        .map_or(0, |p| i64::try_from(p.line()).unwrap_or(0))
}

/// A column's name as it is known: in lower case, without blanks around and invisible marks.
fn column_name(name: &str) -> String {
    let seen: String = name.chars().filter(|c| !ids::is_invisible(*c)).collect();
    seen.trim().to_ascii_lowercase()
}

/// What a first line such as `sep=;` says, which spreadsheets write and read, and the text behind it.
fn separator_hint(start: &[u8]) -> (Option<u8>, &[u8]) {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let line = text
        .split(|b| matches!(b, b'\n' | b'\r'))
        .next()
        .unwrap_or_default();
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => {
            let rest = &text[line.len()..];
            let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..));
            (Some(*separator), rest.unwrap_or_default())
        }
        _ => (None, start),
    }
}

/// A file that isn't of a kind: what it is, or what it lacks and how that may be called there.
fn not_this(
    p: &HeaderProblem,
    name: &str,
    what: &str,
    columns: &[(&str, bool)],
    names: &[String],
) -> Error {
    let details = json!({ "missing": p.missing, "twice": p.twice });
    let refuse = |why: String| {
        Error::new(
            Code::WrongFile,
            format!("{name} is no {what} export: {why} Nothing was imported."),
        )
        .with_details(details.clone())
    };
    let is_there = |c: &str| names.iter().any(|n| column_name(n) == c);
    let needed = |columns: &[(&str, bool)]| columns.iter().filter(|c| c.1).count();
    let other = ImportKind::ALL.into_iter().find(|k| {
        k.columns() != columns
            && k.columns()
                .iter()
                .all(|(c, required)| !required || is_there(c))
    });
    if let Some(kind) = other.filter(|_| !p.missing.is_empty()) {
        let kind = kind.as_str();
        return refuse(format!("it is {kind}. Import it as {kind}."));
    }
    // What has half of the columns is ours, however some are called.
    if p.missing.len() * 2 > needed(columns)
        && let Some(report) = foreign_files::whose(names)
    {
        return refuse(format!("it is {report}."));
    }
    let mut why = Vec::new();
    if !p.missing.is_empty() {
        why.push(format!("it has no column {}", p.missing.join(", ")));
    }
    if !p.twice.is_empty() {
        why.push(format!(
            "it has the column {} more than once",
            p.twice.join(", ")
        ));
    }
    let free: Vec<String> = names
        .iter()
        .filter(|n| !columns.iter().any(|(c, _)| column_name(n) == *c))
        .cloned()
        .collect();
    let guesses: Vec<String> = p
        .missing
        .iter()
        .filter_map(|c| {
            Some(format!(
                "\"{}\" may be {c}",
                foreign_files::may_be(c, &free)?.trim()
            ))
        })
        .collect();
    let guesses = match guesses.as_slice() {
        [] => String::new(),
        some => format!(" In this file {}: rename what is so.", some.join(", ")),
    };
    refuse(format!(
        "{}.{guesses} Check that it is the right file and that its first line holds the column names.",
        why.join(" and ")
    ))
}

/// The cells of a text's first line.
pub(crate) fn header_names(start: &[u8], separator: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(start);
    let mut record = ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => record
            .iter()
            .map(|f| String::from_utf8_lossy(f).into_owned())
            .collect(),
        _ => Vec::new(),
    }
}

/// The fields of a row as text.
pub(crate) fn text_fields(raw: &ByteRecord) -> std::result::Result<Vec<&str>, RowProblem> {
    raw.iter()
        .map(|field| {
            std::str::from_utf8(field).map_err(|_| {
                RowProblem::new(
                    ExceptionCode::MalformedRow,
                    "The row is not UTF-8 text. Ask for the export in UTF-8.",
                )
            })
        })
        .collect()
}

/// A row as it stood in the file, by column; fields beyond the header are `field N`.
pub(crate) fn row_as_json(
    names: &[String],
    fields: impl Iterator<Item = impl AsRef<[u8]>>,
) -> String {
    let mut map = Map::new();
    for (i, field) in fields.enumerate() {
        let mut name = names
            .get(i)
            .filter(|n| !n.is_empty())
            .cloned()
            .unwrap_or_else(|| format!("field {}", i + 1));
        if map.contains_key(&name) {
            name = format!("{name} ({})", i + 1);
        }
        map.insert(
            name,
            Value::String(String::from_utf8_lossy(field.as_ref()).into_owned()),
        );
    }
    Value::Object(map).to_string()
}

/// Column names and fields of a row kept as JSON.
pub(crate) fn row_from_json(text: &str) -> (Vec<String>, Vec<String>) {
    let map: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    map.into_iter()
        .map(|(k, v)| (k, v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
        .unzip()
}
