//! What a plan settles before any world is drawn: by what is known, by what is made so, and by what follows from that.

use super::{Comparison, DateEvidence, Logic, NumberId, Operand, Operation, Plan, PlaneId};

/// The range of a number: above `over`, up to and including `up_to`.
#[derive(Debug, Clone, Copy)]
struct Range {
    over: f64,
    up_to: f64,
}

const ANYWHERE: Range = Range { over: f64::NEG_INFINITY, up_to: f64::INFINITY };

impl Plan {
    /// For each bit column, its value if that is the same in every world that counts whatever is drawn; such a figure has no
    /// simulation error. `None` for all others (and for some whose certainty would take more than a look to see).
    #[must_use]
    pub fn certain(&self) -> Vec<Option<bool>> {
        let mut planes: Vec<Option<bool>> = vec![None; self.planes as usize];
        let mut numbers: Vec<Range> = vec![ANYWHERE; self.numbers as usize];
        for step in &self.steps {
            match &step.operation {
                Operation::ConstantPlane { out, value }
                | Operation::Bernoulli { out, evidence: Some((value, _)), .. } => set(&mut planes, *out, Some(*value)),
                Operation::Categorical { out, evidence: Some((option, _)), .. } => {
                    for (at, plane) in out.iter().enumerate() {
                        set(&mut planes, *plane, Some(at == *option));
                    }
                }
                Operation::ConstantNumber { out, value }
                | Operation::Number { out, evidence: Some((value, _)), .. } => {
                    numbers[out.0 as usize] = Range { over: value.next_down(), up_to: *value };
                }
                Operation::Date { out, evidence: Some((evidence, _)), .. } => {
                    numbers[out.0 as usize] = match evidence {
                        DateEvidence::NotBy(day) => Range { over: *day, up_to: f64::INFINITY },
                        DateEvidence::On(day) => Range { over: day - 1.0, up_to: *day },
                        DateEvidence::Never => Range { over: f64::MAX, up_to: f64::INFINITY },
                    };
                }
                Operation::Not { out, of } => {
                    let value = planes[of.0 as usize].map(|value| !value);
                    set(&mut planes, *out, value);
                }
                Operation::Logic { out, logic, left, right } => {
                    let value = combined(*logic, planes[left.0 as usize], planes[right.0 as usize]);
                    set(&mut planes, *out, value);
                }
                Operation::Compare { out, comparison, left, right } => {
                    let value = compared(*comparison, range(*left, &numbers), range(*right, &numbers));
                    set(&mut planes, *out, value);
                }
                _ => {}
            }
        }
        planes
    }
}

fn set(planes: &mut [Option<bool>], plane: PlaneId, value: Option<bool>) {
    planes[plane.0 as usize] = value;
}

fn range(operand: Operand, numbers: &[Range]) -> Range {
    match operand {
        Operand::Column(NumberId(at)) => numbers[at as usize],
        Operand::Constant(value) => Range { over: value.next_down(), up_to: value },
    }
}

fn compared(comparison: Comparison, left: Range, right: Range) -> Option<bool> {
    match comparison {
        Comparison::LessOrEqual if left.up_to <= right.over.next_up() => Some(true),
        Comparison::LessOrEqual if left.over >= right.up_to => Some(false),
        Comparison::Less if left.up_to <= right.over => Some(true),
        Comparison::Less if left.over.next_up() >= right.up_to => Some(false),
        Comparison::Equal if left.over >= right.up_to || right.over >= left.up_to => Some(false),
        _ => None,
    }
}

#[expect(clippy::match_same_arms, reason = "one arm a rule of logic")]
fn combined(logic: Logic, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (logic, left, right) {
        (Logic::And, Some(false), _) | (Logic::And, _, Some(false)) => Some(false),
        (Logic::Or, Some(true), _) | (Logic::Or, _, Some(true)) => Some(true),
        (Logic::AndNot, Some(false), _) | (Logic::AndNot, _, Some(true)) => Some(false),
        (Logic::And, Some(left), Some(right)) => Some(left && right),
        (Logic::Or, Some(left), Some(right)) => Some(left || right),
        (Logic::AndNot, Some(left), Some(right)) => Some(left && !right),
        (Logic::Xor, Some(left), Some(right)) => Some(left != right),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn up(over: f64, up_to: f64) -> Range {
        Range { over, up_to }
    }

    #[test]
    fn a_day_that_is_known_settles_the_deadlines_around_it() {
        let happened = up(9.0, 10.0);
        let day = |value: f64| range(Operand::Constant(value), &[]);
        assert_eq!(compared(Comparison::LessOrEqual, happened, day(10.0)), Some(true));
        assert_eq!(compared(Comparison::LessOrEqual, happened, day(9.0)), Some(false));
        assert_eq!(compared(Comparison::LessOrEqual, happened, day(9.5)), None);
        let silent = up(10.0, f64::INFINITY);
        assert_eq!(compared(Comparison::LessOrEqual, silent, day(10.0)), Some(false));
        assert_eq!(compared(Comparison::LessOrEqual, silent, day(11.0)), None);
        let never = up(f64::MAX, f64::INFINITY);
        assert_eq!(compared(Comparison::LessOrEqual, never, day(f64::MAX)), Some(false));
        assert_eq!(compared(Comparison::Less, happened, never), Some(true));
        assert_eq!(compared(Comparison::Equal, happened, silent), Some(false));
    }

    #[test]
    fn what_is_not_settled_stays_open() {
        assert_eq!(compared(Comparison::LessOrEqual, ANYWHERE, ANYWHERE), None);
        assert_eq!(compared(Comparison::Less, ANYWHERE, ANYWHERE), None);
        assert_eq!(combined(Logic::And, Some(true), None), None);
        assert_eq!(combined(Logic::Or, None, Some(true)), Some(true));
        assert_eq!(combined(Logic::AndNot, None, Some(true)), Some(false));
    }
}
