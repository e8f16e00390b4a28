//! Conditions and formulas → columns, each computed once.

use super::{Arithmetic, Comparison, Logic, NumberId, Operand, Operation, Plan, PlaneId, Step};
use crate::model::{ArithmeticOperator, Condition, EventId, Formula};
use std::collections::BTreeMap;

/// Where the value of an event stands.
#[derive(Debug, Clone)]
pub(super) enum Column {
    /// A binary event.
    Plane(PlaneId),
    /// A categorical event: one bit column an option.
    Options(Vec<PlaneId>),
    /// A number, a count or a date.
    Number(NumberId),
}

/// Adds steps to a plan and remembers which conditions have a column already.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) plan: Plan,
    events: BTreeMap<EventId, Column>,
    known: BTreeMap<String, PlaneId>,
    /// Of two columns: whether both hold (`true`), or one of them.
    pairs: BTreeMap<(bool, PlaneId, PlaneId), PlaneId>,
    opposites: BTreeMap<PlaneId, PlaneId>,
    /// Inside a branch of `if … then … else …`: the worlds in which that branch counts, so that a division in it can fail only there.
    branch: Option<PlaneId>,
}

impl Columns {
    pub(super) fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    pub(super) fn number(&mut self) -> NumberId {
        self.plan.numbers += 1;
        NumberId(self.plan.numbers - 1)
    }

    pub(super) fn step(&mut self, label: &str, operation: Operation) {
        self.plan.steps.push(Step { label: label.to_owned(), operation });
    }

    pub(super) fn set_event(&mut self, event: EventId, column: Column) {
        self.events.insert(event, column);
    }

    pub(super) fn event(&self, event: EventId) -> &Column {
        self.events.get(&event).expect("events are compiled in the order in which they depend on one another")
    }

    pub(super) fn event_plane(&self, event: EventId) -> PlaneId {
        match self.event(event) {
            Column::Plane(plane) => *plane,
            other => unreachable!("the model has checked that this is a yes/no event: {other:?}"),
        }
    }

    pub(super) fn event_number(&self, event: EventId) -> NumberId {
        match self.event(event) {
            Column::Number(number) => *number,
            other => unreachable!("the model has checked that this is a number or a date: {other:?}"),
        }
    }

    pub(super) fn event_options(&self, event: EventId) -> &[PlaneId] {
        match self.event(event) {
            Column::Options(planes) => planes,
            other => unreachable!("the model has checked that this event has options: {other:?}"),
        }
    }

    pub(super) fn logic(&mut self, label: &str, logic: Logic, left: PlaneId, right: PlaneId) -> PlaneId {
        let out = self.plane();
        self.step(label, Operation::Logic { out, logic, left, right });
        out
    }

    pub(super) fn not(&mut self, label: &str, of: PlaneId) -> PlaneId {
        if let Some(opposite) = self.opposites.get(&of) {
            return *opposite;
        }
        let out = self.plane();
        self.step(label, Operation::Not { out, of });
        self.opposites.insert(of, out);
        self.opposites.insert(out, of);
        out
    }

    pub(super) fn compare(&mut self, label: &str, comparison: Comparison, left: Operand, right: Operand) -> PlaneId {
        let out = self.plane();
        self.step(label, Operation::Compare { out, comparison, left, right });
        out
    }

    pub(super) fn constant_plane(&mut self, label: &str, value: bool) -> PlaneId {
        let out = self.plane();
        self.step(label, Operation::ConstantPlane { out, value });
        out
    }

    /// Where the date of an event is finite.
    fn happens(&mut self, label: &str, date: NumberId) -> PlaneId {
        self.compare(label, Comparison::LessOrEqual, Operand::Column(date), Operand::Constant(f64::MAX))
    }

