//! The sample: a ledger of a made-up platform with two practice users and a week ready to close.

use std::path::{Path, PathBuf};

use hostledger_core::file_trouble::cannot_write;
use hostledger_core::{Code, Error};
use jiff::civil::Date;

use crate::identity::Role;
use crate::imports::{ImportKind, ImportOptions, import_file};
use crate::jobs::Job;
use crate::payouts::{Settlement, approve, prepare, send_file, settle, submit};
use crate::sample::{SampleSpec, bookings_csv, disputes_csv, hosts_csv_at, tax_profiles_csv};
use crate::session::NewLedger;
use crate::{Result, Session, commissions};

/// A practice user; the passphrase is no secret.
#[derive(Debug, Clone, Copy)]
pub struct PracticeUser {
    /// The name.
    pub name: &'static str,
    /// The passphrase.
    pub passphrase: &'static str,
    /// What they may do.
    pub roles: &'static [Role],
}

/// Who works in the sample: one prepares, one approves.
pub const PRACTICE_USERS: [PracticeUser; 2] = [
    PracticeUser {
        name: "ana",
        passphrase: "practice makes perfect",
        roles: &Role::ALL,
    },
    PracticeUser {
        name: "ben",
        passphrase: "four eyes see more",
        roles: &[Role::Approver],
    },
];

/// Where the sample is and what waits in it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The ledger's folder.
    pub ledger: PathBuf,
    /// The Monday on which it is, always.
    pub practice_date: Date,
    /// This week's exports, not yet imported: hosts, bookings, disputes.
    pub inbox: Vec<PathBuf>,
}

/// Weeks that the sample's users closed before.
const EARLIER_WEEKS: u64 = 3;

/// Makes the sample in a folder that isn't there: earlier weeks closed by its two users, this
/// week's exports in an inbox.
///
/// # Errors
/// [`Code::AlreadyThere`]; file errors.
pub fn create(folder: &Path, job: &Job) -> Result<Sample> {
    if folder.exists() {
        return Err(Error::new(
            Code::AlreadyThere,
            format!(
                "{} exists already. Choose a folder that isn't there yet.",
                folder.display()
            ),
        ));
    }
    let done = create_in(folder, job);
    if done.is_err() {
        drop(std::fs::remove_dir_all(folder));
    }
    done
}

fn create_in(folder: &Path, job: &Job) -> Result<Sample> {
    let spec = SampleSpec::default();
    let ledger = folder.join("ledger");
    let inbox = folder.join("inbox");
    let archive = folder.join("archive");
    for dir in [&inbox, &archive] {
        std::fs::create_dir_all(dir).map_err(|e| cannot_write(dir, &e))?;
    }
    let [ana, ben] = PRACTICE_USERS;
    let new = NewLedger {
        name: "Sample marketplace",
        user: ana.name,
        passphrase: ana.passphrase,
        time_zone: None,
        practice_date: Some(spec.practice_date),
        ..NewLedger::default()
    };
    let mut preparer = Session::create(&ledger, &new)?;
    preparer.add_user(ben.name, ben.roles, ben.passphrase)?;
    let mut approver = Session::open(&ledger, ben.name, ben.passphrase)?;
    for (i, back) in (1..=EARLIER_WEEKS).rev().enumerate() {
        job.check()?;
        job.progress("Closing earlier weeks", i as u64, Some(EARLIER_WEEKS));
        close_week(&spec, back, &archive, &mut preparer, &mut approver)?;
    }
    let now = spec.newest_cut();
    let files = [
        (
            inbox.join(format!("hosts-{}.csv", spec.practice_date)),
            hosts_csv_at(&spec, now),
        ),
        (
            inbox.join(format!("bookings-{}.csv", spec.practice_date)),
            bookings_csv(&spec, now),
        ),
        (
            inbox.join(format!("disputes-{}.csv", spec.practice_date)),
            disputes_csv(&spec, now),
        ),
    ];
    let mut paths = Vec::new();
    for (path, text) in files {
        std::fs::write(&path, text).map_err(|e| cannot_write(&path, &e))?;
        paths.push(path);
    }
    Ok(Sample {
        ledger,
        practice_date: spec.practice_date,
        inbox: paths,
    })
}

/// One earlier Monday, from the exports to the settled batch.
fn close_week(
    spec: &SampleSpec,
    weeks_back: u64,
    archive: &Path,
    preparer: &mut Session,
    approver: &mut Session,
) -> Result<()> {
    let quiet = Job::unwatched();
    let back = i64::try_from(weeks_back).unwrap_or(0);
    let monday = hostledger_core::calendar::days_after(spec.practice_date, -7 * back);
    let cut = spec.cut_weeks_before(back);
    for s in [&mut *preparer, &mut *approver] {
        s.set_as_of(Some(monday));
    }
    let mut files = vec![
        (
            ImportKind::Hosts,
            archive.join(format!("hosts-{monday}.csv")),
            hosts_csv_at(spec, cut),
        ),
        (
            ImportKind::Bookings,
            archive.join(format!("bookings-{monday}.csv")),
            bookings_csv(spec, cut),
        ),
    ];
    if weeks_back == EARLIER_WEEKS {
        files.push((
            ImportKind::TaxProfiles,
            archive.join(format!("tax_profiles-{monday}.csv")),
            tax_profiles_csv(spec, cut),
        ));
    }
    for (kind, path, text) in files {
        std::fs::write(&path, text).map_err(|e| cannot_write(&path, &e))?;
        import_file(preparer, kind, &path, &ImportOptions::default(), &quiet)?;
    }
    commissions::process(preparer, &quiet)?;
    let batch = prepare(preparer, monday, None, &quiet)?;
    let id = &batch.batch.batch_id;
    submit(preparer, id, None)?;
    approve(approver, id, None)?;
    send_file(
        preparer,
        id,
        &archive.join(format!("payments-{monday}.csv")),
    )?;
    settle(preparer, id, &Settlement::default())?;
    for s in [preparer, approver] {
        s.set_as_of(None);
    }
    Ok(())
}
