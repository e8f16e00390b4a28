//! The isotonic map: the non-decreasing map that would have scored best.

use super::method::{Map, MapMethod};
use crate::diagnostic::counted;
use crate::math::isotonic;

/// A fitted isotonic map.
#[derive(Debug, Clone, PartialEq)]
pub struct IsotonicMap {
    /// Probabilities, increasing.
    knots: Vec<f64>,
    /// What becomes of them, not decreasing.
    values: Vec<f64>,
}

impl IsotonicMap {
    /// The recalibrated probability: straight lines between the probabilities that were fitted, level beyond them.
    #[must_use]
    pub fn apply(&self, probability: f64) -> f64 {
        let after = self.knots.partition_point(|knot| *knot <= probability);
        let Some(before) = after.checked_sub(1) else { return self.values[0] };
        let Some(next) = self.knots.get(after) else { return self.values[before] };
        let share = (probability - self.knots[before]) / (next - self.knots[before]);
        self.values[before] + share * (self.values[after] - self.values[before])
    }
}

/// Fits the non-decreasing map of probabilities with the least mean Brier score (and under every other proper score) on the past.
///
/// It fits to chance, too, and says 0 and 1 at the ends: for hundreds of questions rather than tens. `None` when the lengths differ, there
/// are no probabilities, or one lies outside of 0..=1.
///
/// ```
/// let map = foretell::pool::isotonic_map(&[0.1, 0.4, 0.6, 0.9], &[false, true, false, true]).expect("four");
/// assert_eq!([0.05, 0.5, 0.75, 1.0].map(|p| map.apply(p)), [0.0, 0.5, 0.75, 1.0]);
/// ```
///
/// Zadrozny and Elkan (2002), Proc. KDD 8, 694–699.
#[must_use]
pub fn isotonic_map(probabilities: &[f64], happened: &[bool]) -> Option<IsotonicMap> {
    if probabilities.is_empty() || probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let outcomes: Vec<f64> = happened.iter().map(|yes| f64::from(u8::from(*yes))).collect();
    let fitted = isotonic(probabilities, &outcomes, &vec![1.0; outcomes.len()])?;
    let mut pairs: Vec<(f64, f64)> = probabilities.iter().copied().zip(fitted).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs.dedup_by(|later, earlier| later.0 == earlier.0);
    let (knots, values) = pairs.into_iter().unzip();
    Some(IsotonicMap { knots, values })
}

/// The isotonic map as a method, held away from 0 and 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct IsotonicMethod;

/// A map that says nothing surer than so many questions can tell.
#[derive(Debug, Clone)]
struct Held {
    map: IsotonicMap,
    sure: f64,
}

impl MapMethod for IsotonicMethod {
    fn name(&self) -> &'static str {
        "isotonic"
    }

    fn about(&self) -> &'static str {
        "the best non-decreasing map, held 1/(n + 2) away from 0 and 1"
    }

    fn fit(&self, probabilities: &[f64], happened: &[bool]) -> Option<Box<dyn Map>> {
        let sure = 1.0 / (happened.len() as f64 + 2.0);
        Some(Box::new(Held { map: isotonic_map(probabilities, happened)?, sure }))
    }
}

impl Map for Held {
    fn apply(&self, probability: f64) -> f64 {
        self.map.apply(probability).clamp(self.sure, 1.0 - self.sure)
    }

    fn learned(&self) -> String {
        let mut values = self.map.values.clone();
        values.dedup();
        counted(values.len(), "step")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_is_that_of_scikit_learn() {
        let said = [0.1, 0.2, 0.25, 0.35, 0.4, 0.55, 0.6, 0.7, 0.8, 0.9, 0.3, 0.65];
        let came = [false, true, false, false, true, false, true, true, false, true, true, true];
        let map = isotonic_map(&said, &came).expect("twelve");
        // scikit-learn 1.9.1, IsotonicRegression(out_of_bounds="clip").
        let expected = [0.0, 0.5, 0.5, 0.5, 0.75, 0.75, 1.0];
        for (p, expected) in [0.05, 0.22, 0.33, 0.5, 0.62, 0.75, 0.95].into_iter().zip(expected) {
            assert!((map.apply(p) - expected).abs() < 1e-12, "{p}: {}", map.apply(p));
        }
    }

    #[test]
    fn ties_are_one_step_and_nothing_has_no_map() {
        let map = isotonic_map(&[0.5, 0.5, 0.5, 0.8], &[true, false, false, true]).expect("four");
        assert!((map.apply(0.5) - 1.0 / 3.0).abs() < 1e-15 && map.apply(0.9) == 1.0);
        assert!(isotonic_map(&[], &[]).is_none() && isotonic_map(&[1.1], &[true]).is_none());
        assert!(isotonic_map(&[0.1], &[]).is_none());
    }
}
