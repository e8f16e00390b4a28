//! Yes/no forecasts from files larger than memory, for `--stream`.

use super::console;
use super::figures::warn_of_early;
use super::inputs::{Inputs, expand, select, unknown_forecaster};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::stream::{Batch, Known, Latest, OutcomeColumn};
use crate::forecast::tidy::{NotTaken, PlacedOutcome, Summary, Tally, TidyFile, not_taken, note_other_outcomes};
use crate::forecast::{Moment, Outcome, Records, Resolution, Selection, stream, tidy};
use crate::score::{
    GatheredForecasts, Group, OtherOutcome, Report, ScorePart, ScoringRule, StreamedScores, Takes, gathered_means,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The rules used if none is named.
pub(super) const DEFAULT_RULES: [&str; 2] = ["brier", "log"];

/// The means that the files give, read batch by batch; what was not used goes to stderr.
///
/// Where each forecaster has one forecast a question – also of those that have not resolved, for what stands twice is to be named – rows are by forecaster, and
/// outcomes stand in tables of their own, nothing but sums is kept. Otherwise forecasts are put together by question first.
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
        let Defined { records, asked, outcomes } = definitions(inputs, Say::Now, None)?;
        let mut scores = StreamedScores::new(&records, rules);
        let mut known = Known::new(&records, asked, &Selection::default());
        drop(records);
        let mut has_outcomes = false;
        let found = read(inputs, |batch, name, _| {
            has_outcomes = has_outcomes || !batch.came.is_empty();
            known.add(batch);
            scores.add(batch, name, &keep)?;
            if has_outcomes || scores.may_repeat() {
                Err(Error::input(format!("{name}: forecasts are put together by question")))
            } else {
                Ok(())
            }
        });
        match found {
            Ok((rows, files)) => {
                check_that_there_is_something(inputs, rows, asked)?;
                check_names(forecasters, || scores.everybody())?;
                let ids = || scores.question_ids().collect::<Vec<_>>();
                let summaries = tell_outcomes(inputs, files, outcomes, (&known.unmet(), ids), &BTreeMap::new())?;
                scores.add_latest(known.latest());
                if let Some((early, day)) = scores.resolved_early() {
                    warn_of_early(early, day);
                }
                return Ok(Report { not_taken: not_taken(&summaries), ..scores.report() });
            }
            Err(_) if has_outcomes || scores.has_met_a_change() || scores.may_repeat() => {
                say = Say::Before;
                let why = if has_outcomes { "outcomes stand beside the forecasts" } else { "forecasts change" };
                console::note(&format!("note: {why}: they are put together by question, on disk if they are many"));
            }
            Err(problem) => return Err(problem),
        }
    }
    let streamed = gathered_saying(inputs, forecasters, say)?;
    let report = gathered_means(&streamed.gathered, rules, by)?;
    streamed.tell();
    Ok(Report { not_taken: streamed.not_taken(), ..report })
}

/// Forecasts put together by question, and what else is known of the files.
#[derive(Debug)]
pub(super) struct Streamed {
    pub(super) gathered: GatheredForecasts,
    /// What was not taken of the files, but for forecasts that stand twice.
    tallies: Vec<Tally>,
    /// When outcomes became known.
    latest: Latest,
}

impl Streamed {
    /// What was not taken, once the forecasts were gone through.
    pub(super) fn not_taken(&self) -> Vec<NotTaken> {
        let tallies = self.tallies.iter().cloned().chain(self.gathered.repeats_tallied()).collect();
        not_taken(&[Summary { tallies, ..Summary::default() }])
    }

