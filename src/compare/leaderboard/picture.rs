//! A leaderboard as an SVG: for each forecaster the value with its interval, and the ranks under all four measures.
//!
//! Values stand above ranks, so that the letters can be read on a phone; of many forecasters, beside them, so that their names stand once.

use super::board::{Board, BoardRow, Measure, Place};
use crate::calibrate::chart::labels_across;
use crate::calibrate::lettering::{figures, numbers};
use crate::calibrate::naming::{Name, Room, Weight, fitted};
use crate::calibrate::svg::{BLUE, COLOURS, END, GRID, WIDTH, disc, group, line, opening_of_rows, text, ticks};
use crate::diagnostic::counted;
use std::fmt::Write as _;

/// Height of a row, in the drawing's unit.
const ROW: f64 = 30.0;
/// Space above the rows of each half, for title or headings: three rows, so that pages end between rows.
const TOP: f64 = 90.0;
/// Space below the rows of the first half, for its axis and legend.
const MIDDLE: f64 = 64.0;
/// Space above the rows of the second half.
const HEADING: f64 = 34.0;
/// Space below the rows of the second half, for its axis and legend.
const BOTTOM: f64 = 92.0;
/// Left of the names, and right of what is drawn.
const EDGES: (f64, f64) = (18.0, 24.0);
/// Between names and values, and between values and ranks beside them.
const GAPS: (f64, f64) = (12.0, 40.0);
/// Where names stand.
const NAMES: Room = Room { width: 168.0, large: 14.0, small: 12.0, lines: 2, weight: Weight::Plain };
/// Rows up to which ranks stand below the values.
const MOST_STACKED: usize = 12;

/// A half of the drawing.
#[derive(Debug, Clone, Copy)]
struct Half {
    /// Where it begins.
    from: f64,
    /// Where it ends.
    to: f64,
    /// Above its rows.
    top: f64,
    /// Below them.
    floor: f64,
}

impl Half {
    /// Where a share of its width lies.
    fn across(self, share: f64) -> f64 {
        self.from + (self.to - self.from) * share
    }

    /// The middle of a row.
    fn row(self, at: usize) -> f64 {
        self.top + ROW * (at as f64 + 0.5)
    }

