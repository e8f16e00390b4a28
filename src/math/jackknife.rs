//! The error of an estimate from what it is without each part of the data.

/// The standard error of an estimate, from the estimates that each leave out one of `n` independent parts of the data (Tukey 1958).
///
/// ```text
/// s.e.² = (n - 1) / n Σ (x_i - mean of x)²
/// ```
///
/// In the unit of the estimate. NaN of no estimates, 0 of one.
///
/// ```
/// use foretell::math::jackknife_error;
/// // Of the mean of 1, 2, 3, 6 it is that of the mean: the standard deviation over the root of their number.
/// let without = [11.0, 10.0, 9.0, 6.0].map(|rest| rest / 3.0);
/// assert!((jackknife_error(&without) - (14.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-15);
/// ```
///
/// Source: Efron and Stein (1981), Ann. Statist. 9, 586–596.
#[must_use]
pub fn jackknife_error(without: &[f64]) -> f64 {
    let count = without.len() as f64;
    let mean = without.iter().sum::<f64>() / count;
    let squares: f64 = without.iter().map(|one| (one - mean) * (one - mean)).sum();
    ((count - 1.0) / count * squares).sqrt()
}
