//! The ranked logarithmic score of ordered options as a rule for records.

use super::logarithmic::{LOG_FLOOR, log_score_floored};
use super::rule::{Case, Floor, Score, ScoringRule, Takes, Unfit, Unit};

/// The log scores of the threshold events "at most k", each probability raised to the floor, added up.
///
/// Like [`ranked_log_score`](super::ranked_log_score), and finite: each threshold event is scored by [`log_score_floored`], and the
/// forecast counts as raised or infinite if one of them is.
#[derive(Debug)]
pub(super) struct RankedLogarithmic;

impl ScoringRule for RankedLogarithmic {
    fn id(&self) -> &'static str {
        "ranked_log"
    }
    fn name(&self) -> &'static str {
        "ranked logarithmic score, probabilities raised to 1e-6"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Ordinal]
    }
    fn unit(&self) -> Unit {
        Unit::Nats
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let Case::Classes { probabilities, outcome, ordered: true } = case else { return Err(Unfit::Kind) };
        if *outcome >= probabilities.len() {
            return Err(Unfit::Kind);
        }
        let mut score = Score { value: 0.0, floor: Floor::Unused };
        for threshold in 1..probabilities.len() {
            // From the side on which the outcome lies, so that a sure forecast leaves exactly 1.
            let side = if *outcome < threshold { &probabilities[..threshold] } else { &probabilities[threshold..] };
            let (value, floor) = log_score_floored(side.iter().sum::<f64>().min(1.0), LOG_FLOOR);
            score.value += value;
            score.floor = match (score.floor, floor) {
                (Floor::Infinite, _) | (_, Floor::Infinite) => Floor::Infinite,
                (Floor::Raised, _) | (_, Floor::Raised) => Floor::Raised,
                _ => Floor::Unused,
            };
        }
        Ok(score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::ranked_log_score;

    #[test]
    fn above_the_floor_it_is_the_plain_function_and_below_it_is_counted() {
        let case = |probabilities: &[f64], outcome| Case::Classes {
            probabilities: probabilities.to_vec(),
            outcome,
            ordered: true,
        };
        let said = [0.2, 0.3, 0.4, 0.1];
        let score = RankedLogarithmic.score(&case(&said, 2)).expect("ordered options");
        assert!((score.value - ranked_log_score(&said, 2).expect("an option")).abs() < 1e-14);
        let impossible = RankedLogarithmic.score(&case(&[1.0, 0.0, 0.0], 2)).expect("ordered options");
        assert!(impossible.value.is_finite() && impossible.floor == Floor::Infinite);
    }
}
