//! What is known of events → whether a condition holds: yes, no, or not settled (Kleene's three values).

use super::EventId;
use super::condition::{Condition, Formula};

/// What is known of the events of a scenario.
pub(crate) trait Known {
    /// Whether a yes/no event holds.
    fn binary(&self, event: EventId) -> Option<bool>;
    /// Which option a categorical event took.
    fn option(&self, event: EventId) -> Option<usize>;
    /// The value of a number or count.
    fn number(&self, event: EventId) -> Option<f64>;
    /// `(after, by)`: a date event came at a day in `(after, by]`, or (with `by` infinite) not up to `after`.
    fn dated(&self, event: EventId) -> Option<(f64, f64)>;
    /// The last day of the scenario, in days after `as_of`.
    fn horizon_days(&self) -> f64;
    /// Whether a condition is known to hold just as it stands.
    fn stated(&self, _condition: &Condition) -> Option<bool> {
        None
    }

    /// Whether a date event came by a day.
    fn came_by(&self, event: EventId, day: f64) -> Option<bool> {
        let (after, by) = self.dated(event)?;
        if by <= day {
            Some(true)
        } else if after >= day {
            Some(false)
        } else {
            None
        }
    }

    /// Whether a condition holds; `None` if what is known does not settle it.
    fn truth(&self, condition: &Condition) -> Option<bool> {
        if let Some(stated) = self.stated(condition) {
            return Some(stated);
        }
        match condition {
            Condition::Constant(value) => Some(*value),
            Condition::Event(event) => self.binary(*event),
            Condition::Happens(event) => self.came_by(*event, self.horizon_days()),
            Condition::Options { event, options } => self.option(*event).map(|option| options.contains(&option)),
            Condition::ByDay { event, day } => self.came_by(*event, *day),
            Condition::Before { event, other } => {
                let (one, two) = (self.dated(*event)?, self.dated(*other)?);
                if one.1 <= two.0 {
                    Some(true)
                } else if two.1 <= one.0 {
                    Some(false)
                } else {
                    None
                }
            }
            Condition::WithinOf { .. } => None,
            Condition::LessOrEqual(left, right) => Some(self.figure(left)? <= self.figure(right)?),
            Condition::Less(left, right) => Some(self.figure(left)? < self.figure(right)?),
            Condition::Equal(left, right) => Some(self.figure(left)? == self.figure(right)?),
            Condition::Not(inner) => self.truth(inner).map(|value| !value),
            Condition::And(left, right) => match (self.truth(left), self.truth(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(left, right) => match (self.truth(left), self.truth(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }

    /// The value of a formula; `None` if what is known does not settle it.
    fn figure(&self, formula: &Formula) -> Option<f64> {
        match formula {
            Formula::Constant(value) => Some(*value),
            Formula::Event(event) => self.number(*event),
            Formula::Indicator(condition) => self.truth(condition).map(f64::from),
            Formula::Count(items) => items.iter().map(|item| self.truth(item).map(f64::from)).sum(),
            Formula::Select(condition, then, otherwise) => {
                if self.truth(condition)? {
                    self.figure(then)
                } else {
                    self.figure(otherwise)
                }
            }
            Formula::Arithmetic(..) | Formula::Divide(..) | Formula::Power(..) | Formula::Apply(..) => None,
        }
    }
}
