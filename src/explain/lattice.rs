//! Points of the unit cube that fill it evenly, and independently from replicate to replicate: randomly shifted lattices.
//!
//! ```text
//! u_kj = frac(k z_j / n + shift_j)        k = 0 .. n - 1
//! ```
//!
//! The generating vector `z` and the shifts are drawn anew for each replicate. Every point is uniform by itself, so that means over the points
//! are unbiased; every coordinate by itself takes each of `n` strata once; and the spread between replicates holds all of the error, a poor `z`
//! included.
//!
//! Source: L'Ecuyer and Lemieux (2000), Management Science 46, 1214–1235 (shifted lattices); Kritzer, Kuo, Nuyens and Ullrich (2019), Journal of
//! Approximation Theory 240, 96–113 (randomly chosen ones).

use crate::math::SplitMix;

/// The points of one replicate: a column for each coordinate. No value is 0 or 1.
#[must_use]
pub(super) fn lattice(points: usize, coordinates: usize, seed: u64, replicate: u64) -> Vec<Vec<f64>> {
    let mut random = SplitMix::of_replicate(seed, replicate);
    let count = points.max(1);
    (0..coordinates)
        .map(|_| {
            let step = generator(count, &mut random);
            let shift = random.inner_unit();
            (0..count)
                .map(|at| {
                    let place = (at * step % count) as f64 / count as f64 + shift;
                    place.fract().clamp(f64::EPSILON / 2.0, 1.0 - f64::EPSILON / 2.0)
                })
                .collect()
        })
        .collect()
}

/// A step that visits every place: one that shares no factor with the number of places.
fn generator(count: usize, random: &mut SplitMix) -> usize {
    loop {
        let step = 1 + random.below(count);
        if common_factor(step, count) == 1 {
            return step;
        }
    }
}

fn common_factor(mut left: usize, mut right: usize) -> usize {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_coordinate_visits_each_stratum_once() {
        for count in [1, 2, 12, 101] {
            for column in lattice(count, 5, 3, 7) {
                // Shifted by less than one stratum they are in strata of their own.
                let mut sorted = column.clone();
                sorted.sort_by(f64::total_cmp);
                let apart = sorted.windows(2).all(|pair| (pair[1] - pair[0]) * count as f64 > 1.0 - 1e-9);
                assert!(apart && sorted.iter().all(|value| *value > 0.0 && *value < 1.0), "{sorted:?}");
            }
        }
    }

    #[test]
    fn replicates_differ_and_seeds_repeat() {
        assert_eq!(lattice(8, 2, 1, 0), lattice(8, 2, 1, 0));
        assert_ne!(lattice(8, 2, 1, 0), lattice(8, 2, 1, 1));
        assert_ne!(lattice(8, 2, 1, 0), lattice(8, 2, 2, 0));
    }
}
