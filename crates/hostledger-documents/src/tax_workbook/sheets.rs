//! The workbook's sheets. Texts are written as strings, so that none is ever a formula.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Worksheet, utility};

use super::{TITLES, TaxSummary};
use crate::Error;

pub(super) const BLOCKED_TITLES: [&str; 3] = ["Host", "Name", "Reason"];
/// Column of "Transactions", and of "Gross (1a)" with the other amounts to its right.
const TRANSACTIONS: u16 = 6;
const GROSS: u16 = 7;
/// From here on an f64 doesn't hold every cent: 2^53.
const MOST_CENTS: i64 = 1 << 53;

struct Formats {
    head: Format,
    head_right: Format,
    /// Texts that begin like a formula, so that they stay texts when somebody edits them.
    quoted: Format,
    amount: Format,
    count: Format,
    total: Format,
    total_amount: Format,
    total_count: Format,
}

impl Formats {
    fn new() -> Self {
        let head = Format::new()
            .set_bold()
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(Color::Gray);
        let total = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        let (amount, count) = ("#,##0.00", "#,##0");
        Self {
            head_right: head.clone().set_align(FormatAlign::Right),
            head,
            quoted: Format::new().set_quote_prefix(),
            amount: Format::new().set_num_format(amount),
            count: Format::new().set_num_format(count),
            total_amount: total.clone().set_num_format(amount),
            total_count: total.clone().set_num_format(count),
            total,
        }
    }
}

/// One row per form and a row of totals.
pub(super) fn forms(sheet: &mut Worksheet, summary: &TaxSummary) -> Result<(), Error> {
    let formats = Formats::new();
    sheet.set_name("Forms")?;
    head(sheet, &TITLES, TRANSACTIONS..GROSS + 14, &formats)?;
    let widths = [16, 34, 13, 7, 12, 12, 13, 15];
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_column_range_width(GROSS + 1, GROSS + 13, 14)?;
    sheet.set_column_width(GROSS + 14, 60)?;
    let mut totals = [0_i64; 14];
    let mut transactions = 0_u64;
    let mut row = 1;
    for form in &summary.forms {
        let texts = [
            &form.host_id,
            &form.name,
            &form.tin_truncated,
            &form.state,
            &form.kind,
            &form.status,
        ];
        for (column, text) in (0..).zip(texts) {
            write_text(sheet, (row, column), text, &formats)?;
        }
        sheet.write_number_with_format(row, TRANSACTIONS, form.transactions, &formats.count)?;
        transactions += u64::from(form.transactions);
        for ((column, cents), total) in (GROSS..).zip(form.amounts()).zip(&mut totals) {
            sheet.write_number_with_format(row, column, number(cents)?, &formats.amount)?;
            *total = total.saturating_add(cents);
        }
        write_text(sheet, (row, GROSS + 14), &form.due_by(), &formats)?;
        row += 1;
    }
    for column in 0..TRANSACTIONS {
        sheet.write_blank(row, column, &formats.total)?;
    }
    sheet.write_string_with_format(row, 0, "Total", &formats.total)?;
    let counted = sum(row, TRANSACTIONS, transactions.to_string());
    sheet.write_formula_with_format(row, TRANSACTIONS, counted, &formats.total_count)?;
    for (column, cents) in (GROSS..).zip(totals) {
        let total = sum(row, column, number(cents)?.to_string());
        sheet.write_formula_with_format(row, column, total, &formats.total_amount)?;
    }
    sheet.write_blank(row, GROSS + 14, &formats.total)?;
    Ok(())
}

/// Hosts without a form and why.
pub(super) fn blocked(sheet: &mut Worksheet, summary: &TaxSummary) -> Result<(), Error> {
    let formats = Formats::new();
    sheet.set_name("Blocked")?;
    head(sheet, &BLOCKED_TITLES, 1..1, &formats)?;
    for (column, width) in (0..).zip([16, 34, 70]) {
        sheet.set_column_width(column, width)?;
    }
    for (row, blocked) in (1..).zip(&summary.blocked) {
        let texts = [&blocked.host_id, &blocked.name, &blocked.reason];
        for (column, text) in (0..).zip(texts) {
            write_text(sheet, (row, column), text, &formats)?;
        }
    }
    Ok(())
}

/// What the forms of one state come to.
#[derive(Default)]
struct State {
    forms: u32,
    transactions: u64,
    gross_cents: i64,
    withheld_cents: i64,
}

