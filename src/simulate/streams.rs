//! Addressed randomness: (seed, stream name, block of worlds, part) → a stream of random bits.
//!
//! Random numbers are addressed, not consumed: what one event draws in one block depends on nothing but its own address. So neither
//! the number of threads nor an added event changes the draws of the others, and two variants of a scenario share theirs.
//!
//! The generator is named `foretell-stream-1` and does not change under that name: eight lanes of sfc64 \[1\], each lane's state
//! hashed from the SHA-256 of the stream's name, the seed, the block, the part and the lane, then twelve rounds thrown away.
//!
//! \[1\] Doty-Humphrey, PractRand (2010–2018), `sfc64`: chaotic with a counter, period at least 2^64 in every lane.

use super::strata::{BITS, Design, Strata};
use crate::math::{self, columns};
use fearless_simd::{Bytes, Level, Simd, SimdBase, dispatch, f64x8, u64x8};
use sha2::{Digest, Sha256};

/// The pinned name of the generator.
pub const GENERATOR: &str = "foretell-stream-1";

/// How many words one round gives.
pub const LANES: usize = 8;

const WARM_UP_ROUNDS: usize = 12;

/// The address of a stream but for its block: hashed once, when a run starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamKey {
    words: [u64; 4],
}

impl StreamKey {
    /// Hashes a seed and the name of a stream.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Self {
        let digest = Sha256::digest(name.as_bytes());
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(digest.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        }
        words[0] = mix(words[0] ^ mix(seed));
        words[1] = mix(words[1] ^ words[0]);
        Self { words }
    }

    /// The stream of a block.
    #[must_use]
    pub fn open(&self, block: u64) -> Stream {
        self.open_part(block, 0)
    }

    /// One of several streams of a block: a draw that needs an unknown number of bits for each of its parts gives each part its own.
    #[must_use]
    pub fn open_part(&self, block: u64, part: u64) -> Stream {
        let address = self.address(block, part);
        let mut stream = Stream { a: [0; LANES], b: [0; LANES], c: [0; LANES], counter: 1 };
        for lane in 0..LANES {
            let start = mix(address ^ self.words[2].wrapping_add(lane as u64));
            stream.a[lane] = start;
            stream.b[lane] = mix(start ^ self.words[3]);
            stream.c[lane] = mix(stream.b[lane] ^ address);
        }
        for _ in 0..WARM_UP_ROUNDS {
            stream.next_words();
        }
        stream
    }

    fn address(&self, block: u64, part: u64) -> u64 {
        mix(mix(self.words[0] ^ block).wrapping_add(self.words[1]) ^ part)
    }

    /// The stream of a block, in the registers of a vector unit.
    #[inline(always)]
    pub(crate) fn open_lanes<S: Simd>(&self, simd: S, block: u64) -> Lanes<S> {
        let address = self.address(block, 0);
        let (mut a, mut b, mut c) = ([0; LANES], [0; LANES], [0; LANES]);
        for (lane, a) in (0..).zip(&mut a) {
            *a = mix(address ^ self.words[2].wrapping_add(lane));
        }
        for lane in 0..LANES {
            b[lane] = mix(a[lane] ^ self.words[3]);
        }
        for lane in 0..LANES {
            c[lane] = mix(b[lane] ^ address);
        }
        let vector = |words: &[u64; LANES]| u64x8::from_slice(simd, words);
        let mut lanes = Lanes { a: vector(&a), b: vector(&b), c: vector(&c), counter: 1, simd };
        for _ in 0..WARM_UP_ROUNDS {
            lanes.next();
        }
        lanes
    }
}

/// The finaliser of splitmix64 after its increment: a bijection of 64 bits that mixes them well.
///
/// Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators; constants by D. Stafford (mix 13).
const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Where the draws of one event in one block come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address<'a> {
    /// The event's stream.
    pub(crate) key: &'a StreamKey,
    /// The block.
    pub(crate) block: u64,
    /// How the worlds of the block go together.
    pub(crate) design: Design,
}

