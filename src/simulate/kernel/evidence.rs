//! What each world weighs, given what is known.

use crate::simulate::block::{Plane, WORLDS_PER_BLOCK, for_each_world};

/// Multiplies the weights of the worlds of a row.
pub(crate) fn multiply(weights: &mut [f64], mask: &Plane, factor: f64) {
    for (world, weight) in weights.iter_mut().enumerate() {
        let holds = (mask[world / 64] >> (world % 64)) & 1 == 1;
        *weight *= if holds { factor } else { 1.0 };
    }
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
    let mut sums = [0.0; 8];
    for (word_index, word) in plane.iter().enumerate() {
        let weights = &weights[64 * word_index..64 * word_index + 64];
        for (group, eight) in weights.chunks_exact(8).enumerate() {
            let bits = word >> (8 * group);
            for lane in 0..8 {
                // All ones or all zeros.
                let select = ((bits >> lane) & 1).wrapping_neg();
                sums[lane] += f64::from_bits(eight[lane].to_bits() & select);
            }
        }
    }
    ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
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
    }

    #[test]
    fn only_the_worlds_of_a_row_are_multiplied() {
        let mut weights = vec![1.0; 4096];
        multiply(&mut weights, &plane_where(|world| world < 100), 0.25);
        assert_eq!((weights[99], weights[100]), (0.25, 1.0));
    }

    #[test]
    fn patterns_have_a_bit_for_each_plane() {
        let planes = [plane_where(|world| world % 2 == 0), plane_where(|world| world > 1)];
        let mut out = vec![9; 4096];
        patterns(planes.iter(), &mut out);
        assert_eq!(out[..4], [1, 0, 3, 2]);
    }
}
