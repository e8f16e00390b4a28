//! Which figures cannot stand together, by how much, and which of them it takes.
//!
//! The *amount* of some figures under some relations is the least total by which the figures would have to move to become coherent. A *conflict* is a
//! set of figures and relations whose amount is above the tolerance, and of which none can be left out: without it the rest would be within the
//! tolerance. Each relation is first looked at alone, then all together. Figures under one condition are also looked at in the worlds of that
//! condition alone, since a condition that nobody gives a chance could otherwise be taken to be impossible.
//!
//! Deletion filter: Chinneck and Dravnieks (1991), ORSA J. Comput. 3, 157–168; all conflicts by hitting sets: Reiter (1987), Artif. Intell. 32,
//! 57–95.

use super::formula::Literal;
use super::problem::{Part, Problem};
use super::program::Aim;
use super::relations::Strength;
use crate::error::Error;
use std::collections::{BTreeSet, VecDeque};

/// So many times all relations together are asked for one more conflict.
const ASKED: usize = 24;

/// Figures and relations that cannot stand together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Conflict {
    pub(super) figures: Vec<usize>,
    pub(super) relations: Vec<usize>,
    /// The condition in whose worlds they conflict, if it is only there.
    pub(super) given: Option<Literal>,
    /// The least total by which the figures would have to move, as a probability.
    pub(super) amount: f64,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    pub(super) found: Vec<Conflict>,
    /// Whether the search ended before it was sure that there are no more.
    pub(super) more: bool,
}

/// One way of looking at a part: some relations, and the worlds of a condition or all.
struct Look<'p, 'r> {
    problem: &'p Problem<'r>,
    relations: Vec<usize>,
    given: Option<Literal>,
    tolerance: f64,
}

impl Look<'_, '_> {
    /// The amount, exact or surely on its side of the tolerance; and the figures that play a part in it.
    fn amount(&self, figures: &[usize], relations: &[usize], exact: bool) -> Result<(f64, Vec<usize>), Error> {
        let figures = self.problem.speaking(figures, relations, self.given);
        let mut system = self.problem.system(&figures, relations, self.given);
        for target in &mut system.targets {
            (target.weight, target.pin) = (1.0, None);
        }
        let enough = (!exact).then_some(self.tolerance);
        // Under a condition that cannot be, nothing is at stake.
        let Some(solution) = system.nearest(Aim::Amount, enough)? else { return Ok((0.0, Vec::new())) };
        let involved =
            figures.iter().zip(&solution.pulls).filter(|(_, pull)| pull.abs() > 1e-6).map(|(figure, _)| *figure);
        Ok((solution.total(), involved.collect()))
    }

    fn conflicts(&self, figures: &[usize], relations: &[usize]) -> Result<bool, Error> {
        Ok(self.amount(figures, relations, false)?.0 > self.tolerance)
    }

    /// Leaves out whatever can be.
    fn minimal(&self, figures: &[usize], involved: &[usize]) -> Result<Conflict, Error> {
        let mut relations = self.relations.clone();
        let mut figures = figures.to_vec();
        if !involved.is_empty() && involved.len() < figures.len() && self.conflicts(involved, &relations)? {
            figures = involved.to_vec();
        }
        // Assumptions go first, so that what logic alone forbids is an error.
        let mut order = relations.clone();
        order.sort_by_key(|relation| std::cmp::Reverse(self.problem.relations.relations[*relation].strength));
        for relation in order {
            let without: Vec<usize> = relations.iter().copied().filter(|other| *other != relation).collect();
            if self.conflicts(&figures, &without)? {
                relations = without;
            }
        }
        for figure in figures.clone() {
            let without: Vec<usize> = figures.iter().copied().filter(|other| *other != figure).collect();
            if self.conflicts(&without, &relations)? {
                figures = without;
            }
        }
        let figures = self.problem.speaking(&figures, &relations, self.given);
        let (amount, _) = self.amount(&figures, &relations, true)?;
        Ok(Conflict { figures, relations, given: self.given, amount })
    }

    /// Conflicts beyond those known, until none is left or they were asked for too often.
    fn all(&self, figures: &[usize], known: &mut Vec<Conflict>) -> Result<bool, Error> {
        let (mut queue, mut seen) = (VecDeque::from([BTreeSet::new()]), BTreeSet::new());
        let mut asked = 0;
        while let Some(removed) = queue.pop_front() {
            let left: Vec<usize> = figures.iter().copied().filter(|figure| !removed.contains(figure)).collect();
            let mine = |conflict: &&Conflict| {
                conflict.given == self.given
                    && conflict.relations.iter().all(|relation| self.relations.contains(relation))
                    && conflict.figures.iter().all(|figure| left.contains(figure))
            };
            let hit = if let Some(conflict) = known.iter().find(mine) {
                conflict.figures.clone()
            } else {
                if asked == ASKED {
                    return Ok(true);
                }
                asked += 1;
                let (amount, involved) = self.amount(&left, &self.relations, false)?;
                if amount <= self.tolerance {
                    continue;
                }
                let conflict = self.minimal(&left, &involved)?;
                let figures = conflict.figures.clone();
                known.push(conflict);
                figures
            };
            for figure in hit {
                let mut removed = removed.clone();
                removed.insert(figure);
                if seen.insert(removed.clone()) {
                    queue.push_back(removed);
                }
            }
        }
        Ok(false)
    }
}

/// Every conflict of a part that was found, those of one relation first.
pub(super) fn conflicts(problem: &Problem<'_>, part: &Part, tolerance: f64) -> Result<Conflicts, Error> {
    let mut conflicts = Conflicts::default();
    let conditions = problem.conditions(&part.figures).into_iter().map(Some);
    let views: Vec<Option<Literal>> = conditions.chain([None]).collect();
    for given in views {
        let look = |relations: Vec<usize>| Look { problem, relations, given, tolerance };
        let mut found = Vec::new();
        for relation in &part.relations {
            let alone = look(vec![*relation]);
            let touched = problem.touched(&part.figures, &[*relation]);
            let figures = problem.speaking(&touched, &[*relation], given);
            if !figures.is_empty() {
                conflicts.more |= alone.all(&figures, &mut found)?;
            }
        }
        let strength = |relation: &&usize| problem.relations.relations[**relation].strength == Strength::Logic;
        let logic: Vec<usize> = part.relations.iter().filter(strength).copied().collect();
        let mut together = vec![logic];
        if together[0].len() < part.relations.len() {
            together.push(part.relations.clone());
        }
        for relations in together {
            let figures = problem.speaking(&part.figures, &relations, given);
            if relations.len() > 1 && !figures.is_empty() {
                conflicts.more |= look(relations).all(&figures, &mut found)?;
            }
        }
        // What conflicts in the worlds of a condition already need not be said again with a figure for the condition.
        found.retain(|conflict| {
            !conflicts.found.iter().any(|other| {
                other.figures.iter().all(|figure| conflict.figures.contains(figure))
                    && other.relations.iter().all(|relation| conflict.relations.contains(relation))
            })
        });
        conflicts.found.extend(found);
    }
    Ok(conflicts)
}
