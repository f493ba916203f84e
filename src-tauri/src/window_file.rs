//! What belongs to this window and machine, not to a ledger: the ledgers opened lately and the
//! idle lock. Kept in `window.json` in the data folder.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::log;

/// How many ledgers are remembered.
const REMEMBERED: usize = 8;
/// Minutes without a sign of life after which the window locks, unless somebody chose otherwise.
const IDLE_LOCK_MINUTES: u32 = 15;

/// A ledger that was opened here, as it was then. It says nothing of the money.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub(crate) path: PathBuf,
    pub(crate) ledger_id: String,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    pub(crate) practice_date: Option<String>,
    pub(crate) approvers: u32,
    pub(crate) last_opened_at: Timestamp,
    /// Up to when what syncs with Stripe brought was read here.
    #[serde(default)]
    pub(crate) stripe_read_at: Option<Timestamp>,
}

/// The file's content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WindowFile {
    #[serde(default = "default_lock")]
    pub(crate) idle_lock_minutes: u32,
    #[serde(default)]
    pub(crate) ledgers: Vec<Remembered>,
}

fn default_lock() -> u32 {
    IDLE_LOCK_MINUTES
}

impl Default for WindowFile {
    fn default() -> Self {
        Self {
            idle_lock_minutes: IDLE_LOCK_MINUTES,
            ledgers: Vec::new(),
        }
    }
}

impl WindowFile {
    fn path() -> Option<PathBuf> {
        Some(log::data_folder()?.join("window.json"))
    }

    /// Reads the file; one that is missing or unreadable is an empty one.
    pub(crate) fn load() -> Self {
        Self::path()
            .and_then(|p| fs::read(p).ok())
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// Writes the file whole. A failure costs only memory of this window, so it is logged.
    pub(crate) fn save(&self) {
        let Some(path) = Self::path() else { return };
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        let done = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .map_err(|e| e.to_string())
            .and_then(|()| hostledger_app::files::write(&path, &text).map_err(|e| e.message));
        if let Err(e) = done {
            log::write(&format!("window.json can't be written: {e}"));
        }
    }

    /// What is remembered of a ledger.
    pub(crate) fn of(&self, folder: &Path) -> Option<&Remembered> {
        self.ledgers.iter().find(|l| l.path == folder)
    }

    /// Remembers that what Stripe brought into a ledger was read until now.
    pub(crate) fn stripe_was_read(&mut self, folder: &Path, now: Timestamp) {
        if let Some(ledger) = self.ledgers.iter_mut().find(|l| l.path == folder) {
            ledger.stripe_read_at = Some(now);
            self.save();
        }
    }

    /// Puts a ledger in front.
    pub(crate) fn remember(&mut self, mut ledger: Remembered) {
        let read_at = self.of(&ledger.path).and_then(|l| l.stripe_read_at);
        ledger.stripe_read_at = ledger.stripe_read_at.max(read_at);
        self.ledgers.retain(|l| l.path != ledger.path);
        self.ledgers.insert(0, ledger);
        self.ledgers.truncate(REMEMBERED);
        self.save();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_an_older_window_is_read_with_what_it_lacks() {
        let read: WindowFile = serde_json::from_str("{}").unwrap();
        assert_eq!(read.idle_lock_minutes, IDLE_LOCK_MINUTES);
        assert!(read.ledgers.is_empty());
    }
}
