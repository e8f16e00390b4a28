//! A plan that meets what is known by leaving out the worlds that disagree.

use crate::plan::{Comparison, DateEvidence, Draw, FindingId, NumberSource, Operand, Operation, Plan, PlaneId, Step};
use crate::simulate::{Impossible, inputs};

/// The plan in which everything is drawn, and what is known is required. A date that happened on a day is drawn within that day, not in
/// the middle of it.
///
/// # Errors
/// If something is known that no drawn world has: the exact value of a continuous number; or a hint, which only weighs.
pub(crate) fn by_masks(plan: &Plan) -> Result<Plan, Impossible> {
    let mut masked = Plan { steps: Vec::with_capacity(plan.steps.len()), ..plan.clone() };
    for step in &plan.steps {
        let mut step = step.clone();
        let mut required: Vec<(Required, FindingId)> = Vec::new();
        match &mut step.operation {
            Operation::Bernoulli { out, draw: Draw::Stream(_), evidence, .. } => {
                if let Some((value, finding)) = evidence.take() {
                    required.push((if value { Required::Plane(*out) } else { Required::Not(*out) }, finding));
                }
            }
            Operation::Categorical { out, draw: Draw::Stream(_), evidence, .. } => {
                if let Some((option, finding)) = evidence.take() {
                    required.push((Required::Plane(out[option]), finding));
                }
            }
            Operation::Number { out, draw: Draw::Stream(_), rows, evidence } => {
                if let Some((value, finding)) = evidence.take() {
                    let is_density = |source: &NumberSource| inputs::has_density_at(source, value);
                    if rows.iter().any(|row| is_density(&row.value)) {
                        return Err(not_by_rejection(plan, finding));
                    }
                    let equal = (Comparison::Equal, Operand::Column(*out), Operand::Constant(value));
                    required.push((Required::Compare(equal), finding));
                }
            }
            Operation::Date { out, evidence, .. } => {
                if let Some((evidence, finding)) = evidence.take() {
                    let later =
                        |day| Required::Compare((Comparison::Less, Operand::Constant(day), Operand::Column(*out)));
                    match evidence {
                        DateEvidence::NotBy(day) => required.push((later(day), finding)),
                        DateEvidence::Never => required.push((later(f64::MAX), finding)),
                        DateEvidence::On(day) => {
                            required.push((later(day - 1.0), finding));
                            let by = (Comparison::LessOrEqual, Operand::Column(*out), Operand::Constant(day));
                            required.push((Required::Compare(by), finding));
                        }
                    }
                }
            }
            Operation::Weigh { finding, .. } | Operation::Believe { finding, .. } => {
                return Err(not_by_rejection(plan, *finding));
            }
            _ => {}
        }
        let label = step.label.clone();
        masked.steps.push(step);
        for (one, finding) in required {
            require(&mut masked, &label, &one, finding);
        }
    }
    Ok(masked)
}

enum Required {
    Plane(PlaneId),
    Not(PlaneId),
    Compare((Comparison, Operand, Operand)),
}

fn require(plan: &mut Plan, label: &str, required: &Required, finding: FindingId) {
    let mut push = |operation| plan.steps.push(Step { label: label.to_owned(), operation });
    let new = PlaneId(plan.planes);
    let plane = match required {
        Required::Plane(plane) => *plane,
        Required::Not(of) => {
            push(Operation::Not { out: new, of: *of });
            new
        }
        Required::Compare((comparison, left, right)) => {
            push(Operation::Compare { out: new, comparison: *comparison, left: *left, right: *right });
            new
        }
    };
    push(Operation::Require { plane, finding });
    plan.planes += u32::from(plane == new);
}

fn not_by_rejection(plan: &Plan, finding: FindingId) -> Impossible {
    let finding = finding.0 as usize;
    Impossible::NotByRejection { finding, name: plan.findings[finding].clone() }
}
