//! The CRPS that draws would have were they more or fewer, as rules for records.

use super::ensemble::crps_ensemble_resized;
use crate::score::rule::{Case, ProperFor, Score, ScoringRule, Takes, Unfit, Unit};
use crate::score::rule_family::{RuleFamily, kept};

/// Ensembles of more draws than this are as good as endless.
const MOST: u32 = 1_000_000;

/// [`crps_ensemble_resized`] by the size.
#[derive(Debug)]
pub(in crate::score) struct Resized;

impl RuleFamily for Resized {
    fn id(&self) -> &'static str {
        "crps_resized"
    }
    fn form(&self) -> &'static str {
        "crps_resized:SIZE"
    }
    fn name(&self) -> &'static str {
        "continuous ranked probability score that so many draws of the same would have on average"
    }
    fn example(&self) -> &'static str {
        "crps_resized:50"
    }
    fn member(&self, argument: &str) -> Result<&'static dyn ScoringRule, String> {
        let size = argument.trim().parse::<u32>().ok().filter(|size| (1..=MOST).contains(size)).ok_or_else(|| {
            format!("`{argument}` is no number of draws from 1 to {MOST} to score as, such as `{}`", self.example())
        })?;
        let name = || {
            let draws = if size == 1 { "one draw".to_owned() } else { format!("{size} draws") };
            format!("continuous ranked probability score that {draws} of the same would have on average")
        };
        Ok(kept(format!("{}:{size}", self.id()), name, |id, name| Box::new(AsOf { id, name, size: f64::from(size) })))
    }
}

/// The score as of so many draws.
///
/// Not proper, as no score of a sample for its size is: of few draws, those of a law narrower than the true one score better on average.
#[derive(Debug)]
struct AsOf {
    id: &'static str,
    name: &'static str,
    size: f64,
}

impl ScoringRule for AsOf {
    fn id(&self) -> &'static str {
        self.id
    }
    fn name(&self) -> &'static str {
        self.name
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Draws]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn may_be_negative(&self) -> bool {
        true
    }
    fn proper_for(&self) -> ProperFor {
        ProperFor::Neither
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let (draws, outcome) = case.draws().ok_or(case.unfit_for_draws())?;
        crps_ensemble_resized(draws, outcome, self.size).map(Score::from).ok_or(Unfit::NoDraws)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_score_of_the_library_and_only_draws_have_one() {
        let draws = Case::Quantiles {
            levels: vec![0.125, 0.375, 0.625, 0.875],
            values: vec![0.0, 1.0, 2.0, 5.0],
            outcome: 3.0,
        };
        for (argument, size) in [("1", 1.0), ("4", 4.0), (" 50", 50.0), ("1000000", 1e6)] {
            let found = Resized.member(argument).expect("a size").score(&draws).map(|score| score.value);
            assert_eq!(found.ok(), crps_ensemble_resized(&[0.0, 1.0, 2.0, 5.0], 3.0, size), "{argument}");
        }
        let rule = Resized.member("1").expect("a size");
        assert!(rule.name().contains("one draw"), "{}", rule.name());
        let quartiles = Case::Quantiles { levels: vec![0.25, 0.5, 0.75], values: vec![0.0, 1.0, 2.0], outcome: 3.0 };
        assert_eq!(rule.score(&quartiles), Err(Unfit::NoDraws));
        let one = Case::Quantiles { levels: vec![0.5], values: vec![1.0], outcome: 3.0 };
        assert_eq!(rule.score(&one), Err(Unfit::OneDraw));
        assert_eq!(rule.score(&Case::Binary { probability: 0.5, happened: true }), Err(Unfit::Kind));
    }
}
