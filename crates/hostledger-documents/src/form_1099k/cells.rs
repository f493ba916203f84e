//! The form's boxes: a hairline frame, a quiet caption, a value.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use hostledger_core::{Currency, Money};

use crate::Error;
use crate::figure::Figure;
use crate::paper::{Block, Ink, Sheets, Style, Weight, wrapped};

pub(super) const VALUE: Style = Style::new(Weight::Regular, 9.5, Ink::Black);
const CAPTION: Style = Style::new(Weight::Regular, 6.5, Ink::Grey);
const NUMBER: Style = Style::new(Weight::SemiBold, 6.5, Ink::Black);
const CAPTION_LEADING: f32 = 7.8;
/// Sizes of a value, the first at which it fits.
const SIZES: [f32; 9] = [9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5];
/// From a box's frame to what stands in it.
pub(super) const PAD: f32 = 4.5;
const FRAME: f32 = 0.45;
/// Side of a check box.
const TICK: f32 = 7.5;

/// A box's place on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl Area {
    pub(super) fn right(&self) -> f32 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Side by side boxes of these parts of the width; the parts add up to 1.
    pub(super) fn split(&self, parts: &[f32]) -> Vec<Self> {
        let mut x = self.x;
        parts
            .iter()
            .map(|part| {
                let width = self.width * part;
                let area = Self { x, width, ..*self };
                x += width;
                area
            })
            .collect()
    }

    /// A hairline around it.
    pub(super) fn frame(&self, sheets: &mut Sheets<'_>) {
        sheets.rule(self.x, self.right(), self.y, FRAME);
        sheets.rule(self.x, self.right(), self.bottom(), FRAME);
        sheets.bar(self.x, self.y, self.bottom(), FRAME);
        sheets.bar(self.right(), self.y, self.bottom(), FRAME);
    }

    /// Draws number and caption at the top and returns how high they stand.
    pub(super) fn caption(&self, sheets: &mut Sheets<'_>, number: &str, caption: &str) -> f32 {
        let first = self.y + 8.2;
        let mut x = self.x + PAD;
        if !number.is_empty() {
            sheets.text(x, first, NUMBER, number);
            x += sheets.face.width(NUMBER.weight, NUMBER.size, number) + 3.0;
        }
        let lines = wrapped(sheets, CAPTION, caption, self.right() - PAD - x);
        let mut baseline = first;
        for line in &lines {
            sheets.text(x, baseline, CAPTION, line);
            baseline += CAPTION_LEADING;
        }
        baseline - CAPTION_LEADING + 2.0 - self.y
    }

    /// Texts below a caption that is `below` points high, as large as they fit.
    ///
    /// # Errors
    /// [`Error::Unfit`] where they don't fit in the smallest letters.
    pub(super) fn texts<'t>(
        &self,
        sheets: &mut Sheets<'_>,
        below: f32,
        texts: &(impl Iterator<Item = &'t str> + Clone),
        place: &str,
    ) -> Result<(), Error> {
        let room = (self.width - PAD * 2.0, self.height - below - 2.5);
        let block = fitting(sheets, texts, room, &SIZES, place)?;
        // A single line stands at the foot of its box, several begin below the caption.
        let top = if block.lines.len() == 1 {
            self.bottom() - block.leading - 3.0
        } else {
            self.y + below + 1.0
        };
        block.draw(sheets, self.x + PAD, top);
        Ok(())
    }

    /// An amount in US dollars at the right; nothing but the sign where there is none.
    pub(super) fn amount(&self, sheets: &mut Sheets<'_>, cents: Option<i64>) {
        let baseline = self.bottom() - 6.0;
        sheets.text(
            self.x + PAD,
            baseline,
            Style {
                size: 8.0,
                ..CAPTION
            },
            "$",
        );
        if let Some(cents) = cents {
            let money = Money::new(cents, Currency::USD);
            self.number(sheets, &Figure::of(money).for_paper());
        }
    }

    /// A number at the right, smaller if it must.
    pub(super) fn number(&self, sheets: &mut Sheets<'_>, text: &str) {
        let room = self.width - PAD * 2.0 - 8.0;
        let style = SIZES
            .iter()
            .map(|size| Style {
                size: *size,
                ..VALUE
            })
            .find(|style| sheets.face.width(style.weight, style.size, text) <= room)
            .unwrap_or(VALUE);
        sheets.text_to(self.right() - PAD - 1.0, self.bottom() - 6.0, style, text);
    }
}

/// Lines as large as they fit into `room`, width and height.
///
/// # Errors
/// [`Error::Unfit`] where they don't fit at the smallest of `sizes`.
pub(super) fn fitting<'t>(
    sheets: &Sheets<'_>,
    texts: &(impl Iterator<Item = &'t str> + Clone),
    room: (f32, f32),
    sizes: &[f32],
    place: &str,
) -> Result<Block, Error> {
    let block = Block::fitting(sheets, VALUE, texts, room, sizes);
    if block.height() > room.1 {
        return Err(Error::Unfit {
            place: place.to_owned(),
            reason: "too long for its box on the form; shorten it in the tax details".into(),
        });
    }
    Ok(block)
}

/// A check box with what it means at its right; `baseline` is the words'. Returns where they end.
pub(super) fn check_box(
    sheets: &mut Sheets<'_>,
    (x, baseline): (f32, f32),
    ticked: bool,
    style: Style,
    words: &str,
) -> f32 {
    let square = Area {
        x,
        y: baseline - TICK + 1.2,
        width: TICK,
        height: TICK,
    };
    square.frame(sheets);
    if ticked {
        let mark = Style::new(Weight::SemiBold, 8.0, Ink::Black);
        let width = sheets.face.width(mark.weight, mark.size, "X");
        sheets.text(x + (TICK - width) / 2.0, baseline + 0.3, mark, "X");
    }
    let from = x + TICK + 4.0;
    sheets.text(from, baseline, style, words);
    from + sheets.face.width(style.weight, style.size, words)
}
