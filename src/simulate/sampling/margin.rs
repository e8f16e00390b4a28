//! How far worlds are from what is required of them, so that a pilot can tell which of those that fail come nearest.
//!
//! Parts of a conjunction add up, of a disjunction the nearest counts; a comparison of numbers is as far off as the numbers are apart, in
//! units of their usual distance; a date that never comes, as the exponential it was drawn by; a yes/no event or an option that is drawn in common with
//! others, as its uniform; any other part counts 1.

use crate::math::ln;
use crate::plan::{Comparison, Draw, Logic, NumberId, Operand, Operation, Plan, PlaneId, Row};
use crate::simulate::block::{Arena, Plane, WORLDS_PER_BLOCK};
use crate::simulate::program::Program;
use std::collections::BTreeMap;

/// Deeper conditions are taken as a whole.
const DEEPEST: usize = 40;

/// Where the columns of a plan come from.
#[derive(Debug)]
pub(super) struct Margins<'a> {
    plan: &'a Plan,
    plane_steps: BTreeMap<PlaneId, &'a Operation>,
    date_steps: BTreeMap<NumberId, usize>,
    scales: BTreeMap<PlaneId, f64>,
}

impl<'a> Margins<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut margins =
            Self { plan, plane_steps: BTreeMap::new(), date_steps: BTreeMap::new(), scales: BTreeMap::new() };
        for (at, step) in plan.steps.iter().enumerate() {
            match &step.operation {
                Operation::Logic { out, .. } | Operation::Not { out, .. } | Operation::Compare { out, .. } => {
                    margins.plane_steps.insert(*out, &step.operation);
                }
                Operation::Date { out, draw: Draw::Stream(_), .. } => {
                    margins.date_steps.insert(*out, at);
                }
                _ => {}
            }
        }
        margins
    }

    /// Remembers how far the sides of each comparison usually are apart.
    pub(super) fn measure(&mut self, arena: &Arena) {
        for (plane, operation) in &self.plane_steps {
            let Operation::Compare { left, right, .. } = operation else { continue };
            let mut distances: Vec<f64> = (0..WORLDS_PER_BLOCK)
                .map(|world| (value(arena, *left, world) - value(arena, *right, world)).abs())
                .filter(|distance| distance.is_finite())
                .collect();
            distances.sort_unstable_by(f64::total_cmp);
            let middle = distances.get(distances.len() / 2).copied().unwrap_or(1.0);
            self.scales.insert(*plane, if middle > 0.0 { middle } else { 1.0 });
        }
    }

    /// The distance of each world of a block that has run from everything that is required.
    pub(super) fn violations(&self, program: &Program<'_>, arena: &Arena, block: u64) -> Vec<f64> {
        let mut sum = vec![0.0; WORLDS_PER_BLOCK];
        let look = Look { margins: self, program, arena, block };
        for step in &self.plan.steps {
            if let Operation::Require { plane, .. } = step.operation {
                sum.iter_mut().zip(look.of(plane, true, 0)).for_each(|(sum, more)| *sum += more);
            }
        }
        self.add_shared(arena, &mut sum);
        // Also required by a date drawn in common with others.
        for (world, sum) in sum.iter_mut().enumerate() {
            if *sum == 0.0 && !holds(&arena.mask, world) {
                *sum = 1.0;
            }
        }
        sum
    }

    /// Adds how far the uniforms that events have in common with others are from what is known of these.
    fn add_shared(&self, arena: &Arena, sum: &mut [f64]) {
        for step in &self.plan.steps {
            match &step.operation {
                Operation::Bernoulli { draw: Draw::Column(uniforms), rows, evidence: Some((known, _)), .. } => {
                    for Row { mask, value } in rows {
                        let no = 1.0 - value.predictive;
                        let ends = if *known { (no, 1.0) } else { (0.0, no) };
                        add_distance(arena, *mask, *uniforms, ends, sum);
                    }
                }
                Operation::Categorical { draw: Draw::Column(uniforms), rows, evidence: Some((known, _)), .. } => {
                    for Row { mask, value } in rows {
                        let up_to = |options: &[f64]| options.iter().sum::<f64>();
                        let ends = (up_to(&value.predictive[..*known]), up_to(&value.predictive[..=*known]));
                        add_distance(arena, *mask, *uniforms, ends, sum);
                    }
                }
                _ => {}
            }
        }
    }
}

