//! How the variance of an outcome is shared between what happens by chance: the outcome, a function of what each event is drawn by.
//!
//! What an event is drawn by is new with it: a share is what the event adds, beside what it hands on from those that it depends on. So the shares of a file
//! of independent numbers and one formula are the Sobol indices of the formula. Members of a correlated group hang together, and share what they
//! have in common by the Shapley rule.

use super::shares::{Mixture, Twice};
use crate::math::{Cholesky, SplitMix};
use crate::model::Model;
use crate::plan::{Draw, Operation, Plan, StreamId};
use crate::simulate::Worlds;
use ndarray::Array2;
use std::collections::{BTreeMap, BTreeSet};

/// The outcome of a plan in each world, as a function of what its events are drawn by.
#[derive(Debug)]
pub(super) struct OfEvents<'a> {
    plan: &'a Plan,
    worlds: Worlds<'a>,
    /// The names of what is drawn.
    pub(super) names: Vec<String>,
    /// For each stream of the plan, whose it is; none of what does not bear on the outcome.
    owners: Vec<Option<usize>>,
    /// The correlated groups: for each the step, its members, and their correlation.
    groups: Vec<(usize, Vec<usize>, Array2<f64>)>,
    seeds: [u64; 2],
    blocks: u64,
}

/// Why the shares cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotFinite;

impl<'a> OfEvents<'a> {
    /// For a plan without anything that is known, pruned to what bears on its ask.
    pub(super) fn new(model: &Model, plan: &'a Plan, seed: u64, blocks: u64) -> Self {
        let mut streams: BTreeSet<u32> = BTreeSet::new();
        for step in &plan.steps {
            visit_streams(&step.operation, &mut |stream| {
                streams.insert(stream.0);
            });
        }
        let mut names: Vec<String> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut owners = vec![None; plan.streams.len()];
        for stream in streams {
            let name = owner(model, &plan.streams[stream as usize]);
            let at = *known.entry(name.clone()).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            });
            owners[stream as usize] = Some(at);
        }
        let mut groups = Vec::new();
        for (at, step) in plan.steps.iter().enumerate() {
            if let Operation::CorrelatedUniforms { streams, factor, .. } = &step.operation {
                let members = streams.iter().filter_map(|stream| owners[stream.0 as usize]).collect();
                groups.push((at, members, factor.dot(&factor.t())));
            }
        }
        let other = SplitMix::new(seed).next_u64();
        Self { plan, worlds: Worlds::new(plan), names, owners, groups, seeds: [seed, other], blocks }
    }

    /// The plan with its correlated draws made one given those before it, in an order.
    fn ordered(&self, order: &[usize]) -> Plan {
        let mut plan = self.plan.clone();
        for (step, members, correlation) in &self.groups {
            let mut places: Vec<usize> = (0..members.len()).collect();
            places.sort_by_key(|place| order.iter().position(|input| *input == members[*place]));
            let permuted: Vec<f64> =
                places.iter().flat_map(|row| places.iter().map(|column| correlation[[*row, *column]])).collect();
            let Operation::CorrelatedUniforms { out, streams, factor } = &mut plan.steps[*step].operation else {
                continue;
            };
            // A matrix that was factored before can be in any order, unless it is singular to rounding: then it stays as it is.
            if let Some(lower) = Cholesky::new(places.len(), &permuted) {
                *out = places.iter().map(|place| out[*place]).collect();
                *streams = places.iter().map(|place| streams[*place]).collect();
                let at = |(row, column): (usize, usize)| if column <= row { lower.row(row)[column] } else { 0.0 };
                *factor = Array2::from_shape_fn((places.len(), places.len()), at);
            }
        }
        plan
    }
}

impl Mixture for OfEvents<'_> {
    type Failure = NotFinite;

    fn inputs(&self) -> usize {
        self.names.len()
    }

    fn hangs_together(&self, input: usize) -> bool {
        self.groups.iter().any(|(_, members, _)| members.contains(&input))
    }

    fn values(&self, replicate: u64, order: &[usize], second: &[bool]) -> Result<Twice, NotFinite> {
        let of = |owner: &Option<usize>| self.seeds[usize::from(owner.is_some_and(|owner| second[owner]))];
        let seeds: Vec<u64> = self.owners.iter().map(of).collect();
        let blocks = replicate * self.blocks..(replicate + 1) * self.blocks;
        let outcomes = if self.groups.is_empty() {
            self.worlds.outcomes(self.plan, &seeds, blocks)
        } else {
            self.worlds.outcomes(&self.ordered(order), &seeds, blocks)
        };
        outcomes.map(Twice::exactly).ok_or(NotFinite)
    }
}

/// Whose a stream is: the event that it is named after, or the input that several events are drawn by.
fn owner(model: &Model, stream: &str) -> String {
    let of_event =
        |event: &str| stream == event || stream.strip_prefix(event).is_some_and(|rest| rest.starts_with('/'));
    let found = model.events.iter().map(|event| event.name.as_str()).filter(|event| of_event(event));
    match found.max_by_key(|event| event.len()) {
        Some(event) if !stream.ends_with("/value") => event.to_owned(),
        // A doubtful chance that several draws share.
        Some(event) => format!("{event}: its doubt"),
        None => stream.strip_suffix("/value").unwrap_or(stream).to_owned(),
    }
}

fn visit_streams(operation: &Operation, visit: &mut dyn FnMut(StreamId)) {
    match operation {
        Operation::Bernoulli { draw: Draw::Stream(stream), .. }
        | Operation::Categorical { draw: Draw::Stream(stream), .. }
        | Operation::Number { draw: Draw::Stream(stream), .. } => visit(*stream),
        Operation::Date { draw, rows, .. } => {
            if let Draw::Stream(stream) = draw {
                visit(*stream);
            }
            rows.iter().filter_map(|row| row.value.scale).for_each(|scale| visit(scale.stream));
        }
        Operation::CorrelatedUniforms { streams, .. } => streams.iter().for_each(|stream| visit(*stream)),
        _ => {}
    }
}
