//! How far each doubtful input moves a figure, all others at their means, in common worlds.

use super::bench::Worked;
use super::parameters::{Value, at_levels, drawn, fixed, means};
use super::relevant::{parameters, pruned};
use super::report::{Bar, BarKind, Tornado};
use super::subject::Subject;
use super::target::Doubt;
use crate::dist::Distribution;
use crate::error::Error;
use crate::model::{CountSpec, Definition, EventId, Intervention, Made};
use crate::plan::{Operation, ParameterId, Plan, Prior};
use rayon::prelude::*;
use std::sync::Arc;

/// Where a figure is looked at: the ends of the central 90 % of an input, and points between.
pub(super) const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// A figure is sure to about so much of it: the sums that it is made of are rounded.
const ROUNDING: f64 = 1e-12;

/// How often an input that moves nothing may be told to move a figure.
const FALSE_ALARM: f64 = 1e-6;

/// An input and how to move it.
struct Lever {
    input: String,
    kind: BarKind,
    place: crate::source::Span,
    mean: f64,
    values: [f64; 5],
    moves: Moves,
}

enum Moves {
    /// A parameter: for each level the values of all inputs.
    Parameter(Vec<Vec<Value>>),
    /// A number is made so.
    Number(EventId),
}

/// The tornado of a figure.
pub(super) fn tornado(subject: &Subject<'_>) -> Result<Tornado, Error> {
    let whole = subject.target.plan(subject.model, subject.situation, Doubt::Outside);
    let plan = pruned(whole.clone());
    let near = parameters(&plan);
    let mut without_bearing: Vec<String> = (0..whole.parameters.len() as u32)
        .map(ParameterId)
        .filter(|id| !near.contains(id))
        .map(|id| named(subject, &whole, id))
        .collect();
    let middle = means(&plan);
    let at_means = subject.bench.work(&fixed(&plan, &middle))?;
    let mut levers: Vec<Lever> = near.iter().flat_map(|id| of_parameter(subject, &plan, *id, &middle)).collect();
    levers.extend(numbers(subject, &plan));
    let found: Vec<Result<Bar, Error>> = levers
        .par_iter()
        .map(|lever| {
            let figures: Vec<Worked> = (0..LEVELS.len())
                .map(|at| {
                    let variant = match &lever.moves {
                        Moves::Parameter(values) => fixed(&plan, &values[at]),
                        Moves::Number(event) => made(subject, *event, lever.values[at]),
                    };
                    subject.bench.work(&variant)
                })
                .collect::<Result<_, _>>()?;
            Ok(bar(subject, lever, &figures))
        })
        .collect();
    let mut bars = Vec::with_capacity(found.len());
    let mut without_figure = Vec::new();
    for (lever, found) in levers.iter().zip(found) {
        match found {
            Ok(bar) => bars.push(bar),
            Err(problem) => without_figure.push(format!("{}: {problem}", lever.input)),
        }
    }
    // What moves it by no more than its rounding does not bear on it.
    let least = ROUNDING * at_means.value.abs();
    without_bearing.extend(bars.extract_if(.., |bar| width(bar) <= least).map(|bar: Bar| bar.input));
    bars.sort_by(|left, right| width(right).total_cmp(&width(left)));
    Ok(Tornado { at_means: at_means.figure(), bars, without_bearing, without_figure })
}

fn width(bar: &Bar) -> f64 {
    bar.range.1 - bar.range.0
}

fn bar(subject: &Subject<'_>, lever: &Lever, figures: &[Worked]) -> Bar {
    let (first, last) = (&figures[0], &figures[figures.len() - 1]);
    let each = || figures.iter().map(|figure| figure.value);
    let pairs = (LEVELS.len() * (LEVELS.len() - 1) / 2) as f64;
    let is_apart = |one: &Worked, other: &Worked| one.is_apart_from(other, FALSE_ALARM / pairs);
    let told_apart = figures.iter().enumerate().any(|(at, one)| figures[..at].iter().any(|other| is_apart(one, other)));
    Bar {
        input: lever.input.clone(),
        place: subject.place(lever.place),
        kind: lever.kind,
        mean: lever.mean,
        low: lever.values[0],
        high: lever.values[LEVELS.len() - 1],
        at_low: first.figure(),
        at_high: last.figure(),
        swing: last.less(first),
        range: (each().fold(f64::INFINITY, f64::min), each().fold(f64::NEG_INFINITY, f64::max)),
        told_apart,
    }
}

