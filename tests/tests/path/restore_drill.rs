//! W2: people work with a ledger for a while, by file and through Stripe, and lose it again and again:
//! a backup is restored into a new place or the same one, an older database is put in the place of the
//! newer. Beside the ledger stands the outside: what the bank was handed and paid, what Stripe shows,
//! and what hosts earned. Nobody is ever paid more than they earned, whatever is tried before the
//! restore is settled; and in the end everybody has exactly that.
//!
//! A schedule is drawn from a seed, which every failure prints. `HOSTLEDGER_SEEDS=17` or `=17..40`
//! runs those alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use hostledger_stripe_fake::FakeStripe;
use hostledger_tests::draw::{Draw, chosen_seeds, run_seeds};
use hostledger_tests::export::{Row, booking, host, to_csv};
use hostledger_tests::stripe::{account, cheapen, connect, fill};
use hostledger_tests::{APPROVER, Answer, PREPARER, TestLedger};
use serde_json::Value;

use crate::close::text;

const MONDAY: &str = "2026-03-16";
const HOSTS: usize = 4;
const STEPS: usize = 11;
/// A seat of 20.00 at 70 %, its fee borne by the host.
const EARNED: i64 = 1312;

const SCHEDULES: u64 = 200;
const MANY_SCHEDULES: u64 = 5_000;
const AT_ONCE: usize = 4;

#[test]
fn w2_whatever_is_restored_nobody_is_paid_twice() {
    run_all(1..SCHEDULES + 1);
}

#[test]
#[ignore = "hours: 5,000 schedules; part of `cargo xtask test --long`"]
fn w2_five_thousand_schedules() {
    run_all(1_000_000..1_000_000 + MANY_SCHEDULES);
}

/// What happened, in numbers.
#[derive(Default)]
struct Counts([AtomicU64; 9]);

const COUNTED: [&str; 9] = [
    "batches by file",
    "batches through Stripe",
    "restored elsewhere",
    "restored in place",
    "older databases put back",
    "attempts refused before settling",
    "payouts failed or returned",
    "complaints",
    "restores with nothing left",
];

impl Counts {
    fn add(&self, what: usize) {
        self.0[what].fetch_add(1, Ordering::Relaxed);
    }
}

fn run_all(seeds: std::ops::Range<u64>) {
    let seeds = chosen_seeds().unwrap_or(seeds);
    let template = TestLedger::new();
    cheapen(&template);
    let every = [
        "settings",
        "set",
        "minimum.USD",
        "0.01",
        "--reason",
        "every cent",
    ];
    template.ok(&[&["--as-of", "2026-01-01"][..], &every].concat());
    let hosts: Vec<Row> = (1..=HOSTS)
        .map(|n| host(&format!("h-{n}"), &[("stripe_account_id", &account(n))]))
        .collect();
    template.import("hosts", to_csv(&hosts));
    let counts = Counts::default();
    run_seeds(&seeds, AT_ONCE, FakeStripe::start, |seed, stripe| {
        World::new(seed, &template, stripe, &counts).run();
    });
    let numbers = counts.0.map(AtomicU64::into_inner);
    let words: Vec<String> = COUNTED
        .iter()
        .zip(numbers)
        .map(|(what, n)| format!("{n} {what}"))
        .collect();
    println!(
        "W2: {} schedules: {}",
        seeds.end - seeds.start,
        words.join(", ")
    );
    if seeds.end - seeds.start >= SCHEDULES {
        assert!(numbers.iter().all(|n| *n > 0), "{}", words.join(", "));
    }
}

/// A payment that the bank made.
#[derive(Debug, Clone)]
struct Payment {
    host: String,
    minor: i64,
    batch: String,
    /// It didn't arrive, or was sent back.
    came_back: bool,
}

/// Something to go back to.
#[derive(Debug, Clone)]
struct Kept {
    path: PathBuf,
    is_backup: bool,
    /// How many payment files the bank had then.
    files: usize,
}

