//! What a run of a scenario found: the same figures for people, for scripts and for the ledger.

use super::{Column, Format, Output, Sheet};
use crate::error::Error;
use crate::forecast::{Estimate, Forecast, ForecastRecord, Moment, Provenance, Question, QuestionKind};
use crate::model::{self, Kind, Model, QuestionTarget};
use crate::plan::{Plan, Situation};
use crate::simulate::{Answer, DateAnswer, NumberAnswer, Settings, Tally};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// Version of the JSON form.
pub const SCHEMA: &str = "foretell.run/1";

/// A figure for each part of a forecast: one for a yes/no question, several for options or quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Figures<T> {
    /// One.
    One(T),
    /// One for each option or level, in order.
    Many(Vec<T>),
}

/// The result of `foretell run`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunReport {
    /// Name and version of this form.
    pub schema: &'static str,
    /// Title of the scenario.
    pub scenario: String,
    /// SHA-256 of the scenario file.
    pub scenario_hash: String,
    /// Version of the engine.
    pub engine: &'static str,
    /// The day whose knowledge the forecasts use.
    #[schemars(with = "String")]
    pub as_of: Date,
    /// Worlds simulated.
    pub worlds: u64,
    /// Seed.
    pub seed: u64,
    /// How the figures were computed.
    pub method: String,
    /// Conditions of the command line.
    pub given: Vec<String>,
    /// Interventions of the file and the command line.
    pub suppose: Vec<String>,
    /// How many equally weighted worlds the weighted ones are worth; all of them without evidence.
    pub effective_sample_size: f64,
    /// The chance of all the evidence together before it was known, if there is any.
    pub probability_of_evidence: Option<f64>,
    /// Forecasts of the questions.
    pub questions: Vec<QuestionReport>,
    /// Forecasts of the events.
    pub events: Vec<EventReport>,
    /// How likely pairs of yes/no questions are to hold together.
    pub joints: Vec<JointReport>,
    /// What was assumed, and in what share of worlds it is violated.
    pub assumptions: Vec<AssumptionReport>,
    /// Total chances that were stated as `overall`, beside those that the parts give.
    pub overall: Vec<OverallReport>,
}

/// The forecast of one question.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QuestionReport {
    /// Its name.
    pub id: String,
    /// In words.
    pub ask: String,
    /// The last day on which a forecast counts.
    #[schemars(with = "String")]
    pub closes: Date,
    /// The forecast and its errors.
    #[serde(flatten)]
    pub figures: FigureReport,
}

/// The forecast of one event.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EventReport {
    /// Its name.
    pub id: String,
    /// In words, if the file says so.
    pub ask: Option<String>,
    /// Its unit, if it is a number.
    pub unit: Option<String>,
    /// The forecast and its errors.
    #[serde(flatten)]
    pub figures: FigureReport,
}

/// A forecast with its errors.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FigureReport {
    /// The forecast; `null` for a conditional question whose condition held in no world.
    pub forecast: Option<Forecast>,
    /// Monte Carlo standard error of each probability or quantile (of a date: in days; `null` where the quantile is never).
    pub standard_error: Option<Figures<Option<f64>>>,
    /// Where the figure lies if doubtful inputs are drawn from their priors: central 90 %; `null` where no doubt reaches it.
    pub prior_interval: Option<Figures<Option<(f64, f64)>>>,
    /// Mean of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Estimate>,
    /// Standard deviation of a number over the worlds: chance, not error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_deviation: Option<f64>,
    /// The chance that a date does not come by the horizon, with its error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never: Option<Estimate>,
}

/// How likely two questions are to hold together.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JointReport {
    /// The first.
    pub first: String,
    /// The second.
    pub second: String,
    /// The chance that both hold.
    pub probability: f64,
    /// Its Monte Carlo standard error.
    pub standard_error: f64,
}

/// An assumption and how often it fails.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AssumptionReport {
    /// As written.
    pub rule: String,
    /// Share of worlds that violate it.
    pub violated: f64,
}

/// A stated total chance beside the one that the parts give.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OverallReport {
    /// The event.
    pub event: String,
    /// As stated.
    pub stated: f64,
    /// As the parts give it.
    pub computed: f64,
    /// Monte Carlo standard error of that.
    pub standard_error: f64,
}

