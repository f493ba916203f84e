//! F3: files taken in, undone and taken in again, rows that wait, payouts on their way, disputes,
//! retries and returns in any order, on a real ledger, against an independent bookkeeping of what
//! the host is owed: whatever stands is paid once, and nothing else.
//!
//! Sequences share a ledger; each has a host, bookings and files of its own.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the failure")]

mod played;

use std::sync::atomic::Ordering;

use hostledger_app::disputes::{self, Outcome};
use hostledger_app::imports::{self, ImportKind};
use hostledger_app::jobs::Job;
use hostledger_app::payouts::{self, Settlement};
use hostledger_app::stored::Filter;
use hostledger_app::{Code, commissions, exceptions, hosts, settings};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use played::{EVENTS, MONDAY, World, cents};

const BOOKINGS: usize = 3;
/// The versions that the platform has of a booking, each newer than the one before.
const RANKS: usize = 4;

/// What the platform says of a booking at one time; amounts in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    done: bool,
    price: i64,
    refunded: i64,
}

impl Version {
    /// At 70 %, the estimated fee borne by the host, `lost` of it taken by banks.
    fn host_amount(self, lost: i64) -> i64 {
        let net = self.price - self.price.min(self.refunded + lost);
        if !self.done || net == 0 {
            return 0;
        }
        let fee = (self.price * 290 + 5000) / 10_000 + 30;
        (net - (net * 3000 + 5000) / 10_000 - fee).max(0)
    }
}

/// A row of a file: booking, rank, and whether it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileRow {
    booking: usize,
    rank: usize,
    broken: bool,
}

#[derive(Debug, Clone)]
struct TakenFile {
    rows: Vec<FileRow>,
    stands: bool,
    /// The file whose very content it has: itself, or one that was undone.
    like: usize,
}

/// A row that waits or waited.
#[derive(Debug, Clone)]
struct Waiting {
    booking: usize,
    rank: usize,
    /// The file it counts to, and those that repeated it.
    files: Vec<usize>,
    open: bool,
    dismissed: bool,
    /// The file whose row took its place.
    closed_by: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Open,
    Won,
    Lost,
}

#[derive(Debug, Clone)]
struct Claim {
    booking: usize,
    amount: i64,
    stands: Stands,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    OnItsWay,
    Arrived,
    Failed,
    CameBack,
}

#[derive(Debug, Clone)]
struct Payment {
    amount: i64,
    bookings: Vec<usize>,
    fate: Fate,
    /// What came back of it in parts.
    back: i64,
    /// So many files had come when it left.
    after_files: usize,
}

impl Payment {
    fn is_live(&self) -> bool {
        matches!(self.fate, Fate::OnItsWay | Fate::Arrived)
    }
}

/// What a restatement moved of an amount that had been sent.
#[derive(Debug, Clone)]
struct Clawback {
    booking: usize,
    amount: i64,
    cause: Option<usize>,
    /// The payment that nets it.
    payment: Option<usize>,
    withdrawn: bool,
}

/// All that happened, kept by other rules than the program's.
#[derive(Debug, Clone)]
struct Model {
    versions: Vec<Vec<Version>>,
    files: Vec<TakenFile>,
    /// The rank of each booking that stands, and the file that it is traced to.
    stands: [Option<(usize, usize)>; BOOKINGS],
    /// The host amount as it left, once it did.
    as_sent: [Option<i64>; BOOKINGS],
    waiting: Vec<Waiting>,
    claims: Vec<Claim>,
    payments: Vec<Payment>,
    clawbacks: Vec<Clawback>,
    minimum: i64,
}

impl Model {
    fn lost(&self, booking: usize) -> i64 {
        self.claimed(booking, Stands::Lost)
    }

    fn claimed(&self, booking: usize, stands: Stands) -> i64 {
        let of = |c: &&Claim| c.booking == booking && c.stands == stands;
        self.claims.iter().filter(of).map(|c| c.amount).sum()
    }

