//! Which figures cannot stand together, by how much, and which of them it takes.
//!
//! The *amount* of some figures under some relations is the least total by which the figures would have to move to become coherent. A *conflict* is a
//! set of figures and relations whose amount is above the tolerance, and of which none can be left out: without it the rest would be within the
//! tolerance. Each relation is first looked at alone, then all together. Figures under one condition are also looked at in the worlds of that
//! condition alone, since a condition that nobody gives a chance could otherwise be taken to be impossible.
//!
//! A figure `c` of `A given B` moves by `|P(A and B) - c P(B)|`: by as many points as it would have to move itself, times the chance of its condition.
//! So under a rare condition much stays within the tolerance; in the worlds of the condition alone it counts in full.
//!
//! Both searches take from a [`Budget`]. What is cut off counts as no conflict found: so whatever is named conflicts, but there may be more, and a set
//! may hold more than it needs; both are said.
//!
//! Minimal infeasible subsets: Chinneck and Dravnieks (1991), ORSA J. Comput. 3, 157–168; by halving: Junker (2004), Proc. AAAI, 167–172; all
//! of them by hitting sets: Reiter (1987), Artif. Intell. 32, 57–95.

use super::budget::Budget;
use super::formula::Literal;
use super::learned::Learned;
use super::order_conflict::in_order;
use super::problem::{Part, Problem};
use super::program::{Aim, Nearest, System};
use super::relations::Strength;
use super::worlds::World;
use crate::error::Error;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So many times all relations together are asked for one more conflict. One relation alone is asked once more for each of its figures, as long as
/// fewer conflicts than this were found: that is enough to be sure that a single conflict is the only one.
pub(super) const ASKED: usize = 8;
/// Of so few figures or fewer, all relations together are asked four times as often, since that costs little.
const SMALL: usize = 20;
/// Up to so many conflicts are hit in every way to find the next.
pub(super) const FEW: usize = 3;
/// In parts of more figures than this that are an order, pairs are named and nothing is searched for.
const SEARCHED: usize = 40;
/// So many ways are looked at in all.
const LOOKED: usize = 200;

/// Figures and relations that cannot stand together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Conflict {
    pub(super) figures: Vec<usize>,
    pub(super) relations: Vec<usize>,
    /// The condition in whose worlds they conflict, if it is only there.
    pub(super) given: Option<Literal>,
    /// The least total by which the figures would have to move, as a probability; conditional ones count times the chance of their condition.
    pub(super) amount: f64,
    /// Whether a search was cut off, so that less of it may be enough, and the amount may be greater.
    pub(super) may_be_less: bool,
    /// For each figure what the others allow, where that is known already.
    pub(super) allowed: Option<Vec<(f64, f64)>>,
}

/// What a conflict is made of: without any one of it, it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Figure(usize),
    Relation(usize),
}

impl Conflict {
    fn by_figure(&self) -> impl Iterator<Item = Member> {
        self.figures.iter().copied().map(Member::Figure)
    }

    fn by_relation(&self) -> impl Iterator<Item = Member> {
        self.relations.iter().copied().map(Member::Relation)
    }
}

/// A relation that is violated by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Violation {
    pub(super) relation: usize,
    /// The condition in whose worlds it is violated, if it is only there.
    pub(super) given: Option<Literal>,
    /// The least total by which the figures it speaks of would have to move; conditional ones count times the chance of their condition.
    pub(super) amount: f64,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    pub(super) violated: Vec<Violation>,
    pub(super) found: Vec<Conflict>,
    /// Whether the search ended before it was sure that there are no more.
    pub(super) more: bool,
    /// Whether that is because the budget was spent.
    pub(super) cut_off: bool,
}

