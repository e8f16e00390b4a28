//! Platform scores of forecasts in records, where the records hold what the platform's score is made of.

use super::{forecastbench, good_judgment, metaculus};
use crate::forecast::{Forecast, ForecastRecord, Moment, Question, Records};
use crate::score::{Case, Excluded, Standing, Standings, brier, brier_all, ordinal_brier};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The version of the JSON form of [`PlatformReport`].
pub const PLATFORM_SCHEMA: &str = "foretell.platform/1";

/// Questions' worth of coverage by which a global peer score is divided at least.
const GLOBAL_COVERAGE: f64 = 30.0;

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Metaculus: baseline and peer scores; relative to a community if one is named
    Metaculus,
    /// Good Judgment Open: daily Brier scores, accuracy against the crowd's median
    GoodJudgment,
    /// ForecastBench: difficulty-adjusted Brier score, Brier index, peer score
    Forecastbench,
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
    /// The sum over questions of the share of the time for which a forecast stood, where the score knows of it.
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
    /// Numbers and dates are scored by their cdf in buckets between bounds, which quantiles do not give.
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
}

impl fmt::Display for Undefined {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kind => "the platform does not score forecasts of this kind",
            Self::Quantiles => "the platform scores cdfs in buckets between bounds, which quantiles do not give",
            Self::NoWindow => "the question's opening or its scheduled close is not known",
            Self::NoOpening => "the question's opening is not known",
            Self::NoFullDay => "the question did not live for a full day",
            Self::Changed => "the forecast changed, and the platform scores one",
            Self::NoCommunity => "the community has no forecast of the question",
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
struct Sums<'a> {
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

    fn without(&mut self, score: &'static str, why: Undefined) {
        *self.undefined.entry((score, why)).or_default() += 1;
    }

    fn without_all(&mut self, score: &'static str, why: Undefined, pairs: usize) {
        for _ in 0..pairs {
            self.without(score, why);
        }
    }
}

