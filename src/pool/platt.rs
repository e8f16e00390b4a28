//! Platt's map: an intercept and a slope on log-odds.

use super::method::{Map, MapMethod, SURE};
use super::past::Past;
use super::pulled::pulled_logistic;
use crate::math::regression::logistic_regression;
use crate::math::{logistic, logit};
use crate::score::LOG_FLOOR;
use std::collections::BTreeMap;

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

/// An intercept and a slope that leave a forecast as it is.
const NO_CHANGE: Platt = Platt { intercept: 0.0, slope: 1.0 };

/// The map of log odds pulled towards another. Whoever points the wrong way is not turned round: where the best slope lies below 0 it is 0, and the intercept is
/// fitted anew without it, which is best of all that are left, since the loss is convex.
fn pulled(log_odds: Vec<f64>, happened: &[bool], weights: Option<&[f64]>, towards: Platt) -> Option<Platt> {
    let columns = [vec![1.0; log_odds.len()], log_odds];
    let fit = pulled_logistic(&columns, happened, weights, &[towards.intercept, towards.slope])?;
    if fit[1] >= 0.0 {
        return Some(Platt { intercept: fit[0], slope: fit[1] });
    }
    let level = pulled_logistic(&columns[..1], happened, weights, &[towards.intercept])?;
    Some(Platt { intercept: level[0], slope: 0.0 })
}

/// Forecasts with what happened and how much each counts.
#[derive(Debug, Default)]
struct Rows {
    log_odds: Vec<f64>,
    happened: Vec<bool>,
    weights: Vec<f64>,
}

impl Rows {
    fn add(&mut self, probability: f64, happened: bool, weight: f64) {
        self.log_odds.push(logit(probability.clamp(SURE, 1.0 - SURE)));
        self.happened.push(happened);
        self.weights.push(weight);
    }

    fn fit(self, towards: Platt) -> Option<Platt> {
        pulled(self.log_odds, &self.happened, Some(&self.weights), towards)
    }
}

/// Platt's map pulled towards no change, as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlattMethod;

impl MapMethod for PlattMethod {
    fn name(&self) -> &'static str {
        "platt"
    }

    fn about(&self) -> &'static str {
        "an intercept and a slope on log odds, pulled towards no change; of each forecaster, towards what all have in common"
    }

    fn fit(&self, probabilities: &[f64], happened: &[bool]) -> Option<Box<dyn Map>> {
        let log_odds: Vec<f64> = probabilities.iter().map(|p| logit(p.clamp(SURE, 1.0 - SURE))).collect();
        Some(Box::new(pulled(log_odds, happened, None, NO_CHANGE)?))
    }

    /// In two storeys: what all have in common is pulled towards no change, each question counting once however many answered it; each
    /// forecaster is pulled towards what all have in common.
    fn fit_each(&self, past: &Past<'_>) -> Option<BTreeMap<usize, Box<dyn Map>>> {
        let mut all = Rows::default();
        let mut each: BTreeMap<usize, Rows> = BTreeMap::new();
        for question in &past.questions {
            let share = 1.0 / question.said.len() as f64;
            for said in &question.said {
                all.add(said.probability, question.happened, share);
                each.entry(said.forecaster).or_default().add(said.probability, question.happened, 1.0);
            }
        }
        let common = all.fit(NO_CHANGE)?;
        let own = |(forecaster, rows): (usize, Rows)| Some((forecaster, Box::new(rows.fit(common)?) as Box<dyn Map>));
        each.into_iter().map(own).collect()
    }
}

impl Map for Platt {
    fn apply(&self, probability: f64) -> f64 {
        Self::apply(self, probability.clamp(SURE, 1.0 - SURE))
    }

    fn learned(&self) -> String {
        if self.slope > 0.0 {
            format!("intercept {:.3}, slope {:.3}", self.intercept, self.slope)
        } else {
            format!(
                "intercept {:.3}, slope 0: the past went against what was said, of which nothing is left",
                self.intercept
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::pool::past::testing::history;

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
        assert!(turned.learned().contains("slope 0: "), "{}", turned.learned());
        // 95 % and 90 % are said, 10 % and 30 % come: what is left is one chance for all, where the data and the pull balance.
        let said: Vec<f64> = (0..400).map(|at| if at % 2 == 0 { 0.95 } else { 0.9 }).collect();
        let came: Vec<bool> = (0..400).map(|at| if at % 2 == 0 { at % 20 == 0 } else { at % 20 < 6 }).collect();
        let flat = PlattMethod.fit(&said, &came).expect("a fit").apply(0.9);
        let happened = came.iter().filter(|yes| **yes).count() as f64;
        assert!((400.0 * flat - happened + 10.0 * logit(flat)).abs() < 1e-6 && flat < 0.25, "{flat} {happened}");
        assert!(platt(&[1.0, 0.0], &[true, false]).is_none());
    }

    /// Twenty forecasters say half of the log odds that are right, one of them on two questions alone: their map is that of the others.
    #[test]
    fn maps_of_each_are_drawn_to_the_common_one() {
        let mut stream = SplitMix::of_replicate(33, 0);
        let rows: Vec<(Vec<f64>, bool)> = (0..300)
            .map(|at| {
                let log_odds = 4.0 * (stream.unit() - 0.5);
                let said = |who: usize| if who == 19 && at > 1 { f64::NAN } else { logistic(0.5 * log_odds) };
                ((0..20).map(said).collect(), stream.unit() < logistic(log_odds))
            })
            .collect();
        let rows: Vec<(&[f64], bool)> = rows.iter().map(|(row, came)| (row.as_slice(), *came)).collect();
        let history = history(&rows);
        let maps = PlattMethod.fit_each(&history.past()).expect("maps");
        assert_eq!(maps.len(), 20);
        let (many, few, given) = (maps[&0].apply(0.7), maps[&19].apply(0.7), 0.7);
        assert!(many > given + 0.05 && (few - many).abs() < 0.05, "{many} {few}");
        let alone = PlattMethod.fit(&[0.7, 0.6], &[true, false]).expect("a fit").apply(0.7);
        assert!((alone - given).abs() < (few - given).abs(), "alone two questions hardly move it: {alone} {few}");
    }
}
