//! Yes/no forecasts from files larger than memory, for `--stream`.

use super::console;
use super::inputs::{Inputs, expand, select, unknown_forecaster};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::stream::OutcomeColumn;
use crate::forecast::{Records, stream, tidy};
use crate::score::{GatheredForecasts, Group, Report, ScorePart, ScoringRule, StreamedScores, Takes, gathered_means};
use std::collections::BTreeSet;

/// The rules used if none is named.
pub(super) const DEFAULT_RULES: [&str; 2] = ["brier", "log"];

/// The means that the files give, read batch by batch; what was not used goes to stderr.
///
/// Where each forecaster has one forecast a question – also of those that have not resolved, for what stands twice is to be named – and rows are by forecaster, nothing but sums is kept. Otherwise forecasts are put together
/// by question first.
pub(super) fn report(
    inputs: &Inputs,
    rules: &[&'static dyn ScoringRule],
    by: Group,
    forecasters: &[String],
) -> Result<Report, Error> {
    if by == Group::Question {
        return Err(Error::input(
            "--stream gives means by forecaster or by tag: by question there are as many as forecasts",
        )
        .help("choose other rows, or leave out --stream"));
    }
    check_rules(rules)?;
    let keep = |name: &str| forecasters.is_empty() || forecasters.iter().any(|only| only == name);
    let mut say = Say::Now;
    if by == Group::Forecaster && !inputs.is_selective() && !inputs.outcomes.is_empty() {
        let (records, asked) = definitions(inputs, Say::Now)?;
        let mut scores = StreamedScores::new(&records, rules);
        drop(records);
        let found = read(inputs, |batch, name, _| {
            scores.add(batch, name, &keep)?;
            if scores.may_repeat() { Err(Error::input(format!("{name}: forecasts change"))) } else { Ok(()) }
        });
        match found {
            Ok(rows) => {
                check_that_there_is_something(inputs, rows, asked)?;
                check_names(forecasters, || scores.everybody())?;
                // Rows of those who are of no interest were not looked at.
                if forecasters.is_empty() {
                    tell_unknown(inputs, &scores.not_met(asked))?;
                }
                return Ok(scores.report());
            }
            Err(_) if scores.has_met_a_change() || scores.may_repeat() => {
                say = Say::Before;
                console::note("note: forecasts change: they are put together by question, on disk if they are many");
            }
            Err(problem) => return Err(problem),
        }
    }
    let gathered = gathered_saying(inputs, forecasters, say)?;
    let report = gathered_means(&gathered, rules, by)?;
    tell_repeats(&gathered);
    Ok(report)
}

/// What stands twice among forecasts that were gone through.
pub(super) fn tell_repeats(gathered: &GatheredForecasts) {
    gathered.repeats().iter().for_each(|repeats| console::note(&format!("note: {repeats}")));
}

/// What was summed of a part of the rows, to be put together with the others.
pub(super) fn part(
    inputs: &Inputs,
    rules: &[&'static dyn ScoringRule],
    forecasters: &[String],
) -> Result<ScorePart, Error> {
    check_rules(rules)?;
    if inputs.is_selective() {
        return Err(Error::input(
            "--part does not go with a selection of questions or days: every part takes all of its rows",
        )
        .help("leave out --tagged, --made-from and --made-until, or --part"));
    }
    if inputs.outcomes.is_empty() {
        return Err(Error::input("--part needs outcomes of their own, which all parts share")
            .help("name them: `--outcomes FILE`"));
    }
    let keep = |name: &str| forecasters.is_empty() || forecasters.iter().any(|only| only == name);
    let mut scores = StreamedScores::of_part(&definitions(inputs, Say::Now)?.0, rules);
    read(inputs, |batch, name, _| scores.add(batch, name, &keep))?;
    Ok(scores.part())
}

/// Everybody's forecasts, or those of these forecasters, put together by question; what was not used goes to stderr.
pub(super) fn gathered(inputs: &Inputs, forecasters: &[String]) -> Result<GatheredForecasts, Error> {
    gathered_saying(inputs, forecasters, Say::Now)
}

/// Whether what is to be said of questions and outcomes was said when they were read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Say {
    Now,
    Before,
}

fn gathered_saying(inputs: &Inputs, forecasters: &[String], say: Say) -> Result<GatheredForecasts, Error> {
    let (mut records, asked) = definitions(inputs, say)?;
    let selection = inputs.selection();
    select(&mut records, &selection)?;
    let mut gathered = GatheredForecasts::new(&records, &selection);
    drop(records);
    let keep = |name: &str| forecasters.is_empty() || forecasters.iter().any(|only| only == name);
    let rows = read(inputs, |batch, name, number| gathered.add(batch, name, number, &keep))?;
    check_that_there_is_something(inputs, rows, asked)?;
    // A selection leaves questions out, and numbers the others anew.
    if !inputs.is_selective() {
        tell_unknown(inputs, &gathered.not_met(asked))?;
    }
    check_names(forecasters, || gathered.everybody())?;
    Ok(gathered)
}

/// Refuses rules for other forecasts than probabilities of yes.
pub(super) fn check_rules(rules: &[&'static dyn ScoringRule]) -> Result<(), Error> {
    match rules.iter().find(|rule| !rule.takes().contains(&Takes::Binary)) {
        None => Ok(()),
        Some(other) => {
            Err(Error::input(format!("--stream scores yes/no forecasts, which the rule {} does not take", other.id()))
                .help("leave out the rule, or --stream"))
        }
    }
}

/// Questions and outcomes, and how many questions a table of them defines; those after them are known by their outcomes alone. Without a table of
/// outcomes they stand beside the forecasts.
fn definitions(inputs: &Inputs, say: Say) -> Result<(Records, usize), Error> {
    let mut records = Records::default();
    for path in expand(&inputs.questions)? {
        let summary = tidy::read_questions(&path, &mut records)?;
        if say == Say::Now {
            tell(&summary);
        }
    }
    let asked = records.questions.len();
    for path in expand(&inputs.outcomes)? {
        let summary = tidy::read_outcomes_first(&path, &mut records)?;
        if say == Say::Now {
            tell(&summary);
        }
    }
    Ok((records, asked))
}

/// Refuses outcomes where nothing was asked, as where files are read whole.
fn check_that_there_is_something(inputs: &Inputs, rows: usize, asked: usize) -> Result<(), Error> {
    if rows > 0 || asked > 0 || inputs.outcomes.is_empty() {
        return Ok(());
    }
    let paths = expand(&inputs.forecasts)?;
    let named: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let verb = if named.len() == 1 { "holds" } else { "hold" };
    let told = format!("{} {verb} no forecast and no question, so there is nothing for the outcomes", named.join(", "));
    Err(Error::input(told).help("a table of forecasts has a row for each below its header"))
}

/// Tells which outcomes are of questions that nobody forecast. Their tables are read again: without such outcomes their rows need not be kept.
fn tell_unknown(inputs: &Inputs, unknown: &BTreeSet<&str>) -> Result<(), Error> {
    if unknown.is_empty() {
        return Ok(());
    }
    for path in expand(&inputs.outcomes)? {
        if let Some(told) = tidy::TidyFile::open(&path)?.outcomes_of_unknown(unknown) {
            console::note(&format!("note: {told}"));
        }
    }
    Ok(())
}

/// Hands on each batch of each file, with the file's name and number; returns how many rows there were.
fn read(
    inputs: &Inputs,
    mut take: impl FnMut(&stream::Batch, &str, u32) -> Result<(), Error> + Send,
) -> Result<usize, Error> {
    let mut rows = 0;
    let outcomes = if inputs.outcomes.is_empty() { OutcomeColumn::Used } else { OutcomeColumn::Unused };
    for (number, path) in expand(&inputs.forecasts)?.into_iter().enumerate() {
        let name = path.display().to_string();
        let summary = stream::stream(&path, outcomes, |batch| take(batch, &name, number as u32))?;
        console::note(&format!("note: {name}: {} read", counted(summary.rows, "row")));
        tell(&summary);
        rows += summary.rows;
    }
    Ok(rows)
}

fn tell(summary: &tidy::Summary) {
    summary.remarks().iter().for_each(|remark| console::note(&format!("note: {remark}")));
}

fn check_names<'a, Names: Iterator<Item = &'a str>>(wanted: &[String], known: impl Fn() -> Names) -> Result<(), Error> {
    match wanted.iter().find(|name| !known().any(|known| known == name.as_str())) {
        Some(name) => Err(unknown_forecaster(name, known())),
        None => Ok(()),
    }
}
