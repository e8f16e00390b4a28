//! What every drawing is made of: a palette for light and dark, words, lines, axes.
//!
//! Drawings are plain shapes and text: no script, no font, nothing fetched. Shapes bear the colours of the light scheme, which every
//! program shows; a style in the drawing gives each its dark one on screens whose owner prefers that, and paper stays light. Widths are
//! such that letters can be read where a drawing of one column is 360 pixels wide. No drawing is wider than there is room, and what is
//! printed breaks between rows ([`for_paper`]).

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

/// Up to this size a drawing goes onto any sheet as it is.
const SHEET: (f64, f64) = (700.0, 1000.0);
/// Height of a page over its width, at most.
const UPRIGHT: f64 = 1.6;

/// Begins a drawing that should not be cut.
pub(crate) fn opening(width: f64, height: f64, title: &str) -> String {
    opening_of_rows(width, height, height, title)
}

/// Begins a drawing that may be cut at every multiple of a row's height.
pub(crate) fn opening_of_rows(width: f64, height: f64, row: f64, title: &str) -> String {
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" data-row="{row}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="15" fill="{INK}">"#
    );
    let _ = writeln!(svg, "<title>{}</title>", escaped(title));
    // A page that holds the drawing sets its width itself.
    svg.push_str("<style>svg:root { max-width: 100%; height: auto } @media screen and (prefers-color-scheme: dark) {");
    for (light, dark) in DARK {
        let _ = write!(svg, r#" [fill="{light}"] {{ fill: {dark} }} [stroke="{light}"] {{ stroke: {dark} }}"#);
    }
    svg.push_str(" }</style>\n");
    let _ = writeln!(svg, r#"<rect width="{width}" height="{height}" fill="{PAPER}"/>"#);
    svg
}

/// A drawing as a file of its own: where it is larger than a sheet, its pages have its width and end between rows.
///
/// The rule is one for all of a document, so that a drawing within a page goes without.
pub(crate) fn for_paper(svg: &str) -> String {
    let tag = svg.split('>').next().unwrap_or_default();
    let number = |name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next()?.parse::<f64>().ok()
    };
    let (Some(width), Some(height), Some(row)) = (number("width"), number("height"), number("data-row")) else {
        return svg.to_owned();
    };
    if width <= SHEET.0 && height <= SHEET.1 {
        return svg.to_owned();
    }
    let most = SHEET.1.max(UPRIGHT * width);
    let page = if height <= most { height } else { row * (most / row).floor().max(1.0) };
    svg.replacen("<style>", &format!("<style>@page {{ size: {width}px {page}px; margin: 0 }} "), 1)
}

/// Begins a group whose parts bear a name that is shown where a pointer rests on them; [`END`] ends it.
pub(crate) fn group(svg: &mut String, title: &str) {
    let _ = writeln!(svg, "<g><title>{}</title>", escaped(title));
}

/// Ends a group.
pub(crate) const END: &str = "</g>\n";

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

/// A triangle that points from a place to what lies beyond a frame: `toward` has -1, 0 or 1 to the right and downwards.
pub(crate) fn arrow(svg: &mut String, x: f64, y: f64, toward: (f64, f64), colour: &str) {
    let length = (toward.0 * toward.0 + toward.1 * toward.1).sqrt().max(1.0);
    let (dx, dy) = (toward.0 / length, toward.1 / length);
    let corner =
        |along: f64, aside: f64| format!("{:.1},{:.1}", x + along * dx - aside * dy, y + along * dy + aside * dx);
    let corners = [corner(8.0, 0.0), corner(-3.0, 6.0), corner(-3.0, -6.0)].join(" ");
    let _ = writeln!(svg, r#"<polygon points="{corners}" fill="{colour}" stroke="{PAPER}" stroke-width="1"/>"#);
}

/// Round numbers that hold an interval between them, five or so.
pub(crate) fn ticks(low: f64, high: f64) -> Vec<f64> {
    // What differs in its last bits alone is alike, and a scale of nothing but zeros that of the shares.
    let size = low.abs().max(high.abs());
    let span = if high - low > 1e-12 * size {
        high - low
    } else if size > 0.0 {
        size
    } else {
        1.0
    };
    let rough = span / 4.0;
    let power = powf(10.0, log10(rough).floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough).unwrap_or(10.0) * power;
    let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
    (first..=last.max(first + 1)).map(|at| at as f64 * step).collect()
}

/// Digits after the point that tell multiples of a step apart.
pub(crate) fn digits(step: f64) -> usize {
    (0..16).find(|digits| step * powf(10.0, f64::from(*digits)) >= 0.999).map_or(16, |digits| digits as usize)
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
        assert_eq!(digits(5e-12), 12);
        // Two scores that differ in their last bit stand on one scale, not on one of that bit.
        let alike = ticks(0.3, 0.1 + 0.2);
        assert!(alike.len() <= 8 && alike[alike.len() - 1] - alike[0] > 0.01, "{alike:?}");
    }

    #[test]
    fn large_drawings_are_cut_between_rows_and_small_ones_are_left_alone() {
        let of = |width: f64, height: f64, row: f64| {
            let svg = opening_of_rows(width, height, row, "a > b");
            assert!(svg.contains("<style>svg:root { max-width: 100%; height: auto }") && !svg.contains("@page"));
            for_paper(&svg)
        };
        assert!(!of(420.0, 700.0, 350.0).contains("@page"));
        // Three rows of 546 are the most within 1.6 times the width.
        assert!(of(1260.0, 5618.0, 546.0).contains("<style>@page { size: 1260px 1638px; margin: 0 } svg:root"));
        assert!(of(840.0, 1200.0, 546.0).contains("@page { size: 840px 1200px;"), "one page holds it");
        assert!(of(420.0, 9000.0, 2000.0).contains("@page { size: 420px 2000px;"), "no row is cut");
        assert_eq!(for_paper("<p>no drawing</p>"), "<p>no drawing</p>");
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
