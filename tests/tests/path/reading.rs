//! What a file says is read as it stands: the physical line of every row, files that are cut or
//! broken refused as a whole, ids without marks, and ids that a spreadsheet changed.

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use serde_json::Value;

use crate::close::{balances, text};

const HEADER: &str =
    "booking_id,conversation_id,host_id,booked_at,starts_at,ends_at,status,price,currency";

/// A row of [`HEADER`] whose price may be anything.
fn seat(id: &str, price: &str) -> String {
    format!(
        "{id},c-{id},h-1,2026-02-20T10:00:00Z,2026-03-02T18:00:00Z,2026-03-02T19:00:00Z,COMPLETED,{price},USD"
    )
}

/// A new ledger with one host.
fn with_host() -> TestLedger {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    ledger
}

/// The number of commissions there are.
fn known(ledger: &TestLedger) -> usize {
    ledger.commissions().len()
}

fn exception_lines(ledger: &TestLedger) -> Vec<i64> {
    let listed = ledger.ok(&["exceptions", "list"]);
    let all = listed.as_array().unwrap().iter();
    all.map(|e| e["line"].as_i64().unwrap()).collect()
}

#[test]
fn c5_b1_every_line_named_is_the_physical_line_of_the_file() {
    let rows = [
        seat("b1", "20.00"),
        seat("b2", "twenty"),
        seat("b3", "20.00"),
        seat("b4", "ten"),
    ];
    let titled = |n: usize, title: &str| format!("{},{title}", rows[n]);
    let joined = |end: &str| format!("{HEADER}{end}{}{end}", rows.join(end));
    let quoted = |end: &str| {
        [
            format!("{HEADER},conversation_title"),
            titled(0, &format!("\"Talk{end}in two lines\"")),
            titled(1, "x"),
            titled(2, &format!("\"A{end}{end}B\"")),
            titled(3, "z"),
        ]
        .join(end)
    };
    // The file, the lines of b2 and b4, and that of b3.
    let files = [
        ("lf.csv", joined("\n"), [3, 5], 4),
        ("crlf.csv", joined("\r\n"), [3, 5], 4),
        ("cr.csv", joined("\r"), [3, 5], 4),
        (
            "blank.csv",
            format!("\n{HEADER}\n\n{}\n", rows.join("\n\n")),
            [6, 10],
            8,
        ),
        (
            "blank-crlf.csv",
            format!("{HEADER}\r\n\r\n{}", rows.join("\r\n\r\n\r\n")),
            [6, 12],
            9,
        ),
        (
            "mixed.csv",
            format!(
                "{HEADER}\r{}\n{}\r\n{}\r\r\n{}\n",
                rows[0], rows[1], rows[2], rows[3]
            ),
            [3, 6],
            4,
        ),
        ("quoted-lf.csv", quoted("\n"), [4, 8], 5),
        ("quoted-crlf.csv", quoted("\r\n"), [4, 8], 5),
        ("quoted-cr.csv", quoted("\r"), [4, 8], 5),
        (
            "marked.csv",
            format!("\u{feff}{}", joined("\r\n")),
            [3, 5],
            4,
        ),
    ];
    for (name, content, lines, b3) in files {
        let ledger = with_host();
        let file = ledger.write(name, &content);
        let answer = ledger.run(&["import", "bookings", &file]);
        assert_eq!(
            (answer.status, &answer.json["inserted"]),
            (3, &2.into()),
            "{name}"
        );
        let first: Vec<i64> = answer.json["first_exceptions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["line"].as_i64().unwrap())
            .collect();
        assert_eq!(first, lines, "{name}");
        assert_eq!(exception_lines(&ledger), lines, "{name}");
        let why = ledger.ok(&["commissions", "explain", "b3"]).to_string();
        assert!(
            why.contains(&format!("{name}, line {b3},")),
            "{name}: {why}"
        );
        ledger.check();
    }
}

/// A whole file of each kind, of two rows.
fn whole_files() -> [(&'static str, String); 5] {
    let seats = format!(
        "{HEADER}\n{}\n{}\n",
        seat("b1", "20.00"),
        seat("b2", "30.00")
    );
    let hosts = "host_id,name,status,email\nh-2,Ben,ACTIVE,b@x.test\nh-3,Cy,ACTIVE,c@x.test\n";
    let disputes = "dispute_id,booking_id,kind,amount,currency,status,opened_at,reason\nd1,b1,COMPLAINT,5.00,USD,needs_response,2026-03-03T09:00:00Z,late\nd2,b2,COMPLAINT,5.00,USD,needs_response,2026-03-03T09:00:00Z,late\n";
    let payments = "id,Currency,Disputed Amount,Dispute Status,Dispute Reason\nch_1,usd,0.00,,\nch_2,usd,0.00,,\n";
    let profiles = "host_id,form,legal_name,tin_type,tin,country\nh-2,W-9,Ben Bo,SSN,123-45-6789,US\nh-3,W-9,Cy Co,SSN,123-45-6788,US\n";
    [
        ("bookings", seats),
        ("hosts", hosts.to_owned()),
        ("disputes", disputes.to_owned()),
        ("stripe-payments", payments.to_owned()),
        ("tax-profiles", profiles.to_owned()),
    ]
}

#[test]
fn b2_a_file_that_ends_inside_a_row_is_refused_whole_for_every_kind() {
    let ledger = with_host();
    let (entries, imports) = (ledger.ok(&["balances"]), ledger.ok(&["imports", "list"]));
    for (kind, whole) in whole_files() {
        let last = whole[..whole.len() - 1].rfind('\n').unwrap() + 1;
        let (before, row) = whole.split_at(last);
        let two_fields = row.find(',').unwrap() + 3;
        let cut = format!("{before}{}", &row[..two_fields]);
        let open = format!("{before}\"{row}");
        for (what, content) in [("cut", cut), ("open quote", open)] {
            let file = ledger.write(&format!("{kind}.csv"), content);
            for dry in [&["--dry-run"][..], &[]] {
                let refused = ledger.refused(&[&["import", kind, &file], dry].concat());
                assert_eq!(refused.code, "BROKEN_FILE", "{kind}, {what}");
                assert_eq!(refused.details["line"], 3, "{kind}, {what}");
                assert!(refused.message.contains("line 3"), "{}", refused.message);
                assert!(refused.message.contains("again"), "{}", refused.message);
            }
        }
    }
    assert_eq!(ledger.ok(&["balances"]), entries);
    assert_eq!(
        ledger.ok(&["imports", "list"]),
        imports,
        "nothing is stored"
    );
    assert_eq!(ledger.ok(&["exceptions", "list"]), Value::Array(Vec::new()));
    // Whole, but without the last line break: taken in.
    for (kind, whole) in whole_files() {
        let taken = ledger.import(kind, whole.trim_end());
        assert_eq!(
            (&taken["rows"], &taken["exceptions"]),
            (&2.into(), &0.into()),
            "{kind}"
        );
    }
    // Short in the middle of the file, or with a line break: an exception as ever.
    let short = format!("{HEADER}\nb7,c-7,h-1\n{}\nb9,c-9\n", seat("b8", "20.00"));
    assert_eq!(ledger.import("bookings", short)["exceptions"], 2);
    assert_eq!(exception_lines(&ledger), [2, 4]);
    ledger.check();
}

#[test]
fn a2_b1_quotes_that_swallow_rows_refuse_the_file_and_name_the_line() {
    let ledger = with_host();
    let header = format!("{HEADER},conversation_title,participant_id");
    let row = |n: usize, title: &str| format!("{},{title},p{n}", seat(&format!("b{n}"), "20.00"));
    let file = |stray: &[(usize, &str)]| {
        let mut rows: Vec<String> = (2..12).map(|n| row(n, "Talk")).collect();
        for (line, title) in stray {
            rows[line - 2] = row(*line, title);
        }
        format!("{header}\n{}\n", rows.join("\n"))
    };
    for (content, line) in [
        // Two titles that begin with a quote, a naive exporter.
        (file(&[(3, "\"Let's talk"), (7, "\"Let's walk")]), 3),
        // Neighbours, of which the second ends with the quote: the columns fit again.
        (file(&[(4, "\"Let's talk"), (5, "walk\"")]), 4),
        (file(&[(4, "\"Let's talk"), (9, "walk\"")]), 4),
        // One, never closed.
        (file(&[(6, "\"Let's talk")]), 6),
        // A title that only begins in quotes.
        (file(&[(8, "\"Sky\" and sea")]), 8),
    ] {
        let path = ledger.write("bookings.csv", &content);
        let refused = ledger.refused(&["import", "bookings", &path]);
        assert_eq!(refused.code, "BROKEN_FILE", "{content}");
        assert_eq!(refused.details["line"], line, "{}", refused.message);
        assert!(
            refused.message.contains(&format!("line {line}")),
            "{}",
            refused.message
        );
        assert_eq!(known(&ledger), 0);
    }
    // A title in two lines, with commas and doubled quotes, is a title.
    let title = "\"Food, wine, walks, talks, more\r\nand \"\"you\"\", of course\"";
    let taken = ledger.import("bookings", file(&[(4, title), (9, "a \"quoted\" word")]));
    assert_eq!(
        (&taken["inserted"], &taken["exceptions"]),
        (&10.into(), &0.into())
    );
    ledger.check();
}

/// A file with each id written by `mark`.
fn marked(rows: &[Row], columns: &[&str], mark: impl Fn(&str) -> String) -> String {
    let all: Vec<Row> = rows
        .iter()
        .map(|row| {
            let mut row = row.clone();
            for column in columns {
                let id = mark(&row[*column]);
                row.insert((*column).to_owned(), id);
            }
            row
        })
        .collect();
    to_csv(&all)
}

#[test]
fn a1_ids_with_marks_are_the_ids_without_them() {
    let ledger = TestLedger::new();
    let hosts = [host("h-1", &[]), host("h-2", &[])];
    let bookings = [
        booking("b-1", "h-1", &[]),
        booking("b-2", "h-1", &[("price", "31.00")]),
        booking("b-3", "h-2", &[]),
    ];
    let disputes = "dispute_id,booking_id,kind,amount,currency,status,opened_at\n=\"d-1\",'b-3\u{200b},COMPLAINT,5.00,USD,needs_response,2026-03-03T09:00:00Z\n";
    ledger.import("hosts", to_csv(&hosts));
    ledger.import("bookings", to_csv(&bookings));
    ledger.import(
        "disputes",
        disputes.replace(['\'', '\u{200b}', '=', '"'], ""),
    );
    let (owed, listed) = (balances(&ledger), ledger.commissions());
    let ids = [
        "booking_id",
        "conversation_id",
        "host_id",
        "participant_id",
        "charge_id",
    ];
    let marks: [fn(&str) -> String; 8] = [
        |id| format!("=\"{id}\""),
        |id| format!("'{id}"),
        |id| format!("{id}\u{200b}"),
        |id| format!("\u{feff}{id}"),
        |id| format!("\u{a0}{id} "),
        |id| id.replace('-', "\u{ad}-"),
        |id| format!("=\"'{id}\u{200f}\""),
        |id| format!(" {id}\t"),
    ];
    for (n, mark) in marks.into_iter().enumerate() {
        let taken = ledger.import("bookings", marked(&bookings, &ids, mark));
        assert_eq!(
            (&taken["already"], &taken["unchanged"]),
            (&false.into(), &3.into()),
            "{n}"
        );
        let taken = ledger.import("hosts", marked(&hosts, &["host_id"], mark));
        assert_eq!(
            (&taken["already"], &taken["unchanged"]),
            (&false.into(), &2.into()),
            "{n}"
        );
    }
    assert_eq!(ledger.import("disputes", disputes)["unchanged"], 1);
    assert_eq!(balances(&ledger), owed);
    assert_eq!(ledger.commissions(), listed);
    ledger.check();
    // The very first file may have them.
    let fresh = TestLedger::new();
    fresh.import("hosts", marked(&hosts, &["host_id"], marks[0]));
    fresh.import("bookings", marked(&bookings, &ids, marks[1]));
    fresh.import("disputes", disputes);
    assert_eq!(balances(&fresh), owed);
    let ids =
        |all: &[Value]| -> Vec<String> { all.iter().map(|c| text(c, "booking_id")).collect() };
    assert_eq!(ids(&fresh.commissions()), ids(&listed));
    fresh.check();
}

#[test]
fn a5_ids_that_a_spreadsheet_changed_are_named_and_never_merged() {
    let ledger = with_host();
    // Three sessions whose long ids became one: the control totals are met, and yet it is refused.
    let row = |id: &str, n: &str| {
        let charge = format!("ch_{n}");
        let all = [("conversation_id", n), ("charge_id", charge.as_str())];
        booking(id, "h-1", &all)
    };
    for id in ["1.23457E+17", "1234567890123450"] {
        let file = to_csv(&[
            row(id, "c1"),
            row("x-1", "c9"),
            row(id, "c2"),
            row(id, "c3"),
        ]);
        let path = ledger.write("bookings.csv", file);
        let totals = ["--expect-rows", "4", "--expect-total", "USD=80.00"];
        for more in [&totals[..], &["--dry-run"]] {
            let refused = ledger.refused(&[&["import", "bookings", &path], more].concat());
            assert_eq!(refused.code, "MANGLED_ID");
            assert_eq!(refused.details["lines"], serde_json::json!([2, 4]));
            for said in ["2", "4", id, "c1", "c2", "ch_c1", "spreadsheet"] {
                assert!(
                    refused.message.contains(said),
                    "{said}: {}",
                    refused.message
                );
            }
        }
        assert_eq!(known(&ledger), 0);
    }
    // Another host for the same id, too.
    let file = to_csv(&[
        row("77", "c1"),
        with(&row("77", "c1"), &[("host_id", "h-2")]),
    ]);
    let path = ledger.write("bookings.csv", file);
    assert_eq!(
        ledger.refused(&["import", "bookings", &path]).code,
        "MANGLED_ID"
    );

    // Alone, each is an exception with the remedy; what only looks similar is an id.
    let file = to_csv(&[
        row("1.23457E+17", "c1"),
        row("b-2", "4,80123E+12"),
        with(&row("b-3", "c3"), &[("host_id", "5E+11")]),
        row("1E5", "c4"),
        row("4e12", "c5"),
        row(&"x".repeat(201), "c6"),
        with(&row(&"y".repeat(200), "c7"), &[("participant_id", "")]),
    ]);
    assert_eq!(ledger.import("bookings", file)["exceptions"], 4);
    let hosts = to_csv(&[host("4.80123E+12", &[])]);
    assert_eq!(ledger.import("hosts", hosts)["exceptions"], 1);
    let disputes = "dispute_id,booking_id,kind,amount,currency,status,opened_at\nd1,1.2E+10,COMPLAINT,5.00,USD,lost,2026-03-03T09:00:00Z\n";
    assert_eq!(ledger.import("disputes", disputes)["exceptions"], 1);
    let profiles = "host_id,form,legal_name\n1.2E+10,W-9,Ann\n";
    assert_eq!(ledger.import("tax-profiles", profiles)["exceptions"], 1);
    let listed = ledger.ok(&["exceptions", "list"]);
    let codes: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|e| text(e, "code"))
        .collect();
    let mangled = ["MANGLED_ID"; 3];
    assert_eq!(
        codes,
        [&mangled[..], &["MALFORMED_ROW"], &mangled[..]].concat()
    );
    for e in listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["code"] == "MANGLED_ID")
    {
        let said = text(e, "message");
        assert!(
            said.contains("spreadsheet") && said.contains("xport"),
            "{said}"
        );
    }
    assert_eq!(known(&ledger), 3);
    ledger.check();
}

