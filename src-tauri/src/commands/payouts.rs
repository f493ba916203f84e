//! Payout batches: from the preview to the settled payout.

use std::path::Path;

use hostledger_app::identity::Role;
use hostledger_app::payouts::{
    self, BatchView, Neighbours, PayoutFlag as Flag, PayoutView, Settlement,
};
use hostledger_app::stored::{AuditEvent, Carried};
use hostledger_app::{Code, Error, Session};
use hostledger_core::Money;
use hostledger_core::calendar::days_after;
use hostledger_core::payout_batch::{BatchStatus as Status, PayoutStatus as Sent};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::translate::{
    batch_status, batch_summary, batch_totals, carried_reason, payout_status, program_or,
    sum_totals,
};
use super::{run, run_job};
use crate::state::AppState;
use crate::view::jobs::JobKind;
use crate::view::payouts::{
    ApproveBatchRequest, Batch, BatchAction, BatchEvent, BatchEventKind, BatchIdRequest,
    BatchPdfRequest, BatchPreview, BatchPreviewRequest, BatchReasonRequest, BatchSummary,
    CarriedRow, ExcludePayoutRequest, FlagText, LastBatch, LineKind, ListBatchesRequest,
    ListPayoutLinesRequest, ListPreviewLinesRequest, PaymentFile, PayoutDate, PayoutDates,
    PayoutDetail, PayoutFlag, PayoutIdRequest, PayoutLine, PayoutRow, PrepareBatchRequest, Rail,
    SendBatchRequest, SendResult, SettleBatchRequest, WrittenFile,
};
use crate::view::shared::{
    Allowed, Answer, Page, Progress, count, currency, date, digits, instant, length,
};

fn payout_row(v: &PayoutView, n: &Neighbours, is_prepared: bool) -> PayoutRow {
    let p = &v.payout;
    let flags = v.flags.iter().filter_map(|f| {
        let flag = match f {
            Flag::FirstPayout => PayoutFlag::FirstPayout,
            Flag::FarAboveUsual => PayoutFlag::FarAboveUsual,
            Flag::DestinationChanged => PayoutFlag::DestinationChanged,
            Flag::Adjustment => PayoutFlag::HasAdjustment,
            Flag::Stale => return None,
        };
        Some(FlagText {
            flag,
            text: f.sentence().to_owned(),
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
    }
}

fn carried_row(c: &Carried) -> CarriedRow {
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
            .or_else(|| text("file")),
    })
}

/// What can be done with a batch by who is signed in, and why not.
fn actions(s: &Session, v: &BatchView) -> Result<Vec<Allowed<BatchAction>>, Error> {
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
            format!("{stale} payouts changed since they were prepared. Refresh or drop them first.")
        })
    };
    let open = [Status::Draft, Status::Submitted];
    let pending = v.payouts.iter().any(|p| p.payout.status == Sent::Pending);
    let others = s
        .users()?
        .into_iter()
        .filter(|u| u.roles.iter().any(|r| r == "approver") && !v.makers.contains(&u.name));
    let nobody = others.count() == 0;
    let file_is_there = v
        .batch
        .file_path
        .as_deref()
        .is_some_and(|p| Path::new(p).exists());
    let made_it = v.makers.contains(&who.name);
    let failed = v.payouts.iter().any(|p| p.payout.status == Sent::Failed);
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
            in_state(&[Status::Draft], "It is submitted already.")
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
                .or_else(approver)
                .or_else(is_stale),
        ),
        (BatchAction::Reject, in_state(&[Status::Submitted], "It doesn't wait for approval.").or_else(approver)),
        (
            BatchAction::Cancel,
            in_state(&[Status::Draft, Status::Submitted, Status::Approved], "It was sent or closed.")
                .or_else(preparer),
        ),
        (BatchAction::Send, in_state(&[Status::Approved], "It isn't approved.").or_else(either)),
        (
            BatchAction::Resume,
            in_state(&[Status::Sending], "It isn't being sent.")
                .or_else(|| file_is_there.then(|| "The payment file is written.".to_owned()))
                .or_else(either),
        ),
        (BatchAction::Settle, in_state(&[Status::Sending], "Nothing of it is in transit.").or_else(either)),
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

fn batch(s: &Session, v: &BatchView) -> Result<Batch, Error> {
    let id = &v.batch.batch_id;
    let n = payouts::neighbours(s, Some(id))?;
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
        payouts: v.payouts.iter().map(|p| payout_row(p, &n, true)).collect(),
        carried: v.carried.iter().map(carried_row).collect(),
        totals: batch_totals(&v.totals),
        last_batch: n.last.as_ref().map(|(b, figures)| LastBatch {
            batch_id: b.batch_id.clone(),
            date: b.date.to_string(),
            totals: sum_totals(&figures.totals),
        }),
        history,
        payment_file: match (&v.batch.file_path, v.batch.sent_at) {
            (Some(path), Some(at)) => Some(PaymentFile {
                path: path.clone(),
                written_at: instant(at),
                by: v.batch.sent_by.clone().unwrap_or_default(),
            }),
            _ => None,
        },
        actions: actions(s, v)?,
    })
}

