//! F1: rows that wait in the real window: what they hold, the questions that a person answers, and
//! the batch that is prepared meanwhile, on screen and on paper.

use std::path::PathBuf;
use std::process::Command;

use hostledger_app::sample_ledger::Sample;
use hostledger_tests::export::{Row, rows, to_csv, with};

use crate::axe::bring;
use crate::close::sign_in;
use crate::disputes::{go_to, look, text, week_taken_in};
use crate::machine::Machine;
use crate::window::Window;

#[test]
fn a2_rows_that_wait_are_answered_and_named_on_the_batch() {
    let machine = Machine::new();
    let sample = machine.sample();
    week_taken_in(&machine, &sample);
    let odd = odd_rows(&machine, &sample);
    let taken = machine.ask(
        &sample.ledger,
        0,
        &["import", "bookings", &odd.to_string_lossy()],
    );
    assert_eq!(taken["exceptions"], 4, "{taken}");
    let mut findings = Vec::new();

    let window = machine.window("waiting", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    a_batch_names_them(&window, &machine, &sample, &mut findings);
    questions(&window, &mut findings);
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// A refund above the price, a charge that came already, an id in capitals, a fee above the price:
/// each about a
/// booking that is due this week or like one. Two rows of the week wait beside them.
fn odd_rows(machine: &Machine, sample: &Sample) -> PathBuf {
    let inbox = std::fs::read_to_string(&sample.inbox[1]).expect("this week's bookings");
    let due = machine.ask(
        &sample.ledger,
        0,
        &["commissions", "list", "--status", "PROCESSED"],
    );
    let due: Vec<String> = due
        .as_array()
        .expect("commissions")
        .iter()
        .map(|c| text(c, "booking_id"))
        .collect();
    let known: Vec<Row> = rows(&inbox)
        .into_iter()
        .filter(|r| due.contains(&r["booking_id"]) && !r["charge_id"].is_empty())
        .take(4)
        .collect();
    let later = ("updated_at", "2026-03-15T08:00:00Z");
    let odd = [
        with(&known[0], &[("refunded_amount", "900.00"), later]),
        with(&known[1], &[("booking_id", "bk-new-seat"), later]),
        with(
            &known[2],
            &[
                ("booking_id", &known[2]["booking_id"].to_uppercase()),
                ("rating", "1"),
                later,
            ],
        ),
        with(&known[3], &[("processing_fee", "1500"), later]),
    ];
    let file = machine.path("corrections-2026-03-15.csv");
    std::fs::write(&file, to_csv(&odd)).expect("a file");
    file
}

fn a_batch_names_them(
    window: &Window,
    machine: &Machine,
    sample: &Sample,
    findings: &mut Vec<String>,
) {
    go_to(window, "/payouts/prepare");
    window.see("Nothing is stored yet.");
    window.see("6 rows of the files wait");
    look(window, "01-prepare", findings);
    window.click("Prepare*");
    window.see_page("Batch of Mon 16 Mar 2026");
    window.see("6 rows of the files wait");
    look(window, "02-batch", findings);
    let batches = machine.ask(&sample.ledger, 0, &["payouts", "list"]);
    let id = text(
        batches
            .as_array()
            .and_then(|all| all.iter().find(|b| b["date"] == "2026-03-16"))
            .expect("the batch"),
        "batch_id",
    );
    let paper = machine.path("batch.pdf");
    machine.ask(
        &sample.ledger,
        0,
        &["payouts", "pdf", &id, "--out", &paper.to_string_lossy()],
    );
    let said = Command::new("pdftotext")
        .args(["-layout".as_ref(), paper.as_os_str(), "-".as_ref()])
        .output()
        .expect("pdftotext");
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(said.contains("6 rows of the files wait"), "{said}");
    window.keep(&paper, "paper.pdf");
    window.click("See the rows");
    window.see_page("Exceptions");
}

fn questions(window: &Window, findings: &mut Vec<String>) {
    window.see("6 rows could not be taken in");
    look(window, "03-exceptions", findings);
    window.click_cell("SAME_CHARGE");
    window.see_button("Take in as a second seat");
    look(window, "04-same-charge", findings);
    window.click("Take in as a second seat");
    window.see("5 rows could not be taken in");
    window.click_cell("LOOKS_LIKE_KNOWN");
    window.see_button("It is the known one");
    look(window, "05-looks-like-known", findings);
    window.click("It is the known one");
    window.see("4 rows could not be taken in");
    window.click_cell("FEE_EXCEEDS_PRICE");
    window.fill(
        "Reason to correct or dismiss it",
        "The fee is in cents; the next export has it right",
    );
    look(window, "06-dismiss", findings);
    window.click("Dismiss");
    window.see("3 rows could not be taken in");
    look(window, "07-answered", findings);
}
