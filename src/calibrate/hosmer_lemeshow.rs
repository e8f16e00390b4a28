//! The Hosmer–Lemeshow test: groups of equal size, stated against observed.

use super::Points;
use crate::math::gamma;
use serde::Serialize;

/// A Hosmer–Lemeshow test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct HosmerLemeshow {
    /// The statistic; large for miscalibrated forecasts.
    pub statistic: f64,
    /// Groups that were formed.
    pub groups: usize,
    /// The chance of a statistic as large for calibrated forecasts: χ² with as many degrees of freedom as groups.
    pub p: f64,
    /// The same for a model fitted to these very outcomes: two degrees of freedom fewer. `None` with fewer than three groups.
    pub p_fitted: Option<f64>,
}

/// The Hosmer–Lemeshow test over groups of (nearly) equal size of the sorted probabilities.
///
/// ```text
/// H = sum_g ( (O_g - E_g)²/E_g + (O_g - E_g)²/(n_g - E_g) )        O yes, E sum of probabilities, n cases of the group
/// ```
///
/// The first groups are one larger where the cases do not divide evenly; ties keep the order of the points. A group that states 0 or
/// 1 throughout adds nothing if it was right and makes the statistic infinite if it was wrong; then `None`, as for fewer cases than
/// groups or no groups. Takes every point for one independent question and does not look at weights. Depends on the number of groups;
/// prefer [`cox_test`](super::cox_test) and [`calibration_belt_test`](super::calibration_belt_test).
///
/// Hosmer and Lemeshow (1980), Commun. Stat. A 9, 1043–1069; degrees of freedom for forecasts made without the outcomes: Hosmer,
/// Lemeshow and Sturdivant (2013), Applied Logistic Regression, section 5.2.2.
#[must_use]
pub fn hosmer_lemeshow(points: &Points, groups: usize) -> Option<HosmerLemeshow> {
    if groups == 0 || points.len() < groups {
        return None;
    }
    let mut sorted: Vec<(f64, f64)> = points.iter().map(|(p, y, _)| (p, y)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (size, larger) = (sorted.len() / groups, sorted.len() % groups);
    let mut rest = sorted.as_slice();
    let mut statistic = 0.0;
    for group in 0..groups {
        let (these, after) = rest.split_at(size + usize::from(group < larger));
        rest = after;
        let observed: f64 = these.iter().map(|(_, y)| y).sum();
        let expected: f64 = these.iter().map(|(p, _)| p).sum();
        // Failures summed by themselves: a group of sure forecasts leaves exactly 0.
        let failures: f64 = these.iter().map(|(p, _)| 1.0 - p).sum();
        let squared = (observed - expected) * (observed - expected);
        if squared > 0.0 {
            statistic += squared / expected + squared / failures;
        }
    }
    if !statistic.is_finite() {
        return None;
    }
    let tail = |degrees: usize| gamma::upper(0.5 * degrees as f64, 0.5 * statistic);
    Some(HosmerLemeshow { statistic, groups, p: tail(groups), p_fitted: (groups > 2).then(|| tail(groups - 2)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_as_stated_give_no_statistic() {
        let points = Points::new(&[0.5; 8], &[true, false, true, false, true, false, true, false]).expect("eight");
        let test = hosmer_lemeshow(&points, 4).expect("four groups");
        assert_eq!((test.statistic, test.p), (0.0, 1.0));
    }

    #[test]
    fn one_group_is_the_plain_chi_squared() {
        // 6 of 10 at 30 %: (6 - 3)²/3 + (6 - 3)²/7 = 30/7, p = erfc(sqrt(15/7)).
        let happened: Vec<bool> = (0..10).map(|at| at < 6).collect();
        let test = hosmer_lemeshow(&Points::new(&[0.3; 10], &happened).expect("ten"), 1).expect("one group");
        assert!((test.statistic - 30.0 / 7.0).abs() < 1e-12);
        assert!((test.p - crate::math::erfc((15.0_f64 / 7.0).sqrt())).abs() < 1e-12);
    }

    #[test]
    fn sure_groups_count_nothing_when_right_and_have_no_test_when_wrong() {
        let right = Points::new(&[0.0, 0.0, 1.0, 1.0], &[false, false, true, true]).expect("four");
        assert_eq!(hosmer_lemeshow(&right, 2).expect("two groups").statistic, 0.0);
        let wrong = Points::new(&[0.0, 0.0, 1.0, 1.0], &[true, false, true, true]).expect("four");
        assert_eq!(hosmer_lemeshow(&wrong, 2), None);
        assert_eq!(hosmer_lemeshow(&right, 5), None);
    }
}
