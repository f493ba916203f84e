//! A batch as the window shows it, with what can be done with it and why not.

use std::collections::BTreeMap;
use std::path::Path;

use hostledger_app::identity::{Identity, Role};
use hostledger_app::payouts::{
    self, ApprovalView, BatchView, Neighbours, PayoutFlag as Flag, PayoutView, TooEarly,
};
use hostledger_app::stored::{self, AuditEvent, Carried};
use hostledger_app::waiting::WaitingSummary;
use hostledger_app::{Error, Session, clock, stripe};
use hostledger_core::Money;
use hostledger_core::approval::Rail as CoreRail;
use hostledger_core::payout_batch::{BatchStatus as Status, PayoutStatus as Sent};
use hostledger_core::transfer::{self as core, KEY_SURELY_ALIVE};

use super::translate::{
    batch_status, batch_totals, carried_reason, payout_status, program_or, rail, stripe_rail,
    sum_totals,
};
use crate::view::payouts::{
    Approval, Batch, BatchAction, BatchEvent, BatchEventKind, CarriedRow, FlagText, LastBatch,
    PaymentFile, PayoutFlag, PayoutRow,
};
use crate::view::shared::{Allowed, count, digits, instant};
use crate::view::transfers::{ReleaseAction, Transfer, TransferState};

pub(super) fn payout_row(
    v: &PayoutView,
    n: &Neighbours,
    is_prepared: bool,
    transfer: Option<Transfer>,
) -> PayoutRow {
    let p = &v.payout;
    let flags = v.marks.iter().filter_map(|m| {
        let flag = match m.flag {
            Flag::FirstPayout => PayoutFlag::FirstPayout,
            Flag::FarAboveUsual => PayoutFlag::FarAboveUsual,
            Flag::DestinationChanged => PayoutFlag::DestinationChanged,
            Flag::SharedDestination => PayoutFlag::SharedDestination,
            Flag::WaitingRows => PayoutFlag::WaitingRows,
            Flag::Adjustment => PayoutFlag::HasAdjustment,
            Flag::Stale => return None,
        };
        Some(FlagText {
            flag,
            text: m.text.clone(),
        })
    });
    PayoutRow {
        payout_id: is_prepared.then(|| p.payout_id.clone()),
        host_id: p.host_id.clone(),
        host_name: if p.host_name.is_empty() {
            p.host_id.clone()
        } else {
            p.host_name.clone()
        },
        institution_id: n.institutions.get(&p.host_id).cloned().unwrap_or_default(),
        destination: p.destination.clone(),
        currency: p.currency.code().to_owned(),
        amount: digits(p.amount_minor, p.currency),
        last_amount: n
            .last_amounts
            .get(&(p.host_id.clone(), p.currency))
            .map(|m| digits(*m, p.currency)),
        lines: count(p.line_count),
        status: payout_status(p.status),
        stale: !v.stale.is_empty(),
        stale_because: v.stale.clone(),
        flags: flags.collect(),
        failed_reason: p.failure_reason.clone(),
        transfer,
        notes: v.notes(),
        left_to_return: left_to_return(v),
        recorded_return: v.came_back.iter().any(|c| c.by.is_some()),
    }
}

/// What of a settled payout could still come back.
fn left_to_return(v: &PayoutView) -> Option<String> {
    let p = &v.payout;
    let back: i64 = v.came_back.iter().map(|c| c.amount.amount_minor).sum();
    let left = p.amount_minor - back;
    (p.status == Sent::Completed && left > 0).then(|| digits(left, p.currency))
}

/// The transfers of a batch by payout.
pub(super) fn transfers_of(
    s: &Session,
    batch: &stored::Batch,
) -> Result<BTreeMap<String, Transfer>, Error> {
    if batch.rail.as_deref() != Some("stripe") {
        return Ok(BTreeMap::new());
    }
    let all = payouts::transfers(s, &batch.batch_id)?.into_iter();
    Ok(all
        .map(|t| (t.payout.payout_id, transfer(s.identity(), &t.transfer)))
        .collect())
}

