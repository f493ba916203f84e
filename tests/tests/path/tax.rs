//! T1, T3 and T7: forms 1099-K against an independent sum over years with edges, the faults that were
//! found in real systems, and where TINs are in clear.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use hostledger_tests::TestLedger;
use hostledger_tests::draw::Draw;
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use crate::close::text;

/// After every session of these files, whatever the machine's date.
const AFTER: &str = "2029-06-30";

/// A W-9 of a host; the rest of the columns as given.
pub(crate) fn w9(host_id: &str, tin: &str, state: &str, changes: &[(&str, &str)]) -> Row {
    let plain = [
        ("host_id", host_id),
        ("form", "W-9"),
        ("legal_name", "Amara Okafor"),
        ("business_name", ""),
        ("tin_type", "SSN"),
        ("tin", tin),
        ("address_line1", "1 Main St"),
        ("address_line2", ""),
        ("city", "Springfield"),
        ("state", state),
        ("postal_code", "05001"),
        ("country", "US"),
        ("signed_on", "2025-06-01"),
    ];
    let row = plain
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    with(&row, changes)
}

/// Sets who files, for every year.
pub(crate) fn filer(ledger: &TestLedger) {
    let filer = [
        ("filer_name", "Marketplace Inc."),
        ("filer_address", "5 Market St; Albany, NY 12207"),
        ("filer_phone", "212-555-0100"),
        ("filer_tin", "98-7654321"),
    ];
    for (key, value) in filer {
        let set = ["--as-of", "2025-01-01", "settings", "set", key, value];
        ledger.ok(&[&set[..], &["--reason", "As on our own W-9"]].concat());
    }
}

/// A session paid at an instant, an hour later, of a price.
pub(crate) fn paid_at(id: &str, host: &str, at: Timestamp, price: &str) -> Row {
    let starts = at + 1.hour();
    let ends = at + 2.hours();
    booking(
        id,
        host,
        &[
            ("booked_at", &at.to_string()),
            ("starts_at", &starts.to_string()),
            ("ends_at", &ends.to_string()),
            ("updated_at", &ends.to_string()),
            ("price", price),
            ("processing_fee", "0.10"),
        ],
    )
}

/// What a host's year must be, from the rows alone.
#[derive(Debug, Default, Clone, PartialEq)]
struct Year {
    months: [Decimal; 12],
    count: usize,
}

impl Year {
    fn gross(&self) -> Decimal {
        self.months.iter().sum()
    }
}

fn reckon(
    rows: &[Row],
    year: i16,
    zone: &TimeZone,
    rates: &BTreeMap<&str, Decimal>,
) -> BTreeMap<String, Year> {
    let mut out: BTreeMap<String, Year> = BTreeMap::new();
    for r in rows {
        let price = decimal(&r["price"]);
        if !["COMPLETED", "NO_SHOW", "REFUNDED"].contains(&r["status"].as_str()) || price.is_zero()
        {
            continue;
        }
        let at: Timestamp = r["booked_at"].parse().unwrap();
        let local = at.to_zoned(zone.clone());
        if local.year() != year {
            continue;
        }
        let rate = rates
            .get(r["currency"].as_str())
            .copied()
            .unwrap_or(Decimal::ONE);
        let usd = (price * rate).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let y = out.entry(r["host_id"].clone()).or_default();
        y.months[usize::try_from(local.month() - 1).unwrap()] += usd;
        y.count += 1;
    }
    out
}

