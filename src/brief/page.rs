//! A brief, or a comparison of forecasters, as one HTML file.

use super::wording::{capitalised, day_in_words, in_brackets};
use super::{Brief, Driver, Drivers, InWords};
use crate::calibrate::svg::DARK;
use crate::diagnostic::counted;
use crate::error::Error;
use crate::report::Sheet;
use askama::Template;
use jiff::civil::Date;
use std::borrow::Borrow;
use std::fmt::Write as _;

/// What the template of a page sees.
#[derive(Template)]
#[template(path = "brief.html", config = "src/brief/askama.toml")]
struct Page<'a> {
    brief: &'a Brief,
    style: &'static str,
    dark: String,
    /// One for each of the brief's curves; empty where there is none.
    pictures: Vec<String>,
}

/// What the template of a comparison sees.
#[derive(Template)]
#[template(path = "comparison.html", config = "src/brief/askama.toml")]
struct ComparisonPage<'a> {
    title: &'a str,
    lines: &'a [String],
    pictures: &'a [(String, String)],
    sheets: &'a [Sheet],
    foot: &'a [String],
    engine: &'static str,
    style: &'static str,
    dark: String,
}

const STYLE: &str = include_str!("style.css");

impl Brief {
    /// The brief as a page: no network, no script, light and dark, for screens, phones and paper.
    ///
    /// # Errors
    /// If a picture cannot be drawn, which memory does not refuse.
    pub fn page(&self) -> Result<String, Error> {
        let pictures = self.curves.iter().map(|curves| Ok(curves.picture()?.unwrap_or_default()));
        let pictures = pictures.collect::<Result<Vec<String>, Error>>()?;
        Page { brief: self, style: STYLE, dark: dark(), pictures }.render().map_err(unwritable)
    }
}

/// A comparison of forecasters as a page: lines of introduction, pictures with their titles, tables, remarks.
///
/// # Errors
/// If it cannot be written, which memory does not refuse.
pub fn comparison_page(
    title: &str,
    lines: &[String],
    pictures: &[(String, String)],
    sheets: &[Sheet],
    foot: &[String],
) -> Result<String, Error> {
    let engine = env!("CARGO_PKG_VERSION");
    let pictures: Vec<(String, String)> =
        pictures.iter().map(|(caption, picture)| (caption.clone(), labels_with_minus(picture))).collect();
    let page = ComparisonPage { title, lines, pictures: &pictures, sheets, foot, engine, style: STYLE, dark: dark() };
    page.render().map_err(unwritable)
}

fn unwritable(problem: askama::Error) -> Error {
    Error::environment("the page cannot be written").because(problem)
}

/// Dark colours for the pictures, on screens whose owner prefers them.
fn dark() -> String {
    let mut rules = String::new();
    for (light, dark) in DARK {
        let _ = write!(rules, "svg [fill=\"{light}\"]{{fill:{dark}}}svg [stroke=\"{light}\"]{{stroke:{dark}}}");
    }
    rules
}

/// Where a chance and its doubt lie on a bar, as a style; nothing for a number.
fn bar(line: &InWords) -> Option<String> {
    let probability = line.probability?;
    let (low, high) = line.doubt.unwrap_or((probability, probability));
    let percent = |share: f64| format!("{:.2}%", 100.0 * share.clamp(0.0, 1.0));
    Some(format!("--at:{};--low:{};--wide:{}", percent(probability), percent(low), percent(high - low)))
}

/// Where a chance moves on a bar that holds all of them, as a style.
fn span(drivers: &Drivers, row: &Driver) -> String {
    let ends = || drivers.rows.iter().flat_map(|row| [row.range.0, row.range.1]).chain([drivers.at_means]);
    let (least, most) = (ends().fold(f64::INFINITY, f64::min), ends().fold(f64::NEG_INFINITY, f64::max));
    let wide = (most - least).max(f64::MIN_POSITIVE);
    let percent = |share: f64| format!("{:.2}%", 100.0 * ((share - least) / wide).clamp(0.0, 1.0));
    let (at, low) = (percent(drivers.at_means), percent(row.range.0));
    format!("--at:{at};--low:{low};--wide:{:.2}%", 100.0 * (row.range.1 - row.range.0) / wide)
}

