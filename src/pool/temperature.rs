//! Temperature: one number that makes all forecasts bolder or more timid.

use super::method::{Map, MapMethod, SURE};
use crate::math::regression::logistic_regression;
use crate::math::{logistic, logit};
use crate::score::LOG_FLOOR;

/// A fitted temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Temperature {
    /// What log-odds are multiplied by: `1 / temperature`.
    pub slope: f64,
    /// Above 1 the forecasts were too extreme and are cooled towards 1/2; below 1 they were too timid.
    pub temperature: f64,
}

impl Temperature {
    /// The recalibrated probability; 0, 1/2 and 1 stay where they are.
    #[must_use]
    pub fn apply(&self, probability: f64) -> f64 {
        logistic(self.slope * logit(probability))
    }
}

/// Fits the temperature that makes past outcomes likeliest.
///
/// ```text
/// logit q = logit p / T
/// ```
///
/// Probabilities nearer to 0 or 1 than 10⁻⁶ are moved there for the fit. `None` when the lengths differ, there is nothing to fit, a
/// probability lies outside of 0..=1, every probability is 1/2, no finite slope is best (no forecast was on the wrong side), or the best
/// slope is not positive: the forecasts point the wrong way.
///
/// Guo, Pleiss, Sun and Weinberger (2017), Proc. ICML 70, 1321–1330.
#[must_use]
pub fn temperature(probabilities: &[f64], happened: &[bool]) -> Option<Temperature> {
    if probabilities.len() != happened.len() || probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let log_odds = probabilities.iter().map(|p| logit(p.clamp(LOG_FLOOR, 1.0 - LOG_FLOOR))).collect();
    let outcomes: Vec<f64> = happened.iter().map(|yes| f64::from(u8::from(*yes))).collect();
    let fit = logistic_regression(&[log_odds], &outcomes, &vec![1.0; outcomes.len()], None)?;
    let slope = fit.coefficients[0];
    (slope > 0.0).then(|| Temperature { slope, temperature: 1.0 / slope })
}

/// Temperature as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct TemperatureMethod;

impl MapMethod for TemperatureMethod {
    fn name(&self) -> &'static str {
        "temperature"
    }

    fn about(&self) -> &'static str {
        "a factor on log odds"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("probabilities other than 50 % of which some lay on the wrong side of it, and more on the right one")
    }

    fn fit(&self, probabilities: &[f64], happened: &[bool]) -> Option<Box<dyn Map>> {
        let held: Vec<f64> = probabilities.iter().map(|p| p.clamp(SURE, 1.0 - SURE)).collect();
        Some(Box::new(temperature(&held, happened)?))
    }
}

impl Map for Temperature {
    fn apply(&self, probability: f64) -> f64 {
        Self::apply(self, probability.clamp(SURE, 1.0 - SURE))
    }

    fn learned(&self) -> String {
        format!("slope {:.3}", self.slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stated_probability_is_moved_to_its_share() {
        // 90 % said, 3 of 4 came true.
        let fitted = temperature(&[0.9; 4], &[true, true, false, true]).expect("a fit");
        assert!((fitted.apply(0.9) - 0.75).abs() < 1e-12 && fitted.temperature > 1.0);
        assert_eq!([0.0, 0.5, 1.0].map(|p| fitted.apply(p)), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn forecasts_that_point_the_wrong_way_have_no_temperature() {
        assert_eq!(temperature(&[0.9; 4], &[false, false, false, true]), None);
        assert_eq!(temperature(&[0.5; 4], &[false, false, false, true]), None);
        assert_eq!(temperature(&[0.9; 2], &[true, true]), None);
    }
}
