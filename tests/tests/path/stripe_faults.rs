//! S2: the real process sends against a stand-in for Stripe that answers with every kind of fault,
//! and is killed between its steps and inside them; clocks jump, two processes send at once, keys
//! are forgotten. Whatever happened, in the end there is at most one transfer per payout, the ledger
//! tells what Stripe's list tells, the trial balance is zero and every check holds.
//!
//! A schedule is drawn from a seed, which every failure prints. `HOSTLEDGER_SEEDS=17` or `=17..40`
//! runs those alone.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind, Match};
use hostledger_tests::draw::{Draw, chosen_seeds, run_seeds};
use hostledger_tests::stripe::{
    KEY, approved_batch, assert_same, at_another_time, connect, fill, states, try_connect,
};
use hostledger_tests::{APPROVER, PREPARER, TestLedger};

const HOSTS: u8 = 5;
/// So that an answer that never comes costs little.
const TIMEOUT_MS: u32 = 250;
/// Without faults a busy machine is given the time it needs.
const PATIENT_MS: u32 = 20_000;
/// So long nothing arrives before a clock jumps: then nothing is still on its way.
const SETTLED: Duration = Duration::from_millis(700);
/// Most of a schedule is waiting: for time-outs, and for Stripe's rate limit.
const AT_ONCE: usize = 8;

const SCHEDULES: u64 = 200;
const MANY_SCHEDULES: u64 = 10_000;

#[test]
fn s2_faults_and_kills_never_pay_twice_or_lose_a_payout() {
    run_all(1..SCHEDULES + 1);
}

#[test]
#[ignore = "an hour: 10,000 schedules; part of `cargo xtask test --long`"]
fn s2_ten_thousand_schedules() {
    run_all(1_000_000..1_000_000 + MANY_SCHEDULES);
}

fn run_all(seeds: std::ops::Range<u64>) {
    let seeds = chosen_seeds().unwrap_or(seeds);
    let template = Template::new();
    let kinds = [const { AtomicU64::new(0) }; 5];
    run_seeds(&seeds, AT_ONCE, FakeStripe::start, |seed, stripe| {
        let did = template.run(seed, stripe);
        for (count, did) in kinds.iter().zip(did) {
            count.fetch_add(did, Ordering::Relaxed);
        }
    });
    let [faults, kills, jumps, twins, releases] = kinds.map(AtomicU64::into_inner);
    println!(
        "S2: {} schedules ({}..{}): {faults} scripted faults, {kills} kills, {jumps} clock jumps, {twins} pairs of processes, {releases} releases by two people",
        seeds.end - seeds.start,
        seeds.start,
        seeds.end
    );
    if seeds.end - seeds.start >= SCHEDULES {
        let least = [faults, kills, jumps, twins, releases];
        assert!(
            least.iter().all(|n| *n > 0),
            "not every kind was run: {least:?}"
        );
    }
}

/// A ledger with an approved batch, copied for every schedule.
struct Template {
    ledger: TestLedger,
    batch: String,
    platform: String,
}

impl Template {
    fn new() -> Self {
        let stripe = FakeStripe::start();
        let (ledger, batch) = approved_batch(&stripe, HOSTS.into(), PATIENT_MS);
        Self {
            ledger,
            batch,
            platform: stripe.platform_account(),
        }
    }

    /// Runs one schedule; how many faults, kills, clock jumps, pairs and releases it had.
    fn run(&self, seed: u64, stripe: &FakeStripe) -> [u64; 5] {
        stripe.reset();
        stripe.set_platform_account(&self.platform);
        fill(stripe, HOSTS.into());
        let ledger = TestLedger::copy_of(&self.ledger.folder());
        impatient(&ledger, stripe);
        let mut schedule = Schedule {
            draw: Draw(seed),
            ledger: &ledger,
            batch: &self.batch,
            stripe,
            shift: None,
            did: [0; 5],
        };
        schedule.run(&format!("seed {seed}"));
        schedule.did
    }
}

/// Connects with a short time-out, which a busy machine may miss.
fn impatient(ledger: &TestLedger, stripe: &FakeStripe) {
    let tried = |_: &u32| try_connect(ledger, KEY, &stripe.url(), TIMEOUT_MS).status == 0;
    assert!((0..50).any(|n| tried(&n)), "no connection");
}

struct Schedule<'a> {
    draw: Draw,
    ledger: &'a TestLedger,
    batch: &'a str,
    stripe: &'a FakeStripe,
    /// How far the ledger's clock is off.
    shift: Option<String>,
    did: [u64; 5],
}

