//! Cumulative hazards: how the chance of a date event runs over time.
//!
//! A date event has not happened by `t` with probability `exp(-H(t))`, where `H` is its cumulative hazard, in days from the
//! start of its clock. `H` is 0 up to the start, never falls, may jump (a scheduled day), and may stay below infinity (a
//! share that never comes). Source: Kalbfleisch & Prentice (2002), The Statistical Analysis of Failure Time Data, ch. 1.

use crate::math::{exp, ln_1p, powf};
use fearless_simd::{Select, Simd, SimdBase, f64x8};

/// Of so many knots the right one is found sooner by halves than by going through all, for eight moments at once.
const MOST_KNOTS_IN_A_ROW: usize = 64;

/// A cumulative hazard from the start of a clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Hazard {
    form: Form,
}

#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// Linear between knots, with jumps at some, and a constant rate after the last one up to a ceiling.
    Knots {
        knots: Vec<Knot>,
        /// Hazard a day after the last knot.
        tail_rate: f64,
        /// `H` never passes this (infinite if every world's event comes in the end).
        ceiling: f64,
    },
    /// `H(t) = level * (t / days)^shape` up to `end`, nothing after: Weibull.
    Weibull { days: f64, level: f64, shape: f64, end: f64 },
    /// `exp(-H(t)) = 1 - chance * t / days` up to `days`, nothing after.
    Evenly { days: f64, chance: f64 },
}

/// A corner of a piecewise-linear cumulative hazard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Knot {
    /// Days from the start of the clock.
    pub day: f64,
    /// `H` just before.
    pub before: f64,
    /// `H` there; more than `before` on a scheduled day.
    pub at: f64,
}

impl Hazard {
    /// Linear between knots (days strictly increasing, `H` not falling), from `H(0) = 0`; after the last knot `tail_rate` a
    /// day, until `H` reaches `ceiling`.
    ///
    /// # Panics
    /// If the knots do not increase; callers have checked that.
    #[must_use]
    pub fn from_knots(knots: Vec<Knot>, tail_rate: f64, ceiling: f64) -> Self {
        let mut day = 0.0;
        let mut level = 0.0;
        for knot in &knots {
            assert!(
                knot.day > day && knot.before >= level && knot.at >= knot.before,
                "knots of a hazard must increase"
            );
            day = knot.day;
            level = knot.at;
        }
        Self { form: Form::Knots { knots, tail_rate, ceiling } }
    }

    /// `H(t) = level * (t / days)^shape`: Weibull; `shape` 1 is a constant hazard.
    #[must_use]
    pub fn weibull(days: f64, level: f64, shape: f64) -> Self {
        Self { form: Form::Weibull { days, level, shape, end: f64::INFINITY } }
    }

    /// [`Hazard::weibull`] up to `days`; nothing after.
    #[must_use]
    pub fn weibull_until(days: f64, level: f64, shape: f64) -> Self {
        Self { form: Form::Weibull { days, level, shape, end: days } }
    }

    /// Each day up to `days` alike, in total `chance`; nothing after.
    #[must_use]
    pub fn evenly(days: f64, chance: f64) -> Self {
        Self { form: Form::Evenly { days, chance } }
    }

    /// `H(t)`, a jump at `t` included.
    #[must_use]
    pub fn cumulative(&self, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        match &self.form {
            Form::Knots { knots, tail_rate, ceiling } => {
                let next = knots.partition_point(|knot| knot.day <= t);
                let (day, level) = next.checked_sub(1).map_or((0.0, 0.0), |last| (knots[last].day, knots[last].at));
                match knots.get(next) {
                    // Once certain, certain for good.
                    _ if level.is_infinite() => level,
                    Some(knot) => level + (knot.before - level) * ((t - day) / (knot.day - day)),
                    None if *tail_rate > 0.0 => (level + tail_rate * (t - day)).min(*ceiling).max(level),
                    None => level,
                }
            }
            Form::Weibull { days, level, shape, end } => level * powf(t.min(*end) / days, *shape),
            Form::Evenly { days, chance } => -ln_1p(-chance * (t / days).min(1.0)),
        }
    }

    /// The first `t` with `H(t) >= target`, for `target > 0`; infinite if it never gets there.
    #[must_use]
    pub fn inverse(&self, target: f64) -> f64 {
        match &self.form {
            Form::Knots { knots, tail_rate, ceiling } => {
                let next = knots.partition_point(|knot| knot.at < target);
                let (day, level) = next.checked_sub(1).map_or((0.0, 0.0), |last| (knots[last].day, knots[last].at));
                match knots.get(next) {
                    Some(knot) if knot.before >= target => {
                        let rise = knot.before - level;
                        if rise > 0.0 {
                            day + (knot.day - day) * ((target - level) / rise).clamp(0.0, 1.0)
                        } else {
                            knot.day
                        }
                    }
                    Some(knot) => knot.day,
                    None if target < *ceiling && *tail_rate > 0.0 => day + (target - level) / tail_rate,
                    None => f64::INFINITY,
                }
            }
            Form::Weibull { days, level, shape, end } => {
                if *level > 0.0 && (target <= *level || end.is_infinite()) {
                    (days * powf(target / level, 1.0 / shape)).min(*end)
                } else {
                    f64::INFINITY
                }
            }
            Form::Evenly { days, chance } => {
                let reached = -crate::math::exp_m1(-target);
                if reached <= *chance && *chance > 0.0 { days * (reached / chance) } else { f64::INFINITY }
            }
        }
    }

