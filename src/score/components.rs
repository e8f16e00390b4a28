//! What the weighted interval score of quantile forecasts is made of, and the figures beside it, by forecaster.

use super::evaluate::{Segment, Standing, Standings};
use super::quantile_figures::{bias, interval_holds};
use super::quantiles::{MedianWeight, intervals_about_a_median, weighted_interval_score};
use super::rule::Case;
use serde::Serialize;
use std::collections::BTreeMap;

/// The parts of a weighted interval score.
///
/// ```text
/// WIS = dispersion + overprediction + underprediction
/// ```
///
/// Each in the unit of the outcome, lower is better: what the widths of the intervals cost, and what outcomes below and above them.
///
/// Bracher et al. (2021), PLoS Comput. Biol. 17(2), e1008618.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct IntervalParts {
    /// The score.
    pub score: f64,
    /// From the widths of the intervals.
    pub dispersion: f64,
    /// From outcomes below the intervals: the forecast was too high.
    pub overprediction: f64,
    /// From outcomes above them: it was too low.
    pub underprediction: f64,
}

/// The parts of the weighted interval score of a median and central intervals `(lower, upper, α)`, the median weighing one half.
///
/// # Examples
///
/// ```
/// use foretell::score::interval_parts;
///
/// let parts = interval_parts(10.0, &[(8.0, 13.0, 0.2)], 15.0);
/// assert!((parts.dispersion + parts.overprediction + parts.underprediction - parts.score).abs() < 1e-12);
/// assert_eq!(parts.overprediction, 0.0);
/// ```
#[must_use]
pub fn interval_parts(median: f64, intervals: &[(f64, f64, f64)], y: f64) -> IntervalParts {
    let whole = intervals.len() as f64 + 0.5;
    let sum = |of: &dyn Fn(&(f64, f64, f64)) -> f64| intervals.iter().map(of).sum::<f64>();
    IntervalParts {
        score: weighted_interval_score(median, intervals, y, MedianWeight::Half),
        dispersion: sum(&|(lower, upper, alpha)| 0.5 * alpha * (upper - lower)) / whole,
        overprediction: (0.5 * (median - y).max(0.0) + sum(&|(lower, _, _)| (lower - y).max(0.0))) / whole,
        underprediction: (0.5 * (y - median).max(0.0) + sum(&|(_, upper, _)| (y - upper).max(0.0))) / whole,
    }
}

/// What one forecaster's quantile forecasts are like: means over questions of means over time.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct QuantileParts {
    /// The forecaster.
    pub forecaster: String,
    /// The weighted interval score and its parts, over the questions whose levels are symmetric around a median.
    pub parts: IntervalParts,
    /// From -1 (too low) to 1 (too high); see [`quantile_bias`](super::quantile_bias). Absent if no median can be known.
    pub bias: Option<f64>,
    /// The share of outcomes within the central 50 %; absent if its ends are never stated.
    pub within_50: Option<f64>,
    /// The share of outcomes within the central 90 %; absent if its ends are never stated.
    pub within_90: Option<f64>,
    /// Mean distance of the median from the outcome.
    pub median_error: f64,
    /// Questions.
    pub questions: usize,
}

/// A figure of one forecast, if it has one.
type Figure<'a> = &'a dyn Fn(&Case) -> Option<f64>;

/// A mean over questions.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.count += 1;
        }
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// What each forecaster's quantile forecasts are made of, in alphabetical order; forecasters without any are left out.
#[must_use]
pub fn quantile_parts(standings: &Standings) -> Vec<QuantileParts> {
    let mut by_forecaster: BTreeMap<&str, Vec<&Standing>> = BTreeMap::new();
    for standing in &standings.standings {
        by_forecaster.entry(standing.forecaster.as_str()).or_default().push(standing);
    }
    by_forecaster.into_iter().filter_map(|(forecaster, own)| of_forecaster(forecaster, &own)).collect()
}

fn of_forecaster(forecaster: &str, own: &[&Standing]) -> Option<QuantileParts> {
    let mut means = [Mean::default(); 8];
    for standing in own {
        let wanted: [Figure; 8] = [
            &|case| Some(parts_of(case)?.0.score),
            &|case| Some(parts_of(case)?.0.dispersion),
            &|case| Some(parts_of(case)?.0.overprediction),
            &|case| Some(parts_of(case)?.0.underprediction),
            &|case| Some(parts_of(case)?.1),
            &bias,
            &|case| with_quantiles(case, |levels, values, y| interval_holds(levels, values, y, 0.5)).map(share),
            &|case| with_quantiles(case, |levels, values, y| interval_holds(levels, values, y, 0.9)).map(share),
        ];
        for (mean, of) in means.iter_mut().zip(wanted) {
            mean.add(over_time(&standing.segments, of));
        }
    }
    let [score, dispersion, overprediction, underprediction, median_error, bias, within_50, within_90] = means;
    Some(QuantileParts {
        forecaster: forecaster.to_owned(),
        parts: IntervalParts {
            score: score.value()?,
            dispersion: dispersion.value()?,
            overprediction: overprediction.value()?,
            underprediction: underprediction.value()?,
        },
        bias: bias.value(),
        within_50: within_50.value(),
        within_90: within_90.value(),
        median_error: median_error.value()?,
        questions: score.count,
    })
}

fn share(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// The parts, and the distance of the median.
fn parts_of(case: &Case) -> Option<(IntervalParts, f64)> {
    let (levels, values, outcome) = case.quantiles()?;
    let (median, intervals) = intervals_about_a_median(levels, values)?;
    Some((interval_parts(median, &intervals, outcome), (median - outcome).abs()))
}

fn with_quantiles<T>(case: &Case, of: impl Fn(&[f64], &[f64], f64) -> Option<T>) -> Option<T> {
    let (levels, values, outcome) = case.quantiles()?;
    of(levels, values, outcome)
}

/// The mean over the time for which forecasts stood; `None` if one of them has no value.
fn over_time(segments: &[Segment], of: Figure) -> Option<f64> {
    let (mut sum, mut days) = (0.0, 0.0);
    for segment in segments {
        sum += of(&segment.case)? * segment.days();
        days += segment.days();
    }
    (days > 0.0).then(|| sum / days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_sum_to_the_score(
            mut values in prop::collection::vec(-50.0..50.0f64, 5),
            y in -80.0..80.0f64,
        ) {
            values.sort_by(f64::total_cmp);
            let intervals = [(values[0], values[4], 0.1), (values[1], values[3], 0.5)];
            let parts = interval_parts(values[2], &intervals, y);
            let sum = parts.dispersion + parts.overprediction + parts.underprediction;
            prop_assert!((sum - parts.score).abs() < 1e-10);
            prop_assert!(parts.dispersion >= 0.0 && parts.overprediction >= 0.0 && parts.underprediction >= 0.0);
        }
    }
}
