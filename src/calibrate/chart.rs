//! A rectangle with two axes, in which lines, bands and bars are drawn.

use super::lettering::{numbers, width_of};
use super::svg::{GRID, INK, digits, line, text, ticks};
use std::fmt::Write as _;

/// Where a chart lies and what its axes run over. Values rise to the right and upwards.
#[derive(Debug, Clone)]
pub(crate) struct Chart {
    /// The left edge, of the rectangle without its labels.
    pub left: f64,
    /// The upper edge.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Ticks of the axis to the right, rising; the first and the last are its ends.
    pub across: Vec<f64>,
    /// Ticks of the axis upwards.
    pub up: Vec<f64>,
}

/// How the ticks of an axis are labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labels {
    /// As numbers.
    Numbers,
    /// As percentages.
    Percent,
    /// As days, counted from 1970-01-01; the first stands at its start, the last at its end.
    Days,
}

/// Size of the letters of labels.
const LETTERS: f64 = 14.0;

/// Room between two labels beside each other.
const APART: f64 = 8.0;

/// Room that every picture leaves on the right of a chart.
const RIGHT: f64 = 20.0;

impl Chart {
    /// Axes that hold these values.
    pub(crate) fn holding(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high { vec![0.0, 1.0] } else { ticks(low, high) }
    }

    /// Where a value of the axis to the right lies.
    pub(crate) fn x(&self, value: f64) -> f64 {
        self.left + self.width * along(&self.across, value)
    }

    /// Where a value of the axis upwards lies.
    pub(crate) fn y(&self, value: f64) -> f64 {
        self.top + self.height * (1.0 - along(&self.up, value))
    }

    /// The lower edge.
    pub(crate) fn floor(&self) -> f64 {
        self.top + self.height
    }

    /// The room that labels of the axis upwards need left of the rectangle, and at least so much.
    pub(crate) fn room(up: &[f64], labels: Labels, least: f64) -> f64 {
        let widest = words(up, labels).iter().map(|words| width_of(words, LETTERS)).fold(0.0, f64::max);
        least.max(widest + 14.0)
    }

