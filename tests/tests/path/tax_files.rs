//! Tax profiles as they come in badly, and files that only a portal reads (docs/tax.md §3 and §6).

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, host, to_csv};
use serde_json::{Value, json};

use crate::close::text;
use crate::tax::{paid_at, w9};

/// After every session of these files, whatever the machine's date.
const AFTER: &str = "2029-06-30";

/// A host in Massachusetts whose SSN begins with a zero, with 700.00 in 2026.
pub(crate) fn new_england() -> TestLedger {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let at = "2026-03-02T12:00:00Z".parse().unwrap();
    ledger.import_as_of(
        AFTER,
        "bookings",
        to_csv(&[paid_at("b-1", "h-1", at, "700.00")]),
    );
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "012-34-5678", "MA", &[])]),
    );
    ledger
}

fn profile(ledger: &TestLedger) -> Value {
    ledger.ok(&["tax", "profiles", "--host", "h-1"])[0].clone()
}

fn whole_tin(ledger: &TestLedger) -> String {
    let shown = ledger.ok(&["tax", "profiles", "--host", "h-1", "--reveal"]);
    text(&shown, "tin")
}

/// The only row that waits.
fn waiting(ledger: &TestLedger) -> Value {
    let open = ledger.ok(&["exceptions", "list"]);
    assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
    open[0].clone()
}

fn with_name<'v>(changes: &[(&'v str, &'v str)]) -> Vec<(&'v str, &'v str)> {
    let mut all = vec![("legal_name", "Amara Okafor-Roe")];
    all.extend(changes);
    all
}

fn form(ledger: &TestLedger) -> Value {
    let season = ledger.ok(&["tax", "season", "--year", "2026"]);
    assert_eq!(season["due"], 1, "{season}");
    season
}

#[test]
fn a5_a_worse_tin_never_replaces_a_good_one() {
    for (tin, says) in [
        ("*****5678", "masked"),
        ("XXX-XX-5678", "masked"),
        ("12345678", "zero"),
        ("5678", "4 digits"),
        ("666-12-3456", "No SSN begins with 666"),
        ("", "no TIN"),
    ] {
        let ledger = new_england();
        let row: Row = w9("h-1", tin, "MA", &with_name(&[]));
        let out = ledger.import("tax-profiles", to_csv(&[row]));
        assert_eq!(
            (&out["updated"], &out["exceptions"]),
            (&json!(0), &json!(1)),
            "{tin}"
        );
        let e = waiting(&ledger);
        assert_eq!(e["code"], "WORSE_TIN", "{tin}");
        let message = text(&e, "message");
        assert!(message.contains(says), "{tin}: {message}");
        assert!(
            message.contains("XXX-XX-5678"),
            "which one stays: {message}"
        );
        assert!(!e.to_string().contains("012-34") && !e.to_string().contains("12345678"));
        let now = profile(&ledger);
        assert_eq!(
            (&now["standing"], &now["legal_name"]),
            (&json!("US_PERSON"), &json!("Amara Okafor")),
            "{tin}"
        );
        assert_eq!(whole_tin(&ledger), "012-34-5678");
        form(&ledger);
        ledger.check();
    }
}

