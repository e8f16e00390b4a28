//! Who scored how on which question: the table with gaps that every leaderboard is made of.

use crate::score::{NotScored, ScoringRule, Standing, TimeMean, Unfit, label};
use std::collections::BTreeMap;

/// One forecaster on one question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Index of the forecaster.
    pub forecaster: usize,
    /// The score over the time for which their forecast stood. Lower is better.
    pub score: f64,
    /// The share of the question's life for which it stood, above 0.
    pub coverage: f64,
    /// Against the others who stood at the same time; `None` when nobody did.
    pub peer: Option<Peer>,
    /// How many forecasts it is of.
    pub forecasts: usize,
    /// Forecasts whose probability was raised to the floor, infinite ones not counted.
    pub raised: usize,
    /// Forecasts that called impossible what happened: infinite without the floor.
    pub infinite: usize,
}

/// A score against the mean of the others at the same time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peer {
    /// Own score minus the mean score of the others: below 0 is better than they.
    pub difference: f64,
    /// The share of the question's life for which somebody else stood too.
    pub coverage: f64,
}

/// One question with those who forecast it.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelQuestion {
    /// Its id.
    pub id: String,
    /// Number of the cluster that shares its fate.
    pub cluster: usize,
    /// How much it counts: 1, or where questions weigh by time the share of its scheduled time that it lived.
    pub weight: f64,
    /// Each forecaster once.
    pub cells: Vec<Cell>,
}

/// A question's id, a number of its cluster, and the score of each forecaster by index.
pub type PlainQuestion = (String, usize, Vec<(usize, f64)>);

/// Forecasters by questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    forecasters: Vec<String>,
    questions: Vec<PanelQuestion>,
    clusters: usize,
    by_time: bool,
}

impl Panel {
    /// A panel of plain scores. Everybody counts as having stood for the whole life of the question.
    ///
    /// `None` when a forecaster's index is out of range or named twice on a question, or a score is not finite.
    #[must_use]
    pub fn new(forecasters: Vec<String>, questions: Vec<PlainQuestion>) -> Option<Self> {
        let mut all = Vec::with_capacity(questions.len());
        for (id, cluster, scores) in questions {
            let mut seen = vec![false; forecasters.len()];
            for (forecaster, score) in &scores {
                if !score.is_finite() || std::mem::replace(seen.get_mut(*forecaster)?, true) {
                    return None;
                }
            }
            let total: f64 = scores.iter().map(|(_, score)| score).sum();
            let others = scores.len() as f64 - 1.0;
            let cells = scores
                .into_iter()
                .map(|(forecaster, score)| Cell {
                    forecaster,
                    score,
                    coverage: 1.0,
                    peer: (others > 0.0).then(|| Peer { difference: score - (total - score) / others, coverage: 1.0 }),
                    forecasts: 1,
                    raised: 0,
                    infinite: 0,
                })
                .collect();
            all.push(PanelQuestion { id, cluster, weight: 1.0, cells });
        }
        Some(Self::of(forecasters, all))
    }

    /// The panel of what forecasters said under a rule, forecasters by name and questions by id; and what the rule could not score.
    #[must_use]
    pub fn from_standings(standings: &[Standing], rule: &dyn ScoringRule) -> (Self, Vec<NotScored>) {
        let mut unfit: BTreeMap<Unfit, usize> = BTreeMap::new();
        let mut by_question: indexmap::IndexMap<&str, Vec<Scored>> = indexmap::IndexMap::new();
        for standing in standings {
            match Scored::new(standing, rule) {
                Ok(scored) => by_question.entry(&standing.question).or_default().push(scored),
                Err(Unfit::Kind) => {}
                Err(reason) => *unfit.entry(reason).or_default() += 1,
            }
        }
        // By id and name: what is made of them does not depend on the order of rows.
        by_question.sort_keys();
        by_question.values_mut().for_each(|scored| sort(scored));
        let names: std::collections::BTreeSet<&str> =
            by_question.values().flatten().map(|scored| scored.standing.forecaster.as_str()).collect();
        let forecasters: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let clusters = label(by_question.values().map(|scored| scored[0].standing.cluster.as_str()));
        let questions = by_question
            .into_iter()
            .zip(clusters)
            .map(|((id, scored), cluster)| PanelQuestion {
                id: id.to_owned(),
                cluster,
                weight: 1.0,
                cells: cells(&scored, &forecasters),
            })
            .collect();
        let not_scored = unfit
            .into_iter()
            .map(|(reason, count)| NotScored { rule: rule.id(), reason: reason.to_string(), count })
            .collect();
        (Self::of(forecasters, questions), not_scored)
    }

