//! Mean scores by forecaster, by question or by tag, with standard errors that respect dependence.

use super::clusters::weighted_clustered_mean;
use super::components::QuantileParts;
use super::evaluate::{Excluded, Standing, Standings, TimeMean, untagged};
use super::rule::{Orientation, ScoringRule, Takes, Unfit, Unit};
use super::schedule::Schedule;
use crate::forecast::Records;
use crate::forecast::tidy::NotTaken;
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the JSON form of [`Report`].
pub const SCORE_SCHEMA: &str = "foretell.score/1";

/// What a row of a report stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// One forecaster over all questions.
    #[default]
    Forecaster,
    /// One forecaster on one question.
    Question,
    /// One forecaster on the questions of one tag.
    Tag,
}

/// How much a question counts in a mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weigh {
    /// Every question alike, whatever time of it a forecast stood.
    #[default]
    Alike,
    /// By the share of its time from opening to scheduled close for which a forecast stood.
    Time,
}

impl Weigh {
    /// Whether every question counts alike.
    #[must_use]
    pub const fn is_alike(&self) -> bool {
        matches!(self, Self::Alike)
    }
}

/// One mean score. Lower is better.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Row {
    /// The rule's id.
    pub rule: &'static str,
    /// The question or tag of the row, when the report is by question or tag.
    pub of: Option<String>,
    /// The forecaster.
    pub forecaster: String,
    /// The mean over questions of the time-averaged score.
    pub mean: f64,
    /// Its standard error, robust to clusters of questions; `None` with fewer than two clusters, and where all scores are equal, which tells nothing
    /// of chance.
    pub standard_error: Option<f64>,
    /// Questions scored.
    pub questions: usize,
    /// Clusters of questions that share their fate.
    pub clusters: usize,
    /// How many independent questions would tell as much; `None` with fewer than two clusters or equal scores.
    pub effective_questions: Option<f64>,
    /// Forecasts scored.
    pub forecasts: usize,
    /// Mean share of a question's life for which a forecast stood, over the questions whose opening is known.
    pub coverage: Option<f64>,
    /// Forecasts whose tiny probability was raised to the floor of the log score.
    pub raised: usize,
    /// Forecasts that called impossible what happened: their log score is infinite and enters at the floor.
    pub infinite: usize,
}

/// A rule as it stands in a report.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RuleUsed {
    /// Its id.
    pub id: &'static str,
    /// In words.
    pub name: &'static str,
    /// Which way it points.
    pub orientation: Orientation,
    /// Its unit.
    pub unit: Unit,
    /// Which forecasts it takes.
    pub takes: &'static [Takes],
}

/// Pairs of forecaster and question that a rule cannot score, or that are of a kind which no rule asked for takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct NotScored {
    /// The rule's id.
    pub rule: &'static str,
    /// Why.
    pub reason: String,
    /// How many pairs.
    pub count: usize,
}

/// Scores of forecasters, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// [`SCORE_SCHEMA`].
    pub schema: &'static str,
    /// What a row stands for.
    pub by: Group,
    /// How much a question counts; every one alike where it is not said.
    #[serde(default, skip_serializing_if = "Weigh::is_alike")]
    pub weigh: Weigh,
    /// The rules used.
    pub rules: Vec<RuleUsed>,
    /// By rule, then by question or tag, then from the best to the worst mean.
    pub rows: Vec<Row>,
    /// Forecasts left out of every rule.
    pub excluded: Vec<Excluded>,
    /// What single rules could not score.
    pub not_scored: Vec<NotScored>,
    /// What quantile forecasts are made of, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<QuantileParts>>,
    /// What was not taken as it stands of the files, by reason; of a ledger nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
}

/// A rule as it stands in a report.
#[must_use]
pub fn describe(rule: &dyn ScoringRule) -> RuleUsed {
    RuleUsed {
        id: rule.id(),
        name: rule.name(),
        orientation: rule.orientation(),
        unit: rule.unit(),
        takes: rule.takes(),
    }
}

