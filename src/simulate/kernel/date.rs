//! Dates: the first moment at which a cumulative hazard passes a unit exponential.
//!
//! Time runs from the start of the event's clock. Multipliers that set in at a date cut it into pieces `(s, e]`; over a piece the
//! accumulated hazard grows by `multiplier * (H(e) - H(s))`, so a jump of `H` at a moment belongs to the piece that ends there, and
//! a multiplier counts from just after its date. The event comes at the first `t` at which the accumulated hazard reaches a unit
//! exponential `E`. Piecewise inversion: Cinlar (1975), Introduction to Stochastic Processes, ch. 4.

use crate::dist::Hazard;
use crate::math::{exp, exp_m1};
use crate::plan::{Comparison, DateEvidence, Multiplier, Since};
use crate::simulate::block::{
    Arena, EVERYWHERE, NOWHERE, Plane, WORDS, both, count, for_each_world, list_worlds, without,
};
use crate::simulate::kernel::by_world::ByWorld;
use crate::simulate::kernel::logic::{self, Side};
use crate::simulate::kernel::passage::{Factor, Passages};
use fearless_simd::Level;

/// The most that a hazard is multiplied by in any world, before anything else.
fn most_of(scale: ByWorld<'_, f64>) -> f64 {
    match scale {
        ByWorld::Same(scale) => *scale,
        ByWorld::Chosen { values, .. } => values.iter().copied().fold(0.0, f64::max),
    }
}

/// Where the unit exponentials come from, which decides how evidence is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Randomness {
    /// Free: a world that must not happen by a day draws anew from then on and weighs as much as its chance.
    Free,
    /// Given, because it is correlated with other draws: a world either agrees with what is known or weighs nothing.
    Given,
}

/// The dates of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dates<'a> {
    /// All columns.
    pub(crate) arena: &'a Arena,
    /// Start of the clock in each world.
    pub(crate) clock: Option<&'a [f64]>,
    /// What multiplies the hazard.
    pub(crate) multipliers: &'a [Multiplier],
    /// Dates beyond it never come.
    pub(crate) horizon: f64,
    /// Of the exponentials.
    pub(crate) randomness: Randomness,
}

/// Space for [`Dates::fill`].
#[derive(Debug, Default)]
pub(crate) struct Space {
    /// For each multiplier, the worlds in which it sets in by the horizon.
    sets_in: Vec<Plane>,
    /// What the multipliers do in some worlds.
    factors: Vec<Factor>,
    /// The worlds in which the date may come: found by their bits, or one by one.
    listed: Vec<u16>,
    few: Vec<u16>,
    passages: Passages,
}

/// Bounds are this much wider than they need be, so that no rounding lets a date slip.
const SLACK: f64 = 1e-9;

/// Fewer worlds than this are compared one by one.
const FEW: u64 = 256;

