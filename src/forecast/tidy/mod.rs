//! Tidy tables of forecasts, outcomes and questions: CSV, JSON lines and Parquet, in and out.
//!
//! A file has one table. Its columns, by name and in any order:
//!
//! | table | columns |
//! |---|---|
//! | forecasts | `question`, `forecaster`, `made_at`, and what was said, below; optional `scenario`, `engine`, `seed`, `worlds`, `curve`, `until`, `revision` |
//! | outcomes | `question`, `resolution`, `resolved_on`, optional `source` |
//! | questions | `id`, `kind`, optional `ask`, `options`, `opens`, `closes`, `resolves`, `cluster`, `tags` |
//!
//! What was said: `probability` of yes; or `option` and `probability`, one row an option; or `quantile` (a level) and `value`, one
//! row a quantile; or `quantile` and `day` (a day or `never`), with the chance of `never` in a row of its own or beside them. A number may also be
//! forecast by `draw` (any name) and `value`, one row a draw; by `cdf` and `value`, one row a point; or by a `distribution` such as `normal(10, 2)` or `cdf(0, 0.1, 5, 0.55, 20, 0.9)`. Rows
//! of the same question, forecaster, moment and provenance are one forecast; `revision` keeps several apart. A forecast stands until the same
//! forecaster's next one, and no longer than `until`, when it was withdrawn or ran out. Lists are separated
//! by `|`; a `|` in a name is written `\|`.
//!
//! JSON lines hold one object a line with the same keys, or a whole forecast with its `forecast` as an object. A Parquet file, told by
//! its first bytes, has columns of the same names: numbers, texts, days, times, yes/no, dictionaries and lists of them.
//!
//! Reading takes a file as a whole or not at all: every bad row is named with its line and the way out. What is not used (a
//! column, an outcome of an unknown question) is named in the [`Summary`]. Writing is lossless: what is written reads back equal.

mod cell;
#[cfg(test)]
mod column_tests;
#[cfg(test)]
mod contradiction_tests;
mod forecasts;
mod object;
mod other_outcomes;
mod outcomes;
mod parquet;
#[cfg(test)]
mod parquet_tests;
mod questions;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod wide;
mod write;

pub(in crate::forecast) use cell::level as parse_level;
pub use cell::{join_list, parse_number, parse_probability, split_list};
pub(in crate::forecast) use object::object_of;
pub use other_outcomes::{PlacedOutcome, note_other_outcomes};
pub(in crate::forecast) use parquet::cell_texts;
pub(crate) use parquet::unreadable;
pub(crate) use table::packed_by;
pub(in crate::forecast) use table::{Problems, Row, Table, cell_text, check_header, check_unpacked, read_whole};
pub(crate) use tally::{ANNULLED, CONTESTED, NO_OUTCOME, SAME_MOMENT, TWICE, outcomes_not_taken};
pub use tally::{Fate, NotTaken, Stretch, Tally, not_taken};
pub use wide::WideTable;
pub use write::{Form, forecasts_file, joint_file, outcomes_file, questions_file};

use super::{DrawsSaid, JointForecast, Outcome, Question, QuestionKind, Records, joint};
use crate::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Forecasts.
    Forecasts,
    /// Outcomes.
    Outcomes,
    /// Definitions of questions.
    Questions,
}

/// What was taken from a file, and what was not.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// The file, as named by the user.
    pub file: String,
    /// Rows in it.
    pub rows: usize,
    /// Forecasts, outcomes or questions taken. A row may say several of them, and several rows one.
    pub taken: usize,
    /// Questions taken, or created from their forecasts.
    pub questions: usize,
    /// Forecasts taken.
    pub forecasts: usize,
    /// Outcomes taken.
    pub outcomes: usize,
    /// Columns that mean nothing here.
    pub ignored_columns: Vec<String>,
    /// Which of them mean something in a table of another kind, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misplaced_columns: Vec<String>,
    /// Questions that were not known and were created from their forecasts.
    pub created_questions: Vec<String>,
    /// What else was left out or made fit, in words.
    pub notes: Vec<String>,
    /// Rows that were left out.
    pub left_out: usize,
    /// Questions that will have no answer, by the rows that say so.
    pub voided: usize,
    /// Questions without an answer yet, by the rows that say so.
    pub pending: usize,
    /// The same and what else was not taken as it stands, by reason: what the notes say, in numbers.
    pub tallies: Vec<Tally>,
    /// The row of each outcome taken, in their order.
    #[serde(skip)]
    pub(crate) outcome_rows: Vec<u64>,
}

