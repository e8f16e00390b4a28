//! Means of values that come in clusters: with a standard error that does not take one draw of history for many.

use serde::Serialize;

/// A mean, and how much independent evidence there is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ClusteredMean {
    /// The mean of the values.
    pub mean: f64,
    /// Its cluster-robust standard error; `None` with fewer than two clusters, which say nothing about it.
    pub standard_error: Option<f64>,
    /// How many values.
    pub count: usize,
    /// How many clusters.
    pub clusters: usize,
    /// How many independent values would tell as much: `count` divided by the design effect, and never more than `count`.
    /// `None` with fewer than two clusters or when the values do not differ.
    pub effective_count: Option<f64>,
}

/// The mean of values with the standard error that clustering leaves it.
///
/// ```text
/// se² = G/(G-1) sum_g (sum_{i in g} (x_i - mean))² / n²            G clusters, n values
/// design effect = sum_g (sum_{i in g} e_i)² / sum_i e_i²           e_i = x_i - mean
/// ```
///
/// With one value a cluster it is the usual standard error. `clusters` labels each value with the number of its cluster. `None`
/// when there are no values or the lengths differ.
///
/// ```
/// use foretell::score::clustered_mean;
///
/// let lone = clustered_mean(&[0.1, 0.1, 0.4, 0.4], &[0, 1, 2, 3]).expect("four values");
/// let twins = clustered_mean(&[0.1, 0.1, 0.4, 0.4], &[0, 0, 1, 1]).expect("four values");
/// assert_eq!(lone.mean, twins.mean);
/// assert!(lone.standard_error < twins.standard_error);
/// assert_eq!(twins.effective_count, Some(2.0));
/// ```
///
/// Liang and Zeger (1986), Biometrika 73, 13–22, with the factor G/(G-1); design effect: Kish (1965), Survey Sampling.
#[must_use]
pub fn clustered_mean(values: &[f64], clusters: &[usize]) -> Option<ClusteredMean> {
    weighted_clustered_mean(values, &vec![1.0; values.len()], clusters)
}

/// The same of values that weigh differently.
///
/// ```text
/// mean = sum_i w_i x_i / W                                          W = sum_i w_i
/// se² = G/(G-1) sum_g (sum_{i in g} w_i (x_i - mean))² / W²         the linearised ratio
/// effective count = W² / sum_i w_i² over the design effect          of the e_i = w_i (x_i - mean)
/// ```
///
/// `None` also where a weight is not a positive number. Equal weights give [`clustered_mean`].
///
/// ```
/// use foretell::score::weighted_clustered_mean;
///
/// let mean = weighted_clustered_mean(&[0.1, 0.4], &[1.0, 0.5], &[0, 1]).expect("two values");
/// assert!((mean.mean - 0.2).abs() < 1e-15);
/// // The second weighs half as much: 2 (0.1² + 0.1²) / 1.5² under the root.
/// assert!((mean.standard_error.expect("two clusters") - 0.2 / 1.5).abs() < 1e-15);
/// ```
#[must_use]
pub fn weighted_clustered_mean(values: &[f64], weights: &[f64], clusters: &[usize]) -> Option<ClusteredMean> {
    let fits = values.len() == clusters.len() && values.len() == weights.len();
    if values.is_empty() || !fits || !weights.iter().all(|weight| *weight > 0.0 && weight.is_finite()) {
        return None;
    }
    let count = values.len();
    let whole: f64 = weights.iter().sum();
    let mean = values.iter().zip(weights).map(|(value, weight)| weight * value).sum::<f64>() / whole;
    let mut sums: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
    for ((value, weight), cluster) in values.iter().zip(weights).zip(clusters) {
        *sums.entry(*cluster).or_insert(0.0) += weight * (value - mean);
    }
    let groups = sums.len();
    let between: f64 = sums.values().map(|sum| sum * sum).sum();
    let all: f64 = values
        .iter()
        .zip(weights)
        .map(|(value, weight)| {
            let off = weight * (value - mean);
            off * off
        })
        .sum();
    let n = whole * whole / weights.iter().map(|weight| weight * weight).sum::<f64>();
    // What rounding alone makes of equal values is no spread.
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let rounding = 8.0 * f64::EPSILON * largest;
    let alike = values.iter().all(|value| (value - mean).abs() <= rounding);
    let (between, all) = if alike { (0.0, 0.0) } else { (between, all) };
    let known = groups > 1;
    let g = groups as f64;
    Some(ClusteredMean {
        mean,
        standard_error: known.then(|| (g / (g - 1.0) * between).sqrt() / whole),
        count,
        clusters: groups,
        effective_count: (known && all > 0.0 && between > 0.0).then(|| (n * all / between).min(n)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounding_makes_of_equal_values_is_no_spread() {
        let values = [0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 0.3];
        let mean = clustered_mean(&values, &[0, 1, 2, 3, 4]).expect("five values");
        assert_eq!((mean.standard_error, mean.effective_count), (Some(0.0), None));
    }

    #[test]
    fn one_value_a_cluster_gives_the_usual_standard_error() {
        let values = [1.0, 2.0, 4.0, 9.0];
        let mean = clustered_mean(&values, &[3, 1, 0, 2]).expect("four values");
        // Variance 38/3, standard error sqrt(38/12).
        assert!((mean.standard_error.expect("four clusters") - (38.0_f64 / 12.0).sqrt()).abs() < 1e-14);
        assert_eq!(mean.effective_count, Some(4.0));
    }

    #[test]
    fn a_value_of_weight_two_is_two_values_of_one_cluster() {
        let weighted = weighted_clustered_mean(&[1.0, 2.0, 4.0], &[2.0, 1.0, 1.0], &[0, 1, 2]).expect("three values");
        let copied = clustered_mean(&[1.0, 1.0, 2.0, 4.0], &[0, 0, 1, 2]).expect("four values");
        assert_eq!(weighted.mean, copied.mean);
        let error = |of: ClusteredMean| of.standard_error.expect("three clusters");
        assert!((error(weighted) - error(copied)).abs() < 1e-14);
        // One value a cluster: what the weights alone leave, 16/6.
        assert!((weighted.effective_count.expect("they differ") - 16.0 / 6.0).abs() < 1e-14);
        for weights in [[1.0, 0.0, 1.0], [1.0, -1.0, 1.0], [1.0, f64::NAN, 1.0]] {
            assert!(weighted_clustered_mean(&[1.0, 2.0, 4.0], &weights, &[0, 1, 2]).is_none());
        }
    }

    #[test]
    fn copies_of_one_value_are_worth_one() {
        let values = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0];
        let clusters = [0, 0, 0, 1, 1, 1, 2, 2, 2];
        let copied = clustered_mean(&values, &clusters).expect("nine values");
        let single = clustered_mean(&[1.0, 2.0, 4.0], &[0, 1, 2]).expect("three values");
        let (copied_error, single_error) =
            (copied.standard_error.expect("three"), single.standard_error.expect("three"));
        assert!((copied_error - single_error).abs() < 1e-14);
        assert!((copied.effective_count.expect("they differ") - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_single_cluster_says_nothing_about_the_error() {
        let one = clustered_mean(&[0.1, 0.2, 0.9], &[7, 7, 7]).expect("three values");
        assert_eq!((one.standard_error, one.effective_count, one.clusters), (None, None, 1));
        assert!(clustered_mean(&[], &[]).is_none());
    }
}
