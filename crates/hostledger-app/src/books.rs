//! The books: balances, the journal and its exports, the audit trail, checking, backups.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use hostledger_core::file_trouble::cannot_write;
use hostledger_core::journal::Account;
use hostledger_core::money::format_minor;
use hostledger_core::{Code, Currency, Error};
use hostledger_documents::journal_export::{
    HledgerHead, HledgerJournal, JournalCsv, JournalEntry as ExportEntry, JournalPosting,
};
use hostledger_store::audit::{self, AuditEvent};
use hostledger_store::check::{self, Check};
use hostledger_store::journal::{self, Balance, JournalEntry, Used};
use hostledger_store::{Conn, backup, meta};
use jiff::civil::Date;

use crate::files::{NewFile, there};
use crate::jobs::Job;
use crate::restores::mark_of;
use crate::session::file_problem;
use crate::{Result, Session, clock};

/// The trial balance, up to a date if one is given, or one host's accounts.
///
/// # Errors
/// [`Code::NotFound`].
pub fn balances(s: &Session, as_of: Option<Date>, host_id: Option<&str>) -> Result<Vec<Balance>> {
    s.ledger.read(|conn| {
        let key = host_id
            .map(|id| crate::hosts::find(conn, id).map(|h| h.host_key))
            .transpose()?;
        Ok(journal::balances(conn, as_of, key)?)
    })
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Those that touch an account, by its name; a host's account by its full name.
    pub account: Option<String>,
    /// Those of a booking.
    pub booking_id: Option<String>,
    /// Those of a currency.
    pub currency: Option<Currency>,
}

/// A page of journal entries, newest first; `before` is the key of the last one shown.
///
/// # Errors
/// [`Code::NotFound`] for an unknown account, host or booking.
pub fn entries(
    s: &Session,
    f: &EntryFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<JournalEntry>> {
    s.ledger.read(|conn| {
        if let Some(id) = &f.booking_id {
            let b = hostledger_store::bookings::find(conn, id)?
                .ok_or_else(|| Error::new(Code::NotFound, format!("There is no booking {id}.")))?;
            let mut all = journal::of_booking(conn, b.booking_key)?;
            all.retain(|e| before.is_none_or(|k| e.entry_key < k));
            all.reverse();
            return Ok(all);
        }
        let (account, host) = match f.account.as_deref() {
            None => (None, None),
            Some(name) => account_of(conn, name).map(|(a, h)| (Some(a), h))?,
        };
        Ok(journal::of_account(
            conn, account, host, f.currency, before, limit,
        )?)
    })
}

fn account_of(conn: &Conn, name: &str) -> Result<(Account, Option<i64>)> {
    if let Some(account) = Account::ALL.into_iter().find(|a| a.name() == name) {
        return Ok((account, None));
    }
    if let Some((account, Some(host_id))) = Account::named(name) {
        return Ok((account, Some(crate::hosts::find(conn, &host_id)?.host_key)));
    }
    Err(Error::new(
        Code::NotFound,
        format!("There is no account {name}."),
    ))
}

/// Events of the audit trail, newest first, before a number.
///
/// # Errors
/// The ledger's own.
pub fn audit_trail(s: &Session, before: Option<i64>, limit: i64) -> Result<Vec<AuditEvent>> {
    s.ledger.read(|conn| Ok(audit::page(conn, before, limit)?))
}

/// Proves every invariant of the books and the file's own integrity.
///
/// # Errors
/// The ledger's own; a check that fails is an answer, not an error.
pub fn check(s: &Session, job: &Job) -> Result<Vec<Check>> {
    // Where it can be, so that the file alone proves every page.
    drop(s.ledger.checkpoint());
    s.ledger.read(|conn| {
        Ok(check::run_all(conn, |done, all| {
            job.progress("Checking", done as u64, Some(all as u64));
        })?)
    })
}

/// The form of a journal export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalFormat {
    /// Plain text accounting, for hledger.
    Hledger,
    /// One posting a row.
    Csv,
}

pub use hostledger_store::journal::Period;