impl Summary {
    /// The same with these tallies, and their sums.
    pub(in crate::forecast) fn with_tallies(self, tallies: Vec<Tally>) -> Self {
        let of = |fate: Fate| tallies.iter().filter(|tally| tally.fate == fate).map(|tally| tally.count).sum();
        let (left_out, voided, pending) = (of(Fate::LeftOut), of(Fate::Voided), of(Fate::Pending));
        Self { left_out, voided, pending, tallies, ..self }
    }

    /// The same without a word of questions that have no answer yet, for files of which outcomes are not looked at.
    pub(crate) fn without_pending(self) -> Self {
        let (pending, tallies): (Vec<Tally>, Vec<Tally>) =
            self.tallies.into_iter().partition(|tally| tally.fate == Fate::Pending);
        let words: Vec<String> =
            pending.iter().map(|tally| format!("{} {}, {}", tally.count, tally.fate, tally.reason)).collect();
        let notes = self.notes.into_iter().filter(|note| !words.iter().any(|words| note.starts_with(words.as_str())));
        Self { notes: notes.collect(), pending: 0, tallies, ..self }
    }

    /// What was not taken as it stood, one line each.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.ignored_columns.is_empty() {
            let elsewhere: String = self.misplaced_columns.iter().flat_map(|column| ["; ", column.as_str()]).collect();
            remarks.push(format!("{}: columns not used: {}{elsewhere}", self.file, self.ignored_columns.join(", ")));
        }
        if !self.created_questions.is_empty() {
            remarks.push(format!(
                "{}: {} not known before: {}",
                self.file,
                if self.created_questions.len() == 1 { "question" } else { "questions" },
                shortened(&self.created_questions)
            ));
        }
        remarks.extend(self.notes.iter().map(|note| format!("{}: {note}", self.file)));
        remarks
    }
}

/// Which of the columns that mean nothing where they stand mean something in a table of another kind; a column of several, in the first.
pub(in crate::forecast) fn misplaced(ignored: &[String]) -> Vec<String> {
    let of_forecasts = [&forecasts::COLUMNS[..], &forecasts::SHAPES].concat();
    let tables = [
        ("questions", "id", &questions::COLUMNS[..]),
        ("outcomes", "question", &outcomes::COLUMNS[..]),
        ("forecasts", "question", &of_forecasts[..]),
    ];
    let mut left: Vec<&String> = ignored.iter().collect();
    let mut said = Vec::new();
    for (table, key, known) in tables {
        let (here, others): (Vec<&String>, Vec<&String>) =
            left.into_iter().partition(|name| known.contains(&name.as_str()));
        left = others;
        if !here.is_empty() {
            let names: Vec<String> = here.iter().map(|name| format!("`{name}`")).collect();
            let belong = if here.len() == 1 { "belongs" } else { "belong" };
            said.push(format!("{} {belong} to the table `{table}`, beside `{key}`", names.join(", ")));
        }
    }
    said
}

/// A list for people: the first ten, and how many more.
pub(in crate::forecast) fn shortened(names: &[String]) -> String {
    let mut text = names.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 10 {
        let _ = write!(text, " and {} more", names.len() - 10);
    }
    text
}

/// What the probabilities of the options of one forecast must sum to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sums {
    /// To 1, up to rounding.
    ToOne,
    /// To what they do.
    AsStated,
}

