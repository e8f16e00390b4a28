//! A leaderboard as an SVG: for each forecaster the value with its interval, and the ranks under all four measures.
//!
//! Light background and dark strokes, so that it prints; large letters, so that it can be read on a phone. Made of plain
//! shapes and text: no script, no font, nothing fetched.

use super::board::{Board, BoardRow, Measure, Place};
use crate::calibrate::svg::{escaped, shortened};
use std::fmt::Write as _;

/// Height of a row, in the drawing's unit.
const ROW: f64 = 30.0;
/// Space above the rows, for title and headings.
const TOP: f64 = 88.0;
/// Space below the rows, for axes and legend.
const BOTTOM: f64 = 112.0;
/// Where values begin: the names stand left of it.
const VALUES_FROM: f64 = 210.0;
/// Where values end.
const VALUES_TO: f64 = 480.0;
/// Where ranks begin.
const RANKS_FROM: f64 = 530.0;
/// Where ranks end.
const RANKS_TO: f64 = 760.0;
/// Width of the drawing.
const WIDTH: f64 = 790.0;
/// Letters of a name that fit left of the values.
const LONGEST_NAME: usize = 22;

/// Text and axes.
const INK: &str = "#1d2733";
/// Rules of the grid.
const GRID: &str = "#d7dce2";
/// Values.
const LINE: &str = "#0b5394";
/// A colour for each measure, told apart by shape as well.
const COLOURS: [&str; 4] = ["#b45309", "#0b5394", "#2f7d4f", "#7b3fa0"];

