//! Long jobs, and what the application tells the window unasked.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::Event;

use super::shared::CommandError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum JobStatus {
    Running,
    Done,
    Failed,
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum JobKind {
    Preview,
    Import,
    Process,
    Prepare,
    Send,
    Check,
    Export,
    Backup,
    Restore,
    Preflight,
    SendStripe,
    Sync,
    Reconcile,
    Tax,
}

impl JobKind {
    /// Whether the work listens to a wish to stop.
    pub(crate) fn can_cancel(self) -> bool {
        matches!(
            self,
            Self::Preview
                | Self::Import
                | Self::Process
                | Self::Prepare
                | Self::Export
                | Self::SendStripe
                | Self::Sync
                | Self::Tax
        )
    }

    /// Whether the work needs the ledger's lease, which a quiet job may hold.
    pub(crate) fn takes_the_lease(self) -> bool {
        matches!(
            self,
            Self::Preview
                | Self::Import
                | Self::Send
                | Self::SendStripe
                | Self::Sync
                | Self::Reconcile
        )
    }
}

#[derive(Debug, Clone, Serialize, Type)]
pub(crate) struct Job {
    pub(crate) job_id: String,
    pub(crate) kind: JobKind,
    pub(crate) label: String,
    /// The batch it works on.
    pub(crate) batch_id: Option<String>,
    pub(crate) status: JobStatus,
    /// What it does at this moment.
    pub(crate) step: Option<String>,
    pub(crate) done: u32,
    pub(crate) total: Option<u32>,
    pub(crate) started_at: String,
    pub(crate) started_by: String,
    pub(crate) ended_at: Option<String>,
    pub(crate) error: Option<CommandError>,
    pub(crate) can_cancel: bool,
    /// Somebody asked it to stop, and it hasn't yet.
    pub(crate) stopping: bool,
}

#[derive(Deserialize, Type)]
pub(crate) struct JobIdRequest {
    pub(crate) job_id: String,
}

/// Something was written, here or by another process: the window asks again.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[tauri_specta(event_name = "ledger_changed")]
pub(crate) struct LedgerChanged {
    pub(crate) data_version: u32,
}

/// A job started, moved or ended.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[tauri_specta(event_name = "jobs_changed")]
pub(crate) struct JobsChanged {
    pub(crate) running: u32,
}
