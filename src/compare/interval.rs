//! Intervals for a mean difference, and what follows from them.

use crate::math::student;
use crate::score::ClusteredMean;
use serde::Serialize;

/// The chance with which the smallest visible difference would have been seen.
pub const POWER: f64 = 0.8;

/// A mean difference under Student's t with one degree of freedom less than there are clusters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TInterval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// The chance of a difference as far from 0, on either side, if there were none; 0 where every cluster shows the very same
    /// difference, 1 where every difference is 0.
    pub p_two_sided: f64,
    /// The smallest true difference that would have been found different from 0 with probability [`POWER`] at this level:
    /// (t_{1-α/2} + t_{power}) times the standard error.
    pub smallest_visible: f64,
    /// Degrees of freedom: clusters less 1.
    pub degrees_of_freedom: usize,
}

/// The central interval of a mean over clusters at a level such as 0.95.
///
/// ```text
/// mean ± t_{G-1, (1+level)/2} se
/// ```
///
/// `None` with fewer than two clusters or a level outside of 0..1.
///
/// Cameron and Miller (2015), J. Hum. Resour. 50, 317–372, section VI.
#[must_use]
pub fn t_interval(mean: &ClusteredMean, level: f64) -> Option<TInterval> {
    let error = mean.standard_error?;
    let degrees_of_freedom = mean.clusters.checked_sub(1)?;
    let degrees = degrees_of_freedom as f64;
    let quantile = student::quantile(degrees, 0.5 + 0.5 * level)?;
    let for_power = student::quantile(degrees, POWER)?;
    let p_two_sided = if mean.mean == 0.0 {
        1.0
    } else if error > 0.0 {
        2.0 * student::cdf(degrees, -(mean.mean.abs() / error))
    } else {
        0.0
    };
    Some(TInterval {
        lower: mean.mean - quantile * error,
        upper: mean.mean + quantile * error,
        p_two_sided,
        smallest_visible: (quantile + for_power) * error,
        degrees_of_freedom,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::clustered_mean;

    #[test]
    fn without_clusters_it_is_the_paired_t_test() {
        // Mean 2.5, standard error sqrt(5/3)/2 = 0.6455; R: t.test(c(1, 2, 3, 4)) gives 0.4457..4.5543, p 0.03047.
        let mean = clustered_mean(&[1.0, 2.0, 3.0, 4.0], &[0, 1, 2, 3]).expect("four values");
        let interval = t_interval(&mean, 0.95).expect("four clusters");
        assert!((interval.lower - 0.445_739_7).abs() < 1e-6, "{interval:?}");
        assert!((interval.p_two_sided - 0.030_466_2).abs() < 1e-6, "{interval:?}");
    }

    #[test]
    fn equal_differences_have_an_interval_without_width_and_nothing_infinite() {
        let same = clustered_mean(&[0.25; 6], &[0, 1, 2, 3, 4, 5]).expect("six values");
        let interval = t_interval(&same, 0.95).expect("six clusters");
        assert_eq!((interval.lower, interval.upper, interval.p_two_sided), (0.25, 0.25, 0.0));
        let none = clustered_mean(&[0.0; 6], &[0, 1, 2, 3, 4, 5]).expect("six values");
        assert_eq!(t_interval(&none, 0.95).expect("six clusters").p_two_sided, 1.0);
    }
}
