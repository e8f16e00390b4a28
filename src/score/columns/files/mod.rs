//! Yes/no forecasts in Parquet files: the scores of [`BinaryColumns`] at the speed of reading.
//!
//! Groups of rows are decoded and scored side by side, some thousands of rows at a time, so that what is decoded is scored while it lies in a cache. The chunks
//! of rows whose sums are joined in a tree are those of the columns in memory, wherever files, groups and what is decoded at a time begin and end; so every bit is theirs.
//!
//! [`BinaryColumns`]: super::BinaryColumns

mod piece;
mod reader;
mod source;
#[cfg(test)]
mod tests;

use super::binary::{BinaryScores, FEW_FORECASTERS, MOST_BINS, rows_of_chunk};
use super::problem::ColumnProblem;
use super::tree::in_tree;
use crate::error::Error;
use indexmap::IndexSet;
use piece::{Piece, Shape};
use reader::{Names, Reader};
use source::{Part, Source, tasks};
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// Yes/no forecasts that lie in Parquet files: a row says how probable it was thought to be, what happened and, in files of several, who thought so.
///
/// Columns are found by their names, capital letters or not. A probability is a number of double or single precision, an outcome is true or false or one of the numbers
/// 0 and 1, and the name of a forecaster is a text, which may be kept as a dictionary; space around it does not count. Other columns are not read.
///
/// ```
/// # use parquet::arrow::ArrowWriter;
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let path = folder.path().join("forecasts.parquet");
/// # let rows = arrow_array::RecordBatch::try_from_iter([
/// #     ("who", Arc::new(arrow_array::StringArray::from(vec!["ben", "ada", "ben"])) as arrow_array::ArrayRef),
/// #     ("p", Arc::new(arrow_array::Float64Array::from(vec![0.6, 0.9, 0.2]))),
/// #     ("came", Arc::new(arrow_array::BooleanArray::from(vec![false, true, false]))),
/// # ]).expect("three columns of one length");
/// # let mut writer = ArrowWriter::try_new(std::fs::File::create(&path).expect("a file"), rows.schema(), None).expect("a writer");
/// # writer.write(&rows).expect("written");
/// # writer.close().expect("closed");
/// use foretell::score::columns::BinaryFiles;
///
/// // who: ben, ada, ben; p: 0.6, 0.9, 0.2; came: false, true, false.
/// let found = BinaryFiles::new([path], "p", "came", "who").score(20).expect("three rows");
/// assert_eq!(found.names, ["ben", "ada"]);
/// let ben = found.scores.forecasters[0].expect("two forecasts");
/// assert!((ben.brier - (0.36 + 0.04) / 2.0).abs() < 1e-15);
/// ```
#[derive(Debug, Clone)]
pub struct BinaryFiles {
    paths: Vec<PathBuf>,
    probability: String,
    outcome: String,
    /// None where one made them all.
    forecaster: Option<String>,
}

/// Scores of forecasters who have names.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedBinaryScores {
    /// The names by the numbers of their forecasters, which they have in the order in which they first come; one that is empty where files do not say who it was.
    pub names: Vec<String>,
    /// The scores by these numbers.
    pub scores: BinaryScores,
}

/// How much is done at a time. No figure depends on it.
#[derive(Debug, Clone, Copy)]
struct Steps {
    /// Rows that are decoded before they are scored: so few that they lie in a cache.
    decoded: usize,
    /// Rows that a thread takes up.
    taken: u64,
}

impl Default for Steps {
    fn default() -> Self {
        Self { decoded: 1 << 13, taken: 1 << 20 }
    }
}

impl BinaryFiles {
    /// Files by several forecasters, and what the columns of probabilities, outcomes and names are called there.
    #[must_use]
    pub fn new<P: Into<PathBuf>>(
        paths: impl IntoIterator<Item = P>,
        probability: impl Into<String>,
        outcome: impl Into<String>,
        forecaster: impl Into<String>,
    ) -> Self {
        Self { forecaster: Some(forecaster.into()), ..Self::of_one(paths, probability, outcome) }
    }

