//! From records to what can be scored: each forecaster's standing forecasts on each question that resolved.
//!
//! What cannot be scored is counted with the reason, never dropped in silence.

use super::life::Life;
use super::rule::{Case, Floor, ScoringRule, Unfit};
use crate::forecast::{
    Forecast, ForecastRecord, Moment, Outcome, Question, QuestionKind, Records, Resolution, groups_nothing,
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A forecast that stood for a while, side by side with what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// From when it stood, in days since 1970-01-01.
    pub from: f64,
    /// Until when.
    pub to: f64,
    /// What a rule scores.
    pub case: Case,
}

impl Segment {
    /// How long it stood.
    #[must_use]
    pub fn days(&self) -> f64 {
        self.to - self.from
    }
}

/// What one forecaster said about one question over its life.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The question's id.
    pub question: String,
    /// The forecaster.
    pub forecaster: String,
    /// What the question shares its fate with: its cluster if it names one, itself otherwise.
    pub cluster: String,
    /// The question's tags, without those that say a time of it or name an aggregate.
    pub tags: Vec<String>,
    /// In time order from the first forecast (or the opening, if later) to the end of the question's life, without gaps but where a forecast was
    /// withdrawn.
    pub segments: Vec<Segment>,
    /// When the question's life ended, in days since 1970-01-01.
    pub ended: f64,
    /// How many forecasts were made in time; of several of one moment the one that stands.
    pub forecasts: usize,
    /// The share of the question's life for which a forecast stood; `None` if the question's opening is not known.
    pub coverage: Option<f64>,
}

/// The score of a standing over a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TimeMean {
    /// The mean score over the time, each forecast weighted by how long it stood.
    pub score: f64,
    /// How long, in days.
    pub days: f64,
    /// Forecasts whose probability was raised to the floor, infinite ones not counted.
    pub raised: usize,
    /// Forecasts that called impossible what happened: infinite without the floor.
    pub infinite: usize,
}

impl Standing {
    /// Whether nothing stood at some time after its first forecast.
    fn has_gaps(&self) -> bool {
        self.segments.windows(2).any(|pair| pair[0].to < pair[1].from)
            || self.segments.last().is_some_and(|last| last.to < self.ended)
    }

    /// What stood while the other stood too.
    fn while_standing(&self, other: &Self) -> Self {
        let spans = self.segments.iter().flat_map(|own| {
            let both = other.segments.iter().map(|other| (own.from.max(other.from), own.to.min(other.to)));
            both.filter(|(from, to)| from < to).map(|(from, to)| Segment { from, to, case: own.case.clone() })
        });
        Self { segments: spans.collect(), ..self.clone() }
    }

    /// Both while both stood; `None` if that is the whole time from the later of their first forecasts on.
    pub(crate) fn while_both(&self, other: &Self) -> Option<(Self, Self)> {
        (self.has_gaps() || other.has_gaps()).then(|| (self.while_standing(other), other.while_standing(self)))
    }

    /// When its first forecast began to stand, in days since 1970-01-01.
    #[must_use]
    pub fn from(&self) -> f64 {
        self.segments.first().map_or(0.0, |segment| segment.from)
    }

    /// The mean score over the time from `from` to the end of the question's life, each forecast weighted by how long it stood.
    ///
    /// ```text
    /// S = 1/(t_end - t_from) ∫ S(forecast standing at t, outcome) dt
    /// ```
    ///
    /// With forecasts dated by days this is the mean over days of the score of the forecast that stood at the day's end. Where
    /// nothing stood after `from`, the mean is 0 over 0 days.
    ///
    /// # Errors
    /// Why one of the forecasts has no score under this rule.
    pub fn score_from(&self, rule: &dyn ScoringRule, from: f64) -> Result<TimeMean, Unfit> {
        let mut mean = TimeMean { score: 0.0, days: 0.0, raised: 0, infinite: 0 };
        for segment in self.segments.iter().filter(|segment| segment.to > from) {
            let score = rule.score(&segment.case)?;
            let days = segment.to - segment.from.max(from);
            mean.days += days;
            // A running mean: exact when every forecast has the same score.
            mean.score += (score.value - mean.score) * (days / mean.days);
            match score.floor {
                Floor::Unused => {}
                Floor::Raised => mean.raised += 1,
                Floor::Infinite => mean.infinite += 1,
            }
        }
        Ok(mean)
    }

