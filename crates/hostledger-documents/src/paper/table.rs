//! Tables: columns as wide as what stands in them, numbers to the right, long text wrapped.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use super::prose::lines_in;
use super::sheets::{Ink, Sheets, Style, Weight};
use crate::Error;

/// Between two columns.
pub(crate) const GUTTER: f32 = 9.0;
const SMALLEST: f32 = 4.5;
/// More lines than this in one cell end in an ellipsis, so that a row always fits on a page;
/// unless the table's rows may go on over pages.
const MOST_LINES: usize = 24;
/// More lines than this in a heading end in an ellipsis.
const MOST_HEADING_LINES: usize = 12;

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text: wrapped where the column is narrower, between words if it can be.
    #[default]
    Left,
    /// Numbers, so that their digits stand below each other; not wrapped while anything else can
    /// make room.
    Right,
}

/// A column before its width is known.
pub(crate) struct Column {
    title: String,
    align: Align,
    /// Wider text than this is wrapped; none: never wrapped.
    limit: Option<f32>,
    /// Widest text so far, at size 1.
    widest: f32,
    x: f32,
    width: f32,
    heading: Vec<String>,
}

impl Column {
    /// Text, wrapped where it is wider than `limit` points.
    pub(crate) fn text(title: impl Into<String>, limit: f32) -> Self {
        Self::new(title, Align::Left, Some(limit))
    }

    /// Short text or figures that are never broken.
    pub(crate) fn whole(title: impl Into<String>, align: Align) -> Self {
        Self::new(title, align, None)
    }

    /// Exactly `width` points wide, whatever stands in it; what is wider is wrapped.
    pub(crate) fn sized(title: impl Into<String>, align: Align, width: f32) -> Self {
        Self {
            widest: f32::INFINITY,
            ..Self::new(title, align, Some(width))
        }
    }

    fn new(title: impl Into<String>, align: Align, limit: Option<f32>) -> Self {
        let heading = Vec::new();
        Self {
            title: title.into(),
            align,
            limit,
            widest: 0.0,
            x: 0.0,
            width: 0.0,
            heading,
        }
    }
}

/// A row ready to be drawn: for every column its lines.
pub(crate) struct Row {
    cells: Vec<Vec<String>>,
    style: Style,
    pub(crate) height: f32,
}

