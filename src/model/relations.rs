//! What a scenario says of its questions whoever forecasts them: [`Relations`] from a [`Model`].
//!
//! A question's yes is what its `holds` says, made of events; an option of a `which` is that option of the event. Among events hold what they
//! require and wait for, the order of one event's days, that options exclude each other, what derived events are made of, and the rules: `logic` in
//! every world, `assume` as assumptions. Chances, odds and hazards are the scenario's own forecast and bind nobody.
//!
//! Comparisons of numbers are propositions of their own; those of one number with constants stand in the order of the constants.

use super::condition::{Condition, Formula};
use super::definition::{Definition, Kind, Trigger};
use super::{EventId, Model, QuestionTarget};
use crate::cohere::{Builder, Literal, Relation, Relations, Strength, equal, group, implies};
use crate::scenario::Document;
use crate::source::{Source, Span};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The relations among the questions of a scenario; `document` and `source` are what the model was made of, and give the places.
#[must_use]
pub fn relations(model: &Model, document: &Document, source: &Source) -> Relations {
    let mut writer = Writer { model, builder: Builder::new(), thresholds: BTreeMap::new(), orders: BTreeSet::new() };
    writer.builder.title(model.title.clone());
    writer.builder.in_moments();
    for (at, question) in model.questions.iter().enumerate() {
        let node = document.questions.iter().find(|node| node.name.value == question.name);
        writer.question(at, node.map_or(Span::default(), |node| node.name.span));
    }
    for rule in &model.rules {
        let strength = if rule.must_hold { Strength::Logic } else { Strength::Assume };
        let violated = writer.literal(&rule.violated, rule.span);
        writer.builder.holds(&rule.text, strength, rule.span, vec![vec![violated.negated()]]);
    }
    // What comes of others goes before them, so that the days that count for it count for them.
    for event in model.order.iter().rev() {
        writer.event(*event);
    }
    writer.thresholds();
    writer.orders();
    writer.builder.finish().located(source)
}

struct Writer<'m> {
    model: &'m Model,
    builder: Builder,
    /// Literals `number > constant` and `number >= constant`, in the order in which each implies those before it.
    thresholds: BTreeMap<EventId, Vec<(f64, bool, Literal)>>,
    /// Pairs of date events of which somebody asks which comes first.
    orders: BTreeSet<(EventId, EventId)>,
}

