//! T6: a season of forms 1099-K in the real window, from the files to a correction of two forms.
//!
//! Every screen is photographed at the smallest size in both themes and looked at by axe.

use std::path::Path;

use crate::axe::bring;
use crate::close::sign_in;
use crate::disputes::{go_to, look};
use crate::keyboard::{ENTER, ESCAPE};
use crate::machine::Machine;
use crate::window::Window;

const BOOKINGS: &str = "booking_id,conversation_id,host_id,booked_at,starts_at,ends_at,status,price,currency,processing_fee,refunded_amount,refunded_at,charge_id,updated_at";
/// Uma Krishnan and Jun Park are in Vermont by the sample's profiles, Vera Ivanova has none, Tomás
/// Björk's TIN can't be one.
const HOSTS: [(&str, &str); 4] = [
    ("host-0010", "700.00"),
    ("host-0020", "650.00"),
    ("host-0021", "812.50"),
    ("host-0019", "25000.00"),
];

/// Sessions of 2025: the host's price in June, and one in December that was refunded.
fn bookings(folder: &Path) -> String {
    let mut rows = vec![BOOKINGS.to_owned()];
    for (host, price) in HOSTS {
        rows.push(format!(
            "bk-t-{host}-1,cv-t-{host}-1,{host},2025-06-02T10:00:00Z,2025-06-09T10:00:00Z,2025-06-09T11:00:00Z,COMPLETED,{price},USD,2.00,,,ch_{host}_1,2025-06-09T12:00:00Z"
        ));
        rows.push(format!(
            "bk-t-{host}-2,cv-t-{host}-2,{host},2025-12-31T23:59:59Z,2026-01-02T10:00:00Z,2026-01-02T11:00:00Z,REFUNDED,40.00,USD,1.46,40.00,2026-01-05T10:00:00Z,ch_{host}_2,2026-01-05T10:00:00Z"
        ));
    }
    let file = folder.join("bookings-2025.csv");
    std::fs::write(&file, rows.join("\n")).expect("a file");
    file.to_string_lossy().into_owned()
}

/// A newer W-9 of Jun Park with a business name, one whose TIN can't be one, and one of somebody
/// nobody knows.
fn profiles(folder: &Path) -> String {
    let rows = [
        "host_id,form,legal_name,business_name,tin_type,tin,address_line1,address_line2,city,state,postal_code,country,signed_on",
        "host-0010,W-9,Jun Park,Park Korean Lessons,SSN,123-45-1010,20 Main St,Apt 4,Burlington,VT,05401,US,2026-01-05",
        "host-0019,W-9,Tomás Björk,,SSN,666-12-3456,29 Main St,,Burlington,VT,05401,US,2026-01-05",
        "host-9999,W-9,Nobody Known,,SSN,321-54-9876,1 Main St,,Burlington,VT,05401,US,2026-01-05",
    ];
    let file = folder.join("tax-profiles-2026.csv");
    std::fs::write(&file, rows.join("\n")).expect("a file");
    file.to_string_lossy().into_owned()
}