impl Address<'_> {
    /// Its stream, and the strata of its worlds, if they have any: they are the first that is drawn.
    #[inline(always)]
    pub(crate) fn open<S: Simd>(&self, simd: S) -> (Lanes<S>, Option<Strata>) {
        let mut lanes = self.key.open_lanes(simd, self.block);
        let strata = match self.design {
            Design::Independent => None,
            Design::Stratified => Some(Strata::draw(&mut lanes)),
        };
        (lanes, strata)
    }
}

/// Random bits, 512 at a time.
#[derive(Debug, Clone)]
pub struct Stream {
    a: [u64; LANES],
    b: [u64; LANES],
    c: [u64; LANES],
    counter: u64,
}

impl Stream {
    /// The next 512 bits.
    #[inline]
    pub fn next_words(&mut self) -> [u64; LANES] {
        let mut words = [0; LANES];
        for (lane, word) in words.iter_mut().enumerate() {
            *word = self.a[lane].wrapping_add(self.b[lane]).wrapping_add(self.counter);
            self.a[lane] = self.b[lane] ^ (self.b[lane] >> 11);
            self.b[lane] = self.c[lane].wrapping_add(self.c[lane] << 3);
            self.c[lane] = self.c[lane].rotate_left(24).wrapping_add(*word);
        }
        self.counter = self.counter.wrapping_add(1);
        words
    }

    /// Fills with uniforms in the open interval (0, 1): odd multiples of 2^-53, so that `1 - u` is one as well.
    pub fn uniforms(&mut self, out: &mut [f64]) {
        for chunk in out.chunks_mut(LANES) {
            let words = self.next_words();
            for (value, word) in chunk.iter_mut().zip(words) {
                *value = uniform(word);
            }
        }
    }

    /// Fills with unit exponentials: `-ln(u)`.
    pub fn exponentials(&mut self, out: &mut [f64]) {
        self.uniforms(out);
        columns::minus_ln(math::level(), out);
    }

    /// Fills with bytes.
    pub fn bytes(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8 * LANES) {
            let words = self.next_words();
            for (bytes, word) in chunk.chunks_mut(8).zip(words) {
                for (byte, value) in bytes.iter_mut().zip(word.to_le_bytes()) {
                    *byte = value;
                }
            }
        }
    }
}

/// A [`Stream`] in the registers of a vector unit: the same words, a vector of them at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lanes<S: Simd> {
    a: u64x8<S>,
    b: u64x8<S>,
    c: u64x8<S>,
    counter: u64,
    simd: S,
}

impl<S: Simd> Lanes<S> {
    /// The next 512 bits.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> u64x8<S> {
        let words = self.a + self.b + u64x8::splat(self.simd, self.counter);
        self.a = self.b ^ (self.b >> 11);
        self.b = self.c + (self.c << 3);
        self.c = ((self.c << 24) | (self.c >> 40)) + words;
        self.counter = self.counter.wrapping_add(1);
        words
    }

    /// The next 512 bits as uniforms.
    #[inline(always)]
    pub(crate) fn next_uniforms(&mut self) -> f64x8<S> {
        let words = (self.next() >> 12) | u64x8::splat(self.simd, ONE);
        words.bitcast::<f64x8<S>>() - f64x8::splat(self.simd, JUST_UNDER_ONE)
    }
}

