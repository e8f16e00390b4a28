//! The nearest coherent figures, and what they are worth.
//!
//! Let `p` be what was stated and `L(p, w)` its score in a world `w`, summed over the figures. The distribution `π` over possible worlds that is
//! nearest to `p` in the divergence of the score gives figures `r` with
//!
//! ```text
//! L(p, w) - L(r, w) >= D(π, p)        in every possible world w
//! ```
//!
//! so whoever states `p` gives `D` away whatever happens (the theorem on projections; de Finetti 1974; Predd et al. 2009, IEEE Trans. Inf. Theory 55,
//! 4786–4792). For the Brier score `D` is the squared distance, for the logarithmic score the information lost. A conditional forecast is scored
//! where its condition comes about and called off where it does not; its share of `D` is then `π(B) (c - π(A|B))²`, which is convex in `π`, so that the
//! guarantee is the same with conditional figures as without.
//!
//! With pins the nearest figures are those among the coherent ones that keep them, and the guarantee is lost: what is given away at least is
//! then computed and may be negative. It is computed in any case ([`Repaired::least`]), over all possible worlds.
//!
//! With assumptions the nearest figures are those that keep them, too. Worlds may break an assumption, so that the least gain may be negative here as well:
//! it is that over all worlds that logic allows.
//!
//! Where figures are tied by an order alone they are found as such ([`Order`]), without a search.
//!
//! Each search has a budget. Where it is spent the figures are coherent, but perhaps not the nearest, and the theorem promises nothing; the least gain
//! is then that of a bound, below which these figures gain in no world: what they gain is a sum over atoms, and no world has less than the bound of
//! the search for the worst one. Figures that were found so and may score worse than those stated are no repair: those stated are left as they are.

use super::budget::Budget;
use super::formula::Literal;
use super::order::Order;
use super::problem::{Figure, Part, Problem};
use super::program::{Aim, FLOOR, Linear, Nearest, Solution, System, Target};
use super::relations::Strength;
use super::unlikely::{Found, NEVER, Search};
use super::worlds::{LONG, World};
use crate::error::Error;
use crate::math::{ln, round_to};
use std::collections::BTreeSet;

/// The least gain may miss the distance by this share of it, for the digits of the solver.
pub(super) const NEAR: f64 = 1e-3;
/// A gain that is below the distance by less than this share of it is that of rounded figures.
const EXACT: f64 = 1e-6;
/// Figures that have not moved by more than this are as they were stated.
pub(super) const STILL: f64 = 1e-7;
/// By divergence those nearer to 0 or 1 than a thousandth may have moved by no more than this share.
const TIMES: f64 = 1e-4;
/// Figures that have to move by no more than this in all are coherent.
pub(super) const COHERENT: f64 = 1e-8;
/// A distance below this is none.
const NOTHING: f64 = 1e-9;
/// So many digits after the point a repaired figure has,
const DIGITS: u8 = 9;
/// and by divergence one more for each power of ten by which it is nearer than this to 0 or 1, since there its logarithm counts.
const TOLD: f64 = 1e-3;
/// Pins and judgements that are missed by no more than this are kept.
pub(super) const MISSED: f64 = 1e-6;

/// By which score figures are judged.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// Squared distance: what the Brier score gives away
    Squared,
    /// Kullback–Leibler divergence: what the logarithmic score gives away
    Kl,
}

/// The repaired figures of a part.
#[derive(Debug, Clone)]
pub(super) struct Repaired {
    /// For each figure of the part the coherent one.
    pub(super) figures: Vec<f64>,
    /// How far they are from what was stated.
    pub(super) divergence: f64,
    /// What they gain in the world in which they gain least, or a bound below that where the search was cut off.
    pub(super) least: f64,
    /// What they gain in the world in which they gain most, or a bound above that.
    pub(super) most: f64,
    /// Which searches were cut off.
    pub(super) cut_off: CutOff,
    /// By how much the pins are missed; over 0 if they contradict each other.
    pub(super) missed: f64,
    /// What they gain under conditions alone.
    pub(super) inside: Option<Inside>,
}

