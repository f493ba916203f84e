//! The first pages: what the batch is, its totals, who signed, its payouts, whom it carries.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use super::listing::{self, Listing, Running};
use super::{BatchDocument, CarriedHost};
use crate::Error;
use crate::figure::Figure;
use crate::paper::{
    self, Align, Column, FactStyle, Ink, Prose, Sheets, Style, Table, Weight, long_date, section,
    sentence_case,
};

/// Height of a section's heading with the space above it.
pub(super) const SECTION: f32 = 34.0;
const VALUE: Style = Style::new(Weight::Regular, 8.5, Ink::Black);
const LABEL: Style = Style::new(Weight::Regular, 8.5, Ink::Grey);
/// Where the values of facts begin, from the left margin.
const VALUES_AT: f32 = 104.0;

/// Draws everything before the lines and returns the places for the outline.
pub(super) fn draw(
    sheets: &mut Sheets<'_>,
    document: &BatchDocument,
    listings: &[Listing<'_>],
    pages: &[usize],
) -> Result<Vec<(String, usize)>, Error> {
    let mut places = vec![("Batch".to_owned(), 1)];
    title(sheets, document);
    facts(sheets, &identity(document));
    for note in &document.notes {
        paragraph(sheets, note);
    }
    totals(sheets, document)?;
    signatures(sheets, document);
    let table = listing::table(sheets, document, listings)?;
    for listing in listings {
        let place = (format!("Payouts in {}", listing.currency), sheets.count());
        listing::draw(sheets, &table, document, listing, pages)?;
        places.push(place);
    }
    if !document.carried.is_empty() {
        places.push(("Carried hosts".to_owned(), sheets.count()));
        carried(sheets, document)?;
    }
    if sheets.face.has_replaced() {
        sheets.need(30.0);
        paragraph(sheets, paper::REPLACED);
    }
    Ok(places)
}

fn title(sheets: &mut Sheets<'_>, document: &BatchDocument) {
    let large = Style::new(Weight::SemiBold, 17.0, Ink::Black);
    let (left, y) = (sheets.left(), sheets.y);
    sheets.text(left, y + 20.0, large, "Payout batch");
    let line = format!(
        "To be paid {} · {}",
        long_date(&document.payout_date),
        sentence_case(&document.status).to_lowercase()
    );
    let style = Style::new(Weight::Regular, 10.0, Ink::Black);
    let line = sheets
        .face
        .ellipsised(style.weight, style.size, &line, sheets.right() - left);
    sheets.text(left, y + 36.0, style, &line);
    sheets.y = y + 50.0;
}

fn identity(document: &BatchDocument) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Ledger", document.ledger_name.clone()),
        ("Ledger id", document.ledger_id.clone()),
        ("Batch id", document.batch_id.clone()),
        ("Payout date", document.payout_date.clone()),
        ("Status", sentence_case(&document.status)),
        ("Digest", document.digest.clone()),
    ];
    if let Some(reason) = &document.off_cycle_reason {
        facts.push(("Off cycle", reason.clone()));
    }
    facts
}

/// Labels in grey, values beside them, wrapped.
fn facts(sheets: &mut Sheets<'_>, facts: &[(&str, String)]) {
    let set = FactStyle {
        label: LABEL,
        value: VALUE,
        leading: 12.5,
        values_at: VALUES_AT,
    };
    paper::facts(sheets, &set, facts);
}

/// A sentence across the page.
pub(super) fn paragraph(sheets: &mut Sheets<'_>, text: &str) {
    let set = Prose {
        style: LABEL,
        leading: 12.5,
        above: 5.0,
        indent: 0.0,
    };
    paper::paragraph(sheets, &set, text, 0.0);
}

fn totals(sheets: &mut Sheets<'_>, document: &BatchDocument) -> Result<(), Error> {
    let file = document.payment_file.as_ref();
    let mut currencies: Vec<&str> = document
        .totals
        .iter()
        .map(|t| t.currency.as_str())
        .collect();
    for total in file.iter().flat_map(|file| &file.totals) {
        if !currencies.contains(&total.currency.as_str()) {
            currencies.push(&total.currency);
        }
    }
    let mut table = Table::new(
        vec![
            Column::whole("Currency", Align::Left),
            Column::whole("Payouts", Align::Right),
            Column::whole("Batch amount", Align::Right),
            Column::whole("Rows in payment file", Align::Right),
            Column::whole("Payment file amount", Align::Right),
        ],
        0,
        8.5,
    );
    let mut rows = Vec::new();
    for currency in currencies {
        let place = || format!("total in {currency}");
        let batch = document
            .totals
            .iter()
            .find(|total| total.currency == currency);
        let sent = file.and_then(|f| f.totals.iter().find(|total| total.currency == currency));
        let none = if file.is_some() { "0" } else { "–" };
        let row = [
            currency.to_owned(),
            batch.map_or("0".into(), |total| total.payouts.to_string()),
            super::shown(batch.map(|total| total.amount.as_str()), place)?,
            sent.map_or(none.into(), |total| total.rows.to_string()),
            super::shown(sent.map(|total| total.amount.as_str()), place)?,
        ];
        for (column, cell) in row.iter().enumerate() {
            table.measure(sheets, column, cell);
        }
        rows.push(row);
    }
    // Columns this wide keep their headings to two lines.
    for (column, width) in [
        (1, "Payouts"),
        (2, "0,000,000.00"),
        (3, "payment file"),
        (4, "0,000,000.00"),
    ] {
        table.measure(sheets, column, width);
    }
    table.settle(sheets, 60.0)?;
    sheets.need(SECTION + table.head_height() + table.row_height());
    section(sheets, "Totals");
    if rows.is_empty() {
        paragraph(sheets, "This batch pays nobody.");
    } else {
        table.draw_head(sheets);
    }
    for row in &rows {
        if sheets.room() < table.row_height() {
            sheets.new_page();
            table.draw_head(sheets);
        }
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        let row = table.row(sheets, &cells, Weight::Regular, Ink::Black);
        table.draw(sheets, row);
    }
    match file {
        Some(file) => {
            let words = format!("Payment file {}, written {}.", file.name, file.written_at);
            paragraph(sheets, &words);
        }
        None => paragraph(sheets, "No payment file has been written for this batch."),
    }
    Ok(())
}

