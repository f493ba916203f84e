//! The calls: begun durably, made once, answered or left unknown.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::StreamExt;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::transfer::{Found, TransferState, find};
use hostledger_core::{Code, Error};
use hostledger_store::Conn;
use hostledger_store::payouts::{Batch, Payout};
use hostledger_store::stripe::{self, Transfer};
use hostledger_stripe::{Client, Problem};

use super::super::departure::{Leaves, require_day};
use super::super::posting::{fail_unsent, finish_if_settled, leave};
use super::super::prepare::changes_of;
use super::super::send::{SendOutcome, sent, take_lease};
use super::super::{find_batch, find_payout, require_status};
use super::outcome::{freeze, record_sent, refuse};
use super::preflight::look;
use super::prepared::prepare_transfers;
use super::reconcile::{compare, strange_transfers};
use super::unknown::{clear_up, tie_out, unclear};
use super::{of_state, wanted};
use crate::identity::Role;
use crate::jobs::Job;
use crate::restores::{remember, require_settled};
use crate::{Result, Session, clock, kill_point};

/// Calls at work at once; the rate limit decides how many begin.
const AT_ONCE: usize = 16;
/// How often Stripe is asked again after it asked to slow down.
const SLOWER: [Duration; 6] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(900),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
/// Rounds in which the unknown ones of a send are cleared up before it ends.
const CLEAR_UP: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];
/// So many unclear answers, one after the other, mean that the connection is gone: nothing more is
/// begun, so that the rest of the batch stays untouched instead of unknown.
const UNCLEAR_IN_A_ROW: u32 = 5;

/// Sends an approved batch through Stripe. Cancelling the job pauses it: [`super::super::resume`]
/// goes on.
///
/// # Errors
/// [`Code::WrongState`], [`Code::TooEarly`] before the batch's date, [`Code::ReconcileFirst`] where Stripe has transfers that this ledger
/// doesn't know, [`Code::BalanceTooLow`], [`Code::StripeProblem`], [`Code::LeaseHeld`]. Before the
/// first transfer; after it, what went wrong is in the outcome.
pub fn send_stripe(s: &Session, batch_id: &str, job: &Job) -> Result<SendOutcome> {
    s.require(&[Role::Preparer, Role::Approver], "send payouts")?;
    let _lease = take_lease(s, &format!("send batch {batch_id}"))?;
    remember(s)?;
    let batch = s.ledger.read(|conn| -> Result<Batch> {
        let batch = find_batch(conn, batch_id)?;
        require_status(&batch, &[BatchStatus::Approved], "sending")?;
        require_settled(s, conn)?;
        require_day(s, conn, &batch, Leaves::ThroughStripe)?;
        Ok(batch)
    })?;
    let (connection, client) = crate::stripe::client(s)?;
    let runtime = crate::stripe::runtime()?;
    job.progress("Comparing with Stripe", 0, None);
    let before = runtime.block_on(look(s, &client, &connection))?;
    job.check()?;
    crate::books::backup_before_sending(s)?;
    s.ledger
        .write(|conn| prepare_transfers(s, conn, batch_id, &connection, Some(&before)))?;
    kill_point::reached("prepared");
    let done = runtime.block_on(send_prepared(s, &client, &batch, job));
    // Also where it stopped in between: what left by then is kept.
    let outcome = sent(s, batch_id)?;
    done.map(|()| outcome)
}

/// Goes on with a batch whose sending was interrupted.
pub(in crate::payouts) fn resume_batch(s: &Session, batch: &Batch, job: &Job) -> Result<()> {
    if let Some(why) = &batch.alarm {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "The batch is stopped: {why}. Look at it in Stripe's dashboard; reverse what is too much there, then run `hostledger stripe reconcile`."
            ),
        ));
    }
    remember(s)?;
    s.ledger.read(|conn| require_settled(s, conn))?;
    let (connection, client) = crate::stripe::client(s)?;
    let runtime = crate::stripe::runtime()?;
    if !of_state(s, batch, &[TransferState::Prepared])?.is_empty() {
        s.ledger
            .read(|conn| require_day(s, conn, batch, Leaves::ThroughStripe))?;
        job.progress("Comparing with Stripe", 0, None);
        let strange = runtime.block_on(compare(s, &client, &connection))?;
        if !strange.is_empty() {
            return Err(s.ledger.read(|conn| strange_transfers(conn, &strange))?);
        }
    }
    runtime.block_on(send_prepared(s, &client, batch, job))
}

/// What all calls of one send share.
pub(super) struct Sending<'a> {
    pub(super) s: &'a Session,
    pub(super) client: &'a Client,
    pub(super) batch: &'a Batch,
    /// Why no more calls are begun.
    halt: RefCell<Option<String>>,
    unclear_in_a_row: Cell<u32>,
}

impl Sending<'_> {
    pub(super) fn halted(&self) -> bool {
        self.halt.borrow().is_some()
    }

    pub(super) fn stop(&self, why: String) {
        self.halt.borrow_mut().get_or_insert(why);
    }

    /// Stripe shows something that can't be.
    pub(super) fn alarm(&self, why: &str) -> Result<()> {
        freeze(self.s, self.batch, why)?;
        self.stop(format!(
            "Stopped: {why}. Look at it in Stripe's dashboard before anything else."
        ));
        Ok(())
    }
}

