//! Paired differences as an SVG: for each pair the mean with its interval, and the mean of each cluster behind it.

use super::PairComparison;
use crate::calibrate::chart::{Chart, Labels, is_beyond};
use crate::calibrate::lettering::{signed, width_of};
use crate::calibrate::naming::{Name, Room, Weight, differences};
use crate::calibrate::svg::{BLUE, END, INK, MIDDLE, PAPER, WIDTH, disc, group, line, opening_of_rows, text};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Height of a pair, and what a line of its own adds to it for figures that do not fit beside the verdict.
const ROW: (f64, f64) = (92.0, 18.0);
/// From the axis to the first line of the legend, from a line to the next, and below the last.
const LEGEND: (f64, f64, f64) = (48.0, 24.0, 24.0);
/// Half the height of the ticks at the ends of an interval.
const TICK: f64 = 9.0;
/// Sizes of the letters of a verdict and of figures.
const LETTERS: (f64, f64) = (14.0, 12.0);
/// Where the names of a pair stand.
const NAMES: Room = Room { width: 340.0, large: 14.0, small: 12.0, lines: 2, weight: Weight::Plain };

/// Draws the differences of pairs under one rule; text of an SVG file.
///
/// Left of 0 the first of a pair is better. A dot is the mean difference of a cluster, the bar between two ticks the 95 % interval of the mean over
/// questions, which stands beside the verdict in figures, since it may be narrower than can be seen. The axis holds the intervals and the middle nine tenths of the dots; dots beyond it stand at its ends.
#[must_use]
pub fn difference_picture(pairs: &[&PairComparison]) -> String {
    let heading = format!("Paired differences under {}", pairs.first().map_or("", |pair| pair.rule));
    let dots: Vec<Vec<f64>> = pairs.iter().map(|pair| cluster_means(pair)).collect();
    let mut sorted: Vec<f64> = dots.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let inner = sorted.len() / 20..sorted.len() - sorted.len() / 20;
    let means = pairs.iter().filter_map(|pair| pair.difference.map(|difference| difference.mean));
    let ends = pairs.iter().filter_map(|pair| pair.interval).flat_map(|of| [of.lower, of.upper]);
    let columns = match pairs.len() {
        0..=12 => 1,
        13..=40 => 2,
        _ => 3,
    };
    let figures: Vec<String> = pairs.iter().map(|pair| figures(pair)).collect();
    let is_long = pairs.iter().zip(&figures).any(|(pair, figures)| {
        width_of(&pair.verdict.to_string(), LETTERS.0) + width_of(figures, LETTERS.1) + 20.0 > WIDTH - 60.0
    });
    let more = if is_long { ROW.1 } else { 0.0 };
    let row = ROW.0 + more;
    let rows = pairs.len().max(1).div_ceil(columns);
    let chart = Chart {
        left: 30.0,
        // As high as a row, so that pages end between rows.
        top: row,
        width: WIDTH - 60.0,
        height: row * rows as f64,
        across: Chart::holding(sorted[inner].iter().copied().chain(means).chain(ends).chain([0.0])),
        up: Vec::new(),
    };
    let has_dots = dots.iter().any(|dots| !dots.is_empty());
    let has_more = dots.iter().flatten().any(|dot| is_beyond(&chart.across, *dot));
    let lines = f64::from(u8::from(has_dots) + u8::from(has_more));
    let height = chart.floor() + LEGEND.0 + LEGEND.1 * lines + LEGEND.2;
    let title = format!("{heading}: {}", in_words(pairs));
    let mut svg = opening_of_rows(WIDTH * columns as f64, height, row, &title);
    text(&mut svg, 18.0, 28.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    text(&mut svg, 18.0, 50.0, "start", "", "left of 0: the first is better");
    let both: Vec<(&str, &str)> = pairs.iter().map(|pair| (pair.a.as_str(), pair.b.as_str())).collect();
    let names = differences(&both, NAMES);
    let drawn: Vec<Drawn> = (0..pairs.len())
        .map(|at| Drawn { pair: pairs[at], dots: &dots[at], name: &names[at], figures: &figures[at] })
        .collect();
    for (at, column) in drawn.chunks(rows).enumerate() {
        let _ = writeln!(svg, r#"<g transform="translate({} 0)">"#, WIDTH * at as f64);
        chart.axes(&mut svg, Labels::Numbers, Labels::Numbers);
        let zero = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
        line(&mut svg, (chart.x(0.0), chart.top), (chart.x(0.0), chart.floor()), &zero);
        for (at, of) in column.iter().enumerate() {
            group(&mut svg, &told(of.pair));
            draw_pair(&mut svg, &chart, of, chart.top + row * at as f64, more);
            svg.push_str(END);
        }
        svg.push_str(END);
    }
    draw_legend(&mut svg, chart.floor() + LEGEND.0, has_dots);
    if has_more {
        let at = chart.floor() + LEGEND.0 + LEGEND.1 * lines;
        disc(&mut svg, 48.0, at, 2.6, &beyond());
        text(&mut svg, 76.0, at + 5.0, "start", "", "the same, beyond the scale: at its ends");
    }
    svg.push_str("</svg>\n");
    svg
}

/// A pair with what is drawn of it.
struct Drawn<'a> {
    pair: &'a PairComparison,
    dots: &'a [f64],
    name: &'a Name,
    figures: &'a str,
}

/// Pairs that are told to those who do not see the picture.
const TOLD: usize = 8;

/// The figures of the picture, for those who do not see it.
fn in_words(pairs: &[&PairComparison]) -> String {
    let mut words: Vec<String> = pairs.iter().take(TOLD).map(|pair| told(pair)).collect();
    if pairs.len() > TOLD {
        words.push(format!("and {} more pairs", pairs.len() - TOLD));
    }
    words.join("; ")
}

/// A pair in words, with its whole names.
fn told(pair: &PairComparison) -> String {
    let Some(difference) = pair.difference else {
        return format!("{} and {} have no common question", pair.a, pair.b);
    };
    let interval = pair.interval.map(|of| signed(&[difference.mean, of.lower, of.upper]));
    let words = match interval.as_deref() {
        Some([mean, lower, upper]) => format!("{mean}, 95 % interval {lower} to {upper}"),
        _ => signed(&[difference.mean]).concat(),
    };
    format!("{} less {}, mean {words}: {}", pair.a, pair.b, pair.verdict)
}

/// The mean difference and its interval in figures of one unit; nothing without a common question.
fn figures(pair: &PairComparison) -> String {
    let Some(difference) = pair.difference else { return String::new() };
    let interval = pair.interval.map(|of| signed(&[difference.mean, of.lower, of.upper]));
    match interval.as_deref() {
        Some([mean, lower, upper]) => format!("{mean} ({lower} to {upper})"),
        _ => signed(&[difference.mean]).concat(),
    }
}

/// A cluster whose place is not on the scale.
fn beyond() -> String {
    format!(r#"fill="{PAPER}" stroke="{INK}" stroke-opacity="0.6" stroke-width="1.2""#)
}

/// Draws a pair below `top`; `more` is what the line of its figures adds to the height.
fn draw_pair(svg: &mut String, chart: &Chart, of: &Drawn, top: f64, more: f64) {
    let Drawn { pair, dots, name, figures } = of;
    // Letters stand out from the lines that they cross.
    let halo = format!(r#" stroke="{PAPER}" stroke-width="4" paint-order="stroke""#);
    name.draw(svg, chart.left + 8.0, top + 19.0, "start", &halo);
    let style = format!(r#" font-size="{}"{halo}"#, LETTERS.0);
    text(svg, chart.left + 8.0, top + 40.0, "start", &style, &pair.verdict.to_string());
    if !figures.is_empty() {
        let style = format!(r#" font-size="{}"{halo}"#, LETTERS.1);
        text(svg, chart.left + chart.width - 4.0, top + 40.0 + more, "end", &style, figures);
    }
    let top = top + more;
    for (at, dot) in dots.iter().enumerate() {
        // Spread over three heights, so that equal ones do not hide each other.
        let y = top + 66.0 + 8.0 * ((at % 3) as f64 - 1.0);
        let style =
            if is_beyond(&chart.across, *dot) { beyond() } else { format!(r#"fill="{INK}" fill-opacity="0.28""#) };
        disc(svg, chart.x(*dot), y, 2.6, &style);
    }
    let y = top + 66.0;
    let mut radius = 6.0_f64;
    if let Some(of) = pair.interval {
        let (from, to) = (chart.x(of.lower), chart.x(of.upper));
        let bar = format!(r#"stroke="{BLUE}" stroke-width="3.4" stroke-linecap="round""#);
        line(svg, (from, y), (to, y), &bar);
        for end in [from, to] {
            line(svg, (end, y - TICK), (end, y + TICK), &format!(r#"stroke="{BLUE}" stroke-width="1.4""#));
        }
        // The mean leaves the ends of its interval to be seen.
        radius = (0.25 * (to - from)).clamp(1.2, radius);
    }
    match pair.difference {
        Some(difference) => disc(svg, chart.x(difference.mean), y, radius, &format!(r#"fill="{BLUE}""#)),
        None => text(svg, chart.left + 0.5 * chart.width, y + 5.0, "middle", "", "no common question"),
    }
}

/// The mean difference of each cluster, in the order of their names.
fn cluster_means(pair: &PairComparison) -> Vec<f64> {
    let mut of: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for question in &pair.by_question {
        let entry = of.entry(question.cluster.as_str()).or_default();
        entry.0 += question.difference;
        entry.1 += 1;
    }
    of.into_values().map(|(sum, count)| sum / count as f64).collect()
}

fn draw_legend(svg: &mut String, top: f64, has_dots: bool) {
    let bar = format!(r#"stroke="{BLUE}" stroke-width="3.4" stroke-linecap="round""#);
    line(svg, (30.0, top), (66.0, top), &bar);
    for end in [30.0, 66.0] {
        line(svg, (end, top - TICK), (end, top + TICK), &format!(r#"stroke="{BLUE}" stroke-width="1.4""#));
    }
    disc(svg, 48.0, top, 6.0, &format!(r#"fill="{BLUE}""#));
    text(svg, 76.0, top + 5.0, "start", "", "mean over questions, 95 % interval");
    if !has_dots {
        return;
    }
    disc(svg, 48.0, top + LEGEND.1, 2.6, &format!(r#"fill="{INK}" fill-opacity="0.28""#));
    text(svg, 76.0, top + LEGEND.1 + 5.0, "start", "", "mean of one cluster");
}
