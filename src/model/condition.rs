//! Typed conditions and formulas over the events of a model.

use super::EventId;
use crate::math::Function;

/// Something that holds in a world or does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Always or never.
    Constant(bool),
    /// A binary event.
    Event(EventId),
    /// A date event that happens by the horizon.
    Happens(EventId),
    /// A categorical event that takes one of these options.
    Options {
        /// The event.
        event: EventId,
        /// Indices of its options, in increasing order.
        options: Vec<usize>,
    },
    /// A date event with `t <= day`.
    ByDay {
        /// The event.
        event: EventId,
        /// Days after `as_of`.
        day: f64,
    },
    /// A date event that happens strictly before another (which may never happen).
    Before {
        /// The earlier.
        event: EventId,
        /// The later.
        other: EventId,
    },
    /// A date event that happens at or after another, at most so many days later.
    WithinOf {
        /// The event.
        event: EventId,
        /// How many days.
        days: f64,
        /// The other.
        of: EventId,
    },
    /// `left <= right`.
    LessOrEqual(Box<Formula>, Box<Formula>),
    /// `left < right`.
    Less(Box<Formula>, Box<Formula>),
    /// `left = right`.
    Equal(Box<Formula>, Box<Formula>),
    /// Not.
    Not(Box<Self>),
    /// Both.
    And(Box<Self>, Box<Self>),
    /// Either.
    Or(Box<Self>, Box<Self>),
}

impl Condition {
    /// The opposite, without piling up `Not`s.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::And(Box::new(self), Box::new(other))
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }

    /// The events and options that it names, in order, if it is of the kind `a is x and b is y`; `None` if it is of another.
    #[must_use]
    pub fn as_options(&self) -> Option<Vec<(EventId, usize)>> {
        fn collect(condition: &Condition, into: &mut Vec<(EventId, usize)>) -> bool {
            match condition {
                Condition::And(left, right) => collect(left, into) && collect(right, into),
                Condition::Options { event, options } if options.len() == 1 => {
                    into.push((*event, options[0]));
                    true
                }
                _ => false,
            }
        }
        let mut row = Vec::new();
        collect(self, &mut row).then_some(row)
    }

    /// Calls `visit` with every event it depends on.
    pub fn visit_events(&self, visit: &mut dyn FnMut(EventId)) {
        match self {
            Self::Constant(_) => {}
            Self::Event(event) | Self::Happens(event) | Self::Options { event, .. } | Self::ByDay { event, .. } => {
                visit(*event);
            }
            Self::Before { event, other } | Self::WithinOf { event, of: other, .. } => {
                visit(*event);
                visit(*other);
            }
            Self::LessOrEqual(left, right) | Self::Less(left, right) | Self::Equal(left, right) => {
                left.visit_events(visit);
                right.visit_events(visit);
            }
            Self::Not(inner) => inner.visit_events(visit),
            Self::And(left, right) | Self::Or(left, right) => {
                left.visit_events(visit);
                right.visit_events(visit);
            }
        }
    }
}

/// Arithmetic in a [`Formula`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArithmeticOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `min`
    Minimum,
    /// `max`
    Maximum,
}

/// A number in a world.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// Always this.
    Constant(f64),
    /// A numeric or count event.
    Event(EventId),
    /// 1 where the condition holds, 0 elsewhere.
    Indicator(Box<Condition>),
    /// How many of the conditions hold.
    Count(Vec<Condition>),
    /// Arithmetic.
    Arithmetic(ArithmeticOperator, Box<Self>, Box<Self>),
    /// A quotient, with its text for the message about dividing by zero.
    Divide(Box<Self>, Box<Self>, String),
    /// A number to the power of another, with its text for the message where it has no value.
    Power(Box<Self>, Box<Self>, String),
    /// A function, with its text for the message where it has no value.
    Apply(Function, Box<Self>, String),
    /// One or the other.
    Select(Box<Condition>, Box<Self>, Box<Self>),
}

impl Formula {
    /// Calls `visit` with every event it depends on.
    pub fn visit_events(&self, visit: &mut dyn FnMut(EventId)) {
        match self {
            Self::Constant(_) => {}
            Self::Event(event) => visit(*event),
            Self::Indicator(condition) => condition.visit_events(visit),
            Self::Count(items) => items.iter().for_each(|item| item.visit_events(visit)),
            Self::Arithmetic(_, left, right) | Self::Divide(left, right, _) | Self::Power(left, right, _) => {
                left.visit_events(visit);
                right.visit_events(visit);
            }
            Self::Apply(_, of, _) => of.visit_events(visit),
            Self::Select(condition, then, otherwise) => {
                condition.visit_events(visit);
                then.visit_events(visit);
                otherwise.visit_events(visit);
            }
        }
    }
}
