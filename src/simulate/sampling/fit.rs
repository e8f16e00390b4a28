//! A proposal fitted to weighted worlds: the member of the family that is nearest to them in cross-entropy.
//!
//! For rows of chances and cells of a uniform that is the weighted share of each outcome (Rubinstein & Kroese 2004, The Cross-Entropy
//! Method, ch. 2 and 3). Only what differs from the plan beyond what chance explains is tilted: each tilt costs weight elsewhere.

use super::pilot::Block;
use super::{Proposal, Tilt, is_known};
use crate::math::ln;
use crate::plan::{Chance, DateEvidence, Draw, Operation, Plan, PlaneId, Probabilities, Row, Step, StreamId, Touched};
use crate::simulate::block::both;
use crate::simulate::kernel::categorical::Options;
use crate::simulate::kernel::evidence::sum_where;
use crate::simulate::kernel::tilted::{Bins, edges};
use crate::simulate::program::Program;
use std::collections::BTreeSet;

/// Weighted worlds of a pilot.
pub(super) struct Weighted<'a> {
    pub(super) plan: &'a Plan,
    pub(super) program: &'a Program<'a>,
    pub(super) blocks: &'a [Block],
    /// For each block.
    pub(super) weights: &'a [Vec<f64>],
    /// How many equally weighted worlds they are worth.
    pub(super) effective: f64,
    /// The share of a cell that goes to each of its neighbours.
    pub(super) spread: f64,
}

impl Weighted<'_> {
    /// The proposal nearest to these worlds over the steps that matter.
    pub(super) fn fit(&self, matters: &[bool]) -> Proposal {
        let total: f64 = self.weights.iter().flatten().sum();
        let unit = self.effective / total;
        let steps = self.plan.steps.iter().zip(matters).enumerate();
        let tilts = steps
            .map(|(at, (step, matters))| if *matters { self.tilt(at, &step.operation, unit) } else { None })
            .collect();
        Proposal { tilts }
    }

    fn tilt(&self, at: usize, operation: &Operation, unit: f64) -> Option<Tilt> {
        match operation {
            Operation::Bernoulli { out, draw: Draw::Stream(_), rows, evidence: None } => {
                let fitted = rows.iter().map(|row| {
                    let chance = row.value.predictive;
                    let counts = self.counts(row.mask, &[*out], unit);
                    shares(&[counts.1 - counts.0[0], counts.0[0]], &[1.0 - chance, chance]).map(|fitted| fitted[1])
                });
                some(fitted.collect()).map(Tilt::Chances)
            }
            Operation::Categorical { out, draw: Draw::Stream(_), rows, evidence: None } => {
                let fitted = rows.iter().map(|row| {
                    let counts = self.counts(row.mask, out, unit);
                    shares(&counts.0, &row.value.predictive).map(Options::new)
                });
                some(fitted.collect()).map(Tilt::Options)
            }
            Operation::Number { draw: Draw::Stream(stream), evidence: None, .. }
            | Operation::Date {
                draw: Draw::Stream(stream), evidence: None | Some((DateEvidence::NotBy(_), _)), ..
            } => some(vec![self.bins(at, 0, *stream, unit)]).map(Tilt::Uniforms),
            Operation::CorrelatedUniforms { streams, .. } => {
                let members = streams.iter().enumerate();
                some(members.map(|(member, stream)| self.bins(at, member, *stream, unit)).collect()).map(Tilt::Uniforms)
            }
            _ => None,
        }
    }

    /// In effective worlds: how many hold in each column, and how many there are.
    fn counts(&self, mask: Option<PlaneId>, planes: &[PlaneId], unit: f64) -> (Vec<f64>, f64) {
        let mut counts = vec![0.0; planes.len()];
        let mut all = 0.0;
        for (block, weights) in self.blocks.iter().zip(self.weights) {
            let mask = block.arena.mask_of(mask);
            all += unit * sum_where(weights, mask);
            for (count, plane) in counts.iter_mut().zip(planes) {
                *count += unit * sum_where(weights, &both(mask, block.arena.plane(*plane)));
            }
        }
        (counts, all)
    }

    fn bins(&self, at: usize, member: usize, stream: StreamId, unit: f64) -> Option<Bins> {
        let edges = edges();
        let widths: Vec<f64> = edges.windows(2).map(|ends| ends[1] - ends[0]).collect();
        let flat = Bins::new(&widths)?;
        let mut counts = vec![0.0; widths.len()];
        for (block, weights) in self.blocks.iter().zip(self.weights) {
            let uniforms = self.program.uniforms(at, member, stream, &block.arena, block.number);
            for (uniform, weight) in uniforms.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
                counts[flat.bin_of(*uniform)] += unit * weight;
            }
        }
        let fitted = shares(&counts, &widths)?;
        let neighbour = |at: usize| fitted.get(at).copied().unwrap_or(0.0);
        let spread: Vec<f64> = (0..fitted.len())
            .map(|at| {
                (1.0 - 2.0 * self.spread) * fitted[at]
                    + self.spread * (neighbour(at.wrapping_sub(1)) + neighbour(at + 1))
            })
            .collect();
        Bins::new(&with_background(&spread, BACKGROUND))
    }
}

