//! The people of the ledger.

use hostledger_app::identity::Role;
use hostledger_app::screens::people;
use tauri::{AppHandle, Manager, State};

use super::run;
use crate::state::AppState;
use crate::view::session::{
    AddUserRequest, ChangePassphraseRequest, RemoveUserRequest, User, roles,
};
use crate::view::shared::{Answer, instant};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_users(state: State<'_, AppState>) -> Answer<Vec<User>> {
    run(&state, |s| {
        let people = people::list(s)?;
        Ok(people
            .into_iter()
            .map(|p| User {
                name: p.user.name,
                roles: roles(&p.user.roles),
                added_at: instant(p.user.created_at),
                added_by: p.added_by,
                // Signing in writes nothing to the ledger.
                last_signed_in_at: None,
                removed_at: p.user.removed_at.map(instant),
            })
            .collect())
    })
    .await
}

/// What is remembered of the ledger follows its people.
fn remember(app: &AppHandle) {
    let state = app.state::<AppState>();
    if let Ok(session) = state.session() {
        state.remember(&session);
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_user(
    app: AppHandle,
    state: State<'_, AppState>,
    request: AddUserRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let roles: Vec<Role> = request.roles.iter().map(|r| (*r).into()).collect();
        s.add_user(request.name.trim(), &roles, &request.passphrase)?;
        remember(&app);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_user(
    app: AppHandle,
    state: State<'_, AppState>,
    request: RemoveUserRequest,
) -> Answer<()> {
    run(&state, move |s| {
        s.remove_user(&request.name)?;
        remember(&app);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn change_passphrase(
    state: State<'_, AppState>,
    request: ChangePassphraseRequest,
) -> Answer<()> {
    run(&state, move |s| {
        s.confirm_passphrase(&request.current)?;
        s.change_passphrase(&request.new_passphrase)
    })
    .await
}