#[test]
fn t6_a_season_from_the_files_to_a_two_form_correction() {
    let machine = Machine::new();
    let sample = machine.sample();
    let folder = sample.ledger.parent().expect("a folder").to_owned();
    let mut findings = Vec::new();

    let window = machine.window("tax", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    nothing_yet(&window, &mut findings);
    taken_in(&window, &folder, &mut findings);
    dashboard(&window, &mut findings);
    missing(&window, &mut findings);
    rules(&window, &mut findings);
    let set = |key: &str, value: &str| {
        let words = ["--as-of", "2025-01-01", "settings", "set", key, value];
        let because = ["--reason", "As on our own W-9"];
        machine.ask(&sample.ledger, 0, &[&words[..], &because].concat());
    };
    set("filer_name", "Conversation Marketplace, Inc.");
    set("filer_address", "350 Fifth Avenue; New York, NY 10118");
    set("filer_phone", "212-555-0100");
    set("filer_tin", "98-7654321");
    made(&window, &mut findings);
    reviewed(&window, &mut findings);
    furnished(&window, &folder, &mut findings);
    filed(&window, &folder, &mut findings);

    // The IRS says another number, and the host sends another W-9.
    entered_again(&window, &mut findings);
    corrected(&window, &folder, &mut findings);
    let season = machine.ask(&sample.ledger, 0, &["tax", "season", "--year", "2025"]);
    let forms: Vec<String> = season["forms"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| {
            let text = |name: &str| f[name].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", text("host_id"), text("kind"), text("status"))
        })
        .collect();
    assert_eq!(
        forms,
        [
            "host-0010 ORIGINAL FILED",
            "host-0020 ORIGINAL FILED",
            "host-0020 ZEROED FURNISHED",
            "host-0020 REPLACEMENT FURNISHED",
            "host-0021 ORIGINAL FILED",
        ]
    );
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn nothing_yet(window: &Window, findings: &mut Vec<String>) {
    // "g t" goes to the tax year of the practice date, which has just begun.
    window.press(&[vec!['g'], vec!['t']]);
    window.see_page("Tax year 2026");
    window.see("The forms of 2025 are furnished and filed in these months.");
    look(window, "01-this-year", findings);
    window.click("Tax year 2025");
    window.see_page("Tax year 2025");
    look(window, "02-nothing-yet", findings);
}

fn taken_in(window: &Window, folder: &Path, findings: &mut Vec<String>) {
    window.go("Imports", "Imports");
    window.fill("Path of a file to import", &bookings(folder));
    window.click("Preview");
    window.see("Nothing is stored yet");
    window.click("Take in 8 rows");
    window.see("is taken in.");
    window.go("Imports", "Imports");
    window.fill("Path of a file to import", &profiles(folder));
    window.click("Preview");
    window.see("Nothing is stored yet");
    window.see("Park Korean Lessons");
    window.see("There is no host host-9999");
    assert!(!window.shows("321-54-9876"), "a whole TIN in a preview");
    look(window, "03-preview", findings);
    window.click("Take in 3 rows");
    window.see_page("Exceptions");
    window.click_first_row();
    window.see("The row as it came");
    let tin = window.ask("return find('field', 'tin')?.value;", &[]);
    assert_eq!(tin, "XXX-XX-9876", "the exception shows its end only");
    look(window, "04-exception", findings);
}

fn dashboard(window: &Window, findings: &mut Vec<String>) {
    go_to(window, "/tax?year=2025");
    window.see_page("Tax year 2025");
    window.see("2 forms due, 2 hosts blocked");
    window.see("No SSN begins with 666");
    window.see("The filer's name, address, telephone number, TIN are not set.");
    look(window, "05-season", findings);
    window.resize(1400, 900);
    window.shoot("06-season-large");
    window.resize(1024, 700);
}

/// Who lacks what; a W-9 is entered by hand, a whole TIN is looked at, a notice recorded.
fn missing(window: &Window, findings: &mut Vec<String>) {
    window.click("See what is missing");
    window.see_page("Tax profiles");
    look(window, "07-missing", findings);
    go_to(window, "/tax/profiles?year=2025&host=host-0021");
    window.see("There is no W-9 or W-8. Ask the host for one.");
    look(window, "08-no-profile", findings);
    window.click("Enter a W-9 or W-8");
    window.fill("Legal name", "Vera Ivanova");
    window.fill("TIN", "666-12-3456");
    window.fill("Address", "7 Elm St");
    window.fill("City", "Stowe");
    window.fill("State", "VT");
    window.fill("ZIP or postal code", "05672");
    look(window, "09-enter", findings);
    window.click("Keep the W-9");
    window.see_alert("ssn");
    window.fill("TIN", "231-12-3456");
    window.click("Keep the W-9");
    window.see("XXX-XX-3456");
    window.click("Show the whole TIN");
    window.see("audit trail");
    look(window, "10-show", findings);
    window.click("Show the whole TIN");
    window.see("231-12-3456");
    window.click("Hide");
    window.see_no_more("231-12-3456");
    window.click("Record a notice…");
    window.fill("Note", "CP2100A of October");
    look(window, "11-notice", findings);
    window.click("Record the notice");
    window.see("CP2100A of October");
    look(window, "12-profile", findings);
    window.click("End notice B of *");
    window.fill("Reason", "The W-9 is signed again");
    window.click("End the notice");
    window.see_no_more("End notice B of");
    window.press(&[vec![ESCAPE]]);
    window.see_no_more("Versions before");
}

fn rules(window: &Window, findings: &mut Vec<String>) {
    go_to(window, "/tax/rules?year=2025");
    window.see_page("Tax rules");
    window.see("more than 20,000.00 USD in more than 200 transactions");
    window.see("No rates yet.");
    look(window, "13-rules", findings);
    window.click("Change the rule: State MD*");
    window.fill("Reason", "Looked at the Comptroller's page");
    look(window, "14-change-a-rule", findings);
    window.press(&[vec![ESCAPE]]);
    window.see_no_more("Looked at the Comptroller's page");
}

fn made(window: &Window, findings: &mut Vec<String>) {
    go_to(window, "/tax?year=2025");
    window.see("3 forms due, 1 host blocked");
    window.click("Make 3 forms");
    window.see("3 drafts wait for a second person: you made them.");
    look(window, "15-made", findings);
    go_to(window, "/tax/forms?year=2025");
    window.see_page("Forms 1099-K of 2025");
    window.see("3 drafts, 0 reviewed");
    look(window, "16-forms", findings);
    window.click_first_row();
    window.see("Open the form");
    look(window, "17-drawer", findings);
    window.press(&[vec![ENTER]]);
    window.see_page("Form 1099-K of Jun Park");
    window.see("From gross to what was paid, USD");
    window.see("Vermont: 600 USD or more");
    look(window, "18-form", findings);
    window.resize(1400, 900);
    window.shoot("19-form-large");
    window.resize(1024, 700);
}

fn reviewed(window: &Window, findings: &mut Vec<String>) {
    // The maker is told, and can't.
    go_to(window, "/tax/forms?year=2025");
    window.click("More");
    look(window, "20-more", findings);
    window.press(&[vec![ESCAPE]]);
    somebody_else(window, 1);
    go_to(window, "/tax?year=2025");
    window.see("you may review them");
    window.click("Review 3 forms");
    look(window, "21-review", findings);
    window.click("Review 3 forms");
    window.see("3 forms reviewed and not furnished");
    somebody_else(window, 0);
}

fn somebody_else(window: &Window, user: usize) {
    window.click("Lock");
    window.see_page("Sample marketplace");
    sign_in(window, user);
}

fn furnished(window: &Window, folder: &Path, findings: &mut Vec<String>) {
    go_to(window, "/tax?year=2025");
    window.click("Furnish 3 forms");
    window.fill("Folder", &folder.join("copies").to_string_lossy());
    look(window, "22-furnish", findings);
    window.click("Furnish 3 forms");
    window.see("3 forms furnished;");
    look(window, "23-furnished", findings);
    let copy = folder.join("copies/payees/1099-K-2025-host-0010.pdf");
    assert!(std::fs::read(&copy).expect("a copy").starts_with(b"%PDF"));
}

fn filed(window: &Window, folder: &Path, findings: &mut Vec<String>) {
    window.click("Write the filing…");
    window.fill("Folder", &folder.join("filing").to_string_lossy());
    look(window, "24-filing", findings);
    window.click("Write the filing of 3 forms");
    window.see("Hand them in at the portal");
    look(window, "25-written", findings);
    window.click("Record the receipt…");
    window.fill("Receipt id", "IRIS-2026-000123");
    look(window, "26-receipt", findings);
    window.click("Record 3 forms as filed");
    window.see("3 forms filed.");
    look(window, "27-filed", findings);
}

fn entered_again(window: &Window, findings: &mut Vec<String>) {
    go_to(window, "/tax/profiles?year=2025&host=host-0020");
    window.click("Change");
    window.fill("TIN", "321-45-1020");
    look(window, "28-change", findings);
    window.click("Keep the W-9");
    window.see("Versions before");
    window.press(&[vec![ESCAPE]]);
}

fn corrected(window: &Window, folder: &Path, findings: &mut Vec<String>) {
    go_to(window, "/tax/corrections?year=2025");
    window.see_page("Corrections of 2025");
    window.see("Two forms");
    look(window, "29-corrections", findings);
    window.click("Make the corrections");
    window.see("Made, not furnished");
    look(window, "30-made", findings);
    somebody_else(window, 1);
    go_to(window, "/tax?year=2025");
    window.click("Review 2 forms");
    window.click("Review 2 forms");
    window.see("2 forms reviewed and not furnished");
    somebody_else(window, 0);
    go_to(window, "/tax?year=2025");
    window.click("Furnish 2 forms");
    window.fill("Folder", &folder.join("corrected").to_string_lossy());
    window.click("Furnish 2 forms");
    window.see("2 forms furnished;");
    go_to(window, "/tax/forms?year=2025");
    window.see("New original");
    window.see("Filed, corrected");
    look(window, "31-in-the-end", findings);
}
