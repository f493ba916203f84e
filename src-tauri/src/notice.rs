//! A word through the system, where work that a person no longer watches ended with something to
//! look at. It names neither amounts nor people: it may be read over a shoulder.

use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;

use crate::view::payouts::SendResult;
use crate::view::shared::Answer;

/// Whoever waited longer than this has likely looked elsewhere.
const LONG: Duration = Duration::from_secs(10);

/// A notice that may be given once some work ends.
pub(crate) struct Notice {
    app: AppHandle,
    began: Instant,
}

impl Notice {
    /// The work begins now.
    pub(crate) fn begin(app: &AppHandle) -> Self {
        Self {
            app: app.clone(),
            began: Instant::now(),
        }
    }

    /// A send through Stripe ended.
    pub(crate) fn of_send(&self, done: &Answer<SendResult>) {
        let body = match done {
            Err(e) if e.code == hostledger_app::Code::Cancelled.as_str() => return,
            Err(_) => "Sending stopped before the end. The batch says why.".to_owned(),
            Ok(r) => match (r.failed, r.unknown) {
                (0, 0) => return,
                (failed, 0) => format!("{failed} of its payouts failed."),
                (0, unknown) => format!("The outcome of {unknown} of its payouts is unknown."),
                (failed, unknown) => format!(
                    "{failed} of its payouts failed, and the outcome of {unknown} is unknown."
                ),
            },
        };
        self.give("A batch needs a person", &body);
    }

    /// A sync with Stripe ended.
    pub(crate) fn of_sync(&self, notices: usize) {
        if notices > 0 {
            let things = if notices == 1 { "thing" } else { "things" };
            self.give(
                "Sync with Stripe",
                &format!("{notices} {things} to look at, under Settings, Stripe."),
            );
        }
    }

    fn give(&self, title: &str, body: &str) {
        let window = self.app.get_webview_window("main");
        let is_seen = window.is_some_and(|w| w.is_focused().unwrap_or(false));
        if is_seen && self.began.elapsed() < LONG {
            return;
        }
        let shown = self.app.notification().builder().title(title).body(body);
        if let Err(e) = shown.show() {
            crate::log::write(&format!("a notification can't be shown: {e}"));
        }
    }
}
