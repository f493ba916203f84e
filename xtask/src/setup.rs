//! What the machine needs: found out, said, and on Debian and Ubuntu installed.

mod conformance;

use std::io::{IsTerminal, Write};
use std::process::Command;
use std::{env, fs, io};

use anyhow::{Context, Result, bail, ensure};

use crate::process::{self, cargo, find, npm, output, succeeds};

/// How much to set up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// What building and running takes.
    Build,
    /// And what the tests take.
    Test,
}

/// Debian's and Ubuntu's packages, each with its reason.
const BUILD_PACKAGES: [(&str, &str); 7] = [
    (
        "build-essential",
        "the C compiler and linker that Rust and SQLCipher use",
    ),
    ("pkg-config", "finds the libraries below"),
    (
        "libwebkit2gtk-4.1-dev",
        "the web view that the window is drawn in",
    ),
    ("librsvg2-dev", "icons"),
    ("libxdo-dev", "keyboard handling of the window's menu"),
    ("libssl-dev", "the cipher under SQLCipher"),
    ("libdbus-1-dev", "the desktop's message bus"),
];
const TEST_PACKAGES: [(&str, &str); 14] = [
    (
        "xvfb",
        "a screen that nobody sees, for the tests in the real window",
    ),
    ("xauth", "access to that screen"),
    ("webkit2gtk-driver", "drives the web view in those tests"),
    ("dbus", "the message bus for programs on that screen"),
    ("dbus-x11", "starts that bus"),
    ("at-spi2-core", "accessibility, which the web view expects"),
    ("fonts-dejavu-core", "letters in the tests' pictures"),
    ("poppler-utils", "reads the batch PDF back"),
    ("hledger", "accepts or refuses the exported journal"),
    (
        "python3",
        "runs Stripe's official SDK, which judges the stand-in for Stripe",
    ),
    ("python3-venv", "keeps that SDK out of the system's Python"),
    (
        "faketime",
        "another clock for the program, to see what a day does to a send",
    ),
    (
        "strace",
        "lets system calls of the program fail, as a bad disk does",
    ),
    ("gnome-keyring", "a keyring that keeps the Stripe key"),
];

/// Cargo programs for the tests: name, version known to work, its reason.
const CARGO_PROGRAMS: [(&str, &str, &str); 3] = [
    ("cargo-nextest", "0.9.143", "runs the tests"),
    (
        "cargo-deny",
        "0.20.2",
        "checks licences and sources of dependencies",
    ),
    (
        "tauri-driver",
        "2.1.0",
        "connects the tests to the real window",
    ),
];

const OLDEST_NODE: (u32, u32) = (20, 19);

/// One thing to install.
struct Missing {
    what: String,
    why: String,
    command: Command,
}

/// Finds what is missing, says it with the reason, asks, and installs it.
pub(crate) fn setup(need: Need, yes: bool) -> Result<()> {
    require_node()?;
    let mut missing = Vec::new();
    if cfg!(target_os = "linux") {
        missing.extend(linux_packages(need)?);
    } else {
        elsewhere()?;
    }
    missing.extend(window_dependencies());
    if need == Need::Test {
        missing.extend(rust_components());
        missing.extend(cargo_programs());
        missing.extend(conformance::missing());
    }
    if missing.is_empty() {
        println!("Set-up: nothing is missing.");
        return Ok(());
    }

    println!("Set-up: this is missing.");
    for item in &missing {
        println!(
            "\n  {}\n    why: {}\n    by:  {}",
            item.what,
            item.why,
            process::line(&item.command)
        );
    }
    if !(yes || agreed()?) {
        bail!("Nothing was installed. Install the above yourself, or say yes next time.");
    }
    for item in &mut missing {
        println!("\n── installing {}", item.what);
        process::run(&mut item.command)
            .with_context(|| format!("Set-up stopped at {}.", item.what))?;
    }
    Ok(())
}

/// Asks on a terminal; elsewhere, and under CI, nobody is there to answer, so it is yes.
fn agreed() -> Result<bool> {
    let ci = env::var("CI").is_ok_and(|value| value == "true");
    if ci || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Ok(true);
    }
    print!("\nInstall it now? [Y/n] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "" | "y" | "yes"
    ))
}

fn require_node() -> Result<()> {
    let version = output(process::command("node").arg("--version"));
    let (major, minor) = OLDEST_NODE;
    let Some(version) = version else {
        bail!(
            "Node.js is missing: it builds the window. Install {major}.{minor} or newer with npm \
             from https://nodejs.org, and call this again."
        );
    };
    let mut parts = version
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    ensure!(
        found >= OLDEST_NODE,
        "Node.js {version} is too old to build the window. Install {major}.{minor} or newer from \
         https://nodejs.org, and call this again."
    );
    ensure!(
        find(if cfg!(windows) { "npm.cmd" } else { "npm" }).is_some(),
        "npm is missing beside Node.js {version}. Install it, and call this again."
    );
    Ok(())
}