/// What figures gain that move under conditions alone.
#[derive(Debug, Clone)]
pub(super) struct Inside {
    /// The conditions; without any of them nothing is gained.
    pub(super) conditions: Vec<Literal>,
    /// The figures that move.
    pub(super) figures: Vec<usize>,
    /// What they gain at least wherever one of the conditions holds.
    pub(super) least: f64,
}

/// Which searches of a repair were cut off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct CutOff {
    /// That for coherent figures that keep the pins and score no worse than those stated in any world: some are shown as they were stated, or as pinned,
    /// coherent or not.
    pub figures: bool,
    /// That for the nearest ones, or it was not exact enough: nearer ones may be left.
    pub nearest: bool,
    /// That for the worst or the best world: what is gained at least and at most are bounds that need not be reached.
    pub gain: bool,
}

impl CutOff {
    /// Those of either of two.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            figures: self.figures || other.figures,
            nearest: self.nearest || other.nearest,
            gain: self.gain || other.gain,
        }
    }

    /// Whether any was.
    #[must_use]
    pub const fn any(self) -> bool {
        self.figures || self.nearest || self.gain
    }
}

impl Distance {
    pub(super) const fn aim(self) -> Aim {
        match self {
            Self::Squared => Aim::Squared,
            Self::Kl => Aim::Information,
        }
    }

    /// A repaired figure to the digits that tell.
    pub(super) fn rounded(self, chance: f64) -> f64 {
        let chance = chance.clamp(0.0, 1.0);
        let mut digits = DIGITS;
        let mut nearness = chance.min(1.0 - chance).max(FLOOR);
        while self == Self::Kl && nearness < TOLD {
            nearness *= 10.0;
            digits += 1;
        }
        round_to(chance, digits)
    }

    /// A chance as it is shown: as stated where it is that but for the digits of the solver. By divergence small ones count by what they are times.
    pub(super) fn tidy(self, chance: f64, stated: f64) -> f64 {
        let end = stated.min(1.0 - stated);
        let still = match self {
            Self::Squared => STILL,
            Self::Kl => STILL.min(TIMES * end.max(FLOOR)),
        };
        if (chance - stated).abs() < still { stated } else { self.rounded(chance) }
    }

    /// How much better `repaired` scores than `stated`: if the event comes, and if it does not.
    ///
    /// In logarithms 0 and 1 are stated as so far from there as chances can be, as in the divergence.
    pub(super) fn gains(self, stated: f64, repaired: f64) -> (f64, f64) {
        if stated == repaired {
            return (0.0, 0.0);
        }
        let loss = |chance: f64| match self {
            Self::Squared => (1.0 - chance) * (1.0 - chance),
            Self::Kl => -ln(chance.max(FLOOR)),
        };
        let stated = if self == Self::Kl { stated.clamp(FLOOR, 1.0 - FLOOR) } else { stated };
        (loss(stated) - loss(repaired), loss(1.0 - stated) - loss(1.0 - repaired))
    }
}

impl Repaired {
    /// What was stated, as it is.
    pub(super) fn unmoved(figures: Vec<f64>, cut_off: CutOff) -> Self {
        Self { figures, divergence: 0.0, least: 0.0, most: 0.0, cut_off, missed: 0.0, inside: None }
    }
}

/// The figures of a part for which no repair was found before the search was cut off: as they were stated, or as they are pinned.
fn unrepaired(system: &System, stated: Vec<f64>, distance: Distance, steps: u64) -> Option<Repaired> {
    let pinned = |(target, stated): (&Target, &f64)| target.pin.unwrap_or(*stated);
    let figures: Vec<f64> = system.targets.iter().zip(&stated).map(pinned).collect();
    let mut cut_off = CutOff { figures: true, nearest: true, gain: false };
    if figures == stated {
        return Some(Repaired::unmoved(stated, cut_off));
    }
    let gains = gains(system, &figures, distance, steps)?;
    cut_off.gain = !gains.is_complete;
    Some(Repaired { least: gains.least, most: gains.most, ..Repaired::unmoved(figures, cut_off) })
}

