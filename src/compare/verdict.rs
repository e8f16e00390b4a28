//! Who was better, and whether one can tell.

use super::bootstrap::{Resampling, weighted_bootstrap_interval};
use super::few_outcomes::few_outcomes_interval;
use super::interval::{POWER, TInterval, t_interval};
use super::multiplicity::Adjustment;
use super::pair::{Floored, Paired, PairedFigures, paired_differences};
use super::pair_tests::{PairTests, pair_tests};
use crate::forecast::tidy::NotTaken;
use crate::math::{normal, sqrt};
use crate::score::{
    ClusteredMean, Excluded, NotScored, RuleUsed, Schedule, ScoringRule, Standings, Unfit, Weigh, describe, label,
    untaken, weighted_clustered_mean,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The version of the JSON form of [`Comparison`].
pub const COMPARE_SCHEMA: &str = "foretell.compare/1";

/// With fewer clusters than this, no verdict is given: the standard error is itself a guess.
pub const FEWEST_CLUSTERS: usize = 5;

/// With at least this many clusters, the cluster bootstrap stands beside the t interval and must agree with it.
pub const BOOTSTRAP_CLUSTERS: usize = 10;

/// The level of the intervals.
pub(super) const LEVEL: f64 = 0.95;

/// What the evidence says about the first forecaster against the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The first was better.
    Better,
    /// The first was worse.
    Worse,
    /// It is not clear which of the two was better.
    CannotTellYet,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::CannotTellYet => "cannot tell yet",
        })
    }
}

/// Why one cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// They share no question that can be scored.
    NothingInCommon,
    /// Every common question belongs to one cluster.
    OneCluster,
    /// There are fewer clusters than [`FEWEST_CLUSTERS`].
    FewClusters,
    /// They scored the same on every question.
    NoDifference,
    /// Every difference is the same, and the score does not say what else it might have been.
    AllAlike,
    /// Outcomes are too few: the clusters agree more than they would if both were as good.
    FewEvents,
    /// The difference is within what chance makes of this many clusters.
    WithinChance,
    /// The t interval excludes 0, the cluster bootstrap does not.
    BootstrapDisagrees,
    /// The t interval excludes 0, but exchanging whole clusters makes as large a difference too often.
    PermutationDisagrees,
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingInCommon => formatter.write_str("they share no question that can be scored"),
            Self::OneCluster => formatter.write_str(
                "all common questions belong to one cluster: one scenario is one draw of history, however many questions it has",
            ),
            Self::FewClusters => write!(
                formatter,
                "fewer than {FEWEST_CLUSTERS} clusters of questions: too few to know how far chance moves the difference"
            ),
            Self::NoDifference => formatter.write_str("they scored the same on every common question"),
            Self::AllAlike => formatter.write_str("equal differences tell nothing of chance"),
            Self::FewEvents => formatter.write_str(
                "too few outcomes: were both as good, chance would leave a difference as large in more than one of twenty histories, for all that the clusters agree",
            ),
            Self::WithinChance => formatter.write_str("the difference is within what chance makes of so few clusters"),
            Self::BootstrapDisagrees => formatter.write_str("the interval of the cluster bootstrap holds 0"),
            Self::PermutationDisagrees => formatter.write_str(
                "had the two exchanged names in whole clusters, at least one way in twenty would show as large a difference",
            ),
        }
    }
}

/// What the interval of a mean difference is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalBy {
    /// Student's t over clusters.
    StudentT,
    /// The variance that yes/no questions have where both are as good, which alone holds 0.
    EvenVariance,
    /// Exact limits of how often yes/no questions end the rarer way, which fewer than five clusters did.
    FewOutcomes,
}

impl fmt::Display for IntervalBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::StudentT => "t",
            Self::EvenVariance => "even variance",
            Self::FewOutcomes => "few outcomes",
        })
    }
}