#[test]
fn a5_a_person_keeps_the_known_tin_and_is_not_asked_again() {
    let ledger = new_england();
    let masked = |changes: &[(&str, &str)]| to_csv(&[w9("h-1", "*****5678", "MA", changes)]);
    ledger.import("tax-profiles", masked(&with_name(&[])));
    let id = text(&waiting(&ledger), "exception_id");
    let again = ledger.run(&["exceptions", "retry", &id]);
    assert_eq!(again.status, 3, "without an answer it waits: {again:?}");
    let done = ledger.ok(&["exceptions", "retry", &id, "--as", "known"]);
    assert_eq!(done["outcome"], "TAKEN_IN");
    assert_eq!(whole_tin(&ledger), "012-34-5678");
    assert_eq!(profile(&ledger)["legal_name"], "Amara Okafor-Roe");
    // The same masked number next week, with another street.
    let next = ledger.import(
        "tax-profiles",
        masked(&with_name(&[("address_line1", "2 Elm St")])),
    );
    assert_eq!(
        (&next["updated"], &next["exceptions"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(whole_tin(&ledger), "012-34-5678");
    // Another end is another number.
    let other = w9("h-1", "*****9999", "MA", &with_name(&[]));
    assert_eq!(
        ledger.import("tax-profiles", to_csv(&[other]))["exceptions"],
        1
    );
    ledger.check();
}

#[test]
fn a5_a_person_can_clear_a_tin_that_the_file_no_longer_has() {
    let ledger = new_england();
    ledger.import("tax-profiles", to_csv(&[w9("h-1", "", "MA", &[])]));
    let id = text(&waiting(&ledger), "exception_id");
    let seat = ledger.refused(&["exceptions", "retry", &id, "--as", "second-seat"]);
    assert_eq!(seat.code, "BAD_INPUT");
    let done = ledger.ok(&["exceptions", "retry", &id, "--as", "new"]);
    assert_eq!(done["outcome"], "TAKEN_IN");
    assert_eq!(profile(&ledger)["standing"], "NO_TIN");
    let season = ledger.ok(&["tax", "season", "--year", "2026"]);
    assert_eq!(season["blocked"][0]["reason"], "NO_TIN");
    ledger.check();
}

#[test]
fn a5_a_column_that_the_file_lacks_keeps_what_is_known() {
    let ledger = new_england();
    let head = "host_id,form,legal_name";
    let out = ledger.import("tax-profiles", format!("{head}\nh-1,W-9,Amara Roe\n"));
    assert_eq!(
        (&out["updated"], &out["exceptions"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(whole_tin(&ledger), "012-34-5678");
    let season = form(&ledger);
    assert_eq!(season["forms"].as_array().unwrap().len(), 0);
    let out = ledger.arg("forms");
    let made = ledger.ok(&["tax", "1099k", "--year", "2026", "--out", &out]);
    assert_eq!(
        (&made["forms"][0]["name"], &made["forms"][0]["state"]),
        (&json!("Amara Roe"), &json!("MA"))
    );
    // The form that says something else of a person doesn't carry the other's signature over.
    let foreign = ledger.import(
        "tax-profiles",
        format!("{head},country\nh-1,W-8BEN,Amara Roe,FR\n"),
    );
    assert_eq!(foreign["exceptions"], 0);
    assert_eq!(profile(&ledger)["signed_on"], Value::Null);
}

#[test]
fn a5_a_masked_tin_of_a_new_host_is_told_in_words() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let out = ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "***-**-5678", "MA", &[])]),
    );
    assert_eq!(out["inserted"], 1);
    let now = profile(&ledger);
    assert_eq!(now["standing"], "IMPOSSIBLE_TIN");
    assert!(text(&now, "message").contains("masked"), "{now}");
    // The whole one comes later and takes its place without a question.
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "012-34-5678", "MA", &[])]),
    );
    assert_eq!(whole_tin(&ledger), "012-34-5678");
}

#[test]
fn b2_a_zip_that_lost_its_zero_waits_with_the_whole_one_proposed() {
    let ledger = new_england();
    let lost = |zip| w9("h-1", "012-34-5678", "MA", &[("postal_code", zip)]);
    for (zip, whole) in [
        ("2134", "02134"),
        ("501", "00501"),
        ("21341234", "02134-1234"),
    ] {
        let out = ledger.import("tax-profiles", to_csv(&[lost(zip)]));
        let first = &out["first_exceptions"][0];
        assert_eq!(
            (&out["exceptions"], &first["code"]),
            (&json!(1), &json!("BAD_POSTAL_CODE")),
            "{zip}"
        );
        assert!(text(first, "message").contains(whole), "{first}");
        ledger.ok(&["imports", "undo", &text(&out, "import_id")]);
    }
    // A person takes it in with the proposed code.
    ledger.import("tax-profiles", to_csv(&[lost("2134")]));
    let id = text(&waiting(&ledger), "exception_id");
    let put_right = ["exceptions", "retry", &id, "--set", "postal_code=02134"];
    assert_eq!(ledger.ok(&put_right)["outcome"], "TAKEN_IN");
    // Abroad, codes are as they are.
    let abroad = [("postal_code", "2134"), ("country", "AU"), ("state", "NSW")];
    let out = ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "012-34-5678", "", &abroad)]),
    );
    assert_eq!(
        (&out["updated"], &out["exceptions"]),
        (&json!(1), &json!(0))
    );
}

