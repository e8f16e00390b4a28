//! The absolute error of a stated median as a rule for records.

use super::levels::same_level;
use super::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// The distance of the stated median from the outcome.
///
/// Proper for the median, and blind to all other levels: what points look like to those who read only one number. Twice the pinball
/// loss at the level 1/2.
#[derive(Debug)]
pub(super) struct MedianError;

impl ScoringRule for MedianError {
    fn id(&self) -> &'static str {
        "median_error"
    }
    fn name(&self) -> &'static str {
        "absolute error of the stated median"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Numeric, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let (levels, values, outcome) = case.quantiles().ok_or(Unfit::Kind)?;
        let at = levels.iter().position(|level| same_level(*level, 0.5)).ok_or(Unfit::NoMedian)?;
        values.get(at).map(|median| (median - outcome).abs().into()).ok_or(Unfit::NoMedian)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_without_a_median_have_no_score() {
        let case = |levels: Vec<f64>| Case::Quantiles { levels, values: vec![1.0, 2.0], outcome: 5.0 };
        assert_eq!(MedianError.score(&case(vec![0.5, 0.9])), Ok(Score::from(4.0)));
        assert_eq!(MedianError.score(&case(vec![0.4, 0.9])), Err(Unfit::NoMedian));
    }
}
