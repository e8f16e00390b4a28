//! Rows shared out to threads, without the interpreter's lock, and broken off where the user presses Ctrl-C.

use super::pools;
use pyo3::prelude::*;
use rayon::prelude::*;
use std::ops::Range;

/// So much work is less than it takes to let go of the lock.
const AT_HAND: usize = 1 << 12;

/// So much is done before threads would have begun.
const ALONE: usize = 1 << 17;

/// What a thread takes at once.
const AT_ONCE: usize = 1 << 17;

/// What is done between two looks at whether the user wants to stop: some tenths of a second.
const BETWEEN_LOOKS: usize = 1 << 27;

/// Rows that are worked on between two looks, a whole number of times so many as a thread takes at once.
fn rows_between_looks(work: usize) -> usize {
    let rows = rows_at_once(work);
    rows * (BETWEEN_LOOKS / work.max(1) / rows).max(1)
}

/// Rows that a thread takes at once.
fn rows_at_once(work: usize) -> usize {
    (AT_ONCE / work.max(1)).max(1)
}

/// So many rows, each of which takes about `work` operations, in pieces between which the caller looks whether the user wants to stop. There is at least one, if
/// an empty one: a rule may refuse what it is given without any row.
pub(crate) fn pieces(rows: usize, work: usize) -> impl Iterator<Item = Range<usize>> {
    let between_looks = rows_between_looks(work);
    (0..rows.max(1)).step_by(between_looks).map(move |start| start..rows.min(start.saturating_add(between_looks)))
}

/// Fills `slots`, one for each row, by a function of the first row and the slots of some rows, which says whether one has no score; each row takes about
/// `work` operations. The first row without a score.
pub(crate) fn fill(
    py: Python<'_>,
    slots: &mut [f64],
    work: usize,
    score: impl Fn(usize, &mut [f64]) -> Option<usize> + Sync,
) -> PyResult<Option<usize>> {
    let work = work.max(1);
    let all = slots.len().saturating_mul(work);
    if all <= AT_HAND {
        return Ok(score(0, slots));
    }
    if all <= ALONE {
        return Ok(py.detach(|| score(0, slots)));
    }
    let (rows, between_looks) = (rows_at_once(work), rows_between_looks(work));
    for (place, slots) in slots.chunks_mut(between_looks).enumerate() {
        let begun = place * between_looks;
        let of_chunk = |(chunk, slots): (usize, &mut [f64])| score(begun + chunk * rows, slots);
        let bad = py.detach(|| pools::shared(|| slots.par_chunks_mut(rows).enumerate().find_map_first(of_chunk)))?;
        if bad.is_some() {
            return Ok(bad);
        }
        py.check_signals()?;
    }
    Ok(None)
}
