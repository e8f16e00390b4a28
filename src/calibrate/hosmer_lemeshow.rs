//! The Hosmer–Lemeshow test: groups of equal size, stated against observed.

use super::Points;
use crate::math::gamma;
use serde::Serialize;

/// Where groups are parted when cases have one probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// Anywhere: groups are of equal size, the first ones one larger where cases do not divide evenly, and ties keep the order of the
    /// points. That order must not depend on the outcomes.
    #[default]
    InOrder,
    /// Between different probabilities only: a tie falls whole into the group that its middle belongs to, and there may be fewer groups.
    Together,
}

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
/// A group that states 0 or 1 throughout adds nothing if it was right and makes the statistic infinite if it was wrong; then `None`, as for fewer cases than
/// groups or no groups. Takes every point for one independent question and does not look at weights. Depends on the number of groups;
/// prefer [`cox_test`](super::cox_test) and [`calibration_belt_test`](super::calibration_belt_test).
///
/// Hosmer and Lemeshow (1980), Commun. Stat. A 9, 1043–1069; degrees of freedom for forecasts made without the outcomes: Hosmer,
/// Lemeshow and Sturdivant (2013), Applied Logistic Regression, section 5.2.2.
#[must_use]
pub fn hosmer_lemeshow(points: &Points, groups: usize, ties: Ties) -> Option<HosmerLemeshow> {
    if groups == 0 || points.len() < groups {
        return None;
    }
    let mut sorted: Vec<(f64, f64)> = points.iter().map(|(p, y, _)| (p, y)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut statistic = 0.0;
    let parts = parted(&sorted, groups, ties);
    for these in &parts {
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
    let groups = parts.len();
    let tail = |degrees: usize| gamma::upper(0.5 * degrees as f64, 0.5 * statistic);
    Some(HosmerLemeshow { statistic, groups, p: tail(groups), p_fitted: (groups > 2).then(|| tail(groups - 2)) })
}

/// Sorted cases in groups, none of them empty.
fn parted(sorted: &[(f64, f64)], groups: usize, ties: Ties) -> Vec<&[(f64, f64)]> {
    let count = sorted.len();
    let ends: Vec<usize> = match ties {
        Ties::InOrder => {
            let (size, larger) = (count / groups, count % groups);
            (1..=groups).map(|group| group * size + group.min(larger)).collect()
        }
        Ties::Together => {
            let mut ends: Vec<usize> = Vec::new();
            let (mut start, mut group) = (0, 0);
            for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
                // The group in which the middle of the tie lies, if all were of equal size.
                let own = (2 * start + tie.len()) * groups / (2 * count);
                if own != group && start > 0 {
                    ends.push(start);
                }
                (start, group) = (start + tie.len(), own);
            }
            ends.push(count);
            ends
        }
    };
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(&ends).map(|(start, &end)| &sorted[start..end]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_as_stated_give_no_statistic() {
        let points = Points::new(&[0.5; 8], &[true, false, true, false, true, false, true, false]).expect("eight");
        let test = hosmer_lemeshow(&points, 4, Ties::InOrder).expect("four groups");
        assert_eq!((test.statistic, test.p), (0.0, 1.0));
    }

    #[test]
    fn one_group_is_the_plain_chi_squared() {
        // 6 of 10 at 30 %: (6 - 3)²/3 + (6 - 3)²/7 = 30/7, p = erfc(sqrt(15/7)).
        let happened: Vec<bool> = (0..10).map(|at| at < 6).collect();
        let test =
            hosmer_lemeshow(&Points::new(&[0.3; 10], &happened).expect("ten"), 1, Ties::InOrder).expect("one group");
        assert!((test.statistic - 30.0 / 7.0).abs() < 1e-12);
        assert!((test.p - crate::math::erfc((15.0_f64 / 7.0).sqrt())).abs() < 1e-12);
    }

    #[test]
    fn sure_groups_count_nothing_when_right_and_have_no_test_when_wrong() {
        let right = Points::new(&[0.0, 0.0, 1.0, 1.0], &[false, false, true, true]).expect("four");
        assert_eq!(hosmer_lemeshow(&right, 2, Ties::InOrder).expect("two groups").statistic, 0.0);
        let wrong = Points::new(&[0.0, 0.0, 1.0, 1.0], &[true, false, true, true]).expect("four");
        assert_eq!(hosmer_lemeshow(&wrong, 2, Ties::Together), None);
        assert_eq!(hosmer_lemeshow(&right, 5, Ties::InOrder), None);
    }

    #[test]
    fn ties_kept_together_do_not_depend_on_the_order_of_the_points() {
        let probabilities = [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.8, 0.8, 0.9, 0.9];
        let happened = [true, true, false, false, false, false, true, false, true, true];
        let turned: (Vec<f64>, Vec<bool>) =
            probabilities.iter().rev().zip(happened.iter().rev()).map(|(p, y)| (*p, *y)).unzip();
        let of =
            |p: &[f64], y: &[bool], ties| hosmer_lemeshow(&Points::new(p, y).expect("ten"), 3, ties).expect("groups");
        let together = of(&probabilities, &happened, Ties::Together);
        assert_eq!(together, of(&turned.0, &turned.1, Ties::Together));
        assert_ne!(of(&probabilities, &happened, Ties::InOrder), of(&turned.0, &turned.1, Ties::InOrder));
        // The middle of the six lies in the first third, those of the 0.8 and the 0.9 in the last.
        assert_eq!(together.groups, 2);
    }
}
