//! Choosing a ledger, signing in and out, handing a batch over.

use std::path::{Path, PathBuf};

use hostledger_app::payouts::ApprovalView;
use hostledger_app::sample_ledger::{self, PRACTICE_USERS};
use hostledger_app::session::NewLedger;
use hostledger_app::{Code, Error, Session as Work, clock, payouts};
use hostledger_core::file_trouble;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};

use super::stripe::sync_in_the_background;
use super::{off_the_window, run};
use crate::state::{AppState, Open, approvers};
use crate::view::jobs::JobKind;
use crate::view::payouts::BatchTotal;
use crate::view::session::{
    CreateLedgerRequest, CreatedLedger, HandOver, HandOverRequest, LedgerInfo, OpenLedgerRequest,
    Phase, PracticeUser, RecentLedger, RecoverRequest, RestoreRequest, Session, SignInRequest,
    SignedInUser, permissions,
};
use crate::view::shared::{Answer, Progress, count, date_or_none, instant};

/// The session as the window shows it.
fn view(state: &AppState) -> Result<Session, Error> {
    let open = state.open();
    let user = open.as_ref().and_then(|o| o.signed_in.as_ref()).map(|s| {
        let who = s.session.identity();
        SignedInUser {
            name: who.name.clone(),
            roles: who.roles.iter().map(|r| (*r).into()).collect(),
            may: permissions(who),
            since: instant(s.since),
        }
    });
    let recent_ledgers = state
        .window_file()
        .ledgers
        .iter()
        .map(|l| RecentLedger {
            name: l.name.clone(),
            path: l.path.to_string_lossy().into_owned(),
            last_opened_at: instant(l.last_opened_at),
            is_sample: l.practice_date.is_some(),
            available: hostledger_app::session::names_of(&l.path).is_ok(),
        })
        .collect();
    Ok(Session {
        phase: match (&open, &user) {
            (None, _) => Phase::Closed,
            (Some(_), None) => Phase::Locked,
            (Some(_), Some(_)) => Phase::SignedIn,
        },
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        ledger: open.as_ref().map(|o| ledger(state, o)).transpose()?,
        user,
        locked_because: open.as_ref().and_then(|o| o.locked_because.clone()),
        hand_over: open.and_then(|o| o.hand_over),
        recent_ledgers,
    })
}

/// The open ledger: from itself while somebody is signed in, otherwise as it was remembered, for
/// it can't be read.
fn ledger(state: &AppState, open: &Open) -> Result<LedgerInfo, Error> {
    let remembered = state.window_file().of(&open.folder).cloned();
    let idle_lock_minutes = state.window_file().idle_lock_minutes;
    let path = open.folder.to_string_lossy().into_owned();
    let mut info = match (&open.signed_in, remembered) {
        (Some(signed_in), _) => {
            let s = &signed_in.session;
            let about = s.about()?;
            let users = s.users()?;
            LedgerInfo {
                ledger_id: about.ledger_id,
                name: about.name,
                time_zone: about.time_zone,
                business_date: about.today.to_string(),
                practice_date: about.practice_date.map(|d| d.to_string()),
                is_sample: about.practice_date.is_some(),
                user_names: users.iter().map(|u| u.name.clone()).collect(),
                approvers: approvers(&users),
                path,
                idle_lock_minutes,
                practice_users: Vec::new(),
            }
        }
        (None, Some(known)) => LedgerInfo {
            business_date: known
                .practice_date
                .clone()
                .unwrap_or_else(|| today_in(&known.time_zone)),
            ledger_id: known.ledger_id,
            name: known.name,
            time_zone: known.time_zone,
            is_sample: known.practice_date.is_some(),
            practice_date: known.practice_date,
            user_names: open.names.clone(),
            approvers: known.approvers,
            path,
            idle_lock_minutes,
            practice_users: Vec::new(),
        },
        (None, None) => LedgerInfo {
            ledger_id: String::new(),
            name: open
                .folder
                .file_name()
                .map_or_else(|| path.clone(), |n| n.to_string_lossy().into_owned()),
            time_zone: "UTC".into(),
            business_date: today_in("UTC"),
            practice_date: None,
            is_sample: false,
            user_names: open.names.clone(),
            approvers: 0,
            path,
            idle_lock_minutes,
            practice_users: Vec::new(),
        },
    };
    if info.is_sample {
        info.practice_users = PRACTICE_USERS
            .iter()
            .filter(|p| info.user_names.iter().any(|n| n == p.name))
            .map(|p| PracticeUser {
                name: p.name.to_owned(),
                roles: p.roles.iter().map(|r| (*r).into()).collect(),
                passphrase: p.passphrase.to_owned(),
            })
            .collect();
    }
    Ok(info)
}

fn today_in(zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    zone.to_datetime(clock::now()).date().to_string()
}

