//! `cargo xtask bench`: builds in release and measures the weekly close beside its floor.

use anyhow::Result;

use crate::process;

/// Builds the command line and the measuring program, and runs it; `sizes` are numbers of bookings.
pub(crate) fn bench(sizes: &[String]) -> Result<()> {
    let packages = [
        "--release",
        "-p",
        "hostledger-cli",
        "-p",
        "hostledger-bench",
    ];
    process::run(process::cargo().arg("build").args(packages))?;
    let program = process::target_dir()
        .join("release")
        .join("hostledger-bench");
    process::run(process::command(&program.to_string_lossy()).args(sizes))
}
