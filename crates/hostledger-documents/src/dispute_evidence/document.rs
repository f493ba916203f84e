//! What the evidence says, as values. Texts are printed as they are worded; a line feed in a
//! paragraph stays, and an empty line begins another one.

use hostledger_core::Money;

use crate::{Align, PaperSize, WhoWhen};

/// Everything that stands on the paper about one dispute or complaint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidencePaper {
    /// A4 or Letter.
    pub paper: PaperSize,
    /// When this paper is made: UTC, `YYYY-MM-DDTHH:MM:SSZ`. Also the file's creation date.
    pub generated_at: String,
    /// The ledger's name; stands at the head of every page.
    pub ledger_name: String,
    /// The paper's title: "Evidence for dispute dp_1Q2w3E". Repeated at the head of every page.
    pub title: String,
    /// What identifies the case: dispute, booking, amount, reason, evidence due, charge.
    pub facts: Vec<Fact>,
    /// The case in one paragraph, read first. Empty: none.
    pub summary: String,
    /// The evidence, in the order of the paper. A section with nothing to print is left out.
    pub sections: Vec<EvidenceSection>,
    /// Who put the paper together.
    pub prepared: WhoWhen,
    /// Who read it over, once that is done. None prints "Not yet".
    pub reviewed: Option<WhoWhen>,
}

/// A label with its value. One whose value is blank is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fact {
    /// "Evidence due".
    pub label: String,
    /// "2026-04-02 23:59 UTC".
    pub value: String,
}

impl Fact {
    /// A label with its value.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.value.trim().is_empty()
    }
}

/// One part of the evidence under its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceSection {
    /// "The session took place". Also a place in the reader's outline.
    pub title: String,
    /// What stands under it, in order.
    pub blocks: Vec<EvidenceBlock>,
}

/// One piece of a section. A blank one is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceBlock {
    /// The ledger's own words.
    Paragraph(String),
    /// Words quoted from elsewhere, such as the refund policy then in force: set in, with a rule
    /// beside them. Of any length.
    Quotation(String),
    /// Labels with their values.
    Facts(Vec<Fact>),
    /// Rows under headings.
    Table(EvidenceTable),
}

/// A table. Its headings are repeated on every page that it goes on to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceTable {
    /// The columns from left to right.
    pub columns: Vec<EvidenceColumn>,
    /// The rows, each with one cell per column.
    pub rows: Vec<Vec<EvidenceCell>>,
    /// The sentence that stands in place of a table without rows: "No earlier payments." Empty:
    /// such a table is left out.
    pub when_empty: String,
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceColumn {
    /// Its heading; over twelve lines it ends in an ellipsis.
    pub title: String,
    /// Left for text, right for numbers.
    pub align: Align,
}

impl EvidenceColumn {
    /// A column of text.
    pub fn left(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            align: Align::Left,
        }
    }

    /// A column of numbers.
    pub fn right(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            align: Align::Right,
        }
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceCell {
    /// Text as given, on one line or wrapped.
    Text(String),
    /// An amount, printed with its currency: "1,312.40 USD".
    Amount(Money),
}

impl From<&str> for EvidenceCell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for EvidenceCell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Money> for EvidenceCell {
    fn from(amount: Money) -> Self {
        Self::Amount(amount)
    }
}
