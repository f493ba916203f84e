//! The form's first page: who files, who was paid, what form it is; the boxes; why it was made.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use super::boxes;
use super::cells::{Area, PAD, check_box, fitting};
use super::{Form1099k, FormCopy};
use crate::Error;
use crate::paper::{
    Ink, Prose, REPLACED, Sheets, Style, WINDOW_HEIGHT, WINDOW_LEFT, WINDOW_TOP, WINDOW_WIDTH,
    Weight, paragraph, section, section_height, wrapped,
};

/// Margin left and right.
pub(super) const SIDE: f32 = 40.0;
/// Top of the grid.
const TOP: f32 = 44.0;
/// The payee's block begins here: its caption stands above what any window shows.
const PAYEE_TOP: f32 = 116.0;
/// The boxes begin here, below what any window shows (94 mm).
const BOXES_TOP: f32 = 270.0;
/// Right edge of the two blocks: windows show nothing beyond (136 mm).
const BLOCKS_RIGHT: f32 = 388.0;

const MARK: Style = Style::new(Weight::SemiBold, 8.0, Ink::Black);
const SMALL: Style = Style::new(Weight::Regular, 7.0, Ink::Grey);
const PLAIN: Style = Style::new(Weight::Regular, 9.5, Ink::Black);
const WORDS: Prose = Prose {
    style: Style::new(Weight::Regular, 8.5, Ink::Black),
    leading: 12.0,
    above: 3.0,
    indent: 0.0,
};
const NOTE: Prose = Prose {
    style: SMALL,
    leading: 10.0,
    above: 5.0,
    indent: 0.0,
};
/// Sizes of the address in the window.
const ADDRESS_SIZES: [f32; 10] = [10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.25, 5.5];
/// Sizes of the filer's block.
const FILER_SIZES: [f32; 8] = [9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.25, 5.5];

const PAYEE_LEGEND: &str = "This is important tax information and is being furnished to the IRS. \
    If you are required to file a return, a negligence penalty or other sanction may be imposed on \
    you if taxable income results from this transaction and the IRS determines that it has not \
    been reported.";
const FILER_LEGEND: &str = "The filer's record of what goes to the IRS electronically, in place \
    of copies A and C. It shows the payee's whole taxpayer identification number: keep it \
    confidential.";
const STATE_LEGEND: &str = "For a state that asks for a copy on paper. It shows the payee's whole \
    taxpayer identification number: keep it confidential.";

pub(super) fn draw(sheets: &mut Sheets<'_>, form: &Form1099k, copy: FormCopy) -> Result<(), Error> {
    marks(sheets, form, copy);
    blocks(sheets, form)?;
    let panel = Area {
        x: BLOCKS_RIGHT,
        y: TOP,
        width: sheets.right() - BLOCKS_RIGHT,
        height: BOXES_TOP - TOP,
    };
    name_of_the_form(sheets, form, copy, panel);
    let bottom = boxes::draw(sheets, form, copy, BOXES_TOP)?;
    let (left, right) = (sheets.left(), sheets.right());
    sheets.text(left, bottom + 11.0, SMALL, "Form 1099-K (substitute)");
    let treasury = "Department of the Treasury – Internal Revenue Service";
    sheets.text_to(right, bottom + 11.0, SMALL, treasury);
    sheets.y = bottom + 14.0;
    if copy != FormCopy::State {
        reasons(sheets, form);
    }
    if let Some(digest) = &form.digest {
        paragraph(
            sheets,
            &NOTE,
            &format!("SHA-256 of this form as furnished: {digest}"),
            0.0,
        );
    }
    if sheets.face.has_replaced() {
        paragraph(sheets, &NOTE, REPLACED, 0.0);
    }
    Ok(())
}

/// VOID and CORRECTED above the grid. The payee's copy has VOID only where it is ticked, as the
/// IRS's copy B has none.
fn marks(sheets: &mut Sheets<'_>, form: &Form1099k, copy: FormCopy) {
    let baseline = TOP - 7.0;
    let words = match copy {
        FormCopy::Recipient => "CORRECTED (if checked)",
        FormCopy::Filer | FormCopy::State => "CORRECTED",
    };
    let left = sheets.left();
    let mut x = left + 120.0;
    if form.void || copy != FormCopy::Recipient {
        x = check_box(sheets, (x, baseline), form.void, MARK, "VOID") + 24.0;
    }
    check_box(sheets, (x, baseline), form.correction, MARK, words);
    if form.draft {
        sheets.text_to(sheets.right(), baseline, MARK, "DRAFT, not furnished");
    }
}

