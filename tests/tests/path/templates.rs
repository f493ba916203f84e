//! docs/files.md and the empty files: every column that a kind of file has, described and written.

use std::collections::BTreeSet;
use std::path::Path;

use hostledger_app::imports::ImportKind;
use hostledger_tests::{PREPARER, TestLedger};

/// A column as docs/files.md describes it.
#[derive(Debug, PartialEq, Eq)]
struct Described {
    name: String,
    needed: bool,
}

/// What the page says of one kind: its columns, and its example.
struct Section {
    kind: String,
    columns: Vec<Described>,
    example: String,
}

fn sections() -> Vec<Section> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/files.md");
    let page = std::fs::read_to_string(page).unwrap();
    page.split("\n## `")
        .skip(1)
        .map(|section| {
            let (kind, rest) = section.split_once('`').unwrap();
            let columns = rest
                .lines()
                .filter_map(|line| line.strip_prefix("| `"))
                .map(|line| {
                    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                    assert_eq!(cells.len(), 6, "{kind}: {line}");
                    assert!(!cells[2].is_empty() && !cells[4].is_empty(), "{line}");
                    let needed = cells[1] == "yes";
                    assert_eq!(needed, cells[3].is_empty(), "{kind}: {line}");
                    Described {
                        name: cells[0].trim_end_matches('`').to_owned(),
                        needed,
                    }
                })
                .collect();
            let example = rest.split("```csv\n").nth(1).unwrap();
            Section {
                kind: kind.to_owned(),
                columns,
                example: example.split("```").next().unwrap().to_owned(),
            }
        })
        .collect()
}

/// Every kind with its columns, as the program reads them.
fn kinds() -> Vec<(&'static str, &'static [(&'static str, bool)])> {
    ImportKind::ALL
        .into_iter()
        .map(|k| (k.as_str(), k.columns()))
        .chain([("fx", hostledger_app::fx::COLUMNS.as_slice())])
        .collect()
}

/// The command that takes a kind in.
fn taking(kind: &str) -> Vec<&str> {
    match kind {
        "fx" => vec!["fx", "import"],
        _ => vec!["import", kind],
    }
}

#[test]
fn b8_the_page_of_files_describes_every_column_of_every_kind() {
    let sections = sections();
    let described: BTreeSet<&str> = sections.iter().map(|s| s.kind.as_str()).collect();
    let known: BTreeSet<&str> = kinds().iter().map(|k| k.0).collect();
    assert_eq!(described, known);
    for (kind, columns) in kinds() {
        let section = sections.iter().find(|s| s.kind == kind).unwrap();
        let have: Vec<(String, bool)> = section
            .columns
            .iter()
            .map(|c| (c.name.to_ascii_lowercase(), c.needed))
            .collect();
        let want: Vec<(String, bool)> = columns.iter().map(|c| (c.0.to_owned(), c.1)).collect();
        assert_eq!(have, want, "{kind}");
    }
}

#[test]
fn b8_the_examples_of_the_page_of_files_are_taken_in() {
    let ledger = TestLedger::paid_through("2026-02-28");
    let order = [
        "hosts",
        "bookings",
        "disputes",
        "stripe-payments",
        "tax-profiles",
        "opening-balances",
        "fx",
    ];
    let sections = sections();
    assert_eq!(order.len(), sections.len());
    for kind in order {
        let example = &sections.iter().find(|s| s.kind == kind).unwrap().example;
        let file = ledger.write(&format!("{kind}.csv"), example);
        let mut command = vec!["--as-of", "2026-03-20"];
        command.extend(taking(kind));
        command.push(&file);
        let taken = ledger.ok(&command);
        match kind {
            "fx" => assert_eq!(taken["rates"], 1, "{taken}"),
            // Of Stripe's payments one isn't disputed.
            "bookings" => assert_eq!(taken["inserted"], 2, "{taken}"),
            _ => assert_eq!(taken["inserted"], 1, "{kind}: {taken}"),
        }
    }
    ledger.check();
}

#[test]
fn b8_a_template_has_every_column_and_is_never_written_over_a_file() {
    let ledger = TestLedger::nowhere();
    for (kind, columns) in kinds() {
        let out = ledger.arg(&format!("{kind}-template.csv"));
        let mut command = taking(kind);
        command.extend(["--template", &out]);
        // It needs no ledger and nobody who signs in.
        let made = ledger
            .command(PREPARER, &command)
            .env_remove("HOSTLEDGER_USER")
            .env_remove("HOSTLEDGER_PASSPHRASE")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert_eq!(made.status.code(), Some(0), "{kind}: {said}");
        let names: Vec<&str> = columns.iter().map(|c| c.0).collect();
        let text = std::fs::read_to_string(&out).unwrap();
        assert_eq!(text, format!("{}\n", names.join(",")), "{kind}");

        std::fs::write(&out, "mine").unwrap();
        let refused = ledger.refused(&command);
        assert_eq!(refused.code, "ALREADY_THERE", "{kind}");
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "mine");
    }
}

#[test]
fn b8_a_template_is_a_file_of_its_kind() {
    let ledger = TestLedger::paid_through("2026-02-28");
    for (kind, _) in kinds() {
        let out = ledger.arg(&format!("{kind}-template.csv"));
        let mut command = taking(kind);
        command.extend(["--template", &out]);
        ledger.ok(&command);
        let mut command = taking(kind);
        command.push(&out);
        let taken = ledger.ok(&command);
        let rows = if kind == "fx" { "rates" } else { "rows" };
        assert_eq!(taken[rows], 0, "{kind}: {taken}");
    }
}

#[test]
fn b8_who_brings_a_file_without_its_columns_is_told_where_they_are() {
    let ledger = TestLedger::new();
    let file = ledger.write("notes.csv", "a,b\n1,2\n");
    for kind in ImportKind::ALL.map(ImportKind::as_str) {
        if kind == "opening-balances" {
            continue;
        }
        let refused = ledger.refused(&["import", kind, &file]);
        assert_eq!(refused.code, "WRONG_FILE");
        let command = format!("`hostledger import {kind} --template FILE`");
        assert!(
            refused.message.contains(&command) && refused.message.contains("docs/files.md"),
            "{}",
            refused.message
        );
    }
    for command in [
        vec!["import"],
        vec!["import", "hosts"],
        vec!["fx", "import"],
    ] {
        let help = ledger
            .command(PREPARER, &[command.as_slice(), &["--help"]].concat())
            .output()
            .unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        assert!(
            help.contains("docs/files.md") && help.contains("--template"),
            "{command:?}: {help}"
        );
    }
}
