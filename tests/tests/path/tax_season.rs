//! A season on the command line: reviewed by a second person, furnished, filed, corrected; profiles by
//! file and by hand, matching, undo (docs/tax.md §3 and §5).

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, host, to_csv, with};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::close::text;
use crate::tax::{filer, paid_at, pdf_text, w9};

/// After every session of these files, whatever the machine's date.
const AFTER: &str = "2029-06-30";

fn at(day: &str) -> Timestamp {
    format!("2026-{day}T12:00:00Z").parse().unwrap()
}

/// Three hosts in Vermont with 700.00 each.
fn ledger() -> TestLedger {
    let ledger = TestLedger::new();
    let ids = ["h-1", "h-2", "h-3"];
    let hosts: Vec<Row> = ids.iter().map(|id| host(id, &[])).collect();
    let bookings: Vec<Row> = ids
        .iter()
        .map(|id| paid_at(&format!("{id}-a"), id, at("03-02"), "700.00"))
        .collect();
    let profiles: Vec<Row> = ids
        .iter()
        .zip(1..)
        .map(|(id, i)| w9(id, &format!("123-45-678{i}"), "VT", &[]))
        .collect();
    ledger.import("hosts", to_csv(&hosts));
    ledger.import_as_of(AFTER, "bookings", to_csv(&bookings));
    ledger.import("tax-profiles", to_csv(&profiles));
    ledger
}

fn make(ledger: &TestLedger) -> Value {
    let out = ledger.arg("forms");
    ledger.ok(&["tax", "1099k", "--year", "2026", "--out", &out])
}

fn states(ledger: &TestLedger) -> Vec<String> {
    let season = ledger.ok(&["tax", "season", "--year", "2026"]);
    let all = season["forms"].as_array().unwrap().iter();
    all.map(|f| {
        format!(
            "{} {} {} {}",
            text(f, "host_id"),
            text(f, "kind"),
            text(f, "status"),
            text(f, "gross")
        )
    })
    .collect()
}

fn corrections(ledger: &TestLedger) -> Vec<String> {
    let found = ledger.ok(&["tax", "corrections", "--year", "2026"]);
    let all = found["corrections"].as_array().unwrap().iter();
    all.map(|c| format!("{} {}", text(c, "host_id"), text(c, "correction")))
        .collect()
}

const REVIEW: [&str; 4] = ["tax", "review", "--year", "2026"];

