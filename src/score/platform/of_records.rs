//! Platform scores of forecasts in records, where the records hold what the platform's score is made of.

use super::of_forecastbench::{Taken, of_forecastbench};
use super::{good_judgment, metaculus};
use crate::forecast::{Buckets, Forecast, ForecastRecord, Moment, Question, Records, Resolution};
use crate::score::{Case, Excluded, Segment, Standing, Standings, brier_all, ordinal_brier};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The version of the JSON form of [`PlatformReport`].
pub const PLATFORM_SCHEMA: &str = "foretell.platform/1";

const SPOT_BASELINE: &str = "spot_baseline";
const SPOT_PEER: &str = "spot_peer";

/// Questions' worth of coverage by which a global peer score is divided at least.
const GLOBAL_COVERAGE: f64 = 30.0;

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Metaculus: baseline, peer and spot scores; relative to a community if one is named
    Metaculus,
    /// Good Judgment Open: daily Brier scores, accuracy against the crowd's median
    GoodJudgment,
    /// ForecastBench: difficulty-adjusted Brier score, Brier index, peer score
    Forecastbench,
}

/// What platform scores are to be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlatformSettings<'a> {
    /// Forecasters who are no persons but made of the forecasts of others, beside those whom tags `aggregate=` of questions name. Relative scores are
    /// against the first.
    pub communities: &'a [&'a str],
    /// Which forecast of a question ForecastBench takes.
    pub taken: Taken,
}

/// Which way a platform's score points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// A score of one forecaster.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlatformRow {
    /// Which score.
    pub score: &'static str,
    /// Which way it points.
    pub better: Better,
    /// Who.
    pub forecaster: String,
    /// What the platform shows: a sum or a mean over questions, by the score.
    pub value: f64,
    /// Questions.
    pub questions: usize,
    /// The sum over questions of the share of the time for which a forecast stood, where the score knows of it; by the weights of questions where a
    /// platform weighs them.
    pub coverage: Option<f64>,
    /// Forecasts with a probability beyond what the platform takes, which was brought within it.
    pub limited: usize,
}

/// Why a platform has no score of a forecaster on a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Undefined {
    /// It scores other forecasts.
    Kind,
    /// Numbers are scored by their cdf in buckets between bounds, of which a forecast or the question's tags do not say enough.
    Quantiles,
    /// Shares of time are of the time from opening to scheduled close, and one of the two is not known.
    NoWindow,
    /// Days are counted from the opening, which is not known.
    NoOpening,
    /// The question did not live for a full day.
    NoFullDay,
    /// It scores one forecast of a question, and this one changed.
    Changed,
    /// The community had no forecast of the question.
    NoCommunity,
    /// What came true had no chance in a forecast that counts.
    NoChance,
    /// When the community's forecast was shown is not known.
    NotShown,
}

impl fmt::Display for Undefined {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kind => "the platform does not score forecasts of this kind",
            Self::Quantiles => "the platform scores cdfs in buckets between bounds (tags `buckets=`, `bounds=`), which quantiles do not give",
            Self::NoWindow => "the question's opening or its scheduled close is not known",
            Self::NoOpening => "the question's opening is not known",
            Self::NoFullDay => "the question did not live for a full day",
            Self::Changed => "the forecast changed, and the platform scores one",
            Self::NoCommunity => "the community has no forecast of the question",
            Self::NoChance => "a forecast gave what came true no chance",
            Self::NotShown => "when the community's forecast was shown is not known (tag `shown_at=`)",
        })
    }
}

/// Pairs of forecaster and question without a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct NotDefined {
    /// Which score.
    pub score: &'static str,
    /// Why.
    pub reason: String,
    /// How many pairs.
    pub pairs: usize,
}

/// Platform scores, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlatformReport {
    /// [`PLATFORM_SCHEMA`].
    pub schema: &'static str,
    /// Whose scores.
    pub platform: Platform,
    /// By score, from the best to the worst.
    pub rows: Vec<PlatformRow>,
    /// Forecasters among them who are no persons but made of the forecasts of others: nobody is held against them but in relative scores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aggregates: Vec<String>,
    /// Pairs of forecaster and question without a score.
    pub not_defined: Vec<NotDefined>,
    /// Forecasts left out of every score.
    pub excluded: Vec<Excluded>,
}

/// What a forecaster got, question by question.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    score: f64,
    coverage: f64,
    questions: usize,
    limited: usize,
}

