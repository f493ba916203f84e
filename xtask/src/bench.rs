//! The plan for `cargo xtask bench`; the command appears in the help once it measures.
//!
//! What it has to show, at 10,000, 100,000 and 1,000,000 bookings, in one run on one machine:
//!
//! - `import bookings`, `commissions process` and `payouts prepare` by the release build of
//!   `hostledger`: wall time, rows a second, peak memory (`VmHWM` of the child), and the growth
//!   exponent, the slope of log time over log rows between two sizes;
//! - beside each import its floor: a bare program that inserts the same finished rows into an
//!   encrypted file of the same schema and settings, in one transaction, in the same run;
//! - a filtered page of commissions from the front, the middle and the end of the list;
//! - the window: from the start of the process to its first painted screen.
//!
//! Aims: import at most 1.6 times its floor, peak memory under 400 MB and flat from 100,000 on,
//! exponent at most 1.05, process and prepare under 5 s each at 1,000,000, a page under 10 ms at any
//! depth, the window under 1 s. Results go to `docs/benchmarks.md` with the machine, the versions and
//! what holds a figure back.