/// Hosts at the edges of the rules, and some drawn ones. Rows of hosts, profiles and bookings.
fn edges(year: i16, zone: &TimeZone, seed: u64) -> (Vec<Row>, Vec<Row>, Vec<Row>) {
    let local = |y: i16, m: i8, d: i8, h: i8, min: i8| {
        zone.to_timestamp(jiff::civil::date(y, m, d).at(h, min, 30, 0))
            .unwrap()
    };
    let mut draw = Draw(seed);
    let mut bookings: Vec<Row> = Vec::new();
    let mut add = |host: &str, at: Timestamp, price: &str, changes: &[(&str, &str)]| {
        let id = format!("{host}-{}", bookings.len());
        bookings.push(with(&paid_at(&id, host, at, price), changes));
    };
    let noon = |m: i8| local(year, m, 15, 12, 0);
    // The first and last minute of the year, and of every month.
    for month in 1..=12 {
        let last = jiff::civil::date(year, month, 1).last_of_month().day();
        add("h-minutes", local(year, month, 1, 0, 0), "10.01", &[]);
        add("h-minutes", local(year, month, last, 23, 59), "20.02", &[]);
    }
    add("h-minutes", local(year - 1, 12, 31, 23, 59), "500.00", &[]);
    add("h-minutes", local(year + 1, 1, 1, 0, 0), "500.00", &[]);
    if jiff::civil::date(year, 1, 1).in_leap_year() {
        add("h-minutes", local(year, 2, 29, 12, 0), "29.29", &[]);
    }
    // Amount and count at, and just over, both limits.
    for (host, count, last) in [
        ("h-20000.00-201", 201, "0.00"),
        ("h-20000.01-201", 201, "0.01"),
        ("h-20000.01-200", 200, "0.01"),
    ] {
        let each = if count == 201 { "99.50" } else { "100.00" };
        let sum = decimal(each) * Decimal::from(count - 1);
        let rest = decimal("20000.00") - sum + decimal(last);
        for i in 1..count {
            add(host, noon(i8::try_from(i % 12 + 1).unwrap()), each, &[]);
        }
        add(host, noon(6), &rest.to_string(), &[]);
    }
    for (host, prices) in [
        ("h-vt-600.00", ["300.00", "300.00"]),
        ("h-vt-599.99", ["300.00", "299.99"]),
        ("h-ca-600.00", ["300.00", "300.00"]),
    ] {
        for price in prices {
            add(host, noon(3), price, &[]);
        }
    }
    // Two ids of one payee: over the limit together only.
    for (host, count) in [("h-twin-a", 101), ("h-twin-b", 100)] {
        for i in 0..count {
            add(host, noon(i8::try_from(i % 12 + 1).unwrap()), "99.51", &[]);
        }
    }
    // Each status, refunds, free and cancelled ones.
    let refunded = [
        ("status", "REFUNDED"),
        ("refunded_amount", "100.00"),
        ("refunded_at", "2029-01-01T00:00:00Z"),
    ];
    add("h-states", noon(1), "100.00", &refunded);
    add(
        "h-states",
        noon(2),
        "100.00",
        &[
            ("refunded_amount", "40.00"),
            ("refunded_at", "2029-01-01T00:00:00Z"),
        ],
    );
    add("h-states", noon(3), "100.00", &[("status", "NO_SHOW")]);
    add("h-states", noon(4), "0.00", &[("processing_fee", "0.00")]);
    let cancelled = [
        ("refunded_amount", "1000.00"),
        ("cancelled_at", "2028-06-01T00:00:00Z"),
    ];
    for status in ["CANCELLED", "HOST_CANCELLED"] {
        add(
            "h-states",
            noon(5),
            "1000.00",
            &[&cancelled[..], &[("status", status)]].concat(),
        );
    }
    add("h-states", noon(6), "1000.00", &[("status", "CONFIRMED")]);
    add(
        "h-states",
        noon(7),
        "1000.00",
        &[("status", "PENDING"), ("charge_id", "")],
    );
    add("h-states", noon(8), "400.00", &[]);
    // Yen, at the rate of the day.
    for month in 1..=12 {
        add(
            "h-yen",
            noon(month),
            "12345",
            &[("currency", "JPY"), ("processing_fee", "10")],
        );
    }
    // Blocked ones, and one who is abroad.
    for host in ["h-none", "h-bad-tin", "h-no-tin", "h-old-w8", "h-foreign"] {
        for i in 0..201 {
            add(host, noon(i8::try_from(i % 12 + 1).unwrap()), "99.99", &[]);
        }
    }
    add("h-none-small", noon(1), "500.00", &[]);
    for i in 0..12 {
        let host = format!("h-drawn-{i}");
        for _ in 0..draw.below(260) {
            let at = local(year, 1, 1, 0, 0) + (draw.below(366 * 24 * 60) as i64).minutes();
            let price = format!("{}.{:02}", 5 + draw.below(300), draw.below(100));
            add(&host, at, &price, &[]);
        }
    }
    let mut ids: Vec<String> = bookings.iter().map(|b| b["host_id"].clone()).collect();
    ids.sort();
    ids.dedup();
    let hosts = ids.iter().map(|id| host(id, &[])).collect();
    let mut profiles = Vec::new();
    for (i, id) in ids.iter().enumerate() {
        let tin = format!("123-45-{:04}", i + 1);
        let state = match id.as_str() {
            "h-ca-600.00" => "CA",
            id if id.starts_with("h-drawn") => ["TX", "MA", "VA", "VT", "IL"][draw.below(5)],
            id if id.starts_with("h-2000") || id.starts_with("h-twin") => "TX",
            _ => "VT",
        };
        profiles.push(match id.as_str() {
            "h-none" | "h-none-small" => continue,
            "h-twin-a" | "h-twin-b" => w9(id, "211-22-3333", state, &[]),
            "h-bad-tin" => w9(id, "666-22-3333", state, &[]),
            "h-no-tin" => w9(id, "", state, &[("tin_type", "")]),
            "h-old-w8" => w8(id, &format!("{}-05-01", year - 4)),
            "h-foreign" => w8(id, &format!("{}-05-01", year - 3)),
            _ => w9(id, &tin, state, &[]),
        });
    }
    (hosts, profiles, bookings)
}

