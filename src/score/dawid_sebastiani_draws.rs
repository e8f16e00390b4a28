//! The Dawid–Sebastiani score of draws as a rule for records.

use super::dawid_sebastiani::{VarianceDivisor, dawid_sebastiani_ensemble};
use super::named::OfMoments;
use super::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// [`dawid_sebastiani_ensemble`] of draws, the variance over their number; of distributions by name that of their mean and variance.
///
/// Apart from `dss`, which does not take quantiles at the levels of draws for draws.
#[derive(Debug)]
pub(super) struct OfDraws;

impl ScoringRule for OfDraws {
    fn id(&self) -> &'static str {
        "dss_draws"
    }
    fn name(&self) -> &'static str {
        "Dawid-Sebastiani score of the mean and the variance (over their number) of draws, and of distributions by name"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Draws, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn may_be_negative(&self) -> bool {
        true
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        if let Case::Distribution { .. } = case {
            return OfMoments.score(case);
        }
        let (draws, outcome) = case.draws().ok_or(case.unfit_for_draws())?;
        dawid_sebastiani_ensemble(draws, outcome, VarianceDivisor::Count).map(Score::from).ok_or(Unfit::NoMoments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_scored_by_their_mean_and_variance() {
        let of = |values: [f64; 4]| Case::Quantiles {
            levels: vec![0.125, 0.375, 0.625, 0.875],
            values: values.to_vec(),
            outcome: 3.0,
        };
        // Mean 2, variance (4 + 1 + 0 + 9)/4.
        let found = OfDraws.score(&of([0.0, 1.0, 2.0, 5.0])).expect("they have spread").value;
        assert!((found - (1.0 / 3.5 + 3.5_f64.ln())).abs() < 1e-14, "{found}");
        assert_eq!(OfDraws.score(&of([2.0; 4])), Err(Unfit::NoMoments));
    }
}
