//! How long a filtered page of commissions takes, at any depth.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use hostledger_app::stored::Filter;
use hostledger_app::{Session, commissions};
use hostledger_core::commission::CommissionStatus;

const ROWS: i64 = 100;

/// Prints the slowest of several pages for a few filters.
pub(crate) fn measure(ledger: &Path, user: &str, passphrase: &str, size: usize) -> Result<()> {
    let s = Session::open(ledger, user, passphrase)?;
    let last = i64::try_from(size)?;
    let host = commissions::host_key(&s, "host-000007")?;
    let filters = [
        ("all", Filter::default()),
        (
            "PROCESSED",
            Filter {
                status: Some(CommissionStatus::Processed),
                ..Filter::default()
            },
        ),
        (
            "VOID",
            Filter {
                status: Some(CommissionStatus::Void),
                ..Filter::default()
            },
        ),
        (
            "held",
            Filter {
                blocked: true,
                ..Filter::default()
            },
        ),
        (
            "one host",
            Filter {
                host_key: Some(host),
                ..Filter::default()
            },
        ),
    ];
    for (name, filter) in filters {
        let mut slowest = 0.0_f64;
        for depth in [None, Some(last / 2), Some(last / 100)] {
            commissions::page(&s, &filter, true, depth, ROWS)?; // once to warm the cache
            let started = Instant::now();
            commissions::page(&s, &filter, true, depth, ROWS)?;
            slowest = slowest.max(started.elapsed().as_secs_f64());
        }
        println!("| {size} | page of {ROWS}, {name} | {slowest:.4} | | |");
    }
    Ok(())
}
