//! How steadily a forecaster revises.

/// The flip-flop index of successive forecasts: movement to and fro beyond what was needed.
///
/// ```text
/// FFI = (sum_t |p_t - p_{t+1}| - (max - min)) / (n - 2)
/// ```
///
/// 0 for forecasts that move in one direction only; higher for those that turn back and forth; in the unit of the forecasts. It
/// says nothing about whether they were right. `None` for fewer than three forecasts or a NaN.
///
/// Griffiths, Foley, Ioannou and Leeuwenburg (2019), J. Hydrometeorol. 20, 1723–1739.
#[must_use]
pub fn flip_flop_index(forecasts: &[f64]) -> Option<f64> {
    if forecasts.len() < 3 || forecasts.iter().any(|p| !p.is_finite()) {
        return None;
    }
    let moved: f64 = forecasts.windows(2).map(|pair| (pair[0] - pair[1]).abs()).sum();
    let highest = forecasts.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = forecasts.iter().copied().fold(f64::INFINITY, f64::min);
    // One direction only is exactly 0, whatever rounding says.
    let rising = forecasts.windows(2).all(|pair| pair[0] <= pair[1]);
    let falling = forecasts.windows(2).all(|pair| pair[0] >= pair[1]);
    let excess = if rising || falling { 0.0 } else { moved - (highest - lowest) };
    Some(excess / (forecasts.len() - 2) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_direction_is_steady_and_turning_back_is_not() {
        assert_eq!(flip_flop_index(&[0.1, 0.3, 0.3, 0.8]), Some(0.0));
        assert_eq!(flip_flop_index(&[0.8, 0.3, 0.1]), Some(0.0));
        assert!((flip_flop_index(&[0.5, 0.75, 0.5]).expect("three") - 0.25).abs() < 1e-15);
        assert_eq!(flip_flop_index(&[0.5, 0.75]), None);
    }
}
