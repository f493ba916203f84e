//! C9: no serious finding of axe-core on any screen, in light and dark, at the smallest size the
//! window has. The pictures are `small-…`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::close::sign_in;
use crate::keyboard::{CONTROL, ESCAPE};
use crate::machine::Machine;
use crate::window::Window;

/// The places of a ledger in the middle of a week; `BATCH` stands for the draft.
const PLACES: [(&str, &str); 28] = [
    ("home", "/"),
    ("imports", "/imports"),
    ("exceptions", "/imports/exceptions"),
    ("commissions", "/commissions"),
    ("all-commissions", "/commissions?all=true"),
    ("commission-details", "/commissions?open=bk-008003900"),
    ("commission", "/commissions/bk-008003900"),
    ("flags", "/commissions/flags"),
    ("flag-rules", "/commissions/rules"),
    ("disputes", "/disputes"),
    ("all-disputes", "/disputes?state=all"),
    ("exposure", "/disputes/exposure"),
    ("payouts", "/payouts"),
    ("prepare", "/payouts/prepare"),
    ("prepare-carried", "/payouts/prepare?view=carried"),
    ("adjustments", "/payouts/adjustments"),
    ("batch", "/payouts/BATCH"),
    ("hosts", "/hosts"),
    ("host", "/hosts/host-0004"),
    ("trial-balance", "/books"),
    ("accounts", "/books/accounts?prefix=liabilities%3Ahosts"),
    ("journal", "/books/journal"),
    ("audit", "/books/audit"),
    ("check", "/books/check"),
    ("settings", "/settings"),
    ("institutions", "/settings/institutions"),
    ("users", "/settings/users"),
    ("stripe", "/settings/stripe"),
];

#[test]
fn c9_no_serious_axe_finding() {
    let machine = Machine::new();
    let sample = machine.sample();
    let kinds = ["hosts", "bookings", "disputes"];
    for (kind, file) in kinds.into_iter().zip(&sample.inbox) {
        machine.ask(
            &sample.ledger,
            0,
            &["import", kind, &file.to_string_lossy()],
        );
    }
    let bookings = &sample.inbox[1];
    machine.ask(&sample.ledger, 0, &["commissions", "process"]);
    let draft = machine.ask(
        &sample.ledger,
        0,
        &["payouts", "prepare", "--date", "2026-03-16"],
    );
    let batch = draft["batch_id"].as_str().expect("a draft");

    let window = machine.window("small", Some(&sample.ledger));
    bring(&window);
    let mut findings = Vec::new();
    before_signing_in(&window, &mut findings);
    sign_in(&window, 0);
    for (name, place) in PLACES {
        window.ask(
            "location.hash = arguments[0];",
            &[json!(place.replace("BATCH", batch))],
        );
        look(&window, name, &mut findings);
    }
    what_opens_over_a_page(&window, batch, &mut findings);
    preview(&window, bookings, &mut findings);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// Makes a window as small as it gets, and brings axe into its page.
pub(crate) fn bring(window: &Window) {
    window.resize(1024, 700);
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&axe).expect("axe-core, which `npm ci` in ui/ brings");
    window.ask(&format!("{axe}\nreturn 0;"), &[]);
}

fn before_signing_in(window: &Window, findings: &mut Vec<String>) {
    window.see_page("Sample marketplace");
    look(window, "sign-in", findings);
    window.click("Open another ledger");
    window.see_page("Open a ledger");
    look(window, "welcome", findings);
    for (button, name) in [
        ("Create a ledger", "create"),
        ("Open a folder", "open"),
        ("Restore a backup into a new folder", "restore"),
    ] {
        window.click(button);
        window.see_button("Back");
        look(window, name, findings);
        window.click("Back");
    }
    window.click("Open Sample marketplace");
    window.see_page("Sample marketplace");
}

fn what_opens_over_a_page(window: &Window, batch: &str, findings: &mut Vec<String>) {
    window.press(&[vec![CONTROL, 'k']]);
    window.see("Go to or do");
    look(window, "palette", findings);
    window.press(&[vec![ESCAPE]]);
    window.see_no_more("Go to or do");
    window.press(&[vec!['?']]);
    window.see("Next and previous row");
    look(window, "keyboard", findings);
    window.press(&[vec![ESCAPE]]);
    window.see_no_more("Next and previous row");

    window.ask(
        "location.hash = arguments[0];",
        &[json!(format!("/payouts/{batch}"))],
    );
    window.click_first_row();
    look(window, "payout-details", findings);
    window.click("Close details");
    window.click("More");
    look(window, "batch-menu", findings);
    window.click("Cancel the batch");
    look(window, "cancel", findings);
    window.click("Back");
}

fn preview(window: &Window, file: &Path, findings: &mut Vec<String>) {
    window.go("Imports", "Imports");
    window.fill("Path of a file to import", &file.to_string_lossy());
    window.click("Preview");
    window.see("Control totals");
    look(window, "preview", findings);
}

/// Takes the picture of a screen and asks axe, in both themes.
pub(crate) fn look(window: &Window, name: &str, findings: &mut Vec<String>) {
    window.shoot_each(name, |theme| {
        let script = "
            const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(
                (found) => done(found.passes.length > 5 ? found.violations : 'axe saw no page'),
                (error) => done(String(error)));";
        let found = window.session.run_async(script, &[]);
        let found = found.unwrap_or_else(|e| panic!("axe on {name}: {}", e.0));
        let found = found
            .as_array()
            .unwrap_or_else(|| panic!("axe on {name}: {found}"));
        let serious = found
            .iter()
            .filter(|f| f["impact"] == "serious" || f["impact"] == "critical");
        findings.extend(serious.map(|f| format!("{name}, {theme}: {}", in_words(f))));
    });
}

fn in_words(finding: &Value) -> String {
    let nodes = finding["nodes"].as_array().into_iter().flatten().take(3);
    let nodes = nodes.map(|n| format!("{}\n    {}", n["html"], n["failureSummary"]));
    format!(
        "{}: {}\n    {}",
        finding["id"],
        finding["help"],
        nodes.collect::<Vec<_>>().join("\n    ")
    )
}
