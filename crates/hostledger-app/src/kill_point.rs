//! Named points at which a test ends the real process as a power cut would.
//!
//! Only debug builds have them: `HOSTLEDGER_KILL_AT=begun:3` ends the process the third time that
//! it comes to `begun`.

/// Ends the process here if a test asked for it.
#[cfg(debug_assertions)]
pub(crate) fn reached(point: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static TIMES: AtomicU32 = AtomicU32::new(0);

    let Some(wish) = std::env::var_os("HOSTLEDGER_KILL_AT") else {
        return;
    };
    let wish = wish.to_string_lossy();
    let (name, times) = wish.split_once(':').unwrap_or((&wish, "1"));
    if name == point
        && TIMES.fetch_add(1, Ordering::Relaxed) + 1 == times.parse::<u32>().unwrap_or(1)
    {
        // No destructor runs, no buffer is flushed.
        std::process::abort();
    }
}

/// Nothing: a released program has no such points.
#[cfg(not(debug_assertions))]
pub(crate) fn reached(_point: &str) {}
