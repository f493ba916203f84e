//! The letter on its pages: sender, address, subject, paragraphs, figures, closing, small print.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use super::{HostLetter, figures};
use crate::paper::{
    Block, Ink, Prose, Sheets, Style, WINDOW_HEIGHT, WINDOW_LEFT, WINDOW_TOP, WINDOW_WIDTH, Weight,
    height_of, paragraph, wrapped,
};

/// Margin left and right: an inch, so that the address starts inside every window.
pub(super) const SIDE: f32 = WINDOW_LEFT;
/// The text begins below what any of the windows shows.
const TEXT_TOP: f32 = 272.0;

const SENDER: Style = Style::new(Weight::SemiBold, 13.0, Ink::Black);
const SUBJECT: Style = Style::new(Weight::SemiBold, 11.5, Ink::Black);
const PLAIN: Style = Style::new(Weight::Regular, 10.0, Ink::Black);
const SMALL: Style = Style::new(Weight::Regular, 8.5, Ink::Grey);
const LEADING: f32 = 14.5;
/// Above the closing, and at least above the small print.
const CLOSING_GAP: f32 = 16.0;
const WORDS: Prose = Prose {
    style: PLAIN,
    leading: LEADING,
    above: 8.0,
    indent: 0.0,
};
const SMALL_PRINT: Prose = Prose {
    style: Style::new(Weight::Regular, 7.5, Ink::Grey),
    leading: 10.5,
    above: 3.0,
    indent: 0.0,
};
const REPLACED: &str = "\u{FFFD} stands for a letter that our printed papers can't show.";

/// Draws the letter; `date` as it is printed.
pub(super) fn draw(sheets: &mut Sheets<'_>, letter: &HostLetter, date: &str) {
    sheets.y = 36.0;
    lines(sheets, SENDER, 17.0, &letter.sender);
    address(sheets, letter);
    lines(sheets, PLAIN, LEADING, date);
    if !letter.reference.trim().is_empty() {
        lines(sheets, SMALL, 12.5, &letter.reference);
    }
    sheets.y += 12.0;
    lines(sheets, SUBJECT, 16.0, &letter.subject);
    sheets.y += 2.0;
    let closing = closing_lines(sheets, letter);
    let closing_height = closing_height(&closing);
    let (tail, figures) = (last_words(&letter.after), !letter.figures.is_empty());
    for (i, text) in letter.before.iter().enumerate() {
        // The last words of all are not parted from the closing.
        let last = tail.is_none() && !figures && last_words(&letter.before) == Some(i);
        let below = if last { closing_height } else { 0.0 };
        paragraph(sheets, &WORDS, text, below);
    }
    figures::draw(
        sheets,
        letter,
        if tail.is_none() { closing_height } else { 0.0 },
    );
    for (i, text) in letter.after.iter().enumerate() {
        let below = if tail == Some(i) { closing_height } else { 0.0 };
        paragraph(sheets, &WORDS, text, below);
    }
    if !closing.is_empty() {
        sheets.need(closing_height);
        sheets.y += CLOSING_GAP;
    }
    for (line, above) in closing {
        sheets.y += above;
        sheets.need(LEADING);
        let (left, baseline) = (sheets.left(), sheets.y + LEADING - 3.0);
        sheets.text(left, baseline, PLAIN, &line);
        sheets.y += LEADING;
    }
    small_print(sheets, letter);
}

fn last_words(paragraphs: &[String]) -> Option<usize> {
    paragraphs.iter().rposition(|text| !text.trim().is_empty())
}

fn lines(sheets: &mut Sheets<'_>, style: Style, leading: f32, text: &str) {
    let (left, width) = (sheets.left(), sheets.right() - sheets.left());
    for line in wrapped(sheets, style, text, width) {
        sheets.need(leading);
        let baseline = sheets.y + leading - 3.0;
        sheets.text(left, baseline, style, &line);
        sheets.y += leading;
    }
}

/// Name and address in the window: as large as they fit, and longer than the window if they must.
fn address(sheets: &mut Sheets<'_>, letter: &HostLetter) {
    // Below the sender's name, however long that is.
    sheets.y = WINDOW_TOP.max(sheets.y + 12.0);
    let parts = std::iter::once(&letter.recipient).chain(&letter.address);
    let Block {
        style,
        leading,
        lines,
    } = Block::fitting(
        sheets,
        PLAIN,
        &parts.map(String::as_str),
        (WINDOW_WIDTH, WINDOW_HEIGHT),
        &[10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0],
    );
    let left = sheets.left();
    for line in lines {
        sheets.need(leading);
        let baseline = sheets.y + leading - 3.0;
        sheets.text(left, baseline, style, &line);
        sheets.y += leading;
    }
    sheets.y += 20.0;
    if sheets.count() == 1 {
        sheets.y = TEXT_TOP.max(sheets.y);
    }
}

/// The closing's lines, each with the space above it.
fn closing_lines(sheets: &Sheets<'_>, letter: &HostLetter) -> Vec<(String, f32)> {
    let width = sheets.right() - sheets.left();
    let mut lines = Vec::new();
    let parts = std::iter::once((&letter.closing, 0.0))
        .chain(letter.signed_by.iter().enumerate().map(|(i, line)| {
            // Some room between the words and the name.
            (line, if i == 0 { 8.0 } else { 0.0 })
        }))
        .filter(|(part, _)| !part.trim().is_empty());
    for (part, mut above) in parts {
        for line in wrapped(sheets, PLAIN, part, width) {
            lines.push((line, above));
            above = 0.0;
        }
    }
    lines
}

fn closing_height(lines: &[(String, f32)]) -> f32 {
    CLOSING_GAP + lines.iter().map(|(_, above)| LEADING + above).sum::<f32>()
}

/// At the foot of the last page, below a rule; on one more page if there is no room.
fn small_print(sheets: &mut Sheets<'_>, letter: &HostLetter) {
    let mut texts: Vec<&str> = letter
        .small_print
        .iter()
        .map(String::as_str)
        .filter(|text| !text.trim().is_empty())
        .collect();
    if sheets.face.has_replaced() {
        texts.push(REPLACED);
    }
    if texts.is_empty() {
        return;
    }
    let width = sheets.right() - sheets.left();
    let height: f32 = texts
        .iter()
        .map(|text| {
            let lines = wrapped(sheets, SMALL_PRINT.style, text, width).len();
            SMALL_PRINT.above + height_of(lines, SMALL_PRINT.leading)
        })
        .sum();
    let needed = height + 8.0;
    sheets.need((needed + CLOSING_GAP).min(300.0));
    let spare = sheets.room() - needed;
    sheets.y += spare.max(CLOSING_GAP);
    let (left, right, y) = (sheets.left(), sheets.right(), sheets.y);
    sheets.rule(left, right, y, 0.75);
    sheets.y += 3.0;
    for text in texts {
        paragraph(sheets, &SMALL_PRINT, text, 0.0);
    }
}
