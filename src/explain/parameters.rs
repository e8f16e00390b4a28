//! Doubtful inputs and values put in their place.

use crate::math::{logistic, logit};
use crate::plan::{
    Chance, HazardScale, HazardSource, NumberSource, Operation, ParameterId, Plan, Prior, Probabilities,
};

/// A value of a doubtful input.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Probability(f64),
    Probabilities(Vec<f64>),
    Number(f64),
}

impl Value {
    fn probability(&self) -> Option<f64> {
        if let Self::Probability(value) = self { Some(*value) } else { None }
    }
}

/// All inputs at their means; a member of a class at its mean, given the mean of the class.
#[must_use]
pub(super) fn means(plan: &Plan) -> Vec<Value> {
    drawn(plan, |_, prior| match prior {
        Prior::Beta(beta) => Value::Probability(beta.mean()),
        Prior::Gamma(gamma) => Value::Number(gamma.mean()),
        Prior::Mean(law) => Value::Number(law.mean()),
        Prior::Dirichlet(dirichlet) => Value::Probabilities(dirichlet.mean()),
        // Made of its class below.
        Prior::Member { .. } => Value::Probability(f64::NAN),
    })
}

/// A value for each parameter. What `value` gives for a member that is not a number becomes its mean given its class.
pub(super) fn drawn(plan: &Plan, mut value: impl FnMut(ParameterId, &Prior) -> Value) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::with_capacity(plan.parameters.len());
    for (at, parameter) in plan.parameters.iter().enumerate() {
        let mut one = value(ParameterId(at as u32), &parameter.prior);
        if let (Prior::Member { class, law }, Some(own)) = (&parameter.prior, one.probability())
            && own.is_nan()
        {
            let of_class = values[class.0 as usize].probability().unwrap_or(0.5);
            one = Value::Probability(law.mean_given(of_class));
        }
        values.push(one);
    }
    values
}

/// The value of an input at levels of uniforms: one for a chance, a rate or a mean, one less than there are options for several chances. `class` is the chance of the class of a
/// member.
#[must_use]
pub(super) fn at_levels(prior: &Prior, levels: &[f64], class: Option<f64>) -> Value {
    match prior {
        Prior::Beta(beta) => Value::Probability(beta.quantile(levels[0])),
        Prior::Gamma(gamma) => Value::Number(gamma.quantile(levels[0])),
        Prior::Mean(law) => Value::Number(law.quantile_of_mean(levels[0])),
        Prior::Dirichlet(dirichlet) => Value::Probabilities(dirichlet.draw(levels)),
        Prior::Member { law, .. } => {
            let class = class.unwrap_or(0.5);
            Value::Probability(law.given(class).map_or_else(|| law.mean_given(class), |own| own.quantile(levels[0])))
        }
    }
}

/// How many uniforms an input is drawn by.
#[must_use]
pub(super) fn uniforms(prior: &Prior) -> usize {
    match prior {
        Prior::Dirichlet(dirichlet) => dirichlet.alphas().len().saturating_sub(1).max(1),
        Prior::Beta(_) | Prior::Gamma(_) | Prior::Mean(_) | Prior::Member { .. } => 1,
    }
}

/// The plan with these values of its inputs: nothing is in doubt in it.
#[must_use]
pub(super) fn fixed(plan: &Plan, values: &[Value]) -> Plan {
    let mut plan = plan.clone();
    let chance = |chance: &mut Chance| {
        if let Some(drawn) = chance.drawn.take()
            && let Value::Probability(value) = values[drawn.parameter.0 as usize]
        {
            chance.predictive = if drawn.log_odds == 0.0 { value } else { logistic(logit(value) + drawn.log_odds) };
        }
    };
    let options = |options: &mut Probabilities| {
        if let Some(id) = options.drawn.take()
            && let Value::Probabilities(drawn) = &values[id.0 as usize]
        {
            options.predictive.clone_from(drawn);
        }
    };
    let number = |source: &mut NumberSource| {
        if let Some(parameter) = source.parameter()
            && let Value::Number(value) = values[parameter.0 as usize]
        {
            *source = source.at(value);
        }
    };
    let hazard = |source: &mut HazardSource| {
        if let Some(scale) = source.scale
            && let Value::Probability(value) = values[scale.parameter.0 as usize]
        {
            source.scale = Some(HazardScale { fixed: Some(value), ..scale });
        }
    };
    for step in &mut plan.steps {
        match &mut step.operation {
            Operation::Bernoulli { rows, .. } => rows.iter_mut().for_each(|row| chance(&mut row.value)),
            Operation::Categorical { rows, .. } => rows.iter_mut().for_each(|row| options(&mut row.value)),
            Operation::Number { rows, .. } => rows.iter_mut().for_each(|row| number(&mut row.value)),
            Operation::Date { rows, .. } => rows.iter_mut().for_each(|row| hazard(&mut row.value)),
            _ => {}
        }
    }
    plan
}
