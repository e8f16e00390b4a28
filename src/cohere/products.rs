//! The nearest figures where one chance is to be the product of two others.
//!
//! `P(a and b) = P(a) P(b)` is no linear condition of chances: what keeps it may lie in several pieces. Where each of the two *factors* lies in a range, the
//! product lies between four planes, which are linear conditions, so that a program with these says what is least there at least. Ranges are divided, those
//! with the least bound first, until none has a bound below what was found. What is found is found by tangents: the product is taken to be its tangent
//! plane at the factors found last, until that finds nothing nearer.
//!
//! McCormick (1976), Math. Program. 10, 147–175; Al-Khayyal and Falk (1983), Math. Oper. Res. 8, 273–286.

use super::budget::Budget;
use super::formula::Literal;
use super::program::{Aim, FLOOR, Linear, MISS, Nearest, Solution, System, Target};
use super::relations::Bound;
use super::repair::MISSED;
use super::worlds::World;
use crate::error::Error;
use std::collections::BTreeMap;

/// Nothing that is nearer by less is sought.
const GAP: f64 = 1e-7;
/// So many tangent planes are tried one after the other.
const TANGENTS: usize = 30;
/// What is nearer by less is as near.
const NEARER: f64 = 1e-11;
/// A range as narrow as this is not divided.
const NARROW: f64 = 1e-9;
/// The parts of a range are no smaller than this share of it.
const LEAST_PART: f64 = 1e-3;

/// That `P(both) = P(a) P(b)`, or at least or at most that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Product {
    /// The one factor.
    pub(super) a: Literal,
    /// The other.
    pub(super) b: Literal,
    /// The atom `a and b`.
    pub(super) both: usize,
    /// 0 if they are equal, 1 if it is at least the product, -1 if it is at most that.
    pub(super) sign: i8,
}

/// Between which chances the atom of each factor lies.
type Ranges = BTreeMap<usize, (f64, f64)>;

/// The chances of the two factors of each product.
type Point = Vec<(f64, f64)>;

/// What ranges leave a literal.
fn range_of(ranges: &Ranges, literal: Literal) -> (f64, f64) {
    let (low, high) = ranges.get(&literal.atom).copied().unwrap_or((0.0, 1.0));
    if literal.holds { (low, high) } else { (1.0 - high, 1.0 - low) }
}

impl Product {
    /// `factor × (P(both) - plane)`, with the plane that touches the product where the factors are `x` and `y`.
    fn above_plane(&self, factor: f64, x: f64, y: f64) -> Linear {
        let mut row = Linear { constant: factor * x * y, terms: Vec::new() };
        row.add(factor, &Linear::of(Literal::of(self.both)));
        row.add(-factor * y, &Linear::of(self.a));
        row.add(-factor * x, &Linear::of(self.b));
        row
    }

    /// The tangent plane for the product.
    fn tangent(&self, dearer: f64, (x, y): (f64, f64)) -> (Linear, Bound) {
        let factor = if self.sign < 0 { -dearer } else { dearer };
        (self.above_plane(factor, x, y), if self.sign == 0 { Bound::Zero } else { Bound::AtLeast })
    }

    /// The planes between which the product lies where its factors lie in ranges.
    fn planes(&self, dearer: f64, ranges: &Ranges) -> Vec<(Linear, Bound)> {
        let ((low, high), (least, most)) = (range_of(ranges, self.a), range_of(ranges, self.b));
        let mut rows = Vec::with_capacity(4);
        if self.sign >= 0 {
            rows.push((self.above_plane(dearer, low, least), Bound::AtLeast));
            rows.push((self.above_plane(dearer, high, most), Bound::AtLeast));
        }
        if self.sign <= 0 {
            rows.push((self.above_plane(-dearer, high, least), Bound::AtLeast));
            rows.push((self.above_plane(-dearer, low, most), Bound::AtLeast));
        }
        rows
    }

    /// By how much it is missed where `P(both)` exceeds the product by so much.
    fn missed(&self, excess: f64) -> f64 {
        match self.sign {
            0 => excess.abs(),
            1.. => (-excess).max(0.0),
            _ => excess.max(0.0),
        }
    }
}

impl Aim {
    /// So often ranges are divided before the search is cut off: for the interior-point method, which takes long, less often.
    const fn divided(self) -> usize {
        match self {
            Self::Amount | Self::Bound { .. } => 500,
            Self::Squared | Self::Information => 40,
        }
    }

