//! `foretell run --counterfactual PHRASE`: given what is known, what would have been?

use super::heading::Heading;
use super::load::{Loaded, View, intervention};
use super::run::impossible;
use super::{Done, console};
use crate::error::Error;
use crate::forecast::Estimate;
use crate::model::{Intervention, QuestionTarget};
use crate::plan::{self, Asked, Plan, Situation};
use crate::report::figure::{figure, grouped, percent, percent_error, significant};
use crate::report::{Column, Format, Output, Sheet};
use crate::simulate::{self, Contrast, Counterfactual, Impossible, Settings};
use serde::Serialize;
use std::process::ExitCode;

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    #[serde(flatten)]
    heading: Heading,
    /// What would have been otherwise.
    counterfactual: Vec<String>,
    seed: u64,
    /// Worlds simulated.
    worlds: u64,
    /// Those that agree with what is known, over which the figures are.
    agreeing: u64,
    figures: Vec<Row>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Row {
    /// The event or question.
    id: String,
    /// Whether it is a question.
    question: bool,
    /// `yes`, the option, `mean` or `never`.
    part: String,
    /// Given what is known; `null` where no world meets the question's condition.
    factual: Option<Estimate>,
    /// Had it been otherwise; `null` where no world meets the question's condition then.
    counterfactual: Option<Estimate>,
    /// The second less the first, with the error of paired worlds; `null` unless both are there.
    difference: Option<Estimate>,
}

