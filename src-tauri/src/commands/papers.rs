//! Evidence and letters as PDF files.

use hostledger_app::{Error, disputes};
use tauri::State;

use super::run;
use crate::state::AppState;
use crate::view::disputes::{WriteBalanceLetterRequest, WriteDisputeFileRequest};
use crate::view::payouts::WrittenFile;
use crate::view::shared::{Answer, currency, length};

fn write(path: String, bytes: &[u8]) -> Result<WrittenFile, Error> {
    hostledger_app::files::write(path.as_ref(), bytes)?;
    Ok(WrittenFile {
        bytes: length(bytes.len()),
        path,
    })
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_evidence_pdf(
    state: State<'_, AppState>,
    request: WriteDisputeFileRequest,
) -> Answer<WrittenFile> {
    run(&state, move |s| {
        let bytes = disputes::evidence_pdf(s, &request.dispute_id)?;
        write(request.path, &bytes)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_dispute_letter(
    state: State<'_, AppState>,
    request: WriteDisputeFileRequest,
) -> Answer<WrittenFile> {
    run(&state, move |s| {
        let bytes = disputes::letter_pdf(s, &request.dispute_id)?;
        write(request.path, &bytes)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_balance_letter(
    state: State<'_, AppState>,
    request: WriteBalanceLetterRequest,
) -> Answer<WrittenFile> {
    run(&state, move |s| {
        let currency = currency(&request.currency)?;
        let bytes = disputes::balance_letter_pdf(s, &request.host_id, currency)?;
        write(request.path, &bytes)
    })
    .await
}
