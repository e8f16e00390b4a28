//! `foretell run --storyline`: the likeliest stories over some events.

use super::heading::Heading;
use super::load::{Loaded, View};
use super::run::impossible;
use super::{Done, console};
use crate::error::Error;
use crate::exact::{self, Failure, Outcome, StorylineFailure};
use crate::forecast::nearest;
use crate::model::{Kind, Model};
use crate::network;
use crate::plan::{self, Asked, Plan};
use crate::report::figure::{self, percent};
use crate::report::{Column, Format, Output, Sheet};
use indexmap::IndexMap;
use serde::Serialize;
use std::process::ExitCode;

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    #[serde(flatten)]
    heading: Heading,
    /// Best first.
    stories: Vec<Story>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Story {
    /// What each event does: `yes`, `no` or its option.
    outcomes: IndexMap<String, String>,
    /// How likely that is, given what is known.
    probability: f64,
    /// How likely it is together with what is known; `null` if that has no probability of its own.
    probability_with_evidence: Option<f64>,
}

impl Report {
    /// Whether anything known makes the two probabilities of a story differ.
    fn tells_of_evidence(&self) -> bool {
        let differs = |story: &Story| story.probability_with_evidence.is_some_and(|joint| joint != story.probability);
        self.stories.iter().any(differs)
    }
}