impl Writer<'_> {
    fn name(&self, event: EventId) -> &str {
        &self.model.event(event).name
    }

    fn ladder(&mut self, event: EventId) -> usize {
        let (name, span) = (self.name(event).to_owned(), self.model.event(event).span);
        self.builder.ladder(&name, None, span)
    }

    fn by(&mut self, event: EventId, day: Date) -> Literal {
        let ladder = self.ladder(event);
        self.builder.by(ladder, day, self.model.event(event).span)
    }

    fn option(&mut self, event: EventId, option: usize) -> Literal {
        let of = self.model.event(event);
        self.builder.unasked(&format!("{}:{}", of.name, of.options()[option]), of.span)
    }

    fn question(&mut self, at: usize, span: Span) {
        let question = &self.model.questions[at];
        let name = &question.name;
        let holds = if let QuestionTarget::Holds(condition) = &question.target { Some(condition) } else { None };
        if holds.into_iter().chain(&question.given).any(|condition| compares_numbers(self.model, condition)) {
            self.builder.compares_numbers(name);
        }
        match &question.target {
            QuestionTarget::Holds(condition) => {
                let yes = self.builder.question(name, None, span);
                let event = self.literal(condition, span);
                let (mut clauses, mut conditionals) = (Vec::new(), Vec::new());
                match &question.given {
                    None => clauses = equal(yes, event),
                    Some(given) => {
                        let given = self.literal(given, span);
                        conditionals.push(self.builder.conditional(yes.atom, event, given));
                    }
                }
                let text = format!("what `{name}` asks");
                let judgements = Vec::new();
                let strength = Strength::Logic;
                self.builder.relation(Relation {
                    text,
                    strength,
                    span,
                    place: None,
                    clauses,
                    conditionals,
                    judgements,
                });
            }
            QuestionTarget::Which(event) if question.given.is_none() => {
                let mut clauses = Vec::new();
                for option in 0..self.model.event(*event).options().len() {
                    let own = self.option(*event, option);
                    let asked = self.builder.question(name, Some(&self.model.event(*event).options()[option]), span);
                    clauses.extend(equal(asked, own));
                }
                self.builder.holds(&format!("what `{name}` asks"), Strength::Logic, span, clauses);
            }
            _ => {}
        }
    }

    /// What an event says of others.
    fn event(&mut self, id: EventId) {
        let event = self.model.event(id);
        let (name, span) = (event.name.clone(), event.span);
        let requires = |what: &str| format!("{name} requires {what}");
        match &event.definition {
            Definition::Chance(chance) => {
                if let Some(required) = &chance.requires {
                    self.needs(id, required, &requires("what it does"));
                }
            }
            Definition::Causes { requires: Some(required), .. } => {
                self.needs(id, required, &requires("what it does"));
            }
            Definition::Holds(condition) => {
                let own = self.builder.unasked(&name, span);
                let made_of = self.literal(condition, span);
                self.builder.holds(&format!("what {name} is made of"), Strength::Logic, span, equal(own, made_of));
            }
            Definition::FirstOf(events) => {
                let happen: Vec<Literal> = events.iter().map(|event| self.by(*event, self.model.horizon)).collect();
                let mut clauses = Vec::new();
                for (option, happens) in happen.iter().enumerate() {
                    clauses.extend(implies(self.option(id, option), *happens));
                }
                let none = self.option(id, events.len());
                let some = self.builder.any_of(&happen);
                clauses.extend(equal(none, some.negated()));
                self.builder.holds(&format!("what {name} is made of"), Strength::Logic, span, clauses);
            }
            Definition::When(when) => {
                if let Some(parent) = when.after {
                    self.follows(id, parent, &format!("{name} comes after {}", self.name(parent).to_owned()));
                }
                match &when.requires {
                    Some(Trigger::Date(parent)) => self.follows(id, *parent, &requires(self.name(*parent))),
                    Some(Trigger::Condition(required)) => {
                        let ladder = self.ladder(id);
                        let required = self.literal(required, span);
                        let ever = self.builder.ever(ladder);
                        let text = requires("what it does");
                        self.builder.holds(&text, Strength::Logic, span, implies(ever, required));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        if let Kind::Categorical { options, .. } = &event.kind {
            let all: Vec<Literal> = (0..options.len()).map(|option| self.option(id, option)).collect();
            let text = format!("exactly one of the options of {name}");
            self.builder.holds(&text, Strength::Logic, span, group(&all, true, true));
        }
    }

    fn needs(&mut self, id: EventId, required: &Condition, text: &str) {
        let span = self.model.event(id).span;
        let name = self.name(id).to_owned();
        let own = self.builder.unasked(&name, span);
        let required = self.literal(required, span);
        self.builder.holds(text, Strength::Logic, span, implies(own, required));
    }

    /// One date event comes after another, so not by a day by which that has not come.
    fn follows(&mut self, id: EventId, parent: EventId, text: &str) {
        let (own, before) = (self.ladder(id), self.ladder(parent));
        let mut clauses = implies(self.builder.ever(own), self.builder.ever(before));
        for day in self.builder.days(own) {
            clauses.extend(implies(self.by(id, day), self.by(parent, day)));
        }
        self.builder.holds(text, Strength::Logic, self.model.event(id).span, clauses);
    }

    /// The thresholds of each number, one after the other.
    fn thresholds(&mut self) {
        for (event, mut of) in std::mem::take(&mut self.thresholds) {
            of.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let clauses: Vec<_> = of.windows(2).flat_map(|pair| implies(pair[1].2, pair[0].2)).collect();
            if !clauses.is_empty() {
                let text = format!("thresholds of {}", self.name(event));
                self.builder.holds(&text, Strength::Logic, self.model.event(event).span, clauses);
            }
        }
    }

    /// Where one event comes before another, it has come by every day by which the other has, and the other is not before it.
    fn orders(&mut self) {
        for (event, other) in self.orders.clone() {
            let span = self.model.event(event).span;
            let first = self.before(event, other, span);
            let (own, later) = (self.ladder(event), self.ladder(other));
            let mut clauses = implies(first, self.builder.ever(own));
            for day in self.builder.days(later) {
                let (came, other_came) = (self.by(event, day), self.by(other, day));
                clauses.push(vec![first.negated(), other_came.negated(), came]);
            }
            for day in self.builder.days(own) {
                // What came by a day by which the other had not came before it.
                let (came, other_came) = (self.by(event, day), self.by(other, day));
                clauses.push(vec![came.negated(), other_came, first]);
            }
            if self.orders.contains(&(other, event)) {
                clauses.push(vec![first.negated(), self.before(other, event, span).negated()]);
            }
            let text = format!("{} before {}", self.name(event), self.name(other));
            self.builder.holds(&text, Strength::Logic, span, clauses);
        }
    }

    fn before(&mut self, event: EventId, other: EventId, span: Span) -> Literal {
        self.orders.insert((event, other));
        let name = format!("{} before {}", self.name(event), self.name(other));
        self.builder.unasked(&name, span)
    }

    /// The proposition that a condition is.
    fn literal(&mut self, condition: &Condition, span: Span) -> Literal {
        match condition {
            Condition::Constant(value) => {
                let always = self.builder.unasked("always", span);
                self.builder.define(vec![always.atom], vec![vec![always]]);
                if *value { always } else { always.negated() }
            }
            Condition::Event(event) => {
                let name = self.name(*event).to_owned();
                self.builder.unasked(&name, self.model.event(*event).span)
            }
            Condition::Happens(event) => self.by(*event, self.model.horizon),
            Condition::Options { event, options } => {
                let options: Vec<Literal> = options.iter().map(|option| self.option(*event, *option)).collect();
                self.builder.any_of(&options)
            }
            Condition::ByDay { event, day } => match self.model.date(*day) {
                Some(day) => self.by(*event, day),
                None => self.builder.unasked(&self.model.wording(condition), span),
            },
            Condition::Before { event, other } => self.before(*event, *other, span),
            Condition::WithinOf { event, days, of } => {
                let (event, of) = (self.ladder(*event), self.ladder(*of));
                self.builder.within(event, *days as i64, of, span)
            }
            Condition::Less(left, right) => self.threshold(left, right, true, condition, span),
            Condition::LessOrEqual(left, right) => self.threshold(left, right, false, condition, span),
            Condition::Equal(..) => self.builder.unasked(&self.model.wording(condition), span),
            Condition::Not(inner) => self.literal(inner, span).negated(),
            Condition::And(left, right) => {
                let parts = [self.literal(left, span), self.literal(right, span)];
                self.builder.all_of(&parts)
            }
            Condition::Or(left, right) => {
                let parts = [self.literal(left, span), self.literal(right, span)];
                self.builder.any_of(&parts)
            }
        }
    }

    /// `left < right` (or `<=`): of a number and a constant a threshold, else a proposition of its own.
    fn threshold(&mut self, left: &Formula, right: &Formula, strict: bool, whole: &Condition, span: Span) -> Literal {
        let (event, constant, above) = match (left, right) {
            // `constant < number`: above it.
            (Formula::Constant(constant), Formula::Event(event)) => (*event, *constant, true),
            // `number < constant`: not at or above it.
            (Formula::Event(event), Formula::Constant(constant)) => (*event, *constant, false),
            _ => return self.builder.unasked(&self.model.wording(whole), span),
        };
        let over = strict == above;
        let name = format!("{} {} {constant}", self.name(event), if over { ">" } else { ">=" });
        let literal = self.builder.unasked(&name, span);
        let of = self.thresholds.entry(event).or_default();
        if !of.iter().any(|(at, is_over, _)| *at == constant && *is_over == over) {
            of.push((constant, over, literal));
        }
        if above { literal } else { literal.negated() }
    }
}

/// Whether a condition compares numbers otherwise than one that is drawn freely with a constant: then more may follow than what is declared here.
fn compares_numbers(model: &Model, condition: &Condition) -> bool {
    match condition {
        Condition::Less(left, right) | Condition::LessOrEqual(left, right) => match (left.as_ref(), right.as_ref()) {
            (Formula::Event(event), Formula::Constant(_)) | (Formula::Constant(_), Formula::Event(event)) => {
                match &model.event(*event).definition {
                    Definition::Number(number) => number.only_if.is_some(),
                    Definition::Count(count) => count.only_if.is_some(),
                    _ => true,
                }
            }
            _ => true,
        },
        Condition::Equal(..) => true,
        Condition::Event(event) => match &model.event(*event).definition {
            Definition::Holds(made_of) => compares_numbers(model, made_of),
            _ => false,
        },
        Condition::Not(inner) => compares_numbers(model, inner),
        Condition::And(left, right) | Condition::Or(left, right) => {
            compares_numbers(model, left) || compares_numbers(model, right)
        }
        _ => false,
    }
}
