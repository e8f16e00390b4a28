//! What a plan settles before any world is drawn: by what is known, by what is made so, by chances of 0 and 1, and by what follows from that.

use super::{Comparison, DateEvidence, Logic, NumberId, Operand, Operation, Plan, PlaneId, Row};

/// The range of a number: above `over`, up to and including `up_to`.
#[derive(Debug, Clone, Copy, PartialEq)]
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
        let mut settled = Settled {
            planes: vec![None; self.planes as usize],
            numbers: vec![ANYWHERE; self.numbers as usize],
            are_dates: vec![false; self.numbers as usize],
        };
        // What is required settles what it is made of, and that what else is made of it.
        const MOST_SWEEPS: usize = 8;
        for _ in 0..MOST_SWEEPS {
            self.steps.iter().for_each(|step| settled.follow(&step.operation));
            let before = settled.clone();
            self.steps.iter().rev().for_each(|step| settled.trace_back(&step.operation));
            if settled == before {
                break;
            }
        }
        settled.planes
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Settled {
    planes: Vec<Option<bool>>,
    numbers: Vec<Range>,
    /// Which numbers are drawn dates: they are never undefined.
    are_dates: Vec<bool>,
}

impl Settled {
    /// What is settled of a column once that is of those it is made of.
    fn follow(&mut self, operation: &Operation) {
        match operation {
            Operation::ConstantPlane { out, value } | Operation::Bernoulli { out, evidence: Some((value, _)), .. } => {
                self.set(*out, Some(*value));
            }
            Operation::Categorical { out, evidence: Some((option, _)), .. } => {
                out.iter().enumerate().for_each(|(at, plane)| self.set(*plane, Some(at == *option)));
            }
            Operation::Bernoulli { out, rows, evidence: None, .. } => {
                self.set(*out, self.in_every_row(rows, |chance| chance.predictive));
            }
            Operation::Categorical { out, rows, evidence: None, .. } => {
                for (option, plane) in out.iter().enumerate() {
                    self.set(*plane, self.in_every_row(rows, |chances| chances.predictive[option]));
                }
            }
            Operation::ConstantNumber { out, value } | Operation::Number { out, evidence: Some((value, _)), .. } => {
                self.narrow(*out, Range { over: value.next_down(), up_to: *value });
            }
            Operation::Date { out, evidence, .. } => {
                self.are_dates[out.0 as usize] = true;
                // A date is after the day it is looked at from, or just then.
                self.narrow(*out, Range { over: (0.0_f64).next_down(), up_to: f64::INFINITY });
                if let Some((evidence, _)) = evidence {
                    let range = match evidence {
                        DateEvidence::NotBy(day) => Range { over: *day, up_to: f64::INFINITY },
                        DateEvidence::On(day) => Range { over: day - 1.0, up_to: *day },
                        DateEvidence::Never => Range { over: f64::MAX, up_to: f64::INFINITY },
                    };
                    self.narrow(*out, range);
                }
            }
            Operation::Not { out, of } => self.set(*out, self.of(*of).map(|value| !value)),
            Operation::Logic { out, logic, left, right } => {
                self.set(*out, combined(*logic, self.of(*left), self.of(*right)));
            }
            Operation::Compare { out, comparison, left, right } => {
                self.set(*out, compared(*comparison, range(*left, &self.numbers), range(*right, &self.numbers)));
            }
            _ => {}
        }
    }

    /// What every row that counts says, where each has a chance of 0 or each of 1 and nothing is left to be drawn.
    fn in_every_row<T>(&self, rows: &[Row<T>], chance: impl Fn(&T) -> f64) -> Option<bool> {
        let counts = |row: &&Row<T>| row.mask.is_none_or(|mask| self.of(mask) != Some(false));
        let mut chances = rows.iter().filter(counts).map(|row| chance(&row.value));
        let first = chances.next()?;
        ((first == 0.0 || first == 1.0) && chances.all(|other| other == first)).then_some(first == 1.0)
    }

