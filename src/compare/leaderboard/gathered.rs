//! Leaderboards of forecasts from files larger than memory.

use super::board::{Answered, BoardSettings, Drawn, LEADERBOARD_SCHEMA, Leaderboard, Replicate};
use super::panel::{Cell, Panel};
use super::sums::Sums;
use crate::compare::ClusterBy;
use crate::compare::bootstrap::{BOOTSTRAP_SEED, multiplicities};
use crate::compare::verdict::FEWEST_CLUSTERS;
use crate::error::Error;
use crate::hash;
use crate::score::{
    Bits, Excluded, GatheredForecasts, GatheredQuestion, NotScored, ScoringRule, Unfit, Weigh, describe,
};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Clusters that are kept apart for the bootstrap at most; where there are more they are put into so many groups, and whole groups are drawn.
pub const MOST_GROUPS: usize = 512;

/// The fewest groups that intervals are made of.
const FEWEST_GROUPS: usize = 64;

/// Numbers that all groups may hold: 256 MB.
const MOST_NUMBERS: usize = 1 << 25;

/// Draws that are summed side by side, so that the sums of a group are fetched once for them.
const SIDE_BY_SIDE: u32 = 8;

/// A question on the way to the sums.
struct Question {
    cluster: Option<String>,
    /// The group of its cluster, or of the question itself where it stands alone, should clusters be put together: by the name alone.
    group: usize,
    /// Its place among all by their ids: clusters are numbered in the order in which records would give them.
    rank: u32,
    cells: Vec<Cell>,
    unfit: Vec<Unfit>,
}

/// What is kept of the questions.
struct Board {
    /// As many as there may be: of each cluster one, by number, as long as there is room, then by the names of clusters.
    groups: Vec<Option<Group>>,
    is_apart: bool,
    /// Numbers of the clusters of several questions, by name.
    named: HashMap<String, u32>,
    clusters: usize,
    questions: usize,
    squares: f64,
    /// Whether a score lies below 0.
    has_negative: bool,
    /// The largest distance of a score from 0.
    largest: f64,
    people: Vec<Person>,
    unfit: BTreeMap<Unfit, usize>,
}

struct Group {
    sums: Sums,
    squares: f64,
    /// The least place of its questions.
    first: u32,
    /// Where it is put once there are more clusters than groups.
    group: usize,
}

impl Group {
    fn add(&mut self, question: &Question) {
        self.squares += self.sums.add(&question.cells);
        self.first = self.first.min(question.rank);
    }

    fn merge(&mut self, other: &Self) {
        self.sums.add_weighted(&other.sums, 1.0);
        self.squares += other.squares;
        self.first = self.first.min(other.first);
    }
}

/// Room for so many groups.
fn room(groups: usize) -> Vec<Option<Group>> {
    (0..groups).map(|_| None).collect()
}

#[derive(Default)]
struct Person {
    name: String,
    questions: usize,
    alone: usize,
    clusters: Bits,
    coverage: f64,
    score: f64,
    forecasts: usize,
    raised: usize,
    infinite: usize,
}

