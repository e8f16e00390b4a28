//! Two-way fixed effects: a score is an effect of the forecaster plus one of the question.

use super::panel::Panel;
use crate::math::Cholesky;

/// The mean score that each forecaster would have had on all questions, by least squares.
///
/// ```text
/// s_iq = a_i + b_q + error,     adjusted mean of i = a_i + mean of b_q over the questions
/// ```
///
/// Lower is better, in the unit of the score. Who answered hard questions is not held to account for that. `weights` are those of the
/// questions. `None` for forecasters who cannot be compared with the largest circle of those who share questions.
///
/// The model with which ForecastBench adjusts for difficulty: Karger et al. (2025),
/// ForecastBench, ICLR; least squares: Searle (1971), Linear Models, chapter 7.
#[must_use]
pub fn adjusted_means(panel: &Panel, weights: &[f64]) -> Vec<Option<f64>> {
    let connected = panel.connected(weights);
    let effects = pairwise_effects(panel, weights, &connected, 0.0, |_, _| 1.0);
    let (mut level, mut total) = (0.0, 0.0);
    for (question, weight) in panel.weighted(weights) {
        // All of a question's forecasters are in the circle, or none is.
        let Some(effects) = &effects else { continue };
        if question.cells.iter().any(|cell| !connected[cell.forecaster]) || question.cells.is_empty() {
            continue;
        }
        let of_question: f64 = question.cells.iter().map(|cell| cell.score - effects[cell.forecaster]).sum::<f64>()
            / question.cells.len() as f64;
        level += weight * of_question;
        total += weight;
    }
    (0..connected.len())
        .map(|at| effects.as_ref().filter(|_| connected[at] && total > 0.0).map(|effects| effects[at] + level / total))
        .collect()
}

/// Effects of the connected forecasters that fit the differences within each question best, centred on 0; 0 for everybody else.
///
/// ```text
/// least  Σ_q w_q Σ_{i<j} share(i, j)/n_q (s_iq - s_jq - (a_i - a_j))² + penalty Σ a_i²
/// ```
///
/// With shares of 1 and no penalty this is the least-squares solution of the model with an effect of each question. `None` if the
/// equations have no single solution.
pub(super) fn pairwise_effects(
    panel: &Panel,
    weights: &[f64],
    connected: &[bool],
    penalty: f64,
    share: impl Fn(f64, f64) -> f64,
) -> Option<Vec<f64>> {
    let places: Vec<usize> = (0..connected.len()).filter(|at| connected[*at]).collect();
    let mut place_of = vec![usize::MAX; connected.len()];
    for (place, at) in places.iter().enumerate() {
        place_of[*at] = place;
    }
    let count = places.len();
    let mut matrix = vec![0.0; count * count];
    let mut right = vec![0.0; count];
    for (question, weight) in panel.weighted(weights) {
        let each = weight / question.cells.len() as f64;
        for (at, own) in question.cells.iter().enumerate() {
            let i = place_of[own.forecaster];
            for other in &question.cells[at + 1..] {
                let j = place_of[other.forecaster];
                if i == usize::MAX || j == usize::MAX {
                    continue;
                }
                let worth = each * share(own.coverage, other.coverage);
                matrix[i * count + i] += worth;
                matrix[j * count + j] += worth;
                matrix[i * count + j] -= worth;
                matrix[j * count + i] -= worth;
                right[i] += worth * (own.score - other.score);
                right[j] -= worth * (own.score - other.score);
            }
        }
    }
    solved(&places, connected.len(), matrix, &right, penalty)
}

/// The effects, of `all` forecasters, that solve the equations of those at these places.
pub(super) fn solved(
    places: &[usize],
    all: usize,
    mut matrix: Vec<f64>,
    right: &[f64],
    penalty: f64,
) -> Option<Vec<f64>> {
    let count = places.len();
    // Only differences are determined; the sum of the effects is held at 0 by adding the square of it.
    let size = (0..count).map(|at| matrix[at * count + at]).fold(0.0, f64::max);
    let hold = if size > 0.0 { size / count as f64 } else { 1.0 };
    for (at, entry) in matrix.iter_mut().enumerate() {
        *entry += hold + if at % (count + 1) == 0 { penalty } else { 0.0 };
    }
    let solution = Cholesky::new(count, &matrix)?.solve(right);
    let mut effects = vec![0.0; all];
    for (place, at) in places.iter().enumerate() {
        effects[*at] = solution[place];
    }
    Some(effects)
}