    /// The bit column of a condition.
    pub(super) fn condition(&mut self, condition: &Condition, label: &str) -> PlaneId {
        match condition {
            Condition::Event(event) => return self.event_plane(*event),
            // Known by the columns that they are made of: a text of each part of a long conjunction takes long to write.
            Condition::Not(inner) => {
                let inner = self.condition(inner, label);
                return self.not(label, inner);
            }
            Condition::And(left, right) => return self.pair(true, left, right, label),
            Condition::Or(left, right) => return self.pair(false, left, right, label),
            _ => {}
        }
        let mut key = format!("{condition:?}");
        if let Some(branch) = self.branch
            && may_fail(&key)
        {
            // Divided by 1 where the branch does not count, so it is not the same column as elsewhere.
            key = format!("{branch:?}: {key}");
        }
        if let Some(plane) = self.known.get(&key) {
            return *plane;
        }
        let plane = self.new_condition(condition, label);
        self.known.insert(key, plane);
        plane
    }

    fn new_condition(&mut self, condition: &Condition, label: &str) -> PlaneId {
        match condition {
            Condition::Event(_) | Condition::Not(_) | Condition::And(..) | Condition::Or(..) => {
                self.condition(condition, label)
            }
            Condition::Constant(value) => self.constant_plane(label, *value),
            Condition::Happens(event) => {
                let date = self.event_number(*event);
                self.happens(label, date)
            }
            Condition::Options { event, options } => {
                let planes = self.event_options(*event).to_vec();
                let chosen = options.iter().map(|option| planes[*option]);
                let mut all: Vec<PlaneId> = chosen.collect();
                let Some(first) = all.pop() else { return self.constant_plane(label, false) };
                all.into_iter().fold(first, |left, right| self.logic(label, Logic::Or, left, right))
            }
            Condition::ByDay { event, day } => {
                let date = self.event_number(*event);
                self.compare(label, Comparison::LessOrEqual, Operand::Column(date), Operand::Constant(*day))
            }
            Condition::Before { event, other } => {
                let (date, other) = (self.event_number(*event), self.event_number(*other));
                self.compare(label, Comparison::Less, Operand::Column(date), Operand::Column(other))
            }
            Condition::WithinOf { event, days, of } => {
                let (date, of) = (self.event_number(*event), self.event_number(*of));
                let latest = self.number();
                let (left, right) = (Operand::Column(of), Operand::Constant(*days));
                self.step(label, Operation::Arithmetic { out: latest, arithmetic: Arithmetic::Add, left, right });
                let happens = self.happens(label, date);
                let not_before =
                    self.compare(label, Comparison::LessOrEqual, Operand::Column(of), Operand::Column(date));
                let in_time =
                    self.compare(label, Comparison::LessOrEqual, Operand::Column(date), Operand::Column(latest));
                let both = self.logic(label, Logic::And, not_before, in_time);
                self.logic(label, Logic::And, both, happens)
            }
            Condition::LessOrEqual(left, right) => self.comparison(Comparison::LessOrEqual, left, right, label),
            Condition::Less(left, right) => self.comparison(Comparison::Less, left, right, label),
            Condition::Equal(left, right) => self.comparison(Comparison::Equal, left, right, label),
        }
    }

    /// Both conditions, or one of them.
    fn pair(&mut self, both: bool, left: &Condition, right: &Condition, label: &str) -> PlaneId {
        let (left, right) = (self.condition(left, label), self.condition(right, label));
        if let Some(plane) = self.pairs.get(&(both, left, right)) {
            return *plane;
        }
        let plane = self.logic(label, if both { Logic::And } else { Logic::Or }, left, right);
        self.pairs.insert((both, left, right), plane);
        plane
    }

    fn comparison(&mut self, comparison: Comparison, left: &Formula, right: &Formula, label: &str) -> PlaneId {
        let (left, right) = (self.formula(left, label), self.formula(right, label));
        self.compare(label, comparison, left, right)
    }

