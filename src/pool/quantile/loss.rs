//! What each member lost at each target of a panel.

use super::panel::Panel;
use crate::forecast::Scale;
use crate::math::{exp_m1, ln_1p};
use crate::score::mean_pinball;

impl Scale {
    /// A number on this scale; what the scale does not have (below 0 on the logarithmic one) is the nearest that it has.
    pub(super) fn of(self, value: f64) -> f64 {
        match self {
            Self::Natural => value,
            Self::Log => ln_1p(value.max(0.0)),
        }
    }

    /// The number that has this place on the scale.
    pub(super) fn back(self, value: f64) -> f64 {
        match self {
            Self::Natural => value,
            Self::Log => exp_m1(value).max(0.0),
        }
    }

    /// How fast the place on the scale moves with the number.
    pub(super) fn slope(self, value: f64) -> f64 {
        match self {
            Self::Natural => 1.0,
            Self::Log if value < 0.0 => 0.0,
            Self::Log => 1.0 / (1.0 + value),
        }
    }
}

/// The loss of quantiles: twice the mean pinball loss on the scale. For a median and central intervals it is the weighted interval score.
/// Lower is better. `None` when there are no levels or the lengths differ.
pub(super) fn loss(levels: &[f64], values: &[f64], outcome: f64, scale: Scale) -> Option<f64> {
    let values: Vec<f64> = values.iter().map(|value| scale.of(*value)).collect();
    mean_pinball(levels, &values, scale.of(outcome)).map(|mean| 2.0 * mean)
}

/// The loss of each member at each target, in the panel's order; `None` where there is no forecast or no outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Losses {
    /// The scale on which they are counted.
    pub scale: Scale,
    /// One row a target, one place a member.
    pub of: Vec<Vec<Option<f64>>>,
}

impl Losses {
    /// Those of a panel.
    #[must_use]
    pub fn new(panel: &Panel, scale: Scale) -> Self {
        let of = panel.targets.iter().map(|target| {
            let lost = |said: &Option<Vec<f64>>| loss(&panel.levels, said.as_ref()?, target.outcome?, scale);
            target.said.iter().map(lost).collect()
        });
        Self { scale, of: of.collect() }
    }
}

/// The part of a panel that a pool may learn from.
#[derive(Debug, Clone)]
pub struct Past<'a> {
    /// The panel.
    pub panel: &'a Panel,
    /// The losses of its members.
    pub losses: &'a Losses,
    /// The targets that count, each with an outcome.
    pub targets: Vec<usize>,
}
