//! The leaderboard: every forecaster under every way of dealing with gaps, with intervals, and how far the orders agree.

use super::fixed_effects::adjusted_means;
use super::order::{ROUNDING, kendall_tau, ranks_within};
use super::panel::Panel;
use super::peer::peer_score;
use super::relative_skill::relative_skill;
use super::ridge::{ridge_penalty, ridge_skill};
use crate::compare::bootstrap::{BOOTSTRAP_SEED, central, multiplicities};
use crate::compare::verdict::{FEWEST_CLUSTERS, LEVEL};
use crate::forecast::tidy::NotTaken;
use crate::score::{
    Excluded, NotScored, RuleUsed, Schedule, ScoringRule, Standing, Standings, Weigh, describe, untaken,
};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The version of the JSON form of [`Leaderboard`].
pub const LEADERBOARD_SCHEMA: &str = "foretell.leaderboard/1";

/// How many times the clusters are drawn anew for the intervals of a leaderboard.
pub const LEADERBOARD_REPLICATES: u32 = 1000;

/// A share of the replicates in which a forecaster must have a value for an interval to be given.
const ENOUGH: f64 = 0.9;

/// Scores larger than this may be too large to be held against others.
const LARGE: f64 = 1e6;

/// A way of dealing with the questions that somebody did not answer. Lower is better under each.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, clap::ValueEnum, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Each pair on its shared questions: the geometric mean of the ratios of scores
    #[value(name = "relative")]
    RelativeSkill,
    /// Least squares with an effect of each forecaster and of each question: the mean score on all questions
    #[default]
    #[value(name = "adjusted")]
    AdjustedMean,
    /// The same from head-to-head differences, drawn to the middle where there is little to go by
    #[value(name = "ridge")]
    RidgeSkill,
    /// Own score less that of the others at the same moments, weighted by coverage
    #[value(name = "peer")]
    PeerScore,
}

impl Measure {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::RelativeSkill, Self::AdjustedMean, Self::RidgeSkill, Self::PeerScore];

    /// How far apart rounding may set values that are made of scores up to `largest`; ratios are held against themselves alone.
    const fn rounding(self, largest: f64) -> f64 {
        match self {
            Self::RelativeSkill => 0.0,
            _ => ROUNDING * largest,
        }
    }

    /// The value of each forecaster under question weights; `penalty` is that of [`ridge_skill`].
    fn values(self, panel: &Panel, weights: &[f64], penalty: Option<f64>) -> Vec<Option<f64>> {
        match self {
            Self::RelativeSkill => relative_skill(panel, weights),
            Self::AdjustedMean => adjusted_means(panel, weights),
            Self::RidgeSkill => ridge_skill(panel, weights, penalty),
            Self::PeerScore => peer_score(panel, weights),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RelativeSkill => "relative skill",
            Self::AdjustedMean => "adjusted mean",
            Self::RidgeSkill => "ridge skill",
            Self::PeerScore => "peer score",
        })
    }
}

/// Where a forecaster stands under one measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Place {
    /// Which.
    pub measure: Measure,
    /// The value. Lower is better. `None` where the forecaster cannot be compared with the others.
    pub value: Option<f64>,
    /// Its 95 % interval by the cluster bootstrap; `None` with fewer than [`FEWEST_CLUSTERS`] clusters.
    pub interval: Option<(f64, f64)>,
    /// 1 is best.
    pub rank: Option<usize>,
    /// The central 95 % of the ranks in the bootstrap.
    pub rank_interval: Option<(usize, usize)>,
}

/// A forecaster's score against that of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BaselineSkill {
    /// 1 - own mean score / the baseline's, on the questions both answered: 1 is perfect, 0 as good as the baseline, below 0 worse.
    pub skill: f64,
    /// Its 95 % interval by the cluster bootstrap.
    pub interval: Option<(f64, f64)>,
    /// Questions both answered.
    pub questions: usize,
}

/// One forecaster.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BoardRow {
    /// Who.
    pub forecaster: String,
    /// Questions answered.
    pub questions: usize,
    /// Clusters that they belong to.
    pub clusters: usize,
    /// Forecasts scored on them.
    pub forecasts: usize,
    /// Mean share of the questions' lives for which a forecast stood.
    pub coverage: f64,
    /// The plain mean score over the questions answered: fair only if everybody answered the same ones.
    pub mean: f64,
    /// Under each measure, in the order of [`Measure::ALL`].
    pub places: Vec<Place>,
    /// Forecasts whose tiny probability was raised to the floor of the log score.
    pub raised: usize,
    /// Forecasts that called impossible what happened: their log score is infinite and enters at the floor.
    pub infinite: usize,
    /// Against the baseline, if there is one.
    pub baseline: Option<BaselineSkill>,
}

