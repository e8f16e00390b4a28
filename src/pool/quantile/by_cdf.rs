//! The linear pool: a mixture of the members' distributions.

use super::QuantilePool;

/// The quantiles of a mixture of distributions that are known by quantiles.
///
/// ```text
/// F(x) = sum_i w_i F_i(x) / sum_i w_i        q(τ) = inf { x : F(x) >= τ }
/// ```
///
/// Each `F_i` is a straight line between its quantiles; what lies below the lowest and above the highest is put onto these, since nothing
/// is said about it. `levels` increase; each of `said` has as many values, not decreasing. `None` when nobody said anything, the lengths
/// differ or the weights sum to 0.
///
/// ```
/// use foretell::pool::quantile::quantiles_of_mixture;
///
/// // Two certain forecasts: half of the mixture lies at 0, half at 10.
/// let mixed = quantiles_of_mixture(&[0.25, 0.5, 0.75], &[&[0.0; 3], &[10.0; 3]], &[1.0, 1.0]);
/// assert_eq!(mixed, Some(vec![0.0, 0.0, 10.0]));
/// ```
///
/// Stone (1961), Ann. Math. Stat. 32, 1339–1342.
#[must_use]
pub fn quantiles_of_mixture(levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
    let total: f64 = weights.iter().sum();
    let fits = said.len() == weights.len() && said.iter().all(|values| values.len() == levels.len());
    if said.is_empty() || levels.is_empty() || !fits || total <= 0.0 {
        return None;
    }
    let mut points: Vec<f64> = said.iter().flat_map(|values| values.iter().copied()).collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    let below_and_up_to: Vec<(f64, f64)> = points
        .iter()
        .map(|point| {
            said.iter().zip(weights).fold((0.0, 0.0), |(below, up_to), (values, weight)| {
                let (left, right) = cumulative(levels, values, *point);
                (below + weight / total * left, up_to + weight / total * right)
            })
        })
        .collect();
    let mut at = 0;
    levels
        .iter()
        .map(|level| {
            // Sums of weights that fall short of a level by rounding alone reach it.
            let wanted = level - 4.0 * f64::EPSILON;
            while at + 1 < points.len() && below_and_up_to.get(at)?.1 < wanted {
                at += 1;
            }
            let (below, _) = *below_and_up_to.get(at)?;
            let point = *points.get(at)?;
            let Some(before) = at.checked_sub(1) else { return Some(point) };
            let (start, reached) = (*points.get(before)?, below_and_up_to.get(before)?.1);
            if below <= *level || below <= reached {
                return Some(point);
            }
            Some(start + (point - start) * ((level - reached) / (below - reached)).clamp(0.0, 1.0))
        })
        .collect()
}

/// The probability below a point and up to it, of a distribution known by quantiles.
fn cumulative(levels: &[f64], values: &[f64], point: f64) -> (f64, f64) {
    let first = values.partition_point(|value| *value < point);
    let after = values.partition_point(|value| *value <= point);
    let last = values.len();
    if after > first {
        let below = if first == 0 { 0.0 } else { levels[first] };
        let up_to = if after == last { 1.0 } else { levels[after - 1] };
        return (below, up_to);
    }
    if first == 0 || first == last {
        let all = if first == 0 { 0.0 } else { 1.0 };
        return (all, all);
    }
    let (low, high) = (first - 1, first);
    let share = (point - values[low]) / (values[high] - values[low]);
    let reached = levels[low] + share * (levels[high] - levels[low]);
    (reached, reached)
}

/// [`quantiles_of_mixture`] with equal weights.
#[derive(Debug)]
pub(super) struct Linear;

impl QuantilePool for Linear {
    fn id(&self) -> &'static str {
        "linear"
    }
    fn name(&self) -> &'static str {
        "the mixture of the members (mean of cumulative probabilities)"
    }
    fn combine(&self, levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        quantiles_of_mixture(levels, said, weights)
    }
}