/// The scores that a platform would have given. `community` names the forecaster who stands for its community prediction.
///
/// Metaculus: `baseline` and `peer` are sums over questions, `peer_global` is the sum over at least 30 questions' worth of coverage, `relative` (with a community) a
/// sum. Probabilities beyond 0.001 and 0.999 are brought within, and counted. Its spot scores are of the time at which the community prediction is shown, which records
/// do not hold. Good Judgment: `daily_brier` (0 to 2) and `accuracy` are means over questions. ForecastBench: of yes/no questions with one forecast each,
/// `difficulty_adjusted` with the difficulties of a two-way model, so that the mean difficulty is kept; `brier_index` of that; `peer`.
#[must_use]
pub fn platform_report(
    records: &Records,
    standings: &Standings,
    platform: Platform,
    community: Option<&str>,
) -> PlatformReport {
    let mut by_question: IndexMap<&str, Vec<&Standing>> = IndexMap::new();
    for standing in &standings.standings {
        by_question.entry(&standing.question).or_default().push(standing);
    }
    let mut sums = Sums::default();
    let rows = match platform {
        Platform::Metaculus => {
            let named = named_options(records);
            for (id, all) in &by_question {
                of_metaculus(records, &named, id, all, community, &mut sums);
            }
            rows_of_metaculus(&sums)
        }
        Platform::GoodJudgment => {
            for (id, all) in &by_question {
                of_good_judgment(records, id, all, &mut sums);
            }
            let mean = |sum: &Sum| sum.score / sum.questions as f64;
            [("daily_brier", true), ("accuracy", false)]
                .into_iter()
                .flat_map(|(score, _)| rows(&sums, score, score, Better::Lower, mean))
                .collect()
        }
        Platform::Forecastbench => of_forecastbench(&standings.standings, &mut sums),
    };
    PlatformReport {
        schema: PLATFORM_SCHEMA,
        platform,
        rows,
        not_defined: sums
            .undefined
            .into_iter()
            .map(|((score, why), pairs)| NotDefined { score, reason: why.to_string(), pairs })
            .collect(),
        excluded: standings.excluded.clone(),
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

fn sort(rows: &mut [PlatformRow], better: Better) {
    rows.sort_by(|a, b| {
        let order = a.value.total_cmp(&b.value);
        if better == Better::Higher { order.reverse() } else { order }.then_with(|| a.forecaster.cmp(&b.forecaster))
    });
}

fn rows_of_metaculus(sums: &Sums) -> Vec<PlatformRow> {
    let total = |sum: &Sum| sum.score;
    let global = |sum: &Sum| sum.score / sum.coverage.max(GLOBAL_COVERAGE);
    let mut all = rows(sums, "baseline", "baseline", Better::Higher, total);
    all.extend(rows(sums, "peer", "peer", Better::Higher, total));
    all.extend(rows(sums, "peer", "peer_global", Better::Higher, global));
    all.extend(rows(sums, "relative", "relative", Better::Higher, total));
    all
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
fn limited_then(
    question: &Question,
    named: &[&ForecastRecord],
    segment: &crate::score::Segment,
) -> Option<(Vec<f64>, usize, bool)> {
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
        Case::Quantiles { .. } | Case::Days { .. } => None,
    }
}

fn of_metaculus<'a>(
    records: &Records,
    named: &Named<'_>,
    id: &str,
    all: &[&'a Standing],
    community: Option<&str>,
    sums: &mut Sums<'a>,
) {
    let scores: &[&'static str] =
        if community.is_some() { &["baseline", "peer", "relative"] } else { &["baseline", "peer"] };
    let mut without = |why: Undefined| scores.iter().for_each(|score| sums.without_all(score, why, all.len()));
    let question = records.questions.get(id);
    let times = question.and_then(|question| Some((question, question.opened()?, question.scheduled_close()?)));
    let Some((question, open, scheduled_close)) = times else { return without(Undefined::NoWindow) };
    let ended = all.iter().filter_map(|of| of.segments.last()).map(|last| last.to).fold(f64::NEG_INFINITY, f64::max);
    let actual_close = ended.min(scheduled_close).min(question.closed_early().unwrap_or(f64::INFINITY));
    let window = metaculus::Window { open, actual_close, scheduled_close };
    let (mut forecasts, mut owners, mut beyond) = (Vec::new(), Vec::new(), vec![0; all.len()]);
    let mut came = 0;
    for (owner, standing) in all.iter().enumerate() {
        for segment in &standing.segments {
            let said = named.get(&(standing.forecaster.as_str(), id)).map_or(&[][..], Vec::as_slice);
            let within = limited_then(question, said, segment).or_else(|| limited(&segment.case));
            let Some((pmf, outcome, is_beyond)) = within else { return without(Undefined::Quantiles) };
            forecasts.push(metaculus::Standing { start: segment.from, end: Some(segment.to), pmf });
            owners.push(owner);
            came = outcome;
            beyond[owner] += usize::from(is_beyond);
        }
    }
    let form = metaculus::QuestionForm::Options;
    let mut add = |score: &'static str, earned: Option<Vec<metaculus::Earned>>| {
        let Some(earned) = earned else { return sums.without_all(score, Undefined::NoWindow, all.len()) };
        for (owner, standing) in all.iter().enumerate() {
            let own: Vec<metaculus::Earned> =
                earned.iter().zip(&owners).filter(|(_, of)| **of == owner).map(|(earned, _)| *earned).collect();
            let total = metaculus::Earned::total(&own);
            sums.add(score, &standing.forecaster, total.score, total.coverage, beyond[owner]);
        }
    };
    add("baseline", metaculus::baseline_scores(&forecasts, came, window, form));
    add("peer", metaculus::peer_scores(&forecasts, came, window, form));
    let Some(community) = community else { return };
    let of_community: Vec<metaculus::Standing> = forecasts
        .iter()
        .zip(&owners)
        .filter(|(_, owner)| all[**owner].forecaster == community)
        .map(|(forecast, _)| forecast.clone())
        .collect();
    if of_community.is_empty() {
        return sums.without_all("relative", Undefined::NoCommunity, all.len());
    }
    add("relative", metaculus::relative_scores(&forecasts, &of_community, came, window));
}

fn of_good_judgment<'a>(records: &Records, id: &str, all: &[&'a Standing], sums: &mut Sums<'a>) {
    let mut without =
        |why: Undefined| ["accuracy", "daily_brier"].iter().for_each(|score| sums.without_all(score, why, all.len()));
    let Some(opens) = records.questions.get(id).and_then(|question| question.opens) else {
        return without(Undefined::NoOpening);
    };
    let begins = Moment::Day(opens).epoch_days();
    let ends = all.iter().filter_map(|of| of.segments.last()).map(|last| last.to).fold(f64::NEG_INFINITY, f64::max);
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
        daily.push(good_judgment::daily_scores(&said, days as usize));
    }
    let crowd = good_judgment::crowd_median(&daily);
    for (standing, own) in all.iter().zip(&daily) {
        let (mean, share) = (good_judgment::average_daily(own), good_judgment::participation(own));
        let accuracy = good_judgment::accuracy(own, &crowd, good_judgment::CrowdWindow::WholeQuestion);
        match (mean, accuracy) {
            (Some(mean), Some(accuracy)) => {
                sums.add("daily_brier", &standing.forecaster, mean, share, 0);
                sums.add("accuracy", &standing.forecaster, accuracy, share, 0);
            }
            _ => ["accuracy", "daily_brier"].iter().for_each(|score| sums.without(score, Undefined::NoFullDay)),
        }
    }
}

