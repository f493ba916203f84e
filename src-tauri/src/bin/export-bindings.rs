//! `export-bindings OUT_PATH`: writes the window's TypeScript bindings.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(out) = std::env::args_os().nth(1) else {
        eprintln!("usage: export-bindings OUT_PATH");
        return ExitCode::from(2);
    };
    match hostledger_desktop::export_bindings(Path::new(&out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("export-bindings: {e}");
            ExitCode::FAILURE
        }
    }
}