#[test]
fn versions_of_one_booking_in_one_file_are_no_clash() {
    let ledger = with_host();
    let paid = booking(
        "b-1",
        "h-1",
        &[
            ("status", "CONFIRMED"),
            ("charge_id", ""),
            ("updated_at", "2026-02-20T10:00:00Z"),
        ],
    );
    let done = booking("b-1", "h-1", &[]);
    let taken = ledger.import("bookings", to_csv(&[paid, done]));
    assert_eq!(
        (&taken["inserted"], &taken["updated"]),
        (&1.into(), &1.into())
    );
    ledger.check();
}

#[test]
fn b6_statuses_and_ratings_are_read_as_platforms_write_them() {
    let ledger = with_host();
    let statuses = [
        ("canceled", "VOID"),
        ("Cancelled", "VOID"),
        ("host canceled", "VOID"),
        ("HOST-CANCELLED", "VOID"),
        ("No Show", "PENDING"),
        ("no-show", "PENDING"),
        ("noshow", "PENDING"),
        ("completed", "PENDING"),
    ];
    let ratings = ["", "5", "5.0", "3.00", "4.5", "5 stars", "0", "6"];
    let mut file = Vec::new();
    for (n, ((status, _), rating)) in statuses.iter().zip(ratings).enumerate() {
        let refund = if n < 4 { "20.00" } else { "" };
        let id = format!("b-{n}");
        let changes = [
            ("status", *status),
            ("refunded_amount", refund),
            ("rating", rating),
        ];
        file.push(booking(&id, "h-1", &changes));
    }
    let path = ledger.write("bookings.csv", to_csv(&file));
    let taken = ledger.ok(&["import", "bookings", &path]);
    assert_eq!(
        (&taken["inserted"], &taken["exceptions"]),
        (&8.into(), &0.into())
    );
    assert_eq!(taken["warnings"][0]["code"], "RATING_PUT_ASIDE");
    assert_eq!(taken["warnings"][0]["rows"], 4);
    let read: Vec<String> = ledger
        .commissions()
        .iter()
        .map(|c| text(c, "status"))
        .collect();
    assert_eq!(read, statuses.map(|s| s.1));
    ledger.check();
    let disputes = "dispute_id,booking_id,kind,amount,currency,status,opened_at\nd1,b-7,Complaint,5.00,USD,Needs Response,2026-03-03T09:00:00Z\nd2,b-6,charge-back,5.00,USD,under-review,2026-03-03T09:00:00Z\n";
    assert_eq!(ledger.import("disputes", disputes)["inserted"], 2);
    ledger.check();
}