impl Row {
    /// Lines of its longest cell.
    pub(super) fn lines(&self) -> usize {
        self.cells.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// A table. Measure everything that will stand in it, then settle it, then draw rows.
pub(crate) struct Table {
    columns: Vec<Column>,
    /// The column that takes what the others leave.
    flexible: usize,
    size: f32,
    most_lines: usize,
}

impl Table {
    pub(crate) fn new(columns: Vec<Column>, flexible: usize, size: f32) -> Self {
        Self {
            columns,
            flexible,
            size,
            most_lines: MOST_LINES,
        }
    }

    /// Cells of any length: nothing ends in an ellipsis. The rows may be longer than a page.
    pub(super) fn of_any_length(self) -> Self {
        Self {
            most_lines: usize::MAX,
            ..self
        }
    }

    /// Takes note of what will stand in column `column`.
    pub(crate) fn measure(&mut self, sheets: &Sheets<'_>, column: usize, text: &str) {
        let text = sheets.face.settable(text);
        let width = sheets.face.width(Weight::SemiBold, 1.0, &text);
        let widest = &mut self.columns[column].widest;
        *widest = widest.max(width);
    }

    /// Fixes widths, at a smaller size if the figures need it. The flexible column gets at least
    /// `least` points.
    ///
    /// # Errors
    /// When the figures don't fit on the paper at any readable size.
    pub(crate) fn settle(&mut self, sheets: &Sheets<'_>, least: f32) -> Result<(), Error> {
        let all = sheets.right() - sheets.left();
        let mut rest = self.rest(sheets, all);
        while rest < least {
            self.size -= 0.25;
            if self.size < SMALLEST {
                return Err(Error::Pdf("a figure is too long for the page".into()));
            }
            rest = self.rest(sheets, all);
        }
        self.columns[self.flexible].width = rest;
        let size = self.heading_size();
        let mut x = sheets.left();
        for column in &mut self.columns {
            column.x = x;
            x += column.width + GUTTER;
            let width = column.width + 0.1;
            column.heading = sheets.face.wrap(
                Weight::Regular,
                size,
                &column.title,
                width,
                MOST_HEADING_LINES,
            );
        }
        Ok(())
    }

    /// Sets every other column's width at the present size; what is left for the flexible one.
    fn rest(&mut self, sheets: &Sheets<'_>, all: f32) -> f32 {
        let heading = self.heading_size();
        let mut rest = all;
        for (i, column) in self.columns.iter_mut().enumerate() {
            if i > 0 {
                rest -= GUTTER;
            }
            if i == self.flexible {
                continue;
            }
            let longest_word = column
                .title
                .split(' ')
                .map(|word| sheets.face.width(Weight::Regular, heading, word))
                .fold(0.0, f32::max);
            let wanted = column.widest * self.size + 0.2;
            let wanted = column.limit.map_or(wanted, |limit| wanted.min(limit));
            let longest_word = column.limit.map_or(longest_word, |l| longest_word.min(l));
            column.width = wanted.max(longest_word);
            rest -= column.width;
        }
        rest
    }

    fn heading_size(&self) -> f32 {
        heading_size(self.size)
    }

    fn leading(&self) -> f32 {
        self.size * 1.36
    }

    /// Height of a row of one line.
    pub(crate) fn row_height(&self) -> f32 {
        self.leading() + 3.0
    }

    /// Height of the heading.
    pub(crate) fn head_height(&self) -> f32 {
        let lines = self
            .columns
            .iter()
            .map(|column| column.heading.len())
            .max()
            .unwrap_or(1);
        (0..lines).map(|_| self.heading_size() * 1.25).sum::<f32>() + 8.0
    }

    /// Draws the heading with its rule.
    pub(crate) fn draw_head(&self, sheets: &mut Sheets<'_>) {
        let style = Style::new(Weight::Regular, self.heading_size(), Ink::Grey);
        let step = style.size * 1.25;
        let lines = self
            .columns
            .iter()
            .map(|column| column.heading.len())
            .max()
            .unwrap_or(1);
        let end = sheets.y + self.head_height() - 4.0;
        for line in 0..lines {
            // Headings stand on the rule: the last lines are level.
            let pieces = self
                .columns
                .iter()
                .filter_map(|column| {
                    let at = (line + column.heading.len()).checked_sub(lines)?;
                    Some(place(sheets, column, style, column.heading[at].clone()))
                })
                .collect();
            let above = (line + 1..lines).map(|_| step).sum::<f32>();
            sheets.pieces(end - above - 4.0, style, pieces);
        }
        sheets.rule(sheets.left(), sheets.right(), end, 0.55);
        sheets.y = end + 2.5;
    }

    /// Breaks one row's cells into lines. `weight` and `ink` hold for the whole row.
    pub(crate) fn row(&self, sheets: &Sheets<'_>, cells: &[&str], weight: Weight, ink: Ink) -> Row {
        let style = Style::new(weight, self.size, ink);
        let cells: Vec<Vec<String>> = self
            .columns
            .iter()
            .zip(cells)
            .enumerate()
            .map(|(i, (column, text))| {
                if column.limit.is_some() || i == self.flexible {
                    sheets
                        .face
                        .wrap(weight, self.size, text, column.width, self.most_lines)
                } else {
                    vec![sheets.face.settable(text).into_owned()]
                }
            })
            .collect();
        self.row_of(cells, style)
    }

    fn row_of(&self, cells: Vec<Vec<String>>, style: Style) -> Row {
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
        let height = (0..lines).map(|_| self.leading()).sum::<f32>() + 3.0;
        Row {
            cells,
            style,
            height,
        }
    }

    /// How many lines a row may have to fit into `height`.
    pub(super) fn lines_in(&self, height: f32) -> usize {
        lines_in(height - 3.0, self.leading())
    }

    /// The first `lines` lines of a row, and what is left of it.
    pub(super) fn split(&self, row: Row, lines: usize) -> (Row, Row) {
        let style = row.style;
        let mut first = row.cells;
        let rest = first
            .iter_mut()
            .map(|cell| cell.split_off(lines.min(cell.len())))
            .collect();
        (self.row_of(first, style), self.row_of(rest, style))
    }

    /// Draws a row at the place of the next line.
    pub(crate) fn draw(&self, sheets: &mut Sheets<'_>, row: Row) {
        let mut baseline = sheets.y + 1.5 + (self.leading() + self.size * 0.71) / 2.0;
        let lines = row.lines();
        let mut cells: Vec<_> = row.cells.into_iter().map(Vec::into_iter).collect();
        for _ in 0..lines {
            let pieces = self
                .columns
                .iter()
                .zip(&mut cells)
                .filter_map(|(column, lines)| Some(place(sheets, column, row.style, lines.next()?)))
                .collect();
            sheets.pieces(baseline, row.style, pieces);
            baseline += self.leading();
        }
        sheets.y += row.height;
    }

    /// A rule over the columns from `first` to the last, for a total below it.
    pub(crate) fn rule_from(&self, sheets: &mut Sheets<'_>, first: usize, percent: f32) {
        let from = self
            .columns
            .get(first)
            .map_or(sheets.left(), |column| column.x);
        let y = sheets.y + 0.5;
        sheets.rule(from, sheets.right(), y, percent);
        sheets.y += 1.0;
    }
}

/// Size of a table's headings for the size of its rows.
pub(super) fn heading_size(size: f32) -> f32 {
    (size - 0.75).max(SMALLEST)
}

fn place(sheets: &Sheets<'_>, column: &Column, style: Style, text: String) -> (f32, f32, String) {
    let width = sheets.face.width(style.weight, style.size, &text);
    let x = match column.align {
        Align::Left => column.x,
        Align::Right => column.x + column.width - width,
    };
    (x, width, text)
}
