//! Mean scores of gathered forecasts, by forecaster or by tag.

use super::evaluate::{Excluded, TimeMean, untagged};
use super::gathered::GatheredForecasts;
use super::rule::{ScoringRule, Unfit};
use super::running::RunningMean;
use super::summary::{Group, NotScored, Report, Row, SCORE_SCHEMA, Weigh, describe};
use crate::error::Error;
use crate::math::CompensatedSum;
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// A question that shares its cluster with no other.
const ALONE: u32 = u32::MAX;

/// What a forecaster scored on a question.
struct Scored {
    rule: usize,
    forecaster: String,
    score: TimeMean,
    forecasts: usize,
    coverage: Option<f64>,
}

/// A question: its cluster, its tags, who scored how, how often a rule had no score for it, and what has no tag to stand under.
struct Question {
    cluster: Option<String>,
    tags: Vec<String>,
    scored: Vec<Scored>,
    unfit: Vec<(usize, Unfit)>,
    untagged: Option<Excluded>,
}

/// A row: its rule, the tag, the forecaster.
type Key = (usize, Option<String>, String);

/// What a row is made of; of each cluster of several questions how many, and the sum of their scores.
type Sums = (RunningMean, BTreeMap<u32, (u32, CompensatedSum)>);

/// The means that [`summarise`](super::summarise) gives of records, of gathered forecasts. Memory grows with forecasters and tags, and with the
/// clusters of several questions.
///
/// # Errors
/// If a temporary file cannot be read, or rows by question are asked for: there are as many as forecasts.
pub fn gathered_means(
    gathered: &GatheredForecasts,
    rules: &[&'static dyn ScoringRule],
    by: Group,
) -> Result<Report, Error> {
    if by == Group::Question {
        return Err(Error::input("there would be a row for each forecaster and question").help("choose other rows"));
    }
    let mut sums: IndexMap<Key, Sums> = IndexMap::new();
    let mut clusters: IndexMap<String, u32> = IndexMap::new();
    let mut unfit: BTreeMap<(usize, Unfit), usize> = BTreeMap::new();
    let mut without_tag: Option<Excluded> = None;
    let mut excluded = gathered.each(
        |question| {
            let (mut scored, mut unfit) = (Vec::new(), Vec::new());
            for standing in &question.standings {
                for (at, rule) in rules.iter().enumerate() {
                    match standing.score(*rule) {
                        Ok(score) => scored.push(Scored {
                            rule: at,
                            forecaster: standing.forecaster.clone(),
                            score,
                            forecasts: standing.forecasts,
                            coverage: standing.coverage,
                        }),
                        Err(Unfit::Kind) => {}
                        Err(reason) => unfit.push((at, reason)),
                    }
                }
            }
            let tags = match by {
                Group::Tag => question.standings.first().map_or_else(Vec::new, |standing| standing.tags.clone()),
                _ => Vec::new(),
            };
            let untagged = if by == Group::Tag { untagged(&question.standings) } else { None };
            Question { cluster: question.cluster.map(str::to_owned), tags, scored, unfit, untagged }
        },
        |questions| {
            for question in questions {
                let cluster = question.cluster.map_or(ALONE, |name| {
                    let next = clusters.len() as u32;
                    *clusters.entry(name).or_insert(next)
                });
                if let Some(found) = question.untagged {
                    match &mut without_tag {
                        Some(all) => {
                            all.forecasts += found.forecasts;
                            all.questions += found.questions;
                        }
                        None => without_tag = Some(found),
                    }
                }
                for of in question.unfit {
                    *unfit.entry(of).or_default() += 1;
                }
                for of in question.scored {
                    let mut add = |tag: Option<&String>| {
                        let key = (of.rule, tag.cloned(), of.forecaster.clone());
                        let (mean, shared) = sums.entry(key).or_default();
                        mean.add(&of.score, of.forecasts, of.coverage, cluster == ALONE);
                        if cluster != ALONE {
                            let shared = shared.entry(cluster).or_default();
                            shared.0 += 1;
                            shared.1.add(of.score.score);
                        }
                    };
                    match by {
                        Group::Tag => question.tags.iter().for_each(|tag| add(Some(tag))),
                        _ => add(None),
                    }
                }
            }
        },
    )?;
    excluded.extend(without_tag);
    let mut rows: Vec<(usize, Row)> = sums
        .iter()
        .filter_map(|((at, tag, forecaster), (mean, shared))| {
            let shared: Vec<(u32, f64)> = shared.values().map(|(count, sum)| (*count, sum.total())).collect();
            Some((*at, mean.row(rules[*at].id(), tag.as_deref(), forecaster, &shared)?))
        })
        .collect();
    rows.sort_by(|(at, a), (beside, b)| {
        (at, &a.of)
            .cmp(&(beside, &b.of))
            .then_with(|| a.mean.total_cmp(&b.mean))
            .then_with(|| a.forecaster.cmp(&b.forecaster))
    });
    Ok(Report {
        schema: SCORE_SCHEMA,
        by,
        weigh: Weigh::Alike,
        rules: rules.iter().map(|rule| describe(*rule)).collect(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        excluded,
        not_scored: unfit
            .into_iter()
            .map(|((at, unfit), count)| NotScored { rule: rules[at].id(), reason: unfit.to_string(), count })
            .collect(),
        components: None,
        not_taken: Vec::new(),
    })
}