#[test]
fn b2_a_zip_entered_by_hand_has_five_or_nine_digits() {
    let ledger = new_england();
    let enter = |zip: &str| {
        let words = [
            "tax",
            "enter",
            "h-1",
            "--form",
            "W-9",
            "--legal-name",
            "Amara Okafor",
            "--keep-tin",
            "--address",
            "1 Main St",
            "--city",
            "Boston",
            "--state",
            "MA",
            "--postal-code",
            zip,
        ];
        ledger.run(&words)
    };
    let refused = enter("2134");
    assert_eq!(refused.status, 1);
    assert!(refused.json.to_string().contains("02134"), "{refused:?}");
    assert_eq!(enter("02134").status, 0);
    assert_eq!(enter("02134-0001").status, 0);
    assert_eq!(enter("Boston").status, 1);
}

#[test]
fn b2_without_a_whole_address_the_form_is_blocked() {
    for missing in ["address_line1", "city", "postal_code"] {
        let ledger = new_england();
        let out = ledger.import(
            "tax-profiles",
            to_csv(&[w9("h-1", "012-34-5678", "MA", &[(missing, "")])]),
        );
        assert_eq!(out["updated"], 1, "{missing}");
        let season = ledger.ok(&["tax", "season", "--year", "2026"]);
        let blocked = &season["blocked"][0];
        assert_eq!(
            (&season["due"], &blocked["reason"]),
            (&json!(0), &json!("BAD_ADDRESS")),
            "{missing}"
        );
        assert!(text(blocked, "message").contains("address"), "{blocked}");
    }
}

#[test]
fn b2_a_zip_keeps_its_zeros_in_the_irs_file() {
    let ledger = new_england();
    let csv = filed(&ledger, &[]);
    assert!(csv.contains(",05001,"), "{csv}");
}

/// The form is made, looked at, furnished and written for the portal; the portal's file.
fn filed(ledger: &TestLedger, options: &[&str]) -> String {
    crate::tax::filer(ledger);
    let out = ledger.arg("forms");
    let as_of = ["--as-of", "2027-01-10", "tax"];
    let year = ["--year", "2026", "--out", &out];
    ledger.ok(&[&as_of[..], &["1099k"], &year].concat());
    ledger.ok_as("ben", &["tax", "review", "--year", "2026"]);
    ledger.ok(&[&as_of[..], &["furnish"], &year].concat());
    ledger.ok(&[&as_of[..], &["file"], &year, options].concat());
    std::fs::read_to_string(ledger.file("forms/1099-K-2026-iris-001.csv")).unwrap()
}

#[test]
fn a10_a_signature_of_the_future_waits() {
    let ledger = new_england();
    let signed = |on| to_csv(&[w9("h-1", "012-34-5678", "MA", &[("signed_on", on)])]);
    let out = ledger.import_as_of("2026-03-09", "tax-profiles", signed("2199-01-01"));
    let first = &out["first_exceptions"][0];
    assert_eq!(first["code"], "FUTURE_SIGNATURE", "{out}");
    let id = text(&waiting(&ledger), "exception_id");
    let put_right = ["exceptions", "retry", &id, "--set", "signed_on=2026-01-05"];
    assert_eq!(ledger.ok(&put_right)["outcome"], "TAKEN_IN");
    // The later of the machine's day and the given one counts.
    let ahead = ledger.import_as_of("2198-01-01", "tax-profiles", signed("2198-01-01"));
    assert_eq!(
        (&ahead["updated"], &ahead["exceptions"]),
        (&json!(1), &json!(0))
    );
    let past = ledger.import_as_of("2020-01-01", "tax-profiles", signed("2026-01-06"));
    assert_eq!(
        (&past["updated"], &past["exceptions"]),
        (&json!(1), &json!(0))
    );
    let by_hand = [
        "tax",
        "enter",
        "h-1",
        "--form",
        "W-9",
        "--legal-name",
        "Amara",
        "--keep-tin",
        "--signed-on",
        "2199-01-01",
    ];
    assert_eq!(ledger.refused(&by_hand).code, "BAD_INPUT");
}

