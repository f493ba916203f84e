//! A cancelled import leaves nothing, wherever the wish to stop reaches it.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the failure")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hostledger_app::imports::{self, ImportKind, ImportOptions, import_file};
use hostledger_app::jobs::Job;
use hostledger_app::sample::{SampleSpec, bookings_csv};
use hostledger_app::session::{NewLedger, Session};
use hostledger_app::stored::Filter;
use hostledger_app::{Code, books, commissions};

#[test]
fn a_cancelled_import_leaves_nothing_and_can_be_done_again() {
    let dir = tempfile::tempdir().unwrap();
    let new = NewLedger {
        user: "ana",
        passphrase: "correct horse",
        ..NewLedger::default()
    };
    let s = Session::create(&dir.path().join("ledger"), &new).unwrap();
    let spec = SampleSpec::default();
    let file = dir.path().join("bookings.csv");
    // The sample's two broken rows are part of it: exceptions must vanish too.
    std::fs::write(&file, bookings_csv(&spec, spec.newest_cut())).unwrap();
    let import = |job: &Job| {
        import_file(
            &s,
            ImportKind::Bookings,
            &file,
            &ImportOptions::default(),
            job,
        )
    };

    for stop_at in [1, 2, 4, 8] {
        let cancel = Arc::new(AtomicBool::new(false));
        let (flag, told) = (cancel.clone(), AtomicU64::new(0));
        let job = Job::new(cancel, move |_| {
            if told.fetch_add(1, Ordering::Relaxed) + 1 == stop_at {
                flag.store(true, Ordering::Relaxed);
            }
        });
        let refused = import(&job).unwrap_err();
        assert_eq!(
            refused.code,
            Code::Cancelled,
            "stopped at {stop_at}: {}",
            refused.message
        );
        assert!(imports::list(&s).unwrap().is_empty());
        let left = commissions::page(&s, &Filter::default(), false, None, 10).unwrap();
        assert!(left.is_empty());
        assert!(books::balances(&s, None, None).unwrap().is_empty());
    }
    let done = import(&Job::unwatched()).unwrap();
    assert!(!done.already && done.counts.inserted > 0);
    let checks = books::check(&s, &Job::unwatched()).unwrap();
    assert!(checks.iter().all(|c| c.ok), "{checks:?}");
}
