//! R1: every kind of file as spreadsheets, databases and people leave it. Each variant of a clean
//! file is taken in twice, by a ledger that doesn't know its rows and by one that does, and is then
//! right, refused as a whole, or has its rows as exceptions in words: whatever stands afterwards is
//! what the clean file says. The import is then undone, and nothing of it is left.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the failure")]

mod cells;
mod clean;
mod fuzz;
mod state;
mod table;
mod texts;

use std::collections::BTreeMap;

use jiff::civil::date;

use crate::encodings::TextEncoding;
use crate::imports::{self, ImportKind, ImportOptions, ImportOutcome, import_file};
use crate::jobs::Job;
use crate::session::{NewLedger, Session};
use crate::{Code, Error};
use state::State;
use table::Table;

/// What may become of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Becomes {
    /// All rows are taken in as the reference says.
    Right,
    /// The file is refused, and nothing is changed.
    Refused,
    /// Rows wait as exceptions; all others are right.
    Exceptions,
}

/// A file that says what its reference says, or something that nobody may believe.
struct Variant {
    name: String,
    bytes: Vec<u8>,
    encoding: Option<&'static str>,
    /// What it means to a ledger that doesn't know its rows.
    means: Table,
    /// What must become of it; `None`: anything but a wrong figure.
    must: Option<Becomes>,
    /// How many rows wait, where that is known.
    exceptions: Option<i64>,
    /// A warning that must be given.
    warns: Option<&'static str>,
    /// Ids stand for the same where only their case and kind of hyphen differ.
    loose_ids: bool,
    /// It is only given to a ledger that doesn't know its rows.
    new_rows_only: bool,
}

impl Variant {
    fn of(name: impl Into<String>, bytes: impl Into<Vec<u8>>, means: &Table) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            encoding: None,
            means: means.clone(),
            must: None,
            exceptions: None,
            warns: None,
            loose_ids: false,
            new_rows_only: false,
        }
    }

    fn must(mut self, be: Becomes) -> Self {
        self.must = Some(be);
        self
    }
}

/// A ledger to which variants are given, one after the other.
struct Bench {
    dir: tempfile::TempDir,
    session: Session,
    kind: ImportKind,
    /// The state before each variant.
    before: State,
    /// What references say, by their text.
    references: BTreeMap<String, State>,
}

impl Bench {
    fn new(kind: ImportKind, known: bool) -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let dir = dir.unwrap();
        let new = NewLedger {
            user: "ana",
            passphrase: "correct horse",
            paid_through: (kind == ImportKind::OpeningBalances).then(|| date(2026, 2, 1)),
            as_of: Some(date(2026, 2, 1)),
            ..NewLedger::default()
        };
        let mut session = Session::create(&dir.path().join("ledger"), &new).unwrap();
        session.set_as_of(Some(date(2026, 3, 16)));
        let mut bench = Self {
            before: State::default(),
            dir,
            session,
            kind,
            references: BTreeMap::new(),
        };
        for before in clean::prerequisites(kind).iter().copied() {
            bench
                .take_in(before, clean::table(before).csv().as_bytes(), None)
                .unwrap();
        }
        if known {
            let clean = clean::table(kind);
            bench.take_in(kind, clean.csv().as_bytes(), None).unwrap();
        }
        bench.before = State::of(&bench.session);
        bench
    }

    fn take_in(
        &self,
        kind: ImportKind,
        bytes: &[u8],
        encoding: Option<&str>,
    ) -> Result<ImportOutcome, Error> {
        let path = self.dir.path().join("Export (März).csv");
        std::fs::write(&path, bytes).unwrap();
        let options = ImportOptions {
            encoding: encoding.map(|e| TextEncoding::parse(e).unwrap()),
            ..ImportOptions::default()
        };
        import_file(&self.session, kind, &path, &options, &Job::unwatched())
    }

    /// Undoes an import, and says what is left of it: nothing may be.
    fn undo(&self, done: &ImportOutcome) -> Vec<String> {
        imports::undo(&self.session, &done.import_id, &Job::unwatched()).unwrap();
        State::of(&self.session).differs(&self.before, false)
    }

    fn reference(&mut self, means: &Table) -> State {
        let text = means.csv();
        if let Some(known) = self.references.get(&text) {
            return known.clone();
        }
        let done = self.take_in(self.kind, text.as_bytes(), None).unwrap();
        assert_eq!(done.counts.exceptions, 0, "{:?}", done.first_exceptions);
        let state = State::of(&self.session);
        let left = self.undo(&done);
        assert!(left.is_empty(), "a reference left {left:#?}");
        self.references.insert(text, state.clone());
        state
    }

    /// Gives a variant to a ledger, and says what became of it, or all that is wrong with that.
    fn try_out(&mut self, v: &Variant, known: bool) -> Result<Becomes, String> {
        let right = if known {
            self.before.clone()
        } else {
            self.reference(&v.means)
        };
        let (became, wrong) = match self.take_in(self.kind, &v.bytes, v.encoding) {
            Err(e) => (Becomes::Refused, self.refusal(&e)),
            Ok(done) => {
                let became = if done.counts.exceptions > 0 {
                    Becomes::Exceptions
                } else {
                    Becomes::Right
                };
                (became, self.taken(v, &right, &done))
            }
        };
        if !wrong.is_empty() {
            return Err(format!("{became:?}, {}", wrong.join("\n    ")));
        }
        match v.must {
            Some(must) if must != became => Err(format!("must be {must:?}, but is {became:?}")),
            _ => Ok(became),
        }
    }

    fn refusal(&self, e: &Error) -> Vec<String> {
        let text = e.to_string();
        let mut wrong = State::of(&self.session).differs(&self.before, false);
        if e.code == Code::Internal || !text.ends_with('.') || !text.contains(' ') {
            wrong.push(text);
        }
        wrong
    }

    fn taken(&self, v: &Variant, right: &State, done: &ImportOutcome) -> Vec<String> {
        let waits = done.counts.exceptions;
        let mut wrong = State::of(&self.session).wrong(right, &self.before, waits, v.loose_ids);
        for (line, problem) in &done.first_exceptions {
            if *line < 1 || !problem.message.ends_with('.') || !wrong.is_empty() {
                wrong.push(format!("line {line}: {}", problem.message));
            }
        }
        if v.exceptions.is_some_and(|n| n != waits) {
            wrong.push(format!("{waits} exceptions"));
        }
        let warned = |code: &str| done.warnings.iter().any(|w| w.code == code);
        if let Some(code) = v.warns.filter(|code| !warned(code)) {
            wrong.push(format!("no warning {code}"));
        }
        if !done.already {
            let left = self.undo(done);
            wrong.extend(left.iter().map(|l| format!("left after its undo: {l}")));
        }
        wrong.truncate(8);
        wrong
    }
}

