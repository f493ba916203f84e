//! The evidence on its pages: title, facts, summary, sections, who prepared it.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use std::borrow::Cow;

use super::{EvidenceBlock, EvidenceCell, EvidencePaper, EvidenceSection, EvidenceTable, Fact};
use crate::paper::{
    Align, FactStyle, Fitted, Ink, Prose, REPLACED, Sheets, Style, Weight, facts, height_of,
    paragraph, section, section_continued, section_height, wrapped,
};
use crate::{Error, amount_on_paper};

/// Margin left and right: wider than a ledger's, for lines that are read and not looked up.
pub(super) const SIDE: f32 = 56.0;

const TITLE: Style = Style::new(Weight::SemiBold, 17.0, Ink::Black);
const LEDGER: Style = Style::new(Weight::Regular, 10.0, Ink::Black);
const SUMMARY: Prose = prose(Style::new(Weight::Regular, 10.0, Ink::Black), 14.5, 0.0);
const WORDS: Prose = prose(Style::new(Weight::Regular, 9.5, Ink::Black), 13.5, 0.0);
const QUOTED: Prose = prose(Style::new(Weight::Regular, 9.0, Ink::Black), 13.0, 12.0);
const NOTE: Prose = prose(Style::new(Weight::Regular, 8.5, Ink::Grey), 12.5, 0.0);
const FACTS: FactStyle = FactStyle {
    label: Style::new(Weight::Regular, 9.0, Ink::Grey),
    value: Style::new(Weight::Regular, 9.0, Ink::Black),
    leading: 13.5,
    values_at: 84.0,
};
/// Between blocks of a section.
const GAP: f32 = 6.0;

const fn prose(style: Style, leading: f32, indent: f32) -> Prose {
    Prose {
        style,
        leading,
        above: GAP,
        indent,
    }
}

/// Draws the paper and returns the places for the outline.
pub(super) fn draw(
    sheets: &mut Sheets<'_>,
    paper: &EvidencePaper,
) -> Result<Vec<(String, usize)>, Error> {
    let mut places = vec![("Summary".to_owned(), 1)];
    let set = fact_style(sheets, paper);
    title(sheets, paper, &set);
    for part in &paper.sections {
        if let Some(page) = evidence(sheets, part, &set)? {
            places.push((part.title.clone(), page));
        }
    }
    places.push((signed(sheets, paper, &set), sheets.count()));
    if sheets.face.has_replaced() {
        paragraph(sheets, &NOTE, REPLACED, 0.0);
    }
    Ok(places)
}

/// Values of all facts of the paper stand below each other.
fn fact_style(sheets: &Sheets<'_>, paper: &EvidencePaper) -> FactStyle {
    let blocks = paper.sections.iter().flat_map(|part| &part.blocks);
    let in_sections = blocks.flat_map(|block| match block {
        EvidenceBlock::Facts(given) => given.as_slice(),
        _ => &[],
    });
    let given = paper.facts.iter().chain(in_sections);
    let labels = given.filter(|fact| !fact.is_blank());
    FACTS.beside(sheets, labels.map(|fact| fact.label.as_str()))
}

fn title(sheets: &mut Sheets<'_>, paper: &EvidencePaper, set: &FactStyle) {
    let (left, right) = (sheets.left(), sheets.right());
    for (style, text, leading) in [
        (TITLE, &paper.title, 22.0),
        (LEDGER, &paper.ledger_name, 14.5),
    ] {
        for line in wrapped(sheets, style, text, right - left) {
            sheets.need(leading);
            let baseline = sheets.y + leading - 3.0;
            sheets.text(left, baseline, style, &line);
            sheets.y += leading;
        }
        sheets.y += 3.0;
    }
    sheets.y += 9.0;
    let given = present(&paper.facts);
    if !given.is_empty() {
        framed_facts(sheets, set, &given);
    }
    paragraph(sheets, &SUMMARY, &paper.summary, 0.0);
}

/// Facts between two rules.
fn framed_facts(sheets: &mut Sheets<'_>, set: &FactStyle, given: &[(&str, &str)]) {
    let (left, right, y) = (sheets.left(), sheets.right(), sheets.y);
    sheets.rule(left, right, y, 0.75);
    sheets.y += 5.0;
    facts(sheets, set, given);
    sheets.y += 6.0;
    let y = sheets.y;
    sheets.rule(left, right, y, 0.75);
    sheets.y += 4.0;
}

fn present(given: &[Fact]) -> Vec<(&str, &str)> {
    given
        .iter()
        .filter(|fact| !fact.is_blank())
        .map(|fact| (fact.label.as_str(), fact.value.as_str()))
        .collect()
}