pub(super) fn run(
    loaded: &Loaded,
    view: &View,
    phrases: &[String],
    settings: &Settings,
    events: bool,
    format: Format,
) -> Done {
    let situation = view.situation(&loaded.model)?;
    let mut made: Vec<Intervention> = Vec::with_capacity(phrases.len());
    for text in phrases {
        let one = intervention("--counterfactual", text, &loaded.model)?;
        if made.iter().any(|before| before.event == one.event) {
            return Err(Error::input(format!("--counterfactual \"{text}\": its event is made otherwise twice"))
                .help("say it once; run again for the other"));
        }
        made.push(one);
    }
    let factual = plan::compile(&loaded.model, &situation);
    let changed = changed(loaded, &situation, &made);
    let found = simulate::counterfactual(&factual, &changed, settings).map_err(|problem| match problem {
        Impossible::NotByRejection { .. } => Error::input(problem.to_string()).help(
            "a counterfactual keeps the worlds that agree with what is known: state a range of the number, such as `x > 1.4 and x < 1.6`, or leave the hint out",
        ),
        _ => impossible(&problem),
    })?;
    if found.agreeing < 2 {
        return Err(Error::input(format!(
            "only one of {} worlds agrees with what is known, and one world does not tell how far off a figure is",
            grouped(found.worlds)
        ))
        .help("allow more of them with --worlds"));
    }
    if found.agreeing < 1000 {
        console::note(&format!(
            "warning: only {} of {} worlds agree with what is known; allow more of them with --worlds",
            grouped(found.agreeing),
            grouped(found.worlds)
        ));
    }
    let report = Report {
        heading: Heading::new("foretell.counterfactual/1", loaded, &situation),
        counterfactual: phrases.to_vec(),
        seed: settings.seed,
        worlds: found.worlds,
        agreeing: found.agreeing,
        figures: rows(loaded, &factual, &found),
    };
    let mut head = report.heading.lines(&format!("{} worlds, seed {}", grouped(report.worlds), report.seed));
    head.insert(2, format!("{} worlds agree with what is known and are run again", grouped(report.agreeing)));
    head.extend(report.counterfactual.iter().map(|text| format!("had it been: {text}")));
    let with_events = events || loaded.model.questions.is_empty();
    let missing = missing(&factual, &found, if with_events { 0 } else { loaded.model.events.len() });
    console::present(format, |format| {
        let sheets = sheets(&report, with_events, format);
        Output { head: head.clone(), sheets, foot: missing.clone(), json: &report }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The scenario without anything that is known, but with what was made so and what would have been.
fn changed(loaded: &Loaded, situation: &Situation, made: &[Intervention]) -> Plan {
    let mut model = loaded.model.clone();
    model.news.clear();
    let otherwise = |one: &Intervention| !made.iter().any(|made| made.event == one.event);
    model.suppose.retain(otherwise);
    let mut twin = Situation::of_file(&model);
    twin.suppose = situation.suppose.iter().filter(|one| otherwise(one)).chain(made).cloned().collect();
    plan::compile(&model, &twin)
}

fn rows(loaded: &Loaded, plan: &Plan, found: &Counterfactual) -> Vec<Row> {
    let events = loaded.model.events.len();
    let mut rows = Vec::new();
    for (at, (ask, contrasts)) in plan.asks.iter().zip(&found.answers).enumerate() {
        let parts: Vec<String> = match &ask.what {
            Asked::Binary(_) => vec!["yes".to_owned()],
            Asked::Categorical(_) => options(loaded, at),
            Asked::Number(_) => vec!["mean".to_owned()],
            Asked::Date(_) => vec!["never".to_owned()],
        };
        for (part, contrast) in parts.into_iter().zip(contrasts) {
            let Contrast { factual, counterfactual, difference } = *contrast;
            let (id, question) = (ask.name.clone(), at >= events);
            rows.push(Row { id, question, part, factual, counterfactual, difference });
        }
    }
    rows
}

/// Why there is no figure, for each ask from `first` on that has none in one of the runs.
fn missing(plan: &Plan, found: &Counterfactual, first: usize) -> Vec<String> {
    let lines = plan.asks.iter().zip(&found.answers).skip(first).filter_map(|(ask, contrasts)| {
        let run = match (
            contrasts.iter().any(|contrast| contrast.factual.is_none()),
            contrasts.iter().any(|contrast| contrast.counterfactual.is_none()),
        ) {
            (false, false) => return None,
            (true, false) => "given what is known",
            (false, true) => "had it been otherwise",
            (true, true) => "given what is known, nor had it been otherwise",
        };
        let name = &ask.name;
        Some(match (ask.given, &ask.what) {
            (None, _) => format!("no world: `{name}` is undefined in every world {run}"),
            (Some(_), Asked::Number(_)) => {
                format!("no world: no world meets the condition of `{name}` with its number defined {run}, or only one, which does not tell how far off its mean is")
            }
            (Some(_), _) => format!("no world: no world meets the condition of `{name}` {run}"),
        })
    });
    lines.collect()
}

/// The options of what an ask is about.
fn options(loaded: &Loaded, ask: usize) -> Vec<String> {
    let model = &loaded.model;
    if let Some(event) = model.events.get(ask) {
        return event.options().to_vec();
    }
    match &model.questions[ask - model.events.len()].target {
        QuestionTarget::Which(event) => model.event(*event).options().to_vec(),
        _ => Vec::new(),
    }
}

/// The tables: of the questions, if there are any, and of the events, if they are asked for; in CSV both are one.
fn sheets(report: &Report, events: bool, format: Format) -> Vec<Sheet> {
    let of = |question: bool| report.figures.iter().filter(move |row| row.question == question);
    let events = of(false).filter(|_| events);
    if format == Format::Csv {
        return vec![flat(of(true).chain(events))];
    }
    let mut sheets = Vec::new();
    if of(true).next().is_some() {
        sheets.push(sheet("Questions", of(true)));
    }
    if events.clone().next().is_some() {
        sheets.push(sheet("Events", events));
    }
    sheets
}

/// For people.
fn sheet<'a>(title: &str, rows: impl Iterator<Item = &'a Row>) -> Sheet {
    let headings = ["", "part", "factual", "± s.e.", "counterfactual", "± s.e.", "difference", "± s.e."];
    let columns = headings.into_iter().enumerate();
    let columns = columns.map(|(at, name)| if at < 2 { Column::text(name) } else { Column::number(name) }).collect();
    let mut sheet = Sheet::new(Some(title), columns);
    let rows: Vec<&Row> = rows.collect();
    for (at, row) in rows.iter().enumerate() {
        let is_of_same = |other: Option<&&Row>| other.is_some_and(|other| other.id == row.id);
        // An option may be called `yes`, too.
        let is_option =
            is_of_same(rows.get(at + 1)) || is_of_same(at.checked_sub(1).and_then(|before| rows.get(before)));
        let part = if row.part == "yes" && !is_option { "" } else { row.part.as_str() };
        let mut cells = vec![row.id.clone(), part.to_owned()];
        for (column, estimate) in [row.factual, row.counterfactual, row.difference].into_iter().enumerate() {
            cells.extend(match estimate {
                None if column == 2 => [String::new(), String::new()],
                None => ["no world".to_owned(), String::new()],
                Some(Estimate { value, standard_error, .. }) if row.part == "mean" => {
                    [figure(value, standard_error), significant(standard_error, 2)]
                }
                Some(Estimate { value, standard_error, .. }) => {
                    [percent(value, standard_error), percent_error(standard_error)]
                }
            });
        }
        sheet.row(cells);
    }
    sheet
}

/// Whole numbers, for CSV.
fn flat<'a>(rows: impl Iterator<Item = &'a Row>) -> Sheet {
    let words = ["kind", "id", "part"].map(Column::text);
    let numbers =
        ["factual", "factual_error", "counterfactual", "counterfactual_error", "difference", "difference_error"];
    let mut sheet = Sheet::new(None, words.into_iter().chain(numbers.map(Column::number)).collect());
    for row in rows {
        let kind = if row.question { "question" } else { "event" };
        let mut cells = vec![kind.to_owned(), row.id.clone(), row.part.clone()];
        for estimate in [row.factual, row.counterfactual, row.difference] {
            cells.extend(estimate.map_or_else(
                || [String::new(), String::new()],
                |one| [one.value.to_string(), one.standard_error.to_string()],
            ));
        }
        sheet.row(cells);
    }
    sheet
}
