//! Comparisons of forecasts from files larger than memory.

use super::ClusterBy;
use super::multiplicity::Adjustment;
use super::pair::PairedFigures;
use super::reliability::Reliability;
use super::verdict::{COMPARE_SCHEMA, Comparison, PairComparison, decide, measure};
use crate::calibrate::Points;
use crate::error::Error;
use crate::score::{
    Case, Excluded, GatheredForecasts, GatheredQuestion, NotScored, ScoringRule, Standing, Unfit, Weigh, describe,
};
use std::collections::{BTreeMap, HashMap};

/// Differences that are held in memory, of 160 bytes: 240 MB. Pairs of more are worked out some at a time, each time from all questions.
const MOST_HELD: usize = 1_500_000;

/// Points of reliability that are held: 240 MB.
const MOST_POINTS: usize = 6_000_000;

/// A question that stands alone.
const ALONE: u32 = u32::MAX;

/// What a pair said on a question.
struct Held {
    /// The place of the question among all by their ids.
    rank: u32,
    cluster: u32,
    figures: PairedFigures,
}

/// A question on the way to the pairs: its cluster, its place among all by their ids, what each task found, and the points of everybody if all forecast it.
struct Question {
    cluster: Option<String>,
    rank: u32,
    found: Vec<(usize, Result<PairedFigures, Unfit>)>,
    points: Vec<Point>,
}

/// A probability of somebody on a question that all forecast.
#[derive(Clone, Copy)]
struct Point {
    person: u32,
    happened: bool,
    /// The place of the question's first forecast.
    position: u64,
    probability: f64,
    weight: f64,
}

/// A pair under a rule, by number.
#[derive(Debug, Clone, Copy)]
struct Task {
    rule: usize,
    pair: usize,
}

