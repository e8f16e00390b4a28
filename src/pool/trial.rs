//! Recipes tried on a past by cross-validation, each blended towards the plain mean as far as its gain is not sure.

use super::folds::{Fold, Folding, folds};
use super::past::{Past, plain_mean};
use super::penalty::Penalty;
use super::recipe::Recipe;
use crate::math::{powf, student};
use crate::score::clustered_mean;

/// The recipes among which `auto` chooses: few, and each of them cautious.
pub static CANDIDATES: &[&str] = &[
    "median",
    "log-odds",
    "extremized-fitted",
    "log-odds+platt",
    "platt@log-odds",
    "performance",
    "performance-log-odds",
    "stacking",
    "exponential",
    "recency-fitted",
    "coherence",
];

/// With fewer clusters of questions than this nothing is chosen: the plain mean stays.
pub const FEWEST_CLUSTERS: usize = 15;

/// Shares of a recipe in the blend that are tried, the rest being the plain mean.
pub(super) const BLENDS: &[f64] = &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// A recipe that was named is taken as it is.
pub(super) const WHOLE: &[f64] = &[1.0];

/// A recipe as it did on questions that it had not learned from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Attempt {
    /// Which of the recipes.
    pub(super) recipe: usize,
    /// The share of it in the best blend.
    pub(super) blend: f64,
    /// Its mean score less that of the plain mean.
    pub(super) difference: f64,
    /// The standard error over clusters.
    pub(super) standard_error: f64,
    /// The difference plus as many standard errors as luck may have given.
    pub(super) bound: f64,
}

/// By how many standard errors a gain must be seen when `count` recipes are looked at.
///
/// ```text
/// P(T <= k)^count = 1/2        T Student's with clusters - 1 degrees of freedom
/// ```
///
/// The largest of as many gains that luck alone makes stays below k half of the time; 1.3 for seven, 1.5 for ten, were they
/// independent.
fn caution(count: usize, clusters: usize) -> Option<f64> {
    student::quantile(clusters.checked_sub(1)? as f64, powf(0.5, 1.0 / count.max(1) as f64))
}

/// The best of these blends of each recipe that the past is enough for, and how the folds were made. Nothing with fewer than
/// [`FEWEST_CLUSTERS`] clusters.
pub(super) fn attempts(
    past: &Past<'_>,
    recipes: &[Recipe],
    penalty: Penalty,
    repeats: usize,
    blends: &[f64],
) -> (Folding, Vec<Attempt>) {
    let (folding, folds) = folds(past, repeats);
    if past.cluster_count() < FEWEST_CLUSTERS {
        return (folding, Vec::new());
    }
    let means: Vec<f64> = past.questions.iter().map(|question| plain_mean(&question.said)).collect();
    let predicted: Vec<(usize, Vec<(usize, f64)>)> = recipes
        .iter()
        .enumerate()
        .filter_map(|(at, recipe)| Some((at, predictions(past, *recipe, penalty, &folds, &means)?)))
        .collect();
    // Luck has no chance with what cannot be tried.
    let predicted_count = predicted.len();
    let found = predicted
        .iter()
        .filter_map(|(recipe, predicted)| {
            best_blend(past, penalty, *recipe, predicted, &means, (predicted_count, blends))
        })
        .collect();
    (folding, found)
}

/// The attempt that lessens the score most for sure, if one does.
pub(super) fn surest(attempts: &[Attempt]) -> Option<Attempt> {
    let better = attempts.iter().filter(|attempt| attempt.bound < -1e-12);
    better.min_by(|a, b| a.bound.total_cmp(&b.bound)).copied()
}

/// What a recipe says of each question judged, having learned from the others; the plain mean where it says nothing. `None` where a fold
/// is too little for it.
fn predictions(
    past: &Past<'_>,
    recipe: Recipe,
    penalty: Penalty,
    folds: &[Fold],
    means: &[f64],
) -> Option<Vec<(usize, f64)>> {
    let mut predicted = Vec::new();
    for fold in folds {
        let cooked = recipe.fit(&past.part(&fold.learn), penalty)?;
        let said = |at: &usize| (*at, cooked.pool(&past.questions[*at].said).unwrap_or(means[*at]));
        predicted.extend(fold.judge.iter().map(said));
    }
    Some(predicted)
}

fn best_blend(
    past: &Past<'_>,
    penalty: Penalty,
    recipe: usize,
    predicted: &[(usize, f64)],
    means: &[f64],
    (looked_at, blends): (usize, &[f64]),
) -> Option<Attempt> {
    let mut best: Option<Attempt> = None;
    for blend in blends.iter().copied() {
        let score = |at: usize, said: f64| {
            let happened = past.questions[at].happened;
            penalty.of(blended(means[at], said, blend), happened) - penalty.of(means[at], happened)
        };
        let (differences, clusters) = by_question(past, predicted.iter().map(|(at, said)| (*at, score(*at, *said))));
        let mean = clustered_mean(&differences, &clusters)?;
        let standard_error = mean.standard_error?;
        let bound = mean.mean + caution(looked_at, mean.clusters)? * standard_error;
        if best.is_none_or(|best| bound < best.bound) {
            best = Some(Attempt { recipe, blend, difference: mean.mean, standard_error, bound });
        }
    }
    best
}

/// A recipe's probability blended with the plain mean.
pub(super) fn blended(mean: f64, said: f64, blend: f64) -> f64 {
    (mean + blend * (said - mean)).clamp(0.0, 1.0)
}

/// The mean value of each question that has any, with its cluster.
pub(super) fn by_question(past: &Past<'_>, values: impl Iterator<Item = (usize, f64)>) -> (Vec<f64>, Vec<usize>) {
    let mut sums = vec![(0.0, 0.0); past.questions.len()];
    for (at, value) in values {
        sums[at].0 += value;
        sums[at].1 += 1.0;
    }
    let judged = sums.iter().zip(&past.questions).filter(|((_, count), _)| *count > 0.0);
    judged.map(|((sum, count), question)| (sum / count, question.cluster)).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_recipe_needs_no_margin_and_seven_that_of_the_largest_of_seven() {
        assert!(caution(1, 30).expect("thirty clusters").abs() < 1e-12);
        // Φ(1.314873) = 2^(-1/7): with very many clusters Student's t is the normal distribution.
        assert!((caution(7, 100_000).expect("many") - 1.314_873).abs() < 1e-3);
        assert!(caution(7, 20) > caution(7, 100));
        assert_eq!(caution(7, 1), None);
    }

    #[test]
    fn every_candidate_is_a_recipe() {
        assert!(CANDIDATES.iter().all(|name| name.parse::<Recipe>().is_ok()));
    }
}
