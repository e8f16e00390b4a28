//! Scores as forecasting platforms define them, to reproduce and check what they publish.
//!
//! These are not losses where the platform's own score is not: each function says which way it points. Time is in any unit, the
//! same throughout a call; a platform's seconds do as well as days. [`platform_report`] gives the scores of forecasts in records, and says
//! where records do not hold what a score is made of. To add a platform: one file here, and for records a variant of [`Platform`].
//!
//! Uses `math`, `forecast` and the plain scores; knows nothing of files.

pub mod forecastbench;
pub mod good_judgment;
pub mod metaculus;
mod of_forecastbench;
mod of_records;
#[cfg(test)]
mod of_records_tests;

pub use of_forecastbench::Taken;
pub use of_records::{
    Better, NotDefined, PLATFORM_SCHEMA, Platform, PlatformReport, PlatformRow, PlatformSettings, Undefined,
    place_beyond_bounds, platform_report,
};
