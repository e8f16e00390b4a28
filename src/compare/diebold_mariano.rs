//! The test of Diebold and Mariano: a mean difference against how differences depend on their neighbours in time.

use crate::math::{exp, fit_two_positive, sqrt, student};
use serde::Serialize;

/// How the variance of a mean difference is estimated from a series whose neighbours may depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LongRunVariance {
    /// Autocovariances up to lag h - 1, all of weight 1 (Diebold and Mariano 1995). May come out negative.
    Truncated,
    /// The same with weights 1 - k/h (Bartlett). Not negative.
    Bartlett,
    /// An exponential model of the autocovariances (Hering and Genton 2011). Positive.
    Exponential,
}

/// What the test found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DieboldMariano {
    /// Mean difference.
    pub mean: f64,
    /// The mean over its standard error.
    pub statistic: f64,
    /// Standard error of the mean, with the correction for short series where it applies.
    pub standard_error: f64,
    /// The chance of a mean as far from 0, on either side, if there were no difference.
    pub p_two_sided: f64,
    /// The chance that Student's t stays below the statistic: near 1 when the mean is above 0 beyond doubt.
    pub below: f64,
    /// How many differences.
    pub count: usize,
    /// h: differences h or more steps apart are taken not to depend on each other.
    pub horizon: usize,
    /// How the variance was estimated.
    pub variance: LongRunVariance,
}

impl DieboldMariano {
    /// The central interval of the mean difference at a level such as 0.95; `None` unless the level lies in 0..1.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let quantile = student::quantile((self.count - 1) as f64, 0.5 + 0.5 * level)?;
        Some((self.mean - quantile * self.standard_error, self.mean + quantile * self.standard_error))
    }
}

/// Tests a series of score differences, in time order, for a mean of 0.
///
/// ```text
/// DM = mean / √V · √((n + 1 - 2h + h(h-1)/n) / n)  ~  t with n - 1 degrees of freedom          [1], [2]
/// V  = (g_0 + 2 Σ_{k<h} w_k g_k) / n,   g_k = 1/n Σ_t (d_t - mean)(d_{t-k} - mean)
/// ```
///
/// With [`LongRunVariance::Exponential`] the autocovariances are those of the model `σ² exp(-3k/θ)`, fitted by least squares to
/// the lags below `max((n-1)/2, h)`, over all n lags and without the correction \[3\]. Its figures agree with
/// those of other software to about 1e-8, for such fits end where the gain gets small.
///
/// `horizon` is h: 1 when differences do not depend on each other, k for forecasts of what comes to light k steps ahead. `None`
/// when the horizon is 0 or not below the number of differences, all differences are 0 or one is not finite, or the variance does
/// not come out positive.
///
/// ```
/// use foretell::compare::{LongRunVariance, diebold_mariano};
///
/// let test = diebold_mariano(&[-0.2, 0.1, -0.4, -0.3, 0.0, -0.1], 1, LongRunVariance::Truncated).expect("they differ");
/// // With h = 1 it is the paired t test.
/// assert!((test.statistic - -1.963_961_012_123_931_5).abs() < 1e-12);
/// ```
///
/// \[1\] Diebold and Mariano (1995), J. Bus. Econ. Stat. 13, 253–263. \[2\] Harvey, Leybourne and Newbold (1997), Int. J. Forecast.
/// 13, 281–291. \[3\] Hering and Genton (2011), Technometrics 53, 414–425.
#[must_use]
pub fn diebold_mariano(differences: &[f64], horizon: usize, variance: LongRunVariance) -> Option<DieboldMariano> {
    let count = differences.len();
    let known = differences.iter().all(|difference| difference.is_finite());
    if horizon == 0 || horizon >= count || !known || differences.iter().all(|difference| *difference == 0.0) {
        return None;
    }
    let n = count as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let centred: Vec<f64> = differences.iter().map(|difference| difference - mean).collect();
    // What rounding alone makes of equal differences is no spread.
    let largest = differences.iter().fold(0.0, |largest: f64, difference| largest.max(difference.abs()));
    if centred.iter().all(|value| value.abs() <= 8.0 * f64::EPSILON * largest) {
        return None;
    }
    let h = horizon as f64;
    let correction = (n + 1.0 - 2.0 * h + h * (h - 1.0) / n) / n;
    let of_mean = match variance {
        LongRunVariance::Truncated => weighted(&centred, horizon, |_| 1.0) / correction,
        LongRunVariance::Bartlett => weighted(&centred, horizon, |lag| 1.0 - lag / h) / correction,
        LongRunVariance::Exponential => exponential(&centred, horizon)?,
    } / n;
    if !(of_mean > 0.0 && of_mean.is_finite()) {
        return None;
    }
    let standard_error = sqrt(of_mean);
    let statistic = mean / standard_error;
    Some(DieboldMariano {
        mean,
        statistic,
        standard_error,
        p_two_sided: 2.0 * student::cdf(n - 1.0, -statistic.abs()),
        below: student::cdf(n - 1.0, statistic),
        count,
        horizon,
        variance,
    })
}