    fn earned_if(&self, booking: usize, also_lost: i64) -> i64 {
        self.stands[booking].map_or(0, |(rank, _)| {
            self.versions[booking][rank].host_amount(self.lost(booking) + also_lost)
        })
    }

    fn earned(&self, booking: usize) -> i64 {
        self.earned_if(booking, 0)
    }

    fn live_payment(&self, booking: usize) -> Option<usize> {
        let of = |p: &Payment| p.is_live() && p.bookings.contains(&booking);
        self.payments.iter().position(of)
    }

    fn reserved(&self) -> i64 {
        (0..BOOKINGS)
            .filter(|b| self.live_payment(*b).is_some())
            .map(|b| self.earned(b) - self.earned_if(b, self.claimed(b, Stands::Open)))
            .sum()
    }

    /// All that stands is earned; less what left and stayed away, less what is reserved.
    fn owed(&self) -> i64 {
        let earned: i64 = (0..BOOKINGS).map(|b| self.earned(b)).sum();
        let away = self.payments.iter().filter(|p| p.is_live());
        earned - away.map(|p| p.amount - p.back).sum::<i64>() - self.reserved()
    }

    fn is_blocked(&self, booking: usize) -> bool {
        self.claimed(booking, Stands::Open) > 0
            || self.waiting.iter().any(|w| w.open && w.booking == booking)
    }

    /// What a booking is as a line of a payment.
    fn line(&self, booking: usize) -> i64 {
        self.as_sent[booking].unwrap_or_else(|| self.earned(booking))
    }

    fn unpaid(&self) -> impl Iterator<Item = usize> {
        (0..BOOKINGS).filter(|b| self.stands[*b].is_some() && self.live_payment(*b).is_none())
    }

    /// The bookings that a payment would take.
    fn ready(&self) -> Vec<usize> {
        self.unpaid()
            .filter(|b| !self.is_blocked(*b))
            .filter(|b| self.as_sent[*b].is_some() || self.earned(*b) > 0)
            .collect()
    }

    /// What is open beside bookings: clawbacks, reserves and releases, parts that came back.
    fn adjustments(&self) -> i64 {
        self.owed() - self.unpaid().map(|b| self.line(b)).sum::<i64>()
    }

    fn payable_of(&self, bookings: &[usize]) -> i64 {
        self.adjustments() + bookings.iter().map(|b| self.line(*b)).sum::<i64>()
    }

    fn is_paid(&self, amount: i64) -> bool {
        amount > 0 && amount >= self.minimum
    }

    fn pay(&mut self, bookings: Vec<usize>) {
        let amount = self.payable_of(&bookings);
        for b in &bookings {
            self.as_sent[*b] = Some(self.line(*b));
        }
        let n = self.payments.len();
        for c in &mut self.clawbacks {
            let netted = c.payment.is_some_and(|p| self.payments[p].is_live());
            if !c.withdrawn && !netted {
                c.payment = Some(n);
            }
        }
        self.payments.push(Payment {
            amount,
            bookings,
            fate: Fate::OnItsWay,
            back: 0,
            after_files: self.files.len(),
        });
    }

    /// What changed of a booking that was sent becomes a clawback.
    fn claw_back(&mut self, booking: usize, cause: Option<usize>) {
        let Some(sent) = self.as_sent[booking] else {
            return;
        };
        let of = |c: &&Clawback| c.booking == booking && !c.withdrawn;
        let before: i64 = self.clawbacks.iter().filter(of).map(|c| c.amount).sum();
        let amount = self.earned(booking) - sent - before;
        if amount != 0 {
            self.clawbacks.push(Clawback {
                booking,
                amount,
                cause,
                payment: None,
                withdrawn: false,
            });
        }
    }

    fn is_netted(&self, c: &Clawback) -> bool {
        c.payment.is_some_and(|p| self.payments[p].is_live())
    }

