//! Least squares over two positive parameters, by a trust region that is reflected at the bounds.
//!
//! The method and its stopping rule are those with which other software fits the same models, so that a figure published with a
//! fit that stopped a little early can be made again: trust-region reflective \[1\], variables scaled by their distance to the
//! bound, forward differences, and an end when the scaled gradient, the relative gain or the relative step falls below 1e-8.
//!
//! \[1\] Branch, Coleman and Li (1999), SIAM J. Sci. Comput. 21, 1–23.

use crate::math::elementary::sqrt;

/// The stopping rule: gradient, gain and step.
const TOLERANCE: f64 = 1e-8;

/// The fit ends after so many evaluations, not counting those of the differences.
const MOST_EVALUATIONS: usize = 200;

/// The step of the forward differences, relative to parameters above 1: the root of the rounding unit.
const DIFFERENCE: f64 = 1.490_116_119_384_765_6e-8;

type Pair = [f64; 2];

/// The positive parameters that make the sum of the squared residuals least, from a start.
///
/// `residuals` gives as many numbers for any two positive parameters. `None` when the start is not positive or its residuals are
/// not finite, or are fewer than two.
///
/// ```
/// use foretell::math::fit_two_positive;
///
/// // y = 3 exp(-x / 2) at x = 0, 1, 2, 3.
/// let seen: Vec<f64> = (0..4).map(|x| 3.0 * foretell::math::exp(-f64::from(x) / 2.0)).collect();
/// let residuals = |[height, scale]: [f64; 2]| -> Vec<f64> {
///     (0..4).map(|x| height * foretell::math::exp(-f64::from(x) / scale) - seen[x as usize]).collect()
/// };
/// let [height, scale] = fit_two_positive(residuals, [1.0, 1.0]).expect("the start is positive");
/// assert!((height - 3.0).abs() < 1e-6 && (scale - 2.0).abs() < 1e-6);
/// ```
#[must_use]
pub fn fit_two_positive(residuals: impl Fn(Pair) -> Vec<f64>, start: Pair) -> Option<Pair> {
    let mut at = start;
    let mut missed = residuals(at);
    let usable = start.iter().all(|x| *x > 0.0 && x.is_finite()) && missed.len() > 1 && finite(&missed);
    if !usable {
        return None;
    }
    let mut slopes = slopes(&residuals, at, &missed);
    let mut cost = 0.5 * dot(&missed, &missed);
    let mut gradient = gradient_of(&slopes, &missed);
    let (room, _) = scaling(at, gradient);
    let mut radius = norm([at[0] / sqrt(room[0]), at[1] / sqrt(room[1])]);
    let (mut damping, mut evaluations) = (0.0, 1);
    loop {
        let (room, active) = scaling(at, gradient);
        let steepness = (gradient[0] * room[0]).abs().max((gradient[1] * room[1]).abs());
        if steepness < TOLERANCE || evaluations >= MOST_EVALUATIONS {
            return Some(at);
        }
        let region = Region::new(at, &slopes, gradient, room, active, missed.len());
        let (mut gain, mut done) = (-1.0, false);
        let (mut next, mut next_missed, mut next_cost) = (at, Vec::new(), cost);
        while gain <= 0.0 && evaluations < MOST_EVALUATIONS && !done {
            let (hat, new_damping) = region.bounded_step(radius, damping);
            damping = new_damping;
            let step = region.select(hat, radius, steepness);
            // A step may reach the bound only by rounding.
            next = [0, 1].map(|i| (at[i] + step.plain[i]).max(f64::from_bits(1)));
            next_missed = residuals(next);
            evaluations += 1;
            let length = norm(step.hat);
            if !finite(&next_missed) {
                radius = 0.25 * length;
                done = radius == 0.0;
                continue;
            }
            next_cost = 0.5 * dot(&next_missed, &next_missed);
            gain = cost - next_cost;
            let ratio = if step.predicted > 0.0 {
                gain / step.predicted
            } else {
                f64::from(u8::from(step.predicted == 0.0 && gain == 0.0))
            };
            let new_radius = if ratio < 0.25 {
                0.25 * length
            } else if ratio > 0.75 && length > 0.95 * radius {
                2.0 * radius
            } else {
                radius
            };
            let moved = norm(step.plain);
            done = (gain < TOLERANCE * cost && ratio > 0.25) || moved < TOLERANCE * (TOLERANCE + norm(at));
            if !done {
                damping *= radius / new_radius;
                radius = new_radius;
            }
        }
        if gain > 0.0 {
            at = next;
            missed = next_missed;
            cost = next_cost;
            slopes = self::slopes(&residuals, at, &missed);
            gradient = gradient_of(&slopes, &missed);
        }
        if done || gain <= 0.0 {
            return Some(at);
        }
    }
}