/// One way of looking at a part: some figures and relations, and the worlds of a condition or all.
#[derive(Debug)]
pub(super) struct Look<'p, 'r> {
    pub(super) problem: &'p Problem<'r>,
    pub(super) figures: Vec<usize>,
    pub(super) relations: Vec<usize>,
    pub(super) given: Option<Literal>,
    pub(super) tolerance: f64,
    /// All of it as one system, and the worlds that were generated for it.
    system: System,
    worlds: RefCell<Vec<World>>,
    /// Those of them that had a share last, to begin with elsewhere.
    seeds: RefCell<Vec<World>>,
    /// What was decided of its part, if it is looked at in all worlds.
    pub(super) learned: Option<&'p RefCell<Learned>>,
    budget: &'p Budget,
}

/// The system of some figures, each with weight 1 and free to move.
pub(super) fn plain(problem: &Problem<'_>, figures: &[usize], relations: &[usize], given: Option<Literal>) -> System {
    let mut system = problem.system(figures, relations, given);
    for target in &mut system.targets {
        (target.weight, target.pin) = (1.0, None);
    }
    system
}

impl<'p, 'r> Look<'p, 'r> {
    /// None if no figure says anything there.
    pub(super) fn new(
        problem: &'p Problem<'r>,
        figures: &[usize],
        relations: Vec<usize>,
        given: Option<Literal>,
        tolerance: f64,
        budget: &'p Budget,
    ) -> Option<Self> {
        let figures = problem.speaking(figures, &relations, given);
        let system = plain(problem, &figures, &relations, given);
        let (worlds, seeds) = (RefCell::default(), RefCell::default());
        let look = Self { problem, figures, relations, given, tolerance, system, worlds, seeds, learned: None, budget };
        (!look.figures.is_empty()).then_some(look)
    }

    /// The same with what was decided of its part; in the worlds of a condition nothing is: they may be none, and then nothing conflicts.
    pub(super) fn knowing(mut self, learned: Option<&'p RefCell<Learned>>) -> Self {
        self.learned = learned.filter(|_| self.given.is_none());
        self
    }

    /// Whether figures conflict under relations, if that follows from what was decided.
    pub(super) fn known(&self, figures: &[usize], relations: &[usize]) -> Option<bool> {
        self.learned.and_then(|learned| learned.borrow().conflicts(figures, relations))
    }

    /// Keeps whether figures conflict under relations; that they do not only if no search was cut off since there were so many.
    fn learn(&self, figures: &[usize], relations: &[usize], conflicts: bool, cut_offs: u64) {
        if let Some(learned) = self.learned.filter(|_| conflicts || self.budget.cut_offs() == cut_offs) {
            learned.borrow_mut().decided(figures, relations, conflicts);
        }
    }

    /// The amount of some of its figures under all of its relations, surely on its side of the tolerance, and the figures that play a part in it.
    fn amount(&self, figures: &[usize]) -> Result<(f64, Vec<usize>), Error> {
        let counts: Vec<bool> = self.figures.iter().map(|figure| figures.contains(figure)).collect();
        let worlds = &mut self.worlds.borrow_mut();
        let before = self.budget.cut_offs();
        let found = self.system.nearest_of(&counts, Aim::Amount, Some(self.tolerance), worlds, self.budget)?;
        // Under a condition that cannot be, nothing is at stake; and what was cut off is no conflict found.
        let Nearest::Found(solution) = found else { return Ok((0.0, Vec::new())) };
        *self.seeds.borrow_mut() = solution.shares.iter().map(|(world, _)| worlds[*world].clone()).collect();
        let counted = self.figures.iter().zip(&counts).filter(|(_, counts)| **counts).map(|(figure, _)| *figure);
        let involved = counted.zip(&solution.pulls).filter(|(_, pull)| pull.abs() > 1e-6).map(|(figure, _)| figure);
        let total = solution.total();
        self.learn(figures, &self.relations, total > self.tolerance, before);
        Ok((total, involved.collect()))
    }

