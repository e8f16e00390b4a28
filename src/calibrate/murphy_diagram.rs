//! The Murphy diagram of one forecaster: the mean elementary score at each threshold, beside that of the same forecasts recalibrated and that of the
//! base rate.
//!
//! Every proper score of a yes/no forecast is a mixture of elementary scores, so the distance between the curves says at which
//! probabilities miscalibration costs and discrimination gains, whatever the score.

use super::chart::{Chart, Labels};
use super::svg::{BLUE, MIDDLE, ORANGE, WIDTH, line, opening, shortened, text};
use super::{Points, recalibrated};
use serde::Serialize;

/// Thresholds at which the scores are taken: 1 % to 99 %.
const THRESHOLDS: usize = 99;
/// Height of the drawing of a forecaster.
const PANEL_HEIGHT: f64 = 424.0;
/// Letters of a name that fit above a chart.
const LONGEST_NAME: usize = 34;

/// The elementary score of a probability at a threshold.
///
/// ```text
/// S_θ(p, y) = ½ |y - θ| 1{min(p, y) <= θ < max(p, y)}        the Brier score is 4 ∫ S_θ dθ
/// ```
///
/// Lower is better. Twice this is what whoever acts if `p > θ` loses against who knows the answer, where acting in vain costs `θ` and not acting
/// when it was due costs `1 - θ`.
///
/// ```
/// use foretell::calibrate::elementary_score;
///
/// assert_eq!(elementary_score(0.6, true, 0.7), 0.15000000000000002);
/// assert_eq!(elementary_score(0.8, true, 0.7), 0.0);
/// ```
///
/// Ehm, Gneiting, Jordan and Krüger (2016), J. R. Stat. Soc. B 78, 505–562.
#[must_use]
pub fn elementary_score(probability: f64, happened: bool, threshold: f64) -> f64 {
    let outcome = f64::from(u8::from(happened));
    let counts = probability.min(outcome) <= threshold && threshold < probability.max(outcome);
    if counts { 0.5 * (outcome - threshold).abs() } else { 0.0 }
}

/// Mean elementary scores at one threshold. Lower is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ElementaryMeans {
    /// The threshold.
    pub threshold: f64,
    /// Of the forecasts.
    pub stated: f64,
    /// Of the same forecasts after isotonic recalibration: never more than `stated`, by more where miscalibration costs.
    pub recalibrated: f64,
    /// Of always stating the base rate.
    pub base_rate: f64,
}

/// The curves at 1 % to 99 %. Empty without points.
#[must_use]
pub fn elementary_means(points: &Points) -> Vec<ElementaryMeans> {
    let Some(rate) = points.mean(|_, outcome| outcome) else { return Vec::new() };
    let fitted = recalibrated(points);
    let total: f64 = points.weights().iter().sum();
    let mean = |probability: &dyn Fn(usize) -> f64, threshold: f64| {
        let cases = points.happened().iter().zip(points.weights()).enumerate();
        cases
            .map(|(at, (happened, weight))| weight * elementary_score(probability(at), *happened, threshold))
            .sum::<f64>()
            / total
    };
    (1..=THRESHOLDS)
        .map(|at| {
            let threshold = at as f64 / (THRESHOLDS + 1) as f64;
            ElementaryMeans {
                threshold,
                stated: mean(&|at| points.probabilities()[at], threshold),
                recalibrated: mean(&|at| fitted[at], threshold),
                base_rate: mean(&|_| rate, threshold),
            }
        })
        .collect()
}

/// Draws Murphy diagrams, one a forecaster, one below the other; text of an SVG file.
#[must_use]
pub fn elementary_picture(panels: &[(&str, Vec<ElementaryMeans>)]) -> String {
    let mut svg = opening(WIDTH, panels.len().max(1) as f64 * PANEL_HEIGHT, "Murphy diagram");
    for (at, (name, curves)) in panels.iter().enumerate() {
        draw(&mut svg, name, curves, at as f64 * PANEL_HEIGHT);
    }
    svg.push_str("</svg>\n");
    svg
}

/// What a line is called, what it shows, and how it is drawn.
type Curve = (&'static str, fn(&ElementaryMeans) -> f64, String);

fn draw(svg: &mut String, name: &str, curves: &[ElementaryMeans], top: f64) {
    let heading = shortened(name, LONGEST_NAME);
    text(svg, 18.0, top + 26.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    text(svg, 18.0, top + 46.0, "start", "", "mean elementary score; lower is better");
    let chart = Chart {
        left: 72.0,
        top: top + 62.0,
        width: WIDTH - 72.0 - 36.0,
        height: 230.0,
        across: vec![0.0, 0.25, 0.5, 0.75, 1.0],
        up: Chart::holding(curves.iter().flat_map(|of| [of.stated, of.recalibrated, of.base_rate]).chain([0.0])),
    };
    chart.axes(svg, Labels::Percent, Labels::Numbers);
    let lines: [Curve; 3] = [
        ("base rate", |of| of.base_rate, format!(r#"stroke="{MIDDLE}" stroke-width="1.8" stroke-dasharray="6 5""#)),
        (
            "recalibrated",
            |of| of.recalibrated,
            format!(r#"stroke="{ORANGE}" stroke-width="2.2" stroke-dasharray="9 3""#),
        ),
        ("as stated", |of| of.stated, format!(r#"stroke="{BLUE}" stroke-width="2.4""#)),
    ];
    text(svg, chart.x(0.5), chart.floor() + 42.0, "middle", "", "threshold");
    for (row, (words, value, style)) in lines.iter().rev().enumerate() {
        let (x, y) = (24.0 + 132.0 * row as f64, chart.floor() + 76.0);
        line(svg, (x, y - 5.0), (x + 26.0, y - 5.0), style);
        text(svg, x + 32.0, y, "start", r#" font-size="14""#, words);
        chart.curve(svg, curves.iter().map(|of| (of.threshold, value(of))), style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::{CorpScore, corp};

    #[test]
    fn four_times_the_areas_are_the_brier_score_and_what_corp_makes_of_it() {
        let probabilities: Vec<f64> = (0..40).map(|at| f64::from((at * 17) % 40) / 40.0 + 0.0125).collect();
        let happened: Vec<bool> = (0..40).map(|at| (at * 7) % 40 < (at * 17) % 40 / 2 + 8).collect();
        let points = Points::new(&probabilities, &happened).expect("probabilities");
        let curves = elementary_means(&points);
        assert_eq!(curves.len(), THRESHOLDS);
        let area = |of: fn(&ElementaryMeans) -> f64| 4.0 * curves.iter().map(of).sum::<f64>() / 100.0;
        let parts = corp(&points, CorpScore::Brier).expect("points");
        // A sum over 99 thresholds for an integral of steps that are no higher than ½: within a hundredth.
        assert!((area(|of| of.stated) - parts.score).abs() < 0.01);
        assert!((area(|of| of.recalibrated) - (parts.score - parts.miscalibration)).abs() < 0.01);
        assert!((area(|of| of.base_rate) - parts.uncertainty).abs() < 0.01);
        // The isotonic fit is best under every proper score at once.
        assert!(
            curves.iter().all(|of| of.recalibrated <= of.stated + 1e-15 && of.recalibrated <= of.base_rate + 1e-15)
        );
        let svg = elementary_picture(&[("<a>", curves), ("b", Vec::new())]);
        assert!(svg.contains("&lt;a&gt;") && !svg.contains("NaN") && !svg.contains("inf"));
        assert!(elementary_means(&Points::default()).is_empty());
    }
}
