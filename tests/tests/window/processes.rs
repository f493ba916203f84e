//! What a test starts beside the window, and how all of it ends, whatever becomes of the test.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A program that ends with this value.
pub(crate) struct Started {
    child: Child,
}

impl Started {
    /// Starts it; what it says goes to a file, for a pipe would be held by its children.
    pub(crate) fn logging_to(command: &mut Command, log: &Path) -> Self {
        let out = File::create(log).expect("a log file");
        let err = out.try_clone().expect("a second handle");
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let name = command.get_program().to_string_lossy().into_owned();
        Self {
            child: child.unwrap_or_else(|e| panic!("{name} can't be started: {e}")),
        }
    }

    /// Starts it and reads the one line with which it says where it can be reached.
    pub(crate) fn saying_where(command: &mut Command) -> (Self, String) {
        let piped = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let name = piped.get_program().to_string_lossy().into_owned();
        let mut child = piped
            .spawn()
            .unwrap_or_else(|e| panic!("{name} can't be started: {e}"));
        let mut line = String::new();
        let out = child.stdout.take().expect("a piped output");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("a line of output");
        assert!(
            !line.trim().is_empty(),
            "{name} ended without saying where it is"
        );
        (Self { child }, line.trim().to_owned())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Politely first: Xvfb takes its lock away, and tauri-driver ends what it started.
        ask_to_end(self.child.id());
        self.child.wait().ok();
    }
}

/// Asks a process to end. `kill` is a part of every shell, and a program on few small systems.
fn ask_to_end(pid: u32) {
    let ask = format!("kill {pid} 2>/dev/null");
    Command::new("sh").args(["-c", &ask]).status().ok();
}

/// Ends every process that carries `variable` in its environment: what a driver left behind.
pub(crate) fn end_all_with(variable: &str) {
    for pid in with_variable(variable) {
        let end = format!("kill -9 {pid} 2>/dev/null");
        Command::new("sh").args(["-c", &end]).status().ok();
    }
}

/// The processes that carry `variable` (`NAME=value`) in their environment.
pub(crate) fn with_variable(variable: &str) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("/proc");
    let pids = processes
        .flatten()
        .filter_map(|p| p.file_name().to_string_lossy().parse().ok());
    let carries = |pid: &u32| {
        std::fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|e| e.split(|byte| *byte == 0).any(|v| v == variable.as_bytes()))
    };
    pids.filter(carries).collect()
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A program of this build: `hostledger-desktop`, `hostledger`.
pub(crate) fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("tests are in target/<profile>/deps");
    let program = profile.join(name);
    assert!(
        program.exists(),
        "{} is missing: build the workspace first",
        program.display()
    );
    program
}
