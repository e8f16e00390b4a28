//! The reliability diagram as an SVG: one panel a forecaster, the CORP line, ten bins, and how many forecasts are where.
//!
//! Light background and dark strokes, so that it prints; two panels side by side at most and large letters, so that it can be
//! read on a phone. Made of plain shapes and text: no script, no font, nothing fetched.

use super::svg::{escaped, shortened};
use super::{BandPoint, Corp, CorpScore, Points, corp, recalibrated, reliability_table};
use std::fmt::Write as _;

/// Side of the square in which stated meets observed, in the drawing's unit.
const SIDE: f64 = 280.0;
/// Height of the histogram below it.
const BARS: f64 = 64.0;
/// Space left of the square, for the labels of its axis.
const LEFT: f64 = 74.0;
/// Space above the square, for the name and the figures.
const TOP: f64 = 84.0;
/// Space between the square and the histogram.
const GAP: f64 = 22.0;
/// Width of a panel.
const PANEL_WIDTH: f64 = LEFT + SIDE + 36.0;
/// Height of a panel.
const PANEL_HEIGHT: f64 = TOP + SIDE + GAP + BARS + 66.0;
/// Height of the legend below the panels.
const LEGEND: f64 = 92.0;
/// Bins of the circles and of the histogram.
const BINS: usize = 10;
/// Letters of a name that fit over a panel.
const LONGEST_NAME: usize = 30;

/// One forecaster of a diagram.
#[derive(Debug, Clone)]
pub struct Panel<'a> {
    /// The name.
    pub name: &'a str,
    /// The forecasts and what happened.
    pub points: &'a Points,
}

/// Draws a reliability diagram; text of an SVG file.
///
/// Stated probability runs to the right, the share that came true upwards: a line below the diagonal says yes too often.
#[must_use]
pub fn reliability_diagram(panels: &[Panel]) -> String {
    drawn(panels, &[])
}

/// Draws a reliability diagram with a band behind each curve: what calibrated forecasts of the same probabilities would show.
///
/// One band a panel, in their order, each rising in the stated probability; a panel without one is drawn without.
#[must_use]
pub fn reliability_diagram_with_bands(panels: &[Panel], bands: &[&[BandPoint]]) -> String {
    drawn(panels, bands)
}

