//! Paper: type, pages, running text, tables, and the finished PDF. Knows nothing of payouts.

mod block;
mod finish;
mod fitted;
mod prose;
mod sheets;
mod table;
mod typeface;
mod words;

pub(crate) use block::{Block, WINDOW_HEIGHT, WINDOW_LEFT, WINDOW_TOP, WINDOW_WIDTH};
pub(crate) use finish::{Identity, PdfInstant, finish};
pub(crate) use fitted::Fitted;
pub(crate) use prose::{
    FactStyle, Prose, facts, height_of, paragraph, section, section_continued, section_height,
    wrapped,
};
pub(crate) use sheets::{Ink, Sheets, Style, Weight};
pub use table::Align;
pub(crate) use table::{Column, GUTTER, Row, Table};
pub(crate) use typeface::Typeface;
pub(crate) use words::{MONTHS, date_in_words, long_date, sentence_case};

/// Explains the replacement character on a paper that has one.
pub(crate) const REPLACED: &str = "\u{FFFD} stands for a character that this document's typeface \
    does not have; the ledger holds the text in full.";

/// The paper a document is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaperSize {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

/// A person and a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhoWhen {
    /// The user's name.
    pub who: String,
    /// The time with its zone: "2026-03-16 09:12 UTC".
    pub when: String,
}

impl WhoWhen {
    /// "Ann Preparer · 2026-03-16 09:12 UTC".
    pub(crate) fn for_paper(&self) -> String {
        format!("{} · {}", self.who, self.when)
    }
}