fn shown(s: &Session, batch_id: &str) -> Result<Batch, Error> {
    batch(s, &payouts::show(s, batch_id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_payout_dates(state: State<'_, AppState>) -> Answer<PayoutDates> {
    run(&state, |s| {
        let today = s.today()?;
        // The last payout day before today lies at most a month back.
        let mut dates = payouts::next_dates(s, days_after(today, -35), usize::MAX)?;
        let first_ahead = dates
            .iter()
            .position(|d| d.0 >= today)
            .unwrap_or(dates.len());
        let suggested = payouts::next_date(s)?.unwrap_or(today);
        dates.drain(..first_ahead.saturating_sub(1));
        dates.truncate(5);
        Ok(PayoutDates {
            dates: dates
                .into_iter()
                .map(|(d, institutions)| PayoutDate {
                    date: d.to_string(),
                    institutions: length(institutions),
                })
                .collect(),
            suggested: suggested.to_string(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_batch(
    state: State<'_, AppState>,
    request: BatchPreviewRequest,
) -> Answer<BatchPreview> {
    run(&state, move |s| {
        let day = date(&request.date)?;
        let job = hostledger_app::jobs::Job::unwatched();
        let (view, on_schedule) = match payouts::preview(s, day, request.off_cycle.as_deref(), &job)
        {
            Err(e) if e.code == Code::OffSchedule => {
                // What an off-cycle batch would hold is shown while its reason is still asked.
                (payouts::preview(s, day, Some("off-cycle"), &job)?, false)
            }
            other => (other?, request.off_cycle.is_none()),
        };
        let n = payouts::neighbours(s, None)?;
        Ok(BatchPreview {
            date: request.date,
            on_schedule,
            payouts: view
                .payouts
                .iter()
                .map(|p| payout_row(p, &n, false))
                .collect(),
            carried: view.carried.iter().map(carried_row).collect(),
            totals: batch_totals(&view.totals),
            last_batch_totals: n
                .last
                .as_ref()
                .map(|(_, f)| sum_totals(&f.totals))
                .unwrap_or_default(),
            warnings: view
                .without_minimum
                .iter()
                .map(|c| format!("No minimum is set for {c}: any positive sum is paid."))
                .collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn prepare_batch(
    app: AppHandle,
    request: PrepareBatchRequest,
    progress: Channel<Progress>,
) -> Answer<Batch> {
    let what = (
        JobKind::Prepare,
        format!("Prepare the batch of {}", request.date),
    );
    run_job(app, what, progress, move |s, job| {
        let view = payouts::prepare(s, date(&request.date)?, request.off_cycle.as_deref(), job)?;
        batch(s, &view)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_batches(
    state: State<'_, AppState>,
    request: ListBatchesRequest,
) -> Answer<Page<BatchSummary>> {
    run(&state, move |s| {
        let skip: usize = request
            .cursor
            .as_deref()
            .and_then(|c| c.parse().ok())
            .unwrap_or(0);
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let (found, total) = payouts::summaries(s, skip, limit)?;
        let end = skip.saturating_add(limit);
        Ok(Page {
            rows: found.iter().map(batch_summary).collect(),
            next: (end < total).then(|| end.to_string()),
            total_rows: length(total),
            totals: Vec::new(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_batch(
    state: State<'_, AppState>,
    request: BatchIdRequest,
) -> Answer<Batch> {
    run(&state, move |s| shown(s, &request.batch_id)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_payout(
    state: State<'_, AppState>,
    request: PayoutIdRequest,
) -> Answer<PayoutDetail> {
    run(&state, move |s| {
        let summary = payouts::batch_of_payout(s, &request.payout_id)?;
        let view = payouts::show(s, &summary.batch.batch_id)?;
        let n = payouts::neighbours(s, Some(&summary.batch.batch_id))?;
        let payout = view
            .payouts
            .iter()
            .find(|p| p.payout.payout_id == request.payout_id)
            .ok_or_else(|| {
                Error::new(Code::NotFound, "This payout is not in its batch any more.")
            })?;
        Ok(PayoutDetail {
            payout: payout_row(payout, &n, true),
            batch: batch_summary(&summary),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_payout_lines(
    state: State<'_, AppState>,
    request: ListPayoutLinesRequest,
) -> Answer<Page<PayoutLine>> {
    run(&state, move |s| {
        let after: i64 = request
            .cursor
            .as_deref()
            .and_then(|c| c.parse().ok())
            .unwrap_or(0);
        let limit = i64::from(request.limit);
        let listed = payouts::listed_lines(s, &request.payout_id, after, limit)?;
        let last = listed
            .lines
            .last()
            .map(|l| l.line.line_no)
            .filter(|n| *n < listed.total);
        let c = listed.currency;
        Ok(Page {
            next: last.map(|n| n.to_string()),
            total_rows: count(listed.total),
            totals: vec![Money::new(listed.amount_minor, c).into()],
            rows: listed
                .lines
                .into_iter()
                .map(|l| PayoutLine {
                    kind: if l.line.booking_id.is_some() {
                        LineKind::Commission
                    } else {
                        LineKind::Adjustment
                    },
                    on: l.on.map(|d| d.to_string()).unwrap_or_default(),
                    text: l.text,
                    currency: c.code().to_owned(),
                    amount: digits(l.line.amount_minor, c),
                    booking_id: l.line.booking_id,
                    adjustment_id: l.line.adjustment_id,
                })
                .collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_preview_lines(
    state: State<'_, AppState>,
    request: ListPreviewLinesRequest,
) -> Answer<Page<PayoutLine>> {
    run(&state, move |s| {
        let c = currency(&request.currency)?;
        let lines = payouts::preview_lines(s, date(&request.date)?, &request.host_id, c)?;
        let total = Money::new(lines.iter().map(|l| l.line.amount_minor).sum(), c);
        let rows = lines
            .into_iter()
            .map(|l| {
                let is_booking = l.line.booking_key.is_some();
                PayoutLine {
                    kind: if is_booking {
                        LineKind::Commission
                    } else {
                        LineKind::Adjustment
                    },
                    on: l.on.map(|d| d.to_string()).unwrap_or_default(),
                    text: l.text,
                    currency: c.code().to_owned(),
                    amount: digits(l.line.amount_minor, c),
                    booking_id: is_booking.then(|| l.line.id.clone()),
                    adjustment_id: (!is_booking).then_some(l.line.id),
                }
            })
            .collect();
        Ok(Page::of_all(
            rows,
            request.cursor.as_deref(),
            request.limit,
            vec![total.into()],
        ))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn refresh_batch(
    state: State<'_, AppState>,
    request: BatchIdRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        batch(s, &payouts::refresh(s, &request.batch_id)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn exclude_payout(
    state: State<'_, AppState>,
    request: ExcludePayoutRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        batch(
            s,
            &payouts::exclude(s, &request.batch_id, &request.payout_id, &request.reason)?,
        )
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn submit_batch(
    state: State<'_, AppState>,
    request: BatchIdRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        payouts::submit(s, &request.batch_id)?;
        shown(s, &request.batch_id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_batch(
    state: State<'_, AppState>,
    request: ApproveBatchRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        payouts::approve_seen(s, &request.batch_id, Some(&request.digest))?;
        shown(s, &request.batch_id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reject_batch(
    state: State<'_, AppState>,
    request: BatchReasonRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        payouts::reject(s, &request.batch_id, &request.reason)?;
        shown(s, &request.batch_id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_batch(
    state: State<'_, AppState>,
    request: BatchReasonRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        payouts::cancel(
            s,
            &request.batch_id,
            Some(request.reason.as_str()).filter(|r| !r.trim().is_empty()),
        )?;
        shown(s, &request.batch_id)
    })
    .await
}

fn send_result(done: payouts::SendOutcome, path: Option<String>) -> SendResult {
    SendResult {
        batch_id: done.batch_id,
        status: batch_status(done.status),
        sent: count(done.sent),
        failed: count(done.failed),
        unknown: count(done.unknown),
        path,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn send_batch(
    app: AppHandle,
    request: SendBatchRequest,
    progress: Channel<Progress>,
) -> Answer<SendResult> {
    let what = (JobKind::Send, "Send the batch to a payment file".to_owned());
    run_job(app, what, progress, move |s, job| {
        job.progress("Writing the payment file", 0, None);
        let done = match request.rail {
            Rail::File => payouts::send_file(s, &request.batch_id, Path::new(&request.path))?,
        };
        Ok(send_result(done, Some(request.path)))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_batch(
    app: AppHandle,
    request: BatchIdRequest,
    progress: Channel<Progress>,
) -> Answer<SendResult> {
    let what = (JobKind::Send, "Finish sending the batch".to_owned());
    run_job(app, what, progress, move |s, job| {
        job.progress("Writing the payment file", 0, None);
        let done = payouts::resume(s, Some(&request.batch_id), None)?.pop();
        let path = payouts::show(s, &request.batch_id)?.batch.file_path;
        done.map(|d| send_result(d, path))
            .ok_or_else(|| Error::new(Code::WrongState, "There is nothing to resume."))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settle_batch(
    state: State<'_, AppState>,
    request: SettleBatchRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        let settlement = Settlement {
            failed: request
                .failed
                .into_iter()
                .map(|f| (f.payout_id, f.reason))
                .collect(),
            completed: request.completed,
        };
        payouts::settle(s, &request.batch_id, &settlement)?;
        shown(s, &request.batch_id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_payout(
    state: State<'_, AppState>,
    request: PayoutIdRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        batch(s, &payouts::retry(s, &request.payout_id)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_batch_pdf(
    state: State<'_, AppState>,
    request: BatchPdfRequest,
) -> Answer<WrittenFile> {
    run(&state, move |s| {
        let bytes = payouts::batch_pdf(s, &request.batch_id)?;
        std::fs::write(&request.path, &bytes).map_err(|e| {
            Error::new(
                Code::FileProblem,
                format!("{} can't be written: {e}.", request.path),
            )
        })?;
        Ok(WrittenFile {
            bytes: length(bytes.len()),
            path: request.path,
        })
    })
    .await
}
