//! Returns of form 1099-K as the CSV that the IRS's IRIS portal takes.
//!
//! The portal's template is behind its login and changes yearly (`docs/tax.md`). Without a
//! template's header row the file has a built-in header, modelled on the portal's published one
//! of form 1099-NEC and extended by the boxes of 1099-K. With one, columns are told by their
//! names, the file has exactly those columns in their order, and nothing is written where a value
//! has no column.

mod columns;
mod document;

pub use document::{IrisName, IrisParty, IrisReturn, IrisState, IrisTinType};

use std::collections::HashSet;

use columns::{CORRECTED, Field, bare, box_number, fields};

use crate::Error;

/// Returns that the portal takes in one file; the caller splits.
pub const RETURNS_PER_FILE: usize = 100;

/// The file: a header row and a row per return, UTF-8, lines ending in CR LF.
///
/// TINs, telephone numbers and US ZIP codes are digits alone, flags Y or N, amounts "1234.56".
/// Accents are dropped from names and addresses; what has no plain Latin form stays, for the
/// portal to name. A text that starts like a formula gets an apostrophe ([`crate::csv_safe()`]).
/// The built-in header has a column "Corrected" only where a return is a correction.
///
/// # Errors
/// [`Error::TooMany`] for more than [`RETURNS_PER_FILE`]; [`Error::NoColumn`] with every box that
/// has a value but no column; [`Error::BadHeader`] for an empty header row or two columns for one
/// value; [`Error::Unfit`] for a TIN that isn't nine digits, a negative amount, or a third state.
pub fn write(returns: &[IrisReturn], template_header: Option<&str>) -> Result<String, Error> {
    if returns.len() > RETURNS_PER_FILE {
        return Err(Error::TooMany {
            found: returns.len(),
            most: RETURNS_PER_FILE,
        });
    }
    let rows: Vec<Vec<Field>> = returns.iter().map(fields).collect::<Result<_, _>>()?;
    let header = match template_header {
        Some(text) => header_row(text)?,
        None => built_in(returns.iter().any(|given| given.corrected))?,
    };
    let places = Places::of(&header)?;
    let mut missing: Vec<String> = Vec::new();
    for field in rows.iter().flatten() {
        if field.matters && places.of_field(field).is_none() && !missing.contains(&field.column) {
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
            if let Some(place) = places.of_field(&field) {
                cells[place] = field.value;
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
pub fn unused_columns(template_header: &str) -> Result<Vec<String>, Error> {
    let header = header_row(template_header)?;
    let places = Places::of(&header)?;
    let ours = built_in(true)?;
    let used: HashSet<usize> = ours
        .iter()
        .filter_map(|column| places.find(column))
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
    let names = fields(&blank())?.into_iter().map(|field| field.column);
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
}

impl Places {
    fn of(header: &[String]) -> Result<Self, Error> {
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
        Ok(Self { columns })
    }

    fn of_field(&self, field: &Field) -> Option<usize> {
        self.find(&field.column)
    }

    /// The column of the same name, or of the same box.
    fn find(&self, column: &str) -> Option<usize> {
        let (name, number) = (bare(column), box_number(column));
        let same_name = self.columns.iter().position(|(other, _)| *other == name);
        same_name.or_else(|| {
            number.and_then(|number| {
                let same = |(_, other): &(_, Option<String>)| other.as_ref() == Some(&number);
                self.columns.iter().position(same)
            })
        })
    }
}

#[cfg(test)]
mod tests;
