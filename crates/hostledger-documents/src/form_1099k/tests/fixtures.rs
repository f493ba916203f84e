//! Forms to print: an ordinary one, one with everything, awkward names, bridges.

use hostledger_core::Currency;

use super::super::*;

/// A name of 80 letters.
pub(super) const LONG_NAME: &str =
    "Maria Magdalena Theresia Antonia von Hohenlohe-Waldenburg-Schillingsfürst-Öhring";

pub(super) fn all(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A federal form of tax year 2026.
pub(super) fn plain() -> Form1099k {
    let months_cents = [
        123_456, 234_567, 345_678, 1, 0, 202_020, 303_030, 404_040, 150_505, 260_606, 370_707,
        480_808,
    ];
    Form1099k {
        year: 2026,
        account_number: "host_000123".into(),
        filer: FilerBlock {
            name: "Platform Creators, Inc.".into(),
            address_lines: all(&["548 Market Street, Suite 400", "San Francisco, CA 94104"]),
            phone: "(415) 555-0100".into(),
            tin: "12-3456789".into(),
            is_pse: true,
            pse: String::new(),
        },
        payee: PayeeBlock {
            name: "Sinéad O'Brien".into(),
            second_name: String::new(),
            address_lines: all(&[
                "1420 Brook Hollow Lane, Apartment 7",
                "Montpelier, VT 05602",
            ]),
        },
        payee_tin: "219-09-9731".into(),
        payee_tin_truncated: "XXX-XX-9731".into(),
        gross_cents: months_cents.iter().sum(),
        transactions: 1204,
        withheld_cents: 0,
        months_cents,
        because: all(&[
            "Federal rule for 2026: more than 20,000.00 USD and more than 200 transactions. Yours \
             are 28,754.18 USD in 1,204 transactions.",
            "Vermont rule for 2026: 600.00 USD or more, for payees with an address in Vermont.",
        ]),
        date_basis: "Amounts are by the date of payment, in the time zone UTC.".into(),
        ..Form1099k::default()
    }
}

/// Everything on the form: corrected, withheld, two states, a digest, a bridge in two currencies.
pub(super) fn full() -> Form1099k {
    let mut form = plain();
    form.correction = true;
    form.second_tin_notice = true;
    form.filer.is_pse = false;
    form.filer.pse = "Settlement Bank of the West, N.A., (800) 555-0199".into();
    form.payee.second_name = "O'Brien Conversations & Co".into();
    form.withheld_cents = 240_017;
    form.states = vec![
        StateBox {
            state: "VT".into(),
            state_id: "WHT-10001234".into(),
            withheld_cents: 12_345,
        },
        StateBox {
            state: "MA".into(),
            state_id: "11-987654".into(),
            withheld_cents: 6789,
        },
    ];
    form.digest = Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into());
    // All but one month's gross was in US dollars.
    let mut dollars = form.months_cents;
    dollars[11] -= 80_808;
    form.bridge = Some(Bridge {
        sections: vec![
            section(Currency::USD, &dollars, None),
            section(
                Currency::parse("JPY").unwrap(),
                &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 120_500],
                Some(80_808),
            ),
        ],
        notes: all(&[
            "Payments of December 2026 that were paid out in January 2027 are in box 1a of 2026: \
             they stand in the balance carried out.",
            "Refunds are in the month in which they were made, also for payments of earlier \
             months.",
        ]),
    });
    form
}

/// A bridge of made-up deductions; every month pays out all but a tenth of what is there.
pub(super) fn section(
    currency: Currency,
    gross: &[i64; 12],
    box_1a_cents: Option<i64>,
) -> BridgeSection {
    let mut months = [BridgeRow::default(); 12];
    let mut carried = 1000;
    for (i, (row, gross_minor)) in months.iter_mut().zip(*gross).enumerate() {
        *row = BridgeRow {
            gross_minor,
            refunds_minor: gross_minor / 20,
            platform_fees_minor: gross_minor / 4,
            processing_fees_minor: gross_minor / 33,
            adjustments_minor: if i % 4 == 1 { -gross_minor / 50 } else { 0 },
            withheld_minor: if i == 6 { gross_minor / 5 } else { 0 },
            carried_in_minor: carried,
            ..BridgeRow::default()
        };
        let due = carried + gross_minor
            - row.refunds_minor
            - row.platform_fees_minor
            - row.processing_fees_minor
            + row.adjustments_minor
            - row.withheld_minor;
        row.paid_minor = due - due / 10;
        row.carried_out_minor = due / 10;
        carried = due / 10;
    }
    let sum = |of: fn(&BridgeRow) -> i64| months.iter().map(of).sum::<i64>();
    let total = BridgeRow {
        gross_minor: sum(|row| row.gross_minor),
        refunds_minor: sum(|row| row.refunds_minor),
        platform_fees_minor: sum(|row| row.platform_fees_minor),
        processing_fees_minor: sum(|row| row.processing_fees_minor),
        adjustments_minor: sum(|row| row.adjustments_minor),
        withheld_minor: sum(|row| row.withheld_minor),
        carried_in_minor: 1000,
        paid_minor: sum(|row| row.paid_minor),
        carried_out_minor: carried,
    };
    BridgeSection {
        currency,
        months,
        total,
        box_1a_cents: box_1a_cents.unwrap_or(total.gross_minor),
    }
}

/// Long names, long numbers, large amounts; the payee's name is `name`.
pub(super) fn awkward(name: &str) -> Form1099k {
    let mut form = full();
    form.account_number = "0192f7a0-7c1e-7bbb-8d1e-0123456789ab".into();
    form.filer.name =
        "Platform Creators International Conversations Private Limited Company of Delaware".into();
    form.filer.address_lines = all(&[
        "One World Trade Center, 85th floor, Suite 8500, Attention of the Tax Department",
        "New York, New York 10007-0001",
        "United States of America",
    ]);
    form.filer.pse = "The Third National Settlement and Payments Bank of the Western States, \
                      National Association, +1 (800) 555-0199"
        .into();
    form.payee.name = name.into();
    form.payee.second_name =
        "Language Coaching and Conversation International GmbH & Co. KG".into();
    form.payee.address_lines = all(&[
        "12345 Saint Bartholomew's Boulevard Northwest, Building 17, Apartment 1234",
        "Rancho Santa Margarita y Las Flores, California 92688-1234",
        "United States of America",
    ]);
    form.states[0].state_id = "VT-WHT-0000-1234-5678-9012-3456-7890".into();
    form.transactions = u32::MAX;
    form.months_cents = [12_345_678_901_234; 12];
    form.gross_cents = form.months_cents.iter().sum();
    form.withheld_cents = 98_765_432_109_876;
    form.bridge = Some(Bridge {
        sections: vec![section(Currency::USD, &form.months_cents, None)],
        notes: Vec::new(),
    });
    form
}