/// How far two measures agree on the order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Agreement {
    /// One.
    pub first: Measure,
    /// The other.
    pub second: Measure,
    /// Kendall's τ_b: 1 when they agree on every pair.
    pub tau: Option<f64>,
}

/// Two forecasters whose order depends on the measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Swap {
    /// One.
    pub a: String,
    /// The other.
    pub b: String,
    /// Measures under which the one is ahead.
    pub a_ahead: Vec<Measure>,
    /// Measures under which the other is.
    pub b_ahead: Vec<Measure>,
}

/// The leaderboard under one rule.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Board {
    /// The rule's id.
    pub rule: &'static str,
    /// Questions that anybody answered.
    pub questions: usize,
    /// Clusters of them.
    pub clusters: usize,
    /// By rank under the measure asked for.
    pub rows: Vec<BoardRow>,
    /// Between each two measures.
    pub agreement: Vec<Agreement>,
    /// Pairs whose order depends on the measure, those ahead in the table first.
    pub swaps: Vec<Swap>,
    /// How strongly the ridge drew to the middle.
    pub ridge_penalty: Option<f64>,
    /// Where clusters were too many to be kept apart: they were put into so many groups, and the intervals come of groups drawn anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<usize>,
    /// Whether a score lies below 0, as of log densities: then there is no relative skill and no skill, which are ratios of scores.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub negative_scores: bool,
    /// Whether scores are so much larger than those of the forecaster in the middle that their differences are rounding: then there are no values by
    /// differences, and relative skill alone tells them apart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost_to_rounding: bool,
}

/// Leaderboards, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Leaderboard {
    /// [`LEADERBOARD_SCHEMA`].
    pub schema: &'static str,
    /// The rules used.
    pub rules: Vec<RuleUsed>,
    /// The measure that orders the rows.
    pub ordered_by: Measure,
    /// The forecaster against whom skill is stated.
    pub baseline: Option<String>,
    /// How many times clusters were drawn anew.
    pub replicates: u32,
    /// How much a question counts; every one alike where it is not said.
    #[serde(default, skip_serializing_if = "Weigh::is_alike")]
    pub weigh: Weigh,
    /// One board a rule.
    pub boards: Vec<Board>,
    /// Forecasts left out of every rule.
    pub excluded: Vec<Excluded>,
    /// What single rules could not score.
    pub not_scored: Vec<NotScored>,
    /// What was not taken as it stands of the files, by reason; of a ledger nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
}

/// What a leaderboard is to show.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardSettings {
    /// The measure that orders the rows.
    pub ordered_by: Measure,
    /// Against whom skill is stated.
    pub baseline: Option<String>,
    /// Who answered fewer questions is left out.
    pub at_least: usize,
    /// How many times clusters are drawn anew.
    pub replicates: u32,
}

impl Default for BoardSettings {
    fn default() -> Self {
        Self { ordered_by: Measure::default(), baseline: None, at_least: 1, replicates: LEADERBOARD_REPLICATES }
    }
}

