//! Settling what left after the backup that a ledger was restored from.

use std::path::Path;

use hostledger_app::identity::Role;
use hostledger_app::restores::{self, Said, Sent, Status};
use hostledger_app::{Code, Error, Session, payouts};
use tauri::State;

use super::run;
use super::translate::{batch_total, batch_totals};
use crate::state::AppState;
use crate::view::restores::{
    LeftKind, LeftWord, MayHaveLeft, PastRestore, RestoreStatus, SayLeftRequest,
};
use crate::view::shared::{Answer, instant};

fn view(s: &Session, status: &Status) -> Result<RestoreStatus, Error> {
    let who = s.identity();
    let by_people: Vec<&Said> = status
        .said
        .iter()
        .filter(|w| w.word.what != "STRIPE")
        .collect();
    let why_not_say = (!who.has(Role::Preparer) && !who.has(Role::Approver))
        .then(|| "A preparer or an approver says what left.".to_owned());
    let why_not_confirm = if !who.has(Role::Approver) && !who.has(Role::Admin) {
        Some("An approver or an administrator confirms it.".to_owned())
    } else if by_people.is_empty() {
        Some("Nobody said yet what left.".to_owned())
    } else if by_people.iter().any(|w| w.word.said_by == who.name) {
        Some("You said what left, so another person confirms it.".to_owned())
    } else if status.needs_stripe {
        Some("Stripe's list wasn't compared yet.".to_owned())
    } else {
        None
    };
    let open = status.restores.iter().find(|r| r.confirmed_at.is_none());
    let last_at = match (&status.older, open) {
        (Some(older), _) => Some(instant(older.last_at)),
        (None, Some(open)) => Some(instant(open.last_at)),
        (None, None) => None,
    };
    let known_at = match (&status.older, open) {
        (Some(older), _) => Some(instant(older.known_at)),
        (None, Some(open)) => open.known_at.map(instant),
        (None, None) => None,
    };
    let may_have_left = status
        .approved
        .iter()
        .map(|id| {
            let batch = payouts::show(s, id)?;
            Ok(MayHaveLeft {
                batch_id: id.clone(),
                date: batch.batch.date.to_string(),
                totals: batch_totals(&batch.totals),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(RestoreStatus {
        stopped: status.stopped.is_some(),
        read_only: status.older.is_some(),
        last_at,
        known_at,
        needs_stripe: status.needs_stripe,
        said: status.said.iter().map(word).collect(),
        may_have_left,
        restores: status
            .restores
            .iter()
            .map(|r| PastRestore {
                older: r.kind == "OLDER",
                noticed_at: instant(r.noticed_at),
                noticed_by: r.noticed_by.clone(),
                last_at: instant(r.last_at),
                known_at: r.known_at.map(instant),
                confirmed_at: r.confirmed_at.map(instant),
                confirmed_by: r.confirmed_by.clone(),
            })
            .collect(),
        why_not_say,
        why_not_confirm,
    })
}

fn word(w: &Said) -> LeftWord {
    let payouts = i64::try_from(w.payouts).unwrap_or(i64::MAX);
    LeftWord {
        what: match w.word.what.as_str() {
            "FILE" => LeftKind::File,
            "BATCH" => LeftKind::Batch,
            "STRIPE" => LeftKind::Stripe,
            _ => LeftKind::None,
        },
        file_name: w.word.file_name.clone(),
        batch_id: w.word.batch_id.clone(),
        totals: w
            .totals
            .iter()
            .map(|m| batch_total(m.amount_minor, m.currency, payouts))
            .collect(),
        by: w.word.said_by.clone(),
        at: instant(w.word.said_at),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_restores(state: State<'_, AppState>) -> Answer<RestoreStatus> {
    run(&state, |s| view(s, &restores::status(s)?)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn say_what_left(
    state: State<'_, AppState>,
    request: SayLeftRequest,
) -> Answer<RestoreStatus> {
    run(&state, move |s| {
        let sent = match (request.what, &request.path, &request.batch_id) {
            (LeftKind::File, Some(path), _) => Sent::File(Path::new(path)),
            (LeftKind::Batch, _, Some(batch)) => Sent::Batch(batch),
            (LeftKind::None, ..) => Sent::None,
            _ => return Err(Error::new(Code::BadInput, "Say which one left.")),
        };
        view(s, &restores::say_sent(s, sent)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn take_back_what_left(state: State<'_, AppState>) -> Answer<RestoreStatus> {
    run(&state, |s| view(s, &restores::clear(s)?)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_what_left(state: State<'_, AppState>) -> Answer<RestoreStatus> {
    run(&state, |s| view(s, &restores::confirm(s)?)).await
}
