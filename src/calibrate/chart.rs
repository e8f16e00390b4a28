//! A rectangle with two axes, in which lines, bands and bars are drawn.

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

/// About how wide a letter of a label is.
const LETTER: f64 = 8.4;

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

    /// Draws grid, edge and labels.
    pub(crate) fn axes(&self, svg: &mut String, across: Labels, up: Labels) {
        let thin = format!(r#"stroke="{GRID}" stroke-width="1""#);
        for tick in &self.across {
            line(svg, (self.x(*tick), self.top), (self.x(*tick), self.floor()), &thin);
            let words = label(&self.across, *tick, across);
            // A day is long: the first begins, and the last ends, where its tick stands.
            let anchor = match across {
                Labels::Days if Some(tick) == self.across.first() => "start",
                Labels::Days => "end",
                Labels::Numbers | Labels::Percent => "middle",
            };
            // A long number at an end moves in until all of it is on the picture.
            let half = if anchor == "middle" { 2.0 + 0.5 * LETTER * words.chars().count() as f64 } else { 0.0 };
            let x = self.x(*tick).max(half).min((self.left + self.width + RIGHT - half).max(half));
            text(svg, x, self.floor() + 20.0, anchor, r#" font-size="14""#, &words);
        }
        for tick in &self.up {
            line(svg, (self.left, self.y(*tick)), (self.left + self.width, self.y(*tick)), &thin);
            let words = label(&self.up, *tick, up);
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

fn label(ticks: &[f64], tick: f64, labels: Labels) -> String {
    let step = match ticks {
        [first, second, ..] => second - first,
        _ => 1.0,
    };
    match labels {
        Labels::Numbers => {
            let digits = digits(step);
            // Rounding must not leave a minus before zero.
            let tick = if tick.abs() < 1e-9 * step.abs() { 0.0 } else { tick };
            format!("{tick:.digits$}").replace('-', "−")
        }
        Labels::Percent => {
            let digits = digits(100.0 * step);
            format!("{:.digits$} %", 100.0 * tick)
        }
        Labels::Days => {
            let span = jiff::Span::new().try_days(tick as i64).unwrap_or_default();
            jiff::civil::date(1970, 1, 1).checked_add(span).unwrap_or(jiff::civil::Date::MAX).to_string()
        }
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
        assert_eq!(label(&[-0.02, 0.0], -0.02, Labels::Numbers), "−0.02");
        assert_eq!(label(&[0.0, 0.25], 0.25, Labels::Percent), "25 %");
    }
}