/// Where a run came from.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The scenario.
    pub model: &'a Model,
    /// SHA-256 of its file.
    pub hash: &'a str,
    /// From where it was looked at.
    pub situation: &'a Situation,
    /// What it compiled to.
    pub plan: &'a Plan,
    /// Worlds and seed.
    pub settings: &'a Settings,
    /// What was counted.
    pub tally: &'a Tally,
}

/// The report of a run.
#[must_use]
pub fn report(run: Run) -> RunReport {
    let Run { model, hash, situation, plan, settings, tally } = run;
    let answers = tally.answers();
    let (of_events, of_questions) = answers.split_at(model.events.len());
    let events = model
        .events
        .iter()
        .zip(of_events)
        .map(|(event, answer)| EventReport {
            id: event.name.clone(),
            ask: event.ask.clone(),
            unit: event.unit.clone(),
            figures: figures(answer, event.options(), model),
        })
        .collect();
    let questions = model
        .questions
        .iter()
        .zip(of_questions)
        .map(|(question, answer)| QuestionReport {
            id: question.name.clone(),
            ask: question.ask.clone(),
            closes: question.closes,
            figures: figures(answer, options(question, model), model),
        })
        .collect();
    let suppose = model.suppose.iter().chain(&situation.suppose).map(|one| one.text.clone()).collect();
    let assumed = model.rules.iter().zip(tally.rules()).filter(|(rule, _)| !rule.must_hold);
    RunReport {
        schema: SCHEMA,
        scenario: model.title.clone(),
        scenario_hash: hash.to_owned(),
        engine: env!("CARGO_PKG_VERSION"),
        as_of: situation.as_of,
        worlds: settings.worlds,
        seed: settings.seed,
        method: method(tally),
        given: situation.given.iter().map(|(text, _)| text.clone()).collect(),
        suppose,
        effective_sample_size: tally.effective_sample_size(),
        probability_of_evidence: tally.evidence().map(|estimate| estimate.value),
        questions,
        events,
        joints: joints(model, plan, tally),
        assumptions: assumed
            .map(|(rule, seen)| AssumptionReport { rule: rule.text.clone(), violated: seen.share })
            .collect(),
        overall: overall(model, of_events),
    }
}

fn method(tally: &Tally) -> String {
    if tally.weighted() { "Monte Carlo, worlds weighted by the evidence".to_owned() } else { "Monte Carlo".to_owned() }
}

fn options<'a>(question: &model::Question, model: &'a Model) -> &'a [String] {
    match &question.target {
        QuestionTarget::Which(event) => model.event(*event).options(),
        _ => &[],
    }
}

/// Every pair of the yes/no questions whose joint probabilities were counted.
fn joints(model: &Model, plan: &Plan, tally: &Tally) -> Vec<JointReport> {
    let offset = model.events.len();
    let matrix = tally.joints();
    let name = |at: usize| model.questions[plan.joints[at] - offset].name.clone();
    let pairs =
        (0..plan.joints.len()).flat_map(|first| (first + 1..plan.joints.len()).map(move |second| (first, second)));
    pairs
        .map(|(first, second)| JointReport {
            first: name(first),
            second: name(second),
            probability: matrix[[first, second]].value,
            standard_error: matrix[[first, second]].standard_error,
        })
        .collect()
}

fn overall(model: &Model, answers: &[Answer]) -> Vec<OverallReport> {
    model
        .events
        .iter()
        .zip(answers)
        .filter_map(|(event, answer)| {
            let stated = match &event.definition {
                model::Definition::Chance(chance) => chance.overall,
                model::Definition::Causes { overall, .. } => *overall,
                _ => None,
            };
            let (Some((stated, _)), Answer::Binary(estimate)) = (stated, answer) else { return None };
            Some(OverallReport {
                event: event.name.clone(),
                stated,
                computed: estimate.value,
                standard_error: estimate.standard_error,
            })
        })
        .collect()
}

