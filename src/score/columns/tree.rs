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

#[cfg(test)]
mod tests {
    use super::*;

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
