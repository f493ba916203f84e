//! Measures import, process and prepare of the real command line, beside the floor: the same
//! finished rows inserted by a bare program into the same tables in the same run.
//!
//! `cargo xtask bench [SIZES…]` builds in release and runs this; `cargo xtask bench send [PAYOUTS…]`
//! sends a batch through a stand-in for Stripe, `cargo xtask bench tax [FORMS…]` makes a season of forms
//! 1099-K. Figures are printed as a table;
//! they are measurements, never tests.

#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "seconds and ratios of a measurement; no money here"
)]

mod export;
mod floor;
mod measure;
mod pages;
mod send;
mod tax;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use measure::{Measured, run};

const USER: &str = "bench";
const PASSPHRASE: &str = "nothing but a bench";
/// A Monday after every session of the export.
const AS_OF: &str = "2026-03-16";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [command, ledger, into] = args.as_slice()
        && command == "floor"
    {
        return floor::insert(Path::new(ledger), Path::new(into), USER, PASSPHRASE);
    }
    if let [step, sizes @ ..] = args.as_slice()
        && step == "send"
    {
        return numbers(sizes, &[5_000])?
            .into_iter()
            .try_for_each(send::measure);
    }
    let cli = cli()?;
    if let [step, sizes @ ..] = args.as_slice()
        && step == "tax"
    {
        println!("| forms | step | wall s | forms/s | peak MB |");
        println!("| ---: | --- | ---: | ---: | ---: |");
        return numbers(sizes, &[1_000, 10_000])?
            .into_iter()
            .try_for_each(|forms| tax::measure(&cli, forms));
    }
    let sizes = numbers(&args, &[10_000, 100_000, 1_000_000])?;
    println!("| bookings | step | wall s | bookings/s | peak MB |");
    println!("| ---: | --- | ---: | ---: | ---: |");
    let mut all = Vec::new();
    for size in sizes {
        all.push((size, one_size(&cli, size)?));
    }
    summary(&all);
    Ok(())
}

fn numbers(given: &[String], otherwise: &[usize]) -> Result<Vec<usize>> {
    if given.is_empty() {
        return Ok(otherwise.to_vec());
    }
    let all = given.iter().map(|a| a.replace('_', "").parse());
    Ok(all.collect::<Result<_, _>>()?)
}

/// The command line built beside this program.
fn cli() -> Result<PathBuf> {
    let cli = std::env::current_exe()?.with_file_name("hostledger");
    ensure!(cli.exists(), "{} is not built", cli.display());
    Ok(cli)
}

struct Size {
    unlock: Duration,
    import: Measured,
    floor: Duration,
    process: Measured,
    prepare: Measured,
}

fn one_size(cli: &Path, size: usize) -> Result<Size> {
    let dir = tempfile::tempdir().context("a folder for the measurement")?;
    let file = |name: &str| dir.path().join(name);
    export::write(&file("hosts.csv"), &file("bookings.csv"), size)?;
    let ledger = file("ledger");
    let hostledger = |args: &[&str]| {
        let env = [
            ("HOSTLEDGER_LEDGER", ledger.as_os_str()),
            ("HOSTLEDGER_USER", USER.as_ref()),
            ("HOSTLEDGER_PASSPHRASE", PASSPHRASE.as_ref()),
        ];
        run(cli, args, &env)
    };
    let path = |p: &Path| p.to_string_lossy().into_owned();
    hostledger(&["init"])?;
    let unlock = hostledger(&["users", "list"])?.wall;
    hostledger(&["import", "hosts", &path(&file("hosts.csv"))])?;
    let import = hostledger(&["--json", "import", "bookings", &path(&file("bookings.csv"))])?;
    ensure!(
        import.output.contains(&format!("\"inserted\":{size}")),
        "{}",
        import.output
    );
    let bare = std::env::current_exe()?;
    let floor = run(
        &bare,
        &["floor", &path(&ledger), &path(&file("floor"))],
        &[],
    )?;
    let floor_seconds: f64 = floor.output.trim().parse().context("the floor's seconds")?;
    let process = hostledger(&["--as-of", AS_OF, "commissions", "process"])?;
    let prepare = hostledger(&[
        "--as-of", AS_OF, "--json", "payouts", "prepare", "--date", AS_OF,
    ])?;
    let row = |step: &str, seconds: f64, peak: u64| {
        println!(
            "| {size} | {step} | {seconds:.2} | {:.0} | {peak} |",
            size as f64 / seconds
        );
    };
    let seconds = |m: &Measured| m.wall.as_secs_f64();
    row("import", seconds(&import), import.peak_mb);
    row("floor: bare inserts", floor_seconds, floor.peak_mb);
    row("process", seconds(&process), process.peak_mb);
    row("prepare", seconds(&prepare), prepare.peak_mb);
    pages::measure(&ledger, USER, PASSPHRASE, size)?;
    Ok(Size {
        unlock,
        import,
        floor: Duration::from_secs_f64(floor_seconds),
        process,
        prepare,
    })
}

fn summary(all: &[(usize, Size)]) {
    println!();
    for (size, s) in all {
        let import = s.import.wall.saturating_sub(s.unlock).as_secs_f64();
        println!(
            "{size}: import without signing in ({:.2} s) / floor = {:.2}",
            s.unlock.as_secs_f64(),
            import / s.floor.as_secs_f64()
        );
    }
    for pair in all.windows(2) {
        let [(n1, a), (n2, b)] = pair else { continue };
        let exponent = |a: &Measured, b: &Measured, ua: Duration, ub: Duration| {
            let t = |m: &Measured, u: Duration| m.wall.saturating_sub(u).as_secs_f64().max(1e-3);
            (t(b, ub) / t(a, ua)).ln() / (*n2 as f64 / *n1 as f64).ln()
        };
        println!(
            "{n1} to {n2}: growth exponent of import {:.2}, process {:.2}, prepare {:.2}",
            exponent(&a.import, &b.import, a.unlock, b.unlock),
            exponent(&a.process, &b.process, a.unlock, b.unlock),
            exponent(&a.prepare, &b.prepare, a.unlock, b.unlock),
        );
    }
}
