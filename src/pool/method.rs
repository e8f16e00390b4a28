//! What a pool and a map are: fitted to the past, then applied to what was said.
//!
//! A [`PoolMethod`] learns from a [`Past`] and gives a [`Pooling`]; one that has nothing to learn gives the same one always. A
//! [`MapMethod`] learns from probabilities and what happened and gives a [`Map`]. Both are named in lists, so that the command line and
//! the choice among them pick a new one up.

use super::past::Past;
use super::penalty::Penalty;
use std::collections::BTreeMap;
use std::fmt;

/// The latest probability of one forecaster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// Who, by number.
    pub forecaster: usize,
    /// What.
    pub probability: f64,
    /// When, in days since 1970-01-01.
    pub made_at: f64,
}

/// Where log-odds are averaged over a panel, probabilities nearer to 0 or 1 are taken for this near: one careless zero among thousands of
/// forecasts must not decide.
pub const SURE: f64 = 0.001;

/// A way to make one probability of several.
pub trait PoolMethod: fmt::Debug + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// What it does, in a few words.
    fn about(&self) -> &'static str;

    /// The pool as it stands after this past. `None` where the past is too little for it.
    fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Box<dyn Pooling>>;

    /// What the past must have for it beyond questions that resolved, if that is something.
    fn needs(&self) -> Option<&'static str> {
        None
    }

    /// The pool if there is nothing to be learned. `None` for a pool that needs a past.
    fn without_past(&self) -> Option<Box<dyn Pooling>> {
        None
    }
}

/// A pool that is ready.
pub trait Pooling: fmt::Debug + Send + Sync {
    /// The pool of these probabilities, the oldest first. Forecasters who are not there are left out, and the weights of the others
    /// scaled up. `None` where there are none, one lies outside of 0..=1, or sure ones contradict each other.
    fn pool(&self, oldest_first: &[Said]) -> Option<f64>;

    /// The weight of each forecaster, summing to 1, if it has learned any.
    fn weights(&self) -> Option<&[f64]> {
        None
    }

    /// What else it has learned, in words.
    fn learned(&self) -> Option<String> {
        None
    }
}

/// A way to learn from past probabilities how to bend further ones.
pub trait MapMethod: fmt::Debug + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// What it does, in a few words.
    fn about(&self) -> &'static str;

    /// The map as it stands after these. `None` where no finite map is best, or there are too few.
    fn fit(&self, probabilities: &[f64], happened: &[bool]) -> Option<Box<dyn Map>>;

    /// What these must be like for it, if not any will do.
    fn needs(&self) -> Option<&'static str> {
        None
    }

    /// A map for each forecaster, by number, if not one by one by [`MapMethod::fit`] for whoever has said enough: a method that draws those
    /// with few questions to what all have in common.
    fn fit_each(&self, _: &Past<'_>) -> Option<BTreeMap<usize, Box<dyn Map>>> {
        None
    }
}

/// A map that is ready.
pub trait Map: fmt::Debug + Send + Sync {
    /// The recalibrated probability.
    fn apply(&self, probability: f64) -> f64;

    /// What it has learned, in words.
    fn learned(&self) -> String;
}

/// The probabilities alone.
pub(super) fn probabilities(said: &[Said]) -> Vec<f64> {
    said.iter().map(|said| said.probability).collect()
}

/// The probabilities held away from 0 and 1 by `sure`.
pub(super) fn held(said: &[Said], sure: f64) -> Vec<f64> {
    // What is no probability is left as it is, so that the pool refuses it.
    let hold = |p: f64| if (0.0..=1.0).contains(&p) { p.clamp(sure, 1.0 - sure) } else { p };
    said.iter().map(|said| hold(said.probability)).collect()
}

/// The weights of those who said something; equal ones where none of them has any.
pub(super) fn weights_of(said: &[Said], weights: &[f64]) -> Vec<f64> {
    let of: Vec<f64> = said.iter().map(|said| weights.get(said.forecaster).copied().unwrap_or(0.0)).collect();
    if of.iter().sum::<f64>() > 0.0 { of } else { vec![1.0; said.len()] }
}