#[test]
fn a_season_from_drafts_to_a_two_form_correction() {
    let ledger = ledger();
    make(&ledger);
    let (furnished, filing) = (ledger.arg("furnished"), ledger.arg("filing"));
    let furnish = [
        "--as-of",
        "2027-01-10",
        "tax",
        "furnish",
        "--year",
        "2026",
        "--out",
        &furnished,
    ];
    let early = [
        "--as-of",
        "2026-12-31",
        "tax",
        "furnish",
        "--year",
        "2026",
        "--out",
        &furnished,
    ];
    assert!(ledger.refused(&early).message.contains("goes on until"));
    let file = ["tax", "file", "--year", "2026", "--out", &filing];
    assert_eq!(
        ledger.refused(&furnish).code,
        "WRONG_STATE",
        "nothing is reviewed"
    );
    assert_eq!(
        ledger.refused(&file).code,
        "WRONG_STATE",
        "nothing is furnished"
    );
    assert_eq!(ledger.refused(&REVIEW).code, "SAME_PERSON", "ana made them");
    ledger.ok_as("ben", &REVIEW);
    let refused = ledger.refused(&furnish);
    assert!(
        refused.message.contains("filer's name"),
        "{}",
        refused.message
    );
    filer(&ledger);
    // The forms say something else with a filer, so they are drafts again and looked at again.
    assert_eq!(ledger.refused(&furnish).code, "WRONG_STATE");
    make(&ledger);
    assert_eq!(states(&ledger)[0], "h-1 ORIGINAL DRAFT 700.00");
    ledger.ok_as("ben", &REVIEW);

    // One is taken out, and put back.
    let form = text(
        &ledger.ok(&["tax", "season", "--year", "2026"])["forms"][2],
        "form_id",
    );
    ledger.ok(&[
        "tax",
        "void",
        &form,
        "--reason",
        "The host says it is not theirs",
    ]);
    make(&ledger);
    assert_eq!(
        states(&ledger)[2],
        "h-3 ORIGINAL VOID 700.00",
        "making doesn't bring it back"
    );
    ledger.ok(&["tax", "void", &form, "--reopen"]);
    let done = ledger.ok(&furnish);
    assert_eq!(
        (&done["furnished"], &done["still_drafts"]),
        (&json!(2), &json!(1))
    );
    ledger.ok_as("ben", &REVIEW);
    assert_eq!(ledger.ok(&furnish)["furnished"], 1);
    assert_eq!(
        ledger
            .refused(&["tax", "void", &form, "--reason", "late"])
            .code,
        "WRONG_STATE"
    );
    let copies = pdf_text(&ledger.file("furnished/payees-in-postal-order-001.pdf"));
    assert_eq!(copies.matches("Copy B").count(), 2);
    let later = pdf_text(&ledger.file("furnished/payees-in-postal-order-002.pdf"));
    assert_eq!(
        later.matches("Copy B").count(),
        1,
        "only what is new goes to the post"
    );
    assert!(!copies.contains("DRAFT"));
    let own = pdf_text(&ledger.file("furnished/filer-copies-001.pdf"));
    assert!(own.contains("123-45-6781") && !copies.contains("123-45-6781"));

    // The portal's own header row decides the columns; a box with a value and no column is refused.
    let narrow = ledger.write(
        "narrow.csv",
        "Tax Year,Payer Taxpayer ID Number,Recipient Taxpayer ID Number,Form Account Number\n",
    );
    let refused = ledger.refused(&[&file[..], &["--template", &narrow]].concat());
    assert_eq!(refused.code, "WRONG_FILE");
    assert!(refused.message.contains("1a"), "{}", refused.message);
    let written = ledger.ok(&file);
    assert_eq!(written["forms"], 3);
    let csv = std::fs::read_to_string(ledger.file("filing/1099-K-2026-iris-001.csv")).unwrap();
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.contains("700.00") && csv.contains("123456781"), "{csv}");
    assert_eq!(
        ledger.ok(&["tax", "file", "--year", "2026", "--receipt", "R-1"])["filed"],
        3
    );
    assert_eq!(
        ledger
            .refused(&["tax", "file", "--year", "2026", "--receipt", "R-2"])
            .code,
        "WRONG_STATE"
    );
    assert_eq!(states(&ledger)[0], "h-1 ORIGINAL FILED 700.00");
    assert!(corrections(&ledger).is_empty());

    // The ledger changes: more money for one, another TIN for the second, less than the rule for the third.
    let more = paid_at("h-1-b", "h-1", at("12-30"), "10.00");
    let less = paid_at("h-3-a", "h-3", at("03-02"), "700.00");
    let gone = with(
        &less,
        &[
            ("status", "CANCELLED"),
            ("refunded_amount", "700.00"),
            ("cancelled_at", "2026-03-02T00:00:00Z"),
            ("updated_at", "2026-12-31T00:00:00Z"),
        ],
    );
    ledger.import_as_of(AFTER, "bookings", to_csv(&[more, gone]));
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-2", "321-45-6782", "VT", &[])]),
    );
    assert_eq!(
        corrections(&ledger),
        ["h-1 ONE_FORM", "h-2 TWO_FORMS", "h-3 ZEROED"]
    );
    let make_them = ["tax", "corrections", "--year", "2026", "--make"];
    assert_eq!(ledger.ok(&make_them)["made"], 4);
    assert_eq!(ledger.ok(&make_them)["made"], 0, "not made twice");
    // One of two forms isn't looked at without the other.
    let season = ledger.ok(&["tax", "season", "--year", "2026"]);
    let all = season["forms"].as_array().unwrap();
    let zeroed = all.iter().find(|f| f["kind"] == "ZEROED").unwrap();
    let one = [
        &REVIEW[..],
        &["--form", zeroed["form_id"].as_str().unwrap()],
    ]
    .concat();
    assert_eq!(ledger.ok_as("ben", &one)["reviewed"], 2);
    // What the ledger says anew about a correction is made anew, before it goes out.
    ledger.import_as_of(
        AFTER,
        "bookings",
        to_csv(&[paid_at("h-1-b2", "h-1", at("12-29"), "1.00")]),
    );
    assert!(ledger.refused_as("ben", &REVIEW).message.contains("h-1"));
    assert_eq!(ledger.ok(&make_them)["made"], 1);
    ledger.ok_as("ben", &REVIEW);
    assert_eq!(ledger.ok(&furnish)["furnished"], 4);
    assert!(corrections(&ledger).is_empty());
    assert_eq!(
        states(&ledger),
        [
            "h-1 ORIGINAL FILED 700.00",
            "h-1 CORRECTED FURNISHED 711.00",
            "h-2 ORIGINAL FILED 700.00",
            "h-2 ZEROED FURNISHED 0.00",
            "h-2 REPLACEMENT FURNISHED 700.00",
            "h-3 ORIGINAL FILED 700.00",
            "h-3 CORRECTED FURNISHED 0.00",
        ]
    );
    let zero = pdf_text(&ledger.file("furnished/payees/1099-K-2026-h-2-corrected-zero.pdf"));
    assert!(zero.contains("XXX-XX-6782") && zero.contains("0.00"));
    // A change again corrects the correction.
    let again = paid_at("h-1-c", "h-1", at("12-31"), "5.00");
    ledger.import_as_of(AFTER, "bookings", to_csv(&[again]));
    assert_eq!(corrections(&ledger), ["h-1 ONE_FORM"]);
    ledger.ok(&make_them);
    assert!(states(&ledger).contains(&"h-1 CORRECTED DRAFT 716.00".to_owned()));
    let filed = ledger.ok(&file);
    assert_eq!(filed["forms"], 4);
    let corrected =
        std::fs::read_to_string(ledger.file("filing/1099-K-2026-iris-corrected-001.csv")).unwrap();
    assert_eq!(corrected.lines().count(), 4, "{corrected}");
    ledger.check();
}

