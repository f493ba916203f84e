//! What the models play on: real ledgers, one at a time for each thread, which sequences of events
//! share; and many sequences at once.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use hostledger_app::books;
use hostledger_app::identity::Role;
use hostledger_app::imports::{ImportKind, ImportOptions, ImportOutcome, import_file};
use hostledger_app::jobs::Job;
use hostledger_app::session::{NewLedger, Session};
use jiff::civil::{Date, date};
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

/// The business date of every ledger.
pub(crate) const MONDAY: Date = date(2026, 3, 16);

static PLAYED: AtomicUsize = AtomicUsize::new(0);
pub(crate) static EVENTS: AtomicUsize = AtomicUsize::new(0);

/// A ledger of two people, `ana` with every role.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) ana: Session,
    pub(crate) ben: Session,
    files: usize,
    sequences: usize,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// Does something in this thread's ledger; `ready` prepares a new one.
pub(crate) fn within<T>(ready: fn(&mut World), work: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with_borrow_mut(|w| work(w.get_or_insert_with(|| World::begin(ready))))
}

impl World {
    fn begin(ready: fn(&mut Self)) -> Self {
        // What is durable is tested elsewhere: here the disk would only cost time.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let dir = dir.unwrap();
        let folder = dir.path().join("ledger");
        let new = NewLedger {
            user: "ana",
            passphrase: "correct horse",
            ..NewLedger::default()
        };
        let mut ana = Session::create(&folder, &new).unwrap();
        ana.add_user("ben", &[Role::Approver], "battery staple")
            .unwrap();
        let mut ben = Session::open(&folder, "ben", "battery staple").unwrap();
        ana.set_as_of(Some(MONDAY));
        ben.set_as_of(Some(MONDAY));
        let mut world = Self {
            dir,
            ana,
            ben,
            files: 0,
            sequences: 0,
        };
        ready(&mut world);
        world
    }

    /// The next sequence's number in its ledger: a new ledger begins once `most` shared one, since
    /// every batch lists what it carries of sequences that are over.
    pub(crate) fn next_sequence(&mut self, most: usize, ready: fn(&mut Self)) -> usize {
        if self.sequences == most {
            self.check();
            *self = Self::begin(ready);
        }
        self.sequences += 1;
        PLAYED.fetch_add(1, Ordering::Relaxed);
        self.sequences
    }

    pub(crate) fn take_in(&mut self, kind: ImportKind, text: &str) -> ImportOutcome {
        self.files += 1;
        let path = self.dir.path().join(format!("file-{}.csv", self.files));
        std::fs::write(&path, text).unwrap();
        let (options, job) = (ImportOptions::default(), Job::unwatched());
        let done = import_file(&self.ana, kind, &path, &options, &job).unwrap();
        std::fs::remove_file(path).unwrap();
        done
    }

    pub(crate) fn check(&self) {
        let failed: Vec<_> = books::check(&self.ana, &Job::unwatched())
            .unwrap()
            .into_iter()
            .filter(|c| !c.ok)
            .map(|c| format!("{}: {}", c.name, c.detail))
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
    }
}

/// An amount as files write it.
pub(crate) fn cents(c: i64) -> String {
    format!("{}.{:02}", c / 100, c % 100)
}

/// Plays so many sequences of a machine, of fewer than `longest` events each, on every core, and says
/// how many there were.
pub(crate) fn play<M: StateMachineTest>(
    name: &str,
    sequences: u32,
    longest: usize,
    max_shrink_iters: u32,
    ready: fn(&mut World),
) {
    let at_once = std::thread::available_parallelism().map_or(1, |n| n.get().min(8));
    let config = Config {
        cases: sequences.div_ceil(u32::try_from(at_once).unwrap()),
        max_shrink_iters,
        failure_persistence: None,
        ..Config::default()
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..at_once)
            .map(|_| scope.spawn(|| play_in_turn::<M>(&config, longest, ready)))
            .collect();
        for one in all {
            if let Err(panic) = one.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    println!(
        "{name}: {} sequences, {} events",
        PLAYED.load(Ordering::Relaxed),
        EVENTS.load(Ordering::Relaxed)
    );
}

fn play_in_turn<M: StateMachineTest>(config: &Config, longest: usize, ready: fn(&mut World)) {
    let mut runner = TestRunner::new(config.clone());
    runner
        .run(
            &M::Reference::sequential_strategy(1..longest),
            |(state, events, seen)| {
                M::test_sequential(config.clone(), state, events, seen);
                Ok(())
            },
        )
        .unwrap_or_else(|e| panic!("{e}"));
    within(ready, |w| w.check());
}
