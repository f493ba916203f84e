//! A machine for one window: a screen, a session bus and a home of its own, and the driver.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use hostledger_app::jobs::Job;
use hostledger_app::sample_ledger::{self, PRACTICE_USERS, Sample};
use serde_json::Value;
use tempfile::TempDir;

use crate::processes::{Started, built, end_all_with, free_port};
use crate::webdriver::{self, Session};
use crate::window::Window;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A machine with a home that goes when this does, and with it every program started on it.
pub(crate) struct Machine {
    display: String,
    bus: String,
    // Ended in this order, the home last.
    _bus: Started,
    _screen: Option<Started>,
    home: TempDir,
}

impl Machine {
    /// A fresh machine. The screen is the one `DISPLAY` names, or a new one.
    pub(crate) fn new() -> Self {
        let home = tempfile::Builder::new()
            .prefix("hostledger-window-")
            .tempdir();
        let home = home.expect("a temporary folder");
        let (bus_process, bus) = Started::saying_where(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--print-address",
        ]));
        let (screen, display) = match env::var("DISPLAY") {
            Ok(display) if !display.is_empty() => (None, display),
            _ => {
                let size = [
                    "-screen",
                    "0",
                    "1400x900x24",
                    "-nolisten",
                    "tcp",
                    "-displayfd",
                    "1",
                ];
                let (screen, number) = Started::saying_where(Command::new("Xvfb").args(size));
                (Some(screen), format!(":{number}"))
            }
        };
        Self {
            display,
            bus,
            _bus: bus_process,
            _screen: screen,
            home,
        }
    }

    /// A file or folder in the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The variable by which a process of this machine is known.
    pub(crate) fn mark(&self) -> String {
        format!("HOME={}", self.home.path().display())
    }

    /// Where the application keeps the sample it makes.
    pub(crate) fn sample_folder(&self) -> PathBuf {
        self.path("data/hostledger/sample")
    }

    /// Makes a sample, as the application would.
    pub(crate) fn sample(&self) -> Sample {
        let folder = self.sample_folder();
        std::fs::create_dir_all(self.path("data/hostledger")).expect("a data folder");
        sample_ledger::create(&folder, &Job::unwatched()).expect("a sample ledger")
    }

    /// A command with the environment of this machine and no other settings of ours.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("NO_AT_BRIDGE", "1")
            .current_dir(self.home.path());
        for ours in [
            "LEDGER",
            "USER",
            "PASSPHRASE",
            "NEW_PASSPHRASE",
            "STATE_DIR",
        ] {
            command.env_remove(format!("HOSTLEDGER_{ours}"));
        }
        command.env_remove("WAYLAND_DISPLAY");
        command
    }

    /// Opens the application's window, on a ledger where one is given.
    pub(crate) fn window<'a>(&'a self, test: &str, ledger: Option<&Path>) -> Window<'a> {
        let driver = env::var_os("TAURI_DRIVER").map_or_else(installed_driver, PathBuf::from);
        let (port, native) = (free_port(), free_port());
        let mut command = self.command(&driver);
        command
            .args([
                "--port",
                &port.to_string(),
                "--native-port",
                &native.to_string(),
            ])
            .args(["--native-driver", "/usr/bin/WebKitWebDriver"]);
        if let Some(ledger) = ledger {
            command.env("HOSTLEDGER_LEDGER", ledger);
        }
        let log = self.path("driver.log");
        let started = Started::logging_to(&mut command, &log);
        let patient_until = Instant::now() + PATIENCE;
        while !webdriver::answers(port) {
            assert!(
                Instant::now() < patient_until,
                "tauri-driver doesn't answer: {}",
                read(&log)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        let session = Session::begin(port, &built("hostledger-desktop"))
            .unwrap_or_else(|e| panic!("no window: {} {}", e.0, read(&log)));
        Window::new(test, session, started, self)
    }

    /// The process of the window's application.
    pub(crate) fn application(&self) -> u32 {
        let ours = crate::processes::with_variable(&self.mark());
        let named = |pid: &u32| {
            std::fs::read_to_string(format!("/proc/{pid}/comm"))
                .is_ok_and(|c| c.starts_with("hostledger-desk"))
        };
        ours.into_iter().find(named).expect("the application runs")
    }

    /// Asks the real command line on a ledger, as one of the practice users.
    pub(crate) fn ask(&self, ledger: &Path, user: usize, words: &[&str]) -> Value {
        let user = PRACTICE_USERS[user];
        let done = self
            .command(&built("hostledger"))
            .env("HOSTLEDGER_LEDGER", ledger)
            .env("HOSTLEDGER_USER", user.name)
            .env("HOSTLEDGER_PASSPHRASE", user.passphrase)
            .args(words)
            .arg("--json")
            .output()
            .expect("hostledger starts");
        let said = String::from_utf8_lossy(&done.stdout);
        // 3: done, but rows went to the exceptions.
        assert!(
            matches!(done.status.code(), Some(0 | 3)),
            "{words:?}: {said}"
        );
        serde_json::from_str(&said).unwrap_or_else(|e| panic!("{words:?}: {e}: {said}"))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        end_all_with(&self.mark());
    }
}

fn installed_driver() -> PathBuf {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    home.join(".cargo/bin/tauri-driver")
}

fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}
