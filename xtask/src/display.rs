//! A screen that nobody sees, for the tests that drive the real window.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// An Xvfb on a display number that it chose itself; it ends with this value.
pub(crate) struct Display {
    server: Child,
    number: u32,
}

impl Display {
    /// Starts the server and waits until it takes connections. The size is what the tests' pictures
    /// are taken at.
    pub(crate) fn start() -> Result<Self> {
        let mut server = process::command("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1400x900x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("could not start Xvfb")?;
        let mut answer = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut answer)?;
        }
        let Ok(number) = answer.trim().parse() else {
            server.kill().and_then(|()| server.wait()).ok();
            bail!("Xvfb ended without a display");
        };
        Ok(Self { server, number })
    }

    /// The value for `DISPLAY`.
    pub(crate) fn name(&self) -> String {
        format!(":{}", self.number)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // A polite end, or it leaves its lock and socket in /tmp; the shell's own `kill`, since a
        // small system has no other.
        let ask = format!("kill {}", self.server.id());
        if !process::succeeds(process::command("sh").args(["-c", &ask])) {
            self.server.kill().ok();
        }
        self.server.wait().ok();
    }
}
