//! What the tests share: files of this repository, runs of the binary, runs of the library.

use assert_cmd::Command;
use foretell::forecast::Forecast;
use foretell::model::{self, Model};
use foretell::plan::{self, Situation};
use foretell::report::run::{Figures, QuestionReport, Run, RunReport, report};
use foretell::scenario;
use foretell::simulate::{Settings, simulate};
use foretell::source::Source;
use std::path::{Path, PathBuf};

/// A path of this repository.
pub(crate) fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The files of a folder with this ending, in order.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(path(folder))
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|file| file.extension().is_some_and(|extension| extension == ending))
        .collect();
    found.sort();
    found
}

/// The binary, run from the root of the repository.
pub(crate) fn foretell() -> Command {
    let mut command = Command::cargo_bin("foretell").expect("the binary is built");
    command.current_dir(path("")).env_remove("FORETELL_LEDGER").env("NO_COLOR", "1").env("COLUMNS", "100");
    command
}

/// A scenario that must be fine.
pub(crate) fn model(name: &str, text: &str) -> Model {
    let source = Source::new(name, text);
    let (document, mut found) = scenario::parse(&source);
    let (model, checked) = model::check(&document);
    found.extend(checked);
    assert!(!found.has_errors(), "{}", found.render(&source, false));
    model.expect("a scenario without errors has a model")
}

/// Runs a scenario of this repository.
pub(crate) fn run_file(relative: &str, settings: &Settings) -> RunReport {
    let text = std::fs::read_to_string(path(relative)).expect("the scenario can be read");
    run_text(relative, &text, settings)
}

/// Runs a scenario.
pub(crate) fn run_text(name: &str, text: &str, settings: &Settings) -> RunReport {
    let model = model(name, text);
    run_model(&model, &Situation::of_file(&model), settings)
}

/// Runs a checked scenario from a situation.
pub(crate) fn run_model(model: &Model, situation: &Situation, settings: &Settings) -> RunReport {
    let plan = plan::compile(model, situation);
    let tally = simulate(&plan, settings, &|_| {}).unwrap_or_else(|problem| panic!("{problem}"));
    report(Run { model, hash: "", situation, plan: &plan, settings, tally: &tally })
}

/// The probabilities of a forecast with their standard errors.
pub(crate) fn probabilities(question: &QuestionReport) -> Vec<(f64, f64)> {
    let errors: Vec<f64> = match &question.figures.standard_error {
        Some(Figures::One(error)) => vec![error.unwrap_or(0.0)],
        Some(Figures::Many(errors)) => errors.iter().map(|error| error.unwrap_or(0.0)).collect(),
        None => Vec::new(),
    };
    let values = match &question.figures.forecast {
        Some(Forecast::Binary { probability }) => vec![*probability],
        Some(Forecast::Categorical { probabilities, .. }) => probabilities.clone(),
        other => panic!("`{}` has no probabilities: {other:?}", question.id),
    };
    values.into_iter().zip(errors).collect()
}

/// A question of a report.
pub(crate) fn question<'a>(report: &'a RunReport, id: &str) -> &'a QuestionReport {
    report.questions.iter().find(|question| question.id == id).unwrap_or_else(|| panic!("there is no question `{id}`"))
}
