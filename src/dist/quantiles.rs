//! A distribution from stated quantiles: "5%: 40, 50%: 60, 95%: 90".

use crate::dist::parameter::is_moderate;
use crate::dist::{Distribution, ParameterError, QuantileCost, TailWeight};
use crate::math::{exp, ln};
use std::sync::Arc;

/// A distribution that meets stated quantiles exactly.
///
/// Between the stated points the quantile function is linear (the density is constant there); beyond the outer points the
/// density falls off exponentially from the value it has beside them:
///
/// ```text
/// P(X <= x) = p₁ exp((x - x₁) f₁/p₁)   for x < x₁,     f₁ = (p₂ - p₁)/(x₂ - x₁),     likewise above
/// ```
///
/// A stated 0 % or 100 % point ends the distribution on that side.
#[derive(Debug, Clone, PartialEq)]
pub struct PiecewiseQuantiles {
    /// Probability below, value; both rise.
    points: Vec<(f64, f64)>,
    /// The probability above each point.
    above: Vec<f64>,
}

/// The distribution that meets these points `(p, x)`, each saying that `x` has the probability `p` below it; in any order.
///
/// ```
/// let cost = foretell::dist::from_quantiles(&[(0.05, 40.0), (0.5, 60.0), (0.95, 90.0)])?;
/// assert_eq!(cost.quantile(0.5), 60.0);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
///
/// # Errors
/// When there are fewer than two points, a probability is not between 0 and 1 or stated twice, or the values do not rise with the
/// probabilities.
pub fn from_quantiles(points: &[(f64, f64)]) -> Result<Arc<dyn Distribution>, ParameterError> {
    Ok(Arc::new(PiecewiseQuantiles::new(points)?))
}

impl PiecewiseQuantiles {
    /// See [`from_quantiles`].
    ///
    /// # Errors
    /// As there.
    pub fn new(points: &[(f64, f64)]) -> Result<Self, ParameterError> {
        if points.len() < 2 {
            return Err(ParameterError::new(format!(
                "a distribution needs at least two quantiles, but has {}",
                points.len()
            )));
        }
        for (position, (p, x)) in points.iter().enumerate() {
            if !(0.0..=1.0).contains(p) {
                return Err(ParameterError::new(format!(
                    "the probability of a quantile must lie between 0 and 1, but is {p}"
                ))
                .at(position));
            }
            if !is_moderate(*x) {
                return Err(ParameterError::new(format!("a quantile must be a number, but is {x}")).at(position));
            }
        }
        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by(|left, right| points[*left].0.total_cmp(&points[*right].0));
        for pair in order.windows(2) {
            let ((p, x), (next_p, next_x)) = (points[pair[0]], points[pair[1]]);
            let percent = |p: f64| (p * 1e8).round() / 1e6;
            if next_p == p {
                return Err(ParameterError::new(format!("the {} % quantile is stated twice", percent(p))).at(pair[1]));
            }
            if next_x <= x {
                let (lower, upper) = (percent(p), percent(next_p));
                return Err(ParameterError::new(format!(
                    "the {upper} % quantile must be above the {lower} % quantile {x}, but is {next_x}"
                ))
                .at(pair[1]));
            }
        }
        let points: Vec<(f64, f64)> = order.iter().map(|i| points[*i]).collect();
        let above = points.iter().map(|(p, _)| 1.0 - p).collect();
        Ok(Self { points, above })
    }

    fn density_after(&self, segment: usize) -> f64 {
        let ((p, x), (next_p, next_x)) = (self.points[segment], self.points[segment + 1]);
        (next_p - p) / (next_x - x)
    }

    /// The mean excess of the lower and the upper tail beyond the outer points; 0 where there is no tail.
    fn tail_lengths(&self) -> (f64, f64) {
        let last = self.points.len() - 1;
        (self.points[0].0 / self.density_after(0), self.above[last] / self.density_after(last - 1))
    }

    fn ends(&self) -> ((f64, f64), (f64, f64)) {
        let last = self.points.len() - 1;
        (self.points[0], (self.above[last], self.points[last].1))
    }

    /// The segment that holds `x`, for `x` between the outer points.
    fn segment_of_value(&self, x: f64) -> usize {
        self.points.partition_point(|point| point.1 <= x).clamp(1, self.points.len() - 1) - 1
    }
}

