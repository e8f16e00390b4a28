//! The interior-point method for the worlds that are known (Clarabel): what is nearest by squared distance and by divergence where pins, judgements or
//! products hold it, and elsewhere roughly, for Newton's method to go on from.
//!
//! Goulart and Chen (2024), arXiv 2405.12762.

use super::program::{Aim, FLOOR, Linear, MISS, SHARE, Solution, System, Target};
use super::relations::Bound;
use super::worlds::World;
use crate::error::Error;
use crate::math::{ln, ln_1p};
use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, ExponentialConeT, IPSolver, NonnegativeConeT, SecondOrderConeT, SolverStatus,
    SupportedConeT, ZeroConeT,
};

/// The master, put together row by row.
#[derive(Default)]
struct Master {
    variables: usize,
    linear: Vec<f64>,
    quadratic: Vec<f64>,
    entries: Vec<(usize, usize, f64)>,
    right: Vec<f64>,
    cones: Vec<SupportedConeT<f64>>,
    /// Variables that are not negative.
    positive: Vec<usize>,
    /// Variables that say by how much a pin or a judgement is missed.
    misses: Vec<usize>,
}

/// Rows of a cone: terms and the right side.
type Rows = Vec<(Vec<(usize, f64)>, f64)>;

impl Master {
    fn variable(&mut self, cost: f64, square: f64) -> usize {
        self.linear.push(cost);
        self.quadratic.push(square);
        self.variables += 1;
        self.variables - 1
    }

    /// `right - sum` lies in the cone that is named next.
    fn row(&mut self, terms: &[(usize, f64)], right: f64) -> usize {
        let row = self.right.len();
        self.entries.extend(terms.iter().filter(|(_, factor)| *factor != 0.0).map(|(at, factor)| (row, *at, *factor)));
        self.right.push(right);
        row
    }

    /// `terms = right` up to misses to the sides, which cost.
    fn soft(&mut self, terms: &[(usize, f64)], right: f64, cost: f64, sides: &[f64]) -> usize {
        let mut terms = terms.to_vec();
        for side in sides {
            let miss = self.variable(cost, 0.0);
            terms.push((miss, *side));
            self.positive.push(miss);
            if cost == MISS {
                self.misses.push(miss);
            }
        }
        self.row(&terms, right)
    }

