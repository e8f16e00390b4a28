//! Scores of columns: millions of forecasts in memory, without a record for each.
//!
//! The functions here take slices and array views as data frames and arrays hold them, one row a forecast: [`BinaryColumns`] of yes/no
//! forecasts, [`crps_of_ensembles`] of draws, [`wis_of_quantiles`] of quantiles. They give what the functions of one forecast give, in a
//! pass or two over memory and with all threads.
//!
//! Rows are cut into chunks whose size depends on the shape of the data alone, and the sums of chunks are joined in a fixed binary tree. So
//! the number of threads changes the time and no bit of a figure.
//!
//! [`BinaryFiles`] are yes/no forecasts in Parquet files, whose scores are those of [`BinaryColumns`] to the last bit.
//!
//! Nothing is dropped: a row that cannot be scored is an error that names it, counted from 0, in a file from 1.

mod binary;
#[cfg(test)]
mod binary_tests;
mod eight;
mod ensembles;
mod files;
mod problem;
mod quantiles;
mod tree;

pub use binary::{BinaryColumns, BinaryScores, BinaryTally, MOST_BINS, MeanScores, ProbabilityBin, YesNo};
pub use ensembles::crps_of_ensembles;
pub use files::{BinaryFiles, NamedBinaryScores};
pub use problem::ColumnProblem;
pub use quantiles::{
    QuantileScores, falling_row, wis_of_quantiles, wis_of_quantiles_into, wis_of_rising_quantiles, wis_without_parts,
    wis_without_parts_into,
};
pub(crate) use tree::in_tree;