/// What figures gain in the world in which they gain least and in that in which they gain most.
struct Gains {
    least: f64,
    most: f64,
    /// Otherwise they are bounds.
    is_complete: bool,
}

/// The gains of repaired figures; `None` if no world is possible.
fn gains(system: &System, repaired: &[f64], distance: Distance, steps: u64) -> Option<Gains> {
    let gain = gain(system, repaired, distance);
    let mut loss = Linear::default();
    loss.add(-1.0, &gain);
    let least = gain.least(&system.space, LONG, &Budget::new(steps));
    let most = loss.least(&system.space, LONG, &Budget::new(steps));
    let is_complete = least.is_complete && most.is_complete;
    let (least, most) = (least.at_least, -most.at_least);
    (least.is_finite() && most.is_finite()).then_some(Gains { least, most, is_complete })
}

/// How much better the repaired figures score than those stated, as a number that each world has.
pub(super) fn gain(system: &System, repaired: &[f64], distance: Distance) -> Linear {
    let mut gain = Linear::default();
    for (target, repaired) in system.targets.iter().zip(repaired) {
        let (yes, no) = distance.gains(target.stated, *repaired);
        let always = Linear { constant: 1.0, terms: Vec::new() };
        gain.add(target.weight * (yes - no), &target.event);
        gain.add(target.weight * no, target.condition.as_ref().unwrap_or(&always));
    }
    gain
}

/// Whether the figures of a part are coherent as they were stated, by the least amount by which they would have to move.
///
/// Under a condition that is left hardly any chance a figure that is far off counts for hardly anything: there it is held against what is left, and under
/// one that is left none, against the worlds of the condition alone.
fn is_still(
    problem: &Problem<'_>,
    part: &Part,
    relations: &[usize],
    system: &System,
    amount: &Solution,
    steps: u64,
) -> Result<bool, Error> {
    if amount.value > COHERENT {
        return Ok(false);
    }
    let mut left_none = BTreeSet::new();
    for ((figure, target), (event, condition)) in part.figures.iter().zip(&system.targets).zip(&amount.chances) {
        let Some((_, of)) = &problem.figures[*figure].conditional else { continue };
        if *condition < NEVER {
            left_none.insert(of.condition);
        } else if (event / condition - target.stated).abs() > STILL {
            return Ok(false);
        }
    }
    for condition in left_none {
        let under = problem.speaking(&part.figures, relations, Some(condition));
        let there = problem.system(&under, relations, Some(condition));
        match there.nearest(Aim::Amount, &Budget::new(steps))? {
            Nearest::Found(amount) if amount.value > COHERENT => return Ok(false),
            Nearest::Unknown => return Ok(false),
            Nearest::Found(_) | Nearest::Impossible => {}
        }
    }
    Ok(true)
}

/// Whether worlds may break a relation; what a conditional forecast means is no assumption.
fn is_assumed(problem: &Problem<'_>, relation: usize) -> bool {
    let relation = &problem.relations.relations[relation];
    relation.strength == Strength::Assume && relation.conditionals.is_empty()
}

/// What figures that are repaired to assumptions gain in the worlds that logic allows, those among them that break the assumptions.
fn gains_by_logic(
    problem: &Problem<'_>,
    part: &Part,
    repaired: &[f64],
    distance: Distance,
    steps: u64,
) -> Option<Gains> {
    let logic: Vec<usize> = part.relations.iter().copied().filter(|of| !is_assumed(problem, *of)).collect();
    if let Some(order) = Order::of(problem, &part.figures, &logic) {
        let figures: Vec<&Figure> = part.figures.iter().map(|figure| &problem.figures[*figure]).collect();
        if let Some((least, most)) = order.gains(&figures, repaired, distance, &Budget::new(steps)) {
            return Some(Gains { least, most, is_complete: true });
        }
    }
    gains(&problem.system(&part.figures, &logic, None), repaired, distance, steps)
}