impl Distribution for PiecewiseQuantiles {
    fn mean(&self) -> Option<f64> {
        let ((p, x), (q, last_x)) = self.ends();
        let (lower, upper) = self.tail_lengths();
        let bulk = self.points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * 0.5 * (pair[0].1 + pair[1].1));
        Some(crate::math::sum(bulk.chain([p * (x - lower), q * (last_x + upper)])))
    }

    fn variance(&self) -> Option<f64> {
        let mean = self.mean()?;
        let ((p, x), (q, last_x)) = self.ends();
        let (lower, upper) = self.tail_lengths();
        // The second moment about the mean of a uniform piece, and of an exponential tail.
        let bulk = self.points.windows(2).map(|pair| {
            let (low, high) = (pair[0].1 - mean, pair[1].1 - mean);
            (pair[1].0 - pair[0].0) * (low * low + low * high + high * high) / 3.0
        });
        let tail = |from: f64, length: f64| (from + length) * (from + length) + length * length;
        Some(crate::math::sum(bulk.chain([p * tail(mean - x, lower), q * tail(last_x - mean, upper)])))
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        let ((p, first), (q, last)) = self.ends();
        let (lower, upper) = self.tail_lengths();
        if x < first {
            return if p == 0.0 { 0.0 } else { p * exp((x - first) / lower) };
        }
        if x >= last {
            return if q == 0.0 { 1.0 } else { 1.0 - q * exp((last - x) / upper) };
        }
        let segment = self.segment_of_value(x);
        let (p, from) = self.points[segment];
        p + (x - from) * self.density_after(segment)
    }

    fn density(&self, x: f64) -> f64 {
        let ((p, first), (q, last)) = self.ends();
        let (lower, upper) = self.tail_lengths();
        if x < first {
            return if p == 0.0 { 0.0 } else { p / lower * exp((x - first) / lower) };
        }
        if x > last {
            return if q == 0.0 { 0.0 } else { q / upper * exp((last - x) / upper) };
        }
        self.density_after(self.segment_of_value(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        let ((first_p, first), _) = self.ends();
        if p < first_p {
            return first + self.tail_lengths().0 * ln(p / first_p);
        }
        let next = self.points.partition_point(|point| point.0 <= p);
        if next == self.points.len() {
            return self.upper_quantile(1.0 - p);
        }
        let ((low_p, low), (high_p, high)) = (self.points[next - 1], self.points[next]);
        low + (high - low) * ((p - low_p) / (high_p - low_p))
    }

    fn survival(&self, x: f64) -> f64 {
        let (_, (q, last)) = self.ends();
        if x < last {
            1.0 - self.cdf(x)
        } else if q == 0.0 {
            0.0
        } else {
            q * exp((last - x) / self.tail_lengths().1)
        }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        let (_, (last_q, last)) = self.ends();
        if q > last_q {
            return self.quantile(1.0 - q);
        }
        if last_q == 0.0 { last } else { last - self.tail_lengths().1 * ln(q.max(0.0) / last_q) }
    }

    fn support(&self) -> (f64, f64) {
        let ((p, first), (q, last)) = self.ends();
        (if p == 0.0 { first } else { f64::NEG_INFINITY }, if q == 0.0 { last } else { f64::INFINITY })
    }

    fn kinks(&self) -> Vec<f64> {
        self.points.iter().map(|point| point.0).filter(|p| *p > 0.0 && *p < 1.0).collect()
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stated_points_are_met_exactly() {
        let stated = [(0.95, 90.0), (0.05, 40.0), (0.5, 60.0)];
        let cost = PiecewiseQuantiles::new(&stated).unwrap();
        for (p, x) in stated {
            assert_eq!(cost.quantile(p), x);
            assert!((cost.cdf(x) - p).abs() < 1e-15);
        }
        assert_eq!(cost.quantile(0.275), 50.0);
        // The lower tail starts with the density of its neighbour, 0.45/20.
        assert!((cost.density(40.0 - 1e-9) - 0.0225).abs() < 1e-9);
    }

    #[test]
    fn a_stated_0_and_100_percent_end_the_distribution() {
        let bounded = PiecewiseQuantiles::new(&[(0.0, 10.0), (1.0, 20.0)]).unwrap();
        assert_eq!(bounded.support(), (10.0, 20.0));
        assert_eq!((bounded.mean(), bounded.cdf(9.0), bounded.cdf(21.0)), (Some(15.0), 0.0, 1.0));
        assert!((bounded.variance().unwrap() - 100.0 / 12.0).abs() < 1e-12);
        assert_eq!((bounded.quantile(0.0), bounded.quantile(1.0)), (10.0, 20.0));
    }

    #[test]
    fn the_moments_are_those_of_the_quantile_function() {
        let cost = PiecewiseQuantiles::new(&[(0.1, -5.0), (0.3, 0.0), (0.8, 2.0), (0.99, 30.0)]).unwrap();
        let mean = crate::dist::expectation(&cost, |x| x);
        assert!((cost.mean().unwrap() - mean).abs() < 1e-10);
        let variance = crate::dist::expectation(&cost, |x| (x - mean) * (x - mean));
        assert!((cost.variance().unwrap() - variance).abs() < 1e-8);
    }

    #[test]
    fn quantiles_that_cross_are_refused() {
        let error = PiecewiseQuantiles::new(&[(0.05, 40.0), (0.5, 30.0)]).unwrap_err();
        assert_eq!(error.message, "the 50 % quantile must be above the 5 % quantile 40, but is 30");
        assert_eq!(error.argument, Some(1));
        for points in
            [&[(0.5, 1.0)][..], &[(0.5, 1.0), (0.5, 2.0)], &[(1.5, 1.0), (0.5, 2.0)], &[(0.1, f64::NAN), (0.5, 2.0)]]
        {
            assert!(PiecewiseQuantiles::new(points).is_err());
        }
    }
}
