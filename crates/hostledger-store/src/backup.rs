//! Backups: one file with the database and the key slots, verified after writing.
//!
//! The file is a line of text, two lengths, the key slots, the (encrypted) database and a SHA-256
//! over all of it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use hostledger_core::{Code, Error as Refusal};
use sha2::{Digest, Sha256};

use crate::Conn;
use crate::error::{Error, Result};
use crate::keys::{DataKey, KeyFile, part_beside, write_whole};
use crate::ledger::{Ledger, Unfinished, form, machine_time, newest_form, open_copy};
use crate::{audit, check};

const MAGIC: &[u8] = b"hostledger backup 1\n";

/// Writes a backup and verifies it by opening the copy.
///
/// # Errors
/// [`Code::AlreadyThere`] where the file exists; [`Code::DamagedLedger`] where the copy doesn't
/// verify; file errors. Then there is no file.
pub fn write(ledger: &Ledger, file: &Path) -> Result<()> {
    if file.exists() {
        return Err(Refusal::new(
            Code::AlreadyThere,
            format!(
                "{} exists already. Choose another name: a backup never replaces a file.",
                file.display()
            ),
        )
        .into());
    }
    let folder = tempfolder(ledger.folder())?;
    let done = write_in(ledger, file, &folder);
    drop(std::fs::remove_dir_all(&folder));
    done
}

fn write_in(ledger: &Ledger, file: &Path, folder: &Path) -> Result<()> {
    write_of(ledger.folder(), ledger.data_key(), file, folder)
}

/// Writes the backup of the ledger in `of`, with `work` to work in.
fn write_of(of: &Path, key: &DataKey, file: &Path, work: &Path) -> Result<()> {
    let copy = work.join("ledger.db");
    // Over a connection of its own, so that nobody who reads waits for the copy.
    let mut own = open_copy(&Ledger::database_path(of), key)?;
    let tx = own.transaction()?;
    // Reading pins the state that is copied, whoever writes meanwhile.
    let head = audit::head(&tx)?;
    export(&tx, &copy, key)?;
    tx.finish()?;
    let keys = std::fs::read(KeyFile::path(of))?;
    let part = part_beside(file)?;
    pack(part.as_file(), &keys, &copy)?;
    let unpacked = work.join("verify");
    std::fs::create_dir(&unpacked)?;
    unpack(part.path(), &unpacked)?;
    verify(&unpacked, key, Some(&head))?;
    part.persist_noclobber(file).map_err(|e| e.error)?;
    crate::keys::sync_folder(file.parent().unwrap_or_else(|| Path::new(".")))?;
    Ok(())
}

/// Copies the database into a new file under the same key, consistently.
fn export(conn: &Conn, copy: &Path, key: &DataKey) -> Result<()> {
    let mut target = crate::ledger::create_copy(copy, key)?;
    let backup = rusqlite::backup::Backup::new(conn, &mut target)?;
    backup.run_to_completion(4096, std::time::Duration::ZERO, None)?;
    drop(backup);
    target.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")?;
    Ok(())
}

fn pack(file: &File, keys: &[u8], database: &Path) -> Result<()> {
    let mut out = Hashing {
        inner: BufWriter::new(file),
        hash: Sha256::new(),
    };
    let mut db = File::open(database)?;
    let length = |n: u64| n.to_le_bytes();
    out.write_all(MAGIC)?;
    out.write_all(&length(keys.len() as u64))?;
    out.write_all(&length(db.metadata()?.len()))?;
    out.write_all(keys)?;
    std::io::copy(&mut db, &mut out)?;
    let hash = out.hash.finalize();
    out.inner.write_all(&hash)?;
    out.inner
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?
        .sync_all()?;
    Ok(())
}

fn unpack(file: &Path, folder: &Path) -> Result<()> {
    let damaged = || {
        Error::from(Refusal::new(
            Code::DamagedLedger,
            format!(
                "{} is no whole Hostledger backup: it is cut short or was changed. Nothing was restored. Take another backup.",
                file.display()
            ),
        ))
    };
    let mut input = Hashing {
        inner: BufReader::new(File::open(file)?),
        hash: Sha256::new(),
    };
    let mut magic = [0; MAGIC.len()];
    let short = |_| damaged();
    input.read_exact(&mut magic).map_err(short)?;
    if magic != MAGIC {
        return Err(damaged());
    }
    let mut length = || -> Result<u64> {
        let mut bytes = [0; 8];
        input.read_exact(&mut bytes).map_err(|_| damaged())?;
        Ok(u64::from_le_bytes(bytes))
    };
    let (keys_length, db_length) = (length()?, length()?);
    let mut copy = |name: &str, length: u64| -> Result<()> {
        let mut out = File::create(folder.join(name))?;
        let copied = std::io::copy(&mut (&mut input).take(length), &mut out)?;
        out.sync_all()?;
        if copied == length {
            Ok(())
        } else {
            Err(damaged())
        }
    };
    copy("keys.json", keys_length)?;
    copy("ledger.db", db_length)?;
    let want = input.hash.finalize();
    let mut hash = [0; 32];
    input.inner.read_exact(&mut hash).map_err(|_| damaged())?;
    if hash == want[..] {
        Ok(())
    } else {
        Err(damaged())
    }
}

