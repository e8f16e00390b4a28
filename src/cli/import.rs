//! `foretell import`: anybody's forecasts and outcomes into the ledger; and another tool's network as a scenario.

use super::inputs::{expand, open, open_and_sort};
use super::ledger_file::{LedgerArgument, acknowledge, now, warn_of_other_words};
use super::{Done, console, load};
use crate::error::Error;
use crate::forecast::import::{InputFile, read_all};
use crate::forecast::tidy::{Holds, Summary, TidyFile};
use crate::ledger::{Entry, Receipt};
use crate::network;
use crate::report::{Column, Format, Output, Sheet};
use jiff::civil::Date;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLE: &str = "Examples:
  foretell import --questions questions.csv --forecasts crowd.csv --outcomes outcomes.csv
  foretell import crowd.csv outcomes.jsonl          # what each holds is told by its columns
  foretell import question_data.csv forecast_data.csv   # files of the field, here of Metaculus
  foretell import 'forecasts/*.parquet'             # a pattern, in quotes
  foretell import --joint patterns.csv              # forecasts of several questions together
  foretell import network.bif > scenario.toml       # a Bayesian network: .bif, .xmlbif, .xdsl, .net, .uai

Columns (more are left out, and named):
  forecasts   question, forecaster, made_at, and probability | option + probability (a row an option)
              | quantile + value (a row a quantile) | quantile + day, and never
              | draw + value (a row a draw) | cdf + value (a row a point) | distribution
  outcomes    question, resolution, resolved_on, source
  questions   id, ask, kind, options (a|b|c), opens, closes, resolves, cluster, tags (a|b)
  joint       forecaster, made_at, pattern (permit=yes|ferry=no), probability";

