//! The two fonts, how wide text is in them, and what is done with text they can't show.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use printpdf::ParsedFont;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::sheets::Weight;
use crate::Error;

const REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
const SEMI_BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-SemiBold.ttf");

/// Stands for a character that the fonts lack.
pub(crate) const REPLACEMENT: char = '\u{FFFD}';

/// One font with the widths it was asked for.
pub(crate) struct Face {
    pub(crate) font: ParsedFont,
    /// Advance of each ASCII character in thousandths of the size; 0: not in the font.
    ascii: [f32; 128],
    others: std::cell::RefCell<HashMap<char, Option<f32>>>,
}

impl Face {
    fn new(bytes: &[u8]) -> Result<Self, Error> {
        let font = ParsedFont::from_bytes(bytes, 0, &mut Vec::new())
            .ok_or(Error::Font("it can't be read"))?;
        let mut face = Self {
            font,
            ascii: [0.0; 128],
            others: HashMap::default().into(),
        };
        for code in b' '..=b'~' {
            face.ascii[usize::from(code)] = face.look_up(char::from(code)).unwrap_or(0.0);
        }
        if face.ascii[usize::from(b'0')] == 0.0 || face.look_up(REPLACEMENT).is_none() {
            return Err(Error::Font("it lacks digits or the replacement character"));
        }
        Ok(face)
    }

    fn look_up(&self, c: char) -> Option<f32> {
        let glyph = self
            .font
            .lookup_glyph_index(u32::from(c))
            .filter(|glyph| *glyph != 0)?;
        let per_em = f32::from(self.font.font_metrics.units_per_em);
        Some(f32::from(self.font.get_horizontal_advance(glyph)) * 1000.0 / per_em)
    }

    /// Thousandths of the font size, or nothing if the font lacks it.
    fn advance(&self, c: char) -> Option<f32> {
        match self.ascii.get(c as usize) {
            Some(advance) => Some(*advance).filter(|advance| *advance > 0.0),
            None => *self
                .others
                .borrow_mut()
                .entry(c)
                .or_insert_with(|| self.look_up(c)),
        }
    }
}

/// Noto Sans in the two weights that the papers use.
pub(crate) struct Typeface {
    regular: Face,
    semi_bold: Face,
    replaced: Cell<bool>,
}

impl Typeface {
    /// Reads the fonts that come with the program.
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self {
            regular: Face::new(REGULAR)?,
            semi_bold: Face::new(SEMI_BOLD)?,
            replaced: Cell::new(false),
        })
    }

    pub(crate) fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }

    /// Whether any text so far had characters that the fonts lack.
    pub(crate) fn has_replaced(&self) -> bool {
        self.replaced.get()
    }

    /// Begins another document: what was replaced before doesn't count.
    pub(crate) fn forget_replaced(&self) {
        self.replaced.set(false);
    }

    /// `text` as it can be set: composed letters, one line, no invisible or direction-changing
    /// characters, and a visible replacement for what the fonts lack.
    pub(crate) fn settable<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            return Cow::Borrowed(text);
        }
        let composed: Cow<'_, str> = if is_nfc(text) {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.nfc().collect())
        };
        let mut out = String::with_capacity(composed.len());
        for c in composed.chars() {
            if is_invisible(c) {
                continue;
            }
            if is_break(c) {
                out.push(' ');
            } else if self.regular.advance(c).is_some() && self.semi_bold.advance(c).is_some() {
                out.push(c);
            } else {
                self.replaced.set(true);
                out.push(REPLACEMENT);
            }
        }
        Cow::Owned(out)
    }

    /// Width in points of settable text.
    pub(crate) fn width(&self, weight: Weight, size: f32, text: &str) -> f32 {
        let face = self.face(weight);
        text.chars().filter_map(|c| face.advance(c)).sum::<f32>() * size / 1000.0
    }

    /// `text` broken into lines no wider than `width`: at spaces, then after the punctuation in
    /// ids and addresses, then anywhere. What exceeds `max_lines` ends in an ellipsis.
    pub(crate) fn wrap(
        &self,
        weight: Weight,
        size: f32,
        text: &str,
        width: f32,
        max_lines: usize,
    ) -> Vec<String> {
        let text = self.settable(text);
        if self.width(weight, size, &text) <= width {
            return vec![text.trim().to_owned()];
        }
        let mut lines = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() && lines.len() < max_lines {
            if lines.len() + 1 == max_lines && self.width(weight, size, rest) > width {
                lines.push(self.ellipsised(weight, size, rest, width));
                break;
            }
            let cut = self.cut(weight, size, rest, width);
            lines.push(rest[..cut].trim_end().to_owned());
            rest = rest[cut..].trim_start();
        }
        if lines.is_empty() {
            lines.push(String::new());
        }
        lines
    }

    /// One line no wider than `width`, shortened with an ellipsis if need be.
    pub(crate) fn ellipsised(&self, weight: Weight, size: f32, text: &str, width: f32) -> String {
        let text = self.settable(text);
        if self.width(weight, size, &text) <= width {
            return text.into_owned();
        }
        let room = width - self.width(weight, size, "…");
        let cut = self.fitting(weight, size, &text, room);
        format!("{}…", text[..cut].trim_end())
    }

    /// Byte length of the longest beginning that fits.
    fn fitting(&self, weight: Weight, size: f32, text: &str, width: f32) -> usize {
        let face = self.face(weight);
        let mut used = 0.0;
        for (at, c) in text.char_indices() {
            used += face.advance(c).unwrap_or(0.0) * size / 1000.0;
            if used > width {
                return at;
            }
        }
        text.len()
    }

    /// Where to break `text`, which may be too wide: never 0, so that every step goes on.
    fn cut(&self, weight: Weight, size: f32, text: &str, width: f32) -> usize {
        let fits = self.fitting(weight, size, text, width);
        if fits == text.len() {
            return fits;
        }
        if text[fits..].starts_with(' ') && !is_amount(text, fits) {
            return fits;
        }
        let spaces = || text[..fits].rmatch_indices(' ').map(|(at, _)| at);
        let space = spaces()
            .find(|at| *at > 0 && !is_amount(text, *at))
            .or_else(|| text[fits..].starts_with(' ').then_some(fits))
            .or_else(|| spaces().find(|at| *at > 0));
        if let Some(space) = space {
            return space;
        }
        let after = |c: char| matches!(c, '-' | '_' | '/' | '@' | '.' | ':' | ',' | '·');
        if let Some(at) = text[..fits].rfind(after) {
            return at + text[at..].chars().next().map_or(1, char::len_utf8);
        }
        let first = text.chars().next().map_or(text.len(), char::len_utf8);
        fits.max(first)
    }
}