pub(super) fn run(loaded: &Loaded, view: &View, names: &[String], count: usize, format: Format) -> Done {
    let situation = view.situation(&loaded.model)?;
    let plan = plan::compile(&loaded.model, &situation);
    let chosen = if names.is_empty() { everything(loaded, &plan) } else { named(loaded, &plan, names)? };
    if chosen.is_empty() {
        return Err(Error::input("there is no yes/no or categorical event to tell a story of")
            .help("name questions with `--storyline`"));
    }
    let stories = exact::storylines(&plan, &chosen, count).map_err(|problem| match &problem {
        StorylineFailure::Failure(Failure::Impossible(problem)) => impossible(problem),
        StorylineFailure::Failure(_) => {
            Error::input(problem.to_string()).help("choose fewer events with `--storyline`")
        }
        StorylineFailure::NotDiscrete { .. } => Error::input(problem.to_string())
            .help("choose yes/no and categorical events, or questions about the others"),
    })?;
    let word = |ask: usize, outcome: Outcome| match outcome {
        Outcome::Holds(true) => "yes".to_owned(),
        Outcome::Holds(false) => "no".to_owned(),
        Outcome::Option(option) => loaded
            .model
            .events
            .get(ask)
            .map_or_else(|| option_of_question(loaded, ask, option), |event| event.options()[option].clone()),
    };
    let stories: Vec<Story> = stories
        .into_iter()
        .map(|story| Story {
            outcomes: chosen
                .iter()
                .zip(&story.outcomes)
                .map(|(ask, outcome)| (plan.asks[*ask].name.clone(), word(*ask, *outcome)))
                .collect(),
            probability: story.probability,
            probability_with_evidence: story.with_evidence,
        })
        .collect();
    let report = Report { heading: Heading::new("foretell.storylines/1", loaded, &situation), stories };
    let mut head = report.heading.lines("exact");
    let apart = chosen.len() > MOST_COLUMNS && report.tells_of_evidence();
    for (at, story) in report.stories.iter().enumerate().filter(|_| apart) {
        if let Some(joint) = story.probability_with_evidence {
            let which = if report.stories.len() == 1 { "the story".to_owned() } else { format!("story {}", at + 1) };
            head.push(format!("{which} and what is known together: {}", figure::significant(joint, 7)));
        }
    }
    console::present(format, |format| {
        let sheet = if format == Format::Csv { rows(&report) } else { sheet(&report, &loaded.model) };
        Output { head: head.clone(), sheets: vec![sheet], foot: Vec::new(), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The option of a question that asks which of an event.
fn option_of_question(loaded: &Loaded, ask: usize, option: usize) -> String {
    let question = &loaded.model.questions[ask - loaded.model.events.len()];
    match &question.target {
        crate::model::QuestionTarget::Which(event) => loaded.model.event(*event).options()[option].clone(),
        _ => (option + 1).to_string(),
    }
}

/// Every yes/no and categorical event that is discrete; the others are named on stderr.
fn everything(loaded: &Loaded, plan: &Plan) -> Vec<usize> {
    let cost = exact::cost(plan);
    let kinds = loaded.model.events.iter().map(|event| matches!(event.kind, Kind::Binary | Kind::Categorical { .. }));
    let mut chosen = Vec::new();
    for (ask, _) in kinds.enumerate().filter(|(_, tells)| *tells) {
        match &cost.inexact[ask] {
            None => chosen.push(ask),
            Some(why) => console::note(&format!("left out of the story: `{}`: {why}", plan.asks[ask].name)),
        }
    }
    chosen
}

fn named(loaded: &Loaded, plan: &Plan, names: &[String]) -> Result<Vec<usize>, Error> {
    let mut chosen: Vec<usize> = Vec::with_capacity(names.len());
    for name in names.iter().map(|name| network::event_named(name.trim(), &loaded.model)) {
        let ask = plan.asks.iter().position(|ask| ask.name == name && ask.given.is_none());
        let Some(ask) = ask else {
            let known: Vec<&str> = plan
                .asks
                .iter()
                .filter(|ask| ask.given.is_none() && matches!(ask.what, Asked::Binary(_) | Asked::Categorical(_)))
                .map(|ask| ask.name.as_str())
                .collect();
            let error = Error::input(format!("--storyline: there is no event or unconditional question `{name}`"));
            return Err(match nearest(name, known.iter().copied()) {
                Some(meant) => error.help(format!("did you mean `{meant}`?")),
                None => error.help(format!("choose from {}", known.join(", "))),
            });
        };
        if chosen.contains(&ask) {
            return Err(Error::input(format!("--storyline: `{name}` is named twice")).help("name it once"));
        }
        chosen.push(ask);
    }
    Ok(chosen)
}

/// So many events have a column each.
const MOST_COLUMNS: usize = 8;

/// One row a story with a column an event, if those fit; else one row an event. Events and options are called as another tool calls them,
/// where it does.
fn sheet(report: &Report, model: &Model) -> Sheet {
    let called = |name: &str| network::event_called(name, model).to_owned();
    let told = |name: &str, outcome: &str| network::option_called(outcome, name, model).to_owned();
    let names: Vec<&String> = report.stories.first().map(|story| story.outcomes.keys().collect()).unwrap_or_default();
    if names.len() > MOST_COLUMNS {
        let mut columns = vec![Column::text("event")];
        columns.extend(report.stories.iter().map(|story| Column::text(percent(story.probability, 0.0))));
        let mut sheet = Sheet::new(Some("Likeliest stories"), columns);
        for name in names {
            let mut cells = vec![called(name)];
            cells.extend(report.stories.iter().map(|story| told(name, &story.outcomes[name])));
            sheet.row(cells);
        }
        return sheet;
    }
    let mut columns = vec![Column::number("probability")];
    let with_evidence = report.tells_of_evidence();
    if with_evidence {
        columns.push(Column::number("with what is known"));
    }
    columns.extend(names.iter().map(|name| Column::text(called(name))));
    let mut sheet = Sheet::new(Some("Likeliest stories"), columns);
    for story in &report.stories {
        let mut cells = vec![percent(story.probability, 0.0)];
        if with_evidence {
            cells.push(story.probability_with_evidence.map_or_else(String::new, |joint| percent(joint, 0.0)));
        }
        cells.extend(story.outcomes.iter().map(|(name, outcome)| told(name, outcome)));
        sheet.row(cells);
    }
    sheet
}

/// One row a story and event, with whole numbers: for CSV.
fn rows(report: &Report) -> Sheet {
    let mut columns = vec![Column::count("story"), Column::text("event"), Column::text("outcome")];
    columns.extend(["probability", "probability_with_evidence"].map(Column::number));
    let mut sheet = Sheet::new(None, columns);
    for (at, story) in report.stories.iter().enumerate() {
        for (name, outcome) in &story.outcomes {
            let joint = story.probability_with_evidence.map_or_else(String::new, |joint| joint.to_string());
            sheet.row(vec![(at + 1).to_string(), name.clone(), outcome.clone(), story.probability.to_string(), joint]);
        }
    }
    sheet
}