/// Each forecaster's scored standings within a group.
type ByForecaster<'a> = IndexMap<&'a str, Vec<(&'a Standing, TimeMean)>>;

/// Mean scores under each of the rules; every question counts alike.
#[must_use]
pub fn summarise(standings: &Standings, rules: &[&'static dyn ScoringRule], by: Group) -> Report {
    summarise_weighted(standings, rules, by, &|_| 1.0)
}

/// The same, where each question weighs by the share of its time from opening to *scheduled* close for which a forecast stood.
///
/// ```text
/// mean = sum_q ∫ S(forecast standing at t) dt / T_q  /  sum_q ∫ dt / T_q        T_q from opening to scheduled close
/// ```
///
/// The weight of what is said at some time then does not depend on the answer that follows, so that to say what one believes at every time has the least
/// expected sum. Where every question counts alike, one that a yes ends early has its first days count for more than one that runs to its close. Questions
/// whose opening or scheduled close is not known are left out and counted.
#[must_use]
pub fn summarise_by_time(
    standings: &Standings,
    records: &Records,
    rules: &[&'static dyn ScoringRule],
    by: Group,
) -> Report {
    let schedule = Schedule::of(records);
    let weight = |standing: &Standing| schedule.stood(standing).unwrap_or_default();
    Report { weigh: Weigh::Time, ..summarise_weighted(&schedule.keep(standings), rules, by, &weight) }
}

fn summarise_weighted(
    standings: &Standings,
    rules: &[&'static dyn ScoringRule],
    by: Group,
    weight: &dyn Fn(&Standing) -> f64,
) -> Report {
    let mut rows = Vec::new();
    let mut not_scored: BTreeMap<(usize, Unfit), usize> = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        let mut groups: BTreeMap<Option<&str>, ByForecaster> = BTreeMap::new();
        for standing in &standings.standings {
            let score = match standing.score(*rule) {
                Ok(score) => score,
                Err(Unfit::Kind) => continue,
                Err(unfit) => {
                    *not_scored.entry((at, unfit)).or_default() += 1;
                    continue;
                }
            };
            let keys: Vec<Option<&str>> = match by {
                Group::Forecaster => vec![None],
                Group::Question => vec![Some(standing.question.as_str())],
                Group::Tag => standing.tags.iter().map(|tag| Some(tag.as_str())).collect(),
            };
            for key in keys {
                groups.entry(key).or_default().entry(&standing.forecaster).or_default().push((standing, score));
            }
        }
        for (of, forecasters) in groups {
            let mut group: Vec<Row> = forecasters
                .iter()
                .filter_map(|(forecaster, scored)| row(rule.id(), of, forecaster, scored, weight))
                .collect();
            group.sort_by(|a, b| a.mean.total_cmp(&b.mean).then_with(|| a.forecaster.cmp(&b.forecaster)));
            rows.extend(group);
        }
    }
    let without_tag = if by == Group::Tag { untagged(&standings.standings) } else { None };
    Report {
        schema: SCORE_SCHEMA,
        by,
        weigh: Weigh::Alike,
        rules: rules.iter().map(|rule| describe(*rule)).collect(),
        rows,
        excluded: standings.excluded.iter().cloned().chain(without_tag).collect(),
        not_scored: not_scored
            .into_iter()
            .map(|((at, unfit), count)| NotScored { rule: rules[at].id(), reason: unfit.to_string(), count })
            .chain(untaken(&standings.standings, rules))
            .collect(),
        components: None,
        not_taken: Vec::new(),
    }
}

/// What none of the rules takes, under each of them.
pub(crate) fn untaken(standings: &[Standing], rules: &[&'static dyn ScoringRule]) -> Vec<NotScored> {
    let taken = |standing: &Standing| {
        standing.segments.first().is_none_or(|segment| rules.iter().any(|rule| rule.may_take(segment.case.kind())))
    };
    let count = standings.iter().filter(|standing| !taken(standing)).count();
    let told = |rule: &&'static dyn ScoringRule| NotScored { rule: rule.id(), reason: Unfit::Kind.to_string(), count };
    if count == 0 { Vec::new() } else { rules.iter().map(told).collect() }
}

fn row(
    rule: &'static str,
    of: Option<&str>,
    forecaster: &str,
    scored: &[(&Standing, TimeMean)],
    weight: &dyn Fn(&Standing) -> f64,
) -> Option<Row> {
    let values: Vec<f64> = scored.iter().map(|(_, score)| score.score).collect();
    let labels = label(scored.iter().map(|(standing, _)| standing.cluster.as_str()));
    let weights: Vec<f64> = scored.iter().map(|(standing, _)| weight(standing)).collect();
    let mean = weighted_clustered_mean(&values, &weights, &labels)?;
    let coverages: Vec<f64> = scored.iter().filter_map(|(standing, _)| standing.coverage).collect();
    let coverage = (!coverages.is_empty()).then(|| coverages.iter().sum::<f64>() / coverages.len() as f64);
    Some(Row {
        rule,
        of: of.map(str::to_owned),
        forecaster: forecaster.to_owned(),
        mean: mean.mean,
        standard_error: mean.standard_error.filter(|error| *error > 0.0),
        questions: mean.count,
        clusters: mean.clusters,
        effective_questions: mean.effective_count,
        forecasts: scored.iter().map(|(standing, _)| standing.forecasts).sum(),
        coverage,
        raised: scored.iter().map(|(_, score)| score.raised).sum(),
        infinite: scored.iter().map(|(_, score)| score.infinite).sum(),
    })
}

/// Numbers in place of names: equal names get equal numbers.
pub fn label<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    names
        .into_iter()
        .map(|name| {
            let next = known.len();
            *known.entry(name).or_insert(next)
        })
        .collect()
}