/// What the trust region of one iteration is made of: everything with a hat is scaled by the root of the room to the bound.
struct Region<'a> {
    at: Pair,
    slopes: &'a [Pair],
    /// Scale of each parameter.
    scale: Pair,
    /// What the bound adds to the curvature.
    curved: Pair,
    gradient: Pair,
    /// Eigenvalues of the curvature, larger first, and its eigenvectors.
    values: Pair,
    vectors: [Pair; 2],
    full_rank: bool,
}

/// A step, in the parameters and scaled, and by how much it should lower the cost.
struct Step {
    plain: Pair,
    hat: Pair,
    predicted: f64,
}

impl<'a> Region<'a> {
    fn new(at: Pair, slopes: &'a [Pair], gradient: Pair, room: Pair, active: Pair, count: usize) -> Self {
        let scale = room.map(sqrt);
        let curved = [gradient[0] * active[0], gradient[1] * active[1]];
        let product = |i: usize, j: usize| -> f64 {
            slopes.iter().map(|slope| (slope[i] * scale[i]) * (slope[j] * scale[j])).sum()
        };
        let (values, vectors) = eigen(product(0, 0) + curved[0], product(0, 1), product(1, 1) + curved[1]);
        let [large, small] = values.map(|value| sqrt(value.max(0.0)));
        let full_rank = small > f64::EPSILON * count as f64 * large;
        let hat_gradient = [scale[0] * gradient[0], scale[1] * gradient[1]];
        Self { at, slopes, scale, curved, gradient: hat_gradient, values, vectors, full_rank }
    }

    /// The step that lowers the quadratic model most within the radius (Moré 1977), and its damping.
    fn bounded_step(&self, radius: f64, damping: f64) -> (Pair, f64) {
        let along = [0, 1].map(|k| dot2(self.vectors[k], self.gradient));
        let damped = |alpha: f64| {
            let parts = [0, 1].map(|k| -along[k] / (self.values[k] + alpha));
            [0, 1].map(|i| self.vectors[0][i] * parts[0] + self.vectors[1][i] * parts[1])
        };
        if self.full_rank {
            let newton = damped(0.0);
            if norm(newton) <= radius {
                return (newton, 0.0);
            }
        }
        // Distance to the radius as a function of the damping, and its derivative.
        let excess = |alpha: f64| {
            let denominators = [0, 1].map(|k| self.values[k] + alpha);
            let length = norm([along[0] / denominators[0], along[1] / denominators[1]]);
            let cubes: f64 =
                (0..2).map(|k| along[k] * along[k] / (denominators[k] * denominators[k] * denominators[k])).sum();
            (length - radius, -cubes / length)
        };
        let mut upper = norm(along) / radius;
        let mut lower = if self.full_rank {
            let (excess, slope) = excess(0.0);
            -excess / slope
        } else {
            0.0
        };
        let within = |lower: f64, upper: f64| (0.001 * upper).max(sqrt(lower * upper));
        let mut alpha = if !self.full_rank && damping == 0.0 { within(lower, upper) } else { damping };
        for _ in 0..10 {
            if alpha < lower || alpha > upper {
                alpha = within(lower, upper);
            }
            let (excess, slope) = excess(alpha);
            if excess < 0.0 {
                upper = alpha;
            }
            let ratio = excess / slope;
            lower = lower.max(alpha - ratio);
            alpha -= (excess + radius) * ratio / radius;
            if excess.abs() < 0.01 * radius {
                break;
            }
        }
        let step = damped(alpha);
        let length = norm(step);
        (step.map(|part| part * radius / length), alpha)
    }

