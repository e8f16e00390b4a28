//! The cluster bootstrap: which mean would other draws of clusters have shown.

use statrs::statistics::{Data, OrderStatistics};

/// How many times the clusters are drawn anew.
pub const BOOTSTRAP_REPLICATES: usize = 4000;

/// The seed of the draws, the same always: the same records give the same interval.
pub const BOOTSTRAP_SEED: u64 = 0x666f_7265_7465_6c6c;

/// A stream of whole numbers: SplitMix64 (Steele, Lea and Flood 2014), which is all that drawing clusters needs.
#[derive(Debug)]
pub(super) struct Stream(pub(super) u64);

impl Stream {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number below `bound`; the bias of 2^-64 per unit of `bound` is of no account here.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

/// The central percentile interval of a mean when whole clusters are drawn with replacement.
///
/// `clusters` labels each value with the number of its cluster; the mean of a replicate runs over the values of the clusters
/// drawn. `None` when there are fewer than two clusters, the lengths differ, or the level lies outside of 0..1.
///
/// Davison and Hinkley (1997), Bootstrap Methods and their Application, sections 3.8 and 5.3.
#[must_use]
pub fn bootstrap_interval(values: &[f64], clusters: &[usize], level: f64, seed: u64) -> Option<(f64, f64)> {
    if values.len() != clusters.len() || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let mut sums: std::collections::BTreeMap<usize, (f64, f64)> = std::collections::BTreeMap::new();
    for (value, cluster) in values.iter().zip(clusters) {
        let entry = sums.entry(*cluster).or_insert((0.0, 0.0));
        entry.0 += value;
        entry.1 += 1.0;
    }
    let sums: Vec<(f64, f64)> = sums.into_values().collect();
    if sums.len() < 2 {
        return None;
    }
    let mut stream = Stream(seed);
    let means: Vec<f64> = (0..BOOTSTRAP_REPLICATES)
        .map(|_| {
            let (sum, count) = (0..sums.len())
                .map(|_| sums[stream.below(sums.len())])
                .fold((0.0, 0.0), |(sum, count), (of_cluster, in_cluster)| (sum + of_cluster, count + in_cluster));
            sum / count
        })
        .collect();
    let mut means = Data::new(means);
    Some((means.quantile(0.5 * (1.0 - level)), means.quantile(0.5 * (1.0 + level))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::clustered_mean;

    #[test]
    fn the_stream_gives_the_published_numbers() {
        // First outputs of SplitMix64 for seed 1234567, as printed with the reference implementation.
        let mut stream = Stream(1_234_567);
        assert_eq!(stream.next(), 6_457_827_717_110_365_317);
        assert_eq!(stream.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn many_clusters_give_nearly_the_normal_interval() {
        let values: Vec<f64> = (0..200).map(|at| f64::from((at * 37) % 101) / 100.0).collect();
        let clusters: Vec<usize> = (0..200).map(|at| at / 2).collect();
        let mean = clustered_mean(&values, &clusters).expect("200 values");
        let error = mean.standard_error.expect("100 clusters");
        let (lower, upper) = bootstrap_interval(&values, &clusters, 0.95, BOOTSTRAP_SEED).expect("100 clusters");
        // The percentile of 4000 replicates wanders by about 0.05 standard errors; 0.3 is six times that.
        assert!((lower - (mean.mean - 1.96 * error)).abs() < 0.3 * error);
        assert!((upper - (mean.mean + 1.96 * error)).abs() < 0.3 * error);
    }

    #[test]
    fn one_cluster_has_no_interval() {
        assert_eq!(bootstrap_interval(&[1.0, 2.0], &[0, 0], 0.95, 1), None);
    }
}