impl Schedule<'_> {
    fn run(&mut self, what: &str) {
        let rounds = 1 + self.draw.below(4);
        for round in 0..rounds {
            self.script();
            if round > 0 && self.draw.one_in(4) {
                self.jump();
            }
            let send = ["payouts", "send", self.batch, "--rail", "stripe"];
            let resume = ["payouts", "resume", self.batch];
            // A send that never began is begun again, one that did is refused.
            let args = if round == 0 || self.draw.one_in(3) {
                &send[..]
            } else {
                &resume[..]
            };
            self.disturbed(args);
        }
        self.mend(what);
        assert_same(self.ledger, self.batch, self.stripe, what);
    }

    /// Draws the faults of the next command.
    fn script(&mut self) {
        let mut faults = Vec::new();
        for nth in 1..=u32::from(HOSTS) {
            if self.draw.one_in(2) {
                let on = Match {
                    method: Some("POST".into()),
                    path_prefix: "/v1/transfers".into(),
                    payout_id: None,
                    nth: Some(nth),
                };
                let times = self.times();
                faults.push(Fault {
                    on,
                    what: self.fault(),
                    times,
                });
            }
        }
        if self.draw.one_in(3) {
            let paths = [
                "/v1/transfers",
                "/v1/balance",
                "/v1/accounts",
                "/v1/account",
            ];
            let on = Match {
                method: Some("GET".into()),
                path_prefix: paths[self.draw.below(paths.len())].into(),
                payout_id: None,
                nth: Some(self.times()),
            };
            faults.push(Fault {
                on,
                what: self.fault(),
                times: 1,
            });
        }
        self.did[0] += faults.len() as u64;
        self.stripe.script(faults);
    }

    fn times(&mut self) -> u32 {
        1 + u32::try_from(self.draw.below(3)).expect("a small number")
    }

    fn fault(&mut self) -> FaultKind {
        let delay = Duration::from_millis(100 + self.draw.below(400) as u64);
        let done = self.draw.one_in(2);
        // No key is forgotten here: Stripe keeps one for 24 hours at least. The jumps of its clock
        // do that.
        match self.draw.below(13) {
            0 => FaultKind::DropBefore,
            1 | 2 => FaultKind::DropAfter,
            3 => FaultKind::Delay(delay),
            4 => FaultKind::DelayBefore(delay),
            5 => FaultKind::GarbledOk,
            6 => FaultKind::ResetMidBody,
            7 => FaultKind::Conflict409,
            8 => FaultKind::TooMany429,
            9 => FaultKind::Saved500 { done },
            10 => FaultKind::Unavailable503,
            11 => FaultKind::Hang { done },
            _ => FaultKind::Refuse {
                status: 400,
                code: "account_invalid".into(),
                message: "No.".into(),
            },
        }
    }

    /// Time passes: for Stripe and for the ledger, or for the ledger's clock alone.
    fn jump(&mut self) {
        self.stripe.settle(SETTLED);
        self.did[2] += 1;
        let hours = 20 + self.draw.below(12);
        match self.draw.below(3) {
            0 => self.shift = Some(format!("-{hours}h")),
            1 => self.shift = None,
            _ => {
                self.stripe
                    .advance_clock(Duration::from_secs(hours as u64 * 3600));
                self.shift = Some(format!("+{hours}h"));
            }
        }
    }

    fn command(&self, user: &str, args: &[&str]) -> Command {
        let mut command = self.ledger.command(user, args);
        if let Some(shift) = &self.shift {
            at_another_time(&mut command, shift);
        }
        command
    }

    /// Runs a command that may be killed, beside another one or alone.
    fn disturbed(&mut self, args: &[&str]) {
        let twin = self.draw.one_in(4);
        let mut children = vec![self.start(args)];
        if twin {
            self.did[3] += 1;
            std::thread::sleep(Duration::from_millis(self.draw.below(120) as u64));
            children.push(self.start(args));
        }
        if self.draw.one_in(3) {
            self.did[1] += 1;
            std::thread::sleep(Duration::from_millis(30 + self.draw.below(600) as u64));
            drop(children[0].kill()); // it may have ended
        }
        for mut child in children {
            child.wait().expect("an end");
        }
    }

    fn start(&mut self, args: &[&str]) -> Child {
        let mut command = self.command(PREPARER, args);
        if self.draw.one_in(3) {
            self.did[1] += 1;
            let points = [
                "prepared", "begin", "begun", "answered", "record", "recorded",
            ];
            let point = points[self.draw.below(points.len())];
            command.env(
                "HOSTLEDGER_KILL_AT",
                format!("{point}:{}", 1 + self.draw.below(HOSTS.into())),
            );
        }
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    /// Stripe is well again: resuming brings the batch to its end, and what Stripe doesn't show
    /// after a day is released by two people.
    fn mend(&mut self, what: &str) {
        self.stripe.script(Vec::new());
        self.stripe.settle(SETTLED);
        connect(self.ledger, self.stripe, PATIENT_MS);
        if self.shift.as_ref().is_some_and(|s| s.starts_with('-')) {
            self.shift = None;
        }
        let shown = self.ledger.ok(&["payouts", "show", self.batch]);
        if shown["status"] == "APPROVED" {
            self.finish(&["payouts", "send", self.batch, "--rail", "stripe"], what);
        }
        self.finish(&["payouts", "resume", self.batch], what);
        if self.open().is_empty() {
            return;
        }
        // A saved error answers for a day.
        self.stripe.advance_clock(Duration::from_secs(60 * 3600));
        self.shift = Some("+60h".into());
        self.finish(&["payouts", "resume", self.batch], what);
        for payout in self.open() {
            self.did[4] += 1;
            for user in [PREPARER, APPROVER] {
                let args = ["payouts", "release", &payout, "--reason", "not listed"];
                let done = self.command(user, &args).output().expect("the program");
                assert!(
                    done.status.success(),
                    "{what}: {user} releases {payout}: {}",
                    String::from_utf8_lossy(&done.stdout)
                );
            }
        }
        self.finish(&["payouts", "resume", self.batch], what);
    }

    fn finish(&self, args: &[&str], what: &str) {
        let done = self.command(PREPARER, args).output().expect("the program");
        assert!(
            done.status.success(),
            "{what}: {args:?}: {}",
            String::from_utf8_lossy(&done.stdout)
        );
    }

    fn open(&self) -> Vec<String> {
        let all = states(self.ledger, self.batch).into_iter();
        all.filter(|(_, s)| s.status == "PROCESSING")
            .map(|(id, _)| id)
            .collect()
    }
}