/// Sums by score and forecaster, and what has none.
#[derive(Default)]
pub(super) struct Sums<'a> {
    of: BTreeMap<(&'static str, &'a str), Sum>,
    undefined: BTreeMap<(&'static str, Undefined), usize>,
}

impl<'a> Sums<'a> {
    fn add(&mut self, score: &'static str, forecaster: &'a str, value: f64, coverage: f64, limited: usize) {
        let sum = self.of.entry((score, forecaster)).or_default();
        sum.score += value;
        sum.coverage += coverage;
        sum.questions += 1;
        sum.limited += limited;
    }

    pub(super) fn without(&mut self, score: &'static str, why: Undefined) {
        *self.undefined.entry((score, why)).or_default() += 1;
    }

    fn without_all(&mut self, score: &'static str, why: Undefined, pairs: usize) {
        for _ in 0..pairs {
            self.without(score, why);
        }
    }
}

/// Puts what came true beyond an open bound of a number's range at the next number beyond that bound: it lies in the platform's outer bucket, and its
/// scores ask for nothing else. For [`platform_report`] alone, before the standings are made: other scores would take the number for the outcome.
pub fn place_beyond_bounds(records: &mut Records) {
    for (id, outcome) in &mut records.outcomes {
        let Some(buckets) = records.questions.get(id).and_then(Question::buckets) else { continue };
        let value = match outcome.resolution {
            Resolution::BelowBound => buckets.low.next_down(),
            Resolution::AboveBound => buckets.high.next_up(),
            _ => continue,
        };
        outcome.resolution = Resolution::Value(value);
    }
}

/// The scores that a platform would have given.
///
/// Metaculus: `baseline` and `peer` are sums over questions, `peer_global` is the sum over at least 30 questions' worth of coverage, `prize_share` what somebody takes
/// of a tournament of all these questions (`max(peer, 0)²` over the sum of that), `relative` (with a community) a
/// sum; in each a question counts by its tag `question_weight=`, scores and coverage alike; `spot_baseline` and `spot_peer` are sums over those questions of which the tag `shown_at=` says when the community's prediction was shown, of the forecasts that stood then,
/// or at the close if that was before. Numbers are scored where the tags `buckets=` and `bounds=` say how the platform cuts their range, and a forecast has the cdf at the end of each
/// bucket; what came true beyond an open bound by the chance beyond it, once [`place_beyond_bounds`] has put it there. Probabilities beyond 0.001 and 0.999 are brought within, and counted. Aggregates ([`PlatformSettings::communities`]) are held against the persons and are none of them: they are left out of the mean of
/// the others and take no prize. Good Judgment: `daily_brier` (0 to 2) and `accuracy` are means over questions; aggregates are left out of the crowd. ForecastBench: of yes/no questions with one forecast each ([`Taken`]),
/// `difficulty_adjusted` with the difficulties of a two-way model, so that the mean difficulty is kept; `brier_index` of that; `peer`.
#[must_use]
pub fn platform_report(
    records: &Records,
    standings: &Standings,
    platform: Platform,
    settings: PlatformSettings<'_>,
) -> PlatformReport {
    let tagged = records.questions.values().flat_map(Question::aggregates);
    let crowd = Crowd {
        community: settings.communities.first().copied(),
        aggregates: settings.communities.iter().copied().chain(tagged).collect(),
    };
    let mut by_question: IndexMap<&str, Vec<&Standing>> = IndexMap::new();
    for standing in &standings.standings {
        by_question.entry(&standing.question).or_default().push(standing);
    }
    let mut sums = Sums::default();
    let rows = match platform {
        Platform::Metaculus => {
            let named = named_options(records);
            for (id, all) in &by_question {
                of_metaculus(records, &named, id, all, &crowd, &mut sums);
            }
            rows_of_metaculus(&sums, &crowd)
        }
        Platform::GoodJudgment => {
            for (id, all) in &by_question {
                of_good_judgment(records, id, all, &crowd, &mut sums);
            }
            let mean = |sum: &Sum| sum.score / sum.questions as f64;
            [("daily_brier", true), ("accuracy", false)]
                .into_iter()
                .flat_map(|(score, _)| rows(&sums, score, score, Better::Lower, mean))
                .collect()
        }
        Platform::Forecastbench => of_forecastbench(&standings.standings, settings.taken, &mut sums),
    };
    let named: BTreeSet<&str> = rows.iter().map(|row| row.forecaster.as_str()).collect();
    let aggregates = named.into_iter().filter(|name| crowd.aggregates.contains(name)).map(str::to_owned).collect();
    PlatformReport {
        schema: PLATFORM_SCHEMA,
        platform,
        rows,
        aggregates,
        not_defined: sums
            .undefined
            .into_iter()
            .map(|((score, why), pairs)| NotDefined { score, reason: why.to_string(), pairs })
            .collect(),
        excluded: standings.excluded.clone(),
    }
}

