//! Scores of distributions by name or by their cdf, in closed form, and the rules that need a whole distribution.
//!
//! [`LAWS`] has a line for each family of [`FAMILIES`](crate::dist::FAMILIES).

use crate::forecast::NamedDistribution;
use crate::math::ln;
use crate::score::crps::{
    crps_beta, crps_binomial, crps_exponential, crps_gamma, crps_generalised_pareto, crps_gev, crps_inverse_gamma,
    crps_laplace, crps_logistic, crps_lognormal, crps_negative_binomial, crps_normal, crps_of_points, crps_poisson,
    crps_student_t, crps_triangular, crps_truncated_normal, crps_uniform, crps_weibull, crps_within,
};
use crate::score::dawid_sebastiani::dawid_sebastiani;
use crate::score::evaluate::Standing;
use crate::score::logarithmic::{
    log_score_beta, log_score_binomial, log_score_exponential, log_score_gamma, log_score_generalised_pareto,
    log_score_gev, log_score_inverse_gamma, log_score_laplace, log_score_logistic, log_score_lognormal,
    log_score_negative_binomial, log_score_normal, log_score_poisson, log_score_student_t, log_score_triangular,
    log_score_truncated_normal, log_score_uniform, log_score_weibull,
};
use crate::score::rule::{Case, Floor, Score, ScoringRule, Takes, Unfit, Unit};
use std::collections::BTreeSet;

/// A score of an outcome, from the arguments of a family in their order.
type Formula = fn(f64, &[f64]) -> Option<f64>;

/// How a family is scored.
#[derive(Debug)]
struct Law {
    /// Its name.
    family: &'static str,
    /// The CRPS; `None` where there is no closed form.
    crps: Formula,
    /// Minus the logarithm of the density, of a count of its probability; `None` where the density is infinite.
    log: Formula,
}

const fn law(family: &'static str, crps: Formula, log: Formula) -> Law {
    Law { family, crps, log }
}

/// The shapes of the beta distribution that a PERT is between its ends.
fn pert_shapes(of: &[f64]) -> (f64, f64) {
    let width = of[2] - of[0];
    (1.0 + 4.0 * ((of[1] - of[0]) / width), 1.0 + 4.0 * ((of[2] - of[1]) / width))
}

/// Every family, in the order of the list of families.
static LAWS: &[Law] = &[
    law("normal", |y, of| crps_normal(y, of[0], of[1]), |y, of| log_score_normal(y, of[0], of[1])),
    law("lognormal", |y, of| crps_lognormal(y, of[0], of[1]), |y, of| log_score_lognormal(y, of[0], of[1])),
    law("uniform", |y, of| crps_uniform(y, of[0], of[1]), |y, of| log_score_uniform(y, of[0], of[1])),
    law(
        "triangular",
        |y, of| crps_triangular(y, of[0], of[1], of[2]),
        |y, of| log_score_triangular(y, of[0], of[1], of[2]),
    ),
    law(
        "pert",
        |y, of| {
            let (a, b) = pert_shapes(of);
            crps_beta(y, a, b, of[0], of[2])
        },
        |y, of| {
            let ((a, b), width) = (pert_shapes(of), of[2] - of[0]);
            log_score_beta((y - of[0]) / width, a, b).map(|score| score + ln(width))
        },
    ),
    law("beta", |y, of| crps_beta(y, of[0], of[1], 0.0, 1.0), |y, of| log_score_beta(y, of[0], of[1])),
    law("gamma", |y, of| crps_gamma(y, of[0], of[1]), |y, of| log_score_gamma(y, of[0], of[1])),
    law("exponential", |y, of| crps_exponential(y, of[0]), |y, of| log_score_exponential(y, of[0])),
    law("weibull", |y, of| crps_weibull(y, of[0], of[1]), |y, of| log_score_weibull(y, of[0], of[1])),
    law("logistic", |y, of| crps_logistic(y, of[0], of[1]), |y, of| log_score_logistic(y, of[0], of[1])),
    law(
        "student_t",
        |y, of| crps_student_t(y, of[0], of[1], of[2]),
        |y, of| log_score_student_t(y, of[0], of[1], of[2]),
    ),
    law(
        "pareto",
        |y, of| crps_generalised_pareto(y, 1.0 / of[1], of[0], of[0] / of[1], 0.0),
        |y, of| log_score_generalised_pareto(y, 1.0 / of[1], of[0], of[0] / of[1]),
    ),
    law("cauchy", |_, _| None, |y, of| log_score_student_t(y, 1.0, of[0], of[1])),
    law("laplace", |y, of| crps_laplace(y, of[0], of[1]), |y, of| log_score_laplace(y, of[0], of[1])),
    law("gumbel", |y, of| crps_gev(y, 0.0, of[0], of[1]), |y, of| log_score_gev(y, 0.0, of[0], of[1])),
    law("chi_squared", |y, of| crps_gamma(y, 0.5 * of[0], 0.5), |y, of| log_score_gamma(y, 0.5 * of[0], 0.5)),
    law("inverse_gamma", |y, of| crps_inverse_gamma(y, of[0], of[1]), |y, of| log_score_inverse_gamma(y, of[0], of[1])),
    law(
        "half_normal",
        |y, of| crps_truncated_normal(y, 0.0, of[0], 0.0, f64::INFINITY),
        |y, of| log_score_truncated_normal(y, 0.0, of[0], 0.0, f64::INFINITY),
    ),
    law(
        "poisson",
        |y, of| if of[0] == 0.0 { Some(y.abs()) } else { crps_poisson(y, of[0]) },
        |y, of| match (of[0] > 0.0, y == 0.0) {
            (true, _) => log_score_poisson(y, of[0]),
            (false, true) => Some(0.0),
            (false, false) => Some(f64::INFINITY),
        },
    ),
    law("binomial", |y, of| crps_binomial(y, of[0] as u64, of[1]), |y, of| log_score_binomial(y, of[0] as u64, of[1])),
    law(
        "negative_binomial",
        |y, of| crps_negative_binomial(y, of[0], of[1]),
        |y, of| log_score_negative_binomial(y, of[0], of[1]),
    ),
    law("geometric", |y, of| crps_negative_binomial(y, 1.0, of[0]), |y, of| log_score_negative_binomial(y, 1.0, of[0])),
];

