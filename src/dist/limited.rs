//! Caps and cuts: "at least 0", "at most 90", "cut below 0", "cut above 100".

use crate::dist::moments::mean_and_variance;
use crate::dist::parameter::{finite_or_none, is_moderate};
use crate::dist::{Distribution, ParameterError, QuantileCost, TailWeight};
use std::sync::{Arc, OnceLock};

/// A limit keeps at least this share of the distribution, so that the share itself is known to a few digits.
const LEAST_KEPT: f64 = 1e-12;

/// What happens to the probability beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// It sits at the bound: "at least", "at most".
    Cap(f64),
    /// It is spread over the rest in proportion: "cut below", "cut above". The bound itself stays possible.
    Cut(f64),
}

impl Bound {
    /// Where the bound lies.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Cap(value) | Self::Cut(value) => value,
        }
    }
}

/// A distribution with a bound below, above, or both.
///
/// ```text
/// cut:  F(x) = (F₀(x) - F₀(l⁻)) / (F₀(u) - F₀(l⁻))      cap:  X = min(max(X₀, l), u)
/// ```
///
/// ```
/// use foretell::dist::{Bound, Distribution, Limited, family};
/// let price = Limited::new(family("normal", &[80.0, 10.0])?, None, Some(Bound::Cap(90.0)))?;
/// assert_eq!(price.cdf(90.0), 1.0);
/// assert!((price.cdf(89.999_999) - 0.8413).abs() < 1e-4); // the rest sits at 90
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Limited {
    base: Arc<dyn Distribution>,
    lower: Option<Bound>,
    upper: Option<Bound>,
    /// The share of the base cut away below and above, and what is left of it.
    cut_below: f64,
    cut_above: f64,
    kept: f64,
    /// The mean and the variance, computed when first asked for.
    moments: OnceLock<(Option<f64>, Option<f64>)>,
}

impl Limited {
    /// `base` with these bounds.
    ///
    /// The mean and the variance are computed by quadrature when first asked for.
    ///
    /// # Errors
    /// When a bound is not a number, the bounds are not in order, or next to nothing of the base lies between them. The arguments
    /// of an error are counted 0 for the lower and 1 for the upper bound.
    pub fn new(
        base: Arc<dyn Distribution>,
        lower: Option<Bound>,
        upper: Option<Bound>,
    ) -> Result<Self, ParameterError> {
        for (argument, bound) in [(0, lower), (1, upper)] {
            if let Some(bound) = bound.map(Bound::value)
                && !is_moderate(bound)
            {
                return Err(ParameterError::new(format!("a bound must be a number, but is {bound}")).at(argument));
            }
        }
        if let (Some(lower), Some(upper)) = (lower.map(Bound::value), upper.map(Bound::value))
            && lower >= upper
        {
            return Err(ParameterError::new(format!(
                "the lower bound must be below the upper bound {upper}, but is {lower}"
            ))
            .at(0));
        }
        let below = lower.map_or((0.0, 1.0), |bound| before(base.as_ref(), bound.value()));
        let above = upper.map_or((0.0, 1.0), |bound| (base.survival(bound.value()), base.cdf(bound.value())));
        // Between the bounds, through the tail in which both lie if there is one.
        let between = if below.0 > 0.5 {
            below.1 - above.0
        } else if above.0 > 0.5 {
            above.1 - below.0
        } else {
            1.0 - below.0 - above.0
        };
        if between < LEAST_KEPT {
            let (low, high) = base.support();
            let place = match (lower, upper) {
                (Some(lower), Some(upper)) => format!("between {} and {}", lower.value(), upper.value()),
                (Some(lower), None) => format!("above {}", lower.value()),
                (None, Some(upper)) => format!("below {}", upper.value()),
                (None, None) => "left".to_string(),
            };
            return Err(ParameterError::new(format!("next to nothing of the distribution lies {place}"))
                .at(usize::from(lower.is_none()))
                .with_help(format!(
                    "its values run from {low} to {high}, 98 % of them from {} to {}",
                    base.quantile(0.01),
                    base.quantile(0.99)
                )));
        }
        let cut_below = if matches!(lower, Some(Bound::Cut(_))) { below.0 } else { 0.0 };
        let cut_above = if matches!(upper, Some(Bound::Cut(_))) { above.0 } else { 0.0 };
        let kept = match (cut_below > 0.0, cut_above > 0.0) {
            (true, true) => between,
            (true, false) => below.1,
            (false, true) => above.1,
            (false, false) => 1.0,
        };
        Ok(Self { base, lower, upper, cut_below, cut_above, kept, moments: OnceLock::new() })
    }