/// The comparison of gathered forecasts that [`compare_chosen`](super::compare_chosen) gives of records, without the questions one by one; and what
/// [`common_reliability`](super::common_reliability) gives for `everybody`, `None` if that would be more than memory should hold.
///
/// # Errors
/// If a temporary file cannot be read.
pub fn gathered_comparison(
    gathered: &GatheredForecasts,
    everybody: &[String],
    chosen: &[(&str, &str)],
    rules: &[&'static dyn ScoringRule],
    by: &ClusterBy,
    adjustment: Adjustment,
) -> Result<(Comparison, Option<Vec<Reliability>>), Error> {
    let tasks: Vec<Task> =
        (0..rules.len()).flat_map(|rule| (0..chosen.len()).map(move |pair| Task { rule, pair })).collect();
    let at_a_time = (MOST_HELD / gathered.questions().max(1)).max(1);
    let mut pairs: Vec<PairComparison> = Vec::new();
    let mut not_scored: BTreeMap<(usize, Unfit), usize> = BTreeMap::new();
    let mut reliability = None;
    let mut excluded = Vec::new();
    for (pass, tasks) in tasks.chunks(at_a_time).enumerate() {
        let mut found = Found::new(tasks.len(), pass == 0);
        excluded = found.fill(gathered, everybody, chosen, rules, by, tasks)?;
        for (task, unfit) in &found.unfit {
            *not_scored.entry((tasks[*task].rule, *unfit)).or_default() += 1;
        }
        if pass == 0 {
            reliability = found.reliability(everybody);
        }
        for (task, held) in tasks.iter().zip(found.held) {
            let (a, b) = chosen[task.pair];
            pairs.push(compared(rules[task.rule], a, b, held));
        }
    }
    for of_rule in pairs.chunks_mut(chosen.len().max(1)) {
        decide(of_rule, adjustment);
    }
    let comparison = Comparison {
        schema: COMPARE_SCHEMA,
        rules: rules.iter().map(|rule| describe(*rule)).collect(),
        adjustment,
        weigh: Weigh::Alike,
        pairs,
        excluded,
        not_scored: not_scored
            .into_iter()
            .map(|((at, unfit), count)| NotScored { rule: rules[at].id(), reason: unfit.to_string(), count })
            .collect(),
        not_taken: Vec::new(),
    };
    Ok((comparison, reliability))
}

/// The comparison of a pair, questions in the order of their ids, as records give them.
fn compared(rule: &dyn ScoringRule, a: &str, b: &str, mut held: Vec<Held>) -> PairComparison {
    held.sort_unstable_by_key(|of| of.rank);
    let mut numbers: HashMap<u32, usize> = HashMap::new();
    let (mut clusters, mut next) = (Vec::with_capacity(held.len()), 0);
    for of in &held {
        let number = if of.cluster == ALONE { next } else { *numbers.entry(of.cluster).or_insert(next) };
        next += usize::from(number == next);
        clusters.push(number);
    }
    let figures: Vec<PairedFigures> = held.into_iter().map(|of| of.figures).collect();
    measure(rule, a, b, &figures, &clusters, &vec![1.0; figures.len()])
}

/// What a pass over the questions found.
struct Found {
    held: Vec<Vec<Held>>,
    unfit: Vec<(usize, Unfit)>,
    clusters: HashMap<String, u32>,
    points: Option<Vec<Point>>,
}

impl Found {
    fn new(tasks: usize, with_points: bool) -> Self {
        Self {
            held: (0..tasks).map(|_| Vec::new()).collect(),
            unfit: Vec::new(),
            clusters: HashMap::new(),
            points: with_points.then(Vec::new),
        }
    }

    fn fill(
        &mut self,
        gathered: &GatheredForecasts,
        everybody: &[String],
        chosen: &[(&str, &str)],
        rules: &[&'static dyn ScoringRule],
        by: &ClusterBy,
        tasks: &[Task],
    ) -> Result<Vec<Excluded>, Error> {
        let with_points = self.points.is_some();
        let number: HashMap<&str, usize> = everybody.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let numbered: Vec<Option<(usize, usize)>> =
            chosen.iter().map(|(a, b)| Some((*number.get(a)?, *number.get(b)?))).collect();
        let ranks = gathered.ranks();
        let question = |of: GatheredQuestion| {
            let mut standings: Vec<Option<(&Standing, u64)>> = vec![None; everybody.len()];
            for (standing, position) in of.standings.iter().zip(&of.positions) {
                if let Some(at) = number.get(standing.forecaster.as_str()) {
                    standings[*at] = Some((standing, *position));
                }
            }
            let mut found = Vec::new();
            for (at, task) in tasks.iter().enumerate() {
                let Some((a, b)) = numbered[task.pair] else { continue };
                if let (Some((first, _)), Some((second, _))) = (standings[a], standings[b]) {
                    found.push((at, PairedFigures::new(first, second, rules[task.rule])));
                }
            }
            let points = if with_points { points(&standings).unwrap_or_default() } else { Vec::new() };
            Question { cluster: by.of_question(&of), rank: ranks[of.number as usize], found, points }
        };
        gathered.each(question, |questions| self.add(questions))
    }

    fn add(&mut self, questions: Vec<Question>) {
        for question in questions {
            let next = self.clusters.len() as u32;
            let cluster = question.cluster.map_or(ALONE, |name| *self.clusters.entry(name).or_insert(next));
            let rank = question.rank;
            for (task, figures) in question.found {
                match figures {
                    Ok(figures) => self.held[task].push(Held { rank, cluster, figures }),
                    Err(Unfit::Kind) => {}
                    Err(unfit) => self.unfit.push((task, unfit)),
                }
            }
            if let Some(all) = &mut self.points {
                all.extend(question.points);
                if all.len() > MOST_POINTS {
                    self.points = None;
                }
            }
        }
    }

    fn reliability(&mut self, everybody: &[String]) -> Option<Vec<Reliability>> {
        let mut points = self.points.take()?;
        // Stable: the forecasts of a question stay in the order in which they stood.
        points.sort_by_key(|point| (point.person, point.position));
        let of_person = |at: usize| {
            let from = points.partition_point(|point| (point.person as usize) < at);
            let own = &points[from..points.partition_point(|point| (point.person as usize) <= at)];
            let questions = own.chunk_by(|a, b| a.position == b.position).count();
            Points::weighted(own.iter().map(|point| (point.probability, point.happened, point.weight)), questions)
        };
        Some(everybody.iter().enumerate().filter_map(|(at, name)| Reliability::of(name, of_person(at))).collect())
    }
}

/// The points of everybody over the common time; `None` unless all forecast a yes/no question.
fn points(standings: &[Option<(&Standing, u64)>]) -> Option<Vec<Point>> {
    let all: Vec<(&Standing, u64)> = standings.iter().copied().collect::<Option<_>>()?;
    let from = all.iter().map(|(standing, _)| standing.from()).fold(f64::NEG_INFINITY, f64::max);
    let position = all.iter().map(|(_, position)| *position).min()?;
    let mut points = Vec::new();
    for (person, (standing, _)) in all.iter().enumerate() {
        let days: f64 = standing.segments.iter().map(|segment| (segment.to - segment.from.max(from)).max(0.0)).sum();
        for segment in standing.segments.iter().filter(|segment| segment.to > from) {
            let Case::Binary { probability, happened } = segment.case else { return None };
            let weight = (segment.to - segment.from.max(from)) / days;
            points.push(Point { person: person as u32, happened, position, probability, weight });
        }
    }
    Some(points)
}
