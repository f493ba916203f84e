//! Forms that are not printed, and what the refusal says.

use super::fixtures::full;
use super::*;

fn refusal(change: impl Fn(&mut Form1099k)) -> String {
    let mut form = full();
    change(&mut form);
    print(&form, FormCopy::State, PaperSize::Letter)
        .unwrap_err()
        .to_string()
}

fn dollars(form: &mut Form1099k) -> &mut BridgeSection {
    &mut form.bridge.as_mut().unwrap().sections[0]
}

#[test]
fn figures_that_disagree_are_refused() {
    assert_eq!(
        refusal(|f| f.gross_cents += 1),
        "box 1a of the form of host_000123: stated 28,754.19 USD, but its parts add up to \
         28,754.18 USD"
    );
    let paid = refusal(|f| dollars(f).months[2].paid_minor += 1);
    assert_has(
        &paid,
        "balance carried out, March in the USD bridge of the form of host_000123",
    );
    let column = refusal(|f| {
        let section = dollars(f);
        section.total.refunds_minor += 1;
        section.total.platform_fees_minor -= 1;
    });
    assert_has(&column, "the year's refunds in the USD bridge");
    let carried = refusal(|f| {
        let section = dollars(f);
        section.months[4].carried_in_minor += 5;
        section.months[4].paid_minor += 5;
        section.total.paid_minor += 5;
    });
    assert_has(&carried, "balance carried into May");
    let year = refusal(|f| {
        dollars(f).total.carried_in_minor += 1;
        dollars(f).total.carried_out_minor += 1;
    });
    assert_has(&year, "the year's balance carried in");
    assert_has(
        &refusal(|f| dollars(f).box_1a_cents -= 1),
        "the share of box 1a",
    );
    let shares = refusal(|f| f.bridge.as_mut().unwrap().sections[1].box_1a_cents += 1);
    assert_has(&shares, "box 1a and its shares in the bridge");
}

#[test]
fn what_the_form_has_no_room_for_is_refused() {
    let negative = refusal(|f| {
        f.months_cents[3] -= 2;
        f.months_cents[4] += 2;
    });
    assert_has(
        &negative,
        "box 5 of the form of host_000123: \u{2212}0.01 USD is negative",
    );
    assert_has(
        &refusal(|f| f.states.push(StateBox::default())),
        "room for 2",
    );
    let name = refusal(|f| f.payee.name = "W".repeat(3000));
    assert_has(&name, "name and address of host_000123: too long");
    assert_has(
        &refusal(|f| f.filer.name = "W".repeat(3000)),
        "the filer's name",
    );
    assert_has(&refusal(|f| f.filer.pse = "W".repeat(3000)), "PSE'S name");
    let press = Press::new().unwrap();
    let made = form_pdf(&press, &full(), FormCopy::State, PaperSize::A4, "today");
    assert!(matches!(made, Err(Error::BadTime { .. })));
    assert!(forms_pdf(&press, &[], FormCopy::State, PaperSize::A4, MADE).is_err());
}
