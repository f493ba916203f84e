//! D1: complaints, chargebacks, refunds and payouts in any order, on a real ledger, against an
//! independent bookkeeping of the same events: no host is paid twice or short.
//!
//! Sequences share a ledger; each has a host and a booking of its own.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the failure")]

mod played;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use hostledger_app::disputes::{self, NewDispute, Outcome};
use hostledger_app::explain::explain;
use hostledger_app::imports::ImportKind;
use hostledger_app::jobs::Job;
use hostledger_app::payouts::{self, Settlement};
use hostledger_app::{commissions, hosts, settings};
use hostledger_core::dispute::DisputeKind;
use hostledger_core::{Currency, Money};
use jiff::civil::date;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use played::{EVENTS, MONDAY, World, cents};

/// 70 %, the fee borne by the host.
const PLATFORM_SHARE: i64 = 3000;

/// Where a dispute stands, as far as money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Warned,
    Open,
    Won,
    Lost,
}

#[derive(Debug, Clone)]
struct Claim {
    kind: DisputeKind,
    amount: i64,
    stands: Stands,
    /// The place in the order of losing.
    lost_no: usize,
    /// The bank's fee, once it took money; 0: it only warned.
    fee: i64,
    /// Days after the first of March on which it was opened.
    day: i64,
    /// A person entered it and no file named it since: what a file brings of the same kind, amount
    /// and day is this one while it is open.
    nameless: bool,
}

impl Claim {
    /// The setting of the day: 15.00 until the third of March, then 20.00.
    fn fee_of(day: i64) -> i64 {
        if day < 3 { 1500 } else { 2000 }
    }

    /// A chargeback that took money has its fee, decided then.
    fn take(&mut self) {
        let takes = self.kind == DisputeKind::Chargeback && self.stands != Stands::Warned;
        if takes && self.fee == 0 {
            self.fee = Self::fee_of(self.day);
        }
    }

    /// What stands of the fee: from the fifth of March on a win gives it back.
    fn fee_due(&self) -> i64 {
        if self.stands == Stands::Won && self.day >= 4 {
            0
        } else {
            self.fee
        }
    }
}

/// The way of the booking's payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Home,
    Sent,
    Arrived,
}

/// The booking and all that happened, kept by other rules than the program's.
#[derive(Debug, Clone)]
struct Model {
    price: i64,
    fee: i64,
    refunded: i64,
    claims: Vec<Claim>,
    losses: usize,
    way: Way,
    /// The host amount as it left, once it did.
    as_sent: Option<i64>,
    /// What arrived.
    paid: i64,
    /// The payout on its way now.
    in_transit: Option<i64>,
}

impl Model {
    /// Lost claims in the order of losing.
    fn lost(&self) -> Vec<&Claim> {
        let mut lost: Vec<&Claim> = self
            .claims
            .iter()
            .filter(|c| c.stands == Stands::Lost)
            .collect();
        lost.sort_by_key(|c| c.lost_no);
        lost
    }

    fn given_back_if(&self, also: &[&Claim]) -> i64 {
        let lost = self.lost();
        let of = |kind| {
            lost.iter()
                .chain(also)
                .filter(|c| c.kind == kind)
                .map(|c| c.amount)
                .sum::<i64>()
        };
        let complaints = of(DisputeKind::Complaint);
        let chargebacks = of(DisputeKind::Chargeback);
        self.price.min(self.refunded.max(complaints) + chargebacks)
    }

    fn host_amount_if(&self, also: &[&Claim]) -> i64 {
        let net = self.price - self.given_back_if(also);
        if net == 0 {
            return 0;
        }
        let platform = (net * PLATFORM_SHARE + 5000) / 10_000;
        (net - platform - self.fee).max(0)
    }

    /// What each open claim puts at stake of money that left, the earlier first.
    fn reserved(&self) -> i64 {
        if self.way == Way::Home {
            return 0;
        }
        let open: Vec<&Claim> = self
            .claims
            .iter()
            .filter(|c| c.stands == Stands::Open)
            .collect();
        self.host_amount_if(&[]) - self.host_amount_if(&open)
    }

    /// The claim entered by hand that a file's claim is: of its kind and amount, opened within three
    /// days of it (all by hand on the first of March), and still open.
    fn adopted_by(&self, event: &Event) -> Option<usize> {
        let Event::Claim(kind, amount, Some(day), _) = event else {
            return None;
        };
        self.claims.iter().position(|c| {
            c.nameless
                && c.kind == *kind
                && c.amount == *amount
                && c.stands == Stands::Open
                && *day <= 3
        })
    }

