//! Phrases and expressions back into words: the canonical form of each, which reads as the same tree again.

use super::expression::{DateRelation, Expression, ExpressionNode, Operator, Quantity};
use super::phrase::{
    Chance, CountPhrase, Duration, DurationUnit, Effect, HazardShape, Limit, NumberPhrase, NumberShape, Ratio,
    Strength, Supposition, WhenPhrase, WhenStep,
};
use crate::source::Spanned;
use std::fmt::{self, Display, Formatter};

/// The central mass of a range that states none.
const RANGE_LEVEL: f64 = 0.9;

/// A share as a percentage, exactly: the decimal point moves two places, nothing is rounded.
///
/// ```
/// assert_eq!(foretell::scenario::percent(0.35), "35%");
/// assert_eq!(foretell::scenario::percent(0.005), "0.5%");
/// ```
#[must_use]
pub fn percent(share: f64) -> String {
    let text = format!("{share}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let moved = format!("{fraction:0<2}");
    let (up, rest) = moved.split_at(2);
    let whole = format!("{whole}{up}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if rest.is_empty() { format!("{sign}{whole}%") } else { format!("{sign}{whole}.{rest}%") }
}

fn joined<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(", ")
}

fn values(items: &[Spanned<f64>]) -> String {
    joined(items, |item| item.value.to_string())
}

impl Display for Chance {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Point(share) => formatter.write_str(&percent(*share)),
            Self::Odds { favour, against } => write!(formatter, "{favour}:{against}"),
            Self::BaseRate { successes, trials } => write!(formatter, "{successes} of {trials}"),
            Self::Interval { point, level, low, high } => {
                let [point, level, low, high] = [point, level, low, high].map(|share| percent(share.value));
                write!(formatter, "{point} ({level} sure: {low} to {high})")
            }
            Self::Beta { a, b } => write!(formatter, "beta({}, {})", a.value, b.value),
            Self::Like { prior, own: None } => write!(formatter, "like {}", prior.value),
            Self::Like { prior, own: Some(own) } => {
                write!(formatter, "like {}, itself {} of {}", prior.value, own.successes.value, own.trials.value)
            }
            Self::Word { word, .. } => formatter.write_str(word),
        }
    }
}

fn range(formatter: &mut Formatter<'_>, level: f64, low: f64, high: f64) -> fmt::Result {
    if level != RANGE_LEVEL {
        write!(formatter, "{}: ", percent(level))?;
    }
    write!(formatter, "{low} to {high}")
}

impl Display for NumberPhrase {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.shape.value {
            NumberShape::Constant(value) => write!(formatter, "{value}")?,
            NumberShape::Range { level, low, high } => range(formatter, *level, low.value, high.value)?,
            NumberShape::Quantiles(quantiles) => {
                let shown = joined(quantiles, |(level, value)| format!("{}: {}", percent(level.value), value.value));
                formatter.write_str(&shown)?;
            }
            NumberShape::Family { name, arguments } => write!(formatter, "{}({})", name.value, values(arguments))?,
            NumberShape::MeanInDoubt { family, mean, doubt, sd } => {
                write!(formatter, "{}(normal({}, {}), {})", family.value, mean.value, doubt.value, sd.value)?;
            }
        }
        self.limits.iter().try_for_each(|limit| write!(formatter, ", {}", limit.value))
    }
}

impl Display for Limit {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(formatter, "at least {bound}"),
            Self::AtMost(bound) => write!(formatter, "at most {bound}"),
            Self::CutBelow(bound) => write!(formatter, "cut below {bound}"),
            Self::CutAbove(bound) => write!(formatter, "cut above {bound}"),
        }
    }
}

impl Display for CountPhrase {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(formatter, "{value}"),
            Self::Family { name, arguments } => write!(formatter, "{}({})", name.value, values(arguments)),
            Self::PoissonGamma { shape, rate } => write!(formatter, "poisson(gamma({}, {}))", shape.value, rate.value),
            Self::Rate { events, seen_in, over } => {
                write!(formatter, "{} in {}, over {}", events.value, seen_in.value, over.value)
            }
            Self::Range { level, low, high } => range(formatter, *level, low.value, high.value),
        }
    }
}

