//! The PIT histogram as an SVG: one panel a forecaster, with what chance makes of a flat one.

use super::chart::{Chart, Labels};
use super::naming::{Name, Room, fitted};
use super::panels::Panels;
use super::svg::{BAND, END, MIDDLE, ORANGE, WIDTH, line, text};
use crate::diagnostic::counted;
use crate::math::{normal, sqrt};
use std::fmt::Write as _;

/// Height of a panel.
const PANEL_HEIGHT: f64 = 300.0;

/// One forecaster of the drawing.
#[derive(Debug, Clone, Copy)]
pub struct PitHistogram<'a> {
    /// The name.
    pub name: &'a str,
    /// The share of outcomes in each of the bins of equal width, the lowest first.
    pub shares: &'a [f64],
    /// How many questions.
    pub questions: usize,
    /// How many clusters of questions that share their fate; the band is of so many independent outcomes.
    pub clusters: usize,
}

/// Draws PIT histograms; text of an SVG file.
///
/// Flat is calibrated, a U too narrow, a hump too wide, a slope biased. The band holds each bin in nine of ten cases if the forecasts are
/// calibrated and clusters independent (normal approximation of the binomial).
#[must_use]
pub fn pit_picture(histograms: &[PitHistogram]) -> String {
    let grid = Panels::new(histograms.len(), PANEL_HEIGHT);
    let mut svg = grid.opening(64.0, "Where outcomes fell in the forecast distributions");
    let names: Vec<&str> = histograms.iter().map(|histogram| histogram.name).collect();
    for (at, (histogram, name)) in histograms.iter().zip(fitted(&names, Room::HEADING)).enumerate() {
        grid.begin(&mut svg, at, histogram.name);
        draw_panel(&mut svg, histogram, &name);
        svg.push_str(END);
    }
    let legend = grid.floor() + 10.0;
    let _ = writeln!(svg, r#"<rect x="32.0" y="{:.1}" width="28" height="14" fill="{BAND}"/>"#, legend - 7.0);
    text(&mut svg, 70.0, legend + 5.0, "start", "", "a bin of calibrated forecasts, in 9 of 10 cases");
    let dashed = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(&mut svg, (32.0, legend + 24.0), (60.0, legend + 24.0), &dashed);
    text(&mut svg, 70.0, legend + 29.0, "start", "", "on average");
    svg.push_str("</svg>\n");
    svg
}

fn draw_panel(svg: &mut String, histogram: &PitHistogram, name: &Name) {
    name.draw(svg, 18.0, 26.0, "start", "");
    let drawn_from =
        format!("{} in {}", counted(histogram.questions, "question"), counted(histogram.clusters, "cluster"));
    text(svg, 18.0, 47.0, "start", "", &drawn_from);
    let bins = histogram.shares.len().max(1) as f64;
    let flat = 1.0 / bins;
    let reach = normal::quantile(0.95) * sqrt(flat * (1.0 - flat) / histogram.clusters.max(1) as f64);
    let (low, high) = ((flat - reach).max(0.0), flat + reach);
    let chart = Chart {
        left: 62.0,
        top: 62.0,
        width: WIDTH - 62.0 - 36.0,
        height: 168.0,
        across: vec![0.0, 0.25, 0.5, 0.75, 1.0],
        up: Chart::holding(histogram.shares.iter().copied().chain([0.0, high])),
    };
    chart.band(svg, &[(0.0, low, high), (1.0, low, high)], &format!(r#"fill="{BAND}""#));
    chart.axes(svg, Labels::Percent, Labels::Percent);
    for (at, share) in histogram.shares.iter().enumerate() {
        let style = format!(r#"fill="{ORANGE}" fill-opacity="0.45""#);
        chart.bar(svg, at as f64 * flat, (at + 1) as f64 * flat, *share, &style);
    }
    let dashed = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(svg, (chart.x(0.0), chart.y(flat)), (chart.x(1.0), chart.y(flat)), &dashed);
    text(svg, chart.x(0.5), chart.floor() + 42.0, "middle", "", "level of the forecast at which the outcome lay");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_for_each_bin_and_nothing_that_is_not_a_number() {
        let histogram = PitHistogram { name: "<a>", shares: &[0.5, 0.25, 0.25, 0.0], questions: 8, clusters: 0 };
        let svg = pit_picture(&[histogram]);
        assert_eq!(svg.matches(&format!(r#"fill="{ORANGE}" fill-opacity"#)).count(), 4);
        assert!(svg.contains("&lt;a&gt;") && !svg.contains("NaN") && !svg.contains("inf"));
        assert!(pit_picture(&[]).ends_with("</svg>\n"));
    }
}
