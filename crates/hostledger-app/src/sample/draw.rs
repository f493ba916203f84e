//! Chance from a seed: the same seed, purpose and place always draw the same.

/// A stream of draws (SplitMix64). Not for secrets.
pub(super) struct Draw(u64);

impl Draw {
    /// The stream for one thing: what it is for and where in the history it stands.
    pub(super) fn new(seed: u64, purpose: &str, place: &[u64]) -> Self {
        let mut draw = Self(seed);
        for byte in purpose.bytes() {
            draw.stir(u64::from(byte));
        }
        for &number in place {
            draw.stir(number);
        }
        draw
    }

    fn stir(&mut self, number: u64) {
        self.0 ^= number;
        self.0 = self.next();
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `limit` − 1, by the high half of the draw: for small limits as good as
    /// even.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        let scaled = (self.next() >> 32) * u64::from(limit);
        u32::try_from(scaled >> 32).expect("a 32-bit fraction of a 32-bit limit")
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> i64 {
        i64::from(low + self.below(high - low + 1))
    }

    /// True this many times in a thousand.
    pub(super) fn per_mille(&mut self, share: u32) -> bool {
        self.below(1000) < share
    }

    /// One of a list that isn't empty.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        let length = u32::try_from(list.len()).expect("a short list");
        list[self.below(length) as usize]
    }
}
