//! Sorts columns of numbers side by side, one in each lane of a vector, without a branch.
//!
//! A bitonic network: which numbers are compared does not depend on the numbers, so as many columns as a vector has lanes take the time of
//! one. Blocks of sixteen are sorted in registers. Each doubling of the blocks then compares mirrored numbers and cleans the halves, three
//! levels of the network in a pass over memory, or four where there are registers enough. What was sorted last is merged first, while it lies in
//! the nearest cache.
//!
//! Keys are half as wide as numbers. So that they fill a vector all the same, both halves of a column are sorted side by side and merged at the end.
//!
//! Sources: Batcher (1968), AFIPS Spring Joint Computer Conference 32, 307–314; of the sixteen, Green as in Knuth, The Art of Computer Programming 3, section 5.3.4.

use crate::math::prefetch::prefetch_part;
use fearless_simd::{Level, Simd, SimdBase, dispatch, u32x8};

/// Columns sorted at a time.
pub(crate) const LANES: usize = 8;

/// Lanes of a row of keys: a column has its first half in one, its second half eight lanes further on.
pub(crate) const HALVES: usize = 2 * LANES;

/// Numbers of a block that is sorted in registers, and the fewest that are sorted.
pub(crate) const BLOCK: usize = 16;

/// A number of each column. Where it lies no vector reaches over the end of a line of the cache, which would cost half as much again.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Row<T, const N: usize>(pub(crate) [T; N]);

/// A row of numbers.
pub(crate) type Numbers = Row<f64, LANES>;

/// A row of keys.
pub(crate) type Keys = Row<u32, HALVES>;

/// Orders the numbers at pairs of places, one pair after another. Written out and no loop: whether a loop over pairs is unrolled depends on
/// what it is compiled with, and one that is not keeps everything in memory.
macro_rules! order {
    ($held:ident: $($a:literal $b:literal),+ $(,)?) => {
        $(($held[$a], $held[$b]) = ($held[$a].min($held[$b]), $held[$a].max($held[$b]));)+
    };
}

/// Two sorted halves, of which the second is held mirrored: compares them, then at a half and at a quarter of a half.
macro_rules! mirror_three {
    ($held:ident) => {
        order!($held: 0 4, 1 5, 2 6, 3 7, 0 2, 1 3, 6 4, 7 5, 0 1, 2 3, 5 4, 7 6)
    };
}

/// The same, and at an eighth.
macro_rules! mirror_four {
    ($held:ident) => {
        order!($held: 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 14, 7 15);
        order!($held: 0 4, 1 5, 2 6, 3 7, 12 8, 13 9, 14 10, 15 11);
        order!($held: 0 2, 1 3, 4 6, 5 7, 10 8, 11 9, 14 12, 15 13);
        order!($held: 0 1, 2 3, 4 5, 6 7, 9 8, 11 10, 13 12, 15 14);
    };
}

/// Compares at a half, at a quarter and at an eighth.
macro_rules! clean_three {
    ($held:ident) => {
        order!($held: 0 4, 1 5, 2 6, 3 7, 0 2, 1 3, 4 6, 5 7, 0 1, 2 3, 4 5, 6 7)
    };
}

/// The same, and at a sixteenth.
macro_rules! clean_four {
    ($held:ident) => {
        order!($held: 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 14, 7 15);
        order!($held: 0 4, 1 5, 2 6, 3 7, 8 12, 9 13, 10 14, 11 15);
        order!($held: 0 2, 1 3, 4 6, 5 7, 8 10, 9 11, 12 14, 13 15);
        order!($held: 0 1, 2 3, 4 5, 6 7, 8 9, 10 11, 12 13, 14 15);
    };
}

/// Sorts each lane from its least to its greatest number. None may be NaN.
///
/// # Panics
/// Unless there are a power of two of rows, and at least sixteen.
pub(crate) fn sort_lanes(level: Level, rows: &mut [Numbers]) {
    dispatch!(level, simd => sort_numbers(simd, rows));
}

