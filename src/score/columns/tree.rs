//! Chunks of rows, worked on in parallel and joined in a fixed tree.

use std::ops::Range;

/// What the leaves of a binary tree over chunks of `chunk` rows give, siblings joined first; of several problems that of the earliest
/// rows. The tree depends on the number of rows and on `chunk` alone. `leaf` gets no rows only if there are none at all.
pub(crate) fn in_tree<T: Send, E: Send>(
    rows: Range<usize>,
    chunk: usize,
    leaf: &(impl Fn(Range<usize>) -> Result<T, E> + Sync),
    join: &(impl Fn(&mut T, T) + Sync),
) -> Result<T, E> {
    let chunks = rows.len().div_ceil(chunk.max(1));
    if chunks <= 1 {
        return leaf(rows);
    }
    // The left half holds the largest power of two of chunks that leaves something for the right one.
    let middle = rows.start + chunks.next_power_of_two() / 2 * chunk;
    let (left, right) =
        rayon::join(|| in_tree(rows.start..middle, chunk, leaf, join), || in_tree(middle..rows.end, chunk, leaf, join));
    let mut left = left?;
    join(&mut left, right?);
    Ok(left)
}

/// What neighbouring subtrees of the tree of [`in_tree`] give, where chunks come one after the other and nobody knows how many there will be.
///
/// Siblings are joined as soon as both are there, so there are few: two for each binary digit of the number of chunks at most.
#[derive(Debug)]
pub(super) struct Subtrees<T> {
    found: Vec<Subtree<T>>,
}

/// What all chunks below a node of the tree give.
#[derive(Debug)]
pub(super) struct Subtree<T> {
    /// The first of the chunks.
    first: u64,
    /// How many there are: a power of two.
    chunks: u64,
    /// What they give.
    sum: T,
}

impl<T> Subtree<T> {
    /// The same with something else made of what it gives.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Subtree<U> {
        Subtree { first: self.first, chunks: self.chunks, sum: change(self.sum) }
    }
}

impl<T> Subtrees<T> {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self { found: Vec::new() }
    }

    /// Adds what a chunk gives, which follows those that are there.
    pub(super) fn add_chunk(&mut self, chunk: u64, sum: T, join: impl Fn(&mut T, T)) {
        self.add(Subtree { first: chunk, chunks: 1, sum }, join);
    }

    /// Adds a subtree, which follows those that are there.
    pub(super) fn add(&mut self, subtree: Subtree<T>, join: impl Fn(&mut T, T)) {
        let mut last = subtree;
        while let Some(before) = self.found.pop() {
            if before.chunks != last.chunks || !before.first.is_multiple_of(2 * before.chunks) {
                self.found.push(before);
                break;
            }
            last = joined(before, last, &join);
        }
        self.found.push(last);
    }

    /// The subtrees in order.
    pub(super) fn into_subtrees(self) -> Vec<Subtree<T>> {
        self.found
    }

    /// What the whole tree gives, if these are all of its chunks, from the first on; `None` if there are none.
    pub(super) fn whole(mut self, join: impl Fn(&mut T, T)) -> Option<T> {
        let mut all = self.found.pop()?;
        while let Some(before) = self.found.pop() {
            all = joined(before, all, &join);
        }
        Some(all.sum)
    }
}

/// Two neighbours as one.
fn joined<T>(left: Subtree<T>, right: Subtree<T>, join: &impl Fn(&mut T, T)) -> Subtree<T> {
    let Subtree { first, chunks, mut sum } = left;
    join(&mut sum, right.sum);
    Subtree { first, chunks: chunks + right.chunks, sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree over so many chunks in brackets, as [`in_tree`] joins them.
    fn in_brackets(chunks: usize) -> String {
        let leaf = |range: Range<usize>| Ok::<_, ()>(range.start.to_string());
        in_tree(0..chunks, 1, &leaf, &bracket).expect("no leaf fails")
    }

    fn bracket(left: &mut String, right: String) {
        *left = format!("({left} {right})");
    }

    #[test]
    fn subtrees_are_joined_as_the_tree_is_wherever_the_chunks_are_cut() {
        for chunks in 1..=40 {
            for cut in 0..=chunks {
                let (mut left, mut right) = (Subtrees::new(), Subtrees::new());
                (0..cut).for_each(|chunk| left.add_chunk(chunk, chunk.to_string(), bracket));
                (cut..chunks).for_each(|chunk| right.add_chunk(chunk, chunk.to_string(), bracket));
                assert!(right.found.len() <= 12, "few of {chunks} chunks from {cut} on");
                for subtree in right.into_subtrees() {
                    left.add(subtree, bracket);
                }
                assert_eq!(left.whole(bracket), Some(in_brackets(chunks as usize)), "{chunks} chunks cut at {cut}");
            }
        }
    }

    #[test]
    fn every_row_is_in_one_leaf_and_siblings_are_joined_in_order() {
        for rows in [0, 1, 9, 10, 11, 20, 37, 64, 100, 1003] {
            let leaf = |range: Range<usize>| Ok::<_, ()>(range.collect::<Vec<usize>>());
            let all = in_tree(0..rows, 10, &leaf, &|left, right| left.extend(right)).expect("no leaf fails");
            assert_eq!(all, (0..rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_earliest_problem_is_the_one_that_is_told() {
        let leaf =
            |range: Range<usize>| if range.contains(&73) || range.contains(&41) { Err(range.start) } else { Ok(0) };
        assert_eq!(in_tree(0..100, 10, &leaf, &|left, right| *left += right), Err(40));
    }
}
