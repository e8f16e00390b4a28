//! Reliability: how stated probabilities and quantiles compare with what happened.
//!
//! [`Points`] are probabilities, what happened, and how much each counts. [`corp`] splits their mean score into miscalibration,
//! discrimination and uncertainty without choosing bins; [`murphy_decomposition`] does so over bins; [`reliability_table`] is the
//! binned view; [`reliability_diagram`] draws it. [`murphy_elementary`], [`area_under_curve`], [`expected_calibration_error`],
//! [`equal_mass_calibration_error`] and [`bias`] are single figures.
//!
//! [`movement_test`] asks of a forecaster's [`streams`] whether they move as much as they learn.
//!
//! Tests: [`spiegelhalter`], [`cox_test`], [`hosmer_lemeshow`], [`calibration_belt_test`] and, for any time, [`e_test`]; bands for the whole
//! curve: [`simultaneous_band`]. For ensembles and quantiles: [`rank_histogram`], [`rank_histogram_test`], [`pit_histogram`],
//! [`cooke_calibration`].
//!
//! [`calibration_report`] puts all of it together for records: a [`Sample`] a forecaster, intervals from clusters drawn anew, bands from
//! answers drawn anew, and questions that resolved ahead of their scheduled close told apart ([`by_schedule`]). Options of questions with several are
//! looked at as yes/no forecasts, [`Pairs`] of a question and an option.
//!
//! Uses `score`, `forecast` and `math`; knows nothing of files.

mod belt;
mod columns;
mod belt_region;
pub(crate) mod chart;
mod cooke;
mod corp;
mod cox;
mod diagram;
mod e_test;
mod early;
mod estimate;
mod few_events;
mod figures;
mod groups;
mod hosmer_lemeshow;
mod in_the_large;
pub(crate) mod lettering;
mod movement;
mod murphy;
mod murphy_diagram;
pub(crate) mod naming;
mod options;
mod pairs;
pub(crate) mod panels;
mod pit;
mod pit_picture;
mod points;
mod proportion;
mod quantile_reliability;
mod rank_histogram;
mod rare;
mod report;
mod resample;
mod sample;
pub(crate) mod svg;
mod table;
mod updates;

pub use belt::{BeltTest, Development, calibration_belt_test};
pub use belt_region::{BeltPanel, belt_picture, calibration_belt};
pub use columns::{BinaryFigures, corp_of_columns, figures_of_columns, murphy_of_bins};
pub use cooke::{COOKE_SHARES, cooke_calibration};
pub use corp::{Corp, CorpScore, corp, recalibrated};
pub use cox::{CoxTest, cox_test};
pub use diagram::{Panel, ReliabilityAxis, reliability_diagram};
pub use e_test::{ETest, e_test};
pub use early::{BySchedule, Naive, by_schedule, count_questions, latest_day};
pub use estimate::Estimate;
pub(crate) use few_events::{EventSum, FEW_EVENTS, p_of_limits};
pub use figures::{
    Elementary, SpiegelhalterTest, area_under_curve, bias, equal_mass_calibration_error, expected_calibration_error,
    murphy_elementary, spiegelhalter,
};
pub use groups::CalibrationGroup;
pub use hosmer_lemeshow::{HosmerLemeshow, Ties, hosmer_lemeshow};
pub use in_the_large::{BiasBy, InTheLarge};
pub use movement::{Movement, MovementCase, MovementTest, movement_test};
pub use murphy::{BiasCorrection, MurphyParts, murphy_decomposition};
pub(crate) use murphy_diagram::elementary_interval;
pub use murphy_diagram::{ElementaryMeans, elementary_means, elementary_picture, elementary_score};
pub use options::OptionReliability;
pub use pairs::Pairs;
pub use pit::{Jump, pit_histogram, pit_of_ensemble, pit_of_quantiles};
pub use pit_picture::{PitHistogram, pit_picture};
pub use points::Points;
pub use proportion::{BandPoint, clopper_pearson, simultaneous_band};
pub use quantile_reliability::{LevelShare, QuantileReliability};
pub use rank_histogram::{HistogramTest, rank_histogram, rank_histogram_test};
pub(crate) use rare::has_few_outcomes;
pub use report::{
    BinnedErrors, CALIBRATE_SCHEMA, CalibrationReport, CalibrationRow, CalibrationSettings, CalibrationTests, Counted,
    CurvePoint, ScoreParts, calibration_report,
};
pub use resample::{CALIBRATION_CLUSTERS, CALIBRATION_REPLICATES, CALIBRATION_SEED};
pub use sample::{Chosen, Sample};
pub use table::{Bin, equal_mass_table, reliability_table};
pub use updates::{Stream, Until, UpdateFinding, UpdateRow, streams, update_rows};
