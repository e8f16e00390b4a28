//! Parts in which one thing only follows from another: their nearest figures without a program, however many there are.
//!
//! Where each relation says no more than that one proposition implies another – consequence, deadlines, paraphrase, negation, two that exclude each
//! other – and some propositions can be turned into their opposites so that all of them stand upright, figures are coherent exactly if they keep the
//! order: a number between 0 and 1, drawn once for all, makes each true that lies above it. So the nearest figures are an isotonic regression
//! ([`Monotone`]): by squared distance of the figures themselves, by divergence of their log odds, since it is the log odds whose weighted mean is the
//! chance nearest to several by it. The worst and the best world are sets closed upwards. All of it is exact.
//!
//! What is true or false in every world is left out first: what is said to be so, and what follows whichever of two that exclude each other fails, so that
//! `a implies not a` is a bound of the order, directly or by way of others.
//!
//! What nobody states only hands an order on, and is replaced by it.
//!
//! Generalized isotonic regression: Robertson, Wright and Dykstra (1988), Order Restricted Statistical Inference, chapter 1.5.

use super::assignment::{Assignment, naming};
use super::budget::Budget;
use super::formula::{Clause, Literal};
use super::monotone::{Monotone, cheapest};
use super::problem::{Figure, Problem};
use super::program::FLOOR;
use super::repair::{COHERENT, CutOff, Distance, MISSED, NEAR, Repaired, STILL};
use crate::math::{logistic, logit};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What nobody states is replaced by so many pairs at most for each pair that was declared.
const HANDED_ON: usize = 64;

/// So many ties at most that are no order are looked at for what is sure by them.
const TURNED: usize = 64;

/// That one atom is at most as likely as another, and which relation says so; what a proposition means needs none.
#[derive(Debug, Clone, Copy)]
struct Link {
    from: usize,
    to: usize,
    relation: Option<usize>,
}

/// Where a figure stands in an order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Which of the numbers it is; what follows from one another both ways is one number.
    pub(super) number: usize,
    /// Whether it is the number itself, and not what is left to 1.
    pub(super) upright: bool,
    atom: usize,
}

/// Why propositions are sure: what is said of one alone, and what follows from one that is.
#[derive(Debug, Default)]
struct Reasons {
    said: Vec<(Literal, Option<usize>)>,
    follows: BTreeMap<Literal, Vec<(Literal, Option<usize>)>>,
}

impl Reasons {
    fn of(clauses: &[Clause], by: &[Option<usize>], sure: &[Option<bool>]) -> Self {
        let mut reasons = Self::default();
        let is = |literal: &Literal| sure[literal.atom].map(|holds| holds == literal.holds);
        for (clause, relation) in clauses.iter().zip(by) {
            match clause.as_slice() {
                [one] => reasons.said.push((*one, *relation)),
                [a, b] => {
                    for (from, to) in [(a, b), (b, a)] {
                        if is(from) == Some(false) && is(to) == Some(true) {
                            reasons.follows.entry(from.negated()).or_default().push((*to, *relation));
                        }
                    }
                }
                _ => {}
            }
        }
        reasons
    }

    /// What is sure by the relations that count, each with what it follows from at once and the relation by which it does.
    fn sure(&self, counts: &dyn Fn(usize) -> bool) -> BTreeMap<Literal, (Option<Literal>, Option<usize>)> {
        let counts = |relation: &Option<usize>| relation.is_none_or(counts);
        let mut sure = BTreeMap::new();
        let mut open = VecDeque::new();
        for (literal, relation) in self.said.iter().filter(|(_, relation)| counts(relation)) {
            if !sure.contains_key(literal) {
                sure.insert(*literal, (None, *relation));
                open.push_back(*literal);
            }
        }
        while let Some(from) = open.pop_front() {
            for (literal, relation) in self.follows.get(&from).into_iter().flatten() {
                if counts(relation) && !sure.contains_key(literal) {
                    sure.insert(*literal, (Some(from), *relation));
                    open.push_back(*literal);
                }
            }
        }
        sure
    }
}