impl Dates<'_> {
    /// Looks where multipliers set in, before rows are filled.
    pub(crate) fn start(&self, level: Level, space: &mut Space) {
        space.sets_in.clear();
        for multiplier in self.multipliers {
            space.sets_in.push(match multiplier.since {
                Since::Plane(plane) => *self.arena.plane(plane),
                Since::Date(date) => self.by_horizon(level, self.arena.number(date)),
            });
        }
    }

    /// Fills `out` in the worlds of a row, of which nothing is known; after [`Dates::start`].
    ///
    /// Only a world whose exponential is below the most hazard that can accumulate by the horizon has a date: mostly a few. So worlds are
    /// told apart by which multipliers set in in them, their uniforms are compared with the least that will do, and all else is done for
    /// the worlds that remain.
    pub(crate) fn fill(
        &self,
        level: Level,
        mask: &Plane,
        (hazard, scale): (&Hazard, ByWorld<'_, f64>),
        uniforms: &[f64],
        space: &mut Space,
        out: &mut [f64],
    ) {
        if *mask == EVERYWHERE {
            out.fill(f64::INFINITY);
        } else {
            for_each_world(mask, |world| out[world] = f64::INFINITY);
        }
        let (mut started, mut first_start) = (*mask, 0.0);
        if let Some(clock) = self.clock {
            started = both(mask, &self.by_horizon(level, clock));
            first_start = f64::INFINITY;
            for_each_world(&started, |world| first_start = f64::min(first_start, clock[world]));
            if first_start == f64::INFINITY {
                return;
            }
        }
        let mut row = Row {
            dates: self,
            hazard,
            scale,
            level,
            uniforms,
            accumulated: hazard.cumulative(self.horizon - first_start) * (1.0 + SLACK),
            least: 0.0,
        };
        // Whatever the multipliers do, a world needs a uniform of at least this.
        let most = self.multipliers.iter().fold(most_of(scale), |most, by| most * by.before.max(by.after));
        let least = row.least(most);
        started = both(&started, &row.with_uniforms_from(least));
        row.least = least;
        space.factors.clear();
        row.split(&started, most_of(scale), space, out);
    }

    /// The worlds in which a date comes.
    fn by_horizon(&self, level: Level, dates: &[f64]) -> Plane {
        let mut by_horizon = [0; WORDS];
        let last = Side::Constant(self.horizon.min(f64::MAX));
        logic::compare(level, Comparison::LessOrEqual, Side::Column(dates), last, &mut by_horizon);
        by_horizon
    }

    /// Fills `out` in the worlds of a row given what is known, and `factors` with what that makes of their weights.
    pub(crate) fn fill_given(
        &self,
        evidence: DateEvidence,
        mask: &Plane,
        (hazard, scale): (&Hazard, ByWorld<'_, f64>),
        exponentials: &[f64],
        onsets: &mut Vec<f64>,
        (factors, out): (&mut [f64], &mut [f64]),
    ) {
        let mut first_start = 0.0;
        if let Some(clock) = self.clock {
            first_start = f64::INFINITY;
            for_each_world(mask, |world| first_start = f64::min(first_start, clock[world]));
        }
        let most = self.multipliers.iter().fold(most_of(scale), |most, by| most * by.before.max(by.after));
        let reach = most * hazard.cumulative(self.horizon - first_start) * (1.0 + SLACK);
        for_each_world(mask, |world| {
            let start = self.clock.map_or(0.0, |clock| clock[world]);
            self.find_onsets(world, start, onsets);
            let path = Path { dates: self, hazard, scale: *scale.at(world), world, start, onsets, reach };
            let (date, factor) = path.date_given(evidence, exponentials[world]);
            out[world] = if date <= self.horizon { date } else { f64::INFINITY };
            factors[world] = factor;
        });
    }

    /// The moments after the start of the clock at which a multiplier sets in, in order.
    fn find_onsets(&self, world: usize, start: f64, onsets: &mut Vec<f64>) {
        onsets.clear();
        for multiplier in self.multipliers {
            if let Since::Date(date) = multiplier.since {
                let onset = self.arena.number(date)[world] - start;
                // Not so for an undefined one: both infinite, and the clock never starts.
                if onset > 0.0 && onset.is_finite() {
                    onsets.push(onset);
                }
            }
        }
        onsets.sort_unstable_by(f64::total_cmp);
    }
}

/// What the worlds of a row have in common.
struct Row<'a> {
    dates: &'a Dates<'a>,
    hazard: &'a Hazard,
    scale: ByWorld<'a, f64>,
    level: Level,
    uniforms: &'a [f64],
    /// The most hazard by the horizon, before it is multiplied.
    accumulated: f64,
    /// All worlds looked at have a uniform of at least this.
    least: f64,
}

impl Row<'_> {
    /// What a uniform must be at least for a date to come, if the hazard is multiplied by this at the most.
    fn least(&self, most: f64) -> f64 {
        if most > 0.0 { exp(-most * self.accumulated) * (1.0 - SLACK) } else { 1.0 }
    }

    /// The worlds whose uniform is at least this.
    fn with_uniforms_from(&self, least: f64) -> Plane {
        let mut enough = [0; WORDS];
        let (least, uniforms) = (Side::Constant(least), Side::Column(self.uniforms));
        logic::compare(self.level, Comparison::LessOrEqual, least, uniforms, &mut enough);
        enough
    }

    /// Splits worlds by the multipliers not looked at yet; what was found so far is the most that the others multiply by.
    fn split(&self, among: &Plane, most: f64, space: &mut Space, out: &mut [f64]) {
        let Some(multiplier) = self.dates.multipliers.get(space.factors.len()) else {
            self.draw(among, most, space, out);
            return;
        };
        let sets_in = &space.sets_in[space.factors.len()];
        let (with, without) = (both(among, sets_in), without(among, sets_in));
        let set_in = match multiplier.since {
            Since::Plane(_) => Factor::Fixed(multiplier.after),
            Since::Date(date) => Factor::From { date, before: multiplier.before, after: multiplier.after },
        };
        for (among, factor) in [(with, set_in), (without, Factor::Fixed(multiplier.before))] {
            if among != NOWHERE.0 {
                space.factors.push(factor);
                self.split(&among, most * factor.most(), space, out);
                space.factors.pop();
            }
        }
    }

    /// Draws the dates of worlds in which the same multipliers set in.
    fn draw(&self, among: &Plane, most: f64, space: &mut Space, out: &mut [f64]) {
        let Space { factors, listed, few, passages, .. } = space;
        let Self { dates, hazard, scale, level, uniforms, .. } = *self;
        let least = self.least(most);
        let worlds: &[u16] = if least <= self.least {
            list_worlds(among, listed)
        } else if count(among) < FEW {
            few.clear();
            for_each_world(among, |world| {
                if uniforms[world] >= least {
                    few.push(world as u16);
                }
            });
            few
        } else {
            list_worlds(&both(among, &self.with_uniforms_from(least)), listed)
        };
        if worlds.is_empty() {
            return;
        }
        let found = passages.find(level, dates, (hazard, scale), factors, worlds, uniforms);
        for (world, date) in worlds.iter().zip(found) {
            out[usize::from(*world)] = if *date <= dates.horizon { *date } else { f64::INFINITY };
        }
    }
}

