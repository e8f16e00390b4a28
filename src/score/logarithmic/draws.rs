//! The logarithmic score of draws, which have no density until they are smoothed.

use super::continuous::log_score_normal_mixture;
use crate::math::{powf, sorted_quantile};

/// The logarithmic score of draws, each smoothed by a normal law of this standard deviation.
///
/// ```text
/// S = -ln 1/M sum_i φ((y - x_i)/h)/h
/// ```
///
/// `None` when there are no draws, a number is not finite, or `bandwidth` is not positive.
///
/// Krüger, Lerch, Thorarinsdottir and Gneiting (2021), Int. Stat. Rev. 89, 274–301.
#[must_use]
pub fn log_score_normal_kernel(draws: &[f64], bandwidth: f64, y: f64) -> Option<f64> {
    let components: Vec<(f64, f64, f64)> = draws.iter().map(|draw| (1.0, *draw, bandwidth)).collect();
    log_score_normal_mixture(y, &components)
}

/// The bandwidth that suits draws of a normal law.
///
/// ```text
/// h = 1.06 min(s, (q_75 - q_25)/1.34) M^(-1/5)        s² over M - 1
/// ```
///
/// Quantiles are interpolated between the order statistics (type 7 of Hyndman and Fan): R's `bw.nrd`. `None` for fewer than two draws, a number that is not finite, or
/// draws half of which agree, whose bandwidth would be 0.
///
/// Scott (1992), Multivariate Density Estimation, after Silverman (1986).
#[must_use]
pub fn normal_reference_bandwidth(draws: &[f64]) -> Option<f64> {
    let count = draws.len() as f64;
    if draws.len() < 2 || draws.iter().any(|draw| !draw.is_finite()) {
        return None;
    }
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mean = sorted.iter().sum::<f64>() / count;
    let squares: f64 = sorted.iter().map(|draw| (draw - mean) * (draw - mean)).sum();
    let spread =
        (squares / (count - 1.0)).sqrt().min((sorted_quantile(&sorted, 0.75) - sorted_quantile(&sorted, 0.25)) / 1.34);
    (spread > 0.0).then(|| 1.06 * spread * powf(count, -0.2))
}

#[cfg(test)]
mod tests {
    use super::super::continuous::{log_score_normal, tests::is_of_a_density};
    use super::*;

    #[test]
    fn smoothed_draws_have_a_density_and_one_draw_is_a_normal_law() {
        is_of_a_density(|y| log_score_normal_kernel(&[-1.0, 0.2, 0.3], 0.4, y), 0.0);
        assert_eq!(log_score_normal_kernel(&[0.2], 0.4, 1.0), log_score_normal(1.0, 0.2, 0.4));
        assert_eq!(log_score_normal_kernel(&[], 0.4, 1.0), None);
        assert_eq!(log_score_normal_kernel(&[0.2], 0.0, 1.0), None);
    }

    #[test]
    fn the_bandwidth_is_that_of_a_worked_example() {
        // R: bw.nrd(c(1, 2, 3, 4, 10)) takes the quartiles, 2 and 4, over the standard deviation of 3.54.
        let bandwidth = normal_reference_bandwidth(&[4.0, 1.0, 10.0, 3.0, 2.0]).expect("five draws");
        assert!((bandwidth - 1.06 * 2.0 / 1.34 * 5.0_f64.powf(-0.2)).abs() < 1e-15);
        assert_eq!(normal_reference_bandwidth(&[1.0, 1.0, 1.0, 1.0, 10.0]), None);
        assert_eq!(normal_reference_bandwidth(&[1.0]), None);
    }
}
