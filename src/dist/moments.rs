//! Expectations under any distribution, by quadrature or by summing.

use crate::dist::Distribution;
use crate::math::{CompensatedSum, quadrature};

/// A discrete distribution with more values than this in its bulk is integrated like a continuous one: its steps are then far
/// below its spread.
const MOST_VALUES: f64 = 200_000.0;

/// The probability that summing over a discrete distribution leaves out at either end.
const LEFT_OUT: f64 = 1e-18;

/// The expectation of a function of the random variable, to about 1e-10 for a function that is smooth and integrable.
///
/// ```text
/// E[g(X)] = ∫₀¹ g(Q(p)) dp        discrete: Σ g(k) P(X = k)
/// ```
///
/// The integral runs in `p` up to ½ and in `1 - p` beyond, so that both tails are resolved, and is split at the distribution's
/// kinks. Where the expectation does not exist, the answer means nothing.
#[must_use]
pub fn expectation(distribution: &dyn Distribution, mut function: impl FnMut(f64) -> f64) -> f64 {
    if distribution.is_discrete()
        && let Some(sum) = expectation_by_summing(distribution, &mut function)
    {
        return sum;
    }
    let mut cuts = distribution.kinks();
    cuts.retain(|p| *p > 0.0 && *p < 1.0);
    cuts.extend([0.0, 0.5, 1.0]);
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let mut total = CompensatedSum::default();
    for pair in cuts.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        total.add(if to <= 0.5 {
            quadrature::integrate(|p| function(distribution.quantile(p)), from, to, 1e-12)
        } else {
            quadrature::integrate(|q| function(distribution.upper_quantile(q)), 1.0 - to, 1.0 - from, 1e-12)
        });
    }
    total.total()
}

fn expectation_by_summing(distribution: &dyn Distribution, function: &mut impl FnMut(f64) -> f64) -> Option<f64> {
    let first = distribution.quantile(LEFT_OUT);
    let last = distribution.upper_quantile(1e-16);
    if first.is_nan() || last - first > MOST_VALUES {
        return None;
    }
    let mut total = CompensatedSum::default();
    let mut value = first;
    // Beyond the last quantile that doubles resolve the masses still count for a function that grows.
    let mut steps_beyond = 0;
    while value <= last || steps_beyond < 200 {
        let mass = distribution.density(value);
        if mass > 0.0 {
            total.add(mass * function(value));
        }
        if value > last {
            if mass < 1e-30 {
                break;
            }
            steps_beyond += 1;
        }
        value = distribution.next_value(value);
        if value > distribution.support().1 {
            break;
        }
    }
    Some(total.total())
}

/// The mean and the variance by quadrature or summing, about the median so that a large offset costs no digits.
pub(super) fn mean_and_variance(distribution: &dyn Distribution) -> (f64, f64) {
    let median = distribution.quantile(0.5);
    let offset = expectation(distribution, |x| x - median);
    let mean = median + offset;
    let variance = expectation(distribution, |x| (x - mean) * (x - mean));
    (mean, variance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Binomial, LogNormal, Poisson};
    use crate::math::exp;

    #[test]
    fn a_continuous_expectation_is_its_closed_form() {
        let lognormal = LogNormal::new(0.0, 0.5).unwrap();
        assert!((expectation(&lognormal, |x| x * x * x) / exp(9.0 * 0.125) - 1.0).abs() < 1e-10);
    }

    #[test]
    fn a_discrete_expectation_is_its_closed_form() {
        let poisson = Poisson::new(2.0).unwrap();
        assert!((expectation(&poisson, |k| crate::math::powf(0.5, k)) - exp(-1.0)).abs() < 1e-14);
        let (mean, variance) = mean_and_variance(&Binomial::new(10.0, 0.3).unwrap());
        assert!((mean - 3.0).abs() < 1e-13 && (variance - 2.1).abs() < 1e-13);
    }

    #[test]
    fn very_many_values_are_integrated() {
        let (mean, variance) = mean_and_variance(&Poisson::new(1e10).unwrap());
        assert!((mean / 1e10 - 1.0).abs() < 1e-9 && (variance / 1e10 - 1.0).abs() < 1e-3, "{mean} {variance}");
    }
}
