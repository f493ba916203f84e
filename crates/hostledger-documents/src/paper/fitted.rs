//! Tables of any text: the width is shared out by what stands in the columns, and rows go on over
//! pages under their headings.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use std::borrow::Cow;

use super::sheets::{Ink, Sheets, Weight};
use super::table::{Align, Column, GUTTER, Row, Table, heading_size};
use crate::Error;

/// Sizes of letters, the first that serves is taken.
const SIZES: [f32; 5] = [8.5, 8.25, 8.0, 7.5, 7.0];
/// Longer words than this, in letters of size 1, are broken before letters shrink for them: some
/// 25 letters, more than a word has that isn't an id.
const LONGEST_WORD: f32 = 14.0;
/// No word or number claims more of the width than this part.
const CLAIM: f32 = 0.38;
/// A column narrower than this can't be read.
const NARROWEST: f32 = 14.0;
/// A row of this many lines or fewer is not torn apart at a page's end.
const KEPT_LINES: usize = 10;
/// A table up to this height is not parted over pages.
const KEPT: f32 = 110.0;
/// Rows that stay with the heading of a longer one.
const FIRST_ROWS: usize = 3;
/// Fewer lines of a row than this are not begun at a page's foot.
const FIRST_LINES: usize = 4;

/// A table with its rows, ready to be drawn.
pub(crate) struct Fitted {
    table: Table,
    rows: Vec<Row>,
}

/// What one column needs, in points for letters of size 1.
struct Need {
    /// The widest cell on one line.
    line: f32,
    /// The widest word in a cell; a whole cell where numbers stand.
    word: f32,
    /// The widest word in the heading.
    heading: f32,
}

impl Fitted {
    /// Shares out the width of the page. Every row has one cell per title.
    ///
    /// # Errors
    /// [`Error::Pdf`] when there are more columns than can be read on the paper.
    pub(crate) fn new(
        sheets: &Sheets<'_>,
        titles: &[(&str, Align)],
        rows: &[Vec<Cow<'_, str>>],
    ) -> Result<Self, Error> {
        let needs: Vec<Need> = titles
            .iter()
            .enumerate()
            .map(|(i, (title, align))| {
                Need::of(
                    sheets,
                    title,
                    *align,
                    rows.iter().map(|row| row[i].as_ref()),
                )
            })
            .collect();
        let gutters: f32 = titles.iter().skip(1).map(|_| GUTTER).sum();
        let room = sheets.right() - sheets.left() - gutters;
        let (size, widths) = share(&needs, room)?;
        let flexible = flexible(titles, &widths);
        let columns = titles
            .iter()
            .zip(&widths)
            .map(|((title, align), width)| Column::sized(*title, *align, *width))
            .collect();
        let mut table = Table::new(columns, flexible, size).of_any_length();
        table.settle(sheets, 0.0)?;
        let rows = rows
            .iter()
            .map(|row| {
                let cells: Vec<&str> = row.iter().map(AsRef::as_ref).collect();
                table.row(sheets, &cells, Weight::Regular, Ink::Black)
            })
            .collect();
        Ok(Self { table, rows })
    }

    /// Height of what is never parted: a short table, or the heading and the first rows.
    pub(crate) fn least(&self) -> f32 {
        let head = self.table.head_height();
        let all: f32 = self.rows.iter().map(|row| row.height + 1.0).sum();
        let first: f32 = self
            .rows
            .iter()
            .take(FIRST_ROWS)
            .map(|row| row.height + 1.0)
            .sum();
        let kept: f32 = (0..KEPT_LINES).map(|_| self.table.row_height()).sum();
        head + if all <= KEPT { all } else { first.min(kept) }
    }

    /// Draws heading and rows; `again` draws what stands over the heading on every further page.
    pub(crate) fn draw(self, sheets: &mut Sheets<'_>, again: impl Fn(&mut Sheets<'_>)) {
        let Self { table, rows } = self;
        let ruled = rows.iter().any(|row| row.lines() > 1);
        let next_page = |sheets: &mut Sheets<'_>| {
            sheets.new_page();
            again(sheets);
            table.draw_head(sheets);
        };
        table.draw_head(sheets);
        // Whether only the heading stands above.
        let mut fresh = true;
        for row in rows {
            let mut row = row;
            loop {
                let room = sheets.room() - 1.0;
                let fit = table.lines_in(room);
                let whole = row.height <= room;
                let torn = !whole && (fresh || (row.lines() > KEPT_LINES && fit >= FIRST_LINES));
                if ruled && !fresh && (whole || torn) {
                    table.rule_from(sheets, 0, 0.85);
                }
                if whole {
                    table.draw(sheets, row);
                    fresh = false;
                    break;
                }
                if torn {
                    let here = fit.min(row.lines().saturating_sub(2)).max(1);
                    let (first, rest) = table.split(row, here);
                    table.draw(sheets, first);
                    row = rest;
                }
                next_page(sheets);
                fresh = true;
            }
        }
    }
}

