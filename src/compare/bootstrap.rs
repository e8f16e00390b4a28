//! The cluster bootstrap: which mean would other draws of clusters have shown.
//!
//! Sums of clusters are taken once; a replicate draws as many clusters as there are, with replacement. It does so block by block:
//! how many draws fall into a block of 1024 clusters is a binomial draw, and within a block ten random bits choose a cluster. The law
//! is that of drawing each cluster by itself; a random word serves six draws, and a block stays in the nearest cache.

use super::binomial::binomial;
use crate::math::SplitMix;
use rayon::prelude::*;
use statrs::statistics::{Data, OrderStatistics};

/// How many times the clusters are drawn anew, if nothing else is said.
pub const BOOTSTRAP_REPLICATES: u32 = 4000;

/// The seed of the draws, if nothing else is said: the same records give the same interval.
pub const BOOTSTRAP_SEED: u64 = 0x666f_7265_7465_6c6c;

/// Clusters of a block, a power of two.
const BLOCK: usize = 1 << BLOCK_BITS;
const BLOCK_BITS: u32 = 10;

/// Draws that one random word serves.
const DRAWS_A_WORD: usize = (u64::BITS / BLOCK_BITS) as usize;

/// How clusters are drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resampling {
    /// How many times.
    pub replicates: u32,
    /// The seed; each replicate has a stream of its own under it.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { replicates: BOOTSTRAP_REPLICATES, seed: BOOTSTRAP_SEED }
    }
}

/// The means that other draws of the clusters would have shown, in the order of the replicates.
///
/// `clusters` labels each value with the number of its cluster; the mean of a replicate runs over the values of the clusters
/// drawn, a cluster as often as it was drawn. The same for any number of threads. `None` when there are fewer than two
/// clusters, the lengths differ, or a value is not finite.
///
/// Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
#[must_use]
pub fn bootstrap_means(values: &[f64], clusters: &[usize], resampling: Resampling) -> Option<Vec<f64>> {
    weighted_bootstrap_means(values, &vec![1.0; values.len()], clusters, resampling)
}

/// The same of values that weigh differently; `None` also where a weight is not a positive number.
fn weighted_bootstrap_means(
    values: &[f64],
    weights: &[f64],
    clusters: &[usize],
    resampling: Resampling,
) -> Option<Vec<f64>> {
    let fits = values.len() == clusters.len() && values.len() == weights.len();
    let are_weights = weights.iter().all(|weight| *weight > 0.0 && weight.is_finite());
    if !fits || !are_weights || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let weighed = values.iter().zip(weights).map(|(value, weight)| (weight * value, *weight));
    let mut labelled: Vec<(usize, (f64, f64))> = clusters.iter().copied().zip(weighed).collect();
    // Stable, so that the sum of a cluster runs in the order given.
    labelled.sort_by_key(|(cluster, _)| *cluster);
    let mut sums = Vec::new();
    let mut sizes = Vec::new();
    for cluster in labelled.chunk_by(|a, b| a.0 == b.0) {
        sums.push(cluster.iter().map(|(_, (value, _))| value).sum::<f64>());
        sizes.push(cluster.iter().map(|(_, (_, weight))| weight).sum::<f64>());
    }
    if sums.len() < 2 {
        return None;
    }
    let replicates = 0..resampling.replicates;
    let stream = |replicate: u32| SplitMix::of_replicate(resampling.seed, u64::from(replicate));
    let same_size = sizes.iter().all(|size| *size == sizes[0]);
    Some(if same_size {
        let count = sizes[0] * sums.len() as f64;
        replicates.into_par_iter().map(|at| drawn(&sums, &mut stream(at)) / count).collect()
    } else {
        let pairs: Vec<[f64; 2]> = sums.into_iter().zip(sizes).map(|(sum, size)| [sum, size]).collect();
        replicates
            .into_par_iter()
            .map(|at| {
                let [sum, count] = drawn(&pairs, &mut stream(at));
                sum / count
            })
            .collect()
    })
}

