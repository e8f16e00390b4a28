//! Platt's map: an intercept and a slope on log-odds.

use super::method::{Map, MapMethod, SURE};
use super::pulled::pulled_logistic;
use crate::math::regression::logistic_regression;
use crate::math::{logistic, logit};
use crate::score::LOG_FLOOR;

/// A fitted Platt map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    /// The log-odds that even odds get.
    pub intercept: f64,
    /// What log-odds are multiplied by.
    pub slope: f64,
}

impl Platt {
    /// The recalibrated probability.
    #[must_use]
    pub fn apply(&self, probability: f64) -> f64 {
        // A slope of 0 times infinite log-odds is no number: nothing is learned from the forecast then.
        let moved = if self.slope == 0.0 { 0.0 } else { self.slope * logit(probability) };
        logistic(self.intercept + moved)
    }
}

/// Fits Platt's map of log-odds by maximum likelihood.
///
/// ```text
/// logit q = intercept + slope logit p
/// ```
///
/// Probabilities nearer to 0 or 1 than 10⁻⁶ are moved there for the fit. `None` when the lengths differ, a probability lies outside of 0..=1,
/// or no finite parameters are best. The method `platt` of the pools pulls both towards no change, which always has an answer.
///
/// Platt (1999), Adv. Large Margin Classif., 61–74; on log-odds: Cox (1958), Biometrika 45, 562–565.
#[must_use]
pub fn platt(probabilities: &[f64], happened: &[bool]) -> Option<Platt> {
    if probabilities.len() != happened.len() || probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let log_odds: Vec<f64> = probabilities.iter().map(|p| logit(p.clamp(LOG_FLOOR, 1.0 - LOG_FLOOR))).collect();
    let outcomes: Vec<f64> = happened.iter().map(|yes| f64::from(u8::from(*yes))).collect();
    let ones = vec![1.0; outcomes.len()];
    let fit = logistic_regression(&[ones.clone(), log_odds], &outcomes, &ones, None)?;
    Some(Platt { intercept: fit.coefficients[0], slope: fit.coefficients[1] })
}

/// Platt's map pulled towards no change, as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlattMethod;

impl MapMethod for PlattMethod {
    fn name(&self) -> &'static str {
        "platt"
    }

    fn about(&self) -> &'static str {
        "an intercept and a slope on log odds, pulled towards no change"
    }

    fn fit(&self, probabilities: &[f64], happened: &[bool]) -> Option<Box<dyn Map>> {
        let log_odds: Vec<f64> = probabilities.iter().map(|p| logit(p.clamp(SURE, 1.0 - SURE))).collect();
        let fit = pulled_logistic(&[vec![1.0; log_odds.len()], log_odds], happened, &[0.0, 1.0])?;
        // Whoever points the wrong way is not turned round.
        Some(Box::new(Platt { intercept: fit[0], slope: fit[1].max(0.0) }))
    }
}

impl Map for Platt {
    fn apply(&self, probability: f64) -> f64 {
        Self::apply(self, probability.clamp(SURE, 1.0 - SURE))
    }

    fn learned(&self) -> String {
        format!("intercept {:.3}, slope {:.3}", self.intercept, self.slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: [f64; 12] = [0.1, 0.2, 0.25, 0.35, 0.4, 0.55, 0.6, 0.7, 0.8, 0.9, 0.3, 0.65];
    const CAME: [bool; 12] = [false, true, false, false, true, false, true, true, false, true, true, true];

    #[test]
    fn the_fit_is_that_of_scikit_learn() {
        // scikit-learn 1.9.1, LogisticRegression(C=inf) on the log-odds.
        let fit = platt(&SAID, &CAME).expect("a finite maximum");
        assert!((fit.intercept - 0.404_435_783_494_369_26).abs() < 1e-9, "{fit:?}");
        assert!((fit.slope - 0.500_700_793_379_787).abs() < 1e-9, "{fit:?}");
    }

    #[test]
    fn few_questions_hardly_move_the_method_and_one_that_points_the_wrong_way_is_not_turned_round() {
        let few = PlattMethod.fit(&[0.8], &[false]).expect("a fit");
        assert!((few.apply(0.8) - 0.8).abs() < 0.05);
        let said: Vec<f64> = (0..400).map(|at| if at % 2 == 0 { 0.9 } else { 0.1 }).collect();
        let came: Vec<bool> = (0..400).map(|at| at % 2 == 1).collect();
        let turned = PlattMethod.fit(&said, &came).expect("a fit");
        assert!((turned.apply(0.9) - turned.apply(0.1)).abs() < 1e-12);
        assert!(platt(&[1.0, 0.0], &[true, false]).is_none());
    }
}
