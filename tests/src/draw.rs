//! Numbers drawn from a seed, the same for ever.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// The seeds that `HOSTLEDGER_SEEDS` names (`17` or `17..40`), to run those alone.
///
/// # Panics
/// Where it names none.
#[must_use]
pub fn chosen_seeds() -> Option<Range<u64>> {
    let text = std::env::var("HOSTLEDGER_SEEDS").ok()?;
    let (from, to) = text.split_once("..").unwrap_or((&text, ""));
    let from: u64 = from.parse().expect("a seed");
    Some(from..to.parse().unwrap_or(from + 1))
}

/// Runs every seed, some at once, each thread with something of its own. The first panic ends it.
pub fn run_seeds<T>(
    seeds: &Range<u64>,
    at_once: usize,
    own: impl Fn() -> T + Sync,
    run: impl Fn(u64, &T) + Sync,
) {
    let next = AtomicU64::new(seeds.start);
    std::thread::scope(|scope| {
        let work = || {
            let own = own();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    break;
                }
                run(seed, &own);
            }
        };
        let all: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        for one in all {
            if let Err(panic) = one.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// `SplitMix64`: small, and well known.
#[derive(Debug, Clone)]
pub struct Draw(pub u64);

impl Draw {
    /// The next number.
    #[expect(
        clippy::should_implement_trait,
        reason = "a draw never ends, so it is no iterator"
    )]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to `n`, which isn't drawn itself.
    ///
    /// # Panics
    /// Never: what is below a `usize` is one.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).expect("a small number")
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