fn w8(host_id: &str, signed_on: &str) -> Row {
    let foreign = [
        ("form", "W-8BEN"),
        ("tin_type", ""),
        ("country", "FR"),
        ("state", ""),
        ("signed_on", signed_on),
    ];
    w9(host_id, "", "", &foreign)
}

fn year_matches(year: i16, zone_name: &str, seed: u64) {
    let zone = TimeZone::get(zone_name).unwrap();
    let (hosts, profiles, bookings) = edges(year, &zone, seed);
    let ledger = TestLedger::nowhere();
    ledger.ok(&["init", "--time-zone", zone_name]);
    ledger.import("hosts", to_csv(&hosts));
    ledger.import_as_of(AFTER, "bookings", to_csv(&bookings));
    ledger.import("tax-profiles", to_csv(&profiles));
    let rate = decimal("0.006725");
    let mut fx = "date,from,to,rate,source\n".to_owned();
    for month in 1..=12 {
        fx.push_str(&format!(
            "{year}-{month:02}-15,JPY,USD,{rate},a central bank\n"
        ));
    }
    let fx = ledger.write("fx.csv", fx);
    ledger.ok(&["fx", "import", &fx]);
    let out = ledger.arg("forms");
    let year_text = year.to_string();
    let as_of = format!("{}-01-10", year + 1);
    let answer = ledger.ok(&[
        "--as-of", &as_of, "tax", "1099k", "--year", &year_text, "--out", &out,
    ]);

    let mut years = reckon(&bookings, year, &zone, &BTreeMap::from([("JPY", rate)]));
    let state: BTreeMap<&str, (&str, &str)> = profiles
        .iter()
        .map(|p| {
            (
                p["host_id"].as_str(),
                (p["state"].as_str(), p["tin"].as_str()),
            )
        })
        .collect();
    let twins = |of: &dyn Fn(&Year) -> Decimal| of(&years["h-twin-a"]) + of(&years["h-twin-b"]);
    let twin_gross = twins(&|y| y.gross());
    let twin_count = years["h-twin-a"].count + years["h-twin-b"].count;
    let blocked: Vec<String> = rows(&answer["blocked"], |b| {
        format!("{} {}", text(b, "host_id"), text(b, "reason"))
    });
    assert_eq!(
        blocked,
        [
            "h-bad-tin IMPOSSIBLE_TIN",
            "h-no-tin NO_TIN",
            "h-none NO_PROFILE",
            "h-old-w8 W8_EXPIRED"
        ],
        "{zone_name} {year}"
    );
    let mut want = BTreeMap::new();
    for out_of in [
        "h-none",
        "h-none-small",
        "h-bad-tin",
        "h-no-tin",
        "h-old-w8",
        "h-foreign",
    ] {
        years.remove(out_of);
    }
    for (host, y) in years {
        let (gross, count) = match host.starts_with("h-twin") {
            true => (twin_gross, twin_count),
            false => (y.gross(), y.count),
        };
        let mut because = Vec::new();
        if gross > decimal("20000.00") && count > 200 {
            because.push("US".to_owned());
        }
        let home = state[host.as_str()].0;
        if ["MA", "VA", "VT"].contains(&home) && gross >= decimal("600.00") {
            because.push(home.to_owned());
        }
        if !because.is_empty() {
            want.insert(host, (y, because));
        }
    }
    let mut have = BTreeMap::new();
    for f in answer["forms"].as_array().unwrap() {
        let mut y = Year {
            count: usize::try_from(f["transactions"].as_u64().unwrap()).unwrap(),
            ..Year::default()
        };
        for (i, m) in f["months"].as_array().unwrap().iter().enumerate() {
            y.months[i] = decimal(m.as_str().unwrap());
        }
        assert_eq!(y.gross(), decimal(&text(f, "gross")), "months sum to 1a");
        assert_eq!(text(f, "withheld"), "0.00");
        assert!(Path::new(&text(f, "pdf")).is_file());
        let because = rows(&f["because"], |b| b.as_str().unwrap().to_owned());
        have.insert(text(f, "host_id"), (y, because));
    }
    assert_eq!(have, want, "{zone_name} {year}");
    assert!(have.contains_key("h-20000.01-201") && have.contains_key("h-vt-600.00"));
    assert!(!have.contains_key("h-20000.00-201") && !have.contains_key("h-20000.01-200"));
    assert!(!have.contains_key("h-vt-599.99") && !have.contains_key("h-ca-600.00"));
    assert!(have.contains_key("h-twin-a") && have.contains_key("h-twin-b"));
    ledger.check();
}

