//! The file cell by cell, templates of other years, and what is refused.

use super::*;

fn business() -> IrisParty {
    IrisParty {
        tin_type: IrisTinType::Ein,
        tin: "12-3456789".into(),
        name: IrisName::Business {
            line_1: "Platform Creators, Inc.".into(),
            line_2: String::new(),
        },
        country: "US".into(),
        address_1: "1 Market Street".into(),
        address_2: "Suite 400".into(),
        city: "San Francisco".into(),
        state: "CA".into(),
        zip: "94105-1234".into(),
    }
}

fn given() -> IrisReturn {
    IrisReturn {
        tax_year: 2026,
        payer: business(),
        payer_phone: "+1 (415) 555-0100".into(),
        payer_email: "tax@example.com".into(),
        recipient: IrisParty {
            tin_type: IrisTinType::Itin,
            tin: "900-70-1234".into(),
            name: IrisName::Individual {
                first: "Nguyệt".into(),
                middle: "=HYPERLINK(1)".into(),
                last: "Ngô".into(),
                suffix: String::new(),
            },
            city: "Montpelier".into(),
            state: "VT".into(),
            zip: "05602".into(),
            ..business()
        },
        account_number: "host-000123".into(),
        second_tin_notice: true,
        gross_cents: 1_234_567,
        transactions: 214,
        withheld_cents: 2400,
        months_cents: [1_234_500, 67, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        combined_filing: true,
        states: vec![IrisState {
            state: "VT".into(),
            state_id: "-WHT-1234".into(),
            withheld_cents: 0,
            income_cents: Some(1_234_567),
        }],
        ..blank()
    }
}

fn of_template(header: &str) -> Layout<'_> {
    Layout {
        template_header: Some(header),
        ..Layout::default()
    }
}

/// Header and first return as pairs.
fn pairs(file: &str) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let owned = |s: &str| s.to_owned();
    header
        .iter()
        .map(owned)
        .zip(row.iter().map(owned))
        .collect()
}

fn cell(file: &str, column: &str) -> String {
    let pairs = pairs(file);
    let found = pairs.iter().find(|(name, _)| name == column);
    found
        .unwrap_or_else(|| panic!("no {column} in {pairs:?}"))
        .1
        .clone()
}

#[test]
fn every_box_has_its_column_in_the_built_in_header() {
    let file = write(&[given()], &Layout::default()).unwrap();
    for (column, value) in [
        ("Form Type", "1099-K"),
        ("Tax Year", "2026"),
        ("Payer TIN Type", "EIN"),
        ("Payer Taxpayer ID Number", "123456789"),
        ("Payer Name Type", "B"),
        (
            "Payer Business or Entity Name Line 1",
            "Platform Creators, Inc.",
        ),
        ("Payer First Name", ""),
        ("Payer ZIP/Postal Code", "941051234"),
        ("Payer Phone Type", "D"),
        ("Payer Phone", "4155550100"),
        ("Recipient TIN Type", "ITIN"),
        ("Recipient Taxpayer ID Number", "900701234"),
        ("Recipient Name Type", "I"),
        ("Recipient Business or Entity Name Line 1", ""),
        ("Recipient First Name", "Nguyet"),
        ("Recipient Middle Name", "=HYPERLINK(1)"),
        ("Recipient Last Name (Surname)", "Ngo"),
        ("Recipient ZIP/Postal Code", "05602"),
        ("Form Account Number", "host-000123"),
        ("2nd TIN Notice", "Y"),
        ("Filer Type", "EPF"),
        ("Transaction Type", "Third Party Network"),
        (
            "Box 1a - Gross amount of payment card/third party network transactions",
            "12345.67",
        ),
        ("Box 1b - Card not present transactions", ""),
        ("Box 1c - Cash tips", ""),
        ("Box 3 - Number of payment transactions", "214"),
        ("Box 4 - Federal income tax withheld", "24.00"),
        ("Box 5a - January", "12345.00"),
        ("Box 5b - February", "0.67"),
        ("Box 5l - December", "0.00"),
        ("Combined Federal/State Filing", "Y"),
        ("State 1", "VT"),
        ("State 1 - State Tax Withheld", "0.00"),
        ("State 1 - State/Payer state number", "-WHT-1234"),
        ("State 1 - State Income", "12345.67"),
        ("State 2", ""),
        ("State 2 - State Tax Withheld", ""),
    ] {
        assert_eq!(cell(&file, column), value, "{column}");
    }
    assert_eq!(file.matches("\r\n").count(), 2);
    assert!(!file.contains("Corrected"));
    assert_eq!(write(&[given()], &Layout::default()).unwrap(), file);
}

#[test]
fn a_correction_is_never_written_as_an_original() {
    let corrected = IrisReturn {
        corrected: true,
        ..given()
    };
    let file = write(&[given(), corrected.clone()], &Layout::default()).unwrap();
    assert_eq!(cell(&file, "Corrected"), "N");
    let header = write(&[], &Layout::default()).unwrap();
    let refused = write(&[corrected], &of_template(&header))
        .unwrap_err()
        .to_string();
    assert_eq!(refused, "the header row has no column for Corrected");
}

