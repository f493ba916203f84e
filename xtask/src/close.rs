//! The weekly close in a terminal: two people, the real `hostledger`, every command and its result.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::process;
use crate::run::{Sample, User};
use crate::show;

/// Done.
const DONE: i32 = 0;
/// Refused or failed.
const REFUSED: i32 = 1;
/// Done, but rows went to the exceptions.
const DONE_WITH_EXCEPTIONS: i32 = 3;

/// Someone at the command line of the sample.
struct Person<'a> {
    sample: &'a Sample,
    user: &'a User,
}

impl Person<'_> {
    /// Prints the command, runs it, and returns its JSON. An exit status that isn't expected is an
    /// error with all that the program said.
    fn types(&self, words: &[&str], expected: &[i32]) -> Result<Value> {
        let typed: Vec<_> = words.iter().map(|word| process::quote(word)).collect();
        println!("\n  {}$ hostledger {}", self.user.name, typed.join(" "));
        let output = process::command(&process::built("hostledger").to_string_lossy())
            .current_dir(&self.sample.folder)
            .env("HOSTLEDGER_LEDGER", &self.sample.ledger)
            .env("HOSTLEDGER_USER", &self.user.name)
            .env("HOSTLEDGER_PASSPHRASE", &self.user.passphrase)
            .args(words)
            .arg("--json")
            .output()
            .context("could not start hostledger")?;
        let status = output.status.code().unwrap_or(-1);
        let printed = String::from_utf8_lossy(&output.stdout);
        if !expected.contains(&status) {
            let warnings = String::from_utf8_lossy(&output.stderr);
            bail!("hostledger ended with {status}:\n{printed}{warnings}");
        }
        serde_json::from_str(&printed).with_context(|| format!("not one JSON document: {printed}"))
    }

    fn does(&self, words: &[&str]) -> Result<Value> {
        self.types(words, &[DONE])
    }
}

/// Takes this week's files in and carries the money to a settled batch and a green check.
pub(crate) fn close_the_week(sample: &Sample) -> Result<()> {
    let preparer = person(sample, "preparer", None)?;
    let approver = person(sample, "approver", Some(&preparer.user.name))?;
    let date = sample.practice_date.as_str();
    println!(
        "The sample ledger is {}; its today is {date}.",
        sample.ledger.display()
    );
    println!(
        "{} prepares, {} approves.",
        preparer.user.name, approver.user.name
    );

    println!("Each command runs with --json; its answer is laid out here.");

    title("This week's exports come in");
    take_in(&preparer)?;
    title("Commissions whose hold is over become payable; what looks wrong waits for a person");
    review(&preparer)?;
    title("The batch is prepared, submitted, and approved by someone else");
    let batch = prepare(&preparer, date)?;
    approve(&preparer, &approver, &batch)?;
    title("It goes to a payment file, and is recorded as paid");
    pay(&preparer, &batch)?;
    title("The books");
    books(&preparer)?;
    println!("\nThe week is closed. The ledger, the exports and the payment file are in");
    println!("{}", sample.folder.display());
    Ok(())
}

fn person<'a>(sample: &'a Sample, role: &str, not: Option<&str>) -> Result<Person<'a>> {
    let fits =
        |user: &&User| user.roles.iter().any(|r| r == role) && Some(user.name.as_str()) != not;
    let user = sample.users.iter().find(fits);
    Ok(Person {
        sample,
        user: user.with_context(|| format!("the sample has no other {role}"))?,
    })
}

fn title(text: &str) {
    println!("\n── {text}");
}

fn take_in(preparer: &Person) -> Result<()> {
    for file in &preparer.sample.inbox {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let kinds = ["hosts", "disputes"];
        let kind = kinds
            .into_iter()
            .find(|k| name.contains(k))
            .unwrap_or("bookings");
        let shown = file.strip_prefix(&preparer.sample.folder).unwrap_or(file);
        let words = ["import", kind, &shown.to_string_lossy()];
        let answer = preparer.types(&words, &[DONE, DONE_WITH_EXCEPTIONS])?;
        let counts = [
            "rows",
            "inserted",
            "updated",
            "unchanged",
            "stale",
            "exceptions",
        ];
        show::fields(&answer, &counts);
    }
    let exceptions = preparer.does(&["exceptions", "list"])?;
    show::table(&exceptions, &["line", "code", "message"]);
    Ok(())
}