fn rows<T>(all: &Value, each: impl Fn(&Value) -> T) -> Vec<T> {
    all.as_array().unwrap().iter().map(each).collect()
}

#[test]
fn t1_years_with_edges_are_the_independent_sum_in_utc() {
    year_matches(2026, "UTC", 1);
}

#[test]
fn t1_years_with_edges_are_the_independent_sum_in_new_york() {
    year_matches(2028, "America/New_York", 2);
}

#[test]
fn t1_years_with_edges_are_the_independent_sum_at_the_date_line() {
    year_matches(2027, "Pacific/Kiritimati", 3);
    year_matches(2026, "Pacific/Pago_Pago", 4);
}

/// The text of a PDF.
pub(crate) fn pdf_text(path: &Path) -> String {
    let out = Command::new("pdftotext")
        .arg("-layout")
        .arg(path)
        .arg("-")
        .output()
        .unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap()
}

/// A host in Vermont with a session of 700.00 and one of 50.00 that was refunded.
fn small(ledger: &TestLedger, ids: &[&str], profiles: &[Row]) {
    small_in(2026, ledger, ids, profiles);
}

fn small_in(year: i16, ledger: &TestLedger, ids: &[&str], profiles: &[Row]) {
    let hosts: Vec<Row> = ids.iter().map(|id| host(id, &[])).collect();
    ledger.import("hosts", to_csv(&hosts));
    let at = |day: &str| -> Timestamp { format!("{year}-{day}T12:00:00Z").parse().unwrap() };
    let refunded_at = at("12-30").to_string();
    let mut bookings = Vec::new();
    for id in ids {
        bookings.push(paid_at(&format!("{id}-1"), id, at("03-02"), "700.00"));
        let refunded = [
            ("status", "REFUNDED"),
            ("refunded_amount", "50.00"),
            ("refunded_at", &refunded_at),
        ];
        let second = paid_at(&format!("{id}-2"), id, at("12-28"), "50.00");
        bookings.push(with(&second, &refunded));
    }
    ledger.import_as_of(AFTER, "bookings", to_csv(&bookings));
    ledger.import("tax-profiles", to_csv(profiles));
}