    /// What is settled of those that a column is made of once that is of the column.
    fn trace_back(&mut self, operation: &Operation) {
        match operation {
            Operation::Require { plane, .. } => self.set(*plane, Some(true)),
            Operation::Not { out, of } => self.set(*of, self.of(*out).map(|value| !value)),
            Operation::Logic { out, logic, left, right } => {
                let (one, other) = (self.of(*left), self.of(*right));
                let (is_left, is_right) = match (logic, self.of(*out)) {
                    (Logic::And, Some(true)) => (Some(true), Some(true)),
                    (Logic::Or, Some(false)) => (Some(false), Some(false)),
                    (Logic::AndNot, Some(true)) => (Some(true), Some(false)),
                    (Logic::And, Some(false)) => {
                        (other.filter(|holds| *holds).map(|_| false), one.filter(|holds| *holds).map(|_| false))
                    }
                    (Logic::Or, Some(true)) => {
                        (other.filter(|holds| !*holds).map(|_| true), one.filter(|holds| !*holds).map(|_| true))
                    }
                    _ => (None, None),
                };
                self.set(*left, is_left);
                self.set(*right, is_right);
            }
            Operation::Categorical { out, .. } => {
                if let Some(known) = out.iter().position(|plane| self.of(*plane) == Some(true)) {
                    out.iter().enumerate().for_each(|(at, plane)| self.set(*plane, Some(at == known)));
                }
            }
            // A date that has not come by a day comes later, or never.
            Operation::Compare { out, comparison, left: Operand::Column(date), right: Operand::Constant(day) }
                if self.of(*out) == Some(false) && self.are_dates[date.0 as usize] =>
            {
                let over = match comparison {
                    Comparison::LessOrEqual => *day,
                    Comparison::Less => day.next_down(),
                    Comparison::Equal => f64::NEG_INFINITY,
                };
                self.narrow(*date, Range { over, up_to: f64::INFINITY });
            }
            // An undefined number makes a comparison false, so only what is true tells of the number.
            Operation::Compare { out, comparison, left, right } if self.of(*out) == Some(true) => {
                let (over, below) = match comparison {
                    Comparison::Equal => (true, true),
                    Comparison::Less | Comparison::LessOrEqual => (false, true),
                };
                let (one, other) = (range(*left, &self.numbers), range(*right, &self.numbers));
                let step = |value: f64| if *comparison == Comparison::Less { value.next_down() } else { value };
                if let Operand::Column(column) = left {
                    let up_to = if below { step(other.up_to) } else { f64::INFINITY };
                    self.narrow(*column, Range { over: if over { other.over } else { f64::NEG_INFINITY }, up_to });
                }
                if let Operand::Column(column) = right {
                    let least = if *comparison == Comparison::Less { one.over.next_up() } else { one.over };
                    let up_to = if over { one.up_to } else { f64::INFINITY };
                    self.narrow(*column, Range { over: least, up_to });
                }
            }
            _ => {}
        }
    }

    fn of(&self, plane: PlaneId) -> Option<bool> {
        self.planes[plane.0 as usize]
    }

    /// What is settled already stays.
    fn set(&mut self, plane: PlaneId, value: Option<bool>) {
        let known = &mut self.planes[plane.0 as usize];
        *known = known.or(value);
    }

    fn narrow(&mut self, number: NumberId, to: Range) {
        let known = &mut self.numbers[number.0 as usize];
        *known = Range { over: known.over.max(to.over), up_to: known.up_to.min(to.up_to) };
    }
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

    #[test]
    fn what_is_required_settles_what_it_is_made_of_and_what_else_is() {
        use crate::plan::{FindingId, Step};
        let (column, constant) = (Operand::Column(NumberId(0)), Operand::Constant);
        let compare = |out, left, right| Operation::Compare {
            out: PlaneId(out),
            comparison: Comparison::LessOrEqual,
            left,
            right,
        };
        let logic = |out, logic, left, right| Operation::Logic {
            out: PlaneId(out),
            logic,
            left: PlaneId(left),
            right: PlaneId(right),
        };
        // Plane 0 is not settled by itself. Required: it does not hold, and the number is at most 10.
        let operations = vec![
            compare(1, column, constant(10.0)),
            Operation::Not { out: PlaneId(2), of: PlaneId(0) },
            logic(3, Logic::And, 1, 2),
            compare(4, column, constant(12.0)),
            compare(5, constant(11.0), column),
            compare(6, column, constant(9.0)),
            logic(7, Logic::Or, 0, 4),
            Operation::Require { plane: PlaneId(3), finding: FindingId(0) },
        ];
        let steps = operations.into_iter().map(|operation| Step { label: String::new(), operation }).collect();
        let plan = Plan { steps, planes: 8, numbers: 1, ..Plan::default() };
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(plan.certain(), [no, yes, yes, yes, yes, no, None, yes]);
    }