    /// The cells of the standings on one question, `forecasters` by name; and what the rule could not score.
    pub(super) fn cells_of(
        standings: &[Standing],
        forecasters: &[String],
        rule: &dyn ScoringRule,
    ) -> (Vec<Cell>, Vec<Unfit>) {
        let (mut scored, mut unfit) = (Vec::with_capacity(standings.len()), Vec::new());
        for standing in standings {
            match Scored::new(standing, rule) {
                Ok(of) => scored.push(of),
                Err(Unfit::Kind) => {}
                Err(reason) => unfit.push(reason),
            }
        }
        sort(&mut scored);
        (cells(&scored, forecasters), unfit)
    }

    /// Clusters are numbered anew, from 0 and without gaps, in the order in which they are met.
    fn of(forecasters: Vec<String>, mut questions: Vec<PanelQuestion>) -> Self {
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        for question in &mut questions {
            let next = numbers.len();
            question.cluster = *numbers.entry(question.cluster).or_insert(next);
        }
        Self { forecasters, questions, clusters: numbers.len(), by_time: false }
    }

    /// The same without the forecasters who answered fewer questions.
    #[must_use]
    pub fn with_at_least(self, questions: usize) -> Self {
        let mut answered = vec![0; self.forecasters.len()];
        for cell in self.questions.iter().flat_map(|question| &question.cells) {
            answered[cell.forecaster] += 1;
        }
        let mut places = vec![None; answered.len()];
        let mut kept = Vec::new();
        for (at, name) in self.forecasters.into_iter().enumerate() {
            if answered[at] >= questions {
                places[at] = Some(kept.len());
                kept.push(name);
            }
        }
        let mut left = self.questions;
        for question in &mut left {
            question.cells.retain_mut(|cell| match places[cell.forecaster] {
                Some(place) => {
                    cell.forecaster = place;
                    true
                }
                None => false,
            });
        }
        left.retain(|question| !question.cells.is_empty());
        Self::of(kept, left)
    }

    /// The same, where each question weighs by the share of its scheduled time that it lived, and each forecast by the share for which it stood.
    pub(super) fn by_time(mut self, shares: &BTreeMap<&str, f64>) -> Self {
        for question in &mut self.questions {
            question.weight = shares.get(question.id.as_str()).copied().unwrap_or_default();
        }
        Self { by_time: true, ..self }
    }

    /// What a forecaster's answer weighs in a plain mean: 1, or the share of the question's scheduled time for which it stood.
    pub(super) fn worth(&self, question: &PanelQuestion, cell: &Cell) -> f64 {
        if self.by_time { question.weight * cell.coverage } else { 1.0 }
    }

    /// The forecasters' names.
    #[must_use]
    pub fn forecasters(&self) -> &[String] {
        &self.forecasters
    }

    /// The questions.
    #[must_use]
    pub fn questions(&self) -> &[PanelQuestion] {
        &self.questions
    }

    /// How many clusters the questions form.
    #[must_use]
    pub const fn clusters(&self) -> usize {
        self.clusters
    }

    /// How much each question counts.
    #[must_use]
    pub fn weights(&self) -> Vec<f64> {
        self.questions.iter().map(|question| question.weight).collect()
    }

    /// A weight of 1 for every question.
    #[must_use]
    pub fn equal_weights(&self) -> Vec<f64> {
        vec![1.0; self.questions.len()]
    }

    /// Which forecasters can be compared through common questions, directly or by way of others: those of the largest such
    /// circle. Only questions of positive weight count. Nobody, where no two share a question or no circle is the largest.
    #[must_use]
    pub fn connected(&self, weights: &[f64]) -> Vec<bool> {
        let mut answered = vec![0.0; self.forecasters.len()];
        let mut shares = Vec::new();
        for question in self.weighted(weights).map(|(question, _)| question) {
            for cell in &question.cells {
                answered[cell.forecaster] += 1.0;
                shares.push((question.cells[0].forecaster, cell.forecaster));
            }
        }
        circle(shares, &answered)
    }

    /// The questions of positive weight, with it.
    pub(super) fn weighted<'a>(&'a self, weights: &'a [f64]) -> impl Iterator<Item = (&'a PanelQuestion, f64)> {
        self.questions.iter().zip(weights.iter().copied()).filter(|(_, weight)| *weight > 0.0)
    }
}