impl Display for Duration {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            DurationUnit::Day => "day",
            DurationUnit::Week => "week",
            DurationUnit::Month => "month",
            DurationUnit::Year => "year",
        };
        write!(formatter, "{} {unit}{}", self.count, if self.count == 1.0 { "" } else { "s" })
    }
}

impl Display for WhenPhrase {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&joined(&self.steps, |step| step.value.to_string()))?;
        if let Some(shape) = &self.shape {
            write!(formatter, ", {}", shape.value)?;
        }
        if self.only { formatter.write_str(", only") } else { Ok(()) }
    }
}

impl Display for WhenStep {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::By { chance, date } => write!(formatter, "{} by {}", chance.value, date.value),
            Self::Within { chance, duration } => write!(formatter, "{} within {}", chance.value, duration.value),
            Self::On { chance, date } => write!(formatter, "{} on {}", chance.value, date.value),
            Self::Never { chance } => write!(formatter, "{} never", chance.value),
        }
    }
}

impl Display for HazardShape {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant => formatter.write_str("constant"),
            Self::Rising => formatter.write_str("rising"),
            Self::Falling => formatter.write_str("falling"),
            Self::Weibull(shape) => write!(formatter, "weibull {shape}"),
            Self::Evenly => formatter.write_str("evenly"),
        }
    }
}

impl Display for Strength {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

impl Display for Ratio {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(ratio) => write!(formatter, "x{ratio}"),
            Self::Strength { strength, down } => write!(formatter, "{}{strength}", if *down { "down " } else { "" }),
        }
    }
}

impl Display for Effect {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Happened { on: None } => formatter.write_str("happened"),
            Self::Happened { on: Some(date) } => write!(formatter, "happened on {}", date.value),
            Self::DidNotHappen => formatter.write_str("did not happen"),
            Self::WillNotHappen => formatter.write_str("will not happen"),
            Self::Is(option) => write!(formatter, "is {}", option.value),
            Self::IsNot(option) => write!(formatter, "is not {}", option.value),
            Self::IsNumber(value) => write!(formatter, "is {value}"),
            Self::Hint(ratio) => ratio.fmt(formatter),
            Self::Now(chance) => write!(formatter, "is now {chance}"),
        }
    }
}

impl Display for Supposition {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds(event) => formatter.write_str(&event.value),
            Self::DoesNotHold(event) => write!(formatter, "not {}", event.value),
            Self::Is { event, option } => write!(formatter, "{} is {}", event.value, option.value),
            Self::IsNumber { event, value } => write!(formatter, "{} is {value}", event.value),
            Self::On { event, date } => write!(formatter, "{} on {}", event.value, date.value),
        }
    }
}

impl Display for Operator {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Implies => "implies",
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
        })
    }
}

/// How tightly each form binds; a part that binds less tightly than its place asks for stands in parentheses.
mod level {
    pub(super) const ANY: u8 = 0;
    pub(super) const IMPLIES: u8 = 1;
    pub(super) const OR: u8 = 2;
    pub(super) const AND: u8 = 3;
    pub(super) const NOT: u8 = 4;
    pub(super) const COMPARISON: u8 = 5;
    pub(super) const SUM: u8 = 6;
    pub(super) const PRODUCT: u8 = 7;
    pub(super) const SIGNED: u8 = 8;
    pub(super) const POWER: u8 = 9;
    pub(super) const ATOM: u8 = 10;
}

impl Operator {
    /// Its own level, and those that its left and right side must have.
    const fn levels(self) -> (u8, u8, u8) {
        match self {
            Self::Implies => (level::IMPLIES, level::OR, level::IMPLIES),
            Self::Or => (level::OR, level::OR, level::AND),
            Self::And => (level::AND, level::AND, level::NOT),
            Self::Equal | Self::NotEqual | Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => {
                (level::COMPARISON, level::SUM, level::SUM)
            }
            Self::Add | Self::Subtract => (level::SUM, level::SUM, level::PRODUCT),
            Self::Multiply | Self::Divide => (level::PRODUCT, level::PRODUCT, level::SIGNED),
            Self::Power => (level::POWER, level::ATOM, level::SIGNED),
        }
    }
}

