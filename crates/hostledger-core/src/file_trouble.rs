//! What a system says of a file, as a refusal in words that say what to do. The system's own words
//! are for programmers; its number is kept with the details.

use std::io::{self, ErrorKind};
use std::path::Path;

use serde_json::json;

use crate::{Code, Error};

/// The refusal of a file that was to be read.
#[must_use]
pub fn cannot_read(path: &Path, e: &io::Error) -> Error {
    let why = match e.kind() {
        ErrorKind::NotFound => "it isn't there. Check the path and the name.",
        ErrorKind::IsADirectory => "it is a folder. Name a file in it.",
        ErrorKind::InvalidData => "it isn't text in UTF-8. Save it as UTF-8 and try that file.",
        _ => in_words(e),
    };
    refusal(path, "read", why, e)
}

/// The refusal of a file or folder that was to be written.
#[must_use]
pub fn cannot_write(path: &Path, e: &io::Error) -> Error {
    if matches!(
        e.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
    ) {
        return Error::new(
            Code::DiskFull,
            format!(
                "The disk is full, so {} can't be written. Make room and try again.",
                path.display()
            ),
        );
    }
    let why = match e.kind() {
        ErrorKind::NotFound => "its folder isn't there. Make the folder, or choose another place.",
        ErrorKind::IsADirectory => "a folder has that name. Choose another name.",
        _ => in_words(e),
    };
    refusal(path, "written", why, e)
}

/// Why a file can't be used, for a sentence that says which.
#[must_use]
pub fn in_words(e: &io::Error) -> &'static str {
    match e.kind() {
        ErrorKind::NotFound => "a file or folder isn't there any more.",
        ErrorKind::PermissionDenied => {
            "the system doesn't allow it. Change the permissions, or choose another place."
        }
        ErrorKind::IsADirectory => "there is a folder where a file should be.",
        ErrorKind::NotADirectory => "a part of the path is a file and no folder. Check the path.",
        ErrorKind::AlreadyExists => "something of that name is there already.",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full. Make room.",
        ErrorKind::ReadOnlyFilesystem => {
            "the disk can only be read. Choose a place that can be written."
        }
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy | ErrorKind::WouldBlock => {
            "another program is using it. Close that and try again."
        }
        ErrorKind::InvalidFilename | ErrorKind::InvalidInput => {
            "that name can't be one of a file. Choose another."
        }
        ErrorKind::InvalidData => "it isn't text in UTF-8.",
        ErrorKind::UnexpectedEof => "it ends too early. Copy it again from where it came.",
        ErrorKind::BrokenPipe => "the program that was to take it has ended.",
        ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::StaleNetworkFileHandle => {
            "the disk or network drive doesn't answer. See that it is connected and try again."
        }
        _ => "the disk or the system refuses it. Check the disk, or try a copy elsewhere.",
    }
}

fn refusal(path: &Path, done: &str, why: &str, e: &io::Error) -> Error {
    let path = path.display().to_string();
    Error::new(Code::FileProblem, format!("{path} can't be {done}: {why}"))
        .with_details(json!({ "path": path, "system_code": e.raw_os_error() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_said_in_words_and_never_in_the_systems() {
        for number in 1..134 {
            let e = io::Error::from_raw_os_error(number);
            for said in [
                cannot_read(Path::new("a.csv"), &e),
                cannot_write(Path::new("a.csv"), &e),
            ] {
                assert!(!said.message.contains("os error"), "{}", said.message);
                assert!(said.message.contains("a.csv"), "{}", said.message);
                assert!(said.message.ends_with('.'), "{}", said.message);
            }
        }
        let full = io::Error::from(ErrorKind::StorageFull);
        assert_eq!(cannot_write(Path::new("a"), &full).code, Code::DiskFull);
        let missing = io::Error::from(ErrorKind::NotFound);
        assert_eq!(
            cannot_read(Path::new("week/a.csv"), &missing).message,
            "week/a.csv can't be read: it isn't there. Check the path and the name."
        );
    }
}
