//! When something came about in a world.

use crate::plan::{NumberId, PlaneId};
use crate::simulate::block::Arena;

/// When something came about, as it follows from dates and conditions: a day after `as_of`, infinite where it did not come about, minus
/// infinite where it holds without a date of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// A date, if it is not later than a day.
    By {
        /// The date.
        date: NumberId,
        /// The day; infinite if any will do.
        day: f64,
    },
    /// A date that comes before another.
    Before {
        /// The earlier.
        date: NumberId,
        /// The later.
        other: NumberId,
    },
    /// A date that comes at or after another, at most so many days later.
    Within {
        /// The later.
        date: NumberId,
        /// How many days.
        days: f64,
        /// The earlier.
        of: NumberId,
    },
    /// Whatever has no date of its own.
    Holds(PlaneId),
    /// The opposite of something, which has no date of its own.
    Fails(Box<Self>),
    /// As soon as all have come about.
    Last(Vec<Self>),
    /// As soon as one has.
    First(Vec<Self>),
}

impl Moment {
    /// In a world.
    pub(super) fn of(&self, arena: &Arena, world: usize) -> f64 {
        let held = |holds: bool| if holds { f64::NEG_INFINITY } else { f64::INFINITY };
        let only = |moment: f64, holds: bool| if holds { moment } else { f64::INFINITY };
        match self {
            Self::By { date, day } => {
                let moment = arena.number(*date)[world];
                only(moment, moment <= *day)
            }
            Self::Before { date, other } => {
                let moment = arena.number(*date)[world];
                only(moment, moment < arena.number(*other)[world])
            }
            Self::Within { date, days, of } => {
                let (moment, start) = (arena.number(*date)[world], arena.number(*of)[world]);
                only(moment, moment >= start && moment <= start + days)
            }
            Self::Holds(plane) => held((arena.plane(*plane)[world / 64] >> (world % 64)) & 1 == 1),
            Self::Fails(of) => held(of.of(arena, world) == f64::INFINITY),
            Self::Last(all) => all.iter().map(|one| one.of(arena, world)).fold(f64::NEG_INFINITY, f64::max),
            Self::First(any) => any.iter().map(|one| one.of(arena, world)).fold(f64::INFINITY, f64::min),
        }
    }
}
