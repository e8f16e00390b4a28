//! `foretell pool`: learns from past forecasts how to pool, and pools new ones.

use super::inputs::{from_files, pattern, select, without_outcomes};
use super::{Done, console, pool_sheets};
use crate::error::Error;
use crate::forecast::tidy::{Form, forecasts_file};
use crate::forecast::{ForecastRecord, Records, Selection, check_name, day};
use crate::pool::{History, Penalty, Ready, Recipe, choose, pooled_records};
use crate::report::Format;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  foretell pool --fit past.csv --outcomes outcomes.csv
  foretell pool --fit past.csv --outcomes outcomes.csv --apply now.csv --out pooled.csv
  foretell pool --fit past.parquet --method performance+platt --rule log --without crowd
  foretell pool --list

Without --method a pool is chosen by cross-validation within the past. It is the plain mean of probabilities unless \
another gains on it for sure, and is blended with the plain mean as far as the gain is not sure. The report says \
what to expect. Outcomes of the forecasts to be pooled are never looked at.";

/// Learn from past forecasts how to pool yes/no forecasts, and pool new ones
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Past forecasts, by a path or a quoted pattern; may be given several times
    #[arg(long, value_name = "PAST", required_unless_present = "list")]
    fit: Vec<PathBuf>,
    /// Their outcomes in a table, where they do not stand beside the forecasts
    #[arg(long, value_name = "FILE", requires = "fit")]
    outcomes: Vec<PathBuf>,
    /// Definitions of the questions, past and new, in a table: closing days, clusters, tags
    #[arg(long, value_name = "FILE", requires = "fit")]
    questions: Vec<PathBuf>,
    /// New forecasts to be pooled
    #[arg(long, value_name = "NOW", requires = "fit")]
    apply: Vec<PathBuf>,
    /// Write the pooled forecasts to this file (`.csv`, `.jsonl`, `.parquet`) instead of stdout
    #[arg(long, value_name = "FILE", requires = "apply")]
    out: Option<PathBuf>,
    /// The name under which the pool forecasts
    #[arg(long, value_name = "NAME", default_value = "pool", value_parser = name)]
    name: String,
    /// How to pool: `auto` chooses by the past, `[MAP@]POOL[+MAP]` is taken as it is, with a map for each forecaster before and one after
    /// pooling
    #[arg(long, value_name = "METHOD", default_value = "auto", value_parser = method)]
    method: Method,
    /// The score that is to be lessened
    #[arg(long, value_enum, default_value_t = Penalty::Brier)]
    rule: Penalty,
    /// Only forecasters whose name fits this pattern; may be given several times
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    members: Vec<glob::Pattern>,
    /// Leave out forecasters whose name fits this pattern; may be given several times
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    without: Vec<glob::Pattern>,
    /// Only questions with this tag; given several times, with all of them
    #[arg(long, value_name = "TAG")]
    tagged: Vec<String>,
    /// Only learn from forecasts made on this day or earlier
    #[arg(long, value_name = "DAY", value_parser = day)]
    fit_until: Option<Date>,
    /// Only pool forecasts made on this day or later
    #[arg(long, value_name = "DAY", value_parser = day, requires = "apply")]
    apply_from: Option<Date>,
    /// List the pools and the maps
    #[arg(long, exclusive = true)]
    list: bool,
}

#[derive(Debug, Clone, Copy)]
enum Method {
    Auto,
    Named(Recipe),
}

fn method(text: &str) -> Result<Method, String> {
    if text == "auto" { Ok(Method::Auto) } else { text.parse().map(Method::Named) }
}

