//! `ui/src/ipc/bindings.ts`: what the window may call, generated from the shell's Rust types.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::process;

/// Builds the workspace and writes the bindings anew.
pub(crate) fn regenerate() -> Result<()> {
    process::run(process::cargo().arg("build").args(process::SELECTION))?;
    let kept = kept();
    export_to(&kept)?;
    println!("{} is written", kept.display());
    Ok(())
}

/// Compares the bindings in the repository with what the built shell would write.
pub(crate) fn check() -> Result<()> {
    let fresh = process::target_dir().join("bindings.ts");
    export_to(&fresh)?;
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
    };
    ensure!(
        read(&fresh)? == read(&kept())?,
        "ui/src/ipc/bindings.ts is not what the commands in src-tauri say"
    );
    Ok(())
}

fn kept() -> PathBuf {
    process::root().join("ui/src/ipc/bindings.ts")
}

/// Lets the shell's own program write the bindings to a file. It is part of the workspace build, so
/// no other package selection is compiled for it.
fn export_to(path: &Path) -> Result<()> {
    let mut export = process::command(&process::built("export-bindings").to_string_lossy());
    process::run(export.arg(path))
}