    /// The better of the step cut at the bound, the step reflected there and the steepest descent.
    fn select(&self, hat: Pair, radius: f64, steepness: f64) -> Step {
        let plain = self.plain(hat);
        if (0..2).all(|i| self.at[i] + plain[i] >= 0.0) {
            return Step { plain, hat, predicted: -self.model(hat) };
        }
        let keep = (1.0 - steepness).max(0.995);
        let (stride, hits) = to_bound(self.at, plain);
        let mut reflected = [0, 1].map(|i| if hits[i] { -hat[i] } else { hat[i] });
        let cut = hat.map(|part| part * stride);
        let on_bound = {
            let moved = self.plain(cut);
            [self.at[0] + moved[0], self.at[1] + moved[1]]
        };
        let to_radius = intersection(cut, reflected, radius);
        let (to_next, _) = to_bound(on_bound, self.plain(reflected));
        let reach = to_next.min(to_radius);
        let (from, to) = if reach > 0.0 {
            let to = if reach == to_next { keep * to_next } else { to_radius };
            ((1.0 - keep) * stride / reach, to)
        } else {
            (0.0, -1.0)
        };
        let mut reflected_value = f64::INFINITY;
        if from <= to {
            let (a, b) = self.along(reflected, cut);
            let (length, value) = least_on_line(a, b, self.model(cut), from, to);
            reflected_value = value;
            reflected = [0, 1].map(|i| reflected[i] * length + cut[i]);
        }
        let inner = cut.map(|part| part * keep);
        let inner_value = self.model(inner);
        let descent = self.gradient.map(|part| -part);
        let (to_edge, _) = to_bound(self.at, self.plain(descent));
        let to_radius = radius / norm(descent);
        let longest = if to_edge < to_radius { keep * to_edge } else { to_radius };
        let (a, b) = self.along(descent, [0.0, 0.0]);
        let (length, descent_value) = least_on_line(a, b, 0.0, 0.0, longest);
        let descent = descent.map(|part| part * length);
        let (hat, value) = if inner_value < reflected_value && inner_value < descent_value {
            (inner, inner_value)
        } else if reflected_value < inner_value && reflected_value < descent_value {
            (reflected, reflected_value)
        } else {
            (descent, descent_value)
        };
        Step { plain: self.plain(hat), hat, predicted: -value }
    }

    fn plain(&self, hat: Pair) -> Pair {
        [hat[0] * self.scale[0], hat[1] * self.scale[1]]
    }

    /// Bilinear form of the curvature.
    fn curvature(&self, a: Pair, b: Pair) -> f64 {
        let (a_plain, b_plain) = (self.plain(a), self.plain(b));
        let of_slopes: f64 = self.slopes.iter().map(|slope| dot2(*slope, a_plain) * dot2(*slope, b_plain)).sum();
        of_slopes + a[0] * self.curved[0] * b[0] + a[1] * self.curved[1] * b[1]
    }

    /// The quadratic model of the cost at a step, less the cost now.
    fn model(&self, hat: Pair) -> f64 {
        0.5 * self.curvature(hat, hat) + dot2(self.gradient, hat)
    }

    /// Coefficients of t² and t of the model along a direction from a point.
    fn along(&self, direction: Pair, from: Pair) -> (f64, f64) {
        (0.5 * self.curvature(direction, direction), dot2(self.gradient, direction) + self.curvature(from, direction))
    }
}

/// The room to the bound where the gradient points to it, 1 elsewhere; and where it does.
fn scaling(at: Pair, gradient: Pair) -> (Pair, Pair) {
    let towards = |i: usize| gradient[i] > 0.0;
    ([0, 1].map(|i| if towards(i) { at[i] } else { 1.0 }), [0, 1].map(|i| if towards(i) { 1.0 } else { 0.0 }))
}

fn slopes(residuals: &impl Fn(Pair) -> Vec<f64>, at: Pair, missed: &[f64]) -> Vec<Pair> {
    let mut slopes = vec![[0.0; 2]; missed.len()];
    for i in 0..2 {
        let mut beside = at;
        beside[i] += DIFFERENCE * at[i].abs().max(1.0);
        let step = beside[i] - at[i];
        for ((slope, there), here) in slopes.iter_mut().zip(residuals(beside)).zip(missed) {
            slope[i] = (there - here) / step;
        }
    }
    slopes
}

fn gradient_of(slopes: &[Pair], missed: &[f64]) -> Pair {
    [0, 1].map(|i| slopes.iter().zip(missed).map(|(slope, residual)| slope[i] * residual).sum())
}

