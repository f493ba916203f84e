//! Opening and making a ledger, and its transactions.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hostledger_core::{Code, Error as Refusal};
use jiff::Timestamp;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{Error, Result};
use crate::keys::DataKey;
use crate::lease;

pub(crate) mod embedded {
    refinery::embed_migrations!("../../migrations");
}

/// A connection as this crate's functions take it; outside it is only handed on.
pub type Conn = Connection;

/// A lost commit was possible in older versions of SQLite's WAL.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Fixed when a ledger is made.
const PAGE_BYTES: u32 = 16 * 1024;
/// Page cache of a connection, in KiB.
const CACHE_KIB: u32 = 16 * 1024;
/// Page cache of the writer during a large job, in KiB.
const LARGE_CACHE_KIB: u32 = 128 * 1024;

/// With so many pages the write-ahead log is moved into the file after a commit.
const LARGE_WAL_PAGES: i32 = 1000;

/// How long a process waits for another one that brings the ledger to its newest form.
const MIGRATION_WAIT: Duration = Duration::from_secs(120);

const BUSY_WAIT: Duration = Duration::from_secs(10);

/// An open ledger: one writing connection and one for reading.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    key: DataKey,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    /// Why nothing is written to it.
    closed: Mutex<Option<Refusal>>,
}

impl Ledger {
    /// The database's file in a ledger's folder.
    #[must_use]
    pub fn database_path(folder: &Path) -> PathBuf {
        folder.join("ledger.db")
    }

    /// Makes the database of a new ledger.
    ///
    /// # Errors
    /// [`Code::AlreadyThere`] where there is one; file errors.
    pub fn create(folder: &Path, key: &DataKey) -> Result<Self> {
        let path = Self::database_path(folder);
        if path.exists() {
            return Err(Refusal::new(
                Code::AlreadyThere,
                format!(
                    "There is a ledger in {} already. Choose another folder.",
                    folder.display()
                ),
            )
            .into());
        }
        let mut writer = connect(&path, key, OpenFlags::SQLITE_OPEN_CREATE)?;
        migrate(&mut writer)?;
        crate::clean_ids::once(&mut writer)?;
        complete(&mut writer)?;
        let reader = connect(&path, key, OpenFlags::empty())?;
        Ok(Self {
            folder: folder.to_owned(),
            key: key.clone(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            closed: Mutex::new(None),
        })
    }

    /// Opens a ledger; brings an older one to this version's form after a verified backup.
    ///
    /// # Errors
    /// [`Code::NoLedger`], [`Code::NewerLedger`], [`Code::DamagedLedger`].
    pub fn open(folder: &Path, key: &DataKey) -> Result<Self> {
        let path = Self::database_path(folder);
        if !path.exists() {
            return Err(Refusal::new(
                Code::NoLedger,
                format!("{} is missing: the ledger's database is not in its folder. Restore the last backup with `hostledger restore`.", path.display()),
            )
            .into());
        }
        let mut writer = connect(&path, key, OpenFlags::empty())?;
        let known = newest_form();
        let has = form(&writer)?;
        if has > known {
            return Err(Refusal::new(
                Code::NewerLedger,
                format!("This ledger was written by a newer Hostledger (its form is {has}, this program knows {known}). Update the program to open it."),
            )
            .into());
        }
        if has < known {
            bring_up(folder, key, &mut writer, known)?;
        }
        // Also where a process was killed between the two.
        crate::clean_ids::once(&mut writer)?;
        complete(&mut writer)?;
        let reader = connect(&path, key, OpenFlags::empty())?;
        Ok(Self {
            folder: folder.to_owned(),
            key: key.clone(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            closed: Mutex::new(None),
        })
    }

    /// The ledger's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key that encrypts the database, for new key slots.
    #[must_use]
    pub fn data_key(&self) -> &DataKey {
        &self.key
    }

    /// Does everything of a use case in one transaction: all of it, or nothing.
    ///
    /// # Errors
    /// Whatever the work returns, and the database's own; then nothing was changed.
    pub fn write<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.transact(work, |tx| tx.commit())
    }

    /// Like [`Self::write`], but everything is rolled back in the end: what would happen.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn rehearse<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.transact(work, |tx| tx.rollback())
    }

