//! Rows shared out to threads, without the interpreter's lock, and broken off where the user presses Ctrl-C.

use super::pools;
use pyo3::prelude::*;
use rayon::prelude::*;

/// So much work is less than it takes to let go of the lock.
const AT_HAND: usize = 1 << 12;

/// So much is done before threads would have begun.
const ALONE: usize = 1 << 17;

/// What a thread takes at once.
const AT_ONCE: usize = 1 << 17;

/// What is done between two looks at whether the user wants to stop: some tenths of a second.
const BETWEEN_LOOKS: usize = 1 << 27;

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
    let rows = (AT_ONCE / work).max(1);
    let between_looks = rows * (BETWEEN_LOOKS / work / rows).max(1);
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
