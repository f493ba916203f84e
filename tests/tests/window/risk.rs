//! D5: what is at risk in the real window: what can still be disputed, what is held back of payouts,
//! a balance written off, fraud flags with their evidence, and the thresholds behind them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::axe::{self, bring};
use crate::close::sign_in;
use crate::disputes::{cents, commissions, go_to, look, paid_bookings, paper, text, week_taken_in};
use crate::machine::Machine;
use crate::window::Window;

#[test]
fn d5_exposure_reserves_flags_and_write_off() {
    let machine = Machine::new();
    let sample = machine.sample();
    let host = host_who_owes(&machine, &sample.ledger);
    let mut findings = Vec::new();

    let window = machine.window("disputes-risk", Some(&sample.ledger));
    bring(&window);
    sign_in(&window, 0);
    exposure(&window, &mut findings);
    written_off(&window, &machine, &host, &mut findings);
    week_taken_in(&machine, &sample);
    flags(&window, &mut findings);
    thresholds(&window, &mut findings);
    assert_eq!(machine.ask(&sample.ledger, 0, &["check"])["ok"], true);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// Loses complaints about one host's paid bookings until more was taken back than is earned since.
fn host_who_owes(machine: &Machine, ledger: &Path) -> String {
    let mut earned: BTreeMap<String, i64> = BTreeMap::new();
    for c in commissions(machine, ledger) {
        if c["status"] == "PENDING" || c["status"] == "PROCESSED" {
            *earned.entry(text(&c, "host_id")).or_default() += cents(&c, "host_amount");
        }
    }
    let mut paid: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for c in paid_bookings(machine, ledger) {
        paid.entry(text(&c, "host_id")).or_default().push(c);
    }
    let left = |(host, all): &(&String, &Vec<Value>)| {
        let sum: i64 = all.iter().map(|c| cents(c, "host_amount")).sum();
        earned.get(*host).copied().unwrap_or(0) - sum
    };
    let (host, all) = paid.iter().min_by_key(left).expect("a host");
    let mut balance = earned.get(host).copied().unwrap_or(0);
    for c in all {
        if balance < 0 {
            break;
        }
        let booking = text(c, "booking_id");
        let open = ["disputes", "open", &booking, "--kind", "complaint"];
        let words = ["--reason", "The host did not come"];
        let dispute = machine.ask(ledger, 0, &[&open[..], &words].concat());
        let id = text(&dispute, "dispute_id");
        let close = ["disputes", "close", &id, "--outcome", "lost"];
        let because = ["--reason", "The log shows that nobody came"];
        machine.ask(ledger, 0, &[&close[..], &because].concat());
        balance -= cents(c, "host_amount");
    }
    assert!(balance < 0, "{host} owes nothing");
    host.clone()
}

fn exposure(window: &Window, findings: &mut Vec<String>) {
    go_to(window, "/disputes/exposure");
    window.see_page("Exposure");
    window.see("paid to hosts can still be disputed");
    look(window, "01-exposure", findings);
    window.resize(1400, 900);
    window.shoot("02-exposure-large");
    window.resize(1024, 700);
    window.click_first_row();
    window.see("can still be disputed");
    look(window, "03-exposure-host", findings);
    window.click("Hold back a part");
    window.fill("Percent of each payout", "12.5");
    window.fill("Days after the payout's date", "60");
    window.fill("Reason", "Three complaints in a month");
    look(window, "04-hold-back", findings);
    window.click("Hold back 12.5 % for 60 days");
    window.see("60 days after the payout's date");
    look(window, "05-held-back", findings);
    window.click("Hold nothing back");
    window.fill("Reason", "It was the platform's fault");
    window.click("End holding back 12.5 %");
    window.see_button("Hold back a part");
    window.click("Close details");
}

fn written_off(window: &Window, machine: &Machine, host: &str, findings: &mut Vec<String>) {
    go_to(window, &format!("/hosts/{host}"));
    paper(window, machine, "Letter about this balance", "balance.pdf");
    window.click("Write off *");
    window.see("a second person has approved it");
    window.fill("Reason", "The host left the platform");
    look(window, "06-write-off", findings);
    window.click("Write off *");
    window.see("It waits for a second person under Adjustments.");
    go_to(window, "/payouts/adjustments");
    window.see("Write-off");
    look(window, "07-adjustments", findings);
}

fn flags(window: &Window, findings: &mut Vec<String>) {
    go_to(window, "/commissions/flags");
    window.see_page("Fraud flags");
    window.see("wait for a person");
    look(window, "08-flags", findings);
    window.click_first_row();
    window.see("What raised it");
    look(window, "09-flag", findings);
    window.press(&[vec!['r']]);
    window.fill("Reason", "A group of friends; the participant was asked");
    look(window, "10-release", findings);
    window.click("Release 1 commission*");
    window.see("1 released.");
    go_to(window, "/commissions/rules");
    window.see_page("How often each rule was right");
    window.see("Right");
    look(window, "11-rules", findings);
}

fn thresholds(window: &Window, findings: &mut Vec<String>) {
    window.go("Settings", "Settings");
    window.see("Fraud flags");
    window.click("Change or see the history of: Refund policy");
    window.fill("Text", "Full refund until 24 hours before the session.");
    window.fill("Reason", "As agreed by the participants");
    look(window, "12-refund-policy", findings);
    window.click("Set from *");
    window.see("Refund policy is set.");
    let below = "find('button', 'Change or see the history of: Sessions needed to tell that share').scrollIntoView({ block: 'end' });";
    axe::look(window, "13-settings", findings);
    window.ask(below, &[]);
    window.shoot("14-thresholds");
}