/// Draws a leaderboard: left the values of the measure that orders it, right the ranks with the central 95 % of the bootstrap.
#[must_use]
pub fn leaderboard_picture(board: &Board, ordered_by: Measure) -> String {
    let height = TOP + ROW * board.rows.len() as f64 + BOTTOM;
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="15" fill="{INK}">"#
    );
    let _ = writeln!(svg, "<title>Leaderboard under {}</title>", escaped(board.rule));
    let _ = writeln!(svg, r##"<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>"##);
    let heading = format!("Leaderboard under {}", board.rule);
    text(&mut svg, 18.0, 28.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    let counted = format!("{} questions in {} clusters; lower is better", board.questions, board.clusters);
    text(&mut svg, 18.0, 49.0, "start", "", &counted);
    let bold = r#" font-weight="bold""#;
    let headline = TOP - 14.0;
    text(&mut svg, 0.5 * (VALUES_FROM + VALUES_TO), headline, "middle", bold, &ordered_by.to_string());
    text(&mut svg, 0.5 * (RANKS_FROM + RANKS_TO), headline, "middle", bold, "ranks");
    let floor = TOP + ROW * board.rows.len() as f64;
    draw_values(&mut svg, board, ordered_by, floor);
    draw_ranks(&mut svg, board, floor);
    draw_legend(&mut svg, floor + 62.0);
    svg.push_str("</svg>\n");
    svg
}

fn place(row: &BoardRow, measure: Measure) -> Option<&Place> {
    row.places.iter().find(|place| place.measure == measure)
}

fn middle_of(at: usize) -> f64 {
    TOP + ROW * (at as f64 + 0.5)
}

fn draw_values(svg: &mut String, board: &Board, ordered_by: Measure, floor: f64) {
    let of = |row: &BoardRow| place(row, ordered_by).and_then(|place| Some((place.value?, place.interval)));
    let ends: Vec<f64> = board
        .rows
        .iter()
        .filter_map(of)
        .flat_map(|(value, interval)| {
            let (lower, upper) = interval.unwrap_or((value, value));
            [value, lower, upper]
        })
        .collect();
    let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let ticks = if ends.is_empty() { vec![0.0, 1.0] } else { ticks(low, high) };
    let (from, to) = (ticks[0], ticks[ticks.len() - 1]);
    let across = |value: f64| VALUES_FROM + (VALUES_TO - VALUES_FROM) * (value - from) / (to - from);
    let digits = digits(ticks[1] - ticks[0]);
    for tick in &ticks {
        line(svg, (across(*tick), TOP), (across(*tick), floor), &format!(r#"stroke="{GRID}" stroke-width="1""#));
        text(svg, across(*tick), floor + 20.0, "middle", r#" font-size="13""#, &format!("{tick:.digits$}"));
    }
    for (at, row) in board.rows.iter().enumerate() {
        let y = middle_of(at);
        text(svg, VALUES_FROM - 14.0, y + 5.0, "end", "", &shortened(&row.forecaster, LONGEST_NAME));
        let Some((value, interval)) = of(row) else {
            text(svg, 0.5 * (VALUES_FROM + VALUES_TO), y + 5.0, "middle", r#" font-size="13""#, "not comparable");
            continue;
        };
        if let Some((lower, upper)) = interval {
            let bar = format!(r#"stroke="{LINE}" stroke-width="2.4" stroke-linecap="round""#);
            line(svg, (across(lower), y), (across(upper), y), &bar);
        }
        let _ = writeln!(svg, r#"<circle cx="{:.1}" cy="{y:.1}" r="4.6" fill="{LINE}"/>"#, across(value));
    }
}

fn draw_ranks(svg: &mut String, board: &Board, floor: f64) {
    let last = board.rows.len().max(2);
    let across = |rank: f64| RANKS_FROM + (RANKS_TO - RANKS_FROM) * (rank - 1.0) / (last as f64 - 1.0);
    let step = last.div_ceil(8);
    for rank in (1..=last).filter(|rank| (rank - 1) % step == 0) {
        let x = across(rank as f64);
        line(svg, (x, TOP), (x, floor), &format!(r#"stroke="{GRID}" stroke-width="1""#));
        text(svg, x, floor + 20.0, "middle", r#" font-size="13""#, &rank.to_string());
    }
    for (at, row) in board.rows.iter().enumerate() {
        for (which, place) in row.places.iter().enumerate() {
            let Some(rank) = place.rank else { continue };
            let y = middle_of(at) + 6.4 * (which as f64 - 1.5);
            let colour = COLOURS[which % COLOURS.len()];
            if let Some((lower, upper)) = place.rank_interval {
                let bar = format!(r#"stroke="{colour}" stroke-width="1.4" stroke-opacity="0.6""#);
                line(svg, (across(lower as f64), y), (across(upper as f64), y), &bar);
            }
            mark(svg, across(rank as f64), y, which);
        }
    }
}

/// A disc, a square, a diamond, a triangle: one for each measure.
fn mark(svg: &mut String, x: f64, y: f64, which: usize) {
    let colour = COLOURS[which % COLOURS.len()];
    let points = match which {
        1 => vec![(-2.8, -2.8), (2.8, -2.8), (2.8, 2.8), (-2.8, 2.8)],
        2 => vec![(0.0, -3.9), (3.9, 0.0), (0.0, 3.9), (-3.9, 0.0)],
        3 => vec![(0.0, -3.6), (3.6, 3.0), (-3.6, 3.0)],
        _ => Vec::new(),
    };
    if points.is_empty() {
        let _ = writeln!(svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="3.2" fill="{colour}"/>"#);
        return;
    }
    let corners: Vec<String> = points.iter().map(|(dx, dy)| format!("{:.1},{:.1}", x + dx, y + dy)).collect();
    let _ = writeln!(svg, r#"<polygon points="{}" fill="{colour}"/>"#, corners.join(" "));
}

fn draw_legend(svg: &mut String, top: f64) {
    for (which, measure) in Measure::ALL.iter().enumerate() {
        let x = RANKS_FROM - 20.0 + 140.0 * (which % 2) as f64;
        let y = top + 24.0 * (which / 2) as f64;
        mark(svg, x, y, which);
        text(svg, x + 12.0, y + 5.0, "start", "", &measure.to_string());
    }
    line(
        svg,
        (VALUES_FROM - 20.0, top),
        (VALUES_FROM + 14.0, top),
        &format!(r#"stroke="{LINE}" stroke-width="2.4" stroke-linecap="round""#),
    );
    let _ = writeln!(svg, r#"<circle cx="{:.1}" cy="{top:.1}" r="4.6" fill="{LINE}"/>"#, VALUES_FROM - 3.0);
    text(svg, VALUES_FROM + 24.0, top + 5.0, "start", "", "95 % by cluster bootstrap");
}

/// Round numbers that hold an interval between them, five or so.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let span = if high > low { high - low } else { low.abs().max(1e-6) };
    let rough = span / 4.0;
    let power = crate::math::powf(10.0, crate::math::log10(rough).floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough).unwrap_or(10.0) * power;
    let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
    (first..=last.max(first + 1)).map(|at| at as f64 * step).collect()
}

/// Digits after the point that tell multiples of a step apart.
fn digits(step: f64) -> usize {
    (0..9)
        .find(|digits| step * crate::math::powf(10.0, f64::from(*digits)) >= 0.999)
        .map_or(9, |digits| digits as usize)
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, more: &str, words: &str) {
    let _ = writeln!(svg, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}"{more}>{}</text>"#, escaped(words));
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), style: &str) {
    let _ = writeln!(svg, r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" {style}/>"#, from.0, from.1, to.0, to.1);
}

#[cfg(test)]
mod tests {
    use super::super::{BoardSettings, Panel, board};
    use super::*;

    #[test]
    fn names_cannot_break_out_and_gaps_are_said() {
        let questions = vec![
            ("q0".to_owned(), 0, vec![(0, 0.1), (1, 0.2)]),
            ("q1".to_owned(), 1, vec![(0, 0.3), (1, 0.2)]),
            ("q2".to_owned(), 2, vec![(2, 0.2)]),
        ];
        let names = ["<script>&\u{1}", "b", "alone"].map(str::to_owned).to_vec();
        let panel = Panel::new(names, questions).expect("the scores are finite");
        let board = board("brier", &panel, &BoardSettings::default());
        let svg = leaderboard_picture(&board, Measure::AdjustedMean);
        assert!(svg.contains("&lt;script&gt;&amp; </text>") && !svg.contains("<script"));
        assert!(svg.contains("not comparable") && !svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn ticks_are_round_and_hold_what_is_drawn() {
        for (low, high) in [(0.013, 0.091), (-3.2, 7.9), (5.0, 5.0), (0.0, 0.0), (99.0, 1234.0)] {
            let ticks = ticks(low, high);
            assert!(ticks.len() >= 2 && ticks.len() <= 8, "{ticks:?}");
            assert!(ticks[0] <= low && high <= ticks[ticks.len() - 1] + 1e-12, "{low} {high}: {ticks:?}");
        }
        assert_eq!((digits(0.02), digits(1.0), digits(0.5), digits(50.0)), (2, 0, 1, 0));
    }
}