/// Signatures as printed facts.
fn signatures(sheets: &mut Sheets<'_>, document: &BatchDocument) {
    let by = |who: &str, when: &str| format!("{who} · {when}");
    let mut lines = vec![("Prepared", document.prepared.for_paper())];
    lines.push(match &document.submitted {
        Some(submitted) => ("Submitted", submitted.for_paper()),
        None => ("Submitted", "Not yet".to_owned()),
    });
    match (&document.approved, &document.rejected) {
        (Some(approved), _) => {
            lines.push(("Approved", by(&approved.who, &approved.when)));
            lines.push(("Signed digest", document.digest.clone()));
            lines.push(("Key fingerprint", approved.key_fingerprint.clone()));
            lines.push(("Signature digest", approved.signature_digest.clone()));
        }
        (None, Some(_)) => {}
        (None, None) => lines.push((
            "Approved",
            "Not approved. This paper is no authority to pay.".to_owned(),
        )),
    }
    if let Some(rejected) = &document.rejected {
        lines.push(("Rejected", by(&rejected.who, &rejected.when)));
        lines.push(("Comment", rejected.comment.clone()));
    }
    sheets.need(SECTION + 12.5 * 6.0);
    section(sheets, "Prepared and approved");
    facts(sheets, &lines);
}

/// Hosts with something due that this batch doesn't pay, per currency, on one grid.
fn carried(sheets: &mut Sheets<'_>, document: &BatchDocument) -> Result<(), Error> {
    let mut table = Table::new(
        vec![
            Column::text("Host id", 88.0),
            Column::text("Host", 140.0),
            Column::text("Why it is not paid now", 200.0),
            Column::whole("Amount", Align::Right),
        ],
        2,
        8.0,
    );
    let mut sums: Vec<(&str, Figure)> = Vec::new();
    for host in &document.carried {
        let amount = carried_amount(host)?;
        for (column, cell) in carried_cells(host, amount).iter().enumerate() {
            table.measure(sheets, column, cell);
        }
        match sums
            .iter_mut()
            .find(|(currency, _)| *currency == host.currency)
        {
            Some((_, sum)) => *sum = sum.plus(amount),
            None => sums.push((&host.currency, amount)),
        }
    }
    // Short names don't push the reasons to the left edge.
    table.measure(sheets, 1, "A name as long as most");
    for (_, sum) in &sums {
        table.measure(sheets, 3, &sum.for_paper());
    }
    table.settle(sheets, 150.0)?;
    for (currency, _) in sums {
        carried_in(sheets, &table, currency, document)?;
    }
    Ok(())
}

fn carried_amount(host: &CarriedHost) -> Result<Figure, Error> {
    Figure::parse(&host.amount, || format!("carried host {}", host.host_id))
}

fn carried_cells(host: &CarriedHost, amount: Figure) -> [String; 4] {
    [
        host.host_id.clone(),
        host.host_name.clone(),
        host.reasons.join(" "),
        amount.for_paper(),
    ]
}

fn carried_in(
    sheets: &mut Sheets<'_>,
    table: &Table,
    currency: &str,
    document: &BatchDocument,
) -> Result<(), Error> {
    let heading = format!("Carried, not paid by this batch, in {currency}");
    sheets.need(SECTION + table.head_height() + table.row_height() * 6.0);
    section(sheets, &heading);
    table.draw_head(sheets);
    let mut running = Running::new(table, 2, 4);
    let mut hosts = 0;
    for host in document
        .carried
        .iter()
        .filter(|host| host.currency == currency)
    {
        let amount = carried_amount(host)?;
        let cells = carried_cells(host, amount);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let row = table.row(sheets, &cells, Weight::Regular, Ink::Black);
        running.row(sheets, row, amount, |sheets| {
            section(sheets, &format!("{heading}, continued"));
        });
        hosts += 1;
    }
    let words = match hosts {
        1 => "Total of 1 host".to_owned(),
        n => format!("Total of {n} hosts"),
    };
    running.total(sheets, &words);
    Ok(())
}
