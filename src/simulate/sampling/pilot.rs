//! A few blocks beforehand: whether weighting is good enough, and if not, a proposal fitted in rounds.
//!
//! If too few worlds agree with what is known, a round is fitted to a softened target,
//!
//! ```text
//! f(x) L(x)^min(s, 1) exp(-10 s v(x))
//! ```
//!
//! with the likelihood `L` of what is known and the distance `v` from what is required; `s` is as large as leaves a thousand effective
//! worlds. So rare conditions are neared level by level (Rubinstein & Kroese 2004, section 3.3; the softened steps are those of annealed
//! importance sampling: Neal 2001, Statistics and Computing 11, 125–139).

use super::Proposal;
use super::fit::{Weighted, behind_what_is_known, flattened, raised};
use super::margin::Margins;
use crate::math::{exp, ln};
use crate::plan::{Operation, Plan};
use crate::simulate::block::{Arena, WORLDS_PER_BLOCK, count};
use crate::simulate::kernel::evidence::sum_where;
use crate::simulate::program::Program;
use rayon::prelude::*;

/// No main run has so many blocks.
const FIRST_BLOCK: u64 = 1 << 48;
const BLOCKS: u64 = 8;
const ROUNDS: u64 = 48;
/// Effective worlds that a round is fitted to.
const ENOUGH: f64 = 1000.0;
/// Rounds with the true target.
const REFINEMENTS: usize = 3;
/// Weighting whose worlds are worth as much each is left alone.
const GOOD_SHARE: f64 = 0.1;
/// A proposal must be so many times better, since its worlds take longer to draw.
const WORTH_IT: f64 = 3.0;
/// How steeply the distance from what is required counts.
const STEEPNESS: f64 = 10.0;

/// A block of a pilot that has run.
pub(super) struct Block {
    pub(super) number: u64,
    pub(super) arena: Arena,
    ratio: Vec<f64>,
    log_likelihood: Vec<f64>,
    violation: Vec<f64>,
}

/// The fitted proposal; `None` if worlds drawn as planned do as well, or no proposal was found. `always` takes any that is found.
pub(super) fn proposal(plan: &Plan, seed: u64, always: bool) -> Option<Proposal> {
    let matters = behind_what_is_known(plan);
    let mut margins = Margins::new(plan);
    let mut proposal = Proposal::default();
    let mut best = (0.0, Proposal::default());
    let (mut as_planned, mut refined) = (0.0, 0);
    for round in 0..ROUNDS {
        let current = proposal.clone();
        let drawn_from = Some(&current).filter(|proposal| !proposal.is_plain());
        let program = Program::new(plan, seed, None, &[]).tilted_to(seed, drawn_from).for_a_pilot();
        let first = FIRST_BLOCK + round * BLOCKS;
        let mut blocks: Vec<Block> = (first..first + BLOCKS)
            .into_par_iter()
            .map(|number| run(plan, &program, number, drawn_from.is_some()))
            .collect();
        if round == 0 {
            margins.measure(&blocks[0].arena);
        }
        blocks.par_iter_mut().for_each(|block| look(block, &margins, &program));
        let weights = true_weights(&blocks);
        let effective = effective(&weights);
        if round == 0 {
            as_planned = effective;
            if !always && effective >= GOOD_SHARE * (BLOCKS as usize * WORLDS_PER_BLOCK) as f64 {
                return None;
            }
        }
        if effective > best.0 {
            best = (effective, current.clone());
        }
        let enough = effective >= ENOUGH;
        refined += usize::from(enough);
        if refined > REFINEMENTS {
            break;
        }
        if round == 0 && !enough {
            proposal = flattened(plan, &matters);
            if !proposal.is_plain() {
                continue;
            }
        }
        let weights = if enough { weights } else { softened(&blocks) };
        let worth = self::effective(&weights);
        if worth <= 0.0 {
            break;
        }
        let spread = if enough { 0.01 } else { 0.1 };
        let weighted =
            Weighted { plan, program: &program, blocks: &blocks, weights: &weights, effective: worth, spread };
        proposal = raised(plan, &matters, &weighted.fit(&matters));
    }
    let good = always || best.0 > WORTH_IT * as_planned;
    (good && !best.1.is_plain()).then_some(best.1)
}

/// What the worlds of a pilot that agree with what is known weigh on average, drawn as planned; 0 if none agrees. What is known of dates is
/// left out of it.
pub(super) fn usual_weight(plan: &Plan, seed: u64) -> f64 {
    let mut without_dates = plan.clone();
    for step in &mut without_dates.steps {
        if let Operation::Date { evidence, .. } = &mut step.operation {
            *evidence = None;
        }
    }
    let plan = &without_dates;
    let program = Program::new(plan, seed, None, &[]);
    let masses: Vec<(f64, u64)> = (FIRST_BLOCK..FIRST_BLOCK + BLOCKS)
        .into_par_iter()
        .map(|number| {
            let mut arena = Arena::new(plan);
            program.run(&mut arena, number, WORLDS_PER_BLOCK);
            (sum_where(&arena.weights, &arena.mask), count(&arena.mask))
        })
        .collect();
    let (weight, worlds) = masses.iter().fold((0.0, 0), |sum, more| (sum.0 + more.0, sum.1 + more.1));
    if worlds > 0 { weight / worlds as f64 } else { 0.0 }
}