fn autocovariance(centred: &[f64], lag: usize) -> f64 {
    centred[lag..].iter().zip(centred).map(|(later, earlier)| later * earlier).sum::<f64>() / centred.len() as f64
}

fn weighted(centred: &[f64], horizon: usize, weight: impl Fn(f64) -> f64) -> f64 {
    let neighbours: f64 = (1..horizon).map(|lag| weight(lag as f64) * autocovariance(centred, lag)).sum();
    autocovariance(centred, 0) + 2.0 * neighbours
}

/// The sum over all lags of the exponential model of the autocovariances.
fn exponential(centred: &[f64], horizon: usize) -> Option<f64> {
    let count = centred.len();
    let lags = ((count - 1) / 2).max(horizon);
    let seen: Vec<f64> = (0..lags).map(|lag| autocovariance(centred, lag)).collect();
    let model = |[sigma, range]: [f64; 2], lag: usize| sigma * sigma * exp(-3.0 * lag as f64 / range);
    let fitted = fit_two_positive(
        |parameters| seen.iter().enumerate().map(|(lag, value)| model(parameters, lag) - value).collect(),
        [1.0, 1.0],
    );
    // One lag cannot tell how the covariance falls off: then there is none beyond it.
    let Some(parameters) = fitted else { return (lags == 1).then(|| seen[0]) };
    Some(model(parameters, 0) + 2.0 * (1..count).map(|lag| model(parameters, lag)).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_of_the_truncated_kernel_is_the_double_sum() {
        let differences = [0.3, -0.1, 0.4, 0.2, -0.3, 0.5, 0.1];
        let n = differences.len();
        let mean = differences.iter().sum::<f64>() / n as f64;
        let mut sum = 0.0;
        for s in 0..n {
            for t in 0..n {
                if s.abs_diff(t) < 3 {
                    sum += (differences[s] - mean) * (differences[t] - mean);
                }
            }
        }
        let correction = (7.0 + 1.0 - 6.0 + 6.0 / 7.0) / 7.0;
        let expected = mean / (sum / 49.0_f64).sqrt() * f64::sqrt(correction);
        let test = diebold_mariano(&differences, 3, LongRunVariance::Truncated);
        match test {
            Some(test) => assert!((test.statistic - expected).abs() < 1e-12),
            None => assert!(sum <= 0.0),
        }
        assert!(diebold_mariano(&differences, 3, LongRunVariance::Bartlett).is_some());
    }

    #[test]
    fn a_variance_that_comes_out_negative_is_said_and_bartlett_helps() {
        let zigzag: Vec<f64> = (0..20).map(|at| if at % 2 == 0 { 1.0 } else { -0.9 }).collect();
        assert_eq!(diebold_mariano(&zigzag, 2, LongRunVariance::Truncated), None);
        let test = diebold_mariano(&zigzag, 2, LongRunVariance::Bartlett).expect("not negative");
        assert!(test.p_two_sided > 0.0 && test.p_two_sided < 1.0);
    }

    #[test]
    fn the_exponential_model_finds_the_dependence_of_a_long_series() {
        // Autocovariances 0.5^k of an autoregression: their sum over all lags is 3 times the variance.
        let mut stream = crate::math::SplitMix::new(5);
        let mut last = 0.0;
        let series: Vec<f64> = (0..4000)
            .map(|_| {
                last = 0.5 * last + stream.inner_unit() - 0.5;
                last
            })
            .collect();
        let mean = series.iter().sum::<f64>() / 4000.0;
        let centred: Vec<f64> = series.iter().map(|value| value - mean).collect();
        let ratio = exponential(&centred, 1).expect("it can be fitted") / autocovariance(&centred, 0);
        // The noise of 2000 autocovariances, each of about 1/√4000, is no more than a fifth of the sum at this seed.
        assert!((2.4..3.6).contains(&ratio), "{ratio}");
    }

    #[test]
    fn what_cannot_be_tested_is_none() {
        for variance in [LongRunVariance::Truncated, LongRunVariance::Bartlett, LongRunVariance::Exponential] {
            assert_eq!(diebold_mariano(&[], 1, variance), None);
            assert_eq!(diebold_mariano(&[0.1], 1, variance), None);
            assert_eq!(diebold_mariano(&[0.0; 5], 1, variance), None);
            assert_eq!(diebold_mariano(&[0.1, 0.2, 0.3], 3, variance), None);
            assert_eq!(diebold_mariano(&[0.1, 0.2, 0.3], 0, variance), None);
            assert_eq!(diebold_mariano(&[0.1, f64::NAN, 0.3], 1, variance), None);
        }
        assert_eq!(diebold_mariano(&[0.5; 5], 1, LongRunVariance::Truncated), None);
    }
}
