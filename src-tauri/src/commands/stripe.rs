//! The ledger's Stripe account, hosts' accounts there, and what Stripe did since.

use hostledger_app::identity::Role;
use hostledger_app::screens::books::{self as screens, AuditFilter};
use hostledger_app::stripe::{self as use_cases, AccountView, NewConnection};
use hostledger_app::{Error, Session, clock, payouts, stored};
use hostledger_core::Currency;
use hostledger_core::transfer::detail_in_words;
use jiff::{SignedDuration, Timestamp};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};

use super::translate::stripe_rail;
use super::{run, run_job};
use crate::jobs::What;
use crate::notice::Notice;
use crate::state::AppState;
use crate::view::hosts::HostIdRequest;
use crate::view::jobs::JobKind;
use crate::view::shared::{Answer, Progress, digits, instant, length};
use crate::view::stripe::{
    BankFailure, ConnectStripeRequest, HostAccount, HostStanding, KeyStore, Onboarding, Stripe,
    StripeConnection, StripeNotice, StripeReconciled, StripeSync,
};

/// A sync that nobody asked for runs when the last one is older than this.
const SYNC_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(12);
/// How many syncs back their notices are shown.
const SYNCS_SHOWN: i64 = 30;

fn connection(c: &stored::StripeConnection) -> StripeConnection {
    StripeConnection {
        rail: stripe_rail(&c.rail()),
        key_hint: c.key_hint.clone(),
        key_store: if c.key_store == use_cases::KeyStore::Keyring.as_str() {
            KeyStore::Keyring
        } else {
            KeyStore::SealedFile
        },
        other_url: (c.base_url != use_cases::STRIPE_URL).then(|| c.base_url.clone()),
        synced_at: c.synced_at.map(instant),
    }
}

/// Up to when what Stripe brought was read at this machine.
pub(super) fn stripe_read_at(state: &AppState) -> Option<Timestamp> {
    let folder = state.folder().ok()?;
    state.window_file().of(&folder)?.stripe_read_at
}

/// What syncs brought that a person should look at, newest first.
fn notices(s: &Session, read_at: Option<Timestamp>) -> Result<Vec<StripeNotice>, Error> {
    let syncs = AuditFilter {
        action: Some("stripe.sync".into()),
        ..AuditFilter::default()
    };
    let (events, _) = screens::audit(s, &syncs, (None, None), None, SYNCS_SHOWN)?;
    let mut out = Vec::new();
    for e in events {
        let details: serde_json::Value = serde_json::from_str(&e.details).unwrap_or_default();
        let texts = details["notices"].as_array().into_iter().flatten();
        out.extend(texts.filter_map(|t| t.as_str()).map(|text| StripeNotice {
            at: instant(e.at),
            text: text.to_owned(),
            unread: read_at.is_none_or(|read| e.at > read),
        }));
    }
    Ok(out)
}