    /// Knots, rate and ceiling, if there are few enough knots to go through.
    fn few_knots(&self) -> Option<(&[Knot], f64, f64)> {
        match &self.form {
            Form::Knots { knots, tail_rate, ceiling } if knots.len() <= MOST_KNOTS_IN_A_ROW => {
                Some((knots, *tail_rate, *ceiling))
            }
            _ => None,
        }
    }

    /// [`Hazard::cumulative`] of eight moments, to the last bit.
    #[inline(always)]
    pub(crate) fn cumulative_of_eight<S: Simd>(&self, simd: S, t: f64x8<S>) -> f64x8<S> {
        let Some((knots, tail_rate, ceiling)) = self.few_knots() else {
            return one_by_one(simd, t, |t| self.cumulative(t));
        };
        let mut reached = splat(simd, 0.0);
        let mut last = (0.0, 0.0);
        for knot in knots {
            let (day, below) = last;
            let along = splat(simd, below) + (t - day) / (knot.day - day) * (knot.before - below);
            let before = t.simd_lt(knot.day) & t.simd_ge(day);
            reached = before.select(if below == f64::INFINITY { splat(simd, below) } else { along }, reached);
            last = (knot.day, knot.at);
        }
        let (day, below) = last;
        let after = if below < f64::INFINITY && tail_rate > 0.0 {
            let along = (t - day) * tail_rate + below;
            let capped = along.simd_lt(ceiling).select(along, splat(simd, ceiling));
            capped.simd_gt(below).select(capped, splat(simd, below))
        } else {
            splat(simd, below)
        };
        let reached = t.simd_ge(day).select(after, reached);
        t.simd_gt(0.0).select(reached, splat(simd, 0.0))
    }

    /// [`Hazard::inverse`] of eight targets, to the last bit.
    #[inline(always)]
    pub(crate) fn inverse_of_eight<S: Simd>(&self, simd: S, target: f64x8<S>) -> f64x8<S> {
        let Some((knots, tail_rate, ceiling)) = self.few_knots() else {
            return one_by_one(simd, target, |target| self.inverse(target));
        };
        // From the last knot to the first: an earlier one takes the place of a later where it is reached already.
        let (day, level) = knots.last().map_or((0.0, 0.0), |knot| (knot.day, knot.at));
        let mut found = if tail_rate > 0.0 {
            target.simd_lt(ceiling).select((target - level) / tail_rate + day, splat(simd, f64::INFINITY))
        } else {
            splat(simd, f64::INFINITY)
        };
        for (place, knot) in knots.iter().enumerate().rev() {
            let (day, level) = place.checked_sub(1).map_or((0.0, 0.0), |before| (knots[before].day, knots[before].at));
            let rise = knot.before - level;
            let mut here = splat(simd, knot.day);
            if rise > 0.0 {
                let share = (target - level) / rise;
                let share = share.simd_lt(0.0).select(splat(simd, 0.0), share);
                let share = share.simd_gt(1.0).select(splat(simd, 1.0), share);
                here = target.simd_le(knot.before).select(share * (knot.day - day) + day, here);
            }
            found = target.simd_le(knot.at).select(here, found);
        }
        found
    }

    /// The probability that the event has happened by `t`.
    #[must_use]
    pub fn probability(&self, t: f64) -> f64 {
        -crate::math::exp_m1(-self.cumulative(t))
    }

    /// The probability that the event has not happened by `t`.
    #[must_use]
    pub fn survival(&self, t: f64) -> f64 {
        exp(-self.cumulative(t))
    }
}

#[inline(always)]
fn splat<S: Simd>(simd: S, value: f64) -> f64x8<S> {
    f64x8::splat(simd, value)
}