    /// How many times what another miss costs one of a product does, whose miss is the square of what two factors are off where they meet. More the
    /// interior-point method does not stand.
    const fn dearer(self) -> f64 {
        match self {
            Self::Amount | Self::Bound { .. } => 1e4,
            Self::Squared | Self::Information => 1e2,
        }
    }

    /// How far the chance of a figure may be from what is said of it, if the whole is to be no more than this. Without a condition only.
    fn radius(self, number: usize, target: &Target, most: f64) -> Option<f64> {
        let missed = |least: f64| ((most - least) / MISS).max(0.0);
        match self {
            Self::Bound { of, .. } if of == number => None,
            Self::Bound { .. } => Some(missed(-1.0)),
            _ if target.pin.is_some() => Some(missed(0.0)),
            _ if target.weight <= 0.0 => None,
            Self::Amount => Some(most.max(0.0) / target.weight),
            Self::Squared => Some((most.max(0.0) / target.weight).sqrt()),
            // The information lost is at least twice the square (Pinsker).
            Self::Information => Some((most.max(0.0) / (2.0 * target.weight)).sqrt()),
        }
    }
}

impl Solution {
    /// The same where products are missed by so much more.
    fn missing(mut self, dearer: f64, more: f64) -> Self {
        self.value += MISS * dearer * more;
        self.missed += dearer * more;
        self
    }

    /// By how much products are missed.
    fn missed_of(&self, products: &[Product]) -> f64 {
        products.iter().zip(self.told()).map(|(of, (x, y, both))| of.missed(both - x * y)).sum()
    }

    /// The same where a product that is missed counts like any other miss.
    fn counted(mut self, dearer: f64, products: &[Product]) -> Self {
        let less = (dearer - 1.0) * self.missed_of(products);
        self.value -= MISS * less;
        self.missed = (self.missed - less).max(0.0);
        self
    }

    /// The factors and the chance of both, of each product.
    fn told(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.watched.chunks_exact(3).map(|of| (of[0], of[1], of[2]))
    }

    fn point(&self) -> Point {
        self.told().map(|(x, y, _)| (x, y)).collect()
    }
}

/// Ranges, and what is least between their planes.
#[derive(Debug)]
struct Part {
    /// Nothing within is less.
    bound: f64,
    ranges: Ranges,
    /// `None` where the solver could not tell.
    found: Option<Solution>,
}

/// A search in the making.
struct Search<'s> {
    products: &'s [Product],
    /// The system without its products, to which rows for these are added.
    system: System,
    /// How many rows are its own.
    own: usize,
    counts: &'s [bool],
    aim: Aim,
    dearer: f64,
    worlds: &'s mut Vec<World>,
    budget: &'s Budget,
}