/// Two forecasters compared.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PairComparison {
    /// The rule's id.
    pub rule: &'static str,
    /// The first forecaster.
    pub a: String,
    /// The second.
    pub b: String,
    /// Mean score of the first on the common questions over the common time. Lower is better. `None` with nothing in common.
    pub mean_a: Option<f64>,
    /// Mean score of the second.
    pub mean_b: Option<f64>,
    /// Mean difference, its standard error over clusters, questions, clusters and effective number of questions; below 0 when the
    /// first was better.
    pub difference: Option<ClusteredMean>,
    /// The 95 % interval, robust to clusters, by what `interval_by` says; `None` with fewer than two clusters, and where all differences are alike and the
    /// score does not say what else they might have been.
    pub interval: Option<TInterval>,
    /// What the interval is by.
    pub interval_by: Option<IntervalBy>,
    /// The 95 % interval by the cluster bootstrap; `None` with fewer than [`BOOTSTRAP_CLUSTERS`] clusters.
    pub bootstrap: Option<(f64, f64)>,
    /// The p-value held against 0.05, adjusted for all pairs compared under the rule.
    pub p_adjusted: Option<f64>,
    /// Other tests of no difference, for those who ask another question. The verdict does not hang on them.
    pub tests: PairTests,
    /// What follows.
    pub verdict: Verdict,
    /// Why one cannot tell, if so.
    pub doubt: Option<Doubt>,
    /// The doubt in words.
    pub why: Option<String>,
    /// Forecasts of the first that entered: those that stood on common questions in the common time.
    pub forecasts_a: usize,
    /// Forecasts of the second.
    pub forecasts_b: usize,
    /// Forecasts of the first that the floor of the log score helped.
    pub floored_a: Floored,
    /// Forecasts of the second.
    pub floored_b: Floored,
    /// The questions, one by one; none of files that are streamed.
    pub by_question: Vec<Paired>,
}

/// Forecasters compared in pairs, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Comparison {
    /// [`COMPARE_SCHEMA`].
    pub schema: &'static str,
    /// The rules used.
    pub rules: Vec<RuleUsed>,
    /// How the p-values of several pairs were adjusted.
    pub adjustment: Adjustment,
    /// How much a question counts; every one alike where it is not said.
    #[serde(default, skip_serializing_if = "Weigh::is_alike")]
    pub weigh: Weigh,
    /// By rule, then in the order in which the forecasters were named.
    pub pairs: Vec<PairComparison>,
    /// Forecasts left out of every rule.
    pub excluded: Vec<Excluded>,
    /// What single rules could not score.
    pub not_scored: Vec<NotScored>,
    /// What was not taken as it stands of the files, by reason; of a ledger nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
}