/// The filer's and the payee's block at the left.
fn blocks(sheets: &mut Sheets<'_>, form: &Form1099k) -> Result<(), Error> {
    let (x, width) = (sheets.left(), BLOCKS_RIGHT - sheets.left());
    let filer = Area {
        x,
        y: TOP,
        width,
        height: PAYEE_TOP - TOP,
    };
    filer.frame(sheets);
    let below = filer.caption(
        sheets,
        "",
        "FILER'S name, street address, city or town, state or province, country, ZIP or foreign \
         postal code, and telephone no.",
    );
    let lines = std::iter::once(&form.filer.name)
        .chain(&form.filer.address_lines)
        .chain(std::iter::once(&form.filer.phone));
    let room = (width - PAD * 2.0, filer.height - below - 3.0);
    let texts = lines.map(String::as_str);
    let block = fitting(
        sheets,
        &texts,
        room,
        &FILER_SIZES,
        "the filer's name and address",
    )?;
    block.draw(sheets, x + PAD, filer.y + below + 1.5);

    let payee = Area {
        y: PAYEE_TOP,
        height: BOXES_TOP - PAYEE_TOP,
        ..filer
    };
    payee.frame(sheets);
    payee.caption(
        sheets,
        "",
        "PAYEE'S name, street address (including apt. no.), city or town, state, country, and ZIP \
         code",
    );
    let lines = std::iter::once(&form.payee.name)
        .chain(std::iter::once(&form.payee.second_name))
        .chain(&form.payee.address_lines);
    let place = format!("name and address of {}", form.account_number);
    let texts = lines.map(String::as_str);
    let room = (WINDOW_WIDTH, WINDOW_HEIGHT);
    let block = fitting(sheets, &texts, room, &ADDRESS_SIZES, &place)?;
    block.draw(sheets, WINDOW_LEFT, WINDOW_TOP);
    Ok(())
}

/// The panel at the right: OMB number, number, year and name of the form, whose copy, its legend.
fn name_of_the_form(sheets: &mut Sheets<'_>, form: &Form1099k, copy: FormCopy, panel: Area) {
    let (x, width) = (panel.x + PAD + 2.0, panel.width - PAD * 2.0 - 2.0);
    let number = Area {
        height: 52.0,
        ..panel
    };
    panel.frame(sheets);
    for area in number.split(&[0.56, 0.44]) {
        area.frame(sheets);
    }
    sheets.text(x, panel.y + 13.0, SMALL, "OMB No. 1545-2205");
    sheets.text(x, panel.y + 40.0, PLAIN, "Form");
    let large = Style::new(Weight::SemiBold, 16.0, Ink::Black);
    sheets.text(x + 26.0, panel.y + 40.0, large, "1099-K");
    let year_x = panel.x + panel.width * 0.56 + PAD + 1.0;
    sheets.text(year_x, panel.y + 13.0, SMALL, "For calendar year");
    let year = Style::new(Weight::SemiBold, 24.0, Ink::Black);
    sheets.text(year_x, panel.y + 42.0, year, &form.year.to_string());

    let name = Style::new(Weight::SemiBold, 11.0, Ink::Black);
    let (title, whom) = copy.title();
    let legend = match copy {
        FormCopy::Recipient => PAYEE_LEGEND,
        FormCopy::Filer => FILER_LEGEND,
        FormCopy::State => STATE_LEGEND,
    };
    let mut y = number.bottom() + 6.0;
    for (style, leading, gap, text) in [
        (
            name,
            14.0,
            7.0,
            "Payment Card and Third Party Network Transactions",
        ),
        (Style { size: 12.5, ..name }, 16.0, 0.0, title),
        (PLAIN, 13.0, 6.0, whom),
        (
            Style {
                size: 7.25,
                ..PLAIN
            },
            9.6,
            0.0,
            legend,
        ),
    ] {
        for line in wrapped(sheets, style, text, width) {
            y += leading;
            sheets.text(x, y - 3.0, style, &line);
        }
        y += gap;
    }
}

/// Which rules made the form due, and by which date the amounts are taken.
fn reasons(sheets: &mut Sheets<'_>, form: &Form1099k) {
    let given = |text: &&String| !text.trim().is_empty();
    let reasons: Vec<&String> = form.because.iter().filter(given).collect();
    let heading = "Why this form was made";
    if !reasons.is_empty() {
        let needed = section_height(sheets, heading) + 24.0;
        sheets.need(needed);
        section(sheets, heading);
    }
    for text in reasons
        .into_iter()
        .chain(Some(&form.date_basis).filter(given))
    {
        paragraph(sheets, &WORDS, text, 0.0);
    }
}
