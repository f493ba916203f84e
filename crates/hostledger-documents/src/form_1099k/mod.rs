//! Form 1099-K on paper: the payee's copy, the filer's and a state's.
//!
//! A substitute form in the sense of IRS Publication 1179: the form's number, name and year, the
//! OMB number, every box under its number, the filer's and the payee's blocks, and the legend of
//! the copy. The payee's name and address stand where the windows of #10 and DL envelopes show
//! them. The payee's copy goes on with instructions and, where there is one, the bridge from box
//! 1a to what was paid. Nothing here is filed: returns go to the IRS electronically (`docs/tax.md`).

mod boxes;
mod bridge;
mod cells;
mod check;
mod document;
mod draw;
mod instructions;

pub use document::{
    Bridge, BridgeRow, BridgeSection, FilerBlock, Form1099k, FormCopy, PayeeBlock, StateBox,
};

use printpdf::Op;

use crate::paper::{Identity, PdfInstant, Sheets, Typeface, finish};
use crate::{Error, PaperSize};

/// The typeface, read once and used for any number of forms. Not shared between threads: a
/// thread makes its own.
pub struct Press {
    face: Typeface,
}

impl Press {
    /// Reads the fonts that come with the program.
    ///
    /// # Errors
    /// [`Error::Font`] when they can't be used.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            face: Typeface::new()?,
        })
    }
}

/// One form as a PDF. The same input gives the same bytes. `generated_at` is UTC,
/// `YYYY-MM-DDTHH:MM:SSZ`.
///
/// # Errors
/// [`Error::BadTime`] when `generated_at` is no instant; [`Error::DoesNotAddUp`] when the months
/// are not box 1a or the bridge disagrees with itself or with box 1a; [`Error::Unfit`] for what
/// the form has no room for: a negative amount, a third state, a name or address that doesn't fit
/// in the smallest letters.
pub fn form_pdf(
    press: &Press,
    form: &Form1099k,
    copy: FormCopy,
    paper: PaperSize,
    generated_at: &str,
) -> Result<Vec<u8>, Error> {
    let title = format!("Form 1099-K {}, {}", form.year, form.account_number);
    bound(
        press,
        std::slice::from_ref(form),
        copy,
        paper,
        generated_at,
        &title,
    )
}

/// Many forms as one PDF, each beginning a page, with an outline by account number. Memory grows
/// with the number of forms, so the caller prints a few hundred at a time. The same input gives
/// the same bytes.
///
/// # Errors
/// As [`form_pdf`]; the first form at fault ends it. [`Error::Pdf`] where there are no forms.
pub fn forms_pdf(
    press: &Press,
    forms: &[Form1099k],
    copy: FormCopy,
    paper: PaperSize,
    generated_at: &str,
) -> Result<Vec<u8>, Error> {
    let (Some(first), Some(last)) = (forms.first(), forms.last()) else {
        return Err(Error::Pdf("there are no forms to print".into()));
    };
    let title = format!(
        "Forms 1099-K {}, {} to {}",
        first.year, first.account_number, last.account_number
    );
    bound(press, forms, copy, paper, generated_at, &title)
}

fn bound(
    press: &Press,
    forms: &[Form1099k],
    copy: FormCopy,
    paper: PaperSize,
    generated_at: &str,
    title: &str,
) -> Result<Vec<u8>, Error> {
    let made_at = PdfInstant::parse(generated_at, "generated_at")?;
    let mut pages: Vec<Vec<Op>> = Vec::new();
    let mut outline = Vec::with_capacity(forms.len());
    for form in forms {
        check::check(form)?;
        outline.push((form.account_number.clone(), pages.len() + 1));
        pages.extend(one_form(press, form, copy, paper, &made_at)?);
    }
    let identity = Identity {
        title,
        subject: &format!("{}, {}", forms[0].filer.name, copy.title().0),
        made_at: &made_at,
        // Everything on the forms: two files that differ anywhere have two ids.
        seed: &format!("{forms:?}\n{copy:?}\n{paper:?}"),
        outline: if forms.len() > 1 {
            outline.as_slice()
        } else {
            &[]
        },
    };
    let size = Sheets::with_side(&press.face, paper, draw::SIDE).size();
    finish(&press.face, size, pages, &identity)
}

/// The pages of one form, numbered by themselves.
fn one_form(
    press: &Press,
    form: &Form1099k,
    copy: FormCopy,
    paper: PaperSize,
    made_at: &PdfInstant,
) -> Result<Vec<Vec<Op>>, Error> {
    press.face.forget_replaced();
    let mut sheets = Sheets::with_side(&press.face, paper, draw::SIDE);
    draw::draw(&mut sheets, form, copy)?;
    if copy == FormCopy::Recipient {
        sheets.new_page();
        instructions::draw(&mut sheets, form);
    }
    if copy != FormCopy::State
        && let Some(bridge) = &form.bridge
    {
        bridge::draw(&mut sheets, bridge)?;
    }
    let head = format!("Form 1099-K for {}", form.year);
    let foot = format!(
        "Form 1099-K {} · account {} · made {}",
        form.year,
        form.account_number,
        made_at.for_paper()
    );
    // The first page is the form itself and has no running head.
    Ok(sheets.finish_from(2, (&form.filer.name, &head), &foot))
}

#[cfg(test)]
mod tests;
