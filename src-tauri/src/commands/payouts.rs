//! Payout batches: from the preview to the settled payout.

use hostledger_app::cutover::HistoryWarning;
use hostledger_app::payouts::{self, NamedRail, Settlement};
use hostledger_app::{Code, Error};
use hostledger_core::Money;
use hostledger_core::calendar::days_after;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::batch::{batch, carried_row, payout_row, shown, transfers_of, waiting_sentences};
use super::translate::{batch_summary, batch_totals, sum_totals};
use super::{run, run_job};
use crate::state::AppState;
use crate::view::jobs::JobKind;
use crate::view::payouts::{
    ApproveBatchRequest, Batch, BatchIdRequest, BatchPdfRequest, BatchPreview, BatchPreviewRequest,
    BatchReasonRequest, BatchSummary, ExcludePayoutRequest, LineKind, ListBatchesRequest,
    ListPayoutLinesRequest, ListPreviewLinesRequest, PayoutDate, PayoutDates, PayoutDetail,
    PayoutIdRequest, PayoutLine, PrepareBatchRequest, Rail, ReturnPayoutRequest,
    SettleBatchRequest, SubmitBatchRequest, TakeBackReturnRequest, WrittenFile,
};
use crate::view::shared::{Answer, Page, Progress, count, currency, date, digits, length};

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
        dates.retain(|d| d.0 <= days_after(today, payouts::DAYS_AHEAD));
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
                .map(|p| payout_row(p, &n, false, None))
                .collect(),
            carried: view.carried.iter().map(carried_row).collect(),
            totals: batch_totals(&view.totals),
            last_batch_totals: n
                .last
                .as_ref()
                .map(|(_, f)| sum_totals(&f.totals))
                .unwrap_or_default(),
            warnings: view
                .history
                .iter()
                .map(HistoryWarning::message)
                .chain(
                    view.without_minimum
                        .iter()
                        .map(|c| format!("No minimum is set for {c}: any positive sum is paid.")),
                )
                .chain(waiting_sentences(&view.waiting))
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
    let sending = state.jobs.sending();
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
            rows: found
                .iter()
                .map(|b| batch_summary(s, b, &sending))
                .collect::<Result<_, _>>()?,
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
    let sending = state.jobs.sending();
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
        let transfer = transfers_of(s, &view.batch)?.remove(&request.payout_id);
        Ok(PayoutDetail {
            payout: payout_row(payout, &n, true, transfer),
            batch: batch_summary(s, &summary, &sending)?,
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
    request: SubmitBatchRequest,
) -> Answer<Batch> {
    run(&state, move |s| {
        let rail = request.rail.map(|rail| match rail {
            Rail::File => NamedRail::File,
            Rail::Stripe => NamedRail::Stripe,
        });
        payouts::submit(s, &request.batch_id, rail)?;
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
        payouts::approve_seen(s, &request.batch_id, &request.digest, &request.passphrase)?;
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
pub(crate) async fn return_payout(
    state: State<'_, AppState>,
    request: ReturnPayoutRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let on = date(&request.on)?;
        let (id, amount) = (&request.payout_id, Some(request.amount.as_str()));
        payouts::returned(s, id, amount, on, &request.reason)?;
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn take_back_return(
    state: State<'_, AppState>,
    request: TakeBackReturnRequest,
) -> Answer<()> {
    run(&state, move |s| {
        payouts::take_back_return(s, &request.payout_id, &request.reason)?;
        Ok(())
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
        hostledger_app::files::write(request.path.as_ref(), &bytes)?;
        Ok(WrittenFile {
            bytes: length(bytes.len()),
            path: request.path,
        })
    })
    .await
}
