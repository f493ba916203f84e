//! Long jobs: their place in the window's tray, their progress, and the wish to stop them.

use std::collections::BTreeSet;
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

/// How long a quiet job is waited for once a person's work asked it to stop.
const MAKES_WAY_WITHIN: Duration = Duration::from_secs(40);

/// What a job does.
pub(crate) struct What {
    kind: JobKind,
    label: String,
    batch_id: Option<String>,
    quiet: bool,
}

impl From<(JobKind, String)> for What {
    fn from((kind, label): (JobKind, String)) -> Self {
        Self {
            kind,
            label,
            batch_id: None,
            quiet: false,
        }
    }
}

impl What {
    /// The same, on a batch.
    pub(crate) fn on(mut self, batch_id: &str) -> Self {
        self.batch_id = Some(batch_id.to_owned());
        self
    }

    /// The same, asked for by nobody: it makes way for what a person wants.
    pub(crate) fn quietly(mut self) -> Self {
        self.quiet = true;
        self
    }
}

struct Entry {
    job: Job,
    cancel: Arc<AtomicBool>,
    quiet: bool,
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

    /// Running jobs that a person started.
    fn asked_for(&self) -> Vec<Job> {
        let entries = self.entries();
        let running = entries
            .iter()
            .filter(|e| !e.quiet && e.job.status == JobStatus::Running);
        running.map(|e| e.job.clone()).collect()
    }

    /// The batches that are being sent through Stripe at this moment.
    pub(crate) fn sending(&self) -> BTreeSet<String> {
        let sends = self.running().into_iter();
        sends
            .filter(|j| j.kind == JobKind::SendStripe)
            .filter_map(|j| j.batch_id)
            .collect()
    }

    /// Asks every quiet job to stop. Whether one still runs.
    fn quiet_ones_stop(&self) -> bool {
        let mut entries = self.entries();
        let quiet = entries
            .iter_mut()
            .filter(|e| e.quiet && e.job.status == JobStatus::Running);
        let mut any = false;
        for entry in quiet {
            entry.cancel.store(true, Ordering::Relaxed);
            entry.job.stopping = true;
            any = true;
        }
        any
    }

    /// Asks a job to stop.
    pub(crate) fn cancel(&self, job_id: &str) -> Result<(), Error> {
        let mut entries = self.entries();
        let entry = entries
            .iter_mut()
            .find(|e| e.job.job_id == job_id)
            .ok_or_else(|| Error::new(Code::NotFound, "This job is not in the list any more."))?;
        if !entry.job.can_cancel {
            return Err(Error::new(
                Code::WrongState,
                "This job can't be stopped halfway; it ends by itself.",
            ));
        }
        entry.cancel.store(true, Ordering::Relaxed);
        entry.job.stopping = true;
        Ok(())
    }

    /// Takes an ended job off the tray.
    pub(crate) fn dismiss(&self, job_id: &str) {
        self.entries()
            .retain(|e| e.job.job_id != job_id || e.job.status == JobStatus::Running);
    }

    /// Takes failed sends off the tray: all, or those of the batch that is sent anew.
    pub(crate) fn forget_failed_sends(&self, of_batch: Option<&str>) {
        self.entries().retain(|e| {
            let same = of_batch.is_none_or(|id| e.job.batch_id.as_deref() == Some(id));
            !(e.job.kind == JobKind::SendStripe && e.job.status == JobStatus::Failed && same)
        });
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
    what: impl Into<What>,
    started_by: String,
    channel: impl Into<Option<Channel<Progress>>>,
    work: impl FnOnce(&Work) -> Result<T, Error> + Send + 'static,
) -> Answer<T> {
    let What {
        kind,
        label,
        batch_id,
        quiet,
    } = what.into();
    let channel = channel.into();
    let job_id = clock::new_id();
    let cancel = Arc::new(AtomicBool::new(false));
    let job = Job {
        job_id: job_id.clone(),
        kind,
        label: label.clone(),
        batch_id,
        status: JobStatus::Running,
        step: None,
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
        stopping: false,
    };
    {
        let state = app.state::<AppState>();
        if kind == JobKind::SendStripe {
            state.jobs.forget_failed_sends(job.batch_id.as_deref());
        }
        let mut entries = state.jobs.entries();
        entries.insert(
            0,
            Entry {
                job,
                cancel: Arc::clone(&cancel),
                quiet,
            },
        );
        let mut ended = 0;
        entries.retain(|e| {
            ended += usize::from(e.job.status != JobStatus::Running);
            e.job.status == JobStatus::Running || ended <= ENDED_KEPT
        });
    }
    tell(&app);
    if let Some(channel) = &channel {
        drop(channel.send(Progress {
            job_id: job_id.clone(),
            label,
            done: 0,
            total: None,
        }));
    }
    let listener = listen(app.clone(), job_id.clone(), channel);
    let handle = app.clone();
    let done = off_the_window(move || {
        if !quiet && kind.takes_the_lease() {
            make_way(&handle.state::<AppState>().jobs);
        }
        work(&Work::new(cancel, listener)).map_err(CommandError::from)
    })
    .await;
    app.state::<AppState>().jobs.change(&job_id, |job| {
        job.ended_at = Some(instant(clock::now()));
        job.can_cancel = false;
        job.stopping = false;
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

/// Waits until no quiet job holds what a person's work needs.
fn make_way(jobs: &Jobs) {
    let until = Instant::now() + MAKES_WAY_WITHIN;
    while jobs.quiet_ones_stop() && Instant::now() < until {
        std::thread::sleep(TOLD_EVERY);
    }
}

fn listen(
    app: AppHandle,
    job_id: String,
    channel: Option<Channel<Progress>>,
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
            job.step = Some(progress.label.clone());
            job.done = progress.done;
            job.total = progress.total;
        });
        if let Some(channel) = &channel {
            drop(channel.send(progress));
        }
        tell(&app);
    }
}

/// Closing the window while a job runs asks first. What is cut off leaves nothing half done: every
/// job is one transaction, and a send is resumed.
pub(crate) fn ask_before_closing(window: &Window, api: &CloseRequestApi) {
    let running = window.state::<AppState>().jobs.asked_for();
    let sends = |j: &&Job| matches!(j.kind, JobKind::Send | JobKind::SendStripe);
    let Some(first) = running.iter().find(sends).or(running.first()) else {
        return;
    };
    api.prevent_close();
    let what = if sends(&first) {
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