/// `text` on one line, without characters that are invisible or change its direction: for a
/// reader's title bar and outline, which have letters for everything.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if is_break(c) { ' ' } else { c })
        .collect()
}

fn is_break(c: char) -> bool {
    c.is_control() || (c.is_whitespace() && c != '\u{A0}')
}

/// Whether the space at `at` stands between a number and its currency: "13.12 USD".
fn is_amount(text: &str, at: usize) -> bool {
    let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + 1..]);
    before.last().is_some_and(u8::is_ascii_digit)
        && after.len() >= 3
        && after[..3].iter().all(u8::is_ascii_uppercase)
        && !after.get(3).is_some_and(u8::is_ascii_alphanumeric)
}

/// Characters without a shape of their own that could hide or reorder others.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: Weight = Weight::Regular;

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let face = Typeface::new().unwrap();
        for text in [
            "Ann",
            "Maria Magdalena Theresia von und zu Hohenlohe-Waldenburg-Schillingsfürst",
            "0192f7a0-7c1e-7bbb-8d1e-0123456789ab",
            "Μαρία Παπαδοπούλου-Κωνσταντινίδου Мария Đặng Thị Ngọc Ánh",
            &"W".repeat(60),
            "",
        ] {
            for width in [20.0, 57.0, 130.0] {
                let lines = face.wrap(W, 8.0, text, width, 99);
                assert!(
                    lines.iter().all(|line| face.width(W, 8.0, line) <= width),
                    "{lines:?}"
                );
                let bare = |s: &str| s.replace(' ', "");
                assert_eq!(bare(&lines.concat()), bare(text));
            }
            let short = face.wrap(W, 8.0, text, 57.0, 2);
            assert!(short.len() <= 2);
            assert!(face.width(W, 8.0, &face.ellipsised(W, 8.0, text, 30.0)) <= 30.0);
        }
    }

    #[test]
    fn an_amount_keeps_its_currency() {
        let face = Typeface::new().unwrap();
        let text = "We hold back 1,213.12 USD of what is due";
        for width in 60..200_u16 {
            let lines = face.wrap(W, 8.0, text, f32::from(width), 99);
            assert!(
                lines.iter().any(|line| line.contains("1,213.12 USD")),
                "{lines:?}"
            );
        }
        // Where there is no other place, it breaks there.
        assert_eq!(
            face.wrap(W, 8.0, "1,213.12 USD", 40.0, 99),
            ["1,213.12", "USD"]
        );
    }

    #[test]
    fn a_width_too_small_for_one_letter_still_ends() {
        let face = Typeface::new().unwrap();
        assert_eq!(face.wrap(W, 8.0, "WWW", 0.5, 99).len(), 3);
    }

    #[test]
    fn what_the_font_lacks_is_seen() {
        let face = Typeface::new().unwrap();
        assert_eq!(face.settable("Đặng Ω Я − …"), "Đặng Ω Я − …");
        assert!(!face.has_replaced());
        assert_eq!(face.settable("e\u{302}\u{301}\u{200B}\u{202E}x\ty"), "ếx y");
        assert!(!face.has_replaced());
        assert_eq!(face.settable("山田 Co"), "\u{FFFD}\u{FFFD} Co");
        assert!(face.has_replaced());
    }

    #[test]
    fn titles_keep_every_letter_and_nothing_that_hides() {
        assert_eq!(one_line("山田\u{202E}\tCo\n\u{0}\u{200B}Ω"), "山田 Co  Ω");
    }

    #[test]
    fn digits_are_tabular_in_both_weights() {
        let face = Typeface::new().unwrap();
        for weight in [Weight::Regular, Weight::SemiBold] {
            let zero = face.width(weight, 1000.0, "0");
            assert!("123456789".chars().all(|d| {
                (face.width(weight, 1000.0, d.encode_utf8(&mut [0; 4])) - zero).abs() < 0.5
            }));
        }
    }
}