/// The share of a proposal over a uniform that reaches every cell alike, so that none with a part in the target is left out unnoticed.
const BACKGROUND: f64 = 0.05;

fn with_background(masses: &[f64], share: f64) -> Vec<f64> {
    let total: f64 = masses.iter().sum();
    let each = share / masses.len() as f64;
    masses.iter().map(|mass| (1.0 - share) * mass / total + each).collect()
}

/// The rows, if any of them is tilted.
fn some<T>(rows: Vec<Option<T>>) -> Option<Vec<Option<T>>> {
    rows.iter().any(Option::is_some).then_some(rows)
}

/// Shares from counts; `None` if they differ from the chances no more than chance explains. A likelihood-ratio test at about four standard
/// deviations of its distribution.
fn shares(counts: &[f64], chances: &[f64]) -> Option<Vec<f64>> {
    let all: f64 = counts.iter().sum();
    if all < 5.0 {
        return None;
    }
    let (mut ratio, mut cells) = (0.0, 0.0);
    for (count, chance) in counts.iter().zip(chances) {
        if *count > 0.0 && *chance > 0.0 {
            ratio += 2.0 * count * ln(count / (all * chance));
        }
        cells += f64::from(u8::from(*count >= 0.5 || all * chance >= 1.0));
    }
    let freedom = (cells - 1.0).max(1.0);
    if ratio < freedom + 4.0 * (2.0 * freedom).sqrt() {
        return None;
    }
    Some(counts.iter().zip(chances).map(|(count, chance)| (count.max(0.0) + chance) / (all + 1.0)).collect())
}

/// The plan's own chances, with more of what is rare where it matters, so that worlds see it at all.
pub(super) fn flattened(plan: &Plan, matters: &[bool]) -> Proposal {
    let members_that_matter =
        plan.steps.iter().zip(matters).map(|(step, matters)| if *matters { members(&step.operation) } else { 0 });
    let uniforms: usize = members_that_matter.sum();
    let flat: Vec<f64> = edges().windows(2).map(|ends| ends[1] - ends[0]).collect();
    let bins = Bins::new(&with_background(&flat, 0.3 / uniforms.max(1) as f64));
    let tilts = plan.steps.iter().zip(matters).map(|(step, matters)| {
        let members = members(&step.operation);
        (*matters && members > 0).then(|| Tilt::Uniforms(vec![bins.clone(); members]))
    });
    raised(plan, matters, &Proposal { tilts: tilts.collect() })
}

/// What is raised of an option that can happen, unless so many are that [`MOST_RAISED`] says less.
const LEAST: f64 = 0.02;

/// Of this many raised options a world has one.
const MOST_RAISED: f64 = 0.25;

