//! Quantiles of values that are sorted.

/// The quantile of sorted values, on the straight line between the two nearest ranks `(n - 1) level`: type 7 of Hyndman and Fan (1996). 0 without values.
///
/// ```
/// assert_eq!(foretell::math::sorted_quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
/// ```
#[must_use]
pub fn sorted_quantile(sorted: &[f64], level: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let rank = level * last as f64;
    let below = (rank.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (rank - below as f64)
}