    /// The newest version of a booking in the files that stand without one, and the first of them
    /// that says so.
    fn without(&self, file: usize, booking: usize) -> Option<(usize, usize)> {
        let said = self
            .files
            .iter()
            .enumerate()
            .filter(|(n, f)| f.stands && *n != file);
        said.flat_map(|(n, f)| f.rows.iter().map(move |r| (r, n)))
            .filter(|(r, _)| r.booking == booking && !r.broken)
            .map(|(r, n)| (r.rank, n))
            .max_by_key(|(rank, n)| (*rank, std::cmp::Reverse(*n)))
    }

    /// Whether a file can be undone: nothing that it changes left and stayed away since.
    fn can_undo(&self, file: usize) -> bool {
        (0..BOOKINGS).all(|b| {
            let Some((rank, source)) = self.stands[b] else {
                return true;
            };
            if source != file {
                return true;
            }
            let then = self.without(file, b);
            if then.is_some_and(|(r, _)| r == rank) {
                return true;
            }
            let caused = |c: &&Clawback| c.booking == b && c.cause == Some(file) && !c.withdrawn;
            if self
                .clawbacks
                .iter()
                .filter(caused)
                .any(|c| self.is_netted(c))
            {
                return false;
            }
            let live = self.live_payment(b).map(|p| self.payments[p].after_files);
            match then {
                Some(_) => live.is_none_or(|after| after <= file),
                None => live.is_none() && !self.claims.iter().any(|c| c.booking == b),
            }
        })
    }

    fn undo(&mut self, file: usize) {
        for b in 0..BOOKINGS {
            let Some((rank, source)) = self.stands[b] else {
                continue;
            };
            if source != file {
                continue;
            }
            let then = self.without(file, b);
            self.stands[b] = then;
            if then.is_some_and(|(r, _)| r == rank) {
                continue;
            }
            for c in &mut self.clawbacks {
                if c.booking == b && c.cause == Some(file) {
                    c.withdrawn = true;
                }
            }
            self.claw_back(b, None);
            if then.is_none() {
                self.as_sent[b] = None;
                // What is left of the clawbacks cancels out.
                let of = |c: &&Clawback| c.booking == b && !c.withdrawn;
                let left: i64 = self.clawbacks.iter().filter(of).map(|c| c.amount).sum();
                if left != 0 {
                    self.clawbacks.push(Clawback {
                        booking: b,
                        amount: -left,
                        cause: None,
                        payment: None,
                        withdrawn: false,
                    });
                }
            }
        }
        self.files[file].stands = false;
        let stands: Vec<bool> = self.files.iter().map(|f| f.stands).collect();
        for w in &mut self.waiting {
            if w.open && w.files[0] == file {
                w.files.retain(|f| stands[*f]);
                w.open = !w.files.is_empty();
                if !w.open {
                    w.files.push(file);
                }
            } else if w.closed_by == Some(file) && stands[w.files[0]] {
                w.open = true;
                w.closed_by = None;
            }
        }
    }

    /// Takes a file in; what becomes of its rows: inserted, updated, unchanged, stale, exceptions.
    fn take(&mut self, rows: &[FileRow], like: Option<usize>) -> [i64; 5] {
        let file = self.files.len();
        self.files.push(TakenFile {
            rows: rows.to_vec(),
            stands: true,
            like: like.unwrap_or(file),
        });
        let mut counts = [0; 5];
        for r in rows {
            let became = if r.broken {
                self.wait(file, *r)
            } else {
                match self.stands[r.booking] {
                    Some((known, _)) if known == r.rank => 2,
                    Some((known, _)) if known > r.rank => 3,
                    known => {
                        self.stands[r.booking] = Some((r.rank, file));
                        self.claw_back(r.booking, Some(file));
                        for w in &mut self.waiting {
                            if w.open && w.booking == r.booking && w.rank <= r.rank {
                                (w.open, w.closed_by) = (false, Some(file));
                            }
                        }
                        usize::from(known.is_some())
                    }
                }
            };
            counts[became] += 1;
        }
        counts
    }