/// The uniforms of an address: if its worlds are independent, [`Stream::uniforms`] at some level of instructions. Of a whole block, or of the
/// first so many vectors of worlds.
pub(crate) fn fill_uniforms(level: Level, address: &Address<'_>, out: &mut [f64]) {
    #[inline(always)]
    fn fill<S: Simd>(simd: S, address: &Address<'_>, out: &mut [f64]) {
        const BELOW: u32 = 12 + BITS as u32;
        let (mut lanes, strata) = address.open(simd);
        let Some(strata) = strata else {
            for chunk in out.as_chunks_mut::<LANES>().0 {
                lanes.next_uniforms().store_slice(chunk);
            }
            return;
        };
        for (word, out) in out.chunks_mut(64).enumerate() {
            let (first, added) = strata.eights(word);
            let first = u64x8::from_slice(simd, first);
            for (chunk, added) in out.as_chunks_mut::<LANES>().0.iter_mut().zip(added) {
                let stratum = (first ^ u64x8::splat(simd, added)) << (64 - BELOW);
                let words = (lanes.next() >> BELOW) | stratum | u64x8::splat(simd, ONE);
                (words.bitcast::<f64x8<S>>() - f64x8::splat(simd, JUST_UNDER_ONE)).store_slice(chunk);
            }
        }
    }
    debug_assert_eq!(out.len() % LANES, 0, "whole vectors");
    dispatch!(level, simd => fill(simd, address, out));
}

/// The bytes of an address: if its worlds are independent, [`Stream::bytes`] at some level of instructions. Whole vectors only.
pub(crate) fn fill_bytes(level: Level, address: &Address<'_>, out: &mut [u8]) {
    #[inline(always)]
    fn fill<S: Simd>(simd: S, address: &Address<'_>, out: &mut [u8]) {
        let (mut lanes, strata) = address.open(simd);
        for chunk in out.as_chunks_mut::<{ 8 * LANES }>().0 {
            let words = <[u64; LANES]>::from(lanes.next());
            for (bytes, word) in chunk.as_chunks_mut::<8>().0.iter_mut().zip(words) {
                *bytes = word.to_le_bytes();
            }
        }
        if let Some(strata) = strata {
            for (word, out) in out.chunks_mut(64).enumerate() {
                for (byte, stratum) in out.iter_mut().zip(strata.of_word(word)) {
                    *byte = (stratum << (8 - BITS)) | (*byte >> BITS);
                }
            }
        }
    }
    debug_assert_eq!(out.len() % (8 * LANES), 0, "whole vectors");
    dispatch!(level, simd => fill(simd, address, out));
}

/// The strata of a stratified address.
#[cfg(test)]
pub(crate) fn strata_of(address: &Address<'_>) -> Strata {
    #[inline(always)]
    fn open<S: Simd>(simd: S, address: &Address<'_>) -> Option<Strata> {
        address.open(simd).1
    }
    dispatch!(Level::new(), simd => open(simd, address)).expect("it is stratified")
}

const ONE: u64 = 0x3ff0_0000_0000_0000;
const JUST_UNDER_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

