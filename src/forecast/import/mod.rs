//! Reads the files that platforms, tournaments and hubs publish, by the names of their columns and keys.
//!
//! An `Importer` knows one source: it says whether a file is its own, and what the rows mean. [`InputFile::open`] asks each of
//! `IMPORTERS` and takes what none of them knows for a tidy table, so a command reads both in the same way. [`read_all`] reads several
//! files in the order in which they need each other: questions, forecasts, outcomes.
//!
//! What a file of the field holds is taken row by row. A row that cannot be taken is left out, counted and named with its reason in
//! the [`Summary`]; so are questions without an answer yet (*pending*) and those that will have none (*voided*).
//!
//! To add a source: one file here, one line in `IMPORTERS`.

mod beside;
mod checking_our_work;
mod content;
#[cfg(test)]
mod contradiction_tests;
mod fatebook;
mod forecastbench;
mod good_judgment;
mod hub_targets;
mod hub_tasks;
#[cfg(test)]
mod hub_tests;
mod hubverse;
mod index_columns;
mod kalshi;
mod manifold;
mod metaculus;
#[cfg(test)]
mod metaculus_tests;
mod polymarket;
mod polymarket_gamma;
mod predictionbook;
mod reading;
mod scoringutils;
#[cfg(test)]
mod scoringutils_tests;
#[cfg(test)]
mod tests;
mod values;

use super::tidy::{Holds, PlacedOutcome, Summary, Table, TidyFile, note_other_outcomes, read_whole, shortened};
use super::{DrawsSaid, ForecastRecord, JointForecast, Outcome, Records};
use crate::diagnostic::counted;
use crate::error::Error;
pub(in crate::forecast) use beside::answer;
pub(crate) use beside::contested;
use content::{Content, Documents};
use reading::Reading;
pub(crate) use reading::summary_of;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::path::Path;
pub(in crate::forecast) use values::given;

/// Every source that is known, in the order in which they are asked.
static IMPORTERS: &[&dyn Importer] = &[
    &scoringutils::Scoringutils,
    &hubverse::Hubverse,
    &forecastbench::ForecastBench,
    &metaculus::Metaculus,
    &good_judgment::GoodJudgment,
    &manifold::Manifold,
    &polymarket::Polymarket,
    &kalshi::Kalshi,
    &fatebook::Fatebook,
    &predictionbook::PredictionBook,
    &checking_our_work::CheckingOurWork,
    &beside::Beside,
];

/// What an importer takes a file for.
#[derive(Debug, Clone, Copy)]
struct Recognised {
    /// In words, such as `Metaculus question_data`.
    what: &'static str,
    /// When it has to be read: forecasts after the questions, outcomes after the forecasts.
    holds: Holds,
}

/// A file of JSON of a source.
#[derive(Debug, Clone, Copy)]
struct Keyed {
    /// In words, such as `markets of Kalshi`.
    what: &'static str,
    holds: Holds,
    /// The keys by which its objects are told.
    keys: &'static [&'static str],
}

/// A source whose files can be read.
trait Importer: fmt::Debug + Sync {
    /// Its files of JSON that are told by their keys.
    fn documents(&self) -> &'static [Keyed] {
        &[]
    }

    /// What the file is, if it is one of this source.
    fn recognises(&self, content: &Content) -> Option<Recognised>;

    /// Reads it.
    ///
    /// # Errors
    /// If a file cannot be read, or cannot mean anything; a row that cannot be is left out by the reading instead.
    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error>;
}

/// A file of forecasts, outcomes or questions, in whichever form.
#[derive(Debug)]
pub struct InputFile {
    form: Form,
    /// Whether it is read for its draws, too.
    takes_draws: bool,
}