/// The same proposal, with no option that can happen left rare where it matters. Worlds that agree best with what is known may need an
/// option that no pilot has seen; without this the few that have it would weigh so much that a run without them does not know what it
/// misses (the cutoff of Yuan & Druzdzel 2006, Math. Comput. Modelling 43, 1189–1207, shared out so that few worlds pay for it).
pub(super) fn raised(plan: &Plan, matters: &[bool], proposal: &Proposal) -> Proposal {
    let below = |chance: &f64| *chance > 0.0 && *chance < LEAST;
    // Each world has one row of a step.
    let rare: usize = each_row(plan, matters, proposal)
        .iter()
        .map(|rows| rows.iter().map(|row| row.iter().filter(|chance| below(chance)).count()).max().unwrap_or(0))
        .sum();
    let least = LEAST.min(MOST_RAISED / rare.max(1) as f64);
    let tilts = each_row(plan, matters, proposal).into_iter().zip(&plan.steps).enumerate().map(|(at, (rows, step))| {
        if rows.is_empty() {
            return proposal.tilts.get(at).cloned().flatten();
        }
        let raise = |row: Vec<f64>| {
            let raised: Vec<f64> =
                row.iter().map(|chance| if *chance > 0.0 { chance.max(least) } else { 0.0 }).collect();
            let sum: f64 = raised.iter().sum();
            (raised != row).then(|| raised.iter().map(|chance| chance / sum).collect::<Vec<f64>>())
        };
        let kept = proposal.tilts.get(at).and_then(Option::as_ref);
        if let Operation::Bernoulli { .. } = step.operation {
            let kept = |row: usize| if let Some(Tilt::Chances(rows)) = kept { rows[row] } else { None };
            let raise = |(at, row)| raise(row).map(|row| row[1]).or(kept(at));
            some(rows.into_iter().enumerate().map(raise).collect()).map(Tilt::Chances)
        } else {
            let kept = |row: usize| if let Some(Tilt::Options(rows)) = kept { rows[row].clone() } else { None };
            let raise = |(at, row)| raise(row).map(Options::new).or_else(|| kept(at));
            some(rows.into_iter().enumerate().map(raise).collect()).map(Tilt::Options)
        }
    });
    Proposal { tilts: tilts.collect() }
}

/// For each step the chances that a proposal has in each row, no and yes being two; none for a step that does not matter, or is not drawn
/// by chances.
fn each_row(plan: &Plan, matters: &[bool], proposal: &Proposal) -> Vec<Vec<Vec<f64>>> {
    let steps = plan.steps.iter().zip(matters).enumerate();
    let of = |(at, (step, matters)): (usize, (&Step, &bool))| match (&step.operation, proposal.tilt(at)) {
        (Operation::Bernoulli { draw: Draw::Stream(_), rows, evidence: None, .. }, tilt) if *matters => {
            let tilted = |row: usize| if let Some(Tilt::Chances(rows)) = tilt { rows[row] } else { None };
            let chance = |(at, row): (usize, &Row<Chance>)| tilted(at).unwrap_or(row.value.predictive);
            rows.iter().enumerate().map(chance).map(|chance| vec![1.0 - chance, chance]).collect()
        }
        (Operation::Categorical { draw: Draw::Stream(_), rows, evidence: None, .. }, tilt) if *matters => {
            let tilted = |row: usize| if let Some(Tilt::Options(rows)) = tilt { rows[row].as_ref() } else { None };
            let chances = |(at, row): (usize, &Row<Probabilities>)| {
                tilted(at).map_or_else(|| row.value.predictive.clone(), |options| options.probabilities.clone())
            };
            rows.iter().enumerate().map(chances).collect()
        }
        _ => Vec::new(),
    };
    steps.map(of).collect()
}

/// How many uniforms of a step can be tilted.
fn members(operation: &Operation) -> usize {
    match operation {
        Operation::Number { draw: Draw::Stream(_), evidence: None, .. }
        | Operation::Date { draw: Draw::Stream(_), evidence: None | Some((DateEvidence::NotBy(_), _)), .. } => 1,
        Operation::CorrelatedUniforms { streams, .. } => streams.len(),
        _ => 0,
    }
}

/// Which steps what is known depends on.
pub(crate) fn behind_what_is_known(plan: &Plan) -> Vec<bool> {
    let (mut planes, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    let mut matters = vec![false; plan.steps.len()];
    for (step, matters) in plan.steps.iter().zip(&mut matters).rev() {
        let columns = Touched::by(&step.operation);
        let is_read = columns.planes_out.iter().any(|plane| planes.contains(plane))
            || columns.numbers_out.iter().any(|number| numbers.contains(number));
        if is_read || is_known(&step.operation) {
            *matters = true;
            planes.extend(columns.planes_in);
            numbers.extend(columns.numbers_in);
        }
    }
    matters
}
