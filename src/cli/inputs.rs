//! Where the commands that score take questions, forecasts and outcomes from.

use super::console;
use super::ledger_file::LedgerArgument;
use crate::error::Error;
use crate::forecast::import::{InputFile, read_all};
use crate::forecast::tidy::{self, Holds};
use crate::forecast::{Records, nearest};
use crate::score::{RULES, ScoringRule, rule};
use clap::builder::{PossibleValue, PossibleValuesParser};
use std::path::PathBuf;

/// A ledger, or files.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Inputs {
    #[command(flatten)]
    ledger: LedgerArgument,
    /// Forecasts in a table instead of a ledger, or a file of the field, by a path or a quoted pattern; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "ledger")]
    pub(super) forecasts: Vec<PathBuf>,
    /// Outcomes in a table, beside `--forecasts`
    #[arg(long, value_name = "FILE", requires = "forecasts")]
    pub(super) outcomes: Vec<PathBuf>,
    /// Definitions of the questions in a table, beside `--forecasts`: opening and closing days, clusters, tags
    #[arg(long, value_name = "FILE", requires = "forecasts")]
    pub(super) questions: Vec<PathBuf>,
}

/// The records that the arguments name; what a file holds that was not taken goes to stderr.
pub(super) fn records(inputs: &Inputs) -> Result<Records, Error> {
    if inputs.forecasts.is_empty() {
        return inputs.ledger.proven_records();
    }
    let mut files = Vec::new();
    for (holds, paths) in [
        (Holds::Questions, &inputs.questions),
        (Holds::Forecasts, &inputs.forecasts),
        (Holds::Outcomes, &inputs.outcomes),
    ] {
        files.extend(open(Some(holds), paths)?);
    }
    let has_outcomes = !inputs.outcomes.is_empty() || files.iter().any(|(_, file)| file.is_of_the_field());
    if !has_outcomes {
        return Err(Error::input("the forecasts have no outcomes").help("name them: `--outcomes FILE`"));
    }
    let mut records = Records::default();
    let (_, summaries) = read_all(&files, &mut records)?;
    summaries.iter().for_each(tell);
    if records.outcomes.is_empty() && inputs.outcomes.is_empty() {
        return Err(Error::input("none of the files holds an outcome").help("name them: `--outcomes FILE`"));
    }
    Ok(records)
}

/// Opens the files that paths and patterns name, each once; a file of a known source says itself what it holds, of another it is given.
pub(super) fn open(holds: Option<Holds>, paths: &[PathBuf]) -> Result<Vec<(Holds, InputFile)>, Error> {
    let mut files = Vec::new();
    for path in expand(paths)? {
        let file = InputFile::open(&path)?;
        let given = if file.is_of_the_field() { file.holds() } else { holds.or_else(|| file.holds()) };
        let holds = given.ok_or_else(|| {
            Error::input(format!("the columns of `{}` are those of no table", path.display()))
                .help("forecasts have a `forecaster`, outcomes a `resolution`, questions an `id` and a `kind`")
        })?;
        files.push((holds, file));
    }
    Ok(files)
}

/// The files that patterns stand for, in the order of their names; a path without `*`, `?` or `[`, or one that is there, is itself.
pub(super) fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let pattern = path.to_string_lossy();
        if !pattern.contains(['*', '?', '[']) || path.exists() {
            files.push(path.clone());
            continue;
        }
        let found = glob::glob(&pattern)
            .map_err(|problem| Error::input(format!("`{pattern}` is no pattern of files")).because(problem))?;
        let before = files.len();
        for file in found {
            files.push(
                file.map_err(|problem| Error::environment(format!("`{pattern}` cannot be read")).because(problem))?,
            );
        }
        if files.len() == before {
            return Err(Error::environment(format!("no file matches `{pattern}`")));
        }
        files[before..].sort();
    }
    Ok(files)
}

fn tell(summary: &tidy::Summary) {
    for remark in summary.remarks() {
        console::note(&format!("note: {remark}"));
    }
}

/// Checks that somebody of that name forecast something.
pub(super) fn check_forecaster(records: &Records, name: &str) -> Result<(), Error> {
    if records.forecasts.iter().any(|record| record.forecaster == name) {
        return Ok(());
    }
    let unknown = Error::input(format!("there is no forecast by `{name}`"));
    let names: std::collections::BTreeSet<&str> =
        records.forecasts.iter().map(|record| record.forecaster.as_str()).collect();
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => unknown.help(format!("the nearest name is `{near}`")),
        None if names.is_empty() => unknown.help("there are no forecasts at all"),
        None if names.len() <= 12 => {
            unknown.help(format!("there are forecasts by {}", names.into_iter().collect::<Vec<_>>().join(", ")))
        }
        None => unknown,
    })
}

/// Reads the id of a scoring rule; `--help` lists them.
pub(super) fn rule_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(RULES.iter().map(|rule| PossibleValue::new(rule.id()).help(rule.name())))
}

/// The rules of these ids, each once.
pub(super) fn rules(ids: &[String]) -> Vec<&'static dyn ScoringRule> {
    let mut rules: Vec<&'static dyn ScoringRule> = Vec::new();
    for id in ids {
        let known = rules.iter().any(|listed| listed.id() == id);
        if let Some(listed) = rule(id).filter(|_| !known) {
            rules.push(listed);
        }
    }
    rules
}
