//! Returns of form 1099-K as the CSV that the IRS's IRIS portal takes.
//!
//! The portal's template is behind its login and changes yearly (`docs/tax.md`). Without a
//! template's header row the file has a built-in header, modelled on the portal's published one
//! of form 1099-NEC and extended by the boxes of 1099-K. With one, columns are told by their
//! names, the file has exactly those columns in their order, and nothing is written where a value
//! has no column.

mod columns;
mod document;

pub use columns::has_refused;
pub use document::{IrisName, IrisParty, IrisReturn, IrisState, IrisTinType};

use std::collections::{HashMap, HashSet};

use columns::{CORRECTED, Field, bare, box_number, fields};

use crate::Error;

/// How the file is laid out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout<'a> {
    /// The portal's own header row; `None`: the built-in header.
    pub template_header: Option<&'a str>,
    /// Which of the template's columns are meant by other names of ours.
    pub columns: &'a [Column],
    /// Names and addresses go without the characters that the portal is said to refuse
    /// ([`has_refused`]).
    pub without_refused: bool,
}

/// A column of a template and the value that belongs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The template's name; empty: the value is left out knowingly.
    pub theirs: String,
    /// The built-in header's name.
    pub ours: String,
}

/// Tests columns that a person gave against a template.
///
/// # Errors
/// [`Error::BadHeader`]: no such column in the template or in the built-in header, or one column for
/// two values.
pub fn check_columns(template_header: &str, columns: &[Column]) -> Result<(), Error> {
    let header = header_row(template_header)?;
    let ours = built_in(true)?;
    let mut taken = HashSet::new();
    for column in columns {
        let (theirs, own) = (bare(&column.theirs), bare(&column.ours));
        if !ours.iter().any(|o| bare(o) == own) {
            return Err(Error::BadHeader(format!(
                "there is no value \"{}\"; values are named as the built-in header names them",
                column.ours
            )));
        }
        if theirs.is_empty() {
            continue;
        }
        if !header.iter().any(|h| bare(h) == theirs) {
            return Err(Error::BadHeader(format!(
                "it has no column \"{}\"",
                column.theirs
            )));
        }
        if !taken.insert(theirs) {
            return Err(Error::BadHeader(format!(
                "two values for \"{}\"",
                column.theirs
            )));
        }
    }
    Ok(())
}

/// Returns that the portal takes in one file; the caller splits.
pub const RETURNS_PER_FILE: usize = 100;

/// The file: a header row and a row per return, UTF-8, lines ending in CR LF.
///
/// TINs, telephone numbers and US ZIP codes are digits alone, flags Y or N, amounts "1234.56".
/// Accents are dropped from names and addresses; what has no plain Latin form stays, for the
/// portal to name. A text that starts like a formula stays as it is: the portal would read an
/// apostrophe before it as part of it. The built-in header has a column "Corrected" only where a
/// return is a correction.
///
/// # Errors
/// [`Error::TooMany`] for more than [`RETURNS_PER_FILE`]; [`Error::NoColumn`] with every box that
/// has a value but no column; [`Error::BadHeader`] for an empty header row or two columns for one
/// value; [`Error::Unfit`] for a TIN that isn't nine digits, a negative amount, or a third state.
pub fn write(returns: &[IrisReturn], layout: &Layout<'_>) -> Result<String, Error> {
    if returns.len() > RETURNS_PER_FILE {
        return Err(Error::TooMany {
            found: returns.len(),
            most: RETURNS_PER_FILE,
        });
    }
    let rows: Vec<Vec<Field>> = returns
        .iter()
        .map(|given| fields(given, layout.without_refused))
        .collect::<Result<_, _>>()?;
    let header = match layout.template_header {
        Some(text) => header_row(text)?,
        None => built_in(returns.iter().any(|given| given.corrected))?,
    };
    let places = Places::of(&header, layout.columns)?;
    let mut missing: Vec<String> = Vec::new();
    for field in rows.iter().flatten() {
        let is_told = places.of_field(field).is_some() || places.leaves_out(&field.column);
        if field.matters && !is_told && !missing.contains(&field.column) {
            missing.push(field.column.clone());
        }
    }
    if !missing.is_empty() {
        return Err(Error::NoColumn { missing });
    }
    let mut file = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    file.write_record(&header)?;
    for row in rows {
        let mut cells = vec![String::new(); header.len()];
        for field in row {
            if let Some((place, value)) = places.of_field(&field) {
                cells[place] = value.to_owned();
            }
        }
        file.write_record(&cells)?;
    }
    let bytes = file.into_inner().map_err(|e| Error::Io(e.into_error()))?;
    String::from_utf8(bytes).map_err(|e| Error::Io(std::io::Error::other(e)))
}

