//! A distribution from its cdf at some places: "0: 10 %, 5: 55 %, 20: 90 %".

use crate::dist::parameter::finite_or_none;
use crate::dist::{Distribution, ParameterError, QuantileCost, TailWeight};

/// A distribution whose cdf is stated at some places and runs straight between them.
///
/// What the cdf leaves beyond an outer place sits at that place:
///
/// ```text
/// P(X = x₁) = F₁,  P(X < x₁) = 0        P(X = xₙ) = 1 - Fₙ,  P(X > xₙ) = 0
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PiecewiseCdf {
    /// Place, probability up to it: places rise, probabilities do not fall.
    points: Vec<(f64, f64)>,
}

impl PiecewiseCdf {
    /// Of places, rising, and the probability of no more than each.
    ///
    /// ```
    /// use foretell::dist::{Distribution, PiecewiseCdf};
    ///
    /// let rain = PiecewiseCdf::new(vec![(0.0, 0.1), (5.0, 0.55), (20.0, 0.9)])?;
    /// assert_eq!((rain.quantile(0.05), rain.quantile(0.55), rain.quantile(0.95)), (0.0, 5.0, 20.0));
    /// # Ok::<(), foretell::dist::ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// When a place is no finite number or does not lie above the one before, a probability is none or less than the one before, or none lies strictly
    /// between 0 and 1.
    pub fn new(points: Vec<(f64, f64)>) -> Result<Self, ParameterError> {
        for (place, level) in &points {
            if !place.is_finite() {
                return Err(ParameterError::new(format!("a place of a cdf must be a finite number, but is {place}")));
            }
            if !(0.0..=1.0).contains(level) {
                return Err(ParameterError::new(format!(
                    "the cdf must lie between 0 and 1, but is {level} at {place:?}"
                )));
            }
        }
        for pair in points.windows(2) {
            let ((place, level), (next_place, next_level)) = (pair[0], pair[1]);
            if next_place <= place {
                return Err(ParameterError::new(format!(
                    "the places of a cdf must rise, but {next_place:?} comes after {place:?}"
                )));
            }
            if next_level < level {
                return Err(ParameterError::new(format!(
                    "the cdf falls at {next_place:?}, from {level} to {next_level}"
                )));
            }
        }
        if !points.iter().any(|(_, level)| 0.0 < *level && *level < 1.0) {
            return Err(ParameterError::new("the cdf has no value between 0 and 1"));
        }
        Ok(Self { points })
    }

    /// The places, rising, and the probability of no more than each.
    #[must_use]
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The outer points; there is one at least.
    fn ends(&self) -> ((f64, f64), (f64, f64)) {
        (self.points[0], self.points[self.points.len() - 1])
    }
}

impl Distribution for PiecewiseCdf {
    fn mean(&self) -> Option<f64> {
        let ((first, below), (last, up_to)) = self.ends();
        let lines = self.points.windows(2).map(|pair| (pair[1].1 - pair[0].1) * 0.5 * (pair[0].0 + pair[1].0));
        finite_or_none(crate::math::sum(lines.chain([below * first, (1.0 - up_to) * last])))
    }

    fn variance(&self) -> Option<f64> {
        let mean = self.mean()?;
        let ((first, below), (last, up_to)) = self.ends();
        // The second moment about the mean of a uniform piece.
        let lines = self.points.windows(2).map(|pair| {
            let (low, high) = (pair[0].0 - mean, pair[1].0 - mean);
            (pair[1].1 - pair[0].1) * (low * low + low * high + high * high) / 3.0
        });
        let at = |place: f64| (place - mean) * (place - mean);
        finite_or_none(crate::math::sum(lines.chain([below * at(first), (1.0 - up_to) * at(last)])))
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Thin
    }

    fn cdf(&self, x: f64) -> f64 {
        let after = self.points.partition_point(|point| point.0 <= x);
        if after == 0 {
            return 0.0;
        }
        if after == self.points.len() {
            return 1.0;
        }
        let ((from, low), (to, high)) = (self.points[after - 1], self.points[after]);
        (low + (high - low) * ((x - from) / (to - from))).min(high)
    }

    fn density(&self, x: f64) -> f64 {
        let ((first, below), (last, up_to)) = self.ends();
        if !(first..=last).contains(&x) {
            return 0.0;
        }
        if (x == first && below > 0.0) || (x == last && up_to < 1.0) {
            return f64::INFINITY;
        }
        // One place alone has a mass on both sides and is done with.
        let after = self.points.partition_point(|point| point.0 <= x).min(self.points.len() - 1);
        let ((from, low), (to, high)) = (self.points[after - 1], self.points[after]);
        (high - low) / (to - from)
    }

