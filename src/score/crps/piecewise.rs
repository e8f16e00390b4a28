//! The CRPS of a cdf given at points and linear between them.

use serde::Serialize;

/// Where the CRPS of a cdf comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PiecewiseParts {
    /// The score: `below + above`.
    pub total: f64,
    /// The part left of `y`: the forecast put probability too low.
    pub below: f64,
    /// The part right of `y`: the forecast put probability too high.
    pub above: f64,
}

/// The CRPS of a piecewise linear cdf, integrated exactly.
///
/// ```text
/// below = ∫_{x < y} F(x)² dx,  above = ∫_{x >= y} (1 - F(x))² dx
/// ```
///
/// Lower is better; in the unit of `y`. The cdf is 0 left of the first point and 1 right of the last; where the first value is
/// above 0 or the last below 1, that mass sits at the end point. `None` unless the points increase and the cdf does not decrease
/// and stays within 0..1, with at least one point.
#[must_use]
pub fn crps_piecewise_linear(points: &[f64], cdf: &[f64], y: f64) -> Option<PiecewiseParts> {
    let well_formed = points.len() == cdf.len()
        && !points.is_empty()
        && y.is_finite()
        && points.iter().all(|point| point.is_finite())
        && points.windows(2).all(|pair| pair[0] < pair[1])
        && cdf.windows(2).all(|pair| pair[0] <= pair[1])
        && cdf.iter().all(|value| (0.0..=1.0).contains(value));
    if !well_formed {
        return None;
    }
    let (first, last) = (points[0], points[points.len() - 1]);
    let mut below = (y - last).max(0.0);
    let mut above = (first - y).max(0.0);
    for (x, f) in points.windows(2).zip(cdf.windows(2)) {
        let split = y.clamp(x[0], x[1]);
        let at_split = f[0] + (f[1] - f[0]) * ((split - x[0]) / (x[1] - x[0]));
        below += square_integral(split - x[0], f[0], at_split);
        above += square_integral(x[1] - split, 1.0 - at_split, 1.0 - f[1]);
    }
    Some(PiecewiseParts { total: below + above, below, above })
}

/// The integral of the square of a line that goes from `a` to `b` over this width.
fn square_integral(width: f64, a: f64, b: f64) -> f64 {
    width * (a * a + a * b + b * b) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::crps_uniform;

    #[test]
    fn two_points_are_the_uniform_distribution() {
        for y in [-2.0, -1.0, 0.3, 2.0, 5.0] {
            let line = crps_piecewise_linear(&[-1.0, 2.0], &[0.0, 1.0], y).expect("well formed");
            let uniform = crps_uniform(y, -1.0, 2.0).expect("in range");
            assert!((line.total - uniform).abs() < 1e-14, "{y}: {} against {uniform}", line.total);
        }
    }

    #[test]
    fn a_cdf_that_decreases_has_no_score() {
        assert_eq!(crps_piecewise_linear(&[0.0, 1.0], &[0.5, 0.4], 0.0), None);
        assert_eq!(crps_piecewise_linear(&[], &[], 0.0), None);
    }
}
