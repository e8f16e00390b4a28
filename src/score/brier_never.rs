//! The Brier score of whether a date comes at all, as a rule for records.

use super::brier::brier;
use super::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// The Brier score of the chance that it comes by the question's last day.
///
/// ```text
/// S = (1 - never - 1{it came})²
/// ```
///
/// Lower is better; from 0 to 1. The stated days are not looked at: they have `crps_days`, which does not look at the chance of never.
#[derive(Debug)]
pub(super) struct BrierNever;

impl ScoringRule for BrierNever {
    fn id(&self) -> &'static str {
        "brier_never"
    }
    fn name(&self) -> &'static str {
        "Brier score of whether the day comes at all (0 to 1)"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Date]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn bound(&self) -> Option<f64> {
        Some(1.0)
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        match case {
            Case::Days { never, came, .. } => Ok(brier(1.0 - never, *came).into()),
            _ => Err(Unfit::Kind),
        }
    }
}