    fn is_blocked(&self) -> bool {
        self.claims
            .iter()
            .any(|c| matches!(c.stands, Stands::Warned | Stands::Open))
    }

    /// What the host is owed and may be paid or set against: earned less what left, less reserves.
    fn owed(&self) -> i64 {
        self.host_amount_if(&[]) - self.paid - self.in_transit.unwrap_or(0) - self.reserved()
    }

    /// What a batch would pay: all that is owed; while the booking is held before it was paid, all
    /// but its own amount, as it was sent once or as it is now.
    fn payable(&self) -> i64 {
        let held = match self.way {
            Way::Home if self.is_blocked() => {
                self.as_sent.unwrap_or_else(|| self.host_amount_if(&[]))
            }
            _ => 0,
        };
        self.owed() - held
    }

    /// The booking's postings by account, each event by its own row of the table: first what was
    /// lost, in its order, then what the export shows.
    fn accounts(&self) -> BTreeMap<&'static str, i64> {
        let mut a: BTreeMap<&'static str, i64> = BTreeMap::new();
        let mut add = |account, amount| *a.entry(account).or_default() += amount;
        let (mut r, mut due, mut complaints, mut chargebacks) = (0, 0, 0, 0);
        for c in self.lost() {
            match c.kind {
                DisputeKind::Complaint => complaints += c.amount,
                DisputeKind::Chargeback => chargebacks += c.amount,
            }
            let growth = self.price.min(complaints + chargebacks) - r;
            r += growth;
            match c.kind {
                DisputeKind::Complaint => {
                    due += growth;
                    add("liabilities:refunds due", -growth);
                }
                DisputeKind::Chargeback => {
                    add("assets:disputed", -c.amount);
                    add("expenses:lost disputes", c.amount - growth);
                }
            }
        }
        let awaited = due.min(self.refunded);
        let grown = self.given_back_if(&[]) - r;
        add("liabilities:refunds due", awaited);
        add("assets:stripe", -self.refunded);
        add("expenses:lost disputes", self.refunded - awaited - grown);
        let mut fees = 0;
        for c in &self.claims {
            if c.kind == DisputeKind::Chargeback && c.stands != Stands::Warned {
                add("assets:stripe", -c.amount);
                add("assets:disputed", c.amount);
                if c.stands == Stands::Won {
                    add("assets:stripe", c.amount);
                    add("assets:disputed", -c.amount);
                }
            }
            fees += c.fee_due();
        }
        add("assets:stripe", -fees);
        add("expenses:dispute fees", fees);
        add("assets:stripe", self.price - self.fee);
        let net = self.price - self.given_back_if(&[]);
        let host = self.host_amount_if(&[]);
        if net == 0 {
            add("expenses:processing fees", self.fee);
        } else {
            let platform = (net * PLATFORM_SHARE + 5000) / 10_000;
            add("income:platform fees", -platform);
            add("expenses:processing fees", host + platform + self.fee - net);
        }
        a.retain(|_, v| *v != 0);
        a
    }
}

#[derive(Debug, Clone)]
enum Event {
    /// The export shows that this much was refunded in all.
    Refund(i64),
    /// Of this kind about this amount; by a person's hand or by a file that says it was opened so
    /// many days after the first of March; perhaps only a warning.
    Claim(DisputeKind, i64, Option<i64>, bool),
    /// The bank's warning becomes a chargeback, or a chargeback another amount.
    Restate(usize, i64),
    /// A claim is decided, or decided the other way.
    Decide(usize, Outcome, bool),
    /// A batch is prepared, approved and sent.
    Send,
    /// It arrives, or comes back.
    Settle(bool),
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Self> {
        (
            prop::sample::select(vec![2000, 9999, 3333, 100, 61]),
            prop::option::of(0..200_i64),
        )
            .prop_map(|(price, fee)| Self {
                price,
                // A fee above the price and above twice the estimate would be an exception.
                fee: {
                    let estimate = (price * 290 + 5000) / 10_000 + 30;
                    fee.map_or(estimate, |f| f.min(price.max(2 * estimate)))
                },
                refunded: 0,
                claims: Vec::new(),
                losses: 0,
                way: Way::Home,
                as_sent: None,
                paid: 0,
                in_transit: None,
            })
            .boxed()
    }

