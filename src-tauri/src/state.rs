//! What the application holds between commands: the open ledger, who is signed in, a batch handed
//! over, and figures that are asked again and again.

use std::any::Any;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hostledger_app::sample_ledger::PRACTICE_USERS;
use hostledger_app::{Code, Error, Session, clock};
use jiff::Timestamp;

use crate::jobs::Jobs;
use crate::view::session::HandOver;
use crate::view::shared::{Answer, CommandError};
use crate::window_file::{Remembered, WindowFile};

/// A ledger whose folder was chosen.
#[derive(Clone)]
pub(crate) struct Open {
    pub(crate) folder: PathBuf,
    pub(crate) names: Vec<String>,
    pub(crate) signed_in: Option<SignedIn>,
    pub(crate) hand_over: Option<HandOver>,
    /// Why whoever was signed in isn't any more.
    pub(crate) locked_because: Option<String>,
}

/// Somebody at work.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(crate) session: Arc<Session>,
    pub(crate) since: Timestamp,
}

/// Figures of one state of the ledger.
#[derive(Default)]
struct Figures {
    of: Option<(usize, i64)>,
    kept: HashMap<String, Arc<dyn Any + Send + Sync>>,
}

/// What the application holds between commands.
pub(crate) struct AppState {
    open: Mutex<Option<Open>>,
    window_file: Mutex<WindowFile>,
    figures: Mutex<Figures>,
    pub(crate) jobs: Jobs,
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nobody is signed in; the window shows the sign-in when it hears this.
fn not_signed_in() -> CommandError {
    CommandError {
        code: "NOT_SIGNED_IN".into(),
        message: "Nobody is signed in. Sign in and try again.".into(),
        details: Box::default(),
        remedy: None,
    }
}

impl AppState {
    /// A start: no ledger, or the one that `HOSTLEDGER_LEDGER` names.
    pub(crate) fn load() -> Self {
        let state = Self {
            open: Mutex::new(None),
            window_file: Mutex::new(WindowFile::load()),
            figures: Mutex::default(),
            jobs: Jobs::default(),
        };
        if let Some(folder) = std::env::var_os("HOSTLEDGER_LEDGER").filter(|f| !f.is_empty())
            && let Err(e) = state.open_folder(Path::new(&folder))
        {
            crate::log::write(&format!(
                "HOSTLEDGER_LEDGER can't be opened: {}",
                e.code.as_str()
            ));
        }
        state
    }

    /// The open ledger.
    pub(crate) fn open(&self) -> Option<Open> {
        lock(&self.open).clone()
    }

    /// What is remembered of this window.
    pub(crate) fn window_file(&self) -> MutexGuard<'_, WindowFile> {
        lock(&self.window_file)
    }

    /// Chooses a ledger's folder, or the one that holds a folder `ledger`. Nobody is signed in.
    pub(crate) fn open_folder(&self, folder: &Path) -> Result<(), Error> {
        let mut folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let inner = folder.join("ledger");
        if hostledger_app::session::names_of(&folder).is_err()
            && hostledger_app::session::names_of(&inner).is_ok()
        {
            folder = inner;
        }
        let names = hostledger_app::session::names_of(&folder)?;
        if self.window_file().of(&folder).is_none() {
            self.meet_sample(&folder, &names);
        }
        *lock(&self.open) = Some(Open {
            folder,
            names,
            signed_in: None,
            hand_over: None,
            locked_because: None,
        });
        Ok(())
    }

    /// A sample opens with the practice passphrases that everybody knows; what it is can then be
    /// shown before anybody signs in.
    fn meet_sample(&self, folder: &Path, names: &[String]) {
        let practice = PRACTICE_USERS.map(|u| u.name);
        if names.len() == practice.len()
            && practice.iter().all(|n| names.iter().any(|name| name == n))
            && let Ok(session) = Session::open(folder, practice[0], PRACTICE_USERS[0].passphrase)
        {
            self.remember(&session);
        }
    }

    /// Signs somebody in to the open ledger.
    pub(crate) fn sign_in(&self, name: &str, passphrase: &str) -> Result<(), Error> {
        let folder = self.folder()?;
        let session = Session::open(&folder, name, passphrase)?;
        self.remember(&session);
        self.work_as(folder, session);
        Ok(())
    }

