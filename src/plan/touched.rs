//! Which columns an operation reads and which it fills.

use super::{Draw, Multiplier, NumberId, Operand, Operation, PlaneId, Row, Since};

/// The columns that an operation reads and fills.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Read.
    pub(crate) planes_in: Vec<PlaneId>,
    /// Read.
    pub(crate) numbers_in: Vec<NumberId>,
    /// Filled.
    pub(crate) planes_out: Vec<PlaneId>,
    /// Filled.
    pub(crate) numbers_out: Vec<NumberId>,
}

impl Touched {
    fn rows<T>(&mut self, rows: &[Row<T>], draw: Draw) {
        self.planes_in.extend(rows.iter().filter_map(|row| row.mask));
        if let Draw::Column(column) = draw {
            self.numbers_in.push(column);
        }
    }

    fn operands(&mut self, operands: &[&Operand]) {
        for operand in operands {
            if let Operand::Column(column) = operand {
                self.numbers_in.push(*column);
            }
        }
    }

    fn multipliers(&mut self, multipliers: &[Multiplier]) {
        for multiplier in multipliers {
            match multiplier.since {
                Since::Date(date) => self.numbers_in.push(date),
                Since::Plane(plane) => self.planes_in.push(plane),
            }
        }
    }

    /// Of an operation.
    #[must_use]
    pub(crate) fn by(operation: &Operation) -> Self {
        let mut columns = Self::default();
        match operation {
            Operation::ConstantPlane { out, .. } => columns.planes_out.push(*out),
            Operation::ConstantNumber { out, .. } => columns.numbers_out.push(*out),
            Operation::Bernoulli { out, draw, rows, .. } => {
                columns.rows(rows, *draw);
                columns.planes_out.push(*out);
            }
            Operation::Categorical { out, draw, rows, .. } => {
                columns.rows(rows, *draw);
                columns.planes_out.extend(out);
            }
            Operation::Number { out, draw, rows, .. } => {
                columns.rows(rows, *draw);
                columns.numbers_out.push(*out);
            }
            Operation::Date { out, draw, rows, clock, multipliers, .. } => {
                columns.rows(rows, *draw);
                columns.numbers_in.extend(clock);
                columns.multipliers(multipliers);
                columns.numbers_out.push(*out);
            }
            Operation::CorrelatedUniforms { out, .. } => columns.numbers_out.extend(out),
            Operation::Logic { out, left, right, .. } => {
                columns.planes_in.extend([*left, *right]);
                columns.planes_out.push(*out);
            }
            Operation::Not { out, of } => {
                columns.planes_in.push(*of);
                columns.planes_out.push(*out);
            }
            Operation::Compare { out, left, right, .. } => {
                columns.operands(&[left, right]);
                columns.planes_out.push(*out);
            }
            Operation::Arithmetic { out, left, right, .. }
            | Operation::Divide { out, left, right, .. }
            | Operation::Power { out, left, right, .. } => {
                columns.operands(&[left, right]);
                columns.numbers_out.push(*out);
            }
            Operation::Apply { out, of, .. } => {
                columns.operands(&[of]);
                columns.numbers_out.push(*out);
            }
            Operation::Count { out, of } => {
                columns.planes_in.extend(of);
                columns.numbers_out.push(*out);
            }
            Operation::Select { out, condition, then, otherwise } => {
                columns.planes_in.push(*condition);
                columns.operands(&[then, otherwise]);
                columns.numbers_out.push(*out);
            }
            Operation::Require { plane, .. } | Operation::Weigh { plane, .. } | Operation::Believe { plane, .. } => {
                columns.planes_in.push(*plane);
            }
        }
        columns
    }
}