/// Does something with the session off the window's thread, and answers what it is then.
async fn then_view(
    app: AppHandle,
    work: impl FnOnce(&AppState) -> Result<(), Error> + Send + 'static,
) -> Answer<Session> {
    off_the_window(move || {
        let state = app.state::<AppState>();
        work(&state)?;
        Ok(view(&state)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_session(app: AppHandle) -> Answer<Session> {
    then_view(app, |_| Ok(())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_ledger(
    app: AppHandle,
    request: CreateLedgerRequest,
) -> Answer<CreatedLedger> {
    off_the_window(move || {
        let state = app.state::<AppState>();
        let folder = std::path::absolute(Path::new(&request.folder))
            .map_err(|e| file_trouble::cannot_write(Path::new(&request.folder), &e))?;
        let new = NewLedger {
            name: request.name.trim(),
            user: request.user_name.trim(),
            passphrase: &request.passphrase,
            time_zone: Some(&request.time_zone),
            practice_date: None,
            paid_through: date_or_none(request.paid_through.as_deref())?,
            as_of: None,
        };
        let session = Work::create(&folder, &new)?;
        let recovery_key = session.new_recovery_key()?.to_string();
        state.remember(&session);
        state.work_as(folder, session);
        Ok(CreatedLedger {
            session: view(&state)?,
            recovery_key,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_ledger(app: AppHandle, request: OpenLedgerRequest) -> Answer<Session> {
    then_view(app, move |state| {
        state.open_folder(Path::new(&request.folder))
    })
    .await
}

fn sample_folder() -> Result<PathBuf, Error> {
    let data = crate::log::data_folder().ok_or_else(|| {
        Error::new(
            Code::FileProblem,
            "This system tells no data folder to make the sample in.",
        )
    })?;
    Ok(data.join("sample"))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn try_sample(app: AppHandle, progress: Channel<Progress>) -> Answer<Session> {
    let what = (JobKind::Prepare, "Make the sample ledger".to_owned());
    let folder = sample_folder()?;
    crate::jobs::run(app.clone(), what, String::new(), progress, move |job| {
        let ledger = folder.join("ledger");
        if hostledger_app::session::names_of(&ledger).is_err() {
            if let Some(data) = folder.parent() {
                std::fs::create_dir_all(data).map_err(|e| file_trouble::cannot_write(data, &e))?;
            }
            sample_ledger::create(&folder, job)?;
        }
        let state = app.state::<AppState>();
        state.open_folder(&ledger)?;
        view(&state)
    })
    .await
}

/// Makes the day's backup when somebody begins to work; a failure must not lock anybody out.
fn back_up_in_the_background(state: &AppState) {
    let Ok(session) = state.session() else { return };
    std::thread::spawn(move || {
        if let Err(e) = hostledger_app::books::daily_backup(&session) {
            crate::log::write(&format!("the daily backup failed: {}", e.code.as_str()));
        }
    });
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(app: AppHandle, request: SignInRequest) -> Answer<Session> {
    let handle = app.clone();
    then_view(app, move |state| {
        state.sign_in(&request.name, &request.passphrase)?;
        back_up_in_the_background(state);
        sync_in_the_background(&handle);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(app: AppHandle) -> Answer<Session> {
    then_view(app, |state| {
        state.lock(None);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn close_ledger(app: AppHandle) -> Answer<Session> {
    then_view(app, |state| {
        state.close();
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recover(app: AppHandle, request: RecoverRequest) -> Answer<Session> {
    then_view(app, move |state| {
        let folder = state.folder()?;
        Work::recover(
            &folder,
            &request.recovery_key,
            &request.name,
            &request.new_passphrase,
        )?;
        state.sign_in(&request.name, &request.new_passphrase)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(
    app: AppHandle,
    request: RestoreRequest,
    progress: Channel<Progress>,
) -> Answer<Session> {
    let what = (JobKind::Restore, "Restore a backup".to_owned());
    crate::jobs::run(app.clone(), what, String::new(), progress, move |job| {
        job.progress("Reading the backup", 0, None);
        let folder = Path::new(&request.folder);
        hostledger_app::books::restore_locked(Path::new(&request.backup_path), folder)?;
        let state = app.state::<AppState>();
        state.open_folder(folder)?;
        view(&state)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hand_over_for_approval(
    app: AppHandle,
    state: State<'_, AppState>,
    request: HandOverRequest,
) -> Answer<Session> {
    let hand_over = run(&state, move |s| {
        let batch = payouts::show(s, &request.batch_id)?;
        let approvers = s
            .users()?
            .into_iter()
            .filter(|u| u.roles.iter().any(|r| r == "approver") && !batch.makers.contains(&u.name))
            .filter(|u| {
                let signed = |a: &ApprovalView| a.approval.approver == u.name;
                !batch.approvals.iter().any(signed)
            })
            .map(|u| u.name)
            .collect();
        Ok(HandOver {
            batch_id: batch.batch.batch_id.clone(),
            batch_date: batch.batch.date.to_string(),
            totals: batch
                .totals
                .iter()
                .map(|t| BatchTotal {
                    currency: t.amount.currency.code().to_owned(),
                    amount: t.amount.digits(),
                    payouts: count(t.payouts),
                })
                .collect(),
            handed_over_by: s.identity().name.clone(),
            approvers,
        })
    })
    .await?;
    then_view(app, move |state| {
        state.lock(Some(hand_over));
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_hand_over(app: AppHandle) -> Answer<Session> {
    then_view(app, |state| {
        state.lock(None);
        Ok(())
    })
    .await
}
