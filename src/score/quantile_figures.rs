//! Figures of a quantile forecast that are no scores: on which side of the outcome it lies, and whether an interval holds it.

use super::levels::same_level;
use super::rule::Case;
use crate::forecast::NamedDistribution;

/// Pairs of level and value, sorted by level, without those that are missing (NaN); `None` if there are none, a level lies outside
/// of 0..1 or is stated twice, the lengths differ, or a higher level has a lower value.
fn sorted(levels: &[f64], values: &[f64]) -> Option<Vec<(f64, f64)>> {
    if levels.len() != values.len() {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = levels
        .iter()
        .copied()
        .zip(values.iter().copied())
        .filter(|(level, value)| !level.is_nan() && !value.is_nan())
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let inside = pairs.iter().all(|(level, _)| (0.0..=1.0).contains(level));
    let rising = pairs.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
    (!pairs.is_empty() && inside && rising).then_some(pairs)
}

/// The value at level 1/2, or the straight line between the two levels next to it. `None` if all levels lie on one side.
fn median(pairs: &[(f64, f64)]) -> Option<f64> {
    let above = pairs.iter().position(|(level, _)| *level >= 0.5)?;
    let (level, value) = pairs[above];
    if level == 0.5 {
        return Some(value);
    }
    let (level_below, value_below) = pairs[above.checked_sub(1)?];
    Some(value_below + (0.5 - level_below) / (level - level_below) * (value - value_below))
}

/// The bias of a quantile forecast: how far towards which end of it the outcome lies.
///
/// ```text
/// B = 1 - 2 max{τ : q_τ <= y}    if y is below the median (1 if it is below every quantile)
/// B = 1 - 2 min{τ : q_τ >= y}    if y is above the median (-1 if it is above every quantile)
/// B = 0                          if y is the median
/// ```
///
/// From -1 to 1: above 0 when the forecast was too high, below 0 when it was too low. No score: nothing is gained by a mean near 0
/// alone. Missing values (NaN) are left out; a median that is not stated is interpolated between its neighbours. `None` when `y`
/// is NaN, the median cannot be known, or the quantiles cross.
///
/// The definition of the R package scoringutils, Bosse et al. (2022), arXiv:2205.07090.
#[must_use]
pub fn quantile_bias(levels: &[f64], values: &[f64], y: f64) -> Option<f64> {
    let pairs = sorted(levels, values)?;
    let median = median(&pairs)?;
    if y.is_nan() {
        return None;
    }
    Some(if y == median {
        0.0
    } else if y < median {
        pairs.iter().rev().find(|(_, value)| *value <= y).map_or(1.0, |(level, _)| 1.0 - 2.0 * level)
    } else {
        pairs.iter().find(|(_, value)| *value >= y).map_or(-1.0, |(level, _)| 1.0 - 2.0 * level)
    })
}

/// The bias of a forecast by quantiles, or of a distribution, which states every level.
pub(crate) fn bias(case: &Case) -> Option<f64> {
    match case {
        Case::Distribution { distribution, outcome } if distribution.is_on_log_scale() => {
            quantile_bias(NamedDistribution::even_levels(), distribution.even_quantiles(), *outcome)
        }
        Case::Distribution { distribution, outcome } => {
            let (below, up_to) = distribution.around(*outcome);
            Some(if up_to < 0.5 {
                1.0 - 2.0 * up_to
            } else if below >= 0.5 {
                1.0 - 2.0 * below
            } else {
                0.0
            })
        }
        Case::Quantiles { levels, values, outcome } | Case::Days { levels, days: values, outcome, .. } => {
            quantile_bias(levels, values, *outcome)
        }
        _ => None,
    }
}

/// Whether the central interval of this coverage, such as 0.9, holds the outcome; its ends belong to it.
///
/// The levels `(1 ∓ coverage)/2` must be stated, up to rounding. A share of intervals that hold is to be compared with the
/// coverage. `None` if they are not stated, a value there is missing, or the lengths differ.
#[must_use]
pub fn interval_holds(levels: &[f64], values: &[f64], y: f64, coverage: f64) -> Option<bool> {
    if levels.len() != values.len() || y.is_nan() {
        return None;
    }
    let at = |wanted: f64| {
        let found = levels.iter().position(|level| same_level(*level, wanted))?;
        Some(values[found]).filter(|value| !value.is_nan())
    };
    let (lower, upper) = (at(0.5 * (1.0 - coverage))?, at(0.5 * (1.0 + coverage))?);
    Some(lower <= y && y <= upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [f64; 4] = [0.1, 0.25, 0.75, 0.9];

    #[test]
    fn a_median_that_is_not_stated_lies_between_its_neighbours() {
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(quantile_bias(&LEVELS, &values, 3.0), Some(0.0));
        assert_eq!(quantile_bias(&LEVELS, &values, 2.9), Some(0.5));
        assert_eq!(quantile_bias(&LEVELS, &values, 3.1), Some(-0.5));
        assert_eq!(quantile_bias(&LEVELS[2..], &values[2..], 3.1), None);
    }

    #[test]
    fn the_order_of_levels_does_not_matter_and_missing_ones_are_left_out() {
        let (levels, values) = ([0.9, 0.1, 0.5, 0.3], [9.0, 1.0, 5.0, f64::NAN]);
        assert_eq!(quantile_bias(&levels, &values, 4.0), Some(0.8));
        assert_eq!(quantile_bias(&[0.1, 0.5], &[2.0, 1.0], 4.0), None);
    }

    #[test]
    fn the_ends_of_an_interval_belong_to_it() {
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(interval_holds(&LEVELS, &values, 1.0, 0.8), Some(true));
        assert_eq!(interval_holds(&LEVELS, &values, 4.1, 0.5), Some(false));
        assert_eq!(interval_holds(&LEVELS, &values, 4.1, 0.9), None);
    }
}
