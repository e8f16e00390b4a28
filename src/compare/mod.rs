//! Paired differences between forecasters that respect dependence.
//!
//! Two forecasters are compared on the questions on which both had a standing forecast, each question over the time for which
//! both stood. Questions of one cluster (a scenario, an event group) share their fate, so the evidence is counted in clusters,
//! and the verdict may be that one cannot tell yet.
//!
//! [`compare_pairs`] is the whole comparison; [`paired_differences`], [`t_interval`], [`bootstrap_interval`] and [`holm`] are its
//! parts; [`common_reliability`] shows how reliable each was on the questions that all share.
//!
//! Uses `calibrate`, `score` and `math`; knows nothing of files.

mod bootstrap;
mod interval;
mod pair;
mod reliability;
mod verdict;

#[cfg(test)]
mod tests;

pub use bootstrap::{BOOTSTRAP_REPLICATES, BOOTSTRAP_SEED, bootstrap_interval};
pub use interval::{POWER, TInterval, holm, t_interval};
pub use pair::{Paired, paired_differences};
pub use reliability::{Reliability, common_reliability};
pub use verdict::{
    BOOTSTRAP_CLUSTERS, COMPARE_SCHEMA, Comparison, Doubt, FEWEST_CLUSTERS, PairComparison, Verdict, compare_pairs,
};