struct World<'a> {
    seed: u64,
    draw: Draw,
    l: TestLedger,
    /// One computer, whatever folder the ledger is in.
    state: PathBuf,
    outside: tempfile::TempDir,
    stripe: Option<&'a FakeStripe>,
    counts: &'a Counts,
    seats: Vec<Row>,
    earned: BTreeMap<String, i64>,
    /// By payout id.
    bank: BTreeMap<String, Payment>,
    /// Files in the order in which they were handed in, with their batch.
    files: Vec<(PathBuf, String)>,
    kept: Vec<Kept>,
    /// Bookings with an open complaint, and the dispute's id.
    complaints: BTreeMap<String, String>,
    names: usize,
    log: Vec<String>,
}

impl<'a> World<'a> {
    fn new(seed: u64, template: &TestLedger, stripe: &'a FakeStripe, counts: &'a Counts) -> Self {
        let mut draw = Draw(seed);
        let l = TestLedger::copy_of(&template.folder());
        let outside = tempfile::tempdir().expect("a folder");
        let stripe = (draw.below(2) == 0).then(|| {
            stripe.reset();
            fill(stripe, HOSTS);
            stripe
        });
        let w = Self {
            seed,
            draw,
            state: outside.path().join("state"),
            l,
            outside,
            stripe,
            counts,
            seats: Vec::new(),
            earned: BTreeMap::new(),
            bank: BTreeMap::new(),
            files: Vec::new(),
            kept: Vec::new(),
            complaints: BTreeMap::new(),
            names: 0,
            log: Vec::new(),
        };
        if let Some(stripe) = w.stripe {
            connect(&w.l, stripe, 20_000);
        }
        w
    }