/// A portal's header row that names its columns otherwise than the built-in one.
const NEWER: &str = "Form Type*,Tax Year*,Payer TIN Type*,Payer Taxpayer ID Number*,Payer Name Type*,Payer Business or Entity Name Line 1,Payer Country,Payer Address Line 1,Payer City,Payer State,Payer ZIP Code,Payer Phone Type,Payer Phone Number,Recipient TIN Type*,Recipient Taxpayer ID Number*,Recipient Name Type*,Recipient First Name,Recipient Last Name,Recipient Country,Recipient Address Line 1,Recipient City,Recipient State,Recipient ZIP Code,Form Account Number,2nd TIN Notice,Payer is an entity,Box 1a - Gross Amount,Box 3 - Number of Payment Transactions,Box 4 - Federal Income Tax Withheld,Box 5a - January,Box 5b - February,Box 5c - March,Combined Federal/State Filing,State 1 - State Code,State 1 - State/Payer's State No.,Corrected\n";

#[test]
fn d_files_for_a_portal_are_as_they_are_and_files_for_people_are_guarded() {
    let ledger = new_england();
    let name = [("legal_name", "-Amara Roe"), ("address_line1", "=1 Main")];
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "012-34-5678", "MA", &name)]),
    );
    let id = [
        "settings",
        "set",
        "--reason",
        "As on our letter",
        "--",
        "state_id.MA",
        "-WHT-1234",
    ];
    ledger.ok(&id);
    let csv = filed(&ledger, &[]);
    let state = std::fs::read_to_string(ledger.file("forms/1099-K-2026-state-MA.csv")).unwrap();
    for text in [&csv, &state] {
        assert!(
            text.contains(",-Amara,") && text.contains(",=1 Main,") && text.contains(",-WHT-1234,"),
            "{text}"
        );
        assert!(!text.contains('\''), "{text}");
    }
    let people = std::fs::read_to_string(ledger.file("forms/1099-K-2026-summary.csv")).unwrap();
    assert!(people.contains("'-Amara Roe"), "{people}");
}

#[test]
fn d_a_payment_file_is_safe_in_a_spreadsheet() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[("name", "-Amara Roe")])]));
    let at = "2026-03-02T12:00:00Z".parse().unwrap();
    let rows = to_csv(&[paid_at("b-1", "h-1", at, "700.00")]);
    ledger.import_as_of("2026-03-09", "bookings", rows);
    ledger.process("2026-03-16");
    let batch = text(&ledger.prepare("2026-03-16"), "batch_id");
    ledger.approve(&batch);
    ledger.send(&batch);
    let file = std::fs::read_to_string(ledger.file(&format!("pay-{batch}.csv"))).unwrap();
    assert!(file.contains(",'-Amara Roe,"), "{file}");
}

#[test]
fn d_characters_that_the_portal_is_said_to_refuse_are_warned_of_and_can_be_left_out() {
    let ledger = new_england();
    let name = [
        ("legal_name", "Amara O. Roe"),
        ("address_line1", "7848 Main St., #4"),
    ];
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "012-34-5678", "MA", &name)]),
    );
    let warned = || {
        let season = form(&ledger);
        let all = season["warnings"].as_array().unwrap();
        all.iter()
            .find(|w| w["code"] == "PORTAL_CHARACTERS")
            .cloned()
    };
    assert_eq!(warned().expect("a warning")["hosts"], json!(["h-1"]));
    let plain = [
        "settings",
        "set",
        "tax_portal_plain",
        "on",
        "--reason",
        "The portal refused it",
    ];
    ledger.ok(&plain);
    assert_eq!(warned(), None);
    let csv = filed(&ledger, &[]);
    assert!(
        csv.contains(",7848 Main St 4,") && csv.contains(",O,Roe,"),
        "{csv}"
    );
    assert!(csv.contains(",Marketplace Inc,"), "{csv}");
}