    fn transact<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Conn) -> std::result::Result<T, E>,
        end: impl FnOnce(Transaction<'_>) -> rusqlite::Result<()>,
    ) -> std::result::Result<T, E> {
        if let Some(why) = self.closed().clone() {
            return Err(E::from(why.into()));
        }
        let mut conn = self.writer();
        let tx = conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|e| E::from(e.into()))?;
        let done = work(&tx)?;
        end(tx).map_err(|e| E::from(e.into()))?;
        Ok(done)
    }

    /// Reads one consistent state.
    ///
    /// # Errors
    /// Whatever the work returns, and the database's own.
    pub fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut conn = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = conn.transaction().map_err(|e| E::from(e.into()))?;
        let done = work(&tx)?;
        tx.commit().map_err(|e| E::from(e.into()))?;
        Ok(done)
    }

    /// Gives the writer a large page cache while a large job runs, and shrinks the write-ahead
    /// log after it.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub fn with_large_cache<T, E: From<Error>>(
        &self,
        work: impl FnOnce() -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let set = |kib: u32| -> std::result::Result<(), E> {
            self.writer()
                .execute_batch(&format!("PRAGMA cache_size = -{kib}"))
                .map_err(|e| E::from(e.into()))
        };
        set(LARGE_CACHE_KIB)?;
        let done = work();
        drop(set(CACHE_KIB));
        if done.is_ok() {
            // What is written stands in the log; on a full disk it is moved another time.
            drop(self.checkpoint());
        }
        done
    }

    /// Moves the write-ahead log into the database's file, as far as readers allow.
    ///
    /// # Errors
    /// The database's own.
    pub fn checkpoint(&self) -> Result<()> {
        self.writer()
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Lets `stop` end the writer's current statement; cleared with `None`.
    ///
    /// # Errors
    /// The database's own.
    pub fn on_progress(&self, stop: Option<Box<dyn FnMut() -> bool + Send>>) -> Result<()> {
        self.writer().progress_handler(20_000, stop)?;
        Ok(())
    }

    /// A number that changes when another connection or process wrote to the ledger.
    ///
    /// # Errors
    /// The database's own.
    pub fn data_version(&self) -> Result<i64> {
        let conn = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(conn.query_row("PRAGMA data_version", [], |r| r.get(0))?)
    }

    /// Lets every writing transaction from now on be refused; `None`: none.
    pub fn refuse_writes(&self, why: Option<Refusal>) {
        *self.closed() = why;
    }

    fn closed(&self) -> MutexGuard<'_, Option<Refusal>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A ledger that is being made or restored in a folder, by one process at a time: until it is whole
/// a mark says so, and what a killed process left of it is taken away by the next. The key slots come
/// last, so a folder that has them holds a whole ledger, whatever mark is left.
#[derive(Debug)]
pub struct Unfinished {
    mark: PathBuf,
    _alone: File,
}

impl Unfinished {
    /// Marks a folder, which has no ledger, before its files are written.
    ///
    /// # Errors
    /// [`Code::AlreadyThere`] where there is a ledger, [`Code::LeaseHeld`] where another process is
    /// making one; file errors.
    pub fn begin(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mark = Self::mark(folder);
        let [keys, database @ ..] = Self::files(folder);
        let refuse_a_ledger = |was_left: bool| {
            if keys.exists() || (!was_left && database.iter().any(|f| f.exists())) {
                return Err(Refusal::new(
                    Code::AlreadyThere,
                    format!(
                        "There is a ledger in {} already. Choose an empty folder, or sign in to that ledger.",
                        folder.display()
                    ),
                ));
            }
            Ok(())
        };
        // Before there is a mark, which would call what is there unfinished.
        refuse_a_ledger(mark.exists())?;
        let (alone, was_left) = Self::lock(&mark)?;
        if let Err(refused) = refuse_a_ledger(was_left) {
            Self::take_away(&mark);
            return Err(refused.into());
        }
        for left in &database {
            match std::fs::remove_file(left) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(e.into()),
                _ => {}
            }
        }
        Ok(Self {
            mark,
            _alone: alone,
        })
    }

    /// The mark, locked by this process, and whether an ended one left it.
    fn lock(mark: &Path) -> Result<(File, bool)> {
        loop {
            let (mut file, was_left) = match File::create_new(mark) {
                Ok(new) => (new, false),
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                    match File::options().write(true).open(mark) {
                        Ok(there) => (there, true),
                        Err(e) if e.kind() == ErrorKind::NotFound => continue,
                        Err(e) => return Err(e.into()),
                    }
                }
                Err(e) => return Err(e.into()),
            };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(Refusal::new(
                        Code::LeaseHeld,
                        "Another process is making or restoring a ledger in this folder. Nothing was done here.",
                    )
                    .into());
                }
                Err(TryLockError::Error(e)) => return Err(e.into()),
            }
            // Another process may have ended with it in between.
            if !mark.exists() {
                continue;
            }
            if !was_left {
                file.write_all(b"a ledger is being made or restored here\n")?;
                file.sync_all()?;
                crate::keys::sync_folder(mark.parent().unwrap_or_else(|| Path::new(".")))?;
            }
            return Ok((file, was_left));
        }
    }

    /// The ledger is whole, or nothing of it is there. A mark that can't be taken away is taken away
    /// by whoever opens the ledger.
    pub fn finish(self) {
        Self::take_away(&self.mark);
    }

    /// Takes away the mark of a ledger that was opened with its slots, and so is whole.
    pub fn resolve(folder: &Path) {
        let mark = Self::mark(folder);
        if mark.exists() {
            Self::take_away(&mark);
        }
    }

    fn take_away(mark: &Path) {
        drop(std::fs::remove_file(mark));
        if let Some(folder) = mark.parent() {
            drop(crate::keys::sync_folder(folder));
        }
    }

    fn mark(folder: &Path) -> PathBuf {
        folder.join(".unfinished")
    }

    fn files(folder: &Path) -> [PathBuf; 4] {
        let database = Ledger::database_path(folder);
        let beside = |end: &str| {
            let mut name = database.clone().into_os_string();
            name.push(end);
            PathBuf::from(name)
        };
        [
            crate::keys::KeyFile::path(folder),
            beside("-wal"),
            beside("-shm"),
            database,
        ]
    }
}

