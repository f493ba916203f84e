//! Leases: one long job of a kind on a ledger at a time, across processes.
//!
//! A lease is a lock on a file in the ledger's folder, so that the system frees it whenever the
//! holder ends, however it ends; a note beside it says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use hostledger_core::{Code, Error as Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::keys::write_whole;

/// Who holds a lease, for what, since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user's name.
    pub user: String,
    /// What is being done, e.g. `import bookings march.csv`.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// The holder's process.
    pub process: u32,
}

/// A held lease; dropping it frees it.
#[derive(Debug)]
pub struct Lease {
    _lock: File,
    note: PathBuf,
}

impl Drop for Lease {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.note));
    }
}

/// Takes a ledger's lease for long jobs.
///
/// # Errors
/// [`Code::LeaseHeld`] with who holds it.
pub fn take(folder: &Path, user: &str, what: &str, since: Timestamp) -> Result<Lease> {
    let note = folder.join("lease.json");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lease.lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(held(&note).into()),
        Err(TryLockError::Error(e)) => return Err(e.into()),
    }
    let holder = Holder {
        user: user.to_owned(),
        what: what.to_owned(),
        since,
        process: std::process::id(),
    };
    let text = serde_json::to_vec(&holder).map_err(std::io::Error::other)?;
    write_whole(&note, &text)?;
    Ok(Lease { _lock: lock, note })
}

/// As [`take`], for the program itself, waiting for whoever holds it.
///
/// # Errors
/// [`Code::LeaseHeld`] where it isn't free after `patience`.
pub(crate) fn wait(
    folder: &Path,
    what: &str,
    since: Timestamp,
    patience: std::time::Duration,
) -> Result<Lease> {
    const BETWEEN: std::time::Duration = std::time::Duration::from_millis(50);
    let begun = std::time::Instant::now();
    loop {
        match take(folder, "", what, since) {
            Err(Error::Refused(e)) if e.code == Code::LeaseHeld && begun.elapsed() < patience => {
                std::thread::sleep(BETWEEN);
            }
            done => return done,
        }
    }
}

fn held(note: &Path) -> Refusal {
    let holder: Option<Holder> = std::fs::read(note)
        .ok()
        .and_then(|t| serde_json::from_slice(&t).ok());
    let Some(h) = holder else {
        return Refusal::new(
            Code::LeaseHeld,
            "Another job is running on this ledger. Try again when it is done.",
        );
    };
    let who = match h.user.as_str() {
        "" => "Another process",
        user => user,
    };
    Refusal::new(
        Code::LeaseHeld,
        format!(
            "{who} is busy with \"{}\" on this ledger since {} (process {}). Nothing was done here. Try again when that is finished.",
            h.what, h.since, h.process
        ),
    )
    .with_details(serde_json::json!({
        "user": h.user, "what": h.what, "since": h.since.to_string(), "process": h.process
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_job_is_told_who_holds_the_lease() {
        let dir = tempfile::tempdir().unwrap();
        let at: Timestamp = "2026-03-16T09:00:00Z".parse().unwrap();
        let lease = take(dir.path(), "ana", "import bookings a.csv", at).unwrap();
        let e = Refusal::from(take(dir.path(), "ben", "import bookings b.csv", at).unwrap_err());
        assert_eq!(e.code, Code::LeaseHeld);
        assert!(
            e.message.contains("ana") && e.message.contains("a.csv"),
            "{}",
            e.message
        );
        drop(lease);
        assert!(take(dir.path(), "ben", "import bookings b.csv", at).is_ok());
    }
}
