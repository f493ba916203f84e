//! Pages under construction: a place for the next line, text and rules on it, running heads.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use printpdf::{Color, FontId, Greyscale, Line, LinePoint, Op, PdfFontHandle, Point, Pt, TextItem};

use super::{PaperSize, typeface::Typeface};

const SIDE: f32 = 42.0;
const TOP: f32 = 62.0;
const BOTTOM: f32 = 50.0;

/// Weight of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    /// The font's name inside the file; fixed, so that files repeat byte for byte.
    pub(crate) fn font_id(self) -> FontId {
        FontId(match self {
            Self::Regular => "Text".into(),
            Self::SemiBold => "Strong".into(),
        })
    }
}

/// Colour of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Black,
    Grey,
}

/// How a piece of text is set; `size` in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) ink: Ink,
}

impl Style {
    pub(crate) const fn new(weight: Weight, size: f32, ink: Ink) -> Self {
        Self { weight, size, ink }
    }
}

/// One page: what is on it, and the state the reader's pen was left in.
#[derive(Default)]
struct Sheet {
    ops: Vec<Op>,
    font: Option<(Weight, f32)>,
    ink: Option<Ink>,
    stroke: Option<f32>,
}

/// The pages of a document. `y` runs down from the top edge.
pub(crate) struct Sheets<'t> {
    pub(crate) face: &'t Typeface,
    /// Width of the margins left and right.
    side: f32,
    width: f32,
    height: f32,
    sheets: Vec<Sheet>,
    /// Top of the next line.
    pub(crate) y: f32,
}

impl<'t> Sheets<'t> {
    /// Begins with one empty page, with the margins of a dense document.
    pub(crate) fn new(face: &'t Typeface, paper: PaperSize) -> Self {
        Self::with_side(face, paper, SIDE)
    }

    /// Begins with one empty page whose text keeps `side` points away from the left and right edge.
    pub(crate) fn with_side(face: &'t Typeface, paper: PaperSize, side: f32) -> Self {
        let (width, height) = match paper {
            PaperSize::A4 => (595.28, 841.89),
            PaperSize::Letter => (612.0, 792.0),
        };
        Self {
            face,
            side,
            width,
            height,
            sheets: vec![Sheet::default()],
            y: TOP,
        }
    }

    pub(crate) fn size(&self) -> (f32, f32) {
        (self.width, self.height)
    }

    pub(crate) fn left(&self) -> f32 {
        self.side
    }

    pub(crate) fn right(&self) -> f32 {
        self.width - self.side
    }

    /// Height left on this page.
    pub(crate) fn room(&self) -> f32 {
        self.height - BOTTOM - self.y
    }

    /// Whether nothing stands on this page yet, as far as the next line's place says.
    pub(crate) fn is_fresh(&self) -> bool {
        self.y <= TOP
    }

    /// Number of pages so far; the current page's number within these sheets.
    pub(crate) fn count(&self) -> usize {
        self.sheets.len()
    }

    /// Goes on to a fresh page.
    pub(crate) fn new_page(&mut self) {
        self.sheets.push(Sheet::default());
        self.y = TOP;
    }

    /// A fresh page unless `height` fits on this one.
    pub(crate) fn need(&mut self, height: f32) {
        if self.room() < height {
            self.new_page();
        }
    }

    /// Puts the pages of `other` after these.
    pub(crate) fn append(&mut self, other: Self) {
        self.sheets.extend(other.sheets);
        self.y = other.y;
    }

    /// One line of settable text from `x` on; `baseline` from the top edge.
    pub(crate) fn text(&mut self, x: f32, baseline: f32, style: Style, text: &str) {
        let width = self.face.width(style.weight, style.size, text);
        self.pieces(baseline, style, vec![(x, width, text.to_owned())]);
    }

    /// One line of settable text that ends at `x`.
    pub(crate) fn text_to(&mut self, x: f32, baseline: f32, style: Style, text: &str) {
        let width = self.face.width(style.weight, style.size, text);
        self.pieces(baseline, style, vec![(x - width, width, text.to_owned())]);
    }