fn forms(ledger: &TestLedger) -> Value {
    let out = ledger.arg("forms");
    ledger.ok(&[
        "--as-of",
        "2027-01-10",
        "tax",
        "1099k",
        "--year",
        "2026",
        "--out",
        &out,
        "--bridge",
    ])
}

#[test]
fn t3_t4_every_box_is_on_the_paper_and_a_refunded_sale_counts() {
    let ledger = TestLedger::new();
    let long =
        "Maximiliana Theodora Anastasia von Hohenstaufen-Wittgenstein y Álvarez de la O'Reilly"
            .to_owned();
    let names = [
        "Ελένη Παπαδοπούλου",
        "Nguyễn Thị Phương Thảo",
        "Siobhán O'Brien",
        &long,
    ];
    let ids = ["h-1", "h-2", "h-3", "h-4"];
    let profiles: Vec<Row> = ids
        .iter()
        .zip(names)
        .enumerate()
        .map(|(i, (id, name))| w9(id, &format!("123-45-678{i}"), "VT", &[("legal_name", name)]))
        .collect();
    small(&ledger, &ids, &profiles);
    let answer = forms(&ledger);
    for (i, f) in answer["forms"].as_array().unwrap().iter().enumerate() {
        let paper = pdf_text(Path::new(&text(f, "pdf")));
        let flat = paper.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "1099-K",
            "2026",
            &format!("XXX-XX-678{i}"),
            "750.00",
            "700.00",
            "50.00",
            "OMB No. 1545-2205",
            ids[i],
            "Third party network",
            "5l December",
            "VT: 600.00 USD or more",
            "Instructions for Payee",
            "From box 1a to what you were paid",
            "This is important tax information",
        ] {
            assert!(
                flat.contains(part),
                "{part} is not on the form of {}: {flat}",
                ids[i]
            );
        }
        // A long name goes on in a second line.
        for word in names[i].split(' ') {
            assert!(flat.contains(word), "{word} of {} isn't there", names[i]);
        }
        assert!(!flat.contains("123-45-"), "a payee's copy has a whole TIN");
        // A December payment belongs to December, whenever it is paid out.
        assert_eq!(f["months"][11], "50.00");
        assert_eq!(
            f["transactions"], 2,
            "refunds don't count, the refunded sale does"
        );
    }
}

#[test]
fn t3_a_form_is_never_made_twice_for_the_same_money() {
    let ledger = TestLedger::new();
    small(&ledger, &["h-1"], &[w9("h-1", "123-45-6789", "VT", &[])]);
    let stripe = [
        "--as-of",
        "2026-01-01",
        "settings",
        "set",
        "tax_who_files",
        "STRIPE",
        "--reason",
        "Stripe files",
    ];
    ledger.ok(&stripe);
    let out = ledger.arg("forms");
    let make = ["tax", "1099k", "--year", "2026", "--out", &out];
    assert_eq!(ledger.refused(&make).code, "WRONG_STATE");
    let back = [
        "--as-of",
        "2026-12-31",
        "settings",
        "set",
        "tax_who_files",
        "LEDGER",
        "--reason",
        "We file",
    ];
    ledger.ok(&back);
    assert_eq!(ledger.ok(&make)["forms"].as_array().unwrap().len(), 1);
    // Making again makes none twice.
    assert_eq!(ledger.ok(&make)["forms"].as_array().unwrap().len(), 1);
}