    /// Whether some of its figures conflict under all of its relations.
    fn exceeds(&self, figures: &[usize]) -> Result<bool, Error> {
        match self.known(figures, &self.relations) {
            Some(conflicts) => Ok(conflicts),
            None => Ok(self.amount(figures)?.0 > self.tolerance),
        }
    }

    /// Whether figures conflict under some relations, taken alone.
    fn conflicts(&self, figures: &[usize], relations: &[usize]) -> Result<bool, Error> {
        let figures = self.problem.speaking(figures, relations, self.given);
        if let Some(conflicts) = self.known(&figures, relations) {
            return Ok(conflicts);
        }
        let before = self.budget.cut_offs();
        let system = plain(self.problem, &figures, relations, self.given);
        let counts = vec![true; figures.len()];
        let mut worlds = self.projected(&system);
        let found = system.nearest_of(&counts, Aim::Amount, Some(self.tolerance), &mut worlds, self.budget)?;
        let conflicts = found.found().is_some_and(|solution| solution.total() > self.tolerance);
        self.learn(&figures, relations, conflicts, before);
        Ok(conflicts)
    }

    /// What worlds of its own system, which keep more relations, are in that of some of the relations.
    fn projected(&self, system: &System) -> Vec<World> {
        let places: Option<Vec<usize>> =
            system.atoms.iter().map(|atom| self.system.atoms.binary_search(atom).ok()).collect();
        let Some(places) = places else { return Vec::new() };
        let mut worlds: Vec<World> = Vec::new();
        for world in self.seeds.borrow().iter() {
            let here: World = places.iter().map(|place| world[*place]).collect();
            if !worlds.contains(&here) {
                worlds.push(here);
            }
        }
        worlds
    }

    /// Leaves out whatever can be; `None` if what is taken to conflict does not.
    pub(super) fn minimal(&self, figures: &[usize], involved: &[usize]) -> Result<Option<Conflict>, Error> {
        let before = self.budget.cut_offs();
        let mut figures = figures.to_vec();
        let is_less = !involved.is_empty() && involved.len() < figures.len();
        if is_less && self.exceeds(involved)? {
            figures = involved.to_vec();
        }
        let mut relations = self.relations.clone();
        // Assumptions are left out rather than logic, so that what logic alone forbids is an error.
        relations.sort_by_key(|relation| self.problem.relations.relations[*relation].strength);
        if relations.len() > 1 {
            let test = |relations: &[usize]| self.conflicts(&figures, relations);
            relations = needed(&[], false, &relations, &test)?;
            relations.sort_unstable();
        }
        // These relations make one system, whichever of the figures are held against them.
        let one = Self::new(self.problem, &figures, relations.clone(), self.given, self.tolerance, self.budget);
        let one = one.map(|one| one.knowing(self.learned));
        if let Some(one) = &one {
            *one.worlds.borrow_mut() = self.projected(&one.system);
        }
        let test = |figures: &[usize]| match &one {
            Some(one) => one.exceeds(&self.problem.speaking(figures, &relations, self.given)),
            None => self.conflicts(figures, &relations),
        };
        // Judgements may contradict logic or each other, whatever is stated.
        let judges = |relation: &usize| !self.problem.relations.relations[*relation].judgements.is_empty();
        let mut figures = needed(&[], relations.iter().any(judges), &figures, &test)?;
        figures.sort_unstable();
        let figures = self.problem.speaking(&figures, &relations, self.given);
        let found = plain(self.problem, &figures, &relations, self.given).nearest(Aim::Amount, self.budget)?;
        let amount = found.found().map_or(0.0, |solution| solution.total());
        let may_be_less = self.budget.cut_offs() > before;
        let conflict = Conflict { figures, relations, given: self.given, amount, may_be_less, allowed: None };
        Ok((amount > self.tolerance).then_some(conflict))
    }

