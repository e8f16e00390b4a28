//! The discrete part of a scenario as a [`Network`].
//!
//! Yes/no events and events with options become variables; whatever says how their chances depend on others (cases, odds, `requires`,
//! `causes`, `holds`) becomes a table over those others. An event that a network cannot hold (a date, a number, one drawn in a correlated
//! group) is left out where nothing in the network depends on it, with a warning; otherwise it is refused by name.

use super::{Network, ROUNDING, Variable, codes, combination, table};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::math::{ln, logistic, logit, power, round_to};
use crate::model::{
    ArithmeticOperator, Belief, CaseRow, Condition, Definition, Event, EventId, Formula, Kind, Made, Model,
    OptionsBelief,
};
use std::collections::{BTreeMap, HashMap};

/// The network of a scenario; it is there unless one of the diagnostics is an error.
///
/// The chances are those of the scenario as it stands, with its interventions (`suppose`) and without its news; a chance in doubt enters by
/// its mean, as it does in a run.
///
/// ```
/// use foretell::network::from_model;
/// use foretell::source::Source;
/// use foretell::{model, scenario};
///
/// let text = "title = \"Rain\"\nas_of = 2025-08-19\n[event.rain]\nchance = 0.25\n[event.wet]\nholds = \"rain\"\n";
/// let (document, _) = scenario::parse(&Source::new("rain.toml", text));
/// let model = model::check(&document).0.expect("the scenario is fine");
/// let (network, found) = from_model(&model);
/// let network = network.expect("both events are discrete");
/// assert!(found.is_empty());
/// assert_eq!(network.variables[0].table, [0.75, 0.25]);
/// assert_eq!(network.variables[1].table, [1.0, 0.0, 0.0, 1.0]);
/// ```
#[must_use]
pub fn from_model(model: &Model) -> (Option<Network>, Diagnostics) {
    let mut found = Diagnostics::new();
    let made: HashMap<EventId, Made> = model.suppose.iter().map(|one| (one.event, one.made)).collect();
    let parents: Vec<Vec<EventId>> = (0..model.events.len()).map(|at| parents(model, EventId(at), &made)).collect();
    let kept: Vec<bool> = model.events.iter().map(|event| obstacle(event).is_none()).collect();
    let mut needless: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for (at, event) in model.events.iter().enumerate() {
        let Some(why) = obstacle(event) else { continue };
        match (0..kept.len()).find(|child| kept[*child] && parents[*child].contains(&EventId(at))) {
            Some(child) => found.push(refused(event, why, &model.events[child])),
            None => needless.entry(why).or_default().push(event),
        }
    }
    let ids: Vec<EventId> = (0..kept.len()).filter(|at| kept[*at]).map(EventId).collect();
    let index: HashMap<EventId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    if ids.is_empty() && !found.has_errors() {
        let message = "none of the events can stand in a network";
        let help = "a network holds yes/no events and events with options";
        found.push(Diagnostic::new(codes::NOT_EXPORTED, None, message).help(help));
    }
    let states: HashMap<EventId, States> = ids.iter().map(|id| (*id, States::of(model.event(*id)))).collect();
    same_names(model, &ids, &states, &mut found);
    if found.has_errors() {
        return (None, found);
    }
    let mut variables = Vec::with_capacity(ids.len());
    for id in &ids {
        let event = model.event(*id);
        let parents = &parents[id.0];
        let Some(values) = values(event, &states[id], parents, &states, made.get(id), &mut found) else { continue };
        variables.push(Variable {
            name: name(event).to_owned(),
            states: states[id].names.clone(),
            parents: parents.iter().map(|parent| index[parent]).collect(),
            table: values,
            properties: event.properties.clone(),
        });
    }
    found.extend(left_out(model, &needless));
    let network = Network { name: model.title.clone(), properties: model.properties.clone(), variables };
    ((!found.has_errors()).then_some(network), found)
}

/// The states that an event has in the network.
#[derive(Debug)]
struct States {
    names: Vec<String>,
    /// Of each, which option of the event it is; of a yes/no event, no is 0 and yes is 1.
    options: Vec<usize>,
    /// How many options the event has.
    count: usize,
}

