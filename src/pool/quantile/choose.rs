//! Chooses a pool by what each loses on stretches of the past that it did not learn from.

use super::fitted::FittedPool;
use super::loss::{Losses, Past};
use super::method::QuantileMethod;
use super::panel::Panel;
use super::skill::best_member;
use super::{QUANTILE_POOLS, QuantilePool};
use crate::forecast::Moment;
use crate::math::normal::quantile;
use crate::score::{ClusteredMean, clustered_mean};
use std::collections::BTreeMap;

/// Days without a forecast that part one season from the next.
const BREAK_DAYS: f64 = 60.0;

/// Stretches into which a past of one season is cut.
const STRETCHES: usize = 5;

/// The chance of leaving the plain mean when no pool is better, for all candidates together.
const FALSE_ALARM: f64 = 0.05;

/// A pool that was tried.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The pool, with or without a pivot.
    pub method: QuantileMethod,
    /// Its mean loss where it had not learned.
    pub loss: ClusteredMean,
    /// That less the loss of the plain mean.
    pub difference: ClusteredMean,
}

/// What was tried and what came of it.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Every candidate, the plain mean first.
    pub candidates: Vec<Candidate>,
    /// The one that is taken: the best beyond error, or the one that was named.
    pub chosen: usize,
    /// The mean loss of the member that had been best in the past of each stretch, where that member spoke.
    pub best_in_training: Option<ClusteredMean>,
    /// The chosen one's loss less that of the member that had been best in the past of each stretch, where that member spoke.
    pub against_best: Option<ClusteredMean>,
    /// How many stretches of time were held out.
    pub stretches: usize,
}

/// Tries every pool that need not be named, each with and without a pivot if there is a reference, and takes the one with the least held-out loss; the plain mean if none is
/// better than it beyond error.
///
/// Seasons (parted by 60 days without a forecast) are held out in turn; a past of one season is cut into five
/// stretches. A pool that is tried on a stretch learns from targets that resolved before it began or were forecast
/// after everything in it had resolved.
///
/// Beyond error: for one pool at least the difference lies more than `z` standard errors below 0, by days of resolution as clusters, where `z` leaves 5 % for
/// all candidates together (Bonferroni). Whether the mean is left is a test of all at once; which of the better ones is taken is an estimate. So, once the mean
/// is left, the least loss decides, among those whose own difference lies below 0 at 5 %. With `only` that one is taken, and tried beside the plain
/// mean. `None` where the past cannot be parted, nothing in it resolved, or the pool named does not exist there.
#[must_use]
pub fn choose(past: &Past<'_>, reference: Option<usize>, only: Option<QuantileMethod>) -> Option<Choice> {
    let panel = past.panel;
    let stretches = stretches(panel, &past.targets);
    if stretches.len() < 2 {
        return None;
    }
    let plain = QuantileMethod { pool: QUANTILE_POOLS[0], has_pivot: false };
    let tried: Vec<QuantileMethod> = QUANTILE_POOLS
        .iter()
        .flat_map(|pool| [false, true].map(|has_pivot| QuantileMethod { pool: *pool, has_pivot }))
        .filter(|method| !method.has_pivot || reference.is_some())
        .filter(|method| *method == plain || only.map_or(method.pool.is_tried(), |only| only == *method))
        .filter(|method| exists(method.pool, past))
        .collect();
    let mut held: Vec<Held> = Vec::new();
    for stretch in &stretches {
        let learned = Past { targets: learnable(panel, &past.targets, stretch), ..past.clone() };
        if learned.targets.is_empty() {
            continue;
        }
        let best = best_member(&learned);
        let fitted: Vec<FittedPool> =
            tried.iter().map(|of| FittedPool::fit(of.pool, &learned, reference.filter(|_| of.has_pivot))).collect();
        for at in stretch {
            let target = &panel.targets[*at];
            let lost: Option<Vec<f64>> = fitted.iter().map(|pool| pool.loss_at(&panel.levels, target)).collect();
            if let (Some(lost), Some(on)) = (lost, target.resolved_on) {
                let of_best = best.and_then(|best| past.losses.of[*at][best]);
                held.push(Held { cluster: on.day().to_string(), lost, of_best });
            }
        }
    }
    let clusters = numbered(&held);
    let candidates: Vec<Candidate> = tried
        .iter()
        .enumerate()
        .map(|(place, method)| {
            let losses: Vec<f64> = held.iter().map(|row| row.lost[place]).collect();
            let differences: Vec<f64> = held.iter().map(|row| row.lost[place] - row.lost[0]).collect();
            Some(Candidate {
                method: *method,
                loss: clustered_mean(&losses, &clusters)?,
                difference: clustered_mean(&differences, &clusters)?,
            })
        })
        .collect::<Option<_>>()?;
    let chosen = match only {
        Some(only) => tried.iter().position(|method| *method == only)?,
        None => least(&candidates),
    };
    let of_best = |value: fn(f64, f64) -> f64| {
        let (values, of): (Vec<f64>, Vec<usize>) = held
            .iter()
            .zip(&clusters)
            .filter_map(|(row, cluster)| Some((value(row.lost[chosen], row.of_best?), *cluster)))
            .unzip();
        clustered_mean(&values, &of)
    };
    let (best_in_training, against_best) = (of_best(|_, best| best), of_best(|pool, best| pool - best));
    Some(Choice { candidates, chosen, best_in_training, against_best, stretches: stretches.len() })
}