/// Figures in an order.
#[derive(Debug)]
pub(super) struct Order {
    /// For each figure, in the order in which they were given.
    pub(super) spots: Vec<Spot>,
    /// How many numbers there are.
    pub(super) numbers: usize,
    /// Pairs of numbers of which the first is at most the second and comes before it, ordered by the second.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Whether a proposition is true or false in every world, be it stated or not, other than by what is said of one alone and follows from one by one; or
    /// whether something follows from two of which one is sure.
    pub(super) is_forced: bool,
    reasons: Reasons,
    /// Numbers that are true or false in every world; no pair names them.
    forced: Vec<Option<bool>>,
    /// For each atom what is said of it from below.
    arcs: Vec<Vec<Link>>,
}

/// One of two propositions is true, or the relation that says so is broken.
type Tie = (Literal, Literal, Option<usize>);

/// Which propositions are taken upright and which turned, so that each tie is an order of two that stand alike; and the ties that are none that way.
fn uprights(atoms: usize, ties: &[Tie]) -> (Vec<bool>, Vec<(Literal, Literal)>) {
    let is_turned = |a: Literal, b: Literal| a.holds == b.holds;
    let mut around = vec![Vec::new(); atoms];
    for (a, b, _) in ties {
        around[a.atom].push((b.atom, is_turned(*a, *b)));
        around[b.atom].push((a.atom, is_turned(*a, *b)));
    }
    let mut seen = vec![false; atoms];
    let mut is_upright = vec![true; atoms];
    for start in 0..atoms {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut open = vec![start];
        while let Some(atom) = open.pop() {
            for (other, is_turned) in &around[atom] {
                if !seen[*other] {
                    seen[*other] = true;
                    is_upright[*other] = is_upright[atom] != *is_turned;
                    open.push(*other);
                }
            }
        }
    }
    let is_odd = |a: Literal, b: Literal| (is_upright[a.atom] != is_upright[b.atom]) != is_turned(a, b);
    let odd = ties.iter().filter(|(a, b, _)| is_odd(*a, *b)).map(|(a, b, _)| (*a, *b)).collect();
    (is_upright, odd)
}

/// Makes sure what follows from each of two of which one is true; whether that was anything, and `None` if it contradicts.
///
/// So `a` is false where it implies what excludes it.
fn make_sure(assignment: &mut Assignment<'_>, (a, b): (Literal, Literal)) -> Option<bool> {
    let before = assignment.length();
    let mut followed = Vec::new();
    for literal in [a, b] {
        let is_possible = assignment.assume(literal);
        followed.push(is_possible.then(|| assignment.value.clone()));
        assignment.back_to(before);
    }
    let sure: Vec<Literal> = match (&followed[0], &followed[1]) {
        (None, None) => return None,
        (None, Some(_)) => vec![b],
        (Some(_), None) => vec![a],
        (Some(one), Some(other)) => {
            let both = one.iter().zip(other).enumerate().filter(|(_, (one, other))| one == other);
            both.filter_map(|(atom, (holds, _))| holds.map(|holds| Literal { atom, holds })).collect()
        }
    };
    sure.into_iter().all(|literal| assignment.assume(literal)).then(|| assignment.length() > before)
}

/// A number for each atom, never smaller than that of an atom below it; those that lie below each other have the same. And how many there are.
///
/// Kosaraju's way; Sharir (1981), Comput. Math. Appl. 7, 67–72.
fn numbered(above: &[Vec<usize>], below: &[Vec<usize>]) -> (Vec<usize>, usize) {
    let mut is_seen = vec![false; above.len()];
    let mut finished = Vec::with_capacity(above.len());
    for start in 0..above.len() {
        if is_seen[start] {
            continue;
        }
        is_seen[start] = true;
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((atom, next)) = path.last_mut() {
            let here = *atom;
            if let Some(other) = above[here].get(*next).copied() {
                *next += 1;
                if !is_seen[other] {
                    is_seen[other] = true;
                    path.push((other, 0));
                }
            } else {
                finished.push(here);
                path.pop();
            }
        }
    }
    let mut number: Vec<Option<usize>> = vec![None; above.len()];
    let mut numbers = 0;
    for start in finished.into_iter().rev() {
        if number[start].is_some() {
            continue;
        }
        number[start] = Some(numbers);
        let mut open = vec![start];
        while let Some(atom) = open.pop() {
            for other in &below[atom] {
                if number[*other].is_none() {
                    number[*other] = Some(numbers);
                    open.push(*other);
                }
            }
        }
        numbers += 1;
    }
    (number.into_iter().map(Option::unwrap_or_default).collect(), numbers)
}

