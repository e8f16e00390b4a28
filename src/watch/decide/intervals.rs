//! A date or a number of which only some thresholds matter, as the intervals between them: who knows the interval knows all of it that counts.

use super::problem::{Known, Problem};
use super::terms::Part;
use crate::model::{CaseRow, Condition, Definition, EventId, Formula, Kind, Model};

/// Where an interval ends, and whether its end belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cut {
    at: f64,
    included: bool,
}

/// Thresholds of one event, as conditions mention them.
struct Cuts {
    event: EventId,
    horizon: f64,
    cuts: Vec<Cut>,
}

/// The intervals of a date or number between the thresholds with which everything that matters compares it. `None` if it has parents, is drawn together
/// with others, something is known of it, or anything that matters uses it in another way: then its bare value may tell more.
pub(super) fn intervals(problem: &Problem<'_>, event: EventId) -> Option<Known> {
    let model = problem.model;
    let kind = &model.event(event).kind;
    if !matches!(kind, Kind::Date | Kind::Numeric | Kind::Count) || !stands_alone(problem, event) {
        return None;
    }
    let mut found = Cuts { event, horizon: model.horizon_days(), cuts: Vec::new() };
    let in_terms = problem.terms.iter().all(|term| match &term.part {
        Part::Always => true,
        Part::Where(condition) => found.condition(condition),
        Part::Number(number) => found.formula(number),
    });
    let in_events = model.events.iter().zip(&problem.matters).filter(|(_, matters)| **matters).all(|(other, _)| {
        let mut mentions = false;
        other.visit_parents(&mut |parent| mentions |= parent == event);
        !mentions || found.definition(&other.definition)
    });
    if !in_terms || !in_events || found.cuts.is_empty() {
        return None;
    }
    let mut cuts = found.cuts;
    cuts.sort_by(|left, right| left.at.total_cmp(&right.at).then(left.included.cmp(&right.included)));
    cuts.dedup();
    let is_date = matches!(kind, Kind::Date);
    let below: Vec<(String, Condition)> = cuts.iter().map(|cut| below(model, event, *cut, is_date)).collect();
    let mut outcomes = Vec::new();
    for (at, (name, condition)) in below.iter().enumerate() {
        outcomes.push(match at.checked_sub(1).map(|before| &below[before]) {
            None => (name.clone(), condition.clone()),
            Some((earlier, less)) => (format!("{name}, not {earlier}"), condition.clone().and(less.clone().negated())),
        });
    }
    let (last, less) = below.last()?;
    outcomes.push((format!("not {last}"), less.clone().negated()));
    Some(Known { event, outcomes })
}

/// Whether nothing but its own draw says what becomes of it.
fn stands_alone(problem: &Problem<'_>, event: EventId) -> bool {
    let model = problem.model;
    let mut alone = !model.groups.iter().any(|group| group.events.contains(&event));
    model.event(event).visit_parents(&mut |_| alone = false);
    let mut mentioned = |other: EventId| alone &= other != event;
    model.news.iter().for_each(|news| news.finding.visit_events(&mut mentioned));
    problem.situation.given.iter().for_each(|(_, given)| given.visit_events(&mut mentioned));
    alone
}

fn below(model: &Model, event: EventId, cut: Cut, is_date: bool) -> (String, Condition) {
    if is_date {
        let day = model.date(cut.at).map_or_else(|| "the horizon".to_owned(), |day| day.to_string());
        return (format!("by {day}"), Condition::ByDay { event, day: cut.at });
    }
    let sides = (Box::new(Formula::Event(event)), Box::new(Formula::Constant(cut.at)));
    if cut.included {
        (format!("at most {}", cut.at), Condition::LessOrEqual(sides.0, sides.1))
    } else {
        (format!("under {}", cut.at), Condition::Less(sides.0, sides.1))
    }
}

impl Cuts {
    /// Notes the thresholds of a condition; false where it uses the event in another way.
    fn condition(&mut self, condition: &Condition) -> bool {
        match condition {
            Condition::Constant(_) | Condition::Event(_) | Condition::Options { .. } => true,
            Condition::Happens(event) => *event != self.event || self.cut(self.horizon, true),
            Condition::ByDay { event, day } => *event != self.event || self.cut(*day, true),
            Condition::Before { event, other } | Condition::WithinOf { event, of: other, .. } => {
                *event != self.event && *other != self.event
            }
            Condition::LessOrEqual(left, right) => self.compared(left, right, [true, false]),
            Condition::Less(left, right) => self.compared(left, right, [false, true]),
            Condition::Equal(left, right) => {
                self.compared(left, right, [true, true]) && self.compared(left, right, [false, false])
            }
            Condition::Not(inner) => self.condition(inner),
            Condition::And(left, right) | Condition::Or(left, right) => self.condition(left) && self.condition(right),
        }
    }

    /// A comparison; where the event stands on the left or on the right of a constant it says whether the constant belongs to what lies below.
    fn compared(&mut self, left: &Formula, right: &Formula, [on_left, on_right]: [bool; 2]) -> bool {
        match (left, right) {
            (Formula::Event(event), Formula::Constant(at)) if *event == self.event => self.cut(*at, on_left),
            (Formula::Constant(at), Formula::Event(event)) if *event == self.event => self.cut(*at, on_right),
            _ => self.formula(left) && self.formula(right),
        }
    }

    fn cut(&mut self, at: f64, included: bool) -> bool {
        self.cuts.push(Cut { at, included });
        true
    }

    fn formula(&mut self, formula: &Formula) -> bool {
        match formula {
            Formula::Constant(_) => true,
            Formula::Event(event) => *event != self.event,
            Formula::Indicator(condition) => self.condition(condition),
            Formula::Count(items) => items.iter().all(|item| self.condition(item)),
            Formula::Arithmetic(_, left, right) | Formula::Divide(left, right, _) | Formula::Power(left, right, _) => {
                self.formula(left) && self.formula(right)
            }
            Formula::Apply(_, of, _) => self.formula(of),
            Formula::Select(condition, then, otherwise) => {
                self.condition(condition) && self.formula(then) && self.formula(otherwise)
            }
        }
    }

    /// Of an event that matters.
    fn definition(&mut self, definition: &Definition) -> bool {
        fn conditions<T>(rows: &[CaseRow<T>]) -> impl Iterator<Item = &Condition> {
            rows.iter().filter_map(|row| row.condition.as_ref())
        }
        match definition {
            Definition::Holds(condition) => self.condition(condition),
            Definition::Equals(formula) => self.formula(formula),
            Definition::Options(rows) => conditions(rows).all(|one| self.condition(one)),
            Definition::Chance(chance) => {
                let odds = chance.odds.iter().map(|(condition, _)| condition);
                conditions(&chance.rows).chain(odds).chain(&chance.requires).all(|one| self.condition(one))
            }
            Definition::Number(number) => {
                conditions(&number.rows).chain(&number.only_if).all(|one| self.condition(one))
            }
            _ => false,
        }
    }
}
