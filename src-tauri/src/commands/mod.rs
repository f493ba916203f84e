//! What the window may ask: thin functions over the use cases, by topic.

mod adjustments;
mod audit;
mod batch;
mod books;
mod commissions;
mod disputes;
mod evidence;
mod exceptions;
mod exposure;
mod files;
mod home;
mod hosts;
mod imports;
mod jobs;
mod papers;
mod payouts;
mod restores;
mod review;
mod sending;
mod session;
mod settings;
mod stripe;
mod tax;
mod tax_profiles;
mod translate;
mod users;

use std::sync::Arc;

use hostledger_app::jobs::Job as Work;
use hostledger_app::{Error, Session};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::jobs::What;
use crate::state::AppState;
use crate::view::jobs::{JobsChanged, LedgerChanged};
use crate::view::shared::{Answer, CommandError, Progress};

/// Every command and event, with their types.
pub(crate) fn bindings() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        .disable_serde_phases()
        .commands(collect_commands![
            session::get_session,
            session::create_ledger,
            session::open_ledger,
            session::try_sample,
            session::sign_in,
            session::lock,
            session::close_ledger,
            session::recover,
            session::restore_backup,
            restores::get_restores,
            restores::say_what_left,
            restores::take_back_what_left,
            restores::confirm_what_left,
            session::hand_over_for_approval,
            session::cancel_hand_over,
            files::choose_file,
            files::choose_save_path,
            files::show_in_folder,
            files::search,
            users::list_users,
            users::add_user,
            users::remove_user,
            users::change_passphrase,
            home::get_week,
            home::get_rail_counts,
            imports::preview_import,
            imports::commit_import,
            imports::write_import_template,
            imports::list_imports,
            imports::get_import,
            imports::preview_undo_import,
            imports::undo_import,
            exceptions::list_exceptions,
            exceptions::list_exception_codes,
            exceptions::retry_exceptions,
            exceptions::answer_exception,
            exceptions::fix_exception,
            exceptions::dismiss_exceptions,
            exceptions::dismiss_exceptions_of_import,
            commissions::get_commission_overview,
            commissions::list_commissions,
            commissions::explain_commission,
            commissions::process_commissions,
            commissions::hold_commissions,
            commissions::release_commissions,
            commissions::void_commissions,
            review::list_flags,
            review::get_rule_precision,
            disputes::list_disputes,
            disputes::get_dispute_overview,
            disputes::get_dispute,
            disputes::get_dispute_outcomes,
            disputes::get_disputable,
            disputes::open_dispute,
            disputes::update_dispute,
            disputes::close_dispute,
            disputes::recover_dispute,
            disputes::attach_file,
            disputes::save_attachment,
            disputes::detach_file,
            evidence::get_evidence,
            evidence::save_evidence,
            evidence::review_evidence,
            evidence::submit_evidence,
            evidence::evidence_handed_in,
            papers::write_evidence_pdf,
            papers::write_dispute_letter,
            papers::write_balance_letter,
            exposure::get_exposure,
            exposure::set_host_reserve,
            payouts::get_payout_dates,
            payouts::preview_batch,
            payouts::prepare_batch,
            payouts::list_batches,
            payouts::get_batch,
            payouts::get_payout,
            payouts::list_payout_lines,
            payouts::list_preview_lines,
            payouts::refresh_batch,
            payouts::exclude_payout,
            payouts::submit_batch,
            payouts::approve_batch,
            payouts::reject_batch,
            payouts::cancel_batch,
            sending::send_batch,
            sending::resume_batch,
            sending::preflight_batch,
            sending::list_transfers,
            sending::release_payout,
            payouts::settle_batch,
            payouts::retry_payout,
            payouts::return_payout,
            payouts::take_back_return,
            payouts::write_batch_pdf,
            adjustments::list_adjustments,
            adjustments::add_adjustment,
            adjustments::write_off_balance,
            adjustments::approve_adjustment,
            adjustments::approve_opening_balances,
            adjustments::reject_adjustment,
            hosts::list_hosts,
            hosts::get_host,
            hosts::pause_host,
            hosts::resume_host,
            hosts::propose_final_payout,
            hosts::list_institutions,
            hosts::set_institution,
            stripe::get_stripe,
            stripe::connect_stripe,
            stripe::sync_stripe,
            stripe::reconcile_stripe,
            stripe::mark_stripe_read,
            stripe::get_host_account,
            stripe::pull_host_account,
            stripe::onboard_host,
            tax::get_tax_season,
            tax::list_tax_years,
            tax::list_tax_forms,
            tax::get_tax_form,
            tax::make_tax_forms,
            tax::review_tax_forms,
            tax::void_tax_form,
            tax::reopen_tax_form,
            tax::furnish_tax_forms,
            tax::write_tax_form,
            tax::file_tax_forms,
            tax::record_tax_filed,
            tax::make_tax_corrections,
            tax_profiles::list_tax_profiles,
            tax_profiles::get_tax_profile,
            tax_profiles::reveal_tin,
            tax_profiles::enter_tax_profile,
            tax_profiles::answer_tax_question,
            tax_profiles::write_tin_matching,
            tax_profiles::read_tin_answers,
            tax_profiles::record_tax_notice,
            tax_profiles::end_tax_notice,
            tax_profiles::list_tax_rules,
            tax_profiles::set_tax_rule,
            tax_profiles::list_fx_rates,
            tax_profiles::import_fx_rates,
            settings::list_settings,
            settings::list_setting_history,
            settings::set_setting,
            books::get_trial_balance,
            books::list_accounts,
            books::list_journal,
            books::get_entry,
            audit::list_audit,
            books::run_check,
            books::export_journal,
            books::backup,
            jobs::list_jobs,
            jobs::cancel_job,
            jobs::dismiss_job,
        ])
        .events(collect_events![LedgerChanged, JobsChanged])
}

