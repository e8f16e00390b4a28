//! Jeffrey's rule: worlds reweighted so that some conditions have stated probabilities.
//!
//! The worlds fall into patterns, by which of the believed conditions hold in them. Iterative proportional fitting finds one factor
//! for each pattern such that every condition has its probability; among all distributions that do, the result is the nearest to the
//! one without beliefs in the sense of Kullback and Leibler. For a single condition it is Jeffrey's rule: within the
//! worlds where it holds, and within the others, nothing changes.
//!
//! Sources: Jeffrey (1965), The Logic of Decision, ch. 11; Csiszár (1975), Ann. Probab. 3, 146–158.

use super::Impossible;
use super::block::Arena;
use super::forest::Combine;
use super::kernel::evidence;
use super::passes::Gather;
use super::program::believed;
use super::tally::{Mass, Weights};
use crate::plan::{FindingId, Operation, Plan};
use std::collections::BTreeSet;

/// More beliefs at once have too many patterns to count.
pub const MOST_BELIEFS: usize = 12;

const TOLERANCE: f64 = 1e-12;
const MOST_SWEEPS: usize = 10_000;

/// One belief of a plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Belief {
    /// Of the condition.
    pub(crate) probability: f64,
    /// Named.
    pub(crate) finding: FindingId,
}

/// The beliefs of a plan, in order.
#[must_use]
pub(crate) fn beliefs(plan: &Plan) -> Vec<Belief> {
    plan.steps
        .iter()
        .filter_map(|step| match step.operation {
            Operation::Believe { probability, finding, .. } => Some(Belief { probability, finding }),
            _ => None,
        })
        .collect()
}

/// How much the worlds of each pattern weigh.
#[derive(Debug, Clone)]
pub(crate) struct Patterns {
    /// Bit `j` of the index: whether condition `j` holds.
    pub(crate) masses: Vec<f64>,
    /// All of them.
    pub(crate) total: Mass,
    scratch: Vec<u16>,
}

impl Patterns {
    /// Nothing yet, of so many beliefs.
    #[must_use]
    pub(crate) fn new(beliefs: usize) -> Self {
        Self {
            masses: vec![0.0; 1 << beliefs],
            total: Mass::default(),
            scratch: vec![0; super::block::WORLDS_PER_BLOCK],
        }
    }
}

impl Combine for Patterns {
    fn combine(&mut self, later: &mut Self) {
        self.total.add(later.total);
        for (mass, later) in self.masses.iter_mut().zip(&later.masses) {
            *mass += *later;
        }
    }
}

impl Gather for Patterns {
    fn clear(&mut self) {
        self.total = Mass::default();
        self.masses.fill(0.0);
    }

    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        self.total.add(Mass::of(&arena.mask, weights));
        evidence::patterns(believed(plan).map(|plane| arena.plane(plane)), &mut self.scratch);
        super::block::for_each_world(&arena.mask, |world| {
            self.masses[usize::from(self.scratch[world])] += weights.map_or(1.0, |weights| weights.weights[world]);
        });
    }
}