/// How many notices nobody read at this machine.
pub(super) fn unread(s: &Session, read_at: Option<Timestamp>) -> Result<usize, Error> {
    Ok(notices(s, read_at)?.iter().filter(|n| n.unread).count())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_stripe(state: State<'_, AppState>) -> Answer<Stripe> {
    let read_at = stripe_read_at(&state);
    run(&state, move |s| {
        Ok(Stripe {
            connection: use_cases::status(s)?.as_ref().map(connection),
            stripe_url: use_cases::STRIPE_URL.to_owned(),
            notices: notices(s, read_at)?,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_stripe_read(state: State<'_, AppState>) -> Answer<()> {
    let folder = state.folder()?;
    state.window_file().stripe_was_read(&folder, clock::now());
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_stripe(
    state: State<'_, AppState>,
    request: ConnectStripeRequest,
) -> Answer<StripeConnection> {
    run(&state, move |s| {
        let url = request.url.as_deref().map(str::trim);
        let made = use_cases::connect(
            s,
            &NewConnection {
                key: &request.key,
                key_store: match request.key_store {
                    KeyStore::Keyring => use_cases::KeyStore::Keyring,
                    KeyStore::SealedFile => use_cases::KeyStore::SealedFile,
                },
                base_url: url
                    .filter(|u| !u.is_empty())
                    .unwrap_or(use_cases::STRIPE_URL),
                timeout_ms: use_cases::TIMEOUT_MS,
            },
        )?;
        Ok(connection(&made))
    })
    .await
}

fn synced(d: use_cases::Synced) -> StripeSync {
    StripeSync {
        accounts: length(d.accounts),
        restricted: length(d.restricted),
        reversals: length(d.reversals),
        bank_failures: length(d.bank_failures),
        disputes: length(d.disputes),
        notices: d.notices,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_stripe(app: AppHandle, progress: Channel<Progress>) -> Answer<StripeSync> {
    let notice = Notice::begin(&app);
    let what = (JobKind::Sync, "Sync with Stripe".to_owned());
    let done = run_job(app, what, progress, |s, job| {
        use_cases::sync(s, job).map(synced)
    })
    .await;
    if let Ok(done) = &done {
        notice.of_sync(done.notices.len());
    }
    done
}

/// Syncs when a person who may begins to work and the last time is long past. It makes way for
/// what people do, and a failure is a line in the tray.
pub(super) fn sync_in_the_background(app: &AppHandle) {
    let Ok(session) = app.state::<AppState>().session() else {
        return;
    };
    let who = session.identity();
    if !who.has(Role::Preparer) && !who.has(Role::Approver) {
        return;
    }
    let is_due = |c: &stored::StripeConnection| {
        c.synced_at
            .is_none_or(|at| clock::now().duration_since(at) >= SYNC_AGAIN_AFTER)
    };
    if !matches!(use_cases::status(&session), Ok(Some(c)) if is_due(&c)) {
        return;
    }
    let notice = Notice::begin(app);
    let what = What::from((JobKind::Sync, "Daily sync with Stripe".to_owned())).quietly();
    let by = who.name.clone();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let work = move |job: &hostledger_app::jobs::Job| use_cases::sync(&session, job);
        match crate::jobs::run(app, what, by, None, work).await {
            Ok(done) => notice.of_sync(done.notices.len()),
            Err(e) => crate::log::write(&format!("the daily sync with Stripe failed: {}", e.code)),
        }
    });
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile_stripe(
    app: AppHandle,
    progress: Channel<Progress>,
) -> Answer<StripeReconciled> {
    let what = (JobKind::Reconcile, "Compare with Stripe's list".to_owned());
    let handle = app.clone();
    let done: Answer<StripeReconciled> = run_job(app, what, progress, |s, job| {
        let d = payouts::reconcile(s, job)?;
        Ok(StripeReconciled {
            taken_over: length(d.taken_over),
            found: length(d.found),
            unfrozen: length(d.unfrozen),
        })
    })
    .await;
    // What stopped a batch is mended; why it stopped stays in its history.
    if done.as_ref().is_ok_and(|d| d.unfrozen > 0) {
        handle.state::<AppState>().jobs.forget_failed_sends(None);
    }
    done
}

fn host_account(s: &Session, v: AccountView) -> Result<HostAccount, Error> {
    let mut missing: Vec<String> = Vec::new();
    for detail in v.account.iter().flat_map(|a| &a.due) {
        let words = detail_in_words(detail);
        if !missing.contains(&words) {
            missing.push(words);
        }
    }
    let standing = match (&v.account, &v.trouble) {
        _ if v.account_id.is_empty() => HostStanding::NoAccount,
        (None, _) => HostStanding::NotAsked,
        (Some(_), None) => HostStanding::CanBePaid,
        (Some(_), Some(_)) => HostStanding::CantBePaid,
    };
    Ok(HostAccount {
        standing,
        missing,
        missing_by: v.account.as_ref().and_then(|a| a.due_by).map(instant),
        pulled_at: v.account.as_ref().map(|a| instant(a.pulled_at)),
        trouble: v.trouble,
        bank_failures: v.bank_failures.into_iter().map(bank_failure).collect(),
        account_id: Some(v.account_id).filter(|id| !id.is_empty()),
        rail: use_cases::status(s)?.map(|c| stripe_rail(&c.rail())),
    })
}

fn bank_failure(f: stored::BankFailure) -> BankFailure {
    BankFailure {
        amount: Currency::parse(&f.currency)
            .map_or_else(|| f.amount_minor.to_string(), |c| digits(f.amount_minor, c)),
        message: if f.message.is_empty() {
            f.code
        } else {
            f.message
        },
        currency: f.currency.to_ascii_uppercase(),
        failed_at: instant(f.failed_at),
        bank_payout_id: f.bank_payout_id,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_host_account(
    state: State<'_, AppState>,
    request: HostIdRequest,
) -> Answer<HostAccount> {
    run(&state, move |s| {
        host_account(s, use_cases::account_of(s, &request.host_id)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pull_host_account(
    state: State<'_, AppState>,
    request: HostIdRequest,
) -> Answer<HostAccount> {
    run(&state, move |s| {
        host_account(s, use_cases::pull_account(s, &request.host_id)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn onboard_host(
    state: State<'_, AppState>,
    request: HostIdRequest,
) -> Answer<Onboarding> {
    run(&state, move |s| {
        let made = use_cases::onboard(s, &request.host_id)?;
        Ok(Onboarding {
            account_id: made.account_id,
            url: made.url,
            expires_at: instant(made.expires_at),
        })
    })
    .await
}