/// The leaderboard of gathered forecasts under each of the rules that found something to score.
///
/// Values and ranks are those of [`leaderboard`](super::leaderboard) of the same records. So are the intervals, as long as there are at most
/// [`MOST_GROUPS`] clusters (fewer with more than 140 forecasters); of more, clusters are put into groups and whole groups are drawn anew. Which cluster is put
/// into which hangs on its name alone ([`hash::place`]), and questions are summed in an order that hangs on their ids alone, so that all figures have the same
/// bits whatever the order of rows and however they are divided into files. Memory does not grow
/// with the questions' number beyond what is gathered; it grows with the square of the forecasters' number.
///
/// # Errors
/// If there are more forecasters than the sums of pairs have room for, or a temporary file cannot be read.
pub fn gathered_leaderboard(
    gathered: &GatheredForecasts,
    rules: &[&'static dyn ScoringRule],
    by: &ClusterBy,
    settings: &BoardSettings,
) -> Result<Leaderboard, Error> {
    let mut names: Vec<String> = gathered.forecasters().map(str::to_owned).collect();
    names.sort();
    let (mut boards, mut not_scored, mut excluded) = (Vec::new(), Vec::new(), Vec::new());
    for rule in rules {
        let (found, left_out) = Board::of(gathered, &names, *rule, by, settings)?;
        excluded = left_out;
        let told = |(reason, count): (&Unfit, &usize)| NotScored {
            rule: rule.id(),
            reason: reason.to_string(),
            count: *count,
        };
        not_scored.extend(found.unfit.iter().map(told));
        if found.questions > 0 {
            boards.push(found.drawn(rule.id(), settings).board(settings));
        }
    }
    Ok(Leaderboard {
        schema: LEADERBOARD_SCHEMA,
        rules: rules.iter().map(|rule| describe(*rule)).collect(),
        ordered_by: settings.ordered_by,
        baseline: settings.baseline.clone(),
        replicates: settings.replicates,
        weigh: Weigh::Alike,
        boards,
        excluded,
        not_scored,
        not_taken: Vec::new(),
    })
}

/// How many questions each forecaster answered that the rule can score.
fn answers(gathered: &GatheredForecasts, names: &[String], rule: &dyn ScoringRule) -> Result<Vec<usize>, Error> {
    let mut answered = vec![0; names.len()];
    gathered.each(
        |question| Panel::cells_of(&question.standings, names, rule).0,
        |questions| questions.iter().flatten().for_each(|cell| answered[cell.forecaster] += 1),
    )?;
    Ok(answered)
}

impl Board {
    /// The sums of all questions under a rule, with the names of those they are of; and what was left out.
    fn of(
        gathered: &GatheredForecasts,
        names: &[String],
        rule: &dyn ScoringRule,
        by: &ClusterBy,
        settings: &BoardSettings,
    ) -> Result<(Self, Vec<Excluded>), Error> {
        let answered =
            if settings.at_least > 1 { answers(gathered, names, rule)? } else { vec![usize::MAX; names.len()] };
        let mut kept: Vec<String> = Vec::new();
        let mut places: Vec<Option<usize>> = Vec::with_capacity(names.len());
        for (name, count) in names.iter().zip(answered) {
            let is_kept = count >= settings.at_least;
            places.push(is_kept.then_some(kept.len()));
            if is_kept {
                kept.push(name.clone());
            }
        }
        let most_groups = (MOST_NUMBERS / Sums::length(kept.len()).max(1)).min(MOST_GROUPS);
        if most_groups < FEWEST_GROUPS {
            return Err(Error::input(format!(
                "{} forecasters are too many for a leaderboard of files that are streamed: it keeps sums of each pair",
                kept.len()
            ))
            .help(
                "name some, `--forecaster`; leave out who answered few questions, `--at-least`; or leave out --stream",
            ));
        }
        let mut board = Self {
            groups: room(most_groups),
            is_apart: true,
            named: HashMap::new(),
            clusters: 0,
            questions: 0,
            squares: 0.0,
            has_negative: false,
            largest: 0.0,
            people: kept.iter().map(|name| Person { name: name.clone(), ..Person::default() }).collect(),
            unfit: BTreeMap::new(),
        };
        let ranks = gathered.ranks();
        let question = |of: GatheredQuestion| {
            let (mut cells, unfit) = Panel::cells_of(&of.standings, names, rule);
            cells.retain_mut(|cell| match places[cell.forecaster] {
                Some(place) => {
                    cell.forecaster = place;
                    true
                }
                None => false,
            });
            let cluster = by.of_question(&of);
            let alone = of.standings.first().map_or("", |standing| &standing.question);
            let group = hash::place(cluster.as_deref().unwrap_or(alone), most_groups);
            Question { cluster, group, rank: ranks[of.number as usize], cells, unfit }
        };
        let left_out = gathered.each(question, |questions| board.add(questions))?;
        Ok((board, left_out))
    }

    fn add(&mut self, questions: Vec<Question>) {
        let mut numbers: Vec<(usize, usize)> = Vec::with_capacity(questions.len());
        for (at, question) in questions.iter().enumerate() {
            for unfit in &question.unfit {
                *self.unfit.entry(*unfit).or_default() += 1;
            }
            if question.cells.is_empty() {
                continue;
            }
            self.questions += 1;
            let next = self.clusters as u32;
            let number = match &question.cluster {
                Some(name) => *self.named.entry(name.clone()).or_insert(next),
                None => next,
            };
            self.clusters += usize::from(number == next);
            numbers.push((at, number as usize));
            for cell in &question.cells {
                let of = &mut self.people[cell.forecaster];
                of.questions += 1;
                of.coverage += cell.coverage;
                of.score += cell.score;
                of.forecasts += cell.forecasts;
                of.raised += cell.raised;
                of.infinite += cell.infinite;
                self.has_negative = self.has_negative || cell.score < 0.0;
                self.largest = self.largest.max(cell.score.abs());
                if question.cluster.is_some() {
                    of.clusters.insert(number);
                } else {
                    of.alone += 1;
                }
            }
        }
        if self.is_apart && self.clusters > self.groups.len() {
            self.put_together();
        }
        let mut by_group: Vec<Vec<usize>> = vec![Vec::new(); self.groups.len()];
        for (at, number) in numbers {
            by_group[if self.is_apart { number } else { questions[at].group }].push(at);
        }
        let count = self.people.len();
        self.groups.par_iter_mut().zip(by_group).for_each(|(slot, members)| {
            for question in members.into_iter().map(|at| &questions[at]) {
                let empty = || Group { sums: Sums::new(count), squares: 0.0, first: u32::MAX, group: question.group };
                slot.get_or_insert_with(empty).add(question);
            }
        });
    }

    /// Puts clusters, which were kept apart so far, into the groups of their names.
    fn put_together(&mut self) {
        let empty = room(self.groups.len());
        let apart = std::mem::replace(&mut self.groups, empty);
        for group in apart.into_iter().flatten() {
            let slot = &mut self.groups[group.group];
            if let Some(together) = slot {
                together.merge(&group);
            } else {
                *slot = Some(group);
            }
        }
        self.is_apart = false;
    }

    /// The whole and the draws of its clusters or groups.
    fn drawn(mut self, rule: &'static str, settings: &BoardSettings) -> Drawn {
        let mut groups: Vec<Group> = std::mem::take(&mut self.groups).into_iter().flatten().collect();
        if self.is_apart {
            // Each group is a cluster: in the order in which records would number them.
            groups.sort_by_key(|group| group.first);
        }
        self.squares = groups.iter().map(|group| group.squares).sum();
        let count = self.people.len();
        let mut whole = Sums::new(count);
        groups.iter().for_each(|group| whole.add_weighted(&group.sums, 1.0));
        let baseline =
            settings.baseline.as_ref().and_then(|name| self.people.iter().position(|known| known.name == *name));
        let answered: Vec<f64> = (0..count).map(|at| whole.shared(at, at)).collect();
        let penalty = whole.ridge_penalty(&whole.connected(&answered), self.squares);
        let replicates = if self.clusters < FEWEST_CLUSTERS { 0 } else { settings.replicates };
        let some: Vec<u32> = (0..replicates).step_by(SIDE_BY_SIDE as usize).collect();
        let draws = |from: u32| from..replicates.min(from + SIDE_BY_SIDE);
        let drawn = some
            .into_par_iter()
            .flat_map_iter(|from| self.replicates(&groups, draws(from), penalty, baseline))
            .collect();
        let people = self.people.iter().enumerate().map(|(at, of)| Answered {
            forecaster: of.name.clone(),
            questions: of.questions,
            clusters: of.alone + of.clusters.len(),
            coverage: of.coverage / of.questions as f64,
            mean: of.score / of.questions as f64,
            shared: baseline.map_or(0, |baseline| whole.shared(at, baseline) as usize),
            forecasts: of.forecasts,
            raised: of.raised,
            infinite: of.infinite,
        });
        Drawn {
            rule,
            questions: self.questions,
            clusters: self.clusters,
            groups: (!self.is_apart).then_some(groups.len()),
            has_negative: self.has_negative,
            largest: self.largest,
            people: people.collect(),
            penalty,
            has_baseline: baseline.is_some(),
            whole: replicate(&whole, &answered, penalty, baseline, self.largest),
            drawn,
        }
    }

    /// Some draws.
    fn replicates(
        &self,
        groups: &[Group],
        draws: std::ops::Range<u32>,
        penalty: Option<f64>,
        baseline: Option<usize>,
    ) -> Vec<Replicate> {
        let count = self.people.len();
        let times: Vec<Vec<f64>> = draws.map(|at| multiplicities(groups.len(), BOOTSTRAP_SEED, at)).collect();
        let mut sums = vec![Sums::new(count); times.len()];
        let mut answered = vec![vec![0.0; count]; times.len()];
        for (at, group) in groups.iter().enumerate() {
            for (draw, times) in times.iter().enumerate().filter(|(_, times)| times[at] > 0.0) {
                sums[draw].add_weighted(&group.sums, times[at]);
                for (who, answered) in answered[draw].iter_mut().enumerate() {
                    *answered += group.sums.shared(who, who);
                }
            }
        }
        let of = |(sums, answered): (&Sums, &Vec<f64>)| replicate(sums, answered, penalty, baseline, self.largest);
        sums.iter().zip(&answered).map(of).collect()
    }
}

fn replicate(sums: &Sums, answered: &[f64], penalty: Option<f64>, baseline: Option<usize>, largest: f64) -> Replicate {
    let connected = sums.connected(answered);
    let values = vec![
        sums.relative_skill(),
        sums.adjusted_means(&connected),
        sums.ridge_skill(&connected, penalty),
        sums.peer_score(),
    ];
    Replicate::of(values, sums.skill(baseline), &connected, largest)
}