impl Order {
    /// Some figures under some relations as an order, once what is sure is left out; `None` if these say more, or contradict each other.
    pub(super) fn of(problem: &Problem<'_>, figures: &[usize], relations: &[usize]) -> Option<Self> {
        let is_plain = |relation: &usize| {
            let of = &problem.relations.relations[*relation];
            of.conditionals.is_empty() && of.judgements.is_empty()
        };
        if figures.iter().any(|figure| problem.figures[*figure].conditional.is_some())
            || !relations.iter().all(is_plain)
        {
            return None;
        }
        let mut start: BTreeSet<usize> = figures.iter().map(|figure| problem.figures[*figure].atom).collect();
        start.extend(relations.iter().flat_map(|relation| problem.atoms_in(*relation)));
        let (reached, meanings) = problem.reached(start);
        let atoms: Vec<usize> = reached.into_iter().collect();
        let local = |atom: usize| atoms.partition_point(|other| *other < atom);
        let said = relations.iter().flat_map(|relation| {
            problem.relations.relations[*relation].clauses.iter().map(move |clause| (Some(*relation), clause))
        });
        let (mut by, mut clauses): (Vec<Option<usize>>, Vec<Clause>) = (Vec::new(), Vec::new());
        for (relation, clause) in meanings.iter().map(|clause| (None, clause)).chain(said) {
            let mut here: Clause = clause.iter().map(|of| Literal { atom: local(of.atom), holds: of.holds }).collect();
            here.sort_unstable();
            here.dedup();
            // What names an atom and its opposite is true in any case.
            if !here.windows(2).any(|two| two[0].atom == two[1].atom) {
                by.push(relation);
                clauses.push(here);
            }
        }
        let naming = naming(atoms.len(), &clauses);
        let mut assignment = Assignment::new(&clauses, &naming);
        if !assignment.units() {
            return None;
        }
        let mut left = TURNED;
        let is_upright = loop {
            let value = &assignment.value;
            let open = clauses
                .iter()
                .zip(&by)
                .filter(|(clause, _)| !clause.iter().any(|literal| value[literal.atom] == Some(literal.holds)));
            let ties: Option<Vec<Tie>> = open
                .map(|(clause, relation)| {
                    let open: Vec<&Literal> = clause.iter().filter(|literal| value[literal.atom].is_none()).collect();
                    if let [a, b] = open[..] { Some((*a, *b, *relation)) } else { None }
                })
                .collect();
            let (is_upright, odd) = uprights(atoms.len(), &ties?);
            if odd.is_empty() {
                break is_upright;
            }
            let mut is_more = false;
            for tie in odd {
                left = left.checked_sub(1)?;
                is_more |= make_sure(&mut assignment, tie)?;
            }
            if !is_more {
                return None;
            }
        };
        let sure = assignment.value;
        let mut asserts: Vec<Option<usize>> = vec![None; atoms.len()];
        for (relation, clause) in by.iter().zip(&clauses) {
            if let ([literal], Some(_)) = (&clause[..], relation) {
                asserts[literal.atom] = asserts[literal.atom].or(*relation);
            }
        }
        // Of what is stated no relation only lends the name to what it means.
        figures.iter().for_each(|figure| asserts[local(problem.figures[*figure].atom)] = None);
        let reasons = Reasons::of(&clauses, &by, &sure);
        let mut is_forced = reasons.sure(&|_| true).len() < sure.iter().flatten().count();
        let mut ties = Vec::new();
        for (relation, clause) in by.into_iter().zip(&clauses) {
            if clause.iter().any(|literal| sure[literal.atom] == Some(literal.holds)) {
                continue;
            }
            let (open, failed): (Clause, Clause) = clause.iter().partition(|literal| sure[literal.atom].is_none());
            let [a, b] = open[..] else { return None };
            // What a formula means that a relation asserts as a whole, such as `always a or b`, is said by that relation.
            let relation = match (relation, &failed[..]) {
                (_, []) => relation,
                (None, [whole]) => {
                    is_forced |= asserts[whole.atom].is_none();
                    asserts[whole.atom]
                }
                _ => {
                    is_forced = true;
                    relation
                }
            };
            ties.push((a, b, relation));
        }
        let (mut above, mut below) = (vec![Vec::new(); atoms.len()], vec![Vec::new(); atoms.len()]);
        let mut arcs: Vec<Vec<Link>> = vec![Vec::new(); atoms.len()];
        for (a, b, relation) in ties {
            // `not a or b` is `a implies b`.
            let (from, to) = if a.holds == is_upright[a.atom] { (b.atom, a.atom) } else { (a.atom, b.atom) };
            above[from].push(to);
            below[to].push(from);
            arcs[from].push(Link { from, to, relation });
        }
        let (number, numbers) = numbered(&above, &below);
        let spot = |figure: &usize| {
            let atom = local(problem.figures[*figure].atom);
            Spot { number: number[atom], upright: is_upright[atom], atom }
        };
        let mut order = Self {
            spots: figures.iter().map(spot).collect(),
            numbers,
            pairs: Vec::new(),
            forced: vec![None; numbers],
            is_forced,
            reasons,
            arcs,
        };
        for (atom, is_true) in sure.iter().enumerate() {
            order.forced[number[atom]] = is_true.map(|is_true| is_true == is_upright[atom]);
        }
        let mut pairs: Vec<(usize, usize)> =
            order.arcs.iter().flatten().map(|arc| (number[arc.from], number[arc.to])).filter(|(a, b)| a != b).collect();
        pairs.sort_unstable_by_key(|(below, above)| (*above, *below));
        pairs.dedup();
        order.pairs = pairs;
        order.without_unstated()?;
        Some(order)
    }

