//! Notices when the ledger was written, here or by another process, and tells the window.

use std::time::Duration;

use tauri::{AppHandle, Manager};
use tauri_specta::Event;

use crate::state::AppState;
use crate::view::jobs::LedgerChanged;

const EVERY: Duration = Duration::from_secs(1);

/// Looks every second for as long as the application runs.
pub(crate) fn begin(app: AppHandle) {
    std::thread::spawn(move || {
        let mut seen: Option<(usize, i64)> = None;
        loop {
            std::thread::sleep(EVERY);
            let Ok(session) = app.state::<AppState>().session() else {
                seen = None;
                continue;
            };
            let Ok(version) = session.data_version() else {
                continue;
            };
            let now = (std::sync::Arc::as_ptr(&session) as usize, version);
            let changed = seen.is_some_and(|before| before.0 == now.0 && before.1 != now.1);
            let is_new = seen.is_none_or(|before| before.0 != now.0);
            seen = Some(now);
            // What changed since the sign-in and before the first look shows only here.
            let locked = (changed || is_new) && app.state::<AppState>().lock_out(&session);
            if changed || locked {
                let data_version = u32::try_from(version).unwrap_or(u32::MAX);
                drop(LedgerChanged { data_version }.emit(&app));
            }
        }
    });
}