#[test]
fn t3_the_payouts_date_can_be_the_basis_and_cancelled_ones_can_count() {
    let ledger = TestLedger::new();
    small_in(
        2025,
        &ledger,
        &["h-1"],
        &[w9("h-1", "123-45-6789", "VT", &[])],
    );
    let cancelled = paid_at(
        "h-1-3",
        "h-1",
        "2025-05-05T12:00:00Z".parse().unwrap(),
        "30.00",
    );
    let cancelled = with(
        &cancelled,
        &[
            ("status", "CANCELLED"),
            ("refunded_amount", "30.00"),
            ("cancelled_at", "2025-05-05T13:00:00Z"),
        ],
    );
    ledger.import_as_of(AFTER, "bookings", to_csv(&[cancelled]));
    let year = |of: &str| {
        let season = ledger.ok(&["tax", "season", "--year", of]);
        text(&season, "gross")
    };
    assert_eq!(year("2025"), "750.00");
    let on = [
        "--as-of",
        "2025-06-01",
        "settings",
        "set",
        "tax_cancelled_captured",
        "on",
        "--reason",
        "Our adviser says so",
    ];
    ledger.ok(&on);
    assert_eq!(year("2025"), "780.00");
    // Paid out on the first Monday of 2026: it belongs to that year then.
    ledger.process("2025-12-31");
    let batch = text(&ledger.prepare("2026-01-05"), "batch_id");
    ledger.approve(&batch);
    ledger.send(&batch);
    ledger.ok(&["payouts", "settle", &batch]);
    assert_eq!(year("2025"), "780.00");
    let payout = [
        "--as-of",
        "2025-01-01",
        "settings",
        "set",
        "tax_date_basis",
        "PAYOUT",
        "--reason",
        "Cash basis",
    ];
    ledger.ok(&payout);
    assert_eq!(
        (year("2025"), year("2026")),
        ("0.00".into(), "700.00".into())
    );
    ledger.check();
}

#[test]
fn t3_a_state_rule_is_named_and_an_unsure_one_names_whom_it_would_add() {
    let ledger = TestLedger::new();
    let profiles = [
        w9("h-1", "123-45-6781", "VT", &[]),
        w9("h-2", "123-45-6782", "MD", &[]),
    ];
    small(&ledger, &["h-1", "h-2"], &profiles);
    let season = forms(&ledger);
    assert_eq!(season["forms"].as_array().unwrap().len(), 1);
    let unsure = season["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|w| w["code"] == "UNSURE_RULE")
        .unwrap();
    assert_eq!(unsure["hosts"], serde_json::json!(["h-2"]));
    ledger.ok(&[
        "tax",
        "rules",
        "MD",
        "--on",
        "true",
        "--sure",
        "true",
        "--source",
        "Comptroller of Maryland",
        "--reason",
        "Looked it up",
    ]);
    let season = forms(&ledger);
    assert_eq!(season["forms"][1]["because"], serde_json::json!(["MD"]));
    let refused = ledger.refused_as(
        "ben",
        &["tax", "rules", "MD", "--on", "false", "--reason", "no"],
    );
    assert_eq!(refused.code, "NOT_ALLOWED");
}

#[test]
fn t3_amounts_are_exact_where_floating_point_is_not() {
    let ledger = TestLedger::new();
    ledger.import("hosts", to_csv(&[host("h-1", &[])]));
    let at: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    // Added up as doubles these come to 1000.0000000000159.
    let bookings: Vec<Row> = (0..10_000)
        .map(|i| {
            paid_at(
                &format!("b-{i}"),
                "h-1",
                at + i64::from(i).seconds(),
                "0.10",
            )
        })
        .collect();
    ledger.import_as_of(AFTER, "bookings", to_csv(&bookings));
    ledger.import(
        "tax-profiles",
        to_csv(&[w9("h-1", "123-45-6789", "VT", &[])]),
    );
    let form = forms(&ledger)["forms"][0].clone();
    assert_eq!(
        (text(&form, "gross").as_str(), form["months"][2].as_str()),
        ("1000.00", Some("1000.00"))
    );
}

/// Every file below a folder.
fn files(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push(path);
        }
    }
}

