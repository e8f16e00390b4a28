//! `foretell check`: every problem of a scenario file in one run.

use super::{Done, console, load};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::{Model, News, Question, QuestionTarget};
use crate::plan::{self, Situation};
use crate::report::{Column, Format, Output, Sheet, figure};
use crate::scenario::{self, Document};
use crate::simulate::{self, Answer, Impossible, Settings};
use crate::source::{Source, Span};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Worlds looked at to see whether `logic` and `assume` hold.
const WORLDS: u64 = 65_536;

/// Check a scenario file: every problem in one run, and what the engine fills in
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  foretell check scenarios/white-house-2025-08-18.toml\n\nExit code 1 if anything is an error, or with --strict a warning."
)]
pub(super) struct Arguments {
    /// Scenario files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Count warnings as errors
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Report {
    schema: &'static str,
    files: Vec<FileReport>,
}

#[derive(Debug, Default, Serialize, schemars::JsonSchema)]
struct FileReport {
    file: String,
    errors: usize,
    warnings: usize,
    notes: usize,
    problems: Vec<Problem>,
}

/// What was found in a text, as JSON has it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// Stable code, such as `E0301`.
    pub code: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// In words.
    pub message: String,
    /// Where it does not stand in the file itself but in its file of priors: that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its line, counted from 1.
    pub line: Option<usize>,
    /// Its column, counted in characters from 1.
    pub column: Option<usize>,
    /// Ways out.
    pub help: Vec<String>,
}

impl Problem {
    /// What was found in a source.
    pub(super) fn of(source: &Source, found: &Diagnostics) -> Vec<Self> {
        let one = |one: &Diagnostic| {
            let place = one.span.map(|span| source.line_column(span.start));
            Self {
                code: one.code,
                severity: match one.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "note",
                },
                message: one.message.clone(),
                file: one
                    .span
                    .map(|span| source.part(span.start))
                    .filter(|part| part.start > 0)
                    .map(|part| part.name.to_owned()),
                line: place.map(|(line, _)| line),
                column: place.map(|(_, column)| column),
                help: one.help.clone(),
            }
        };
        found.iter().map(one).collect()
    }
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let mut report = Report { schema: "foretell.check/1", files: Vec::new() };
    let mut sheet = Sheet::new(
        None,
        ["file", "line", "column", "severity", "code", "message"].into_iter().map(Column::text).collect(),
    );
    let mut head = Vec::new();
    let mut failed = false;
    for path in &arguments.files {
        let file = load::scenario_file(path)?;
        let mut report_of = FileReport { file: file.written.name().to_owned(), ..FileReport::default() };
        let mut all = file.found.clone();
        report_of.add(&file.written, &file.found);
        if format == Format::Table {
            console::diagnostics(&file.found, &file.written);
        }
        let mut model = None;
        if let Some(source) = &file.scenario {
            let (checked, found) = checked(source);
            model = checked;
            report_of.add(source, &found);
            if format == Format::Table {
                console::diagnostics(&found, source);
            }
            all.extend(found);
        }
        failed |= all.has_errors() || (arguments.strict && all.count(Severity::Warning) > 0);
        if format == Format::Table {
            head.push(format!(
                "{}: {}{}",
                path.display(),
                load::tally(&all),
                contents(model.as_ref(), file.scenario.as_ref())
            ));
        }
        report.files.push(report_of);
    }
    for file in &report.files {
        for problem in &file.problems {
            let place = |at: Option<usize>| at.map_or_else(String::new, |at| at.to_string());
            sheet.row(vec![
                problem.file.clone().unwrap_or_else(|| file.file.clone()),
                place(problem.line),
                place(problem.column),
                problem.severity.to_owned(),
                problem.code.to_owned(),
                problem.message.clone(),
            ]);
        }
    }
    console::present(format, |format| {
        let (head, sheets) =
            if format == Format::Table { (head.clone(), Vec::new()) } else { (Vec::new(), vec![sheet.clone()]) };
        Output { head, sheets, foot: Vec::new(), json: &report }
    })?;
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn contents(model: Option<&Model>, source: Option<&Source>) -> String {
    let count = |number: usize, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
    let Some(model) = model else {
        let document = source.map(|source| scenario::parse(source).0).filter(Document::is_of_priors);
        return document.map_or_else(String::new, |document| {
            format!(" (a file of priors, {} in it)", count(document.priors.len(), "prior"))
        });
    };
    let own = model.events.len() - model.decisions.len() - model.utilities.len();
    let mut decisions = String::new();
    if !model.decisions.is_empty() {
        let utilities = match model.utilities.len() {
            1 => "1 utility".to_owned(),
            many => format!("{many} utilities"),
        };
        decisions = format!(", {}, {utilities}", count(model.decisions.len(), "decision"));
    }
    format!(
        " ({}{decisions}, {}, {} of news)",
        count(own, "event"),
        count(model.questions.len(), "question"),
        count(model.news.len(), "piece")
    )
}

