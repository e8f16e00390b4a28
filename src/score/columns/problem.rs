//! What can be wrong with columns.

use std::fmt;

/// Why columns cannot be scored. Rows are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ColumnProblem {
    /// Two columns have different lengths.
    Lengths {
        /// Rows of the first.
        first: usize,
        /// Rows of the other.
        other: usize,
    },
    /// A probability that is none.
    Probability {
        /// Where it stands.
        row: usize,
        /// What stands there.
        value: f64,
    },
    /// An outcome that is neither 0 nor 1.
    Outcome {
        /// Where it stands.
        row: usize,
        /// What stands there.
        value: u8,
    },
    /// A number of a forecaster that is not below the number of forecasters.
    Forecaster {
        /// Where it stands.
        row: usize,
        /// What stands there.
        value: u32,
        /// How many forecasters there are.
        forecasters: usize,
    },
    /// A number that is infinite or no number.
    NotFinite {
        /// Where it stands.
        row: usize,
    },
    /// Quantiles that fall from one level to the next.
    Falling {
        /// Where they stand.
        row: usize,
    },
    /// Too few columns or bins for a score.
    TooFew {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// More bins than there may be.
    TooManyBins {
        /// How many are asked for.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Levels that are not those of a median and central intervals: increasing, symmetric about 1/2, with 1/2 among them.
    Levels,
}

impl fmt::Display for ColumnProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lengths { first, other } => {
                write!(formatter, "the columns must have the same length, but one has {first} rows and another {other}")
            }
            Self::Probability { row, value } => {
                write!(formatter, "row {row}: the probability must lie between 0 and 1, but is {value}")
            }
            Self::Outcome { row, value } => {
                write!(formatter, "row {row}: the outcome must be 0 or 1, but is {value}")
            }
            Self::Forecaster { row, value, forecasters } => {
                write!(
                    formatter,
                    "row {row}: the forecaster must be a number below {forecasters}, how many there are, but is {value}"
                )
            }
            Self::NotFinite { row } => write!(formatter, "row {row}: every number must be finite, but one is not"),
            Self::Falling { row } => write!(formatter, "row {row}: quantiles must not fall from one level to the next"),
            Self::TooFew { found, needed } => write!(formatter, "{needed} are needed, but there are {found}"),
            Self::TooManyBins { found, most } => {
                write!(formatter, "there may be {most} bins at most, but {found} are asked for")
            }
            Self::Levels => formatter
                .write_str("the levels must increase, lie symmetric about 1/2 inside of 0 to 1, and hold 1/2 itself"),
        }
    }
}

impl std::error::Error for ColumnProblem {}