fn drawn(panels: &[Panel], bands: &[&[BandPoint]]) -> String {
    let columns = panels.len().clamp(1, 2);
    // With one column the legend of the band has a row of its own; with two there is room in the rows that there are.
    let legend = if bands.is_empty() || columns > 1 { LEGEND } else { LEGEND + 32.0 };
    let rows = panels.len().div_ceil(columns).max(1);
    let (width, height) = (columns as f64 * PANEL_WIDTH, rows as f64 * PANEL_HEIGHT + legend);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="15" fill="{INK}">"#
    );
    let _ = writeln!(svg, "<title>Reliability of stated probabilities</title>");
    let _ = writeln!(svg, r##"<rect width="{width}" height="{height}" fill="#ffffff"/>"##);
    for (at, panel) in panels.iter().enumerate() {
        let (column, row) = (at % columns, at / columns);
        let (x, y) = (column as f64 * PANEL_WIDTH, row as f64 * PANEL_HEIGHT);
        let _ = writeln!(svg, r#"<g transform="translate({x} {y})">"#);
        draw_panel(&mut svg, panel, bands.get(at).copied().unwrap_or_default());
        svg.push_str("</g>\n");
    }
    draw_legend(&mut svg, rows as f64 * PANEL_HEIGHT, columns);
    if !bands.is_empty() {
        draw_band_legend(&mut svg, rows as f64 * PANEL_HEIGHT + if columns > 1 { 62.0 } else { 110.0 });
    }
    svg.push_str("</svg>\n");
    svg
}

/// Text and axes.
const INK: &str = "#1d2733";
/// Rules of the grid.
const GRID: &str = "#d7dce2";
/// The diagonal.
const DIAGONAL: &str = "#7b8794";
/// The CORP line.
const LINE: &str = "#0b5394";
/// The band of calibrated forecasts.
const BAND: &str = "#cfe0f3";
/// The bins.
const BIN: &str = "#b45309";

/// Left to right within a panel.
fn across(share: f64) -> f64 {
    LEFT + SIDE * share
}

/// Top to bottom within a panel: 1 is above.
fn down(share: f64) -> f64 {
    TOP + SIDE * (1.0 - share)
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, more: &str, words: &str) {
    let _ = writeln!(svg, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}"{more}>{}</text>"#, escaped(words));
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), style: &str) {
    let _ = writeln!(svg, r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" {style}/>"#, from.0, from.1, to.0, to.1);
}

fn draw_panel(svg: &mut String, panel: &Panel, band: &[BandPoint]) {
    text(svg, 18.0, 26.0, "start", r#" font-size="18" font-weight="bold""#, &shortened(panel.name, LONGEST_NAME));
    text(svg, 18.0, 47.0, "start", "", &counted(panel.points.questions(), panel.points.len()));
    if let Some(parts) = corp(panel.points, CorpScore::Brier) {
        text(svg, 18.0, 65.0, "start", r#" font-size="13""#, &figures(&parts));
    }
    draw_band(svg, band);
    draw_axes(svg);
    draw_bins(svg, panel.points);
    draw_corp_line(svg, panel.points);
}

fn counted(questions: usize, forecasts: usize) -> String {
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    format!("{}, {}", plural(questions, "question"), plural(forecasts, "forecast"))
}

fn figures(parts: &Corp) -> String {
    format!(
        "Brier {:.3} = MCB {:.3} − DSC {:.3} + UNC {:.3}",
        parts.score,
        parts.miscalibration.max(0.0),
        parts.discrimination.max(0.0),
        parts.uncertainty
    )
}

fn draw_axes(svg: &mut String) {
    let thin = format!(r#"stroke="{GRID}" stroke-width="1""#);
    for quarter in 0..=4 {
        let share = f64::from(quarter) / 4.0;
        line(svg, (across(share), down(0.0)), (across(share), down(1.0)), &thin);
        line(svg, (across(0.0), down(share)), (across(1.0), down(share)), &thin);
        text(svg, LEFT - 8.0, down(share) + 5.0, "end", "", &format!("{} %", 25 * quarter));
        text(svg, across(share), TOP + SIDE + GAP + BARS + 20.0, "middle", "", &format!("{} %", 25 * quarter));
    }
    let dashed = format!(r#"stroke="{DIAGONAL}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(svg, (across(0.0), down(0.0)), (across(1.0), down(1.0)), &dashed);
    let _ = writeln!(
        svg,
        r#"<rect x="{LEFT:.1}" y="{TOP:.1}" width="{SIDE:.1}" height="{SIDE:.1}" fill="none" stroke="{INK}" stroke-width="1.2"/>"#
    );
    text(svg, across(0.5), TOP + SIDE + GAP + BARS + 44.0, "middle", "", "stated probability");
    let (x, y) = (18.0, down(0.5));
    text(svg, x, y, "middle", &format!(r#" transform="rotate(-90 {x:.1} {y:.1})""#), "share that came true");
}

/// What chance makes of the curve of calibrated forecasts.
fn draw_band(svg: &mut String, band: &[BandPoint]) {
    let point = |stated: f64, share: f64| format!("{:.1},{:.1}", across(stated), down(share));
    let upper = band.iter().map(|of| point(of.stated, of.upper));
    let lower = band.iter().rev().map(|of| point(of.stated, of.lower));
    let outline: Vec<String> = upper.chain(lower).collect();
    match band {
        [] => {}
        // One stated probability has a bar instead of an area.
        [only] => line(
            svg,
            (across(only.stated), down(only.lower)),
            (across(only.stated), down(only.upper)),
            &format!(r#"stroke="{BAND}" stroke-width="7""#),
        ),
        _ => {
            let _ = writeln!(svg, r#"<polygon points="{}" fill="{BAND}"/>"#, outline.join(" "));
        }
    }
}

/// Circles of the bins, their area in proportion to the questions in them, and the histogram.
fn draw_bins(svg: &mut String, points: &Points) {
    let table = reliability_table(points, BINS);
    let heaviest = table.iter().map(|bin| bin.weight).fold(0.0, f64::max);
    let floor = TOP + SIDE + GAP + BARS;
    line(svg, (across(0.0), floor), (across(1.0), floor), &format!(r#"stroke="{INK}" stroke-width="1.2""#));
    for bin in &table {
        let (Some(stated), Some(observed)) = (bin.stated, bin.observed) else { continue };
        let share = bin.weight / heaviest;
        let height = (BARS - 16.0) * share;
        let width = SIDE / BINS as f64 - 4.0;
        let _ = writeln!(
            svg,
            r#"<rect x="{:.1}" y="{:.1}" width="{width:.1}" height="{height:.1}" fill="{BIN}" fill-opacity="0.35"/>"#,
            across(bin.from) + 2.0,
            floor - height
        );
        let middle = across(0.5 * (bin.from + bin.to));
        text(svg, middle, floor - height - 3.0, "middle", r#" font-size="12""#, &bin.forecasts.to_string());
        let _ = writeln!(
            svg,
            r#"<circle cx="{:.1}" cy="{:.1}" r="{:.1}" fill="none" stroke="{BIN}" stroke-width="2"/>"#,
            across(stated),
            down(observed),
            3.0 + 8.0 * share.sqrt()
        );
    }
}

/// The recalibrated probability at each stated one: level over what was pooled, a thin line from one level to the next.
fn draw_corp_line(svg: &mut String, points: &Points) {
    let fitted = recalibrated(points);
    let mut sorted: Vec<(f64, f64)> = points.probabilities().iter().copied().zip(fitted).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let levels: Vec<(f64, f64, f64)> =
        sorted.chunk_by(|a, b| a.1 == b.1).map(|level| (level[0].0, level[level.len() - 1].0, level[0].1)).collect();
    let link = format!(r#"stroke="{LINE}" stroke-width="1.4""#);
    let bold = format!(r#"stroke="{LINE}" stroke-width="3.2" stroke-linecap="round""#);
    for pair in levels.windows(2) {
        line(svg, (across(pair[0].1), down(pair[0].2)), (across(pair[1].0), down(pair[1].2)), &link);
    }
    for (from, to, level) in &levels {
        if from == to {
            let _ =
                writeln!(svg, r#"<circle cx="{:.1}" cy="{:.1}" r="3.4" fill="{LINE}"/>"#, across(*from), down(*level));
        } else {
            line(svg, (across(*from), down(*level)), (across(*to), down(*level)), &bold);
        }
    }
}

fn draw_legend(svg: &mut String, top: f64, columns: usize) {
    let step = if columns > 1 { 0.0 } else { 24.0 };
    let second = if columns > 1 { PANEL_WIDTH } else { 0.0 };
    let first_row = top + 14.0;
    let bold = format!(r#"stroke="{LINE}" stroke-width="3.2" stroke-linecap="round""#);
    line(svg, (28.0, first_row), (56.0, first_row), &bold);
    text(svg, 66.0, first_row + 5.0, "start", "", "CORP line (isotonic fit)");
    let row = first_row + step;
    let _ = writeln!(
        svg,
        r#"<circle cx="{:.1}" cy="{row:.1}" r="8" fill="none" stroke="{BIN}" stroke-width="2"/>"#,
        second + 42.0
    );
    text(svg, second + 66.0, row + 5.0, "start", "", "ten bins; area and bar: questions");
    let row = first_row + step + 24.0;
    let dashed = format!(r#"stroke="{DIAGONAL}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(svg, (28.0, row), (56.0, row), &dashed);
    text(svg, 66.0, row + 5.0, "start", "", "perfectly calibrated");
    let row = if columns > 1 { row } else { row + 24.0 };
    text(svg, second + 42.0, row + 5.0, "middle", r#" font-size="12""#, "12");
    text(svg, second + 66.0, row + 5.0, "start", "", "forecasts in the bin");
}

fn draw_band_legend(svg: &mut String, row: f64) {
    let _ = writeln!(svg, r#"<rect x="28.0" y="{:.1}" width="28" height="14" fill="{BAND}"/>"#, row - 7.0);
    text(svg, 66.0, row + 5.0, "start", "", "where the line of calibrated forecasts lies");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_drawing() {
        let points = Points::new(&[0.2, 0.7], &[false, true]).expect("two pairs");
        let svg = reliability_diagram(&[Panel { name: "<script>&\"\u{1}", points: &points }]);
        assert!(svg.contains("&lt;script&gt;&amp;&quot; </text>"));
        assert!(!svg.contains("<script"));
    }

    #[test]
    fn no_points_draw_axes_and_nothing_that_is_not_a_number() {
        let svg = reliability_diagram(&[Panel { name: "nobody", points: &Points::default() }]);
        assert!(svg.contains("0 questions, 0 forecasts"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn the_line_is_level_over_what_was_pooled() {
        let points = Points::new(&[0.25, 0.75], &[true, false]).expect("two pairs");
        let svg = reliability_diagram(&[Panel { name: "upside down", points: &points }]);
        let level = format!(
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{LINE}""#,
            across(0.25),
            down(0.5),
            across(0.75),
            down(0.5)
        );
        assert!(svg.contains(&level));
    }
}
