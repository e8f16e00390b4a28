//! The command line: one file a subcommand. The only room that prints, reads the environment or exits.
//!
//! Exit codes: 0 done; 1 the check found something or the input is at fault; 2 the tool could not run.
//! Data goes to stdout, everything else to stderr.

mod budget;
mod calibrate;
mod calibrate_sheets;
mod calibrate_wide;
mod check;
mod cohere;
mod cohere_sheets;
mod completions;
mod compare;
mod console;
mod counterfactual;
mod curves;
mod decide;
mod decide_sheets;
mod desk;
mod diff;
mod diff_sheets;
mod explain;
mod explain_sheets;
mod export;
mod figures;
mod heading;
mod import;
mod init;
mod inputs;
mod leaderboard;
mod ledger;
mod ledger_file;
mod live;
mod load;
mod man;
mod means;
mod merge;
mod pair_tests;
#[cfg(test)]
mod update_tests;
mod plan;
mod pool;
mod pool_counting;
mod pool_quantiles;
mod pool_sheets;
mod rare;
mod record;
mod record_joint;
mod report;
mod report_bottom;
mod report_changes;
mod report_curves;
mod report_outlook;
mod report_parts;
mod report_resolved;
mod resolve;
mod rule_names;
mod run;
mod run_conflicts;
mod schema;
mod score;
mod score_draws;
mod score_otherwise;
mod shard;
mod status;
mod status_joint;
mod storyline;
mod storylines;
mod stream;
mod update;
mod update_beside;
mod update_log;
mod update_news;
mod update_undo;
mod watch;
mod watch_sheets;
mod written;

pub use check::Problem;
pub use desk::{Failure, OnProgress, Told};
pub use load::scenario_texts;
pub use merge::Merger;

use crate::error::{Error, ErrorKind};
use crate::report::Format;
use clap::{Parser, Subcommand};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

/// The ledger that commands use if none is named.
pub const LEDGER_DEFAULT: &str = "foretell.db";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "foretell", version, about, long_about = None, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// How results are written to stdout
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Check(check::Arguments),
    Run(run::Arguments),
    Merge(merge::Arguments),
    Storylines(storylines::Arguments),
    Record(record::Arguments),
    Resolve(resolve::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
    Status(status::Arguments),
    Live(live::Arguments),
    Score(score::Arguments),
    Calibrate(calibrate::Arguments),
    Compare(compare::Arguments),
    Leaderboard(leaderboard::Arguments),
    Cohere(cohere::Arguments),
    Pool(pool::Arguments),
    Update(update::Arguments),
    Diff(diff::Arguments),
    Report(report::Arguments),
    Watch(watch::Arguments),
    Decide(decide::Arguments),
    Explain(explain::Arguments),
    Ledger(ledger::Arguments),
    Schema(schema::Arguments),
    Plan(plan::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::from(run(std::env::args_os()))
}

/// What the command line answers, for a program that holds this library. The first argument is the command. `texts` are what stands in scenario
/// files and parts of these names, which need not exist; `on_progress` is told how far a long piece of work is, and may break it off.
///
/// All forms of the answer come at once, whatever `--format` says. Nothing is printed.
///
/// ```
/// use foretell::cli::ask;
/// use std::collections::BTreeMap;
///
/// let scenario = r#"
/// title   = "Rain"
/// as_of   = 2025-08-19
/// horizon = 2025-12-31
///
/// [event.rain]
/// chance = "30%"
/// "#;
/// let texts = BTreeMap::from([("rain.toml".to_owned(), scenario.to_owned())]);
/// let told = ask(["run", "rain.toml", "--exact"], texts, None);
/// assert_eq!(told.exit_code, 0, "{:?}", told.failure);
/// assert!(told.text.contains("30 %"), "{}", told.text);
/// ```
#[must_use]
pub fn ask<A: Into<OsString>>(
    arguments: impl IntoIterator<Item = A>,
    texts: BTreeMap<String, String>,
    on_progress: Option<OnProgress>,
) -> Told {
    let all = std::iter::once(OsString::from("foretell")).chain(arguments.into_iter().map(Into::into));
    let (exit_code, told) = desk::at(texts, on_progress, || run(all));
    Told { exit_code, ..told }
}

/// Runs a command; the exit code.
fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(problem) => {
            console::clap(&problem);
            return if problem.use_stderr() { 2 } else { 0 };
        }
    };
    ended(dispatch(cli))
}

/// The exit code of what is done, or of what went wrong, which is said.
fn ended(done: Done) -> u8 {
    match done {
        Ok(ExitCode::SUCCESS) => 0,
        Ok(_) => 1,
        Err(problem) => {
            console::error(&problem);
            match problem.kind() {
                ErrorKind::Input => 1,
                ErrorKind::Environment => 2,
            }
        }
    }
}

fn dispatch(cli: Cli) -> Done {
    let format = cli.format;
    match cli.command {
        Command::Init(arguments) => init::run(&arguments, format),
        Command::Check(arguments) => check::run(&arguments, format),
        Command::Run(arguments) => run::run(&arguments, format),
        Command::Merge(arguments) => merge::run(&arguments, format),
        Command::Storylines(arguments) => storylines::run(&arguments, format),
        Command::Record(arguments) => record::run(&arguments, format),
        Command::Resolve(arguments) => resolve::run(&arguments, format),
        Command::Import(arguments) => import::run(&arguments, format),
        Command::Export(arguments) => export::run(&arguments, format),
        Command::Status(arguments) => status::run(&arguments, format),
        Command::Live(arguments) => live::run(&arguments, format),
        Command::Score(arguments) => score::run(&arguments, format),
        Command::Calibrate(arguments) => calibrate::run(&arguments, format),
        Command::Compare(arguments) => compare::run(&arguments, format),
        Command::Leaderboard(arguments) => leaderboard::run(&arguments, format),
        Command::Cohere(arguments) => cohere::run(&arguments, format),
        Command::Pool(arguments) => pool::run(&arguments, format),
        Command::Update(arguments) => update::run(&arguments, format),
        Command::Diff(arguments) => diff::run(&arguments, format),
        Command::Report(arguments) => report::run(&arguments, format),
        Command::Watch(arguments) => watch::run(&arguments, format),
        Command::Decide(arguments) => decide::run(&arguments, format),
        Command::Explain(arguments) => explain::run(&arguments, format),
        Command::Ledger(arguments) => ledger::run(&arguments, format),
        Command::Schema(arguments) => schema::run(&arguments, format),
        Command::Plan(arguments) => plan::run(&arguments, format),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

type Done = Result<ExitCode, Error>;

/// The least number of times that something is drawn anew for an interval: of fewer draws its ends say nothing.
const LEAST_REPLICATES: u32 = 100;