/// A file that was read, and not yet understood.
#[derive(Debug)]
pub struct TidyFile {
    table: table::Table,
    sums: Sums,
}

impl TidyFile {
    /// Reads a file: Parquet if its first bytes say so, JSON lines if it is called `.jsonl`, `.ndjson` or begins with `{`, else CSV; `-`
    /// is standard input.
    ///
    /// # Errors
    /// If it cannot be read or has no header. A row that is not of its form is named, with whatever else is wrong, when its rows are read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        table::Table::open_with_bad_rows(path).map(|table| Self { table, sums: Sums::ToOne })
    }

    /// Reads what stands in a file of that name.
    ///
    /// # Errors
    /// As [`TidyFile::open`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        table::Table::read(name, bytes).map(|table| Self { table, sums: Sums::ToOne })
    }

    /// Reads a text as if it stood in a file of that name.
    ///
    /// # Errors
    /// As [`TidyFile::open`].
    pub fn from_text(name: &str, text: &str) -> Result<Self, Error> {
        table::Table::read(name, text.as_bytes()).map(|table| Self { table, sums: Sums::ToOne })
    }

    /// A table that was read already.
    pub(in crate::forecast) fn of_table(table: table::Table) -> Self {
        Self { table, sums: Sums::ToOne }
    }

    /// The same, read with probabilities of options that do not sum to 1 as they stand, for whoever looks at just that. Whole forecasts as objects
    /// are read as ever.
    #[must_use]
    pub fn with_options_as_stated(self) -> Self {
        Self { sums: Sums::AsStated, ..self }
    }

    /// What its columns say that it holds.
    #[must_use]
    pub fn holds(&self) -> Option<Holds> {
        let has = |name: &str| self.table.column(name).is_some();
        if has("forecaster") {
            Some(Holds::Forecasts)
        } else if has("resolution") {
            Some(Holds::Outcomes)
        } else if has("id") && has("kind") {
            Some(Holds::Questions)
        } else {
            None
        }
    }

    /// Whether its columns are those of joint forecasts of several questions.
    #[must_use]
    pub fn is_of_patterns(&self) -> bool {
        let has = |name: &str| self.table.column(name).is_some();
        has("forecaster") && has("pattern") && !has("question")
    }

    /// Whether its columns are those of forecasts of numbers by draws.
    #[must_use]
    pub fn is_of_draws(&self) -> bool {
        ["question", "forecaster", "draw", "value"].iter().all(|name| self.table.column(name).is_some())
    }

    /// How many of its rows `--stream` could read instead: those of a table of probabilities of yes.
    pub(in crate::forecast) fn streamable_rows(&self) -> usize {
        self.table.streamable_rows()
    }

    /// The file, as named by the user.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.table.name
    }

    /// Its joint forecasts on questions of the records.
    ///
    /// # Errors
    /// As [`read_joint_forecasts`](crate::forecast::read_joint_forecasts).
    pub fn joint_forecasts(&self, records: &Records) -> Result<Vec<JointForecast>, Error> {
        joint::of_table(&self.table, records)
    }

    /// Adds what it says by draws, once its forecasts were read.
    ///
    /// # Errors
    /// If a row says anything else.
    pub(in crate::forecast) fn add_draws(&self, draws: &mut DrawsSaid) -> Result<(), Error> {
        draws.add_table(&self.table)
    }

    /// Adds its forecasts to the records; creates the questions that they do not know.
    ///
    /// # Errors
    /// If a row cannot be; then the records stay as they were.
    pub fn forecasts(&self, records: &mut Records) -> Result<Summary, Error> {
        forecasts::read(&self.table, self.sums, records)
    }

    /// Every outcome in it, in order, for the questions that the records know.
    ///
    /// # Errors
    /// If a row cannot be, or no question is known.
    pub fn outcomes(&self, records: &Records) -> Result<(Vec<Outcome>, Summary), Error> {
        outcomes::read(&self.table, records, &[])
    }

    /// The same before the forecasts are read: beside the outcomes the records get the yes/no questions that they do not know, those of which `takes` says so.
    ///
    /// # Errors
    /// As [`TidyFile::outcomes`].
    pub fn outcomes_first(
        &self,
        records: &mut Records,
        takes: impl Fn(&str) -> bool,
    ) -> Result<(Vec<Outcome>, Summary), Error> {
        self.outcomes_beside(records, takes, &[])
    }

    /// The same where `also` are the ids of questions that are known beside those of the records.
    pub(crate) fn outcomes_beside(
        &self,
        records: &mut Records,
        takes: impl Fn(&str) -> bool,
        also: &[&str],
    ) -> Result<(Vec<Outcome>, Summary), Error> {
        let column = self.table.column("question");
        for row in &self.table.rows {
            let id = row.cell(column);
            let is_name = crate::forecast::check_name("question id", id).is_ok();
            if is_name && !records.questions.contains_key(id) && takes(id) {
                let question = Question::blank(id, QuestionKind::Binary);
                records.questions.insert(id.to_owned(), question);
            }
        }
        outcomes::read(&self.table, records, also)
    }

    /// Notes which rows of a table of forecasts say in a column `resolution` another one than the outcomes of the records.
    pub(in crate::forecast) fn note_other_resolutions(&self, records: &Records, summary: &mut Summary) {
        other_outcomes::note_other_resolutions(&self.table, records, summary);
    }

    /// Adds its questions to the records; a known one is defined anew.
    ///
    /// # Errors
    /// If a row cannot be; then the records stay as they were.
    pub fn questions(&self, records: &mut Records) -> Result<Summary, Error> {
        questions::read(&self.table, records)
    }
}