/// Who is no person.
struct Crowd<'a> {
    /// Against whom relative scores are.
    community: Option<&'a str>,
    /// Everybody who is made of the forecasts of others.
    aggregates: BTreeSet<&'a str>,
}

impl Crowd<'_> {
    fn is_person(&self, forecaster: &str) -> bool {
        !self.aggregates.contains(forecaster)
    }
}

/// The rows of a score, best first.
fn rows(
    sums: &Sums,
    of: &'static str,
    score: &'static str,
    better: Better,
    value: impl Fn(&Sum) -> f64,
) -> Vec<PlatformRow> {
    let own = sums.of.iter().filter(|((name, _), _)| *name == of);
    let mut rows: Vec<PlatformRow> = own
        .map(|((_, forecaster), sum)| PlatformRow {
            score,
            better,
            forecaster: (*forecaster).to_owned(),
            value: value(sum),
            questions: sum.questions,
            coverage: Some(sum.coverage),
            limited: sum.limited,
        })
        .collect();
    sort(&mut rows, better);
    rows
}

/// From the best to the worst.
pub(super) fn sort(rows: &mut [PlatformRow], better: Better) {
    rows.sort_by(|a, b| {
        let order = a.value.total_cmp(&b.value);
        if better == Better::Higher { order.reverse() } else { order }.then_with(|| a.forecaster.cmp(&b.forecaster))
    });
}

fn rows_of_metaculus(sums: &Sums, crowd: &Crowd<'_>) -> Vec<PlatformRow> {
    let total = |sum: &Sum| sum.score;
    let global = |sum: &Sum| sum.score / sum.coverage.max(GLOBAL_COVERAGE);
    let mut all = rows(sums, "baseline", "baseline", Better::Higher, total);
    all.extend(rows(sums, "peer", "peer", Better::Higher, total));
    all.extend(rows(sums, "peer", "peer_global", Better::Higher, global));
    all.extend(prize_shares(rows(sums, "peer", "peer", Better::Higher, total), crowd));
    for score in [SPOT_BASELINE, SPOT_PEER, "relative"] {
        all.extend(rows(sums, score, score, Better::Higher, total));
    }
    all
}

/// What each person takes of the prizes of a tournament of these questions for their peer scores.
fn prize_shares(mut peers: Vec<PlatformRow>, crowd: &Crowd<'_>) -> Vec<PlatformRow> {
    peers.retain(|row| crowd.is_person(&row.forecaster));
    let scores: Vec<f64> = peers.iter().map(|row| row.value).collect();
    let Some(prizes) = metaculus::tournament_prizes(&scores, 0.0) else { return Vec::new() };
    for (row, share) in peers.iter_mut().zip(prizes.share) {
        (row.score, row.value) = ("prize_share", share);
    }
    peers
}

/// The probabilities of all classes within what the platform takes, the class that came, and whether they had to be limited.
fn limited(case: &Case) -> Option<(Vec<f64>, usize, bool)> {
    let (said, outcome) = classes(case)?;
    let (within, is_beyond) = brought_within(&said);
    Some((within, outcome, is_beyond))
}

/// Probabilities within what the platform takes, and whether they had to be limited; NaN, for what did not exist, stays.
fn brought_within(said: &[f64]) -> (Vec<f64>, bool) {
    let (least, most) = (metaculus::LEAST_PROBABILITY, 1.0 - metaculus::LEAST_PROBABILITY);
    let is_beyond = said.iter().any(|p| !p.is_nan() && !(least..=most).contains(p));
    let mut within: Vec<f64> = said.iter().map(|p| p.clamp(least, most)).collect();
    let sum: f64 = within.iter().filter(|p| !p.is_nan()).sum();
    within.iter_mut().for_each(|p| *p /= sum);
    (within, is_beyond)
}