fn review(preparer: &Person) -> Result<()> {
    let counts = ["processed", "still_pending", "flagged"];
    show::fields(&preparer.does(&["commissions", "process"])?, &counts);
    let blocked = preparer.does(&["commissions", "list", "--blocked"])?;
    let columns = [
        "booking_id",
        "host_id",
        "price",
        "host_amount",
        "currency",
        "blocks",
    ];
    show::table(&blocked, &columns);
    // One flag is settled each way, as a person would after asking; others keep waiting.
    for (rule, action, reason) in [
        (
            "SELF_BOOKING",
            "void",
            "the host booked a seat in the own session",
        ),
        (
            "PRICE_OUTLIER",
            "release",
            "a workshop; the price is confirmed by the host",
        ),
    ] {
        let flagged = blocked.as_array().into_iter().flatten().find(|commission| {
            commission["blocks"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|b| b["rule"] == rule)
        });
        if let Some(booking) = flagged.and_then(|commission| commission["booking_id"].as_str()) {
            preparer.does(&["commissions", action, booking, "--reason", reason])?;
        }
    }
    show::fields(&preparer.does(&["commissions", "process"])?, &counts);
    Ok(())
}

fn prepare(preparer: &Person, date: &str) -> Result<String> {
    let batch = preparer.does(&["payouts", "prepare", "--date", date])?;
    show::fields(&batch, &["batch_id", "status", "digest"]);
    println!("\n    to be paid:");
    show::table(
        &batch["payouts"],
        &["host_id", "amount", "currency", "lines"],
    );
    println!("\n    carried to a later batch:");
    show::table(
        &batch["carried"],
        &["host_id", "amount", "currency", "reasons"],
    );
    println!("\n    total:");
    show::table(&batch["totals"], &["amount", "currency", "payouts"]);
    ensure!(
        batch["payouts"]
            .as_array()
            .is_some_and(|payouts| !payouts.is_empty()),
        "the sample's batch is empty"
    );
    batch["batch_id"]
        .as_str()
        .map(str::to_owned)
        .context("the batch has no id")
}

fn approve(preparer: &Person, approver: &Person, batch: &str) -> Result<()> {
    show::fields(&preparer.does(&["payouts", "submit", batch])?, &["status"]);
    let refusal = preparer.types(&["payouts", "approve", batch], &[REFUSED])?;
    println!(
        "    refused, as it must be: {}",
        refusal["error"]["message"].as_str().unwrap_or("")
    );
    show::fields(&approver.does(&["payouts", "approve", batch])?, &["status"]);
    Ok(())
}

fn pay(preparer: &Person, batch: &str) -> Result<()> {
    let file = "payments.csv";
    let sent = preparer.does(&["payouts", "send", batch, "--rail", "file", "--out", file])?;
    show::fields(&sent, &["status", "sent", "failed", "unknown"]);
    first_lines(&preparer.sample.folder.join(file))?;
    let settled = preparer.does(&["payouts", "settle", batch])?;
    show::fields(&settled, &["status"]);
    Ok(())
}

fn first_lines(file: &Path) -> Result<()> {
    let text =
        fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    println!("\n    the payment file begins:");
    for line in text.lines().take(4) {
        println!("    {line}");
    }
    Ok(())
}

fn books(preparer: &Person) -> Result<()> {
    let balances = preparer.does(&["balances"])?;
    // Hosts are many; the other accounts tell the week's story.
    let others = balances.as_array().into_iter().flatten().filter(|row| {
        !row["account"]
            .as_str()
            .unwrap_or("")
            .starts_with("liabilities:hosts:")
    });
    let columns = ["account", "balance", "currency"];
    show::table(&Value::Array(others.cloned().collect()), &columns);
    let check = preparer.does(&["check"])?;
    show::table(&check["checks"], &["ok", "name"]);
    ensure!(check["ok"] == true, "the check found something");
    Ok(())
}
