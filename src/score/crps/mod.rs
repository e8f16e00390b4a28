//! The continuous ranked probability score: closed forms, ensembles, quantiles, piecewise linear cdfs.
//!
//! ```text
//! CRPS(F, y) = ∫ (F(x) - 1{x >= y})² dx = E|X - y| - ½ E|X - X'|        X, X' ~ F, independent
//! ```
//!
//! Lower is better; the score has the unit of `y`, and for a point forecast it is the absolute error. Closed forms that are not
//! of our own derivation: Jordan, Krüger and Lerch (2019), J. Stat. Softw. 90(12), appendix A.
//!
//! A function gives `None` where a parameter lies outside of its domain.

mod continuous;
mod counts;
mod ensemble;
mod normal;
mod piecewise;
mod quantiles;
mod weighted;

pub use continuous::{crps_gamma, crps_gev, crps_logistic, crps_lognormal, crps_student_t, crps_uniform};
pub use counts::{crps_binomial, crps_hypergeometric, crps_poisson};
pub use ensemble::{EnsembleParts, crps_ensemble, crps_ensemble_fair, crps_ensemble_parts, crps_ensemble_threshold};
pub use normal::{crps_censored_normal, crps_normal, crps_normal_kernel, crps_truncated_normal};
pub use piecewise::{PiecewiseParts, crps_piecewise_linear};
pub use quantiles::crps_quantiles;
pub(super) use quantiles::{FromQuantiles, OfDays};
pub use weighted::{crps_ensemble_outcome_weighted, crps_ensemble_vertically_rescaled};