#[test]
fn d_a_template_with_other_names_is_understood_and_the_rest_is_said_once_a_year() {
    let ledger = new_england();
    let first = filed(&ledger, &[]);
    assert!(first.contains("Payer City/Town"));
    let template = ledger.write("newer.csv", NEWER);
    let out = ledger.arg("forms");
    let file = [
        "tax",
        "file",
        "--year",
        "2026",
        "--out",
        &out,
        "--template",
        &template,
    ];
    let refused = ledger.refused(&file);
    assert_eq!(refused.code, "WRONG_FILE");
    assert!(
        refused.message.contains(
            "has no column for Filer Type, Transaction Type. Nothing was written. Take the header"
        ),
        "{}",
        refused.message
    );
    let unknown = [&file[..], &["--column", "Payer is nobody=Filer Type"]].concat();
    assert!(ledger.refused(&unknown).message.contains("Payer is nobody"));
    let said = [
        &file[..],
        &[
            "--column",
            "Payer is an entity=Filer Type",
            "--column",
            "=Transaction Type",
        ],
    ]
    .concat();
    ledger.ok(&said);
    let written =
        || std::fs::read_to_string(ledger.file("forms/1099-K-2026-iris-001.csv")).unwrap();
    let (head, row) = written()
        .split_once("\r\n")
        .map(|(h, r)| (h.to_owned(), r.to_owned()))
        .unwrap();
    assert_eq!(head, NEWER.trim());
    for value in [
        ",Albany,NY,12207,",
        ",Amara,Okafor,",
        ",MA,05001,h-1,N,PSE,700.00,1,",
    ] {
        assert!(row.contains(value), "{value}: {row}");
    }
    // It is kept for the year.
    ledger.ok(&file);
    assert!(written().contains(",PSE,700.00,"));
    ledger.check();
}

#[test]
fn d_combined_filing_is_a_choice_and_not_for_states_that_want_their_own() {
    let cell = |csv: &str, column: &str| {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let at = reader
            .headers()
            .unwrap()
            .iter()
            .position(|h| h == column)
            .unwrap();
        reader.records().next().unwrap().unwrap()[at].to_owned()
    };
    for (state, on, want) in [("MA", true, "N"), ("NJ", true, "Y"), ("NJ", false, "N")] {
        let ledger = new_england();
        ledger.import(
            "tax-profiles",
            to_csv(&[w9("h-1", "012-34-5678", state, &[])]),
        );
        let nj = [
            "tax",
            "rules",
            "NJ",
            "--amount",
            "600.00",
            "--on",
            "true",
            "--reason",
            "As a test",
        ];
        ledger.ok(&nj);
        if on {
            ledger.ok(&[
                "settings",
                "set",
                "tax_combined_filing",
                "on",
                "--reason",
                "Enrolled",
            ]);
        }
        let csv = filed(&ledger, &[]);
        assert_eq!(cell(&csv, "Combined Federal/State Filing"), want, "{state}");
        assert_eq!(cell(&csv, "State 1"), state);
    }
}

const SEASON: [&str; 4] = ["tax", "season", "--year", "2026"];

#[test]
fn d_a_name_with_a_comma_is_warned_of_and_asked_about() {
    let named = |name: &str| to_csv(&[w9("h-1", "012-34-5678", "MA", &[("legal_name", name)])]);
    for (says, stands) in [("swap-name", "Amara Roe"), ("keep-name", "Roe, Amara")] {
        let ledger = new_england();
        let out = ledger.import("tax-profiles", named("Roe, Amara"));
        assert_eq!(
            (&out["updated"], &out["exceptions"]),
            (&json!(1), &json!(0))
        );
        assert_eq!(out["warnings"][0]["code"], "NAME_ORDER", "{out}");
        let season = ledger.ok(&SEASON);
        assert_eq!(season["blocked"][0]["reason"], "NAME_ORDER");
        assert_eq!(profile(&ledger)["questions"][0]["code"], "NAME_ORDER");
        let answer = ["tax", "answer", "h-1", "--year", "2026", "--as", says];
        ledger.ok(&answer);
        assert_eq!(ledger.refused(&answer).code, "WRONG_STATE");
        form(&ledger);
        // The same name of the next export isn't asked about again.
        let changed = [("legal_name", "Roe, Amara"), ("city", "Salem")];
        let next = ledger.import(
            "tax-profiles",
            to_csv(&[w9("h-1", "012-34-5678", "MA", &changed)]),
        );
        assert_eq!(
            (&next["updated"], &next["warnings"]),
            (&json!(1), &json!([]))
        );
        assert_eq!(profile(&ledger)["legal_name"], stands);
        form(&ledger);
        ledger.check();
    }
    let ledger = new_england();
    for plain in ["Amara Roe, Jr.", "Amara Roe, M.D.", "Roe Lessons, LLC"] {
        assert_eq!(
            ledger.import("tax-profiles", named(plain))["warnings"],
            json!([]),
            "{plain}"
        );
        form(&ledger);
    }
}

