//! Clean files of every kind, of 24 rows, and what a ledger must know before they come.

use jiff::civil::date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::table::Table;
use crate::imports::ImportKind;

pub(super) const ROWS: usize = 24;

/// The kinds of files that come before one, oldest first.
pub(super) fn prerequisites(kind: ImportKind) -> &'static [ImportKind] {
    match kind {
        ImportKind::Hosts => &[],
        ImportKind::Bookings | ImportKind::TaxProfiles | ImportKind::OpeningBalances => {
            &[ImportKind::Hosts]
        }
        ImportKind::Disputes | ImportKind::StripePayments => {
            &[ImportKind::Hosts, ImportKind::Bookings]
        }
    }
}

fn at(day: i64, hour: i64) -> String {
    let begin = date(2026, 2, 2)
        .to_zoned(TimeZone::UTC)
        .unwrap()
        .timestamp();
    let at: Timestamp = begin + (day * 24 + hour).hours();
    at.to_string()
}

pub(super) fn table(kind: ImportKind) -> Table {
    let columns = kind
        .columns()
        .iter()
        .map(|(c, _)| (*c).to_owned())
        .collect();
    let row = match kind {
        ImportKind::Hosts => host,
        ImportKind::Bookings => booking,
        ImportKind::Disputes => dispute,
        ImportKind::StripePayments => payment,
        ImportKind::TaxProfiles => tax_profile,
        ImportKind::OpeningBalances => opening_balance,
    };
    let rows: Vec<Vec<String>> = (0..ROWS).map(row).collect();
    let table = Table { columns, rows };
    assert!(table.rows.iter().all(|r| r.len() == table.columns.len()));
    table
}

fn own(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|c| (*c).to_owned()).collect()
}

const NAMES: [&str; 6] = [
    "Amara Okafor",
    "José Núñez",
    "Paweł Łukasik",
    "Zoë O'Brien",
    "Silva, Jr. Ana",
    "Jun Müller",
];

fn host(i: usize) -> Vec<String> {
    let day = i64::try_from(i % 5).unwrap();
    own(&[
        &format!("host-{i:06}"),
        NAMES[i % NAMES.len()],
        &format!("host{i}@example.com"),
        "+34 600 000 000",
        ["US", "ES", "PL"][i % 3],
        "platform-creators",
        if i % 8 == 7 { "SUSPENDED" } else { "ACTIVE" },
        &at(day, 8),
        &at(day + 1, 9),
        &(i % 4).to_string(),
        "2 years",
        "Spanish, \"Castilian\"",
        "English",
        "B1; B2",
        "DELE\nexaminer",
        "Europe/Madrid",
        "evenings",
        "12",
        &format!("acct_1Test{i:04}"),
        if i % 6 == 5 { "false" } else { "true" },
        &at(28, 12),
    ])
}

fn booking(i: usize) -> Vec<String> {
    let day = i64::try_from(i % 6).unwrap();
    let (done, refunded) = match i % 8 {
        5 => ("NO_SHOW", ""),
        6 => ("COMPLETED", "5.25"),
        7 => ("CANCELLED", "16.50"),
        _ => ("COMPLETED", "0.00"),
    };
    let price = format!("{}.50", 15 + i % 8);
    let refunded = if done == "CANCELLED" {
        price.as_str()
    } else {
        refunded
    };
    let back = !["", "0.00"].contains(&refunded);
    let cancelled = done == "CANCELLED";
    own(&[
        &format!("bk-{i:04}-x"),
        &format!("cv-{i:04}-x"),
        [
            "Travel basics",
            "Talk, \"slowly\"",
            "Café español",
            "Two\nlines",
        ][i % 4],
        "GROUP",
        "es",
        &format!("host-{:06}", i % 5),
        &format!("learner-{i:04}"),
        &format!("learner{i}@example.org"),
        &at(9 + day, 10),
        &at(21 + day, 18),
        &at(21 + day, 19),
        done,
        &price,
        "USD",
        "0.96",
        refunded,
        &if back { at(22 + day, 8) } else { String::new() },
        &format!("pi_3Test{i:04}a"),
        &format!("ch_3Test{i:04}b"),
        &(1 + i % 5).to_string(),
        &if cancelled {
            at(20 + day, 8)
        } else {
            String::new()
        },
        &at(29, 12),
    ])
}

fn dispute(i: usize) -> Vec<String> {
    let day = i64::try_from(i % 6).unwrap();
    let bank = !i.is_multiple_of(3);
    let (status, closed) = match i % 6 {
        0 => ("under_review", String::new()),
        1 => ("needs_response", String::new()),
        2 => ("lost", at(38, 8)),
        3 => ("won", at(38, 8)),
        4 => ("under_review", String::new()),
        _ => ("won", at(38, 8)),
    };
    own(&[
        &format!("dp-{i:04}-x"),
        &format!("bk-{i:04}-x"),
        if bank { "CHARGEBACK" } else { "COMPLAINT" },
        "product_not_received",
        &format!("{}.50", 5 + i % 5),
        "USD",
        status,
        &at(31 + day, 9),
        &at(41 + day, 22),
        &closed,
        &format!("ch_3Test{i:04}b"),
        &format!("pi_3Test{i:04}a"),
        if bank { "15.00" } else { "" },
        if bank { "USD" } else { "" },
    ])
}

fn payment(i: usize) -> Vec<String> {
    let day = i64::try_from(i % 6).unwrap();
    let time = |text: String| text.replace('T', " ").replace(":00Z", "");
    own(&[
        &format!("ch_3Test{i:04}b"),
        "usd",
        &format!("{}.50", 5 + i % 5),
        ["needs_response", "under_review", "won", "lost"][i % 4],
        "fraudulent",
        &time(at(31 + day, 9)),
        &time(at(41 + day, 22)),
        &format!("pi_3Test{i:04}a"),
        &format!("bk-{i:04}-x"),
        "Live",
    ])
}

fn tax_profile(i: usize) -> Vec<String> {
    let abroad = i % 6 == 5;
    own(&[
        &format!("host-{i:06}"),
        if abroad { "W-8BEN" } else { "W-9" },
        ["Amara Okafor", "José Núñez", "Paweł Łukasik"][i % 3],
        if i.is_multiple_of(4) {
            "Ruiz & Söhne"
        } else {
            ""
        },
        if abroad { "" } else { "SSN" },
        &if abroad {
            String::new()
        } else {
            format!("0{:02}-{:02}-{:04}", 10 + i, 20 + i, 1000 + i)
        },
        "12 Main St",
        "Apt 4",
        if abroad { "Madrid" } else { "Burlington" },
        if abroad { "" } else { "VT" },
        if abroad { "28001" } else { "05401" },
        if abroad { "ES" } else { "US" },
        "2026-01-15",
    ])
}

fn opening_balance(i: usize) -> Vec<String> {
    own(&[
        &format!("host-{i:06}"),
        "USD",
        &format!("{}{}.50", if i % 3 == 2 { "-" } else { "" }, 10 + i),
        "what was left in \"May\", and José's",
    ])
}
