//! Running text: headings, paragraphs and facts, whole over any number of pages.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use super::sheets::{Ink, Sheets, Style, Weight};

/// A heading inside the page.
const HEADING: Style = Style::new(Weight::SemiBold, 10.5, Ink::Black);
/// From one line of a heading to the next.
const HEADING_LEADING: f32 = 14.0;
/// Facts of this many lines or fewer are not torn apart.
const KEPT_LINES: usize = 4;

/// How paragraphs are set. Heights and widths in points.
pub(crate) struct Prose {
    pub(crate) style: Style,
    /// From one line to the next.
    pub(crate) leading: f32,
    /// Above a paragraph, except at the head of a page.
    pub(crate) above: f32,
    /// From the left margin. Text that is set in has an upright rule beside it.
    pub(crate) indent: f32,
}

/// How facts are set: labels, and values beside them.
pub(crate) struct FactStyle {
    pub(crate) label: Style,
    pub(crate) value: Style,
    /// From one line to the next.
    pub(crate) leading: f32,
    /// Where values begin, from the left margin.
    pub(crate) values_at: f32,
}

impl FactStyle {
    /// The same, with values beginning beside the longest of these labels. A label that would
    /// leave too little to its value is wrapped.
    pub(crate) fn beside<'l>(
        self,
        sheets: &Sheets<'_>,
        labels: impl Iterator<Item = &'l str>,
    ) -> Self {
        let widest = labels
            .map(|label| {
                let label = sheets.face.settable(label);
                sheets
                    .face
                    .width(self.label.weight, self.label.size, &label)
            })
            .fold(0.0, f32::max);
        let most = (sheets.right() - sheets.left()) * 0.36;
        Self {
            values_at: (widest + 14.0).clamp(self.values_at.min(most), most),
            ..self
        }
    }
}

/// Draws facts: the labels at the margin, the values beside them, both wrapped.
pub(crate) fn facts<L: AsRef<str>, V: AsRef<str>>(
    sheets: &mut Sheets<'_>,
    set: &FactStyle,
    facts: &[(L, V)],
) {
    let left = sheets.left();
    let value_width = sheets.right() - left - set.values_at;
    for (label, value) in facts {
        let mut labels =
            wrapped(sheets, set.label, label.as_ref(), set.values_at - 8.0).into_iter();
        let mut values = wrapped(sheets, set.value, value.as_ref(), value_width).into_iter();
        let lines = labels.len().max(values.len());
        sheets.need(height_of(lines.min(KEPT_LINES), set.leading));
        for _ in 0..lines {
            sheets.need(set.leading);
            let baseline = sheets.y + set.leading - 3.0;
            if let Some(label) = labels.next() {
                sheets.text(left, baseline, set.label, &label);
            }
            if let Some(value) = values.next() {
                sheets.text(left + set.values_at, baseline, set.value, &value);
            }
            sheets.y += set.leading;
        }
    }
}

/// Draws a paragraph. Line feeds in it stay, and an empty line begins another paragraph. At a
/// page's end two lines or more stay together on either side, and the last lines stand on one
/// page with the next `below` points.
pub(crate) fn paragraph(sheets: &mut Sheets<'_>, set: &Prose, text: &str, below: f32) {
    let width = sheets.right() - sheets.left() - set.indent;
    let last = text.trim_end().lines().count();
    let mut above = set.above;
    for (i, line) in text.trim_end().lines().enumerate() {
        if line.trim().is_empty() {
            above = set.above;
            continue;
        }
        let lines = wrap(sheets, set.style, line, width);
        let below = if i + 1 == last { below } else { 0.0 };
        flow(sheets, set, &lines, above, below);
        above = 0.0;
    }
}

fn flow(sheets: &mut Sheets<'_>, set: &Prose, lines: &[String], above: f32, below: f32) {
    let mut rest = lines;
    let mut above = above;
    while !rest.is_empty() {
        if sheets.is_fresh() {
            above = 0.0;
        }
        let room = sheets.room() - above;
        let fit = lines_in(room, set.leading);
        let fit_before = lines_in(room - below, set.leading);
        let here = lines_here(rest.len(), fit, fit_before, sheets.is_fresh());
        if here > 0 {
            draw(sheets, set, &rest[..here], above);
            rest = &rest[here..];
            above = 0.0;
        }
        if !rest.is_empty() {
            sheets.new_page();
        }
    }
}