const fn level_of(node: &ExpressionNode) -> u8 {
    match node {
        ExpressionNode::If { .. } => level::ANY,
        ExpressionNode::Binary { operator, .. } => operator.value.levels().0,
        ExpressionNode::Not(_) => level::NOT,
        ExpressionNode::Negate(_) => level::SIGNED,
        ExpressionNode::Is { .. }
        | ExpressionNode::Dated { .. }
        | ExpressionNode::Ordered { .. }
        | ExpressionNode::Within { .. }
        | ExpressionNode::Happens { .. } => level::COMPARISON,
        ExpressionNode::Number(_)
        | ExpressionNode::Boolean(_)
        | ExpressionNode::Name(_)
        | ExpressionNode::Count { .. }
        | ExpressionNode::Apply { .. }
        | ExpressionNode::Extreme { .. } => level::ATOM,
    }
}

/// An expression at a place that asks for a level.
struct At<'e>(&'e Expression, u8);

impl Display for At<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if level_of(&self.0.node) < self.1 { write!(formatter, "({})", self.0) } else { self.0.fmt(formatter) }
    }
}

impl Display for Expression {
    /// Writes it with no more parentheses than it needs.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self.node.as_ref() {
            ExpressionNode::Number(value) => write!(formatter, "{value}"),
            ExpressionNode::Boolean(value) => write!(formatter, "{value}"),
            ExpressionNode::Name(name) => formatter.write_str(name),
            ExpressionNode::Not(inner) => write!(formatter, "not {}", At(inner, level::NOT)),
            ExpressionNode::Negate(inner) => write!(formatter, "-{}", At(inner, level::SIGNED)),
            ExpressionNode::Binary { operator, left, right } => {
                let (_, of_left, of_right) = operator.value.levels();
                write!(formatter, "{} {} {}", At(left, of_left), operator.value, At(right, of_right))
            }
            ExpressionNode::Is { event, negated, options } => {
                write!(formatter, "{} is {}", event.value, if *negated { "not " } else { "" })?;
                match options.as_slice() {
                    [one] => formatter.write_str(&one.value),
                    several => write!(formatter, "one of ({})", joined(several, |option| option.value.clone())),
                }
            }
            ExpressionNode::Dated { event, relation, date } => {
                let relation = match relation {
                    DateRelation::By => "by",
                    DateRelation::Before => "before",
                    DateRelation::After => "after",
                    DateRelation::On => "on",
                };
                write!(formatter, "{} {relation} {}", event.value, date.value)
            }
            ExpressionNode::Ordered { event, before, other } => {
                write!(formatter, "{} {} {}", event.value, if *before { "before" } else { "after" }, other.value)
            }
            ExpressionNode::Within { event, duration, of } => {
                write!(formatter, "{} within {}", event.value, duration.value)?;
                of.iter().try_for_each(|of| write!(formatter, " of {}", of.value))
            }
            ExpressionNode::Happens { event, never } => {
                write!(formatter, "{} {}happens", event.value, if *never { "never " } else { "" })
            }
            ExpressionNode::Count { quantity, items } => {
                match quantity {
                    Quantity::AtLeast(many) => write!(formatter, "at least {many} of ")?,
                    Quantity::AtMost(many) => write!(formatter, "at most {many} of ")?,
                    Quantity::Exactly(many) => write!(formatter, "exactly {many} of ")?,
                    Quantity::Number => formatter.write_str("count of ")?,
                }
                write!(formatter, "({})", joined(items, ToString::to_string))
            }
            ExpressionNode::If { condition, then, otherwise } => {
                write!(formatter, "if {condition} then {then} else {otherwise}")
            }
            ExpressionNode::Apply { function, of } => write!(formatter, "{}({of})", function.name()),
            ExpressionNode::Extreme { largest, items } => {
                write!(formatter, "{}({})", if *largest { "max" } else { "min" }, joined(items, ToString::to_string))
            }
        }
    }
}

#[cfg(test)]
mod tests;