fn run(plan: &Plan, program: &Program<'_>, number: u64, tilted: bool) -> Block {
    let mut arena = Arena::new(plan);
    program.run(&mut arena, number, WORLDS_PER_BLOCK);
    let ratio = (0..WORLDS_PER_BLOCK).map(|world| if tilted { arena.tilting.factor(world) } else { 1.0 }).collect();
    Block { number, arena, ratio, log_likelihood: Vec::new(), violation: Vec::new() }
}

fn look(block: &mut Block, margins: &Margins<'_>, program: &Program<'_>) {
    block.violation = margins.violations(program, &block.arena, block.number);
    block.log_likelihood =
        block.arena.weights.iter().map(|weight| if *weight > 0.0 { ln(*weight) } else { 0.0 }).collect();
    for (violation, weight) in block.violation.iter_mut().zip(&block.arena.weights) {
        if *weight <= 0.0 {
            *violation += 1.0;
        }
    }
}

/// Those of the worlds that agree with everything known.
fn true_weights(blocks: &[Block]) -> Vec<Vec<f64>> {
    weights(blocks, |violation, log_likelihood| if violation > 0.0 { f64::NEG_INFINITY } else { log_likelihood })
}

fn weights(blocks: &[Block], log_target: impl Fn(f64, f64) -> f64 + Sync) -> Vec<Vec<f64>> {
    let logs: Vec<Vec<f64>> = blocks
        .par_iter()
        .map(|block| {
            let pairs = block.violation.iter().zip(&block.log_likelihood);
            pairs.map(|(violation, likelihood)| log_target(*violation, *likelihood)).collect()
        })
        .collect();
    let largest = logs.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return logs.iter().map(|block| vec![0.0; block.len()]).collect();
    }
    logs.par_iter()
        .zip(blocks)
        .map(|(logs, block)| logs.iter().zip(&block.ratio).map(|(log, ratio)| ratio * exp(log - largest)).collect())
        .collect()
}

fn effective(weights: &[Vec<f64>]) -> f64 {
    let (mut sum, mut square) = (0.0, 0.0);
    for weight in weights.iter().flatten() {
        sum += weight;
        square += weight * weight;
    }
    if square > 0.0 { sum * sum / square } else { 0.0 }
}

/// The softened target that leaves just enough effective worlds.
fn softened(blocks: &[Block]) -> Vec<Vec<f64>> {
    let at = |log_sharpness: f64| {
        let sharpness = exp(log_sharpness);
        weights(blocks, |violation, likelihood| sharpness.min(1.0) * likelihood - STEEPNESS * sharpness * violation)
    };
    at(sharpest(|log_sharpness| effective(&at(log_sharpness)) >= ENOUGH))
}

/// The logarithm of the largest sharpness that leaves enough; the smallest of all if none does.
///
/// Effective worlds need not fall with the sharpness: of worlds that the likelihood weighs unevenly, what is required may leave those that weigh alike.
/// So stretches are tried from the sharp end, and the first that begins with enough is halved. Where effective worlds fall, that is what halving
/// the whole comes to.
fn sharpest(is_enough: impl Fn(f64) -> bool) -> f64 {
    const ENDS: (f64, f64) = (-20.0, 20.0);
    const STRETCHES: u32 = 16;
    const HALVINGS: usize = 12;
    let width = (ENDS.1 - ENDS.0) / f64::from(STRETCHES);
    let start = |stretch: u32| ENDS.0 + width * f64::from(stretch);
    let found = (1..STRETCHES).rev().find(|stretch| is_enough(start(*stretch))).unwrap_or(0);
    let (mut soft, mut sharp) = (start(found), start(found + 1));
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(soft, sharp);
        *(if is_enough(middle) { &mut soft } else { &mut sharp }) = middle;
    }
    soft
}

#[cfg(test)]
mod tests {
    use super::sharpest;

    /// Where effective worlds fall with the sharpness, halving the whole sixteen times finds the same bits.
    #[test]
    fn the_sharpest_that_leaves_enough_is_found_as_by_halving() {
        for bound in [-25.0, -20.0, -19.3, -7.5, -1.234_567, 0.0, 0.1, 3.99, 12.5, 17.6, 19.999, 25.0] {
            let (mut soft, mut sharp) = (-20.0, 20.0);
            for _ in 0..16 {
                let middle = f64::midpoint(soft, sharp);
                *(if middle <= bound { &mut soft } else { &mut sharp }) = middle;
            }
            let found = sharpest(|sharpness| sharpness <= bound);
            assert_eq!(found.to_bits(), soft.to_bits(), "{bound}: {found} is not {soft}");
        }
    }

    /// Enough below -5 and from 2 to 6: halving the whole looks at 0 first and stays below -5.
    #[test]
    fn a_gap_on_the_way_is_passed_from_the_sharp_end() {
        let found = sharpest(|sharpness| sharpness <= -5.0 || (2.0..=6.0).contains(&sharpness));
        assert!((found - 6.0).abs() < 1e-3 && found <= 6.0, "{found}");
        assert!((sharpest(|_| false) + 20.0).abs() < 1e-12);
    }
}