/// An input as it is named: its event or class, and what is stated there.
pub(super) fn named(subject: &Subject<'_>, plan: &Plan, id: ParameterId) -> String {
    const LONGEST: usize = 48;
    let parameter = &plan.parameters[id.0 as usize];
    let name = parameter.name.split('/').next().unwrap_or_default();
    let text = subject.place(parameter.place).text;
    let text = text.trim_matches('"');
    let text = if text.chars().count() > LONGEST {
        text.chars().take(LONGEST - 1).chain(['…']).collect()
    } else {
        text.to_owned()
    };
    if text.is_empty() { name.to_owned() } else { format!("{name}: {text}") }
}

fn of_parameter(subject: &Subject<'_>, plan: &Plan, id: ParameterId, middle: &[Value]) -> Vec<Lever> {
    let parameter = &plan.parameters[id.0 as usize];
    let input = named(subject, plan, id);
    let with = |value: &Value| -> Vec<Value> {
        // Members of a class follow it.
        drawn(plan, |other, prior| match prior {
            _ if other == id => value.clone(),
            Prior::Member { .. } => Value::Probability(f64::NAN),
            _ => middle[other.0 as usize].clone(),
        })
    };
    let single = |mean: f64, of: &dyn Fn(f64) -> Value| {
        let all: Vec<Value> = LEVELS.iter().map(|level| of(*level)).collect();
        let number = |value: &Value| match value {
            Value::Probability(value) | Value::Number(value) => *value,
            Value::Probabilities(_) => f64::NAN,
        };
        let values = std::array::from_fn(|at| number(&all[at]));
        let moves = Moves::Parameter(all.iter().map(&with).collect());
        Lever { input: input.clone(), kind: BarKind::Doubt, place: parameter.place, mean, values, moves }
    };
    match &parameter.prior {
        Prior::Beta(beta) => vec![single(beta.mean(), &|level| Value::Probability(beta.quantile(level)))],
        Prior::Gamma(gamma) => vec![single(gamma.mean(), &|level| Value::Number(gamma.quantile(level)))],
        Prior::Mean(law) => vec![single(law.mean(), &|level| Value::Number(law.quantile_of_mean(level)))],
        Prior::Member { class, law } => {
            let Value::Probability(class) = middle[class.0 as usize] else { return Vec::new() };
            vec![single(law.mean_given(class), &|level| at_levels(&parameter.prior, &[level], Some(class)))]
        }
        Prior::Dirichlet(dirichlet) => {
            let means = dirichlet.mean();
            let event = subject.model.find(parameter.name.split('/').next().unwrap_or_default());
            let options = event.map_or(&[][..], |event| subject.model.event(event).options());
            // Two options are one chance.
            let shown = if means.len() == 2 { 1 } else { means.len() };
            (0..shown)
                .map(|option| {
                    let marginal = dirichlet.marginal(option);
                    let values: [f64; 5] = std::array::from_fn(|at| marginal.quantile(LEVELS[at]));
                    let all = values.iter().map(|value| with(&Value::Probabilities(scaled(&means, option, *value))));
                    let name = options.get(option).map_or_else(|| option.to_string(), Clone::clone);
                    let (event, stated) = input.split_once(": ").unwrap_or((&input, ""));
                    Lever {
                        input: format!("{event} is {name}: {stated}"),
                        kind: BarKind::Doubt,
                        place: parameter.place,
                        mean: means[option],
                        values,
                        moves: Moves::Parameter(all.collect()),
                    }
                })
                .collect()
        }
    }
}