    /// `base` with caps at these ends, which are in order, however little of it lies between them.
    pub(crate) fn held(base: Arc<dyn Distribution>, lower: Option<f64>, upper: Option<f64>) -> Self {
        let (lower, upper) = (lower.map(Bound::Cap), upper.map(Bound::Cap));
        Self { base, lower, upper, cut_below: 0.0, cut_above: 0.0, kept: 1.0, moments: OnceLock::new() }
    }

    /// The moments exist if the base's do, or if no unbounded side is left.
    fn moments(&self) -> (Option<f64>, Option<f64>) {
        *self.moments.get_or_init(|| {
            let (low, high) = self.support();
            let bounded = low.is_finite() && high.is_finite();
            let (has_mean, has_variance) = (self.base.mean().is_some(), self.base.variance().is_some());
            if !(bounded || has_mean) {
                return (None, None);
            }
            let (mean, variance) = mean_and_variance(self);
            (finite_or_none(mean), if bounded || has_variance { finite_or_none(variance) } else { None })
        })
    }

    fn clamp(&self, x: f64) -> f64 {
        let x = self.lower.map_or(x, |bound| x.max(bound.value()));
        self.upper.map_or(x, |bound| x.min(bound.value()))
    }

    /// The base's value with the share `p` of what is kept below it and `q = 1 - p` above.
    fn value_at(&self, p: f64, q: f64) -> f64 {
        let base_p = self.cut_below + p * self.kept;
        let value = if base_p <= 0.5 {
            self.base.quantile(base_p)
        } else {
            self.base.upper_quantile(self.cut_above + q * self.kept)
        };
        self.clamp(value)
    }

    fn is_capped_at(&self, x: f64) -> bool {
        self.lower == Some(Bound::Cap(x)) || self.upper == Some(Bound::Cap(x))
    }
}

/// The probability below `x` and from `x` on.
fn before(base: &dyn Distribution, x: f64) -> (f64, f64) {
    let just_below = x.next_down();
    (base.cdf(just_below), base.survival(just_below))
}

