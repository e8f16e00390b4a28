//! A leaderboard as an SVG: for each forecaster the value with its interval, and the ranks under all four measures.
//!
//! Values stand above ranks, so that the letters can be read on a phone.

use super::board::{Board, BoardRow, Measure, Place};
use crate::calibrate::svg::{BLUE, COLOURS, GRID, WIDTH, digits, disc, line, opening, shortened, text, ticks};
use std::fmt::Write as _;

/// Height of a row, in the drawing's unit.
const ROW: f64 = 30.0;
/// Space above the rows of each half, for title or headings.
const TOP: f64 = 88.0;
/// Space below the rows of the first half, for its axis and legend.
const MIDDLE: f64 = 64.0;
/// Space above the rows of the second half.
const HEADING: f64 = 34.0;
/// Space below the rows of the second half, for its axis and legend.
const BOTTOM: f64 = 92.0;
/// Where values and ranks begin: the names stand left of it.
const FROM: f64 = 194.0;
/// Where they end.
const TO: f64 = 396.0;
/// Letters of a name that fit left of the values.
const LONGEST_NAME: usize = 19;

/// Draws a leaderboard: above the values of the measure that orders it, below the ranks with the central 95 % of the bootstrap.
#[must_use]
pub fn leaderboard_picture(board: &Board, ordered_by: Measure) -> String {
    let rows = ROW * board.rows.len() as f64;
    let second = TOP + rows + MIDDLE + HEADING;
    let height = second + rows + BOTTOM;
    let heading = format!("Leaderboard under {}", board.rule);
    let mut svg = opening(WIDTH, height, &heading);
    text(&mut svg, 18.0, 28.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    let counted = format!("{} questions in {} clusters; lower is better", board.questions, board.clusters);
    text(&mut svg, 18.0, 49.0, "start", "", &counted);
    let bold = r#" font-weight="bold""#;
    text(&mut svg, 0.5 * (FROM + TO), TOP - 12.0, "middle", bold, &ordered_by.to_string());
    text(&mut svg, 0.5 * (FROM + TO), second - 12.0, "middle", bold, "ranks");
    draw_values(&mut svg, board, ordered_by, TOP);
    draw_ranks(&mut svg, board, second);
    draw_legend(&mut svg, second + rows + 44.0);
    svg.push_str("</svg>\n");
    svg
}

fn place(row: &BoardRow, measure: Measure) -> Option<&Place> {
    row.places.iter().find(|place| place.measure == measure)
}

/// The name of a row, left of what is drawn; returns the middle of the row.
fn name(svg: &mut String, top: f64, at: usize, forecaster: &str) -> f64 {
    let y = top + ROW * (at as f64 + 0.5);
    text(svg, FROM - 12.0, y + 5.0, "end", r#" font-size="14""#, &shortened(forecaster, LONGEST_NAME));
    y
}

fn draw_values(svg: &mut String, board: &Board, ordered_by: Measure, top: f64) {
    let floor = top + ROW * board.rows.len() as f64;
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
    let across = |value: f64| FROM + (TO - FROM) * (value - from) / (to - from);
    let digits = digits(ticks[1] - ticks[0]);
    for tick in &ticks {
        line(svg, (across(*tick), top), (across(*tick), floor), &format!(r#"stroke="{GRID}" stroke-width="1""#));
        text(svg, across(*tick), floor + 20.0, "middle", r#" font-size="13""#, &format!("{tick:.digits$}"));
    }
    for (at, row) in board.rows.iter().enumerate() {
        let y = name(svg, top, at, &row.forecaster);
        let Some((value, interval)) = of(row) else {
            text(svg, 0.5 * (FROM + TO), y + 5.0, "middle", r#" font-size="13""#, "not comparable");
            continue;
        };
        if let Some((lower, upper)) = interval {
            let bar = format!(r#"stroke="{BLUE}" stroke-width="2.4" stroke-linecap="round""#);
            line(svg, (across(lower), y), (across(upper), y), &bar);
        }
        disc(svg, across(value), y, 4.6, &format!(r#"fill="{BLUE}""#));
    }
    let legend = floor + 44.0;
    let bar = format!(r#"stroke="{BLUE}" stroke-width="2.4" stroke-linecap="round""#);
    line(svg, (FROM - 6.0, legend), (FROM + 28.0, legend), &bar);
    disc(svg, FROM + 11.0, legend, 4.6, &format!(r#"fill="{BLUE}""#));
    text(svg, FROM + 36.0, legend + 5.0, "start", "", "95 %, cluster bootstrap");
}

fn draw_ranks(svg: &mut String, board: &Board, top: f64) {
    let floor = top + ROW * board.rows.len() as f64;
    let last = board.rows.len().max(2);
    let across = |rank: f64| FROM + (TO - FROM) * (rank - 1.0) / (last as f64 - 1.0);
    let step = last.div_ceil(8);
    for rank in (1..=last).filter(|rank| (rank - 1) % step == 0) {
        let x = across(rank as f64);
        line(svg, (x, top), (x, floor), &format!(r#"stroke="{GRID}" stroke-width="1""#));
        text(svg, x, floor + 20.0, "middle", r#" font-size="13""#, &rank.to_string());
    }
    for (at, row) in board.rows.iter().enumerate() {
        let middle = name(svg, top, at, &row.forecaster);
        for (which, place) in row.places.iter().enumerate() {
            let Some(rank) = place.rank else { continue };
            let y = middle + 6.4 * (which as f64 - 1.5);
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
        disc(svg, x, y, 3.2, &format!(r#"fill="{colour}""#));
        return;
    }
    let corners: Vec<String> = points.iter().map(|(dx, dy)| format!("{:.1},{:.1}", x + dx, y + dy)).collect();
    let _ = writeln!(svg, r#"<polygon points="{}" fill="{colour}"/>"#, corners.join(" "));
}

fn draw_legend(svg: &mut String, top: f64) {
    for (which, measure) in Measure::ALL.iter().enumerate() {
        let x = 60.0 + 180.0 * (which % 2) as f64;
        let y = top + 24.0 * (which / 2) as f64;
        mark(svg, x, y, which);
        text(svg, x + 12.0, y + 5.0, "start", "", &measure.to_string());
    }
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
}
