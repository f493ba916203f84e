//! The season of form 1099-K at a glance: a workbook with a sheet of the forms, one of the hosts
//! that are blocked, and one by state; and the first two as CSV.

mod sheets;

use std::collections::BTreeMap;

use hostledger_core::{Currency, Money};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use crate::{Error, csv_safe};

/// What the workbook says, as values that are already decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxSummary {
    /// The ledger's name.
    pub ledger_name: String,
    /// The tax year.
    pub year: i16,
    /// When it is made: UTC, `YYYY-MM-DDTHH:MM:SSZ`. The file's creation date.
    pub generated_at: String,
    /// One per form.
    pub forms: Vec<FormRow>,
    /// Hosts that can't get a form before something is put right.
    pub blocked: Vec<BlockedRow>,
    /// For a state's two letters, what is to be done there: "Files direct, due 2027-02-01".
    pub state_notes: BTreeMap<String, String>,
}

/// One form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormRow {
    /// The platform's id of the host.
    pub host_id: String,
    /// The payee's name.
    pub name: String,
    /// The TIN with all but its last four digits as X.
    pub tin_truncated: String,
    /// The payee's state. Empty: none.
    pub state: String,
    /// Why there is one: "Federal", "State", "Withholding".
    pub kind: String,
    /// How far it is: "Made", "Furnished", "Filed".
    pub status: String,
    /// Box 3.
    pub transactions: u32,
    /// Box 1a, cents of US dollars.
    pub gross_cents: i64,
    /// Boxes 5a to 5l, cents of US dollars.
    pub months_cents: [i64; 12],
    /// Box 4, cents of US dollars.
    pub withheld_cents: i64,
    /// Which rules made it due.
    pub rules: Vec<String>,
}

/// One host that is blocked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockedRow {
    /// The platform's id of the host.
    pub host_id: String,
    /// The host's name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Titles of the forms' columns, in order, in workbook and CSV.
const TITLES: [&str; 22] = [
    "Host",
    "Name",
    "TIN",
    "State",
    "Form",
    "Status",
    "Transactions",
    "Gross (1a)",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Withheld (4)",
    "Due by",
];

impl FormRow {
    fn due_by(&self) -> String {
        self.rules.join("; ")
    }

    /// Box 1a, the months, box 4: the columns from "Gross (1a)" to "Withheld (4)".
    fn amounts(&self) -> impl Iterator<Item = i64> {
        std::iter::once(self.gross_cents)
            .chain(self.months_cents)
            .chain(std::iter::once(self.withheld_cents))
    }
}

/// The workbook as XLSX. The same summary gives the same bytes.
///
/// # Errors
/// [`Error::BadTime`] when `generated_at` is no instant; [`Error::Unfit`] for an amount beyond
/// what a spreadsheet's numbers hold to the cent; [`Error::Workbook`] when it can't be put
/// together, for example with more forms than a sheet has rows.
pub fn workbook(summary: &TaxSummary) -> Result<Vec<u8>, Error> {
    let bad_time = |_| Error::BadTime {
        place: "generated_at".to_owned(),
        text: summary.generated_at.clone(),
        wanted: "an instant in UTC, YYYY-MM-DDTHH:MM:SSZ",
    };
    let made_at = ExcelDateTime::parse_from_str(&summary.generated_at).map_err(bad_time)?;
    let mut book = Workbook::new();
    let properties = DocProperties::new()
        .set_title(format!("Forms 1099-K {}", summary.year))
        .set_company(&summary.ledger_name)
        .set_author("Hostledger")
        .set_creation_datetime(&made_at);
    book.set_properties(&properties);
    sheets::forms(book.add_worksheet(), summary)?;
    sheets::blocked(book.add_worksheet(), summary)?;
    sheets::by_state(book.add_worksheet(), summary)?;
    Ok(book.save_to_buffer()?)
}

/// The forms as CSV with the same columns as the workbook's sheet, without a total. Texts that a
/// spreadsheet would take for a formula get an apostrophe ([`csv_safe()`]).
///
/// # Errors
/// [`Error::Csv`] when the writer fails.
pub fn summary_csv(summary: &TaxSummary) -> Result<String, Error> {
    let rows = summary.forms.iter().map(|form| {
        let texts = [
            &form.host_id,
            &form.name,
            &form.tin_truncated,
            &form.state,
            &form.kind,
            &form.status,
        ];
        let due_by = form.due_by();
        let mut row: Vec<String> = texts.map(|text| csv_safe(text).into_owned()).into();
        row.push(form.transactions.to_string());
        row.extend(
            form.amounts()
                .map(|cents| Money::new(cents, Currency::USD).digits()),
        );
        row.push(csv_safe(&due_by).into_owned());
        row
    });
    csv_of(&TITLES, rows)
}

/// The hosts that are blocked as CSV: host, name, reason.
///
/// # Errors
/// [`Error::Csv`] when the writer fails.
pub fn blocked_csv(summary: &TaxSummary) -> Result<String, Error> {
    let rows = summary.blocked.iter().map(|blocked| {
        [&blocked.host_id, &blocked.name, &blocked.reason]
            .map(|text| csv_safe(text).into_owned())
            .to_vec()
    });
    csv_of(&sheets::BLOCKED_TITLES, rows)
}

fn csv_of(titles: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<String, Error> {
    let mut file = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    file.write_record(titles)?;
    for row in rows {
        file.write_record(row)?;
    }
    let bytes = file.into_inner().map_err(|e| Error::Io(e.into_error()))?;
    String::from_utf8(bytes).map_err(|e| Error::Io(std::io::Error::other(e)))
}

#[cfg(test)]
mod tests;