    /// Tells what was found when the forecasts were gone through: what stands twice, and what resolved ahead of its scheduled close.
    pub(super) fn tell(&self) {
        self.gathered.repeats().iter().for_each(|repeats| console::note(&format!("note: {repeats}")));
        let mut latest = self.gathered.latest();
        latest.merge(self.latest);
        if let Some(day) = latest.day() {
            warn_of_early(self.gathered.closing_after(day), day);
        }
    }
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
    let mut counts = RowsByQuestion::new();
    let Defined { records, asked, outcomes } = definitions(inputs, Say::Now, Some(&mut counts))?;
    let mut scores = StreamedScores::of_part(&records, rules);
    let mut known = Known::new(&records, asked, &Selection::default());
    // Of questions known by their outcomes alone, also those without a row that resolves them.
    let alone = records.questions.keys().skip(asked);
    let counts: RowsByQuestion = alone.map(|id| (id.clone(), counts.get(id).copied().unwrap_or_default())).collect();
    drop(records);
    let (_, files) = read(inputs, |batch, name, _| {
        if says_outcomes(batch) {
            return Err(Error::input(format!(
                "{name}: outcomes stand beside the forecasts, but parts share those of `--outcomes` alone"
            ))
            .help("leave the column of outcomes out, or --part"));
        }
        known.add(batch);
        scores.add(batch, name, &keep)
    })?;
    // Which questions somebody forecast is known when all parts are put together.
    let summaries = tell_outcomes(inputs, files, outcomes, (&BTreeSet::new(), Vec::new), &BTreeMap::new())?;
    let sum = |of: fn(&Summary) -> usize| summaries.iter().map(of).sum::<usize>();
    let totals = [sum(|summary| summary.pending), sum(|summary| summary.voided)];
    scores.tell_outcomes(totals, &counts, &known.unmet());
    scores.add_latest(known.latest());
    Ok(scores.part())
}

/// By question, how many rows of outcomes resolve it, and how many tables annul it in the end.
type RowsByQuestion = BTreeMap<String, (usize, usize)>;

/// Adds the outcomes of a table.
fn count_rows(outcomes: &[Outcome], rows: &mut RowsByQuestion) {
    let mut last: BTreeMap<&str, bool> = BTreeMap::new();
    for outcome in outcomes {
        rows.entry(outcome.question.clone()).or_default().0 += 1;
        last.insert(&outcome.question, outcome.resolution == Resolution::Annulled);
    }
    for (id, _) in last.into_iter().filter(|(_, is_annulled)| *is_annulled) {
        if let Some((_, annulled)) = rows.get_mut(id) {
            *annulled += 1;
        }
    }
}

/// Everybody's forecasts, or those of these forecasters, put together by question; what was not used goes to stderr.
pub(super) fn gathered(inputs: &Inputs, forecasters: &[String]) -> Result<Streamed, Error> {
    gathered_saying(inputs, forecasters, Say::Now)
}

/// Whether what is to be said of questions was said when they were read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Say {
    Now,
    Before,
}

