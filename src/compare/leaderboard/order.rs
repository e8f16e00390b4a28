//! Ranks, and how far two orders agree.

use crate::math::sqrt;

/// The rank of each value, 1 for the lowest; equal values share the better rank, missing ones have none.
///
/// ```
/// use foretell::compare::ranks;
///
/// assert_eq!(ranks(&[Some(0.2), None, Some(0.1), Some(0.2)]), vec![Some(2), None, Some(1), Some(2)]);
/// ```
#[must_use]
pub fn ranks(values: &[Option<f64>]) -> Vec<Option<usize>> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    values.iter().map(|value| value.map(|value| sorted.partition_point(|other| *other < value) + 1)).collect()
}

/// How far apart rounding alone may set two values, as a share of the numbers that they are made of.
pub(super) const ROUNDING: f64 = 1e-10;

/// As [`ranks`], where values share a rank that lie above its lowest by no more than `apart`, or than [`ROUNDING`] of themselves.
pub(super) fn ranks_within(values: &[Option<f64>], apart: f64) -> Vec<Option<usize>> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    // Held against the lowest of a rank, nobody comes to share it by way of a third.
    let mut lowest: Vec<(f64, usize)> = Vec::new();
    for (at, value) in sorted.iter().enumerate() {
        let reach = apart.max(ROUNDING * value.abs());
        if lowest.last().is_none_or(|(of_rank, _)| value - of_rank > reach) {
            lowest.push((*value, at + 1));
        }
    }
    let rank = |value: f64| {
        let so_far = lowest.partition_point(|(of_rank, _)| *of_rank <= value);
        lowest[..so_far].last().map(|(_, rank)| *rank)
    };
    values.iter().map(|value| value.and_then(rank)).collect()
}

/// Kendall's τ_b between two orders: 1 when every pair stands the same way round, -1 when every pair is turned.
///
/// ```text
/// τ_b = (concordant - discordant) / √((pairs - tied in the first)(pairs - tied in the second))
/// ```
///
/// Over the places at which both have a value. `None` with fewer than two, or if one of them ties everybody.
///
/// Kendall (1945), Biometrika 33, 239–251.
#[must_use]
pub fn kendall_tau(first: &[Option<f64>], second: &[Option<f64>]) -> Option<f64> {
    let both: Vec<(f64, f64)> = first.iter().zip(second).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
    let (mut balance, mut untied_first, mut untied_second) = (0.0, 0.0, 0.0);
    for (at, one) in both.iter().enumerate() {
        for other in &both[at + 1..] {
            let turn = |a: f64, b: f64| f64::from(i8::from(a < b) - i8::from(a > b));
            let (of_first, of_second) = (turn(one.0, other.0), turn(one.1, other.1));
            balance += of_first * of_second;
            untied_first += of_first.abs();
            untied_second += of_second.abs();
        }
    }
    let size = sqrt(untied_first * untied_second);
    (size > 0.0).then(|| balance / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_rounding_sets_apart_share_a_rank_and_no_others() {
        let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        let twins = some(&[0.159_999_999_999_999_95, 0.3, 0.159_999_999_999_999_98, 0.15]);
        assert_eq!(ranks_within(&twins, 0.0), [Some(2), Some(4), Some(2), Some(1)]);
        assert_eq!(ranks(&twins), [Some(2), Some(4), Some(3), Some(1)]);
        // Around 0 it is what they are made of that counts.
        assert_eq!(ranks_within(&some(&[1e-17, -1e-17]), 1e-10), [Some(1), Some(1)]);
        assert_eq!(ranks_within(&some(&[1e-17, -1e-17]), 0.0), [Some(2), Some(1)]);
        // Of three, each near the next, the third is not near the first.
        assert_eq!(ranks_within(&some(&[0.0, 0.9, 1.8]), 1.0), [Some(1), Some(1), Some(3)]);
        assert_eq!(ranks_within(&[None, Some(0.2), Some(0.2 + 1e-9)], 1e-10), [None, Some(1), Some(2)]);
        assert_eq!(ranks_within(&some(&[f64::NAN]), 1.0), [None]);
    }

    #[test]
    fn kendall_counts_pairs_with_ties_left_out_of_the_size() {
        let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(kendall_tau(&some(&[1.0, 2.0, 3.0]), &some(&[10.0, 20.0, 30.0])), Some(1.0));
        assert_eq!(kendall_tau(&some(&[1.0, 2.0, 3.0]), &some(&[3.0, 2.0, 1.0])), Some(-1.0));
        // scipy 1.17: kendalltau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]) = -0.4714045207910316.
        let tau = kendall_tau(&some(&[12.0, 2.0, 1.0, 12.0, 2.0]), &some(&[1.0, 4.0, 7.0, 1.0, 0.0]));
        assert!((tau.expect("five places") + 0.471_404_520_791_031_6).abs() < 1e-15);
        assert_eq!(kendall_tau(&some(&[1.0, 1.0]), &some(&[1.0, 2.0])), None);
        assert_eq!(kendall_tau(&[Some(1.0), None], &some(&[1.0, 2.0])), None);
    }
}