    fn heading(self, svg: &mut String, words: &str) {
        text(svg, self.across(0.5), self.top - 12.0, "middle", r#" font-weight="bold""#, words);
    }

    /// A line of the grid.
    fn upright(self, svg: &mut String, x: f64) {
        line(svg, (x, self.top), (x, self.floor), &format!(r#"stroke="{GRID}" stroke-width="1""#));
    }
}

/// Draws a leaderboard: the values of the measure that orders it, and the ranks with the central 95 % of the bootstrap; of up to twelve forecasters below
/// each other, of more beside each other.
#[must_use]
pub fn leaderboard_picture(board: &Board, ordered_by: Measure) -> String {
    let names: Vec<&str> = board.rows.iter().map(|row| row.forecaster.as_str()).collect();
    let names = fitted(&names, NAMES);
    let widest = names.iter().map(Name::width).fold(60.0, f64::max).min(NAMES.width);
    let rows = ROW * board.rows.len() as f64;
    let from = EDGES.0 + widest + GAPS.0;
    let values = Half { from, to: WIDTH - EDGES.1, top: TOP, floor: TOP + rows };
    let is_stacked = board.rows.len() <= MOST_STACKED;
    let ranks = if is_stacked {
        let top = values.floor + MIDDLE + HEADING;
        Half { top, floor: top + rows, ..values }
    } else {
        Half { from: values.to + GAPS.1, to: values.to + GAPS.1 + 220.0, ..values }
    };
    let heading = format!("Leaderboard under {}", board.rule);
    let mut svg = opening_of_rows(ranks.to + EDGES.1, ranks.floor + BOTTOM, ROW, &heading);
    text(&mut svg, 18.0, 28.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    let drawn_from =
        format!("{} in {}; lower is better", counted(board.questions, "question"), counted(board.clusters, "cluster"));
    text(&mut svg, 18.0, 49.0, "start", "", &drawn_from);
    values.heading(&mut svg, &ordered_by.to_string());
    ranks.heading(&mut svg, "ranks");
    let scale = draw_scale(&mut svg, board, ordered_by, values);
    draw_ranks_scale(&mut svg, board.rows.len(), ranks);
    for (at, (row, name)) in board.rows.iter().zip(&names).enumerate() {
        group(&mut svg, &told(row, ordered_by));
        if !is_stacked {
            let style = format!(r#"stroke="{GRID}" stroke-width="0.6""#);
            line(&mut svg, (values.from, values.row(at)), (ranks.to, values.row(at)), &style);
        }
        name.draw(&mut svg, values.from - GAPS.0, values.row(at) + 5.0, "end", "");
        draw_value(&mut svg, row, ordered_by, values, at, &scale);
        if is_stacked {
            name.draw(&mut svg, ranks.from - GAPS.0, ranks.row(at) + 5.0, "end", "");
        }
        draw_ranks(&mut svg, row, ranks, at, board.rows.len());
        svg.push_str(END);
    }
    let has_width = |row: &BoardRow| {
        value_of(row, ordered_by).and_then(|(_, interval)| interval).is_some_and(|(lower, upper)| lower < upper)
    };
    if board.rows.iter().any(has_width) {
        draw_values_legend(&mut svg, values, if is_stacked { from.min(WIDTH - 226.0) } else { 24.0 });
    }
    draw_legend(&mut svg, board, if is_stacked { 60.0 } else { ranks.from - 50.0 }, ranks.floor + 44.0);
    svg.push_str("</svg>\n");
    svg
}

/// The value of a row with its interval.
fn value_of(row: &BoardRow, measure: Measure) -> Option<(f64, Option<(f64, f64)>)> {
    let place = place(row, measure)?;
    Some((place.value?, place.interval))
}

fn place(row: &BoardRow, measure: Measure) -> Option<&Place> {
    row.places.iter().find(|place| place.measure == measure)
}

/// A row in words, with the whole name.
fn told(row: &BoardRow, ordered_by: Measure) -> String {
    let Some((value, interval)) = value_of(row, ordered_by) else {
        return format!("{}: not comparable", row.forecaster);
    };
    let words = interval.map(|(lower, upper)| figures(&[value, lower, upper]));
    match words.as_deref() {
        Some([value, lower, upper]) => {
            format!("{}: {ordered_by} {value}, 95 % interval {lower} to {upper}", row.forecaster)
        }
        _ => format!("{}: {ordered_by} {}", row.forecaster, figures(&[value]).concat()),
    }
}

/// The axis of the values; returns its ticks.
fn draw_scale(svg: &mut String, board: &Board, ordered_by: Measure, half: Half) -> Vec<f64> {
    let ends: Vec<f64> = board
        .rows
        .iter()
        .filter_map(|row| value_of(row, ordered_by))
        .flat_map(|(value, interval)| {
            let (lower, upper) = interval.unwrap_or((value, value));
            [value, lower, upper]
        })
        .collect();
    let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let ticks = if ends.is_empty() { vec![0.0, 1.0] } else { ticks(low, high) };
    let places: Vec<f64> = ticks.iter().map(|tick| half.across(share(&ticks, *tick))).collect();
    for x in &places {
        half.upright(svg, *x);
    }
    let labels: Vec<(f64, String)> = places.into_iter().zip(numbers(&ticks)).collect();
    labels_across(svg, &labels, 0, half.floor + 20.0, (2.0, half.to + 22.0));
    ticks
}

/// Which share of an axis lies below a value.
fn share(ticks: &[f64], value: f64) -> f64 {
    let (from, to) = (ticks[0], ticks[ticks.len() - 1]);
    (value - from) / (to - from)
}

fn draw_value(svg: &mut String, row: &BoardRow, ordered_by: Measure, half: Half, at: usize, ticks: &[f64]) {
    let y = half.row(at);
    let across = |value: f64| half.across(share(ticks, value));
    let Some((value, interval)) = value_of(row, ordered_by) else {
        text(svg, half.across(0.5), y + 5.0, "middle", r#" font-size="13""#, "not comparable");
        return;
    };
    if let Some((lower, upper)) = interval {
        let bar = format!(r#"stroke="{BLUE}" stroke-width="2.4" stroke-linecap="round""#);
        line(svg, (across(lower), y), (across(upper), y), &bar);
    }
    disc(svg, across(value), y, 4.6, &format!(r#"fill="{BLUE}""#));
}

fn draw_values_legend(svg: &mut String, half: Half, x: f64) {
    let y = half.floor + 44.0;
    let bar = format!(r#"stroke="{BLUE}" stroke-width="2.4" stroke-linecap="round""#);
    line(svg, (x - 6.0, y), (x + 28.0, y), &bar);
    disc(svg, x + 11.0, y, 4.6, &format!(r#"fill="{BLUE}""#));
    text(svg, x + 36.0, y + 5.0, "start", r#" font-size="14""#, "95 %, cluster bootstrap");
}

/// Where a rank lies among so many.
fn rank_place(half: Half, rank: usize, rows: usize) -> f64 {
    half.across((rank as f64 - 1.0) / (rows.max(2) as f64 - 1.0))
}

/// The axis of the ranks.
fn draw_ranks_scale(svg: &mut String, rows: usize, half: Half) {
    let last = rows.max(2);
    let step = last.div_ceil(8);
    for rank in (1..=last).filter(|rank| (rank - 1) % step == 0) {
        let x = rank_place(half, rank, rows);
        half.upright(svg, x);
        text(svg, x, half.floor + 20.0, "middle", r#" font-size="13""#, &rank.to_string());
    }
}

fn draw_ranks(svg: &mut String, row: &BoardRow, half: Half, at: usize, rows: usize) {
    for (which, place) in row.places.iter().enumerate() {
        let Some(rank) = place.rank else { continue };
        let y = half.row(at) + 6.4 * (which as f64 - 1.5);
        let colour = COLOURS[which % COLOURS.len()];
        if let Some((lower, upper)) = place.rank_interval {
            let bar = format!(r#"stroke="{colour}" stroke-width="1.4" stroke-opacity="0.6""#);
            line(svg, (rank_place(half, lower, rows), y), (rank_place(half, upper, rows), y), &bar);
        }
        mark(svg, rank_place(half, rank, rows), y, which);
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

/// The marks of the measures by which somebody has a rank.
fn draw_legend(svg: &mut String, board: &Board, left: f64, top: f64) {
    let is_drawn =
        |which: usize| board.rows.iter().any(|row| row.places.get(which).is_some_and(|place| place.rank.is_some()));
    let drawn = Measure::ALL.iter().enumerate().filter(|(which, _)| is_drawn(*which));
    for (at, (which, measure)) in drawn.enumerate() {
        let x = left + 160.0 * (at % 2) as f64;
        let y = top + 24.0 * (at / 2) as f64;
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
    #[test]
    fn many_with_long_names_stand_once_each_with_the_whole_name_in_the_title_and_short_figures() {
        let names: Vec<String> = (0..30)
            .map(|at| format!("Dr. Maximiliane-Friederike von der Schulenburg & Partners Ltd. #{at:02}"))
            .collect();
        let scores = |question: usize| (0..30).map(|who| (who, 3e7 + 1e6 * ((who + question) % 7) as f64)).collect();
        let questions = (0..6).map(|at| (format!("q{at}"), at, scores(at))).collect();
        let panel = Panel::new(names.clone(), questions).expect("the scores are finite");
        let board = board("crps", &panel, &BoardSettings::default());
        let svg = leaderboard_picture(&board, Measure::AdjustedMean);
        assert!(svg.contains("M</text>") && !svg.contains("000000</text>"), "{svg}");
        for name in &names {
            let end = &name[name.len() - 3..];
            assert!(svg.contains(&format!("<g><title>{}: adjusted mean", name.replace('&', "&amp;"))), "{name}");
            assert_eq!(svg.lines().filter(|line| line.ends_with(&format!("{end}</text>"))).count(), 1, "{name}");
        }
    }

    #[test]
    fn one_is_one() {
        let panel = Panel::new(vec!["a".to_owned()], vec![("q".to_owned(), 0, vec![(0, 0.1)])]).expect("finite");
        let board = board("brier", &panel, &BoardSettings::default());
        let svg = leaderboard_picture(&board, Measure::AdjustedMean);
        assert!(svg.contains("1 question in 1 cluster; lower"));
        // The legend has only what is drawn.
        assert!(!svg.contains("cluster bootstrap"), "{svg}");
        for (which, measure) in Measure::ALL.iter().enumerate() {
            let has_rank = board.rows[0].places[which].rank.is_some();
            let heading = usize::from(*measure == Measure::AdjustedMean);
            let words = format!(">{measure}</text>");
            assert_eq!(svg.matches(&words).count(), heading + usize::from(has_rank), "{measure}: {svg}");
        }
    }
}
