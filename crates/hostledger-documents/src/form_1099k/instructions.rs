//! Instructions for the payee, box by box: the meaning of the IRS's own "Instructions for Payee"
//! of form 1099-K, in our words.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use super::Form1099k;
use crate::paper::{FactStyle, Ink, Prose, Sheets, Style, Weight, facts, paragraph, section};

const TEXT: Style = Style::new(Weight::Regular, 8.75, Ink::Black);
const WORDS: Prose = Prose {
    style: TEXT,
    leading: 12.25,
    above: 5.0,
    indent: 0.0,
};
const BOXES: FactStyle = FactStyle {
    label: Style::new(Weight::SemiBold, 8.75, Ink::Black),
    value: TEXT,
    leading: 12.25,
    values_at: 96.0,
};
/// Between two boxes' instructions.
const GAP: f32 = 4.0;

const WHY: &str = "You have this form because, in the calendar year, you were paid through a \
    third party network for goods you sold or services you gave, and your payments passed a \
    federal or state reporting threshold or had tax withheld from them. The organization that \
    settles such payments, or somebody who acts for it, must report them to the IRS and furnish \
    this statement to you. A payment settlement entity (PSE) is the bank or organization that \
    pays you in settlement; an electronic payment facilitator (EPF) or other third party may file \
    the form for it.";

const NOT_INCOME: &str = "Box 1a is not your profit and not what reached your bank account. Fees, \
    refunds and commission are not taken off it. Keep your own records: they show which of the \
    amount is income, and what may be deducted from it. See the instructions of your tax return \
    for where to report it.";

const TIN: &str = "For your protection, this form may show only the last four digits of your \
    taxpayer identification number (social security number, individual taxpayer identification \
    number, adoption taxpayer identification number, or employer identification number). The \
    filer has reported the whole number to the IRS.";
const ACCOUNT: &str = "A number that the filer gave your account to tell it from others.";
const NOTICE: &str = "If this box is checked, the IRS has told the filer twice within three years \
    that your name and taxpayer identification number didn't match.";
const BOX_1A: &str = "The gross amount of all reportable transactions of the year made to you \
    through the network. Gross means without any adjustment for credits, cash equivalents, \
    discounts, fees, refunds or other amounts. Each transaction counts with its amount in US \
    dollars on its date.";
const BOX_1B: &str = "The part of box 1a where the card was not present at the time of the \
    transaction, or its number was keyed in. As a rule that concerns payment cards, not third \
    party networks.";
const BOX_1C: &str = "The part of box 1a that is designated as cash tips, if the filer reports \
    them.";
const BOX_1D: &str = "The Treasury's code of the occupation in which you received the tips in box \
    1c.";
const BOX_2: &str = "The code that classifies your business for payment card transactions. Empty \
    for a third party network.";
const BOX_3: &str = "The number of payment transactions in box 1a. Refunds don't count.";
const BOX_4: &str = "Tax that the filer withheld from your payments. It must withhold (backup \
    withholding) if you didn't give your taxpayer identification number, or gave a wrong one: see \
    form W-9 and IRS Publication 505. Include this amount in your income tax return as tax \
    withheld.";
const BOX_5: &str = "The gross amount of each month. Together they are box 1a.";
const BOX_6: &str = "State and local income tax withheld from your payments, if any, with the \
    state and the filer's number there.";

const WRONG: &str = "If a figure, your name or your number is wrong, write to the filer or call \
    the number in the filer's block, and name the account number. A correction comes as a form \
    marked CORRECTED with the same account number; it replaces this one. If you don't know why \
    you have this form, ask the filer before you file your return.";
const MORE: &str = "Later developments: www.irs.gov/Form1099K. This page explains the form and is \
    not tax advice.";

pub(super) fn draw(sheets: &mut Sheets<'_>, form: &Form1099k) {
    section(sheets, "Instructions for Payee");
    paragraph(sheets, &WORDS, WHY, 0.0);
    paragraph(sheets, &WORDS, NOT_INCOME, 0.0);
    sheets.y += GAP + 4.0;
    let mut items = vec![
        ("Payee's TIN", TIN),
        ("Account number", ACCOUNT),
        ("2nd TIN not.", NOTICE),
        ("Box 1a", BOX_1A),
        ("Box 1b", BOX_1B),
    ];
    if form.year >= super::boxes::TIPS_FROM {
        items.extend([("Box 1c", BOX_1C), ("Box 1d", BOX_1D)]);
    }
    items.extend([
        ("Box 2", BOX_2),
        ("Box 3", BOX_3),
        ("Box 4", BOX_4),
        ("Boxes 5a to 5l", BOX_5),
        ("Boxes 6 to 8", BOX_6),
    ]);
    for item in items {
        facts(sheets, &BOXES, &[item]);
        sheets.y += GAP;
    }
    section(sheets, "If something is wrong");
    paragraph(sheets, &WORDS, WRONG, 0.0);
    paragraph(sheets, &WORDS, MORE, 0.0);
}
