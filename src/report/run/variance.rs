//! The variance of an outcome, as chance and doubt share it.

use super::{FigureReport, Figures};
use crate::forecast::Forecast;
use schemars::JsonSchema;
use serde::Serialize;

/// Chance, doubt and simulation error of one figure, all as variances.
///
/// ```text
/// Var(X) = E[Var(X | inputs)] + Var(E[X | inputs])
///             chance               doubt
/// ```
///
/// `X` is 1 if a question comes out so and 0 if not (then `Var(X) = p (1 - p)`), or a number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct VarianceReport {
    /// Aleatory: of the outcome if all inputs were known, in the mean over them. Nothing makes it smaller.
    pub chance: f64,
    /// Epistemic: of the forecast if the doubtful inputs were known. More cases make it smaller.
    pub doubt: f64,
    /// Of the figure (the probability or the mean) about what infinitely many worlds would give: its squared standard error. More
    /// worlds make it smaller; it is no part of the variance of the outcome.
    pub simulation: f64,
}

impl VarianceReport {
    /// `None` if the outcome does not vary.
    fn of(total: f64, doubt: f64, error: f64) -> Option<Self> {
        let doubt = doubt.clamp(0.0, total.max(0.0));
        (total > 0.0).then_some(Self { chance: total - doubt, doubt, simulation: error * error })
    }

    /// How chance and doubt share the variance of the outcome, in percent: `95 : 5`; one digit more where one of them has less than
    /// 1 %. Empty without doubt: then nothing is known of it, since nobody may have stated any.
    #[must_use]
    pub fn shares(&self) -> String {
        if self.doubt == 0.0 {
            return String::new();
        }
        let doubt = 100.0 * self.doubt / (self.chance + self.doubt);
        let tenths = (10.0 * doubt).round();
        match tenths {
            0.0 => ">99.9 : <0.1".to_owned(),
            1.0..10.0 | 991.0..1000.0 => format!("{:.1} : {:.1}", (1000.0 - tenths) / 10.0, tenths / 10.0),
            _ => format!("{:.0} : {:.0}", 100.0 - doubt.round(), doubt.round()),
        }
    }
}

/// Of the figures of an ask, whose variances by doubt are these.
pub(super) fn split(figures: &FigureReport, doubt: &[f64]) -> Option<Figures<Option<VarianceReport>>> {
    let doubt = |at: usize| doubt.get(at).copied().unwrap_or(0.0);
    let binary = |probability: f64, at: usize, error: f64| {
        VarianceReport::of(probability * (1.0 - probability), doubt(at), error)
    };
    let error = |at: usize| figures.error_of(at).unwrap_or(0.0);
    Some(match figures.forecast.as_ref()? {
        Forecast::Binary { probability } => Figures::One(binary(*probability, 0, error(0))),
        Forecast::Categorical { probabilities, .. } => {
            Figures::Many(probabilities.iter().enumerate().map(|(at, one)| binary(*one, at, error(at))).collect())
        }
        Forecast::Quantiles { .. } | Forecast::Distribution { .. } => {
            let spread = figures.standard_deviation?;
            Figures::One(VarianceReport::of(spread * spread, doubt(0), figures.mean?.standard_error))
        }
        Forecast::Date { never, .. } => Figures::One(binary(*never, 0, figures.never?.standard_error)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_percents_where_that_says_enough() {
        let shares = |total, doubt| VarianceReport::of(total, doubt, 0.0).unwrap().shares();
        assert_eq!(shares(0.25, 0.0), "");
        assert_eq!(shares(0.25, 0.02), "92 : 8");
        assert_eq!(shares(0.25, 0.001), "99.6 : 0.4");
        assert_eq!(shares(1.0, 0.009_96), "99 : 1");
        assert_eq!(shares(1.0, 0.995), "0.5 : 99.5");
        assert_eq!(shares(0.25, 0.000_1), ">99.9 : <0.1");
        // More doubt than variance is simulation error.
        assert_eq!(shares(0.25, 0.3), "0 : 100");
        assert_eq!(VarianceReport::of(0.0, 0.0, 0.0), None);
    }
}
