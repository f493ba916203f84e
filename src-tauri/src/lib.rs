//! The desktop application: one window over the use cases of `hostledger-app`.
//!
//! Every command is a thin function in [`commands`] that translates a request, calls one use case
//! off the window's thread, and translates the answer. No rule of the money is decided here.

mod commands;
mod jobs;
mod log;
mod notice;
mod state;
mod view;
mod watch;
mod window_file;

use std::path::Path;

use tauri::Manager;

/// Opens the window and runs until it is closed.
pub fn run() {
    log::keep_panics();
    let bindings = commands::bindings();
    let handler = bindings.invoke_handler();
    let done = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            // A second start of the application shows the window that is there.
            if let Some(window) = app.get_webview_window("main") {
                let shown = window
                    .unminimize()
                    .and_then(|()| window.show())
                    .and_then(|()| window.set_focus());
                if let Err(e) = shown {
                    log::write(&format!("the window can't be shown: {e}"));
                }
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .manage(state::AppState::load())
        .invoke_handler(handler)
        .setup(move |app| {
            bindings.mount_events(app);
            watch::begin(app.handle().clone());
            Ok(())
        })
        .on_window_event(|window, event| {
            if let tauri::WindowEvent::CloseRequested { api, .. } = event {
                jobs::ask_before_closing(window, api);
            }
        })
        .run(tauri::generate_context!());
    if let Err(e) = done {
        log::write(&format!("the application can't run: {e}"));
        eprintln!("hostledger-desktop: {e}");
        std::process::exit(1);
    }
}

/// Writes the TypeScript bindings of every command and event.
///
/// # Errors
/// Where a type can't be expressed, or the file can't be written.
pub fn export_bindings(out: &Path) -> Result<(), String> {
    let language = specta_typescript::Typescript::default()
        .header("// Generated from src-tauri by `cargo xtask bindings`. Don't edit.\n/* biome-ignore-all lint: generated */\n/* biome-ignore-all format: generated */\n");
    commands::bindings()
        .export(language, out)
        .map_err(|e| e.to_string())
}
