//! What a pool is fitted under: the Brier score or the logarithmic score.

use crate::math::ln;
use crate::score::LOG_FLOOR;
use serde::Serialize;

/// The score of a yes/no forecast that fits and choices lessen. Lower is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    /// The Brier score, (p - y)²
    #[default]
    Brier,
    /// The logarithmic score in nats, probabilities raised to 1e-6
    Log,
}

impl Penalty {
    /// No score is above this.
    #[must_use]
    pub fn most(self) -> f64 {
        match self {
            Self::Brier => 1.0,
            Self::Log => -ln(LOG_FLOOR),
        }
    }

    /// The score of a probability of yes.
    #[must_use]
    pub fn of(self, probability: f64, happened: bool) -> f64 {
        match self {
            Self::Brier => {
                let miss = probability - f64::from(u8::from(happened));
                miss * miss
            }
            Self::Log => -ln(Self::of_what_came(probability, happened).max(LOG_FLOOR)),
        }
    }

    /// By how much the score rises with the probability.
    pub(super) fn slope(self, probability: f64, happened: bool) -> f64 {
        match self {
            Self::Brier => 2.0 * (probability - f64::from(u8::from(happened))),
            Self::Log => {
                let size = 1.0 / Self::of_what_came(probability, happened).max(LOG_FLOOR);
                if happened { -size } else { size }
            }
        }
    }

    /// How many units of the Brier score one of this score is worth, near enough.
    pub(super) const fn in_brier(self) -> f64 {
        match self {
            Self::Brier => 1.0,
            Self::Log => 1.0 / 3.0,
        }
    }

    const fn of_what_came(probability: f64, happened: bool) -> f64 {
        if happened { probability } else { 1.0 - probability }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_the_score() {
        for penalty in [Penalty::Brier, Penalty::Log] {
            for (p, came) in [(0.3, true), (0.3, false), (0.9, true), (0.05, false)] {
                let near = (penalty.of(p + 1e-6, came) - penalty.of(p - 1e-6, came)) / 2e-6;
                assert!((near - penalty.slope(p, came)).abs() < 1e-6, "{penalty:?} {p} {came}");
            }
        }
        assert!(Penalty::Log.of(0.0, true).is_finite());
    }
}
