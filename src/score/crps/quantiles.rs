//! The CRPS of a forecast of which only quantiles are known, and the rules of the CRPS.

use crate::forecast::NamedDistribution;
use crate::score::levels::are_many;
use crate::score::named::closed_crps;
use crate::score::quantiles::{mean_pinball, pinball};
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

/// The CRPS as quantiles of uneven levels show it: each level stands for the levels that are nearest to it.
///
/// ```text
/// CRPS ≈ 2 sum_k w_k S_{τ_k}(q_k, y)        w_k the width of what is nearer to τ_k than to any other level of 0..1
/// ```
///
/// Lower is better; in the unit of `y`. For fixed levels proper, as every weighted sum of pinball losses is. For the levels (i - ½)/n it is [`crps_quantiles`], and exactly the CRPS of n draws; of
/// many levels it is the CRPS within the grid. Forecasts of different levels cannot be compared by it: who states the far ones alone scores well. `None` when
/// there are no levels, the lengths differ, or levels do not increase within 0..1.
///
/// ```
/// use foretell::score::crps::crps_quantiles_by_width;
///
/// assert_eq!(crps_quantiles_by_width(&[0.5], &[3.0], 5.0), Some(2.0));
/// // 0.1 stands for what is below 0.15, and 0.2 for all above: 2 (0.15 · 0.1 + 0.85 · 0.2).
/// let score = crps_quantiles_by_width(&[0.1, 0.2], &[0.0, 0.0], 1.0).expect("the levels increase");
/// assert!((score - 0.37).abs() < 1e-15);
/// ```
#[must_use]
pub fn crps_quantiles_by_width(levels: &[f64], quantiles: &[f64], y: f64) -> Option<f64> {
    let increase = levels.windows(2).all(|pair| pair[0] < pair[1]);
    let (first, last) = (levels.first()?, levels.last()?);
    if levels.len() != quantiles.len() || !increase || *first < 0.0 || *last > 1.0 {
        return None;
    }
    let border = |after: usize| match (levels.get(after.wrapping_sub(1)), levels.get(after)) {
        (Some(below), Some(above)) => 0.5 * (below + above),
        (None, _) => 0.0,
        (_, None) => 1.0,
    };
    let terms = levels.iter().zip(quantiles).enumerate();
    Some(2.0 * terms.map(|(k, (level, q))| (border(k + 1) - border(k)) * pinball(*level, *q, y)).sum::<f64>())
}

/// Many quantiles by the widths of their levels, a few alike.
fn of_levels(levels: &[f64], values: &[f64], y: f64) -> Result<Score, Unfit> {
    let score = if are_many(levels) { crps_quantiles_by_width } else { crps_quantiles };
    score(levels, values, y).map(Score::from).ok_or(Unfit::Kind)
}

/// The CRPS of numbers as a rule for records: [`crps_quantiles`], and of fifty levels or more [`crps_quantiles_by_width`]; of a distribution by name its
/// closed form, and where it has none that of its quantiles; of a cdf at points its integral.
#[derive(Debug)]
pub(in crate::score) struct FromQuantiles;

impl ScoringRule for FromQuantiles {
    fn id(&self) -> &'static str {
        "crps"
    }
    fn name(&self) -> &'static str {
        "continuous ranked probability score, from quantiles or in closed form"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Numeric, Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::OfQuestion
    }
    fn is_over_levels(&self) -> bool {
        true
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        match case {
            Case::Distribution { distribution, outcome } => match closed_crps(distribution, *outcome) {
                Some(score) => Ok(score.into()),
                None => of_levels(NamedDistribution::even_levels(), distribution.even_quantiles(), *outcome),
            },
            Case::Quantiles { levels, values, outcome } => of_levels(levels, values, *outcome),
            _ => Err(Unfit::Kind),
        }
    }
}

/// The same of days as a rule for records.
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
    fn is_over_levels(&self) -> bool {
        true
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        match case {
            Case::Days { levels, days, outcome, .. } => of_levels(levels, days, *outcome),
            _ => Err(Unfit::Kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;
    use crate::score::crps::{crps_ensemble, crps_normal, crps_piecewise_linear};

    #[test]
    fn levels_of_draws_give_the_score_of_the_draws() {
        let draws = [-1.0, 0.2, 0.9, 3.0];
        let levels = [0.125, 0.375, 0.625, 0.875];
        let by_width = crps_quantiles_by_width(&levels, &draws, 0.4).expect("the levels increase");
        assert!((by_width - crps_ensemble(&draws, 0.4).expect("four draws")).abs() < 1e-15);
        assert!((by_width - crps_quantiles(&levels, &draws, 0.4).expect("four levels")).abs() < 1e-15);
    }

    #[test]
    fn a_cdf_given_at_many_points_has_its_crps_however_uneven_its_levels() {
        let points: Vec<f64> = (-60..=60).map(|at| 0.1 * f64::from(at)).collect();
        let levels: Vec<f64> = points.iter().map(|x| normal::cdf(*x)).collect();
        for y in [-2.3, 0.0, 0.7] {
            let by_width = crps_quantiles_by_width(&levels, &points, y).expect("the levels increase");
            let whole = crps_normal(y, 0.0, 1.0).expect("in range");
            let line = crps_piecewise_linear(&points, &levels, y).expect("well formed").total;
            assert!((by_width - whole).abs() < 2e-3 && (line - whole).abs() < 2e-3, "{by_width} {line} {whole}");
            // Levels counted alike are far off.
            assert!((crps_quantiles(&levels, &points, y).expect("levels") / whole - 1.0).abs() > 0.2);
        }
    }

    #[test]
    fn levels_out_of_order_have_no_score() {
        assert_eq!(crps_quantiles_by_width(&[0.5, 0.5], &[0.0, 1.0], 0.0), None);
        assert_eq!(crps_quantiles_by_width(&[0.5, 1.5], &[0.0, 1.0], 0.0), None);
        assert_eq!(crps_quantiles_by_width(&[], &[], 0.0), None);
        assert_eq!(crps_quantiles_by_width(&[0.5], &[], 0.0), None);
    }
}