#[test]
fn a3_a_fee_above_its_price_and_a_session_in_the_future_wait() {
    let ledger = with_host();
    let file = to_csv(&[
        booking(
            "b-1",
            "h-1",
            &[("price", "15.00"), ("processing_fee", "1500")],
        ),
        booking(
            "b-2",
            "h-1",
            &[("price", "15.00"), ("processing_fee", "15.00")],
        ),
        booking(
            "b-3",
            "h-1",
            &[("price", "0.40"), ("processing_fee", "0.62")],
        ),
        booking(
            "b-4",
            "h-1",
            &[("price", "0.40"), ("processing_fee", "0.63")],
        ),
        booking("b-5", "h-1", &[("ends_at", "2099-03-02T11:00:00Z")]),
        booking(
            "b-6",
            "h-1",
            &[("status", "NO_SHOW"), ("ends_at", "2099-03-02T11:00:00Z")],
        ),
        booking(
            "b-7",
            "h-1",
            &[("status", "CONFIRMED"), ("ends_at", "2099-03-02T11:00:00Z")],
        ),
    ]);
    let path = ledger.write("bookings.csv", file);
    let answer = ledger.run(&["import", "bookings", &path]);
    assert_eq!((answer.status, &answer.json["inserted"]), (3, &3.into()));
    let listed = ledger.ok(&["exceptions", "list"]);
    let listed = listed.as_array().unwrap();
    let codes: Vec<String> = listed.iter().map(|e| text(e, "code")).collect();
    let (fee, future) = ("FEE_EXCEEDS_PRICE", "FUTURE_SESSION");
    assert_eq!(codes, [fee, fee, future, future]);
    ledger.check();
    // Read as of a day after it, the session took place.
    let id = text(&listed[2], "exception_id");
    let early = ledger.run(&["--as-of", "2099-02-28", "exceptions", "retry", &id]);
    assert_eq!(early.status, 3);
    ledger.ok(&["--as-of", "2099-03-01", "exceptions", "retry", &id]);
    // With the fee put right, the row goes in.
    let id = text(&listed[0], "exception_id");
    ledger.ok(&["exceptions", "retry", &id, "--set", "processing_fee=0.74"]);
    assert_eq!(known(&ledger), 5);
    ledger.check();
}

