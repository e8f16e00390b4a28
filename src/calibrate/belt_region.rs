//! The calibration belt: the region of the curves that the test of calibration does not reject, and its picture.

use super::belt::{Development, belt_curve, belt_threshold};
use super::chart::{Chart, Labels};
use super::cox::limited;
use super::naming::{Name, Room, fitted};
use super::panels::Panels;
use super::svg::{BAND, BLUE, END, MIDDLE, WIDTH, line, text};
use super::{BandPoint, Points};
use crate::math::root::find_root;
use crate::math::{logistic, logit};
use rayon::prelude::*;
use std::fmt::Write as _;

/// Places at which the belt is taken, equally far apart in log-odds.
const PLACES: usize = 41;
/// The widest belt, in log-odds from the curve; beyond it the belt is taken for open.
const WIDEST: f64 = 30.0;
/// Height of a panel.
const PANEL_HEIGHT: f64 = 448.0;

/// The calibration belt at one level.
///
/// At each stated probability p the belt holds the values η of every polynomial in `logit(p)`, of the degree chosen by forward tests, whose
/// likelihood ratio against the best one is at most k; k is the point that the ratio of the true curve exceeds with a chance of
/// `1 - level` given that degree. Where the diagonal leaves the belt somewhere, calibration is rejected at that level.
///
/// ```text
/// { η(p) : 2 (max l - l(b)) <= k }
/// ```
///
/// At 41 places between the least and the greatest stated probability, equally far apart in log-odds. Takes every point for one
/// independent question. Empty when the curve cannot be fitted or `level` lies outside of 0..1.
///
/// Nattino, Finazzi and Bertolini (2014), Stat. Med. 33, 2390–2407.
#[must_use]
pub fn calibration_belt(points: &Points, level: f64) -> Vec<BandPoint> {
    let Some(curve) = belt_curve(points, Development::External) else { return Vec::new() };
    let Some(threshold) = belt_threshold(curve.degree(), level) else { return Vec::new() };
    let stated = || points.probabilities().iter().map(|p| logit(limited(*p)));
    let (least, most) = (stated().fold(f64::INFINITY, f64::min), stated().fold(f64::NEG_INFINITY, f64::max));
    let places: Vec<f64> = (0..PLACES).map(|at| least + (most - least) * at as f64 / (PLACES - 1) as f64).collect();
    places
        .par_iter()
        .map(|place| {
            let middle = curve.value(*place);
            // Above 0 outside of the belt; a curve that cannot be fitted through there is outside.
            let excess = |eta: f64| curve.ratio_through(*place, eta).unwrap_or(f64::MAX).min(1e6) - threshold;
            let end = |direction: f64| {
                let mut reach = 0.25;
                while reach < WIDEST && excess(middle + direction * reach) < 0.0 {
                    reach *= 2.0;
                }
                let found = find_root(|reach| excess(middle + direction * reach), 0.0, reach.min(WIDEST), 1e-4);
                logistic(middle + direction * found.unwrap_or(WIDEST))
            };
            BandPoint { stated: logistic(*place), lower: end(-1.0), upper: end(1.0) }
        })
        .collect()
}

/// One forecaster of a drawing of belts.
#[derive(Debug, Clone)]
pub struct BeltPanel<'a> {
    /// The name.
    pub name: &'a str,
    /// What stands below it, such as the test's result.
    pub says: String,
    /// The belt at 95 %.
    pub wide: Vec<BandPoint>,
    /// The belt at 80 %.
    pub narrow: Vec<BandPoint>,
}