    /// Conflicts without a figure in common, until none is left: enough to see that one relation is violated, and a start for finding them all.
    pub(super) fn apart(&self, found: &mut Vec<Conflict>) -> Result<(), Error> {
        let mut left = self.figures.clone();
        while !left.is_empty() {
            let (amount, involved) = self.amount(&left)?;
            if amount <= self.tolerance {
                break;
            }
            let Some(conflict) = self.minimal(&left, &involved)? else { break };
            if conflict.figures.is_empty() {
                // The relation contradicts itself, and no figure adds to that.
                found.push(conflict);
                break;
            }
            left.retain(|figure| !conflict.figures.contains(figure));
            found.push(conflict);
        }
        Ok(())
    }

    /// A conflict among some of its figures under some of its relations, if there is one.
    fn one(&self, figures: &[usize], relations: &[usize]) -> Result<Option<Conflict>, Error> {
        if self.known(&self.problem.speaking(figures, relations, self.given), relations) == Some(false) {
            return Ok(None);
        }
        if relations.len() == self.relations.len() {
            let (amount, involved) = self.amount(figures)?;
            return if amount > self.tolerance { self.minimal(figures, &involved) } else { Ok(None) };
        }
        let (given, tolerance) = (self.given, self.tolerance);
        let look = Self::new(self.problem, figures, relations.to_vec(), given, tolerance, self.budget);
        let Some(look) = look.map(|look| look.knowing(self.learned)) else { return Ok(None) };
        *look.worlds.borrow_mut() = self.projected(&look.system);
        let (amount, involved) = look.amount(&look.figures)?;
        if amount > tolerance { look.minimal(&look.figures, &involved) } else { Ok(None) }
    }

    /// Conflicts beyond those known, until none is left or they were asked for too often; whether there may be more.
    ///
    /// Where few are known, every way of hitting them is tried, by their figures and by their relations, since the same figures may conflict for several
    /// reasons; where many are, three: by the figures that are in most of them, by those that are in fewest, and by the relations that are in most.
    fn all(&self, known: &mut Vec<Conflict>) -> Result<bool, Error> {
        let of_several = self.relations.len() > 1;
        let mut starts = vec![BTreeSet::new()];
        if known.len() > FEW {
            starts = vec![hitting(known, Conflict::by_figure, true), hitting(known, Conflict::by_figure, false)];
            if of_several {
                starts.push(hitting(known, Conflict::by_relation, true));
            }
        }
        let mut more = known.len() > FEW;
        let (mut queue, mut seen) = (VecDeque::from(starts), BTreeSet::new());
        let most = match (of_several, self.figures.len()) {
            (false, figures) => ASKED + figures,
            (true, figures) if figures <= SMALL => 4 * ASKED,
            (true, _) => ASKED,
        };
        // Without what leaves no conflict when it is removed there is none either when more is.
        let mut clean: Vec<BTreeSet<Member>> = Vec::new();
        let (mut asked, mut found, mut looked) = (0, 0, 0);
        while let Some(removed) = queue.pop_front() {
            if clean.iter().any(|less| less.is_subset(&removed)) {
                continue;
            }
            looked += 1;
            if looked > LOOKED || self.budget.is_spent() {
                return Ok(true);
            }
            let stays = |figure: &usize| !removed.contains(&Member::Figure(*figure));
            let figures: Vec<usize> = self.figures.iter().copied().filter(stays).collect();
            let stays = |relation: &usize| !removed.contains(&Member::Relation(*relation));
            let relations: Vec<usize> = self.relations.iter().copied().filter(stays).collect();
            let mine = |conflict: &Conflict| {
                conflict.given == self.given
                    && conflict.relations.iter().all(|relation| relations.contains(relation))
                    && conflict.figures.iter().all(|figure| figures.contains(figure))
            };
            let at = if let Some(at) = known.iter().position(mine) {
                at
            } else {
                if asked == most || found == ASKED {
                    return Ok(true);
                }
                asked += 1;
                let Some(conflict) = self.one(&figures, &relations)? else {
                    clean.push(removed);
                    continue;
                };
                known.push(conflict);
                found += 1;
                known.len() - 1
            };
            let conflict = &known[at];
            more |= conflict.figures.is_empty();
            for member in conflict.by_figure().chain(conflict.by_relation().filter(|_| of_several)) {
                let mut removed = removed.clone();
                removed.insert(member);
                if seen.insert(removed.clone()) {
                    queue.push_back(removed);
                }
            }
        }
        Ok(more)
    }
}

