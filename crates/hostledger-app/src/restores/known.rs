//! What this computer knows of ledgers, outside of them: the newest head of each one's audit chain
//! that was seen here. An older copy put in a ledger's place lacks it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hostledger_store::keys::write_whole;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where it is kept; set once, before the first ledger is opened.
static PLACE: OnceLock<PathBuf> = OnceLock::new();

/// Names the folder in place of the user's own, as for a service.
pub fn keep_in(folder: PathBuf) {
    drop(PLACE.set(folder));
}

/// The newest state of a ledger that was seen on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The ledger's id.
    pub(crate) ledger_id: String,
    /// The hash of its first audit event.
    pub(crate) root: String,
    /// How many audit events there were.
    pub(crate) events: i64,
    /// The hash of the last.
    pub(crate) head: String,
    /// When it was.
    pub(crate) at: Timestamp,
    /// The ledger's folder.
    pub(crate) folder: PathBuf,
}

fn place() -> Option<PathBuf> {
    if let Some(place) = PLACE.get() {
        return Some(place.clone());
    }
    match std::env::var_os("HOSTLEDGER_STATE_DIR") {
        Some(given) if !given.is_empty() => Some(PathBuf::from(given)),
        _ => Some(
            dirs::state_dir()
                .or_else(dirs::data_local_dir)?
                .join("hostledger"),
        ),
    }
}

fn file_of(ledger_id: &str) -> Option<PathBuf> {
    // Ids are made here; one that was changed from outside names no other file.
    let plain = ledger_id
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-');
    (plain && !ledger_id.is_empty())
        .then(|| Some(place()?.join("ledgers").join(format!("{ledger_id}.json"))))
        .flatten()
}

/// What is known of a ledger; `None`: it was never seen here.
pub(crate) fn of(ledger_id: &str) -> Option<Known> {
    let bytes = std::fs::read(file_of(ledger_id)?).ok()?;
    serde_json::from_slice(&bytes)
        .ok()
        .filter(|k: &Known| k.ledger_id == ledger_id)
}

/// Keeps what was seen.
///
/// # Errors
/// Where nothing can be kept, with the folder.
pub(crate) fn remember(known: &Known) -> std::result::Result<(), (PathBuf, std::io::Error)> {
    let nowhere = || std::io::Error::other("the system names no folder of the user's own");
    let file = file_of(&known.ledger_id).ok_or_else(|| (PathBuf::new(), nowhere()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let keep = || -> std::io::Result<()> {
        private_folder(folder)?;
        let text = serde_json::to_vec_pretty(known)?;
        write_whole(&file, &text).map_err(|e| std::io::Error::other(e.to_string()))
    };
    keep().map_err(|e| (folder.to_owned(), e))
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