/// The host's W-9 as a company, with an EIN.
fn business(signed_on: &str) -> String {
    let ein = [
        ("tin_type", "EIN"),
        ("legal_name", "Roe LLC"),
        ("signed_on", signed_on),
    ];
    to_csv(&[w9("h-1", "12-3456789", "MA", &ein)])
}

fn answer(says: &str) -> [&str; 7] {
    ["tax", "answer", "h-1", "--year", "2026", "--as", says]
}

#[test]
fn b13_another_kind_of_tin_in_mid_year_is_asked_about() {
    let ledger = new_england();
    ledger.import("tax-profiles", business("2026-07-01"));
    let season = ledger.ok(&SEASON);
    let blocked = &season["blocked"][0];
    assert_eq!(
        (&season["due"], &blocked["reason"]),
        (&json!(0), &json!("PAYEE_CHANGED"))
    );
    let said = text(blocked, "message");
    for part in ["XXX-XX-5678", "XX-XXX6789", "2026-07-01"] {
        assert!(said.contains(part), "{said}");
    }
    let one = answer("one-payee");
    ledger.ok(&one);
    assert_eq!(ledger.refused(&one).code, "WRONG_STATE");
    form(&ledger);
    ledger.check();
    // A change before the year is none of it.
    let earlier = new_england();
    earlier.import("tax-profiles", business("2025-07-01"));
    form(&earlier);
}

#[test]
fn b13_a_new_payee_since_a_day_has_a_form_of_their_part_of_the_year() {
    let ledger = new_england();
    for (id, day, price) in [
        ("b-2", "06-30", "40.00"),
        ("b-3", "07-01", "850.00"),
        ("b-4", "11-02", "75.50"),
    ] {
        let at = format!("2026-{day}T12:00:00Z").parse().unwrap();
        let row = paid_at(id, "h-1", at, price);
        ledger.import_as_of(AFTER, "bookings", to_csv(&[row]));
    }
    ledger.import("tax-profiles", business("2026-07-01"));
    assert_eq!(ledger.ok(&SEASON)["due"], 0);
    let new = answer("new-payee");
    ledger.ok(&new);
    assert_eq!(ledger.refused(&new).code, "WRONG_STATE");
    let season = ledger.ok(&SEASON);
    assert_eq!(
        (&season["due"], &season["hosts"]),
        (&json!(2), &json!(1)),
        "{season}"
    );
    let csv = filed(&ledger, &[]);
    let season = ledger.ok(&SEASON);
    let forms: Vec<[String; 4]> = season["forms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| ["host_id", "name", "gross", "status"].map(|k| text(f, k)))
        .collect();
    let form = |name: &str, gross: &str| ["h-1", name, gross, "FURNISHED"].map(str::to_owned);
    // What was paid before the day, and what since.
    let expected = [form("Amara Okafor", "740.00"), form("Roe LLC", "925.50")];
    assert_eq!(forms, expected);
    for part in ["012345678", "123456789", "740.00", "925.50", "h-1-2"] {
        assert!(csv.contains(part), "{part}: {csv}");
    }
    // Each has a copy of their own.
    let papers = std::fs::read_dir(ledger.file("forms/payees")).unwrap();
    assert_eq!(papers.count(), 2);
    assert_eq!(
        ledger.ok(&["tax", "corrections", "--year", "2026"])["corrections"],
        json!([])
    );
    ledger.check();
    // The year before the change stands on the TIN before it; the year after on the new one.
    let before = new_england();
    before.import_as_of(AFTER, "tax-profiles", business("2027-01-10"));
    assert_eq!(before.ok(&SEASON)["due"], 0);
    before.ok(&new);
    assert_eq!(before.ok(&SEASON)["due"], 1);
    let made = before.ok(&[
        "--as-of",
        AFTER,
        "tax",
        "1099k",
        "--year",
        "2026",
        "--out",
        &before.arg("forms"),
    ]);
    assert_eq!(made["forms"][0]["name"], "Amara Okafor", "{made}");
}
