//! R1: files in other encodings and with questions, in the real window: the encoding is chosen where
//! it is refused, rates that jump are asked about, a name's order is answered, and what waits of a
//! file is dismissed at once.

use serde_json::Value;

use crate::axe::bring;
use crate::close::sign_in;
use crate::disputes::{go_to, look};
use crate::machine::Machine;
use crate::window::Window;

#[test]
fn b5_files_in_other_encodings_and_with_questions() {
    let machine = Machine::new();
    let sample = machine.sample();
    let write = |name: &str, bytes: &[u8]| -> String {
        let path = machine.path(name);
        std::fs::write(&path, bytes).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let mut findings = Vec::new();
    let hosts = "host_id,name,status\nhost-9001,José Núñez,APPLIED\n";
    let western: Vec<u8> = hosts
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("a letter of Western Europe"))
        .collect();
    let hosts = write("hosts-of-excel.csv", &western);
    let head = "date,from,to,rate,source\n";
    let first = write(
        "rates.csv",
        format!("{head}2026-03-09,EUR,USD,1.0842,ECB\n").as_bytes(),
    );
    let jump = write(
        "jump.csv",
        format!("{head}2026-03-10,EUR,USD,108.42,ECB\n").as_bytes(),
    );
    let other = write(
        "other.csv",
        format!("{head}2026-03-09,EUR,USD,1.0912,ECB\n").as_bytes(),
    );
    let profiles = write(
        "w9.csv",
        b"host_id,form,legal_name,tin_type,tin,signed_on\nhost-0001,W-9,\"Hopper, Grace\",SSN,321-54-9876,2026-01-15\n",
    );
    let bookings = write(
        "bad.csv",
        b"booking_id,conversation_id,host_id,booked_at,starts_at,ends_at,status,price,currency\nbk-x1,cv-x,host-0001,2026-03-01 10:00,2026-03-02T10:00:00Z,2026-03-02T11:00:00Z,COMPLETED,20.00,USD\nbk-x2,cv-x,host-0001,2026-03-01T10:00:00Z,2026-03-02T10:00:00Z,2026-03-02T11:00:00Z,BOOKED,20.00,USD\n",
    );

    let window = machine.window("files", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    encoding(&window, &hosts, &mut findings);
    let known = machine.ask(&sample.ledger, 0, &["hosts", "list"]);
    let is_read = |h: &Value| h["host_id"] == "host-9001" && h["name"] == "José Núñez";
    assert!(known.as_array().is_some_and(|all| all.iter().any(is_read)));
    rates(&window, [&first, &jump, &other], &mut findings);

    machine.ask(&sample.ledger, 0, &["import", "tax-profiles", &profiles]);
    go_to(&window, "/tax/profiles?year=2026&host=host-0001");
    window.see("Hopper, Grace");
    window.see_button("It is Grace Hopper");
    look(&window, "06-order-of-a-name", &mut findings);

    let taken = machine.ask(&sample.ledger, 0, &["import", "bookings", &bookings]);
    let id = taken["import_id"].as_str().expect("an import").to_owned();
    go_to(&window, &format!("/imports/exceptions?import_id={id}"));
    window.see_button("Dismiss all of this file");
    look(&window, "07-rows-of-a-file", &mut findings);
    window.click("Dismiss all of this file");
    window.fill("Reason", "The corrected file went in");
    look(&window, "08-dismiss-all", &mut findings);
    window.click("Dismiss 2 exceptions");
    window.see("2 exceptions dismissed.");
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn encoding(window: &Window, hosts: &str, findings: &mut Vec<String>) {
    window.go("Imports", "Imports");
    window.fill("Path of a file to import", hosts);
    window.click("Preview");
    window.see("isn't UTF-8 text: line 2 holds a letter in another encoding");
    window.see("Choose which is right");
    look(window, "01-another-encoding", findings);
    window.click("It is “José” · Windows, western*");
    window.see("Nothing is stored yet");
    window.see("Read as Windows, western Europe (windows-1252).");
    look(window, "02-as-chosen", findings);
    window.click("Take in 1 row");
    window.see("is taken in.");
}

fn rates(window: &Window, [first, jump, other]: [&String; 3], findings: &mut Vec<String>) {
    let give = |file: &str| {
        go_to(window, "/tax/rules?year=2026");
        window.see_page("Tax rules");
        window.click("Import exchange rates…");
        window.fill("File", file);
        window.click("Import the rates");
    };
    give(first);
    window.see("1 rate taken in.");
    give(jump);
    window.see("Rates more than a tenth away");
    look(window, "03-a-rate-that-jumps", findings);
    window.click("Back");
    give(other);
    window.see("Put the file's rates in place of those known");
    look(window, "04-another-rate", findings);
    window.ask(
        "[...document.querySelectorAll('[role=dialog] input[type=checkbox]')].forEach((c) => c.click());",
        &[],
    );
    window.click("Import the rates");
    window.see("1 rate taken in.");
    look(window, "05-rates", findings);
}
