//! What every drawing is made of: a palette for light and dark, words, lines, axes.
//!
//! Drawings are plain shapes and text: no script, no font, nothing fetched. Shapes bear the colours of the light scheme, which every
//! program shows; a style in the drawing gives each its dark one on screens whose owner prefers that, and paper stays light. Widths are
//! such that letters can be read where a drawing is 360 pixels wide.

use crate::math::{log10, powf};
use std::fmt::Write as _;

/// Behind everything.
pub(crate) const PAPER: &str = "#ffffff";
/// Text and axes.
pub(crate) const INK: &str = "#1d2733";
/// Rules of the grid.
pub(crate) const GRID: &str = "#d7dce2";
/// What to compare with: a diagonal, a zero.
pub(crate) const MIDDLE: &str = "#7b8794";
/// The first line, and what belongs to it.
pub(crate) const BLUE: &str = "#0b5394";
/// The second.
pub(crate) const ORANGE: &str = "#b45309";
/// The third.
pub(crate) const GREEN: &str = "#2f7d4f";
/// The fourth.
pub(crate) const PURPLE: &str = "#7b3fa0";
/// An area behind lines.
pub(crate) const BAND: &str = "#cfe0f3";
/// Colours of lines, one after the other.
pub(crate) const COLOURS: [&str; 4] = [BLUE, ORANGE, GREEN, PURPLE];

/// The dark colour of each light one.
pub(crate) const DARK: [(&str, &str); 9] = [
    (PAPER, "#10171f"),
    (INK, "#e4eaf0"),
    (GRID, "#303c48"),
    (MIDDLE, "#93a1af"),
    (BLUE, "#6db3f2"),
    (ORANGE, "#f0a35a"),
    (GREEN, "#74c794"),
    (PURPLE, "#c896ea"),
    (BAND, "#1e3c5a"),
];

/// Width of a drawing of one column.
pub(crate) const WIDTH: f64 = 420.0;

/// Begins a drawing.
pub(crate) fn opening(width: f64, height: f64, title: &str) -> String {
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="15" fill="{INK}">"#
    );
    let _ = writeln!(svg, "<title>{}</title>", escaped(title));
    svg.push_str("<style>@media screen and (prefers-color-scheme: dark) {");
    for (light, dark) in DARK {
        let _ = write!(svg, r#" [fill="{light}"] {{ fill: {dark} }} [stroke="{light}"] {{ stroke: {dark} }}"#);
    }
    svg.push_str(" }</style>\n");
    let _ = writeln!(svg, r#"<rect width="{width}" height="{height}" fill="{PAPER}"/>"#);
    svg
}

/// Words at a place: `anchor` is `start`, `middle` or `end`, `more` further attributes.
pub(crate) fn text(svg: &mut String, x: f64, y: f64, anchor: &str, more: &str, words: &str) {
    let _ = writeln!(svg, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}"{more}>{}</text>"#, escaped(words));
}

/// A straight line.
pub(crate) fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), style: &str) {
    let _ = writeln!(svg, r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" {style}/>"#, from.0, from.1, to.0, to.1);
}

/// A disc.
pub(crate) fn disc(svg: &mut String, x: f64, y: f64, radius: f64, style: &str) {
    let _ = writeln!(svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" {style}/>"#);
}

/// Round numbers that hold an interval between them, five or so.
pub(crate) fn ticks(low: f64, high: f64) -> Vec<f64> {
    let span = if high > low { high - low } else { low.abs().max(1e-6) };
    let rough = span / 4.0;
    let power = powf(10.0, log10(rough).floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough).unwrap_or(10.0) * power;
    let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
    (first..=last.max(first + 1)).map(|at| at as f64 * step).collect()
}

/// Digits after the point that tell multiples of a step apart.
pub(crate) fn digits(step: f64) -> usize {
    (0..9).find(|digits| step * powf(10.0, f64::from(*digits)) >= 0.999).map_or(9, |digits| digits as usize)
}

/// At most so many letters, the last of them an ellipsis where there were more.
pub(crate) fn shortened(name: &str, longest: usize) -> String {
    if name.chars().count() <= longest {
        return name.to_owned();
    }
    name.chars().take(longest - 1).chain(['…']).collect()
}

/// Text that stands for itself in XML; control characters, which XML cannot hold, become spaces.
pub(crate) fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}

/// The contrast of two colours of six hexadecimal digits, from 1 to 21: that of sRGB luminances, WCAG 2.
#[cfg(test)]
pub(crate) fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("a hexadecimal number")) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { crate::math::powf((value + 0.055) / 1.055, 2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_what_is_drawn() {
        for (low, high) in [(0.013, 0.091), (-3.2, 7.9), (5.0, 5.0), (0.0, 0.0), (99.0, 1234.0)] {
            let ticks = ticks(low, high);
            assert!(ticks.len() >= 2 && ticks.len() <= 8, "{ticks:?}");
            assert!(ticks[0] <= low && high <= ticks[ticks.len() - 1] + 1e-12, "{low} {high}: {ticks:?}");
        }
        assert_eq!((digits(0.02), digits(1.0), digits(0.5), digits(50.0)), (2, 0, 1, 0));
    }

    #[test]
    fn every_colour_has_a_dark_one_that_stands_out() {
        // Text at least 4.5 against the background, lines at least 3.
        let dark = |light: &str| DARK.iter().find(|pair| pair.0 == light).expect("every colour is in the list").1;
        for colour in [INK, BLUE, ORANGE, GREEN, PURPLE, MIDDLE] {
            let least = if colour == INK { 4.5 } else { 3.0 };
            assert!(contrast(colour, PAPER) >= least, "{colour} on light");
            assert!(contrast(dark(colour), dark(PAPER)) >= least, "{colour} on dark");
        }
        assert!(contrast(dark(INK), dark(BAND)) >= 4.5 && contrast(INK, BAND) >= 4.5);
    }
}
