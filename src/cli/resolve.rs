//! `foretell resolve`: what became of a question.

use super::ledger_file::{self, LedgerArgument, today};
use super::{Done, console};
use crate::error::Error;
use crate::forecast::tidy::TidyFile;
use crate::forecast::{Moment, Outcome, QuestionKind, Records, Resolution};
use crate::ledger::{Entry, Receipt};
use crate::report::{Column, Format, Output, Sheet};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLE: &str = "Examples:
  foretell resolve moscow_attends no --on 2025-09-02 --source \"press office, 2 September\"
  foretell resolve purchase 12.5 --on 2025-12-31
  foretell resolve summit_day never --on 2026-01-01
  foretell resolve rain annulled
  foretell resolve --from outcomes.csv";

/// Say what became of a question
///
/// A question can be resolved again: the last resolution counts, and the earlier lines stay.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Arguments {
    /// The question's id
    #[arg(required_unless_present = "from")]
    question: Option<String>,
    /// yes, no, an option, a number, a day, never, or annulled
    #[arg(required_unless_present = "from", allow_hyphen_values = true)]
    resolution: Option<String>,
    /// When the answer could be known [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = clap::value_parser!(Moment))]
    on: Option<Moment>,
    /// Where it is documented
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Reads the outcomes from a table with the columns question, resolution, resolved_on, source
    #[arg(long, value_name = "FILE", conflicts_with_all = ["question", "resolution", "on", "source"])]
    from: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// What `--format json` prints.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Resolved<'a> {
    /// `foretell.resolve/1`.
    schema: &'static str,
    /// The outcomes, in order.
    resolved: Vec<Change<'a>>,
    /// What was written to the ledger.
    receipt: &'a Receipt,
}

#[derive(Serialize, schemars::JsonSchema)]
struct Change<'a> {
    /// What became of the question.
    #[serde(flatten)]
    outcome: &'a Outcome,
    /// What it was resolved to before, if it was and differently.
    before: Option<&'a Resolution>,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let mut ledger = arguments.ledger.open_existing()?;
    let records = ledger.records()?;
    let outcomes = arguments.outcomes(&records)?;
    let entries: Vec<Entry> = outcomes.iter().cloned().map(Entry::Outcome).collect();
    let receipt = ledger_file::append(&mut ledger, &entries)?;
    let resolved: Vec<Change<'_>> = outcomes
        .iter()
        .map(|outcome| {
            let before = records.outcomes.get(&outcome.question).map(|before| &before.resolution);
            Change { outcome, before: before.filter(|before| **before != outcome.resolution) }
        })
        .collect();
    let headings = ["question", "resolution", "resolved on", "before", "source"];
    let mut sheet = Sheet::new(None, headings.map(Column::text).to_vec());
    for Change { outcome, before } in &resolved {
        let kind = records.questions.get(&outcome.question).map(|question| &question.kind);
        let (now, before) = (said(&outcome.resolution, kind), before.map(|before| said(before, kind)));
        if let Some(before) = &before {
            console::note(&format!("`{}` was resolved to {before} before; {now} counts now", outcome.question));
        }
        sheet.row(vec![
            outcome.question.clone(),
            now,
            outcome.resolved_on.to_string(),
            before.unwrap_or_default(),
            outcome.source.clone().unwrap_or_default(),
        ]);
    }
    let json = Resolved { schema: "foretell.resolve/1", resolved, receipt: &receipt };
    let output = Output { head: Vec::new(), sheets: vec![sheet], foot: Vec::new(), json: &json };
    console::show(format, &output.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}

/// A resolution in the words in which it is given: of a day that did not come `never`, which is kept as `no`.
fn said(resolution: &Resolution, kind: Option<&QuestionKind>) -> String {
    match (resolution, kind) {
        (Resolution::No, Some(QuestionKind::Date)) => "never".to_owned(),
        _ => resolution.to_string(),
    }
}

impl Arguments {
    fn outcomes(&self, records: &Records) -> Result<Vec<Outcome>, Error> {
        if let Some(path) = &self.from {
            let (outcomes, summary) = TidyFile::open(path)?.outcomes(records)?;
            for remark in summary.remarks() {
                console::note(&remark);
            }
            return Ok(outcomes);
        }
        let (Some(id), Some(text)) = (&self.question, &self.resolution) else {
            return Err(Error::input("a question and its resolution are needed, or `--from FILE`"));
        };
        let question = ledger_file::question(records, id)?;
        let resolution = Resolution::read(text, question).map_err(Error::input)?;
        Ok(vec![Outcome {
            question: id.clone(),
            resolution,
            resolved_on: self.on.unwrap_or_else(|| Moment::Day(today())),
            source: self.source.clone(),
        }])
    }
}