impl Distribution for Limited {
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
        if self.lower.is_some_and(|bound| x < bound.value()) {
            return 0.0;
        }
        if self.upper.is_some_and(|bound| x >= bound.value()) {
            return 1.0;
        }
        let below = self.base.cdf(x);
        let share = if below <= 0.5 {
            (below - self.cut_below) / self.kept
        } else {
            1.0 - (self.base.survival(x) - self.cut_above) / self.kept
        };
        share.clamp(0.0, 1.0)
    }

    fn survival(&self, x: f64) -> f64 {
        if self.lower.is_some_and(|bound| x < bound.value()) {
            return 1.0;
        }
        if self.upper.is_some_and(|bound| x >= bound.value()) {
            return 0.0;
        }
        let above = self.base.survival(x);
        let share = if above <= 0.5 {
            (above - self.cut_above) / self.kept
        } else {
            1.0 - (self.base.cdf(x) - self.cut_below) / self.kept
        };
        share.clamp(0.0, 1.0)
    }

    fn density(&self, x: f64) -> f64 {
        if self.clamp(x) != x {
            return 0.0;
        }
        if self.is_capped_at(x) {
            let mass = self.cdf(x) - before(self, x).0;
            if self.is_discrete() {
                return mass;
            }
            if mass > 0.0 {
                return f64::INFINITY;
            }
        }
        self.base.density(x) / self.kept
    }

    fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        self.value_at(p, 1.0 - p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        let q = q.clamp(0.0, 1.0);
        self.value_at(1.0 - q, q)
    }

    fn is_discrete(&self) -> bool {
        self.base.is_discrete()
    }

    fn support(&self) -> (f64, f64) {
        let (low, high) = self.base.support();
        (self.clamp(low), self.clamp(high))
    }

    fn kinks(&self) -> Vec<f64> {
        let caps = [self.lower, self.upper].into_iter().flatten().filter_map(|bound| match bound {
            Bound::Cap(value) => Some(self.base.cdf(value)),
            Bound::Cut(_) => None,
        });
        self.base.kinks().into_iter().chain(caps).map(|p| (p - self.cut_below) / self.kept).collect()
    }

    fn quantile_cost(&self) -> QuantileCost {
        self.base.quantile_cost()
    }

    fn fill_quantiles(&self, uniforms: &[f64], out: &mut [f64]) {
        if self.cut_below == 0.0 && self.cut_above == 0.0 {
            self.base.fill_quantiles(uniforms, out);
            for value in out {
                *value = self.clamp(*value);
            }
            return;
        }
        // Beyond this the probability above says more than the one below.
        const UPPER: f64 = 0.99;
        const AT_ONCE: usize = 256;
        assert_eq!(uniforms.len(), out.len(), "one value is written for each uniform");
        // What is discrete may turn on the last digit.
        if self.is_discrete() {
            out.iter_mut().zip(uniforms).for_each(|(value, uniform)| *value = self.quantile(*uniform));
            return;
        }
        let mut of_base = [0.0; AT_ONCE];
        for (uniforms, out) in uniforms.chunks(AT_ONCE).zip(out.chunks_mut(AT_ONCE)) {
            let of_base = &mut of_base[..uniforms.len()];
            of_base.iter_mut().zip(uniforms).for_each(|(p, uniform)| *p = self.cut_below + uniform * self.kept);
            self.base.fill_quantiles(of_base, out);
            for ((value, p), uniform) in out.iter_mut().zip(of_base).zip(uniforms) {
                *value = if *p <= UPPER { self.clamp(*value) } else { self.quantile(*uniform) };
            }
        }
    }

    fn next_value(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x < low {
            low
        } else if x >= high {
            f64::INFINITY
        } else {
            self.base.next_value(x).min(high)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Cauchy, Constant, Normal, Poisson, Uniform};
    use crate::math::normal;

    fn standard_normal() -> Arc<dyn Distribution> {
        Arc::new(Normal::new(0.0, 1.0).unwrap())
    }

    #[test]
    fn columns_are_the_quantiles() {
        let cut = |low, high| (Some(Bound::Cut(low)), Some(Bound::Cut(high)));
        let normal = || standard_normal();
        let poisson = || Arc::new(Poisson::new(4.0).unwrap()) as Arc<dyn Distribution>;
        let bounds = [
            cut(-0.5, 2.0),
            cut(2.0, 9.0),
            cut(-9.0, -2.0),
            (Some(Bound::Cut(-1.0)), None),
            (None, Some(Bound::Cut(0.5))),
        ];
        let uniforms: Vec<f64> = (0..1000).map(|i| (f64::from(i) + 0.5) / 1000.0).chain([1e-12, 1.0 - 1e-12]).collect();
        for (lower, upper) in bounds {
            for (base, tolerance) in [(normal(), 2e-14), (poisson(), 0.0)] {
                let Ok(limited) = Limited::new(base, lower, upper) else { continue };
                let mut out = vec![0.0; uniforms.len()];
                limited.fill_quantiles(&uniforms, &mut out);
                for (uniform, value) in uniforms.iter().zip(out) {
                    let exact = limited.quantile(*uniform);
                    let error = (value - exact).abs();
                    assert!(
                        error <= tolerance * exact.abs().max(0.1),
                        "{lower:?} {upper:?} at {uniform}: {value} {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_capped_normal_has_the_textbook_moments() {
        let capped = Limited::new(standard_normal(), Some(Bound::Cap(0.0)), None).unwrap();
        assert!((capped.mean().unwrap() - normal::density(0.0)).abs() < 1e-12);
        assert!((capped.variance().unwrap() - (0.5 - 0.5 / std::f64::consts::PI)).abs() < 1e-12);
        assert_eq!((capped.cdf(-1e-300), capped.cdf(0.0), capped.quantile(0.4)), (0.0, 0.5, 0.0));
    }

    #[test]
    fn a_cut_normal_has_the_textbook_moments() {
        // E[X | a < X < b] = (φ(a) - φ(b)) / (Φ(b) - Φ(a)).
        let (a, b) = (-0.3, 1.7);
        let cut = Limited::new(standard_normal(), Some(Bound::Cut(a)), Some(Bound::Cut(b))).unwrap();
        let share = normal::cdf(b) - normal::cdf(a);
        let mean = (normal::density(a) - normal::density(b)) / share;
        assert!((cut.mean().unwrap() - mean).abs() < 1e-12);
        let second = 1.0 + (a * normal::density(a) - b * normal::density(b)) / share;
        assert!((cut.variance().unwrap() - (second - mean * mean)).abs() < 1e-12);
        assert!((cut.cdf(0.5) - (normal::cdf(0.5) - normal::cdf(a)) / share).abs() < 1e-15);
    }

    #[test]
    fn a_cut_far_out_in_the_upper_tail_keeps_its_digits() {
        // Mean excess over 6: the inverse Mills ratio φ(6)/Φ(-6).
        let tail = Limited::new(standard_normal(), Some(Bound::Cut(6.0)), None).unwrap();
        assert!((tail.mean().unwrap() - normal::density(6.0) / normal::cdf(-6.0)).abs() < 1e-10);
        assert!(tail.quantile(0.5) > 6.0 && tail.quantile(1e-12) >= 6.0);
        let error = Limited::new(standard_normal(), Some(Bound::Cut(60.0)), None).unwrap_err();
        assert_eq!(error.message, "next to nothing of the distribution lies above 60");
    }

    #[test]
    fn a_count_may_be_capped_and_cut() {
        let poisson: Arc<dyn Distribution> = Arc::new(Poisson::new(2.0).unwrap());
        let capped = Limited::new(Arc::clone(&poisson), None, Some(Bound::Cap(3.0))).unwrap();
        assert!((capped.density(3.0) - 0.323_324).abs() < 5e-7);
        let e = crate::math::exp(-2.0);
        assert!((capped.mean().unwrap() - (2.0 * e + 2.0 * 2.0 * e + 3.0 * (1.0 - 5.0 * e))).abs() < 1e-12);
        let cut = Limited::new(poisson, Some(Bound::Cut(1.0)), None).unwrap();
        assert!((cut.density(1.0) - 2.0 * e / (1.0 - e)).abs() < 1e-14);
        assert_eq!((cut.density(0.0), cut.quantile(1e-9)), (0.0, 1.0));
        assert!((cut.mean().unwrap() - 2.0 / (1.0 - e)).abs() < 1e-12);
    }

    #[test]
    fn two_caps_give_a_cauchy_a_mean() {
        let cauchy: Arc<dyn Distribution> = Arc::new(Cauchy::new(0.0, 1.0).unwrap());
        let both = Limited::new(Arc::clone(&cauchy), Some(Bound::Cap(-5.0)), Some(Bound::Cap(5.0))).unwrap();
        assert!(both.mean().unwrap().abs() < 1e-10);
        assert_eq!(Limited::new(cauchy, Some(Bound::Cap(-5.0)), None).unwrap().mean(), None);
    }

    #[test]
    fn limits_nest_and_mix() {
        let uniform: Arc<dyn Distribution> = Arc::new(Uniform::new(0.0, 10.0).unwrap());
        let cut: Arc<dyn Distribution> = Arc::new(Limited::new(uniform, Some(Bound::Cut(2.0)), None).unwrap());
        let both = Limited::new(cut, None, Some(Bound::Cap(6.0))).unwrap();
        assert!((both.mean().unwrap() - (0.5 * 4.0 + 0.5 * 6.0)).abs() < 1e-12);
        assert_eq!(both.support(), (2.0, 6.0));
        assert_eq!(both.density(6.0), f64::INFINITY);
    }

    #[test]
    fn bounds_in_the_wrong_order_or_beyond_everything_are_refused() {
        assert!(Limited::new(standard_normal(), Some(Bound::Cap(2.0)), Some(Bound::Cut(1.0))).is_err());
        assert!(Limited::new(standard_normal(), Some(Bound::Cap(f64::NAN)), None).is_err());
        let constant: Arc<dyn Distribution> = Arc::new(Constant::new(4.0).unwrap());
        assert!(Limited::new(Arc::clone(&constant), Some(Bound::Cut(5.0)), None).is_err());
        assert_eq!(Limited::new(constant, Some(Bound::Cut(4.0)), None).unwrap().mean(), Some(4.0));
    }
}
