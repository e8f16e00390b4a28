//! A law between two bounds that hold little of it, where closed forms lose their digits: by quadrature over its density.
//!
//! The interval is cut into panels whose widths double from where the density is highest, so that each sees the density fall by a few powers of e
//! at the most where that matters. In each the rule of Gauss and Legendre with 20 nodes is exact to rounding.

use crate::math::gauss::{self, Nodes};
use crate::math::{exp, ln};
use std::sync::OnceLock;

/// Panels are added on a side until one holds less than this of what was found before.
const NEGLIGIBLE: f64 = 1e-18;

/// More of them than this are never needed: widths double.
const MOST: usize = 1100;

/// Points of a panel of width 1, and their weights.
fn nodes() -> &'static Nodes {
    static NODES: OnceLock<Nodes> = OnceLock::new();
    NODES.get_or_init(|| gauss::beta(1.0, 1.0, 20))
}

/// A law whose density is highest at 0 and falls to both sides, between two bounds.
pub(in crate::score) struct Between<'a> {
    log_density: &'a dyn Fn(f64) -> f64,
    /// The logarithm of the density where it is highest between the bounds.
    peak: f64,
    /// Where panels begin and end, rising.
    edges: Vec<f64>,
    /// What each panel holds, in units of e to the `peak`.
    masses: Vec<f64>,
}

impl<'a> Between<'a> {
    /// Of a law by the logarithm of its density, between `lower` and `upper`, with a panel ending at each of `places`.
    pub(in crate::score) fn new(
        log_density: &'a dyn Fn(f64) -> f64,
        (lower, upper): (f64, f64),
        places: &[f64],
    ) -> Self {
        let highest = 0.0_f64.clamp(lower, upper);
        let mut law = Self { log_density, peak: log_density(highest), edges: Vec::new(), masses: Vec::new() };
        let mut edges = vec![highest];
        for (bound, sign) in [(lower, -1.0), (upper, 1.0)] {
            let (mut from, mut width, mut found) = (highest, 0.5 / (1.0 + highest.abs()), 0.0);
            for _ in 0..MOST {
                if from == bound {
                    break;
                }
                let next = from + sign * width;
                let to = if sign * next < sign * bound { next } else { bound };
                edges.push(to);
                let mass = law.mass(from.min(to), from.max(to));
                found += mass;
                if to == bound || mass < NEGLIGIBLE * found {
                    break;
                }
                (from, width) = (to, 2.0 * width);
            }
            // What is left holds next to nothing, but a mass at the bound reaches over it.
            edges.extend(Some(bound).filter(|bound| bound.is_finite()));
        }
        edges.extend(places.iter().filter(|place| place.is_finite()));
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        law.masses = edges.windows(2).map(|ends| law.mass(ends[0], ends[1])).collect();
        law.edges = edges;
        law
    }

    /// What an interval holds, in units of e to the `peak`.
    fn mass(&self, from: f64, to: f64) -> f64 {
        let width = to - from;
        width * nodes().mean(|at| exp((self.log_density)(from + width * at) - self.peak))
    }

    /// The logarithm of what the bounds hold of the law.
    pub(in crate::score) fn log_mass(&self) -> f64 {
        self.peak + ln(self.masses.iter().sum())
    }

    /// `∫ G²` up to a place and `∫ (1 - G)²` from there on, where `G` rises from `below` at the lower bound to `1 - above` at the upper one as the law does
    /// between them. A panel must end at the place.
    pub(super) fn squares(&self, place: f64, (below, above): (f64, f64)) -> f64 {
        let total: f64 = self.masses.iter().sum();
        let rest = 1.0 - below - above;
        let (mut before, mut sum) = (0.0, 0.0);
        for (ends, mass) in self.edges.windows(2).zip(&self.masses) {
            let (from, width) = (ends[0], ends[1] - ends[0]);
            let up_to = |at: f64| before + self.mass(from, from + width * at);
            sum += width
                * nodes().mean(|at| {
                    let share = (up_to(at) / total).min(1.0);
                    let g = if ends[1] <= place { below + rest * share } else { above + rest * (1.0 - share) };
                    g * g
                });
            before += mass;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;
    use std::f64::consts::PI;

    fn log_density(x: f64) -> f64 {
        -0.5 * (x * x + ln(2.0 * PI))
    }

    #[test]
    fn masses_are_those_of_the_cdf_and_go_on_where_it_ends() {
        for (lower, upper) in [(-1.0, 2.0), (0.0, 1e-9), (-9.0, -8.0), (8.0, f64::INFINITY), (-f64::INFINITY, 0.3)] {
            let found = exp(Between::new(&log_density, (lower, upper), &[]).log_mass());
            let known = if lower > 0.0 {
                normal::cdf(-lower) - normal::cdf(-upper)
            } else if upper == 1e-9 {
                1e-9 * normal::density(0.0)
            } else {
                normal::cdf(upper) - normal::cdf(lower)
            };
            assert!((found / known - 1.0).abs() < 1e-12, "{lower} to {upper}: {found} for {known}");
        }
        // Mills' ratio at 100: φ(x)/x (1 - 1/x² + 3/x⁴ - 15/x⁶ …).
        let found = Between::new(&log_density, (100.0, f64::INFINITY), &[]).log_mass();
        let known = log_density(100.0) - ln(100.0) + (1.0 - 1e-4 + 3e-8 - 1.5e-11_f64).ln();
        assert!((found - known).abs() < 1e-11, "{found} for {known}");
    }

    #[test]
    fn squares_of_a_law_far_out_are_those_of_an_exponential() {
        // Beyond l the normal falls as e^(-l t): with v = l t, ∫ (1 - e^-v)² up to z and ∫ e^(-2v) from there on, over l.
        let (l, v) = (1e3, 0.7_f64);
        let z = l + v / l;
        let found = Between::new(&log_density, (l, f64::INFINITY), &[z]).squares(z, (0.0, 0.0));
        let known = (v - 2.0 * (1.0 - (-v).exp()) + 0.5 * (1.0 - (-2.0 * v).exp()) + 0.5 * (-2.0 * v).exp()) / l;
        // It falls a little faster than that: by 1/l² in all.
        assert!((found / known - 1.0).abs() < 5e-6, "{found} for {known}");
    }
}