/// Draws calibration belts at 80 and 95 %; text of an SVG file.
///
/// Stated probability runs to the right, the chance that it comes true upwards. Where the belt lies off the diagonal, calibration is
/// rejected, and one sees where: below it says yes too often.
#[must_use]
pub fn belt_picture(panels: &[BeltPanel]) -> String {
    let grid = Panels::new(panels.len(), PANEL_HEIGHT);
    let mut svg = grid.opening(66.0, "Calibration belt");
    let names: Vec<&str> = panels.iter().map(|panel| panel.name).collect();
    for (at, (panel, name)) in panels.iter().zip(fitted(&names, Room::HEADING)).enumerate() {
        grid.begin(&mut svg, at, panel.name);
        draw_panel(&mut svg, panel, &name);
        svg.push_str(END);
    }
    let legend = grid.floor() + 8.0;
    let _ = writeln!(svg, r#"<rect x="32.0" y="{:.1}" width="28" height="14" fill="{BAND}"/>"#, legend - 7.0);
    text(&mut svg, 70.0, legend + 5.0, "start", "", "belt at 95 %, within it that at 80 %");
    let dashed = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(&mut svg, (32.0, legend + 24.0), (60.0, legend + 24.0), &dashed);
    text(&mut svg, 70.0, legend + 29.0, "start", "", "perfectly calibrated");
    svg.push_str("</svg>\n");
    svg
}

fn draw_panel(svg: &mut String, panel: &BeltPanel, name: &Name) {
    name.draw(svg, 18.0, 26.0, "start", "");
    text(svg, 18.0, 47.0, "start", "", &panel.says);
    let quarters = vec![0.0, 0.25, 0.5, 0.75, 1.0];
    let side = WIDTH - 76.0 - 36.0;
    let chart = Chart { left: 76.0, top: 62.0, width: side, height: side, across: quarters.clone(), up: quarters };
    for (belt, style) in
        [(&panel.wide, format!(r#"fill="{BAND}""#)), (&panel.narrow, format!(r#"fill="{BLUE}" fill-opacity="0.45""#))]
    {
        let ends: Vec<(f64, f64, f64)> = belt.iter().map(|of| (of.stated, of.lower, of.upper)).collect();
        chart.band(svg, &ends, &style);
    }
    chart.axes(svg, Labels::Percent, Labels::Percent);
    let dashed = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(svg, (chart.x(0.0), chart.y(0.0)), (chart.x(1.0), chart.y(1.0)), &dashed);
    text(svg, chart.x(0.5), chart.floor() + 42.0, "middle", "", "stated probability");
    let (x, y) = (18.0, chart.y(0.5));
    text(svg, x, y, "middle", &format!(r#" transform="rotate(-90 {x:.1} {y:.1})""#), "chance that it comes true");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::calibration_belt_test;

    /// Ten stated probabilities, fifteen questions each, of which so many came true.
    fn points(yes: [usize; 10]) -> Points {
        let (mut probabilities, mut happened) = (Vec::new(), Vec::new());
        for (at, yes) in yes.into_iter().enumerate() {
            for question in 0..15 {
                probabilities.push((at as f64 + 0.5) / 10.0);
                happened.push(question < yes);
            }
        }
        Points::new(&probabilities, &happened).expect("well formed")
    }

    #[test]
    fn the_diagonal_leaves_the_belt_only_if_the_test_rejects() {
        for yes in
            [[1, 2, 4, 5, 7, 8, 10, 11, 13, 14], [4, 5, 5, 6, 7, 8, 8, 9, 10, 10], [0, 1, 5, 4, 7, 9, 10, 12, 12, 15]]
        {
            let points = points(yes);
            let test = calibration_belt_test(&points, Development::External).expect("it can be fitted");
            for level in [0.8, 0.95] {
                let belt = calibration_belt(&points, level);
                assert_eq!(belt.len(), PLACES);
                let leaves = belt.iter().any(|of| of.stated < of.lower - 1e-6 || of.stated > of.upper + 1e-6);
                // Inside of every belt at every place need not be accepted, but outside of one is rejected.
                assert!(!leaves || test.p < 1.0 - level, "{yes:?} at {level}: {}", test.p);
            }
        }
        let far = calibration_belt(&points([4, 5, 5, 6, 7, 8, 8, 9, 10, 10]), 0.95);
        assert!(far[0].lower > far[0].stated, "a timid forecaster's belt lies above the diagonal at the left");
    }

    #[test]
    fn the_belt_of_a_straight_line_is_that_of_the_likelihood() {
        // With degree 1 and 95 % the threshold is that of χ² with two degrees: 5.991.
        let points = points([1, 2, 4, 5, 7, 8, 10, 11, 13, 14]);
        let curve = belt_curve(&points, Development::External).expect("it can be fitted");
        assert_eq!(curve.degree(), 1);
        assert!((belt_threshold(1, 0.95).expect("a level") - 5.991_464_547).abs() < 1e-6);
        for of in calibration_belt(&points, 0.95) {
            for end in [of.lower, of.upper] {
                let ratio = curve.ratio_through(logit(of.stated), logit(end)).expect("it can be fitted");
                assert!((ratio - 5.991_464_547).abs() < 0.02, "{ratio}");
            }
        }
    }
}
