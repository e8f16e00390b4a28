//! Reliability: how stated probabilities compare with what happened.
//!
//! [`Points`] are probabilities, what happened, and how much each counts. [`corp`] splits their mean score into miscalibration,
//! discrimination and uncertainty without choosing bins; [`reliability_table`] is the binned view; [`reliability_diagram`]
//! draws both. [`murphy_elementary`], [`area_under_curve`], [`expected_calibration_error`], [`bias`] and [`spiegelhalter`] are
//! single figures.
//!
//! Uses `score` and `math`; knows nothing of files.

mod belt;
mod cooke;
mod corp;
mod cox;
mod diagram;
mod e_test;
mod figures;
mod hosmer_lemeshow;
mod murphy;
mod pit;
mod points;
mod proportion;
mod rank_histogram;
mod table;

pub use belt::{BeltTest, Development, calibration_belt_test};
pub use cooke::{COOKE_SHARES, cooke_calibration};
pub use corp::{Corp, CorpScore, corp, recalibrated};
pub use cox::{CoxTest, cox_test};
pub use diagram::{Panel, reliability_diagram};
pub use e_test::{ETest, e_test};
pub use figures::{
    Elementary, SpiegelhalterTest, area_under_curve, bias, expected_calibration_error, murphy_elementary, spiegelhalter,
};
pub use hosmer_lemeshow::{HosmerLemeshow, hosmer_lemeshow};
pub use murphy::{BiasCorrection, MurphyParts, murphy_decomposition};
pub use pit::{Jump, pit_histogram, pit_of_ensemble, pit_of_quantiles};
pub use points::Points;
pub use proportion::{BandPoint, clopper_pearson, simultaneous_band};
pub use rank_histogram::{HistogramTest, rank_histogram, rank_histogram_test};
pub use table::{Bin, reliability_table};
