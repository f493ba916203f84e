//! Runs a program and watches its wall time and its peak memory.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// What a run took.
pub(crate) struct Measured {
    pub(crate) wall: Duration,
    /// Peak resident memory in MB; 0 where the system doesn't tell.
    pub(crate) peak_mb: u64,
    pub(crate) output: String,
}

/// Runs a program to its end; a failure is an error.
pub(crate) fn run(program: &Path, args: &[&str], env: &[(&str, &OsStr)]) -> Result<Measured> {
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .envs(env.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| program.display().to_string())?;
    let status = format!("/proc/{}/status", child.id());
    // The outputs are read at the end: they are small, or drained by the threads below.
    let mut stdout = child.stdout.take().context("its output")?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stdout, &mut text).map(|_| text)
    });
    let mut peak_kb = 0;
    let exit = loop {
        if let Some(exit) = child.try_wait()? {
            break exit;
        }
        peak_kb = peak_kb.max(high_water(&status));
        std::thread::sleep(Duration::from_millis(5));
    };
    let wall = started.elapsed();
    let output = reader
        .join()
        .map_err(|_| anyhow::anyhow!("reading the output failed"))??;
    ensure!(
        exit.success(),
        "{} {args:?}: {exit} {output}",
        program.display()
    );
    Ok(Measured {
        wall,
        peak_mb: peak_kb / 1024,
        output,
    })
}

/// The kernel's own high-water mark, so that a look now and then misses nothing but the end.
fn high_water(status: &str) -> u64 {
    let Ok(text) = std::fs::read_to_string(status) else {
        return 0;
    };
    text.lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap_or(0)
}