/// A scenario with everything that can be said of it, what only its worlds can show included.
fn checked(source: &Source) -> (Option<Model>, Diagnostics) {
    let (model, mut found) = load::check(source);
    let (document, _) = scenario::parse(source);
    if document.is_of_priors() {
        // What only a scenario needs.
        found.retain(|problem| !["E0104", "E0405"].contains(&problem.code));
    }
    if let Some(model) = &model {
        let mut seen = worlds(model, &document);
        // What is said of a part of a question already explains why it can never hold.
        let explained: Vec<Span> = found.iter().filter_map(|problem| problem.span).collect();
        seen.retain(|problem| {
            let inside = |place: Span, span: Span| span.start <= place.start && place.end <= span.end;
            !["W0710", "W0711"].contains(&problem.code)
                || !problem.span.is_some_and(|span| explained.iter().any(|place| inside(*place, span)))
        });
        found.extend(seen);
        found.sort();
    }
    (model, found)
}

impl FileReport {
    /// Adds what was found in a text that belongs to the file.
    fn add(&mut self, source: &Source, found: &Diagnostics) {
        self.problems.extend(Problem::of(source, found));
        self.errors += found.count(Severity::Error);
        self.warnings += found.count(Severity::Warning);
        self.notes += found.count(Severity::Note);
    }
}

/// Looks at some worlds, for what only they can show: violated rules, divisions by zero, questions that can have but one answer,
/// evidence that cannot be.
fn worlds(model: &Model, document: &Document) -> Diagnostics {
    let mut found = Diagnostics::new();
    let settings = Settings { worlds: WORLDS, doubt_draws: 0, ..Settings::default() };
    // Of the answers, only those of the questions are looked at.
    let mut plan = plan::compile(model, &Situation::of_file(model));
    plan.asks.drain(..model.events.len());
    plan.joints.clear();
    match simulate::simulate(&plan, &settings, &|_| {}) {
        Ok(tally) => {
            for (rule, seen) in model.rules.iter().zip(tally.rules()) {
                if seen.worlds > 0 {
                    found.push(violated(rule, seen.share));
                }
            }
            for (at, (division, seen)) in plan.divisions.iter().zip(tally.divisions()).enumerate() {
                if seen.worlds > 0 {
                    found.push(without_value(division, &plan.failure(at), seen.share, document));
                }
            }
            for (question, answer) in model.questions.iter().zip(tally.answers()) {
                if let Some(problem) = one_sided(question, answer, model, document) {
                    found.push(problem);
                }
            }
        }
        Err(problem) => found.push(impossible(&problem, model)),
    }
    let last =
        model.news.iter().map(|news| news.date).filter(|date| *date > model.as_of && *date < model.horizon).max();
    if let Some(last) = last
        && let Ok(situation) = Situation::of_file(model).as_of(last, model)
    {
        let mut plan = plan::compile(model, &situation);
        plan.asks.clear();
        plan.joints.clear();
        if let Err(problem) = simulate::simulate(&plan, &settings, &|_| {}) {
            found.push(impossible(&problem, model));
        }
    }
    found
}

/// News that no world agrees with, at the last of them.
fn impossible(problem: &Impossible, model: &Model) -> Diagnostic {
    let named: Vec<&str> = match problem {
        Impossible::Contradiction { names, .. } => names.iter().map(String::as_str).collect(),
        Impossible::Evidence { name, .. }
        | Impossible::Belief { name, .. }
        | Impossible::ExactValue { name, .. }
        | Impossible::CorrelatedNumber { name, .. } => {
            vec![name.as_str()]
        }
        _ => Vec::new(),
    };
    let mut places: Vec<&News> = model.news.iter().filter(|news| named.contains(&news.text.as_str())).collect();
    places.sort_by_key(|news| news.span);
    let last = places.pop().or_else(|| model.news.iter().max_by_key(|news| news.date));
    let mut diagnostic = Diagnostic::new("E0809", last.map(|news| news.span), problem.to_string());
    for news in places {
        diagnostic = diagnostic.other(news.span, "together with this");
    }
    diagnostic.help(match problem {
        Impossible::Evidence { .. } => "give what is reported a chance over 0 in the scenario, or correct the news",
        Impossible::Contradiction { .. } => "correct the news that is wrong, or the link that forbids them together",
        Impossible::Belief { .. } => "state a belief that the scenario can hold, or change what it follows from",
        Impossible::ExactValue { .. } | Impossible::CorrelatedNumber { .. } => {
            "write a comparison, such as `about = \"price > 40\"` with `happened`"
        }
        _ => "leave some of them out",
    })
}

