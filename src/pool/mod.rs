//! Pools of several forecasts of one event, and maps that recalibrate a forecast.
//!
//! A pool takes the probabilities of several forecasters (and weights) and gives one; a map takes probabilities with their outcomes and
//! learns how to bend further ones. Probabilities of 0 and 1 are allowed: where log-odds are averaged a sure forecast decides alone,
//! and two sure ones that contradict each other have no pool (`None`).
//!
//! | pool | function |
//! |---|---|
//! | linear | [`linear`] |
//! | log odds (logarithmic) | [`log_odds`] |
//! | extremized log odds | [`extremized_log_odds`] |
//! | Neyman–Roughgarden, on probabilities | [`neyman_linear`] |
//! | Neyman–Roughgarden, on log odds | [`neyman_log_odds`] |
//! | recency-weighted median | [`recency_weighted_quantile`] |
//!
//! | map | function |
//! |---|---|
//! | temperature | [`temperature`] |
//! | beta calibration | [`beta_calibration`] |
//!
//! [`pooled_records`] makes a pool one more forecaster among the records.
//!
//! To add one: one file here and its line in the list below.
//!
//! Uses `forecast`, `math` and `score`; knows nothing of files.

mod beta_calibration;
mod extremized;
mod linear;
mod log_odds;
mod neyman;
mod of_records;
pub mod quantile;
mod recency_median;
mod temperature;

pub use beta_calibration::{BetaCalibration, beta_calibration};
pub use extremized::extremized_log_odds;
pub use linear::linear;
pub use log_odds::log_odds;
pub use neyman::{neyman_factor, neyman_linear, neyman_log_odds};
pub use of_records::{PoolMethod, pooled_records};
pub use recency_median::{recency_weighted_quantile, weighted_quantile};
pub use temperature::{Temperature, temperature};

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
