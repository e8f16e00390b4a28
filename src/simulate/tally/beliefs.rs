//! What beliefs tell of the errors of figures.
//!
//! Where something is believed, worlds are weighed until it has its probability, by factors that are fitted to the same worlds. So what
//! hangs together with it is known better than weights that stand beforehand would leave it: a figure errs by what the beliefs do not
//! explain, as estimates do that are calibrated to known totals \[1\]. With `y` how far a world is off the figure (for a share `p` of the worlds
//! that a condition leaves: `x - p` where it is met, 0 elsewhere), `A` what the worlds weigh that it is a figure of, and the weights as they are after the fit,
//!
//! ```text
//! se² = Σ w² (y - Σ_j b_j (1_j - P_j))² / A²
//! Σ_j C_ij b_j = Σ w y (1_i - P_i)        C_ij = Σ w (1_i - P_i) (1_j - P_j)
//! ```
//!
//! which is the delta method for the figure and the logarithms of the factors together. For a single belief and worlds that otherwise weigh alike it is the error of
//! a mean of strata of known size, `P² p₁ (1 - p₁) / n₁ + (1 - P)² p₀ (1 - p₀) / n₀`.
//!
//! All of it comes from sums over all worlds and over those where each belief holds.
//!
//! \[1\] Deville and Särndal (1992), J. Am. Stat. Assoc. 87, 376–382.

use super::Mass;
use super::share::ENOUGH_BLOCKS;
use crate::forecast::Estimate;

/// A belief of which less than this is its own is determined by the others.
const DETERMINED: f64 = 1e-11;

/// How the beliefs of a run vary together over its worlds.
#[derive(Debug, Clone)]
pub(crate) struct Beliefs {
    probabilities: Vec<f64>,
    /// The lower root of `C`, row by row.
    root: Vec<f64>,
    /// `Σ w² (1_i - P_i) (1_j - P_j)`, row by row.
    squares: Vec<f64>,
}

/// The beliefs, and for each of them what was counted where it holds.
#[derive(Debug, Clone)]
pub(crate) struct Under<T> {
    /// How they vary together.
    pub(crate) beliefs: Beliefs,
    /// One for each.
    pub(crate) held: Vec<T>,
}

impl<T> Under<T> {
    /// The same of something else that was counted.
    #[must_use]
    pub(crate) fn map<U>(self, of: impl Fn(T) -> U) -> Under<U> {
        Under { beliefs: self.beliefs, held: self.held.into_iter().map(of).collect() }
    }
}

/// Sums over worlds of how far they are off a figure, `y`, where `Σ w y` is 0.
#[derive(Debug)]
pub(crate) struct Off {
    /// `Σ w² y²`.
    pub(crate) squares: f64,
    /// `Σ w² y`.
    pub(crate) squared: f64,
    /// For each belief `Σ w y` and `Σ w² y` where it holds.
    pub(crate) held: Vec<[f64; 2]>,
}

impl Off {
    /// Of a share: `square` is what those of it sum `w²` to, `of_all` the same of all, and `held` has both `Σ w` and `Σ w²` where each belief
    /// holds, of those of it and of all.
    fn of_share(share: f64, square: f64, of_all: f64, held: impl Iterator<Item = ([f64; 2], [f64; 2])>) -> Self {
        Self {
            squares: square * (1.0 - 2.0 * share) + share * share * of_all,
            squared: square - share * of_all,
            held: held.map(|(some, all)| [some[0] - share * all[0], some[1] - share * all[1]]).collect(),
        }
    }
}

impl Beliefs {
    /// From what the worlds of each pattern weigh: bit `j` of the index says whether belief `j` holds. `None` if there are no beliefs or no worlds.
    #[must_use]
    pub(crate) fn of(patterns: &[Mass]) -> Option<Self> {
        let size = patterns.len().checked_ilog2().filter(|beliefs| *beliefs > 0)? as usize;
        let total: f64 = patterns.iter().map(|mass| mass.weight).sum();
        if total <= 0.0 {
            return None;
        }
        let holds = |pattern: usize, belief: usize| f64::from(u8::from((pattern >> belief) & 1 == 1));
        let weight_of = |belief: usize| -> f64 {
            patterns.iter().enumerate().map(|(pattern, mass)| holds(pattern, belief) * mass.weight).sum()
        };
        let probabilities: Vec<f64> = (0..size).map(|belief| weight_of(belief) / total).collect();
        let (mut products, mut squares) = (vec![0.0; size * size], vec![0.0; size * size]);
        for (pattern, mass) in patterns.iter().enumerate() {
            let off: Vec<f64> = probabilities
                .iter()
                .enumerate()
                .map(|(belief, probability)| holds(pattern, belief) - probability)
                .collect();
            for (row, left) in off.iter().enumerate() {
                for (column, right) in off.iter().enumerate() {
                    products[row * size + column] += mass.weight * left * right;
                    squares[row * size + column] += mass.square * left * right;
                }
            }
        }
        Some(Self { probabilities, root: root_of(size, &products), squares })
    }

