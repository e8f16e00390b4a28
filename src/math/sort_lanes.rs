//! Sorts eight columns of numbers side by side, one in each lane of a vector, without a branch.
//!
//! A bitonic network: which numbers are compared does not depend on the numbers, so eight columns take the time of one. Blocks of eight are
//! sorted in registers; each doubling of the blocks then compares mirrored numbers and cleans the halves, three levels of the network in
//! a pass over memory.
//!
//! Source: Batcher (1968), AFIPS Spring Joint Computer Conference 32, 307–314.

use fearless_simd::{Level, Simd, SimdBase, dispatch, f64x8};

/// Columns sorted at a time.
pub(crate) const LANES: usize = 8;

/// Numbers of a block that is sorted in registers, and vectors of a step of a pass.
const BLOCK: usize = 8;

/// The comparisons that sort eight numbers, in their order.
const EIGHT: [(usize, usize); 19] = [
    (0, 2),
    (1, 3),
    (4, 6),
    (5, 7),
    (0, 4),
    (1, 5),
    (2, 6),
    (3, 7),
    (0, 1),
    (2, 3),
    (4, 5),
    (6, 7),
    (2, 4),
    (3, 5),
    (1, 4),
    (3, 6),
    (1, 2),
    (3, 4),
    (5, 6),
];

/// Sorts each lane from its least to its greatest number. None may be NaN.
///
/// # Panics
/// Unless there are a power of two of rows, and at least eight.
pub(crate) fn sort_lanes(level: Level, rows: &mut [[f64; LANES]]) {
    assert!(rows.len().is_power_of_two() && rows.len() >= BLOCK, "a power of two of rows, from eight on");
    dispatch!(level, simd => sort(simd, rows));
}

#[inline(always)]
fn sort<S: Simd>(simd: S, rows: &mut [[f64; LANES]]) {
    for block in rows.as_chunks_mut::<BLOCK>().0 {
        let places = block.each_mut();
        let mut held = load(simd, &places);
        for (a, b) in EIGHT {
            order(&mut held, a, b);
        }
        store(held, places);
    }
    let mut sorted = BLOCK;
    while sorted < rows.len() {
        for pair in rows.chunks_exact_mut(2 * sorted) {
            mirror(simd, pair);
        }
        // The levels left over after those of the mirrored pass: distances of an eighth of the pair and less.
        let mut distance = sorted / 8;
        while distance >= 4 {
            for block in rows.chunks_exact_mut(2 * distance) {
                clean_three(simd, block);
            }
            distance /= 8;
        }
        if distance == 2 {
            for block in rows.as_chunks_mut::<4>().0 {
                clean_small(simd, block, &[2, 1]);
            }
        } else if distance == 1 {
            for block in rows.as_chunks_mut::<2>().0 {
                clean_small(simd, block, &[1]);
            }
        }
        sorted *= 2;
    }
}

/// Two sorted halves: compares what lies mirrored about the middle, then at half and at a quarter of a half.
#[inline(always)]
fn mirror<S: Simd>(simd: S, pair: &mut [[f64; LANES]]) {
    let quarter = pair.len() / 8;
    let mut parts = pair.chunks_exact_mut(quarter);
    let Some([l0, l1, l2, l3, h3, h2, h1, h0]) = eight(&mut parts) else { return };
    for at in 0..quarter {
        let back = quarter - 1 - at;
        let places = [
            &mut l0[at],
            &mut l1[at],
            &mut l2[at],
            &mut l3[at],
            &mut h0[back],
            &mut h1[back],
            &mut h2[back],
            &mut h3[back],
        ];
        let mut held = load(simd, &places);
        for (a, b) in [(0, 4), (1, 5), (2, 6), (3, 7), (0, 2), (1, 3), (6, 4), (7, 5), (0, 1), (2, 3), (5, 4), (7, 6)] {
            order(&mut held, a, b);
        }
        store(held, places);
    }
}