/// The figures of one answer.
fn figures(answer: &Answer, options: &[String], model: &Model) -> FigureReport {
    let empty = FigureReport {
        forecast: None,
        standard_error: None,
        prior_interval: None,
        mean: None,
        standard_deviation: None,
        never: None,
    };
    match answer {
        Answer::NoWorlds => empty,
        Answer::Binary(estimate) => FigureReport {
            forecast: Some(Forecast::Binary { probability: estimate.value }),
            standard_error: Some(Figures::One(Some(estimate.standard_error))),
            prior_interval: estimate.prior_interval.map(|interval| Figures::One(Some(interval))),
            ..empty
        },
        Answer::Categorical(estimates) => FigureReport {
            forecast: Some(Forecast::Categorical {
                options: options.to_vec(),
                probabilities: estimates.iter().map(|one| one.value).collect(),
            }),
            standard_error: Some(Figures::Many(estimates.iter().map(|one| Some(one.standard_error)).collect())),
            prior_interval: intervals(estimates.iter().map(|one| one.prior_interval)),
            ..empty
        },
        Answer::Number(number) => number_figures(number, empty),
        Answer::Date(date) => date_figures(date, model, empty),
    }
}

fn intervals(all: impl Iterator<Item = Option<(f64, f64)>>) -> Option<Figures<Option<(f64, f64)>>> {
    let all: Vec<Option<(f64, f64)>> = all.collect();
    all.iter().any(Option::is_some).then_some(Figures::Many(all))
}

fn number_figures(number: &NumberAnswer, empty: FigureReport) -> FigureReport {
    FigureReport {
        forecast: Some(Forecast::Quantiles {
            levels: number.quantiles.iter().map(|(level, _)| *level).collect(),
            values: number.quantiles.iter().map(|(_, estimate)| estimate.value).collect(),
        }),
        standard_error: Some(Figures::Many(
            number.quantiles.iter().map(|(_, estimate)| Some(estimate.standard_error)).collect(),
        )),
        prior_interval: intervals(number.quantiles.iter().map(|(_, estimate)| estimate.prior_interval)),
        mean: Some(number.mean),
        standard_deviation: Some(number.standard_deviation),
        ..empty
    }
}

fn date_figures(date: &DateAnswer, model: &Model, empty: FigureReport) -> FigureReport {
    FigureReport {
        forecast: Some(Forecast::Date {
            levels: date.quantiles.iter().map(|one| one.level).collect(),
            days: date.quantiles.iter().map(|one| one.day.and_then(|day| model.date(day))).collect(),
            never: date.never.value,
        }),
        standard_error: Some(Figures::Many(date.quantiles.iter().map(|one| one.standard_error).collect())),
        prior_interval: None,
        never: Some(date.never),
        ..empty
    }
}

/// The questions of a scenario as the ledger keeps them. All of one scenario share their fate: they are one cluster.
#[must_use]
pub fn questions(model: &Model) -> Vec<Question> {
    model
        .questions
        .iter()
        .map(|question| Question {
            id: question.name.clone(),
            ask: question.ask.clone(),
            kind: match &question.target {
                QuestionTarget::Holds(_) => QuestionKind::Binary,
                QuestionTarget::Which(event) => match model.event(*event).kind {
                    Kind::Categorical { ordered: true, .. } => QuestionKind::Ordinal,
                    _ => QuestionKind::Categorical,
                },
                QuestionTarget::Value(_) => QuestionKind::Numeric,
                QuestionTarget::When(_) => QuestionKind::Date,
            },
            options: options(question, model).to_vec(),
            opens: Some(question.opens.unwrap_or(model.as_of)),
            closes: Some(question.closes),
            resolves: question.resolves.clone(),
            cluster: Some(model.title.clone()),
            tags: question.tags.clone(),
        })
        .collect()
}

impl RunReport {
    /// The forecasts of the questions still open on the day looked from, as the ledger keeps them.
    #[must_use]
    pub fn records(&self, forecaster: &str) -> Vec<ForecastRecord> {
        let provenance = Provenance {
            scenario: self.scenario_hash.clone(),
            engine: self.engine.to_owned(),
            seed: self.seed,
            worlds: self.worlds,
        };
        self.questions
            .iter()
            .filter(|question| question.closes >= self.as_of)
            .filter_map(|question| {
                Some(ForecastRecord {
                    question: question.id.clone(),
                    forecaster: forecaster.to_owned(),
                    made_at: Moment::Day(self.as_of),
                    forecast: question.figures.forecast.clone()?,
                    provenance: Some(provenance.clone()),
                })
            })
            .collect()
    }

