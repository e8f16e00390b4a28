//! How the doubt about a figure is shared between the inputs: the variance of the figure, a function of all priors, by each of them.
//!
//! Where the figure is computed for each draw of the inputs, there is no noise. Where it is simulated, each draw has worlds of its own, in two halves; all
//! mixtures of that draw run in the same worlds.

use super::bench::Bench;
use super::lattice::lattice;
use super::parameters::{Value, at_levels, drawn, fixed, uniforms};
use super::shares::{Mixture, Twice};
use crate::error::Error;
use crate::plan::{ParameterId, Plan, Prior};
use crate::simulate::Worlds;

/// The figure of a plan as a function of its doubtful inputs.
#[derive(Debug)]
pub(super) struct OfInputs<'a> {
    pub(super) plan: &'a Plan,
    /// The inputs that are shared between.
    pub(super) inputs: &'a [ParameterId],
    pub(super) bench: Bench,
    pub(super) worlds: Worlds<'a>,
    /// Draws of each replicate.
    pub(super) points: usize,
    /// Blocks of worlds for each half of a draw.
    pub(super) blocks: u64,
    /// Whether figures are computed.
    pub(super) computed: bool,
}

impl OfInputs<'_> {
    /// For each input, where its uniforms begin.
    fn starts(&self) -> (Vec<usize>, usize) {
        let mut next = 0;
        let starts = self
            .inputs
            .iter()
            .map(|id| {
                let start = next;
                next += uniforms(&self.plan.parameters[id.0 as usize].prior);
                start
            })
            .collect();
        (starts, next)
    }
}

impl Mixture for OfInputs<'_> {
    type Failure = Error;

    fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// A member of a class is drawn as the chance of its class and its own departure from it, which are independent.
    fn hangs_together(&self, _: usize) -> bool {
        false
    }

    fn values(&self, replicate: u64, _: &[usize], second: &[bool]) -> Result<Twice, Error> {
        let (starts, width) = self.starts();
        let columns = lattice(self.points, 2 * width, self.bench.settings.seed, replicate);
        let level = |column: usize, point: usize| columns[column][point];
        let mut twice = Twice { one: Vec::with_capacity(self.points), other: Vec::new() };
        for point in 0..self.points {
            let mut classes: Vec<Option<f64>> = Vec::with_capacity(self.plan.parameters.len());
            let values = drawn(self.plan, |id, prior| {
                let class = match prior {
                    Prior::Member { class, .. } => classes[class.0 as usize],
                    _ => None,
                };
                let value = match self.inputs.iter().position(|input| *input == id) {
                    None => Value::Probability(f64::NAN),
                    Some(at) => {
                        let from = starts[at] + if second[at] { width } else { 0 };
                        let levels: Vec<f64> = (0..uniforms(prior)).map(|place| level(from + place, point)).collect();
                        at_levels(prior, &levels, class)
                    }
                };
                classes.push(if let Value::Probability(value) = value { Some(value) } else { None });
                value
            });
            let plan = fixed(self.plan, &values);
            if self.computed {
                let value = self.bench.computed(&plan)?.ok_or_else(|| Error::input("the figure cannot be computed"))?;
                twice.one.push(value);
                continue;
            }
            let first = 2 * self.blocks * (replicate * self.points as u64 + point as u64);
            let half = |from: u64| {
                self.worlds.mean(&plan, self.bench.settings.seed, from..from + self.blocks).ok_or_else(too_rare)
            };
            twice.one.push(half(first)?);
            twice.other.push(half(first + self.blocks)?);
        }
        Ok(twice)
    }
}

fn too_rare() -> Error {
    Error::input("what is known is too rare for the doubt to be shared out by simulation")
        .help("allow more worlds with --worlds")
}
