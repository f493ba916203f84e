//! Files as spreadsheets and other programs leave them: what is read as it is meant, and what is
//! refused as a whole with what it is and what to do (docs/files.md).

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use serde_json::{Value, json};

use crate::close::{balances, text};

fn ledger() -> TestLedger {
    let l = TestLedger::new();
    l.import("hosts", to_csv(&[host("h-1", &[])]));
    l
}

fn weeks(n: usize) -> Vec<Row> {
    (0..n)
        .map(|i| booking(&format!("b-{i:02}"), "h-1", &[]))
        .collect()
}

fn counts(answer: &Value) -> [i64; 3] {
    ["rows", "inserted", "exceptions"].map(|k| answer[k].as_i64().unwrap())
}

/// The refusal of a file, of which nothing is kept.
fn refused(l: &TestLedger, kind: &str, file: impl AsRef<[u8]>, more: &[&str]) -> (String, String) {
    let file = l.write("file.csv", file);
    let before = l.ok(&["imports", "list"]);
    let r = l.refused(&[&["import", kind, &file], more].concat());
    assert_eq!(l.ok(&["imports", "list"]), before);
    assert_eq!(l.ok(&["exceptions", "list"]), json!([]));
    assert!(r.message.contains("Nothing was imported"), "{}", r.message);
    (r.code, r.message)
}

#[test]
fn b7_what_spreadsheets_add_is_read_as_it_is_meant() {
    let plain = to_csv(&weeks(3));
    let lines: Vec<&str> = plain.lines().collect();
    let commas = lines[0].matches(',').count();
    let empty = ",".repeat(commas);
    let all = |f: &dyn Fn(&str) -> String| lines.iter().map(|l| f(l)).collect::<String>();
    let variants = [
        ("sep=,", format!("sep=,\n{plain}")),
        (
            "sep=; and CRLF",
            format!(
                "SEP=;\r\n{}",
                all(&|l| format!("{}\r\n", l.replace(',', ";")))
            ),
        ),
        ("pipes", plain.replace(',', "|")),
        (
            "empty rows between and below",
            format!(
                "{}\n{empty}\n{}\n{}\n{empty}\n ,\n{}\n{empty}\n",
                lines[0], lines[1], lines[2], lines[3]
            ),
        ),
        ("a separator behind each line", all(&|l| format!("{l},\n"))),
        (
            "a separator behind the header alone",
            format!("{},\n{}\n", lines[0], lines[1..].join("\n")),
        ),
        (
            "separators behind the rows alone",
            format!("{}\n{},,\n", lines[0], lines[1..].join(",,\n")),
        ),
        (
            "invisible marks in the header",
            format!(
                "{}\n{}\n",
                lines[0].replace("booking_id", "booking\u{200b}_id\u{feff}"),
                lines[1..].join("\n")
            ),
        ),
    ];
    for (what, file) in variants {
        let l = ledger();
        let done = l.import("bookings", file);
        assert_eq!(counts(&done), [3, 3, 0], "{what}: {done}");
        let owed = balances(&l)[&("liabilities:hosts:h-1".to_owned(), "USD".to_owned())];
        assert_eq!(owed, decimal("-39.36"), "{what}");
    }
}

#[test]
fn b7_a_repeated_header_is_named_and_its_line_is_the_files() {
    let l = ledger();
    let plain = to_csv(&weeks(2));
    let done = l.import("bookings", format!("sep=,\n{plain}{plain}"));
    assert_eq!(counts(&done), [5, 2, 1], "{done}");
    let e = &done["first_exceptions"][0];
    assert_eq!(
        (&e["line"], &e["code"]),
        (&json!(5), &json!("MALFORMED_ROW"))
    );
    assert!(text(e, "message").contains("names of the columns"), "{e}");
}

