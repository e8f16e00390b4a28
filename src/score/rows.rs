//! A score of every row of a matrix of forecasts.

use ndarray::{Array1, ArrayView2};

/// Scores each row of a matrix (forecasts × options) against the index of the option that came true.
///
/// `None` when the lengths differ or a row has no score.
///
/// ```
/// use foretell::score::{rps, score_rows};
/// use ndarray::array;
///
/// let forecasts = array![[0.1, 0.9], [0.6, 0.4]];
/// let scores = score_rows(&forecasts.view(), &[1, 0], rps).expect("both rows have an outcome");
/// assert!((scores[0] - 0.01).abs() < 1e-15);
/// ```
#[must_use]
pub fn score_rows(
    forecasts: &ArrayView2<'_, f64>,
    outcomes: &[usize],
    score: impl Fn(&[f64], usize) -> Option<f64>,
) -> Option<Array1<f64>> {
    if forecasts.nrows() != outcomes.len() {
        return None;
    }
    forecasts
        .rows()
        .into_iter()
        .zip(outcomes)
        .map(|(row, &outcome)| match row.as_slice() {
            Some(row) => score(row, outcome),
            None => score(&row.to_vec(), outcome),
        })
        .collect()
}
