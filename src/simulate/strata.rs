//! Strata: how worlds share out the unit interval that an event is drawn by.
//!
//! Under [`Design::Stratified`] the 64 worlds of a word go together: each of 64 equal parts of the interval is drawn from by exactly one of
//! them, so that they hold low and high draws of every event in due proportion. Which world draws from which part is an affine map of its
//! place in the word over the field of 64 elements, anew for each event and word:
//!
//! ```text
//! stratum(w) = a·w + b        a ≠ 0 and b uniform, in GF(64) = GF(2)[x] / (x^6 + x + 1)
//! ```
//!
//! The parts of two worlds are then any two different ones, each pair as likely as another, and independent from event to event. That is all
//! that the mean and the variance of a sum over worlds depend on, so they are those of Latin hypercube sampling \[1\]: every mean is unbiased,
//! the variance is smaller by what the events explain of it one by one \[2\], and never larger than that of 63 independent worlds \[3\]. Words are
//! independent of each other, so a block is a sum of 64 independent hypercubes and nearly normal. (One hypercube of all 4,096 worlds of a block has the
//! same variance, but draws it from rare blocks in which two events fall into step.)
//!
//! \[1\] `McKay`, Beckman & Conover (1979), Technometrics 21, 239–245. \[2\] Stein (1987), Technometrics 29, 143–151.
//! \[3\] Owen (1997), SIAM J. Numer. Anal. 34, 1884–1910.

use super::block::{Plane, WORDS};
use super::streams::{LANES, Lanes};
use fearless_simd::Simd;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How worlds go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Design {
    /// Each is drawn by itself.
    #[default]
    Independent,
    /// 64 by 64 they share out what each event is drawn by: Latin hypercubes. Standard errors come from the spread between blocks, where
    /// there are enough of them.
    Stratified,
}

/// The bits of a stratum.
pub(crate) const BITS: usize = 6;

const STRATA: usize = 1 << BITS;

/// The strata of a block's worlds for one event: `a` and `b` of each word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strata {
    maps: [(u8, u8); WORDS],
}

impl Strata {
    /// Of the next bits of a stream: a word of them for each word of worlds.
    #[inline(always)]
    pub(crate) fn draw<S: Simd>(lanes: &mut Lanes<S>) -> Self {
        let mut maps = [(0, 0); WORDS];
        for eight in maps.as_chunks_mut::<LANES>().0 {
            let words = <[u64; LANES]>::from(lanes.next());
            for (map, word) in eight.iter_mut().zip(words) {
                // Of 63 equally likely ones, but for one part in 2^52.
                let factor = (u128::from(word >> BITS) * (STRATA as u128 - 1)) >> (64 - BITS);
                *map = (1 + factor as u8, (word as u8) & (STRATA as u8 - 1));
            }
        }
        Self { maps }
    }

    /// The strata of the worlds of a word.
    #[inline]
    pub(crate) fn of_word(&self, word: usize) -> [u8; 64] {
        let (factor, shift) = self.maps[word];
        PRODUCTS[usize::from(factor)].map(|product| product ^ shift)
    }

    /// The same, eight worlds at a time: what the eight have in common is to be added to the strata of the first eight worlds.
    #[inline(always)]
    pub(crate) fn eights(&self, word: usize) -> (&'static [u64; LANES], impl Iterator<Item = u64> + use<>) {
        let (factor, shift) = self.maps[word];
        let products = &PRODUCTS[usize::from(factor)];
        (
            &FIRST_EIGHT[usize::from(factor)],
            (0..64 / LANES).map(move |eight| u64::from(products[eight * LANES] ^ shift)),
        )
    }

    /// A bit of all strata, the most significant being place 0.
    #[inline]
    pub(crate) fn place(&self, place: usize, plane: &mut Plane) {
        for (word, (factor, shift)) in plane.iter_mut().zip(&self.maps) {
            let turned = u64::from(shift >> (BITS - 1 - place)) & 1;
            *word = PLACES[place][usize::from(*factor)] ^ turned.wrapping_neg();
        }
    }
}

/// `a·w` for each `a` and `w`.
static PRODUCTS: [[u8; STRATA]; STRATA] = {
    let mut table = [[0; STRATA]; STRATA];
    let mut factor = 0;
    while factor < STRATA {
        let mut world = 0;
        while world < STRATA {
            table[factor][world] = product(factor, world) as u8;
            world += 1;
        }
        factor += 1;
    }
    table
};

/// `a·w` for each `a` and the first eight `w`.
static FIRST_EIGHT: [[u64; LANES]; STRATA] = {
    let mut table = [[0; LANES]; STRATA];
    let mut factor = 0;
    while factor < STRATA {
        let mut world = 0;
        while world < LANES {
            table[factor][world] = product(factor, world) as u64;
            world += 1;
        }
        factor += 1;
    }
    table
};