    fn wait(&mut self, file: usize, r: FileRow) -> usize {
        let same = |w: &&mut Waiting| w.booking == r.booking && w.rank == r.rank;
        // The newest word of a person on this very row.
        if let Some(w) = self
            .waiting
            .iter_mut()
            .rev()
            .filter(same)
            .find(|w| w.open || w.dismissed)
        {
            if w.dismissed {
                return 2;
            }
            w.files.push(file);
            return 4;
        }
        self.waiting.push(Waiting {
            booking: r.booking,
            rank: r.rank,
            files: vec![file],
            open: true,
            dismissed: false,
            closed_by: None,
        });
        4
    }
}

#[derive(Debug, Clone)]
enum Event {
    Take(Vec<FileRow>),
    /// A file comes again: one that stands changes nothing, one that was undone is taken in.
    Again(usize),
    Undo(usize),
    Dismiss(usize),
    Claim(usize, i64),
    Decide(usize, bool),
    Send,
    Settle(usize, bool),
    /// All that is left of a settled payment, or a part in cents.
    Return(usize, Option<i64>),
    Retry(usize),
    SetMinimum(i64),
}

fn any_rows() -> impl Strategy<Value = Vec<FileRow>> {
    let row = (0..RANKS, prop::bool::weighted(0.15));
    prop::collection::vec(prop::option::weighted(0.6, row), BOOKINGS).prop_filter_map(
        "a row at least",
        |rows| {
            let rows: Vec<FileRow> = rows
                .into_iter()
                .enumerate()
                .filter_map(|(booking, r)| {
                    r.map(|(rank, broken)| FileRow {
                        booking,
                        rank,
                        broken,
                    })
                })
                .collect();
            (!rows.is_empty()).then_some(rows)
        },
    )
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Self> {
        let version = (
            prop::bool::weighted(0.85),
            prop::sample::select(vec![5000, 6000, 9999, 20_000]),
            prop::sample::select(vec![0, 0, 0, 1000, 3333, i64::MAX]),
        )
            .prop_map(|(done, price, refunded)| Version {
                done,
                price,
                refunded: refunded.min(price),
            });
        let versions = prop::collection::vec(prop::collection::vec(version, RANKS), BOOKINGS);
        (versions, prop::sample::select(vec![0, 2500]))
            .prop_map(|(versions, minimum)| Self {
                versions,
                files: Vec::new(),
                stands: [None; BOOKINGS],
                as_sent: [None; BOOKINGS],
                waiting: Vec::new(),
                claims: Vec::new(),
                payments: Vec::new(),
                clawbacks: Vec::new(),
                minimum,
            })
            .boxed()
    }

    fn transitions(m: &Self) -> BoxedStrategy<Event> {
        let (files, payments) = (m.files.len().max(1), m.payments.len().max(1));
        let amount = prop::sample::select(vec![1000, 2000, 5000]);
        // A dispute of what is on its way just now, and a transfer that fails while it is disputed.
        let on_its_way: Vec<usize> = (0..BOOKINGS)
            .filter(|b| m.live_payment(*b).is_some())
            .collect();
        let sent = match on_its_way.is_empty() {
            true => (0..BOOKINGS).collect(),
            false => on_its_way,
        };
        let claim_sent = (prop::sample::select(sent), amount.clone());
        prop_oneof![
            5 => any_rows().prop_map(Event::Take),
            1 => (0..files).prop_map(Event::Again),
            4 => (0..files).prop_map(Event::Undo),
            1 => (0..m.waiting.len().max(1)).prop_map(Event::Dismiss),
            2 => (0..BOOKINGS, amount).prop_map(|(b, a)| Event::Claim(b, a)),
            2 => claim_sent.prop_map(|(b, a)| Event::Claim(b, a)),
            2 => (0..m.claims.len().max(1), any::<bool>()).prop_map(|(c, won)| Event::Decide(c, won)),
            5 => Just(Event::Send),
            3 => (0..payments, prop::bool::weighted(0.6)).prop_map(|(p, ok)| Event::Settle(p, ok)),
            2 => (0..payments, prop::option::of(100..3000_i64)).prop_map(|(p, a)| Event::Return(p, a)),
            2 => (0..payments).prop_map(Event::Retry),
            1 => prop::sample::select(vec![0, 2500]).prop_map(Event::SetMinimum),
        ]
        .boxed()
    }

    fn preconditions(m: &Self, event: &Event) -> bool {
        let payment = |p: usize, fate| m.payments.get(p).is_some_and(|p| p.fate == fate);
        match event {
            Event::Take(_) => m.files.len() < 12,
            Event::Undo(f) => m.files.get(*f).is_some(),
            // The content of a file that was undone and came again stands as another.
            Event::Again(f) => m.files.get(*f).is_some_and(|file| {
                let same = |o: &TakenFile| o.stands && o.like == file.like;
                m.files.len() < 12 && (file.stands || !m.files.iter().any(same))
            }),
            Event::Dismiss(w) => m.waiting.get(*w).is_some_and(|w| w.open),
            Event::Claim(b, amount) => {
                m.claims.len() < 3
                    && m.stands[*b].is_some_and(|(r, _)| m.versions[*b][r].price >= *amount)
            }
            Event::Decide(c, _) => m.claims.get(*c).is_some_and(|c| c.stands == Stands::Open),
            Event::Send => true,
            Event::Settle(p, _) => payment(*p, Fate::OnItsWay),
            Event::Return(p, part) => {
                payment(*p, Fate::Arrived) && {
                    let p = &m.payments[*p];
                    match part {
                        None => p.back == 0,
                        Some(a) => p.back + a < p.amount,
                    }
                }
            }
            Event::Retry(p) => {
                payment(*p, Fate::Failed) && {
                    let again = m.again(*p);
                    !again.is_empty() && m.is_paid(m.payable_of(&again))
                }
            }
            Event::SetMinimum(to) => *to != m.minimum,
        }
    }

    fn apply(mut m: Self, event: &Event) -> Self {
        match event {
            Event::Take(rows) => {
                m.take(rows, None);
            }
            Event::Again(f) if m.files[*f].stands => {}
            Event::Again(f) => {
                let file = m.files[*f].clone();
                m.take(&file.rows, Some(file.like));
            }
            Event::Undo(f) => {
                if m.files[*f].stands && m.can_undo(*f) {
                    m.undo(*f);
                }
            }
            Event::Dismiss(w) => {
                let w = &mut m.waiting[*w];
                (w.open, w.dismissed) = (false, true);
            }
            Event::Claim(booking, amount) => m.claims.push(Claim {
                booking: *booking,
                amount: *amount,
                stands: Stands::Open,
            }),
            Event::Decide(c, won) => {
                m.claims[*c].stands = if *won { Stands::Won } else { Stands::Lost };
                m.claw_back(m.claims[*c].booking, None);
            }
            Event::Send => {
                let ready = m.ready();
                if m.is_paid(m.payable_of(&ready)) {
                    m.pay(ready);
                }
            }
            Event::Settle(p, arrives) => {
                m.payments[*p].fate = if *arrives {
                    Fate::Arrived
                } else {
                    Fate::Failed
                };
            }
            Event::Return(p, None) => m.payments[*p].fate = Fate::CameBack,
            Event::Return(p, Some(part)) => m.payments[*p].back += part,
            Event::Retry(p) => m.pay(m.again(*p)),
            Event::SetMinimum(to) => m.minimum = *to,
        }
        m
    }
}

