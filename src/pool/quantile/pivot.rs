//! A pool moved away from what everybody knows.

use super::loss::Past;
use super::panel::Panel;
use crate::forecast::Moment;
use crate::score::mean_pinball;
use std::collections::BTreeSet;

/// The largest factor that is fitted.
const LARGEST: f64 = 2.0;

/// How many days' worth of resolved targets stand for a factor of 0.
const PRIOR_CLUSTERS: f64 = 4.0;

/// A pool's quantiles moved on the scale of the loss, all by as much, away from a reference forecast.
///
/// ```text
/// q'(τ) = q(τ) + k (m - r)        m the pool's median, r the reference's
/// ```
///
/// Members share what the reference knows (a hub's baseline: the last week's value goes on) and each adds something of its own. In their average what is
/// shared keeps its whole weight and what is their own is averaged away, so the average lies too near to the reference: a trend
/// is damped. The factor `k >= 0` undoes that; it is fitted on the past.
///
/// Palley and Soll (2019), Manag. Sci. 65, 2291–2309 (pivoting); for log odds it is extremizing away from a base rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pivot {
    /// The member that is the reference.
    pub reference: usize,
    /// The factor `k`.
    pub factor: f64,
}

/// The value that quantiles have at 1/2: between the levels on both sides on a straight line. `None` where these are not there.
pub(super) fn median(levels: &[f64], values: &[f64]) -> Option<f64> {
    at_level(levels, values, 0.5)
}

/// The value that quantiles have at a level, on a straight line between the levels on both sides. `None` beyond the outer ones.
pub(super) fn at_level(levels: &[f64], values: &[f64], level: f64) -> Option<f64> {
    const SAME: f64 = 1e-9;
    let after = levels.partition_point(|stated| *stated < level - SAME);
    let (high, above) = (*levels.get(after)?, *values.get(after)?);
    if (high - level).abs() <= SAME {
        return Some(above);
    }
    let before = after.checked_sub(1)?;
    let (low, below) = (*levels.get(before)?, *values.get(before)?);
    Some(below + (above - below) * (level - low) / (high - low))
}

/// The pivot that would have scored best on the past, its factor shrunk towards 0 by how many days of outcomes there are.
///
/// `pooled` has for each target of `past` the pool's quantiles on the scale of the losses, if there are any. The mean loss is convex in the factor, so
/// the search between 0 and 2 finds the least. `None` when the reference and the pool never met.
#[must_use]
pub fn fit_pivot(past: &Past<'_>, pooled: &[Option<Vec<f64>>], reference: usize) -> Option<Pivot> {
    let panel: &Panel = past.panel;
    let scale = past.losses.scale;
    let mut days = BTreeSet::new();
    let mut met: Vec<(&[f64], f64, f64)> = Vec::new();
    for (at, pooled) in past.targets.iter().zip(pooled) {
        let target = &panel.targets[*at];
        let (Some(pooled), Some(outcome), Some(Some(said))) = (pooled, target.outcome, target.said.get(reference))
        else {
            continue;
        };
        let reach = median(&panel.levels, said).and_then(|said| Some(median(&panel.levels, pooled)? - scale.of(said)));
        if let Some(reach) = reach {
            met.push((pooled, scale.of(outcome), reach));
            days.insert(target.resolved_on.map(Moment::day));
        }
    }
    if met.is_empty() {
        return None;
    }
    let lost = |factor: f64| -> f64 {
        // An outcome moved the other way is the quantiles moved.
        met.iter()
            .filter_map(|(pooled, outcome, reach)| mean_pinball(&panel.levels, pooled, outcome - factor * reach))
            .sum()
    };
    let (mut low, mut high) = (0.0, LARGEST);
    while high - low > 1e-4 {
        let (first, second) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if lost(first) <= lost(second) { high = second } else { low = first }
    }
    let best = 0.5 * (low + high);
    let best = if lost(0.0) <= lost(best) { 0.0 } else { best };
    let count = days.len() as f64;
    Some(Pivot { reference, factor: best * count / (count + PRIOR_CLUSTERS) })
}