/// A leaderboard under each of the rules that found something to score.
#[must_use]
pub fn leaderboard(standings: &Standings, rules: &[&'static dyn ScoringRule], settings: &BoardSettings) -> Leaderboard {
    leaderboard_of(standings, rules, settings, None)
}

/// The same, where each question weighs by the share of its time from opening to scheduled close that it lived – in a forecaster's plain mean and peer score by
/// that for which their forecast stood. Questions whose time is not known are left out and counted.
#[must_use]
pub fn leaderboard_by_time(
    standings: &Standings,
    schedule: &Schedule,
    rules: &[&'static dyn ScoringRule],
    settings: &BoardSettings,
) -> Leaderboard {
    let kept = schedule.keep(standings);
    let lived = |standing: &Standing| schedule.lived(standing).unwrap_or_default();
    let shares: BTreeMap<&str, f64> =
        kept.standings.iter().map(|standing| (standing.question.as_str(), lived(standing))).collect();
    Leaderboard { weigh: Weigh::Time, ..leaderboard_of(&kept, rules, settings, Some(&shares)) }
}

fn leaderboard_of(
    standings: &Standings,
    rules: &[&'static dyn ScoringRule],
    settings: &BoardSettings,
    shares: Option<&BTreeMap<&str, f64>>,
) -> Leaderboard {
    let mut boards = Vec::new();
    let mut not_scored = Vec::new();
    for rule in rules {
        let (panel, unfit) = Panel::from_standings(&standings.standings, *rule);
        not_scored.extend(unfit);
        let panel = panel.with_at_least(settings.at_least);
        let panel = match shares {
            Some(shares) => panel.by_time(shares),
            None => panel,
        };
        if !panel.questions().is_empty() {
            boards.push(board(rule.id(), &panel, settings));
        }
    }
    not_scored.extend(untaken(&standings.standings, rules));
    Leaderboard {
        schema: LEADERBOARD_SCHEMA,
        rules: rules.iter().map(|rule| describe(*rule)).collect(),
        ordered_by: settings.ordered_by,
        baseline: settings.baseline.clone(),
        replicates: settings.replicates,
        weigh: Weigh::Alike,
        boards,
        excluded: standings.excluded.clone(),
        not_scored,
        not_taken: Vec::new(),
    }
}

/// What a draw of the clusters makes of everybody.
pub(super) struct Replicate {
    /// By measure, then by forecaster.
    pub(super) values: Vec<Vec<Option<f64>>>,
    pub(super) ranks: Vec<Vec<Option<usize>>>,
    pub(super) skill: Vec<Option<f64>>,
}

impl Replicate {
    fn new(panel: &Panel, weights: &[f64], penalty: Option<f64>, baseline: Option<usize>, largest: f64) -> Self {
        let values = Measure::ALL.iter().map(|measure| measure.values(panel, weights, penalty)).collect();
        Self::of(values, skills(panel, weights, baseline), &panel.connected(weights), largest)
    }

    /// Of values by measure, made of scores up to `largest`. Who is not of the largest circle of those who share questions has no place among them, whatever the measure says.
    pub(super) fn of(
        mut values: Vec<Vec<Option<f64>>>,
        skill: Vec<Option<f64>>,
        connected: &[bool],
        largest: f64,
    ) -> Self {
        for of in &mut values {
            for (value, _) in of.iter_mut().zip(connected).filter(|(_, connected)| !**connected) {
                *value = None;
            }
        }
        let ranks =
            Measure::ALL.iter().zip(&values).map(|(measure, of)| ranks_within(of, measure.rounding(largest))).collect();
        Self { values, ranks, skill }
    }

    /// The same without what is a ratio of scores.
    fn without_ratios(&mut self) {
        self.without(|measure| measure == Measure::RelativeSkill);
        self.skill.fill(None);
    }

    /// The same without what is made of differences of scores.
    fn without_differences(&mut self) {
        self.without(|measure| measure != Measure::RelativeSkill);
    }

    fn without(&mut self, which: impl Fn(Measure) -> bool) {
        for (at, _) in Measure::ALL.iter().enumerate().filter(|(_, measure)| which(**measure)) {
            self.values[at].fill(None);
            self.ranks[at].fill(None);
        }
    }
}

/// What a forecaster answered.
pub(super) struct Answered {
    pub(super) forecaster: String,
    pub(super) questions: usize,
    pub(super) clusters: usize,
    pub(super) coverage: f64,
    pub(super) mean: f64,
    /// Questions that the baseline answered too.
    pub(super) shared: usize,
    pub(super) forecasts: usize,
    pub(super) raised: usize,
    pub(super) infinite: usize,
}

/// Everything that a board is made of.
pub(super) struct Drawn {
    pub(super) rule: &'static str,
    pub(super) questions: usize,
    pub(super) clusters: usize,
    pub(super) groups: Option<usize>,
    /// Whether a score lies below 0: then no ratio means anything.
    pub(super) has_negative: bool,
    /// The largest distance of a score from 0.
    pub(super) largest: f64,
    /// Who answered nothing has no row.
    pub(super) people: Vec<Answered>,
    pub(super) penalty: Option<f64>,
    pub(super) has_baseline: bool,
    pub(super) whole: Replicate,
    pub(super) drawn: Vec<Replicate>,
}

/// The leaderboard of a panel; `rule` names what its scores are.
#[must_use]
pub fn board(rule: &'static str, panel: &Panel, settings: &BoardSettings) -> Board {
    let baseline =
        settings.baseline.as_ref().and_then(|name| panel.forecasters().iter().position(|known| known == name));
    let penalty = ridge_penalty(panel);
    let scores = panel.questions().iter().flat_map(|question| &question.cells).map(|cell| cell.score);
    let largest = scores.clone().fold(0.0, |largest: f64, score| largest.max(score.abs()));
    let has_negative = scores.clone().any(|score| score < 0.0);
    let whole = Replicate::new(panel, &panel.weights(), penalty, baseline, largest);
    let drawn: Vec<Replicate> = if panel.clusters() < FEWEST_CLUSTERS {
        Vec::new()
    } else {
        (0..settings.replicates)
            .into_par_iter()
            .map(|at| {
                let times = multiplicities(panel.clusters(), BOOTSTRAP_SEED, at);
                let weight = |question: &super::PanelQuestion| times[question.cluster] * question.weight;
                let weights: Vec<f64> = panel.questions().iter().map(weight).collect();
                Replicate::new(panel, &weights, penalty, baseline, largest)
            })
            .collect()
    };
    let (questions, clusters) = (panel.questions().len(), panel.clusters());
    let people = (0..panel.forecasters().len()).map(|at| answered(panel, at, baseline)).collect();
    let has_baseline = baseline.is_some();
    let groups = None;
    Drawn { rule, questions, clusters, groups, has_negative, largest, people, penalty, has_baseline, whole, drawn }
        .board(settings)
}

/// What a forecaster of a panel answered.
fn answered(panel: &Panel, at: usize, baseline: Option<usize>) -> Answered {
    let own: Vec<(&super::PanelQuestion, &super::Cell)> = panel
        .questions()
        .iter()
        .flat_map(|question| question.cells.iter().map(move |cell| (question, cell)))
        .filter(|(_, cell)| cell.forecaster == at)
        .collect();
    let clusters: std::collections::BTreeSet<usize> = own.iter().map(|(question, _)| question.cluster).collect();
    let worth: f64 = own.iter().map(|(question, cell)| panel.worth(question, cell)).sum();
    let score: f64 = own.iter().map(|(question, cell)| panel.worth(question, cell) * cell.score).sum();
    Answered {
        forecaster: panel.forecasters()[at].clone(),
        questions: own.len(),
        clusters: clusters.len(),
        coverage: own.iter().map(|(_, cell)| cell.coverage).sum::<f64>() / own.len() as f64,
        mean: score / worth,
        shared: baseline.map_or(0, |baseline| shared(panel, at, baseline)),
        forecasts: own.iter().map(|(_, cell)| cell.forecasts).sum(),
        raised: own.iter().map(|(_, cell)| cell.raised).sum(),
        infinite: own.iter().map(|(_, cell)| cell.infinite).sum(),
    }
}

impl Drawn {
    /// The board, ordered.
    pub(super) fn board(mut self, settings: &BoardSettings) -> Board {
        if self.has_negative {
            self.drawn.iter_mut().chain([&mut self.whole]).for_each(Replicate::without_ratios);
        }
        let lost_to_rounding = self.is_lost_to_rounding();
        if lost_to_rounding {
            self.drawn.iter_mut().chain([&mut self.whole]).for_each(Replicate::without_differences);
        }
        let ordering = Measure::ALL.iter().position(|measure| *measure == settings.ordered_by);
        let mut rows: Vec<(Option<usize>, BoardRow)> = (0..self.people.len())
            .filter(|at| self.people[*at].questions > 0)
            .map(|at| (ordering.and_then(|measure| self.whole.ranks[measure][at]), self.row(at)))
            .collect();
        // Those without a rank come last, in the order of their means.
        rows.sort_by(|a, b| {
            (a.0.is_none(), a.0).cmp(&(b.0.is_none(), b.0)).then_with(|| a.1.mean.total_cmp(&b.1.mean))
        });
        let rows: Vec<BoardRow> = rows.into_iter().map(|(_, row)| row).collect();
        // By ranks, in which what rounding sets apart is tied.
        let order = |at: usize| -> Vec<Option<f64>> {
            self.whole.ranks[at].iter().map(|rank| rank.map(|rank| rank as f64)).collect()
        };
        let mut agreement = Vec::new();
        for (at, first) in Measure::ALL.iter().enumerate() {
            for (beside, second) in Measure::ALL.iter().enumerate().skip(at + 1) {
                let tau = kendall_tau(&order(at), &order(beside));
                agreement.push(Agreement { first: *first, second: *second, tau });
            }
        }
        Board {
            rule: self.rule,
            questions: self.questions,
            clusters: self.clusters,
            agreement,
            swaps: swaps(&rows),
            rows,
            ridge_penalty: self.penalty,
            groups: self.groups,
            negative_scores: self.has_negative,
            lost_to_rounding,
        }
    }

    /// Whether rounding of the largest scores is more than what the forecaster in the middle scores.
    fn is_lost_to_rounding(&self) -> bool {
        let answered = self.people.iter().filter(|of| of.questions > 0 && of.mean != 0.0);
        let mut means: Vec<f64> = answered.map(|of| of.mean.abs()).collect();
        means.sort_by(f64::total_cmp);
        let middle = means.len().checked_sub(1).map(|last| means[last / 2]);
        self.largest > LARGE && middle.is_some_and(|middle| ROUNDING * self.largest > middle)
    }

    fn row(&self, at: usize) -> BoardRow {
        let of = &self.people[at];
        let (whole, drawn) = (&self.whole, &self.drawn);
        let places = Measure::ALL
            .iter()
            .enumerate()
            .map(|(measure, named)| Place {
                measure: *named,
                value: whole.values[measure][at],
                interval: whole.values[measure][at]
                    .and_then(|_| interval(drawn.iter().map(|replicate| replicate.values[measure][at]))),
                rank: whole.ranks[measure][at],
                rank_interval: whole.ranks[measure][at].and_then(|_| {
                    let ranks = drawn.iter().map(|replicate| replicate.ranks[measure][at].map(|rank| rank as f64));
                    rank_interval(ranks)
                }),
            })
            .collect();
        BoardRow {
            forecaster: of.forecaster.clone(),
            questions: of.questions,
            clusters: of.clusters,
            forecasts: of.forecasts,
            coverage: of.coverage,
            mean: of.mean,
            places,
            raised: of.raised,
            infinite: of.infinite,
            baseline: whole.skill[at].filter(|_| self.has_baseline).map(|skill| BaselineSkill {
                skill,
                interval: interval(drawn.iter().map(|replicate| replicate.skill[at])),
                questions: of.shared,
            }),
        }
    }
}

/// The central interval of the values that are there, if nearly all are.
fn interval(values: impl Iterator<Item = Option<f64>>) -> Option<(f64, f64)> {
    let all: Vec<Option<f64>> = values.collect();
    let known: Vec<f64> = all.iter().flatten().copied().collect();
    (!known.is_empty() && known.len() as f64 >= ENOUGH * all.len() as f64).then(|| central(known, LEVEL))
}

/// Whole ranks that hold at least the level between them.
fn rank_interval(ranks: impl Iterator<Item = Option<f64>>) -> Option<(usize, usize)> {
    interval(ranks).map(|(lower, upper)| (lower.floor() as usize, upper.ceil() as usize))
}

/// 1 - own mean score over the baseline's on the questions both answered.
fn skills(panel: &Panel, weights: &[f64], baseline: Option<usize>) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0.0); panel.forecasters().len()];
    for (question, weight) in panel.weighted(weights) {
        let reference = question.cells.iter().find(|cell| Some(cell.forecaster) == baseline);
        let Some(reference) = reference else { continue };
        for cell in &question.cells {
            sums[cell.forecaster].0 += weight * cell.score;
            sums[cell.forecaster].1 += weight * reference.score;
        }
    }
    sums.into_iter().map(|(own, reference)| (reference > 0.0).then(|| 1.0 - own / reference)).collect()
}

fn shared(panel: &Panel, a: usize, b: usize) -> usize {
    let answered =
        |question: &&super::PanelQuestion, who: usize| question.cells.iter().any(|cell| cell.forecaster == who);
    panel.questions().iter().filter(|question| answered(question, a) && answered(question, b)).count()
}

fn swaps(rows: &[BoardRow]) -> Vec<Swap> {
    let mut swaps = Vec::new();
    for (at, first) in rows.iter().enumerate() {
        for second in &rows[at + 1..] {
            let ahead = |one: &BoardRow, other: &BoardRow| -> Vec<Measure> {
                one.places
                    .iter()
                    .zip(&other.places)
                    .filter(|(one, other)| one.rank.zip(other.rank).is_some_and(|(one, other)| one < other))
                    .map(|(place, _)| place.measure)
                    .collect()
            };
            let (a_ahead, b_ahead) = (ahead(first, second), ahead(second, first));
            if !a_ahead.is_empty() && !b_ahead.is_empty() {
                let (a, b) = (first.forecaster.clone(), second.forecaster.clone());
                swaps.push(Swap { a, b, a_ahead, b_ahead });
            }
        }
    }
    swaps
}