/// A block that has something to print, laid out as far as it can be before its place is known.
enum Ready<'p> {
    Words(&'p Prose, &'p str),
    Facts(Vec<(&'p str, &'p str)>),
    Table(Fitted),
}

impl Ready<'_> {
    /// Height of what must not be parted from what stands above it.
    fn least(&self) -> f32 {
        match self {
            Self::Words(set, _) => set.above + height_of(3, set.leading),
            Self::Facts(_) => GAP + height_of(3, FACTS.leading),
            Self::Table(table) => GAP + table.least(),
        }
    }
}

/// Draws a section and returns the page it begins on; nothing where it has nothing to print.
fn evidence(
    sheets: &mut Sheets<'_>,
    part: &EvidenceSection,
    set: &FactStyle,
) -> Result<Option<usize>, Error> {
    let mut blocks = Vec::new();
    for block in &part.blocks {
        blocks.extend(ready(sheets, part, block)?);
    }
    let Some(first) = blocks.first() else {
        return Ok(None);
    };
    let needed = section_height(sheets, &part.title) + first.least();
    sheets.need(needed);
    let page = sheets.count();
    section(sheets, &part.title);
    let mut blocks = blocks.into_iter().peekable();
    while let Some(block) = blocks.next() {
        // Words that lead to a table stay with it.
        let below = match blocks.peek() {
            Some(next @ Ready::Table(_)) => next.least(),
            _ => 0.0,
        };
        let least = block.least();
        match block {
            Ready::Words(prose, text) => paragraph(sheets, prose, text, below),
            Ready::Facts(given) => {
                sheets.y += GAP;
                facts(sheets, set, &given);
            }
            Ready::Table(table) => {
                sheets.need(least);
                sheets.y += GAP;
                table.draw(sheets, |sheets| {
                    section_continued(sheets, &part.title);
                    sheets.y += GAP;
                });
            }
        }
    }
    Ok(Some(page))
}

fn ready<'p>(
    sheets: &Sheets<'_>,
    part: &EvidenceSection,
    block: &'p EvidenceBlock,
) -> Result<Option<Ready<'p>>, Error> {
    let words = |set, text: &'p str| (!text.trim().is_empty()).then_some(Ready::Words(set, text));
    Ok(match block {
        EvidenceBlock::Paragraph(text) => words(&WORDS, text),
        EvidenceBlock::Quotation(text) => words(&QUOTED, text),
        EvidenceBlock::Facts(given) => {
            let given = present(given);
            (!given.is_empty()).then_some(Ready::Facts(given))
        }
        EvidenceBlock::Table(table) if table.rows.is_empty() => words(&WORDS, &table.when_empty),
        EvidenceBlock::Table(table) => Some(Ready::Table(fitted(sheets, part, table)?)),
    })
}

fn fitted(
    sheets: &Sheets<'_>,
    part: &EvidenceSection,
    table: &EvidenceTable,
) -> Result<Fitted, Error> {
    let mut rows = Vec::with_capacity(table.rows.len());
    for (i, row) in table.rows.iter().enumerate() {
        if row.len() != table.columns.len() {
            return Err(Error::Misshapen {
                place: format!("row {} of \"{}\"", i + 1, part.title),
                found: row.len(),
                wanted: table.columns.len(),
            });
        }
        rows.push(row.iter().map(cell).collect());
    }
    let titles: Vec<(&str, Align)> = table
        .columns
        .iter()
        .map(|column| (column.title.as_str(), column.align))
        .collect();
    Fitted::new(sheets, &titles, &rows)
}

fn cell(cell: &EvidenceCell) -> Cow<'_, str> {
    match cell {
        EvidenceCell::Text(text) => Cow::Borrowed(text),
        EvidenceCell::Amount(amount) => Cow::Owned(amount_on_paper(*amount)),
    }
}

/// Who prepared and reviewed the paper, as printed facts; returns the heading.
fn signed(sheets: &mut Sheets<'_>, paper: &EvidencePaper, set: &FactStyle) -> String {
    let heading = "Prepared and reviewed";
    let prepared = paper.prepared.for_paper();
    let reviewed = match &paper.reviewed {
        Some(reviewed) => reviewed.for_paper(),
        None => "Not yet".to_owned(),
    };
    let needed = section_height(sheets, heading) + height_of(4, FACTS.leading);
    sheets.need(needed);
    section(sheets, heading);
    sheets.y += GAP;
    let given = [("Prepared", prepared), ("Reviewed", reviewed)];
    facts(sheets, set, &given);
    heading.to_owned()
}
