//! The outcomes of each event that are told apart, as columns of a plan.
//!
//! A yes/no event has two, an event with options one for each; a number is cut at its eighths, and a date at the eighths of its days, at the last day of the question,
//! and at the horizon.

use super::bench::simulated;
use super::subject::Subject;
use super::target::compared;
use crate::error::Error;
use crate::model::{EventId, Kind, Made};
use crate::plan::{Ask, Asked, Logic, NumberId, Operation, Plan, PlaneId, Step};
use crate::simulate::{Answer, NumberAnswer, Settings};

/// Worlds that are looked at for where to cut.
const WORLDS: u64 = 65_536;

/// What is made so to stand for an outcome, and in words, if the outcome does not say it.
pub(super) type Making = (Made, Option<String>);

/// A row of a what-if table: some of the outcomes.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) outcome: String,
    /// Which of the columns.
    pub(super) states: Vec<usize>,
    pub(super) making: Option<Making>,
}

/// The outcomes of an event, or of another question.
#[derive(Debug, Clone)]
pub(super) struct States {
    pub(super) name: String,
    pub(super) event: Option<EventId>,
    /// One holds in each world.
    pub(super) planes: Vec<PlaneId>,
    pub(super) rows: Vec<Row>,
}

/// Adds logic to a plan.
pub(super) fn combined(plan: &mut Plan, logic: Logic, left: PlaneId, right: PlaneId) -> PlaneId {
    let out = PlaneId(plan.planes);
    plan.planes += 1;
    plan.steps.push(Step { label: "explained".to_owned(), operation: Operation::Logic { out, logic, left, right } });
    out
}

/// Adds the opposite of a column to a plan.
pub(super) fn opposite(plan: &mut Plan, of: PlaneId) -> PlaneId {
    let out = PlaneId(plan.planes);
    plan.planes += 1;
    plan.steps.push(Step { label: "explained".to_owned(), operation: Operation::Not { out, of } });
    out
}

/// Cuts a number at some values, in order: one column more than there are values.
pub(super) fn cut(plan: &mut Plan, number: NumberId, values: &[f64]) -> Vec<PlaneId> {
    let mut planes = Vec::with_capacity(values.len() + 1);
    let mut below: Option<PlaneId> = None;
    for value in values {
        let within = compared(plan, number, *value);
        planes.push(match below {
            None => within,
            Some(below) => combined(plan, Logic::AndNot, within, below),
        });
        below = Some(within);
    }
    if let Some(below) = below {
        planes.push(opposite(plan, below));
    }
    planes
}

/// The quantiles at some levels of each of some numbers and days, as simulated; none where a number is infinite or a day beyond the horizon.
pub(super) fn pilot(subject: &Subject<'_>, plan: &Plan, asks: Vec<Ask>) -> Result<Vec<Answer>, Error> {
    if asks.is_empty() {
        return Ok(Vec::new());
    }
    let mut plan = plan.clone();
    plan.asks = asks;
    plan.joints.clear();
    plan.rules.clear();
    let settings = Settings { worlds: WORLDS, doubt_draws: 0, ..subject.bench.settings };
    let plan = super::relevant::pruned(plan);
    Ok(simulated(&plan, &settings)?.answers().to_vec())
}

/// Levels from 1/8 to 7/8.
pub(super) fn eighths() -> impl Iterator<Item = f64> {
    (1..8).map(|at| f64::from(at) / 8.0)
}

/// The share of the worlds in which a number is at most a value.
fn share_up_to(answer: &NumberAnswer, value: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        *(if answer.quantile(middle).value <= value { &mut low } else { &mut high }) = middle;
    }
    low
}