/// Whether a pool exists at every target of the past; a mean of logarithms does not for numbers of -1 and below.
fn exists(pool: &'static dyn QuantilePool, past: &Past<'_>) -> bool {
    let weights = vec![1.0; past.panel.members.len()];
    let plain = FittedPool { pool, weights, pivot: None, scale: past.losses.scale, is_count: false };
    past.targets.iter().all(|at| plain.at(&past.panel.levels, &past.panel.targets[*at]).is_some())
}

/// Losses at a target that was held out.
struct Held {
    cluster: String,
    lost: Vec<f64>,
    of_best: Option<f64>,
}

fn numbered(held: &[Held]) -> Vec<usize> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    held.iter()
        .map(|row| {
            let next = numbers.len();
            *numbers.entry(row.cluster.as_str()).or_insert(next)
        })
        .collect()
}

/// The candidate with the least loss among those better than the first, if one of them is so beyond error; else the first.
fn least(candidates: &[Candidate]) -> usize {
    let others = candidates.len().saturating_sub(1).max(1) as f64;
    let is_better = |candidate: &Candidate, chance: f64| {
        let error = candidate.difference.standard_error;
        error.is_some_and(|error| candidate.difference.mean - quantile(chance) * error < 0.0)
    };
    if !candidates.iter().skip(1).any(|candidate| is_better(candidate, FALSE_ALARM / others)) {
        return 0;
    }
    let better = candidates.iter().enumerate().skip(1).filter(|(_, candidate)| is_better(candidate, FALSE_ALARM));
    better.min_by(|a, b| a.1.loss.mean.total_cmp(&b.1.loss.mean)).map_or(0, |(at, _)| at)
}

/// The targets in stretches of time: seasons, or parts of the only one.
fn stretches(panel: &Panel, targets: &[usize]) -> Vec<Vec<usize>> {
    let day = |at: usize| panel.targets[at].made_at.epoch_days();
    let mut sorted = targets.to_vec();
    sorted.sort_by(|a, b| day(*a).total_cmp(&day(*b)));
    let seasons: Vec<Vec<usize>> =
        sorted.chunk_by(|a, b| day(*b) - day(*a) < BREAK_DAYS).map(<[usize]>::to_vec).collect();
    if seasons.len() > 1 {
        return seasons;
    }
    let moments: Vec<&[usize]> = sorted.chunk_by(|a, b| day(*a) == day(*b)).collect();
    let parts = STRETCHES.min(moments.len()).max(1);
    (0..parts)
        .map(|part| moments[part * moments.len() / parts..(part + 1) * moments.len() / parts].concat())
        .filter(|part: &Vec<usize>| !part.is_empty())
        .collect()
}

/// The targets that share no day with a stretch: resolved before it began, or forecast after it had resolved.
fn learnable(panel: &Panel, targets: &[usize], stretch: &[usize]) -> Vec<usize> {
    let made = |at: usize| panel.targets[at].made_at.epoch_days();
    let known = |at: usize| panel.targets[at].resolved_on.map_or(f64::INFINITY, Moment::epoch_days);
    let begins = stretch.iter().map(|at| made(*at)).fold(f64::INFINITY, f64::min);
    let ends = stretch.iter().map(|at| known(*at)).fold(f64::NEG_INFINITY, f64::max);
    targets.iter().copied().filter(|at| known(*at) < begins || made(*at) > ends).collect()
}

impl<'a> Past<'a> {
    /// All targets of a panel whose outcome is known.
    #[must_use]
    pub fn whole(panel: &'a Panel, losses: &'a Losses) -> Self {
        let targets = (0..panel.targets.len()).filter(|at| panel.targets[*at].outcome.is_some()).collect();
        Self { panel, losses, targets }
    }
}
