//! A Beta prior from what a person says of a probability: its mean and an interval, or its mean and variance.

use crate::dist::{Beta, ParameterError};
use crate::math::{exp, find_root, ln};

/// The concentrations `a + b` among which a prior is sought.
const LEAST_CONCENTRATION: f64 = 1e-3;
const MOST_CONCENTRATION: f64 = 1e12;

impl Beta {
    /// The Beta with this mean and variance.
    ///
    /// ```text
    /// a + b = mean (1 - mean)/variance - 1
    /// ```
    ///
    /// # Errors
    /// When the mean is not between 0 and 1, or the variance not between 0 and `mean (1 - mean)`.
    pub fn from_mean_and_variance(mean: f64, variance: f64) -> Result<Self, ParameterError> {
        check_mean(mean)?;
        let most = mean * (1.0 - mean);
        if !(variance > 0.0 && variance < most) {
            return Err(ParameterError::new(format!(
                "the variance of a probability with mean {mean} must lie between 0 and {most}, but is {variance}"
            ))
            .at(1));
        }
        let concentration = most / variance - 1.0;
        Self::new(mean * concentration, (1.0 - mean) * concentration)
    }

    /// The Beta with exactly this mean and exactly the probability `level` between `low` and `high`.
    ///
    /// The one unknown, the concentration `a + b`, is found by root finding; of several solutions the most concentrated is
    /// taken. `low = 0` and `high = 1` are allowed and make the statement one-sided.
    ///
    /// ```
    /// let beta = foretell::dist::Beta::from_mean_and_interval(0.35, 0.9, 0.15, 0.6)?;
    /// assert!((beta.mean() - 0.35).abs() < 1e-15);
    /// assert!((beta.cdf(0.6) - beta.cdf(0.15) - 0.9).abs() < 1e-12);
    /// # Ok::<(), foretell::dist::ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// When the mean is not between 0 and 1, the bounds are not in order between 0 and 1, the level is not between 0 and 1,
    /// or no Beta with this mean has so much or so little between the bounds; the message gives the reachable range.
    pub fn from_mean_and_interval(mean: f64, level: f64, low: f64, high: f64) -> Result<Self, ParameterError> {
        check_mean(mean)?;
        if !(level > 0.0 && level < 1.0) {
            return Err(ParameterError::new(format!(
                "the probability of an interval must lie between 0 and 1, but is {level}"
            ))
            .at(1));
        }
        if !(low >= 0.0 && low < high && high <= 1.0) {
            return Err(ParameterError::new(format!(
                "the bounds of a probability must rise between 0 and 1, but are {low} and {high}"
            ))
            .at(2));
        }
        if low == 0.0 && high == 1.0 {
            return Err(ParameterError::new(
                "the interval from 0 to 1 holds every probability and so says nothing".to_string(),
            )
            .at(2));
        }
        let excess = |ln_concentration: f64| mass_between(mean, exp(ln_concentration), low, high) - level;
        let (least, most) = (ln(LEAST_CONCENTRATION), ln(MOST_CONCENTRATION));
        // From the most concentrated down, so that the first change of sign is the solution sought.
        let steps = 400_u32;
        let point = |i: u32| most + (least - most) * f64::from(i) / f64::from(steps);
        let mut above = excess(most);
        let (mut smallest, mut largest) = (above, above);
        for i in 1..=steps {
            let here = excess(point(i));
            if (here > 0.0) != (above > 0.0) || here == 0.0 {
                // The signs at the two points differ, or the one here is 0, and then the point is the root.
                let root = find_root(excess, point(i), point(i - 1), 1e-14).unwrap_or(point(i));
                let concentration = exp(root);
                return Self::new(mean * concentration, (1.0 - mean) * concentration);
            }
            smallest = smallest.min(here);
            largest = largest.max(here);
            above = here;
        }
        let percent = |share: f64| (share * 1e4).round() / 1e2;
        let error = ParameterError::new(format!(
            "no Beta distribution with mean {mean} has {} % between {low} and {high}; it can have {} % to {} %",
            percent(level),
            percent(smallest + level),
            percent(largest + level)
        ))
        .at(1);
        Err(if mean <= low || mean >= high {
            error.with_help("let the interval lie around the mean")
        } else {
            error.with_help("state another interval, or another probability for it")
        })
    }
}

fn check_mean(mean: f64) -> Result<(), ParameterError> {
    if mean > 0.0 && mean < 1.0 {
        return Ok(());
    }
    Err(ParameterError::new(format!("the mean of an uncertain probability must lie between 0 and 1, but is {mean}"))
        .at(0))
}

fn mass_between(mean: f64, concentration: f64, low: f64, high: f64) -> f64 {
    let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
    let (below, _) = crate::math::beta::both(a, b, low, 1.0 - low);
    let (_, above) = crate::math::beta::both(a, b, high, 1.0 - high);
    1.0 - below - above
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_mass_are_exact() {
        for (mean, level, low, high) in [
            (0.35, 0.9, 0.15, 0.6),
            (0.675, 0.9, 0.55, 0.8),
            (0.03, 0.9, 0.01, 0.05),
            (0.97, 0.9, 0.95, 0.99),
            (0.5, 0.5, 0.49999, 0.50001),
            (0.01, 0.95, 0.0, 0.04),
            (0.2, 0.3, 0.0, 0.1),
        ] {
            let beta = Beta::from_mean_and_interval(mean, level, low, high).unwrap();
            assert!((beta.mean() - mean).abs() < 1e-14);
            let mass = beta.cdf(high) - beta.cdf(low);
            assert!((mass - level).abs() < 1e-10, "{mean} {level} {low} {high}: {mass}");
        }
    }

    #[test]
    fn of_two_solutions_the_more_concentrated_is_taken() {
        // The mean lies outside: the mass rises from 0 with falling concentration, and falls again.
        let beta = Beta::from_mean_and_interval(0.3, 0.1, 0.35, 0.6).unwrap();
        let (a, b) = (beta.a(), beta.b());
        for factor in [1.1, 1.5, 3.0, 10.0, 100.0] {
            let more = Beta::new(a * factor, b * factor).unwrap();
            assert!(more.cdf(0.6) - more.cdf(0.35) < 0.1);
        }
        assert!((beta.cdf(0.6) - beta.cdf(0.35) - 0.1).abs() < 1e-10);
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        let error = Beta::from_mean_and_interval(0.35, 0.9, 0.4, 0.6).unwrap_err();
        assert!(
            error
                .message
                .starts_with("no Beta distribution with mean 0.35 has 90 % between 0.4 and 0.6; it can have 0 % to")
        );
        assert_eq!(error.help.as_deref(), Some("let the interval lie around the mean"));
        for (mean, level, low, high) in [
            (1.0, 0.9, 0.1, 0.2),
            (0.5, 1.0, 0.1, 0.6),
            (0.5, 0.9, 0.6, 0.1),
            (0.5, 0.9, 0.0, 1.0),
            (f64::NAN, 0.9, 0.1, 0.2),
        ] {
            assert!(Beta::from_mean_and_interval(mean, level, low, high).is_err());
        }
    }

    #[test]
    fn mean_and_variance_come_back() {
        let beta = Beta::from_mean_and_variance(0.3, 0.01).unwrap();
        assert!((beta.mean() - 0.3).abs() < 1e-15 && (beta.variance() - 0.01).abs() < 1e-15);
        assert!(Beta::from_mean_and_variance(0.3, 0.21).is_err());
    }
}