/// Sorts keys, within instructions chosen before: those of each of the first eight lanes with those of the lane eight further on, which gets the
/// greater half. Meanwhile the numbers that are needed next are read into the caches.
///
/// # Panics
/// As [`sort_lanes`].
#[inline(always)]
pub(crate) fn sort_keys<S: Simd>(simd: S, rows: &mut [Keys], next: &[f64]) {
    sort::<S, S::u32s, HALVES>(simd, rows, next);
    merge_halves(simd, rows);
}

#[inline(always)]
fn sort_numbers<S: Simd>(simd: S, rows: &mut [Numbers]) {
    sort::<S, S::f64s, LANES>(simd, rows, &[]);
}

/// Sorts each column by itself, and reads a part of what is needed next before each block.
#[inline(always)]
fn sort<S: Simd, V: SimdBase<S>, const N: usize>(simd: S, rows: &mut [Row<V::Element, N>], next: &[f64]) {
    assert!(rows.len().is_power_of_two() && rows.len() >= BLOCK, "a power of two of rows, from sixteen on");
    let blocks = rows.len() / BLOCK;
    for block in 1..=blocks {
        prefetch_part(simd, next, block - 1, blocks);
        sort_block::<S, V, N>(simd, &mut rows.as_chunks_mut::<BLOCK>().0[block - 1]);
        // Two blocks are merged when there are two, two of those when there are two of those, and so on.
        let mut merged = 1;
        while block & merged == 0 {
            merged *= 2;
            merge::<S, V, N>(simd, &mut rows[(block - merged) * BLOCK..block * BLOCK]);
        }
    }
}

/// Whether there are registers for sixteen vectors and what is done with them: those of sixteen keys come in sets of 32.
#[inline(always)]
fn many<S: Simd, V: SimdBase<S>>() -> bool {
    size_of::<V>() == 64 && V::LEN == HALVES
}

#[inline(always)]
fn sort_block<S: Simd, V: SimdBase<S>, const N: usize>(simd: S, block: &mut [Row<V::Element, N>; BLOCK]) {
    let mut column = 0;
    while column < N {
        let mut held = load::<S, V, N, BLOCK>(simd, block, column);
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
        store::<S, V, N, BLOCK>(held, block, column);
        column += V::LEN;
    }
}

/// Sorts two sorted halves.
#[inline(always)]
fn merge<S: Simd, V: SimdBase<S>, const N: usize>(simd: S, rows: &mut [Row<V::Element, N>]) {
    if many::<S, V>() {
        let distance = rows.len() / 32;
        match distance {
            1 => mirror_by_four::<S, V, N, 2>(simd, rows),
            2 => mirror_by_four::<S, V, N, 4>(simd, rows),
            4 => mirror_by_four::<S, V, N, 8>(simd, rows),
            8 => mirror_by_four::<S, V, N, 16>(simd, rows),
            16 => mirror_by_four::<S, V, N, 32>(simd, rows),
            _ => return merge_any::<S, V, N>(simd, rows),
        }
        clean::<S, V, N>(simd, rows, distance);
    } else {
        merge_any::<S, V, N>(simd, rows);
    }
}

/// The first four levels of a merge of sixteen parts of so many rows. How many is known when this is compiled, since there are not registers enough for
/// where sixteen parts begin.
#[inline(always)]
fn mirror_by_four<S: Simd, V: SimdBase<S>, const N: usize, const PART: usize>(
    simd: S,
    rows: &mut [Row<V::Element, N>],
) {
    for parts in rows.as_chunks_mut::<PART>().0.as_chunks_mut::<16>().0 {
        for at in 0..PART {
            let back = PART - 1 - at;
            let mut held = [V::splat(simd, V::Element::default()); 16];
            for part in 0..8 {
                held[part] = V::from_slice(simd, &parts[part][at].0[..V::LEN]);
                held[8 + part] = V::from_slice(simd, &parts[15 - part][back].0[..V::LEN]);
            }
            mirror_four!(held);
            for part in 0..8 {
                held[part].store_slice(&mut parts[part][at].0[..V::LEN]);
                held[8 + part].store_slice(&mut parts[15 - part][back].0[..V::LEN]);
            }
        }
    }
}

