//! What can go wrong with the ledger's file, as refusals with a remedy.

use hostledger_core as core;
use hostledger_core::{Code, file_trouble};
use rusqlite::ErrorCode;
use serde_json::json;

/// A failure of the database, of a file, or a refusal on the way.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// From the database.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// From the file system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A migration failed.
    #[error(transparent)]
    Migration(#[from] Box<refinery::Error>),
    /// A refusal that is already worded.
    #[error(transparent)]
    Refused(#[from] core::Error),
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A defect of this program: a stored value that no version of it writes.
    #[must_use]
    pub fn stored(what: &str) -> Self {
        Self::Refused(core::Error::new(
            Code::DamagedLedger,
            format!(
                "The ledger holds a value that this program doesn't write ({what}). Run `hostledger check`, and restore the last backup if it fails."
            ),
        ))
    }
}

impl From<Error> for core::Error {
    fn from(e: Error) -> Self {
        match e {
            Error::Refused(e) => e,
            Error::Sqlite(e) => of_sqlite(&e),
            Error::Io(e) if e.kind() == std::io::ErrorKind::StorageFull => disk_full(),
            Error::Io(e) => core::Error::new(
                Code::FileProblem,
                format!(
                    "A file of the ledger can't be read or written: {} Nothing was changed.",
                    file_trouble::in_words(&e)
                ),
            )
            .with_details(json!({ "system_code": e.raw_os_error() })),
            Error::Migration(e) => core::Error::new(
                Code::DamagedLedger,
                format!(
                    "The ledger couldn't be brought to this version's form ({e}). It is as it was; a copy from before is in its backups folder."
                ),
            ),
        }
    }
}

fn disk_full() -> core::Error {
    core::Error::new(
        Code::DiskFull,
        "The disk is full. Nothing was changed. Make room on the disk that holds the ledger and try again.",
    )
}

/// What SQLite says of a sum beyond 64 bits, which has no error code of its own.
fn is_overflow(e: &rusqlite::Error) -> bool {
    matches!(e, rusqlite::Error::SqliteFailure(_, Some(said)) if said == "integer overflow")
}

fn too_large() -> core::Error {
    core::Error::new(
        Code::TooLarge,
        format!(
            "Amounts of this ledger sum to more than {} of a currency's smallest unit, the most that can be added up. Some of them can't be right: undo the import that brought them.",
            i64::MAX
        ),
    )
}

fn of_sqlite(e: &rusqlite::Error) -> core::Error {
    if is_overflow(e) {
        return too_large();
    }
    let (code, message) = match e.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => return disk_full(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            Code::Busy,
            "Another process is writing to this ledger just now. Nothing was changed. Try again when it is done.".to_owned(),
        ),
        Some(ErrorCode::OperationInterrupted) => {
            (Code::Cancelled, "Cancelled. Nothing was changed.".to_owned())
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => (
            Code::DamagedLedger,
            "The ledger's file is damaged or was changed from outside. Nothing was written. Keep the folder as it is and restore the last backup with `hostledger restore`.".to_owned(),
        ),
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (
            Code::FileProblem,
            "The ledger's file can't be read or written. Nothing was changed. Check the disk, and that the folder and its files may be read and written.".to_owned(),
        ),
        _ => (
            Code::Internal,
            format!("The ledger refused a change that should have been possible ({e}). Nothing was changed. Please report this."),
        ),
    };
    core::Error::new(code, message)
}
