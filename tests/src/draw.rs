//! Numbers drawn from a seed, the same for ever.

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