/// Three levels at eight parts of so many rows.
#[inline(always)]
fn clean_by_three<S: Simd, V: SimdBase<S>, const N: usize, const PART: usize>(
    simd: S,
    rows: &mut [Row<V::Element, N>],
) {
    for parts in rows.as_chunks_mut::<PART>().0.as_chunks_mut::<8>().0 {
        let mut at = 0;
        while at < PART {
            let mut held = [V::splat(simd, V::Element::default()); 8];
            for part in 0..8 {
                held[part] = V::from_slice(simd, &parts[part][at].0[..V::LEN]);
            }
            clean_three!(held);
            for part in 0..8 {
                held[part].store_slice(&mut parts[part][at].0[..V::LEN]);
            }
            at += 1;
        }
    }
}

/// The same as [`merge`], of any size.
#[inline(always)]
fn merge_any<S: Simd, V: SimdBase<S>, const N: usize>(simd: S, rows: &mut [Row<V::Element, N>]) {
    let part = rows.len() / 8;
    let Some(mut parts) = eight(rows) else { return };
    for at in 0..part {
        let mut column = 0;
        while column < N {
            let mut held = load_mirrored::<S, V, N, 8>(simd, &parts, at, part - 1 - at, column);
            mirror_three!(held);
            store_mirrored::<S, V, N, 8>(held, &mut parts, at, part - 1 - at, column);
            column += V::LEN;
        }
    }
    clean::<S, V, N>(simd, rows, part / 2);
}

/// Sorts two sorted halves of which one lies beside the other.
#[inline(always)]
fn merge_halves<S: Simd>(simd: S, rows: &mut [Keys]) {
    if many::<S, S::u32s>() {
        let distance = rows.len() / 16;
        match distance {
            1 => cross_by_four::<S, 2>(simd, rows),
            2 => cross_by_four::<S, 4>(simd, rows),
            4 => cross_by_four::<S, 8>(simd, rows),
            8 => cross_by_four::<S, 16>(simd, rows),
            16 => cross_by_four::<S, 32>(simd, rows),
            32 => cross_by_four::<S, 64>(simd, rows),
            _ => return merge_halves_any(simd, rows),
        }
        clean::<S, S::u32s, HALVES>(simd, rows, distance);
    } else {
        merge_halves_any(simd, rows);
    }
}

/// Four levels of a merge of halves side by side, in eight parts of so many rows.
#[inline(always)]
fn cross_by_four<S: Simd, const PART: usize>(simd: S, rows: &mut [Keys]) {
    for parts in rows.as_chunks_mut::<PART>().0.as_chunks_mut::<8>().0 {
        for at in 0..PART {
            let back = PART - 1 - at;
            let mut held = [u32x8::splat(simd, 0); 16];
            for part in 0..8 {
                held[part] = u32x8::from_slice(simd, &parts[part][at].0[..LANES]);
                held[8 + part] = u32x8::from_slice(simd, &parts[7 - part][back].0[LANES..]);
            }
            mirror_four!(held);
            for part in 0..8 {
                held[part].store_slice(&mut parts[part][at].0[..LANES]);
                held[8 + part].store_slice(&mut parts[7 - part][back].0[LANES..]);
            }
        }
    }
}

/// The same as [`merge_halves`], of any size.
#[inline(always)]
fn merge_halves_any<S: Simd>(simd: S, rows: &mut [Keys]) {
    let part = rows.len() / 4;
    let Some(parts) = four(rows) else { return };
    for at in 0..part {
        let back = part - 1 - at;
        let mut held = [u32x8::splat(simd, 0); 8];
        for low in 0..4 {
            held[low] = u32x8::from_slice(simd, &parts[low][at].0[..LANES]);
            held[4 + low] = u32x8::from_slice(simd, &parts[3 - low][back].0[LANES..]);
        }
        mirror_three!(held);
        for low in 0..4 {
            held[low].store_slice(&mut parts[low][at].0[..LANES]);
            held[4 + low].store_slice(&mut parts[3 - low][back].0[LANES..]);
        }
    }
    clean::<S, S::u32s, HALVES>(simd, rows, part / 2);
}

