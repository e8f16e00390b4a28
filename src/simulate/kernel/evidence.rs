//! What each world weighs, given what is known.

use crate::math;
use crate::simulate::block::{Plane, WORLDS_PER_BLOCK, for_each_world};
use crate::simulate::streams::LANES;
use fearless_simd::{Select, Simd, SimdBase, SimdMask, dispatch, f64x8, mask64x8};

/// Multiplies the weights of the worlds of a row.
pub(crate) fn multiply(weights: &mut [f64], mask: &Plane, factor: f64) {
    #[inline(always)]
    fn multiply_in<S: Simd>(simd: S, weights: &mut [f64], mask: &Plane, factor: f64) {
        let (factor, one) = (f64x8::splat(simd, factor), f64x8::splat(simd, 1.0));
        for (word, weights) in mask.iter().zip(weights.as_chunks_mut::<64>().0) {
            for (group, eight) in weights.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let holds = mask64x8::from_bitmask(simd, (word >> (LANES * group)) & 0xff);
                (f64x8::from_slice(simd, eight) * holds.select(factor, one)).store_slice(eight);
            }
        }
    }
    dispatch!(math::level(), simd => multiply_in(simd, weights, mask, factor));
}

/// Adds to each world of a bit column.
pub(crate) fn add(values: &mut [f64], mask: &Plane, more: f64) {
    #[inline(always)]
    fn add_in<S: Simd>(simd: S, values: &mut [f64], mask: &Plane, more: f64) {
        let more = f64x8::splat(simd, more);
        for (word, values) in mask.iter().zip(values.as_chunks_mut::<64>().0) {
            for (group, eight) in values.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let holds = mask64x8::from_bitmask(simd, (word >> (LANES * group)) & 0xff);
                let old = f64x8::from_slice(simd, eight);
                holds.select(old + more, old).store_slice(eight);
            }
        }
    }
    dispatch!(math::level(), simd => add_in(simd, values, mask, more));
}

/// Multiplies each weight by a factor of its own.
pub(crate) fn multiply_each(weights: &mut [f64], factors: &[f64]) {
    for (weight, factor) in weights.iter_mut().zip(factors) {
        *weight *= factor;
    }
}

/// The sum of the weights where a bit column holds: eight partial sums in a fixed order.
#[must_use]
pub(crate) fn sum_where(weights: &[f64], plane: &Plane) -> f64 {
    let [sum] = sums_where([weights], plane);
    sum
}

/// The same of several columns of weights, side by side.
#[must_use]
pub(crate) fn sums_where<const N: usize>(columns: [&[f64]; N], plane: &Plane) -> [f64; N] {
    #[inline(always)]
    fn sums_in<S: Simd, const N: usize>(simd: S, columns: [&[f64]; N], plane: &Plane) -> [[f64; LANES]; N] {
        let zero = f64x8::splat(simd, 0.0);
        let mut sums = [zero; N];
        for (at, word) in plane.iter().enumerate() {
            for group in 0..64 / LANES {
                let holds = mask64x8::from_bitmask(simd, (word >> (LANES * group)) & 0xff);
                let start = 64 * at + LANES * group;
                for (sum, column) in sums.iter_mut().zip(columns) {
                    let eight = f64x8::from_slice(simd, &column[start..start + LANES]);
                    *sum += holds.select(eight, zero);
                }
            }
        }
        sums.map(SimdBase::to_array)
    }
    let sums = dispatch!(math::level(), simd => sums_in(simd, columns, plane));
    sums.map(|sums| ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])))
}

/// The largest weight where a bit column holds; 0 if it holds nowhere.
#[must_use]
pub(crate) fn largest_where(weights: &[f64], plane: &Plane) -> f64 {
    #[inline(always)]
    fn largest_in<S: Simd>(simd: S, weights: &[f64], plane: &Plane) -> [f64; LANES] {
        let zero = f64x8::splat(simd, 0.0);
        let mut largest = zero;
        for (at, word) in plane.iter().enumerate() {
            for group in 0..64 / LANES {
                let holds = mask64x8::from_bitmask(simd, (word >> (LANES * group)) & 0xff);
                let start = 64 * at + LANES * group;
                let eight = f64x8::from_slice(simd, &weights[start..start + LANES]);
                largest = largest.max(holds.select(eight, zero));
            }
        }
        largest.to_array()
    }
    dispatch!(math::level(), simd => largest_in(simd, weights, plane)).into_iter().fold(0.0, f64::max)
}

/// Writes into `patterns` which of the planes hold in each world: plane `j` is bit `j`.
pub(crate) fn patterns<'a>(planes: impl Iterator<Item = &'a Plane>, patterns: &mut [u16]) {
    patterns[..WORLDS_PER_BLOCK].fill(0);
    for (index, plane) in planes.enumerate() {
        for_each_world(plane, |world| patterns[world] |= 1 << index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::plane_where;

    #[test]
    fn sums_are_those_of_the_worlds_that_hold() {
        let weights: Vec<f64> = (0..4096).map(f64::from).collect();
        let plane = plane_where(|world| world % 7 == 3);
        let expected: f64 = (0..4096).filter(|world| world % 7 == 3).map(f64::from).sum();
        assert_eq!(sum_where(&weights, &plane), expected);
        assert_eq!(largest_where(&weights, &plane), 4091.0);
        assert_eq!(largest_where(&weights, &[0; 64]), 0.0);
    }

    #[test]
    fn only_the_worlds_of_a_row_are_multiplied() {
        let mut weights = vec![1.0; 4096];
        multiply(&mut weights, &plane_where(|world| world < 100), 0.25);
        assert_eq!((weights[99], weights[100]), (0.25, 1.0));
        add(&mut weights, &plane_where(|world| world == 77 || world == 4095), f64::INFINITY);
        assert_eq!((weights[76], weights[77], weights[4094], weights[4095]), (0.25, f64::INFINITY, 1.0, f64::INFINITY));
    }

    #[test]
    fn the_partial_sums_are_those_of_every_eighth_world() {
        let weights: Vec<f64> = (0..4096).map(|world| 1.0 / f64::from(world * 13 % 4096 + 1)).collect();
        let plane = plane_where(|world| world * 7 % 11 < 4);
        let holds = |world: usize| (plane[world / 64] >> (world % 64)) & 1 == 1;
        let lane = |lane: usize| {
            (lane..4096).step_by(8).fold(0.0, |sum, world| if holds(world) { sum + weights[world] } else { sum })
        };
        let sums: Vec<f64> = (0..8).map(lane).collect();
        let expected = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
        assert_eq!(sum_where(&weights, &plane).to_bits(), expected.to_bits());
    }

    #[test]
    fn patterns_have_a_bit_for_each_plane() {
        let planes = [plane_where(|world| world % 2 == 0), plane_where(|world| world > 1)];
        let mut out = vec![9; 4096];
        patterns(planes.iter(), &mut out);
        assert_eq!(out[..4], [1, 0, 3, 2]);
    }
}