/// What repaired figures gain in the worlds of the conditions under which they move, if they move under conditions alone and gain something there.
fn inside(problem: &Problem<'_>, part: &Part, repaired: &[f64], distance: Distance, steps: u64) -> Option<Inside> {
    let moves = part.figures.iter().zip(repaired).filter(|(of, to)| problem.figures[**of].stated != **to);
    let figures: Vec<usize> = moves.map(|(of, _)| *of).collect();
    if figures.iter().any(|of| problem.figures[*of].conditional.is_none()) {
        return None;
    }
    let conditions = problem.conditions(&figures);
    let logic: Vec<usize> = part.relations.iter().copied().filter(|of| !is_assumed(problem, *of)).collect();
    let there = problem.system_where(&part.figures, &logic, None, std::slice::from_ref(&conditions));
    let least = gains(&there, repaired, distance, steps)?.least;
    (least > COHERENT).then_some(Inside { conditions, figures, least })
}

/// Finds the coherent figures that are nearest to those of a part, and what they are worth; `None` if no world is possible.
///
/// The relations are those of `logic`, and with `assumptions` the others, too; what is gained is so in all worlds of logic either way. Worlds that were
/// generated for the same part are kept in `worlds`. Each search takes so many steps at most.
pub(super) fn repair(
    problem: &Problem<'_>,
    part: &Part,
    distance: Distance,
    assumptions: bool,
    worlds: &mut Vec<World>,
    steps: u64,
) -> Result<Option<Repaired>, Error> {
    let Some(mut found) = repaired_to(problem, part, distance, assumptions, worlds, steps)? else { return Ok(None) };
    // Chances that are assumed leave the same worlds.
    let leaves_out = |of: &usize| is_assumed(problem, *of) && !problem.relations.relations[*of].clauses.is_empty();
    let has_moved = part.figures.iter().zip(&found.figures).any(|(of, to)| problem.figures[*of].stated != *to);
    if assumptions && has_moved && part.relations.iter().any(leaves_out) {
        let Some(gains) = gains_by_logic(problem, part, &found.figures, distance, steps) else { return Ok(None) };
        (found.least, found.most, found.cut_off.gain) = (gains.least, gains.most, !gains.is_complete);
    }
    if has_moved && found.divergence < NOTHING {
        found.inside = inside(problem, part, &found.figures, distance, steps);
    }
    Ok(Some(found))
}

/// The same with what is gained in the worlds that keep the assumptions, where these count.
fn repaired_to(
    problem: &Problem<'_>,
    part: &Part,
    distance: Distance,
    assumptions: bool,
    worlds: &mut Vec<World>,
    steps: u64,
) -> Result<Option<Repaired>, Error> {
    let counts = |relation: &&usize| assumptions || !is_assumed(problem, **relation);
    let relations: Vec<usize> = part.relations.iter().filter(counts).copied().collect();
    let order = Order::of(problem, &part.figures, &relations);
    if let Some(found) = order.and_then(|of| of.repaired(problem, &part.figures, distance, &Budget::new(steps))) {
        return Ok(Some(found));
    }
    let system = problem.system(&part.figures, &relations, None);
    let stated: Vec<f64> = part.figures.iter().map(|figure| problem.figures[*figure].stated).collect();
    let every = vec![true; system.targets.len()];
    if system.targets.iter().all(|target| target.pin.is_none_or(|pin| pin == target.stated)) {
        let mut seen = Vec::new();
        let found = system.nearest_of(&every, Aim::Amount, Some(COHERENT), &mut seen, &Budget::new(steps))?;
        if worlds.is_empty() {
            *worlds = seen;
        }
        match found {
            Nearest::Impossible => return Ok(None),
            // Cut off or not: figures that need not move are coherent.
            Nearest::Found(amount) if is_still(problem, part, &relations, &system, &amount, steps)? => {
                return Ok(Some(Repaired::unmoved(stated, CutOff::default())));
            }
            Nearest::Found(_) | Nearest::Unknown => {}
        }
    }
    let search = Search { problem, part, relations: &relations, distance, steps };
    let first = by_program(&search, &system, &stated, worlds)?;
    let is_short = |of: &Repaired| of.cut_off.any() || of.least < of.divergence - EXACT * (1.0 + of.divergence);
    if !system.targets.iter().any(|target| target.condition.is_some()) || !first.as_ref().is_some_and(is_short) {
        return Ok(first);
    }
    // Perhaps a condition was left no chance too early.
    let second = by_program(&search, &System { closes: false, ..system }, &stated, worlds)?;
    let is_better = |(one, other): (&Repaired, &Repaired)| {
        (one.cut_off.figures, other.least - other.divergence) > (other.cut_off.figures, one.least - one.divergence)
    };
    Ok(if first.as_ref().zip(second.as_ref()).is_some_and(is_better) { second } else { first })
}