    fn quantile(&self, p: f64) -> f64 {
        if p <= 0.0 {
            return self.support().0;
        }
        let at = self.points.partition_point(|point| point.1 < p);
        if at == self.points.len() {
            return self.ends().1.0;
        }
        let (to, high) = self.points[at];
        if at == 0 || high == p {
            return to;
        }
        let (from, low) = self.points[at - 1];
        from + (to - from) * ((p - low) / (high - low))
    }

    fn support(&self) -> (f64, f64) {
        let low = self.points.partition_point(|point| point.1 <= 0.0).saturating_sub(1);
        let high = self.points.partition_point(|point| point.1 < 1.0).min(self.points.len() - 1);
        (self.points[low].0, self.points[high].0)
    }

    fn kinks(&self) -> Vec<f64> {
        let mut levels: Vec<f64> =
            self.points.iter().map(|point| point.1).filter(|level| 0.0 < *level && *level < 1.0).collect();
        levels.dedup();
        levels
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::expectation;

    fn cdf(points: &[(f64, f64)]) -> PiecewiseCdf {
        PiecewiseCdf::new(points.to_vec()).unwrap()
    }

    #[test]
    fn what_is_beyond_an_end_sits_at_it() {
        let rain = cdf(&[(0.0, 0.1), (5.0, 0.55), (20.0, 0.9)]);
        for (x, up_to) in [(-1e-9, 0.0), (0.0, 0.1), (2.5, 0.325), (5.0, 0.55), (20.0, 1.0), (99.0, 1.0)] {
            assert!((rain.cdf(x) - up_to).abs() < 1e-15, "{x}: {}", rain.cdf(x));
        }
        for (p, x) in [(0.0, 0.0), (0.02, 0.0), (0.1, 0.0), (0.325, 2.5), (0.55, 5.0), (0.9, 20.0), (1.0, 20.0)] {
            assert!((rain.quantile(p) - x).abs() < 1e-14, "{p}: {}", rain.quantile(p));
        }
        assert_eq!((rain.density(0.0), rain.density(20.0)), (f64::INFINITY, f64::INFINITY));
        assert!((rain.density(1.0) - 0.09).abs() < 1e-15 && rain.density(21.0) == 0.0);
        assert_eq!((rain.support(), rain.kinks()), ((0.0, 20.0), vec![0.1, 0.55, 0.9]));
    }

    #[test]
    fn where_the_cdf_is_level_nothing_lies() {
        // A mixture of two uniforms, 0..1 and 3..4, said with more points than it takes.
        let two = cdf(&[(-5.0, 0.0), (0.0, 0.0), (1.0, 0.5), (3.0, 0.5), (4.0, 1.0), (9.0, 1.0)]);
        assert_eq!((two.support(), two.kinks()), ((0.0, 4.0), vec![0.5]));
        assert_eq!((two.quantile(0.0), two.quantile(0.5), two.quantile(0.75), two.quantile(1.0)), (0.0, 1.0, 3.5, 4.0));
        assert_eq!((two.cdf(2.0), two.density(2.0), two.density(3.5)), (0.5, 0.0, 0.5));
        assert!((two.mean().unwrap() - 2.0).abs() < 1e-15);
        // Within 1/12, between 1.5².
        assert!((two.variance().unwrap() - (1.0 / 12.0 + 2.25)).abs() < 1e-14);
    }

    #[test]
    fn the_moments_are_those_of_the_quantile_function() {
        let rain = cdf(&[(-3.0, 0.1), (5.0, 0.55), (20.0, 0.9)]);
        let mean = expectation(&rain, |x| x);
        assert!((rain.mean().unwrap() - mean).abs() < 1e-10);
        let variance = expectation(&rain, |x| (x - mean) * (x - mean));
        assert!((rain.variance().unwrap() - variance).abs() < 1e-8);
        let one = cdf(&[(7.0, 0.3)]);
        assert_eq!((one.mean(), one.quantile(0.1), one.quantile(0.9)), (Some(7.0), 7.0, 7.0));
        assert_eq!((one.cdf(6.9), one.cdf(7.0), one.density(7.0)), (0.0, 1.0, f64::INFINITY));
    }

    #[test]
    fn what_is_no_cdf_is_refused() {
        for (points, told) in [
            (vec![(0.0, 0.5), (1.0, 0.4)], "the cdf falls at 1.0, from 0.5 to 0.4"),
            (vec![(0.0, 0.4), (0.0, 0.5)], "the places of a cdf must rise, but 0.0 comes after 0.0"),
            (vec![(0.0, 0.4), (1.0, 1.5)], "the cdf must lie between 0 and 1, but is 1.5 at 1.0"),
            (vec![(f64::INFINITY, 0.5)], "a place of a cdf must be a finite number, but is inf"),
            (vec![(0.0, 0.0), (1.0, 1.0)], "the cdf has no value between 0 and 1"),
            (Vec::new(), "the cdf has no value between 0 and 1"),
        ] {
            assert_eq!(PiecewiseCdf::new(points).unwrap_err().message, told);
        }
    }
}
