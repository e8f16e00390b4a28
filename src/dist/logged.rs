//! A distribution of numbers as it is on the log scale, on which distances are ratios.

use crate::dist::moments::expectation;
use crate::dist::parameter::finite_or_none;
use crate::dist::{Distribution, QuantileCost, TailWeight};
use crate::math::{exp_m1, ln_1p};
use std::sync::Arc;

/// A count that may be one of more values than this is taken for a continuous number: its steps are far below its spread.
const MOST_VALUES: f64 = 1e4;

/// What a tail of a count is cut off at where its values are counted.
const TAIL: f64 = 1e-12;

/// How far from where a number is looked for it may lie, as a share of it: more than both functions are off by.
const NEAR: f64 = 1e-12;

/// The law of `ln(1 + max(X, 0))`: numbers below 0 count as 0.
///
/// A mass keeps its place to the last bit: the cdf at `ln(1 + x)` is that of the base at `x`.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    base: Arc<dyn Distribution>,
    is_discrete: bool,
}

impl Logged {
    /// The law of a number on the log scale.
    pub(crate) fn new(base: Arc<dyn Distribution>) -> Self {
        let is_discrete = base.is_discrete() && base.upper_quantile(TAIL) - base.quantile(TAIL) <= MOST_VALUES;
        Self { base, is_discrete }
    }
}

/// A number on the log scale.
fn logged(x: f64) -> f64 {
    ln_1p(x.max(0.0))
}

/// The largest number that is no more than this on the log scale, on which many are one.
fn natural(y: f64) -> f64 {
    let about = exp_m1(y);
    if !about.is_finite() {
        return about;
    }
    let (mut low, mut high) = (about * (1.0 - NEAR), about * (1.0 + NEAR));
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return low;
        }
        if ln_1p(middle) <= y {
            low = middle;
        } else {
            high = middle;
        }
    }
}

impl Distribution for Logged {
    fn mean(&self) -> Option<f64> {
        finite_or_none(expectation(self.base.as_ref(), logged))
    }

    fn variance(&self) -> Option<f64> {
        let mean = self.mean()?;
        finite_or_none(expectation(self.base.as_ref(), |x| (logged(x) - mean) * (logged(x) - mean)))
    }

    fn tail_weight(&self) -> TailWeight {
        self.base.tail_weight()
    }

    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { self.base.cdf(natural(x)) }
    }

    fn density(&self, x: f64) -> f64 {
        if x < 0.0 {
            return 0.0;
        }
        if self.is_discrete {
            return self.cdf(x) - self.cdf(x.next_down());
        }
        if x == 0.0 && self.base.cdf(0.0) > 0.0 {
            return f64::INFINITY;
        }
        let natural = natural(x);
        self.base.density(natural) * (1.0 + natural)
    }

    fn quantile(&self, p: f64) -> f64 {
        logged(self.base.quantile(p))
    }

    fn survival(&self, x: f64) -> f64 {
        if x < 0.0 { 1.0 } else { self.base.survival(natural(x)) }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        logged(self.base.upper_quantile(q))
    }

    fn is_discrete(&self) -> bool {
        self.is_discrete
    }

    fn support(&self) -> (f64, f64) {
        let (low, high) = self.base.support();
        (logged(low), logged(high))
    }

    fn kinks(&self) -> Vec<f64> {
        let below = self.base.cdf(0.0);
        let mut kinks = self.base.kinks();
        kinks.extend(Some(below).filter(|below| 0.0 < *below && *below < 1.0));
        kinks
    }

    fn quantile_cost(&self) -> QuantileCost {
        self.base.quantile_cost()
    }

    fn next_value(&self, x: f64) -> f64 {
        let low = self.support().0;
        if x < low { low } else { logged(self.base.next_value(natural(x))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Bound, Limited, family};

    fn law(name: &str, arguments: &[f64]) -> Arc<dyn Distribution> {
        family(name, arguments).expect("in range")
    }

    #[test]
    fn its_cdf_is_that_of_the_number_and_its_quantiles_invert_it() {
        let law = Logged::new(law("exponential", &[0.02]));
        for y in [0.0_f64, 1e-9, 0.3, 1.0, 4.0, 6.5] {
            // Of an exponential law: 1 - e^(-a (e^y - 1)).
            let known = -(-0.02 * (y.exp() - 1.0)).exp_m1();
            assert!((law.cdf(y) - known).abs() < 1e-14, "{y}: {} for {known}", law.cdf(y));
            assert!((law.cdf(y) + law.survival(y) - 1.0).abs() < 1e-14, "{y}");
            let level = 0.999 * law.cdf(y);
            assert!((law.cdf(law.quantile(level)) - level).abs() < 1e-13, "{y}");
        }
        assert_eq!((law.cdf(-1e-300), law.survival(-1.0), law.support()), (0.0, 1.0, (0.0, f64::INFINITY)));
        // E ln(1 + X) of a uniform number from 0 to 1: 2 ln 2 - 1.
        let mean = Logged::new(self::law("uniform", &[0.0, 1.0])).mean().expect("a mean");
        assert!((mean - (2.0 * std::f64::consts::LN_2 - 1.0)).abs() < 1e-9, "{mean}");
    }

    #[test]
    fn a_mass_keeps_its_place_to_the_last_bit() {
        for mean in [0.7, 30.0, 900.0] {
            let base = law("poisson", &[mean]);
            let law = Logged::new(base.clone());
            assert!(law.is_discrete());
            let mut at = 0.0;
            for count in 0..2000 {
                let count = f64::from(count);
                assert_eq!(at, ln_1p(count), "the value after another");
                assert_eq!(law.cdf(at), base.cdf(count), "{count}");
                assert_eq!(law.cdf(at.next_down()), base.cdf(count - 1.0), "{count}");
                at = law.next_value(at);
            }
        }
        for end in [1e-5, 0.1, 3.7, 1e9 / 3.0] {
            let capped = Limited::new(law("normal", &[end, end]), Some(Bound::Cap(end)), None).expect("half of it");
            let law = Logged::new(Arc::new(capped));
            assert!((law.cdf(ln_1p(end)) - 0.5).abs() < 1e-11, "{end}: {}", law.cdf(ln_1p(end)));
            assert_eq!(law.cdf(ln_1p(end).next_down()), 0.0, "{end}");
        }
        // What lies below 0 counts as 0.
        let law = Logged::new(law("uniform", &[-1.0, 3.0]));
        assert_eq!((law.cdf(0.0), law.quantile(0.1), law.kinks()), (0.25, 0.0, vec![0.25]));
        assert!(!Logged::new(self::law("poisson", &[1e9])).is_discrete());
    }
}