#[test]
fn a_template_s_columns_are_told_by_name_and_by_box() {
    let built_in = write(&[], &Layout::default()).unwrap();
    // Another order, other case and punctuation, other captions of boxes, a column of its own.
    let mut columns: Vec<String> = csv::Reader::from_reader(built_in.as_bytes())
        .headers()
        .unwrap()
        .iter()
        .map(|column| match column {
            "Payer Phone" => "FILER phone ".into(),
            "Recipient City/Town" => "Payee city / town".into(),
            "Form Account Number" => "FORM ACCOUNT-NUMBER".into(),
            other if other.starts_with("Box 5a") => "Box 5a Jan.".into(),
            other if other.starts_with("Box 1a") => "Box 1a: Gross amount".into(),
            other => other.to_owned(),
        })
        .collect();
    columns.reverse();
    columns.push("Special Data Entries".into());
    let quoted: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
    let template = format!("\u{FEFF}{}\r\n\"1099-K\",2025\r\n", quoted.join(","));
    let file = write(&[given()], &of_template(&template)).unwrap();
    let names: Vec<String> = pairs(&file).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, columns);
    for (column, value) in [
        ("FILER phone ", "4155550100"),
        ("Payee city / town", "Montpelier"),
        ("FORM ACCOUNT-NUMBER", "host-000123"),
        ("Box 5a Jan.", "12345.00"),
        ("Box 1a: Gross amount", "12345.67"),
        ("Filer Type", "EPF"),
        ("Special Data Entries", ""),
    ] {
        assert_eq!(cell(&file, column), value, "{column}");
    }
    let unused = unused_columns(&template, &[]).unwrap();
    assert_eq!(unused, ["Special Data Entries"]);
}

#[test]
fn a_value_without_a_column_is_refused_and_named() {
    let built_in = write(&[], &Layout::default()).unwrap();
    let without = |dropped: &[&str]| {
        let mut reader = csv::Reader::from_reader(built_in.as_bytes());
        let header = reader.headers().unwrap();
        let kept: Vec<&str> = header
            .iter()
            .filter(|column| !dropped.iter().any(|start| column.starts_with(start)))
            .collect();
        kept.join(",")
    };
    let missing = |dropped: &[&str]| match write(&[given()], &of_template(&without(dropped))) {
        Err(Error::NoColumn { missing }) => missing,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        missing(&["Box 4", "Box 5b", "2nd TIN"]),
        [
            "2nd TIN Notice",
            "Box 4 - Federal income tax withheld",
            "Box 5b - February"
        ]
    );
    assert_eq!(missing(&["Recipient TIN Type"]), ["Recipient TIN Type"]);
    assert_eq!(
        missing(&["State 1 - State Income"]),
        ["State 1 - State Income"]
    );
    // What says nothing needs no column.
    let slim = without(&[
        "Box 1b", "Box 1c", "Box 1d", "Box 2", "Box 5c", "State 2", "PSE",
    ]);
    let file = write(&[given()], &of_template(&slim)).unwrap();
    assert!(!file.contains("Box 5c"));
    // "Box 1" is not box 1a.
    let other = without(&["Box 1a"]) + ",Box 1 - Gross";
    assert!(write(&[given()], &of_template(&other)).is_err());
}

#[test]
fn a_header_that_can_t_be_used_is_refused() {
    for bad in [
        "",
        "\u{FEFF}\r\n",
        ",,",
        "Form Type,form type",
        "Box 5a,Box 5A - January",
    ] {
        let refused = write(&[], &of_template(bad));
        assert!(matches!(refused, Err(Error::BadHeader(_))), "{bad}");
    }
}

#[test]
fn a_hundred_returns_and_no_more() {
    let returns = vec![given(); RETURNS_PER_FILE + 1];
    let refused = write(&returns, &Layout::default()).unwrap_err();
    assert!(matches!(
        refused,
        Error::TooMany {
            found: 101,
            most: 100
        }
    ));
    assert_eq!(
        write(&returns[1..], &Layout::default())
            .unwrap()
            .lines()
            .count(),
        101
    );
}

#[test]
fn values_that_can_t_be_filed_are_refused() {
    let refused = |change: &dyn Fn(&mut IrisReturn)| {
        let mut given = given();
        change(&mut given);
        write(&[given], &Layout::default()).unwrap_err().to_string()
    };
    let tin = refused(&|r| r.recipient.tin = "1234".into());
    assert_eq!(
        tin,
        "Recipient TIN of the return of host-000123: it is not nine digits"
    );
    assert!(refused(&|r| r.months_cents[3] = -1).contains("Box 5d"));
    assert!(refused(&|r| r.states = vec![IrisState::default(); 3]).contains("room for 2"));
}

