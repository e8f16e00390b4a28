//! Scores as forecasting platforms define them, to reproduce and check what they publish.
//!
//! These are not losses where the platform's own score is not: each function says which way it points. Time is in any unit, the
//! same throughout a call; a platform's seconds do as well as days. To add a platform: one file here.
//!
//! Uses `math` and the plain scores; knows nothing of files.

pub mod forecastbench;
pub mod good_judgment;
pub mod metaculus;
