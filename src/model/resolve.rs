//! Expressions → typed conditions and formulas, with an error at the very word that does not fit.

use super::EventId;
use super::condition::{ArithmeticOperator, Condition, Formula};
use super::definition::{Kind, Trigger};
use super::names::{Names, listed, nearest};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::math::power;
use crate::scenario::expression::{DateRelation, Expression, ExpressionNode, Operator, Quantity};
use crate::source::{Span, Spanned};

/// Gives meaning to expressions.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    names: &'a Names,
    found: &'a mut Diagnostics,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(names: &'a Names, found: &'a mut Diagnostics) -> Self {
        Self { names, found }
    }

    fn problem(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// The expression as something that holds or does not.
    pub(super) fn condition(&mut self, expression: &Expression) -> Option<Condition> {
        let span = expression.span;
        match expression.node.as_ref() {
            ExpressionNode::Boolean(value) => Some(Condition::Constant(*value)),
            ExpressionNode::Name(name) => self.named_condition(name, span),
            ExpressionNode::Not(inner) => self.condition(inner).map(Condition::negated),
            ExpressionNode::Binary { operator, left, right } => self.binary_condition(operator, left, right),
            ExpressionNode::Is { event, negated, options } => {
                let condition = self.is(event, options)?;
                Some(if *negated { condition.negated() } else { condition })
            }
            ExpressionNode::Dated { event, relation, date } => {
                let id = self.names.find_date(&event.value, event.span, self.found)?;
                let day = self.names.day(date.value);
                let by = |day: f64| Condition::ByDay { event: id, day };
                if date.value > self.names.horizon {
                    self.problem(
                        Diagnostic::new(
                            "E0605",
                            date.span,
                            format!(
                                "{} lies beyond the horizon {}, up to which the scenario is simulated",
                                date.value, self.names.horizon
                            ),
                        )
                        .help("set `horizon` at the top to that day or later, or ask about an earlier one"),
                    );
                    return None;
                }
                if day <= 0.0 && *relation != DateRelation::After {
                    self.problem(
                        Diagnostic::new(
                            "E0606",
                            date.span,
                            format!(
                                "{} is not after the day whose knowledge the file holds ({})",
                                date.value, self.names.as_of
                            ),
                        )
                        .help("ask about a later day; what is already known needs no event"),
                    );
                    return None;
                }
                Some(match relation {
                    DateRelation::By => by(day),
                    DateRelation::Before => by(day - 1.0),
                    DateRelation::After => Condition::Happens(id).and(by(day).negated()),
                    DateRelation::On => by(day).and(by(day - 1.0).negated()),
                })
            }
            ExpressionNode::Ordered { event, before, other } => {
                let id = self.names.find_date(&event.value, event.span, self.found);
                let other = self.names.find_date(&other.value, other.span, self.found);
                let (id, other) = (id?, other?);
                Some(if *before {
                    Condition::Before { event: id, other }
                } else {
                    Condition::Before { event: other, other: id }.and(Condition::Happens(id))
                })
            }
            ExpressionNode::Within { event, duration, of } => {
                let id = self.names.find_date(&event.value, event.span, self.found);
                if let Some(problem) = super::when::unusable(duration) {
                    self.problem(problem);
                    return None;
                }
                match of {
                    None => {
                        let day = super::when::days_from(self.names.as_of, duration.value);
                        let last = self.names.day(self.names.horizon);
                        if day > last {
                            self.problem(
                                Diagnostic::new(
                                    "E0605",
                                    duration.span,
                                    format!(
                                        "this lies beyond the horizon {}, {last} days after `as_of`, up to which the scenario is simulated",
                                        self.names.horizon
                                    ),
                                )
                                .help("set `horizon` at the top to that day or later, or ask about an earlier one"),
                            );
                            return None;
                        }
                        Some(Condition::ByDay { event: id?, day })
                    }
                    Some(of) => {
                        let of = self.names.find_date(&of.value, of.span, self.found);
                        Some(Condition::WithinOf { event: id?, days: duration.value.days(), of: of? })
                    }
                }
            }
            ExpressionNode::Happens { event, never } => {
                let id = self.names.find_date(&event.value, event.span, self.found)?;
                let condition = Condition::Happens(id);
                Some(if *never { condition.negated() } else { condition })
            }
            ExpressionNode::Count { quantity: Quantity::Number, .. } => {
                self.problem(
                    Diagnostic::new("E0409", span, "`count of` is a number, but a condition must stand here")
                        .help("compare it, such as `count of (a, b, c) >= 2`, or write `at least 2 of (a, b, c)`"),
                );
                None
            }
            ExpressionNode::Count { quantity, items } => {
                let conditions = self.conditions(items)?;
                let count = Box::new(Formula::Count(conditions));
                let size = items.len();
                let bound = |k: u32| Box::new(Formula::Constant(f64::from(k)));
                if let Quantity::AtLeast(k) | Quantity::Exactly(k) = quantity
                    && *k as usize > size
                {
                    self.problem(
                        Diagnostic::new(
                            "W0410",
                            span,
                            format!("this can never hold: it asks for {k} of {size} conditions"),
                        )
                        .help("name more conditions, or ask for fewer of them"),
                    );
                }
                Some(match quantity {
                    Quantity::AtLeast(k) => Condition::LessOrEqual(bound(*k), count),
                    Quantity::AtMost(k) => Condition::LessOrEqual(count, bound(*k)),
                    Quantity::Exactly(k) => Condition::Equal(count, bound(*k)),
                    Quantity::Number => return None,
                })
            }
            ExpressionNode::If { condition, then, otherwise } => {
                let condition = self.condition(condition);
                let then = self.condition(then);
                let otherwise = self.condition(otherwise);
                let (condition, then, otherwise) = (condition?, then?, otherwise?);
                Some(condition.clone().and(then).or(condition.negated().and(otherwise)))
            }
            ExpressionNode::Number(_)
            | ExpressionNode::Negate(_)
            | ExpressionNode::Apply { .. }
            | ExpressionNode::Extreme { .. } => {
                self.problem(
                    Diagnostic::new("E0409", span, "this is a number, but a condition must stand here")
                        .help("compare it with something, such as `price > 60`"),
                );
                None
            }
        }
    }

    fn conditions(&mut self, items: &[Expression]) -> Option<Vec<Condition>> {
        let all: Vec<Option<Condition>> = items.iter().map(|item| self.condition(item)).collect();
        all.into_iter().collect()
    }

    fn named_condition(&mut self, name: &str, span: Span) -> Option<Condition> {
        let id = self.names.find(name, span, self.found)?;
        match self.names.kind(id) {
            Kind::Binary => Some(Condition::Event(id)),
            Kind::Date => Some(Condition::Happens(id)),
            Kind::Categorical { options, .. } => {
                let example = options.first().map_or("…", String::as_str).to_owned();
                self.problem(
                    Diagnostic::new("E0409", span, format!("`{name}` has options, but a condition must stand here"))
                        .help(format!("say which one, such as `{name} is {example}`")),
                );
                None
            }
            Kind::Numeric | Kind::Count => {
                self.problem(
                    Diagnostic::new("E0409", span, format!("`{name}` is a number, but a condition must stand here"))
                        .help(format!("compare it with something, such as `{name} > 0`")),
                );
                None
            }
        }
    }

    fn binary_condition(
        &mut self,
        operator: &Spanned<Operator>,
        left: &Expression,
        right: &Expression,
    ) -> Option<Condition> {
        match operator.value {
            Operator::And | Operator::Or | Operator::Implies => {
                let (left, right) = (self.condition(left), self.condition(right));
                let (left, right) = (left?, right?);
                Some(match operator.value {
                    Operator::And => left.and(right),
                    Operator::Or => left.or(right),
                    _ => left.negated().or(right),
                })
            }
            calculation if calculation.calculates() => {
                self.problem(
                    Diagnostic::new(
                        "E0409",
                        left.span.to(right.span),
                        "this is a number, but a condition must stand here",
                    )
                    .help("compare it with something, such as `price * volume > 60`"),
                );
                None
            }
            comparison => {
                if let Some(condition) = self.option_comparison(comparison, left, right) {
                    return condition;
                }
                let (left, right) = (self.formula(left), self.formula(right));
                let (left, right) = (Box::new(left?), Box::new(right?));
                Some(match comparison {
                    Operator::Equal => Condition::Equal(left, right),
                    Operator::NotEqual => Condition::Equal(left, right).negated(),
                    Operator::Less => Condition::Less(left, right),
                    Operator::LessOrEqual => Condition::LessOrEqual(left, right),
                    Operator::Greater => Condition::Less(right, left),
                    _ => Condition::LessOrEqual(right, left),
                })
            }
        }
    }

    /// `rating >= high`, `track = neither`: a categorical event compared with one of its options. `None` if the left side is not one.
    #[expect(clippy::option_option, reason = "not about options, and wrong, are two things")]
    fn option_comparison(
        &mut self,
        comparison: Operator,
        left: &Expression,
        right: &Expression,
    ) -> Option<Option<Condition>> {
        let ExpressionNode::Name(name) = left.node.as_ref() else { return None };
        let id = self.names.get(name)?;
        if self.names.is_vague(id) {
            return Some(None);
        }
        let Kind::Categorical { options, ordered } = self.names.kind(id) else { return None };
        let (options, ordered) = (options.clone(), *ordered);
        let ExpressionNode::Name(option) = right.node.as_ref() else {
            self.problem(
                Diagnostic::new(
                    "E0409",
                    right.span,
                    format!("`{name}` is compared with its options, but something else stands here"),
                )
                .help(format!("its options are {}", listed(options.iter()))),
            );
            return Some(None);
        };
        let Some(at) = self.option(name, &options, option, right.span) else { return Some(None) };
        if !ordered && !matches!(comparison, Operator::Equal | Operator::NotEqual) {
            self.problem(
                Diagnostic::new(
                    "E0411",
                    left.span.to(right.span),
                    format!("the options of `{name}` stand in no order"),
                )
                .help(format!("write them under `ordered` instead of `one_of`, or ask `{name} is {option}`")),
            );
            return Some(None);
        }
        let chosen = (0..options.len())
            .filter(|index| match comparison {
                Operator::Equal => *index == at,
                Operator::NotEqual => *index != at,
                Operator::Less => *index < at,
                Operator::LessOrEqual => *index <= at,
                Operator::Greater => *index > at,
                _ => *index >= at,
            })
            .collect();
        Some(Some(Condition::Options { event: id, options: chosen }))
    }

    fn option(&mut self, event: &str, options: &[String], option: &str, span: Span) -> Option<usize> {
        let at = options.iter().position(|known| known == option);
        if at.is_none() {
            let near = nearest(option, options.iter().map(String::as_str));
            let help = near.map_or_else(
                || format!("its options are {}", listed(options.iter())),
                |near| format!("did you mean `{near}`?"),
            );
            self.problem(Diagnostic::new("E0408", span, format!("`{event}` has no option `{option}`")).help(help));
        }
        at
    }

    fn is(&mut self, event: &Spanned<String>, options: &[Spanned<String>]) -> Option<Condition> {
        let id = self.names.find(&event.value, event.span, self.found)?;
        let Kind::Categorical { options: known, .. } = self.names.kind(id) else {
            let words = self.names.kind(id).words();
            let help = match self.names.kind(id) {
                Kind::Numeric | Kind::Count => format!("compare it, such as `{} = 42`", event.value),
                _ => format!("write `{0}` or `not {0}`", event.value),
            };
            self.problem(
                Diagnostic::new("E0402", event.span, format!("`{}` has no options: it is {words}", event.value))
                    .help(help),
            );
            return None;
        };
        let known = known.clone();
        let chosen: Vec<Option<usize>> =
            options.iter().map(|option| self.option(&event.value, &known, &option.value, option.span)).collect();
        let mut chosen: Vec<usize> = chosen.into_iter().collect::<Option<_>>()?;
        chosen.sort_unstable();
        chosen.dedup();
        Some(Condition::Options { event: id, options: chosen })
    }

    /// The expression as a number.
    pub(super) fn formula(&mut self, expression: &Expression) -> Option<Formula> {
        match expression.node.as_ref() {
            ExpressionNode::Number(value) => Some(Formula::Constant(*value)),
            ExpressionNode::Name(name) => {
                let id = self.names.find(name, expression.span, self.found)?;
                match self.names.kind(id) {
                    Kind::Numeric | Kind::Count => Some(Formula::Event(id)),
                    Kind::Categorical { options, .. } => {
                        let example = options.first().map_or("…", String::as_str).to_owned();
                        self.problem(
                            Diagnostic::new(
                                "E0409",
                                expression.span,
                                format!("`{name}` has options, but a number must stand here"),
                            )
                            .help(format!(
                                "`{name} is {example}` counts 1 where it holds and 0 elsewhere; to ask which option, write `which = \"{name}\"`"
                            )),
                        );
                        None
                    }
                    _ => self.condition(expression).map(|condition| Formula::Indicator(Box::new(condition))),
                }
            }
            ExpressionNode::Negate(inner) => {
                let inner = self.formula(inner)?;
                Some(match inner {
                    Formula::Constant(value) => Formula::Constant(-value),
                    inner => Formula::Arithmetic(
                        ArithmeticOperator::Subtract,
                        Box::new(Formula::Constant(0.0)),
                        Box::new(inner),
                    ),
                })
            }
            ExpressionNode::Binary { operator, left, right } => {
                if !operator.value.calculates() {
                    return self.condition(expression).map(|condition| Formula::Indicator(Box::new(condition)));
                }
                let (of_left, of_right) = (self.formula(left), self.formula(right));
                self.calculation(expression, (operator.value, right.span), of_left?, of_right?)
            }
            ExpressionNode::If { condition, then, otherwise } => {
                let condition = self.condition(condition);
                let then = self.formula(then);
                let otherwise = self.formula(otherwise);
                Some(Formula::Select(Box::new(condition?), Box::new(then?), Box::new(otherwise?)))
            }
            ExpressionNode::Apply { function, of } => {
                let inner = self.formula(of)?;
                let Formula::Constant(number) = inner else {
                    return Some(Formula::Apply(*function, Box::new(inner), expression.to_string()));
                };
                let help = "`ln` takes numbers over 0, `sqrt` numbers from 0 on, `exp` numbers up to 709";
                self.constant(function.value(number), expression, of.span, help)
            }
            ExpressionNode::Extreme { largest, items } => {
                let operator = if *largest { ArithmeticOperator::Maximum } else { ArithmeticOperator::Minimum };
                let all: Vec<Option<Formula>> = items.iter().map(|item| self.formula(item)).collect();
                let all: Vec<Formula> = all.into_iter().collect::<Option<_>>()?;
                all.into_iter().reduce(|left, right| Formula::Arithmetic(operator, Box::new(left), Box::new(right)))
            }
            ExpressionNode::Count { quantity: Quantity::Number, items } => self.conditions(items).map(Formula::Count),
            _ => self.condition(expression).map(|condition| Formula::Indicator(Box::new(condition))),
        }
    }

    /// What is calculated of two numbers; the second stands at a place.
    fn calculation(
        &mut self,
        expression: &Expression,
        (operator, place): (Operator, Span),
        left: Formula,
        right: Formula,
    ) -> Option<Formula> {
        let arithmetic = match operator {
            Operator::Divide if right == Formula::Constant(0.0) => {
                self.problem(
                    Diagnostic::new("E0412", place, "this divides by zero in every world")
                        .help("divide by something else"),
                );
                return None;
            }
            Operator::Divide => return Some(Formula::Divide(Box::new(left), Box::new(right), expression.to_string())),
            Operator::Power => {
                if let (Formula::Constant(base), Formula::Constant(exponent)) = (&left, &right) {
                    let help = "a number under 0 has whole powers only, and 0 none under 0; a power must be a number that can be held";
                    return self.constant(power(*base, *exponent), expression, expression.span, help);
                }
                return Some(Formula::Power(Box::new(left), Box::new(right), expression.to_string()));
            }
            Operator::Add => ArithmeticOperator::Add,
            Operator::Subtract => ArithmeticOperator::Subtract,
            _ => ArithmeticOperator::Multiply,
        };
        Some(Formula::Arithmetic(arithmetic, Box::new(left), Box::new(right)))
    }

    /// A constant that was calculated, if it has a value.
    fn constant(&mut self, value: Option<f64>, of: &Expression, place: Span, help: &str) -> Option<Formula> {
        let value = value.filter(|value| value.is_finite());
        if value.is_none() {
            let message = format!("`{of}` has no value that can be computed");
            self.problem(Diagnostic::new("E0416", place, message).help(help));
        }
        value.map(Formula::Constant)
    }

    /// The expression as what switches a hazard ratio on: from the day on which it becomes true, as far as it is about date events that
    /// happen; throughout, where it is about anything else.
    pub(super) fn trigger(&mut self, expression: &Expression) -> Option<Trigger> {
        match expression.node.as_ref() {
            ExpressionNode::Name(name) => {
                if let Some(id) = self.names.get(name)
                    && *self.names.kind(id) == Kind::Date
                {
                    return Some(Trigger::Date(id));
                }
            }
            ExpressionNode::Happens { event, never: false } => {
                return self.names.find_date(&event.value, event.span, self.found).map(Trigger::Date);
            }
            ExpressionNode::Dated { event, relation: DateRelation::By | DateRelation::Before, .. }
            | ExpressionNode::Within { event, .. } => {
                let in_time = self.condition(expression)?;
                let happens = self.names.find_date(&event.value, event.span, self.found).map(Trigger::Date)?;
                return Some(Trigger::All(vec![happens, Trigger::Condition(in_time)]));
            }
            ExpressionNode::Binary { operator, left, right }
                if matches!(operator.value, Operator::And | Operator::Or) =>
            {
                let (left, right) = (self.trigger(left), self.trigger(right));
                return Some(match (left?, right?, operator.value) {
                    (Trigger::Condition(left), Trigger::Condition(right), Operator::And) => {
                        Trigger::Condition(left.and(right))
                    }
                    (Trigger::Condition(left), Trigger::Condition(right), _) => Trigger::Condition(left.or(right)),
                    (left, right, Operator::And) => Trigger::All(vec![left, right]),
                    (left, right, _) => Trigger::Any(vec![left, right]),
                });
            }
            _ => {}
        }
        self.condition(expression).map(Trigger::Condition)
    }

    /// The event of a bare name, if that is what the expression is.
    pub(super) fn bare_event(&self, expression: &Expression) -> Option<EventId> {
        match expression.node.as_ref() {
            ExpressionNode::Name(name) => self.names.get(name),
            _ => None,
        }
    }
}
