//! Scores of quantiles and intervals: pinball, interval score, weighted interval score.

use super::levels::{same_level, stated_value};
use super::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// The pinball loss of one quantile.
///
/// ```text
/// S_τ(q, y) = (1{y < q} - τ) (q - y)
/// ```
///
/// Lower is better; in the unit of `y`. Twice its mean over the levels approximates the CRPS: [`crps_quantiles`].
///
/// Koenker and Bassett (1978), Econometrica 46, 33–50.
///
/// [`crps_quantiles`]: super::crps::crps_quantiles
#[must_use]
pub fn pinball(level: f64, quantile: f64, y: f64) -> f64 {
    if y < quantile { (1.0 - level) * (quantile - y) } else { level * (y - quantile) }
}

/// The mean pinball loss over the stated levels. `None` when there are none or the lengths differ.
#[must_use]
pub fn mean_pinball(levels: &[f64], quantiles: &[f64], y: f64) -> Option<f64> {
    if levels.is_empty() || levels.len() != quantiles.len() {
        return None;
    }
    let sum: f64 = levels.iter().zip(quantiles).map(|(&level, &quantile)| pinball(level, quantile, y)).sum();
    Some(sum / levels.len() as f64)
}

/// The interval score of a central interval that is to hold `y` with probability 1 - α.
///
/// ```text
/// S_α(l, u, y) = (u - l) + 2/α (l - y)⁺ + 2/α (y - u)⁺
/// ```
///
/// Lower is better; in the unit of `y`. α lies in (0, 1].
///
/// Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, section 6.2.
#[must_use]
pub fn interval_score(lower: f64, upper: f64, alpha: f64, y: f64) -> f64 {
    (upper - lower) + 2.0 / alpha * ((lower - y).max(0.0) + (y - upper).max(0.0))
}

/// What the distance to the median weighs in the weighted interval score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MedianWeight {
    /// One half, over `K + 1/2`: then the score is the mean of twice the pinball loss over the `2K + 1` levels.
    #[default]
    Half,
    /// One, over `K + 1`: scoringutils' `count_median_twice`.
    Whole,
}

/// The weighted interval score of a median and `K` central intervals `(lower, upper, α)`.
///
/// ```text
/// WIS = (w |y - m| + sum_k α_k/2 S_{α_k}(l_k, u_k, y)) / (K + w)        w = 1/2 or 1
/// ```
///
/// Lower is better; in the unit of `y`.
///
/// Bracher et al. (2021), PLoS Comput. Biol. 17(2), e1008618.
#[must_use]
pub fn weighted_interval_score(median: f64, intervals: &[(f64, f64, f64)], y: f64, weight: MedianWeight) -> f64 {
    let weight = match weight {
        MedianWeight::Half => 0.5,
        MedianWeight::Whole => 1.0,
    };
    let intervals_part: f64 =
        intervals.iter().map(|&(lower, upper, alpha)| 0.5 * alpha * interval_score(lower, upper, alpha, y)).sum();
    (weight * (y - median).abs() + intervals_part) / (intervals.len() as f64 + weight)
}

/// A median and its central intervals `(lower, upper, α)`.
pub type CentralIntervals = (f64, Vec<(f64, f64, f64)>);

/// The median and the central intervals that quantiles stand for; `None` unless the levels are symmetric around 1/2 and hold it.
#[must_use]
pub fn central_intervals(levels: &[f64], quantiles: &[f64]) -> Option<CentralIntervals> {
    if levels.len() != quantiles.len() || levels.len().is_multiple_of(2) {
        return None;
    }
    let middle = levels.len() / 2;
    let symmetric = levels.iter().zip(levels.iter().rev()).all(|(low, high)| same_level(low + high, 1.0));
    symmetric.then(|| {
        let last = levels.len() - 1;
        let intervals = (0..middle).map(|at| (quantiles[at], quantiles[last - at], 2.0 * levels[at])).collect();
        (quantiles[middle], intervals)
    })
}

