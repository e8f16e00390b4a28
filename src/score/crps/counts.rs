//! The CRPS of forecasts of counts, by summing the definition over the whole numbers.

use crate::math::beta::ln_choose;
use crate::math::{exp, ln, ln_1p, ln_gamma};

/// How many standard deviations of a Poisson forecast are summed on each side: what lies beyond is below 1e-16.
const REACH: f64 = 12.0;

/// The CRPS of a Poisson forecast.
///
/// `None` unless `mean` is positive and finite. Takes time in proportion to the square root of the mean.
#[must_use]
pub fn crps_poisson(y: f64, mean: f64) -> Option<f64> {
    if !(mean > 0.0 && mean.is_finite()) {
        return None;
    }
    let reach = REACH * mean.sqrt() + 40.0;
    let first = (mean - reach).floor().max(0.0);
    let last = (mean + reach).ceil();
    Some(of_whole_numbers(y, first, last, |k| exp(k * ln(mean) - mean - ln_gamma(k + 1.0))))
}

/// The CRPS of a binomial forecast: `trials` independent chances of `probability` each.
///
/// `None` unless 0 <= `probability` <= 1.
#[must_use]
pub fn crps_binomial(y: f64, trials: u64, probability: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let n = trials as f64;
    if probability == 0.0 || probability == 1.0 {
        return Some((y - n * probability).abs());
    }
    let (ln_p, ln_q) = (ln(probability), ln_1p(-probability));
    Some(of_whole_numbers(y, 0.0, n, |k| exp(ln_choose(n, k) + k * ln_p + (n - k) * ln_q)))
}

/// The CRPS of a negative binomial forecast: failures before success number `size`, each trial succeeding with `probability`.
///
/// ```text
/// P(k) = Γ(k + size)/(k! Γ(size)) p^size (1 - p)^k        mean size (1 - p)/p
/// ```
///
/// `size` need not be whole; 1 is the geometric distribution. `None` unless `size` is positive and 0 < `probability` <= 1, both finite.
/// Takes time in proportion to the standard deviation and to `1 / probability`.
#[must_use]
pub fn crps_negative_binomial(y: f64, size: f64, probability: f64) -> Option<f64> {
    if !(size > 0.0 && size.is_finite() && probability > 0.0 && probability <= 1.0) {
        return None;
    }
    if probability == 1.0 {
        return Some(y.abs());
    }
    let mean = size * (1.0 - probability) / probability;
    let sd = (mean / probability).sqrt();
    // The upper tail falls like (1 - p)^k.
    let (first, last) = ((mean - REACH * sd - 40.0).floor().max(0.0), (mean + REACH * sd + 40.0 / probability).ceil());
    let (ln_p, ln_q) = (ln(probability), ln_1p(-probability));
    Some(of_whole_numbers(y, first, last, |k| {
        exp(ln_gamma(k + size) - ln_gamma(k + 1.0) - ln_gamma(size) + size * ln_p + k * ln_q)
    }))
}

/// The CRPS of a hypergeometric forecast: how many of `marked` come up when `drawn` are drawn without replacement from `marked`
/// and `unmarked` together.
///
/// `None` when more are to be drawn than there are.
#[must_use]
pub fn crps_hypergeometric(y: f64, marked: u64, unmarked: u64, drawn: u64) -> Option<f64> {
    let total = marked.checked_add(unmarked).filter(|total| drawn <= *total)? as f64;
    let (first, last) = (drawn.saturating_sub(unmarked) as f64, marked.min(drawn) as f64);
    let (marked, unmarked, drawn) = (marked as f64, unmarked as f64, drawn as f64);
    Some(of_whole_numbers(y, first, last, |k| {
        exp(ln_choose(marked, k) + ln_choose(unmarked, drawn - k) - ln_choose(total, drawn))
    }))
}

/// The defining integral for a distribution on the whole numbers from `first` to `last`: between two of them the cdf is
/// constant, and the step at `y` divides one stretch in two.
fn of_whole_numbers(y: f64, first: f64, last: f64, mass: impl Fn(f64) -> f64) -> f64 {
    let mut score = (first - y).max(0.0) + (y - last).max(0.0);
    let mut below = 0.0;
    let mut k = first;
    while k < last {
        below += mass(k);
        let left = (y - k).clamp(0.0, 1.0);
        score += left * below * below + (1.0 - left) * (1.0 - below) * (1.0 - below);
        k += 1.0;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gamma;
    use crate::score::crps::continuous::tests::integrated;

    #[test]
    fn the_poisson_sum_agrees_with_the_integral() {
        for y in [-1.0, 0.0, 2.5, 4.0, 30.0] {
            let integral =
                integrated(|x| if x < 0.0 { 0.0 } else { 1.0 - gamma::lower(x.floor() + 1.0, 2.7) }, y, -5.0, 45.0);
            let sum = crps_poisson(y, 2.7).expect("in range");
            assert!((sum - integral).abs() < 1e-3, "{y}: {sum} against {integral}");
        }
    }

    #[test]
    fn a_large_poisson_is_nearly_normal() {
        let poisson = crps_poisson(1.0e6 + 500.0, 1.0e6).expect("in range");
        let normal = crate::score::crps::crps_normal(1.0e6 + 500.0, 1.0e6, 1000.0).expect("in range");
        assert!((poisson / normal - 1.0).abs() < 2e-3, "{poisson} against {normal}");
    }

    #[test]
    fn one_trial_is_the_brier_score() {
        let score = crps_binomial(1.0, 1, 0.3).expect("in range");
        assert!((score - 0.49).abs() < 1e-14);
        assert_eq!(crps_binomial(3.0, 5, 1.0), Some(2.0));
    }

    #[test]
    fn drawing_more_than_there_are_has_no_score() {
        assert_eq!(crps_hypergeometric(1.0, 2, 3, 6), None);
    }

    #[test]
    fn the_negative_binomial_agrees_with_its_cdf_by_the_beta_function() {
        for y in [-1.0, 0.0, 2.5, 4.0, 30.0] {
            let cdf = |x: f64| if x < 0.0 { 0.0 } else { crate::math::beta::regularised(2.5, x.floor() + 1.0, 0.4) };
            let integral = integrated(cdf, y, -5.0, 95.0);
            let sum = crps_negative_binomial(y, 2.5, 0.4).expect("in range");
            assert!((sum - integral).abs() < 1e-3, "{y}: {sum} against {integral}");
        }
        assert_eq!(crps_negative_binomial(3.0, 2.0, 1.0), Some(3.0));
        assert_eq!(crps_negative_binomial(3.0, 2.0, 0.0), None);
    }
}
