//! The command line: one file a subcommand. The only room that prints, reads the environment or exits.
//!
//! Exit codes: 0 done; 1 the check found something or the input is at fault; 2 the tool could not run.
//! Data goes to stdout, everything else to stderr.

mod budget;
mod calibrate;
mod calibrate_sheets;
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
mod plan;
mod pool;
mod pool_quantiles;
mod pool_sheets;
mod rare;
mod record;
mod report;
mod report_outlook;
mod report_parts;
mod resolve;
mod run;
mod schema;
mod score;
mod score_otherwise;
mod shard;
mod status;
mod storyline;
mod storylines;
mod stream;
mod update;
mod update_log;
mod update_news;
mod watch;
mod watch_sheets;

use crate::error::{Error, ErrorKind};
use crate::report::Format;
use clap::{Parser, Subcommand};
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
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(problem) => {
            let code = if problem.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
            console::clap(&problem);
            return code;
        }
    };
    let format = cli.format;
    let done = match cli.command {
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
    };
    match done {
        Ok(code) => code,
        Err(problem) => {
            console::error(&problem);
            match problem.kind() {
                ErrorKind::Input => ExitCode::from(1),
                ErrorKind::Environment => ExitCode::from(2),
            }
        }
    }
}

type Done = Result<ExitCode, Error>;
