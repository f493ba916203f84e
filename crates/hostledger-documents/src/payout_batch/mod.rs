//! The payout batch as a PDF: what a second person approved, and what a controller files.
//!
//! [`batch_pdf`] prints a [`BatchDocument`] as it is given, adds up what it carries forward, and
//! refuses a document whose own figures disagree.

mod document;
mod front;
mod lines;
mod listing;

pub use document::{
    Approval, BatchDocument, BatchLine, BatchPayout, BatchTotal, CarriedHost, FileTotal,
    PaymentFileNote, Rejection,
};

pub use crate::WhoWhen;

use crate::Error;
use crate::figure::Figure;
use crate::paper::{Identity, PdfInstant, Sheets, Typeface, finish, long_date};

/// The batch as a PDF. The same document gives the same bytes.
///
/// # Errors
/// [`Error::BadAmount`] or [`Error::BadTime`] for a value that can't be read;
/// [`Error::DoesNotAddUp`] when a payout is not the sum of its lines, or a currency's total or
/// count is not that of its payouts.
pub fn batch_pdf(document: &BatchDocument) -> Result<Vec<u8>, Error> {
    let made_at = PdfInstant::parse(&document.generated_at, "generated_at")?;
    let listings = listing::by_currency(document)?;
    check_totals(document, &listings)?;
    check_lines(document)?;

    let face = Typeface::new()?;
    let mut details = Sheets::new(&face, document.paper);
    let pages = lines::draw(&mut details, document)?;

    // The list names the page of every payout's lines, and those pages come after the list:
    // drawn once to learn its length, then again with the right numbers.
    let draw = |before: usize| {
        let mut sheets = Sheets::new(&face, document.paper);
        let shown: Vec<usize> = pages.iter().map(|page| page + before).collect();
        let places = front::draw(&mut sheets, document, &listings, &shown)?;
        Ok::<_, Error>((sheets, places))
    };
    let (first, _) = draw(0)?;
    let (mut sheets, mut outline) = draw(first.count())?;
    if sheets.count() != first.count() {
        return Err(Error::Pdf(
            "the page numbers in the list can't be settled".into(),
        ));
    }
    if !document.payouts.is_empty() {
        outline.push(("Lines of every payout".to_owned(), sheets.count() + 1));
        for (payout, page) in document.payouts.iter().zip(&pages) {
            let title = format!("{} ({})", payout.host_name, payout.host_id);
            outline.push((title, page + sheets.count()));
        }
        sheets.append(details);
    }

    let title = format!("Payout batch {}", document.payout_date);
    let head = format!("Payout batch of {}", long_date(&document.payout_date));
    let foot = format!(
        "Batch {} · digest {} · made {}",
        document.batch_id,
        document.digest.get(..16).unwrap_or(&document.digest),
        made_at.for_paper(),
    );
    let seed = [
        &document.ledger_id,
        &document.batch_id,
        &document.status,
        &document.digest,
        &document.generated_at,
    ];
    let identity = Identity {
        title: &title,
        subject: &format!("{}, batch {}", document.ledger_name, document.batch_id),
        made_at: &made_at,
        seed: &seed.map(String::as_str).join("\n"),
        outline: &outline,
    };
    let size = sheets.size();
    finish(
        &face,
        size,
        sheets.finish((&document.ledger_name, &head), &foot),
        &identity,
    )
}

/// Every stated total is the sum of its payouts, and every currency of a payout has a total.
fn check_totals(document: &BatchDocument, listings: &[listing::Listing<'_>]) -> Result<(), Error> {
    for listing in listings {
        let what = format!("total in {}", listing.currency);
        let stated = document
            .totals
            .iter()
            .find(|total| total.currency == listing.currency);
        let (amount, payouts) = match stated {
            Some(total) => (
                Figure::parse(&total.amount, || what.clone())?,
                total.payouts,
            ),
            None => (Figure::default(), 0),
        };
        if !amount.same(listing.sum) || payouts != listing.counted {
            return Err(Error::DoesNotAddUp {
                what,
                stated: format!("{} in {payouts} payouts", amount.for_paper()),
                summed: format!("{} in {}", listing.sum.for_paper(), listing.counted),
            });
        }
    }
    let listed = |currency: &str| listings.iter().any(|listing| listing.currency == currency);
    for total in document
        .totals
        .iter()
        .filter(|total| !listed(&total.currency))
    {
        let what = format!("total in {}", total.currency);
        if Figure::parse(&total.amount, || what.clone())?.units() != 0 || total.payouts != 0 {
            let stated = format!("{} in {} payouts", total.amount, total.payouts);
            return Err(Error::DoesNotAddUp {
                what,
                stated,
                summed: "no payouts".into(),
            });
        }
    }
    Ok(())
}

/// A payout is the sum of its lines (domain.md §9).
fn check_lines(document: &BatchDocument) -> Result<(), Error> {
    for payout in &document.payouts {
        let what = || format!("payout {}", payout.payout_id);
        let mut sum = Figure::default();
        for line in &payout.lines {
            sum = sum.plus(Figure::parse(&line.host_amount, what)?);
        }
        let stated = Figure::parse(&payout.amount, what)?;
        if !sum.same(stated) {
            let (stated, summed) = (stated.for_paper(), sum.for_paper());
            return Err(Error::DoesNotAddUp {
                what: what(),
                stated,
                summed,
            });
        }
    }
    Ok(())
}

/// An amount for paper, or an en dash where there is none.
fn shown(amount: Option<&str>, place: impl Fn() -> String) -> Result<String, Error> {
    match amount {
        Some(text) => Ok(Figure::parse(text, place)?.for_paper()),
        None => Ok("–".to_owned()),
    }
}

#[cfg(test)]
mod tests;
