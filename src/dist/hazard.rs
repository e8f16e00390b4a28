//! Cumulative hazards: how the chance of a date event runs over time.
//!
//! A date event has not happened by `t` with probability `exp(-H(t))`, where `H` is its cumulative hazard, in days from the
//! start of its clock. `H` is 0 up to the start, never falls, may jump (a scheduled day), and may stay below infinity (a
//! share that never comes). Source: Kalbfleisch & Prentice (2002), The Statistical Analysis of Failure Time Data, ch. 1.

use crate::math::{exp, ln_1p, powf};

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
    /// `H(t) = level * (t / days)^shape`: Weibull.
    Weibull { days: f64, level: f64, shape: f64 },
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
        Self { form: Form::Weibull { days, level, shape } }
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
            Form::Weibull { days, level, shape } => level * powf(t / days, *shape),
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
            Form::Weibull { days, level, shape } => {
                if *level > 0.0 {
                    days * powf(target / level, 1.0 / shape)
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
