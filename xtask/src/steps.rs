//! A numbered run of steps: each with its title and time, ending at the first that fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The steps taken so far.
pub(crate) struct Steps {
    begun: Instant,
    taken: usize,
    skipped: Vec<String>,
}

impl Steps {
    /// No step yet; the whole run's time counts from here.
    pub(crate) fn begin() -> Self {
        Self {
            begun: Instant::now(),
            taken: 0,
            skipped: Vec::new(),
        }
    }

    /// Takes a step. Where it fails, the error says which it was and what to do.
    pub(crate) fn take(
        &mut self,
        title: &str,
        remedy: &str,
        step: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        self.taken += 1;
        println!("\n── {}. {title}", self.taken);
        let begun = Instant::now();
        step().with_context(|| format!("Step {} failed: {title}.\n{remedy}", self.taken))?;
        println!("── {title}: {}", shown(begun.elapsed()));
        Ok(())
    }

    /// Says aloud that something was not done, now and in the closing line.
    pub(crate) fn skip(&mut self, what: &str, why: &str) {
        println!("\n── SKIPPED: {what}: {why}");
        self.skipped.push(what.to_owned());
    }

    /// The closing line.
    pub(crate) fn summary(&self) -> String {
        let time = shown(self.begun.elapsed());
        let skipped = match self.skipped.as_slice() {
            [] => String::new(),
            skipped => format!(" Skipped: {}.", skipped.join(", ")),
        };
        format!("All {} steps passed in {time}.{skipped}", self.taken)
    }
}

fn shown(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (0, seconds) => format!("{seconds}.{} s", time.subsec_millis() / 100),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
