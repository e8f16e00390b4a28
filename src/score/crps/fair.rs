//! The fair CRPS of draws as a rule for records.

use super::ensemble::crps_ensemble_fair;
use super::quantiles::FromQuantiles;
use crate::score::rule::{Case, ProperFor, Score, ScoringRule, Takes, Unfit, Unit};

/// [`crps_ensemble_fair`] of draws; of a distribution, which is as good as endlessly many draws, its CRPS.
///
/// It does not depend on how many the draws are but by chance, so that ensembles of different sizes can be compared by it.
#[derive(Debug)]
pub(in crate::score) struct Fair;

impl ScoringRule for Fair {
    fn id(&self) -> &'static str {
        "crps_fair"
    }
    fn name(&self) -> &'static str {
        "fair continuous ranked probability score of draws, whatever their number, and of distributions"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Draws, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn may_be_negative(&self) -> bool {
        true
    }
    fn proper_for(&self) -> ProperFor {
        ProperFor::Sampled
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        if let Case::Distribution { .. } = case {
            return FromQuantiles.score(case);
        }
        let (draws, outcome) = case.draws().ok_or(case.unfit_for_draws())?;
        crps_ensemble_fair(draws, outcome).map(Score::from).ok_or(Unfit::NoDraws)
    }
}
