//! The form's boxes below its head, row by row.
#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "positions on paper are points in f32, as the PDF library wants them; money is Figure"
)]

use super::cells::{Area, PAD, VALUE, check_box};
use super::{Form1099k, FormCopy};
use crate::Error;
use crate::paper::{MONTHS, Sheets, Style};

/// A box with one line of caption, and one with two.
const LOW: f32 = 27.0;
const HIGH: f32 = 37.0;
/// Forms have boxes 1c and 1d from this tax year on (`docs/tax.md`).
pub(super) const TIPS_FROM: i16 = 2026;
const TICKED: Style = Style { size: 8.0, ..VALUE };
/// A quarter of the width, four times.
const QUARTERS: [f32; 4] = [0.25; 4];

/// Draws the rows from `top` on and returns where they end.
pub(super) fn draw(
    sheets: &mut Sheets<'_>,
    form: &Form1099k,
    copy: FormCopy,
    top: f32,
) -> Result<f32, Error> {
    let mut grid = Grid {
        sheets,
        y: top,
        account: &form.account_number,
    };
    grid.identities(form, copy)?;
    grid.kinds(form)?;
    grid.amounts(form)?;
    grid.months(form);
    grid.states(form)?;
    Ok(grid.y)
}

struct Grid<'s, 't, 'f> {
    sheets: &'s mut Sheets<'t>,
    /// Top of the next row.
    y: f32,
    account: &'f str,
}

impl Grid<'_, '_, '_> {
    /// A framed row of boxes whose widths are these parts of the whole.
    fn row(&mut self, height: f32, parts: &[f32]) -> Vec<Area> {
        let row = Area {
            x: self.sheets.left(),
            y: self.y,
            width: self.sheets.right() - self.sheets.left(),
            height,
        };
        self.y += height;
        let areas = row.split(parts);
        for area in &areas {
            area.frame(self.sheets);
        }
        areas
    }

    fn text(&mut self, area: Area, caption: (&str, &str), text: &str) -> Result<(), Error> {
        let below = area.caption(self.sheets, caption.0, caption.1);
        let place = format!("{} {} of {}", caption.0, caption.1, self.account);
        area.texts(self.sheets, below, &std::iter::once(text), place.trim())
    }

    fn amount(&mut self, area: Area, caption: (&str, &str), cents: Option<i64>) {
        area.caption(self.sheets, caption.0, caption.1);
        area.amount(self.sheets, cents);
    }

    fn identities(&mut self, form: &Form1099k, copy: FormCopy) -> Result<(), Error> {
        let areas = self.row(LOW, &[0.23, 0.23, 0.42, 0.12]);
        self.text(areas[0], ("", "FILER'S TIN"), &form.filer.tin)?;
        self.text(areas[1], ("", "PAYEE'S TIN"), copy.payee_tin(form))?;
        let account = ("", "Account number (see instructions)");
        self.text(areas[2], account, &form.account_number)?;
        let notice = areas[3];
        notice.caption(self.sheets, "", "2nd TIN not.");
        let place = (notice.x + PAD, notice.bottom() - 7.0);
        check_box(self.sheets, place, form.second_tin_notice, TICKED, "");
        Ok(())
    }

    /// What the filer is, and what is reported.
    fn kinds(&mut self, form: &Form1099k) -> Result<(), Error> {
        let areas = self.row(38.0, &[0.44, 0.22, 0.34]);
        let pse = form.filer.is_pse;
        for (area, caption, choices) in [
            (
                areas[0],
                "Check to indicate if FILER is a (an):",
                [
                    (pse, "Payment settlement entity (PSE)"),
                    (
                        !pse,
                        "Electronic Payment Facilitator (EPF)/Other third party",
                    ),
                ],
            ),
            (
                areas[1],
                "Transactions reported are:",
                [(false, "Payment card"), (true, "Third party network")],
            ),
        ] {
            area.caption(self.sheets, "", caption);
            let mut baseline = area.y + 20.5;
            for (ticked, words) in choices {
                check_box(self.sheets, (area.x + PAD, baseline), ticked, TICKED, words);
                baseline += 12.0;
            }
        }
        let caption = ("", "PSE'S name and telephone number");
        self.text(areas[2], caption, &form.filer.pse)
    }

    fn amounts(&mut self, form: &Form1099k) -> Result<(), Error> {
        let gross = (
            "1a",
            "Gross amount of payment card/third party network transactions",
        );
        let not_present = ("1b", "Card Not Present transactions");
        if form.year >= TIPS_FROM {
            // The caption of 1a in two lines also on A4.
            let areas = self.row(HIGH, &[0.31, 0.22, 0.17, 0.3]);
            self.amount(areas[0], gross, Some(form.gross_cents));
            self.amount(areas[1], not_present, None);
            self.amount(areas[2], ("1c", "Cash tips"), None);
            let occupation = ("1d", "Treasury Tipped Occupation Code(s)");
            self.text(areas[3], occupation, "")?;
        } else {
            let areas = self.row(HIGH, &[0.5, 0.5]);
            self.amount(areas[0], gross, Some(form.gross_cents));
            self.amount(areas[1], not_present, None);
        }
        let areas = self.row(LOW, &[0.25, 0.25, 0.5]);
        self.text(areas[0], ("2", "Merchant category code"), "")?;
        areas[1].caption(self.sheets, "3", "Number of payment transactions");
        areas[1].number(self.sheets, &grouped(form.transactions));
        let withheld = ("4", "Federal income tax withheld");
        self.amount(areas[2], withheld, Some(form.withheld_cents));
        Ok(())
    }

    fn months(&mut self, form: &Form1099k) {
        let mut boxes = "abcdefghijkl"
            .chars()
            .map(|letter| format!("5{letter}"))
            .zip(MONTHS)
            .zip(form.months_cents);
        for _ in 0..3 {
            for area in self.row(LOW, &QUARTERS) {
                if let Some(((number, month), cents)) = boxes.next() {
                    self.amount(area, (number.as_str(), month), Some(cents));
                }
            }
        }
    }

    /// Two rows, one for each state, filled or not.
    fn states(&mut self, form: &Form1099k) -> Result<(), Error> {
        for i in 0..2 {
            let areas = self.row(LOW, &[0.25, 0.375, 0.375]);
            let state = form.states.get(i);
            let text = |of: fn(&super::StateBox) -> &String| state.map_or("", |s| of(s).as_str());
            self.text(areas[0], ("6", "State"), text(|s| &s.state))?;
            let id = ("7", "State identification no.");
            self.text(areas[1], id, text(|s| &s.state_id))?;
            let withheld = ("8", "State income tax withheld");
            self.amount(areas[2], withheld, state.map(|s| s.withheld_cents));
        }
        Ok(())
    }
}

/// Thousands grouped: "1,204".
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
