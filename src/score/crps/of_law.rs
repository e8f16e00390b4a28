//! The CRPS of any law, by its quantile function, also between two ends alone.
//!
//! For laws without a closed form: those that are cut to an interval, or held between its ends.

use crate::dist::Distribution;
use crate::forecast::Interval;
use crate::math::gauss::{self, Nodes};
use std::sync::OnceLock;

/// Each panel of levels reaches down to this share of its upper end, so that a quantile function that has a pole at 0 is smooth in it.
const STEP: f64 = 0.25;

/// Panels are added until one holds less than this of what was found before.
const NEGLIGIBLE: f64 = 1e-17;

/// So many panels are added at least, for the first may hold next to nothing.
const FEWEST: usize = 4;

/// So many at most: a law that needs more has tails too heavy for a score.
const MOST: usize = 400;

/// A count is summed over so many values at most.
const MOST_VALUES: f64 = 1e5;

/// What a tail of a count is cut off at: it enters squared.
const TAIL: f64 = 1e-12;

/// Points of a panel of width 1, and their weights: exact to rounding where a panel keeps its distance from the poles.
fn nodes() -> &'static Nodes {
    static NODES: OnceLock<Nodes> = OnceLock::new();
    NODES.get_or_init(|| gauss::beta(1.0, 1.0, 16))
}

/// The CRPS of a law.
///
/// ```text
/// CRPS = 2 ∫_0^{F(y)} τ (y - F⁻¹(τ)) dτ + 2 ∫_{F(y)}^1 (1 - τ) (F⁻¹(τ) - y) dτ
/// ```
///
/// `None` where the tails are too heavy, or a count may be one of too many values.
pub(in crate::score) fn crps_of_law(law: &dyn Distribution, y: f64) -> Option<f64> {
    crps_between(law, (f64::NEG_INFINITY, f64::INFINITY), y)
}

/// The threshold-weighted CRPS of a law: only what lies in the interval counts, so that law and outcome may be held between its ends.
///
/// ```text
/// twCRPS = ∫_l^u (F(x) - 1{x >= y})² dx
/// ```
///
/// `None` as for [`crps_of_law`]. Gneiting and Ranjan (2011), J. Bus. Econ. Stat. 29, 411–422.
pub(in crate::score) fn crps_within(law: &dyn Distribution, ends: Interval, y: f64) -> Option<f64> {
    crps_between(law, (ends.lower(), ends.upper()), y)
}

fn crps_between(law: &dyn Distribution, (lower, upper): (f64, f64), y: f64) -> Option<f64> {
    if !y.is_finite() {
        return None;
    }
    let y = y.clamp(lower, upper);
    let score = if law.is_discrete() { of_counts(law, lower, upper, y)? } else { of_levels(law, lower, upper, y)? };
    score.is_finite().then_some(score)
}

/// By panels of levels, of either half by the levels that are small there.
fn of_levels(law: &dyn Distribution, lower: f64, upper: f64, y: f64) -> Option<f64> {
    // What lies below and above an end; nothing where there is none.
    let at = |end: f64| (law.cdf(end), law.survival(end));
    let (below, from_lower) = if lower.is_finite() { at(lower) } else { (0.0, 1.0) };
    let (up_to_upper, above) = if upper.is_finite() { at(upper) } else { (1.0, 0.0) };
    let kinks = law.kinks();
    let low = Half {
        value: &|level| law.quantile(level).clamp(lower, upper),
        least: below,
        most: up_to_upper.min(0.5),
        outcome: law.cdf(y),
        kinks: kinks.clone(),
    };
    let high = Half {
        value: &|level| law.upper_quantile(level).clamp(lower, upper),
        least: above,
        most: from_lower.min(0.5),
        outcome: law.survival(y),
        kinks: kinks.iter().map(|level| 1.0 - level).collect(),
    };
    // What is held at an end lies there: squared, it counts over the way from there to the outcome.
    let held = |share: f64, way: f64| if share > 0.0 { share * share * way } else { 0.0 };
    Some(held(below, y - lower) + held(above, upper - y) + 2.0 * (low.integral(y)? + high.integral(y)?))
}

