//! The tray of long jobs.

use tauri::State;

use crate::state::AppState;
use crate::view::jobs::{Job, JobIdRequest};
use crate::view::shared::Answer;

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_jobs(state: State<'_, AppState>) -> Answer<Vec<Job>> {
    Ok(state.jobs.list())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_job(state: State<'_, AppState>, request: JobIdRequest) -> Answer<()> {
    Ok(state.jobs.cancel(&request.job_id)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_job(state: State<'_, AppState>, request: JobIdRequest) -> Answer<()> {
    state.jobs.dismiss(&request.job_id);
    Ok(())
}
