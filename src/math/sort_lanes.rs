//! Sorts eight columns of numbers side by side, one in each lane of a vector, without a branch.
//!
//! A bitonic network: which numbers are compared does not depend on the numbers, so eight columns take the time of one. Blocks of sixteen are
//! sorted in registers; each doubling of the blocks then compares mirrored numbers and cleans the halves, three levels of the network in
//! a pass over memory.
//!
//! Sources: Batcher (1968), AFIPS Spring Joint Computer Conference 32, 307–314; of the sixteen, Green as in Knuth, The Art of Computer Programming 3, section 5.3.4.

use fearless_simd::{Level, Simd, SimdBase, dispatch, f64x8, u32x8};

/// Columns sorted at a time.
pub(crate) const LANES: usize = 8;

/// Numbers of a block that is sorted in registers, and the fewest that are sorted.
pub(crate) const BLOCK: usize = 16;

/// A number of each lane. Where it lies no vector reaches over the end of a line of the cache, which would cost half as much again.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(32))]
pub(crate) struct Row<T>(pub(crate) [T; LANES]);

/// Orders the numbers at pairs of places, one pair after another. Written out and no loop: whether a loop over pairs is unrolled depends on
/// what it is compiled with, and one that is not keeps everything in memory.
macro_rules! order {
    ($held:ident: $($a:literal $b:literal),+ $(,)?) => {
        $(($held[$a], $held[$b]) = ($held[$a].min($held[$b]), $held[$a].max($held[$b]));)+
    };
}

/// Sorts each lane from its least to its greatest number. None may be NaN.
///
/// # Panics
/// Unless there are a power of two of rows, and at least sixteen.
pub(crate) fn sort_lanes(level: Level, rows: &mut [Row<f64>]) {
    dispatch!(level, simd => sort::<_, f64x8<_>>(simd, rows));
}

/// The same of whole numbers, within instructions chosen before.
///
/// # Panics
/// As [`sort_lanes`].
#[inline(always)]
pub(crate) fn sort_keys<S: Simd>(simd: S, rows: &mut [Row<u32>]) {
    sort::<S, u32x8<S>>(simd, rows);
}

#[inline(always)]
fn sort<S: Simd, V: SimdBase<S>>(simd: S, rows: &mut [Row<V::Element>]) {
    assert!(rows.len().is_power_of_two() && rows.len() >= BLOCK, "a power of two of rows, from sixteen on");
    for block in rows.as_chunks_mut::<BLOCK>().0 {
        let places = block.each_mut();
        let mut held = load::<S, V, BLOCK>(simd, &places);
        order!(held: 0 13, 1 12, 2 15, 3 14, 4 8, 5 6, 7 11, 9 10);
        order!(held: 0 5, 1 7, 2 9, 3 4, 6 13, 8 14, 10 15, 11 12);
        order!(held: 0 1, 2 3, 4 5, 6 8, 7 9, 10 11, 12 13, 14 15);
        order!(held: 0 2, 1 3, 4 10, 5 11, 6 7, 8 9, 12 14, 13 15);
        order!(held: 1 2, 3 12, 4 6, 5 7, 8 10, 9 11, 13 14);
        order!(held: 1 4, 2 6, 5 8, 7 10, 9 13, 11 14);
        order!(held: 2 4, 3 6, 9 12, 11 13);
        order!(held: 3 5, 6 8, 7 9, 10 12);
        order!(held: 3 4, 5 6, 7 8, 9 10, 11 12);
        order!(held: 6 7, 8 9);
        store(held, places);
    }
    let mut sorted = BLOCK;
    while sorted < rows.len() {
        for pair in rows.chunks_exact_mut(2 * sorted) {
            mirror::<S, V>(simd, pair);
        }
        // The levels left over after those of the mirrored pass: distances of an eighth of the pair and less.
        let mut distance = sorted / 8;
        while distance >= 4 {
            for block in rows.chunks_exact_mut(2 * distance) {
                clean_three::<S, V>(simd, block);
            }
            distance /= 8;
        }
        if distance == 2 {
            for block in rows.as_chunks_mut::<4>().0 {
                let places = block.each_mut();
                let mut held = load::<S, V, 4>(simd, &places);
                order!(held: 0 2, 1 3, 0 1, 2 3);
                store(held, places);
            }
        } else if distance == 1 {
            for block in rows.as_chunks_mut::<2>().0 {
                let places = block.each_mut();
                let mut held = load::<S, V, 2>(simd, &places);
                order!(held: 0 1);
                store(held, places);
            }
        }
        sorted *= 2;
    }
}

