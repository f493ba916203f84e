//! `cargo xtask run`: builds everything and shows it on a sample ledger.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::close;
use crate::process::{self, SELECTION, cargo, npm};
use crate::setup::{self, Need};
use crate::steps::Steps;

/// A sample ledger with a week ready to close, as `hostledger sample` made it.
pub(crate) struct Sample {
    /// The folder that holds the ledger and the week's files.
    pub(crate) folder: PathBuf,
    /// The ledger's own folder.
    pub(crate) ledger: PathBuf,
    /// The Monday that the sample takes for today.
    pub(crate) practice_date: String,
    /// The people who may sign in.
    pub(crate) users: Vec<User>,
    /// This week's exports, hosts before bookings.
    pub(crate) inbox: Vec<PathBuf>,
}

/// Someone who may sign in to the sample. The passphrases are for practice and printed.
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) passphrase: String,
    pub(crate) roles: Vec<String>,
}

/// Sets up, builds, makes a fresh sample, and opens the window on it or closes the week here.
pub(crate) fn run(yes: bool) -> Result<()> {
    setup::setup(Need::Build, yes)?;
    let mut steps = Steps::begin();
    let remedy = "In ui/, `npm run build` repeats it.";
    steps.take("build the window", remedy, || {
        process::run(npm().args(["run", "build"]))
    })?;
    let remedy = "The first build takes about ten minutes; what the compiler names above stops it.";
    steps.take("build the programs", remedy, || {
        process::run(cargo().arg("build").args(SELECTION))
    })?;
    let sample = fresh_sample(&process::target_dir().join("sample"))?;
    if has_display() {
        open_window(&sample)
    } else {
        println!("\nThere is no display, so the week is closed here in the terminal.");
        close::close_the_week(&sample)
    }
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn open_window(sample: &Sample) -> Result<()> {
    println!("\nThe sample ledger is {}.", sample.ledger.display());
    println!("Its today is {}. Sign in as:", sample.practice_date);
    for user in &sample.users {
        println!(
            "  {}  passphrase: {}  ({})",
            user.name,
            user.passphrase,
            user.roles.join(", ")
        );
    }
    println!("This week's files to drop on the Imports screen:");
    for file in &sample.inbox {
        println!("  {}", file.display());
    }
    println!("\nThe window is opening; this command ends when it is closed.");
    let program = process::built("hostledger-desktop");
    let mut window = process::command(&program.to_string_lossy());
    window.env("HOSTLEDGER_LEDGER", &sample.ledger);
    process::run(&mut window).context(
        "The window did not end well. If it stayed blank, see Troubleshooting in README.md.",
    )
}

/// Makes the sample anew, so that its week is always open. What an earlier call left is removed.
fn fresh_sample(folder: &Path) -> Result<Sample> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| {
            format!(
                "could not remove the last sample in {}: is a window open on it?",
                folder.display()
            )
        })?;
    }
    let mut make = process::command(&process::built("hostledger").to_string_lossy());
    make.args(["--json", "sample"]).arg(folder);
    let output = make.output().context("could not start hostledger")?;
    anyhow::ensure!(
        output.status.success(),
        "{} failed: {}",
        process::line(&make),
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    read_sample(folder, &answer).context("`hostledger sample` did not answer as expected")
}

fn read_sample(folder: &Path, answer: &Value) -> Option<Sample> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = |value: &Value| {
        value
            .as_array()
            .map(|all| all.iter().filter_map(text).collect())
    };
    let path = |value: &Value| value.as_str().map(|path| folder.join(path));
    let users = answer["users"].as_array()?.iter().map(|user| {
        Some(User {
            name: text(&user["name"])?,
            passphrase: text(&user["passphrase"])?,
            roles: list(&user["roles"])?,
        })
    });
    Some(Sample {
        folder: folder.to_owned(),
        ledger: path(&answer["ledger"])?,
        practice_date: text(&answer["practice_date"])?,
        users: users.collect::<Option<_>>()?,
        inbox: answer["inbox"]
            .as_array()?
            .iter()
            .map(path)
            .collect::<Option<_>>()?,
    })
}