    /// Files by one forecaster, or such that it does not matter by whom.
    #[must_use]
    pub fn of_one<P: Into<PathBuf>>(
        paths: impl IntoIterator<Item = P>,
        probability: impl Into<String>,
        outcome: impl Into<String>,
    ) -> Self {
        Self {
            paths: paths.into_iter().map(Into::into).collect(),
            probability: probability.into(),
            outcome: outcome.into(),
            forecaster: None,
        }
    }

    /// Mean Brier and log scores, of each forecaster and of all, and the bins of the probabilities, in one pass over the files in this order.
    ///
    /// They are those of [`BinaryColumns::score`] of the same rows, to the last bit, for any number of threads and however the rows are dealt out to files and
    /// groups. Memory holds the pages that are decoded, the rows of a few chunks and a few sums for each forecaster and bin; it does not grow with the rows. Files
    /// by more than 8,192 forecasters are read twice: their number says how many rows are summed before sums are joined.
    ///
    /// Murphy's decomposition is made of the bins by [`murphy_of_bins`].
    ///
    /// # Errors
    /// If a file cannot be read, or has no such columns; of the first row with a probability outside of 0 to 1, an outcome that is neither 0 nor 1, a name that is
    /// none or a value that is missing, counted from 1 in its file; if a file is named twice, also by two names; or without bins, or of more than
    /// [`MOST_BINS`](super::MOST_BINS).
    ///
    /// [`BinaryColumns::score`]: super::BinaryColumns::score
    /// [`murphy_of_bins`]: crate::calibrate::murphy_of_bins
    pub fn score(&self, bins: usize) -> Result<NamedBinaryScores, Error> {
        let found = self.score_in(bins, Steps::default(), &|| true)?;
        // It is wanted all the time.
        found.ok_or_else(|| Error::environment("the work was broken off"))
    }

    /// The same as long as it is wanted, which is asked every few thousand rows by every thread; `None` if it no longer was.
    ///
    /// # Errors
    /// As [`BinaryFiles::score`].
    pub fn score_while(
        &self,
        bins: usize,
        is_wanted: impl Fn() -> bool + Sync,
    ) -> Result<Option<NamedBinaryScores>, Error> {
        self.score_in(bins, Steps::default(), &is_wanted)
    }

    fn score_in(
        &self,
        bins: usize,
        steps: Steps,
        is_wanted: &(impl Fn() -> bool + Sync),
    ) -> Result<Option<NamedBinaryScores>, Error> {
        if bins == 0 {
            return Err(Error::input("there must be at least one bin, but their number is 0"));
        }
        if bins > MOST_BINS {
            return Err(Error::input(ColumnProblem::TooManyBins { found: bins, most: MOST_BINS }.to_string()));
        }
        refuse_twice(&self.paths)?;
        let sources = self.paths.iter().map(|path| Source::open(path, self)).collect::<Result<Vec<_>, _>>()?;
        let tasks = tasks(&sources, steps.taken);
        let pass = |forecasters: usize, most: usize| {
            let shape = Shape { chunk: rows_of_chunk(forecasters) as u64, bins };
            let reading = Reading {
                sources: &sources,
                is_of_one: self.forecaster.is_none(),
                tasks: &tasks,
                shape,
                decoded: steps.decoded,
                most,
                are_more: AtomicBool::new(false),
                is_wanted,
            };
            reading.all()
        };
        // As many rows are summed before sums are joined for one forecaster as for some thousands: how many there are need not be known before.
        let mut found = pass(1, FEW_FORECASTERS);
        if matches!(found, Err(Stop::More)) {
            found = pass(count_names(&sources, &tasks, steps.decoded, is_wanted), usize::MAX);
        }
        match found {
            Ok(piece) => {
                let (names, scores) = piece.finish();
                Ok(Some(NamedBinaryScores { names, scores }))
            }
            Err(Stop::Wrong(error)) => Err(error),
            Err(Stop::Unwanted) => Ok(None),
            Err(Stop::More) => Err(Error::environment("a file was changed while it was read")),
        }
    }
}

