//! ForecastBench: scores corrected for the difficulty of the questions answered, the Brier index, and the peer score.
//!
//! Source: the benchmark's published leaderboard code (`src/leaderboard/main.py`).

use std::collections::BTreeMap;

/// The Brier score that always stating 1/2 gets.
const ALWAYS_HALF: f64 = 0.25;

/// The Brier index of a Brier score on the scale from 0 to 1.
///
/// ```text
/// index = 100 (1 - √score)
/// ```
///
/// **Higher is better**: 100 is perfect, 50 is what always stating 1/2 gets, 0 is always wrong and sure. A difficulty-adjusted score
/// can fall below 0; the index is then 100. `None` for a score that is not a number.
#[must_use]
pub fn brier_index(score: f64) -> Option<f64> {
    (!score.is_nan()).then(|| 100.0 * (1.0 - score.max(0.0).sqrt()))
}

/// A forecaster's score on a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'a> {
    /// The forecaster.
    pub forecaster: &'a str,
    /// The question.
    pub question: &'a str,
    /// The Brier score from 0 to 1. Lower is better.
    pub brier: f64,
}

/// The peer score of each forecaster: how much better than the mean of all who answered the same questions.
///
/// ```text
/// peer_i = mean over i's questions j of (mean over all of brier_kj  -  brier_ij)
/// ```
///
/// **Higher is better**; 0 is as good as the field. The field's mean includes the forecaster. Scores that are not numbers are left
/// out.
#[must_use]
pub fn peer_scores<'a>(entries: &[Entry<'a>]) -> BTreeMap<&'a str, f64> {
    let known = || entries.iter().filter(|entry| entry.brier.is_finite());
    let means = means_by(known().map(|entry| (entry.question, entry.brier)));
    means_by(known().filter_map(|entry| Some((entry.forecaster, means.get(entry.question)? - entry.brier))))
}

fn means_by<'a>(values: impl Iterator<Item = (&'a str, f64)>) -> BTreeMap<&'a str, f64> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (key, value) in values {
        let sum = sums.entry(key).or_default();
        sum.0 += value;
        sum.1 += 1.0;
    }
    sums.into_iter().map(|(key, (sum, count))| (key, sum / count)).collect()
}

/// The difficulty-adjusted Brier score of each forecaster when the difficulty of each question is known.
///
/// ```text
/// DAB_i = mean over i's questions j of (brier_ij - b_j) + shift        such that always stating 1/2 gets 0.25
/// ```
///
/// Lower is better. `difficulties` holds `b_j`, for markets the crowd's own Brier score; questions without one are left out. The
/// forecaster `reference` is the one who always states 1/2; without it the shift is the mean of the difficulties, so that scores
/// stay on the scale of the Brier score.
#[must_use]
pub fn difficulty_adjusted<'a>(
    entries: &[Entry<'a>],
    difficulties: &BTreeMap<&str, f64>,
    reference: Option<&str>,
) -> BTreeMap<&'a str, f64> {
    let raw = means_by(entries.iter().filter(|entry| entry.brier.is_finite()).filter_map(|entry| {
        difficulties.get(entry.question).map(|difficulty| (entry.forecaster, entry.brier - difficulty))
    }));
    let anchor = reference.and_then(|name| raw.get(name)).map(|of| ALWAYS_HALF - of);
    let mean = difficulties.values().sum::<f64>() / difficulties.len().max(1) as f64;
    let shift = anchor.unwrap_or(mean);
    raw.into_iter().map(|(name, score)| (name, score + shift)).collect()
}

/// The difficulty of each question by the two-way fixed-effects model, fitted by least squares.
///
/// ```text
/// brier_ij = a_i + b_j + u_ij        a_i forecaster, b_j question, the mean of a_i over entries is 0
/// ```
///
/// Found by alternating means, which converges to the least-squares fit; where the forecasters fall into groups that share no
/// question the effects of different groups are not comparable. Empty when there are no entries.
#[must_use]
pub fn question_difficulties<'a>(entries: &[Entry<'a>]) -> BTreeMap<&'a str, f64> {
    const MOST_ROUNDS: usize = 10_000;
    const ENOUGH: f64 = 1e-13;
    let known: Vec<&Entry<'a>> = entries.iter().filter(|entry| entry.brier.is_finite()).collect();
    let mut questions = means_by(known.iter().map(|entry| (entry.question, entry.brier)));
    for _ in 0..MOST_ROUNDS {
        let of_question = |entry: &Entry| questions.get(entry.question).copied().unwrap_or(0.0);
        let mut forecasters = means_by(known.iter().map(|entry| (entry.forecaster, entry.brier - of_question(entry))));
        let effect = |forecasters: &BTreeMap<&str, f64>, entry: &Entry| {
            forecasters.get(entry.forecaster).copied().unwrap_or(0.0)
        };
        let centre = known.iter().map(|entry| effect(&forecasters, entry)).sum::<f64>() / known.len().max(1) as f64;
        forecasters.values_mut().for_each(|value| *value -= centre);
        let next = means_by(known.iter().map(|entry| (entry.question, entry.brier - effect(&forecasters, entry))));
        let moved = next.iter().map(|(name, value)| (value - questions[name]).abs()).fold(0.0, f64::max);
        questions = next;
        if moved < ENOUGH {
            break;
        }
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>(forecaster: &'a str, question: &'a str, brier: f64) -> Entry<'a> {
        Entry { forecaster, question, brier }
    }

    #[test]
    fn the_index_runs_from_perfect_to_sure_and_wrong() {
        assert_eq!(
            [0.0, 0.25, 1.0, -0.01].map(|score| brier_index(score).expect("a number")),
            [100.0, 50.0, 0.0, 100.0]
        );
        assert_eq!(brier_index(f64::NAN), None);
    }

    #[test]
    fn an_exact_two_way_table_is_taken_apart_again() {
        // brier = a_i + b_j with effects a = (0.05, -0.05, 0), b = (0.1, 0.2, 0.4), some cells missing.
        let (a, b) = ([0.05, -0.05, 0.0], [0.1, 0.2, 0.4]);
        let names = (["x", "y", "z"], ["p", "q", "r"]);
        let mut entries = Vec::new();
        for (i, (forecaster, effect)) in names.0.into_iter().zip(a).enumerate() {
            for (j, (question, difficulty)) in names.1.into_iter().zip(b).enumerate() {
                if (i, j) != (0, 2) && (i, j) != (2, 0) {
                    entries.push(entry(forecaster, question, effect + difficulty));
                }
            }
        }
        let difficulties = question_difficulties(&entries);
        let differences = (difficulties["q"] - difficulties["p"], difficulties["r"] - difficulties["p"]);
        assert!((differences.0 - 0.1).abs() < 1e-10 && (differences.1 - 0.3).abs() < 1e-10, "{difficulties:?}");
        let adjusted = difficulty_adjusted(&entries, &difficulties, Some("z"));
        assert!((adjusted["z"] - 0.25).abs() < 1e-12);
        assert!((adjusted["x"] - adjusted["y"] - 0.1).abs() < 1e-10, "{adjusted:?}");
    }

    #[test]
    fn somebody_alone_is_as_good_as_the_field() {
        assert_eq!(peer_scores(&[entry("a", "q", 0.3)])["a"], 0.0);
    }
}
