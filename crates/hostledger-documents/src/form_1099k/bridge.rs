//! The bridge: a table per currency from box 1a, month by month, to what was paid.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use hostledger_core::{Currency, Money};

use super::{Bridge, BridgeRow, BridgeSection};
use crate::figure::Figure;
use crate::paper::{
    Align, Column, GUTTER, Ink, MONTHS, Prose, Sheets, Style, Table, Weight, paragraph, section,
};
use crate::{Error, amount_on_paper};

const WORDS: Prose = Prose {
    style: Style::new(Weight::Regular, 8.75, Ink::Black),
    leading: 12.25,
    above: 5.0,
    indent: 0.0,
};
const NOTE: Prose = Prose {
    style: Style::new(Weight::Regular, 8.0, Ink::Grey),
    leading: 11.0,
    above: 4.0,
    indent: 0.0,
};
/// Size of the figures, smaller where they are long.
const SIZE: f32 = 8.0;
/// The column of months has at least this width.
const MONTH: f32 = 46.0;

const READING: &str = "From left to right, each row leads from the balance carried in, by the \
    month's gross and everything that was added or taken off, to what was paid and the balance \
    carried out. Rows and columns add up exactly; deductions have a minus.";

/// The table's columns as a reader meets them.
const TITLES: [&str; 10] = [
    "Month",
    "Balance carried in",
    "Gross (box\u{A0}1a)",
    "Refunds and voids",
    "Platform fees",
    "Processing fees",
    "Other adjustments",
    "Tax withheld",
    "Paid out",
    "Balance carried out",
];

pub(super) fn draw(sheets: &mut Sheets<'_>, bridge: &Bridge) -> Result<(), Error> {
    sheets.new_page();
    section(sheets, "From box 1a to what you were paid");
    paragraph(sheets, &WORDS, READING, 0.0);
    for part in &bridge.sections {
        table(sheets, part)?;
    }
    if !bridge.notes.is_empty() {
        sheets.y += 6.0;
    }
    for note in &bridge.notes {
        paragraph(sheets, &WORDS, note, 0.0);
    }
    Ok(())
}

fn table(sheets: &mut Sheets<'_>, part: &BridgeSection) -> Result<(), Error> {
    let months = part.months.iter().zip(MONTHS);
    let months: Vec<_> = months
        .map(|(row, month)| cells(month, row, part.currency))
        .collect();
    let year = cells("Year", &part.total, part.currency);
    let all: Vec<&[String]> = months.iter().chain([&year]).map(Vec::as_slice).collect();
    let mut table = Table::new(columns(sheets, &all), 0, SIZE);
    for row in &all {
        for (column, cell) in row.iter().enumerate() {
            table.measure(sheets, column, cell);
        }
    }
    table.settle(sheets, MONTH)?;
    let rows: f32 = (0..14).map(|_| table.row_height()).sum();
    // A currency's table stands on one page with its heading and the line below.
    sheets.need(34.0 + table.head_height() + rows + 24.0);
    section(sheets, &format!("In {}", part.currency));
    sheets.y += 3.0;
    table.draw_head(sheets);
    for row in &months {
        let row = table.row(sheets, &texts(row), Weight::Regular, Ink::Black);
        table.draw(sheets, row);
    }
    table.rule_from(sheets, 0, 0.55);
    let row = table.row(sheets, &texts(&year), Weight::SemiBold, Ink::Black);
    table.draw(sheets, row);
    if part.currency != Currency::USD {
        let share = Money::new(part.box_1a_cents, Currency::USD);
        let gross = Money::new(part.total.gross_minor, part.currency);
        let words = format!(
            "In box 1a the gross of {} counts as {}, converted at the rate of each transaction's \
             day.",
            amount_on_paper(gross),
            amount_on_paper(share)
        );
        paragraph(sheets, &NOTE, &words, 0.0);
    }
    Ok(())
}

/// The columns, the figures' as wide as they need and with what is left shared out alike. Where
/// they need more than the page has, the table makes them smaller.
fn columns(sheets: &Sheets<'_>, rows: &[&[String]]) -> Vec<Column> {
    let needs: Vec<f32> = TITLES
        .iter()
        .enumerate()
        .skip(1)
        .map(|(i, title)| {
            let face = sheets.face;
            let figures = rows.iter().map(|row| row[i].as_str());
            let words = title.split(' ');
            figures
                .chain(words)
                .map(|text| face.width(Weight::SemiBold, SIZE, text))
                .fold(0.0, f32::max)
        })
        .collect();
    let figures: f32 = needs.iter().map(|need| need + GUTTER).sum();
    let spare = sheets.right() - sheets.left() - MONTH - figures;
    let share = spare / needs.iter().map(|_| 1.0).sum::<f32>() - 0.5;
    let month = Column::text(TITLES[0], MONTH);
    let others = TITLES.iter().skip(1).zip(&needs).map(|(title, need)| {
        if share > 0.0 {
            Column::sized(*title, Align::Right, need + share)
        } else {
            Column::whole(*title, Align::Right)
        }
    });
    std::iter::once(month).chain(others).collect()
}

/// A row for paper, deductions with their minus.
fn cells(label: &str, row: &BridgeRow, currency: Currency) -> Vec<String> {
    let given = |amount| Figure::of(Money::new(amount, currency));
    let taken = |amount| given(amount).negated();
    let figures = [
        given(row.carried_in_minor),
        given(row.gross_minor),
        taken(row.refunds_minor),
        taken(row.platform_fees_minor),
        taken(row.processing_fees_minor),
        given(row.adjustments_minor),
        taken(row.withheld_minor),
        taken(row.paid_minor),
        given(row.carried_out_minor),
    ];
    std::iter::once(label.to_owned())
        .chain(figures.map(Figure::for_paper))
        .collect()
}

fn texts(row: &[String]) -> Vec<&str> {
    row.iter().map(String::as_str).collect()
}