fn name(text: &str) -> Result<String, String> {
    check_name("forecaster", text)?;
    Ok(text.to_owned())
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    if arguments.list {
        console::show(format, &pool_sheets::list(format)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let member = |name: &str| {
        (arguments.members.is_empty() || arguments.members.iter().any(|pattern| pattern.matches(name)))
            && !arguments.without.iter().any(|pattern| pattern.matches(name))
    };
    let mut past = from_files(&arguments.questions, &arguments.fit, &arguments.outcomes)?;
    select(&mut past, Selection { tags: arguments.tagged.clone(), from: None, until: arguments.fit_until })?;
    let now = if arguments.apply.is_empty() { None } else { Some(new_forecasts(arguments)?) };
    if let Some(now) = &now {
        set_apart(&mut past, now);
    }
    let history = History::new(&past, member);
    let named = match arguments.method {
        Method::Auto => None,
        Method::Named(recipe) => Some(recipe),
    };
    let (choice, ready) = choose(&history, arguments.rule, named).ok_or_else(|| nothing(&history, named))?;
    let report = pool_sheets::report(&choice, format)?;
    let Some(now) = now else {
        console::show(format, &report)?;
        return Ok(ExitCode::SUCCESS);
    };
    let pooled = pooled(&now, &history, &ready, &arguments.name, member)?;
    let form = arguments.out.as_deref().map_or(Form::Csv, Form::of);
    let file = forecasts_file(&pooled, form)?;
    match &arguments.out {
        Some(path) => {
            console::write_bytes(path, &file)?;
            console::show(format, &report)?;
        }
        None => {
            // The table is the result; the report is what is said about it.
            console::note(report.trim_end());
            console::data(&String::from_utf8_lossy(&file))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The forecasts to be pooled, without what became of their questions.
fn new_forecasts(arguments: &Arguments) -> Result<Records, Error> {
    let mut now = without_outcomes(&arguments.questions, &arguments.apply)?;
    select(&mut now, Selection { tags: arguments.tagged.clone(), from: arguments.apply_from, until: None })?;
    Ok(now)
}

/// Takes the questions to be forecast out of the past, and says what of the rest was not known when they were.
fn set_apart(past: &mut Records, now: &Records) {
    let asked: BTreeSet<&str> = now.forecasts.iter().map(|record| record.question.as_str()).collect();
    let both = past.outcomes.keys().filter(|id| asked.contains(id.as_str())).count();
    past.forecasts.retain(|record| !asked.contains(record.question.as_str()));
    if both > 0 {
        console::note(&format!(
            "note: {both} question{} to be pooled stand in the past, too: nothing is learned from them",
            if both == 1 { "" } else { "s" }
        ));
    }
    let Some(first) = now.forecasts.iter().map(|record| record.made_at.day()).min() else { return };
    let learned: BTreeSet<&str> = past.forecasts.iter().map(|record| record.question.as_str()).collect();
    let later = |id: &&&str| past.outcomes.get(**id).is_some_and(|outcome| outcome.resolved_on.day() > first);
    let later = learned.iter().filter(later).count();
    if later > 0 {
        console::note(&format!(
            "note: {later} of {} past questions resolved after {first}, when the first new forecast was made: what they teach was not known then",
            learned.len()
        ));
    }
}

fn nothing(history: &History, named: Option<Recipe>) -> Error {
    match named {
        Some(recipe) if !history.questions.is_empty() => {
            Error::input(format!("`{recipe}` cannot be learned from {} questions", history.questions.len()))
        }
        _ => Error::input("there is nothing to learn from: no yes/no question with a forecast has resolved"),
    }
}

fn pooled(
    now: &Records,
    history: &History,
    ready: &Ready,
    name: &str,
    member: impl Fn(&str) -> bool,
) -> Result<Vec<ForecastRecord>, Error> {
    if now.forecasts.iter().any(|record| record.forecaster == name && member(name)) {
        return Err(Error::input(format!("`{name}` forecasts already: a pool needs a name of its own"))
            .help("give it another with `--name`, or leave that forecaster out with `--without`"));
    }
    let number =
        |name: &str| history.forecasters.iter().position(|known| known == name).unwrap_or(history.forecasters.len());
    let pooled = pooled_records(now, name, member, number, |said| ready.pool(said));
    if pooled.is_empty() {
        return Err(Error::input("there is nothing to pool: nobody has a yes/no forecast"));
    }
    Ok(pooled)
}
