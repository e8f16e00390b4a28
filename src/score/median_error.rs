//! The absolute error of a stated median as a rule for records.

use super::levels::stated_value;
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
        stated_value(levels, values, 0.5).map(|median| (median - outcome).abs().into()).ok_or(Unfit::NoMedian)
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

    #[test]
    fn the_median_of_draws_is_that_of_a_sample() {
        let of = |levels: &[f64], values: &[f64]| {
            MedianError.score(&Case::Quantiles { levels: levels.to_vec(), values: values.to_vec(), outcome: 7.0 })
        };
        assert_eq!(of(&[0.125, 0.375, 0.625, 0.875], &[1.0, 2.0, 4.0, 9.0]), Ok(Score::from(4.0)));
        // Two levels at a quarter and three quarters are quartiles, whoever states them.
        assert_eq!(of(&[0.25, 0.75], &[1.0, 2.0]), Err(Unfit::NoMedian));
    }

    #[test]
    fn the_median_of_many_levels_lies_on_the_line_between_two_of_them() {
        // Of a uniform number from 0 to 1 at 60 levels, of which none is the middle.
        let levels: Vec<f64> = (0..60).map(|at| (f64::from(at) + 0.3) / 60.0).collect();
        let case = Case::Quantiles { values: levels.clone(), levels: levels.clone(), outcome: 0.7 };
        let score = MedianError.score(&case).expect("it is a whole distribution");
        assert!((score.value - 0.2).abs() < 1e-12, "{}", score.value);
        // Of fewer levels only what is stated counts.
        let (levels, values) = (levels[31..].to_vec(), levels[31..].to_vec());
        assert_eq!(MedianError.score(&Case::Quantiles { levels, values, outcome: 0.7 }), Err(Unfit::NoMedian));
    }
}
