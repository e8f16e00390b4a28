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
    let lines = points.windows(2).zip(cdf.windows(2)).map(|(x, f)| [(x[0], f[0]), (x[1], f[1])]);
    Some(integrated(lines, (points[0], points[points.len() - 1]), y))
}

/// The same of points whose places rise and whose cdf does not fall; `None` if there are none.
pub(in crate::score) fn crps_of_points(points: &[(f64, f64)], y: f64) -> Option<f64> {
    let ends = (points.first()?.0, points.last()?.0);
    Some(integrated(points.windows(2).map(|pair| [pair[0], pair[1]]), ends, y).total)
}

/// The integrals along lines between points, and beyond the first and the last place.
fn integrated(lines: impl Iterator<Item = [(f64, f64); 2]>, (first, last): (f64, f64), y: f64) -> PiecewiseParts {
    let mut below = (y - last).max(0.0);
    let mut above = (first - y).max(0.0);
    for [(from, low), (to, high)] in lines {
        let split = y.clamp(from, to);
        let at_split = low + (high - low) * ((split - from) / (to - from));
        below += square_integral(split - from, low, at_split);
        above += square_integral(to - split, 1.0 - at_split, 1.0 - high);
    }
    PiecewiseParts { total: below + above, below, above }
}

/// The integral of the square of a line that goes from `a` to `b` over this width.
fn square_integral(width: f64, a: f64, b: f64) -> f64 {
    width * (a * a + a * b + b * b) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Distribution, PiecewiseCdf};
    use crate::forecast::NamedDistribution;
    use crate::math::normal;
    use crate::score::crps::{crps_normal, crps_uniform, definition};
    use crate::score::{Case, rule};

    /// What the rule gives a forecast of this cdf.
    fn scored(id: &str, points: &[(f64, f64)], outcome: f64) -> f64 {
        let distribution = NamedDistribution::of_cdf(points.to_vec()).expect("a cdf");
        let case = Case::Distribution { distribution, outcome };
        rule(id).expect("it is on the list").score(&case).expect("it takes a cdf").value
    }

    /// The normal distribution of mean 5 and standard deviation 8 at so many places, three standard deviations about the mean.
    fn of_normal(count: u32) -> Vec<(f64, f64)> {
        let z = |at: u32| 6.0 * f64::from(at) / f64::from(count - 1) - 3.0;
        (0..count).map(|at| (5.0 + 8.0 * z(at), normal::cdf(z(at)))).collect()
    }

    #[test]
    fn it_is_the_integral_of_the_law_whatever_its_points_are() {
        for points in [
            vec![(0.0, 0.1), (5.0, 0.55), (20.0, 0.9)],
            vec![(-5.0, 0.0), (0.0, 0.0), (1.0, 0.5), (3.0, 0.5), (4.0, 1.0), (9.0, 1.0)],
            vec![(2.0, 0.3)],
            of_normal(9),
        ] {
            let law = PiecewiseCdf::new(points.clone()).expect("a cdf");
            let places: Vec<f64> = points.iter().map(|point| point.0).collect();
            let levels: Vec<f64> = points.iter().map(|point| point.1).collect();
            for y in [-30.0, -1.0, 0.0, 2.0, 2.7, 5.0, 20.0, 35.0] {
                let found = scored("crps", &points, y);
                definition::agrees(Some(found), |x| law.cdf(x), y, &places, (-40.0, 40.0));
                assert_eq!(Some(found), crps_piecewise_linear(&places, &levels, y).map(|parts| parts.total), "{y}");
            }
        }
    }

    #[test]
    fn few_points_of_a_law_have_nearly_its_score_and_many_more_nearly() {
        let whole = crps_normal(7.0, 5.0, 8.0).expect("in range");
        // Integrated by a sum over 400,000 places, and by the same formula in another language.
        for (count, known) in
            [(5, 2.483_773_68), (9, 2.147_185_294), (19, 2.083_006_206), (49, 2.070_178_519), (50, 2.070_075_088)]
        {
            let found = scored("crps", &of_normal(count), 7.0);
            assert!((found - known).abs() < 1e-8, "{count}: {found} for {known}");
        }
        assert!((scored("crps", &of_normal(201), 7.0) - whole).abs() < 2e-4);
    }

    #[test]
    fn points_that_say_next_to_nothing_gain_nothing() {
        // Twenty far out that hold 2 in 100,000 between them, which halved the score of levels and more.
        let said = [(0.0, 0.1), (5.0, 0.55), (20.0, 0.9)];
        let far = (0..20).map(|at| (f64::from(at) - 69.0, 1e-6 * f64::from(at + 1)));
        let more: Vec<(f64, f64)> = far.chain(said).collect();
        for id in ["crps", "wis", "pinball"] {
            for y in [-3.0, 0.0, 7.0, 25.0] {
                let (plain, added) = (scored(id, &said, y), scored(id, &more, y));
                assert!(added > plain || y < 0.0, "{id} at {y}: {added} after {plain}");
            }
        }
        assert!((scored("crps", &said, 7.0) - 2.193_333_333_333_333).abs() < 1e-12);
        assert!((scored("crps", &more, 7.0) - 2.360_033_342_666_333).abs() < 1e-9);
        // A point on the line between two says nothing, and changes nothing.
        for y in [-3.0, 3.0, 7.0] {
            let on = [(0.0, 0.1), (2.5, 0.325), (5.0, 0.55), (20.0, 0.9)];
            assert!((scored("crps", &on, y) - scored("crps", &said, y)).abs() < 1e-12, "{y}");
        }
    }

    #[test]
    fn what_needs_a_density_or_moments_does_not_take_a_cdf() {
        let distribution = NamedDistribution::of_cdf(of_normal(9)).expect("a cdf");
        let case = Case::Distribution { distribution, outcome: 7.0 };
        for id in ["log_density", "dss"] {
            let rule = rule(id).expect("it is on the list");
            assert!(rule.score(&case).is_err() && !rule.takes().contains(&case.kind()), "{id}");
        }
    }

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