    /// The lines above the tables: as-of, worlds, seed, method.
    #[must_use]
    pub fn head(&self) -> Vec<String> {
        let mut lines = vec![
            self.scenario.clone(),
            format!("as of {}, {} worlds, seed {}, {}", self.as_of, grouped(self.worlds), self.seed, self.method),
        ];
        if self.effective_sample_size < self.worlds as f64 * 0.999_999 {
            let chance = self.probability_of_evidence.map_or_else(String::new, |chance| {
                format!("; the evidence had a chance of {}", significant(chance, 3))
            });
            lines.push(format!(
                "worth {} equally weighted worlds{chance}",
                grouped(self.effective_sample_size.round() as u64)
            ));
        }
        lines.extend(self.given.iter().map(|text| format!("given: {text}")));
        lines.extend(self.suppose.iter().map(|text| format!("suppose: {text}")));
        lines
    }

    fn sheet(&self, events: bool) -> Sheet {
        let name = if events { "event" } else { "question" };
        let columns = vec![
            Column::text(name),
            Column::text("closes"),
            Column::text("part"),
            Column::number("forecast"),
            Column::number("± s.e."),
            Column::number("doubt 90 %"),
            Column::text("in words"),
        ];
        let mut sheet = Sheet::new(Some(if events { "Events" } else { "Questions" }), columns);
        if events {
            for event in &self.events {
                let words = event.ask.clone().or_else(|| event.unit.clone()).unwrap_or_default();
                rows(&mut sheet, &event.id, "", &words, &event.figures);
            }
        } else {
            for question in &self.questions {
                rows(&mut sheet, &question.id, &question.closes.to_string(), &question.ask, &question.figures);
            }
        }
        sheet
    }

    /// The report in the form asked for. The table of events stands in the table form only on request.
    ///
    /// # Errors
    /// If it cannot be written as asked, which is a bug of ours.
    pub fn render(&self, format: Format, with_events: bool) -> Result<String, Error> {
        let mut sheets = Vec::new();
        if !self.questions.is_empty() {
            sheets.push(self.sheet(false));
        }
        if with_events || self.questions.is_empty() {
            sheets.push(self.sheet(true));
        }
        let mut foot: Vec<String> = self
            .assumptions
            .iter()
            .filter(|one| one.violated > 0.0)
            .map(|one| format!("warning: `{}` is violated in {} of worlds", one.rule, percent(one.violated, 1e-4)))
            .collect();
        for one in &self.overall {
            if (one.stated - one.computed).abs() > 0.01_f64.max(4.0 * one.standard_error) {
                foot.push(format!(
                    "warning: `{}` was stated to be {} overall, but its parts give {}",
                    one.event,
                    percent(one.stated, 1e-4),
                    percent(one.computed, one.standard_error)
                ));
            }
        }
        Output { head: self.head(), sheets, foot, json: self }.render(format)
    }
}

