//! The CRPS by its definition, for tests of closed forms.

use crate::math::quadrature::integrate;

/// ∫ (F(x) - 1{x >= y})² dx over `range`, outside of which it must be nothing, split at `y` and at the kinks.
pub(super) fn integrated(cdf: impl Fn(f64) -> f64, y: f64, kinks: &[f64], range: (f64, f64)) -> f64 {
    let mut edges: Vec<f64> = kinks.iter().copied().chain([y, range.0, range.1]).collect();
    edges.retain(|edge| (range.0..=range.1).contains(edge));
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges
        .windows(2)
        .map(|pair| {
            let passed = f64::from(u8::from(pair[0] >= y));
            integrate(|x| (cdf(x) - passed) * (cdf(x) - passed), pair[0], pair[1], 1e-10)
        })
        .sum()
}

/// Holds a closed form against the definition.
pub(super) fn agrees(closed: Option<f64>, cdf: impl Fn(f64) -> f64, y: f64, kinks: &[f64], range: (f64, f64)) {
    let closed = closed.expect("the parameters are in range");
    let integral = integrated(cdf, y, kinks, range);
    assert!((closed - integral).abs() < 1e-7, "y = {y}: {closed} against {integral}");
}