/// A function of one number of each of eight.
#[inline(always)]
fn one_by_one<S: Simd>(simd: S, eight: f64x8<S>, of: impl Fn(f64) -> f64) -> f64x8<S> {
    let mut values = [0.0; 8];
    eight.store_slice(&mut values);
    f64x8::from_slice(simd, &values.map(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::dispatch;
    use proptest::prelude::*;

    fn same_bits(hazard: &Hazard, values: [f64; 8]) {
        for level in crate::math::columns::levels() {
            let (mut cumulative, mut inverse) = ([0.0; 8], [0.0; 8]);
            dispatch!(level, simd => {
                hazard.cumulative_of_eight(simd, f64x8::from_slice(simd, &values)).store_slice(&mut cumulative);
                hazard.inverse_of_eight(simd, f64x8::from_slice(simd, &values)).store_slice(&mut inverse);
            });
            for ((value, cumulative), inverse) in values.iter().zip(cumulative).zip(inverse) {
                assert_eq!(cumulative.to_bits(), hazard.cumulative(*value).to_bits(), "H({value:e}) of {hazard:?}");
                // Nothing is asked for that has happened before the start.
                if *value > 0.0 {
                    assert_eq!(inverse.to_bits(), hazard.inverse(*value).to_bits(), "1/H({value:e}) of {hazard:?}");
                }
            }
        }
    }

    #[test]
    fn eight_at_a_time_is_one_at_a_time_at_corners_jumps_and_ends() {
        let knots = || {
            vec![
                Knot { day: 2.0, before: 0.0, at: 0.0 },
                Knot { day: 5.0, before: 0.25, at: 0.75 },
                Knot { day: 9.0, before: 0.75, at: 1.5 },
            ]
        };
        let certain = Knot { day: 9.5, before: 1.5, at: f64::INFINITY };
        let many =
            (1..100).map(|at| f64::from(at) / 10.0).map(|at| Knot { day: at, before: at, at: at + 0.05 }).collect();
        let hazards = [
            Hazard::from_knots(Vec::new(), 0.1, f64::INFINITY),
            Hazard::from_knots(Vec::new(), 0.1, 0.5),
            Hazard::from_knots(Vec::new(), 0.0, 0.0),
            Hazard::from_knots(knots(), 0.0, 1.5),
            Hazard::from_knots(knots(), 0.2, 2.0),
            Hazard::from_knots(knots().into_iter().chain([certain]).collect(), 0.2, f64::INFINITY),
            Hazard::weibull(10.0, 0.7, 2.0),
            Hazard::weibull(10.0, 0.0, 0.5),
            Hazard::weibull_until(10.0, 0.7, 0.5),
            Hazard::evenly(10.0, 0.4),
            Hazard::from_knots(many, 0.1, f64::INFINITY),
        ];
        for hazard in &hazards {
            same_bits(hazard, [-1.0, 0.0, f64::MIN_POSITIVE, 2.0, 3.0, 5.0, 7.0, 9.0]);
            same_bits(hazard, [0.25, 0.5, 0.75, 1.0, 1.5, 1.75, 2.0, 2.5]);
            same_bits(hazard, [9.25, 9.5, 9.75, 10.0, 11.0, 1e9, f64::MAX, f64::INFINITY]);
        }
    }

    #[test]
    fn a_weibull_hazard_that_stops_is_the_same_up_to_its_deadline_and_reaches_nothing_after() {
        for shape in [0.5, 2.0] {
            let (lasting, stopped) = (Hazard::weibull(10.0, 0.7, shape), Hazard::weibull_until(10.0, 0.7, shape));
            for t in [0.1, 1.0, 9.0, 10.0] {
                let happened = 1.0 - (-0.7 * (t / 10.0_f64).powf(shape)).exp();
                assert!((stopped.probability(t) - happened).abs() < 1e-14, "{shape}: {t}");
                assert_eq!(stopped.cumulative(t).to_bits(), lasting.cumulative(t).to_bits());
                assert!((stopped.inverse(stopped.cumulative(t)) - t).abs() < 1e-12, "{shape}: {t}");
            }
            assert_eq!(stopped.cumulative(30.0).to_bits(), stopped.cumulative(10.0).to_bits());
            assert_eq!(stopped.inverse(0.700_001), f64::INFINITY);
        }
    }

    proptest! {
        #[test]
        fn eight_at_a_time_is_one_at_a_time(
            steps in proptest::collection::vec((0.1..30.0, 0.0..1.0_f64, prop_oneof![Just(0.0), 0.0..1.0_f64]), 0..6),
            (tail_rate, room) in (prop_oneof![Just(0.0), 0.0..0.2_f64], prop_oneof![Just(f64::INFINITY), 0.0..2.0_f64]),
            values in proptest::array::uniform8(0.0..100.0_f64),
        ) {
            let mut last = Knot { day: 0.0, before: 0.0, at: 0.0 };
            let knots: Vec<Knot> = steps
                .iter()
                .map(|(days, rise, jump)| {
                    let before = last.at + rise;
                    last = Knot { day: last.day + days, before, at: before + jump };
                    last
                })
                .collect();
            let hazard = Hazard::from_knots(knots, tail_rate, last.at + room);
            same_bits(&hazard, values);
            same_bits(&hazard, values.map(|value| value / 20.0));
        }
    }
}
