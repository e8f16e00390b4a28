//! Walks over the expressions of a [`Document`], for checks that speak of the place of a name or an operator.

use super::document::{Cases, Document, EventNode, QuestionNode};
use super::expression::{Expression, ExpressionNode, Operator};
use crate::source::Span;

fn conditions<'d, T>(cases: &'d Cases<T>, visit: &mut dyn FnMut(&'d Expression)) {
    if let Cases::Many(many) = cases {
        many.iter().filter_map(|case| case.condition.as_ref()).for_each(visit);
    }
}

impl EventNode {
    /// Calls `visit` with every expression in it, in the order of the language reference.
    pub fn visit_expressions<'d>(&'d self, visit: &mut dyn FnMut(&'d Expression)) {
        self.chance.iter().for_each(|(_, cases)| conditions(cases, visit));
        self.value.iter().for_each(|(_, cases)| conditions(cases, visit));
        self.count.iter().for_each(|(_, cases)| conditions(cases, visit));
        self.when.iter().for_each(|(_, cases)| conditions(cases, visit));
        self.causes.iter().flat_map(|(_, causes)| causes).for_each(|(condition, _)| visit(condition));
        for (_, expression) in [&self.holds, &self.equals, &self.requires, &self.only_if].into_iter().flatten() {
            visit(expression);
        }
        for (_, ratios) in [&self.odds, &self.raised_by, &self.lowered_by].into_iter().flatten() {
            for (condition, _) in ratios {
                visit(condition);
            }
        }
    }

    /// The first place at which it speaks of another event by name.
    #[must_use]
    pub fn mention(&self, name: &str) -> Option<Span> {
        let mut places: Vec<Span> = Vec::new();
        self.visit_expressions(&mut |expression| {
            expression.visit_names(&mut |found, span| {
                if found == name {
                    places.push(span);
                }
            });
        });
        let listed = self.first_of.iter().flat_map(|(_, names)| names).chain(self.after.iter().map(|(_, name)| name));
        places.extend(listed.filter(|listed| listed.value == name).map(|listed| listed.span));
        places.into_iter().min()
    }
}

impl QuestionNode {
    /// Calls `visit` with every expression in it.
    pub fn visit_expressions<'d>(&'d self, visit: &mut dyn FnMut(&'d Expression)) {
        for (_, expression) in [&self.holds, &self.value, &self.given].into_iter().flatten() {
            visit(expression);
        }
    }
}

impl Document {
    /// Calls `visit` with every expression of the file.
    pub fn visit_expressions<'d>(&'d self, visit: &mut dyn FnMut(&'d Expression)) {
        self.events.iter().for_each(|event| event.visit_expressions(visit));
        self.questions.iter().for_each(|question| question.visit_expressions(visit));
        self.logic.iter().chain(&self.assume).filter_map(|rule| rule.rule.as_ref()).for_each(&mut *visit);
        self.news.iter().filter_map(|news| news.about.as_ref()).for_each(visit);
    }

    /// The divisor of the first division that reads like this, such as `price / visits`; of a power its base, of a function what it is taken of.
    #[must_use]
    pub fn divisor_of(&self, division: &str) -> Option<Span> {
        let mut place = None;
        self.visit_expressions(&mut |expression| {
            expression.visit(&mut |part| {
                let at_fault = match part.node.as_ref() {
                    ExpressionNode::Binary { operator, right, .. } if operator.value == Operator::Divide => right,
                    ExpressionNode::Binary { operator, left, .. } if operator.value == Operator::Power => left,
                    ExpressionNode::Apply { of, .. } => of,
                    _ => return,
                };
                if place.is_none() && part.to_string() == division {
                    place = Some(at_fault.span);
                }
            });
        });
        place
    }
}