    /// `Σ w² r²`, with `r` what the beliefs leave of `y`.
    #[must_use]
    pub(crate) fn left(&self, off: &Off) -> f64 {
        let along: Vec<f64> = off.held.iter().map(|[weight, _]| *weight).collect();
        let coefficients = self.coefficients(&along);
        let mut left = off.squares;
        let rows = self.squares.chunks_exact(coefficients.len());
        let beliefs = self.probabilities.iter().zip(&off.held);
        for ((coefficient, row), (probability, [_, squared])) in coefficients.iter().zip(rows).zip(beliefs) {
            let products: f64 = row.iter().zip(&coefficients).map(|(square, other)| square * other).sum();
            left += coefficient * (products - 2.0 * (squared - probability * off.squared));
        }
        // Infinite numbers have nothing that could be explained.
        if left.is_finite() { left.max(0.0) } else { off.squares }
    }

    /// The share of some worlds among all, as [`Mass::share_of`] has it, with what the beliefs leave of its error. `held` has both where each belief holds.
    #[must_use]
    pub(crate) fn share(&self, some: Mass, all: Mass, held: impl Iterator<Item = (Mass, Mass)>) -> Estimate {
        let estimate = some.share_of(all);
        let is_told = some.weight > 0.0 && some.weight < all.weight;
        if !is_told || all.blocks() >= ENOUGH_BLOCKS {
            return estimate;
        }
        let sums = |mass: Mass| [mass.weight, mass.square];
        let held = held.map(|(some, all)| (sums(some), sums(all)));
        let left = self.left(&Off::of_share(estimate.value, some.square, all.square, held));
        let half = all.largest / 2.0;
        Estimate { standard_error: left.max(half * half).sqrt() / all.weight, ..estimate }
    }

    /// The standard error of the share of worlds below a quantile, as [`Mass::error_of_level`] has it. `square` is what those worlds sum `w²` to; `held` has
    /// `Σ w` and `Σ w²` where each belief holds, of those worlds and of all.
    #[must_use]
    pub(crate) fn error_of_level(
        &self,
        level: f64,
        square: f64,
        all: Mass,
        held: impl Iterator<Item = ([f64; 2], [f64; 2])>,
    ) -> f64 {
        self.left(&Off::of_share(level, square, all.square, held)).sqrt().max(all.largest) / all.weight
    }

    /// Solves `C b = along`; beliefs that others determine take no part.
    fn coefficients(&self, along: &[f64]) -> Vec<f64> {
        let size = self.probabilities.len();
        let at = |row: usize, column: usize| self.root[row * size + column];
        let over = |value: f64, diagonal: f64| if diagonal > 0.0 { value / diagonal } else { 0.0 };
        let mut solution = along.to_vec();
        for row in 0..size {
            for column in 0..row {
                solution[row] -= at(row, column) * solution[column];
            }
            solution[row] = over(solution[row], at(row, row));
        }
        for row in (0..size).rev() {
            for below in row + 1..size {
                solution[row] -= at(below, row) * solution[below];
            }
            solution[row] = over(solution[row], at(row, row));
        }
        solution
    }
}