impl Model {
    /// The bookings of a failed payment that can be paid again.
    fn again(&self, payment: usize) -> Vec<usize> {
        let mut ready = self.ready();
        ready.retain(|b| self.payments[payment].bookings.contains(b));
        ready
    }
}

/// So many sequences share a ledger.
const PER_LEDGER: usize = 60;

fn ready(_: &mut World) {}

fn within<T>(work: impl FnOnce(&mut World) -> T) -> T {
    played::within(ready, work)
}

/// The program, seen as one host.
struct Program {
    n: usize,
    /// Of each file: its import and its text.
    files: Vec<(String, String)>,
    /// Of each payment: batch and payout.
    payments: Vec<(String, String)>,
    claims: usize,
}

impl Program {
    fn begin(w: &mut World, m: &Model) -> Self {
        let n = w.next_sequence(PER_LEDGER, ready);
        w.take_in(
            ImportKind::Hosts,
            &format!(
                "host_id,name,email,status,approved_at,teaching_experience_years,stripe_account_id,payouts_enabled\n\
                 h{n},h{n},h{n}@x.example,ACTIVE,2026-01-01T00:00:00Z,5,acct_{n},true\n"
            ),
        );
        let p = Self {
            n,
            files: Vec::new(),
            payments: Vec::new(),
            claims: 0,
        };
        set_minimum(w, m.minimum);
        p
    }