#[derive(Debug)]
enum Form {
    Tidy(TidyFile),
    Field { importer: &'static dyn Importer, recognised: Recognised, content: Content, notes: Vec<String> },
}

impl InputFile {
    /// Reads a file, or the folder of a hub, and finds out what it is; `-` is standard input.
    ///
    /// # Errors
    /// If it cannot be read, or is neither a file of a known source nor of the form of a table.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if path.is_dir() {
            let name = path.display().to_string();
            return Self::recognise(Content::Folder(path.to_owned()), Vec::new()).map_err(|_| {
                Error::input(format!("the folder `{name}` is that of no known source"))
                    .help("the folder of a hubverse hub has a folder `model-output`; name several files by a pattern in quotes: 'folder/*.csv'")
            });
        }
        let (name, bytes) = read_whole(path)?;
        Self::from_bytes(&name, &bytes)
    }

    const fn of(form: Form) -> Self {
        Self { form, takes_draws: false }
    }

    /// The same, read for what it says by draws, too, for [`read_all_and_draws`].
    #[must_use]
    pub fn for_draws(self) -> Self {
        Self { takes_draws: true, ..self }
    }

    /// The same, read with probabilities of options that do not sum to 1 as they stand in a table; files of the field are read as ever.
    #[must_use]
    pub fn with_options_as_stated(self) -> Self {
        match self.form {
            Form::Tidy(file) => Self { form: Form::Tidy(file.with_options_as_stated()), ..self },
            form @ Form::Field { .. } => Self { form, ..self },
        }
    }

    /// The same from what stands in a file of that name.
    ///
    /// # Errors
    /// As [`InputFile::open`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        if let Some((first, is_page)) = Documents::first(bytes) {
            let sample = Content::Documents(Documents::sample(name, first));
            if IMPORTERS.iter().any(|importer| importer.recognises(&sample).is_some()) {
                return Self::recognise(Content::Documents(Documents::parse(name, bytes)?), Vec::new())
                    .map_err(|_| Error::input(format!("`{name}` is of no known form")));
            }
            if is_page || bytes.trim_ascii_start().first() == Some(&b'[') {
                return Err(of_no_source(name, &sample));
            }
        }
        // Some published files are in no encoding at all; only texts of questions suffer from it.
        let is_text = std::str::from_utf8(bytes).is_ok();
        let read = if is_text { Table::read(name, bytes) } else { Table::from_bytes(name, bytes) };
        match read {
            Ok(table) => {
                let file = Self::recognise(Content::Table(table), Vec::new())
                    .unwrap_or_else(|table| Self::of(Form::Tidy(TidyFile::of_table(table))));
                // A tidy table names such rows beside what else is wrong with it.
                if let Form::Field { content: Content::Table(table), .. } = &file.form {
                    table.check_rows()?;
                }
                Ok(file)
            }
            Err(strict) if !is_text => {
                let text = String::from_utf8_lossy(bytes);
                let spoiled = text.lines().filter(|line| line.contains(char::REPLACEMENT_CHARACTER)).count();
                let note = format!(
                    "{} not UTF-8; what could not be read in them is shown as \u{fffd}",
                    is_or_are(spoiled, "line")
                );
                let table = Table::from_bytes(name, text.as_bytes()).map_err(|_| strict)?;
                Self::recognise(Content::Table(table), vec![note])
                    .map_err(|_| Error::input(format!("`{name}` is not UTF-8")).help("save the file as UTF-8"))
            }
            Err(problem) => Err(problem),
        }
    }

    /// The table, if it is one of joint forecasts of several questions.
    #[must_use]
    pub fn patterns(&self) -> Option<&TidyFile> {
        match &self.form {
            Form::Tidy(table) if table.is_of_patterns() => Some(table),
            _ => None,
        }
    }

    /// Whether it may hold joint forecasts by draws: a table with a column of draws, or a file of the field, which may have samples.
    #[must_use]
    pub fn may_have_draws(&self) -> bool {
        match &self.form {
            Form::Tidy(table) => table.is_of_draws() && !table.is_of_patterns(),
            Form::Field { .. } => true,
        }
    }

    /// The file, as named by the user.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.form {
            Form::Tidy(table) => table.name().to_owned(),
            Form::Field { content, .. } => content.name(),
        }
    }

    /// Its joint forecasts by patterns, on questions of the records.
    ///
    /// # Errors
    /// As [`read_joint_forecasts`](crate::forecast::read_joint_forecasts); if it is a file of the field, which have none.
    pub fn joint_forecasts(&self, records: &Records) -> Result<Vec<JointForecast>, Error> {
        match &self.form {
            Form::Tidy(table) => table.joint_forecasts(records),
            Form::Field { content, recognised, .. } => {
                Err(Error::input(format!("`{}` is {}, and holds no patterns", content.name(), recognised.what)))
            }
        }
    }

    /// Asks each importer; a table that none knows comes back.
    fn recognise(content: Content, notes: Vec<String>) -> Result<Self, Table> {
        for importer in IMPORTERS {
            if let Some(recognised) = importer.recognises(&content) {
                return Ok(Self::of(Form::Field { importer: *importer, recognised, content, notes }));
            }
        }
        match content {
            Content::Table(table) => Err(table),
            Content::Documents(_) | Content::Folder(_) => Err(Table::of_rows("", Vec::new(), Vec::new())),
        }
    }

    /// What it holds: of a tidy table, what its columns say; `None` if they say nothing.
    #[must_use]
    pub fn holds(&self) -> Option<Holds> {
        match &self.form {
            Form::Tidy(file) => file.holds(),
            Form::Field { recognised, .. } => Some(recognised.holds),
        }
    }

    /// How many of its rows could be read batch by batch instead, as yes/no forecasts in a table.
    #[must_use]
    pub fn streamable_rows(&self) -> usize {
        match &self.form {
            Form::Tidy(file) => file.streamable_rows(),
            Form::Field { content, .. } => content.table().map_or(0, Table::streamable_rows),
        }
    }

    /// Whether it is a file of a known source, which says itself what it holds.
    #[must_use]
    pub const fn is_of_the_field(&self) -> bool {
        matches!(self.form, Form::Field { .. })
    }

    /// Adds what stands in it to the records; returns the outcomes in it, in order.
    ///
    /// # Errors
    /// If a row of a tidy table cannot be, or nothing at all can be taken; then the records stay as they were.
    fn read(
        &self,
        holds: Holds,
        records: &mut Records,
        beside: &mut reading::Beside,
    ) -> Result<(Vec<Outcome>, Summary), Error> {
        match &self.form {
            Form::Tidy(file) => match holds {
                Holds::Questions => {
                    beside.has_questions = true;
                    Ok((Vec::new(), file.questions(records)?))
                }
                Holds::Forecasts => {
                    let summary = file.forecasts(records)?;
                    if self.takes_draws {
                        file.add_draws(&mut beside.draws)?;
                    }
                    Ok((Vec::new(), summary))
                }
                Holds::Outcomes => file.outcomes(records),
            },
            Form::Field { importer, recognised, content, notes } => {
                beside.has_questions |= holds == Holds::Questions;
                let mut reading = Reading::new(&content.name(), recognised.what, records, beside);
                reading.takes_draws = self.takes_draws;
                notes.iter().for_each(|note| reading.note(note.clone()));
                importer.read(*recognised, content, &mut reading)?;
                let found = reading.finish()?;
                records.questions.extend(found.questions);
                records.forecasts.extend(found.forecasts);
                Ok((found.outcomes, found.summary))
            }
        }
    }
}