    /// [`score_from`](Self::score_from) had a yes/no question ended the other way; `None` for any other question.
    #[must_use]
    pub(crate) fn score_otherwise(&self, rule: &dyn ScoringRule, from: f64) -> Option<f64> {
        let (mut score, mut all) = (0.0, 0.0);
        for segment in self.segments.iter().filter(|segment| segment.to > from) {
            let Case::Binary { probability, happened } = segment.case else { return None };
            let days = segment.to - segment.from.max(from);
            all += days;
            let other = rule.score(&Case::Binary { probability, happened: !happened }).ok()?;
            score += (other.value - score) * (days / all);
        }
        (all > 0.0).then_some(score)
    }

    /// The mean score over the whole time for which a forecast stood.
    ///
    /// # Errors
    /// As [`Standing::score_from`].
    pub fn score(&self, rule: &dyn ScoringRule) -> Result<TimeMean, Unfit> {
        self.score_from(rule, f64::NEG_INFINITY)
    }
}

/// Why forecasts were not scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The question has no outcome yet.
    Unresolved,
    /// The question was annulled.
    Annulled,
    /// Made after the question closed, or when it had resolved.
    Late,
    /// Another forecast of the same moment was recorded after it, and stands in its place.
    Superseded,
    /// The question closed or resolved before it opened.
    NoLife,
    /// It was withdrawn or ran out before it counted.
    Withdrawn,
    /// The records do not define the question.
    UnknownQuestion,
    /// The outcome is not an answer that the question takes.
    OutcomeDoesNotFit,
    /// The forecast is not of the question's kind.
    ForecastDoesNotFit,
    /// A date question without a closing day: there is no last day up to which to score.
    NoLastDay,
    /// The number lies beyond an open bound, nobody knows how far.
    BeyondBound,
    /// Rows are by tag, and the question has none.
    Untagged,
    /// Questions weigh by shares of their scheduled time, and that of the question is not known.
    NoSchedule,
    /// Of a joint forecast by draws fewer than two questions were forecast together, or are left.
    TooFew,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unresolved => "the question has not resolved",
            Self::Annulled => "the question was annulled",
            Self::Late => "made after the question closed or resolved",
            Self::Superseded => "another of the same moment comes after it and stands in its place",
            Self::NoLife => "the question closed or resolved before it opened",
            Self::Withdrawn => "withdrawn before it counted",
            Self::UnknownQuestion => "the question is not defined",
            Self::OutcomeDoesNotFit => "the outcome is not an answer to the question",
            Self::ForecastDoesNotFit => "the forecast does not fit the question",
            Self::NoLastDay => "a date question without a closing day",
            Self::BeyondBound => "the number lies beyond an open bound, which scores of platforms alone can take",
            Self::Untagged => "the question has no tag to stand under",
            Self::NoSchedule => "the question has no opening and scheduled close to weigh it by",
            Self::TooFew => "fewer than two questions with the same draws were forecast together, or are left",
        })
    }
}

/// Forecasts that were not scored, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Excluded {
    /// Why.
    pub reason: Reason,
    /// How many forecasts.
    pub forecasts: usize,
    /// On how many questions.
    pub questions: usize,
}

/// Everything that can be scored, and what cannot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standings {
    /// By forecaster and question, in the order of the first forecast of each pair.
    pub standings: Vec<Standing>,
    /// What was left out, by reason.
    pub excluded: Vec<Excluded>,
}

