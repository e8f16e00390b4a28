//! `foretell check`: every problem of a scenario file in one run.

use super::{Done, console, load};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::Model;
use crate::plan::{self, Situation};
use crate::report::{Column, Format, Output, Sheet};
use crate::simulate::{self, Settings};
use crate::source::Source;
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

#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    files: Vec<FileReport>,
}

#[derive(Debug, Serialize)]
struct FileReport {
    file: String,
    errors: usize,
    warnings: usize,
    notes: usize,
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct Problem {
    code: &'static str,
    severity: &'static str,
    message: String,
    line: Option<usize>,
    column: Option<usize>,
    help: Vec<String>,
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
        let source = load::read(path)?;
        let (model, mut found) = load::check(&source);
        if let Some(model) = &model {
            found.extend(rules(model));
            found.sort();
        }
        failed |= found.has_errors() || (arguments.strict && found.count(Severity::Warning) > 0);
        if format == Format::Table {
            console::diagnostics(&found, &source);
            head.push(format!("{}: {}{}", path.display(), load::tally(&found), contents(model.as_ref())));
        }
        report.files.push(file_report(&source, &found));
    }
    for file in &report.files {
        for problem in &file.problems {
            let place = |at: Option<usize>| at.map_or_else(String::new, |at| at.to_string());
            sheet.row(vec![
                file.file.clone(),
                place(problem.line),
                place(problem.column),
                problem.severity.to_owned(),
                problem.code.to_owned(),
                problem.message.clone(),
            ]);
        }
    }
    let sheets = if format == Format::Table { Vec::new() } else { vec![sheet] };
    console::data(&Output { head, sheets, foot: Vec::new(), json: &report }.render(format)?)?;
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn contents(model: Option<&Model>) -> String {
    let Some(model) = model else { return String::new() };
    let count = |number: usize, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
    format!(
        " ({}, {}, {} of news)",
        count(model.events.len(), "event"),
        count(model.questions.len(), "question"),
        count(model.news.len(), "piece")
    )
}

fn file_report(source: &Source, found: &Diagnostics) -> FileReport {
    let problems = found
        .iter()
        .map(|one| {
            let place = one.span.map(|span| source.line_column(span.start));
            Problem {
                code: one.code,
                severity: match one.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "note",
                },
                message: one.message.clone(),
                line: place.map(|(line, _)| line),
                column: place.map(|(_, column)| column),
                help: one.help.clone(),
            }
        })
        .collect();
    FileReport {
        file: source.name().to_owned(),
        errors: found.count(Severity::Error),
        warnings: found.count(Severity::Warning),
        notes: found.count(Severity::Note),
        problems,
    }
}

/// Looks at some worlds, for what only they can show: violated rules, divisions by zero, evidence that cannot be.
fn rules(model: &Model) -> Diagnostics {
    let mut found = Diagnostics::new();
    let has_news = !model.news.is_empty();
    if model.rules.is_empty() && !has_news {
        return found;
    }
    let settings = Settings { worlds: WORLDS, doubt_draws: 0, ..Settings::default() };
    let plan = plan::compile(model, &Situation::of_file(model));
    match simulate::simulate(&plan, &settings, &|_| {}) {
        Ok(tally) => {
            for (rule, seen) in model.rules.iter().zip(tally.rules()) {
                if seen.worlds > 0 {
                    found.push(violated(rule, seen.share));
                }
            }
        }
        Err(problem) => found.push(Diagnostic::new("E0809", None, problem.to_string())),
    }
    if has_news {
        let last = model.news.iter().map(|news| news.date).filter(|date| *date < model.horizon).max();
        let Some(last) = last else { return found };
        let Ok(situation) = Situation::of_file(model).as_of(last, model) else { return found };
        let plan = plan::compile(model, &situation);
        if let Err(problem) = simulate::simulate(&plan, &settings, &|_| {}) {
            let place = model.news.iter().find(|news| problem.to_string().contains(&news.text)).map(|news| news.span);
            found.push(
                Diagnostic::new("E0809", place, problem.to_string())
                    .help("look for two pieces of news that cannot both be true, or a chance of 0 that came true"),
            );
        }
    }
    found
}

fn violated(rule: &crate::model::ModelRule, share: f64) -> Diagnostic {
    let percent = crate::math::round_to(share * 100.0, 3);
    let amount = if percent > 0.0 { format!("in {percent} % of worlds") } else { "in a few worlds".to_owned() };
    if rule.must_hold {
        Diagnostic::new("E0522", rule.span, format!("`{}` must hold, but is violated {amount}", rule.text))
            .help("make one event depend on the other (`requires`, `after`, cases), so that it cannot happen")
    } else {
        Diagnostic::new("W0523", rule.span, format!("`{}` is assumed, but is violated {amount}", rule.text))
            .help("let the events say so, or drop the assumption")
    }
}
