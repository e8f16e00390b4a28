//! A distribution from a range: "40 to 90".

use crate::dist::parameter::is_moderate;
use crate::dist::{Distribution, LogNormal, Normal, ParameterError};
use crate::math::{ln, normal};
use std::sync::Arc;

/// The distribution with the central probability `level` between `low` and `high`, as much below as above: lognormal if both
/// bounds are positive, normal otherwise.
///
/// ```
/// let cost = foretell::dist::from_interval(0.9, 40.0, 90.0)?;
/// assert!((cost.quantile(0.5) - 60.0).abs() < 1e-9);
/// assert!((cost.cdf(90.0) - 0.95).abs() < 1e-12);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
///
/// # Errors
/// When the level is not between 0 and 1, or `high` is not above `low`. The arguments of an error are counted 0 for the level, 1
/// and 2 for the bounds.
pub fn from_interval(level: f64, low: f64, high: f64) -> Result<Arc<dyn Distribution>, ParameterError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(ParameterError::new(format!(
            "the probability of an interval must lie between 0 and 1, but is {level}"
        ))
        .at(0));
    }
    for (argument, bound) in [(1, low), (2, high)] {
        if !is_moderate(bound) {
            return Err(
                ParameterError::new(format!("a bound of an interval must be a number, but is {bound}")).at(argument)
            );
        }
    }
    if high <= low {
        return Err(ParameterError::new(format!(
            "the upper bound of an interval must be above the lower bound {low}, but is {high}"
        ))
        .at(2));
    }
    let z = -normal::quantile(0.5 * (1.0 - level));
    if low > 0.0 {
        let (ln_low, ln_high) = (ln(low), ln(high));
        if ln_high > ln_low {
            return Ok(Arc::new(LogNormal::new(0.5 * (ln_low + ln_high), 0.5 * (ln_high - ln_low) / z)?));
        }
    }
    Ok(Arc::new(Normal::new(0.5 * low + 0.5 * high, 0.5 * (high - low) / z)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::exp;

    #[test]
    fn modelling_case_e1() {
        let cost = from_interval(0.9, 40.0, 90.0).unwrap();
        assert!((cost.quantile(0.5) - 60.0).abs() < 1e-12);
        assert!((cost.quantile(0.5) - exp(4.094_345)).abs() < 1e-4);
        assert!((cost.mean().unwrap() - 61.850_921).abs() < 5e-7);
        assert!((cost.variance().unwrap().sqrt() - 15.481_152).abs() < 5e-7);
        let sigma = ln(cost.quantile(crate::math::normal::cdf(1.0)) / 60.0);
        assert!((sigma - 0.246_505).abs() < 5e-7);
    }

    #[test]
    fn the_bounds_are_the_stated_points() {
        for (level, low, high) in [(0.8, 40.0, 90.0), (0.9, -3.0, 12.0), (0.5, 0.0, 1.0), (0.99, 1e-9, 1e9)] {
            let range = from_interval(level, low, high).unwrap();
            assert!((range.cdf(low) - 0.5 * (1.0 - level)).abs() < 1e-13);
            assert!((range.survival(high) - 0.5 * (1.0 - level)).abs() < 1e-13);
        }
        assert_eq!(from_interval(0.9, -3.0, 12.0).unwrap().mean(), Some(4.5));
    }

    #[test]
    fn a_range_the_wrong_way_round_is_refused() {
        let error = from_interval(0.9, 90.0, 40.0).unwrap_err();
        assert_eq!(error.message, "the upper bound of an interval must be above the lower bound 90, but is 40");
        for (level, low, high) in [(0.0, 1.0, 2.0), (1.0, 1.0, 2.0), (0.9, f64::NAN, 2.0), (0.9, 1.0, f64::INFINITY)] {
            assert!(from_interval(level, low, high).is_err());
        }
    }
}
