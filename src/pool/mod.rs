//! Pools of several forecasts of one event, and maps that recalibrate a forecast.
//!
//! A pool takes the probabilities of several forecasters (and weights) and gives one; a map takes probabilities with their outcomes and
//! learns how to bend further ones. Probabilities of 0 and 1 are allowed: where log-odds are averaged a sure forecast decides alone,
//! and two sure ones that contradict each other have no pool (`None`).
//!
//! Each stands in a file of its own, as a function of numbers and as a method of the lists [`POOLS`] and [`MAPS`]. A [`Recipe`] names a pool
//! and maps; it learns from a [`History`], questions that resolved. [`choose`] tries recipes on a past by cross-validation and says what it
//! chose and what to expect of it.
//!
//! [`pooled_records`] makes a pool one more forecaster among the records; [`pool_as_known`] one that learns as outcomes become known.
//!
//! To add one: one file here and its line in the list below.
//!
//! Uses `forecast`, `math` and `score`; knows nothing of files.

mod as_known;
mod best_and_mean;
mod beta_calibration;
mod beta_transformed;
mod choice;
mod coherence;
mod counting;
mod expected;
mod exponential;
mod extremized;
mod folds;
mod isotonic_map;
mod linear;
mod log_odds;
mod made_by;
mod median;
mod method;
mod neyman;
mod of_records;
mod past;
mod penalty;
mod performance;
mod platt;
mod pulled;
pub mod quantile;
mod recency_fitted;
mod recency_median;
mod recipe;
mod relation;
mod stacking;
mod temperature;
mod trimmed;
mod trial;
mod venn_abers;
mod weighted;

pub use as_known::{PooledAsKnown, Unpooled, pool_as_known, pool_as_known_and_tell};
pub use beta_calibration::{BetaCalibration, beta_calibration};
pub use beta_transformed::beta_transformed;
pub use choice::{Choice, Estimate, POOL_SCHEMA, Ready, Tried, choose, choose_and_tell};
pub use coherence::coherence_weights;
pub use counting::{Counted, Counting, Reach, related};
pub use expected::Expected;
pub use exponential::exponential_weights;
pub use extremized::extremized_log_odds;
pub use folds::{Fold, Folding, folds};
pub use isotonic_map::{IsotonicMap, isotonic_map};
pub use linear::linear;
pub use log_odds::log_odds;
pub use made_by::Used;
pub use method::{Map, MapMethod, PoolMethod, Pooling, SURE, Said};
pub use neyman::{neyman_factor, neyman_linear, neyman_log_odds};
pub use of_records::pooled_records;
pub use past::{History, Past, PastQuestion};
pub use penalty::Penalty;
pub use performance::shrunk_excess;
pub use platt::{Platt, platt};
pub use recency_fitted::fitted_half_life;
pub use recency_median::{recency_weighted_quantile, weighted_quantile};
pub use recipe::{Cooked, FEWEST_FOR_A_MAP, Recipe};
pub use relation::{Relation, RelationKind};
pub use stacking::stacking_weights;
pub use temperature::{Temperature, temperature};
pub use trial::{CANDIDATES, FEWEST_CLUSTERS};
pub use trimmed::trimmed_mean;
pub use venn_abers::{VennAbers, VennAbersRange, venn_abers};

/// Every pool.
pub static POOLS: &[&dyn PoolMethod] = &[
    &median::Median,
    &linear::Mean,
    &log_odds::LogOdds,
    &neyman::Neyman,
    &recency_median::Recency,
    &recency_fitted::RecencyFitted,
    &trimmed::Trimmed,
    &extremized::Extremized,
    &extremized::ExtremizedFitted,
    &beta_transformed::BetaTransformed,
    &performance::Performance,
    &performance::PerformanceLogOdds,
    &stacking::Stacking,
    &exponential::Exponential,
    &best_and_mean::BestAndMean,
    &coherence::Coherence,
];

/// Every map that recalibrates.
pub static MAPS: &[&dyn MapMethod] = &[
    &platt::PlattMethod,
    &temperature::TemperatureMethod,
    &beta_calibration::BetaMethod,
    &isotonic_map::IsotonicMethod,
    &venn_abers::VennAbersMethod,
];

/// Weights that sum to 1, equal ones if none are given. `None` unless there is one probability at least, each lies in 0..=1, and as many
/// weights, none negative and not all 0, belong to them.
fn shares(probabilities: &[f64], weights: Option<&[f64]>) -> Option<Vec<f64>> {
    let count = probabilities.len();
    let inside = probabilities.iter().all(|p| (0.0..=1.0).contains(p));
    if count == 0 || !inside {
        return None;
    }
    let Some(weights) = weights else { return Some(vec![1.0 / count as f64; count]) };
    let total: f64 = weights.iter().sum();
    let sound =
        weights.len() == count && total > 0.0 && total.is_finite() && weights.iter().all(|weight| *weight >= 0.0);
    sound.then(|| weights.iter().map(|weight| weight / total).collect())
}