/// One event in one world.
struct Path<'a> {
    dates: &'a Dates<'a>,
    hazard: &'a Hazard,
    scale: f64,
    world: usize,
    start: f64,
    onsets: &'a [f64],
    /// More hazard than this is not accumulated by the horizon.
    reach: f64,
}

impl Path<'_> {
    /// What multiplies the hazard just after `since`, in days of the clock.
    #[inline]
    fn multiplier_after(&self, since: f64) -> f64 {
        let mut product = self.scale;
        for multiplier in self.dates.multipliers {
            let holds = match multiplier.since {
                Since::Plane(plane) => (self.dates.arena.plane(plane)[self.world / 64] >> (self.world % 64)) & 1 == 1,
                Since::Date(date) => self.dates.arena.number(date)[self.world] - self.start <= since,
            };
            product *= if holds { multiplier.after } else { multiplier.before };
        }
        product
    }

    /// The date at which the accumulated hazard reaches `target`; infinite where that is surely beyond the horizon.
    fn date(&self, target: f64) -> f64 {
        if !self.start.is_finite() || target > self.reach {
            return f64::INFINITY;
        }
        let mut accumulated = 0.0;
        let mut piece_start = 0.0;
        for onset in self.onsets {
            let rise = rise(self.multiplier_after(piece_start), self.hazard, piece_start, *onset);
            if accumulated + rise >= target {
                return self.start + self.passage(piece_start, target - accumulated).min(*onset);
            }
            accumulated += rise;
            piece_start = *onset;
        }
        self.start + self.passage(piece_start, target - accumulated)
    }

    /// The moment, from `piece_start` on, at which the hazard accumulated since reaches `target`, if no multiplier changes any more.
    fn passage(&self, piece_start: f64, target: f64) -> f64 {
        passage(self.hazard, self.multiplier_after(piece_start), piece_start, target)
    }

    /// The hazard accumulated by a date.
    fn accumulated(&self, date: f64) -> f64 {
        let end = date - self.start;
        if !(self.start.is_finite() && end > 0.0) {
            return 0.0;
        }
        let mut accumulated = 0.0;
        let mut piece_start = 0.0;
        for onset in self.onsets.iter().copied().take_while(|onset| *onset < end).chain(std::iter::once(end)) {
            accumulated += rise(self.multiplier_after(piece_start), self.hazard, piece_start, onset);
            piece_start = onset;
        }
        accumulated
    }

    /// The date given what is known, and the likelihood of that.
    fn date_given(&self, evidence: DateEvidence, exponential: f64) -> (f64, f64) {
        let free = self.dates.randomness == Randomness::Free;
        let outcome = |holds: bool| if holds { 1.0 } else { 0.0 };
        match evidence {
            DateEvidence::NotBy(day) => {
                let accumulated = self.accumulated(day);
                if free {
                    (self.date(exponential + accumulated), exp(-accumulated))
                } else {
                    (self.date(exponential), outcome(exponential > accumulated))
                }
            }
            DateEvidence::On(day) => {
                let date = f64::midpoint(self.start.max(day - 1.0), day);
                if self.start >= day {
                    return (f64::INFINITY, 0.0);
                }
                let (before, after) = (self.accumulated(day - 1.0), self.accumulated(day));
                let likelihood = if !before.is_finite() {
                    0.0
                } else if free {
                    exp(-before) * -exp_m1(before - after)
                } else {
                    outcome(before < exponential && exponential <= after)
                };
                (date, likelihood)
            }
            DateEvidence::Never => {
                let accumulated = self.accumulated(self.dates.horizon);
                (f64::INFINITY, if free { exp(-accumulated) } else { outcome(exponential > accumulated) })
            }
        }
    }
}

