//! A continuous distribution rounded to whole numbers from 0 on.

use super::Distribution;
use crate::math::round_half_up;
use std::sync::Arc;

/// `max(0, floor(X + 1/2))`.
///
/// `P(N <= k) = F(k + 1/2)` for whole `k >= 0`.
#[derive(Debug, Clone)]
pub struct Rounded {
    base: Arc<dyn Distribution>,
}

impl Rounded {
    /// Rounds draws of `base`.
    #[must_use]
    pub fn new(base: Arc<dyn Distribution>) -> Self {
        Self { base }
    }

    /// The largest value that has more than a trace of probability.
    fn last(&self) -> f64 {
        self.quantile(1.0 - 1e-13).clamp(0.0, 1e6)
    }
}

impl Distribution for Rounded {
    fn mean(&self) -> Option<f64> {
        let mut sum = 0.0;
        let mut k = 1.0;
        while k <= self.last() {
            sum += 1.0 - self.base.cdf(k - 0.5);
            k += 1.0;
        }
        Some(sum)
    }

    fn variance(&self) -> Option<f64> {
        let mean = self.mean()?;
        let mut second = 0.0;
        let mut k = 1.0;
        while k <= self.last() {
            second += (2.0 * k - 1.0) * (1.0 - self.base.cdf(k - 0.5));
            k += 1.0;
        }
        Some(second - mean * mean)
    }

    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { self.base.cdf(x.floor() + 0.5) }
    }

    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x.fract() != 0.0 {
            return 0.0;
        }
        if x == 0.0 { self.base.cdf(0.5) } else { self.base.cdf(x + 0.5) - self.base.cdf(x - 0.5) }
    }

    fn quantile(&self, p: f64) -> f64 {
        round_half_up(self.base.quantile(p)).max(0.0)
    }

    fn is_discrete(&self) -> bool {
        true
    }

    fn support(&self) -> (f64, f64) {
        let (low, high) = self.base.support();
        (round_half_up(low).max(0.0), round_half_up(high).max(0.0))
    }
}