/// One factor for each pattern, such that every belief is met and the total weight stays what it was.
pub(crate) fn fit(plan: &Plan, masses: &[f64], beliefs: &[Belief]) -> Result<Vec<f64>, Impossible> {
    let total: f64 = masses.iter().sum();
    let mut factors = vec![1.0; masses.len()];
    let share = |factors: &[f64], place: usize| {
        let holds = |pattern: usize| (pattern >> place) & 1 == 1;
        let (mut yes, mut no) = (0.0, 0.0);
        for (pattern, (mass, factor)) in masses.iter().zip(factors).enumerate() {
            *(if holds(pattern) { &mut yes } else { &mut no }) += mass * factor;
        }
        (yes / total, no / total)
    };
    let unreachable = |belief: &Belief, reached: f64| Impossible::Belief {
        finding: belief.finding.0 as usize,
        name: plan.findings[belief.finding.0 as usize].clone(),
        probability: belief.probability,
        reached,
    };
    for _ in 0..MOST_SWEEPS {
        for (place, belief) in beliefs.iter().enumerate() {
            let (yes, no) = share(&factors, place);
            let ratio = |wanted: f64, present: f64| match (wanted > 0.0, present > 0.0) {
                (true, true) => Some(wanted / present),
                (true, false) => None,
                (false, _) => Some(0.0),
            };
            let (Some(for_yes), Some(for_no)) = (ratio(belief.probability, yes), ratio(1.0 - belief.probability, no))
            else {
                return Err(unreachable(belief, yes / (yes + no)));
            };
            for (pattern, factor) in factors.iter_mut().enumerate() {
                *factor *= if (pattern >> place) & 1 == 1 { for_yes } else { for_no };
            }
        }
        let off = |place: usize| (share(&factors, place).0 - beliefs[place].probability).abs();
        if (0..beliefs.len()).all(|place| off(place) <= TOLERANCE) {
            return Ok(factors);
        }
    }
    let reached = |place: usize| share(&factors, place).0;
    let worst = (0..beliefs.len())
        .max_by(|left, right| {
            let off = |place: usize| (reached(place) - beliefs[place].probability).abs();
            off(*left).total_cmp(&off(*right))
        })
        .expect("there is a belief that is not met");
    Err(unreachable(&beliefs[worst], reached(worst)))
}

