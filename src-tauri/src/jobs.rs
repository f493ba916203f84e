//! Long jobs: their place in the window's tray, their progress, and the wish to stop them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hostledger_app::jobs::{Job as Work, Progress as Step};
use hostledger_app::{Code, Error, clock};
use tauri::ipc::Channel;
use tauri::{AppHandle, CloseRequestApi, Manager, Window};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tauri_specta::Event;

use crate::commands::off_the_window;
use crate::state::AppState;
use crate::view::jobs::{Job, JobKind, JobStatus, JobsChanged};
use crate::view::shared::{Answer, CommandError, Progress, instant, large, length};

/// How often a job tells how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(100);
/// How many ended jobs stay in the tray.
const ENDED_KEPT: usize = 20;

struct Entry {
    job: Job,
    cancel: Arc<AtomicBool>,
}

/// All jobs since the start, newest first.
#[derive(Default)]
pub(crate) struct Jobs(Mutex<Vec<Entry>>);

impl Jobs {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The jobs as the tray shows them.
    pub(crate) fn list(&self) -> Vec<Job> {
        self.entries().iter().map(|e| e.job.clone()).collect()
    }

    fn running(&self) -> Vec<Job> {
        let mut all = self.list();
        all.retain(|j| j.status == JobStatus::Running);
        all
    }

    /// Asks a job to stop.
    pub(crate) fn cancel(&self, job_id: &str) -> Result<(), Error> {
        let entries = self.entries();
        let entry = entries
            .iter()
            .find(|e| e.job.job_id == job_id)
            .ok_or_else(|| Error::new(Code::NotFound, "This job is not in the list any more."))?;
        if !entry.job.can_cancel {
            return Err(Error::new(
                Code::WrongState,
                "This job can't be stopped halfway; it ends by itself.",
            ));
        }
        entry.cancel.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Takes an ended job off the tray.
    pub(crate) fn dismiss(&self, job_id: &str) {
        self.entries()
            .retain(|e| e.job.job_id != job_id || e.job.status == JobStatus::Running);
    }

    fn change(&self, job_id: &str, change: impl FnOnce(&mut Job)) {
        if let Some(entry) = self.entries().iter_mut().find(|e| e.job.job_id == job_id) {
            change(&mut entry.job);
        }
    }
}

fn tell(app: &AppHandle) {
    let running = length(app.state::<AppState>().jobs.running().len());
    drop(JobsChanged { running }.emit(app));
}

/// Does long work off the window's thread, with progress over `channel` and a place in the tray.
pub(crate) async fn run<T: Send + 'static>(
    app: AppHandle,
    (kind, label): (JobKind, String),
    started_by: String,
    channel: Channel<Progress>,
    work: impl FnOnce(&Work) -> Result<T, Error> + Send + 'static,
) -> Answer<T> {
    let job_id = clock::new_id();
    let cancel = Arc::new(AtomicBool::new(false));
    let job = Job {
        job_id: job_id.clone(),
        kind,
        label: label.clone(),
        status: JobStatus::Running,
        done: 0,
        total: None,
        started_at: instant(clock::now()),
        started_by: if started_by.is_empty() {
            "Hostledger".to_owned()
        } else {
            started_by
        },
        ended_at: None,
        error: None,
        can_cancel: kind.can_cancel(),
    };
    {
        let state = app.state::<AppState>();
        let mut entries = state.jobs.entries();
        entries.insert(
            0,
            Entry {
                job,
                cancel: Arc::clone(&cancel),
            },
        );
        let mut ended = 0;
        entries.retain(|e| {
            ended += usize::from(e.job.status != JobStatus::Running);
            e.job.status == JobStatus::Running || ended <= ENDED_KEPT
        });
    }
    tell(&app);
    drop(channel.send(Progress {
        job_id: job_id.clone(),
        label,
        done: 0,
        total: None,
    }));
    let listener = listen(app.clone(), job_id.clone(), channel);
    let done =
        off_the_window(move || work(&Work::new(cancel, listener)).map_err(CommandError::from))
            .await;
    app.state::<AppState>().jobs.change(&job_id, |job| {
        job.ended_at = Some(instant(clock::now()));
        job.can_cancel = false;
        if done.is_ok() {
            job.done = job.total.unwrap_or(job.done);
        }
        job.status = match &done {
            Ok(_) => JobStatus::Done,
            Err(e) if e.code == Code::Cancelled.as_str() => JobStatus::Cancelled,
            Err(_) => JobStatus::Failed,
        };
        job.error = done.as_ref().err().cloned();
    });
    tell(&app);
    done
}

fn listen(
    app: AppHandle,
    job_id: String,
    channel: Channel<Progress>,
) -> impl Fn(Step) + Send + Sync + 'static {
    let told: Mutex<Option<(Instant, &'static str)>> = Mutex::new(None);
    move |step: Step| {
        let now = Instant::now();
        {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.is_some_and(|(at, label)| label == step.label && now - at < TOLD_EVERY) {
                return;
            }
            *told = Some((now, step.label));
        }
        let progress = Progress {
            job_id: job_id.clone(),
            label: step.label.to_owned(),
            done: large(step.done),
            total: step.total.map(large),
        };
        app.state::<AppState>().jobs.change(&job_id, |job| {
            job.done = progress.done;
            job.total = progress.total;
        });
        drop(channel.send(progress));
        tell(&app);
    }
}

/// Closing the window while a job runs asks first. What is cut off leaves nothing half done: every
/// job is one transaction, and a send is resumed.
pub(crate) fn ask_before_closing(window: &Window, api: &CloseRequestApi) {
    let running = window.state::<AppState>().jobs.running();
    let Some(first) = running.first() else { return };
    api.prevent_close();
    let what = if first.kind == JobKind::Send {
        "A batch is being sent. If you quit now, the ledger keeps what was sent; resume the batch at the next start.".to_owned()
    } else {
        format!(
            "\"{}\" is still running. If you quit now, it leaves nothing behind and has to be done again.",
            first.label
        )
    };
    let app = window.app_handle().clone();
    window
        .dialog()
        .message(what)
        .title("Quit Hostledger?")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(
            "Quit".into(),
            "Keep it running".into(),
        ))
        .show(move |quit| {
            if quit {
                app.exit(0);
            }
        });
}