    #[test]
    fn a_date_that_is_required_not_to_come_comes_by_no_day() {
        use crate::dist::Hazard;
        use crate::plan::{Draw, FindingId, HazardSource, Step, StreamId};
        let date = NumberId(0);
        let source = HazardSource { hazard: Hazard::evenly(100.0, 0.5), scale: None };
        let drawn = Operation::Date {
            out: date,
            draw: Draw::Stream(StreamId(0)),
            rows: vec![Row { mask: None, value: source }],
            clock: None,
            multipliers: Vec::new(),
            evidence: None,
        };
        let by = |out, day| Operation::Compare {
            out: PlaneId(out),
            comparison: Comparison::LessOrEqual,
            left: Operand::Column(date),
            right: Operand::Constant(day),
        };
        // Required: not by `day`. Asked: by 20 and by 60.
        let certain = |day: f64| {
            let operations = vec![
                drawn.clone(),
                by(0, day),
                Operation::Not { out: PlaneId(1), of: PlaneId(0) },
                by(2, 20.0),
                by(3, 60.0),
                Operation::Require { plane: PlaneId(1), finding: FindingId(0) },
            ];
            let steps = operations.into_iter().map(|operation| Step { label: String::new(), operation }).collect();
            Plan { steps, planes: 4, numbers: 1, ..Plan::default() }.certain()
        };
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(certain(f64::MAX), [no, yes, no, no]);
        assert_eq!(certain(30.0), [no, yes, no, None]);
        assert_eq!(certain(20.0), [no, yes, no, None]);
        assert_eq!(certain(19.0), [no, yes, None, None]);
    }

    #[test]
    fn chances_of_0_or_1_in_every_row_that_counts_leave_nothing_to_be_drawn() {
        use crate::plan::{Chance, Draw, FindingId, Probabilities, Step, StreamId};
        let chance = |mask: Option<u32>, predictive: f64| Row {
            mask: mask.map(PlaneId),
            value: Chance { predictive, drawn: None },
        };
        let yes_no = |out: u32, rows: Vec<Row<Chance>>| Operation::Bernoulli {
            out: PlaneId(out),
            draw: Draw::Stream(StreamId(out)),
            rows,
            evidence: None,
        };
        let options = Probabilities { predictive: vec![0.0, 0.5, 0.5], drawn: None, stream: None };
        let mut operations = vec![
            yes_no(0, vec![chance(None, 0.5)]),
            Operation::Not { out: PlaneId(1), of: PlaneId(0) },
            yes_no(2, vec![chance(Some(0), 1.0), chance(Some(1), 0.0)]),
            yes_no(3, vec![chance(Some(0), 1.0), chance(Some(1), 1.0)]),
            Operation::Categorical {
                out: vec![PlaneId(4), PlaneId(5), PlaneId(6)],
                draw: Draw::Stream(StreamId(4)),
                rows: vec![Row { mask: None, value: options }],
                evidence: None,
            },
            yes_no(7, vec![chance(None, 0.0)]),
        ];
        let certain = |operations: &[Operation]| {
            let step = |operation: &Operation| Step { label: String::new(), operation: operation.clone() };
            Plan { steps: operations.iter().map(step).collect(), planes: 8, ..Plan::default() }.certain()
        };
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(certain(&operations), [None, None, None, yes, no, None, None, no]);
        // Once plane 0 is known to hold, the row for where it does not counts no more.
        operations.push(Operation::Require { plane: PlaneId(0), finding: FindingId(0) });
        assert_eq!(certain(&operations), [yes, no, yes, yes, no, None, None, no]);
    }
}
