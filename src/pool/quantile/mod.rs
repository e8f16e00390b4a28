//! Pools of forecasts by quantiles: weighed by past scores, moved away from a forecast that everybody knows, chosen on the past alone.
//!
//! A [`Panel`] holds what each member said of each target, at common levels. A [`QuantilePool`] makes one forecast of theirs; a
//! [`Pivot`] moves it away from a reference forecast; [`choose`] tries the listed pools on held-out stretches of the past; and
//! [`pool_quantiles`] does all of it for records, with nothing that was not known when a forecast was made.
//!
//! | pool | what is averaged |
//! |---|---|
//! | `mean` | quantiles, level by level |
//! | `log-mean` | logarithms of 1 + quantile |
//! | `median`, `trimmed` | quantiles, without the outer ones |
//! | `linear` | cumulative probabilities (a mixture of the members) |
//! | `weighted`, `weighted-linear` | quantiles, probabilities, by past scores |
//! | `stacked` | quantiles, with the weights that would have scored best, held near equal ones |
//! | `best-and-mean` | the quantiles of the best member and the mean of all; only by name |
//!
//! Averages of quantiles keep the members' shape and spread, averages of probabilities widen by their disagreement: Lichtendahl,
//! Grushka-Cockayne and Winkler (2013), Manag. Sci. 59, 1594–1611.
//!
//! To add one: one file here and its line in [`QUANTILE_POOLS`].

mod best_and_mean;
mod by_cdf;
mod by_quantile;
mod choose;
mod fitted;
mod loss;
mod method;
mod of_records;
mod panel;
mod pivot;
mod report;
mod skill;
mod stacked;
#[cfg(test)]
mod tests;
mod weighted;

pub use by_cdf::quantiles_of_mixture;
pub use choose::{Candidate, Choice, choose};
pub use fitted::{FittedPool, Pooled};
pub use loss::{Losses, Past};
pub use method::QuantileMethod;
pub use of_records::{NOTHING_KNOWN, PooledQuantiles, QuantileOptions, pool_quantiles};
pub use panel::{Panel, Target};
pub use pivot::{Pivot, fit_pivot};
pub use report::{QuantileChoice, QuantileReport, TriedQuantiles, WeightOfMember};
pub use skill::{adjusted_means, best_member, weights_of_skill};

use std::fmt::Debug;

/// A way to make one forecast by quantiles of several.
pub trait QuantilePool: Debug + Sync {
    /// Its name on the command line.
    fn id(&self) -> &'static str;

    /// What it does, in words.
    fn name(&self) -> &'static str;

    /// A weight for each member of the panel, none below 0; alike unless the pool learns them from the past.
    fn weights(&self, past: &Past<'_>) -> Vec<f64> {
        vec![1.0; past.panel.members.len()]
    }

    /// Whether its weights come of the past.
    fn learns(&self) -> bool {
        false
    }

    /// Whether it is among those that are tried where none is named.
    fn is_tried(&self) -> bool {
        true
    }

    /// What the numbers must be for this pool to exist, in words; `None` where it exists for all.
    fn needs(&self) -> Option<&'static str> {
        None
    }

    /// The pool's quantiles at the levels, of what the members present said there. Weights are above 0 and need not sum to 1.
    /// `None` where this pool does not exist.
    fn combine(&self, levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>>;
}

/// Every pool; the first is the one that others must beat.
pub const QUANTILE_POOLS: &[&dyn QuantilePool] = &[
    &by_quantile::Mean,
    &by_quantile::LogMean,
    &by_quantile::Median,
    &by_quantile::Trimmed,
    &by_cdf::Linear,
    &weighted::Weighted,
    &weighted::WeightedLinear,
    &stacked::Stacked,
    &best_and_mean::BestAndMean,
];

/// The pool of this name.
#[must_use]
pub fn quantile_pool(id: &str) -> Option<&'static dyn QuantilePool> {
    QUANTILE_POOLS.iter().copied().find(|pool| pool.id() == id)
}
