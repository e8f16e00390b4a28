//! A pool with what it learned, ready for further forecasts.

use super::loss::{Past, loss};
use super::panel::Target;
use super::pivot::{Pivot, fit_pivot, median};
use super::{QUANTILE_POOLS, QuantilePool};
use crate::forecast::Scale;

/// A pool with its weights and, if it has one, its pivot.
#[derive(Debug, Clone)]
pub struct FittedPool {
    /// The pool.
    pub pool: &'static dyn QuantilePool,
    /// A weight for each member of the panel; those of the present are scaled to sum to 1.
    pub weights: Vec<f64>,
    /// How the pool is moved away from a reference.
    pub pivot: Option<Pivot>,
    /// The scale on which it is moved.
    pub scale: Scale,
    /// Whether nothing of the past lay below 0: then nothing pooled does where no member goes below it.
    pub is_count: bool,
}

/// A pooled forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// The quantiles at the panel's levels, on the natural scale.
    pub values: Vec<f64>,
    /// Whether it was moved away from the reference, which has to be there for that.
    pub is_pivoted: bool,
}

impl FittedPool {
    /// A pool fitted on a part of a panel; with a pivot if a reference among the members is given.
    #[must_use]
    pub fn fit(pool: &'static dyn QuantilePool, past: &Past<'_>, reference: Option<usize>) -> Self {
        let scale = past.losses.scale;
        let nothing_below = past.targets.iter().all(|at| {
            let target = &past.panel.targets[*at];
            let lowest = target.said.iter().flatten().flatten().copied().fold(f64::INFINITY, f64::min);
            lowest >= 0.0 && target.outcome.is_none_or(|outcome| outcome >= 0.0)
        });
        let is_count = scale == Scale::Log || (nothing_below && !past.targets.is_empty());
        let mut fitted = Self { pool, weights: pool.weights(past), pivot: None, scale, is_count };
        let Some(reference) = reference else { return fitted };
        let pooled: Vec<Option<Vec<f64>>> = past
            .targets
            .iter()
            .map(|at| {
                let values = fitted.at(&past.panel.levels, &past.panel.targets[*at])?.values;
                Some(values.into_iter().map(|value| scale.of(value)).collect())
            })
            .collect();
        fitted.pivot = fit_pivot(past, &pooled, reference);
        fitted
    }

    /// The pool of what was said of a target. Quantiles that came out of order are put in order (Chernozhukov, Fernández-Val and
    /// Galichon 2010, Econometrica 78, 1093–1125: rearrangement never scores worse). `None` where nobody with a weight spoke, the pool does not
    /// exist, or a number is not finite.
    #[must_use]
    pub fn at(&self, levels: &[f64], target: &Target) -> Option<Pooled> {
        let present = target.said.iter().zip(&self.weights).filter(|(_, weight)| **weight > 0.0);
        let (said, weights): (Vec<&[f64]>, Vec<f64>) =
            present.filter_map(|(said, weight)| Some((said.as_deref()?, *weight))).unzip();
        let mut values = self.pool.combine(levels, &said, &weights)?;
        let reach = self.pivot.and_then(|pivot| {
            let reference = target.said.get(pivot.reference)?.as_deref()?;
            let from = self.scale.of(median(levels, reference)?);
            Some(pivot.factor * (self.scale.of(median(levels, &values)?) - from))
        });
        if let Some(reach) = reach.filter(|reach| *reach != 0.0) {
            values.iter_mut().for_each(|value| *value = self.scale.back(self.scale.of(*value) + reach));
        }
        // A target of which somebody says a number below 0 is no count, whatever the past was.
        let may_be_count = || target.said.iter().flatten().flatten().all(|value| *value >= 0.0);
        if self.is_count && may_be_count() {
            values.iter_mut().for_each(|value| *value = value.max(0.0));
        }
        values.sort_by(f64::total_cmp);
        values.iter().all(|value| value.is_finite()).then_some(Pooled { values, is_pivoted: reach.is_some() })
    }

    /// The plain mean of the same members.
    pub(super) fn plain_mean(&self) -> Self {
        Self { pool: QUANTILE_POOLS[0], weights: vec![1.0; self.weights.len()], pivot: None, ..self.clone() }
    }

    /// What the pool loses at a target whose outcome is known.
    pub(super) fn loss_at(&self, levels: &[f64], target: &Target) -> Option<f64> {
        loss(levels, &self.at(levels, target)?.values, target.outcome?, self.scale)
    }
}