/// The central percentile interval of a mean when whole clusters are drawn with replacement.
///
/// ```
/// use foretell::compare::{Resampling, bootstrap_interval};
///
/// let clusters = [0, 0, 1, 2, 3, 4, 5];
/// let (lower, upper) =
///     bootstrap_interval(&[0.1, 0.2, 0.3, 0.1, 0.4, 0.2, 0.3], &clusters, 0.95, Resampling::default()).expect("six clusters");
/// assert!(0.1 < lower && lower < 0.23 && 0.23 < upper && upper < 0.4);
/// ```
///
/// `None` as [`bootstrap_means`], without replicates, or if the level lies outside of 0..1.
///
/// Davison and Hinkley (1997), Bootstrap Methods and their Application, sections 3.8 and 5.3.
#[must_use]
pub fn bootstrap_interval(
    values: &[f64],
    clusters: &[usize],
    level: f64,
    resampling: Resampling,
) -> Option<(f64, f64)> {
    weighted_bootstrap_interval(values, &vec![1.0; values.len()], clusters, level, resampling)
}

/// The same of the mean of values that weigh differently.
pub(super) fn weighted_bootstrap_interval(
    values: &[f64],
    weights: &[f64],
    clusters: &[usize],
    level: f64,
    resampling: Resampling,
) -> Option<(f64, f64)> {
    if !(level > 0.0 && level < 1.0) || resampling.replicates == 0 {
        return None;
    }
    weighted_bootstrap_means(values, weights, clusters, resampling).map(|means| central(means, level))
}

/// The central interval that holds a share of the values.
pub(super) fn central(values: Vec<f64>, level: f64) -> (f64, f64) {
    let mut values = Data::new(values);
    (values.quantile(0.5 * (1.0 - level)), values.quantile(0.5 * (1.0 + level)))
}

/// How often each of `count` clusters is drawn in a replicate.
pub(super) fn multiplicities(count: usize, seed: u64, replicate: u32) -> Vec<f64> {
    let mut stream = SplitMix::of_replicate(seed, u64::from(replicate));
    let mut drawn = vec![0.0; count];
    for _ in 0..count {
        drawn[stream.below(count)] += 1.0;
    }
    drawn
}

/// What draws add up.
trait Addend: Copy + Sync {
    const ZERO: Self;
    fn plus(self, other: Self) -> Self;
}

impl Addend for f64 {
    const ZERO: Self = 0.0;

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

impl Addend for [f64; 2] {
    const ZERO: Self = [0.0; 2];

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        [self[0] + other[0], self[1] + other[1]]
    }
}

/// The sum of as many draws with replacement as there are items.
fn drawn<T: Addend>(items: &[T], stream: &mut SplitMix) -> T {
    let (mut draws, mut left) = (items.len(), items.len());
    let (blocks, rest) = items.as_chunks::<BLOCK>();
    let mut total = T::ZERO;
    for block in blocks {
        let here = if left == BLOCK { draws } else { binomial(stream, draws, BLOCK as f64 / left as f64) };
        total = total.plus(drawn_of_block(block, here, stream));
        draws -= here;
        left -= BLOCK;
    }
    for _ in 0..if rest.is_empty() { 0 } else { draws } {
        total = total.plus(rest[stream.below(rest.len())]);
    }
    total
}

