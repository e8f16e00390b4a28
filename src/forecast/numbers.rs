//! A distribution of a number in any of its forms – quantiles, a cdf, draws – as the quantiles that a forecast holds.

use super::{Forecast, number_text};

/// How far a cdf may fall and still be taken as rounded.
const ROUNDING: f64 = 1e-3;

/// Quantiles in any order.
pub(super) fn quantiles(mut pairs: Vec<(f64, f64)>) -> Result<Forecast, String> {
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (levels, values) = pairs.into_iter().unzip();
    let forecast = Forecast::Quantiles { levels, values };
    forecast.check().map(|()| forecast)
}

/// A cdf, as its values at rising places: each is the quantile of the level that the cdf has reached there. Levels of 0 and 1 say nothing of a quantile,
/// and where the cdf stays level the first place counts.
pub(super) fn cdf(mut points: Vec<(f64, f64)>) -> Result<Forecast, String> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pairs: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    let mut reached = 0.0;
    for (at, (place, level)) in points.iter().copied().enumerate() {
        if at > 0 && points[at - 1].0 == place {
            return Err(format!("the cdf has two values at {}", number_text(place)));
        }
        if level < reached - ROUNDING {
            return Err(format!("the cdf falls at {}, from {reached} to {level}", number_text(place)));
        }
        if level > reached && level < 1.0 {
            pairs.push((level, place));
        }
        reached = level.max(reached);
    }
    if pairs.is_empty() {
        return Err("the cdf has no value between 0 and 1".to_owned());
    }
    quantiles(pairs)
}

/// Draws in any order as quantiles: the i-th of n in order at the level `(i - 1/2)/n`.
///
/// Twice the mean pinball loss of these quantiles is the CRPS of the draws' empirical distribution, exactly.
pub(super) fn draws(mut values: Vec<f64>) -> Result<Forecast, String> {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    quantiles(values.into_iter().enumerate().map(|(at, value)| ((at as f64 + 0.5) / count, value)).collect())
}
