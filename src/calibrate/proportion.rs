//! Exact intervals for a proportion, and bands for a whole reliability curve made of them.

use super::Points;
use crate::math::beta;
use serde::Serialize;

/// The exact central interval of a proportion after `successes` in `trials`.
///
/// ```text
/// lower = Beta⁻¹(α/2; k, n - k + 1)    upper = Beta⁻¹(1 - α/2; k + 1, n - k)        α = 1 - level
/// ```
///
/// The lower end is 0 for no success, the upper 1 for nothing else. Holds the truth with at least the chance `level`, usually more.
/// `None` when there are no trials, more successes than trials, or the level lies outside of 0..1.
///
/// ```
/// use foretell::calibrate::clopper_pearson;
///
/// let (lower, upper) = clopper_pearson(0, 10, 0.95).expect("ten trials");
/// assert_eq!(lower, 0.0);
/// assert!((upper - 0.3085).abs() < 1e-4);
/// ```
///
/// Clopper and Pearson (1934), Biometrika 26, 404–413.
#[must_use]
pub fn clopper_pearson(successes: u64, trials: u64, level: f64) -> Option<(f64, f64)> {
    if trials == 0 || successes > trials || !(level > 0.0 && level < 1.0) {
        return None;
    }
    Some(exact_limits(successes as f64, trials as f64, level))
}

/// The same of numbers that need not be whole, as where trials are clusters of several answers.
pub(super) fn exact_limits(successes: f64, trials: f64, level: f64) -> (f64, f64) {
    let tail = 0.5 * (1.0 - level);
    (lower_bound(successes, trials, tail), upper_bound(successes, trials, tail))
}

/// The one-sided exact lower bound that is missed with chance `tail` at most.
fn lower_bound(successes: f64, trials: f64, tail: f64) -> f64 {
    if successes <= 0.0 { 0.0 } else { beta::inverse(successes, trials - successes + 1.0, tail) }
}

/// The one-sided exact upper bound.
fn upper_bound(successes: f64, trials: f64, tail: f64) -> f64 {
    // By the symmetry of failures and successes; a tiny tail keeps its digits.
    1.0 - lower_bound(trials - successes, trials, tail)
}

/// A band for the chance of yes at one stated probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BandPoint {
    /// The stated probability.
    pub stated: f64,
    /// The band's lower edge.
    pub lower: f64,
    /// The band's upper edge.
    pub upper: f64,
}

/// A confidence band for the whole reliability curve, valid for every number of cases if the curve does not fall.
///
/// For stated values `x_1 < … < x_m` the lower edge at `x_j` is the largest of the exact lower bounds of all runs of values that end
/// at or before `x_j`, the upper edge the smallest of the exact upper bounds of all runs that begin at or after it; each bound has
/// the tail `alpha / (m² + m)`. One value a distinct stated probability, in rising order. Between two of them the lower edge is that
/// of the left one and the upper edge that of the right one. The chance that the curve leaves the band anywhere is `alpha` at
/// most; a diagonal that leaves it is a proof of miscalibration. Where outcomes fall with the stated probability the edges may
/// cross: then no rising curve fits.
///
/// Takes every point for one independent question and does not look at weights. Takes time in proportion to the square of the
/// number of distinct values. Empty without points or for an `alpha` outside of 0..1.
///
/// Dimitriadis, Dümbgen, Henzi, Puke and Ziegel (2023), Biometrika 110, 663–680 (their bounds from all runs).
#[must_use]
pub fn simultaneous_band(points: &Points, alpha: f64) -> Vec<BandPoint> {
    if points.is_empty() || !(alpha > 0.0 && alpha < 1.0) {
        return Vec::new();
    }
    let mut sorted: Vec<(f64, f64)> = points.iter().map(|(p, y, _)| (p, y)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Distinct values with cases and events up to and including each.
    let (mut stated, mut cases, mut events) = (Vec::new(), vec![0.0], vec![0.0]);
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        stated.push(tie[0].0);
        cases.push(cases[cases.len() - 1] + tie.len() as f64);
        events.push(events[events.len() - 1] + tie.iter().map(|(_, y)| y).sum::<f64>());
    }
    let distinct = stated.len();
    let tail = alpha / (distinct as f64 * (distinct as f64 + 1.0));
    let run = |from: usize, to: usize| (events[to] - events[from], cases[to] - cases[from]);
    let mut lower = vec![0.0; distinct];
    let mut highest: f64 = 0.0;
    for to in 1..=distinct {
        for from in 0..to {
            let (k, n) = run(from, to);
            // A run whose share is not above the edge so far cannot raise it.
            if k > highest * n {
                highest = highest.max(lower_bound(k, n, tail));
            }
        }
        lower[to - 1] = highest;
    }
    let mut upper = vec![1.0; distinct];
    let mut lowest: f64 = 1.0;
    for from in (0..distinct).rev() {
        for to in from + 1..=distinct {
            let (k, n) = run(from, to);
            if k < lowest * n {
                lowest = lowest.min(upper_bound(k, n, tail));
            }
        }
        upper[from] = lowest;
    }
    stated
        .into_iter()
        .zip(lower)
        .zip(upper)
        .map(|((stated, lower), upper)| BandPoint { stated, lower, upper })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::exp;

    #[test]
    fn an_exact_interval_is_missed_no_more_often_than_it_says() {
        // Exact enumeration over the binomial.
        let n = 12_u64;
        for truth in [0.03_f64, 0.2, 0.5, 0.77] {
            let mut missed = 0.0;
            for k in 0..=n {
                let choose = (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product::<f64>();
                let chance = choose * truth.powi(k as i32) * (1.0 - truth).powi((n - k) as i32);
                let (lower, upper) = clopper_pearson(k, n, 0.9).expect("twelve trials");
                if truth < lower || truth > upper {
                    missed += chance;
                }
            }
            assert!(missed <= 0.1 + 1e-12, "{truth}: {missed}");
        }
        let all = clopper_pearson(5, 5, 0.9).expect("five trials");
        // P(5 of 5) at the lower end is 5 %.
        assert!((all.0 - exp(crate::math::ln(0.05) / 5.0)).abs() < 1e-12 && all.1 == 1.0);
        assert_eq!(clopper_pearson(1, 0, 0.9), None);
    }

    #[test]
    fn the_band_rises_and_a_single_value_has_the_exact_interval() {
        let points = Points::new(&[0.4; 10], &[true, true, false, false, true, false, false, false, true, false]);
        let band = simultaneous_band(&points.expect("ten pairs"), 0.1);
        // One distinct value: the tail is alpha/2 on each side.
        let exact = clopper_pearson(4, 10, 0.9).expect("ten trials");
        assert_eq!(band.len(), 1);
        assert!((band[0].lower - exact.0).abs() < 1e-12 && (band[0].upper - exact.1).abs() < 1e-12);
        let probabilities: Vec<f64> = (0..30).map(|at| f64::from(at) / 30.0).collect();
        let happened: Vec<bool> = (0..30).map(|at| (at * 7) % 30 < at).collect();
        let band = simultaneous_band(&Points::new(&probabilities, &happened).expect("thirty pairs"), 0.1);
        assert!(band.windows(2).all(|pair| pair[0].lower <= pair[1].lower && pair[0].upper <= pair[1].upper));
    }
}