fn connect(path: &Path, key: &DataKey, flags: OpenFlags) -> Result<Connection> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(Refusal::new(
            Code::Internal,
            "This program was built with a SQLite that can lose commits.",
        )
        .into());
    }
    let mut conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | flags,
    )?;
    conn.pragma_update(None, "key", key.pragma().as_str())?;
    conn.execute_batch(&format!("PRAGMA cipher_page_size = {PAGE_BYTES}"))?;
    conn.busy_timeout(BUSY_WAIT)?;
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cache_size = -{CACHE_KIB};"
    ))?;
    // In place of SQLite's own, which reports a log that can't be moved as a commit that failed.
    conn.wal_hook(Some(|wal: &mut Wal, pages: i32| {
        if pages >= LARGE_WAL_PAGES {
            drop(wal.checkpoint());
        }
        Ok(())
    }))?;
    for (pragma, want) in [
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("trusted_schema", 0),
        ("synchronous", 2),
    ] {
        let have: i64 = conn.query_row(&format!("PRAGMA {pragma}"), [], |r| r.get(0))?;
        if have != want {
            return Err(Refusal::new(
                Code::Internal,
                format!("{pragma} is {have} where it must be {want}."),
            )
            .into());
        }
    }
    conn.set_prepared_statement_cache_capacity(128);
    Ok(conn)
}

/// The form that this program gives a ledger. By number: numbers of versions that were never released
/// are left out.
pub(crate) fn newest_form() -> i64 {
    embedded::migrations::runner()
        .get_migrations()
        .iter()
        .map(|m| i64::from(m.version()))
        .max()
        .unwrap_or(0)
}

/// The form that a ledger has.
pub(crate) fn form(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row(
        "SELECT max(version) FROM refinery_schema_history",
        [],
        |r| r.get(0),
    )?)
}

/// The machine's own time, for the name of a backup and the note of a lease; nothing in the books has it.
#[allow(
    clippy::disallowed_methods,
    reason = "opening a ledger takes no clock, and nothing is recorded by it"
)]
pub(crate) fn machine_time() -> Timestamp {
    Timestamp::now()
}

/// Brings an older ledger to the newest form, after a verified backup; one process at a time.
fn bring_up(folder: &Path, key: &DataKey, writer: &mut Connection, known: i64) -> Result<()> {
    let what = "bringing the ledger to the form of a newer version";
    let _alone = lease::wait(folder, what, machine_time(), MIGRATION_WAIT)?;
    // Another one may have done it meanwhile.
    let has = form(writer)?;
    if has >= known {
        return Ok(());
    }
    crate::backup::before_migration(folder, key, has)?;
    migrate(writer)
}