fn holds(plane: &Plane, world: usize) -> bool {
    (plane[world / 64] >> (world % 64)) & 1 == 1
}

/// In the worlds of a row that disagree with something: the logarithm of how many times as wide the part of the uniform that agrees would have to be to
/// reach its value.
fn add_distance(arena: &Arena, row: Option<PlaneId>, uniforms: NumberId, (from, to): (f64, f64), sum: &mut [f64]) {
    let (row, uniforms) = (arena.mask_of(row), arena.number(uniforms));
    // What cannot be is far off.
    let width = (to - from).max(1e-12);
    for (world, sum) in sum.iter_mut().enumerate() {
        if holds(row, world) && !holds(&arena.mask, world) {
            let beyond = (from - uniforms[world]).max(uniforms[world] - to).max(0.0);
            *sum += ln((width + beyond) / width);
        }
    }
}

fn value(arena: &Arena, operand: Operand, world: usize) -> f64 {
    match operand {
        Operand::Column(column) => arena.number(column)[world],
        Operand::Constant(value) => value,
    }
}

struct Look<'a> {
    margins: &'a Margins<'a>,
    program: &'a Program<'a>,
    arena: &'a Arena,
    block: u64,
}

impl Look<'_> {
    fn of(&self, plane: PlaneId, wanted: bool, depth: usize) -> Vec<f64> {
        let step = self.margins.plane_steps.get(&plane).filter(|_| depth < DEEPEST);
        match step {
            Some(Operation::Not { of, .. }) => self.of(*of, !wanted, depth + 1),
            Some(Operation::Logic { logic, left, right, .. }) if *logic != Logic::Xor => {
                let right_wanted = if *logic == Logic::AndNot { !wanted } else { wanted };
                let one = self.of(*left, wanted, depth + 1);
                let other = self.of(*right, right_wanted, depth + 1);
                let all = (*logic == Logic::Or) != wanted;
                let combine = |(one, other): (f64, f64)| if all { one + other } else { one.min(other) };
                one.into_iter().zip(other).map(combine).collect()
            }
            Some(Operation::Compare { comparison, left, right, .. }) => {
                self.compared(plane, wanted, *comparison, (*left, *right))
            }
            _ => self.each(plane, wanted, |_| 1.0),
        }
    }

    fn each(&self, plane: PlaneId, wanted: bool, far: impl Fn(usize) -> f64) -> Vec<f64> {
        let plane = self.arena.plane(plane);
        let holds = |world: usize| (plane[world / 64] >> (world % 64)) & 1 == 1;
        (0..WORLDS_PER_BLOCK).map(|world| if holds(world) == wanted { 0.0 } else { far(world) }).collect()
    }

    fn compared(&self, plane: PlaneId, wanted: bool, comparison: Comparison, sides: (Operand, Operand)) -> Vec<f64> {
        let (left, right) = sides;
        if comparison == Comparison::Equal && !wanted {
            return self.each(plane, wanted, |_| 1.0);
        }
        let scale = self.margins.scales.get(&plane).copied().unwrap_or(1.0);
        let exponentials = self.exponentials(left).or_else(|| self.exponentials(right));
        self.each(plane, wanted, |world| {
            let distance = (value(self.arena, left, world) - value(self.arena, right, world)).abs() / scale;
            match &exponentials {
                Some(exponentials) if !distance.is_finite() => 1.0 + exponentials[world],
                _ => distance.clamp(1e-6, 1e3),
            }
        })
    }

    /// What a date was drawn by: the smaller, the nearer it was to coming.
    fn exponentials(&self, operand: Operand) -> Option<Vec<f64>> {
        let Operand::Column(column) = operand else { return None };
        let step = *self.margins.date_steps.get(&column)?;
        let mut uniforms =
            uniforms_of(self.program, &self.margins.plan.steps[step].operation, step, self.arena, self.block)?;
        uniforms.iter_mut().for_each(|value| *value = -ln(*value));
        Some(uniforms)
    }
}

/// The uniforms that a number or a date was drawn by in a block that has run.
fn uniforms_of(
    program: &Program<'_>,
    operation: &Operation,
    step: usize,
    arena: &Arena,
    block: u64,
) -> Option<Vec<f64>> {
    let (Operation::Number { draw: Draw::Stream(stream), .. } | Operation::Date { draw: Draw::Stream(stream), .. }) =
        operation
    else {
        return None;
    };
    Some(program.uniforms(step, 0, *stream, arena, block))
}