/// What was said by forecaster and question, in the order of time, where options came and went.
type Named<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a ForecastRecord>>;

fn named_options(records: &Records) -> Named<'_> {
    let mut named = Named::new();
    for record in &records.forecasts {
        if records.questions.get(&record.question).is_some_and(|question| question.other().is_some()) {
            named.entry((&record.forecaster, &record.question)).or_default().push(record);
        }
    }
    // Stable: of two forecasts of one moment the one recorded later stands.
    named.values_mut().for_each(|of| of.sort_by(|a, b| a.made_at.epoch_days().total_cmp(&b.made_at.epoch_days())));
    named
}

/// As [`limited`], of a forecast on a question whose options came and went: NaN for an option that it does not name, and last the one at which that
/// is read.
fn limited_then(question: &Question, named: &[&ForecastRecord], segment: &Segment) -> Option<(Vec<f64>, usize, bool)> {
    let (other, (_, outcome)) = (question.other()?, classes(&segment.case)?);
    let stood = named.iter().rfind(|record| record.made_at.epoch_days() <= segment.from)?;
    let Forecast::Categorical { options, probabilities } = &stood.forecast else { return None };
    let came = question.options.get(outcome)?;
    let last = question.options.iter().filter(|option| *option == other);
    let order: Vec<&String> = question.options.iter().filter(|option| *option != other).chain(last).collect();
    let of = |option: &&String| {
        options
            .iter()
            .position(|named| named == *option)
            .and_then(|at| probabilities.get(at))
            .copied()
            .unwrap_or(f64::NAN)
    };
    let said: Vec<f64> = order.iter().map(of).collect();
    let (within, is_beyond) = brought_within(&said);
    Some((within, order.iter().position(|option| *option == came)?, is_beyond))
}

/// Probabilities of all classes, no before yes, and the class that came.
fn classes(case: &Case) -> Option<(Vec<f64>, usize)> {
    match case {
        Case::Binary { probability, happened } => Some((vec![1.0 - probability, *probability], usize::from(*happened))),
        Case::Classes { probabilities, outcome, .. } => Some((probabilities.clone(), *outcome)),
        Case::Quantiles { .. } | Case::Distribution { .. } | Case::Days { .. } => None,
    }
}

/// A forecast in the buckets of a platform, the bucket that came, and whether it had to be limited: if it says the cdf at the end of each of them.
fn in_buckets(case: &Case, of: Buckets) -> Option<(Vec<f64>, usize, bool)> {
    let (points, outcome): (Vec<(f64, f64)>, f64) = match case {
        Case::Quantiles { levels, values, outcome } => {
            (values.iter().copied().zip(levels.iter().copied()).collect(), *outcome)
        }
        Case::Distribution { distribution, outcome } => (distribution.points()?.to_vec(), *outcome),
        _ => return None,
    };
    let is_inside = |value: &f64| of.low < *value && *value < of.high;
    // Levels of 0 and 1 are no quantiles: at a closed bound the cdf is not among them.
    let at =
        |bound: f64, else_at: f64| points.iter().find(|(end, _)| *end == bound).map_or(else_at, |(_, level)| *level);
    let inside: Vec<(f64, f64)> = points.iter().copied().filter(|(end, _)| is_inside(end)).collect();
    if inside.len() + 1 != of.inner || points.len() > of.inner + 1 {
        return None;
    }
    let ends = [at(of.low, 0.0)].into_iter().chain(inside.iter().map(|(_, level)| *level)).chain([at(of.high, 1.0)]);
    let pmf = metaculus::buckets_of_cdf(&ends.collect::<Vec<f64>>())?;
    let bucket = if outcome < of.low {
        0
    } else if outcome > of.high {
        of.inner + 1
    } else {
        1 + inside.iter().filter(|(end, _)| *end < outcome).count()
    };
    Some((pmf, bucket, false))
}

/// The forecasts on one question as the platform sees them.
#[derive(Default)]
struct Seen {
    forecasts: Vec<metaculus::Standing>,
    /// Whose each of them is.
    owners: Vec<usize>,
    /// Whether that is a person.
    are_persons: Vec<bool>,
    /// What came.
    came: usize,
    /// How many of each forecaster had to be limited; `None` if the platform cannot score one of them.
    limited: Vec<Option<usize>>,
}

