//! A brief, or a comparison of forecasters, as one HTML file.

use super::wording::{day_in_words, in_brackets};
use super::{Brief, InWords};
use crate::calibrate::svg::DARK;
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
    let page = ComparisonPage { title, lines, pictures, sheets, foot, engine, style: STYLE, dark: dark() };
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

/// An error in percentage points.
fn points(error: &f64) -> String {
    crate::report::figure::percent_error(*error)
}

/// A difference of chances in percentage points, with its sign.
fn signed(difference: impl Borrow<f64>) -> String {
    let points = format!("{:+.1}", 100.0 * difference.borrow());
    points.replace('-', "−").replace("−0.0", "0.0").replace("+0.0", "0.0")
}

/// A number of questions.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The heading of a group: its tag, or what is left.
fn heading(tag: &str) -> String {
    let words = tag.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(|| "Other".to_owned(), |first| first.to_uppercase().chain(letters).collect())
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