#[test]
fn c8_times_that_are_not_rfc_3339_are_refused() {
    let ledger = with_host();
    let good = [
        "2026-02-20T10:00:00Z",
        "2026-02-20 10:00:00Z",
        "2026-02-20T10:00Z",
        "2026-02-20t10:00:00z",
        "2026-02-20T11:00:00+0100",
        "2026-02-20T11:00:00+01",
        "2026-02-20T10:00:00.123456Z",
        "2026-02-20T11:00:00+01:00[Europe/Berlin]",
    ];
    let bad = [
        "20260220T100000Z",
        "-000001-01-01T00:00:00Z",
        "0000-02-20T10:00:00Z",
        "+002026-02-20T10:00:00Z",
        "2026-02-20T10:00:00",
        "2026-02-20",
        "20/02/2026 10:00",
    ];
    let rows: Vec<Row> = good
        .iter()
        .chain(&bad)
        .enumerate()
        .map(|(n, at)| booking(&format!("b-{n}"), "h-1", &[("booked_at", at)]))
        .collect();
    let taken = ledger.import("bookings", to_csv(&rows));
    assert_eq!(
        (&taken["inserted"], &taken["exceptions"]),
        (&good.len().into(), &bad.len().into())
    );
    let listed = ledger.ok(&["exceptions", "list"]);
    for e in listed.as_array().unwrap() {
        assert_eq!(e["code"], "BAD_TIME");
    }
    ledger.check();
}

