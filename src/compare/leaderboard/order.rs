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
