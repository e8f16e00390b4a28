//! Plain figures of an ensemble of draws: its centre against the outcome, and its spread.

/// The factor that makes the median absolute deviation of a normal distribution its standard deviation: 1/Φ⁻¹(3/4), to the digits
/// that statistical packages use.
const NORMAL_SCALE: f64 = 1.4826;

/// The median: the middle draw, or the mean of the two in the middle. `None` for no draws or a NaN.
#[must_use]
pub fn median(draws: &[f64]) -> Option<f64> {
    if draws.is_empty() || draws.iter().any(|draw| draw.is_nan()) {
        return None;
    }
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    Some(if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) })
}

/// The median absolute deviation of the draws, scaled to the standard deviation of a normal distribution.
///
/// ```text
/// MAD = 1.4826 median_i |x_i - median(x)|
/// ```
///
/// A measure of sharpness, in the unit of the draws: smaller is sharper, which is good only if the forecast is calibrated. `None`
/// for no draws or a NaN.
#[must_use]
pub fn median_absolute_deviation(draws: &[f64]) -> Option<f64> {
    let centre = median(draws)?;
    let distances: Vec<f64> = draws.iter().map(|draw| (draw - centre).abs()).collect();
    Some(NORMAL_SCALE * median(&distances)?)
}

/// How far the median of the draws lies from the outcome. Lower is better; proper for the median. `None` for no draws or a NaN.
#[must_use]
pub fn absolute_error_of_median(draws: &[f64], y: f64) -> Option<f64> {
    Some((median(draws)? - y).abs()).filter(|error| !error.is_nan())
}

/// The squared distance of the mean of the draws from the outcome. Lower is better; proper for the mean. `None` for no draws or a
/// NaN.
#[must_use]
pub fn squared_error_of_mean(draws: &[f64], y: f64) -> Option<f64> {
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let miss = mean - y;
    Some(miss * miss).filter(|error| !error.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_number_of_draws_has_its_median_between_two_of_them() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn one_draw_has_no_spread() {
        assert_eq!(median_absolute_deviation(&[3.0]), Some(0.0));
        assert_eq!(absolute_error_of_median(&[3.0], 1.0), Some(2.0));
        assert_eq!(squared_error_of_mean(&[3.0], 1.0), Some(4.0));
        assert_eq!(squared_error_of_mean(&[], 1.0), None);
    }
}
