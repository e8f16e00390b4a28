//! First passages of many worlds at once, eight in a vector: [`Path`] without its branches.
//!
//! Every world of a batch has the same hazard and the same multipliers, of which some set in at a date of its own. The dates at which they do
//! are put in order in each world; then one piece of time after the other is gone through in all worlds, and each keeps the first piece in which it
//! gets where it must. One inverse of the hazard ends it. The operations and their order are those of [`Path`], so the bits are.
//!
//! [`Path`]: super::date

use super::by_world::ByWorld;
use super::date::Dates;
use crate::dist::Hazard;
use crate::math::columns;
use crate::plan::NumberId;
use crate::simulate::streams::LANES;
use fearless_simd::{Level, Select, Simd, SimdBase, dispatch, f64x8};

/// What a multiplier does in the worlds of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Factor {
    /// The same at all times.
    Fixed(f64),
    /// Sets in at a date, by the horizon.
    From {
        /// The date in each world.
        date: NumberId,
        /// The factor up to it.
        before: f64,
        /// The factor after it.
        after: f64,
    },
}

impl Factor {
    /// The most it multiplies by.
    pub(super) fn most(self) -> f64 {
        match self {
            Self::Fixed(factor) => factor,
            Self::From { before, after, .. } => f64::max(before, after),
        }
    }
}

/// Columns of the worlds of a batch, closed up and filled up to whole vectors.
#[derive(Debug, Default)]
pub(super) struct Passages {
    /// Unit exponentials, then dates.
    dates: Vec<f64>,
    /// Starts of the clock, if it does not start with time.
    starts: Vec<f64>,
    /// What the hazard is multiplied by, if it is not the same everywhere.
    scales: Vec<f64>,
    /// For each multiplier that sets in at a date, when it does on the clock; one column after the other.
    onsets: Vec<f64>,
    /// The same in the order of time.
    ordered: Vec<f64>,
}

/// What one piece of time has to itself, in eight worlds.
struct Piece<S: Simd> {
    /// Its start.
    start: f64x8<S>,
    /// The hazard by then.
    level: f64x8<S>,
    /// What has accumulated by then.
    accumulated: f64x8<S>,
    /// What the hazard is multiplied by.
    multiplier: f64x8<S>,
    /// Its end, if a multiplier sets in there; then no passage is later.
    end: f64x8<S>,
}

