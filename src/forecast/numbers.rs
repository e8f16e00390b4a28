//! A distribution of a number in any of its forms – quantiles, a cdf, draws – as what a forecast holds.

use super::{Forecast, NamedDistribution, number_text};

/// How far a cdf may fall, or lie beyond 0 and 1, and still be taken as rounded.
const ROUNDING: f64 = 1e-3;

/// Quantiles in any order.
pub(super) fn quantiles(mut pairs: Vec<(f64, f64)>) -> Result<Forecast, String> {
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (levels, values) = pairs.into_iter().unzip();
    let forecast = Forecast::Quantiles { levels, values };
    forecast.check().map(|()| forecast)
}

/// A cdf, by its values at places in any order, which stays what it is: a line between its points, also where it is level or has reached 0 or 1.
pub(super) fn cdf(mut points: Vec<(f64, f64)>) -> Result<Forecast, String> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut before, mut reached): (Option<f64>, f64) = (None, 0.0);
    for (place, level) in &mut points {
        let at = || number_text(*place);
        if before == Some(*place) {
            return Err(format!("the cdf has two values at {}", at()));
        }
        if !(-ROUNDING..=1.0 + ROUNDING).contains(level) {
            return Err(format!("the cdf must lie between 0 and 1, but is {level} at {}", at()));
        }
        if *level < reached - ROUNDING {
            return Err(format!("the cdf falls at {}, from {reached} to {level}", at()));
        }
        reached = (*level).clamp(reached, 1.0);
        before = Some(*place);
        *level = reached;
    }
    NamedDistribution::of_cdf(points).map(|distribution| Forecast::Distribution { distribution })
}

/// Draws in any order as quantiles: the i-th of n in order at the level `(i - 1/2)/n`.
///
/// Twice the mean pinball loss of these quantiles is the CRPS of the draws' empirical distribution, exactly.
pub(super) fn draws(mut values: Vec<f64>) -> Result<Forecast, String> {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    quantiles(values.into_iter().enumerate().map(|(at, value)| ((at as f64 + 0.5) / count, value)).collect())
}
