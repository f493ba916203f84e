//! Every payout with its lines: what the sums on the first pages are made of.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use std::borrow::Cow;

use super::listing::Running;
use super::{BatchDocument, BatchLine, BatchPayout};
use crate::Error;
use crate::figure::Figure;
use crate::paper::{Align, Column, Ink, Sheets, Style, Table, Weight, section, sentence_case};

const COLUMNS: usize = 8;
const NAME: Style = Style::new(Weight::SemiBold, 8.5, Ink::Black);
const SMALL: Style = Style::new(Weight::Regular, 7.5, Ink::Grey);

/// Draws the lines of every payout; returns for each the page it begins on, the first being 1.
pub(super) fn draw(sheets: &mut Sheets<'_>, document: &BatchDocument) -> Result<Vec<usize>, Error> {
    let table = table(sheets, document)?;
    let mut pages = Vec::with_capacity(document.payouts.len());
    section(sheets, "Lines of every payout");
    for (i, payout) in document.payouts.iter().enumerate() {
        // The table's heading stands once on a page, above the first payout.
        let first = i == 0;
        let heading = Heading::new(sheets, i + 1, payout)?;
        let least = heading.height() + table.head_height() + table.row_height() * 3.0;
        let fresh = !first && sheets.room() < least;
        if fresh {
            sheets.new_page();
        }
        if first || fresh {
            table.draw_head(sheets);
        }
        heading.draw(sheets);
        pages.push(sheets.count());
        payout_lines(sheets, &table, payout)?;
    }
    Ok(pages)
}

fn payout_lines(sheets: &mut Sheets<'_>, table: &Table, payout: &BatchPayout) -> Result<(), Error> {
    let ink = if payout.counted {
        Ink::Black
    } else {
        Ink::Grey
    };
    let mut running = Running::new(table, 0, COLUMNS);
    for line in &payout.lines {
        let cells = cells(payout, line)?;
        let amount = Figure::parse(&line.host_amount, || place(payout, line))?;
        let strs: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        let row = table.row(sheets, &strs, Weight::Regular, ink);
        running.row(sheets, row, amount, |sheets| {
            let words = format!("{}, continued", payout.host_name);
            let width = sheets.right() - sheets.left();
            let words = sheets
                .face
                .ellipsised(NAME.weight, NAME.size, &words, width);
            let (left, y) = (sheets.left(), sheets.y);
            sheets.text(left, y + 11.0, NAME, &words);
            sheets.y = y + 15.0;
        });
    }
    match payout.lines.len() {
        0 | 1 => {}
        n => running.total(sheets, &format!("{n} lines, {}", payout.currency)),
    }
    sheets.y += 5.0;
    Ok(())
}

/// One table for all payouts, so that figures stand below each other throughout.
fn table(sheets: &Sheets<'_>, document: &BatchDocument) -> Result<Table, Error> {
    let mut table = Table::new(
        vec![
            Column::text("Booking or adjustment", 240.0),
            Column::whole("Session", Align::Left),
            Column::whole("Price", Align::Right),
            Column::whole("Refunded", Align::Right),
            Column::whole("Rate", Align::Right),
            Column::whole("Platform fee", Align::Right),
            Column::whole("Processing fee", Align::Right),
            Column::whole("Host amount", Align::Right),
        ],
        0,
        7.5,
    );
    for payout in &document.payouts {
        for line in &payout.lines {
            let cells = cells(payout, line)?;
            for (column, cell) in cells.iter().enumerate().skip(1) {
                table.measure(sheets, column, cell);
            }
        }
        let sum = Figure::parse(&payout.amount, || format!("payout {}", payout.payout_id))?;
        table.measure(sheets, COLUMNS - 1, &sum.for_paper());
    }
    table.settle(sheets, 128.0)?;
    Ok(table)
}

fn place(payout: &BatchPayout, line: &BatchLine) -> String {
    format!("payout {}, line {}", payout.payout_id, line.reference)
}

fn cells<'a>(payout: &BatchPayout, line: &'a BatchLine) -> Result<[Cow<'a, str>; COLUMNS], Error> {
    let money = |amount: &Option<String>| {
        super::shown(amount.as_deref(), || place(payout, line)).map(Cow::Owned)
    };
    let label = match (line.label.is_empty(), line.reference.is_empty()) {
        (true, _) => Cow::Borrowed(line.reference.as_str()),
        (false, true) => Cow::Borrowed(line.label.as_str()),
        (false, false) => Cow::Owned(format!("{}: {}", line.label, line.reference)),
    };
    Ok([
        label,
        Cow::Borrowed(line.session_date.as_deref().unwrap_or("–")),
        money(&line.price)?,
        money(&line.refunded)?,
        line.rate
            .as_ref()
            .map_or(Cow::Borrowed("–"), |rate| format!("{rate} %").into()),
        money(&line.platform_fee)?,
        money(&line.processing_fee)?,
        Cow::Owned(Figure::parse(&line.host_amount, || place(payout, line))?.for_paper()),
    ])
}

/// The lines that name a payout above its lines.
struct Heading {
    ink: Ink,
    number: String,
    /// Where the name begins, beside the number.
    name_at: f32,
    name: Vec<String>,
    sum: String,
    small: Vec<String>,
}

impl Heading {
    fn new(sheets: &Sheets<'_>, number: usize, payout: &BatchPayout) -> Result<Self, Error> {
        let amount = Figure::parse(&payout.amount, || format!("payout {}", payout.payout_id))?;
        let sum = format!("{} {}", amount.for_paper(), payout.currency);
        let all = sheets.right() - sheets.left();
        let number = number.to_string();
        let name_at = sheets.left() + sheets.face.width(NAME.weight, NAME.size, &number) + 7.0;
        let sum_at = sheets.right() - sheets.face.width(NAME.weight, NAME.size, &sum);
        let width = sum_at - 16.0 - name_at;
        let name = sheets
            .face
            .wrap(NAME.weight, NAME.size, &payout.host_name, width, 3);
        let facts = format!(
            "{} · to {} · {} · payout {}",
            payout.host_id,
            payout.destination,
            sentence_case(&payout.status).to_lowercase(),
            payout.payout_id
        );
        let mut small = sheets.face.wrap(SMALL.weight, SMALL.size, &facts, all, 12);
        if !payout.remark.is_empty() {
            small.extend(
                sheets
                    .face
                    .wrap(SMALL.weight, SMALL.size, &payout.remark, all, 6),
            );
        }
        let ink = if payout.counted {
            Ink::Black
        } else {
            Ink::Grey
        };
        Ok(Self {
            ink,
            number,
            name_at,
            name,
            sum,
            small,
        })
    }

    fn height(&self) -> f32 {
        6.0 + self.name.iter().map(|_| 12.0).sum::<f32>()
            + self.small.iter().map(|_| 10.5).sum::<f32>()
            + 2.0
    }

    fn draw(&self, sheets: &mut Sheets<'_>) {
        let (left, right) = (sheets.left(), sheets.right());
        let style = Style {
            ink: self.ink,
            ..NAME
        };
        sheets.y += 6.0;
        for (i, line) in self.name.iter().enumerate() {
            let baseline = sheets.y + 9.0;
            sheets.text(self.name_at, baseline, style, line);
            if i == 0 {
                sheets.text(left, baseline, style, &self.number);
                sheets.text_to(right, baseline, style, &self.sum);
            }
            sheets.y += 12.0;
        }
        for line in &self.small {
            let baseline = sheets.y + 8.0;
            sheets.text(left, baseline, SMALL, line);
            sheets.y += 10.5;
        }
        sheets.y += 2.0;
    }
}