/// Half of the levels, counted from the tail.
struct Half<'a> {
    /// The value with such a share of the law in the tail beyond it.
    value: &'a dyn Fn(f64) -> f64,
    /// The levels integrated over.
    least: f64,
    most: f64,
    /// The share in the tail beyond the outcome.
    outcome: f64,
    /// Where the value is not smooth.
    kinks: Vec<f64>,
}

impl Half<'_> {
    /// The pinball loss at a level, of the distance from the value there to `y`.
    fn loss(&self, level: f64, y: f64) -> f64 {
        let weight = if level < self.outcome { level } else { 1.0 - level };
        weight * ((self.value)(level) - y).abs()
    }

    /// The integral of the loss; `None` where it does not come to an end.
    fn integral(&self, y: f64) -> Option<f64> {
        let (mut top, mut sum) = (self.most, 0.0);
        for panel in 0..MOST {
            if top <= self.least {
                return Some(sum);
            }
            let bottom = (STEP * top).max(self.least);
            let mut ends: Vec<f64> = self.kinks.iter().copied().chain([self.outcome]).collect();
            ends.retain(|end| bottom < *end && *end < top);
            ends.extend([bottom, top]);
            ends.sort_by(f64::total_cmp);
            let piece: f64 = ends
                .windows(2)
                .map(|ends| {
                    let width = ends[1] - ends[0];
                    width * nodes().mean(|share| self.loss(ends[0] + width * share, y))
                })
                .sum();
            sum += piece;
            if panel >= FEWEST && sum > 0.0 && piece <= NEGLIGIBLE * sum {
                return Some(sum);
            }
            top = bottom;
        }
        // Where all of the law lies at the outcome there is nothing to come to an end.
        (sum == 0.0).then_some(sum)
    }
}