impl Seen {
    fn of(question: &Question, named: &Named<'_>, all: &[&Standing], crowd: &Crowd<'_>) -> Self {
        let mut seen = Self::default();
        for (owner, standing) in all.iter().enumerate() {
            let said = named.get(&(standing.forecaster.as_str(), question.id.as_str())).map_or(&[][..], Vec::as_slice);
            let as_seen = |segment: &Segment| match question.buckets() {
                Some(buckets) => in_buckets(&segment.case, buckets),
                None => limited_then(question, said, segment).or_else(|| limited(&segment.case)),
            };
            let own: Option<Vec<_>> = standing.segments.iter().map(as_seen).collect();
            seen.limited.push(own.as_ref().map(|own| own.iter().filter(|(_, _, is_beyond)| *is_beyond).count()));
            for (segment, (pmf, outcome, _)) in standing.segments.iter().zip(own.unwrap_or_default()) {
                seen.forecasts.push(metaculus::Standing { start: segment.from, end: Some(segment.to), pmf });
                seen.owners.push(owner);
                seen.are_persons.push(crowd.is_person(&standing.forecaster));
                seen.came = outcome;
            }
        }
        seen
    }

    /// What each forecaster earned in all.
    fn total(&self, owner: usize, earned: &[metaculus::Earned]) -> metaculus::Earned {
        let own = earned.iter().zip(&self.owners).filter(|(_, of)| **of == owner);
        metaculus::Earned::total(&own.map(|(earned, _)| *earned).collect::<Vec<_>>())
    }
}

fn of_metaculus<'a>(
    records: &Records,
    named: &Named<'_>,
    id: &str,
    all: &[&'a Standing],
    crowd: &Crowd<'_>,
    sums: &mut Sums<'a>,
) {
    // Where no question says when the community's forecast was shown, nobody asks for spot scores.
    let is_spotted = records.questions.values().any(|question| question.shown().is_some());
    let mut scores = vec!["baseline", "peer"];
    scores.extend(if is_spotted { &[SPOT_BASELINE, SPOT_PEER][..] } else { &[] });
    scores.extend(crowd.community.map(|_| "relative"));
    let question = records.questions.get(id);
    let times = question.and_then(|question| Some((question, question.opened()?, question.scheduled_close()?)));
    let Some((question, open, scheduled_close)) = times else {
        return scores.iter().for_each(|score| sums.without_all(score, Undefined::NoWindow, all.len()));
    };
    let ended = all.iter().map(|of| of.ended).fold(f64::NEG_INFINITY, f64::max);
    let actual_close = ended.min(scheduled_close).min(question.closed_early().unwrap_or(f64::INFINITY));
    let window = metaculus::Window { open, actual_close, scheduled_close };
    let seen = Seen::of(question, named, all, crowd);
    let Seen { forecasts, are_persons, came, .. } = &seen;
    let form = question.buckets().map_or(metaculus::QuestionForm::Options, |of| metaculus::QuestionForm::Continuous {
        open_bounds: of.open_bounds,
    });
    let weight = question.platform_weight();
    // A forecast stands up to its end and no longer.
    let spot = question.shown().map(|shown| shown.min(actual_close.next_down()));
    let why_not = if open < scheduled_close { Undefined::NoChance } else { Undefined::NoWindow };
    for score in scores {
        let is_spot = [SPOT_BASELINE, SPOT_PEER].contains(&score);
        let earned = match (score, spot) {
            ("baseline", _) => metaculus::baseline_scores(forecasts, *came, window, form).ok_or(why_not),
            ("peer", _) => metaculus::peer_scores_among(forecasts, are_persons, *came, window, form).ok_or(why_not),
            (SPOT_BASELINE, Some(at)) => metaculus::spot_baseline_scores(forecasts, *came, at, form).ok_or(why_not),
            (SPOT_PEER, Some(at)) => {
                metaculus::spot_peer_scores_among(forecasts, are_persons, *came, at, form).ok_or(why_not)
            }
            (SPOT_BASELINE | SPOT_PEER, None) => Err(Undefined::NotShown),
            _ => {
                let theirs = |(forecast, owner): (&metaculus::Standing, &usize)| {
                    (Some(all[*owner].forecaster.as_str()) == crowd.community).then(|| forecast.clone())
                };
                let theirs: Vec<_> = forecasts.iter().zip(&seen.owners).filter_map(theirs).collect();
                let theirs = with_each_change(&theirs, forecasts);
                let relative = || metaculus::relative_scores(forecasts, &theirs, *came, window).ok_or(why_not);
                if theirs.is_empty() { Err(Undefined::NoCommunity) } else { relative() }
            }
        };
        for (owner, standing) in all.iter().enumerate() {
            match (&earned, seen.limited[owner]) {
                (_, None) => sums.without(score, Undefined::Quantiles),
                (Err(why), _) => sums.without(score, *why),
                (Ok(earned), Some(limited)) => {
                    let total = seen.total(owner, earned);
                    // Who did not stand then has no spot score.
                    if total.coverage > 0.0 || !is_spot {
                        let (value, coverage) = (weight * total.score, weight * total.coverage);
                        sums.add(score, &standing.forecaster, value, coverage, limited);
                    }
                }
            }
        }
    }
}