    fn transitions(m: &Self) -> BoxedStrategy<Event> {
        let price = m.price;
        let n = m.claims.len().max(1);
        let kind = prop::sample::select(DisputeKind::ALL.to_vec());
        // Banks take more than the price, too.
        let amount = prop_oneof![2 => Just(price), 2 => 1..=price, 1 => price + 1..=price * 3];
        let day = prop::option::weighted(0.6, prop::sample::select(vec![0, 3, 4]));
        prop_oneof![
            2 => prop_oneof![Just(price), m.refunded..=price].prop_map(Event::Refund),
            3 => (kind, amount.clone(), day, prop::bool::weighted(0.15))
                .prop_map(|(k, a, day, warned)| Event::Claim(k, a, day, warned)),
            1 => (0..n, amount).prop_map(|(i, a)| Event::Restate(i, a)),
            4 => (0..n, prop::sample::select(Outcome::ALL.to_vec()), any::<bool>())
                .prop_map(|(i, o, hand)| Event::Decide(i, o, hand)),
            3 => Just(Event::Send),
            3 => prop::bool::weighted(0.7).prop_map(Event::Settle),
        ]
        .boxed()
    }

    fn preconditions(m: &Self, event: &Event) -> bool {
        match event {
            Event::Refund(to) => *to > m.refunded && *to <= m.price,
            Event::Claim(kind, amount, day, warned) => {
                let same_open = m
                    .claims
                    .iter()
                    .any(|c| c.kind == *kind && matches!(c.stands, Stands::Open | Stands::Warned));
                let adopts = m.adopted_by(event).is_some();
                *amount > 0
                    && m.claims.len() < 4
                    && !(*warned && *kind == DisputeKind::Complaint)
                    && !(day.is_none() && (same_open || *warned))
                    && !(adopts && *warned)
            }
            Event::Restate(i, amount) => m.claims.get(*i).is_some_and(|c| {
                *amount > 0
                    && match c.stands {
                        Stands::Warned => true,
                        Stands::Open => *amount != c.amount,
                        _ => false,
                    }
            }),
            Event::Decide(i, outcome, _) => m.claims.get(*i).is_some_and(|c| match c.stands {
                Stands::Warned => false,
                Stands::Open => true,
                Stands::Won => *outcome == Outcome::Lost,
                Stands::Lost => *outcome != Outcome::Lost,
            }),
            Event::Send => m.in_transit.is_none(),
            Event::Settle(_) => m.in_transit.is_some(),
        }
    }

    fn apply(mut m: Self, event: &Event) -> Self {
        match event {
            Event::Refund(to) => m.refunded = *to,
            Event::Claim(kind, amount, day, warned) => match m.adopted_by(event) {
                Some(i) => {
                    let c = &mut m.claims[i];
                    c.nameless = false;
                    c.day = day.unwrap_or_default();
                }
                None => {
                    let mut c = Claim {
                        kind: *kind,
                        amount: *amount,
                        stands: if *warned {
                            Stands::Warned
                        } else {
                            Stands::Open
                        },
                        lost_no: 0,
                        fee: 0,
                        day: day.unwrap_or_default(),
                        nameless: day.is_none(),
                    };
                    c.take();
                    m.claims.push(c);
                }
            },
            Event::Restate(i, amount) => {
                let c = &mut m.claims[*i];
                c.amount = *amount;
                c.stands = Stands::Open;
                c.take();
            }
            Event::Decide(i, outcome, _) => {
                m.losses += 1;
                let no = m.losses;
                let c = &mut m.claims[*i];
                if *outcome == Outcome::Lost {
                    c.stands = Stands::Lost;
                    c.lost_no = no;
                } else {
                    c.stands = Stands::Won;
                }
            }
            Event::Send => {
                let amount = m.payable();
                if amount > 0 {
                    if m.way == Way::Home && !m.is_blocked() {
                        let line = m.host_amount_if(&[]);
                        m.as_sent.get_or_insert(line);
                        m.way = Way::Sent;
                    }
                    m.in_transit = Some(amount);
                }
            }
            Event::Settle(arrives) => {
                let amount = m.in_transit.take().unwrap();
                if *arrives {
                    m.paid += amount;
                }
                if m.way == Way::Sent {
                    m.way = if *arrives { Way::Arrived } else { Way::Home };
                }
            }
        }
        m
    }
}

/// So many sequences share a ledger.
const PER_LEDGER: usize = 150;

