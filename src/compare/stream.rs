//! Random whole numbers and signs, addressed by seed and replicate.

/// A stream of whole numbers: SplitMix64 (Steele, Lea and Flood 2014), which is all that drawing clusters needs.
///
/// A replicate has a stream of its own, so what it draws does not depend on which thread draws it, nor on the others.
#[derive(Debug)]
pub(super) struct Stream(u64);

impl Stream {
    /// The stream of a seed.
    #[cfg(test)]
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of one replicate under a seed.
    pub(super) const fn addressed(seed: u64, replicate: u64) -> Self {
        Self(mix(mix(seed).wrapping_add(replicate.wrapping_mul(0xd134_2543_de82_ef95))))
    }

    /// The next 64 bits.
    #[inline]
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A whole number below `bound`; the bias of 2^-64 per unit of `bound` is of no account here.
    #[inline]
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// A number strictly between 0 and 1.
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

/// The finaliser of SplitMix64.
#[inline]
const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_gives_the_published_numbers() {
        // First outputs of SplitMix64 for seed 1234567, as printed with the reference implementation.
        let mut stream = Stream::new(1_234_567);
        assert_eq!(stream.next(), 6_457_827_717_110_365_317);
        assert_eq!(stream.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn replicates_draw_apart() {
        let firsts: std::collections::BTreeSet<u64> =
            (0..10_000).map(|replicate| Stream::addressed(7, replicate).next()).collect();
        assert_eq!(firsts.len(), 10_000);
    }
}