/// A community's forecasts, told anew at each change of anybody's: the platform makes its community's forecast anew then, and its relative score counts a
/// forecast from the community's next one on.
fn with_each_change(community: &[metaculus::Standing], all: &[metaculus::Standing]) -> Vec<metaculus::Standing> {
    let mut told = Vec::new();
    for standing in community {
        let within = |at: &f64| standing.start < *at && standing.end.is_none_or(|end| *at < end);
        let mut starts: Vec<f64> =
            all.iter().flat_map(|of| [Some(of.start), of.end]).flatten().filter(within).collect();
        starts.push(standing.start);
        starts.sort_by(f64::total_cmp);
        starts.dedup();
        told.extend(starts.into_iter().map(|start| metaculus::Standing { start, ..standing.clone() }));
    }
    told
}

fn of_good_judgment<'a>(records: &Records, id: &str, all: &[&'a Standing], crowd: &Crowd<'_>, sums: &mut Sums<'a>) {
    let mut without =
        |why: Undefined| ["accuracy", "daily_brier"].iter().for_each(|score| sums.without_all(score, why, all.len()));
    let Some(opens) = records.questions.get(id).and_then(|question| question.opens) else {
        return without(Undefined::NoOpening);
    };
    let begins = Moment::Day(opens).epoch_days();
    let ends = all.iter().map(|of| of.ended).fold(f64::NEG_INFINITY, f64::max);
    let days = (ends - begins).floor();
    if days < 1.0 {
        return without(Undefined::NoFullDay);
    }
    let score = |case: &Case| {
        let (probabilities, outcome) = classes(case)?;
        match case {
            Case::Classes { ordered: true, .. } => ordinal_brier(&probabilities, outcome),
            _ => brier_all(&probabilities, outcome),
        }
    };
    let mut daily = Vec::with_capacity(all.len());
    for standing in all {
        let said: Option<Vec<(i64, f64)>> = standing
            .segments
            .iter()
            .map(|segment| Some(((segment.from - begins).floor() as i64, score(&segment.case)?)))
            .collect();
        let Some(said) = said else { return without(Undefined::Kind) };
        let mut own = good_judgment::daily_scores(&said, days as usize);
        // What was withdrawn stands at the end of no day.
        for (day, score) in own.iter_mut().enumerate() {
            let end = begins + (day + 1) as f64;
            if !standing.segments.iter().any(|segment| segment.from < end && end <= segment.to) {
                *score = None;
            }
        }
        daily.push(own);
    }
    // Where nobody is a person all are the crowd.
    let is_of_crowd = |standing: &Standing| crowd.is_person(&standing.forecaster);
    let has_persons = all.iter().any(|standing| is_of_crowd(standing));
    let of_crowd: Vec<good_judgment::DailyScores> = all
        .iter()
        .zip(&daily)
        .filter(|(standing, _)| is_of_crowd(standing) || !has_persons)
        .map(|(_, own)| own.clone())
        .collect();
    let medians = good_judgment::crowd_median(&of_crowd);
    for (standing, own) in all.iter().zip(&daily) {
        let (mean, share) = (good_judgment::average_daily(own), good_judgment::participation(own));
        let accuracy = good_judgment::accuracy(own, &medians, good_judgment::CrowdWindow::WholeQuestion);
        match (mean, accuracy) {
            (Some(mean), Some(accuracy)) => {
                sums.add("daily_brier", &standing.forecaster, mean, share, 0);
                sums.add("accuracy", &standing.forecaster, accuracy, share, 0);
            }
            _ => ["accuracy", "daily_brier"].iter().for_each(|score| sums.without(score, Undefined::NoFullDay)),
        }
    }
}