/// A chance to a tenth of a point, where differences are small.
pub(super) fn finely(share: &f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// An error, or a difference without its sign, in percentage points: no wider than a column of such.
pub(super) fn points(error: &f64) -> String {
    /// Less than this is not told apart from less still.
    const LEAST: f64 = 0.01;
    if *error > 0.0 && 100.0 * error < LEAST {
        return format!("<{LEAST}");
    }
    crate::report::figure::percent_error(*error)
}

/// A difference of chances in percentage points, with its sign.
pub(super) fn signed(difference: impl Borrow<f64>) -> String {
    let points = format!("{:+.1}", 100.0 * difference.borrow());
    points.replace('-', "−").replace("−0.0", "0.0").replace("+0.0", "0.0")
}

/// Words in which a hyphen before a number is the sign that it stands for; days keep theirs.
fn with_minus(words: &str) -> String {
    let mut told = String::with_capacity(words.len());
    let mut letters = words.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let is_sign = letter == '-' && (before.is_whitespace() || "(±".contains(before));
        let is_of_a_number = letters.peek().is_some_and(char::is_ascii_digit);
        told.push(if is_sign && is_of_a_number { '−' } else { letter });
        before = letter;
    }
    told
}

/// The same of the labels of a picture, in SVG: of what stands first between two of its tags.
fn labels_with_minus(picture: &str) -> String {
    let mut told = String::with_capacity(picture.len());
    for (at, part) in picture.split('>').enumerate() {
        if at > 0 {
            told.push('>');
        }
        let label = part.trim_start();
        let rest = label.strip_prefix('-').filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
        match rest {
            Some(rest) if at > 0 => told.extend([&part[..part.len() - label.len()], "−", rest]),
            _ => told.push_str(part),
        }
    }
    told
}

/// The heading of a group: its tag, or what is left.
fn heading(tag: &str) -> String {
    if tag.is_empty() { "Other".to_owned() } else { capitalised(&tag.replace(['_', '-'], " ")) }
}

/// Words whose percent signs stay with their numbers.
fn kept(words: &str) -> String {
    words.replace(" %", "\u{a0}%")
}

/// A day of a page.
fn day(date: &Date) -> String {
    day_in_words(*date)
}

/// A day of a table.
fn short_day(date: &Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// A chance of a page.
fn chance(share: &f64) -> String {
    kept(&in_brackets(*share))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::svg::contrast;
    use std::collections::BTreeMap;

    #[test]
    fn an_error_however_small_is_as_wide_as_its_column() {
        let shown = [0.0, 1.2e-9, 0.000_099, 0.000_1, 0.000_123, 0.012, 0.12].map(|error| points(&error));
        assert_eq!(shown, ["0", "<0.01", "<0.01", "0.01", "0.012", "1.2", "12"]);
    }

    #[test]
    fn a_hyphen_before_a_number_is_a_minus_and_that_of_a_day_is_none() {
        let told = ["-0.0197", "0.02 (-0.1 to -0.05)", "2025-08-19", "week-end", "- 5", "-x", "± -3"].map(with_minus);
        assert_eq!(told, ["−0.0197", "0.02 (−0.1 to −0.05)", "2025-08-19", "week-end", "- 5", "-x", "± −3"]);
        let picture = "<g transform=\"translate(-3 4)\"><text x=\"-3\">\n-0.1</text><!-- a --><text>-x</text></g>";
        let expected = "<g transform=\"translate(-3 4)\"><text x=\"-3\">\n−0.1</text><!-- a --><text>-x</text></g>";
        assert_eq!(labels_with_minus(picture), expected);
    }

    /// The contrasts of WCAG 2: letters at least 4.5 against what they stand on, lines and marks at least 3.
    #[test]
    fn what_a_page_says_and_marks_stands_out_on_light_and_on_dark() {
        let lists: Vec<BTreeMap<&str, &str>> = STYLE
            .match_indices(":root{")
            .map(|(at, opening)| {
                let list = &STYLE[at + opening.len()..];
                let list = &list[..list.find('}').expect("it is closed")];
                list.split(';').filter_map(|rule| rule.strip_prefix("--")?.split_once(':')).collect()
            })
            .collect();
        assert_eq!(lists.len(), 2, "one for light and one for dark");
        for of in lists {
            for (letters, behind) in [("ink", "paper"), ("soft", "paper"), ("blue", "paper"), ("ink", "wash")] {
                assert!(contrast(of[letters], of[behind]) >= 4.5, "{letters} on {behind}: {of:?}");
            }
            for (mark, behind) in [
                ("blue", "paper"),
                ("blue", "band"),
                ("orange", "paper"),
                ("line-1", "paper"),
                ("line-2", "paper"),
                ("line-3", "paper"),
                ("line-4", "paper"),
            ] {
                assert!(contrast(of[mark], of[behind]) >= 3.0, "{mark} on {behind}: {of:?}");
            }
        }
    }
}