/// The lower triangle whose product with its transpose is a symmetric matrix, which may be singular: the diagonal of a row that those before it
/// determine is 0, as is all below it.
fn root_of(size: usize, matrix: &[f64]) -> Vec<f64> {
    let mut root = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..=row {
            let (of_row, of_column) = (&root[row * size..], &root[column * size..]);
            let known: f64 = of_row[..column].iter().zip(&of_column[..column]).map(|(a, b)| a * b).sum();
            let rest = matrix[row * size + column] - known;
            let diagonal = of_column[column];
            root[row * size + column] = if row == column {
                if rest > DETERMINED * matrix[row * size + row] { rest.sqrt() } else { 0.0 }
            } else if diagonal > 0.0 {
                rest / diagonal
            } else {
                0.0
            };
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worlds with their weight, which beliefs hold in them, and whether they are of a share.
    fn worlds() -> Vec<(f64, usize, bool)> {
        (0..400_u32)
            .map(|at| {
                let weight = 0.5 + f64::from(at % 7) / 4.0;
                (weight, (at * 5 % 11 % 4) as usize, (at * at + at / 3) % 5 < 2)
            })
            .collect()
    }

    fn mass(worlds: &[(f64, usize, bool)], counts: impl Fn(usize, bool) -> bool) -> Mass {
        let mut mass = Mass::default();
        for (weight, pattern, is_one) in worlds {
            if counts(*pattern, *is_one) {
                mass.add(Mass { weight: *weight, square: weight * weight, ..Mass::default() });
            }
        }
        mass
    }

    fn error(worlds: &[(f64, usize, bool)], beliefs: usize, holds: impl Fn(usize, usize) -> bool) -> f64 {
        let pattern_of = |pattern: usize| {
            (0..beliefs).filter(|belief| holds(pattern, *belief)).map(|at| 1_usize << at).sum::<usize>()
        };
        let masses: Vec<Mass> =
            (0..1_usize << beliefs).map(|wanted| mass(worlds, |pattern, _| pattern_of(pattern) == wanted)).collect();
        let held = (0..beliefs).map(|belief| {
            (
                mass(worlds, |pattern, is_one| is_one && holds(pattern, belief)),
                mass(worlds, |pattern, _| holds(pattern, belief)),
            )
        });
        let beliefs = Beliefs::of(&masses).unwrap();
        beliefs.share(mass(worlds, |_, is_one| is_one), mass(worlds, |_, _| true), held).standard_error
    }

    fn bit(pattern: usize, belief: usize) -> bool {
        (pattern >> belief) & 1 == 1
    }

    #[test]
    fn one_belief_leaves_the_error_of_strata_of_known_size() {
        let worlds = worlds();
        let total = mass(&worlds, |_, _| true).weight;
        // Σ w² (x - p_s)² / W² in each stratum s.
        let of_stratum = |held: bool| {
            let all = mass(&worlds, |pattern, _| bit(pattern, 0) == held);
            let ones = mass(&worlds, |pattern, is_one| is_one && bit(pattern, 0) == held);
            let share = ones.weight / all.weight;
            (ones.square * (1.0 - 2.0 * share) + share * share * all.square) / (total * total)
        };
        let expected = (of_stratum(true) + of_stratum(false)).sqrt();
        assert!((error(&worlds, 1, bit) / expected - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_the_beliefs_leave_is_orthogonal_to_them() {
        // The residuals by hand, with the coefficients of the normal equations of two beliefs.
        let worlds = worlds();
        let total = mass(&worlds, |_, _| true).weight;
        let share = mass(&worlds, |_, is_one| is_one).weight / total;
        let means = [0, 1].map(|belief| mass(&worlds, |pattern, _| bit(pattern, belief)).weight / total);
        let off = |pattern: usize, belief: usize| f64::from(u8::from(bit(pattern, belief))) - means[belief];
        let (mut c, mut y) = ([0.0; 3], [0.0; 2]);
        for (weight, pattern, is_one) in &worlds {
            let (first, second) = (off(*pattern, 0), off(*pattern, 1));
            let far = f64::from(u8::from(*is_one)) - share;
            c = [c[0] + weight * first * first, c[1] + weight * first * second, c[2] + weight * second * second];
            y = [y[0] + weight * first * far, y[1] + weight * second * far];
        }
        let determinant = c[0] * c[2] - c[1] * c[1];
        let b = [(y[0] * c[2] - y[1] * c[1]) / determinant, (y[1] * c[0] - y[0] * c[1]) / determinant];
        let left: f64 = worlds
            .iter()
            .map(|(weight, pattern, is_one)| {
                let far = f64::from(u8::from(*is_one)) - share;
                let left = far - b[0] * off(*pattern, 0) - b[1] * off(*pattern, 1);
                weight * weight * left * left
            })
            .sum();
        assert!((error(&worlds, 2, bit) / (left.sqrt() / total) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_belief_said_twice_or_of_a_certain_thing_changes_nothing() {
        let worlds = worlds();
        let once = error(&worlds, 1, bit);
        let twice = error(&worlds, 2, |pattern, _| bit(pattern, 0));
        let opposite = error(&worlds, 2, |pattern, belief| bit(pattern, 0) == (belief == 0));
        let certain = error(&worlds, 2, |pattern, belief| belief == 0 || bit(pattern, 0));
        for other in [twice, opposite, certain] {
            assert!((other / once - 1.0).abs() < 1e-9, "{other}, not {once}");
        }
    }

    #[test]
    fn what_is_believed_errs_no_more() {
        let worlds: Vec<(f64, usize, bool)> =
            worlds().into_iter().map(|(weight, pattern, _)| (weight, pattern, bit(pattern, 0))).collect();
        assert!(error(&worlds, 1, bit) < 1e-7);
        assert!(Beliefs::of(&[]).is_none() && Beliefs::of(&[Mass::default(); 2]).is_none());
    }
}
