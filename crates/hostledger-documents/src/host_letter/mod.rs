//! A letter to a host as a PDF: why money is held back, taken back or carried, in plain words and
//! with the figures.
//!
//! [`letter_pdf`] prints a [`HostLetter`] as it is given. The address stands where the windows of
//! DL and #10 envelopes show it. A letter is a page as a rule and goes on to others where it must;
//! nothing is shortened. It is refused where its total isn't the sum of its figures.

mod document;
mod draw;
mod figures;

pub use document::{HostLetter, LetterFigure};

use crate::figure::Figure;
use crate::paper::{Identity, PdfInstant, Sheets, Typeface, date_in_words, finish};
use crate::{Error, amount_on_paper};

/// The letter as a PDF. The same letter gives the same bytes.
///
/// # Errors
/// [`Error::BadTime`] when `generated_at` is no instant or `date` no date;
/// [`Error::DoesNotAddUp`] when the total is not the sum of the figures, or not in their currency.
pub fn letter_pdf(letter: &HostLetter) -> Result<Vec<u8>, Error> {
    let made_at = PdfInstant::parse(&letter.generated_at, "generated_at")?;
    let date = date_in_words(&letter.date).ok_or_else(|| Error::BadTime {
        place: "date".to_owned(),
        text: letter.date.clone(),
        wanted: "a date, YYYY-MM-DD",
    })?;
    check_total(letter)?;
    let face = Typeface::new()?;
    let mut sheets = Sheets::with_side(&face, letter.paper, draw::SIDE);
    draw::draw(&mut sheets, letter, &date);
    let identity = Identity {
        title: &letter.subject,
        subject: &format!("Letter from {} to {}", letter.sender, letter.recipient),
        made_at: &made_at,
        // Everything in the letter: two letters that differ anywhere are two files.
        seed: &format!("{letter:?}"),
        outline: &[],
    };
    let size = sheets.size();
    let head = format!("To {}, {date}", letter.recipient);
    // The first page has the letter's own head.
    let pages = sheets.finish_from(2, (&letter.sender, &head), &letter.reference);
    finish(&face, size, pages, &identity)
}

/// A total is the sum of the figures above it.
fn check_total(letter: &HostLetter) -> Result<(), Error> {
    let Some(total) = &letter.total else {
        return Ok(());
    };
    let mut sum = Figure::default();
    let mut foreign = None;
    for figure in &letter.figures {
        sum = sum.plus(Figure::of(figure.amount));
        if figure.amount.currency != total.amount.currency {
            foreign = Some(figure.amount);
        }
    }
    let summed = match foreign {
        Some(amount) => format!("other currencies too, such as {}", amount_on_paper(amount)),
        None if sum.same(Figure::of(total.amount)) => return Ok(()),
        None => format!("{} {}", sum.for_paper(), total.amount.currency),
    };
    Err(Error::DoesNotAddUp {
        what: format!("total of the letter to {}", letter.recipient),
        stated: amount_on_paper(total.amount),
        summed,
    })
}

#[cfg(test)]
mod tests;