    fn booking(&self, b: usize) -> String {
        format!("b{}-{b}", self.n)
    }

    /// The text of a file; each ends with as many blank lines as there were files before.
    fn text(&self, m: &Model, rows: &[FileRow]) -> String {
        let mut out = String::from(
            "booking_id,conversation_id,host_id,participant_id,booked_at,starts_at,ends_at,status,price,currency,refunded_amount,refunded_at,charge_id,updated_at\n",
        );
        for r in rows {
            let id = self.booking(r.booking);
            let v = m.versions[r.booking][r.rank];
            let status = match v {
                Version { done: false, .. } => "CONFIRMED",
                v if v.refunded == v.price => "REFUNDED",
                _ => "COMPLETED",
            };
            let price = if r.broken {
                "much".to_owned()
            } else {
                cents(v.price)
            };
            let at = format!("2026-03-0{}T00:00:00Z", r.rank + 1);
            out.push_str(&format!(
                "{id},c-{id},h{n},p{n},2026-02-20T10:00:00Z,2026-02-25T10:00:00Z,2026-02-25T11:00:00Z,{status},{price},USD,{},{at},ch_{id},{at}\n",
                cents(v.refunded),
                n = self.n,
            ));
        }
        out.push_str(&"\n".repeat(self.files.len()));
        out
    }

    fn take(&mut self, w: &mut World, text: &str, counts: [i64; 5]) {
        let done = w.take_in(ImportKind::Bookings, text);
        let c = done.counts;
        assert_eq!(
            [c.inserted, c.updated, c.unchanged, c.stale, c.exceptions],
            counts,
            "{text}"
        );
        self.files.push((done.import_id, text.to_owned()));
    }

    fn send(&mut self, w: &World, view: &payouts::BatchView, amount: Option<i64>) {
        let id = view.batch.batch_id.clone();
        let ours: Vec<_> = view
            .payouts
            .iter()
            .map(|p| &p.payout)
            .filter(|p| p.host_id == format!("h{}", self.n))
            .collect();
        let amounts: Vec<i64> = ours.iter().map(|p| p.amount_minor).collect();
        assert_eq!(amounts, amount.into_iter().collect::<Vec<_>>());
        let Some(payout) = ours.first() else {
            payouts::cancel(&w.ana, &id, None).unwrap();
            return;
        };
        self.payments.push((id.clone(), payout.payout_id.clone()));
        payouts::submit(&w.ana, &id, None).unwrap();
        payouts::approve(&w.ben, &id, None).unwrap();
        let out = w.dir.path().join(format!("{id}.csv"));
        payouts::send_file(&w.ana, &id, &out).unwrap();
        std::fs::remove_file(out).unwrap();
    }