fn draw(sheets: &mut Sheets<'_>, set: &Prose, lines: &[String], above: f32) {
    let (left, top) = (sheets.left(), sheets.y);
    sheets.y += above;
    for line in lines {
        let baseline = sheets.y + set.leading - 3.0;
        sheets.text(left + set.indent, baseline, set.style, line);
        sheets.y += set.leading;
    }
    if set.indent > 0.0 {
        let bottom = sheets.y;
        sheets.bar(left + 1.0, top, bottom, 0.7);
    }
}

/// How many of a paragraph's lines to set on this page: `fit` would, and `fit_before` leave room
/// for what follows the paragraph. None, if they are better begun on the next page; never none on
/// a `fresh` page.
fn lines_here(lines: usize, fit: usize, fit_before: usize, fresh: bool) -> usize {
    if lines <= fit_before || (fresh && lines <= fit) {
        return lines;
    }
    let here = fit.min(lines.saturating_sub(2));
    match (here, fresh) {
        (0 | 1, false) => 0,
        _ => here.max(1),
    }
}

/// A heading inside the page. The caller makes room for it and for what must not be parted from it.
pub(crate) fn section(sheets: &mut Sheets<'_>, heading: &str) {
    let left = sheets.left();
    // At the head of a page there is no line above to stand off from.
    sheets.y += if sheets.y > 70.0 { 18.0 } else { 2.0 };
    for line in heading_lines(sheets, heading) {
        let baseline = sheets.y + 9.0;
        sheets.text(left, baseline, HEADING, &line);
        sheets.y += HEADING_LEADING;
    }
}

/// The heading again where a section goes on over a page: one line, shortened if need be.
pub(crate) fn section_continued(sheets: &mut Sheets<'_>, heading: &str) {
    let words = ", continued";
    let width = |text: &str| sheets.face.width(HEADING.weight, HEADING.size, text);
    let room = sheets.right() - sheets.left() - width(words);
    let heading = sheets
        .face
        .ellipsised(HEADING.weight, HEADING.size, heading, room);
    section(sheets, &format!("{heading}{words}"));
}

/// Height of a heading with the space above it.
pub(crate) fn section_height(sheets: &Sheets<'_>, heading: &str) -> f32 {
    18.0 + height_of(heading_lines(sheets, heading).len(), HEADING_LEADING)
}

fn heading_lines(sheets: &Sheets<'_>, heading: &str) -> Vec<String> {
    wrap(sheets, HEADING, heading, sheets.right() - sheets.left())
}

/// All lines of `text`, none wider than `width`; line feeds in it stay.
pub(crate) fn wrapped(sheets: &Sheets<'_>, style: Style, text: &str, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .flat_map(|line| wrap(sheets, style, line, width))
        .collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn wrap(sheets: &Sheets<'_>, style: Style, line: &str, width: f32) -> Vec<String> {
    sheets
        .face
        .wrap(style.weight, style.size, line, width, usize::MAX)
}

/// How many lines fit into `height`.
pub(crate) fn lines_in(height: f32, leading: f32) -> usize {
    let mut lines = 0;
    let mut used = leading;
    while used <= height {
        lines += 1;
        used += leading;
    }
    lines
}

/// Height of so many lines.
pub(crate) fn height_of(lines: usize, leading: f32) -> f32 {
    (0..lines).map(|_| leading).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::{PaperSize, Typeface};

    #[test]
    fn no_line_of_a_paragraph_stands_alone() {
        for fit in 0..12 {
            for lines in 1..40 {
                let here = lines_here(lines, fit, fit, false);
                assert!(here <= fit);
                let over = lines - here;
                assert!(here == 0 || over == 0 || (here >= 2 && over >= 2));
                // A fresh page takes something, or the paragraph would never end.
                assert!(lines_here(lines, fit.max(1), 0, true) >= 1);
            }
        }
        // What follows takes the last two lines along.
        assert_eq!(lines_here(6, 8, 3, false), 4);
        assert_eq!(lines_here(3, 8, 1, false), 0);
        assert_eq!(lines_here(3, 8, 3, false), 3);
    }

    #[test]
    fn lines_and_heights_agree() {
        assert_eq!(lines_in(-1.0, 12.5), 0);
        assert_eq!(lines_in(12.4, 12.5), 0);
        assert_eq!(lines_in(25.0, 12.5), 2);
        assert_eq!(lines_in(height_of(7, 12.5), 12.5), 7);
    }

    #[test]
    fn line_feeds_stay_and_empty_lines_don_t() {
        let face = Typeface::new().unwrap();
        let sheets = Sheets::new(&face, PaperSize::A4);
        assert_eq!(
            wrapped(&sheets, HEADING, "one\r\n\n  \ntwo ", 200.0),
            ["one", "two"]
        );
        assert_eq!(wrapped(&sheets, HEADING, "", 200.0), [""]);
    }
}