fn ready(w: &mut World) {
    settings::set(&w.ana, "minimum.USD", "0.00", "every cent in this test").unwrap();
    for (day, key, value) in [
        (4, "dispute_fee", "20.00"),
        (5, "dispute_fee_returned", "on"),
    ] {
        w.ana.set_as_of(Some(date(2026, 3, day)));
        settings::set(&w.ana, key, value, "the bank's letter").unwrap();
    }
    w.ana.set_as_of(Some(MONDAY));
}

/// Does something in this thread's ledger.
fn within<T>(work: impl FnOnce(&mut World) -> T) -> T {
    played::within(ready, work)
}

/// Takes in a file of one row, which changes something.
fn take_in(w: &mut World, kind: ImportKind, text: &str) {
    let done = w.take_in(kind, text);
    assert_eq!(
        done.counts.exceptions, 0,
        "{:?}\n{text}",
        done.first_exceptions
    );
    assert_eq!(done.counts.inserted + done.counts.updated, 1, "{text}");
}

/// The program, seen as one host with one booking.
struct Program {
    n: usize,
    clock: i64,
    /// The claims' ids in the ledger.
    ids: Vec<String>,
    batch: Option<String>,
}

impl Program {
    fn booking(&self) -> String {
        format!("b{}", self.n)
    }

    fn tick(&mut self) -> jiff::Timestamp {
        self.clock += 1;
        let start: jiff::Timestamp = "2026-03-17T00:00:00Z".parse().unwrap();
        start + jiff::SignedDuration::from_mins(self.clock)
    }

    fn export(&mut self, w: &mut World, m: &Model) {
        let at = self.tick();
        let estimated = m.fee == (m.price * 290 + 5000) / 10_000 + 30;
        let text = format!(
            "booking_id,conversation_id,host_id,participant_id,booked_at,starts_at,ends_at,status,price,currency,processing_fee,refunded_amount,refunded_at,charge_id,updated_at\n\
             {id},c-{id},h{n},p{n},2026-02-20T10:00:00Z,2026-02-25T10:00:00Z,2026-02-25T11:00:00Z,COMPLETED,{},USD,{},{},{at},ch_{id},{at}\n",
            cents(m.price),
            if estimated {
                String::new()
            } else {
                cents(m.fee)
            },
            cents(m.refunded),
            id = self.booking(),
            n = self.n,
        );
        take_in(w, ImportKind::Bookings, &text);
    }

    fn dispute_row(&mut self, w: &mut World, i: usize, c: &Claim) {
        let at = self.tick();
        let (status, closed) = match c.stands {
            Stands::Warned => ("warning_needs_response", String::new()),
            Stands::Open => ("needs_response", String::new()),
            Stands::Won => ("won", at.to_string()),
            Stands::Lost => ("lost", at.to_string()),
        };
        let text = format!(
            "dispute_id,booking_id,kind,reason,amount,currency,status,opened_at,evidence_due_by,closed_at\n\
             {},{},{},general,{},USD,{status},2026-03-{:02}T00:00:00Z,{at},{closed}\n",
            self.ids[i],
            self.booking(),
            c.kind.as_str(),
            cents(c.amount),
            c.day + 1,
        );
        take_in(w, ImportKind::Disputes, &text);
    }

    fn send(&mut self, w: &mut World, m: &Model) {
        commissions::process(&w.ana, &Job::unwatched()).unwrap();
        let batch = payouts::prepare(&w.ana, MONDAY, None, &Job::unwatched()).unwrap();
        let id = batch.batch.batch_id.clone();
        let ours: Vec<i64> = batch
            .payouts
            .iter()
            .filter(|p| p.payout.host_id == format!("h{}", self.n))
            .map(|p| p.payout.amount_minor)
            .collect();
        assert_eq!(ours, m.in_transit.into_iter().collect::<Vec<_>>(), "{m:?}");
        if ours.is_empty() {
            payouts::cancel(&w.ana, &id, None).unwrap();
            return;
        }
        payouts::submit(&w.ana, &id, None).unwrap();
        payouts::approve(&w.ben, &id, None).unwrap();
        let out = w.dir.path().join(format!("{id}.csv"));
        payouts::send_file(&w.ana, &id, &out).unwrap();
        std::fs::remove_file(out).unwrap();
        self.batch = Some(id);
    }

    fn settle(&mut self, w: &World, arrives: bool) {
        let id = self.batch.take().unwrap();
        let failed = payouts::show(&w.ana, &id)
            .unwrap()
            .payouts
            .iter()
            .filter(|_| !arrives)
            .map(|p| (p.payout.payout_id.clone(), "account closed".to_owned()))
            .collect();
        let settlement = Settlement {
            failed,
            completed: None,
        };
        payouts::settle(&w.ana, &id, &settlement).unwrap();
    }

