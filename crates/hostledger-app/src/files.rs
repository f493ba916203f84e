//! Writing files that people asked for: whole or not at all, and never over a file that isn't
//! meant.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use hostledger_core::file_trouble::cannot_write;
use hostledger_core::{Code, Error};
use tempfile::NamedTempFile;

use crate::Result;

/// A file while it is written, beside its place and under a name that no other file has. Dropped,
/// it goes.
pub(crate) struct NewFile {
    file: NamedTempFile,
}

impl NewFile {
    /// Begins a file beside `out`, for whoever new files are for.
    ///
    /// # Errors
    /// [`Code::FileProblem`] where the folder takes none.
    pub(crate) fn beside(out: &Path) -> Result<Self> {
        Self::begin(out, false)
    }

    /// As [`Self::beside`], for its owner alone.
    ///
    /// # Errors
    /// As [`Self::beside`].
    pub(crate) fn private(out: &Path) -> Result<Self> {
        Self::begin(out, true)
    }

    fn begin(out: &Path, private: bool) -> Result<Self> {
        let folder = match out.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".hostledger-").suffix(".part");
        let permissions = permissions(private);
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        builder
            .tempfile_in(folder)
            .map(|file| Self { file })
            .map_err(|e| cannot_write(out, &e))
    }

    /// What is written to.
    pub(crate) fn as_file(&self) -> &File {
        self.file.as_file()
    }

    /// Writes all of it.
    fn write(&self, out: &Path, bytes: &[u8]) -> Result<()> {
        self.as_file()
            .write_all(bytes)
            .map_err(|e| cannot_write(out, &e))
    }

    /// Makes the file durable and puts it in its place, over an older one.
    ///
    /// # Errors
    /// [`Code::FileProblem`].
    pub(crate) fn put(self, out: &Path) -> Result<()> {
        self.finish(out, false)
    }

    /// As [`Self::put`], but never over another file.
    ///
    /// # Errors
    /// [`Code::AlreadyThere`], [`Code::FileProblem`].
    pub(crate) fn put_new(self, out: &Path) -> Result<()> {
        self.finish(out, true)
    }

    fn finish(self, out: &Path, new: bool) -> Result<()> {
        self.file
            .as_file()
            .sync_all()
            .map_err(|e| cannot_write(out, &e))?;
        let done = if new {
            self.file.persist_noclobber(out)
        } else {
            self.file.persist(out)
        };
        done.map(drop).map_err(|e| {
            if e.error.kind() == std::io::ErrorKind::AlreadyExists {
                there(out)
            } else {
                cannot_write(out, &e.error)
            }
        })
    }
}

/// The refusal of a place where a file is already.
pub(crate) fn there(out: &Path) -> Error {
    Error::new(
        Code::AlreadyThere,
        format!("{} exists already. Choose another name.", out.display()),
    )
}

/// Writes a document to a place that a person chose, over an older one: whole or not at all.
///
/// # Errors
/// [`Code::FileProblem`].
pub fn write(out: &Path, bytes: &[u8]) -> Result<()> {
    // A pipe or terminal that somebody named is written to, never replaced.
    if std::fs::metadata(out).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return std::fs::write(out, bytes).map_err(|e| cannot_write(out, &e));
    }
    let new = NewFile::beside(out)?;
    new.write(out, bytes)?;
    new.put(out)
}

/// As [`write`](fn@write), readable by its owner alone.
///
/// # Errors
/// [`Code::FileProblem`].
pub(crate) fn write_private(out: &Path, bytes: &[u8]) -> Result<()> {
    let new = NewFile::private(out)?;
    new.write(out, bytes)?;
    new.put(out)
}

/// Writes a document to a place where no file is yet.
///
/// # Errors
/// [`Code::AlreadyThere`], [`Code::FileProblem`].
pub(crate) fn write_new(out: &Path, bytes: &[u8]) -> Result<()> {
    let new = NewFile::beside(out)?;
    new.write(out, bytes)?;
    new.put_new(out)
}

/// What the system's mask for new files is applied to; `None`: the owner alone.
#[cfg(unix)]
fn permissions(private: bool) -> Option<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    (!private).then(|| std::fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn permissions(_: bool) -> Option<std::fs::Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("paper.pdf");
        for name in ["paper.part", ".paper.pdf.part", "paper.pdf.part"] {
            std::fs::write(folder.path().join(name), "mine").unwrap();
        }
        write(&out, b"first").unwrap();
        write(&out, b"second").unwrap();
        assert_eq!(std::fs::read(&out).unwrap(), b"second");
        let refused = NewFile::beside(&out).unwrap().put_new(&out).unwrap_err();
        assert_eq!(refused.code, Code::AlreadyThere);
        drop(NewFile::beside(&out).unwrap());
        let names: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|f| f.unwrap().path())
            .collect();
        assert_eq!(names.len(), 4, "{names:?}");
        for name in ["paper.part", ".paper.pdf.part", "paper.pdf.part"] {
            assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), b"mine");
        }
    }
}