/// Members of which each conflict that has any has one: of those left, always that which is in most conflicts, or in fewest.
fn hitting<'c, Members: Iterator<Item = Member>>(
    conflicts: &'c [Conflict],
    members: impl Fn(&'c Conflict) -> Members,
    most: bool,
) -> BTreeSet<Member> {
    let mut hit = BTreeSet::new();
    loop {
        let mut counts: BTreeMap<Member, usize> = BTreeMap::new();
        for conflict in conflicts.iter().filter(|&conflict| !members(conflict).any(|member| hit.contains(&member))) {
            for member in members(conflict) {
                *counts.entry(member).or_insert(0) += 1;
            }
        }
        let next = if most {
            counts.iter().max_by_key(|(member, count)| (**count, std::cmp::Reverse(**member)))
        } else {
            counts.iter().min_by_key(|(member, count)| (**count, **member))
        };
        let Some(member) = next.map(|(member, _)| *member) else { return hit };
        hit.insert(member);
    }
}

/// The items that it takes for a test to be true beside those of a base, the earlier ones preferred.
///
/// QuickXplain of Junker (2004).
fn needed(
    base: &[usize],
    is_grown: bool,
    items: &[usize],
    test: &dyn Fn(&[usize]) -> Result<bool, Error>,
) -> Result<Vec<usize>, Error> {
    if is_grown && test(base)? {
        return Ok(Vec::new());
    }
    if items.len() <= 1 {
        return Ok(items.to_vec());
    }
    let (first, second) = items.split_at(items.len() / 2);
    let with_first = [base, first].concat();
    let of_second = needed(&with_first, true, second, test)?;
    let with_second = [base, &of_second].concat();
    let of_first = needed(&with_second, !of_second.is_empty(), first, test)?;
    Ok([of_first, of_second].concat())
}

/// The conflicts without those that only name an option by all the others of its question: what these come to says what is left for it.
fn once(problem: &Problem<'_>, found: Vec<Conflict>) -> Vec<Conflict> {
    let question = |figure: usize| {
        let figure = &problem.figures[figure];
        figure.option.as_ref().map(|_| figure.question.as_str())
    };
    let mut options: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for figure in 0..problem.figures.len() {
        options.entry(question(figure).unwrap_or_default()).or_default().push(figure);
    }
    options.remove("");
    if options.is_empty() {
        return found;
    }
    // What the figures of a conflict say.
    let said = |conflict: &Conflict| -> BTreeSet<usize> {
        let mut said: BTreeSet<usize> = conflict.figures.iter().copied().collect();
        let asked: BTreeSet<&str> = conflict.figures.iter().filter_map(|figure| question(*figure)).collect();
        for all in asked.into_iter().filter_map(|question| options.get(question)) {
            let left: Vec<usize> = all.iter().copied().filter(|figure| !said.contains(figure)).collect();
            if left.len() == 1 {
                said.extend(left);
            }
        }
        said
    };
    let said: Vec<BTreeSet<usize>> = found.iter().map(said).collect();
    // Whether one says all that another does, so that this is enough.
    let holds = |one: usize, other: usize| {
        found[one].given == found[other].given
            && found[other].relations.iter().all(|relation| found[one].relations.contains(relation))
            && found[other].figures.iter().all(|figure| said[one].contains(figure))
    };
    let is_said = |one: usize| {
        (0..found.len()).any(|other| other != one && holds(one, other) && (other < one || !holds(other, one)))
    };
    let is_new: Vec<bool> = (0..found.len()).map(|one| !is_said(one)).collect();
    found.into_iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(conflict, _)| conflict).collect()
}

