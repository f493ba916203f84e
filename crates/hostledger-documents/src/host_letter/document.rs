//! What a letter says, as values. Texts are printed as they are worded; a line feed in a paragraph
//! stays, and an empty line begins another one.

use hostledger_core::Money;

use crate::PaperSize;

/// A letter to one host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostLetter {
    /// A4 or Letter.
    pub paper: PaperSize,
    /// When this letter is made: UTC, `YYYY-MM-DDTHH:MM:SSZ`. The file's creation date.
    pub generated_at: String,
    /// Who writes: the ledger's name.
    pub sender: String,
    /// The host's name; the first line in the envelope's window.
    pub recipient: String,
    /// The lines of the address below the name; none where the letter isn't posted.
    pub address: Vec<String>,
    /// The letter's date, `YYYY-MM-DD`; printed "16 March 2026".
    pub date: String,
    /// What it is about, in a line: "We hold back your payout for one booking".
    pub subject: String,
    /// What to name in an answer: "Booking bkg_00000777, dispute dp_1Q2w3E". Empty: no line.
    pub reference: String,
    /// The paragraphs before the figures, the greeting first.
    pub before: Vec<String>,
    /// The figures, in order, signed so that they add up to the total. None: no table.
    pub figures: Vec<LetterFigure>,
    /// The last row. Where there is one, it must be the sum of the figures.
    pub total: Option<LetterFigure>,
    /// The paragraphs after the figures.
    pub after: Vec<String>,
    /// The words that close it: "Kind regards,". Empty: none.
    pub closing: String,
    /// The name and the team below them, a line each.
    pub signed_by: Vec<String>,
    /// Paragraphs in small type at the foot of the last page.
    pub small_print: Vec<String>,
}

/// A row of a letter's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterFigure {
    /// What it is: "Your share of booking bkg_00000777".
    pub label: String,
    /// A sentence below it in small type. Empty: none.
    pub note: String,
    /// How much, printed with its currency; negative for a deduction.
    pub amount: Money,
}

impl LetterFigure {
    /// A row without a note.
    pub fn new(label: impl Into<String>, amount: Money) -> Self {
        Self {
            label: label.into(),
            note: String::new(),
            amount,
        }
    }

    /// The same row with a note below its label.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ..self
        }
    }
}