fn migrate(conn: &mut Connection) -> Result<()> {
    embedded::migrations::runner()
        .set_grouped(true)
        .run(conn)
        .map_err(|e| Error::Migration(Box::new(e)))?;
    Ok(())
}

/// What a migration needs that SQL alone can't do; once, and again where it was interrupted.
fn complete(conn: &mut Connection) -> Result<()> {
    const DONE: &str = "payment_ids_filled";
    if crate::meta::get(conn, DONE)?.is_some() {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    crate::charges::fill(&tx)?;
    crate::imports::print_open(&tx)?;
    crate::meta::set(&tx, DONE, "1")?;
    tx.commit()?;
    Ok(())
}

/// Opens any database file with a key, to verify a copy.
pub(crate) fn open_copy(path: &Path, key: &DataKey) -> Result<Connection> {
    connect(path, key, OpenFlags::empty())
}

/// Makes an empty database file with a key, to copy into.
pub(crate) fn create_copy(path: &Path, key: &DataKey) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "key", key.pragma().as_str())?;
    conn.execute_batch(&format!("PRAGMA cipher_page_size = {PAGE_BYTES}"))?;
    Ok(conn)
}

/// When something happened, for rows that record it.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// The instant.
    pub at: Timestamp,
    /// The business date, today or `--as-of`.
    pub on: jiff::civil::Date,
    /// Who; empty for the program itself.
    pub by: &'a str,
    /// The order of all that is done: the number of audit events before it.
    pub step: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use refinery::Target;

    /// What the migration to payouts with their day of sending makes of one that was there before.
    fn sent_at(payout_key: i64, conn: &Connection) -> Option<i64> {
        conn.query_row(
            "SELECT sent_at FROM host_payouts WHERE payout_key = ?",
            [payout_key],
            |r| r.get(0),
        )
        .unwrap()
    }

    #[test]
    fn v13_a_payout_that_left_before_is_known_as_sent_whatever_became_of_it() {
        let mut conn = Connection::open_in_memory().unwrap();
        embedded::migrations::runner()
            .set_target(Target::Version(11))
            .run(&mut conn)
            .unwrap();
        conn.execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO host_payouts (payout_key, payout_id, batch_key, host_key, host_name, currency, amount_minor, destination, status, digest, line_count) VALUES
               (1, 'arrived', 1, 1, '', 'USD', 2500, 'acct_1', 3, '', 1),
               (2, 'bounced', 1, 1, '', 'USD', 2500, 'acct_1', 4, '', 1),
               (3, 'stale', 1, 1, '', 'USD', 2500, 'acct_1', 4, '', 1),
               (4, 'cancelled', 1, 1, '', 'USD', 2500, 'acct_1', 6, '', 1);
             INSERT INTO journal_entries (entry_key, kind, sign, effective_date, recorded_at, currency, host_key, payout_key, leg1, leg2, reverses) VALUES
               (1, 8, 1, 20528, 100, 'USD', 1, 1, 2500, -2500, NULL),
               (2, 8, 1, 20528, 200, 'USD', 1, 2, 2500, -2500, NULL),
               (3, 10, 1, 20528, 300, 'USD', 1, 1, 2500, -2500, NULL),
               (4, 8, -1, 20528, 400, 'USD', 1, 2, 2500, -2500, 2);",
        )
        .unwrap();
        embedded::migrations::runner().run(&mut conn).unwrap();
        let all = [1, 2, 3, 4].map(|key| sent_at(key, &conn));
        assert_eq!(all, [Some(100), Some(200), None, None]);
    }

    /// A ledger of before takes on the form of today with its rows, and learns the new words only.
    #[test]
    fn a_ledger_with_adjustments_learns_of_opening_balances() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "foreign_keys", 1).unwrap();
        let runner = || embedded::migrations::runner().set_grouped(true);
        runner()
            .set_target(Target::Version(11))
            .run(&mut conn)
            .unwrap();
        conn.execute_batch(
            "INSERT INTO imports (import_id, kind, file_name, file_sha256, file_bytes, imported_at, imported_by, as_of)
               VALUES ('i-1', 'hosts', 'hosts.csv', 'aa', 1, 0, 'ana', 0);
             INSERT INTO hosts (host_id, name, email, country, institution_key, status, teaching_years, stripe_account_id, payouts_enabled, content_hash, import_key, line)
               VALUES ('h-1', '', '', '', 1, 1, 0, '', 0, x'00', 1, 2);
             INSERT INTO adjustments (adjustment_id, host_key, currency, amount_minor, kind, reason, status, created_at, created_on, created_by)
               VALUES ('a-1', 1, 'USD', 100, 'CORRECTION', 'before', 'APPROVED', 0, 0, 'ana');",
        )
        .unwrap();
        let add = |conn: &Connection, id: &str, kind: &str| {
            conn.execute(
                "INSERT INTO adjustments (adjustment_id, host_key, currency, amount_minor, kind, reason, status, created_at, created_on, created_by)
                 VALUES (?, 1, 'USD', 100, ?, 'now', 'PROPOSED', 0, 0, 'ana')",
                [id, kind],
            )
        };
        let take = |conn: &Connection, id: &str, kind: &str| {
            conn.execute(
                "INSERT INTO imports (import_id, kind, file_name, file_sha256, file_bytes, imported_at, imported_by, as_of)
                 VALUES (?1, ?2, 'f.csv', ?1, 1, 0, 'ana', 0)",
                [id, kind],
            )
        };
        assert!(add(&conn, "a-2", "OPENING").is_err());
        assert!(take(&conn, "i-2", "opening-balances").is_err());
        runner().run(&mut conn).unwrap();
        add(&conn, "a-2", "OPENING").unwrap();
        take(&conn, "i-2", "opening-balances").unwrap();
        add(&conn, "a-3", "BACKUP_WITHHOLDING").unwrap();
        assert!(add(&conn, "a-4", "GIFT").is_err());
        assert!(take(&conn, "i-3", "gifts").is_err());
        let sound: String = conn
            .query_row("PRAGMA integrity_check", [], |r| r.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
        let kept: i64 = conn
            .query_row(
                "SELECT count(*) FROM adjustments WHERE reason = 'before'",
                [],
                |r| r.get(0),
            )
            .unwrap();
        assert_eq!(kept, 1);
    }

    /// A ledger of an older form with slots, as an earlier version left it.
    fn of_before(folder: &Path) -> DataKey {
        let key = DataKey::random().unwrap();
        let user = crate::keys::UserKey::random().unwrap();
        let mut slots = crate::keys::KeyFile::new("a-ledger".into());
        let cost = crate::keys::Cost::LEAST;
        slots
            .seal_at(cost, "ana", "correct horse", &key, &user)
            .unwrap();
        slots.write(folder).unwrap();
        let path = Ledger::database_path(folder);
        let mut conn = connect(&path, &key, OpenFlags::SQLITE_OPEN_CREATE).unwrap();
        embedded::migrations::runner()
            .set_grouped(true)
            .set_target(Target::Version(11))
            .run(&mut conn)
            .unwrap();
        key
    }

    fn backups_of(folder: &Path) -> Vec<PathBuf> {
        let there = std::fs::read_dir(folder.join("backups")).unwrap();
        there.map(|e| e.unwrap().path()).collect()
    }

    #[test]
    fn m8_the_backup_before_a_migration_is_whole_with_what_stands_in_the_log() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("ledger");
        std::fs::create_dir(&folder).unwrap();
        let key = of_before(&folder);
        // Another process has it open, with rows that stand in its log alone.
        let other = open_copy(&Ledger::database_path(&folder), &key).unwrap();
        crate::meta::set(&other, "name", "in the log").unwrap();
        drop(Ledger::open(&folder, &key).unwrap());
        let [backup] = &backups_of(&folder)[..] else {
            panic!("one backup");
        };
        assert!(
            backup
                .to_string_lossy()
                .ends_with("-before-form-12.hlbackup")
        );
        let restored = dir.path().join("restored");
        crate::backup::restore(backup, &restored, ("ana", "correct horse"), b"{}").unwrap();
        let old = open_copy(&Ledger::database_path(&restored), &key).unwrap();
        assert_eq!(form(&old).unwrap(), 11);
        let name = crate::meta::get(&old, "name").unwrap();
        assert_eq!(name.as_deref(), Some("in the log"));
    }

    #[test]
    fn m8_several_who_open_an_older_ledger_at_once_all_get_in() {
        let dir = tempfile::tempdir().unwrap();
        let key = of_before(dir.path());
        std::thread::scope(|threads| {
            let open = || drop(Ledger::open(dir.path(), &key).unwrap());
            let all: Vec<_> = (0..4).map(|_| threads.spawn(open)).collect();
            all.into_iter().for_each(|t| t.join().unwrap());
        });
        assert_eq!(backups_of(dir.path()).len(), 1, "one of them brought it up");
    }
}
