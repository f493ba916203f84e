//! The evidence for one dispute or complaint as a PDF: what a bank's reviewer follows in a minute.
//!
//! [`evidence_pdf`] prints an [`EvidencePaper`] as it is given: the case's facts, a summary, the
//! sections in their order, and who prepared and reviewed it. Nothing is shortened: what is too
//! wide is wrapped, and what is too long goes on over the page.

mod document;
mod draw;

pub use document::{
    EvidenceBlock, EvidenceCell, EvidenceColumn, EvidencePaper, EvidenceSection, EvidenceTable,
    Fact,
};

use crate::Error;
use crate::paper::{Identity, PdfInstant, Sheets, Typeface, finish};

/// The evidence as a PDF. The same paper gives the same bytes.
///
/// # Errors
/// [`Error::BadTime`] when `generated_at` is no instant; [`Error::Misshapen`] when a table's row
/// has more or fewer cells than columns; [`Error::Pdf`] when a table has rows but no columns, or
/// more columns than can be read on the paper (about 20).
pub fn evidence_pdf(paper: &EvidencePaper) -> Result<Vec<u8>, Error> {
    let made_at = PdfInstant::parse(&paper.generated_at, "generated_at")?;
    let face = Typeface::new()?;
    let mut sheets = Sheets::with_side(&face, paper.paper, draw::SIDE);
    let outline = draw::draw(&mut sheets, paper)?;
    let identity = Identity {
        title: &paper.title,
        subject: &format!("{}, {}", paper.ledger_name, paper.title),
        made_at: &made_at,
        // Everything on the paper: two papers that differ anywhere are two files.
        seed: &format!("{paper:?}"),
        outline: &outline,
    };
    let size = sheets.size();
    let foot = format!("Made {}", made_at.for_paper());
    let pages = sheets.finish((&paper.ledger_name, &paper.title), &foot);
    finish(&face, size, pages, &identity)
}

#[cfg(test)]
mod tests;
