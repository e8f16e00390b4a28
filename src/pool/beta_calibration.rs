//! Beta calibration: a map with a parameter for each end of the scale.

use super::method::{Map, MapMethod, SURE};
use crate::math::regression::logistic_regression;
use crate::math::{ln, ln_1p, logistic, logit};
use crate::score::LOG_FLOOR;

/// A fitted beta calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaCalibration {
    /// The exponent at the lower end, not negative.
    pub a: f64,
    /// The exponent at the upper end, not negative.
    pub b: f64,
    /// The shift.
    pub c: f64,
}

impl BetaCalibration {
    /// The recalibrated probability. Never falls where the probability rises.
    #[must_use]
    pub fn apply(&self, probability: f64) -> f64 {
        // An exponent of 0 leaves its end out, also where the logarithm is infinite.
        let low = if self.a == 0.0 { 0.0 } else { self.a * ln(probability) };
        let high = if self.b == 0.0 { 0.0 } else { -self.b * ln_1p(-probability) };
        logistic(low + high + self.c)
    }
}

/// Fits the beta calibration of past forecasts with all three parameters.
///
/// ```text
/// logit q = a ln p - b ln(1 - p) + c        a, b >= 0
/// ```
///
/// by maximum likelihood; where the best a or b is negative, which would turn the map upside down at that end, it is set to 0 and the
/// rest is fitted anew. With a = b = 1 and c = 0 nothing changes. Probabilities nearer to 0 or 1 than 10⁻⁶ are moved there for the fit.
/// `None` when the lengths differ, a probability lies outside of 0..=1, or no finite parameters are best.
///
/// ```
/// use foretell::pool::BetaCalibration;
///
/// let identity = BetaCalibration { a: 1.0, b: 1.0, c: 0.0 };
/// assert!((identity.apply(0.3) - 0.3).abs() < 1e-15);
/// ```
///
/// Kull, Silva Filho and Flach (2017), Electron. J. Stat. 11, 5052–5080 (their "abm").
#[must_use]
pub fn beta_calibration(probabilities: &[f64], happened: &[bool]) -> Option<BetaCalibration> {
    if probabilities.len() != happened.len() || probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let limited: Vec<f64> = probabilities.iter().map(|p| p.clamp(LOG_FLOOR, 1.0 - LOG_FLOOR)).collect();
    let outcomes: Vec<f64> = happened.iter().map(|yes| f64::from(u8::from(*yes))).collect();
    let ones = vec![1.0; outcomes.len()];
    let low: Vec<f64> = limited.iter().map(|p| ln(*p)).collect();
    let high: Vec<f64> = limited.iter().map(|p| -ln_1p(-*p)).collect();
    let fit =
        |columns: Vec<Vec<f64>>| logistic_regression(&columns, &outcomes, &ones, None).map(|fit| fit.coefficients);
    let alone = |column: &Vec<f64>| fit(vec![column.clone(), ones.clone()]);
    let base_rate = outcomes.iter().sum::<f64>() / outcomes.len().max(1) as f64;
    let constant = || {
        let c = logit(base_rate);
        c.is_finite().then_some(BetaCalibration { a: 0.0, b: 0.0, c })
    };
    let both = fit(vec![low.clone(), high.clone(), ones.clone()])?;
    let (a, b) = (both[0], both[1]);
    if a >= 0.0 && b >= 0.0 {
        return Some(BetaCalibration { a, b, c: both[2] });
    }
    if a < 0.0 {
        let without = alone(&high)?;
        if without[0] >= 0.0 {
            return Some(BetaCalibration { a: 0.0, b: without[0], c: without[1] });
        }
        return constant();
    }
    let without = alone(&low)?;
    if without[0] >= 0.0 {
        return Some(BetaCalibration { a: without[0], b: 0.0, c: without[1] });
    }
    constant()
}

/// Beta calibration as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct BetaMethod;

impl MapMethod for BetaMethod {
    fn name(&self) -> &'static str {
        "beta"
    }

    fn about(&self) -> &'static str {
        "an exponent for either end and a shift on log odds, exponents not below 0"
    }

    fn needs(&self) -> Option<&'static str> {
        Some(
            "three different probabilities at least, questions that came true and questions that did not, and no probability that divides the ones from the \
             others",
        )
    }

    fn fit(&self, probabilities: &[f64], happened: &[bool]) -> Option<Box<dyn Map>> {
        let held: Vec<f64> = probabilities.iter().map(|p| p.clamp(SURE, 1.0 - SURE)).collect();
        Some(Box::new(beta_calibration(&held, happened)?))
    }
}

impl Map for BetaCalibration {
    fn apply(&self, probability: f64) -> f64 {
        Self::apply(self, probability.clamp(SURE, 1.0 - SURE))
    }

    fn learned(&self) -> String {
        format!("a {:.3}, b {:.3}, c {:.3}", self.a, self.b, self.c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forecasts at these probabilities, `count` of each, of which a share comes true.
    fn cases(shares: &[(f64, usize)], count: usize) -> (Vec<f64>, Vec<bool>) {
        let mut said = (Vec::new(), Vec::new());
        for (p, yes) in shares {
            for at in 0..count {
                said.0.push(*p);
                said.1.push(at < *yes);
            }
        }
        said
    }

    #[test]
    fn forecasts_whose_shares_are_as_stated_are_left_alone() {
        let (said, happened) = cases(&[(0.1, 2), (0.3, 6), (0.5, 10), (0.9, 18)], 20);
        let map = beta_calibration(&said, &happened).expect("a fit");
        assert!((map.a - 1.0).abs() < 1e-8 && (map.b - 1.0).abs() < 1e-8 && map.c.abs() < 1e-8, "{map:?}");
    }

    #[test]
    fn an_end_that_would_turn_round_is_left_out_and_the_map_never_falls() {
        let (said, happened) = cases(&[(0.01, 8), (0.05, 3), (0.4, 6), (0.7, 12), (0.95, 19)], 20);
        let map = beta_calibration(&said, &happened).expect("a fit");
        assert!(map.a == 0.0 && map.b > 0.0, "{map:?}");
        let values: Vec<f64> = (0..=100).map(|at| map.apply(f64::from(at) / 100.0)).collect();
        assert!(values.windows(2).all(|pair| pair[0] <= pair[1]) && values.iter().all(|value| !value.is_nan()));
    }

    #[test]
    fn forecasts_that_point_the_wrong_way_become_the_base_rate() {
        let (said, happened) = cases(&[(0.1, 18), (0.5, 10), (0.9, 2)], 20);
        let map = beta_calibration(&said, &happened).expect("a fit");
        assert!(map.a == 0.0 && map.b == 0.0 && (map.apply(0.2) - 0.5).abs() < 1e-12, "{map:?}");
    }
}