#[test]
fn profiles_come_by_file_and_by_hand_and_an_undo_brings_the_earlier_back() {
    let ledger = ledger();
    let of = |host: &str| ledger.ok(&["tax", "profiles", "--host", host])[0].clone();
    assert_eq!(of("h-1")["tin"], "XXX-XX-6781");
    // The same rows again change nothing; another TIN does.
    let second = ledger.import(
        "tax-profiles",
        to_csv(&[
            w9("h-1", "123-45-6781", "VT", &[]),
            w9("h-2", "321-45-6782", "VT", &[]),
        ]),
    );
    assert_eq!(
        (&second["unchanged"], &second["updated"]),
        (&json!(1), &json!(1))
    );
    let reveal = |host: &str| {
        text(
            &ledger.ok(&["tax", "profiles", "--host", host, "--reveal"]),
            "tin",
        )
    };
    assert_eq!(reveal("h-2"), "321-45-6782");
    ledger.ok(&["imports", "undo", &text(&second, "import_id")]);
    assert_eq!(reveal("h-2"), "123-45-6782");
    // By hand: an impossible TIN is refused, the TIN is no word of the command.
    let words = [
        "tax",
        "enter",
        "h-3",
        "--form",
        "W-9",
        "--legal-name",
        "Ana Roe",
        "--tin-type",
        "SSN",
        "--state",
        "ma",
    ];
    let enter = |tin: &str| {
        let mut command = ledger.command("ana", &words);
        command.env("HOSTLEDGER_TIN", tin).output().unwrap()
    };
    assert_eq!(enter("666-11-1111").status.code(), Some(1));
    assert!(enter("231-45-6783").status.success());
    assert_eq!(
        (reveal("h-3"), of("h-3")["state"].clone()),
        ("231-45-6783".into(), json!("MA"))
    );
    ledger.ok(&[&words[..], &["--keep-tin", "--address", "2 Elm St"]].concat());
    assert_eq!(reveal("h-3"), "231-45-6783");
    ledger.check();
}

