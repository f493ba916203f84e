//! Evidence to print: an ordinary case, a long one, and names of many kinds.

use hostledger_core::{Currency, Money};

use super::super::*;
use crate::{PaperSize, WhoWhen};

pub(super) fn usd(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::USD)
}

pub(super) fn section(title: &str, blocks: Vec<EvidenceBlock>) -> EvidenceSection {
    EvidenceSection {
        title: title.to_owned(),
        blocks,
    }
}

pub(super) fn words(text: &str) -> EvidenceBlock {
    EvidenceBlock::Paragraph(text.to_owned())
}

pub(super) fn facts(facts: &[(&str, &str)]) -> Vec<Fact> {
    facts.iter().map(|(l, v)| Fact::new(*l, *v)).collect()
}

/// A table; columns that begin with `>` are aligned right.
pub(super) fn table(columns: &[&str], rows: Vec<Vec<EvidenceCell>>) -> EvidenceTable {
    EvidenceTable {
        columns: columns
            .iter()
            .map(|title| match title.strip_prefix('>') {
                Some(title) => EvidenceColumn::right(title),
                None => EvidenceColumn::left(*title),
            })
            .collect(),
        rows,
        when_empty: String::new(),
    }
}

pub(super) fn texts(cells: &[&str]) -> Vec<EvidenceCell> {
    cells.iter().map(|cell| (*cell).into()).collect()
}

/// An ordinary case on one page or two.
pub(super) fn short(paper: PaperSize) -> EvidencePaper {
    EvidencePaper {
        paper,
        generated_at: "2026-03-18T10:41:07Z".into(),
        ledger_name: "Platform Creators".into(),
        title: "Evidence for dispute dp_1Q2w3E".into(),
        facts: facts(&[
            ("Dispute", "dp_1Q2w3E"),
            ("Charge", "ch_3Nv0FG2eZvKYlo2C1a2b3c4d"),
            ("Booking", "bkg_00000777"),
            ("Amount disputed", "100.00 USD"),
            ("Reason given", "Product not received"),
            ("Opened", "2026-03-12 08:15 UTC"),
            ("Evidence due", "2026-04-02 23:59 UTC"),
        ]),
        summary: "The participant booked one live conversation with Ngô Thị Ánh Nguyệt for \
                  100.00 USD, joined it on 3 March 2026 and stayed for 58 of 60 minutes. The \
                  participant rated it 5 of 5 the same day and asked for no refund before the \
                  dispute. We ask that the dispute be decided for the merchant."
            .into(),
        sections: sections(),
        prepared: WhoWhen {
            who: "Ann Preparer".into(),
            when: "2026-03-18 10:22 UTC".into(),
        },
        reviewed: Some(WhoWhen {
            who: "Bo Reviewer".into(),
            when: "2026-03-18 10:40 UTC".into(),
        }),
    }
}

fn sections() -> Vec<EvidenceSection> {
    vec![
        section(
            "What was bought",
            vec![EvidenceBlock::Facts(facts(&[
                ("Conversation", "English for interviews, 60 minutes"),
                ("Host", "Ngô Thị Ánh Nguyệt (host_00001)"),
                ("Participant", "Sinéad O'Brien (par_00042)"),
                ("Booked", "2026-02-24 19:03 UTC"),
                ("Price paid", "100.00 USD"),
            ]))],
        ),
        section(
            "The session took place",
            vec![
                words("Both sides were connected. The times are those of the platform's servers."),
                EvidenceBlock::Facts(facts(&[
                    ("Planned", "2026-03-03 17:00 to 18:00 UTC"),
                    ("Participant joined", "2026-03-03 17:01 UTC"),
                    ("Participant left", "2026-03-03 17:59 UTC"),
                    ("Completed", "58 of 60 minutes"),
                    ("Rating", "5 of 5, given 2026-03-03 18:04 UTC"),
                ])),
            ],
        ),
        section(
            "What the participant knew",
            vec![
                words("This refund policy was in force and accepted when the booking was made:"),
                EvidenceBlock::Quotation(
                    "A booking can be cancelled free of charge until 24 hours before it begins.\n\n\
                     After that, and for a session that took place, the price is not refunded \
                     unless the host did not appear or the session broke off for technical \
                     reasons on our side."
                        .into(),
                ),
            ],
        ),
        section(
            "Earlier payments by the same participant",
            vec![EvidenceBlock::Table(table(
                &[
                    "Paid on",
                    "Booking",
                    "Conversation with",
                    ">Amount",
                    "Outcome",
                ],
                vec![
                    payment("2025-11-04", "bkg_00000311", "Ngô Thị Ánh Nguyệt", 10_000),
                    payment("2025-12-09", "bkg_00000402", "Μαρία Παπαδοπούλου", 125_050),
                    payment("2026-01-20", "bkg_00000588", "Екатерина Щербакова", 4500),
                ],
            ))],
        ),
        section(
            "What happened with this dispute",
            vec![EvidenceBlock::Table(table(
                &["When", "Who", "What"],
                vec![
                    texts(&[
                        "2026-03-12 08:15 UTC",
                        "Card network",
                        "The dispute was opened.",
                    ]),
                    texts(&[
                        "2026-03-12 09:02 UTC",
                        "Ann Preparer",
                        "The host's commission was blocked, and the host was asked for notes on \
                         the session.",
                    ]),
                    texts(&[
                        "2026-03-14 11:30 UTC",
                        "Ann Preparer",
                        "The host's notes came in.",
                    ]),
                ],
            ))],
        ),
        section(
            "Attached files",
            vec![EvidenceBlock::Table(table(
                &["File", ">Size", "SHA-256"],
                vec![
                    texts(&[
                        "session-log.csv",
                        "14 kB",
                        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    ]),
                    texts(&[
                        "rating-screenshot-of-the-participants-own-page.png",
                        "1,208 kB",
                        "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
                    ]),
                ],
            ))],
        ),
        section("Messages between host and participant", Vec::new()),
    ]
}