impl States {
    fn of(event: &Event) -> Self {
        let own = match &event.kind {
            Kind::Categorical { options, .. } => options.clone(),
            _ => vec!["no".to_owned(), "yes".to_owned()],
        };
        let names = if event.option_labels.len() == own.len() { &event.option_labels } else { &own };
        let kept = names.iter().enumerate().filter(|(_, name)| !name.is_empty());
        let (options, names) = kept.map(|(at, name)| (at, name.clone())).unzip();
        Self { names, options, count: own.len() }
    }
}

fn name(event: &Event) -> &str {
    event.label.as_deref().unwrap_or(&event.name)
}

/// The events that one depends on, in the order in which it names them; none if it is made so.
fn parents(model: &Model, id: EventId, made: &HashMap<EventId, Made>) -> Vec<EventId> {
    let mut parents = Vec::new();
    if !made.contains_key(&id) {
        model.event(id).visit_parents(&mut |parent| {
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        });
    }
    parents
}

/// Why a network cannot hold an event.
fn obstacle(event: &Event) -> Option<&'static str> {
    match (&event.kind, &event.definition) {
        _ if event.group.is_some() => Some("is drawn in a correlated group"),
        (_, Definition::FirstOf(_)) => Some("is the first of several date events"),
        (Kind::Binary | Kind::Categorical { .. }, _) => None,
        (Kind::Numeric, _) => Some("is a number"),
        (Kind::Count, _) => Some("is a count"),
        (Kind::Date, _) => Some("is a date event"),
    }
}

/// What is said of an event that a network cannot hold, where one in the network depends on it.
fn refused(event: &Event, why: &str, child: &Event) -> Diagnostic {
    let message = format!("`{}` {why}, which a network cannot hold, but `{}` depends on it", event.name, child.name);
    let problem = Diagnostic::new(codes::NOT_EXPORTED, event.span, message).other(child.span, "depends on it");
    problem.help(
        "in a copy of the file, say what the other depends on as a yes/no event with a `chance`, or take both out",
    )
}

/// Labels can make two names alike that are not in the scenario.
fn same_names(model: &Model, ids: &[EventId], states: &HashMap<EventId, States>, found: &mut Diagnostics) {
    let mut seen: HashMap<&str, EventId> = HashMap::new();
    for id in ids {
        let event = model.event(*id);
        if let Some(first) = seen.insert(name(event), *id) {
            let message =
                format!("`{}` and `{}` would both be called `{}`", model.event(first).name, event.name, name(event));
            let problem =
                Diagnostic::new(codes::SAME_LABEL, event.span, message).other(model.event(first).span, "the other");
            found.push(problem.help("change the `label` of one of them"));
        }
        let own = &states[id];
        if let Some(at) = (1..own.names.len()).find(|at| own.names[..*at].contains(&own.names[*at])) {
            let message = format!("two options of `{}` would both be called `{}`", event.name, own.names[at]);
            found.push(Diagnostic::new(codes::SAME_LABEL, event.span, message).help("change its `option_labels`"));
        }
        if own.names.is_empty() {
            let message = format!("`{}` would have no states: all its labels are empty", event.name);
            let help = "an empty label in `option_labels` says that the option is no state of the network";
            found.push(Diagnostic::new(codes::NOT_EXPORTED, event.span, message).help(help));
        }
    }
}

