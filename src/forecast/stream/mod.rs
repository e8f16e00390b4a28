//! Yes/no forecasts from files larger than memory, batch by batch.
//!
//! [`stream`] reads a tidy table of yes/no forecasts – Parquet, CSV or JSON lines, as [`tidy`] describes it – and hands on [`Batch`]es: names
//! as codes into the texts of the batch, moments, probabilities, and where each row stands. Of a Parquet file only the columns that matter are
//! read, several row groups side by side. While a batch is used the next ones are read. Memory does not grow with the file.
//!
//! Batches come in an order that depends on the file alone, so what is summed from them has the same bits with any number of threads.
//!
//! The outcome may stand in a column beside the forecasts ([`OutcomeColumn`]), under the names and in the words that such tables have.
//!
//! [`ByQuestion`] puts rows together by question, on disk where they are many, for what needs them side by side.
//!
//! A row that is no yes/no forecast is an error that names it; nothing is left out.
//!
//! [`tidy`]: super::tidy

mod by_question;
mod columnar;
mod known;
mod moments;
mod names;
mod text;

pub use by_question::{ByQuestion, NumberedForecast, PARTS};
pub use known::{Known, Latest};
pub use names::Names;

use super::import::{answer, given};
use super::tidy::{Problems, Summary, check_unpacked, misplaced};
use super::{Moment, Resolution};
use crate::error::Error;
use columnar::Columnar;
use jiff::civil::Date;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use text::Text;

/// Rows of a batch.
const ROWS: usize = 1 << 16;

/// Names of a column of which the first that is there counts.
type Names4 = [&'static [&'static str]; 4];

/// The columns that are read.
const COLUMNS: Names4 = [&["question"], &["forecaster"], &["made_at"], &["probability"]];

/// The same where the outcome stands in a column beside them.
const COLUMNS_BESIDE: Names4 = [
    &["question_id", "item", "question"],
    &["forecaster"],
    &["forecast_date", "made_at", "date"],
    &["forecast", "probability", "prob", "prediction"],
];

/// Names of the column of the outcome, and of that of the day on which it was known.
const CAME: [&str; 5] = ["outcome", "answer", "obs", "resolved_to", "resolution"];
const KNOWN: [&str; 2] = ["resolution_date", "resolved_on"];

/// Columns of questions that a tidy table does not have, and columns of tidy tables that hold more than the probability of yes: beside these an outcome is not
/// looked at, as where files are read whole.
const ASKED: [&str; 2] = ["question_id", "item"];
const MORE: [&str; 5] = ["option", "quantile", "value", "day", "curve"];

/// Columns that make more of a row than a forecast, which is not done here.
const OF_MORE: [&str; 3] = ["leaky", "crowd", "market"];
/// What says that a forecast was withdrawn, which a stream does not follow.
const UNTIL: &str = "until";

/// Columns of forecasts of other kinds; in a table of yes/no forecasts they are not there, or empty.
const OF_OTHER_KINDS: [&str; 5] = ["option", "quantile", "value", "day", "never"];

/// Columns that are known and say nothing about a score.
const WITHOUT_MEANING: [&str; 6] = ["revision", "scenario", "engine", "seed", "worlds", "curve"];

/// Whether outcomes are taken from a column beside the forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeColumn {
    /// They are, and there must be one.
    Used,
    /// They are where there is one; what is known from elsewhere comes first.
    IfThere,
    /// They come from elsewhere alone.
    Unused,
}

impl OutcomeColumn {
    /// Whether an outcome is taken from beside the forecasts, of columns or keys that are told by `has`.
    fn is_used(self, has: impl Fn(&[&str]) -> bool) -> bool {
        match self {
            Self::Used => true,
            Self::IfThere => has(&CAME) && (has(&ASKED) || !has(&MORE)),
            Self::Unused => false,
        }
    }
}

/// An answer to a yes/no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The question does not count.
    Annulled,
}

impl Answer {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Annulled];

    /// The same as a resolution.
    #[must_use]
    pub const fn resolution(self) -> Resolution {
        match self {
            Self::Yes => Resolution::Yes,
            Self::No => Resolution::No,
            Self::Annulled => Resolution::Annulled,
        }
    }
}

/// What a row says of the outcome: what it was, if that is said, and the day on which it was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Came {
    /// `None` where nothing is known yet.
    pub answer: Option<Answer>,
    /// `None` where the table does not say.
    pub known_on: Option<Date>,
}

impl Came {
    /// Reads the two cells.
    fn read(came: &str, known_on: &str) -> Result<Self, String> {
        let answer = match given(came) {
            None => None,
            Some(came) => Some(answer(came).ok_or_else(|| format!("the outcome `{came}` is neither yes nor no"))?),
        };
        let known_on = match given(known_on) {
            None => None,
            Some(day) => {
                Some(day.parse::<Moment>().map_err(|problem| format!("the day of the outcome: {problem}"))?.day())
            }
        };
        Ok(Self { answer, known_on })
    }
}

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
    /// What each row says of the outcome; empty where no row has a place for it that is read.
    pub came: Vec<Came>,
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
    Text(Box<Text>),
}

