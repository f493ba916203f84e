//! The fake's own time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Real time plus what it was advanced by, or a fixed instant plus that.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    advanced: Duration,
    frozen_at: Option<i64>,
}

impl Clock {
    /// Seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        let base = self.frozen_at.unwrap_or_else(real_seconds);
        base.saturating_add(i64::try_from(self.advanced.as_secs()).unwrap_or(i64::MAX))
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    /// Stops at an instant, or lets time run on from the real one.
    pub(crate) fn freeze(&mut self, at: Option<i64>) {
        self.frozen_at = at;
        self.advanced = Duration::ZERO;
    }
}

fn real_seconds() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "Stripe has its own clock, and so has what stands in for it; tests move it by `advance_clock`"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_default()
}