/// Does work that may wait for a disk off the window's thread.
pub(crate) async fn off_the_window<T: Send + 'static>(
    work: impl FnOnce() -> Answer<T> + Send + 'static,
) -> Answer<T> {
    tauri::async_runtime::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(CommandError {
            code: "INTERNAL".into(),
            message: "This failed in a way that should not happen. What was not finished was taken back.".into(),
            details: Box::default(),
            remedy: Some("Try again. If it happens again, run the check, and report it with the log in the application's data folder.".into()),
        })
    })
}

/// Runs a use case as who is signed in.
async fn run<T: Send + 'static>(
    state: &State<'_, AppState>,
    work: impl FnOnce(&Session) -> Result<T, Error> + Send + 'static,
) -> Answer<T> {
    let session = state.session()?;
    let at_work = Arc::clone(&session);
    let answer = off_the_window(move || work(&at_work).map_err(CommandError::from)).await;
    if answer.is_err() {
        state.lock_out(&session);
    }
    answer
}

/// Reads figures that cost more than a page, once for each state of the ledger.
async fn figure<T: Clone + Send + Sync + 'static>(
    app: &AppHandle,
    name: String,
    compute: impl FnOnce(&Session) -> Result<T, Error> + Send + 'static,
) -> Answer<T> {
    let app = app.clone();
    off_the_window(move || {
        let state = app.state::<AppState>();
        let session = state.session()?;
        let figure = state.figure(&session, name, compute)?;
        Ok(T::clone(&figure))
    })
    .await
}

/// Runs a long use case as who is signed in, with progress and a place in the tray.
async fn run_job<T: Send + 'static>(
    app: AppHandle,
    what: impl Into<What>,
    channel: Channel<Progress>,
    work: impl FnOnce(&Arc<Session>, &Work) -> Result<T, Error> + Send + 'static,
) -> Answer<T> {
    let session = app.state::<AppState>().session()?;
    let by = session.identity().name.clone();
    let at_work = Arc::clone(&session);
    let answer = crate::jobs::run(app.clone(), what, by, channel, move |job| {
        work(&at_work, job)
    })
    .await;
    if answer.is_err() {
        app.state::<AppState>().lock_out(&session);
    }
    answer
}