/// Two sorted halves: compares what lies mirrored about the middle, then at half and at a quarter of a half.
#[inline(always)]
fn mirror<S: Simd, V: SimdBase<S>>(simd: S, pair: &mut [Row<V::Element>]) {
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
        let mut held = load::<S, V, 8>(simd, &places);
        order!(held: 0 4, 1 5, 2 6, 3 7, 0 2, 1 3, 6 4, 7 5, 0 1, 2 3, 5 4, 7 6);
        store(held, places);
    }
}

/// Three levels: distances of a half, a quarter and an eighth of the block.
#[inline(always)]
fn clean_three<S: Simd, V: SimdBase<S>>(simd: S, block: &mut [Row<V::Element>]) {
    let stride = block.len() / 8;
    let mut parts = block.chunks_exact_mut(stride);
    let Some([p0, p1, p2, p3, p4, p5, p6, p7]) = eight(&mut parts) else { return };
    for at in 0..stride {
        let places =
            [&mut p0[at], &mut p1[at], &mut p2[at], &mut p3[at], &mut p4[at], &mut p5[at], &mut p6[at], &mut p7[at]];
        let mut held = load::<S, V, 8>(simd, &places);
        order!(held: 0 4, 1 5, 2 6, 3 7, 0 2, 1 3, 4 6, 5 7, 0 1, 2 3, 4 5, 6 7);
        store(held, places);
    }
}

/// The eight parts of a block.
#[inline(always)]
fn eight<'a, T>(parts: &mut std::slice::ChunksExactMut<'a, Row<T>>) -> Option<[&'a mut [Row<T>]; 8]> {
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
fn load<S: Simd, V: SimdBase<S>, const N: usize>(simd: S, places: &[&mut Row<V::Element>; N]) -> [V; N] {
    let mut held = [V::splat(simd, V::Element::default()); N];
    for at in 0..N {
        held[at] = V::from_slice(simd, &places[at].0);
    }
    held
}

#[inline(always)]
fn store<S: Simd, V: SimdBase<S>, const N: usize>(held: [V; N], places: [&mut Row<V::Element>; N]) {
    for at in 0..N {
        held[at].store_slice(&mut places[at].0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::math::columns::levels;

    fn column<T: Copy>(rows: &[Row<T>], lane: usize) -> Vec<T> {
        rows.iter().map(|row| row.0[lane]).collect()
    }

    fn all_sorted(rows: &[Row<f64>]) {
        for level in levels() {
            let mut own = rows.to_vec();
            sort_lanes(level, &mut own);
            for lane in 0..LANES {
                let mut expected = column(rows, lane);
                expected.sort_by(f64::total_cmp);
                assert_eq!(column(&own, lane), expected, "lane {lane} of {}", own.len());
            }
        }
    }

    #[test]
    fn every_column_is_sorted() {
        let mut stream = SplitMix::of_replicate(3, 3);
        for bits in 4..13 {
            let mut rows = |number: &mut dyn FnMut(&mut SplitMix) -> f64| -> Vec<Row<f64>> {
                (0..1 << bits).map(|_| Row(std::array::from_fn(|_| number(&mut stream)))).collect()
            };
            all_sorted(&rows(&mut |stream| stream.unit() - 0.5));
            // Many ties, and numbers that stand for nothing at the end.
            all_sorted(&rows(&mut |stream| [1.0, 2.0, f64::INFINITY, -3.0][stream.below(4)]));
        }
    }

    #[test]
    fn every_column_of_whole_numbers_is_sorted() {
        let mut stream = SplitMix::of_replicate(3, 4);
        for bits in 4..14 {
            let rows: Vec<Row<u32>> =
                (0..1 << bits).map(|_| Row(std::array::from_fn(|_| stream.next_u64() as u32))).collect();
            for level in levels() {
                let mut own = rows.clone();
                dispatch!(level, simd => sort_keys(simd, &mut own));
                for lane in 0..LANES {
                    let mut expected = column(&rows, lane);
                    expected.sort_unstable();
                    assert_eq!(column(&own, lane), expected, "lane {lane} of {}", own.len());
                }
            }
        }
    }

    #[test]
    fn zeros_and_ones_are_sorted_which_proves_a_network() {
        // All columns of sixteen zeros and ones: by the 0-1 principle the network sorts whatever it is given.
        let mut columns = 0..1_u32 << 16;
        while let Some(first) = columns.next() {
            let own: Vec<u32> = std::iter::once(first).chain(columns.by_ref().take(LANES - 1)).collect();
            let mut rows = vec![Row([0.0; LANES]); 16];
            for (lane, bits) in own.iter().enumerate() {
                (0..16).for_each(|row| rows[row].0[lane] = f64::from((bits >> row) & 1));
            }
            sort_lanes(Level::new(), &mut rows);
            assert!(rows.windows(2).all(|pair| pair[0].0.iter().zip(&pair[1].0).all(|(a, b)| a <= b)), "{first}");
        }
    }
}