pub(super) fn payment(on: &str, booking: &str, host: &str, cents: i64) -> Vec<EvidenceCell> {
    let [on, booking, host] = [on, booking, host].map(EvidenceCell::from);
    vec![on, booking, host, usd(cents).into(), "Not disputed".into()]
}

/// The policy in so many numbered clauses, each about four lines.
pub(super) fn policy(clauses: usize) -> String {
    let clause = |n: usize| {
        format!(
            "{n}. Clause {n} of this policy says what a participant may expect when a session is \
             moved, shortened or cancelled by either side, within which time a refund can be \
             asked for, and to which account it goes. A refund under clause {n} is made to the \
             card that paid, in the currency of the payment, within ten working days, and ends \
             the matter. End of clause {n}."
        )
    };
    (1..=clauses).map(clause).collect::<Vec<_>>().join("\n\n")
}

/// Five pages of policy and a table of 120 rows.
pub(super) fn long(paper: PaperSize) -> EvidencePaper {
    let mut document = short(paper);
    document.sections[2].blocks[1] = EvidenceBlock::Quotation(policy(64));
    let rows = (1..=120)
        .map(|n| {
            let host = ["Ann Host", "Ngô Thị Ánh Nguyệt", "Μαρία Παπαδοπούλου"][n % 3];
            let cents = i64::try_from(n * n * 997).unwrap();
            let on = format!("2025-{:02}-{:02}", 1 + n / 12, 1 + n % 28);
            payment(&on, &format!("bkg_{n:08}"), host, cents)
        })
        .collect();
    document.sections[3].blocks = vec![
        words("All of these were paid with the same card and never disputed."),
        EvidenceBlock::Table(table(
            &[
                "Paid on",
                "Booking",
                "Conversation with",
                ">Amount",
                "Outcome",
            ],
            rows,
        )),
    ];
    document
}

/// Names of many kinds; the last has 80 letters.
pub(super) const NAMES: [&str; 6] = [
    "Ngô Thị Ánh Nguyệt",
    "Μαρία Παπαδοπούλου-Κωνσταντινίδου",
    "Екатерина Щербакова-Воскресенская",
    "Sinéad O'Brien",
    "D’Angelo Þórðarson",
    "Maria Magdalena Theresia Antonia von Hohenlohe-Waldenburg-Schillingsfürst-Öhring",
];

/// Every name in a fact, in a paragraph and in a table's column between two others.
pub(super) fn named(paper: PaperSize) -> EvidencePaper {
    let mut document = short(paper);
    let rows = NAMES
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let id = "c0ffee00-7c1e-7bbb-8d1e-0123456789ab-0123456789";
            let cents = 12_345_678_901 * i64::try_from(i + 1).unwrap();
            payment("2026-01-20 08:15 UTC", id, name, -cents)
        })
        .collect();
    let given = NAMES.iter().map(|name| Fact::new("Participant", *name));
    document.title = format!("Evidence for the complaint of {}", NAMES[5]);
    document.ledger_name = NAMES[1].to_owned();
    document.sections = vec![
        section(
            &format!("Payments by {} and others", NAMES[5]),
            vec![
                EvidenceBlock::Facts(given.collect()),
                words(&NAMES.join(" and ")),
                EvidenceBlock::Table(table(
                    &[
                        "Paid at",
                        "Booking",
                        "Conversation with",
                        ">Amount",
                        "Outcome",
                    ],
                    rows,
                )),
            ],
        ),
        section(
            "A name per column",
            vec![EvidenceBlock::Table(table(
                &NAMES,
                vec![texts(&NAMES), texts(&["x"; 6])],
            ))],
        ),
    ];
    document.prepared.who = NAMES[2].to_owned();
    document.reviewed = None;
    document
}