/// Sums over a count take time in proportion to its spread; above this variance the steps of one are nothing beside it, and quantiles do.
const MOST_VARIANCE_OF_A_COUNT: f64 = 1e10;

fn law_of(of: &NamedDistribution) -> Option<&'static Law> {
    LAWS.iter().find(|law| law.family == of.family())
}

/// The CRPS in closed form, which a cdf at points always has, and of a law held between two ends by quadrature; `None` where the family has none for these
/// arguments, and on the log scale.
pub(in crate::score) fn closed_crps(of: &NamedDistribution, y: f64) -> Option<f64> {
    if of.is_on_log_scale() {
        return None;
    }
    if let Some(points) = of.points() {
        return crps_of_points(points, y).filter(|score| score.is_finite());
    }
    if let Some((ends, law)) = of.whole() {
        return crps_within(law, ends, y);
    }
    let law = of.law();
    let is_wide = || law.variance().is_none_or(|variance| variance > MOST_VARIANCE_OF_A_COUNT);
    if law.is_discrete() && is_wide() {
        return None;
    }
    (law_of(of)?.crps)(y, of.arguments()).filter(|score| score.is_finite())
}

/// Minus the logarithm of the density, infinite where it is 0; `None` where it is infinite.
fn log_score_of(of: &NamedDistribution, y: f64) -> Option<f64> {
    (law_of(of)?.log)(y, of.arguments()).filter(|score| *score > f64::NEG_INFINITY)
}

/// How many forecasts are distributions by name whose CRPS has no closed form, so that it is that of their quantiles at the
/// [even levels](NamedDistribution::even_levels); and which they are. Those on the log scale, where none has one, are not among them.
#[must_use]
pub fn crps_by_quantiles(standings: &[Standing]) -> (usize, Vec<String>) {
    let (mut count, mut names) = (0, BTreeSet::new());
    for segment in standings.iter().flat_map(|standing| &standing.segments) {
        if let Case::Distribution { distribution, outcome } = &segment.case
            && !distribution.is_on_log_scale()
            && closed_crps(distribution, *outcome).is_none()
        {
            count += 1;
            names.insert(distribution.to_string());
        }
    }
    (count, names.into_iter().collect())
}

/// A distribution by name and its outcome. A cdf at points says too little of what is beyond them to have a density there, or moments, and of a law held
/// between two ends a part sits at them.
fn by_name(case: &Case) -> Result<(&NamedDistribution, f64), Unfit> {
    match case {
        Case::Distribution { distribution, outcome } if distribution.is_by_name() => Ok((distribution, *outcome)),
        _ => Err(Unfit::Kind),
    }
}

/// Log scores of densities are limited to this, so that one forecast of "impossible" does not make every mean infinite.
const MOST_NATS: f64 = 700.0;

/// The logarithmic score of a density as a rule for records.
#[derive(Debug)]
pub(in crate::score) struct OfDensity;

impl ScoringRule for OfDensity {
    fn id(&self) -> &'static str {
        "log_density"
    }
    fn name(&self) -> &'static str {
        "logarithmic score of the density, of a count of its probability, for distributions by name; at most 700"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::Nats
    }
    fn may_be_negative(&self) -> bool {
        true
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let (distribution, outcome) = by_name(case)?;
        let score = log_score_of(distribution, outcome).ok_or(Unfit::InfiniteDensity)?;
        Ok(if score == f64::INFINITY {
            Score { value: MOST_NATS, floor: Floor::Infinite }
        } else if score > MOST_NATS {
            Score { value: MOST_NATS, floor: Floor::Raised }
        } else {
            score.into()
        })
    }
}

/// [`dawid_sebastiani`] of the mean and the variance of a distribution as a rule for records.
#[derive(Debug)]
pub(in crate::score) struct OfMoments;

impl ScoringRule for OfMoments {
    fn id(&self) -> &'static str {
        "dss"
    }
    fn name(&self) -> &'static str {
        "Dawid-Sebastiani score of the mean and the variance of distributions by name"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Distribution]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn may_be_negative(&self) -> bool {
        true
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let (distribution, outcome) = by_name(case)?;
        let law = distribution.law();
        let moments = law.mean().zip(law.variance());
        let score = moments.and_then(|(mean, variance)| dawid_sebastiani(outcome, mean, variance.sqrt()));
        score.filter(|score| score.is_finite()).map(Score::from).ok_or(Unfit::NoMoments)
    }
}

#[cfg(test)]
mod tests;
