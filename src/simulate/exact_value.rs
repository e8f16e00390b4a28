//! Exact values of continuous numbers: what has a density where it is drawn, and hardly ever a probability.

use super::inputs::has_density_at;
use crate::plan::{Comparison, FindingId, Logic, NumberId, Operand, Operation, Plan, PlaneId};
use std::collections::BTreeMap;

/// The drawn numbers of a plan that are known to have an exact value where they have a density, with that value: what is known has a likelihood
/// then, and no probability.
pub(crate) fn known_exactly(plan: &Plan) -> impl Iterator<Item = (&str, f64)> {
    plan.steps.iter().filter_map(|step| match &step.operation {
        Operation::Number { evidence: Some((value, _)), rows, .. } => {
            rows.iter().any(|row| has_density_at(&row.value, *value)).then_some((step.label.as_str(), *value))
        }
        _ => None,
    })
}

/// Whether a finding requires a continuous number to have an exact value, whatever else it says: that of a calculated number, or beside other
/// conditions.
pub(super) fn requires_exact_value(plan: &Plan, finding: FindingId) -> bool {
    let required = plan.steps.iter().find_map(|step| match step.operation {
        Operation::Require { plane, finding: of } if of == finding => Some(plane),
        _ => None,
    });
    required.is_some_and(|plane| Columns::of(plan).need_exact_value(plane, true))
}

/// The finding that draws a number with another value than a finding requires of it.
pub(super) fn has_another_value(plan: &Plan, finding: FindingId) -> Option<FindingId> {
    let required = plan.steps.iter().find_map(|step| match step.operation {
        Operation::Require { plane, finding: of } if of == finding => Some(plane),
        _ => None,
    })?;
    let (column, wanted) = plan.steps.iter().find_map(|step| match step.operation {
        Operation::Compare { out, comparison: Comparison::Equal, left, right } if out == required => {
            match (left, right) {
                (Operand::Column(column), Operand::Constant(value))
                | (Operand::Constant(value), Operand::Column(column)) => Some((column, value)),
                _ => None,
            }
        }
        _ => None,
    })?;
    plan.steps.iter().find_map(|step| match step.operation {
        Operation::Number { out, evidence: Some((value, known)), .. } if out == column && value != wanted => {
            Some(known)
        }
        _ => None,
    })
}

/// What fills each column.
struct Columns<'a> {
    planes: BTreeMap<PlaneId, &'a Operation>,
    numbers: BTreeMap<NumberId, &'a Operation>,
}

impl<'a> Columns<'a> {
    fn of(plan: &'a Plan) -> Self {
        let (mut planes, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for operation in plan.steps.iter().map(|step| &step.operation) {
            match operation {
                Operation::Not { out, .. } | Operation::Logic { out, .. } | Operation::Compare { out, .. } => {
                    planes.insert(*out, operation);
                }
                Operation::Number { out, .. }
                | Operation::Arithmetic { out, .. }
                | Operation::Divide { out, .. }
                | Operation::Power { out, .. }
                | Operation::Apply { out, .. }
                | Operation::Select { out, .. } => {
                    numbers.insert(*out, operation);
                }
                _ => {}
            }
        }
        Self { planes, numbers }
    }

    /// Whether a condition can hold (or fail) only where a continuous number has an exact value.
    fn need_exact_value(&self, plane: PlaneId, holds: bool) -> bool {
        let need = |plane: &PlaneId, holds: bool| self.need_exact_value(*plane, holds);
        match self.planes.get(&plane) {
            Some(Operation::Not { of, .. }) => need(of, !holds),
            Some(Operation::Logic { logic, left, right, .. }) => match (logic, holds) {
                (Logic::And, true) => need(left, true) || need(right, true),
                (Logic::And, false) => need(left, false) && need(right, false),
                (Logic::Or, true) => need(left, true) && need(right, true),
                (Logic::Or, false) => need(left, false) || need(right, false),
                (Logic::AndNot, true) => need(left, true) || need(right, false),
                (Logic::AndNot, false) => need(left, false) && need(right, true),
                (Logic::Xor, _) => false,
            },
            Some(Operation::Compare { comparison: Comparison::Equal, left, right, .. }) => {
                holds && (self.is_continuous(*left) || self.is_continuous(*right))
            }
            _ => false,
        }
    }

    fn is_continuous(&self, operand: Operand) -> bool {
        let Operand::Column(column) = operand else { return false };
        match self.numbers.get(&column) {
            Some(Operation::Number { rows, evidence: None, .. }) => {
                let mut sources = rows.iter().filter_map(|row| row.value.predictive());
                sources.any(|sampler| !sampler.distribution().is_discrete())
            }
            Some(
                Operation::Arithmetic { left, right, .. }
                | Operation::Divide { left, right, .. }
                | Operation::Power { left, right, .. }
                | Operation::Select { then: left, otherwise: right, .. },
            ) => self.is_continuous(*left) || self.is_continuous(*right),
            Some(Operation::Apply { of, .. }) => self.is_continuous(*of),
            _ => false,
        }
    }
}