impl Passages {
    /// The dates of some worlds, which may lie beyond the horizon or at infinity.
    pub(super) fn find(
        &mut self,
        level: Level,
        dates: &Dates<'_>,
        (hazard, scale): (&Hazard, ByWorld<'_, f64>),
        factors: &[Factor],
        worlds: &[u16],
        uniforms: &[f64],
    ) -> &[f64] {
        let Self { dates: found, starts, scales, onsets, .. } = self;
        [&mut *found, &mut *starts, &mut *scales, &mut *onsets].into_iter().for_each(Vec::clear);
        gather(worlds, found, |world| uniforms[world], 0.5);
        columns::minus_ln(level, found);
        if let Some(clock) = dates.clock {
            gather(worlds, starts, |world| clock[world], 0.0);
        }
        let constant = match scale {
            ByWorld::Same(scale) => *scale,
            ByWorld::Chosen { .. } => {
                gather(worlds, scales, |world| *scale.at(world), 1.0);
                1.0
            }
        };
        for factor in factors {
            if let Factor::From { date, .. } = factor {
                let dates_since = dates.arena.number(*date);
                match dates.clock {
                    None => gather(worlds, onsets, |world| dates_since[world], 0.0),
                    Some(clock) => gather(worlds, onsets, |world| dates_since[world] - clock[world], 0.0),
                }
            }
        }
        self.order();
        dispatch!(level, simd => self.pass(simd, hazard, constant, factors));
        &self.dates[..worlds.len()]
    }

    /// Puts the onsets of every world in order.
    fn order(&mut self) {
        let rows = self.dates.len();
        self.ordered.clear();
        self.ordered.extend_from_slice(&self.onsets);
        let columns = self.ordered.len() / rows;
        for last in 1..columns {
            for place in (0..last).rev() {
                let (earlier, later) = self.ordered[rows * place..].split_at_mut(rows);
                for (earlier, later) in earlier.iter_mut().zip(later) {
                    let (low, high) = if *later < *earlier { (*later, *earlier) } else { (*earlier, *later) };
                    (*earlier, *later) = (low, high);
                }
            }
        }
    }

    #[inline(always)]
    fn pass<S: Simd>(&mut self, simd: S, hazard: &Hazard, constant: f64, factors: &[Factor]) {
        let Self { dates, starts, scales, onsets, ordered } = self;
        let rows = dates.len();
        let nought = f64x8::splat(simd, 0.0);
        let never = f64x8::splat(simd, f64::INFINITY);
        for (place, dates) in dates.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let scale = if scales.is_empty() { f64x8::splat(simd, constant) } else { eight(simd, scales, place) };
            let target = f64x8::from_slice(simd, dates);
            let mut now = Piece {
                start: nought,
                level: nought,
                accumulated: nought,
                multiplier: multiplier_after(simd, nought, (scale, factors), (onsets, rows, place)),
                end: never,
            };
            let mut there = nought.simd_lt(nought);
            for onset in ordered.chunks_exact(rows) {
                let onset = eight(simd, onset, place);
                // Those before the start are in force from there on.
                let goes_on = !there & onset.simd_gt(nought);
                let level = hazard.cumulative_of_eight(simd, onset);
                // What was certain before has had its day.
                let rises = now.multiplier.simd_gt(nought) & now.level.simd_lt(never);
                let accumulated = now.accumulated + rises.select(now.multiplier * (level - now.level), nought);
                let ends = goes_on & accumulated.simd_ge(target);
                let passes = goes_on & !ends;
                there |= ends;
                now.end = ends.select(onset, now.end);
                now.start = passes.select(onset, now.start);
                now.level = passes.select(level, now.level);
                now.accumulated = passes.select(accumulated, now.accumulated);
                let after = multiplier_after(simd, onset, (scale, factors), (onsets, rows, place));
                now.multiplier = passes.select(after, now.multiplier);
            }
            let more = (target - now.accumulated) / now.multiplier + now.level;
            let least = f64x8::splat(simd, f64::MIN_POSITIVE);
            let more = more.simd_gt(least).select(more, least);
            let passage = hazard.inverse_of_eight(simd, more);
            let passage = passage.simd_gt(now.start).select(passage, now.start);
            let passes = now.multiplier.simd_gt(nought) & now.level.simd_lt(never);
            let passage = passes.select(passage, never);
            let passage = passage.simd_lt(now.end).select(passage, now.end);
            let date = if starts.is_empty() { passage } else { passage + eight(simd, starts, place) };
            date.store_slice(dates);
        }
    }
}

/// Adds what there is of each world, and fills up to whole vectors.
#[inline]
fn gather(worlds: &[u16], out: &mut Vec<f64>, of: impl Fn(usize) -> f64, rest: f64) {
    out.extend(worlds.iter().map(|world| of(usize::from(*world))));
    out.resize(out.len().next_multiple_of(LANES), rest);
}

#[inline(always)]
fn eight<S: Simd>(simd: S, column: &[f64], place: usize) -> f64x8<S> {
    f64x8::from_slice(simd, &column[LANES * place..LANES * (place + 1)])
}

/// What multiplies the hazard just after a moment.
#[inline(always)]
fn multiplier_after<S: Simd>(
    simd: S,
    moment: f64x8<S>,
    (scale, factors): (f64x8<S>, &[Factor]),
    (onsets, rows, place): (&[f64], usize, usize),
) -> f64x8<S> {
    let mut product = scale;
    let mut columns = onsets.chunks_exact(rows);
    for factor in factors {
        match *factor {
            Factor::Fixed(factor) => product *= factor,
            Factor::From { before, after, .. } => {
                let Some(onset) = columns.next() else { unreachable!("there is a column for each of them") };
                let (before, after) = (f64x8::splat(simd, before), f64x8::splat(simd, after));
                product *= eight(simd, onset, place).simd_le(moment).select(after, before);
            }
        }
    }
    product
}
