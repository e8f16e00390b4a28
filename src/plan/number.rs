//! What the numbers of a plan are drawn from.

use super::{ParameterId, StreamId};
use crate::dist::{Distribution, MeanInDoubt, Poisson, Sampler};
use std::sync::Arc;

/// What a number is drawn from.
#[derive(Debug, Clone)]
pub enum NumberSource {
    /// Always this.
    Constant(f64),
    /// A distribution, by its inverse cdf.
    Sampler(Box<Sampler>),
    /// A distribution with a parameter in doubt: the predictive sampler in the main run, that of the parameter's value in a doubt run.
    InDoubt {
        /// With the doubt in it.
        predictive: Box<Sampler>,
        /// What is in doubt.
        parameter: ParameterId,
        /// What the parameter does.
        law: Conditional,
        /// As [`DrawnChance::stream`](super::DrawnChance::stream).
        stream: Option<StreamId>,
    },
}

/// What a number is drawn from once the parameter in doubt is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Conditional {
    /// A Poisson count, of a rate that is a Gamma parameter.
    Poisson {
        /// How long the count runs, in the unit of the rate.
        exposure: f64,
    },
    /// A normal or lognormal number about its mean.
    AboutMean(MeanInDoubt),
}

impl NumberSource {
    /// What is expected of it, with all doubt in it; `None` of a constant.
    #[must_use]
    pub fn predictive(&self) -> Option<&Sampler> {
        match self {
            Self::Constant(_) => None,
            Self::Sampler(sampler) | Self::InDoubt { predictive: sampler, .. } => Some(sampler),
        }
    }

    /// What of it is in doubt.
    #[must_use]
    pub fn parameter(&self) -> Option<ParameterId> {
        match self {
            Self::InDoubt { parameter, .. } => Some(*parameter),
            Self::Constant(_) | Self::Sampler(_) => None,
        }
    }

    /// The same where the parameter in doubt has this value; without one it stays as it is.
    #[must_use]
    pub fn at(&self, value: f64) -> Self {
        match self {
            Self::InDoubt { predictive, law, .. } => {
                Self::Sampler(law.at(value).map_or_else(|| predictive.clone(), |own| Box::new(Sampler::new(&own))))
            }
            Self::Constant(_) | Self::Sampler(_) => self.clone(),
        }
    }
}

impl Conditional {
    /// The distribution where the parameter has this value. `None` beyond the means that a Poisson count can have: then the predictive distribution
    /// stands in, whose spread is that of the rate.
    #[must_use]
    pub fn at(&self, value: f64) -> Option<Arc<dyn Distribution>> {
        match self {
            // A rate so small that the mean vanishes is no distribution.
            Self::Poisson { exposure } => {
                let poisson = Poisson::new((value * exposure).max(f64::MIN_POSITIVE)).ok()?;
                Some(Arc::new(poisson))
            }
            Self::AboutMean(law) => Some(law.given(value)),
        }
    }
}