    fn settle(&self, w: &World, payment: usize, arrives: bool) {
        let (batch, payout) = &self.payments[payment];
        let failed = match arrives {
            true => Vec::new(),
            false => vec![(payout.clone(), "account closed".to_owned())],
        };
        let settlement = Settlement {
            failed,
            completed: None,
        };
        payouts::settle(&w.ana, batch, &settlement).unwrap();
    }

    fn dispute(&self, w: &mut World, c: &Claim, no: usize) {
        let (status, closed) = match c.stands {
            Stands::Open => ("needs_response", ""),
            Stands::Won => ("won", "2026-03-14T00:00:00Z"),
            Stands::Lost => ("lost", "2026-03-14T00:00:00Z"),
        };
        let text = format!(
            "dispute_id,booking_id,kind,reason,amount,currency,status,opened_at,evidence_due_by,closed_at\n\
             d{}-{no},{},CHARGEBACK,general,{},USD,{status},2026-03-01T00:00:00Z,,{closed}\n",
            self.n,
            self.booking(c.booking),
            cents(c.amount),
        );
        let done = w.take_in(ImportKind::Disputes, &text);
        assert_eq!(
            done.counts.exceptions, 0,
            "{text} {:?}",
            done.first_exceptions
        );
    }

    fn undo(&self, w: &World, before: &Model, file: usize) {
        let import = &self.files[file].0;
        let done = imports::undo(&w.ana, import, &Job::unwatched());
        if !before.files[file].stands {
            assert_eq!(
                done.unwrap_err().code,
                Code::WrongState,
                "it was undone before"
            );
        } else if before.can_undo(file) {
            done.unwrap_or_else(|e| panic!("{}: {before:?}", e.message));
        } else {
            assert_eq!(done.unwrap_err().code, Code::PaidDependsOnIt, "{before:?}");
        }
    }

    /// `m` is the model after the event.
    fn happens(mut self, w: &mut World, before: &Model, m: &Model, event: &Event) -> Self {
        EVENTS.fetch_add(1, Ordering::Relaxed);
        let p = &mut self;
        match event {
            Event::Take(rows) => {
                let counts = before.clone().take(rows, None);
                let text = p.text(m, rows);
                p.take(w, &text, counts);
            }
            Event::Again(f) => {
                let rows = before.files[*f].rows.clone();
                let text = p.files[*f].1.clone();
                if before.files[*f].stands {
                    let done = w.take_in(ImportKind::Bookings, &text);
                    let (n, c) = (i64::try_from(rows.len()).unwrap(), done.counts);
                    assert!(done.already);
                    assert_eq!((c.rows, c.unchanged, c.exceptions), (n, n, 0), "{text}");
                } else {
                    let counts = before.clone().take(&rows, None);
                    p.take(w, &text, counts);
                }
            }
            Event::Undo(f) => p.undo(w, before, *f),
            Event::Dismiss(n) => {
                let e = &before.waiting[*n];
                let import = &p.files[e.files[0]].0;
                let all = exceptions::list(&w.ana, Some(import)).unwrap();
                let at = format!("2026-03-0{}", e.rank + 1);
                let id = p.booking(e.booking);
                let of = all
                    .iter()
                    .find(|x| x.subject == id && x.row.contains(&at))
                    .unwrap();
                exceptions::dismiss(&w.ana, &of.exception_id, "a broken row").unwrap();
            }
            Event::Claim(..) => {
                p.dispute(w, m.claims.last().unwrap(), p.claims);
                p.claims += 1;
            }
            Event::Decide(c, true) if *c % 2 == 0 => {
                let id = format!("d{}-{c}", p.n);
                disputes::close(&w.ana, &id, Outcome::Won, None, "decided").unwrap();
            }
            Event::Decide(c, _) => p.dispute(w, &m.claims[*c], *c),
            Event::Send => {
                let view = payouts::prepare(&w.ana, MONDAY, None, &Job::unwatched()).unwrap();
                let paid = m.payments.get(before.payments.len());
                p.send(w, &view, paid.map(|p| p.amount));
            }
            Event::Settle(n, arrives) => p.settle(w, *n, *arrives),
            Event::Return(n, part) => {
                let part = part.map(cents);
                let id = &p.payments[*n].1;
                let why = format!("R03 {}", EVENTS.load(Ordering::Relaxed));
                payouts::returned(&w.ana, id, part.as_deref(), MONDAY, &why).unwrap();
            }
            Event::Retry(n) => {
                let view = payouts::retry(&w.ana, &p.payments[*n].1).unwrap();
                p.send(w, &view, Some(m.payments.last().unwrap().amount));
            }
            Event::SetMinimum(to) => set_minimum(w, *to),
        }
        p.compare(w, m, event);
        self
    }

