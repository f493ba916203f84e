//! The workbook read back from its XML, and the CSV.

use std::io::{Cursor, Read};

use super::*;

fn form(host_id: &str, name: &str, state: &str, gross_cents: i64) -> FormRow {
    let mut months_cents = [0; 12];
    months_cents[2] = gross_cents - 1;
    months_cents[11] = 1;
    FormRow {
        host_id: host_id.into(),
        name: name.into(),
        tin_truncated: "XXX-XX-1234".into(),
        state: state.into(),
        kind: "Federal".into(),
        status: "Furnished".into(),
        transactions: 201,
        gross_cents,
        months_cents,
        withheld_cents: 24,
        rules: vec!["Federal 2026".into(), "VT at least 600.00".into()],
    }
}

fn summary() -> TaxSummary {
    TaxSummary {
        ledger_name: "Platform Creators".into(),
        year: 2026,
        generated_at: "2027-01-18T10:41:07Z".into(),
        forms: vec![
            form("host_1", "=HYPERLINK(\"x\")", "VT", 2_000_001),
            form("@host_2", "Ngô Thị Ánh Nguyệt", "VT", 60_029),
            form("host_3", "O'Brien & <Co>", "", 7),
        ],
        blocked: vec![BlockedRow {
            host_id: "host_4".into(),
            name: "-Ann".into(),
            reason: "The TIN can't exist: area 666.".into(),
        }],
        state_notes: [("VT".to_owned(), "Files direct.".to_owned())].into(),
    }
}

/// One file of the package.
fn part(book: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut text = String::new();
    let mut file = zip.by_name(name).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// The cell's XML: `<c r="A1" …>…</c>`.
fn cell(sheet: &str, place: &str) -> String {
    let (_, rest) = sheet.split_once(&format!("<c r=\"{place}\"")).unwrap();
    rest.split_once("</c>").unwrap().0.to_owned()
}

/// The string that a cell shows.
fn shared(book: &[u8], sheet: &str, place: &str) -> String {
    let cell = cell(sheet, place);
    assert!(cell.contains("t=\"s\""), "{place} is no string: {cell}");
    let (_, value) = cell.split_once("<v>").unwrap();
    let index: usize = value.split_once('<').unwrap().0.parse().unwrap();
    let strings = part(book, "xl/sharedStrings.xml");
    let string = strings.split("<si>").nth(index + 1).unwrap();
    let (_, text) = string.split_once('>').unwrap();
    text.split_once("</t>").unwrap().0.to_owned()
}

#[test]
fn forms_are_rows_with_numbers_and_a_total() {
    let book = workbook(&summary()).unwrap();
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    let value = |place: &str| {
        let cell = cell(&sheet, place);
        let (_, value) = cell.split_once("<v>").unwrap();
        value.split_once('<').unwrap().0.to_owned()
    };
    for (place, text) in [
        ("A1", "Host"),
        ("V1", "Due by"),
        ("A2", "host_1"),
        ("B3", "Ngô Thị Ánh Nguyệt"),
        ("C2", "XXX-XX-1234"),
        ("D2", "VT"),
        ("F2", "Furnished"),
        ("V2", "Federal 2026; VT at least 600.00"),
        ("A5", "Total"),
    ] {
        assert_eq!(shared(&book, &sheet, place), text, "{place}");
    }
    for (place, number) in [
        ("G2", "201"),
        ("H2", "20000.01"),
        ("H3", "600.29"),
        ("K3", "600.28"),
        ("T3", "0.01"),
        ("U2", "0.24"),
        ("G5", "603"),
        ("H5", "20600.37"),
        ("K5", "20600.34"),
        ("U5", "0.72"),
    ] {
        assert_eq!(value(place), number, "{place}");
    }
    assert!(cell(&sheet, "H5").contains("<f>SUM(H2:H4)</f>"));
    assert!(sheet.contains("state=\"frozen\""));
}

#[test]
fn a_text_is_never_a_formula() {
    let book = workbook(&summary()).unwrap();
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    assert_eq!(shared(&book, &sheet, "B2"), "=HYPERLINK(\"x\")");
    assert_eq!(shared(&book, &sheet, "A3"), "@host_2");
    assert_eq!(shared(&book, &sheet, "B4"), "O'Brien &amp; &lt;Co&gt;");
    assert_eq!(sheet.matches("<f>").count(), 15, "only the totals");
    let blocked = part(&book, "xl/worksheets/sheet2.xml");
    assert_eq!(shared(&book, &blocked, "B2"), "-Ann");
    assert!(!blocked.contains("<f>"));
    assert!(part(&book, "xl/styles.xml").contains("quotePrefix=\"1\""));
}

#[test]
fn states_are_summed() {
    let book = workbook(&summary()).unwrap();
    let sheet = part(&book, "xl/worksheets/sheet3.xml");
    assert_eq!(shared(&book, &sheet, "A2"), "none");
    assert_eq!(shared(&book, &sheet, "A3"), "VT");
    assert_eq!(shared(&book, &sheet, "F3"), "Files direct.");
    for (place, number) in [
        ("B3", "2"),
        ("C3", "402"),
        ("D3", "20600.3"),
        ("E3", "0.48"),
    ] {
        assert!(
            cell(&sheet, place).contains(&format!("<v>{number}</v>")),
            "{place}"
        );
    }
    assert!(cell(&sheet, "D4").contains("<f>SUM(D2:D3)</f><v>20600.37</v>"));
}

#[test]
fn nothing_to_show_is_a_workbook_too() {
    let nothing = TaxSummary {
        generated_at: "2027-01-18T10:41:07Z".into(),
        ..TaxSummary::default()
    };
    let book = workbook(&nothing).unwrap();
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    assert!(cell(&sheet, "H2").contains("<v>0</v>"));
}

#[test]
fn the_same_summary_gives_the_same_bytes() {
    let book = workbook(&summary()).unwrap();
    assert!(book == workbook(&summary()).unwrap());
    let core = part(&book, "docProps/core.xml");
    assert!(core.contains("2027-01-18T10:41:07Z"), "{core}");
}

#[test]
fn what_a_spreadsheet_can_t_hold_is_refused() {
    let mut huge = summary();
    huge.forms[0].gross_cents = 1 << 53;
    assert!(matches!(workbook(&huge), Err(Error::Unfit { .. })));
    let mut bad = summary();
    bad.generated_at = "today".into();
    assert!(matches!(workbook(&bad), Err(Error::BadTime { .. })));
}

#[test]
fn the_csv_has_the_same_columns_and_is_safe() {
    let csv = summary_csv(&summary()).unwrap();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], TITLES.join(","));
    assert_eq!(
        lines[1],
        "host_1,\"'=HYPERLINK(\"\"x\"\")\",XXX-XX-1234,VT,Federal,Furnished,201,20000.01,0.00,0.00,\
         20000.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.01,0.24,Federal 2026; VT at least 600.00"
    );
    assert!(lines[2].starts_with("'@host_2,Ngô"));
    assert_eq!(lines.len(), 5);
    assert_eq!(
        blocked_csv(&summary()).unwrap(),
        "Host,Name,Reason\r\nhost_4,'-Ann,The TIN can't exist: area 666.\r\n"
    );
}