/// Every conflict of a part that was found, those of one relation first.
///
/// Relations alone and all of them together have so many steps each.
pub(super) fn conflicts(problem: &Problem<'_>, part: &Part, tolerance: f64, steps: u64) -> Result<Conflicts, Error> {
    if part.figures.len() > SEARCHED
        && let Some(found) = in_order(problem, part, tolerance, steps)?
    {
        return Ok(found);
    }
    let mut conflicts = Conflicts::default();
    let (apart, together) = (Budget::new(steps), Budget::new(steps));
    let conditions = problem.conditions(&part.figures).into_iter().map(Some);
    let views: Vec<Option<Literal>> = conditions.chain([None]).collect();
    let learned = RefCell::new(Learned::new(part));
    for given in views {
        let look = |figures: &[usize], relations: Vec<usize>, budget| {
            let look = Look::new(problem, figures, relations, given, tolerance, budget);
            look.map(|look| look.knowing(Some(&learned)))
        };
        let Some(whole) = look(&part.figures, part.relations.clone(), &together) else { continue };
        let before = together.cut_offs();
        if whole.amount(&whole.figures)?.0 <= tolerance && together.cut_offs() == before {
            continue;
        }
        let mut found = Vec::new();
        for relation in &part.relations {
            let touched = problem.touched(&part.figures, &[*relation]);
            let Some(alone) = look(&touched, vec![*relation], &apart) else { continue };
            alone.apart(&mut found)?;
            if found.last().is_some_and(|conflict| conflict.relations.contains(relation)) {
                let nearest = alone.system.nearest(Aim::Amount, &apart)?.found();
                let mine = found.iter().filter(|conflict| conflict.relations.contains(relation));
                let amount = match nearest {
                    Some(solution) if solution.cut_off.is_none() => solution.total(),
                    // The sets in it still say what it comes to at least.
                    _ => mine.map(|conflict| conflict.amount).fold(0.0, f64::max),
                };
                conflicts.violated.push(Violation { relation: *relation, given, amount });
            }
        }
        let strength = |relation: &&usize| problem.relations.relations[**relation].strength == Strength::Logic;
        let logic: Vec<usize> = part.relations.iter().filter(strength).copied().collect();
        if (2..part.relations.len()).contains(&logic.len())
            && let Some(by_logic) = look(&part.figures, logic, &together)
        {
            conflicts.more |= by_logic.all(&mut found)?;
        }
        if whole.all(&mut found)? {
            conflicts.more = true;
            whole.of_few_relations(&apart, &mut found)?;
        }
        // What conflicts in the worlds of a condition already need not be said again with a figure for the condition.
        if given.is_none() {
            for conflict in &mut found {
                for condition in problem.conditions(&conflict.figures) {
                    let (figures, relations) = (&conflict.figures, conflict.relations.clone());
                    let inside = Look::new(problem, figures, relations, Some(condition), tolerance, &apart);
                    let Some(inside) = inside else { continue };
                    let (amount, involved) = inside.amount(&inside.figures)?;
                    if amount > tolerance
                        && let Some(smaller) = inside.minimal(&inside.figures, &involved)?
                    {
                        *conflict = smaller;
                        break;
                    }
                }
            }
        }
        found.retain(|conflict| {
            !conflicts.found.iter().any(|other| {
                other.figures.iter().all(|figure| conflict.figures.contains(figure))
                    && other.relations.iter().all(|relation| conflict.relations.contains(relation))
            })
        });
        for conflict in found {
            if !conflicts.found.contains(&conflict) {
                conflicts.found.push(conflict);
            }
        }
    }
    conflicts.found = once(problem, conflicts.found);
    conflicts.cut_off = apart.cut_offs() + together.cut_offs() > 0;
    conflicts.more |= conflicts.cut_off;
    Ok(conflicts)
}