#[test]
fn r3_the_files_of_others_are_named_for_what_they_are() {
    let l = ledger();
    let tables = [
        (
            "id,Description,Dispute Created (UTC),Charge Created (UTC),Dispute Amount,Charge ID,Reason,Status",
            "Stripe's disputes export",
        ),
        (
            "id,Amount,Created (UTC),Currency,Arrival Date (UTC),Destination,Status,Balance Transaction",
            "Stripe's payouts report",
        ),
        (
            "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category",
            "payout reconciliation",
        ),
        (
            "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category",
            "balance report",
        ),
        (
            "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC)",
            "balance history",
        ),
        (
            "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Fee,Status",
            "Tick Disputed Amount",
        ),
        (
            "Date,Type,Confirmation code,Guest,Listing,Currency,Amount,Gross earnings,Airbnb remitted tax",
            "Airbnb's earnings",
        ),
        (
            "Order #,Order Date,Attendee #,Eventbrite Fees,Attendee Status,Currency,Total Paid",
            "Eventbrite's attendees",
        ),
        (
            "User Name,Invitee Name,Event Type Name,Start Date & Time,Canceled,Canceled By",
            "Calendly's events",
        ),
        (
            "Start Time\tEnd Time\tType\tCalendar\tDate Scheduled\tAppointment ID",
            "Acuity's appointments",
        ),
        (
            "api_id,name,email,approval_status,checked_in_at,amount,currency",
            "Luma's guests",
        ),
        (
            "Meeting ID,Topic,Start Time,End Time,User Email,Participants",
            "Zoom's participants",
        ),
        (
            "\"Date\",\"Time\",\"TimeZone\",\"Type\",\"Currency\",\"Gross\",\"Fee\",\"Net\",\"Transaction ID\"",
            "PayPal's activity",
        ),
        (
            "Transaction Date,Transaction Time,Time Zone,Transaction ID,Credit Amount,Debit Amount,Running Balance",
            "Payoneer's transactions",
        ),
        (
            "\"TransferWise ID\",Date,Amount,Currency,\"Running Balance\"",
            "a Wise statement",
        ),
        (
            "recipientId,name,sourceCurrency,targetCurrency,amountCurrency,amount,receiverType",
            "Wise's template",
        ),
        (
            "*JournalNo,*JournalDate,*AccountName,*Debits,*Credits,Currency",
            "QuickBooks",
        ),
        (
            "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount",
            "Xero",
        ),
        (
            "Form Type,Tax Year,Payer TIN Type,Payer Taxpayer ID Number",
            "IRIS",
        ),
    ];
    for (header, what) in tables {
        for kind in ["bookings", "disputes"] {
            let (code, message) = refused(&l, kind, format!("{header}\n"), &[]);
            assert_eq!(code, "WRONG_FILE", "{message}");
            assert!(message.contains(what), "{header}: {message}");
        }
    }
    let texts: [(&[u8], &str); 10] = [
        (b"<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">", "CAMT.053"),
        (b"<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">", "pain.001"),
        (b"OFXHEADER:100\nDATA:OFXSGML\n", "OFX"),
        (b"0000 01BANK\n940 00\n:20:REF\n:25:NL00\n", "MT940"),
        (b"101 03130001202313801041908161055A094101Federal Reserve Bank   My Bank Name           12345678\n", "NACHA"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "sign-in"),
        (b"{\"bookings\": []}", "JSON"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xff\xfe\0\0b\0\0\0o\0\0\0", "UTF-32"),
    ];
    for (bytes, what) in texts {
        let (code, message) = refused(&l, "hosts", bytes, &[]);
        assert_eq!(code, "WRONG_FILE", "{message}");
        assert!(message.contains(what), "{what}: {message}");
    }
}

#[test]
fn r3_another_kind_and_other_names_of_columns_are_said() {
    let l = ledger();
    let (_, message) = refused(&l, "bookings", to_csv(&[host("h-1", &[])]), &[]);
    assert!(message.contains("Import it as hosts"), "{message}");
    let renamed = to_csv(&weeks(1))
        .replace("booking_id", "Booking")
        .replace("host_id", "hostId")
        .replace("booked_at", "booked_at (UTC)");
    let (_, message) = refused(&l, "bookings", renamed, &[]);
    for guess in [
        "\"Booking\" may be booking_id",
        "\"hostId\" may be host_id",
        "\"booked_at (UTC)\" may be booked_at",
        "import bookings --template",
    ] {
        assert!(message.contains(guess), "{guess}: {message}");
    }
}

#[test]
fn b7_a_column_that_fails_everywhere_refuses_the_file_and_a_short_one_keeps_its_exceptions() {
    let bad = |n: usize| -> String {
        let rows: Vec<Row> = weeks(n)
            .iter()
            .map(|r| with(r, &[("booked_at", "2026-02-20 10:00:00")]))
            .collect();
        to_csv(&rows)
    };
    let l = ledger();
    let (code, message) = refused(&l, "bookings", bad(20), &[]);
    assert_eq!(code, "WRONG_FILE");
    for said in ["booked_at", "20 of 20", "2026-02-20 10:00:00"] {
        assert!(message.contains(said), "{said}: {message}");
    }
    // Nine of ten are enough, less is not.
    let mut rows: Vec<Row> = weeks(30);
    for r in rows.iter_mut().take(27) {
        r.insert("currency".into(), "US$".into());
    }
    let (_, message) = refused(&l, "bookings", to_csv(&rows), &[]);
    assert!(message.contains("27 of 30"), "{message}");
    rows[0].insert("currency".into(), "USD".into());
    assert_eq!(counts(&l.import("bookings", to_csv(&rows))), [30, 4, 26]);
    assert_eq!(counts(&l.import("bookings", bad(19))), [19, 0, 19]);
}

#[test]
fn b5_text_in_another_encoding_refuses_the_file_and_names_the_line() {
    let l = ledger();
    let mut rows = weeks(5);
    rows[3].insert("conversation_title".into(), "Espa@ol".into());
    let bytes: Vec<u8> = to_csv(&rows)
        .bytes()
        .map(|b| if b == b'@' { 0xf1 } else { b })
        .collect();
    let (code, message) = refused(&l, "bookings", bytes, &[]);
    assert_eq!(code, "WRONG_FILE");
    assert!(message.contains("line 5"), "{message}");
    for reading in [
        "\"Español\" in windows-1252",
        "\"Espańol\" in windows-1250",
        "\"EspaÒol\" in macintosh",
    ] {
        assert!(message.contains(reading), "{reading}: {message}");
    }
    // UTF-8 is, also where a letter lies across what is read at once.
    let mut long = to_csv(&weeks(1));
    long = long.replace("Travel basics", &"é".repeat(30_000));
    let many: String = std::iter::once(long.clone())
        .chain((0..40).map(|i| {
            long.lines()
                .nth(1)
                .unwrap()
                .replace("b-00", &format!("c-{i}"))
                + "\n"
        }))
        .collect();
    assert_eq!(counts(&l.import("bookings", many)), [41, 41, 0]);
}

#[test]
fn b5_the_encoding_is_a_persons_choice_and_is_shown() {
    let text = to_csv(&[host("h-9", &[("name", "José Núñez ¿sí?")])]);
    // Letters of Western Europe are one byte each in this encoding, and the byte is their number.
    let western: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let wide = |mark: &str| -> Vec<u8> {
        let text = format!("{mark}{text}");
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    let said = |name| ["--encoding", name].to_vec();
    for (file, options, encoding) in [
        (western.clone(), said("windows-1252"), "windows-1252"),
        (western, said("Latin1"), "windows-1252"),
        (wide("\u{feff}"), Vec::new(), "UTF-16LE"),
        (wide(""), Vec::new(), "UTF-16LE"),
        (text.clone().into_bytes(), Vec::new(), "UTF-8"),
    ] {
        let l = ledger();
        let file = l.write("h.csv", file);
        let done = l.ok(&[&["import", "hosts", &file][..], &options].concat());
        assert_eq!(counts(&done), [1, 1, 0], "{encoding}: {done}");
        assert_eq!(done["encoding"], encoding);
        let hosts = l.ok(&["hosts", "list"]);
        let name = |h: &Value| h["name"] == "José Núñez ¿sí?";
        assert!(hosts.as_array().unwrap().iter().any(name), "{hosts}");
    }
    let l = ledger();
    let (code, message) = refused(&l, "hosts", &text, &said("windows-1252"));
    assert_eq!(code, "WRONG_FILE");
    assert!(
        message.contains("every letter of it fits UTF-8"),
        "{message}"
    );
    let (code, message) = refused(&l, "bookings", b"a,b\n\x81,\n", &said("windows-1252"));
    assert_eq!(code, "WRONG_FILE");
    assert!(message.contains("line 2"), "{message}");
    let file = l.write("h.csv", &text);
    let r = l.refused(&["import", "hosts", &file, "--encoding", "klingon"]);
    assert_eq!(r.code, "BAD_INPUT");
    assert!(r.message.contains("windows-1252"), "{}", r.message);
}

#[test]
fn letters_that_were_saved_wrong_once_are_warned_of() {
    let mut rows = weeks(3);
    rows[1].insert("conversation_title".into(), "EspaÃ±ol".into());
    rows[2].insert("conversation_title".into(), "Español, São, Ãgora â".into());
    let l = ledger();
    let done = l.import("bookings", to_csv(&rows));
    assert_eq!(counts(&done), [3, 3, 0]);
    let warning = &done["warnings"][0];
    assert_eq!(
        (&warning["code"], &warning["rows"]),
        (&json!("GARBLED_TEXT"), &json!(1))
    );
    let message = text(warning, "message");
    assert!(
        message.contains("\"EspaÃ±ol\" on line 3, which was \"Español\""),
        "{message}"
    );
}

#[test]
fn prices_without_a_decimal_sign_are_asked_about() {
    let cents = |n: usize| -> String {
        let rows: Vec<Row> = weeks(n)
            .iter()
            .map(|r| with(r, &[("price", "2000")]))
            .collect();
        to_csv(&rows)
    };
    let l = ledger();
    let (code, message) = refused(&l, "bookings", cents(20), &[]);
    assert_eq!(code, "WRONG_FILE");
    assert!(message.contains("--whole-units"), "{message}");
    assert_eq!(counts(&l.import("bookings", cents(19))), [19, 19, 0]);
    for answer in [&["--whole-units"][..], &["--expect-total", "USD=40000"]] {
        let l = ledger();
        let file = l.write("cents.csv", cents(20));
        let done = l.ok(&[&["import", "bookings", &file], answer].concat());
        assert_eq!(counts(&done), [20, 20, 0], "{answer:?}");
    }
    // Yen have no decimals.
    let l = ledger();
    let yen: Vec<Row> = weeks(20)
        .iter()
        .map(|r| {
            with(
                r,
                &[
                    ("price", "2000"),
                    ("currency", "JPY"),
                    ("processing_fee", "70"),
                ],
            )
        })
        .collect();
    assert_eq!(counts(&l.import("bookings", to_csv(&yen))), [20, 20, 0]);
}