/// Columns of a template's header row that stay empty because nothing here belongs in them: for
/// the user to look at before filing.
///
/// # Errors
/// [`Error::BadHeader`] as [`write`].
pub fn unused_columns(template_header: &str, columns: &[Column]) -> Result<Vec<String>, Error> {
    let header = header_row(template_header)?;
    let places = Places::of(&header, columns)?;
    let ours = fields(&blank(), false)?;
    let used: HashSet<usize> = ours
        .iter()
        .filter_map(|field| places.of_field(field))
        .map(|(place, _)| place)
        .collect();
    let unused = header.into_iter().enumerate();
    Ok(unused
        .filter(|(place, _)| !used.contains(place))
        .map(|(_, column)| column)
        .collect())
}

/// The names of the built-in header.
///
/// # Errors
/// None in practice: the sample return that it is read from has what a return needs.
fn built_in(with_corrected: bool) -> Result<Vec<String>, Error> {
    let names = fields(&blank(), false)?
        .into_iter()
        .map(|field| field.column);
    Ok(names
        .filter(|column| with_corrected || column != CORRECTED)
        .collect())
}

/// A return that says nothing.
fn blank() -> IrisReturn {
    let nobody = IrisParty {
        tin_type: IrisTinType::Ein,
        tin: "0".repeat(9),
        name: IrisName::Business {
            line_1: String::new(),
            line_2: String::new(),
        },
        country: String::new(),
        address_1: String::new(),
        address_2: String::new(),
        city: String::new(),
        state: String::new(),
        zip: String::new(),
    };
    IrisReturn {
        tax_year: 0,
        corrected: false,
        payer: nobody.clone(),
        payer_phone: String::new(),
        payer_email: String::new(),
        recipient: nobody,
        office_code: String::new(),
        account_number: String::new(),
        second_tin_notice: false,
        filer_is_pse: false,
        pse_name: String::new(),
        pse_phone: String::new(),
        gross_cents: 0,
        card_not_present_cents: None,
        cash_tips_cents: None,
        tipped_occupation_code: String::new(),
        merchant_category_code: String::new(),
        transactions: 0,
        withheld_cents: 0,
        months_cents: [0; 12],
        combined_filing: false,
        states: Vec::new(),
    }
}

/// The first row of what the user gave, as the portal wrote it.
fn header_row(text: &str) -> Result<Vec<String>, Error> {
    let text = text.trim_start_matches('\u{FEFF}').trim();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let first = reader.records().next();
    let header: Vec<String> = match first {
        Some(record) => record?.iter().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    if header.iter().all(|column| column.trim().is_empty()) {
        return Err(Error::BadHeader("it has no columns".into()));
    }
    Ok(header)
}

/// Where the columns of a header are.
struct Places {
    /// Name without case and punctuation, and box number, by place.
    columns: Vec<(String, Option<String>)>,
    /// By our name: the place that a person said, or that the value is left out.
    said: HashMap<String, Option<usize>>,
}

impl Places {
    fn of(header: &[String], said: &[Column]) -> Result<Self, Error> {
        let mut seen = HashSet::new();
        let mut columns = Vec::with_capacity(header.len());
        for column in header {
            let (name, number) = (bare(column), box_number(column));
            let key = number
                .clone()
                .map_or_else(|| name.clone(), |n| format!("box {n}"));
            if !name.is_empty() && !seen.insert(key) {
                return Err(Error::BadHeader(format!("two columns for \"{column}\"")));
            }
            columns.push((name, number));
        }
        let mut places = HashMap::new();
        for column in said {
            let theirs = bare(&column.theirs);
            let place = columns.iter().position(|(name, _)| *name == theirs);
            // What was said of another template of the year says nothing of this one.
            if theirs.is_empty() || place.is_some() {
                places.insert(bare(&column.ours), place);
            }
        }
        Ok(Self {
            columns,
            said: places,
        })
    }

    /// Where a field stands, and what stands there.
    fn of_field<'f>(&self, field: &'f Field) -> Option<(usize, &'f str)> {
        if let Some(place) = self.find(&field.column) {
            return Some((place, &field.value));
        }
        let (column, value) = field.instead?;
        self.find(column).map(|place| (place, value))
    }

    fn leaves_out(&self, column: &str) -> bool {
        self.said.get(&bare(column)) == Some(&None)
    }

    /// The column that a person said, or of the same name, or of the same box.
    fn find(&self, column: &str) -> Option<usize> {
        let (name, number) = (bare(column), box_number(column));
        if let Some(said) = self.said.get(&name) {
            return *said;
        }
        let is_free = |place: &usize| !self.said.values().any(|s| s.as_ref() == Some(place));
        let same_name = self
            .columns
            .iter()
            .position(|(other, _)| *other == name)
            .filter(is_free);
        same_name.or_else(|| {
            number.and_then(|number| {
                let same = |(_, other): &(_, Option<String>)| other.as_ref() == Some(&number);
                self.columns.iter().position(same).filter(is_free)
            })
        })
    }
}

#[cfg(test)]
mod tests;