impl Source {
    fn open(path: &Path, outcomes: OutcomeColumn) -> Result<(Self, Vec<String>), Error> {
        let name = path.display().to_string();
        if name == "-" {
            return Err(Error::input("standard input is not streamed: what is streamed may be read twice")
                .help("write it to a file first, or leave out --stream"));
        }
        let unreadable = |problem| Error::environment(format!("`{name}` cannot be read")).because(problem);
        let mut first = Vec::new();
        File::open(path).and_then(|file| file.take(64).read_to_end(&mut first)).map_err(unreadable)?;
        check_unpacked(&name, &first)?;
        if first.starts_with(b"PAR1") {
            let (file, others) = Columnar::open(path, &name, outcomes)?;
            Ok((Self::Columnar(file), others))
        } else {
            let (file, others) = Text::open(path, &name, &first, outcomes)?;
            Ok((Self::Text(Box::new(file)), others))
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
pub fn stream(
    path: &Path,
    outcomes: OutcomeColumn,
    mut take: impl FnMut(&Batch) -> Result<(), Error> + Send,
) -> Result<Summary, Error> {
    let (mut source, mut ignored_columns) = Source::open(path, outcomes)?;
    let mut rows = 0;
    let mut batches = source.next()?;
    while !batches.is_empty() {
        rows += batches.iter().map(Batch::len).sum::<usize>();
        let (taken, read) = rayon::join(|| batches.iter().try_for_each(&mut take), || source.next());
        taken?;
        batches = read?;
    }
    if let Source::Text(file) = &source {
        ignored_columns.extend(file.unused().cloned());
    }
    Ok(Summary {
        file: path.display().to_string(),
        rows,
        taken: rows,
        forecasts: rows,
        misplaced_columns: misplaced(&ignored_columns),
        ignored_columns,
        ..Summary::default()
    })
}

/// What a batch's rows were found to be, or the error that names the bad ones.
fn checked(problems: Problems) -> Result<(), Error> {
    problems
        .into_result()
        .map_err(|problem| problem.help("mend these rows; nothing was scored, and what follows them was not looked at"))
}

/// Where the columns that are read stand.
#[derive(Debug, Clone)]
struct Places {
    /// Question, forecaster, moment and probability.
    said: [usize; 4],
    /// The outcome, and the day on which it was known.
    came: Option<usize>,
    known: Option<usize>,
    /// What must be empty.
    empty: Vec<usize>,
}

impl Places {
    /// Of the columns of a file.
    fn of(name: &str, columns: &[String], outcomes: OutcomeColumn) -> Result<Self, Error> {
        let first = |names: &[&str]| names.iter().find_map(|name| columns.iter().position(|column| column == name));
        if let Some(twice) = columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column)) {
            return Err(Error::input(format!("{name}:1: the column `{}` stands twice", twice.1)));
        }
        let lacks = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|name| format!("`{name}`")).collect();
            Error::input(format!(
                "{name}:1: a table that is streamed needs the column {}, but has {}",
                wanted.join(" or "),
                columns.join(", ")
            ))
        };
        let is_used = outcomes.is_used(|names| first(names).is_some());
        if first(&[UNTIL]).is_some() {
            return Err(Error::input(format!("{name}:1: the column `{UNTIL}` is not read where a table is streamed"))
                .help("leave out --stream, or the column if nothing was withdrawn"));
        }
        let mut said = [0; 4];
        for (slot, wanted) in said.iter_mut().zip(if is_used { COLUMNS_BESIDE } else { COLUMNS }) {
            *slot = first(wanted).ok_or_else(|| {
                lacks(wanted).help("it holds yes/no forecasts: question, forecaster, made_at, probability")
            })?;
        }
        let (mut came, mut known) = (None, None);
        if is_used {
            came = Some(first(&CAME).ok_or_else(|| {
                lacks(&CAME[..1]).help("without a column of outcomes, name a table of them: `--outcomes FILE`")
            })?);
            known = first(&KNOWN);
            if let Some(more) = OF_MORE.iter().find(|more| first(&[more]).is_some()) {
                return Err(Error::input(format!(
                    "{name}:1: the column `{more}` is not read where a table is streamed"
                ))
                .help("leave out --stream, or the column"));
            }
        }
        let empty = OF_OTHER_KINDS.iter().filter_map(|other| first(&[other])).collect();
        Ok(Self { said, came, known, empty })
    }

    /// All that are read.
    fn all(&self) -> Vec<usize> {
        self.said.iter().chain(&self.empty).copied().chain(self.came).chain(self.known).collect()
    }

    /// The columns that are neither read nor known.
    fn unused(&self, columns: &[String]) -> Vec<String> {
        let read = self.all();
        let others = columns.iter().enumerate().filter(|(at, _)| !read.contains(at)).map(|(_, name)| name);
        others.filter(|name| !WITHOUT_MEANING.contains(&name.as_str())).cloned().collect()
    }
}

/// What is wrong with a row that says more or other than a probability.
fn other_kind(column: &str) -> String {
    format!("the row has something under `{column}`, but only yes/no forecasts can be streamed")
}
