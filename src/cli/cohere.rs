//! `foretell cohere`: whether anybody's probabilities can stand together, and the nearest that can.

use super::cohere_sheets::Extent;
use super::inputs::{as_stated, expand, pattern, unknown_forecaster};
use super::ledger_file::LedgerArgument;
use super::{Done, cohere_sheets, console, load};
use crate::cohere::{
    Distance, Options, Relations, Standing, StatementReport, TOLERANCE, check_names, check_possible, cohere,
    options_as_relations, read_relations, with_repaired,
};
use crate::error::Error;
use crate::forecast::tidy::{Form, forecasts_file, parse_number, parse_probability};
use crate::forecast::{Records, day};
use crate::model;
use crate::report::Format;
use crate::scenario;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  foretell cohere forecasts.csv --relations relations.toml
  foretell cohere forecasts.csv --relations relations.toml --forecaster 'team *' --strict
  foretell cohere forecasts.csv --relations relations.toml --pin talks=55% --out both.csv
  foretell cohere crowd.csv --scenario scenario.toml --every-day
  foretell cohere --ledger foretell.db --relations relations.toml --as-of 2025-09-01

A file of relations says what holds among questions, in sentences:
  unasked = [\"deal\"]                            # what nobody is asked about
  logic = [                                      # holds in every world; a violation is an error
    \"b is not a\", \"c is a and d\", \"c is a or d\", \"c is a but not d\", \"a is d\",
    \"a implies d\", \"exactly one of a, b, e\", \"at most one of a, b\",
    \"f is deal given a\", \"deal is f if a, else g\", \"h is talks within 30 days after visit\",
  ]
  assume = [\"deal given a is between 20% and 60%\", \"a is at least as likely as b\", \"a makes deal likelier\"]
  [deadlines.talks]
  by = { 2025-08-31 = \"talks_by_august\", 2025-09-30 = \"talks_by_september\" }

Exit code 1 if figures violate `logic`, or with --strict anything.";

/// Check probabilities against declared relations, and show the nearest coherent ones
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, group = clap::ArgGroup::new("declared").args(["relations", "scenario"]).required(true).multiple(true))]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Arguments {
    /// Forecasts in tables, or files of the field, by a path or a quoted pattern, instead of a ledger
    #[arg(value_name = "FORECASTS", conflicts_with = "ledger")]
    forecasts: Vec<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgument,
    /// What holds among the questions
    #[arg(long, value_name = "FILE")]
    relations: Option<PathBuf>,
    /// A scenario of these questions: what it says of its events holds among them, too
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Definitions of the questions in a table, beside the forecasts
    #[arg(long, value_name = "FILE", requires = "forecasts")]
    questions: Vec<PathBuf>,
    /// Only forecasters whose name fits this pattern; may be given several times
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    forecaster: Vec<glob::Pattern>,
    /// What stood on this day, instead of on the last
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<Date>,
    /// Every day on which a forecaster said something, not only the last
    #[arg(long)]
    every_day: bool,
    /// Only what was said on the day itself; without it a forecast stands until the next on its question
    #[arg(long)]
    same_day: bool,
    /// By how much figures may miss a relation, such as 0.02 or 2% [default: 1%]
    #[arg(long, value_name = "SHARE", value_parser = tolerance, conflicts_with = "strict", allow_hyphen_values = true)]
    tolerance: Option<f64>,
    /// No tolerance, and a violated assumption counts as an error
    #[arg(long)]
    strict: bool,
    /// How much a figure counts in the distance, as QUESTION=WEIGHT (1 for the others); may be given several times
    #[arg(long, value_name = "WEIGHT", value_parser = weight)]
    weight: Vec<(String, f64)>,
    /// What a figure must become, as QUESTION=PROBABILITY; may be given several times
    #[arg(long, value_name = "PIN", value_parser = pin)]
    pin: Vec<(String, f64)>,
    /// Repair to the assumptions, too, not to logic alone
    #[arg(long)]
    assume: bool,
    /// Write the forecasts and, as `NAME (repaired)`, the nearest coherent ones to this table (`.csv`, `.jsonl`, `.parquet`)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// By which distance the repaired forecasts of `--out` are nearest
    #[arg(long, value_enum, default_value_t = Distance::Squared)]
    by: Distance,
    /// List every relation, set, figure and hazard in the tables, however many; without it 40 of each at most
    #[arg(long)]
    all: bool,
}

/// A share such as `0.02`, or a percentage such as `2%`.
fn tolerance(text: &str) -> Result<f64, String> {
    let text = text.trim();
    parse_probability(text).map_err(|_| {
        let percentage = match text.parse::<f64>() {
            Ok(number) if number > 1.0 && number <= 100.0 => format!("; write {text} percent as `{text}%`"),
            _ => String::new(),
        };
        format!(
            "`{text}` is no tolerance: it is a share from 0 to 1 such as `0.02`, or a percentage from 0% to 100% such as `2%`\
             {percentage}"
        )
    })
}

fn named<T>(text: &str, what: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<(String, T), String> {
    let (name, value) = text.rsplit_once('=').ok_or_else(|| format!("`{text}` is not {what}"))?;
    Ok((name.trim().to_owned(), read(value.trim())?))
}

fn weight(text: &str) -> Result<(String, f64), String> {
    // Whether it can be one is told where weights are counted.
    named(text, "QUESTION=WEIGHT", |text| match text.trim().parse() {
        Ok(weight) if f64::is_finite(weight) => Ok(weight),
        _ => parse_number(text),
    })
}

fn pin(text: &str) -> Result<(String, f64), String> {
    named(text, "QUESTION=PROBABILITY", parse_probability)
}

/// The relations that the arguments name.
fn relations(arguments: &Arguments, records: &Records) -> Result<Relations, Error> {
    let scenario = arguments.scenario.as_deref().map(of_scenario).transpose()?;
    let written = arguments.relations.as_deref().map(|path| of_file(path, records)).transpose()?;
    match (scenario, written) {
        (Some(scenario), Some(written)) => Ok(scenario.joined(written)),
        (Some(one), None) | (None, Some(one)) => Ok(one),
        (None, None) => Err(Error::input("no relations are given")
            .help("name their file, `--relations FILE`, or a scenario of the questions, `--scenario FILE`")),
    }
}

/// What a scenario says of its questions.
fn of_scenario(path: &Path) -> Result<Relations, Error> {
    let loaded = load::load(path)?;
    let (document, _) = scenario::parse(&loaded.source);
    Ok(model::relations(&loaded.model, &document, &loaded.source))
}

/// What a file of relations says.
fn of_file(path: &Path, records: &Records) -> Result<Relations, Error> {
    let source = load::read_other(
        path,
        "a file of relations holds sentences, as in `logic = [\"a implies b\"]`; `foretell cohere --help` shows them",
    )?;
    let (relations, mut found) = read_relations(&source);
    if !found.has_errors() {
        found.extend(check_names(&relations, records));
    }
    if !found.has_errors() {
        found.extend(check_possible(&relations));
    }
    console::diagnostics(&found, &source);
    if found.has_errors() {
        return Err(Error::input(format!("`{}` cannot be used: {}", path.display(), load::tally(&found)))
            .help("correct the places shown above"));
    }
    Ok(relations)
}

fn options(arguments: &Arguments, records: &Records) -> Result<Options, Error> {
    let known: BTreeSet<&str> = records.forecasts.iter().map(|record| record.forecaster.as_str()).collect();
    let mut forecasters = Vec::new();
    for pattern in &arguments.forecaster {
        let before = forecasters.len();
        forecasters.extend(known.iter().filter(|name| pattern.matches(name)).map(|name| (*name).to_owned()));
        if forecasters.len() == before {
            return Err(unknown_forecaster(pattern.as_str(), known.into_iter()));
        }
    }
    let once = |given: &[(String, f64)], what: &str| {
        let mut all = std::collections::BTreeMap::new();
        for (name, value) in given {
            if all.insert(name.clone(), *value).is_some() {
                return Err(Error::input(format!("`{what}` names `{name}` twice")).help("leave one of them out"));
            }
        }
        Ok(all)
    };
    Ok(Options {
        forecasters,
        as_of: arguments.as_of,
        every_day: arguments.every_day,
        standing: if arguments.same_day { Standing::SameDay } else { Standing::Standing },
        tolerance: if arguments.strict { 0.0 } else { arguments.tolerance.unwrap_or(TOLERANCE) },
        weights: once(&arguments.weight, "--weight")?,
        pins: once(&arguments.pin, "--pin")?,
        to_assumptions: arguments.assume,
        ..Options::default()
    })
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if let Some(out) = &arguments.out {
        let tables: Vec<PathBuf> = arguments.forecasts.iter().chain(&arguments.questions).cloned().collect();
        let mut read = expand(&tables)?;
        read.extend(arguments.relations.iter().chain(&arguments.scenario).cloned());
        if arguments.forecasts.is_empty() {
            read.push(arguments.ledger.path());
        }
        console::refuse_to_write_over("--out", out, read.iter().map(PathBuf::as_path))?;
        console::refuse_stdout(out)?;
    }
    let records = if arguments.forecasts.is_empty() {
        arguments.ledger.proven_records().map_err(|problem| {
            let table = "`foretell cohere FORECASTS.csv` takes a table instead";
            let help = problem.way_out().map_or_else(|| table.to_owned(), |way| format!("{way}; {table}"));
            problem.help(help)
        })?
    } else {
        as_stated(&arguments.questions, &arguments.forecasts)?
    };
    if records.forecasts.is_empty() {
        let tables: Vec<String> = arguments.forecasts.iter().map(|path| format!("`{}`", path.display())).collect();
        let place = if tables.is_empty() { "the ledger".to_owned() } else { tables.join(", ") };
        return Err(Error::input(format!("there are no forecasts in {place}"))
            .help("a table has a row for each: `question,forecaster,made_at,probability`"));
    }
    let relations = relations(arguments, &records)?.joined(options_as_relations(&records));
    let options = options(arguments, &records)?;
    let report = cohere(&records, &relations, &options)?;
    let extent = if arguments.all { Extent::Full } else { Extent::Short };
    console::present(format, |format| cohere_sheets::output(&report, extent, format))?;
    if format == Format::Csv {
        let is_cut_off = |of: &&StatementReport| of.cut_off || of.worth.iter().any(|worth| worth.cut_off.any());
        for of in report.statements.iter().filter(is_cut_off) {
            let (who, day) = (&of.forecaster, &of.day);
            console::note(&format!(
                "note: {who}, {day}: a search was cut off after its number of steps; `--format json` says which"
            ));
        }
    }
    if let Some(path) = &arguments.out {
        let all = with_repaired(&records, &report, &options, arguments.by);
        console::write_bytes(path, &forecasts_file(&all, Form::of(path)?)?)?;
    }
    let fails = report.errors() > 0 || (arguments.strict && report.warnings() > 0);
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

#[cfg(test)]
mod tests {
    use super::tolerance;

    #[test]
    fn a_tolerance_is_a_share_or_a_percentage_and_its_refusal_says_so() {
        for (text, share) in [("0.3", 0.3), ("30%", 0.3), (" 30 % ", 0.3), ("0", 0.0), ("100%", 1.0)] {
            assert_eq!(tolerance(text), Ok(share), "{text}");
        }
        for text in ["30", "300%", "-1%", "a lot", "1e300", ""] {
            let refused = tolerance(text).expect_err("it is none");
            assert!(refused.contains("such as `0.02`, or a percentage from 0% to 100% such as `2%`"), "{refused}");
            assert!(!refused.contains("probability") && refused.len() < 160, "{refused}");
        }
        assert!(tolerance("30").is_err_and(|refused| refused.ends_with("; write 30 percent as `30%`")));
    }
}
