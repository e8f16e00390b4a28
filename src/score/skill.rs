//! Skill scores: how much of a reference's loss a forecaster saves.

use super::clusters::clustered_mean;
use serde::Serialize;

/// A skill score and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Skill {
    /// `1 - mean score / mean score of the reference`: 1 is perfect, 0 is as good as the reference, below 0 is worse.
    pub skill: f64,
    /// Its standard error; `None` with fewer than two clusters.
    pub standard_error: Option<f64>,
    /// How many pairs of scores.
    pub count: usize,
    /// How many clusters.
    pub clusters: usize,
}

/// The skill score of paired scores against a reference's, with a standard error that respects clusters.
///
/// ```text
/// SS = 1 - m/r        m = mean score - perfect,  r = mean reference score - perfect
/// se = se(mean of s_i/r - m/r² t_i)        the linearised ratio: s_i, t_i the two scores of a case
/// ```
///
/// Higher is better. With every case a cluster of its own this is error propagation with the sample variances and covariance of
/// the two scores. `perfect` is what a perfect forecast scores, 0 for most rules. Skill is not proper: a mean of skills over small
/// groups rewards hedging, so form it once, over everything. `clusters` labels each pair. `None` when there are no pairs, the
/// lengths differ, a score is not finite, or the reference is perfect.
///
/// ```
/// use foretell::score::skill_score;
///
/// let skill = skill_score(&[0.1, 0.2], &[0.2, 0.4], 0.0, &[0, 1]).expect("two pairs");
/// assert!((skill.skill - 0.5).abs() < 1e-15);
/// ```
///
/// Error propagation: Siegert (2020), R package SpecsVerification; clusters: Liang and Zeger (1986), Biometrika 73, 13–22.
#[must_use]
pub fn skill_score(scores: &[f64], reference: &[f64], perfect: f64, clusters: &[usize]) -> Option<Skill> {
    let finite = scores.iter().chain(reference).all(|score| score.is_finite()) && perfect.is_finite();
    if scores.len() != reference.len() || scores.is_empty() || !finite {
        return None;
    }
    let count = scores.len() as f64;
    let own = scores.iter().sum::<f64>() / count - perfect;
    let other = reference.iter().sum::<f64>() / count - perfect;
    if other == 0.0 {
        return None;
    }
    let ratio = own / other;
    let linearised: Vec<f64> = scores.iter().zip(reference).map(|(own, r)| (own - ratio * r) / other).collect();
    let mean = clustered_mean(&linearised, clusters)?;
    Some(Skill {
        skill: 1.0 - ratio,
        standard_error: mean.standard_error,
        count: scores.len(),
        clusters: mean.clusters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_a_case_in_one_cluster_change_nothing() {
        let (scores, reference) = ([0.1, 0.3, 0.2, 0.6], [0.25, 0.2, 0.3, 0.5]);
        let once = skill_score(&scores, &reference, 0.0, &[0, 1, 2, 3]).expect("four pairs");
        let twice = |of: &[f64]| -> Vec<f64> { of.iter().chain(of).copied().collect() };
        let copied =
            skill_score(&twice(&scores), &twice(&reference), 0.0, &[0, 1, 2, 3, 0, 1, 2, 3]).expect("eight pairs");
        assert!((once.skill - copied.skill).abs() < 1e-15);
        let errors = (once.standard_error.expect("four"), copied.standard_error.expect("four"));
        assert!((errors.0 - errors.1).abs() < 1e-14);
    }

    #[test]
    fn a_perfect_reference_leaves_nothing_to_save() {
        assert_eq!(skill_score(&[0.1], &[0.0], 0.0, &[0]), None);
        assert_eq!(skill_score(&[0.1], &[0.5], 0.0, &[0]).expect("one pair").standard_error, None);
        assert_eq!(skill_score(&[], &[], 0.0, &[]), None);
        assert_eq!(skill_score(&[f64::INFINITY], &[0.5], 0.0, &[0]), None);
    }
}