/// What is known of a transfer, and whether who is signed in may let it be tried anew.
pub(super) fn transfer(who: &Identity, t: &stored::Transfer) -> Transfer {
    let protected_until = t
        .first_call_at
        .filter(|_| t.state == core::TransferState::Unknown)
        .map(|first| first + KEY_SURELY_ALIVE);
    let why_not = if t.state != core::TransferState::Unknown {
        Some("Only a payout whose outcome is unknown can be tried anew.".to_owned())
    } else if protected_until.is_some_and(|until| clock::now() < until) {
        Some(
            "Its key still protects it from being paid twice: ask Stripe again instead.".to_owned(),
        )
    } else if !who.has(Role::Preparer) && !who.has(Role::Approver) {
        Some("A preparer or an approver does this.".to_owned())
    } else if t.released_by.as_ref() == Some(&who.name) {
        Some("You released it already. A second person must confirm it.".to_owned())
    } else {
        None
    };
    Transfer {
        state: match t.state {
            core::TransferState::Prepared => TransferState::Prepared,
            core::TransferState::Sending => TransferState::Sending,
            core::TransferState::Sent => TransferState::Sent,
            core::TransferState::Failed => TransferState::Failed,
            core::TransferState::Unknown => TransferState::Unknown,
        },
        transfer_id: t.transfer_id.clone(),
        attempt: count(t.attempt),
        tries: count(t.calls),
        first_try_at: t.first_call_at.map(instant),
        last_try_at: t.last_call_at.map(instant),
        unclear: t.unclear.clone(),
        protected_until: protected_until.map(instant),
        released_by: t.released_by.clone(),
        release: Allowed::unless(ReleaseAction::TryAnew, why_not),
    }
}

pub(super) fn carried_row(c: &Carried) -> CarriedRow {
    let amount = Money::new(c.amount_minor, c.currency);
    let first = c
        .reasons
        .first()
        .copied()
        .unwrap_or(hostledger_core::payout_batch::CarriedReason::Excluded);
    let mut text: Vec<String> = c
        .reasons
        .iter()
        .map(|r| r.sentence(amount, c.minimum_minor))
        .collect();
    text.extend(c.note.clone());
    CarriedRow {
        host_id: c.host_id.clone(),
        host_name: if c.host_name.is_empty() {
            c.host_id.clone()
        } else {
            c.host_name.clone()
        },
        currency: c.currency.code().to_owned(),
        amount: amount.digits(),
        reason: carried_reason(first),
        reasons: c.reasons.iter().map(|r| carried_reason(*r)).collect(),
        text: text.join(" "),
    }
}

/// What waits among the exceptions, a sentence each.
pub(super) fn waiting_sentences(w: &WaitingSummary) -> Vec<String> {
    w.sentence().into_iter().chain(w.gone_sentences()).collect()
}

fn event(e: &AuditEvent) -> Option<BatchEvent> {
    let what = match e.action.as_str() {
        "payouts.prepare" => BatchEventKind::Prepared,
        "payouts.refresh" => BatchEventKind::Refreshed,
        "payouts.exclude" => BatchEventKind::Excluded,
        "payouts.submit" => BatchEventKind::Submitted,
        "payouts.approve" => BatchEventKind::Approved,
        "payouts.reject" => BatchEventKind::Rejected,
        "payouts.cancel" => BatchEventKind::Cancelled,
        "payouts.send" => BatchEventKind::Sent,
        "payouts.settle" => BatchEventKind::Settled,
        "payouts.retry" => BatchEventKind::Retried,
        "payouts.alarm" => BatchEventKind::Stopped,
        _ => return None,
    };
    let details: serde_json::Value = serde_json::from_str(&e.details).unwrap_or_default();
    let text = |name: &str| details[name].as_str().map(str::to_owned);
    Some(BatchEvent {
        what,
        at: instant(e.at),
        by: program_or(&e.user),
        comment: text("reason")
            .or_else(|| text("off_cycle"))
            .or_else(|| text("file"))
            .or_else(|| text("why"))
            .or_else(|| {
                let (account, mode) = (text("account")?, text("mode")?);
                Some(format!("Stripe account {account}, {mode} mode"))
            }),
    })
}