impl Search<'_> {
    fn with(&mut self, rows: impl IntoIterator<Item = (Linear, Bound)>) -> Result<Nearest, Error> {
        self.system.rows.truncate(self.own);
        self.system.rows.extend(rows);
        self.system.nearest_of(self.counts, self.aim, None, self.worlds, self.budget)
    }

    /// The targets that count and have no condition, with the atom that each is about.
    fn told(&self) -> impl Iterator<Item = (usize, usize, &Target)> {
        self.system.targets.iter().enumerate().filter(|(number, _)| self.counts[*number]).filter_map(
            |(number, target)| {
                let [(atom, _)] = target.event.terms[..] else { return None };
                let is_plain = target.condition.is_none() && target.event == Linear::of(Literal::of(atom));
                is_plain.then_some((number, atom, target))
            },
        )
    }

    /// What is said of the factors; one half where nothing is.
    fn as_said(&self) -> Point {
        let said: BTreeMap<usize, f64> =
            self.told().map(|(_, atom, target)| (atom, target.pin.unwrap_or(target.stated))).collect();
        let of = |literal: Literal| {
            said.get(&literal.atom).map_or(0.5, |chance| if literal.holds { *chance } else { 1.0 - chance })
        };
        self.products.iter().map(|product| (of(product.a), of(product.b))).collect()
    }

    /// Outside of these ranges the whole is more than that.
    fn ranges(&self, most: f64) -> Ranges {
        let mut ranges: Ranges = self
            .products
            .iter()
            .flat_map(|product| [product.a.atom, product.b.atom])
            .map(|atom| (atom, (0.0, 1.0)))
            .collect();
        for (number, atom, target) in self.told() {
            if let (Some((low, high)), Some(radius)) = (ranges.get_mut(&atom), self.aim.radius(number, target, most)) {
                let (said, radius) = (target.pin.unwrap_or(target.stated), radius + NARROW);
                // Nearer to 0 and 1 a chance counts as one within.
                let radius = if self.aim == Aim::Information { radius + FLOOR } else { radius };
                *low = low.max(said - radius).min(1.0);
                *high = high.min(said + radius).max(*low);
            }
        }
        ranges
    }

    /// What is least between the planes of ranges.
    fn within(&mut self, ranges: &Ranges) -> Result<Nearest, Error> {
        let mut rows: Vec<(Linear, Bound)> =
            self.products.iter().flat_map(|product| product.planes(self.dearer, ranges)).collect();
        for (atom, (low, high)) in ranges {
            if *low > 0.0 {
                rows.push((Linear { constant: -low, terms: vec![(*atom, 1.0)] }, Bound::AtLeast));
            }
            if *high < 1.0 {
                rows.push((Linear { constant: *high, terms: vec![(*atom, -1.0)] }, Bound::AtLeast));
            }
        }
        self.with(rows)
    }

    /// What tangent planes find, from some chances of the factors.
    fn descended(&mut self, mut point: Point) -> Result<Nearest, Error> {
        let mut best: Option<Solution> = None;
        for _ in 0..TANGENTS {
            let products = self.products;
            let rows =
                products.iter().zip(&point).map(|(product, at)| product.tangent(self.dearer, *at)).collect::<Vec<_>>();
            let found = match self.with(rows)? {
                Nearest::Found(found) => found,
                other => return Ok(best.map_or(other, Nearest::Found)),
            };
            let next = found.point();
            // So much does the product differ from the plane.
            let excess = point.iter().zip(&next).map(|((x, y), (to_x, to_y))| (to_x - x) * (to_y - y));
            let missed: f64 = products.iter().zip(excess).map(|(product, excess)| product.missed(-excess)).sum();
            let found = found.missing(self.dearer, missed);
            let is_cut_off = found.cut_off.is_some();
            if best.as_ref().is_some_and(|best| found.value > best.value - NEARER) {
                break;
            }
            best = Some(found);
            point = next;
            if is_cut_off {
                break;
            }
        }
        Ok(best.map_or(Nearest::Unknown, Nearest::Found))
    }

    /// What is least between the planes of ranges, and at least the bound of what they are a part of; `None` where the search was cut off.
    fn looked(&mut self, ranges: Ranges, bound: f64) -> Option<Part> {
        match self.within(&ranges) {
            Ok(Nearest::Found(found)) if found.cut_off.is_none() => {
                Some(Part { bound: bound.max(found.value), ranges, found: Some(found) })
            }
            Ok(_) => None,
            Err(_) => Some(Part { bound, ranges, found: None }),
        }
    }

    /// Divides ranges in two: those of the product that is missed most, by that factor which raises both bounds more. None if they are narrow; `None`
    /// where the search was cut off.
    fn divided(&mut self, part: &Part, best: f64) -> Option<Vec<Part>> {
        let width = |atom: usize| part.ranges.get(&atom).map_or(0.0, |(low, high)| high - low);
        let halfway = |literal: Literal| {
            let (low, high) = range_of(&part.ranges, literal);
            0.5 * (low + high)
        };
        let factors = self.products.iter().enumerate().map(|(number, of)| {
            let told = part.found.as_ref().and_then(|found| found.told().nth(number));
            let missed =
                told.map_or_else(|| width(of.a.atom).max(width(of.b.atom)), |(x, y, both)| of.missed(both - x * y));
            let (x, y, _) = told.unwrap_or_else(|| (halfway(of.a), halfway(of.b), 0.0));
            (missed, [(of.a, x), (of.b, y)])
        });
        let wide = factors.filter(|(_, of)| of.iter().any(|(literal, _)| width(literal.atom) > NARROW));
        let Some((_, factors)) = wide.reduce(|most, other| if other.0 > most.0 { other } else { most }) else {
            return Some(Vec::new());
        };
        // What is raised above the best that was found need be raised no further.
        let raised = |of: &Part| (of.bound.min(best) - part.bound).max(GAP * GAP);
        let mut divided: Vec<Part> = Vec::new();
        let mut most = 0.0;
        for (literal, at) in factors {
            let Some((low, high)) = part.ranges.get(&literal.atom).copied().filter(|(low, high)| high - low > NARROW)
            else {
                continue;
            };
            let least = LEAST_PART * (high - low);
            let at = (if literal.holds { at } else { 1.0 - at }).clamp(low + least, high - least);
            let mut parts = Vec::with_capacity(2);
            for limits in [(low, at), (at, high)] {
                let mut ranges = part.ranges.clone();
                ranges.insert(literal.atom, limits);
                parts.push(self.looked(ranges, part.bound)?);
            }
            let by: f64 = parts.iter().map(raised).product();
            if by > most {
                (most, divided) = (by, parts);
            }
        }
        Some(divided)
    }
}

