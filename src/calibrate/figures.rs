//! Single figures about calibration and discrimination.

use super::{Bin, Points, equal_mass_table, reliability_table};
use crate::math::erfc;
use serde::Serialize;
use std::f64::consts::FRAC_1_SQRT_2;

/// A mean elementary score and its two sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Elementary {
    /// `too_low + too_high`.
    pub total: f64,
    /// From cases that came true although the probability was not above the threshold.
    pub too_low: f64,
    /// From cases that did not come true although it was.
    pub too_high: f64,
}

/// The mean elementary score at a threshold, one point of the Murphy diagram.
///
/// ```text
/// S_θ(p, y) = ½ |y - θ| 1{min(p, y) <= θ < max(p, y)}
/// ```
///
/// Lower is better. A forecaster who is better at every θ is better under every proper score. `None` without points.
///
/// Ehm, Gneiting, Jordan and Krüger (2016), J. R. Stat. Soc. B 78, 505–562 (their expectile score at level 1/2).
#[must_use]
pub fn murphy_elementary(points: &Points, threshold: f64) -> Option<Elementary> {
    let counts = |p: f64, y: f64| p.min(y) <= threshold && threshold < p.max(y);
    let side =
        |wanted: f64| points.mean(|p, y| if counts(p, y) && y == wanted { 0.5 * (y - threshold).abs() } else { 0.0 });
    let (too_low, too_high) = (side(1.0)?, side(0.0)?);
    Some(Elementary { total: too_low + too_high, too_low, too_high })
}

/// The area under the ROC curve: the chance that a case that came true had the higher probability, ties counting one half.
///
/// From 0 to 1, higher is better; 1/2 tells nothing apart. Says nothing about calibration, so never use it alone. `None` unless
/// there are cases of both kinds.
#[must_use]
pub fn area_under_curve(points: &Points) -> Option<f64> {
    let mut sorted: Vec<(f64, f64, f64)> = points.iter().collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut no_below, mut yes_all, mut area) = (0.0, 0.0, 0.0);
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        let yes: f64 = tie.iter().map(|(_, outcome, weight)| outcome * weight).sum();
        let no: f64 = tie.iter().map(|(_, outcome, weight)| (1.0 - outcome) * weight).sum();
        area += yes * (no_below + 0.5 * no);
        no_below += no;
        yes_all += yes;
    }
    (yes_all > 0.0 && no_below > 0.0).then(|| area / (yes_all * no_below))
}

/// The expected calibration error over bins of equal width.
///
/// ```text
/// ECE = sum_k n_k/n |mean stated - share observed|
/// ```
///
/// Lower is better. Depends on the number of bins and is not proper: a forecaster who always states the base rate gets 0. Prefer
/// MCB of [`corp`](super::corp()). `None` without points.
#[must_use]
pub fn expected_calibration_error(points: &Points, bins: usize) -> Option<f64> {
    mean_distance(&reliability_table(points, bins))
}

/// The expected calibration error over bins of equal mass, as [`equal_mass_table`] makes them.
///
/// Lower is better. Bins weigh about the same: none is left to a few forecasts, as with [`expected_calibration_error`], and forecasts that crowd
/// in a small range are told apart. It is not proper either. `None` without points.
///
/// ```
/// use foretell::calibrate::{Points, equal_mass_calibration_error, expected_calibration_error};
///
/// let points = Points::new(&[0.02, 0.04, 0.06, 0.4], &[false, true, false, false]).expect("four pairs");
/// let error = equal_mass_calibration_error(&points, 2).expect("four points");
/// assert!((error - (0.5 * 0.47 + 0.5 * 0.23)).abs() < 1e-15);
/// let of_equal_width = expected_calibration_error(&points, 2).expect("four points");
/// assert!((of_equal_width - 0.12).abs() < 1e-15);
/// ```
///
/// Nguyen and O'Connor (2015), Proc. EMNLP; Roelofs, Cain, Shlens and Mozer (2022), Proc. AISTATS, PMLR 151.
#[must_use]
pub fn equal_mass_calibration_error(points: &Points, bins: usize) -> Option<f64> {
    mean_distance(&equal_mass_table(points, bins))
}