/// For each bit, the most significant first, and each `a`: the bits of `a·w` of the 64 worlds of a word.
static PLACES: [[u64; STRATA]; BITS] = {
    let mut table = [[0; STRATA]; BITS];
    let mut place = 0;
    while place < BITS {
        let mut factor = 0;
        while factor < STRATA {
            let mut world = 0;
            while world < STRATA {
                let bit = (PRODUCTS[factor][world] >> (BITS - 1 - place)) & 1;
                table[place][factor] |= (bit as u64) << world;
                world += 1;
            }
            factor += 1;
        }
        place += 1;
    }
    table
};

/// In the field of 64 elements.
const fn product(mut left: usize, mut right: usize) -> usize {
    let mut product = 0;
    while right > 0 {
        product ^= left * (right & 1);
        left <<= 1;
        left ^= (left >> BITS) * 0b100_0011;
        right >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::WORLDS_PER_BLOCK;
    use crate::simulate::streams::{Address, StreamKey, fill_bytes, fill_uniforms, strata_of};
    use fearless_simd::Level;
    use std::collections::BTreeSet;

    fn address(key: &StreamKey, block: u64) -> Address<'_> {
        Address { key, block, design: Design::Stratified }
    }

    #[test]
    fn a_word_has_a_world_in_each_stratum_and_all_forms_agree() {
        let key = StreamKey::new(3, "strata");
        for block in 0..50 {
            let strata = strata_of(&address(&key, block));
            let of: Vec<u8> = (0..WORDS).flat_map(|word| strata.of_word(word)).collect();
            for word in of.chunks(64) {
                assert_eq!(word.iter().collect::<BTreeSet<_>>().len(), STRATA);
            }
            let eights = (0..WORDS).flat_map(|word| {
                let (first, added) = strata.eights(word);
                added.flat_map(|added| first.map(|stratum| (stratum ^ added) as u8))
            });
            assert!(eights.eq(of.iter().copied()));
            for place in 0..BITS {
                let mut plane = [0; WORDS];
                strata.place(place, &mut plane);
                for (world, stratum) in of.iter().enumerate() {
                    assert_eq!(plane[world / 64] >> (world % 64) & 1, u64::from(stratum >> (BITS - 1 - place)) & 1);
                }
            }
            let mut uniforms = vec![0.0; WORLDS_PER_BLOCK];
            fill_uniforms(Level::new(), &address(&key, block), &mut uniforms);
            assert!(uniforms.iter().zip(&of).all(|(uniform, stratum)| (uniform * 64.0) as u8 == *stratum));
            let mut bytes = vec![0; WORLDS_PER_BLOCK];
            fill_bytes(Level::new(), &address(&key, block), &mut bytes);
            assert!(bytes.iter().zip(&of).all(|(byte, stratum)| byte >> 2 == *stratum));
        }
    }

    #[test]
    fn two_worlds_have_any_two_strata_and_other_words_and_events_go_their_own_ways() {
        // Two worlds of a word have each of 64·63 pairs of strata alike often; worlds of two words, and one world for two events, each of 64·64.
        // 4,031 and 4,095 degrees of freedom: beyond 4,560 once in 1e-7 at most.
        let (rain, flood) = (StreamKey::new(3, "rain"), StreamKey::new(3, "flood"));
        let blocks = 4_000;
        let mut seen = [(); 3].map(|()| vec![0_u32; STRATA * STRATA]);
        for block in 0..blocks {
            let (first, second) = (strata_of(&address(&rain, block)), strata_of(&address(&flood, block)));
            for word in 0..WORDS {
                let (own, next, other) = (first.of_word(word), first.of_word((word + 1) % WORDS), second.of_word(word));
                for (seen, (left, right)) in
                    seen.iter_mut().zip([(own[7], own[40]), (own[7], next[7]), (own[7], other[7])])
                {
                    seen[usize::from(left) * STRATA + usize::from(right)] += 1;
                }
            }
        }
        for (at, seen) in seen.iter().enumerate() {
            let possible = |cell: &usize| at > 0 || cell / STRATA != cell % STRATA;
            let cells: Vec<usize> = (0..STRATA * STRATA).filter(possible).collect();
            let expected = (blocks * WORDS as u64) as f64 / cells.len() as f64;
            let chi_square: f64 = cells.iter().map(|cell| (f64::from(seen[*cell]) - expected).powi(2) / expected).sum();
            assert!(chi_square < 4_560.0, "{chi_square}");
            assert!((0..STRATA * STRATA).filter(|cell| !possible(cell)).all(|cell| seen[cell] == 0));
        }
    }
}
