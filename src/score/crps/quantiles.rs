//! The CRPS of a forecast of which only quantiles are known.

use crate::score::quantiles::mean_pinball;
use crate::score::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// The CRPS as the quantiles show it: twice the mean pinball loss over the stated levels.
///
/// ```text
/// CRPS = 2 ∫_0^1 S_τ(F⁻¹(τ), y) dτ  ≈  2/K sum_k S_{τ_k}(q_k, y)
/// ```
///
/// Lower is better; in the unit of `y`. Proper for the stated quantiles whatever the levels; near to the CRPS when the levels are
/// many and evenly spaced, such as 0.05, 0.15 … 0.95. For levels symmetric around a median it is the weighted interval score.
/// `None` when there are no levels or the lengths differ.
///
/// Laio and Tamea (2007), Hydrol. Earth Syst. Sci. 11, 1267–1277.
#[must_use]
pub fn crps_quantiles(levels: &[f64], quantiles: &[f64], y: f64) -> Option<f64> {
    mean_pinball(levels, quantiles, y).map(|mean| 2.0 * mean)
}

/// [`crps_quantiles`] of numbers as a rule for records.
#[derive(Debug)]
pub(in crate::score) struct FromQuantiles;

impl ScoringRule for FromQuantiles {
    fn id(&self) -> &'static str {
        "crps"
    }
    fn name(&self) -> &'static str {
        "continuous ranked probability score, from quantiles"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Numeric]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        match case {
            Case::Quantiles { levels, values, outcome } => {
                crps_quantiles(levels, values, *outcome).map(Score::from).ok_or(Unfit::Kind)
            }
            _ => Err(Unfit::Kind),
        }
    }
}

/// [`crps_quantiles`] of days as a rule for records.
///
/// Days after the question's last day, and "never", count as the last day, in the forecast and in the outcome alike: the score
/// is the CRPS weighted by "not after the last day" (Gneiting and Ranjan 2011), which is proper.
#[derive(Debug)]
pub(in crate::score) struct OfDays;

impl ScoringRule for OfDays {
    fn id(&self) -> &'static str {
        "crps_days"
    }
    fn name(&self) -> &'static str {
        "continuous ranked probability score of the day, up to the question's last day"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Date]
    }
    fn unit(&self) -> Unit {
        Unit::Days
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        match case {
            Case::Days { levels, days, outcome } => {
                crps_quantiles(levels, days, *outcome).map(Score::from).ok_or(Unfit::Kind)
            }
            _ => Err(Unfit::Kind),
        }
    }
}
