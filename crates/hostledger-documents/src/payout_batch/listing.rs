//! The payouts of one currency as a list with running totals.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use super::BatchDocument;
use super::front::{SECTION, paragraph};
use crate::Error;
use crate::figure::Figure;
use crate::paper::{Align, Column, Ink, Row, Sheets, Table, Weight, section, sentence_case};

/// The payouts of one currency: their places in the document, their sum and count.
pub(super) struct Listing<'a> {
    pub(super) currency: &'a str,
    pub(super) payouts: Vec<usize>,
    pub(super) sum: Figure,
    pub(super) counted: usize,
}

/// Groups the payouts by currency, in the order of the stated totals and then of appearance.
pub(super) fn by_currency(document: &BatchDocument) -> Result<Vec<Listing<'_>>, Error> {
    let mut listings: Vec<Listing<'_>> = document
        .totals
        .iter()
        .map(|total| empty(&total.currency))
        .collect();
    for (i, payout) in document.payouts.iter().enumerate() {
        let at = listings
            .iter()
            .position(|listing| listing.currency == payout.currency);
        let at = at.unwrap_or_else(|| {
            listings.push(empty(&payout.currency));
            listings.len() - 1
        });
        let listing = &mut listings[at];
        listing.payouts.push(i);
        if payout.counted {
            let amount = Figure::parse(&payout.amount, || format!("payout {}", payout.payout_id))?;
            listing.sum = listing.sum.plus(amount);
            listing.counted += 1;
        }
    }
    listings.retain(|listing| !listing.payouts.is_empty());
    Ok(listings)
}

fn empty(currency: &str) -> Listing<'_> {
    Listing {
        currency,
        payouts: Vec::new(),
        sum: Figure::default(),
        counted: 0,
    }
}

/// Draws rows under a heading; at the foot of a page the sum so far is carried forward, and at
/// the head of the next it is brought forward.
pub(super) struct Running<'t> {
    table: &'t Table,
    /// The column that says "Carried forward", and the last one, which holds the sum.
    words_in: usize,
    columns: usize,
    sum: Figure,
}

impl<'t> Running<'t> {
    pub(super) fn new(table: &'t Table, words_in: usize, columns: usize) -> Self {
        Self {
            table,
            words_in,
            columns,
            sum: Figure::default(),
        }
    }

    /// Height to keep free below a row for the sum.
    pub(super) fn reserve(&self) -> f32 {
        self.table.row_height() + 3.0
    }

    /// Draws a row and adds `amount`; `again` draws what stands over the heading on a new page.
    pub(super) fn row(
        &mut self,
        sheets: &mut Sheets<'_>,
        row: Row,
        amount: Figure,
        again: impl FnOnce(&mut Sheets<'_>),
    ) {
        if sheets.room() < row.height + self.reserve() {
            self.sum_row(sheets, "Carried forward", Weight::Regular, Ink::Grey);
            sheets.new_page();
            again(sheets);
            self.table.draw_head(sheets);
            let brought = self.cells("Brought forward");
            let brought = self
                .table
                .row(sheets, &as_strs(&brought), Weight::Regular, Ink::Grey);
            self.table.draw(sheets, brought);
        }
        self.table.draw(sheets, row);
        self.sum = self.sum.plus(amount);
    }

    /// The closing total.
    pub(super) fn total(&self, sheets: &mut Sheets<'_>, words: &str) {
        self.sum_row(sheets, words, Weight::SemiBold, Ink::Black);
    }

    fn sum_row(&self, sheets: &mut Sheets<'_>, words: &str, weight: Weight, ink: Ink) {
        self.table.rule_from(sheets, self.words_in, 0.55);
        let cells = self.cells(words);
        let row = self.table.row(sheets, &as_strs(&cells), weight, ink);
        self.table.draw(sheets, row);
    }

    fn cells(&self, words: &str) -> Vec<String> {
        let mut cells = vec![String::new(); self.columns];
        cells[self.words_in] = words.to_owned();
        cells[self.columns - 1] = self.sum.for_paper();
        cells
    }
}

fn as_strs(cells: &[String]) -> Vec<&str> {
    cells.iter().map(String::as_str).collect()
}

/// One grid for the lists of all currencies.
pub(super) fn table(
    sheets: &Sheets<'_>,
    document: &BatchDocument,
    listings: &[Listing<'_>],
) -> Result<Table, Error> {
    let mut table = Table::new(
        vec![
            Column::whole("No.", Align::Right),
            Column::text("Host id", 88.0),
            Column::text("Host", 200.0),
            Column::text("Destination", 126.0),
            Column::text("Status", 64.0),
            Column::whole("Lines", Align::Right),
            Column::whole("Page", Align::Right),
            Column::whole("Amount", Align::Right),
        ],
        2,
        8.0,
    );
    for i in 0..document.payouts.len() {
        let (cells, _) = cells(document, i, 0)?;
        for (column, cell) in cells.iter().enumerate() {
            table.measure(sheets, column, cell);
        }
    }
    // Drawn twice with different page numbers: their room must not depend on them.
    table.measure(sheets, 6, "00000");
    for listing in listings {
        table.measure(sheets, 7, &listing.sum.for_paper());
    }
    table.settle(sheets, 120.0)?;
    Ok(table)
}

fn cells(document: &BatchDocument, at: usize, page: usize) -> Result<([String; 8], Figure), Error> {
    let payout = &document.payouts[at];
    let amount = Figure::parse(&payout.amount, || format!("payout {}", payout.payout_id))?;
    let cells = [
        (at + 1).to_string(),
        payout.host_id.clone(),
        payout.host_name.clone(),
        payout.destination.clone(),
        sentence_case(&payout.status),
        payout.lines.len().to_string(),
        page.to_string(),
        amount.for_paper(),
    ];
    Ok((cells, amount))
}

/// Draws the list of one currency's payouts; `pages` has the page of each payout's lines.
pub(super) fn draw(
    sheets: &mut Sheets<'_>,
    table: &Table,
    document: &BatchDocument,
    listing: &Listing<'_>,
    pages: &[usize],
) -> Result<(), Error> {
    let heading = format!("Payouts in {}", listing.currency);
    // No heading with only a row or two under it at the foot of a page.
    sheets.need(table.head_height() + table.row_height() * 6.0 + SECTION);
    section(sheets, &heading);
    table.draw_head(sheets);
    let mut running = Running::new(table, 2, 8);
    for &i in &listing.payouts {
        let (cells, amount) = cells(document, i, pages[i])?;
        let counted = document.payouts[i].counted;
        let ink = if counted { Ink::Black } else { Ink::Grey };
        let row = table.row(sheets, &as_strs(&cells), Weight::Regular, ink);
        let added = if counted { amount } else { Figure::default() };
        running.row(sheets, row, added, |sheets| {
            section(sheets, &format!("{heading}, continued"));
        });
    }
    let words = match listing.counted {
        1 => "Total of 1 payout".to_owned(),
        n => format!("Total of {n} payouts"),
    };
    running.total(sheets, &words);
    if listing.counted < listing.payouts.len() {
        paragraph(sheets, "Payouts in grey are not part of the batch's total.");
    }
    Ok(())
}
