//! R4: files that were changed at random, given to every reader of files from outside: none panics,
//! none fails for an inner reason, and what was taken in can be undone.

use std::time::{Duration, Instant};

use hostledger_documents::iris_csv;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::table::quoted;
use super::{Bench, PER_LEDGER, clean};
use crate::imports::ImportKind;
use crate::tax::read_answers;
use crate::{Code, Error, fx};

/// What files are read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Import(ImportKind),
    ExchangeRates,
    TinAnswers,
    IrisTemplate,
}

const READERS: [Reader; 9] = [
    Reader::Import(ImportKind::Bookings),
    Reader::Import(ImportKind::Hosts),
    Reader::Import(ImportKind::Disputes),
    Reader::Import(ImportKind::StripePayments),
    Reader::Import(ImportKind::TaxProfiles),
    Reader::Import(ImportKind::OpeningBalances),
    Reader::ExchangeRates,
    Reader::TinAnswers,
    Reader::IrisTemplate,
];

const RATES: &str = "date,from,to,rate,source\n2026-03-09,EUR,USD,1.0842,ECB\n2026-03-10,EUR,USD,1.0851,ECB\n2026-03-10,JPY,USD,0.0067,ECB\n";
const ANSWERS: &str = "TIN Type;TIN;Name;Account Number;Indicator\n2;010-20-1000;Amara Okafor;host-000000;0\n2;011211001;José Núñez;host-000001;3\n";
const TEMPLATE: &str = "Form Type,Tax Year,Payer TIN Type,Payer Taxpayer ID Number,Payer City/Town,Recipient Last Name,State 1\n";

/// A change of a text, at places in thousandths of it.
#[derive(Debug, Clone)]
enum Change {
    Flip(u16, u8),
    Insert(u16, Vec<u8>),
    Delete(u16, u16),
    Twice(u16, u16),
    Swap(u16, u16),
    CutOff(u16),
    Cell(u16, Vec<u8>),
}

/// What breaks readers: separators, quotes, ends, marks, numbers and dates at their limits.
fn words() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&'static [u8]> = vec![
        b"\"",
        b"\"\"",
        b"\n",
        b"\r",
        b"\r\n",
        b",",
        b";",
        b"\t",
        b"|",
        b"\0",
        b"\x1a",
        b"=\"",
        b"'",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xff",
        b"\xc3",
        b"sep=;\n",
        "\u{200b}".as_bytes(),
        "\u{202e}".as_bytes(),
        "\u{ad}".as_bytes(),
        "é".as_bytes(),
        "Ã©".as_bytes(),
        b"NULL",
        b"-",
        b"\\N",
        b"1.5E+17",
        b"-1",
        b"99999999999999999999",
        b"0.000000000000000000000001",
        b"9223372036854775807",
        b"1e400",
        b"NaN",
        b"9999-12-31T23:59:59Z",
        b"-009999-01-01T00:00:00Z",
        b"2026-02-30",
        b"2026-03-29T02:30:00+01:00[Europe/Berlin]",
        b"0001-01-01",
        b"KWD",
        b"JPY",
        b"XXX",
        b"CANCELED",
        b"COMPLETED",
        b"=1+1",
        b"#REF!",
        b"acct_",
        b"000-00-0000",
    ];
    prop_oneof![
        4 => proptest::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 1..12),
        1 => (any::<u8>(), 1_usize..80_000).prop_map(|(b, n)| vec![b; n]),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0_u16..1000;
    prop_oneof![
        2 => (at(), any::<u8>()).prop_map(|(a, b)| Change::Flip(a, b)),
        4 => (at(), words()).prop_map(|(a, w)| Change::Insert(a, w)),
        2 => (at(), 0_u16..30).prop_map(|(a, n)| Change::Delete(a, n)),
        1 => (at(), 0_u16..200).prop_map(|(a, n)| Change::Twice(a, n)),
        1 => (at(), at()).prop_map(|(a, b)| Change::Swap(a, b)),
        1 => at().prop_map(Change::CutOff),
        6 => (at(), words()).prop_map(|(a, w)| Change::Cell(a, w)),
    ]
}

