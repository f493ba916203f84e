//! A ledger in a folder of its own, worked on as a person does: through the `hostledger` program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hostledger_store::Ledger;
use hostledger_store::keys::{DataKey, KeyFile};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// Prepares, submits, sends and settles; the ledger's first user, with all roles.
pub const PREPARER: &str = "ana";
/// Approves, and nothing else.
pub const APPROVER: &str = "ben";

/// The program under test: `HOSTLEDGER_BIN`, or the one built beside this test.
///
/// # Panics
/// Where it isn't built.
#[must_use]
pub fn program() -> PathBuf {
    if let Some(given) = std::env::var_os("HOSTLEDGER_BIN") {
        return given.into();
    }
    let test = std::env::current_exe().expect("a test knows its own path");
    let name = format!("hostledger{}", std::env::consts::EXE_SUFFIX);
    // Tests are in target/<profile>/deps, programs that measure beside the one they measure.
    let places = test.ancestors().skip(1).take(2);
    let found = places.map(|p| p.join(&name)).find(|p| p.exists());
    found.unwrap_or_else(|| {
        panic!(
            "no {name} beside {}: build the workspace first",
            test.display()
        )
    })
}

/// What the program answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Exit status; -1 where a signal ended it.
    pub status: i32,
    /// The one JSON document on standard output; null where there was none.
    pub json: Value,
    /// What went to standard error.
    pub stderr: String,
}

/// A refusal: exit status 1 with an error document.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The stable code.
    pub code: String,
    /// What a person is told.
    pub message: String,
    /// The facts.
    pub details: Value,
}

/// A ledger in a temporary folder that goes when this does.
#[derive(Debug)]
pub struct TestLedger {
    dir: TempDir,
}