impl System {
    /// The nearest figures that keep the products, too; see [`System::nearest_of`].
    pub(super) fn nearest_of_products(
        &self,
        counts: &[bool],
        aim: Aim,
        enough: Option<f64>,
        worlds: &mut Vec<World>,
        budget: &Budget,
    ) -> Result<Nearest, Error> {
        let mut system = self.clone();
        system.products.clear();
        system.watched = self
            .products
            .iter()
            .flat_map(|of| [Linear::of(of.a), Linear::of(of.b), Linear::of(Literal::of(of.both))])
            .collect();
        let (own, dearer) = (self.rows.len(), aim.dearer());
        let mut search = Search { products: &self.products, system, own, counts, aim, dearer, worlds, budget };
        let mut best: Option<Solution> = None;
        let better = |best: &mut Option<Solution>, found: Solution| {
            if best.as_ref().is_none_or(|best| found.value < best.value) {
                *best = Some(found);
            }
        };
        let value = |best: &Option<Solution>| best.as_ref().map_or(f64::INFINITY, |best| best.value);
        let found = |best: Option<Solution>| {
            best.map_or(Nearest::Unknown, |best| Nearest::Found(best.counted(dearer, &self.products)))
        };
        let cut_off = |best: Option<Solution>, at_least: f64| {
            budget.cut_off();
            Ok(found(best.map(|mut best| {
                // A miss costs more than it counts, so that a bound of the value is none of the amount.
                best.cut_off = Some(if best.missed <= MISSED { at_least.max(0.0) } else { 0.0 });
                best
            })))
        };
        let said = search.as_said();
        match search.descended(said) {
            Ok(Nearest::Found(found)) if found.cut_off.is_some() => return cut_off(Some(found), 0.0),
            Ok(Nearest::Found(found)) => better(&mut best, found),
            Ok(other) => return Ok(other),
            // The solver could not tell; elsewhere it may.
            Err(_) => {}
        }
        let is_settled = |bound: f64, best: f64| {
            bound >= best - GAP || enough.is_some_and(|enough| best <= enough || bound > enough)
        };
        let most = enough.unwrap_or(f64::INFINITY).min(value(&best));
        let ranges = search.ranges(most);
        let Some(whole) = search.looked(ranges, f64::NEG_INFINITY) else { return cut_off(best, 0.0) };
        let mut open = vec![whole];
        for _ in 0..aim.divided() {
            open.retain(|part| !is_settled(part.bound, value(&best)));
            let least = (0..open.len()).min_by(|one, other| open[*one].bound.total_cmp(&open[*other].bound));
            let Some(at) = least else { return Ok(found(best)) };
            let part = open.swap_remove(at);
            if budget.is_spent() {
                return cut_off(best, part.bound);
            }
            if let Some(of) = &part.found
                && let Ok(Nearest::Found(other)) = search.descended(of.point())
            {
                better(&mut best, other);
            }
            let Some(parts) = search.divided(&part, value(&best)) else { return cut_off(best, part.bound) };
            open.extend(parts);
            if let Some(of) = part.found {
                let missed = of.missed_of(&self.products);
                better(&mut best, of.missing(dearer, missed));
            }
        }
        let bound = open.iter().map(|part| part.bound).fold(value(&best), f64::min);
        cut_off(best, bound)
    }
}