    /// Draws grid, edge and labels.
    pub(crate) fn axes(&self, svg: &mut String, across: Labels, up: Labels) {
        let thin = format!(r#"stroke="{GRID}" stroke-width="1""#);
        for tick in &self.across {
            line(svg, (self.x(*tick), self.top), (self.x(*tick), self.floor()), &thin);
        }
        let labels: Vec<(f64, String)> =
            self.across.iter().map(|tick| self.x(*tick)).zip(words(&self.across, across)).collect();
        let zero = self.across.iter().position(|tick| is_zero(&self.across, *tick)).unwrap_or(0);
        labels_across(svg, &labels, zero, self.floor() + 20.0, (2.0, self.left + self.width + RIGHT));
        for (tick, words) in self.up.iter().zip(words(&self.up, up)) {
            line(svg, (self.left, self.y(*tick)), (self.left + self.width, self.y(*tick)), &thin);
            text(svg, self.left - 7.0, self.y(*tick) + 5.0, "end", r#" font-size="14""#, &words);
        }
        let _ = writeln!(
            svg,
            r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" fill="none" stroke="{INK}" stroke-width="1.2"/>"#,
            self.left, self.top, self.width, self.height
        );
    }

    /// Draws a line through points.
    pub(crate) fn curve(&self, svg: &mut String, points: impl IntoIterator<Item = (f64, f64)>, style: &str) {
        let points: Vec<String> =
            points.into_iter().map(|(x, y)| format!("{:.1},{:.1}", self.x(x), self.y(y))).collect();
        if !points.is_empty() {
            let _ = writeln!(svg, r#"<polyline points="{}" fill="none" {style}/>"#, points.join(" "));
        }
    }

    /// Fills the area between two lines over the same places: place, lower, upper.
    pub(crate) fn band(&self, svg: &mut String, points: &[(f64, f64, f64)], style: &str) {
        let place = |x: f64, y: f64| format!("{:.1},{:.1}", self.x(x), self.y(y));
        let upper = points.iter().map(|(x, _, upper)| place(*x, *upper));
        let lower = points.iter().rev().map(|(x, lower, _)| place(*x, *lower));
        let outline: Vec<String> = upper.chain(lower).collect();
        if points.len() > 1 {
            let _ = writeln!(svg, r#"<polygon points="{}" {style}/>"#, outline.join(" "));
        }
    }

    /// Draws a bar from the floor up to a value.
    pub(crate) fn bar(&self, svg: &mut String, from: f64, to: f64, value: f64, style: &str) {
        let _ = writeln!(
            svg,
            r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" {style}/>"#,
            self.x(from) + 1.5,
            self.y(value),
            (self.x(to) - self.x(from) - 3.0).max(0.5),
            self.floor() - self.y(value)
        );
    }
}

/// Whether a value lies beyond the ends of an axis with these ticks, so that it is drawn at one of them.
pub(crate) fn is_beyond(ticks: &[f64], value: f64) -> bool {
    let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return false };
    // Ticks are multiples of a step, and their last bits may fall short of what they hold.
    let rounding = 1e-9 * (last - first);
    value < first - rounding || value > last + rounding
}

/// The share of an axis that lies below a value; values beyond its ends are held to them.
fn along(ticks: &[f64], value: f64) -> f64 {
    let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return 0.0 };
    ((value - first) / (last - first)).clamp(0.0, 1.0)
}

/// Writes labels of an axis to the right, each about its place but all within these ends; every second, third … alone if all would run into each
/// other, such that this one is among them.
pub(crate) fn labels_across(svg: &mut String, labels: &[(f64, String)], kept: usize, y: f64, ends: (f64, f64)) {
    // A long label at an end moves in until all of it is on the picture.
    let placed: Vec<(f64, f64, &str)> = labels
        .iter()
        .map(|(x, words)| {
            let half = 0.5 * width_of(words, LETTERS);
            (x.max(ends.0 + half).min((ends.1 - half).max(ends.0 + half)), half, words.as_str())
        })
        .collect();
    let every = |step: usize| placed.iter().enumerate().filter(move |(at, _)| at.abs_diff(kept) % step == 0);
    let is_clear = |step: &usize| {
        let shown: Vec<&(f64, f64, &str)> = every(*step).map(|(_, label)| label).collect();
        shown.windows(2).all(|pair| pair[0].0 + pair[0].1 + APART <= pair[1].0 - pair[1].1)
    };
    let step = (1..=labels.len()).find(is_clear).unwrap_or(labels.len().max(1));
    for (_, (x, _, words)) in every(step) {
        text(svg, *x, y, "middle", r#" font-size="14""#, words);
    }
}

/// Whether a tick is that of zero, but for rounding.
fn is_zero(ticks: &[f64], tick: f64) -> bool {
    tick.abs() < 1e-9 * step(ticks).abs()
}

fn step(ticks: &[f64]) -> f64 {
    match ticks {
        [first, second, ..] => second - first,
        _ => 1.0,
    }
}

/// The words of all ticks of an axis.
fn words(ticks: &[f64], labels: Labels) -> Vec<String> {
    let percent = |tick: &f64| {
        let digits = digits(100.0 * step(ticks));
        format!("{:.digits$} %", 100.0 * tick)
    };
    let day = |tick: &f64| {
        let span = jiff::Span::new().try_days(*tick as i64).unwrap_or_default();
        jiff::civil::date(1970, 1, 1).checked_add(span).unwrap_or(jiff::civil::Date::MAX).to_string()
    };
    match labels {
        Labels::Numbers => numbers(ticks),
        Labels::Percent => ticks.iter().map(percent).collect(),
        Labels::Days => ticks.iter().map(day).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beyond_an_axis_are_held_to_its_ends() {
        let chart =
            Chart { left: 10.0, top: 20.0, width: 100.0, height: 50.0, across: vec![0.0, 1.0], up: vec![-1.0, 1.0] };
        assert_eq!((chart.x(0.5), chart.x(9.0), chart.y(1.0), chart.y(-3.0)), (60.0, 110.0, 20.0, 70.0));
        assert!(is_beyond(&chart.across, 9.0) && is_beyond(&chart.up, -1.1) && !is_beyond(&chart.across, 1.0));
        assert_eq!(words(&[-0.02, 0.0], Labels::Numbers), ["−0.02", "0.00"]);
        assert_eq!(words(&[0.0, 0.25], Labels::Percent), ["0 %", "25 %"]);
        assert_eq!(words(&[0.0, 365.0], Labels::Days), ["1970-01-01", "1971-01-01"]);
    }

    /// Where the texts of a drawing begin and end, by their anchors and the width of their words.
    fn spans(svg: &str) -> Vec<(f64, f64)> {
        let number = |line: &str, name: &str| -> f64 {
            let (_, rest) = line.split_once(name).expect("it has one");
            rest.split('"').next().expect("it ends").parse().expect("a number")
        };
        svg.lines()
            .filter(|line| line.starts_with("<text"))
            .map(|line| {
                let words = line.split(['>', '<']).nth(2).expect("it has words");
                let (x, width) = (number(line, " x=\""), width_of(words, LETTERS));
                let left = if line.contains("\"end\"") { x - width } else { x - 0.5 * width };
                (left, left + width)
            })
            .collect()
    }

    #[test]
    fn labels_of_any_size_stand_whole_and_apart() {
        for size in [1e-300, 3e-11, 1e-4, 1.0, 4.7e4, 2.1e7, 6e13, 1e290] {
            for (low, high) in [(0.0, 1.0), (-0.31, 0.77), (1.0, 1.0 + 1e-7)] {
                let up = Chart::holding([low * size, high * size]);
                let left = Chart::room(&up, Labels::Numbers, 70.0);
                let chart = Chart { left, top: 0.0, width: 420.0 - left - 36.0, height: 100.0, across: up.clone(), up };
                let mut svg = String::new();
                chart.axes(&mut svg, Labels::Numbers, Labels::Numbers);
                let spans = spans(&svg);
                assert!(spans.iter().all(|(from, to)| *from >= 0.0 && *to <= 420.0), "{spans:?}");
                let across = spans.len() - chart.up.len();
                assert!(across >= 1 && spans[..across].windows(2).all(|pair| pair[0].1 < pair[1].0), "{spans:?}");
            }
        }
    }
}
