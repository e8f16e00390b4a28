//! Ridge skill: head-to-head differences, with little evidence drawn towards the middle.

use super::fixed_effects::pairwise_effects;
use super::panel::Panel;

/// Two forecasts of a question are compared over the time for which both stood: forecasts stand to the end, so that is the
/// shorter of the two.
const COMMON: fn(f64, f64) -> f64 = f64::min;

/// By how much skills are drawn towards 0: the variance of a single score around its forecaster and question over the variance of
/// the skills.
///
/// `None` when nothing can be compared or nobody differs.
#[must_use]
pub fn ridge_penalty(panel: &Panel) -> Option<f64> {
    let weights = panel.weights();
    let connected = panel.connected(&weights);
    let skills = pairwise_effects(panel, &weights, &connected, 0.0, COMMON)?;
    let (mut squares, mut worth_all) = (0.0, 0.0);
    for (question, weight) in panel.weighted(&weights) {
        let each = weight / question.cells.len() as f64;
        for (at, own) in question.cells.iter().enumerate() {
            for other in &question.cells[at + 1..] {
                let worth = each * COMMON(own.coverage, other.coverage);
                let missed = own.score - other.score - (skills[own.forecaster] - skills[other.forecaster]);
                squares += worth * missed * missed;
                worth_all += worth;
            }
        }
    }
    let within: Vec<f64> = (0..skills.len()).filter(|at| connected[*at]).map(|at| skills[at]).collect();
    penalty(squares, worth_all, &within)
}

/// The penalty, given the squares that skills leave, what the pairs are worth, and the skills of those who can be compared.
pub(super) fn penalty(squares: f64, worth_all: f64, within: &[f64]) -> Option<f64> {
    let parameters = within.len() as f64 - 1.0;
    // Of n forecasts of a question, n - 1 tell about skills; each pair stands for 2/n of one.
    let freedom = 2.0 * worth_all - parameters;
    let of_skill = within.iter().map(|skill| skill * skill).sum::<f64>() / parameters;
    let of_match = squares / freedom;
    (parameters > 0.0 && freedom > 0.0 && of_skill > 0.0 && of_match.is_finite()).then(|| of_match / of_skill)
}

/// The skill of each forecaster against the mean of all, from every head-to-head difference.
///
/// ```text
/// least  Σ_q Σ_{i<j} min(c_i, c_j)/n_q (s_iq - s_jq - (a_i - a_j))² + penalty Σ a_i²        c: coverage, n_q: forecasters on q
/// ```
///
/// Lower is better, in the unit of the score; 0 is the middle. Somebody with few questions is believed to be ordinary until there is
/// more to go by. `weights` are those of the questions. `None` for forecasters outside of the largest circle of those who
/// share questions, and for all without a penalty.
///
/// Hoerl and Kennard (1970), Technometrics 12, 55–67; as a model of skill differences: Metaculus bot leaderboards (2025).
#[must_use]
pub fn ridge_skill(panel: &Panel, weights: &[f64], penalty: Option<f64>) -> Vec<Option<f64>> {
    let connected = panel.connected(weights);
    let skills = penalty.and_then(|penalty| pairwise_effects(panel, weights, &connected, penalty, COMMON));
    (0..connected.len()).map(|at| skills.as_ref().filter(|_| connected[at]).map(|skills| skills[at])).collect()
}
