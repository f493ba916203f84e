//! D5: disputes in the real window. A complaint from the telephone call to the batch that nets it,
//! a chargeback from the bank's file to the won decision, and what is looked at beside them.
//!
//! Every screen is photographed at the smallest size in both themes and looked at by axe.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hostledger_app::sample_ledger::{PRACTICE_USERS, Sample};
use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind, Match};
use serde_json::{Value, json};

use crate::axe::{self, bring};
use crate::close::sign_in;
use crate::keyboard::{CONTROL, ENTER, ESCAPE};
use crate::machine::Machine;
use crate::processes::built;
use crate::stripe::{KEY, fill, submitted_batch};
use crate::window::Window;

/// A charge as Stripe calls its disputes: as long as they come.
const DP: &str = "du_1PqRsT2eZvKYlo2C0aBcDeFg";

#[test]
fn d5_a_complaint_from_the_call_to_the_batch_that_nets_it() {
    let machine = Machine::new();
    let sample = machine.sample();
    week_taken_in(&machine, &sample);
    let paid = paid_booking_of_a_busy_host(&machine, &sample.ledger);
    let mut findings = Vec::new();

    let window = machine.window("disputes-complaint", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    empty_desk(&window, &mut findings);
    entered_by_hand(&window, &paid, &mut findings);
    worked_on(&window, &machine, &mut findings);
    lost(&window, &paid, &mut findings);
    netted(&window, &paid, &mut findings);
    decided_the_other_way(&window, &paid, &mut findings);
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn d5_a_chargeback_from_the_banks_file_to_won() {
    let machine = Machine::new();
    let sample = machine.sample();
    let paid = paid_bookings(&machine, &sample.ledger);
    let file = disputes_file(&machine, &paid);
    let mut findings = Vec::new();

    let window = machine.window("disputes-chargeback", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    imported(&window, &file, &mut findings);
    desk(&window, &mut findings);
    evidence(&window, &machine, &mut findings);
    won(&window, &paid[0], &mut findings);
    warning_let_go(&window, &mut findings);
    due_at_home(&window, &mut findings);
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn d5_a_loss_is_taken_back_from_the_hosts_balance_at_stripe() {
    let machine = Machine::new();
    let sample = machine.sample();
    let stripe = FakeStripe::start();
    let batch = submitted_batch(&machine, &sample);
    fill(&stripe, &batch);
    let say = |user: usize, words: &[&str]| machine.ask(&sample.ledger, user, words);
    connect_by_command(&machine, &sample.ledger, &stripe);
    let id = text(&batch, "batch_id");
    say(0, &["payouts", "submit", &id, "--rail", "stripe"]);
    say(1, &["payouts", "approve", &id]);
    say(0, &["payouts", "send", &id, "--rail", "stripe"]);
    let paid = paid_in(&machine, &sample.ledger, &batch);
    let opened = say(
        0,
        &[
            "disputes",
            "open",
            &text(&paid, "booking_id"),
            "--kind",
            "COMPLAINT",
            "--reason",
            "Cut short",
        ],
    );
    let dispute = text(&opened, "dispute_id");
    let sum = format!("{} USD", text(&paid, "host_amount"));
    let mut findings = Vec::new();

    let window = machine.window("disputes-recover", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    go_to(&window, &format!("/disputes/{dispute}"));
    window.see("What each outcome would do");
    assert!(
        !window.shows("Take it back at Stripe"),
        "nothing is lost yet"
    );
    window.click("Close as lost, take back*");
    window.fill("Reason", "The log agrees with the participant");
    window.click("Close as lost, take back*");
    window.see("waits to be set against");
    look(&window, "01-lost", &mut findings);

    let reversal = |what| Fault {
        on: Match {
            method: Some("POST".into()),
            path_prefix: "/v1/transfers/".into(),
            payout_id: None,
            nth: None,
        },
        what,
        times: 1,
    };
    stripe.push_fault(reversal(FaultKind::Refuse {
        status: 400,
        code: "balance_insufficient".into(),
        message: "The account's balance is too low.".into(),
    }));
    let button = format!("Take back {sum} at Stripe");
    window.click(&button);
    window.see("A part of the transfer that paid this booking is reversed.");
    look(&window, "02-confirm", &mut findings);
    window.click(&button);
    window.see_alert("nothing was taken back");
    look(&window, "03-balance-too-low", &mut findings);
    stripe.push_fault(reversal(FaultKind::DropAfter));
    window.click(&button);
    window.see("Stripe gave no answer. Asking again makes sure");
    window.press(&[vec![ESCAPE]]);
    look(&window, "04-no-answer", &mut findings);
    let again = format!("Ask Stripe again about {sum}");
    window.click(&again);
    window.see("A part of the transfer");
    window.click(&again);
    window.see(&format!("{sum} came back from"));
    window.see_no_more("Take it back at Stripe");
    window.see(&format!("Took {sum} back from the host's balance"));
    look(&window, "05-taken-back", &mut findings);
    let reversed: i64 = stripe.transfers().iter().map(|t| t.amount_reversed).sum();
    assert_eq!(reversed, cents(&paid, "host_amount"));
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn connect_by_command(machine: &Machine, ledger: &Path, stripe: &FakeStripe) {
    let ana = PRACTICE_USERS[0];
    let connected = machine
        .command(&built("hostledger"))
        .env("HOSTLEDGER_LEDGER", ledger)
        .env("HOSTLEDGER_USER", ana.name)
        .env("HOSTLEDGER_PASSPHRASE", ana.passphrase)
        .env("HOSTLEDGER_STRIPE_KEY", KEY)
        .args([
            "stripe",
            "connect",
            "--key-store",
            "file",
            "--base-url",
            &stripe.url(),
        ])
        .output()
        .expect("hostledger starts");
    let said = String::from_utf8_lossy(&connected.stderr);
    assert!(connected.status.success(), "{said}");
}

/// A booking that the batch paid.
fn paid_in(machine: &Machine, ledger: &Path, batch: &Value) -> Value {
    let payouts: Vec<String> = batch["payouts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|p| text(p, "payout_id"))
        .collect();
    let mut all = commissions(machine, ledger);
    all.retain(|c| payouts.contains(&text(c, "payout_id")) && c["refunded"] == "0.00");
    all.into_iter().next().expect("a paid booking")
}

/// The page from its top, without what was said in passing.
pub(crate) fn look(window: &Window, name: &str, findings: &mut Vec<String>) {
    let script = "
        document.querySelectorAll('.mantine-Notification-closeButton').forEach((b) => b.click());
        document.querySelectorAll('#page *').forEach((e) => { if (e.scrollTop > 0) e.scrollTop = 0; });";
    window.ask(script, &[]);
    axe::look(window, name, findings);
}

fn top(window: &Window) {
    let script = "document.querySelectorAll('#page *').forEach((e) => { if (e.scrollTop > 0) e.scrollTop = 0; });";
    window.ask(script, &[]);
}

/// Writes a paper with one of the buttons, and looks at its first bytes.
pub(crate) fn paper(window: &Window, machine: &Machine, button: &str, name: &str) {
    let file = machine.path(name);
    window.click(button);
    window.fill("File", &file.to_string_lossy());
    window.click("Write the PDF");
    window.see(&format!("{name} is written."));
    let bytes = std::fs::read(&file).expect("the paper");
    assert!(bytes.starts_with(b"%PDF"), "{name} is no PDF");
}

pub(crate) fn text(v: &Value, name: &str) -> String {
    v[name].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn cents(v: &Value, name: &str) -> i64 {
    text(v, name).replace('.', "").parse().unwrap_or(0)
}

pub(crate) fn commissions(machine: &Machine, ledger: &Path) -> Vec<Value> {
    let all = machine.ask(ledger, 0, &["commissions", "list"]);
    all.as_array().expect("commissions").clone()
}

/// Paid ones of the last weeks, dear ones first.
pub(crate) fn paid_bookings(machine: &Machine, ledger: &Path) -> Vec<Value> {
    let mut all = commissions(machine, ledger);
    all.retain(|c| {
        c["status"] == "PAID"
            && c["refunded"] == "0.00"
            && text(c, "payable_on").as_str() >= "2026-02-25"
    });
    all.sort_by_key(|c| (-cents(c, "price"), text(c, "booking_id")));
    assert!(all.len() > 12, "the sample pays some");
    all
}

pub(crate) fn week_taken_in(machine: &Machine, sample: &Sample) {
    for (what, file) in ["hosts", "bookings"].into_iter().zip(&sample.inbox) {
        machine.ask(
            &sample.ledger,
            0,
            &["import", what, &file.to_string_lossy()],
        );
    }
    machine.ask(&sample.ledger, 0, &["commissions", "process"]);
}

/// A paid booking of the host who is due the most, so that a clawback leaves a payout.
fn paid_booking_of_a_busy_host(machine: &Machine, ledger: &Path) -> Value {
    let mut due: BTreeMap<String, i64> = BTreeMap::new();
    for c in commissions(machine, ledger) {
        if c["status"] == "PROCESSED" {
            *due.entry(text(&c, "host_id")).or_default() += cents(&c, "host_amount");
        }
    }
    let paid = paid_bookings(machine, ledger);
    let busiest = paid
        .iter()
        .max_by_key(|c| due.get(&text(c, "host_id")).copied().unwrap_or(0));
    busiest.expect("a paid booking").clone()
}

pub(crate) fn go_to(window: &Window, place: &str) {
    window.ask("location.hash = arguments[0];", &[json!(place)]);
}

fn empty_desk(window: &Window, findings: &mut Vec<String>) {
    // "g d" goes to the disputes.
    window.press(&[vec!['g'], vec!['d']]);
    window.see_page("Disputes");
    window.see("No open disputes");
    window.see("Nothing open, nothing held back.");
    look(window, "01-empty", findings);
}

fn entered_by_hand(window: &Window, paid: &Value, findings: &mut Vec<String>) {
    let id = text(paid, "booking_id");
    window.press(&[vec!['n']]);
    window.see("Who disputes");
    window.fill("Booking", "bk-nowhere");
    window.see("There is no");
    window.fill("Booking", &id);
    window.see("Complaints about this session are accepted until");
    window.fill("Reason", "The host was 20 minutes late, and left early");
    window.fill("Evidence due", "2026-03-18");
    window.click_field("Reason");
    look(window, "02-enter", findings);
    window.fill("Amount, USD", "9000.00");
    window.click("Enter the complaint, 9,000.00 USD");
    window.see_alert("somewhat more than the price");
    look(window, "03-refused", findings);
    window.fill("Amount, USD", &text(paid, "price"));
    window.click("Enter the complaint*");
    window.see_page(&format!("Complaint about {id}"));
    window.see("held back");
    window.see("In 2 days, 18 Mar");
}

fn worked_on(window: &Window, machine: &Machine, findings: &mut Vec<String>) {
    window.click("With nobody");
    window.click("Take it myself");
    window.see_button("With me");
    window.fill("Note", "Spoke with the participant: wants half back.");
    window.click("Add the note");
    window.see("ana noted");
    let log = machine.path("session log.txt");
    std::fs::write(&log, "10:00 the host joins\n10:40 the host leaves\n").expect("a file");
    window.click("Attach a file");
    window.fill("File", &log.to_string_lossy());
    window.click("Attach");
    window.see("session log.txt is attached.");
    window.click("Save a copy of session log.txt");
    let copy = machine.path("copy.txt");
    window.fill("File", &copy.to_string_lossy());
    window.click("Save the copy");
    window.see("is written.");
    let kept = std::fs::read_to_string(&copy).expect("the copy");
    assert!(kept.contains("the host leaves"), "{kept}");
    window.click("Change");
    window.fill("Evidence due", "2026-03-20");
    window.click_field("Reason");
    look(window, "04-change", findings);
    window.click("Change");
    window.see("In 4 days, 20 Mar");
    paper(window, machine, "Letter to the host", "letter.pdf");
    window.see("What each outcome would do");
    look(window, "04-page", findings);
    window.resize(1400, 900);
    top(window);
    window.shoot("05-page-large");
    window.resize(1024, 700);
}

fn lost(window: &Window, paid: &Value, findings: &mut Vec<String>) {
    let amount = text(paid, "host_amount");
    window.click("What would be posted");
    window.see("liabilities:refunds due");
    look(window, "06-outcomes", findings);
    let button = format!("Close as lost, take back {amount} USD");
    window.click(&button);
    window.see("The participant gets the money back.");
    window.fill("Reason", "The log shows that the host left early");
    look(window, "07-close", findings);
    window.click(&button);
    window.see("If it is decided the other way");
    window.see("closed it as lost: The log shows that the host left early");
    look(window, "08-lost", findings);
    window.press(&[vec![ESCAPE]]);
    window.see_page("Disputes");
    window.see("Nothing open, nothing held back.");
}

/// The host's next payout is smaller by what was lost.
fn netted(window: &Window, paid: &Value, findings: &mut Vec<String>) {
    go_to(window, "/payouts/prepare");
    window.see("Nothing is stored yet.");
    window.click("Prepare*");
    window.see_page("Batch of Mon 16 Mar 2026");
    go_to(window, &format!("/hosts/{}", text(paid, "host_id")));
    window.see("Balance in the books");
    look(window, "09-host", findings);
    window.click("2026-03-16");
    window.see(&format!("\u{2212}{} USD", text(paid, "host_amount")));
    look(window, "10-netted", findings);
}

fn decided_the_other_way(window: &Window, paid: &Value, findings: &mut Vec<String>) {
    let id = text(paid, "booking_id");
    go_to(window, &format!("/disputes?state=all&text={id}"));
    window.click_first_row();
    window.see("Last events");
    look(window, "11-drawer", findings);
    window.press(&[vec![ENTER]]);
    window.see_page(&format!("Complaint about {id}"));
    let button = format!("Close as won, give back {} USD", text(paid, "host_amount"));
    window.click(&button);
    window.fill("Reason", "The participant took it back after all");
    window.click(&button);
    window.see("closed it as won");
    look(window, "12-won-after-all", findings);
}

/// What a bank's file brings: one of each kind of state, and one that can't be.
fn disputes_file(machine: &Machine, paid: &[Value]) -> PathBuf {
    let head = "dispute_id,booking_id,kind,reason,amount,currency,status,opened_at,evidence_due_by,closed_at";
    let rows = [
        (
            DP,
            "CHARGEBACK,product_not_received",
            "needs_response",
            "2026-03-19T12:00:00Z",
        ),
        (
            "du_overdue",
            "CHARGEBACK,fraudulent",
            "needs_response",
            "2026-03-13T12:00:00Z",
        ),
        (
            "du_later",
            "CHARGEBACK,duplicate",
            "needs_response",
            "2026-04-02T12:00:00Z",
        ),
        (
            "du_asked",
            "CHARGEBACK,general",
            "warning_needs_response",
            "2026-03-24T12:00:00Z",
        ),
        ("du_closed", "CHARGEBACK,unrecognized", "warning_closed", ""),
        (
            "cmp-4411",
            "COMPLAINT,The picture froze again and again",
            "under_review",
            "",
        ),
    ];
    let mut lines = vec![head.to_owned()];
    for ((id, kind, status, due), booking) in rows.iter().zip(paid) {
        let (b, amount) = (text(booking, "booking_id"), text(booking, "price"));
        let (kind, reason) = kind.split_once(',').unwrap_or_default();
        lines.push(format!(
            "{id},{b},{kind},{reason},{amount},USD,{status},2026-03-11T08:30:00Z,{due},"
        ));
    }
    lines.push(
        "du_nowhere,bk-nowhere,CHARGEBACK,general,10.00,USD,needs_response,2026-03-11T08:30:00Z,,"
            .into(),
    );
    let file = machine.path("disputes-2026-03-16.csv");
    std::fs::write(&file, lines.join("\n")).expect("a file");
    file
}

fn imported(window: &Window, file: &Path, findings: &mut Vec<String>) {
    window.go("Imports", "Imports");
    window.fill("Path of a file to import", &file.to_string_lossy());
    window.click("Preview");
    window.see("Nothing is stored yet");
    window.see("Disputes · 7 rows: 6 new, 1 exception");
    look(window, "01-preview", findings);
    window.click("Take in 7 rows");
    window.see_page("Exceptions");
    window.see("1 row could not be taken in");
    look(window, "02-exceptions", findings);
}

fn desk(window: &Window, findings: &mut Vec<String>) {
    // The palette finds one by its id.
    window.press(&[vec![CONTROL, 'k']]);
    window.see("Go to or do");
    window.type_over("du_1PqR");
    window.see(&format!("Dispute {DP}"));
    window.press(&[vec![ESCAPE]]);
    window.see_no_more("Go to or do");
    window.go("Disputes", "Disputes");
    window.see("6 open, 1 overdue, 1 due within a week");
    window.see("3 days overdue, 13 Mar");
    window.see("In 3 days, 19 Mar");
    look(window, "03-desk", findings);
    window.resize(1400, 900);
    window.shoot("04-desk-large");
    window.resize(1024, 700);
    window.click("Add filter");
    window.click("Due within 7 days");
    window.see("Filtered: 2 disputes");
    look(window, "05-due", findings);
    window.click("Remove filter: Evidence due within 7 days");
    window.see("6 disputes");
    // The keyboard alone: down to the second row, its details, its page.
    window.press(&[vec!['j'], vec!['j'], vec![ENTER]]);
    window.see("Last events");
    look(window, "06-drawer", findings);
    window.press(&[vec![ENTER]]);
    window.see_page("Chargeback about *");
    window.see("What each outcome would do");
    look(window, "07-page", findings);
}

fn evidence(window: &Window, machine: &Machine, findings: &mut Vec<String>) {
    window.click("Evidence");
    window.see("Put together from what the ledger knows.");
    look(window, "08-evidence", findings);
    let why = "Why nothing more is refunded";
    let centre = "find('field', arguments[0]).scrollIntoView({ block: 'center' });";
    window.ask(centre, &[json!(why)]);
    window.fill(why, "The session took place in full length.");
    window.click("Save *");
    window.see("These texts are handed in as they stand here.");
    paper(window, machine, "Evidence as PDF", "evidence.pdf");
    window.click("I have looked it through");
    window.see("Looked through ana");
    look(window, "09-looked-through", findings);
    window.click("I handed it in elsewhere");
    window.see("Nothing is sent from here.");
    look(window, "10-hand-in", findings);
    window.click("Record *");
    window.see("Handed in ana");
    look(window, "11-handed-in", findings);
    window.click("Story");
    window.see("under review");
}

fn won(window: &Window, paid: &Value, findings: &mut Vec<String>) {
    let button = format!("Close as won, set {} USD free", text(paid, "host_amount"));
    window.click(&button);
    window.fill("Reason", "The bank decided for the host");
    look(window, "12-close", findings);
    window.click(&button);
    window.see("If it is decided the other way");
    window.see("Release of a reserve");
    look(window, "13-won", findings);
}

fn warning_let_go(window: &Window, findings: &mut Vec<String>) {
    go_to(window, "/disputes/du_closed");
    window.see("until somebody lets it go here");
    look(window, "14-only-asked", findings);
    window.click("Let it go*");
    window.fill("Reason", "The bank let it be");
    window.click("Let it go*");
    window.see("it holds nothing any more");
}

fn due_at_home(window: &Window, findings: &mut Vec<String>) {
    window.go("Home", "This week's close");
    window.see("overdue evidence for the chargeback about");
    window.see("disputes to answer or let go");
    look(window, "15-home", findings);
}