/// The levels of a merge from a distance on.
#[inline(always)]
fn clean<S: Simd, V: SimdBase<S>, const N: usize>(simd: S, rows: &mut [Row<V::Element, N>], mut distance: usize) {
    while distance > 0 {
        if many::<S, V>() && distance == 16 {
            clean_by_three::<S, V, N, 4>(simd, rows);
            distance = 2;
        } else if many::<S, V>() && distance == 32 {
            clean_by_three::<S, V, N, 8>(simd, rows);
            distance = 4;
        } else if many::<S, V>() && distance == 8 {
            for block in rows.as_chunks_mut::<16>().0 {
                let mut column = 0;
                while column < N {
                    let mut held = load::<S, V, N, 16>(simd, block, column);
                    clean_four!(held);
                    store::<S, V, N, 16>(held, block, column);
                    column += V::LEN;
                }
            }
            distance = 0;
        } else if distance > 4 {
            for block in rows.chunks_exact_mut(2 * distance) {
                let Some(mut parts) = eight(block) else { return };
                for at in 0..distance / 4 {
                    let mut column = 0;
                    while column < N {
                        let mut held = load_parts::<S, V, N, 8>(simd, &parts, at, column);
                        clean_three!(held);
                        store_parts::<S, V, N, 8>(held, &mut parts, at, column);
                        column += V::LEN;
                    }
                }
            }
            distance /= 8;
        } else if distance == 4 {
            for block in rows.as_chunks_mut::<8>().0 {
                let mut column = 0;
                while column < N {
                    let mut held = load::<S, V, N, 8>(simd, block, column);
                    clean_three!(held);
                    store::<S, V, N, 8>(held, block, column);
                    column += V::LEN;
                }
            }
            distance = 0;
        } else if distance == 2 {
            for block in rows.as_chunks_mut::<4>().0 {
                let mut column = 0;
                while column < N {
                    let mut held = load::<S, V, N, 4>(simd, block, column);
                    order!(held: 0 2, 1 3, 0 1, 2 3);
                    store::<S, V, N, 4>(held, block, column);
                    column += V::LEN;
                }
            }
            distance = 0;
        } else {
            for block in rows.as_chunks_mut::<2>().0 {
                let mut column = 0;
                while column < N {
                    let mut held = load::<S, V, N, 2>(simd, block, column);
                    order!(held: 0 1);
                    store::<S, V, N, 2>(held, block, column);
                    column += V::LEN;
                }
            }
            distance = 0;
        }
    }
}

/// As many parts of one length.
macro_rules! parts {
    ($name:ident, $count:literal: $($next:ident),+) => {
        #[inline(always)]
        fn $name<T, const N: usize>(rows: &mut [Row<T, N>]) -> Option<[&mut [Row<T, N>]; $count]> {
            let mut parts = rows.chunks_exact_mut(rows.len() / $count);
            Some([$(parts.$next()?),+])
        }
    };
}

parts!(four, 4: next, next, next, next);
parts!(eight, 8: next, next, next, next, next, next, next, next);

// Loops and no closures: what is not inlined would not be compiled for the level.
#[inline(always)]
fn load<S: Simd, V: SimdBase<S>, const N: usize, const P: usize>(
    simd: S,
    rows: &[Row<V::Element, N>; P],
    column: usize,
) -> [V; P] {
    let mut held = [V::splat(simd, V::Element::default()); P];
    for at in 0..P {
        held[at] = V::from_slice(simd, &rows[at].0[column..][..V::LEN]);
    }
    held
}

#[inline(always)]
fn store<S: Simd, V: SimdBase<S>, const N: usize, const P: usize>(
    held: [V; P],
    rows: &mut [Row<V::Element, N>; P],
    column: usize,
) {
    for at in 0..P {
        held[at].store_slice(&mut rows[at].0[column..][..V::LEN]);
    }
}

#[inline(always)]
fn load_parts<S: Simd, V: SimdBase<S>, const N: usize, const P: usize>(
    simd: S,
    parts: &[&mut [Row<V::Element, N>]; P],
    at: usize,
    column: usize,
) -> [V; P] {
    let mut held = [V::splat(simd, V::Element::default()); P];
    for part in 0..P {
        held[part] = V::from_slice(simd, &parts[part][at].0[column..][..V::LEN]);
    }
    held
}