impl TestLedger {
    /// A place without a ledger yet.
    ///
    /// # Panics
    /// Where no temporary folder can be made.
    #[must_use]
    pub fn nowhere() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("hostledger-test-")
            .tempdir();
        Self {
            dir: dir.expect("a temporary folder"),
        }
    }

    /// A new ledger of [`PREPARER`] with [`APPROVER`] as second person.
    #[must_use]
    pub fn new() -> Self {
        let ledger = Self::nowhere();
        ledger.ok(&["init"]);
        ledger.add_user(APPROVER, "approver");
        ledger
    }

    /// A new ledger of hosts who were paid elsewhere through a day, with [`APPROVER`] as second
    /// person.
    #[must_use]
    pub fn paid_through(day: &str) -> Self {
        let ledger = Self::nowhere();
        ledger.ok(&["init", "--paid-through", day]);
        ledger.add_user(APPROVER, "approver");
        ledger
    }

    /// A ledger with the files of another, as they are now.
    ///
    /// # Panics
    /// Where they can't be copied.
    #[must_use]
    pub fn copy_of(other: &Path) -> Self {
        let ledger = Self::nowhere();
        copy_files(other, &ledger.folder());
        ledger
    }

    /// The ledger's folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.dir.path().join("ledger")
    }

    /// What the ledger's computer knows of ledgers: each test ledger is on a computer of its own.
    #[must_use]
    pub fn state_dir(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    /// A file beside the ledger's folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file beside the ledger's folder; its path as an argument.
    ///
    /// # Panics
    /// Where it can't be written.
    #[must_use]
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.file(name), text).expect("a file beside the ledger");
        self.arg(name)
    }

    /// The path of a file beside the ledger's folder, as an argument.
    #[must_use]
    pub fn arg(&self, name: &str) -> String {
        self.file(name).to_string_lossy().into_owned()
    }

    /// A user's passphrase in these tests.
    #[must_use]
    pub fn passphrase(user: &str) -> String {
        format!("correct horse {user}")
    }

    /// The program, ready to be started for a user on this ledger.
    #[must_use]
    pub fn command(&self, user: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        self.sign(&mut command, user);
        command.arg("--json").args(args);
        command
    }

    /// Gives a command the environment that signs a user in to this ledger.
    pub fn sign(&self, command: &mut Command, user: &str) {
        command
            .env("HOSTLEDGER_LEDGER", self.folder())
            .env("HOSTLEDGER_USER", user)
            .env("HOSTLEDGER_PASSPHRASE", Self::passphrase(user))
            .env("HOSTLEDGER_STATE_DIR", self.state_dir())
            .env_remove("HOSTLEDGER_NEW_PASSPHRASE")
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
    }

    /// Runs a command as [`PREPARER`], whatever comes of it.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_as(PREPARER, args)
    }

    /// Runs a command as a user, whatever comes of it.
    #[must_use]
    pub fn run_as(&self, user: &str, args: &[&str]) -> Answer {
        answer(&mut self.command(user, args))
    }

    /// Runs a command as [`PREPARER`] that must succeed.
    pub fn ok(&self, args: &[&str]) -> Value {
        self.ok_as(PREPARER, args)
    }

    /// Runs a command as a user that must succeed.
    ///
    /// # Panics
    /// Where it doesn't.
    pub fn ok_as(&self, user: &str, args: &[&str]) -> Value {
        let a = self.run_as(user, args);
        assert_eq!(a.status, 0, "{user}: {args:?}: {} {}", a.json, a.stderr);
        a.json
    }

    /// Runs a command as [`PREPARER`] that must be refused.
    pub fn refused(&self, args: &[&str]) -> Refusal {
        self.refused_as(PREPARER, args)
    }

    /// Runs a command as a user that must be refused.
    ///
    /// # Panics
    /// Where it isn't.
    pub fn refused_as(&self, user: &str, args: &[&str]) -> Refusal {
        let answer = self.run_as(user, args);
        answer.refusal(&format!("{user}: {args:?}"))
    }

    /// Adds a user with one role.
    ///
    /// # Panics
    /// Where it is refused.
    pub fn add_user(&self, name: &str, role: &str) {
        let mut command = self.command(PREPARER, &["users", "add", name, "--role", role]);
        let added = answer(command.env("HOSTLEDGER_NEW_PASSPHRASE", Self::passphrase(name)));
        assert_eq!(added.status, 0, "{added:?}");
    }

    /// Takes a file of `hosts` or `bookings` in. Rows may go to the exceptions.
    ///
    /// # Panics
    /// Where the file is refused.
    pub fn import(&self, kind: &str, text: impl AsRef<[u8]>) -> Value {
        self.import_with(&[], kind, text)
    }

    /// As [`Self::import`], as of a day: one after the sessions of the file, where they lie ahead
    /// of the machine's clock.
    ///
    /// # Panics
    /// Where the file is refused.
    pub fn import_as_of(&self, day: &str, kind: &str, text: impl AsRef<[u8]>) -> Value {
        self.import_with(&["--as-of", day], kind, text)
    }

    fn import_with(&self, options: &[&str], kind: &str, text: impl AsRef<[u8]>) -> Value {
        let file = self.write(&format!("{kind}.csv"), text);
        let a = self.run(&[options, &["import", kind, &file]].concat());
        let exceptions = a.json["exceptions"].as_i64();
        let wanted = if exceptions.is_some_and(|n| n > 0) {
            3
        } else {
            0
        };
        assert_eq!(a.status, wanted, "{} {}", a.json, a.stderr);
        a.json
    }

    /// The daily job as of a day.
    pub fn process(&self, day: &str) -> Value {
        self.ok(&["--as-of", day, "commissions", "process"])
    }

    /// Prepares the batch of a day, on that day. What it would pay and what it carries must be all
    /// that hosts are owed and nothing holds, by a bookkeeping of the test's own.
    ///
    /// # Panics
    /// Where it isn't.
    pub fn prepare(&self, day: &str) -> Value {
        let batch = self.ok(&["--as-of", day, "payouts", "prepare", "--date", day]);
        crate::outside::assert_all_is_due(self, &batch);
        batch
    }

    /// Submits a batch and has the second person approve it.
    pub fn approve(&self, batch: &str) {
        self.ok(&["payouts", "submit", batch]);
        let approved = self.ok_as(APPROVER, &["payouts", "approve", batch]);
        assert_eq!(approved["status"], "APPROVED");
    }

    /// Sends an approved batch to a new file `pay-BATCH.csv`; the answer.
    pub fn send(&self, batch: &str) -> Value {
        let out = self.arg(&format!("pay-{batch}.csv"));
        self.ok(&["payouts", "send", batch, "--rail", "file", "--out", &out])
    }

    /// Every commission, as listed.
    ///
    /// # Panics
    /// Where the answer is no list.
    #[must_use]
    pub fn commissions(&self) -> Vec<Value> {
        self.ok(&["commissions", "list"])
            .as_array()
            .expect("a list of commissions")
            .clone()
    }

    /// Proves every invariant.
    ///
    /// # Panics
    /// Where one doesn't hold.
    pub fn check(&self) {
        let a = self.run(&["check"]);
        let failed: Vec<&Value> = a.json["checks"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|c| c["ok"] != true)
            .collect();
        assert!(
            a.status == 0 && a.json["ok"] == true,
            "{failed:?} {} {}",
            a.json["error"],
            a.stderr
        );
    }

    /// The key of the ledger's database, as [`PREPARER`]'s slot holds it.
    ///
    /// # Panics
    /// Where the slot doesn't open.
    #[must_use]
    pub fn data_key(&self) -> DataKey {
        let slots = KeyFile::read(&self.folder()).expect("key slots");
        slots
            .open(PREPARER, &Self::passphrase(PREPARER))
            .expect("a slot that opens")
            .0
    }

    /// The ledger opened as the program opens it.
    ///
    /// # Panics
    /// Where it doesn't open.
    #[must_use]
    pub fn open(&self, key: &DataKey) -> Ledger {
        Ledger::open(&self.folder(), key).expect("a ledger that opens")
    }

    /// Takes a batch's payment file away, as if the send had been interrupted before it was written.
    ///
    /// # Panics
    /// Where it isn't there.
    pub fn unwrite_payment_file(&self, file: &str) {
        std::fs::remove_file(self.file(file)).expect("the payment file");
        self.bare_connection(&self.data_key())
            .execute_batch("UPDATE payout_batches SET file_written_at = NULL")
            .expect("a batch");
    }

    /// A connection to the database that waits for nobody, past every rule of the program.
    ///
    /// # Panics
    /// Where it doesn't open.
    #[must_use]
    pub fn bare_connection(&self, key: &DataKey) -> Connection {
        let conn = Connection::open(Ledger::database_path(&self.folder())).expect("a database");
        conn.pragma_update(None, "key", key.pragma().as_str())
            .expect("a key");
        conn.execute_batch("PRAGMA cipher_page_size = 16384")
            .expect("the ledger's page size");
        conn.busy_timeout(std::time::Duration::ZERO)
            .expect("no waiting");
        conn
    }
}

impl Default for TestLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl Answer {
    /// This answer as the refusal that it must be.
    ///
    /// # Panics
    /// Where it is none.
    #[must_use]
    pub fn refusal(&self, what: &str) -> Refusal {
        assert_eq!(
            self.status, 1,
            "{what} was not refused: {} {}",
            self.json, self.stderr
        );
        let error = &self.json["error"];
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        assert!(
            !text("code").is_empty() && !text("message").is_empty(),
            "{what}: {}",
            self.json
        );
        Refusal {
            code: text("code"),
            message: text("message"),
            details: error["details"].clone(),
        }
    }
}

/// Runs a command to its end.
///
/// # Panics
/// Where it can't be started, or prints something other than one JSON document.
pub fn answer(command: &mut Command) -> Answer {
    let done = command.output().expect("the program starts");
    let stdout = String::from_utf8(done.stdout).expect("UTF-8 on standard output");
    let json = match stdout.trim() {
        "" => Value::Null,
        text => serde_json::from_str(text)
            .unwrap_or_else(|e| panic!("not one JSON document ({e}): {text:.300}")),
    };
    Answer {
        status: done.status.code().unwrap_or(-1),
        json,
        stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_files(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