/// Compares each forecaster with each later one, under each of the rules.
#[must_use]
pub fn compare_pairs(
    standings: &Standings,
    forecasters: &[String],
    rules: &[&'static dyn ScoringRule],
    adjustment: Adjustment,
) -> Comparison {
    let pairs: Vec<(&str, &str)> = forecasters
        .iter()
        .enumerate()
        .flat_map(|(first, a)| forecasters[first + 1..].iter().map(move |b| (a.as_str(), b.as_str())))
        .collect();
    compare_chosen(standings, &pairs, rules, adjustment)
}

/// Compares the two forecasters of each of these pairs, under each of the rules; p-values are adjusted for the pairs asked for.
#[must_use]
pub fn compare_chosen(
    standings: &Standings,
    chosen: &[(&str, &str)],
    rules: &[&'static dyn ScoringRule],
    adjustment: Adjustment,
) -> Comparison {
    compare_weighed(standings, chosen, rules, adjustment, None)
}

/// The same, where each question weighs by the share of its time from opening to scheduled close for which both stood: means, their errors, intervals and the
/// cluster bootstrap are weighted, and the tests are those of the differences multiplied by their weights. Questions whose time is not known are left
/// out and counted.
#[must_use]
pub fn compare_by_time(
    standings: &Standings,
    schedule: &Schedule,
    chosen: &[(&str, &str)],
    rules: &[&'static dyn ScoringRule],
    adjustment: Adjustment,
) -> Comparison {
    let compared = compare_weighed(&schedule.keep(standings), chosen, rules, adjustment, Some(schedule));
    Comparison { weigh: Weigh::Time, ..compared }
}

fn compare_weighed(
    standings: &Standings,
    chosen: &[(&str, &str)],
    rules: &[&'static dyn ScoringRule],
    adjustment: Adjustment,
    schedule: Option<&Schedule>,
) -> Comparison {
    let mut pairs = Vec::new();
    let mut not_scored: BTreeMap<(usize, Unfit), usize> = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        let mut under_rule = Vec::new();
        for (a, b) in chosen {
            let (mut paired, unfit) = paired_differences(&standings.standings, a, b, *rule);
            for (_, reason) in unfit.into_iter().filter(|(_, reason)| *reason != Unfit::Kind) {
                *not_scored.entry((at, reason)).or_default() += 1;
            }
            for pair in &mut paired {
                pair.weight = schedule.and_then(|schedule| schedule.share(&pair.question, pair.days));
            }
            let weights: Vec<f64> = paired.iter().map(|pair| pair.weight.unwrap_or(1.0)).collect();
            let figures: Vec<PairedFigures> = paired.iter().map(PairedFigures::from).collect();
            let clusters = label(paired.iter().map(|pair| pair.cluster.as_str()));
            under_rule
                .push(PairComparison { by_question: paired, ..measure(*rule, a, b, &figures, &clusters, &weights) });
        }
        decide(&mut under_rule, adjustment);
        pairs.extend(under_rule);
    }
    Comparison {
        schema: COMPARE_SCHEMA,
        rules: rules.iter().map(|rule| describe(*rule)).collect(),
        adjustment,
        weigh: Weigh::Alike,
        pairs,
        excluded: standings.excluded.clone(),
        not_scored: not_scored
            .into_iter()
            .map(|((at, unfit), count)| NotScored { rule: rules[at].id(), reason: unfit.to_string(), count })
            .chain(untaken(&standings.standings, rules))
            .collect(),
        not_taken: Vec::new(),
    }
}

/// The figures of a pair, without a verdict yet; `clusters` labels the questions, and `weights` are theirs, none above 1.
pub(super) fn measure(
    rule: &dyn ScoringRule,
    a: &str,
    b: &str,
    paired: &[PairedFigures],
    clusters: &[usize],
    weights: &[f64],
) -> PairComparison {
    let differences: Vec<f64> = paired.iter().map(|pair| pair.difference).collect();
    let difference = weighted_clustered_mean(&differences, weights, clusters);
    let whole: f64 = weights.iter().sum();
    let mean = |of: fn(&PairedFigures) -> f64| {
        let sum = || paired.iter().zip(weights).map(|(pair, weight)| weight * of(pair)).sum::<f64>();
        (!paired.is_empty()).then(|| sum() / whole)
    };
    let weighed: Vec<PairedFigures> = paired
        .iter()
        .zip(weights)
        .map(|(pair, weight)| PairedFigures { difference: weight * pair.difference, ..*pair })
        .collect();
    let measured = difference.as_ref().and_then(|mean| t_interval(mean, LEVEL));
    let few = difference.as_ref().and_then(|mean| few_outcomes_interval(mean, paired, weights, clusters));
    let even = difference.as_ref().and_then(|mean| even_interval(mean, paired, weights));
    let few_events = measured
        .zip(few.or(even))
        .is_some_and(|(measured, other)| measured.p_two_sided < 1.0 - LEVEL && other.p_two_sided >= 1.0 - LEVEL);
    // Differences that are all alike tell nothing of their spread.
    let spread = difference.and_then(|mean| mean.standard_error).filter(|error| *error > 0.0);
    let (interval, interval_by) = match (few, spread) {
        (Some(_), _) => (few, IntervalBy::FewOutcomes),
        (None, _) if few_events => (even, IntervalBy::EvenVariance),
        (None, Some(_)) => (measured, IntervalBy::StudentT),
        (None, None) => (None, IntervalBy::StudentT),
    };
    let is_alike = !paired.is_empty() && differences.iter().all(|difference| *difference == 0.0);
    PairComparison {
        rule: rule.id(),
        a: a.to_owned(),
        b: b.to_owned(),
        mean_a: mean(|pair| pair.score_a),
        mean_b: mean(|pair| pair.score_b),
        interval_by: interval.map(|_| interval_by),
        interval,
        bootstrap: difference
            .filter(|mean| mean.clusters >= BOOTSTRAP_CLUSTERS)
            .and_then(|_| weighted_bootstrap_interval(&differences, weights, clusters, LEVEL, Resampling::default())),
        difference,
        p_adjusted: None,
        tests: pair_tests(&weighed, clusters, rule.bound()),
        verdict: Verdict::CannotTellYet,
        doubt: if is_alike { Some(Doubt::NoDifference) } else { few_events.then_some(Doubt::FewEvents) },
        why: None,
        forecasts_a: paired.iter().map(|pair| pair.forecasts.0).sum(),
        forecasts_b: paired.iter().map(|pair| pair.forecasts.1).sum(),
        floored_a: Floored::total(paired.iter().map(|pair| pair.floored.0)),
        floored_b: Floored::total(paired.iter().map(|pair| pair.floored.1)),
        by_question: Vec::new(),
    }
}

/// The interval by the variance that the difference has where both are as good, which is known and not estimated. Questions of other kinds count as if they
/// had none.
fn even_interval(mean: &ClusteredMean, paired: &[PairedFigures], weights: &[f64]) -> Option<TInterval> {
    let of_pair = |(pair, weight): (&PairedFigures, &f64)| Some(weight * weight * pair.even_variance()?);
    let variance: f64 = paired.iter().zip(weights).filter_map(of_pair).sum();
    let error = sqrt(variance) / weights.iter().sum::<f64>();
    let reach = normal::quantile(0.5 * (1.0 + LEVEL)) * error;
    (error > 0.0 && mean.clusters > 1).then(|| TInterval {
        lower: mean.mean - reach,
        upper: mean.mean + reach,
        p_two_sided: 2.0 * normal::cdf(-mean.mean.abs() / error),
        smallest_visible: reach + normal::quantile(POWER) * error,
        degrees_of_freedom: mean.clusters - 1,
    })
}

/// Verdicts for all pairs under one rule, at 5 % for all of them together.
pub(super) fn decide(pairs: &mut [PairComparison], adjustment: Adjustment) {
    let eligible =
        |pair: &PairComparison| pair.difference.is_some_and(|difference| difference.clusters >= FEWEST_CLUSTERS);
    let tested: Vec<usize> =
        (0..pairs.len()).filter(|at| eligible(&pairs[*at]) && pairs[*at].interval.is_some()).collect();
    let p_values: Vec<f64> =
        tested.iter().filter_map(|at| pairs[*at].interval.map(|interval| interval.p_two_sided)).collect();
    for (at, adjusted) in tested.into_iter().zip(adjustment.adjust(&p_values)) {
        pairs[at].p_adjusted = Some(adjusted);
    }
    for pair in pairs {
        pair.doubt = doubt(pair);
        pair.why = pair.doubt.map(|doubt| doubt.to_string());
        if let (None, Some(difference)) = (pair.doubt, pair.difference) {
            pair.verdict = if difference.mean < 0.0 { Verdict::Better } else { Verdict::Worse };
        }
    }
}

fn doubt(pair: &PairComparison) -> Option<Doubt> {
    let Some(difference) = pair.difference else { return Some(Doubt::NothingInCommon) };
    if pair.doubt == Some(Doubt::NoDifference) {
        return pair.doubt;
    }
    if difference.clusters == 1 {
        return Some(Doubt::OneCluster);
    }
    if difference.clusters < FEWEST_CLUSTERS {
        return Some(Doubt::FewClusters);
    }
    if pair.doubt == Some(Doubt::FewEvents) {
        return pair.doubt;
    }
    if pair.interval.is_none() {
        return Some(Doubt::AllAlike);
    }
    if pair.p_adjusted.is_none_or(|p| p >= 1.0 - LEVEL) {
        return Some(Doubt::WithinChance);
    }
    let holds_zero = |(lower, upper): (f64, f64)| lower <= 0.0 && 0.0 <= upper;
    if pair.bootstrap.is_some_and(holds_zero) {
        return Some(Doubt::BootstrapDisagrees);
    }
    let exchanged = pair.tests.permutation.as_ref().is_some_and(|flips| flips.p_two_sided >= 1.0 - LEVEL);
    exchanged.then_some(Doubt::PermutationDisagrees)
}
