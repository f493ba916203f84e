//! `cargo xtask test`: every check there is, the quick ones first.

use std::process::Command;

use anyhow::Result;

use crate::bindings;
use crate::display::Display;
use crate::process::{self, SELECTION, cargo, npm};
use crate::setup::{self, Need};
use crate::steps::Steps;

/// Sets up, and runs the checks up to the first that fails. `long` adds the tests marked
/// `#[ignore]`: the many-seed fault runs, which take minutes each.
pub(crate) fn test(long: bool, yes: bool) -> Result<()> {
    setup::setup(Need::Test, yes)?;
    let mut steps = Steps::begin();
    steps.take("format", "Run `cargo fmt --all`.", || {
        process::run(cargo().args(["fmt", "--all", "--check"]))
    })?;
    for (script, title, remedy) in [
        ("types", "the window: types", "Mend what tsc names above."),
        (
            "lint",
            "the window: lint",
            "In ui/, `npm run format` mends most of it.",
        ),
        (
            "test",
            "the window: unit tests",
            "In ui/, `npm test` runs them alone.",
        ),
        // The desktop program is compiled around the built window, so this comes before Rust.
        (
            "build",
            "the window: build",
            "In ui/, `npm run build` repeats it.",
        ),
    ] {
        steps.take(title, remedy, || process::run(npm().args(["run", script])))?;
    }
    steps.take(
        "lints",
        "Mend what clippy names above; an `allow` needs its reason.",
        || {
            let mut clippy = cargo();
            clippy
                .arg("clippy")
                .args(SELECTION)
                .args(["--all-targets", "--", "-D", "warnings"]);
            process::run(&mut clippy)
        },
    )?;
    licences_and_advisories(&mut steps)?;
    steps.take("build", "Mend what the compiler names above.", || {
        process::run(cargo().arg("build").args(SELECTION))
    })?;
    steps.take(
        "the window's bindings",
        "Run `cargo xtask bindings` and keep the result.",
        bindings::check,
    )?;
    let title = if long {
        "tests, the long ones too"
    } else {
        "tests"
    };
    steps.take(
        title,
        "Run one alone with `cargo nextest run --workspace NAME`.",
        || with_a_screen(nextest(long)),
    )?;
    println!("{}", steps.summary());
    Ok(())
}

fn licences_and_advisories(steps: &mut Steps) -> Result<()> {
    let remedy = "deny.toml says what is allowed, and why.";
    steps.take("licences, bans and sources of dependencies", remedy, || {
        process::run(cargo().args(["deny", "check", "licenses", "bans", "sources"]))
    })?;
    // The database is a git repository on another host than the registries.
    if process::succeeds(cargo().args(["deny", "fetch", "db"])) {
        let remedy = "Update what is named above, or answer it in deny.toml with a reason.";
        steps.take("security advisories", remedy, || {
            process::run(cargo().args(["deny", "check", "--disable-fetch", "advisories"]))
        })
    } else {
        steps.skip(
            "security advisories",
            "their database can't be fetched from here",
        );
        Ok(())
    }
}

fn nextest(long: bool) -> Command {
    let mut nextest = cargo();
    nextest.args(["nextest", "run"]).args(SELECTION);
    if long {
        nextest.args(["--run-ignored", "all"]);
    }
    nextest
}

/// Runs the tests with what those in the real window need: a screen and the driver. Only Linux has
/// both; elsewhere the tests that need them are not compiled.
fn with_a_screen(mut tests: Command) -> Result<()> {
    // What the tests' ledgers are remembered by is none of the user's.
    tests.env(
        "HOSTLEDGER_STATE_DIR",
        process::root().join("target/tmp/state"),
    );
    if !cfg!(target_os = "linux") {
        return process::run(&mut tests);
    }
    let display = Display::start()?;
    tests
        .env("DISPLAY", display.name())
        .env("GDK_BACKEND", "x11")
        .env_remove("WAYLAND_DISPLAY");
    if let Some(driver) = process::find("tauri-driver") {
        tests.env("TAURI_DRIVER", driver);
    }
    process::run(&mut tests)
}
