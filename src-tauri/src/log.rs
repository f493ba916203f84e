//! The application's log: a file in its data folder, without amounts, names or secrets.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

/// A log that grew to this many bytes becomes the old one, and a new one begins.
const LONGEST: u64 = 1 << 20;

/// Where the application keeps what belongs to this machine: `~/.local/share/hostledger` on Linux.
pub(crate) fn data_folder() -> Option<PathBuf> {
    Some(dirs::data_dir()?.join("hostledger"))
}

/// Appends a line. Where that fails there is nobody left to tell.
pub(crate) fn write(line: &str) {
    let Some(folder) = data_folder().map(|d| d.join("logs")) else {
        return;
    };
    let file = folder.join("hostledger.log");
    if fs::metadata(&file).is_ok_and(|m| m.len() > LONGEST) {
        drop(fs::rename(&file, folder.join("hostledger.old.log")));
    }
    let opened = fs::create_dir_all(&folder)
        .and_then(|()| OpenOptions::new().create(true).append(true).open(&file));
    if let Ok(mut out) = opened {
        drop(writeln!(out, "{} {line}", hostledger_app::clock::now()));
    }
}

/// Writes every panic down before the default report of it.
pub(crate) fn keep_panics() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        write(&format!(
            "panic at {place}: {}",
            panic.payload_as_str().unwrap_or("no message")
        ));
        default(panic);
    }));
}