/// The sum of draws with replacement from a full block.
#[inline(always)]
fn drawn_of_block<T: Addend>(block: &[T; BLOCK], draws: usize, stream: &mut SplitMix) -> T {
    let mut totals = [T::ZERO; DRAWS_A_WORD];
    for _ in 0..draws / DRAWS_A_WORD {
        let mut bits = stream.next_u64();
        for total in &mut totals {
            *total = total.plus(block[bits as usize % BLOCK]);
            bits >>= BLOCK_BITS;
        }
    }
    let mut bits = stream.next_u64();
    for total in &mut totals[..draws % DRAWS_A_WORD] {
        *total = total.plus(block[bits as usize % BLOCK]);
        bits >>= BLOCK_BITS;
    }
    totals.into_iter().fold(T::ZERO, T::plus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::clustered_mean;

    #[test]
    fn many_clusters_give_nearly_the_normal_interval() {
        let values: Vec<f64> = (0..200).map(|at| f64::from((at * 37) % 101) / 100.0).collect();
        let clusters: Vec<usize> = (0..200).map(|at| at / 2).collect();
        let mean = clustered_mean(&values, &clusters).expect("200 values");
        let error = mean.standard_error.expect("100 clusters");
        let (lower, upper) = bootstrap_interval(&values, &clusters, 0.95, Resampling::default()).expect("100 clusters");
        // The percentile of 4000 replicates wanders by about 0.05 standard errors; 0.3 is six times that.
        assert!((lower - (mean.mean - 1.96 * error)).abs() < 0.3 * error);
        assert!((upper - (mean.mean + 1.96 * error)).abs() < 0.3 * error);
    }

    #[test]
    fn replicates_have_the_mean_and_the_variance_of_drawing_with_replacement() {
        // Two blocks and a part: 2 · 1024 + 300 clusters. The bootstrap mean has mean x̄ and variance Σ(x - x̄)²/n². The values follow
        // the bits of the index, so that draws which shared random bits would show.
        let count = 2 * BLOCK + 300;
        let values: Vec<f64> = (0..count).map(|at| f64::from(at.count_ones()) + at as f64 / 4000.0).collect();
        let clusters: Vec<usize> = (0..count).collect();
        let n = count as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n * n);
        let replicates = 20_000;
        let means = bootstrap_means(&values, &clusters, Resampling { replicates, seed: 8 }).expect("many clusters");
        let of_means = means.iter().sum::<f64>() / f64::from(replicates);
        let spread = means.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / f64::from(replicates);
        // 4.9 standard errors of each: false alarm 1e-6.
        assert!((of_means - mean).abs() < 4.9 * (variance / f64::from(replicates)).sqrt());
        assert!((spread / variance - 1.0).abs() < 4.9 * (2.0 / f64::from(replicates)).sqrt(), "{}", spread / variance);
    }

    #[test]
    fn clusters_of_different_sizes_weigh_as_many_values_as_they_have() {
        // Two clusters, of 1 and of 3 values: the means of the four equally likely draws are known.
        let means = bootstrap_means(&[1.0, 0.0, 0.0, 0.0], &[0, 1, 1, 1], Resampling { replicates: 4000, seed: 2 });
        let means = means.expect("two clusters");
        let count = |wanted: f64| means.iter().filter(|mean| **mean == wanted).count() as f64;
        assert_eq!(count(1.0) + count(0.25) + count(0.0), 4000.0);
        // Binomial(4000, ½), 4.9 standard deviations.
        assert!((count(0.25) - 2000.0).abs() < 4.9 * 1000.0_f64.sqrt());
    }

    #[test]
    fn a_weight_is_so_many_values() {
        let values = [0.1, 0.4, 0.2, 0.7, 0.3, 0.9];
        let weights = [2.0, 1.0, 1.0, 3.0, 1.0, 1.0];
        let copied = [0.1, 0.1, 0.4, 0.2, 0.7, 0.7, 0.7, 0.3, 0.9];
        let resampling = Resampling { replicates: 50, seed: 3 };
        let weighed = weighted_bootstrap_means(&values, &weights, &[0, 1, 1, 2, 3, 4], resampling).expect("weights");
        let counted = bootstrap_means(&copied, &[0, 0, 1, 1, 2, 2, 2, 3, 4], resampling).expect("values");
        assert!(weighed.iter().zip(&counted).all(|(a, b)| (a - b).abs() < 1e-14), "{weighed:?} {counted:?}");
        assert_eq!(weighted_bootstrap_means(&values, &[0.0; 6], &[0, 1, 1, 2, 3, 4], resampling), None);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let values: Vec<f64> = (0..3000).map(|at| f64::from((at * 37) % 101)).collect();
        let clusters: Vec<usize> = (0..3000).map(|at| at / 2).collect();
        let resampling = Resampling { replicates: 300, seed: 4 };
        let under = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| bootstrap_means(&values, &clusters, resampling))
        };
        assert_eq!(under(1), under(3));
    }

    #[test]
    fn what_cannot_be_drawn_has_no_interval() {
        let default = Resampling::default();
        assert_eq!(bootstrap_interval(&[1.0, 2.0], &[0, 0], 0.95, default), None);
        assert_eq!(bootstrap_interval(&[1.0, 2.0], &[0], 0.95, default), None);
        assert_eq!(bootstrap_interval(&[1.0, f64::NAN], &[0, 1], 0.95, default), None);
        assert_eq!(bootstrap_interval(&[1.0, 2.0], &[0, 1], 1.0, default), None);
        assert_eq!(bootstrap_interval(&[1.0, 2.0], &[0, 1], 0.95, Resampling { replicates: 0, seed: 1 }), None);
    }
}
