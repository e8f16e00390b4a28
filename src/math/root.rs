//! A root of a continuous function between two points where its signs differ.

/// The most steps [`find_root`] takes; bisection alone needs fewer for any bracket of finite numbers.
const MOST_STEPS: usize = 2200;

/// A root of `function` between `low` and `high`, by Brent's method \[1\].
///
/// The answer lies within `tolerance + 4 ε |root|` of a change of sign: inverse quadratic interpolation where it helps,
/// bisection where it does not, so the number of steps is bounded. `None` when the signs at the ends agree or a value there is
/// NaN. An exact zero at an end is returned at once.
///
/// ```
/// let root = foretell::math::find_root(|x| x * x - 2.0, 0.0, 2.0, 1e-14).expect("the signs differ");
/// assert!((root - 2f64.sqrt()).abs() < 1e-13);
/// ```
///
/// \[1\] Brent (1973), Algorithms for Minimization without Derivatives, chapter 4.
#[must_use]
pub fn find_root(mut function: impl FnMut(f64) -> f64, low: f64, high: f64, tolerance: f64) -> Option<f64> {
    // `best` is the latest estimate, `opposite` brackets the root with it, `previous` is the estimate before.
    let (mut previous, mut best) = (low, high);
    let (mut at_previous, mut at_best) = (function(low), function(high));
    if at_previous == 0.0 {
        return Some(low);
    }
    if at_best == 0.0 {
        return Some(high);
    }
    if at_previous.is_nan() || at_best.is_nan() || (at_previous > 0.0) == (at_best > 0.0) {
        return None;
    }
    let (mut opposite, mut at_opposite) = (previous, at_previous);
    let mut step = best - previous;
    let mut step_before = step;
    for _ in 0..MOST_STEPS {
        if at_opposite.abs() < at_best.abs() {
            (previous, best, opposite) = (best, opposite, best);
            (at_previous, at_best, at_opposite) = (at_best, at_opposite, at_best);
        }
        let least = 2.0 * f64::EPSILON * best.abs() + 0.5 * tolerance;
        let half = 0.5 * opposite - 0.5 * best;
        if half.abs() <= least || at_best == 0.0 {
            return Some(best);
        }
        let mut interpolated = None;
        if step_before.abs() >= least && at_previous.abs() > at_best.abs() && at_previous.is_finite() {
            let ratio = at_best / at_previous;
            let (mut numerator, mut denominator) = if previous == opposite {
                (2.0 * half * ratio, 1.0 - ratio)
            } else {
                let q = at_previous / at_opposite;
                let r = at_best / at_opposite;
                (
                    ratio * (2.0 * half * q * (q - r) - (best - previous) * (r - 1.0)),
                    (q - 1.0) * (r - 1.0) * (ratio - 1.0),
                )
            };
            if numerator > 0.0 {
                denominator = -denominator;
            } else {
                numerator = -numerator;
            }
            let bound = (3.0 * half * denominator - (least * denominator).abs()).min((step_before * denominator).abs());
            if 2.0 * numerator < bound {
                interpolated = Some(numerator / denominator);
            }
        }
        (step_before, step) = match interpolated {
            Some(interpolated) => (step, interpolated),
            None => (half, half),
        };
        previous = best;
        at_previous = at_best;
        best += if step.abs() > least { step } else { least.copysign(half) };
        at_best = function(best);
        if at_best.is_nan() {
            return None;
        }
        if (at_best > 0.0) == (at_opposite > 0.0) {
            opposite = previous;
            at_opposite = at_previous;
            step = best - previous;
            step_before = step;
        }
    }
    Some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{cos, exp, powf};

    #[test]
    fn known_roots_are_found_to_the_tolerance() {
        let root = find_root(|x| cos(x) - x, 0.0, 1.0, 1e-15).unwrap();
        assert!((root - 0.739_085_133_215_160_6).abs() < 1e-15);
        let root = find_root(|x| exp(x) - 1e-8, -100.0, 100.0, 1e-12).unwrap();
        assert!((root + 18.420_680_743_952_367).abs() < 1e-11);
    }

    #[test]
    fn a_flat_root_takes_a_bounded_number_of_steps() {
        let mut calls = 0;
        let root = find_root(
            |x| {
                calls += 1;
                powf(x - 1.0, 19.0)
            },
            -3.0,
            4.0,
            1e-12,
        );
        assert!((root.unwrap() - 1.0).abs() < 1e-2);
        assert!(calls < 200, "{calls}");
    }

    #[test]
    fn a_jump_is_located() {
        let root = find_root(|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0, 1e-12).unwrap();
        assert!((root - 0.3).abs() < 1e-11);
    }

    #[test]
    fn no_change_of_sign_is_no_root() {
        assert_eq!(find_root(|x| x * x + 1.0, -1.0, 1.0, 1e-9), None);
        assert_eq!(find_root(|_| f64::NAN, -1.0, 1.0, 1e-9), None);
        assert_eq!(find_root(|x| x, 0.0, 1.0, 1e-9), Some(0.0));
    }
}
