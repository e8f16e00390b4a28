//! The tree of a condition or a formula, with a span for each part.

use super::phrase::Duration;
pub use crate::math::{FUNCTIONS, Function};
use crate::source::{Span, Spanned};
use jiff::civil::Date;

/// A condition or a formula and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// What it is.
    pub node: Box<ExpressionNode>,
    /// Where it stands.
    pub span: Span,
}

impl Expression {
    /// Calls `visit` with it and every part of it, the whole before its parts.
    pub fn visit<'e>(&'e self, visit: &mut dyn FnMut(&'e Self)) {
        visit(self);
        match self.node.as_ref() {
            ExpressionNode::Not(inner) | ExpressionNode::Negate(inner) | ExpressionNode::Apply { of: inner, .. } => {
                inner.visit(visit);
            }
            ExpressionNode::Binary { left, right, .. } => {
                left.visit(visit);
                right.visit(visit);
            }
            ExpressionNode::Count { items, .. } | ExpressionNode::Extreme { items, .. } => {
                for item in items {
                    item.visit(visit);
                }
            }
            ExpressionNode::If { condition, then, otherwise } => {
                condition.visit(visit);
                then.visit(visit);
                otherwise.visit(visit);
            }
            _ => {}
        }
    }

    /// Calls `visit` with every name of an event in it (and of an option, where one is compared), and where it stands.
    pub fn visit_names(&self, visit: &mut dyn FnMut(&str, Span)) {
        self.visit(&mut |part| match part.node.as_ref() {
            ExpressionNode::Name(name) => visit(name, part.span),
            ExpressionNode::Is { event, .. }
            | ExpressionNode::Dated { event, .. }
            | ExpressionNode::Within { event, of: None, .. }
            | ExpressionNode::Happens { event, .. } => visit(&event.value, event.span),
            ExpressionNode::Ordered { event, other, .. } | ExpressionNode::Within { event, of: Some(other), .. } => {
                visit(&event.value, event.span);
                visit(&other.value, other.span);
            }
            _ => {}
        });
    }
}

/// The forms of an [`Expression`].
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionNode {
    /// `42`.
    Number(f64),
    /// `true`, `false`.
    Boolean(bool),
    /// A name.
    Name(String),
    /// `not a`.
    Not(Expression),
    /// `-a`.
    Negate(Expression),
    /// `a and b`, `a + b`, `a < b`, …
    Binary {
        /// Which.
        operator: Spanned<Operator>,
        /// Left side.
        left: Expression,
        /// Right side.
        right: Expression,
    },
    /// `track is x`, `track is not x`, `track is one of (x, y)`.
    Is {
        /// The event.
        event: Spanned<String>,
        /// Whether `not` stands there.
        negated: bool,
        /// The options.
        options: Vec<Spanned<String>>,
    },
    /// `x by DATE`, `x before DATE`, `x after DATE`, `x on DATE`.
    Dated {
        /// The event.
        event: Spanned<String>,
        /// How it stands to the date.
        relation: DateRelation,
        /// The date.
        date: Spanned<Date>,
    },
    /// `x before y`, `x after y`.
    Ordered {
        /// The event.
        event: Spanned<String>,
        /// True for `before`.
        before: bool,
        /// The other event.
        other: Spanned<String>,
    },
    /// `x within 30 days`, `x within 30 days of y`.
    Within {
        /// The event.
        event: Spanned<String>,
        /// How long.
        duration: Spanned<Duration>,
        /// From when, if not from `as_of`.
        of: Option<Spanned<String>>,
    },
    /// `x happens`, `x never happens`.
    Happens {
        /// The event.
        event: Spanned<String>,
        /// Whether `never` stands there.
        never: bool,
    },
    /// `at least 2 of (a, b, c)`, `count of (a, b, c)`.
    Count {
        /// How many of them.
        quantity: Quantity,
        /// Which.
        items: Vec<Expression>,
    },
    /// `if a then x else y`.
    If {
        /// The condition.
        condition: Expression,
        /// Where it holds.
        then: Expression,
        /// Where it does not.
        otherwise: Expression,
    },
    /// `ln(x)`, `sin(x)`, …
    Apply {
        /// Which function.
        function: Function,
        /// Of what.
        of: Expression,
    },
    /// `min(x, y)`, `max(x, y)`.
    Extreme {
        /// True for `max`.
        largest: bool,
        /// Of what; at least one.
        items: Vec<Expression>,
    },
}

/// How an event stands to a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateRelation {
    /// On that day or earlier.
    By,
    /// Earlier than that day.
    Before,
    /// Later than that day, and by the horizon.
    After,
    /// On that day.
    On,
}

/// The quantifier of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// `at least k of`.
    AtLeast(u32),
    /// `at most k of`.
    AtMost(u32),
    /// `exactly k of`.
    Exactly(u32),
    /// `count of`: the number itself.
    Number,
}

/// Two-sided operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `implies`.
    Implies,
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `^`, also written `**`.
    Power,
}

impl Operator {
    /// Whether it makes a number of two numbers.
    #[must_use]
    pub const fn calculates(self) -> bool {
        matches!(self, Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Power)
    }
}
