//! `foretell run --record --joint QUESTIONS`, and `merge` likewise: what several questions of a scenario come to together, for the ledger.
//!
//! Where the run was computed, so is this; else its patterns are counted in the very worlds of the run, so that they sum to its figures.

use super::console;
use super::load::{Loaded, View};
use super::run::impossible;
use crate::error::Error;
use crate::exact::{self, Outcome};
use crate::forecast::{JointForecast, Moment, Resolution, way_to_name};
use crate::model::{Model, QuestionTarget};
use crate::plan::{self, Asked, Plan};
use crate::report::run::{self as forecasts, RunReport};
use crate::simulate::Settings;
use crate::simulate::joint::{Facet, Layout, through_worlds};
use std::collections::BTreeMap;

/// More patterns than anybody looks at.
const MOST_PATTERNS: usize = 4096;

/// What each question does in a pattern: of yes/no 0 for no and 1 for yes, else the number of its option; and how probable that is.
type Shares = BTreeMap<Vec<usize>, f64>;

/// The questions of these names, by their places in the scenario, in the order of their names.
pub(super) fn chosen(names: &[String], model: &Model) -> Result<Vec<usize>, Error> {
    let mut chosen: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names.iter().map(|name| name.trim()) {
        let Some(at) = model.questions.iter().position(|question| question.name == name) else {
            let known = model.questions.iter().map(|question| question.name.as_str());
            return Err(Error::input(format!("--joint: there is no question `{name}`")).help(way_to_name(
                name,
                "questions",
                known,
            )));
        };
        let question = &model.questions[at];
        if question.given.is_some() {
            return Err(Error::input(format!(
                "--joint: `{name}` is annulled where its condition fails, and a pattern has an answer to each question"
            ))
            .help("leave it out, or ask without `given`"));
        }
        if matches!(question.target, QuestionTarget::Value(_) | QuestionTarget::When(_)) {
            return Err(Error::input(format!(
                "--joint: `{name}` asks for a number or a day, and patterns are of yes/no questions and of options"
            ))
            .help("leave it out, or ask whether it passes a threshold or comes by a day"));
        }
        if chosen.insert(name, at).is_some() {
            return Err(Error::input(format!("--joint: `{name}` is named twice")).help("name it once"));
        }
    }
    if names.len() == 1 {
        return Err(Error::input("--joint names two questions at least: it records what they come to together")
            .help("separate them by commas: `--joint permit,ferry`"));
    }
    Ok(chosen.into_values().collect())
}

/// What those of the chosen questions that are still open come to together; nothing if fewer than two are.
pub(super) fn joint(
    chosen: &[usize],
    loaded: &Loaded,
    view: &View,
    report: &RunReport,
    settings: &Settings,
    forecaster: &str,
) -> Result<Option<JointForecast>, Error> {
    let model = &loaded.model;
    let open: Vec<usize> = chosen.iter().copied().filter(|at| model.questions[*at].closes >= report.as_of).collect();
    if chosen.is_empty() {
        return Ok(None);
    }
    if open.len() < 2 {
        console::note(&format!(
            "note: no joint forecast on {}: fewer than two of the questions of --joint are still open",
            report.as_of
        ));
        return Ok(None);
    }
    let plan = plan::compile(model, &view.situation(model)?);
    let asks: Vec<usize> = open.iter().map(|at| model.events.len() + at).collect();
    let computed = if report.worlds == 0 { computed(&plan, &asks) } else { None };
    let shares = match computed {
        Some(shares) => shares,
        None => counted(&plan, &asks, report, settings)?,
    };
    if shares.len() > MOST_PATTERNS {
        return Err(Error::input(format!("--joint: these questions have more than {MOST_PATTERNS} patterns"))
            .help("name fewer of them"));
    }
    let asked = forecasts::questions(model);
    let answer = |(at, code): (&usize, &usize)| {
        let options = &asked[*at].options;
        match (options.is_empty(), code) {
            (true, 0) => Resolution::No,
            (true, _) => Resolution::Yes,
            (false, option) => Resolution::Option(options[*option].clone()),
        }
    };
    let total: f64 = shares.values().sum();
    let pattern = |(codes, share): (&Vec<usize>, &f64)| {
        let answers: Vec<Resolution> = open.iter().zip(codes).map(answer).collect();
        (answers, share / total)
    };
    Ok(Some(JointForecast {
        forecaster: forecaster.to_owned(),
        made_at: Moment::Day(report.as_of),
        questions: open.iter().map(|at| asked[*at].id.clone()).collect(),
        patterns: shares.iter().filter(|(_, share)| **share > 0.0).map(pattern).collect(),
    }))
}

/// By exact inference, where that can be.
fn computed(plan: &Plan, asks: &[usize]) -> Option<Shares> {
    let code = |outcome: &Outcome| match outcome {
        Outcome::Holds(holds) => usize::from(*holds),
        Outcome::Option(option) => *option,
    };
    let mut shares = Shares::new();
    for story in exact::storylines(plan, asks, MOST_PATTERNS + 1).ok()? {
        *shares.entry(story.outcomes.iter().map(code).collect()).or_default() += story.probability;
    }
    Some(shares)
}

/// In the worlds of the run.
fn counted(plan: &Plan, asks: &[usize], report: &RunReport, settings: &Settings) -> Result<Shares, Error> {
    let planes = |ask: &usize| match &plan.asks[*ask].what {
        Asked::Binary(plane) => vec![*plane],
        Asked::Categorical(planes) => planes.clone(),
        Asked::Number(_) | Asked::Date(_) => Vec::new(),
    };
    let facets: Vec<Facet> = asks.iter().map(|ask| Facet { planes: planes(ask), moment: None }).collect();
    let too_many = || Error::input("--joint: these questions do not fit into a pattern").help("name fewer of them");
    let layout = Layout::new(&facets, false).ok_or_else(too_many)?;
    let worlds = if report.worlds == 0 { settings.worlds } else { report.worlds };
    let settings = Settings { worlds, ..*settings };
    let found = through_worlds(exact::subject(plan, settings.method), &settings, |through| {
        through.patterns(&facets, &layout, through.count())
    })
    .map_err(|problem| impossible(&problem))?;
    let mut shares = Shares::new();
    for (pattern, weighed) in &found.patterns {
        let code = |(facet, ask): (usize, &usize)| {
            let code = layout.code(*pattern, facet);
            // Options are counted from 1, and one of them always holds.
            if matches!(plan.asks[*ask].what, Asked::Categorical(_)) { code.saturating_sub(1) } else { code }
        };
        *shares.entry(asks.iter().enumerate().map(code).collect()).or_default() += weighed.weight;
    }
    Ok(shares)
}