/// The mean over forecasts of the distance of stated and observed in their bin.
fn mean_distance(table: &[Bin]) -> Option<f64> {
    let total: f64 = table.iter().map(|bin| bin.weight).sum();
    let sum: f64 = table.iter().filter_map(|bin| Some(bin.weight * (bin.stated? - bin.observed?).abs())).sum();
    (total > 0.0).then(|| sum / total)
}

/// Mean stated probability minus the share that came true: above 0 for a forecaster who says yes too often. `None` without
/// points.
#[must_use]
pub fn bias(points: &Points) -> Option<f64> {
    points.mean(|probability, outcome| probability - outcome)
}

/// A test of calibration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SpiegelhalterTest {
    /// Standard normal for calibrated, independent forecasts; above 0 when the Brier score is worse than the forecasts promise.
    pub z: f64,
    /// The chance of a `z` as far from 0, on either side.
    pub p_two_sided: f64,
}

/// Spiegelhalter's test that the forecasts are calibrated.
///
/// ```text
/// z = sum (y - p)(1 - 2p) / sqrt(sum (1 - 2p)² p (1 - p))
/// ```
///
/// Takes every point for one independent question and does not look at weights, so give it one forecast a question. `None` when
/// every probability is 0, 1/2 or 1.
///
/// Spiegelhalter (1986), Stat. Med. 5, 421–433.
#[must_use]
pub fn spiegelhalter(points: &Points) -> Option<SpiegelhalterTest> {
    let sum: f64 = points.iter().map(|(p, y, _)| (y - p) * (1.0 - 2.0 * p)).sum();
    let variance: f64 = points.iter().map(|(p, _, _)| (1.0 - 2.0 * p) * (1.0 - 2.0 * p) * p * (1.0 - p)).sum();
    (variance > 0.0).then(|| {
        let z = sum / variance.sqrt();
        SpiegelhalterTest { z, p_two_sided: erfc(z.abs() * FRAC_1_SQRT_2) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::brier;

    #[test]
    fn the_elementary_scores_integrate_to_a_quarter_of_the_brier_score() {
        let points = Points::new(&[0.1, 0.35, 0.8], &[true, false, true]).expect("three pairs");
        let steps = 100_000;
        let integral: f64 = (0..steps)
            .map(|at| murphy_elementary(&points, (f64::from(at) + 0.5) / f64::from(steps)).expect("points").total)
            .sum::<f64>()
            / f64::from(steps);
        let mean = points.mean(|p, y| brier(p, y > 0.5)).expect("points");
        assert!((integral - 0.25 * mean).abs() < 1e-5, "{integral} against {}", 0.25 * mean);
    }

    #[test]
    fn errors_over_bins_of_both_kinds_are_those_made_by_hand() {
        let probabilities = [0.1, 0.1, 0.1, 0.2, 0.4, 0.6, 0.7, 0.9];
        let happened = [false, true, false, false, true, false, true, true];
        let points = Points::new(&probabilities, &happened).expect("eight pairs");
        // Equal mass: {0.1 ×3} 0.7/3 off, {0.2} 0.2 off, {0.4, 0.6} none, {0.7, 0.9} 0.2 off.
        let by_mass = equal_mass_calibration_error(&points, 4).expect("points");
        assert!((by_mass - (0.7 + 0.2 + 0.0 + 0.4) / 8.0).abs() < 1e-15, "{by_mass}");
        // Equal width: the first four 0.125 off, {0.4} 0.6, {0.6, 0.7} 0.15, {0.9} 0.1.
        let by_width = expected_calibration_error(&points, 4).expect("points");
        assert!((by_width - (0.5 + 0.6 + 0.3 + 0.1) / 8.0).abs() < 1e-15, "{by_width}");
        assert_eq!(equal_mass_calibration_error(&Points::default(), 4), None);
    }

    #[test]
    fn the_area_is_one_half_when_nothing_is_told_apart() {
        let points = Points::new(&[0.3; 4], &[true, false, true, false]).expect("four pairs");
        assert_eq!(area_under_curve(&points), Some(0.5));
        let one_sided = Points::new(&[0.3, 0.4], &[true, true]).expect("two pairs");
        assert_eq!(area_under_curve(&one_sided), None);
    }

    #[test]
    fn sure_forecasts_have_no_test() {
        let points = Points::new(&[0.0, 1.0], &[false, true]).expect("two pairs");
        assert_eq!(spiegelhalter(&points), None);
    }
}