/// In order, each once.
fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// The outcomes of some events of a compiled plan, to which columns are added; none of an event that has one outcome only.
pub(super) fn states(subject: &Subject<'_>, plan: &mut Plan, events: &[EventId]) -> Result<Vec<States>, Error> {
    let model = subject.model;
    let measured: Vec<EventId> = events
        .iter()
        .copied()
        .filter(|id| matches!(model.event(*id).kind, Kind::Numeric | Kind::Count | Kind::Date))
        .collect();
    let asks = measured.iter().map(|id| Ask { given: None, ..plan.asks[id.0].clone() }).collect();
    let answers = pilot(subject, plan, asks)?;
    let mut found = Vec::with_capacity(events.len());
    for id in events {
        let event = model.event(*id);
        let answer = measured.iter().position(|other| other == id).map(|at| &answers[at]);
        let (planes, rows) = match (plan.asks[id.0].what.clone(), answer) {
            (Asked::Binary(yes), _) => {
                let no = opposite(plan, yes);
                let row = |outcome: &str, at: usize, made: bool| Row {
                    outcome: outcome.to_owned(),
                    states: vec![at],
                    making: Some((Made::Binary(made), None)),
                };
                (vec![yes, no], vec![row("yes", 0, true), row("no", 1, false)])
            }
            (Asked::Categorical(planes), _) => {
                let row = |(at, option): (usize, &String)| Row {
                    outcome: option.clone(),
                    states: vec![at],
                    making: Some((Made::Option(at), None)),
                };
                (planes, event.options().iter().enumerate().map(row).collect())
            }
            (Asked::Number(number), Some(Answer::Number(answer))) => {
                let median = answer.quantile(0.5).value;
                let cuts = eighths().map(|level| answer.quantile(level).value).chain([median]);
                // Nothing lies over the largest value.
                let mut cuts = sorted(cuts.filter(|cut| *cut < answer.maximum).collect());
                if cuts.is_empty() && answer.minimum < answer.maximum {
                    cuts.extend(Some(answer.minimum).filter(|least| least.is_finite()));
                }
                let place =
                    cuts.iter().rposition(|cut| *cut <= median).or(if cuts.is_empty() { None } else { Some(0) });
                let Some(place) = place else { continue };
                let (split, at) = (place + 1, cuts[place]);
                let shown = crate::math::round_to(at, 6);
                // The middles of the two halves; where many worlds share a value, of the parts on both sides of the cut.
                let halves = if at == median && answer.quantile(0.75).value > at {
                    [0.25, 0.75]
                } else {
                    let below = share_up_to(answer, at);
                    [below / 2.0, f64::midpoint(below, 1.0)]
                };
                let row = |outcome: String, states: Vec<usize>, level: f64| {
                    let value = answer.quantile(level).value;
                    let words = format!("{}", crate::math::round_to(value, 6));
                    Row { outcome, states, making: Some((Made::Number(value), Some(words))) }
                };
                let count = cuts.len() + 1;
                let rows = vec![
                    row(format!("up to {shown}"), (0..split).collect(), halves[0]),
                    row(format!("over {shown}"), (split..count).collect(), halves[1]),
                ];
                (cut(plan, number, &cuts), rows)
            }
            (Asked::Date(number), Some(Answer::Date(answer))) => {
                let last = subject.target.last_day.min(model.horizon_days());
                let days = eighths().filter_map(|level| answer.quantile(level).day);
                let cuts = sorted(days.chain([last, model.horizon_days()]).collect());
                let split = cuts.iter().position(|cut| *cut == last).map_or(0, |at| at + 1);
                let by = answer.by(last).value;
                let now = model.day(subject.situation.as_of);
                let middle = answer.quantile(by / 2.0).day.filter(|_| by > 0.0).map(|day| day.max(now + 1.0));
                let date = model.date(last).unwrap_or(model.horizon);
                let on = middle.and_then(|day| Some((Made::On(day), Some(format!("on {}", model.date(day)?)))));
                let rows = vec![
                    Row { outcome: format!("by {date}"), states: (0..split).collect(), making: on },
                    Row {
                        outcome: format!("not by {date}"),
                        states: (split..=cuts.len()).collect(),
                        making: Some((Made::Never, Some("never".to_owned()))),
                    },
                ];
                (cut(plan, number, &cuts), rows)
            }
            _ => continue,
        };
        if planes.len() > 1 {
            let rows = if event.is_derived() {
                rows.into_iter().map(|row| Row { making: None, ..row }).collect()
            } else {
                rows
            };
            found.push(States { name: event.name.clone(), event: Some(*id), planes, rows });
        }
    }
    Ok(found)
}