    /// The number column of a formula, or the constant that it is.
    pub(super) fn formula(&mut self, formula: &Formula, label: &str) -> Operand {
        match formula {
            Formula::Constant(value) => Operand::Constant(*value),
            Formula::Event(event) => Operand::Column(self.event_number(*event)),
            Formula::Indicator(condition) => {
                let condition = self.condition(condition, label);
                let out = self.number();
                let (then, otherwise) = (Operand::Constant(1.0), Operand::Constant(0.0));
                self.step(label, Operation::Select { out, condition, then, otherwise });
                Operand::Column(out)
            }
            Formula::Count(items) => {
                let of = items.iter().map(|item| self.condition(item, label)).collect();
                let out = self.number();
                self.step(label, Operation::Count { out, of });
                Operand::Column(out)
            }
            Formula::Arithmetic(operator, left, right) => {
                let (left, right) = (self.formula(left, label), self.formula(right, label));
                let arithmetic = match operator {
                    ArithmeticOperator::Add => Arithmetic::Add,
                    ArithmeticOperator::Subtract => Arithmetic::Subtract,
                    ArithmeticOperator::Multiply => Arithmetic::Multiply,
                    ArithmeticOperator::Minimum => Arithmetic::Minimum,
                    ArithmeticOperator::Maximum => Arithmetic::Maximum,
                };
                let out = self.number();
                self.step(label, Operation::Arithmetic { out, arithmetic, left, right });
                Operand::Column(out)
            }
            Formula::Divide(left, right, text) => {
                let (left, right) = (self.formula(left, label), self.formula(right, label));
                let (right, division) = (self.harmless(right, label), self.may_fail(text));
                let out = self.number();
                self.step(label, Operation::Divide { out, left, right, division });
                Operand::Column(out)
            }
            Formula::Power(left, right, text) => {
                let (left, right) = (self.formula(left, label), self.formula(right, label));
                let (left, division) = (self.harmless(left, label), self.may_fail(text));
                let out = self.number();
                self.step(label, Operation::Power { out, left, right, division });
                Operand::Column(out)
            }
            Formula::Apply(function, of, text) => {
                let of = self.formula(of, label);
                let (of, division) = (self.harmless(of, label), self.may_fail(text));
                let out = self.number();
                self.step(label, Operation::Apply { out, function: *function, of, division });
                Operand::Column(out)
            }
            Formula::Select(condition, then, otherwise) => {
                let condition = self.condition(condition, label);
                let outer = self.branch;
                let mut branches = [then, otherwise].into_iter().zip([true, false]).map(|(formula, holds)| {
                    // Without a division, a power or a function it does not matter where a branch counts.
                    if may_fail(&format!("{formula:?}")) {
                        let here = if holds { condition } else { self.not(label, condition) };
                        self.branch = Some(outer.map_or(here, |outer| self.logic(label, Logic::And, outer, here)));
                    }
                    let operand = self.formula(formula, label);
                    self.branch = outer;
                    operand
                });
                let (Some(then), Some(otherwise)) = (branches.next(), branches.next()) else {
                    unreachable!("there are two branches")
                };
                drop(branches);
                let out = self.number();
                self.step(label, Operation::Select { out, condition, then, otherwise });
                Operand::Column(out)
            }
        }
    }

    /// The same number where the branch counts, and 1 elsewhere: to divide by it, to take a power of it or any function has a value there.
    fn harmless(&mut self, number: Operand, label: &str) -> Operand {
        let Some(condition) = self.branch else { return number };
        let out = self.number();
        self.step(label, Operation::Select { out, condition, then: number, otherwise: Operand::Constant(1.0) });
        Operand::Column(out)
    }

    /// The place of something that need not have a value, by its text.
    fn may_fail(&mut self, text: &str) -> usize {
        self.plan.divisions.push(text.to_owned());
        self.plan.divisions.len() - 1
    }

    /// The number column of a formula, filled even if it is a constant.
    pub(super) fn formula_column(&mut self, formula: &Formula, label: &str) -> NumberId {
        match self.formula(formula, label) {
            Operand::Column(number) => number,
            Operand::Constant(value) => {
                let out = self.number();
                self.step(label, Operation::ConstantNumber { out, value });
                out
            }
        }
    }
}

/// Whether a formula, as `Debug` shows it, divides or takes a power or a function.
fn may_fail(formula: &str) -> bool {
    ["Divide(", "Power(", "Apply("].iter().any(|part| formula.contains(part))
}