/// What of a scenario has no place in a network: events on which nothing in it depends, by what they are; questions, news and rules.
fn left_out(model: &Model, needless: &BTreeMap<&str, Vec<&Event>>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for (why, events) in needless {
        let names: Vec<String> = events.iter().map(|event| format!("`{}`", event.name)).collect();
        let message = match names.as_slice() {
            [one] => {
                format!("{one} is left out of the network: it {why}, and nothing else in the network depends on it")
            }
            many => format!(
                "{} events are left out of the network, in which nothing depends on them; each {why}: {}",
                many.len(),
                many.join(", ")
            ),
        };
        let help = "a network holds yes/no events and events with options";
        found.push(Diagnostic::new(codes::LEFT_OUT, events[0].span, message).help(help));
    }
    let count = |number: usize, what: &str, plural: &str| match number {
        0 => None,
        1 => Some(format!("1 {what}")),
        more => Some(format!("{more} {plural}")),
    };
    let parts: Vec<String> = [
        count(model.questions.len(), "question", "questions"),
        count(model.news.len(), "piece of news", "pieces of news"),
        count(model.rules.len(), "rule", "rules"),
        count(
            model.priors.len(),
            "prior, whose events now come independently",
            "priors, whose events now come independently",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        let message = format!("a network holds events and their chances; left out: {}", parts.join(", "));
        let help = "the other tool takes evidence and questions in its own way";
        found.push(Diagnostic::new(codes::LEFT_OUT, None, message).help(help));
    }
    found
}

/// The table of an event over its parents, in the order of [`Variable::table`].
fn values(
    event: &Event,
    own: &States,
    parents: &[EventId],
    states: &HashMap<EventId, States>,
    made: Option<&Made>,
    found: &mut Diagnostics,
) -> Option<Vec<f64>> {
    let sizes: Vec<usize> = parents.iter().map(|parent| states[parent].names.len()).collect();
    let rows = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
    let total = rows.and_then(|rows| rows.checked_mul(own.names.len())).filter(|total| *total <= table::LIMIT);
    let (Some(rows), Some(total)) = (rows, total) else {
        let message =
            format!("the table of `{}` over the {} events it depends on would be too large", event.name, sizes.len());
        let help = "gather some of its conditions in an event of their own (`holds`)";
        found.push(Diagnostic::new(codes::TOO_LARGE, event.span, message).help(help));
        return None;
    };
    let mut values = Vec::with_capacity(total);
    for row in 0..rows {
        let options = combination(row, &sizes).into_iter().zip(parents).map(|(state, id)| states[id].options[state]);
        let world = World { options: parents.iter().copied().zip(options).collect() };
        let chances = match made {
            Some(Made::Binary(value)) => certain(usize::from(*value), own.count),
            Some(Made::Option(option)) => certain(*option, own.count),
            _ => world.chances(&event.definition),
        };
        let kept: Vec<f64> = own.options.iter().map(|option| chances[*option]).collect();
        if (kept.iter().sum::<f64>() - 1.0).abs() > ROUNDING {
            let message = format!("an option of `{}` has a chance, but its label says that it is no state", event.name);
            let help = "give every option that can come a label in `option_labels`";
            found.push(Diagnostic::new(codes::NOT_EXPORTED, event.span, message).help(help));
            return None;
        }
        values.extend(kept);
    }
    Some(values)
}

fn certain(option: usize, count: usize) -> Vec<f64> {
    (0..count).map(|at| if at == option { 1.0 } else { 0.0 }).collect()
}

/// One combination of the parents' states.
struct World {
    options: Vec<(EventId, usize)>,
}

impl World {
    fn option(&self, event: EventId) -> usize {
        self.options.iter().find(|(known, _)| *known == event).map_or(0, |(_, option)| *option)
    }

    /// The chances of an event's options in it; of a yes/no event, of no and of yes.
    fn chances(&self, definition: &Definition) -> Vec<f64> {
        match definition {
            Definition::Options(rows) => self.row(rows).map_or_else(Vec::new, stated),
            Definition::Chance(chance) => {
                let possible = chance.requires.as_ref().is_none_or(|condition| self.holds(condition));
                let Some(belief) = self.row(&chance.rows).filter(|_| possible) else { return yes(0.0) };
                let ratios = chance.odds.iter().filter(|(condition, _)| self.holds(condition));
                yes(moved(belief, ratios.map(|(_, ratio)| ln(*ratio)).sum()))
            }
            Definition::Causes { background, causes, requires, .. } => {
                if !requires.as_ref().is_none_or(|condition| self.holds(condition)) {
                    return yes(0.0);
                }
                let acting = causes.iter().filter(|(condition, ..)| self.holds(condition)).map(|(_, _, cause)| cause);
                let fails: f64 = background.iter().chain(acting).map(|belief| 1.0 - belief.mean).product();
                yes(without_noise(1.0 - fails))
            }
            Definition::Holds(condition) => yes(if self.holds(condition) { 1.0 } else { 0.0 }),
            // The others are no events with options, and were left out.
            _ => Vec::new(),
        }
    }

    /// What the first case that holds says.
    fn row<'r, T>(&self, rows: &'r [CaseRow<T>]) -> Option<&'r T> {
        let first = rows.iter().find(|row| row.condition.as_ref().is_none_or(|condition| self.holds(condition)));
        first.map(|row| &row.value)
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Constant(value) => *value,
            Condition::Event(event) => self.option(*event) == 1,
            Condition::Options { event, options } => options.contains(&self.option(*event)),
            Condition::Not(inner) => !self.holds(inner),
            Condition::And(left, right) => self.holds(left) && self.holds(right),
            Condition::Or(left, right) => self.holds(left) || self.holds(right),
            Condition::LessOrEqual(left, right) => self.number(left) <= self.number(right),
            Condition::Less(left, right) => self.number(left) < self.number(right),
            Condition::Equal(left, right) => self.number(left) == self.number(right),
            // What depends on a date was refused.
            Condition::Happens(_) | Condition::ByDay { .. } | Condition::Before { .. } | Condition::WithinOf { .. } => {
                false
            }
        }
    }

    fn number(&self, formula: &Formula) -> f64 {
        match formula {
            Formula::Constant(value) => *value,
            // What depends on a number was refused.
            Formula::Event(_) => 0.0,
            Formula::Indicator(condition) => f64::from(u8::from(self.holds(condition))),
            Formula::Count(items) => items.iter().filter(|item| self.holds(item)).count() as f64,
            Formula::Arithmetic(operator, left, right) => {
                let (left, right) = (self.number(left), self.number(right));
                match operator {
                    ArithmeticOperator::Add => left + right,
                    ArithmeticOperator::Subtract => left - right,
                    ArithmeticOperator::Multiply => left * right,
                    ArithmeticOperator::Minimum => left.min(right),
                    ArithmeticOperator::Maximum => left.max(right),
                }
            }
            Formula::Divide(left, right, _) => self.number(left) / self.number(right),
            // Where it has no value it compares as nothing.
            Formula::Power(base, exponent, _) => power(self.number(base), self.number(exponent)).unwrap_or(f64::NAN),
            Formula::Apply(function, of, _) => function.value(self.number(of)).unwrap_or(f64::NAN),
            Formula::Select(condition, then, otherwise) => {
                if self.holds(condition) {
                    self.number(then)
                } else {
                    self.number(otherwise)
                }
            }
        }
    }
}

/// The chances of no and yes; that of no without the noise of the subtraction.
fn yes(chance: f64) -> Vec<f64> {
    vec![without_noise(1.0 - chance), chance]
}

/// 0.45 for 0.44999999999999996; what is not that near to a short number stays as it is.
fn without_noise(value: f64) -> f64 {
    let short = round_to(value, 15);
    if (short - value).abs() <= 1e-14 * value.abs() { short } else { value }
}

/// The chances of options as they were written, unless that was too rough to sum to 1.
fn stated(belief: &OptionsBelief) -> Vec<f64> {
    let sum: f64 = belief.stated.iter().sum();
    if (sum - 1.0).abs() <= ROUNDING { belief.stated.clone() } else { belief.means.clone() }
}

/// A chance moved by odds ratios, averaged over the doubt about it: what a run uses.
fn moved(belief: &Belief, log_odds: f64) -> f64 {
    let shifted = |p: f64| if p <= 0.0 || p >= 1.0 { p } else { logistic(logit(p) + log_odds) };
    match &belief.prior {
        _ if log_odds == 0.0 => belief.mean,
        None => shifted(belief.mean),
        Some(prior) => prior.expectation(shifted),
    }
}