fn linux_packages(need: Need) -> Result<Vec<Missing>> {
    let sets = [
        ("building", &BUILD_PACKAGES[..]),
        ("the tests", &TEST_PACKAGES[..]),
    ];
    let sets = if need == Need::Test {
        &sets[..]
    } else {
        &sets[..1]
    };
    if find("apt-get").is_none() || find("dpkg-query").is_none() {
        return other_linux(need);
    }
    let mut wanted = Vec::new();
    let mut why = Vec::new();
    for (_, packages) in sets {
        for (package, reason) in packages
            .iter()
            .filter(|(package, _)| !apt_installed(package))
        {
            wanted.push(*package);
            why.push(format!("{package}: {reason}"));
        }
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let root = output(process::command("id").arg("-u")).as_deref() == Some("0");
    if !root && find("sudo").is_none() {
        bail!(
            "These packages are missing, and only root can install them:\n  {}\nAs root, run:\n  \
             apt-get update && apt-get install -y --no-install-recommends {}",
            why.join("\n  "),
            wanted.join(" ")
        );
    }
    let as_root = || process::command(if root { "env" } else { "sudo" });
    let mut update = as_root();
    update.args(["apt-get", "update"]);
    let mut install = as_root();
    if !root {
        install.arg("env");
    }
    install.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y"]);
    install.arg("--no-install-recommends").args(&wanted);
    Ok(vec![
        Missing {
            what: "the list of packages".to_owned(),
            why: "the packages below must be found in their newest version".to_owned(),
            command: update,
        },
        Missing {
            what: format!("{} system packages", wanted.len()),
            why: why.join("\n         "),
            command: install,
        },
    ])
}

fn apt_installed(package: &str) -> bool {
    let query = ["-W", "-f=${Status}", package];
    output(process::command("dpkg-query").args(query)).as_deref() == Some("install ok installed")
}

/// Other distributions name their packages differently: what can be asked is whether the libraries
/// and programs are there.
fn other_linux(need: Need) -> Result<Vec<Missing>> {
    let libraries = ["webkit2gtk-4.1", "librsvg-2.0", "libcrypto", "dbus-1"];
    let built = succeeds(
        process::command("pkg-config")
            .arg("--exists")
            .args(libraries),
    );
    let programs = ["Xvfb", "WebKitWebDriver", "hledger", "pdftotext", "python3"];
    let tested = need == Need::Build || programs.iter().all(|program| find(program).is_some());
    if built && tested {
        return Ok(Vec::new());
    }
    let list = |packages: &[(&str, &str)]| {
        packages
            .iter()
            .map(|(name, why)| format!("  {name}: {why}\n"))
            .collect::<String>()
    };
    bail!(
        "This is not Debian or Ubuntu, so nothing is installed for you. Install what your \
         distribution calls:\n{}and for the tests:\n{}and call this again.",
        list(&BUILD_PACKAGES),
        list(&TEST_PACKAGES)
    )
}

/// macOS and Windows: checks what can be checked, and where it is missing prints what to install.
fn elsewhere() -> Result<()> {
    let (ready, list) = if cfg!(target_os = "macos") {
        (
            succeeds(process::command("xcode-select").arg("-p")),
            "\
  Xcode's command line tools, the compiler and linker:   xcode-select --install
  Rust 1.95 or newer:                                    https://rustup.rs
  Node.js 20.19 or newer:                                https://nodejs.org
The web view and the cipher come with macOS. For the tests also: brew install hledger poppler python
The tests in the real window run on Linux only.",
        )
    } else {
        (
            env::var_os("OPENSSL_DIR").is_some(),
            "\
  Visual Studio Build Tools with \"Desktop development with C++\":
      winget install Microsoft.VisualStudio.2022.BuildTools
  Rust 1.95 or newer, x86_64-pc-windows-msvc:   winget install Rustlang.Rustup
  Node.js 20.19 or newer:                       winget install OpenJS.NodeJS.LTS
  OpenSSL, the cipher under SQLCipher:          vcpkg install openssl:x64-windows-static-md
      then set OPENSSL_DIR to vcpkg's installed\\x64-windows-static-md and OPENSSL_STATIC to 1
  WebView2, the web view; part of Windows 11:   winget install Microsoft.EdgeWebView2Runtime
For the tests also Python 3:                    winget install Python.Python.3.12
The tests in the real window run on Linux only.",
        )
    };
    ensure!(
        ready,
        "Nothing is installed for you on this system. Install:\n{list}"
    );
    Ok(())
}

fn window_dependencies() -> Option<Missing> {
    let ui = process::root().join("ui");
    let written = |file: &str| {
        fs::metadata(ui.join(file))
            .and_then(|meta| meta.modified())
            .ok()
    };
    // npm writes the hidden file last, so it is at least as new as the list it was made from.
    let installed = written("node_modules/.package-lock.json");
    if installed.is_some() && installed >= written("package-lock.json") {
        return None;
    }
    let mut command = npm();
    command.args(["ci", "--no-audit", "--no-fund"]);
    Some(Missing {
        what: "the window's npm packages, into ui/node_modules".to_owned(),
        why: "React, Mantine and the tools that build and check the window".to_owned(),
        command,
    })
}

fn rust_components() -> Option<Missing> {
    let wanted = [("fmt", "rustfmt"), ("clippy", "clippy")];
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(subcommand, _)| !succeeds(cargo().args([subcommand, "--version"])))
        .map(|(_, component)| *component)
        .collect();
    let mut command = process::command("rustup");
    command.args(["component", "add"]).args(&missing);
    (!missing.is_empty()).then(|| Missing {
        what: format!("Rust's {}", missing.join(" and ")),
        why: "format and lints are checked".to_owned(),
        command,
    })
}

fn cargo_programs() -> impl Iterator<Item = Missing> {
    CARGO_PROGRAMS
        .iter()
        .filter(|(name, ..)| find(name).is_none())
        .map(|(name, version, why)| {
            let mut command = cargo();
            // Unoptimised: built in half the time, and fast enough for what they do here.
            command.args(["install", "--locked", "--debug", name, "--version", version]);
            Missing {
                what: format!("{name} {version}"),
                why: (*why).to_owned(),
                command,
            }
        })
}