/// Refuses JSON that is neither a file of a known source nor a table; names the keys that the nearest file has, and what is known.
fn of_no_source(name: &str, sample: &Content) -> Error {
    let known = || IMPORTERS.iter().flat_map(|importer| importer.documents());
    let lacks = |file: &Keyed| -> Vec<String> {
        let lacking = file.keys.iter().filter(|key| !sample.has_keys(&[**key]));
        lacking.map(|key| format!("`{key}`")).collect()
    };
    let near = known().filter(|file| 2 * lacks(file).len() <= file.keys.len()).min_by_key(|file| lacks(file).len());
    let near = near.map_or_else(String::new, |file| {
        format!("the nearest are {}, whose objects have {}, too; ", file.what, lacks(file).join(", "))
    });
    let names: Vec<&str> = known().map(|file| file.what).collect();
    Error::input(format!("`{name}` is JSON whose objects are those of no known source"))
        .help(format!("{near}known are {}; tables have one JSON object a line (.jsonl)", names.join(", ")))
}

/// `1 line is`, `2 lines are`.
fn is_or_are(count: usize, noun: &str) -> String {
    format!("{} {}", counted(count, noun), if count == 1 { "is" } else { "are" })
}

/// Adds what stands in files to the records, whatever their order: questions first, then forecasts, then outcomes. Returns a summary a
/// file in the order read, and every outcome in order; the last one of a question counts in the records. Where files contradict each other in outcomes
/// their summaries say so.
///
/// # Errors
/// If a file cannot be taken.
pub fn read_all(files: &[(Holds, InputFile)], records: &mut Records) -> Result<(Vec<Outcome>, Vec<Summary>), Error> {
    read_all_and_draws(files, records).map(|(outcomes, summaries, _)| (outcomes, summaries))
}