fn gathered_saying(inputs: &Inputs, forecasters: &[String], say: Say) -> Result<Streamed, Error> {
    let Defined { mut records, asked, outcomes } = definitions(inputs, say, None)?;
    let selection = inputs.selection();
    let mut known = Known::new(&records, asked, &selection);
    select(&mut records, &selection)?;
    let mut gathered = GatheredForecasts::new(&records, &selection);
    drop(records);
    let keep = |name: &str| forecasters.is_empty() || forecasters.iter().any(|only| only == name);
    let (rows, files) = read(inputs, |batch, name, number| {
        known.add(batch);
        gathered.add(batch, name, number, &keep)
    })?;
    check_that_there_is_something(inputs, rows, asked)?;
    check_names(forecasters, || gathered.everybody())?;
    let beside = gathered.outcomes_beside();
    beside.iter().for_each(tell);
    let ids = || gathered.question_ids().collect::<Vec<_>>();
    let summaries = tell_outcomes(inputs, files, outcomes, (&known.unmet(), ids), &gathered.other_outcomes())?;
    let tallies = summaries.into_iter().chain(beside).flat_map(|summary| summary.tallies).collect();
    Ok(Streamed { gathered, tallies, latest: known.latest() })
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

/// What is read before the forecasts.
#[derive(Debug)]
struct Defined {
    /// Questions and outcomes.
    records: Records,
    /// How many questions a table of them defines; those after them are known by their outcomes alone.
    asked: usize,
    /// Of the tables of outcomes, as if somebody had forecast all of their questions.
    outcomes: Vec<Summary>,
}

/// Questions and outcomes, whose rows are counted where that is wanted. Without a table of outcomes they stand beside the forecasts.
fn definitions(inputs: &Inputs, say: Say, mut counts: Option<&mut RowsByQuestion>) -> Result<Defined, Error> {
    let mut records = Records::default();
    for path in expand(&inputs.questions)? {
        let summary = tidy::read_questions(&path, &mut records)?;
        if say == Say::Now {
            tell(&summary);
        }
    }
    let asked = records.questions.len();
    let mut outcomes = Vec::new();
    for path in expand(&inputs.outcomes)? {
        let (found, summary) = TidyFile::open(&path)?.outcomes_first(&mut records, |_| true)?;
        if let Some(counts) = &mut counts {
            count_rows(&found, counts);
        }
        records.outcomes.extend(found.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
        outcomes.push(summary);
    }
    Ok(Defined { records, asked, outcomes })
}

/// The outcomes of each table once more, without those of questions that nobody knows, as where files are read whole.
fn outcomes_again(
    inputs: &Inputs,
    unmet: &BTreeSet<&str>,
    known: &[&str],
) -> Result<Vec<(Vec<Outcome>, Summary)>, Error> {
    let mut records = Records::default();
    for path in expand(&inputs.questions)? {
        tidy::read_questions(&path, &mut records)?;
    }
    let again = |path: &PathBuf| {
        TidyFile::open(path).and_then(|file| file.outcomes_beside(&mut records, |id| !unmet.contains(id), known))
    };
    expand(&inputs.outcomes)?.iter().map(again).collect()
}

/// Tells what there is to say of the tables of outcomes, now that the forecasts are read: which outcomes are of questions that nobody knows, and which
/// contradict others. `ids` are those of all questions. Returns the summaries of all files, those of forecasts first.
fn tell_outcomes<'a>(
    inputs: &Inputs,
    forecasts: Vec<Summary>,
    outcomes: Vec<Summary>,
    (unmet, ids): (&BTreeSet<&str>, impl FnOnce() -> Vec<&'a str>),
    others: &BTreeMap<&str, OtherOutcome<'_>>,
) -> Result<Vec<Summary>, Error> {
    let (mut all, files) = (forecasts, outcomes.len());
    let before = all.len();
    // Standard input is there once.
    let is_there_once = inputs.outcomes.iter().chain(&inputs.questions).any(|path| path.as_os_str() == "-");
    if is_there_once || (unmet.is_empty() && others.is_empty() && files < 2) {
        all.extend(outcomes);
    } else {
        // Read again: without what there is to say of them their rows need not be kept.
        let mut placed: Vec<(usize, u64, Outcome)> = Vec::new();
        for (id, other) in others {
            let file = all.iter().position(|summary| summary.file == other.file).unwrap_or_default();
            let resolution = other.answer.resolution();
            let resolved_on = Moment::Day(jiff::civil::Date::MIN);
            placed.push((
                file,
                other.row,
                Outcome { question: (*id).to_owned(), resolution, resolved_on, source: None },
            ));
        }
        // Only where an outcome is of a question that nobody knows are those named that are known.
        let mut known = if unmet.is_empty() { Vec::new() } else { ids() };
        known.retain(|id| !unmet.contains(*id));
        for (found, summary) in outcomes_again(inputs, unmet, &known)? {
            let rows = summary.outcome_rows.iter().copied();
            placed.extend(found.into_iter().zip(rows).map(|(outcome, row)| (all.len(), row, outcome)));
            all.push(summary);
        }
        let placed = placed.iter().map(|(file, row, outcome)| PlacedOutcome { file: *file, row: *row, outcome });
        note_other_outcomes(placed, &mut all);
    }
    all[before..].iter().for_each(tell);
    Ok(all)
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

/// Whether a row of a batch says what came.
fn says_outcomes(batch: &Batch) -> bool {
    batch.came.iter().any(|came| came.answer.is_some())
}

/// Hands on each batch of each file, with the file's name and number; returns how many rows there were, and a summary of each file.
fn read(
    inputs: &Inputs,
    mut take: impl FnMut(&Batch, &str, u32) -> Result<(), Error> + Send,
) -> Result<(usize, Vec<Summary>), Error> {
    let (mut rows, mut summaries) = (0, Vec::new());
    let outcomes = if inputs.outcomes.is_empty() { OutcomeColumn::Used } else { OutcomeColumn::IfThere };
    for (number, path) in expand(&inputs.forecasts)?.into_iter().enumerate() {
        let name = path.display().to_string();
        let summary = stream::stream(&path, outcomes, |batch| take(batch, &name, number as u32))?;
        console::note(&format!("note: {name}: {} read", counted(summary.rows, "row")));
        tell(&summary);
        rows += summary.rows;
        summaries.push(summary);
    }
    Ok((rows, summaries))
}

fn tell(summary: &Summary) {
    summary.remarks().iter().for_each(|remark| console::note(&format!("note: {remark}")));
}

fn check_names<'a, Names: Iterator<Item = &'a str>>(wanted: &[String], known: impl Fn() -> Names) -> Result<(), Error> {
    match wanted.iter().find(|name| !known().any(|known| known == name.as_str())) {
        Some(name) => Err(unknown_forecaster(name, known())),
        None => Ok(()),
    }
}
