//! Relative skill: every pair on its shared questions, then the geometric mean over the pairs.

use super::panel::Panel;
use crate::math::{exp, ln};

/// The ratio of mean scores of each pair on the questions both answered.
///
/// `ratios[i][j]` is the mean score of i over that of j: below 1 when i was better. `None` where they share no question,
/// the mean score of j is 0 or one of both lies below 0; 1 on the diagonal. `weights` are those of the questions.
#[must_use]
pub fn pair_ratios(panel: &Panel, weights: &[f64]) -> Vec<Vec<Option<f64>>> {
    let count = panel.forecasters().len();
    // The weighted sum of i's scores over the questions shared with j, and how much they weigh.
    let mut sums = vec![0.0; count * count];
    let mut shared = vec![0.0; count * count];
    for (question, weight) in panel.weighted(weights) {
        for own in &question.cells {
            let (row, score) = (own.forecaster * count, weight * own.score);
            for other in &question.cells {
                sums[row + other.forecaster] += score;
                shared[row + other.forecaster] += weight;
            }
        }
    }
    let ratio = |i: usize, j: usize| {
        if i == j {
            return Some(1.0);
        }
        let (own, other) = (sums[i * count + j], sums[j * count + i]);
        (shared[i * count + j] > 0.0 && own >= 0.0 && other > 0.0).then(|| own / other)
    };
    (0..count).map(|i| (0..count).map(|j| ratio(i, j)).collect()).collect()
}

/// Relative skill: the geometric mean over all forecasters j, oneself included, of the ratio of mean scores on shared questions.
///
/// ```text
/// θ_i = (Π_j  mean score of i / mean score of j, on the questions both answered)^(1/m)
/// ```
///
/// Below 1 is better than the others, by and large; the score must not be negative. Pairs without a ratio are left out of the mean;
/// `None` for those who have no ratio with anybody else.
///
/// Cramer et al. (2022), Proc. Natl. Acad. Sci. 119, e2113561119; Bosse et al. (2022), arXiv:2205.07090.
#[must_use]
pub fn relative_skill(panel: &Panel, weights: &[f64]) -> Vec<Option<f64>> {
    geometric_means(pair_ratios(panel, weights))
}

/// The geometric mean of each row's ratios; `None` for a row without any but its own.
pub(super) fn geometric_means(ratios: Vec<Vec<Option<f64>>>) -> Vec<Option<f64>> {
    ratios
        .into_iter()
        .enumerate()
        .map(|(own, ratios)| {
            let others = ratios.iter().enumerate().filter(|(other, ratio)| *other != own && ratio.is_some()).count();
            let logarithms: Vec<f64> = ratios.into_iter().flatten().map(ln).collect();
            (others > 0).then(|| exp(logarithms.iter().sum::<f64>() / logarithms.len() as f64))
        })
        .collect()
}
