//! Where the commands that score take questions, forecasts and outcomes from.

use super::console;
use super::ledger_file::LedgerArgument;
use crate::error::Error;
use crate::forecast::{Records, nearest, tidy};
use crate::score::{RULES, ScoringRule, rule};
use clap::builder::{PossibleValue, PossibleValuesParser};
use std::path::PathBuf;

/// A ledger, or files.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Inputs {
    #[command(flatten)]
    ledger: LedgerArgument,
    /// Forecasts in a tidy table instead of a ledger; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "ledger", requires = "outcomes")]
    forecasts: Vec<PathBuf>,
    /// Outcomes in a tidy table, beside `--forecasts`
    #[arg(long, value_name = "FILE", requires = "forecasts")]
    outcomes: Vec<PathBuf>,
    /// Definitions of the questions in a tidy table, beside `--forecasts`: opening and closing days, clusters, tags
    #[arg(long, value_name = "FILE", requires = "forecasts")]
    questions: Vec<PathBuf>,
}

/// The records that the arguments name; what a file holds that was not taken goes to stderr.
pub(super) fn records(inputs: &Inputs) -> Result<Records, Error> {
    if inputs.forecasts.is_empty() {
        return inputs.ledger.proven_records();
    }
    let mut records = Records::default();
    for path in &inputs.questions {
        tell(&tidy::read_questions(path, &mut records)?);
    }
    for path in &inputs.forecasts {
        tell(&tidy::read_forecasts(path, &mut records)?);
    }
    for path in &inputs.outcomes {
        tell(&tidy::read_outcomes(path, &mut records)?);
    }
    Ok(records)
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
