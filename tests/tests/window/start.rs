//! C9: from the start of the process to the first painted sign-in, measured and printed; and what
//! a second start does.

use std::time::Instant;

use serde_json::json;

use crate::machine::{Machine, PATIENCE};
use crate::processes::built;

/// Clock ticks of `/proc/<pid>/stat` per second, on every Linux we run on.
const TICKS: u64 = 100;

#[test]
fn c9_window_up() {
    let machine = Machine::new();
    let sample = machine.sample();
    let window = machine.window("start", Some(&sample.ledger));
    window.see_page("Sample marketplace");
    let script = "
        const paint = performance.getEntriesByName('first-contentful-paint')[0];
        return paint ? Math.round(Date.now() - performance.timeOrigin - paint.startTime) : null;";
    // Milliseconds since the paint, and the uptime now: the clocks of page and process meet here.
    let since_paint = window.wait_for("the first paint", || window.ask(script, &[]).as_u64());
    let up = hundredths(&read("/proc/uptime"));
    let stat = read(&format!("/proc/{}/stat", machine.application()));
    let started = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.split_whitespace().nth(19));
    let started: u64 = started
        .and_then(|ticks| ticks.parse().ok())
        .expect("a start in ticks");
    let since_start = (up - started * 100 / TICKS) * 10;
    let profile = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    println!(
        "window up: {} ms to the sign-in ({profile} build)",
        since_start.saturating_sub(since_paint)
    );
}

/// "123.45 …" as 12345.
fn hundredths(text: &str) -> u64 {
    let number: String = text
        .chars()
        .take_while(|c| !c.is_whitespace())
        .filter(|c| *c != '.')
        .collect();
    number.parse().expect("an uptime")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{file}: {e}"))
}

#[test]
fn c11_a_second_start_ends_and_leaves_the_first() {
    let machine = Machine::new();
    let sample = machine.sample();
    let window = machine.window("second", Some(&sample.ledger));
    window.see_page("Sample marketplace");
    let first = machine.application();
    let mut second = machine
        .command(&built("hostledger-desktop"))
        .spawn()
        .expect("a second start");
    let until = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = second.try_wait().expect("a status") {
            break status;
        }
        if Instant::now() > until {
            second.kill().expect("an end");
            panic!("a second window is open");
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert!(status.success(), "the second start ended with {status}");
    assert_eq!(machine.application(), first);
    assert_eq!(window.ask("return 1 + 1;", &[]), json!(2));
    assert!(window.shows("Sample marketplace"));
}