/// Probabilities with one of them changed and the others in their proportions.
fn scaled(means: &[f64], option: usize, value: f64) -> Vec<f64> {
    let rest = 1.0 - means[option];
    let count = (means.len() - 1).max(1) as f64;
    let share = |mean: f64| if rest > 0.0 { mean / rest } else { 1.0 / count };
    means.iter().enumerate().map(|(at, mean)| if at == option { value } else { (1.0 - value) * share(*mean) }).collect()
}

/// The numbers that are drawn, each from one distribution, of which nothing is known.
fn numbers(subject: &Subject<'_>, plan: &Plan) -> Vec<Lever> {
    let mut levers = Vec::new();
    for step in &plan.steps {
        if !matches!(step.operation, Operation::Number { .. }) || step.operation.is_evidence() {
            continue;
        }
        let Some(id) = subject.model.find(&step.label) else { continue };
        let event = subject.model.event(id);
        let Some(distribution) = distribution_of(&event.definition) else { continue };
        let Some(mean) = distribution.mean() else { continue };
        let values: [f64; 5] = std::array::from_fn(|at| distribution.quantile(LEVELS[at]));
        levers.push(Lever {
            input: step.label.clone(),
            kind: BarKind::Chance,
            place: event.span,
            mean,
            values,
            moves: Moves::Number(id),
        });
    }
    levers
}

/// What a number is drawn from, if that is the same in every world.
pub(super) fn distribution_of(definition: &Definition) -> Option<Arc<dyn Distribution>> {
    match definition {
        Definition::Number(number) => match number.rows.as_slice() {
            [row] if row.condition.is_none() && number.only_if.is_none() => row.value.law().cloned(),
            _ => None,
        },
        Definition::Count(count) => match count.rows.as_slice() {
            [row] if row.condition.is_none() && count.only_if.is_none() => match &row.value {
                CountSpec::Distribution(distribution) => Some(Arc::clone(distribution)),
                CountSpec::PoissonGamma { rate, exposure, .. } => Some(rate.predictive(*exposure)),
                CountSpec::Constant(_) => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The plan in which a number is made so, all inputs at their means.
fn made(subject: &Subject<'_>, event: EventId, value: f64) -> Plan {
    let mut situation = subject.situation.clone();
    situation.suppose.retain(|one| one.event != event);
    situation.suppose.push(Intervention { event, made: Made::Number(value), text: String::new() });
    let plan = pruned(subject.target.plan(subject.model, &situation, Doubt::Outside));
    let middle = means(&plan);
    fixed(&plan, &middle)
}

/// An input of a function and the figures at its ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Swing {
    /// Its place among the inputs.
    pub input: usize,
    /// The function at the input's low end, all others at their base.
    pub at_low: f64,
    /// At its high end.
    pub at_high: f64,
}

impl Swing {
    /// How far the function moves, with its sign.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.at_high - self.at_low
    }
}

/// The tornado of any function: each input at its low and high end, all others at their base; the widest swing first.
///
/// ```
/// use foretell::explain::swings;
///
/// // Revenue less cost.
/// let bars = swings(&[10.0, 100.0, 600.0], &[(8.0, 12.0), (90.0, 105.0), (500.0, 800.0)], |x| x[0] * x[1] - x[2]);
/// assert_eq!(bars.iter().map(|bar| (bar.input, bar.width())).collect::<Vec<_>>(), [(0, 400.0), (2, -300.0), (1, 150.0)]);
/// ```
#[must_use]
pub fn swings(base: &[f64], ends: &[(f64, f64)], function: impl Fn(&[f64]) -> f64) -> Vec<Swing> {
    let at = |input: usize, value: f64| {
        let mut numbers = base.to_vec();
        numbers[input] = value;
        function(&numbers)
    };
    let mut bars: Vec<Swing> = ends
        .iter()
        .take(base.len())
        .enumerate()
        .map(|(input, (low, high))| Swing { input, at_low: at(input, *low), at_high: at(input, *high) })
        .collect();
    bars.sort_by(|left, right| right.width().abs().total_cmp(&left.width().abs()));
    bars
}