#[inline(always)]
fn store_parts<S: Simd, V: SimdBase<S>, const N: usize, const P: usize>(
    held: [V; P],
    parts: &mut [&mut [Row<V::Element, N>]; P],
    at: usize,
    column: usize,
) {
    for part in 0..P {
        held[part].store_slice(&mut parts[part][at].0[column..][..V::LEN]);
    }
}

/// The first half of the parts forwards, the others from behind.
#[inline(always)]
fn load_mirrored<S: Simd, V: SimdBase<S>, const N: usize, const P: usize>(
    simd: S,
    parts: &[&mut [Row<V::Element, N>]; P],
    at: usize,
    back: usize,
    column: usize,
) -> [V; P] {
    let mut held = [V::splat(simd, V::Element::default()); P];
    for part in 0..P / 2 {
        held[part] = V::from_slice(simd, &parts[part][at].0[column..][..V::LEN]);
        held[P / 2 + part] = V::from_slice(simd, &parts[P - 1 - part][back].0[column..][..V::LEN]);
    }
    held
}

#[inline(always)]
fn store_mirrored<S: Simd, V: SimdBase<S>, const N: usize, const P: usize>(
    held: [V; P],
    parts: &mut [&mut [Row<V::Element, N>]; P],
    at: usize,
    back: usize,
    column: usize,
) {
    for part in 0..P / 2 {
        held[part].store_slice(&mut parts[part][at].0[column..][..V::LEN]);
        held[P / 2 + part].store_slice(&mut parts[P - 1 - part][back].0[column..][..V::LEN]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::math::columns::levels;

    fn column<T: Copy, const N: usize>(rows: &[Row<T, N>], lane: usize) -> Vec<T> {
        rows.iter().map(|row| row.0[lane]).collect()
    }

    fn all_sorted(rows: &[Numbers]) {
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
            let mut rows = |number: &mut dyn FnMut(&mut SplitMix) -> f64| -> Vec<Numbers> {
                (0..1 << bits).map(|_| Row(std::array::from_fn(|_| number(&mut stream)))).collect()
            };
            all_sorted(&rows(&mut |stream| stream.unit() - 0.5));
            // Many ties, and numbers that stand for nothing at the end.
            all_sorted(&rows(&mut |stream| [1.0, 2.0, f64::INFINITY, -3.0][stream.below(4)]));
        }
    }

    /// Both halves of a lane, the first first.
    fn whole(rows: &[Keys], lane: usize) -> Vec<u32> {
        [column(rows, lane), column(rows, LANES + lane)].concat()
    }

    fn keys_sorted(rows: &[Keys]) {
        for level in levels() {
            let mut own = rows.to_vec();
            dispatch!(level, simd => sort_keys(simd, &mut own, &[]));
            for lane in 0..LANES {
                let mut expected = whole(rows, lane);
                expected.sort_unstable();
                assert_eq!(whole(&own, lane), expected, "lane {lane} of {}", own.len());
            }
        }
    }

    #[test]
    fn both_halves_of_every_lane_of_keys_are_sorted() {
        let mut stream = SplitMix::of_replicate(3, 4);
        for bits in 4..13 {
            let rows: Vec<Keys> =
                (0..1 << bits).map(|_| Row(std::array::from_fn(|_| stream.next_u64() as u32))).collect();
            keys_sorted(&rows);
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

    #[test]
    fn sorted_zeros_and_ones_are_merged_which_proves_a_merge() {
        // Two sorted halves of zeros and ones are told by how many zeros each has. By the 0-1 principle a network that merges all such pairs merges whatever it is given.
        for bits in 5..8 {
            let (half, mut pairs) = (1_usize << (bits - 1), Vec::new());
            for first in 0..=half {
                pairs.extend((0..=half).map(|second| (first, second)));
            }
            for pairs in pairs.chunks(LANES) {
                let mut rows = vec![Row([1; HALVES]); half];
                for (lane, (first, second)) in pairs.iter().enumerate() {
                    rows[..*first].iter_mut().for_each(|row| row.0[lane] = 0);
                    rows[..*second].iter_mut().for_each(|row| row.0[LANES + lane] = 0);
                }
                keys_sorted(&rows);
            }
        }
    }
}
