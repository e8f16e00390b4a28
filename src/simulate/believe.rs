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

    #[test]
    fn what_never_happens_cannot_be_believed() {
        let error = fit(&plan(), &[100.0, 0.0], &[belief(0, 0.6)]).unwrap_err();
        assert!(matches!(error, Impossible::Belief { finding: 0, .. }), "{error}");
        // The second implies the first, and cannot be the likelier.
        let error = fit(&plan(), &[50.0, 30.0, 0.0, 20.0], &[belief(0, 0.3), belief(1, 0.6)]).unwrap_err();
        assert!(matches!(error, Impossible::Belief { .. }), "{error}");
    }
}
