//! Long jobs: progress that a person sees, and a wish to cancel that is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hostledger_core::{Code, Error};

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, e.g. `Reading rows`.
    pub label: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// Of how much; `None`: not known.
    pub total: Option<u64>,
}

/// A running job as its work sees it.
#[derive(Clone)]
pub struct Job {
    cancel: Arc<AtomicBool>,
    listen: Arc<dyn Fn(Progress) + Send + Sync>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Job(cancelled: {})", self.is_cancelled())
    }
}

impl Job {
    /// A job that tells `listen` how far it is and stops once `cancel` is set.
    pub fn new(cancel: Arc<AtomicBool>, listen: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self {
            cancel,
            listen: Arc::new(listen),
        }
    }

    /// A job that nobody watches or cancels.
    #[must_use]
    pub fn unwatched() -> Self {
        Self::new(Arc::default(), |_| {})
    }

    /// Tells how far it is.
    pub fn progress(&self, label: &'static str, done: u64, total: Option<u64>) {
        (self.listen)(Progress { label, done, total });
    }

    /// Whether somebody wants it to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Stops here if somebody wants that.
    ///
    /// # Errors
    /// [`Code::Cancelled`].
    pub fn check(&self) -> Result<(), Error> {
        if self.is_cancelled() {
            return Err(Error::new(
                Code::Cancelled,
                "Cancelled. Nothing was changed.",
            ));
        }
        Ok(())
    }
}