/// A period in words: what an export of it holds and what it doesn't.
#[must_use]
pub fn period_in_words(period: Period) -> String {
    let whole = match (period.from, period.to) {
        (None, None) => return "All entries of the journal.".to_owned(),
        (None, Some(to)) => return format!("All entries until {to}."),
        (Some(from), None) => format!("The entries from {from} on"),
        (Some(from), Some(to)) => format!("The entries from {from} to {to}"),
    };
    format!(
        "{whole} and no others: balances of the days before are not in it. Exports of periods that follow each other add up to the whole journal."
    )
}

/// Writes the entries of a period to a new file, those of no other day and no opening balances.
/// The number of entries.
///
/// # Errors
/// [`Code::BadInput`] for a period that ends before it begins; [`Code::AlreadyThere`],
/// [`Code::Cancelled`]; file errors. Then there is no file.
pub fn export_journal(
    s: &Session,
    format: JournalFormat,
    period: Period,
    out: &Path,
    job: &Job,
) -> Result<u64> {
    if let (Some(from), Some(to)) = (period.from, period.to)
        && to < from
    {
        return Err(Error::new(
            Code::BadInput,
            format!("The period from {from} to {to} ends before it begins."),
        ));
    }
    if out.exists() {
        return Err(there(out));
    }
    let new = NewFile::beside(out)?;
    let n = write_journal(s, format, period, (out, new.as_file()), job)?;
    new.put_new(out)?;
    Ok(n)
}

fn write_journal(
    s: &Session,
    format: JournalFormat,
    period: Period,
    (to, file): (&Path, &File),
    job: &Job,
) -> Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let trouble = |e: hostledger_documents::Error| match e.of_system() {
        Some(e) => cannot_write(to, e),
        None => Error::new(
            Code::Internal,
            format!("The journal couldn't be written ({e})."),
        ),
    };
    s.ledger.read(|conn| -> Result<u64> {
        let used = journal::used(conn, period)?;
        let total = u64::try_from(used.entries).ok();
        let mut n = 0;
        let mut told = |job: &Job| {
            n += 1;
            if n % 4096 == 0 {
                job.progress("Writing entries", n, total);
                return job.check().map(|()| n);
            }
            Ok(n)
        };
        match format {
            JournalFormat::Hledger => {
                let name = meta::get(conn, "name")?.unwrap_or_default();
                let head = head_of(&name, period, used);
                let mut journal = HledgerJournal::new(&mut out, &head).map_err(trouble)?;
                journal::for_each(conn, period, |e| {
                    told(job)?;
                    journal.entry(&exported(&e)).map_err(trouble)
                })?;
                journal.finish().map_err(trouble)?;
            }
            JournalFormat::Csv => {
                let mut rows = JournalCsv::new(&mut out).map_err(trouble)?;
                journal::for_each(conn, period, |e| {
                    told(job)?;
                    rows.entry(&exported(&e)).map_err(trouble)
                })?;
                rows.finish().map_err(trouble)?;
            }
        }
        out.flush()
            .map_err(|e| trouble(hostledger_documents::Error::from(e)))?;
        Ok(n)
    })
}

fn head_of(ledger: &str, period: Period, used: Used) -> HledgerHead {
    HledgerHead {
        comments: vec![format!("Ledger {ledger}"), period_in_words(period)],
        currencies: used
            .currencies
            .iter()
            .map(|c| (c.code().to_owned(), u32::from(c.digits())))
            .collect(),
        accounts: used.accounts.into_iter().collect(),
    }
}

fn exported(e: &JournalEntry) -> ExportEntry {
    let subject = [&e.booking_id, &e.payout_id, &e.adjustment_id, &e.host_id]
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default();
    let kind = if e.sign < 0 {
        format!("reversal of {}", e.kind.as_str())
    } else {
        e.kind.as_str().to_owned()
    };
    ExportEntry {
        entry_id: e.entry_key.to_string(),
        effective_date: e.effective_date.to_string(),
        recorded_at: e.recorded_at.to_string(),
        kind,
        subject,
        description: String::new(),
        tags: e
            .reverses
            .map(|r| ("reverses".to_owned(), r.to_string()))
            .into_iter()
            .collect(),
        postings: e
            .postings()
            .into_iter()
            .map(|(account, minor)| JournalPosting {
                account,
                amount: format_minor(minor, e.currency),
                currency: e.currency.code().to_owned(),
            })
            .collect(),
    }
}