fn without_value(division: &str, failure: &str, share: f64, document: &Document) -> Diagnostic {
    Diagnostic::new("E0524", document.divisor_of(division), format!("{failure} {}", in_worlds(share)))
        .help("write `if … then … else …` around it, or give what is marked a lower limit, such as `at least 1`")
}

/// A question that has the same answer in every world looked at, or is annulled in all of them.
fn one_sided(question: &Question, answer: &Answer, model: &Model, document: &Document) -> Option<Diagnostic> {
    let name = &question.name;
    let node = document.questions.iter().find(|node| node.name.value == *name)?;
    let among =
        if node.given.is_some() { "all worlds looked at that meet its condition" } else { "all worlds looked at" };
    let only = |span: Span, answer: String| {
        Diagnostic::new(
            "W0711",
            span,
            format!("the answer to `{name}` is {answer} in {among}, so that nothing is asked"),
        )
        .help("ask what can go either way; if a chance of 0 or 100 % is not meant so, correct it")
    };
    match answer {
        Answer::NoWorlds => {
            let (_, given) = node.given.as_ref()?;
            Some(
                Diagnostic::new(
                    "W0709",
                    given.span,
                    format!(
                        "`{given}` holds in none of {WORLDS} worlds, so that the question `{name}` is annulled in all"
                    ),
                )
                .help("ask under a condition that can hold, or give its events a chance over 0"),
            )
        }
        Answer::Binary(share) if share.value == 0.0 => {
            let (_, holds) = node.holds.as_ref().filter(|_| node.given.is_none())?;
            Some(
                Diagnostic::new(
                    "W0710",
                    holds.span,
                    format!("`{holds}` holds in none of {WORLDS} worlds, so that the answer to `{name}` is always no"),
                )
                .help(
                    "look for a deadline that comes too early, or a chance of 0; if it is meant so, ask something else",
                ),
            )
        }
        Answer::Binary(share) if share.value <= 0.0 || share.value >= 1.0 => {
            let (_, holds) = node.holds.as_ref()?;
            Some(only(holds.span, if share.value > 0.0 { "yes" } else { "no" }.to_owned()))
        }
        Answer::Categorical(shares) => {
            let (_, which) = node.which.as_ref()?;
            let QuestionTarget::Which(event) = question.target else { return None };
            let certain = shares.iter().position(|share| share.value >= 1.0)?;
            Some(only(which.span, format!("`{}`", model.event(event).options().get(certain)?)))
        }
        Answer::Number(number) if number.undefined <= 0.0 && number.minimum == number.maximum => {
            let (_, value) = node.value.as_ref()?;
            Some(only(value.span, figure::significant(number.minimum, 6)))
        }
        Answer::Date(date) if date.never.value >= 1.0 => {
            let (_, when) = node.when.as_ref()?;
            Some(only(when.span, "never".to_owned()))
        }
        _ => None,
    }
}

fn in_worlds(share: f64) -> String {
    let percent = crate::math::round_to(share * 100.0, 1);
    if percent > 0.0 { format!("in {percent} % of the worlds") } else { "in a few worlds".to_owned() }
}

fn violated(rule: &crate::model::ModelRule, share: f64) -> Diagnostic {
    let amount = in_worlds(share);
    if rule.must_hold {
        Diagnostic::new("E0522", rule.span, format!("`{}` must hold, but is violated {amount}", rule.text))
            .help("make one event depend on the other (`requires`, `after`, cases), so that it cannot happen")
    } else {
        Diagnostic::new("W0523", rule.span, format!("`{}` is assumed, but is violated {amount}", rule.text))
            .help("let the events say so, or drop the assumption")
    }
}