/// The repaired figures of the nearest distribution over worlds; `None` if no world is possible.
fn by_program(
    search: &Search<'_, '_>,
    system: &System,
    stated: &[f64],
    worlds: &mut Vec<World>,
) -> Result<Option<Repaired>, Error> {
    let (distance, steps) = (search.distance, search.steps);
    let every = vec![true; system.targets.len()];
    let mut cut_off = CutOff::default();
    let solution = match system.nearest_of(&every, distance.aim(), None, worlds, &Budget::new(steps))? {
        Nearest::Impossible => return Ok(None),
        Nearest::Unknown => {
            return Ok(unrepaired(system, stated.to_vec(), distance, steps));
        }
        Nearest::Found(solution) => solution,
    };
    cut_off.nearest = solution.cut_off.is_some();
    let is_free = system.rows.is_empty()
        && system.products.is_empty()
        && system.targets.iter().all(|target| target.pin.is_none());
    let mut found = Found::of(&solution, stated.to_vec(), distance);
    if is_free {
        search.sharpen(&mut found, &solution)?;
        search.by_layers(&mut found)?;
    } else {
        let pins = system.targets.iter().map(|target| target.pin);
        found.figures.iter_mut().zip(pins).for_each(|(figure, pin)| *figure = pin.unwrap_or(*figure));
        search.under_conditions(&mut found)?;
    }
    cut_off = cut_off.or(found.cut_off);
    let Found { figures, chances, .. } = found;
    let Some(Gains { least, most, is_complete }) = gains(system, &figures, distance, steps) else { return Ok(None) };
    cut_off.gain = !is_complete;
    let is_searched = !cut_off.nearest && !cut_off.figures;
    // The expected gain under the distribution found is the distance itself.
    let shares = chances.iter().zip(&system.targets).zip(&figures);
    let divergence: f64 = shares
        .map(|(((event, condition), target), repaired)| {
            let (yes, no) = distance.gains(target.stated, *repaired);
            target.weight * ((yes - no) * event + no * condition)
        })
        .sum();
    // No gain is below the distance, unless the figures are not the nearest.
    cut_off.nearest |= is_free && least < divergence - NEAR * (1.0 + divergence);
    // What was not searched to the end, or not exactly enough, is shown only if it scores no worse than what was stated, whatever happens; but what keeps
    // assumed dependence may score worse, however long it was searched for.
    let is_rough = !is_searched || (is_complete && cut_off.nearest);
    let is_worse = system.products.is_empty() && least < -COHERENT;
    if is_rough && (is_worse || (!is_searched && solution.missed > MISSED)) {
        return Ok(unrepaired(system, stated.to_vec(), distance, steps));
    }
    let (divergence, missed) = (divergence.max(0.0), solution.missed);
    Ok(Some(Repaired { figures, divergence, least, most, cut_off, missed, inside: None }))
}
