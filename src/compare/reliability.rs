//! How reliable each of several forecasters was on the questions that all of them forecast.

use crate::calibrate::{Bin, Corp, CorpScore, Points, area_under_curve, bias, corp, reliability_table};
use crate::score::{Case, Standing};
use indexmap::IndexMap;
use serde::Serialize;

/// Bins of the table.
const BINS: usize = 10;

/// The reliability of one forecaster on binary questions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// The forecaster.
    pub forecaster: String,
    /// Binary questions that all forecasters compared have in common; each counts 1.
    pub questions: usize,
    /// Forecasts that stood in the common time.
    pub forecasts: usize,
    /// The CORP decomposition of the mean Brier score (0 to 1).
    pub brier: Corp,
    /// The CORP decomposition of the mean log score, in nats, with the floor.
    pub log: Corp,
    /// Mean stated probability minus share that came true.
    pub bias: f64,
    /// The area under the ROC curve, 1/2 when nothing is told apart; `None` if every question resolved alike.
    pub area_under_curve: Option<f64>,
    /// Ten bins of equal width.
    pub bins: Vec<Bin>,
    /// What the figures are made of, for the diagram.
    #[serde(skip)]
    pub points: Points,
}

/// The reliability of each forecaster on the binary questions on which all of them had a standing forecast, each question over
/// the time for which all stood. Empty when there is no such question.
#[must_use]
pub fn common_reliability(standings: &[Standing], forecasters: &[String]) -> Vec<Reliability> {
    let mut by_question: IndexMap<&str, IndexMap<&str, &Standing>> = IndexMap::new();
    for standing in standings {
        let binary = standing.segments.iter().all(|segment| matches!(segment.case, Case::Binary { .. }));
        if binary && forecasters.contains(&standing.forecaster) {
            by_question.entry(&standing.question).or_default().insert(&standing.forecaster, standing);
        }
    }
    by_question.retain(|_, of| of.len() == forecasters.len());
    forecasters
        .iter()
        .filter_map(|forecaster| {
            let points = Points::from_standings(by_question.values().filter_map(|of| {
                let from = of.values().map(|standing| standing.from()).fold(f64::NEG_INFINITY, f64::max);
                of.get(forecaster.as_str()).map(|standing| (*standing, from))
            }));
            Reliability::of(forecaster, points)
        })
        .collect()
}

impl Reliability {
    /// The figures of these points; `None` without any.
    pub(super) fn of(forecaster: &str, points: Points) -> Option<Self> {
        Some(Self {
            forecaster: forecaster.to_owned(),
            questions: points.questions(),
            forecasts: points.len(),
            brier: corp(&points, CorpScore::Brier)?,
            log: corp(&points, CorpScore::Log)?,
            bias: bias(&points)?,
            area_under_curve: area_under_curve(&points),
            bins: reliability_table(&points, BINS),
            points,
        })
    }
}