/// Import forecasts and outcomes from tables or files of the field into the ledger, or a network as a scenario
///
/// A Bayesian network of another tool, told by the ending of its name, is written to stdout as a scenario; the ledger is not touched.
/// Tables are CSV, JSON lines or Parquet; files of the field those of platforms, tournaments and hubs, recognised by their columns. All files
/// are checked before anything is written. A bad row of a table is named and then nothing is written; of a file of the field, it is
/// left out, counted and named. What stands in the ledger already is left out, so the same file can be imported again.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[group(id = "files", required = true, multiple = true, args = ["any", "forecasts", "outcomes", "questions", "joint"])]
pub(super) struct Arguments {
    /// Tables or files of the field, by paths or quoted patterns, `-` is standard input; or one Bayesian network
    #[arg(value_name = "FILE")]
    any: Vec<PathBuf>,
    /// Tables of forecasts
    #[arg(long, value_name = "FILE")]
    forecasts: Vec<PathBuf>,
    /// Tables of outcomes
    #[arg(long, value_name = "FILE")]
    outcomes: Vec<PathBuf>,
    /// Tables of questions
    #[arg(long, value_name = "FILE")]
    questions: Vec<PathBuf>,
    /// Tables of joint forecasts, a row a pattern of answers to several questions
    #[arg(long, value_name = "FILE")]
    joint: Vec<PathBuf>,
    /// Commits after every N lines instead of all at once; an interrupted import is completed by the next one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    batch: Option<u32>,
    /// Of a network: the `as_of` of the scenario [default: 2000-01-01]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// What `--format json` prints.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Imported {
    /// `foretell.import/1`.
    schema: &'static str,
    /// What was taken of each file, in the order read.
    files: Vec<Summary>,
    /// What was written to the ledger.
    receipt: Receipt,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if let Some(file) = arguments.any.iter().find(|file| network::Format::of_path(file).is_some()) {
        if format != Format::Table {
            return Err(Error::input("--format is for results, and a network becomes the text of a scenario")
                .help("leave --format out; `foretell run` takes the network itself and writes JSON or CSV"));
        }
        return arguments.network(file);
    }
    if arguments.as_of.is_some() {
        return Err(Error::input("--as-of goes with a network only: a table says itself when its forecasts were made"));
    }
    let (entries, files) = arguments.entries()?;
    for remark in files.iter().flat_map(Summary::remarks) {
        console::note(&remark);
    }
    let mut ledger = arguments.ledger.open()?;
    let receipt = if let Some(size) = arguments.batch {
        ledger.append_in_batches(&entries, now(), size as usize, |receipt| {
            acknowledge(receipt);
            Ok(())
        })?
    } else {
        let receipt = ledger.append(&entries, now())?;
        acknowledge(&receipt);
        receipt
    };
    warn_of_other_words(&receipt);
    let columns = ["rows", "questions", "forecasts", "outcomes"].map(Column::number);
    let mut sheet = Sheet::new(None, std::iter::once(Column::text("file")).chain(columns).collect());
    for file in &files {
        let counts = [file.rows, file.questions, file.forecasts, file.outcomes].map(|count| count.to_string());
        sheet.row(std::iter::once(file.file.clone()).chain(counts).collect());
    }
    let joint = if receipt.joints > 0 { format!(", joint forecasts {}", receipt.joints) } else { String::new() };
    let foot = vec![format!(
        "new: questions {}, forecasts {}{joint}, outcomes {}; already there: {}",
        receipt.questions, receipt.forecasts, receipt.outcomes, receipt.already_there
    )];
    let json = Imported { schema: "foretell.import/1", files, receipt };
    let output = Output { head: Vec::new(), sheets: vec![sheet], foot, json: &json };
    console::show(format, &output.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    /// A network as the text of a scenario, to stdout.
    fn network(&self, file: &Path) -> Done {
        let tables = [&self.any, &self.forecasts, &self.outcomes, &self.questions, &self.joint];
        let others = tables.iter().map(|files| files.len()).sum::<usize>() - 1;
        if others > 0 {
            return Err(Error::input(format!(
                "`{}` is a network, which becomes one scenario on stdout",
                file.display()
            ))
            .help("import one network at a time, and tables apart from it"));
        }
        let network = load::network(file)?;
        console::data(&network::scenario_text(&network, self.as_of.unwrap_or(network::AS_OF)))?;
        Ok(ExitCode::SUCCESS)
    }

    /// What the files come to, beside what the ledger holds: questions first, then forecasts, joint ones after the others, then outcomes.
    fn entries(&self) -> Result<(Vec<Entry>, Vec<Summary>), Error> {
        let mut files = Vec::new();
        for (holds, paths) in [
            (Some(Holds::Questions), &self.questions),
            (Some(Holds::Forecasts), &self.forecasts),
            (Some(Holds::Outcomes), &self.outcomes),
        ] {
            files.extend(open(holds, paths)?);
        }
        let sorted = open_and_sort(&self.any)?;
        files.extend(sorted.files);
        let before = self.ledger.records()?;
        let mut records = before.clone();
        let (outcomes, mut summaries) = read_all(&files, &mut records)?;
        let mut joints = Vec::new();
        let given: Result<Vec<TidyFile>, Error> =
            expand(&self.joint)?.iter().map(|path| TidyFile::open(path)).collect();
        for table in given?.iter().chain(sorted.joint.iter().filter_map(InputFile::patterns)) {
            let found = table.joint_forecasts(&records)?;
            let rows = found.iter().map(|forecast| forecast.patterns.len()).sum();
            let (file, taken) = (table.name().to_owned(), found.len());
            summaries.push(Summary { file, rows, taken, forecasts: taken, ..Summary::default() });
            joints.extend(found);
        }
        let questions = records.questions.into_values().filter(|new| before.questions.get(&new.id) != Some(new));
        let forecasts = records.forecasts.into_iter().skip(before.forecasts.len());
        let entries = questions
            .map(Entry::Question)
            .chain(forecasts.map(Entry::Forecast))
            .chain(joints.into_iter().map(Entry::Joint))
            .chain(outcomes.into_iter().map(Entry::Outcome))
            .collect();
        Ok((entries, summaries))
    }
}
