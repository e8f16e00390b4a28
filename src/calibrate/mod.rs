//! Reliability: how stated probabilities compare with what happened.
//!
//! [`Points`] are probabilities, what happened, and how much each counts. [`corp`] splits their mean score into miscalibration,
//! discrimination and uncertainty without choosing bins; [`reliability_table`] is the binned view; [`reliability_diagram`]
//! draws both. [`murphy_elementary`], [`area_under_curve`], [`expected_calibration_error`], [`bias`] and [`spiegelhalter`] are
//! single figures.
//!
//! Uses `score` and `math`; knows nothing of files.

mod corp;
mod diagram;
mod figures;
mod points;
mod table;

pub use corp::{Corp, CorpScore, corp, recalibrated};
pub use diagram::{Panel, reliability_diagram};
pub use figures::{
    Elementary, SpiegelhalterTest, area_under_curve, bias, expected_calibration_error, murphy_elementary, spiegelhalter,
};
pub use points::Points;
pub use table::{Bin, reliability_table};
