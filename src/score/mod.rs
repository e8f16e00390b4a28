//! Proper scores: of one forecast, over the life of a question, and as means that respect dependence.
//!
//! The functions of numbers and slices ([`brier`], [`rps`], [`crps`] …) stand alone. A [`ScoringRule`] makes one of them
//! applicable to any forecast in the records; [`RULES`] lists them, and [`RULE_FAMILIES`] those that take an argument. [`standings`] lays the forecasts on every question that
//! resolved beside its outcome, each for the time it stood; [`summarise`] makes mean scores of that, with standard errors.
//!
//! Every score is a loss: lower is better.
//!
//! To add a rule: one file here, one line in [`RULES`] or [`RULE_FAMILIES`]. The command line's `--rule`, its help and the law test that it is proper
//! follow from the lists.

mod brier;
mod brier_never;
mod clusters;
pub mod columns;
mod components;
pub mod crps;
mod dawid_sebastiani;
mod dawid_sebastiani_draws;
mod evaluate;
mod gathered;
mod gathered_beside;
mod gathered_means;
mod horizon;
mod joint;
mod joint_draws;
mod joint_life;
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
mod rule_family;
mod running;
mod samples;
mod schedule;
mod skill;
mod spherical;
mod streamed;
mod streamed_part;
mod summary;
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
pub use gathered::{GatheredForecasts, GatheredQuestion, OtherOutcome};
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
pub use rule::{Case, Floor, Orientation, ProperFor, Score, ScoringRule, Takes, Unfit, Unit};
pub use rule_family::RuleFamily;
pub(crate) use rule_family::family_of;
pub(crate) use running::Bits;
pub use samples::{absolute_error_of_median, median, median_absolute_deviation, squared_error_of_mean};
pub use schedule::Schedule;
pub use skill::{Skill, skill_score};
pub use spherical::spherical;
pub use streamed::StreamedScores;
pub use streamed_part::{OutcomesTold, SCORE_PART_SCHEMA, ScorePart};
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
    &crps::Fair,
    &dawid_sebastiani_draws::OfDraws,
];

/// Every family of scoring rules that take an argument, in the order in which they are shown, after the others.
pub static RULE_FAMILIES: &[&dyn RuleFamily] = &[&crps::Resized, &crps::OutcomeWeighted];

/// The rule of this id, which names a rule of the list, or a member of a family by its argument: `brier`, `crps_resized:50`.
///
/// ```
/// use foretell::score::find_rule;
///
/// assert_eq!(find_rule("brier").map(|rule| rule.id()), Ok("brier"));
/// assert_eq!(find_rule("crps_outcome: 10 ..").map(|rule| rule.id()), Ok("crps_outcome:10.."));
/// assert!(find_rule("crps_resized:0").is_err());
/// ```
///
/// # Errors
/// If there is no such rule, or the argument is missing or wrong.
pub fn find_rule(id: &str) -> Result<&'static dyn ScoringRule, String> {
    if let Some(known) = RULES.iter().copied().find(|rule| rule.id() == id) {
        return Ok(known);
    }
    match family_of(id) {
        Some((family, Some(argument))) => family.member(argument),
        Some((family, None)) => {
            Err(format!("{} takes an argument: `{}`, such as `{}`", family.id(), family.form(), family.example()))
        }
        None => Err(format!("there is no scoring rule `{id}`")),
    }
}

/// [`find_rule`], without what is wrong.
#[must_use]
pub fn rule(id: &str) -> Option<&'static dyn ScoringRule> {
    find_rule(id).ok()
}