/// Adds the forecasts of a file to the records; creates the questions that they do not know, by the kind of their forecasts.
///
/// # Errors
/// If the file cannot be read or a row cannot be; then the records stay as they were.
pub fn read_forecasts(path: &Path, records: &mut Records) -> Result<Summary, Error> {
    TidyFile::open(path)?.forecasts(records)
}

/// Adds the outcomes of a file to the records; the last one of a question counts. Outcomes of questions that the records do not
/// know are left out and named; so read questions or forecasts first.
///
/// # Errors
/// If the file cannot be read, a row cannot be, or no question is known; then the records stay as they were.
pub fn read_outcomes(path: &Path, records: &mut Records) -> Result<Summary, Error> {
    let (outcomes, summary) = TidyFile::open(path)?.outcomes(records)?;
    records.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
    Ok(summary)
}

/// The same of a file that is shared with others: that it has no outcome of a question that the records know is no fault, and is noted like every
/// outcome that is left out.
///
/// # Errors
/// If the file cannot be read or a row cannot be; then the records stay as they were.
pub fn read_shared_outcomes(path: &Path, records: &mut Records) -> Result<Summary, Error> {
    let (outcomes, summary) = outcomes::read_known(&TidyFile::open(path)?.table, records)?;
    records.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
    Ok(summary)
}

/// Adds the outcomes of a file to the records, and beside them the yes/no questions that the records do not know: for forecasts that are
/// read afterwards.
///
/// # Errors
/// As [`read_outcomes`].
pub fn read_outcomes_first(path: &Path, records: &mut Records) -> Result<Summary, Error> {
    let (outcomes, summary) = TidyFile::open(path)?.outcomes_first(records, |_| true)?;
    records.outcomes.extend(outcomes.into_iter().map(|outcome| (outcome.question.clone(), outcome)));
    Ok(summary)
}

/// Adds the questions of a file to the records; a known one is defined anew.
///
/// # Errors
/// If the file cannot be read or a row cannot be; then the records stay as they were.
pub fn read_questions(path: &Path, records: &mut Records) -> Result<Summary, Error> {
    TidyFile::open(path)?.questions(records)
}