/// Three levels: distances of a half, a quarter and an eighth of the block.
#[inline(always)]
fn clean_three<S: Simd>(simd: S, block: &mut [[f64; LANES]]) {
    let stride = block.len() / 8;
    let mut parts = block.chunks_exact_mut(stride);
    let Some([p0, p1, p2, p3, p4, p5, p6, p7]) = eight(&mut parts) else { return };
    for at in 0..stride {
        let places =
            [&mut p0[at], &mut p1[at], &mut p2[at], &mut p3[at], &mut p4[at], &mut p5[at], &mut p6[at], &mut p7[at]];
        let mut held = load(simd, &places);
        for (a, b) in [(0, 4), (1, 5), (2, 6), (3, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 1), (2, 3), (4, 5), (6, 7)] {
            order(&mut held, a, b);
        }
        store(held, places);
    }
}

/// The levels of these distances within a small block.
#[inline(always)]
fn clean_small<S: Simd, const N: usize>(simd: S, block: &mut [[f64; LANES]; N], distances: &[usize]) {
    let places = block.each_mut();
    let mut held = load(simd, &places);
    for distance in distances {
        for at in 0..N {
            if at & distance == 0 {
                order(&mut held, at, at + distance);
            }
        }
    }
    store(held, places);
}

/// The eight parts of a block.
#[inline(always)]
fn eight<'a>(parts: &mut std::slice::ChunksExactMut<'a, [f64; LANES]>) -> Option<[&'a mut [[f64; LANES]]; 8]> {
    Some([
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
    ])
}

// Loops and no closures: what is not inlined would not be compiled for the level.
#[inline(always)]
fn load<S: Simd, const N: usize>(simd: S, places: &[&mut [f64; LANES]; N]) -> [f64x8<S>; N] {
    let mut held = [f64x8::splat(simd, 0.0); N];
    for at in 0..N {
        held[at] = f64x8::from_slice(simd, places[at]);
    }
    held
}

#[inline(always)]
fn store<S: Simd, const N: usize>(held: [f64x8<S>; N], places: [&mut [f64; LANES]; N]) {
    for at in 0..N {
        held[at].store_slice(places[at]);
    }
}

/// The lesser numbers to the first place, the greater ones to the second.
#[inline(always)]
fn order<S: Simd, const N: usize>(held: &mut [f64x8<S>; N], a: usize, b: usize) {
    let (first, second) = (held[a], held[b]);
    held[a] = first.min(second);
    held[b] = first.max(second);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;

    fn all_sorted(mut rows: Vec<[f64; LANES]>) {
        let expected: Vec<Vec<f64>> = (0..LANES)
            .map(|lane| {
                let mut column: Vec<f64> = rows.iter().map(|row| row[lane]).collect();
                column.sort_by(f64::total_cmp);
                column
            })
            .collect();
        for level in [Level::new(), Level::baseline()] {
            let mut own = rows.clone();
            sort_lanes(level, &mut own);
            for (lane, expected) in expected.iter().enumerate() {
                assert!(own.iter().map(|row| row[lane]).eq(expected.iter().copied()), "lane {lane} of {}", own.len());
            }
        }
        rows.clear();
    }

    #[test]
    fn every_column_is_sorted() {
        let mut stream = SplitMix::of_replicate(3, 3);
        for bits in 3..13 {
            all_sorted((0..1 << bits).map(|_| std::array::from_fn(|_| stream.unit() - 0.5)).collect());
            // Many ties, and numbers that stand for nothing at the end.
            all_sorted(
                (0..1 << bits)
                    .map(|_| std::array::from_fn(|_| [1.0, 2.0, f64::INFINITY, -3.0][stream.below(4)]))
                    .collect(),
            );
        }
    }

    #[test]
    fn zeros_and_ones_are_sorted_which_proves_a_network() {
        // All columns of sixteen zeros and ones: by the 0-1 principle the network sorts whatever it is given.
        let mut columns = 0..1_u32 << 16;
        while let Some(first) = columns.next() {
            let own: Vec<u32> = std::iter::once(first).chain(columns.by_ref().take(LANES - 1)).collect();
            let mut rows = vec![[0.0; LANES]; 16];
            for (lane, bits) in own.iter().enumerate() {
                (0..16).for_each(|row| rows[row][lane] = f64::from((bits >> row) & 1));
            }
            sort_lanes(Level::new(), &mut rows);
            assert!(rows.windows(2).all(|pair| pair[0].iter().zip(&pair[1]).all(|(a, b)| a <= b)), "{first}");
        }
    }
}