/// Whether a file holds one of the TINs, as it is or unpacked.
fn holds(path: &Path, tins: &[String]) -> bool {
    let mut bytes = std::fs::read(path).unwrap();
    let name = path.to_string_lossy();
    if name.ends_with(".pdf") {
        bytes.extend(pdf_text(path).into_bytes());
    }
    if name.ends_with(".xlsx") {
        let unpacked = Command::new("unzip").arg("-p").arg(path).output().unwrap();
        bytes.extend(unpacked.stdout);
    }
    tins.iter().any(|tin| {
        let plain = tin.replace('-', "");
        [tin, &plain]
            .iter()
            .any(|t| bytes.windows(t.len()).any(|w| w == t.as_bytes()))
    })
}

#[test]
fn t7_a_tin_in_clear_is_in_no_file_but_those_made_to_carry_it() {
    let ledger = TestLedger::new();
    filer(&ledger);
    let tins: Vec<String> = (1..=3).map(|i| format!("219-09-{:04}", 4410 + i)).collect();
    let mut profiles: Vec<Row> = (1..=2)
        .map(|i| w9(&format!("h-{i}"), &tins[i - 1], "VT", &[]))
        .collect();
    // One row waits as an exception, with its TIN.
    profiles.push(w9("h-nobody", &tins[2], "VT", &[]));
    small(&ledger, &["h-1", "h-2"], &profiles);
    std::fs::remove_file(ledger.file("tax-profiles.csv")).unwrap();
    let exceptions = ledger.ok(&["exceptions", "list"]);
    assert_eq!(exceptions[0]["code"], "UNKNOWN_HOST");
    assert!(!exceptions.to_string().contains(&tins[2]), "{exceptions}");
    assert!(exceptions.to_string().contains("XXX-XX-4413"));
    forms(&ledger);
    let out = |name: &str| ledger.arg(name);
    ledger.ok_as("ben", &["tax", "review", "--year", "2026"]);
    ledger.ok(&[
        "--as-of",
        "2027-01-10",
        "tax",
        "furnish",
        "--year",
        "2026",
        "--out",
        &out("furnished"),
        "--bridge",
    ]);
    let mut file = ledger.command(
        "ana",
        &[
            "tax",
            "file",
            "--year",
            "2026",
            "--out",
            &out("filing"),
            "--archive",
            &out("hand-over.zip"),
        ],
    );
    let done = file
        .env("HOSTLEDGER_ARCHIVE_PASSPHRASE", "a long enough one")
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    ledger.ok(&["tax", "tin-match", "--out", &out("match.txt")]);
    ledger.ok(&["backup", &out("all.hlbackup")]);
    let audit = ledger.ok(&["audit", "--limit", "1000"]).to_string();
    assert!(
        tins.iter()
            .all(|t| !audit.contains(t.as_str()) && !audit.contains(&t.replace('-', "")))
    );

    let mut all = Vec::new();
    files(ledger.file("ledger").parent().unwrap(), &mut all);
    let carry: Vec<String> = all
        .iter()
        .filter(|p| holds(p, &tins))
        .map(|p| p.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut carry = carry;
    carry.sort();
    assert_eq!(
        carry,
        [
            "1099-K-2026-iris-001.csv",
            "1099-K-2026-state-VT.csv",
            "filer-copies-001.pdf",
            "match.txt",
            "state-VT-001.pdf"
        ]
    );
    #[cfg(unix)]
    for path in &all {
        use std::os::unix::fs::PermissionsExt;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if carry.contains(&name) || name == "hand-over.zip" {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name} can be read by others");
        }
    }
    // A row that waited goes in with its TIN once its host is there.
    ledger.import("hosts", to_csv(&[host("h-nobody", &[])]));
    ledger.ok(&["exceptions", "retry", &text(&exceptions[0], "exception_id")]);
    let shown = ledger.ok(&["tax", "profiles", "--host", "h-nobody", "--reveal"]);
    assert_eq!(text(&shown, "tin"), tins[2]);
    assert_eq!(
        ledger
            .refused_as("ben", &["tax", "profiles", "--host", "h-1", "--reveal"])
            .code,
        "NOT_ALLOWED"
    );
    assert!(ledger.ok(&["audit"]).to_string().contains("tax.reveal_tin"));
}
