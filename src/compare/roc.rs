//! The difference of two areas under the ROC curve over the same cases.

use crate::math::sqrt;
use serde::Serialize;

/// Two areas under the ROC curve and their difference, with standard errors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AreaDifference {
    /// Area of the first. Higher is better; 1/2 tells nothing apart.
    pub first: f64,
    /// Area of the second.
    pub second: f64,
    /// First minus second: above 0 when the first tells cases better apart.
    pub difference: f64,
    /// Standard errors of the three figures; `None` with fewer than two cases of either kind.
    pub standard_errors: Option<AreaErrors>,
}

/// Standard errors of two areas and of their difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AreaErrors {
    /// Of the first area.
    pub first: f64,
    /// Of the second area.
    pub second: f64,
    /// Of the difference.
    pub difference: f64,
}

/// Compares how well two forecasters tell apart what happens from what does not.
///
/// ```text
/// A = 1/(mn) Σ_i Σ_j [x_i > y_j] + ½ [x_i = y_j]          x: forecasts of the m cases that came true, y: of the n others
/// var(A1 - A2) = s²(V1 - V2)/m + s²(W1 - W2)/n            V_i, W_j: means of that over j and over i
/// ```
///
/// Cases must not depend on each other. `None` when the lengths differ, a forecast is not a number, or every case came out alike.
///
/// ```
/// use foretell::compare::area_difference;
///
/// let found = area_difference(&[0.9, 0.8, 0.3, 0.1], &[0.5, 0.5, 0.5, 0.5], &[true, true, false, false]);
/// assert_eq!(found.expect("both kinds of cases").difference, 0.5);
/// ```
///
/// DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, 837–845; by ranks as in Sun and Xu (2014), IEEE Signal Process. Lett. 21.
#[must_use]
pub fn area_difference(first: &[f64], second: &[f64], happened: &[bool]) -> Option<AreaDifference> {
    let count = happened.len();
    let known = first.iter().chain(second).all(|forecast| !forecast.is_nan());
    let came_true = happened.iter().filter(|happened| **happened).count();
    if first.len() != count || second.len() != count || !known || came_true == 0 || came_true == count {
        return None;
    }
    let (of_first, of_second) = (placements(first, happened), placements(second, happened));
    let area = |placed: &[f64]| {
        placed.iter().zip(happened).filter(|(_, happened)| **happened).map(|(place, _)| place).sum::<f64>()
            / came_true as f64
    };
    let differences: Vec<f64> = of_first.iter().zip(&of_second).map(|(a, b)| a - b).collect();
    let error = |placed: &[f64]| {
        let of_kind = |wanted: bool| {
            let kind: Vec<f64> =
                placed.iter().zip(happened).filter(|(_, h)| **h == wanted).map(|(place, _)| *place).collect();
            variance(&kind).map(|variance| variance / kind.len() as f64)
        };
        Some(sqrt(of_kind(true)? + of_kind(false)?))
    };
    let errors =
        || Some(AreaErrors { first: error(&of_first)?, second: error(&of_second)?, difference: error(&differences)? });
    let (first, second) = (area(&of_first), area(&of_second));
    Some(AreaDifference { first, second, difference: first - second, standard_errors: errors() })
}

/// For each case the share of the cases of the other kind on the right side of it, ties counting one half: below it if it came
/// true, above it if not.
fn placements(forecasts: &[f64], happened: &[bool]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..forecasts.len()).collect();
    order.sort_by(|&a, &b| forecasts[a].total_cmp(&forecasts[b]));
    let yes_all = happened.iter().filter(|happened| **happened).count() as f64;
    let no_all = happened.len() as f64 - yes_all;
    let mut placed = vec![0.0; forecasts.len()];
    let (mut yes_below, mut no_below) = (0.0, 0.0);
    for tie in order.chunk_by(|&a, &b| forecasts[a] == forecasts[b]) {
        let yes = tie.iter().filter(|at| happened[**at]).count() as f64;
        let no = tie.len() as f64 - yes;
        for &at in tie {
            placed[at] =
                if happened[at] { (no_below + 0.5 * no) / no_all } else { (yes_all - yes_below - 0.5 * yes) / yes_all };
        }
        yes_below += yes;
        no_below += no;
    }
    placed
}

/// The unbiased variance; `None` for fewer than two values.
fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    Some(values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_give_what_the_double_loop_gives_with_ties() {
        let first = [0.1, 0.4, 0.4, 0.8, 0.8, 0.2, 0.9, 0.4];
        let second = [0.3, 0.3, 0.5, 0.5, 0.6, 0.1, 0.6, 0.9];
        let happened = [false, true, false, true, true, false, true, false];
        let pairs = |forecasts: &[f64]| {
            let kind = |wanted: bool| (0..8).filter(move |at| happened[*at] == wanted);
            let psi = |x: f64, y: f64| {
                if x > y {
                    1.0
                } else if x == y {
                    0.5
                } else {
                    0.0
                }
            };
            let v: Vec<f64> =
                kind(true).map(|i| kind(false).map(|j| psi(forecasts[i], forecasts[j])).sum::<f64>() / 4.0).collect();
            let w: Vec<f64> =
                kind(false).map(|j| kind(true).map(|i| psi(forecasts[i], forecasts[j])).sum::<f64>() / 4.0).collect();
            (v, w)
        };
        let ((v1, w1), (v2, w2)) = (pairs(&first), pairs(&second));
        let minus = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
        let found = area_difference(&first, &second, &happened).expect("both kinds of cases");
        let errors = found.standard_errors.expect("four of each");
        let expected =
            variance(&minus(&v1, &v2)).expect("four") / 4.0 + variance(&minus(&w1, &w2)).expect("four") / 4.0;
        assert!((found.first - v1.iter().sum::<f64>() / 4.0).abs() < 1e-15);
        assert!((errors.difference - expected.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn one_case_that_came_true_has_an_area_and_no_error() {
        let found = area_difference(&[0.1, 0.9, 0.2], &[0.5, 0.4, 0.3], &[false, true, false]).expect("both kinds");
        assert_eq!((found.first, found.second, found.standard_errors), (1.0, 0.5, None));
        assert!(area_difference(&[0.1], &[0.2], &[true]).is_none());
        assert!(area_difference(&[0.1, f64::NAN], &[0.2, 0.3], &[true, false]).is_none());
        assert!(area_difference(&[0.1], &[0.2, 0.3], &[true, false]).is_none());
    }
}