/// One row per state of the payees' addresses, and a row of totals.
pub(super) fn by_state(sheet: &mut Worksheet, summary: &TaxSummary) -> Result<(), Error> {
    let formats = Formats::new();
    sheet.set_name("By state")?;
    let titles = [
        "State",
        "Forms",
        "Transactions",
        "Gross (1a)",
        "Withheld (4)",
        "What to do",
    ];
    head(sheet, &titles, 1..5, &formats)?;
    for (column, width) in (0..).zip([9, 9, 13, 16, 14, 70]) {
        sheet.set_column_width(column, width)?;
    }
    let mut states: BTreeMap<&str, State> = BTreeMap::new();
    let mut all = State::default();
    for form in &summary.forms {
        for sum in [states.entry(&form.state).or_default(), &mut all] {
            sum.forms += 1;
            sum.transactions += u64::from(form.transactions);
            sum.gross_cents = sum.gross_cents.saturating_add(form.gross_cents);
            sum.withheld_cents = sum.withheld_cents.saturating_add(form.withheld_cents);
        }
    }
    let mut row = 1;
    for (name, state) in &states {
        let shown = if name.is_empty() { "none" } else { name };
        write_text(sheet, (row, 0), shown, &formats)?;
        sheet.write_number_with_format(row, 1, state.forms, &formats.count)?;
        let transactions = u32::try_from(state.transactions).map_err(|_| Error::Unfit {
            place: format!("transactions of {shown}"),
            reason: "more than a sheet counts".into(),
        })?;
        sheet.write_number_with_format(row, 2, transactions, &formats.count)?;
        for (column, cents) in [(3, state.gross_cents), (4, state.withheld_cents)] {
            sheet.write_number_with_format(row, column, number(cents)?, &formats.amount)?;
        }
        if let Some(note) = summary.state_notes.get(*name) {
            write_text(sheet, (row, 5), note, &formats)?;
        }
        row += 1;
    }
    sheet.write_string_with_format(row, 0, "Total", &formats.total)?;
    for (column, result, format) in [
        (1, all.forms.to_string(), &formats.total_count),
        (2, all.transactions.to_string(), &formats.total_count),
        (
            3,
            number(all.gross_cents)?.to_string(),
            &formats.total_amount,
        ),
        (
            4,
            number(all.withheld_cents)?.to_string(),
            &formats.total_amount,
        ),
    ] {
        sheet.write_formula_with_format(row, column, sum(row, column, result), format)?;
    }
    sheet.write_blank(row, 5, &formats.total)?;
    Ok(())
}

/// The heading, which stays when the sheet is scrolled; columns in `right` have numbers.
fn head(
    sheet: &mut Worksheet,
    titles: &[&str],
    right: std::ops::Range<u16>,
    formats: &Formats,
) -> Result<(), Error> {
    for (column, title) in (0..).zip(titles) {
        let format = if right.contains(&column) {
            &formats.head_right
        } else {
            &formats.head
        };
        sheet.write_string_with_format(0, column, *title, format)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape();
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Somebody's text, as a string.
fn write_text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    formats: &Formats,
) -> Result<(), Error> {
    if text.starts_with(['=', '+', '-', '@']) {
        sheet.write_string_with_format(row, column, text, &formats.quoted)?;
    } else {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

/// The sum of what stands above, from row 2 on, with its result for readers that don't compute.
/// Above an empty table it is the sum of the heading, which is 0.
fn sum(row: u32, column: u16, result: String) -> Formula {
    let first = utility::row_col_to_cell(1.min(row - 1), column);
    let last = utility::row_col_to_cell(row - 1, column);
    Formula::new(format!("=SUM({first}:{last})")).set_result(result)
}

/// Cents as the number that a spreadsheet holds. A spreadsheet has nothing but f64; below 2^53
/// cents the nearest f64 to the decimal shows and adds up to the right cents.
#[allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a spreadsheet's numbers are f64; amounts are checked to be below 2^53 cents"
)]
fn number(cents: i64) -> Result<f64, Error> {
    if cents.unsigned_abs() >= MOST_CENTS.unsigned_abs() {
        return Err(Error::Unfit {
            place: "an amount of the workbook".into(),
            reason: format!("{cents} cents are more than a spreadsheet holds exactly"),
        });
    }
    Ok(cents as f64 / 100.0)
}