/// The moment, from `piece_start` on, at which a multiplied hazard accumulated since reaches `target`.
#[inline]
fn passage(hazard: &Hazard, multiplier: f64, piece_start: f64, target: f64) -> f64 {
    if multiplier <= 0.0 {
        return f64::INFINITY;
    }
    let level = if piece_start > 0.0 { hazard.cumulative(piece_start) } else { 0.0 };
    // What was certain on a day, and was held back on it, has had its day.
    if level == f64::INFINITY {
        return f64::INFINITY;
    }
    let target = (level + target / multiplier).max(f64::MIN_POSITIVE);
    hazard.inverse(target).max(piece_start)
}

/// What a piece adds to the accumulated hazard.
#[inline]
fn rise(multiplier: f64, hazard: &Hazard, from: f64, to: f64) -> f64 {
    if multiplier <= 0.0 {
        return 0.0;
    }
    let level = if from > 0.0 { hazard.cumulative(from) } else { 0.0 };
    // What was certain before has had its day.
    if level.is_finite() { multiplier * (hazard.cumulative(to) - level) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Knot;
    use crate::math::{columns, ln};
    use crate::plan::{NumberId, Plan, PlaneId};
    use crate::simulate::streams::StreamKey;

    fn arena_with(columns: &[f64]) -> Arena {
        let mut arena = Arena::new(&Plan { numbers: columns.len() as u32, ..Plan::default() });
        for (index, value) in columns.iter().enumerate() {
            arena.fill_number(NumberId(index as u32), |_, column| column.fill(*value));
        }
        arena
    }

    fn first_date(
        arena: &Arena,
        hazard: &Hazard,
        clock: Option<f64>,
        multipliers: &[Multiplier],
        evidence: Option<DateEvidence>,
        exponential: f64,
    ) -> (f64, f64) {
        let clock = clock.map(|clock| vec![clock; 4096]);
        let dates =
            Dates { arena, clock: clock.as_deref(), multipliers, horizon: 1000.0, randomness: Randomness::Free };
        let (mut factors, mut out) = (vec![1.0; 4096], vec![0.0; 4096]);
        let mut mask = [0; 64];
        mask[0] = 1;
        let hazard = (hazard, ByWorld::Same(&1.0));
        let exponentials = vec![exponential; 4096];
        if let Some(evidence) = evidence {
            let onsets = &mut Vec::new();
            dates.fill_given(evidence, &mask, hazard, &exponentials, onsets, (&mut factors, &mut out));
        } else {
            let uniforms = vec![exp(-exponential); 4096];
            let mut space = Space::default();
            dates.start(Level::new(), &mut space);
            dates.fill(Level::new(), &mask, hazard, &uniforms, &mut space, &mut out);
        }
        (out[0], factors[0])
    }

    fn ratio(number: u32, after: f64) -> Multiplier {
        Multiplier { before: 1.0, after, since: Since::Date(NumberId(number)) }
    }

    #[test]
    fn pieces_add_up_to_the_exponential() {
        let hazard = Hazard::from_knots(Vec::new(), 0.1, f64::INFINITY);
        let arena = arena_with(&[4.0, 6.0, f64::INFINITY]);
        let date = |multipliers: &[Multiplier], exponential| {
            first_date(&arena, &hazard, None, multipliers, None, exponential).0
        };
        assert!((date(&[], 0.5) - 5.0).abs() < 1e-12);
        // 0.4 by day 4, then twice the rate: 0.1 more takes half a day.
        assert!((date(&[ratio(0, 2.0)], 0.5) - 4.5).abs() < 1e-12);
        // 0.4 by day 4, 0.8 by day 6, then three times that: 0.6 a day; whatever the order they are written in.
        assert!((date(&[ratio(1, 3.0), ratio(0, 2.0)], 1.4) - 7.0).abs() < 1e-12);
        assert!((date(&[ratio(2, 50.0)], 0.5) - 5.0).abs() < 1e-12);
        // A ratio of 0 stops it for good; a date that never comes does not.
        assert_eq!(date(&[ratio(0, 0.0)], 0.5), f64::INFINITY);
        // The clock starts on day 5: the first is in force at once, the second after a day.
        let (date, _) = first_date(&arena, &hazard, Some(5.0), &[ratio(0, 2.0), ratio(1, 0.5)], None, 0.3);
        assert!((date - 7.0).abs() < 1e-12);
        assert_eq!(first_date(&arena, &hazard, Some(f64::INFINITY), &[ratio(0, 2.0)], None, 0.3).0, f64::INFINITY);
    }

    #[test]
    fn a_jump_belongs_to_the_piece_that_ends_there() {
        let hazard = Hazard::from_knots(vec![Knot { day: 4.0, before: 0.0, at: 1.0 }], 0.0, 1.0);
        let arena = arena_with(&[4.0, 3.0]);
        assert_eq!(first_date(&arena, &hazard, None, &[ratio(0, 0.0)], None, 0.7).0, 4.0);
        assert_eq!(first_date(&arena, &hazard, None, &[ratio(1, 0.5)], None, 0.4).0, 4.0);
        assert_eq!(first_date(&arena, &hazard, None, &[ratio(1, 0.5)], None, 0.6).0, f64::INFINITY);
    }

    #[test]
    fn all_worlds_at_once_are_one_world_at_a_time() {
        let numbers = 4;
        let mut arena = Arena::new(&Plan { numbers, planes: 1, ..Plan::default() });
        let mut uniforms = vec![0.0; 4096];
        for number in 0..numbers {
            let key = StreamKey::new(u64::from(number), "onsets");
            key.open(0).uniforms(&mut uniforms);
            // Whole days, so that some meet each other and the days of the hazard; a third never.
            let dates = uniforms.iter().map(|u| if *u < 0.33 { f64::INFINITY } else { (u * 40.0).floor() - 10.0 });
            arena.fill_number(NumberId(number), |_, column| column.copy_from_slice(&dates.collect::<Vec<_>>()));
        }
        arena.set_plane(PlaneId(0), &std::array::from_fn(|word| 0x5af0_1234_9abc_0f0f_u64.rotate_left(word as u32)));
        let mut bytes = vec![0; 4096];
        StreamKey::new(7, "bytes").open(0).bytes(&mut bytes);
        StreamKey::new(7, "uniforms").open(0).uniforms(&mut uniforms);
        let exponentials: Vec<f64> = uniforms.iter().map(|uniform| -ln(*uniform)).collect();
        let values: Vec<f64> = (0..256).map(|byte| f64::from(byte) / 128.0).collect();
        let scales = [ByWorld::Same(&1.25), ByWorld::Chosen { values: &values, bytes: &bytes }];
        let knots = vec![Knot { day: 5.0, before: 0.1, at: 0.4 }, Knot { day: 12.0, before: 0.6, at: 0.6 }];
        let certain = Knot { day: 15.0, before: 0.9, at: f64::INFINITY };
        let hazards = [
            Hazard::from_knots(Vec::new(), 0.03, f64::INFINITY),
            Hazard::from_knots(knots.clone(), 0.05, 1.1),
            Hazard::from_knots(knots.into_iter().chain([certain]).collect(), 0.0, f64::INFINITY),
            Hazard::weibull(20.0, 0.5, 2.0),
            Hazard::evenly(25.0, 0.7),
        ];
        let ratio = |before, after, number| Multiplier { before, after, since: Since::Date(NumberId(number)) };
        let by_plane = Multiplier { before: 1.0, after: 1.5, since: Since::Plane(PlaneId(0)) };
        let multipliers = [ratio(1.0, 2.0, 0), by_plane, ratio(0.0, 1.0, 1), ratio(1.0, 0.5, 2), ratio(1.0, 0.0, 0)];
        for ((hazard, scale), clock) in
            hazards.iter().zip(scales.iter().cycle()).zip([None, Some(3), Some(3), None, None])
        {
            for used in 0..=multipliers.len() {
                let clock = clock.map(|number| arena.number(NumberId(number)));
                let multipliers = &multipliers[..used];
                let dates = Dates { arena: &arena, clock, multipliers, horizon: 22.0, randomness: Randomness::Free };
                let (mut space, mut out) = (Space::default(), vec![0.0; 4096]);
                let alone = |dates: &Dates<'_>, world: usize, date: &dyn Fn(&Path<'_>) -> f64| {
                    let start = clock.map_or(0.0, |clock| clock[world]);
                    let mut onsets = Vec::new();
                    dates.find_onsets(world, start, &mut onsets);
                    let (scale, reach) = (*scale.at(world), f64::INFINITY);
                    let date = date(&Path { dates, hazard, scale, world, start, onsets: &onsets, reach });
                    if date <= 22.0 { date } else { f64::INFINITY }
                };
                for level in columns::levels() {
                    dates.start(level, &mut space);
                    dates.fill(level, &EVERYWHERE, (hazard, *scale), &uniforms, &mut space, &mut out);
                    for (world, date) in out.iter().enumerate() {
                        let found = alone(&dates, world, &|path| path.date(exponentials[world]));
                        assert_eq!(date.to_bits(), found.to_bits(), "world {world}: {date} {found}, {used} {hazard:?}");
                    }
                }
                // And where nothing came by a day.
                let (evidence, mut factors) = (DateEvidence::NotBy(3.0), vec![1.0; 4096]);
                let to = (&mut factors[..], &mut out[..]);
                dates.fill_given(evidence, &EVERYWHERE, (hazard, *scale), &exponentials, &mut Vec::new(), to);
                for (world, date) in out.iter().enumerate() {
                    let found = alone(&dates, world, &|path| path.date_given(evidence, exponentials[world]).0);
                    assert_eq!(date.to_bits(), found.to_bits(), "world {world}: {date} {found}, {used} {hazard:?}");
                }
            }
        }
    }

    #[test]
    fn what_was_held_back_on_the_day_on_which_it_was_certain_never_comes() {
        let certain = Hazard::from_knots(vec![Knot { day: 4.0, before: 0.5, at: f64::INFINITY }], 0.0, f64::INFINITY);
        let nearly = Hazard::from_knots(vec![Knot { day: 4.0, before: 0.5, at: 50.0 }], 0.0, f64::INFINITY);
        let arena = arena_with(&[6.0, 9.0]);
        let held = |since: u32| Multiplier { before: 0.0, after: 1.0, since: Since::Date(NumberId(since)) };
        // As what is all but certain does not, whether or not something else happens later.
        for hazard in [certain, nearly] {
            assert_eq!(first_date(&arena, &hazard, None, &[held(0)], None, 0.7).0, f64::INFINITY);
            assert_eq!(first_date(&arena, &hazard, None, &[held(0), ratio(1, 2.0)], None, 0.7).0, f64::INFINITY);
            let (_, not_by) = first_date(&arena, &hazard, None, &[held(0)], Some(DateEvidence::NotBy(7.0)), 0.7);
            assert_eq!(not_by, 1.0);
        }
    }

    #[test]
    fn evidence_weighs_by_its_chance() {
        let hazard = Hazard::from_knots(Vec::new(), 0.1, f64::INFINITY);
        let arena = arena_with(&[4.0]);
        let multipliers = [ratio(0, 2.0)];
        let given =
            |evidence, exponential| first_date(&arena, &hazard, None, &multipliers, Some(evidence), exponential);
        let (date, factor) = given(DateEvidence::NotBy(5.0), 0.2);
        assert!((date - 6.0).abs() < 1e-12 && (factor - exp(-0.6)).abs() < 1e-15);
        let (date, factor) = given(DateEvidence::On(5.0), 0.2);
        assert!(date == 4.5 && (factor - (exp(-0.4) - exp(-0.6))).abs() < 1e-15);
        let (date, factor) = given(DateEvidence::Never, 0.2);
        assert!(date == f64::INFINITY && (factor - exp(-0.4 - 0.2 * 996.0)).abs() < 1e-15);
        let (_, factor) = first_date(&arena, &hazard, Some(5.0), &multipliers, Some(DateEvidence::On(5.0)), 0.2);
        assert_eq!(factor, 0.0);
        let (date, factor) = first_date(&arena, &hazard, Some(4.5), &multipliers, Some(DateEvidence::On(5.0)), 0.2);
        assert!(date == 4.75 && (factor - (1.0 - exp(-0.1))).abs() < 1e-15);
        let (date, factor) = first_date(&arena, &hazard, Some(f64::INFINITY), &[], Some(DateEvidence::NotBy(9.0)), 0.2);
        assert_eq!((date, factor), (f64::INFINITY, 1.0));
    }
}
