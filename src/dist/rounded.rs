//! Counts from a range: a continuous distribution rounded to whole numbers.

use crate::dist::moments::mean_and_variance;
use crate::dist::parameter::finite_or_none;
use crate::dist::{Distribution, QuantileCost, TailWeight};
use std::sync::{Arc, OnceLock};

/// The nearest whole number to a random variable (halves go up), and at least 0.
///
/// ```text
/// P(K <= k) = F(k + ½)   for k = 0, 1, 2, …
/// ```
#[derive(Debug, Clone)]
pub struct Rounded {
    base: Arc<dyn Distribution>,
    /// The mean and the variance, computed when first asked for.
    moments: OnceLock<(Option<f64>, Option<f64>)>,
}

impl Rounded {
    /// `base` rounded to whole numbers from 0 on.
    #[must_use]
    pub fn new(base: Arc<dyn Distribution>) -> Self {
        Self { base, moments: OnceLock::new() }
    }

    /// The moments exist if the base's do, or if it is bounded above.
    fn moments(&self) -> (Option<f64>, Option<f64>) {
        *self.moments.get_or_init(|| {
            let bounded = self.support().1.is_finite();
            let (has_mean, has_variance) = (self.base.mean().is_some(), self.base.variance().is_some());
            if !(bounded || has_mean) {
                return (None, None);
            }
            let (mean, variance) = mean_and_variance(self);
            (finite_or_none(mean), if bounded || has_variance { finite_or_none(variance) } else { None })
        })
    }
}

fn nearest_whole(x: f64) -> f64 {
    // Above 2^52 every double is whole, and adding ½ could only round it.
    if x.abs() > 4e15 { x.max(0.0) } else { (x + 0.5).floor().max(0.0) }
}

/// The largest value that rounds to `k` or less.
fn edge(k: f64) -> f64 {
    (k + 0.5).next_down()
}

impl Distribution for Rounded {
    fn mean(&self) -> Option<f64> {
        self.moments().0
    }

    fn variance(&self) -> Option<f64> {
        self.moments().1
    }

    fn tail_weight(&self) -> TailWeight {
        self.base.tail_weight()
    }

    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { self.base.cdf(edge(x.floor())) }
    }

    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x != x.floor() || x == f64::INFINITY {
            return 0.0;
        }
        if x == 0.0 {
            return self.cdf(0.0);
        }
        let (lower, upper) = (edge(x - 1.0), edge(x));
        if self.base.cdf(lower) < 0.5 {
            (self.base.cdf(upper) - self.base.cdf(lower)).max(0.0)
        } else {
            (self.base.survival(lower) - self.base.survival(upper)).max(0.0)
        }
    }

    fn quantile(&self, p: f64) -> f64 {
        nearest_whole(self.base.quantile(p))
    }

    fn survival(&self, x: f64) -> f64 {
        if x < 0.0 { 1.0 } else { self.base.survival(edge(x.floor())) }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        nearest_whole(self.base.upper_quantile(q))
    }

    fn is_discrete(&self) -> bool {
        true
    }

    fn support(&self) -> (f64, f64) {
        let (low, high) = self.base.support();
        (nearest_whole(low), nearest_whole(high))
    }

    fn quantile_cost(&self) -> QuantileCost {
        self.base.quantile_cost()
    }

    fn fill_quantiles(&self, uniforms: &[f64], out: &mut [f64]) {
        self.base.fill_quantiles(uniforms, out);
        for value in out {
            *value = nearest_whole(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Uniform, from_interval};

    #[test]
    fn a_rounded_uniform_is_a_fair_die() {
        let die = Rounded::new(Arc::new(Uniform::new(0.5, 6.5).unwrap()));
        for face in 1..=6 {
            assert!((die.density(f64::from(face)) - 1.0 / 6.0).abs() < 1e-14);
        }
        assert!((die.mean().unwrap() - 3.5).abs() < 1e-12);
        assert!((die.variance().unwrap() - 35.0 / 12.0).abs() < 1e-12);
    }

    #[test]
    fn what_would_be_negative_is_none() {
        let count = Rounded::new(from_interval(0.9, -3.0, 12.0).unwrap());
        assert_eq!(count.quantile(0.01), 0.0);
        assert!((count.cdf(0.0) - count.density(0.0)).abs() < 1e-15);
        assert_eq!(count.cdf(-1.0), 0.0);
    }
}