    /// Leaves out numbers that no figure has, and puts pairs in their place; `None` if that takes too many.
    fn without_unstated(&mut self) -> Option<()> {
        let mut is_stated = vec![false; self.numbers];
        self.spots.iter().for_each(|spot| is_stated[spot.number] = true);
        let most = HANDED_ON * (self.numbers + self.pairs.len());
        let (mut pairs, mut handed_on) = (Vec::new(), 0);
        // For each number that is not stated those that are, right below it.
        let mut sources: Vec<Vec<usize>> = vec![Vec::new(); self.numbers];
        let mut place = 0;
        for number in 0..self.numbers {
            let mut from: Vec<usize> = Vec::new();
            while let Some((below, _)) = self.pairs.get(place).filter(|(_, above)| *above == number) {
                if is_stated[*below] {
                    from.push(*below);
                } else {
                    from.extend(&sources[*below]);
                }
                place += 1;
            }
            from.sort_unstable();
            from.dedup();
            handed_on += from.len();
            if handed_on > most {
                return None;
            }
            if is_stated[number] {
                pairs.extend(from.into_iter().map(|below| (below, number)));
            } else {
                sources[number] = from;
            }
        }
        let mut kept = 0;
        let place: Vec<usize> = is_stated
            .iter()
            .map(|stated| {
                kept += usize::from(*stated);
                kept - usize::from(*stated)
            })
            .collect();
        self.pairs = pairs.into_iter().map(|(below, above)| (place[below], place[above])).collect();
        self.spots.iter_mut().for_each(|spot| spot.number = place[spot.number]);
        let forced = self.forced.iter().zip(&is_stated).filter(|(_, stated)| **stated).map(|(forced, _)| *forced);
        self.forced = forced.collect();
        self.numbers = kept;
        Some(())
    }

    /// The pairs with a number at their upper end.
    pub(super) fn below(&self, number: usize) -> &[(usize, usize)] {
        let from = self.pairs.partition_point(|(_, above)| *above < number);
        let to = self.pairs.partition_point(|(_, above)| *above <= number);
        &self.pairs[from..to]
    }

    /// The relations by which one figure is at most as likely as another, as few as a shortest way takes, among those that count.
    pub(super) fn way(&self, below: usize, above: usize, counts: &dyn Fn(usize) -> bool) -> Option<Vec<usize>> {
        let (start, end) = (self.spots[below].atom, self.spots[above].atom);
        let mut through: BTreeMap<usize, Link> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(atom) = open.pop_front() {
            if atom == end {
                break;
            }
            for arc in self.arcs[atom].iter().filter(|arc| arc.relation.is_none_or(counts)) {
                if arc.to != start && !through.contains_key(&arc.to) {
                    through.insert(arc.to, *arc);
                    open.push_back(arc.to);
                }
            }
        }
        let mut relations = BTreeSet::new();
        let mut at = end;
        while at != start {
            let arc = through.get(&at)?;
            relations.extend(arc.relation);
            at = arc.from;
        }
        Some(relations.into_iter().collect())
    }

