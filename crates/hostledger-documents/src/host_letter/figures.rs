//! The figures of a letter: what it is at the left, how much at the right, the total below.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use super::{HostLetter, LetterFigure};
use crate::figure::Figure;
use crate::paper::{Ink, Sheets, Style, Weight, height_of, wrapped};

const LABEL: Style = Style::new(Weight::Regular, 10.0, Ink::Black);
const TOTAL: Style = Style::new(Weight::SemiBold, 10.0, Ink::Black);
const NOTE: Style = Style::new(Weight::Regular, 8.5, Ink::Grey);
const LABEL_LEADING: f32 = 14.0;
const NOTE_LEADING: f32 = 11.75;
/// Above and below what stands in a row.
const PAD: f32 = 4.0;
/// Above and below the table.
const GAP: f32 = 12.0;
/// Between number and currency.
const SPACE: f32 = 4.0;
/// Between the labels and the widest number.
const GUTTER: f32 = 24.0;
/// A table up to this height is not parted over pages.
const KEPT: f32 = 300.0;
const DARK: f32 = 0.45;
const LIGHT: f32 = 0.85;

/// Where the columns are; `number_end` is the right edge of the numbers.
struct Grid {
    label_width: f32,
    number_end: f32,
}

/// A row with its lines.
struct Row {
    style: Style,
    label: Vec<String>,
    note: Vec<String>,
    number: String,
    currency: String,
}

impl Row {
    fn new(sheets: &Sheets<'_>, grid: &Grid, figure: &LetterFigure, style: Style) -> Self {
        let note = if figure.note.trim().is_empty() {
            Vec::new()
        } else {
            wrapped(sheets, NOTE, &figure.note, grid.label_width)
        };
        Self {
            style,
            label: wrapped(sheets, style, &figure.label, grid.label_width),
            note,
            number: Figure::of(figure.amount).for_paper(),
            currency: figure.amount.currency.to_string(),
        }
    }

    fn height(&self) -> f32 {
        height_of(self.label.len(), LABEL_LEADING)
            + height_of(self.note.len(), NOTE_LEADING)
            + PAD * 2.0
    }

    fn draw(&self, sheets: &mut Sheets<'_>, grid: &Grid) {
        let left = sheets.left();
        sheets.y += PAD;
        for (i, line) in self.label.iter().enumerate() {
            sheets.need(LABEL_LEADING);
            let baseline = sheets.y + LABEL_LEADING - 3.5;
            sheets.text(left, baseline, self.style, line);
            if i == 0 {
                let end = grid.number_end;
                sheets.text_to(end, baseline, self.style, &self.number);
                sheets.text(end + SPACE, baseline, self.style, &self.currency);
            }
            sheets.y += LABEL_LEADING;
        }
        for line in &self.note {
            sheets.need(NOTE_LEADING);
            let baseline = sheets.y + NOTE_LEADING - 3.0;
            sheets.text(left, baseline, NOTE, line);
            sheets.y += NOTE_LEADING;
        }
        sheets.y += PAD;
    }
}

/// Draws the figures and their total; nothing where there are none. The last rows stand on one
/// page with the next `below` points.
pub(super) fn draw(sheets: &mut Sheets<'_>, letter: &HostLetter, below: f32) {
    let grid = grid(sheets, letter);
    let mut rows: Vec<Row> = letter
        .figures
        .iter()
        .map(|figure| Row::new(sheets, &grid, figure, LABEL))
        .collect();
    let total = letter.total.as_ref();
    let total = total.map(|total| Row::new(sheets, &grid, total, TOTAL));
    let summed = total.is_some();
    rows.extend(total);
    if rows.is_empty() {
        return;
    }
    let height: f32 = GAP + rows.iter().map(Row::height).sum::<f32>();
    sheets.need(if height <= KEPT {
        height + below.min(KEPT)
    } else {
        0.0
    });
    if !sheets.is_fresh() {
        sheets.y += GAP;
    }
    rule(sheets, DARK);
    let last = rows.len() - 1;
    for (i, row) in rows.iter().enumerate() {
        // The total takes the last figure along to the next page, and what follows takes both.
        let with = match last - i {
            0 => below,
            1 if summed => rows[last].height() + below,
            _ => 0.0,
        };
        sheets.need((row.height() + with).min(KEPT));
        row.draw(sheets, &grid);
        let closes = i == last || (summed && i + 1 == last);
        rule(sheets, if closes { DARK } else { LIGHT });
    }
    sheets.y += GAP - 8.0;
}

fn grid(sheets: &Sheets<'_>, letter: &HostLetter) -> Grid {
    let width = |text: &str| sheets.face.width(TOTAL.weight, TOTAL.size, text);
    let amounts = || letter.figures.iter().chain(&letter.total).map(|f| f.amount);
    let widest = |widths: &mut dyn Iterator<Item = f32>| widths.fold(0.0, f32::max);
    let currency = widest(&mut amounts().map(|amount| width(amount.currency.code())));
    let number = widest(&mut amounts().map(|amount| width(&Figure::of(amount).for_paper())));
    let number_end = sheets.right() - currency - SPACE;
    Grid {
        label_width: number_end - number - GUTTER - sheets.left(),
        number_end,
    }
}

fn rule(sheets: &mut Sheets<'_>, percent: f32) {
    let (left, right, y) = (sheets.left(), sheets.right(), sheets.y);
    sheets.rule(left, right, y, percent);
}
