//! The doubtful inputs of a plan put in: their means for the main run, one draw of all of them for each group of the doubt run.

use crate::dist::{Beta, Sampler};
use crate::math::{ln, ln_1p, logistic, logit};
use crate::plan::{
    Chance, Conditional, HazardSource, NumberSource, Operation, Parameter, ParameterId, Plan, PlaneId, Prior,
    Probabilities, Row, StreamId,
};
use crate::simulate::kernel::categorical::{self, Options};
use crate::simulate::kernel::chances::{Chances, Threshold};
use crate::simulate::kernel::number::{Likelihood, Source, likelihood};
use std::borrow::Cow;

/// One draw of a [`Parameter`].
#[derive(Debug, Clone)]
pub(crate) enum ParameterValue {
    /// Of a Beta.
    Probability(f64),
    /// Of a Dirichlet.
    Probabilities(Vec<f64>),
    /// Of a Gamma, or of the mean of a number.
    Number(f64),
}

/// What the hazard of a row is multiplied by.
#[derive(Debug, Clone)]
pub(crate) enum ReadyScale {
    /// The same in every world.
    Constant(f64),
    /// Of the doubt about it.
    Chosen(Strata<f64>),
}

/// A doubtful input that each world draws for itself.
#[derive(Debug, Clone)]
pub(crate) struct Strata<T> {
    /// Its values in strata of equal probability; 256 of them.
    pub(crate) values: Vec<T>,
    /// The stream of the byte that chooses one.
    pub(crate) stream: StreamId,
}

/// As many as a byte tells apart.
const STRATA: usize = 256;

/// What a step needs besides its columns, in the order of its rows.
#[derive(Debug, Clone)]
pub(crate) enum StepInputs<'a> {
    /// Nothing.
    None,
    /// Of a yes/no draw: as they are, by their bits, and those that each world draws for itself.
    Chances(Vec<f64>, Chances, Vec<Option<Strata<f64>>>),
    /// Of a draw of options: as they are; for each option but the last, by the bits of it and those before it together; and those that each world draws
    /// for itself.
    Options(Vec<Options>, Vec<Chances>, Vec<Option<Strata<Options>>>),
    /// Of a number, and those that each world draws for itself.
    Numbers(Vec<Source<'a>>, Vec<Option<Strata<Source<'a>>>>),
    /// Of a date.
    Scales(Vec<ReadyScale>),
}

/// Puts in the means (`drawn` is `None`) or one draw of all parameters.
#[must_use]
pub(crate) fn prepare<'a>(plan: &'a Plan, drawn: Option<&[ParameterValue]>) -> Vec<StepInputs<'a>> {
    let values = Values { parameters: &plan.parameters, drawn };
    plan.steps
        .iter()
        .map(|step| match &step.operation {
            Operation::Bernoulli { rows, .. } => {
                let chances = each(rows, |chance| values.chance(chance));
                let thresholds: Vec<_> =
                    rows.iter().zip(&chances).map(|(row, chance)| (row.mask, Threshold::new(*chance))).collect();
                StepInputs::Chances(
                    chances,
                    Chances::new(&thresholds, PlaneId(plan.planes)),
                    each(rows, |chance| values.chance_strata(chance)),
                )
            }
            Operation::Categorical { rows, .. } => {
                let options = each(rows, |options| values.options(options));
                let masked: Vec<_> = rows.iter().map(|row| row.mask).zip(&options).collect();
                let chances = categorical::chances(&masked, PlaneId(plan.planes));
                StepInputs::Options(options, chances, each(rows, |options| values.option_strata(options)))
            }
            Operation::Number { rows, .. } => StepInputs::Numbers(
                each(rows, |source| values.number(source)),
                each(rows, |source| values.number_strata(source)),
            ),
            Operation::Date { rows, .. } => StepInputs::Scales(each(rows, |source| values.scale(source))),
            _ => StepInputs::None,
        })
        .collect()
}

/// Whether a source has a density rather than a probability at a value.
#[must_use]
pub(crate) fn has_density_at(source: &NumberSource, value: f64) -> bool {
    source
        .predictive()
        .is_some_and(|sampler| matches!(likelihood(sampler, value), Likelihood::Density(density) if density > 0.0))
}

/// The distribution of a value of what is in doubt; where there is none, the predictive one.
fn at<'a>(law: &Conditional, value: f64, predictive: &'a Sampler) -> Source<'a> {
    Source::Sampler(law.at(value).map_or(Cow::Borrowed(predictive), |own| Cow::Owned(Sampler::new(&own))))
}

fn each<'a, T, R>(rows: &'a [Row<T>], ready: impl Fn(&'a T) -> R) -> Vec<R> {
    rows.iter().map(|row| ready(&row.value)).collect()
}

struct Values<'a> {
    parameters: &'a [Parameter],
    drawn: Option<&'a [ParameterValue]>,
}

