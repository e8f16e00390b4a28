//! Proper scores: of one forecast, over the life of a question, and as means that respect dependence.
//!
//! The functions of numbers and slices ([`brier`], [`rps`], [`crps`] …) stand alone. A [`ScoringRule`] makes one of them
//! applicable to any forecast in the records; [`RULES`] lists them. [`standings`] lays the forecasts on every question that
//! resolved beside its outcome, each for the time it stood; [`summarise`] makes mean scores of that, with standard errors.
//!
//! Every score is a loss: lower is better.
//!
//! To add a rule: one file here, one line in [`RULES`]. The command line's `--rule`, its help and the law test that it is proper
//! follow from the list.

mod brier;
mod brier_never;
mod clusters;
pub mod columns;
mod components;
pub mod crps;
mod dawid_sebastiani;
mod evaluate;
mod gathered;
mod gathered_means;
mod horizon;
mod joint;
mod joint_draws;
mod levels;
mod life;
mod logarithmic;
mod median_error;
mod multivariate;
mod named;
pub mod platform;
mod quantile_figures;
mod quantiles;
mod ranked;
mod ranked_logarithmic;
mod revision;
mod rows;
mod rule;
mod running;
mod samples;
mod schedule;
mod skill;
mod spherical;
mod streamed;
mod streamed_part;
mod summary;
mod together;
mod vectors;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod streamed_tests;
#[cfg(test)]
mod tests;

pub use brier::{brier, brier_all, brier_ensemble, brier_ensemble_fair, brier_ensemble_resized};
pub use clusters::{ClusteredMean, clustered_mean, weighted_clustered_mean};
pub use components::{IntervalParts, QuantileParts, interval_parts, quantile_parts};
pub use dawid_sebastiani::{VarianceDivisor, dawid_sebastiani, dawid_sebastiani_ensemble, dawid_sebastiani_vectors};
pub(crate) use evaluate::untagged;
pub use evaluate::{Excluded, Reason, Segment, Standing, Standings, TimeMean, standings};
pub use gathered::{GatheredForecasts, GatheredQuestion};
pub use gathered_means::gathered_means;
pub use horizon::Horizon;
pub use joint::{JOINT_SCHEMA, JointReport, JointRow, JointScore, joint_report};
pub use joint_draws::{
    JOINT_DRAWS_SCHEMA, JointDrawsReport, JointDrawsRow, JointDrawsSettings, VARIOGRAM_ORDER, joint_draws_report,
};
pub use levels::questions_of_different_levels;
pub(crate) use levels::{Common, common_levels};
pub use life::Life;
pub use logarithmic::{
    LOG_FLOOR, log_score, log_score_beta, log_score_binomial, log_score_exponential, log_score_floored,
    log_score_gamma, log_score_generalised_pareto, log_score_gev, log_score_hypergeometric, log_score_inverse_gamma,
    log_score_laplace, log_score_logistic, log_score_loglaplace, log_score_loglogistic, log_score_lognormal,
    log_score_negative_binomial, log_score_normal, log_score_normal_kernel, log_score_normal_mixture,
    log_score_poisson, log_score_student_t, log_score_triangular, log_score_truncated_logistic,
    log_score_truncated_normal, log_score_truncated_student_t, log_score_two_piece_exponential,
    log_score_two_piece_normal, log_score_uniform, log_score_weibull, normal_reference_bandwidth, ranked_log_score,
};
pub use multivariate::{EnsembleEstimator, energy_score, variogram_score};
pub use named::crps_by_quantiles;
pub(crate) use quantile_figures::bias;
pub use quantile_figures::{interval_holds, quantile_bias};
pub use quantiles::{
    CentralIntervals, MedianWeight, central_intervals, interval_score, mean_pinball, pinball, weighted_interval_score,
};
pub use ranked::{ordinal_brier, rps, rps_ensemble, rps_normalised};
pub use revision::flip_flop_index;
pub use rows::score_rows;
pub use rule::{Case, Floor, Orientation, Score, ScoringRule, Takes, Unfit, Unit};
pub(crate) use running::Bits;
pub use samples::{absolute_error_of_median, median, median_absolute_deviation, squared_error_of_mean};
pub use schedule::Schedule;
pub use skill::{Skill, skill_score};
pub use spherical::spherical;
pub use streamed::StreamedScores;
pub use streamed_part::{SCORE_PART_SCHEMA, ScorePart};
pub(crate) use summary::untaken;
pub use summary::{
    Group, NotScored, Report, Row, RuleUsed, SCORE_SCHEMA, Weigh, describe, label, summarise, summarise_by_time,
};

/// Every scoring rule, in the order in which they are shown.
pub static RULES: &[&dyn ScoringRule] = &[
    &brier::Brier,
    &brier::BrierAll,
    &logarithmic::Logarithmic,
    &spherical::Spherical,
    &ranked::RankedNormalised,
    &ranked::RankedSum,
    &ranked_logarithmic::RankedLogarithmic,
    &crps::FromQuantiles,
    &crps::OfDays,
    &named::OfDensity,
    &named::OfMoments,
    &brier_never::BrierNever,
    &quantiles::Pinball,
    &quantiles::Interval90,
    &quantiles::WeightedInterval,
    &median_error::MedianError,
];

/// The rule of this id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static dyn ScoringRule> {
    RULES.iter().copied().find(|rule| rule.id() == id)
}
