//! Evidence against a chargeback: saved, looked through, handed in once.

use hostledger_app::disputes;
use jiff::Timestamp;
use tauri::State;

use super::run;
use super::translate::program_or;
use crate::state::AppState;
use crate::view::disputes::{
    DisputeIdRequest, Evidence, EvidenceField, EvidenceStep, SaveEvidenceRequest,
};
use crate::view::shared::{Answer, instant};

fn step((at, by): &(Timestamp, String)) -> EvidenceStep {
    EvidenceStep {
        at: instant(*at),
        by: program_or(by),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_evidence(
    state: State<'_, AppState>,
    request: DisputeIdRequest,
) -> Answer<Evidence> {
    run(&state, move |s| {
        let v = disputes::evidence(s, &request.dispute_id)?;
        let kept = v.kept.as_ref();
        Ok(Evidence {
            saved: kept.map(|k| step(&(k.made_at, k.made_by.clone()))),
            reviewed: kept.and_then(|k| k.reviewed.as_ref()).map(step),
            submitted: kept.and_then(|k| k.submitted.as_ref()).map(step),
            submitted_through_stripe: kept.is_some_and(|k| k.through.as_deref() == Some("stripe")),
            confirmed_at: kept.and_then(|k| k.confirmed_at).map(instant),
            open: v.open,
            through_stripe: v.through_stripe,
            fields: v
                .fields
                .into_iter()
                .map(|f| EvidenceField {
                    name: f.name,
                    label: f.label.to_owned(),
                    text: f.text,
                })
                .collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_evidence(
    state: State<'_, AppState>,
    request: SaveEvidenceRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let fields: Vec<(String, String)> = request
            .fields
            .into_iter()
            .map(|f| (f.name, f.text))
            .collect();
        disputes::save_evidence(s, &request.dispute_id, &fields)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn review_evidence(
    state: State<'_, AppState>,
    request: DisputeIdRequest,
) -> Answer<()> {
    run(&state, move |s| {
        disputes::review_evidence(s, &request.dispute_id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn submit_evidence(
    state: State<'_, AppState>,
    request: DisputeIdRequest,
) -> Answer<()> {
    run(&state, move |s| {
        disputes::submit_evidence(s, &request.dispute_id)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn evidence_handed_in(
    state: State<'_, AppState>,
    request: DisputeIdRequest,
) -> Answer<()> {
    run(&state, move |s| {
        disputes::evidence_handed_in(s, &request.dispute_id)
    })
    .await
}
