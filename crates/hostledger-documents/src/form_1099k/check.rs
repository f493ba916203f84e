//! What a form must satisfy before it is printed: its figures agree with each other.

use hostledger_core::{Currency, Money};

use super::{Bridge, BridgeRow, BridgeSection, Form1099k};
use crate::paper::MONTHS;
use crate::{Error, amount_on_paper};

/// Boxes 6 to 8 have room for so many states.
const MOST_STATES: usize = 2;

/// # Errors
/// [`Error::DoesNotAddUp`] when the months are not box 1a, or a part of the bridge disagrees;
/// [`Error::Unfit`] for a negative box or a third state.
pub(super) fn check(form: &Form1099k) -> Result<(), Error> {
    let of = |what: &str| format!("{what} of the form of {}", form.account_number);
    let mut boxes = vec![("box 1a", form.gross_cents), ("box 4", form.withheld_cents)];
    boxes.extend(form.months_cents.iter().map(|cents| ("box 5", *cents)));
    boxes.extend(form.states.iter().map(|s| ("box 8", s.withheld_cents)));
    if let Some((name, cents)) = boxes.into_iter().find(|(_, cents)| *cents < 0) {
        return Err(Error::Unfit {
            place: of(name),
            reason: format!(
                "{} is negative, which the form can't say",
                shown(cents, Currency::USD)
            ),
        });
    }
    if form.states.len() > MOST_STATES {
        return Err(Error::Unfit {
            place: of("boxes 6 to 8"),
            reason: format!("{} states, and the form has room for 2", form.states.len()),
        });
    }
    let months: i128 = form
        .months_cents
        .iter()
        .map(|cents| i128::from(*cents))
        .sum();
    same(|| of("box 1a"), Currency::USD, form.gross_cents, months)?;
    form.bridge
        .as_ref()
        .map_or(Ok(()), |bridge| check_bridge(form, bridge, &of))
}

fn check_bridge(
    form: &Form1099k,
    bridge: &Bridge,
    of: &dyn Fn(&str) -> String,
) -> Result<(), Error> {
    for section in &bridge.sections {
        check_section(section, &|what| {
            of(&format!("{what} in the {} bridge", section.currency))
        })?;
    }
    let shares = bridge.sections.iter().map(|s| i128::from(s.box_1a_cents));
    same(
        || of("box 1a and its shares in the bridge"),
        Currency::USD,
        form.gross_cents,
        shares.sum(),
    )
}

fn check_section(section: &BridgeSection, of: &dyn Fn(&str) -> String) -> Result<(), Error> {
    let currency = section.currency;
    let mut before: Option<i64> = None;
    for (row, month) in section.months.iter().zip(MONTHS) {
        check_row(row, currency, || of(month))?;
        if let Some(carried) = before {
            same(
                || of(&format!("balance carried into {month}")),
                currency,
                row.carried_in_minor,
                i128::from(carried),
            )?;
        }
        before = Some(row.carried_out_minor);
    }
    let total = &section.total;
    for (name, of_row) in FLOWS {
        let sum = section.months.iter().map(|row| i128::from(of_row(row)));
        same(
            || of(&format!("the year's {name}")),
            currency,
            of_row(total),
            sum.sum(),
        )?;
    }
    let (first, last) = (&section.months[0], &section.months[11]);
    for (name, stated, part) in [
        ("in", total.carried_in_minor, first.carried_in_minor),
        ("out", total.carried_out_minor, last.carried_out_minor),
    ] {
        let what = || of(&format!("the year's balance carried {name}"));
        same(what, currency, stated, i128::from(part))?;
    }
    check_row(total, currency, || of("the year"))?;
    if currency == Currency::USD {
        let what = || of("the share of box 1a");
        let gross = i128::from(total.gross_minor);
        same(what, currency, section.box_1a_cents, gross)?;
    }
    Ok(())
}

/// Reads one column of a row.
type Flow = fn(&BridgeRow) -> i64;

/// The columns that add up over months.
const FLOWS: [(&str, Flow); 7] = [
    ("gross", |row| row.gross_minor),
    ("refunds", |row| row.refunds_minor),
    ("platform fees", |row| row.platform_fees_minor),
    ("processing fees", |row| row.processing_fees_minor),
    ("adjustments", |row| row.adjustments_minor),
    ("tax withheld", |row| row.withheld_minor),
    ("payouts", |row| row.paid_minor),
];

/// The row's identity (see [`BridgeRow`]).
fn check_row(row: &BridgeRow, currency: Currency, of: impl Fn() -> String) -> Result<(), Error> {
    let wide = i128::from;
    let left = wide(row.carried_in_minor) + wide(row.gross_minor)
        - wide(row.refunds_minor)
        - wide(row.platform_fees_minor)
        - wide(row.processing_fees_minor)
        + wide(row.adjustments_minor)
        - wide(row.withheld_minor)
        - wide(row.paid_minor);
    let what = || format!("balance carried out, {}", of());
    same(what, currency, row.carried_out_minor, left)
}

fn same(
    what: impl Fn() -> String,
    currency: Currency,
    stated: i64,
    summed: i128,
) -> Result<(), Error> {
    if i128::from(stated) == summed {
        return Ok(());
    }
    Err(Error::DoesNotAddUp {
        what: what(),
        stated: shown(stated, currency),
        summed: i64::try_from(summed)
            .map_or_else(|_| "more than fits".into(), |sum| shown(sum, currency)),
    })
}

fn shown(amount_minor: i64, currency: Currency) -> String {
    amount_on_paper(Money {
        amount_minor,
        currency,
    })
}
