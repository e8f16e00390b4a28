//! The CORP decomposition: consistent, optimally binned, reproducible reliability by pooling adjacent violators.

use super::Points;
use crate::math::isotonic;
use crate::score::{LOG_FLOOR, brier, log_score_floored};
use serde::Serialize;

/// The score that is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CorpScore {
    /// The Brier score from 0 to 1.
    #[default]
    Brier,
    /// The logarithmic score in nats, probabilities raised to [`LOG_FLOOR`].
    Log,
}

impl CorpScore {
    pub(super) fn of(self, probability: f64, outcome: f64) -> f64 {
        let happened = outcome > 0.5;
        match self {
            Self::Brier => brier(probability, happened),
            Self::Log => log_score_floored(if happened { probability } else { 1.0 - probability }, LOG_FLOOR).0,
        }
    }
}

/// A mean score and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Corp {
    /// The mean score S. Lower is better.
    pub score: f64,
    /// MCB: what perfect calibration would have saved. Lower is better, 0 at best.
    pub miscalibration: f64,
    /// DSC: what telling the cases apart gains over always stating the base rate. Higher is better.
    pub discrimination: f64,
    /// UNC: the score of always stating the base rate; not the forecaster's doing.
    pub uncertainty: f64,
}

/// The share of yes at each stated probability, by isotonic regression: what the probabilities should have been.
///
/// One value for each point, in the order of the points.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "points are well formed by construction")]
pub fn recalibrated(points: &Points) -> Vec<f64> {
    let outcomes: Vec<f64> = points.iter().map(|(_, outcome, _)| outcome).collect();
    isotonic(points.probabilities(), &outcomes, points.weights())
        .expect("points are finite, of one length and weigh something")
}

/// The CORP decomposition of a mean score.
///
/// ```text
/// S = MCB - DSC + UNC        MCB = S - R,  DSC = C - R,  UNC = C
/// ```
///
/// where R is the mean score of the [`recalibrated`] probabilities and C the mean score of always stating the base rate. MCB and
/// DSC are not negative, whatever the proper score (with the floored log score up to the floor). `None` without points.
///
/// ```
/// use foretell::calibrate::{CorpScore, Points, corp};
///
/// let points = Points::new(&[0.1, 0.1, 0.9, 0.9], &[false, false, true, true]).expect("four pairs");
/// let parts = corp(&points, CorpScore::Brier).expect("there are points");
/// assert!((parts.miscalibration - 0.01).abs() < 1e-12);
/// assert!((parts.discrimination - 0.25).abs() < 1e-12);
/// ```
///
/// Dimitriadis, Gneiting and Jordan (2021), Proc. Natl. Acad. Sci. 118(8), e2016191118.
#[must_use]
pub fn corp(points: &Points, score: CorpScore) -> Option<Corp> {
    let total: f64 = points.weights().iter().sum();
    let base_rate = points.mean(|_, outcome| outcome)?;
    let mean = points.mean(|probability, outcome| score.of(probability, outcome))?;
    let uncertainty = points.mean(|_, outcome| score.of(base_rate, outcome))?;
    let best: f64 = points
        .iter()
        .zip(recalibrated(points))
        .map(|((_, outcome, weight), fitted)| weight * score.of(fitted, outcome))
        .sum::<f64>()
        / total;
    Some(Corp { score: mean, miscalibration: mean - best, discrimination: uncertainty - best, uncertainty })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_calibrated_forecast_has_no_miscalibration() {
        // Of five 20 % forecasts one came true, of five 80 % forecasts four.
        let probabilities = [0.2, 0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8, 0.8];
        let happened = [false, false, true, false, false, true, true, false, true, true];
        let points = Points::new(&probabilities, &happened).expect("ten pairs");
        for score in [CorpScore::Brier, CorpScore::Log] {
            let parts = corp(&points, score).expect("there are points");
            assert!(parts.miscalibration.abs() < 1e-12 && parts.discrimination > 0.0);
        }
    }

    #[test]
    fn always_stating_the_base_rate_is_all_uncertainty() {
        let points = Points::new(&[0.5; 4], &[true, false, true, false]).expect("four pairs");
        let parts = corp(&points, CorpScore::Brier).expect("there are points");
        assert_eq!((parts.miscalibration, parts.discrimination, parts.uncertainty), (0.0, 0.0, 0.25));
    }

    #[test]
    fn no_points_have_no_decomposition() {
        assert_eq!(corp(&Points::default(), CorpScore::Brier), None);
    }

    proptest! {
        #[test]
        fn the_parts_add_up_and_are_not_negative(
            pairs in prop::collection::vec((0u8..=20, any::<bool>()), 1..40)
        ) {
            let probabilities: Vec<f64> = pairs.iter().map(|pair| f64::from(pair.0) / 20.0).collect();
            let happened: Vec<bool> = pairs.iter().map(|pair| pair.1).collect();
            let points = Points::new(&probabilities, &happened).expect("well formed");
            for score in [CorpScore::Brier, CorpScore::Log] {
                let parts = corp(&points, score).expect("there are points");
                let sum = parts.miscalibration - parts.discrimination + parts.uncertainty;
                prop_assert!((sum - parts.score).abs() < 1e-12);
                prop_assert!(parts.miscalibration > -1e-12 && parts.discrimination > -1e-12);
            }
        }
    }
}