/// The same with what was said by draws in the files that are read [for these](InputFile::for_draws).
///
/// # Errors
/// As [`read_all`].
pub fn read_all_and_draws(
    files: &[(Holds, InputFile)],
    records: &mut Records,
) -> Result<(Vec<Outcome>, Vec<Summary>, DrawsSaid), Error> {
    let mut outcomes = Vec::new();
    let mut summaries = Vec::new();
    let mut beside = reading::Beside::default();
    // Of each file, by its summary: where its forecasts begin and end.
    let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
    // The summary and the row of each outcome.
    let mut places: Vec<(usize, u64)> = Vec::new();
    // The tables of forecasts, by their summaries.
    let mut tables: Vec<(usize, &TidyFile)> = Vec::new();
    for wanted in [Holds::Questions, Holds::Forecasts, Holds::Outcomes] {
        if wanted == Holds::Outcomes && records.questions.is_empty() {
            check_that_something_was_asked(files, &summaries)?;
        }
        for (_, file) in files.iter().filter(|(holds, _)| *holds == wanted) {
            let before = records.forecasts.len();
            let (found, summary) = file.read(wanted, records, &mut beside)?;
            if before < records.forecasts.len() {
                parts.push((summaries.len(), before..records.forecasts.len()));
            }
            records.outcomes.extend(found.iter().map(|outcome| (outcome.question.clone(), outcome.clone())));
            outcomes.extend(found);
            places.extend(summary.outcome_rows.iter().map(|row| (summaries.len(), *row)));
            if let (Form::Tidy(table), Holds::Forecasts) = (&file.form, wanted) {
                tables.push((summaries.len(), table));
            }
            summaries.push(summary);
        }
    }
    if places.first().zip(places.last()).is_some_and(|((first, _), (last, _))| first != last) {
        let placed = outcomes.iter().zip(places);
        note_other_outcomes(placed.map(|(outcome, (file, row))| PlacedOutcome { file, row, outcome }), &mut summaries);
    }
    for (at, table) in tables {
        table.note_other_resolutions(records, &mut summaries[at]);
    }
    tell_of_what_stands_in_two_files(records, &parts, &mut summaries);
    Ok((outcomes, summaries, beside.draws))
}

/// Notes which forecasts of a file come after one of the same question, forecaster and moment in another, revisions among them.
fn tell_of_what_stands_in_two_files(records: &Records, parts: &[(usize, Range<usize>)], summaries: &mut [Summary]) {
    if parts.len() < 2 {
        return;
    }
    let mut latest: HashMap<(&str, &str, u64), (usize, &ForecastRecord)> = HashMap::new();
    let mut found: BTreeMap<(usize, usize, bool), Vec<String>> = BTreeMap::new();
    for (file, part) in parts {
        for record in &records.forecasts[part.clone()] {
            let moment = record.made_at.epoch_days().to_bits();
            let key = (&*record.question, &*record.forecaster, moment);
            let Some((before, other)) = latest.insert(key, (*file, record)) else { continue };
            if before != *file {
                let named = found.entry((*file, before, record == other)).or_default();
                named.push(format!("`{}` by `{}` at {}", record.question, record.forecaster, record.made_at));
            }
        }
    }
    for ((file, before, is_same), named) in found {
        let what = match (is_same, named.len()) {
            (true, 1) => "also stands in",
            (true, _) => "also stand in",
            (false, 1) => "takes the place of one of the same question, forecaster and moment in",
            (false, _) => "take the place of one of the same question, forecaster and moment in",
        };
        let (which, other) = (counted(named.len(), "forecast"), &summaries[before].file);
        summaries[file].notes.push(format!("{which} {what} {other}: {}", shortened(&named)));
    }
}

/// Refuses outcomes where the files read before hold nothing that they could belong to: those files are at fault.
fn check_that_something_was_asked(files: &[(Holds, InputFile)], summaries: &[Summary]) -> Result<(), Error> {
    if summaries.is_empty() || files.iter().all(|(holds, _)| *holds != Holds::Outcomes) {
        return Ok(());
    }
    let named: Vec<String> = summaries.iter().map(|summary| format!("`{}`", summary.file)).collect();
    let verb = if named.len() == 1 { "holds" } else { "hold" };
    let told: Vec<String> = summaries.iter().flat_map(Summary::remarks).collect();
    Err(Error::input(format!(
        "{} {verb} no forecast and no question, so there is nothing for the outcomes",
        named.join(", ")
    ))
    .help(if told.is_empty() {
        "a table of forecasts has a row for each below its header".to_owned()
    } else {
        told.join("; ")
    }))
}