    fn compare(&self, w: &World, m: &Model, event: &Event) {
        let host = hosts::show(&w.ana, &format!("h{}", self.n)).unwrap();
        let account = |reserved: bool| -> i64 {
            host.balances
                .iter()
                .filter(|b| b.account.ends_with(":reserved") == reserved)
                .map(|b| -b.balance_minor)
                .sum()
        };
        assert_eq!(
            (account(false), account(true)),
            (m.owed(), m.reserved()),
            "owed and reserved after {event:?}, {m:?}"
        );
        for b in 0..BOOKINGS {
            let filter = Filter {
                booking_id: Some(self.booking(b)),
                ..Filter::default()
            };
            let rows = commissions::page(&w.ana, &filter, false, None, 2).unwrap();
            assert_eq!(
                !rows.is_empty(),
                m.stands[b].is_some(),
                "booking {b}, {m:?}"
            );
            if let Some(c) = rows.first() {
                assert_eq!(
                    !c.blocks.is_empty(),
                    m.is_blocked(b),
                    "blocks of {b} after {event:?}, {m:?}"
                );
            }
        }
        let open: usize = self
            .files
            .iter()
            .map(|(id, _)| exceptions::list(&w.ana, Some(id)).unwrap().len())
            .sum();
        assert_eq!(
            open,
            m.waiting.iter().filter(|w| w.open).count(),
            "{event:?} {m:?}"
        );
    }

    fn end(&self, w: &World, m: &Model) {
        for (n, p) in m.payments.iter().enumerate() {
            if p.fate == Fate::OnItsWay {
                self.settle(w, n, true);
            }
        }
        hosts::pause(&w.ana, &format!("h{}", self.n), "this sequence is over").unwrap();
    }
}

fn set_minimum(w: &World, minor: i64) {
    settings::set(&w.ana, "minimum.USD", &cents(minor), "in this test").unwrap();
}

struct Machine;

impl StateMachineTest for Machine {
    /// The program, and the model as it was before the next event.
    type SystemUnderTest = (Program, Model);
    type Reference = Model;

    fn init_test(m: &Model) -> (Program, Model) {
        (within(|w| Program::begin(w, m)), m.clone())
    }

    fn apply((p, before): (Program, Model), m: &Model, event: Event) -> (Program, Model) {
        (within(|w| p.happens(w, &before, m, &event)), m.clone())
    }

    fn teardown((p, _): (Program, Model), m: Model) {
        within(|w| p.end(w, &m));
    }
}

fn play(sequences: u32) {
    played::play::<Machine>("F3", sequences, 24, 300, ready);
}

#[test]
fn f3_any_sequence_of_files_undone_payouts_and_disputes_ties_out() {
    play(300);
}

#[test]
#[ignore = "long: ten thousand sequences"]
fn f3_ten_thousand_sequences() {
    play(10_000);
}
