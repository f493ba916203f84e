//! A season of many forms 1099-K: made and printed, reviewed, furnished, written for the portal.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::measure::{Measured, run};
use crate::{PASSPHRASE, USER};

/// Sessions of each host in the year.
const SESSIONS: usize = 12;

/// Makes, reviews, furnishes and files `forms` forms; prints what each step took.
pub(crate) fn measure(cli: &Path, forms: usize) -> Result<()> {
    let dir = tempfile::tempdir().context("a folder for the measurement")?;
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    export(dir.path(), forms)?;
    let ledger = path("ledger");
    let as_user = |user: &str, passphrase: &str, args: &[&str]| -> Result<Measured> {
        let env = [
            ("HOSTLEDGER_LEDGER", ledger.as_ref()),
            ("HOSTLEDGER_USER", user.as_ref()),
            ("HOSTLEDGER_PASSPHRASE", passphrase.as_ref()),
            ("HOSTLEDGER_NEW_PASSPHRASE", "another bench's".as_ref()),
        ];
        run(cli, args, &env)
    };
    let own = |args: &[&str]| as_user(USER, PASSPHRASE, args);
    own(&["init"])?;
    own(&["users", "add", "second", "--role", "approver"])?;
    for (key, value) in [
        ("filer_name", "Marketplace Inc."),
        ("filer_address", "5 Market St; Albany, NY 12207"),
        ("filer_phone", "212-555-0100"),
        ("filer_tin", "98-7654321"),
    ] {
        own(&[
            "--as-of",
            "2025-01-01",
            "settings",
            "set",
            key,
            value,
            "--reason",
            "a bench",
        ])?;
    }
    for kind in ["hosts", "bookings", "tax-profiles"] {
        own(&["import", kind, &path(&format!("{kind}.csv"))])?;
    }
    let year = ["--year", "2025"];
    let row = |step: &str, m: &Measured| {
        let seconds = m.wall.as_secs_f64();
        println!(
            "| {forms} | {step} | {seconds:.1} | {:.0} | {} |",
            forms as f64 / seconds,
            m.peak_mb
        );
    };
    let made = own(&[
        &["--json", "tax", "1099k"],
        &year[..],
        &["--out", &path("forms"), "--bridge"],
    ]
    .concat())?;
    let count = made.output.matches("\"status\":\"DRAFT\"").count();
    ensure!(count == forms, "{count} forms instead of {forms}");
    row("made and printed with the bridge", &made);
    let reviewed = as_user(
        "second",
        "another bench's",
        &[&["tax", "review"], &year[..]].concat(),
    )?;
    row("reviewed", &reviewed);
    let furnished = own(&[
        &["tax", "furnish"],
        &year[..],
        &["--out", &path("furnished")],
    ]
    .concat())?;
    row("furnished: every copy", &furnished);
    let filed = own(&[&["tax", "file"], &year[..], &["--out", &path("filing")]].concat())?;
    row("written for the portal", &filed);
    Ok(())
}

/// Exports of so many hosts in Vermont, each with a form due.
fn export(folder: &Path, forms: usize) -> Result<()> {
    let mut hosts = "host_id,name,email,country,institution_id,status,approved_at,teaching_experience_years,stripe_account_id,payouts_enabled\n".to_owned();
    let mut profiles = "host_id,form,legal_name,tin_type,tin,address_line1,city,state,postal_code,country,signed_on\n".to_owned();
    let mut bookings = "booking_id,conversation_id,host_id,booked_at,starts_at,ends_at,status,price,currency,processing_fee,charge_id\n".to_owned();
    for i in 1..=forms {
        writeln!(
            hosts,
            "host-{i:06},Amara Okafor,,US,,ACTIVE,2024-06-01T09:00:00Z,3,acct_{i},true"
        )?;
        let tin = format!("123{:02}{:04}", 1 + i / 9_999, i % 9_999 + 1);
        writeln!(
            profiles,
            "host-{i:06},W-9,Amara Okafor,SSN,{tin},{i} Main St,Burlington,VT,{:05},US,2024-06-01",
            5000 + i % 900
        )?;
        for month in 1..=SESSIONS {
            writeln!(
                bookings,
                "bk-{i}-{month},cv-{i}-{month},host-{i:06},2025-{month:02}-03T10:00:00Z,2025-{month:02}-05T10:00:00Z,2025-{month:02}-05T11:00:00Z,COMPLETED,{}.50,USD,1.75,ch_{i}_{month}",
                60 + i % 40
            )?;
        }
    }
    for (name, text) in [
        ("hosts", hosts),
        ("tax-profiles", profiles),
        ("bookings", bookings),
    ] {
        std::fs::write(folder.join(format!("{name}.csv")), text)?;
    }
    Ok(())
}