    /// What a figure is in every world, 0 or 1, if it is sure.
    pub(super) fn sure(&self, place: usize) -> Option<f64> {
        let spot = &self.spots[place];
        self.forced[spot.number].map(|is_true| f64::from(u8::from(is_true == spot.upright)))
    }

    /// The relations by which it is that, as few as a shortest way takes, among those that count.
    pub(super) fn why_sure(&self, place: usize, counts: &dyn Fn(usize) -> bool) -> Option<Vec<usize>> {
        let holds = self.sure(place)? > 0.5;
        let sure = self.reasons.sure(counts);
        let mut relations = BTreeSet::new();
        let mut at = Some(Literal { atom: self.spots[place].atom, holds });
        while let Some(literal) = at {
            let (from, relation) = sure.get(&literal)?;
            relations.extend(*relation);
            at = *from;
        }
        Some(relations.into_iter().collect())
    }

    /// Between which chances each number must stay, by what is forced and what is pinned, and by how much that contradicts itself.
    fn bounds(&self, pins: &[Option<f64>]) -> (Vec<f64>, Vec<f64>, f64) {
        let bound = |free: f64| -> Vec<f64> {
            self.forced.iter().map(|forced| forced.map_or(free, |is_true| f64::from(u8::from(is_true)))).collect()
        };
        let (mut low, mut high) = (bound(f64::NEG_INFINITY), bound(f64::INFINITY));
        for (spot, pin) in self.spots.iter().zip(pins) {
            if let Some(pin) = *pin {
                let pin = if spot.upright { pin } else { 1.0 - pin };
                low[spot.number] = low[spot.number].max(pin);
                high[spot.number] = high[spot.number].min(pin);
            }
        }
        for (below, above) in &self.pairs {
            low[*above] = low[*above].max(low[*below]);
        }
        for (below, above) in self.pairs.iter().rev() {
            high[*below] = high[*below].min(high[*above]);
        }
        let mut missed = 0.0_f64;
        for (low, high) in low.iter().zip(&mut high) {
            if *low > *high {
                missed = missed.max(*low - *high);
                *high = *low;
            }
        }
        (low, high, missed)
    }

    /// By how much figures miss the order, summed over its pairs.
    fn amiss(&self, stated: &[f64]) -> f64 {
        let (mut least, mut most) = (vec![f64::INFINITY; self.numbers], vec![f64::NEG_INFINITY; self.numbers]);
        for (spot, chance) in self.spots.iter().zip(stated) {
            least[spot.number] = least[spot.number].min(*chance);
            most[spot.number] = most[spot.number].max(*chance);
        }
        let apart = least.iter().zip(&most).map(|(least, most)| most - least);
        let fallen = self.pairs.iter().map(|(below, above)| (most[*below] - least[*above]).max(0.0));
        let forced = self.forced.iter().zip(least.iter().zip(&most)).map(|(forced, (least, most))| match forced {
            Some(true) => 1.0 - least,
            Some(false) => *most,
            None => 0.0,
        });
        apart.chain(fallen).chain(forced).sum()
    }