/// Sends what is prepared and clears up what is unknown, as far as it goes now.
async fn send_prepared(s: &Session, client: &Client, batch: &Batch, job: &Job) -> Result<()> {
    let sending = Sending {
        s,
        client,
        batch,
        halt: RefCell::new(None),
        unclear_in_a_row: Cell::new(0),
    };
    clear_up(&sending, job).await?;
    send_all(&sending, job).await?;
    for wait in CLEAR_UP {
        if job.is_cancelled() || sending.halted() || unclear(s, batch)?.is_empty() {
            break;
        }
        tokio::time::sleep(wait).await;
        clear_up(&sending, job).await?;
    }
    if !job.is_cancelled() && !sending.halted() {
        tie_out(&sending, job).await?;
    }
    match sending.halt.into_inner() {
        Some(why) => Err(Error::new(
            Code::StripeProblem,
            format!(
                "{why} What was sent is recorded, nothing is paid twice, and the rest waits. Once it is mended, run `hostledger payouts resume`."
            ),
        )),
        None => Ok(()),
    }
}

async fn send_all(on: &Sending<'_>, job: &Job) -> Result<()> {
    let prepared = of_state(on.s, on.batch, &[TransferState::Prepared])?;
    let total = prepared.len() as u64;
    let done = Cell::new(0_u64);
    let mut calls = futures_util::stream::iter(prepared)
        .map(|(p, t)| {
            let done = &done;
            async move {
                let sent = send_one(on, &p, &t, job).await;
                done.set(done.get() + 1);
                if !job.is_cancelled() && !on.halted() {
                    job.progress("Sending payouts", done.get(), Some(total));
                }
                sent
            }
        })
        .buffer_unordered(AT_ONCE);
    let mut first = Ok(());
    while let Some(one) = calls.next().await {
        if let Err(e) = one {
            // The ledger itself failed, e.g. a full disk: begin nothing more, lose nothing.
            on.stop(e.message.clone());
            first = first.and(Err(e));
        }
    }
    first
}

/// One payout's turn: nothing happens where people wish to pause or something stopped the rest.
pub(super) async fn send_one(on: &Sending<'_>, p: &Payout, t: &Transfer, job: &Job) -> Result<()> {
    on.client.turn().await;
    if job.is_cancelled() || on.halted() {
        return Ok(());
    }
    if !on
        .s
        .ledger
        .write(|conn| begin(on.s, conn, on.batch, p, t))?
    {
        return Ok(());
    }
    kill_point::reached("begun");
    call(on, p, t).await
}

/// The step before the first byte: durable. False where the payout isn't sent after all.
fn begin(s: &Session, conn: &Conn, batch: &Batch, p: &Payout, t: &Transfer) -> Result<bool> {
    let stamp = s.stamp(conn)?;
    let now = find_payout(conn, &p.payout_id)?;
    if now.status == PayoutStatus::Pending {
        let changes = changes_of(conn, batch, &now)?;
        if !changes.is_empty() {
            let why = changes.join("; ");
            fail_unsent(conn, p.payout_key, ("CHANGED_SINCE_APPROVAL", &why), &stamp)?;
            stripe::set_state(conn, p.payout_key, TransferState::Failed, None, None)?;
            finish_if_settled(conn, batch)?;
            return Ok(false);
        }
        leave(conn, batch, p, &stamp)?;
    } else if now.status != PayoutStatus::Processing {
        return Ok(false);
    }
    stripe::begin_call(conn, t.payout_key, clock::now())?;
    kill_point::reached("begin");
    Ok(true)
}

/// The call itself, and what its answer means.
async fn call(on: &Sending<'_>, p: &Payout, t: &Transfer) -> Result<()> {
    let mut slower = SLOWER.iter();
    let answer = loop {
        let answer = on.client.transfer(&t.body, &t.idempotency_key).await;
        match (&answer, slower.next()) {
            (Err(Problem::Throttled), Some(wait)) => {
                tokio::time::sleep(*wait).await;
                on.client.turn().await;
            }
            _ => break answer,
        }
    };
    kill_point::reached("answered");
    // A replay may bring the same saved error for a day: only first calls say that Stripe is gone.
    let in_a_row = match &answer {
        _ if t.first_call_at.is_some() => on.unclear_in_a_row.get(),
        Err(Problem::Unclear { .. }) => on.unclear_in_a_row.get() + 1,
        _ => 0,
    };
    on.unclear_in_a_row.set(in_a_row);
    match answer {
        Ok(made) => match find(&p.payout_id, &wanted(p), std::slice::from_ref(&made.listed)) {
            Found::Ours(id) => record_sent(on.s, on.batch, p, &id),
            Found::Alarm(why) => on.alarm(&why),
            Found::Nothing => Ok(()),
        },
        Err(Problem::Refused { code, message }) => refuse(on.s, on.batch, p, &code, &message),
        Err(problem) => {
            let why = problem.sentence();
            on.s.ledger.write(|conn| {
                stripe::set_state(conn, p.payout_key, TransferState::Unknown, None, Some(&why))
            })?;
            let stops = match problem {
                Problem::NotAllowed { .. } | Problem::KeyMismatch { .. } | Problem::Throttled => {
                    true
                }
                _ => in_a_row >= UNCLEAR_IN_A_ROW,
            };
            if stops {
                on.stop(why);
            }
            Ok(())
        }
    }
}