/// Lays forecasts beside outcomes. `keep` says which forecasters are of interest; the others are not even counted.
#[must_use]
pub fn standings(records: &Records, keep: impl Fn(&str) -> bool) -> Standings {
    let mut by_pair: IndexMap<(&str, &str), Vec<&ForecastRecord>> = IndexMap::new();
    for record in records.forecasts.iter().filter(|record| keep(&record.forecaster)) {
        by_pair.entry((record.forecaster.as_str(), record.question.as_str())).or_default().push(record);
    }
    let mut left_out: BTreeMap<Reason, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let mut standings = Vec::new();
    for ((forecaster, id), made) in by_pair {
        let mut leave_out = |reason: Reason, count: usize| {
            if count > 0 {
                let entry = left_out.entry(reason).or_default();
                entry.0 += count;
                entry.1.insert(id);
            }
        };
        let (question, outcome) = match resolved(records, id) {
            Ok(pair) => pair,
            Err(reason) => {
                leave_out(reason, made.len());
                continue;
            }
        };
        let asked = AskedBy {
            id,
            cluster: question.cluster.as_deref().unwrap_or(id),
            tags: &question.tags,
            life: Life::new(question, outcome),
            forecaster,
        };
        let made = made.into_iter().map(|record| (record.made_at, record.ends(), &record.forecast)).collect();
        standings.extend(asked.standing(made, |said| case(question, said, &outcome.resolution), leave_out));
    }
    let excluded = left_out
        .into_iter()
        .map(|(reason, (forecasts, questions))| Excluded { reason, forecasts, questions: questions.len() })
        .collect();
    Standings { standings, excluded }
}

/// What has no place where rows are by tag: forecasts on questions without any.
pub(crate) fn untagged<'a>(standings: impl IntoIterator<Item = &'a Standing>) -> Option<Excluded> {
    left_out(Reason::Untagged, standings.into_iter().filter(|standing| standing.tags.is_empty()))
}

/// Standings that are left out for one reason, if there are any.
pub(super) fn left_out<'a>(reason: Reason, standings: impl IntoIterator<Item = &'a Standing>) -> Option<Excluded> {
    let (mut forecasts, mut questions) = (0, BTreeSet::new());
    for standing in standings {
        forecasts += standing.forecasts;
        questions.insert(standing.question.as_str());
    }
    (forecasts > 0).then_some(Excluded { reason, forecasts, questions: questions.len() })
}

/// A question that resolved, and one who forecast it.
pub(super) struct AskedBy<'a> {
    pub(super) id: &'a str,
    pub(super) cluster: &'a str,
    pub(super) tags: &'a [String],
    pub(super) life: Life,
    pub(super) forecaster: &'a str,
}

impl AskedBy<'_> {
    /// What the forecaster said over the question's life, of what was said when and until when, in the order recorded; `leave_out` is told what does not
    /// count. `None` if nothing does.
    pub(super) fn standing<T>(
        &self,
        mut made: Vec<(Moment, f64, T)>,
        case: impl Fn(&T) -> Result<Case, Reason>,
        mut leave_out: impl FnMut(Reason, usize),
    ) -> Option<Standing> {
        let life = &self.life;
        let all = made.len();
        made.retain(|(made_at, ..)| life.counts(*made_at));
        leave_out(Reason::Late, all - made.len());
        // Stable: of two forecasts of one moment the one recorded later stands.
        made.sort_by(|a, b| a.0.epoch_days().total_cmp(&b.0.epoch_days()));

        // A forecast that cannot be scored does not replace the one before it.
        let mut fitting = Vec::with_capacity(made.len());
        for (made_at, ends, said) in made {
            match case(&said) {
                Ok(case) => fitting.push((made_at, ends, case)),
                Err(reason) => leave_out(reason, 1),
            }
        }
        let at_once = fitting.windows(2).filter(|pair| pair[0].0.epoch_days() == pair[1].0.epoch_days()).count();
        leave_out(Reason::Superseded, at_once);
        let moments: Vec<Moment> = fitting.iter().map(|(made_at, ..)| *made_at).collect();
        let forecasts = fitting.len() - at_once;
        let mut stood = 0;
        let segments: Vec<Segment> = life
            .standing(&moments)
            .into_iter()
            .zip(fitting)
            .filter_map(|(span, (_, ends, case))| {
                let (from, to) = span?;
                stood += usize::from(from < to);
                (from < to.min(ends)).then(|| Segment { from, to: to.min(ends), case })
            })
            .collect();
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else {
            leave_out(if stood > 0 { Reason::Withdrawn } else { Reason::NoLife }, forecasts);
            return None;
        };
        let gaps: f64 = segments.windows(2).map(|pair| pair[1].from - pair[0].to).sum();
        let without = gaps + (life.ends() - last.to);
        Some(Standing {
            question: self.id.to_owned(),
            forecaster: self.forecaster.to_owned(),
            cluster: self.cluster.to_owned(),
            tags: self.tags.iter().filter(|tag| !groups_nothing(tag)).cloned().collect(),
            coverage: life.begins().map(|begins| (life.ends() - first.from - without) / (life.ends() - begins)),
            segments,
            ended: life.ends(),
            forecasts,
        })
    }
}