/// What can be done with a batch by who is signed in, and why not.
fn actions(
    s: &Session,
    v: &BatchView,
    early: &TooEarly,
) -> Result<Vec<Allowed<BatchAction>>, Error> {
    let who = s.identity();
    let status = v.batch.status;
    let preparer = || (!who.has(Role::Preparer)).then(|| "A preparer does this.".to_owned());
    let either = || {
        let may = who.has(Role::Preparer) || who.has(Role::Approver);
        (!may).then(|| "A preparer or an approver does this.".to_owned())
    };
    let approver = || (!who.has(Role::Approver)).then(|| "An approver does this.".to_owned());
    let in_state =
        |any_of: &[Status], why: &str| (!any_of.contains(&status)).then(|| why.to_owned());
    let stale = v.payouts.iter().filter(|p| !p.stale.is_empty()).count();
    let is_stale = || {
        (stale > 0).then(|| {
            let payouts = if stale == 1 { "payout" } else { "payouts" };
            format!("{stale} {payouts} changed since the batch was prepared. Refresh or drop what changed first.")
        })
    };
    let open = [Status::Draft, Status::Submitted];
    let pending = v.payouts.iter().any(|p| p.payout.status == Sent::Pending);
    let signed = |name: &String| signatures(v).any(|a| a.approval.approver == *name);
    let others = s.users()?.into_iter().filter(|u| {
        u.roles.iter().any(|r| r == "approver") && !v.makers.contains(&u.name) && !signed(&u.name)
    });
    let nobody = others.count() == 0;
    let is_stripe = v.batch.rail.as_deref() == Some("stripe");
    let frozen = v.batch.alarm.is_some();
    let file_is_there = v
        .batch
        .file_path
        .as_deref()
        .is_some_and(|p| Path::new(p).exists());
    let made_it = v.makers.contains(&who.name);
    let failed = v.payouts.iter().any(|p| p.payout.status == Sent::Failed);
    // The file's day is never after Stripe's.
    let file_waits = || early.by_file.clone();
    let why_not = [
        (
            BatchAction::Refresh,
            in_state(&open, "Only a batch that isn't approved can be refreshed.")
                .or_else(|| (stale == 0).then(|| "Nothing changed since it was prepared.".to_owned()))
                .or_else(preparer),
        ),
        (
            BatchAction::Exclude,
            in_state(&open, "Payouts can be dropped before the batch is approved.").or_else(preparer),
        ),
        (
            BatchAction::Submit,
            in_state(&[Status::Draft, Status::Submitted, Status::Approved], "It was sent or closed.")
                .or_else(|| (!pending).then(|| "It holds no payout. Cancel it.".to_owned()))
                .or_else(is_stale)
                .or_else(preparer),
        ),
        (
            BatchAction::HandOver,
            in_state(
                &[Status::Submitted],
                if status == Status::Draft { "Submit it first." } else { "It doesn't wait for approval." },
            )
            .or_else(|| {
                nobody.then(|| "Nobody else may approve. An administrator adds a second person in Settings, Users.".to_owned())
            }),
        ),
        (
            BatchAction::Approve,
            in_state(&[Status::Submitted], "It doesn't wait for approval.")
                .or_else(|| made_it.then(|| "You prepared or submitted it, so another person approves it.".to_owned()))
                .or_else(|| signed(&who.name).then(|| "You approved it. Another person must approve it too.".to_owned()))
                .or_else(approver)
                .or_else(is_stale),
        ),
        (BatchAction::Reject, in_state(&[Status::Submitted], "It doesn't wait for approval.").or_else(approver)),
        (
            BatchAction::Cancel,
            in_state(&[Status::Draft, Status::Submitted, Status::Approved], "It was sent or closed.")
                .or_else(preparer),
        ),
        (BatchAction::Send, in_state(&[Status::Approved], "It isn't approved.").or_else(file_waits).or_else(either)),
        (
            BatchAction::Resume,
            in_state(&[Status::Sending], "It isn't being sent.")
                .or_else(|| file_is_there.then(|| "The payment file is written.".to_owned()))
                .or_else(|| frozen.then(|| "It is stopped. Reconcile with Stripe first.".to_owned()))
                .or_else(either),
        ),
        (
            BatchAction::Settle,
            in_state(&[Status::Sending], "Nothing of it is in transit.")
                .or_else(|| is_stripe.then(|| "Stripe says itself what became of each payout.".to_owned()))
                .or_else(either),
        ),
        (BatchAction::Reconcile, (!frozen).then(|| "It isn't stopped.".to_owned()).or_else(either)),
        (
            BatchAction::Retry,
            (!failed).then(|| "No payout of it failed.".to_owned()).or_else(preparer),
        ),
    ];
    Ok(why_not
        .into_iter()
        .map(|(action, why)| Allowed::unless(action, why))
        .collect())
}