#[test]
fn tin_matching_goes_out_and_its_answers_come_in() {
    let ledger = ledger();
    let out = ledger.arg("match.txt");
    ledger.ok(&["tax", "tin-match", "--out", &out]);
    let lines = std::fs::read_to_string(&out).unwrap();
    assert_eq!(lines.lines().next(), Some("2;123456781;Amara Okafor;h-1"));
    let answers = ledger.write(
        "answers.txt",
        "2;123456781;Amara Okafor;h-1;0\r\n2;123456782;Amara Okafor;h-2;3\r\n2;999999999;Somebody;h-3;2\r\n",
    );
    let a = ledger.ok(&["tax", "tin-match", "--answers", &answers]);
    assert_eq!(a["matched"], 1);
    assert_eq!(a["mismatched"][0]["host_id"], "h-2");
    assert_eq!(
        a["unknown"],
        json!(["h-3"]),
        "a TIN that the host doesn't have"
    );
    let season = make(&ledger);
    let warned = season["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|w| w["code"] == "TIN_NOT_MATCHED")
        .unwrap();
    assert_eq!(warned["hosts"], json!(["h-2"]));
    let bad = ledger.write("bad.txt", "2;123456781;Amara;h-1;9\n");
    assert_eq!(
        ledger
            .refused(&["tax", "tin-match", "--answers", &bad])
            .code,
        "WRONG_FILE"
    );
}

#[test]
fn missing_details_are_listed_with_the_day_on_which_the_line_is_crossed() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    // 100 a month's third, from January on: 110.00 each.
    let bookings: Vec<Row> = (0..100)
        .map(|i| {
            paid_at(
                &format!("b-{i}"),
                "h-1",
                at("01-05") + jiff::ToSpan::hours(24 * i64::from(i)),
                "110.00",
            )
        })
        .collect();
    ledger.import_as_of(AFTER, "bookings", to_csv(&bookings));
    let missing = ledger.ok(&["--as-of", "2026-04-10", "tax", "profiles", "--missing"]);
    assert_eq!(
        (text(&missing[0], "standing"), text(&missing[0], "gross")),
        ("NO_PROFILE".into(), "11000.00".into())
    );
    // Day 100: 110.00 a day and one transaction a day: 201 transactions are the later line.
    assert_eq!(missing[0]["crosses_on"], "2026-07-20");
}

#[test]
fn what_a_profile_says_decides_by_the_years_last_day() {
    let ledger = ledger();
    make(&ledger);
    // A W-8 that was signed after the year changes nothing of it; a state's name is its letters.
    let w8 = [
        ("form", "W-8BEN"),
        ("tin_type", ""),
        ("country", "FR"),
        ("signed_on", "2027-02-05"),
    ];
    ledger.import_as_of(
        AFTER,
        "tax-profiles",
        to_csv(&[
            w9("h-1", "", "", &w8),
            w9("h-2", "123-45-6782", "Vermont", &[]),
            w9("h-3", "123-45-6783", "Verm.", &[]),
        ]),
    );
    let season = make(&ledger);
    assert_eq!(
        (&season["due"], season["forms"].as_array().unwrap().len()),
        (&json!(2), 2)
    );
    assert_eq!(season["blocked"][0]["host_id"], "h-3");
    assert_eq!(season["blocked"][0]["reason"], "NO_STATE");
}