/// How many times the step reaches the bound at 0, and which parameter does.
fn to_bound(from: Pair, step: Pair) -> (f64, [bool; 2]) {
    let reach = [0, 1].map(|i| if step[i] < 0.0 { -from[i] / step[i] } else { f64::INFINITY });
    let nearest = reach[0].min(reach[1]);
    (nearest, [0, 1].map(|i| reach[i] == nearest && step[i] < 0.0))
}

/// How many times a direction reaches the radius from a point within it.
fn intersection(from: Pair, direction: Pair, radius: f64) -> f64 {
    let a = dot2(direction, direction);
    let b = dot2(from, direction);
    let c = (dot2(from, from) - radius * radius).min(0.0);
    let q = -(b + sqrt(b * b - a * c).copysign(b));
    if q == 0.0 { 0.0 } else { (q / a).max(c / q) }
}

/// Where a parabola `a t² + b t + c` is least between two ends, and its value there.
fn least_on_line(a: f64, b: f64, c: f64, from: f64, to: f64) -> (f64, f64) {
    let value = |t: f64| t * (a * t + b) + c;
    let mut best = (from, value(from));
    let turn = -0.5 * b / a;
    for t in [to, turn] {
        if (t == to || (from < t && t < to)) && value(t) < best.1 {
            best = (t, value(t));
        }
    }
    best
}

/// Eigenvalues, larger first, and eigenvectors of a symmetric matrix, by one Jacobi rotation.
fn eigen(a: f64, c: f64, b: f64) -> (Pair, [Pair; 2]) {
    let (first, second, cosine, sine) = if c == 0.0 {
        (a, b, 1.0, 0.0)
    } else {
        let tau = (b - a) / (2.0 * c);
        let tangent = 1.0_f64.copysign(tau) / (tau.abs() + sqrt(1.0 + tau * tau));
        let cosine = 1.0 / sqrt(1.0 + tangent * tangent);
        (a - tangent * c, b + tangent * c, cosine, tangent * cosine)
    };
    let vectors = [[cosine, -sine], [sine, cosine]];
    if first >= second { ([first, second], vectors) } else { ([second, first], [vectors[1], vectors[0]]) }
}

fn finite(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_finite())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn dot2(a: Pair, b: Pair) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn norm(a: Pair) -> f64 {
    sqrt(dot2(a, a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::exp;

    #[test]
    fn a_linear_problem_is_solved_as_its_normal_equations_say() {
        // y = 1 + 2 x with residuals (0, 0.3, -0.3, 0): slope and intercept from the normal equations by hand.
        let x = [0.0, 1.0, 2.0, 3.0];
        let y = [1.0, 3.3, 4.7, 7.0];
        let fitted = fit_two_positive(|[a, b]| x.iter().zip(y).map(|(x, y)| a + b * x - y).collect(), [1.0, 1.0]);
        // Mean x 1.5, mean y 4; Sxy = 9.7, Sxx = 5: slope 1.94, intercept 1.09.
        let [intercept, slope] = fitted.expect("the start is positive");
        assert!((intercept - 1.09).abs() < 1e-6 && (slope - 1.94).abs() < 1e-6, "{intercept} {slope}");
    }

    #[test]
    fn a_parameter_that_would_be_negative_ends_at_the_bound() {
        let x = [0.0, 1.0, 2.0, 3.0];
        let fitted = fit_two_positive(|[a, b]| x.iter().map(|x| a + b * x - (4.0 - x)).collect(), [1.0, 1.0]);
        let [level, slope] = fitted.expect("the start is positive");
        // Without a slope the best level is the mean.
        assert!(slope < 1e-4 && (level - 2.5).abs() < 1e-3, "{level} {slope}");
    }

    #[test]
    fn what_cannot_be_fitted_is_none() {
        let one = |[a, b]: [f64; 2]| vec![a - b];
        assert_eq!(fit_two_positive(one, [1.0, 1.0]), None);
        let infinite = |[a, b]: [f64; 2]| vec![exp(1e4 * a), b, 1.0];
        assert_eq!(fit_two_positive(infinite, [1.0, 1.0]), None);
        assert_eq!(fit_two_positive(|[a, b]| vec![a, b], [0.0, 1.0]), None);
    }
}