/// What a ledger of an earlier version holds: ids with marks, one pair of them a clash.
fn with_marks_as_stored_before(ledger: &TestLedger, sql: &str) {
    let conn = ledger.bare_connection(&ledger.data_key());
    conn.execute_batch(sql)
        .expect("the marks of an old version");
}

#[test]
fn ids_stored_with_marks_are_cleaned_once_and_a_clash_is_listed_by_check() {
    let ledger = TestLedger::new();
    let hosts = [host("h-1", &[]), host("h-2", &[])];
    let bookings = [
        booking("b-1", "h-1", &[("price", "90.00")]),
        booking("b-2", "h-1", &[("price", "80.00")]),
        booking("b-3", "h-2", &[("price", "70.00")]),
    ];
    let disputes = "dispute_id,booking_id,kind,amount,currency,status,opened_at\nd-1,b-2,COMPLAINT,5.00,USD,needs_response,2026-03-03T09:00:00Z\n";
    ledger.import("hosts", to_csv(&hosts));
    ledger.import("bookings", to_csv(&bookings));
    ledger.import("disputes", disputes);
    with_marks_as_stored_before(
        &ledger,
        "UPDATE hosts SET host_id = '=\"' || host_id || '\"', content = replace(content, '\"host_id\":\"h-', '\"host_id\":\"=\\\"h-') WHERE host_id = 'h-1';
         UPDATE conversations SET conversation_id = '''' || conversation_id;
         UPDATE bookings SET booking_id = booking_id || char(0x200b), charge_id = '''' || charge_id, participant_id = ' ' || participant_id;
         UPDATE disputes SET dispute_id = '=\"d-1\"';",
    );
    // Paid under the ids as they were: digests and signatures name them.
    ledger.process("2026-03-16");
    let batch = text(&ledger.prepare("2026-03-16"), "batch_id");
    ledger.approve(&batch);
    ledger.send(&batch);
    let sent = std::fs::read(ledger.file(&format!("pay-{batch}.csv"))).unwrap();
    let next = ledger.import("bookings", to_csv(&[booking("b-9", "h-2", &[])]));
    assert_eq!(next["inserted"], 1);
    let before = balances(&ledger);
    with_marks_as_stored_before(&ledger, "DELETE FROM meta WHERE key = 'ids_clean'");

    // The next command cleans them; what was signed still holds.
    ledger.check();
    let read: Vec<String> = ledger
        .commissions()
        .iter()
        .map(|c| text(c, "booking_id"))
        .collect();
    assert_eq!(read, ["b-1", "b-2", "b-3", "b-9"]);
    let after = balances(&ledger);
    assert_eq!(
        after.values().sum::<rust_decimal::Decimal>(),
        before.values().sum()
    );
    assert!(
        after
            .keys()
            .any(|(account, _)| account == "liabilities:hosts:h-2")
    );
    assert_eq!(
        ledger.import("bookings", to_csv(&with_more(&bookings)))["unchanged"],
        4
    );
    assert_eq!(
        ledger.import("disputes", format!("{disputes}\n"))["unchanged"],
        1
    );
    let hosts_again = ledger.import("hosts", format!("{}\n", to_csv(&hosts)));
    assert_eq!(
        (&hosts_again["inserted"], &hosts_again["exceptions"]),
        (&0.into(), &0.into())
    );
    // A payment file that must be written again is the same, byte for byte.
    ledger.unwrite_payment_file(&format!("pay-{batch}.csv"));
    ledger.ok(&["payouts", "resume", &batch]);
    assert_eq!(
        std::fs::read(ledger.file(&format!("pay-{batch}.csv"))).unwrap(),
        sent
    );
    ledger.ok(&["payouts", "settle", &batch]);
    ledger.check();

    // A clash stays as it is, and `check` names both.
    with_marks_as_stored_before(
        &ledger,
        "UPDATE bookings SET booking_id = '''b-1' WHERE booking_id = 'b-9'; DELETE FROM meta WHERE key = 'ids_clean'",
    );
    ledger.check();
    let listed = || {
        let answer = ledger.ok(&["check"]);
        let checks = answer["checks"].as_array().unwrap();
        checks.iter().find(|c| c["name"] == "ids").unwrap().clone()
    };
    let ids = text(&listed(), "detail");
    assert!(ids.contains("\"'b-1\"") && ids.contains("\"b-1\""), "{ids}");
}

fn with_more(bookings: &[Row]) -> Vec<Row> {
    let mut all = bookings.to_vec();
    all.push(booking("b-9", "h-2", &[]));
    all
}
