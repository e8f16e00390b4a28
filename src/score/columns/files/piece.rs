//! Scores of a stretch of rows that begins and ends anywhere, and stretches put together to the bits of one pass.
//!
//! Chunks of rows are the leaves of a fixed tree. A stretch holds the sums of those that lie in it as a whole, in few subtrees; the rows before the first of
//! them as they are, for another stretch has the beginning of that chunk; and the sums of the one that it begins and does not end. A stretch numbers the
//! forecasters as it meets them, whoever stands before; they are numbered anew when it is put behind another one.

use crate::score::columns::binary::{BinaryScores, BinaryTally, LANES};
use crate::score::columns::tree::Subtrees;
use indexmap::IndexSet;

/// Rows as columns, all of which can be scored.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The probabilities of yes.
    pub(super) probabilities: Vec<f64>,
    /// What happened.
    pub(super) happened: Vec<bool>,
    /// The numbers of the forecasters.
    pub(super) forecasters: Vec<u32>,
}

/// Some of them, where they lie.
#[derive(Debug, Clone, Copy)]
struct Slices<'a> {
    probabilities: &'a [f64],
    happened: &'a [bool],
    forecasters: &'a [u32],
}

impl Rows {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.probabilities.len()
    }

    fn clear(&mut self) {
        self.probabilities.clear();
        self.happened.clear();
        self.forecasters.clear();
    }

    fn all(&self) -> Slices<'_> {
        Slices { probabilities: &self.probabilities, happened: &self.happened, forecasters: &self.forecasters }
    }

    fn extend(&mut self, more: Slices<'_>) {
        self.probabilities.extend_from_slice(more.probabilities);
        self.happened.extend_from_slice(more.happened);
        self.forecasters.extend_from_slice(more.forecasters);
    }

    fn renumber(&mut self, numbers: &[u32]) {
        self.forecasters.iter_mut().for_each(|forecaster| *forecaster = numbers[*forecaster as usize]);
    }
}

impl Slices<'_> {
    fn len(&self) -> usize {
        self.probabilities.len()
    }

    fn split_at(self, row: usize) -> (Self, Self) {
        let (probabilities, probabilities_after) = self.probabilities.split_at(row);
        let (happened, happened_after) = self.happened.split_at(row);
        let (forecasters, forecasters_after) = self.forecasters.split_at(row);
        (
            Self { probabilities, happened, forecasters },
            Self { probabilities: probabilities_after, happened: happened_after, forecasters: forecasters_after },
        )
    }
}

/// What all stretches share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Rows of a chunk.
    pub(super) chunk: u64,
    /// Bins of probabilities.
    pub(super) bins: usize,
}

/// The scores of a stretch of rows.
#[derive(Debug)]
pub(super) struct Piece {
    shape: Shape,
    /// The forecasters in the order in which they come.
    pub(super) names: IndexSet<String>,
    /// The rows before the first that begins a chunk.
    head: Rows,
    /// The chunks that lie in it as a whole.
    chunks: Subtrees<BinaryTally>,
    /// The one that is begun.
    begun: Option<Begun>,
    /// The row that follows, counted from 0 over all files.
    next: u64,
}

/// A chunk of which the first rows are there.
#[derive(Debug)]
struct Begun {
    tally: BinaryTally,
    /// Rows that are not yet as many as there are lanes: within a chunk each lane takes what it would take were all rows added at once.
    waiting: Rows,
}

impl Begun {
    fn add(&mut self, forecasters: usize, rows: Slices<'_>) {
        self.tally.grow(forecasters);
        let lacking = if self.waiting.len() == 0 { 0 } else { LANES - self.waiting.len() };
        let (first, rows) = rows.split_at(lacking.min(rows.len()));
        self.waiting.extend(first);
        if self.waiting.len() == LANES {
            self.flush();
        }
        let (whole, rest) = rows.split_at(rows.len() / LANES * LANES);
        add(&mut self.tally, whole);
        self.waiting.extend(rest);
    }

    fn flush(&mut self) {
        add(&mut self.tally, self.waiting.all());
        self.waiting.clear();
    }

    fn finish(mut self) -> BinaryTally {
        self.flush();
        self.tally.close();
        self.tally
    }
}

fn add(tally: &mut BinaryTally, rows: Slices<'_>) {
    tally
        .add(rows.probabilities, rows.happened, rows.forecasters)
        .expect("rows are checked as they are read, and forecasters have a number before they have rows");
}

/// Joins what two neighbouring subtrees give.
fn join(left: &mut BinaryTally, right: BinaryTally) {
    left.grow(right.forecasters());
    left.merge(&right);
}

impl Piece {
    /// A stretch that begins with that row, counted from 0 over all files.
    pub(super) fn new(shape: Shape, next: u64) -> Self {
        Self { shape, names: IndexSet::new(), head: Rows::default(), chunks: Subtrees::new(), begun: None, next }
    }

    /// Adds the rows that follow.
    pub(super) fn add(&mut self, rows: &Rows) {
        self.add_some(rows.all());
    }

    fn add_some(&mut self, mut rows: Slices<'_>) {
        let chunk = self.shape.chunk;
        while rows.len() > 0 {
            let within = self.next % chunk;
            let (some, rest) = rows.split_at(rows.len().min((chunk - within) as usize));
            rows = rest;
            self.next += some.len() as u64;
            if within > 0 && self.begun.is_none() {
                self.head.extend(some);
                continue;
            }
            let mut begun = self.begun.take().unwrap_or_else(|| Begun {
                tally: BinaryTally::new(self.names.len(), self.shape.bins),
                waiting: Rows::default(),
            });
            begun.add(self.names.len(), some);
            if self.next.is_multiple_of(chunk) {
                self.chunks.add_chunk(self.next / chunk - 1, begun.finish(), join);
            } else {
                self.begun = Some(begun);
            }
        }
    }

    /// Puts the stretch that follows behind this one.
    pub(super) fn append(&mut self, later: Self) {
        let Self { shape: _, names, mut head, chunks, begun, next } = later;
        let numbers: Vec<u32> = names.into_iter().map(|name| self.names.insert_full(name).0 as u32).collect();
        let count = self.names.len();
        head.renumber(&numbers);
        self.add_some(head.all());
        for subtree in chunks.into_subtrees() {
            self.chunks.add(subtree.map(|tally| tally.renumbered(&numbers, count)), join);
        }
        if let Some(Begun { tally, mut waiting }) = begun {
            waiting.renumber(&numbers);
            self.begun = Some(Begun { tally: tally.renumbered(&numbers, count), waiting });
        }
        self.next = next;
    }

    /// The forecasters and their scores, where this holds all rows.
    pub(super) fn finish(mut self) -> (Vec<String>, BinaryScores) {
        if let Some(begun) = self.begun.take() {
            self.chunks.add_chunk(self.next / self.shape.chunk, begun.finish(), join);
        }
        let mut tally = self.chunks.whole(join).unwrap_or_else(|| BinaryTally::new(0, self.shape.bins));
        tally.grow(self.names.len());
        (self.names.into_iter().collect(), tally.scores())
    }
}