    /// Several pieces `(x, width, text)` on one baseline, left to right.
    pub(crate) fn pieces(
        &mut self,
        baseline: f32,
        style: Style,
        mut pieces: Vec<(f32, f32, String)>,
    ) {
        pieces.retain(|(_, _, text)| !text.is_empty());
        let y = self.height - baseline;
        let Some(start) = pieces.first().map(|(x, _, _)| *x) else {
            return;
        };
        let mut items = Vec::with_capacity(pieces.len() * 2 - 1);
        let mut pen = start;
        for (x, width, text) in pieces {
            if x != pen {
                // Thousandths of the size; positive moves back.
                items.push(TextItem::Offset((pen - x) * 1000.0 / style.size));
            }
            items.push(TextItem::Text(text));
            pen = x + width;
        }
        let sheet = self.sheet();
        if sheet.ink != Some(style.ink) {
            sheet.ink = Some(style.ink);
            let percent = if style.ink == Ink::Black { 0.08 } else { 0.38 };
            sheet.ops.push(Op::SetFillColor { col: grey(percent) });
        }
        sheet.ops.push(Op::StartTextSection);
        if sheet.font != Some((style.weight, style.size)) {
            sheet.font = Some((style.weight, style.size));
            let font = PdfFontHandle::External(style.weight.font_id());
            sheet.ops.push(Op::SetFont {
                font,
                size: Pt(style.size),
            });
        }
        sheet.ops.push(Op::SetTextCursor {
            pos: Point {
                x: Pt(start),
                y: Pt(y),
            },
        });
        sheet.ops.push(Op::ShowText { items });
        sheet.ops.push(Op::EndTextSection);
    }

    /// A rule across the text, or from `from` to `to`; the darker, the lower `percent`.
    pub(crate) fn rule(&mut self, from: f32, to: f32, y: f32, percent: f32) {
        self.stroke((from, y), (to, y), percent);
    }

    /// An upright rule at `x` between two heights.
    pub(crate) fn bar(&mut self, x: f32, from_y: f32, to_y: f32, percent: f32) {
        self.stroke((x, from_y), (x, to_y), percent);
    }

    fn stroke(&mut self, from: (f32, f32), to: (f32, f32), percent: f32) {
        let at = |(x, y): (f32, f32)| LinePoint {
            p: Point {
                x: Pt(x),
                y: Pt(self.height - y),
            },
            bezier: false,
        };
        let line = Line {
            points: vec![at(from), at(to)],
            is_closed: false,
        };
        let sheet = self.sheet();
        if sheet.stroke != Some(percent) {
            sheet.stroke = Some(percent);
            sheet.ops.push(Op::SetOutlineColor { col: grey(percent) });
            sheet.ops.push(Op::SetOutlineThickness { pt: Pt(0.5) });
        }
        sheet.ops.push(Op::DrawLine { line });
    }

    /// Head and foot of every page: `head` left and right above the rule, `foot` left and the
    /// page's number right below.
    pub(crate) fn finish(self, head: (&str, &str), foot: &str) -> Vec<Vec<Op>> {
        self.finish_from(1, head, foot)
    }

    /// The same, but pages before page `first` go without the head.
    pub(crate) fn finish_from(
        mut self,
        first: usize,
        head: (&str, &str),
        foot: &str,
    ) -> Vec<Vec<Op>> {
        let (left, right, bottom) = (self.left(), self.right(), self.height);
        let name = Style::new(Weight::SemiBold, 8.0, Ink::Black);
        let small = Style::new(Weight::Regular, 7.0, Ink::Grey);
        let half = (right - left) * 0.58;
        let ledger = self.face.ellipsised(name.weight, name.size, head.0, half);
        let name_width = self.face.width(name.weight, name.size, &ledger);
        let document =
            self.face
                .ellipsised(small.weight, 8.0, head.1, right - left - name_width - 12.0);
        let foot = self
            .face
            .ellipsised(small.weight, small.size, foot, right - left - 90.0);
        let last = self.sheets.len();
        let sheets = std::mem::take(&mut self.sheets);
        let mut finished = Vec::with_capacity(last);
        for (i, sheet) in sheets.into_iter().enumerate() {
            self.sheets.push(sheet);
            if i + 1 >= first {
                self.text(left, 38.0, name, &ledger);
                self.text_to(right, 38.0, Style { size: 8.0, ..small }, &document);
                self.rule(left, right, 45.0, 0.55);
            }
            self.text(left, bottom - 28.0, small, &foot);
            self.text_to(
                right,
                bottom - 28.0,
                small,
                &format!("Page {} of {last}", i + 1),
            );
            finished.extend(self.sheets.pop().map(|sheet| sheet.ops));
        }
        finished
    }

    fn sheet(&mut self) -> &mut Sheet {
        if self.sheets.is_empty() {
            self.sheets.push(Sheet::default());
        }
        let last = self.sheets.len() - 1;
        &mut self.sheets[last]
    }
}

fn grey(percent: f32) -> Color {
    Color::Greyscale(Greyscale {
        percent,
        icc_profile: None,
    })
}