/// The upper 52 bits of a word as a uniform: `(k + ½) / 2^52`, exactly.
#[inline]
fn uniform(word: u64) -> f64 {
    f64::from_bits((word >> 12) | ONE) - JUST_UNDER_ONE
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The draws pinned under the name `foretell-stream-1`: if they change, every seed gives other worlds.
    /// Figured out by a second implementation, in Python.
    const GOLDEN: [(u64, &str, u64, u64, [u64; 2]); 4] = [
        (1, "rain", 0, 0, [0x4989_8e15_daf3_a3f4, 0xc322_d98b_ab42_beb4]),
        (1, "rain", 1, 0, [0x7a11_a300_f16c_04a1, 0x49d3_1d15_6ef5_9c7b]),
        (2, "rain", 0, 0, [0x71d8_38ba_60b0_fad0, 0x6bf5_2111_4929_1d67]),
        (1, "flood", 0, 3, [0xb28a_f154_ac70_f1ad, 0xfc06_c6bb_459a_540a]),
    ];

    #[test]
    fn draws_are_the_golden_ones() {
        for (seed, name, block, part, expected) in GOLDEN {
            let words = StreamKey::new(seed, name).open_part(block, part).next_words();
            assert_eq!([words[0], words[7]], expected, "{seed} {name} {block} {part}: {:#x} {:#x}", words[0], words[7]);
        }
    }

    #[test]
    fn one_lane_is_sfc64() {
        // The reference recurrence, written out for lane 3 from the state the stream starts with.
        let mut stream = StreamKey::new(9, "lane").open(5);
        let (mut a, mut b, mut c, mut counter) = (stream.a[3], stream.b[3], stream.c[3], stream.counter);
        for _ in 0..100 {
            let expected = a.wrapping_add(b).wrapping_add(counter);
            counter += 1;
            a = b ^ (b >> 11);
            b = c.wrapping_add(c << 3);
            c = c.rotate_left(24).wrapping_add(expected);
            assert_eq!(stream.next_words()[3], expected);
        }
    }

    #[test]
    fn streams_of_different_addresses_share_no_word() {
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for seed in 0..4 {
            for name in ["a", "b", "ab", ""] {
                for block in 0..8 {
                    for part in 0..4 {
                        let mut stream = StreamKey::new(seed, name).open_part(block, part);
                        for _ in 0..4 {
                            seen.extend(stream.next_words());
                            count += LANES;
                        }
                    }
                }
            }
        }
        // 16,384 words of 64 bits coincide by chance with probability 7e-12.
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn every_bit_is_set_half_the_time() {
        // 64 positions, z beyond 5.6 with probability 2e-8 each: false alarms 1.4e-6 in all.
        let mut counts = [0_u32; 64];
        let mut words = 0_u32;
        for block in 0..500 {
            let mut stream = StreamKey::new(7, "monobit").open(block);
            for _ in 0..25 {
                for word in stream.next_words() {
                    words += 1;
                    for (bit, count) in counts.iter_mut().enumerate() {
                        *count += u32::from((word >> bit) & 1 == 1);
                    }
                }
            }
        }
        for (bit, count) in counts.iter().enumerate() {
            let z = (f64::from(*count) - f64::from(words) / 2.0) / (f64::from(words) / 4.0).sqrt();
            assert!(z.abs() < 5.6, "bit {bit}: z = {z}");
        }
    }

    #[test]
    fn uniforms_are_uniform_and_open() {
        let mut values = vec![0.0; 256 * 1000];
        StreamKey::new(11, "uniform").open(0).uniforms(&mut values);
        let mut cells = [0_u32; 256];
        for value in &values {
            assert!(*value > 0.0 && *value < 1.0);
            cells[(value * 256.0) as usize] += 1;
        }
        let chi_square: f64 = cells.iter().map(|count| (f64::from(*count) - 1000.0).powi(2) / 1000.0).sum();
        // 255 degrees of freedom: the 1 - 1e-6 quantile is 374.2, the 1e-6 quantile 162.6.
        assert!((162.0..375.0).contains(&chi_square), "{chi_square}");
        assert_eq!(uniform(0), f64::EPSILON / 2.0);
        assert_eq!(uniform(u64::MAX), 1.0 - f64::EPSILON / 2.0);
    }

    #[test]
    fn exponentials_have_mean_and_variance_one() {
        let mut values = vec![0.0; 400_000];
        StreamKey::new(12, "exponential").open(0).exponentials(&mut values);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - 1.0) * (value - 1.0)).sum::<f64>() / count;
        // Standard errors 1 / sqrt(n) and sqrt(8 / n); 5 of them: false alarms 1.2e-6.
        assert!((mean - 1.0).abs() < 5.0 / count.sqrt(), "{mean}");
        assert!((variance - 1.0).abs() < 5.0 * (8.0 / count).sqrt(), "{variance}");
    }

    #[test]
    fn bytes_cover_all_values_alike() {
        let mut bytes = vec![0; 256 * 1000];
        StreamKey::new(13, "bytes").open(2).bytes(&mut bytes);
        let mut cells = [0_u32; 256];
        for byte in bytes {
            cells[usize::from(byte)] += 1;
        }
        let chi_square: f64 = cells.iter().map(|count| (f64::from(*count) - 1000.0).powi(2) / 1000.0).sum();
        assert!((162.0..375.0).contains(&chi_square), "{chi_square}");
    }
}
