//! The spherical score: the direction of the forecast, not its length.

use super::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// The spherical score, as a loss.
///
/// ```text
/// S(p, o) = 1 - p_o / sqrt(sum_k p_k²)
/// ```
///
/// Lower is better; 0 is perfect, 1 is the worst. `None` when there is no option `outcome` or every probability is 0.
///
/// Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378, example 3 (there positively oriented).
#[must_use]
pub fn spherical(probabilities: &[f64], outcome: usize) -> Option<f64> {
    let of_outcome = probabilities.get(outcome)?;
    let length = probabilities.iter().map(|p| p * p).sum::<f64>().sqrt();
    (length > 0.0).then(|| 1.0 - of_outcome / length)
}

/// [`spherical`] as a rule for records.
#[derive(Debug)]
pub(super) struct Spherical;

impl ScoringRule for Spherical {
    fn id(&self) -> &'static str {
        "spherical"
    }
    fn name(&self) -> &'static str {
        "spherical score (0 to 1)"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Binary, Takes::Categorical, Takes::Ordinal]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn bound(&self) -> Option<f64> {
        Some(1.0)
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let value = match case {
            Case::Binary { probability, happened } => {
                spherical(&[1.0 - probability, *probability], usize::from(*happened))
            }
            Case::Classes { probabilities, outcome, .. } => spherical(probabilities, *outcome),
            _ => None,
        };
        value.map(Score::from).ok_or(Unfit::Kind)
    }
}