impl Need {
    fn of<'c>(
        sheets: &Sheets<'_>,
        title: &str,
        align: Align,
        cells: impl Iterator<Item = &'c str>,
    ) -> Self {
        let width = |text: &str| sheets.face.width(Weight::Regular, 1.0, text);
        let widest_word = |text: &str| text.split(' ').map(width).fold(0.0, f32::max);
        let mut need = Self {
            line: 0.0,
            word: 0.0,
            heading: widest_word(&sheets.face.settable(title)),
        };
        for cell in cells {
            let cell = sheets.face.settable(cell);
            let line = width(&cell);
            need.line = need.line.max(line);
            need.word = need.word.max(match align {
                Align::Left => widest_word(&cell).min(LONGEST_WORD),
                Align::Right => line,
            });
        }
        need
    }

    /// Least and best width in points at `size`.
    fn at(&self, size: f32, room: f32) -> (f32, f32) {
        let heading = self.heading * heading_size(size) + 0.3;
        let least = (self.word * size + 0.3).max(heading).min(room * CLAIM);
        (least, (self.line * size + 0.3).max(least))
    }
}

/// The largest size at which every column keeps its words whole, with the columns' widths; at the
/// smallest size words are broken.
fn share(needs: &[Need], room: f32) -> Result<(f32, Vec<f32>), Error> {
    let narrowest: f32 = needs.iter().map(|_| NARROWEST).sum();
    if needs.is_empty() || narrowest > room {
        let what = "a table has no columns, or too many for the page";
        return Err(Error::Pdf(what.into()));
    }
    let at = |size: f32| needs.iter().map(move |need| need.at(size, room));
    for size in SIZES {
        let left = room - at(size).map(|(least, _)| least).sum::<f32>();
        if left >= 0.0 {
            let wishes: Vec<(f32, f32)> = at(size).collect();
            return Ok((size, widened(&wishes, LONGEST_WORD * size, left)));
        }
    }
    // Everything over the narrowest is cut back in proportion.
    let size = SIZES[SIZES.len() - 1];
    let over = |least: f32| (least - NARROWEST).max(0.0);
    let wanted: f32 = at(size).map(|(least, _)| over(least)).sum();
    let part = (room - narrowest) / wanted.max(1.0);
    let widths = at(size).map(|(least, _)| NARROWEST + over(least) * part);
    Ok((size, widths.collect()))
}

/// Widths between least and best. Of what is `left`, columns of short texts have what they want,
/// or all alike where it isn't enough; columns of long texts share the rest as their texts are long.
fn widened(wishes: &[(f32, f32)], short: f32, mut left: f32) -> Vec<f32> {
    let mut widths: Vec<f32> = wishes.iter().map(|(least, _)| *least).collect();
    let wish = |i: &usize| wishes[*i].1 - wishes[*i].0;
    let (mut shorts, longs): (Vec<usize>, Vec<usize>) =
        (0..wishes.len()).partition(|i| wishes[*i].1 <= short);
    // Those that want little come first, so that what they leave is shared by the others.
    shorts.sort_by(|a, b| wish(a).total_cmp(&wish(b)));
    let mut sharing: f32 = shorts.iter().map(|_| 1.0).sum();
    for i in shorts {
        let given = wish(&i).min(left / sharing);
        widths[i] += given;
        left -= given;
        sharing -= 1.0;
    }
    let wanted: f32 = longs.iter().map(wish).sum();
    let part = (left / wanted.max(1.0)).min(1.0);
    for i in longs {
        widths[i] += wish(&i) * part;
    }
    widths
}

/// The column that takes what is left over: the widest of those with text.
fn flexible(titles: &[(&str, Align)], widths: &[f32]) -> usize {
    let texts = (0..titles.len()).filter(|i| titles[*i].1 == Align::Left);
    texts
        .max_by(|a, b| widths[*a].total_cmp(&widths[*b]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(line: f32, word: f32, heading: f32) -> Need {
        Need {
            line,
            word,
            heading,
        }
    }

    #[test]
    fn short_columns_have_all_they_want_and_long_ones_share_the_rest() {
        assert_eq!(
            widened(&[(10.0, 20.0), (30.0, 430.0), (30.0, 130.0)], 120.0, 110.0),
            [20.0, 110.0, 50.0]
        );
        assert_eq!(
            widened(&[(10.0, 20.0), (10.0, 60.0), (10.0, 90.0)], 120.0, 70.0),
            [20.0, 40.0, 40.0]
        );
        assert_eq!(
            widened(&[(10.0, 20.0), (5.0, 500.0)], 120.0, 900.0),
            [20.0, 500.0]
        );
    }

    #[test]
    fn letters_shrink_before_words_break_and_widths_stay_on_the_page() {
        let room = 480.0;
        let sum = |widths: &[f32]| widths.iter().sum::<f32>();
        let (size, widths) = share(&[need(9.0, 9.0, 3.0), need(80.0, 6.0, 3.0)], room).unwrap();
        assert_eq!(size, 8.5);
        assert!(
            (widths[0] - 76.8).abs() < 0.01,
            "a short column is not wrapped"
        );
        assert!(sum(&widths) <= room + 0.01);
        let many: Vec<Need> = (0..9).map(|_| need(30.0, 7.0, 3.0)).collect();
        let (size, widths) = share(&many, room).unwrap();
        assert_eq!(size, 7.5);
        assert!(sum(&widths) <= room + 0.01);
        let huge: Vec<Need> = (0..9).map(|_| need(900.0, 900.0, 3.0)).collect();
        let (size, widths) = share(&huge, room).unwrap();
        assert_eq!(size, 7.0);
        assert!((sum(&widths) - room).abs() < 0.1);
        let crowd: Vec<Need> = (0..60).map(|_| need(1.0, 1.0, 1.0)).collect();
        assert!(share(&crowd, room).is_err());
        assert!(share(&[], room).is_err());
    }
}