#[test]
fn a_rule_is_switched_off_from_a_year_and_a_tin_of_another_kind_is_another() {
    let ledger = ledger();
    filer(&ledger);
    make(&ledger);
    ledger.ok_as("ben", &REVIEW);
    let out = ledger.arg("out");
    ledger.ok(&[
        "--as-of",
        "2027-01-10",
        "tax",
        "furnish",
        "--year",
        "2026",
        "--out",
        &out,
    ]);
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-2", "123-45-6782", "VT", &[("tin_type", "EIN")])]),
    );
    assert_eq!(corrections(&ledger), ["h-2 TWO_FORMS"]);
    // An archive under a weak passphrase leaves nothing behind.
    let (weak, zip) = (ledger.arg("weak"), ledger.arg("weak.zip"));
    let words = [
        "tax",
        "file",
        "--year",
        "2026",
        "--out",
        &weak,
        "--archive",
        &zip,
    ];
    let mut file = ledger.command("ana", &words);
    let refused = file
        .env("HOSTLEDGER_ARCHIVE_PASSPHRASE", "abc")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(!ledger.file("weak").exists() && !ledger.file("weak.zip").exists());
    // Files that weren't recorded are superseded by newer ones.
    for folder in ["one", "two"] {
        let out = ledger.arg(folder);
        let written = ledger.ok(&["tax", "file", "--year", "2026", "--out", &out]);
        assert_eq!(written["forms"], 3);
    }
    let receipt = ["tax", "file", "--year", "2026", "--receipt", "R-1"];
    assert_eq!(ledger.ok(&receipt)["filed"], 3);
    assert_eq!(ledger.refused(&receipt).code, "WRONG_STATE");
    let off = ["--on", "false", "--reason", "Repealed, let us say"];
    ledger.ok(&[&["tax", "rules", "VT", "--from-year", "2026"][..], &off].concat());
    assert_eq!(
        corrections(&ledger).len(),
        3,
        "none of them is due any more"
    );
}

#[test]
fn a_tin_that_stands_in_the_wrong_column_is_shown_nowhere() {
    let ledger = ledger();
    let head = "host_id,form,legal_name,business_name,tin_type,tin,address_line1,address_line2,city,state,postal_code,country,signed_on";
    let rows = [
        "h-1,W-9,Ana,536-36-9709,SSN,1 Main St,,,VT,05401,US,2026-01-05,",
        "h-1,W-9,Ana,,536-36-9710,SSN,1 Main St,,,VT,05401,US,2026-01-05",
        "h-1,536-36-9711,W-9,Ana,,SSN,1 Main St,,,VT,05401,US,2026-01-05",
        "h-1,W-9,Ana,,SSN,123-45-6781,1 Main St,,,VT,05401,US,536\u{2011}36\u{2011}9712",
        "h-2,W-9,\"Ana,,SSN,536-36-9713\",1 Main St,,,VT,05401,US,2026-01-05",
        "h-3,W-9,Bea,,SSN,536-36-9714,1 Main St,,,VT,05401,US,2026-01-05",
    ];
    let text = format!("{head}\n{}\n", rows.join("\n"));
    let file = ledger.write("shifted.csv", &text);
    let answer = ledger.run(&["import", "tax-profiles", &file]);
    assert_eq!(answer.status, 3, "{answer:?}");
    // A quote that never closes refuses the file, without a word of what stands in it.
    let open = ledger.write("open.csv", text.replace("9713\"", "9713"));
    let open = ledger.run(&["import", "tax-profiles", &open]);
    assert_eq!(open.json["error"]["code"], "BROKEN_FILE");
    let exceptions = ledger.ok(&["exceptions", "list"]).to_string();
    let audit = ledger.ok(&["audit", "--limit", "100"]).to_string();
    let told = answer.json.to_string();
    let refused = open.json.to_string();
    for said in [&told, &refused, &answer.stderr, &exceptions, &audit] {
        let clear = said.contains("536-36-97") || said.contains("536\u{2011}36");
        assert!(!clear, "a TIN is in clear: {said}");
    }
    ledger.check();
}