#[test]
fn a_country_s_own_postal_code_stays() {
    let mut abroad = given();
    abroad.recipient.country = "GR".into();
    abroad.recipient.zip = "105-57".into();
    abroad.recipient.city = "Αθήνα".into();
    let file = write(&[abroad], &Layout::default()).unwrap();
    assert_eq!(cell(&file, "Recipient ZIP/Postal Code"), "105-57");
    assert_eq!(cell(&file, "Recipient City/Town"), "Αθήνα");
}

/// As the portal's newer templates of other forms name their columns.
const NEWER: &str = "Form Type*,Tax Year*,Payer TIN Type*,Payer Taxpayer ID Number*,Payer Name Type*,Payer Business or Entity Name Line 1,Payer City,Payer State,Payer ZIP Code,Payer Phone Type,Payer Phone Number,Payer Email Address,Payer Country,Payer Address Line 1,Payer Address Line 2,Recipient TIN Type*,Recipient Taxpayer ID Number*,Recipient Name Type*,Recipient First Name,Recipient Middle Name,Recipient Last Name,Recipient Country,Recipient Address Line 1,Recipient Address Line 2,Recipient City,Recipient State,Recipient ZIP Code,Form Account Number,2nd TIN Notice,Filer is PSE,Box 1a - Gross Amount,Box 3 - Number of Payment Transactions,Box 4 - Federal Income Tax Withheld,Box 5a - January,Box 5b - February,Combined Federal/State Filing,State 1 - State Code,State 1 - State/Payer's State No.,State 1 - State Tax Withheld,State 1 - State Income,Corrected";

#[test]
fn other_names_of_columns_are_known_and_others_can_be_said() {
    let missing = write(&[given()], &of_template(NEWER)).unwrap_err();
    assert!(
        matches!(&missing, Error::NoColumn { missing } if *missing == ["Transaction Type"]),
        "{missing}"
    );
    let said = |theirs: &str, ours: &str| Column {
        theirs: theirs.into(),
        ours: ours.into(),
    };
    let columns = [
        said("", "transaction type"),
        said("Office Code", "PSE Name"),
    ];
    let layout = Layout {
        columns: &columns,
        ..of_template(NEWER)
    };
    let file = write(&[given()], &layout).unwrap();
    for (column, value) in [
        ("Payer City", "San Francisco"),
        ("Payer State", "CA"),
        ("Payer ZIP Code", "941051234"),
        ("Payer Phone Number", "4155550100"),
        ("Recipient Last Name", "Ngo"),
        ("Recipient ZIP Code", "05602"),
        ("Filer is PSE", "N"),
        ("State 1 - State Code", "VT"),
        ("State 1 - State/Payer's State No.", "-WHT-1234"),
        ("Corrected", "N"),
    ] {
        assert_eq!(cell(&file, column), value, "{column}");
    }
    // A column of the template holds the value that a person says, and no other.
    let swapped = [said("Payer State", "Recipient State/Province/Territory")];
    let layout = Layout {
        columns: &swapped,
        ..of_template("Payer State,Recipient State")
    };
    let Err(Error::NoColumn { missing }) = write(&[given()], &layout) else {
        panic!("the payer's own state has no column any more");
    };
    assert!(missing.contains(&"Payer State/Province/Territory".to_owned()));
    assert!(!missing.contains(&"Recipient State/Province/Territory".to_owned()));

    check_columns(NEWER, &columns[..1]).unwrap();
    for bad in [
        vec![said("Nothing like it", "PSE Name")],
        vec![said("Payer City", "Nothing of ours")],
        vec![
            said("Payer City", "PSE Name"),
            said("payer city", "Office Code"),
        ],
    ] {
        let refused = check_columns(NEWER, &bad);
        assert!(matches!(refused, Err(Error::BadHeader(_))), "{bad:?}");
    }
}

#[test]
fn what_the_portal_is_said_to_refuse_can_be_left_out() {
    let mut of = given();
    of.recipient.name = IrisName::Business {
        line_1: "O'Brien, J.R. & Sons, Inc.".into(),
        line_2: String::new(),
    };
    of.recipient.address_1 = "7848 Main St., #4".into();
    of.recipient.city = "St. Johnsbury".into();
    assert!(has_refused("#4") && !has_refused("O'Brien & Sons-Roe"));
    let as_given = write(&[of.clone()], &Layout::default()).unwrap();
    assert_eq!(cell(&as_given, "Recipient City/Town"), "St. Johnsbury");
    let layout = Layout {
        without_refused: true,
        ..Layout::default()
    };
    let file = write(&[of], &layout).unwrap();
    for (column, value) in [
        (
            "Recipient Business or Entity Name Line 1",
            "O'Brien JR & Sons Inc",
        ),
        ("Recipient Address Line 1", "7848 Main St 4"),
        ("Recipient City/Town", "St Johnsbury"),
        ("Payer Email Address", "tax@example.com"),
        (
            "Box 1a - Gross amount of payment card/third party network transactions",
            "12345.67",
        ),
    ] {
        assert_eq!(cell(&file, column), value, "{column}");
    }
}