/// The question and an outcome that it can be scored by.
fn resolved<'a>(records: &'a Records, id: &str) -> Result<(&'a Question, &'a Outcome), Reason> {
    let question = records.questions.get(id).ok_or(Reason::UnknownQuestion)?;
    let outcome = records.outcomes.get(id).ok_or(Reason::Unresolved)?;
    if outcome.resolution == Resolution::Annulled {
        return Err(Reason::Annulled);
    }
    Ok((question, outcome))
}

/// The forecast in the form in which rules score it.
fn case(question: &Question, forecast: &Forecast, resolution: &Resolution) -> Result<Case, Reason> {
    match (&question.kind, forecast) {
        (QuestionKind::Binary, Forecast::Binary { probability }) => {
            let happened = match resolution {
                Resolution::Yes => true,
                Resolution::No => false,
                _ => return Err(Reason::OutcomeDoesNotFit),
            };
            if !(0.0..=1.0).contains(probability) {
                return Err(Reason::ForecastDoesNotFit);
            }
            Ok(Case::Binary { probability: *probability, happened })
        }
        (QuestionKind::Categorical | QuestionKind::Ordinal, Forecast::Categorical { options, probabilities }) => {
            classes(question, options, probabilities, resolution)
        }
        (QuestionKind::Numeric, Forecast::Distribution { distribution }) => {
            Ok(Case::Distribution { distribution: distribution.clone(), outcome: number(resolution)? })
        }
        (QuestionKind::Numeric, Forecast::Quantiles { levels, values }) => {
            let outcome = number(resolution)?;
            let fits = !levels.is_empty() && levels.len() == values.len() && values.iter().all(|v| v.is_finite());
            if !fits {
                return Err(Reason::ForecastDoesNotFit);
            }
            Ok(Case::Quantiles { levels: levels.clone(), values: values.clone(), outcome })
        }
        (QuestionKind::Date, Forecast::Date { levels, days, never }) => {
            let last = question.closes.ok_or(Reason::NoLastDay)?;
            let held = |day: Option<jiff::civil::Date>| Moment::Day(day.map_or(last, |day| day.min(last))).epoch_days();
            let outcome = match resolution {
                Resolution::Date(day) => held(Some(*day)),
                Resolution::No => held(None),
                _ => return Err(Reason::OutcomeDoesNotFit),
            };
            if levels.is_empty() || levels.len() != days.len() {
                return Err(Reason::ForecastDoesNotFit);
            }
            Ok(Case::Days {
                levels: levels.clone(),
                days: days.iter().map(|day| held(*day)).collect(),
                outcome,
                never: *never,
                came: matches!(resolution, Resolution::Date(day) if *day <= last),
            })
        }
        _ => Err(Reason::ForecastDoesNotFit),
    }
}

/// The number that came.
fn number(resolution: &Resolution) -> Result<f64, Reason> {
    match resolution {
        Resolution::Value(outcome) => Ok(*outcome),
        Resolution::BelowBound | Resolution::AboveBound => Err(Reason::BeyondBound),
        _ => Err(Reason::OutcomeDoesNotFit),
    }
}

/// Probabilities in the order of the question's options; an option that the forecast does not name has probability 0.
fn classes(
    question: &Question,
    options: &[String],
    probabilities: &[f64],
    resolution: &Resolution,
) -> Result<Case, Reason> {
    let Resolution::Option(true_option) = resolution else { return Err(Reason::OutcomeDoesNotFit) };
    let outcome = question.options.iter().position(|option| option == true_option).ok_or(Reason::OutcomeDoesNotFit)?;
    let known = options.len() == probabilities.len() && options.iter().all(|option| question.options.contains(option));
    if !known {
        return Err(Reason::ForecastDoesNotFit);
    }
    let of = |option: &String| options.iter().position(|named| named == option).map_or(0.0, |at| probabilities[at]);
    Ok(Case::Classes {
        probabilities: question.options.iter().map(of).collect(),
        outcome,
        ordered: question.kind == QuestionKind::Ordinal,
    })
}