    fn compare(&self, w: &World, m: &Model) {
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
            "owed and reserved, {m:?}"
        );
        let e = explain(&w.ana, &self.booking()).unwrap();
        assert_eq!(
            e.commission.refunded_minor,
            m.given_back_if(&[]),
            "R, {m:?}"
        );
        assert_eq!(!e.commission.blocks.is_empty(), m.is_blocked(), "{m:?}");
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        for entry in &e.entries {
            for (account, amount) in entry.postings() {
                if !account.starts_with("liabilities:hosts") {
                    *sums.entry(account).or_default() += amount;
                }
            }
        }
        sums.retain(|_, v| *v != 0);
        let want: BTreeMap<String, i64> = m
            .accounts()
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect();
        assert_eq!(sums, want, "postings of the booking, {m:?}");
    }
}

struct Machine;

impl StateMachineTest for Machine {
    type SystemUnderTest = Program;
    type Reference = Model;

    fn init_test(m: &Model) -> Program {
        within(|w| Program::begin(w, m))
    }

    fn apply(p: Program, m: &Model, event: Event) -> Program {
        within(|w| p.happens(w, m, &event))
    }

    fn teardown(mut p: Program, _: Model) {
        within(|w| p.end(w));
    }
}

impl Program {
    fn begin(w: &mut World, m: &Model) -> Self {
        let n = w.next_sequence(PER_LEDGER, ready);
        take_in(
            w,
            ImportKind::Hosts,
            &format!(
                "host_id,name,email,status,approved_at,teaching_experience_years,stripe_account_id,payouts_enabled\n\
                 h{n},h{n},h{n}@x.example,ACTIVE,2026-01-01T00:00:00Z,5,acct_{n},true\n"
            ),
        );
        let mut p = Self {
            n,
            clock: 0,
            ids: Vec::new(),
            batch: None,
        };
        p.export(w, m);
        p
    }

    fn happens(mut self, w: &mut World, m: &Model, event: &Event) -> Self {
        let p = &mut self;
        EVENTS.fetch_add(1, Ordering::Relaxed);
        match event {
            Event::Refund(_) => p.export(w, m),
            Event::Claim(kind, amount, None, _) => {
                let new = NewDispute {
                    booking_id: p.booking(),
                    kind: *kind,
                    amount: Some(Money::new(*amount, Currency::USD)),
                    reason: "general".into(),
                    dispute_id: None,
                    opened_on: Some(date(2026, 3, 1)),
                    evidence_due_on: None,
                    status: None,
                };
                p.ids.push(disputes::open(&w.ana, &new).unwrap());
            }
            Event::Claim(..) => {
                let id = format!("d{}-{}", p.n, p.clock);
                // Where there is no claim more, it is one that a person entered: by amount and day.
                let i = if m.claims.len() > p.ids.len() {
                    p.ids.push(id);
                    p.ids.len() - 1
                } else {
                    let i = p.adopted(&m.claims);
                    p.ids[i] = id;
                    i
                };
                p.dispute_row(w, i, &m.claims[i]);
            }
            Event::Restate(i, _) => p.dispute_row(w, *i, &m.claims[*i]),
            Event::Decide(i, outcome, true) => {
                disputes::close(&w.ana, &p.ids[*i], *outcome, None, "decided").unwrap();
            }
            Event::Decide(i, _, false) => p.dispute_row(w, *i, &m.claims[*i]),
            Event::Send => p.send(w, m),
            Event::Settle(arrives) => p.settle(w, *arrives),
        }
        p.compare(w, m);
        self
    }

    /// The claim that no longer goes by the id made here.
    fn adopted(&self, claims: &[Claim]) -> usize {
        let made_here = |id: &String| !id.starts_with('d');
        (0..claims.len())
            .find(|i| made_here(&self.ids[*i]) && !claims[*i].nameless)
            .unwrap()
    }

    fn end(&mut self, w: &World) {
        if self.batch.is_some() {
            self.settle(w, true);
        }
        hosts::pause(&w.ana, &format!("h{}", self.n), "this sequence is over").unwrap();
    }
}

fn play(sequences: u32) {
    played::play::<Machine>("D1", sequences, 16, 200, ready);
}

#[test]
fn d1_any_sequence_of_disputes_refunds_and_payouts_ties_out() {
    play(300);
}

#[test]
#[ignore = "long: ten thousand sequences"]
fn d1_ten_thousand_sequences() {
    play(10_000);
}