/// By steps from one possible value to the next.
fn of_counts(law: &dyn Distribution, lower: f64, upper: f64, y: f64) -> Option<f64> {
    let (first, last) = (law.quantile(TAIL), law.upper_quantile(TAIL));
    let (from, to) = (first.clamp(lower, upper), last.min(upper));
    if to - from > MOST_VALUES {
        return None;
    }
    // Nothing lies below the first value: all that counts is the way from the outcome to it.
    let mut sum = (from - y).max(0.0);
    let mut x = from;
    while x < to {
        let next = law.next_value(x).min(upper);
        let split = y.clamp(x, next);
        let (up_to, above) = (law.cdf(x), law.survival(x));
        sum += up_to * up_to * (split - x) + above * above * (next - split);
        x = next;
    }
    // Nor above the last one.
    Some(sum + (y - x).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::family;
    use crate::score::crps::{
        crps_beta, crps_censored_normal, crps_exponential, crps_gamma, crps_generalised_pareto, crps_normal,
        crps_poisson, crps_student_t, crps_triangular,
    };

    fn agrees(found: Option<f64>, known: Option<f64>, what: &str) {
        let (found, known) = (found.expect("it has a score"), known.expect("in range"));
        assert!((found - known).abs() <= 1e-11 * (1.0 + known), "{what}: {found} for {known}");
    }

    #[test]
    fn it_is_the_closed_form_of_every_sort_of_law() {
        let outcomes = [-40.0, -1.0, 0.0, 0.03, 0.4, 1.0, 2.7, 9.0, 300.0];
        for y in outcomes {
            let of =
                |name: &str, arguments: &[f64]| crps_of_law(family(name, arguments).expect("in range").as_ref(), y);
            agrees(of("normal", &[0.4, 2.0]), crps_normal(y, 0.4, 2.0), &format!("normal at {y}"));
            agrees(of("exponential", &[0.5]), crps_exponential(y, 0.5), &format!("exponential at {y}"));
            agrees(of("gamma", &[0.1, 0.5]), crps_gamma(y, 0.1, 0.5), &format!("gamma of a pole at {y}"));
            agrees(of("beta", &[0.2, 3.0]), crps_beta(y, 0.2, 3.0, 0.0, 1.0), &format!("beta at {y}"));
            agrees(
                of("triangular", &[0.0, 0.4, 3.0]),
                crps_triangular(y, 0.0, 0.4, 3.0),
                &format!("triangular at {y}"),
            );
            agrees(of("student_t", &[2.5, 0.0, 1.0]), crps_student_t(y, 2.5, 0.0, 1.0), &format!("t at {y}"));
            let pareto = crps_generalised_pareto(y, 1.0 / 1.2, 1.0, 1.0 / 1.2, 0.0);
            agrees(of("pareto", &[1.0, 1.2]), pareto, &format!("pareto at {y}"));
            agrees(of("poisson", &[3.5]), crps_poisson(y, 3.5), &format!("poisson at {y}"));
        }
    }

    #[test]
    fn within_an_interval_it_is_the_score_of_the_law_held_between_its_ends() {
        let law = family("normal", &[1.0, 2.0]).expect("in range");
        for text in ["0..3", "2..", "..-1", "7..9", "-20..-4"] {
            let ends: Interval = text.parse().expect("an interval");
            for y in [-9.0, 0.0, 0.7, 3.0, 8.0, 20.0] {
                let known = crps_censored_normal(ends.nearest(y), 1.0, 2.0, ends.lower(), ends.upper());
                agrees(crps_within(law.as_ref(), ends, y), known, &format!("{text} at {y}"));
            }
        }
        // Far out, where the squares are of the order of 1e-30, to as many digits: ∫_b^∞ x^-4 dx of a Pareto law.
        let pareto = family("pareto", &[1.0, 2.0]).expect("in range");
        let found = crps_within(pareto.as_ref(), "1e10..".parse().expect("an interval"), 3.0).expect("a score");
        assert!((found / (1e-30 / 3.0) - 1.0).abs() < 1e-12, "{found}");
    }

    #[test]
    fn of_a_count_it_is_the_sum_of_its_steps() {
        let law = family("poisson", &[2.0]).expect("in range");
        let ends: Interval = "1.5..4".parse().expect("an interval");
        for y in [0.0, 2.0, 3.0, 7.0] {
            let square = |x: f64, from: f64| {
                let miss = law.cdf(x) - f64::from(u8::from(from >= ends.nearest(y)));
                miss * miss
            };
            // From 1.5 to 2, from 2 to 3 and from 3 to 4.
            let known = 0.5 * square(1.0, 1.5) + square(2.0, 2.0) + square(3.0, 3.0);
            agrees(crps_within(law.as_ref(), ends, y), Some(known), &format!("at {y}"));
        }
        let wide = family("poisson", &[1e12]).expect("in range");
        assert_eq!(crps_of_law(wide.as_ref(), 1e12), None);
    }

    #[test]
    fn tails_too_heavy_for_a_score_have_none() {
        let heavy = family("pareto", &[1.0, 0.4]).expect("in range");
        assert_eq!(crps_of_law(heavy.as_ref(), 3.0), None);
        assert!(crps_within(heavy.as_ref(), "..9".parse().expect("an interval"), 3.0).is_some());
        // A Cauchy law has no mean, and a score all the same: at its median ∫ (F - 1{x >= 0})² = 2 ln 2 / π.
        let cauchy = family("cauchy", &[0.0, 1.0]).expect("in range");
        let known = 2.0 * std::f64::consts::LN_2 / std::f64::consts::PI;
        agrees(crps_of_law(cauchy.as_ref(), 0.0), Some(known), "cauchy");
    }
}