/// Gives variants of a kind to both ledgers, and says how many became what: all of its text as a
/// whole, and of its cells every so many.
fn play(kind: ImportKind, every: usize) {
    let sides = std::thread::scope(|scope| {
        let sides = [false, true].map(|known| scope.spawn(move || one_side(kind, known, every)));
        sides.map(|s| {
            s.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    });
    let [new, known] = sides;
    println!(
        "R1 {}: variants given to a ledger that doesn't know the rows: {:?}, to one that does: {:?}",
        kind.as_str(),
        new.0,
        known.0
    );
    let wrong = [new.1, known.1].concat();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// How many variants share a ledger, whose rows have a version more after each.
const PER_LEDGER: usize = 100;

type Counts = BTreeMap<Becomes, usize>;

fn one_side(kind: ImportKind, known: bool, every: usize) -> (Counts, Vec<String>) {
    let mut clean = clean::table(kind);
    if known {
        // Rows that are newer than what is known, and say the same.
        clean = clean.newer();
    }
    let variants: Vec<Variant> = texts::variants(kind, &clean)
        .into_iter()
        .chain(cells::variants(kind, &clean).into_iter().step_by(every))
        .collect();
    let mut bench = Bench::new(kind, known);
    let (mut counts, mut wrong) = (Counts::new(), Vec::new());
    let side = if known { "known" } else { "new" };
    // For whoever looks into one of them: a part of its name.
    let only = std::env::var("R1_ONLY").unwrap_or_default();
    let wanted = |v: &&Variant| !(known && v.new_rows_only) && v.name.contains(&only);
    for (n, v) in variants.iter().filter(wanted).enumerate() {
        if n % PER_LEDGER == PER_LEDGER - 1 {
            bench = Bench::new(kind, known);
        }
        match bench.try_out(v, known) {
            Ok(became) => *counts.entry(became).or_default() += 1,
            Err(e) => wrong.push(format!("{side}: {}: {e}", v.name)),
        }
    }
    (counts, wrong)
}

/// Of the cells' variants, one in so many is tried in every run; odd, so that both of a pair come.
const ONE_IN: usize = 5;

#[test]
fn r1_bookings() {
    play(ImportKind::Bookings, ONE_IN);
}

#[test]
fn r1_hosts() {
    play(ImportKind::Hosts, ONE_IN);
}

#[test]
fn r1_disputes() {
    play(ImportKind::Disputes, ONE_IN);
}

#[test]
fn r1_stripe_payments() {
    play(ImportKind::StripePayments, ONE_IN);
}

#[test]
fn r1_tax_profiles() {
    play(ImportKind::TaxProfiles, ONE_IN);
}

#[test]
fn r1_opening_balances() {
    play(ImportKind::OpeningBalances, ONE_IN);
}

#[test]
#[ignore = "long: every variant of every kind"]
fn r1_every_variant() {
    for kind in ImportKind::ALL {
        play(kind, 1);
    }
}