fn of_forecastbench<'a>(standings: &'a [Standing], sums: &mut Sums<'a>) -> Vec<PlatformRow> {
    let mut entries = Vec::new();
    for standing in standings {
        match standing.segments.as_slice() {
            [only] if standing.forecasts == 1 => match only.case {
                Case::Binary { probability, happened } => entries.push(forecastbench::Entry {
                    forecaster: &standing.forecaster,
                    question: &standing.question,
                    brier: brier(probability, happened),
                }),
                _ => sums.without("difficulty_adjusted", Undefined::Kind),
            },
            _ => sums.without("difficulty_adjusted", Undefined::Changed),
        }
    }
    let difficulties = forecastbench::question_difficulties(&entries);
    let adjusted = forecastbench::difficulty_adjusted(&entries, &difficulties, None);
    let peers = forecastbench::peer_scores(&entries);
    let answered = |name: &str| {
        let own: BTreeSet<&str> =
            entries.iter().filter(|entry| entry.forecaster == name).map(|entry| entry.question).collect();
        own.len()
    };
    let row = |score: &'static str, better: Better, name: &str, value: f64| PlatformRow {
        score,
        better,
        forecaster: name.to_owned(),
        value,
        questions: answered(name),
        coverage: None,
        limited: 0,
    };
    let mut all = Vec::new();
    let mut own: Vec<PlatformRow> =
        adjusted.iter().map(|(name, value)| row("difficulty_adjusted", Better::Lower, name, *value)).collect();
    sort(&mut own, Better::Lower);
    all.append(&mut own);
    own = adjusted
        .iter()
        .filter_map(|(name, value)| Some(row("brier_index", Better::Higher, name, forecastbench::brier_index(*value)?)))
        .collect();
    sort(&mut own, Better::Higher);
    all.append(&mut own);
    own = peers.iter().map(|(name, value)| row("peer", Better::Higher, name, *value)).collect();
    sort(&mut own, Better::Higher);
    all.append(&mut own);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Forecast, ForecastRecord, Outcome, Question, QuestionKind, Resolution};
    use crate::score::standings;
    use jiff::civil::date;

    /// One question open from 1 to 10 January that came true, resolved at the start of the 6th; and one without an opening.
    fn records(said: &[(&str, i8, f64)]) -> Records {
        let mut records = Records::default();
        for (id, opens) in [("q", Some(date(2025, 1, 1))), ("r", None)] {
            let question = Question {
                id: id.to_owned(),
                ask: String::new(),
                kind: QuestionKind::Binary,
                options: Vec::new(),
                opens,
                closes: Some(date(2025, 1, 10)),
                resolves: None,
                cluster: None,
                tags: Vec::new(),
            };
            records.questions.insert(id.to_owned(), question);
            records.outcomes.insert(
                id.to_owned(),
                Outcome {
                    question: id.to_owned(),
                    resolution: Resolution::Yes,
                    resolved_on: Moment::Day(date(2025, 1, 6)),
                    source: None,
                },
            );
            for (who, day, probability) in said.iter().filter(|_| id == "q").chain(&said[..usize::from(id == "r")]) {
                records.forecasts.push(ForecastRecord {
                    question: id.to_owned(),
                    forecaster: (*who).to_owned(),
                    made_at: Moment::Day(date(2025, 1, *day)),
                    forecast: Forecast::Binary { probability: *probability },
                    provenance: None,
                    curve: None,
                });
            }
        }
        records
    }

    fn report(records: &Records, platform: Platform, community: Option<&str>) -> PlatformReport {
        platform_report(records, &standings(records, |_| true), platform, community)
    }

    fn value(report: &PlatformReport, score: &str, who: &str) -> f64 {
        let found = report.rows.iter().find(|row| row.score == score && row.forecaster == who);
        found.unwrap_or_else(|| panic!("{score} of {who}")).value
    }

    #[test]
    fn metaculus_shares_are_of_the_scheduled_time_and_peers_sum_to_nothing() {
        let records = records(&[("ann", 1, 0.999), ("bob", 1, 0.5), ("bob", 3, 1.0)]);
        let found = report(&records, Platform::Metaculus, Some("bob"));
        // Half of the ten days: 49.93 by the platform's own example.
        assert!((value(&found, "baseline", "ann") - 49.93).abs() < 0.01);
        assert!((value(&found, "peer", "ann") + value(&found, "peer", "bob")).abs() < 1e-12);
        // Two days of ten against 0.5, then the same as ann.
        assert!((value(&found, "peer", "ann") - 0.2 * 100.0 * (0.999_f64 / 0.5).ln()).abs() < 1e-9);
        assert!((value(&found, "peer_global", "ann") - value(&found, "peer", "ann") / 30.0).abs() < 1e-12);
        // Of the five days to the actual close, two.
        assert!((value(&found, "relative", "ann") - 0.4 * (0.999_f64 / 0.5).log2()).abs() < 1e-9);
        let bob = found.rows.iter().find(|row| row.forecaster == "bob").expect("bob");
        assert_eq!(bob.limited, 1);
        let reasons: Vec<(&str, usize)> = found.not_defined.iter().map(|of| (of.score, of.pairs)).collect();
        assert_eq!(reasons, [("baseline", 1), ("peer", 1), ("relative", 1)]);
        assert!(found.not_defined[0].reason.contains("opening or its scheduled close"));
    }

    #[test]
    fn metaculus_takes_times_of_day_and_an_early_close_from_tags() {
        let mut records = records(&[("ann", 1, 0.9), ("bob", 1, 0.5)]);
        let worth = 100.0 * (1.0 + 0.9_f64.ln() / 2.0_f64.ln());
        let question = records.questions.get_mut("q").expect("it is there");
        question.tags =
            ["opens_at=12:00", "closes_at=12:00", "closed_at=2025-01-04T00:00:00Z"].map(str::to_owned).to_vec();
        let found = report(&records, Platform::Metaculus, None);
        // From noon of the 1st to the start of the 4th, of nine days.
        assert!((value(&found, "baseline", "ann") - worth * 2.5 / 9.0).abs() < 1e-9);
    }

    #[test]
    fn good_judgment_scores_full_days_and_holds_them_against_the_median() {
        let records = records(&[("ann", 1, 0.8), ("bob", 1, 0.5), ("bob", 3, 0.9)]);
        let found = report(&records, Platform::GoodJudgment, None);
        let (ann, first, then) = (2.0 * 0.04, 2.0 * 0.25, 2.0 * 0.01);
        assert!((value(&found, "daily_brier", "ann") - ann).abs() < 1e-12);
        let bob = (2.0 * first + 3.0 * then) / 5.0;
        assert!((value(&found, "daily_brier", "bob") - bob).abs() < 1e-12);
        // The median of two is their mean.
        assert!((value(&found, "accuracy", "bob") - (bob - ann) / 2.0).abs() < 1e-12);
        assert!(found.not_defined.iter().all(|of| of.reason.contains("opening")));
    }

    #[test]
    fn forecastbench_takes_one_forecast_a_question() {
        let records = records(&[("ann", 1, 0.8), ("bob", 1, 0.5), ("bob", 3, 0.9), ("cy", 2, 0.6)]);
        let found = report(&records, Platform::Forecastbench, None);
        assert!(found.rows.iter().all(|row| row.forecaster != "bob"));
        // The field is 0.06 worse than ann on the first question, and ann alone on the second.
        // ann: 0.04 on both, cy: 0.16 on the first alone; the two-way fit leaves 0.12 between them.
        let apart = value(&found, "difficulty_adjusted", "cy") - value(&found, "difficulty_adjusted", "ann");
        assert!((apart - 0.12).abs() < 1e-9, "{apart}");
        assert!((value(&found, "peer", "ann") - 0.03).abs() < 1e-12);
        assert_eq!(found.not_defined[0].reason, Undefined::Changed.to_string());
    }
}
