//! When a condition of the file came to hold.

use crate::model::{Condition, Definition, Model};
use crate::plan::{Asked, NumberId, Plan};
use crate::simulate::joint::Moment;

/// The moment at which a condition came to hold, as far as dates stand in it; `None` if none do, or it cannot be told.
pub(super) fn moment(condition: &Condition, model: &Model, plan: &Plan) -> Option<Moment> {
    let reader = Reader { model, plan };
    if !reader.tells_of_dates(condition) {
        return None;
    }
    reader.moment(condition, Needed::DatesOnly)
}

/// What a part must tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needed {
    /// All that is known to hold; only dates matter.
    DatesOnly,
    /// Whether it holds as well.
    Truth,
}

struct Reader<'a> {
    model: &'a Model,
    plan: &'a Plan,
}

impl Reader<'_> {
    fn date(&self, event: crate::model::EventId) -> Option<NumberId> {
        match &self.plan.asks.get(event.0)?.what {
            Asked::Date(number) => Some(*number),
            _ => None,
        }
    }

    fn tells_of_dates(&self, condition: &Condition) -> bool {
        match condition {
            Condition::ByDay { .. } | Condition::Happens(_) | Condition::Before { .. } | Condition::WithinOf { .. } => {
                true
            }
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.tells_of_dates(left) || self.tells_of_dates(right)
            }
            Condition::Event(event) => match &self.model.event(*event).definition {
                Definition::Holds(inner) => self.tells_of_dates(inner),
                _ => false,
            },
            Condition::Options { event, .. } => matches!(self.model.event(*event).definition, Definition::FirstOf(_)),
            _ => false,
        }
    }

    fn moment(&self, condition: &Condition, needed: Needed) -> Option<Moment> {
        match condition {
            Condition::ByDay { event, day } => Some(Moment::By { date: self.date(*event)?, day: *day }),
            Condition::Happens(event) => Some(Moment::By { date: self.date(*event)?, day: f64::MAX }),
            Condition::Before { event, other } => {
                Some(Moment::Before { date: self.date(*event)?, other: self.date(*other)? })
            }
            Condition::WithinOf { event, days, of } => {
                Some(Moment::Within { date: self.date(*event)?, days: *days, of: self.date(*of)? })
            }
            Condition::And(left, right) => {
                let parts = [self.moment(left, needed), self.moment(right, needed)];
                if needed == Needed::Truth && parts.iter().any(Option::is_none) {
                    return None;
                }
                let parts: Vec<Moment> = parts.into_iter().flatten().collect();
                (!parts.is_empty()).then_some(Moment::Last(parts))
            }
            Condition::Or(left, right) => {
                Some(Moment::First(vec![self.moment(left, Needed::Truth)?, self.moment(right, Needed::Truth)?]))
            }
            Condition::Not(inner) => Some(Moment::Fails(Box::new(self.moment(inner, Needed::Truth)?))),
            Condition::Event(event) => match (&self.model.event(*event).definition, &self.plan.asks[event.0].what) {
                (Definition::Holds(inner), Asked::Binary(plane)) if self.tells_of_dates(inner) => {
                    let inner = self.moment(inner, Needed::DatesOnly)?;
                    Some(Moment::Last(vec![Moment::Holds(*plane), inner]))
                }
                (_, Asked::Binary(plane)) => Some(Moment::Holds(*plane)),
                _ => None,
            },
            Condition::Options { event, options } => {
                let Asked::Categorical(planes) = &self.plan.asks[event.0].what else { return None };
                let firsts = match &self.model.event(*event).definition {
                    Definition::FirstOf(events) => events.as_slice(),
                    _ => &[],
                };
                let option = |at: &usize| {
                    let holds = Moment::Holds(planes[*at]);
                    match firsts.get(*at).and_then(|event| self.date(*event)) {
                        Some(date) => Moment::Last(vec![holds, Moment::By { date, day: f64::MAX }]),
                        None => holds,
                    }
                };
                Some(Moment::First(options.iter().map(option).collect()))
            }
            Condition::Constant(_) | Condition::LessOrEqual(..) | Condition::Less(..) | Condition::Equal(..) => None,
        }
    }
}

/// When the first of some dates came.
pub(super) fn first(events: &[crate::model::EventId], plan: &Plan) -> Option<Moment> {
    let dates = events.iter().map(|event| match &plan.asks[event.0].what {
        Asked::Date(date) => Some(Moment::By { date: *date, day: f64::MAX }),
        _ => None,
    });
    dates.collect::<Option<Vec<_>>>().map(Moment::First)
}
