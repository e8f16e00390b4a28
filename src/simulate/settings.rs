//! How much to simulate, and which part of it.

use super::strata::Design;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::time::Duration;

/// How much to simulate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Worlds of the main run, or the most of them if `stop` may end it sooner; at least one is run.
    pub worlds: u64,
    /// Which worlds.
    pub seed: u64,
    /// Threads; `None` is one for each core. The result does not depend on it.
    pub threads: Option<usize>,
    /// Draws of the doubtful inputs, from 64 on rounded up to a multiple of 8; 0 leaves the doubt run out.
    pub doubt_draws: u32,
    /// When the main run ends.
    pub stop: Stop,
    /// How what is known is met; without effect where nothing is known.
    pub method: Method,
    /// How worlds go together. The doubt run's are always independent.
    pub design: Design,
}

/// How what is known is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Method {
    /// As a pilot of a few blocks of worlds finds best.
    #[default]
    Auto,
    /// Everything is drawn, and worlds that disagree do not count.
    Rejection,
    /// What is known is set, and each world weighs as much as its chance of that; conditions on what follows from the draws are met by
    /// leaving out worlds.
    Weighting,
    /// The same, with everything else drawn from a proposal that is fitted to the worlds that agree (cross-entropy: Rubinstein & Kroese 2004).
    Adaptive,
    /// What is known and what it depends on is discrete and not too tightly knit: that is drawn from its posterior, found exactly, and
    /// every world counts alike.
    Posterior,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            worlds: 1_000_000,
            seed: 1,
            threads: None,
            doubt_draws: 200,
            stop: Stop::AtWorlds,
            method: Method::Auto,
            design: Design::Independent,
        }
    }
}

/// When a main run ends. Whatever ends it, the result is that of a run of so many worlds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Stop {
    /// With all worlds.
    #[default]
    AtWorlds,
    /// As soon as every figure is as exact as asked. Looked at after a power of two of chunks of 32,768 worlds, and decided by the
    /// counts alone, so it ends at the same world on every machine.
    AtPrecision {
        /// The largest standard error: of a probability, and of the chance that a date has come by each day that is given; of the
        /// quantiles of a number in units of the width of its central 90 %.
        standard_error: f64,
        /// The first of the [asks](crate::plan::Plan::asks) that count.
        first_ask: usize,
    },
    /// After about so long, the doubt run included. How many worlds that gives depends on the machine.
    AfterTime(Duration),
}

/// One of the parts that a run is dealt out to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl Shard {
    /// Number `number` of `of`, counted from 1; `None` if there is no such part.
    #[must_use]
    pub const fn new(number: u64, of: u64) -> Option<Self> {
        if number >= 1 && number <= of { Some(Self { number, of }) } else { None }
    }

    /// Which one, counted from 1.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.number
    }

    /// How many there are.
    #[must_use]
    pub const fn of(self) -> u64 {
        self.of
    }

    /// Its share of so many chunks. Where there are many, shares start at a round number, so that a part has few subtrees; they
    /// differ in size by less than 1 in 64 for that.
    #[must_use]
    pub(crate) fn chunks(self, chunks: u64) -> Range<u64> {
        let round = (chunks / self.of.saturating_mul(64)).checked_ilog2().map_or(1, |level| 1 << level);
        let end = |number: u64| if number == self.of { chunks } else { self.end(number, chunks) / round * round };
        end(self.number - 1)..end(self.number)
    }

    /// Its share of so many draws of the inputs.
    #[must_use]
    pub(crate) fn draws(self, draws: u32) -> Range<u32> {
        let end = |number| self.end(number, u64::from(draws)) as u32;
        end(self.number - 1)..end(self.number)
    }

    /// Where the share of the first `number` parts ends.
    fn end(self, number: u64, items: u64) -> u64 {
        (u128::from(items) * u128::from(number) / u128::from(self.of)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn there_is_no_part_zero_and_none_beyond_the_last() {
        assert!(Shard::new(0, 3).is_none() && Shard::new(4, 3).is_none() && Shard::new(0, 0).is_none());
        assert_eq!(Shard::new(3, 3).map(|shard| shard.draws(10)), Some(6..10));
    }

    proptest! {
        #[test]
        fn parts_follow_each_other_and_are_of_one_size(chunks in 0_u64..40_000_000_000, of in 1_u64..2000, draws in 0_u32..5000) {
            let (mut next, mut next_draw) = (0, 0);
            for number in 1..=of {
                let shard = Shard::new(number, of).unwrap();
                let (range, drawn) = (shard.chunks(chunks), shard.draws(draws));
                prop_assert_eq!((range.start, drawn.start), (next, next_draw));
                let even = chunks as f64 / of as f64;
                prop_assert!(((range.end - range.start) as f64 - even).abs() <= 1.0 + even / 64.0);
                prop_assert!(super::super::forest::places(range.clone()).count() <= 20 || number == of);
                (next, next_draw) = (range.end, drawn.end);
            }
            prop_assert_eq!((next, next_draw), (chunks, draws));
        }
    }
}