impl Values<'_> {
    fn drawn(&self, id: ParameterId) -> Option<&ParameterValue> {
        self.drawn.map(|drawn| &drawn[id.0 as usize])
    }

    fn chance(&self, chance: &Chance) -> f64 {
        let mut probability = chance.predictive;
        if let Some(drawn) = chance.drawn
            && let Some(ParameterValue::Probability(value)) = self.drawn(drawn.parameter)
        {
            probability = if drawn.log_odds == 0.0 { *value } else { logistic(logit(*value) + drawn.log_odds) };
        }
        probability
    }

    /// The strata of a chance that each world draws for itself.
    fn chance_strata(&self, chance: &Chance) -> Option<Strata<f64>> {
        let drawn = chance.drawn.filter(|_| self.drawn.is_none())?;
        let (Prior::Beta(prior), stream) = (&self.parameters[drawn.parameter.0 as usize].prior, drawn.stream?) else {
            return None;
        };
        let moved = |p: f64| if drawn.log_odds == 0.0 { p } else { logistic(logit(p) + drawn.log_odds) };
        Some(Strata { values: prior.stratum_means(STRATA).into_iter().map(moved).collect(), stream })
    }

    /// The strata of the chances of options. Each limit between two options is drawn by its own law, all at the same level: whether a uniform lies below a
    /// limit depends on that limit alone.
    fn option_strata(&self, probabilities: &Probabilities) -> Option<Strata<Options>> {
        let drawn = probabilities.drawn.filter(|_| self.drawn.is_none())?;
        let (Prior::Dirichlet(prior), stream) = (&self.parameters[drawn.0 as usize].prior, probabilities.stream?)
        else {
            return None;
        };
        let (alphas, all) = (prior.alphas(), prior.concentration());
        let mut up_to = 0.0;
        let mut limits: Vec<Vec<f64>> = Vec::with_capacity(alphas.len());
        for alpha in &alphas[..alphas.len() - 1] {
            up_to += alpha;
            limits.push(Beta::new(up_to, all - up_to).ok()?.stratum_means(STRATA));
        }
        let options = |stratum: usize| {
            let ends = limits.iter().map(|of| of[stratum]).chain([1.0]);
            let mut before = 0.0;
            Options::new(ends.map(|end| (end - std::mem::replace(&mut before, end)).max(0.0)).collect())
        };
        Some(Strata { values: (0..STRATA).map(options).collect(), stream })
    }

    fn options(&self, probabilities: &Probabilities) -> Options {
        match probabilities.drawn.and_then(|id| self.drawn(id)) {
            Some(ParameterValue::Probabilities(values)) => Options::new(values.clone()),
            _ => Options::new(probabilities.predictive.clone()),
        }
    }

    fn number<'a>(&self, source: &'a NumberSource) -> Source<'a> {
        match source {
            NumberSource::Constant(value) => Source::Constant(*value),
            NumberSource::Sampler(sampler) => Source::Sampler(Cow::Borrowed(sampler)),
            NumberSource::InDoubt { predictive, parameter, law, .. } => match self.drawn(*parameter) {
                Some(ParameterValue::Number(value)) => at(law, *value, predictive),
                _ => Source::Sampler(Cow::Borrowed(predictive)),
            },
        }
    }

    /// The strata of a number that each world draws for itself.
    fn number_strata<'a>(&self, source: &'a NumberSource) -> Option<Strata<Source<'a>>> {
        let NumberSource::InDoubt { predictive, parameter, law, stream } = source else { return None };
        if self.drawn.is_some() {
            return None;
        }
        let values = match &self.parameters[parameter.0 as usize].prior {
            Prior::Gamma(prior) => prior.stratum_means(STRATA),
            Prior::Mean(prior) => prior.stratum_means(STRATA),
            Prior::Beta(_) | Prior::Dirichlet(_) | Prior::Member { .. } => return None,
        };
        let stream = (*stream)?;
        Some(Strata { values: values.into_iter().map(|value| at(law, value, predictive)).collect(), stream })
    }

    fn scale(&self, source: &HazardSource) -> ReadyScale {
        let Some(scale) = source.scale else { return ReadyScale::Constant(1.0) };
        let factor = |probability: f64| hazard_scale(probability, scale.reference);
        if let Some(ParameterValue::Probability(value)) = self.drawn(scale.parameter) {
            return ReadyScale::Constant(factor(*value));
        }
        if let Some(fixed) = scale.fixed.filter(|_| self.drawn.is_none()) {
            return ReadyScale::Constant(factor(fixed));
        }
        let strata = &self.parameters[scale.among.unwrap_or(scale.parameter).0 as usize].strata;
        if self.drawn.is_some() || strata.is_empty() {
            return ReadyScale::Constant(1.0);
        }
        let values = (0..STRATA).map(|index| factor(strata[index * strata.len() / STRATA])).collect();
        ReadyScale::Chosen(Strata { values, stream: scale.stream })
    }
}

/// `ln(1 - p) / ln(1 - reference)`: what makes a hazard that gives `reference` give `p`. 1 where the reference is 0 or 1 and so
/// has no hazard to scale; a certain `p` counts as a hazard of `-ln(2^-1074)`.
fn hazard_scale(probability: f64, reference: f64) -> f64 {
    if !(reference > 0.0 && reference < 1.0) {
        return 1.0;
    }
    let hazard = if probability >= 1.0 { -ln(f64::from_bits(1)) } else { -ln_1p(-probability) };
    hazard / -ln_1p(-reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::powf;

    #[test]
    fn a_scaled_hazard_gives_the_probability() {
        for (probability, reference) in [(0.2, 0.5), (0.9, 0.01), (0.0, 0.3)] {
            let survival = powf(1.0 - reference, hazard_scale(probability, reference));
            assert!((survival - (1.0 - probability)).abs() < 1e-14);
        }
        assert_eq!(hazard_scale(0.3, 0.3), 1.0);
        assert!(hazard_scale(1.0, 0.3).is_finite());
        assert_eq!(hazard_scale(0.3, 0.0), 1.0);
    }
}