fn place(bytes: &[u8], thousandths: u16) -> usize {
    bytes.len() * usize::from(thousandths) / 1000
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    if bytes.is_empty() {
        return;
    }
    match change {
        Change::Flip(at, b) => {
            let at = place(bytes, *at);
            bytes[at] ^= b;
        }
        Change::Insert(at, word) => {
            let at = place(bytes, *at);
            bytes.splice(at..at, word.iter().copied());
        }
        Change::Delete(at, n) => {
            let at = place(bytes, *at);
            let end = (at + usize::from(*n)).min(bytes.len());
            bytes.drain(at..end);
        }
        Change::Twice(at, n) => {
            let at = place(bytes, *at);
            let end = (at + usize::from(*n)).min(bytes.len());
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        Change::Swap(a, b) => {
            let (a, b) = (place(bytes, *a), place(bytes, *b));
            bytes.swap(a, b);
        }
        Change::CutOff(at) => bytes.truncate(place(bytes, *at)),
        Change::Cell(at, word) => {
            let is_end = |b: &u8| matches!(b, b',' | b';' | b'\n' | b'\r');
            let at = place(bytes, *at);
            let begin = bytes[..at].iter().rposition(is_end).map_or(0, |i| i + 1);
            let end = bytes[at..]
                .iter()
                .position(is_end)
                .map_or(bytes.len(), |i| at + i);
            bytes.splice(begin..end.max(begin), word.iter().copied());
        }
    }
}

fn text_of(reader: Reader, style: u8) -> String {
    match reader {
        Reader::Import(kind) => {
            let mut table = clean::table(kind);
            table
                .rows
                .truncate(if style < 128 { 4 } else { clean::ROWS });
            match style % 4 {
                0 => table.written(";", "\r\n", quoted),
                1 => table.written(",", "\r", quoted),
                _ => table.csv(),
            }
        }
        Reader::ExchangeRates => RATES.to_owned(),
        Reader::TinAnswers => ANSWERS.to_owned(),
        Reader::IrisTemplate => TEMPLATE.to_owned(),
    }
}

/// Ledgers that know the rows, and those that don't.
struct Benches {
    all: Vec<(ImportKind, bool, Bench, usize)>,
}

impl Benches {
    fn of(&mut self, kind: ImportKind, known: bool) -> &Bench {
        let at = self.all.iter().position(|b| (b.0, b.1) == (kind, known));
        let at = at.unwrap_or_else(|| {
            self.all.push((kind, known, Bench::new(kind, known), 0));
            self.all.len() - 1
        });
        let slot = &mut self.all[at];
        slot.3 += 1;
        if slot.3.is_multiple_of(PER_LEDGER) {
            slot.2 = Bench::new(kind, known);
        }
        &slot.2
    }
}

fn give(benches: &mut Benches, reader: Reader, known: bool, bytes: &[u8]) -> Result<(), Error> {
    let kind = match reader {
        Reader::Import(kind) => kind,
        _ => ImportKind::TaxProfiles,
    };
    let bench = benches.of(kind, known);
    let path = || {
        let path = bench.dir.path().join("file.csv");
        std::fs::write(&path, bytes).unwrap();
        path
    };
    match reader {
        Reader::Import(kind) => {
            let done = bench.take_in(kind, bytes, None)?;
            if !done.already {
                let left = bench.undo(&done);
                assert!(left.is_empty(), "left after its undo: {left:#?}");
            }
        }
        Reader::ExchangeRates => {
            let says = fx::Says {
                jumps_are_right: true,
                replace: true,
            };
            fx::import(&bench.session, &path(), says)?;
        }
        Reader::TinAnswers => {
            read_answers(&bench.session, &path())?;
        }
        Reader::IrisTemplate => {
            let text = String::from_utf8_lossy(bytes);
            let _ = iris_csv::check_columns(&text, &[]);
            let _ = iris_csv::unused_columns(&text, &[]);
        }
    }
    Ok(())
}

/// Gives so many inputs to the readers, or as many as there is time for.
fn fuzz(inputs: u32, time: Duration) -> u64 {
    let began = Instant::now();
    let mut benches = Benches { all: Vec::new() };
    let mut given = 0;
    let input = (
        0..READERS.len(),
        any::<(bool, u8)>(),
        proptest::collection::vec(change(), 1..8),
    );
    while given == 0 || began.elapsed() < time {
        let config = Config {
            cases: inputs,
            failure_persistence: None,
            max_shrink_iters: 400,
            ..Config::default()
        };
        let benches = std::cell::RefCell::new(&mut benches);
        // In every run the same inputs, where there is no time for many.
        let mut runner = if time.is_zero() {
            TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
        } else {
            TestRunner::new(config)
        };
        runner
            .run(&input, |(reader, (known, style), changes)| {
                let mut bytes = text_of(READERS[reader], style).into_bytes();
                for change in &changes {
                    apply(&mut bytes, change);
                }
                match give(&mut benches.borrow_mut(), READERS[reader], known, &bytes) {
                    Err(e) if e.code == Code::Internal => {
                        let shown =
                            String::from_utf8_lossy(&bytes[..bytes.len().min(3000)]).into_owned();
                        Err(TestCaseError::fail(format!(
                            "{:?}: {e}\n{shown}",
                            READERS[reader]
                        )))
                    }
                    _ => Ok(()),
                }
            })
            .unwrap_or_else(|e| panic!("{e}"));
        given += u64::from(inputs);
    }
    given
}

#[test]
fn r4_a_thousand_changed_files_never_break_a_reader() {
    let given = fuzz(1000, Duration::ZERO);
    println!("R4: {given} inputs");
}

#[test]
#[ignore = "long: ten minutes"]
fn r4_ten_minutes_of_changed_files() {
    let given = fuzz(1000, Duration::from_secs(600));
    println!("R4: {given} inputs");
}
