//! A tally → its report.

use super::moments::Moments;
use super::{
    AssumptionReport, EventReport, FigureReport, Figures, JointReport, OverallReport, QuestionReport, Run, RunReport,
    SCHEMA, variance,
};
use crate::forecast::Forecast;
use crate::model::{self, Model, QuestionTarget};
use crate::plan::Plan;
use crate::simulate::{Answer, DateAnswer, Design, Method, NumberAnswer, Settings, Tally};

/// The report of a run.
#[must_use]
pub fn report(run: Run) -> RunReport {
    let Run { model, hash, situation, plan, settings, tally } = run;
    let answers = tally.answers();
    let (of_events, of_questions) = answers.split_at(model.events.len());
    let doubt_known = plan.parameters.is_empty() || settings.doubt_draws > 0;
    let with_variance = |figures: FigureReport, ask: usize| {
        let variance = if doubt_known { variance::split(&figures, tally.doubt(ask)) } else { None };
        FigureReport { variance, ..figures }
    };
    let moments = Moments::new(model, situation);
    let events = model
        .events
        .iter()
        .zip(of_events)
        .enumerate()
        .map(|(ask, (event, answer))| EventReport {
            id: event.name.clone(),
            ask: event.ask.clone(),
            unit: event.unit.clone(),
            label: event.label.clone(),
            option_labels: event.option_labels.clone(),
            figures: with_variance(moments.of_event(event, figures(answer, event.options(), model)), ask),
        })
        .collect();
    let questions = model
        .questions
        .iter()
        .zip(of_questions)
        .enumerate()
        .map(|(ask, (question, answer))| QuestionReport {
            id: question.name.clone(),
            ask: question.ask.clone(),
            closes: question.closes,
            figures: with_variance(
                moments.of_question(question, figures(answer, options(question, model), model)),
                of_events.len() + ask,
            ),
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
        worlds: tally.worlds(),
        seed: settings.seed,
        method: method(tally, settings),
        given: situation.given.iter().map(|(text, _)| text.clone()).collect(),
        suppose,
        effective_sample_size: tally.effective_sample_size(),
        probability_of_evidence: tally.evidence().map(|estimate| estimate.value),
        error_of_evidence: tally.evidence().map(|estimate| estimate.standard_error),
        may_be_missed: tally.may_be_missed(),
        doubt_worth: tally.doubt_worth(),
        sampling: tally.method(),
        questions,
        events,
        joints: joints(model, plan, tally),
        assumptions: assumed
            .map(|(rule, seen)| AssumptionReport { rule: rule.text.clone(), violated: seen.share })
            .collect(),
        overall: overall(model, of_events),
        exact: None,
        check_exact: None,
    }
}

fn method(tally: &Tally, settings: &Settings) -> String {
    let simulation = if settings.design == Design::Stratified { "stratified Monte Carlo" } else { "Monte Carlo" };
    let evidence = match tally.method() {
        Some(Method::Adaptive) => ", adaptive importance sampling",
        Some(Method::Posterior) => ", drawn from the exact posterior",
        Some(Method::Rejection) => ", worlds against the evidence left out",
        None if tally.weighted() && settings.method != Method::Auto => {
            ", worlds weighted by what is believed, whatever method is asked for"
        }
        Some(Method::Weighting) if tally.weighted() && settings.method == Method::Adaptive => {
            ", worlds weighted by the evidence: no better draws were found"
        }
        _ if tally.weighted() => ", worlds weighted by the evidence",
        Some(Method::Weighting) => ", worlds against the evidence left out, since it weighs none",
        None if settings.method != Method::Auto => ", no evidence to meet by the method asked for",
        _ => "",
    };
    format!("{simulation}{evidence}")
}

/// The options of the event that a question asks about.
pub(super) fn options<'a>(question: &model::Question, model: &'a Model) -> &'a [String] {
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

/// What an answer to a question says; `None` where its condition held in no world.
pub(crate) fn forecast_of(question: &model::Question, answer: &Answer, model: &Model) -> Option<Forecast> {
    figures(answer, options(question, model), model).forecast
}

/// The figures of one answer.
fn figures(answer: &Answer, options: &[String], model: &Model) -> FigureReport {
    let empty = FigureReport {
        forecast: None,
        standard_error: None,
        prior_interval: None,
        variance: None,
        mean: None,
        standard_deviation: None,
        never: None,
        masses: None,
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
            number
                .quantiles
                .iter()
                .map(|(_, estimate)| number.has_errors().then_some(estimate.standard_error))
                .collect(),
        )),
        prior_interval: intervals(number.quantiles.iter().map(|(_, estimate)| estimate.prior_interval)),
        // Of one world the mean is its only value, and nothing is known of how far it is off.
        mean: number.has_errors().then_some(number.mean),
        standard_deviation: number.has_errors().then_some(number.standard_deviation),
        masses: Some(number.masses()),
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
