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

pub(in crate::score) mod between;
pub(in crate::score) mod bounded;
mod continuous;
mod counts;
mod ensemble;
mod exponential;
mod fair;
mod normal;
mod of_law;
mod outcome_weighted;
mod piecewise;
mod positive;
mod quantiles;
mod resized;
mod weighted;

#[cfg(test)]
mod definition;

pub use bounded::{
    Bounds, crps_bounded_logistic, crps_bounded_student_t, crps_censored_logistic, crps_censored_normal,
    crps_censored_student_t, crps_truncated_logistic, crps_truncated_normal, crps_truncated_student_t,
};
pub use continuous::{
    crps_gamma, crps_gev, crps_logistic, crps_lognormal, crps_student_t, crps_triangular, crps_uniform,
};
pub use counts::{crps_binomial, crps_hypergeometric, crps_negative_binomial, crps_poisson};
pub use ensemble::{
    EnsembleParts, crps_ensemble, crps_ensemble_fair, crps_ensemble_parts, crps_ensemble_resized,
    crps_ensemble_threshold,
};
pub use exponential::{
    crps_exponential, crps_exponential_with_mass, crps_generalised_pareto, crps_laplace, crps_two_piece_exponential,
};
pub(super) use fair::Fair;
pub use normal::{crps_normal, crps_normal_kernel, crps_normal_mixture, crps_two_piece_normal};
pub(super) use of_law::crps_within;
pub(super) use outcome_weighted::OutcomeWeighted;
pub(super) use piecewise::crps_of_points;
pub use piecewise::{PiecewiseParts, crps_piecewise_linear};
pub use positive::{crps_beta, crps_inverse_gamma, crps_loglaplace, crps_loglogistic, crps_weibull};
pub(super) use quantiles::{FromQuantiles, OfDays};
pub use quantiles::{crps_quantiles, crps_quantiles_by_width};
pub(super) use resized::Resized;
pub use weighted::{
    crps_ensemble_by_outcome_weights, crps_ensemble_by_rescaled_weights, crps_ensemble_outcome_weighted,
    crps_ensemble_vertically_rescaled, crps_ensemble_weighted,
};