    /// Goes on with a session that is open.
    pub(crate) fn work_as(&self, folder: PathBuf, session: Session) {
        let names = hostledger_app::session::names_of(&folder).unwrap_or_default();
        let signed_in = Some(SignedIn {
            session: Arc::new(session),
            since: clock::now(),
        });
        *lock(&self.open) = Some(Open {
            folder,
            names,
            signed_in,
            hand_over: None,
            locked_because: None,
        });
    }

    /// Remembers what a ledger is, for the next time before anybody signed in.
    pub(crate) fn remember(&self, session: &Session) {
        let Ok(about) = session.about() else { return };
        let approvers = session.users().map_or(0, |users| approvers(&users));
        self.window_file().remember(Remembered {
            path: session.folder().to_owned(),
            ledger_id: about.ledger_id,
            name: about.name,
            time_zone: about.time_zone,
            practice_date: about.practice_date.map(|d| d.to_string()),
            approvers,
            last_opened_at: clock::now(),
            stripe_read_at: None,
        });
    }

    /// The folder of the open ledger.
    pub(crate) fn folder(&self) -> Result<PathBuf, Error> {
        lock(&self.open)
            .as_ref()
            .map(|o| o.folder.clone())
            .ok_or_else(|| Error::new(Code::NoLedger, "No ledger is open. Choose one first."))
    }

    /// Signs out; a running job ends under who started it.
    pub(crate) fn lock(&self, hand_over: Option<HandOver>) {
        if let Some(open) = lock(&self.open).as_mut() {
            open.signed_in = None;
            open.hand_over = hand_over;
            open.names = hostledger_app::session::names_of(&open.folder).unwrap_or_default();
        }
        *lock(&self.figures) = Figures::default();
    }

    /// Locks the window of somebody who was removed, or whose key or roles are others by now. Whether
    /// it did.
    pub(crate) fn lock_out(&self, session: &Arc<Session>) -> bool {
        let Err(e) = session.is_still_signed_in() else {
            return false;
        };
        if e.code != Code::SignInFailed {
            return false;
        }
        let mut open = lock(&self.open);
        let Some(open) = open.as_mut() else {
            return false;
        };
        let still = open.signed_in.as_ref();
        if !still.is_some_and(|s| Arc::ptr_eq(&s.session, session)) {
            return false;
        }
        open.signed_in = None;
        open.hand_over = None;
        open.locked_because = Some(e.message);
        open.names = hostledger_app::session::names_of(&open.folder).unwrap_or_default();
        *lock(&self.figures) = Figures::default();
        true
    }

    /// Closes the ledger.
    pub(crate) fn close(&self) {
        *lock(&self.open) = None;
        *lock(&self.figures) = Figures::default();
    }

    /// The session of who is signed in.
    pub(crate) fn session(&self) -> Answer<Arc<Session>> {
        lock(&self.open)
            .as_ref()
            .and_then(|o| o.signed_in.as_ref())
            .map(|s| Arc::clone(&s.session))
            .ok_or_else(not_signed_in)
    }

    /// A figure of the ledger as it is now, computed at most once for each of its states.
    pub(crate) fn figure<T: Send + Sync + 'static>(
        &self,
        s: &Arc<Session>,
        name: String,
        compute: impl FnOnce(&Session) -> Result<T, Error>,
    ) -> Result<Arc<T>, Error> {
        let of = Some((Arc::as_ptr(s) as usize, s.data_version()?));
        {
            let mut figures = lock(&self.figures);
            if figures.of != of {
                *figures = Figures {
                    of,
                    kept: HashMap::new(),
                };
            }
            if let Some(kept) = figures
                .kept
                .get(&name)
                .and_then(|k| Arc::clone(k).downcast().ok())
            {
                return Ok(kept);
            }
        }
        let made = Arc::new(compute(s)?);
        let mut figures = lock(&self.figures);
        if figures.of == of {
            let kept: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(&made);
            figures.kept.insert(name, kept);
        }
        Ok(made)
    }
}

/// How many may approve what somebody else prepared: nobody where there is one person.
pub(crate) fn approvers(users: &[hostledger_app::stored::User]) -> u32 {
    if users.len() < 2 {
        return 0;
    }
    let may = users
        .iter()
        .filter(|u| u.roles.iter().any(|r| r == "approver"));
    u32::try_from(may.count()).unwrap_or(u32::MAX)
}