    /// The nearest coherent figures, and what they are worth; `None` if the steps were spent.
    pub(super) fn repaired(
        &self,
        problem: &Problem<'_>,
        figures: &[usize],
        distance: Distance,
        budget: &Budget,
    ) -> Option<Repaired> {
        let figures: Vec<_> = figures.iter().map(|figure| &problem.figures[*figure]).collect();
        let turned = |spot: &Spot, chance: f64| if spot.upright { chance } else { 1.0 - chance };
        let stated: Vec<f64> =
            self.spots.iter().zip(&figures).map(|(spot, figure)| turned(spot, figure.stated)).collect();
        let pins: Vec<Option<f64>> = figures.iter().map(|figure| figure.pin).collect();
        let is_free = pins.iter().all(Option::is_none);
        let as_stated = || Repaired::unmoved(figures.iter().map(|figure| figure.stated).collect(), CutOff::default());
        if is_free && self.amiss(&stated) <= COHERENT {
            return Some(as_stated());
        }
        let (low, high, missed) = self.bounds(&pins);
        if missed > MISSED {
            return Some(Repaired { missed, ..as_stated() });
        }
        let floored = |chance: f64| chance.clamp(FLOOR, 1.0 - FLOOR);
        let scaled = |chance: f64| match distance {
            Distance::Squared => chance,
            Distance::Kl => logit(floored(chance)),
        };
        let unscaled = |value: f64| match distance {
            Distance::Squared => value,
            Distance::Kl => logistic(value),
        };
        let (mut sums, mut weights) = (vec![0.0; self.numbers], vec![0.0; self.numbers]);
        for ((spot, figure), chance) in self.spots.iter().zip(&figures).zip(&stated) {
            sums[spot.number] += figure.weight * scaled(*chance);
            weights[spot.number] += figure.weight;
        }
        let values = sums.iter().zip(&weights).map(|(sum, weight)| sum / weight).collect();
        let bounds = |of: &[f64]| -> Vec<f64> {
            of.iter().map(|bound| if bound.is_finite() { scaled(*bound) } else { *bound }).collect()
        };
        let found = Monotone::new(values, weights, (bounds(&low), bounds(&high)), &self.pairs).nearest(budget)?;
        let mut chances: Vec<f64> = found.iter().map(|value| distance.rounded(unscaled(*value))).collect();
        for (spot, chance) in self.spots.iter().zip(&stated) {
            let as_counted = if distance == Distance::Kl { floored(*chance) } else { *chance };
            if (unscaled(found[spot.number]) - as_counted).abs() < STILL {
                chances[spot.number] = *chance;
            }
        }
        for (number, chance) in chances.iter_mut().enumerate() {
            *chance = chance.max(low[number]).min(high[number]);
        }
        // Digits that were rounded are not to turn two of them round.
        for (below, above) in &self.pairs {
            chances[*above] = chances[*above].max(chances[*below]);
        }
        let repaired: Vec<f64> = self
            .spots
            .iter()
            .zip(figures.iter().zip(&stated))
            .map(|(spot, (figure, was))| match (figure.pin, chances[spot.number]) {
                (Some(pin), _) => pin,
                (None, chance) if chance == *was => figure.stated,
                (None, chance) if spot.upright => chance,
                (None, chance) => distance.rounded(1.0 - chance),
            })
            .collect();
        let mut divergence = 0.0;
        for (figure, chance) in figures.iter().zip(&repaired) {
            let (yes, no) = distance.gains(figure.stated, *chance);
            divergence += figure.weight * (yes * chance + no * (1.0 - chance));
        }
        let (least, most) = self.gains(&figures, &repaired, distance, budget)?;
        let mut cut_off = CutOff::default();
        cut_off.nearest |= is_free && least < divergence - NEAR * (1.0 + divergence);
        let divergence = divergence.max(0.0);
        Some(Repaired { figures: repaired, divergence, least, most, cut_off, missed, inside: None })
    }

    /// What its figures gain in the world in which they gain least and in that in which they gain most; `None` if the steps were spent.
    pub(super) fn gains(
        &self,
        figures: &[&Figure],
        repaired: &[f64],
        distance: Distance,
        budget: &Budget,
    ) -> Option<(f64, f64)> {
        // What they gain in a world is a sum over what is true in it.
        let (mut constant, mut gains) = (0.0, vec![0.0; self.numbers]);
        for ((spot, figure), chance) in self.spots.iter().zip(figures).zip(repaired) {
            let (yes, no) = distance.gains(figure.stated, *chance);
            let (if_true, if_false) = if spot.upright { (yes, no) } else { (no, yes) };
            constant += figure.weight * if_false;
            gains[spot.number] += figure.weight * (if_true - if_false);
        }
        let extreme = |sign: f64| -> Option<f64> {
            let costs: Vec<f64> = gains.iter().map(|gain| sign * gain).collect();
            let is_true = cheapest(&costs, &self.forced, &self.pairs, budget)?;
            Some(constant + gains.iter().zip(&is_true).filter(|(_, is)| **is).map(|(gain, _)| gain).sum::<f64>())
        };
        Some((extreme(1.0)?, extreme(-1.0)?))
    }
}