fn verify(folder: &Path, key: &DataKey, head: Option<&str>) -> Result<()> {
    let conn = open_copy(&Ledger::database_path(folder), key)?;
    // The books of an older form are proven once it is brought up.
    let checks = match form(&conn)? < newest_form() {
        true => check::of_the_file(&conn)?,
        false => check::run_all(&conn, |_, _| {})?,
    };
    let failed: Vec<String> = checks
        .into_iter()
        .filter(|c| !c.ok)
        .map(|c| format!("{}: {}", c.name, c.detail))
        .collect();
    let same = match head {
        Some(head) => audit::head(&conn)? == head,
        None => true,
    };
    if failed.is_empty() && same {
        return Ok(());
    }
    Err(Refusal::new(
        Code::DamagedLedger,
        format!(
            "The copy doesn't verify ({}). It was taken away again.",
            failed.join("; ")
        ),
    )
    .into())
}

/// Backups with this in their name are of a form that ledgers had before.
pub const BEFORE_FORM: &str = "before-form-";

/// What a restored ledger bears until somebody signs in to it.
pub const RESTORED: &str = "restored.json";

/// Makes a ledger of a backup in a folder that has none, after verifying it with a user's
/// passphrase; `mark` is what [`RESTORED`] holds.
///
/// # Errors
/// [`Code::AlreadyThere`], [`Code::SignInFailed`], [`Code::DamagedLedger`]; then nothing is there.
pub fn restore(
    file: &Path,
    folder: &Path,
    (user, passphrase): (&str, &str),
    mark: &[u8],
) -> Result<()> {
    let unfinished = Unfinished::begin(folder)?;
    let work = tempfolder(folder)?;
    let done = (|| -> Result<()> {
        unpack(file, &work)?;
        let (key, _) = KeyFile::read(&work)?.open(user, passphrase)?;
        verify(&work, &key, None)?;
        put_in_place(&work, folder, mark)
    })();
    drop(std::fs::remove_dir_all(&work));
    unfinished.finish();
    done
}

/// Puts a backup into a folder that has no ledger, without opening it: its own hash shows that it
/// is whole, and every page proves itself when somebody signs in.
///
/// # Errors
/// [`Code::AlreadyThere`], [`Code::DamagedLedger`]; then nothing is there.
pub fn restore_locked(file: &Path, folder: &Path, mark: &[u8]) -> Result<()> {
    let unfinished = Unfinished::begin(folder)?;
    let work = tempfolder(folder)?;
    let done = unpack(file, &work).and_then(|()| put_in_place(&work, folder, mark));
    drop(std::fs::remove_dir_all(&work));
    unfinished.finish();
    if done.is_err() {
        // Only where it is empty.
        drop(std::fs::remove_dir(folder));
    }
    done
}

/// The slots come last: without them a half-restored ledger opens for nobody. So whoever opens it
/// finds the mark.
fn put_in_place(work: &Path, folder: &Path, mark: &[u8]) -> Result<()> {
    write_whole(&folder.join(RESTORED), mark)?;
    drop(std::fs::remove_file(work.join("ledger.db-wal")));
    std::fs::rename(work.join("ledger.db"), Ledger::database_path(folder))?;
    let keys = std::fs::read(work.join("keys.json"))?;
    write_whole(&KeyFile::path(folder), &keys)
}

/// A verified backup, with the key slots, before a ledger is brought to a newer form.
///
/// # Errors
/// [`Code::DamagedLedger`] where the ledger isn't sound as it is; file errors.
pub(crate) fn before_migration(folder: &Path, key: &DataKey, form: i64) -> Result<()> {
    let backups = folder.join("backups");
    std::fs::create_dir_all(&backups)?;
    let now = machine_time().strftime("%FT%H%M%S%.6fZ");
    let file = backups.join(format!("{now}-{BEFORE_FORM}{}.hlbackup", form + 1));
    let work = tempfolder(folder)?;
    let done = write_of(folder, key, &file, &work);
    drop(std::fs::remove_dir_all(&work));
    done
}

/// A folder to work in, beside what will be written. What a killed process left behind a day ago
/// or longer is taken away.
fn tempfolder(near: &Path) -> Result<PathBuf> {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
    for left in std::fs::read_dir(near)?.filter_map(std::result::Result::ok) {
        let old = || {
            left.metadata()
                .ok()?
                .modified()
                .ok()?
                .elapsed()
                .ok()
                .filter(|age| *age > DAY)
        };
        if left.file_name().to_string_lossy().starts_with(".work-") && old().is_some() {
            drop(std::fs::remove_dir_all(left.path()));
        }
    }
    let folder = near.join(format!(".work-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&folder)?;
    Ok(folder)
}

struct Hashing<T> {
    inner: T,
    hash: Sha256,
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hash.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(bytes)?;
        self.hash.update(&bytes[..n]);
        Ok(n)
    }
}