/// Writes a verified backup: database and key slots in one file.
///
/// # Errors
/// [`Code::AlreadyThere`], [`Code::DamagedLedger`]; file errors.
pub fn write_backup(s: &Session, file: &Path) -> Result<()> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|f| !f.is_dir()) {
        return Err(Error::new(
            Code::FileProblem,
            format!(
                "There is no folder {}. Nothing was written.",
                folder.display()
            ),
        ));
    }
    Ok(backup::write(&s.ledger, file)?)
}

/// Makes a ledger of a backup in a folder that has none.
///
/// # Errors
/// [`Code::AlreadyThere`], [`Code::SignInFailed`], [`Code::DamagedLedger`].
pub fn restore_backup(file: &Path, folder: &Path, user: &str, passphrase: &str) -> Result<()> {
    let is_folder = |f: File| Ok(f.metadata()?.is_dir());
    if File::open(file)
        .and_then(is_folder)
        .map_err(|e| file_problem(file, &e))?
    {
        return Err(file_problem(file, &ErrorKind::IsADirectory.into()));
    }
    let mark = mark_of(file)?;
    Ok(backup::restore(file, folder, (user, passphrase), &mark)?)
}

/// Puts a backup into a folder that has no ledger, for its people to sign in to.
///
/// # Errors
/// [`Code::AlreadyThere`], [`Code::DamagedLedger`].
pub fn restore_locked(file: &Path, folder: &Path) -> Result<()> {
    Ok(backup::restore_locked(file, folder, &mark_of(file)?)?)
}

/// How many automatic backups are kept.
const BACKUPS_KEPT: usize = 21;

/// The newest automatic backup, and when it was made.
///
/// # Errors
/// File errors.
pub fn last_backup(s: &Session) -> Result<Option<PathBuf>> {
    Ok(automatic_backups(s)?.pop())
}

fn automatic_backups(s: &Session) -> Result<Vec<PathBuf>> {
    let folder = s.folder().join("backups");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return Ok(Vec::new());
    };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|x| x == "hlbackup"))
        .collect();
    found.sort();
    Ok(found)
}

/// Makes today's automatic backup if there is none, and lets the oldest go. Its path, where one
/// was made.
///
/// # Errors
/// [`Code::DamagedLedger`]; file errors.
pub fn daily_backup(s: &Session) -> Result<Option<PathBuf>> {
    let file = s
        .folder()
        .join("backups")
        .join(format!("{}-daily.hlbackup", clock::now().strftime("%F")));
    if file.exists() {
        return Ok(None);
    }
    automatic_backup(s, &file)?;
    Ok(Some(file))
}

/// A verified backup before money leaves.
///
/// # Errors
/// As [`daily_backup`].
pub(crate) fn backup_before_sending(s: &Session) -> Result<()> {
    backup_now(s, "before-sending")
}

/// A verified backup that knows what left.
///
/// # Errors
/// As [`daily_backup`].
pub(crate) fn backup_after_sending(s: &Session) -> Result<()> {
    backup_now(s, "after-sending")
}

fn backup_now(s: &Session, why: &str) -> Result<()> {
    let name = format!("{}-{why}.hlbackup", clock::now().strftime("%FT%H%M%S%.6fZ"));
    automatic_backup(s, &s.folder().join("backups").join(name))
}

fn automatic_backup(s: &Session, file: &Path) -> Result<()> {
    let folder = s.folder().join("backups");
    std::fs::create_dir_all(&folder).map_err(|e| cannot_write(&folder, &e))?;
    write_backup(s, file)?;
    let mut all = automatic_backups(s)?;
    // What a ledger was before a new version is for people to throw away.
    all.retain(|p| !p.to_string_lossy().contains(backup::BEFORE_FORM));
    for old in &all[..all.len().saturating_sub(BACKUPS_KEPT)] {
        std::fs::remove_file(old).map_err(|e| cannot_write(old, &e))?;
    }
    Ok(())
}
