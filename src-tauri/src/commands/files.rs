//! The system's file dialogs, and finding things.

use std::path::{Path, PathBuf};

use hostledger_app::{Code, Error, screens};
use hostledger_core::{Money, file_trouble};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};

use super::{off_the_window, run};
use crate::state::AppState;
use crate::view::session::{
    ChooseFileRequest, ChooseSavePathRequest, ChosenPath, FilePurpose, SearchHit, SearchRequest,
    ShowInFolderRequest,
};
use crate::view::shared::{Answer, CommandError, Subject, SubjectKind};

fn dialog(app: &AppHandle, purpose: FilePurpose) -> FileDialogBuilder<tauri::Wry> {
    let dialog = app.dialog().file();
    match purpose {
        FilePurpose::Import => dialog
            .set_title("Choose an export")
            .add_filter("Exports (CSV)", &["csv", "tsv", "txt"]),
        FilePurpose::LedgerFolder => dialog.set_title("Choose the folder of a ledger"),
        FilePurpose::NewLedgerFolder => dialog.set_title("Choose an empty folder for the ledger"),
        FilePurpose::BackupFile => dialog
            .set_title("Backup")
            .add_filter("Hostledger backup", &["hlbackup"]),
        FilePurpose::PaymentFile => dialog.set_title("Payment file").add_filter("CSV", &["csv"]),
        FilePurpose::BatchPdf => dialog
            .set_title("The batch as a PDF")
            .add_filter("PDF", &["pdf"]),
        FilePurpose::Attachment => dialog.set_title("Choose a file to attach"),
        FilePurpose::AttachmentCopy => dialog.set_title("Save a copy"),
        FilePurpose::Letter => dialog
            .set_title("Save as a PDF")
            .add_filter("PDF", &["pdf"]),
        FilePurpose::TaxFolder => dialog.set_title("Choose a folder for the forms"),
        FilePurpose::TaxFile => dialog
            .set_title("Choose a file")
            .add_filter("Text and CSV", &["csv", "txt"]),
        FilePurpose::TaxArchive => dialog
            .set_title("Encrypted archive")
            .add_filter("Zip", &["zip"]),
        FilePurpose::ImportTemplate => dialog.set_title("Empty file").add_filter("CSV", &["csv"]),
        FilePurpose::JournalExport => dialog
            .set_title("Export the journal")
            .add_filter("Journal", &["journal", "csv"]),
    }
}

fn chosen(path: Option<FilePath>) -> ChosenPath {
    let path = path
        .and_then(|p| p.into_path().ok())
        .map(|p| p.to_string_lossy().into_owned());
    ChosenPath { path }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_file(app: AppHandle, request: ChooseFileRequest) -> Answer<ChosenPath> {
    off_the_window(move || {
        let dialog = dialog(&app, request.purpose);
        Ok(chosen(match request.purpose {
            FilePurpose::LedgerFolder | FilePurpose::NewLedgerFolder | FilePurpose::TaxFolder => {
                dialog.blocking_pick_folder()
            }
            _ => dialog.blocking_pick_file(),
        }))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_save_path(
    app: AppHandle,
    request: ChooseSavePathRequest,
) -> Answer<ChosenPath> {
    off_the_window(move || {
        let dialog = dialog(&app, request.purpose).set_file_name(&request.suggested_name);
        Ok(chosen(dialog.blocking_save_file()))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn show_in_folder(request: ShowInFolderRequest) -> Answer<()> {
    off_the_window(move || {
        let path = PathBuf::from(&request.path);
        let folder = if path.is_dir() {
            path.as_path()
        } else {
            path.parent().unwrap_or(Path::new("/"))
        };
        let problem = |why: String| {
            CommandError::from(Error::new(
                Code::FileProblem,
                format!("{} can't be shown: {why}.", folder.display()),
            ))
        };
        if !folder.is_dir() {
            return Err(problem("it isn't there any more".into()));
        }
        let opener = if cfg!(target_os = "macos") {
            "open"
        } else if cfg!(windows) {
            "explorer"
        } else {
            "xdg-open"
        };
        std::process::Command::new(opener)
            .arg(folder)
            .spawn()
            .map_err(|e| problem(file_trouble::in_words(&e).trim_end_matches('.').to_owned()))?;
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn search(
    state: State<'_, AppState>,
    request: SearchRequest,
) -> Answer<Vec<SearchHit>> {
    run(&state, move |s| {
        let mut hits: Vec<SearchHit> = screens::search(s, &request.text, i64::from(request.limit))?
            .into_iter()
            .filter_map(|h| {
                let kind = match h.kind {
                    "HOST" => SubjectKind::Host,
                    "BOOKING" => SubjectKind::Booking,
                    "BATCH" => SubjectKind::Batch,
                    "PAYOUT" => SubjectKind::Payout,
                    "IMPORT" => SubjectKind::Import,
                    _ => return None,
                };
                Some(SearchHit {
                    subject: Subject {
                        kind,
                        id: h.id,
                        label: h.label,
                    },
                    detail: h.detail,
                })
            })
            .collect();
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        hits.extend(
            screens::disputes::search(s, &request.text, limit)?
                .into_iter()
                .map(|l| {
                    let row = l.dispute.row;
                    SearchHit {
                        detail: format!(
                            "{}, {}, {}",
                            row.kind.noun(),
                            Money::new(row.amount_minor, row.currency),
                            l.host_name
                        ),
                        subject: Subject::of(SubjectKind::Dispute, row.dispute_id),
                    }
                }),
        );
        hits.truncate(limit);
        Ok(hits)
    })
    .await
}