    /// Solves it as exactly as it can be, by the first of the tolerances that is reached.
    fn solve(&self, tolerances: &[f64]) -> Result<DefaultSolver<f64>, Error> {
        let mut last = Err(Error::environment("the solver could not find the nearest coherent figures"));
        for tolerance in tolerances {
            last = self.solve_to(*tolerance);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    fn solve_to(&self, tolerance: f64) -> Result<DefaultSolver<f64>, Error> {
        let failed = || Error::environment("the solver could not find the nearest coherent figures");
        let matrix = |rows: usize, entries: &[(usize, usize, f64)]| {
            let (mut at, mut column, mut value) = (Vec::new(), Vec::new(), Vec::new());
            for (row, of, factor) in entries {
                at.push(*row);
                column.push(*of);
                value.push(*factor);
            }
            CscMatrix::new_from_triplets(rows, self.variables, at, column, value)
        };
        let squares: Vec<(usize, usize, f64)> = self
            .quadratic
            .iter()
            .enumerate()
            .filter(|(_, square)| **square != 0.0)
            .map(|(at, square)| (at, at, *square))
            .collect();
        let settings = DefaultSettings {
            verbose: false,
            tol_gap_abs: tolerance,
            tol_gap_rel: tolerance,
            tol_feas: tolerance * 10.0,
            reduced_tol_gap_abs: tolerance * 100.0,
            reduced_tol_gap_rel: tolerance * 100.0,
            reduced_tol_feas: tolerance * 1000.0,
            ..DefaultSettings::default()
        };
        let constraints = matrix(self.right.len(), &self.entries);
        let squares = matrix(self.variables, &squares);
        let mut solver = DefaultSolver::new(&squares, &self.linear, &constraints, &self.right, &self.cones, settings)
            .map_err(|problem| failed().because(problem.to_string()))?;
        solver.solve();
        let finite = solver.solution.x.iter().chain(&solver.solution.z).all(|value| value.is_finite());
        match solver.solution.status {
            SolverStatus::Solved | SolverStatus::AlmostSolved if finite => Ok(solver),
            status => Err(failed().because(format!("it stopped with {status:?}"))),
        }
    }
}

impl System {
    /// Solves the program of the worlds that are known to the first of the tolerances that is reached; gives the solution, and what another world would
    /// change.
    pub(super) fn interior(
        &self,
        aim: Aim,
        targets: &[(usize, &Target)],
        functionals: &[&Linear],
        worlds: &[World],
        tolerances: &[f64],
    ) -> Result<(Solution, Linear), Error> {
        let mut master = Master::default();
        let is_smooth = matches!(aim, Aim::Squared | Aim::Information);
        let adds = |world| if is_smooth { self.adds.at(world) } else { 0.0 };
        let shares: Vec<usize> = worlds.iter().map(|world| master.variable(adds(world), 0.0)).collect();
        let chances: Vec<usize> = functionals.iter().map(|_| master.variable(0.0, 0.0)).collect();
        let whole: Vec<(usize, f64)> = shares.iter().map(|at| (*at, 1.0)).collect();
        master.row(&whole, 1.0);
        for (functional, chance) in functionals.iter().zip(&chances) {
            let mut terms: Vec<(usize, f64)> =
                worlds.iter().zip(&shares).map(|(world, at)| (*at, functional.at(world))).collect();
            terms.push((*chance, -1.0));
            master.row(&terms, 0.0);
        }
        master.positive.clone_from(&shares);
        let mut at = 0;
        let (mut places, mut pulls) = (Vec::new(), Vec::new());
        let mut cones: Vec<(Rows, bool)> = Vec::new();
        let mut constant = 0.0;
        for (number, target) in targets.iter().copied() {
            let event = chances[at];
            let condition = target.condition.as_ref().map(|_| chances[at + 1]);
            at += 1 + usize::from(condition.is_some());
            places.push((event, condition));
            // `event - p × condition = 0`, with 1 for no condition.
            let against = |p: f64| match condition {
                None => (vec![(event, 1.0)], p),
                Some(condition) => (vec![(event, 1.0), (condition, -p)], 0.0),
            };
            if let Some(pin) = target.pin {
                let (terms, right) = against(pin);
                master.soft(&terms, right, MISS, &[1.0, -1.0]);
            }
            let (p, weight) = (target.stated, target.weight);
            match (aim, condition) {
                (Aim::Amount, _) => {
                    let (terms, right) = against(p);
                    pulls.push(master.soft(&terms, right, weight, &[1.0, -1.0]));
                }
                (Aim::Bound { of, event: by_event, condition: by_condition }, _) if of == number => {
                    master.linear[event] += by_event;
                    match condition {
                        Some(condition) => master.linear[condition] += by_condition,
                        None => constant += by_condition,
                    }
                }
                (Aim::Bound { .. }, _) => {
                    let (terms, right) = against(p);
                    master.soft(&terms, right, MISS, &[1.0, -1.0]);
                }
                (Aim::Squared, None) => {
                    master.quadratic[event] = 2.0 * weight;
                    master.linear[event] -= 2.0 * weight * p;
                    constant += weight * p * p;
                }
                (Aim::Squared, Some(condition)) => {
                    // (p b - a)² <= t b, as a second-order cone.
                    let loss = master.variable(weight, 0.0);
                    let rows = vec![
                        (vec![(loss, -1.0), (condition, -1.0)], 0.0),
                        (vec![(loss, -1.0), (condition, 1.0)], 0.0),
                        (vec![(condition, -2.0 * p), (event, 2.0)], 0.0),
                    ];
                    cones.push((rows, false));
                }
                (Aim::Information, _) => {
                    // t >= a ln(a / b) and s >= (b - a) ln((b - a) / b), as exponential cones. What is stated counts in the costs: chances near 0
                    // in a cone would cost the solver its digits.
                    let p = p.clamp(FLOOR, 1.0 - FLOOR);
                    let (yes, no) = (master.variable(weight, 0.0), master.variable(weight, 0.0));
                    let whole = || match condition {
                        None => (Vec::new(), 1.0),
                        Some(condition) => (vec![(condition, -1.0)], 0.0),
                    };
                    let (mut rest, right) = whole();
                    rest.push((event, 1.0));
                    cones.push((vec![(vec![(yes, 1.0)], 0.0), (vec![(event, -1.0)], 0.0), whole()], true));
                    cones.push((vec![(vec![(no, 1.0)], 0.0), (rest, right), whole()], true));
                    let (of_yes, of_no) = (-weight * ln(p), -weight * ln_1p(-p));
                    master.linear[event] += of_yes - of_no;
                    match condition {
                        None => constant += of_no,
                        Some(condition) => master.linear[condition] += of_no,
                    }
                }
            }
        }
        for ((_, bound), chance) in self.rows.iter().zip(&chances[at..]) {
            match bound {
                // A sum that must be at least 0 is a surplus, up to a miss.
                Bound::AtLeast => {
                    let surplus = master.variable(0.0, 0.0);
                    master.positive.push(surplus);
                    master.soft(&[(*chance, 1.0), (surplus, -1.0)], 0.0, MISS, &[1.0]);
                }
                Bound::Zero => {
                    master.soft(&[(*chance, 1.0)], 0.0, MISS, &[1.0, -1.0]);
                }
            }
        }
        master.cones.push(ZeroConeT(master.right.len()));
        let positive = std::mem::take(&mut master.positive);
        for variable in &positive {
            master.row(&[(*variable, -1.0)], 0.0);
        }
        master.cones.push(NonnegativeConeT(positive.len()));
        for (rows, is_exponential) in &cones {
            for (terms, right) in rows {
                master.row(terms, *right);
            }
            master.cones.push(if *is_exponential { ExponentialConeT() } else { SecondOrderConeT(rows.len()) });
        }
        let solver = master.solve(tolerances)?;
        let (x, z) = (&solver.solution.x, &solver.solution.z);
        let chance = |variable: usize| x[variable].clamp(0.0, 1.0);
        let mean = |of: &Linear| -> f64 { worlds.iter().zip(&shares).map(|(world, at)| x[*at] * of.at(world)).sum() };
        let solution = Solution {
            value: solver.solution.obj_val + constant,
            chances: places.iter().map(|(event, condition)| (chance(*event), condition.map_or(1.0, chance))).collect(),
            missed: master.misses.iter().map(|miss| x[*miss].max(0.0)).sum(),
            pulls: pulls.iter().map(|row| z[*row]).collect(),
            shares: shares.iter().map(|at| x[*at]).enumerate().filter(|(_, share)| *share > SHARE).collect(),
            watched: self.watched.iter().map(mean).collect(),
            cut_off: None,
            is_exact: false,
        };
        let mut price = Linear { constant: z[0], terms: Vec::new() };
        if is_smooth {
            price.add(1.0, &self.adds);
        }
        for (of, functional) in z[1..=functionals.len()].iter().zip(functionals) {
            price.add(*of, functional);
        }
        Ok((solution, price))
    }
}