/// The largest circle of those who share a question, directly or by way of others, given pairs that do and how many questions each answered. One alone is
/// no circle, and of circles with as many answers none is the largest: then nobody can be compared with the others.
pub(super) fn circle(shares: impl IntoIterator<Item = (usize, usize)>, answered: &[f64]) -> Vec<bool> {
    let count = answered.len();
    let mut parent: Vec<usize> = (0..count).collect();
    for (one, other) in shares {
        let (a, b) = (root(&mut parent, one), root(&mut parent, other));
        parent[a.max(b)] = a.min(b);
    }
    let roots: Vec<usize> = (0..count).map(|at| root(&mut parent, at)).collect();
    let (mut sizes, mut members) = (vec![0.0; count], vec![0_usize; count]);
    for at in (0..count).filter(|at| answered[*at] > 0.0) {
        sizes[roots[at]] += answered[at];
        members[roots[at]] += 1;
    }
    let largest = (0..count).filter(|at| members[*at] > 1).max_by(|a, b| sizes[*a].total_cmp(&sizes[*b]));
    let is_alone =
        |largest: &usize| (0..count).all(|at| at == *largest || members[at] < 2 || sizes[at] < sizes[*largest]);
    let largest = largest.filter(is_alone);
    (0..count).map(|at| answered[at] > 0.0 && Some(roots[at]) == largest).collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

/// A standing with the score of each of its segments.
struct Scored<'a> {
    standing: &'a Standing,
    scores: Vec<f64>,
    mean: TimeMean,
}

impl<'a> Scored<'a> {
    fn new(standing: &'a Standing, rule: &dyn ScoringRule) -> Result<Self, Unfit> {
        let scores = standing
            .segments
            .iter()
            .map(|segment| rule.score(&segment.case).map(|score| score.value))
            .collect::<Result<_, _>>()?;
        Ok(Self { standing, scores, mean: standing.score(rule)? })
    }

    fn days(&self) -> f64 {
        self.standing.segments.iter().map(crate::score::Segment::days).sum()
    }
}

/// Puts those who answered a question in the order of their names.
fn sort(scored: &mut [Scored]) {
    scored.sort_by(|one, other| one.standing.forecaster.cmp(&other.standing.forecaster));
}

/// The cells of a question, the peers compared at each moment.
fn cells(scored: &[Scored], forecasters: &[String]) -> Vec<Cell> {
    let mut moments: Vec<f64> =
        scored.iter().flat_map(|of| &of.standing.segments).flat_map(|segment| [segment.from, segment.to]).collect();
    moments.sort_by(f64::total_cmp);
    moments.dedup();
    let mut against = vec![(0.0, 0.0); scored.len()];
    let mut next = vec![0; scored.len()];
    for span in moments.windows(2) {
        let (from, days) = (span[0], span[1] - span[0]);
        let standing: Vec<(usize, f64)> = (0..scored.len())
            .filter_map(|at| {
                let segments = &scored[at].standing.segments;
                while segments.get(next[at]).is_some_and(|segment| segment.to <= from) {
                    next[at] += 1;
                }
                let segment = segments.get(next[at])?;
                (segment.from <= from).then(|| (at, scored[at].scores[next[at]]))
            })
            .collect();
        let others = standing.len() as f64 - 1.0;
        if others <= 0.0 {
            continue;
        }
        let total: f64 = standing.iter().map(|(_, score)| score).sum();
        for (at, score) in standing {
            against[at].0 += days * (score - (total - score) / others);
            against[at].1 += days;
        }
    }
    // Where the opening is not known, the question is taken to have opened with its first forecast.
    let longest = scored.iter().map(Scored::days).fold(0.0, f64::max);
    scored
        .iter()
        .zip(against)
        .filter_map(|(of, (difference, days))| {
            let forecaster = forecasters.binary_search(&of.standing.forecaster).ok()?;
            let coverage = of.standing.coverage.unwrap_or(of.days() / longest);
            let life = of.days() / coverage;
            let peer = (days > 0.0).then(|| Peer { difference: difference / days, coverage: days / life });
            let TimeMean { score, raised, infinite, .. } = of.mean;
            let forecasts = of.standing.forecasts;
            Some(Cell { forecaster, score, coverage, peer, forecasts, raised, infinite })
        })
        .collect()
}
