//! Yes/no forecasts from files larger than memory, batch by batch.
//!
//! [`stream`] reads a tidy table of yes/no forecasts – Parquet, CSV or JSON lines, as [`tidy`] describes it – and hands on [`Batch`]es: names
//! as codes into the texts of the batch, moments, probabilities, and where each row stands. Of a Parquet file only the columns that matter are
//! read, several row groups side by side. While a batch is used the next ones are read. Memory does not grow with the file.
//!
//! Batches come in an order that depends on the file alone, so what is summed from them has the same bits with any number of threads.
//!
//! [`ByQuestion`] puts rows together by question, on disk where they are many, for what needs them side by side.
//!
//! A row that is no yes/no forecast is an error that names it; nothing is left out.
//!
//! [`tidy`]: super::tidy

mod by_question;
mod columnar;
mod names;
mod text;

pub use by_question::{ByQuestion, NumberedForecast, PARTS};
pub use names::Names;

use super::Moment;
use super::tidy::{Problems, Summary};
use crate::error::Error;
use columnar::Columnar;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use text::Text;

/// Rows of a batch.
const ROWS: usize = 1 << 16;

/// The columns that are read.
const COLUMNS: [&str; 4] = ["question", "forecaster", "made_at", "probability"];

/// Columns of forecasts of other kinds; in a table of yes/no forecasts they are not there, or empty.
const OF_OTHER_KINDS: [&str; 5] = ["option", "quantile", "value", "day", "never"];

/// Columns that are known and say nothing about a score.
const WITHOUT_MEANING: [&str; 6] = ["revision", "scenario", "engine", "seed", "worlds", "curve"];

/// Rows of a file.
#[derive(Debug)]
pub struct Batch {
    /// The question of each row.
    pub questions: Names,
    /// The forecaster of each row.
    pub forecasters: Names,
    /// When each was made.
    pub made_at: Vec<Moment>,
    /// The probability of yes.
    pub probabilities: Vec<f64>,
    /// Where each row stands: its line, or for Parquet its row, counted from 1.
    lines: Lines,
}

#[derive(Debug)]
enum Lines {
    From(u64),
    Each(Vec<u64>),
}

impl Batch {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.probabilities.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.probabilities.is_empty()
    }

    /// Where a row stands in the file: its line, or for Parquet its row, counted from 1.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        match &self.lines {
            Lines::From(first) => first + row as u64,
            Lines::Each(lines) => lines.get(row).copied().unwrap_or_default(),
        }
    }
}

/// A file that is read.
enum Source {
    Columnar(Columnar),
    Text(Text),
}

impl Source {
    fn open(path: &Path) -> Result<(Self, Vec<String>), Error> {
        let name = path.display().to_string();
        let unreadable = |problem| Error::environment(format!("`{name}` cannot be read")).because(problem);
        let mut first = Vec::new();
        File::open(path).and_then(|file| file.take(64).read_to_end(&mut first)).map_err(unreadable)?;
        if first.starts_with(b"PAR1") {
            let (file, others) = Columnar::open(path, &name)?;
            Ok((Self::Columnar(file), others))
        } else {
            let (file, others) = Text::open(path, &name, &first)?;
            Ok((Self::Text(file), others))
        }
    }

    /// The next batches, in order; none at the end.
    fn next(&mut self) -> Result<Vec<Batch>, Error> {
        match self {
            Self::Columnar(file) => file.next(),
            Self::Text(file) => file.next(),
        }
    }
}

/// Reads a file and hands each batch to `take`, in order.
///
/// # Errors
/// If the file cannot be read, has no such columns, or a row is no yes/no forecast; then as many rows as there are in a batch are named and
/// what follows was not looked at. Or what `take` says.
pub fn stream(path: &Path, mut take: impl FnMut(&Batch) -> Result<(), Error> + Send) -> Result<Summary, Error> {
    let (mut source, ignored_columns) = Source::open(path)?;
    let mut rows = 0;
    let mut batches = source.next()?;
    while !batches.is_empty() {
        rows += batches.iter().map(Batch::len).sum::<usize>();
        let (taken, read) = rayon::join(|| batches.iter().try_for_each(&mut take), || source.next());
        taken?;
        batches = read?;
    }
    Ok(Summary { file: path.display().to_string(), rows, taken: rows, ignored_columns, ..Summary::default() })
}

/// What a batch's rows were found to be, or the error that names the bad ones.
fn checked(problems: Problems) -> Result<(), Error> {
    problems
        .into_result()
        .map_err(|problem| problem.help("mend these rows; nothing was scored, and what follows them was not looked at"))
}

/// The columns of a file that are not known.
fn unknown(columns: &[String]) -> Vec<String> {
    let known = |name: &str| COLUMNS.iter().chain(&OF_OTHER_KINDS).chain(&WITHOUT_MEANING).any(|known| *known == name);
    columns.iter().filter(|column| !known(column)).cloned().collect()
}

/// Where the columns that are read stand, and those that must be empty.
fn places(name: &str, columns: &[String]) -> Result<([usize; 4], Vec<usize>), Error> {
    let place = |wanted: &str| columns.iter().position(|column| column == wanted);
    if let Some(twice) = columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column)) {
        return Err(Error::input(format!("{name}:1: the column `{}` stands twice", twice.1)));
    }
    let mut found = [0; 4];
    for (slot, wanted) in found.iter_mut().zip(COLUMNS) {
        *slot = place(wanted).ok_or_else(|| {
            Error::input(format!(
                "{name}:1: a table that is streamed needs the column `{wanted}`, but has {}",
                columns.join(", ")
            ))
            .help("it holds yes/no forecasts: question, forecaster, made_at, probability")
        })?;
    }
    Ok((found, OF_OTHER_KINDS.iter().filter_map(|other| place(other)).collect()))
}

/// What is wrong with a row that says more or other than a probability.
fn other_kind(column: &str) -> String {
    format!("the row has something under `{column}`, but only yes/no forecasts can be streamed")
}