pub(super) fn batch(s: &Session, v: &BatchView) -> Result<Batch, Error> {
    let id = &v.batch.batch_id;
    let n = payouts::neighbours(s, Some(id))?;
    let transfers = transfers_of(s, &v.batch)?;
    let ours = stripe::status(s)?.map(|c| c.rail());
    let early = match v.batch.status {
        Status::Approved => payouts::too_early(s, id)?,
        _ => TooEarly::default(),
    };
    let mut history: Vec<BatchEvent> = payouts::history(s, id)?.iter().filter_map(event).collect();
    if !history.iter().any(|e| e.what == BatchEventKind::Prepared) {
        // Made by the retry of a payout, which is an event of that payout.
        history.insert(
            0,
            BatchEvent {
                what: BatchEventKind::Prepared,
                at: instant(v.batch.prepared_at),
                by: v.batch.prepared_by.clone(),
                comment: v.batch.off_cycle_reason.clone(),
            },
        );
    }
    Ok(Batch {
        batch_id: id.clone(),
        date: v.batch.date.to_string(),
        status: batch_status(v.batch.status),
        off_cycle: v.batch.off_cycle_reason.clone(),
        digest: v.batch.digest.clone(),
        payouts: v
            .payouts
            .iter()
            .map(|p| payout_row(p, &n, true, transfers.get(&p.payout.payout_id).cloned()))
            .collect(),
        carried: v.carried.iter().map(carried_row).collect(),
        totals: batch_totals(&v.totals),
        last_batch: n.last.as_ref().map(|(b, figures)| LastBatch {
            batch_id: b.batch_id.clone(),
            date: b.date.to_string(),
            totals: sum_totals(&figures.totals),
        }),
        history,
        waiting: if v.batch.status.is_over() {
            Vec::new()
        } else {
            waiting_sentences(&v.waiting)
        },
        payment_file: match (&v.batch.file_path, v.batch.sent_at) {
            (Some(path), Some(at)) => Some(PaymentFile {
                path: path.clone(),
                written_at: instant(at),
                by: v.batch.sent_by.clone().unwrap_or_default(),
            }),
            _ => None,
        },
        rail: rail(v.batch.rail.as_deref()),
        submit_rail: rail(v.batch.submit_rail.as_ref().map(CoreRail::as_str)),
        approved_for_stripe: ours.as_ref().is_some_and(|ours| {
            v.batch.submit_rail.as_ref().and_then(CoreRail::stripe) == Some(ours)
                && signatures(v).count() >= v.batch.approvals_needed as usize
        }),
        stripe: ours.as_ref().map(stripe_rail),
        frozen_because: v.batch.alarm.clone(),
        approvals: signatures(v)
            .map(|a| Approval {
                by: a.approval.approver.clone(),
                at: instant(a.approval.approved_at),
                stripe: a.approval.rail.stripe().map(stripe_rail),
                key_since: a.key.as_ref().map(|k| instant(k.since)),
                key_made_by: a.key.as_ref().map(|k| k.made_by.clone()),
                remarks: a.notes(),
            })
            .collect(),
        approvals_needed: v.batch.approvals_needed,
        own_remark: match v.batch.status {
            Status::Submitted => payouts::own_remark(s, id)?,
            _ => None,
        },
        actions: actions(s, v, &early)?,
        too_early_by_file: early.by_file,
        too_early_through_stripe: early.through_stripe,
    })
}

/// Who signed the batch as it is now, and is still there.
fn signatures(v: &BatchView) -> impl Iterator<Item = &ApprovalView> {
    let sent = !matches!(v.batch.status, Status::Submitted | Status::Approved);
    v.approvals.iter().filter(move |a| sent || !a.is_void())
}

pub(super) fn shown(s: &Session, batch_id: &str) -> Result<Batch, Error> {
    batch(s, &payouts::show(s, batch_id)?)
}
