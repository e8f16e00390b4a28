//! What was learned about pooling forecasts by quantiles, for scripts.

use super::of_records::{PooledQuantiles, QuantileOptions};
use crate::forecast::Scale;
use crate::pool::made_by::made_by;
use crate::pool::{Counted, Estimate, POOL_SCHEMA, Used};
use crate::score::ClusteredMean;
use serde::Serialize;

/// How many of the heaviest weights are told.
const TOLD_WEIGHTS: usize = 10;

/// The report on a pool of forecasts by quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct QuantileReport {
    /// [`POOL_SCHEMA`].
    pub schema: &'static str,
    /// What was tried, what was chosen, and what to expect.
    pub quantiles: QuantileChoice,
}

/// What was tried on forecasts by quantiles, what was chosen, and what to expect.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct QuantileChoice {
    /// The score that is lessened: `wis`, the weighted interval score.
    pub rule: &'static str,
    /// The scale on which it is counted: `natural` or `log`.
    pub scale: &'static str,
    /// Who forecasts, then or now.
    pub members: Vec<String>,
    /// The member from which a pool may be moved away.
    pub baseline: Option<String>,
    /// Forecast targets learned from: a question at a moment at which somebody spoke.
    pub targets: usize,
    /// Of these, judged by a pool that had not learned from them.
    pub judged: usize,
    /// Days of resolution among those judged, the clusters of the intervals.
    pub clusters: usize,
    /// Stretches of time that were held out in turn.
    pub stretches: usize,
    /// What was tried, the plain mean first; empty where the past cannot be parted in time, to hold out a part of it.
    pub tried: Vec<TriedQuantiles>,
    /// The pool that was chosen or named.
    pub chosen: String,
    /// Why, in words.
    pub why: String,
    /// How far it is moved away from the baseline, as a share of the distance between their medians; absent where it is not moved.
    pub pivot: Option<f64>,
    /// The heaviest weights, as shares of 1.
    pub weights: Vec<WeightOfMember>,
    /// The mean score of the plain mean of quantiles where nothing was learned.
    pub plain_mean: Option<Estimate>,
    /// The mean score of the chosen pool there. The choice itself saw these scores, so it is a little too good.
    pub procedure: Option<Estimate>,
    /// The mean score of the member who was best in what each stretch learned from, where that one spoke.
    pub best_in_training: Option<Estimate>,
    /// The chosen pool's score less that of the plain mean.
    pub against_mean: Option<Estimate>,
    /// The chosen pool's score less that of the member who was best in what each stretch learned from, where that one spoke.
    pub against_best: Option<Estimate>,
    /// Whether the baseline says nothing of what is to be pooled: then no pool was tried that is moved away from it.
    pub baseline_absent: bool,
    /// Which pools made how many of the pooled forecasts, in the order in which they first did.
    pub recipes: Vec<Used>,
    /// Of each pooled forecast, in their order, the place in `recipes` of the one that made it.
    pub made_by: Vec<usize>,
    /// How many times the pool was fitted, since outcomes became known between the forecasts that were pooled.
    pub fits: usize,
    /// Which outcomes of the past counted; absent where nothing was to be pooled.
    pub counted: Option<Counted>,
    /// Questions of the past that nothing was learned from, since they had not resolved before the last of the new forecasts was made, or by the day
    /// up to which was to be learned.
    pub held_back: usize,
    /// Pooled forecasts.
    pub pooled: usize,
    /// Of these, not moved since the baseline is absent.
    pub unpivoted: usize,
    /// New targets at which no pool exists.
    pub without_pool: usize,
    /// New targets pooled by the plain mean, since the pool that was chosen does not exist there.
    pub by_mean: usize,
    /// New targets from before any outcome was known, pooled by the plain mean.
    pub before_known: usize,
    /// Forecasts brought from other levels.
    pub brought: usize,
    /// Forecasts left out because their levels do not reach as far.
    pub short: usize,
    /// New forecasts left out because they have numbers below 0, which the logarithmic scale does not hold.
    pub off_scale: usize,
    /// Members without a past: they weigh as members of mean skill.
    pub new_members: Vec<String>,
}

