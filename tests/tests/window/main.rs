//! The real window, driven from outside as a person drives it: the desktop program on a screen of
//! its own, with its own home, through tauri-driver. Test names carry the exit list's ids.
//!
//! The pictures it takes are for looking at: `HOSTLEDGER_SHOTS`, else `target/shots`.
//! Tauri has a driver on Linux and Windows only, and Xvfb is Linux's.

#![cfg(target_os = "linux")]

mod axe;
mod close;
mod disputes;
mod files;
mod first_run;
mod keyboard;
mod keyboard_close;
mod machine;
mod money_back;
mod pictures;
mod processes;
mod refusals;
mod restored;
mod risk;
mod start;
mod stripe;
mod stripe_hosts;
mod tax;
mod waiting;
mod webdriver;
mod window;