/// [`central_intervals`], also of an even number of draws or of many levels, whose median lies between two of them.
pub(super) fn intervals_about_a_median(levels: &[f64], quantiles: &[f64]) -> Option<CentralIntervals> {
    central_intervals(levels, quantiles).or_else(|| {
        // Of an odd number of levels the median is one of them, or they are not symmetric.
        if levels.len() != quantiles.len() || !levels.len().is_multiple_of(2) {
            return None;
        }
        let median = stated_value(levels, quantiles, 0.5)?;
        let middle = levels.len() / 2;
        let with = |of: &[f64], value: f64| [&of[..middle], &[value], &of[middle..]].concat();
        central_intervals(&with(levels, 0.5), &with(quantiles, median))
    })
}

/// [`mean_pinball`] as a rule for records.
#[derive(Debug)]
pub(super) struct Pinball;

impl ScoringRule for Pinball {
    fn id(&self) -> &'static str {
        "pinball"
    }
    fn name(&self) -> &'static str {
        "mean pinball loss over the stated levels"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Numeric, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn is_over_levels(&self) -> bool {
        true
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let (levels, values, outcome) = case.quantiles().ok_or(Unfit::Kind)?;
        mean_pinball(levels, values, outcome).map(Score::from).ok_or(Unfit::Kind)
    }
}

/// [`interval_score`] of the central 90 % as a rule for records.
#[derive(Debug)]
pub(super) struct Interval90;

impl ScoringRule for Interval90 {
    fn id(&self) -> &'static str {
        "interval_90"
    }
    fn name(&self) -> &'static str {
        "interval score of the central 90 %"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Numeric, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let (levels, values, outcome) = case.quantiles().ok_or(Unfit::Kind)?;
        let at = |level: f64| stated_value(levels, values, level).ok_or(Unfit::NoInterval90);
        Ok(interval_score(at(0.05)?, at(0.95)?, 0.1, outcome).into())
    }
}

/// [`weighted_interval_score`] as a rule for records.
#[derive(Debug)]
pub(super) struct WeightedInterval;

impl ScoringRule for WeightedInterval {
    fn id(&self) -> &'static str {
        "wis"
    }
    fn name(&self) -> &'static str {
        "weighted interval score"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Numeric, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn is_over_levels(&self) -> bool {
        true
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let (levels, values, outcome) = case.quantiles().ok_or(Unfit::Kind)?;
        let (median, intervals) = intervals_about_a_median(levels, values).ok_or(Unfit::AsymmetricLevels)?;
        Ok(weighted_interval_score(median, &intervals, outcome, MedianWeight::Half).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weighted_interval_score_is_the_mean_of_twice_the_pinball_loss() {
        let levels = [0.05, 0.25, 0.5, 0.75, 0.95];
        let quantiles = [2.0, 5.5, 8.0, 11.0, 19.0];
        let (median, intervals) = central_intervals(&levels, &quantiles).expect("symmetric");
        for y in [-3.0, 2.0, 7.7, 10.0, 25.0] {
            let score = weighted_interval_score(median, &intervals, y, MedianWeight::Half);
            let pinball = mean_pinball(&levels, &quantiles, y).expect("five levels");
            assert!((score - 2.0 * pinball).abs() < 1e-12, "{y}: {score} against {}", 2.0 * pinball);
        }
    }

    #[test]
    fn draws_of_even_number_have_their_median_between_two_of_them() {
        let case = |levels: &[f64], values: &[f64]| Case::Quantiles {
            levels: levels.to_vec(),
            values: values.to_vec(),
            outcome: 6.0,
        };
        // Draws 1, 2, 4, 9 and a median of 3: ½ · 3, then 1/8 and 3/8 of the intervals 1..9 and 2..4, over 2½.
        let draws = case(&[0.125, 0.375, 0.625, 0.875], &[1.0, 2.0, 4.0, 9.0]);
        let known = (1.5 + 0.125 * 8.0 + 0.375 * (2.0 + 2.0 / 0.75 * 2.0)) / 2.5;
        let found = WeightedInterval.score(&draws).expect("draws have a median").value;
        assert!((found - known).abs() < 1e-15, "{found} for {known}");
        // Two quartiles are no draws.
        assert_eq!(WeightedInterval.score(&case(&[0.25, 0.75], &[1.0, 2.0])), Err(Unfit::AsymmetricLevels));
    }

    #[test]
    fn asymmetric_levels_are_no_central_intervals() {
        assert!(central_intervals(&[0.1, 0.5, 0.8], &[1.0, 2.0, 3.0]).is_none());
        assert!(central_intervals(&[0.25, 0.75], &[1.0, 2.0]).is_none());
    }
}
