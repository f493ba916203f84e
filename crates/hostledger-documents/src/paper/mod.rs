//! Paper: type, pages, tables, and the finished PDF. Knows nothing of payouts.

mod finish;
mod sheets;
mod table;
mod typeface;
mod words;

pub(crate) use finish::{Identity, PdfInstant, finish};
pub(crate) use sheets::{Ink, Sheets, Style, Weight};
pub(crate) use table::{Align, Column, Row, Table};
pub(crate) use typeface::Typeface;
pub(crate) use words::{long_date, sentence_case};

/// The paper a document is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperSize {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 8.5 × 11 inches.
    Letter,
}
