//! Paired differences as an SVG: for each pair the mean with its interval, and the mean of each cluster behind it.

use super::PairComparison;
use crate::calibrate::chart::{Chart, Labels, is_beyond};
use crate::calibrate::svg::{BLUE, INK, MIDDLE, PAPER, WIDTH, disc, line, opening, shortened, text};
use std::collections::BTreeMap;

/// Height of a pair.
const ROW: f64 = 92.0;
/// Space above the pairs.
const TOP: f64 = 84.0;
/// From the axis to the first line of the legend, from a line to the next, and below the last.
const LEGEND: (f64, f64, f64) = (48.0, 24.0, 24.0);
/// Half the height of the ticks at the ends of an interval.
const TICK: f64 = 9.0;
/// Letters of two names that fit over a pair.
const BOTH_NAMES: usize = 41;

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
    let chart = Chart {
        left: 30.0,
        top: TOP - 14.0,
        width: WIDTH - 60.0,
        height: ROW * pairs.len().max(1) as f64,
        across: Chart::holding(sorted[inner].iter().copied().chain(means).chain(ends).chain([0.0])),
        up: Vec::new(),
    };
    let has_dots = dots.iter().any(|dots| !dots.is_empty());
    let has_more = dots.iter().flatten().any(|dot| is_beyond(&chart.across, *dot));
    let lines = f64::from(u8::from(has_dots) + u8::from(has_more));
    let height = chart.floor() + LEGEND.0 + LEGEND.1 * lines + LEGEND.2;
    let mut svg = opening(WIDTH, height, &format!("{heading}: {}", in_words(pairs)));
    text(&mut svg, 18.0, 28.0, "start", r#" font-size="18" font-weight="bold""#, &heading);
    text(&mut svg, 18.0, 50.0, "start", "", "left of 0: the first is better");
    chart.axes(&mut svg, Labels::Numbers, Labels::Numbers);
    let zero = format!(r#"stroke="{MIDDLE}" stroke-width="1.5" stroke-dasharray="6 5""#);
    line(&mut svg, (chart.x(0.0), chart.top), (chart.x(0.0), chart.floor()), &zero);
    for (at, (pair, dots)) in pairs.iter().zip(&dots).enumerate() {
        draw_pair(&mut svg, &chart, pair, dots, chart.top + ROW * at as f64);
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

/// Pairs that are told to those who do not see the picture.
const TOLD: usize = 8;

/// The figures of the picture, for those who do not see it.
fn in_words(pairs: &[&PairComparison]) -> String {
    let pair = |pair: &&PairComparison| {
        let Some(difference) = pair.difference else {
            return format!("{} and {} have no common question", pair.a, pair.b);
        };
        let interval = pair
            .interval
            .map_or_else(String::new, |of| format!(", 95 % interval {} to {}", signed(of.lower), signed(of.upper)));
        format!("{} less {}, mean {}{interval}: {}", pair.a, pair.b, signed(difference.mean), pair.verdict)
    };
    let mut told: Vec<String> = pairs.iter().take(TOLD).map(pair).collect();
    if pairs.len() > TOLD {
        told.push(format!("and {} more pairs", pairs.len() - TOLD));
    }
    told.join("; ")
}

/// A difference with its sign.
fn signed(difference: f64) -> String {
    format!("{difference:+.4}").replace('-', "−")
}

/// A cluster whose place is not on the scale.
fn beyond() -> String {
    format!(r#"fill="{PAPER}" stroke="{INK}" stroke-opacity="0.6" stroke-width="1.2""#)
}

fn draw_pair(svg: &mut String, chart: &Chart, pair: &PairComparison, dots: &[f64], top: f64) {
    // What one name does not need the other may have.
    let (a, b) = (pair.a.chars().count(), pair.b.chars().count());
    let half = BOTH_NAMES / 2;
    let words = format!(
        "{} − {}",
        shortened(&pair.a, half.max(BOTH_NAMES.saturating_sub(b))),
        shortened(&pair.b, half.max(BOTH_NAMES.saturating_sub(a)))
    );
    // Letters stand out from the lines that they cross.
    let style = format!(r#" font-size="14" stroke="{PAPER}" stroke-width="4" paint-order="stroke""#);
    text(svg, chart.left + 8.0, top + 20.0, "start", &style, &words);
    text(svg, chart.left + 8.0, top + 38.0, "start", &style, &pair.verdict.to_string());
    for (at, dot) in dots.iter().enumerate() {
        // Spread over three heights, so that equal ones do not hide each other.
        let y = top + 64.0 + 8.0 * ((at % 3) as f64 - 1.0);
        let style =
            if is_beyond(&chart.across, *dot) { beyond() } else { format!(r#"fill="{INK}" fill-opacity="0.28""#) };
        disc(svg, chart.x(*dot), y, 2.6, &style);
    }
    let y = top + 64.0;
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
    if let Some(difference) = pair.difference {
        let interval =
            pair.interval.map_or_else(String::new, |of| format!(" ({} to {})", signed(of.lower), signed(of.upper)));
        let figures = format!("{}{interval}", signed(difference.mean));
        let style = format!(r#" font-size="12" stroke="{PAPER}" stroke-width="4" paint-order="stroke""#);
        text(svg, chart.left + chart.width - 4.0, top + 38.0, "end", &style, &figures);
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
