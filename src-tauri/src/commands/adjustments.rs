//! Corrections of hosts' balances.

use hostledger_app::stored::Adjustment;
use hostledger_app::{Session, adjustments, screens};
use tauri::State;

use super::run;
use crate::state::AppState;
use crate::view::adjustments::{
    AddAdjustmentRequest, AdjustmentIdRequest, AdjustmentKind, AdjustmentRow, AdjustmentStatus,
    ApproveOpeningRequest, DecideAction, ListAdjustmentsRequest, ProposedKind,
    RejectAdjustmentRequest, WriteOffRequest,
};
use crate::view::shared::{Allowed, Answer, Page, currency, digits, instant, length};

pub(super) fn status(a: &Adjustment) -> AdjustmentStatus {
    match a.status.as_str() {
        "PROPOSED" => AdjustmentStatus::Waiting,
        "APPROVED" | "USED" => AdjustmentStatus::Approved,
        _ => AdjustmentStatus::Rejected,
    }
}

pub(super) fn kind(word: &str) -> AdjustmentKind {
    match word {
        "CLAWBACK" => AdjustmentKind::Clawback,
        "RESERVE" => AdjustmentKind::Reserve,
        "RELEASE" => AdjustmentKind::Release,
        "CARRIED_REMAINDER" => AdjustmentKind::CarriedRemainder,
        "WRITE_OFF" => AdjustmentKind::WriteOff,
        "PARTIAL_REVERSAL" => AdjustmentKind::PartialReversal,
        "FOUND_AT_STRIPE" => AdjustmentKind::FoundAtStripe,
        "SENT_BEFORE_RESTORE" => AdjustmentKind::SentBeforeRestore,
        "BACKUP_WITHHOLDING" => AdjustmentKind::BackupWithholding,
        "FINAL_PAYOUT" => AdjustmentKind::FinalPayout,
        "OPENING" => AdjustmentKind::Opening,
        _ => AdjustmentKind::Correction,
    }
}

fn why_not(s: &Session, a: &Adjustment) -> Option<String> {
    let who = s.identity();
    if a.status != "PROPOSED" {
        return Some("It is decided.".into());
    }
    if !who.has(hostledger_app::identity::Role::Approver) {
        return Some("An approver decides on adjustments.".into());
    }
    (a.created_by == who.name).then(|| "You proposed it, so another person must approve it.".into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_adjustments(
    state: State<'_, AppState>,
    request: ListAdjustmentsRequest,
) -> Answer<Page<AdjustmentRow>> {
    run(&state, move |s| {
        let listed = screens::hosts::adjustments(s)?;
        let rows = listed
            .into_iter()
            .filter(|l| {
                request
                    .status
                    .is_none_or(|wanted| wanted == status(&l.adjustment))
            })
            .filter(|l| {
                request
                    .host_id
                    .as_ref()
                    .is_none_or(|h| *h == l.adjustment.host_id)
            })
            .map(|l| {
                let a = l.adjustment;
                AdjustmentRow {
                    kind: kind(&a.kind),
                    status: status(&a),
                    decide: Allowed::unless(DecideAction::Approve, why_not(s, &a)),
                    may_withdraw: kind(&a.kind) == AdjustmentKind::FinalPayout
                        && a.status == "APPROVED"
                        && s.identity().has(hostledger_app::identity::Role::Approver),
                    host_name: l.host_name,
                    currency: a.currency.code().to_owned(),
                    amount: digits(a.amount_minor, a.currency),
                    added_at: instant(a.created_at),
                    added_by: a.created_by,
                    decided_at: l.decided_at.map(instant),
                    decided_by: a.decided_by,
                    adjustment_id: a.adjustment_id,
                    host_id: a.host_id,
                    reason: a.reason,
                    booking_id: a.booking_id,
                    payout_id: a.payout_id,
                    import_id: l.opened_by_import,
                }
            })
            .collect();
        Ok(Page::of_all(
            rows,
            request.cursor.as_deref(),
            request.limit,
            Vec::new(),
        ))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_adjustment(
    state: State<'_, AppState>,
    request: AddAdjustmentRequest,
) -> Answer<()> {
    run(&state, move |s| {
        match request.kind {
            ProposedKind::Correction => {
                adjustments::add(s, &request.host_id, request.amount.read()?, &request.reason)?;
            }
        }
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_off_balance(
    state: State<'_, AppState>,
    request: WriteOffRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let currency = currency(&request.currency)?;
        adjustments::write_off(s, &request.host_id, currency, &request.reason)?;
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_adjustment(
    state: State<'_, AppState>,
    request: AdjustmentIdRequest,
) -> Answer<()> {
    run(&state, move |s| {
        adjustments::approve(s, &request.adjustment_id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn approve_opening_balances(
    state: State<'_, AppState>,
    request: ApproveOpeningRequest,
) -> Answer<u32> {
    run(&state, move |s| {
        Ok(length(adjustments::approve_of_import(
            s,
            &request.import_id,
        )?))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reject_adjustment(
    state: State<'_, AppState>,
    request: RejectAdjustmentRequest,
) -> Answer<()> {
    run(&state, move |s| {
        adjustments::reject_because(s, &request.adjustment_id, &request.reason)
    })
    .await
}