/// One row for each part of a forecast.
fn rows(sheet: &mut Sheet, name: &str, closes: &str, words: &str, figures: &FigureReport) {
    let mut first = true;
    let mut row = |part: String, value: String, error: String, doubt: String| {
        let words = if first { words } else { "" };
        let closes = if first { closes } else { "" };
        let name = if first { name } else { "" };
        first = false;
        sheet.row(vec![name.to_owned(), closes.to_owned(), part, value, error, doubt, words.to_owned()]);
    };
    let error = |at: usize| match &figures.standard_error {
        Some(Figures::One(error)) => *error,
        Some(Figures::Many(errors)) => errors.get(at).copied().flatten(),
        None => None,
    };
    let doubt = |at: usize| match &figures.prior_interval {
        Some(Figures::One(interval)) => *interval,
        Some(Figures::Many(intervals)) => intervals.get(at).copied().flatten(),
        None => None,
    };
    let shares = |interval: Option<(f64, f64)>| {
        interval
            .filter(|(low, high)| high - low >= 1e-3)
            .map_or_else(String::new, |(low, high)| format!("{} to {}", percent(low, 0.01), percent(high, 0.01)))
    };
    match &figures.forecast {
        None => row(String::new(), "no world".to_owned(), String::new(), String::new()),
        Some(Forecast::Binary { probability }) => {
            let spread = error(0).unwrap_or(0.0);
            row(String::new(), percent(*probability, spread), percent_error(spread), shares(doubt(0)));
        }
        Some(Forecast::Categorical { options, probabilities }) => {
            for (at, (option, probability)) in options.iter().zip(probabilities).enumerate() {
                let spread = error(at).unwrap_or(0.0);
                row(option.clone(), percent(*probability, spread), percent_error(spread), shares(doubt(at)));
            }
        }
        Some(Forecast::Quantiles { levels, values }) => {
            if let Some(mean) = &figures.mean {
                let doubt = mean.prior_interval.map_or_else(String::new, |(low, high)| {
                    format!("{} to {}", significant(low, 3), significant(high, 3))
                });
                row(
                    "mean".to_owned(),
                    figure(mean.value, mean.standard_error),
                    significant(mean.standard_error, 2),
                    doubt,
                );
            }
            for (at, (level, value)) in levels.iter().zip(values).enumerate() {
                if !shown(*level) {
                    continue;
                }
                let spread = error(at).unwrap_or(0.0);
                row(percent(*level, 0.02), figure(*value, spread), significant(spread, 2), String::new());
            }
        }
        Some(Forecast::Date { levels, days, never }) => {
            for (at, (level, day)) in levels.iter().zip(days).enumerate() {
                if !shown(*level) {
                    continue;
                }
                let (value, error) = match day {
                    Some(day) => (
                        day.to_string(),
                        error(at).map_or_else(String::new, |error| format!("{} d", significant(error, 2))),
                    ),
                    None => ("never".to_owned(), String::new()),
                };
                row(percent(*level, 0.02), value, error, String::new());
            }
            let estimate = figures.never;
            let spread = estimate.map_or(0.0, |one| one.standard_error);
            let doubt = shares(estimate.and_then(|one| one.prior_interval));
            row("never".to_owned(), percent(*never, spread), percent_error(spread), doubt);
        }
    }
}

/// Quantiles that people are shown; JSON holds them all.
fn shown(level: f64) -> bool {
    [0.05, 0.5, 0.95].contains(&level)
}

/// A share in percent, with one digit more than its error is sure of.
#[must_use]
pub fn percent(share: f64, error: f64) -> String {
    let digits = digits_after_point(error * 100.0);
    format!("{:.digits$} %", share * 100.0)
}

fn percent_error(error: f64) -> String {
    format!("{}", significant(error * 100.0, 2))
}

/// A number, with one digit more than its error is sure of.
fn figure(value: f64, error: f64) -> String {
    if error <= 0.0 {
        return significant(value, 6);
    }
    let digits = digits_after_point(error);
    format!("{value:.digits$}")
}

/// How many digits after the point an error of this size leaves meaningful, from 0 to 6.
fn digits_after_point(error: f64) -> usize {
    let mut digits = 0;
    let mut scaled = error;
    while digits < 6 && scaled < 2.0 && scaled > 0.0 {
        scaled *= 10.0;
        digits += 1;
    }
    digits
}

/// A number with so many significant digits, without trailing zeros.
#[must_use]
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{:.*e}", digits.saturating_sub(1), value);
    let rounded: f64 = text.parse().unwrap_or(value);
    if rounded.abs() >= 1e15 || rounded.abs() < 1e-6 { text } else { rounded.to_string() }
}

/// A whole number with its thousands apart.
#[must_use]
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_shows_one_digit_more_than_its_error_is_sure_of() {
        assert_eq!(percent(0.212_5, 0.000_4), "21.25 %");
        assert_eq!(percent(0.212_5, 0.02), "21 %");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(significant(0.001_234, 2), "0.0012");
    }
}
