//! The paired permutation test by clusters: would the difference be as large if the signs of the clusters were chance?

use crate::math::SplitMix;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Up to so many clusters that differ, every assignment of signs is counted.
pub const EXACT_FLIPS: usize = 30;

/// How many assignments are drawn where there are too many to count.
pub const DRAWN_FLIPS: u32 = 9999;

/// What the permutation test found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SignFlips {
    /// The chance of a mean difference as far from 0, on either side, if each cluster were as likely to differ the other way.
    pub p_two_sided: f64,
    /// Clusters whose differences do not sum to 0.
    pub clusters: usize,
    /// Whether every assignment of signs was counted; otherwise [`DRAWN_FLIPS`] were drawn.
    pub exact: bool,
}

/// Exchanges the two forecasters in whole clusters, in every way or in many drawn ones.
///
/// ```text
/// p = share of the assignments of signs ± to the G clusters with |Σ ± s_g| >= |Σ s_g|,   s_g = Σ of the differences in g
/// ```
///
/// Exact for up to [`EXACT_FLIPS`] clusters; beyond, `(1 + count) / (1 + 9999)` of drawn assignments, which errs on the side of no
/// difference. The same seed gives the same figure for any number of threads. `clusters` labels each difference. `None`
/// without differences, with lengths that differ or a difference that is not finite.
///
/// ```
/// use foretell::compare::sign_flips;
///
/// // Four clusters, all on one side: 2 of 16 assignments are as far out.
/// let test = sign_flips(&[-0.1, -0.3, -0.2, -0.2, -0.4], &[0, 1, 2, 2, 3], 1).expect("five differences");
/// assert_eq!((test.p_two_sided, test.exact), (0.125, true));
/// ```
///
/// Fisher (1935), The Design of Experiments, section 21; by clusters as in Pesarin and Salmaso (2010), Permutation Tests for
/// Complex Data, chapter 2.
#[must_use]
pub fn sign_flips(differences: &[f64], clusters: &[usize], seed: u64) -> Option<SignFlips> {
    let known = differences.iter().all(|difference| difference.is_finite());
    if differences.is_empty() || differences.len() != clusters.len() || !known {
        return None;
    }
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (difference, cluster) in differences.iter().zip(clusters) {
        *sums.entry(*cluster).or_insert(0.0) += difference;
    }
    let sums: Vec<f64> = sums.into_values().filter(|sum| *sum != 0.0).collect();
    let exact = sums.len() <= EXACT_FLIPS;
    let p_two_sided = if exact { counted(&sums) } else { drawn(&sums, seed) };
    Some(SignFlips { p_two_sided, clusters: sums.len(), exact })
}

/// What is as far out as the sum seen, rounding left aside.
fn threshold(sums: &[f64]) -> f64 {
    sums.iter().sum::<f64>().abs() - 1e-12 * sums.iter().map(|sum| sum.abs()).sum::<f64>()
}

/// The share of all assignments, from the sums of two halves: those of one sorted, so that what each of the other needs is found
/// by bisection.
fn counted(sums: &[f64]) -> f64 {
    let (left, right) = sums.split_at(sums.len() / 2);
    let mut left = assignments(left);
    left.sort_by(f64::total_cmp);
    let least = threshold(sums);
    if least <= 0.0 {
        return 1.0;
    }
    let far: usize = assignments(right)
        .into_iter()
        .map(|other| {
            let above = left.len() - left.partition_point(|sum| sum + other < least);
            let below = left.partition_point(|sum| sum + other <= -least);
            above + below
        })
        .sum();
    far as f64 / crate::math::exp2(sums.len() as f64)
}

/// The sums of all assignments of signs.
fn assignments(sums: &[f64]) -> Vec<f64> {
    let mut all = vec![0.0];
    for sum in sums {
        all = all.iter().flat_map(|before| [before + sum, before - sum]).collect();
    }
    all
}

fn drawn(sums: &[f64], seed: u64) -> f64 {
    let least = threshold(sums);
    let far: u32 = (0..DRAWN_FLIPS)
        .into_par_iter()
        .map(|replicate| {
            let mut stream = SplitMix::of_replicate(seed, u64::from(replicate));
            let mut total = 0.0;
            for word in sums.chunks(64) {
                let mut bits = stream.next_u64();
                for sum in word {
                    total += f64::from_bits(sum.to_bits() ^ (bits << 63));
                    bits >>= 1;
                }
            }
            u32::from(total.abs() >= least)
        })
        .sum();
    f64::from(1 + far) / f64::from(1 + DRAWN_FLIPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_count_what_a_loop_over_all_signs_counts() {
        let sums = [0.3, -0.2, 0.5, 0.1, -0.1, 0.4, 0.1];
        let seen: f64 = sums.iter().sum();
        let far = (0..1_u32 << sums.len())
            .filter(|signs| {
                let total: f64 =
                    (0..sums.len()).map(|at| if signs >> at & 1 == 1 { sums[at] } else { -sums[at] }).sum();
                total.abs() >= seen.abs() - 1e-12
            })
            .count();
        let labels: Vec<usize> = (0..sums.len()).collect();
        let test = sign_flips(&sums, &labels, 1).expect("seven differences");
        assert_eq!(test.p_two_sided, far as f64 / 128.0);
    }

    #[test]
    fn drawn_assignments_agree_with_counted_ones() {
        let sums: Vec<f64> = (0..24).map(|at| 0.1 * f64::from((at * 7) % 11) - 0.35).collect();
        let (exact, drawn) = (counted(&sums), drawn(&sums, 3));
        // Binomial error of 9999 draws times 4.9: false alarm 1e-6.
        assert!((exact - drawn).abs() < 4.9 * (exact * (1.0 - exact) / 9999.0).sqrt() + 1e-4, "{exact} {drawn}");
    }

    #[test]
    fn clusters_that_cancel_out_tell_nothing() {
        let test = sign_flips(&[0.5, -0.5, 0.0], &[0, 0, 1], 1).expect("three differences");
        assert_eq!((test.p_two_sided, test.clusters), (1.0, 0));
        assert!(sign_flips(&[], &[], 1).is_none() && sign_flips(&[f64::NAN], &[0], 1).is_none());
    }

    #[test]
    fn many_clusters_are_drawn_and_the_figure_is_the_same_again() {
        let differences: Vec<f64> = (0..200).map(|at| 0.1 * f64::from((at * 7) % 11) - 0.45).collect();
        let labels: Vec<usize> = (0..200).collect();
        let test = sign_flips(&differences, &labels, 11).expect("200 differences");
        assert!(!test.exact && test.p_two_sided > 0.0);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
        assert_eq!(alone.install(|| sign_flips(&differences, &labels, 11)), Some(test));
    }
}
