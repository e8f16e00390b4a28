//! Paired differences between forecasters that respect dependence.
//!
//! Two forecasters are compared on the questions on which both had a standing forecast, each question over the time for which
//! both stood. Questions of one cluster (a scenario, an event group) share their fate, so the evidence is counted in clusters,
//! and the verdict may be that one cannot tell yet.
//!
//! [`compare_pairs`] is the whole comparison; [`paired_differences`], [`t_interval`], [`bootstrap_interval`] and [`holm`] are its
//! parts.
//!
//! Uses `score` and `math`; knows nothing of files.

mod bootstrap;
mod interval;
mod pair;
mod verdict;

pub use bootstrap::{BOOTSTRAP_REPLICATES, BOOTSTRAP_SEED, bootstrap_interval};
pub use interval::{POWER, TInterval, holm, t_interval};
pub use pair::{Paired, paired_differences};
pub use verdict::{
    BOOTSTRAP_CLUSTERS, COMPARE_SCHEMA, Comparison, Doubt, FEWEST_CLUSTERS, PairComparison, Verdict, compare_pairs,
};
