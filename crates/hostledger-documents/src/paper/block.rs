//! Lines of text in a given space: as large as they fit. And the space that an envelope's window
//! shows.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use super::prose::{height_of, wrapped};
use super::sheets::{Sheets, Style};

/// Where an address may stand to be seen in a DL window (35 mm high, 18 mm above the envelope's
/// edge), a DIN one (form B) and a #10 one, whichever way the sheet slips in its envelope: 55 to
/// 80 mm from the top, at most 74 mm wide, from an inch on.
pub(crate) const WINDOW_LEFT: f32 = 72.0;
pub(crate) const WINDOW_TOP: f32 = 158.0;
pub(crate) const WINDOW_HEIGHT: f32 = 69.0;
pub(crate) const WINDOW_WIDTH: f32 = 210.0;

/// Texts broken into lines at one size.
pub(crate) struct Block {
    pub(crate) style: Style,
    /// From one line to the next, in points.
    pub(crate) leading: f32,
    pub(crate) lines: Vec<String>,
}

impl Block {
    /// `texts`, each beginning a line, at the first of `sizes` at which they fit into `width` and
    /// `height` points; at the last size where none does.
    pub(crate) fn fitting<'t>(
        sheets: &Sheets<'_>,
        style: Style,
        texts: &(impl Iterator<Item = &'t str> + Clone),
        (width, height): (f32, f32),
        sizes: &[f32],
    ) -> Self {
        let set = |size: f32| {
            let style = Style { size, ..style };
            let lines = texts
                .clone()
                .filter(|text| !text.trim().is_empty())
                .flat_map(|text| wrapped(sheets, style, text, width))
                .collect();
            Self {
                style,
                leading: size * 1.22,
                lines,
            }
        };
        let mut block = set(sizes.first().copied().unwrap_or(style.size));
        for size in sizes.iter().skip(1) {
            if block.height() <= height {
                break;
            }
            block = set(*size);
        }
        block
    }

    pub(crate) fn height(&self) -> f32 {
        height_of(self.lines.len(), self.leading)
    }

    /// Draws the lines from `top` on, all on this page.
    pub(crate) fn draw(&self, sheets: &mut Sheets<'_>, x: f32, top: f32) {
        let mut baseline = top + self.leading - self.style.size * 0.28;
        for line in &self.lines {
            sheets.text(x, baseline, self.style, line);
            baseline += self.leading;
        }
    }
}