    fn run(mut self) {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.live()));
        if let Err(panic) = done {
            eprintln!("seed {}:\n  {}", self.seed, self.log.join("\n  "));
            std::panic::resume_unwind(panic);
        }
    }

    fn live(&mut self) {
        self.seats();
        for _ in 0..STEPS {
            match self.draw.below(11) {
                0 | 1 => self.seats(),
                2..=4 => self.close_week(),
                5 => self.come_back(),
                6 => self.complain(),
                7 => self.leave_a_batch(),
                8 | 9 => self.keep(),
                _ => self.lose(),
            }
            self.nobody_has_more_than_they_earned();
        }
        self.lose();
        self.end();
    }

    fn say_as(&self, user: &str, args: &[&str]) -> Answer {
        let state = self.state.to_string_lossy().into_owned();
        let mut all = vec!["--state-dir", &state, "--as-of", MONDAY];
        all.extend(args);
        self.l.run_as(user, &all)
    }

    fn say(&mut self, args: &[&str]) -> Answer {
        let a = self.say_as(PREPARER, args);
        self.log.push(format!(
            "{} -> {} {}",
            args.join(" "),
            a.status,
            a.json["error"]["code"]
        ));
        a
    }

    fn ok(&mut self, args: &[&str]) -> Value {
        let a = self.say(args);
        assert_eq!(a.status, 0, "{args:?}: {} {}", a.json, a.stderr);
        a.json
    }

    fn ok_as_ben(&mut self, args: &[&str]) -> Value {
        let a = self.say_as(APPROVER, args);
        self.log
            .push(format!("ben: {} -> {}", args.join(" "), a.status));
        assert_eq!(a.status, 0, "{args:?}: {} {}", a.json, a.stderr);
        a.json
    }

    fn outside(&mut self, end: &str) -> PathBuf {
        self.names += 1;
        self.outside.path().join(format!("{}{end}", self.names))
    }

    /// Some hosts earn.
    fn seats(&mut self) {
        for _ in 0..1 + self.draw.below(3) {
            let host = format!("h-{}", 1 + self.draw.below(HOSTS));
            self.seats
                .push(booking(&format!("b-{}", self.seats.len()), &host, &[]));
            *self.earned.entry(host).or_default() += EARNED;
        }
        self.import();
    }

    /// The platform's export has everything there is.
    fn import(&mut self) {
        let file = self.outside(".csv");
        std::fs::write(&file, to_csv(&self.seats)).expect("an export");
        self.ok(&["import", "bookings", &file.to_string_lossy()]);
    }

    fn prepare(&mut self) -> Option<String> {
        let batch = self.ok(&[
            "payouts",
            "prepare",
            "--date",
            MONDAY,
            "--off-cycle",
            "a drill",
        ]);
        let id = text(&batch, "batch_id");
        if batch["payouts"].as_array().is_some_and(Vec::is_empty) {
            self.ok(&["payouts", "cancel", &id]);
            return None;
        }
        Some(id)
    }

    fn rail(&mut self) -> &'static str {
        match self.stripe {
            Some(_) if self.draw.below(3) > 0 => "stripe",
            _ => "file",
        }
    }

    fn approve(&mut self, batch: &str, rail: &str) {
        self.ok(&["payouts", "submit", batch, "--rail", rail]);
        self.ok_as_ben(&["payouts", "approve", batch]);
    }

    /// What is due is sent, and the bank pays.
    fn close_week(&mut self) {
        let Some(id) = self.prepare() else { return };
        let rail = self.rail();
        self.approve(&id, rail);
        self.send(&id, rail);
        if rail == "file" && self.draw.below(3) > 0 {
            self.settle(&id);
        }
    }

    fn send(&mut self, batch: &str, rail: &str) {
        if rail == "stripe" {
            self.ok(&["payouts", "send", batch, "--rail", "stripe"]);
            self.counts.add(1);
            return;
        }
        let file = self.outside("-pay.csv");
        self.ok(&[
            "payouts",
            "send",
            batch,
            "--rail",
            "file",
            "--out",
            &file.to_string_lossy(),
        ]);
        self.hand_in(&file);
        self.counts.add(0);
    }

    /// The bank pays every row of the file.
    fn hand_in(&mut self, file: &Path) {
        let mut rows = csv::Reader::from_path(file).expect("a payment file");
        let names = rows.headers().expect("a header").clone();
        let at = |row: &csv::StringRecord, name: &str| {
            let i = names.iter().position(|n| n == name).expect("a column");
            row[i].to_owned()
        };
        let mut batch = String::new();
        for row in rows.records() {
            let row = row.expect("a row");
            batch = at(&row, "batch_id");
            let payment = Payment {
                host: at(&row, "host_id"),
                minor: at(&row, "amount_minor").parse().expect("an amount"),
                batch: batch.clone(),
                came_back: false,
            };
            let before = self.bank.insert(at(&row, "payout_id"), payment);
            assert!(before.is_none(), "a payout was handed to the bank twice");
        }
        self.files.push((file.to_owned(), batch));
    }

    /// The bank says what became of a file's payouts, and people record it.
    fn settle(&mut self, batch: &str) {
        for id in self.of_batch(batch) {
            if self.draw.one_in(4) {
                self.back(&id);
            }
        }
        self.record_settled(batch);
    }

    /// People record what the bank says.
    fn record_settled(&mut self, batch: &str) {
        let of_batch = self.of_batch(batch);
        let failed = of_batch.iter().filter(|id| self.bank[*id].came_back);
        let failed: Vec<String> = failed.map(|id| format!("{id}=account closed")).collect();
        let mut args = vec!["payouts", "settle", batch];
        args.extend(failed.iter().flat_map(|f| ["--failed", f]));
        self.ok(&args);
    }

    fn of_batch(&self, batch: &str) -> Vec<String> {
        let of = self.bank.iter().filter(|(_, p)| p.batch == batch);
        of.map(|(id, _)| id.clone()).collect()
    }

    fn back(&mut self, payout: &str) {
        let payment = self.bank.get_mut(payout).expect("a payment");
        if !payment.came_back {
            payment.came_back = true;
            self.counts.add(6);
        }
    }

    /// A bank sends a settled payout back.
    fn come_back(&mut self) {
        let arrived: Vec<String> = self
            .bank
            .iter()
            .filter(|(_, p)| !p.came_back)
            .map(|(id, _)| id.clone())
            .collect();
        if arrived.is_empty() {
            return;
        }
        let id = arrived[self.draw.below(arrived.len())].clone();
        if self.status_of(&id).as_deref() == Some("COMPLETED") {
            self.back(&id);
            self.return_one(&id);
        }
    }

    fn return_one(&mut self, payout: &str) {
        self.ok(&[
            "payouts",
            "returned",
            payout,
            "--on",
            MONDAY,
            "--reason",
            "account closed",
        ]);
    }

    /// A payout's state in the ledger.
    fn status_of(&mut self, payout: &str) -> Option<String> {
        let batch = self.bank[payout].batch.clone();
        let shown = self.say_as(PREPARER, &["payouts", "show", &batch]);
        let all = shown.json["payouts"].as_array()?.clone();
        let one = all.iter().find(|p| p["payout_id"] == payout)?;
        Some(text(one, "status"))
    }

    /// A participant complains about a booking, or the complaint ends.
    fn complain(&mut self) {
        if let Some((booking, id)) = self.complaints.pop_first() {
            let a = self.withdraw(&id);
            assert_eq!(a.status, 0, "{booking}: {a:?}");
            return;
        }
        let n = self.draw.below(self.seats.len());
        let booking = self.seats[n]["booking_id"].clone();
        let open = [
            "disputes",
            "open",
            &booking,
            "--kind",
            "COMPLAINT",
            "--reason",
            "cut short",
        ];
        let a = self.say(&open);
        if a.status == 0 {
            self.complaints.insert(booking, text(&a.json, "dispute_id"));
            self.counts.add(7);
        }
    }

    fn withdraw(&mut self, dispute: &str) -> Answer {
        self.say(&[
            "disputes",
            "close",
            dispute,
            "--outcome",
            "withdrawn",
            "--reason",
            "settled",
        ])
    }

    /// A batch is prepared, perhaps approved, and left lying about.
    fn leave_a_batch(&mut self) {
        for id in self.open_batches() {
            self.ok(&["payouts", "cancel", &id]);
        }
        let Some(id) = self.prepare() else { return };
        if self.draw.below(3) > 0 {
            let rail = self.rail();
            self.approve(&id, rail);
        }
        if self.draw.one_in(2) {
            self.keep();
            // Dropped or sent after what was kept.
            let shown = self.ok(&["payouts", "show", &id]);
            if shown["status"] == "APPROVED" && self.draw.one_in(2) {
                let rail = text(&shown, "rail");
                self.send(&id, &rail);
                return;
            }
        }
        self.ok(&["payouts", "cancel", &id]);
    }

    fn batches(&self, states: &[&str]) -> Vec<(String, String)> {
        let all = self.say_as(PREPARER, &["payouts", "list"]).json;
        let all = all.as_array().cloned().unwrap_or_default();
        all.iter()
            .map(|b| (text(b, "batch_id"), text(b, "status")))
            .filter(|(_, status)| states.contains(&status.as_str()))
            .collect()
    }

    fn open_batches(&self) -> Vec<String> {
        let open = self.batches(&["DRAFT", "SUBMITTED", "APPROVED"]);
        open.into_iter().map(|(id, _)| id).collect()
    }

    /// A backup, or a copy of the database's file.
    fn keep(&mut self) {
        let is_backup = self.draw.below(3) > 0;
        let path = self.outside(if is_backup { ".hlbackup" } else { ".db" });
        if is_backup {
            self.ok(&["backup", &path.to_string_lossy()]);
        } else {
            std::fs::copy(self.l.folder().join("ledger.db"), &path).expect("a ledger at rest");
        }
        self.kept.push(Kept {
            path,
            is_backup,
            files: self.files.len(),
        });
    }

    /// The ledger is lost, and what was kept takes its place.
    fn lose(&mut self) {
        let mut choices = self.kept.clone();
        choices.extend(self.automatic());
        if choices.is_empty() {
            return;
        }
        let to = choices[self.draw.below(choices.len())].clone();
        self.log.push(format!("back to {to:?}"));
        if !to.is_backup {
            for end in ["ledger.db-wal", "ledger.db-shm"] {
                drop(std::fs::remove_file(self.l.folder().join(end)));
            }
            std::fs::copy(&to.path, self.l.folder().join("ledger.db")).expect("an older database");
            self.counts.add(4);
        } else if self.draw.one_in(2) {
            let key = std::fs::read(self.l.folder().join("stripe.key")).ok();
            self.l = TestLedger::nowhere();
            self.restore(&to, key);
            self.counts.add(2);
        } else {
            let key = std::fs::read(self.l.folder().join("stripe.key")).ok();
            std::fs::remove_dir_all(self.l.folder()).expect("a lost ledger");
            self.restore(&to, key);
            self.counts.add(3);
        }
        // What lies about is of another life of the ledger.
        self.complaints.clear();
        self.try_everything();
        self.settle_restore(&to);
    }

    fn restore(&mut self, to: &Kept, key: Option<Vec<u8>>) {
        self.ok(&["restore", &to.path.to_string_lossy()]);
        if let Some(key) = key {
            std::fs::write(self.l.folder().join("stripe.key"), key).expect("the key");
        }
    }

    /// The program's own backups before and after sends.
    fn automatic(&self) -> Vec<Kept> {
        let Ok(there) = std::fs::read_dir(self.l.folder().join("backups")) else {
            return Vec::new();
        };
        let mut found: Vec<PathBuf> = there.flatten().map(|e| e.path()).collect();
        found.sort();
        let Some(newest) = found
            .iter()
            .rfind(|p| p.to_string_lossy().contains("before-sending"))
        else {
            return Vec::new();
        };
        // It may be the backup before a send through Stripe; then the bank's files are all in it.
        let copy = self
            .outside
            .path()
            .join(newest.file_name().expect("a name"));
        std::fs::copy(newest, &copy).expect("a copy");
        let made = std::fs::metadata(newest)
            .and_then(|m| m.modified())
            .expect("a time");
        let older = |(file, _): &&(PathBuf, String)| {
            std::fs::metadata(file)
                .and_then(|m| m.modified())
                .is_ok_and(|t| t < made)
        };
        vec![Kept {
            path: copy,
            is_backup: true,
            files: self.files.iter().filter(older).count(),
        }]
    }

    /// Before the restore is settled nothing leaves, whatever is tried.
    fn try_everything(&mut self) {
        let status = self.ok(&["restores", "status"]);
        if status["sends"] == true {
            // Nothing was written since it was kept, so it is the newest there is.
            return;
        }
        for (id, status) in self.batches(&["APPROVED", "SENDING"]) {
            let out = self.outside("-again.csv");
            let out = out.to_string_lossy().into_owned();
            for rail in ["file", "stripe"] {
                let send = ["payouts", "send", &id, "--rail", rail, "--out", &out];
                assert_ne!(self.say(&send).status, 0, "{status}");
            }
            self.say(&["payouts", "resume", &id, "--out", &out]);
            assert!(
                !Path::new(&out).exists(),
                "a payment file of a ledger that isn't settled"
            );
            self.counts.add(5);
        }
        if status["older"].is_null() {
            for id in self.open_batches() {
                if self.draw.one_in(2) {
                    self.ok(&["payouts", "cancel", &id]);
                }
            }
            let anew = self.ok(&[
                "payouts",
                "prepare",
                "--date",
                MONDAY,
                "--off-cycle",
                "round it",
            ]);
            assert_eq!(anew["payouts"], serde_json::json!([]), "{anew}");
        }
    }

    /// People find out what left, and say so.
    fn settle_restore(&mut self, to: &Kept) {
        let status = self.ok(&["restores", "status"]);
        if status["sends"] == true {
            self.again();
            return;
        }
        let left: Vec<(PathBuf, String)> = self.files[to.files..].to_vec();
        if left.is_empty() {
            self.ok(&["restores", "sent", "--none"]);
            self.counts.add(8);
        }
        for (file, batch) in &left {
            let file = file.to_string_lossy().into_owned();
            let approved = status["approved"]
                .as_array()
                .is_some_and(|all| all.iter().any(|b| b == batch.as_str()));
            let still = approved && self.open_batches().contains(batch);
            if still && self.draw.one_in(2) {
                self.ok(&["restores", "sent", "--batch", batch]);
            } else {
                self.ok(&["restores", "sent", "--file", &file]);
            }
        }
        if self.stripe.is_some() {
            let reconciled = self.say(&["stripe", "reconcile"]);
            if reconciled.status != 0 {
                assert_eq!(
                    reconciled.json["error"]["code"], "RECONCILE_FIRST",
                    "{reconciled:?}"
                );
                for id in self.open_batches() {
                    // One that people say left as it stands is on its way.
                    let shown = self.say_as(PREPARER, &["restores", "status"]).json;
                    let said = shown["said"].as_array().cloned().unwrap_or_default();
                    if said.iter().any(|w| w["batch_id"] == id.as_str()) {
                        self.ok(&["restores", "clear"]);
                        for (file, _) in &left {
                            self.ok(&["restores", "sent", "--file", &file.to_string_lossy()]);
                        }
                    }
                    self.ok(&["payouts", "cancel", &id]);
                }
                self.ok(&["stripe", "reconcile"]);
            }
        }
        assert_eq!(
            self.say(&["restores", "confirm"]).json["error"]["code"],
            "SAME_PERSON"
        );
        self.ok_as_ben(&["restores", "confirm"]);
        assert_eq!(self.ok(&["restores", "status"])["sends"], true);
        self.again();
    }

    /// What the lost ledger had besides: the platform's rows, and what came back.
    fn again(&mut self) {
        self.import();
        let back: Vec<String> = self
            .bank
            .iter()
            .filter(|(_, p)| p.came_back)
            .map(|(id, _)| id.clone())
            .collect();
        for (batch, _) in self.batches(&["SENDING"]) {
            if !self.of_batch(&batch).is_empty() {
                self.record_settled(&batch);
            }
        }
        for id in back {
            // Under its own id, also where the copy cancelled the one that it knew by it.
            let returned = [
                "payouts",
                "returned",
                &id,
                "--on",
                MONDAY,
                "--reason",
                "account closed",
            ];
            let a = self.say(&returned);
            if a.status != 0 {
                let known = &a.json["error"]["details"]["status"];
                assert!(*known == "FAILED" || *known == "REVERSED", "{id}: {a:?}");
            }
        }
        let check = self.say(&["check"]);
        assert_eq!(check.json["ok"], true, "{}", check.json);
    }

    /// What each host was paid, by the outside alone.
    fn paid(&self) -> BTreeMap<String, i64> {
        let mut paid: BTreeMap<String, i64> = BTreeMap::new();
        for p in self.bank.values().filter(|p| !p.came_back) {
            *paid.entry(p.host.clone()).or_default() += p.minor;
        }
        for t in self.stripe.iter().flat_map(|s| s.transfers()) {
            let n = (1..=HOSTS)
                .find(|n| account(*n) == t.destination)
                .expect("a host's account");
            *paid.entry(format!("h-{n}")).or_default() += t.amount - t.amount_reversed;
        }
        paid
    }

    fn nobody_has_more_than_they_earned(&self) {
        for (host, paid) in self.paid() {
            let earned = self.earned.get(&host).copied().unwrap_or(0);
            assert!(paid <= earned, "{host} was paid {paid} and earned {earned}");
        }
    }

    /// Everything open ends, and everybody is paid the rest.
    fn end(&mut self) {
        while !self.complaints.is_empty() {
            self.complain();
        }
        // Complaints that a restored copy still has.
        let open = self.ok(&["disputes", "list"]);
        for d in open.as_array().cloned().unwrap_or_default() {
            if !["LOST", "WON", "WITHDRAWN"].contains(&text(&d, "status").to_uppercase().as_str()) {
                self.withdraw(&text(&d, "dispute_id"));
            }
        }
        for id in self.open_batches() {
            self.ok(&["payouts", "cancel", &id]);
        }
        self.again();
        if let Some(id) = self.prepare() {
            let rail = self.rail();
            self.approve(&id, rail);
            self.send(&id, rail);
        }
        let paid = self.paid();
        for (host, earned) in &self.earned {
            assert_eq!(
                paid.get(host).copied().unwrap_or(0),
                *earned,
                "{host}: {:?}",
                self.bank
            );
        }
        let check = self.say(&["check"]);
        assert_eq!(check.json["ok"], true, "{}", check.json);
    }
}
