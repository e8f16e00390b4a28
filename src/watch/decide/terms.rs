//! The expected utility as a sum: each utility taken apart along its logic, so that as much of it as can be is a number times a probability.
//!
//! ```text
//! E[U] = Σ c_j P(condition_j) + Σ c_j E[number_j]
//! ```
//!
//! A utility drawn from a distribution counts with its mean, since nothing depends on it.

use crate::model::{ArithmeticOperator, CaseRow, Condition, Definition, EventId, Formula, Model, NumberSpec};
use std::collections::BTreeMap;

/// What a coefficient is multiplied with.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Nothing.
    Always,
    /// The probability of a condition.
    Where(Condition),
    /// The mean of a number.
    Number(Formula),
}

/// One term of the sum.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) coefficient: f64,
    pub(super) part: Part,
    /// The utility in which it stands first.
    pub(super) of: EventId,
}

/// Terms by what they are multiplied with.
struct Sum<'a> {
    model: &'a Model,
    /// By its text; order of appearance is kept beside it.
    terms: BTreeMap<String, (usize, Term)>,
    /// The utility that is taken apart.
    of: EventId,
}

/// The utilities of a model as one sum.
pub(super) fn terms(model: &Model) -> Vec<Term> {
    let mut sum = Sum { model, terms: BTreeMap::new(), of: EventId(0) };
    for utility in &model.utilities {
        sum.of = *utility;
        sum.utility(*utility);
    }
    let mut terms: Vec<(usize, Term)> = sum.terms.into_values().filter(|(_, term)| term.coefficient != 0.0).collect();
    terms.sort_by_key(|(place, _)| *place);
    terms.into_iter().map(|(_, term)| term).collect()
}

fn both(guard: Option<&Condition>, condition: Condition) -> Condition {
    match guard {
        Some(guard) => guard.clone().and(condition),
        None => condition,
    }
}

impl Sum<'_> {
    fn push(&mut self, coefficient: f64, part: Part) {
        let (place, of) = (self.terms.len(), self.of);
        let entry = self.terms.entry(format!("{part:?}"));
        entry.or_insert((place, Term { coefficient: 0.0, part, of })).1.coefficient += coefficient;
    }

    fn utility(&mut self, id: EventId) {
        match &self.model.event(id).definition {
            Definition::Equals(formula) => self.formula(formula, 1.0, None),
            Definition::Number(number) => {
                let only_if = number.only_if.as_ref();
                self.rows(&number.rows, only_if);
                if let Some(condition) = only_if {
                    self.push(number.otherwise, Part::Where(condition.clone().negated()));
                }
            }
            // A utility is one of these two.
            _ => self.push(1.0, Part::Number(Formula::Event(id))),
        }
    }

    /// Cases of which the first that holds counts.
    fn rows(&mut self, rows: &[CaseRow<NumberSpec>], guard: Option<&Condition>) {
        let mut before: Option<Condition> = guard.cloned();
        for row in rows {
            let mean = match &row.value {
                NumberSpec::Constant(value) => *value,
                drawn => drawn.law().and_then(|law| law.mean()).unwrap_or(0.0),
            };
            let Some(condition) = &row.condition else {
                self.push(mean, before.map_or(Part::Always, Part::Where));
                return;
            };
            self.push(mean, Part::Where(both(before.as_ref(), condition.clone())));
            before = Some(both(before.as_ref(), condition.clone().negated()));
        }
    }

    fn formula(&mut self, formula: &Formula, coefficient: f64, guard: Option<&Condition>) {
        match formula {
            Formula::Constant(value) => {
                self.push(coefficient * value, guard.cloned().map_or(Part::Always, Part::Where));
            }
            Formula::Indicator(condition) => {
                self.push(coefficient, Part::Where(both(guard, condition.as_ref().clone())));
            }
            Formula::Count(items) => {
                for item in items {
                    self.push(coefficient, Part::Where(both(guard, item.clone())));
                }
            }
            Formula::Select(condition, then, otherwise) => {
                self.formula(then, coefficient, Some(&both(guard, condition.as_ref().clone())));
                self.formula(otherwise, coefficient, Some(&both(guard, condition.as_ref().clone().negated())));
            }
            Formula::Arithmetic(ArithmeticOperator::Add, left, right) => {
                self.formula(left, coefficient, guard);
                self.formula(right, coefficient, guard);
            }
            Formula::Arithmetic(ArithmeticOperator::Subtract, left, right) => {
                self.formula(left, coefficient, guard);
                self.formula(right, -coefficient, guard);
            }
            Formula::Arithmetic(ArithmeticOperator::Multiply, left, right) => match (left.as_ref(), right.as_ref()) {
                (Formula::Constant(factor), other) | (other, Formula::Constant(factor)) => {
                    self.formula(other, coefficient * factor, guard);
                }
                (Formula::Indicator(condition), other) | (other, Formula::Indicator(condition)) => {
                    self.formula(other, coefficient, Some(&both(guard, condition.as_ref().clone())));
                }
                _ => self.number(formula, coefficient, guard),
            },
            Formula::Divide(left, right, _) => match right.as_ref() {
                Formula::Constant(divisor) if *divisor != 0.0 => self.formula(left, coefficient / divisor, guard),
                _ => self.number(formula, coefficient, guard),
            },
            Formula::Event(event) => match &self.model.event(*event).definition {
                Definition::Equals(inner) => self.formula(inner, coefficient, guard),
                _ => self.number(formula, coefficient, guard),
            },
            Formula::Arithmetic(..) | Formula::Power(..) | Formula::Apply(..) => {
                self.number(formula, coefficient, guard);
            }
        }
    }

    fn number(&mut self, formula: &Formula, coefficient: f64, guard: Option<&Condition>) {
        let formula = match guard {
            None => formula.clone(),
            Some(guard) => {
                let nothing = Box::new(Formula::Constant(0.0));
                Formula::Select(Box::new(guard.clone()), Box::new(formula.clone()), nothing)
            }
        };
        self.push(coefficient, Part::Number(formula));
    }
}

/// The sum as one formula.
pub(super) fn formula(terms: &[Term]) -> Formula {
    terms.iter().fold(Formula::Constant(0.0), |sum, term| {
        let part = match &term.part {
            Part::Always => Formula::Constant(term.coefficient),
            Part::Where(condition) => Formula::Select(
                Box::new(condition.clone()),
                Box::new(Formula::Constant(term.coefficient)),
                Box::new(Formula::Constant(0.0)),
            ),
            Part::Number(number) => Formula::Arithmetic(
                ArithmeticOperator::Multiply,
                Box::new(Formula::Constant(term.coefficient)),
                Box::new(number.clone()),
            ),
        };
        match sum {
            Formula::Constant(0.0) => part,
            sum => Formula::Arithmetic(ArithmeticOperator::Add, Box::new(sum), Box::new(part)),
        }
    })
}
