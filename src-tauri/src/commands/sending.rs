//! Sending a batch through either rail, and what became of its payouts at Stripe.

use std::path::Path;

use hostledger_app::jobs::Job;
use hostledger_app::payouts;
use hostledger_app::{Code, Error, Session};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::batch::transfer;
use super::translate::{batch_status, payout_status};
use super::{run, run_job};
use crate::jobs::What;
use crate::notice::Notice;
use crate::state::AppState;
use crate::view::jobs::JobKind;
use crate::view::payouts::{BatchIdRequest, Rail, SendBatchRequest, SendResult};
use crate::view::shared::{Answer, Progress, count};
use crate::view::stripe::StripeRail;
use crate::view::transfers::{
    Preflight, PreflightCheck, ReleasePayoutRequest, Released, TransferRow,
};

fn send_result(done: payouts::SendOutcome, path: Option<String>) -> SendResult {
    SendResult {
        batch_id: done.batch_id,
        status: batch_status(done.status),
        sent: count(done.sent),
        failed: count(done.failed),
        unknown: count(done.unknown),
        path,
        warning: done.warning,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn send_batch(
    app: AppHandle,
    request: SendBatchRequest,
    progress: Channel<Progress>,
) -> Answer<SendResult> {
    let id = request.batch_id;
    match (request.rail, request.path) {
        (Rail::File, Some(path)) => {
            let what = (JobKind::Send, "Send the batch to a payment file".to_owned());
            run_job(app, what, progress, move |s, job| {
                job.progress("Writing the payment file", 0, None);
                let done = payouts::send_file(s, &id, Path::new(&path))?;
                Ok(send_result(done, Some(path)))
            })
            .await
        }
        (Rail::File, None) => Err(Error::new(
            Code::BadInput,
            "Say where the payment file is to be written.",
        )
        .into()),
        (Rail::Stripe, _) => {
            let label = "Send the batch through Stripe";
            through_stripe(app, label, id, progress, |s, id, job| {
                payouts::send_stripe(s, id, job)
            })
            .await
        }
    }
}

/// Sends through Stripe, and says so aloud where something needs a person.
async fn through_stripe(
    app: AppHandle,
    label: &str,
    batch_id: String,
    progress: Channel<Progress>,
    send: impl FnOnce(&Session, &str, &Job) -> Result<payouts::SendOutcome, Error> + Send + 'static,
) -> Answer<SendResult> {
    let notice = Notice::begin(&app);
    let what = What::from((JobKind::SendStripe, label.to_owned())).on(&batch_id);
    let done = run_job(app, what, progress, move |s, job| {
        Ok(send_result(send(s, &batch_id, job)?, None))
    })
    .await;
    notice.of_send(&done);
    done
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_batch(
    app: AppHandle,
    state: State<'_, AppState>,
    request: BatchIdRequest,
    progress: Channel<Progress>,
) -> Answer<SendResult> {
    let id = request.batch_id;
    let asked = id.clone();
    let rail = run(&state, move |s| Ok(payouts::show(s, &asked)?.batch.rail)).await?;
    let resumed = |done: Option<payouts::SendOutcome>| {
        done.ok_or_else(|| Error::new(Code::WrongState, "There is nothing to resume."))
    };
    if rail.as_deref() == Some("stripe") {
        let label = "Go on sending through Stripe";
        return through_stripe(app, label, id, progress, move |s, id, job| {
            resumed(payouts::resume(s, Some(id), None, job)?.pop())
        })
        .await;
    }
    let what = (JobKind::Send, "Finish sending the batch".to_owned());
    run_job(app, what, progress, move |s, job| {
        job.progress("Writing the payment file", 0, None);
        let done = resumed(payouts::resume(s, Some(&id), None, job)?.pop())?;
        let path = payouts::show(s, &id)?.batch.file_path;
        Ok(send_result(done, path))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preflight_batch(
    app: AppHandle,
    request: BatchIdRequest,
    progress: Channel<Progress>,
) -> Answer<Preflight> {
    let what = (JobKind::Preflight, "Look before sending".to_owned());
    run_job(app, what, progress, move |s, job| {
        let found = payouts::preflight(s, &request.batch_id, job)?;
        Ok(Preflight {
            may_send: found.may_send(),
            rail: StripeRail {
                account_id: found.account_id,
                live: found.livemode,
            },
            checks: found
                .checks
                .into_iter()
                .map(|c| PreflightCheck {
                    name: c.name.to_owned(),
                    ok: c.ok,
                    stops: c.stops,
                    detail: c.detail,
                    payouts: c.payouts,
                })
                .collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_transfers(
    state: State<'_, AppState>,
    request: BatchIdRequest,
) -> Answer<Vec<TransferRow>> {
    run(&state, move |s| {
        let all = payouts::transfers(s, &request.batch_id)?;
        Ok(all
            .into_iter()
            .map(|t| TransferRow {
                status: payout_status(t.payout.status),
                transfer: transfer(s.identity(), &t.transfer),
                payout_id: t.payout.payout_id,
                failed_reason: t.payout.failure_reason,
            })
            .collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn release_payout(
    state: State<'_, AppState>,
    request: ReleasePayoutRequest,
) -> Answer<Released> {
    run(&state, move |s| {
        Ok(Released {
            may_go_out: payouts::release(s, &request.payout_id, &request.reason)?,
        })
    })
    .await
}