/// Refuses a file that is named twice, whose rows would count twice.
fn refuse_twice(paths: &[PathBuf]) -> Result<(), Error> {
    let mut known: HashMap<PathBuf, &PathBuf> = HashMap::new();
    for path in paths {
        // What is not there is named when it is to be opened.
        let Ok(whole) = path.canonicalize() else { continue };
        if let Some(first) = known.insert(whole, path) {
            let (first, second) = (first.display(), path.display());
            return Err(Error::input(format!("`{first}` and `{second}` are one file, whose rows would count twice"))
                .help("name each file once"));
        }
    }
    Ok(())
}

/// Why reading ends before the last row.
enum Stop {
    Wrong(Error),
    /// There are more forecasters than chunks have rows for.
    More,
    /// Nobody waits for it any more.
    Unwanted,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Wrong(error)
    }
}

/// One pass over the rows.
struct Reading<'a, W> {
    sources: &'a [Source],
    /// Whether nobody says who it was.
    is_of_one: bool,
    tasks: &'a [Vec<Part>],
    shape: Shape,
    decoded: usize,
    /// The most forecasters for whom this shape is right.
    most: usize,
    /// Whether more were found.
    are_more: AtomicBool,
    is_wanted: &'a W,
}

impl<W: Fn() -> bool + Sync> Reading<'_, W> {
    /// All rows, tasks side by side.
    fn all(&self) -> Result<Piece, Stop> {
        let join = |left: &mut Piece, right: Piece| {
            left.append(right);
            if left.names.len() > self.most {
                self.are_more.store(true, Ordering::Relaxed);
            }
        };
        let whole = in_tree(0..self.tasks.len(), 1, &|tasks| self.some(tasks), &join)?;
        let is_right = rows_of_chunk(whole.names.len()) as u64 == self.shape.chunk;
        if is_right { Ok(whole) } else { Err(Stop::More) }
    }

    /// The rows of some tasks, one after the other.
    fn some(&self, tasks: Range<usize>) -> Result<Piece, Stop> {
        let parts = || self.tasks[tasks.clone()].iter().flatten();
        let mut piece = Piece::new(self.shape, parts().next().map_or(0, |part| part.first));
        if self.is_of_one {
            piece.names.insert(String::new());
        }
        for part in parts() {
            let mut reader = Reader::new(&self.sources[part.source], part, self.decoded)?;
            while let Some(rows) = reader.next(&mut piece.names)? {
                piece.add(rows);
                if piece.names.len() > self.most {
                    self.are_more.store(true, Ordering::Relaxed);
                }
                if self.are_more.load(Ordering::Relaxed) {
                    return Err(Stop::More);
                }
                if !(self.is_wanted)() {
                    return Err(Stop::Unwanted);
                }
            }
        }
        Ok(piece)
    }
}

/// How many forecasters there are, up to the first row of each task that has none.
fn count_names(
    sources: &[Source],
    tasks: &[Vec<Part>],
    decoded: usize,
    is_wanted: &(impl Fn() -> bool + Sync),
) -> usize {
    let names = |tasks_here: Range<usize>| {
        let mut known = IndexSet::new();
        for part in tasks[tasks_here].iter().flatten().take_while(|_| is_wanted()) {
            let source = &sources[part.source];
            let reader = source.forecaster.as_ref().map(|column| Names::new(source, column, part, decoded));
            if let Some(Ok(names)) = reader {
                names.count(&mut known);
            }
        }
        Ok::<_, Error>(known)
    };
    let join = |left: &mut IndexSet<String>, right: IndexSet<String>| left.extend(right);
    in_tree(0..tasks.len(), 1, &names, &join).map_or(0, |known| known.len())
}