/// A pool that was tried, as it did on targets that it had not learned from.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TriedQuantiles {
    /// The pool.
    pub pool: String,
    /// Its mean score; lower is better.
    pub mean: f64,
    /// That less the score of the plain mean.
    pub difference: f64,
    /// The standard error of the difference over clusters; absent with fewer than two.
    pub standard_error: Option<f64>,
}

/// A member with a weight.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct WeightOfMember {
    /// Who.
    pub forecaster: String,
    /// A share of 1.
    pub weight: f64,
}

impl QuantileReport {
    /// The report on what was pooled with these options.
    #[must_use]
    pub fn new(pooled: &PooledQuantiles, options: &QuantileOptions) -> Self {
        let choice = pooled.choice.as_ref();
        let candidates = choice.map_or(&[][..], |choice| &choice.candidates);
        let chosen = choice.and_then(|choice| candidates.get(choice.chosen));
        let tried = candidates.iter().map(|candidate| TriedQuantiles {
            pool: candidate.method.to_string(),
            mean: candidate.loss.mean,
            difference: candidate.difference.mean,
            standard_error: candidate.difference.standard_error,
        });
        let (recipes, made_by) = made_by(pooled.made_by.iter().map(|method| (method.to_string(), 1.0)));
        let quantiles = QuantileChoice {
            rule: "wis",
            scale: match options.scale {
                Scale::Natural => "natural",
                Scale::Log => "log",
            },
            baseline: pooled.reference.and_then(|at| pooled.members.get(at).cloned()),
            targets: pooled.learned_from,
            judged: chosen.map_or(0, |chosen| chosen.loss.count),
            clusters: chosen.map_or(0, |chosen| chosen.loss.clusters),
            stretches: choice.map_or(0, |choice| choice.stretches),
            tried: tried.collect(),
            chosen: pooled.method.to_string(),
            why: why(pooled, options),
            pivot: pooled.fitted.pivot.map(|pivot| pivot.factor),
            weights: heaviest(pooled),
            plain_mean: candidates.first().map(|mean| of_loss(&mean.loss)),
            procedure: chosen.map(|chosen| of_loss(&chosen.loss)),
            against_mean: chosen.map(|chosen| Estimate::of(&chosen.difference)),
            best_in_training: choice.and_then(|choice| choice.best_in_training.as_ref()).map(of_loss),
            against_best: choice.and_then(|choice| choice.against_best.as_ref()).map(Estimate::of),
            baseline_absent: pooled.reference_absent,
            recipes,
            made_by,
            fits: pooled.fits,
            counted: pooled.counted,
            held_back: pooled.held_back,
            pooled: pooled.forecasts.len(),
            unpivoted: pooled.unpivoted,
            without_pool: pooled.without_pool,
            by_mean: pooled.by_mean,
            before_known: pooled.before_known,
            brought: pooled.brought,
            short: pooled.short,
            off_scale: pooled.off_scale,
            new_members: pooled.new.clone(),
            members: pooled.members.clone(),
        };
        Self { schema: POOL_SCHEMA, quantiles }
    }
}

/// A mean loss, which has no end below 0.
fn of_loss(mean: &ClusteredMean) -> Estimate {
    Estimate::of(mean).of_score(f64::INFINITY)
}

fn why(pooled: &PooledQuantiles, options: &QuantileOptions) -> String {
    match &pooled.choice {
        _ if options.only.is_some() => "it was named".to_owned(),
        None => "the past cannot be parted in time, to hold out a part of it: the plain mean stays".to_owned(),
        Some(choice) if choice.chosen == 0 => "no pool is better than the plain mean beyond error".to_owned(),
        Some(_) => {
            "the plain mean is beaten beyond error, and of those better this one scores best where it had not learned"
                .to_owned()
        }
    }
}

fn heaviest(pooled: &PooledQuantiles) -> Vec<WeightOfMember> {
    let weights = &pooled.fitted.weights;
    let total: f64 = weights.iter().sum();
    let are_alike = weights.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq());
    if total <= 0.0 || are_alike {
        return Vec::new();
    }
    let mut told: Vec<WeightOfMember> = pooled
        .members
        .iter()
        .zip(weights)
        .map(|(name, weight)| WeightOfMember { forecaster: name.clone(), weight: weight / total })
        .collect();
    told.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    told.truncate(TOLD_WEIGHTS);
    told
}
