//! Leaderboards of forecasts from files larger than memory.

use super::board::{Answered, BoardSettings, Drawn, LEADERBOARD_SCHEMA, Leaderboard, Replicate};
use super::panel::{Cell, Panel};
use super::sums::Sums;
use crate::compare::ClusterBy;
use crate::compare::bootstrap::{BOOTSTRAP_SEED, multiplicities};
use crate::compare::verdict::FEWEST_CLUSTERS;
use crate::error::Error;
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
    /// Its place among all by their ids: clusters are numbered in the order in which records would give them.
    rank: u32,
    cells: Vec<Cell>,
    unfit: Vec<Unfit>,
}

/// What is kept of the questions.
struct Board {
    groups: Vec<Group>,
    most_groups: usize,
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
}

#[derive(Default)]
struct Person {
    name: String,
    questions: usize,
    alone: usize,
    clusters: Bits,
    coverage: f64,
    score: f64,
    raised: usize,
    infinite: usize,
}

/// The leaderboard of gathered forecasts under each of the rules that found something to score.
///
/// Values and ranks are those of [`leaderboard`](super::leaderboard) of the same records. So are the intervals, as long as there are at most
/// [`MOST_GROUPS`] clusters (fewer with more than 140 forecasters); of more, clusters are put into groups and whole groups are drawn anew. Memory does not grow
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
            groups: Vec::new(),
            most_groups,
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
            Question { cluster: by.of_question(&of), rank: ranks[of.number as usize], cells, unfit }
        };
        let left_out = gathered.each(question, |questions| board.add(questions))?;
        Ok((board, left_out))
    }

    fn add(&mut self, questions: Vec<Question>) {
        let mut by_group: Vec<Vec<usize>> = vec![Vec::new(); self.most_groups];
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
            let group = number as usize % self.most_groups;
            if group == self.groups.len() {
                self.groups.push(Group { sums: Sums::new(self.people.len()), squares: 0.0, first: u32::MAX });
            }
            by_group[group].push(at);
            for cell in &question.cells {
                let of = &mut self.people[cell.forecaster];
                of.questions += 1;
                of.coverage += cell.coverage;
                of.score += cell.score;
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
        self.groups.par_iter_mut().zip(by_group).for_each(|(group, members)| {
            for question in members.into_iter().map(|at| &questions[at]) {
                group.squares += group.sums.add(&question.cells);
                group.first = group.first.min(question.rank);
            }
        });
    }

    /// The whole and the draws of its clusters or groups.
    fn drawn(mut self, rule: &'static str, settings: &BoardSettings) -> Drawn {
        let is_grouped = self.clusters > self.groups.len();
        if !is_grouped {
            // Each group is a cluster: in the order in which records would number them.
            self.groups.sort_by_key(|group| group.first);
        }
        self.squares = self.groups.iter().map(|group| group.squares).sum();
        let count = self.people.len();
        let mut whole = Sums::new(count);
        self.groups.iter().for_each(|group| whole.add_weighted(&group.sums, 1.0));
        let baseline =
            settings.baseline.as_ref().and_then(|name| self.people.iter().position(|known| known.name == *name));
        let answered: Vec<f64> = (0..count).map(|at| whole.shared(at, at)).collect();
        let penalty = whole.ridge_penalty(&whole.connected(&answered), self.squares);
        let replicates = if self.clusters < FEWEST_CLUSTERS { 0 } else { settings.replicates };
        let some: Vec<u32> = (0..replicates).step_by(SIDE_BY_SIDE as usize).collect();
        let drawn = some
            .into_par_iter()
            .flat_map_iter(|from| self.replicates(from..replicates.min(from + SIDE_BY_SIDE), count, penalty, baseline))
            .collect();
        let people = self.people.iter().enumerate().map(|(at, of)| Answered {
            forecaster: of.name.clone(),
            questions: of.questions,
            clusters: of.alone + of.clusters.len(),
            coverage: of.coverage / of.questions as f64,
            mean: of.score / of.questions as f64,
            shared: baseline.map_or(0, |baseline| whole.shared(at, baseline) as usize),
            raised: of.raised,
            infinite: of.infinite,
        });
        Drawn {
            rule,
            questions: self.questions,
            clusters: self.clusters,
            groups: is_grouped.then_some(self.groups.len()),
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
        draws: std::ops::Range<u32>,
        count: usize,
        penalty: Option<f64>,
        baseline: Option<usize>,
    ) -> Vec<Replicate> {
        let times: Vec<Vec<f64>> = draws.map(|at| multiplicities(self.groups.len(), BOOTSTRAP_SEED, at)).collect();
        let mut sums = vec![Sums::new(count); times.len()];
        let mut answered = vec![vec![0.0; count]; times.len()];
        for (at, group) in self.groups.iter().enumerate() {
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
