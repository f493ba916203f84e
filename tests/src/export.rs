//! The platform's exports as tables of text, and ones written by hand for edges.

use std::collections::BTreeMap;

/// A row of an export, by column.
pub type Row = BTreeMap<String, String>;

/// The rows of a CSV file with a header.
///
/// # Panics
/// Where the text is no such file.
#[must_use]
pub fn rows(csv_text: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().from_reader(csv_text.as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("a row as wide as the header"))
        .collect()
}

/// A CSV file of rows; its columns are those of the first row.
///
/// # Panics
/// Where a row lacks a column.
#[must_use]
pub fn to_csv(rows: &[Row]) -> String {
    let columns: Vec<&String> = rows.first().map(|r| r.keys().collect()).unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&columns).expect("a header");
    for row in rows {
        writer
            .write_record(columns.iter().map(|c| &row[*c]))
            .expect("a row");
    }
    String::from_utf8(writer.into_inner().expect("a whole file")).expect("UTF-8")
}

/// A row with some of its columns changed.
#[must_use]
pub fn with(row: &Row, changes: &[(&str, &str)]) -> Row {
    let mut row = row.clone();
    for (column, value) in changes {
        row.insert((*column).to_owned(), (*value).to_owned());
    }
    row
}

/// A host who is active since long and can be paid; the rest of the columns as given.
#[must_use]
pub fn host(host_id: &str, changes: &[(&str, &str)]) -> Row {
    let plain = [
        ("host_id", host_id),
        ("name", "Amara Okafor"),
        ("email", ""),
        ("country", "US"),
        ("institution_id", ""),
        ("status", "ACTIVE"),
        ("approved_at", "2025-06-01T09:00:00Z"),
        ("teaching_experience_years", "3"),
        ("stripe_account_id", "acct_1Test"),
        ("payouts_enabled", "true"),
    ];
    with(&owned(&plain), changes)
}

/// A seat of 20.00 USD in a session of 2026-03-02, completed; the rest of the columns as given.
#[must_use]
pub fn booking(booking_id: &str, host_id: &str, changes: &[(&str, &str)]) -> Row {
    let conversation = format!("cv-{booking_id}");
    let charge = format!("ch_{booking_id}");
    let participant = format!("learner-{booking_id}");
    let plain = [
        ("booking_id", booking_id),
        ("conversation_id", &conversation),
        ("conversation_title", "Travel basics"),
        ("host_id", host_id),
        ("participant_id", &participant),
        ("participant_email", ""),
        ("booked_at", "2026-02-20T10:00:00Z"),
        ("starts_at", "2026-03-02T10:00:00Z"),
        ("ends_at", "2026-03-02T11:00:00Z"),
        ("status", "COMPLETED"),
        ("price", "20.00"),
        ("currency", "USD"),
        ("processing_fee", ""),
        ("refunded_amount", ""),
        ("refunded_at", ""),
        ("charge_id", &charge),
        ("cancelled_at", ""),
        ("updated_at", "2026-03-02T11:05:00Z"),
    ];
    with(&owned(&plain), changes)
}

fn owned(pairs: &[(&str, &str)]) -> Row {
    pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}