/// The same where other evidence follows a belief: the beliefs of each stage in turn are fitted to what the worlds of each pattern weigh by all that was
/// known then, which `masses_at` says, and by the factors before them. Beliefs of earlier stages keep what evidence has made of
/// their probabilities since.
pub(crate) fn fit_in_order<E: From<Impossible>>(
    plan: &Plan,
    beliefs: &[Belief],
    masses_at: &mut dyn FnMut(u32) -> Result<Vec<f64>, E>,
) -> Result<Vec<f64>, E> {
    let mut factors = vec![1.0; 1 << beliefs.len()];
    let stages: BTreeSet<u32> = beliefs.iter().map(|belief| plan.stage(belief.finding)).collect();
    for stage in stages {
        let mut masses = masses_at(stage)?;
        masses.iter_mut().zip(&factors).for_each(|(mass, factor)| *mass *= factor);
        let total: f64 = masses.iter().sum();
        let held = |place: usize| -> f64 {
            masses.iter().enumerate().filter(|(pattern, _)| (pattern >> place) & 1 == 1).map(|(_, mass)| mass).sum()
        };
        // Beliefs stand in the order of their stages.
        let wanted: Vec<Belief> = beliefs
            .iter()
            .enumerate()
            .take_while(|(_, belief)| plan.stage(belief.finding) <= stage)
            .map(|(place, belief)| {
                let is_new = plan.stage(belief.finding) == stage;
                let probability = if is_new { belief.probability } else { (held(place) / total).clamp(0.0, 1.0) };
                Belief { probability, ..*belief }
            })
            .collect();
        let more = fit(plan, &masses, &wanted)?;
        factors.iter_mut().zip(more).for_each(|(factor, more)| *factor *= more);
    }
    Ok(factors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan { findings: vec!["first".to_owned(), "second".to_owned()], ..Plan::default() }
    }

    fn belief(finding: u32, probability: f64) -> Belief {
        Belief { probability, finding: FindingId(finding) }
    }

    #[test]
    fn a_single_belief_is_jeffreys_rule() {
        let factors = fit(&plan(), &[70.0, 30.0], &[belief(0, 0.6)]).unwrap();
        assert!((factors[0] - 0.4 / 0.7).abs() < 1e-14 && (factors[1] - 2.0).abs() < 1e-14);
    }

    #[test]
    fn two_beliefs_are_met_and_keep_the_odds_ratio() {
        let masses = [40.0, 10.0, 20.0, 30.0];
        let factors = fit(&plan(), &masses, &[belief(0, 0.7), belief(1, 0.2)]).unwrap();
        let cells: Vec<f64> = masses.iter().zip(&factors).map(|(mass, factor)| mass * factor / 100.0).collect();
        assert!((cells[1] + cells[3] - 0.7).abs() < 1e-11);
        assert!((cells[2] + cells[3] - 0.2).abs() < 1e-11);
        assert!((cells.iter().sum::<f64>() - 1.0).abs() < 1e-11);
        assert!((cells[0] * cells[3] / (cells[1] * cells[2]) - 6.0).abs() < 1e-9);
    }

    /// Against the joint of four events spelled out: a belief, evidence on something else, another belief, evidence again.
    #[test]
    fn what_follows_a_belief_is_taken_of_the_worlds_in_which_it_was_met() {
        let mut plan = Plan { findings: vec![String::new(); 2], stages: vec![0, 1], ..Plan::default() };
        // Bits of a world: first and second believed, then what becomes known between the beliefs and after them.
        let prior: Vec<f64> = (0..16_u32).map(|world| f64::from(3 + world * world % 7 + 2 * (world % 5))).collect();
        let holds = |world: usize, bit: usize| (world >> bit) & 1 == 1;
        let patterns = |weights: &[f64]| {
            let mut masses = vec![0.0; 4];
            weights.iter().enumerate().for_each(|(world, weight)| masses[world & 3] += weight);
            masses
        };
        let known: Vec<f64> =
            prior.iter().enumerate().map(|(world, weight)| if holds(world, 2) { *weight } else { 0.0 }).collect();
        let beliefs = [belief(0, 0.7), belief(1, 0.2)];
        let factors = fit_in_order::<Impossible>(&plan, &beliefs, &mut |stage| {
            Ok(patterns(if stage == 0 { &prior } else { &known }))
        })
        .unwrap();
        // Step by step: Jeffrey's rule, Bayes' rule, then both beliefs by iterative scaling.
        let share = |weights: &[f64], bit: usize| -> f64 {
            let total: f64 = weights.iter().sum();
            let held = weights.iter().enumerate().filter(|(world, _)| holds(*world, bit)).map(|(_, weight)| weight);
            held.sum::<f64>() / total
        };
        let scale = |weights: &mut [f64], bit: usize, to: f64| {
            let present = share(weights, bit);
            for (world, weight) in weights.iter_mut().enumerate() {
                *weight *= if holds(world, bit) { to / present } else { (1.0 - to) / (1.0 - present) };
            }
        };
        let mut weights = prior.clone();
        scale(&mut weights, 0, 0.7);
        weights.iter_mut().enumerate().filter(|(world, _)| !holds(*world, 2)).for_each(|(_, weight)| *weight = 0.0);
        let moved = share(&weights, 0);
        assert!((moved - 0.7).abs() > 1e-3, "the evidence says something of the first belief: {moved}");
        for _ in 0..2_000 {
            scale(&mut weights, 1, 0.2);
            scale(&mut weights, 0, moved);
        }
        let found: Vec<f64> = known.iter().enumerate().map(|(world, weight)| weight * factors[world & 3]).collect();
        for bit in [0, 1, 3] {
            assert!((share(&found, bit) - share(&weights, bit)).abs() < 1e-10, "{bit}");
        }
        // The weights sum to the chance of what became known, by the belief that stood then.
        let (found, all): (f64, f64) = (found.iter().sum(), prior.iter().sum());
        let mut first = prior.clone();
        scale(&mut first, 0, 0.7);
        assert!((found / all - share(&first, 2)).abs() < 1e-12);
        // Stated with nothing known between them, both are met.
        plan.stages = vec![0, 0];
        let together = fit_in_order::<Impossible>(&plan, &beliefs, &mut |_| Ok(patterns(&prior))).unwrap();
        assert_eq!(together, fit(&plan, &patterns(&prior), &beliefs).unwrap());
    }

    #[test]
    fn what_never_happens_cannot_be_believed() {
        let error = fit(&plan(), &[100.0, 0.0], &[belief(0, 0.6)]).unwrap_err();
        assert!(matches!(error, Impossible::Belief { finding: 0, .. }), "{error}");
        // The second implies the first, and cannot be the likelier.
        let error = fit(&plan(), &[50.0, 30.0, 0.0, 20.0], &[belief(0, 0.3), belief(1, 0.6)]).unwrap_err();
        assert!(matches!(error, Impossible::Belief { .. }), "{error}");
    }
}
